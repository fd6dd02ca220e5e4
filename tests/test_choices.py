"""What the clerk decides about files: rivals, forms of an unsure owner; taken back at will."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook
from rounds import (
    SAVED,
    Json,
    blank,
    by_file,
    by_id,
    decide,
    desk_places,
    drop,
    fill,
    full,
    of_three,
    packed,
)
from rounds_with_files import after_one, collected_once, folder

from sheetflow import round as rounds
from sheetflow.flows.check import check_round
from sheetflow.flows.collect import Collected, collect
from sheetflow.flows.trace import trace_member
from sheetflow.model import Place, Source, Tab

__all__ = ["after_one", "collected_once", "folder"]

GOOD = full()
FIRST, SECOND, SLIP = "收回/甲.xlsx", "收回/乙.xlsx", "收回/抄错.xlsx"
FILES = "文件"
#: A column of that sheet in which nothing of ours stands.
FREE = "J"
RED = "FFFF0000"


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round whose forms are out; tests work on copies of it."""
    return of_three(tmp_path_factory.mktemp("原样"))


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


def go(folder: Path) -> Collected:
    return collect(rounds.Round(folder))


def desk(folder: Path) -> Workbook:
    return openpyxl.load_workbook(folder / rounds.DESK)


def chart_in(book: Workbook) -> None:
    """What rewriting a workbook in place would lose."""
    sheet: Any = book["首页"]
    sheet.add_chart(BarChart(), "Z5")


def listed(folder: Path, name: str = rounds.DESK) -> dict[str, str]:
    """Row of each file on the sheet of files, as a place names it."""
    places = [p for p in desk_places(folder, name=name) if p.tab == Tab.FILES]
    return {place.row.rpartition("/")[0]: place.row for place in places}


def say(folder: Path, file: str, **typed: str | None) -> tuple[Source, ...]:
    """Type into a file's row as the clerk does: adopt, member, reason; return the cells."""
    row = listed(folder)[file]
    cells = {Place(Tab.FILES, row, column): text for column, text in typed.items()}
    return tuple(decide(folder, cells).values())


def line_of(folder: Path, file: str) -> int:
    """Number of the line in which a file's row stands now."""
    place = Place(Tab.FILES, listed(folder)[file], "adopt")
    return coordinate_to_tuple(desk_places(folder)[place].cell)[0]


def state(folder: Path) -> Mapping[Path, tuple[int, bytes]]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def about_desk(collected: Collected) -> list[tuple[str, str]]:
    """Codes and cells of what was found in the staff's workbook."""
    found = (f for f in collected.outcome.findings if f.source.file == rounds.DESK)
    return sorted((f.code, f.source.cell) for f in found)


def standing(collected: Collected) -> Json:
    """What there is to say about members and files, whatever was told on the way."""
    return {key: collected.document[key] for key in ("members", "files", "counts", "quota")}


def member(collected: Collected, which: str) -> Json:
    return by_id(collected.document)[which]


# ------------------------------------------------------------------ asking


def test_files_that_need_a_person_are_listed_with_whose_they_are_taken_for(after_one: Path) -> None:
    assert set(listed(after_one)) == {FIRST, SECOND, SLIP}
    owners = {row[0].value: row[2].value for row in desk(after_one)[FILES].iter_rows(min_row=2)}
    assert (owners[FIRST], owners[SECOND], owners[SLIP]) == ("001", "001", None)


def test_a_second_run_touches_nothing_and_nobody_has_decided(folder: Path) -> None:
    first = go(folder)
    before = state(folder)
    second = go(folder)
    assert (first.changed, second.changed) == (True, False)
    assert second.document == {**first.document, "changed": False}
    assert state(folder) == before


def test_where_nobody_must_decide_no_file_is_listed(
    handed_out: Path, files: Mapping[str, bytes], tmp_path: Path
) -> None:
    folder = shutil.copytree(handed_out, tmp_path / "考核")
    drop(folder, "甲.xlsx", files["甲.xlsx"])
    other = Workbook()
    other.worksheets[0]["A1"].value = "会议签到"
    drop(folder, "不是表.xlsx", packed(other))
    go(folder)
    assert listed(folder) == {}


def test_a_workbook_without_any_cell_is_refused_like_any_other(folder: Path) -> None:
    drop(folder, "空的.xlsx", packed(Workbook()))
    assert by_file(go(folder).document)["收回/空的.xlsx"]["status"] == "refused"


def test_whose_a_form_seems_to_be_is_no_decision_in_a_workbook_without_its_mark(
    after_one: Path,
) -> None:
    book = desk(after_one)
    del book["_sf"]
    book.save(after_one / rounds.DESK)
    assert go(after_one).acts == ()


