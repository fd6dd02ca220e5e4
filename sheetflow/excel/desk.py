"""Changing single cells of a workbook that belongs to people; the only place for openpyxl."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from sheetflow.excel.read import read_book
from sheetflow.model import Book, Plain, Table
from sheetflow.tables import find_sheet, read_table
from sheetflow.text import clean

#: Parts openpyxl would silently drop on saving.
_LOST = (
    "xl/drawings/",
    "xl/media/",
    "xl/charts/",
    "xl/embeddings/",
    "xl/vbaproject.bin",
    "xl/activex/",
    "xl/ctrlprops/",
    "xl/pivottables/",
    "xl/slicers/",
    "customxml/",
    "xl/threadedcomments/",
    "xl/cellimages",
)
_ESCAPE = re.compile("(_x[0-9A-Fa-f]{4}_)")
#: The format's spelling of an underscore, and what stands for it meanwhile: no character.
_ESCAPED = re.compile(rb"_x005F_", re.IGNORECASE)
_HIDDEN = re.compile("\U0010fffd|&#1114109;|&#x10fffd;".encode(), re.IGNORECASE)
#: Drawings that only carry cell comments, which openpyxl keeps.
_KEPT = ("xl/drawings/vmldrawing", "xl/drawings/commentsdrawing")


@dataclass(frozen=True, slots=True)
class Change:
    """One cell to set: sheet, address, value."""

    sheet: str
    cell: str
    value: str | Decimal | date


def would_lose(data: bytes) -> tuple[str, ...]:
    """Parts of a workbook that saving it here would lose."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = [name for name in package.namelist() if _lost(name.casefold())]
        return tuple(n.casefold() for n in names if not _hollow(n, package.read(n)))


def _lost(name: str) -> bool:
    return name.startswith(_LOST) and not name.startswith(_KEPT)


def _hollow(name: str, part: bytes) -> bool:
    """Whether a drawing holds nothing: LibreOffice writes such a one for every sheet."""
    drawing = name.casefold().startswith("xl/drawings/drawing")
    return drawing and b"Anchor" not in part


def change_cells(
    data: bytes, changes: Iterable[Change], *, saved: datetime | None = None
) -> bytes | None:
    """Set cells and keep everything else as people left it.

    ``saved`` stands as the time of saving instead of now. Returns ``None``, and nothing is
    changed, when saving would lose parts of the workbook.
    """
    if would_lose(data):
        return None
    book = openpyxl.load_workbook(io.BytesIO(hide_escapes(data)))
    wanted = tuple(changes)
    # openpyxl sees nothing in a workbook saved as ISO strict.
    if any(change.sheet not in book.sheetnames for change in wanted):
        return None
    for change in wanted:
        cell = book[change.sheet][change.cell]
        if isinstance(change.value, str):
            type_text(cell, change.value)
        else:
            cell.value = change.value
    return packed(book, saved)


def packed(book: Workbook, saved: datetime | None) -> bytes:
    """Bytes of a workbook; ``saved`` stands as the time of saving instead of now."""
    out = io.BytesIO()
    if saved is None:
        book.save(out)
    else:
        book.properties.modified = saved
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            ExcelWriter(book, archive).save()
    return _swapped(out.getvalue(), _HIDDEN, b"_x005F_")


def hide_escapes(data: bytes) -> bytes:
    """Let openpyxl not see how the format spells a text such as _x0041_: it would drop that."""
    return _swapped(data, _ESCAPED, b"&#x10FFFD;")


def _swapped(data: bytes, old: re.Pattern[bytes], new: bytes) -> bytes:
    """Workbook with one piece of its texts replaced; the same bytes where there is none."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [(entry, package.read(entry)) for entry in package.infolist()]
    if not any(old.search(part) for _entry, part in parts):
        return data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for entry, part in parts:
            package.writestr(entry, old.sub(new, part))
    return out.getvalue()


# ------------------------------------------------------------------ rows


def add_rows(data: bytes, table: Table) -> bytes | None:
    """Append a table's rows below everything on its sheet; make the sheet when it is missing.

    No cell that holds anything is changed. Returns ``None`` when saving would lose something:
    parts, results of formulas, what openpyxl says it drops.
    """
    read = read_book(data)
    formulas = any(value.formula for sheet in read.sheets for value in sheet.values.values())
    far = any(sheet.beyond for sheet in read.sheets)
    if formulas or far or would_lose(data):
        return None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        book = openpyxl.load_workbook(io.BytesIO(hide_escapes(data)), rich_text=True)
    dropped = any("removed" in str(each.message) or "lost" in str(each.message) for each in told)
    if dropped or len(book.sheetnames) < len(read.sheets):
        return None
    sheet, columns, last = _target(book, read, table)
    for offset, row in enumerate(table.rows, start=1):
        for column, value in zip(table.columns, row, strict=True):
            _type(sheet, (last + offset, columns[column.heading]), value)
    _offer(sheet, table, columns, (last + 1, last + len(table.rows)))
    return packed(book, None)


def _target(book: Workbook, read: Book, table: Table) -> tuple[Worksheet, Mapping[str, int], int]:
    """Return the sheet, the column of each heading, the last row that holds anything."""
    found = find_sheet(read, table.title)
    if found is None:
        return _new_sheet(book, table)
    sheet = book[found.title]
    headings = [column.heading for column in table.columns]
    places = read_table(read, "", table.title, headings).headings
    columns = {h: coordinate_to_tuple(source.cell)[1] for h, source in places.items()}
    merged = (area.max_row for area in sheet.merged_cells.ranges)
    filled = (row for row, _column in found.values)
    return sheet, columns, max((*merged, *filled), default=1)


def _new_sheet(book: Workbook, table: Table) -> tuple[Worksheet, Mapping[str, int], int]:
    sheet = book.create_sheet(table.title)
    for number, column in enumerate(table.columns, start=1):
        _type(sheet, (1, number), column.heading)
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "A2"
    return sheet, {c.heading: n for n, c in enumerate(table.columns, start=1)}, 1


def _type(sheet: Worksheet, place: tuple[int, int], value: Plain) -> None:
    cell = sheet.cell(*place)
    if isinstance(value, str):
        type_text(cell, value)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    elif value is not None:
        cell.value = value
    if cell.number_format == "General":
        cell.number_format = "@"


def type_text(cell: Cell | MergedCell, text: str) -> None:
    """Set a text that stays a text even when it begins like a formula, also when typed again."""
    # The format would take _x0041_ for an A, and openpyxl writes it as it is.
    cell.value = _ESCAPE.sub(r"_x005F\1", clean(text))
    cell.data_type = "s"


def _offer(
    sheet: Worksheet, table: Table, columns: Mapping[str, int], rows: tuple[int, int]
) -> None:
    """Give the new rows their drop-downs."""
    for column in table.columns:
        if column.choices:
            rule = DataValidation(type="list", formula1='"' + ",".join(column.choices) + '"')
            rule.showErrorMessage = True
            letter = get_column_letter(columns[column.heading])
            rule.add(f"{letter}{rows[0]}:{letter}{rows[1]}")
            sheet.add_data_validation(rule)
