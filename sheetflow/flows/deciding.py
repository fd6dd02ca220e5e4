"""What people typed into the staff's workbook, set against what was decided before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sheetflow import returns
from sheetflow import round as rounds
from sheetflow.agenda import Matter, unsettled
from sheetflow.desk.read import read_desk
from sheetflow.desk.sheets import DeskRead
from sheetflow.ledger import Ledger, chain_faults
from sheetflow.model import (
    EVERYONE,
    Approval,
    Book,
    Fault,
    Place,
    Ruling,
    Rulings,
    Scheme,
    Source,
    Standing,
    StandingStatus,
    State,
    Tab,
)
from sheetflow.rulings import APPROVE, read_rulings

#: Names in the ledger: revision of the workbook as last written, the one about to be written,
#: the rows and form versions it shows.
REVISION, BEGUN, SHOWN = "desk_revision", "desk_begun", "desk_shown"
#: Column of an approval's own cell and of the form version it holds for.
_APPROVAL, _VERSION = "approval", "version"
_UNSHOWN = "?"
_DESK_KINDS = {
    "sheet-missing": "desk-sheet-missing",
    "heading-missing": "desk-heading-missing",
    "heading-twice": "desk-heading-twice",
    "cell-error": "ruling-error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """What holds now, and what has been done to come there since the last collect."""

    before: State = field(default_factory=dict)
    state: State = field(default_factory=dict)
    #: What people typed for all rows at once: not yet part of the state.
    gestures: Mapping[Place, str] = field(default_factory=dict)
    sources: Mapping[Place, Source] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    revision: int = 0
    #: The workbook at hand is the one last written: it may be brought up to date in place.
    current: bool = False
    #: Cells that must show the state again, whatever stands in them.
    restored: frozenset[Place] = frozenset()

    def rulings(self, scheme: Scheme) -> Rulings:
        """Read the state; what cannot be used comes back as faults."""
        return read_rulings(self.state, scheme, self.sources)

    @property
    def acts(self) -> tuple[tuple[Place, str, str], ...]:
        """Cells that changed: place, before, after; blank is nothing."""
        places = sorted({*self.before, *self.state})
        found = ((p, self.before.get(p, ""), self.state.get(p, "")) for p in places)
        return tuple(each for each in found if each[1] != each[2])


def take(ledger: Ledger, book: Book | None, scheme: Scheme) -> Deciding:
    """Set a workbook against the ledger; ``book`` is ``None`` while there is none.

    Faults: ``desk-gone``, ``desk-old``, ``desk-foreign``, ``desk-row-gone``, ``desk-row-twice``,
    ``chain-broken``, ``ruling-formula``, ``ruling-withdrawn`` and those of ``read_desk``.
    """
    before, revision = ledger.state(), int(ledger.get(REVISION) or 0)
    broken = chain_faults(ledger.verify(), rounds.LEDGER)
    shown = json.loads(ledger.get(SHOWN) or '{"rows": [], "versions": {}}')
    kept = Deciding(before=before, state=before, revision=revision, faults=broken)
    if book is None:
        gone = (Fault("desk-gone", Source(rounds.DESK)),) if revision else ()
        return replace(kept, faults=(*broken, *gone))
    read = read_desk(
        book, rounds.DESK, scheme, focus=scheme.focus, expected=_rows(before, shown["rows"])
    )
    refused = _refused(ledger, read, revision)
    if refused:
        return replace(kept, faults=(*broken, refused))
    typed = {place: cell.text for place, cell in read.typed.items() if place.row != EVERYONE}
    withdrawn = _withdrawn(before, read)
    state = {place: text for place, text in before.items() if place not in withdrawn} | typed
    deciding = replace(
        kept,
        state=state,
        gestures={p: cell.text for p, cell in read.typed.items() if p.row == EVERYONE},
        sources={**read.places, **{p: cell.source for p, cell in read.typed.items()}},
        faults=(*broken, *_faults(read, before, withdrawn)),
        current=read.revision is not None,
        restored=frozenset(place for place, cell in read.typed.items() if cell.formula),
    )
    return _versioned(deciding, shown["versions"])


def _rows(state: State, shown: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Rows that should be there: those last written, and all in which something was decided."""
    decided = {(place.tab, place.row) for place in state if place.column != _VERSION}
    return frozenset({(tab, row) for tab, row in shown} | decided)


def _refused(ledger: Ledger, read: DeskRead, revision: int) -> Fault | None:
    """Why the workbook as a whole decides nothing: an old copy, another round's."""
    if read.revision is None:
        return None
    if read.round_id and read.round_id != ledger.round_id:
        return Fault("desk-foreign", Source(rounds.DESK), read.round_id, ledger.round_id)
    if read.revision not in {revision, int(ledger.get(BEGUN) or revision)}:
        return Fault("desk-old", Source(rounds.DESK), str(read.revision), str(revision))
    return None


def _withdrawn(before: State, read: DeskRead) -> frozenset[Place]:
    """Decided cells that are there, and blank now. A place that is not there clears nothing."""
    if read.revision is None:
        return frozenset()
    return frozenset(p for p in before if p in read.places and p not in read.typed)


def _faults(read: DeskRead, before: State, withdrawn: Iterable[Place]) -> Iterator[Fault]:
    # The scheme's sheets may lack a sheet or heading too, in other words.
    yield from (
        replace(fault, kind=_DESK_KINDS.get(fault.kind, fault.kind)) for fault in read.faults
    )
    for tab, row in read.missing:
        yield Fault("desk-row-gone", Source(rounds.DESK, tab), row)
    for _tab, row, source in read.rows_twice:
        yield Fault("desk-row-twice", source, row)
    for cell in read.typed.values():
        if cell.formula:
            yield Fault("ruling-formula", cell.source, cell.text)
    for place in sorted(withdrawn):
        yield Fault("ruling-withdrawn", read.places[place], before[place])


