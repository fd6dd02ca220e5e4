"""X6: who has returned what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from checks.builders import ROSTER, SCHEME, Typed, codes, form, moment, said
from sheetflow.checks.registry import Case, run_checks
from sheetflow.model import (
    Absence,
    Member,
    Roster,
    Standing,
    StandingStatus,
    Submission,
)


def returned(name: str, points: int, hour: int | None, member: str = "007") -> Submission:
    modified = moment(hour) if hour is not None else None
    return replace(form(member=member, A2_1=points), file=name, modified=modified)


def case(*forms: Submission, members: Iterable[Member] = ROSTER) -> Case:
    return Case(scheme=SCHEME, roster=Roster(members=tuple(members)), submissions=forms)


def test_who_has_not_returned_is_a_note_each() -> None:
    first, second, third = ROSTER
    standings = (
        Standing(member=first, status=StandingStatus.GRADED),
        Standing(member=second, status=StandingStatus.MISSING),
        Standing(member=third, status=StandingStatus.EXEMPT),
    )
    (finding,) = run_checks(Case(scheme=SCHEME, standings=standings), "X")
    assert (finding.code, finding.member, finding.source) == ("X601", "012", second.source)
    assert finding.message == "乙二还没有交表，请催交。"


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ([("a", 3, 9)], []),
        ([("a", 3, 9), ("b", 2, 10)], ["X603 a"]),
        ([("a", 3, 10), ("b", 2, 9)], ["X603 b"]),
        ([("a", 3, 9), ("b", 3, 9)], ["X603 b"]),
        ([("a", 3, 9), ("b", 2, 9)], ["X602 名册!A2"]),
        ([("a", 3, None), ("b", 2, 9)], ["X602 名册!A2"]),
        ([("a", 3, 9), ("b", 2, 9), ("c", 1, 8)], ["X602 名册!A2", "X603 c"]),
    ],
)
def test_versions_of_one_member(
    forms: list[tuple[str, int, int | None]], expected: list[str]
) -> None:
    assert said(case(*(returned(*each) for each in forms)), "X") == expected


def test_a_time_of_saving_after_the_form_came_decides_nothing() -> None:
    came = moment(12).replace(tzinfo=None)
    right = replace(returned("a", 3, 9), received=came)
    wrong = replace(returned("b", 2, None), received=came, modified=moment(9).replace(year=2030))
    assert said(case(right, wrong), "X") == ["X602 名册!A2"]


def test_two_members_do_not_rival() -> None:
    assert codes(case(returned("a", 3, 9), returned("b", 2, 9, member="012")), "X") == []


def test_rivals_are_all_named() -> None:
    (finding,) = run_checks(case(returned("a", 3, 9), returned("b", 2, 9)), "X")
    assert finding.found == "a、b"


@pytest.mark.parametrize("absence", list(Absence))
def test_a_form_of_an_absent_member_is_a_warning(absence: Absence) -> None:
    absent = [replace(member, absence=absence) for member in ROSTER]
    assert said(case(returned("a", 3, 9), members=absent), "X") == ["X604 a"]


@pytest.mark.parametrize(
    ("older", "newer", "settled"),
    [
        ({"A2-1": 9, "A1-1": "4-5"}, {}, ("2", "2")),
        ({"A2-1": 9, "A1-1": "4-5"}, {"A2-1": -1}, ("1", "2")),
        ({"A2-1": 9}, {"A2-1": "满分"}, ("0", "1")),
        ({}, {"A2-1": 9}, None),
        ({"A1-1": None}, {}, ("1", "1")),
    ],
)
def test_it_is_said_how_many_faults_of_the_older_form_are_settled(
    older: dict[str, Typed], newer: dict[str, Typed], settled: tuple[str, str] | None
) -> None:
    before = replace(form(scores=older), file="a", modified=moment(9))
    after = replace(form(scores=newer), file="b", modified=moment(10))
    notes = [f for f in run_checks(case(before, after), "X") if f.code == "X605"]
    assert [(f.source.file, f.found, f.expected) for f in notes] == (
        [("b", *settled)] if settled else []
    )
