"""Rules whole: caps, posts, combinations, part of a year, seats; for schemes of every kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
import rule_schemes as rules
from forms_for_tests import blank_book, edited, filled, known, stamped, typed_over
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_schemes import POSTS, ZERO
from schemes_for_tests import CODE, MEMBER, RICH, TOKEN

from sheetflow.checks.registry import Case, run_checks
from sheetflow.identity import identify
from sheetflow.layout import plan_form
from sheetflow.model import (
    Category,
    Combination,
    Denominator,
    Field,
    Kind,
    Member,
    PartScore,
    Quota,
    QuotaRule,
    Roster,
    Scheme,
    Score,
    Standing,
    StandingStatus,
    Unmeant,
)
from sheetflow.model.plan import Form, Role
from sheetflow.ranking import full_months, rank, seats
from sheetflow.scoring import part_most, score
from sheetflow.submissions import read_submission, seek
from sheetflow.wording import limits_sentence

chances = st.randoms(use_true_random=False)


def scored(scheme: Scheme, typed: dict[str, Decimal], post: str | None) -> Score:
    return score(scheme, filled(rules.cells(typed, scheme)), post=post)


# ------------------------------------------------------------------ scores


@settings(max_examples=150, deadline=None)
@given(chances, st.sampled_from(POSTS))
def test_parts_and_total_are_what_the_rules_say(chance: Random, post: str) -> None:
    scheme = rules.make_scheme(chance)
    typed = rules.answers(chance, scheme, post)
    found = scored(scheme, typed, post)
    assert found.open == ()
    for part, points in zip(scheme.parts, found.parts, strict=True):
        assert points.base == rules.base(part, typed, post)
        assert points.bonus == rules.bonus(part, typed)
    assert found.total == rules.total(scheme, typed, post)


@settings(max_examples=100, deadline=None)
@given(chances, st.sampled_from(POSTS))
def test_the_base_of_a_part_is_the_sum_of_its_lines(chance: Random, post: str) -> None:
    scheme = rules.make_scheme(chance)
    found = scored(scheme, rules.answers(chance, scheme, post), post)
    for part, points in zip(scheme.parts, found.parts, strict=True):
        rows = {code for bonus in part.bonuses for code in bonus.row_codes}
        lines = [ln for ln in found.lines if ln.part == part.code and ln.code not in rows]
        assert points.base == sum((line.counted for line in lines), ZERO)
        assert all(line.why for line in lines if line.counted != (line.raw or ZERO))


@settings(max_examples=100, deadline=None)
@given(chances, st.sampled_from(POSTS), st.data())
def test_more_points_in_one_item_never_lower_the_total(
    chance: Random, post: str, data: st.DataObject
) -> None:
    scheme = rules.make_scheme(chance)
    typed = rules.answers(chance, scheme, post)
    items = {item.code: item for part in scheme.parts for item in part.scored}
    code = data.draw(st.sampled_from(sorted(typed.keys() & items)))
    more = data.draw(st.sampled_from([p for p in rules.values(items[code]) if p >= typed[code]]))
    before = scored(scheme, typed, post).total
    after = scored(scheme, {**typed, code: more}, post).total
    assert before is not None
    assert after is not None
    assert after >= before


@settings(max_examples=60, deadline=None)
@given(chances, st.sampled_from(POSTS))
def test_what_is_typed_where_an_item_is_not_meant_is_ignored(chance: Random, post: str) -> None:
    scheme = rules.make_scheme(chance)
    typed = rules.answers(chance, scheme, post)
    others = {
        item.code: Decimal(1)
        for part in scheme.parts
        for item in part.items
        if item.kind is Kind.NOTE or (item.posts and post not in item.posts)
    }
    assert scored(scheme, typed | others, post).total == scored(scheme, typed, post).total


@pytest.mark.parametrize("post", [None, "", "门卫"])
def test_without_a_known_post_what_depends_on_it_is_unknown(post: str | None) -> None:
    scheme = by_post(Unmeant.FULL)
    typed = {item.code: item.most for item in scheme.parts[0].scored}
    found = scored(scheme, typed, post)
    assert found.total is None
    assert found.open == ("工作：不知道岗位，定不了哪些指标适用",)
    assert scored(RICH, {}, post).open == scored(RICH, {}, POSTS[0]).open


def by_post(unmeant: Unmeant) -> Scheme:
    """Two items: one for everybody, 3 points; one for 教学 only, 5 points."""
    everybody, some = (item for item in RICH.parts[0].items if item.code in {"A1-1", "A1-2"})
    items = (everybody, replace(some, posts=("教学",)))
    section = replace(RICH.parts[0].sections[0], items=items)
    part = replace(
        RICH.parts[0], base=Decimal(8), sections=(section,), groups=(), bonuses=(), unmeant=unmeant
    )
    return replace(RICH, parts=(part,), columns=rules.make_scheme(Random(1)).columns, gates=())  # noqa: S311 - the same in every run


POLICIES = (
    (Unmeant.FULL, "管理", "4.5", "7.5", "不适用，按满分计"),
    (Unmeant.RESCALE, "管理", "4.5", "7.2",
     "适用的指标满分 5 分，得 4.5 分，折算成 7.2 分（4.5÷5×8）"),
    (Unmeant.REPLACE, "管理", "4.5", "4.5", ""),
)  # fmt: skip


@pytest.mark.parametrize(("unmeant", "post", "typed", "total", "why"), POLICIES)
def test_what_becomes_of_an_item_that_is_not_meant(
    unmeant: Unmeant, post: str, typed: str, total: str, why: str
) -> None:
    found = scored(by_post(unmeant), {"A1-1": Decimal(typed)}, post)
    assert found.total == Decimal(total)
    assert why in {line.why for line in found.lines}


def test_a_section_within_its_cap_says_so() -> None:
    scheme = by_post(Unmeant.REPLACE)
    section = replace(scheme.parts[0].sections[0], most=Decimal(6))
    scheme = replace(scheme, parts=(replace(scheme.parts[0], sections=(section,)),))
    found = scored(scheme, {"A1-1": Decimal(5), "A1-2": Decimal(3)}, "教学")
    assert [(line.counted, line.why) for line in found.lines] == [
        (Decimal(5), ""),
        (Decimal(1), "日常工作合计最多 6 分"),
    ]
    assert part_most(scheme.parts[0], "教学") == 6


# ------------------------------------------------------------------ forms


def planned(scheme: Scheme, post: str) -> Form:
    return plan_form(scheme, replace(MEMBER, post=post), code=CODE, token=TOKEN)


@settings(max_examples=40, deadline=None)
@given(chances)
def test_which_cell_means_what_depends_on_the_scheme_alone(chance: Random) -> None:
    scheme = rules.make_scheme(chance)
    grids = [
        [(c.row, c.column, c.last_row, c.last_column, c.role, c.code) for c in sheet.cells]
        for post in POSTS
        for sheet in planned(scheme, post).sheets
    ]
    each = len(grids) // len(POSTS)
    assert grids == grids[:each] * len(POSTS)


@settings(max_examples=40, deadline=None)
@given(chances, st.sampled_from(POSTS))
def test_a_form_asks_for_what_is_meant_and_nothing_else(chance: Random, post: str) -> None:
    scheme = rules.make_scheme(chance)
    form = planned(scheme, post)
    scores = [cell for sheet in form.sheets for cell in sheet.having(Role.SCORE)]
    items = [item for part in scheme.parts for item in part.items]
    asked = [i.code for i in items if i.kind is not Kind.NOTE and (not i.posts or post in i.posts)]
    assert [cell.code for cell in scores if not cell.closed] == asked
    assert {cell.text for cell in scores if cell.closed} <= {"不适用"}


@settings(max_examples=25, deadline=None)
@given(chances, st.sampled_from(POSTS))
def test_a_form_filled_as_it_asks_comes_back_without_a_finding(chance: Random, post: str) -> None:
    scheme = rules.make_scheme(chance)
    member = replace(MEMBER, post=post, details=(), category="正式")
    typed = rules.answers(chance, scheme, post)
    book = blank_book(scheme, member)
    for at, sheet in enumerate(planned(scheme, post).sheets):
        for cell in sheet.cells:
            if cell.field in {Field.SCORE, Field.CLAIM} and cell.code in typed:
                place = (cell.row, cell.column)
                book = edited(book, at, typed_over(place, typed[cell.code]))
    identity = identify(book, "a.xlsx", scheme.terms, known(stamped(scheme=scheme)))
    form = read_submission(book, file="a.xlsx", sha256="0", sought=seek(scheme), identity=identity)
    roster = Roster(members=(member,))
    case = Case(scheme=scheme, roster=roster, submissions=(form,), faults=form.faults)
    assert run_checks(case, "FV") == ()
    assert score(scheme, form, post=post).total == rules.total(scheme, typed, post)


def weighted(how: Combination, *, inside: bool) -> Scheme:
    parts = tuple(replace(p, weight=Decimal(w)) for p, w in zip(RICH.parts, (60, 40), strict=True))
    return replace(RICH, parts=parts, combination=how, bonus_inside=inside)


PRINTED: tuple[tuple[Scheme, list[str]], ...] = (
    (RICH, []),
    (weighted(Combination.WEIGHTED, inside=False),
     ["总分＝工作×60%＋纪律×40%，加分不参加折算、另外相加，保留两位小数。"]),
    (weighted(Combination.MEAN, inside=True),
     ["总分＝（工作＋纪律）÷2，各部分连同加分一起算，保留两位小数。"]),
    (by_post(Unmeant.RESCALE), ["标“不适用”的指标不计，其余折算成基本分 8 分，保留两位小数。"]),
    (by_post(Unmeant.FULL), ["标“不适用”的指标按满分计。"]),
)  # fmt: skip


@pytest.mark.parametrize(("scheme", "texts"), PRINTED)
def test_a_form_says_how_the_total_comes_about(scheme: Scheme, texts: list[str]) -> None:
    plain = {"等次", "评为", "优名"}
    sentences = planned(scheme, POSTS[0]).sheets[0].having(Role.SENTENCE)
    assert [cell.text for cell in sentences if cell.text[:2] not in plain] == texts


def test_the_rule_for_a_part_of_the_year_is_printed() -> None:
    scheme = replace(RICH, settings=replace(RICH.settings, part_year_months=6))
    assert "考核期内到岗不满 6 个月的，只记分，不定等次" in limits_sentence(scheme)
    assert "个月" not in limits_sentence(RICH)


# ------------------------------------------------------------------ part of a year

MONTHS = (
    ("2015-07-01", 6), ("2015-07-02", 5), ("2015-12-31", 0), ("2015-01-01", 12),
    ("2015-06-30", 6), ("2016-01-01", 0), ("2016-02-01", -1),
)  # fmt: skip


@pytest.mark.parametrize(("joined", "months"), MONTHS)
def test_full_months_to_the_end_of_the_year(joined: str, months: int) -> None:
    assert full_months(date.fromisoformat(joined), date(2015, 12, 31)) == months


@pytest.mark.parametrize(
    ("least", "joined", "graded"),
    [(6, None, True), (6, date(2014, 9, 1), True), (6, date(2015, 7, 1), True),
     (6, date(2015, 7, 2), False), (6, date(2016, 2, 1), False), (0, date(2015, 12, 1), True)],
)  # fmt: skip
def test_who_is_here_too_short_gets_points_but_no_tier(
    least: int, joined: date | None, graded: bool
) -> None:
    scheme = replace(RICH, gates=(), settings=replace(RICH.settings, part_year_months=least))
    member = replace(MEMBER, joined=joined)
    (standing,), _quota = rank(scheme, Roster(members=(member,)), {member.id: made("30")}, {})
    status = StandingStatus.GRADED if graded else StandingStatus.NOT_GRADED
    assert (standing.status, standing.total) == (status, Decimal(30))
    if not graded:
        assert standing.proposed_tier is None
        assert standing.reasons == (f"{joined} 到岗，考核期内不满 6 个月，只记分，不定等次",)


def made(points: str) -> Score:
    bases = (PartScore(code="A", base=Decimal(points), bonus=ZERO),)
    return Score(member="", parts=(*bases, PartScore(code="B", base=ZERO, bonus=ZERO)), lines=())


# ------------------------------------------------------------------ seats

QUOTA = Quota(tier="优", rule=QuotaRule.RATIO, share=1, of=3)


@pytest.mark.parametrize(
    ("base", "least", "limit"), [(2, False, 0), (2, True, 1), (0, True, 0), (7, True, 2)]
)
def test_a_share_of_few_may_still_give_one_seat(base: int, least: bool, limit: int) -> None:
    assert seats(replace(QUOTA, at_least_one=least), base) == limit


@pytest.mark.parametrize(("of", "base"), [(Denominator.ROSTER, 4), (Denominator.ASSESSED, 2)])
def test_the_quota_is_a_share_of_the_roster_or_of_who_is_assessed(
    of: Denominator, base: int
) -> None:
    scheme = replace(
        RICH,
        quota=replace(QUOTA, denominator=of),
        gates=(),
        categories=(Category(title="在册"), Category(title="另册", in_quota=False)),
    )
    people = [Member(id=str(n), name="", category="在册") for n in range(4)]
    people.append(Member(id="4", name="", category="另册"))
    scores = {str(n): made("36") for n in (0, 1, 4)}
    _standings, quota = rank(scheme, Roster(members=tuple(people)), scores, {})
    assert quota is not None
    assert quota.base == base


@settings(max_examples=80, deadline=None)
@given(chances, st.lists(st.sampled_from(POSTS), min_size=1, max_size=7), st.integers(0, 3))
def test_a_whole_round_keeps_its_promises(chance: Random, posts: list[str], given: int) -> None:
    quota = Quota(tier="甲", rule=QuotaRule.GIVEN, given=given, ties=("A",))
    scheme = replace(rules.make_scheme(chance), quota=quota)
    people = [Member(id=str(n), name="", category="正式", post=p) for n, p in enumerate(posts)]
    scores = {m.id: scored(scheme, rules.answers(chance, scheme, m.post), m.post) for m in people}
    standings, result = rank(scheme, Roster(members=tuple(people)), scores, {})
    assert result is not None
    winners = [each for each in standings if each.proposed_tier == "甲"]
    assert len(winners) <= given
    tied = {member for tie in result.ties for member in tie}
    for each in standings:
        equal = [other for other in standings if measures(other) == measures(each)]
        assert len({other.proposed_tier for other in equal}) == 1
        assert (each.status is StandingStatus.UNDECIDED) is (each.member.id in tied)
    order = chance.sample(people, len(people))
    again, same_result = rank(scheme, Roster(members=tuple(order)), scores, {})
    assert {e.member.id: e for e in again} == {e.member.id: e for e in standings}
    assert same_result == result


@settings(max_examples=80, deadline=None)
@given(chances, st.lists(st.sampled_from(POSTS), min_size=2, max_size=6), st.data())
def test_more_points_never_lower_a_tier(
    chance: Random, posts: list[str], data: st.DataObject
) -> None:
    seats_given = data.draw(st.integers(0, 3))
    quota = Quota(tier="甲", rule=QuotaRule.GIVEN, given=seats_given, ties=("A",))
    scheme = replace(rules.make_scheme(chance), quota=quota)
    people = [Member(id=str(n), name="", category="正式", post=p) for n, p in enumerate(posts)]
    typed = {m.id: rules.answers(chance, scheme, m.post) for m in people}
    items = {item.code: item for part in scheme.parts for item in part.scored}
    code = data.draw(st.sampled_from(sorted(typed["0"].keys() & items)))
    choices = [p for p in rules.values(items[code]) if p >= typed["0"][code]]
    better = {**typed, "0": {**typed["0"], code: data.draw(st.sampled_from(choices))}}
    before, after = (
        rank(
            scheme,
            Roster(members=tuple(people)),
            {m.id: scored(scheme, each[m.id], m.post) for m in people},
            {},
        )[0][0].proposed_tier
        for each in (typed, better)
    )
    titles = [tier.title for tier in scheme.tiers]
    if before and after:
        assert titles.index(after) <= titles.index(before)
    elif before:
        assert (before, after) == ("乙", None)


def measures(standing: Standing) -> tuple[Decimal | None, Decimal | None]:
    """All that settles who stands before whom."""
    assert standing.score is not None
    return standing.total, standing.score.parts[0].base
