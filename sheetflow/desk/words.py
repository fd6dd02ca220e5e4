"""Titles, headings and words of the staff's workbook by which it is read again.

They are not translated: a workbook written in one language is read in any other.
"""

from __future__ import annotations

from typing import Final

from sheetflow import decisions
from sheetflow.model import Part, Tab

TITLES: Final[dict[str, str]] = {
    "front": "首页",
    **decisions.TITLES,
    "live": "_计算",
    "system": "_sf",
}
#: Signs a sheet's title cannot hold, and how long it may be.
_SIGNS, _LONGEST = "[]:*?/\\'", 31

# What may stand in a cell, besides the words of ``rulings``.
NONE_AT_ALL = "均无"
#: Rows of a sheet of points: what counts without the branch, and what the branch types.
SOURCE = "来源分"
OWN, COUNTED = "自评", "台账"
UNDECIDED, UNUSABLE, NOTHING = "未定", "无效", "—"
NOT_GRADED, NO_LIMIT, MISSING = "不定等次", "不限", "未交"
OPEN, SETTLED = "待议", "已了结"
#: What a row that speaks for all others is called.
OTHERS_APPROVE, OTHERS_NONE = "其余一律", "其余均无"

MEETING = "会次"
#: Where the tier was decided at another meeting than the rest of its row.
TIER_MEETING = "评定会次"
#: Said of tiers that follow what is typed while seats are limited.
SEATS_ASIDE = "（未计名额）"


def scores_tab(part: Part) -> str:
    """Tab of a part's points."""
    return f"{Tab.SCORES}.{part.code}"


def scores_title(part: Part) -> str:
    """Title of the sheet of a part's points."""
    title = decisions.sheet_title(scores_tab(part))
    return "".join("-" if sign in _SIGNS else sign for sign in title)[:_LONGEST]


def count_heading(code: str, what: str, unit: str) -> str:
    """Heading of the column in which one thing is counted."""
    return f"{code}\n{what}\n（{unit}）"
