"""Changing single cells of a workbook that belongs to people; the only place for openpyxl."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.workbook import Workbook
from openpyxl.writer.excel import ExcelWriter

from sheetflow.excel.rewritable import would_lose
from sheetflow.text import clean

_ESCAPE = re.compile("(_x[0-9A-Fa-f]{4}_)")
#: The format's spelling of an underscore, and what stands for it meanwhile: no character.
_ESCAPED = re.compile(rb"_x005F_", re.IGNORECASE)
_HIDDEN = re.compile("\U0010fffd|&#1114109;|&#x10fffd;".encode(), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Change:
    """One cell to set: sheet, address, value."""

    sheet: str
    cell: str
    value: str | Decimal | date


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


def type_text(cell: Cell | MergedCell, text: str) -> None:
    """Set a text that stays a text even when it begins like a formula, also when typed again."""
    # The format would take _x0041_ for an A, and openpyxl writes it as it is.
    cell.value = _ESCAPE.sub(r"_x005F\1", clean(text))
    cell.data_type = "s"
