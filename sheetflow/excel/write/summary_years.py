"""The sheet 与上年比较: every member in this round and the one before it, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sheetflow.excel.write.summary_plan import id_heading, name_heading
from sheetflow.excel.write.table_paint import paint_table, set_page
from sheetflow.messages import _
from sheetflow.model import Table, TableColumn
from sheetflow.text import clean
from sheetflow.years import Match

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

    from sheetflow.model import Plain, Scheme
    from sheetflow.years import Compared, Comparison, Pair

Styles = Mapping[str, "Format"]
#: Columns that stay in sight: id and name.
_FROZEN = 2


def paint_years(book: Workbook, styles: Styles, scheme: Scheme, compared: Comparison) -> None:
    """Add the sheet behind the others."""
    table = years_table(scheme, compared)
    sheet = book.add_worksheet(table.title)
    first, _last = paint_table(sheet, table, styles)
    sheet.freeze_panes(first, _FROZEN)
    set_page(sheet, title=scheme.title, mark=_("内部资料"))


def years_table(scheme: Scheme, compared: Comparison) -> Table:
    """Table of the comparison; what is not known in one of the rounds is blank, never 0."""
    met = sum(row.match is Match.BOTH for row in compared.rows)
    advice = _("编号和姓名都相同的 {met} 人逐项比较；对不上的 {rest} 人列在最后。空格：没有分数。")
    texts = (advice.format(met=met, rest=len(compared.rows) - met), *compared.remarks)
    stop = _("。")
    return Table(
        title=_("与上年比较"),
        advice="".join(text.removesuffix(stop.rstrip()) + stop for text in texts).rstrip(),
        columns=tuple(_columns(scheme, compared)),
        rows=tuple(tuple(_cells(row, compared)) for row in compared.rows),
    )


def _columns(scheme: Scheme, compared: Comparison) -> Iterator[TableColumn]:
    yield TableColumn(heading=id_heading(scheme), width=9)
    yield TableColumn(heading=name_heading(scheme), width=11)
    for title in (*(title for _code, title in compared.parts), _("总分")):
        for name in (compared.before, compared.now, _("分差")):
            yield TableColumn(heading=f"{title}\n{name}", width=12)
    for name in (compared.before, compared.now):
        yield TableColumn(heading=_("等次") + f"\n{name}", width=12)
    yield TableColumn(heading=_("说明"), width=34)


def _cells(row: Compared, compared: Comparison) -> Iterator[Plain]:
    yield clean(row.id, name=True)
    yield clean(row.name, name=True)
    for pair in (*row.parts, row.total):
        yield from _points(pair)
    for text in (row.tier_before, row.tier_now, _remark(row, compared)):
        yield text or None


def _points(pair: Pair) -> tuple[Plain, ...]:
    return pair.before, pair.now, pair.difference


def _remark(row: Compared, compared: Comparison) -> str:
    texts = {
        Match.BOTH: "",
        Match.NEW: _("只在{round}里有").format(round=compared.now),
        Match.GONE: _("只在{round}里有").format(round=compared.before),
    }
    if not row.other:
        return texts[row.match]
    other = compared.before if row.match is Match.NEW else compared.now
    text = _("{text}，{round}这个编号是{name}，没有比较")
    return text.format(text=texts[row.match], round=other, name=clean(row.other, name=True))
