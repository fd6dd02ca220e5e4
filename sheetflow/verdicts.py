"""From parts to a total and to a tier, in words: line, gates, veto, seats, the branch, the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sheetflow import number
from sheetflow.messages import _
from sheetflow.model import (
    Absence,
    Approval,
    Combination,
    Finding,
    Outcome,
    QuotaResult,
    Review,
    Ruling,
    Scheme,
    Score,
    Severity,
    Source,
    Standing,
    StandingStatus,
    Tier,
)

#: Those who were scored.
SCORED = frozenset({StandingStatus.GRADED, StandingStatus.NOT_GRADED, StandingStatus.UNDECIDED})


class VerdictKind(StrEnum):
    """The steps from points to the tier that stands, in their order."""

    ABSENT = "absent"
    APPROVAL = "approval"
    SCORE_TIER = "score_tier"
    GATE = "gate"
    VETO = "veto"
    HIGHEST = "highest"
    SEATS = "seats"
    PROPOSED = "proposed"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One step: what came of it, why, and where and by whom it was decided."""

    kind: VerdictKind
    title: str
    result: str
    why: str = ""
    meeting: str = ""
    decided: Source = field(default_factory=Source)


# ------------------------------------------------------------------ words


def own_words(scheme: Scheme) -> str:
    """What a member's own points are called, short: 「自评」 where the column says 「自评分」."""
    short = scheme.terms.score.removesuffix("分")
    return short if len(short) > 1 else scheme.terms.score


def undecided() -> str:
    """Word for a number or tier that cannot be known yet."""
    return _("未定")


def status_words(scheme: Scheme) -> dict[StandingStatus, str]:
    """Words of what became of a member; an absence is called what the scheme calls it."""
    absences = {status.absence: status.title for status in reversed(scheme.statuses)}
    return {
        StandingStatus.GRADED: _("定等次"),
        StandingStatus.NOT_GRADED: _("不定等次"),
        StandingStatus.EXEMPT: absences.get(Absence.EXEMPT, _("免评")),
        StandingStatus.DEFERRED: absences.get(Absence.DEFERRED, _("缓评")),
        StandingStatus.MISSING: _("未交"),
        StandingStatus.UNDECIDED: undecided(),
        StandingStatus.LEFT: absences.get(Absence.LEFT, _("调出")),
    }


def bounds(tiers: tuple[Tier, ...], index: int) -> str:
    """Words for the points of a tier, with （含） or （不含） at each end."""

    def end(tier: Tier, *, inside: bool) -> str:
        mark = _("（含）") if inside else _("（不含）")
        return number.text(tier.at_least) + mark

    tier = tiers[index]
    above = tiers[index - 1] if index else None
    if tier.at_least is None:
        return _("{most}以下").format(most=end(above, inside=not above.inclusive)) if above else ""
    least = end(tier, inside=tier.inclusive)
    if above is None:
        return _("{least}以上").format(least=least)
    return _("{least}至 {most}").format(least=least, most=end(above, inside=not above.inclusive))


def combining(scheme: Scheme, score: Score) -> str:
    """How the parts make the total, with their numbers."""
    if score.total is None:
        return _("待定")
    totals = [number.text(part.total) for part in score.parts]
    if scheme.combination is Combination.SUM:
        return " + ".join(totals) if len(totals) > 1 else ""
    inside = totals if scheme.bonus_inside else [number.text(part.base) for part in score.parts]
    outside = (
        ""
        if scheme.bonus_inside
        else "".join(f" + {number.text(part.bonus)}" for part in score.parts if part.bonus)
    )
    whole = str(len(scheme.parts))
    if scheme.combination is Combination.WEIGHTED:
        weights = [number.text(part.weight or Decimal(0)) for part in scheme.parts]
        inside = [f"{points} × {w}" for points, w in zip(inside, weights, strict=True)]
        whole = "100"
    text = _("（{inside}）÷ {whole}{outside}，保留两位小数")
    return text.format(inside=" + ".join(inside), whole=whole, outside=outside)


