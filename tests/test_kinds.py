"""One rule, told alike: what is allowed, what is printed, what is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schemes_for_tests import BONUSES, RICH, levels

from sheetflow import kinds
from sheetflow.kinds import Wrong
from sheetflow.model import Bonus, Event, Item, Kind, Step

ITEMS = {item.code: item for part in RICH.parts for item in part.items}
POINTS, COUNT, TICK = ITEMS["A1-1"], ITEMS["A1-2"], ITEMS["A1-3"]
CHOICE, FINE = ITEMS["A3-2"], ITEMS["A3-3"]
RATIO = replace(POINTS, kind=Kind.RATIO, levels=())
NOTE = replace(POINTS, kind=Kind.NOTE, levels=(), most=Decimal(0))
STEPS = (Step(times=1, points=Decimal(-3)), Step(times=2, points=Decimal(-5)))
LEVEL, _, RANGE, HOURS, EACH = BONUSES

VERDICTS: tuple[tuple[Item, str, Wrong | None], ...] = (
    (POINTS, "0", None),
    (POINTS, "4.5", None),
    (POINTS, "5", None),
    (POINTS, "5.5", Wrong.ABOVE),
    (POINTS, "-0.5", Wrong.BELOW),
    (POINTS, "4.25", Wrong.STEP),
    (POINTS, "4.99", Wrong.STEP),
    (COUNT, "2", None),
    (COUNT, "1.5", Wrong.STEP),
    (COUNT, "4", Wrong.ABOVE),
    (FINE, "3.9", None),
    (FINE, "3.95", Wrong.STEP),
    (TICK, "0", None),
    (TICK, "1", None),
    (TICK, "0.5", Wrong.CHOICE),
    (TICK, "2", Wrong.ABOVE),
    (CHOICE, "1.5", None),
    (CHOICE, "4.0", None),
    (CHOICE, "2", Wrong.CHOICE),
    (CHOICE, "-1", Wrong.BELOW),
    (RATIO, "3.33", None),
    (RATIO, "3.333", Wrong.STEP),
    (RATIO, "5.01", Wrong.ABOVE),
    (RATIO, "-0.01", Wrong.BELOW),
    (NOTE, "1", Wrong.ABOVE),
)


@pytest.mark.parametrize(("item", "points", "why"), VERDICTS)
def test_which_points_are_allowed(item: Item, points: str, why: Wrong | None) -> None:
    assert kinds.wrong(item, Decimal(points)) is why


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(ITEMS.values())), st.integers(-100, 700))
def test_allowed_is_exactly_what_the_rule_lists(item: Item, hundredths: int) -> None:
    points = Decimal(hundredths) / 100
    steps = [n * item.step for n in range(int(item.most / item.step) + 1)]
    listed = {
        Kind.TICK: [Decimal(0), item.most],
        Kind.CHOICE: [level.points for level in item.levels],
    }.get(item.kind, steps)
    assert (kinds.wrong(item, points) is None) is (points in listed)
    if item.kind in {Kind.TICK, Kind.CHOICE}:
        assert kinds.values(item) == tuple(sorted(listed))
    else:
        assert kinds.values(item) is None


@pytest.mark.parametrize(
    ("item", "words"),
    [(POINTS, "0–5 分，每 0.5 分一档"), (COUNT, "0–3 分，每 1 分一档"), (TICK, "0、1 分"),
     (CHOICE, "0、1.5、4 分"), (RATIO, "0–5 分，最多两位小数"), (NOTE, "不计分，不用填")],
)  # fmt: skip
def test_words_for_the_allowed_points(item: Item, words: str) -> None:
    assert kinds.allowed(item) == words


EVENTS = (Event(what="迟到", each=Decimal("-0.5")), Event(what="拒绝", zero_from=1))
RULES: tuple[tuple[Item, str], ...] = (
    (POINTS, "达成 3／基本达成 2（可用0.5档）"),
    (replace(POINTS, note="看记录"), "达成 3／基本达成 2（可用0.5档）；看记录"),
    (replace(POINTS, levels=(), note="看记录"), "看记录"),
    (CHOICE, "达标 4／基本达标 1.5／未达标 0"),
    (TICK, "有 1／无 0"),
    (replace(COUNT, events=EVENTS), "迟到 −0.5/次；拒绝→0"),
    (replace(CHOICE, wording="自己的话", note="不印"), "自己的话"),
    (RATIO, "实到÷应到×5分，保留两位小数"),
    (replace(RATIO, note="看签到册"), "实到÷应到×5分，保留两位小数；看签到册"),
    (replace(NOTE, note="见办法"), "见办法"),
    (NOTE, ""),
)


@pytest.mark.parametrize(("item", "text"), RULES)
def test_the_printed_rule(item: Item, text: str) -> None:
    assert kinds.rule(item) == text


# ------------------------------------------------------------------ what the branch counted

COUNTED: tuple[tuple[Item, dict[str, str], tuple[str, str] | None], ...] = (
    (RATIO, {"实到": "18", "应到": "20"}, ("4.5", "实到18次，应到20次，按比例得4.5分")),
    (RATIO, {"实到": "1", "应到": "3"}, ("1.67", "实到1次，应到3次，按比例得1.67分")),
    (RATIO, {"实到": "0", "应到": "3"}, ("0", "实到0次，应到3次，按比例得0分")),
    (RATIO, {"实到": "3"}, None),
    (RATIO, {"实到": "0", "应到": "0"}, None),
    (RATIO, {"实到": "4", "应到": "3"}, None),
    (NOTE, {}, None),
    (replace(COUNT, most=Decimal(9), events=(Event(what="缺席", steps=STEPS, zero_from=4),)),
     {"缺席": "0"}, ("9", "台账均无")),
    (replace(COUNT, most=Decimal(9), events=(Event(what="缺席", steps=STEPS, zero_from=4),)),
     {"缺席": "1"}, ("6", "缺席1次，扣3分")),
    (replace(COUNT, most=Decimal(9), events=(Event(what="缺席", steps=STEPS, zero_from=4),)),
     {"缺席": "3"}, ("4", "缺席3次，扣5分")),
    (replace(COUNT, most=Decimal(9), events=(Event(what="缺席", steps=STEPS, zero_from=4),)),
     {"缺席": "4"}, ("0", "缺席4次，记0分")),
    (replace(COUNT, most=Decimal(2), events=(Event(what="帮扶", steps=(Step(
        times=2, points=Decimal("1.5")),)),)), {"帮扶": "5"}, ("1.5", "帮扶5次，加1.5分")),
)  # fmt: skip


@pytest.mark.parametrize(("item", "times", "found"), COUNTED)
def test_points_and_reason_come_from_counts(
    item: Item, times: dict[str, str], found: tuple[str, str] | None
) -> None:
    expected = (Decimal(found[0]), found[1]) if found else None
    assert kinds.from_counts(item, {what: Decimal(n) for what, n in times.items()}) == expected


@pytest.mark.parametrize(
    ("attended", "held", "why"),
    [(3, 3, ""), (0, 0, "应到是 0，算不出比例"), (4, 3, "实到比应到多"), (None, 3, "")],
)
def test_why_counts_give_no_ratio(attended: int | None, held: int, why: str) -> None:
    times = {"应到": Decimal(held)}
    if attended is not None:
        times["实到"] = Decimal(attended)
    assert kinds.wrong_counts(RATIO, times) == why
    assert kinds.wrong_counts(COUNT, times) == ""


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 60), st.data())
def test_a_ratio_is_allowed_points_and_grows_with_attendance(
    held: int, data: st.DataObject
) -> None:
    attended = data.draw(st.integers(0, held))
    counts = [{"实到": Decimal(n), "应到": Decimal(held)} for n in (attended, held)]
    here, full = (kinds.from_counts(RATIO, each) for each in counts)
    assert here is not None
    assert full is not None
    assert kinds.wrong(RATIO, here[0]) is None
    assert abs(here[0] * held - attended * RATIO.most) <= Decimal("0.005") * held
    assert here[0] <= full[0] == RATIO.most


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 20)), min_size=1, max_size=4),
    st.integers(0, 12),
    st.booleans(),
)
def test_a_table_gives_the_points_of_the_last_row_reached(
    rows: list[tuple[int, int]], times: int, earns: bool
) -> None:
    sign = 1 if earns else -1
    steps = tuple(
        Step(times=n, points=Decimal(sign * points) / 2) for n, points in sorted(dict(rows).items())
    )
    item = replace(COUNT, most=Decimal(30), events=(Event(what="某事", steps=steps),))
    reached = [step.points for step in steps if step.times <= times]
    found = kinds.from_counts(item, {"某事": Decimal(times)})
    assert found is not None
    assert found[0] == (0 if earns else 30) + (reached[-1] if reached else 0)


# ------------------------------------------------------------------ bonuses

BONUS_RULES: tuple[tuple[Bonus, str], ...] = (
    (LEVEL, "省级 6／市级 4／县级 2.5；封顶6"),
    (replace(LEVEL, note="就高"), "省级 6／市级 4／县级 2.5；封顶6；就高"),
    (RANGE, "1–3 分，0.5 档；封顶3"),
    (HOURS, "超过 20 小时的部分，每满 10 小时 +0.5；封顶2"),
    (replace(EACH, unit="件"), "每件 +1；封顶2"),
    (replace(EACH, wording="自己的话"), "自己的话"),
)


@pytest.mark.parametrize(("bonus", "text"), BONUS_RULES)
def test_the_printed_rule_of_a_bonus(bonus: Bonus, text: str) -> None:
    assert kinds.bonus_rule(bonus) == text


def test_any_title_of_a_level_can_be_printed() -> None:
    bonus = replace(LEVEL, levels=levels(**{"省{厅}级": "6"}))
    assert kinds.bonus_rule(bonus) == "省{厅}级 6；封顶6"


LIMITS = (
    (LEVEL, "市级", None, "4"),
    (LEVEL, "县级", None, "2.5"),
    (LEVEL, "全国级", None, None),
    (LEVEL, "", None, None),
    (RANGE, "", None, "3"),
    (EACH, "", None, "1"),
    (HOURS, "", None, None),
    (HOURS, "", "0", "0"),
    (HOURS, "", "20", "0"),
    (HOURS, "", "29.5", "0"),
    (HOURS, "", "30", "0.5"),
    (HOURS, "", "39", "0.5"),
    (HOURS, "", "45", "1"),
    (HOURS, "", "60", "2"),
    (HOURS, "", "999999999", "2"),
)


@pytest.mark.parametrize(("bonus", "level", "hours", "limit"), LIMITS)
def test_the_most_a_row_may_claim(
    bonus: Bonus, level: str, hours: str | None, limit: str | None
) -> None:
    found = kinds.claim_limit(bonus, level, Decimal(hours) if hours else None)
    assert found == (Decimal(limit) if limit else None)


CLAIMS: tuple[tuple[Bonus, str, str | None, Wrong | None], ...] = (
    (LEVEL, "4", "4", None),
    (LEVEL, "3", "4", None),
    (LEVEL, "4.5", "4", Wrong.ABOVE),
    (LEVEL, "6", None, None),
    (LEVEL, "6.5", None, Wrong.ABOVE),
    (LEVEL, "-1", "4", Wrong.BELOW),
    (LEVEL, "3.2", "4", Wrong.STEP),
    (RANGE, "0", "3", None),
    (RANGE, "0.5", "3", Wrong.BELOW),
    (RANGE, "1", "3", None),
    (RANGE, "3.5", "3", Wrong.ABOVE),
    (HOURS, "0.5", "0", Wrong.ABOVE),
    (EACH, "1", "1", None),
)


@pytest.mark.parametrize(("bonus", "points", "limit", "why"), CLAIMS)
def test_which_claims_are_allowed(
    bonus: Bonus, points: str, limit: str | None, why: Wrong | None
) -> None:
    found = kinds.wrong_claim(bonus, Decimal(points), Decimal(limit) if limit else None)
    assert found is why


def test_words_for_the_allowed_claim() -> None:
    assert kinds.allowed_claim(RANGE, None) == "1–3 分，每 0.5 分一档"
    assert kinds.allowed_claim(LEVEL, Decimal(4)) == "0–4 分，每 0.5 分一档"


@pytest.mark.parametrize(
    ("bonus", "hint"),
    [(LEVEL, "填文号"), (RANGE, "填认定的会议"), (HOURS, "填总时数（小时）"), (EACH, "")],
)
def test_what_the_document_column_must_hold(bonus: Bonus, hint: str) -> None:
    assert kinds.document_hint(bonus) == hint
