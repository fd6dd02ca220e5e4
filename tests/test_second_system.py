"""A system with other members, words, items and tiers runs the whole path as data alone."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from rounds import (
    Answers,
    Json,
    Ran,
    blank,
    by_file,
    by_id,
    collected,
    drop,
    fill,
    forms,
    packed,
    run,
)

from sheetflow import round as rounds
from sheetflow import schemes
from sheetflow.excel.read import read_book
from sheetflow.excel.write.tables import write_tables
from sheetflow.scheme_sheets import from_book, to_tables

SYSTEM = Path(__file__).parent / "systems" / "dormitory"
SCHEME = schemes.load_toml((SYSTEM / "scheme.toml").read_bytes())
ROOMS = {"101": "东一零一", "102": "东一零二", "203": "东二零三", "204": "东二零四"}
ANSWERS: dict[str, Answers] = {
    "101": {"W1-1": "9分", "W1-2": 6, "W2-1": 4},
    "102": {"W1-1": "８．５", "W1-2": 3, "W2-1": 4},
    "203": {"W1-1": 10, "W1-2": 5, "W2-1": 4},
}
#: Words of the first system that must not appear in the second.
FOREIGN = ("党", "支部", "责任书", "自评", "姓名", "编号", "考核表", "优秀", "同志")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round made by path, whose roster is typed as a clerk would."""
    folder = tmp_path_factory.mktemp("寝室") / "检查"
    made = run("init", folder, "--system", f"{SYSTEM}/", "--json")
    assert made.status == 0, made
    book = openpyxl.load_workbook(folder / rounds.ROSTER)
    sheet = book.worksheets[0]
    heading = next(c.row for (c,) in sheet.iter_rows(max_col=1) if c.value == "寝室号")
    for row, (room, name) in enumerate(ROOMS.items(), heading + 1):
        for column, text in enumerate((room, name, f"{room[0]}楼"), 1):
            sheet.cell(row, column).value = text
    (folder / rounds.ROSTER).write_bytes(packed(book))
    forms(folder)
    for room, answers in ANSWERS.items():
        data = fill(blank(folder, room), answers, terms=SCHEME.terms)
        drop(folder, f"微信图片{room}.xlsx", data)
    return folder


@pytest.fixture(scope="module")
def document(folder: Path) -> Json:
    return collected(folder)


def texts(path: Path) -> str:
    """All texts of a workbook on one line."""
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    cells = (c.value for sheet in book.worksheets for row in sheet.iter_rows() for c in row)
    return "|".join([*book.sheetnames, *(str(value) for value in cells if value is not None)])


def test_the_form_speaks_in_the_words_of_its_scheme(folder: Path) -> None:
    path = blank(folder, "101")
    assert path.name == "101-东一零一-2015年度卫生检查表.xlsx"
    shown = texts(path)
    terms = (SCHEME.terms.id, SCHEME.terms.score, SCHEME.terms.form_code, SCHEME.terms.total)
    assert all(word in shown for word in terms)
    assert not [word for word in FOREIGN if word in shown]


def test_rooms_are_totalled_and_graded_by_their_own_tiers(document: Json) -> None:
    rooms = by_id(document)
    first, second, third, fourth = (rooms[room] for room in ROOMS)
    assert (first["total"], first["final_tier"]) == ("19", "文明寝室")
    assert (second["total"], second["final_tier"]) == ("15.5", "达标寝室")
    assert (third["status"], third["total"]) == ("undecided", None)
    assert fourth["status"] == "missing"
    assert first["parts"] == {"W": {"base": "19", "bonus": "0", "total": "19"}}


def test_faults_are_told_in_the_words_of_the_second_system(folder: Path, document: Json) -> None:
    file = by_file(document)["收回/微信图片203.xlsx"]
    (error,) = (f for f in file["findings"] if f["severity"] == "error")
    assert (error["sheet"], error["item"], error["found"]) == ("卫生检查", "W1-2", "5")
    messages = run("-C", folder, "collect").out
    assert not [word for word in FOREIGN if word in messages]


def test_the_summary_speaks_in_the_words_of_its_scheme(folder: Path, document: Json) -> None:
    assert document["counts"]["graded"] == 2
    shown = texts(folder / rounds.SUMMARY)
    assert all(word in shown for word in ("文明寝室", "东一零一", "寝室号"))
    assert not [word for word in FOREIGN if word in shown]


@pytest.mark.usefixtures("document")
@pytest.mark.parametrize("command", ["check", "status", "papers"])
def test_the_other_commands_run_and_say_no_word_of_the_first_system(
    folder: Path, command: str
) -> None:
    ran: Ran = run("-C", folder, command)
    assert ran.status == 0, ran
    assert not [word for word in FOREIGN if word in ran.out]


def test_a_fault_of_its_roster_is_told_in_its_own_words(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "检查")
    book = openpyxl.load_workbook(copy / rounds.ROSTER)
    room = next(c for (c,) in book.worksheets[0].iter_rows(max_col=1) if c.value == "102")
    room.value = "101"
    (copy / rounds.ROSTER).write_bytes(packed(book))
    ran = run("-C", copy, "check")
    assert ran.status == 1
    assert "101" in ran.out
    assert not [word for word in FOREIGN if word in ran.out]


def test_a_list_left_empty_is_empty_in_both_spellings() -> None:
    scheme = replace(SCHEME, categories=())
    day = scheme.period_start
    book = read_book(write_tables(to_tables(scheme), title=scheme.title, created=day))
    data, places, faults = from_book(book, rounds.SCHEME)
    assert not faults
    assert schemes.build(data, places) == (scheme, ())


def test_a_system_without_papers_says_so(folder: Path, document: Json) -> None:
    assert document["round"]["system"] == "dormitory"
    ran = run("-C", folder, "papers", "--json")
    assert (ran.status, ran.document) == (0, {"papers": []})
