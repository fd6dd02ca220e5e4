"""Z7: what people must know or decide about the standings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.builders import SCHEME, Typed, codes, form
from sheetflow import ranking, scoring
from sheetflow.checks.registry import Case, run_checks
from sheetflow.model import (
    Member,
    Quota,
    QuotaRule,
    Roster,
    Ruling,
    Scheme,
    Source,
)

DESK = Source("核定.xlsx", "核定", "F3")
GATED = replace(SCHEME, gates=tuple(replace(gate, active=True) for gate in SCHEME.gates))
TWO_SEATS = replace(
    SCHEME, quota=Quota(tier=SCHEME.tiers[0].title, rule=QuotaRule.GIVEN, given=2, ties=("B",))
)
LOW: dict[str, Typed] = {"A2-1": 0}


def case(
    *forms: dict[str, Typed],
    rulings: tuple[Ruling, ...] = (),
    scheme: Scheme = SCHEME,
    more: int = 0,
) -> Case:
    """Members 001, 002 … with these forms, and so many more who have not returned."""
    members = tuple(
        Member(id=f"{n:03d}", name=f"甲{n}", category="正式党员", source=Source(cell=f"A{n}"))
        for n in range(1, len(forms) + more + 1)
    )
    scores = {
        member.id: scoring.score(scheme, form(scores=typed))
        for member, typed in zip(members, forms, strict=False)
    }
    roster = Roster(members=members)
    standings, quota = ranking.rank(scheme, roster, scores, {}, rulings)
    return Case(scheme=scheme, roster=roster, standings=standings, quota=quota, rulings=rulings)


def veto(code: str = "V1", member: str = "001", basis: str = "处分决定") -> Ruling:
    return Ruling(member=member, veto=code, basis=basis, sources={"veto": DESK})


def test_a_tie_across_the_quota_is_told_once_with_all_names() -> None:
    tied = case({}, {}, {}, scheme=TWO_SEATS)
    findings = [f for f in run_checks(tied, "Z") if f.code == "Z701"]
    assert [f.found for f in findings] == ["甲1 100、甲2 100、甲3 100"]
    assert "Z701" not in codes(case({}, {}, LOW, scheme=TWO_SEATS), "Z")


@pytest.mark.parametrize(
    ("forms", "more", "scheme", "told"),
    [
        ([{}], 2, SCHEME, False),
        ([{}, {}], 2, SCHEME, True),
        ([{}, {}, LOW], 0, replace(SCHEME, quota=None), True),
        ([{}, {}], 2, TWO_SEATS, False),
    ],
)
def test_more_than_a_third_without_a_quota_is_told(
    forms: list[dict[str, Typed]], more: int, scheme: Scheme, *, told: bool
) -> None:
    assert ("Z702" in codes(case(*forms, more=more, scheme=scheme), "Z")) is told


@pytest.mark.parametrize(
    ("ruling", "expected"),
    [
        (veto(), ["Z703"]),
        (veto(basis=" "), ["Z706", "Z703"]),
        (veto("V9"), ["Z707"]),
        (veto(member="099"), ["Z707"]),
        (veto(""), []),
    ],
)
def test_a_veto_is_told_at_its_cell(ruling: Ruling, expected: list[str]) -> None:
    findings = run_checks(case({}, more=3, rulings=(ruling,)), "Z")
    vetoes = [f for f in findings if f.code in {"Z703", "Z706", "Z707"}]
    assert [f.code for f in vetoes] == expected
    assert {f.source for f in vetoes} <= {DESK}


#: All of B at nought but B1: below the gate of 36.
POOR_B: dict[str, Typed] = {"B2-2": 0, "B2-3": 0}


@pytest.mark.parametrize(
    ("scheme", "typed", "told"),
    [
        (GATED, {}, False),
        (SCHEME, POOR_B, False),
        # 94 points are below the tier that the gate guards: it changes nothing.
        (GATED, POOR_B, False),
    ],
)
def test_a_gate_that_changes_nothing_is_not_told(
    scheme: Scheme, typed: dict[str, Typed], *, told: bool
) -> None:
    assert ("Z704" in codes(case(typed, scheme=scheme), "Z")) is told


def test_a_gate_that_closes_a_tier_is_told() -> None:
    first = replace(GATED.tiers[0], at_least=SCHEME.base - 10)
    lower = replace(GATED, tiers=(first, *GATED.tiers[1:]))
    found = [f for f in run_checks(case(POOR_B, scheme=lower), "Z") if f.code == "Z704"]
    assert [(f.found, f.expected, f.member) for f in found] == [("34", "≥36", "001")]


def test_nought_where_a_veto_may_apply_asks_once_until_one_is_entered() -> None:
    nought: dict[str, Typed] = {"B3-1": 0}
    asked = [f for f in run_checks(case(nought), "Z") if f.code == "Z705"]
    assert [(f.item, f.member) for f in asked] == [("B3-1", "001")]
    assert "Z705" not in codes(case(nought, rulings=(veto(),)), "Z")
    assert "Z705" not in codes(case({"B2-2": 0}), "Z")


def test_nobody_commended_is_a_note_once_somebody_is_graded() -> None:
    assert "Z708" in codes(case(LOW), "Z")
    assert "Z708" not in codes(case({}), "Z")
    assert "Z708" not in codes(case(more=2), "Z")


@pytest.mark.parametrize(("those", "told"), [(5, 5), (6, 1)])
def test_a_meeting_nobody_entered_is_told_one_by_one_only_beside_a_few(
    those: int, told: int
) -> None:
    ids = [f"{n:03d}" for n in range(1, those + 1)]
    rulings = tuple(Ruling(member=m, meeting="2", sources={"meeting": DESK}) for m in ids)
    found = run_checks(case(*({} for _id in ids), rulings=rulings), "D")
    said = [finding for finding in found if finding.code == "D818"]
    assert len(said) == told
    assert said[0].source == DESK
    assert [f.member for f in said] == (ids if told > 1 else [""])
    assert ("起有 6 人写的会次“2”没有登记" in said[0].message) is (told == 1)
