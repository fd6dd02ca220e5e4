"""Where everything stands in the summary: one plan for the cells and for the formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Final

from sheetflow import number
from sheetflow.messages import _
from sheetflow.model import ColumnRole, FileStatus
from sheetflow.text import clean
from sheetflow.verdicts import own_words

if TYPE_CHECKING:
    from sheetflow.model import (
        Decision,
        Item,
        Outcome,
        Part,
        Scheme,
        Standing,
        StandingStatus,
        Submission,
    )

#: First row of members, counted from 0; above it stand title, banner, maxima, headings.
SCORES_TOP: Final = 3
DETAILS_TOP: Final = 4
#: First row of files below advice and headings.
FILES_TOP: Final = 2
#: Signs a sheet's title cannot hold, and how much of a scheme's word goes into one.
_SIGNS: Final = "[]:*?/\\'"
_LONGEST: Final = 20
#: Column of the files' status.
FILES_STATUS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What an outcome rests on, besides itself."""

    #: All that the branch has decided, in its order.
    decisions: tuple[Decision, ...] = ()
    #: The form that counts of each member, by id.
    forms: Mapping[str, Submission] = field(default_factory=dict)


class Page(StrEnum):
    """The sheets of the summary in their order."""

    START = "start"
    SCORES = "scores"
    DETAILS = "details"
    BASIS = "basis"
    TRIAL = "trial"
    ITEMS = "items"
    GAPS = "gaps"
    FINDINGS = "findings"
    MISSING = "missing"
    FILES = "files"
    DIFFERENCES = "differences"
    DECISIONS = "decisions"


def page_title(page: Page, scheme: Scheme | None = None) -> str:
    """Title of a sheet as people see it; that of 自评与核定 takes a word of the scheme's."""
    own = own_words(scheme) if scheme else ""
    kept = "".join("-" if sign in _SIGNS else sign for sign in clean(own, name=True))[:_LONGEST]
    titles = {
        Page.START: _("首页"),
        Page.SCORES: _("成绩"),
        Page.DETAILS: _("分项"),
        Page.BASIS: _("得分依据"),
        Page.TRIAL: _("模拟"),
        Page.ITEMS: _("难度"),
        Page.GAPS: _("{own}与核定").format(own=kept),
        Page.FINDINGS: _("问题清单"),
        Page.MISSING: _("未交"),
        Page.FILES: _("来源"),
        Page.DIFFERENCES: _("版本差异"),
        Page.DECISIONS: _("决定"),
    }
    return titles[page]


def pages(outcome: Outcome, record: Record) -> tuple[Page, ...]:
    """Sheets of this outcome's summary: differences and decisions only where there are any."""
    rare = {Page.DIFFERENCES: outcome.differences, Page.DECISIONS: record.decisions}
    return tuple(page for page in Page if rare.get(page, True))


# ------------------------------------------------------------------ words


def heading(scheme: Scheme, role: ColumnRole) -> str:
    """Heading of a roster column by what it is for; empty when the roster has none."""
    return next((column.heading for column in scheme.columns if column.role is role), "")


def id_heading(scheme: Scheme) -> str:
    """Heading of the members' ids."""
    return heading(scheme, ColumnRole.ID) or _("编号")


def name_heading(scheme: Scheme) -> str:
    """Heading of the members' names."""
    return heading(scheme, ColumnRole.NAME) or _("姓名")


def file_words() -> dict[FileStatus, str]:
    """Words for the verdicts on files."""
    return {
        FileStatus.ACCEPTED: _("采用"),
        FileStatus.RETURNED: _("退回修改"),
        FileStatus.REFUSED: _("不能用"),
        FileStatus.DUPLICATE: _("重复"),
        FileStatus.SUPERSEDED: _("旧版"),
        FileStatus.IGNORED: _("忽略"),
    }


# ------------------------------------------------------------------ columns of the details


class Role(StrEnum):
    """What a column of the details holds."""

    ITEM = "item"
    BONUS = "bonus"
    #: Why a sum stays open although every cell may be filled: the engine says so.
    BASE_OPEN = "base_open"
    BONUS_OPEN = "bonus_open"
    TOTAL_OPEN = "total_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailColumn:
    """One column of the details behind number, id and name."""

    role: Role
    heading: str
    part: str = ""
    code: str = ""
    #: Code of the group or bonus that limits it with its neighbours.
    block: str = ""
    #: Code of the section whose cap it comes under; empty where there is none.
    capped: str = ""
    most: Decimal | None = None


def _items(part: Part) -> Iterator[Item]:
    """Items in printed order, those of one group drawn together behind its first."""
    firsts = {item.group: item.code for item in reversed(part.scored) if item.group}
    for item in part.scored:
        if not item.group:
            yield item
        elif firsts[item.group] == item.code:
            yield from (each for each in part.scored if each.group == item.group)


