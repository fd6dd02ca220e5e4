"""Entries → Score: how every item counts, line by line (design §6, steps 1 to 3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from sheetflow import entries, kinds, number
from sheetflow.claims import ClaimRead, read_claims
from sheetflow.messages import _
from sheetflow.model import (
    Bonus,
    Entry,
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
)

ZERO = Decimal(0)


def part_most(part: Part) -> Decimal:
    """Base points a part can reach: its items, a group of them at most its cap."""
    single = sum((item.most for item in part.items if not item.group), ZERO)
    grouped = sum((_group_most(part, group) for group in part.groups), ZERO)
    return single + grouped


def _group_most(part: Part, group: Group) -> Decimal:
    best = sorted((i.most for i in part.items if i.group == group.code), reverse=True)
    return min(group.most, sum(best[: group.best], ZERO))


def score(scheme: Scheme, submission: Submission, ruling: Ruling | None = None) -> Score:
    """Score one form. What cannot be read leaves the part unknown, never zero.

    ``ruling`` holds the branch's own numbers, which stand in place of the member's.
    """
    branch = ruling or Ruling(member=submission.stamp.member if submission.stamp else "")
    claims = read_claims(scheme, submission)
    parts, lines, still_open = [], [], []
    for part in scheme.parts:
        base, base_lines, base_open = _base(part, submission, branch, scheme.settings.review)
        bonus, bonus_lines, bonus_open = _bonus(part, claims, branch)
        parts.append(PartScore(code=part.code, base=base, bonus=bonus))
        lines += [*base_lines, *bonus_lines]
        still_open += [*base_open, *bonus_open]
    return Score(
        member=branch.member,
        parts=tuple(parts),
        lines=tuple(lines),
        open=tuple(still_open),
    )


# ------------------------------------------------------------------ base points


def _base(
    part: Part, submission: Submission, branch: Ruling, review: Review
) -> tuple[Decimal | None, list[Line], list[str]]:
    scored = {e.code: e for e in submission.entries if e.field is Field.SCORE}
    lines: list[Line] = []
    still_open: list[str] = []
    for item in part.items:
        entry = scored.get(item.code)
        line = _taken(part, item, entry, branch, review)
        if line:
            lines.append(line)
        elif entry:
            still_open.append(_("{item} 无法认定").format(item=item.code))
        elif not item.group:
            still_open.append(_blank(item, review))
    for group in part.groups:
        lines, missing = _best(part, group, lines, scored.keys())
        still_open += missing
    if still_open:
        return None, lines, still_open
    return sum((line.counted for line in lines), ZERO), lines, []


def _taken(
    part: Part, item: Item, entry: Entry | None, branch: Ruling, review: Review
) -> Line | None:
    """Which number counts: the branch's, else what its counts give, else the member's own."""
    points = entries.points(entry.value) if entry else None
    own = None if points is None or kinds.wrong(item, points) else points
    times = {what: n for (code, what), n in branch.counts.items() if code == item.code}
    counted = kinds.from_counts(item, times)
    waits, source = False, entry.source if entry else Source()
    if item.code in branch.scores:
        taken, why = branch.scores[item.code], _("核定") if branch.scores[item.code] != own else ""
        source = branch.source(item.code)
    elif counted:
        taken, why = counted
        source = branch.source(f"{item.code}/{item.events[0].what}")
    elif own is not None:
        waits = item.scored_by is Scorer.BRANCH and review is Review.REQUIRED
        taken, why = own, _("暂按自评") if waits else ""
    else:
        return None
    return Line(
        part=part.code,
        code=item.code,
        raw=points,
        taken=taken,
        counted=taken,
        why=why,
        provisional=waits,
        source=source,
    )


def _blank(item: Item, review: Review) -> str:
    if item.scored_by is Scorer.BRANCH and review is Review.REQUIRED:
        return _("{item} 待评").format(item=item.code)
    return _("{item} 未填").format(item=item.code)


def _best(
    part: Part, group: Group, lines: list[Line], filled: Collection[str]
) -> tuple[list[Line], list[str]]:
    """Let the best ``group.best`` lines count, at most ``group.most`` points together."""
    codes = [item.code for item in part.items if item.group == group.code]
    inside = [line for line in lines if line.code in codes]
    if not inside and not set(codes) & set(filled):
        return lines, [_("{item} 未填").format(item=group.code)]
    ranked = sorted(inside, key=lambda line: (-line.counted, codes.index(line.code)))
    left, counted = group.most, {}
    for place, line in enumerate(ranked):
        points = min(line.counted, left) if place < group.best else ZERO
        left -= points
        counted[line.code] = points
    why = _("取最好 {best} 项，最多 {most} 分").format(
        best=group.best, most=number.text(group.most)
    )
    return [_capped(line, counted.get(line.code), why) for line in lines], []


def _capped(line: Line, counted: Decimal | None, why: str) -> Line:
    if counted is None or counted == line.counted:
        return line
    return replace(line, counted=counted, why="；".join(filter(None, (line.why, why))))


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
    return replace(line, taken=points, counted=points, why=why, source=source)


def _claim_line(claim: ClaimRead) -> Line:
    why = ""
    if claim.value is None:
        why = _("没有填申报分，不计")
    elif claim.missing:
        why = _("证明材料不全，不计")
    elif claim.outside:
        why = _("日期不在考核年度内，不计")
    elif claim.repeats:
        why = _("与 {row} 同一文号，就高计一次").format(row=claim.repeats)
    return Line(
        part=claim.part.code,
        code=claim.code,
        raw=claim.points,
        taken=claim.counted,
        counted=claim.counted,
        why=why,
        source=claim.source or Source(),
    )
