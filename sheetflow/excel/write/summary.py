"""The summary workbook: one outcome, its sheets, sums and trials as live formulas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from sheetflow.excel.grid import LAST_ROW
from sheetflow.excel.write.rows import close_book
from sheetflow.excel.write.summary_basis import decisions_table, paint_basis
from sheetflow.excel.write.summary_items import paint_gaps, paint_items
from sheetflow.excel.write.summary_lists import paint_list
from sheetflow.excel.write.summary_plan import Page, Record, make_plan, page_title, pages
from sheetflow.excel.write.summary_scores import paint_details, paint_scores
from sheetflow.excel.write.summary_start import paint_further, paint_start
from sheetflow.excel.write.summary_trial import paint_trial
from sheetflow.excel.write.summary_years import paint_years
from sheetflow.excel.write.table_paint import (
    LARGE,
    add_styles,
    internal_page,
    open_book,
    paint_long,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.excel.write.summary_plan import Plan
    from sheetflow.model import Outcome
    from sheetflow.years import Comparison


def write_summary(
    outcome: Outcome,
    *,
    created: date,
    steps: tuple[str, ...] = (),
    news: tuple[str, ...] = (),
    compared: Comparison | None = None,
    record: Record | None = None,
) -> bytes:
    """Write the summary of an outcome; the same input gives the same bytes.

    ``steps`` are the next things to do, ``news`` what is otherwise than at the last collect,
    both printed on the first page; ``compared`` is the round beside the one before it;
    ``record`` holds the decisions and the forms that the points are traced back to. Sums and
    score tiers are formulas whose stored values are the outcome's own numbers; what is not
    known is blank or 未定, never 0. A list too long for one sheet goes on on a next one. Raises
    ``OutputError`` when members or files are more than a sheet has rows.
    """
    buffer, known = BytesIO(), record or Record()
    large = len(outcome.standings) > LARGE
    book = open_book(buffer, title=outcome.scheme.title, created=created, large=large)
    styles = add_styles(book)
    sheets = {
        page: book.add_worksheet(page_title(page, outcome.scheme)) for page in pages(outcome, known)
    }
    plan = make_plan(outcome)
    links = paint_start(
        book,
        sheets[Page.START],
        styles,
        summary=(outcome, plan, known),
        steps=steps,
        news=news,
    )
    titles = _paint_lists(book, sheets, styles, (outcome, plan, known))
    paint_further(sheets[Page.START], styles, links, titles)
    if compared:
        paint_years(book, styles, outcome.scheme, compared)
    close_book(book)
    return buffer.getvalue()


def _paint_lists(
    book: Workbook,
    sheets: Mapping[Page, Worksheet],
    styles: Mapping[str, Format],
    summary: tuple[Outcome, Plan, Record],
) -> dict[Page, list[str]]:
    """Paint every sheet behind the first; those this outcome has none of are left out.

    Returns the titles of the sheets of what may be longer than one.
    """
    outcome, plan, known = summary
    paint_scores(sheets[Page.SCORES], styles, outcome, plan)
    paint_details(sheets[Page.DETAILS], styles, outcome, plan)
    basis, decisions = sheets[Page.BASIS], sheets.get(Page.DECISIONS)
    titles = {Page.BASIS: paint_basis(book, basis, styles, outcome, known, limit=LAST_ROW)}
    paint_trial(book, sheets[Page.TRIAL], styles, outcome, plan)
    paint_items(sheets[Page.ITEMS], styles, outcome)
    paint_gaps(sheets[Page.GAPS], styles, outcome)
    for page in (Page.FINDINGS, Page.MISSING, Page.FILES, Page.DIFFERENCES):
        if page in sheets:
            titles[page] = paint_list(book, sheets[page], styles, outcome, page, limit=LAST_ROW)
    if decisions:
        painted = paint_long(
            book, decisions, decisions_table(outcome, known), styles, limit=LAST_ROW
        )
        titles[Page.DECISIONS] = [internal_page(s, outcome.scheme.title) for s, _area in painted]
    return titles
