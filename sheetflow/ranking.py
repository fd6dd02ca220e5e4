"""Scores → Standings: tiers, gates, vetoes, quota and ties (design §6, steps 4 to 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sheetflow import number, scoring
from sheetflow.messages import _
from sheetflow.model import (
    Absence,
    Denominator,
    Member,
    Quota,
    QuotaResult,
    QuotaRule,
    Review,
    Roster,
    Rounding,
    Ruling,
    Scheme,
    Score,
    Standing,
    StandingStatus,
    Submission,
)

_ABSENT = {
    Absence.EXEMPT: StandingStatus.EXEMPT,
    Absence.DEFERRED: StandingStatus.DEFERRED,
    Absence.LEFT: StandingStatus.LEFT,
}
_ASSESSED = {StandingStatus.GRADED, StandingStatus.NOT_GRADED}


def tier_of(scheme: Scheme, total: Decimal) -> str:
    """Tier of a total; lower bounds are inclusive unless the tier says otherwise."""
    for tier in scheme.tiers:
        if tier.at_least is None or total > tier.at_least:
            return tier.title
        if tier.inclusive and total == tier.at_least:
            return tier.title
    return scheme.tiers[-1].title


def lower(scheme: Scheme, one: str, other: str | None) -> str:
    """Return the lower of two tiers; ``None`` is no limit."""
    titles = [tier.title for tier in scheme.tiers]
    return one if other is None or titles.index(one) >= titles.index(other) else other


def below(scheme: Scheme, title: str) -> str:
    """Return the tier under this one; the lowest is under itself."""
    titles = [tier.title for tier in scheme.tiers]
    return titles[min(titles.index(title) + 1, len(titles) - 1)]


def limits(
    scheme: Scheme, score: Score, rulings: Iterable[Ruling]
) -> tuple[str | None, tuple[str, ...]]:
    """Highest tier that gates and vetoes allow, ``None`` without a limit, and the reasons."""
    highest: str | None = None
    reasons = []
    bases = {part.code: part.base for part in score.parts}
    for gate in scheme.gates:
        base = bases.get(gate.part)
        if gate.active and base is not None and base < gate.at_least:
            highest = lower(scheme, below(scheme, gate.tier), highest)
            reason = _("{part} 基本分 {base}，低于 {gate} 分，不能评 {tier}")
            part = next(p.title for p in scheme.parts if p.code == gate.part)
            texts = {"base": number.text(base), "gate": number.text(gate.at_least)}
            reasons.append(reason.format(part=part, tier=gate.tier, **texts))
    for ruling in rulings:
        veto = next((v for v in scheme.vetoes if v.code == ruling.veto), None)
        if veto:
            highest = lower(scheme, veto.max_tier, highest)
            reason = _("否决 {veto}（{basis}），最高 {tier}")
            basis = ruling.basis or _("依据待补")
            reasons.append(reason.format(veto=veto.code, basis=basis, tier=veto.max_tier))
    return highest, tuple(reasons)


def rank(
    scheme: Scheme,
    roster: Roster,
    scores: Mapping[str, Score],
    open_reasons: Mapping[str, Sequence[str]],
    rulings: Iterable[Ruling] = (),
    *,
    approved: Collection[str] = (),
) -> tuple[tuple[Standing, ...], QuotaResult | None]:
    """Place every member of the roster, in its order.

    ``scores`` holds the members with one form that counts, ``open_reasons`` why a member who
    returned something is still undecided. Who is in neither is missing. ``approved`` are those
    whose approval holds for the version that counts.
    """
    acts = tuple(rulings)
    standings = tuple(
        _place(scheme, member, scores.get(member.id), open_reasons.get(member.id, ()), acts)
        for member in roster
    )
    quota = None if scheme.settings.interim else scheme.quota
    if quota is None or quota.rule is QuotaRule.UNLIMITED:
        result = _unlimited(scheme, quota, standings)
    else:
        standings, result = _apply_quota(scheme, quota, standings)
    tiers = {act.member: act.tier for act in acts if act.tier}
    tied = {member for tie in (result.ties if result else ()) for member in tie}
    return tuple(
        _decided(
            scheme,
            replace(standing, approved=standing.member.id in approved),
            tiers.get(standing.member.id, ""),
            tied=standing.member.id in tied,
        )
        for standing in standings
    ), result


def _place(
    scheme: Scheme,
    member: Member,
    score: Score | None,
    open_reasons: Sequence[str],
    rulings: Sequence[Ruling],
) -> Standing:
    if member.absence:
        return Standing(member=member, status=_ABSENT[member.absence])
    if score is None and scheme.settings.interim and not open_reasons:
        score = _without_form(scheme, member, rulings)
    still_open = (*open_reasons, *(score.open if score else ()))
    if still_open:
        return Standing(
            member=member,
            status=StandingStatus.UNDECIDED,
            score=replace(score, open=still_open) if score else None,
            reasons=still_open,
        )
    if score is None or score.total is None:
        return Standing(member=member, status=StandingStatus.MISSING)
    mine = [act for act in rulings if act.member == member.id]
    return _graded(scheme, member, score, limits(scheme, score, mine), score.total)


def _without_form(scheme: Scheme, member: Member, rulings: Iterable[Ruling]) -> Score | None:
    """What is known half-way of a member who returned nothing: what the branch counted or scored.

    No claims are not no bonus: where bonuses exist theirs stays unknown, and the total with it.
    """
    ruling = next((r for r in rulings if r.member == member.id), None)
    if ruling is None or not (ruling.counts or ruling.scores):
        return None
    nothing = Submission(file="", sha256="", stamp=None, verified=False)
    known = scoring.score(scheme, nothing, ruling, post=member.post)
    text = _("没有交表，只有台账和会上定的 {n} 项").format(n=len(known.lines))
    bonuses = {part.code: bool(part.bonuses) for part in scheme.parts}
    parts = tuple(replace(p, bonus=None) if bonuses[p.code] else p for p in known.parts)
    unknown = known.open or any(part.total is None for part in parts)
    return replace(known, parts=parts, open=(text,) if unknown else ()) if known.lines else None


# ------------------------------------------------------------------ what the branch decides


def _decided(scheme: Scheme, standing: Standing, tier: str, *, tied: bool) -> Standing:
    """Say whether scores still wait for the branch, and which tier it has decided on.

    A tier typed above the highest allowed decides nothing (a check names it), nor one of a
    member whose scores nobody has approved.
    """
    waits = scheme.settings.review is Review.REQUIRED and not (
        standing.approved and standing.score and not standing.score.provisional
    )
    standing = replace(standing, provisional=waits and standing.score is not None)
    may = bool(tier) and not waits and allowed_tier(scheme, standing, tier)
    if tied and may:
        settled = replace(standing, status=StandingStatus.GRADED, proposed_tier=tier)
        return replace(settled, final_tier=tier)
    if standing.status is not StandingStatus.GRADED or waits:
        return standing
    if may:
        return replace(standing, final_tier=tier)
    if scheme.settings.review is Review.NONE:
        return replace(standing, final_tier=standing.proposed_tier)
    return standing


def allowed_tier(scheme: Scheme, standing: Standing, tier: str) -> bool:
    """Whether a tier exists and gates and vetoes leave it open to this member."""
    known = tier in [each.title for each in scheme.tiers]
    return known and lower(scheme, tier, standing.max_tier) == tier


def _graded(
    scheme: Scheme,
    member: Member,
    score: Score,
    limit: tuple[str | None, tuple[str, ...]],
    total: Decimal,
) -> Standing:
    """Place a member whose total is known; some categories get points but no tier."""
    if scheme.settings.interim:
        reason = _("半年初评，只记分，不定等次")
        return Standing(
            member=member, status=StandingStatus.NOT_GRADED, score=score, reasons=(reason,)
        )
    computed = tier_of(scheme, total)
    highest, reasons = limit
    standing = Standing(
        member=member,
        status=StandingStatus.GRADED,
        score=score,
        score_tier=computed,
        max_tier=highest,
        proposed_tier=lower(scheme, computed, highest),
        reasons=reasons,
    )
    reason = _ungraded(scheme, member)
    if not reason:
        return standing
    status = StandingStatus.NOT_GRADED
    return replace(standing, status=status, proposed_tier=None, reasons=(reason, *reasons))


def _ungraded(scheme: Scheme, member: Member) -> str:
    """Why a member gets points but no tier: the category, or too short a time here."""
    category = next((c for c in scheme.categories if c.title == member.category), None)
    if category is not None and not category.graded:
        return _("{category}，只记分，不定等次").format(category=category.title)
    joined, least = member.joined, scheme.settings.part_year_months
    if joined is None or joined <= scheme.period_start:
        return ""
    if full_months(joined, scheme.period_end) >= least:
        return ""
    return _("{day} 到岗，考核期内不满 {least} 个月，只记分，不定等次").format(
        day=joined.isoformat(), least=least
    )


def full_months(first: date, last: date) -> int:
    """Full calendar months from one day to the end of another; negative when that is past."""
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    return months - (after.day < first.day)


# ------------------------------------------------------------------ quota


def quota_base(scheme: Scheme, roster: Iterable[Member]) -> int:
    """Members the quota is a share of: categories that count, without those who left."""
    counted = {c.title for c in scheme.categories if c.in_quota}
    return sum(m.category in counted and m.absence is not Absence.LEFT for m in roster)


def seats(quota: Quota, base: int) -> int:
    """Seats for this base: a share of it, rounded as declared, or the given number.

    With ``at_least_one`` a share that comes to nothing still gives one seat.
    """
    if quota.rule is QuotaRule.GIVEN:
        return quota.given
    if not base:
        return 0
    exact, rest = divmod(base * quota.share, quota.of)
    up = {
        Rounding.FLOOR: False,
        Rounding.CEIL: rest > 0,
        Rounding.HALF_UP: 2 * rest >= quota.of,
    }
    return max(exact + up[quota.rounding], int(quota.at_least_one))


def _base(scheme: Scheme, quota: Quota, standings: Iterable[Standing]) -> int:
    counted = standings
    if quota.denominator is Denominator.ASSESSED:
        counted = (standing for standing in standings if standing.status in _ASSESSED)
    return quota_base(scheme, [standing.member for standing in counted])


def _unlimited(
    scheme: Scheme, quota: Quota | None, standings: Sequence[Standing]
) -> QuotaResult | None:
    if quota is None:
        return None
    tier = quota.tier
    return QuotaResult(
        tier=tier,
        limit=None,
        base=_base(scheme, quota, standings),
        candidates=tuple(s.member.id for s in _ordered(scheme, _candidates(tier, standings))),
    )


def _candidates(tier: str, standings: Iterable[Standing]) -> list[Standing]:
    return [s for s in standings if s.proposed_tier == tier]


def measure(scheme: Scheme, standing: Standing, code: str) -> Decimal:
    """Points a tie is settled by: base of a part, or counted points of a section's items."""
    if standing.score is None:
        return Decimal(0)
    for part in standing.score.parts:
        if part.code == code:
            return part.base or Decimal(0)
    sections = (section for part in scheme.parts for section in part.sections)
    codes = {item.code for section in sections if section.code == code for item in section.items}
    return sum((ln.counted for ln in standing.score.lines if ln.code in codes), Decimal(0))


