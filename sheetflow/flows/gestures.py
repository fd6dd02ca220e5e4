"""What people typed for many cells at once becomes single decisions, and is emptied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, product

from sheetflow import number, returns
from sheetflow.agenda import Matter, unsettled
from sheetflow.desk.score_layouts import taking_away
from sheetflow.desk.words import NONE_AT_ALL
from sheetflow.flows.deciding import Deciding, current_version, note_version
from sheetflow.model import (
    EVERYONE,
    Fault,
    Place,
    Rulings,
    Scheme,
    Source,
    Standing,
    StandingStatus,
    Tab,
)
from sheetflow.rulings import APPROVE, AS_PROPOSED

_APPROVAL, _TIER, _MEETING, _TIER_MEETING = (
    Place(Tab.APPROVALS, EVERYONE, column)
    for column in ("approval", "tier", "meeting", "tier_meeting")
)
_CONCLUSION = Place(Tab.AGENDA, EVERYONE, "conclusion")


def unusable(deciding: Deciding) -> Iterator[tuple[Place, Fault]]:
    """Cells for many that say nothing anybody could carry out: ``ruling-word``."""
    allowed = {_APPROVAL: APPROVE, _TIER: AS_PROPOSED}
    for place, text in deciding.gestures.items():
        expected = allowed.get(place)
        if place.tab == Tab.COUNTS:
            expected = NONE_AT_ALL
            if _times(place, text) is not None:
                continue
        if place in {_MEETING, _TIER_MEETING, _CONCLUSION} or text == expected:
            continue
        source = deciding.sources.get(place, Source())
        yield place, Fault("ruling-word", source, text, expected or "")


def _times(place: Place, text: str) -> str | None:
    """How often something happened where the cell is blank; ``None`` for no number.

    Whatever may have happened, only that it never did can be said of all of it.
    """
    if text == NONE_AT_ALL:
        return "0"
    times = None if place.column == EVERYONE else number.parse(text)
    return None if times is None or times < 0 or times % 1 else number.text(times)


def settle(
    deciding: Deciding,
    standings: Iterable[Standing],
    versions: Mapping[str, returns.Versions],
    *,
    matters: Mapping[str, tuple[Matter, ...]],
    rulings: Rulings,
    scheme: Scheme,
) -> Deciding:
    """Turn what was typed for all rows into single decisions for those that say nothing.

    Blank counts become 0, blank conclusions what is said of all. Approved is whom nothing
    speaks against: a known total, every score in, every matter concluded, and nothing typed that
    cannot be used. Blank tiers become the proposed ones of approved members. One step at a time:
    after each the outcome is another.
    """
    everyone = tuple(standings)
    state = dict(deciding.state)
    _say_of_all(deciding, state, everyone, matters, scheme)
    if state != deciding.state:
        return replace(deciding, state=state)
    for standing in everyone:
        member = standing.member.id
        found, ruling = matters.get(member, ()), rulings.members.get(member)
        open_ = unsettled(found, ruling, rulings.conclusions)
        if not open_ and _ready(standing) and not (ruling and ruling.unusable):
            _approve(deciding, state, member, current_version(versions.get(member)))
        if standing.approved:
            _follow(deciding, state, standing)
    return replace(deciding, state=state)


def _say_of_all(
    deciding: Deciding,
    state: dict[Place, str],
    standings: Iterable[Standing],
    matters: Mapping[str, tuple[Matter, ...]],
    scheme: Scheme,
) -> None:
    """Fill blank counts, of all or in one row, and blank conclusions with what is said of them."""
    due = [standing.member.id for standing in standings if not standing.member.absence]
    for place, text in deciding.gestures.items():
        times = _times(place, text)
        if place.tab == Tab.COUNTS and times is not None:
            columns = taking_away(scheme) if place.column == EVERYONE else (place.column,)
            members = due if place.row == EVERYONE else (place.row,)
            for column, member in product(columns, members):
                state.setdefault(Place(place.tab, member, column), times)
    concluded = deciding.gestures.get(_CONCLUSION, "")
    if concluded:
        for matter in chain.from_iterable(matters.values()):
            cell = Place(Tab.AGENDA, f"{matter.member}/{matter.key}", _CONCLUSION.column)
            state.setdefault(cell, concluded)


def _approve(deciding: Deciding, state: dict[Place, str], member: str, version: str) -> None:
    """Approve one member as the row for everyone says; its meeting goes along."""
    said, cell = deciding.gestures, Place(Tab.APPROVALS, member, _APPROVAL.column)
    if said.get(_APPROVAL) != APPROVE or cell in state:
        return
    state[cell] = APPROVE
    note_version(state, member, version)
    if said.get(_MEETING):
        state.setdefault(Place(Tab.APPROVALS, member, _MEETING.column), said[_MEETING])


def _follow(deciding: Deciding, state: dict[Place, str], standing: Standing) -> None:
    """Decide the proposed tier where nothing else is typed, for this member or for all."""
    cell = Place(Tab.APPROVALS, standing.member.id, _TIER.column)
    everyone = deciding.gestures.get(_TIER) == AS_PROPOSED and cell not in state
    if standing.proposed_tier and (everyone or state.get(cell) == AS_PROPOSED):
        state[cell] = standing.proposed_tier
        if everyone and deciding.gestures.get(_TIER_MEETING):
            noted = Place(Tab.APPROVALS, standing.member.id, _TIER_MEETING.column)
            state.setdefault(noted, deciding.gestures[_TIER_MEETING])


def _ready(standing: Standing) -> bool:
    known = standing.status in {StandingStatus.GRADED, StandingStatus.NOT_GRADED}
    return known and standing.score is not None and not standing.score.provisional
