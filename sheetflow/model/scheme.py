"""The declared rules of a system: everything a scheme can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from sheetflow.model.items import Item, Part


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


class Denominator(StrEnum):
    """Whom the quota is a share of; both only count categories that count."""

    #: Everybody on the roster who has not left.
    ROSTER = "roster"
    #: Who is scored in this round.
    ASSESSED = "assessed"


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
    denominator: Denominator = Denominator.ROSTER
    #: A share that comes to no seat at all still gives one.
    at_least_one: bool = False


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
    #: Since when the member is here, where that is within the year.
    JOINED = "joined"
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


class NameOrder(StrEnum):
    """How the names of a paper are ordered."""

    #: A given name of one character goes before longer ones of the same surname.
    SURNAME_STROKES = "surname_strokes"
    #: The second characters are compared, however long the names are.
    NAME_STROKES = "name_strokes"
    PINYIN = "pinyin"
    #: The highest total first; equal totals by ``SURNAME_STROKES``.
    SCORE = "score"
    ROSTER = "roster"


class Letterhead(StrEnum):
    """What stands above the title of papers that have a document number."""

    NONE = "none"
    #: All of it in black.
    TEXT = "text"
    #: Name of the organisation and rule in red.
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The year's settings: they may change during a round without touching the rules."""

    organisation: str
    superior: str = ""
    deadline: date | None = None
    review: Review = Review.REQUIRED
    #: First and last day on which the result is made public.
    publicity_from: date | None = None
    publicity_to: date | None = None
    #: Who is here for fewer months of the period is scored but gets no tier; 0: no such rule.
    part_year_months: int = 0
    #: Half-way through the period: points are told, nobody gets a tier.
    interim: bool = False
    name_order: NameOrder = NameOrder.SURNAME_STROKES
    #: Strokes and readings of characters nothing is known of, as ``names.read_hands`` reads them.
    rare_characters: str = ""
    letterhead: Letterhead = Letterhead.NONE
    #: What the letterhead says; blank: the organisation.
    masthead: str = ""
    #: Who signs papers to the superior.
    issuer: str = ""
    #: Room is left for a seal over name and date.
    seal: bool = False
    #: Numbered papers end with whom a copy goes to, and who printed them when.
    imprint: bool = False
    #: Who prints papers; blank: the organisation.
    printed_by: str = ""


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
    #: At any time, for everybody on the roster; asked for by name once forms are back.
    ALWAYS = "always"
    #: Somebody is scored; one after the other, each only about one member.
    MEMBERS = "members"
    #: Somebody in a commended tier is to be named publicly.
    PUBLICITY = "publicity"
    #: Something is proposed about a member in a reported tier; one paper each.
    PROPOSAL = "proposal"
    #: A meeting has been entered; one paper each.
    MEETINGS = "meetings"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperKind:
    """A kind of Word paper of this system and the template that makes it."""

    kind: str
    title: str
    template: str
    occasion: Occasion
    #: Names of slots without which the paper cannot be final.
    needs: tuple[str, ...] = ()
    #: What must be known about each member the paper reports on: what only people know, or
    #: headings of the roster.
    member_needs: tuple[str, ...] = ()
    #: Without these about a member there is no paper about the member.
    only_with: tuple[str, ...] = ()
    #: Besides the print pack of all members, a file for each.
    single: bool = False
    #: What its document number begins with; blank: the kind has no number and no letterhead.
    prefix: str = ""
    #: Its document number; of several papers of the kind, the first one's.
    number: int | None = None
    #: Goes to the superior, so that the letterhead names who signs.
    upward: bool = False
    #: Whom the imprint names as given a copy.
    copied_to: str = ""


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
    #: The tier the branch decides on, in the staff's workbook; on no form.
    final_tier: str = "评定等次"
    #: Stands where an item is not meant for the member.
    unmeant: str = "不适用"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One box to sign in: what it says and who signs."""

    text: str
    signer: str


class Combination(StrEnum):
    """How the parts make one total; see ``Scheme.bonus_inside`` for their bonuses."""

    SUM = "sum"
    WEIGHTED = "weighted"
    MEAN = "mean"


class Present(StrEnum):
    """How many of those due must be there before a meeting may decide."""

    NONE = "none"
    #: At least half of them, exactly half included.
    HALF = "half"
    MORE_THAN_HALF = "more_than_half"


class Ayes(StrEnum):
    """How many must say aye before a decision stands."""

    NONE = "none"
    #: Of those due, not of those present; exactly half is not enough.
    MORE_THAN_HALF_OF_DUE = "more_than_half_of_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingKind:
    """A kind of meeting that decides, and what makes it valid."""

    title: str
    present: Present = Present.NONE
    ayes: Ayes = Ayes.NONE
    #: Words in the duty of those who sit in it: their own scores they leave to the others.
    duties: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
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
    combination: Combination = Combination.SUM
    #: Whether bonuses are weighted or averaged with their parts, or added to the total as they are.
    bonus_inside: bool = False
    papers: tuple[PaperKind, ...] = ()
    slots: tuple[Slot, ...] = ()
    meetings: tuple[MeetingKind, ...] = ()
    #: Headings to fill in about each member in a reported tier.
    focus: tuple[str, ...] = ()
    #: Severities that differ from a check's own, by code; ``off`` silences a check.
    severities: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> Decimal:
        """Base points of all parts together."""
        return sum((part.base for part in self.parts), Decimal(0))

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """All items by code."""
        return {item.code: item for part in self.parts for item in part.items}

    def slot(self, name: str) -> str:
        """Text of a slot; empty while nobody has written it."""
        return next((slot.text for slot in self.slots if slot.name == name), "")
