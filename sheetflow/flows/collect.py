"""``collect``: take in what came back, check, total, grade, and write the summary."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sheetflow import document, platform
from sheetflow import round as rounds
from sheetflow.excel.write.summary import write_summary
from sheetflow.flows import advice
from sheetflow.flows.choices import desk_faults, plan_desk, write_desk
from sheetflow.flows.copies import copy_names, write_copies
from sheetflow.flows.evaluation import examine, fingerprint
from sheetflow.flows.intake import take_in
from sheetflow.flows.loading import Loaded, load
from sheetflow.flows.outputs import Left, leave
from sheetflow.ledger import Ledger, open_ledger
from sheetflow.model import Outcome
from sheetflow.round import Round

#: Names in the ledger: what the last collect depended on, and what it said.
STATE, LAST = "collect_state", "collect_last"


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
    #: The staff's workbook, when files were listed in it for a person to decide.
    desk: Left | None = None


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
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        platform.remove_stale(round_.folder)
        loaded = load(round_)
        taken = take_in(round_, ledger, paths, now=now)
        loaded = replace(loaded, faults=(*loaded.faults, *taken.faults))
        examined = examine(ledger, loaded, accept_unverified=accept_unverified)
        outcome, returned = examined.outcome, examined.returned
        state = fingerprint(ledger, loaded, accept_unverified=accept_unverified)
        outputs = (rounds.SUMMARY, *copy_names(loaded, returned))
        present = all(round_.path(name).is_file() for name in outputs)
        plan = plan_desk(round_, loaded, examined.asked)
        changed = ledger.get(STATE) != state or not present or plan is not None
        plain = document.outcome_json(outcome, changed=changed)
        kept = ""
        copies: tuple[Left, ...] = ()
        desk: Left | None = None
        if changed:
            kept = _write(round_, ledger, outcome)
            copies = write_copies(round_, ledger, loaded, returned)
            beside = bool(desk_faults(loaded, examined.asked))
            desk, loaded = write_desk(round_, ledger, loaded, plan, beside=beside)
            # Each copy is a form handed out, which belongs to the state the next run compares.
            state = fingerprint(ledger, loaded, accept_unverified=accept_unverified)
            with ledger.transaction():
                ledger.put(LAST, _kept(loaded, plain))
                ledger.put(STATE, state)
    return Collected(
        outcome=outcome,
        document=plain,
        changed=changed,
        new=taken.new,
        kept=kept,
        copies=copies,
        desk=desk,
    )


def _kept(loaded: Loaded, plain: dict[str, Any]) -> str:
    """What ``status`` tells from, until the next collect."""
    settings = loaded.scheme.settings
    kept = {
        "document": plain,
        "groups": {member.id: member.group for member in loaded.roster},
        "form": loaded.scheme.terms.form_name,
        "deadline": settings.deadline.isoformat() if settings.deadline else "",
    }
    return json.dumps(kept, ensure_ascii=False)


def _write(round_: Round, ledger: Ledger, outcome: Outcome) -> str:
    steps = advice.after_collect(outcome)
    data = write_summary(outcome, created=outcome.scheme.period_end, steps=steps)
    return leave(round_, ledger, rounds.SUMMARY, data).kept
