"""Who was named when the result was made public: a name added later needs it made public anew."""

from __future__ import annotations

import json

from sheetflow.ledger import Ledger
from sheetflow.model import Outcome, Scheme
from sheetflow.stages import commended

#: Name in the ledger: the dates of the settings and the members named under them.
_PUBLISHED = "published"


def named(ledger: Ledger, scheme: Scheme) -> tuple[str, ...] | None:
    """Members named under the dates of the settings; ``None`` when nobody was yet."""
    kept = json.loads(ledger.get(_PUBLISHED) or "[]")
    return tuple(kept[1:]) if kept and kept[0] == _dates(scheme) else None


def keep_named(ledger: Ledger, outcome: Outcome) -> None:
    """Keep who is named under new dates; under the same dates the first naming stands."""
    scheme = outcome.scheme
    if scheme.settings.publicity_to and named(ledger, scheme) is None:
        names = commended(scheme, outcome.standings)
        ledger.put(_PUBLISHED, json.dumps([_dates(scheme), *names]))


def _dates(scheme: Scheme) -> str:
    return f"{scheme.settings.publicity_from}/{scheme.settings.publicity_to}"
