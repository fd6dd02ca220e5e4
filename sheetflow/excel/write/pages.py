"""How a form fills its pages: row heights, print scale, page breaks, repeated rows.

A4 upright. Texts never lie cut: every row is as high as its texts need, also over merged
cells; a page with room left is spread, as one does by hand. The sheet is fitted to the width
of the page, so that no column is ever lost; a page before a break is filled, so that it ends
there even in a program that ignores breaks in a fitted sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from sheetflow.excel.styles import FORM, PART_WIDTHS
from sheetflow.excel.write import heights
from sheetflow.layout import (
    CODE_ROW,
    HEADING_ROW,
    INFO_ROW,
    LAST_COLUMN,
    Cell,
    FormSheet,
    Role,
)

#: Millimetres of A4 and of its margins.
PAPER, SIDE, TOP, BOTTOM = (210, 297), 10, 13, 15
_INCH, _POINTS, _PIXELS = 25.4, 72, 96
#: Pixels by which a sheet may grow wider, and so print smaller, to save a page.
_WIDER = range(0, 91, 10)
#: Where these pixels go: column counted from 0 → share.
_SHARES = {2: 0.4, 3: 0.3, 8: 0.3}
#: How far rows stretch to fill the last page, and a page that a break ends.
_STRETCH, _STRETCH_FULL = 1.45, 2.0
_SIGN_MOST = 100.0
_LEAST: Mapping[Role, float] = {
    Role.PANEL: 26,
    Role.LABEL: 15,
    Role.TITLE: 30,
    Role.SUBTITLE: 17,
    Role.INFO: 22,
    Role.HEADING: 24,
    Role.SCORE: 24,
    Role.CLAIM: 27,
    Role.TOTAL: 23,
    Role.BASE_TOTAL: 23,
    Role.BONUS_TOTAL: 23,
    Role.SIGN_TEXT: 36,
    Role.SIGNER: 20,
    Role.SIGN_DATE: 19,
    Role.SENTENCE: 20,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """How a part's sheet prints: column pixels, points by row, first rows of further pages."""

    widths: tuple[int, ...]
    heights: Mapping[int, float]
    breaks: tuple[int, ...]
    #: First and last row printed again on every page.
    repeated: tuple[int, int]


def arrange(sheet: FormSheet) -> Pages:
    """Find widths, heights and breaks of a part's sheet.

    One page if it can be, else the items on one page and the bonuses on the next, else as
    many as it takes.
    """
    last = max(cell.last_row for cell in sheet.cells if cell.role is not Role.OPTION)
    bonus = min((c.row for c in sheet.having(Role.HEADING) if c.row > HEADING_ROW), default=None)
    least, wrapped = _least(sheet.cells)
    for end, cuts in ((last, ()), (bonus - 1, (bonus,))) if bonus else ((last, ()),):
        for widths in map(_widened, _WIDER):
            rows = _grown(least, wrapped, widths)
            fits = _sum(rows, CODE_ROW, end) <= _room(widths)
            if fits and _sum(rows, end + 1, last) <= _room(widths) - rows[INFO_ROW]:
                again = (INFO_ROW, INFO_ROW if cuts else HEADING_ROW)
                return _spread(
                    sheet, Pages(widths=widths, heights=rows, breaks=cuts, repeated=again)
                )
    rows = _grown(least, wrapped, PART_WIDTHS)
    again = (INFO_ROW, HEADING_ROW)
    breaks = _breaks(rows, sheet, _room(PART_WIDTHS), _sum(rows, *again), bonus)
    return _spread(sheet, Pages(widths=PART_WIDTHS, heights=rows, breaks=breaks, repeated=again))


def _widened(pixels: int) -> tuple[int, ...]:
    return tuple(
        width + round(pixels * _SHARES.get(place, 0)) for place, width in enumerate(PART_WIDTHS)
    )


def _spread(sheet: FormSheet, pages: Pages) -> Pages:
    """Stretch the rows of every page so that none looks half empty."""
    rows = dict(pages.heights)
    edges = [CODE_ROW, *pages.breaks, max(rows) + 1]
    for place, (start, stop) in enumerate(pairwise(edges)):
        room = _room(pages.widths) - (_sum(rows, *pages.repeated) if place else 0)
        most = _STRETCH if stop == edges[-1] else _STRETCH_FULL
        _stretch(rows, sheet, range(start, stop), room, most)
    return replace(pages, heights=rows)