def _versioned(deciding: Deciding, shown: Mapping[str, str]) -> Deciding:
    """Note with each new approval the form version that stood beside it.

    Beside a cell of a workbook of unknown revision none stood: the version that counts is meant.
    """
    state = dict(deciding.state)
    for place, _old, new in deciding.acts:
        if place.tab == Tab.APPROVALS and place.column == _APPROVAL:
            _note(state, place.row, shown.get(place.row, _UNSHOWN) if new else "")
    return replace(deciding, state=state)


def _note(state: dict[Place, str], member: str, version: str) -> None:
    place = Place(Tab.APPROVALS, member, _VERSION)
    state.pop(place, None)
    if version:
        state[place] = version


# ------------------------------------------------------------------ what a round makes of it


def approved(
    rulings: Mapping[str, Ruling], versions: Mapping[str, returns.Versions]
) -> frozenset[str]:
    """Members whose approval holds: for the version that counts, or for nothing returned."""
    return frozenset(
        member
        for member, ruling in rulings.items()
        if ruling.approval is Approval.APPROVED
        and ruling.version in {_UNSHOWN, current_version(versions.get(member))}
    )


def current_version(versions: returns.Versions | None) -> str:
    """Version of the form that counts; empty without one."""
    return returns.version(versions.counts) if versions and versions.counts else ""


def settle(
    deciding: Deciding,
    standings: Iterable[Standing],
    versions: Mapping[str, returns.Versions],
    *,
    matters: Mapping[str, tuple[Matter, ...]],
    scheme: Scheme,
) -> Deciding:
    """Turn what was typed for all rows into single decisions for those that say nothing.

    Blank counts become 0, blank conclusions what is said of all. Approved is whom nothing
    speaks against: a known total, every score in, every matter concluded. Blank tiers become
    the proposed ones of approved members. One step at a time: after each the outcome is another.
    """
    everyone = tuple(standings)
    state = dict(deciding.state)
    _say_of_all(deciding, state, everyone, matters)
    if state != deciding.state:
        return replace(deciding, state=state)
    rulings = deciding.rulings(scheme)
    for standing in everyone:
        member = standing.member.id
        found = matters.get(member, ())
        open_ = unsettled(found, rulings.members.get(member), rulings.conclusions)
        if not open_ and _ready(standing):
            _approve(deciding, state, member, current_version(versions.get(member)))
        if Place(Tab.APPROVALS, EVERYONE, "tier") in deciding.gestures and standing.approved:
            _follow(state, standing)
    return replace(deciding, state=state)


def _say_of_all(
    deciding: Deciding,
    state: dict[Place, str],
    standings: Iterable[Standing],
    matters: Mapping[str, tuple[Matter, ...]],
) -> None:
    """Fill blank counts with 0, blank conclusions with what is said of all."""
    due = [standing.member.id for standing in standings if not standing.member.absence]
    for place in deciding.gestures:
        if place.tab == Tab.COUNTS:
            for member in due:
                state.setdefault(Place(place.tab, member, place.column), "0")
    concluded = deciding.gestures.get(Place(Tab.AGENDA, EVERYONE, "conclusion"))
    for matter in (each for found in matters.values() for each in found if concluded):
        cell = Place(Tab.AGENDA, f"{matter.member}/{matter.key}", "conclusion")
        state.setdefault(cell, concluded or "")


def _approve(deciding: Deciding, state: dict[Place, str], member: str, version: str) -> None:
    """Approve one member as the row for everyone says; its meeting goes along."""
    said, cell = deciding.gestures, Place(Tab.APPROVALS, member, _APPROVAL)
    if said.get(Place(Tab.APPROVALS, EVERYONE, _APPROVAL)) != APPROVE or cell in state:
        return
    state[cell] = APPROVE
    _note(state, member, version)
    meeting = said.get(Place(Tab.APPROVALS, EVERYONE, "meeting"), "")
    if meeting:
        state.setdefault(Place(Tab.APPROVALS, member, "meeting"), meeting)


def _follow(state: dict[Place, str], standing: Standing) -> None:
    """Decide the proposed tier where none is typed."""
    if standing.proposed_tier:
        cell = Place(Tab.APPROVALS, standing.member.id, "tier")
        state.setdefault(cell, standing.proposed_tier)


def _ready(standing: Standing) -> bool:
    known = standing.status in {StandingStatus.GRADED, StandingStatus.NOT_GRADED}
    return known and standing.score is not None and not standing.score.provisional


def drop_stale(
    deciding: Deciding, scheme: Scheme, versions: Mapping[str, returns.Versions]
) -> Deciding:
    """Take back approvals of a version that no longer counts; the cells are emptied."""
    rulings = deciding.rulings(scheme).members
    state, stale = dict(deciding.state), set[Place]()
    for member, ruling in rulings.items():
        current = current_version(versions.get(member))
        if ruling.version == _UNSHOWN:
            _note(state, member, current)
        elif ruling.approval and ruling.version != current:
            for column in (_APPROVAL, _VERSION):
                state.pop(Place(Tab.APPROVALS, member, column), None)
            stale.add(Place(Tab.APPROVALS, member, _APPROVAL))
    return replace(deciding, state=state, restored=deciding.restored | stale)
