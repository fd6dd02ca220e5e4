"""Which return counts: never the order of arrival, never a silent choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from forms_for_tests import filled, full, scores
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.model import (
    Choice,
    Entry,
    Fault,
    Field,
    Source,
    Stamp,
    Submission,
    Value,
    ValueKind,
)
from sheetflow.returns import by_member, choose, hold, version


def back(
    file: str, points: int, *, hour: int | None = None, generation: int = 0, member: str = "007"
) -> Submission:
    return replace(
        filled(scores(A1_1=points)),
        file=file,
        stamp=Stamp(round="r", scheme="1", member=member, generation=generation),
        modified=None if hour is None else datetime(2015, 12, 1, hour, tzinfo=UTC),
    )


#: Returns of one member, the file that counts (none: a person chooses).
CASES: tuple[tuple[Sequence[Submission], str | None], ...] = (
    ([back("a", 1)], "a"),
    ([back("a", 1, hour=9), back("b", 2, hour=10)], "b"),
    ([back("a", 2, hour=10), back("b", 1, hour=9)], "a"),
    ([back("a", 1, hour=12), back("b", 2, hour=9, generation=1)], "b"),
    ([back("a", 1, generation=1), back("b", 2, generation=2)], "b"),
    ([back("a", 1, hour=9, generation=1), back("b", 2, hour=10, generation=1)], "b"),
    ([back("a", 1), back("b", 2)], None),
    ([back("a", 1, hour=9), back("b", 2)], None),
    ([back("a", 1, hour=9), back("b", 2, hour=9)], None),
    ([back("a", 1, hour=9), back("b", 2, hour=10), back("c", 3, hour=10)], None),
    ([back("a", 1, hour=9), back("b", 2), back("c", 3, generation=1)], "c"),
    ([back("a", 1), back("b", 1)], "a"),
    ([back("a", 1, hour=9), back("b", 1)], "a"),
    ([back("a", 1, hour=9), back("b", 1, hour=10)], "b"),
)


@pytest.mark.parametrize(("returned", "counts"), CASES)
def test_which_return_counts(returned: Sequence[Submission], counts: str | None) -> None:
    for order in permutations(returned):
        found = choose(order)
        assert (found.counts.file if found.counts else None) == counts
        listed = [*found.older, *found.rivals, *([found.counts] if found.counts else [])]
        assert sorted(each.file for each in listed) == sorted(each.file for each in returned)
        assert bool(found.rivals) is (found.counts is None)


def test_the_later_counts_even_with_faults() -> None:
    spoilt = replace(back("b", 2, hour=10), faults=(Fault("code-missing", Source("b")),))
    assert choose([back("a", 1, hour=9), spoilt]).counts == spoilt


def test_rivals_leave_the_plainly_older_aside() -> None:
    found = choose([back("a", 1), back("b", 2, generation=1), back("c", 3, generation=1)])
    assert [each.file for each in found.rivals] == ["b", "c"]
    assert [each.file for each in found.older] == ["a"]


@pytest.mark.parametrize(("ahead", "counts"), [(20, "b"), (28, None)])
def test_a_clock_ahead_of_the_arrival_by_more_than_zones_puts_no_form_first(
    ahead: int, counts: str | None
) -> None:
    came = datetime(2015, 12, 1, 12)  # noqa: DTZ001 - local time, as receipts have it
    saved = came.replace(tzinfo=UTC) + timedelta(hours=ahead)
    later = replace(back("b", 2), modified=saved, received=came)
    found = choose([replace(back("a", 1, hour=9), received=came), later])
    assert (found.counts.file if found.counts else None) == counts


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 2), st.none() | st.integers(8, 9), st.integers(0, 1)),
        min_size=1,
        max_size=5,
    ),
    st.randoms(),
)
def test_the_order_of_arrival_never_matters(
    made: list[tuple[int, int | None, int]], chance: Random
) -> None:
    returned = [
        back(f"{n}", points, hour=hour, generation=generation)
        for n, (points, hour, generation) in enumerate(made)
    ]
    mixed = chance.sample(returned, len(returned))
    assert choose(mixed) == choose(returned)
    found = choose(returned)
    newest = max(generation for _points, _hour, generation in made)
    for each in (*found.rivals, *([found.counts] if found.counts else [])):
        assert each.stamp is not None
        assert each.stamp.generation == newest


@pytest.mark.parametrize(("turned_down", "counts", "held"), [(False, "a", ["b"]), (True, "b", [])])
def test_what_was_approved_counts_before_a_later_form_unless_it_is_turned_down(
    turned_down: bool, counts: str, held: list[str]
) -> None:
    approved, later = back("a", 1, hour=9), back("b", 2, hour=10)
    said = [Choice(file="a", version=version(approved), adopt=False)] if turned_down else []
    found = hold(choose([approved, later], said), version(approved), said)
    assert found.counts is not None
    assert found.counts.file == counts
    assert [each.file for each in found.held] == held


# ------------------------------------------------------------------ versions


def test_saving_again_makes_no_new_version() -> None:
    form = filled(full())
    moved = tuple(e._replace(spot=Source("x", "y", "Z1")) for e in reversed(form.entries))
    again = replace(form, file="x", entries=moved, modified=datetime(2015, 12, 1, tzinfo=UTC))
    assert version(again) == version(form)
    assert len(version(form)) == 8


def test_what_is_typed_for_the_branch_is_no_new_version() -> None:
    form = filled(full())
    typed = Entry("A1-1", Field.APPROVED, Value(ValueKind.NUMBER, "3"), Source())
    assert version(replace(form, entries=(*form.entries, typed))) == version(form)


@pytest.mark.parametrize(
    "change",
    [scores(A1_1=4), scores(A1_1="5"), {("A1-1", Field.EVIDENCE): "有"}, scores(A1_2=0)],
)
def test_anything_else_typed_is_a_new_version(change: dict[tuple[str, Field], str | int]) -> None:
    assert version(filled({**full(), **change})) != version(filled(full()))


def test_returns_are_gathered_by_whose_they_are() -> None:
    nobody = replace(back("x", 1), stamp=None)
    forms = [back("a", 1), back("b", 1, member="012"), nobody, back("c", 2)]
    found = {member: [s.file for s in each] for member, each in by_member(forms).items()}
    assert found == {"007": ["a", "c"], "012": ["b"]}
