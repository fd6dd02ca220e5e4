"""A year follows another: what a new round takes over, how both compare, what half a year is."""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds import (
    AGREEMENT,
    UNREVIEWED,
    Ran,
    blank,
    by_id,
    collected,
    drop,
    fill,
    forms,
    full,
    make,
    packed,
    person,
    run,
    write_scheme,
)

from sheetflow import ledger, number, ranking, schemes, years
from sheetflow import round as rounds
from sheetflow.desk.read import read_desk
from sheetflow.excel.read import read_book
from sheetflow.flows.papers import write_papers
from sheetflow.model import (
    Member,
    Outcome,
    Part,
    PartScore,
    Place,
    Quota,
    QuotaRule,
    Roster,
    Ruling,
    Scheme,
    Score,
    Section,
    Standing,
    StandingStatus,
    Tab,
)
from sheetflow.outcomes import counts
from sheetflow.scheme_sheets import from_book
from sheetflow.years import Kept, Match, Previous

GOOD = full()
TEXTS = {
    "依据": "本支部考核办法",
    "会议": "2015年12月25日会议",
    "异议期限": "12月31日",
    "希望": "再接再厉",
    "联系人": "甲001",
}
OLD = replace(
    UNREVIEWED,
    settings=replace(
        UNREVIEWED.settings,
        organisation="某单位",
        publicity_from=date(2015, 12, 26),
        publicity_to=date(2015, 12, 31),
    ),
    slots=tuple(replace(slot, text=TEXTS.get(slot.name, "")) for slot in UNREVIEWED.slots),
    papers=tuple(
        replace(paper, prefix="某发", number=number)
        for number, paper in enumerate(UNREVIEWED.papers, 7)
    ),
)
ROWS = [
    person("001", "张三"),
    person("002", "李四"),
    person("003", "王五", 状态="调出", 变动日期="2015-09-01"),
    person(
        "004", "赵六", 状态="缓评", 变动日期="2015-06-01", 依据="产假", 责任书签订日期="2015-03-01"
    ),
    person("005", "钱七"),
]


