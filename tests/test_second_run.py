"""Run again, in any order, after a kill: the same state; nothing new touches nothing."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rounds import (
    SAVED,
    UNREVIEWED,
    Json,
    blank,
    by_file,
    by_id,
    decide,
    drop,
    fill,
    full,
    of_three,
    packed,
    write_scheme,
)
from rounds_with_files import after_one, collected_once, folder

from sheetflow import round as rounds
from sheetflow.desk.words import TITLES
from sheetflow.errors import SheetflowError
from sheetflow.excel.read import read_book
from sheetflow.flows.collect import Collected, collect
from sheetflow.flows.papers import write_papers
from sheetflow.flows.status import status
from sheetflow.ledger import open_ledger
from sheetflow.model import EVERYONE, Place, Tab

__all__ = ["after_one", "collected_once", "folder"]

GOOD = full()
DECISIONS = {
    Place(Tab.APPROVALS, "001", "veto"): "V1",
    Place(Tab.APPROVALS, "001", "basis"): "某文",
    Place(f"{Tab.SCORES}.A", "002", "A2-1"): "2",
    Place(Tab.COUNTS, EVERYONE, "A1-1/无故缺席"): "均无",
}
LATER = SAVED + timedelta(hours=1)


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round whose forms are out; tests work on copies of it."""
    return of_three(tmp_path_factory.mktemp("原样"))


@pytest.fixture(scope="module")
def files(handed_out: Path) -> Mapping[str, bytes]:
    """Files: two versions of one member, a good one and its copy, a faulty one."""
    first, second, third = (blank(handed_out, member) for member in ("001", "002", "003"))
    good = fill(second, {**GOOD, "B2-2": 1.5})
    return {
        "甲.xlsx": fill(first, {**GOOD, "A1-1": 3}),
        "乙.xlsx": fill(first, GOOD, saved=LATER),
        "组内/丙.xlsx": good,
        "丙（副本）.xlsx": good,
        "丁.xlsx": fill(third, {**GOOD, "A1-1": "4-5"}),
    }


