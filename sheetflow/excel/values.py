"""What a stored cell means: numbers, dates and escaped text, by the rules of the format."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache

from sheetflow import number
from sheetflow.model import Value, ValueKind

#: Number formats with a date or time that need no format code (ECMA-376 part 1, 18.8.30,
#: with the East Asian ones).
DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})

#: Built-in formats that show percentages.
PERCENT_FORMATS = frozenset({9, 10})

#: Built-in formats that round what they show, with the decimals they keep.
ROUNDING_FORMATS = dict.fromkeys((1, 3, 5, 6, 37, 38, 41, 42), 0) | dict.fromkeys(
    (2, 4, 7, 8, 39, 40, 43, 44), 2
)

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_PLAIN = re.compile(r"[1-9]\d{0,8}|0", re.ASCII)
#: Beyond 15 digits a spreadsheet itself no longer keeps the number that was typed.
_LIMIT = 1e15
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
#: What a format code says literally: quoted, escaped, padded, in brackets except [h] [m] [s].
_LITERAL = re.compile(r'"[^"]*"|[\\_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]|general', re.IGNORECASE)
_DATE_LETTER = re.compile(r"[dmyhs]|aaa", re.IGNORECASE)
_DIGIT = re.compile("[0#?]")
#: Fractions and powers of ten show a number in their own way, text as it is.
_OWN_WAY = re.compile("[@/Ee]")
#: Thousands that are left out; digits that the format itself adds.
_MISLEADING = re.compile(r'[0#?],+(?![0#?,])|"[^"]*[\d.][^"]*"|[\\!][\d.]')

#: Characters of a text or number whose value is kept for the cells to come, and how many are.
_SHORT, _KEPT = 40, 4096

_MILLISECONDS_A_DAY = 86_400_000
_LEAP_BUG = 60
_EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - cells hold local time without a zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - the same


class Shown(Enum):
    """As what a number format shows a number."""

    NUMBER = "number"
    DATE = "date"
    PERCENT = "percent"
    #: Nothing, or something that the number cannot be told from.
    OTHER = "other"


#: As what a number is shown; a count stands for the number with so many decimals.
ShownAs = Shown | int


def shown_by(code: str) -> ShownAs:
    """As what a number format shows a number; its first section decides."""
    first = _LITERAL.sub("", code).partition(";")[0]
    if _DATE_LETTER.search(first):
        return Shown.DATE
    if "%" in first:
        return Shown.PERCENT
    if _MISLEADING.search(code):
        return Shown.OTHER
    if not code or "general" in code.partition(";")[0].casefold() or _OWN_WAY.search(first):
        return Shown.NUMBER
    if not _DIGIT.search(first):
        return Shown.OTHER
    return len(_DIGIT.findall(first.partition(".")[2]))


def usual_formats() -> dict[str, ShownAs]:
    """Built-in formats that show something else than the number itself, by their id."""
    dates = {str(n): Shown.DATE for n in DATE_FORMATS}
    rounding = {str(n): decimals for n, decimals in ROUNDING_FORMATS.items()}
    return {**dates, **rounding, **{str(n): Shown.PERCENT for n in PERCENT_FORMATS}}


def percent_value(raw: str, *, formula: bool) -> Value:
    """Number shown as a percentage: what is seen, so that nobody takes 80% for 0.8."""
    value = number_value(raw, formula=formula)
    if value.kind is not ValueKind.NUMBER:
        return value
    return Value(ValueKind.PERCENT, number.text(Decimal(value.raw) * 100) + "%", formula)


def shown_value(raw: str, shown: ShownAs, *, formula: bool, base_1904: bool) -> Value:
    """Number cell as it is shown: the number itself, a percentage, a date or a time."""
    if shown is Shown.DATE:
        return date_value(raw, formula=formula, base_1904=base_1904)
    if shown is Shown.PERCENT:
        return percent_value(raw, formula=formula)
    value = number_value(raw, formula=formula)
    if shown is Shown.NUMBER or value.kind is not ValueKind.NUMBER:
        return value
    seen = ""
    if isinstance(shown, int):
        seen = number.text(number.half_up(Decimal(value.raw), shown))
    return value if seen == value.raw else value._replace(seen=seen)


def text_value(text: str, *, formula: bool) -> Value:
    """Text cell; equal short ones share a value, since the forms of a round are much alike."""
    if len(text) > _SHORT:
        return Value(ValueKind.TEXT, text, formula)
    return _short_text(text, formula)


@lru_cache(maxsize=_KEPT)
def _short_text(text: str, formula: bool) -> Value:
    return Value(ValueKind.TEXT, text, formula)


def unescape(text: str) -> str:
    """Decode ``_xHHHH_``; halves of a surrogate pair are joined, a lone half is U+FFFD."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if _SURROGATE.search(plain):
        plain = plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return plain