@pytest.fixture(scope="module")
def last_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collected round with a column, a day and a number that people added to its roster."""
    folder = make(tmp_path_factory.mktemp("去年") / "2015", OLD, ROWS)
    book = openpyxl.load_workbook(folder / rounds.ROSTER)
    sheet = book["名册"]
    top = next(c.row for (c,) in sheet.iter_rows(max_col=1) if c.value == "编号")
    width = sheet.max_column
    typed: dict[str, int | date] = {"电话": 13800000000, "生日": date(1980, 5, 1)}
    for column, (title, value) in enumerate(typed.items(), width + 1):
        sheet.cell(top, column).value = title
        sheet.cell(top + 1, column).value = value
    (folder / rounds.ROSTER).write_bytes(packed(book))
    forms(folder)
    drop(folder, "1.xlsx", fill(blank(folder, "001"), {**GOOD, "A2-1": 1}))
    drop(folder, "2.xlsx", fill(blank(folder, "002"), GOOD))
    collected(folder)
    return folder


@pytest.fixture(scope="module")
def this_year(last_year: Path) -> Path:
    folder = last_year.parent / "2016"
    ran = follow(folder, last_year)
    assert ran.status == 0, ran
    return folder


def follow(folder: Path, predecessor: Path, *words: object) -> Ran:
    return run("init", folder, "--from", predecessor, *words)


def state(folder: Path) -> Mapping[Path, tuple[int, bytes]]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def roster(folder: Path) -> dict[str, dict[str, object]]:
    """Rows of the roster by id, filled cells only."""
    rows = openpyxl.load_workbook(folder / rounds.ROSTER)["名册"].iter_rows(values_only=True)
    listed = [row for row in rows if any(row)]
    top = next(n for n, row in enumerate(listed) if row[0] == "编号")
    heads = [str(each) for each in listed[top]]
    found = [dict(zip(heads, row, strict=True)) for row in listed[top + 1 :]]
    return {str(r["编号"]): {k: v for k, v in r.items() if v is not None} for r in found}


def scheme_of(folder: Path) -> Scheme:
    data, places, faults = from_book(read_book((folder / rounds.SCHEME).read_bytes()), "")
    scheme, wrong = schemes.build(data, places)
    assert scheme is not None
    assert (*faults, *wrong) == ()
    return scheme


# ------------------------------------------------------------------ what is taken over


def test_who_is_in_comes_along_without_the_status_of_last_year(this_year: Path) -> None:
    rows = roster(this_year)
    assert list(rows) == ["001", "002", "004", "005"]
    assert rows["004"] == {
        "编号": "004", "姓名": "赵六", "类别": "正式党员", "责任书签订日期": "2015-03-01",
    }  # fmt: skip


def test_columns_that_people_added_come_along_as_what_they_were(this_year: Path) -> None:
    row = roster(this_year)["001"]
    day = row["生日"]
    assert str(row["电话"]) == "13800000000"
    assert str(day).startswith("1980-05-01")
    assert not isinstance(day, str)


def test_the_scheme_comes_along_a_year_later(this_year: Path) -> None:
    scheme = scheme_of(this_year)
    assert (scheme.year, scheme.period_start, scheme.period_end) == (
        2016,
        date(2016, 1, 1),
        date(2016, 12, 31),
    )
    days = scheme.settings.deadline, scheme.settings.publicity_from, scheme.settings.publicity_to
    assert days == (date(2016, 12, 20), None, None)
    assert scheme.settings.organisation == "某单位"
    assert (scheme.parts, scheme.tiers, scheme.columns) == (OLD.parts, OLD.tiers, OLD.columns)


def test_texts_of_one_year_are_emptied_and_standing_ones_kept(this_year: Path) -> None:
    texts = {slot.name: slot.text for slot in scheme_of(this_year).slots if slot.text}
    assert texts == {"依据": "本支部考核办法", "希望": "再接再厉", "联系人": "甲001"}


def test_numbers_of_papers_of_one_year_are_emptied_and_said(
    last_year: Path, tmp_path: Path
) -> None:
    ran = follow(tmp_path / "新", last_year)
    assert "发文序号是上一次的，清空了" in ran.out
    papers = scheme_of(tmp_path / "新").papers
    assert {paper.prefix for paper in papers} == {"某发"}
    assert {paper.number for paper in papers} == {None}


def test_it_is_another_round_with_a_key_of_its_own(last_year: Path, this_year: Path) -> None:
    found = []
    for folder in (last_year, this_year):
        with ledger.open_ledger(folder / rounds.LEDGER, lock=False) as opened:
            found.append((opened.round_id, opened.key))
    assert not set(found[0]) & set(found[1])
    assert found[1][0].startswith("agreement-2016-")


def test_the_end_says_what_came_along_and_what_to_look_at(last_year: Path, tmp_path: Path) -> None:
    said = follow(tmp_path / "新", last_year).out
    for words in (
        "名册：带来 4 人",
        "已经离开的没有带来：王五",
        "状态、变动日期、依据是上一次的，清空了：赵六",
        "当年的话清空了：会议、异议期限",
        "上一次的成绩留作比较：4 人",
        "考核期 2016-01-01 至 2016-12-31，收表截止 2016-12-20",
        "沿用的话：依据、希望、联系人",
        "还写着 2015 年日期的栏目：责任书签订日期",
        "下一步：",
    ):
        assert words in said


def test_json_names_the_folder_and_the_same_lines(last_year: Path, tmp_path: Path) -> None:
    document = follow(tmp_path / "新", last_year, "--year", 2020, "--json").document
    assert document["folder"].endswith("新")
    assert document["system"] == "agreement"
    assert "考核期 2020-01-01 至 2020-12-31，收表截止 2020-12-20" in document["look_at"]
    assert document["carried"][0] == "名册：带来 4 人"


def test_a_number_given_from_above_and_texts_with_the_year_want_a_look(tmp_path: Path) -> None:
    quota = Quota(tier=OLD.tiers[0].title, rule=QuotaRule.GIVEN, given=3)
    old = make(tmp_path / "旧", replace(OLD, quota=quota, title="2015年考核"), ROWS)
    said = follow(tmp_path / "新", old).out
    assert "给定的名额 3 个" in said
    assert "方案里还写着 2015 的地方：设置“2015年考核”" in said
    assert "没有汇总过，没有成绩可以比较" in said


# ------------------------------------------------------------------ the old folder


def test_the_old_folder_is_not_touched(last_year: Path, tmp_path: Path) -> None:
    before = state(last_year)
    assert follow(tmp_path / "新", last_year).status == 0
    assert state(last_year) == before


def test_a_round_another_run_holds_can_be_followed(last_year: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(last_year, tmp_path / "旧")
    with ledger.open_ledger(copy / rounds.LEDGER, lock=True) as held, held.transaction():
        held.put("half", "done")
        ran = follow(tmp_path / "新", copy)
    assert ran.status == 0, ran
    assert "留作比较：4 人" in ran.out


@pytest.mark.parametrize("schema", [1, 2])
def test_a_ledger_of_an_earlier_program_stays_as_it_is(
    last_year: Path, tmp_path: Path, schema: int
) -> None:
    copy = shutil.copytree(last_year, tmp_path / "旧")
    with closing(sqlite3.connect(copy / rounds.LEDGER)) as db:
        db.execute("DROP TABLE decision")
        db.execute("ALTER TABLE output ADD COLUMN fingerprint TEXT NOT NULL DEFAULT ''")
        db.execute("DELETE FROM meta WHERE name = 'checksum'")
        if schema == 1:
            db.execute("ALTER TABLE arrival DROP COLUMN received")
        db.execute(f"PRAGMA user_version = {schema}")
        db.commit()
    before = state(copy)
    ran = follow(tmp_path / "新", copy)
    assert "留作比较：4 人" in ran.out, ran
    assert state(copy) == before


def _damaged(folder: Path) -> None:
    (folder / rounds.LEDGER).write_bytes(b"no database at all" * 100)


def _headless(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / rounds.ROSTER)
    cell = next(c for (c,) in book["名册"].iter_rows(max_col=1) if c.value == "编号")
    cell.value = "号"
    (folder / rounds.ROSTER).write_bytes(packed(book))


def _gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _no_workbook(folder: Path) -> None:
    (folder / rounds.SCHEME).write_bytes(b"text")


FAULTS: tuple[tuple[Callable[[Path], None], tuple[str, ...]], ...] = (
    (_gone(rounds.LEDGER), ("“旧”不是考核文件夹", "--from 后面请写上一次的考核文件夹")),
    (_damaged, ("要沿用的“旧”", "工作记录-勿删.db")),
    (_headless, ("要沿用的“旧”", "名册.xlsx", "“编号”")),
    (_gone(rounds.ROSTER), ("要沿用的“旧”", "找不到 名册.xlsx")),
    (_no_workbook, ("要沿用的“旧”", "考核方案.xlsx")),
)


@pytest.mark.parametrize(("spoil", "words"), FAULTS)
def test_a_fault_of_the_old_round_is_a_sentence_and_nothing_is_made(
    last_year: Path, tmp_path: Path, spoil: Callable[[Path], None], words: tuple[str, ...]
) -> None:
    copy = shutil.copytree(last_year, tmp_path / "旧")
    spoil(copy)
    ran = follow(tmp_path / "新", copy)
    assert ran.status == 2, ran
    assert all(word in ran.out + ran.err for word in words), ran
    assert not (tmp_path / "新").exists()


def test_a_new_round_never_lies_in_the_old_one_nor_over_another(last_year: Path) -> None:
    before = state(last_year)
    for folder in (last_year, last_year / "新", last_year / rounds.PAPERS / "新"):
        assert follow(folder, last_year).status == 2
    assert state(last_year) == before


@pytest.mark.parametrize("more", [("--sample",), ("--system", "agreement")])
def test_another_source_of_the_same_is_wrong_use(
    last_year: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    ran = follow(tmp_path / "新", last_year, *more)
    assert ran.status == 2
    assert "--from" in ran.err
    assert not (tmp_path / "新").exists()


def test_a_cell_without_a_value_is_named_not_carried(last_year: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(last_year, tmp_path / "旧")
    book = openpyxl.load_workbook(copy / rounds.ROSTER)
    book["名册"]["H3"].value = "=1/0"
    (copy / rounds.ROSTER).write_bytes(packed(book))
    assert "这几格没有值，空着：H3" in follow(tmp_path / "新", copy).out


# ------------------------------------------------------------------ two years side by side


@pytest.fixture(scope="module")
def compared(this_year: Path) -> list[list[object]]:
    """Rows of the comparison, after the new year's forms have come."""
    book = openpyxl.load_workbook(this_year / rounds.ROSTER)
    for row in book["名册"].iter_rows():
        if row[0].value == "005":
            row[1].value = "孙八"
    (this_year / rounds.ROSTER).write_bytes(packed(book))
    forms(this_year)
    drop(this_year, "1.xlsx", fill(blank(this_year, "001"), GOOD))
    drop(this_year, "5.xlsx", fill(blank(this_year, "005"), GOOD))
    collected(this_year)
    sheet = openpyxl.load_workbook(this_year / rounds.SUMMARY)["与上年比较"]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_summary_sets_both_years_side_by_side(compared: list[list[object]]) -> None:
    titles = [part.title for part in OLD.parts]
    heads = [str(each).replace("\n", " ") for each in compared[1]]
    assert heads[:5] == [
        "编号", "姓名", f"{titles[0]} 2015年度", f"{titles[0]} 2016年度", f"{titles[0]} 分差",
    ]  # fmt: skip
    (row,) = (row for row in compared if row[0] == "001")
    assert row[2:5] == [58, 60, 2]
    assert row[5:11] == [40, 40, 0, 98, 100, 2]
    assert row[11:14] == ["合格", "优秀", None]


