"""Pages of the manual that tests write: what a test saw is what the manual says."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
_BEGIN, _END = "<!-- 由测试生成 -->\n", "<!-- 到此为止 -->\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', '／') for cell in line)} |\n" for line in lines
    )


def shows(page: str, made: str) -> bool:
    """Whether a page holds this between its marks; with UPDATE_DOCS set, write it there."""
    path = DOCS / page
    text = path.read_text("utf-8")
    head, _mark, rest = text.partition(_BEGIN)
    _old, _mark, tail = rest.partition(_END)
    fresh = f"{head}{_BEGIN}\n{made}\n{_END}{tail}"
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(fresh, "utf-8")
    return path.read_text("utf-8") == fresh
