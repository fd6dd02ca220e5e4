"""``check``: whether what people edit is sound."""

from __future__ import annotations

from sheetflow.errors import FaultsError
from sheetflow.flows.loading import look
from sheetflow.model import Finding
from sheetflow.round import Round


def check_round(round_: Round) -> tuple[Finding, ...]:
    """Every fault of scheme, roster and decisions; changes nothing."""
    try:
        return look(round_).findings
    except FaultsError as error:
        return error.findings
