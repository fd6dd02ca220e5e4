"""The summary's further sheets: where points come from, trials, difficulty, gaps, decisions."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import cycle, takewhile
from pathlib import Path
from random import Random

import openpyxl
import pytest
from forms_for_tests import filled
from office import Office
from rounds import (
    UNREVIEWED,
    blank,
    collected,
    decide,
    drop,
    fill,
    forms,
    full,
    make,
    person,
    run,
)
from summary_outcomes import make_outcome
from test_summary import DAY, cells, load, recalculate, table

from sheetflow import round as rounds
from sheetflow.excel.write.summary import write_summary
from sheetflow.excel.write.summary_items import by_section, changed_members, items_table
from sheetflow.excel.write.summary_plan import Record
from sheetflow.model import (
    Absence,
    Category,
    Decision,
    Field,
    FileStatus,
    Gate,
    Item,
    Kind,
    Line,
    Member,
    Outcome,
    Part,
    PartScore,
    Place,
    Progress,
    Quota,
    QuotaRule,
    Receipt,
    Roster,
    Rounding,
    Ruling,
    Scheme,
    Score,
    Section,
    Stage,
    Standing,
    StandingStatus,
    Tab,
    Tier,
    Veto,
)
from sheetflow.ranking import rank
from sheetflow.scoring import score
from sheetflow.trace import traces

TOP = "甲等"
VETO = Veto(code="V1", cases=("有事",), max_tier="丙等")
#: Lines close to each other, so that chance puts many on and around them.
LINES = (
    Tier(title=TOP, at_least=Decimal(30), commended=True),
    Tier(title="乙等", at_least=Decimal(29)),
    Tier(title="丙等", at_least=Decimal(27), inclusive=False),
    Tier(title="丁等", reported=True),
)


def made_item(code: str, most: int) -> Item:
    return Item(code=code, title="一项", kind=Kind.POINTS, most=Decimal(most))


def made_part(code: str, *sections: tuple[Item, ...]) -> Part:
    base = sum((item.most for items in sections for item in items), Decimal(0))
    return Part(
        code=code,
        title=f"部分{code}",
        sheet=f"部分{code}",
        base=base,
        form_title="",
        sections=tuple(
            Section(code=f"{code}{n}s", title="节", items=items)
            for n, items in enumerate(sections, 1)
        ),
    )


PARTS = (
    made_part("A", (made_item("A1", 9),), (made_item("A2", 9),)),
    made_part("B", (made_item("B1", 19),)),
)


def ranked(seed: int, quota: Quota | None, *, tiers: tuple[Tier, ...] = LINES) -> Outcome:
    """An outcome of the engine's: equal totals, vetoes, a gate, unknown totals, absent members."""
    rng = Random(seed)  # noqa: S311 - the same numbers in every run
    made = make_outcome(1).scheme
    gate = Gate(tier=TOP, part="A", at_least=Decimal(11), active=True)
    scheme = replace(
        made,
        parts=PARTS,
        tiers=tiers,
        quota=quota,
        vetoes=(VETO,),
        gates=(gate,),
        categories=(Category(title="正式"), Category(title="预备", graded=False, in_quota=False)),
    )
    members = [
        Member(
            id=f"{n:03}",
            name=f"人{n}",
            group=rng.choice(["一组", "二组", ""]),
            category="预备" if n % 9 == 0 else "正式",
            absence=Absence.LEFT if n == 5 else None,
        )
        for n in range(1, 31)
    ]
    rulings = [Ruling(member=f"{n:03}", veto="V1") for n in (3, 13)]
    found = {m.id: engine_score(rng, scheme, m.id) for m in members[1:]}
    standings, result = rank(scheme, Roster(members=tuple(members)), found, {}, rulings)
    return Outcome(scheme=scheme, scheme_version="1", standings=standings, quota=result)


def engine_score(rng: Random, scheme: Scheme, member: str) -> Score:
    """Totals from 26 to 31, few of them unknown."""
    first, second = rng.randint(5, 7), rng.randint(5, 6)
    total = rng.choice([26, 27, 28, 29, 29, 30, 30, 30, 31])
    points = {"A1": first, "A2": second, "B1": total - first - second}
    if rng.random() < 0.1:
        del points["A2"]
    typed = {(code, Field.SCORE): Decimal(value) for code, value in points.items()}
    return score(scheme, filled(typed, member=member))


