"""What the blocks of the summary's first page share: its grid, a figure, a heading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sheetflow.excel.write.summary_formulas import quote
from sheetflow.excel.write.table_paint import put_wide

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Styles = Mapping[str, "Format"]

#: Columns of the page, each so many digits wide, and the height of a row in points.
COLUMNS: Final = 10
WIDTH: Final = 11.5
ROW: Final = 21.0
LAST: Final = COLUMNS - 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the page: its heading, formula and value."""

    heading: str
    formula: str
    value: int


def paint_section(sheet: Worksheet, styles: Styles, title: str, row: int) -> None:
    """Paint the heading of a block across the page."""
    put_wide(sheet, row, (0, LAST), title, styles["section"])
    sheet.set_row(row, 24)


def count(area: str, word: str) -> str:
    """Formula that counts the cells of an area that hold just this word."""
    # COUNTIF would take marks inside a word for patterns.
    return f"SUMPRODUCT(({area}={quote(word)})*1)"
