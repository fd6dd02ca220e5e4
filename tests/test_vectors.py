"""The vectors of the rules, through the whole path: forms written, filled, collected."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from rounds import (
    AGREEMENT,
    UNREVIEWED,
    Answers,
    Json,
    Row,
    blank,
    by_file,
    by_id,
    collected,
    decide,
    drop,
    fill,
    forms,
    make,
    person,
    solve,
    types_setting,
    write_roster,
)

from sheetflow import round as rounds
from sheetflow.flows.collect import Collected, collect
from sheetflow.model import EVERYONE, Place, Quota, QuotaRule, Rounding, Scheme, Stage, Tab

SCHEME = replace(
    UNREVIEWED,
    gates=tuple(replace(gate, active=True) for gate in UNREVIEWED.gates),
    quota=Quota(
        tier="优秀", rule=QuotaRule.RATIO, share=1, of=3, rounding=Rounding.FLOOR,
        ties=("B", "A1"),
    ),
)  # fmt: skip
A, B = SCHEME.parts


def claim(points: str, level: str | None = None, number: str | None = None) -> Row:
    return {
        "事由": "受到表彰", "级别": level, "发文单位": "某单位", "文号": number,
        "日期": date(2015, 6, 1), "申报分": Decimal(points),
    }  # fmt: skip


#: Claims of 19 points in A, where 15 count, and of 6 in B, where 5 count.
A_19 = {
    "A+1-1": claim("8", "国家级", "甲〔2015〕1号"),
    "A+2-1": claim("3", "省级"),
    "A+2-2": claim("2", "市级"),
    "A+3-1": claim("2", "省级", "甲〔2015〕2号"),
    "A+3-2": claim("1", "县级", "甲〔2015〕3号"),
    "A+4-1": claim("3", None, "3月支委会"),
}
B_6 = {
    **{f"B+1-{n}": claim("1") for n in (1, 2)},
    **{f"B+2-{n}": claim("0.5") for n in (1, 2, 3, 4)},
    "B+3-1": claim("2", "市级", "乙〔2015〕1号"),
}
A_15 = {code: A_19[code] for code in ("A+1-1", "A+2-1", "A+2-2", "A+3-1")}
A_6 = {"A+1-1": claim("6", "省级", "甲〔2015〕4号")}
A_5 = {"A+1-1": claim("4", "市级", "甲〔2015〕5号"), "A+2-1": claim("1", "县级")}
A_8 = {"A+1-1": A_19["A+1-1"]}
A_3 = {"A+2-1": A_19["A+2-1"]}
A_2 = {"A+2-2": A_19["A+2-2"]}


def answers(a: str, b: str, *claims: Answers, fixed: Mapping[str, int] | None = None) -> Answers:
    """Answers of these base points; a part of 缺 stays blank."""
    points = solve(A, Decimal(a), fixed)
    points |= {} if b == "缺" else solve(B, Decimal(b))
    return points | {code: row for each in claims for code, row in each.items()}


@dataclass(frozen=True)
class Vector:
    """A row of the reference's table: what is typed and what must come out."""

    typed: Answers
    #: A base, A bonus, B base, B bonus. Below 36 in B the gate limits the tier.
    points: tuple[str | None, str | None, str | None, str | None]
    total: str | None
    score_tier: str | None
    max_tier: str | None
    proposed: str | None
    status: str = "graded"


