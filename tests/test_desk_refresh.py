"""The staff's workbook brought up to date in place: what people made of it survives."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import openpyxl
import pytest
from desks import SCHEME, evening, painted
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook import Workbook
from packing import packed, rewritten
from test_desk_read import at, put

from sheetflow.claims import read_claims
from sheetflow.desk.plan import expected_rows
from sheetflow.desk.read import missing_rows, read_desk
from sheetflow.desk.sheets import AgendaRow, DeskPlan, Origin
from sheetflow.excel.read import read_book
from sheetflow.excel.refresh import refresh
from sheetflow.excel.sheet_copy import link_to
from sheetflow.model import (
    EVERYONE,
    Book,
    Place,
    Quota,
    QuotaRule,
    State,
    Tab,
    ValueKind,
)

ONE = evening(1, members=4)
PLAN = ONE.plan()
NEWER = ONE.plan(origins={"002": {"A1-1": Origin(points=Decimal("0.5"))}}.get)
DATA = painted(PLAN)
SCORES_A = f"{Tab.SCORES}.A"
POINTS, VETO = Place(SCORES_A, "002", "A1-3"), Place(Tab.APPROVALS, "002", "veto")
RED = "FFFF0000"
Change = Callable[[Workbook], None]


@cache  # most begin with the same evening's work
def edited(change: Change, data: bytes = DATA) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def renewed(data: bytes, plan: DeskPlan) -> bytes:
    """The workbook brought up to date, after which nothing is to be done."""
    found = refresh(data, plan)
    assert found is not None
    assert refresh(found, plan) == found
    return found


def values(data: bytes) -> Mapping[str, object]:
    return {sheet.title: (sheet.hidden, sheet.values) for sheet in read_book(data).sheets}


def typed(data: bytes) -> dict[Place, str]:
    found = read_desk(read_book(data), "核定.xlsx", SCHEME)
    assert found.faults == ()
    return {p: cell.text for p, cell in found.typed.items() if p.tab != Tab.FILES}


def seen(data: bytes, title: str, key: str, heading: str, line: str = "") -> object:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return book[title].cell(*at(book, title, key, heading, line)).value


def work(book: Workbook) -> None:
    """An evening's work: numbers, words, colours, notes, an own sheet, an own column."""
    put(book, "评分A", at(book, "评分A", "002", "A1-3", "核定分"), 1.5)
    sheet = book["核定"]
    put(book, "核定", at(book, "核定", "002", "否决"), "V1")
    row, column = at(book, "核定", "003", "姓名")
    sheet.cell(row, column).comment = Comment("再问一次", "书记")
    sheet.cell(row, column).fill = PatternFill("solid", fgColor=RED)
    sheet.column_dimensions["B"].width = 33
    sheet.row_dimensions[row].height = 77
    sheet.cell(3, 30).value = "备注"
    sheet.cell(row, 30).value = "=1+1"
    sheet.cell(60, 1).value = "散会时间：九点"
    book.create_sheet("草稿").append(["问一下教务处"])
    sheet.freeze_panes = "D4"


STATE: State = {POINTS: "1.5", VETO: "V1"}


def test_what_people_typed_noted_and_coloured_survives() -> None:
    found = renewed(edited(work), ONE.plan(STATE, revision=4))
    assert typed(found) == STATE
    book = openpyxl.load_workbook(io.BytesIO(found))
    sheet = book["核定"]
    row, column = at(book, "核定", "003", "姓名")
    cell = sheet.cell(row, column)
    assert cell.comment is not None
    assert (cell.comment.text, cell.comment.author) == ("再问一次", "书记")
    assert cell.fill.fgColor.rgb == RED
    assert (sheet.column_dimensions["B"].width, sheet.row_dimensions[row].height) == (33, 77)
    assert (sheet.cell(3, 30).value, sheet.cell(row, 30).value) == ("备注", "=1+1")
    assert sheet.cell(60, 1).value == "散会时间：九点"
    assert book["草稿"]["A1"].value == "问一下教务处"
    assert sheet.freeze_panes == "D4"


