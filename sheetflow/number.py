"""Numbers as people type and read them: exact decimals, no guessing."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

#: Widest magnitude a score may have; anything larger is not a score.
_LIMIT = Decimal(10) ** 9
_TYPED = re.compile(r"[+-]?(?:\d{1,9})(?:\.\d{1,20})?", re.ASCII)
_STORED = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．＋－", "0123456789.+-")
#: Characters of stored numbers that are remembered: people type the same few.
_SHORT = 40
_SPACES = " \t\r\n\u00a0\u3000"


def parse(text: str, *units: str) -> Decimal | None:
    """Read a number that is that number without doubt, else ``None``.

    Full-width digits, surrounding spaces and one trailing unit (by default 分) are
    allowed; ranges, commas, exponents, other scripts' digits and words are not.
    """
    plain = text.translate(_FULL_WIDTH).strip(_SPACES)
    for unit in units or ("分",):
        if plain.endswith(unit):
            plain = plain[: -len(unit)].rstrip(_SPACES)
            break
    return Decimal(plain) if _TYPED.fullmatch(plain) else None


def stored(raw: str) -> Decimal | None:
    """Turn the digits a workbook stores into the decimal a person sees.

    Spreadsheets keep binary doubles and write up to 17 digits of them; the shortest
    decimal that names the same double is what was typed.
    """
    return _short(raw) if len(raw) <= _SHORT else _stored(raw)


def _stored(raw: str) -> Decimal | None:
    # float() alone would take "1_0", other scripts' digits and "nan".
    if not _STORED.fullmatch(raw):
        return None
    number = float(raw)
    if not math.isfinite(number) or abs(number) >= _LIMIT:
        return None
    return Decimal(repr(number))


_short = lru_cache(maxsize=4096)(_stored)


def text(number: Decimal | None) -> str:
    """Print exactly, without exponent or trailing zeros; ``None`` prints nothing."""
    if number is None:
        return ""
    plain = format(number, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in {"-0", ""} else plain


@lru_cache(maxsize=1024)
def places(number: Decimal) -> int:
    """Count decimal places that matter."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def on_step(number: Decimal, step: Decimal) -> bool:
    """Whether a number is a multiple of the step."""
    return step <= 0 or number % step == 0


def half_up(number: Decimal, digits: int) -> Decimal:
    """Round half away from zero to ``digits`` places."""
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