def test_a_sheet_taken_away_is_told_and_there_again(after_one: Path) -> None:
    say(after_one, FIRST, adopt="是")
    go(after_one)
    book = desk(after_one)
    del book[FILES]
    book.save(after_one / rounds.DESK)
    after = go(after_one)
    assert ("D805", "") in about_desk(after)
    assert member(after, "001")["total"] == "98"
    assert set(listed(after_one)) >= {FIRST, SLIP}
    assert desk(after_one)[FILES].cell(line_of(after_one, FIRST), 4).value == "是"


# ------------------------------------------------------------------ choosing


def test_a_rival_chosen_counts_and_what_people_typed_stays(folder: Path) -> None:
    assert member(go(folder), "001")["status"] == "undecided"
    book = desk(folder)
    line = line_of(folder, FIRST)
    note = book[FILES][f"{FREE}{line}"]
    note.value, note.fill = "问过本人", PatternFill("solid", start_color=RED)
    book[FILES][f"A{line}"].comment = Comment("微信上又发了一次", "收表人")
    book.save(folder / rounds.DESK)
    say(folder, FIRST, adopt="是", reason="本人确认")
    typed = (folder / rounds.DESK).read_bytes()
    after = go(folder)
    assert (member(after, "001")["status"], member(after, "001")["total"]) == ("graded", "98")
    assert "本人确认" in "".join(member(after, "001")["reasons"])
    statuses = {file: each["status"] for file, each in by_file(after.document).items()}
    assert (statuses[FIRST], statuses[SECOND]) == ("accepted", "superseded")
    # A new question adds its row below and leaves the rest alone.
    third = fill(blank(folder, "003"), GOOD)
    drop(folder, "丙.xlsx", third)
    drop(folder, "丙2.xlsx", fill(blank(folder, "003"), {**GOOD, "A1-1": 2}))
    go(folder)
    sheet, line = desk(folder)[FILES], line_of(folder, FIRST)
    assert set(listed(folder)) >= {"收回/丙.xlsx", "收回/丙2.xlsx", FIRST}
    note = sheet[f"{FREE}{line}"]
    assert (note.value, note.fill.start_color.rgb) == ("问过本人", RED)
    comment = sheet[f"A{line}"].comment
    assert comment
    assert comment.text == "微信上又发了一次"
    assert sheet[f"D{line}"].value == "是"
    assert typed in {path.read_bytes() for path in (folder / rounds.OLD).iterdir()}


def test_a_choice_cleared_is_taken_back(folder: Path) -> None:
    before = go(folder)
    say(folder, FIRST, adopt="是")
    assert member(go(folder), "001")["status"] == "graded"
    (source,) = say(folder, FIRST, adopt=None)
    after = go(folder)
    assert ("D810", source.cell) in about_desk(after)
    assert standing(after) == standing(before)


def test_what_is_turned_down_does_not_count(after_one: Path) -> None:
    say(after_one, FIRST, adopt="否")
    assert member(go(after_one), "001")["total"] == "100"
    say(after_one, SECOND, adopt="否")
    assert (member(go(after_one), "001")["status"]) == "undecided"


def test_a_later_form_replaces_a_chosen_one_and_says_so(after_one: Path) -> None:
    say(after_one, FIRST, adopt="是")
    later = SAVED + timedelta(hours=1)
    drop(after_one, "又交.xlsx", fill(blank(after_one, "001"), {**GOOD, "A1-1": 1}, saved=later))
    after = go(after_one)
    assert member(after, "001")["total"] == "96"
    codes = [f["code"] for f in by_file(after.document)["收回/又交.xlsx"]["findings"]]
    assert "X610" in codes
    say(after_one, "收回/又交.xlsx", adopt="否")
    assert member(go(after_one), "001")["total"] == "98"


# ------------------------------------------------------------------ whose form


def test_a_form_whose_owner_is_said_counts_with_a_warning(folder: Path) -> None:
    before = go(folder)
    assert by_file(before.document)[SLIP]["status"] == "refused"
    say(folder, SLIP, member="002")
    after = go(folder)
    file = by_file(after.document)[SLIP]
    assert (file["status"], file["member"]) == ("accepted", "002")
    assert [f["code"] for f in file["findings"]] == ["F214"]
    assert (member(after, "002")["status"], member(after, "002")["total"]) == ("graded", "100")
    say(folder, SLIP, member=None)
    assert standing(go(folder)) == standing(before)


def test_the_order_of_arrival_changes_nothing(
    after_one: Path, handed_out: Path, files: Mapping[str, bytes], tmp_path: Path
) -> None:
    say(after_one, SECOND, adopt="是")
    say(after_one, SLIP, member="002")
    expected = go(after_one).document
    for at, order in enumerate(list(permutations(files))[2::3]):
        copy = shutil.copytree(handed_out, tmp_path / str(at) / "考核")
        for name in order[:2]:
            drop(copy, name, files[name])
        go(copy)
        drop(copy, order[2], files[order[2]])
        go(copy)
        say(copy, SECOND, adopt="是")
        say(copy, SLIP, member="002")
        assert go(copy).document == expected


