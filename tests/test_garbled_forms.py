"""However a form was garbled: no number counts that a person would not read there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from rounds import (
    AGREEMENT,
    UNREVIEWED,
    Json,
    blank,
    by_file,
    by_id,
    collected,
    drop,
    forms,
    full,
    make,
    packed,
    person,
    type_in,
)

SHEET, OTHER = (part.sheet for part in AGREEMENT.parts)
TERMS = AGREEMENT.terms


def at(sheet: Worksheet, code: str, heading: str = TERMS.score) -> Cell:
    """Cell of an item by visible code and heading; 编号 as a code is the row of headings."""
    codes = [cell.value for (cell,) in sheet.iter_rows(max_col=1)]
    top = codes.index(TERMS.id) + 1
    headings = [cell.value for cell in sheet[top]]
    cell = sheet.cell(codes.index(code) + 1, headings.index(heading) + 1)
    assert isinstance(cell, Cell)
    return cell


# ------------------------------------------------------------------ what was done to a good form


def heading_twice(book: Workbook) -> None:
    """Right of the table somebody made a second column of points, of their own."""
    sheet = book[SHEET]
    at(sheet, TERMS.id).offset(column=7).value = TERMS.score
    for item in AGREEMENT.parts[0].items:
        at(sheet, item.code).offset(column=7).value = 0


def heading_reworded(book: Workbook) -> None:
    at(book[SHEET], TERMS.id).value = "自己评的分"


def sheet_copied(book: Workbook) -> None:
    copy = book.copy_worksheet(book[SHEET])
    copy.title = f"{SHEET} (2)"
    at(copy, "A1-1").value = 1


def sheet_deleted(book: Workbook) -> None:
    book.remove(book[OTHER])


def row_deleted(book: Workbook) -> None:
    sheet = book[SHEET]
    codes = [cell.value for (cell,) in sheet.iter_rows(max_col=1)]
    sheet.delete_rows(codes.index("A1-2") + 1)


def code_overtyped(book: Workbook) -> None:
    sheet = book[SHEET]
    at(sheet, "A1-2", TERMS.id).value = "A1-1"


def percent(book: Workbook) -> None:
    """Somebody typed 100%: the cell holds one and shows a percentage."""
    cell = at(book[SHEET], "A1-1")
    cell.value, cell.number_format = 1, "0%"


def approved_typed(book: Workbook) -> None:
    at(book[SHEET], "A1-1").value = 4
    at(book[SHEET], "A1-1", TERMS.approved).value = 5


def total_typed(book: Workbook) -> None:
    sheet = book[SHEET]
    label = next(c for row in sheet.iter_rows() for c in row if c.value == TERMS.total)
    sheet.cell(label.row, 9).value = 999


def truth(book: Workbook) -> None:
    at(book[OTHER], "B1-2").value = True


def codes_refolded(book: Workbook) -> None:
    at(book[SHEET], "A1-1", TERMS.id).value = "ａ1－1 "


def typed(text: str) -> Callable[[Workbook], None]:
    """Somebody typed just this under A1-1."""

    def change(book: Workbook) -> None:
        at(book[SHEET], "A1-1").value = text

    return change


@dataclass(frozen=True)
class Case:
    """A way to garble a form and what must come of it."""

    change: Callable[[Workbook], None]
    #: Points that count; ``None``: a person must look.
    total: str | None
    #: Severity and words of a finding that must be there.
    severity: str = ""
    words: str = ""


CASES: Mapping[str, Case] = {
    "a heading stands twice": Case(heading_twice, None, "error", TERMS.score),
    "a heading was reworded": Case(heading_reworded, None, "error", TERMS.score),
    "a sheet was copied": Case(sheet_copied, None, "error", "A1-1"),
    "a sheet was deleted": Case(sheet_deleted, None, "error", OTHER),
    "a row was deleted": Case(row_deleted, None, "error", "A1-2"),
    "a code was overtyped": Case(code_overtyped, None, "error", "A1-1"),
    "a percentage": Case(percent, None, "error", "A1-1"),
    "a truth value": Case(truth, None, "error", "B1-2"),
    "the branch's column was filled": Case(approved_typed, "99", "warning", TERMS.approved),
    "the total was typed by hand": Case(total_typed, "100", "warning", "999"),
    "a code was typed in another width": Case(codes_refolded, "100"),
    **{f"「{text}」": Case(typed(text), None, "error", text.strip()) for text in (
        "三", "2½", "2。5", "1,5", "4-5", "1e0", "٣", "3分钟", "3/4", "约3", "3.", "--3", "满分",
        "2.123",
    )},
    **{f"「{text}」 counts as 3": Case(typed(text), "98") for text in (
        "3", "３", "3分", " 3 ", "３．０", "3.00 分", "\u30003\u00a0",
    )},
}  # fmt: skip


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Json:
    ids = [f"{n:03d}" for n in range(1, len(CASES) + 1)]
    folder = make(tmp_path_factory.mktemp("乱表") / "考核", UNREVIEWED, map(person, ids))
    forms(folder)
    for member, case in zip(ids, CASES.values(), strict=True):
        drop(folder, f"{member}.xlsx", garbled(blank(folder, member), case.change))
    return collected(folder)


def garbled(source: Path, change: Callable[[Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(source)
    type_in(book, full(), TERMS)
    change(book)
    return packed(book)


@pytest.mark.parametrize("name", CASES)
def test_no_number_counts_that_does_not_stand_there_without_doubt(
    document: Json, name: str
) -> None:
    case, member = CASES[name], f"{list(CASES).index(name) + 1:03d}"
    file, found = by_file(document)[f"收回/{member}.xlsx"], by_id(document)[member]
    status = ("returned", "undecided") if case.total is None else ("accepted", "graded")
    assert (file["status"], found["status"], found["total"]) == (*status, case.total)
    told = [f for f in file["findings"] if f["severity"] == case.severity]
    assert any(case.words in finding["message"] for finding in told) or not case.severity, told
