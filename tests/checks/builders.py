"""Sound schemes, rosters and forms in a few words, for tests that spoil one thing each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from sheetflow import rosters, scheme_sheets, schemes
from sheetflow.checks.registry import Case, run_checks
from sheetflow.layout import plan_form
from sheetflow.model import (
    Book,
    Entry,
    Fault,
    Field,
    Member,
    Scheme,
    Sheet,
    Source,
    Stamp,
    Submission,
    Table,
    Value,
    ValueKind,
)
from sheetflow.tables import address

TEMPLATE = Path(__file__).parents[2] / "templates" / "agreement" / "scheme.toml"
SCHEME = schemes.load_toml(TEMPLATE.read_bytes())
VERSION = schemes.version(SCHEME)

Typed = str | int | float | Decimal | date | Value | None
Edits = Mapping[tuple[str, str], Typed]


def value(typed: Typed) -> Value:
    """The cell that comes of typing this."""
    if isinstance(typed, Value):
        return typed
    if isinstance(typed, date):
        return Value(ValueKind.DATE, typed.isoformat())
    return Value(ValueKind.TEXT if isinstance(typed, str) else ValueKind.NUMBER, str(typed))


def formula(typed: Typed) -> Value:
    return value(typed)._replace(formula=True)


def shown(typed: Typed, seen: str) -> Value:
    """The same in a cell that shows something else."""
    return value(typed)._replace(seen=seen)


UNCACHED = Value(ValueKind.UNCACHED, "", formula=True)
ERROR = Value(ValueKind.ERROR, "#REF!", formula=True)
TRUE = Value(ValueKind.BOOL, "TRUE")


# ------------------------------------------------------------------ findings


def said(case: Case, families: str) -> list[str]:
    """Code, item and place of every finding: ``V402 A2-1 目标管理!G12``."""
    return [
        " ".join(filter(None, (f.code, f.item, _place(f.source))))
        for f in run_checks(case, families)
    ]


def codes(case: Case, families: str) -> list[str]:
    return [finding.code for finding in run_checks(case, families)]


def _place(source: Source) -> str:
    return f"{source.sheet}!{source.cell}" if source.cell else source.sheet or source.file


# ------------------------------------------------------------------ workbooks people edit


def book(tables: tuple[Table, ...], edits: Edits) -> Book:
    """The tables as a workbook, with cells typed over; ``None`` clears a cell."""
    return Book(tuple(_sheet(table, edits) for table in tables))


def _sheet(table: Table, edits: Edits) -> Sheet:
    headings = tuple(column.heading for column in table.columns)
    cells = {
        (row, column): value(text)
        for row, texts in enumerate((headings, *table.rows), 1)
        for column, text in enumerate(texts, 1)
        if text is not None
    }
    for (title, at), typed in edits.items():
        if title == table.title:
            cells.pop(_row_column(at), None)
            if typed is not None:
                cells[_row_column(at)] = value(typed)
    return Sheet(table.title, hidden=False, values=cells)


def _row_column(at: str) -> tuple[int, int]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", at)
    assert match
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def scheme_case(edits: Edits, *, leave: str = "") -> Case:
    """The scheme's workbook with cells typed over, read and built."""
    tables = tuple(t for t in scheme_sheets.to_tables(SCHEME) if t.title != leave)
    tree, places, faults = scheme_sheets.from_book(book(tables, edits), "考核方案.xlsx")
    built, more = schemes.build(tree, places)
    return Case(scheme=built or SCHEME, places=places, faults=(*faults, *more))


ROWS = (
    {"编号": "007", "姓名": "甲一", "类别": "正式党员"},
    {"编号": "012", "姓名": "乙二", "类别": "正式党员"},
    {"编号": "020", "姓名": "丙三", "类别": "预备党员"},
)


def roster_case(edits: Edits, *, leave: str = "", scheme: Scheme = SCHEME) -> Case:
    """The roster's workbook with cells typed over, read."""
    tables = tuple(t for t in (rosters.to_table(scheme, ROWS),) if t.title != leave)
    roster, faults = rosters.read_roster(book(tables, edits), "名册.xlsx", scheme)
    return Case(scheme=scheme, roster=roster, faults=faults)


ROSTER = roster_case({}).roster


# ------------------------------------------------------------------ forms


@cache
def cells() -> Mapping[tuple[str, Field], Source]:
    """Where each entry stands in a form left as it was handed out."""
    plan = plan_form(SCHEME, Member(id="007", name="甲一"), code="", token="")
    return {
        (cell.code, cell.field): Source("甲一.xlsx", sheet.title, address(cell.row, cell.column))
        for sheet in plan.sheets
        for cell in sheet.cells
        if cell.field and cell.code
    }


def best() -> dict[str, Typed]:
    """Every item at its best."""
    return {item.code: item.most for part in SCHEME.parts for item in part.items if not item.group}


def form(
    rows: Mapping[str, Mapping[str, Typed]] | None = None,
    /,
    *,
    member: str | None = "007",
    name: str = "",
    totals: Mapping[str, Typed] | None = None,
    faults: tuple[Fault, ...] = (),
    scores: Mapping[str, Typed] | None = None,
    **typed: Typed,
) -> Submission:
    """A form at its best with cells typed over: ``form(A2_1="5")``.

    ``rows`` are rows by code: ``{"A+1-1": {"level": "省级", "claim": 6}}``; ``scores`` are
    points by code. ``None`` is blank.
    """
    points = best() | {"A3-1": 4, "A3-2": 4, "A3-3": 4} | dict(scores or {})
    points |= {code.replace("_", "-"): each for code, each in typed.items()}
    where = cells()
    filled = [(code, Field.SCORE, each) for code, each in points.items()]
    filled += [
        (code, Field(name), e) for code, row in (rows or {}).items() for name, e in row.items()
    ]
    entries = [
        Entry(code, field, value(each), where[code, field])
        for code, field, each in filled
        if each is not None
    ]
    return Submission(
        file="甲一.xlsx",
        sha256="",
        stamp=Stamp(round="2015", scheme=VERSION, member=member) if member else None,
        verified=True,
        name=name,
        entries=tuple(entries),
        spots={c: s for (c, f), s in where.items() if f in {Field.SCORE, Field.CLAIM}},
        totals={
            code: Entry(code, Field.SCORE, value(each), Source("甲一.xlsx", code, "I60"))
            for code, each in (totals or {}).items()
        },
        faults=faults,
    )


def form_case(*forms: Submission, scheme: Scheme = SCHEME) -> Case:
    return Case(scheme=scheme, version=VERSION, roster=ROSTER, submissions=forms)


def honour(**typed: Typed) -> dict[str, Typed]:
    """A bonus row with all its proof, cells typed over."""
    row: dict[str, Typed] = {
        "reason": "先进个人",
        "level": "省级",
        "issuer": "某局",
        "document": "局发〔2015〕3号",
        "date": date(2015, 5, 4),
        "claim": 6,
    }
    return row | typed


def moment(hour: int) -> datetime:
    return datetime(2015, 12, 1, hour)  # noqa: DTZ001 - as read from a file in tests
