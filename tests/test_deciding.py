"""Deciding at the desk: what people type there becomes acts, and nothing else ever does.

Each test works on a copy of one round of three members, collected once before the evening.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet
from rounds import (
    AGREEMENT,
    SAVED,
    Answers,
    Json,
    Row,
    blank,
    by_file,
    by_id,
    cell_of,
    computed,
    decide,
    desk_places,
    drop,
    fill,
    forms,
    full,
    make,
    person,
    type_at,
    types_setting,
    write_roster,
)

from sheetflow import printing
from sheetflow import round as rounds
from sheetflow.acts import Act
from sheetflow.errors import OutputError, SheetflowError
from sheetflow.flows.collect import Collected, collect
from sheetflow.flows.desk import Planned, prepare
from sheetflow.flows.log import read_log
from sheetflow.flows.outputs import Left, leave
from sheetflow.flows.papers import write_papers
from sheetflow.flows.trace import trace_member
from sheetflow.ledger import open_ledger
from sheetflow.model import EVERYONE, Place, Stage, Tab

GOOD = full()
EVENING = datetime(2015, 12, 22, 20)  # noqa: DTZ001 - local time
PEOPLE = ("001", "002", "003")
BEST, FAIR, BASIC, POOR = (tier.title for tier in AGREEMENT.tiers)
APPROVED, REJECTED = "同意", "退回"
A = f"{Tab.SCORES}.A"
#: 003 claims a bonus of three points.
CLAIM: Row = {"事由": "公开课", "级别": "省级", "日期": datetime(2015, 6, 1), "申报分": 3}  # noqa: DTZ001
RETURNED: Mapping[str, Answers] = {
    "001": GOOD,
    "002": {**GOOD, "A1-1": 3, "A2-1": 1},
    "003": {**GOOD, "A1-1": 0, "A2-1": 0, "A+2-1": CLAIM},
}
TOTALS = {"001": "100", "002": "96", "003": "95"}
ABSENT, LATE, UNTAUGHT = "A1-1/无故缺席", "A1-1/迟到早退", "A1-1/请假未补学"


def approval(member: str) -> Place:
    return Place(Tab.APPROVALS, member, "approval")


def veto(member: str) -> Place:
    return Place(Tab.APPROVALS, member, "veto")


def tier(member: str) -> Place:
    return Place(Tab.APPROVALS, member, "tier")


#: All that one evening needs: the branch's own scores, no open matter, approval of everybody.
JUDGED = {Place(A, member, "A4"): "优" for member in PEOPLE}
CONCLUDED = {Place(Tab.AGENDA, EVERYONE, "conclusion"): "议过"}
ALL_APPROVED = {**JUDGED, **CONCLUDED, approval(EVERYONE): APPROVED}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round whose forms are back and collected: the desk waits for the branch."""
    folder = make(tmp_path_factory.mktemp("会前") / "考核", AGREEMENT, map(person, PEOPLE))
    forms(folder)
    for member, answers in RETURNED.items():
        drop(folder, f"{member}.xlsx", fill(blank(folder, member), answers))
    document = collect(rounds.Round(folder)).document
    assert {m["id"]: m["total"] for m in document["members"]} == TOTALS
    assert all(member["provisional"] for member in document["members"])
    return folder