RATIO = Quota(tier=TOP, rule=QuotaRule.RATIO, share=1, of=3, ties=("B", "A1s"))
#: What is typed on the sheet, and the scheme that says the same.
TRIALS: tuple[tuple[str, dict[str, object], Quota, tuple[Tier, ...]], ...] = (
    ("nothing", {}, RATIO, LINES),
    ("line", {"B5": 29.5}, RATIO, (replace(LINES[0], at_least=Decimal("29.5")), *LINES[1:])),
    ("line out", {"C5": "否"}, RATIO, (replace(LINES[0], inclusive=False), *LINES[1:])),
    (
        "lower lines",
        {"B6": 28, "B7": 26, "C7": "是"},
        RATIO,
        (
            LINES[0],
            replace(LINES[1], at_least=Decimal(28)),
            replace(LINES[2], at_least=Decimal(26), inclusive=True),
            LINES[3],
        ),
    ),
    ("share", {"J5": 1, "J6": 5}, replace(RATIO, of=5), LINES),
    ("ceil", {"J6": 7, "J7": "进一"}, replace(RATIO, of=7, rounding=Rounding.CEIL), LINES),
    (
        "half up",
        {"J6": 7, "J7": "四舍五入"},
        replace(RATIO, of=7, rounding=Rounding.HALF_UP),
        LINES,
    ),
    ("least", {"J6": 99, "J8": "是"}, replace(RATIO, of=99, at_least_one=True), LINES),
    ("none", {"J6": 99}, replace(RATIO, of=99), LINES),
    ("given", {"J4": "给定", "J9": 3}, replace(RATIO, rule=QuotaRule.GIVEN, given=3), LINES),
    ("unlimited", {"J4": "不限"}, replace(RATIO, rule=QuotaRule.UNLIMITED), LINES),
)


def typed(data: bytes, values: Mapping[str, object]) -> bytes:
    """Type into the trial, and drop every stored result."""
    book = load(data, values=False)
    for name in set(book.sheetnames) - {"成绩", "分项", "模拟"}:
        del book[name]
    for place, value in values.items():
        assert book["模拟"][place].value is not None, place
        book["模拟"][place].value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def tried(book: openpyxl.Workbook) -> dict[str, object]:
    rows = table(book["模拟"], "学号")
    return {str(row["学号"]): row["模拟等次"] for row in rows}


def by_engine(outcome: Outcome) -> dict[str, object]:
    """Proposed tiers of all whose total is known and who get one; equals stay open."""
    tied = {member for tie in (outcome.quota.ties if outcome.quota else ()) for member in tie}
    found: dict[str, object] = {}
    for standing in outcome.standings:
        if standing.member.id in tied:
            found[standing.member.id] = "并列待定"
        elif standing.status in {StandingStatus.GRADED, StandingStatus.UNDECIDED}:
            found[standing.member.id] = standing.proposed_tier or "未定"
    return found


@pytest.mark.office
def test_a_trial_gives_the_tiers_the_engine_would_propose(office: Office, tmp_path: Path) -> None:
    files, expected = [], []
    for seed, (name, values, quota, tiers) in zip(cycle((1, 2, 3)), TRIALS, strict=False):
        file = tmp_path / f"{seed}-{name}.xlsx"
        file.write_bytes(typed(write_summary(ranked(seed, RATIO), created=DAY), values))
        files.append(file)
        expected.append(ranked(seed, quota, tiers=tiers))
    settled = set[object]()
    for file, book, outcome in zip(files, recalculate(office, files), expected, strict=True):
        found = tried(book)
        assert found == by_engine(outcome), file.name
        settled |= set(found.values())
        assert outcome.quota
        seats = book["模拟"]["J12"].value
        assert seats == (outcome.quota.limit if outcome.quota.limit is not None else "不限")
        assert book["模拟"]["J13"].value == len(outcome.quota.candidates)
        counts = {r["等次"]: r["模拟人数"] for r in table(book["模拟"], "等次")[:4]}
        assert counts == {t.title: sum(v == t.title for v in found.values()) for t in LINES}
    assert settled >= {"并列待定", "未定", *(tier.title for tier in LINES)}


