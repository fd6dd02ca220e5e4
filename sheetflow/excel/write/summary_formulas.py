"""Live formulas of the summary: the caps once more, so that people can follow every sum.

A row of the details is found by the member's number in column A, never by its place: both
sheets may then be sorted without a sum going to somebody else. Formulas are the same for every
row of the scores but for its number, in place of which they hold ``ROW``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_col_to_name, xl_range_abs

from sheetflow import kinds, number, scoring
from sheetflow.excel.write.summary_plan import Page, Role, page_title
from sheetflow.model import Combination, Unmeant
from sheetflow.text import clean
from sheetflow.verdicts import undecided

if TYPE_CHECKING:
    from decimal import Decimal

    from sheetflow.excel.write.summary_plan import Plan
    from sheetflow.model import Group, Part, Scheme, Tier


#: Stands for the number of the formula's own row; no text of a scheme may hold it.
ROW: Final = "\ue000"


def in_row(formula: str, row: int) -> str:
    """Formula as it stands in a row, counted from 0."""
    return formula.replace(ROW, str(row + 1))


def quote(text: str) -> str:
    """Text as a constant of a formula."""
    return '"' + clean(text).replace('"', '""') + '"'


def column_range(plan: Plan, page: Page, first: int, last: int | None = None) -> str:
    """All members' cells from one column to another on another sheet."""
    top, bottom = plan.rows(page)
    area = xl_range_abs(top, first, bottom, first if last is None else last)
    return f"'{page_title(page)}'!{area}"


def detail_row(plan: Plan) -> str:
    """Where the details of the member in this row of the scores stand."""
    key = f"$A{ROW}"
    return f"MATCH({key},{column_range(plan, Page.DETAILS, 0)},0)"


def part_base(plan: Plan, part: Part, post: str) -> str:
    """Base points of a part: items, groups by their best, caps, what a post is scaled by."""
    conditions = [_is_open(plan, part.code, Role.BASE_OPEN)]
    due = [i for i in part.scored if part.unmeant is Unmeant.FULL or kinds.meant(i, post)]
    count = sum(not item.group for item in due)
    if count:
        free = _areas(plan, plan.runs(part.code, Role.ITEM))
        conditions.append(f"COUNT({free})<{count}")
    for group in part.groups:
        if any(item.group == group.code for item in due):
            area = _areas(plan, plan.runs(part.code, Role.ITEM, group.code))
            conditions.append(f"COUNT({area})<1")
    terms = _base_terms(plan, part, "")
    for section in part.sections:
        if section.most is not None:
            terms.append(_capped(section.most, _base_terms(plan, part, section.code)))
    reachable = scoring.part_most(part, post)
    if part.unmeant is Unmeant.RESCALE and reachable not in {0, part.base}:
        scale = f"*{number.text(part.base)}/{number.text(reachable)}"
        terms = [f"ROUND(({'+'.join(terms)}){scale},{kinds.PLACES})"]
    return _unless(conditions, _capped(part.base, terms), plan.digits)


def _base_terms(plan: Plan, part: Part, capped: str) -> list[str]:
    """What the items and groups under the cap of a section bring, or under none."""
    free = plan.runs(part.code, Role.ITEM, capped=capped)
    terms = [f"SUM({_areas(plan, free)})"] if free else []
    for group in part.groups:
        runs = plan.runs(part.code, Role.ITEM, group.code, capped)
        if runs:
            terms.append(_best(group, _areas(plan, runs)))
    return terms


def part_bonus(plan: Plan, part: Part) -> str:
    """Bonus points of a part: each bonus and all together within their limits."""
    terms = [
        f"MIN({number.text(bonus.most)},"
        f"SUM({_areas(plan, plan.runs(part.code, Role.BONUS, bonus.code))}))"
        for bonus in part.bonuses
    ]
    condition = _is_open(plan, part.code, Role.BONUS_OPEN)
    return _unless([condition], _capped(part.bonus_most, terms), plan.digits)


def part_total(plan: Plan, part: Part) -> str:
    """Base and bonus together."""
    base, bonus = _own(plan, f"{part.code}.base"), _own(plan, f"{part.code}.bonus")
    return _unless([f"COUNT({base},{bonus})<2"], f"{base}+{bonus}", plan.digits)


def total(plan: Plan, scheme: Scheme) -> str:
    """Total of the parts as the scheme combines them."""

    def cells(key: str) -> list[str]:
        return [_own(plan, f"{part.code}.{key}") for part in scheme.parts]

    totals = ",".join(cells("total"))
    conditions = [_is_open(plan, "", Role.TOTAL_OPEN), f"COUNT({totals})<{len(scheme.parts)}"]
    if scheme.combination is Combination.SUM:
        return _unless(conditions, f"SUM({totals})", plan.digits)
    inside = cells("total" if scheme.bonus_inside else "base")
    whole = len(scheme.parts)
    if scheme.combination is Combination.WEIGHTED:
        weights = [number.text(part.weight) or "0" for part in scheme.parts]
        inside = [f"{cell}*{weight}" for cell, weight in zip(inside, weights, strict=True)]
        whole = 100
    outside = "" if scheme.bonus_inside else "".join(f"+{cell}" for cell in cells("bonus"))
    return _unless(conditions, f"({'+'.join(inside)})/{whole}{outside}", kinds.PLACES)


def tier(plan: Plan, tiers: tuple[Tier, ...]) -> str:
    """Tier by the total alone."""
    cell = _own(plan, "total")
    found = quote(undecided())
    for each in reversed(tiers):
        if each.at_least is None:
            found = quote(each.title)
            continue
        sign = ">=" if each.inclusive else ">"
        found = f"IF({cell}{sign}{number.text(each.at_least)},{quote(each.title)},{found})"
    return f"IF(ISNUMBER({cell}),{found},{quote(undecided())})"


# ------------------------------------------------------------------ pieces


def _own(plan: Plan, key: str) -> str:
    """Cell of the formula's own row in a column of the scores."""
    return f"${xl_col_to_name(plan.column(key))}{ROW}"


def _areas(plan: Plan, runs: tuple[tuple[int, int], ...]) -> str:
    key = _own(plan, "row")
    return ",".join(
        f"INDEX({column_range(plan, Page.DETAILS, first, last)},{key},0)" for first, last in runs
    )


def _is_open(plan: Plan, part: str, role: Role) -> str:
    return f'{_areas(plan, plan.runs(part, role))}<>""'


def _best(group: Group, area: str) -> str:
    # COUNT first: LARGE fails when there are fewer numbers than places.
    best = "+".join(
        f"IF(COUNT({area})>={place},LARGE({area},{place}),0)" for place in range(1, group.best + 1)
    )
    return f"MIN({number.text(group.most)},{best or '0'})"


def _capped(most: Decimal, terms: list[str]) -> str:
    return f"MIN({number.text(most)},{'+'.join(terms) or '0'})"


def _unless(conditions: list[str], value: str, digits: int) -> str:
    known = f"ROUND({value},{digits})"
    test = conditions[0] if len(conditions) == 1 else f"OR({','.join(conditions)})"
    return f"IF({test},{quote(undecided())},{known})"
