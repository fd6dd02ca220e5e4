"""What the branch's cells mean; a cell nobody can use decides nothing and is named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from rounds import AGREEMENT

from sheetflow.model import Approval, Place, Source
from sheetflow.rulings import read_rulings

SCORES = "scores.A"


def cells(*rows: tuple[str, str, str, str]) -> dict[Place, str]:
    return {Place(tab, row, column): text for tab, row, column, text in rows}


def test_all_about_one_member_is_one_ruling() -> None:
    state = cells(
        ("approvals", "007", "approval", "同意"),
        ("approvals", "007", "version", "ab12cd34"),
        ("approvals", "007", "veto", "V1"),
        ("approvals", "007", "basis", "某文"),
        ("approvals", "007", "tier", "合格"),
        ("approvals", "007", "meeting", "2"),
        (SCORES, "007", "A2-1", "1.5"),
        ("counts", "007", "A1-1/无故缺席", "2"),
        ("claims", "007/A+1-1", "points", "0"),
        ("claims", "007/A+1-1", "why", "不是当年的"),
    )
    ruling = read_rulings(state, AGREEMENT).members["007"]
    assert (ruling.approval, ruling.version) == (Approval.APPROVED, "ab12cd34")
    assert (ruling.veto, ruling.basis, ruling.tier, ruling.meeting) == ("V1", "某文", "合格", "2")
    assert ruling.scores == {"A2-1": Decimal("1.5")}
    assert ruling.counts == {("A1-1", "无故缺席"): Decimal(2)}
    assert ruling.recognised == {"A+1-1": Decimal(0)}
    assert ruling.whys == {"A+1-1": "不是当年的"}


def test_one_grade_of_a_section_gives_its_items_their_points_unless_typed_singly() -> None:
    state = cells((SCORES, "007", "A4", "良"), (SCORES, "007", "A4-2", "2"))
    scores = read_rulings(state, AGREEMENT).members["007"].scores
    assert scores == {f"A4-{n}": Decimal("2" if n == 2 else "1.5") for n in range(1, 7)}


@pytest.mark.parametrize(
    ("cell", "kind", "expected"),
    [
        (("approvals", "007", "approval", "√"), "ruling-word", "同意、退回"),
        (("approvals", "007", "veto", "V9"), "ruling-word", "V1、V2、V3"),
        (
            ("approvals", "007", "tier", "良好"),
            "ruling-word",
            "优秀、合格、基本合格、不合格、按建议",
        ),
        ((SCORES, "007", "A2-1", "5"), "ruling-range", "0–3 分，每 0.5 分一档"),
        ((SCORES, "007", "A2-1", "-1"), "ruling-range", "0–3 分，每 0.5 分一档"),
        ((SCORES, "007", "A3-1", "3"), "ruling-range", "0、2、4 分"),
        ((SCORES, "007", "A2-1", "满分"), "ruling-number", ""),
        ((SCORES, "007", "A4", "优良"), "ruling-word", "优、良、中、差"),
        (("counts", "007", "A1-1/无故缺席", "1.5"), "ruling-range", "0、1、2…"),
        (("counts", "007", "A1-1/无故缺席", "-1"), "ruling-range", "0、1、2…"),
        (("claims", "007/A+1-1", "points", "9"), "ruling-range", "0–8"),
        (("meetings", "1", "day", "去年"), "ruling-day", ""),
        (("meetings", "1", "present", "多数"), "ruling-number", ""),
        (("files", "收回/甲.xlsx/ab12cd34", "adopt", "√"), "ruling-word", "是、否"),
    ],
)
def test_what_cannot_be_used_decides_nothing_and_is_named_at_its_cell(
    cell: tuple[str, str, str, str], kind: str, expected: str
) -> None:
    tab, row, column, text = cell
    place, source = Place(tab, row, column), Source("核定.xlsx", "某页", "C7")
    read = read_rulings({place: text}, AGREEMENT, {place: source})
    (fault,) = read.faults
    assert (fault.kind, fault.source, fault.found, fault.expected) == (kind, source, text, expected)
    for ruling in read.members.values():
        assert ruling.approval is None
        assert (ruling.veto, ruling.tier) == ("", "")
        assert (dict(ruling.scores), dict(ruling.counts)) == ({}, {})
        assert not ruling.recognised


def test_meetings_objections_and_what_is_known_of_a_member_are_read() -> None:
    state = cells(
        ("meetings", "1", "kind", "支委会"),
        ("meetings", "1", "day", "2015-12-25"),
        ("meetings", "1", "due", "5"),
        ("objections", "1", "member", "007"),
        ("objections", "2", "answered", "2015-12-30"),
        ("focus", "007", "事实", "旷课三次"),
        ("adjustments", "007/A2-1", "why", "没有公开课"),
        ("agenda", "007/total", "conclusion", "同意"),
    )
    read = read_rulings(state, AGREEMENT)
    (meeting,) = read.meetings
    assert (meeting.number, meeting.kind, meeting.due, meeting.present) == ("1", "支委会", 5, None)
    assert [each.open for each in read.objections] == [True, False]
    assert read.focus == {"007": {"事实": "旷课三次"}}
    assert read.reasons == {("007", "A2-1"): ("没有公开课", "")}
    assert read.conclusions == {("007", "total"): "同意"}


def test_meetings_stand_in_the_order_of_their_numbers() -> None:
    numbers = ("10", "2", "1")
    read = read_rulings(cells(*(("meetings", n, "day", "2015-12-25") for n in numbers)), AGREEMENT)
    assert [meeting.number for meeting in read.meetings] == ["1", "2", "10"]


def test_the_row_for_everyone_is_no_member() -> None:
    state = cells(("approvals", "*", "approval", "同意"), ("counts", "*", "A1-1/无故缺席", "均无"))
    read = read_rulings(state, AGREEMENT)
    assert (dict(read.members), read.faults) == ({}, ())


def test_a_ground_without_a_veto_is_no_veto() -> None:
    (ruling,) = read_rulings(
        cells(("approvals", "012", "basis", "没有否决")), AGREEMENT
    ).members.values()
    assert (ruling.veto, ruling.basis) == ("", "没有否决")


def test_where_a_veto_stands_is_kept() -> None:
    place, source = Place("approvals", "007", "veto"), Source("核定.xlsx", "核定", "N8")
    read = read_rulings({place: "V1"}, AGREEMENT, {place: source})
    assert read.members["007"].source("veto") == source


@pytest.mark.parametrize("text", ["v1", "Ｖ1", "ｖ１"])
def test_a_veto_is_known_however_it_is_typed(text: str) -> None:
    read = read_rulings(cells(("approvals", "007", "veto", text)), AGREEMENT)
    assert (read.members["007"].veto, read.faults) == ("V1", ())


def test_whose_a_file_is_may_be_typed_wide() -> None:
    read = read_rulings(cells(("files", "收回/甲.xlsx/ab12cd34", "member", "００７")), AGREEMENT)
    assert [choice.member for choice in read.choices] == ["007"]
