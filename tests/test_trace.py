"""Every point of a member is told from file and cell to the tier, and the page adds up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

import pytest
import rule_schemes as rules
from forms_for_tests import filled, row, scores
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds import UNREVIEWED, collected, drop, fill, forms, full, make, person, run
from rounds import blank as blank_form
from schemes_for_tests import RICH
from summary_outcomes import make_outcome

from sheetflow.model import (
    Approval,
    Combination,
    Field,
    FileStatus,
    Finding,
    Item,
    Line,
    Meeting,
    Member,
    Objection,
    Outcome,
    Part,
    Receipt,
    Roster,
    Ruling,
    Rulings,
    Scheme,
    Severity,
    Source,
    Standing,
    StandingStatus,
    Submission,
)
from sheetflow.printing import clean
from sheetflow.printing_pages import trace_json, trace_lines, width
from sheetflow.ranking import rank
from sheetflow.scoring import score
from sheetflow.trace import Trace, called, trace, traces
from sheetflow.trace_rows import ADDED, By, Row, RowKind
from sheetflow.verdicts import Verdict, VerdictKind

ZERO = Decimal(0)
chances = st.randoms(use_true_random=False)

# ------------------------------------------------------------------ a page adds up


def assert_adds_up(page: Trace, scheme: Scheme) -> None:
    """What stands on the page leads to the total that stands on it, by its own numbers alone."""
    known = True
    for part in scheme.parts:
        rows = [r for r in page.rows if r.part == part.code]
        sums = {r.kind: r.counted for r in rows if r.kind not in ADDED}
        base = added(rows, RowKind.ITEM, RowKind.SCALED)
        extra = added(rows, RowKind.CLAIM, RowKind.CAP)
        assert sums[RowKind.BASE] in {None, base}
        assert sums.get(RowKind.BONUS, ZERO) in {None, extra}
        assert sums[RowKind.PART] in {None, base + extra}
        known = known and sums[RowKind.PART] is not None
    total = page.rows[-1]
    assert total.kind is RowKind.TOTAL
    assert total.counted == page.total
    if known and page.total is not None:
        assert page.total == combined(page, scheme)


def added(rows: list[Row], *kinds: RowKind) -> Decimal:
    return sum((r.counted for r in rows if r.kind in kinds and r.counted is not None), ZERO)


def combined(page: Trace, scheme: Scheme) -> Decimal:
    """Total of the rows that are no sums, as the scheme combines the parts."""
    if scheme.combination is Combination.SUM:
        return added(list(page.rows), *ADDED)
    inside = outside = ZERO
    for part in scheme.parts:
        rows = [r for r in page.rows if r.part == part.code]
        bonus = added(rows, RowKind.CLAIM, RowKind.CAP)
        points = added(rows, RowKind.ITEM, RowKind.SCALED)
        points += bonus if scheme.bonus_inside else ZERO
        outside += ZERO if scheme.bonus_inside else bonus
        weighted = scheme.combination is Combination.WEIGHTED
        inside += points * (part.weight or ZERO) if weighted else points
    whole = 100 if scheme.combination is Combination.WEIGHTED else len(scheme.parts)
    return (inside / whole + outside).quantize(Decimal("0.01"), ROUND_HALF_UP)


def decide(chance: Random, scheme: Scheme, typed: dict[str, Decimal]) -> Ruling:
    """A branch that changes some scores, counts some things, recognises some claims."""
    items = [item for part in scheme.parts for item in part.scored if chance.random() < 0.3]
    counted = [item for part in scheme.parts for item in part.scored if item.events]
    rows = [code for part in scheme.parts for b in part.bonuses for code in b.row_codes]
    return Ruling(
        member="007",
        scores={item.code: chance.choice(rules.values(item)) for item in items},
        counts={(i.code, e.what): Decimal(chance.randint(0, 4)) for i in counted for e in i.events},
        recognised={code: Decimal(chance.randint(0, 3)) for code in rows if code in typed},
    )


@settings(max_examples=120, deadline=None)
@given(chance=chances, post=st.sampled_from(rules.POSTS), holes=st.booleans())
def test_a_score_is_the_sum_of_its_lines(chance: Random, post: str, *, holes: bool) -> None:
    scheme = rules.make_scheme(chance)
    typed = rules.answers(chance, scheme, post)
    if holes:
        typed = {code: points for code, points in typed.items() if chance.random() < 0.9}
    form, ruling = filled(rules.cells(typed, scheme)), decide(chance, scheme, typed)
    member = Member(id="007", name="甲", post=post, category="正式")
    known = {"007": score(scheme, form, ruling, post=post)}
    standings, quota = rank(scheme, Roster(members=(member,)), known, {}, [ruling])
    outcome = Outcome(
        scheme=scheme,
        scheme_version="1",
        standings=standings,
        quota=quota,
        decided=Rulings(members={"007": ruling}),
    )
    page = trace(outcome, "007", form)
    assert_adds_up(page, scheme)
    assert page.total == known["007"].total
    explained = {r.code for r in page.rows if r.kind in {RowKind.ITEM, RowKind.CLAIM}}
    assert {line.code for line in known["007"].lines} <= explained | {p.code for p in scheme.parts}


def capped(part: Part, lines: tuple[Line, ...]) -> Iterator[Line]:
    """Lines as the engine leaves them: of a group the best count, within its cap."""
    groups = {item.code: item.group for item in part.items}
    left = {group.code: (group.best, group.most) for group in part.groups}
    for line in sorted(lines, key=lambda each: -each.counted):
        places, points = left.get(groups.get(line.code, ""), (1, line.counted))
        counted = min(line.counted, points) if places else ZERO
        if groups.get(line.code):
            left[groups[line.code]] = (max(0, places - 1), points - counted)
        yield line._replace(counted=counted)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400))
def test_the_pages_of_all_members_add_up(seed: int) -> None:
    outcome = make_outcome(seed, members=8)
    scheme, standings = outcome.scheme, []
    for standing in outcome.standings:
        found = standing.score
        lines = found.lines if found else ()
        kept = [
            line
            for part in scheme.parts
            for line in capped(part, tuple(each for each in lines if each.part == part.code))
        ]
        changed = replace(found, lines=tuple(kept)) if found else None
        standings.append(replace(standing, score=changed))
    outcome = replace(outcome, standings=tuple(standings))
    pages = list(traces(outcome))
    assert [p.member.id for p in pages] == [s.member.id for s in outcome.standings]
    for page, standing in zip(pages, outcome.standings, strict=True):
        assert page == trace(outcome, standing.member.id)
        if standing.score:
            assert_adds_up(page, scheme)
        else:
            assert page.rows == ()


# ------------------------------------------------------------------ who said what

MEETING = Meeting(number="3", kind="支委会", day="2015-12-20")
CELL = Source("核定.xlsx", "评分A", "D7")
TYPED = {
    **scores(A1_1="4.5", A1_2=3, A1_3=1, A2_1=4, A2_2=4, A2_3="1.5", A2_4=4, A3_2=4, A3_3="满分"),
    **scores(B1_1=4),
    ("A1-1", Field.EVIDENCE): "检查记录",
    **row("A+1-1", level="省级", document="发〔2015〕1号", date="2015-06-01", claim=6),
    **row("A+1-2", level="市级", document="发〔2015〕2号", date="2015-06-01", claim=4),
    **row("A+2-1", level="省级", claim=3),
    **row("A+3-1", document="会议认定", claim=3),
}
RULING = Ruling(
    member="007",
    approval=Approval.APPROVED,
    veto="V1",
    basis="文件一",
    tier="中",
    reason="会上定的",
    meeting="3",
    scores={"A1-1": Decimal(4), "A3-1": Decimal(4), "A3-3": Decimal(2)},
    counts={("A1-2", "无故缺席"): Decimal(1)},
    recognised={"A+2-1": Decimal(1)},
    whys={"A+2-1": "有通知"},
    sources={
        "A1-1": CELL,
        "A1-2/无故缺席": Source("核定.xlsx", "台账", "E7"),
        "veto": Source("核定.xlsx", "核定", "H7"),
    },
)


def placed(form: Submission) -> Submission:
    """The same form, every cell at its own place."""
    found = [
        entry._replace(spot=Source("收回/甲.xlsx", "工作", f"F{at}"))
        for at, entry in enumerate(form.entries, 7)
    ]
    return replace(form, file="收回/甲.xlsx", entries=tuple(found))


def explained(form: Submission | None = None, **changes: object) -> Trace:
    """The page of a member of the rich scheme about whom everything was decided."""
    given_form = placed(filled(TYPED))
    found = score(RICH, given_form, RULING)
    member = Member(id="007", name="甲", category="在册")
    standings, quota = rank(
        RICH, Roster(members=(member,)), {"007": found}, {}, [RULING], approved={"007"}
    )
    outcome = Outcome(
        scheme=RICH,
        scheme_version="1",
        standings=standings,
        quota=quota,
        receipts=(
            Receipt(
                file="收回/甲.xlsx",
                sha256="",
                status=FileStatus.ACCEPTED,
                member="007",
                version="ab12cd34",
            ),
        ),
        decided=Rulings(
            members={"007": RULING},
            meetings=(MEETING,),
            reasons={("007", "A1-1"): ("佐证不足", "3")},
        ),
    )
    changed = replace(outcome, **changes)  # type: ignore[arg-type] # fields of an outcome by name
    return trace(changed, "007", form or given_form)


def by_code(page: Trace) -> dict[str, Row]:
    return {r.code: r for r in page.rows if r.kind in {RowKind.ITEM, RowKind.CLAIM}}


#: Code, what was typed, whose number stands, what stands, what counts, why.
ROWS = (
    ("A1-1", "4.5", By.BRANCH, 4, 4, "佐证不足", ""),
    ("A1-2", "3", By.COUNTS, 2, 2, "无故缺席1次，扣1分", ""),
    ("A1-3", "1", By.MEMBER, 1, 1, "", ""),
    ("A2-1", "4", By.MEMBER, 4, 4, "", ""),
    ("A2-3", "1.5", By.MEMBER, "1.5", 0, "", "取最好 3 项，最多 10 分"),
    ("A2-4", "4", By.MEMBER, 4, 2, "", "取最好 3 项，最多 10 分"),
    ("A2-5", "", None, None, None, "", "未申报"),
    ("A3-1", "", By.BRANCH, 4, 4, "", ""),
    ("A3-3", "满分", By.BRANCH, 2, 2, "", ""),
    ("B1-1", "4", By.MEMBER, 4, 4, "", ""),
    ("A+1-1", "6", By.MEMBER, 6, 6, "", ""),
    ("A+2-1", "3", By.BRANCH, 1, 1, "有通知", ""),
    ("A+3-1", "3", By.MEMBER, 3, 3, "", ""),
)


@pytest.mark.parametrize("row_told", ROWS, ids=[code for code, *_rest in ROWS])
def test_each_row_says_whose_number_stands_and_why(row_told: tuple[object, ...]) -> None:
    code, typed, by, stands, counted, ground, why = row_told
    found = by_code(explained())[str(code)]
    assert (found.typed, found.by, found.ground, found.why) == (typed, by, ground, why)
    points = [None if each is None else Decimal(str(each)) for each in (stands, counted)]
    assert [found.stands, found.counted] == points


def test_places_and_meetings_lead_back_to_cells_and_sessions() -> None:
    rows = by_code(explained())
    assert rows["A1-1"].source == Source("收回/甲.xlsx", "工作", "F7")
    assert (rows["A1-1"].decided, rows["A1-1"].meeting) == (CELL, "3（支委会 2015-12-20）")
    assert rows["A1-2"].decided == Source("核定.xlsx", "台账", "E7")
    assert (rows["A1-3"].meeting, rows["A1-3"].decided) == ("", Source())
    assert rows["A1-1"].proof == "检查记录"
    assert rows["A+1-1"].proof == "省级，发〔2015〕1号，2015-06-01"


def test_what_is_too_much_of_a_bonus_is_taken_off_in_rows_of_its_own() -> None:
    caps = [(r.code, r.counted, r.why) for r in explained().rows if r.kind is RowKind.CAP]
    assert caps == [
        ("A+1", Decimal(-4), "这项加分最多 6 分"),
        ("A", Decimal(-2), "加分合计最多 8 分"),
    ]


def test_without_the_form_the_lines_tell_what_they_know() -> None:
    outcome = explained()
    bare = Outcome(
        scheme=RICH,
        scheme_version="1",
        standings=(standing_of(score(RICH, placed(filled(TYPED)), RULING)),),
        decided=Rulings(members={"007": RULING}),
    )
    rows, full_rows = by_code(trace(bare, "007")), by_code(outcome)
    assert rows["A1-3"].source == full_rows["A1-3"].source
    assert rows["A1-1"].source == Source()
    assert {c: r.counted for c, r in rows.items()} == {c: r.counted for c, r in full_rows.items()}


def standing_of(found: object) -> Standing:
    member = Member(id="007", name="甲")
    return Standing(member=member, status=StandingStatus.GRADED, score=found)  # type: ignore[arg-type] # a score


# ------------------------------------------------------------------ tiers


def by_kind(page: Trace) -> dict[VerdictKind, Verdict]:
    return {v.kind: v for v in page.verdicts}


def test_the_way_to_the_tier_names_line_gate_veto_seats_and_the_last_word() -> None:
    found = by_kind(explained())
    assert list(found) == [k for k in VerdictKind if k is not VerdictKind.ABSENT]
    said = {kind.value: (v.result, v.why, v.meeting) for kind, v in found.items()}
    assert said == {
        "approval": ("同意", "", "3（支委会 2015-12-20）"),
        "score_tier": ("优", "总分 39，优是 35（含）以上", ""),
        "gate": ("达到", "纪律基本分 4，评优要 3 分以上", ""),
        "veto": ("V1，最高 中", "弄虚作假或受处分；依据：文件一", "3（支委会 2015-12-20）"),
        "highest": ("中", "", ""),
        "seats": ("不在候选之列", "名额 0 名，基数 1 人，候选 0 人", ""),
        "proposed": ("中", "否决 V1（文件一），最高 中", ""),
        "final": ("中", "会上定的", "3（支委会 2015-12-20）"),
    }
    assert found[VerdictKind.VETO].decided == Source("核定.xlsx", "核定", "H7")
    assert explained().open == ()


def test_what_is_open_is_listed_and_who_objected_is_not() -> None:
    objection = Objection(number="2", member="007", raiser="举报的人", content="内容")
    finding = Finding(
        code="V401", severity=Severity.ERROR, source=Source(), message="要改", member="007"
    )
    page = explained(
        decided=Rulings(members={"007": RULING}, objections=(objection,)), findings=(finding,)
    )
    assert page.open == ("异议 2 还没有答复", "V401 要改")
    assert "举报的人" not in repr(page)


def test_a_tier_that_decides_nothing_yet_is_told() -> None:
    waiting = replace(explained_standing(), final_tier=None, provisional=True, approved=False)
    final = by_kind(explained(standings=(waiting,)))[VerdictKind.FINAL]
    assert (final.result, final.why) == ("还没有", "核定表里填的“中”还不作数；会上定的")


def explained_standing() -> Standing:
    found = score(RICH, placed(filled(TYPED)), RULING)
    member = Member(id="007", name="甲", category="在册")
    (standing,), _quota = rank(
        RICH, Roster(members=(member,)), {"007": found}, {}, [RULING], approved={"007"}
    )
    return standing


@pytest.mark.parametrize("status", [s for s in StandingStatus if s.value in {"exempt", "missing"}])
def test_who_is_not_scored_has_a_reason_and_no_rows(status: StandingStatus) -> None:
    standing = Standing(member=Member(id="007", name="甲"), status=status, reasons=("依据",))
    page = explained(standings=(standing,))
    assert (page.rows, page.total) == ((), None)
    (verdict,) = page.verdicts
    assert verdict.kind is VerdictKind.ABSENT
    assert verdict.why == "依据"


# ------------------------------------------------------------------ the page


def test_a_page_fits_a_terminal_whatever_was_typed() -> None:
    long = "很长的事由，\n写了又写；" * 20 + "\x1b[2J" + "abc " * 40
    form = replace(
        placed(filled({**TYPED, ("A1-1", Field.EVIDENCE): long, ("A3-3", Field.SCORE): long})),
        file="收回/" + "长名字" * 30 + ".xlsx",
    )
    lines = list(trace_lines(explained(form)))
    assert max(map(width, lines)) <= 80
    assert all(line == clean(line) for line in lines)
    whole = "".join(line.strip() for line in lines).replace(" ", "")
    assert clean(long).replace(" ", "") in whole


def test_the_json_has_every_row_and_adds_up() -> None:
    document = trace_json(explained())
    json.dumps(document)
    rows = [r for r in document["rows"] if r["kind"] in set(ADDED)]
    points = sum((Decimal(r["counted"]) for r in rows if r["counted"] is not None), ZERO)
    assert points == Decimal(document["total"]) == Decimal(39)
    assert document["rows"][0]["source"] == {"file": "收回/甲.xlsx", "sheet": "工作", "cell": "F7"}


def test_a_member_is_called_by_id_or_by_a_name_of_one() -> None:
    people = [("007", "甲"), ("A-1", "乙"), ("009", "乙"), ("010", "007")]
    standings = tuple(
        Standing(member=Member(id=m, name=name), status=StandingStatus.MISSING)
        for m, name in people
    )
    outcome = Outcome(scheme=RICH, scheme_version="1", standings=standings)
    for text, found in {
        "007": ["007"],
        "００７": ["007"],
        "a-1": ["A-1"],
        " 甲 ": ["007"],
        "乙": ["A-1", "009"],
        "丁": [],
    }.items():
        assert [member.id for member in called(outcome, text)] == found


# ------------------------------------------------------------------ the command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round with one form in, and two members of one name."""
    folder = make(
        tmp_path_factory.mktemp("round") / "考核",
        UNREVIEWED,
        [person("001", "甲一"), person("002", "重名"), person("003", "重名")],
    )
    forms(folder)
    drop(folder, "甲.xlsx", fill(blank_form(folder, "001"), full(UNREVIEWED)))
    return folder


