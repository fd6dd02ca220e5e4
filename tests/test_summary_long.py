"""A list of the summary that is too long for one sheet goes on on the next ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office import Office
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from summary_outcomes import make_outcome
from test_summary import DAY, cells, load, recalculate, table

from sheetflow.excel.grid import LAST_ROW
from sheetflow.excel.write import summary
from sheetflow.excel.write.summary import write_summary
from sheetflow.excel.write.summary_plan import Record
from sheetflow.excel.write.table_paint import Values, sheetfuls
from sheetflow.model import Decision, Finding, Outcome, Place, Severity, Source, Tab

#: Rows of a sheet in these tests: a member of this outcome has at most 30.
FEW = 40
FINDINGS = tuple(
    Finding(
        code="V401",
        severity=Severity.ERROR if n < FEW else Severity.WARNING,
        source=Source(file=f"收回/{n:03}.xlsx"),
        message="要改",
    )
    for n in range(2 * FEW)
)
OUTCOME = replace(make_outcome(24), findings=FINDINGS, head="0" * 64)
RECORD = Record(
    decisions=tuple(
        Decision(
            number=n,
            place=Place(Tab.APPROVALS, f"{n:03}", "reason"),
            before="",
            after=f"第{n}条",
            taken="2015-12-20T19:30:00",
            chain=f"{n:064x}",
        )
        for n in range(1, 2 * FEW)
    )
)
#: Each list with the heading its table begins with.
LISTS = (("得分依据", "学号"), ("问题清单", "级别"), ("决定", "序号"))


@pytest.fixture(name="short_sheets")
def _short_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "LAST_ROW", FEW)


def written(outcome: Outcome = OUTCOME) -> bytes:
    return write_summary(outcome, created=DAY, record=RECORD)


def sheets_of(book: openpyxl.Workbook, title: str) -> list[Worksheet]:
    return [sheet for sheet in book if sheet.title == title or sheet.title.startswith(f"{title} ")]


# ------------------------------------------------------------------ rows and sheets

blocks_of_rows = st.lists(st.integers(0, 5), max_size=12).map(
    lambda sizes: [tuple((n, at) for at in range(size)) for n, size in enumerate(sizes)]
)


@given(blocks=blocks_of_rows, most=st.integers(5, 12))
@settings(max_examples=100, deadline=None)
def test_every_row_comes_once_in_order_and_no_block_is_torn(
    blocks: list[tuple[Values, ...]], most: int
) -> None:
    found = [(number, list(rows)) for number, rows in sheetfuls(blocks, most)]
    assert [number for number, _rows in found] == list(range(1, len(found) + 1))
    assert [row for _n, rows in found for row in rows] == list(chain(*blocks))
    blocks_of = [{row[0] for row in rows} for _n, rows in found]
    for (one, other), mine, (_n, rest) in zip(
        pairwise(blocks_of), (rows for _n, rows in found), found[1:], strict=False
    ):
        assert not one & other
        # The next block would not have had room.
        assert len(mine) + sum(row[0] == rest[0][0] for row in rest) > most
    assert all(len(rows) <= most for _n, rows in found)


def test_the_limit_is_that_of_the_format() -> None:
    assert LAST_ROW == 2**20


@pytest.mark.usefixtures("short_sheets")
def test_further_sheets_stand_right_behind_and_are_numbered() -> None:
    usual = [title for title in load(write_summary(OUTCOME, created=DAY)).sheetnames if title]
    book = load(written())
    firsts = [title for title in book.sheetnames if " " not in title]
    assert firsts == [title for title in usual if " " not in title] + ["决定"]
    for title, _corner in LISTS:
        mine = [sheet.title for sheet in sheets_of(book, title)]
        assert len(mine) > 1
        assert mine == [title, *(f"{title} {n}" for n in range(2, len(mine) + 1))]
        at = book.sheetnames.index(title)
        assert book.sheetnames[at : at + len(mine)] == mine
    assert book.active is book["首页"]


def test_nothing_is_lost_and_no_member_torn(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load(written())
    monkeypatch.setattr(summary, "LAST_ROW", FEW)
    book = load(written())
    for title, corner in LISTS:
        pieces = [table(sheet, corner) for sheet in sheets_of(book, title)]
        assert list(chain(*pieces)) == table(whole[title], corner)
        assert all(sheet.max_row <= FEW for sheet in sheets_of(book, title))
    members = [{row["学号"] for row in table(s, "学号")} for s in sheets_of(book, "得分依据")]
    assert all(not one & other for one, other in pairwise(members))


@pytest.mark.usefixtures("short_sheets")
@pytest.mark.parametrize(("title", "corner"), LISTS)
def test_a_further_sheet_looks_like_the_first(title: str, corner: str) -> None:
    book = load(written(), values=False)
    first, *others = sheets_of(book, title)
    for sheet in others:
        assert looks(sheet) == looks(first)
        right = get_column_letter(sheet.max_column)
        assert sheet.auto_filter.ref == f"A2:{right}{sheet.max_row}"
        for area in sheet.conditional_formatting:
            assert str(area.sqref).endswith(str(sheet.max_row))
        assert sheet.cell(2, 1).value == corner
    for sheet in (first, *others):
        assert sheet.print_titles == f"'{sheet.title}'!$2:$2"


def looks(sheet: Worksheet) -> dict[str, object]:
    """What every sheet of a list has alike, wherever its last row is."""
    return {
        "heads": [[cell.value for cell in row] for row in sheet.iter_rows(max_row=2)],
        "widths": {name: column.width for name, column in sheet.column_dimensions.items()},
        "heights": [sheet.row_dimensions[row].height for row in (1, 2)],
        "frozen": sheet.freeze_panes,
        "titles": sheet.print_title_rows,
        "page": (sheet.page_setup.paperSize, sheet.page_setup.orientation),
        "fit": (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight),
        "head and foot": [p.center.text for p in (sheet.oddHeader, sheet.oddFooter) if p],
        "rules": [
            (rule.type, rule.formula, repr(rule.dxf))
            for area in sheet.conditional_formatting
            for rule in area.rules
        ],
    }


@pytest.mark.usefixtures("short_sheets")
def test_the_first_page_says_which_lists_go_on() -> None:
    book = load(written())
    start = book["首页"]
    links = {c.value: start.cell(c.row, 3).value for c in cells(start) if c.hyperlink is not None}
    for title, text in links.items():
        mine = sheets_of(book, str(title))
        said = f"分成 {len(mine)} 张表，到“{mine[-1].title}”为止"
        assert (said in str(text)) == (len(mine) > 1), title
    assert set(links) == {title for title in book.sheetnames if " " not in title} - {"首页"}


def test_what_fits_stands_on_one_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written()
    longest = max(sheet.max_row for sheet in load(whole))
    for rows, more in ((longest, False), (longest - 1, True)):
        monkeypatch.setattr(summary, "LAST_ROW", rows)
        assert (written() != whole) == more


def test_a_block_longer_than_a_sheet_is_not_cut() -> None:
    # The sheet that cannot take it says so.
    rows: list[Values] = [("行",)] * 3
    found = [list(mine) for _n, mine in sheetfuls([rows[:1], rows, rows[:1]], 2)]
    assert found == [rows[:1], rows, rows[:1]]


# ------------------------------------------------------------------ LibreOffice


@pytest.mark.office
@pytest.mark.usefixtures("short_sheets")
def test_formulas_and_names_hold_across_further_sheets(tmp_path: Path, office: Office) -> None:
    file = tmp_path / "汇总.xlsx"
    file.write_bytes(written())
    stored = load(file.read_bytes())
    (book,) = recalculate(office, [file])
    assert book.sheetnames == stored.sheetnames
    for sheet in stored:
        shown = book[sheet.title]
        assert shown.print_title_rows == sheet.print_title_rows
        for cell in cells(sheet):
            assert (shown[cell.coordinate].value or "") == (cell.value or ""), cell
