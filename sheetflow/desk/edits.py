"""A workbook as it stands and the plan → which cells are to be changed; nothing is changed here.

What people typed is theirs: a cell they fill is touched only where the plan restores it, where it
speaks for many rows and has been taken in, where a formula stands in it, or where formulas would
read it otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sheetflow import number
from sheetflow.desk import words
from sheetflow.desk.finding import Found
from sheetflow.desk.read import BROKEN, text_of
from sheetflow.desk.sheets import (
    FRONT,
    KEY,
    LIVE,
    REVISION,
    SYSTEM,
    Cell,
    DeskPlan,
    DeskSheet,
    Role,
    Row,
)
from sheetflow.desk.standing import Standing, stand, top_of
from sheetflow.model import EVERYONE, Book, Plain, Tab, Value, ValueKind
from sheetflow.tables import squeeze
from sheetflow.text import clean

#: What a row says once its subject is gone: column and word, by tab.
_GONE: Mapping[str, tuple[str, str]] = {
    Tab.AGENDA: ("status", words.SETTLED),
    Tab.CLAIMS: ("counted", words.NOTHING),
    Tab.ADJUSTMENTS: ("points", words.NOTHING),
    Tab.FOCUS: ("rank", words.NOTHING),
    FRONT: ("text", ""),
}
#: Columns of ours in which what people type is read: whose a row is, and what is said of all of it.
_READ = frozenset({"name", KEY, EVERYONE})
#: Sums closer than this are the same.
_HAIR = Decimal("0.000000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One cell to write; row and column count from 1."""

    sheet: str
    row: int
    column: int
    value: Plain
    #: Written instead of the value, which is kept as its result.
    formula: str = ""
    #: Sheet and cell it leads to.
    link: tuple[str, str] | None = None
    #: In rows that are new: the row whose cell it looks like, and the row it would have in a
    #: sheet painted new, which it looks like where there is no such row.
    like: int = 0
    fresh: int = 0
    #: Its column in a sheet painted new.
    painted: int = 0
    #: The whole column is new.
    added: bool = False
    #: The workbook is out of date without it.
    due: bool = True
    #: What stands there in place of a text, number or formula of ours; ``None`` where those stand.
    over: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """All that a workbook lacks."""

    cells: tuple[Edit, ...] = ()
    #: Sheets that are gone altogether, by tab.
    sheets: tuple[str, ...] = ()
    #: Rows nobody needs to see, as (sheet, row), and rows to be seen again.
    hidden: tuple[tuple[str, int], ...] = ()
    shown: tuple[tuple[str, int], ...] = ()

    @property
    def due(self) -> bool:
        """Whether the workbook is out of date."""
        return bool(self.sheets) or any(edit.due for edit in self.cells)


def edits(book: Book, plan: DeskPlan) -> Edits:
    """Compare a workbook with its plan.

    A sheet whose headings are gone is left as it is; ``finding.find`` tells of it.
    """
    standing = stand(plan, book)
    found = standing.found
    cells: list[Edit] = []
    hidden: list[tuple[str, int]] = []
    shown: list[tuple[str, int]] = []
    for sheet in plan.sheets:
        here = found[sheet.layout.tab]
        if not here.usable:
            continue
        cells += _headings(standing, here)
        for index, row in enumerate(sheet.rows):
            if (sheet.layout.tab, row.decides) in plan.aside:
                continue
            made = tuple(_row(standing, here, sheet, index))
            cells += made
            if _comes_back(here, row, made):
                shown.append((here.title, standing.rows[here.layout.tab, row.key]))
        for row_number in _gone(here, sheet, standing):
            ended = tuple(_end(here, row_number))
            cells += ended
            if ended and not _says(here, row_number):
                hidden.append((here.title, row_number))
    return Edits(
        cells=tuple(cells),
        sheets=tuple(tab for tab, each in found.items() if each.sheet is None),
        hidden=tuple(hidden),
        shown=tuple(shown),
    )


