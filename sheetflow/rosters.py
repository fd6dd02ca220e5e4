"""Rows of the roster → Roster; the roster's table for people to edit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from sheetflow import entries
from sheetflow.messages import _
from sheetflow.model import (
    Book,
    ColumnRole,
    Fault,
    Member,
    Roster,
    Scheme,
    Source,
    Table,
    TableColumn,
    ValueKind,
)
from sheetflow.stamp import fold
from sheetflow.tables import Record, TableRead, find_sheet, read_table, squeeze
from sheetflow.text import clean

SHEET = "名册"


def plain_name(name: str) -> str:
    """Fold a name as two people would call it the same: width, spaces, the unseen aside."""
    return "".join(unicodedata.normalize("NFKC", clean(name, name=True)).split())


def heading(scheme: Scheme, role: ColumnRole) -> str:
    """Heading of the column with this role; empty when the roster has none."""
    return next((c.heading for c in scheme.columns if c.role is role), "")


def read_roster(book: Book, file: str, scheme: Scheme) -> tuple[Roster, tuple[Fault, ...]]:
    """Read sheet 名册.

    Faults: those of ``tables.read_table``; ``id-missing``, ``id-number`` (a number format may
    have eaten leading zeros), ``id-wrong``, ``name-missing``, ``category-unknown``,
    ``status-unknown``, ``name-struck`` (struck out, though the member is here), ``sheet-copied``
    (another sheet like it, with so many rows that are not in it).
    """
    table = read_table(book, file, SHEET, [c.heading for c in scheme.columns])
    members = tuple(_member(record, scheme) for record in table.records)
    faults = [fault for record in table.records for fault in _faults(record, scheme)]
    faults += _struck(book, table, members, scheme)
    faults += _copies(book, file, table, scheme)
    return Roster(members=members), (*table.faults, *faults)


def _struck(
    book: Book, table: TableRead, members: Iterable[Member], scheme: Scheme
) -> Iterator[Fault]:
    sheet, title = find_sheet(book, SHEET), heading(scheme, ColumnRole.NAME)
    for record, member in zip(table.records, members, strict=True):
        at = (record.row, record.columns.get(title, 0))
        if sheet and at in sheet.struck and member.absence is None:
            yield Fault("name-struck", record.source(title), member.name)


def _copies(book: Book, file: str, table: TableRead, scheme: Scheme) -> Iterator[Fault]:
    headings = [column.heading for column in scheme.columns]
    name = heading(scheme, ColumnRole.NAME)
    known = {_row(record, headings) for record in table.records}
    for sheet in (each for each in book.sheets if squeeze(each.title) != SHEET):
        copy = read_table(Book((sheet,)), file, sheet.title, headings)
        if any(fault.kind == "heading-missing" for fault in copy.faults):
            continue
        other = [record for record in copy.records if _row(record, headings) not in known]
        if other:
            first = other[0]
            yield Fault("sheet-copied", first.source(name), first.text(name), str(len(other)))


def _row(record: Record, headings: Iterable[str]) -> tuple[str, ...]:
    return tuple(record.text(each) for each in headings)


def _member(record: Record, scheme: Scheme) -> Member:
    def text(role: ColumnRole) -> str:
        return record.text(heading(scheme, role))

    status = text(ColumnRole.STATUS)
    absence = next((s.absence for s in scheme.statuses if s.title == status), None)
    return Member(
        id=fold(text(ColumnRole.ID)),
        name=clean(text(ColumnRole.NAME), name=True),
        category=text(ColumnRole.CATEGORY),
        group=text(ColumnRole.GROUP),
        duty=text(ColumnRole.DUTY),
        post=text(ColumnRole.POST),
        joined=entries.day(record.cells.get(heading(scheme, ColumnRole.JOINED))),
        absence=absence,
        details=tuple(_detail(c.heading, record.text(c.heading)) for c in scheme.columns),
        source=record.source(heading(scheme, ColumnRole.ID)),
    )


@lru_cache(maxsize=1024)  # most members have most of theirs in common: of many, half the memory
def _detail(heading: str, text: str) -> tuple[str, str]:
    return heading, text


def _faults(record: Record, scheme: Scheme) -> Iterable[Fault]:
    def at(role: ColumnRole) -> tuple[str, Source, str]:
        title = heading(scheme, role)
        return record.text(title), record.source(title), title

    member_id, source, title = at(ColumnRole.ID)
    value = record.cells.get(title)
    if not member_id:
        yield Fault("id-missing", source)
    elif not (fold(member_id).isalnum() and fold(member_id).isascii()) or len(member_id) > 12:  # noqa: PLR2004 - fits a form code
        yield Fault("id-wrong", source, member_id)
    elif value and value.kind is ValueKind.NUMBER:
        yield Fault("id-number", source, member_id)
    name, source, title = at(ColumnRole.NAME)
    if not name:
        yield Fault("name-missing", source)
    known = {
        ColumnRole.CATEGORY: ("category-unknown", [c.title for c in scheme.categories]),
        ColumnRole.STATUS: ("status-unknown", ["", *(s.title for s in scheme.statuses)]),
    }
    for role, (kind, words) in known.items():
        text, source, title = at(role)
        if title and text not in words:
            yield Fault(kind, source, text, _("、").join(filter(None, words)))


def to_table(scheme: Scheme, rows: Iterable[Mapping[str, str]] = ()) -> Table:
    """The roster's table: headings of the scheme and rows by heading."""
    columns = tuple(
        TableColumn(heading=c.heading, width=c.width, choices=c.choices or _choices(scheme, c.role))
        for c in scheme.columns
    )
    return Table(
        title=SHEET,
        columns=columns,
        rows=tuple(tuple(row.get(c.heading) or None for c in scheme.columns) for row in rows),
        advice=_("每人一行。编号留空的，生成表格时自动编好；以后不要再改编号。"),
    )


def _choices(scheme: Scheme, role: ColumnRole) -> tuple[str, ...]:
    if role is ColumnRole.CATEGORY:
        return tuple(c.title for c in scheme.categories)
    return tuple(s.title for s in scheme.statuses) if role is ColumnRole.STATUS else ()


def free_ids(roster: Roster) -> Iterable[str]:
    """Numbers not yet used, of three digits or more, upwards from the highest."""
    used = [int(m.id) for m in roster if m.id.isdecimal() and m.id.isascii()]
    number = max(used, default=0)
    while True:
        number += 1
        yield f"{number:03d}"
