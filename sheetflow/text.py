"""Text from outside, made fit for every file we write."""

from __future__ import annotations

import re
import unicodedata

#: Most UTF-16 units one spreadsheet cell can hold.
CELL_LIMIT = 32_767
# Control characters but tab and newline, bidi embeddings, overrides and isolates, lone
# surrogates, and the two code points that XML forbids: each breaks a file or misleads an eye.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# Nothing is seen of these; what makes one form of a character of another (U+FE00 …) is no such.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_BREAKS = re.compile("[\t\n\u2028\u2029]+")


def clean(text: str, *, name: bool = False) -> str:
    """Drop what would break a file or deceive a reader; compose to NFC; fit one cell.

    In a name invisible characters go too, so that equal-looking names are equal, and it stands
    on one line. A text too long for a cell ends in 「…」.
    """
    kept = _UNSAFE.sub("", text)
    if name:
        kept = _BREAKS.sub(" ", _INVISIBLE.sub("", kept))
    return _fit(unicodedata.normalize("NFC", kept))


def hides(text: str) -> bool:
    """Whether something in a text is not seen."""
    return bool(_UNSAFE.search(text) or _INVISIBLE.search(text))


def _fit(text: str) -> str:
    # No character takes more than two units.
    if 2 * len(text) <= CELL_LIMIT or len(text.encode("utf-16-le")) // 2 <= CELL_LIMIT:
        return text
    cut = text.encode("utf-16-le")[: (CELL_LIMIT - 1) * 2].decode("utf-16-le", "ignore")
    return cut + "…"
