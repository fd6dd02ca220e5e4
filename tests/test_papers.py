"""What papers and the JSON say: every number derived, nothing blank passed over in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from forms_for_tests import filled, full, scores
from hypothesis import given, settings
from hypothesis import strategies as st
from schemes_for_tests import RICH

from sheetflow.document import finding_json, findings_json, outcome_json
from sheetflow.model import (
    Absence,
    Category,
    FileStatus,
    Finding,
    Member,
    NameOrder,
    Occasion,
    Outcome,
    PaperKind,
    Quota,
    QuotaRule,
    Receipt,
    Review,
    Roster,
    Ruling,
    Scheme,
    Severity,
    Slot,
    Source,
    Tier,
)
from sheetflow.names import rule
from sheetflow.outcomes import counts
from sheetflow.papers import commended, not_now, plan_paper, reported, tiers_in_prose
from sheetflow.ranking import rank
from sheetflow.scoring import score

PRAISE = PaperKind(
    kind="praise", title="表彰", template="a.docx", occasion=Occasion.COMMENDED, needs=("会议",)
)
REPORT = PaperKind(
    kind="report",
    title="报告",
    template="b.docx",
    occasion=Occasion.OUTCOME,
    needs=("会议", "依据"),
    member_needs=("本人态度",),
    upward=True,
)
SCHEME = replace(
    RICH,
    settings=replace(RICH.settings, superior="上级学校", review=Review.NONE),
    tiers=(
        Tier(title="优", at_least=Decimal(35), commended=True),
        Tier(title="良", at_least=Decimal(28)),
        Tier(title="中", reported=True),
    ),
    categories=(Category(title="在册"), Category(title="预备", graded=False, in_quota=False)),
    gates=(),
    quota=None,
    papers=(PRAISE, REPORT),
    slots=(Slot(name="会议", text="12月25日会议"), Slot(name="依据", text="某办法")),
)
#: Self scores typed over a full form: total 35 is the best.
TOP: Mapping[str, int] = {}
MIDDLE = {"A1_1": 0}
LOW = {"A1_1": 0, "A1_2": 0, "B1_1": 0}


def person(name: str, category: str = "在册", absence: Absence | None = None) -> Member:
    details = (("职务", f"{name}的职务"), ("小组", "一组"))
    return Member(
        id=name, name=name, category=category, group="一组", absence=absence, details=details
    )


def outcome(
    people: Mapping[str, Mapping[str, int] | None] | None = None,
    scheme: Scheme = SCHEME,
    *more: Member,
    vetoed: str = "",
) -> Outcome:
    """Make the outcome of these forms; ``None`` is a form with an item left blank."""
    forms = {"甲": TOP, "乙": MIDDLE, "丙": LOW} if people is None else people
    found = {}
    for name, typed in forms.items():
        cells = full() | scores(**(typed or {}))
        if typed is None:
            del cells[next(iter(cells))]
        found[name] = score(scheme, filled(cells, member=name))
    roster = Roster(members=(*map(person, forms), *more))
    standings, quota = rank(scheme, roster, found, {}, [Ruling(member=vetoed, veto="V1")])
    provisional = scheme.settings.review is Review.REQUIRED
    return Outcome(
        scheme=scheme,
        scheme_version="1-x",
        standings=standings,
        quota=quota,
        provisional=provisional,
    )


def says(paper: Outcome, kind: PaperKind = REPORT) -> dict[str, Any]:
    return dict(plan_paper(paper, kind, draft=False).context)


# ------------------------------------------------------------------ what a paper says


def test_a_complete_outcome_makes_final_papers() -> None:
    paper = plan_paper(outcome(), PRAISE, draft=False)
    assert (paper.blanks, paper.draft, paper.context["草稿"]) == ((), (), "")


def test_counts_in_the_text_are_those_of_the_outcome() -> None:
    more = (
        person("丁", "预备"),
        person("戊", absence=Absence.EXEMPT),
        person("己", absence=Absence.DEFERRED),
        person("庚", absence=Absence.LEFT),
    )
    found = outcome(None, SCHEME, *more)
    text, n = says(found), counts(found)
    names = {
        "应评": "due", "参评": "assessed", "评定": "graded", "不定等次": "not_graded",
        "免评": "exempt", "缓评": "deferred", "未交": "missing", "未定": "undecided",
    }  # fmt: skip
    assert {word: text[word] for word in names} == {w: str(n[key]) for w, key in names.items()}
    assert text["等次表"] == [
        {"等次": "优", "人数": "1", "占比": "33.4%"},
        {"等次": "良", "人数": "1", "占比": "33.3%"},
        {"等次": "中", "人数": "1", "占比": "33.3%"},
    ]
    assert text["表彰人数"] == str(len(text["名单"])) == "1"
    assert [row["姓名"] for row in text["成绩表"]] == ["乙", "丁", "己", "丙", "戊", "甲"]
    assert [row["备注"] for row in text["成绩表"]] == ["", "未交", "缓评", "", "免评", ""]
    assert [row["总分"] for row in text["成绩表"]] == ["30", "—", "—", "23", "—", "35"]


def test_names_stand_in_the_tier_they_reached() -> None:
    text = says(outcome())
    assert [row["姓名"] for row in text["名单"]] == ["甲"]
    assert text["名单"][0]["职务"] == "甲的职务"
    assert [row["姓名"] for row in text["上报人员"]] == ["丙"]
    assert text["低等次"] == [
        {"等次": "良", "人数": "1", "姓名们": "乙"},
        {"等次": "中", "人数": "1", "姓名们": "丙"},
    ]


def test_a_veto_moves_the_name_to_the_tier_that_counts() -> None:
    text = says(outcome(vetoed="甲"))
    assert text["名单"] == []
    assert [row["姓名"] for row in text["上报人员"]] == ["丙", "甲"]
    assert [row["人数"] for row in text["等次表"]] == ["0", "1", "2"]


def test_where_a_reported_member_lost_most_comes_first() -> None:
    lost = says(outcome())["上报人员"][0]["失分"].split("、")
    assert [text.split("（")[-1] for text in lost] == ["5分得0分）", "4分得0分）", "3分得0分）"]


def test_who_is_only_scored_is_in_no_tier() -> None:
    scheme = replace(SCHEME, categories=(Category(title="在册", graded=False),))
    text = says(outcome({"甲": TOP}, scheme))
    assert (text["名单"], text["表彰人数"]) == ([], "0")
    assert {row["人数"] for row in text["等次表"]} == {"0"}
    assert {row["占比"] for row in text["等次表"]} == {"—"}
    assert text["成绩表"][0]["等次"] == "—"
    assert text["成绩表"][0]["总分"] == "35"


texts = st.text(max_size=30).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_what_people_wrote_reaches_the_paper_untouched(text: str) -> None:
    scheme = replace(SCHEME, slots=(Slot(name="会议", text=text), *SCHEME.slots[1:]))
    paper = plan_paper(outcome({"甲": TOP}, scheme), PRAISE, draft=False)
    assert paper.context["会议"] == (text or "【待填：会议】")
    assert bool(paper.blanks) is (not text)


# ------------------------------------------------------------------ drafts

DRAFTS: tuple[tuple[Outcome, PaperKind, tuple[str, ...], tuple[str, ...]], ...] = (
    (outcome({"甲": TOP}), PRAISE, (), ()),
    (outcome({"甲": TOP}), REPORT, (), ()),
    (outcome(), REPORT, ("本人态度",), ("有待填内容",)),
    (outcome({"甲": TOP}, replace(SCHEME, slots=())), REPORT, ("会议", "依据"), ("有待填内容",)),
    (
        outcome({"甲": TOP}, replace(SCHEME, slots=(Slot(name="会议", text=" "),))),
        PRAISE,
        ("会议",),
        ("有待填内容",),
    ),
    (outcome({"甲": TOP, "乙": None}), PRAISE, (), ("1人结果未定",)),
    (outcome({"甲": TOP}, SCHEME, person("乙")), PRAISE, (), ("1人未交表",)),
    (outcome({"甲": TOP}, SCHEME, person("乙", absence=Absence.DEFERRED)), PRAISE, (), ()),
    (
        outcome(
            {"甲": TOP},
            replace(SCHEME, settings=replace(SCHEME.settings, review=Review.REQUIRED)),
        ),
        PRAISE,
        ("公示起止日期",),
        ("自评分尚未核定", "有待填内容"),
    ),
)


@pytest.mark.parametrize(("found", "kind", "blanks", "reasons"), DRAFTS)
def test_why_a_paper_is_a_draft(
    found: Outcome, kind: PaperKind, blanks: tuple[str, ...], reasons: tuple[str, ...]
) -> None:
    paper = plan_paper(found, kind, draft=False)
    assert (tuple(b.name for b in paper.blanks), paper.draft) == (blanks, reasons)
    assert paper.context["草稿"] == "；".join(reasons)
    for name in blanks:
        assert f"【待填：{name}】" in str(paper.context)


def test_an_error_about_a_meeting_keeps_a_paper_a_draft() -> None:
    wrong = Finding(code="D811", severity=Severity.ERROR, source=Source(), message="到会不够")
    found = replace(outcome({"甲": TOP}), findings=(wrong,))
    assert plan_paper(found, PRAISE, draft=False).draft == ("核定表里有1处错误",)
    late = replace(wrong, severity=Severity.WARNING)
    assert not plan_paper(replace(found, findings=(late,)), PRAISE, draft=False).draft


def test_nothing_is_said_to_be_public_where_nobody_is_commended() -> None:
    days = {"publicity_from": date(2015, 12, 25), "publicity_to": date(2016, 1, 5)}
    scheme = replace(SCHEME, settings=replace(SCHEME.settings, **days))  # type: ignore[arg-type] # two days
    assert plan_paper(outcome({"甲": LOW}, scheme), REPORT, draft=False).context["公示期"] == ""
    assert plan_paper(outcome({"甲": TOP}, scheme), REPORT, draft=False).context["公示期"] != ""


def test_a_draft_asked_for_is_a_draft() -> None:
    assert plan_paper(outcome({"甲": TOP}), PRAISE, draft=True).draft


@pytest.mark.parametrize("name", ["superior", "organisation"])
def test_a_paper_with_something_to_fill_in_is_never_final(name: str) -> None:
    words: dict[str, Any] = {name: ""}
    scheme = replace(SCHEME, settings=replace(SCHEME.settings, **words))
    paper = plan_paper(outcome({"甲": TOP}, scheme), REPORT, draft=False)
    assert paper.draft


# ------------------------------------------------------------------ which papers apply


def test_with_nobody_commended_there_is_no_commendation() -> None:
    found = outcome({"乙": MIDDLE})
    assert not_now(found, PRAISE) == "没有人评为优"
    assert not_now(found, REPORT) == ""
    assert not_now(outcome(), PRAISE) == ""


def test_before_the_first_form_there_is_no_paper() -> None:
    found = outcome({}, SCHEME, person("甲"))
    assert {not_now(found, kind) for kind in (PRAISE, REPORT)} == {"还没有收回任何一份表"}


TWO = replace(
    SCHEME,
    tiers=(
        Tier(title="优", at_least=Decimal(35), commended=True),
        Tier(title="良", at_least=Decimal(28), commended=True, reported=True),
        Tier(title="中", reported=True),
    ),
)


@pytest.mark.parametrize(
    ("order", "good", "poor"),
    [
        (NameOrder.SURNAME_STROKES, "乙丁丙戊", "乙丁己甲"),
        (NameOrder.PINYIN, "丙丁戊乙", "丁己甲乙"),
        (NameOrder.SCORE, "丙戊乙丁", "乙丁己甲"),
        (NameOrder.ROSTER, "乙丙丁戊", "甲乙丁己"),
    ],
)
def test_names_stand_in_the_order_asked_for(order: NameOrder, good: str, poor: str) -> None:
    scheme = replace(TWO, settings=replace(TWO.settings, name_order=order))
    people = {"甲": LOW, "乙": MIDDLE, "丙": TOP, "丁": MIDDLE, "戊": TOP, "己": LOW}
    found = outcome(people, scheme)
    assert "".join(each.member.name for each in commended(found)) == good
    assert "".join(each.member.name for each in reported(found)) == poor
    assert says(found)["名单顺序"] == rule(order)


PROSE = (
    ((("优", 35, True), ("良", 28, True), ("中", None, True)),
     "35分（含）以上为优，28分（含）至35分（不含）为良，28分（不含）以下为中"),
    ((("优", 35, False), ("中", None, True)), "35分（不含）以上为优，35分（含）以下为中"),
)  # fmt: skip


@pytest.mark.parametrize(("bounds", "text"), PROSE)
def test_bounds_in_prose_say_whether_they_belong(
    bounds: tuple[tuple[str, int | None, bool], ...], text: str
) -> None:
    tiers = tuple(
        Tier(title=title, at_least=None if least is None else Decimal(least), inclusive=inclusive)
        for title, least, inclusive in bounds
    )
    assert tiers_in_prose(replace(SCHEME, tiers=tiers)) == text


# ------------------------------------------------------------------ JSON of the contract

FOUND = Finding(
    code="V402",
    severity=Severity.ERROR,
    source=Source("收回/a.xlsx", "工作", "G7"),
    message="读到",
    found="9",
    expected="0–5",
    fix="改",
    item="A1-1",
    member="甲",
)
FINDING_KEYS = ["code", "severity", "sheet", "cell", "item", "found", "expected", "message", "fix"]
QUOTA = replace(SCHEME, quota=Quota(tier="优", rule=QuotaRule.GIVEN, given=1))
RECEIPTS = tuple(
    Receipt(file=f"收回/{status}.xlsx", sha256="00", status=status, findings=(FOUND,))
    for status in FileStatus
)


def document() -> dict[str, Any]:
    found = outcome({"甲": TOP, "乙": TOP, "丙": MIDDLE}, QUOTA, person("丁"))
    return outcome_json(replace(found, receipts=RECEIPTS, findings=(FOUND,)), changed=True)


def test_the_document_has_the_keys_of_the_contract() -> None:
    plain = document()
    assert list(plain) == ["round", "files", "members", "quota", "counts", "findings", "changed"]
    assert list(plain["round"]) == ["system", "title", "year", "scheme_version", "provisional"]
    keys = ["file", "sha256", "status", "member", "version", "findings"]
    assert [list(each) for each in plain["files"]] == [keys] * 6
    assert list(plain["files"][0]["findings"][0]) == FINDING_KEYS == list(finding_json(FOUND))
    assert list(plain["members"][0]) == [
        "id", "name", "category", "status", "provisional", "parts", "total",
        "score_tier", "max_tier", "proposed_tier", "final_tier", "reasons",
    ]  # fmt: skip
    assert list(plain["quota"]) == ["tier", "limit", "base", "candidates", "ties"]
    assert list(plain["counts"]) == [
        "received", "accepted", "returned", "refused", "duplicate", "superseded", "ignored",
        "roster", "left", "due", "assessed", "graded", "not_graded", "exempt", "deferred",
        "missing", "undecided",
    ]  # fmt: skip
    assert plain["counts"]["received"] == 6
    assert plain["changed"] is True


def test_scores_are_exact_strings_and_what_is_unknown_is_null() -> None:
    first, _second, third, missing = document()["members"]
    assert third["parts"] == {
        "A": {"base": "26", "bonus": "0", "total": "26"},
        "B": {"base": "4", "bonus": "0", "total": "4"},
    }
    assert (third["total"], third["final_tier"]) == ("30", "良")
    nothing = {"base": None, "bonus": None, "total": None}
    assert missing["parts"] == {"A": nothing, "B": nothing}
    assert (missing["total"], missing["score_tier"]) == (None, None)
    assert first["status"] == "undecided"
    assert first["proposed_tier"] is None
    assert document()["quota"]["ties"] == [["乙", "甲"]]


def test_an_unknown_part_is_null_not_zero() -> None:
    plain = outcome_json(outcome({"甲": None}), changed=False)
    member = plain["members"][0]
    assert member["parts"]["A"] == {"base": None, "bonus": "0", "total": None}
    assert member["total"] is None
    assert plain["quota"] is None


def test_a_finding_says_where_and_what() -> None:
    plain = finding_json(FOUND)
    assert plain["severity"] == "error"
    assert (plain["sheet"], plain["cell"], plain["item"]) == ("工作", "G7", "A1-1")
    assert findings_json([FOUND]) == [{**plain, "file": "收回/a.xlsx"}]
