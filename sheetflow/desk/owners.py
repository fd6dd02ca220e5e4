"""Whose each row of the staff's workbook is: its id, name and hidden key must be one member's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sheetflow.desk.sheets import DeskRead
from sheetflow.model import EVERYONE, Fault, Place, State, Tab
from sheetflow.stamp import fold
from sheetflow.tables import squeeze
from sheetflow.text import clean

#: So many rows of a sheet are told one by one.
_FEW = 5
#: Names by id.
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """What of a workbook is nobody's for certain."""

    #: Rows whose id and name, or id and hidden key, belong to two members, as (tab, row).
    strangers: frozenset[tuple[str, str]] = frozenset()
    #: Cells in rows of nobody on the roster in which something new was typed.
    nobodys: frozenset[Place] = frozenset()
    #: Members decided about under another name, and that name; nobody has said they are the same.
    renamed: Names = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def certain(self, read: DeskRead) -> DeskRead:
        """What was read, without the cells of which nothing is taken."""
        typed = {place: cell for place, cell in read.typed.items() if not self._aside(place)}
        places = {place: at for place, at in read.places.items() if not self._aside(place)}
        return replace(read, typed=typed, places=places)

    def _aside(self, place: Place) -> bool:
        return (place.tab, place.row) in self.strangers or place in self.nobodys


def owners(read: DeskRead, before: State, names: Names, written: Names) -> Owners:
    """Find out whose the rows are.

    ``names`` are those of the roster, ``written`` those the workbook was written with: until it
    is written again a name corrected in the roster stands there as it was. Where something was
    decided under the former name, the name typed into the sheet of approvals says that it is
    still the same person.

    Faults: ``desk-stranger``, ``desk-moved``, ``desk-strangers`` (many in one sheet),
    ``desk-nobody``, ``desk-renamed``.
    """
    renamed = _renamed(read, before, names, written)
    strangers = dict(_moved(read, names)) | {
        row: Fault("desk-stranger", source, found, f"{member} {names[member]}")
        for row, (found, source) in read.names.items()
        if (member := row[1].partition("/")[0]) in names
        and squeeze(clean(found)) not in _fitting(member, names, written, renamed)
    }
    nobodys = {
        place: Fault("desk-nobody", cell.source, cell.text, place.member)
        for place, cell in read.typed.items()
        if place.member not in {"", EVERYONE, *names} and before.get(place) != cell.text
    }
    told = {row: f for row, f in strangers.items() if row[1].partition("/")[0] not in renamed}
    # One cell of a row that is nobody's tells of it.
    rows = {(place.tab, place.row): fault for place, fault in reversed(nobodys.items())}
    return Owners(
        strangers=frozenset(strangers),
        nobodys=frozenset(nobodys),
        renamed=renamed,
        faults=(*_told(told), *rows.values(), *_told_renamed(read, names, renamed)),
    )


def _moved(read: DeskRead, names: Names) -> Iterator[tuple[tuple[str, str], Fault]]:
    """Rows of members, and of all, that were painted for somebody else than stands there now."""
    known = {**names, EVERYONE: ""}
    for row, (key, source) in read.keys.items():
        member, other = (fold(each.partition("/")[0]) for each in (row[1], key))
        if member in known and other and other.lstrip("0") != member.lstrip("0"):
            then, now = (f"{each} {known.get(each, '')}".rstrip() for each in (other, member))
            yield row, Fault("desk-moved", source, then, now)


def _told(strangers: Mapping[tuple[str, str], Fault]) -> Iterator[Fault]:
    """Tell rows one by one, and those of a whole sheet that was sorted amiss in one sentence."""
    tabs: dict[str, list[Fault]] = {}
    for (tab, _row), fault in strangers.items():
        tabs.setdefault(tab, []).append(fault)
    for faults in tabs.values():
        if len(faults) > _FEW:
            yield Fault("desk-strangers", faults[0].source, str(len(faults)))
        else:
            yield from faults


def _renamed(read: DeskRead, before: State, names: Names, written: Names) -> dict[str, str]:
    decided = {place.member for place in before}
    found = {}
    for member, old in written.items():
        now = squeeze(names.get(member, old))
        said, _source = read.names.get((Tab.APPROVALS, member), ("", None))
        if member in decided and now not in {squeeze(old), squeeze(clean(said))}:
            found[member] = old
    return found


def _fitting(member: str, names: Names, written: Names, renamed: Names) -> set[str]:
    """What may stand under the name; a blank says nothing against anybody."""
    old = names[member] if member in renamed else written.get(member, names[member])
    return {"", squeeze(names[member]), squeeze(old)}


def _told_renamed(read: DeskRead, names: Names, renamed: Names) -> Iterator[Fault]:
    for member, old in renamed.items():
        if (Tab.APPROVALS, member) in read.names:
            _said, source = read.names[Tab.APPROVALS, member]
            yield Fault("desk-renamed", source, f"{member} {old}", names[member])
