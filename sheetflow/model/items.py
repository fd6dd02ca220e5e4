"""What is scored: parts, sections, items, groups, bonuses and their rules."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """How an item is scored; the vocabulary is closed, see ``kinds``."""

    POINTS = "points"
    CHOICE = "choice"
    COUNT = "count"
    TICK = "tick"
    #: Attended out of held, times the full points.
    RATIO = "ratio"
    #: Only printed: brings no points and asks for none.
    NOTE = "note"


class Scorer(StrEnum):
    """Whose number counts: the member's approved self score or the branch's own."""

    SELF = "self"
    BRANCH = "branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A named level and its points."""

    title: str
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of a table: from so many times on, so many points in all."""

    times: int
    #: Negative takes away, positive earns.
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What moves the points of a counted item: ``each`` a time, by a table, or to zero at once."""

    what: str
    #: Points a time: negative takes away, positive earns, zero when only ``zero_from`` acts.
    each: Decimal = Decimal(0)
    unit: str = "次"
    #: An earning event counts at most so many times.
    most_times: int | None = None
    #: From so many times on the item is worth zero.
    zero_from: int | None = None
    #: Points by number of times instead of ``each``, fewest times first.
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line to score."""

    code: str
    title: str
    kind: Kind
    most: Decimal
    step: Decimal = Decimal("0.5")
    levels: tuple[Level, ...] = ()
    events: tuple[Event, ...] = ()
    #: Printed behind the generated rule text.
    note: str = ""
    #: Own wording, printed instead of the generated rule text.
    wording: str = ""
    scored_by: Scorer = Scorer.SELF
    #: Who keeps the record, as printed in the scheme.
    scorer: str = ""
    evidence: str = ""
    #: Code of the group this item belongs to.
    group: str = ""
    #: Zero points here ask the branch whether a veto applies.
    zero_asks_veto: bool = False
    #: Posts this item is meant for; empty: everybody.
    posts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Items of which the best ``best`` count, at most ``most`` points together."""

    code: str
    title: str
    best: int
    most: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Items under one heading."""

    code: str
    title: str
    items: tuple[Item, ...]
    #: Most that its items bring together; ``None`` without a limit.
    most: Decimal | None = None


class Unmeant(StrEnum):
    """What becomes of the points of items that are not meant for a member's post."""

    #: They count in full.
    FULL = "full"
    #: They are left out, and the rest is scaled to the part's base.
    RESCALE = "rescale"
    #: Other items stand in for them: those meant for a post add up to the base by themselves.
    REPLACE = "replace"


class Claim(StrEnum):
    """How the points of one bonus row are limited."""

    LEVEL = "level"
    RANGE = "range"
    EACH = "each"
    HOURS = "hours"


class Proof(StrEnum):
    """What a bonus row must show before it counts."""

    DOCUMENT = "document"
    DATE = "date"
    MEETING = "meeting"
    HOURS = "hours"


@dataclass(frozen=True, kw_only=True)
class Bonus:
    """One kind of bonus with its fixed rows ``code-1`` … ``code-rows``."""

    code: str
    title: str
    claim: Claim
    most: Decimal
    rows: int = 3
    proof: tuple[Proof, ...] = ()
    #: LEVEL: points by level.
    levels: tuple[Level, ...] = ()
    #: RANGE: smallest claim. EACH: points a time. HOURS: points for every full ``per`` hours.
    points: Decimal = Decimal(0)
    step: Decimal = Decimal("0.5")
    unit: str = "次"
    #: HOURS: only hours above this count.
    above: Decimal = Decimal(0)
    per: Decimal = Decimal(1)
    note: str = ""
    wording: str = ""

    @cached_property
    def row_codes(self) -> tuple[str, ...]:
        """Codes of the fixed rows."""
        return tuple(f"{self.code}-{n}" for n in range(1, self.rows + 1))


@dataclass(frozen=True, kw_only=True)
class Part:
    """One agreement, which is one sheet of the form."""

    code: str
    title: str
    sheet: str
    base: Decimal
    form_title: str
    form_subtitle: str = ""
    bonus_most: Decimal = Decimal(0)
    sections: tuple[Section, ...]
    groups: tuple[Group, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    unmeant: Unmeant = Unmeant.REPLACE
    #: Percent this part has in a weighted total.
    weight: Decimal | None = None

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items in printed order."""
        return tuple(item for section in self.sections for item in section.items)

    @cached_property
    def scored(self) -> tuple[Item, ...]:
        """Items that can bring points, in printed order."""
        return tuple(item for item in self.items if item.kind is not Kind.NOTE)
