"""``collect``: take in what came back, check, total, grade, and write the summary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sheetflow import changes, platform, years
from sheetflow import round as rounds
from sheetflow.excel.rewritable import why_fixed
from sheetflow.excel.write.summary import write_summary
from sheetflow.excel.write.summary_plan import Record
from sheetflow.flows.collected import (
    PREDECESSOR,
    STATE,
    Worked,
    typed,
    with_faults,
    work_out,
)
from sheetflow.flows.copies import copy_names, write_copies
from sheetflow.flows.deciding import Deciding
from sheetflow.flows.desk import leave_desk, prepare, with_overtyped
from sheetflow.flows.evaluation import Examined, fingerprint
from sheetflow.flows.gestures import unusable
from sheetflow.flows.intake import take_in
from sheetflow.flows.loading import Loaded, load
from sheetflow.flows.outputs import Left, leave
from sheetflow.flows.pool import beside
from sheetflow.flows.publicity import keep_named
from sheetflow.flows.reading import Tell, silent
from sheetflow.flows.recall import LAST, Gist, gist_of, remember, settle
from sheetflow.ledger import Ledger, open_ledger
from sheetflow.model import Outcome, Place
from sheetflow.round import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What ``collect`` found out and left."""

    outcome: Outcome
    gist: Gist
    changed: bool
    new: int
    #: Where an edited summary was put.
    kept: str = ""
    #: Return copies left, and those of them that people had changed before.
    copies: tuple[Left, ...] = ()
    #: The staff's workbook, when it was written, and whether there was none before.
    desk: Left | None = None
    desk_made: bool = False
    #: What people have decided since the last collect: cell, before, after.
    acts: tuple[tuple[Place, str, str], ...] = ()
    #: Whose result is another than at the last collect, and whether the scheme is, in words.
    news: tuple[str, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document of the contract."""
        return self.gist.document


def collect(
    round_: Round,
    paths: Iterable[Path] = (),
    *,
    now: datetime | None = None,
    accept_unverified: bool = False,
    tell: Tell = silent,
) -> Collected:
    """Run the round's whole pipeline once; run again with nothing new, it touches no file.

    ``now`` is the local time that new arrivals are noted with; without it they bear none.
    ``tell`` is told how far reading has come.

    Raises ``SheetflowError`` where round, scheme, roster or the staff's workbook cannot be used,
    before anything is taken in, and ``OutputError`` where a file cannot be written.
    """
    today = now.date() if now else None
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        platform.remove_stale(round_.folder)
        loaded = load(round_)
        members, processes = len(loaded.roster), platform.processors()
        with beside(write_summary, members=members, processes=processes) as summary:
            deciding = with_overtyped(round_, ledger, loaded, typed(ledger, loaded), today=today)
            taken = take_in(round_, ledger, paths, now=now)
            loaded = with_faults(ledger, loaded, taken.faults)
            worked = work_out(
                ledger,
                loaded,
                deciding,
                accept_unverified=accept_unverified,
                today=today,
                tell=tell,
            )
            changed = not (_settled(loaded, deciding) and _there(round_, ledger, worked))
            outcome = worked.examined.outcome
            gist = gist_of(outcome, changed=changed)
            done = Collected(outcome=outcome, gist=gist, changed=changed, new=taken.new)
            if changed:
                done = _leave_all(round_, ledger, worked, done, now=now, summary=summary)
            return done


def _settled(loaded: Loaded, deciding: Deciding) -> bool:
    """Whether the workbook is there and nothing in it waits to be written again."""
    stays = bool(why_fixed(loaded.desk))
    return bool(loaded.desk) and (stays or not _passing(deciding))


def _passing(deciding: Deciding) -> bool:
    """Whether something was just done in the workbook that the next collect will not find."""
    said = deciding.gestures.keys() - {place for place, _fault in unusable(deciding)}
    return deciding.passing or bool(said)


def _there(round_: Round, ledger: Ledger, worked: Worked) -> bool:
    """Whether all that this state leaves was left by the last collect, and still is there."""
    present = all(round_.path(name).is_file() for name in _outputs(worked))
    return present and not worked.deciding.acts and ledger.get(STATE) == worked.state


def _outputs(worked: Worked) -> tuple[str, ...]:
    """Files that this state leaves, besides the staff's own workbook."""
    return (rounds.SUMMARY, *copy_names(worked.loaded, worked.examined.returned))


def _leave_all(
    round_: Round,
    ledger: Ledger,
    worked: Worked,
    done: Collected,
    *,
    now: datetime | None,
    summary: Callable[..., Callable[[], bytes]],
) -> Collected:
    """Record what was decided, leave every file, keep what the next run compares.

    ``summary`` begins ``write_summary`` and gives what waits for it.
    """
    loaded, deciding, examined = worked.loaded, worked.deciding, worked.examined
    steps = done.gist.steps
    news = _news(ledger, done.gist.document, worked.state)
    _record(ledger, deciding, done.outcome, now)
    written = _begun(ledger, examined, steps, news, summary)
    planned = prepare(ledger, loaded, deciding, examined, steps)
    desk = leave_desk(round_, ledger, loaded, planned, deciding)
    kept = leave(round_, ledger, rounds.SUMMARY, written()).kept
    copies = write_copies(round_, ledger, loaded, examined.returned)
    # Each copy is a form handed out, which belongs to the state the next run compares.
    unverified = worked.unverified
    state = fingerprint(ledger, loaded, done.outcome, accept_unverified=unverified)
    with ledger.transaction():
        remember(ledger, loaded, done.gist, news=news, outputs=_outputs(worked))
        ledger.put(STATE, state)
        if not _passing(deciding):
            today = now.date() if now else None
            settle(round_, ledger, accept_unverified=unverified, today=today)
    return replace(
        done,
        kept=kept,
        copies=copies,
        desk=desk,
        desk_made=not loaded.desk,
        acts=deciding.acts,
        news=news,
    )


def _record(ledger: Ledger, deciding: Deciding, outcome: Outcome, now: datetime | None) -> None:
    """Add what has been decided since the last collect to the ledger, all or nothing."""
    with ledger.transaction():
        moment = now.isoformat(timespec="seconds") if now else ""
        typed = [act for act in deciding.acts if deciding.shown.get(act[0]) == act[2]]
        derived = [act for act in deciding.acts if act not in typed]
        ledger.decide(typed, taken=moment, revision=deciding.revision)
        # What was said of all stands in no cell before the workbook is written again.
        ledger.decide(derived, taken=moment, revision=max(deciding.revision, deciding.begun) + 1)
        keep_named(ledger, outcome)


def _news(ledger: Ledger, plain: dict[str, Any], state: str) -> tuple[str, ...]:
    """What has changed since the last collect; one that only makes a lost file again keeps it."""
    last = json.loads(ledger.get(LAST) or "null")
    if last is None:
        return ()
    if ledger.get(STATE) == state:
        return tuple(last.get("news", ()))
    return changes.news(last["document"], plain)


def _begun(
    ledger: Ledger,
    examined: Examined,
    steps: tuple[str, ...],
    news: tuple[str, ...],
    summary: Callable[..., Callable[[], bytes]],
) -> Callable[[], bytes]:
    """Begin the summary, in any process; return what waits for it."""
    # What was decided since has been added to the ledger by now.
    outcome, before = replace(examined.outcome, head=ledger.head()), ledger.get(PREDECESSOR)
    chosen = {member: found.counts for member, found in examined.versions.items()}
    return summary(
        outcome,
        created=outcome.scheme.period_end,
        steps=steps,
        news=news,
        compared=years.compare(years.load(before), outcome) if before else None,
        record=Record(
            decisions=ledger.decisions(),
            forms={member: form for member, form in chosen.items() if form},
        ),
    )