# ------------------------------------------------------------------ one row


def _headings(standing: Standing, here: Found) -> Iterator[Edit]:
    """Headings found by their first word are called what they are called now; new ones appear."""
    added = standing.added[here.layout.tab]
    for painted, column in enumerate(here.layout.columns, start=1):
        value = here.value(here.top, column.key)
        at = here.columns.get(column.key, 0)
        edit = Edit(sheet=here.title, row=here.top, column=at, value=column.heading)
        if column.key in added:
            yield replace(edit, fresh=top_of(here.layout) + 1, painted=painted, added=True)
        elif value and squeeze(clean(value.raw)) != squeeze(column.heading):
            yield edit


def _row(standing: Standing, here: Found, sheet: DeskSheet, index: int) -> Iterator[Edit]:
    tab, row = here.layout.tab, sheet.rows[index]
    at = standing.rows[tab, row.key]
    new = row.key not in here.rows
    like = _like(standing, sheet, index) if new else 0
    for painted, column in enumerate(here.layout.columns, start=1):
        cell = row.cell(column)
        added = column.key in standing.added[tab]
        if column.key not in here.columns or here.hides(at, here.columns[column.key]):
            continue
        edit = Edit(
            sheet=here.title,
            row=at,
            column=here.columns[column.key],
            value=cell.value,
            like=0 if added else like,
            fresh=top_of(here.layout) + 2 + index if new or added else 0,
            painted=painted,
            added=added,
            # Rows in which people decide are told where they are missed.
            over="" if new and not row.decides else None,
        )
        stands = None if new else here.value(at, column.key)
        if cell.role is Role.LIVE:
            yield from _live(standing, cell, edit, stands, tab)
        elif cell.role is Role.LOCKED:
            yield from _locked(standing, cell, edit, stands, (tab, row.key), column.key)
        elif new or added:
            yield edit
        else:
            yield from _typed(cell, edit, stands)


def _like(standing: Standing, sheet: DeskSheet, index: int) -> int:
    """Nearest row of the plan before this one that looks alike and stands there already."""
    here, look = standing.found[sheet.layout.tab], sheet.rows[index].look
    alike = [n for n, r in enumerate(sheet.rows) if r.look is look and r.key in here.rows]
    chosen = max((n for n in alike if n < index), default=alike[0] if alike else None)
    return 0 if chosen is None else here.rows[sheet.rows[chosen].key][0]


def _locked(
    standing: Standing,
    cell: Cell,
    edit: Edit,
    stands: Value | None,
    row: tuple[str, str],
    column: str,
) -> Iterator[Edit]:
    if cell.kept:
        return
    link = (standing.found[cell.link].title, "A1") if cell.link else None
    differs = text_of(stands) != plain(cell.value) or (stands is not None and stands.formula)
    if differs or edit.fresh:
        # What the marks of the workbook say goes along with the scheme; nobody prints it.
        marks = row[0] == SYSTEM
        over = edit.over if edit.fresh or marks or column in _READ else text_of(stands)
        yield replace(edit, link=link, due=row != (SYSTEM, REVISION), over=over)
    elif link:
        yield replace(edit, link=link, due=False)


def _live(
    standing: Standing, cell: Cell, edit: Edit, stands: Value | None, tab: str
) -> Iterator[Edit]:
    formula = standing.placed(cell.formula, tab, edit.row)
    if formula is None:
        return
    value: Plain = cell.value
    if cell.stands:
        found = standing.rows.get(cell.stands)
        value = "#N/A" if found is None else Decimal(found)
    same = stands is not None and stands.formula and _equal(stands, value)
    formula_gone = not edit.fresh and (stands is None or not stands.formula)
    over = text_of(stands) if formula_gone else edit.over
    yield replace(edit, value=value, formula=formula, due=not same, over=over)


