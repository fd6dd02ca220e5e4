"""T5: sums in a form against the points that count."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from checks.builders import ERROR, UNCACHED, Typed, form, form_case, formula, honour, said

Rows = Mapping[str, Mapping[str, Typed]]

#: A form at its best has 60 in A and 40 in B.
TOTALS: list[tuple[dict[str, Typed], Rows, dict[str, Typed], list[str]]] = [
    ({"A": 60, "B": 40}, {}, {}, []),
    ({"A": formula(60)}, {}, {}, []),
    ({"A": "60分"}, {}, {}, []),
    ({"A": Decimal("60.00000000000001")}, {}, {}, []),
    ({"A": UNCACHED}, {}, {}, []),
    ({"A": 62}, {}, {}, ["T501 A A!I60"]),
    ({"A": formula(62), "B": 39}, {}, {}, ["T501 A A!I60", "T501 B B!I60"]),
    ({"A": ERROR}, {}, {}, ["T501 A A!I60"]),
    ({"A": "六十"}, {}, {}, ["T501 A A!I60"]),
    ({"A": 66}, {"A+1-1": honour()}, {}, []),
    # A total is not judged by points that could not be read, or that do not count.
    ({"A": 62}, {}, {"A2-1": "满分"}, []),
    ({"A": 62}, {}, {"A4-1": None}, []),
    ({"A": 66}, {"A+1-1": honour(date=None)}, {}, []),
]


@pytest.mark.parametrize(("totals", "rows", "typed", "expected"), TOTALS)
def test_a_total_that_differs_is_told(
    totals: dict[str, Typed], rows: Rows, typed: dict[str, Typed], expected: list[str]
) -> None:
    assert said(form_case(form(rows, totals=totals, scores=typed)), "T") == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"A3-4": 0}, []),
        ({"A3-4": 2}, ["T502 A3 目标管理!G21"]),
        ({"A3-1": 2, "A3-4": 4}, ["T502 A3 目标管理!G18"]),
    ],
)
def test_more_than_the_best_of_a_group_are_told_once(
    typed: dict[str, Typed], expected: list[str]
) -> None:
    assert said(form_case(form(scores=typed)), "T") == expected


def test_a_bonus_cut_by_its_cap_is_told() -> None:
    two = {"A+1-1": honour(), "A+1-2": honour(level="市级", claim=4, document="局发4号")}
    assert said(form_case(form(two)), "T") == ["T503 A+1 目标管理!I35"]


def test_a_bonus_cut_by_the_cap_of_its_part_is_told() -> None:
    rows: dict[str, Mapping[str, Typed]] = {
        "A+1-1": honour(level="国家级", claim=8),
        "A+2-1": {"level": "省级", "date": "2015-03-01", "claim": 3},
        "A+2-2": {"level": "市级", "date": "2015-03-01", "claim": 2},
        "A+3-1": honour(level="省级", claim=2, document="局发9号"),
    }
    assert said(form_case(form(rows)), "T") == []
    rows["A+3-2"] = honour(level="县级", claim=1, document="局发8号")
    assert said(form_case(form(rows)), "T") == ["T503 A 目标管理!I41"]
