"""``check``: whether what people edit is sound."""

from __future__ import annotations

from sheetflow.checks.registry import Case, run_checks, sort
from sheetflow.errors import FaultsError
from sheetflow.flows.loading import look
from sheetflow.model import Finding
from sheetflow.round import Round

#: Codes that judge the branch's decisions by themselves.
_DECISIONS = {"Z706", "Z707", "X607", "X609"}


def check_round(round_: Round) -> tuple[Finding, ...]:
    """Every fault of scheme, roster and decisions; changes nothing."""
    try:
        loaded = look(round_)
    except FaultsError as error:
        return error.findings
    case = Case(
        scheme=loaded.scheme,
        roster=loaded.roster,
        faults=loaded.faults,
        rulings=loaded.rulings,
        choices=loaded.choices,
    )
    decided = (f for f in run_checks(case, "XZ") if f.code in _DECISIONS)
    return sort((*loaded.findings, *decided), loaded.scheme)
