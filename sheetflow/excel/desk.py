"""Changing single cells of a workbook that belongs to people; the only place for openpyxl."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from openpyxl.writer.excel import ExcelWriter

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
)
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
        names = [name.casefold() for name in package.namelist()]
    return tuple(n for n in names if n.startswith(_LOST) and not n.startswith(_KEPT))


def change_cells(
    data: bytes, changes: Iterable[Change], *, saved: datetime | None = None
) -> bytes | None:
    """Set cells and keep everything else as people left it.

    ``saved`` stands as the time of saving instead of now. Returns ``None``, and nothing is
    changed, when saving would lose parts of the workbook.
    """
    if would_lose(data):
        return None
    book = openpyxl.load_workbook(io.BytesIO(data))
    wanted = tuple(changes)
    # openpyxl sees nothing in a workbook saved as ISO strict.
    if any(change.sheet not in book.sheetnames for change in wanted):
        return None
    for change in wanted:
        cell = book[change.sheet][change.cell]
        cell.value = change.value
        if isinstance(change.value, str):
            # A text stays a text even when it begins like a formula.
            cell.data_type = "s"
    out = io.BytesIO()
    if saved is None:
        book.save(out)
    else:
        book.properties.modified = saved
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            ExcelWriter(book, archive).save()
    return out.getvalue()
