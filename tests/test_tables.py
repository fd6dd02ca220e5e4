"""Tables people edit come back as they went in, whatever they hold."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from sheetflow.excel.write.tables import write_tables
from sheetflow.model import Plain, Table, TableColumn
from sheetflow.text import CELL_LIMIT, clean

DAY = date(2015, 1, 5)
LONG = tuple(f"很长的一个选项第{n}号" for n in range(40))
ROSTER = Table(
    title="名册",
    advice="一人一行；编号是文本，前面的 0 要留着。",
    columns=(
        TableColumn(heading="编号", width=8, hint="留空由程序编号"),
        TableColumn(heading="姓名"),
        TableColumn(heading="类别", choices=("正式", "预备"), hint="从列表中选"),
        TableColumn(heading="岗位", choices=LONG),
        TableColumn(heading="分数"),
        TableColumn(heading="日期"),
        TableColumn(heading="混合"),
    ),
    rows=(
        ("007", "=1+1", "正式", LONG[3], Decimal("2.5"), date(2015, 3, 1), "文"),
        ("010", "http://example.org", "预备", None, 3, None, 5),
    ),
)


def write(*tables: Table) -> bytes:
    return write_tables(tables, title="名册", created=DAY)


def load(data: bytes, title: str = "名册") -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data))[title]
    assert isinstance(sheet, Worksheet)
    return sheet


def rules(sheet: Worksheet) -> Mapping[str, DataValidation]:
    return {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}


# ------------------------------------------------------------------ cells


def test_values_keep_their_kind() -> None:
    sheet = load(write(ROSTER))
    assert [cell.value for cell in sheet[2]] == [c.heading for c in ROSTER.columns]
    assert [cell.value for cell in sheet[3]] == [
        "007",
        "=1+1",
        "正式",
        LONG[3],
        2.5,
        datetime(2015, 3, 1),  # noqa: DTZ001 - cells know no time zone
        "文",
    ]
    kinds = [cell.data_type for cell in sheet[3]]
    assert kinds == ["s", "s", "s", "s", "n", "d", "s"]
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


def test_new_rows_take_what_their_column_takes() -> None:
    sheet = load(write(ROSTER))
    formats = [cell.number_format for cell in sheet[20]]
    assert formats == ["@", "@", "@", "@", "General", "yyyy-mm-dd", "@"]
    assert sheet.max_row == 2 + len(ROSTER.rows) + 30


plain = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.sampled_from(["=1", "{=1}", "mailto:x@y", "internal:A!A1", "007", "1e5", "\ud800a"]),
    st.integers(-(10**9), 10**9),
    st.decimals(-1000, 1000, places=2, allow_nan=False),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(plain, plain), max_size=6))
def test_whatever_is_written_is_read_back_as_the_same_thing(rows: list[tuple[Plain, ...]]) -> None:
    columns = (TableColumn(heading="甲"), TableColumn(heading="乙"))
    sheet = load(write(Table(title="名册", columns=columns, rows=tuple(rows))))
    for number, row in enumerate(rows, start=2):
        for cell, value in zip(sheet[number], row, strict=True):
            assert cell.data_type != "f"
            if isinstance(value, str):
                assert (cell.value or "") == clean(value)
            elif isinstance(value, date):
                assert isinstance(cell.value, datetime)
                assert cell.value.date() == value
            elif value is None:
                assert cell.value is None
            else:
                assert isinstance(cell.value, int | float)
                assert Decimal(repr(cell.value)) == value


# ------------------------------------------------------------------ help while typing


def test_short_choices_stand_in_the_cells_own_list() -> None:
    rule = rules(load(write(ROSTER)))["C3"]
    assert (rule.type, rule.formula1, rule.prompt) == ("list", '"正式,预备"', "从列表中选")


@pytest.mark.parametrize("choices", [LONG, ("有,逗号", "无"), ('有"引号', "无")])
def test_other_choices_stand_in_a_hidden_sheet(choices: tuple[str, ...]) -> None:
    column = TableColumn(heading="选", choices=choices)
    book = openpyxl.load_workbook(io.BytesIO(write(Table(title="名册", columns=(column,)))))
    sheet = book["名册"]
    assert isinstance(sheet, Worksheet)
    place = str(rules(sheet)["A2"].formula1)
    assert place == f"'选项'!$A$1:$A${len(choices)}"
    hidden = book["选项"]
    assert hidden.sheet_state == "hidden"
    assert tuple(row[0] for row in hidden.iter_rows(values_only=True)) == choices


def test_hints_speak_and_the_longest_is_cut_to_what_fits() -> None:
    columns = (TableColumn(heading="很长的标题" * 9, hint="提示" * 200),)
    rule = rules(load(write(Table(title="名册", columns=columns))))["A2"]
    assert len(str(rule.promptTitle)) == 32
    assert str(rule.prompt).startswith("提示提示")
    assert len(str(rule.prompt)) == 255


def test_the_page_prints_with_its_headings() -> None:
    sheet = load(write(ROSTER))
    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$2:$2"
    assert sheet.auto_filter.ref == "A2:G34"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)


def test_long_texts_get_rows_high_enough() -> None:
    columns = (TableColumn(heading="文", width=20),)
    table = Table(title="名册", columns=columns, rows=(("短",), ("长" * 100,), ("一\n\n三\n",)))
    sheet = load(write(table))
    heights = [sheet.row_dimensions[row].height or 0 for row in (2, 3, 4)]
    assert heights[1] >= 10 * 13
    assert heights[2] > 3 * heights[0] - 5


def test_same_tables_same_bytes() -> None:
    assert write(ROSTER) == write(ROSTER)


# ------------------------------------------------------------------ clean text

CLEAN = (
    ("a\tb\nc", "a\tb\nc"),
    ("a\x00\x0b\x1f\x7f\x85b", "ab"),
    ("张\ud800三\udfff", "张三"),
    ("x\ufffe\uffffy", "xy"),
    ("\u202e倒\u2066了\u2069", "倒了"),
    ("e\u0301", "é"),
    ("中\u200b文", "中\u200b文"),
    ("𠮷野", "𠮷野"),
)


@pytest.mark.parametrize(("text", "kept"), CLEAN)
def test_clean_keeps_text_and_drops_what_breaks_files(text: str, kept: str) -> None:
    assert clean(text) == kept


def test_names_have_no_invisible_characters() -> None:
    assert clean("\ufeff张\u200b三\u00ad", name=True) == "张三"


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_is_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


@pytest.mark.parametrize("mark", ["长", "𠮷"])
def test_a_text_too_long_for_a_cell_says_so(mark: str) -> None:
    cut = clean(mark * 40_000)
    assert len(cut.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert cut.endswith(mark + "…")
