"""Commendation, publicity, report: right names, right counts, nothing more than is due."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from docx.document import Document
from papers_for_tests import (
    KNOWN,
    SCHEME,
    TITLES,
    cells,
    kind,
    opened,
    outcome,
    papers,
    proposing,
    standing,
    words,
)

from sheetflow.model import (
    Objection,
    Outcome,
    PartScore,
    Progress,
    Review,
    Ruling,
    Stage,
    Standing,
    StandingStatus,
)
from sheetflow.papers import Blank, commended, not_now
from sheetflow.papers.people import Person

LONG = ["阿卜杜拉·买买提·吐尔逊", "欧阳锋", "司马相如"]
#: What may stand beside no name that is made public.
PRIVATE = ("分", "教师", "组长", "第一党小组", "男", "女", "编号", "1970")


def paper(name: str, found: Outcome) -> Document:
    return opened(papers(found, name)[0])


def names(found: Outcome) -> list[str]:
    return [each.member.name for each in commended(found)]


@pytest.mark.parametrize("good", [1, 3, 44])
def test_the_list_holds_everybody_commended_once(good: int) -> None:
    found = outcome(good)
    heading, *rows = cells(paper("commendation", found), 0)
    assert heading == ["序号", "姓名", "性别", "职务", "党小组"]
    assert [row[1] for row in rows] == names(found)
    assert [row[0] for row in rows] == [str(n) for n in range(1, good + 1)]


@pytest.mark.parametrize(
    ("good", "said"),
    [
        (1, "决定授予丁一鸣同志“2015年度优秀共产党员”称号"),
        (3, "决定授予丁一鸣、马芳、王小明3名同志"),
        (44, "等44名同志"),
    ],
)
def test_the_decision_counts_its_list(good: int, said: str) -> None:
    assert said in words(paper("commendation", outcome(good)))


def test_a_decision_holds_no_points() -> None:
    text = words(paper("commendation", outcome(3)))
    assert "101" not in text
    assert "总分" not in text


# ------------------------------------------------------------------ publicity


@pytest.mark.parametrize(
    "called", [[], LONG, [f"王{n}" for n in range(44)]], ids=["short", "long", "many"]
)
def test_names_made_public_are_names_and_nothing_else(called: list[str]) -> None:
    found = outcome(len(called) or 3, names=called)
    document = paper("publicity", found)
    listed = [name for row in cells(document, 0) for name in row if name]
    assert listed == names(found)
    assert len(document.tables) == 1
    table = "".join(listed)
    assert not [word for word in PRIVATE if word in table]
    assert f"下列{len(listed)}名同志" in words(document)
    assert "（按姓氏笔画为序）" in words(document)


def _alike(details: tuple[tuple[str, str], ...], good: int = 2) -> Outcome:
    """An outcome whose last two members bear one name, with these groups and duties."""
    found = outcome(good, 2)
    standings = list(found.standings)
    for at, (group, duty) in zip((-2, -1), details, strict=True):
        member = standings[at].member
        told = {**dict(member.details), "职务": duty}
        namesake = replace(member, name="张静", group=group, details=tuple(told.items()))
        standings[at] = replace(standings[at], member=namesake)
    return replace(found, standings=tuple(standings))


@pytest.mark.parametrize(
    ("details", "words_apart"),
    [
        ((("第一组", "教师"), ("第二组", "教师")), ("第一组", "第二组")),
        ((("第一组", "教师"), ("第一组", "会计")), ("教师", "会计")),
        ((("第一组", "教师"), ("第一组", "教师")), ("004", "005")),
        ((("", "教师"), ("第一组", "")), ("004", "005")),
    ],
)
def test_namesakes_are_told_apart(
    details: tuple[tuple[str, str], ...], words_apart: tuple[str, str]
) -> None:
    found = _alike(details)
    apart = [f"张静（{word}）" for word in words_apart]
    report = paper("report", found)
    assert f"不合格2名：{'、'.join(apart)}。" in words(report)
    assert all(f"{name}同志目标管理30分" in words(report) for name in apart)
    remarks = {row[1]: row[-1] for row in cells(report, 1)[1:]}
    assert remarks["张静"] in words_apart
    assert {word for name, word in remarks.items() if name != "张静"} == {""}
    best = replace(found, standings=tuple(_with_tier(each, "优秀") for each in found.standings))
    listed = [name for row in cells(paper("publicity", best), 0) for name in row if name]
    assert sorted(name for name in listed if "张静" in name) == sorted(apart)


def _with_tier(each: Standing, tier: str) -> Standing:
    return replace(each, proposed_tier=tier, final_tier=tier)


def test_days_and_whom_to_tell_are_said() -> None:
    text = words(paper("publicity", outcome(3)))
    assert "公示期为2015年12月25日至2016年1月5日，共12天" in text
    assert "受理地点：某受理地点。联系人：某联系人，电话：某电话。" in text
    assert text.endswith("2015年12月25日")


def test_days_nobody_has_set_are_to_be_filled_in() -> None:
    undated = replace(SCHEME.settings, publicity_from=None, publicity_to=None)
    found = outcome(3, scheme=replace(SCHEME, settings=undated))
    (one,) = papers(found, "publicity")
    assert [b.name for b in one.blanks] == ["公示起止日期", "公示天数", "公示开始"]


@pytest.mark.parametrize(
    ("stage", "listed"),
    [(Stage.PROPOSING, "丁一鸣、马芳、王小明"), (Stage.PUBLISHING, "丁一鸣、毛大利"),
     (Stage.FILING, "丁一鸣、毛大利")],
)  # fmt: skip
def test_who_was_made_public_stays_so(stage: Stage, listed: str) -> None:
    """A paper that hangs on the wall does not change after an objection."""
    found = outcome(3, progress=Progress(stage=stage))
    (one,) = papers(found, "publicity", published=("003", "000"))
    rows: Any = one.context["名单行"]
    assert "、".join(name for row in rows for name in row if name) == listed


# ------------------------------------------------------------------ report


@pytest.mark.parametrize(("good", "poor"), [(0, 0), (3, 0), (0, 5), (3, 5), (44, 1)])
def test_counts_and_percentages_of_the_table_add_up(good: int, poor: int) -> None:
    document = paper("report", outcome(good, poor))
    _heading, *rows, whole = cells(document, 0)
    assert [row[0] for row in rows] == list(TITLES)
    assert sum(int(row[1]) for row in rows) == int(whole[1]) == good + poor + 2
    assert sum(Decimal(row[2].removesuffix("%")) for row in rows) == 100
    assert whole[2] == "100.0%"


def test_with_nobody_graded_there_is_no_percentage() -> None:
    found = outcome(0)
    absent = tuple(replace(s, status=StandingStatus.DEFERRED) for s in found.standings)
    _heading, *rows, whole = cells(paper("report", replace(found, standings=absent)), 0)
    assert {row[2] for row in (*rows, whole)} == {"—"}


def test_who_was_not_graded_is_counted_apart() -> None:
    found = outcome(3)
    more = (
        StandingStatus.NOT_GRADED,
        StandingStatus.EXEMPT,
        StandingStatus.DEFERRED,
        StandingStatus.MISSING,
        StandingStatus.LEFT,
    )
    others = [
        standing(replace(found.standings[0].member, id=status, name=f"某{status}"), "合格", status)
        for status in more
    ]
    text = words(paper("report", replace(found, standings=(*found.standings, *others))))
    assert (
        "应参加考核党员9名，实际参加考核6名，免予考核1名，暂缓考核1名，未交考核表1名。"
        "参加考核的党员中，评定等次5名，不定等次1名。"
    ) in text


@pytest.mark.parametrize(
    ("good", "poor", "tables", "attached"),
    [
        (0, 0, 2, ["2015年度党员考核结果汇总表"]),
        (3, 0, 3, ["1.2015年度党员考核结果汇总表", "2.2015年度优秀党员名单"]),
        (0, 5, 7, ["1.2015年度党员考核结果汇总表", "2.2015年度考核不合格党员情况表"]),
        (3, 5, 8, ["1.2015年度党员考核结果汇总表", "2.2015年度优秀党员名单",
                   "3.2015年度考核不合格党员情况表"]),
    ],
)  # fmt: skip
def test_attachments_are_numbered_anew_when_one_falls_away(
    good: int, poor: int, tables: int, attached: list[str]
) -> None:
    document = paper("report", outcome(good, poor))
    notes = [p.text for p in document.paragraphs if p.style and "附件说明" in p.style.name]
    assert [note.removeprefix("附件：") for note in notes] == attached
    assert len(document.tables) == tables


def test_facts_about_who_failed_come_from_the_desk() -> None:
    document = paper("report", outcome(0, 5))
    sheet = dict(row[:2] for row in cells(document, 2))
    facts = ("主要问题", "教育经过", "本人态度", "支部意见")
    assert {name: sheet[name] for name in facts} == {name: KNOWN[name] for name in facts}
    assert sheet["事实依据"] == KNOWN["事实"]
    assert sheet["得分"] == "目标管理30分，党风廉政20分，总分50分"
    assert sheet["否决情形"] == "无"


def test_a_veto_is_told_with_its_basis() -> None:
    found = outcome(0, 1)
    failed = found.standings[-1].member.id
    ruling = Ruling(member=failed, veto="V3", basis="某文件")
    decided = replace(found.decided, members={failed: ruling})
    sheet = dict(row[:2] for row in cells(paper("report", replace(found, decided=decided)), 2))
    assert sheet["否决情形"] == "V3，某文件"


def test_what_nobody_knows_about_who_failed_keeps_it_a_draft() -> None:
    found = outcome(0, 2)
    unknown = replace(found, decided=replace(found.decided, focus={}))
    (one,) = papers(unknown, "report")
    people = [s.member.name for s in found.standings[-2:]]
    asked = [name for name in kind("report").member_needs if name in KNOWN]
    assert set(one.blanks) == {Blank(name, who) for name in asked for who in people}
    assert one.draft == ("有待填内容",)


def test_objections_are_counted() -> None:
    found = outcome(3)
    objections = (Objection(number="1", answered="是"), Objection(number="2", answered="是"))
    found = replace(found, decided=replace(found.decided, objections=objections))
    assert "收到异议2件，均已核实答复" in words(paper("report", found))


@pytest.mark.parametrize("parts", [1, 2, 3, 6, 12])
def test_a_score_table_has_a_column_for_every_part(parts: int) -> None:
    shape = [replace(SCHEME.parts[0], code=f"P{n}", title=f"部分{n}") for n in range(parts)]
    found = outcome(3, scheme=replace(SCHEME, parts=tuple(shape)))
    standings = tuple(
        replace(s, score=replace(s.score, parts=tuple(
            PartScore(code=p.code, base=Decimal("10.5"), bonus=Decimal(0)) for p in shape)))
        for s in found.standings if s.score
    )  # fmt: skip
    document = paper("report", replace(found, standings=standings))
    heading, *rows = cells(document, 1)
    titles = [f"部分{n}" for n in range(parts)]
    assert heading == ["序号", "姓名", *titles, "总分", "等次", "备注"]
    assert {tuple(row[2:-3]) for row in rows} == {("10.5",) * parts}
    table = document.tables[1]
    widths = [column.width.twips if column.width else 0 for column in table.columns]
    assert len(widths) == parts + 5
    assert 8845 - len(widths) <= sum(widths) <= 8845
    assert min(widths) >= 400 if parts <= 6 else min(widths) > 200


def test_two_thousand_names_are_written() -> None:
    rows: list[Person] = [
        {
            "序号": str(n),
            "姓名": f"某{n}",
            "各部分": ["1", "2"],
            "总分": "3",
            "等次": "—",
            "备注": "",
        }
        for n in range(2000)
    ]
    (one,) = papers(outcome(3), "report")
    document = opened(replace(one, context={**one.context, "成绩表": rows}))
    assert len(document.tables[1]._tbl.tr_lst) == 2001


def test_nobody_commended_means_no_commendation() -> None:
    assert not_now(outcome(0), kind("commendation")) == "没有人评为优秀"


@pytest.mark.parametrize("name", ["report", "request"])
def test_a_fact_the_roster_lacks_of_who_failed_is_to_be_filled_in(name: str) -> None:
    found = proposing(outcome(0, 1))
    bare = tuple(
        replace(each, member=replace(each.member, details=(("性别", "男"),)))
        for each in found.standings
    )
    (paper,) = papers(replace(found, standings=bare), name)
    assert {each.name for each in paper.blanks} == {"出生年月", "入党时间", "职务"}


def test_where_nothing_is_approved_no_paper_says_it_was() -> None:
    for name in ("commendation", "report", "publicity"):
        for review, said in ((Review.REQUIRED, True), (Review.NONE, False)):
            scheme = replace(SCHEME, settings=replace(SCHEME.settings, review=review))
            (paper, *_more) = papers(outcome(2, 1, scheme=scheme), name)
            assert ("支部核定" in words(opened(paper))) is said
