"""Tiers on the first page of the summary: how many, what share, seats, a chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetflow import number
from sheetflow.excel.write.summary_charts import Drawn, Series, draw
from sheetflow.excel.write.summary_formulas import column_range, quote
from sheetflow.excel.write.summary_front import (
    COLUMNS,
    LAST,
    ROW,
    WIDTH,
    Figure,
    count,
    paint_section,
)
from sheetflow.excel.write.summary_plan import Page, page_title
from sheetflow.excel.write.table_paint import (
    pixels,
    put,
    put_formula,
    put_wide,
    row_height,
)
from sheetflow.messages import _
from sheetflow.model import StandingStatus
from sheetflow.text import clean
from sheetflow.verdicts import bounds, status_words

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.excel.write.summary_plan import Plan
    from sheetflow.model import Outcome

Styles = Mapping[str, "Format"]

#: Columns of the table of tiers: title, bounds (three wide), count, share.
_BOUNDS, _COUNT, _SHARE = (1, 3), 4, 5
_CHART_COLUMN: Final = 6
_CHART_ROWS: Final = 10


def paint_tiers(
    book: Workbook, sheet: Worksheet, styles: Styles, summary: tuple[Outcome, Plan], row: int
) -> int:
    """Paint the tiers with their counts and a chart; return the row behind them."""
    outcome, plan = summary
    paint_section(sheet, styles, _("三、等次（占比按定等次的人数算）"), row)
    top = row + 1
    for column, word in ((0, _("等次")), (_COUNT, _("人数")), (_SHARE, _("占比"))):
        put(sheet, (top, column), word, styles["head"])
    put_wide(sheet, top, _BOUNDS, _("总分界限"), styles["head"])
    sheet.set_row(top, ROW)
    graded = [s for s in outcome.standings if s.status is StandingStatus.GRADED]
    counts = Counter(clean(s.tier or "") for s in graded)
    last = top + len(outcome.scheme.tiers) + 2
    for index, tier in enumerate(outcome.scheme.tiers, start=1):
        text = bounds(outcome.scheme.tiers, index - 1)
        formula = _count_tier(plan, f"$A{top + index + 1}", outcome)
        figure = Figure(tier.title, formula, counts[clean(tier.title)])
        _paint_tier(sheet, styles, (top + index, last), text, figure, len(graded))
    named = f"{xl_rowcol_to_cell(top + 1, _COUNT)}:{xl_rowcol_to_cell(last - 2, _COUNT)}"
    whole = xl_rowcol_to_cell(last, _COUNT)
    settled = sum(counts[clean(tier.title)] for tier in outcome.scheme.tiers)
    rest = Figure(_("待定"), f"{whole}-SUM({named})", len(graded) - settled)
    _paint_tier(sheet, styles, (last - 1, last), _("尚未确定等次"), rest, len(graded))
    status = column_range(plan, Page.SCORES, plan.column("status"))
    word = status_words(outcome.scheme)[StandingStatus.GRADED]
    everybody = Figure(_("合计"), count(status, word), len(graded))
    _paint_tier(sheet, styles, (last, last), "", everybody, len(graded))
    _paint_chart(book, sheet, (top, last - 2))
    row = max(last + 1, top + _CHART_ROWS)
    quota = _quota_text(outcome)
    if quota:
        put_wide(sheet, row, (0, LAST), quota, styles["plain"])
        sheet.set_row(row, row_height([(quota, WIDTH * COLUMNS)]))
        row += 1
    return row + 1


def _count_tier(plan: Plan, title: str, outcome: Outcome) -> str:
    """Graded members whose tier, decided or else proposed, is this one."""
    area = {
        key: column_range(plan, Page.SCORES, plan.column(key))
        for key in ("status", "proposed_tier", "final_tier")
    }
    word = quote(status_words(outcome.scheme)[StandingStatus.GRADED])
    decided = f"({area['final_tier']}={title})"
    proposed = f'({area["final_tier"]}="")*({area["proposed_tier"]}={title})'
    return f"SUMPRODUCT(({area['status']}={word})*({decided}+{proposed}))"


def _paint_tier(
    sheet: Worksheet,
    styles: Styles,
    rows: tuple[int, int],
    text: str,
    figure: Figure,
    graded: int,
) -> None:
    row, last = rows
    put(sheet, (row, 0), figure.heading, styles["strong"])
    put_wide(sheet, row, _BOUNDS, text, styles["text_middle"])
    put_formula(sheet, (row, _COUNT), figure.formula, styles["number"], Decimal(figure.value))
    whole = xl_rowcol_to_cell(last, _COUNT, row_abs=True, col_abs=True)
    # In thousandths first: the half that is rounded up is then exact in binary.
    share = f"ROUND({xl_rowcol_to_cell(row, _COUNT)}*1000/{whole},0)/1000"
    formula = f"IF({whole}=0,{quote('—')},{share})"
    put_formula(sheet, (row, _SHARE), formula, styles["percent"], _share(figure.value, graded))
    sheet.set_row(row, ROW)


def _share(part: int, whole: int) -> str | Decimal:
    if not whole:
        return "—"
    return number.half_up(Decimal(part) / Decimal(whole), 3)


def _paint_chart(book: Workbook, sheet: Worksheet, rows: tuple[int, int]) -> None:
    top, last = rows
    name = page_title(Page.START)
    shown = Series(
        name=(name, top, _COUNT),
        labels=(name, top + 1, 0, last, 0),
        values=(name, top + 1, _COUNT, last, _COUNT),
    )
    drawn = Drawn(title=_("各等次人数"), series=(shown,), numbers=True)
    size = ((COLUMNS - _CHART_COLUMN) * pixels(WIDTH), _CHART_ROWS * ROW)
    draw(book, sheet, drawn, (top, _CHART_COLUMN), size)
    for row in range(last + 3, top + _CHART_ROWS):
        sheet.set_row(row, ROW)


def _quota_text(outcome: Outcome) -> str:
    quota = outcome.quota
    if quota is None:
        return ""
    limit = _("不限") if quota.limit is None else _("{count} 名").format(count=quota.limit)
    text = _("{tier}名额：{limit}（基数 {base} 人），候选 {count} 人。").format(
        tier=quota.tier, limit=limit, base=quota.base, count=len(quota.candidates)
    )
    names = {s.member.id: s.member.name for s in outcome.standings}
    ties = _("；").join(_("、").join(names.get(each, each) for each in tie) for tie in quota.ties)
    return text + (_("同分待定：{ties}。").format(ties=ties) if ties else "")
