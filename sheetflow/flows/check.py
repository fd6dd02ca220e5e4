"""``check``: whether what people edit is sound."""

from __future__ import annotations

from sheetflow import round as rounds
from sheetflow.checks.registry import Case, run_checks, sort
from sheetflow.errors import FaultsError
from sheetflow.flows.deciding import take
from sheetflow.flows.loading import desk_book, look, with_decisions
from sheetflow.ledger import open_ledger
from sheetflow.model import Finding
from sheetflow.round import Round

#: Codes that judge the branch's decisions by themselves.
_DECISIONS = {"Z706", "Z707", "X607"}


def check_round(round_: Round) -> tuple[Finding, ...]:
    """Every fault of scheme, roster and decisions; changes nothing."""
    try:
        loaded = look(round_)
    except FaultsError as error:
        return error.findings
    with open_ledger(round_.path(rounds.LEDGER), lock=False) as ledger:
        deciding = take(ledger, desk_book(loaded), loaded.scheme, loaded.roster)
    loaded = with_decisions(loaded, deciding)
    case = Case(
        scheme=loaded.scheme,
        roster=loaded.roster,
        faults=loaded.faults,
        rulings=tuple(loaded.decided.members.values()),
        choices=loaded.decided.choices,
        desk=loaded.decided,
    )
    found = run_checks(case, "XZD")
    decided = (f for f in found if f.code in _DECISIONS or f.code[0] == "D")
    return sort((*loaded.findings, *decided), loaded.scheme)
