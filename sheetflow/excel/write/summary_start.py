"""The sheet 首页: state of the round, counts that reconcile, tiers, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetflow.excel.write import safe
from sheetflow.excel.write.summary_charts import paint_charts
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
from sheetflow.excel.write.summary_plan import (
    FILES_STATUS,
    FILES_TOP,
    Page,
    Record,
    count_statuses,
    file_words,
    page_title,
    pages,
)
from sheetflow.excel.write.summary_tiers import paint_tiers
from sheetflow.excel.write.table_paint import (
    put,
    put_formula,
    put_wide,
    row_height,
    set_page,
)
from sheetflow.messages import _
from sheetflow.model import StandingStatus
from sheetflow.stages import stage_title
from sheetflow.verdicts import status_words

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.excel.write.summary_plan import Plan
    from sheetflow.model import FileStatus, Outcome, Scheme

Styles = Mapping[str, "Format"]

#: Percent at which the columns of the page fill a sheet of paper.
_SCALE: Final = 70
#: Column of what a sheet shows; its name takes up to two in English.
_ABOUT: Final = 2
#: Digits of a hash that people compare by eye.
_HASH: Final = 8


def paint_start(
    book: Workbook,
    sheet: Worksheet,
    styles: Styles,
    *,
    summary: tuple[Outcome, Plan, Record],
    steps: tuple[str, ...],
    news: tuple[str, ...] = (),
) -> dict[Page, int]:
    """Paint the first page; ``steps`` are to be done next, ``news`` is new since last time.

    Returns the row of each sheet in its list of sheets, counted from 0.
    """
    outcome, plan, record = summary
    sheet.set_column(0, LAST, WIDTH)
    row = _paint_title(sheet, styles, outcome, record)
    row = _paint_people(sheet, styles, outcome, plan, row)
    row = _paint_files(sheet, styles, outcome, row)
    row = paint_tiers(book, sheet, styles, (outcome, plan), row)
    row = _paint_texts(sheet, styles, _("四、下一步"), steps or (_("没有要做的事。"),), row)
    if news:
        row = _paint_texts(sheet, styles, _("与上次汇总相比"), news, row)
    links = _paint_links(sheet, styles, outcome.scheme, pages(outcome, record), row)
    row += len(links) + 3
    sheet.hide_gridlines(2)
    set_page(sheet, title=outcome.scheme.title, mark=_("内部资料"), upright=True)
    # A break by hand is heeded only where the page is not fitted.
    sheet.set_print_scale(_SCALE)
    sheet.set_h_pagebreaks([row])
    paint_charts(book, sheet, styles, (outcome, plan), row)
    return links


def paint_further(
    sheet: Worksheet,
    styles: Styles,
    links: Mapping[Page, int],
    titles: Mapping[Page, Sequence[str]],
) -> None:
    """Say in the list of sheets which of them go on on others, as their ``titles`` tell."""
    for page, names in titles.items():
        if len(names) > 1:
            text = _("{about}；分成 {n} 张表，到“{last}”为止").format(
                about=_about()[page], n=len(names), last=names[-1]
            )
            put(sheet, (links[page], _ABOUT), text, styles["plain"])


# ------------------------------------------------------------------ title


def _paint_title(sheet: Worksheet, styles: Styles, outcome: Outcome, record: Record) -> int:
    scheme = outcome.scheme
    year = str(scheme.year)
    name = scheme.title
    if year not in name:
        name = _("{year}年度{title}").format(year=year, title=name)
    name += _("（半年初评）") if scheme.settings.interim else ""
    title = _("{round}汇总").format(round=name)
    put_wide(sheet, 0, (0, LAST), title, styles["title"])
    about = _(
        "{organisation}　考核期 {start} 至 {end}　方案版本 {version}　内部资料，不得外传"
    ).format(
        organisation=scheme.settings.organisation,
        start=scheme.period_start,
        end=scheme.period_end,
        version=outcome.scheme_version,
    )
    put_wide(sheet, 1, (0, LAST), about, styles["subtitle"])
    text, style = state(outcome)
    put_wide(sheet, 2, (0, LAST), text, styles[style])
    sheet.set_row(0, 36)
    sheet.set_row(1, 22)
    sheet.set_row(2, 26)
    how_far = _how_far(outcome, record)
    put_wide(sheet, 3, (0, LAST), how_far, styles["subtitle"])
    sheet.set_row(3, row_height([(how_far, WIDTH * COLUMNS)]))
    return 5


def _how_far(outcome: Outcome, record: Record) -> str:
    """Stage of the round and what keeps it there; the fingerprint of the last decision."""
    texts = []
    if outcome.progress:
        waits = _("，").join(outcome.progress.waits)
        stage = _("现在是“{stage}”").format(stage=stage_title(outcome.progress.stage))
        texts.append(_("：").join(filter(None, (stage, waits))))
    if outcome.head:
        text = _("决定共 {n} 条，末条指纹 {head}")
        texts.append(text.format(n=len(record.decisions), head=outcome.head[:_HASH]))
    return _("。").join(texts)


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
        return _("草稿：{lacks}").format(lacks=_("，").join(lacks)), "draft"
    return _("成绩已齐"), "complete"


# ------------------------------------------------------------------ counts


def _paint_people(sheet: Worksheet, styles: Styles, outcome: Outcome, plan: Plan, row: int) -> int:
    paint_section(sheet, styles, _("一、人数"), row)
    status = column_range(plan, Page.SCORES, plan.column("status"))
    counts = count_statuses(outcome.standings)
    words = status_words(outcome.scheme)
    at = {s: xl_rowcol_to_cell(row + 2, 3 + i) for i, s in enumerate(_PEOPLE, start=1)}
    roster, left, due, assessed = (xl_rowcol_to_cell(row + 2, i) for i in range(4))
    scored = counts[StandingStatus.GRADED] + counts[StandingStatus.NOT_GRADED]
    gone, everybody = counts[StandingStatus.LEFT], len(outcome.standings)
    ids = column_range(plan, Page.SCORES, 1)
    figures = [
        Figure(_("名册"), f'SUMPRODUCT(({ids}<>"")*1)', everybody),
        Figure(words[StandingStatus.LEFT], count(status, words[StandingStatus.LEFT]), gone),
        Figure(_("应评"), f"{roster}-{left}", everybody - gone),
        Figure(_("参评"), f"{at[StandingStatus.GRADED]}+{at[StandingStatus.NOT_GRADED]}", scored),
        *(Figure(words[s], count(status, words[s]), counts[s]) for s in _PEOPLE),
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
    paint_section(sheet, styles, _("二、收到的文件"), row)
    words = file_words()
    counts: Counter[FileStatus] = Counter(receipt.status for receipt in outcome.receipts)
    bottom = FILES_TOP + max(1, len(outcome.receipts))
    status = _files_range(bottom)
    counted = [xl_rowcol_to_cell(row + 2, i) for i in range(1, len(words) + 1)]
    figures = [
        Figure(_("收到"), "+".join(counted), len(outcome.receipts)),
        *(Figure(word, count(status, word), counts[s]) for s, word in words.items()),
    ]
    _paint_figures(sheet, styles, figures, row + 1)
    return row + 4


def _files_range(bottom: int) -> str:
    first = xl_rowcol_to_cell(FILES_TOP, FILES_STATUS, row_abs=True, col_abs=True)
    last = xl_rowcol_to_cell(bottom - 1, FILES_STATUS, row_abs=True, col_abs=True)
    return f"'{page_title(Page.FILES)}'!{first}:{last}"


def _paint_figures(sheet: Worksheet, styles: Styles, figures: Sequence[Figure], row: int) -> None:
    for column, figure in enumerate(figures):
        put(sheet, (row, column), figure.heading, styles["head"])
        put_formula(
            sheet, (row + 1, column), figure.formula, styles["figure"], Decimal(figure.value)
        )
    sheet.set_row(row, max(ROW, row_height([(figure.heading, WIDTH) for figure in figures])))
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
    half = COLUMNS // 2 + 1
    areas = ((0, half - 1), (half, LAST))
    for (formula, text), area in zip(sentences, areas, strict=True):
        put_wide(sheet, row, area, "", styles["plain"])
        put_formula(sheet, (row, area[0]), formula, styles["plain"], text)
    widths = (WIDTH * (last - first + 1) for first, last in areas)
    texts = (text for _formula, text in sentences)
    sheet.set_row(row, max(ROW, row_height(list(zip(texts, widths, strict=True)))))


# ------------------------------------------------------------------ texts and links


def _paint_texts(
    sheet: Worksheet, styles: Styles, title: str, texts: tuple[str, ...], row: int
) -> int:
    paint_section(sheet, styles, title, row)
    for offset, text in enumerate(texts, start=1):
        numbered = f"{offset}. {text}" if len(texts) > 1 else text
        put_wide(sheet, row + offset, (0, LAST), numbered, styles["plain"])
        sheet.set_row(row + offset, row_height([(numbered, WIDTH * COLUMNS)]))
    return row + len(texts) + 2


def _about() -> dict[Page, str]:
    """What each sheet behind the first shows."""
    return {
        Page.SCORES: _("每人各部分得分、总分、等次和说明"),
        Page.DETAILS: _("每人每项计入的分数"),
        Page.BASIS: _("每人每一分从哪个文件、哪个格来，为什么这样计"),
        Page.TRIAL: _("换一条线、换一种名额，各等次会有多少人；谁站在线边上"),
        Page.ITEMS: _("每项的平均分、得分率、没有填的和失的分"),
        Page.GAPS: _("本人填的和后来另定的差在哪里"),
        Page.FINDINGS: _("要改正和要过目的问题，错误在前"),
        Page.MISSING: _("还没有交表的人"),
        Page.FILES: _("收到的每个文件和处理结果"),
        Page.DIFFERENCES: _("同一个人先后交来的表有什么不同"),
        Page.DECISIONS: _("定过的每一件事：何时、改前改后、哪次会"),
    }


def _paint_links(
    sheet: Worksheet, styles: Styles, scheme: Scheme, listed: tuple[Page, ...], row: int
) -> dict[Page, int]:
    """Paint the list of sheets; return the row of each."""
    paint_section(sheet, styles, _("五、各表"), row)
    about = _about()
    links = {page: at for at, page in enumerate(filter(listed.__contains__, about), row + 1)}
    for page, at in links.items():
        name = page_title(page, scheme)
        safe.put_link(sheet, (at, 0), (name, "A1"), styles["link"], name)
        put_wide(sheet, at, (_ABOUT, LAST), about[page], styles["plain"])
        sheet.set_row(at, 18)
    note = _("本工作簿每次汇总都重新生成，在这里的改动不作数；改过的一份会另存到旧版文件夹。")
    put_wide(sheet, row + len(links) + 1, (0, LAST), note, styles["plain"])
    return links
