"""What the branch decides: cells of the staff's workbook, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from sheetflow.model.books import Source
from sheetflow.model.forms import Fault


class Tab(StrEnum):
    """The sheets of the staff's workbook in which people decide."""

    MEETINGS = "meetings"
    COUNTS = "counts"
    AGENDA = "agenda"
    #: One sheet a part; in a ``Place`` followed by a dot and the part's code.
    SCORES = "scores"
    CLAIMS = "claims"
    ADJUSTMENTS = "adjustments"
    APPROVALS = "approvals"
    OBJECTIONS = "objections"
    FOCUS = "focus"
    FILES = "files"


#: Row of a ``Place`` that speaks for all rows that say nothing themselves.
EVERYONE = "*"


#: Tabs whose row is a member, or a member, ``/`` and something of theirs.
_OF_MEMBERS = frozenset(
    (Tab.COUNTS, Tab.AGENDA, Tab.SCORES, Tab.CLAIMS, Tab.ADJUSTMENTS, Tab.APPROVALS, Tab.FOCUS)
)


class Place(NamedTuple):
    """One cell in which people decide, wherever its row and column stand now.

    ============  =============================  ==========================================
    tab           row                            column
    ============  =============================  ==========================================
    meetings      number of the meeting          ``kind day due present absent chair
                                                 recorder topic ayes nays abstentions
                                                 resolution``
    counts        member, or ``*``               item code, ``/``, what was counted
    agenda        member, ``/``, matter          ``conclusion``
    scores.A      member                         item code; section code for one grade of all
    claims        member, ``/``, row code        ``points`` ``why``
    adjustments   member, ``/``, item code       ``why`` ``meeting``
    approvals     member, or ``*``               ``approval veto basis tier reason meeting
                                                 tier_meeting``
    objections    number of the objection        ``day raiser member content inquiry result
                                                 change answered``
    focus         member                         heading of the column
    files         file, ``/``, form version      ``member adopt reason``
    ============  =============================  ==========================================
    """

    tab: str
    row: str
    column: str

    @property
    def member(self) -> str:
        """Member the row is about, ``*`` for everyone; empty where it is about none."""
        of_members = self.tab.partition(".")[0] in _OF_MEMBERS
        return self.row.partition("/")[0] if of_members else ""


#: What people have decided: cell → text as typed, cleaned; blank cells are left out.
State = Mapping[Place, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One act of the branch: what stood in a cell before, and what stands there now.

    ``chain`` is the hash of this act and of the one before it, so that a changed or removed
    act is seen.
    """

    number: int
    place: Place
    before: str
    after: str
    #: Local time of taking it in, ISO 8601; empty when nobody noted it.
    taken: str = ""
    #: Revision of the workbook it was typed in.
    revision: int = 0
    chain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One meeting that decides: when, how many, how they voted."""

    number: str
    kind: str = ""
    day: str = ""
    due: int | None = None
    present: int | None = None
    absent: str = ""
    chair: str = ""
    recorder: str = ""
    topic: str = ""
    ayes: int | None = None
    nays: int | None = None
    abstentions: int | None = None
    resolution: str = ""
    source: Source = field(default_factory=Source)


class Approval(StrEnum):
    """What the branch says about one version of a member's form."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """All that the branch has decided about one member."""

    member: str
    approval: Approval | None = None
    #: Version of the form the approval holds for.
    version: str = ""
    veto: str = ""
    basis: str = ""
    #: Tier the branch decides on, with its reason where it differs from the proposed one.
    tier: str = ""
    reason: str = ""
    meeting: str = ""
    #: The meeting that decided the tier, where it is another one.
    tier_meeting: str = ""
    #: Points the branch typed, by item code.
    scores: Mapping[str, Decimal] = field(default_factory=dict)
    #: How often what a rule counts has happened: (item code, what) → times.
    counts: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    #: Points recognised for a bonus row, by row code, and why.
    recognised: Mapping[str, Decimal] = field(default_factory=dict)
    whys: Mapping[str, str] = field(default_factory=dict)
    #: Something was typed for this member that cannot be used, so that nobody knows all of it.
    unusable: bool = False
    #: Where each of these stands, by the column of its ``Place``.
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def tier_decided_at(self) -> str:
        """The meeting that decided the tier."""
        return self.tier_meeting or self.meeting

    def source(self, column: str) -> Source:
        """Where something was decided; an empty source when nowhere."""
        return self.sources.get(column, Source())


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One objection raised while the result is made public."""

    number: str
    day: str = ""
    raiser: str = ""
    member: str = ""
    content: str = ""
    inquiry: str = ""
    result: str = ""
    change: str = ""
    answered: str = ""
    source: Source = field(default_factory=Source)

    @property
    def open(self) -> bool:
        """Whether nobody has answered it yet."""
        return not self.answered.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the clerk decides about one received file: whose it is, whether it counts."""

    file: str
    #: The form's version the choice holds for.
    version: str
    member: str = ""
    #: ``None`` while nothing is decided.
    adopt: bool | None = None
    reason: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """All that the branch has decided, read from its cells.

    What could not be used are ``faults``.
    """

    members: Mapping[str, Ruling] = field(default_factory=dict)
    meetings: tuple[Meeting, ...] = ()
    objections: tuple[Objection, ...] = ()
    choices: tuple[Choice, ...] = ()
    #: What is known about each member to be reported: member → heading → text.
    focus: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Why a score was changed: (member, item or bonus row) → reason, meeting.
    reasons: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    #: What was concluded about a matter: (member, matter) → text.
    conclusions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
