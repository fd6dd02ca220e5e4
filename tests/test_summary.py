"""The summary shows the outcome's own numbers, and its formulas find the same ones again."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from office import Office
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet
from summary_outcomes import SCORED, TIERS, bounded_outcome, make_outcome

from sheetflow.excel.write.summary import write_summary
from sheetflow.excel.write.summary_lists import gather
from sheetflow.model import (
    FileStatus,
    Finding,
    Member,
    Outcome,
    QuotaResult,
    Receipt,
    Severity,
    Source,
    Standing,
    StandingStatus,
)
from sheetflow.verdicts import bounds

DAY = date(2015, 12, 25)
OPEN = "未定"
HOSTILE = (
    *("=1+1", "{=1+1}", "@SUM(A1)", "-2+3", "_x0041_", "007", "1e5"),
    *("http://example.org/x", "mailto:a@example.org"),
    "internal:'成绩'!A1",
    "+cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","点我")',
)

# ------------------------------------------------------------------ reading back


def load(data: bytes, *, values: bool = True) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def cells(sheet: Worksheet) -> Iterator[Cell]:
    for row in sheet.iter_rows():
        yield from (cell for cell in row if not isinstance(cell, MergedCell))


def table(sheet: Worksheet, corner: str) -> list[dict[str, object]]:
    """Rows below the heading row that starts with ``corner``, by heading."""
    rows = list(sheet.iter_rows(values_only=True))
    top = next(index for index, row in enumerate(rows) if row[0] == corner)
    headings = [str(h or "").replace("\n", "") for h in rows[top]]
    return [dict(zip(headings, row, strict=True)) for row in rows[top + 1 :] if row[0] is not None]


def shown(points_known: Decimal | None) -> float | str:
    return OPEN if points_known is None else float(points_known)


def expected_row(standing: Standing) -> dict[str, object]:
    """Numbers and score tier that must stand in a scored member's row."""
    assert standing.score is not None
    found: dict[str, object] = {}
    for part in standing.score.parts:
        name = f"部分{part.code}"
        found[f"{name}基本分"] = shown(part.base)
        found[f"{name}加分"] = shown(part.bonus)
        found[f"{name}小计"] = shown(part.total)
    found["总分"] = shown(standing.total)
    if standing.status is StandingStatus.NOT_GRADED:
        found["得分等次"] = "不定等次"
    else:
        found["得分等次"] = standing.score_tier or OPEN
    return found


def assert_scores(book: openpyxl.Workbook, outcome: Outcome) -> None:
    rows = table(book["成绩"], "序号")
    assert [row["学号"] for row in rows] == [s.member.id for s in outcome.standings]
    for row, standing in zip(rows, outcome.standings, strict=True):
        if standing.score is not None:
            wanted = expected_row(standing)
            assert {key: row[key] for key in wanted} == wanted, standing.member.id


# ------------------------------------------------------------------ rules


@pytest.mark.parametrize("seed", range(12))
def test_stored_numbers_are_the_outcomes_own(seed: int) -> None:
    outcome = make_outcome(seed)
    assert_scores(load(write_summary(outcome, created=DAY)), outcome)


@pytest.mark.parametrize("seed", range(4))
def test_sums_and_score_tiers_are_formulas(seed: int) -> None:
    outcome = make_outcome(seed)
    for row, standing in zip(
        table(load(write_summary(outcome, created=DAY), values=False)["成绩"], "序号"),
        outcome.standings,
        strict=True,
    ):
        if standing.score is None:
            continue
        live = [key for key in expected_row(standing) if str(row[key]).startswith("=")]
        fixed = set(expected_row(standing)) - set(live)
        assert fixed <= ({"得分等次"} if standing.score_tier is None else set())


def test_absent_members_have_words_and_no_numbers() -> None:
    outcome = make_outcome(3)
    book = load(write_summary(outcome, created=DAY))
    words = {"exempt": "免评", "deferred": "缓评", "left": "离开", "missing": "未交"}
    absent = [s for s in outcome.standings if s.status not in SCORED]
    assert {s.status.value for s in absent} == set(words)
    for page, free in (("成绩", 1), ("分项", 1)):
        rows = {row["学号"]: row for row in table(book[page], "序号")}
        for standing in absent:
            row = rows[standing.member.id]
            assert sum(isinstance(value, int | float) for value in row.values()) == free
            if page == "成绩":
                assert row["状态"] == words[standing.status.value]


