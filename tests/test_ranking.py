"""Scores to standings: bounds, gates, vetoes, seats, ties; everybody is accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schemes_for_tests import RICH

from sheetflow.model import (
    Absence,
    Category,
    Gate,
    Line,
    Member,
    Outcome,
    PartScore,
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
    Tier,
    Veto,
)
from sheetflow.outcomes import counts, in_tier, share
from sheetflow.ranking import below, lower, quota_base, rank, seats, tier_of

STATUS = StandingStatus
TITLES = ("优秀", "合格", "基本合格", "不合格")
FREE = replace(
    RICH,
    tiers=(
        Tier(title="优秀", at_least=Decimal(100)),
        Tier(title="合格", at_least=Decimal(80)),
        Tier(title="基本合格", at_least=Decimal(60)),
        Tier(title="不合格"),
    ),
    categories=(
        Category(title="正式"),
        Category(title="预备", graded=False, in_quota=False),
    ),
    gates=(),
    vetoes=tuple(
        Veto(code=f"V{n}", cases=("某事",), max_tier=title) for n, title in enumerate(TITLES[1:], 1)
    ),
    quota=None,
)
QUOTA = Quota(tier="优秀", rule=QuotaRule.GIVEN, given=2, ties=("B", "A1"))


def made(total: str, b: str = "40", a1: str = "0", member: str = "") -> Score:
    base = Decimal(total) - Decimal(b)
    return Score(
        member=member,
        parts=(
            PartScore(code="A", base=base, bonus=Decimal(0)),
            PartScore(code="B", base=Decimal(b), bonus=Decimal(0)),
        ),
        lines=(
            Line(part="A", code="A1-1", raw=Decimal(a1), taken=Decimal(a1), counted=Decimal(a1)),
        ),
    )


def people(ids: Iterable[str], **about: str) -> Roster:
    return Roster(members=tuple(Member(id=i, name=i, category=about.get(i, "正式")) for i in ids))


def ranked(
    totals: Mapping[str, Score], scheme: Scheme = FREE, *acts: Ruling
) -> tuple[Mapping[str, Standing], QuotaResult | None]:
    standings, quota = rank(scheme, people(totals), totals, {}, acts)
    return {each.member.id: each for each in standings}, quota


def limited(scheme: Scheme = FREE, quota: Quota = QUOTA) -> Scheme:
    return replace(scheme, quota=quota)


# ------------------------------------------------------------------ bounds

BOUNDS = (
    ("120", "优秀"),
    ("100", "优秀"),
    ("99.99", "合格"),
    ("80", "合格"),
    ("79.5", "基本合格"),
    ("60", "基本合格"),
    ("59.5", "不合格"),
    ("0", "不合格"),
)


@pytest.mark.parametrize(("total", "tier"), BOUNDS)
def test_a_lower_bound_belongs_to_its_tier(total: str, tier: str) -> None:
    assert tier_of(FREE, Decimal(total)) == tier


@pytest.mark.parametrize(("total", "tier"), [("35", "优"), ("34.9", "良"), ("28", "中")])
def test_unless_the_scheme_says_otherwise(total: str, tier: str) -> None:
    assert tier_of(RICH, Decimal(total)) == tier
    assert tier_of(RICH, Decimal("28.01")) == "良"


points = st.decimals(0, 120, places=1, allow_nan=False)


@settings(max_examples=80, deadline=None)
@given(points, points)
def test_more_points_never_lower_a_tier(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    tiers = [TITLES.index(tier_of(FREE, total)) for total in (low, high)]
    assert tiers[1] <= tiers[0]


def test_tiers_next_to_each_other() -> None:
    assert [below(FREE, title) for title in TITLES] == [*TITLES[1:], "不合格"]
    for one in TITLES:
        assert lower(FREE, one, None) == one
        for other in TITLES:
            assert TITLES.index(lower(FREE, one, other)) == max(map(TITLES.index, (one, other)))


# ------------------------------------------------------------------ gates and vetoes

GATE = Gate(tier="优秀", part="B", at_least=Decimal(36), active=True)


@pytest.mark.parametrize(
    ("b", "active", "limit", "proposed"),
    [("36", True, None, "优秀"), ("35.5", True, "合格", "合格"), ("35.5", False, None, "优秀")],
)
def test_a_gate_closes_its_tier(b: str, active: bool, limit: str | None, proposed: str) -> None:
    scheme = replace(FREE, gates=(replace(GATE, active=active),))
    standing = ranked({"1": made("105", b)}, scheme)[0]["1"]
    assert standing.score_tier == "优秀"
    assert (standing.max_tier, standing.proposed_tier) == (limit, proposed)
    assert bool(standing.reasons) is (limit is not None)


def veto(*codes: str, member: str = "1") -> tuple[Ruling, ...]:
    return tuple(Ruling(member=member, veto=code, basis="某文") for code in codes)


LADDER = (
    ("104", (), None, "优秀"),
    ("104", ("V1",), "合格", "合格"),
    ("104", ("V2",), "基本合格", "基本合格"),
    ("104", ("V3",), "不合格", "不合格"),
    ("104", ("V1", "V3", "V2"), "不合格", "不合格"),
    ("70", ("V1",), "合格", "基本合格"),
    ("50", ("V1",), "合格", "不合格"),
)


@pytest.mark.parametrize(("total", "codes", "limit", "proposed"), LADDER)
def test_a_veto_limits_the_tier_and_never_the_points(
    total: str, codes: tuple[str, ...], limit: str | None, proposed: str
) -> None:
    standing = ranked({"1": made(total)}, FREE, *veto(*codes))[0]["1"]
    assert standing.score_tier == tier_of(FREE, Decimal(total))
    assert standing.total == Decimal(total)
    assert (standing.max_tier, standing.proposed_tier) == (limit, proposed)
    assert len(standing.reasons) == len(codes)


def test_a_veto_touches_only_its_member() -> None:
    found, _quota = ranked({"1": made("104"), "2": made("104")}, FREE, *veto("V3", member="2"))
    assert [found[i].proposed_tier for i in ("1", "2")] == ["优秀", "不合格"]


def test_gate_and_veto_together_give_the_lower() -> None:
    scheme = replace(FREE, gates=(GATE,))
    standing = ranked({"1": made("105", "30")}, scheme, *veto("V2"))[0]["1"]
    assert (standing.max_tier, standing.proposed_tier) == ("基本合格", "基本合格")
    assert len(standing.reasons) == 2


# ------------------------------------------------------------------ who gets a tier

ABSENT = {
    Absence.EXEMPT: STATUS.EXEMPT,
    Absence.DEFERRED: STATUS.DEFERRED,
    Absence.LEFT: STATUS.LEFT,
}


@pytest.mark.parametrize("absence", list(Absence))
def test_who_is_absent_is_not_graded_whatever_came_in(absence: Absence) -> None:
    roster = Roster(members=(Member(id="1", name="甲", category="正式", absence=absence),))
    standing = rank(FREE, roster, {"1": made("104")}, {"1": ["有错"]})[0][0]
    assert standing.status is ABSENT[absence]
    assert (standing.proposed_tier, standing.score_tier, standing.total) == (None, None, None)


def test_who_returned_nothing_is_missing_and_has_no_points() -> None:
    standing = rank(FREE, people("1"), {}, {})[0][0]
    assert (standing.status, standing.total) == (STATUS.MISSING, None)


@pytest.mark.parametrize("open_", [("A1-1 未填",), ()])
def test_who_has_something_open_is_undecided(open_: tuple[str, ...]) -> None:
    score = replace(made("104"), open=open_)
    reasons = {} if open_ else {"1": ["退回修改：1 处错误"]}
    standing = rank(FREE, people("1"), {"1": score}, reasons)[0][0]
    assert standing.status is STATUS.UNDECIDED
    assert (standing.score_tier, standing.proposed_tier, standing.final_tier) == (None, None, None)
    assert standing.reasons


def test_some_categories_are_scored_and_get_no_tier() -> None:
    scheme = limited()
    standings, quota = rank(scheme, people(["1", "2"], **{"2": "预备"}),
                            {"1": made("100"), "2": made("110")}, {})  # fmt: skip
    assert standings[1].status is STATUS.NOT_GRADED
    assert (standings[1].score_tier, standings[1].proposed_tier) == ("优秀", None)
    assert standings[1].total == 110
    assert quota is not None
    assert (quota.base, quota.candidates) == (1, ("1",))


@pytest.mark.parametrize("review", list(Review))
def test_only_without_review_is_a_tier_final(review: Review) -> None:
    scheme = replace(FREE, settings=replace(FREE.settings, review=review))
    standing = ranked({"1": made("85")}, scheme)[0]["1"]
    final = review is Review.NONE
    assert standing.final_tier == ("合格" if final else None)
    assert standing.provisional is not final
    assert standing.tier == "合格"


# ------------------------------------------------------------------ seats

FLOOR, CEIL, HALF = Rounding.FLOOR, Rounding.CEIL, Rounding.HALF_UP
SEATS = (
    (30, 1, 3, FLOOR, 10), (13, 1, 3, FLOOR, 4), (12, 1, 3, FLOOR, 4), (7, 1, 3, FLOOR, 2),
    (2, 1, 3, FLOOR, 0), (0, 1, 3, CEIL, 0), (13, 1, 3, CEIL, 5), (12, 1, 3, CEIL, 4),
    (21, 5, 100, CEIL, 2), (13, 1, 3, HALF, 4), (14, 1, 3, HALF, 5), (7, 1, 2, HALF, 4),
    (9, 3, 10, HALF, 3), (8, 3, 10, HALF, 2), (5, 3, 10, HALF, 2),
)  # fmt: skip


@pytest.mark.parametrize(("base", "part", "of", "rounding", "limit"), SEATS)
def test_seats_are_a_share_rounded_as_declared(
    base: int, part: int, of: int, rounding: Rounding, limit: int
) -> None:
    quota = Quota(tier="优秀", rule=QuotaRule.RATIO, share=part, of=of, rounding=rounding)
    assert seats(quota, base) == limit


def test_seats_given_from_above_do_not_depend_on_the_base() -> None:
    assert seats(replace(QUOTA, given=3), 1) == 3


def test_the_base_of_the_quota_counts_whom_the_scheme_counts() -> None:
    members = [Member(id=str(a), name="", category="正式", absence=a) for a in (None, *Absence)]
    assert quota_base(FREE, [*members, Member(id="5", name="", category="预备")]) == 3


SEATED: tuple[tuple[dict[str, Score], str, tuple[tuple[str, ...], ...]], ...] = (
    # the better two
    ({"1": made("101"), "2": made("103"), "3": made("102")}, "合优优", ()),
    # fewer than seats: nobody is lifted
    ({"1": made("101"), "2": made("99"), "3": made("98")}, "优合合", ()),
    # equal totals: base of B, then section A1
    ({"1": made("101", "38"), "2": made("101", "40"), "3": made("101", "39")}, "合优优", ()),
    (
        {"1": made("101", a1="3"), "2": made("101", a1="5"), "3": made("101", a1="4")},
        "合优优",
        (),
    ),
    # equal in everything across the line: nobody of them is seated
    ({"1": made("103"), "2": made("101"), "3": made("101")}, "优？？", (("2", "3"),)),
    ({"1": made("101"), "2": made("101"), "3": made("101")}, "？？？", (("1", "2", "3"),)),
    # equal inside the seats, or wholly outside: nothing to settle
    ({"1": made("103"), "2": made("103"), "3": made("101")}, "优优合", ()),
    ({"1": made("103"), "2": made("102"), "3": made("101"), "4": made("101")}, "优优合合", ()),
)


@pytest.mark.parametrize(("totals", "tiers", "ties"), SEATED)
def test_who_gets_the_seats(
    totals: dict[str, Score], tiers: str, ties: tuple[tuple[str, ...], ...]
) -> None:
    found, quota = ranked(totals, limited())
    assert "".join((each.proposed_tier or "？")[0] for each in found.values()) == tiers
    assert quota is not None
    assert quota.ties == ties
    for each in found.values():
        assert (each.status is STATUS.UNDECIDED) is (each.proposed_tier is None)


def test_a_gate_or_veto_frees_the_seat() -> None:
    totals = {"1": made("110"), "2": made("102"), "3": made("101")}
    found, quota = ranked(totals, limited(), *veto("V1"))
    assert [each.proposed_tier for each in found.values()] == ["合格", "优秀", "优秀"]
    assert quota is not None
    assert quota.candidates == ("2", "3")


def test_without_a_limit_all_who_reach_the_tier_are_in_it() -> None:
    quota = replace(QUOTA, rule=QuotaRule.UNLIMITED)
    found, result = ranked({str(n): made("101") for n in range(5)}, limited(quota=quota))
    assert {each.proposed_tier for each in found.values()} == {"优秀"}
    assert result is not None
    assert (result.limit, len(result.candidates), result.ties) == (None, 5, ())
    assert ranked({"1": made("101")})[1] is None


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Scheme, Roster, dict[str, Score], dict[str, list[str]]]:
    scores: dict[str, Score] = {}
    reasons: dict[str, list[str]] = {}
    members = []
    for n in range(draw(st.integers(0, 9))):
        absence = draw(st.sampled_from([None, None, None, None, *Absence]))
        category = draw(st.sampled_from(["正式", "正式", "预备"]))
        members.append(Member(id=str(n), name="", category=category, absence=absence))
        if draw(st.integers(0, 5)):
            scores[str(n)] = made(draw(st.sampled_from(["101", "102", "90", "50"])),
                                  draw(st.sampled_from(["38", "40"])))  # fmt: skip
        if not draw(st.integers(0, 5)):
            reasons[str(n)] = ["有错"]
    quota = replace(
        QUOTA,
        rule=draw(st.sampled_from(list(QuotaRule))),
        given=draw(st.integers(0, 4)),
        rounding=draw(st.sampled_from(list(Rounding))),
    )
    return limited(quota=quota), Roster(members=tuple(members)), scores, reasons


@settings(max_examples=150, deadline=None)
@given(rounds(), st.randoms())
def test_seats_are_never_exceeded_and_order_never_matters(
    case: tuple[Scheme, Roster, dict[str, Score], dict[str, list[str]]], chance: Random
) -> None:
    scheme, roster, scores, reasons = case
    standings, quota = rank(scheme, roster, scores, reasons)
    assert [each.member for each in standings] == list(roster)
    assert quota is not None
    winners = [each for each in standings if each.proposed_tier == "优秀"]
    if quota.limit is not None:
        assert len(winners) <= quota.limit
        free = quota.limit - len(winners)
        assert all(len(tie) > free for tie in quota.ties)
    tied = {member for tie in quota.ties for member in tie}
    assert not tied & {each.member.id for each in winners}
    shuffled = list(roster)
    chance.shuffle(shuffled)
    mixed = dict(chance.sample(sorted(scores.items()), len(scores)))
    again, same = rank(scheme, Roster(members=tuple(shuffled)), mixed, reasons)
    assert {e.member.id: e for e in again} == {e.member.id: e for e in standings}
    assert same == quota


@settings(max_examples=150, deadline=None)
@given(rounds())
def test_everybody_is_accounted_for(
    case: tuple[Scheme, Roster, dict[str, Score], dict[str, list[str]]],
) -> None:
    scheme, roster, scores, reasons = case
    standings, quota = rank(scheme, roster, scores, reasons)
    outcome = Outcome(scheme=scheme, scheme_version="", standings=standings, quota=quota)
    n = counts(outcome)
    assert n["due"] == n["roster"] - n["left"]
    assert n["due"] == sum(
        n[key] for key in ("assessed", "exempt", "deferred", "missing", "undecided")
    )
    assert n["assessed"] == n["graded"] + n["not_graded"]
    assert n["graded"] == sum(len(in_tier(standings, title)) for title in TITLES)
    for each in standings:
        assert (each.proposed_tier is not None) is (each.status is STATUS.GRADED)


@pytest.mark.parametrize(
    ("count", "whole", "text"),
    [(1, 3, "33.3%"), (2, 3, "66.7%"), (1, 8, "12.5%"), (1, 16, "6.3%"), (0, 5, "0.0%"),
     (5, 5, "100.0%"), (0, 0, "—")],
)  # fmt: skip
def test_shares_are_rounded_half_up(count: int, whole: int, text: str) -> None:
    assert share(count, whole) == text
