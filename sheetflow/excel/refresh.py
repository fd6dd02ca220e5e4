"""Bring the staff's living workbook up to date in place, and keep what people made of it."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping
from copy import copy
from datetime import date, datetime, time
from decimal import Decimal
from html import escape

import openpyxl
from openpyxl.cell import MergedCell
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter, range_boundaries
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.worksheet import Worksheet

from sheetflow import number
from sheetflow.desk.edits import Edit, Edits, edits
from sheetflow.desk.sheets import DeskPlan
from sheetflow.errors import UnreadableError
from sheetflow.excel import desk_styles
from sheetflow.excel.desk import Fill, hide_escapes, packed, type_text
from sheetflow.excel.read import read_staff_book
from sheetflow.excel.rewritable import would_lose
from sheetflow.excel.sheet_copy import copy_look, copy_sheet, link_to, look_like, unlink
from sheetflow.excel.write.desk import write_desk
from sheetflow.excel.write.table_paint import row_height
from sheetflow.model import Book, ValueKind
from sheetflow.tables import address

#: A formula as openpyxl writes it: without its result.
_FORMULA = re.compile(
    r'<c r="(?P<at>[A-Z]+[0-9]+)"(?P<style>(?: s="[0-9]+")?)(?: t="[a-z]+")?>'
    r"(?P<formula><f[^>]*(?:/>|>.*?</f>))<v ?/?>(?:</v>)?</c>",
    re.DOTALL,
)
#: Sheets are taken out of a workbook painted new; the day it says it was made on is not.
_ANY_DAY = date(2000, 1, 1)
#: Result of a formula: what it is, and its words or digits.
_Result = tuple[ValueKind, str]
#: Row and column, counted from 1.
_At = tuple[int, int]


def refresh(data: bytes, plan: DeskPlan, read: Book | None = None) -> bytes | None:
    """Write what the plan has into a workbook and keep all that people typed, noted, coloured.

    ``read`` is what stands in it, where somebody has read it before.
    Sheets that are gone altogether are painted again; a sheet without its headings is left as
    it is. Rows whose subject is gone leave the sums, say so, and are hidden where nobody wrote
    anything in them. The same bytes when the workbook shows all of its plan, the revision aside.
    ``None``, and nothing is changed, when saving would lose parts of the workbook or it is none
    that can be rewritten (.xls, ISO strict).
    """
    try:
        read = read or read_staff_book(data)
    except UnreadableError:
        return None
    wanted = edits(read, plan)
    if not wanted.due:
        return data
    if would_lose(data) or any(sheet.beyond for sheet in read.sheets):
        return None
    book = _opened(data)
    if book is None or not _sees_all(book, read):
        return None
    fresh = _fresh(plan, wanted)
    if fresh is not None:
        _add_sheets(book, fresh, plan, wanted.sheets)
    results = _results(read)
    for edit in wanted.cells:
        _write(book[edit.sheet], edit, fresh)
        _keep_result(results, edit)
    _follow(book, wanted, fresh)
    if fresh is not None:
        _widen(book, wanted, fresh)
    _hide(book, wanted)
    for title in {edit.sheet for edit in wanted.cells}:
        _heighten(book[title])
    return packed(book, None, _filling(book, results))


def _hide(book: Workbook, wanted: Edits) -> None:
    """Hide rows nobody needs to see, and show those that are needed again."""
    for title, row in wanted.shown:
        book[title].row_dimensions[row].hidden = False
    for title, row in wanted.hidden:
        if not any(cell.comment for cell in book[title][row]):
            book[title].row_dimensions[row].hidden = True


def _heighten(sheet: Worksheet) -> None:
    """Let rows be as high as the texts people typed into them need; none gets lower."""
    for at, cells in enumerate(sheet.iter_rows(), start=1):
        row = sheet.row_dimensions[at]
        texts = [
            (cell.value, sheet.column_dimensions[cell.column_letter].width)
            for cell in cells
            if cell.data_type == "s" and isinstance(cell.value, str) and cell.alignment.wrap_text
        ]
        if row.height is not None and texts:
            row.height = max(row.height, row_height(texts, size=desk_styles.SIZE))


def _opened(data: bytes) -> Workbook | None:
    """Open a workbook for changing; ``None`` where openpyxl says it would drop something."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        book = openpyxl.load_workbook(io.BytesIO(hide_escapes(data)), rich_text=True)
    dropped = any("removed" in str(each.message) or "lost" in str(each.message) for each in told)
    return None if dropped else book


