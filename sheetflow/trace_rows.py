"""How every point of a member came about, row by row: typed, taken, capped, added up.

The rows that are no sums add up to the part they belong to, and the parts to the total as the
scheme combines them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from sheetflow import entries, kinds, number
from sheetflow.claims import ClaimRead, read_claims
from sheetflow.messages import _
from sheetflow.model import (
    Bonus,
    Entry,
    Field,
    Item,
    Kind,
    Line,
    Outcome,
    Part,
    PartScore,
    Review,
    Ruling,
    Scheme,
    Score,
    Scorer,
    Section,
    Source,
    Standing,
    Submission,
    Value,
)
from sheetflow.verdicts import combining

ZERO = Decimal(0)
_NOWHERE = Source()


class RowKind(StrEnum):
    """What a row of a trace is; the first four add up, the others are sums."""

    ITEM = "item"
    CLAIM = "claim"
    #: What is too much of a bonus, or of all bonuses of a part: below zero.
    CAP = "cap"
    #: What scaling the items meant for a post adds.
    SCALED = "scaled"
    BASE = "base"
    BONUS = "bonus"
    PART = "part"
    TOTAL = "total"


#: Rows that add up to the points of their part.
ADDED = frozenset({RowKind.ITEM, RowKind.CLAIM, RowKind.CAP, RowKind.SCALED})


class By(StrEnum):
    """Whose number stands before any cap."""

    MEMBER = "member"
    COUNTS = "counts"
    BRANCH = "branch"
    RULE = "rule"


#: Whose numbers were decided, at a meeting.
_DECIDED = frozenset({By.COUNTS, By.BRANCH})


class Row(NamedTuple):
    """One row: what was typed, what stands for it and why, what it brings."""

    kind: RowKind
    #: Code of the part; empty for the total.
    part: str = ""
    code: str = ""
    title: str = ""
    rule: str = ""
    #: Full points of an item, cap of a sum; ``None`` where there is none.
    most: Decimal | None = None
    #: What the member typed, as it stands in the form, and where; empty when blank.
    typed: str = ""
    source: Source = _NOWHERE
    #: What the member wrote to prove it.
    proof: str = ""
    #: What stands before any cap, whose it is, why, who decided it and where.
    stands: Decimal | None = None
    by: By | None = None
    ground: str = ""
    meeting: str = ""
    decided: Source = _NOWHERE
    #: Points that count; ``None`` while they cannot be known or nothing was claimed.
    counted: Decimal | None = None
    why: str = ""
    provisional: bool = False


def by_words(by: By | None, own: str) -> str:
    """Who a number is from, in a word; ``own`` is the scheme's for the member's own."""
    words = {
        By.MEMBER: own,
        By.COUNTS: _("台账"),
        By.BRANCH: _("核定"),
        By.RULE: _("规则"),
    }
    return words[by] if by else ""


# ------------------------------------------------------------------ one member


@dataclass(frozen=True, slots=True)
class Shared:
    """What is the same for all members: meetings in words, by number, and what is printed."""

    meetings: Mapping[str, str]
    #: Rules of items and bonuses, by code.
    rules: Mapping[str, str]
    #: Titles of the sums, by kind and code of the part.
    sums: Mapping[tuple[RowKind, str], str]


@dataclass(frozen=True, slots=True)
class _Desk:
    """All that is known about one member's points."""

    scheme: Scheme
    #: The member's post: ``None`` where no item depends on it.
    post: str | None
    ruling: Ruling
    lines: Mapping[str, Line]
    #: What was typed as points, by code of item or bonus row, and what proves it.
    typed: Mapping[str, Entry]
    evidence: Mapping[str, Entry]
    claims: Mapping[str, ClaimRead]
    #: The form that counts, where it is at hand.
    form: Submission | None
    #: Why the branch changed something and at which meeting, by code.
    reasons: Mapping[str, tuple[str, str]]
    shared: Shared

    def meeting(self, number: str) -> str:
        """A meeting in words; its bare number while nobody has entered it."""
        return self.shared.meetings.get(number, number)


def trace_rows(
    outcome: Outcome, standing: Standing, form: Submission | None, shared: Shared
) -> tuple[Row, ...]:
    """Rows of one member in printed order, sums included; none where nothing is scored.

    ``form`` is the version that counts, where it is at hand.
    """
    if standing.score is None:
        return ()
    return tuple(_rows(_desk(outcome, standing, form, shared), standing.score))


