"""The short notation: what is printed is read back; nonsense is told, never half understood."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.model import Event, Level, Step
from sheetflow.notation import read_events, read_levels, show_event, show_events, show_levels

#: What rules are typed of, whole and broken.
PIECES = (
    "缺席", "迟到", " −1/次", " +0.5/篇", " 1次−3", "2次−5", "≥3次→0", "≥3次+2", "→0",
    "最多2篇", "，", "；", "/", "−", "次", "5", " ",
)  # fmt: skip
letters = st.text("甲乙丙级达成基本未开展（）、无故缺席", min_size=1, max_size=8)
points = st.decimals(0, 100, places=2, allow_nan=False)
levels = st.builds(Level, title=letters, points=points)
events = st.one_of(
    st.builds(
        Event,
        what=letters,
        each=points.filter(bool).map(lambda p: -p),
        unit=st.sampled_from(["次", "节", "个月"]),
        zero_from=st.none() | st.integers(1, 9),
    ),
    st.builds(
        Event,
        what=letters,
        each=points.filter(bool),
        unit=st.sampled_from(["次", "篇"]),
        most_times=st.none() | st.integers(1, 9),
    ),
    st.builds(Event, what=letters, zero_from=st.integers(1, 9)),
    st.builds(
        Event,
        what=letters,
        unit=st.sampled_from(["次", "个月"]),
        zero_from=st.none() | st.integers(1, 9),
        steps=st.lists(
            st.builds(Step, times=st.integers(1, 9), points=points.filter(bool)), min_size=1
        ).map(tuple),
    ),
    st.builds(
        Event,
        what=letters,
        steps=st.lists(
            st.builds(Step, times=st.integers(1, 9), points=points.filter(bool).map(lambda p: -p)),
            min_size=1,
        ).map(tuple),
    ),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(levels, min_size=1, max_size=4).map(tuple))
def test_levels_printed_are_levels_read(shown: tuple[Level, ...]) -> None:
    assert read_levels(show_levels(shown)) == shown


@settings(max_examples=120, deadline=None)
@given(st.lists(events, min_size=1, max_size=4).map(tuple))
def test_events_printed_are_events_read(shown: tuple[Event, ...]) -> None:
    assert read_events(show_events(shown)) == shown


def test_a_level_may_end_in_a_digit() -> None:
    shown = (Level(title="第1", points=Decimal(3)), Level(title="A2", points=Decimal("0.5")))
    assert read_levels(show_levels(shown)) == shown


def table(*rows: tuple[int, str]) -> tuple[Step, ...]:
    return tuple(Step(times=times, points=Decimal(points)) for times, points in rows)


PRINTED = (
    (Event(what="迟到", each=Decimal("-0.5")), "迟到 −0.5/次"),
    (Event(what="缺席", each=Decimal(-1), zero_from=3), "缺席 −1/次，≥3次→0"),
    (Event(what="心得", each=Decimal(1), unit="篇", most_times=2), "心得 +1/篇，最多2篇"),
    (Event(what="拒绝", zero_from=1), "拒绝→0"),
    (
        Event(what="无故缺席", steps=table((1, "-3"), (2, "-5")), zero_from=3),
        "无故缺席 1次−3，2次−5，≥3次→0",
    ),
    (Event(what="帮扶", steps=table((1, "1"), (3, "2.5"))), "帮扶 1次+1，≥3次+2.5"),
)


@pytest.mark.parametrize(("event", "text"), PRINTED)
def test_how_an_event_is_printed(event: Event, text: str) -> None:
    assert show_event(event) == text


SAME = (
    ("迟到 -0.5/次", PRINTED[0][0]),
    (" 迟到  −0.5/次 ；", PRINTED[0][0]),
    ("缺席 −1/次≥3次→0", PRINTED[1][0]),
    ("无故缺席 1次-3，2次-5，≥3次→0", PRINTED[4][0]),
    ("帮扶  1次+1，3次+2.5", PRINTED[5][0]),
)


@pytest.mark.parametrize(("text", "event"), SAME)
def test_other_ways_to_type_the_same_event(text: str, event: Event) -> None:
    assert read_events(text) == (event,)


@pytest.mark.parametrize("text", ["达成 3/基本达成 2", "达成=3／基本达成：2", "达成3／基本达成2"])
def test_other_ways_to_type_the_same_levels(text: str) -> None:
    expected = (
        Level(title="达成", points=Decimal(3)),
        Level(title="基本达成", points=Decimal(2)),
    )
    assert read_levels(text) == expected


NO_LEVELS = ("", "达成", "3", "达成 3／", "达成 3／／未达 0", "达成 3分", "达成 三", "达成 3 2．")
NO_EVENTS = ("", "缺席", "→0", "缺席 −1", "缺席 −1/", "缺席 −1/次，≥3次", "缺席 −1/次，最多",
             "缺席 −x/次", "迟到 −0,5/次", "迟到 1/次", "a→0；；b→0", "缺席 −1 /次")  # fmt: skip
#: Each was typed with one slip; read as some other rule it would score people wrongly.
SLIPS_LEVELS = ("差 −1", "差 -1", "省级 6,5", "省级 0。5", "省级 .5", "达成 2-3", "达成 1e3", "= 3")
SLIPS_EVENTS = (
    "缺席-1/次，≥3次→0",
    "缺席 −1次，≥3次→0",
    "缺席 -1/次，>=3次→0",
    "缺席 −1/次，≥ 3次→0",
    "缺席 −1/次，3次→0",
    "迟到 −0,5/次，≥3次→0",
    "缺席 −−1/次→0",
    "缺席 −1/次,≥3次→0",
    "缺席 1次−3，2次−5，3次→0",
    "缺席 ≥1次−3，2次−5",
    "缺席 1次−3，2节−5",
    "缺席 1次−3，2次5",
    "缺席 1次−3,2次−5",
    "缺席 1次−3，≥3次→0，4次−6",
    "缺席 1次−3，−1/次",
    "缺席1次−3",
)


@pytest.mark.parametrize("text", NO_LEVELS)
def test_no_levels(text: str) -> None:
    assert read_levels(text) is None


@pytest.mark.parametrize("text", NO_EVENTS)
def test_no_events(text: str) -> None:
    assert read_events(text) is None


@pytest.mark.parametrize("text", SLIPS_LEVELS)
def test_a_slip_in_a_level_is_not_read_as_another_level(text: str) -> None:
    assert read_levels(text) is None


@pytest.mark.parametrize("text", SLIPS_EVENTS)
def test_a_slip_in_an_event_is_not_read_as_another_event(text: str) -> None:
    assert read_events(text) is None


def test_the_unit_of_a_bare_limit_is_kept() -> None:
    shown = (Event(what="旷课", unit="节", zero_from=3),)
    assert read_events(show_events(shown)) == shown


def test_digits_without_end_are_no_number_of_times() -> None:
    assert read_events(f"心得 +1/篇，最多{'1' * 5000}篇") is None


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_reading_is_stable_whatever_is_typed(text: str) -> None:
    found = read_events(text) or ()
    if all(event.each or event.zero_from or event.steps for event in found):
        assert read_events(show_events(found)) == (found or None)
