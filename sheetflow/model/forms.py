"""One returned form, and what is said about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from sheetflow.model.books import Source, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What identifies a form: round, scheme version, member, generation of the copy."""

    round: str
    scheme: str
    member: str
    generation: int = 0


class Field(StrEnum):
    """Which column of a form an entry stands in; names equal those in ``Terms``."""

    SCORE = "score"
    EVIDENCE = "evidence"
    APPROVED = "approved"
    REASON = "reason"
    LEVEL = "level"
    ISSUER = "issuer"
    DOCUMENT = "document"
    DATE = "date"
    CLAIM = "claim"


class Entry(NamedTuple):
    """One filled cell of a form: item or bonus row × column."""

    code: str
    field: Field
    value: Value
    #: Where it stands; the file is named beside it, so that the forms of a round share this.
    spot: Source
    file: str = ""

    @property
    def source(self) -> Source:
        """Where it stands, the file included."""
        return Source(self.file, *self.spot[1:]) if self.file else self.spot


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a form that keeps it from being read plainly; a check words it."""

    kind: str
    source: Source
    found: str = ""
    expected: str = ""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One form read. The reader records; the checks judge."""

    file: str
    sha256: str
    #: Who the form says it is from, as far as code and token could be verified.
    stamp: Stamp | None
    verified: bool
    #: Name printed or typed in the form.
    name: str = ""
    #: Time of saving as the file has it, UTC; ``None`` where it says none.
    modified: datetime | None = None
    #: Local time of first taking in these bytes; ``None`` when nobody noted it.
    received: datetime | None = None
    entries: tuple[Entry, ...] = ()
    #: Where each code stands (also where nothing is filled): code → its score cell, without the
    #: file, so that forms of one shape share this.
    spots: Mapping[str, Source] = field(default_factory=dict)
    #: Total as stored in the form, by part code; a witness only.
    totals: Mapping[str, Entry] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @cached_property
    def version(self) -> str:
        """Short hash of what the member typed; equal for a form saved again unchanged."""
        shown = sorted(
            (e.code, e.field, e.value.kind, e.value.raw)
            for e in self.entries
            if e.field is not Field.APPROVED
        )
        text = json.dumps(shown, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def place(self, code: str) -> Source | None:
        """Where a code stands, the file included; ``None`` for one that is not there."""
        spot = self.spots.get(code)
        return self.at(spot) if spot else None

    def at(self, spot: Source) -> Source:
        """Name this form's file for a place that names none."""
        return spot if spot.file else Source(self.file, spot.sheet, spot.cell)

    def entry(self, code: str, column: Field) -> Entry | None:
        """Return the entry of an item or bonus row in a column; ``None`` when blank."""
        return next((e for e in self.entries if e.code == code and e.field == column), None)


class Severity(StrEnum):
    """How much a finding weighs: an error blocks, a warning and a note only tell."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a person should know: what, where, found, allowed, what to do."""

    code: str
    severity: Severity
    source: Source
    message: str
    found: str = ""
    expected: str = ""
    fix: str = ""
    item: str = ""
    member: str = ""