def _desk(outcome: Outcome, standing: Standing, form: Submission | None, shared: Shared) -> _Desk:
    member, decided = standing.member.id, outcome.decided
    fields: dict[Field, dict[str, Entry]] = {each: {} for each in Field}
    for entry in form.entries if form else ():
        fields[entry.field][entry.code] = entry
    lines = standing.score.lines if standing.score else ()
    claims = read_claims(outcome.scheme, form) if form else ()
    return _Desk(
        scheme=outcome.scheme,
        post=standing.member.post or None,
        ruling=decided.members.get(member, Ruling(member=member)),
        lines={line.code: line for line in lines},
        typed=fields[Field.SCORE] | fields[Field.CLAIM],
        evidence=fields[Field.EVIDENCE],
        claims={claim.code: claim for claim in claims},
        form=form,
        reasons={
            line.code: decided.reasons[member, line.code]
            for line in lines
            if (member, line.code) in decided.reasons
        },
        shared=shared,
    )


def _rows(desk: _Desk, score: Score) -> Iterator[Row]:
    known = {part.code: part for part in score.parts}
    for part in desk.scheme.parts:
        points = known.get(part.code, PartScore(code=part.code, base=None, bonus=None))
        for section in part.sections:
            asked = (item for item in section.items if item.kind is not Kind.NOTE)
            yield from (_item(desk, part, section, item) for item in asked)
        scaled = desk.lines.get(part.code)
        if scaled:
            yield _scaled(part, scaled)
        yield _sum(desk, RowKind.BASE, part, points.base, part.base)
        if part.bonuses:
            claimed = [row for bonus in part.bonuses for row in _claims(desk, part, bonus)]
            yield from claimed
            if points.bonus is not None:
                yield from _caps(part, claimed)
            yield _sum(desk, RowKind.BONUS, part, points.bonus, part.bonus_most)
        yield _sum(desk, RowKind.PART, part, points.total)
    why = combining(desk.scheme, score)
    yield Row(kind=RowKind.TOTAL, title=_("总分"), counted=score.total, why=why)


def _sum(
    desk: _Desk, kind: RowKind, part: Part, counted: Decimal | None, most: Decimal | None = None
) -> Row:
    return Row(
        kind=kind,
        part=part.code,
        code=part.code,
        title=desk.shared.sums[kind, part.code],
        most=most,
        counted=counted,
        why=_("待定") if counted is None else "",
    )


# ------------------------------------------------------------------ items


def _item(desk: _Desk, part: Part, section: Section, item: Item) -> Row:
    line, entry = desk.lines.get(item.code), desk.typed.get(item.code)
    by = _whose(desk, item, line)
    ground, decided = _ground(desk, section, item, by) if by in _DECIDED else ("", _NOWHERE)
    evidence = desk.evidence.get(item.code)
    own = line.source if line and by is By.MEMBER else _NOWHERE
    return Row(
        kind=RowKind.ITEM,
        part=part.code,
        code=item.code,
        title=item.title,
        rule=desk.shared.rules[item.code],
        most=item.most,
        typed=_typed(entry, line),
        source=entry.source if entry else (desk.form and desk.form.place(item.code)) or own,
        proof=entries.text(evidence.value) if evidence else "",
        stands=line.taken if line else None,
        by=by,
        ground=ground,
        meeting=_meeting(desk, item.code) if by in _DECIDED else "",
        decided=decided,
        counted=line.counted if line else None,
        why=_rest(line.why, by, ground) if line else _blank(desk, item, entry),
        provisional=bool(line and line.provisional),
    )


def _whose(desk: _Desk, item: Item, line: Line | None) -> By | None:
    if line is None:
        return None
    if not kinds.meant(item, desk.post):
        return By.RULE
    if item.code in desk.ruling.scores:
        return By.BRANCH
    counted = desk.ruling.counts and kinds.from_counts(item, _times(desk, item))
    return By.COUNTS if counted else By.MEMBER


def _times(desk: _Desk, item: Item) -> Mapping[str, Decimal]:
    return {what: n for (code, what), n in desk.ruling.counts.items() if code == item.code}


def _ground(desk: _Desk, section: Section, item: Item, by: By | None) -> tuple[str, Source]:
    """Why another number than the member's stands, and where it was typed."""
    if by is By.BRANCH:
        # One grade may have been typed for the whole section.
        typed = desk.ruling.sources.get(item.code) or desk.ruling.source(section.code)
        return desk.reasons.get(item.code, ("", ""))[0], typed
    counted = kinds.from_counts(item, _times(desk, item)) if by is By.COUNTS else None
    if counted is None:
        return "", _NOWHERE
    return counted[1], desk.ruling.source(f"{item.code}/{kinds.counted(item)[0].what}")


