"""Marks in a formula for cells whose place is known only when it is painted.

A formula of the plan names columns by sheet and key; a painter puts in the letters they stand
under. Marks are private-use characters, which no text of a scheme may hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_OPEN, _BAR, _CLOSE = "\ue000", "\ue001", "\ue002"
#: What a link to a cell of the same workbook begins with.
_LINK = "#"
_MARK = re.compile(f"{_OPEN}([^{_BAR}{_CLOSE}]*){_BAR}([^{_CLOSE}]*){_CLOSE}")

#: Tab and column key → sheet title and column letters; ``None`` where it is not there.
Where = Callable[[str, str], tuple[str, str] | None]


def own(column: str) -> str:
    """Mark of the cell under a column in the formula's own row."""
    return f"{_OPEN}{_BAR}{column}{_CLOSE}"


def whole(tab: str, column: str) -> str:
    """Mark of a whole column of a sheet."""
    return f"{_OPEN}{tab}{_BAR}{column}{_CLOSE}"


def sheet_of(tab: str, column: str) -> str:
    """Mark of how links name the sheet of a tab; it is there while the column is."""
    return f"{_OPEN}{_LINK}{tab}{_BAR}{column}{_CLOSE}"


def placed(formula: str, tab: str, row: int, where: Where) -> str | None:
    """Put in the places for one row of a tab; ``None`` when a column is not there."""
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
            return f"${letters}{row}"
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
