"""The state of a round, worked out: for a collect, and again for what stands on the last one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sheetflow import round as rounds
from sheetflow.excel.rewritable import why_fixed
from sheetflow.flows.deciding import Deciding, drop_stale, take
from sheetflow.flows.evaluation import Examined, examine, fingerprint
from sheetflow.flows.gestures import settle
from sheetflow.flows.intake import look_around
from sheetflow.flows.loading import Loaded, desk_book, with_decisions
from sheetflow.flows.publicity import named
from sheetflow.flows.reading import Tell, silent
from sheetflow.ledger import Ledger, chain_faults
from sheetflow.model import Book, Fault, Source
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


def begin(
    ledger: Ledger, loaded: Loaded, book: Book | None, closed: Iterable[Fault]
) -> tuple[Loaded, Deciding]:
    """Set the staff's workbook against the ledger.

    ``book`` is what ``desk_book`` read of it, ``closed`` are files nobody could open.

    Faults besides those of ``take``: a workbook that cannot be rewritten without loss, as
    ``why_fixed`` names them.
    """
    why = why_fixed(loaded.desk)
    parts = (Fault(why, Source(rounds.DESK), expected=rounds.BESIDE),) if why else ()
    loaded = _with_faults(ledger, loaded, (*closed, *parts))
    return loaded, take(ledger, book, loaded.scheme)


def _with_faults(ledger: Ledger, loaded: Loaded, faults: Iterable[Fault]) -> Loaded:
    """Put beside scheme and roster what else is known before anything is decided."""
    published = named(ledger, loaded.scheme)
    return replace(loaded, published=published, faults=(*loaded.faults, *faults))


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
        settled = drop_stale(settled, now.scheme, examined.versions)
        if settled.state == deciding.state:
            outcome = examined.outcome
            state = fingerprint(ledger, now, outcome, accept_unverified=accept_unverified)
            return Worked(loaded=now, deciding=settled, examined=examined, state=state)
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
    if not places and _untouched(ledger, loaded):
        state, broken = ledger.state(), chain_faults(ledger.verify(), rounds.LEDGER)
        deciding = Deciding(before=state, state=state, faults=broken)
        known = _with_faults(ledger, loaded, around.closed)
        worked = _same(ledger, known, deciding, today)
        if worked:
            return worked
    loaded, deciding = begin(ledger, loaded, desk_book(loaded), around.closed)
    return _same(ledger, loaded, deciding, today)


def _untouched(ledger: Ledger, loaded: Loaded) -> bool:
    """Whether the staff's workbook is what was left last; such a one can be rewritten, too."""
    left = ledger.output(rounds.DESK)
    return left is not None and left[0] == hashlib.sha256(loaded.desk).hexdigest()


def _same(ledger: Ledger, loaded: Loaded, deciding: Deciding, today: date | None) -> Worked | None:
    """Work out the state; ``None`` when it is another one than that last collected."""
    for unverified in (False, True):
        worked = work_out(ledger, loaded, deciding, accept_unverified=unverified, today=today)
        if not worked.deciding.acts and worked.state == ledger.get(STATE):
            return worked
    return None