@pytest.fixture(scope="module")
def deciding(
    handed_out: Path, files: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A round collected once, in which more files and decisions wait to be collected."""
    folder = shutil.copytree(handed_out, tmp_path_factory.mktemp("会上") / "考核")
    early = ("甲.xlsx", "丁.xlsx")
    for name in early:
        drop(folder, name, files[name])
    go(folder)
    decide(folder, DECISIONS)
    for name in files.keys() - set(early):
        drop(folder, name, files[name])
    return folder


def go(folder: Path) -> Collected:
    return collect(rounds.Round(folder))


def state(folder: Path) -> Mapping[Path, tuple[int, bytes]]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def said(document: Json) -> Json:
    """What a document says about the round, not about this run."""
    return {key: value for key, value in document.items() if key != "changed"}


def type_into_summary(folder: Path) -> bytes:
    """Somebody adds a remark to the summary and saves it."""
    book = openpyxl.load_workbook(folder / rounds.SUMMARY)
    book.worksheets[0]["Z99"].value = "已向书记汇报"
    data = packed(book)
    (folder / rounds.SUMMARY).write_bytes(data)
    return data


# ------------------------------------------------------------------ nothing new


def test_a_second_run_says_the_same_and_touches_no_file(folder: Path) -> None:
    first = go(folder)
    before = state(folder)
    second = go(folder)
    assert (first.changed, second.changed) == (True, False)
    assert said(second.document) == said(first.document)
    assert state(folder) == before


@pytest.mark.parametrize("name", [rounds.SCHEME, rounds.ROSTER])
def test_what_people_edit_counts_by_its_meaning_not_its_bytes(after_one: Path, name: str) -> None:
    book = openpyxl.load_workbook(after_one / name)
    (after_one / name).write_bytes(packed(book))
    before = state(after_one)
    assert go(after_one).changed is False
    assert state(after_one) == before


def test_the_same_bytes_again_under_their_own_name_are_nothing_new(
    after_one: Path, files: Mapping[str, bytes]
) -> None:
    drop(after_one, "甲.xlsx", files["甲.xlsx"])
    before = state(after_one)
    assert go(after_one).changed is False
    assert state(after_one) == before


def test_a_changed_roster_is_news(after_one: Path) -> None:
    book = openpyxl.load_workbook(after_one / rounds.ROSTER)
    (row,) = (cells for cells in book["名册"].iter_rows() if cells[0].value == "003")
    row[9].value = "免评"
    (after_one / rounds.ROSTER).write_bytes(packed(book))
    after = go(after_one)
    assert after.changed is True
    assert by_id(after.document)["003"]["status"] == "exempt"


def test_a_summary_that_was_taken_away_is_made_again(after_one: Path) -> None:
    data = (after_one / rounds.SUMMARY).read_bytes()
    (after_one / rounds.SUMMARY).unlink()
    assert go(after_one).changed is True
    assert (after_one / rounds.SUMMARY).read_bytes() == data


def test_a_desk_is_read_only_once_somebody_has_saved_it(
    after_one: Path, handed_out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_loaded: object) -> None:
        raise AssertionError

    monkeypatch.setattr("sheetflow.flows.collected.desk_book", read)
    drop(after_one, "补.xlsx", fill(blank(handed_out, "003"), GOOD, saved=LATER))
    assert go(after_one).changed is True
    book = openpyxl.load_workbook(after_one / rounds.DESK)
    (after_one / rounds.DESK).write_bytes(packed(book))
    with pytest.raises(AssertionError):
        go(after_one)


# ------------------------------------------------------------------ nothing lost


def test_an_edited_summary_stays_while_nothing_is_new_and_is_kept_when_something_is(
    after_one: Path, handed_out: Path
) -> None:
    edited = type_into_summary(after_one)
    assert go(after_one).changed is False
    assert (after_one / rounds.SUMMARY).read_bytes() == edited
    drop(after_one, "补.xlsx", fill(blank(handed_out, "003"), GOOD, saved=LATER))
    after = go(after_one)
    assert after.changed is True
    assert (after_one / rounds.SUMMARY).read_bytes() != edited
    assert (after_one / after.kept).read_bytes() == edited
    assert after.kept.startswith(f"{rounds.OLD}/")


def test_every_edited_summary_is_kept_not_only_the_last(folder: Path, handed_out: Path) -> None:
    kept = []
    for hour in (2, 3):
        go(folder)
        kept.append(type_into_summary(folder))
        saved = SAVED + timedelta(hours=hour)
        drop(folder, f"补{hour}.xlsx", fill(blank(handed_out, "003"), GOOD, saved=saved))
    go(folder)
    assert {path.read_bytes() for path in (folder / rounds.OLD).iterdir()} >= set(kept)


def test_files_taken_away_stay_listed_with_their_verdict(folder: Path) -> None:
    before = go(folder).document
    shutil.rmtree(folder / rounds.RETURNED)
    after = go(folder)
    assert (after.changed, said(after.document)) == (False, said(before))


def test_other_content_under_a_name_is_another_file(folder: Path, handed_out: Path) -> None:
    first = go(folder).document
    drop(folder, "丁.xlsx", fill(blank(handed_out, "003"), GOOD, saved=LATER))
    second = go(folder).document
    assert len(second["files"]) == len(first["files"]) + 1
    statuses = [f["status"] for f in second["files"] if f["file"] == "收回/丁.xlsx"]
    assert sorted(statuses) == ["accepted", "superseded"]
    assert by_id(second)["003"]["total"] == "100"


def test_what_is_said_of_an_older_version_lies_on_it_though_both_have_one_name(
    folder: Path, handed_out: Path
) -> None:
    (folder / rounds.RETURNED / "丁.xlsx").unlink()
    for saved, points in ((LATER, 5), (SAVED, 3)):
        answers = {**GOOD, "A1-1": points}
        drop(folder, "丁.xlsx", fill(blank(handed_out, "003"), answers, saved=saved))
        document = go(folder).document
    versions = {f["status"]: f for f in document["files"] if f["file"] == "收回/丁.xlsx"}
    assert by_id(document)["003"]["total"] == "100"
    assert [f["code"] for f in versions["superseded"]["findings"]] == ["X603"]
    assert versions["accepted"]["findings"] == []


def test_files_from_elsewhere_are_brought_in_once(folder: Path, handed_out: Path) -> None:
    outside = folder.parent / "U盘"
    outside.mkdir()
    good = fill(blank(handed_out, "003"), GOOD, saved=LATER)
    (outside / "丁.xlsx").write_bytes(good)
    first = collect(rounds.Round(folder), [outside / "丁.xlsx"])
    assert by_id(first.document)["003"]["status"] == "graded"
    before = state(folder)
    again = collect(rounds.Round(folder), [outside / "丁.xlsx"])
    assert (again.changed, state(folder)) == (False, before)
    assert {path.read_bytes() for path in (folder / rounds.RETURNED).glob("丁*")} >= {good}


# ------------------------------------------------------------------ the staff's workbook


def desk_cells(folder: Path) -> Mapping[str, list[list[object]]]:
    """Cells of the staff's workbook by sheet, but for the one that names its revision."""
    book = openpyxl.load_workbook(folder / rounds.DESK)
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in book.worksheets
        if sheet.title != TITLES["system"]
    }


