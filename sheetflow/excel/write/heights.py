"""How high a row must be for wrapped Chinese text.

Excel never fits merged cells by itself, so every row gets a height. The rule was measured
against LibreOffice's own optimal height for five Chinese fonts; it errs on the high side.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

#: Pixels of a cell that no text reaches, pixels in a point.
_PAD, _PIXELS = 10, 4 / 3
#: Line pitch in font sizes (the widest of the usual fonts) and points to spare.
_PITCH, _AIR = 1.42, 3.0
_FULL, _CAPITAL, _SMALL = 1.0, 0.75, 0.56
_BROAD = frozenset("@%&+=<>×≥≤−→")
#: Closing marks never start a line.
_NO_START = frozenset("，。、；：？！）》〉】〕”’％／,.;:?!)]}·…—≥≤")
_WORD = re.compile(r"[A-Za-z0-9.+−-]+|.")


def _em(mark: str) -> float:
    if unicodedata.east_asian_width(mark) in {"W", "F", "A"}:
        return _FULL
    return _CAPITAL if mark.isupper() or mark in _BROAD else _SMALL


@lru_cache(maxsize=8192)  # most pieces are one Chinese character
def _width(text: str) -> float:
    return sum(map(_em, text))


def _words(paragraph: str) -> Iterator[tuple[float, float]]:
    """Width of each unbreakable piece and of the mark that must stay with it."""
    words = _WORD.findall(paragraph)
    for word, after in zip(words, [*words, ""][1:], strict=True):
        glued = after in _NO_START and word not in _NO_START
        yield _width(word), _width(after) if glued else 0.0


@lru_cache(maxsize=8192)  # every member's form holds the same wrapped texts
def lines(text: str, pixels: int, size: float) -> int:
    """How many lines ``text`` takes at ``size`` points in a cell ``pixels`` wide."""
    room = max(1.0, (pixels - _PAD) / (size * _PIXELS))
    count = 0
    for paragraph in text.split("\n"):
        count += 1
        used = 0.0
        for width, glue in _words(paragraph):
            if used and used + width + glue > room:
                count, used = count + 1, 0.0
            extra = max(0, math.ceil((used + width) / room) - 1)
            count, used = count + extra, used + width - extra * room
    return count


@lru_cache(maxsize=8192)
def height(text: str, pixels: int, size: float) -> float:
    """Points a row needs for ``text`` at ``size`` points in a cell ``pixels`` wide, rounded up."""
    return float(math.ceil(lines(text, pixels, size) * size * _PITCH + _AIR))
