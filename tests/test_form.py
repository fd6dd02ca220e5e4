from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from schemes_for_tests import BONUSES, CODE, CREATED, DORMITORY, RICH, TOKEN, levels, plan

from sheetflow import kinds, number, schemes
from sheetflow.errors import SheetflowError
from sheetflow.excel.write.form import write_form
from sheetflow.layout import FILLED, FormSheet, Role
from sheetflow.model import Part, Scheme, Section

FORMULA_ROLES = {
    Role.PANEL,
    Role.STATE,
    Role.TALLY,
    Role.BASE_TOTAL,
    Role.BONUS_TOTAL,
    Role.TOTAL,
}
TEMPLATES = Path(__file__).parent.parent / "templates"


def form(scheme: Scheme) -> bytes:
    return write_form(plan(scheme), scheme, created=CREATED)


def book(scheme: Scheme) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(form(scheme)))


def address(row: int, column: int) -> str:
    return f"{chr(64 + column)}{row}"


def rules(sheet: Worksheet) -> dict[str, DataValidation]:
    return {
        str(cells): rule
        for rule in sheet.data_validations.dataValidation
        for cells in str(rule.sqref).split()
    }


def cells_to_fill(sheet: FormSheet) -> set[str]:
    return {address(cell.row, cell.column) for cell in sheet.cells if cell.role in FILLED}


def first_part(scheme: Scheme, **changes: object) -> Scheme:
    part: Part = replace(scheme.parts[0], **changes)  # type: ignore[arg-type]
    return replace(scheme, parts=(part, *scheme.parts[1:]))


@pytest.mark.parametrize("scheme", [RICH, DORMITORY])
def test_the_same_input_gives_the_same_bytes(scheme: Scheme) -> None:
    assert form(scheme) == form(scheme)


@pytest.mark.parametrize("scheme", [RICH, DORMITORY])
def test_only_cells_to_fill_are_unlocked_and_protection_has_no_password(scheme: Scheme) -> None:
    written = book(scheme)
    for sheet in plan(scheme).sheets:
        page = written[sheet.title]
        assert page.protection.sheet
        assert page.protection.password is None
        unlocked = {
            c.coordinate for row in page.iter_rows() for c in row if not c.protection.locked
        }
        assert unlocked == cells_to_fill(sheet)


def test_scores_accept_what_the_kind_allows() -> None:
    written = book(RICH)
    for sheet, part in zip(plan(RICH).sheets, RICH.parts, strict=False):
        found = rules(written[sheet.title])
        places = {cell.code: cell for cell in sheet.having(Role.SCORE)}
        for item in part.items:
            rule = found[address(places[item.code].row, places[item.code].column)]
            listed = kinds.values(item)
            if listed is None:
                assert (rule.type, rule.operator) == ("decimal", None)
                assert (rule.formula1, rule.formula2) == ("0", number.text(item.most))
            else:
                assert rule.type == "list"
                assert rule.formula1 == '"' + ",".join(map(number.text, listed)) + '"'
            assert kinds.allowed(item) in str(rule.error)
            assert kinds.allowed(item) in str(rule.prompt)
            assert item.code in str(rule.promptTitle)


@pytest.mark.parametrize(
    ("code", "most"),
    [("A+1-1", "6"), ("A+2-1", "3"), ("A+3-1", "3"), ("A+4-1", "2"), ("A+5-1", "1")],
)
def test_claims_accept_at_most_what_a_row_may_bring(code: str, most: str) -> None:
    sheet = plan(RICH).sheets[0]
    found = rules(book(RICH)[sheet.title])
    cell = next(c for c in sheet.having(Role.CLAIM) if c.code == code)
    rule = found[address(cell.row, cell.column)]
    assert (rule.type, rule.formula1, rule.formula2) == ("decimal", "0", most)


def test_levels_are_chosen_and_dates_lie_in_the_period() -> None:
    sheet = plan(RICH).sheets[0]
    found = rules(book(RICH)[sheet.title])
    level, day = sheet.having(Role.LEVEL)[0], sheet.having(Role.DATE)[0]
    assert found[address(level.row, level.column)].formula1 == '"省级,市级,县级"'
    rule = found[address(day.row, day.column)]
    first, last = (
        date(1899, 12, 30).toordinal() + int(str(f)) for f in (rule.formula1, rule.formula2)
    )
    assert (date.fromordinal(first), date.fromordinal(last)) == (
        RICH.period_start,
        RICH.period_end,
    )


