"""Rows of the staff's workbook → what the branch decides: vetoes, and which files count."""

from __future__ import annotations

from collections.abc import Iterable

from sheetflow.messages import _
from sheetflow.model import Book, Choice, Fault, Roster, Ruling, Scheme, Table, TableColumn
from sheetflow.stamp import fold
from sheetflow.tables import Record, find_sheet, read_table
from sheetflow.text import clean

SHEET, FILES = "核定", "文件"
_VETO, _BASIS = "否决", "否决依据"
_FILE, _VERSION, _OWNER, _ADOPT, _REASON = "文件", "表单版本", "归属编号", "采用", "理由"
#: What may stand under 采用.
YES, NO = "是", "否"
_ADOPTS = {"": None, YES: True, NO: False}


def read_decisions(
    book: Book, file: str, scheme: Scheme
) -> tuple[tuple[Ruling, ...], tuple[Fault, ...]]:
    """Read the vetoes on sheet 核定: id, veto code, basis. Faults: as ``tables.read_table``."""
    table = read_table(book, file, SHEET, (scheme.terms.id, _VETO, _BASIS))
    decisions = tuple(
        Ruling(
            member=fold(record.text(scheme.terms.id)),
            veto=fold(record.text(_VETO)),
            basis=record.text(_BASIS),
            sources={"veto": record.source(_VETO)},
        )
        for record in table.records
        if record.text(_VETO)
    )
    return decisions, table.faults


def desk_table(scheme: Scheme, decisions: Iterable[Ruling]) -> Table:
    """Sheet 核定 with these decisions, for the branch to go on with."""
    columns = tuple(
        TableColumn(heading=heading, width=width)
        for heading, width in ((scheme.terms.id, 8), (_VETO, 8), (_BASIS, 50))
    )
    rows = tuple((d.member, d.veto, d.basis) for d in decisions)
    return Table(title=SHEET, columns=columns, rows=rows)


def blank_desk(scheme: Scheme, roster: Roster) -> Table:
    """Sheet 核定 with a row for each member and nothing decided."""
    headings = ((scheme.terms.id, 8), (scheme.terms.name, 12), (_VETO, 8), (_BASIS, 50))
    columns = tuple(TableColumn(heading=heading, width=width) for heading, width in headings)
    rows = tuple((member.id, member.name, None, None) for member in roster)
    return Table(title=SHEET, columns=columns, rows=rows)


# ------------------------------------------------------------------ files


def shown_file(file: str) -> str:
    """Name of a file as it stands in a cell and is read back from there."""
    return clean(file).strip()


def read_choices(book: Book, file: str) -> tuple[tuple[Choice, ...], tuple[Fault, ...]]:
    """Read what sheet 文件 says about received files, also the rows that say nothing yet.

    Faults: ``choice-word`` (采用 is neither yes nor no), and as ``tables.read_table``. A
    workbook without the sheet says nothing.
    """
    if find_sheet(book, FILES) is None:
        return (), ()
    table = read_table(book, file, FILES, (_FILE, _VERSION, _OWNER, _ADOPT, _REASON))
    faults = tuple(
        Fault("choice-word", record.source(_ADOPT), record.text(_ADOPT))
        for record in table.records
        if record.text(_ADOPT) not in _ADOPTS
    )
    return tuple(map(_choice, table.records)), (*table.faults, *faults)


def _choice(record: Record) -> Choice:
    return Choice(
        file=shown_file(record.text(_FILE)),
        version=record.text(_VERSION).lower(),
        member=fold(record.text(_OWNER)),
        adopt=_ADOPTS.get(record.text(_ADOPT)),
        reason=record.text(_REASON),
        source=record.source(_ADOPT),
    )


def files_table(choices: Iterable[Choice]) -> Table:
    """Sheet 文件 with a row for each file that a person must decide about."""
    columns = (
        TableColumn(heading=_FILE, width=48),
        TableColumn(heading=_VERSION, width=12),
        TableColumn(heading=_OWNER, width=10, hint=_("这份表是谁的，填名册里的编号")),
        TableColumn(heading=_ADOPT, width=8, choices=(YES, NO)),
        TableColumn(heading=_REASON, width=40),
    )
    rows = tuple((shown_file(c.file), c.version, c.member or None, None, None) for c in choices)
    return Table(title=FILES, columns=columns, rows=rows)