@pytest.mark.office
@pytest.mark.parametrize("quota", [RATIO, None, replace(RATIO, rule=QuotaRule.GIVEN, given=2)])
def test_every_stored_value_is_what_a_spreadsheet_finds(
    office: Office, tmp_path: Path, quota: Quota | None
) -> None:
    data = write_summary(ranked(4, quota), created=DAY)
    file = tmp_path / "stored.xlsx"
    file.write_bytes(data)
    (found,) = recalculate(office, [file])
    stored = load(data)
    for page in ("模拟", "首页"):
        for cell in cells(stored[page]):
            assert (found[page][cell.coordinate].value or "") == (cell.value or ""), cell
    assert {cell.data_type for book in (stored, found) for page in book for cell in cells(page)}
    errors = [c for sheet in found for c in cells(sheet) if c.data_type == "e"]
    assert errors == []


def test_other_lines_and_shares_are_reckoned_beside() -> None:
    outcome = ranked(20, RATIO)
    sheet = load(write_summary(outcome, created=DAY))["模拟"]
    lines = {row["线若为"]: row["达到线的"] for row in table(sheet, "线若为")[:7]}
    graded = [
        s
        for s in outcome.standings
        if s.status in {StandingStatus.GRADED, StandingStatus.UNDECIDED}
    ]
    for line, count in lines.items():
        reached = [
            s
            for s in graded
            if s.total is not None and s.max_tier is None and s.total >= Decimal(str(line))
        ]
        assert count == len(reached), line
    assert list(lines) == [27, 28, 29, 30, 31, 32, 33]


def test_the_tables_beside_the_charts_are_the_outcomes_own() -> None:
    outcome = ranked(2, RATIO)
    start = load(write_summary(outcome, created=DAY))["首页"]
    totals = [float(s.total) for s in outcome.standings if s.total is not None]
    steps = takewhile(lambda row: not str(row["总分"]).startswith("七、"), table(start, "总分"))
    assert sum(int(str(row["人数"])) for row in steps) == len(totals)
    rows = {row["小组"]: row for row in table(start, "小组")[:3]}
    for group in ("一组", "二组", ""):
        inside = [s for s in outcome.standings if s.member.group == group]
        row = rows[group or "（未分组）"]
        of_a = [s.score.parts[0].total for s in inside if s.score]
        for heading, points in {"总分": [s.total for s in inside], "部分A": of_a}.items():
            known = [each for each in points if each is not None]
            mean = sum(known, Decimal(0)) / len(known)
            assert row[heading] == pytest.approx(float(mean), abs=0.005)
            assert heading == "部分A" or row["人数"] == len(known)


# ------------------------------------------------------------------ where points come from


def test_the_basis_has_every_row_of_every_page_and_adds_up() -> None:
    outcome = make_outcome(24)
    rows = table(load(write_summary(outcome, created=DAY))["得分依据"], "学号")
    for page in traces(outcome):
        mine = [row for row in rows if row["学号"] == page.member.id]
        points = [row for row in mine if row["类别"] not in {"来源", "等次", "待定"}]
        assert [row["项目"] for row in points] == [r.code or None for r in page.rows]
        shown = [None if r.counted is None else float(r.counted) for r in page.rows]
        assert [row["计入"] for row in points] == shown
        assert [r["说明"] for r in mine if r["类别"] == "等次"] == [
            step.result for step in page.verdicts
        ]
        assert [r["说明"] for r in mine if r["类别"] == "待定"] == list(page.open)


# ------------------------------------------------------------------ items and gaps


