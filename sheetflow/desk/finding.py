"""Where a sheet's columns and rows stand now, after people sorted, inserted and moved them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sheetflow.decisions import shown_file
from sheetflow.desk.sheets import KEY, Column, Layout
from sheetflow.model import Area, Book, Fault, Sheet, Source, Tab, Value
from sheetflow.stamp import fold
from sheetflow.tables import address, find_sheet, squeeze
from sheetflow.text import clean

#: Headings are looked for in the first rows only; below them everything is content.
_HEADING_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One sheet of the workbook as it stands."""

    layout: Layout
    #: ``None`` where the workbook has no such sheet.
    sheet: Sheet | None = None
    #: Row of the headings; 0 where none of them was found.
    top: int = 0
    #: Key → column, counted from 1.
    columns: Mapping[str, int] = field(default_factory=dict)
    #: Key → the rows it stands in, from the top.
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    #: Merged cells below the headings.
    merged: tuple[Area, ...] = ()
    faults: tuple[Fault, ...] = ()

    def hides(self, row: int, column: int) -> bool:
        """Whether a cell is hidden under a merged one: nothing can stand there."""
        return any(area.covers(row, column) for area in self.merged)

    @property
    def title(self) -> str:
        """Title of the sheet as it is called now."""
        return self.sheet.title if self.sheet else self.layout.title

    @property
    def usable(self) -> bool:
        """Whether rows can be told apart."""
        return bool(self.top) and all(key in self.columns for key in self.layout.keys)

    def value(self, row: int, column: str) -> Value | None:
        """Value under a column; ``None`` when blank or when the column is not there."""
        at = self.columns.get(column)
        return self.sheet.values.get((row, at)) if self.sheet and at else None


def find(book: Book, file: str, layout: Layout, ids: Iterable[str] = ()) -> Found:
    """Find a sheet, its headings and its rows.

    ``ids`` are those of all members: a row of one of them is found also where a spreadsheet
    program took the id for a number.

    Faults: ``sheet-missing``, ``headings-missing`` (none is left), ``heading-missing``,
    ``heading-twice``. The hidden key of the rows is no heading people know: it is told only
    where rows cannot do without it.
    """
    sheet = find_sheet(book, layout.title)
    if sheet is None:
        fault = Fault("sheet-missing", Source(file, layout.title), expected=layout.title)
        return Found(layout=layout, faults=(fault,))
    return find_in(sheet, file, layout, ids)


def find_in(sheet: Sheet, file: str, layout: Layout, ids: Iterable[str] = ()) -> Found:
    """Find headings and rows in a sheet, whatever it is called; as ``find`` does."""
    top = _heading_row(sheet, layout)
    if not top:
        fault = Fault("headings-missing", Source(file, sheet.title))
        return Found(layout=layout, sheet=sheet, faults=(fault,))
    columns, faults = _columns(sheet, layout, top, file)
    rows = _rows(sheet, layout, top, columns, _whole(ids))
    return Found(
        layout=layout,
        sheet=sheet,
        top=top,
        columns=columns,
        rows=rows,
        merged=tuple(area for area in sheet.merged if area.bottom > top),
        faults=tuple(faults),
    )


def _heading_row(sheet: Sheet, layout: Layout) -> int:
    codes = {column.code for column in layout.columns if column.code}
    hits: dict[int, int] = {}
    for (row, _column), value in sheet.values.items():
        if row > _HEADING_ROWS:
            continue
        words = clean(value.raw).split()
        if "".join(words) in layout.headings or not codes.isdisjoint(words[:1]):
            hits[row] = hits.get(row, 0) + 1
    best = max(hits, key=lambda row: (hits[row], -row), default=0)
    # One word alone, such as a name that is also a heading, is no row of headings.
    return best if hits.get(best, 0) > 1 else 0


def _columns(
    sheet: Sheet, layout: Layout, top: int, file: str
) -> tuple[dict[str, int], list[Fault]]:
    columns: dict[str, int] = {}
    faults: list[Fault] = []
    for column in sheet.rows[top]:
        known = _heading(layout, sheet.values[top, column].raw, columns)
        source = Source(file, sheet.title, address(top, column))
        if known and known.key in columns:
            faults.append(Fault("heading-twice", source, known.heading))
        elif known:
            columns[known.key] = column
    place = Source(file, sheet.title, address(top, 1))
    faults += [
        Fault("heading-missing", place, expected=squeeze(column.heading))
        for column in layout.columns
        if column.key not in columns and (not column.hidden or column.key in layout.keys)
    ]
    return columns, faults


def _heading(layout: Layout, text: str, taken: Mapping[str, int]) -> Column | None:
    """Column a heading names; the whole heading counts more than its first word."""
    words = clean(text).split()
    whole = layout.headings.get("".join(words), ())
    fits = whole or [c for c in layout.columns if c.code and words[:1] == [c.code]]
    free = [c for c in fits if c.key not in taken]
    return next(iter(free or fits), None)


# ------------------------------------------------------------------ rows


def _rows(
    sheet: Sheet, layout: Layout, top: int, columns: Mapping[str, int], whole: Mapping[str, str]
) -> dict[str, tuple[int, ...]]:
    if not top or any(key not in columns for key in layout.keys):
        return {}
    first = columns[layout.keys[0]]
    found: dict[str, tuple[int, ...]] = {}
    for row in sorted(r for r, column in sheet.values if column == first and r > top):
        values = [sheet.values.get((row, columns[key])) for key in layout.keys]
        texts = [clean(value.raw).strip() if value else "" for value in values]
        if any(texts):
            key = row_key(layout, texts, whole)
            found[key] = (*found.get(key, ()), row)
    return found


def _whole(ids: Iterable[str]) -> dict[str, str]:
    """Ids by what is left of them without their first zeros, where that is one member's alone."""
    found: dict[str, list[str]] = {}
    for each in ids:
        found.setdefault(each.lstrip("0"), []).append(each)
    return {short: each[0] for short, each in found.items() if short and len(each) == 1}


def row_key(layout: Layout, texts: list[str], whole: Mapping[str, str]) -> str:
    """Key of a row from the texts of its key columns, typing aside."""
    if layout.tab == Tab.FILES:
        file, version = texts
        return f"{shown_file(file)}/{version.lower()}"
    if layout.keys == (KEY,):
        return texts[0]
    # A row's label and an item's code are compared as they stand, ids as anybody types them.
    first = fold(texts[0])
    if layout.keys[0] == "id":
        first = whole.get(first.lstrip("0"), first)
    return "/".join((first, *map(squeeze, texts[1:])))
