"""Entries → Score: how every item counts, line by line (design §6, steps 1 to 3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from sheetflow import entries, kinds, number
from sheetflow.claims import ClaimRead, read_claims, why_once
from sheetflow.messages import _
from sheetflow.model import (
    Bonus,
    Combination,
    Field,
    Group,
    Item,
    Line,
    Part,
    PartScore,
    Review,
    Ruling,
    Scheme,
    Score,
    Scorer,
    Source,
    Submission,
    Terms,
    Unmeant,
    Value,
)

ZERO = Decimal(0)
#: Lines that members to come share, and the longest value that has one.
_KEPT, _SHORT = 4096, 40

_Thing = TypeVar("_Thing")


class Same(Generic[_Thing]):
    """A thing compared by identity: it is frozen, and holds too much to hash."""

    __slots__ = ("thing",)

    def __init__(self, thing: _Thing) -> None:
        self.thing = thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.thing is self.thing


def part_most(part: Part, post: str | None = None) -> Decimal:
    """Base points that the items meant for a post can reach; without a post all items."""
    return reach(part, [item for item in part.scored if kinds.meant(item, post)])


def reach(part: Part, items: Iterable[Item]) -> Decimal:
    """Most that some items of a part bring together, within the caps above them."""
    groups = {"", *(group.code for group in part.groups)}
    lines = [
        Line(part=part.code, code=item.code, raw=item.most, taken=item.most, counted=item.most)
        for item in items
        if item.group in groups
    ]
    for group in part.groups:
        lines = _best(part, group, lines)
    return sum((line.counted for line in _limited(part, lines)), ZERO)


def score(
    scheme: Scheme,
    submission: Submission,
    ruling: Ruling | None = None,
    *,
    post: str | None = None,
    claims: Iterable[ClaimRead] | None = None,
) -> Score:
    """Score one form. What cannot be read leaves the part unknown, never zero.

    ``ruling`` holds the branch's own numbers, which stand in place of the member's. ``post``
    is the member's; where items are meant for some posts only and it is none of the known
    ones, parts that depend on it stay unknown. ``claims`` are those of the form where they have
    been read. The source of a line names no file where the member's own number stands.
    """
    branch = ruling or Ruling(member=submission.stamp.member if submission.stamp else "")
    claims = read_claims(scheme, submission) if claims is None else claims
    own = _own_of(scheme, submission)
    parts, lines, still_open = [], [], []
    for part in scheme.parts:
        base, base_lines, base_open = _base(scheme, part, own, branch, post)
        bonus, bonus_lines, bonus_open = _bonus(part, claims, branch)
        parts.append(PartScore(code=part.code, base=base, bonus=bonus))
        lines += [*base_lines, *bonus_lines]
        still_open += [*base_open, *bonus_open]
    return Score(
        member=branch.member,
        parts=tuple(parts),
        lines=tuple(lines),
        open=tuple(still_open),
        combined=combined(scheme, parts),
    )


def combined(scheme: Scheme, parts: Sequence[PartScore]) -> Decimal | None:
    """Total of the parts as the scheme combines them, rounded once, half up, to two places.

    ``None`` where it is their plain sum, and while one is unknown.
    """
    if scheme.combination is Combination.SUM or any(part.total is None for part in parts):
        return None
    inside = outside = ZERO
    weighted = scheme.combination is Combination.WEIGHTED
    for part, known in zip(scheme.parts, parts, strict=True):
        base, bonus = known.base or ZERO, known.bonus or ZERO
        points = base + bonus if scheme.bonus_inside else base
        inside += points * (part.weight or ZERO) if weighted else points
        outside += ZERO if scheme.bonus_inside else bonus
    whole = Decimal(100) if weighted else Decimal(len(scheme.parts))
    return number.half_up(inside / whole + outside, kinds.PLACES)


# ------------------------------------------------------------------ base points


class _Own(NamedTuple):
    """What a member typed for an item: the points, and how they count where they may."""

    points: Decimal | None
    #: ``None`` where nobody can read the cell, or it holds what may not stand there.
    line: Line | None


def _own_of(scheme: Scheme, submission: Submission) -> dict[str, _Own]:
    """What the member typed, by item."""
    same, waiting = Same(scheme), _("暂按自评")
    return {
        entry.code: (_short_own if len(entry.value.raw) <= _SHORT else _own)(
            same, entry.code, entry.value, entry.spot, waiting
        )
        for entry in submission.entries
        if entry.field is Field.SCORE
    }


def _own(scheme: Same[Scheme], code: str, value: Value, spot: Source, waiting: str) -> _Own:
    points = entries.points(value)
    item = scheme.thing.items.get(code)
    if points is None or item is None or kinds.wrong(item, points):
        return _Own(points, None)
    part = next(part.code for part in scheme.thing.parts if item in part.items)
    waits = item.scored_by is Scorer.BRANCH and scheme.thing.settings.review is Review.REQUIRED
    line = Line(
        part=part,
        code=code,
        raw=points,
        taken=points,
        counted=points,
        why=waiting if waits else "",
        provisional=waits,
        source=spot,
    )
    return _Own(points, line)


#: Members who typed the same into the same cell share a line.
_short_own = lru_cache(maxsize=_KEPT)(_own)


def _base(
    scheme: Scheme, part: Part, typed: Mapping[str, _Own], branch: Ruling, post: str | None
) -> tuple[Decimal | None, list[Line], list[str]]:
    if kinds.by_post(part) and not kinds.post_known(scheme, post):
        return None, [], [_("{part}：不知道岗位，定不了哪些指标适用").format(part=part.title)]
    review = scheme.settings.review
    lines: list[Line] = []
    still_open: list[str] = []
    for item in part.scored:
        own = typed.get(item.code)
        if not kinds.meant(item, post):
            lines += _in_full(scheme.terms, part, item)
            continue
        line = _taken(part, item, own, branch)
        if line:
            lines.append(line)
        elif own:
            still_open.append(_("{item} 无法认定").format(item=item.code))
        elif not item.group:
            still_open.append(_blank(item, review))
    known = {line.code for line in lines} | typed.keys()
    for group in part.groups:
        still_open += _none_of(part, group, known, post)
        lines = _best(part, group, lines)
    lines = _limited(part, lines)
    if still_open:
        return None, lines, still_open
    lines += _scaled(part, lines, post)
    return sum((line.counted for line in lines), ZERO), lines, []


def _in_full(terms: Terms, part: Part, item: Item) -> Iterator[Line]:
    """Line of an item that is not meant for the member and counts in full, if it does."""
    if part.unmeant is Unmeant.FULL:
        why = _("{unmeant}，按满分计").format(unmeant=terms.unmeant)
        points = item.most
        yield Line(part=part.code, code=item.code, raw=None, taken=points, counted=points, why=why)


def _limited(part: Part, lines: list[Line]) -> list[Line]:
    """Let the items of each section bring no more than its cap, the first ones first."""
    for section in part.sections:
        if section.most is None:
            continue
        codes = {item.code for item in section.items}
        left, counted = section.most, {}
        for line in lines:
            if line.code in codes:
                counted[line.code] = min(line.counted, left)
                left -= counted[line.code]
        why = _("{section}合计最多 {most} 分").format(
            section=section.title, most=number.text(section.most)
        )
        lines = [_capped(line, counted.get(line.code), why) for line in lines]
    return lines


def _scaled(part: Part, lines: list[Line], post: str | None) -> Iterator[Line]:
    """What scaling the items meant for a post to the part's base adds, as a line of its own."""
    if part.unmeant is not Unmeant.RESCALE:
        return
    reachable = part_most(part, post)
    if reachable in {ZERO, part.base}:
        return
    found = sum((line.counted for line in lines), ZERO)
    scaled = number.half_up(found * part.base / reachable, kinds.PLACES)
    why = _("适用的指标满分 {most} 分，得 {found} 分，折算成 {scaled} 分（{found}÷{most}×{base}）")
    texts = {"most": reachable, "found": found, "scaled": scaled, "base": part.base}
    yield Line(
        part=part.code,
        code=part.code,
        raw=None,
        taken=scaled - found,
        counted=scaled - found,
        why=why.format(**{name: number.text(points) for name, points in texts.items()}),
    )


