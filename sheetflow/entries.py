"""What an entry says: points, a day, a text. Nothing is guessed, nothing repaired."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from sheetflow import number
from sheetflow.model import Value, ValueKind

_DAYS = (
    re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_LOOSE_BLANKS = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_DIGITS = str.maketrans("０１２３４５６７８９－／．", "0123456789-/.")


def points(value: Value | None, *units: str) -> Decimal | None:
    """Number a cell holds without doubt; ``None`` when blank or when a person must look."""
    if value is None or value.kind not in {ValueKind.NUMBER, ValueKind.TEXT}:
        return None
    if value.kind is ValueKind.NUMBER:
        return number.stored(value.raw)
    return number.parse(value.raw, *units)


def day(value: Value | None) -> date | None:
    """Day a cell holds without doubt, written in any of the usual ways."""
    if value is None:
        return None
    if value.kind is ValueKind.DATE:
        return _date(*value.raw[:10].split("-"))
    # A blank between two digits is a slip nobody can read.
    plain = _LOOSE_BLANKS.sub("", value.raw.translate(_DIGITS))
    matches = (pattern.fullmatch(plain) for pattern in _DAYS)
    found = next((match for match in matches if match), None)
    return _date(*found.groups()) if found else None


def _date(*pieces: str) -> date | None:
    try:
        year, month, dom = map(int, pieces)
        return date(year, month, dom)
    except ValueError:
        return None


def text(value: Value | None) -> str:
    """Text of a cell, trimmed; empty when blank or an error sign."""
    if value is None or value.kind in {ValueKind.ERROR, ValueKind.UNCACHED}:
        return ""
    return value.raw.strip()
