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
    Scheme,
    Score,
    Source,
    Submission,
    Value,
    ValueKind,
)
from sheetflow.scoring import Same
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


#: Cells judged whose verdict is kept, and the longest value that has one.
_KEPT, _SHORT = 4096, 40

_Answer = TypeVar("_Answer")


def once(function: Callable[[Case], _Answer]) -> Callable[[Case], _Answer]:
    """Compute once what twenty checks ask about the same case."""

    @lru_cache(maxsize=1)
    def answer(case: Same[Case]) -> _Answer:
        return function(case.thing)

    return lambda case: answer(Same(case))


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


@once
def claimed(case: Case) -> tuple[tuple[Submission, ClaimRead], ...]:
    """Bonus rows with anything typed in them."""
    return tuple(
        (submission, claim)
        for submission in submissions(case)
        for claim in claims.read_claims(case.scheme, submission)
    )


@once
def scores(case: Case) -> tuple[tuple[Submission, Score], ...]:
    """What each form's entries come to."""
    rows = claimed(case)
    return tuple(
        (
            form,
            scoring.score(
                case.scheme,
                form,
                post=post(case, form),
                claims=[claim for owner, claim in rows if owner is form],
            ),
        )
        for form in submissions(case)
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


@once
def _by_fault(case: Case) -> Mapping[str, tuple[Typed, ...]]:
    found: dict[str, list[Typed]] = {}
    for code, typed in (*_score_faults(case), *_claim_faults(case)):
        found.setdefault(code, []).append(typed)
    return {code: tuple(cells) for code, cells in found.items()}


def _score_faults(case: Case) -> Iterator[tuple[str, Typed]]:
    """Cells of items that have a fault, with its code."""
    scheme, items = Same(case.scheme), case.scheme.items
    for submission in submissions(case):
        wanted = asked(case, submission)
        for entry in submission.entries:
            if entry.field is not Field.SCORE or entry.code not in items:
                continue
            short = len(entry.value.raw) <= _SHORT
            code = (_short_item_fault if short else _item_fault)(scheme, entry.code, entry.value)
            item = items[entry.code]
            if code and wanted(item):
                source = submission.at(entry.spot)
                yield code, Typed(submission, entry.code, source, entry.value, item)


def _item_fault(scheme: Same[Scheme], code: str, value: Value) -> str:
    return _fault(value, scheme.thing.items[code])


#: Members type much the same into the same cell.
_short_item_fault = lru_cache(maxsize=_KEPT)(_item_fault)


def _claim_faults(case: Case) -> Iterator[tuple[str, Typed]]:
    """Claim cells that have a fault, with its code."""
    for submission, claim in claimed(case):
        code = _fault(claim.value, claim) if claim.value else ""
        if claim.value and code:
            source = claim_source(submission, claim.code, Field.CLAIM)
            yield code, Typed(submission, claim.code, source, claim.value, claim)


def _fault(value: Value, rule: Item | ClaimRead) -> str:
    """Code of the one thing to say about this cell; empty when there is nothing."""
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
    if value.seen is not None:
        return "V423"
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
    claim = submission.at(submission.spots.get(code, Source()))
    row = claim.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    column = _column(submission.entries, claim.sheet, field)
    planned = address(int(row or 0), layout.column(layout.Role.CLAIM))
    if not column and claim.cell == planned:
        column = address(0, layout.column(layout.Role(field.value))).rstrip("0")
    return Source(claim.file, claim.sheet, column + row) if column else claim


def _column(filled: tuple[Entry, ...], sheet: str, field: Field) -> str:
    """Letters of the column in which this field is filled on a sheet; empty when nowhere."""
    spots = (e.spot for e in filled if e.field is field and e.spot.sheet == sheet)
    return next((spot.cell.rstrip("0123456789") for spot in spots), "")
