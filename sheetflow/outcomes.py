"""Numbers derived from an outcome, in one place for the screen, the workbook and the papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from sheetflow import number
from sheetflow.model import FileStatus, Outcome, Standing, StandingStatus


def counts(outcome: Outcome) -> dict[str, int]:
    """Counts of the contract; those of members and those of files each add up.

    due = roster − left = assessed + exempt + deferred + missing + undecided, and
    assessed = graded + not_graded (design §6).
    """
    files = Counter(receipt.status for receipt in outcome.receipts)
    members = Counter(standing.status for standing in outcome.standings)
    left = members[StandingStatus.LEFT]
    graded, not_graded = members[StandingStatus.GRADED], members[StandingStatus.NOT_GRADED]
    return {
        "received": sum(files.values()),
        **{status.value: files[status] for status in FileStatus},
        "roster": len(outcome.standings),
        "left": left,
        "due": len(outcome.standings) - left,
        "assessed": graded + not_graded,
        "graded": graded,
        "not_graded": not_graded,
        "exempt": members[StandingStatus.EXEMPT],
        "deferred": members[StandingStatus.DEFERRED],
        "missing": members[StandingStatus.MISSING],
        "undecided": members[StandingStatus.UNDECIDED],
    }


def in_tier(standings: Iterable[Standing], title: str) -> tuple[Standing, ...]:
    """Graded members who stand in this tier now."""
    graded = (s for s in standings if s.status is StandingStatus.GRADED)
    return tuple(s for s in graded if s.tier == title)


def share(count: int, whole: int) -> str:
    """Percentage to one decimal, half up; a dash of nothing."""
    if not whole:
        return "—"
    return f"{number.half_up(Decimal(count * 100) / Decimal(whole), 1)}%"
