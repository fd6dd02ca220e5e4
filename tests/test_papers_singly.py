"""Requests and minutes: one matter a paper, one meeting a paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from papers_for_tests import (
    KNOWN,
    MEETING,
    PROPOSED,
    SCHEME,
    kind,
    opened,
    outcome,
    papers,
    proposing,
    words,
)

from sheetflow.model import Meeting, Outcome, Ruling
from sheetflow.papers import Blank, not_now

PROPOSALS = proposing(outcome(0, 5))
ASKED = ("处置建议", "大会应到", "大会实到", "大会赞成")


def test_there_is_one_request_for_each_about_whom_something_is_proposed() -> None:
    found = papers(PROPOSALS, "request")
    assert len(found) == 5
    for paper in found:
        person: Any = paper.context["人"]
        text = words(opened(paper))
        others = {s.member.name for s in PROPOSALS.standings} - {person["姓名"]}
        assert f"关于给予{person['姓名']}同志限期改正处置的请示" in text
        assert "应到37名，实到35名，赞成33名" in text
        assert "妥否，请批示。" in text
        assert not [name for name in others if name in text]
        assert paper.name == f"2015年度请示-{person['编号']}-{person['姓名']}"


@pytest.mark.parametrize("lacking", ASKED)
def test_without_proposal_or_vote_there_is_no_request(lacking: str) -> None:
    known = {name: text for name, text in PROPOSED.items() if name != lacking}
    found = proposing(outcome(0, 1), known)
    assert papers(found, "request") == []
    assert lacking in not_now(found, kind("request"))


def test_one_without_a_proposal_does_not_keep_the_others_back() -> None:
    found = outcome(0, 2)
    first, second = found.decided.focus
    focus = {first: KNOWN, second: PROPOSED}
    found = replace(found, decided=replace(found.decided, focus=focus))
    people: list[Any] = [paper.context["人"] for paper in papers(found, "request")]
    assert [person["编号"] for person in people] == [second]


def test_a_fact_nobody_has_written_keeps_a_request_a_draft() -> None:
    known = {name: text for name, text in PROPOSED.items() if name != "本人态度"}
    found = proposing(outcome(0, 1), known)
    (paper,) = papers(found, "request")
    who = found.standings[-1].member.name
    assert paper.blanks == (Blank("本人态度", who),)


@pytest.mark.parametrize(
    ("kind", "needs"),
    [
        ("request", ("性别", "出生年月", "入党时间", "职务")),
        ("report", ("性别", "出生年月", "入党时间", "职务")),
        ("registration", ("性别", "出生年月", "入党时间")),
    ],
)
def test_what_the_roster_lacks_is_to_be_filled_in(kind: str, needs: tuple[str, ...]) -> None:
    found = proposing(outcome(0, 1))
    *others, last = found.standings
    details = tuple((n, "" if n in needs else text) for n, text in last.member.details)
    bare = replace(last, member=replace(last.member, details=details))
    (paper,) = papers(replace(found, standings=(*others, bare)), kind)
    assert paper.blanks == tuple(Blank(name, last.member.name) for name in needs)
    assert paper.draft
    assert all(f"【待填：{name}】" in words(opened(paper)) for name in needs)


def test_a_request_asks_and_a_report_does_not() -> None:
    report = words(opened(papers(PROPOSALS, "report")[0]))
    assert "请批示" not in report
    assert "特此报告" in report
    assert "特此报告" not in words(opened(papers(PROPOSALS, "request")[0]))


# ------------------------------------------------------------------ minutes


def with_meetings(
    *meetings: Meeting, reasons: Mapping[tuple[str, str], tuple[str, str]] | None = None
) -> Outcome:
    found = outcome()
    decided = replace(found.decided, meetings=meetings, reasons=reasons or {})
    return replace(found, decided=decided)


def test_every_meeting_has_minutes_of_its_own() -> None:
    second = replace(MEETING, number="2", kind="党员大会", day="2016-01-08")
    found = papers(with_meetings(MEETING, second), "minutes")
    assert [paper.name for paper in found] == [
        "2015年度会议记录-1-支委会",
        "2015年度会议记录-2-党员大会",
    ]
    text = words(opened(found[1]))
    assert text.startswith("党员大会会议记录\n时间：2016年1月8日\n主持人：林某\n记录人：谢某")
    assert "应到5名，实到5名" in text
    assert "赞成5名，反对0名，弃权0名" in text


def test_what_was_changed_at_a_meeting_stands_in_its_minutes_only() -> None:
    member = outcome().standings[0].member
    reasons = {(member.id, "A1-1"): ("查签到册", "1"), (member.id, "A+1-1"): ("证书有效", "2")}
    second = replace(MEETING, number="2")
    first, other = papers(with_meetings(MEETING, second, reasons=reasons), "minutes")
    assert f"1.{member.name}，支部党员大会、党课出勤：查签到册。" in words(opened(first))
    assert "证书有效" not in words(opened(first))
    assert f"1.{member.name}，个人荣誉（当年发文）：证书有效。" in words(opened(other))


def test_a_tier_other_than_the_proposed_one_stands_there_with_its_reason() -> None:
    found = with_meetings(MEETING, replace(MEETING, number="2"))
    first, *others = found.standings
    lower = replace(first, proposed_tier="优秀", final_tier="合格")
    ruling = Ruling(member=first.member.id, meeting="1", tier="合格", reason="另有考虑。")
    decided = replace(found.decided, members={first.member.id: ruling})
    found = replace(found, standings=(lower, *others), decided=decided)
    said = f"1.{first.member.name}，支部评定等次：合格，另有考虑。\n"
    assert [said in words(opened(paper)) for paper in papers(found, "minutes")] == [True, False]
    agreed = replace(found, standings=(replace(lower, proposed_tier="合格"), *others))
    assert "另有考虑" not in words(opened(papers(agreed, "minutes")[0]))


@pytest.mark.parametrize(
    ("field", "blank", "name"),
    [
        ("day", "", "会议日期"),
        ("due", None, "应到"),
        ("present", None, "实到"),
        ("chair", "", "主持人"),
        ("recorder", "", "记录人"),
        ("topic", "", "议题"),
        ("resolution", " ", "决议"),
    ],
)
def test_what_nobody_wrote_down_is_to_be_filled_in(
    field: str, blank: str | None, name: str
) -> None:
    unknown: dict[str, Any] = {field: blank}
    (paper,) = papers(with_meetings(replace(MEETING, **unknown)), "minutes")
    assert paper.blanks == (Blank(name, "1"),)
    assert f"【待填：{name}】" in words(opened(paper))


def test_a_meeting_without_a_vote_says_nothing_of_one() -> None:
    (paper,) = papers(with_meetings(replace(MEETING, ayes=None)), "minutes")
    assert "表决" not in words(opened(paper))


def test_a_resolution_of_several_lines_is_as_many_paragraphs() -> None:
    text = "一致同意。\n会后公示。"
    (paper,) = papers(with_meetings(replace(MEETING, resolution=text)), "minutes")
    assert "一致同意。\n会后公示" in words(opened(paper))


def test_minutes_do_not_wait_for_the_outcome() -> None:
    found = replace(with_meetings(MEETING), provisional=True, scheme=SCHEME)
    assert papers(found, "minutes")[0].draft == ()
