"""Submission ⇄ JSON text, as the ledger keeps what a reader made of a file."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from functools import lru_cache
from typing import Any

from sheetflow.model import Entry, Fault, Field, Source, Stamp, Submission, Value, ValueKind
from sheetflow.submissions import spot_of, spots_of

#: By their words: to ask the enumerations takes three times as long, once for each entry.
_KINDS = {kind.value: kind for kind in ValueKind}
_FIELDS = {name.value: name for name in Field}
#: Characters of a value that the forms to come share, and how many are kept.
_SHORT, _KEPT = 40, 4096


def dump(submission: Submission) -> str:
    """Submission as JSON text."""
    stamp = submission.stamp
    return json.dumps(
        {
            "file": submission.file,
            "sha256": submission.sha256,
            "stamp": stamp and [stamp.round, stamp.scheme, stamp.member, stamp.generation],
            "verified": submission.verified,
            "name": submission.name,
            "modified": submission.modified and submission.modified.isoformat(),
            "entries": [_entry(each) for each in submission.entries],
            "places": {code: _source(each) for code, each in submission.spots.items()},
            "totals": {part: _entry(each) for part, each in submission.totals.items()},
            "faults": [[f.kind, _source(f.source), f.found, f.expected] for f in submission.faults],
        },
        ensure_ascii=False,
    )


def load(text: str, file: str) -> Submission:
    """Read back what ``dump`` wrote, for a file that may lie elsewhere by now."""
    plain: dict[str, Any] = json.loads(text)
    stamp = plain["stamp"]
    modified = plain["modified"]
    return Submission(
        file=file,
        sha256=plain["sha256"],
        stamp=Stamp(round=stamp[0], scheme=stamp[1], member=stamp[2], generation=stamp[3])
        if stamp
        else None,
        verified=plain["verified"],
        name=plain["name"],
        modified=datetime.fromisoformat(modified) if modified else None,
        entries=tuple(_to_entry(each, file) for each in plain["entries"]),
        spots=spots_of(
            tuple((sys.intern(code), spot_of(*each)) for code, each in plain["places"].items())
        ),
        totals={part: _to_entry(each, file) for part, each in plain["totals"].items()},
        faults=tuple(
            Fault(kind, Source(file, *place), found, expected)
            for kind, place, found, expected in plain["faults"]
        ),
    )


def _source(source: Source) -> list[str]:
    return [source.sheet, source.cell]


def _entry(entry: Entry) -> list[Any]:
    value = entry.value
    seen = [] if value.seen is None else [value.seen]
    place = _source(entry.spot)
    return [entry.code, entry.field, value.kind, value.raw, value.formula, *place, *seen]


def _to_entry(plain: list[Any], file: str) -> Entry:
    code, name, kind, raw, formula, sheet, cell, *seen = plain
    value = (_short_value if len(raw) <= _SHORT else _value)(kind, raw, formula, *seen)
    return Entry(sys.intern(code), _FIELDS[name], value, spot_of(sheet, cell), file)


def _value(kind: str, raw: str, formula: bool, seen: str | None = None) -> Value:
    return Value(_KINDS[kind], raw, formula, seen)


_short_value = lru_cache(maxsize=_KEPT)(_value)
