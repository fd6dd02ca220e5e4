"""What people typed into the staff's workbook, set against what was decided before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sheetflow import returns
from sheetflow import round as rounds
from sheetflow.decisions import sheet_title
from sheetflow.desk.owners import Names, owners
from sheetflow.desk.read import missing_rows, read_desk
from sheetflow.desk.sheets import DeskRead
from sheetflow.desk.words import OTHERS_APPROVE, OTHERS_NONE
from sheetflow.ledger import Ledger, chain_faults
from sheetflow.model import (
    EVERYONE,
    Approval,
    Book,
    Fault,
    Place,
    Roster,
    Ruling,
    Rulings,
    Scheme,
    Source,
    State,
    Tab,
)
from sheetflow.rulings import read_rulings

#: Names in the ledger: revision of the workbook as last written, the one about to be written,
#: the rows and form versions it shows, the revision of one that was gone; the workbook as it was
#: painted, while it was never rewritten in place.
REVISION, BEGUN, SHOWN, LOST = "desk_revision", "desk_begun", "desk_shown", "desk_lost"
PAINTED = "desk_painted"
#: Column of an approval's own cell and of the form version it holds for.
_APPROVAL, _VERSION = "approval", "version"
_UNSHOWN = "?"
_NOTHING_SHOWN: dict[str, Any] = {"rows": [], "versions": {}, "owners": {}, "names": {}}
#: Told once: they belong to what was just done, not to how things stand.
PASSING = frozenset(
    {
        "desk-gone",
        "desk-open",
        "desk-over",
        "desk-over-many",
        "desk-row-gone",
        "desk-sheet-missing",
        "desk-unmarked",
        "ruling-formula",
        "ruling-withdrawn",
    }
)
_DESK_KINDS = {
    "sheet-missing": "desk-sheet-missing",
    "headings-missing": "desk-headings-missing",
    "heading-missing": "desk-heading-missing",
    "heading-twice": "desk-heading-twice",
    "cell-error": "ruling-error",
    "cell-uncached": "ruling-uncached",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """What holds now, and what has been done to come there since the last collect."""

    before: State = field(default_factory=dict)
    state: State = field(default_factory=dict)
    #: What people typed for many cells at once: not yet part of the state.
    gestures: Mapping[Place, str] = field(default_factory=dict)
    sources: Mapping[Place, Source] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    revision: int = 0
    #: Highest revision ever begun; the next one is above it.
    begun: int = 0
    #: The workbook at hand is the one last written: it may be brought up to date in place.
    current: bool = False
    #: Cells in which formulas stand; their results are to stand there.
    formulas: frozenset[Place] = frozenset()
    #: Texts of the workbook's cells in which people decide, blank ones too.
    shown: Mapping[Place, str] = field(default_factory=dict)
    #: Rows of which nobody knows whom they are about, as (tab, row); they stay as they are.
    aside: frozenset[tuple[str, str]] = frozenset()
    #: Members of whom something may have been typed that could not be read.
    doubted: frozenset[str] = frozenset()
    #: Members decided about under another name: nothing of it holds until somebody says that
    #: they are the same.
    renamed: Names = field(default_factory=dict)

    def rulings(self, scheme: Scheme) -> Rulings:
        """Read the state; what cannot be used comes back as faults."""
        state = {p: text for p, text in self.state.items() if p.member not in self.renamed}
        found = read_rulings(state, scheme, self.sources)
        doubted = {
            member: replace(found.members.get(member, Ruling(member=member)), unusable=True)
            for member in self.doubted
        }
        return replace(found, members={**found.members, **doubted})

    @property
    def restored(self) -> frozenset[Place]:
        """Cells that do not show what holds: it was decided for all rows at once, or taken back."""
        other = {p for p, text in self.shown.items() if text != self.state.get(p, "")}
        return self.formulas | other

    @property
    def passing(self) -> bool:
        """Whether something was just done to the workbook that is to be told, or put back."""
        return bool(self.restored) or any(fault.kind in PASSING for fault in self.faults)

    @property
    def acts(self) -> tuple[tuple[Place, str, str], ...]:
        """Cells that changed: place, before, after; blank is nothing."""
        places = sorted({*self.before, *self.state})
        found = ((p, self.before.get(p, ""), self.state.get(p, "")) for p in places)
        return tuple(each for each in found if each[1] != each[2])


def as_left(ledger: Ledger) -> Deciding:
    """What holds while nothing new stands in the workbook last written: ``chain-broken`` at most.

    It is not known in which cells people decided.
    """
    state, revision = ledger.state(), int(ledger.get(REVISION) or 0)
    return Deciding(
        before=state,
        state=state,
        revision=revision,
        begun=int(ledger.get(BEGUN) or revision),
        faults=chain_faults(ledger.verify(), rounds.LEDGER),
        current=True,
    )


def take(ledger: Ledger, book: Book | None, scheme: Scheme, roster: Roster) -> Deciding:
    """Set a workbook against the ledger; ``book`` is ``None`` while there is none.

    Faults: ``desk-gone``, ``desk-old``, ``desk-foreign``, ``desk-none`` (no sheet of ours is in
    it), ``desk-row-gone``, ``desk-row-twice``, ``desk-unmarked`` (its revision is gone),
    ``chain-broken``, ``ruling-formula``, ``ruling-seen`` (another number than is stored),
    ``ruling-unseen`` (none), ``ruling-withdrawn`` and those of ``read_desk`` and ``owners``.
    """
    left = as_left(ledger)
    before, revision, begun, broken = left.before, left.revision, left.begun, left.faults
    kept = replace(left, current=False)
    if book is None:
        gone = (Fault("desk-gone", Source(rounds.DESK)),) if revision else ()
        return replace(kept, faults=(*broken, *gone))
    names = {member.id: member.name for member in roster}
    read = read_desk(book, rounds.DESK, scheme, focus=scheme.focus, ids=names)
    shown = _shown(ledger, read)
    absent = missing_rows(read, {(tab, row) for tab, row in shown["rows"]})
    if refused := _refused(ledger, read, (revision, begun, *_lost(ledger))):
        return replace(kept, faults=(*broken, refused))
    whose = owners(read, before, names, shown["names"])
    read = whose.certain(read)
    typed = _decided(read, before, shown["owners"])
    withdrawn = _withdrawn(ledger, before, read)
    state = {place: text for place, text in before.items() if place not in withdrawn} | typed
    deciding = replace(
        kept,
        state=state,
        gestures={p: cell.text for p, cell in read.typed.items() if _for_many(p)},
        sources={**read.places, **{p: cell.source for p, cell in read.typed.items()}},
        faults=(*broken, *_faults(read, absent, before, withdrawn), *whose.faults),
        revision=revision if read.revision is None else read.revision,
        current=True,
        formulas=frozenset(place for place, cell in read.typed.items() if cell.formula),
        shown={p: typed.get(p, "") for p in read.places.keys() - read.covered if not _for_many(p)},
        aside=whose.strangers,
        doubted=_doubted(read, whose.strangers) | whose.renamed.keys(),
        renamed=whose.renamed,
    )
    return _versioned(deciding, shown["versions"])


def _decided(read: DeskRead, before: State, owners_shown: Mapping[str, str]) -> dict[Place, str]:
    """What people typed into single cells, without what the program wrote there itself."""
    typed = {place: cell.text for place, cell in read.typed.items() if not _for_many(place)}
    for place, suggested in _suggested(owners_shown):
        if place not in before and typed.get(place) == suggested:
            del typed[place]
    return typed


def _for_many(place: Place) -> bool:
    """Whether a cell speaks for all rows, or for all cells of its own row."""
    return EVERYONE in {place.row, place.column}


def _shown(ledger: Ledger, read: DeskRead) -> dict[str, Any]:
    """Rows, form versions, owners and names that a workbook of this revision was written with."""
    known: dict[str, dict[str, Any]] = json.loads(ledger.get(SHOWN) or "{}")
    if read.revision is None:
        # Of an unknown one nobody knows the rows; what the program wrote is no decision in any.
        latest = known.get(ledger.get(REVISION) or "", _NOTHING_SHOWN)
        return {**_NOTHING_SHOWN, **{each: latest.get(each, {}) for each in ("owners", "names")}}
    return {**_NOTHING_SHOWN, **known.get(str(read.revision), {})}


def _doubted(read: DeskRead, strangers: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Members of whom a row or cell could not be read."""
    rows = {*strangers, *((tab, row) for tab, row, _source in read.rows_twice)}
    places = {*read.broken, *(Place(tab, row, "") for tab, row in rows)}
    return frozenset(place.member for place in places) - {"", EVERYONE}


