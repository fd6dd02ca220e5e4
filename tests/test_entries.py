"""What one filled cell says: points, a day, a text; nothing else is made of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.entries import day, points, text
from sheetflow.model import Value, ValueKind

K = ValueKind
NUMBERS = (
    (Value(K.NUMBER, "4.5"), "4.5"),
    (Value(K.NUMBER, "2.2999999999999998"), "2.3"),
    (Value(K.TEXT, " ４．５分 "), "4.5"),
    (Value(K.NUMBER, "3", formula=True), "3"),
)
NO_NUMBERS = (
    None,
    Value(K.TEXT, "4-5"),
    Value(K.TEXT, "满分"),
    Value(K.TEXT, "1,5"),
    Value(K.DATE, "2015-04-05"),
    Value(K.BOOL, "TRUE"),
    Value(K.BOOL, "1"),
    Value(K.ERROR, "#REF!"),
    Value(K.ERROR, "5"),
    Value(K.UNCACHED, "", formula=True),
    Value(K.UNCACHED, "5", formula=True),
)


@pytest.mark.parametrize(("cell", "expected"), NUMBERS)
def test_points_of_a_cell(cell: Value, expected: str) -> None:
    assert points(cell) == Decimal(expected)


@pytest.mark.parametrize("cell", NO_NUMBERS)
def test_cells_without_points(cell: Value | None) -> None:
    assert points(cell) is None


DAYS = ("2015-5-4", "2015-05-04", "2015/5/4", "2015.5.4", "2015年5月4日", "2015年5月4号",
        "20150504", "２０１５－５－４", " 2015 年 5 月 4 日 ", "2015．5．4")  # fmt: skip
NO_DAYS = ("", "2015", "2015-5", "2015年5月", "5月4日", "15-5-4", "4/5/2015", "2015-13-1",
           "2015-2-30", "2015-5-4至6", "2015-5-4、6", "2015-5-4前后", "去年", "42128",
           "2015-0-1")  # fmt: skip


@pytest.mark.parametrize("typed", DAYS)
def test_usual_ways_to_write_a_day(typed: str) -> None:
    assert day(Value(K.TEXT, typed)) == date(2015, 5, 4)


@pytest.mark.parametrize("typed", NO_DAYS)
def test_texts_that_are_no_day(typed: str) -> None:
    assert day(Value(K.TEXT, typed)) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(Value(K.DATE, "2015-05-04"), date(2015, 5, 4)),
     (Value(K.DATE, "2015-05-04T08:30:00"), date(2015, 5, 4)),
     (Value(K.DATE, "08:30:00"), None),
     (Value(K.NUMBER, "20150504"), date(2015, 5, 4)),
     (Value(K.NUMBER, "42128"), None),
     (Value(K.ERROR, "#N/A"), None),
     (Value(K.UNCACHED, ""), None),
     (None, None)],
)  # fmt: skip
def test_days_of_other_cells(cell: Value | None, expected: date | None) -> None:
    assert day(cell) == expected


@pytest.mark.parametrize("typed", ["2015-5-1 2", "2015-1 2-3"])
def test_two_numbers_are_not_run_together_into_a_day(typed: str) -> None:
    assert day(Value(K.TEXT, typed)) is None


@settings(max_examples=50, deadline=None)
@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"]),
)
def test_every_day_is_read_back(when: date, form: str) -> None:
    assert day(Value(K.TEXT, when.strftime(form))) == when


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(Value(K.TEXT, " 甲 \n"), "甲"), (Value(K.NUMBER, "3"), "3"), (Value(K.ERROR, "#REF!"), ""),
     (Value(K.UNCACHED, ""), ""), (None, "")],
)  # fmt: skip
def test_text_of_a_cell(cell: Value | None, expected: str) -> None:
    assert text(cell) == expected
