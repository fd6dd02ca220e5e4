"""Entries to points: every point has its line, what is missing is never zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from random import Random

import pytest
from forms_for_tests import Cells, Typed, allowed, filled, full, row, scores, sound_cells
from hypothesis import given, settings
from hypothesis import strategies as st
from schemes_for_tests import RICH

from sheetflow.model import Field, Part, PartScore, Review, Scheme, Score, Value, ValueKind
from sheetflow.scoring import bonus_total, part_most, score

ZERO = Decimal(0)
NO_REVIEW = replace(RICH, settings=replace(RICH.settings, review=Review.NONE))
DAY = date(2015, 5, 4)


def of(cells: Cells, scheme: Scheme = RICH) -> Score:
    return score(scheme, filled(cells))


def part(found: Score, code: str) -> PartScore:
    return next(each for each in found.parts if each.code == code)


def counted(found: Score, code: str) -> list[Decimal]:
    return [line.counted for line in found.lines if line.code == code]


def best(points: Sequence[Decimal], many: int, most: Decimal) -> Decimal:
    """Best sum of so many, tried one choice after the other."""
    chosen = combinations(points, min(many, len(points)))
    return min(most, max((sum(each, ZERO) for each in chosen), default=ZERO))


# ------------------------------------------------------------------ base


def test_a_full_form_has_all_base_points() -> None:
    found = of(full())
    assert [each.base for each in found.parts] == [31, 4]
    assert found.total == RICH.base
    assert found.open == ()


@settings(max_examples=80, deadline=None)
@given(sound_cells())
def test_every_point_has_its_line(cells: Cells) -> None:
    found = of(cells)
    for each in RICH.parts:
        items = {item.code for item in each.items}
        lines = [line for line in found.lines if line.part == each.code]
        base = sum((line.counted for line in lines if line.code in items), ZERO)
        assert part(found, each.code).base == base
        rows = {line.code: line.counted for line in lines if line.code not in items}
        assert part(found, each.code).bonus == bonus_total(each, rows)
        for line in lines:
            assert line.raw is not None
            assert 0 <= line.counted <= line.raw
            assert bool(line.why) or line.counted == line.raw
    assert found.total == sum((each.total for each in found.parts if each.total is not None), ZERO)


@settings(max_examples=80, deadline=None)
@given(sound_cells())
def test_base_is_what_the_rules_say(cells: Cells) -> None:
    found = of(cells)
    for each in RICH.parts:
        points = {code: Decimal(str(v)) for (code, f), v in cells.items() if f is Field.SCORE}
        mine = [item for item in each.items if item.code in points]
        expected = sum((points[item.code] for item in mine if not item.group), ZERO)
        for group in each.groups:
            inside = [points[item.code] for item in mine if item.group == group.code]
            expected += best(inside, group.best, group.most)
        assert part(found, each.code).base == expected
        assert ZERO <= expected <= part_most(each)


@settings(max_examples=40, deadline=None)
@given(sound_cells(), st.randoms())
def test_the_order_of_entries_never_matters(cells: Cells, chance: Random) -> None:
    form = filled(cells)
    entries = list(form.entries)
    chance.shuffle(entries)
    assert score(RICH, replace(form, entries=tuple(entries))) == score(RICH, form)


@settings(max_examples=60, deadline=None)
@given(sound_cells(), st.data())
def test_more_points_in_one_item_never_lower_the_total(cells: Cells, data: st.DataObject) -> None:
    items = {item.code: item for each in RICH.parts for item in each.items}
    code = data.draw(st.sampled_from(sorted(c for c, f in cells if f is Field.SCORE)))
    now = Decimal(str(cells[code, Field.SCORE]))
    more = data.draw(st.sampled_from([p for p in allowed(items[code]) if p >= now]))
    before, after = of(cells).total, of({**cells, (code, Field.SCORE): more}).total
    assert before is not None
    assert after is not None
    assert after >= before


UNKNOWN: tuple[Typed | None, ...] = (
    None, "满分", "4-5", "1,5", date(2015, 1, 2), Value(ValueKind.BOOL, "TRUE"), 99, -1, "0.3",
    Value(ValueKind.ERROR, "#REF!"), Value(ValueKind.UNCACHED, "", formula=True),
)  # fmt: skip


@pytest.mark.parametrize("review", list(Review))
@pytest.mark.parametrize("typed", UNKNOWN)
@pytest.mark.parametrize("code", ["A1-1", "A1-3", "A3-1", "B1-1"])
def test_what_is_not_known_leaves_the_part_unknown(
    code: str, typed: Typed | None, review: Review
) -> None:
    cells = full()
    del cells[code, Field.SCORE]
    if typed is not None:
        cells[code, Field.SCORE] = typed
    found = of(cells, replace(RICH, settings=replace(RICH.settings, review=review)))
    assert part(found, code[0]).base is None
    assert part(found, code[0]).total is None
    assert found.total is None
    assert [reason.split()[0] for reason in found.open] == [code]
    other = next(each for each in found.parts if each.code != code[0])
    assert other.base is not None


def test_zero_typed_is_zero() -> None:
    found = of({**full(), **scores(A1_1=0)})
    assert part(found, "A").base == 26
    assert found.open == ()


def test_a_blank_form_is_unknown_not_zero() -> None:
    found = of({})
    assert [each.base for each in found.parts] == [None, None]
    assert found.total is None
    assert len(found.open) == 8


# ------------------------------------------------------------------ groups


def group(*points: Typed | None) -> Score:
    cells = {key: typed for key, typed in full().items() if not key[0].startswith("A2")}
    filled_in = enumerate(points, 1)
    return of(cells | {(f"A2-{n}", Field.SCORE): p for n, p in filled_in if p is not None})


GROUPS = (
    ((4, 4, 4, 4, 4), 10),
    ((4, 4, None, None, None), 8),
    ((None, "1.5", None, None, "1.5"), 3),
    (("1.5", "1.5", "1.5", 4, 0), 7),
    ((0, 0, 0, 0, 0), 0),
    ((0, None, None, None, None), 0),
)


@pytest.mark.parametrize(("points", "sum_"), GROUPS)
def test_the_best_of_a_group_count(points: Sequence[Typed | None], sum_: int) -> None:
    found = group(*points)
    assert found.open == ()
    assert sum(line.counted for line in found.lines if line.code.startswith("A2")) == sum_
    assert part(found, "A").base == 21 + sum_


def test_a_group_left_blank_is_unknown() -> None:
    found = group(None, None, None, None, None)
    assert part(found, "A").base is None
    assert found.open == ("G 未填",)


def test_one_unreadable_item_of_a_group_keeps_the_part_unknown() -> None:
    found = group(4, 4, 4, "全优", None)
    assert part(found, "A").base is None
    assert [reason.split()[0] for reason in found.open] == ["A2-4"]


def test_of_equal_items_of_a_group_the_first_count() -> None:
    found = group(4, 4, 4, 4, None)
    assert [counted(found, f"A2-{n}") for n in (1, 2, 3, 4)] == [[4], [4], [2], [0]]


# ------------------------------------------------------------------ bonus


def bonus(*rows: Cells) -> PartScore:
    return part(of({**full(), **{key: t for each in rows for key, t in each.items()}}), "A")


def honour(code: str, level: str, claim: Typed, document: str) -> Cells:
    return row(code, level=level, document=document, date=DAY, claim=claim)


def test_without_a_claim_the_bonus_is_zero() -> None:
    assert bonus().bonus == 0


def test_a_bonus_is_capped_and_the_part_is_capped() -> None:
    two = (honour("A+1-1", "省级", 6, "1号"), honour("A+1-2", "市级", 4, "2号"))
    assert bonus(*two).bonus == 6
    talk = row("A+2-1", level="省级", date=DAY, claim=3)
    assert bonus(*two, talk).bonus == 8
    times = tuple(row(f"A+5-{n}", date=DAY, claim=1) for n in (1, 2, 3, 4))
    assert bonus(*times).bonus == 2
    assert bonus(*two, talk, *times).total == 31 + 8


def test_each_lost_claim_says_why() -> None:
    found = of(
        {
            **full(),
            **honour("A+1-1", "省级", 6, "1号"),
            **honour("A+1-2", "市级", 4, "1号"),
            **row("A+2-1", level="省级", claim=3),
            **row("A+5-1", date=date(2014, 5, 4), claim=1),
        }
    )
    why = {line.code: line.why for line in found.lines if line.why and "+" in line.code}
    assert why == {
        "A+1-2": "与 A+1-1 同一文号，就高计一次",
        "A+2-1": "证明材料不全，不计",
        "A+5-1": "日期不在考核年度内，不计",
    }
    assert part(found, "A").bonus == 6


@pytest.mark.parametrize("typed", ["一分", 2, "0.3", -1, date(2015, 1, 1)])
def test_a_claim_that_cannot_be_read_leaves_the_bonus_unknown(typed: Typed) -> None:
    found = bonus(row("A+5-1", date=DAY, reason="登记", claim=typed))
    assert (found.bonus, found.total) == (None, None)
    assert found.base == 31


def test_a_row_begun_without_a_claim_counts_nothing_and_says_so() -> None:
    found = of({**full(), **row("A+5-1", date=DAY, reason="登记")})
    assert part(found, "A").bonus == 0
    line = next(each for each in found.lines if each.code == "A+5-1")
    assert (line.raw, line.why) == (None, "没有填申报分，不计")
    assert line.counted == 0


def test_an_unknown_level_leaves_the_bonus_unknown() -> None:
    assert bonus(honour("A+1-1", "全国级", 6, "1号")).bonus is None


# ------------------------------------------------------------------ whose number counts


def test_a_self_score_only_stands_in_where_the_branch_scores() -> None:
    provisional = [line.code for line in of(full()).lines if line.provisional]
    assert provisional == ["A3-1"]
    assert of(full()).provisional
    assert next(line.why for line in of(full()).lines if line.code == "A3-1") == "暂按自评"


def test_without_review_every_self_score_stands() -> None:
    assert not of(full(), NO_REVIEW).provisional


def test_blank_on_both_sides_waits_for_the_branch() -> None:
    cells = {key: typed for key, typed in full().items() if key[0] != "A3-1"}
    assert of(cells).open == ("A3-1 待评",)
    assert of(cells, NO_REVIEW).open == ("A3-1 未填",)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2, 4]), min_size=5, max_size=5), st.integers(1, 5))
def test_a_part_can_reach_what_its_items_and_groups_allow(most: list[int], many: int) -> None:
    section = RICH.parts[0].sections[1]
    items = tuple(
        replace(item, most=Decimal(m)) for item, m in zip(section.items, most, strict=True)
    )
    limit = replace(RICH.parts[0].groups[0], best=many)
    changed: Part = replace(
        RICH.parts[0], sections=(replace(section, items=items),), groups=(limit,)
    )
    assert part_most(changed) == best([Decimal(m) for m in most], many, limit.most)