def _part_columns(part: Part) -> Iterator[DetailColumn]:
    caps = {
        item.code: section.code
        for section in part.sections
        for item in section.items
        if section.most is not None
    }
    for item in _items(part):
        yield DetailColumn(
            role=Role.ITEM,
            heading=f"{item.code}\n{_short(item.title)}",
            part=part.code,
            code=item.code,
            block=item.group,
            capped=caps.get(item.code, ""),
            most=item.most,
        )
    yield DetailColumn(role=Role.BASE_OPEN, heading=_("基本分\n待定"), part=part.code)
    for bonus in part.bonuses:
        for code in bonus.row_codes:
            yield DetailColumn(
                role=Role.BONUS,
                heading=f"{code}\n{_short(bonus.title)}",
                part=part.code,
                code=code,
                block=bonus.code,
                most=bonus.most,
            )
    yield DetailColumn(role=Role.BONUS_OPEN, heading=_("加分\n待定"), part=part.code)


def _short(text: str, limit: int = 15) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


# ------------------------------------------------------------------ the plan


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreColumn:
    """One column of the scores; ``key`` is its name in the plan."""

    key: str
    heading: str
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Columns of scores and details, how many members, how many decimals can occur."""

    scores: tuple[ScoreColumn, ...]
    details: tuple[DetailColumn, ...]
    #: Column of the first detail.
    first_detail: int
    members: int
    digits: int

    def column(self, key: str) -> int:
        """Column of the scores, counted from 0."""
        return next(i for i, column in enumerate(self.scores) if column.key == key)

    def rows(self, page: Page) -> tuple[int, int]:
        """First and last row of the members, never an empty range."""
        top = SCORES_TOP if page is Page.SCORES else DETAILS_TOP
        return top, top + max(1, self.members) - 1

    def runs(
        self, part: str, role: Role, block: str = "", capped: str | None = None
    ) -> tuple[tuple[int, int], ...]:
        """Neighbouring columns of the details as (first, last), counted from 0.

        With ``capped`` only those under the cap of this section, or under none.
        """
        found = [
            index
            for index, column in enumerate(self.details, start=self.first_detail)
            if (column.part, column.role, column.block) == (part, role, block)
            and capped in {None, column.capped}
        ]
        # Neighbours share the distance between column and place in the list.
        stretches = (
            [column for _place, column in run]
            for _gap, run in groupby(enumerate(found), key=lambda pair: pair[1] - pair[0])
        )
        return tuple((run[0], run[-1]) for run in stretches)


def make_plan(outcome: Outcome) -> Plan:
    """Lay out the summary of an outcome."""
    scheme = outcome.scheme
    details = [column for part in scheme.parts for column in _part_columns(part)]
    details.append(DetailColumn(role=Role.TOTAL_OPEN, heading=_("总分\n待定")))
    return Plan(
        scores=tuple(_score_columns(scheme)),
        details=tuple(details),
        first_detail=3,
        members=len(outcome.standings),
        digits=max(2, max(map(number.places, _numbers(outcome)), default=0)),
    )


def _numbers(outcome: Outcome) -> Iterator[Decimal]:
    for part in outcome.scheme.parts:
        yield from (part.base, part.bonus_most)
        yield from (group.most for group in part.groups)
        yield from (section.most for section in part.sections if section.most is not None)
        yield from (bonus.most for bonus in part.bonuses)
    for standing in outcome.standings:
        yield from (line.counted for line in (standing.score.lines if standing.score else ()))


def _score_columns(scheme: Scheme) -> Iterator[ScoreColumn]:
    yield ScoreColumn(key="number", heading=_("序号"), width=6)
    yield ScoreColumn(key="id", heading=id_heading(scheme), width=9)
    yield ScoreColumn(key="name", heading=name_heading(scheme), width=11)
    yield ScoreColumn(
        key="category", heading=heading(scheme, ColumnRole.CATEGORY) or _("类别"), width=11
    )
    group = heading(scheme, ColumnRole.GROUP)
    if group:
        yield ScoreColumn(key="group", heading=group, width=13)
    yield ScoreColumn(key="status", heading=_("状态"), width=11)
    for part in scheme.parts:
        for key, word in (("base", _("基本分")), ("bonus", _("加分")), ("total", _("小计"))):
            yield ScoreColumn(key=f"{part.code}.{key}", heading=f"{part.sheet}\n{word}", width=10.5)
    yield ScoreColumn(key="total", heading=_("总分"), width=9)
    yield ScoreColumn(key="score_tier", heading=_("得分\n等次"), width=10.5)
    yield ScoreColumn(key="max_tier", heading=_("最高\n等次"), width=10.5)
    yield ScoreColumn(key="proposed_tier", heading=_("建议\n等次"), width=10.5)
    yield ScoreColumn(key="final_tier", heading=_("最终\n等次"), width=10.5)
    yield ScoreColumn(key="why", heading=_("说明"), width=44)
    yield ScoreColumn(key="row", heading=_("行"), width=6)


# ------------------------------------------------------------------ counts


def count_statuses(standings: Iterable[Standing]) -> Counter[StandingStatus]:
    """Members by what became of them."""
    return Counter(standing.status for standing in standings)
