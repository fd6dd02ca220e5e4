"""The nouns of sheetflow: frozen values, one word a thing.

Nothing here does I/O and nothing knows the stage that comes after it. Points are
``Decimal`` from the cell to the paper; a missing score is ``None``, never zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

# ------------------------------------------------------------------ what a reader hands over


class ValueKind(StrEnum):
    """What one cell of a workbook really holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    ERROR = "error"
    #: A formula that carries no stored result (phone apps, some libraries).
    UNCACHED = "uncached"


@dataclass(frozen=True, slots=True)
class Value:
    """One filled cell as it stands in the file; a blank cell has no Value.

    ``raw`` is the text typed; for a number the shortest decimal that names the stored
    binary number; for a date ISO 8601; for an error its sign such as ``#REF!``.
    """

    kind: ValueKind
    raw: str
    formula: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook read: values by (row, column), both counted from 1."""

    title: str
    hidden: bool
    values: Mapping[tuple[int, int], Value]
    #: Addresses of filled cells beyond the area that is read, the first few.
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook read: its sheets in order and when it says it was last saved."""

    sheets: tuple[Sheet, ...]
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where a person would look: file (relative to the round), sheet, cell."""

    file: str = ""
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One column of a workbook that people edit."""

    heading: str
    #: Width in characters of the Latin digit.
    width: int = 12
    choices: tuple[str, ...] = ()
    hint: str = ""


#: What a cell of a table may hold.
Plain = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet of a workbook that people edit: a line of advice, headings, rows."""

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Plain, ...], ...] = ()
    advice: str = ""


# ------------------------------------------------------------------ scheme


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
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the roster."""

    heading: str
    role: ColumnRole = ColumnRole.NOTE
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


# ------------------------------------------------------------------ roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Who or what is scored."""

    id: str
    name: str
    category: str = ""
    group: str = ""
    absence: Absence | None = None
    #: All roster columns as (heading, text), for the papers.
    details: tuple[tuple[str, str], ...] = ()
    source: Source = field(default_factory=Source, compare=False)

    def detail(self, heading: str) -> str:
        """Text of a roster column; empty when the column is not there."""
        return dict(self.details).get(heading, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody the round is about, in the roster's order."""

    members: tuple[Member, ...]

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def find(self, member_id: str) -> Member | None:
        """Return the member with this id."""
        return next((m for m in self.members if m.id == member_id), None)


# ------------------------------------------------------------------ one returned form


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


@dataclass(frozen=True, slots=True)
class Entry:
    """One filled cell of a form: item or bonus row × column."""

    code: str
    field: Field
    value: Value
    source: Source


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a form that keeps it from being read plainly; a check words it."""

    kind: str
    source: Source
    found: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One form read. The reader records; the checks judge."""

    file: str
    sha256: str
    #: Who the form says it is from, as far as code and token could be verified.
    stamp: Stamp | None
    verified: bool
    #: Name printed or typed in the form.
    name: str = ""
    modified: datetime | None = None
    entries: tuple[Entry, ...] = ()
    #: Where each code stands (also where nothing is filled): code → source of its score cell.
    places: Mapping[str, Source] = field(default_factory=dict)
    #: Total as stored in the form, by part code; a witness only.
    totals: Mapping[str, Entry] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def entry(self, code: str, column: Field) -> Entry | None:
        """Return the entry of an item or bonus row in a column; ``None`` when blank."""
        return next((e for e in self.entries if e.code == code and e.field == column), None)


# ------------------------------------------------------------------ findings


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


# ------------------------------------------------------------------ outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How one item or bonus row counted."""

    part: str
    code: str
    raw: Decimal | None
    counted: Decimal
    why: str = ""
    provisional: bool = False
    source: Source = field(default_factory=Source)


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

    @property
    def total(self) -> Decimal | None:
        """Sum of the parts; ``None`` while any part is unknown."""
        totals = [part.total for part in self.parts]
        if self.open or any(t is None for t in totals):
            return None
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
class Decision:
    """One act of the branch about a member."""

    member: str
    veto: str = ""
    basis: str = ""
    source: Source = field(default_factory=Source)


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
