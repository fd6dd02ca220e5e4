"""The staff's workbook in LibreOffice: live sums equal the engine, saving keeps everything."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from desks import SCHEME, Evening, evening, painted
from office import Office, Shown
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from rule_schemes import make_scheme
from schemes_for_tests import RICH

from sheetflow import kinds, number
from sheetflow.desk import words
from sheetflow.desk.plan import expected_rows
from sheetflow.desk.read import missing_rows, read_desk
from sheetflow.desk.score_layouts import grades, scored
from sheetflow.desk.sheets import AgendaRow, Cell, DeskPlan, DeskSheet, Role, Row
from sheetflow.excel.read import read_book
from sheetflow.excel.refresh import refresh
from sheetflow.model import Category, Place, Scheme, State, Tab, Terms, Tier, Value

pytestmark = pytest.mark.office
#: The driver finds a cell by its row's id and its heading; every sheet of ours holds these two.
WORDS = Terms(id="编号", score="姓名", claim="姓名")

#: Tiers whose bounds are and are not inside, and a category without a tier.
ODD = replace(
    RICH,
    tiers=(
        Tier(title="优", at_least=Decimal("35.5"), inclusive=False),
        Tier(title="良", at_least=Decimal(28)),
        Tier(title="中", at_least=Decimal(20), inclusive=False),
        Tier(title="差", reported=True),
    ),
    vetoes=tuple(replace(veto, max_tier="中") for veto in RICH.vetoes),
    categories=(Category(title="在册"), Category(title="见习", graded=False)),
)


def decided(one: Evening, seed: int) -> State:
    """What a branch may type: points, grades, recognised claims, vetoes."""
    rng = random.Random(seed)  # noqa: S311 - the same numbers every time
    said: dict[Place, str] = {}
    for member in one.forms:
        for part in one.scheme.parts:
            tab = words.scores_tab(part)
            for section in part.sections:
                levels = grades(section)
                if levels and rng.random() < 0.8:
                    title = rng.choice(levels).title
                    said[Place(tab, member, section.code)] = title
                for item in scored(section):
                    if rng.random() < 0.3:
                        listed = kinds.values(item)
                        steps = int(item.most / item.step)
                        points = item.step * rng.randint(0, steps)
                        value = rng.choice(listed) if listed else points
                        said[Place(tab, member, item.code)] = number.text(value)
        claims = one.facts.claims[member]
        if claims and rng.random() < 0.5:
            # The driver tells rows apart by the member alone: it finds the last one.
            row = f"{member}/{claims[-1].code}"
            said[Place(Tab.CLAIMS, row, "points")] = str(rng.choice([Decimal(0), Decimal("0.5")]))
        if one.scheme.vetoes and rng.random() < 0.3:
            veto = rng.choice(one.scheme.vetoes).code
            said[Place(Tab.APPROVALS, member, "veto")] = veto
    return said


def typed(plan: DeskPlan, state: State) -> dict[str, dict[str, object]]:
    """Decisions as the driver types them: id → heading → value."""
    values: dict[str, dict[str, object]] = {}
    for place, text in state.items():
        layout = plan.sheet(place.tab).layout
        column = layout.column(place.column)
        heading = "".join(column.heading.split())
        number = column.limits is not None
        values.setdefault(place.row.split("/")[0], {})[heading] = float(text) if number else text
    return values


def address(column: int, row: int) -> str:
    """Cell as the driver names it, also beyond column Z."""
    return f"{chr(65 + column)}{row}"


def live(plan: DeskPlan, shown: Shown, tab: str) -> dict[tuple[str, str], object]:
    """What the formulas of a sheet painted new show, by row and column."""
    sheet = plan.sheet(tab)
    found = {}
    for at, row, key, _cell in cells(sheet):
        found[row.key, key] = shown[sheet.layout.title].get(address(*at))
    return found


def cells(sheet: DeskSheet) -> list[tuple[tuple[int, int], Row, str, Cell]]:
    top = 2 + len(sheet.layout.advice)
    return [
        ((n, top + 1 + line), row, column.key, row.cells[column.key])
        for line, row in enumerate(sheet.rows)
        for n, column in enumerate(sheet.layout.columns)
        if column.key in row.cells and row.cells[column.key].role is Role.LIVE
    ]


def engine(plan: DeskPlan, tab: str) -> dict[tuple[str, str], object]:
    return {
        (row.key, key): cell.value
        for _at, row, key, cell in cells(plan.sheet(tab))
        if cell.stands is None
    }


def differences(
    expected: Mapping[tuple[str, str], object], shown: Mapping[tuple[str, str], object]
) -> list[tuple[tuple[str, str], object, object]]:
    wrong = []
    for where, value in expected.items():
        found = shown[where]
        same = found == value
        if isinstance(value, Decimal) and isinstance(found, int | float):
            same = abs(Decimal(str(found)) - value) < Decimal("1e-9")
        if not same:
            wrong.append((where, value, found))
    return wrong


#: Schemes with every word of the rules: posts, tables, shares, caps, weights.
RULES = [(make_scheme(random.Random(seed)), seed) for seed in range(20, 23)]  # noqa: S311 - no secret


@pytest.mark.parametrize(("scheme", "seed"), [(SCHEME, 1), (ODD, 3), *RULES])
def test_live_sums_equal_the_engine_whatever_is_typed(
    office: Office, tmp_path: Path, scheme: Scheme, seed: int
) -> None:
    one = evening(seed, members=8, scheme=scheme)
    path = tmp_path / "核定.xlsx"
    path.write_bytes(painted(one.plan()))
    states = [{}, *(decided(one, seed * 10 + n) for n in range(5))]
    plans = [one.plan(state) for state in states]
    shown = office.attempt(path, [typed(plans[0], state) for state in states], terms=WORDS)
    tabs = [Tab.APPROVALS, *(words.scores_tab(part) for part in scheme.parts), "live"]
    known = 0
    for plan, seen in zip(plans, shown, strict=True):
        for tab in tabs:
            expected = engine(plan, tab)
            assert differences(expected, live(plan, seen, tab)) == []
            known += sum(isinstance(value, Decimal) for value in expected.values())
    assert known > 200


# ------------------------------------------------------------------ links


def show_targets(book: Workbook, rows: Iterable[int]) -> None:
    """Let an own sheet show, in the same rows, where the links of the agenda lead."""
    own = book.create_sheet("去处")
    headings = [cell.value for cell in book["上会清单"][3]]
    column = headings.index("去看") + 1
    for row in rows:
        link = str(book["上会清单"].cell(row, column).value)
        address_, _comma, _words = link.removeprefix("=HYPERLINK(").rpartition(",")
        own.cell(row, 1).value = f"={address_}"


def test_the_links_of_the_agenda_follow_rows_that_were_sorted_and_moved(
    office: Office, tmp_path: Path
) -> None:
    """A place of each sheet that a matter leads to; its rows are then turned round."""
    one = evening(5, members=6)
    member, claims = next((m, c) for m, c in one.facts.claims.items() if len(c) > 1)
    links = (
        Place(f"{Tab.SCORES}.A", member, "A1-3"),
        Place(f"{Tab.SCORES}.B", member, "B2-1"),
        Place(Tab.APPROVALS, member, "veto"),
        Place(Tab.CLAIMS, f"{member}/{claims[-1].code}", "points"),
        Place(Tab.COUNTS, member, f"A1-1/{SCHEME.parts[0].items[0].events[0].what}"),
    )
    agenda = tuple(
        AgendaRow(member=member, matter=str(n), text=str(n), link=link)
        for n, link in enumerate(links)
    )
    book = openpyxl.load_workbook(io.BytesIO(painted(one.plan(agenda=agenda))))
    show_targets(book, range(5, 5 + len(links)))
    for title in ("评分A", "评分B", "核定", "加分认定", "台账"):
        turn_round(book[title])
    path = tmp_path / "排过.xlsx"
    book.save(path)
    shown = office.read(path)["去处"]
    found = read_desk(read_book(path.read_bytes()), "", SCHEME)
    for row, link in enumerate(links, 5):
        source = found.places[link]
        assert str(shown[f"A{row}"]).replace("$", "") == f"#'{source.sheet}'!{source.cell}"


def turn_round(sheet: Worksheet) -> None:
    """Put the rows below the headings into the opposite order, formulas as they stand."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    for at, values in enumerate(reversed(rows), 4):
        for column, value in enumerate(values, 1):
            sheet.cell(at, column).value = value


