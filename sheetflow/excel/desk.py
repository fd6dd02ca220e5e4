"""Changing single cells of a workbook that belongs to people; the only place for openpyxl."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
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

#: Gives a part of a workbook, by its name, another content.
Fill = Callable[[str, bytes], bytes]


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


def packed(book: Workbook, saved: datetime | None, fill: Fill = lambda _name, part: part) -> bytes:
    """Bytes of a workbook; ``saved`` stands as the time of saving instead of now.

    ``fill`` has the last word on each part.
    """
    book.properties.modified = saved or datetime.now(UTC).replace(tzinfo=None)
    loose, out = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(loose, "w") as parts:
        ExcelWriter(book, parts).save()
    with zipfile.ZipFile(loose) as parts, zipfile.ZipFile(out, "w") as package:
        for entry in parts.infolist():
            part = _HIDDEN.sub(b"_x005F_", parts.read(entry))
            package.writestr(entry, fill(entry.filename, part), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def hide_escapes(data: bytes) -> bytes:
    """Let openpyxl not see how the format spells a text such as _x0041_: it would drop that."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [(entry, package.read(entry)) for entry in package.infolist()]
    if not any(_ESCAPED.search(part) for _entry, part in parts):
        return data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for entry, part in parts:
            package.writestr(entry, _ESCAPED.sub(b"&#x10FFFD;", part))
    return out.getvalue()


def type_text(cell: Cell | MergedCell, text: str) -> None:
    """Set a text that stays a text even when it begins like a formula, also when typed again."""
    # The format would take _x0041_ for an A, and openpyxl writes it as it is.
    cell.value = _ESCAPE.sub(r"_x005F\1", clean(text))
    cell.data_type = "s"