def _equal(stands: Value, value: Plain) -> bool:
    if stands.kind is ValueKind.NUMBER and isinstance(value, Decimal):
        found = number.stored(stands.raw)
        return found is not None and abs(found - value) < _HAIR
    if stands.kind is ValueKind.ERROR:
        return stands.raw == value
    return stands.kind is not ValueKind.UNCACHED and text_of(stands) == plain(value)


def _typed(cell: Cell, edit: Edit, stands: Value | None) -> Iterator[Edit]:
    if cell.kept or (stands is not None and stands.kind in BROKEN and not cell.restored):
        return
    if cell.role is Role.GESTURE:
        if stands is not None:
            yield replace(edit, value=None)
    elif cell.restored:
        if text_of(stands) != plain(cell.value) or (stands is not None and stands.formula):
            yield edit
    elif stands is not None and stands.formula:
        yield replace(edit, value=_result(stands))
    elif stands is not None and stands.kind is ValueKind.TEXT and _misleads(cell.value, stands.raw):
        yield edit


def _misleads(value: Plain, typed: str) -> bool:
    """Whether formulas take a text for something else than the ``value`` it was read as.

    A number or day typed as text, or blanks around a word that formulas do not know for blanks.
    """
    if isinstance(value, str | None):
        return typed.strip() == (value or "") and typed != value
    return True


def _result(stands: Value) -> Plain:
    """Result of a formula, as a value."""
    if stands.kind is ValueKind.NUMBER:
        return number.stored(stands.raw)
    if stands.kind is ValueKind.DATE and len(text_of(stands)) == len("2015-12-31"):
        return date.fromisoformat(text_of(stands))
    return text_of(stands)


def plain(value: Plain) -> str:
    """Value of the plan as ``text_of`` reads it back."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value).strip()
    if isinstance(value, date):
        return value.isoformat()
    return number.text(Decimal(value))


# ------------------------------------------------------------------ rows whose subject is gone


def _gone(here: Found, sheet: DeskSheet, standing: Standing) -> Iterator[int]:
    """Rows of ours that the plan has no longer; rows people added are not ours."""
    wanted = {row.key for row in sheet.rows}
    tab = here.layout.tab
    members = {row.key for row in standing.plan.sheet(LIVE).rows}
    members |= {row.key for row in standing.plan.sheet(Tab.COUNTS).rows}
    for key, rows in here.rows.items():
        ours = tab == FRONT or "/" in key or key in members
        if key not in wanted and (tab == LIVE or (tab in _GONE and ours)):
            yield from rows


def _end(here: Found, row: int) -> Iterator[Edit]:
    """Take a row out of the sums and say that it is over."""
    column, word = _GONE.get(here.layout.tab, ("", ""))
    for each in here.layout.columns:
        if each.key not in here.columns:
            continue
        stands = here.value(row, each.key)
        over = each.role is Role.LIVE or (each.hidden and each.key not in here.layout.keys)
        edit = Edit(sheet=here.title, row=row, column=here.columns[each.key], value=None)
        if each.key == column and text_of(stands) != word:
            yield replace(edit, value=word or None)
        elif (over or here.layout.tab == LIVE) and stands is not None:
            yield edit


def _says(here: Found, row: int) -> bool:
    """Whether people have written anything in a row."""
    ours = {
        here.columns[column.key]
        for column in here.layout.columns
        if column.role in {Role.LOCKED, Role.LIVE} and column.key in here.columns
    }
    values = here.sheet.values if here.sheet else {}
    return any(at == row and column not in ours for at, column in values)


def _comes_back(here: Found, row: Row, made: tuple[Edit, ...]) -> bool:
    """Whether a row that was over stands for something again."""
    mark = _GONE.get(here.layout.tab)
    if mark is None or row.key not in here.rows:
        return False
    at = here.columns.get(mark[0])
    over = text_of(here.value(here.rows[row.key][0], mark[0])) == mark[1]
    return over and any(edit.column == at for edit in made)
