"""Nouns of the staff's workbook: sheets, columns, rows and cells, before and after painting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from sheetflow.claims import ClaimRead
from sheetflow.model import Choice, Fault, Place, Plain, Source
from sheetflow.tables import squeeze

#: Sheets in which nobody decides: where to begin, the live sums, what the program must find again.
FRONT, LIVE, SYSTEM = "front", "live", "system"
#: Keys in the rows of the hidden sheet ``SYSTEM``.
REVISION, ROUND, HEADINGS, RULES = "revision", "round", "headings", "rules"
#: Key of the column by which formulas find a row.
KEY = "key"


class Role(StrEnum):
    """Whose a cell is."""

    #: The program's: written again whenever it differs.
    LOCKED = "locked"
    #: People's: never changed unless the plan restores it.
    TYPED = "typed"
    #: A formula of ours.
    LIVE = "live"
    #: People's, speaks for many rows, emptied once it is taken in.
    GESTURE = "gesture"


class Shape(StrEnum):
    """What a cell holds and how it is shown."""

    TEXT = "text"
    #: A short text in the middle of its cell.
    WORD = "word"
    #: An id: text, whatever it looks like.
    CODE = "code"
    POINTS = "points"
    WHOLE = "whole"
    DAY = "day"


class Look(StrEnum):
    """What a row looks like."""

    PLAIN = "plain"
    #: Speaks for all rows that say nothing themselves.
    EVERYONE = "everyone"
    #: What stands where the row below says nothing.
    SOURCE = "source"
    #: The last of the rows about one member.
    CLOSING = "closing"
    #: A heading among the rows.
    BANNER = "banner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Numbers a cell takes: a short list, else a range."""

    least: Decimal = Decimal(0)
    most: Decimal | None = None
    listed: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: what it is called and what its cells take."""

    key: str
    heading: str
    role: Role = Role.LOCKED
    shape: Shape = Shape.WORD
    #: Width in digits of the workbook's standard font.
    width: float = 12
    choices: tuple[str, ...] = ()
    limits: Limits | None = None
    hint: str = ""
    hidden: bool = False
    #: First word of the heading, which alone finds the column whatever follows it.
    code: str = ""
    #: Formula under which a cell is coloured; its places are marked as ``formulas`` says.
    marked: str = ""

    @property
    def decides(self) -> bool:
        """Whether people decide in its cells."""
        return self.role in {Role.TYPED, Role.GESTURE}


class Cell(NamedTuple):
    """What one cell of the plan shows."""

    role: Role
    #: LOCKED: what it shows. LIVE: the result kept with the formula. TYPED: what was decided.
    value: Plain = None
    #: LIVE only; its places are marked as ``formulas`` says.
    formula: str = ""
    #: The value stands in the workbook again, whatever is there now.
    restored: bool = False
    #: It stays as it is, even where it would be emptied or restored.
    kept: bool = False
    #: A number that the branch's own counts gave.
    counted: bool = False
    #: LIVE only: the result is the number of the row with this key on the sheet of this tab.
    stands: tuple[str, str] | None = None
    #: Tab of the sheet it leads to; a formula may lead to a cell of it.
    link: str = ""


#: What stands under a column of which a row says nothing: by whose its cells are.
_BLANK = {role: Cell(role) for role in Role}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its key within the sheet, and its cells by column key but the blank ones."""

    key: str
    cells: Mapping[str, Cell]
    look: Look = Look.PLAIN
    #: Row of the ``Place`` of its cells in which people decide; empty where they decide nothing.
    decides: str = ""

    def cell(self, column: Column) -> Cell:
        """Cell under a column; a blank one where the row has none."""
        found = self.cells.get(column.key)
        if found is not None:
            return found
        peoples = self.decides and column.decides
        return _BLANK[column.role if peoples else Role.LOCKED]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One sheet as the scheme alone decides it."""

    #: A ``Tab``, ``scores.`` and the code of a part, or one of the words above.
    tab: str
    title: str
    columns: tuple[Column, ...]
    #: Columns whose texts together name a row.
    keys: tuple[str, ...]
    advice: tuple[str, ...] = ()
    #: Text of the last key column in rows people fill; empty where they fill every row.
    line: str = ""
    hidden: bool = False
    #: How many columns stay in view.
    frozen: int = 2

    @cached_property
    def headings(self) -> Mapping[str, Sequence[Column]]:
        """Columns by their heading without blanks; two may have the same."""
        found: dict[str, list[Column]] = {}
        for column in self.columns:
            found.setdefault(squeeze(column.heading), []).append(column)
        return found

    def column(self, key: str) -> Column:
        """Return the column with this key."""
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True, kw_only=True)
class DeskSheet:
    """A layout and what makes its rows, from the top."""

    layout: Layout
    #: Makes them anew each time: those of a county are too many to hold.
    walk: Callable[[], Iterator[Row]]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows at once, held as long as the plan."""
        return tuple(self.walk())


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPlan:
    """What every sheet of the workbook should show."""

    title: str
    revision: int
    #: Member with something to decide → version of the form that stands beside the approval.
    versions: Mapping[str, str]
    sheets: tuple[DeskSheet, ...]
    #: Ids of all members, also of those with nothing to decide.
    ids: frozenset[str] = frozenset()
    #: Rows left exactly as they are, as (tab, row of the ``Place``).
    aside: frozenset[tuple[str, str]] = frozenset()

    def sheet(self, tab: str) -> DeskSheet:
        """Return the sheet of a tab."""
        return next(sheet for sheet in self.sheets if sheet.layout.tab == tab)


