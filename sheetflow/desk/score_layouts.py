"""Columns of the sheets of counts and points, and of the hidden sheet that adds them up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from sheetflow import kinds
from sheetflow.desk import layouts, words
from sheetflow.desk.places import own, text, whole
from sheetflow.desk.sheets import LIVE, Column, Layout, Limits, Role, Shape
from sheetflow.messages import _
from sheetflow.model import EVERYONE, Event, Item, Kind, Level, Part, Scheme, Scorer, Section, Tab

#: Characters of an item's title in a heading.
_SHORT = 9


def tabs(
    scheme: Scheme, focus: tuple[str, ...] = (), kinds_of_meeting: tuple[str, ...] = ()
) -> tuple[Layout, ...]:
    """Return all sheets in their order; those people decide in depend on the scheme alone."""
    return (
        layouts.front(scheme),
        layouts.meetings(kinds_of_meeting),
        counts(scheme),
        layouts.agenda(scheme),
        *(scores(scheme, part) for part in scheme.parts),
        layouts.claims(scheme),
        layouts.adjustments(scheme),
        layouts.approvals(scheme),
        layouts.objections(scheme),
        layouts.focus(scheme, focus),
        layouts.files(),
        live(scheme),
        layouts.system(),
    )


def headings_mark(layouts: Iterable[Layout]) -> str:
    """Name all headings by one short word: a workbook with another has other columns."""
    headings = [(each.tab, [(c.key, c.heading) for c in each.columns]) for each in layouts]
    return hashlib.sha256(repr(headings).encode()).hexdigest()[:16]


# ------------------------------------------------------------------ counts


def counts(scheme: Scheme) -> Layout:
    """Sheet of what the branch counts, generated from the rules."""
    events = tuple(_events(scheme))
    return Layout(
        tab=Tab.COUNTS,
        title=words.TITLES[Tab.COUNTS],
        columns=layouts.keyed(
            *layouts.who(scheme),
            Column(
                key=EVERYONE,
                heading=words.NONE_AT_ALL,
                role=Role.GESTURE,
                width=8,
                choices=(words.NONE_AT_ALL,),
                hint=_("只在第一行用：选「均无」，所有人空着的扣分项都按 0 次；加分项仍要自己填。"),
            ),
            *(_count(item, event) for item, event in events),
        ),
        keys=("id",),
        advice=(
            _("填次数，不填分数；空着不是 0。第一行「其余均无」管所有空着的人；分数由程序算。"),
        ),
        frozen=4,
    )


def counted(item: Item) -> tuple[Event, ...]:
    """Events of an item, each named once."""
    return tuple({event.what: event for event in kinds.counted(item)}.values())


def taking_away(scheme: Scheme) -> tuple[str, ...]:
    """Columns of counts that 均无 in the first row fills with 0: those of what takes points away.

    A 0 where something earns, or where a share is counted, would cost points nobody lost.
    """
    return tuple(
        f"{item.code}/{event.what}"
        for item, event in _events(scheme)
        if item.kind is Kind.COUNT and not _earns(event)
    )


def _earns(event: Event) -> bool:
    return event.each > 0 or any(step.points > 0 for step in event.steps)


def _events(scheme: Scheme) -> Iterator[tuple[Item, Event]]:
    for part in scheme.parts:
        for item in part.items:
            for event in counted(item):
                yield item, event


def _count(item: Item, event: Event) -> Column:
    return Column(
        key=f"{item.code}/{event.what}",
        heading=words.count_heading(item.code, event.what, event.unit),
        role=Role.TYPED,
        shape=Shape.WHOLE,
        width=10,
        limits=Limits(),
        hint=f"{item.title}\n{kinds.rule(item)}",
    )


# ------------------------------------------------------------------ points


def scores(scheme: Scheme, part: Part) -> Layout:
    """Sheet of a part's points: what stands by itself, and what the branch types."""
    return Layout(
        tab=words.scores_tab(part),
        title=words.scores_title(part),
        columns=layouts.keyed(
            *layouts.who(scheme),
            Column(key="line", heading="行", width=10),
            Column(key="origin", heading="来源", width=14.5),
            *(column for section in part.sections for column in _section(part, section)),
            Column(
                key="base",
                heading=f"{part.code}\n基本分",
                role=Role.LIVE,
                shape=Shape.POINTS,
                width=9.5,
            ),
            Column(key="source_row", heading="来源行", role=Role.LIVE, hidden=True),
        ),
        keys=("id", "line"),
        line=scheme.terms.approved,
        advice=(
            _(
                "「{source}」是自评给的，蓝字是台账给的；「{typed}」空着就照它，不同意才填。改过的变红。"
            ).format(source=words.SOURCE, typed=scheme.terms.approved),
        ),
        frozen=3,
    )