GOOD, FAIR, BASIC, POOR = (tier.title for tier in SCHEME.tiers)
VECTORS: Mapping[str, Vector] = {
    "P01": Vector(answers("60", "40"), ("60", "0", "40", "0"), "100", GOOD, None, GOOD),
    "P02": Vector(answers("59.5", "40"), ("59.5", "0", "40", "0"), "99.5", FAIR, None, FAIR),
    "P03": Vector(
        answers("52", "40", A_19, B_6), ("52", "15", "40", "5"), "112", GOOD, None, GOOD
    ),
    "P04": Vector(answers("45", "35"), ("45", "0", "35", "0"), "80", FAIR, FAIR, FAIR),
    "P05": Vector(answers("44.5", "35"), ("44.5", "0", "35", "0"), "79.5", BASIC, FAIR, BASIC),
    "P06": Vector(answers("35", "25"), ("35", "0", "25", "0"), "60", BASIC, FAIR, BASIC),
    "P07": Vector(answers("34.5", "25"), ("34.5", "0", "25", "0"), "59.5", POOR, FAIR, POOR),
    "P08": Vector(answers("60", "30", A_15), ("60", "15", "30", "0"), "105", GOOD, FAIR, FAIR),
    "P09": Vector(answers("58", "40", A_6), ("58", "6", "40", "0"), "104", GOOD, FAIR, FAIR),
    "P10": Vector(
        answers("58", "40", A_5), ("58", "5", "40", "0"), "103", GOOD, None, None, "not_graded"
    ),
    "P11": Vector(
        answers("41", "缺"), ("41", "0", None, "0"), None, None, None, None, "undecided"
    ),
    "P12": Vector(
        {**answers("60", "40"), "A4-6": Decimal("1.995")},
        (None, "0", "40", "0"), None, None, None, None, "undecided",
    ),
    "Q13": Vector(answers("52", "38"), ("52", "0", "38", "0"), "90", FAIR, None, FAIR),
}  # fmt: skip


def round_of(folder: Path, scheme: Scheme, typed: Mapping[str, Answers], roster: int = 0) -> Json:
    """Write forms, fill and collect them; the roster is made up to ``roster`` members."""
    rows = [person(m, category="预备党员" if m == "P10" else "正式党员") for m in typed]
    rows += [person(f"X{n:02d}") for n in range(len(rows), roster)]
    make(folder, scheme, rows)
    forms(folder, *typed)
    for member, cells in typed.items():
        drop(folder, f"{member}.xlsx", fill(blank(folder, member), cells))
    return collected(folder)


VETO = {
    Place(Tab.APPROVALS, "P09", "veto"): "V1",
    Place(Tab.APPROVALS, "P09", "basis"): "通报批评，丙〔2015〕1号",
}


@pytest.fixture(scope="module")
def vetoed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vectors' round, collected once, with the veto of P09 typed into the desk."""
    folder = tmp_path_factory.mktemp("vectors") / "考核"
    first = round_of(folder, SCHEME, {m: vector.typed for m, vector in VECTORS.items()})
    assert by_id(first)["P09"]["proposed_tier"] == GOOD
    decide(folder, VETO)
    return folder


@pytest.fixture(scope="module")
def document(vetoed: Path, tmp_path_factory: pytest.TempPathFactory) -> Json:
    return collected(shutil.copytree(vetoed, tmp_path_factory.mktemp("不需要核定") / "考核"))


@pytest.mark.parametrize("member", VECTORS)
def test_a_member_of_the_table_comes_out_as_the_table_says(document: Json, member: str) -> None:
    vector, found = VECTORS[member], by_id(document)[member]
    parts = found["parts"]
    points = tuple(parts[part][kind] for part in "AB" for kind in ("base", "bonus"))
    assert points == vector.points
    assert found["total"] == vector.total
    assert found["score_tier"] == vector.score_tier
    assert found["max_tier"] == vector.max_tier
    assert found["proposed_tier"] == vector.proposed
    assert found["status"] == vector.status


def test_without_review_what_is_proposed_is_final(document: Json) -> None:
    assert document["round"]["provisional"] is False
    members = document["members"]
    assert not any(member["provisional"] for member in members)
    assert [m["final_tier"] for m in members] == [m["proposed_tier"] for m in members]


def test_the_quota_is_a_third_of_the_twelve_full_members(document: Json) -> None:
    quota = document["quota"]
    assert (quota["tier"], quota["base"], quota["limit"]) == (GOOD, 12, 4)
    assert quota["candidates"] == ["P03", "P01"]
    assert quota["ties"] == []


def test_whose_tier_is_limited_or_open_is_told_why(document: Json) -> None:
    members = by_id(document)
    words = {"P08": "36", "P09": "V1", "P10": "不定等次", "P11": "退回", "P12": "A4-6"}
    for member, word in words.items():
        assert word in "；".join(members[member]["reasons"]), member