def row_heights(cells: Iterable[Cell], widths: tuple[int, ...]) -> dict[int, float]:
    """Points each row needs; rows under a merged cell share what it needs."""
    return _grown(*_least(cells), widths)


def _least(cells: Iterable[Cell]) -> tuple[dict[int, float], tuple[Cell, ...]]:
    """What does not hang on the widths: least points by row, and the cells whose text wraps."""
    rows: dict[int, float] = {}
    wrapped: list[Cell] = []
    for cell in cells:
        rows[cell.row] = max(rows.get(cell.row, 0.0), _LEAST.get(cell.role, 0.0))
        if cell.text and FORM[cell.role.value].get("text_wrap"):
            wrapped.append(cell)
    # A merged cell asks for what the other cells of its rows have left wanting.
    return rows, tuple(sorted(wrapped, key=lambda cell: cell.last_row > cell.row))


def _grown(
    least: Mapping[int, float], wrapped: Iterable[Cell], widths: tuple[int, ...]
) -> dict[int, float]:
    rows = dict(least)
    for cell in wrapped:
        span = range(cell.row, cell.last_row + 1)
        missing = _need(cell, widths) - sum(rows[row] for row in span)
        for row in span if missing > 0 else ():
            rows[row] += math.ceil(missing / len(span))
    return rows


def _need(cell: Cell, widths: tuple[int, ...]) -> float:
    pixels = sum(widths[cell.column - 1 : cell.last_column])
    return heights.height(cell.text, pixels, float(FORM[cell.role.value]["font_size"]))


def _room(widths: tuple[int, ...]) -> float:
    """Points of rows that one page holds when the printed columns fill its width."""
    width = sum(widths[:LAST_COLUMN]) / _PIXELS * _INCH
    scale = min(1.0, (PAPER[0] - 2 * SIDE) / width)
    return (PAPER[1] - TOP - BOTTOM) / _INCH * _POINTS / scale - 8


def _sum(rows: Mapping[int, float], first: int, last: int) -> float:
    return sum(rows.get(row, 0.0) for row in range(first, last + 1))


def _breaks(
    rows: Mapping[int, float], sheet: FormSheet, room: float, again: float, bonus: int | None
) -> tuple[int, ...]:
    """First rows of further pages: never inside a merged cell, always before the bonuses."""
    places = [row for row in sorted(rows) if row > CODE_ROW]
    cuts = [row for row in places if row not in _unbroken(sheet)]
    found: list[int] = []
    start = CODE_ROW
    for row in places:
        full = _sum(rows, start, row) > room - (again if found else 0)
        if row == bonus or full:
            start = row if row == bonus else max((r for r in cuts if start < r <= row), default=row)
            found.append(start)
    return tuple(found)


def _unbroken(sheet: FormSheet) -> set[int]:
    """Rows that must stay on the page of the row above."""
    joined = {row for cell in sheet.cells for row in range(cell.row + 1, cell.last_row + 1)}
    joined |= {cell.row for cell in sheet.cells if cell.role in {Role.SIGNER, Role.SIGN_DATE}}
    headings = {cell.row for cell in sheet.having(Role.HEADING)}
    return joined | {row + 1 for row in headings}


def _stretch(
    rows: dict[int, float], sheet: FormSheet, page: range, room: float, most: float
) -> None:
    """Spread what is left of a page over its rows to fill, then over the signature boxes."""
    spare = room - sum(rows.get(row, 0.0) for row in page)
    fill = sorted({c.row for c in sheet.cells if c.role in {Role.SCORE, Role.CLAIM}} & set(page))
    signs = sorted({cell.row for cell in sheet.having(Role.SIGN_TEXT)} & set(page))
    for row in fill if spare > 0 else ():
        rows[row] += math.floor(min(spare / len(fill), rows[row] * (most - 1)))
    spare = room - sum(rows.get(row, 0.0) for row in page)
    for row in signs if spare > 0 else ():
        rows[row] += max(0, math.floor(min(spare / len(signs), _SIGN_MOST - rows[row])))