def small(*typed_and_taken: tuple[str | None, str]) -> Outcome:
    """One item of 4 points and what members typed and got."""
    item = Item(code="P1", title="一项", kind=Kind.POINTS, most=Decimal(4))
    section = Section(code="S", title="节", items=(item,))
    part = Part(
        code="P", title="部", sheet="部", base=Decimal(4), form_title="", sections=(section,)
    )
    scheme: Scheme = replace(make_outcome(1).scheme, parts=(part,))
    template = make_outcome(1).standings[0].member
    standings = []
    for number, (own, taken) in enumerate(typed_and_taken, 1):
        raw, got = (None if own is None else Decimal(own)), Decimal(taken)
        line = Line(part="P", code="P1", raw=raw, taken=got, counted=got)
        found = Score(
            member=f"{number}",
            parts=(PartScore(code="P", base=got, bonus=Decimal(0)),),
            lines=(line,),
        )
        member = replace(template, id=f"{number}", name=f"人{number}")
        standings.append(
            Standing(member=member, status=StandingStatus.GRADED, score=found, score_tier="丁等")
        )
    return replace(make_outcome(1), scheme=scheme, standings=tuple(standings))


def test_difficulty_counts_means_full_zero_blank_and_lost_points() -> None:
    (row,) = items_table(small(("4", "4"), ("4", "1"), (None, "0"), ("0", "0"))).rows
    assert row[:4] == ("P1", "一项", "部", 4)
    mean, rate = Decimal("1.25"), Decimal("0.313")
    assert row[4:] == (4, mean, rate, 1, 2, 1, 11)


def test_gaps_list_who_got_another_number_than_they_typed() -> None:
    outcome = small(("4", "4"), ("4", "3.5"), (None, "3"), ("0", "2"))
    rows = changed_members(outcome).rows
    assert rows == (
        ("4", "人4", 0, 2, 2, "P1 0→2"),
        ("2", "人2", 4, Decimal("3.5"), Decimal("-0.5"), "P1 4→3.5"),
    )
    (share,) = by_section(outcome)
    assert (share.count, share.own, share.taken) == (3, Decimal("0.667"), Decimal("0.792"))
    sheet = load(write_summary(outcome, created=DAY))["自评与核定"]
    assert [cell.value for cell in sheet[3]][:7] == ["P1", "一项", 1, 1, 2.67, 3.17, 1.5]


# ------------------------------------------------------------------ decisions and stage

RAISER = "举报的人"


def acts(*cells_decided: tuple[Place, str, str]) -> tuple[Decision, ...]:
    return tuple(
        Decision(
            number=n,
            place=place,
            before=before,
            after=after,
            taken="2015-12-20T19:30:00",
            chain=f"{n:064x}",
        )
        for n, (place, before, after) in enumerate(cells_decided, 1)
    )


def test_decisions_are_told_in_their_order_without_who_objected() -> None:
    outcome = replace(make_outcome(2), head="ab12cd34ef")
    name = outcome.standings[0].member.name
    receipt = Receipt(
        file="收回/1.xlsx", sha256="", status=FileStatus.ACCEPTED, member="001", version="ff"
    )
    outcome = replace(outcome, receipts=(receipt,))
    decided = acts(
        (Place(Tab.MEETINGS, "1", "kind"), "", "支委会"),
        (Place("scores.A", "001", "A1"), "", "2"),
        (Place("scores.A", "001", "A1"), "2", ""),
        (Place(Tab.APPROVALS, "001", "meeting"), "", "1"),
        (Place(Tab.OBJECTIONS, "1", "raiser"), "", RAISER),
        (Place(Tab.OBJECTIONS, "1", "member"), "", "001"),
        (Place(Tab.FILES, "收回/1.xlsx/ff", "adopt"), "", "是"),
        (Place(Tab.AGENDA, "001/claim A+1-1", "conclusion"), "", "同意"),
    )
    book = load(write_summary(outcome, created=DAY, record=Record(decisions=decided)))
    rows = table(book["决定"], "序号")
    title = f"A1 {outcome.scheme.parts[0].items[0].title}"
    bonus = outcome.scheme.parts[0].bonuses[0].title
    told = [(r["表"], r["定的是什么"], r["学号"], r["原来"], r["改为"], r["会次"]) for r in rows]
    assert [tuple(each or "" for each in row) for row in told] == [
        ("会议", "1 类别", "", "", "支委会", ""),
        ("评分A", title, "001", "", "2", "1（支委会）"),
        ("评分A", title, "001", "2", "", "1（支委会）"),
        ("核定", "会次", "001", "", "1", "1（支委会）"),
        ("异议", "1 提出人", "001", "", "（不显示）", ""),
        ("异议", "1 对象", "001", "", "001", ""),
        ("文件", "收回/1.xlsx 采用", "001", "", "是", ""),
        ("上会清单", f"加分申报 A+1-1 {bonus} 结论", "001", "", "同意", "1（支委会）"),
    ]
    assert {row["姓名"] for row in rows if row["学号"] == "001"} == {name}
    texts = [str(cell.value) for sheet in book for cell in cells(sheet)]
    assert not any(RAISER in text for text in texts)
    assert any("决定共 8 条，末条指纹 ab12cd34" in text for text in texts)