def _taken(part: Part, item: Item, own: _Own | None, branch: Ruling) -> Line | None:
    """Which number counts: the branch's, else what its counts give, else the member's own."""
    line = own.line if own else None
    times = {what: n for (code, what), n in branch.counts.items() if code == item.code}
    counted = kinds.from_counts(item, times) if times else None
    if item.code in branch.scores:
        taken = branch.scores[item.code]
        why = "" if line and line.taken == taken else _("核定")
        source = branch.source(item.code)
    elif counted:
        taken, why = counted
        source = branch.source(f"{item.code}/{kinds.counted(item)[0].what}")
    else:
        return line
    return Line(
        part=part.code,
        code=item.code,
        raw=own.points if own else None,
        taken=taken,
        counted=taken,
        why=why,
        source=source,
    )


def _blank(item: Item, review: Review) -> str:
    if item.scored_by is Scorer.BRANCH and review is Review.REQUIRED:
        return _("{item} 待评").format(item=item.code)
    return _("{item} 未填").format(item=item.code)


def _none_of(part: Part, group: Group, known: Collection[str], post: str | None) -> list[str]:
    """Say that nothing of a group is filled, if so."""
    codes = {i.code for i in part.scored if i.group == group.code and kinds.meant(i, post)}
    return [_("{item} 未填").format(item=group.code)] if codes and not codes & set(known) else []