def _suggested(owners: Mapping[str, str]) -> Iterator[tuple[Place, str]]:
    """Owners that the program wrote beside files: nobody has decided them yet."""
    for row, member in owners.items():
        yield Place(Tab.FILES, row, "member"), member


def _lost(ledger: Ledger) -> Iterator[int]:
    """Revision of a workbook that was gone and may be put back: nothing was decided since."""
    lost = int(ledger.get(LOST) or 0)
    last = ledger.decisions()[-1:]
    if lost and all(act.revision <= lost for act in last):
        yield lost


def _refused(ledger: Ledger, read: DeskRead, known: tuple[int, ...]) -> Fault | None:
    """Why the workbook as a whole decides nothing: an old copy, another round's, none of ours."""
    if read.revision is None:
        # A workbook without any of our cells is somebody's own: it is left alone.
        return None if read.places else Fault("desk-none", Source(rounds.DESK))
    if read.round_id and read.round_id != ledger.round_id:
        return Fault("desk-foreign", Source(rounds.DESK), read.round_id, ledger.round_id)
    if read.revision not in known:
        return Fault("desk-old", Source(rounds.DESK), str(read.revision), str(known[0]))
    return None


def _withdrawn(ledger: Ledger, before: State, read: DeskRead) -> frozenset[Place]:
    """Decided cells that this workbook has shown, and that are blank in it now.

    A place that is not there or hidden clears nothing, nor does a workbook that could not be
    rewritten since the decision.
    """
    if read.revision is None:
        return frozenset()
    blank = {p for p in before if p in read.places and p not in {*read.typed, *read.covered}}
    since = {act.place: act.revision for act in ledger.decisions()} if blank else {}
    return frozenset(p for p in blank if since.get(p, 0) <= read.revision)


