"""A number is that number without doubt, or a person is asked; it prints as it was typed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow import number

plain = st.decimals(-(10**9) + 1, 10**9 - 1, places=3, allow_nan=False)

NUMBERS = (
    ("5", "5"),
    ("4.50", "4.5"),
    ("+3", "3"),
    ("-2", "-2"),
    ("０．５", "0.5"),
    ("－３", "-3"),
    ("　 7\u00a0", "7"),
    ("3分", "3"),
    ("3 分 ", "3"),
    ("１０分", "10"),
    ("007", "7"),
    ("999999999", "999999999"),
)
NEVER = (
    "", " ", "分", "5分分", "分5", "1_0", "٣", "५", "²", "½", "五", "Ⅴ", "⑤",
    "7,5", "7，5", "1,000", "7。5", "7．。5", "7·5", "1 5", "1.2.3", "--5", "+-5", "5-", ".5", "5.",
    "8-1", "4-5", "4~5", "3/4", "80%", "1e3", "1E3", "0x10", "nan", "NaN", "inf", "Infinity",
    "满分", "约5", "5左右", "=5", "'5", "5元", "True", "1" * 10, "1" * 5000, "0." + "1" * 5000,
    "5\u200b", "5\n6", "#REF!", "−",
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_what_is_a_number_without_doubt(text: str, expected: str) -> None:
    assert number.parse(text) == Decimal(expected)


@pytest.mark.parametrize("text", NEVER)
def test_what_a_person_must_look_at(text: str) -> None:
    assert number.parse(text) is None


@pytest.mark.parametrize(
    ("text", "expected"), [("35小时", 35), ("35 时", 35), ("35", 35), ("35分", None)]
)
def test_a_unit_counts_only_where_it_belongs(text: str, expected: int | None) -> None:
    assert number.parse(text, "小时", "时") == expected


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=12) | st.text("019.+-０９．＋－分 \u3000,", max_size=8))
def test_any_text_is_the_number_it_shows_or_none(text: str) -> None:
    found = number.parse(text)
    if found is not None:
        shown = text.translate(str.maketrans("０１２３４５６７８９．＋－", "0123456789.+-"))
        assert Decimal(shown.strip(" \t\r\n\u00a0\u3000").removesuffix("分").strip()) == found


STORED = (
    ("5", "5"),
    ("2.2999999999999998", "2.3"),
    ("0.10000000000000001", "0.1"),
    ("59.5", "59.5"),
    ("1E-1", "0.1"),
    ("1e3", "1000"),
    ("-0", "0"),
    ("100", "100"),
)


@pytest.mark.parametrize(("raw", "expected"), STORED)
def test_stored_digits_are_what_was_typed(raw: str, expected: str) -> None:
    found = number.stored(raw)
    assert found == Decimal(expected)
    assert number.text(found) == expected


@pytest.mark.parametrize(
    "raw", ["", "nan", "inf", "-inf", "1e400", "1e9", "-1e9", "abc", "1,5", "1_0", "٣", "9" * 5000]
)
def test_what_is_no_score_is_not_stored_as_one(raw: str) -> None:
    assert number.stored(raw) is None


@settings(max_examples=150, deadline=None)
@given(plain)
def test_printing_and_reading_are_inverse(points: Decimal) -> None:
    text = number.text(points)
    assert number.parse(text) == points
    assert number.stored(format(float(points), ".17g")) == points
    assert "E" not in text
    assert not ("." in text and text.endswith(("0", ".")))


@pytest.mark.parametrize(
    ("points", "text"),
    [("100", "100"), ("1E+2", "100"), ("1E-7", "0.0000001"), ("2.50", "2.5"), ("-0.00", "0"),
     ("0", "0"), ("-1.10", "-1.1"), ("1000.000", "1000")],
)  # fmt: skip
def test_print_has_no_exponent_and_no_idle_zero(points: str, text: str) -> None:
    assert number.text(Decimal(points)) == text


def test_what_is_missing_prints_nothing() -> None:
    assert number.text(None) == ""


@pytest.mark.parametrize(
    ("points", "digits", "rounded"),
    [("2.675", 2, "2.68"), ("2.665", 2, "2.67"), ("-2.675", 2, "-2.68"), ("0.05", 1, "0.1"),
     ("2.6749", 2, "2.67"), ("99.995", 2, "100.00"), ("33.333333", 1, "33.3")],
)  # fmt: skip
def test_half_goes_up_as_people_round(points: str, digits: int, rounded: str) -> None:
    assert number.half_up(Decimal(points), digits) == Decimal(rounded)


@pytest.mark.parametrize(
    ("points", "places"), [("5", 0), ("5.00", 0), ("100", 0), ("2.50", 1), ("0.125", 3)]
)
def test_places_that_matter(points: str, places: int) -> None:
    assert number.places(Decimal(points)) == places


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.sampled_from(["0.1", "0.5", "1", "0.25"]), st.booleans())
def test_a_step_is_met_exactly(times: int, step: str, off: bool) -> None:
    points = times * Decimal(step) + (Decimal("0.01") if off else 0)
    assert number.on_step(points, Decimal(step)) is not off
