"""The sheets 难度 and 自评与核定: which items cost most, and where the branch saw it otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sheetflow import number
from sheetflow.excel.write import safe
from sheetflow.excel.write.summary_plan import Page, id_heading, name_heading, page_title
from sheetflow.excel.write.table_paint import (
    paint_table,
    put,
    put_wide,
    row_height,
    set_page,
)
from sheetflow.kinds import meant
from sheetflow.messages import _
from sheetflow.model import Table, TableColumn
from sheetflow.text import clean
from sheetflow.verdicts import SCORED, own_words

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.model import Item, Line, Outcome, Part, Plain, Section, Standing

Styles = Mapping[str, "Format"]
ZERO: Final = Decimal(0)
_DIGITS: Final = 2
#: Digits of a share of one.
_SHARE: Final = 3
#: Columns of the sheet of changes between its two tables.
_GAP: Final = 1


#: What a member typed and what stands for it, before any cap.
Pair = tuple[Decimal, Decimal]

# ------------------------------------------------------------------ what was found


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStats:
    """How one item went, before groups and caps."""

    part: Part
    item: Item
    #: Points that stand, one a member.
    taken: tuple[Decimal, ...]
    #: Members who typed nothing although it is meant for them.
    blank: int
    #: What members typed and what stands for it.
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Shares of full points in a section: what members gave themselves, what stands."""

    title: str
    count: int
    own: Decimal
    taken: Decimal


def item_stats(outcome: Outcome) -> tuple[ItemStats, ...]:
    """Gather every scored item's points over all members, in printed order."""
    by_code, scored = _lines(outcome), _scored(outcome)
    return tuple(
        _stats(part, item, by_code.get(item.code, []), scored)
        for part in outcome.scheme.parts
        for item in part.scored
        if item.most
    )


def _scored(outcome: Outcome) -> list[Standing]:
    return [s for s in outcome.standings if s.score and s.status in SCORED]


def _lines(outcome: Outcome) -> Mapping[str, list[Line]]:
    by_code: dict[str, list[Line]] = {}
    for standing in _scored(outcome):
        for line in standing.score.lines if standing.score else ():
            by_code.setdefault(line.code, []).append(line)
    return by_code


def _stats(part: Part, item: Item, lines: list[Line], scored: list[Standing]) -> ItemStats:
    due = sum(meant(item, standing.member.post or None) for standing in scored)
    pairs = tuple((line.raw, line.taken) for line in lines if line.raw is not None)
    return ItemStats(
        part=part,
        item=item,
        taken=tuple(line.taken for line in lines),
        blank=due - len(pairs),
        pairs=pairs,
    )


def by_section(outcome: Outcome) -> tuple[Share, ...]:
    """Shares of full points by section, over what members typed."""
    stats = {each.item.code: each for each in item_stats(outcome)}
    sections = (section for part in outcome.scheme.parts for section in part.sections)
    found = (_share(section, stats) for section in sections)
    return tuple(share for share in found if share)


def _share(section: Section, stats: Mapping[str, ItemStats]) -> Share | None:
    inside = [stats[item.code] for item in section.items if item.code in stats]
    full = sum((each.item.most * len(each.pairs) for each in inside), ZERO)
    if not full:
        return None
    own = sum((own for each in inside for own, _taken in each.pairs), ZERO)
    taken = sum((taken for each in inside for _own, taken in each.pairs), ZERO)
    return Share(
        title=f"{section.code} {section.title}",
        count=sum(len(each.pairs) for each in inside),
        own=number.half_up(own / full, _SHARE),
        taken=number.half_up(taken / full, _SHARE),
    )


def mean(points: Iterable[Decimal]) -> Decimal | None:
    """Mean to two places, half up; ``None`` of nothing."""
    found = tuple(points)
    return number.half_up(sum(found, ZERO) / len(found), _DIGITS) if found else None


