"""Workbooks that people edit afterwards: the scheme, the roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter.utility import xl_range_abs

from sheetflow.excel.write import safe
from sheetflow.excel.write.rows import close_book
from sheetflow.excel.write.table_paint import add_styles, open_book, paint_table, put, set_page
from sheetflow.messages import _
from sheetflow.text import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

    from sheetflow.model import Table, TableColumn

#: Empty rows below the last one that already look like rows of the table.
_SPARE: Final = 30
#: What a validation may hold, in characters: messages and lists; titles.
_LIMIT, _TITLE_LIMIT = 255, 32

Choices = tuple[str, ...]


def write_tables(tables: Sequence[Table], *, title: str, created: date) -> bytes:
    """Write tables to one workbook, a sheet each; the same input gives the same bytes.

    Text cells are text (an id keeps its zeros), choices are drop-downs, hints appear when
    a cell is entered. Raises ``OutputError`` when a table is larger than a sheet.
    """
    buffer = BytesIO()
    book = open_book(buffer, title=title, created=created)
    styles = add_styles(book)
    places = _long_lists(tables)
    for table in tables:
        sheet = book.add_worksheet(clean(table.title))
        first, last = paint_table(sheet, table, styles, spare=_SPARE)
        for index, column in enumerate(table.columns):
            rule = _validation(column, places)
            if rule:
                safe.limit(sheet, (first, index, last, index), rule)
        set_page(sheet, title=f"{title} {table.title}")
    _paint_lists(book, places, styles)
    close_book(book)
    return buffer.getvalue()


def _fits_in_place(choices: Choices) -> bool:
    # A list kept in the cell's own rule is one short string with commas in between.
    plain = all(not set(choice) & set(',"\n') for choice in choices)
    return plain and len(",".join(choices).encode("utf-16-le")) // 2 <= _LIMIT


def _long_lists(tables: Sequence[Table]) -> dict[Choices, str]:
    lists = dict.fromkeys(
        column.choices
        for table in tables
        for column in table.columns
        if column.choices and not _fits_in_place(column.choices)
    )
    sheet = _("选项")
    return {
        choices: f"='{sheet}'!{xl_range_abs(0, column, len(choices) - 1, column)}"
        for column, choices in enumerate(lists)
    }


def _paint_lists(
    book: Workbook, places: Mapping[Choices, str], styles: Mapping[str, Format]
) -> None:
    if not places:
        return
    sheet = book.add_worksheet(_("选项"))
    for column, choices in enumerate(places):
        for row, choice in enumerate(choices):
            put(sheet, (row, column), choice, styles["text"])
    sheet.hide()


def _validation(column: TableColumn, places: Mapping[Choices, str]) -> dict[str, Any]:
    rule: dict[str, Any] = {}
    if column.hint:
        rule |= {
            "validate": "any",
            "input_title": _short(column.heading, _TITLE_LIMIT),
            "input_message": _short(column.hint, _LIMIT),
        }
    if column.choices:
        words = _("请从下拉列表中选：{choices}").format(choices=_("、").join(column.choices))
        rule |= {
            "validate": "list",
            "source": places.get(column.choices) or [clean(each) for each in column.choices],
            "error_title": _short(column.heading, _TITLE_LIMIT),
            "error_message": _short(words, _LIMIT),
        }
    return rule


def _short(text: str, limit: int) -> str:
    """Cut to a number of UTF-16 units, which is how spreadsheets count."""
    plain = clean(text).encode("utf-16-le")
    if len(plain) <= limit * 2:
        return plain.decode("utf-16-le")
    return plain[: (limit - 1) * 2].decode("utf-16-le", "ignore") + "…"
