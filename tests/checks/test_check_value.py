"""V4: one finding a cell, the first that fits, and nothing at all for what is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.builders import (
    ERROR,
    SCHEME,
    TRUE,
    UNCACHED,
    Typed,
    cells,
    form,
    form_case,
    formula,
    honour,
    said,
    shown,
    value,
)
from sheetflow import entries, kinds, scoring
from sheetflow.checks.registry import run_checks
from sheetflow.checks.wording import bare
from sheetflow.model import Field, Review, Severity, Value, ValueKind

# A2-1: points 0–3 by 0.5. A1-4: by 1. A3-4: 0, 2, 4. B1-2: 0 or 1. A4-1: scored by the branch.
ITEMS: list[tuple[str, Typed, str]] = [
    ("A2-1", 3, ""),
    ("A2-1", 0, ""),
    ("A2-1", Decimal("2.5"), ""),
    ("A2-1", "4-5", "V401"),
    ("A2-1", "满分", "V401"),
    ("A2-1", "1,5", "V401"),
    ("A2-1", "３．０.", "V401"),
    ("A2-1", formula(""), "V401"),
    ("A2-1", 5, "V402"),
    ("A2-1", "5分", "V402"),
    ("A2-1", Decimal("3.005"), "V402"),
    ("A2-1", 10**12, "V402"),
    ("A2-1", formula(5), "V402"),
    ("A2-1", -1, "V403"),
    ("A2-1", -(10**12), "V403"),
    ("A3-4", 3, "V404"),
    ("A3-4", 2, ""),
    ("B1-2", Decimal("0.5"), "V404"),
    ("A2-1", None, "V405"),
    ("B1-2", None, "V405"),
    ("A4-1", None, ""),
    ("A3-4", None, ""),
    ("A2-1", Decimal("2.3333"), "V406"),
    ("A3-4", Decimal("2.125"), "V406"),
    ("A2-1", Decimal("2.3"), "V407"),
    ("A1-4", Decimal("1.5"), "V407"),
    ("A2-1", "３", "V408"),
    ("A2-1", " 2.5 分", "V408"),
    ("A2-1", ERROR, "V409"),
    ("A2-1", UNCACHED, "V410"),
    ("A2-1", date(2015, 4, 5), "V411"),
    ("A2-1", "80%", "V411"),
    ("A2-1", TRUE, "V411"),
    ("A2-1", formula(3), "V412"),
    ("A2-1", formula("3"), "V412"),
    ("A2-1", shown(Decimal("2.5"), "3"), "V423"),
    ("A2-1", shown(Decimal("2.5"), ""), "V423"),
    ("A2-1", formula(shown(Decimal("2.5"), "3")), "V423"),
    ("A2-1", shown(Decimal("2.3"), "2"), "V407"),
    ("A4-1", 5, "V402"),
]


@pytest.mark.parametrize(("code", "typed", "expected"), ITEMS)
def test_a_score_cell_has_the_first_finding_that_fits(
    code: str, typed: Typed, expected: str
) -> None:
    at = cells()[code, Field.SCORE]
    found = said(form_case(form(scores={code: typed})), "V")
    assert found == ([f"{expected} {code} {at.sheet}!{at.cell}"] if expected else [])


def test_the_message_says_place_allowed_found_and_remedy() -> None:
    (finding,) = run_checks(form_case(form(A2_1=5)), "V")
    assert finding.message == (
        "目标管理表 G12（A2-1）应填 0–3 分，每 0.5 分一档，读到“5”，请改正后重新交回。"
    )
    assert (finding.found, finding.expected) == ("5", "0–3 分，每 0.5 分一档")
    assert (finding.item, finding.member) == ("A2-1", "007")


def test_a_group_left_blank_is_told_once() -> None:
    blank = form(scores={f"A3-{n}": None for n in range(1, 7)})
    assert said(form_case(blank), "V") == ["V405 A3 目标管理!G18"]


def test_without_review_the_branch_s_items_must_be_filled_too() -> None:
    scheme = replace(SCHEME, settings=replace(SCHEME.settings, review=Review.NONE))
    assert said(form_case(form(A4_1=None), scheme=scheme), "V") == ["V405 A4-1 目标管理!G24"]


def test_a_row_that_is_gone_is_not_called_blank() -> None:
    sub = form(A2_1=None)
    spots = {code: at for code, at in sub.spots.items() if code != "A2-1"}
    assert said(form_case(replace(sub, spots=spots)), "V") == []


def test_a_number_under_approved_is_ignored_with_a_warning() -> None:
    rows: dict[str, Mapping[str, Typed]] = {"A2-1": {"approved": 3}}
    assert said(form_case(form(rows)), "V") == ["V413 A2-1 目标管理!H12"]


def test_points_in_the_wrong_column_alone_are_asked_about() -> None:
    rows: dict[str, Mapping[str, Typed]] = {"A3-3": {"approved": 4}}
    (finding,) = run_checks(form_case(form(rows, scores={"A3-3": None})), "V")
    assert finding.code == "V413"
    assert finding.fix == "“自评分”一栏空着，可能填错了栏，请核对"


def test_a_form_without_owner_is_not_judged() -> None:
    assert said(form_case(form(member=None, A2_1=5)), "V") == []


# ------------------------------------------------------------------ bonus

Rows = Mapping[str, Mapping[str, Typed]]
#: A+1: by level, at most 8. A+4: 1–3. A+5: 0.5 for every 10 hours above 20, at most 2.
BONUSES: list[tuple[Rows, list[str]]] = [
    ({"A+1-1": honour()}, []),
    ({"A+4-1": {"reason": "救灾", "document": "支委会", "claim": Decimal("1.5")}}, []),
    ({"A+5-1": {"document": "45小时", "claim": 1}}, []),
    ({"A+1-1": honour(level="全国级")}, ["V414 A+1-1 level"]),
    ({"A+1-1": honour(level="县级")}, ["V415 A+1-1 claim"]),
    ({"A+1-1": honour(claim=10**12)}, ["V415 A+1-1 claim"]),
    ({"A+5-1": {"document": "45", "claim": 2}}, ["V415 A+5-1 claim"]),
    ({"A+1-1": honour(claim=None)}, ["V416 A+1-1 claim"]),
    ({"A+1-1": {"reason": "先进个人"}}, ["V416 A+1-1 claim"]),
    ({"A+1-1": honour(document=None)}, ["V417 A+1-1 document"]),
    ({"A+1-1": honour(date="五月")}, ["V417 A+1-1 date"]),
    ({"A+1-1": honour(level=None)}, ["V417 A+1-1 level"]),
    ({"A+1-1": honour(document=ERROR)}, ["V417 A+1-1 document"]),
    ({"A+5-1": {"document": "很多", "claim": 1}}, ["V417 A+5-1 document"]),
    ({"A+1-1": honour(date=date(2014, 12, 30))}, ["V418 A+1-1 date"]),
    ({"A+1-1": honour(date="2016.1.3")}, ["V418 A+1-1 date"]),
    ({"A+1-1": honour(claim="加6")}, ["V420 A+1-1 claim"]),
    ({"A+1-1": honour(claim="加6", date=None)}, ["V420 A+1-1 claim", "V417 A+1-1 date"]),
    ({"A+4-1": {"document": "支委会", "claim": Decimal("0.5")}}, ["V421 A+4-1 claim"]),
    ({"A+1-1": honour(claim=Decimal("5.3"))}, ["V421 A+1-1 claim"]),
    ({"A+1-1": honour(claim=-1)}, ["V421 A+1-1 claim"]),
    ({"A+1-1": honour(claim="６分")}, ["V408 A+1-1 claim"]),
    ({"A+1-1": honour(claim=ERROR)}, ["V409 A+1-1 claim"]),
    ({"A+1-1": honour(claim=UNCACHED)}, ["V410 A+1-1 claim"]),
    ({"A+1-1": honour(claim=TRUE)}, ["V411 A+1-1 claim"]),
    ({"A+1-1": honour(claim=formula(6))}, ["V412 A+1-1 claim"]),
    ({"A+1-1": honour(claim=0, date=None)}, []),
    (
        {"A+1-1": honour(), "A+1-2": honour(level="市级", claim=4, document="局发[2015]3号")},
        ["V419 A+1-2 document"],
    ),
    ({"A+1-1": honour(), "A+1-2": honour(document="局发〔2015〕4号", reason="优秀班主任")}, []),
    (
        {f"A+5-{n}": {"document": "45小时", "claim": 1} for n in (1, 2)},
        ["V424 A+5-2 claim"],
    ),
    (
        {f"A+1-{n}": honour(document=f"局发〔2015〕{n}号", reason="先进") for n in (1, 2)},
        ["V424 A+1-2 reason"],
    ),
]


def test_what_may_be_one_thing_reads_well_behind_the_name_of_its_cell() -> None:
    rows: dict[str, Mapping[str, Typed]] = {
        f"A+1-{n}": honour(document=f"局发〔2015〕{n}号", reason="先进") for n in (1, 2)
    }
    rows |= {f"A+5-{n}": {"document": "45小时", "claim": 1} for n in (1, 2)}
    said = [bare(finding) for finding in run_checks(form_case(form(rows)), "V")]
    assert said == [
        "与 A+1-1 的事由相同，可能是同一件事，两行都先计着",
        "时数在 A+5-1 也报了，只报一行，就高计一次，这一行计 0 分",
    ]


def test_what_is_not_seen_in_a_text_is_said() -> None:
    (finding,) = run_checks(form_case(form(A2_1="3\u200b-4")), "V")
    assert finding.found == "3-4（有看不见的字符）"


@pytest.mark.parametrize(("rows", "expected"), BONUSES)
def test_a_bonus_row_is_told_at_the_cell_at_fault(rows: Rows, expected: list[str]) -> None:
    def placed(text: str) -> str:
        code, row, field = text.split()
        at = cells()[row, Field(field)]
        return f"{code} {row} {at.sheet}!{at.cell}"

    assert said(form_case(form(rows)), "V") == [placed(text) for text in expected]


def test_a_blank_cell_in_moved_columns_is_found_beside_its_fellows() -> None:
    sub = form({"A+1-1": honour(document=None), "A+1-2": honour(document="局发4号", reason="")})
    moved = tuple(
        e._replace(spot=e.spot._replace(cell=e.spot.cell.replace("G", "M")))
        if e.field is Field.DOCUMENT
        else e
        for e in sub.entries
    )
    row = cells()["A+1-1", Field.DOCUMENT].cell.lstrip("G")
    assert said(form_case(replace(sub, entries=moved)), "V") == [f"V417 A+1-1 目标管理!M{row}"]


# ------------------------------------------------------------------ the promise

PIECES = st.sampled_from(
    ["0", "1", "2", "2.5", "3", "5", "３", "．", ".", "-", " ", "分", ",", "%"]
)
TYPED = st.one_of(
    st.text(max_size=6).map(lambda text: Value(ValueKind.TEXT, text)),
    st.lists(PIECES, max_size=4).map(lambda pieces: Value(ValueKind.TEXT, "".join(pieces))),
    st.decimals(-2, 6, places=3).map(value),
    st.sampled_from(["0", "0.5", "1", "1.5", "2", "2.5", "3", "4"]).map(Decimal).map(value),
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(
        lambda number: value(Decimal(repr(number)))
    ),
    st.sampled_from([ERROR, UNCACHED, TRUE, value(date(2015, 3, 4))]),
)


@settings(max_examples=150, deadline=None)
@given(typed=TYPED, code=st.sampled_from(["A1-4", "A2-1", "B1-2", "A4-1"]), live=st.booleans())
def test_what_has_no_error_counts_and_nothing_else_does(
    typed: Value, code: str, live: bool
) -> None:
    typed = typed._replace(formula=typed.formula or live)
    sub = form(scores={code: typed})
    findings = run_checks(form_case(sub), "V")
    assert len(findings) <= 1
    item = next(i for part in SCHEME.parts for i in part.items if i.code == code)
    points = entries.points(typed)
    fine = points is not None and kinds.wrong(item, points) is None
    error = any(finding.severity is Severity.ERROR for finding in findings)
    assert error is not fine
    counted = [ln.counted for ln in scoring.score(SCHEME, sub).lines if ln.code == code]
    assert counted == ([points] if fine else [])