def _faults(
    read: DeskRead,
    absent: Iterable[tuple[str, str]],
    before: State,
    withdrawn: Iterable[Place],
) -> Iterator[Fault]:
    # The scheme's sheets may lack a sheet or heading too, in other words.
    yield from (
        replace(fault, kind=_DESK_KINDS.get(fault.kind, fault.kind)) for fault in read.faults
    )
    for tab, row in absent:
        yield Fault("desk-row-gone", Source(rounds.DESK, sheet_title(tab)), _called(tab, row))
    for _tab, row, source in read.rows_twice:
        yield Fault("desk-row-twice", source, row)
    for cell in read.typed.values():
        if cell.formula:
            yield Fault("ruling-formula", cell.source, cell.text)
        if cell.seen is not None:
            kind = "ruling-seen" if cell.seen else "ruling-unseen"
            yield Fault(kind, cell.source, cell.text, cell.seen)
    if read.revision is None:
        yield Fault("desk-unmarked", Source(rounds.DESK))
    for place in sorted(withdrawn):
        yield Fault("ruling-withdrawn", read.places[place], before[place])


def _called(tab: str, row: str) -> str:
    """What people see of a row: matters are named by nothing but their member."""
    if row == EVERYONE:
        return OTHERS_NONE if tab == Tab.COUNTS else OTHERS_APPROVE
    return row.partition("/")[0] if tab == Tab.AGENDA else row.replace("/", " ")


def _versioned(deciding: Deciding, shown: Mapping[str, str]) -> Deciding:
    """Note with each new approval the form version that stood beside it.

    Beside a cell of a workbook of unknown revision none stood: the version that counts is meant.
    """
    state = dict(deciding.state)
    for place, _old, new in deciding.acts:
        if place.tab == Tab.APPROVALS and place.column == _APPROVAL:
            note_version(state, place.row, shown.get(place.row, _UNSHOWN) if new else "")
    return replace(deciding, state=state)


def note_version(state: dict[Place, str], member: str, version: str) -> None:
    """Note the form version an approval holds for; empty for none."""
    place = Place(Tab.APPROVALS, member, _VERSION)
    state.pop(place, None)
    if version:
        state[place] = version


# ------------------------------------------------------------------ what a round makes of it


def approved(
    rulings: Mapping[str, Ruling], versions: Mapping[str, returns.Versions]
) -> frozenset[str]:
    """Members whose approval holds: for the version that counts, or for nothing returned.

    It holds for nobody while something that decides about the member's points cannot be used.
    """
    return frozenset(
        member
        for member, ruling in rulings.items()
        if ruling.approval is Approval.APPROVED
        and not ruling.unusable
        and ruling.version in {_UNSHOWN, current_version(versions.get(member))}
    )


def current_version(versions: returns.Versions | None) -> str:
    """Version of the form that counts; empty without one."""
    return returns.version(versions.counts) if versions and versions.counts else ""


def drop_stale(
    deciding: Deciding,
    scheme: Scheme,
    versions: Mapping[str, returns.Versions],
    *,
    roster: Roster,
) -> Deciding:
    """Take back approvals of a version that no longer counts; the cells are emptied.

    Whoever is not on the roster keeps all that was decided: the row may come back.
    """
    rulings = deciding.rulings(scheme).members
    state = dict(deciding.state)
    for member, ruling in rulings.items():
        if roster.find(member) is None:
            continue
        current = current_version(versions.get(member))
        if ruling.version == _UNSHOWN:
            note_version(state, member, current)
        elif ruling.approval and ruling.version != current:
            for column in (_APPROVAL, _VERSION):
                state.pop(Place(Tab.APPROVALS, member, column), None)
    return replace(deciding, state=state)
