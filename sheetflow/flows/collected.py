"""The state of a round, worked out: for a collect, and again for what stands on the last one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sheetflow import round as rounds
from sheetflow.excel.rewritable import why_fixed
from sheetflow.flows.deciding import PAINTED, Deciding, as_left, drop_stale, take
from sheetflow.flows.evaluation import Examined, examine, fingerprint
from sheetflow.flows.gestures import settle
from sheetflow.flows.intake import look_around
from sheetflow.flows.loading import Loaded, desk_book, with_decisions
from sheetflow.flows.publicity import named
from sheetflow.flows.reading import Tell, silent
from sheetflow.ledger import Ledger
from sheetflow.model import Fault, Source
from sheetflow.round import Round

#: Names in the ledger: what the last collect depended on, and what the round before this one
#: came to.
STATE, PREDECESSOR = "collect_state", "predecessor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What was received and decided, and what it comes to."""

    loaded: Loaded
    deciding: Deciding
    examined: Examined
    #: Names everything this depends on.
    state: str
    #: Forms that cannot be verified were accepted.
    unverified: bool


def typed(ledger: Ledger, loaded: Loaded) -> Deciding:
    """Set the staff's workbook against the ledger; faults as ``take`` has them.

    One that nobody has saved since it was painted holds nothing new; before the first decision
    nobody asks where anything stands in it either, so it is not read.

    Raises ``SheetflowError`` as ``desk_book`` does.
    """
    painted = ledger.get(PAINTED) == hashlib.sha256(loaded.desk).hexdigest()
    if painted and not ledger.state():
        return as_left(ledger)
    return take(ledger, desk_book(loaded), loaded.scheme, loaded.roster)


def with_faults(ledger: Ledger, loaded: Loaded, closed: Iterable[Fault]) -> Loaded:
    """Put beside scheme and roster what else is known before anything is decided.

    ``closed`` are files nobody could open. Further faults: a workbook of the staff that cannot be
    rewritten without loss, as ``why_fixed`` names them.
    """
    why = why_fixed(loaded.desk)
    parts = (Fault(why, Source(rounds.DESK), expected=rounds.BESIDE),) if why else ()
    published = named(ledger, loaded.scheme)
    return replace(loaded, published=published, faults=(*loaded.faults, *closed, *parts))


def work_out(
    ledger: Ledger,
    loaded: Loaded,
    deciding: Deciding,
    *,
    accept_unverified: bool,
    today: date | None,
    tell: Tell = silent,
) -> Worked:
    """Work out the outcome; what was typed for all rows becomes single decisions on the way.

    Counts come first, then approvals, then tiers: each looks at what the one before left.
    """
    while True:
        now = with_decisions(loaded, deciding)
        examined = examine(ledger, now, accept_unverified=accept_unverified, today=today, tell=tell)
        settled = settle(
            deciding,
            examined.outcome.standings,
            examined.versions,
            matters=examined.matters,
            rulings=now.decided,
            scheme=now.scheme,
        )
        settled = drop_stale(settled, now.scheme, examined.versions, roster=now.roster)
        if settled.state == deciding.state:
            outcome = examined.outcome
            state = fingerprint(ledger, now, outcome, accept_unverified=accept_unverified)
            return Worked(
                loaded=now,
                deciding=settled,
                examined=examined,
                state=state,
                unverified=accept_unverified,
            )
        deciding = settled


def last_collected(
    round_: Round, ledger: Ledger, loaded: Loaded, today: date | None, *, places: bool = True
) -> Worked | None:
    """Work out the state last collected; ``None`` when anything has changed since.

    Without ``places`` nobody asks in which cells people decided: a workbook of the staff that is
    as it was left need not be read, since all that was typed into it is in the ledger.
    """
    around = look_around(round_, ledger)
    if around.new or not ledger.get(STATE):
        return None
    known = with_faults(ledger, loaded, around.closed)
    if not places and _untouched(ledger, loaded):
        worked = _same(ledger, known, as_left(ledger), today)
        if worked:
            return worked
    return _same(ledger, known, typed(ledger, loaded), today)


def as_collected(ledger: Ledger, loaded: Loaded, today: date | None) -> Worked | None:
    """Work out what the last collect came to, whatever stands in the staff's workbook by now.

    ``None`` when scheme or roster have changed since, or more was known then.
    """
    return _same(ledger, with_faults(ledger, loaded, ()), as_left(ledger), today)


def _untouched(ledger: Ledger, loaded: Loaded) -> bool:
    """Whether the staff's workbook is what was left last; such a one can be rewritten, too."""
    return ledger.output(rounds.DESK) == hashlib.sha256(loaded.desk).hexdigest()


def _same(ledger: Ledger, loaded: Loaded, deciding: Deciding, today: date | None) -> Worked | None:
    """Work out the state; ``None`` when it is another one than that last collected."""
    for unverified in (False, True):
        worked = work_out(ledger, loaded, deciding, accept_unverified=unverified, today=today)
        if not worked.deciding.acts and worked.state == ledger.get(STATE):
            return worked
    return None