def test_levels_too_long_for_a_list_are_offered_from_hidden_cells() -> None:
    titles = [f"第{n}种很长的级别名称，用来超过列表的长度限制" for n in range(20)]
    long = replace(BONUSES[0], levels=levels(**dict.fromkeys(titles, "1")))
    page = book(first_part(RICH, bonuses=(long,)))["工作"]
    rule = next(r for r in rules(page).values() if r.type == "list" and "$" in str(r.formula1))
    first, last = str(rule.formula1).replace("$", "").split(":")
    assert [row[0].value for row in page[first:last]] == titles
    hidden = page.column_dimensions["K"]  # openpyxl keeps equal neighbours as one
    assert (hidden.hidden, hidden.min, hidden.max) == (True, 11, 12)


def test_every_wrong_or_helpful_text_fits_into_excel() -> None:
    section = RICH.parts[0].sections[0]
    item = replace(section.items[0], evidence="材料" * 200, code="很长的编号" * 8)
    scheme = first_part(RICH, sections=(Section(code="A1", title="题", items=(item,)),), groups=())
    found = rules(book(scheme)["工作"])
    assert found
    for rule in found.values():
        for text, most in ((rule.promptTitle, 32), (rule.prompt, 255), (rule.error, 255)):
            assert len(text or "") <= most


def test_only_the_self_check_is_made_of_formulas() -> None:
    section = replace(RICH.parts[0].sections[0], title="=1+1")
    section = replace(section, items=(replace(section.items[0], title="=HYPERLINK(1)"),))
    scheme = first_part(RICH, sections=(section,), groups=(), form_title="@SUM(A1)")
    written = book(scheme)
    for sheet in plan(scheme).sheets:
        expected = {
            address(cell.row, cell.column) for cell in sheet.cells if cell.role in FORMULA_ROLES
        }
        found = {
            cell.coordinate
            for row in written[sheet.title].iter_rows()
            for cell in row
            if cell.data_type == "f"
        }
        assert found == expected


def test_phone_viewers_see_the_blank_state() -> None:
    page = openpyxl.load_workbook(io.BytesIO(form(RICH)), data_only=True)["工作"]
    assert page["A1"].value == "填表自检：还有 6 项未填；自评合计 0 分。请先看 A1-1（未填）"
    assert page["J7"].value == "未填"


def test_a_form_opens_on_its_first_score_and_prints_upright_on_a4() -> None:
    page = book(RICH)["工作"]
    assert page.sheet_view.selection[-1].activeCell == "G7"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("portrait", 9)
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.freeze_panes == "A7"
    assert page.print_area.startswith("'工作'!$A$2:$I$")
    assert page.oddFooter
    assert "&P" in str(page.oddFooter.center.text)


def test_code_and_token_stand_in_the_hidden_sheet_and_the_file_names_no_clock() -> None:
    written = book(RICH)
    hidden = written["_sf"]
    assert (hidden.sheet_state, hidden["A1"].value, hidden["A2"].value) == ("hidden", TOKEN, CODE)
    assert written.properties.created == datetime(2015, 12, 1)  # noqa: DTZ001 - as stored
    assert written.properties.keywords == CODE


def test_a_sheet_name_excel_refuses_is_told_in_plain_words() -> None:
    with pytest.raises(SheetflowError) as caught:
        form(first_part(RICH, sheet="太长" * 20))
    assert "表名" in caught.value.fix


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.glob("*/scheme.toml")), ids=lambda p: p.parent.name
)
def test_every_system_has_its_form(path: Path) -> None:
    scheme = schemes.load_toml(path.read_bytes())
    written = book(scheme)
    assert written.sheetnames == [
        *(part.sheet for part in scheme.parts),
        scheme.terms.notes_sheet,
        "_sf",
    ]
    assert all(part.base >= Decimal(0) for part in scheme.parts)
