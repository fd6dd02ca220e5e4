"""Nothing new is told without working anything out, and only when nothing is new."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from rounds import (
    SAVED,
    UNREVIEWED,
    blank,
    decide,
    drop,
    fill,
    full,
    of_three,
    person,
    types_setting,
    write_roster,
)

from sheetflow import round as rounds
from sheetflow.flows.collect import collect
from sheetflow.flows.recall import Gist, recall
from sheetflow.model import Place, Tab

NOW = SAVED
TODAY = NOW.date()


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round of three, collected: a good form, a faulty one whose copy lies there, none."""
    folder = of_three(tmp_path_factory.mktemp("收过"))
    drop(folder, "甲.xlsx", fill(blank(folder, "001"), full()))
    drop(folder, "乙.xlsx", fill(blank(folder, "002"), {**full(), "A1-1": "4-5"}))
    collect(rounds.Round(folder), now=NOW)
    return folder


@pytest.fixture
def folder(collected: Path, tmp_path: Path) -> Path:
    return shutil.copytree(collected, tmp_path / "考核")


def told(folder: Path, today: date = TODAY) -> Gist | None:
    return recall(rounds.Round(folder), accept_unverified=False, today=today)


def test_what_is_recalled_is_what_working_it_out_again_would_say(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    recalled = told(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    worked_out = collect(rounds.Round(folder), now=NOW)
    assert worked_out.changed is False
    assert recalled == worked_out.gist


def new_file(folder: Path) -> None:
    drop(folder, "丙.xlsx", b"%PDF-1.4")


def a_byte_of_a_file(folder: Path) -> None:
    drop(folder, "甲.xlsx", (folder / "收回/甲.xlsx").read_bytes() + b"\0")


def a_file_removed(folder: Path) -> None:
    (folder / "收回/甲.xlsx").unlink()


def a_link(folder: Path) -> None:
    (folder / "收回/丁.xlsx").symlink_to(folder / "收回/甲.xlsx")


def a_new_member(folder: Path) -> None:
    write_roster(folder, UNREVIEWED, [person(f"{n:03d}") for n in range(1, 5)])


def a_setting(folder: Path) -> None:
    types_setting(folder, "公示", "公示结束", date(2015, 12, 31))


def a_decision(folder: Path) -> None:
    decide(folder, {Place(Tab.APPROVALS, "001", "veto"): "V1"})


def the_desk_open(folder: Path) -> None:
    (folder / f"~${rounds.DESK}").write_bytes(b"")


def the_desk_gone(folder: Path) -> None:
    (folder / rounds.DESK).unlink()


def the_summary_gone(folder: Path) -> None:
    (folder / rounds.SUMMARY).unlink()


def a_copy_gone(folder: Path) -> None:
    next((folder / rounds.COPIES).rglob("*.xlsx")).unlink()


_CHANGES: Mapping[str, Callable[[Path], None]] = {
    each.__name__: each
    for each in (
        new_file, a_byte_of_a_file, a_file_removed, a_link, a_new_member, a_setting, a_decision,
        the_desk_open, the_desk_gone, the_summary_gone, a_copy_gone,
    )
}  # fmt: skip


@pytest.mark.parametrize("change", _CHANGES.values(), ids=_CHANGES)
def test_whatever_changed_is_worked_out(folder: Path, change: Callable[[Path], None]) -> None:
    assert told(folder)
    change(folder)
    assert told(folder) is None


def test_the_day_on_which_publicity_ends_is_worked_out_once(folder: Path) -> None:
    a_setting(folder)
    collect(rounds.Round(folder), now=NOW)
    assert told(folder)
    assert told(folder, date(2015, 12, 31))
    assert told(folder, date(2016, 1, 1)) is None


def test_what_was_told_once_is_not_told_again(folder: Path) -> None:
    a_decision(folder)
    collect(rounds.Round(folder), now=NOW)
    decide(folder, {Place(Tab.APPROVALS, "001", "veto"): None})
    withdrawn = collect(rounds.Round(folder), now=NOW)
    # Clearing a cell is told by the collect that sees it, and by no later one.
    assert told(folder) is None
    later = collect(rounds.Round(folder), now=NOW)
    told_of = ("被清空" in str(each.document["findings"]) for each in (withdrawn, later))
    assert tuple(told_of) == (True, False)
