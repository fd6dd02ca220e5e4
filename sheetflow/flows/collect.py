"""``collect``: take in what came back, check, total, grade, and write the summary."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sheetflow import changes, document, platform, years
from sheetflow import round as rounds
from sheetflow.excel.refresh import fixed
from sheetflow.excel.write.summary import write_summary
from sheetflow.excel.write.summary_plan import Record
from sheetflow.flows import advice
from sheetflow.flows.copies import copy_names, write_copies
from sheetflow.flows.deciding import Deciding, drop_stale, take
from sheetflow.flows.desk import BESIDE, leave_desk, prepare
from sheetflow.flows.evaluation import Examined, examine, fingerprint
from sheetflow.flows.gestures import settle, unusable
from sheetflow.flows.intake import take_in
from sheetflow.flows.loading import Loaded, desk_book, load, with_decisions
from sheetflow.flows.outputs import Left, leave
from sheetflow.flows.publicity import keep_named, named
from sheetflow.ledger import Ledger, open_ledger
from sheetflow.model import Fault, Outcome, Place, Source
from sheetflow.round import Round

#: Names in the ledger: what the last collect depended on, what it said, and what the round
#: before this one came to.
STATE, LAST, PREDECESSOR = "collect_state", "collect_last", "predecessor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What ``collect`` found out and left."""

    outcome: Outcome
    document: dict[str, Any]
    changed: bool
    new: int
    #: Where an edited summary was put.
    kept: str = ""
    #: Return copies left, and those of them that people had changed before.
    copies: tuple[Left, ...] = ()
    #: The staff's workbook, when it was written.
    desk: Left | None = None
    #: What people have decided since the last collect: cell, before, after.
    acts: tuple[tuple[Place, str, str], ...] = ()
    #: Whose result is another than at the last collect, and whether the scheme is, in words.
    news: tuple[str, ...] = ()


def collect(
    round_: Round,
    paths: Iterable[Path] = (),
    *,
    now: datetime | None = None,
    accept_unverified: bool = False,
) -> Collected:
    """Run the round's whole pipeline once; run again with nothing new, it touches no file.

    ``now`` is the local time that new arrivals are noted with; without it they bear none.
    """
    day = now.date() if now else None
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        platform.remove_stale(round_.folder)
        loaded = load(round_)
        loaded = replace(loaded, published=named(ledger, loaded.scheme))
        taken = take_in(round_, ledger, paths, now=now)
        loaded = replace(loaded, faults=(*loaded.faults, *taken.faults))
        deciding = take(ledger, desk_book(loaded), loaded.scheme)
        done = _done(loaded, deciding)
        if loaded.desk and fixed(loaded.desk):
            lost = Fault("desk-parts", Source(rounds.DESK), expected=BESIDE)
            loaded = replace(loaded, faults=(*loaded.faults, lost))
        loaded, deciding, examined = _decide(
            ledger, loaded, deciding, accept_unverified=accept_unverified, today=day
        )
        outcome, returned = examined.outcome, examined.returned
        state = fingerprint(ledger, loaded, outcome, accept_unverified=accept_unverified)
        outputs = (rounds.SUMMARY, *copy_names(loaded, returned))
        present = all(round_.path(name).is_file() for name in outputs)
        same = ledger.get(STATE) == state and present and done and not deciding.acts
        steps = advice.after_collect(outcome)
        planned = prepare(ledger, loaded, deciding, examined, steps) if not same else None
        changed = not same
        plain = document.outcome_json(outcome, changed=changed)
        kept, copies, desk = "", tuple[Left, ...](), None
        news = _news(ledger, plain, state) if changed else ()
        if changed:
            _record(ledger, deciding, outcome, now)
            desk = leave_desk(round_, ledger, loaded, planned, fits=deciding.current)
            kept = _write(round_, ledger, examined, news)
            copies = write_copies(round_, ledger, loaded, returned)
            # Each copy is a form handed out, which belongs to the state the next run compares.
            state = fingerprint(ledger, loaded, outcome, accept_unverified=accept_unverified)
            with ledger.transaction():
                ledger.put(LAST, _kept(loaded, plain, news))
                ledger.put(STATE, state)
    return Collected(
        outcome=outcome,
        document=plain,
        changed=changed,
        new=taken.new,
        kept=kept,
        copies=copies,
        desk=desk,
        acts=deciding.acts if changed else (),
        news=news,
    )


def _done(loaded: Loaded, deciding: Deciding) -> bool:
    """Whether the workbook is there and nothing in it waits to be written again."""
    said = deciding.gestures.keys() - {place for place, _fault in unusable(deciding)}
    return bool(loaded.desk) and (fixed(loaded.desk) or not (deciding.passing or said))


def _decide(
    ledger: Ledger,
    loaded: Loaded,
    deciding: Deciding,
    *,
    accept_unverified: bool,
    today: date | None,
) -> tuple[Loaded, Deciding, Examined]:
    """Work out the outcome; what was typed for all rows becomes single decisions on the way.

    Counts come first, then approvals, then tiers: each looks at what the one before left.
    """
    while True:
        now = with_decisions(loaded, deciding)
        examined = examine(ledger, now, accept_unverified=accept_unverified, today=today)
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
            return now, settled, examined
        deciding = settled


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


def _kept(loaded: Loaded, plain: dict[str, Any], news: tuple[str, ...]) -> str:
    """What ``status`` tells from, until the next collect."""
    settings = loaded.scheme.settings
    kept = {
        "document": plain,
        "news": news,
        "groups": {member.id: member.group for member in loaded.roster},
        "form": loaded.scheme.terms.form_name,
        "deadline": settings.deadline.isoformat() if settings.deadline else "",
    }
    return json.dumps(kept, ensure_ascii=False)


def _write(round_: Round, ledger: Ledger, examined: Examined, news: tuple[str, ...]) -> str:
    # What was decided since has been added to the ledger by now.
    outcome, before = replace(examined.outcome, head=ledger.head()), ledger.get(PREDECESSOR)
    chosen = {member: found.counts for member, found in examined.versions.items()}
    data = write_summary(
        outcome,
        created=outcome.scheme.period_end,
        steps=advice.after_collect(outcome),
        news=news,
        compared=years.compare(years.load(before), outcome) if before else None,
        record=Record(
            decisions=ledger.decisions(),
            forms={member: form for member, form in chosen.items() if form},
        ),
    )
    return leave(round_, ledger, rounds.SUMMARY, data).kept