def test_unread_points_stay_blank_and_recognised_points_are_shown() -> None:
    outcome = make_outcome(5)
    rows = {r["学号"]: r for r in table(load(write_summary(outcome, created=DAY))["分项"], "序号")}
    for standing in outcome.standings:
        row = {str(k): v for k, v in rows[standing.member.id].items()}
        for line in standing.score.lines if standing.score else ():
            item = next(
                v for k, v in row.items() if k.startswith((line.code + "第", line.code + "加"))
            )
            assert item == (None if line.raw is None else float(line.counted))


@pytest.mark.parametrize("seed", range(6))
def test_counts_reconcile(seed: int) -> None:
    outcome = make_outcome(seed)
    start = load(write_summary(outcome, created=DAY))["首页"]
    people = table(start, "名册")[0]
    by = Counter(s.status.value for s in outcome.standings)
    assert people == {
        "名册": len(outcome.standings),
        "离开": by["left"],
        "应评": len(outcome.standings) - by["left"],
        "参评": by["graded"] + by["not_graded"],
        "定等次": by["graded"],
        "不定等次": by["not_graded"],
        "免评": by["exempt"],
        "缓评": by["deferred"],
        "未交": by["missing"],
        "未定": by["undecided"],
    }
    texts = [str(cell.value) for cell in cells(start)]
    assert any(
        t.startswith(f"应评 {people['应评']} = 参评") and t.endswith("　相符") for t in texts
    )
    files = table(start, "收到")[0]
    assert files["收到"] == len(outcome.receipts)
    assert files["采用"] == sum(r.status is FileStatus.ACCEPTED for r in outcome.receipts)


@pytest.mark.parametrize("seed", range(6))
def test_tiers_add_up_to_the_graded(seed: int) -> None:
    outcome = make_outcome(seed)
    rows = {r["等次"]: r for r in table(load(write_summary(outcome, created=DAY))["首页"], "等次")}
    graded = [s for s in outcome.standings if s.status is StandingStatus.GRADED]
    named = Counter(s.final_tier or s.proposed_tier or "待定" for s in graded)
    counts = {tier: rows[tier]["人数"] for tier in (*(t.title for t in TIERS), "待定")}
    assert counts == {tier: named[tier] for tier in counts}
    assert rows["合计"]["人数"] == len(graded)
    for tier, count in counts.items():
        share = Decimal(named[tier]) * 100 / len(graded)
        exact = share.quantize(Decimal("0.1"), ROUND_HALF_UP)
        assert rows[tier]["占比"] == float(exact / 100), count
    assert rows["合计"]["占比"] == 1


BOUNDS = ("30（含）以上", "20.5（含）至 30（不含）", "10（不含）至 20.5（不含）", "10（含）以下")


@pytest.mark.parametrize(("index", "words"), list(enumerate(BOUNDS)))
def test_bounds_say_which_end_belongs(index: int, words: str) -> None:
    assert bounds(TIERS, index) == words


def test_what_people_typed_never_becomes_a_formula_or_a_link() -> None:
    outcome = make_outcome(1)
    standings = tuple(
        replace(s, member=replace(s.member, name=text, category=text, group=text), reasons=(text,))
        for s, text in zip(outcome.standings, HOSTILE * 3, strict=False)
    )
    findings = tuple(
        Finding(
            code="E101",
            severity=Severity.ERROR,
            source=Source(text, text, text),
            message=text,
            found=text,
            expected=text,
            fix=text,
            item=text,
            member=text,
        )
        for text in HOSTILE
    )
    receipts = tuple(
        Receipt(file=text, sha256=text, status=FileStatus.REFUSED, member=text, version=text)
        for text in HOSTILE
    )
    book = load(
        write_summary(
            replace(outcome, standings=standings, findings=findings, receipts=receipts),
            created=DAY,
            steps=HOSTILE,
        ),
        values=False,
    )
    for sheet in book:
        for cell in cells(sheet):
            if cell.data_type == "f":
                assert sheet.title in {"首页", "成绩", "模拟"}
                assert "example.org" not in str(cell.value)
                assert cell.value not in HOSTILE
            if cell.hyperlink is not None:
                assert (sheet.title, cell.hyperlink.target) == ("首页", None)
    for page in ("问题清单", "来源"):
        texts = [cell.value for cell in cells(book[page]) if cell.data_type == "s"]
        assert {text: texts.count(text) >= 3 for text in HOSTILE} == dict.fromkeys(HOSTILE, True)


def test_characters_that_break_files_are_left_out() -> None:
    outcome = make_outcome(1)
    first = outcome.standings[0]
    member = replace(first.member, name="张\u200b\x00三\ud800\u202e", group="一\ufffe组\x07")
    standings = (replace(first, member=member), *outcome.standings[1:])
    book = load(write_summary(replace(outcome, standings=standings), created=DAY))
    row = table(book["成绩"], "序号")[0]
    assert (row["姓名"], row["小组"]) == ("张三", "一组")