def test_sums_rows_and_the_revision_follow_what_was_decided() -> None:
    plan = ONE.plan(STATE, revision=4)
    found = renewed(edited(work), plan)
    assert seen(found, "调整", "002", "核定分") == 1.5
    assert seen(found, "核定", "002", "最高等次") == "合格"
    assert read_desk(read_book(found), "", SCHEME).revision == 4


def test_results_stand_behind_formulas_ours_and_theirs() -> None:
    def own(book: Workbook) -> None:
        book["核定"].cell(5, 30).value = "=1+1"

    found = renewed(edited(own), PLAN)
    formulas = [
        value
        for sheet in read_book(found).sheets
        for value in sheet.values.values()
        if value.formula
    ]
    assert len(formulas) > 250
    # openpyxl, which typed the formula here, knows no result of it.
    assert [v.kind for v in formulas].count(ValueKind.UNCACHED) == 1


def test_results_of_formulas_of_any_kind_are_kept() -> None:
    kept = ("1.25", "合格", "TRUE", "#DIV/0!", "2015-12-25", "80%")

    def own(book: Workbook) -> None:
        sheet = book.create_sheet("草稿")
        for row, formula in enumerate(("=5/4", '="合"&"格"', "=1=1", "=1/0", "=1", "=2"), 1):
            sheet.cell(row, 1).value = formula
        sheet["A5"].number_format, sheet["A6"].number_format = "yyyy-mm-dd", "0%"

    stored = ("1.25", "合格", "1", "#DIV/0!", "42363", "0.8")
    marks = ("", ' t="str"', ' t="b"', ' t="e"', "", "")

    def with_results(_name: str, part: bytes) -> bytes:
        if b"<f>5/4</f>" not in part:
            return part
        text = part.decode()
        for row, (value, mark) in enumerate(zip(stored, marks, strict=True), 1):
            head, tail = text.split(f'r="A{row}"', 1)
            tail = tail.replace(">", f"{mark}>", 1).replace("<v></v>", f"<v>{value}</v>", 1)
            text = f'{head}r="A{row}"{tail.replace("<v/>", f"<v>{value}</v>", 1)}'
        return text.encode()

    data = rewritten(edited(own), with_results)
    found = renewed(data, ONE.plan(revision=9))
    (sheet,) = (sheet for sheet in read_book(found).sheets if sheet.title == "草稿")
    assert tuple(sheet.values[row, 1].raw for row in range(1, 7)) == kept


def test_new_members_claims_and_matters_get_rows_that_look_like_the_others() -> None:
    more = evening(1, members=5)
    facts = {
        "claims": {"001": ONE.facts.claims["001"], "005": read_claims(SCHEME, more.forms["005"])},
        "agenda": (
            *ONE.facts.agenda,
            AgendaRow(member="005", matter="total", text="新的一条",
                      link=Place(Tab.APPROVALS, "005", "veto")),
        ),
    }  # fmt: skip
    found = renewed(
        edited(work), more.plan({**STATE, Place(SCORES_A, "005", "A1-1"): "4"}, **facts)
    )
    assert typed(found) == {**STATE, Place(SCORES_A, "005", "A1-1"): "4"}
    book = openpyxl.load_workbook(io.BytesIO(found))
    sheet = book["核定"]
    new, _column = at(book, "核定", "005", "编号")
    old, column = at(book, "核定", "004", "总分")
    assert new > old
    assert sheet.cell(new, column).fill.fgColor.rgb == sheet.cell(old, column).fill.fgColor.rgb
    assert sheet.row_dimensions[new].height == sheet.row_dimensions[old].height
    row, column = at(book, "核定", "005", "核定")
    (rule,) = [
        rule for rule in sheet.data_validations.dataValidation
        if sheet.cell(row, column).coordinate in rule.sqref
    ]  # fmt: skip
    assert rule.type == "list"
    row, column = at(book, "上会清单", "005", "去看")
    link = str(book["上会清单"].cell(row, column).value)
    assert link.startswith('=HYPERLINK("#\'核定\'!"&ADDRESS(IFERROR(MATCH("005",')
    bottom = str(book["核定"].auto_filter.ref).rsplit(":", maxsplit=1)[-1]
    assert bottom.endswith(str(new))


