"""A number format may show another number than the one that is stored: both are known."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from office import Office
from packing import written

from sheetflow import records
from sheetflow.excel.read import read_book
from sheetflow.excel.values import shown_by, shown_value
from sheetflow.model import Entry, Field, Source, Submission

#: Formats people choose or paste: what they show of 2.5, ``None`` where it is the number itself.
FORMATS = [
    ("General", None),
    ("@", None),
    ("0", "3"),
    ("0.0", None),
    ("0.00", None),
    ("#", "3"),
    ("#,##0", "3"),
    ("#,##0.00_);(#,##0.00)", None),
    ("0_ ", "3"),
    ('0"分"', "3"),
    ('0.0"分"', None),
    ("[Red]0;0.0", "3"),
    ("¥#,##0", "3"),
    ("# ?/?", None),
    ("0.0E+00", None),
    (";;;", ""),
    ('"已填"', ""),
    ('0"5"', ""),
    ("0,", ""),
    ("0.0,", ""),
    ("0!.0", ""),
    ("0\\.0", ""),
    ('"1"General', ""),
    ("0;General", "3"),
    ("0;0%", "3"),
]


@pytest.mark.parametrize(("code", "seen"), FORMATS)
def test_a_format_that_shows_another_number_is_known(code: str, seen: str | None) -> None:
    value = shown_value("2.5", shown_by(code), formula=False, base_1904=False)
    assert (value.raw, value.seen) == ("2.5", seen)


def test_what_is_seen_is_what_a_spreadsheet_shows(office: Office, tmp_path: Path) -> None:
    numbers = [2.5, 3, 0.5, 1.25, 2, 0, 1.995, 0.05]
    codes = [code for code, _seen in FORMATS if code not in {"# ?/?", "0.0E+00"}]
    path = tmp_path / "格式.xlsx"
    path.write_bytes(_in_formats(codes, numbers))
    values = read_book(path.read_bytes()).sheets[0].values
    shown = _as_shown(office.convert(path, ".csv"))
    for row, code in enumerate(codes, 1):
        for column, text in enumerate(shown[row - 1], 1):
            value = values[row, column]
            known = value.raw if value.seen is None else value.seen
            if known:
                assert _number(text) == Decimal(known), (code, value)
            elif value.raw != "0":
                # No thousands of nothing are nothing.
                assert text != value.raw, (code, value)


def _in_formats(codes: list[str], numbers: list[float]) -> bytes:
    def fill(book: object) -> None:
        sheet = book.add_worksheet()  # type: ignore[attr-defined] # the library comes without types
        for row, code in enumerate(codes):
            form = book.add_format({"num_format": code})  # type: ignore[attr-defined] # as above
            for column, number in enumerate(numbers):
                sheet.write_number(row, column, number, form)

    return written(fill)


def _as_shown(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _number(text: str) -> Decimal:
    """Number in a shown text, without its unit; nothing shown of a digit is 0."""
    return Decimal(text.strip("¥分 ") or "0")


@given(st.decimals(min_value=0, max_value=20, places=3), st.integers(0, 4))
def test_a_number_is_said_to_look_otherwise_only_when_it_does(
    points: Decimal, decimals: int
) -> None:
    value = shown_value(str(points), decimals, formula=False, base_1904=False)
    if value.seen is None:
        assert points == round(points, decimals)
    else:
        assert Decimal(value.seen) != points
        assert abs(Decimal(value.seen) - points) <= Decimal(1).scaleb(-decimals) / 2


def test_what_a_cell_shows_is_kept_with_what_it_holds() -> None:
    values = [
        shown_value("2.5", shown_by(code), formula=False, base_1904=False)
        for code in ("0", ";;;", "General")
    ]
    entries = tuple(
        Entry(f"A{n}", Field.SCORE, value, Source("", "甲", f"G{n}"), "甲.xlsx")
        for n, value in enumerate(values, 1)
    )
    form = Submission(file="甲.xlsx", sha256="0", stamp=None, verified=True, entries=entries)
    kept = records.load(records.dump(form), "甲.xlsx")
    assert [entry.value for entry in kept.entries] == values