# ------------------------------------------------------------------ difficulty


def paint_items(sheet: Worksheet, styles: Styles, outcome: Outcome) -> None:
    """Paint the items, the hardest first."""
    table = items_table(outcome)
    first, last = paint_table(sheet, table, styles)
    at = next(n for n, column in enumerate(table.columns) if column.percent)
    scale = {"type": "2_color_scale", "min_color": "#F4C7A1", "max_color": "#FFFFFF"}
    limits = {"min_type": "num", "min_value": 0.5, "max_type": "num", "max_value": 1}
    safe.colour(sheet, (first, at, last, at), scale | limits)
    set_page(sheet, title=outcome.scheme.title, mark=_("内部资料"))


def items_table(outcome: Outcome) -> Table:
    """Every item with its mean, share of full marks, blanks and lost points."""
    found = sorted(item_stats(outcome), key=lambda each: _rate(each) or Decimal(2))
    columns = (
        TableColumn(heading=_("项目"), width=9),
        TableColumn(heading=_("内容"), width=38),
        TableColumn(heading=_("部分"), width=14),
        TableColumn(heading=_("满分"), width=8),
        TableColumn(heading=_("得分人数"), width=10),
        TableColumn(heading=_("平均分"), width=10),
        TableColumn(heading=_("得分率"), width=16, percent=True),
        TableColumn(heading=_("得满分"), width=10),
        TableColumn(heading=_("得 0 分"), width=10),
        TableColumn(heading=_("没有填"), width=10),
        TableColumn(heading=_("共失分"), width=10),
    )
    advice = _(
        "按得分率从低到高排。分数是封顶、取最好几项之前采用的；“没有填”里有可以不申报的和由组织评的。"
    )
    rows = tuple(tuple(_item_row(each)) for each in found)
    return Table(title=page_title(Page.ITEMS), advice=advice, columns=columns, rows=rows)


def _rate(stats: ItemStats) -> Decimal | None:
    if not stats.taken:
        return None
    return number.half_up(sum(stats.taken, ZERO) / len(stats.taken) / stats.item.most, _SHARE)


def _item_row(stats: ItemStats) -> Iterator[Plain]:
    most = stats.item.most
    yield stats.item.code
    yield stats.item.title
    yield stats.part.sheet
    yield most
    yield len(stats.taken)
    yield mean(stats.taken)
    yield _rate(stats)
    yield sum(points == most for points in stats.taken)
    yield sum(points == 0 for points in stats.taken)
    yield stats.blank
    yield sum((most - points for points in stats.taken), ZERO)


# ------------------------------------------------------------------ self and approved


def paint_gaps(sheet: Worksheet, styles: Styles, outcome: Outcome) -> None:
    """Paint two tables beside each other: items and members, those changed most first."""
    items, members = changed_items(outcome), changed_members(outcome)
    right = len(items.columns) + _GAP
    last = right + len(members.columns) - 1
    advice = _(
        "本人填了分、采用的却不是这个数的：{items} 项、{members} 人。"
        "采用是封顶、取最好几项之前的分。"
    ).format(items=len(items.rows), members=len(members.rows))
    put_wide(sheet, 0, (0, last), advice, styles["advice"])
    sheet.set_row(0, row_height([(advice, 100)]) + 4)
    heads = [(c.heading, c.width) for c in (*items.columns, *members.columns)]
    heights: dict[int, float] = {1: row_height(heads) + 4}
    for table, left in ((items, 0), (members, right)):
        for at, column in enumerate(table.columns, start=left):
            sheet.set_column(at, at, column.width)
            put(sheet, (1, at), column.heading, styles["head"])
        for row, cells in enumerate(table.rows, start=2):
            for at, value in enumerate(cells):
                style = "text" if isinstance(value, str) else "number"
                put(sheet, (row, left + at), value, styles[style])
            texts = zip(cells, table.columns, strict=True)
            needed = row_height([(v, c.width) for v, c in texts if isinstance(v, str)])
            heights[row] = max(needed, heights.get(row, 0))
    sheet.set_column(right - _GAP, right - _GAP, 2)
    for row, height in heights.items():
        sheet.set_row(row, height)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
    set_page(sheet, title=outcome.scheme.title, mark=_("内部资料"))


