"""Formats of the staff's workbook by whose a cell is and what it holds; sizes in points.

Read on a wall: nothing smaller than 14. Nothing lies over a cell people fill by condition but the
mark of a changed number, so that colours they give stay seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sheetflow.desk.sheets import Look, Role, Shape
from sheetflow.excel.table_styles import BODY_FACE, HEADING_FACE

SIZE: Final = 14
_LINE: Final = "#7F7F7F"
_PAPER: Final = "#FFFFFF"
_GROUND: Final = {
    Role.TYPED: "#FFF9DB",
    Role.GESTURE: "#FFE9A8",
    Role.LIVE: "#E4EEF5",
    Role.LOCKED: _PAPER,
}
_SOURCE_GROUND: Final = "#EFEFEF"

Style = dict[str, str | int | bool]

_BODY: Final[Style] = {"font_name": BODY_FACE, "font_size": SIZE, "valign": "vcenter"}
_BOX: Final[Style] = {**_BODY, "border": 1, "border_color": _LINE, "bg_color": _PAPER}

_SPECIAL: Final[Mapping[str, Style]] = MappingProxyType(
    {
        "": {},
        "link": {"font_color": "#0563C1", "underline": 1},
        # A hidden column's words must not show at its neighbour's edge.
        "unseen": {"num_format": ";;;", "text_wrap": False, "align": "fill", "border": 0},
        "counted": {"font_color": "#0033CC", "bold": True},
    }
)

#: Formats that go by a name of their own.
NAMED: Final[Mapping[str, Style]] = MappingProxyType(
    {
        "title": {
            "font_name": HEADING_FACE,
            "font_size": 18,
            "bold": True,
            "valign": "vcenter",
        },
        "advice": {**_BODY, "font_color": "#404040"},
        "head": {
            **_BOX,
            "font_name": HEADING_FACE,
            "bold": True,
            "align": "center",
            "text_wrap": True,
            "bg_color": "#E7ECEF",
        },
        "unseen": {**_BODY, "num_format": ";;;"},
        # Lies over a number that is not what stood there.
        "changed": {"font_color": "#C00000", "bold": True, "bg_color": "#FCE4D6"},
        # Lies over a sum that is not known yet.
        "open": {"font_color": "#9C2A00"},
    }
)


def style(role: Role, shape: Shape, look: Look, special: str = "") -> Style:
    """Format of one cell; ``special`` is a word of ``_SPECIAL``."""
    found: Style = {**_BOX, "bg_color": _GROUND[role], "locked": role in {Role.LOCKED, Role.LIVE}}
    found |= {"text_wrap": True, "align": "left" if shape is Shape.TEXT else "center"}
    if shape is Shape.DAY:
        found["num_format"] = "yyyy-mm-dd"
    elif shape in {Shape.TEXT, Shape.WORD, Shape.CODE} and role is not Role.LIVE:
        found["num_format"] = "@"
    if role is Role.LIVE:
        found["bold"] = True
    if look is Look.SOURCE and role is Role.LOCKED:
        found["bg_color"] = _SOURCE_GROUND
    if look is Look.EVERYONE:
        found |= {"bg_color": _GROUND[Role.GESTURE], "bold": True}
    if look is Look.CLOSING:
        found |= {"bottom": 2}
    if look is Look.BANNER:
        found |= {"font_name": HEADING_FACE, "bold": True, "bg_color": "#E7ECEF", "align": "left"}
    return found | _SPECIAL[special]
