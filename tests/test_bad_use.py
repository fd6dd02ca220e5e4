"""Wrong use and faulty workbooks of the staff: said whole, and nothing is changed."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from itertools import cycle
from pathlib import Path

import openpyxl
import pytest
from rounds import (
    AGREEMENT,
    Json,
    Ran,
    decide,
    drop,
    fill,
    forms,
    full,
    make,
    packed,
    person,
    run,
    write_roster,
)

from sheetflow import round as rounds
from sheetflow.flows.collect import collect
from sheetflow.model import Place, Tab

#: Longer than any file system lets a name be.
LONG = "长" * 300


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round of two members; tests work on copies of it."""
    rows = [person("001"), person("002")]
    folder = make(tmp_path_factory.mktemp("原样") / "考核", AGREEMENT, rows)
    forms(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "考核")


def everything(folder: Path) -> Mapping[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def told(ran: Ran, status: int, code: str) -> Json:
    """Return the error of a run that must have ended so, in words and with a way out."""
    assert (ran.status, ran.error["code"]) == (status, code), ran
    assert set(ran.error) == {"code", "message", "fix"}
    assert ran.error["message"]
    assert ran.error["fix"]
    return ran.error


@pytest.mark.parametrize("command", ["check", "forms", "collect", "status", "papers"])
def test_a_folder_without_a_round_is_said(tmp_path: Path, command: str) -> None:
    for folder in (tmp_path, tmp_path / "没有"):
        error = told(run("-C", folder, command, "--json"), 2, "round")
        assert folder.name in error["message"]
    assert not list(tmp_path.iterdir())


def test_who_stands_inside_a_round_is_told_where_it_is(folder: Path) -> None:
    error = told(run("status", "--json", at=folder / rounds.RETURNED), 2, "round")
    assert f"“{folder.name}”里面" in error["fix"]


def test_init_never_goes_into_a_round(folder: Path) -> None:
    before = everything(folder)
    told(run("init", folder, "--json"), 2, "round")
    assert everything(folder) == before


@pytest.mark.parametrize(
    "words",
    [("colect",), ("collect", "--nope"), ("papers", "诗歌"), ("forms", "--member", "999")],
    ids=" ".join,
)
def test_wrong_use_is_one_document_and_changes_nothing(
    folder: Path, words: tuple[str, ...]
) -> None:
    before = everything(folder)
    ran = run("-C", folder, *words, "--json")
    assert (ran.status, set(ran.document), ran.error["code"]) == (2, {"error"}, "usage")
    assert ran.error["message"]
    assert everything(folder) == before


@pytest.mark.parametrize(
    "words",
    [("init", ""), ("init", "　"), ("init", "新", "--from", ""), ("-C", "", "status"),
     ("collect", ""), ("verify", "")],
)  # fmt: skip
def test_a_path_of_nothing_is_not_the_current_folder(
    tmp_path: Path, folder: Path, words: tuple[str, ...]
) -> None:
    empty = tmp_path / "空"
    empty.mkdir()
    at = empty if words[0] == "init" else folder
    before = everything(folder)
    assert "没有写名称" in told(run(*words, "--json", at=at), 2, "usage")["message"]
    assert (everything(folder), list(empty.iterdir())) == (before, [])


@pytest.mark.parametrize(
    "words",
    [("init", f"../{LONG}"), ("-C", LONG, "check"), ("collect", LONG), ("verify", LONG)],
    ids=lambda words: words[0],
)
def test_a_name_that_no_disk_takes_is_said(folder: Path, words: tuple[str, ...]) -> None:
    ran = run(*words, "--json", at=folder)
    assert LONG[:80] in told(ran, 2, "usage")["message"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes among files here")
@pytest.mark.parametrize("name", [rounds.ROSTER, rounds.DESK])
def test_a_pipe_in_the_place_of_a_file_is_said_and_not_waited_for(folder: Path, name: str) -> None:
    collect(rounds.Round(folder))
    (folder / name).unlink()
    os.mkfifo(folder / name)
    for command in ("check", "collect"):
        assert name in told(run("-C", folder, command, "--json"), 2, "usage")["message"]


@pytest.mark.parametrize(
    ("spoil", "command"),
    [
        ("UPDATE meta SET value = '{' WHERE name = 'collect_last'", "status"),
        ("UPDATE meta SET value = '{' WHERE name = 'collect_last'", "collect"),
        ("UPDATE scheme SET text = '{'", "collect"),
    ],
)
def test_what_cannot_be_read_in_the_ledger_is_said(folder: Path, spoil: str, command: str) -> None:
    collect(rounds.Round(folder))
    with closing(sqlite3.connect(folder / rounds.LEDGER, isolation_level=None)) as db:
        db.execute("DELETE FROM meta WHERE name = 'checksum'")  # as a killed run leaves it
        db.execute(spoil)
    drop(folder, "甲.xlsx", b"")
    assert "备份" in told(run("-C", folder, command, "--json"), 2, "usage")["fix"]


#: What may become of a value that the ledger keeps, and of the rows of a table.
_VALUES = ("{0} || '1'", "substr({0}, 1, length({0}) / 2) || '?'", "x'ff00'", "'{{'", "-1")
_ROWS = (
    "DELETE FROM {0} WHERE rowid = (SELECT min(rowid) FROM {0})",
    "DROP TABLE {0}",
    "DELETE FROM {0}",
)


def _damages(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Of each column of a ledger and each table: names, and what is done, if SQLite allows it."""
    with closing(sqlite3.connect(path)) as db:
        columns = db.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
            " WHERE m.type = 'table' ORDER BY m.name, c.cid"
        ).fetchall()
    change = 'UPDATE {0} SET "{1}" = {2} WHERE rowid = (SELECT min(rowid) FROM {0})'
    for at, (table, column) in enumerate(columns):
        values = [value.format(f'"{column}"') for value in (*_VALUES[at % 5 :], *_VALUES)]
        yield table, column, [change.format(table, column, value) for value in values]
    for table, rows in zip(dict(columns), cycle(_ROWS), strict=False):
        yield table, "", [rows.format(table)]


def _damage(path: Path, statements: Iterable[str]) -> None:
    """Do the first of these that SQLite allows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f'DROP TRIGGER "{trigger}"')
        for statement in statements:
            with suppress(sqlite3.IntegrityError):
                db.execute(statement)
                return


def test_nothing_that_changed_in_the_ledger_goes_unsaid(folder: Path, tmp_path: Path) -> None:
    """Each command refuses it, or tells of the chain, or says what it said before."""
    drop(folder, "甲.xlsx", fill(next((folder / rounds.FORMS).glob("001*")), full()))
    (folder / rounds.RETURNED / "乙").symlink_to(tmp_path)
    collect(rounds.Round(folder))
    decide(folder, {Place(Tab.APPROVALS, "001", "approval"): "同意"})
    collect(rounds.Round(folder))
    run("-C", folder, "papers", "report")
    (paper,) = (folder / rounds.PAPERS).glob("*.docx")
    whole = shutil.copytree(folder, tmp_path / "原来", symlinks=True)
    commands = [("status",), ("collect",), ("papers", "report"), ("log",), ("trace", "001"),
                ("verify", paper)]  # fmt: skip
    sound = {words: run("-C", folder, *words) for words in commands}
    for (table, column, statements), words in zip(
        _damages(whole / rounds.LEDGER), cycle(commands), strict=False
    ):
        shutil.rmtree(folder)
        shutil.copytree(whole, folder, symlinks=True)
        _damage(folder / rounds.LEDGER, statements)
        before = everything(folder)
        ran = run("-C", folder, *words)
        what = (table, column, statements[0], words, ran)
        if ran.status == 2 and "已损坏" in ran.err:
            assert everything(folder) == before, what
        elif table in {"decision", "content"}:
            told = re.search("D809|校验不一致|汇总之后.*又有改动", ran.out + ran.err)
            assert told or ran == sound[words], what
        else:
            raise AssertionError(what)


@pytest.mark.parametrize("command", ["forms", "collect", "papers"])
def test_whatever_writes_clears_away_what_a_killed_run_left(folder: Path, command: str) -> None:
    left = folder / rounds.FORMS / "~$sheetflow-0a1b2c3d.tmp"
    left.write_bytes(b"half a form")
    assert run("-C", folder, command).status == 0
    assert not left.exists()


def roster_faults(folder: Path) -> set[tuple[str, str]]:
    rows = [
        person("001", "赵一"), person("001", "钱二"), person("七号", "孙三"),
        {"编号": "004", "类别": "正式党员"}, person("005", "周五", "群众"),
        person("006", "吴六", 状态="出差"),
    ]  # fmt: skip
    write_roster(folder, AGREEMENT, rows)
    return _cells(folder / rounds.ROSTER, [
        ("名册", "钱二", "编号"), ("名册", "孙三", "编号"), ("名册", "004", "姓名"),
        ("名册", "周五", "类别"), ("名册", "吴六", "状态"),
    ])  # fmt: skip


def cell_faults(folder: Path) -> set[tuple[str, str]]:
    return _break(folder, {
        ("指标", "A1-2", "满分"): "三", ("指标", "B1-1", "评分方式"): "看心情",
        ("等次", "合格", "分数线"): "八十", ("设置", "考核开始", "内容"): "年初",
        ("加分", "A+1", "级别分值"): "很多",
    })  # fmt: skip


def sum_faults(folder: Path) -> set[tuple[str, str]]:
    return _break(folder, {
        ("指标", "A1-2", "编号"): "A1-1", ("等次", "合格", "分数线"): 120,
        ("否决", "V1", "最高等次"): "良好", ("部分", "B", "基本分"): 50,
    })  # fmt: skip


def _break(folder: Path, typed: Mapping[tuple[str, str, str], str | int]) -> set[tuple[str, str]]:
    path = folder / rounds.SCHEME
    places = {place: _cells(path, [place]) for place in typed}
    book = openpyxl.load_workbook(path)
    for place, cells in places.items():
        for sheet, cell in cells:
            book[sheet][cell].value = typed[place]
    path.write_bytes(packed(book))
    return set().union(*places.values())


def _cells(path: Path, wanted: list[tuple[str, str, str]]) -> set[tuple[str, str]]:
    """(sheet, address) where the row that holds a text meets a heading."""
    book = openpyxl.load_workbook(path)
    found = set()
    for title, text, heading in wanted:
        cells = [cell for row in book[title].iter_rows() for cell in row if cell.value is not None]
        column = next(c.column_letter for c in cells if c.value == heading)
        row = next(c.row for c in cells if c.value == text)
        found.add((title, f"{column}{row}"))
    return found


def _words(line: str) -> list[str]:
    """Words of a sentence that may name a place, such as 指标表 G8."""
    return [word.removesuffix("表") for word in re.split(r"[ ，（）]", line)]


@pytest.mark.parametrize("spoil", [roster_faults, cell_faults, sum_faults])
def test_all_faults_of_what_people_edit_are_told_at_once_with_their_cells(
    folder: Path, spoil: Callable[[Path], set[tuple[str, str]]]
) -> None:
    cells = spoil(folder)
    before = everything(folder)
    for command in ("forms", "collect"):
        error = told(run("-C", folder, command, "--json"), 2, "faults")
        lines = error["message"].splitlines()
        unsaid = {c for c in cells if not any(set(c) <= set(_words(line)) for line in lines)}
        assert not unsaid, error["message"]
    checked = run("-C", folder, "check", "--json")
    assert checked.status == 1
    assert cells <= {(f["sheet"], f["cell"]) for f in checked.document["findings"]}
    assert everything(folder) == before


def test_a_veto_that_fits_nothing_is_found_by_check_and_by_collect(folder: Path) -> None:
    collect(rounds.Round(folder))
    place = Place(Tab.APPROVALS, "001", "veto")
    (source,) = decide(folder, {place: "V9"}).values()
    typed = (folder / rounds.DESK).read_bytes()
    for command in ("check", "collect"):
        ran = run("-C", folder, command, "--json")
        (error,) = (f for f in ran.document["findings"] if f["severity"] == "error")
        assert (ran.status, error["file"], error["sheet"]) == (1, rounds.DESK, "核定"), command
        assert (error["cell"], error["found"]) == (source.cell, "V9")
        assert (folder / rounds.DESK).read_bytes() == typed or command == "collect"


@pytest.mark.parametrize("command", ["check", "collect"])
@pytest.mark.parametrize(("before", "told"), [(True, ("Z707", "001")), (False, ("D829", "V1"))])
def test_a_veto_of_somebody_who_is_on_no_roster_is_found(
    folder: Path, command: str, before: bool, told: tuple[str, str]
) -> None:
    collect(rounds.Round(folder))
    (source,) = decide(folder, {Place(Tab.APPROVALS, "001", "veto"): "V1"}).values()
    if before:
        collect(rounds.Round(folder))
    write_roster(folder, AGREEMENT, [person("002")])
    ran = run("-C", folder, command, "--json")
    (error,) = (f for f in ran.document["findings"] if f["severity"] == "error")
    assert (ran.status, error["code"], error["found"]) == (1, *told)
    assert (error["file"], error["sheet"], error["cell"]) == (rounds.DESK, "核定", source.cell)


def test_a_scheme_that_is_no_workbook_is_said_by_name(folder: Path) -> None:
    (folder / rounds.SCHEME).write_bytes(b"%PDF-1.4")
    error = told(run("-C", folder, "collect", "--json"), 2, "usage")
    assert rounds.SCHEME in error["message"]
    assert "备份" in error["fix"]
    assert "重新发" not in error["fix"]


def test_an_output_whose_place_is_taken_ends_with_four_and_names_it(folder: Path) -> None:
    (folder / rounds.SUMMARY).mkdir()
    error = told(run("-C", folder, "collect", "--json"), 4, "write")
    assert rounds.SUMMARY in error["message"]
    (folder / rounds.SUMMARY).rmdir()
    assert run("-C", folder, "collect", "--json").document["changed"] is True


def test_a_round_in_which_another_run_works_ends_with_three(folder: Path) -> None:
    before = everything(folder)
    with closing(sqlite3.connect(folder / rounds.LEDGER, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        told(run("-C", folder, "collect", "--json"), 3, "busy")
    # Only now: whoever closes a file in this process gives up the lock on it.
    assert everything(folder) == before
