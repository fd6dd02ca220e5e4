"""How decisions are named in the staff's workbook: its sheets, and files in its cells.

They are not translated: a workbook written in one language is read in any other.
"""

from __future__ import annotations

from typing import Final

from sheetflow.model import Tab
from sheetflow.text import clean

#: Titles of the sheets in which people decide; those of points bear the part's code behind it.
TITLES: Final[dict[str, str]] = {
    Tab.MEETINGS: "会议",
    Tab.COUNTS: "台账",
    Tab.AGENDA: "上会清单",
    Tab.SCORES: "评分",
    Tab.CLAIMS: "加分认定",
    Tab.ADJUSTMENTS: "调整",
    Tab.APPROVALS: "核定",
    Tab.OBJECTIONS: "异议",
    Tab.FOCUS: "重点对象",
    Tab.FILES: "文件",
}


def sheet_title(tab: str) -> str:
    """What people call the sheet of a ``Place``."""
    kind, _dot, part = tab.partition(".")
    return TITLES[kind] + part if kind in TITLES else tab


def shown_file(file: str) -> str:
    """Name of a file as it stands in a cell and is read back from there."""
    return clean(file).strip()