def test_what_is_not_known_in_one_year_is_blank(compared: list[list[object]]) -> None:
    (row,) = (row for row in compared if row[0] == "002")
    assert row[8:11] == [100, None, None]


def test_the_same_number_of_somebody_else_is_not_compared(compared: list[list[object]]) -> None:
    rows = [row for row in compared if row[0] == "005"]
    assert [(row[1], row[13]) for row in rows] == [
        ("孙八", "只在2016年度里有，2015年度这个编号是钱七，没有比较"),
        ("钱七", "只在2015年度里有，2016年度这个编号是孙八，没有比较"),
    ]
    assert "3 人逐项比较；对不上的 2 人" in str(compared[0][0])


def test_a_round_without_a_predecessor_compares_nothing(last_year: Path) -> None:
    assert "与上年比较" not in openpyxl.load_workbook(last_year / rounds.SUMMARY).sheetnames


def outcome(*members: tuple[str, str, str]) -> Outcome:
    """An outcome of one part: id, name, points; no points are a missing form."""
    scheme = replace(OLD, year=2016, parts=OLD.parts[:1])
    return Outcome(
        scheme=scheme,
        scheme_version="1-a",
        standings=tuple(_standing(*member) for member in members),
    )


def _standing(member: str, name: str, points: str) -> Standing:
    parts = (PartScore(code="A", base=Decimal(points or 0), bonus=Decimal(0)),)
    status = StandingStatus.GRADED if points else StandingStatus.MISSING
    return Standing(
        member=Member(id=member, name=name),
        status=status,
        score=Score(member=member, parts=parts, lines=()) if points else None,
    )


