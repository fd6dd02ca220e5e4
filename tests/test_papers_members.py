"""Notices and registration: own points, own bonuses with the reasons, nobody else's anything."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from forms_for_tests import filled, full, scores
from papers_for_tests import SCHEME, cells, kind, opened, outcome, papers, words
from schemes_for_tests import RICH

from sheetflow import number
from sheetflow.model import (
    Line,
    Member,
    Outcome,
    PaperKind,
    Quota,
    Review,
    Roster,
    Ruling,
    Standing,
    StandingStatus,
    Tier,
)
from sheetflow.papers import Facts, plan_papers
from sheetflow.ranking import rank
from sheetflow.scoring import score

KINDS = ("notices", "registration")
#: Claimed, recognised, why.
CLAIMS = (
    ("A+1-1", "3", "3", ""),
    ("A+1-2", "8", "5", "这项加分最多 8 分"),
    ("A+2-1", "2", "0", "缺日期"),
)


def claiming(found: Outcome) -> Outcome:
    """The first member claims bonuses, of which one counts, one partly, one not."""
    first, *others = found.standings
    assert first.score is not None
    lines = tuple(
        Line(
            part="A",
            code=code,
            raw=Decimal(raw),
            taken=Decimal(counted),
            counted=Decimal(counted),
            why=why,
        )
        for code, raw, counted, why in CLAIMS
    )
    counted = replace(first.score, lines=(*first.score.lines, *lines))
    return replace(found, standings=(replace(first, score=counted), *others))


FOUND = claiming(outcome(3, 1))


def told(name: str, found: Outcome = FOUND) -> list[dict[str, Any]]:
    people: Any = papers(found, name)[0].context["人员"]
    return [dict(each) for each in people]


def alone(name: str, number_: int = 0, found: Outcome = FOUND) -> str:
    """What is printed for one member."""
    (paper,) = papers(found, name)
    people: Any = paper.context["人员"]
    return words(opened(replace(paper, context={**paper.context, "人员": [people[number_]]})))


# ------------------------------------------------------------------ both kinds


@pytest.mark.parametrize("name", KINDS)
def test_one_pack_holds_everybody_who_is_scored(name: str) -> None:
    (paper,) = papers(FOUND, name)
    assert paper.folder == ""
    names = {s.member.name for s in FOUND.standings}
    assert {each["姓名"] for each in told(name)} == names
    assert len(opened(paper).sections) == len(names)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_printed_for_one_names_nobody_else(name: str) -> None:
    text = alone(name)
    own, *others = (each["姓名"] for each in told(name))
    assert own in text
    assert not [other for other in others if other in text]


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_said_of_places_or_seats(name: str) -> None:
    found = replace(FOUND, quota=None)
    for n in range(len(told(name, found))):
        text = alone(name, n)
        assert "名额" not in text
        assert "候选" not in text


@pytest.mark.parametrize("status", [StandingStatus.MISSING, StandingStatus.EXEMPT,
                                    StandingStatus.DEFERRED, StandingStatus.LEFT])  # fmt: skip
@pytest.mark.parametrize("name", KINDS)
def test_who_is_not_scored_is_told_nothing(name: str, status: StandingStatus) -> None:
    other = Standing(member=Member(id="999", name="某人"), status=status)
    found = replace(FOUND, standings=(*FOUND.standings, other))
    assert "某人" not in {each["姓名"] for each in told(name, found)}


@pytest.mark.parametrize("name", KINDS)
def test_every_claim_has_its_verdict_and_reason(name: str) -> None:
    (claims,) = [each["加分认定"] for each in told(name) if each["加分认定"]]
    assert [(c["编号"], c["申报"], c["认定"], c["结果"], c["说明"]) for c in claims] == [
        ("A+1-1", "3", "3", "计分", ""),
        ("A+1-2", "8", "5", "部分计分", "这项加分最多 8 分"),
        ("A+2-1", "2", "0", "不计分", "缺日期"),
    ]
    assert "不计分：缺日期" in alone(name, [bool(e["加分认定"]) for e in told(name)].index(True))


@pytest.mark.parametrize("name", KINDS)
def test_who_gets_no_tier_is_told_so(name: str) -> None:
    first, *others = FOUND.standings
    waiting = replace(first, status=StandingStatus.NOT_GRADED, proposed_tier=None, final_tier=None)
    found = replace(FOUND, standings=(waiting, *others))
    assert [e["等次"] for e in told(name, found) if e["姓名"] == first.member.name] == ["不定等次"]


@pytest.mark.parametrize("name", KINDS)
def test_a_file_for_each_holds_one_member(name: str) -> None:
    single = replace(kind(name), single=True)
    scheme = replace(SCHEME, papers=(single,))
    pack, *singles = papers(replace(FOUND, scheme=scheme), name)
    people: Any = pack.context["人员"]
    assert len(singles) == len(people)
    for paper, each in zip(singles, people, strict=True):
        assert paper.context["人员"] == [each]
        assert paper.folder == kind(name).title
        assert paper.name.startswith(f"{each['编号']}-{each['姓名']}-")


# ------------------------------------------------------------------ notices


def test_a_notice_says_how_to_object_and_has_a_receipt() -> None:
    text = alone("notices")
    assert "请在某异议期限前，以书面形式向支部提出" in text
    assert "受理地点：某受理地点。联系人：某联系人，电话：某电话。" in text
    assert "回　　执" in text
    assert "本人签字" in text


def test_who_claimed_nothing_is_told_so() -> None:
    nobody = [each["加分认定"] for each in told("notices")].index([])
    assert "您没有申报加分。" in alone("notices", nobody)


def test_points_of_sections_and_sums_are_those_of_the_score() -> None:
    (paper,) = papers(FOUND, "notices")
    people: Any = paper.context["人员"]
    table = cells(opened(replace(paper, context={**paper.context, "人员": people[:1]})), 0)
    named = [row[1:] for row in table[1:-1]]
    parts = people[0]["各部分"]
    assert named == [[c["名称"], c["满分"], c["得分"]] for part in parts for c in part["类别"]]
    for part, shown in zip(SCHEME.parts, parts, strict=True):
        titles = [section.title for section in part.sections]
        assert [c["名称"] for c in shown["类别"]] == [*titles, "加分", "小计"]
    assert table[-1] == ["总分", people[0]["总分"]]


# ------------------------------------------------------------------ registration


def test_the_sheet_holds_every_item_with_both_points() -> None:
    (paper,) = papers(FOUND, "registration")
    people: Any = paper.context["人员"]
    document = opened(replace(paper, context={**paper.context, "人员": people[:1]}))
    for at, part in enumerate(SCHEME.parts, 1):
        _heading, *rows = cells(document, at)
        items = rows[: len(part.items)]
        assert [row[0] for row in items] == [item.code for item in part.items]
        assert {(row[3], row[4]) == (row[2], row[2]) for row in items} == {True}
        assert rows[-3][:2] == ["基本分", number.text(part.base)]


def test_everybody_who_signs_has_a_box() -> None:
    text = alone("registration")
    for box in SCHEME.signatures:
        assert box.signer in text
        assert box.text in text


# ------------------------------------------------------------------ from real forms

RECKONED = replace(
    RICH,
    settings=replace(RICH.settings, review=Review.NONE),
    tiers=(
        Tier(title="优", at_least=Decimal(35), commended=True),
        Tier(title="良", at_least=Decimal(28)),
        Tier(title="中", reported=True),
    ),
    quota=Quota(tier="优"),
    gates=(),
)
ALL = PaperKind(kind="n", title="单", template="", occasion=kind("notices").occasion)


def reckoned(vetoed: str = "") -> list[dict[str, Any]]:
    """Two members through forms, scoring and ranking."""
    forms = {
        name: filled(full() | scores(**typed), member=name)
        for name, typed in {"甲": {}, "乙": {"A1_1": 1}}.items()
    }
    found = {name: score(RECKONED, form) for name, form in forms.items()}
    roster = Roster(members=tuple(Member(id=n, name=n, category="在册") for n in forms))
    rulings = {n: Ruling(member=n, veto="V1" if n == vetoed else "", basis="某文") for n in forms}
    standings, quota = rank(RECKONED, roster, found, {}, list(rulings.values()))
    outcome_ = Outcome(
        scheme=RECKONED,
        scheme_version="1-x",
        standings=standings,
        quota=quota,
        decided=replace(outcome().decided, members=rulings),
    )
    (paper,) = plan_papers(Facts(outcome=outcome_, forms=forms), ALL)
    people: Any = paper.context["人员"]
    return [dict(each) for each in people]


def test_typed_and_counted_points_come_from_the_form() -> None:
    second, first = reckoned()
    typed = [item["自评"] for item in first["各部分"][0]["指标"]]
    assert typed[0] == "5"
    assert second["各部分"][0]["指标"][0]["核定"] == "1"
    assert second["各部分"][0]["类别"][0]["得分"] == "5"


def test_a_veto_is_explained_to_whom_it_met_alone() -> None:
    second, first = reckoned(vetoed="甲")
    assert "依据：某文" in first["等次说明"]
    assert "最高 中" in first["等次说明"]
    assert second["等次说明"] == ""
