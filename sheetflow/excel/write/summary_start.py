"""The sheet 首页: state of the round, counts that reconcile, tiers, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetflow import number
from sheetflow.excel.table_styles import BODY_FACE, CHART_FILL, CHART_LINE, HEADING_FACE
from sheetflow.excel.write import safe
from sheetflow.excel.write.summary_formulas import column_range, quote
from sheetflow.excel.write.summary_plan import (
    FILES_STATUS,
    FILES_TOP,
    Page,
    bounds,
    count_statuses,
    file_words,
    page_title,
    status_words,
)
from sheetflow.excel.write.table_paint import (
    pixels,
    put,
    put_formula,
    put_wide,
    row_height,
    set_page,
)
from sheetflow.messages import _
from sheetflow.model import StandingStatus
from sheetflow.text import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.excel.write.summary_plan import Plan
    from sheetflow.model import FileStatus, Outcome

Styles = Mapping[str, "Format"]

_COLUMNS: Final = 10
_WIDTH: Final = 11.5
_LAST: Final = _COLUMNS - 1
#: Columns of the table of tiers: title, bounds (three wide), count, share.
_BOUNDS, _COUNT, _SHARE = (1, 3), 4, 5
_CHART_COLUMN: Final = 6
_CHART_ROWS: Final = 10
_ROW: Final = 21.0
_PIXELS: Final = 4 / 3


@dataclass(frozen=True, slots=True)
class _Figure:
    """One number of the page: its heading, formula and value."""

    heading: str
    formula: str
    value: int


def paint_start(
    book: Workbook,
    sheet: Worksheet,
    styles: Styles,
    *,
    summary: tuple[Outcome, Plan],
    steps: tuple[str, ...],
) -> None:
    """Paint the first page; ``steps`` are the next things to do, in words."""
    outcome, plan = summary
    sheet.set_column(0, _LAST, _WIDTH)
    row = _paint_title(sheet, styles, outcome)
    row = _paint_people(sheet, styles, outcome, plan, row)
    row = _paint_files(sheet, styles, outcome, row)
    row = _paint_tiers(book, sheet, styles, summary, row)
    row = _paint_texts(sheet, styles, _("四、下一步"), steps or (_("没有要做的事。"),), row)
    _paint_links(sheet, styles, row)
    sheet.hide_gridlines(2)
    set_page(sheet, title=outcome.scheme.title, mark=_("内部资料"), upright=True)


# ------------------------------------------------------------------ title


def _paint_title(sheet: Worksheet, styles: Styles, outcome: Outcome) -> int:
    scheme = outcome.scheme
    year = str(scheme.year)
    name = scheme.title
    if year not in name:
        name = _("{year}年度{title}").format(year=year, title=name)
    title = _("{round}汇总").format(round=name)
    put_wide(sheet, 0, (0, _LAST), title, styles["title"])
    about = _(
        "{organisation}　考核期 {start} 至 {end}　方案版本 {version}　内部资料，不得外传"
    ).format(
        organisation=scheme.settings.organisation,
        start=scheme.period_start,
        end=scheme.period_end,
        version=outcome.scheme_version,
    )
    put_wide(sheet, 1, (0, _LAST), about, styles["subtitle"])
    text, style = state(outcome)
    put_wide(sheet, 2, (0, _LAST), text, styles[style])
    sheet.set_row(0, 36)
    sheet.set_row(1, 22)
    sheet.set_row(2, 26)
    return 4


def _paint_section(sheet: Worksheet, styles: Styles, title: str, row: int) -> None:
    put_wide(sheet, row, (0, _LAST), title, styles["section"])
    sheet.set_row(row, 24)


def state(outcome: Outcome) -> tuple[str, str]:
    """Say how far the round is, and in which style."""
    counts = count_statuses(outcome.standings)
    missing, undecided = counts[StandingStatus.MISSING], counts[StandingStatus.UNDECIDED]
    lacks = []
    if missing:
        lacks.append(_("未交 {count} 人").format(count=missing))
    if undecided:
        lacks.append(_("未定 {count} 人").format(count=undecided))
    if outcome.provisional:
        lacks.append(_("尚未核定的分数暂按自评"))
    if lacks:
        return _("草稿：{lacks}").format(lacks="，".join(lacks)), "draft"
    return _("成绩已齐"), "complete"


# ------------------------------------------------------------------ counts


def _paint_people(sheet: Worksheet, styles: Styles, outcome: Outcome, plan: Plan, row: int) -> int:
    _paint_section(sheet, styles, _("一、人数"), row)
    status = column_range(plan, Page.SCORES, plan.column("status"))
    counts = count_statuses(outcome.standings)
    words = status_words(outcome.scheme)
    at = {s: xl_rowcol_to_cell(row + 2, 3 + i) for i, s in enumerate(_PEOPLE, start=1)}
    roster, left, due, assessed = (xl_rowcol_to_cell(row + 2, i) for i in range(4))
    scored = counts[StandingStatus.GRADED] + counts[StandingStatus.NOT_GRADED]
    gone, everybody = counts[StandingStatus.LEFT], len(outcome.standings)
    ids = column_range(plan, Page.SCORES, 1)
    figures = [
        _Figure(_("名册"), f'SUMPRODUCT(({ids}<>"")*1)', everybody),
        _Figure(words[StandingStatus.LEFT], _count(status, words[StandingStatus.LEFT]), gone),
        _Figure(_("应评"), f"{roster}-{left}", everybody - gone),
        _Figure(_("参评"), f"{at[StandingStatus.GRADED]}+{at[StandingStatus.NOT_GRADED]}", scored),
        *(_Figure(words[s], _count(status, words[s]), counts[s]) for s in _PEOPLE),
    ]
    _paint_figures(sheet, styles, figures, row + 1)
    parts = [(_("参评"), assessed, scored)]
    parts += [(words[s], at[s], counts[s]) for s in _PEOPLE[2:]]
    due_text = _sentence((_("应评"), due, everybody - gone), parts)
    parts = [(words[s], at[s], counts[s]) for s in _PEOPLE[:2]]
    assessed_text = _sentence((_("参评"), assessed, scored), parts)
    _paint_sentences(sheet, styles, (due_text, assessed_text), row + 3)
    return row + 5


#: Columns behind 参评; the first two make it up, the others stand beside it.
_PEOPLE: Final = (
    StandingStatus.GRADED,
    StandingStatus.NOT_GRADED,
    StandingStatus.EXEMPT,
    StandingStatus.DEFERRED,
    StandingStatus.MISSING,
    StandingStatus.UNDECIDED,
)


def _paint_files(sheet: Worksheet, styles: Styles, outcome: Outcome, row: int) -> int:
    _paint_section(sheet, styles, _("二、收到的文件"), row)
    words = file_words()
    counts: Counter[FileStatus] = Counter(receipt.status for receipt in outcome.receipts)
    bottom = FILES_TOP + max(1, len(outcome.receipts))
    status = _files_range(bottom)
    counted = [xl_rowcol_to_cell(row + 2, i) for i in range(1, len(words) + 1)]
    figures = [
        _Figure(_("收到"), "+".join(counted), len(outcome.receipts)),
        *(_Figure(word, _count(status, word), counts[s]) for s, word in words.items()),
    ]
    _paint_figures(sheet, styles, figures, row + 1)
    return row + 4


def _files_range(bottom: int) -> str:
    first = xl_rowcol_to_cell(FILES_TOP, FILES_STATUS, row_abs=True, col_abs=True)
    last = xl_rowcol_to_cell(bottom - 1, FILES_STATUS, row_abs=True, col_abs=True)
    return f"'{page_title(Page.FILES)}'!{first}:{last}"


def _count(area: str, word: str) -> str:
    # COUNTIF would take marks inside a word for patterns.
    return f"SUMPRODUCT(({area}={quote(word)})*1)"


def _paint_figures(sheet: Worksheet, styles: Styles, figures: Iterable[_Figure], row: int) -> None:
    for column, figure in enumerate(figures):
        put(sheet, (row, column), figure.heading, styles["head"])
        put_formula(
            sheet, (row + 1, column), figure.formula, styles["figure"], Decimal(figure.value)
        )
    sheet.set_row(row, _ROW)
    sheet.set_row(row + 1, 26)


Term = tuple[str, str, int]


def _sentence(whole: Term, parts: list[Term]) -> tuple[str, str]:
    """An equation in words: its formula, and the text it gives now."""
    word, cell, value = whole
    words = [f" {'+' if i else '='} {each} " for i, (each, _at, _v) in enumerate(parts)]
    terms = "&".join(f"{quote(w)}&{at}" for w, (_w, at, _v) in zip(words, parts, strict=True))
    agree, differ = _("　相符"), _("　不相符，请重新汇总")
    check = f"IF({cell}={'+'.join(at for _w, at, _v in parts)},{quote(agree)},{quote(differ)})"
    text = f"{word} {value} = " + " + ".join(f"{each} {v}" for each, _at, v in parts)
    holds = value == sum(v for _w, _at, v in parts)
    return f"{quote(word + ' ')}&{cell}&{terms}&{check}", text + (agree if holds else differ)


def _paint_sentences(
    sheet: Worksheet, styles: Styles, sentences: tuple[tuple[str, str], tuple[str, str]], row: int
) -> None:
    half = _COLUMNS // 2 + 1
    areas = ((0, half - 1), (half, _LAST))
    for (formula, text), area in zip(sentences, areas, strict=True):
        put_wide(sheet, row, area, "", styles["plain"])
        put_formula(sheet, (row, area[0]), formula, styles["plain"], text)
    sheet.set_row(row, _ROW)


# ------------------------------------------------------------------ tiers


def _paint_tiers(
    book: Workbook, sheet: Worksheet, styles: Styles, summary: tuple[Outcome, Plan], row: int
) -> int:
    outcome, plan = summary
    _paint_section(sheet, styles, _("三、等次（占比按定等次的人数算）"), row)
    top = row + 1
    for column, word in ((0, _("等次")), (_COUNT, _("人数")), (_SHARE, _("占比"))):
        put(sheet, (top, column), word, styles["head"])
    put_wide(sheet, top, _BOUNDS, _("总分界限"), styles["head"])
    sheet.set_row(top, _ROW)
    graded = [s for s in outcome.standings if s.status is StandingStatus.GRADED]
    counts = Counter(clean(s.tier or "") for s in graded)
    last = top + len(outcome.scheme.tiers) + 2
    for index, tier in enumerate(outcome.scheme.tiers, start=1):
        text = bounds(outcome.scheme.tiers, index - 1)
        formula = _count_tier(plan, f"$A{top + index + 1}", outcome)
        figure = _Figure(tier.title, formula, counts[clean(tier.title)])
        _paint_tier(sheet, styles, (top + index, last), text, figure, len(graded))
    named = f"{xl_rowcol_to_cell(top + 1, _COUNT)}:{xl_rowcol_to_cell(last - 2, _COUNT)}"
    whole = xl_rowcol_to_cell(last, _COUNT)
    settled = sum(counts[clean(tier.title)] for tier in outcome.scheme.tiers)
    rest = _Figure(_("待定"), f"{whole}-SUM({named})", len(graded) - settled)
    _paint_tier(sheet, styles, (last - 1, last), _("尚未确定等次"), rest, len(graded))
    status = column_range(plan, Page.SCORES, plan.column("status"))
    word = status_words(outcome.scheme)[StandingStatus.GRADED]
    everybody = _Figure(_("合计"), _count(status, word), len(graded))
    _paint_tier(sheet, styles, (last, last), "", everybody, len(graded))
    _paint_chart(book, sheet, (top, last - 2))
    row = max(last + 1, top + _CHART_ROWS)
    quota = _quota_text(outcome)
    if quota:
        put_wide(sheet, row, (0, _LAST), quota, styles["plain"])
        sheet.set_row(row, row_height([(quota, _WIDTH * _COLUMNS)]))
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
    figure: _Figure,
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
    sheet.set_row(row, _ROW)


def _share(part: int, whole: int) -> str | Decimal:
    if not whole:
        return "—"
    return number.half_up(Decimal(part) / Decimal(whole), 3)


def _paint_chart(book: Workbook, sheet: Worksheet, rows: tuple[int, int]) -> None:
    top, last = rows
    name = page_title(Page.START)
    chart = book.add_chart({"type": "column"})
    face = {"name": BODY_FACE, "size": 9}
    chart.add_series(
        {
            "name": _("人数"),
            "categories": [name, top + 1, 0, last, 0],
            "values": [name, top + 1, _COUNT, last, _COUNT],
            "fill": {"color": CHART_FILL},
            "gap": 80,
            "data_labels": {"value": True, "font": face},
        }
    )
    chart.set_title(
        {"name": _("各等次人数"), "name_font": {"name": HEADING_FACE, "size": 11}, "overlay": False}
    )
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_font": face})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    width = (_COLUMNS - _CHART_COLUMN) * pixels(_WIDTH)
    height = _CHART_ROWS * _ROW * _PIXELS
    chart.set_size({"width": width - 12, "height": height - 8})
    chart.set_chartarea({"border": {"color": CHART_LINE}})
    place = {"x_offset": 10, "y_offset": 2, "object_position": 1}
    sheet.insert_chart(top, _CHART_COLUMN, chart, place)
    for row in range(last + 3, top + _CHART_ROWS):
        sheet.set_row(row, _ROW)


def _quota_text(outcome: Outcome) -> str:
    quota = outcome.quota
    if quota is None:
        return ""
    limit = _("不限") if quota.limit is None else _("{count} 名").format(count=quota.limit)
    text = _("{tier}名额：{limit}（基数 {base} 人），候选 {count} 人。").format(
        tier=quota.tier, limit=limit, base=quota.base, count=len(quota.candidates)
    )
    names = {s.member.id: s.member.name for s in outcome.standings}
    ties = "；".join("、".join(names.get(each, each) for each in tie) for tie in quota.ties)
    return text + (_("同分待定：{ties}。").format(ties=ties) if ties else "")


# ------------------------------------------------------------------ texts and links


def _paint_texts(
    sheet: Worksheet, styles: Styles, title: str, texts: tuple[str, ...], row: int
) -> int:
    _paint_section(sheet, styles, title, row)
    for offset, text in enumerate(texts, start=1):
        numbered = f"{offset}. {text}" if len(texts) > 1 else text
        put_wide(sheet, row + offset, (0, _LAST), numbered, styles["plain"])
        sheet.set_row(row + offset, row_height([(numbered, _WIDTH * _COLUMNS)]))
    return row + len(texts) + 2


def _paint_links(sheet: Worksheet, styles: Styles, row: int) -> None:
    _paint_section(sheet, styles, _("五、各表"), row)
    about = {
        Page.SCORES: _("每人各部分得分、总分、等次和说明"),
        Page.DETAILS: _("每人每项计入的分数"),
        Page.FINDINGS: _("要改正和要过目的问题，错误在前"),
        Page.MISSING: _("还没有交表的人"),
        Page.FILES: _("收到的每个文件和处理结果"),
    }
    for offset, (page, text) in enumerate(about.items(), start=1):
        name = page_title(page)
        safe.put_link(sheet, (row + offset, 0), (name, "A1"), styles["link"], name)
        put_wide(sheet, row + offset, (1, _LAST), text, styles["plain"])
        sheet.set_row(row + offset, 18)
    note = _("本工作簿每次汇总都重新生成，在这里的改动不作数；改过的一份会另存到旧版文件夹。")
    put_wide(sheet, row + len(about) + 1, (0, _LAST), note, styles["plain"])
