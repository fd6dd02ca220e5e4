"""What the sheet 模拟 reckons with: where its cells are, and each member's place in a trial.

A member's row follows ``ranking``: tier by the lines, not above the highest allowed; of those in
the tier with seats the best keep it, and equals across the last seat stay open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum
from itertools import groupby
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from sheetflow import number, ranking
from sheetflow.excel.write.summary_formulas import column_range, quote
from sheetflow.excel.write.summary_plan import Page
from sheetflow.messages import _
from sheetflow.model import Quota, QuotaRule, StandingStatus
from sheetflow.text import clean
from sheetflow.verdicts import SCORED, undecided

if TYPE_CHECKING:
    from sheetflow.excel.write.summary_plan import Plan
    from sheetflow.model import Outcome, Scheme, Standing, Tier

#: First row of the tiers and of the inputs, counted from 0.
TIERS_TOP: Final = 4
INPUTS_TOP: Final = 3
#: Column of the lines, of whether they belong to their tier, and of the inputs.
LINE, INSIDE, INPUT = 1, 2, 9
#: A total this near to a line is worth a word, in points; people may type another.
NEAR: Final = Decimal(2)


class Col(IntEnum):
    """Columns of the members; those behind ``NEARBY`` are hidden."""

    ID = 0
    NAME = 1
    TOTAL = 2
    HIGHEST = 3
    BY_LINE = 4
    RANK = 5
    TRIAL = 6
    NOW = 7
    CHANGE = 8
    NEARBY = 9
    ROW = 10
    LEVEL = 11
    LIMIT = 12
    BEFORE = 13
    CANDIDATE = 14
    EQUALS = 15
    RESULT = 16
    #: Points that settle equal totals, one column each from here on.
    TIES = 17


class Input(IntEnum):
    """Cells to type into, and those that answer, from the top down."""

    RULE = 0
    SHARE = 1
    OF = 2
    ROUNDING = 3
    LEAST = 4
    GIVEN = 5
    BASE = 6
    NEAR = 7
    SEATS = 8
    CANDIDATES = 9
    SEATED = 10
    TIED = 11
    OVER = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One member in the trial, with the engine's own lines and seats; tiers count from 1."""

    standing: Standing
    #: Place in the outcome, counted from 1.
    number: int
    level: int | None
    limit: int
    ties: tuple[Decimal, ...] = ()
    rank: int | None = None
    equals: int | None = None
    #: 0 while the last seat is to be settled.
    result: int | None = None

    @property
    def before(self) -> int | None:
        """Tier before seats are counted."""
        return None if self.level is None else max(self.level, self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The scheme's own lines and seats, and everybody in the order of their totals."""

    scheme: Scheme
    quota: Quota
    base: int
    #: Seats as the scheme has them; ``None`` without a limit.
    seats: int | None
    #: Which tier has the seats, counted from 1.
    tier: int
    members: tuple[Tried, ...]
    #: Row of the first member, counted from 0.
    top: int

    @property
    def bottom(self) -> int:
        """Row of the last member, never above the first."""
        return self.top + max(1, len(self.members)) - 1


def make_trial(outcome: Outcome) -> Trial:
    """Lay out the trial of an outcome."""
    scheme = outcome.scheme
    titles = [tier.title for tier in scheme.tiers]
    quota = scheme.quota or Quota(tier=titles[0])
    base = ranking.quota_base(scheme, [s.member for s in outcome.standings])
    base = outcome.quota.base if outcome.quota else base
    seats = None if quota.rule is QuotaRule.UNLIMITED else ranking.seats(quota, base)
    tier = titles.index(quota.tier) + 1
    found = [
        _tried(scheme, quota, standing, place)
        for place, standing in enumerate(outcome.standings, 1)
        if standing.status in SCORED and standing.status is not StandingStatus.NOT_GRADED
    ]
    found.sort(key=lambda t: (-(t.standing.total or Decimal(-1)), t.number))
    placed = _placed(found, tier, seats, len(titles))
    top = max(TIERS_TOP + len(titles) + 12, INPUTS_TOP + len(Input) + 2)
    return Trial(
        scheme=scheme,
        quota=quota,
        base=base,
        seats=seats,
        tier=tier,
        members=tuple(placed[t.number] for t in found),
        top=top,
    )


def _tried(scheme: Scheme, quota: Quota, standing: Standing, place: int) -> Tried:
    titles = [tier.title for tier in scheme.tiers]
    total = standing.total
    level = None if total is None else titles.index(ranking.tier_of(scheme, total)) + 1
    limit = titles.index(standing.max_tier) + 1 if standing.max_tier in titles else 1
    ties = tuple(ranking.measure(scheme, standing, code) for code in quota.ties)
    return Tried(standing=standing, number=place, level=level, limit=limit, ties=ties)


def _placed(found: list[Tried], tier: int, seats: int | None, tiers: int) -> dict[int, Tried]:
    """Members by number, those in the tier with seats ranked."""
    placed = {t.number: replace(t, result=t.before) for t in found}

    def order(t: Tried) -> tuple[Decimal, ...]:
        return (-(t.standing.total or Decimal(0)), *(-points for points in t.ties))

    ranked = sorted((t for t in found if t.before == tier), key=order)
    rank = 1
    for _key, group in groupby(ranked, key=order):
        equal = list(group)
        result = tier
        if seats is not None and rank + len(equal) - 1 > seats:
            result = min(tier + 1, tiers) if rank > seats else 0
        for t in equal:
            placed[t.number] = replace(t, rank=rank, equals=len(equal), result=result)
        rank += len(equal)
    return placed


# ------------------------------------------------------------------ places


def cell(at: Input) -> str:
    """An input, or an answer."""
    return str(xl_rowcol_to_cell(INPUTS_TOP + at, INPUT, row_abs=True, col_abs=True))


def tier_cell(index: int, column: int) -> str:
    """A cell in the row of a tier, tiers counted from 0."""
    return str(xl_rowcol_to_cell(TIERS_TOP + index, column, row_abs=True, col_abs=True))


def area(trial: Trial, column: int) -> str:
    """All members' cells of a column."""
    return str(xl_range_abs(trial.top, column, trial.bottom, column))


def titles(trial: Trial) -> str:
    """The cells that hold the tiers' titles."""
    return str(xl_range_abs(TIERS_TOP, 0, TIERS_TOP + len(trial.scheme.tiers) - 1, 0))


def reaches(points: str, index: int, line: str = "") -> str:
    """Whether points reach the line of a tier, as 1 or 0, also for a whole column of points.

    ``line`` is a cell with another line than the tier's own.
    """
    line, inside = line or tier_cell(index, LINE), tier_cell(index, INSIDE)
    return f"(({points}>{line})+({points}={line})*({inside}={quote(yes())}))"


def yes() -> str:
    """Word of a line that belongs to its tier."""
    return _("是")


def tied() -> str:
    """Word for equals across the last seat."""
    return _("并列待定")


# ------------------------------------------------------------------ one member


def member_cells(
    trial: Trial, plan: Plan, row: int, tried: Tried
) -> Iterator[tuple[int, str, str | Decimal]]:
    """Formulas of a member's row with the engine's values, by column."""
    own = {column: xl_rowcol_to_cell(row, column, col_abs=True) for column in Col}
    yield from _looked_up(plan, own, tried)
    yield from _reckoned(trial, row, own, tried)
    yield from _told(trial, own, tried)


def _looked_up(
    plan: Plan, own: Mapping[Col, str], tried: Tried
) -> Iterator[tuple[int, str, str | Decimal]]:
    """What stands in the scores, wherever the row is sorted to."""
    numbers = column_range(plan, Page.SCORES, 0)
    yield Col.ROW, f"MATCH({tried.number},{numbers},0)", Decimal(tried.number)
    total = tried.standing.total
    for column, key, cached in (
        (Col.TOTAL, "total", undecided() if total is None else total),
        (Col.HIGHEST, "max_tier", shown_highest(tried.standing)),
        (Col.NOW, "proposed_tier", shown_proposed(tried.standing)),
    ):
        found = f"INDEX({column_range(plan, Page.SCORES, plan.column(key))},{own[Col.ROW]})"
        # A blank cell would come as 0.
        yield column, found if column is Col.TOTAL else f'{found}&""', cached


def shown_highest(standing: Standing) -> str:
    """Highest tier as the scores show it."""
    graded = standing.status is StandingStatus.GRADED
    return clean(standing.max_tier or (_("不限") if graded else ""))


def shown_proposed(standing: Standing) -> str:
    """Proposed tier as the scores show it."""
    graded = standing.status is StandingStatus.GRADED
    return clean(standing.proposed_tier or (_("待定") if graded else ""))


def _reckoned(
    trial: Trial, row: int, own: Mapping[Col, str], tried: Tried
) -> Iterator[tuple[int, str, str | Decimal]]:
    tiers, seats, tier = trial.scheme.tiers, cell(Input.SEATS), trial.tier
    level = str(len(tiers))
    for index in range(len(tiers) - 2, -1, -1):
        level = f"IF({reaches(own[Col.TOTAL], index)}>0,{index + 1},{level})"
    yield Col.LEVEL, f'IF(ISNUMBER({own[Col.TOTAL]}),{level},"")', _known(tried.level)
    place = f"MATCH({own[Col.HIGHEST]},{titles(trial)},0)"
    yield Col.LIMIT, f"IF(ISNUMBER({place}),{place},1)", Decimal(tried.limit)
    before = f"MAX({own[Col.LEVEL]},{own[Col.LIMIT]})"
    yield Col.BEFORE, f'IF(ISNUMBER({own[Col.LEVEL]}),{before},"")', _known(tried.before)
    candidate = tried.before == tier
    yield Col.CANDIDATE, f"IF({own[Col.BEFORE]}={tier},1,0)", Decimal(int(candidate))
    better, equal = _order(trial, row)
    yield Col.RANK, f'IF({own[Col.CANDIDATE]}=1,1+{better},"")', _known(tried.rank)
    yield Col.EQUALS, f'IF({own[Col.CANDIDATE]}=1,{equal},"")', _known(tried.equals)
    last = f"{own[Col.RANK]}+{own[Col.EQUALS]}-1"
    over = f"IF({own[Col.RANK]}>{seats},{min(tier + 1, len(tiers))},0)"
    seated = f"IF(ISNUMBER({seats}),IF({last}<={seats},{tier},{over}),{tier})"
    result = f"IF({own[Col.CANDIDATE]}=1,{seated},{own[Col.BEFORE]})"
    yield Col.RESULT, result, _known(tried.result)


def _order(trial: Trial, row: int) -> tuple[str, str]:
    """How many candidates stand before a member, and how many beside, the member included."""
    alike, better = f"({area(trial, Col.CANDIDATE)}=1)", []
    for column in (Col.TOTAL, *(Col.TIES + n for n in range(len(trial.quota.ties)))):
        mine = xl_rowcol_to_cell(row, column, col_abs=True)
        better.append(f"SUMPRODUCT({alike}*({area(trial, column)}>{mine}))")
        alike += f"*({area(trial, column)}={mine})"
    return "+".join(better), f"SUMPRODUCT({alike})"


def _known(place: int | None) -> str | Decimal:
    return "" if place is None else Decimal(place)


def _told(
    trial: Trial, own: Mapping[Col, str], tried: Tried
) -> Iterator[tuple[int, str, str | Decimal]]:
    """What people read: tiers by their titles, whether they differ, which line is near."""
    names, none = titles(trial), quote(undecided())
    known = f"ISNUMBER({own[Col.LEVEL]})"
    by_line = f"IF({known},INDEX({names},{own[Col.LEVEL]}),{none})"
    yield Col.BY_LINE, by_line, _title(trial, tried.level)
    result = f"IF({own[Col.RESULT]}=0,{quote(tied())},INDEX({names},{own[Col.RESULT]}))"
    yield Col.TRIAL, f"IF({known},{result},{none})", _title(trial, tried.result)
    now = f"MATCH({own[Col.NOW]},{names},0)"
    up, down, other = quote(_("升")), quote(_("降")), quote(_("不同"))
    moved = f"IF({own[Col.RESULT]}<{now},{up},{down})"
    moved = f"IF(AND(ISNUMBER({now}),N({own[Col.RESULT]})>0),{moved},{other})"
    same = f"OR({own[Col.TRIAL]}={own[Col.NOW]},NOT({known}))"
    yield Col.CHANGE, f'IF({same},"",{moved})', _change(trial, tried)
    near = "&".join(
        _near(own[Col.TOTAL], index)
        for index, tier in enumerate(trial.scheme.tiers)
        if tier.at_least is not None
    )
    text = f'IF(ISNUMBER({own[Col.TOTAL]}),TRIM({near or quote("")}),"")'
    yield Col.NEARBY, text, _nearby(trial, tried)


def _title(trial: Trial, index: int | None) -> str:
    if index is None:
        return undecided()
    return clean(trial.scheme.tiers[index - 1].title) if index else tied()


def _change(trial: Trial, tried: Tried) -> str:
    names = [clean(tier.title) for tier in trial.scheme.tiers]
    now, result = shown_proposed(tried.standing), tried.result
    if result is None or _title(trial, result) == now:
        return ""
    if now not in names or not result:
        return _("不同")
    return _("升") if result < names.index(now) + 1 else _("降")


def _near(total: str, index: int) -> str:
    line, name = tier_cell(index, LINE), tier_cell(index, 0)
    gap = f"ROUND(ABS({total}-{line}),6)"
    side = f"IF({total}>{line},{quote(_('超'))},{quote(_('差'))})&{gap}"
    side = f"IF({total}={line},{quote(_('正好'))},{side})"
    return f'IF({gap}<={cell(Input.NEAR)},{name}&{side}&" ","")'


def _nearby(trial: Trial, tried: Tried) -> str:
    total = tried.standing.total
    if total is None:
        return ""
    return " ".join(
        clean(tier.title) + _side(total, tier)
        for tier in trial.scheme.tiers
        if tier.at_least is not None and abs(total - tier.at_least) <= NEAR
    )


def _side(total: Decimal, tier: Tier) -> str:
    line = tier.at_least or Decimal(0)
    if total == line:
        return _("正好")
    return (_("超") if total > line else _("差")) + number.text(abs(total - line))
