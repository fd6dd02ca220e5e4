"""One cell as stored has one meaning, and every filled cell is kept or told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from packing import MAIN, NAMES, OFFICE, made, row

from sheetflow.errors import UnreadableError
from sheetflow.excel.cells import Context, read_cells
from sheetflow.excel.grid import column_number, position
from sheetflow.excel.preflight import check_zip
from sheetflow.excel.read import read_book, read_staff_book
from sheetflow.excel.room import Room
from sheetflow.excel.values import Shown, shown_by
from sheetflow.model import Value, ValueKind
from sheetflow.tables import address


def first(cells: str, **others: str) -> Value | None:
    return read_book(made(row(cells), **others)).sheets[0].values.get((1, 1))


CELLS: list[tuple[str, Value | None]] = [
    ('<c r="A1"/>', None),
    ('<c r="A1" s="1"/>', None),
    ('<c r="A1"><v/></c>', None),
    ('<c r="A1" t="s"><v>1</v></c>', None),
    ('<c r="A1" t="str"><v></v></c>', None),
    ('<c r="A1" t="inlineStr"><is><t/></is></c>', None),
    ('<c r="A1" t="e"><v/></c>', None),
    ('<c r="A1" t="str"><f>B1</f><v></v></c>', Value(ValueKind.TEXT, "", formula=True)),
    ('<c r="A1" t="s"><f>B1</f><v>1</v></c>', Value(ValueKind.TEXT, "", formula=True)),
    ('<c r="A1"><f>B1</f></c>', Value(ValueKind.UNCACHED, "", formula=True)),
    ('<c r="A1"><f>B1</f><v></v></c>', Value(ValueKind.UNCACHED, "", formula=True)),
    ('<c r="A1" t="str"><f>B1</f></c>', Value(ValueKind.UNCACHED, "", formula=True)),
    ('<c r="A1"><f t="shared" si="0"/><v>3</v></c>', Value(ValueKind.NUMBER, "3", formula=True)),
    ('<c r="A1" t="e"><v>#REF!</v></c>', Value(ValueKind.ERROR, "#REF!")),
    ('<c r="A1" t="e"><v>#GETTING_DATA</v></c>', Value(ValueKind.ERROR, "#GETTING_DATA")),
    ('<c r="A1" t="b"><v>0</v></c>', Value(ValueKind.BOOL, "FALSE")),
    ('<c r="A1" t="b"><v>7</v></c>', Value(ValueKind.ERROR, "7")),
    ('<c r="A1" t="新"><v>7</v></c>', Value(ValueKind.ERROR, "7")),
    ('<c r="A1"><v>2.9999999999999996</v></c>', Value(ValueKind.NUMBER, "2.9999999999999996")),
    ('<c r="A1"><v>0.10000000000000001</v></c>', Value(ValueKind.NUMBER, "0.1")),
    ('<c r="A1"><v>-0</v></c>', Value(ValueKind.NUMBER, "0")),
    ('<c r="A1"><v>1E-2</v></c>', Value(ValueKind.NUMBER, "0.01")),
    ('<c r="A1"><v>13812345678</v></c>', Value(ValueKind.NUMBER, "13812345678")),
    ('<c r="A1"><v>NaN</v></c>', Value(ValueKind.ERROR, "NaN")),
    ('<c r="A1"><v>INF</v></c>', Value(ValueKind.ERROR, "INF")),
    ('<c r="A1"><v>1e999</v></c>', Value(ValueKind.ERROR, "1e999")),
    ('<c r="A1"><v>370101199001011234</v></c>', Value(ValueKind.ERROR, "370101199001011234")),
    ('<c r="A1"><v>1_0</v></c>', Value(ValueKind.ERROR, "1_0")),
    ('<c r="A1"><v>٣</v></c>', Value(ValueKind.ERROR, "٣")),
    ('<c r="A1"><v>7,5</v></c>', Value(ValueKind.ERROR, "7,5")),
    ('<c r="A1" t="inlineStr"><v>甲</v></c>', Value(ValueKind.TEXT, "甲")),
    ('<c r="A1" t="str"><v> 甲 </v></c>', Value(ValueKind.TEXT, " 甲 ")),
    ('<c r="A1" t="str"><v>_x0041__x005F_x0041_</v></c>', Value(ValueKind.TEXT, "A_x0041_")),
    ('<c r="A1" t="str"><v>_xD83C__xDF93_</v></c>', Value(ValueKind.TEXT, "🎓")),
    ('<c r="A1" t="str"><v>_xD83C_</v></c>', Value(ValueKind.TEXT, "�")),
    (
        '<c t="inlineStr"><is><r><t>东</t></r><rPh><t>ひ</t></rPh><r><t> 京</t></r></is></c>',
        Value(ValueKind.TEXT, "东 京"),
    ),
    ('<c r="A1" s="1"><v>1</v></c>', Value(ValueKind.DATE, "1900-01-01")),
    ('<c r="A1" s="1"><v>59</v></c>', Value(ValueKind.DATE, "1900-02-28")),
    ('<c r="A1" s="1"><v>61</v></c>', Value(ValueKind.DATE, "1900-03-01")),
    ('<c r="A1" s="1"><v>42369.75</v></c>', Value(ValueKind.DATE, "2015-12-31T18:00:00")),
    ('<c r="A1" s="1"><v>42368.99999999999</v></c>', Value(ValueKind.DATE, "2015-12-31")),
    ('<c r="A1" s="1"><v>0.75</v></c>', Value(ValueKind.DATE, "18:00:00")),
    ('<c r="A1" s="1"><v>-1</v></c>', Value(ValueKind.ERROR, "-1")),
    ('<c r="A1" s="1"><v>2958466</v></c>', Value(ValueKind.ERROR, "2958466")),
    ('<c r="A1" t="d"><v>2015-12-31</v></c>', Value(ValueKind.DATE, "2015-12-31")),
    (
        '<c r="A1" t="d"><v>2015-12-31T18:00:00Z</v></c>',
        Value(ValueKind.DATE, "2015-12-31T18:00:00"),
    ),
    ('<c r="A1" t="d"><v>18:00</v></c>', Value(ValueKind.DATE, "18:00:00")),
    ('<c r="A1" t="d"><v>2015-02-30</v></c>', Value(ValueKind.ERROR, "2015-02-30")),
]


@pytest.mark.parametrize(("cell", "value"), CELLS)
def test_a_cell_has_one_meaning(cell: str, value: Value | None) -> None:
    assert first(cell) == value


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy/m/d;@", True),
        ('[$-804]yyyy"年"m"月"d"日"', True),
        ("[DBNum1][$-804]上午/下午h时mm分", True),
        ("[h]:mm", True),
        ("[ss]", True),
        ("aaaa", True),
        ("mm:ss.0", True),
        ("General", False),
        ('0.0"days"', False),
        ("0\\m", False),
        ("[Red]0.00_);[Blue](0.00)", False),
        ("0;[Red]-0;d", False),
        ("0.00E+00", False),
        ("@", False),
        ("[$USD] #,##0", False),
    ],
)
def test_a_format_shows_a_date_or_not(code: str, is_date: bool) -> None:
    assert (shown_by(code) is Shown.DATE) == is_date


def test_east_asian_and_custom_formats_show_dates() -> None:
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="200" formatCode="m.d"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="31"/><xf numFmtId="200"/><xf numFmtId="2"/>'
        '</cellXfs><dxfs><dxf><numFmt numFmtId="2" formatCode="yyyy"/></dxf></dxfs></styleSheet>'
    )
    cells = "".join(f'<c s="{s}"><v>42369</v></c>' for s in range(4))
    values = read_book(made(row(cells), styles=styles)).sheets[0].values
    assert [values[1, n].kind for n in range(1, 5)] == ["number", "date", "date", "number"]


@pytest.mark.parametrize(
    ("serial", "moment"), [("0", "00:00:00"), ("1", "1904-01-02"), ("59", "1904-02-29")]
)
def test_the_other_date_system_has_no_false_leap_day(serial: str, moment: str) -> None:
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="1"/><sheets>'
        '<sheet name="甲" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    cell = f'<c s="1"><v>{serial}</v></c>'
    assert first(cell, workbook=book) == Value(ValueKind.DATE, moment)


def test_all_cells_an_array_formula_fills_count_as_formulas() -> None:
    cells = (
        '<c r="A1"><f t="array" ref="A1:B2">C1:D2</f><v>1</v></c><c r="B1"><v>2</v></c>'
        '<c r="C1"><v>3</v></c></row><row r="2"><c r="A2"/><c r="B2"><v>4</v></c>'
    )
    values = read_book(made(row(cells))).sheets[0].values
    assert {place for place, value in values.items() if value.formula} == {
        (1, 1),
        (1, 2),
        (2, 1),
        (2, 2),
    }
    assert values[2, 1].kind == ValueKind.UNCACHED


def test_cells_and_rows_without_an_address_are_counted_on() -> None:
    rows = (
        '<row><c><v>1</v></c><c/><c><v>3</v></c><c r="F1"><v>6</v></c><c><v>7</v></c></row>'
        '<row r="4"><c><v>8</v></c></row><row><c><v>9</v></c></row>'
        '<row><c r="B9"><v>10</v></c></row>'
    )
    values = read_book(made(rows)).sheets[0].values
    assert {place: value.raw for place, value in values.items()} == {
        (1, 1): "1",
        (1, 3): "3",
        (1, 6): "6",
        (1, 7): "7",
        (4, 1): "8",
        (5, 1): "9",
        (9, 2): "10",
    }


def test_filled_cells_beyond_the_area_are_told_not_kept() -> None:
    rows = (
        '<row r="5000"><c r="IV5000"><v>1</v></c><c r="IW5000" s="1"/>'
        '<c r="IX5000"><v>2</v></c></row>'
        '<row r="5001"><c r="A5001" t="str"><v>甲</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><f>A1</f></c></row>'
    )
    sheet = read_book(made(rows)).sheets[0]
    assert list(sheet.values) == [(5000, 256)]
    assert sheet.beyond == ("IX5000", "A5001", "XFD1048576")
    many = "".join(f'<row r="{n}"><c><v>1</v></c></row>' for n in range(3, 30))
    assert read_book(made(many), max_rows=2).sheets[0].beyond == tuple(
        f"A{n}" for n in range(3, 13)
    )
    assert read_book(made(many), max_rows=29).sheets[0].beyond == ()


def test_a_workbook_of_the_staff_is_read_whole_however_long_the_roster() -> None:
    lines = ("".join(f"<c><v>{n * n + 7 * at}</v></c>" for at in range(41)) for n in range(5_100))
    long = made("".join(f"<row>{line}</row>" for line in lines))
    with pytest.raises(UnreadableError) as refused:
        read_book(long)
    assert refused.value.kind == "too-big"
    sheet = read_staff_book(long).sheets[0]
    assert len(sheet.values) == 5_100 * 41
    assert sheet.beyond == ()


@given(st.integers(1, 1_048_576), st.integers(1, 16_384))
def test_addresses_are_those_of_a_spreadsheet(line: int, column: int) -> None:
    assert address(line, column) == f"{get_column_letter(column)}{line}"
    assert position(address(line, column)) == (line, column)
    assert column_number(get_column_letter(column)) == column


@pytest.mark.parametrize("room", [Room(cells=3), Room(chars=3), Room(looks=5)])
def test_the_room_of_a_book_is_shared_by_its_sheets(room: Room) -> None:
    archive = check_zip(made(row('<c t="str"><v>甲乙</v></c><c/><c><v>1</v></c>')))
    context = Context(strings={}, shown={}, base_1904=False, room=room, max_rows=9, max_columns=9)
    read_cells(archive, NAMES["sheet"], context)
    with pytest.raises(UnreadableError) as refused:
        read_cells(archive, NAMES["sheet"], context)
    assert refused.value.kind == "too-big"
