"""Outcome and decisions → what every sheet of the staff's workbook should show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

from sheetflow import rulings
from sheetflow.desk import adding, deciding, words
from sheetflow.desk.cells import Desk, desk_of, locked
from sheetflow.desk.score_layouts import headings_mark, tabs
from sheetflow.desk.sheets import (
    FRONT,
    HEADINGS,
    KEY,
    LIVE,
    REVISION,
    ROUND,
    RULES,
    SYSTEM,
    DeskPlan,
    DeskSheet,
    Facts,
    Layout,
    Look,
    Row,
)
from sheetflow.messages import _
from sheetflow.model import Outcome, Scheme, StandingStatus, State, Tab
from sheetflow.number import text as digits
from sheetflow.outcomes import counts


def plan_desk(scheme: Scheme, outcome: Outcome, state: State, facts: Facts) -> DeskPlan:
    """Lay out the whole workbook.

    ``state`` is what has been decided so far; it fills rows that are painted new and the cells
    of ``facts.restored``. Everything else people typed is theirs and stays.
    """
    desk = desk_of(outcome, state, facts)
    layouts = tabs(scheme, facts.focus, facts.meetings)
    return DeskPlan(
        title=scheme.title,
        revision=facts.revision,
        versions={s.member.id: facts.versions.get(s.member.id, "") for s in desk.due},
        ids=frozenset(standing.member.id for standing in outcome.standings),
        aside=facts.aside,
        sheets=tuple(
            DeskSheet(layout=each, walk=partial(_rows, desk, layouts, each)) for each in layouts
        ),
    )


def at_revision(plan: DeskPlan, revision: int) -> DeskPlan:
    """Return the same plan under another revision."""
    sheets = tuple(
        replace(sheet, walk=partial(_revised, sheet, revision))
        if sheet.layout.tab == SYSTEM
        else sheet
        for sheet in plan.sheets
    )
    return replace(plan, revision=revision, sheets=sheets)


def _revised(sheet: DeskSheet, revision: int) -> Iterator[Row]:
    value = locked(digits(Decimal(revision)))
    for row in sheet.walk():
        changed = {"value": value} if row.key == REVISION else {}
        yield replace(row, cells={**row.cells, **changed})


def expected_rows(plan: DeskPlan) -> frozenset[tuple[str, str]]:
    """Rows in which people decide, as (tab, row of the place); the next reading asks for them."""
    rows = ((sheet.layout.tab, row.decides) for sheet in plan.sheets for row in sheet.walk())
    return frozenset((tab, decides) for tab, decides in rows if decides)


def _rows(desk: Desk, layouts: tuple[Layout, ...], layout: Layout) -> Iterator[Row]:
    keyed = any(column.key == KEY for column in layout.columns)
    for row in _made(desk, layouts, layout):
        yield replace(row, cells={**row.cells, KEY: locked(row.key)}) if keyed else row


def _made(desk: Desk, layouts: tuple[Layout, ...], layout: Layout) -> Iterator[Row]:
    makers = {
        Tab.MEETINGS: deciding.meetings,
        Tab.COUNTS: adding.counts,
        Tab.AGENDA: deciding.agenda,
        Tab.CLAIMS: adding.claims,
        Tab.ADJUSTMENTS: deciding.adjustments,
        Tab.APPROVALS: adding.approvals,
        Tab.OBJECTIONS: deciding.objections,
        Tab.FOCUS: deciding.focus,
        Tab.FILES: deciding.files,
        LIVE: adding.live_rows,
    }
    if layout.tab in makers:
        yield from makers[layout.tab](desk, layout)
    elif layout.tab == FRONT:
        yield from _front(desk, layouts)
    elif layout.tab == SYSTEM:
        yield from _system(desk, layouts)
    else:
        part = next(p for p in desk.scheme.parts if words.scores_tab(p) == layout.tab)
        yield from adding.scores(desk, layout, part)


# ------------------------------------------------------------------ first and last sheet


def _front(desk: Desk, layouts: tuple[Layout, ...]) -> Iterator[Row]:
    yield _banner("now", _("现在"))
    for n, step in enumerate(desk.facts.steps, start=1):
        yield _line(f"step{n}", str(n), step)
    for key, topic, text in _counts(desk):
        yield _line(key, topic, text)
    yield _banner("tabs", _("各表怎么用"))
    for layout in layouts:
        if not layout.hidden and layout.tab != FRONT:
            advice = " ".join(layout.advice)
            yield _line(f"tab.{layout.tab}", layout.title, advice, layout.tab)
    if desk.scheme.vetoes:
        yield _banner("vetoes", _("否决的情形"))
    for veto in desk.scheme.vetoes:
        text = _("最高 {tier}：{cases}").format(tier=veto.max_tier, cases=_("；").join(veto.cases))
        yield _line(f"veto.{veto.code}", veto.code, text)


def _counts(desk: Desk) -> Iterator[tuple[str, str, str]]:
    found = counts(desk.outcome)
    text = _("应评 {due} 人，已交可评 {assessed} 人，未定 {undecided} 人，未交 {missing} 人")
    yield "due", _("人数"), text.format(**found)
    approved = sum(
        desk.said(Tab.APPROVALS, s.member.id, "approval") == rulings.APPROVE for s in desk.due
    )
    waiting = len(desk.due) - approved
    text = _("已同意 {approved} 人，还有 {waiting} 人").format(approved=approved, waiting=waiting)
    yield "approved", _("核定"), text
    open_ = sum(
        not desk.said(Tab.AGENDA, f"{r.member}/{r.matter}", "conclusion") for r in desk.facts.agenda
    )
    yield (
        "agenda",
        _("待议"),
        _("上会清单 {all} 条，没有写结论的 {open} 条").format(
            all=len(desk.facts.agenda), open=open_
        ),
    )
    if desk.scheme.settings.interim:
        return
    tiers = []
    for tier in desk.scheme.tiers:
        graded = (s for s in desk.outcome.standings if s.status is StandingStatus.GRADED)
        tiers.append(f"{tier.title} {sum(s.tier == tier.title for s in graded)}")
    yield "tiers", _("等次"), _("，").join(tiers)


def _banner(key: str, text: str) -> Row:
    cells = {"topic": locked(text), "text": locked()}
    return Row(key=key, cells=cells, look=Look.BANNER)


def _line(key: str, topic: str, text: str, link: str = "") -> Row:
    return Row(key=key, cells={"topic": locked(topic, link), "text": locked(text)})


def _system(desk: Desk, layouts: tuple[Layout, ...]) -> Iterator[Row]:
    shape = [(each.tab, each.title, each.columns) for each in layouts]
    values = {
        REVISION: digits(Decimal(desk.facts.revision)),
        ROUND: desk.facts.round_id,
        HEADINGS: headings_mark(layouts),
        # Where rules or formulas change, the workbook must be written again.
        RULES: hashlib.sha256(repr((shape, desk.scheme)).encode()).hexdigest()[:16],
    }
    for key, value in values.items():
        yield Row(key=key, cells={"value": locked(value)})