def test_a_fixed_link_of_an_earlier_program_gives_way_to_the_formula() -> None:
    def fix(book: Workbook) -> None:
        cell = book["上会清单"].cell(*at(book, "上会清单", "001", "去看"))
        cell.value = "评分A A1-1"
        link_to(book["上会清单"], cell, ("评分A", "B2"))

    found = openpyxl.load_workbook(io.BytesIO(renewed(edited(fix), PLAN)))
    cell = found["上会清单"].cell(*at(found, "上会清单", "001", "去看"))
    assert cell.hyperlink is None
    assert str(cell.value).startswith("=HYPERLINK(")


def test_the_first_row_of_an_empty_sheet_looks_as_if_painted() -> None:
    found = openpyxl.load_workbook(io.BytesIO(renewed(DATA, ONE.plan(STATE))))
    fresh = openpyxl.load_workbook(io.BytesIO(painted(ONE.plan(STATE))))
    for one, other in zip(found["调整"][4], fresh["调整"][4], strict=True):
        assert one.value == other.value
        assert (one.fill.fgColor.rgb, one.font.sz, one.border.left.style) == (
            other.fill.fgColor.rgb,
            other.font.sz,
            other.border.left.style,
        )


def test_what_spoke_for_all_is_emptied_unless_nobody_could_use_it() -> None:
    def speak(book: Workbook) -> None:
        put(book, "核定", at(book, "核定", EVERYONE, "核定"), "同意")
        put(book, "核定", at(book, "核定", EVERYONE, "会次"), "二月")

    unusable = Place(Tab.APPROVALS, EVERYONE, "meeting")
    found = renewed(edited(speak), ONE.plan(kept=frozenset({unusable})))
    assert typed(found) == {unusable: "二月"}


def test_only_what_is_to_be_restored_is_put_back() -> None:
    def type_in(book: Workbook) -> None:
        put(book, "评分A", at(book, "评分A", "002", "A1-3", "核定分"), 0.5)
        put(book, "核定", at(book, "核定", "002", "否决"), "V3")

    said = {POINTS: "1.5"}
    assert typed(renewed(edited(type_in), ONE.plan(said))) == {POINTS: "0.5", VETO: "V3"}
    back = ONE.plan(said, restored=frozenset({POINTS, VETO}))
    assert typed(renewed(edited(type_in), back)) == {POINTS: "1.5"}


def test_a_row_that_was_deleted_comes_back_with_what_was_decided() -> None:
    def drop(book: Workbook) -> None:
        row, _column = at(book, "核定", "002", "编号")
        book["核定"].delete_rows(row)

    plan = ONE.plan(STATE)
    found = renewed(edited(drop, renewed(edited(work), plan)), plan)
    assert typed(found) == STATE
    read = read_desk(read_book(found), "", SCHEME)
    assert missing_rows(read, expected_rows(plan)) == ()


def test_sheets_that_are_gone_come_back_and_add_up_what_stands_elsewhere_now() -> None:
    def drop(book: Workbook) -> None:
        book["评分A"].insert_cols(4)
        del book["核定"]
        del book["_计算"]

    plan = ONE.plan(STATE)
    found = renewed(edited(drop, edited(work)), plan)
    assert typed(found) == STATE
    book = openpyxl.load_workbook(io.BytesIO(found))
    assert book.sheetnames.index("核定") == book.sheetnames.index("调整") + 1
    _row, column = at(book, "评分A", "002", "A1-3", "核定分")
    letter = get_column_letter(column)
    cell = book["_计算"].cell(*at(book, "_计算", "002", "A1-3"))
    assert f"'评分A'!${letter}:${letter}" in str(cell.value)
    assert book["核定"].freeze_panes == "C4"