def test_the_fingerprint_on_the_front_page_is_that_of_the_record(tmp_path: Path) -> None:
    folder = make(tmp_path / "考核", UNREVIEWED, [person("001")])
    forms(folder)
    drop(folder, "甲.xlsx", fill(blank(folder, "001"), full(UNREVIEWED)))
    collected(folder)
    part = UNREVIEWED.parts[0]
    place = Place(f"{Tab.SCORES}.{part.code}", "001", part.items[0].code)
    source = decide(folder, {place: "0"}, UNREVIEWED)[place]
    collected(folder)
    head = run("-C", folder, "log", "--json").document["head"]
    book = openpyxl.load_workbook(folder / rounds.SUMMARY)
    texts = [str(c.value) for c in cells(book["首页"])]
    assert any(f"决定共 1 条，末条指纹 {head[:8]}" in text for text in texts)
    (act,) = table(book["决定"], "序号")
    assert (act["改为"], act["指纹"]) == ("0", head[:8])
    page = run("-C", folder, "trace", "001", "--json").document
    row = next(r for r in page["rows"] if r["code"] == part.items[0].code)
    assert (row["by"], row["counted"], row["typed"]) == ("branch", "0", str(part.items[0].most))
    assert row["decided"] == {"file": source.file, "sheet": source.sheet, "cell": source.cell}
    (basis, *_more) = [
        r for r in table(book["得分依据"], "编号") if r["项目"] == part.items[0].code
    ]
    assert (basis["填在"], basis["谁定"]) == (
        f"{row['source']['sheet']}!{row['source']['cell']}",
        "核定",
    )


def test_without_decisions_there_is_no_sheet_of_them() -> None:
    book = load(write_summary(make_outcome(2), created=DAY))
    assert "决定" not in book.sheetnames
    links = [c.value for c in cells(book["首页"]) if c.hyperlink is not None]
    assert links == [name for name in book.sheetnames if name != "首页"]


def test_the_front_page_says_how_far_the_round_is() -> None:
    progress = Progress(stage=Stage.REVIEWING, waits=("3 人还没有核定",))
    outcome = replace(make_outcome(2), progress=progress, head="")
    texts = [c.value for c in cells(load(write_summary(outcome, created=DAY))["首页"])]
    assert "现在是“审核”：3 人还没有核定" in texts


def test_pages_print_on_a4_with_their_headings_on_every_sheet() -> None:
    book = load(write_summary(ranked(20, RATIO), created=DAY))
    for sheet in book:
        assert str(sheet.page_setup.paperSize) == "9", sheet.title
        upright = sheet.title == "首页"
        assert sheet.page_setup.orientation == ("portrait" if upright else "landscape")
        assert upright or sheet.print_title_rows, sheet.title


@pytest.mark.parametrize(("members", "one"), [(5, True), (44, True), (50, True), (51, False)])
def test_the_points_of_a_branch_leave_no_few_rows_for_another_sheet_of_paper(
    members: int, *, one: bool
) -> None:
    details = load(write_summary(make_outcome(1, members), created=DAY))["分项"]
    # Where nothing is said it is one sheet; 0 is as many as it takes.
    assert (details.page_setup.fitToHeight in {None, 1}) is one