def _sees_all(book: Workbook, read: Book) -> bool:
    """Whether openpyxl found every cell that is filled; it sees nothing in ISO strict."""
    if set(book.sheetnames) != {sheet.title for sheet in read.sheets}:
        return False
    return all(
        book[sheet.title].cell(*at).value is not None
        for sheet in read.sheets
        for at, value in sheet.values.items()
        if value.raw
    )


# ------------------------------------------------------------------ cells


def _write(sheet: Worksheet, edit: Edit, fresh: Workbook | None) -> None:
    cell = sheet.cell(edit.row, edit.column)
    if isinstance(cell, MergedCell):
        return
    if edit.like:
        look_like(cell, sheet.cell(edit.like, edit.column))
    elif edit.fresh and fresh is not None:
        copy_look(cell, fresh[sheet.title].cell(edit.fresh, edit.painted))
    if edit.formula:
        cell.value = f"={edit.formula}"
    elif isinstance(edit.value, str):
        type_text(cell, edit.value)
    else:
        cell.value = edit.value
    if edit.link:
        link_to(sheet, cell, edit.link)
    elif edit.formula:
        unlink(sheet, cell)


def _follow(book: Workbook, wanted: Edits, fresh: Workbook | None) -> None:
    """Let rows that are new be as high as their like, under its rules, inside filter and print."""
    new = {(e.sheet, e.row): (e.like, e.fresh) for e in wanted.cells if e.fresh and not e.added}
    for (title, row), (like, painted) in new.items():
        sheet = book[title]
        model = sheet if like or fresh is None else fresh[title]
        sheet.row_dimensions[row].height = model.row_dimensions[like or painted].height
        for rule in sheet.data_validations.dataValidation:
            for edit in (e for e in wanted.cells if (e.sheet, e.row) == (title, row)):
                letter = get_column_letter(edit.column)
                if like and f"{letter}{like}" in rule.sqref and f"{letter}{row}" not in rule.sqref:
                    rule.add(f"{letter}{row}")
        _reach(sheet, row)


def _widen(book: Workbook, wanted: Edits, fresh: Workbook) -> None:
    """Let columns that are new be as wide as painted, and under the same rules."""
    for title, column, painted in {(e.sheet, e.column, e.painted) for e in wanted.cells if e.added}:
        letter, model = get_column_letter(column), get_column_letter(painted)
        width = fresh[title].column_dimensions[model]
        book[title].column_dimensions[letter].width = width.width
        book[title].column_dimensions[letter].hidden = width.hidden
        last = book[title].max_row
        for rule in fresh[title].data_validations.dataValidation:
            at = next(e for e in wanted.cells if (e.sheet, e.column) == (title, column))
            if rule.type != "custom" and f"{model}{at.fresh + 1}" in rule.sqref:
                own = copy(rule)
                own.sqref = MultiCellRange(f"{letter}{at.row + 1}:{letter}{last}")
                book[title].add_data_validation(own)


def _reach(sheet: Worksheet, row: int) -> None:
    """Let the filter and the printed area end no earlier than a row."""
    if sheet.auto_filter.ref:
        left, top, right, bottom = range_boundaries(sheet.auto_filter.ref)
        if bottom is not None and bottom < row:
            first, last = address(int(top or 1), int(left or 1)), address(row, int(right or 1))
            sheet.auto_filter.ref = f"{first}:{last}"
    area = str(sheet.print_area or "").split("!")[-1].replace("$", "")
    if area and "," not in area:
        left, top, right, bottom = range_boundaries(area)
        if bottom is not None and bottom < row:
            first, last = address(int(top or 1), int(left or 1)), address(row, int(right or 1))
            sheet.print_area = f"{first}:{last}"