def before(*members: Kept, **more: object) -> Previous:
    facts: dict[str, object] = {
        "year": 2015, "interim": False, "provisional": False,
        "titles": {"A": OLD.parts[0].title}, "bases": {"A": OLD.parts[0].base}, **more,
    }  # fmt: skip
    return Previous(members=members, **facts)  # type: ignore[arg-type]


def test_names_match_as_people_read_them() -> None:
    found = years.compare(
        before(Kept(id="001", name="张 三"), Kept(id="002", name="李四")),
        outcome(("003", "李四", "50"), ("001", "张三", "50")),
    )
    assert [(row.id, row.match) for row in found.rows] == [
        ("001", Match.BOTH),
        ("003", Match.NEW),
        ("002", Match.GONE),
    ]


def test_two_rounds_of_one_year_have_two_names() -> None:
    found = years.compare(before(year=2016), outcome())
    assert (found.before, found.now) == ("上一次（2016年度）", "2016年度")


REMARKS: tuple[tuple[Previous, str], ...] = (
    (before(provisional=True), "2015年度的成绩没有核定"),
    (before(bases={"A": Decimal(50)}), "基本分由 50 分改为 60 分"),
    (before(titles={"C": "别的"}, bases={"C": Decimal(1)}), "“别的”现在没有了"),
    (before(titles={}, bases={}), "是新加的"),
)