@pytest.mark.parametrize("saved", [False, True])
def test_a_desk_shows_later_what_one_made_at_once_shows(folder: Path, *, saved: bool) -> None:
    at_once = shutil.copytree(folder, folder.parent / "一次收齐")
    late = folder / rounds.RETURNED / "丁.xlsx"
    kept = late.rename(folder.parent / late.name)
    go(folder)
    if saved:
        book = openpyxl.load_workbook(folder / rounds.DESK)
        book[TITLES[Tab.APPROVALS]]["Z2"].value = "已看过"
        (folder / rounds.DESK).write_bytes(packed(book))
    kept.rename(late)
    go(folder)
    go(at_once)
    found, wanted = desk_cells(folder), desk_cells(at_once)
    remark = found[TITLES[Tab.APPROVALS]][1][-1]
    assert (remark == "已看过") is saved
    if not saved:
        assert found == wanted


# ------------------------------------------------------------------ what leans on a collect


def test_status_tells_the_last_collect_and_not_what_came_since(
    folder: Path, handed_out: Path
) -> None:
    document = go(folder).document
    drop(folder, "补.xlsx", fill(blank(handed_out, "003"), GOOD, saved=LATER))
    now = status(rounds.Round(folder))
    assert list(now.members) == document["members"]
    assert now.counts == document["counts"]
    waits = {kind: [each["name"] for each in members] for kind, members in now.waiting.items()}
    assert waits == {"missing": [], "returned": ["甲003"], "undecided": []}


def test_papers_wait_for_a_collect_and_keep_what_was_edited(folder: Path, handed_out: Path) -> None:
    round_ = rounds.Round(folder)
    with pytest.raises(SheetflowError, match="汇总"):
        write_papers(round_)
    go(folder)
    (left, *_others) = [each.left for each in write_papers(round_) if each.left]
    before = state(folder)
    write_papers(round_)
    assert state(folder) == before
    edited = b"edited by hand"
    (folder / left.name).write_bytes(edited)
    drop(folder, "补.xlsx", fill(blank(handed_out, "003"), GOOD, saved=LATER))
    go(folder)
    write_papers(round_)
    assert edited in {path.read_bytes() for path in (folder / rounds.OLD).iterdir()}


def test_texts_of_the_papers_are_filled_in_without_a_new_collect(after_one: Path) -> None:
    write_papers(rounds.Round(after_one))
    slots = tuple(replace(slot, text=slot.text or "已填") for slot in UNREVIEWED.slots)
    write_scheme(after_one, replace(UNREVIEWED, slots=slots))
    written = write_papers(rounds.Round(after_one))
    assert not [b for each in written for b in each.blanks if b.name in {"依据", "会议"}]
    assert not go(after_one).changed


