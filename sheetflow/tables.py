"""Plain tables in workbooks that people edit: find the headings, hand out the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sheetflow.model import Area, Book, Fault, Sheet, Source, Value, ValueKind
from sheetflow.text import clean

#: Headings are looked for in the first rows only; below them everything is content.
_HEADING_ROWS = 20


def squeeze(text: str) -> str:
    """Heading text without blanks and line breaks, as it is compared."""
    return "".join(text.split())


@lru_cache(maxsize=4096)  # a round of forms names the same cells over and over
def address(row: int, column: int) -> str:
    """A1 address of a cell counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def span(area: Area) -> str:
    """A1 address of merged cells: ``B2:B9``."""
    return f"{address(area.top, area.left)}:{address(area.bottom, area.right)}"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table: values by heading, and where each stands."""

    cells: Mapping[str, Value]
    #: File and sheet it stands on.
    at: Source
    row: int
    #: Column of each heading, counted from 1.
    columns: Mapping[str, int]

    def text(self, heading: str) -> str:
        """Text of a cell, cleaned and trimmed; empty when blank."""
        value = self.cells.get(heading)
        return clean(value.raw).strip() if value else ""

    def source(self, heading: str) -> Source:
        """Where the cell under a heading stands."""
        column = self.columns.get(heading)
        return self.at._replace(cell=address(self.row, column)) if column else Source()


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table read from a sheet, with what was wrong about it."""

    records: tuple[Record, ...] = ()
    headings: Mapping[str, Source] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def find_sheet(book: Book, title: str) -> Sheet | None:
    """Return the first sheet of this title, blanks aside."""
    return next(iter(_sheets(book, title)), None)


def _sheets(book: Book, title: str) -> list[Sheet]:
    return [sheet for sheet in book.sheets if squeeze(sheet.title) == squeeze(title)]


def read_table(book: Book, file: str, title: str, headings: Iterable[str]) -> TableRead:
    """Read the rows under the row that holds the most of ``headings``.

    Columns may stand in any order and others may stand between them. A row without any
    value under a known heading is left out. Faults: ``sheet-missing``, ``sheet-twice`` (only the
    first is read), ``heading-missing``, ``heading-twice``, ``cell-error`` (an error sign or a
    formula without a result), ``cells-merged`` (so many cells under another one count as blank).
    """
    sheets = _sheets(book, title)
    if not sheets:
        return TableRead(faults=(Fault("sheet-missing", Source(file, title), expected=title),))
    sheet = sheets[0]
    wanted = {squeeze(h): h for h in headings}
    top = _heading_row(sheet, wanted)
    columns: dict[int, str] = {}
    faults = [Fault("sheet-twice", Source(file, each.title), title) for each in sheets[1:]]
    for (row, column), value in sorted(sheet.values.items()):
        heading = wanted.get(squeeze(value.raw)) if row == top else None
        if heading is None:
            continue
        source = Source(file, sheet.title, address(row, column))
        if heading in columns.values():
            faults.append(Fault("heading-twice", source, heading))
        else:
            columns[column] = heading
    faults += [
        Fault("heading-missing", Source(file, sheet.title, address(top, 1)), expected=heading)
        for heading in wanted.values()
        if heading not in columns.values()
    ]
    records = _records(sheet, file, top, columns)
    faults += [fault for record in records for fault in _broken(record)]
    faults += _merged(sheet, file, top, columns)
    found = {h: Source(file, sheet.title, address(top, c)) for c, h in columns.items()}
    return TableRead(records, found, tuple(faults))


def _heading_row(sheet: Sheet, wanted: Mapping[str, str]) -> int:
    hits: dict[int, int] = {}
    for (row, _column), value in sheet.values.items():
        if row <= _HEADING_ROWS and squeeze(value.raw) in wanted:
            hits[row] = hits.get(row, 0) + 1
    return max(hits, key=lambda row: (hits[row], -row), default=1)


def _records(sheet: Sheet, file: str, top: int, columns: Mapping[int, str]) -> tuple[Record, ...]:
    rows: dict[int, dict[str, Value]] = {}
    for (row, column), value in sorted(sheet.values.items()):
        # A formula without a result shows nothing, but it is not a blank cell.
        if row > top and column in columns and (value.raw.strip() or value.formula):
            rows.setdefault(row, {})[columns[column]] = value
    at, places = Source(file, sheet.title), {heading: c for c, heading in columns.items()}
    return tuple(Record(cells, at, row, places) for row, cells in rows.items())


def _merged(sheet: Sheet, file: str, top: int, columns: Iterable[int]) -> Iterable[Fault]:
    known = frozenset(columns)
    for area in sheet.merged:
        across = known & set(range(area.left, area.right + 1))
        hidden = len(across) * len(range(max(area.top, top + 1), area.bottom + 1))
        hidden -= area.top > top and area.left in across
        if hidden:
            yield Fault("cells-merged", Source(file, sheet.title, span(area)), str(hidden))


def _broken(record: Record) -> Iterable[Fault]:
    for heading, value in record.cells.items():
        if value.kind in {ValueKind.ERROR, ValueKind.UNCACHED}:
            yield Fault("cell-error", record.source(heading), value.raw, heading)