def test_a_sheet_without_its_headings_is_left_as_it_is() -> None:
    def spoil(book: Workbook) -> None:
        book["核定"].delete_rows(3)

    data = edited(spoil, edited(work))
    found = refresh(data, ONE.plan(STATE))
    assert found is not None
    assert sheet_of(found, "核定") == sheet_of(data, "核定")
    assert sheet_of(found, "调整") != sheet_of(data, "调整")


def sheet_of(data: bytes, title: str) -> Mapping[tuple[int, int], str]:
    found: Book = read_book(data)
    return {at: v.raw for s in found.sheets if s.title == title for at, v in s.values.items()}


def test_a_matter_that_is_settled_is_hidden_where_nobody_wrote_about_it() -> None:
    def conclude(book: Workbook) -> None:
        put(book, "上会清单", at(book, "上会清单", "002", "结论"), "不否决")

    data = edited(conclude)
    found = renewed(data, ONE.plan(agenda=()))
    book = openpyxl.load_workbook(io.BytesIO(found))
    sheet = book["上会清单"]
    states = {
        key: (sheet.row_dimensions[row].hidden, sheet.cell(row, column).value)
        for key in ("001", "002")
        for row, column in [at(book, "上会清单", key, "状态")]
    }
    assert states == {"001": (True, "已了结"), "002": (False, "已了结")}
    assert typed(found)[Place(Tab.AGENDA, "002/total", "conclusion")] == "不否决"
    book = openpyxl.load_workbook(io.BytesIO(renewed(found, PLAN)))
    row, column = at(book, "上会清单", "001", "状态")
    sheet = book["上会清单"]
    assert (sheet.row_dimensions[row].hidden, sheet.cell(row, column).value) == (False, "待议")


def test_a_claim_that_is_gone_is_in_no_sum() -> None:
    member = next(m for m, claims in ONE.facts.claims.items() if claims)
    plan = ONE.plan(claims={})
    book = openpyxl.load_workbook(io.BytesIO(renewed(DATA, plan)))
    row, column = at(book, "加分认定", member, "加分键")
    assert book["加分认定"].cell(row, column).value is None
    assert book["加分认定"].row_dimensions[row].hidden


def test_a_formula_in_a_cell_people_decide_in_is_replaced_by_its_result() -> None:
    def compute(name: str, part: bytes) -> bytes:
        return part.replace(b"<v>1.5</v>", b"<f>1+0.5</f><v>1.5</v>") if "sheet5" in name else part

    data = rewritten(edited(work), compute)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book["评分A"].cell(*at(book, "评分A", "002", "A1-3", "核定分")).value == "=1+0.5"
    assert refresh(data, ONE.plan(STATE)) != data
    book = openpyxl.load_workbook(io.BytesIO(renewed(data, ONE.plan(STATE))))
    assert book["评分A"].cell(*at(book, "评分A", "002", "A1-3", "核定分")).value == 1.5


def test_what_people_overwrote_of_ours_is_written_again() -> None:
    def spoil(book: Workbook) -> None:
        put(book, "评分A", at(book, "评分A", "002", "A1-3", "来源分"), 99)
        put(book, "核定", at(book, "核定", "002", "总分"), 100)
        put(book, "核定", at(book, "核定", "002", "姓名"), "别人")

    data = edited(spoil)
    found = renewed(data, PLAN)
    assert found != data
    assert values(found) == values(renewed(DATA, ONE.plan(revision=3)))


