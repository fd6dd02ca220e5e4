"""Cells of the plan: what people decided, in the form a sheet shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sheetflow import entries, kinds, number
from sheetflow.desk import words
from sheetflow.desk.score_layouts import grades
from sheetflow.desk.sheets import Cell, Column, Facts, Layout, Origin, Role, Shape
from sheetflow.model import (
    Item,
    Line,
    Outcome,
    Part,
    Place,
    Plain,
    Scheme,
    Standing,
    StandingStatus,
    State,
    Value,
    ValueKind,
)

#: Those who are scored, so that their sums follow what is typed.
SCORED = frozenset({StandingStatus.GRADED, StandingStatus.NOT_GRADED, StandingStatus.UNDECIDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that the rows are made from."""

    outcome: Outcome
    state: State
    facts: Facts
    #: Item code → code of the section whose one grade fills it.
    graded: Mapping[str, str] = field(default_factory=dict)
    #: Rows in which anything was decided, restored or kept, as (tab, row).
    spoken: frozenset[tuple[str, str]] = frozenset()

    @property
    def scheme(self) -> Scheme:
        """The rules in force."""
        return self.outcome.scheme

    @property
    def due(self) -> tuple[Standing, ...]:
        """Members with something to decide: all but those the roster takes out."""
        return tuple(s for s in self.outcome.standings if s.member.absence is None)

    def said(self, tab: str, row: str, column: str) -> str:
        """Text that was decided in a place; empty when nothing."""
        return self.state.get(Place(tab, row, column), "")

    def origins(self, standing: Standing) -> Mapping[str, Origin]:
        """What counts for each item of a member without the branch."""
        given = self.facts.origins(standing.member.id)
        return from_lines(standing) if given is None else given


def from_lines(standing: Standing) -> dict[str, Origin]:
    """Let the member's own points stand, as the lines of the score have them."""
    lines = standing.score.lines if standing.score else ()
    return {line.code: Origin(points=line.raw) for line in lines if line.raw is not None}


def desk_of(outcome: Outcome, state: State, facts: Facts) -> Desk:
    """Put together what the rows are made from."""
    sections = (section for part in outcome.scheme.parts for section in part.sections)
    return Desk(
        outcome=outcome,
        state=state,
        facts=facts,
        graded={
            i.code: section.code for section in sections if grades(section) for i in section.items
        },
        spoken=frozenset(
            (place.tab, place.row) for place in (*state, *facts.restored, *facts.kept)
        ),
    )


# ------------------------------------------------------------------ cells


_BLANK = Cell(role=Role.LOCKED)


def locked(value: Plain = None, link: str = "") -> Cell:
    """Cell that shows what the program knows."""
    if link:
        return Cell(Role.LOCKED, value, link=link)
    return _BLANK if value in {None, ""} else Cell(Role.LOCKED, value)


def live(formula: str, value: Plain) -> Cell:
    """Formula with the result the engine has."""
    return Cell(Role.LIVE, value, formula)


def typed(desk: Desk, layout: Layout, row: str) -> dict[str, Cell]:
    """Cells of a row in which people decided something, or that stay or stand there again."""
    if (layout.tab, row) not in desk.spoken:
        return {}
    cells = {key: _typed(desk, column, place) for key, column, place in _places(layout, row)}
    return {key: cell for key, cell in cells.items() if cell != Cell(cell.role)}


def gestures(desk: Desk, layout: Layout, row: str) -> dict[str, Cell]:
    """All cells of a row that speaks for others; they are empty again at each writing."""
    return {
        key: _typed(desk, column, place)._replace(role=Role.GESTURE, value=None)
        for key, column, place in _places(layout, row)
    }


def _places(layout: Layout, row: str) -> Iterator[tuple[str, Column, Place]]:
    """Cells of a row in which people decide."""
    for column in layout.columns:
        if column.decides:
            yield column.key, column, Place(layout.tab, row, column.key)


def _typed(desk: Desk, column: Column, place: Place) -> Cell:
    return Cell(
        role=column.role,
        value=shown(column, desk.state.get(place, "")),
        restored=place in desk.facts.restored,
        kept=place in desk.facts.kept,
    )


def shown(column: Column, text: str) -> Plain:
    """Decided text as a cell holds it: a number, a day, else the text itself."""
    if not text:
        return None
    if column.shape in {Shape.POINTS, Shape.WHOLE}:
        found: Decimal | None = number.parse(text)
        return text if found is None else found
    if column.shape is Shape.DAY:
        day: date | None = entries.day(Value(ValueKind.TEXT, text))
        return text if day is None else day
    return text


# ------------------------------------------------------------------ points


def points_of(desk: Desk, part: Part, item: Item, member: str) -> Decimal | None:
    """Points the branch typed for an item, singly or by its section's grade.

    ``None`` where it typed none, or something nobody can use.
    """
    tab = words.scores_tab(part)
    if (tab, member) not in desk.spoken:
        return None
    text = desk.said(tab, member, item.code)
    if text:
        found = number.parse(text)
        return None if found is None or kinds.wrong(item, found) else found
    section = desk.graded.get(item.code)
    grade = desk.said(tab, member, section) if section else ""
    return next((level.points for level in item.levels if level.title == grade), None)


def line_of(standing: Standing, code: str) -> Line | None:
    """How an item or bonus row counted; ``None`` where it did not."""
    lines = standing.score.lines if standing.score else ()
    return next((line for line in lines if line.code == code), None)


def base_of(standing: Standing, part: str) -> Plain:
    """Base points of a part as the engine has them."""
    return _known(standing, part, bonus=False)


def bonus_of(standing: Standing, part: str) -> Plain:
    """Bonus of a part as the engine has it."""
    return _known(standing, part, bonus=True)


def _known(standing: Standing, part: str, *, bonus: bool) -> Plain:
    parts = standing.score.parts if standing.score else ()
    found = next((each for each in parts if each.code == part), None)
    known = (found.bonus if bonus else found.base) if found else None
    return words.UNDECIDED if known is None else known
