"""What the staff's workbook shows: sheets, columns made from the rules, rows, decisions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from desks import SCHEME, evening, places
from hypothesis import given, settings
from hypothesis import strategies as st
from schemes_for_tests import DORMITORY, RICH
from schemes_of_all_kinds import sound_schemes

from sheetflow import kinds
from sheetflow.desk import words
from sheetflow.desk.plan import expected_rows
from sheetflow.desk.score_layouts import grades, tabs, taking_away
from sheetflow.desk.sheets import LIVE, SYSTEM, DeskPlan, Origin, Role
from sheetflow.model import EVERYONE, Place, Quota, QuotaRule, Scheme, Tab, Unmeant
from sheetflow.tables import squeeze

TITLES = (
    "首页", "会议", "台账", "上会清单", "评分A", "评分B", "加分认定", "调整", "核定", "异议",
    "重点对象", "文件", "_计算", "_sf",
)  # fmt: skip
#: The vocabulary of places, as ``model.desk`` has it.
VOCABULARY = {
    Tab.MEETINGS: "kind day due present absent chair recorder topic ayes nays abstentions"
    " resolution",
    Tab.AGENDA: "conclusion",
    Tab.CLAIMS: "points why",
    Tab.ADJUSTMENTS: "why meeting",
    Tab.APPROVALS: "approval veto basis tier reason meeting tier_meeting",
    Tab.OBJECTIONS: "day raiser member content inquiry result change answered",
    Tab.FILES: "member adopt reason",
}
SCORES_A = f"{Tab.SCORES}.A"


def _of_posts() -> Scheme:
    """The scheme with two items that are each meant for one post, and full points for others."""
    part = SCHEME.parts[0]
    first, second, *others = part.sections[0].items
    items = (replace(first, posts=("教学",)), replace(second, posts=("管理",)), *others)
    section = replace(part.sections[0], items=items)
    part = replace(part, sections=(section, *part.sections[1:]), unmeant=Unmeant.FULL)
    return replace(SCHEME, parts=(part, *SCHEME.parts[1:]))


OF_POSTS = _of_posts()


def test_sheets_stand_in_working_order_and_what_is_ours_alone_is_hidden() -> None:
    layouts = [sheet.layout for sheet in evening().plan().sheets]
    assert tuple(layout.title for layout in layouts) == TITLES
    assert [layout.tab for layout in layouts if layout.hidden] == [LIVE, SYSTEM]


def test_every_cell_people_fill_has_one_place_of_the_vocabulary() -> None:
    plan = evening().plan({Place(SCORES_A, "001", "A1-3"): "0.5"})
    found = list(places(plan))
    assert max(Counter(found).values()) == 1
    for tab, columns in VOCABULARY.items():
        assert {p.column for p in found if p.tab == tab} == set(columns.split()), tab
    items = {item.code for part in SCHEME.parts for item in part.items}
    sections = {p.column for p in found if p.tab.startswith(Tab.SCORES)} - items
    assert sections == {"A4"}
    counted = {p.column for p in found if p.tab == Tab.COUNTS} - {EVERYONE}
    assert "A1-1/无故缺席" in counted
    assert {column.split("/")[0] for column in counted} <= items
    assert {p.row for p in found if p.tab == Tab.COUNTS} == {
        EVERYONE, "001", "002", "003", "004", "005", "006", "901",
    }  # fmt: skip


def test_members_the_roster_takes_out_have_no_rows() -> None:
    assert "900" not in {row.split("/")[0] for _tab, row in expected_rows(evening().plan())}


@pytest.mark.parametrize("scheme", [SCHEME, RICH, DORMITORY])
def test_headings_of_a_sheet_differ(scheme: Scheme) -> None:
    for layout in tabs(scheme):
        headings = [squeeze(column.heading) for column in layout.columns]
        assert len(set(headings)) == len(headings), layout.title


@settings(max_examples=30, deadline=None)
@given(sound_schemes())
def test_titles_of_any_scheme_can_be_titles_of_sheets(scheme: Scheme) -> None:
    titles = [layout.title for layout in tabs(scheme)]
    assert len(set(titles)) == len(titles)
    assert all(0 < len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in titles)


def test_one_grade_is_offered_where_the_branch_scores_all_items_by_the_same_levels() -> None:
    graded = {s.code for part in SCHEME.parts for s in part.sections if grades(s)}
    assert graded == {"A4"}
    layout = evening().plan().sheet(SCORES_A).layout
    keys = [column.key for column in layout.columns]
    assert keys.index("A4") == keys.index("A4-1") - 1
    assert layout.column("A4").choices == ("优", "良", "中", "差")


def test_one_cell_says_of_everybody_that_nothing_took_points_away() -> None:
    filled = set(taking_away(SCHEME))
    assert {"A1-1/无故缺席", "A1-4/雷同、抄袭", "B2-1/造成后果"} <= filled
    assert not filled & {"A1-3/每季合格", "A1-4/心得体会", "A5-2/有记录的帮扶"}
    columns = {column.key for column in evening().plan().sheet(Tab.COUNTS).layout.columns}
    assert filled <= columns


def test_a_changed_number_waits_for_its_reason_and_a_number_of_the_branch_alone_does_not() -> None:
    one = evening()
    known = {"A1-1": Origin(points=Decimal(5)), "A1-3": Origin(points=Decimal(2), counted=True,
             why="每季合格4次，加2分")}  # fmt: skip
    said = {
        Place(SCORES_A, "001", "A1-1"): "4",
        Place(SCORES_A, "001", "A1-3"): "1.5",
        Place(SCORES_A, "001", "A4"): "良",
        Place(SCORES_A, "001", "A4-2"): "2",
    }
    rows = one.plan(said, origins={"001": known}.get).sheet(Tab.ADJUSTMENTS).rows
    shown = [
        tuple(row.cells[key].value for key in ("id", "item", "source", "points", "ground"))
        for row in rows
    ]
    assert shown == [
        ("001", "A1-1", Decimal(5), Decimal(4), None),
        ("001", "A1-3", Decimal(2), Decimal("1.5"), "每季合格4次，加2分"),
    ]
    assert rows[0].decides == "001/A1-1"


def test_the_same_number_or_one_nobody_can_use_is_no_adjustment() -> None:
    known = {"001": {"A1-1": Origin(points=Decimal(5))}}
    for text in ("5", "5.0", "9", "四分"):
        said = {Place(SCORES_A, "001", "A1-1"): text}
        assert not evening().plan(said, origins=known.get).sheet(Tab.ADJUSTMENTS).rows, text


def test_what_speaks_for_all_others_is_empty_in_the_plan() -> None:
    plan = evening().plan({Place(Tab.APPROVALS, EVERYONE, "approval"): "同意"})
    (row,) = (row for row in plan.sheet(Tab.APPROVALS).rows if row.key == EVERYONE)
    gestures = [cell for cell in row.cells.values() if cell.role is Role.GESTURE]
    assert len(gestures) == 7
    assert all(cell.value is None for cell in gestures)


def test_focus_asks_what_the_papers_need_about_reported_members() -> None:
    one = evening()
    low = {
        Place(f"{Tab.SCORES}.B", "001", item.code): "0"
        for item in SCHEME.parts[1].items
    } | {Place(SCORES_A, "001", "A4"): "差"}  # fmt: skip
    plan = one.plan({**low, Place(Tab.APPROVALS, "001", "veto"): "V3"})
    sheet = plan.sheet(Tab.FOCUS)
    assert [row.key for row in sheet.rows] == ["001"]
    asked = [column.key for column in sheet.layout.columns if column.role is Role.TYPED]
    assert asked == list(SCHEME.focus)
    assert str(sheet.rows[0].cells["lost"].value).startswith("B2-1 失5分")
    given_ = one.plan(focus=("谈话人",)).sheet(Tab.FOCUS).layout
    assert [c.key for c in given_.columns if c.role is Role.TYPED] == ["谈话人"]


def test_what_keeps_a_total_open_besides_items_keeps_the_live_total_open() -> None:
    one = evening()
    outcome = one.outcome({})
    standing = outcome.standings[0]
    codes = [item.code for part in SCHEME.parts for item in part.items]
    assert all(reason.startswith(tuple(codes)) for reason in standing.reasons)
    row = next(r for r in one.plan().sheet(LIVE).rows if r.key == "001")
    assert row.cells["open"].value is None
    forms = {m: form for m, form in one.forms.items() if m != "001"}
    missing = next(
        row
        for row in replace(one, forms=forms).plan().sheet(Tab.APPROVALS).rows
        if row.key == "001"
    )
    assert missing.cells["total"].value == words.MISSING


def test_half_way_through_the_year_totals_are_live_and_no_tier_is_shown() -> None:
    half = replace(SCHEME, settings=replace(SCHEME.settings, interim=True))
    plan = evening(scheme=half).plan()
    for row in plan.sheet(Tab.APPROVALS).rows:
        if row.key not in {EVERYONE, "901"}:
            assert [row.cells[key].value for key in ("rank", "highest", "gap")] == [None] * 3
            assert not any(row.cells[key].formula for key in ("rank", "highest", "gap"))
            assert row.cells["total"].formula
    front = {row.key for row in plan.sheet("front").rows}
    assert "tiers" not in front
    assert "due" in front


def test_where_seats_are_limited_the_live_tiers_say_they_do_not_count_them() -> None:
    limited = Quota(tier=SCHEME.tiers[0].title, rule=QuotaRule.GIVEN, given=1)
    for quota, said in ((None, False), (replace(limited, rule=QuotaRule.UNLIMITED), False),
                        (limited, True)):  # fmt: skip
        layout = evening(scheme=replace(SCHEME, quota=quota)).plan().sheet(Tab.APPROVALS).layout
        assert ("未计名额" in layout.column("rank").heading) is said


def item_cells(plan: DeskPlan, member: str) -> dict[str, tuple[object, str]]:
    """Value and formula of each item of a member, by code."""
    row = next(row for row in plan.sheet(LIVE).rows if row.key == member)
    items = {key: cell for key, cell in row.cells.items() if key.startswith("item.")}
    return {key.removeprefix("item."): (cell.value, cell.formula) for key, cell in items.items()}


def test_what_nobody_can_use_is_not_what_nobody_typed() -> None:
    """Both have no points, and members beside each other share nothing that differs."""
    odd, blank = {"A1-1": Origin(unusable=True)}, {"A1-1": Origin()}
    one = evening()
    assert one.post("001") == one.post("003")
    for first, second in ((odd, blank), (blank, odd)):
        plan = one.plan(origins={"001": first, "003": second}.get)
        told = [item_cells(plan, member)["A1-1"] for member in ("001", "003")]
        wanted = [words.UNUSABLE if each is odd else words.NOTHING for each in (first, second)]
        assert [value for value, _formula in told] == wanted
        assert told[0][1] != told[1][1]


def test_points_of_the_branch_are_the_member_s_alone() -> None:
    said = {
        Place(SCORES_A, "001", "A1-1"): "1.5",
        Place(SCORES_A, "001", "A1-2"): "好",
    }
    same = {code: Origin(points=Decimal(3)) for code in ("A1-1", "A1-2")}
    plan = evening().plan(said, origins={"001": same, "003": same}.get)
    first, second = (item_cells(plan, member) for member in ("001", "003"))
    assert (first["A1-1"][0], first["A1-2"][0]) == (Decimal("1.5"), words.UNUSABLE)
    assert (second["A1-1"][0], second["A1-2"][0]) == (Decimal(3), Decimal(3))


def test_an_item_meant_for_others_counts_as_the_scheme_says() -> None:
    """Members of two posts of whom nothing is known differ in what is meant for one of them."""
    one = evening(members=12, scheme=OF_POSTS)
    blank = {standing.member.id: dict[str, Origin]() for standing in one.outcome({}).standings}
    plan = one.plan(origins=blank.get)
    posts = {member.id: member.post for member in one.roster if member.id in one.forms}
    assert len(set(posts.values())) > 1
    for part in OF_POSTS.parts:
        for item in part.scored:
            for member, post in posts.items():
                value, _formula = item_cells(plan, member)[item.code]
                assert value == (words.NOTHING if kinds.meant(item, post) else item.most)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99))
def test_there_are_always_rows_waiting_for_the_next_meeting(last: int) -> None:
    said = {Place(Tab.MEETINGS, str(last), "chair"): "某"} if last else {}
    rows = [row.key for row in evening().plan(said).sheet(Tab.MEETINGS).rows]
    assert rows == [str(n) for n in range(1, len(rows) + 1)]
    assert len(rows) >= max(20, last + 5 if last else 0)