def test_a_blank_part_is_an_error_in_each_of_its_cells_and_never_zero(document: Json) -> None:
    file = by_file(document)["收回/P11.xlsx"]
    errors = {f["item"] for f in file["findings"] if f["severity"] == "error"}
    assert file["status"] == "returned"
    assert errors == {item.code for item in B.items}


def test_three_decimals_are_an_error_that_names_the_cell(document: Json) -> None:
    file = by_file(document)["收回/P12.xlsx"]
    (error,) = (f for f in file["findings"] if f["severity"] == "error")
    assert file["status"] == "returned"
    assert (error["item"], error["found"], error["sheet"]) == ("A4-6", "1.995", "目标管理")
    assert error["cell"]


def test_the_counts_of_the_vectors_reconcile(document: Json) -> None:
    counts = document["counts"]
    assert counts["assessed"] == counts["graded"] + counts["not_graded"] == 11
    assert (counts["undecided"], counts["missing"]) == (2, 0)
    assert (counts["received"], counts["accepted"], counts["returned"]) == (13, 11, 2)


def test_on_the_default_settings_a_hundred_points_are_proposed_for_the_highest_tier(
    tmp_path: Path,
) -> None:
    document = round_of(tmp_path / "默认", AGREEMENT, {"P01": VECTORS["P01"].typed})
    found = by_id(document)["P01"]
    assert (found["total"], found["proposed_tier"], found["final_tier"]) == ("100", GOOD, None)
    assert found["provisional"] is True
    assert document["round"]["provisional"] is True


# ------------------------------------------------------------------ decided by the branch

EVENING, AFTER = datetime(2015, 12, 22, 20), datetime(2016, 1, 8, 20)  # noqa: DTZ001 - local time
#: Sent back for correction: nobody may decide about them yet.
OUT = ("P11", "P12")


def judged() -> dict[Place, str]:
    """The branch's own score for every item that it scores, just what the member hoped for."""
    items = [item for item in A.items if item.scored_by == "branch"]
    assert {item.code for item in items} == {f"A4-{n}" for n in range(1, 7)}
    return {
        Place(f"{Tab.SCORES}.A", member, item.code): str(vector.typed[item.code])
        for member, vector in VECTORS.items()
        if member not in OUT
        for item in items
    }


@pytest.fixture(scope="module")
def evening(vetoed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Collected]:
    """The same round where the branch must approve, after one evening at the desk."""
    folder = shutil.copytree(vetoed, tmp_path_factory.mktemp("核定") / "考核")
    types_setting(folder, "基本", "核定", "必须")
    types_setting(folder, "公示", "公示开始", datetime(2015, 12, 25))  # noqa: DTZ001 - a day
    types_setting(folder, "公示", "公示结束", datetime(2016, 1, 5))  # noqa: DTZ001 - a day
    said = {
        Place(Tab.AGENDA, EVERYONE, "conclusion"): "议过",
        Place(Tab.APPROVALS, EVERYONE, "approval"): "同意",
        Place(Tab.APPROVALS, EVERYONE, "meeting"): "1",
        Place(Tab.APPROVALS, EVERYONE, "tier"): "按建议",
        Place(Tab.MEETINGS, "1", "kind"): AGREEMENT.meetings[0].title,
        Place(Tab.MEETINGS, "1", "day"): "2015-12-22",
        Place(Tab.MEETINGS, "1", "due"): "5",
        Place(Tab.MEETINGS, "1", "present"): "5",
    }
    decide(folder, judged() | said)
    return folder, collect(rounds.Round(folder), now=EVENING)


@pytest.mark.parametrize("member", VECTORS)
def test_decided_at_the_desk_it_is_what_the_table_says_and_final(
    evening: tuple[Path, Collected], member: str
) -> None:
    vector, found = VECTORS[member], by_id(evening[1].document)[member]
    parts = found["parts"]
    points = tuple(parts[part][kind] for part in "AB" for kind in ("base", "bonus"))
    assert (points, found["total"]) == (vector.points, vector.total)
    tiers = (found["score_tier"], found["max_tier"], found["proposed_tier"])
    assert tiers == (vector.score_tier, vector.max_tier, vector.proposed)
    assert found["status"] == vector.status
    assert found["final_tier"] == vector.proposed
    assert found["provisional"] is (member in OUT)