def number_value(raw: str, *, formula: bool) -> Value:
    """Number cell; what is no finite number below 10^15 is an ERROR with the raw text."""
    return _short_number(raw, formula) if len(raw) <= _SHORT else _number(raw, formula)


@lru_cache(maxsize=_KEPT)
def _short_number(raw: str, formula: bool) -> Value:
    return _number(raw, formula)


def _number(raw: str, formula: bool) -> Value:
    plain = raw.strip()
    if _PLAIN.fullmatch(plain):
        return Value(ValueKind.NUMBER, plain, formula)
    if not _NUMBER.fullmatch(plain):
        return Value(ValueKind.ERROR, raw, formula)
    stored = number.stored(plain)
    if stored is None:
        large = float(plain)
        if not math.isfinite(large) or abs(large) >= _LIMIT:
            return Value(ValueKind.ERROR, raw, formula)
        stored = Decimal(repr(large))
    return Value(ValueKind.NUMBER, number.text(stored), formula)


def date_value(raw: str, *, formula: bool, base_1904: bool) -> Value:
    """Number cell shown as a date or time: ISO date, date and time, or time of day.

    A serial number below one is a time of day. A number no date can have is an ERROR.
    """
    plain = raw.strip()
    if not _NUMBER.fullmatch(plain):
        return Value(ValueKind.ERROR, raw, formula)
    serial = float(plain)
    if not 0 <= serial < _LIMIT:
        return Value(ValueKind.ERROR, raw, formula)
    days, part = divmod(serial, 1)
    after = timedelta(milliseconds=round(part * _MILLISECONDS_A_DAY))
    if not base_1904 and 1 <= serial < _LEAP_BUG:
        # The format counts 29 February 1900, a day that never was.
        days += 1
    epoch = _EPOCH_1904 if base_1904 else _EPOCH_1900
    try:
        moment = epoch + timedelta(days=days) + after
    except OverflowError:
        return Value(ValueKind.ERROR, raw, formula)
    if days == 0 and not after.days:
        return Value(ValueKind.DATE, moment.time().isoformat(), formula)
    return Value(ValueKind.DATE, _iso(moment), formula)


def iso_value(raw: str, *, formula: bool) -> Value:
    """ISO 8601 date cell, written plainly; what is no date is an ERROR with the raw text."""
    plain = raw.strip()
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        try:
            return Value(
                ValueKind.DATE, time.fromisoformat(plain).replace(tzinfo=None).isoformat(), formula
            )
        except ValueError:
            return Value(ValueKind.ERROR, raw, formula)
    return Value(ValueKind.DATE, _iso(moment.replace(tzinfo=None)), formula)


def utc_moment(raw: str) -> datetime | None:
    """Moment of a document property in UTC (one without a zone is UTC), else ``None``."""
    try:
        moment = datetime.fromisoformat(raw.strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _iso(moment: datetime) -> str:
    if moment.time() == time():
        return moment.date().isoformat()
    return moment.isoformat()