# ------------------------------------------------------------------ sheets that are gone


def _fresh(plan: DeskPlan, wanted: Edits) -> Workbook | None:
    """Return the workbook painted new, where something of it is needed."""
    alone = any(edit.fresh and not edit.like for edit in wanted.cells)
    return _opened(write_desk(plan, created=_ANY_DAY)) if wanted.sheets or alone else None


def _add_sheets(book: Workbook, fresh: Workbook, plan: DeskPlan, tabs: tuple[str, ...]) -> None:
    order = [sheet.layout.title for sheet in plan.sheets]
    for tab in tabs:
        title = plan.sheet(tab).layout.title
        if title in book.sheetnames:
            del book[title]
        before = [t for t in order[: order.index(title)] if t in book.sheetnames]
        at = book.sheetnames.index(before[-1]) + 1 if before else 0
        copy_sheet(fresh[title], book.create_sheet(title, at))


# ------------------------------------------------------------------ results of formulas


def _results(book: Book) -> dict[str, dict[_At, _Result]]:
    """Results of all formulas as they stood; openpyxl writes none."""
    return {
        sheet.title: {
            at: (value.kind, value.raw) for at, value in sheet.values.items() if value.formula
        }
        for sheet in book.sheets
    }


def _keep_result(results: dict[str, dict[_At, _Result]], edit: Edit) -> None:
    here = results.setdefault(edit.sheet, {})
    at = (edit.row, edit.column)
    here.pop(at, None)
    if edit.formula:
        here[at] = _result(edit)


def _result(edit: Edit) -> _Result:
    if isinstance(edit.value, Decimal | int):
        return ValueKind.NUMBER, number.text(Decimal(edit.value))
    text = str(edit.value or "")
    return (ValueKind.ERROR if text.startswith("#") else ValueKind.TEXT), text


def _filling(book: Workbook, results: Mapping[str, Mapping[_At, _Result]]) -> Fill:
    """Write the results of formulas into the sheets' parts."""
    parts = {
        f"xl/worksheets/sheet{n}.xml": results.get(sheet.title)
        for n, sheet in enumerate(book.worksheets, start=1)
    }

    def fill(name: str, part: bytes) -> bytes:
        known = parts.get(name)
        return _filled(part, known) if known else part

    return fill


def _filled(part: bytes, known: Mapping[_At, _Result]) -> bytes:
    def fill(match: re.Match[str]) -> str:
        found = known.get(coordinate_to_tuple(match["at"]))
        if found is None or found[0] is ValueKind.UNCACHED:
            return match[0]
        kind, raw = found
        mark = _MARKS.get(kind, "")
        value = f"<v>{escape(_stored(kind, raw), quote=False)}</v>"
        return f'<c r="{match["at"]}"{match["style"]}{mark}>{match["formula"]}{value}</c>'

    return _FORMULA.sub(fill, part.decode()).encode()


#: How a part says what a result is; a number needs no word.
_MARKS = {ValueKind.TEXT: ' t="str"', ValueKind.BOOL: ' t="b"', ValueKind.ERROR: ' t="e"'}


def _stored(kind: ValueKind, raw: str) -> str:
    """Result as a part stores it: days are numbers, shares of a hundred are shares of one."""
    if kind is ValueKind.DATE:
        moment = time.fromisoformat(raw) if ":" in raw[:3] else datetime.fromisoformat(raw)
        return str(to_excel(moment))  # type: ignore[no-untyped-call]
    if kind is ValueKind.PERCENT:
        return number.text(Decimal(raw.removesuffix("%")) / 100)
    if kind is ValueKind.BOOL:
        return "1" if raw == "TRUE" else "0"
    return raw
