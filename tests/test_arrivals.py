"""When and how something came back: late, typed from paper, held by another program."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rounds import (
    SAVED,
    UNREVIEWED,
    blank,
    by_file,
    by_id,
    decide,
    drop,
    fill,
    forms,
    full,
    make,
    packed,
)
from rounds import person as member

from sheetflow import ledger
from sheetflow import round as rounds
from sheetflow.errors import SheetflowError
from sheetflow.flows.collect import Collected
from sheetflow.flows.collect import collect as run
from sheetflow.flows.trace import trace_member
from sheetflow.model import Place, Tab

DEADLINE = date(2015, 12, 9)
NOW = datetime(2015, 12, 30, 8)  # noqa: DTZ001 - local time, as a command passes it
SCHEME = replace(UNREVIEWED, settings=replace(UNREVIEWED.settings, deadline=DEADLINE))
GOOD = full()


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round whose forms are out; tests work on copies of it."""
    rows = [member(f"{n:03d}") for n in range(1, 4)]
    made = make(tmp_path_factory.mktemp("原样") / "甲", SCHEME, rows)
    forms(made)
    return made


@pytest.fixture
def folder(handed_out: Path, tmp_path: Path) -> Path:
    return shutil.copytree(handed_out, tmp_path / "甲")


def collect(folder: Path, now: datetime = NOW) -> Collected:
    return run(rounds.Round(folder), now=now)


def told(done: Collected, file: str) -> list[str]:
    return [f["code"] for f in by_file(done.document)[f"收回/{file}"]["findings"]]


def undated(source: Path) -> bytes:
    """A form filled by a program that leaves the time of saving as it was."""
    kept = openpyxl.load_workbook(source).properties.modified
    assert kept is not None
    return fill(source, GOOD, saved=kept)


@pytest.mark.parametrize(
    ("saved", "late"),
    [(SAVED.replace(day=9, hour=23), False), (SAVED, True), (SAVED.replace(day=1), False)],
)
def test_a_return_is_late_by_its_time_of_saving(
    folder: Path, saved: datetime, *, late: bool
) -> None:
    drop(folder, "甲.xlsx", fill(blank(folder, "001"), GOOD, saved=saved))
    done = collect(folder)
    assert ("X612" in told(done, "甲.xlsx")) is late
    assert by_id(done.document)["001"]["status"] == "graded"


@pytest.mark.parametrize(("day", "late"), [(9, False), (10, True)])
def test_without_a_time_of_saving_its_receipt_counts(folder: Path, day: int, *, late: bool) -> None:
    data = undated(blank(folder, "001"))
    drop(folder, "甲.xlsx", data)
    assert ("X612" in told(collect(folder, NOW.replace(day=day)), "甲.xlsx")) is late
    # A later run, and the same bytes at another path, do not make it later.
    drop(folder, "甲后/甲.xlsx", data)
    assert told(collect(folder, NOW), "甲后/甲.xlsx") == []
    assert ("X612" in told(collect(folder, NOW), "甲.xlsx")) is late


def test_a_correction_of_a_return_in_time_is_not_late(folder: Path) -> None:
    wrong = fill(blank(folder, "001"), {**GOOD, "A2-1": 99}, saved=SAVED.replace(day=8))
    drop(folder, "甲.xlsx", wrong)
    collect(folder)
    (copy,) = (folder / rounds.COPIES).glob("001-*.xlsx")
    drop(folder, "甲改.xlsx", fill(copy, GOOD))
    assert "X612" not in told(collect(folder), "甲改.xlsx")


def test_a_blank_s_own_time_decides_between_no_versions(folder: Path) -> None:
    drop(folder, "甲.xlsx", undated(blank(folder, "001")))
    drop(folder, "乙.xlsx", fill(blank(folder, "001"), {**GOOD, "A2-1": 1}))
    assert by_id(collect(folder).document)["001"]["status"] == "undecided"


def test_a_form_typed_from_paper_is_marked_and_counts(folder: Path) -> None:
    assert (folder / rounds.RETURNED / rounds.TYPED).is_dir()
    drop(folder, f"{rounds.TYPED}/甲.xlsx", fill(blank(folder, "001"), GOOD))
    drop(folder, f"别的/{rounds.TYPED}/乙.xlsx", fill(blank(folder, "002"), GOOD))
    done = collect(folder)
    assert "X613" in told(done, f"{rounds.TYPED}/甲.xlsx")
    assert "X613" not in told(done, f"别的/{rounds.TYPED}/乙.xlsx")
    assert by_id(done.document)["001"]["status"] == "graded"
    sheet = openpyxl.load_workbook(folder / rounds.SUMMARY)["来源"]
    texts = [[cell.value for cell in row] for row in sheet.iter_rows()]
    (row,) = (row for row in texts if f"收回/{rounds.TYPED}/甲.xlsx" in row)
    assert rounds.TYPED in row


