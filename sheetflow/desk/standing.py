"""Where every sheet, column and row of the plan stands in a workbook, or is going to stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sheetflow.desk.finding import Found, find
from sheetflow.desk.places import Placer, placer
from sheetflow.desk.read import text_of
from sheetflow.desk.sheets import HEADINGS, SYSTEM, DeskPlan, DeskSheet, Layout
from sheetflow.model import Book
from sheetflow.tables import address


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where everything stands; rows and columns to be appended too."""

    plan: DeskPlan
    found: Mapping[str, Found]
    #: (tab, row key) → row.
    rows: Mapping[tuple[str, str], int]
    #: Tab → keys of columns that are appended.
    added: Mapping[str, frozenset[str]]
    placed: Placer


def top_of(layout: Layout) -> int:
    """Row of the headings of a sheet painted new, counted from 0: title and advice stand above."""
    return 1 + len(layout.advice)


def stand(plan: DeskPlan, book: Book) -> Standing:
    """Find out where everything stands.

    Columns are appended only to a workbook whose headings were other ones when it was written:
    else people took them away.
    """
    found = {sheet.layout.tab: _found(book, sheet.layout, plan.ids) for sheet in plan.sheets}
    added = dict.fromkeys(found, frozenset[str]())
    if _older(plan, found[SYSTEM]):
        for tab, here in found.items():
            found[tab], added[tab] = _widened(here)
    rows: dict[tuple[str, str], int] = {}
    columns: dict[tuple[str, str], tuple[str, str]] = {}
    for sheet in plan.sheets:
        tab, here = sheet.layout.tab, found[sheet.layout.tab]
        for key, column in here.columns.items():
            columns[tab, key] = (here.title, address(1, column)[:-1])
        rows |= {(tab, key): row for key, row in _rows(sheet, here).items()}

    def where(tab: str, column: str) -> tuple[str, str] | None:
        return columns.get((tab, column))

    return Standing(
        plan=plan,
        found=found,
        rows=rows,
        added=added,
        placed=placer(where),
    )


def _found(book: Book, layout: Layout, ids: Iterable[str]) -> Found:
    """Find a sheet; one that is gone, or hidden and no longer whole, stands as painted new."""
    found = find(book, "", layout, ids)
    whole = found.usable and len(found.columns) == len(layout.columns)
    if found.sheet is not None and (whole or not layout.hidden):
        return found
    columns = {c.key: n for n, c in enumerate(layout.columns, start=1)}
    return Found(layout=layout, top=top_of(layout) + 1, columns=columns)


def _older(plan: DeskPlan, system: Found) -> bool:
    """Whether the workbook was written with other headings."""
    rows = {row.key: row for row in plan.sheet(SYSTEM).rows}
    at = system.rows.get(HEADINGS, (0,))[0]
    written = text_of(system.value(at, "value"))
    return bool(written) and written != rows[HEADINGS].cells["value"].value


def _widened(here: Found) -> tuple[Found, frozenset[str]]:
    """Let columns that are not there stand behind all others."""
    lacking = [c.key for c in here.layout.columns if c.key not in here.columns]
    if here.sheet is None or not here.usable or not lacking:
        return here, frozenset()
    last = max(column for _row, column in here.sheet.values)
    more = {key: n for n, key in enumerate(lacking, start=last + 1)}
    return replace(here, columns={**here.columns, **more}), frozenset(lacking)


def _rows(sheet: DeskSheet, here: Found) -> dict[str, int]:
    """Row of each key: where it stands, else below everything."""
    known = set(here.columns.values())
    values = here.sheet.values if here.sheet else {}
    filled = (row for row, column in values if column in known)
    last = max(filled, default=here.top)
    found = {}
    for row in sheet.rows:
        if row.key in here.rows:
            found[row.key] = here.rows[row.key][0]
        elif here.usable:
            last += 1
            found[row.key] = last
    return found
