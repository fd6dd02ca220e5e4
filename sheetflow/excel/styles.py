"""Every font, colour, number format and column width of the workbooks sheetflow writes.

Plain tables of XlsxWriter format properties by name; nothing else may name a font or a colour.
The names in ``FORM`` are the roles of ``layout``. Sizes are points, widths pixels.
"""

from __future__ import annotations

from collections.abc import Mapping

Style = Mapping[str, str | int | float | bool]

_SONG, _HEI = "宋体", "黑体"
_INK, _GREY, _LINE = "#000000", "#595959", "#7F7F7F"
_HEAD, _ENTRY, _WHITE = "#E7ECEF", "#FFF9DB", "#FFFFFF"
_RED, _GREEN_LINE, _GREEN = "#C00000", "#70AD47", "#EAF3E6"
_TEXT_FORMAT, _DATE_FORMAT = "@", "yyyy-mm-dd"

_PLAIN: Style = {"font_name": _SONG, "font_size": 10, "font_color": _INK, "valign": "vcenter"}
_BOX: Style = {**_PLAIN, "border": 1, "border_color": _LINE, "text_wrap": True}
_MID: Style = {**_BOX, "align": "center"}
_LEFT: Style = {**_BOX, "align": "left"}
_SMALL: Style = {**_LEFT, "font_size": 9}
_ONE_LINE: Style = {"text_wrap": False, "shrink": True}
_BOLD_HEAD: Style = {**_MID, "font_name": _HEI, "bg_color": _HEAD}
_INPUT: Style = {"locked": False, "bg_color": _ENTRY}
_NUMBER: Style = {**_MID, **_INPUT, "font_size": 11}
_WORDS: Style = {**_LEFT, **_INPUT, "font_size": 9, "num_format": _TEXT_FORMAT}
_SUM: Style = {**_BOLD_HEAD, "font_size": 11, "hidden": True}
_SIDES: Style = {**_PLAIN, "left": 1, "right": 1, "left_color": _LINE, "right_color": _LINE}
_QUIET: Style = {**_PLAIN, "font_size": 9, "font_color": _GREY, **_ONE_LINE}

#: Formats of a form by role.
FORM: Mapping[str, Style] = {
    "panel": {
        **_PLAIN,
        "font_name": _HEI,
        "font_size": 11,
        "align": "left",
        "indent": 1,
        "bg_color": _GREEN,
        "border": 1,
        "border_color": _GREEN_LINE,
        "hidden": True,
        **_ONE_LINE,
    },
    "label": {**_QUIET, "align": "left"},
    "form_code": {**_QUIET, "align": "left", "num_format": _TEXT_FORMAT},
    "issued_by": {**_QUIET, "align": "right"},
    "title": {**_PLAIN, "font_name": _HEI, "font_size": 18, "align": "center", **_ONE_LINE},
    "subtitle": {**_PLAIN, "align": "center", **_ONE_LINE},
    "info_label": {**_BOLD_HEAD, **_ONE_LINE},
    "info": {**_MID, "num_format": _TEXT_FORMAT, **_ONE_LINE},
    "heading": _BOLD_HEAD,
    "state_heading": {**_PLAIN, "font_size": 9, "font_color": _GREY, "align": "left", "indent": 1},
    "code": {**_MID, "num_format": _TEXT_FORMAT, **_ONE_LINE},
    "section": _MID,
    "content": _LEFT,
    "rule": _SMALL,
    "most": _MID,
    "score": _NUMBER,
    "approved": {**_MID, "font_size": 11},
    "evidence": _WORDS,
    "state": {
        **_PLAIN,
        "font_size": 9,
        "font_color": _GREY,
        "align": "left",
        "indent": 1,
        "hidden": True,
    },
    "bonus": _SMALL,
    "reason": _WORDS,
    "level": {**_WORDS, "align": "center"},
    "issuer": _WORDS,
    "document": _WORDS,
    "hours": {**_NUMBER, "font_size": 9},
    "date": {**_MID, **_INPUT, "font_size": 9, "num_format": _DATE_FORMAT, **_ONE_LINE},
    "claim": _NUMBER,
    "total_label": {**_BOLD_HEAD, "align": "right", "indent": 1},
    "total_most": _SUM,
    "base_total": _SUM,
    "bonus_total": _SUM,
    "total": _SUM,
    "empty": _MID,
    "sign_text": {
        **_SIDES,
        "align": "left",
        "valign": "top",
        "text_wrap": True,
        "top": 1,
        "top_color": _LINE,
    },
    "signer": {**_SIDES, "align": "left", "indent": 1, **_ONE_LINE},
    "sign_date": {
        **_SIDES,
        "align": "right",
        "indent": 1,
        "bottom": 1,
        "bottom_color": _LINE,
        **_ONE_LINE,
    },
    "sentence": {**_PLAIN, "font_size": 9, "align": "left", "text_wrap": True},
    "notes_title": {**_PLAIN, "font_name": _HEI, "font_size": 18, "align": "center", **_ONE_LINE},
    "note_number": {**_PLAIN, "font_size": 11, "align": "right", "valign": "top"},
    "note": {**_PLAIN, "font_size": 11, "align": "left", "valign": "top", "text_wrap": True},
    "tally": {**_QUIET, "hidden": True},
    "option": _QUIET,
    "token": {**_QUIET, "num_format": _TEXT_FORMAT},
}

#: Formats that lie over a form's own while a condition holds.
OVER: Mapping[str, Style] = {
    "done": {"bg_color": _WHITE},
    "fault": {"bg_color": "#F8CBAD", "font_color": "#9C0006", "bold": True},
    "open_panel": {"bg_color": "#FDE9D9", "font_color": _RED},
    "open_state": {"font_color": _RED},
}

#: Columns of a part: nine printed ones, 检查, two hidden ones.
PART_WIDTHS = (50, 40, 150, 92, 52, 64, 80, 68, 146, 104, 40, 40)
NOTES_WIDTHS = (40, 650)

#: The first sheet of a return copy.
FRONT: Mapping[str, Style] = {
    "title": {**_PLAIN, "font_name": _HEI, "font_size": 16, "align": "left", "text_wrap": True},
    "lead": {**_PLAIN, "font_size": 11, "align": "left", "valign": "top", "text_wrap": True},
    "head": {**_BOLD_HEAD, "font_size": 11},
    "count": {**_MID, "font_size": 10},
    "link": {**_LEFT, "font_color": "#0563C1", "underline": 1},
    "cell": {**_LEFT, "num_format": _TEXT_FORMAT},
}
#: Its columns: number, place, item, read, allowed, what to do.
FRONT_WIDTHS = (36, 104, 150, 150, 150, 170)
#: Lies under the format of an input whose value is to be changed.
MARKED: Style = {"bg_color": OVER["fault"]["bg_color"]}