def test_a_file_that_cannot_be_opened_is_told_and_the_rest_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = drop(folder, "占用.xlsx", fill(blank(folder, "001"), GOOD))
    drop(folder, "乙.xlsx", fill(blank(folder, "002"), GOOD))
    opened = Path.open

    def refuse(path: Path, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the original
        # What Windows does to a file that is open in Excel; it cannot be had elsewhere.
        if path == held:
            raise PermissionError(13, "held")
        return opened(path, *args, **named)

    monkeypatch.setattr(Path, "open", refuse)
    done = collect(folder)
    (finding,) = [f for f in done.document["findings"] if f["code"] == "X614"]
    assert (finding["file"], finding["severity"]) == ("收回/占用.xlsx", "error")
    assert by_id(done.document)["002"]["status"] == "graded"
    assert not collect(folder).changed
    # What stands on the last collect stands on this one, though a file is still held.
    assert trace_member(rounds.Round(folder), "002").own
    monkeypatch.undo()
    after = collect(folder)
    assert by_id(after.document)["001"]["status"] == "graded"
    assert not [f for f in after.document["findings"] if f["code"] == "X614"]


def test_printed_text_that_was_changed_is_told_and_counts_by_the_scheme(folder: Path) -> None:
    book = openpyxl.load_workbook(blank(folder, "001"))
    sheet = book[SCHEME.parts[0].sheet]
    codes = {row[0].value: row for row in sheet.iter_rows()}
    (head,) = (
        row for row in sheet.iter_rows() if SCHEME.terms.score in [cell.value for cell in row]
    )
    at = {cell.value: number for number, cell in enumerate(head)}
    codes["A2-1"][at[SCHEME.terms.content]].value = "只要到场"
    codes["A1-1"][at[SCHEME.terms.rule]].value = "到一次得 5 分"
    changed = {codes["A2-1"][at[SCHEME.terms.content]].coordinate}
    changed.add(codes["A1-1"][at[SCHEME.terms.rule]].coordinate)
    source = folder / "改.xlsx"
    source.write_bytes(packed(book))
    drop(folder, "甲.xlsx", fill(source, GOOD))
    source.unlink()
    done = collect(folder)
    findings = by_file(done.document)["收回/甲.xlsx"]["findings"]
    assert {f["cell"] for f in findings if f["code"] == "F219"} == changed
    assert by_id(done.document)["001"]["total"] == "100"


def test_a_ledger_of_an_earlier_program_goes_on(folder: Path) -> None:
    path = folder / rounds.LEDGER
    drop(folder, "甲.xlsx", fill(blank(folder, "001"), GOOD))
    collect(folder)
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE arrival DROP COLUMN received")
        db.execute("ALTER TABLE output ADD COLUMN fingerprint TEXT NOT NULL DEFAULT ''")
        db.execute("DELETE FROM meta WHERE name = 'checksum'")
        db.execute("PRAGMA user_version = 1")
    db.close()
    with (
        pytest.raises(SheetflowError, match="旧版本"),
        ledger.open_ledger(path, lock=False),
    ):
        pass
    assert by_id(collect(folder).document)["001"]["status"] == "graded"


# ------------------------------------------------------------------ what is no return


@pytest.mark.parametrize("name", [".", "..", rounds.FORMS, rounds.SUMMARY, f"{rounds.FORMS}/.."])
def test_files_of_the_round_itself_are_not_taken_in(folder: Path, name: str) -> None:
    drop(folder, "甲.xlsx", fill(blank(folder, "001"), GOOD))
    collect(folder)
    before = sorted(folder.rglob("*"))
    with pytest.raises(SheetflowError, match="考核文件夹自己的"):
        run(rounds.Round(folder), [folder / name])
    assert sorted(folder.rglob("*")) == before


def test_of_several_paths_none_is_copied_when_one_cannot_be_taken_in(folder: Path) -> None:
    good = folder.parent / "好.xlsx"
    good.write_bytes(fill(blank(folder, "001"), GOOD))
    with pytest.raises(SheetflowError, match="找不到"):
        run(rounds.Round(folder), [good, folder.parent / "没有.xlsx"])
    assert not (folder / rounds.RETURNED / good.name).exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with a name")
def test_what_is_neither_file_nor_folder_is_refused_unread(folder: Path) -> None:
    pipe = folder.parent / "管道.xlsx"
    os.mkfifo(pipe)
    with pytest.raises(SheetflowError, match="不是文件"):
        run(rounds.Round(folder), [pipe])


def test_a_broken_record_is_told_and_the_summary_is_written(folder: Path) -> None:
    drop(folder, "甲.xlsx", fill(blank(folder, "001"), GOOD))
    collect(folder)
    decide(folder, {Place(Tab.APPROVALS, "001", "approval"): "同意"})
    collect(folder)
    with closing(sqlite3.connect(folder / rounds.LEDGER)) as db, db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f'DROP TRIGGER "{trigger}"')
        db.execute("UPDATE decision SET after = '退回' WHERE after = '同意'")
    (folder / rounds.SUMMARY).unlink()
    broken = collect(folder)
    assert "D809" in {finding.code for finding in broken.outcome.findings}
    assert (folder / rounds.SUMMARY).is_file()