@pytest.mark.parametrize(("previous", "words"), REMARKS)
def test_what_makes_years_unlike_is_remarked(previous: Previous, words: str) -> None:
    assert any(words in remark for remark in years.compare(previous, outcome()).remarks)


POINTS = st.none() | st.decimals(0, 120, places=2)
KEPT = st.builds(
    lambda i, name, total: Kept(
        id=i, name=name, total=total, parts={} if total is None else {"A": total}
    ),
    st.sampled_from(["001", "002", "003"]),
    st.sampled_from(["甲", "乙"]),
    POINTS,
)


@given(st.lists(KEPT, unique_by=lambda kept: kept.id), st.lists(KEPT, unique_by=lambda k: k.id))
@settings(max_examples=60, deadline=None)
def test_everybody_of_both_years_has_one_row_and_nothing_unknown_is_a_number(
    old: list[Kept], new: list[Kept]
) -> None:
    previous = before(*old)
    assert years.load(years.dump(previous)) == previous
    now = outcome(*((k.id, k.name, number.text(k.total)) for k in new))
    rows = years.compare(previous, now).rows
    one, other = ({(k.id, k.name) for k in each} for each in (old, new))
    assert len(rows) == len(one | other)
    assert {(r.id, r.name) for r in rows if r.match is Match.BOTH} == one & other
    totals = {(k.id, k.name): k.total for k in old}
    for row in rows:
        assert row.total.before == totals.get((row.id, row.name))
        known = row.total.before is not None and row.total.now is not None
        assert (row.total.difference is not None) is known


# ------------------------------------------------------------------ half a year


def half(scheme: Scheme) -> Scheme:
    return replace(scheme, settings=replace(scheme.settings, interim=True))


HALF = half(replace(UNREVIEWED, quota=Quota(tier="优秀", rule=QuotaRule.GIVEN, given=2)))


@pytest.fixture(scope="module")
def half_way(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("半年") / "考核", HALF, ROWS)
    forms(folder)
    drop(folder, "1.xlsx", fill(blank(folder, "001"), GOOD))
    drop(folder, "2.xlsx", fill(blank(folder, "002"), GOOD))
    collected(folder)
    return folder


def test_half_way_there_are_totals_and_no_tiers(half_way: Path) -> None:
    document = collected(half_way)
    for member in ("001", "002"):
        found = by_id(document)[member]
        assert (found["status"], found["total"]) == ("not_graded", "100")
        assert not any(found[key] for key in ("score_tier", "proposed_tier", "final_tier"))
    assert document["quota"] is None
    assert adds_up(document["counts"])


def adds_up(figures: Mapping[str, int]) -> bool:
    kinds = ("assessed", "exempt", "deferred", "missing", "undecided")
    return (
        figures["due"] == sum(figures[kind] for kind in kinds)
        and figures["assessed"] == figures["graded"] + figures["not_graded"]
    )


def test_half_way_is_written_on_the_pages(half_way: Path) -> None:
    said = run("-C", half_way, "collect").out
    assert "半年初评，只记分，不定等次" in said
    page = openpyxl.load_workbook(half_way / rounds.SUMMARY)["首页"]
    assert "半年初评" in str(page["A1"].value)


def test_half_way_nobody_is_commended_or_reported(half_way: Path) -> None:
    written = write_papers(rounds.Round(half_way))
    assert {each.kind.kind for each in written if each.left} == set()
    told = {each.kind.kind: each.why_not for each in written}
    assert "已经收表" in told.pop("agreements")
    assert "会议" in told.pop("minutes")
    assert all("半年初评" in why_not for why_not in told.values())


