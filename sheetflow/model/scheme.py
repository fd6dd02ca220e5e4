"""The declared rules of a system: everything a scheme can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """How an item is scored; the vocabulary is closed, see ``kinds``."""

    POINTS = "points"
    CHOICE = "choice"
    COUNT = "count"
    TICK = "tick"


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
class Event:
    """What moves the points of a counted item: ``each`` a time, or to zero at once."""

    what: str
    #: Points a time: negative takes away, positive earns, zero when only ``zero_from`` acts.
    each: Decimal = Decimal(0)
    unit: str = "次"
    #: An earning event counts at most so many times.
    most_times: int | None = None
    #: From so many times on the item is worth zero.
    zero_from: int | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
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

    @property
    def row_codes(self) -> tuple[str, ...]:
        """Codes of the fixed rows."""
        return tuple(f"{self.code}-{n}" for n in range(1, self.rows + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
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

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in printed order."""
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A case that limits the tier, whatever the points."""

    code: str
    cases: tuple[str, ...]
    max_tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A named level of the total; tiers are listed from the highest down."""

    title: str
    #: Lower bound of the total; ``None`` only for the lowest tier.
    at_least: Decimal | None = None
    inclusive: bool = True
    commended: bool = False
    reported: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A condition on one part's base points without which ``tier`` is closed."""

    tier: str
    part: str
    at_least: Decimal
    active: bool = False


class QuotaRule(StrEnum):
    """How the number of seats in a tier is found."""

    UNLIMITED = "unlimited"
    RATIO = "ratio"
    GIVEN = "given"


class Rounding(StrEnum):
    """What happens to a part of a seat."""

    FLOOR = "floor"
    CEIL = "ceil"
    HALF_UP = "half_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Seats in the highest tier and the order that settles equal totals."""

    tier: str
    rule: QuotaRule = QuotaRule.UNLIMITED
    share: int = 1
    of: int = 3
    rounding: Rounding = Rounding.FLOOR
    given: int = 0
    #: Codes compared one after the other when totals are equal: a part or a section.
    ties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A kind of member: gets a tier or not, counts for the quota or not."""

    title: str
    graded: bool = True
    in_quota: bool = True


class Absence(StrEnum):
    """Why a member on the roster is not scored in this round."""

    EXEMPT = "exempt"
    DEFERRED = "deferred"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A word of the roster's status column and its meaning."""

    title: str
    absence: Absence


class ColumnRole(StrEnum):
    """What the engine uses a roster column for; other columns only reach the papers."""

    ID = "id"
    NAME = "name"
    CATEGORY = "category"
    STATUS = "status"
    GROUP = "group"
    POST = "post"
    DUTY = "duty"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the roster."""

    heading: str
    role: ColumnRole = ColumnRole.OTHER
    #: Width in characters.
    width: int = 10
    choices: tuple[str, ...] = ()


class Review(StrEnum):
    """Whether the branch must approve scores before they are final."""

    REQUIRED = "required"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The year's settings: they may change during a round without touching the rules."""

    organisation: str
    superior: str = ""
    deadline: date | None = None
    review: Review = Review.REQUIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A text of the papers that only people know; ``name`` is its tag in the templates."""

    name: str
    text: str = ""
    hint: str = ""


class Occasion(StrEnum):
    """When a paper applies."""

    #: Somebody stands in a commended tier.
    COMMENDED = "commended"
    #: The round has an outcome.
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperKind:
    """A kind of Word paper of this system and the template that makes it."""

    kind: str
    title: str
    template: str
    occasion: Occasion
    #: Names of slots without which the paper cannot be final.
    needs: tuple[str, ...] = ()
    #: What only people know about each member the paper reports on.
    member_needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The visible words of the forms; reading depends on them."""

    member: str = "成员"
    form_code: str = "表单码"
    name: str = "姓名"
    id: str = "编号"
    section: str = "类别"
    content: str = "考核内容"
    rule: str = "计分规则"
    most: str = "满分"
    score: str = "自评分"
    approved: str = "核定分"
    evidence: str = "佐证说明"
    state: str = "检查"
    bonus: str = "加分项目"
    reason: str = "事由"
    level: str = "级别"
    issuer: str = "发文单位"
    document: str = "文号"
    date: str = "日期"
    claim: str = "申报分"
    base_total: str = "基本分小计"
    bonus_total: str = "加分小计"
    total: str = "自评合计"
    notes_sheet: str = "填表说明"
    #: What the round is called behind the year, as in 「2015年度考核表」.
    form_name: str = "考核表"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One box to sign in: what it says and who signs."""

    text: str
    signer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The declared rules of one system in one year."""

    system: str
    title: str
    #: The number people give; the version is this and a hash of the rules.
    number: str
    year: int
    period_start: date
    period_end: date
    settings: Settings
    terms: Terms = field(default_factory=Terms)
    notes: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    columns: tuple[Column, ...]
    categories: tuple[Category, ...]
    statuses: tuple[Status, ...] = ()
    parts: tuple[Part, ...]
    vetoes: tuple[Veto, ...] = ()
    tiers: tuple[Tier, ...]
    gates: tuple[Gate, ...] = ()
    quota: Quota | None = None
    papers: tuple[PaperKind, ...] = ()
    slots: tuple[Slot, ...] = ()
    #: Severities that differ from a check's own, by code; ``off`` silences a check.
    severities: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> Decimal:
        """Base points of all parts together."""
        return sum((part.base for part in self.parts), Decimal(0))

    def slot(self, name: str) -> str:
        """Text of a slot; empty while nobody has written it."""
        return next((slot.text for slot in self.slots if slot.name == name), "")
