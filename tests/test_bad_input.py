"""Whatever comes back or is typed: a clear sentence, a status, and everything else goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from rounds import (
    SAVED,
    UNREVIEWED,
    Answers,
    Json,
    Ran,
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
    run,
    write_roster,
)

from sheetflow import round as rounds
from sheetflow.model import Item, Part, Scheme


def _wider(scheme: Scheme) -> Scheme:
    """Let A1-1 be worth ten points, so that 「9分」 and 「８．５」 may stand there."""

    def item(each: Item) -> Item:
        return replace(each, most=each.most + 5) if each.code == "A1-1" else each

    def part(each: Part) -> Part:
        sections = tuple(replace(s, items=tuple(map(item, s.items))) for s in each.sections)
        return replace(each, sections=sections, base=each.base + (5 if each.code == "A" else 0))

    return replace(scheme, parts=tuple(map(part, scheme.parts)))


SCHEME = _wider(UNREVIEWED)
GOOD = full(SCHEME)
IDS = [f"{n:03d}" for n in range(1, 25)]
LATER = SAVED + timedelta(days=2)


# ------------------------------------------------------------------ files of every bad kind


def with_text(source: Path, old: str, new: str) -> bytes:
    """Return a good form of somebody in which one visible text was replaced everywhere."""
    book = openpyxl.load_workbook(source)
    changed = 0
    for sheet in book.worksheets:
        for cell in (cell for cells in sheet.iter_rows() for cell in cells if cell.value == old):
            if sheet.sheet_state == "visible":
                cell.value = new
                changed += 1
    assert changed
    out = source.with_suffix(".changed.xlsx")
    out.write_bytes(packed(book))
    data = fill(out, GOOD)
    out.unlink()
    return data


def form_code(source: Path) -> str:
    book = openpyxl.load_workbook(source)
    return str(book[SCHEME.parts[0].sheet]["B2"].value)


def returned(folder: Path, other: Path) -> Iterator[tuple[str, bytes]]:
    """Everything that lies in 收回: name and bytes."""

    def form(member: str, **typed: object) -> bytes:
        answers: Answers = {**GOOD, **typed}  # type: ignore[dict-item]
        return fill(blank(folder, member), answers)

    yield "截断.xlsx", form("001")[:9000]
    yield "其实是PDF.xlsx", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
    yield "别的考核.xlsx", fill(blank(other, "003"), GOOD)
    for member, typed in TYPED.items():
        yield f"{member}.xlsx", form(member, **{"A1-1": typed})
    once = form("011")
    yield "011.xlsx", once
    yield "群文件/011（1）.xlsx", once
    for name, saved, points in (
        ("012新", LATER, 8), ("012旧", SAVED, 3), ("013甲", SAVED, 8), ("013乙", SAVED, 3),
        ("020新", LATER, 11), ("020旧", SAVED, 3), ("017再存", LATER, 8), ("017", SAVED, 8),
    ):  # fmt: skip
        answers = {**GOOD, "A1-1": points}
        yield f"{name}.xlsx", fill(blank(folder, name[:3]), answers, saved=saved)
    for member, name in (("014", "甲015"), ("015", "甲014")):
        yield f"{member}.xlsx", with_text(blank(folder, member), f"甲{member}", name)
    yield "016.xlsx", form("016")
    own, foreign = form_code(blank(folder, "019")), form_code(blank(folder, "018"))
    yield "019.xlsx", with_text(blank(folder, "019"), own, foreign)
    yield "空文件.xlsx", b""
    yield "~$011.xlsx", b"\x08owner"
    yield "群文件/.DS_Store", b"\0\0\0\1Bud1"
    yield "好的.xlsx", form("024")


#: What is typed into A1-1, by member.
TYPED: Mapping[str, float | str | date | None] = {
    "004": 11,
    "005": "9分",
    "006": "８．５",
    "007": "4-5",
    "008": "",
    "009": "#REF!",
    "010": "=1+2",
    "021": date(2015, 4, 5),
    "022": "满分",
    "023": -1,
}


class World(NamedTuple):
    folder: Path
    ran: Ran
    document: Json


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = make(tmp_path_factory.mktemp("坏表") / "考核", SCHEME, map(person, IDS))
    other = make(tmp_path_factory.mktemp("别处") / "考核", SCHEME, map(person, IDS))
    forms(folder)
    forms(other, "003")
    for name, data in returned(folder, other):
        drop(folder, name, data)
    with drop(folder, "录像.xlsx", b"junk").open("r+b") as junk:
        junk.truncate(21 << 20)
    write_roster(folder, SCHEME, [person(each) for each in IDS if each != "016"])
    ran = run("-C", folder, "collect", "--json")
    return World(folder, ran, ran.document)


@dataclass(frozen=True)
class Verdict:
    """What must be said about one file and its member."""

    file: str
    status: str
    #: Words of the message; what was read.
    words: str = ""
    found: str | None = None
    #: Whose it is, and where that member stands.
    member: str | None = None
    standing: str = "undecided"


VERDICTS = (
    Verdict("截断.xlsx", "refused", "不完整"),
    Verdict("其实是PDF.xlsx", "refused", "PDF"),
    Verdict("别的考核.xlsx", "refused", "另一次考核"),
    Verdict("空文件.xlsx", "refused", "空的"),
    Verdict("录像.xlsx", "refused", "20 MB"),
    Verdict("019.xlsx", "refused", "表单码"),
    Verdict("016.xlsx", "refused", "不在名册里", "016", "016", ""),
    Verdict("004.xlsx", "returned", "A1-1", "11", "004"),
    Verdict("007.xlsx", "returned", "4-5", "4-5", "007"),
    Verdict("008.xlsx", "returned", "空着", "", "008"),
    Verdict("009.xlsx", "returned", "#REF!", "#REF!", "009"),
    Verdict("010.xlsx", "returned", "公式", None, "010"),
    Verdict("021.xlsx", "returned", "2015-04-05", None, "021"),
    Verdict("022.xlsx", "returned", "满分", "满分", "022"),
    Verdict("023.xlsx", "returned", "-1", "-1", "023"),
    Verdict("014.xlsx", "returned", "姓名", "甲015", "014"),
    Verdict("015.xlsx", "returned", "姓名", "甲014", "015"),
    Verdict("020新.xlsx", "returned", "A1-1", "11", "020"),
    Verdict("020旧.xlsx", "superseded", "旧版本", None, "020"),
    Verdict("012旧.xlsx", "superseded", "旧版本", None, "012", "graded"),
    Verdict("017.xlsx", "superseded", "相同", None, "017", "graded"),
    Verdict("017再存.xlsx", "accepted", member="017", standing="graded"),
    Verdict("012新.xlsx", "accepted", member="012", standing="graded"),
    Verdict("005.xlsx", "accepted", "9分", "9分", "005", "graded"),
    Verdict("006.xlsx", "accepted", "８．５", "８．５", "006", "graded"),
    Verdict("011.xlsx", "accepted", member="011", standing="graded"),
    Verdict("群文件/011（1）.xlsx", "duplicate", member="011", standing="graded"),
    Verdict("好的.xlsx", "accepted", member="024", standing="graded"),
    Verdict("~$011.xlsx", "ignored"),
    Verdict("群文件/.DS_Store", "ignored"),
)


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: verdict.file)
def test_each_bad_file_gets_its_verdict_and_its_sentence(world: World, verdict: Verdict) -> None:
    file = by_file(world.document)[f"收回/{verdict.file}"]
    assert (file["status"], file["member"]) == (verdict.status, verdict.member)
    told = [f for f in file["findings"] if verdict.words in f["message"]]
    if verdict.words:
        assert told, file["findings"]
        assert all(each["message"] and each["fix"] for each in told)
    if verdict.found is not None:
        assert verdict.found in {each["found"] for each in told}
    if verdict.status == "returned" and verdict.file not in {"014.xlsx", "015.xlsx"}:
        assert all((f["sheet"], f["item"]) == ("目标管理", "A1-1") and f["cell"] for f in told)
    if verdict.member and verdict.standing:
        assert by_id(world.document)[verdict.member]["status"] == verdict.standing


def test_odd_ways_to_write_a_number_count_as_that_number(world: World) -> None:
    members = by_id(world.document)
    totals = {member: members[member]["total"] for member in ("005", "006", "011", "012", "024")}
    assert totals == {"005": "104", "006": "103.5", "011": "105", "012": "103", "024": "105"}


def test_two_versions_saved_at_the_same_moment_are_left_to_people(world: World) -> None:
    member = by_id(world.document)["013"]
    assert (member["status"], member["total"]) == ("undecided", None)
    files = [by_file(world.document)[f"收回/013{which}.xlsx"] for which in "甲乙"]
    assert not {"superseded", "duplicate"} & {file["status"] for file in files}
    reason = "；".join(member["reasons"])
    assert all(file["file"] in reason for file in files)


def test_whose_file_was_refused_is_missing_and_never_zero(world: World) -> None:
    members = by_id(world.document)
    for member in ("001", "002", "003", "018"):
        assert (members[member]["status"], members[member]["total"]) == ("missing", None)


def test_an_accepted_file_has_no_error_and_a_returned_or_refused_one_has(world: World) -> None:
    for file in world.document["files"]:
        errors = [f for f in file["findings"] if f["severity"] == "error"]
        if file["status"] == "accepted":
            assert not errors, file
        if file["status"] in {"returned", "refused"}:
            assert errors, file


def test_counts_reconcile_and_errors_end_with_one(world: World) -> None:
    counts = world.document["counts"]
    assert counts["received"] == len(world.document["files"]) == len(VERDICTS) + 2
    six = ("accepted", "returned", "refused", "duplicate", "superseded", "ignored")
    assert counts["received"] == sum(counts[status] for status in six)
    assert counts["due"] == counts["roster"] - counts["left"] == sum(
        counts[each] for each in ("assessed", "exempt", "deferred", "missing", "undecided")
    )  # fmt: skip
    assert world.ran.status == 1
    assert (world.folder / rounds.SUMMARY).is_file()


def test_an_empty_folder_of_returns_is_no_error(tmp_path: Path) -> None:
    folder = make(tmp_path / "考核", SCHEME, [person("001")])
    ran = run("-C", folder, "collect", "--json")
    assert (ran.status, ran.document["counts"]["missing"]) == (0, 1)