# ------------------------------------------------------------------ the steps


def verdicts(
    outcome: Outcome, standing: Standing, *, meeting: str, tier_meeting: str, place: int | None
) -> tuple[Verdict, ...]:
    """Steps that lead to a member's tier.

    ``meeting`` is the one at which the branch decided about the member, in words, and
    ``tier_meeting`` the one that decided the tier; ``place`` the
    member's among the candidates of the tier with seats, ``None`` outside them.
    """
    scheme = outcome.scheme
    if standing.status not in SCORED:
        word, why = status_words(scheme)[standing.status], _("；").join(standing.reasons)
        return (Verdict(kind=VerdictKind.ABSENT, title=_("状态"), result=word, why=why),)
    ruling = outcome.decided.members.get(standing.member.id, Ruling(member=standing.member.id))
    known = standing.total is not None
    return (
        _approval(scheme, standing, ruling, meeting),
        *((_score_tier(scheme, standing),) if known else ()),
        *_gates(scheme, standing),
        *_veto(scheme, ruling, meeting),
        *(_tiers(outcome, standing, place) if known else ()),
        *((_final(scheme, standing, ruling, tier_meeting),) if known else ()),
    )


def _approval(scheme: Scheme, standing: Standing, ruling: Ruling, meeting: str) -> Verdict:
    result, why = _("还没有"), ""
    if scheme.settings.review is Review.NONE:
        result, meeting = _("不需要"), ""
    elif standing.approved:
        result = _("同意")
    elif ruling.approval is Approval.REJECTED:
        result = _("退回")
    elif ruling.approval is Approval.APPROVED:
        why = _("同意的是另一份表")
    if standing.provisional:
        why = _("；").join(filter(None, (why, _("分数暂按{own}").format(own=own_words(scheme)))))
    return Verdict(
        kind=VerdictKind.APPROVAL,
        title=_("核定"),
        result=result,
        why=why,
        meeting=meeting if ruling.approval else "",
        decided=ruling.source("approval"),
    )


def _score_tier(scheme: Scheme, standing: Standing) -> Verdict:
    titles = [tier.title for tier in scheme.tiers]
    why = ""
    if standing.score_tier in titles:
        line = bounds(scheme.tiers, titles.index(standing.score_tier))
        why = _("总分 {total}，{tier}是 {line}").format(
            total=number.text(standing.total), tier=standing.score_tier, line=line
        )
    result = standing.score_tier or _none(standing)
    return Verdict(kind=VerdictKind.SCORE_TIER, title=_("得分等次"), result=result, why=why)


def _none(standing: Standing) -> str:
    return _("不定等次") if standing.status is StandingStatus.NOT_GRADED else undecided()


def _gates(scheme: Scheme, standing: Standing) -> Iterator[Verdict]:
    bases = {part.code: part.base for part in standing.score.parts} if standing.score else {}
    titles = {part.code: part.title for part in scheme.parts}
    for gate in scheme.gates:
        base = bases.get(gate.part)
        if not gate.active or base is None:
            continue
        words = _("达到") if base >= gate.at_least else _("没有达到")
        why = _("{part}基本分 {base}，评{tier}要 {least} 分以上").format(
            part=titles[gate.part],
            base=number.text(base),
            tier=gate.tier,
            least=number.text(gate.at_least),
        )
        title = _("{tier}的门槛").format(tier=gate.tier)
        yield Verdict(kind=VerdictKind.GATE, title=title, result=words, why=why)


