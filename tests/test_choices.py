"""What the clerk decides about files: rivals, forms of an unsure owner; taken back at will."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook
from rounds import (
    SAVED,
    UNREVIEWED,
    Json,
    blank,
    by_file,
    by_id,
    drop,
    fill,
    forms,
    full,
    make,
    packed,
    person,
)

from sheetflow import round as rounds
from sheetflow.decisions import FILES, SHEET, desk_table
from sheetflow.excel.write.tables import write_tables
from sheetflow.flows.check import check_round
from sheetflow.flows.choices import BESIDE
from sheetflow.flows.collect import Collected, collect

GOOD = full()
FIRST, SECOND, SLIP = "收回/甲.xlsx", "收回/乙.xlsx", "收回/抄错.xlsx"
RED = "FFFF0000"


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round whose forms are out; tests work on copies of it."""
    rows = [person("001"), person("002"), person("003")]
    folder = make(tmp_path_factory.mktemp("原样") / "考核", UNREVIEWED, rows)
    forms(folder)
    return folder


@pytest.fixture(scope="module")
def files(handed_out: Path) -> Mapping[str, bytes]:
    """Two rival forms of 001, a form of 002 whose visible code has a slip."""
    book = openpyxl.load_workbook(blank(handed_out, "002"))
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str) and cell.value.startswith("002-"):
                cell.value = cell.value[:-1] + ("2" if cell.value[-1] != "2" else "3")
    slip = handed_out.parent / "抄错.xlsx"
    slip.write_bytes(packed(book))
    return {
        "甲.xlsx": fill(blank(handed_out, "001"), {**GOOD, "A1-1": 3}),
        "乙.xlsx": fill(blank(handed_out, "001"), GOOD),
        "抄错.xlsx": fill(slip, GOOD),
    }


@pytest.fixture
def folder(handed_out: Path, files: Mapping[str, bytes], tmp_path: Path) -> Path:
    copy = shutil.copytree(handed_out, tmp_path / "考核")
    for name, data in files.items():
        drop(copy, name, data)
    return copy


def go(folder: Path) -> Collected:
    return collect(rounds.Round(folder))


def desk(folder: Path) -> Workbook:
    return openpyxl.load_workbook(folder / rounds.DESK)


def listed(folder: Path) -> dict[str, int]:
    """Row of each file on the sheet of files."""
    cells = desk(folder)[FILES].iter_rows(min_row=2)
    return {str(row[0].value): row[0].row or 0 for row in cells if row[0].value}


def say(folder: Path, file: str, **typed: str | None) -> None:
    """Type into a file's row as the clerk does: adopt, owner, reason."""
    book, row = desk(folder), listed(folder)[file]
    columns = {"owner": "C", "adopt": "D", "reason": "E"}
    for name, value in typed.items():
        book[FILES][f"{columns[name]}{row}"].value = value
    book.save(folder / rounds.DESK)


def state(folder: Path) -> Mapping[Path, tuple[int, bytes]]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def about_desk(collected: Collected) -> list[tuple[str, str]]:
    """Codes and cells of what was found in the staff's workbook."""
    found = (f for f in collected.outcome.findings if f.source.file == rounds.DESK)
    return sorted((f.code, f.source.cell) for f in found)


def member(collected: Collected, which: str) -> Json:
    return by_id(collected.document)[which]


# ------------------------------------------------------------------ asking


def test_files_that_need_a_person_are_listed_and_a_second_run_touches_nothing(
    folder: Path,
) -> None:
    first = go(folder)
    assert set(listed(folder)) == {FIRST, SECOND, SLIP}
    owners = {row[0].value: row[2].value for row in desk(folder)[FILES].iter_rows(min_row=2)}
    assert (owners[FIRST], owners[SECOND], owners[SLIP]) == ("001", "001", None)
    assert [row[0].value for row in desk(folder)[SHEET].iter_rows(min_row=2, max_row=4)] == [
        "001",
        "002",
        "003",
    ]
    before = state(folder)
    second = go(folder)
    assert (first.changed, second.changed) == (True, False)
    assert second.document == {**first.document, "changed": False}
    assert state(folder) == before


def test_no_workbook_is_made_where_nobody_must_decide(
    handed_out: Path, files: Mapping[str, bytes], tmp_path: Path
) -> None:
    folder = shutil.copytree(handed_out, tmp_path / "考核")
    drop(folder, "甲.xlsx", files["甲.xlsx"])
    drop(folder, "不是表.xlsx", packed(Workbook()))
    go(folder)
    assert not (folder / rounds.DESK).exists()


