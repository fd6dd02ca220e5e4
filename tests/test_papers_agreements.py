"""Agreements: all items and rules of the scheme, every limit printed, one file a member."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from papers_for_tests import SCHEME, cells, kind, opened, outcome, papers, words

from sheetflow import kinds, number
from sheetflow.model import Absence, Outcome, QuotaRule, Scheme, Standing, StandingStatus, Unmeant


def at_the_start(
    scheme: Scheme = SCHEME, *, post: str = "教学", absence: Absence | None = None
) -> Outcome:
    """Nothing returned yet; three members, changed as asked."""
    found = outcome(1, scheme=scheme)
    standings = tuple(
        Standing(
            member=replace(s.member, post=post, absence=absence), status=StandingStatus.MISSING
        )
        for s in found.standings
    )
    return replace(found, standings=standings)


PACK = papers(at_the_start(), "agreements")[0]
DOCUMENT = opened(papers(at_the_start(), "agreements")[1])
TEXT = words(DOCUMENT)


def test_there_is_a_print_pack_and_a_file_for_each() -> None:
    found = papers(at_the_start(), "agreements")
    assert [(each.folder, each.name) for each in found] == [
        ("", "2015年度责任书"),
        ("责任书", "000-丁一鸣-2015年度责任书"),
        ("责任书", "001-马芳-2015年度责任书"),
        ("责任书", "002-王小明-2015年度责任书"),
    ]
    assert all(each.draft == () for each in found)


def test_a_members_file_names_nobody_else() -> None:
    assert "丁一鸣" in TEXT
    assert "马芳" not in TEXT
    assert "王小明" not in TEXT


def test_without_a_file_for_each_there_is_the_pack() -> None:
    alone = replace(kind("agreements"), single=False)
    scheme = replace(SCHEME, papers=(alone,))
    assert len(papers(at_the_start(scheme), "agreements")) == 1


def test_every_item_stands_there_with_its_rule_and_points() -> None:
    for at, part in enumerate(SCHEME.parts):
        heading, *rows, whole = cells(DOCUMENT, at * 3)
        assert heading == ["编号", "一级指标", "考核内容", "计分规则", "满分"]
        assert [row[0] for row in rows] == [item.code for item in part.items]
        for row, item in zip(rows, part.items, strict=True):
            assert (row[2], row[4]) == (item.title, number.text(item.most))
            assert row[3].startswith(kinds.rule(item))
        assert whole == ["合计", number.text(part.base)]


def test_every_bonus_stands_there_with_its_cap() -> None:
    for at, part in enumerate(SCHEME.parts):
        _heading, *rows = cells(DOCUMENT, at * 3 + 1)
        assert [(row[0], row[3]) for row in rows] == [
            (bonus.code, number.text(bonus.most)) for bonus in part.bonuses
        ]
        assert f"加分最多{number.text(part.bonus_most)}分" in TEXT


def test_tiers_say_whether_their_bounds_belong_to_them() -> None:
    assert "100分（含）以上为优秀，80分（含）至100分（不含）为合格" in TEXT
    assert TEXT.count("60分（不含）以下为不合格") == len(SCHEME.parts)


def test_vetoes_are_printed_with_every_case() -> None:
    for veto in SCHEME.vetoes:
        assert f"最高评为{veto.max_tier}的：{'；'.join(veto.cases)}。" in TEXT


def test_what_is_off_is_not_printed() -> None:
    assert "（三）限制" not in TEXT
    assert "（三）否决" in TEXT
    assert "名额" not in TEXT


def test_active_gates_and_quota_are_printed() -> None:
    assert SCHEME.quota is not None
    scheme = replace(
        SCHEME,
        gates=tuple(replace(gate, active=True) for gate in SCHEME.gates),
        quota=replace(SCHEME.quota, rule=QuotaRule.RATIO),
        settings=replace(SCHEME.settings, part_year_months=6),
    )
    text = words(opened(papers(at_the_start(scheme), "agreements")[1]))
    assert (
        "（三）限制。评为优秀，党风廉政基本分须 ≥36 分；优秀名额不超过计算基数的 1/3；"
        "考核期内到岗不满 6 个月的，只记分，不定等次。"
    ) in text
    assert "（四）否决" in text


def test_without_vetoes_nothing_is_said_of_them() -> None:
    scheme = replace(SCHEME, vetoes=())
    assert "否决" not in words(opened(papers(at_the_start(scheme), "agreements")[1])).replace(
        "按否决梯级处理", ""
    ).replace("并入否决", "")


def test_the_version_of_the_scheme_stands_at_the_foot_of_every_page() -> None:
    for document in (DOCUMENT, opened(PACK)):
        for section in document.sections:
            for footer in (section.footer, section.even_page_footer):
                assert "方案版本：1-3f9a" in footer.paragraphs[0].text


def test_in_the_pack_everybody_begins_on_a_sheet_of_their_own() -> None:
    """So that nothing of one member stands on the back of another's page."""
    sections = opened(PACK).sections
    assert len(sections) == 3 * len(SCHEME.parts)
    for section in sections:
        numbering = section._sectPr.find(
            "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}pgNumType"
        )
        assert numbering is not None
        assert dict(numbering.attrib).popitem()[1] == "1"


@pytest.mark.parametrize(
    ("absence", "signs"),
    [(None, True), (Absence.DEFERRED, True), (Absence.EXEMPT, False), (Absence.LEFT, False)],
)
def test_who_takes_no_part_signs_nothing(absence: Absence | None, *, signs: bool) -> None:
    pack = papers(at_the_start(absence=absence), "agreements")[0]
    assert bool(pack.context["人员"]) is signs


def test_items_for_other_posts_are_left_out() -> None:
    part = SCHEME.parts[0]
    first = part.sections[0]
    item = replace(first.items[0], posts=("管理",))
    sections = (replace(first, items=(item, *first.items[1:])), *part.sections[1:])
    changed = replace(part, sections=sections, unmeant=Unmeant.RESCALE)
    scheme = replace(SCHEME, parts=(changed, *SCHEME.parts[1:]))
    for post, there in (("教学", False), ("管理", True)):
        document = opened(papers(at_the_start(scheme, post=post), "agreements")[1])
        assert (cells(document, 0)[1][0] == item.code) is there
        assert "其余折算成基本分 60 分" in words(document)


def test_more_than_two_parts_are_as_many_agreements() -> None:
    more = replace(SCHEME.parts[1], code="C", title="第三项", base=Decimal(40))
    scheme = replace(SCHEME, parts=(*SCHEME.parts, more))
    document = opened(papers(at_the_start(scheme), "agreements")[1])
    assert len(document.sections) == 3
    assert len(document.tables) == 9
