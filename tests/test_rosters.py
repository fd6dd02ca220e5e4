"""The roster: rows as people keep them; what is unclear is told."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice

import openpyxl
import pytest
from forms_for_tests import Typed, edited, kinds_of, moved, table_book, typed_over
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font
from openpyxl.workbook import Workbook
from packing import rewritten
from schemes_for_tests import CREATED, DORMITORY

from sheetflow import schemes, systems
from sheetflow.excel.read import read_book, read_staff_book
from sheetflow.excel.write.tables import write_tables
from sheetflow.model import (
    Absence,
    Book,
    ColumnRole,
    Fault,
    Member,
    Roster,
    Source,
    Value,
    ValueKind,
)
from sheetflow.rosters import free_ids, heading, read_roster, to_table
from sheetflow.tables import address

SCHEME = schemes.load_toml(systems.scheme_bytes("agreement"))
FILE = "名册.xlsx"
ROWS: tuple[dict[str, str], ...] = (
    {"编号": "007", "姓名": "甲一", "类别": "正式党员", "党小组": "一组", "职务": "教师"},
    {"编号": "012", "姓名": "乙二", "类别": "预备党员", "备注": "新来"},
    {"编号": "020", "姓名": "丙三", "类别": "正式党员", "状态": "调出"},
)
BOOK = table_book(to_table(SCHEME, ROWS))
HEADINGS = [column.heading for column in SCHEME.columns]


def at(heading_: str, row: int = 0) -> tuple[int, int]:
    """Place of a cell in the roster's table: one row of advice, one of headings."""
    return row + 3, HEADINGS.index(heading_) + 1


def read(book: Book) -> tuple[Roster, tuple[Fault, ...]]:
    return read_roster(book, FILE, SCHEME)


def typed(heading_: str, cell: Typed, row: int = 0) -> tuple[Member, tuple[Fault, ...]]:
    roster, faults = read(edited(BOOK, 0, typed_over(at(heading_, row), cell)))
    return roster.members[row], faults


def test_a_roster_is_read_as_it_was_written() -> None:
    for book in (BOOK, read_book(write_tables([to_table(SCHEME, ROWS)], title="名册",
                                              created=CREATED))):  # fmt: skip
        roster, faults = read(book)
        assert faults == ()
        assert [(m.id, m.name, m.category) for m in roster] == [
            ("007", "甲一", "正式党员"),
            ("012", "乙二", "预备党员"),
            ("020", "丙三", "正式党员"),
        ]
        first, second, third = roster.members
        assert (first.group, first.detail("职务"), second.detail("备注")) == (
            "一组",
            "教师",
            "新来",
        )
        assert [m.absence for m in roster] == [None, None, Absence.LEFT]
        assert third.source.cell == address(*at("编号", 2))
        assert roster.find("012") == second
        assert first.detail("没有这一栏") == ""


IDS: tuple[tuple[Typed, str, str], ...] = (
    ("007", "007", ""),
    (" 007 ", "007", ""),
    ("００７", "007", ""),
    ("a12", "A12", ""),
    (7, "7", "id-number"),
    (Decimal("7.5"), "7.5", "id-wrong"),
    ("7-1", "7-1", "id-wrong"),
    ("七号", "七号", "id-wrong"),
    ("0" * 13, "0" * 13, "id-wrong"),
    ("0\u200b07", "0\u200b07", "id-wrong"),
    ("  ", "", "id-missing"),
)


@pytest.mark.parametrize(("cell", "member", "kind"), IDS)
def test_ids_are_text_and_fold_as_form_codes_do(cell: Typed, member: str, kind: str) -> None:
    found, faults = typed("编号", cell)
    assert found.id == member
    assert [(f.kind, f.source.cell) for f in faults] == ([(kind, "A3")] if kind else [])


