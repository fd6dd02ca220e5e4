"""The sample round is sound, shows what it promises, and comes out as it says."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sheetflow import entries, kinds, number, ranking, samples, schemes, scoring, systems
from sheetflow.claims import ClaimRead, read_claims
from sheetflow.model import (
    Book,
    Entry,
    Field,
    Member,
    QuotaRule,
    Roster,
    Scheme,
    Sheet,
    Source,
    Stamp,
    Standing,
    StandingStatus,
    Submission,
    Value,
    ValueKind,
)
from sheetflow.rosters import SHEET, read_roster, to_table
from sheetflow.rulings import read_rulings
from sheetflow.samples import Sample

FOLDER = systems.sample_folder("agreement")
SCHEME = schemes.load_toml(systems.scheme_bytes("agreement"))
SAMPLE = samples.load(FOLDER)
ITEMS = {item.code: item for part in SCHEME.parts for item in part.items}
ROWS = {row: bonus for part in SCHEME.parts for bonus in part.bonuses for row in bonus.row_codes}
HEADINGS = {getattr(SCHEME.terms, field.value): field for field in Field}
CLAIM_FIELDS = {
    Field.REASON,
    Field.LEVEL,
    Field.ISSUER,
    Field.DOCUMENT,
    Field.DATE,
    Field.CLAIM,
}
DUE = set(SAMPLE.answers) | set(SAMPLE.late)
FAULTY = {
    "008": {code for code in ITEMS if code.startswith("B")},
    "021": {"A4-6"},
    "031": {"A1-1", "A1-2", "A2-2", "B5-2"},
}


# ------------------------------------------------------------------ text → forms → outcome


def value(text: str) -> Value:
    """What a workbook holds after somebody typed this."""
    if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        return Value(ValueKind.NUMBER, text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return Value(ValueKind.DATE, text)
    return Value(ValueKind.TEXT, text)


def submission(sample: Sample, member: str, *, final: bool = False) -> Submission:
    cells = {
        (code, Field.SCORE): text
        for code, text in {**sample.late, **sample.answers}[member].items()
    }
    cells |= {(c, Field.EVIDENCE): t for c, t in sample.evidence.get(member, {}).items()}
    for code, row in sample.claims.get(member, {}).items():
        cells |= {(code, HEADINGS[heading]): text for heading, text in row.items()}
    if final:
        changes = sample.corrections.get(member, {})
        cells |= {(code, HEADINGS[heading]): text for (code, heading), text in changes.items()}
    return Submission(
        file=sample.files[member],
        sha256="",
        stamp=Stamp(round="", scheme="", member=member),
        verified=True,
        entries=tuple(Entry(c, f, value(t), Source()) for (c, f), t in cells.items()),
    )


def roster(sample: Sample) -> Roster:
    absences = {status.title: status.absence for status in SCHEME.statuses}
    return Roster(
        members=tuple(
            Member(
                id=row["编号"],
                name=row["姓名"],
                category=row["类别"],
                absence=absences.get(row["状态"]),
            )
            for row in sample.roster
        )
    )


def standings(scheme: Scheme, sample: Sample, *, final: bool = False) -> tuple[Standing, ...]:
    members = DUE if final else sample.answers
    steps = ("1", "2", "3") if final else ()
    cells = {place: text for step in steps for place, text in sample.decisions[step].items()}
    read = read_rulings(cells, scheme)
    assert not read.faults
    rulings = read.members
    scores = {
        m: scoring.score(scheme, submission(sample, m, final=final), rulings.get(m))
        for m in members
    }
    return ranking.rank(scheme, roster(sample), scores, {}, rulings.values())[0]


def shown(standing: Standing) -> Mapping[str, str]:
    """Put a standing in the words of expected.csv."""
    points = {}
    for part in standing.score.parts if standing.score else ():
        points[f"{part.code}基本分"] = number.text(part.base)
        points[f"{part.code}加分"] = number.text(part.bonus)
    return {
        "编号": standing.member.id,
        "姓名": standing.member.name,
        "状态": standing.status.value,
        **{f"{c}{t}": points.get(f"{c}{t}", "") for c in "AB" for t in ("基本分", "加分")},
        "总分": number.text(standing.total),
        "建议等次": standing.proposed_tier or "",
    }


@pytest.mark.parametrize("final", [False, True], ids=["first", "final"])
def test_the_round_comes_out_as_the_sample_says(final: bool) -> None:
    expected = SAMPLE.expected_final if final else SAMPLE.expected
    found = {s.member.id: shown(s) for s in standings(SCHEME, SAMPLE, final=final)}
    assert found == expected


def test_counts_of_the_readme() -> None:
    def count(*, final: bool) -> tuple[Counter[str], Counter[str]]:
        found = standings(SCHEME, SAMPLE, final=final)
        tiers = Counter(s.proposed_tier for s in found if s.proposed_tier)
        return Counter(s.status.value for s in found), tiers

    absent = {"not_graded": 3, "exempt": 1, "deferred": 1, "left": 1}
    tiers = {"优秀": 9, "合格": 20, "基本合格": 4, "不合格": 1}
    assert count(final=False) == ({"graded": 34, "undecided": 3, "missing": 1, **absent}, tiers)
    assert count(final=True) == ({"graded": 38, **absent}, {**tiers, "优秀": 8, "合格": 25})


# ------------------------------------------------------------------ the cases promised

#: domain table: A base, A bonus, B base, B bonus, total, tier.
VECTORS = {
    "P01": ("002", "60", "0", "40", "0", "100", "优秀"),
    "P02": ("016", "59.5", "0", "40", "0", "99.5", "合格"),
    "P03": ("012", "52", "15", "40", "5", "112", "优秀"),
    "P04": ("029", "45", "0", "35", "0", "80", "合格"),
    "P05": ("039", "44.5", "0", "35", "0", "79.5", "基本合格"),
    "P06": ("040", "35", "0", "25", "0", "60", "基本合格"),
    "P07": ("020", "34.5", "0", "25", "0", "59.5", "不合格"),
    "P08": ("017", "60", "15", "30", "0", "105", "优秀"),
    "P09": ("028", "58", "6", "40", "0", "104", "优秀"),
    "P10": ("030", "58", "5", "40", "0", "103", ""),
    "P11": ("008", "41", "0", "", "0", "", ""),
    "P12": ("021", "", "0", "40", "0", "", ""),
}


@pytest.mark.parametrize("case", VECTORS)
def test_each_vector_has_its_member(case: str) -> None:
    member, *numbers = VECTORS[case]
    assert list(SAMPLE.expected[member].values())[3:] == numbers
    assert f"| {case} | {member} | {SAMPLE.expected[member]['姓名']} |" in readme()


def test_with_gate_and_quota_on_the_low_second_part_closes_the_top_tier() -> None:
    assert SCHEME.quota is not None
    strict = replace(
        SCHEME,
        gates=tuple(replace(gate, active=True) for gate in SCHEME.gates),
        quota=replace(SCHEME.quota, rule=QuotaRule.RATIO),
    )
    found = {s.member.id: s for s in standings(strict, SAMPLE)}
    assert found["017"].proposed_tier == "合格"
    assert sum(s.proposed_tier == "优秀" for s in found.values()) == 8
    assert found["008"].status is StandingStatus.UNDECIDED


def test_both_caps_bite_on_the_member_who_claims_most() -> None:
    raw = Counter[str]()
    for claim in claims_of("012"):
        raw[claim.part.code] += int(2 * claim.counted)
    assert raw == {"A": 2 * 19, "B": 2 * 6}


def test_faults_are_where_the_readme_says_and_nowhere_else() -> None:
    wrong = {member: bad_items(submission(SAMPLE, member)) for member in sorted(SAMPLE.answers)}
    assert {member: codes for member, codes in wrong.items() if codes} == FAULTY


def test_second_round_has_no_faults_left() -> None:
    assert not {m: c for m in DUE if (c := bad_items(submission(SAMPLE, m, final=True)))}


def test_numbers_typed_oddly_are_read_without_doubt() -> None:
    typed = SAMPLE.answers["042"]
    odd = {code for code, text in typed.items() if value(text).kind is ValueKind.TEXT}
    assert {"４．５", "3分", "１分"} <= {typed[code] for code in odd}
    assert all(entries.points(value(typed[code])) is not None for code in odd)


def test_claims_that_do_not_count_are_the_three_promised() -> None:
    lost = {
        (member, claim.code): (bool(claim.missing), claim.outside, claim.repeats)
        for member in sorted(SAMPLE.claims)
        for claim in claims_of(member)
        if not claim.counted
    }
    assert lost == {
        ("005", "B+3-1"): (False, False, "A+1-1"),
        ("011", "A+1-1"): (True, False, ""),
        ("024", "A+3-1"): (False, True, ""),
    }


def test_no_claim_is_above_its_rule() -> None:
    read = [claim for member in SAMPLE.claims for claim in claims_of(member)]
    assert not [claim.code for claim in read if claim.points is None or claim.wrong]
    assert not [claim.code for claim in read if claim.points == 0]
    assert len(SAMPLE.claims) >= 20


def test_a_zero_that_asks_for_a_veto_does_not_occur_without_one() -> None:
    asking = {code for code, item in ITEMS.items() if item.zero_asks_veto}
    zeros = {
        (m, code)
        for m, typed in SAMPLE.answers.items()
        for code in asking
        if typed.get(code) == "0"
    }
    assert not zeros


def claims_of(member: str) -> tuple[ClaimRead, ...]:
    return read_claims(SCHEME, submission(SAMPLE, member))


def bad_items(form: Submission) -> set[str]:
    """Items that are blank though they may not be, or hold what is not allowed."""
    bad = set()
    for code, item in ITEMS.items():
        entry = form.entry(code, Field.SCORE)
        points = entries.points(entry.value) if entry else None
        if entry is None and not item.group:
            bad.add(code)
        if entry and (points is None or kinds.wrong(item, points)):
            bad.add(code)
    return bad


# ------------------------------------------------------------------ the files fit together


def test_ids_run_from_001_to_044_and_every_file_knows_only_them() -> None:
    ids = [row["编号"] for row in SAMPLE.roster]
    assert ids == [f"{n:03d}" for n in range(1, 45)]
    expected = (SAMPLE.expected, SAMPLE.expected_final, SAMPLE.expected_decided)
    assert [list(each) for each in expected] == [ids] * 3
    absent = {row["编号"] for row in SAMPLE.roster if row["状态"]}
    assert not set(SAMPLE.answers) & set(SAMPLE.late)
    assert set(ids) - absent == DUE == set(SAMPLE.files)
    for used in (SAMPLE.claims, SAMPLE.evidence, SAMPLE.corrections):
        assert set(used) <= set(SAMPLE.answers)
    cells = [place for step in SAMPLE.decisions.values() for place in step]
    about = {"approvals", "counts", "focus", "scores.A", "scores.B"}
    assert {place.row for place in cells if place.tab in about} <= {*DUE, "*"}


def test_codes_rows_and_headings_are_those_of_the_scheme() -> None:
    assert header("roster") == [column.heading for column in SCHEME.columns]
    assert header("answers") == header("late") == ["编号", *ITEMS]
    assert {HEADINGS[h] for h in header("claims")[2:]} == CLAIM_FIELDS
    assert all(set(claims) <= set(ROWS) for claims in SAMPLE.claims.values())
    assert all(set(texts) <= set(ITEMS) for texts in SAMPLE.evidence.values())
    for changes in SAMPLE.corrections.values():
        assert {code for code, _heading in changes} <= {*ITEMS, *ROWS}
        assert {heading for _code, heading in changes} <= set(HEADINGS)
    scored = {
        place.column
        for step in SAMPLE.decisions.values()
        for place in step
        if place.tab.startswith("scores.")
    }
    sections = {section.code for part in SCHEME.parts for section in part.sections}
    assert scored <= {*ITEMS, *sections}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.csv")), ids=lambda path: path.stem)
def test_no_row_is_short_long_or_said_twice(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream, strict=True)
    assert rows
    assert {len(row) for row in rows} == {len(head)}
    lengths = {"claims": 2, "evidence": 2, "corrections": 3, "decisions": 4, "settings": 3}
    key_length = lengths.get(path.stem, 1)
    keys = [tuple(row[:key_length]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert not [cell for row in rows for cell in row if cell != cell.strip()]


def test_corrections_change_what_was_typed() -> None:
    for member, changes in SAMPLE.corrections.items():
        for (code, heading), text in changes.items():
            before = submission(SAMPLE, member).entry(code, HEADINGS[heading])
            assert before is None or before.value.raw != text
    assert set(SAMPLE.corrections) == set(FAULTY)


def test_files_have_distinct_names_that_every_system_can_hold() -> None:
    names = list(SAMPLE.files.values())
    assert len({name.casefold() for name in names}) == len(names)
    assert not [name for name in names if re.search(r'[\\:*?"<>|]|/.*/|^[~.]', name)]
    assert all(name.casefold().endswith(".xlsx") for name in names)
    assert {name.split("/")[0] for name in names if "/" in name} == {"第一党小组", "第三党小组"}


def test_roster_words_are_those_of_the_scheme() -> None:
    for column in SCHEME.columns:
        words = {row[column.heading] for row in SAMPLE.roster} - {""}
        assert not column.choices or words <= set(column.choices), column.heading
    table = to_table(SCHEME, SAMPLE.roster)
    values = {
        (r, c): Value(ValueKind.TEXT, str(cell))
        for r, row in enumerate(([col.heading for col in table.columns], *table.rows), 1)
        for c, cell in enumerate(row, 1)
        if cell is not None
    }
    read, faults = read_roster(
        Book((Sheet(SHEET, hidden=False, values=values),)), "名册.xlsx", SCHEME
    )
    assert not faults
    assert [(m.id, m.name, m.absence) for m in read] == [
        (m.id, m.name, m.absence) for m in roster(SAMPLE)
    ]


def test_absent_members_say_why_and_when() -> None:
    absent = {row["状态"]: row for row in SAMPLE.roster if row["状态"]}
    assert set(absent) == {"免评", "缓评", "调出"}
    assert all(row["依据"] for row in absent.values())
    assert absent["调出"]["变动日期"].startswith("2015-")


def test_people_are_of_age_and_varied() -> None:
    def year(text: str) -> int:
        return int(text[:4])

    for row in SAMPLE.roster:
        assert 18 <= year(row["入党时间"]) - year(row["出生年月"]) <= 40
        assert 22 <= SCHEME.year - year(row["出生年月"]) <= 60
    names = Counter(row["姓名"] for row in SAMPLE.roster)
    assert Counter(names.values()) == {1: 42, 2: 1}
    assert {len(name) for name in names} == {2, 3, 4}
    assert len({row["党小组"] for row in SAMPLE.roster}) in range(3, 6)
    assert sum(row["类别"] == "预备党员" for row in SAMPLE.roster) == 3


def test_nothing_is_cited_that_did_not_exist_yet() -> None:
    # What is decided early in the next year is dated there.
    paths = (path for path in FOLDER.glob("*.csv") if path.stem not in {"decisions", "settings"})
    texts = [path.read_text(encoding="utf-8") for path in paths]
    years = {int(found) for text in texts for found in re.findall(r"(?<!\d)20\d\d(?!\d)", text)}
    assert max(years) == SCHEME.year


def test_readme_says_that_everybody_is_invented_and_names_every_file() -> None:
    assert "全部是编造的" in readme()
    assert not [path.name for path in FOLDER.glob("*.csv") if f"`{path.name}`" not in readme()]


def readme() -> str:
    return (FOLDER / "README.md").read_text(encoding="utf-8")


def header(name: str) -> list[str]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))
