"""``sheetflow log``: each act in the clerk's words, and whether the record is untouched."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from rounds import UNREVIEWED, make, person, run

from sheetflow import printing, schemes
from sheetflow import round as rounds
from sheetflow.flows.log import Log, read_log
from sheetflow.flows.recall import LAST
from sheetflow.ledger import open_ledger
from sheetflow.model.desk import Place, Tab

TAKEN = "2015-12-20T19:30:00"
SCHEME = UNREVIEWED
ITEM = SCHEME.parts[0].items[0]
BONUS = SCHEME.parts[0].bonuses[0]
VERSION = "ab12"
#: Acts of an evening, by what the list shows of them: sheet, what, member, after.
EVENING = {
    Place(Tab.MEETINGS, "3", "kind"): ("会议", "3 类别", "", "支委会"),
    Place(Tab.MEETINGS, "3", "day"): ("会议", "3 日期", "", "2015-12-20"),
    Place(Tab.COUNTS, "*", f"{ITEM.code}/迟到"): (
        "台账", f"{ITEM.code} {ITEM.title} 迟到", "*", "0",
    ),
    Place("scores.A", "001", ITEM.code): ("评分A", f"{ITEM.code} {ITEM.title}", "001", "3"),
    Place(Tab.CLAIMS, f"002/{BONUS.code}-1", "points"): (
        "加分认定", f"{BONUS.code}-1 {BONUS.title} 认定分", "002", "2",
    ),
    Place(Tab.ADJUSTMENTS, f"001/{ITEM.code}", "meeting"): (
        "调整", f"{ITEM.code} {ITEM.title} 会次", "001", "3",
    ),
    Place(Tab.APPROVALS, "002", "tier"): ("核定", "评定等次", "002", "第二等"),
    Place(Tab.OBJECTIONS, "1", "raiser"): ("异议", "1 提出人", "001", "（不显示）"),
    Place(Tab.OBJECTIONS, "1", "member"): ("异议", "1 对象", "001", "001"),
    Place(Tab.FOCUS, "002", "本人态度"): ("重点对象", "本人态度", "002", "好"),
    Place(Tab.FILES, f"收回/乙.xlsx/{VERSION}", "adopt"): (
        "文件", "收回/乙.xlsx 采用", "002", "是",
    ),
    Place(Tab.AGENDA, "001/满分无佐证", "conclusion"): ("上会清单", "满分无佐证 结论", "001", "补"),
}  # fmt: skip
RAISER = "举报的人"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A round whose evening is over, as far as the ledger knows it."""
    folder = make(tmp_path / "考核", SCHEME, [person("001"), person("002")])
    acts = [
        (place, "", RAISER if place.column == "raiser" else after)
        for place, (_sheet, _what, _member, after) in EVENING.items()
    ]
    members = [{"id": "001", "name": "甲一"}, {"id": "002", "name": "乙二"}]
    received = [{"file": "收回/乙.xlsx", "version": VERSION, "member": "002"}]
    document = {"document": {"members": members, "files": received}}
    with open_ledger(folder / rounds.LEDGER, lock=True) as opened:
        opened.issue(schemes.version(SCHEME), schemes.dump(SCHEME))
        opened.put(LAST, json.dumps(document))
        opened.decide(acts, taken=TAKEN, revision=1)
    return folder


def logged(folder: Path, member: str = "") -> Log:
    return read_log(rounds.Round(folder), member)


def test_every_act_is_told_in_the_words_of_its_sheet(folder: Path) -> None:
    log = logged(folder)
    assert [(a.sheet, a.what, a.member, a.after) for a in log.acts] == list(EVENING.values())
    assert (log.total, log.breaks) == (len(EVENING), ())
    assert {a.name for a in log.acts} == {"", "甲一", "乙二", "其余各人"}