WORDS: tuple[tuple[str, Typed, str], ...] = (
    ("类别", "正式", "category-unknown"),
    ("类别", " ", "category-unknown"),
    ("类别", " 正式党员 ", ""),
    ("状态", "免评", ""),
    ("状态", "缓评", ""),
    ("状态", "免", "status-unknown"),
    ("状态", "在册", "status-unknown"),
    ("姓名", " ", "name-missing"),
    ("姓名", Value(ValueKind.ERROR, "#N/A", formula=True), "cell-error"),
    ("状态", Value(ValueKind.ERROR, "#N/A", formula=True), "cell-error"),
)


@pytest.mark.parametrize(("heading_", "cell", "kind"), WORDS)
def test_words_nobody_knows_are_told_in_their_cell(heading_: str, cell: Typed, kind: str) -> None:
    _member, faults = typed(heading_, cell)
    told = {(f.kind, f.source.cell) for f in faults}
    assert ((kind, address(*at(heading_))) in told) if kind else not told


UNCACHED = Value(ValueKind.UNCACHED, "", formula=True)


def test_a_status_that_is_a_formula_without_a_result_is_told() -> None:
    _member, faults = typed("状态", UNCACHED, row=2)
    assert kinds_of(faults) == {"cell-error"}


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(1, len(HEADINGS) + 1)), st.integers(0, 9), st.integers(0, 3))
def test_columns_may_stand_in_any_order(order: list[int], right: int, down: int) -> None:
    columns = dict(enumerate(order, 1))
    book = edited(BOOK, 0, moved(lambda row: row + down, lambda c: columns[c] + right))
    roster, faults = read(book)
    assert faults == ()
    assert roster == read(BOOK)[0]


def test_columns_of_their_own_do_not_matter() -> None:
    right = len(HEADINGS) + 1
    book = edited(BOOK, 0, typed_over((2, right), "电话"))
    book = edited(book, 0, typed_over((3, right), "编号"))
    assert read(book) == read(BOOK)


@pytest.mark.parametrize("text", ["入党\n时间", " 入党时间 ", "入 党　时 间"])
def test_headings_may_have_breaks_and_blanks(text: str) -> None:
    book = edited(BOOK, 0, typed_over((2, HEADINGS.index("入党时间") + 1), text))
    assert read(book) == read(BOOK)


def test_a_title_above_may_use_the_words_of_the_headings() -> None:
    above = edited(BOOK, 0, moved(lambda row: row + 2))
    words = (((1, 1), "姓名"), ((2, 1), "编号"), ((2, 2), "类别"))
    for place, word in words:
        above = edited(above, 0, typed_over(place, word))
    assert read(above)[0] == read(BOOK)[0]


def test_blank_rows_between_people_do_not_matter() -> None:
    book = edited(BOOK, 0, moved(lambda row: row * 2))
    assert read(book)[0] == read(BOOK)[0]


@pytest.mark.parametrize("heading_", HEADINGS)
def test_a_lost_or_doubled_heading_is_told(heading_: str) -> None:
    column = HEADINGS.index(heading_) + 1
    lost = read(edited(BOOK, 0, typed_over((2, column), "别的")))[1]
    assert ("heading-missing", heading_) in {(f.kind, f.expected) for f in lost}
    twice = read(edited(BOOK, 0, typed_over((2, 20), heading_)))[1]
    assert ("heading-twice", "T2") in {(f.kind, f.source.cell) for f in twice}


def test_a_lost_sheet_is_told_and_a_spaced_title_is_not() -> None:
    sheet = BOOK.sheets[0]
    assert kinds_of(read(Book(()))[1]) == {"sheet-missing"}
    assert read(Book((replace(sheet, title=" 名 册"),)))[0] == read(BOOK)[0]


def test_a_second_sheet_of_the_same_title_is_told() -> None:
    more = Book((*BOOK.sheets, replace(BOOK.sheets[0], title="名册 ")))
    roster, faults = read(more)
    assert roster == read(BOOK)[0]
    assert [(f.kind, f.source.sheet) for f in faults] == [("sheet-twice", "名册 ")]