def first_item(scheme: Scheme) -> Item:
    return scheme.parts[0].items[0]


def test_the_command_tells_the_state_last_collected(folder: Path) -> None:
    before = run("-C", folder, "trace", "001", "--json")
    assert (before.status, before.error["code"]) == (2, "usage")
    members = {m["id"]: m for m in collected(folder)["members"]}
    shown = run("-C", folder, "trace", "甲一", "--json").document
    assert shown["member"] == {"id": "001", "name": "甲一"}
    assert shown["total"] == members["001"]["total"]
    item = first_item(UNREVIEWED)
    first = next(r for r in shown["rows"] if r["code"] == item.code)
    assert first["source"]["file"] == "收回/甲.xlsx"
    assert first["source"]["sheet"] == UNREVIEWED.parts[0].sheet
    assert first["rule"]
    page = run("-C", folder, "trace", "001")
    assert page.status == 0
    assert f"（{first['source']['sheet']}!{first['source']['cell']}）" in page.out
    assert page.out.splitlines()[-1].startswith("下一步：")


@pytest.mark.parametrize(("text", "told"), [("999", "999"), ("重名", "002、003")])
def test_nobody_or_several_of_that_name_is_wrong_use(folder: Path, text: str, told: str) -> None:
    collected(folder)
    ran = run("-C", folder, "trace", text, "--json")
    assert (ran.status, ran.error["code"]) == (2, "usage")
    assert told in ran.error["message"]
    assert ran.error["fix"]