def test_the_meeting_is_told_where_one_is_noted(folder: Path) -> None:
    noted = {a.number for a in logged(folder).acts if a.meeting == "3（支委会 2015-12-20）"}
    places = list(EVENING)
    assert {places[number - 1].tab for number in noted} == {"scores.A", "adjustments"}
    place = Place(Tab.APPROVALS, "002", "meeting")
    with open_ledger(folder / rounds.LEDGER, lock=True) as opened:
        opened.decide([(place, "", "9")], taken="", revision=2)
    of_two = {a.sheet: a.meeting for a in logged(folder, "002").acts}
    assert (of_two["加分认定"], of_two["核定"], of_two["台账"]) == ("9", "9", "")


@pytest.mark.parametrize("member", ["001", "００１", " 001"])
def test_the_acts_about_a_member_are_those_that_touch_them(folder: Path, member: str) -> None:
    shown = [(a.sheet, a.what, a.member, a.after) for a in logged(folder, member).acts]
    assert shown == [act for act in EVENING.values() if act[2] in {"001", "*"}]


def test_who_raised_an_objection_is_told_nowhere(folder: Path) -> None:
    for words in ((), ("--json",), ("001",), ("001", "--json")):
        ran = run("-C", folder, "log", *words)
        assert ran.status == 0
        assert RAISER not in ran.out + ran.err


def test_the_list_ends_with_the_verdict_and_the_fingerprint(folder: Path) -> None:
    before = (folder / rounds.LEDGER).read_bytes()
    ran = run("-C", folder, "log")
    head = logged(folder).head
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert len(lines) == len(EVENING) + 2
    assert lines[3].split("  ") == [
        "4", "2015-12-20 19:30:00", "001 甲一", f"评分A {ITEM.code} {ITEM.title}：（空） → 3",
        "会次 3（支委会 2015-12-20）",
    ]  # fmt: skip
    assert lines[-2] == f"共 {len(EVENING)} 条，校验一致，末条指纹 {head[:8]}"
    assert (folder / rounds.LEDGER).read_bytes() == before
    document = run("-C", folder, "log", "002", "--json").document
    assert (document["total"], document["head"], document["verified"]) == (12, head, True)
    assert {act["member"] for act in document["acts"]} == {"002", "*"}


@pytest.mark.parametrize("words", [(), ("002",)])
def test_a_changed_record_is_named_and_ends_with_one(folder: Path, words: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(folder / rounds.LEDGER)) as db, db:
        db.execute("DROP TRIGGER decision_stays")
        db.execute("UPDATE decision SET after = '5' WHERE number = 4")
    ran = run("-C", folder, "log", *words)
    assert ran.status == 1
    assert "校验不一致" in ran.out
    assert "第 4 条" in ran.out
    document = run("-C", folder, "log", *words, "--json").document
    (found,) = document["breaks"]
    assert (found["damage"], found["first"], found["last"]) == ("changed", 4, 4)
    assert not document["verified"]


def test_an_unknown_member_is_wrong_use(folder: Path) -> None:
    ran = run("-C", folder, "log", "999", "--json")
    assert (ran.status, ran.error["code"]) == (2, "usage")
    assert "999" in ran.error["message"]
    assert ran.error["fix"]


def test_before_anything_is_decided_there_is_nothing_to_list(tmp_path: Path) -> None:
    folder = make(tmp_path / "考核", SCHEME, [person("001")])
    log = logged(folder)
    (line,) = printing.log_lines(log)
    assert line.startswith("共 0 条，校验一致")
    assert log.head == logged(folder).head != ""


def test_text_of_others_stays_on_its_line(folder: Path) -> None:
    place = Place(Tab.APPROVALS, "001", "reason")
    with open_ledger(folder / rounds.LEDGER, lock=True) as opened:
        opened.decide([(place, "", "一\x1b[2J\n二")], taken="", revision=2)
    *_more, line, _verdict = printing.log_lines(logged(folder))
    assert line.endswith("核定 理由：（空） → 一[2J 二")
