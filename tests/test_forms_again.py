"""Handing out: only to those who are to return, safe names, ids given once, again is nothing."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from rounds import UNREVIEWED, blank, by_id, drop, fill, full, make, packed, person

from sheetflow import round as rounds
from sheetflow.errors import SheetflowError
from sheetflow.flows.collect import collect
from sheetflow.flows.forms import Forms, make_forms

ROWS = [
    person("001", "欧阳·娜"),
    person("002", "a/b:c?"),
    person("003", "张静"),
    person("004", "张静"),
    person("005", "调走的", 状态="调出"),
    person("", "新来一"),
    person("", "新来二"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round nobody has handed forms out of; tests work on copies of it."""
    return make(tmp_path_factory.mktemp("原样") / "考核", UNREVIEWED, ROWS)


@pytest.fixture(scope="module")
def never(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same round after all forms were handed out by a run that nothing struck."""
    folder = shutil.copytree(made, tmp_path_factory.mktemp("没有中断") / "考核")
    go(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "考核")


def go(folder: Path, *members: str) -> Forms:
    return make_forms(rounds.Round(folder), members)


def contents(folder: Path, part: str = rounds.FORMS) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / part).iterdir()}


def test_everybody_who_is_to_return_a_form_gets_one_with_a_safe_name(folder: Path) -> None:
    made = go(folder)
    names = set(contents(folder))
    assert {f"{rounds.FORMS}/{name}" for name in names} == set(made.made)
    assert {name.partition("-")[0] for name in names} == {"001", "002", "003", "004", "006", "007"}
    assert not any(set(name) & set('<>:"/\\|?*') for name in names)
    assert all(name.endswith("2015年度考核表.xlsx") for name in names)


def test_a_blank_id_is_given_written_into_the_roster_and_said(folder: Path) -> None:
    assert go(folder).assigned == (("006", "新来一"), ("007", "新来二"))
    rows = openpyxl.load_workbook(folder / rounds.ROSTER)["名册"].iter_rows(values_only=True)
    ids = {row[1]: row[0] for row in rows}
    assert (ids["新来一"], ids["新来二"], ids["欧阳·娜"]) == ("006", "007", "001")
    assert go(folder).assigned == ()


def test_the_roster_before_ids_were_given_is_kept(folder: Path) -> None:
    before = (folder / rounds.ROSTER).read_bytes()
    go(folder)
    assert before in contents(folder, rounds.OLD).values()


def test_again_with_nothing_new_no_form_is_touched(folder: Path) -> None:
    go(folder)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    before = [(path, path.stat().st_mtime_ns, path.read_bytes()) for path in paths]
    again = go(folder)
    assert (again.made, len(again.same)) == ((), 6)
    assert [(path, path.stat().st_mtime_ns, path.read_bytes()) for path in paths] == before


def test_a_form_filled_in_where_it_lay_is_kept(folder: Path) -> None:
    go(folder)
    path = blank(folder, "003")
    clean, filled = path.read_bytes(), fill(path, full())
    path.write_bytes(filled)
    (kept,) = go(folder, "003").kept
    assert (folder / kept).read_bytes() == filled
    assert path.read_bytes() == clean


def test_a_member_who_is_not_on_the_roster_is_said_and_nothing_is_written(folder: Path) -> None:
    with pytest.raises(SheetflowError, match="999"):
        go(folder, "001", "999")
    assert contents(folder) == {}


def test_forms_of_an_older_scheme_still_count_and_are_pointed_out(folder: Path) -> None:
    go(folder, "003")
    drop(folder, "旧方案.xlsx", fill(blank(folder, "003"), full()))
    book = openpyxl.load_workbook(folder / rounds.SCHEME)
    row = next(cells for cells in book["指标"].iter_rows() if cells[3].value == "A1-1")
    row[4].value = "党员大会出勤"
    (folder / rounds.SCHEME).write_bytes(packed(book))
    document = collect(rounds.Round(folder)).document
    assert by_id(document)["003"]["total"] == "100"
    (file,) = document["files"]
    assert file["status"] == "accepted"
    assert [f["severity"] for f in file["findings"]] == ["warning"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from sheetflow import platform
from sheetflow.flows.forms import make_forms
from sheetflow.round import Round
real, left = platform.write_whole, [int(sys.argv[1])]
def fatal(path, data):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(path, data)
platform.write_whole = fatal
make_forms(Round(Path(sys.argv[2])))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system knows no SIGKILL")
@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_a_run_killed_while_handing_out_leaves_the_next_the_same(
    folder: Path, never: Path, count: int
) -> None:
    words = [sys.executable, "-c", _KILLED, str(count), str(folder)]
    killed = subprocess.run(words, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    go(folder)
    assert contents(folder) == contents(never)
    ids = [openpyxl.load_workbook(each / rounds.ROSTER)["名册"] for each in (folder, never)]
    first, second = ([row[:2] for row in sheet.iter_rows(values_only=True)] for sheet in ids)
    assert first == second