def _meeting(desk: _Desk, code: str) -> str:
    noted = desk.reasons.get(code, ("", ""))[1]
    return desk.meeting(noted or desk.ruling.meeting)


def _typed(entry: Entry | None, line: Line | None) -> str:
    if entry:
        return _words(entry.value)
    return number.text(line.raw) if line else ""


@lru_cache(maxsize=1024)  # people type the same few points
def _words(value: Value) -> str:
    points = entries.points(value)
    return value.raw if points is None else number.text(points)


def _rest(why: str, by: By | None, ground: str) -> str:
    """What a line says besides what the row has already: its caps, and what is provisional."""
    said = _("核定") if by is By.BRANCH else ground
    return why.removeprefix(said).removeprefix("；") if said else why


def _blank(desk: _Desk, item: Item, entry: Entry | None) -> str:
    """Why nothing stands for an item."""
    if not kinds.meant(item, desk.post):
        return desk.scheme.terms.unmeant
    if entry:
        return _("无法认定，应填 {allowed}").format(allowed=kinds.allowed(item))
    if item.group:
        return _("未申报")
    waits = item.scored_by is Scorer.BRANCH and desk.scheme.settings.review is Review.REQUIRED
    return _("待评") if waits else _("未填")


def _scaled(part: Part, line: Line) -> Row:
    return Row(
        kind=RowKind.SCALED,
        part=part.code,
        code=part.code,
        title=_("折算"),
        stands=line.taken,
        by=By.RULE,
        counted=line.counted,
        why=line.why,
    )


# ------------------------------------------------------------------ bonuses


def _claims(desk: _Desk, part: Part, bonus: Bonus) -> Iterator[Row]:
    for code in bonus.row_codes:
        line = desk.lines.get(code)
        if line:
            yield _claim(desk, part, bonus, line)


def _claim(desk: _Desk, part: Part, bonus: Bonus, line: Line) -> Row:
    code, claim = line.code, desk.claims.get(line.code)
    recognised = code in desk.ruling.recognised
    decided = desk.ruling.source(f"{part.code}/{code}") if recognised else _NOWHERE
    told = recognised and line.why.startswith(
        _("认定{points}分").format(points=number.text(line.taken))
    )
    return Row(
        kind=RowKind.CLAIM,
        part=part.code,
        code=code,
        title=bonus.title,
        rule=desk.shared.rules[bonus.code],
        most=bonus.most,
        typed=_typed(desk.typed.get(code), line),
        source=claim.source if claim else line.source if line.source != decided else _NOWHERE,
        proof=_proof(claim) if claim else "",
        stands=line.taken,
        by=By.BRANCH if recognised else By.MEMBER,
        ground=desk.ruling.whys.get(code, "") if recognised else "",
        meeting=_meeting(desk, code) if recognised else "",
        decided=decided,
        counted=line.counted,
        why="" if told else line.why,
        provisional=line.provisional,
    )


def _proof(claim: ClaimRead) -> str:
    day = claim.day.isoformat() if claim.day else ""
    said = (claim.reason, claim.level, claim.issuer, claim.document, day)
    return _("，").join(filter(None, said))


def _caps(part: Part, claimed: Iterable[Row]) -> Iterator[Row]:
    """What the claims bring too much, by bonus and then by part."""
    found = {row.code: row.counted or ZERO for row in claimed}
    whole = ZERO
    for bonus in part.bonuses:
        points = sum((found.get(code, ZERO) for code in bonus.row_codes), ZERO)
        if points > bonus.most:
            why = _("这项加分最多 {most} 分").format(most=number.text(bonus.most))
            yield _cap(part, bonus.code, bonus.title, bonus.most - points, why)
        whole += min(points, bonus.most)
    if whole > part.bonus_most:
        why = _("加分合计最多 {most} 分").format(most=number.text(part.bonus_most))
        yield _cap(part, part.code, part.title, part.bonus_most - whole, why)


def _cap(part: Part, code: str, title: str, points: Decimal, why: str) -> Row:
    kind = RowKind.CAP
    return Row(
        kind=kind, part=part.code, code=code, title=title, by=By.RULE, counted=points, why=why
    )
