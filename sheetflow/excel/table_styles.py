"""Formats of tables and of the summary: name → properties, sizes in points."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: Faces that every office computer of the field has.
HEADING_FACE: Final = "黑体"
BODY_FACE: Final = "宋体"
BODY_SIZE: Final = 10
#: Colours of a chart's columns and frame.
CHART_FILL: Final = "#5B7F95"
CHART_LINE: Final = "#BFBFBF"

_BODY = {"font_name": BODY_FACE, "font_size": BODY_SIZE, "valign": "vcenter"}
_CELL = {**_BODY, "border": 1, "border_color": "#7F7F7F"}
_HEADING = {"font_name": HEADING_FACE, "valign": "vcenter"}
_MIDDLE = {"align": "center"}
_WRAP = {"text_wrap": True}
_TEXT = {"num_format": "@"}

STYLES: Final[Mapping[str, Mapping[str, object]]] = MappingProxyType(
    {
        # tables
        "advice": {**_BODY, **_WRAP, "font_color": "#404040", "bg_color": "#F5F7F8"},
        "head": {
            **_CELL,
            **_MIDDLE,
            **_WRAP,
            "font_name": HEADING_FACE,
            "bold": True,
            "bg_color": "#E7ECEF",
        },
        "banner": {**_HEADING, "bold": True, "bg_color": "#E7ECEF", "top": 1, "bottom": 1},
        "text": {**_CELL, **_WRAP, **_TEXT},
        "text_middle": {**_CELL, **_MIDDLE, **_WRAP, **_TEXT},
        "number": {**_CELL, **_MIDDLE},
        "date": {**_CELL, **_MIDDLE, "num_format": "yyyy-mm-dd"},
        "open": {**_CELL, **_MIDDLE, "bg_color": "#FCE4D6", "font_color": "#9C2A00"},
        "provisional": {**_CELL, **_MIDDLE, "bg_color": "#FFF9DB", "italic": True},
        "absent": {**_CELL, **_MIDDLE, "font_color": "#7F7F7F"},
        "strong": {**_CELL, **_MIDDLE, "bold": True},
        # Empty rows to type into: framed once filled, so that they do not print before.
        "new_text": {**_BODY, **_WRAP, **_TEXT},
        "new_number": {**_BODY, **_MIDDLE},
        "new_date": {**_BODY, **_MIDDLE, "num_format": "yyyy-mm-dd"},
        "frame": {"border": 1, "border_color": "#7F7F7F"},
        # A hidden column's number must not show at its neighbour's edge.
        "unseen": {**_BODY, "num_format": ";;;"},
        "percent": {**_CELL, **_MIDDLE, "num_format": "0.0%"},
        # pages
        "title": {**_HEADING, **_MIDDLE, "font_size": 18, "bold": True},
        "subtitle": {**_BODY, **_MIDDLE, **_WRAP, "font_color": "#404040"},
        "section": {**_HEADING, "font_size": 12, "bold": True},
        "draft": {
            **_HEADING,
            **_MIDDLE,
            "font_size": 12,
            "bg_color": "#FCE4D6",
            "font_color": "#9C2A00",
        },
        "complete": {
            **_HEADING,
            **_MIDDLE,
            "font_size": 12,
            "bg_color": "#E2EFDA",
            "font_color": "#375623",
        },
        "figure": {**_CELL, **_MIDDLE, "font_size": 14, "bold": True},
        "plain": {**_BODY, **_WRAP},
        "line": _BODY,
        "link": {**_BODY, "font_color": "#0563C1", "underline": 1},
        # marks a cell by condition
        "alarm": {"font_color": "#9C2A00", "bold": True},
    }
)
