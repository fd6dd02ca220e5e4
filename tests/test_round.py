"""A round's folder and the systems that can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow import round as rounds
from sheetflow import systems
from sheetflow.errors import NoRoundError, SheetflowError
from sheetflow.flows.init import make_round

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


@pytest.mark.parametrize(
    ("file", "typed"),
    [
        ("收回/纸质代录/007.xlsx", True),
        ("收回/纸质代录/第一组/007.xlsx", True),
        ("收回/007-纸质代录.xlsx", False),
        ("收回/第一组/纸质代录/007.xlsx", False),
        ("纸质代录/007.xlsx", False),
    ],
)
def test_what_the_clerk_typed_from_paper_lies_in_its_one_folder(file: str, typed: bool) -> None:
    assert rounds.typed_from_paper(file) is typed


def test_a_round_is_a_folder_with_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(NoRoundError):
        rounds.find(tmp_path)
    (tmp_path / rounds.LEDGER).touch()
    assert rounds.find(tmp_path).path(rounds.SCHEME) == tmp_path / "考核方案.xlsx"


@pytest.mark.parametrize("name", [rounds.LEDGER, rounds.SCHEME, rounds.ROSTER, rounds.RETURNED])
def test_no_round_is_made_where_one_may_be(tmp_path: Path, name: str) -> None:
    files = {rounds.SCHEME: b"s", rounds.ROSTER: b"r"}
    assert rounds.free(tmp_path, files).folder == tmp_path
    assert rounds.free(tmp_path / "new", files).folder == tmp_path / "new"
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(NoRoundError, match=name):
        rounds.free(tmp_path, files)


def test_a_making_that_was_cut_short_goes_on_until_somebody_typed(tmp_path: Path) -> None:
    folder = tmp_path / "考核"
    for _again in range(2):
        make_round(folder, system="agreement")
        (folder / rounds.LEDGER).write_bytes(b"")
    (folder / rounds.FORMS / "甲.xlsx").touch()
    with pytest.raises(NoRoundError, match=rounds.FORMS):
        make_round(folder, system="agreement")
    (folder / rounds.FORMS / "甲.xlsx").unlink()
    (folder / rounds.ROSTER).write_bytes(b"x")
    with pytest.raises(NoRoundError, match=rounds.ROSTER):
        make_round(folder, system="agreement")


@pytest.mark.parametrize("inner", ["2016", "收回/2016"])
def test_no_round_is_made_within_a_round(tmp_path: Path, inner: str) -> None:
    make_round(tmp_path / "考核", system="agreement")
    with pytest.raises(NoRoundError, match="考核"):
        make_round(tmp_path / "考核" / inner, system="agreement")
    assert make_round(tmp_path / "考核" / ".." / "2016", system="agreement")


def test_a_round_whose_ledger_is_gone_is_told_how_to_get_it_back(tmp_path: Path) -> None:
    (tmp_path / rounds.SCHEME).touch()
    with pytest.raises(NoRoundError) as caught:
        rounds.find(tmp_path)
    assert "备份" in caught.value.fix


def test_no_round_is_made_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(NoRoundError):
        rounds.free(tmp_path / "x", {})


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