def test_no_paper_is_written_while_a_return_waits_to_be_collected(
    after_one: Path, handed_out: Path
) -> None:
    drop(after_one, "补.xlsx", fill(blank(handed_out, "003"), GOOD, saved=LATER))
    with pytest.raises(SheetflowError, match="汇总"):
        write_papers(rounds.Round(after_one))


# ------------------------------------------------------------------ order


@given(data=st.data())
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_order_of_arrival_never_changes_the_members(
    folder: Path,
    handed_out: Path,
    files: Mapping[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    order = data.draw(st.permutations(sorted(files)))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order) - 1))))
    copy = shutil.copytree(handed_out, tmp_path_factory.mktemp("次序") / "考核")
    for start, end in pairwise([0, *cuts, len(order)]):
        for name in order[start:end]:
            drop(copy, name, files[name])
        last = go(copy).document
    expected = go(folder).document
    assert last["members"] == expected["members"]
    assert by_file(last) == by_file(expected)


# ------------------------------------------------------------------ kill

#: Kills its own process at the n-th call of a function of the program.
_KILLED = """
import gc, importlib, os, signal, sys
gc.set_threshold(100_000, 50, 100)
from pathlib import Path
module, name, count, folder = sys.argv[1:]
owner = importlib.import_module(module)
*path, name = name.split(".")
for each in path:
    owner = getattr(owner, each)
real, left = getattr(owner, name), [int(count)]
def fatal(*args, **named):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **named)
setattr(owner, name, fatal)
from sheetflow.flows.collect import collect
from sheetflow.round import Round
collect(Round(Path(folder)))
"""

#: Where the power fails: before the n-th call. Each leaves other files or another ledger; while
#: files are taken in, see ``test_kills_in_a_row``.
_POINTS = (
    ("sheetflow.ledger", "Ledger.decide", 0),
    ("sheetflow.excel.refresh", "refresh", 0),
    ("sheetflow.excel.write.summary", "write_summary", 0),
    ("sheetflow.platform", "_settle", 0),
    ("sheetflow.ledger", "Ledger.keep_output", 0),
    ("sheetflow.ledger", "Ledger.put", 6),
)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system knows no SIGKILL")
@pytest.mark.parametrize("point", _POINTS, ids=lambda point: f"{point[1]} {point[2]}")
def test_a_run_killed_anywhere_leaves_the_next_the_same(
    deciding: Path, uninterrupted: tuple[Path, Json], tmp_path: Path, point: tuple[str, str, int]
) -> None:
    never, expected = uninterrupted
    folder = shutil.copytree(deciding, tmp_path / "考核")
    module, name, count = point
    words = [sys.executable, "-c", _KILLED, module, name, str(count), str(folder)]
    killed = subprocess.run(words, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    document = go(folder).document
    assert document == expected
    assert dict(_outputs(folder)) == dict(_outputs(never))
    assert _acts(folder) == _acts(never)
    assert go(folder).changed is False


@pytest.fixture(scope="module")
def uninterrupted(deciding: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Json]:
    """The same round collected by a run that nothing struck, and its document."""
    folder = shutil.copytree(deciding, tmp_path_factory.mktemp("没有中断") / "考核")
    return folder, go(folder).document


def _acts(folder: Path) -> list[tuple[Place, str, str, str]]:
    with open_ledger(folder / rounds.LEDGER, lock=False) as ledger:
        return [(a.place, a.before, a.after, a.chain) for a in ledger.decisions()]


def _outputs(folder: Path) -> Iterator[tuple[str, object]]:
    """All files but the ledger, whose pages may lie otherwise; of the desk what its cells hold.

    Rewritten in place it says when that was.
    """
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name == rounds.DESK:
            # The hidden sheet counts the writings begun, also those that failed.
            yield name, [s for s in read_book(path.read_bytes()).sheets if s.title != "_sf"]
        elif path.is_file() and path.name != rounds.LEDGER:
            yield name, path.read_bytes()
