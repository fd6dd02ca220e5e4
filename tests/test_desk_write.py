"""The staff's workbook painted new: what people see, what cells take, what formulas use."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from desks import CREATED, SCHEME, evening, painted
from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from test_desk_read import at

from sheetflow import kinds
from sheetflow.desk import words
from sheetflow.desk.plan import expected_rows, plan_desk
from sheetflow.desk.sheets import DeskPlan, Role, Shape
from sheetflow.desk.standing import top_of
from sheetflow.excel import desk_styles
from sheetflow.excel.read import read_book
from sheetflow.excel.write.desk import paint_desk, write_desk
from sheetflow.model import Place, Tab, Value, ValueKind

ONE = evening(1, members=4)
PLAN = ONE.plan()
DATA = painted(PLAN)
BOOK = openpyxl.load_workbook(io.BytesIO(DATA), rich_text=True)
VISIBLE = [sheet for sheet in PLAN.sheets if not sheet.layout.hidden]
#: Known to Excel 2010, WPS 2016 and LibreOffice, none of them an array's.
FUNCTIONS = {
    "ABS", "ADDRESS", "AND", "CHOOSE", "COLUMN", "COUNT", "COUNTIF", "COUNTIFS",
    "HYPERLINK", "IF", "IFERROR", "INDEX", "ISNUMBER", "LARGE", "LEN",
    "MATCH", "MAX", "MIN", "OR", "ROUND", "SUM", "SUMIF", "TRIM",
}  # fmt: skip


def rules(sheet: Worksheet, cell: str) -> list[DataValidation]:
    return [rule for rule in sheet.data_validations.dataValidation if cell in rule.sqref]


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert write_desk(PLAN, created=CREATED) == DATA


def test_what_was_painted_names_the_rows_in_which_people_decide() -> None:
    assert paint_desk(PLAN, created=CREATED).rows == expected_rows(PLAN)


def test_formulas_are_plain() -> None:
    used, arrays = set(), []
    for sheet in BOOK.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type == "f":
                text = re.sub(r'"[^"]*"', "", str(cell.value))
                used |= set(re.findall(r"([A-Z]+)\(", text))
                arrays += [cell.coordinate] if not isinstance(cell.value, str) else []
    assert used == FUNCTIONS
    assert arrays == []


def test_results_kept_with_the_formulas_are_the_engine_s() -> None:
    said = {Place(f"{Tab.SCORES}.A", member, "A4"): "优" for member in ONE.forms}
    plan = ONE.plan(said)
    found = {sheet.title: sheet.values for sheet in read_book(painted(plan)).sheets}
    standings = {s.member.id: s for s in ONE.outcome(said).standings}
    row, column = at(BOOK, "核定", "001", "总分")
    assert standings["001"].total is not None
    value = found["核定"][row, column]
    assert value == Value(ValueKind.NUMBER, value.raw, formula=True)
    assert Decimal(value.raw) == standings["001"].total


@pytest.mark.parametrize("plan", VISIBLE, ids=lambda sheet: sheet.layout.title)
def test_a_sheet_can_be_read_on_a_wall_and_printed(plan: object) -> None:
    layout = next(s for s in VISIBLE if s is plan).layout
    sheet = BOOK[layout.title]
    top = 2 + len(layout.advice)
    sizes = {cell.font.sz for row in sheet.iter_rows(max_row=top + 3) for cell in row if cell.value}
    assert min(sizes) >= 14
    assert sheet.freeze_panes == f"{'ABCDEF'[layout.frozen]}{top + 1}"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    # Absent means one page.
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == f"${top}:${top}"
    assert not sheet.protection.sheet


def test_each_cell_people_fill_takes_what_the_rules_take() -> None:
    sheet = BOOK["评分A"]
    for item in SCHEME.parts[0].items:
        cell = sheet.cell(*at(BOOK, "评分A", "001", item.code, "核定分")).coordinate
        (rule,) = rules(sheet, cell)
        listed = kinds.values(item)
        if listed:
            assert rule.formula1 == '"' + ",".join(str(p).rstrip("0").rstrip(".") or "0"
                                                    for p in listed) + '"'  # fmt: skip
        else:
            assert (rule.type, rule.formula1) == ("decimal", "0")
            assert Decimal(str(rule.formula2)) == item.most


@pytest.mark.parametrize(
    ("title", "heading", "listed"),
    [
        ("核定", "核定", "同意,退回"),
        ("核定", "否决", "V1,V2,V3"),
        ("核定", "支部评定等次", "优秀,合格,基本合格,不合格,按建议"),
        ("会议", "类别", "支委会,党员大会"),
        ("文件", "采用", "是,否"),
    ],
)
def test_words_are_offered_and_no_others_taken(title: str, heading: str, listed: str) -> None:
    key = {"会议": "1", "文件": "0a0b0c"}.get(title, "001")
    sheet = BOOK[title]
    (rule,) = rules(sheet, sheet.cell(*at(BOOK, title, key, heading)).coordinate)
    assert (rule.type, rule.formula1, rule.errorStyle) == ("list", f'"{listed}"', None)


def test_counts_are_whole_numbers_from_zero() -> None:
    sheet = BOOK["台账"]
    (rule,) = rules(sheet, sheet.cell(*at(BOOK, "台账", "001", "A1-1")).coordinate)
    assert (rule.type, rule.operator, rule.formula1) == ("whole", "greaterThanOrEqual", "0")


def test_the_program_s_cells_refuse_typing_without_forbidding_anything_else() -> None:
    for title, key, heading in (("核定", "001", "姓名"), ("核定", "001", "总分"),
                                ("调整", "编号", "编号")):  # fmt: skip
        sheet = BOOK[title]
        where = (3, 1) if key == "编号" else at(BOOK, title, key, heading)
        (rule,) = rules(sheet, sheet.cell(*where).coordinate)
        assert (rule.type, rule.formula1) == ("custom", "FALSE")


def test_a_matter_leads_to_its_cell() -> None:
    """By a formula, so that it still leads there once the sheet is sorted."""
    cell = BOOK["上会清单"].cell(*at(BOOK, "上会清单", "001", "去看"))
    columns = (at(BOOK, "评分A", "001", each, "核定分")[1] for each in ("A1-1", "键"))
    item, key = map(get_column_letter, columns)
    row = f"""IFERROR(MATCH("001/核定分",'评分A'!${key}:${key},0),1)"""
    column = f"COLUMN('评分A'!${item}:${item})"
    assert cell.hyperlink is None
    assert cell.value == f"""=HYPERLINK("#'评分A'!"&ADDRESS({row},{column}),"评分A A1-1")"""


def test_every_cell_bears_the_colour_of_whose_it_is() -> None:
    for plan in VISIBLE:
        sheet, top = BOOK[plan.layout.title], top_of(plan.layout) + 2
        for at_row, row in enumerate(plan.rows, start=top):
            for at_column, column in enumerate(plan.layout.columns, start=1):
                cell, found = row.cell(column), sheet.cell(at_row, at_column)
                special = "counted" if cell.counted and not column.hidden else ""
                wanted = desk_styles.style(cell.role, column.shape, row.look, special)
                place = (plan.layout.title, found.coordinate)
                assert f"#{found.fill.fgColor.rgb[2:]}" == wanted["bg_color"], place
                if special:
                    assert f"#{found.font.color.rgb[2:]}" == wanted["font_color"], place


@pytest.mark.parametrize(
    ("matter", "text", "higher"),
    [
        ("x", "自评与台账不一致，" * 30, True),
        # What is hidden makes no row higher: this key is longer than its cell is wide.
        ("x" * 300, ONE.facts.agenda[0].text, False),
    ],
)
def test_a_row_is_as_high_as_its_longest_text_that_is_seen(
    matter: str, text: str, *, higher: bool
) -> None:
    usual = ONE.facts.agenda[0]
    plan = ONE.plan(agenda=(usual, replace(usual, matter=matter, text=text)))
    sheet = openpyxl.load_workbook(io.BytesIO(painted(plan)))["上会清单"]
    first = top_of(plan.sheet(Tab.AGENDA).layout) + 3
    one, other = (sheet.row_dimensions[row].height or 0 for row in (first, first + 1))
    assert (other > 3 * one) if higher else (other == one)


def hostile() -> DeskPlan:
    texts = "=HYPERLINK(0)", "<r>x</r>", "+1", "_x0041_"
    row = ONE.facts.agenda[0]
    agenda = tuple(
        type(row)(member="001", matter=str(n), text=text, link=row.link)
        for n, text in enumerate(texts)
    )
    said = {Place(Tab.AGENDA, f"001/{n}", "conclusion"): text for n, text in enumerate(texts)}
    return plan_desk(ONE.scheme, ONE.outcome({}), said, type(ONE.facts)(revision=1, agenda=agenda))


def test_texts_stay_texts() -> None:
    (sheet,) = (s for s in read_book(painted(hostile())).sheets if s.title == "上会清单")
    # Below the headings stands the row that speaks for all.
    shown = [[sheet.values[row, column] for column in (3, 7)] for row in range(5, 9)]
    expected = ["=HYPERLINK(0)", "<r>x</r>", "+1", "_x0041_"]
    assert [[v.raw.strip() for v in row] for row in shown] == [[text, text] for text in expected]
    assert not any(value.formula for row in shown for value in row)


def test_ids_and_words_are_texts_and_numbers_numbers() -> None:
    for sheet in VISIBLE:
        for row in sheet.rows:
            for column in sheet.layout.columns:
                cell = row.cells.get(column.key)
                if cell and column.shape is Shape.CODE and cell.value is not None:
                    assert isinstance(cell.value, str)
                if cell and cell.role is Role.LIVE and column.shape is Shape.POINTS:
                    assert isinstance(cell.value, Decimal | str), words.UNDECIDED
