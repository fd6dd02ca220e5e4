"""Rows of the sheets in which people write: meetings, agenda, adjustments, objections, focus."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow import kinds, number
from sheetflow.decisions import shown_file
from sheetflow.desk import formulas, words
from sheetflow.desk.cells import Desk, gestures, line_of, locked, points_of, typed
from sheetflow.desk.layouts import SPARE_ROWS
from sheetflow.desk.sheets import Cell, Layout, Look, Origin, Role, Row
from sheetflow.messages import _
from sheetflow.model import EVERYONE, Place, Scorer, Standing, Tab

#: Rows beyond the last one used that wait for the next entry.
_WAITING = 5


def meetings(desk: Desk, layout: Layout) -> Iterator[Row]:
    """One row a meeting, further ones waiting."""
    return _numbered(desk, layout)


def objections(desk: Desk, layout: Layout) -> Iterator[Row]:
    """One row an objection, further ones waiting."""
    return _numbered(desk, layout)


def _numbered(desk: Desk, layout: Layout) -> Iterator[Row]:
    used = {place.row for place in desk.state if place.tab == layout.tab}
    numbers = [int(row) for row in used if row.isascii() and row.isdecimal()]
    last = max(SPARE_ROWS, max(numbers, default=0) + _WAITING)
    rows = [str(n) for n in range(1, last + 1)]
    for row in (*rows, *sorted(used - set(rows))):
        cells = {"number": locked(row), **typed(desk, layout, row)}
        yield Row(key=row, cells=cells, decides=row)


def agenda(desk: Desk, layout: Layout) -> Iterator[Row]:
    """One row for all, and one a matter, each leading to its cell."""
    everyone = {"id": locked(EVERYONE), "name": locked(words.OTHERS_APPROVE)}
    cells = {**everyone, **gestures(desk, layout, EVERYONE)}
    yield Row(key=EVERYONE, cells=cells, look=Look.EVERYONE, decides=EVERYONE)
    names = {s.member.id: s.member.name for s in desk.outcome.standings}
    for each in desk.facts.agenda:
        row = f"{each.member}/{each.matter}"
        done = bool(desk.said(Tab.AGENDA, row, "conclusion"))
        cells = {
            "id": locked(each.member),
            "name": locked(names.get(each.member, "")),
            "text": locked(each.text),
            "link": _link(desk, each.link),
            "status": locked(words.SETTLED if done else words.OPEN),
            **typed(desk, layout, row),
        }
        yield Row(key=row, cells=cells, decides=row)


def _link(desk: Desk, link: Place) -> Cell:
    """Cell that leads to a place: by a formula where its row can be found by one."""
    words_ = _leads_to(desk, link.tab, link.column)
    formula = formulas.leads_to(link, desk.scheme.terms.approved, words_)
    role = Role.LIVE if formula else Role.LOCKED
    return Cell(role=role, formula=formula, value=words_, link=link.tab)


def _leads_to(desk: Desk, tab: str, column: str) -> str:
    part = next((p for p in desk.scheme.parts if words.scores_tab(p) == tab), None)
    if part:
        return f"{words.scores_title(part)} {column}"
    return words.TITLES.get(Tab(tab), tab) if tab in set(Tab) else tab


# ------------------------------------------------------------------ differences


def adjustments(desk: Desk, layout: Layout) -> Iterator[Row]:
    """One row a number in which the branch differs from what stood there.

    Items that are the branch's own to score have no number to differ from.
    """
    for standing in desk.due:
        yield from _changed_items(desk, layout, standing)
        yield from _changed_claims(desk, layout, standing)


def _changed_items(desk: Desk, layout: Layout, standing: Standing) -> Iterator[Row]:
    member = standing.member
    spoken = [p for p in desk.scheme.parts if (words.scores_tab(p), member.id) in desk.spoken]
    origins = desk.origins(standing) if spoken else {}
    for part in spoken:
        for item in part.scored:
            if not kinds.meant(item, member.post):
                continue
            points = points_of(desk, part, item, member.id)
            origin = origins.get(item.code, Origin())
            judged = item.scored_by is Scorer.BRANCH or origin.points is None
            if points is None or judged or points == origin.points:
                continue
            row = f"{member.id}/{item.code}"
            cells = {
                "id": locked(member.id),
                "name": locked(member.name),
                "item": locked(item.code),
                "title": locked(item.title),
                "source": locked(origin.points),
                "points": locked(points),
                "ground": locked(origin.why if origin.counted else ""),
                **typed(desk, layout, row),
            }
            yield Row(key=row, cells=cells, decides=row)


def _changed_claims(desk: Desk, layout: Layout, standing: Standing) -> Iterator[Row]:
    member = standing.member
    for claim in desk.facts.claims.get(member.id, ()):
        points = number.parse(desk.said(Tab.CLAIMS, f"{member.id}/{claim.code}", "points"))
        if points is None or points == claim.counted:
            continue
        row = f"{member.id}/{claim.code}"
        cells = {
            "id": locked(member.id),
            "name": locked(member.name),
            "item": locked(claim.code),
            "title": locked(claim.bonus.title),
            "source": locked(claim.counted),
            "points": locked(points),
            "ground": locked(desk.said(Tab.CLAIMS, row, "why")),
            **typed(desk, layout, row),
        }
        yield Row(key=row, cells=cells, decides=row)


# ------------------------------------------------------------------ focus and files


def focus(desk: Desk, layout: Layout) -> Iterator[Row]:
    """One row a member in a tier that is reported."""
    reported = {tier.title for tier in desk.scheme.tiers if tier.reported}
    for standing in desk.due:
        if standing.tier not in reported:
            continue
        member = standing.member
        cells = {
            "id": locked(member.id),
            "name": locked(member.name),
            "total": locked(standing.total),
            "rank": locked(standing.tier),
            "lost": locked(_lost(desk, standing)),
            **typed(desk, layout, member.id),
        }
        yield Row(key=member.id, cells=cells, decides=member.id)


def _lost(desk: Desk, standing: Standing) -> str:
    """Items that cost points, the dearest first."""
    losses = []
    for part in desk.scheme.parts:
        for item in part.items:
            line = line_of(standing, item.code)
            if line and not item.group and line.counted < item.most:
                losses.append((item.most - line.counted, item.code))
    losses.sort(key=lambda loss: -loss[0])
    words_ = [_("{item} 失{points}分").format(item=c, points=number.text(p)) for p, c in losses]
    return _("；").join(words_)


def files(desk: Desk, layout: Layout) -> Iterator[Row]:
    """One row a file and version about which a person decides."""
    for choice in desk.facts.files:
        row = f"{shown_file(choice.file)}/{choice.version}"
        cells = {
            "file": locked(shown_file(choice.file)),
            "version": locked(choice.version),
            **typed(desk, layout, row),
        }
        owner = cells.get("member", Cell(role=Role.TYPED))
        if choice.member and owner.value is None:
            cells["member"] = owner._replace(value=choice.member)
        yield Row(key=row, cells=cells, decides=row)