def test_rows_and_sheets_taken_away_are_listed_again(folder: Path) -> None:
    go(folder)
    book = desk(folder)
    del book[FILES]
    book.save(folder / rounds.DESK)
    go(folder)
    assert set(listed(folder)) == {FIRST, SECOND, SLIP}


# ------------------------------------------------------------------ choosing


def test_a_rival_chosen_counts_and_what_people_typed_stays(folder: Path) -> None:
    assert member(go(folder), "001")["status"] == "undecided"
    book = desk(folder)
    note = book[FILES]["G2"]
    note.value, note.fill = "问过本人", PatternFill("solid", start_color=RED)
    book[FILES]["A2"].comment = Comment("微信上又发了一次", "收表人")
    book.save(folder / rounds.DESK)
    say(folder, FIRST, adopt="是", reason="本人确认")
    after = go(folder)
    assert (member(after, "001")["status"], member(after, "001")["total"]) == ("graded", "98")
    assert "本人确认" in "".join(member(after, "001")["reasons"])
    statuses = {file: each["status"] for file, each in by_file(after.document).items()}
    assert (statuses[FIRST], statuses[SECOND]) == ("accepted", "superseded")
    # A new question adds its row below and leaves the rest alone.
    third = fill(blank(folder, "003"), GOOD)
    drop(folder, "丙.xlsx", third)
    drop(folder, "丙2.xlsx", fill(blank(folder, "003"), {**GOOD, "A1-1": 2}))
    typed = (folder / rounds.DESK).read_bytes()
    go(folder)
    sheet = desk(folder)[FILES]
    assert set(listed(folder)) >= {"收回/丙.xlsx", "收回/丙2.xlsx", FIRST}
    assert (sheet["G2"].value, sheet["G2"].fill.start_color.rgb) == ("问过本人", RED)
    assert sheet["A2"].comment
    assert sheet["A2"].comment.text == "微信上又发了一次"
    assert sheet[f"D{listed(folder)[FIRST]}"].value == "是"
    assert typed in {path.read_bytes() for path in (folder / rounds.OLD).iterdir()}
    assert go(folder).changed is False


def test_a_choice_cleared_is_taken_back(folder: Path) -> None:
    before = go(folder)
    say(folder, FIRST, adopt="是")
    assert member(go(folder), "001")["status"] == "graded"
    say(folder, FIRST, adopt=None)
    after = go(folder)
    assert after.document == before.document


def test_what_is_turned_down_does_not_count(folder: Path) -> None:
    go(folder)
    say(folder, FIRST, adopt="否")
    assert member(go(folder), "001")["total"] == "100"
    say(folder, SECOND, adopt="否")
    assert (member(go(folder), "001")["status"]) == "undecided"


def test_a_later_form_replaces_a_chosen_one_and_says_so(folder: Path) -> None:
    go(folder)
    say(folder, FIRST, adopt="是")
    later = SAVED + timedelta(hours=1)
    drop(folder, "又交.xlsx", fill(blank(folder, "001"), {**GOOD, "A1-1": 1}, saved=later))
    after = go(folder)
    assert member(after, "001")["total"] == "96"
    codes = [f["code"] for f in by_file(after.document)["收回/又交.xlsx"]["findings"]]
    assert "X610" in codes
    say(folder, "收回/又交.xlsx", adopt="否")
    assert member(go(folder), "001")["total"] == "98"


# ------------------------------------------------------------------ whose form


def test_a_form_whose_owner_is_said_counts_with_a_warning(folder: Path) -> None:
    before = go(folder)
    assert by_file(before.document)[SLIP]["status"] == "refused"
    say(folder, SLIP, owner="002")
    after = go(folder)
    file = by_file(after.document)[SLIP]
    assert (file["status"], file["member"]) == ("accepted", "002")
    assert [f["code"] for f in file["findings"]] == ["F214"]
    assert (member(after, "002")["status"], member(after, "002")["total"]) == ("graded", "100")
    say(folder, SLIP, owner=None)
    assert go(folder).document == before.document


def test_the_order_of_arrival_changes_nothing(
    folder: Path, handed_out: Path, files: Mapping[str, bytes], tmp_path: Path
) -> None:
    go(folder)
    say(folder, SECOND, adopt="是")
    say(folder, SLIP, owner="002")
    expected = go(folder).document
    for at, order in enumerate(permutations(files)):
        copy = shutil.copytree(handed_out, tmp_path / str(at) / "考核")
        for name in order[:2]:
            drop(copy, name, files[name])
        go(copy)
        drop(copy, order[2], files[order[2]])
        go(copy)
        say(copy, SECOND, adopt="是")
        say(copy, SLIP, owner="002")
        assert go(copy).document == expected