# ------------------------------------------------------------------ what the plan is made from


class Origin(NamedTuple):
    """What counts for an item where the branch types nothing."""

    #: ``None`` while nothing is known.
    points: Decimal | None = None
    #: Counted by the branch; else it is the member's own score.
    counted: bool = False
    why: str = ""
    #: Something is there that nobody can use as points.
    unusable: bool = False


def _as_scored(_member: str) -> None:
    """Know nothing besides the score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaRow:
    """One thing to talk about, and where it is decided."""

    member: str
    #: Names the matter within the member, such as ``A1-1`` or ``total``; never shown.
    matter: str
    text: str
    link: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a desk shows that stands neither in the scheme nor in the outcome."""

    revision: int
    round_id: str = ""
    #: Member → item code → what counts without the branch; ``None``: what the score says.
    origins: Callable[[str], Mapping[str, Origin] | None] = _as_scored
    #: Member → version of the form that counts.
    versions: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, tuple[ClaimRead, ...]] = field(default_factory=dict)
    agenda: tuple[AgendaRow, ...] = ()
    #: Lines that say where the round stands and what comes next.
    steps: tuple[str, ...] = ()
    #: Headings to fill in about each member in a reported tier.
    focus: tuple[str, ...] = ()
    #: Kinds of meeting offered.
    meetings: tuple[str, ...] = ()
    #: Files a person decides about.
    files: tuple[Choice, ...] = ()
    #: Cells in which what was decided stands again, whatever is there now; undecided ones are
    #: emptied.
    restored: frozenset[Place] = frozenset()
    #: Cells left exactly as they are, since nobody could use what stands there.
    kept: frozenset[Place] = frozenset()
    #: Rows left exactly as they are, as (tab, row), since nobody knows whom they are about.
    aside: frozenset[tuple[str, str]] = frozenset()


# ------------------------------------------------------------------ what was read


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCell:
    """What people typed in one cell."""

    text: str
    source: Source
    #: A formula stands there; ``text`` is its result.
    formula: bool = False
    #: What the cell shows where that is another number, as ``Value`` has it.
    seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRead:
    """What a workbook says, and how much of the desk it still is."""

    typed: Mapping[Place, TypedCell]
    #: All cells of the workbook in which people decide, blank ones too. A place that is not
    #: here cannot have been cleared: its row, column or sheet is gone, doubled or unreadable.
    places: Mapping[Place, Source]
    #: ``None`` where the hidden sheet is gone.
    revision: int | None = None
    round_id: str = ""
    #: Tabs of which nothing could be read: gone altogether, or without their headings.
    unread: frozenset[str] = frozenset()
    #: Rows that stand there more than once, as (tab, row, where the second stands).
    rows_twice: tuple[tuple[str, str, Source], ...] = ()
    #: Cells in which no word or number of anybody stands.
    broken: frozenset[Place] = frozenset()
    #: Cells hidden under a merged one: blank, but cleared by nobody.
    covered: frozenset[Place] = frozenset()
    #: Name that stands beside the id of each row about a member, by (tab, row), and where.
    names: Mapping[tuple[str, str], tuple[str, Source]] = field(default_factory=dict)
    #: Hidden key of each row about a member or all of them, by (tab, row), and where the row is.
    keys: Mapping[tuple[str, str], tuple[str, Source]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
