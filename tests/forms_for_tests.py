"""Returned forms for tests: entries in a few words, and whole books to spoil cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st
from schemes_for_tests import CREATED, MEMBER, RICH

from sheetflow import kinds, number, schemes, stamp
from sheetflow.excel.read import read_book
from sheetflow.excel.write.form import write_form
from sheetflow.identity import Issued, issued
from sheetflow.layout import plan_form
from sheetflow.model import (
    Book,
    Entry,
    Field,
    Item,
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

Typed = str | int | Decimal | date | Value
Cells = Mapping[tuple[str, Field], Typed]
Values = dict[tuple[int, int], Value]
KEY, ROUND = "a-key", "round-1"


def value(typed: Typed) -> Value:
    """What a workbook holds after this was typed into a cell."""
    if isinstance(typed, Value):
        return typed
    if isinstance(typed, date):
        return Value(ValueKind.DATE, typed.isoformat())
    if isinstance(typed, str):
        return Value(ValueKind.TEXT, typed)
    return Value(ValueKind.NUMBER, number.text(Decimal(typed)))


def table_book(*tables: Table) -> Book:
    """Tables as they come back from a workbook nobody has edited."""
    sheets = []
    for table in tables:
        top = [[table.advice]] if table.advice else []
        rows = [*top, [each.heading for each in table.columns], *table.rows]
        cells = {
            (r, c): value(each)
            for r, row in enumerate(rows, 1)
            for c, each in enumerate(row, 1)
            if each is not None
        }
        sheets.append(Sheet(table.title, hidden=False, values=cells))
    return Book(tuple(sheets))


def scores(**points: Typed) -> dict[tuple[str, Field], Typed]:
    """Self scores by code, ``_`` for the hyphen: ``scores(A1_1=5)``."""
    return {(code.replace("_", "-"), Field.SCORE): typed for code, typed in points.items()}


def row(code: str, **typed: Typed) -> dict[tuple[str, Field], Typed]:
    """One bonus row: ``row("A+1-1", level="省级", claim=6)``."""
    return {(code, Field(name)): each for name, each in typed.items()}


def filled(cells: Cells, *, member: str = "007") -> Submission:
    """Make a form of these cells as the reader would record it."""
    return Submission(
        file="a.xlsx",
        sha256="",
        stamp=Stamp(round=ROUND, scheme="", member=member),
        verified=True,
        entries=tuple(Entry(c, f, value(t), Source("a.xlsx")) for (c, f), t in cells.items()),
    )


def full() -> dict[tuple[str, Field], Typed]:
    """Every item of the rich scheme at its best."""
    items = [item for part in RICH.parts for item in part.items]
    return {(item.code, Field.SCORE): item.most for item in items}


def allowed(item: Item) -> list[Decimal]:
    """All points an item may have, counted up from its rule."""
    listed = kinds.values(item)
    if listed is not None:
        return list(listed)
    return [n * item.step for n in range(int(item.most / item.step) + 1)]


@st.composite
def sound_cells(draw: st.DrawFn) -> dict[tuple[str, Field], Typed]:
    """Fill a form of the rich scheme without any fault, its groups partly, bonus rows some."""
    cells: dict[tuple[str, Field], Typed] = {}
    for part in RICH.parts:
        for item in part.items:
            if not item.group or item.code == "A2-1" or draw(st.booleans()):
                cells[item.code, Field.SCORE] = draw(st.sampled_from(allowed(item)))
    for code in ("A+1-1", "A+1-2", "A+1-3"):
        if draw(st.booleans()):
            level = draw(st.sampled_from(["省级 6", "市级 4", "县级 2.5"]))
            title, points = level.split()
            document = draw(st.sampled_from(["发〔2015〕1号", "发〔2015〕2号", "发〔2015〕3号"]))
            cells |= row(code, level=title, document=document, date=date(2015, 6, 1))
            cells |= row(code, claim=Decimal(points))
    for code in ("A+5-1", "A+5-2", "A+5-3", "A+5-4"):
        if draw(st.booleans()):
            day = date(draw(st.sampled_from([2014, 2015])), 6, 1)
            cells |= row(code, reason="登记", date=day, claim=draw(st.sampled_from([0, 1])))
    return cells


# ------------------------------------------------------------------ whole books


def stamped(member: str = "007", *, scheme: Scheme = RICH, generation: int = 0) -> Stamp:
    version = schemes.version(scheme)
    return Stamp(round=ROUND, scheme=version, member=member, generation=generation)


def known(*stamps: Stamp, key: str = KEY) -> Issued:
    return issued(key, ROUND, stamps or (stamped(),))


def blank_book(scheme: Scheme = RICH, member: Member = MEMBER, key: str = KEY) -> Book:
    """A blank form as it comes back untouched: planned, written, read."""
    mark = stamped(member.id, scheme=scheme)
    plan = plan_form(scheme, member, code=stamp.code(mark, key), token=stamp.token(mark, key))
    return read_book(write_form(plan, scheme, created=CREATED))


def filled_book(scheme: Scheme = RICH) -> Book:
    """A form with something in every cell a member fills, each text its own."""
    plan = plan_form(scheme, MEMBER, code="", token="")
    sheets = []
    for sheet, planned in zip(blank_book(scheme).sheets, plan.sheets, strict=True):
        values = dict(sheet.values)
        fill = [cell for cell in planned.cells if cell.field and cell.field is not Field.APPROVED]
        for cell in fill:
            text = f"{cell.code}/{cell.role}"
            values[cell.row, cell.column] = Value(ValueKind.TEXT, text)
        sheets.append(replace(sheet, values=values))
    return Book(tuple(sheets), datetime(2015, 12, 10, 9, 30, tzinfo=UTC))


def edited(book: Book, at: int, change: Callable[[Values], Values]) -> Book:
    """The book with the cells of one sheet changed."""
    sheets = list(book.sheets)
    sheets[at] = replace(sheets[at], values=change(dict(sheets[at].values)))
    return replace(book, sheets=tuple(sheets))


def everywhere(book: Book, change: Callable[[Values], Values]) -> Book:
    """The book with the cells of every sheet changed the same way."""
    for at in range(len(book.sheets)):
        book = edited(book, at, change)
    return book


def moved(
    rows: Callable[[int], int] = int, columns: Callable[[int], int] = int
) -> Callable[[Values], Values]:
    """Every cell to another row and column."""
    return lambda values: {(rows(r), columns(c)): each for (r, c), each in values.items()}


def without(*places: tuple[int, int]) -> Callable[[Values], Values]:
    """These cells cleared."""
    return lambda values: {at: each for at, each in values.items() if at not in places}


def typed_over(place: tuple[int, int], typed: Typed) -> Callable[[Values], Values]:
    """One cell typed over."""
    return lambda values: {**values, place: value(typed)}


def find(sheet: Sheet, text: str) -> tuple[int, int]:
    """Place of the first cell, from the top, that holds just this text."""
    return min(at for at, each in sheet.values.items() if each.raw == text)


def contents(submission: Submission) -> set[tuple[str, Field, str]]:
    """What was filled, wherever it stood."""
    return {(e.code, e.field, e.value.raw) for e in submission.entries}


def kinds_of(faults: Iterable[object]) -> set[str]:
    """Kinds of the faults of a reader."""
    return {getattr(fault, "kind", "") for fault in faults}
