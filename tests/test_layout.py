from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schemes_for_tests import CODE, DORMITORY, MEMBER, RICH, TOKEN, plan

from sheetflow.layout import (
    HEADING_ROW,
    Cell,
    FormSheet,
    Role,
    bonus_headings,
    item_headings,
)
from sheetflow.model import (
    Bonus,
    Claim,
    Field,
    Item,
    Kind,
    Member,
    Part,
    Scheme,
    Section,
    Signature,
    Terms,
)
from sheetflow.wording import limits_sentence, tiers_sentence

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@st.composite
def parts(draw: st.DrawFn, code: str) -> Part:
    counts = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    sections = tuple(
        Section(
            code=f"{code}{s}",
            title=draw(texts),
            items=tuple(
                Item(
                    code=f"{code}{s}-{n}",
                    title=draw(texts),
                    kind=Kind.POINTS,
                    most=Decimal(3),
                    wording=draw(st.sampled_from(["同一规则", "另一规则"])),
                )
                for n in range(1, count + 1)
            ),
        )
        for s, count in enumerate(counts, 1)
    )
    bonuses = tuple(
        Bonus(code=f"{code}+{n}", title=draw(texts), claim=Claim.EACH, most=Decimal(2), rows=rows)
        for n, rows in enumerate(draw(st.lists(st.integers(1, 4), max_size=3)), 1)
    )
    return replace(
        RICH.parts[0], code=code, sheet=f"表{code}", sections=sections, bonuses=bonuses, groups=()
    )


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    codes = ["A", "B"][: draw(st.integers(1, 2))]
    signatures = tuple(
        Signature(text=draw(texts), signer="签字") for _n in range(draw(st.integers(0, 5)))
    )
    return replace(
        RICH, parts=tuple(draw(parts(code)) for code in codes), signatures=signatures, gates=()
    )


def places(cell: Cell) -> Iterator[tuple[int, int]]:
    for row in range(cell.row, cell.last_row + 1):
        for column in range(cell.column, cell.last_column + 1):
            yield row, column


def at(sheet: FormSheet, text: str) -> Cell:
    return next(cell for cell in sheet.cells if cell.text == text)


def right_of(sheet: FormSheet, text: str) -> str:
    label = at(sheet, text)
    after = [c for c in sheet.cells if c.row == label.row and c.column > label.column and c.text]
    return min(after, key=lambda cell: cell.column).text


@settings(max_examples=40, deadline=None)
@given(schemes())
def test_no_two_cells_share_a_place(scheme: Scheme) -> None:
    for sheet in plan(scheme).sheets:
        taken = Counter(place for cell in sheet.cells for place in places(cell))
        assert max(taken.values()) == 1


@settings(max_examples=40, deadline=None)
@given(schemes())
def test_every_code_of_the_scheme_stands_once_and_can_be_filled(scheme: Scheme) -> None:
    sheets = plan(scheme).sheets
    shown = [cell.text for sheet in sheets for cell in sheet.having(Role.CODE)]
    items = [item.code for part in scheme.parts for item in part.items]
    rows = [code for part in scheme.parts for bonus in part.bonuses for code in bonus.row_codes]
    assert sorted(shown) == sorted(items + rows)
    assert [c.code for s in sheets for c in s.having(Role.SCORE)] == items
    assert [c.code for s in sheets for c in s.having(Role.CLAIM)] == rows


def test_members_plans_differ_in_texts_only() -> None:
    other = Member(id="103", name="欧阳建国", details=(("小组", "第二小组"),))

    def shape(member: Member) -> list[tuple[object, ...]]:
        sheets = plan(RICH, member).sheets
        return [
            (s.title, c.row, c.column, c.last_row, c.last_column, c.role, c.code)
            for s in sheets
            for c in s.cells
        ]

    assert shape(MEMBER) == shape(other)
    assert plan(RICH) == plan(RICH)


def test_who_the_form_belongs_to_stands_right_of_its_labels() -> None:
    for sheet in plan(RICH).sheets[:2]:
        assert right_of(sheet, "表单码") == CODE
        assert right_of(sheet, "姓名") == "张三"
        assert sheet.having(Role.INFO)[1].text == "007"
    hidden = plan(RICH).sheets[-1]
    assert hidden.hidden
    assert [(c.row, c.column, c.text) for c in hidden.cells] == [(1, 1, TOKEN), (2, 1, CODE)]


def test_headings_are_those_of_the_contract() -> None:
    sheet = plan(RICH).sheets[0]
    rows: dict[int, list[str]] = {}
    for cell in sheet.having(Role.HEADING):
        rows.setdefault(cell.row, []).append(cell.text)
    assert list(rows.values()) == [
        ["编号", "一级指标", "考核内容", "计分规则", "满分", "自评分", "核定分", "佐证说明"],
        ["编号", "加分项目", "事由", "级别", "发文单位", "文号", "日期", "申报分"],
    ]
    assert next(iter(rows)) == HEADING_ROW


@pytest.mark.parametrize("terms", [Terms(), DORMITORY.terms])
def test_every_field_has_one_heading_in_writer_and_reader(terms: Terms) -> None:
    blocks = {**item_headings(terms), **bonus_headings(terms)}
    assert sorted(blocks.values()) == sorted(Field)
    assert blocks[terms.score] is Field.SCORE
    sheet = plan(replace(RICH, terms=terms)).sheets[0]
    headings = {(c.row, c.column): c.text for c in sheet.having(Role.HEADING)}
    for cell in sheet.cells:
        if cell.field:
            above = max(row for row, column in headings if row < cell.row)
            assert blocks[headings[above, cell.column]] is cell.field


def test_nothing_that_members_fill_is_merged() -> None:
    for sheet in plan(RICH).sheets:
        for cell in sheet.cells:
            assert not (cell.merged and (cell.field or cell.role is Role.CODE))


def test_bounds_of_tiers_say_whether_they_belong() -> None:
    assert tiers_sentence(RICH) == "优 ≥35（含）；良 >28（不含）且 <35（不含）；中 ≤28（含）"
    assert tiers_sentence(DORMITORY).startswith("文明 ≥9（含）；达标 ≥6（含）且 <9（不含）；")


def test_active_limits_are_printed_and_others_are_not() -> None:
    text = limits_sentence(RICH)
    for word in ("纪律基本分须 ≥3 分", "1/3", "弄虚作假、受处分", "最高评为中"):
        assert word in text
    assert limits_sentence(DORMITORY) == ""
    printed = [c.text for c in plan(RICH).sheets[0].having(Role.SENTENCE)]
    assert printed == [f"等次（各表合计）：{tiers_sentence(RICH)}。", text]


def test_a_section_counts_its_group_at_most_with_the_group_cap() -> None:
    sections = [cell.text for cell in plan(RICH).sheets[0].having(Role.SECTION)]
    assert sections == ["日常工作\n9分", "示范\n10分", "评议\n12分"]
    rule = next(c.text for c in plan(RICH).sheets[0].having(Role.RULE) if "取最好" in c.text)
    assert rule.endswith("取最好 3 项，最多 10 分")


def test_the_year_stands_in_the_title() -> None:
    assert plan(RICH).sheets[0].having(Role.TITLE)[0].text == "2015年度工作考核评分表"


def test_a_part_without_bonuses_has_one_total_row() -> None:
    sheet = plan(DORMITORY).sheets[0]
    assert not sheet.having(Role.BASE_TOTAL)
    assert at(sheet, "总分").row == sheet.having(Role.TOTAL)[0].row