def test_the_same_round_gives_tiers_at_the_end_of_the_year(half_way: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(half_way, tmp_path / "考核")
    settings_ = replace(HALF.settings, interim=False)
    write_scheme(copy, replace(HALF, settings=settings_))
    document = collected(copy)
    assert by_id(document)["001"]["final_tier"] == "优秀"
    (file,) = (f for f in document["files"] if f["file"] == "收回/1.xlsx")
    assert file["findings"] == []


def test_a_round_after_half_a_year_is_of_the_same_year(half_way: Path, tmp_path: Path) -> None:
    assert follow(tmp_path / "新", half_way).status == 0
    scheme = scheme_of(tmp_path / "新")
    assert (scheme.year, scheme.settings.interim) == (2015, False)


def test_what_was_counted_of_who_returned_nothing_stands_in_the_details(
    half_way: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(half_way, tmp_path / "考核")
    tell_counts(copy, "005", {ITEM.events[0].what: "1"})
    document = collected(copy)
    member = by_id(document)["005"]
    assert (member["status"], member["total"]) == ("undecided", None)
    assert member["reasons"] == ["没有交表，只有台账和会上定的 1 项"]
    assert adds_up(document["counts"])
    sheet = openpyxl.load_workbook(copy / rounds.SUMMARY)["分项"]
    (row,) = (cells for cells in sheet.iter_rows(values_only=True) if cells[1] == "005")
    shown = [value for value in row[3:] if isinstance(value, int | float)]
    assert shown == [float(ITEM.most + ITEM.events[0].each)]


def tell_counts(folder: Path, member: str, counted: Mapping[str, str]) -> None:
    """Type into 台账 what was counted of one item; the rest of it was not seen."""
    data = (folder / rounds.DESK).read_bytes()
    places = read_desk(read_book(data), rounds.DESK, HALF, focus=HALF.focus).places
    book = openpyxl.load_workbook(io.BytesIO(data))
    for event in ITEM.events:
        source = places[Place(Tab.COUNTS, member, f"{ITEM.code}/{event.what}")]
        book[source.sheet][source.cell].value = int(counted.get(event.what, "0"))
    (folder / rounds.DESK).write_bytes(packed(book))


# ------------------------------------------------------------------ half a year, no form

PEOPLE = Roster(members=(Member(id="001", name="甲", category="正式党员"),))
ITEM = next(item for part in AGREEMENT.parts for item in part.items if item.events)


def placed(scheme: Scheme, **counted: int) -> Standing:
    """Standing of a member who returned nothing, and of whom so much was counted."""
    times = {(ITEM.code, event.what): Decimal(counted.get(event.what, 0)) for event in ITEM.events}
    ruling = Ruling(member="001", counts=times if counted else {})
    ((standing,), _quota) = ranking.rank(scheme, PEOPLE, {}, {}, [ruling])
    return standing


def test_counts_alone_show_their_points_and_no_total() -> None:
    standing = placed(half(AGREEMENT), **{ITEM.events[0].what: 1})
    assert standing.status is StandingStatus.UNDECIDED
    assert standing.score is not None
    (line,) = standing.score.lines
    assert (line.code, line.counted) == (ITEM.code, ITEM.most + ITEM.events[0].each)
    assert standing.total is None
    assert all(part.total is None for part in standing.score.parts)
    assert "没有交表" in standing.reasons[0]


def test_counts_alone_are_nothing_at_the_end_of_the_year() -> None:
    assert placed(AGREEMENT, **{ITEM.events[0].what: 1}).status is StandingStatus.MISSING


def test_who_was_not_counted_is_missing_half_way_too() -> None:
    assert placed(half(AGREEMENT)).status is StandingStatus.MISSING


def test_no_claim_returned_is_not_no_bonus() -> None:
    scheme = half(AGREEMENT)
    parts = tuple(
        replace(p, base=ITEM.most, groups=(), sections=_only(p, ITEM.code))
        for p in scheme.parts[:1]
    )
    bare = tuple(replace(part, bonuses=()) for part in parts)
    counted = {ITEM.events[0].what: 1}
    assert placed(replace(scheme, parts=parts), **counted).total is None
    whole = placed(replace(scheme, parts=bare), **counted)
    assert whole.status is StandingStatus.NOT_GRADED
    assert whole.total == ITEM.most + ITEM.events[0].each


def _only(part: Part, code: str) -> tuple[Section, ...]:
    """Sections of a part with this item alone."""
    kept = (replace(s, items=tuple(i for i in s.items if i.code == code)) for s in part.sections)
    return tuple(section for section in kept if section.items)


def test_counts_of_all_states_add_up_half_way() -> None:
    outcome_ = Outcome(
        scheme=half(AGREEMENT),
        scheme_version="",
        standings=(placed(half(AGREEMENT), **{ITEM.events[0].what: 1}), placed(half(AGREEMENT))),
    )
    assert adds_up(counts(outcome_))