def test_a_faulty_form_whose_owner_is_said_goes_back_to_that_member(
    handed_out: Path, files: Mapping[str, bytes], tmp_path: Path
) -> None:
    folder = shutil.copytree(handed_out, tmp_path / "考核")
    slip = tmp_path / "抄错.xlsx"
    slip.write_bytes(files["抄错.xlsx"])
    drop(folder, "抄错.xlsx", fill(slip, {"A1-1": "满分"}))
    go(folder)
    say(folder, SLIP, adopt="是")
    assert about_desk(go(folder)) == [("X607", f"D{listed(folder)[SLIP]}")]
    say(folder, SLIP, adopt=None, owner="002")
    after = go(folder)
    assert by_file(after.document)[SLIP]["status"] == "returned"
    assert [path.name[:3] for path in (folder / rounds.COPIES).glob("*.xlsx")] == ["002"]


# ------------------------------------------------------------------ contradictions


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ([(FIRST, {"adopt": "是"}), (SECOND, {"adopt": "是"})], ["X606", "X606"]),
        ([(SLIP, {"owner": "099"})], ["X607"]),
        ([(SLIP, {"adopt": "是"})], ["X607"]),
        ([(FIRST, {"owner": "002"})], ["X607"]),
        ([(FIRST, {"adopt": "√"})], ["X609"]),
    ],
)
def test_what_contradicts_is_told_with_its_cell_and_decides_nothing(
    folder: Path, typed: Iterable[tuple[str, Mapping[str, str]]], expected: list[str]
) -> None:
    before = go(folder).document
    for file, row in typed:
        say(folder, file, **row)
    after = go(folder)
    cells = {f"D{listed(folder)[file]}" for file, _row in typed}
    assert [code for code, _cell in about_desk(after)] == expected
    assert {cell for _code, cell in about_desk(after)} == cells
    assert after.document["members"] == before["members"]


def test_a_row_about_nothing_received_is_told(folder: Path) -> None:
    go(folder)
    book = desk(folder)
    book[FILES]["A2"].value = "收回/没有这份.xlsx"
    book[FILES]["D2"].value = "是"
    book.save(folder / rounds.DESK)
    assert ("X608", "D2") in about_desk(go(folder))


def test_check_judges_the_rows_by_themselves(folder: Path) -> None:
    go(folder)
    say(folder, SLIP, owner="099", adopt="√")
    codes = {finding.code for finding in check_round(rounds.Round(folder))}
    assert codes >= {"X607", "X609"}


# ------------------------------------------------------------------ a workbook that is there


def test_a_workbook_that_is_there_gets_its_sheet(folder: Path) -> None:
    table = desk_table(UNREVIEWED, [])
    data = write_tables([table], title="核定", created=UNREVIEWED.period_end)
    (folder / rounds.DESK).write_bytes(data)
    go(folder)
    assert set(listed(folder)) == {FIRST, SECOND, SLIP}
    assert data in {path.read_bytes() for path in (folder / rounds.OLD).iterdir()}
    assert go(folder).changed is False


def test_a_workbook_that_would_lose_something_is_left_alone(folder: Path) -> None:
    go(folder)
    book = desk(folder)
    del book[FILES]
    book[SHEET]["H2"].value = "=1+1"
    book.save(folder / rounds.DESK)
    data = (folder / rounds.DESK).read_bytes()
    after = go(folder)
    assert (folder / rounds.DESK).read_bytes() == data
    assert ("X611", "") in about_desk(after)
    assert FIRST in {row[0].value for row in openpyxl.load_workbook(folder / BESIDE)[FILES]}
    before = state(folder)
    assert (go(folder).changed, state(folder)) == (False, before)
    (folder / rounds.DESK).unlink()
    go(folder)
    assert not (folder / BESIDE).exists()


# ------------------------------------------------------------------ differences


def test_the_summary_shows_cell_by_cell_how_versions_differ(folder: Path) -> None:
    go(folder)
    say(folder, FIRST, adopt="是")
    go(folder)
    rows = list(openpyxl.load_workbook(folder / rounds.SUMMARY)["版本差异"].values)
    assert rows[1] == ("编号", "姓名", "文件", "项目", "栏目", "旧", "新")
    assert [row[:7] for row in rows[2:]] == [("001", "甲001", SECOND, "A1-1", "自评分", "5", "3")]
