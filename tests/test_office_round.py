"""LibreOffice as the member's program: what it saves counts like what openpyxl saves."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from office import Office
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from rounds import (
    UNREVIEWED,
    Answers,
    Json,
    Typed,
    blank,
    by_file,
    by_id,
    collected,
    drop,
    fill,
    forms,
    full,
    make,
    packed,
    person,
    solve,
)

pytestmark = pytest.mark.office

A, B = UNREVIEWED.parts
CLAIMS: Answers = {
    "A+1-1": {
        "事由": "优秀教师", "级别": "省级", "发文单位": "省教育厅", "文号": "甲〔2015〕4号",
        "日期": date(2015, 9, 10), "申报分": 6,
    },
    "A+2-2": {"事由": "公开课", "级别": "校级", "日期": date(2015, 11, 3), "申报分": 0.5},
    "A+5-1": {"事由": "社区服务", "文号": "40小时", "申报分": 1},
    "B+2-1": {"事由": "锦旗", "日期": date(2015, 5, 4), "申报分": 0.5},
}  # fmt: skip
ANSWERS: Mapping[str, Answers] = {
    "001": {**full(), **CLAIMS},
    "002": {**solve(A, Decimal("44.5")), **solve(B, Decimal(35)), "A1-1": "3分"},
    "003": {**full(), "A1-2": "4-5", "B1-1": {"自评分": 2.5, "佐证说明": "=1+1 不是公式"}},
}


# ------------------------------------------------------------------ the same answers, two programs


def as_typed(answers: Answers) -> dict[str, object]:
    """Answers as the office is told them: text with an equals sign in front stays text."""

    def one(value: Typed) -> object:
        if isinstance(value, Decimal):
            return float(value)
        if isinstance(value, str) and value.startswith("="):
            return ["text", value]
        return value.isoformat() if isinstance(value, date) else value

    return {
        code: {k: one(v) for k, v in value.items()} if isinstance(value, Mapping) else one(value)
        for code, value in answers.items()
    }


def by_openpyxl(source: Path, answers: Answers, target: Path) -> None:
    target.write_bytes(fill(source, answers))


Way = Callable[[Path, Answers, Path], None]


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("原样") / "考核"
    # The office saves with today's time, which no deadline of the scheme's year allows.
    settings = replace(UNREVIEWED.settings, deadline=None)
    scheme = replace(UNREVIEWED, settings=settings)
    make(folder, scheme, [person(member) for member in ANSWERS])
    forms(folder)
    return folder


def round_of(
    handed_out: Path, folder: Path, way: Way, change: Callable[[Workbook], None] | None = None
) -> Json:
    """Fill all forms, changed before if asked, and collect them in a copy of the round."""
    shutil.copytree(handed_out, folder)
    for member, answers in ANSWERS.items():
        source = blank(folder, member)
        if change:
            book = openpyxl.load_workbook(source)
            change(book)
            source.write_bytes(packed(book))
        way(source, answers, drop(folder, f"{member}.xlsx", b""))
    return collected(folder)


@pytest.fixture(scope="module")
def expected(handed_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Json:
    folder = tmp_path_factory.mktemp("openpyxl") / "考核"
    return round_of(handed_out, folder, by_openpyxl)


@pytest.fixture(scope="module")
def by_office(office: Office) -> Way:
    def way(source: Path, answers: Answers, target: Path) -> None:
        office.fill(source, target, as_typed(answers))

    return way


def test_without_any_cached_result_the_numbers_are_those_typed(expected: Json) -> None:
    members = by_id(expected)
    assert members["001"]["parts"]["A"] == {"base": "60", "bonus": "7.5", "total": "67.5"}
    assert members["001"]["parts"]["B"] == {"base": "40", "bonus": "0.5", "total": "40.5"}
    assert members["001"]["total"] == "108"
    assert members["003"]["status"] == "undecided"
    assert by_file(expected)["收回/003.xlsx"]["status"] == "returned"


def test_a_form_saved_by_libreoffice_counts_the_same(
    handed_out: Path, tmp_path: Path, by_office: Way, expected: Json
) -> None:
    document = round_of(handed_out, tmp_path / "考核", by_office)
    assert document["members"] == expected["members"]
    assert _errors(document) == _errors(expected)
    # The form's own formulas came to the same total as the program.
    assert not by_file(document)["收回/001.xlsx"]["findings"]


def _errors(document: Json) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [
        (
            file["file"],
            file["status"],
            [(f["code"], f["item"]) for f in file["findings"] if f["severity"] == "error"],
        )
        for file in document["files"]
    ]


# ------------------------------------------------------------------ codes and headings decide


def _loosened(sheet: Worksheet) -> Worksheet:
    """Take merged cells apart, as somebody does before moving things about."""
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    return sheet


def _parts(book: Workbook) -> list[Worksheet]:
    return [book[part.sheet] for part in UNREVIEWED.parts]


def renamed(book: Workbook) -> None:
    for number, sheet in enumerate(_parts(book), 1):
        sheet.title = f"Sheet{number}"
    book.move_sheet(book.worksheets[1], -1)


def row_inserted(book: Workbook) -> None:
    """Two rows more above the block of items, one of them within it."""
    for sheet in _parts(book):
        heading = next(c.row for (c,) in sheet.iter_rows(min_row=6, max_col=1) if c.value == "编号")
        _loosened(sheet).insert_rows(heading)
        sheet.insert_rows(heading + 4)


def column_moved(book: Workbook) -> None:
    """What stands in column G (points, and numbers of documents) moves behind everything."""
    for sheet in _parts(book):
        _loosened(sheet).move_range(f"G6:G{sheet.max_row}", cols=9)


def rows_turned(book: Workbook) -> None:
    """The rows of items are sorted the other way round."""
    for sheet, part in zip(_parts(book), UNREVIEWED.parts, strict=True):
        _loosened(sheet)
        codes = {item.code for item in part.items}
        rows = [cells for cells in sheet.iter_rows() if cells[0].value in codes]
        values = [[cell.value for cell in cells] for cells in rows]
        for cells, others in zip(rows, reversed(values), strict=True):
            for cell, value in zip(cells, others, strict=True):
                cell.value = value


CHANGES = [renamed, row_inserted, column_moved, rows_turned]


@pytest.mark.parametrize("change", CHANGES)
def test_moved_about_and_filled_in_libreoffice_the_numbers_are_the_same(
    handed_out: Path,
    tmp_path: Path,
    by_office: Way,
    expected: Json,
    change: Callable[[Workbook], None],
) -> None:
    document = round_of(handed_out, tmp_path / "考核", by_office, change)
    assert document["members"] == expected["members"]


@pytest.mark.parametrize("change", CHANGES)
def test_moved_about_and_filled_by_openpyxl_the_numbers_are_the_same(
    handed_out: Path, tmp_path: Path, expected: Json, change: Callable[[Workbook], None]
) -> None:
    document = round_of(handed_out, tmp_path / "考核", by_openpyxl, change)
    assert document["members"] == expected["members"]
