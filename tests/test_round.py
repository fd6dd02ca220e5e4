"""A round's folder and the systems that can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow import round as rounds
from sheetflow import systems
from sheetflow.errors import NoRoundError, SheetflowError

LEFT_BEHIND = ("~$甲.xlsx", "._甲.xlsx", ".~甲.xlsx", ".DS_Store", "Thumbs.db", "DESKTOP.INI",
               "__MACOSX/甲.xlsx", "a.zip!/__MACOSX/._甲.xlsx", ".git/x/甲.xlsx")  # fmt: skip
HANDED_IN = ("甲.xlsx", "~甲.xlsx", "$甲.xlsx", "组/甲.xlsx", "a.zip!/甲.xlsx", "git/甲.xlsx",
             "thumbs.db/甲.xlsx", "DS_Store")  # fmt: skip


@pytest.mark.parametrize("file", LEFT_BEHIND)
def test_what_programs_leave_behind(file: str) -> None:
    assert rounds.ignored(f"{rounds.RETURNED}/{file}")


@pytest.mark.parametrize("file", HANDED_IN)
def test_what_people_hand_in(file: str) -> None:
    assert not rounds.ignored(f"{rounds.RETURNED}/{file}")


def test_a_round_is_a_folder_with_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(NoRoundError):
        rounds.find(tmp_path)
    (tmp_path / rounds.LEDGER).touch()
    assert rounds.find(tmp_path).path(rounds.SCHEME) == tmp_path / "考核方案.xlsx"


@pytest.mark.parametrize("name", [rounds.LEDGER, rounds.SCHEME, rounds.ROSTER, rounds.RETURNED])
def test_no_round_is_made_where_one_may_be(tmp_path: Path, name: str) -> None:
    assert rounds.free(tmp_path).folder == tmp_path
    assert rounds.free(tmp_path / "new").folder == tmp_path / "new"
    (tmp_path / name).touch()
    with pytest.raises(NoRoundError, match=name):
        rounds.free(tmp_path)


def test_no_round_is_made_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(NoRoundError):
        rounds.free(tmp_path / "x")


def test_every_system_is_listed_with_its_title() -> None:
    assert "agreement" in systems.names()
    assert [name for name, _title in systems.listed()] == list(systems.names())
    assert all(title for _name, title in systems.listed())


@pytest.mark.parametrize("name", ["nothing", "", "..", "../templates/agreement"])
def test_an_unknown_system_is_told_with_those_there_are(name: str) -> None:
    with pytest.raises(SheetflowError) as told:
        systems.scheme_bytes(name)
    assert "agreement" in told.value.fix


def test_a_system_without_a_sample_says_so() -> None:
    assert systems.sample_folder("agreement").is_dir()
    with pytest.raises(SheetflowError):
        systems.sample_folder("nothing")
