"""The one place that puts anything into a cell: text stays text, and nothing is left out unsaid.

XlsxWriter reports what it leaves out by a number below zero; here that ends the writing. A test
holds that no other module calls a ``write`` of the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from sheetflow.errors import OutputError
from sheetflow.messages import _
from sheetflow.text import clean

#: XlsxWriter comes without types.
Sheet = Any
Format = Any

#: The calendar of spreadsheets starts here.
_FIRST_YEAR: Final = 1900
#: Row and column, counted from 0.
At = tuple[int, int]
#: First row and column, last row and column, counted from 0.
Area = tuple[int, int, int, int]


class PlainFormulas(Worksheet):  # type: ignore[misc] # the library comes without types
    """A sheet that takes formulas as they are.

    The library looks through each for thirty functions newer than any of ours: half the time of
    writing a sheet of live totals.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002 - the library's signature
        return formula.removeprefix("=")


def put_text(sheet: Sheet, at: At, words: str, form: Format) -> None:
    """Write text as text, cleaned, whatever it looks like."""
    sure(sheet.write_string(*at, as_text(words), form))


@lru_cache(maxsize=4096)  # most texts of a large table stand in it many times
def as_text(words: str) -> str:
    """Text as it will stand in the cell.

    The library hands on as its own markup, unescaped, whatever begins and ends like a run of a
    rich string; a blank behind it makes it plain text again.
    """
    kept = clean(words)
    return clean(f"{kept} ") if kept.startswith("<r>") and kept.endswith("</r>") else kept


def put_number(sheet: Sheet, at: At, points: float, form: Format) -> None:
    """Write a number."""
    sure(sheet.write_number(*at, points, form))


def put_yes_or_no(sheet: Sheet, at: At, form: Format, *, yes: bool) -> None:
    """Write TRUE or FALSE."""
    sure(sheet.write_boolean(*at, yes, form))


def put_day(sheet: Sheet, at: At, moment: datetime, form: Format) -> None:
    """Write a date, with its time where it has one."""
    sure(sheet.write_datetime(*at, moment, form))


def moment_of(day: date) -> datetime | None:
    """Day as a cell holds it; ``None`` before 1900, where the calendar of spreadsheets starts."""
    if day.year < _FIRST_YEAR:
        return None
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a plain date


def plain_number(value: Decimal) -> int | float:
    """Return the number a spreadsheet stores for an exact decimal."""
    return int(value) if value == value.to_integral_value() else float(value)


def put_blank(sheet: Sheet, at: At, form: Format) -> None:
    """Give an empty cell its format."""
    sure(sheet.write_blank(*at, None, form))


def put_formula(sheet: Sheet, at: At, formula: str, form: Format, stored: str | float) -> None:
    """Write a formula of ours, of the scheme's words and places alone, with its value."""
    shown = clean(stored) if isinstance(stored, str) else stored
    sure(sheet.write_formula(*at, formula, form, shown))


def put_link(sheet: Sheet, at: At, target: tuple[str, str], form: Format, words: str) -> None:
    """Write a link to a place in the same workbook: ``target`` is its sheet and cell."""
    title, cell = target
    quoted = clean(title).replace("'", "''")
    sure(sheet.write_url(*at, f"internal:'{quoted}'!{cell}", form, clean(words)))


def put_note(sheet: Sheet, at: At, words: str, options: Mapping[str, object]) -> None:
    """Hang a note on a cell; its text has no markup."""
    sure(sheet.write_comment(*at, clean(words), dict(options)))


def merge(sheet: Sheet, area: Area, form: Format) -> None:
    """Make one cell of several, still empty."""
    sure(sheet.merge_range(*area, "", form))


def limit(sheet: Sheet, area: Area, rule: Mapping[str, object]) -> None:
    """Say what may be typed into cells, in words of the scheme."""
    sure(sheet.data_validation(*area, dict(rule)))


def colour(sheet: Sheet, area: Area, rule: Mapping[str, object]) -> None:
    """Lay a format over cells while a condition of ours holds."""
    sure(sheet.conditional_format(*area, dict(rule)))


def sure(result: int | None) -> None:
    """Raise ``OutputError`` when the library says that it left something out."""
    if result:
        raise OutputError(
            _("表格太大，电子表格放不下。"), _("请把名册或方案分成几份，分别建立文件夹再做。")
        )
