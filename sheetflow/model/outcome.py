"""What a run found out: scores, standings, verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from sheetflow.model.books import Source, Value
from sheetflow.model.desk import Rulings
from sheetflow.model.forms import Field, Finding
from sheetflow.model.people import Member
from sheetflow.model.scheme import Scheme


class Line(NamedTuple):
    """How one item or bonus row counted."""

    part: str
    code: str
    #: What the member typed; ``None`` where nothing was typed.
    raw: Decimal | None
    #: What stands for it before any cap: the branch's number, else what its counts give, else
    #: the member's own.
    taken: Decimal
    counted: Decimal
    why: str = ""
    provisional: bool = False
    #: Where the number that stands was typed.
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartScore:
    """Points of one part; ``None`` while it cannot be known."""

    code: str
    base: Decimal | None
    bonus: Decimal | None

    @property
    def total(self) -> Decimal | None:
        """Base and bonus together."""
        if self.base is None or self.bonus is None:
            return None
        return self.base + self.bonus


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Points of one member with the lines that explain every one of them."""

    member: str
    parts: tuple[PartScore, ...]
    lines: tuple[Line, ...]
    #: What keeps the total unknown, in words.
    open: tuple[str, ...] = ()
    #: Total where it is not the plain sum of the parts.
    combined: Decimal | None = None

    @property
    def total(self) -> Decimal | None:
        """Sum of the parts, or what combines them; ``None`` while any part is unknown."""
        totals = [part.total for part in self.parts]
        if self.open or any(t is None for t in totals):
            return None
        if self.combined is not None:
            return self.combined
        return sum((t for t in totals if t is not None), Decimal(0))

    @property
    def provisional(self) -> bool:
        """Whether a self score stands in for a number of the branch."""
        return any(line.provisional for line in self.lines)


class StandingStatus(StrEnum):
    """What became of a member in this round."""

    GRADED = "graded"
    UNDECIDED = "undecided"
    NOT_GRADED = "not_graded"
    EXEMPT = "exempt"
    DEFERRED = "deferred"
    LEFT = "left"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a member stands: computed tier, highest allowed, proposed, decided."""

    member: Member
    status: StandingStatus
    provisional: bool = False
    score: Score | None = None
    score_tier: str | None = None
    max_tier: str | None = None
    proposed_tier: str | None = None
    final_tier: str | None = None
    reasons: tuple[str, ...] = ()
    #: The branch has approved the version that counts, or confirmed that nothing was returned.
    approved: bool = False

    @property
    def tier(self) -> str | None:
        """The tier that counts now: decided, else proposed."""
        return self.final_tier or self.proposed_tier

    @property
    def total(self) -> Decimal | None:
        """Total points, ``None`` while undecided."""
        return self.score.total if self.score else None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaResult:
    """Seats in a tier, who competed, and ties that people must settle."""

    tier: str
    limit: int | None
    base: int
    candidates: tuple[str, ...]
    ties: tuple[tuple[str, ...], ...] = ()


class FileStatus(StrEnum):
    """Verdict on one received file."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One file received and its standing verdict."""

    file: str
    sha256: str
    status: FileStatus
    member: str | None = None
    #: Short hash of the entries shown, the form's version.
    version: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One cell in which an older or rival form of a member is not like the one that counts."""

    member: str
    #: The file of the older or rival form.
    file: str
    code: str
    field: Field
    older: Value | None
    newer: Value | None


class Stage(StrEnum):
    """The stages of a round in their order."""

    COLLECTING = "collecting"
    REVIEWING = "reviewing"
    PROPOSING = "proposing"
    PUBLISHING = "publishing"
    DECIDING = "deciding"
    FILING = "filing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The stage a round is in, and what keeps it there, in words."""

    stage: Stage
    waits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that one run of ``collect`` found out."""

    scheme: Scheme
    scheme_version: str
    standings: tuple[Standing, ...]
    receipts: tuple[Receipt, ...] = ()
    findings: tuple[Finding, ...] = ()
    quota: QuotaResult | None = None
    provisional: bool = False
    differences: tuple[Difference, ...] = ()
    progress: Progress | None = None
    #: What the branch has decided, and the hash of its last decision.
    decided: Rulings = field(default_factory=Rulings)
    head: str = ""
