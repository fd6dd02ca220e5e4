"""Entries → Score: how every item counts, line by line (design §6, steps 1 to 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sheetflow import entries, kinds, number
from sheetflow.claims import ClaimRead, read_claims
from sheetflow.messages import _
from sheetflow.model import (
    Bonus,
    Field,
    Group,
    Item,
    Line,
    Part,
    PartScore,
    Review,
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


def score(scheme: Scheme, submission: Submission) -> Score:
    """Score one form. What cannot be read leaves the part unknown, never zero."""
    claims = read_claims(scheme, submission)
    parts, lines, still_open = [], [], []
    for part in scheme.parts:
        base, base_lines, base_open = _base(part, submission, scheme.settings.review)
        bonus, bonus_lines, bonus_open = _bonus(part, claims)
        parts.append(PartScore(code=part.code, base=base, bonus=bonus))
        lines += [*base_lines, *bonus_lines]
        still_open += [*base_open, *bonus_open]
    return Score(
        member=submission.stamp.member if submission.stamp else "",
        parts=tuple(parts),
        lines=tuple(lines),
        open=tuple(still_open),
    )


# ------------------------------------------------------------------ base points


def _base(
    part: Part, submission: Submission, review: Review
) -> tuple[Decimal | None, list[Line], list[str]]:
    scored = {e.code: e for e in submission.entries if e.field is Field.SCORE}
    lines: list[Line] = []
    still_open: list[str] = []
    for item in part.items:
        entry = scored.get(item.code)
        if entry is None:
            if not item.group:
                still_open.append(_blank(item, review))
            continue
        points = entries.points(entry.value)
        if points is None or kinds.wrong(item, points):
            still_open.append(_("{item} 无法认定").format(item=item.code))
            continue
        waits = item.scored_by is Scorer.BRANCH and review is Review.REQUIRED
        why = _("暂按自评") if waits else ""
        lines.append(
            Line(
                part=part.code,
                code=item.code,
                raw=points,
                counted=points,
                why=why,
                provisional=waits,
                source=entry.source,
            )
        )
    for group in part.groups:
        lines, missing = _best(part, group, lines, scored.keys())
        still_open += missing
    if still_open:
        return None, lines, still_open
    return sum((line.counted for line in lines), ZERO), lines, []


def _blank(item: Item, review: Review) -> str:
    if item.scored_by is Scorer.BRANCH and review is Review.REQUIRED:
        return _("{item} 待评").format(item=item.code)
    return _("{item} 未填").format(item=item.code)


def _best(
    part: Part, group: Group, lines: list[Line], filled: Iterable[str]
) -> tuple[list[Line], list[str]]:
    """Let the best ``group.best`` lines count, at most ``group.most`` points together."""
    codes = [item.code for item in part.items if item.group == group.code]
    if not set(codes) & set(filled):
        return lines, [_("{item} 未填").format(item=group.code)]
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
    return [_capped(line, counted.get(line.code), why) for line in lines], []


def _capped(line: Line, counted: Decimal | None, why: str) -> Line:
    if counted is None or counted == line.counted:
        return line
    return Line(
        part=line.part,
        code=line.code,
        raw=line.raw,
        counted=counted,
        why="；".join(filter(None, (line.why, why))),
        provisional=line.provisional,
        source=line.source,
    )


# ------------------------------------------------------------------ bonus


def _bonus(part: Part, claims: Iterable[ClaimRead]) -> tuple[Decimal | None, list[Line], list[str]]:
    lines: list[Line] = []
    still_open: list[str] = []
    for claim in claims:
        if claim.part.code != part.code:
            continue
        if claim.value is not None and (claim.points is None or claim.wrong):
            still_open.append(_("{item} 无法认定").format(item=claim.code))
        lines.append(_claim_line(claim))
    if still_open:
        return None, lines, still_open
    counted = {line.code: line.counted for line in lines}
    return bonus_total(part, counted), lines, []


def bonus_total(part: Part, counted: Mapping[str, Decimal]) -> Decimal:
    """Recognised points by row code → bonus of the part: capped a bonus and a part."""
    return min(part.bonus_most, sum((_bonus_of(b, counted) for b in part.bonuses), ZERO))


def _bonus_of(bonus: Bonus, counted: Mapping[str, Decimal]) -> Decimal:
    return min(bonus.most, sum((counted.get(code, ZERO) for code in bonus.row_codes), ZERO))


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
        counted=claim.counted,
        why=why,
        source=claim.source or Source(),
    )