def test_a_roster_needs_no_category_column() -> None:
    table = to_table(DORMITORY, [{"房号": "101", "寝室": "一室"}])
    roster, faults = read_roster(table_book(table), FILE, DORMITORY)
    assert faults == ()
    assert roster.members[0].id == "101"
    assert heading(DORMITORY, ColumnRole.CATEGORY) == ""


def test_choices_are_the_words_of_the_scheme() -> None:
    columns = {column.heading: column.choices for column in to_table(SCHEME).columns}
    assert columns["类别"] == ("正式党员", "预备党员")
    assert columns["状态"] == ("免评", "缓评", "调出")
    assert columns["姓名"] == ()


NUMBERS: tuple[tuple[Sequence[str], list[str]], ...] = (
    ((), ["001", "002"]),
    (("007", "003", ""), ["008", "009"]),
    (("999",), ["1000", "1001"]),
    (("A12", "²", "05"), ["006", "007"]),
)


@pytest.mark.parametrize(("used", "free"), NUMBERS)
def test_new_numbers_go_on_from_the_highest(used: Sequence[str], free: list[str]) -> None:
    roster = Roster(members=tuple(Member(id=i, name="甲") for i in used))
    assert list(islice(free_ids(roster), 2)) == free


@pytest.mark.parametrize(
    ("row", "column", "text"), [(1, 1, "A1"), (12, 26, "Z12"), (3, 27, "AA3"), (1, 703, "AAA1")]
)
def test_addresses_are_those_of_the_spreadsheet(row: int, column: int, text: str) -> None:
    assert address(row, column) == text


@pytest.mark.parametrize(
    ("area", "hidden"),
    [
        (("党小组", 0, "党小组", 2), "2"),
        (("党小组", 0, "职务", 0), "1"),
        (("职务", 0, "党小组", 1), "3"),
        (("编号", -1, "党小组", -1), None),
        (("编号", -2, "党小组", -2), None),
    ],
)
def test_cells_hidden_under_a_merged_one_are_counted(
    area: tuple[str, int, str, int], hidden: str | None
) -> None:
    left, top, right, bottom = area
    (first, last) = sorted((at(left, top), at(right, bottom)))
    data = people_s(lambda book: book["名册"].merge_cells(None, *first, *last))
    _roster, faults = read(read_staff_book(data))
    span = f"{address(*first)}:{address(*last)}"
    expected = [Fault("cells-merged", Source(FILE, "名册", span), hidden)] if hidden else []
    assert [fault for fault in faults if fault.kind == "cells-merged"] == expected


def test_merged_cells_outside_any_sheet_are_nobody_s() -> None:
    data = write_tables([to_table(SCHEME, ROWS)], title="", created=CREATED)
    wrong = rewritten(
        data, lambda _n, part: re.sub(rb'mergeCell ref="[^"]*"', b'mergeCell ref="A1:ZZZ2"', part)
    )
    assert wrong != data
    assert read_staff_book(wrong).sheets[0].merged == ()


def people_s(change: Callable[[Workbook], object]) -> bytes:
    """The roster's workbook as people left it."""
    book = openpyxl.load_workbook(
        io.BytesIO(write_tables([to_table(SCHEME, ROWS)], title="", created=CREATED))
    )
    change(book)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_of_those_struck_out_only_who_is_still_here_is_told() -> None:
    def strike(book: Workbook) -> None:
        for row in range(len(ROWS)):
            book["名册"].cell(*at("姓名", row)).font = Font(strike=True)

    _roster, faults = read(read_staff_book(people_s(strike)))
    assert [(f.kind, f.found) for f in faults] == [("name-struck", "甲一"), ("name-struck", "乙二")]


def test_a_list_of_somebody_s_own_is_no_second_roster() -> None:
    def add(book: Workbook) -> None:
        own = book.create_sheet("签到")
        own.append(["编号", "姓名", "签到"])
        own.append(["099", "丁四", "到"])

    assert read(read_staff_book(people_s(add)))[1] == ()
