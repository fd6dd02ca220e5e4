"""What a return copy has beyond a blank form: the first sheet, the values, the marks."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sheetflow import text
from sheetflow.copies import FRONT_COLUMNS, Copy, Outside
from sheetflow.excel.styles import FRONT, FRONT_WIDTHS
from sheetflow.excel.write import heights, safe
from sheetflow.layout import FRONT_SHEET, Cell, FormSheet
from sheetflow.messages import _
from sheetflow.model import Field, Source, Terms, Value, ValueKind

#: XlsxWriter comes without types.
Book = Any
Sheet = Any
Format = Any

#: A spreadsheet counts days from here, rightly from March 1900 on.
_EPOCH, _FIRST_DAY = datetime(1899, 12, 30), datetime(1900, 3, 1)  # noqa: DTZ001 - cells have no zone
#: Characters of a text that a condition looks at, those it tells apart, and how many it is given.
_COMPARED = 100
_KNOWN, _MARKS = string.digits + string.ascii_letters + "-.", 100
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


def put(sheet: Sheet, at: tuple[int, int], shown: Shown, form: Format) -> None:
    """Write a carried value as what it is; ``at`` counts from 0."""
    if isinstance(shown, bool):
        safe.put_yes_or_no(sheet, at, form, yes=shown)
    elif isinstance(shown, datetime):
        safe.put_day(sheet, at, shown, form)
    elif isinstance(shown, float):
        safe.put_number(sheet, at, shown, form)
    else:
        safe.put_text(sheet, at, shown, form)


def unchanged(cell: str, shown: Shown, marks: Iterable[str] = ()) -> str:
    """Condition that a cell still holds what was carried into it.

    No word of a member stands in a formula: a text is told by its length and by which letters,
    digits and ``marks`` stand where in its first characters.
    """
    if isinstance(shown, bool):
        return f"={cell}={'TRUE' if shown else 'FALSE'}"
    if isinstance(shown, datetime):
        return f"={cell}={(shown - _EPOCH).total_seconds() / 86400!r}"
    if isinstance(shown, float):
        return f"={cell}={shown!r}"
    units = _units(safe.as_text(shown))
    more = sorted({mark for mark in marks if mark > "\x7f" and len(_units(mark)) == 1})
    known = _KNOWN + "".join(more)[:_MARKS]
    length = min(len(units), _COMPARED)
    found = sum(
        at * (known.find(unit) + 1 or len(known) + 1) for at, unit in enumerate(units[:length], 1)
    )
    rows, quoted = f"ROW($1:${length})", f'"{known}"'
    mark = f"MID({cell},{rows},1)"
    # Whatever is not known stands behind the known ones.
    sum_ = f"SUMPRODUCT(FIND({mark},{quoted}&{mark})*{rows})"
    return f"=AND(ISTEXT({cell}),LEN({cell})={len(units)},{sum_}={found})"


def _units(words: str) -> list[str]:
    """UTF-16 units, which is what spreadsheets count."""
    plain = words.encode("utf-16-le")
    return [plain[at : at + 2].decode("utf-16-le", "replace") for at in range(0, len(plain), 2)]


def with_texts(plan: FormSheet, copy: Copy) -> FormSheet:
    """Plan with the carried texts in place, for the rows to be as high as these need."""
    return replace(plan, cells=tuple(_with_text(cell, copy) for cell in plan.cells))


def _with_text(cell: Cell, copy: Copy) -> Cell:
    value = copy.filled.values.get((cell.code, cell.field)) if cell.field else None
    words = typed(value, cell.field) if value and cell.field else ""
    return replace(cell, text=words[:_SHOWN]) if words and isinstance(words, str) else cell


def note(sheet: Sheet, at: tuple[int, int], words: str) -> None:
    """Hang a note on a cell, as large as its words need."""
    lines = heights.lines(words, _NOTE_WIDTH, _NOTE_SIZE)
    options = {
        "author": FRONT_SHEET,
        "width": _NOTE_WIDTH,
        "height": lines * _NOTE_LINE + _NOTE_FRAME,
        "font_name": FRONT["cell"]["font_name"],
        "font_size": _NOTE_SIZE,
    }
    safe.put_note(sheet, at, words, options)


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
    safe.merge(sheet, (row, 0, row, _LAST), form)
    safe.put_text(sheet, (row, 0), words, form)
    style = FRONT["title"] if row == 0 else FRONT["lead"]
    needed = heights.height(words, sum(FRONT_WIDTHS), float(style["font_size"])) + 4
    sheet.set_row(row, min(needed, _HIGHEST))


def _faults(sheet: Sheet, copy: Copy, formats: Mapping[str, Format]) -> int:
    # None of these may be a term of any scheme: the copy is read like every form.
    heads = ("", _("在哪里"), _("哪一项"), _("读到什么"), _("可以填什么"), _("怎么改"))
    for column, head in enumerate(heads):
        safe.put_text(sheet, (_LISTED_FROM, column), head, formats["head"])
    sheet.set_row(_LISTED_FROM, _HEAD_HEIGHT)
    row = _LISTED_FROM
    for row, line in enumerate(copy.lines, _LISTED_FROM + 1):
        texts = (line.item, line.found or _("空着"), line.allowed, line.fix)
        safe.put_number(sheet, (row, 0), row - _LISTED_FROM, formats["count"])
        if line.source.cell:
            target = (line.source.sheet, line.source.cell)
            safe.put_link(sheet, (row, 1), target, formats["link"], _place(line.source))
        else:
            safe.put_blank(sheet, (row, 1), formats["cell"])
        for column, words in enumerate(texts, 2):
            safe.put_text(sheet, (row, column), words, formats["cell"])
        sheet.set_row(row, _height(texts, FRONT_WIDTHS[2:]))
    return row + 1


def _height(texts: tuple[str, ...], widths: tuple[int, ...]) -> float:
    size = float(FRONT["cell"]["font_size"])
    pairs = zip(texts, widths, strict=True)
    needed = max(heights.height(words, pixels, size) for words, pixels in pairs)
    return min(needed + 4, _HIGHEST)


def _place(source: Source) -> str:
    return f"{source.sheet} {source.cell}".strip()


def _outside(
    sheet: Sheet, row: int, copy: Copy, terms: Terms, formats: Mapping[str, Format]
) -> None:
    lead = _(
        "下面这些写在填写格以外，没有计入；要紧的请写进表里（如“{evidence}”“{reason}”），不要紧的不用管。"
    ).format(evidence=terms.evidence, reason=terms.reason)
    _line(sheet, row, lead, formats["lead"])
    safe.put_text(sheet, (row + 1, 1), _("原来写在哪里"), formats["head"])
    safe.merge(sheet, (row + 1, 2, row + 1, _LAST), formats["head"])
    safe.put_text(sheet, (row + 1, 2), _("写的什么"), formats["head"])
    safe.put_blank(sheet, (row + 1, 0), formats["head"])
    sheet.set_row(row + 1, _HEAD_HEIGHT)
    for at, each in enumerate(copy.outside, row + 2):
        _one_outside(sheet, at, each, formats)
        safe.put_number(sheet, (at, 0), at - row - 1, formats["count"])


def _one_outside(sheet: Sheet, row: int, each: Outside, formats: Mapping[str, Format]) -> None:
    words = _("“{text}”").format(text=each.text)
    safe.put_text(sheet, (row, 1), _place(each.source), formats["cell"])
    safe.merge(sheet, (row, 2, row, _LAST), formats["cell"])
    safe.put_text(sheet, (row, 2), words, formats["cell"])
    widths = (FRONT_WIDTHS[1], sum(FRONT_WIDTHS[2:]))
    sheet.set_row(row, _height((_place(each.source), words), widths))