# ------------------------------------------------------------------ saved by LibreOffice


def noted(data: bytes) -> bytes:
    """The workbook with a note, a colour and an own sheet."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["核定"]
    sheet["B6"].comment = Comment("再问一次", "书记")
    sheet["B6"].fill = PatternFill("solid", fgColor="FFFF0000")
    sheet.column_dimensions["B"].width = 33
    book.create_sheet("草稿").append(["问一下教务处", "=1+1"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_was_typed_in_libreoffice_is_read_and_all_else_survives_the_refresh(
    office: Office, tmp_path: Path
) -> None:
    one = evening(5, members=6)
    state = decided(one, 50)
    there, saved = tmp_path / "核定.xlsx", tmp_path / "存过.xlsx"
    there.write_bytes(noted(painted(one.plan())))
    office.fill(there, saved, typed(one.plan(), state), terms=WORDS)
    data = saved.read_bytes()
    found = read_desk(read_book(data), "核定.xlsx", SCHEME)
    read = {place: cell.text for place, cell in found.typed.items() if place.tab != Tab.FILES}
    assert read == state
    assert (missing_rows(found, expected_rows(one.plan())), found.faults) == ((), ())
    newer = refresh(data, one.plan(state, revision=4))
    assert newer is not None
    assert refresh(newer, one.plan(state, revision=4)) == newer
    sheet = openpyxl.load_workbook(io.BytesIO(newer))["核定"]
    assert sheet["B6"].comment is not None
    assert sheet["B6"].comment.text == "再问一次"
    assert sheet["B6"].fill.fgColor.rgb == "FFFF0000"
    assert sheet.column_dimensions["B"].width == pytest.approx(33, abs=1)
    again = tmp_path / "再开.xlsx"
    again.write_bytes(newer)
    shown = office.read(again)
    assert shown["草稿"] == {"A1": "问一下教务处", "B1": 2}
    totals = [sheets(newer)["核定"][row, 8].raw for row in range(5, 11)]
    again_ = [shown["核定"][f"H{row}"] for row in range(5, 11)]
    assert [number.text(number.stored(str(each))) or each for each in again_] == totals
    assert len(set(totals)) > 2


def sheets(data: bytes) -> Mapping[str, Mapping[tuple[int, int], Value]]:
    return {sheet.title: sheet.values for sheet in read_book(data).sheets}


def test_an_old_format_of_libreoffice_is_not_rewritten(office: Office, tmp_path: Path) -> None:
    there, old = tmp_path / "核定.xlsx", tmp_path / "核定.xls"
    plan = evening(5, members=2).plan()
    there.write_bytes(painted(plan))
    office.fill(there, old, {}, terms=WORDS)
    assert refresh(old.read_bytes(), plan) is None


def test_no_text_is_cut(office: Office, tmp_path: Path) -> None:
    there = tmp_path / "核定.xlsx"
    state = decided(evening(5, members=2), 20)
    there.write_bytes(painted(evening(5, members=2).plan(state)))
    cut = [each for each in office.heights(there) if each.has + 0.5 < each.needs]
    assert cut == []