def test_a_faulty_form_whose_owner_is_said_goes_back_to_that_member(
    handed_out: Path, files: Mapping[str, bytes], tmp_path: Path
) -> None:
    folder = shutil.copytree(handed_out, tmp_path / "考核")
    slip = tmp_path / "抄错.xlsx"
    slip.write_bytes(files["抄错.xlsx"])
    drop(folder, "抄错.xlsx", fill(slip, {"A1-1": "满分"}))
    go(folder)
    (source,) = say(folder, SLIP, adopt="是")
    assert about_desk(go(folder)) == [("X607", source.cell)]
    say(folder, SLIP, adopt=None, member="002")
    after = go(folder)
    assert by_file(after.document)[SLIP]["status"] == "returned"
    assert [path.name[:3] for path in (folder / rounds.COPIES).glob("*.xlsx")] == ["002"]


# ------------------------------------------------------------------ contradictions


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ([(FIRST, {"adopt": "是"}), (SECOND, {"adopt": "是"})], ["X606", "X606"]),
        ([(SLIP, {"member": "099"})], ["X607"]),
        ([(SLIP, {"adopt": "是"})], ["X607"]),
        ([(FIRST, {"member": "002"})], ["X607"]),
        ([(FIRST, {"adopt": "√"})], ["D806"]),
    ],
)
def test_what_contradicts_is_told_with_its_cell_and_decides_nothing(
    folder: Path, typed: Iterable[tuple[str, Mapping[str, str]]], expected: list[str]
) -> None:
    before = go(folder).document
    cells = {source.cell for file, row in typed for source in say(folder, file, **row)}
    after = go(folder)
    assert [code for code, _cell in about_desk(after)] == expected
    assert {cell for _code, cell in about_desk(after)} == cells
    assert after.document["members"] == before["members"]


def test_a_row_about_nothing_received_is_told(after_one: Path) -> None:
    book, line = desk(after_one), line_of(after_one, FIRST)
    book[FILES][f"A{line}"].value = "收回/没有这份.xlsx"
    book[FILES][f"D{line}"].value = "是"
    book.save(after_one / rounds.DESK)
    assert ("X608", f"D{line}") in about_desk(go(after_one))


def test_check_judges_the_rows_by_themselves(after_one: Path) -> None:
    say(after_one, SLIP, member="099", adopt="√")
    codes = {finding.code for finding in check_round(rounds.Round(after_one))}
    assert codes >= {"X607", "D806"}


# ------------------------------------------------------------------ a workbook that is there


def test_a_workbook_of_their_own_in_its_place_stays_and_the_desk_comes_beside(
    folder: Path,
) -> None:
    book = Workbook()
    book.worksheets[0]["A1"].value = "随手记的"
    data = packed(book)
    (folder / rounds.DESK).write_bytes(data)
    go(folder)
    assert (folder / rounds.DESK).read_bytes() == data
    assert set(listed(folder, rounds.BESIDE)) == {FIRST, SECOND, SLIP}
    assert go(folder).changed is False
    (folder / rounds.BESIDE).replace(folder / rounds.DESK)
    say(folder, FIRST, adopt="是")
    assert member(go(folder), "001")["total"] == "98"
    assert not (folder / rounds.BESIDE).exists()


def test_a_workbook_that_would_lose_something_is_left_alone(after_one: Path) -> None:
    say(after_one, FIRST, adopt="是")
    book = desk(after_one)
    chart_in(book)
    book.save(after_one / rounds.DESK)
    data = (after_one / rounds.DESK).read_bytes()
    after = go(after_one)
    assert (after_one / rounds.DESK).read_bytes() == data
    assert member(after, "001")["total"] == "98"
    assert FIRST in listed(after_one, rounds.BESIDE)
    before = state(after_one)
    assert (go(after_one).changed, state(after_one)) == (False, before)
    (after_one / rounds.DESK).unlink()
    go(after_one)
    assert not (after_one / rounds.BESIDE).exists()


def test_that_a_workbook_was_left_alone_is_said(after_one: Path) -> None:
    say(after_one, FIRST, adopt="是")
    book = desk(after_one)
    chart_in(book)
    book.save(after_one / rounds.DESK)
    assert ("X611", "") in about_desk(go(after_one))
    # Papers and traces stand on this collect too.
    assert trace_member(rounds.Round(after_one), "001").total == 98


# ------------------------------------------------------------------ differences


def test_the_summary_shows_cell_by_cell_how_versions_differ(after_one: Path) -> None:
    say(after_one, FIRST, adopt="是")
    go(after_one)
    rows = list(openpyxl.load_workbook(after_one / rounds.SUMMARY)["版本差异"].values)
    assert rows[1] == ("编号", "姓名", "文件", "项目", "栏目", "旧", "新")
    assert [row[:7] for row in rows[2:]] == [("001", "甲001", SECOND, "A1-1", "自评分", "5", "3")]
