"""The summary workbook: one outcome, six or seven sheets, sums as live formulas."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from sheetflow.excel.write.summary_lists import paint_list
from sheetflow.excel.write.summary_plan import Page, make_plan, page_title, pages
from sheetflow.excel.write.summary_scores import paint_details, paint_scores
from sheetflow.excel.write.summary_start import paint_start
from sheetflow.excel.write.table_paint import add_styles, open_book

if TYPE_CHECKING:
    from sheetflow.model import Outcome


def write_summary(outcome: Outcome, *, created: date, steps: tuple[str, ...] = ()) -> bytes:
    """Write the summary of an outcome; the same input gives the same bytes.

    ``steps`` are the next things to do, printed on the first page. Sums and score tiers
    are formulas whose stored values are the outcome's own numbers; what is not known is
    blank or 未定, never 0. Raises ``OutputError`` when it is larger than a sheet.
    """
    buffer = BytesIO()
    book = open_book(buffer, title=outcome.scheme.title, created=created)
    styles = add_styles(book)
    sheets = {page: book.add_worksheet(page_title(page)) for page in pages(outcome)}
    plan = make_plan(outcome)
    paint_start(
        book,
        sheets[Page.START],
        styles,
        summary=(outcome, plan),
        steps=steps,
    )
    paint_scores(sheets[Page.SCORES], styles, outcome, plan)
    paint_details(sheets[Page.DETAILS], styles, outcome, plan)
    for page in (Page.FINDINGS, Page.MISSING, Page.FILES, Page.DIFFERENCES):
        if page in sheets:
            paint_list(sheets[page], styles, outcome, page)
    book.close()
    return buffer.getvalue()
