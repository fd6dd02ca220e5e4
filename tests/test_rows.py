"""Rows written whole hold what the library writes cell by cell."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.errors import OutputError
from sheetflow.excel.write import rows
from sheetflow.excel.write.rows import Formula, close_book
from sheetflow.excel.write.table_paint import add_styles, open_book, put, put_formula, row_height
from sheetflow.model import Plain

DAY = date(2015, 12, 20)
STYLES = ("text", "number", "date", "strong")

texts = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["", " 前后 ", "<r>a</r>", "=1+1", "a&b<c>", "换\n行", "_x0041_", "\x07响"]
)
numbers = st.decimals(-1000, 1000, places=3) | st.sampled_from([Decimal(0), Decimal("0.1")])
formulas = st.builds(
    Formula,
    st.sampled_from(["1+1", 'IF(A1<>"","是","否")', "'表 一'!A1&\"&\""]),
    st.sampled_from(["", "未定", "#N/A", "a<b"]) | numbers,
)
values = st.none() | texts | numbers | st.dates(date(1850, 1, 1), date(2100, 1, 1)) | formulas
rows_of_cells = st.lists(
    st.lists(st.tuples(values, st.sampled_from(STYLES)), min_size=1, max_size=5),
    min_size=1,
    max_size=5,
)


@pytest.fixture
def unfinished() -> Iterator[BytesIO]:
    """What is written into when the writing ends early: the library lets go of it late."""
    buffer = BytesIO()
    yield buffer
    gc.collect()


def _cellwise(book: Any, cells: list[list[tuple[Plain | Formula, str]]]) -> None:  # noqa: ANN401 - a library without types
    styles, sheet = add_styles(book), book.add_worksheet("表")
    for at, row in enumerate(cells):
        for column, (value, style) in enumerate(row):
            if isinstance(value, Formula):
                put_formula(sheet, (at, column), value.text, styles[style], value.stored)
            else:
                put(sheet, (at, column), value, styles[style])
        sheet.set_row(at, row_height([("字" * at * 9, 12)]))


def _whole(book: Any, cells: list[list[tuple[Plain | Formula, str]]]) -> None:  # noqa: ANN401 - as above
    styles, sheet = add_styles(book), book.add_worksheet("表")
    for at, row in enumerate(cells):
        filled = [(value, styles[style]) for value, style in row]
        sheet.put_row(at, filled, row_height([("字" * at * 9, 12)]))


def _read(paint: Any, cells: list[list[tuple[Plain | Formula, str]]], *, large: bool) -> list[Any]:  # noqa: ANN401 - either of those above
    buffer = BytesIO()
    book = open_book(buffer, title="试", created=DAY, large=large)
    paint(book, cells)
    book.close()
    found = []
    for results in (False, True):
        sheet = openpyxl.load_workbook(BytesIO(buffer.getvalue()), data_only=results)["表"]
        for row in sheet.iter_rows():
            found.append(sheet.row_dimensions[row[0].row or 0].height)
            found += [
                (c.value, c.data_type, repr(c.font), repr(c.alignment), c.number_format)
                for c in row
            ]
    return found


@given(cells=rows_of_cells, large=st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_row_holds_what_its_cells_would(
    cells: list[list[tuple[Plain | Formula, str]]],
    large: bool,
) -> None:
    assert _read(_whole, cells, large=large) == _read(_cellwise, cells, large=False)


def test_rows_stand_in_order_among_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    # So little is held that every row goes to a file.
    monkeypatch.setattr(rows, "_HELD", 10)
    buffer = BytesIO()
    book = open_book(buffer, title="试", created=DAY)
    style, sheet = add_styles(book)["text"], book.add_worksheet("表")
    for at in range(9):
        if at in {0, 4, 8}:
            put(sheet, (at, 0), f"格{at}", style)
        else:
            sheet.put_row(at, [(f"行{at}", style)])
    book.close()
    found = openpyxl.load_workbook(BytesIO(buffer.getvalue()))["表"]
    shown = [found.cell(row, 1).value for row in range(1, 10)]
    assert shown == ["格0", "行1", "行2", "行3", "格4", "行5", "行6", "行7", "格8"]


def test_a_cell_put_into_a_whole_row_is_not_lost_in_silence(unfinished: BytesIO) -> None:
    book = open_book(unfinished, title="试", created=DAY)
    style, sheet = add_styles(book)["text"], book.add_worksheet("表")
    sheet.put_row(1, [("行", style)])
    put(sheet, (1, 3), "格", style)
    with pytest.raises(RuntimeError):
        book.close()


def test_a_temporary_folder_that_takes_no_part_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unfinished: BytesIO
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "没有"))
    book = open_book(unfinished, title="试", created=DAY, large=True)
    style, sheet = add_styles(book)["text"], book.add_worksheet("表")
    sheet.put_row(0, [("行", style)])
    with pytest.raises(OutputError, match="临时文件夹"):
        close_book(book)


def test_a_temporary_folder_that_takes_no_rows_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unfinished: BytesIO
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "没有"))
    monkeypatch.setattr(rows, "_HELD", 10)
    book = open_book(unfinished, title="试", created=DAY, large=True)
    style, sheet = add_styles(book)["text"], book.add_worksheet("表")
    with pytest.raises(OutputError, match="临时文件夹"):
        sheet.put_row(0, [("行", style)])


def test_rows_come_from_above_to_below(unfinished: BytesIO) -> None:
    book = open_book(unfinished, title="试", created=DAY)
    style, sheet = add_styles(book)["text"], book.add_worksheet("表")
    sheet.put_row(3, [("行", style)])
    with pytest.raises(ValueError, match="3"):
        sheet.put_row(3, [("又一行", style)])
    book.close()


def test_rows_that_the_library_does_not_ask_for_are_not_lost_in_silence(
    monkeypatch: pytest.MonkeyPatch, unfinished: BytesIO
) -> None:
    monkeypatch.setattr(rows.RowSheet, "_write_rows", lambda _self: None)
    book = open_book(unfinished, title="试", created=DAY)
    style, sheet = add_styles(book)["text"], book.add_worksheet("表")
    sheet.put_row(0, [("行", style)])
    with pytest.raises(RuntimeError):
        close_book(book)


def test_a_row_outside_the_sheet_ends_the_writing(unfinished: BytesIO) -> None:
    book = open_book(unfinished, title="试", created=DAY)
    style, sheet = add_styles(book)["text"], book.add_worksheet("表")
    with pytest.raises(OutputError):
        sheet.put_row(1_048_576, [("行", style)])
    book.close()