def _order(scheme: Scheme, standing: Standing) -> tuple[Decimal, ...]:
    ties = scheme.quota.ties if scheme.quota else ()
    total = standing.total or Decimal(0)
    return (-total, *(-measure(scheme, standing, code) for code in ties))


def _ordered(scheme: Scheme, standings: Iterable[Standing]) -> list[Standing]:
    return sorted(standings, key=lambda s: (_order(scheme, s), s.member.id))


def _apply_quota(
    scheme: Scheme, quota: Quota, standings: Sequence[Standing]
) -> tuple[tuple[Standing, ...], QuotaResult]:
    """Keep the best within the seats; equals across the line wait for a decision."""
    base = _base(scheme, quota, standings)
    limit = seats(quota, base)
    ordered = _ordered(scheme, _candidates(quota.tier, standings))
    tied, over = set[str](), set[str]()
    if len(ordered) > limit:
        line = _order(scheme, ordered[limit])
        equal = [s.member.id for s in ordered if _order(scheme, s) == line]
        inside = [s.member.id for s in ordered[:limit]]
        tied = set(equal) if set(equal) & set(inside) else set()
        over = {s.member.id for s in ordered[limit:]} - tied
    result = QuotaResult(
        tier=quota.tier,
        limit=limit,
        base=base,
        candidates=tuple(s.member.id for s in ordered),
        ties=(tuple(sorted(tied)),) if tied else (),
    )
    return tuple(_seated(scheme, s, result, tied, over) for s in standings), result


def _seated(
    scheme: Scheme,
    standing: Standing,
    quota: QuotaResult,
    tied: set[str],
    over: set[str],
) -> Standing:
    if standing.member.id in tied:
        reason = _("{tier} 名额 {limit} 个，在名额线上并列，待会议决定")
        return replace(
            standing,
            status=StandingStatus.UNDECIDED,
            proposed_tier=None,
            reasons=(*standing.reasons, reason.format(tier=quota.tier, limit=quota.limit)),
        )
    if standing.member.id in over:
        reason = _("{tier} 名额 {limit} 个，按分数排在名额之外")
        return replace(
            standing,
            proposed_tier=below(scheme, quota.tier),
            reasons=(*standing.reasons, reason.format(tier=quota.tier, limit=quota.limit)),
        )
    return standing
