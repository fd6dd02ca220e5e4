"""Marks in a formula for cells whose place is known only when it is painted.

A formula of the plan names columns by sheet and key; a painter puts in the letters they stand
under. Marks are private-use characters, which no text of a scheme may hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Final

_OPEN, _BAR, _CLOSE = "\ue000", "\ue001", "\ue002"
#: Stands for the number of the formula's own row, where only that is still to be put in.
_ROW = "\ue003"
#: What a link to a cell of the same workbook begins with.
_LINK = "#"
_MARK = re.compile(f"{_OPEN}([^{_BAR}{_CLOSE}]*){_BAR}([^{_CLOSE}]*){_CLOSE}")

#: Formulas whose places are remembered: rows share most, but each link is one of its own.
_PATTERNS: Final = 4096

#: Tab and column key → sheet title and column letters; ``None`` where it is not there.
Where = Callable[[str, str], tuple[str, str] | None]
#: Formula, tab, row → the formula with its places; ``None`` when a column is not there.
Placer = Callable[[str, str, int], str | None]


def own(column: str) -> str:
    """Mark of the cell under a column in the formula's own row."""
    return f"{_OPEN}{_BAR}{column}{_CLOSE}"


def whole(tab: str, column: str) -> str:
    """Mark of a whole column of a sheet."""
    return f"{_OPEN}{tab}{_BAR}{column}{_CLOSE}"


def sheet_of(tab: str, column: str) -> str:
    """Mark of how links name the sheet of a tab; it is there while the column is."""
    return f"{_OPEN}{_LINK}{tab}{_BAR}{column}{_CLOSE}"


def placer(where: Where) -> Placer:
    """Return what puts places into formulas; rows of one sheet share most of theirs."""
    pattern_of = lru_cache(maxsize=_PATTERNS)(partial(_pattern, where=where))

    def placed(formula: str, tab: str, row: int) -> str | None:
        pattern = pattern_of(formula, tab)
        return None if pattern is None else pattern.replace(_ROW, str(row))

    return placed


def _pattern(formula: str, tab: str, where: Where) -> str | None:
    """Formula of any row of a tab; ``None`` when a column is not there."""
    lost: list[str] = []

    def place(match: re.Match[str]) -> str:
        found = where(match[1].removeprefix(_LINK) or tab, match[2])
        if found is None:
            lost.append(match[2])
            return ""
        title, letters = found
        if match[1].startswith(_LINK):
            return text(f"{_LINK}{quoted(title)}!")
        if not match[1]:
            return f"${letters}{_ROW}"
        area = f"${letters}:${letters}"
        # Conditional formats may not name a sheet, not even their own.
        return area if match[1] == tab else f"{quoted(title)}!{area}"

    said = _MARK.sub(place, formula)
    return None if lost else said


def quoted(title: str) -> str:
    """Title of a sheet as formulas and links name it."""
    return "'" + title.replace("'", "''") + "'"


def text(words: str) -> str:
    """Text as a constant of a formula."""
    return '"' + words.replace('"', '""') + '"'