def changed_items(outcome: Outcome) -> Table:
    """Items and bonuses in which another number than the member's stands, most changed first."""
    found = [each for each in _all_pairs(outcome) if any(a != b for a, b in each[2])]
    found.sort(key=lambda each: -sum(abs(a - b) for a, b in each[2]))
    columns = (
        TableColumn(heading=_("项目"), width=9),
        TableColumn(heading=_("内容"), width=30),
        TableColumn(heading=_("改低"), width=7),
        TableColumn(heading=_("改高"), width=7),
        TableColumn(heading=_("{own}\n平均").format(own=own_words(outcome.scheme)), width=8),
        TableColumn(heading=_("采用\n平均"), width=8),
        TableColumn(heading=_("合计\n差"), width=8),
    )
    rows = tuple(
        (
            code,
            title,
            sum(after < before for before, after in pairs),
            sum(after > before for before, after in pairs),
            mean(before for before, _after in pairs),
            mean(after for _before, after in pairs),
            sum((after - before for before, after in pairs), ZERO),
        )
        for code, title, pairs in found
    )
    return Table(title=page_title(Page.GAPS, outcome.scheme), columns=columns, rows=rows)


def _all_pairs(outcome: Outcome) -> Iterator[tuple[str, str, list[Pair]]]:
    """What members typed and what stands for it, by item and by bonus."""
    by_code = _lines(outcome)
    for part in outcome.scheme.parts:
        codes: list[tuple[str, str, tuple[str, ...]]] = [
            (item.code, item.title, (item.code,)) for item in part.scored
        ]
        codes += [(bonus.code, bonus.title, bonus.row_codes) for bonus in part.bonuses]
        for code, title, rows in codes:
            lines = (line for row in rows for line in by_code.get(row, ()))
            yield code, title, [(ln.raw, ln.taken) for ln in lines if ln.raw is not None]


def changed_members(outcome: Outcome) -> Table:
    """Members of whom another number stands than they typed, the greatest difference first."""
    scheme = outcome.scheme
    columns = (
        TableColumn(heading=id_heading(scheme), width=9),
        TableColumn(heading=name_heading(scheme), width=11),
        TableColumn(heading=_("{own}\n合计").format(own=own_words(scheme)), width=8),
        TableColumn(heading=_("采用\n合计"), width=8),
        TableColumn(heading=_("合计\n差"), width=8),
        TableColumn(heading=_("改了的项"), width=34),
    )
    rows = [row for row in map(_member_row, outcome.standings) if row]
    rows.sort(key=lambda row: -abs(Decimal(str(row[4]))))
    return Table(title=page_title(Page.GAPS, outcome.scheme), columns=columns, rows=tuple(rows))


def _member_row(standing: Standing) -> tuple[Plain, ...] | None:
    lines = standing.score.lines if standing.score else ()
    pairs = [(line.code, line.raw, line.taken) for line in lines if line.raw is not None]
    changed = [(code, own, taken) for code, own, taken in pairs if own != taken]
    if not changed:
        return None
    changed.sort(key=lambda each: -abs(each[2] - each[1]))
    said = (f"{code} {number.text(own)}→{number.text(taken)}" for code, own, taken in changed)
    own_sum = sum((own for _code, own, _taken in pairs), ZERO)
    taken_sum = sum((taken for _code, _own, taken in pairs), ZERO)
    return (
        clean(standing.member.id, name=True),
        clean(standing.member.name, name=True),
        own_sum,
        taken_sum,
        taken_sum - own_sum,
        _("，").join(said),
    )
