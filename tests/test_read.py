"""The bounded reader: what it reads equals what was written; what it cannot read it refuses."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from packing import (
    FORM,
    MAIN,
    NAMES,
    OFFICE,
    STRICT,
    STRICT_OFFICE,
    links,
    made,
    packed,
    parts_of,
    refusal,
    rewritten,
    row,
    written,
)

from sheetflow import number
from sheetflow.excel.read import read_book
from sheetflow.excel.values import unescape
from sheetflow.model import Book, Value, ValueKind


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


FORM_VALUES = {
    (1, 1): Value(ValueKind.TEXT, "编号"),
    (2, 1): Value(ValueKind.TEXT, "  0020250101 "),
    (3, 1): Value(ValueKind.TEXT, "考核内容\n🎓 x"),
    (4, 1): Value(ValueKind.NUMBER, "7.5"),
    (5, 1): Value(ValueKind.BOOL, "TRUE"),
    (6, 1): Value(ValueKind.DATE, "2015-12-31"),
    (7, 1): Value(ValueKind.NUMBER, "8.5", formula=True),
    (8, 1): Value(ValueKind.TEXT, "合格", formula=True),
    (9, 1): Value(ValueKind.ERROR, "#N/A", formula=True),
}


def test_a_workbook_is_read_whole() -> None:
    book = read_book(FORM)
    assert [(s.title, s.hidden) for s in book.sheets] == [
        ("目标管理", False),
        ("数据", True),
        ("底", True),
    ]
    assert book.sheets[0].values == FORM_VALUES
    assert book.sheets[0].beyond == ()
    assert book.modified == datetime(2015, 12, 1, 8, tzinfo=UTC)


# ------------------------------------------------------------------ against what was written

texts = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=("Cc", "Cn")),
        st.sampled_from("党编号分 　\n\t🎓<&>\"'"),
    ),
    min_size=1,
    max_size=20,
).filter(lambda text: "_x" not in text)
texts |= st.sampled_from(["_x0041_", " _x005F_ ", "_x000D_", "=1+1", "007", "{=1}", "_x"])
floats = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9)
numbers = st.one_of(
    st.integers(-999_999_999, 999_999_999),
    floats.map(lambda x: float(f"{x:.15g}")).filter(lambda x: abs(x) < 1e9),
    st.decimals(-1000, 1000, places=2).map(float),
)
moments = st.one_of(
    st.dates(date(1901, 1, 1), date(2999, 12, 31)),
    st.datetimes(
        datetime(1901, 1, 1),  # noqa: DTZ001 - cells hold local time without a zone
        datetime(2999, 12, 31),  # noqa: DTZ001 - the same
    ).map(lambda moment: moment.replace(microsecond=0)),
)
ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")
errors = st.sampled_from(ERRORS)
plain_values = st.one_of(texts, numbers, st.booleans(), moments)


def expected(value: object, *, formula: bool = False) -> Value:
    """The Value a Python value must come back as."""
    match value:
        case bool():
            return Value(ValueKind.BOOL, str(value).upper(), formula)
        case int() | float():
            return Value(ValueKind.NUMBER, number.text(Decimal(repr(float(value)))), formula)
        case datetime() if value.time() == time():
            return Value(ValueKind.DATE, value.date().isoformat(), formula)
        case date():
            return Value(ValueKind.DATE, value.isoformat(), formula)
        case _:
            return Value(ValueKind.TEXT, str(value), formula)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(plain_values, min_size=1, max_size=12), base_1904=st.booleans())
def test_xlsxwriter_values_come_back(values: list[object], base_1904: bool) -> None:
    values = [v for v in values if not (base_1904 and isinstance(v, date) and v.year < 1905)]

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        shown = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for at, value in enumerate(values):
            if isinstance(value, date):
                sheet.write_datetime(at, 1, value, shown)
            elif isinstance(value, str):
                sheet.write_string(at, 1, value)
            else:
                sheet.write(at, 1, value)

    read = read_book(written(fill, date_1904=base_1904)).sheets[0]
    assert read.values == {(at, 2): expected(v) for at, v in enumerate(values, 1)}


@settings(max_examples=60, deadline=None)
@given(values=st.lists(plain_values, min_size=1, max_size=12), base_1904=st.booleans())
def test_openpyxl_values_come_back(values: list[object], base_1904: bool) -> None:
    values = [v for v in values if not (base_1904 and isinstance(v, date) and v.year < 1905)]
    book = openpyxl.Workbook()
    if base_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    for at, value in enumerate(values, 1):
        cell = sheet.cell(at, 3)
        cell.value = value  # type: ignore[assignment] # the stub leaves dates out
        if isinstance(value, str):
            cell.data_type = "s"
    read = read_book(saved(book)).sheets[0]
    wanted = {
        (at, 3): expected(unescape(v) if isinstance(v, str) else v)
        for at, v in enumerate(values, 1)
    }
    assert read.values == wanted


@settings(max_examples=40, deadline=None)
@given(results=st.lists(st.one_of(texts, numbers, st.booleans(), errors), max_size=8))
def test_formulas_keep_the_kind_of_their_result(results: list[object]) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for at, result in enumerate(results):
            sheet.write_formula(at, 0, "=B1", None, result)

    read = read_book(written(fill)).sheets[0].values
    for at, result in enumerate(results, 1):
        wanted = expected(result, formula=True)
        if result in ERRORS:
            wanted = Value(ValueKind.ERROR, str(result), formula=True)
        if isinstance(result, str):
            wanted = Value(wanted.kind, unescape(wanted.raw), formula=True)
        assert read[at, 1] == wanted


def seen_by_openpyxl(data: bytes) -> list[tuple[str, bool, dict[tuple[int, int], Value]]]:
    """What openpyxl can tell, in our nouns; a formula without value reads as blank there."""
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    found = []
    for sheet in values.worksheets:
        cells = {}
        for line in sheet.iter_rows():
            for cell in line:
                if cell.value is None:
                    continue
                written_as = formulas[sheet.title].cell(cell.row, cell.column or 0)
                wanted = expected(cell.value, formula=written_as.data_type == "f")
                if cell.data_type == "e":
                    wanted = Value(ValueKind.ERROR, wanted.raw, wanted.formula)
                cells[cell.row, cell.column or 0] = wanted
        found.append((sheet.title, sheet.sheet_state != "visible", cells))
    return found


def seen_by_us(book: Book) -> list[tuple[str, bool, dict[tuple[int, int], Value]]]:
    """Our reading without what openpyxl cannot tell from blank."""
    return [
        (s.title, s.hidden, {k: v for k, v in s.values.items() if v.raw != ""}) for s in book.sheets
    ]


@settings(max_examples=40, deadline=None)
@given(
    cells=st.dictionaries(
        st.tuples(st.integers(0, 40), st.integers(0, 30)), plain_values, max_size=15
    ),
    results=st.lists(st.one_of(numbers, errors, st.booleans()), max_size=5),
)
def test_openpyxl_agrees(cells: dict[tuple[int, int], object], results: list[object]) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("甲")
        shown = book.add_format({"num_format": "yyyy/m/d h:mm"})
        for (line, column), value in cells.items():
            if isinstance(value, date):
                sheet.write_datetime(line, column, value, shown)
            elif isinstance(value, str):
                sheet.write_string(line, column, value.replace("_x", "字"))
            else:
                sheet.write(line, column, value)
        other = book.add_worksheet("乙")
        for at, result in enumerate(results):
            other.write_formula(at, at, "=甲!A1", None, result)

    data = written(fill)
    assert seen_by_us(read_book(data)) == seen_by_openpyxl(data)


# ------------------------------------------------------------------ other ways to write a file


def strict(name: str, content: bytes) -> bytes:
    if not name.endswith((".xml", ".rels")) or name == "[Content_Types].xml":
        return content
    text = content.decode()
    return text.replace(MAIN, STRICT).replace(OFFICE, STRICT_OFFICE).encode()


def prefixed(name: str, content: bytes) -> bytes:
    if not name.startswith("xl/") or name.endswith(".rels") or "chart" in name:
        return content
    text = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", content.decode())
    return text.replace("xmlns=", "xmlns:x=").encode()


def wide(name: str, content: bytes) -> bytes:
    if not name.endswith((".xml", ".rels")):
        return content
    return content.decode().replace("UTF-8", "UTF-16").encode("utf-16")


OTHER_SPELLINGS: list[Callable[[str, bytes], bytes]] = [strict, prefixed, wide]


@pytest.mark.parametrize("spelling", OTHER_SPELLINGS)
def test_every_spelling_reads_the_same(spelling: Callable[[str, bytes], bytes]) -> None:
    assert read_book(rewritten(FORM, spelling)) == read_book(FORM)


RENAMED: list[tuple[str, str]] = [
    ("[Content_Types].xml", "other.xml"),
    ("_rels/.rels", "_rels/none"),
    ("xl/sharedStrings.xml", "xl/SharedStrings.XML"),
    ("xl/worksheets/sheet1.xml", "XL\\worksheets\\Sheet1.xml"),
    ("xl/workbook.xml", "/xl/Workbook.xml"),
]


@pytest.mark.parametrize(("old", "new"), RENAMED)
def test_parts_are_found_under_odd_names(old: str, new: str) -> None:
    parts = parts_of(row('<c t="s"><v>0</v></c>'))
    parts[new] = parts.pop(old)
    values = read_book(packed(parts)).sheets[0].values
    assert values == {(1, 1): Value(ValueKind.TEXT, "甲")}


def test_parts_are_found_by_relationship_wherever_they_lie() -> None:
    parts = parts_of(row("<c><v>3</v></c>"))
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"):
        del parts[name]
    moved = parts_of(row("<c><v>3</v></c>"))
    parts["数据/book.xml"] = moved["xl/workbook.xml"]
    parts["数据/_rels/book.xml.rels"] = links(("worksheet", "..\\cells%201.xml"))
    parts["cells 1.xml"] = moved["xl/worksheets/sheet1.xml"]
    parts["_rels/.rels"] = links(("officeDocument", "/数据/book.xml"))
    parts["[Content_Types].xml"] = "<Types>spreadsheetml.sheet.main</Types>"
    assert read_book(packed(parts)).sheets[0].values == {(1, 1): Value(ValueKind.NUMBER, "3")}


MISSING: list[tuple[str, str, str]] = [
    ("styles", '<c s="0"><v>3</v></c>', ""),
    ("styles", '<c s="5" t="s"><v>0</v></c>', ""),
    ("styles", '<c s="1"><v>42369</v></c>', "damaged"),
    ("strings", "<c><v>3</v></c>", ""),
    ("strings", '<c t="s"><v>0</v></c>', "damaged"),
    ("sheet", "", "damaged"),
    ("links", "", "damaged"),
    ("workbook", "", "zip"),
]


@pytest.mark.parametrize(("part", "cell", "kind"), MISSING)
def test_a_missing_part_is_refused_when_something_is_lost(part: str, cell: str, kind: str) -> None:
    parts = parts_of(row(cell))
    del parts[NAMES[part]]
    if kind:
        assert refusal(packed(parts)).kind == kind
    else:
        assert read_book(packed(parts)).sheets[0].values


MODIFIED: list[tuple[str, datetime | None]] = [
    ("<m:modified>2015-12-31T08:00:00Z</m:modified>", datetime(2015, 12, 31, 8, tzinfo=UTC)),
    ("<m:modified>2015-12-31T08:00:00+08:00</m:modified>", datetime(2015, 12, 31, tzinfo=UTC)),
    ("<m:modified>2015-12-31T08:00:00</m:modified>", datetime(2015, 12, 31, 8, tzinfo=UTC)),
    ("<m:modified>0001-01-01T00:00:00+14:00</m:modified>", None),
    ("<m:modified>昨天</m:modified>", None),
    ("<m:created>2015-12-31T08:00:00Z</m:created>", None),
    ("<m:modified>", None),
]


@pytest.mark.parametrize(("content", "moment"), MODIFIED)
def test_the_moment_of_saving_is_told_when_it_can_be_read(
    content: str, moment: datetime | None
) -> None:
    core = f'<p xmlns:m="http://purl.org/dc/terms/">{content}</p>'
    assert read_book(made(row("<c><v>1</v></c>"), core=core)).modified == moment


def test_comments_are_told_with_their_cell() -> None:
    book = openpyxl.Workbook()
    assert book.active
    for cell in ("B2", "D4"):
        book.active[cell].comment = Comment("再核", "甲")
    read = read_book(saved(book))
    assert [sheet.comments for sheet in read.sheets] == [("B2", "D4")]
    assert not read.pictures


def test_what_is_struck_out_is_told_of_the_cells_that_hold_something() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for place, value in (("A1", 3), ("A2", "字"), ("A3", None)):
        sheet[place] = value
        sheet[place].font = Font(strike=True)
    sheet["A4"] = 3
    sheet["A4"].font = Font(bold=True)
    # A condition's format strikes nothing out that the member did not.
    rule = CellIsRule("equal", ["3"], font=Font(strike=True))  # type: ignore[no-untyped-call] # openpyxl's own
    sheet.conditional_formatting.add("A1:A9", rule)
    data = saved(book)
    assert read_book(data).sheets[0].struck == {(1, 1), (2, 1)}
    off = rewritten(data, lambda _part, text: text.replace(b'strike val="1"', b'strike val="0"'))
    assert read_book(off).sheets[0].struck == frozenset()


def test_a_picture_anywhere_in_a_workbook_is_told() -> None:
    data = saved(openpyxl.Workbook())
    with zipfile.ZipFile(buffer := io.BytesIO(data), "a") as package:
        package.writestr("xl/media/image1.png", b"\x89PNG")
    assert read_book(buffer.getvalue()).pictures