def scored(section: Section) -> tuple[Item, ...]:
    """Items of a section that can bring points."""
    return tuple(item for item in section.items if item.kind is not Kind.NOTE)


def grades(section: Section) -> tuple[Level, ...]:
    """Levels by which one grade fills a whole section; none where its items differ."""
    items = scored(section)
    titles = {tuple(level.title for level in item.levels) for item in items}
    judged = all(item.scored_by is Scorer.BRANCH and item.levels for item in items)
    return items[0].levels if items and judged and len(titles) == 1 else ()


def _section(part: Part, section: Section) -> Iterator[Column]:
    levels = grades(section)
    if levels:
        yield Column(
            key=section.code,
            heading=f"{section.code}\n总评",
            role=Role.TYPED,
            width=8,
            choices=tuple(level.title for level in levels),
            hint=_("{title}：选一档就算填了整组；单独填过的那几项不变。").format(
                title=section.title
            ),
            code=section.code,
        )
    for item in scored(section):
        yield _item(part, item)


def _item(part: Part, item: Item) -> Column:
    everyone = whole(words.scores_tab(part), item.code)
    source = f"INDEX({everyone},{own('source_row')})"
    differs = f"IF(LEN(TRIM({own(item.code)}))=0,FALSE,{own(item.code)}<>{source})"
    listed = kinds.values(item)
    return Column(
        key=item.code,
        heading=f"{item.code}\n{_short(item.title)}",
        role=Role.TYPED,
        shape=Shape.POINTS,
        width=10,
        limits=Limits(most=item.most, listed=listed or ()),
        hint="\n".join((item.title, kinds.rule(item), kinds.allowed(item))),
        code=item.code,
        marked=f"AND({own('line')}<>{text(words.SOURCE)},{differs})",
    )


def _short(title: str) -> str:
    for sign in "：:（(，,":
        title = title.split(sign, maxsplit=1)[0] or title
    return title if len(title) <= _SHORT else title[: _SHORT - 1] + "…"


# ------------------------------------------------------------------ live sums


def live(scheme: Scheme) -> Layout:
    """Hidden sheet with one row a member: which number counts, and what they add up to."""
    columns = [
        Column(key="id", heading=scheme.terms.id, shape=Shape.CODE),
        Column(key="open", heading="待定"),
        Column(key="graded", heading="定等次", shape=Shape.WHOLE),
        Column(key="row", heading="核定行", role=Role.LIVE),
    ]
    for part in scheme.parts:
        columns.append(_number(f"row.{part.code}", f"{part.code} 行"))
        columns += [_number(f"item.{item.code}", item.code) for item in live_items(part)]
        columns.append(_number(f"base.{part.code}", f"{part.code} 基本分"))
        columns.append(_number(f"bonus.{part.code}", f"{part.code} 加分"))
    columns += [
        _number("total", "总分"),
        _number("veto", "否决"),
        _number("place", "按分数"),
        _number("most", "最高"),
        Column(key="rank", heading="等次", role=Role.LIVE),
        Column(key="highest", heading="最高等次", role=Role.LIVE),
        _number("gap", "距下一等次"),
    ]
    return Layout(
        tab=LIVE,
        title=words.TITLES[LIVE],
        columns=tuple(columns),
        keys=("id",),
        advice=(_("这张表由程序维护，请不要改。"),),
        hidden=True,
        frozen=1,
    )


def live_items(part: Part) -> tuple[Item, ...]:
    """Items of a part, those without a group first, then group by group."""
    free = (item for item in part.scored if not item.group)
    grouped = (i for group in part.groups for i in part.scored if i.group == group.code)
    return (*free, *grouped)


def _number(key: str, heading: str) -> Column:
    return Column(key=key, heading=heading, role=Role.LIVE, shape=Shape.POINTS)