def _veto(scheme: Scheme, ruling: Ruling, meeting: str) -> Iterator[Verdict]:
    veto = next((v for v in scheme.vetoes if v.code == ruling.veto), None)
    if veto is None:
        if scheme.vetoes:
            yield Verdict(kind=VerdictKind.VETO, title=_("否决"), result=_("无"))
        return
    basis = ruling.basis or _("依据待补")
    cases = _("或").join(veto.cases)
    yield Verdict(
        kind=VerdictKind.VETO,
        title=_("否决"),
        result=_("{veto}，最高 {tier}").format(veto=veto.code, tier=veto.max_tier),
        why=_("{cases}；依据：{basis}").format(cases=cases, basis=basis),
        meeting=meeting,
        decided=ruling.source("veto"),
    )


def _tiers(outcome: Outcome, standing: Standing, place: int | None) -> Iterator[Verdict]:
    highest = standing.max_tier or _("不限")
    yield Verdict(kind=VerdictKind.HIGHEST, title=_("最高等次"), result=highest)
    if outcome.quota:
        yield _seats(outcome, outcome.quota, standing, place)
    proposed = standing.proposed_tier or _none(standing)
    why = _("；").join(standing.reasons)
    yield Verdict(kind=VerdictKind.PROPOSED, title=_("建议等次"), result=proposed, why=why)


def _seats(outcome: Outcome, quota: QuotaResult, standing: Standing, place: int | None) -> Verdict:
    limit = _("不限") if quota.limit is None else _(" {n} 名").format(n=quota.limit)
    result = _("不在候选之列") if place is None else _("第 {place} 名").format(place=place)
    why = _("名额{limit}，基数 {base} 人，候选 {n} 人").format(
        limit=limit, base=quota.base, n=len(quota.candidates)
    )
    tie = next((tie for tie in quota.ties if standing.member.id in tie), ())
    if tie:
        names = {s.member.id: s.member.name for s in outcome.standings if s.member.id in tie}
        equals = _("、").join(names[each] for each in tie if each in names)
        why = _("{why}；{names}并列").format(why=why, names=equals)
    title = _("{tier}名额").format(tier=quota.tier)
    return Verdict(kind=VerdictKind.SEATS, title=title, result=result, why=why)


def _final(scheme: Scheme, standing: Standing, ruling: Ruling, meeting: str) -> Verdict:
    why = ruling.reason
    if ruling.tier and ruling.tier != standing.final_tier:
        waits = _("核定表里填的“{tier}”还不作数").format(tier=ruling.tier)
        why = _("；").join(filter(None, (waits, why)))
    none = _none(standing) if standing.status is StandingStatus.NOT_GRADED else _("还没有")
    return Verdict(
        kind=VerdictKind.FINAL,
        title=scheme.terms.final_tier,
        result=standing.final_tier or none,
        why=why,
        meeting=meeting if ruling.tier else "",
        decided=ruling.source("tier"),
    )


# ------------------------------------------------------------------ what is open


def still_open(
    outcome: Outcome, standing: Standing, findings: Iterable[Finding]
) -> tuple[str, ...]:
    """What keeps a member's result from being final, each once; ``findings`` are the member's."""
    return tuple(dict.fromkeys(_open(outcome, standing, findings)))


def _open(outcome: Outcome, standing: Standing, findings: Iterable[Finding]) -> Iterator[str]:
    if standing.status is StandingStatus.UNDECIDED:
        yield from standing.score.open if standing.score else ()
        yield from standing.reasons
    if standing.status is StandingStatus.MISSING and not standing.approved:
        yield _("没有交表，也没有核定为未交上报")
    if standing.provisional:
        yield _("{own}还没有核定").format(own=outcome.scheme.terms.score)
    elif standing.status is StandingStatus.GRADED and standing.final_tier is None:
        yield _("还没有{final}").format(final=outcome.scheme.terms.final_tier)
    for each in outcome.decided.objections:
        # Who raised it and what it says is printed nowhere but where it was typed.
        if each.open and each.member == standing.member.id:
            yield _("异议 {number} 还没有答复").format(number=each.number)
    for finding in findings:
        if finding.severity is Severity.ERROR:
            yield f"{finding.code} {finding.message}"
