"""Reading the staff's workbook: what was typed, by place, wherever it stands by now."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
from desks import SCHEME, evening, painted, places
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from schemes_of_all_kinds import sound_schemes

from sheetflow.desk.plan import expected_rows, plan_desk
from sheetflow.desk.read import missing_rows, read_desk
from sheetflow.desk.sheets import DeskRead, Facts
from sheetflow.excel.read import read_book
from sheetflow.model import EVERYONE, Member, Outcome, Place, Scheme, Standing, StandingStatus, Tab

ONE = evening(1, members=4)
PLAN = ONE.plan()
DATA = painted(PLAN)
SCORES_A = f"{Tab.SCORES}.A"
VETO, APPROVAL = Place(Tab.APPROVALS, "002", "veto"), Place(Tab.APPROVALS, "003", "approval")
POINTS = Place(SCORES_A, "002", "A1-3")
Change = Callable[[Workbook], None]


def book_of(change: Change) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(DATA))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes) -> DeskRead:
    return read_desk(read_book(data), "核定.xlsx", SCHEME)


def after(change: Change) -> DeskRead:
    return read(book_of(change))


def at(book: Workbook, title: str, key: str, heading: str, line: str = "") -> tuple[int, int]:
    """Row and column of a cell by what people see."""
    sheet = book[title]
    head = 3
    names = ["".join(str(cell.value or "").split()) for cell in sheet[head]]
    column = next(n for n, name in enumerate(names, start=1) if name.startswith(heading))
    for row in sheet.iter_rows(min_row=head + 1):
        texts = [str(cell.value or "") for cell in row]
        if key in texts[:3] and (not line or line in texts):
            return row[0].row or 0, column
    raise LookupError(key)


def put(book: Workbook, title: str, where: tuple[int, int], value: object) -> None:
    book[title].cell(*where).value = value  # type: ignore[assignment]


def fill(book: Workbook) -> None:
    put(book, "核定", at(book, "核定", "002", "否决"), " V1 ")
    put(book, "核定", at(book, "核定", "003", "核定"), "同意")
    put(book, "评分A", at(book, "评分A", "002", "A1-3", "核定分"), 1.5)


def three(found: DeskRead) -> dict[Place, str]:
    return {place: found.typed[place].text for place in (VETO, APPROVAL, POINTS)}


THREE = {VETO: "V1", APPROVAL: "同意", POINTS: "1.5"}


def test_a_workbook_just_painted_says_nothing_but_whose_a_file_seems_to_be() -> None:
    found = read(DATA)
    assert {place.tab for place in found.typed} == {Tab.FILES}
    assert (found.revision, found.round_id) == (3, "2015-7F3K")
    assert not missing_rows(found, expected_rows(PLAN))
    assert (found.rows_twice, found.faults) == ((), ())
    assert set(found.places) >= {Place(SCORES_A, "001", "A4"), Place(Tab.COUNTS, "*", "*")}


@settings(max_examples=20, deadline=None)
@given(st.data(), sound_schemes())
def test_what_was_decided_is_painted_and_read_back_whatever_the_scheme(
    data: st.DataObject, scheme: Scheme
) -> None:
    standing = Standing(
        member=Member(id="007", name="某"), status=StandingStatus.UNDECIDED, reasons=("交了两份",)
    )
    outcome = Outcome(scheme=scheme, scheme_version="1", standings=(standing,))
    empty = plan_desk(scheme, outcome, {}, Facts(revision=1))
    open_to_all = sorted(p for p in places(empty) if EVERYONE not in {p.row, p.column})
    words = st.sampled_from(["2", "1.5", "=1+1", "同意"])
    state = data.draw(st.dictionaries(st.sampled_from(open_to_all), words, max_size=9))
    made = painted(plan_desk(scheme, outcome, state, Facts(revision=1)))
    found = read_desk(read_book(made), "核定.xlsx", scheme)
    assert {place: cell.text for place, cell in found.typed.items()} == state
    assert found.faults == ()


# ------------------------------------------------------------------ where things stand


def sort_down(book: Workbook) -> None:
    fill(book)
    for title in ("核定", "评分A", "台账"):
        sheet = book[title]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
        for n, values in enumerate(reversed(rows), start=4):
            for column, value in enumerate(values, start=1):
                sheet.cell(n, column).value = value


def insert_columns(book: Workbook) -> None:
    fill(book)
    for title in ("核定", "评分A"):
        book[title].insert_cols(3)
        book[title].cell(3, 3).value = "我的记号"
        book[title].insert_rows(1, 2)


def move_columns(book: Workbook) -> None:
    fill(book)
    for title in ("核定", "评分A"):
        sheet = book[title]
        for row in sheet.iter_rows(min_row=3):
            values = [cell.value for cell in row]
            for cell, value in zip(row, reversed(values), strict=True):
                cell.value = value


def rename_short_titles(book: Workbook) -> None:
    fill(book)
    _row, column = at(book, "评分A", "002", "A1-3", "核定分")
    book["评分A"].cell(3, column).value = "A1-3 笔记"
    book["核定"].title = " 核定 "


@pytest.mark.parametrize("change", [fill, sort_down, insert_columns, move_columns,
                                    rename_short_titles])  # fmt: skip
def test_rows_go_by_id_and_columns_by_heading(change: Change) -> None:
    found = after(change)
    assert three(found) == THREE
    assert not missing_rows(found, expected_rows(PLAN))
    assert (found.rows_twice, found.faults) == ((), ())


def test_extra_sheets_and_columns_are_nobody_s_decision() -> None:
    def note(book: Workbook) -> None:
        book.create_sheet("草稿").cell(1, 1).value = "编号"
        book["核定"].cell(3, 40).value = "备注"
        book["核定"].cell(5, 40).value = "问问"

    found = after(note)
    assert found.typed == read(DATA).typed
    assert found.faults == ()


# ------------------------------------------------------------------ what is gone


def test_a_row_that_is_gone_is_named_and_clears_nothing() -> None:
    def drop(book: Workbook) -> None:
        row, _column = at(book, "核定", "002", "否决")
        book["核定"].delete_rows(row)

    found = after(drop)
    assert missing_rows(found, expected_rows(PLAN)) == ((Tab.APPROVALS, "002"),)
    assert VETO not in found.places
    assert APPROVAL in found.places


def test_a_row_that_stands_there_twice_is_read_from_neither() -> None:
    def double(book: Workbook) -> None:
        fill(book)
        row, column = at(book, "核定", "003", "编号")
        book["核定"].cell(row, column).value = "002"

    found = after(double)
    assert [(tab, row, source.cell) for tab, row, source in found.rows_twice] == [
        (Tab.APPROVALS, "002", "A7")
    ]
    assert not [place for place in found.places if (place.tab, place.row) == (VETO.tab, "002")]
    assert missing_rows(found, expected_rows(PLAN)) == ((Tab.APPROVALS, "003"),)
    assert POINTS in found.typed


def test_a_sheet_without_its_headings_and_one_that_is_gone_clear_nothing() -> None:
    def spoil(book: Workbook) -> None:
        fill(book)
        book["核定"].delete_rows(3)
        del book["评分A"]

    found = after(spoil)
    kinds = {(fault.kind, fault.source.sheet) for fault in found.faults}
    assert ("sheet-missing", "评分A") in kinds
    assert ("headings-missing", "核定") in kinds
    assert not [place for place in found.places if place.tab in {Tab.APPROVALS, SCORES_A}]


def test_a_heading_that_is_gone_or_doubled_takes_only_its_column() -> None:
    def spoil(book: Workbook) -> None:
        fill(book)
        sheet = book["核定"]
        for cell in sheet[3]:
            if cell.value == "否决":
                cell.value = "否"
            if cell.value == "理由":
                cell.value = "会次"

    found = after(spoil)
    kinds = [(fault.kind, fault.found or fault.expected) for fault in found.faults]
    assert ("heading-missing", "否决") in kinds
    assert ("heading-twice", "会次") in kinds
    assert VETO not in found.places
    assert Place(Tab.APPROVALS, "002", "meeting") not in found.places
    assert found.typed[APPROVAL].text == "同意"


def test_without_the_hidden_sheet_the_revision_is_unknown() -> None:
    def spoil(book: Workbook) -> None:
        del book["_sf"]

    assert after(spoil).revision is None


# ------------------------------------------------------------------ what a cell says


@pytest.mark.parametrize(
    ("title", "heading", "value", "text"),
    [
        ("会议", "日期", datetime(2015, 12, 25), "2015-12-25"),  # noqa: DTZ001 - a plain date
        ("会议", "日期", date(2015, 12, 25), "2015-12-25"),
        ("会议", "日期", "2015年12月25日", "2015年12月25日"),
        ("会议", "应到", 5, "5"),
        ("会议", "议题", "  两个\x0b议题\n", "两个议题"),
        ("异议", "对象", "007", "007"),
    ],
)  # fmt: skip
def test_a_cell_says_its_number_exactly_its_day_in_one_way_its_text_cleaned(
    title: str, heading: str, value: object, text: str
) -> None:
    if isinstance(value, str):
        value = value.replace("\x0b", "")

    def type_in(book: Workbook) -> None:
        put(book, title, at(book, title, "1", heading), value)

    (cell,) = [c for p, c in after(type_in).typed.items() if p.tab != Tab.FILES]
    assert cell.text == text


def test_a_formula_is_told_and_one_without_a_result_is_a_fault() -> None:
    def type_in(book: Workbook) -> None:
        put(book, "评分A", at(book, "评分A", "002", "A1-3", "核定分"), "=1+0.5")
        put(book, "核定", at(book, "核定", "002", "否决"), "#REF!")
        cell = book["核定"].cell(*at(book, "核定", "002", "否决"))
        cell.data_type = "e"

    data = book_of(type_in)
    found = read(data)
    assert [fault.kind for fault in found.faults] == ["cell-uncached", "cell-error"]
    # What nobody can read is not a cell that somebody cleared.
    assert not {POINTS, VETO} & set(found.places)


def test_something_typed_in_a_row_that_names_nobody_is_told() -> None:
    def type_in(book: Workbook) -> None:
        sheet: Worksheet = book["会议"]
        sheet.cell(30, 2).value = "支委会"

    (fault,) = after(type_in).faults
    assert (fault.kind, fault.source.cell, fault.found) == ("row-nameless", "B30", "支委会")


def test_ids_are_read_as_people_type_them() -> None:
    def type_in(book: Workbook) -> None:
        fill(book)
        put(book, "核定", at(book, "核定", "002", "编号"), "００２ ")

    assert three(after(type_in)) == THREE