def test_one_evening_decides_all_that_is_not_out(evening: tuple[Path, Collected]) -> None:
    done = evening[1]
    assert [f.message for f in done.outcome.findings if f.code.startswith("D")] == []
    approved = {s.member.id for s in done.outcome.standings if s.approved}
    assert approved == VECTORS.keys() - set(OUT)
    assert done.outcome.quota
    assert done.outcome.quota.candidates == ("P03", "P01")
    assert done.outcome.progress
    assert done.outcome.progress.stage is Stage.COLLECTING


def test_without_the_two_that_are_out_the_round_comes_to_its_end(
    evening: tuple[Path, Collected], tmp_path: Path
) -> None:
    folder = shutil.copytree(evening[0], tmp_path / "考核")
    rows = [
        person(
            m,
            category="预备党员" if m == "P10" else "正式党员",
            **({"状态": "缓评", "依据": "校发〔2015〕9号"} if m in OUT else {}),
        )
        for m in VECTORS
    ]
    write_roster(folder, SCHEME, rows)
    before = collect(rounds.Round(folder), now=EVENING)
    after = collect(rounds.Round(folder), now=AFTER)
    stages = [each.outcome.progress and each.outcome.progress.stage for each in (before, after)]
    assert stages == [Stage.PUBLISHING, Stage.FILING]
    finals = {m["id"]: m["final_tier"] for m in after.document["members"]}
    assert finals == {m: None if m in OUT else VECTORS[m].proposed for m in VECTORS}
    assert after.document["round"]["provisional"] is False


# ------------------------------------------------------------------ ties at the line

ABOVE_THE_LINE: Mapping[str, Answers] = {
    "T01": answers("52", "40", A_19, B_6),
    "T02": answers("60", "40", A_8),
    "T03": answers("60", "40", A_3),
    "T05": answers("60", "40"),
}


def tied_round(folder: Path, fourth: Answers) -> Json:
    return round_of(folder, SCHEME, {**ABOVE_THE_LINE, "T04": fourth}, roster=12)


def test_equal_in_every_way_at_the_line_is_left_to_people_and_said(tmp_path: Path) -> None:
    document = tied_round(tmp_path / "并列", answers("60", "40"))
    members, quota = by_id(document), document["quota"]
    assert [members[f"T0{n}"]["total"] for n in range(1, 6)] == ["112", "108", "103", "100", "100"]
    assert (quota["limit"], quota["ties"]) == (4, [["T04", "T05"]])
    for tied in ("T04", "T05"):
        found = members[tied]
        assert (found["status"], found["proposed_tier"]) == ("undecided", None)
        assert any("并列" in reason for reason in found["reasons"])
    assert [members[f"T0{n}"]["proposed_tier"] for n in (1, 2, 3)] == [GOOD] * 3
    assert document["counts"]["undecided"] == 2


@pytest.mark.parametrize(
    "loser",
    [
        pytest.param(answers("60", "38", A_2), id="less in part B"),
        pytest.param(answers("58", "40", A_2, fixed={"A1-1": 3}), id="as much in B, less in A1"),
    ],
)
def test_equal_totals_are_settled_by_part_b_then_by_section_a1(
    tmp_path: Path, loser: Answers
) -> None:
    document = tied_round(tmp_path / "次序", loser)
    members = by_id(document)
    assert members["T04"]["total"] == members["T05"]["total"] == "100"
    assert document["quota"]["ties"] == []
    assert document["quota"]["candidates"] == ["T01", "T02", "T03", "T05", "T04"]
    assert members["T05"]["proposed_tier"] == GOOD
    assert (members["T04"]["status"], members["T04"]["proposed_tier"]) == ("graded", FAIR)
    assert any("名额" in reason for reason in members["T04"]["reasons"])
