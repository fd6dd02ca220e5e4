"""Cells that hold points, and the one thing that is wrong with each.

The checks of family V4 share this judgement, so that a cell never gets two findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from sheetflow import claims, entries, kinds, layout, number, scoring
from sheetflow.checks.registry import Case
from sheetflow.claims import ClaimRead
from sheetflow.kinds import Wrong
from sheetflow.model import (
    Entry,
    Field,
    Item,
    Kind,
    Score,
    Source,
    Submission,
    Value,
    ValueKind,
)
from sheetflow.tables import address

_MOST_PLACES = 2
_PERCENT = "%％﹪"
_WRONG_ITEM = {
    Wrong.BELOW: "V403",
    Wrong.ABOVE: "V402",
    Wrong.CHOICE: "V404",
    Wrong.STEP: "V407",
}
_WRONG_CLAIM = {
    Wrong.BELOW: "V421",
    Wrong.ABOVE: "V415",
    Wrong.STEP: "V421",
    Wrong.CHOICE: "V421",
}
_UNREADABLE = {
    ValueKind.ERROR: "V409",
    ValueKind.UNCACHED: "V410",
    ValueKind.DATE: "V411",
    ValueKind.BOOL: "V411",
    ValueKind.PERCENT: "V411",
}


_Answer = TypeVar("_Answer")


class _Asked:
    """A case compared by identity: it is frozen, and holds too much to hash."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def __hash__(self) -> int:
        return id(self.case)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and other.case is self.case


def _once(function: Callable[[Case], _Answer]) -> Callable[[Case], _Answer]:
    """Compute once what twenty checks ask about the same case."""

    @lru_cache(maxsize=1)
    def answer(asked: _Asked) -> _Answer:
        return function(asked.case)

    return lambda case: answer(_Asked(case))


@dataclass(frozen=True, slots=True)
class Typed:
    """A filled cell for points: of an item, or of a claimed bonus row."""

    submission: Submission
    code: str
    source: Source
    value: Value
    rule: Item | ClaimRead

    @property
    def member(self) -> str:
        """Id the form carries."""
        return self.submission.stamp.member if self.submission.stamp else ""

    @property
    def allowed(self) -> str:
        """Words for what may be typed here."""
        if isinstance(self.rule, Item):
            return kinds.allowed(self.rule)
        return kinds.allowed_claim(self.rule.bonus, self.rule.limit)


def submissions(case: Case) -> Iterator[Submission]:
    """Forms whose owner is known."""
    return (each for each in case.submissions if each.stamp)


@_once
def claimed(case: Case) -> tuple[tuple[Submission, ClaimRead], ...]:
    """Bonus rows with anything typed in them."""
    return tuple(
        (submission, claim)
        for submission in submissions(case)
        for claim in claims.read_claims(case.scheme, submission)
    )


@_once
def scores(case: Case) -> tuple[tuple[Submission, Score], ...]:
    """What each form's entries come to."""
    return tuple(
        (each, scoring.score(case.scheme, each, post=post(case, each)))
        for each in submissions(case)
    )


def post(case: Case, submission: Submission) -> str:
    """Post of the member a form is from; empty where the roster does not say."""
    member = case.roster.find(submission.stamp.member) if submission.stamp else None
    return member.post if member else ""


def asked(case: Case, submission: Submission) -> Callable[[Item], bool]:
    """Return what tells whether the member of this form is to fill in an item."""
    mine = post(case, submission)
    return lambda item: item.kind is not Kind.NOTE and kinds.meant(item, mine)


def having(case: Case, code: str) -> tuple[Typed, ...]:
    """Cells whose one fault has this code."""
    return _by_fault(case).get(code, ())


@_once
def _by_fault(case: Case) -> Mapping[str, tuple[Typed, ...]]:
    found: dict[str, list[Typed]] = {}
    for typed in (*_score_cells(case), *_claim_cells(case)):
        code = fault(typed)
        if code:
            found.setdefault(code, []).append(typed)
    return {code: tuple(cells) for code, cells in found.items()}


def _score_cells(case: Case) -> Iterator[Typed]:
    items = case.scheme.items
    for submission in submissions(case):
        wanted = asked(case, submission)
        for entry in submission.entries:
            rule = items.get(entry.code) if entry.field is Field.SCORE else None
            if rule and wanted(rule):
                yield Typed(submission, entry.code, entry.source, entry.value, rule)


def _claim_cells(case: Case) -> Iterator[Typed]:
    for submission, claim in claimed(case):
        if claim.value is not None:
            source = claim_source(submission, claim.code, Field.CLAIM)
            yield Typed(submission, claim.code, source, claim.value, claim)


def fault(typed: Typed) -> str:
    """Code of the one thing to say about this cell; empty when there is nothing."""
    value, rule = typed.value, typed.rule
    if value.kind in _UNREADABLE:
        return _UNREADABLE[value.kind]
    if value.kind is ValueKind.NUMBER:
        points = number.stored(value.raw)
        # Too large to be points at all; its sign still tells which bound it breaks.
        points = Decimal(value.raw) if points is None else points
    else:
        points = entries.points(value)
    if points is None:
        return _text_fault(value, rule)
    return _number_fault(rule, points) or _way_fault(value)


def _text_fault(value: Value, rule: Item | ClaimRead) -> str:
    if value.raw.strip().endswith(tuple(_PERCENT)):
        return "V411"
    return "V401" if isinstance(rule, Item) else "V420"


def _number_fault(rule: Item | ClaimRead, points: Decimal) -> str:
    if isinstance(rule, ClaimRead):
        wrong = kinds.wrong_claim(rule.bonus, points, rule.limit)
        return _WRONG_CLAIM[wrong] if wrong else ""
    wrong = kinds.wrong(rule, points)
    if wrong in {Wrong.BELOW, Wrong.ABOVE}:
        return _WRONG_ITEM[wrong]
    if number.places(points) > _MOST_PLACES:
        return "V406"
    return _WRONG_ITEM[wrong] if wrong else ""


def _way_fault(value: Value) -> str:
    """How a number that is fine was typed."""
    if value.formula:
        return "V412"
    return "V408" if value.kind is ValueKind.TEXT else ""


def claim_source(submission: Submission, code: str, field: Field) -> Source:
    """Cell of a bonus row, filled or blank.

    A blank cell's column is taken from another row of the sheet, else from the plan where the
    claims still stand in their planned column, else the row's claim cell stands for it.
    """
    entry = submission.entry(code, field)
    if entry:
        return entry.source
    claim = submission.places.get(code, Source(submission.file))
    row = claim.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    column = _column(submission.entries, claim.sheet, field)
    planned = address(int(row or 0), layout.column(layout.Role.CLAIM))
    if not column and claim.cell == planned:
        column = address(0, layout.column(layout.Role(field.value))).rstrip("0")
    return Source(claim.file, claim.sheet, column + row) if column else claim


def _column(filled: tuple[Entry, ...], sheet: str, field: Field) -> str:
    """Letters of the column in which this field is filled on a sheet; empty when nowhere."""
    sources = (e.source for e in filled if e.field is field and e.source.sheet == sheet)
    return next((source.cell.rstrip("0123456789") for source in sources), "")
