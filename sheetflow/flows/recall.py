"""Nothing new since the last collect: told at once, without working anything out again."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetflow import __version__, platform
from sheetflow import round as rounds
from sheetflow.document import outcome_json
from sheetflow.flows import advice
from sheetflow.ledger import Ledger, open_ledger
from sheetflow.model import Outcome
from sheetflow.outcomes import in_tier
from sheetflow.round import Round

if TYPE_CHECKING:
    # Brings the libraries that read workbooks, of which nothing is needed here.
    from sheetflow.flows.loading import Loaded

#: Names in the ledger: what the last collect said, and a name for all that it looked at.
LAST, _INPUTS = "collect_last", "collect_inputs"
_DESK = Path(rounds.DESK).stem


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """What is told of a round: to people, and as JSON."""

    #: The JSON document of the contract.
    document: dict[str, Any]
    #: Members in each tier, the best first; none in a round without tiers.
    tiers: tuple[tuple[str, int], ...]
    steps: tuple[str, ...]


def gist_of(outcome: Outcome, *, changed: bool) -> Gist:
    """Tell the gist of an outcome."""
    tiers = () if outcome.scheme.settings.interim else outcome.scheme.tiers
    return Gist(
        document=outcome_json(outcome, changed=changed),
        tiers=tuple((tier.title, len(in_tier(outcome.standings, tier.title))) for tier in tiers),
        steps=advice.after_collect(outcome),
    )


def remember(
    ledger: Ledger,
    loaded: Loaded,
    gist: Gist,
    *,
    news: tuple[str, ...],
    outputs: tuple[str, ...],
) -> None:
    """Keep what a collect came to, for ``status``, for ``recall`` and for next year."""
    settings = loaded.scheme.settings
    kept = {
        "document": gist.document,
        "tiers": gist.tiers,
        "steps": gist.steps,
        "news": news,
        "groups": {member.id: member.group for member in loaded.roster},
        "form": loaded.scheme.terms.form_name,
        "deadline": settings.deadline.isoformat() if settings.deadline else "",
        "publicity_to": settings.publicity_to.isoformat() if settings.publicity_to else "",
        "outputs": outputs,
    }
    ledger.put(LAST, json.dumps(kept, ensure_ascii=False))
    ledger.put(_INPUTS, "")


def settle(round_: Round, ledger: Ledger, *, accept_unverified: bool, today: date | None) -> None:
    """Note all that the collect that is ending looked at; another would find nothing new."""
    kept = json.loads(ledger.get(LAST) or "{}")
    ledger.put(_INPUTS, _inputs(round_, ledger, _how(kept, accept_unverified, today)))


def recall(round_: Round, *, accept_unverified: bool, today: date | None) -> Gist | None:
    """Return what the last collect came to; ``None`` when anything may be otherwise now.

    Looks at the bytes of every file, and reads none. Raises as ``open_ledger`` does.
    """
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        noted, last = ledger.get(_INPUTS), ledger.get(LAST)
        if not noted or not last:
            return None
        kept = json.loads(last)
        if not all(round_.path(name).is_file() for name in kept["outputs"]):
            return None
        if noted != _inputs(round_, ledger, _how(kept, accept_unverified, today)):
            return None
    return Gist(
        document={**kept["document"], "changed": False},
        tiers=tuple((title, count) for title, count in kept["tiers"]),
        steps=tuple(kept["steps"]),
    )


def _how(kept: dict[str, Any], accept_unverified: bool, today: date | None) -> str:
    """What a run is told besides the files: of the day only whether it brings the round on."""
    until = kept.get("publicity_to", "")
    over = bool(until and today and today.isoformat() > until)
    return repr((__version__, os.environ.get("LANGUAGE"), accept_unverified, over))


def _inputs(round_: Round, ledger: Ledger, how: str) -> str:
    """Name everything a collect looks at; empty when something cannot be looked at."""
    returned = round_.path(rounds.RETURNED)
    try:
        facts = (
            how,
            # What lies beside the staff's workbook may say that it is open, or be meant for it.
            sorted(each.name for each in round_.folder.glob(f"*{_DESK}*")),
            [_hash(round_.path(name)) for name in (rounds.SCHEME, rounds.ROSTER, rounds.DESK)],
            [(shown, _hash(path)) for shown, path, _state in platform.list_files(returned)],
            list(platform.list_others(returned)),
            ledger.arrivals(),
            ledger.issued_forms(),
            ledger.head(),
            ledger.verify(),
        )
    except OSError:
        return ""
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _hash(path: Path) -> str:
    if not path.is_file():  # opening a pipe would wait for ever
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