@pytest.fixture(scope="module")
def approved(asked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same round with everybody approved and the tiers as proposed."""
    folder = shutil.copytree(asked, tmp_path_factory.mktemp("会后") / "考核")
    decide(folder, {**ALL_APPROVED, tier(EVERYONE): "按建议"})
    document = go(folder).document
    finals = {m["id"]: m["final_tier"] for m in document["members"]}
    assert finals == {"001": BEST, "002": FAIR, "003": FAIR}
    return folder


@pytest.fixture
def folder(asked: Path, tmp_path: Path) -> Path:
    return shutil.copytree(asked, tmp_path / "考核")


@pytest.fixture
def decided(approved: Path, tmp_path: Path) -> Path:
    return shutil.copytree(approved, tmp_path / "考核")


def go(folder: Path, *, later: int = 0) -> Collected:
    return collect(rounds.Round(folder), now=EVENING + timedelta(days=later))


def evening(folder: Path, cells: Mapping[Place, str | None], *, later: int = 0) -> Collected:
    """Type, then collect."""
    decide(folder, cells)
    return go(folder, later=later)


def member(collected: Collected, which: str) -> Json:
    return by_id(collected.document)[which]


def shown(folder: Path, place: Place) -> object:
    """What stands in a cell of the desk now."""
    return cell_of(folder / rounds.DESK, desk_places(folder)[place])


def found(collected: Collected) -> set[tuple[str, str, str]]:
    """Code, sheet and cell of all that was found in the desk."""
    listed = (f for f in collected.outcome.findings if f.source.file == rounds.DESK)
    return {(f.code, f.source.sheet, f.source.cell) for f in listed}


def codes(collected: Collected) -> set[str]:
    return {finding.code for finding in collected.outcome.findings}


def told(collected: Collected) -> set[str]:
    """Codes of all that was found, also in files."""
    receipts = collected.outcome.receipts
    return codes(collected) | {f.code for receipt in receipts for f in receipt.findings}


def state(folder: Path) -> Mapping[Path, tuple[int, bytes]]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def said(document: Json) -> Json:
    """What a document says about the members and files."""
    return {"members": document["members"], "files": document["files"]}


# ------------------------------------------------------------------ an approval and its version


def newer(folder: Path, answers: Answers) -> str:
    """Another form of 001 comes in, saved later; return its path."""
    saved = SAVED + timedelta(days=1)
    drop(folder, "又交.xlsx", fill(blank(folder, "001"), {**GOOD, **answers}, saved=saved))
    return f"{rounds.RETURNED}/又交.xlsx"


def adopt(folder: Path, file: str) -> Place:
    (row,) = {p.row for p in desk_places(folder) if p.row.startswith(f"{file}/")}
    return Place(Tab.FILES, row, "adopt")


def test_what_came_after_an_approval_is_held_until_the_branch_takes_it_up(decided: Path) -> None:
    file = newer(decided, {"A1-1": 1})
    held = go(decided)
    assert (member(held, "001")["total"], member(held, "001")["final_tier"]) == ("100", BEST)
    assert by_file(held.document)[file]["status"] == "superseded"
    assert "X615" in told(held)
    after = evening(decided, {adopt(decided, file): "是"})
    now = member(after, "001")
    assert (now["total"], now["provisional"], now["final_tier"]) == ("96", True, None)
    assert shown(decided, approval("001")) is None
    assert (approval("001"), APPROVED, "") in after.acts
    assert "X615" not in told(after)


def test_what_is_held_says_so_at_the_file_itself(decided: Path) -> None:
    file = newer(decided, {"A1-1": 1})
    held = by_file(go(decided).document)[file]
    assert "X615" in {finding["code"] for finding in held["findings"]}


def test_no_approval_goes_over_to_another_version_because_the_desk_was_open(
    decided: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken back, but the desk, open in another program, goes on showing it."""
    file = newer(decided, {"A1-1": 1})
    go(decided)
    decide(decided, {adopt(decided, file): "是"})

    def in_use(*_all: object) -> None:
        raise OutputError(rounds.DESK)

    with monkeypatch.context() as patch:
        patch.setattr("sheetflow.flows.desk.leave", in_use)
        with pytest.raises(OutputError):
            go(decided)
    now = member(go(decided), "001")
    assert (now["total"], now["provisional"], now["final_tier"]) == ("96", True, None)


def test_what_came_after_an_approval_may_be_turned_down(decided: Path) -> None:
    file = newer(decided, {"A1-1": 1})
    go(decided)
    after = evening(decided, {adopt(decided, file): "否"})
    assert (member(after, "001")["total"], member(after, "001")["final_tier"]) == ("100", BEST)
    assert "X615" not in told(after)


def test_a_form_saved_again_unchanged_is_the_version_that_was_approved(decided: Path) -> None:
    newer(decided, {})
    after = go(decided)
    assert (member(after, "001")["total"], member(after, "001")["final_tier"]) == ("100", BEST)
    assert "X615" not in told(after)


def test_a_version_sent_back_counts_in_nothing_until_another_one_comes(folder: Path) -> None:
    sent = evening(folder, {approval("001"): REJECTED})
    now = member(sent, "001")
    assert (now["status"], now["proposed_tier"], now["final_tier"]) == ("undecided", None, None)
    assert any(REJECTED in reason for reason in now["reasons"])
    newer(folder, {"A1-1": 4})
    again = go(folder)
    assert (member(again, "001")["status"], member(again, "001")["total"]) == ("graded", "99")
    assert shown(folder, approval("001")) is None


# ------------------------------------------------------------------ taking back


def test_a_cell_cleared_takes_the_decision_back_and_says_so(folder: Path) -> None:
    cells = {veto("001"): "V1", Place(Tab.APPROVALS, "001", "basis"): "某文"}
    assert member(evening(folder, cells), "001")["max_tier"] == FAIR
    places = decide(folder, {veto("001"): None})
    after = go(folder)
    assert member(after, "001")["max_tier"] is None
    source = places[veto("001")]
    assert ("D810", source.sheet, source.cell) in found(after)
    log = read_log(rounds.Round(folder), "001")
    acts = [(act.before, act.after) for act in log.acts if act.what == "否决"]
    assert acts == [("", "V1"), ("V1", "")]


# ------------------------------------------------------------------ a desk that cannot be trusted


def sheet_of(folder: Path, title: str) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.load_workbook(folder / rounds.DESK)
    return book, book[title]


def line(folder: Path, place: Place) -> int:
    return coordinate_to_tuple(desk_places(folder)[place].cell)[0]


def row_gone(folder: Path) -> None:
    at = line(folder, approval("001"))
    book, sheet = sheet_of(folder, "核定")
    sheet.delete_rows(at)
    book.save(folder / rounds.DESK)


def desk_gone(folder: Path) -> None:
    (folder / rounds.DESK).unlink()


def test_a_desk_that_somebody_saves_meanwhile_stays_as_they_saved_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(folder, {veto("001"): "V1"})

    def save_meanwhile(*all_: Any) -> Planned | None:  # noqa: ANN401 - as prepare
        decide(folder, {veto("002"): "V2"})
        return prepare(*all_)

    with monkeypatch.context() as patch:
        patch.setattr("sheetflow.flows.collect.prepare", save_meanwhile)
        with pytest.raises(OutputError, match=rounds.DESK):
            go(folder)
    assert (shown(folder, veto("001")), shown(folder, veto("002"))) == ("V1", "V2")
    after = go(folder)
    assert [member(after, which)["max_tier"] for which in PEOPLE] == [FAIR, BASIC, None]


SCORED = Place(A, "001", "A2-1")


@pytest.fixture(scope="module")
def scored(asked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The round after the branch has scored one item of one member."""
    folder = shutil.copytree(asked, tmp_path_factory.mktemp("评过") / "考核")
    evening(folder, {SCORED: "1"})
    return folder


@pytest.mark.parametrize("once", ["D803", "D807", "D808", "D810"])
def test_a_run_after_one_that_told_something_once_is_nothing_new(
    scored: Path, tmp_path: Path, once: str
) -> None:
    folder, place = shutil.copytree(scored, tmp_path / "考核"), SCORED
    if once == "D803":
        row_gone(folder)
    elif once == "D807":
        computed(folder, desk_places(folder)[place], "=1+1", "2")
    elif once == "D808":
        desk_gone(folder)
    else:
        decide(folder, {place: None})
    assert once in codes(go(folder))
    before = state(folder)
    assert (go(folder).changed, state(folder)) == (False, before)


def test_an_old_copy_is_old_though_nothing_but_what_was_typed_is_new_since(folder: Path) -> None:
    old = (folder / rounds.DESK).read_bytes()
    topic = Place(Tab.MEETINGS, "1", "topic")
    assert evening(folder, {topic: "审核"}).acts
    (folder / rounds.DESK).write_bytes(old)
    after = go(folder)
    assert ("D801" in codes(after), after.acts) == (True, ())
    assert shown(folder, topic) in {None, "审核"}


def test_no_two_desks_bear_one_revision_even_when_a_run_died_after_writing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(folder, {veto("001"): "V1"})

    def die(*all_: Any) -> Left:  # noqa: ANN401 - as leave
        leave(*all_)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sheetflow.flows.desk.leave", die)
        with pytest.raises(KeyboardInterrupt):
            go(folder)
    old = (folder / rounds.DESK).read_bytes()
    assert evening(folder, {veto("002"): "V1"}).acts
    (folder / rounds.DESK).write_bytes(old)
    after = go(folder)
    assert ("D801" in codes(after), after.acts) == (True, ())


def test_an_old_copy_decides_nothing_even_where_it_says_more(folder: Path) -> None:
    old = folder.parent / "旧的一份.xlsx"
    decide(folder, {veto("002"): "V1"})
    shutil.copy(folder / rounds.DESK, old)
    assert evening(folder, {veto("002"): None, veto("001"): "V1"}).acts
    shutil.copy(old, folder / rounds.DESK)
    after = go(folder)
    assert "D801" in codes(after)
    tiers = [member(after, which)["max_tier"] for which in ("001", "002")]
    assert tiers == [FAIR, None]


# ------------------------------------------------------------------ what was typed


def test_a_formula_counts_by_its_result_which_then_stands_in_its_place(folder: Path) -> None:
    place = Place(A, "001", "A2-1")
    source = desk_places(folder)[place]
    computed(folder, source, "=1+0.5", "1.5")
    after = go(folder)
    assert member(after, "001")["total"] == "98.5"
    assert ("D807", source.sheet, source.cell) in found(after)
    assert shown(folder, place) == 1.5
    assert "D807" not in codes(go(folder))


def test_a_formula_without_a_result_is_told_and_what_was_decided_stands(folder: Path) -> None:
    place = Place(A, "001", "A2-1")
    assert member(evening(folder, {place: "1"}), "001")["total"] == "98"
    source = decide(folder, {place: "=1+1"})[place]
    after = go(folder)
    assert member(after, "001")["total"] == "98"
    assert ("D806", source.sheet, source.cell) in found(after)
    assert "D810" not in codes(after)


UNUSABLE: Mapping[Place, str] = {
    approval("001"): "√",
    veto("001"): "V9",
    tier("001"): "良好",
    Place(A, "001", "A2-1"): "满分",
    Place(A, "002", "A2-1"): "9",
    Place(A, "002", "A4"): "优良",
    Place(Tab.COUNTS, "001", ABSENT): "两次",
    Place(Tab.COUNTS, "002", ABSENT): "-1",
    Place(Tab.CLAIMS, "003/A+2-1", "points"): "9",
    Place(Tab.MEETINGS, "1", "due"): "多数",
}


def test_what_cannot_be_used_is_told_in_its_cell_decides_nothing_and_stays(folder: Path) -> None:
    before = by_id(go(folder).document)
    places = decide(folder, UNUSABLE)
    after = go(folder)
    expected = {("D806", source.sheet, source.cell) for source in places.values()}
    assert {each for each in found(after) if each[0] == "D806"} == expected
    assert by_id(after.document) == before
    typed = {place: str(shown(folder, place)) for place in UNUSABLE}
    assert typed == dict(UNUSABLE)
    assert go(folder).changed is False


# ------------------------------------------------------------------ one word for all


def test_approving_all_approves_one_by_one_whom_nothing_speaks_against(folder: Path) -> None:
    matters = [p for p in desk_places(folder) if p.tab == Tab.AGENDA and p.row.startswith("002/")]
    assert matters
    first = evening(folder, {
        **{Place(A, which, "A4"): "优" for which in ("001", "002")},
        **dict.fromkeys(matters, "议过"),
        approval(EVERYONE): APPROVED,
        Place(Tab.APPROVALS, EVERYONE, "meeting"): "1",
        tier(EVERYONE): "按建议",
    })  # fmt: skip
    # 001 has open matters, 003 an item that nobody has scored.
    assert [m["provisional"] for m in first.document["members"]] == [True, False, True]
    acts = {place: after for place, _before, after in first.acts}
    assert {p.row for p in acts if p.tab == Tab.APPROVALS} == {"002"}
    assert acts[approval("002")] == APPROVED
    assert acts[Place(Tab.APPROVALS, "002", "meeting")] == "1"
    assert acts[tier("002")] == FAIR
    assert shown(folder, approval("002")) == APPROVED
    assert shown(folder, tier("002")) == FAIR
    assert {shown(folder, approval(EVERYONE)), shown(folder, tier(EVERYONE))} == {None}
    assert go(folder).changed is False
    second = evening(folder, {**CONCLUDED, approval(EVERYONE): APPROVED})
    assert [m["provisional"] for m in second.document["members"]] == [False, False, True]
    assert shown(folder, Place(Tab.AGENDA, "001/total", "conclusion")) == "议过"
    assert shown(folder, Place(Tab.AGENDA, EVERYONE, "conclusion")) is None
    assert {shown(folder, matter) for matter in matters} == {"议过"}


def test_no_counts_at_all_fill_the_blanks_with_zeros_and_say_nothing_of_the_rest(
    folder: Path,
) -> None:
    first = evening(folder, {
        Place(Tab.COUNTS, EVERYONE, ABSENT): "均无",
        Place(Tab.COUNTS, "001", ABSENT): "2",
    })  # fmt: skip
    acts = {place: after for place, _before, after in first.acts}
    assert acts == {
        Place(Tab.COUNTS, which, ABSENT): "2" if which == "001" else "0" for which in PEOPLE
    }
    assert shown(folder, Place(Tab.COUNTS, EVERYONE, ABSENT)) is None
    assert shown(folder, Place(Tab.COUNTS, "002", ABSENT)) == 0
    assert shown(folder, Place(Tab.COUNTS, "002", LATE)) is None


def test_none_at_all_fills_every_deduction_of_everybody(folder: Path) -> None:
    """Points that must be earned are still to be counted: nothing done is no zero."""
    after = evening(folder, {Place(Tab.COUNTS, EVERYONE, EVERYONE): "均无"})
    deducted = {
        f"{item.code}/{event.what}"
        for part in AGREEMENT.parts
        for item in part.items
        for event in item.events
        if event.each <= 0
    }
    acts = {place: text for place, _before, text in after.acts}
    columns = {p.column for p in desk_places(folder) if p.tab == Tab.COUNTS}
    assert acts == {
        Place(Tab.COUNTS, which, column): "0" for which in PEOPLE for column in deducted & columns
    }
    assert shown(folder, Place(Tab.COUNTS, EVERYONE, EVERYONE)) is None


def test_none_at_all_in_a_member_s_own_row_is_said_of_that_member_alone(folder: Path) -> None:
    own, wrong = (Place(Tab.COUNTS, which, EVERYONE) for which in ("001", "002"))
    places = decide(folder, {own: "均无", wrong: "2"})
    after = go(folder)
    columns = {p.column for p in desk_places(folder) if p.tab == Tab.COUNTS and p.row == "001"}
    assert after.acts
    assert {(p.row, text) for p, _before, text in after.acts} == {("001", "0")}
    assert {p.column for p, _before, _text in after.acts} <= columns - {EVERYONE}
    assert (shown(folder, own), shown(folder, wrong)) == (None, 2)
    source = places[wrong]
    assert {each for each in found(after) if each[0] == "D806"} == {
        ("D806", source.sheet, source.cell)
    }


#: Words for all that are not meant; each decides nothing beside any of the others.
UNMEANT: Mapping[Place, str] = {
    Place(Tab.COUNTS, EVERYONE, ABSENT): "不清楚",
    Place(Tab.COUNTS, EVERYONE, LATE): "-1",
    Place(Tab.COUNTS, EVERYONE, EVERYONE): "没有",
    approval(EVERYONE): REJECTED,
    tier(EVERYONE): BEST,
    veto(EVERYONE): "V1",
}


def test_another_word_for_all_than_those_meant_decides_nothing(decided: Path) -> None:
    cleared = {tier(which): None for which in PEOPLE}
    assert evening(decided, cleared).acts
    places = decide(decided, UNMEANT)
    after = go(decided)
    assert after.acts == ()
    told_of = {("D806", source.sheet, source.cell) for source in places.values()}
    assert {each for each in found(after) if each[0] == "D806"} == told_of


def test_a_word_for_all_that_fits_nobody_is_taken_in_and_gone(folder: Path) -> None:
    """Else papers would wait for a collect that has nothing to do."""
    assert evening(folder, {approval(EVERYONE): APPROVED}).acts == ()
    assert shown(folder, approval(EVERYONE)) is None
    assert go(folder).changed is False


# ------------------------------------------------------------------ points


def why(collected: Collected, which: str, code: str) -> tuple[Decimal | None, str]:
    """Points taken for an item and the reason told."""
    (standing,) = (s for s in collected.outcome.standings if s.member.id == which)
    assert standing.score
    (found_,) = (each for each in standing.score.lines if each.code == code)
    return found_.taken, found_.why


def test_counts_make_the_points_and_say_why(folder: Path) -> None:
    none = dict.fromkeys((LATE, UNTAUGHT), "0")
    first = evening(folder, {Place(Tab.COUNTS, "001", ABSENT): "2"})
    assert member(first, "001")["total"] == "100", "blank is not none: the rest is not counted yet"
    after = evening(folder, {Place(Tab.COUNTS, "001", what): text for what, text in none.items()})
    assert why(after, "001", "A1-1") == (Decimal(3), "无故缺席2次，扣2分")
    assert member(after, "001")["total"] == "98"
    assert why(after, "002", "A1-1")[0] == 3


def test_what_the_branch_scores_goes_before_counts_and_self(folder: Path) -> None:
    cells = {Place(Tab.COUNTS, "001", what): "0" for what in (LATE, UNTAUGHT)}
    cells |= {Place(Tab.COUNTS, "001", ABSENT): "2", Place(A, "001", "A1-1"): "4"}
    after = evening(folder, {**cells, Place(A, "002", "A2-1"): "3"})
    assert why(after, "001", "A1-1")[0] == Decimal(4)
    assert (member(after, "001")["total"], member(after, "002")["total"]) == ("99", "98")
    assert "D817" in codes(after)
    reasons = [Place(Tab.ADJUSTMENTS, row, "why") for row in ("001/A1-1", "002/A2-1")]
    explained = evening(folder, dict.fromkeys(reasons, "有记录可查"))
    assert "D817" not in codes(explained)
    assert explained.document["members"] == after.document["members"]


def test_one_grade_scores_a_section_and_single_points_go_before_it(folder: Path) -> None:
    after = evening(folder, {Place(A, "001", "A4"): "中", Place(A, "001", "A4-2"): "2"})
    assert why(after, "001", "A4-1")[0] == Decimal(1)
    assert why(after, "001", "A4-2")[0] == Decimal(2)
    assert member(after, "001")["total"] == "95"


def test_points_recognised_for_a_claim_count_instead_of_what_was_claimed(folder: Path) -> None:
    claim = Place(Tab.CLAIMS, "003/A+2-1", "points")
    less = evening(folder, {claim: "1", Place(Tab.CLAIMS, "003/A+2-1", "why"): "县级"})
    assert member(less, "003")["parts"]["A"]["bonus"] == "1"
    assert member(less, "003")["total"] == "93"
    assert "D817" not in codes(less)
    assert "D817" in codes(evening(folder, {Place(Tab.CLAIMS, "003/A+2-1", "why"): None}))
    none = evening(folder, {claim: "0"})
    assert member(none, "003")["parts"]["A"]["bonus"] == "0"
    assert member(evening(folder, {claim: None}), "003")["total"] == "95"


def test_points_that_the_rules_do_not_give_want_a_reason_though_they_were_claimed(
    folder: Path,
) -> None:
    """002 claims three points without any date: the rules give none."""
    claimed: Answers = {**RETURNED["002"], "A+2-1": {**CLAIM, "日期": None}}
    drop(folder, "002.xlsx", fill(blank(folder, "002"), claimed, saved=SAVED + timedelta(days=1)))
    go(folder)
    claim = Place(Tab.CLAIMS, "002/A+2-1", "points")
    assert "D817" not in codes(evening(folder, {claim: "0"}))
    after = evening(folder, {claim: "3"})
    (finding,) = [f for f in after.outcome.findings if f.code == "D817"]
    assert "按规则计 0 分，认定 3 分" in finding.message
    assert "D817" not in codes(evening(folder, {Place(Tab.CLAIMS, claim.row, "why"): "有通报"}))


# ------------------------------------------------------------------ tiers


def test_a_tier_above_the_highest_allowed_is_an_error_and_decides_nothing(decided: Path) -> None:
    ground = {Place(Tab.APPROVALS, "001", "basis"): "某文"}
    after = evening(decided, {veto("001"): "V1", **ground})
    now = member(after, "001")
    assert (now["max_tier"], now["proposed_tier"], now["final_tier"]) == (FAIR, FAIR, None)
    (source,) = decide(decided, {tier("001"): BEST}).values()
    assert ("D812", source.sheet, source.cell) in found(after)
    assert member(evening(decided, {tier("001"): FAIR}), "001")["final_tier"] == FAIR


def test_a_tier_other_than_proposed_counts_and_wants_a_reason(decided: Path) -> None:
    (source,) = decide(decided, {tier("002"): BASIC}).values()
    after = go(decided)
    assert member(after, "002")["final_tier"] == BASIC
    assert ("D813", source.sheet, source.cell) in found(after)
    reason = Place(Tab.APPROVALS, "002", "reason")
    explained = evening(decided, {reason: "会议另有考虑"})
    assert "D813" not in codes(explained)
    assert member(explained, "002")["final_tier"] == BASIC


def noted(act: Act) -> str:
    return act.meeting.partition("（")[0]


def test_the_tier_is_of_its_own_meeting_and_the_rest_of_the_row_of_the_first(folder: Path) -> None:
    met = {Place(Tab.MEETINGS, n, "kind"): k for n, k in (("1", "支委会"), ("2", "党员大会"))}
    every = {
        column: Place(Tab.APPROVALS, EVERYONE, column) for column in ("meeting", "tier_meeting")
    }
    evening(folder, {**met, **ALL_APPROVED, every["meeting"]: "1"})
    one = Place(Tab.APPROVALS, "001", "tier_meeting")
    evening(folder, {tier(EVERYONE): "按建议", every["tier_meeting"]: "2", tier("003"): FAIR})
    acts = read_log(rounds.Round(folder), "001").acts
    assert {noted(act) for act in acts if act.what in {"评定等次", "评定会次"}} == {"2"}
    assert {noted(act) for act in acts if act.what == "核定"} == {"1"}
    # Whoever was given a tier in the own row is not spoken for; blank is the row's own meeting.
    acts = read_log(rounds.Round(folder), "003").acts
    assert {noted(act) for act in acts if act.what == "评定等次"} == {"1"}
    said = {v.title: v.meeting for v in trace_member(rounds.Round(folder), "001").verdicts}
    assert said["核定"].startswith("1（支委会")
    (final,) = (meeting for title, meeting in said.items() if "评定等次" in title)
    assert final.startswith("2（党员大会")
    assert "D818" not in codes(go(folder))
    after = evening(folder, {one: "9"})
    assert ("D818", "核定") in {found_[:2] for found_ in found(after)}


def test_more_heads_than_a_meeting_can_have_are_told_in_their_cells(folder: Path) -> None:
    """Votes are counted in the order of their columns."""
    numbers = {"due": "5", "present": "6", "ayes": "4", "nays": "1", "abstentions": "2"}
    meeting = {column: Place(Tab.MEETINGS, "1", column) for column in numbers}
    places = decide(folder, {place: numbers[column] for column, place in meeting.items()})
    wrong = {("D806", "会议", places[meeting[c]].cell) for c in ("present", "abstentions")}
    assert {each for each in found(go(folder)) if each[0] == "D806"} == wrong
    mended = evening(folder, {meeting["due"]: "7", meeting["abstentions"]: "1"})
    assert "D806" not in codes(mended)
    kind = {Place(Tab.MEETINGS, "1", "kind"): "支委会"}
    unknown = evening(folder, {**kind, meeting["present"]: "三人"})
    (finding,) = [f for f in unknown.outcome.findings if f.code == "D811"]
    assert "不知道实到几人" in finding.message


def test_a_meeting_s_number_may_be_typed_in_any_width(folder: Path) -> None:
    at = desk_places(folder)[Place(Tab.APPROVALS, "001", "meeting")]
    type_at(folder / rounds.DESK, {(at.sheet, at.cell): "１"})
    after = evening(folder, {Place(Tab.MEETINGS, "1", "kind"): "支委会", veto("001"): "V1"})
    assert "D818" not in codes(after)
    acts = read_log(rounds.Round(folder), "001").acts
    assert {act.meeting for act in acts} == {"1（支委会）"}


def test_a_meeting_of_no_known_kind_and_one_nobody_entered_are_told_in_their_cells(
    folder: Path,
) -> None:
    """An unknown kind would never be asked how many came."""
    changed = Place(A, "001", "A2-1")
    evening(folder, {changed: "2"})
    kind, noted = (
        Place(Tab.MEETINGS, "1", "kind"),
        Place(Tab.ADJUSTMENTS, "001/A2-1", "meeting"),
    )
    places = decide(folder, {kind: "支部会议", noted: "7"})
    said = {f.code: f for f in go(folder).outcome.findings if f.code in {"D806", "D818"}}
    assert said["D806"].source.cell == places[kind].cell
    assert "读到“支部会议”，应为 支委会、党员大会 之一" in said["D806"].message
    assert said["D818"].source == places[noted]
    assert "会次“7”没有登记" in said["D818"].message
    assert "登记了的有：1" in said["D818"].fix
    mended = evening(folder, {kind: "支委会", noted: "１"})
    assert not {"D806", "D818"} & codes(mended)


@pytest.mark.parametrize("lack", ["missing", "returned", "not graded"])
def test_a_tier_of_somebody_who_has_no_points_is_told(folder: Path, lack: str) -> None:
    if lack == "missing":
        (folder / rounds.RETURNED / "001.xlsx").unlink()
        write_roster(folder, AGREEMENT, [*map(person, PEOPLE), person("004")])
    elif lack == "returned":
        newer(folder, {"A1-1": 99})
    else:
        rows = [person("001", category="预备党员"), *map(person, PEOPLE[1:])]
        write_roster(folder, AGREEMENT, rows)
    which = "004" if lack == "missing" else "001"
    go(folder)
    (source,) = decide(folder, {tier(which): BASIC}).values()
    after = go(folder)
    assert member(after, which)["final_tier"] is None
    assert ("D816", source.sheet, source.cell) in found(after)


def test_a_tier_waits_for_the_approval(folder: Path) -> None:
    after = evening(folder, {tier("001"): BEST})
    assert member(after, "001")["final_tier"] is None
    assert "D816" in codes(after)


# ------------------------------------------------------------------ made public


def days(folder: Path, first: str | None, last: str | None) -> None:
    for heading, day in (("公示开始", first), ("公示结束", last)):
        types_setting(folder, "公示", heading, datetime.fromisoformat(day) if day else None)


def stage(collected: Collected) -> Stage | None:
    progress = collected.outcome.progress
    return progress.stage if progress else None


def test_the_end_waits_for_the_days_of_publicity_and_for_answers(decided: Path) -> None:
    assert stage(go(decided)) is Stage.PROPOSING
    days(decided, "2015-12-25", "2016-01-05")
    assert stage(go(decided)) is Stage.PUBLISHING
    objection = {
        Place(Tab.OBJECTIONS, "1", "member"): "001",
        Place(Tab.OBJECTIONS, "1", "content"): "分数有误",
    }
    open_ = evening(decided, objection, later=20)
    assert stage(open_) is Stage.PUBLISHING
    assert "D820" in codes(open_)
    (at,) = decide(decided, {Place(Tab.OBJECTIONS, "1", "answered"): "已答复"}).values()
    answered_some_day = go(decided, later=20)
    assert stage(answered_some_day) is Stage.PUBLISHING
    assert ("D806", at.sheet, at.cell) in found(answered_some_day)
    answered = {Place(Tab.OBJECTIONS, "1", "answered"): "2016-01-04"}
    closed = evening(decided, answered, later=20)
    assert (stage(closed), "D820" in codes(closed)) == (Stage.FILING, False)
    last = f"{stage(go(decided, later=14))}"
    assert last == str(Stage.PUBLISHING), "the last day itself is not over"


def test_a_name_that_is_new_on_the_list_needs_new_days(decided: Path) -> None:
    days(decided, "2015-12-25", "2016-01-05")
    assert stage(go(decided)) is Stage.PUBLISHING
    better = {Place(A, "002", "A2-1"): "3", Place(A, "002", "A1-1"): "5", tier("002"): BEST}
    changed = evening(decided, better, later=20)
    assert member(changed, "002")["total"] == "100"
    assert stage(changed) is Stage.PROPOSING
    assert changed.outcome.progress
    assert any("甲002" in wait for wait in changed.outcome.progress.waits)
    assert any("甲002" in news for news in changed.news)
    assert stage(go(decided, later=20)) is Stage.PROPOSING
    days(decided, "2016-01-12", "2016-01-18")
    assert stage(go(decided, later=21)) is Stage.PUBLISHING
    assert stage(go(decided, later=40)) is Stage.FILING


# ------------------------------------------------------------------ what leans on a collect


@pytest.mark.parametrize("more", [{}, {approval(EVERYONE): APPROVED}])
def test_papers_wait_until_what_was_typed_is_collected(
    folder: Path, more: Mapping[Place, str]
) -> None:
    assert write_papers(rounds.Round(folder))
    decide(folder, {**JUDGED, **CONCLUDED, **more})
    with pytest.raises(SheetflowError, match="汇总"):
        write_papers(rounds.Round(folder))
    go(folder)
    assert write_papers(rounds.Round(folder))


def test_nothing_new_touches_no_file_and_saving_the_desk_again_is_nothing_new(
    decided: Path,
) -> None:
    assert go(decided).changed is False
    book = openpyxl.load_workbook(decided / rounds.DESK)
    book.save(decided / rounds.DESK)
    before = state(decided)
    again = go(decided, later=30)
    assert (again.changed, again.acts, again.desk) == (False, (), None)
    assert state(decided) == before


# ------------------------------------------------------------------ order


def sort_by_hand(sheet: Worksheet, first: int, last: int) -> None:
    """Turn the rows of a sheet upside down, values only, as a sorting does."""
    rows = [[cell.value for cell in sheet[at]] for at in range(first, last + 1)]
    for at, values in enumerate(reversed(rows), first):
        for cell, value in zip(sheet[at], values, strict=True):
            cell.value = value


def test_the_order_of_rows_and_files_changes_nothing(asked: Path, tmp_path: Path) -> None:
    expected: Json = {}
    cells = {**ALL_APPROVED, veto("002"): "V2", Place(Tab.COUNTS, "003", ABSENT): "1"}
    for n, order in enumerate([PEOPLE, *list(permutations(PEOPLE))[3:5]]):
        folder = shutil.copytree(asked, tmp_path / str(n) / "考核")
        if n:
            places = desk_places(folder)
            book = openpyxl.load_workbook(folder / rounds.DESK)
            for tab in (Tab.APPROVALS, A, Tab.COUNTS):
                here = [s for p, s in places.items() if p.tab == tab and p.row in PEOPLE]
                lines = [coordinate_to_tuple(source.cell)[0] for source in here]
                first = min(lines) - (tab == A)
                sort_by_hand(book[here[0].sheet], first, max(lines))
            book.move_sheet("核定", -5)
            book.save(folder / rounds.DESK)
        for which in order:
            decide(folder, {p: text for p, text in cells.items() if p.row in {which, EVERYONE}})
        document = said(go(folder).document)
        expected = expected or document
        assert document == expected
        assert go(folder).changed is False


# ------------------------------------------------------------------ what people make of it


def test_what_people_wrote_noted_and_coloured_survives_each_evening(folder: Path) -> None:
    source = desk_places(folder)[Place(Tab.APPROVALS, "001", "reason")]
    red = "FFFF0000"
    book = openpyxl.load_workbook(folder / rounds.DESK)
    sheet = book["核定"]
    at = coordinate_to_tuple(source.cell)[0]
    beside = sheet.cell(at, sheet.max_column + 2)
    beside.value, corner = "问过本人", beside.coordinate
    sheet[source.cell].fill = PatternFill("solid", start_color=red)
    sheet[source.cell].comment = Comment("会上再议", "记录人")
    sheet.column_dimensions["B"].width = 33
    book.create_sheet("草稿")["B2"].value = "自己算的"
    book.save(folder / rounds.DESK)
    evening(folder, ALL_APPROVED)
    evening(folder, {veto("002"): "V1"})
    book = openpyxl.load_workbook(folder / rounds.DESK)
    sheet = book["核定"]
    assert sheet[corner].value == "问过本人"
    assert sheet[source.cell].fill.start_color.rgb == red
    comment = sheet[source.cell].comment
    assert comment
    assert comment.text == "会上再议"
    assert sheet.column_dimensions["B"].width == 33
    assert book["草稿"]["B2"].value == "自己算的"


def test_what_one_word_decided_for_many_is_one_line_with_its_count(folder: Path) -> None:
    nothing = Place(Tab.COUNTS, EVERYONE, EVERYONE)
    evening(folder, {nothing: "均无"})
    before = read_log(rounds.Round(folder))
    evening(folder, {**ALL_APPROVED, Place(Tab.APPROVALS, EVERYONE, "meeting"): "1"}, later=1)
    log = read_log(rounds.Round(folder))
    (none,) = before.lines
    assert (none.member, none.sheet, none.after) == ("3 人", "台账", "0")
    assert f"共 {before.total} 格（001、002、003）" in none.what
    later = log.lines[1:]
    told = {(act.sheet, act.what): (act.member, act.after) for act in later}
    all_three = "共 3 格（001、002、003）"
    assert told["核定", f"核定，{all_three}"] == ("3 人", APPROVED)
    assert told["核定", f"会次，{all_three}"] == ("3 人", "1")
    assert told["核定", f"表单版本，{all_three}"] == ("3 人", "各人的")
    # Single acts stay in the record, for each member and in the count; who was judged is named.
    assert [act.number for act in log.acts] == list(range(1, log.total + 1))
    assert {act.member for act in later if act.sheet == "评分A"} == set(PEOPLE)
    alone = read_log(rounds.Round(folder), "001")
    assert alone.lines == alone.acts
    said = "\n".join(printing.log_lines(log))
    assert f"3 人  核定 核定，{all_three}：（空） → {APPROVED}  会次 1" in said
    assert f"共 {log.total} 条，校验一致" in said
    sheet = openpyxl.load_workbook(folder / rounds.SUMMARY)["决定"]
    rows = [[str(cell.value) for cell in row] for row in sheet.iter_rows()]
    assert [row for row in rows if "3 人" in row and f"核定，{all_three}" in row]
    assert any(f"共 {log.total} 条" in text for row in rows for text in row)
    assert len([row for row in rows if row[0].isdecimal()]) == len(log.lines)


def test_every_act_stands_in_the_log_with_its_day_and_what_was_before(decided: Path) -> None:
    evening(decided, {tier("002"): BASIC}, later=1)
    log = read_log(rounds.Round(decided), "002")
    assert log.breaks == ()
    acts = [(a.sheet, a.what, a.before, a.after, a.taken[:10]) for a in log.acts]
    assert ("核定", "核定", "", APPROVED, "2015-12-22") in acts
    sheet, what, *rest = acts[-1]
    assert AGREEMENT.terms.final_tier.endswith(what)
    assert (sheet, rest) == ("核定", [FAIR, BASIC, "2015-12-23"])
    assert len(log.acts) < log.total


# ------------------------------------------------------------------ what holds nothing up unseen


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (veto("001"), "看不懂"),
        (Place(A, "001", "A1-1"), "看不懂"),
        (Place(A, "001", "A1-1"), "=1+1"),
        (Place(Tab.COUNTS, "001", ABSENT), "看不懂"),
    ],
    ids=["veto", "points", "formula without a result", "times"],
)
def test_nobody_is_approved_while_a_cell_cannot_be_used(
    decided: Path, cell: Place, text: str
) -> None:
    (at,) = decide(decided, {cell: text}).values()
    wrong = go(decided)
    assert "D806" in codes(wrong)
    assert member(wrong, "001")["provisional"]
    assert member(wrong, "001")["final_tier"] is None
    assert not member(wrong, "002")["provisional"]
    type_at(decided / rounds.DESK, {(at.sheet, at.cell): None})
    assert member(go(decided), "001")["final_tier"] == BEST


def test_nobody_is_approved_while_a_recognised_claim_cannot_be_used(decided: Path) -> None:
    claim = Place(Tab.CLAIMS, "003/A+2-1", "points")
    assert not member(go(decided), "003")["provisional"]
    assert member(evening(decided, {claim: "三分"}), "003")["provisional"]
    assert not member(evening(decided, {claim: None}), "003")["provisional"]


def test_what_is_said_of_all_passes_by_whose_cells_cannot_be_used(folder: Path) -> None:
    after = evening(folder, {veto("001"): "V9", **ALL_APPROVED})
    assert {m: member(after, m)["provisional"] for m in PEOPLE} == {
        "001": True,
        "002": False,
        "003": False,
    }


def test_who_leaves_the_roster_keeps_what_was_decided(decided: Path) -> None:
    before = {p: t for p, t in _state(decided).items() if p.row == "001"}
    write_roster(decided, AGREEMENT, [person("002"), person("003")])
    for _twice in range(2):
        go(decided)
        assert {p: t for p, t in _state(decided).items() if p.row == "001"} == before


def _state(folder: Path) -> Mapping[Place, str]:
    with open_ledger(folder / rounds.LEDGER, lock=False) as ledger:
        return ledger.state()


def test_a_number_typed_as_text_becomes_the_number_the_sums_read(folder: Path) -> None:
    place = Place(A, "002", "A1-1")
    after = evening(folder, {place: "３分"})
    assert shown(folder, place) == 3
    assert after.acts
    assert go(folder).changed is False


def test_a_meeting_s_own_scores_need_no_reason(folder: Path) -> None:
    after = evening(folder, {Place(A, "001", "A4"): "差"})
    assert "D817" not in codes(after)
    changed = evening(folder, {Place(A, "001", "A2-1"): "1"})
    (finding,) = [f for f in changed.outcome.findings if f.code == "D817"]
    assert "A2-1" in finding.message


def meeting(number: str, **cells: str) -> dict[Place, str]:
    """What the clerk enters about a meeting."""
    return {Place(Tab.MEETINGS, number, column): text for column, text in cells.items()}


SHORT = meeting("1", kind="支委会", day="2015-12-20", due="5", present="2")


@pytest.mark.parametrize(
    ("again", "told_of"),
    [
        ({}, True),
        (meeting("2", kind="支委会", day="2015-12-24", due="5", present="4"), False),
        (meeting("2", kind="支委会", due="5", present="4"), False),
        (meeting("10", kind="支委会", due="5", present="4"), False),
        (meeting("2", kind="支委会", day="2015年12月24日", due="5", present="4"), False),
        (meeting("2", kind="支委会", day="2015-12-19", due="5", present="4"), True),
        (meeting("2", kind="支委会", day="2015-12-24", due="5", present="2"), True),
        (meeting("2", kind="党员大会", day="2015-12-24", due="5", present="4"), True),
    ],
)
def test_a_short_meeting_held_again_is_an_error_no_longer(
    folder: Path, again: Mapping[Place, str], told_of: bool
) -> None:
    after = evening(folder, {**SHORT, **again})
    assert ("D811" in codes(after)) is told_of


def test_a_short_meeting_at_which_something_was_decided_stays_an_error(folder: Path) -> None:
    held = meeting("2", kind="支委会", day="2015-12-24", due="5", present="4")
    at = Place(Tab.APPROVALS, "001", "meeting")
    assert "D811" in codes(evening(folder, {**SHORT, **held, at: "1"}))
    assert "D811" not in codes(evening(folder, {at: "2"}))
    changed, why = Place(A, "001", "A2-1"), Place(Tab.ADJUSTMENTS, "001/A2-1", "meeting")
    evening(folder, {changed: "2"})
    assert "D811" in codes(evening(folder, {why: "１"}))


@pytest.mark.parametrize(
    ("typed_as", "day"),
    [
        ("2015年12月20日", "2015-12-20"),
        ("2015.12.20", "2015-12-20"),
        ("12月20日", None),
        ("2015-W51-7", None),
        ("2015-13-01", None),
    ],
)
def test_the_day_of_a_meeting_may_be_typed_in_any_usual_way(
    folder: Path, typed_as: str, day: str | None
) -> None:
    after = evening(folder, meeting("1", kind="支委会", day=typed_as))
    (held,) = after.outcome.decided.meetings
    assert held.day == (day or typed_as)
    assert ("D806" in codes(after)) is (day is None)
