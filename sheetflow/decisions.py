"""Rows of the staff's workbook → Decisions of the branch. So far: vetoes and their basis."""

from __future__ import annotations

from collections.abc import Iterable

from sheetflow.model import Book, Decision, Fault, Scheme, Table, TableColumn
from sheetflow.stamp import fold
from sheetflow.tables import read_table

SHEET = "核定"
_VETO, _BASIS = "否决", "否决依据"


def read_decisions(
    book: Book, file: str, scheme: Scheme
) -> tuple[tuple[Decision, ...], tuple[Fault, ...]]:
    """Read the vetoes on sheet 核定: id, veto code, basis. Faults: as ``tables.read_table``."""
    table = read_table(book, file, SHEET, (scheme.terms.id, _VETO, _BASIS))
    decisions = tuple(
        Decision(
            member=fold(record.text(scheme.terms.id)),
            veto=fold(record.text(_VETO)),
            basis=record.text(_BASIS),
            source=record.source(_VETO),
        )
        for record in table.records
        if record.text(_VETO)
    )
    return decisions, table.faults


def desk_table(scheme: Scheme, decisions: Iterable[Decision]) -> Table:
    """Sheet 核定 with these decisions, for the branch to go on with."""
    columns = tuple(
        TableColumn(heading=heading, width=width)
        for heading, width in ((scheme.terms.id, 8), (_VETO, 8), (_BASIS, 50))
    )
    rows = tuple((d.member, d.veto, d.basis) for d in decisions)
    return Table(title=SHEET, columns=columns, rows=rows)