def test_errors_come_first_each_once_and_replaced_versions_are_silent() -> None:
    def finding(severity: Severity, file: str) -> Finding:
        return Finding(code="E1", severity=severity, source=Source(file), message="x")

    note, error = finding(Severity.NOTE, "a"), finding(Severity.ERROR, "b")
    old = finding(Severity.ERROR, "c")
    outcome = replace(
        make_outcome(2),
        findings=(note, error),
        receipts=(
            Receipt(file="b", sha256="", status=FileStatus.RETURNED, findings=(error,)),
            Receipt(file="c", sha256="", status=FileStatus.SUPERSEDED, findings=(old,)),
        ),
    )
    assert gather(outcome) == (error, note)


def test_the_missing_are_listed_group_by_group_as_the_roster_has_them() -> None:
    missing = StandingStatus.MISSING
    standings = tuple(
        Standing(member=Member(id=member, name=member, group=group), status=status)
        for member, group, status in (
            ("001", "二组", missing),
            ("002", "一组", missing),
            ("003", "二组", StandingStatus.EXEMPT),
            ("004", "二组", missing),
        )
    )
    outcome = replace(make_outcome(1), standings=standings)
    rows = table(load(write_summary(outcome, created=DAY))["未交"], "小组")
    assert [(row["小组"], row["学号"]) for row in rows] == [
        ("二组", "001"),
        ("二组", "004"),
        ("一组", "002"),
    ]


def test_an_empty_round_can_be_summed_up() -> None:
    empty = replace(make_outcome(1), standings=(), receipts=())
    start = load(write_summary(empty, created=DAY))["首页"]
    assert table(start, "名册")[0]["应评"] == 0


def test_same_outcome_same_bytes() -> None:
    outcome = replace(
        make_outcome(4),
        quota=QuotaResult(
            tier="甲等", limit=3, base=20, candidates=("001",), ties=(("001", "002"),)
        ),
    )
    first = write_summary(outcome, created=DAY, steps=("做完",))
    assert first == write_summary(outcome, created=DAY, steps=("做完",))


# ------------------------------------------------------------------ a real client


def recalculate(office: Office, files: list[Path]) -> list[openpyxl.Workbook]:
    """Open workbooks in LibreOffice, compute every formula anew, save, and load them."""
    books = []
    for file in files:
        target = file.with_name(f"recalculated-{file.name}")
        office.fill(file, target, {})
        books.append(openpyxl.load_workbook(target, data_only=True))
    return books


def spoil(data: bytes) -> bytes:
    """Sort the details the other way round, and drop every stored result."""
    book = load(data, values=False)
    sheet = book["分项"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    for number, values in enumerate(reversed(rows), start=5):
        for column, value in enumerate(values, start=1):
            sheet.cell(number, column).value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def clear(data: bytes, *places: str) -> bytes:
    """Empty some cells of the details, and drop every stored result."""
    book = load(data, values=False)
    for place in places:
        assert book["分项"][place].value is not None
        book["分项"][place].value = None
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.office
def test_bounds_hold_and_a_cleared_cell_is_no_zero(office: Office, tmp_path: Path) -> None:
    outcome = bounded_outcome()
    data = write_summary(outcome, created=DAY)
    whole, holed = tmp_path / "whole.xlsx", tmp_path / "holed.xlsx"
    whole.write_bytes(data)
    # Columns of the details: number, id, name, then P2 and P3 drawn together, then P1.
    holed.write_bytes(clear(data, "F5", "D6", "E6", "E7"))
    first, second = recalculate(office, [whole, holed])
    assert_scores(first, outcome)
    rows = table(second["成绩"], "序号")
    assert [row["部分P基本分"] for row in rows] == [OPEN, OPEN, 20.5, 20.45, 10.05, 10]
    assert [row["得分等次"] for row in rows[:3]] == [OPEN, OPEN, "乙等"]


@pytest.mark.office
def test_a_spreadsheet_finds_the_same_numbers(office: Office, tmp_path: Path) -> None:
    seeds = range(20, 22)
    files = []
    for seed, turned in product(seeds, (False, True)):
        data = write_summary(make_outcome(seed), created=DAY)
        file = tmp_path / f"{seed}-{turned:d}.xlsx"
        file.write_bytes(spoil(data) if turned else data)
        files.append(file)
    books = recalculate(office, files)
    for (seed, _turned), book in zip(product(seeds, (False, True)), books, strict=True):
        outcome = make_outcome(seed)
        assert_scores(book, outcome)
        stored = load(write_summary(outcome, created=DAY))["首页"]
        for cell in cells(stored):
            assert (book["首页"][cell.coordinate].value or "") == (cell.value or ""), cell
