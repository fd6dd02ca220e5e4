"""The sheets 得分依据 and 决定: where every point comes from, and all that was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetflow import number
from sheetflow.acts import known_of, told
from sheetflow.excel.write import safe
from sheetflow.excel.write.summary_formulas import quote
from sheetflow.excel.write.summary_plan import Page, id_heading, name_heading, page_title
from sheetflow.excel.write.table_paint import internal_page, paint_long
from sheetflow.messages import _
from sheetflow.model import Table, TableColumn
from sheetflow.text import clean
from sheetflow.trace import traces
from sheetflow.trace_rows import By, RowKind, by_words
from sheetflow.verdicts import own_words

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.acts import Act
    from sheetflow.excel.write.summary_plan import Record
    from sheetflow.model import Outcome, Plain, Scheme, Source
    from sheetflow.trace import Trace
    from sheetflow.trace_rows import Row

Styles = Mapping[str, "Format"]
#: Digits of a hash that people compare by eye.
_HASH: Final = 8
#: Columns that stay in sight: id and name; the column of kinds behind them.
_FROZEN: Final = 2
_KIND: Final = 2


def kind_words() -> dict[RowKind, str]:
    """Words by which the rows are filtered."""
    return {
        RowKind.ITEM: _("指标"),
        RowKind.CLAIM: _("加分"),
        RowKind.CAP: _("封顶"),
        RowKind.SCALED: _("折算"),
        RowKind.BASE: _("基本分"),
        RowKind.BONUS: _("加分小计"),
        RowKind.PART: _("小计"),
        RowKind.TOTAL: _("总分"),
    }


def paint_basis(
    book: Workbook,
    sheet: Worksheet,
    styles: Styles,
    outcome: Outcome,
    record: Record,
    *,
    limit: int,
) -> list[str]:
    """Paint the trace of all members as one table; return the titles of its sheets.

    ``limit`` is how many rows a sheet has; those of one member stand on one sheet.
    """
    table, words, titles = basis_table(outcome.scheme), _words(outcome.scheme), []
    blocks = (tuple(_member_rows(page, words)) for page in traces(outcome, record.forms))
    for each, area in paint_long(book, sheet, table, styles, blocks=blocks, limit=limit):
        _finish(book, each, (*area, len(table.columns) - 1), words)
        titles.append(internal_page(each, outcome.scheme.title))
    return titles


def _finish(book: Workbook, sheet: Worksheet, area: tuple[int, int, int], words: _Words) -> None:
    """Keep names in sight, set off members and sums.

    ``area`` is first and last row and last column.
    """
    first, last, right = area
    sheet.freeze_panes(first, _FROZEN)
    sums = (words.kinds[k] for k in (RowKind.BASE, RowKind.BONUS, RowKind.PART, RowKind.TOTAL))
    kind = xl_rowcol_to_cell(first, _KIND, col_abs=True)
    here, above = (xl_rowcol_to_cell(row, 0, col_abs=True) for row in (first, first - 1))
    for condition, style in (
        (f"{here}<>{above}", {"bg_color": "#D5E0E6", "bold": True}),
        (f"OR({','.join(f'{kind}={quote(word)}' for word in sums)})", {"bg_color": "#EEF2F4"}),
    ):
        rule = {"type": "formula", "criteria": "=" + condition, "format": book.add_format(style)}
        safe.colour(sheet, (first, 0, last, right), rule)


def basis_table(scheme: Scheme) -> Table:
    """Table of one row an item, bonus row, cap, sum and step to the tier, still empty."""
    advice = _(
        "每一分从哪个格来、谁定的、为什么这样计。按人或类别筛选；指标、加分、封顶、折算各行的“计入”"
        "加起来就是小计。空格：没有分数，不是 0 分。"
    )
    return Table(title=page_title(Page.BASIS), advice=advice, columns=tuple(_columns(scheme)))


def _columns(scheme: Scheme) -> Iterator[TableColumn]:
    yield TableColumn(heading=id_heading(scheme), width=8)
    yield TableColumn(heading=name_heading(scheme), width=9)
    yield TableColumn(heading=_("类别"), width=8)
    yield TableColumn(heading=_("项目"), width=8)
    yield TableColumn(heading=_("内容"), width=24)
    yield TableColumn(heading=_("规则"), width=36)
    yield TableColumn(heading=own_words(scheme), width=7)
    yield TableColumn(heading=_("填在"), width=15)
    yield TableColumn(heading=_("佐证"), width=18)
    yield TableColumn(heading=_("谁定"), width=7)
    yield TableColumn(heading=_("采用"), width=7)
    yield TableColumn(heading=_("依据"), width=18)
    yield TableColumn(heading=_("会次"), width=14)
    yield TableColumn(heading=_("计入"), width=7)
    yield TableColumn(heading=_("说明"), width=24)


@dataclass(frozen=True, slots=True)
class _Words:
    """What is worded once for all rows."""

    kinds: Mapping[RowKind, str]
    #: Whose a number is.
    by: Mapping[By | None, str | None]
    origin: str
    tier: str
    open: str


def _words(scheme: Scheme) -> _Words:
    own = own_words(scheme)
    return _Words(
        kinds=kind_words(),
        by={by: by_words(by, own) or None for by in (None, *By)},
        origin=_("来源"),
        tier=_("等次"),
        open=_("待定"),
    )


def _member_rows(page: Trace, words: _Words) -> Iterator[tuple[Plain, ...]]:
    who = (clean(page.member.id, name=True), clean(page.member.name, name=True))
    blank = (None,) * 9
    if page.file:
        version = _("表单版本 {version}").format(version=page.version) if page.version else None
        yield (*who, words.origin, None, page.file, *blank, version)
    for row in page.rows:
        yield (*who, words.kinds[row.kind], *_points(row, words))
    for step in page.verdicts:
        place, why, meeting = _place(step.decided), step.why or None, step.meeting or None
        told = (None, None, place, None, None, None, why, meeting, None, step.result)
        yield (*who, words.tier, None, step.title, *told)
    for text in page.open:
        yield (*who, words.open, None, None, *blank, text)


def _points(row: Row, words: _Words) -> tuple[Plain, ...]:
    return (
        row.code or None,
        row.title,
        row.rule or None,
        _typed(row.typed),
        _place(row.source),
        row.proof or None,
        words.by[row.by],
        row.stands,
        row.ground or None,
        row.meeting or None,
        row.counted,
        row.why or None,
    )


@lru_cache(maxsize=1024)  # people type the same few points
def _typed(text: str) -> Plain:
    points = number.parse(text)
    return text if points is None else points


def _place(source: Source) -> str | None:
    sheet, cell = source.sheet, source.cell
    return f"{sheet}!{cell}" if sheet and cell else sheet or cell or None


# ------------------------------------------------------------------ decisions


def decisions_table(outcome: Outcome, record: Record) -> Table:
    """One row a decision, or what one word decided for many; no raiser of an objection."""
    known = known_of(outcome, record.decisions)
    rows = tuple(map(_decision_row, told(record.decisions, known)))
    scheme = outcome.scheme
    columns = (
        TableColumn(heading=_("序号"), width=7),
        TableColumn(heading=_("记入时间"), width=22),
        TableColumn(heading=id_heading(scheme), width=8),
        TableColumn(heading=name_heading(scheme), width=10),
        TableColumn(heading=_("表"), width=11),
        TableColumn(heading=_("定的是什么"), width=44),
        TableColumn(heading=_("原来"), width=18),
        TableColumn(heading=_("改为"), width=20),
        TableColumn(heading=_("会次"), width=24),
        TableColumn(heading=_("指纹"), width=10),
    )
    advice = _(
        "共 {n} 条，末条指纹 {head}。记录只增不改；用 sheetflow log 核对，指纹不同就是记录被动过。"
    ).format(n=len(record.decisions), head=outcome.head[:_HASH])
    return Table(title=page_title(Page.DECISIONS), advice=advice, columns=columns, rows=rows)


def _decision_row(act: Act) -> tuple[Plain, ...]:
    return (
        act.number,
        act.taken.replace("T", " "),
        clean(act.member, name=True),
        clean(act.name, name=True),
        act.sheet,
        act.what,
        act.before,
        act.after,
        act.meeting,
        act.chain[:_HASH],
    )