def _best(part: Part, group: Group, lines: list[Line]) -> list[Line]:
    """Let the best ``group.best`` lines count, at most ``group.most`` points together."""
    codes = [item.code for item in part.items if item.group == group.code]
    inside = [line for line in lines if line.code in codes]
    ranked = sorted(inside, key=lambda line: (-line.counted, codes.index(line.code)))
    left, counted = group.most, {}
    for place, line in enumerate(ranked):
        points = min(line.counted, left) if place < group.best else ZERO
        left -= points
        counted[line.code] = points
    why = _("取最好 {best} 项，最多 {most} 分").format(
        best=group.best, most=number.text(group.most)
    )
    return [_capped(line, counted.get(line.code), why) for line in lines]


def _capped(line: Line, counted: Decimal | None, why: str) -> Line:
    if counted is None or counted == line.counted:
        return line
    return line._replace(counted=counted, why="；".join(filter(None, (line.why, why))))


# ------------------------------------------------------------------ bonus


def _bonus(
    part: Part, claims: Iterable[ClaimRead], branch: Ruling
) -> tuple[Decimal | None, list[Line], list[str]]:
    lines: list[Line] = []
    still_open: list[str] = []
    for claim in claims:
        if claim.part.code != part.code:
            continue
        line = _recognised(_claim_line(claim), branch)
        known = claim.value is None or (claim.points is not None and not claim.wrong)
        if not known and claim.code not in branch.recognised:
            still_open.append(_("{item} 无法认定").format(item=claim.code))
        lines.append(line)
    if still_open:
        return None, lines, still_open
    counted = {line.code: line.counted for line in lines}
    return bonus_total(part, counted), lines, []


def bonus_total(part: Part, counted: Mapping[str, Decimal]) -> Decimal:
    """Recognised points by row code → bonus of the part: capped a bonus and a part."""
    return min(part.bonus_most, sum((_bonus_of(b, counted) for b in part.bonuses), ZERO))


def _bonus_of(bonus: Bonus, counted: Mapping[str, Decimal]) -> Decimal:
    return min(bonus.most, sum((counted.get(code, ZERO) for code in bonus.row_codes), ZERO))


def _recognised(line: Line, branch: Ruling) -> Line:
    """Put the points the branch recognised for a claim in place of what the rules give."""
    points = branch.recognised.get(line.code)
    if points is None or points == line.taken:
        return line
    why = _("认定{points}分").format(points=number.text(points))
    why = "：".join(filter(None, (why, branch.whys.get(line.code, ""))))
    source = branch.source(f"{line.part}/{line.code}")
    return line._replace(taken=points, counted=points, why=why, source=source)


def _claim_line(claim: ClaimRead) -> Line:
    why = ""
    if claim.value is None:
        why = _("没有填申报分，不计")
    elif claim.missing:
        why = _("证明材料不全，不计")
    elif claim.outside:
        why = _("日期不在考核年度内，不计")
    else:
        why = why_once(claim)
    return Line(
        part=claim.part.code,
        code=claim.code,
        raw=claim.points,
        taken=claim.counted,
        counted=claim.counted,
        why=why,
        source=claim.source,
    )
