"""What a reader hands over and what a writer of plain tables takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple


class ValueKind(StrEnum):
    """What one cell of a workbook really holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    #: A number shown as a percentage: 1 is seen as 100%.
    PERCENT = "percent"
    ERROR = "error"
    #: A formula that carries no stored result (phone apps, some libraries).
    UNCACHED = "uncached"


class Value(NamedTuple):
    """One filled cell as it stands in the file; a blank cell has no Value.

    ``raw`` is the text typed; for a number the shortest decimal that names the stored
    binary number; for a percentage what is seen, such as ``80%``; for a date ISO 8601; for an
    error its sign such as ``#REF!``. ``seen`` is what the cell shows where that is another number;
    empty when it shows none, or none that can be told.
    """

    kind: ValueKind
    raw: str
    formula: bool = False
    seen: str | None = None


class Area(NamedTuple):
    """Cells merged into one: from the first row and column to the last, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell is hidden under another one: all are but the first."""
        inside = self.top <= row <= self.bottom and self.left <= column <= self.right
        return inside and (row, column) != (self.top, self.left)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook read: values by (row, column), both counted from 1."""

    title: str
    hidden: bool
    values: Mapping[tuple[int, int], Value]
    #: Addresses of filled cells beyond the area that is read, the first few.
    beyond: tuple[str, ...] = ()
    #: Addresses of cells with a comment, the first few.
    comments: tuple[str, ...] = ()
    #: Filled cells whose text is struck out.
    struck: frozenset[tuple[int, int]] = frozenset()
    #: Merged cells, the first few hundred; known of the staff's own workbooks only.
    merged: tuple[Area, ...] = ()

    @cached_property
    def rows(self) -> Mapping[int, Sequence[int]]:
        """Columns of the filled cells by row, both in order."""
        found: dict[int, list[int]] = {}
        for row, column in sorted(self.values):
            found.setdefault(row, []).append(column)
        return found

    @cached_property
    def by_sign(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Cells by the first sign of their text, blanks before it left out."""
        found: dict[str, list[tuple[int, int]]] = {}
        for place, value in self.values.items():
            found.setdefault(value.raw.lstrip()[:1], []).append(place)
        return found


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook read: its sheets in order and when it says it was last saved."""

    sheets: tuple[Sheet, ...]
    modified: datetime | None = None
    #: Whether it holds pictures, on whichever sheet.
    pictures: bool = False


class Source(NamedTuple):
    """Where a person would look: file (relative to the round), sheet, cell.

    No file means the form at hand; ``Submission.at`` names it.
    """

    file: str = ""
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One column of a workbook that people edit."""

    heading: str
    #: Width in characters of the Latin digit.
    width: int = 12
    choices: tuple[str, ...] = ()
    hint: str = ""
    #: Its numbers are shares of one and shown per cent.
    percent: bool = False


#: What a cell of a table may hold.
Plain = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet of a workbook that people edit: a line of advice, headings, rows."""

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Plain, ...], ...] = ()
    advice: str = ""
