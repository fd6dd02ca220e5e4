"""What a return copy has beyond a blank form: the first sheet, the values, the marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sheetflow import text
from sheetflow.copies import FRONT_COLUMNS, FRONT_SHEET, Copy, Outside
from sheetflow.excel.styles import FRONT, FRONT_WIDTHS
from sheetflow.excel.write import heights
from sheetflow.layout import Cell, FormSheet
from sheetflow.messages import _
from sheetflow.model import Field, Source, Terms, Value, ValueKind

#: XlsxWriter comes without types.
Book = Any
Sheet = Any
Format = Any

#: A spreadsheet counts days from here, rightly from March 1900 on.
_EPOCH, _FIRST_DAY = datetime(1899, 12, 30), datetime(1900, 3, 1)  # noqa: DTZ001 - cells have no zone
#: Longest text that a condition compares whole; a longer one is told by its length.
_COMPARED = 100
_LAST = FRONT_COLUMNS - 1
_LISTED_FROM = 2
#: Points of a row of headings; most characters of a carried text that its row makes room for.
_HEAD_HEIGHT, _SHOWN = 24, 200
#: Most points a row may have.
_HIGHEST = 409.0
#: Pixels of a note: its width, a line of its text, and what its frame takes.
_NOTE_WIDTH, _NOTE_LINE, _NOTE_FRAME = 240, 17, 14
_NOTE_SIZE = 9

#: What stands in a cell of the copy.
Shown = str | float | bool | datetime


# ------------------------------------------------------------------ inputs


def typed(value: Value, field: Field) -> Shown:
    """What a carried value becomes: of its own kind, but dates only in a column of dates.

    Elsewhere a date, or a percentage anywhere, would give its format to the points typed over
    it, and in that column a number would turn into some date: all come as the text read.
    """
    if value.kind is ValueKind.NUMBER and field is not Field.DATE:
        return float(value.raw)
    if value.kind is ValueKind.BOOL:
        return value.raw == "TRUE"
    if value.kind is ValueKind.DATE and field is Field.DATE:
        day = _moment(value.raw)
        return day if day and day >= _FIRST_DAY else value.raw
    return text.clean(value.raw)


def _moment(raw: str) -> datetime | None:
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        return None


def put(sheet: Sheet, at: tuple[int, int], shown: Shown, form: Format) -> int:
    """Write a carried value; ``at`` counts from 0. Below zero where XlsxWriter leaves it out."""
    if isinstance(shown, bool):
        return int(sheet.write_boolean(*at, shown, form))
    if isinstance(shown, datetime):
        return int(sheet.write_datetime(*at, shown, form))
    if isinstance(shown, float):
        return int(sheet.write_number(*at, shown, form))
    return int(sheet.write_string(*at, shown, form))


def unchanged(cell: str, shown: Shown) -> str:
    """Condition that a cell still holds what was carried into it."""
    if isinstance(shown, bool):
        return f"={cell}={'TRUE' if shown else 'FALSE'}"
    if isinstance(shown, datetime):
        return f"={cell}={(shown - _EPOCH).total_seconds() / 86400!r}"
    if isinstance(shown, float):
        return f"={cell}={shown!r}"
    if len(shown) > _COMPARED or not shown.isprintable():
        return f"=LEN({cell})={len(shown.encode('utf-16-le')) // 2}"
    quoted = shown.replace('"', '""')
    return f'=EXACT({cell},"{quoted}")'


def with_texts(plan: FormSheet, copy: Copy) -> FormSheet:
    """Plan with the carried texts in place, for the rows to be as high as these need."""
    return replace(plan, cells=tuple(_with_text(cell, copy) for cell in plan.cells))


def _with_text(cell: Cell, copy: Copy) -> Cell:
    value = copy.filled.values.get((cell.code, cell.field)) if cell.field else None
    words = typed(value, cell.field) if value and cell.field else ""
    return replace(cell, text=words[:_SHOWN]) if words and isinstance(words, str) else cell


def note(sheet: Sheet, at: tuple[int, int], words: str) -> int:
    """Hang a note on a cell, as large as its words need."""
    lines = heights.lines(words, _NOTE_WIDTH, _NOTE_SIZE)
    options = {
        "author": FRONT_SHEET,
        "width": _NOTE_WIDTH,
        "height": lines * _NOTE_LINE + _NOTE_FRAME,
        "font_name": FRONT["cell"]["font_name"],
        "font_size": _NOTE_SIZE,
    }
    return int(sheet.write_comment(*at, words, options))


# ------------------------------------------------------------------ the first sheet


def paint_front(book: Book, copy: Copy, terms: Terms) -> Sheet:
    """Add the sheet that lists every fault with a link to its cell.

    What was read stands in quotation marks, so that nothing on this sheet can be taken for a
    label, a heading or a token when the copy comes back.
    """
    sheet = book.add_worksheet(FRONT_SHEET)
    formats = {name: book.add_format(dict(style)) for name, style in FRONT.items()}
    for place, pixels in enumerate(FRONT_WIDTHS):
        sheet.set_column_pixels(place, place, pixels)
    sheet.hide_gridlines(2)
    title = _("{name}，您的表有 {n} 处要改").format(name=copy.name, n=len(copy.lines))
    _line(sheet, 0, title, formats["title"])
    lead = _(
        "要改的格子在后面的表里标成了红底，点“在哪里”一栏可以跳过去。"
        "您填过的其他内容都在，也可以改。改好后保存，把整个文件私发回来。"
    )
    _line(sheet, 1, lead, formats["lead"])
    row = _faults(sheet, copy, formats)
    if copy.outside:
        _outside(sheet, row + 1, copy, terms, formats)
    return sheet


def _line(sheet: Sheet, row: int, words: str, form: Format) -> None:
    """One text over the whole width."""
    sheet.merge_range(row, 0, row, _LAST, "", form)
    sheet.write_string(row, 0, words, form)
    style = FRONT["title"] if row == 0 else FRONT["lead"]
    sheet.set_row(row, heights.height(words, sum(FRONT_WIDTHS), float(style["font_size"])) + 4)


def _faults(sheet: Sheet, copy: Copy, formats: Mapping[str, Format]) -> int:
    # None of these may be a term of any scheme: the copy is read like every form.
    heads = ("", _("在哪里"), _("哪一项"), _("读到什么"), _("可以填什么"), _("怎么改"))
    for column, head in enumerate(heads):
        sheet.write_string(_LISTED_FROM, column, head, formats["head"])
    sheet.set_row(_LISTED_FROM, _HEAD_HEIGHT)
    row = _LISTED_FROM
    for row, line in enumerate(copy.lines, _LISTED_FROM + 1):
        texts = (line.item, line.found or _("空着"), line.allowed, line.fix)
        sheet.write_number(row, 0, row - _LISTED_FROM, formats["count"])
        if line.source.cell:
            sheet.write_url(row, 1, _link(line.source), formats["link"], _place(line.source))
        else:
            sheet.write_blank(row, 1, None, formats["cell"])
        for column, words in enumerate(texts, 2):
            sheet.write_string(row, column, words, formats["cell"])
        sheet.set_row(row, _height(texts, FRONT_WIDTHS[2:]))
    return row + 1


def _height(texts: tuple[str, ...], widths: tuple[int, ...]) -> float:
    size = float(FRONT["cell"]["font_size"])
    pairs = zip(texts, widths, strict=True)
    needed = max(heights.height(words, pixels, size) for words, pixels in pairs)
    return min(needed + 4, _HIGHEST)


def _link(source: Source) -> str:
    sheet = source.sheet.replace("'", "''")
    return f"internal:'{sheet}'!{source.cell}"


def _place(source: Source) -> str:
    return f"{source.sheet} {source.cell}".strip()


def _outside(
    sheet: Sheet, row: int, copy: Copy, terms: Terms, formats: Mapping[str, Format]
) -> None:
    lead = _(
        "下面这些写在填写格以外，没有计入；要紧的请写进表里（如“{evidence}”“{reason}”），不要紧的不用管。"
    ).format(evidence=terms.evidence, reason=terms.reason)
    _line(sheet, row, lead, formats["lead"])
    sheet.write_string(row + 1, 1, _("原来写在哪里"), formats["head"])
    sheet.merge_range(row + 1, 2, row + 1, _LAST, "", formats["head"])
    sheet.write_string(row + 1, 2, _("写的什么"), formats["head"])
    sheet.write_blank(row + 1, 0, None, formats["head"])
    sheet.set_row(row + 1, _HEAD_HEIGHT)
    for at, each in enumerate(copy.outside, row + 2):
        _one_outside(sheet, at, each, formats)
        sheet.write_number(at, 0, at - row - 1, formats["count"])


def _one_outside(sheet: Sheet, row: int, each: Outside, formats: Mapping[str, Format]) -> None:
    words = _("“{text}”").format(text=each.text)
    sheet.write_string(row, 1, _place(each.source), formats["cell"])
    sheet.merge_range(row, 2, row, _LAST, "", formats["cell"])
    sheet.write_string(row, 2, words, formats["cell"])
    widths = (FRONT_WIDTHS[1], sum(FRONT_WIDTHS[2:]))
    sheet.set_row(row, _height((_place(each.source), words), widths))
