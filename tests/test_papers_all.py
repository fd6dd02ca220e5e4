"""What holds for every kind: drafts, blanks, order of names, letterhead, same bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from papers_for_tests import (
    MEETING,
    PROPOSED,
    SCHEME,
    in_order_of,
    kind,
    opened,
    outcome,
    papers,
    pressed,
    proposing,
    with_head,
    with_imprint,
    without_slot,
    words,
)

from sheetflow.model import (
    Letterhead,
    NameOrder,
    Outcome,
    Progress,
    Review,
    Stage,
    Standing,
    StandingStatus,
)
from sheetflow.papers import Blank, not_now
from sheetflow.papers.common import shares

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
KINDS = [each.kind for each in SCHEME.papers]
EVERYTHING = proposing(outcome(3, 2))
#: Kinds that say something about the outcome, and so are drafts until it is settled.
OF_THE_OUTCOME = ["commendation", "report", "publicity", "request", "notices", "registration"]


def test_the_system_has_the_promised_kinds() -> None:
    assert set(KINDS) == {
        *("agreements", "publicity", "commendation", "report", "request", "notices"),
        *("registration", "minutes"),
    }


@pytest.mark.parametrize("name", KINDS)
def test_a_settled_outcome_makes_every_kind_final(name: str) -> None:
    for paper in papers(EVERYTHING, name):
        assert (paper.blanks, paper.draft, paper.context["草稿"]) == ((), (), "")
        document = opened(paper)
        assert "【待填" not in words(document)
        assert document.sections[0].header.paragraphs[0].text == ""


@pytest.mark.parametrize("name", KINDS)
def test_the_same_input_gives_the_same_bytes(name: str) -> None:
    paper = papers(EVERYTHING, name)[0]
    first, second = (pressed(paper.kind.template, paper.kind.title) for _time in range(2))
    assert first(paper.context) == second(paper.context)


@pytest.mark.parametrize("name", OF_THE_OUTCOME)
def test_what_is_not_approved_is_a_draft_on_every_page(name: str) -> None:
    for paper in papers(replace(EVERYTHING, provisional=True), name):
        assert paper.draft == ("自评分尚未核定",)
        section = opened(paper).sections[0]
        for header in (section.header, section.even_page_header):
            assert header.paragraphs[0].text == "草稿（自评分尚未核定）"


NEEDS = [(each.kind, need) for each in SCHEME.papers for need in each.needs]


@pytest.mark.parametrize(("name", "need"), NEEDS)
def test_a_text_nobody_has_written_is_listed_and_keeps_it_a_draft(name: str, need: str) -> None:
    found = replace(EVERYTHING, scheme=without_slot(SCHEME, need))
    paper = papers(found, name)[0]
    assert paper.blanks == (Blank(need),)
    assert paper.draft == ("有待填内容",)
    assert f"【待填：{need}】" in words(opened(paper))


# ------------------------------------------------------------------ whether a kind applies

NOBODY = outcome(0, 0)
UNREVIEWED = replace(
    SCHEME,
    settings=replace(SCHEME.settings, review=Review.NONE, publicity_from=None, publicity_to=None),
)
HALF_WAY = replace(SCHEME, settings=replace(SCHEME.settings, interim=True))
EMPTY = outcome(
    standings=tuple(Standing(member=s.member, status=StandingStatus.MISSING)
                    for s in NOBODY.standings)
)  # fmt: skip
APPLIES: tuple[tuple[str, Outcome, str], ...] = (
    *((name, EVERYTHING, "") for name in KINDS if name != "agreements"),
    ("agreements", EVERYTHING, "已经收表"),
    ("agreements", EMPTY, ""),
    *((name, EMPTY, "还没有收回任何一份表") for name in KINDS if name != "agreements"),
    ("commendation", NOBODY, "没有人评为优秀"),
    ("publicity", NOBODY, "没有人评为优秀"),
    ("report", NOBODY, ""),
    ("request", NOBODY, "没有人评为不合格"),
    ("request", outcome(3, 2), "填全了处置建议、大会应到、大会实到、大会赞成"),
    ("publicity", replace(EVERYTHING, scheme=UNREVIEWED), "没有公示的起止日期"),
    ("minutes", replace(EVERYTHING, decided=replace(EVERYTHING.decided, meetings=())), "会议"),
    *((name, replace(EVERYTHING, scheme=HALF_WAY), "半年初评") for name in OF_THE_OUTCOME),
    ("minutes", replace(EVERYTHING, scheme=HALF_WAY), ""),
)


@pytest.mark.parametrize(("name", "found", "why"), APPLIES)
def test_a_kind_that_does_not_apply_says_why(name: str, found: Outcome, why: str) -> None:
    said = not_now(found, kind(name))
    assert bool(said) is bool(why)
    assert why in said


def test_agreements_asked_for_by_name_are_written_again() -> None:
    assert not_now(EVERYTHING, kind("agreements"), asked=True) == ""


# ------------------------------------------------------------------ order of names


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (NameOrder.SURNAME_STROKES, ["田富", "田大利", "李梅"]),
        (NameOrder.NAME_STROKES, ["田大利", "田富", "李梅"]),
        (NameOrder.PINYIN, ["李梅", "田大利", "田富"]),
        (NameOrder.ROSTER, ["李梅", "田富", "田大利"]),
    ],
)
def test_every_list_of_names_follows_the_setting(order: NameOrder, names: list[str]) -> None:
    scheme = in_order_of(SCHEME, order)
    found = outcome(3, scheme=scheme, names=["李梅", "田富", "田大利"])
    context: dict[str, Any] = dict(papers(found, "report")[0].context)
    assert [row["姓名"] for row in context["名单"]] == names
    listed = [row["姓名"] for row in context["成绩表"]]
    assert [name for name in listed if name in names] == names


def test_a_character_put_by_hand_takes_its_place() -> None:
    hand = replace(SCHEME, settings=replace(SCHEME.settings, rare_characters="㛃=1画1"))
    people = ["丁一", "㛃一"]
    for scheme, names in ((SCHEME, people), (hand, people[::-1])):
        context: dict[str, Any] = dict(
            papers(outcome(2, scheme=scheme, names=people), "commendation")[0].context
        )
        assert [row["姓名"] for row in context["名单"]] == names


# ------------------------------------------------------------------ percentages


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_percentages_add_up_to_all_and_none_is_a_tenth_off(parts: list[int]) -> None:
    whole = sum(parts)
    found = shares(parts, whole)
    if not whole:
        assert set(found) == {"—"}
        return
    percents = [Decimal(each.removesuffix("%")) for each in found]
    assert sum(percents) == 100
    for part, percent in zip(parts, percents, strict=True):
        assert abs(percent - Decimal(part * 100) / whole) < Decimal("0.1")


# ------------------------------------------------------------------ letterhead


@pytest.mark.parametrize("letterhead", [Letterhead.RED, Letterhead.TEXT])
@pytest.mark.parametrize(
    ("name", "number", "signed"),
    [
        ("commendation", "同中党发〔2016〕1号", ""),
        ("report", "同中党〔2016〕2号", "签发人：林某某"),
        ("request", "同中党〔2016〕3号", "签发人：林某某"),
    ],
)
def test_a_letterhead_has_number_and_who_signs(
    letterhead: Letterhead, name: str, number: str, signed: str
) -> None:
    found = replace(EVERYTHING, scheme=with_head(letterhead=letterhead))
    first, second, rule, title, *_rest = opened(papers(found, name)[0]).paragraphs
    ink = "" if letterhead is Letterhead.RED else "（黑）"
    assert first.style is not None
    assert rule.style is not None
    assert (first.text, first.style.name) == (
        SCHEME.settings.organisation,
        f"公文发文机关标志{ink}",
    )
    assert second.text.split("\t") == [number, signed] if signed else [second.text] == [number]
    assert rule.style.name == f"公文版头分隔线{ink}"
    assert title.text.startswith(SCHEME.settings.organisation)


@pytest.mark.parametrize("name", ["publicity", "agreements", "notices", "registration", "minutes"])
def test_papers_without_a_number_have_no_letterhead(name: str) -> None:
    paper = papers(replace(EVERYTHING, scheme=with_head()), name)[0]
    assert (paper.context["红头"], paper.context["黑头"]) == ("", "")
    assert paper.draft == ()


def test_several_requests_have_numbers_one_after_the_other() -> None:
    found = replace(EVERYTHING, scheme=with_head())
    numbers = [paper.context["发文字号"] for paper in papers(found, "request")]
    assert numbers == ["同中党〔2016〕3号", "同中党〔2016〕4号"]


@pytest.mark.parametrize("copied_to", ["", "某委员会、某办公室"])
def test_a_numbered_paper_ends_with_its_imprint(copied_to: str) -> None:
    scheme = with_imprint(with_head(letterhead=Letterhead.NONE), copied_to)
    for name in ("commendation", "report", "request"):
        (paper, *_more) = papers(replace(EVERYTHING, scheme=scheme), name)
        box = next(opened(paper).element.body.iter(f"{_W}txbxContent"))
        said = ["".join(t.text or "" for t in row.iter(f"{_W}t")) for row in box.iter(f"{_W}tr")]
        copied = [f"抄送：{copied_to}。"] * bool(copied_to)
        assert said == [*copied, f"{scheme.settings.organisation}2016年1月9日印发"]


def test_without_a_number_or_the_setting_there_is_no_imprint() -> None:
    scheme = with_imprint(with_head(), "某委员会")
    off = replace(scheme, settings=replace(scheme.settings, imprint=False))
    for name, asked in (("notices", scheme), ("publicity", scheme), ("report", off)):
        (paper, *_more) = papers(replace(EVERYTHING, scheme=asked), name)
        assert not list(opened(paper).element.body.iter(f"{_W}txbxContent"))


def test_what_a_letterhead_lacks_is_to_be_filled_in() -> None:
    scheme = replace(SCHEME, settings=replace(SCHEME.settings, letterhead=Letterhead.RED))
    for name, blanks in (("commendation", ("发文序号",)), ("report", ("发文序号", "签发人"))):
        assert papers(replace(EVERYTHING, scheme=scheme), name)[0].blanks == tuple(
            map(Blank, blanks)
        )


# ------------------------------------------------------------------ days


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2016-01-09", "2016年1月9日"),
        ("2016-01-09T00:00:00", "2016年1月9日"),
        ("2016年1月9日", "2016年1月9日"),
        ("二〇一六年一月九日", "二〇一六年一月九日"),
        ("20160109", "20160109"),
    ],
)
def test_a_day_from_a_cell_is_written_as_a_paper_has_it(typed: str, shown: str) -> None:
    slots = tuple(replace(s, text=typed) if s.name == "成文日期" else s for s in SCHEME.slots)
    found = replace(EVERYTHING, scheme=replace(SCHEME, slots=slots))
    assert papers(found, "report")[0].context["成文日期"] == shown


# ------------------------------------------------------------------ publicity in other papers


@pytest.mark.parametrize(
    ("name", "heads", "why"),
    [
        ("minutes", {"present": 6}, "第1次会议实到6，比应到5还多"),
        ("report", {"ayes": 4, "nays": 1, "abstentions": 1}, "第1次会议票数6，比实到5还多"),
        ("request", {"大会实到": "40"}, "大会实到40，比大会应到37还多"),
        ("request", {"大会赞成": "全体"}, "大会赞成“全体”不是人数"),
    ],
)
def test_heads_that_cannot_be_keep_a_paper_a_draft(
    name: str, heads: dict[str, Any], why: str
) -> None:
    found = proposing(outcome(3, 1), PROPOSED | heads)
    if name != "request":
        meeting = replace(MEETING, **heads)
        found = replace(found, decided=replace(found.decided, meetings=(meeting,)))
    (paper,) = papers(found, name)
    assert paper.draft == (why,)


@pytest.mark.parametrize(
    ("dated", "why"),
    [
        ("2016年1月6日", ()),
        ("2016年1月", ("成文日期“2016年1月”认不出是哪一天",)),
        ("2016年1月5日", ("成文日期2016年1月5日，公示到2016年1月5日才结束",)),
        ("2016-01-06", ("成文日期2016年1月6日，第2次会议2016年1月8日才开",)),
    ],
)
def test_a_report_dated_before_what_it_tells_is_a_draft(dated: str, why: tuple[str, ...]) -> None:
    slots = (replace(s, text=dated) if s.name == "成文日期" else s for s in SCHEME.slots)
    found = replace(EVERYTHING, scheme=replace(SCHEME, slots=tuple(slots)))
    later = replace(MEETING, number="2", day="2016-01-08")
    meetings = (MEETING, later) if dated == "2016-01-06" else (MEETING,)
    found = replace(found, decided=replace(found.decided, meetings=meetings))
    assert papers(found, "report")[0].draft == why


def test_two_papers_of_one_number_are_drafts() -> None:
    scheme = with_head()
    same = {"commendation": 4, "report": 4, "request": 3}
    kinds = tuple(replace(each, number=same.get(each.kind)) for each in scheme.papers)
    found = replace(EVERYTHING, scheme=replace(scheme, papers=kinds))
    assert [paper.draft for paper in papers(found, "request")] == [
        (),
        ("发文字号同中党〔2016〕4号和考核情况报告的一样",),
    ]
    assert papers(found, "report")[0].draft == ("发文字号同中党〔2016〕4号和请示的一样",)
    assert papers(found, "commendation")[0].draft == ()


def test_the_report_says_how_long_the_result_was_public() -> None:
    assert "并经公示（2015年12月25日至2016年1月5日）无异议" in words(
        opened(papers(EVERYTHING, "report")[0])
    )
    undated = replace(SCHEME.settings, publicity_from=None, publicity_to=None)
    none = replace(NOBODY, scheme=replace(SCHEME, settings=undated))
    assert "公示" not in words(opened(papers(none, "report")[0]))


def test_a_meeting_is_in_the_report_with_its_counts() -> None:
    text = words(opened(papers(EVERYTHING, "report")[0]))
    assert "2015年12月22日召开支委会，应到5名，实到5名，赞成5名，反对0名，弃权0名。" in text
    unknown = replace(MEETING, present=None)
    found = replace(EVERYTHING, decided=replace(EVERYTHING.decided, meetings=(unknown,)))
    assert papers(found, "report")[0].blanks == (Blank("实到", "1"),)


# ------------------------------------------------------------------ what a round is at


@pytest.mark.parametrize(
    ("stage", "waits", "name", "draft"),
    [
        (Stage.PROPOSING, "还没有公示的起止日期", "publicity", True),
        (Stage.PUBLISHING, "公示到 2016-01-05 为止", "publicity", False),
        (Stage.PUBLISHING, "公示到 2016-01-05 为止", "commendation", True),
        (Stage.DECIDING, "3 人还没有评定等次", "publicity", False),
        (Stage.DECIDING, "3 人还没有评定等次", "notices", True),
        (Stage.DECIDING, "3 人还没有评定等次", "minutes", False),
    ],
)
def test_names_are_made_public_before_the_round_is_decided(
    stage: Stage, waits: str, name: str, *, draft: bool
) -> None:
    found = replace(EVERYTHING, progress=Progress(stage=stage, waits=(waits,)))
    assert bool(papers(found, name)[0].draft) is draft


def test_days_span_years() -> None:
    one_year = replace(
        SCHEME.settings, publicity_from=date(2016, 1, 4), publicity_to=date(2016, 1, 10)
    )
    found = replace(EVERYTHING, scheme=replace(SCHEME, settings=one_year))
    text = words(opened(papers(found, "publicity")[0]))
    assert "公示期为2016年1月4日至1月10日，共7天" in text
    assert not re.search(r"\d{4}-\d", text)


def test_a_member_s_paper_says_nothing_of_others_for_whom_it_waits() -> None:
    waiting = Progress(stage=Stage.PROPOSING, waits=("某人、某某在名额线上并列，要由会议决定",))
    found = replace(EVERYTHING, progress=waiting)
    assert papers(found, "notices")[0].draft == ("还在“拟定等次”",)
    assert papers(found, "report")[0].draft == waiting.waits


@pytest.mark.parametrize("name", ["agreements", "notices", "minutes"])
def test_namesakes_are_told_apart_wherever_one_is_named(name: str) -> None:
    first, second, *others = EVERYTHING.standings
    twins = (
        replace(first, member=replace(first.member, name="双名", group="第一党小组")),
        replace(second, member=replace(second.member, name="双名", group="第二党小组")),
    )
    reasons = {(first.member.id, "A1-1"): ("核实", MEETING.number)}
    decided = replace(EVERYTHING.decided, meetings=(MEETING,), reasons=reasons)
    found = replace(EVERYTHING, standings=(*twins, *others), decided=decided)
    said = "".join(words(opened(paper)) for paper in papers(found, name))
    assert "双名（第一党小组）" in said
    assert "双名同志" not in said