def test_a_rule_added_in_mid_round_gets_its_column_and_a_heading_people_removed_does_not() -> None:
    first = SCHEME.parts[0].sections[0]
    more = replace(first.items[0], code="A1-9", title="新增一项", events=())
    section = replace(first, items=(*first.items, more))
    part = replace(SCHEME.parts[0], sections=(section, *SCHEME.parts[0].sections[1:]))
    scheme = replace(SCHEME, parts=(part, *SCHEME.parts[1:]))
    place = Place(SCORES_A, "002", "A1-9")
    plan = replace(ONE, scheme=scheme).plan({**STATE, place: "3"})
    data = edited(work)
    assert read_desk(read_book(data), "核定.xlsx", scheme).faults == ()
    found = renewed(data, plan)
    read = read_desk(read_book(found), "核定.xlsx", scheme)
    assert read.faults == ()
    assert {p: c.text for p, c in read.typed.items() if p.tab != Tab.FILES} == {
        **STATE, place: "3",
    }  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(found))
    row, column = at(book, "评分A", "001", "A1-9", "核定分")
    cell = book["评分A"].cell(row, column)
    (rule,) = [
        r for r in book["评分A"].data_validations.dataValidation if cell.coordinate in r.sqref
    ]
    assert (rule.type, rule.formula2) == ("decimal", "5")
    assert f"${get_column_letter(column)}:" in str(
        book["_计算"].cell(*at(book, "_计算", "001", "A1-9")).value
    )

    def remove(book: Workbook) -> None:
        book["评分A"].cell(3, at(book, "评分A", "001", "A1-3")[1]).value = None

    newer = refresh(edited(remove, DATA), PLAN)
    assert newer is not None
    (fault,) = read_desk(read_book(newer), "核定.xlsx", SCHEME).faults
    assert fault.kind == "heading-missing"


# ------------------------------------------------------------------ when nothing is rewritten


def test_a_limit_on_seats_set_in_mid_round_is_said_in_the_heading_that_stands_there() -> None:
    quota = Quota(tier=SCHEME.tiers[0].title, rule=QuotaRule.GIVEN, given=1)
    limited = evening(1, members=4, scheme=replace(SCHEME, quota=quota)).plan(STATE, revision=4)
    found = renewed(edited(work), limited)
    texts = sheet_of(found, "核定").values()
    assert any("未计名额" in text for text in texts)
    free = renewed(found, ONE.plan(STATE, revision=5))
    assert not any("未计名额" in text for text in sheet_of(free, "核定").values())
    assert seen(free, "核定", "002", "等次")
    assert typed(free) == STATE


def test_an_unchanged_workbook_needs_nothing_and_another_revision_alone_is_no_reason() -> None:
    assert refresh(DATA, PLAN) == DATA
    assert refresh(DATA, ONE.plan(revision=4)) == DATA
    assert renewed(DATA, NEWER) != DATA


def with_part(name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(DATA)) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    return packed({**parts, name: content})


ANCHOR = b'<xdr:wsDr xmlns:xdr="x"><xdr:twoCellAnchor/></xdr:wsDr>'


@pytest.mark.parametrize(
    "data",
    [
        with_part("xl/media/image1.png", b"\x89PNG"),
        with_part("xl/drawings/drawing1.xml", ANCHOR),
        with_part("xl/threadedComments/threadedComment1.xml", b"<a/>"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"PK\3\4 no workbook",
        b"",
    ],
    ids=["picture", "text box", "threaded comment", "old format", "damaged", "empty"],
)
def test_a_workbook_that_saving_would_harm_is_not_rewritten(data: bytes) -> None:
    assert refresh(data, NEWER) is None


def test_an_iso_strict_workbook_is_not_rewritten() -> None:
    strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    loose = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = rewritten(DATA, lambda _name, part: part.replace(loose, strict))
    assert refresh(data, NEWER) is None


def test_a_drawing_that_holds_nothing_is_no_reason_to_leave_the_workbook() -> None:
    empty = b'<xdr:wsDr xmlns:xdr="x"></xdr:wsDr>'
    assert refresh(with_part("xl/drawings/drawing1.xml", empty), NEWER) is not None


def test_days_typed_as_days_are_days_when_restored() -> None:
    place = Place(Tab.MEETINGS, "1", "day")
    plan = ONE.plan({place: "2015-12-25"}, restored=frozenset({place}))
    value = seen(renewed(DATA, plan), "会议", "1", "日期")
    assert str(value).startswith(date(2015, 12, 25).isoformat())
