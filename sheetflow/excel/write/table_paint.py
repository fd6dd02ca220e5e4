"""What every table painted needs: a workbook, cells, row heights, a page to print on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from sheetflow.excel.grid import LAST_ROW
from sheetflow.excel.table_styles import BODY_SIZE, STYLES
from sheetflow.excel.write import heights, safe
from sheetflow.excel.write.rows import SHAPES, RowSheet, Shape
from sheetflow.messages import _
from sheetflow.model import Plain
from sheetflow.text import clean

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.model import Table, TableColumn

#: Points that a text needs; nothing else is asked for.
Height = Callable[[Plain], float]
#: Shape of a row, and which of its cells hold texts of what height.
Looks = tuple[Shape, tuple[tuple[int, Height], ...]]

#: Values of a row, from the first column on.
Values = tuple[Plain, ...]

_A4: Final = 9
#: Members from which on a workbook with many rows for each is large.
LARGE: Final = 200
#: Tallest row a spreadsheet takes, in points.
_TALLEST: Final = 409.0
_SHORTEST: Final = 18.0
#: Texts of a column whose heights are remembered: most of a large table stand in it many times.
_TEXTS: Final = 1024
#: Characters of a text above the page: a header holds 255 in all, and each & counts twice.
_HEADER: Final = 80

# ------------------------------------------------------------------ workbook and page


def open_book(buffer: BytesIO, *, title: str, created: date, large: bool = False) -> Workbook:
    """Open a workbook whose bytes depend on what is written only.

    The parts of a ``large`` one wait in files until it is closed, else in memory.
    """
    book = Workbook(
        buffer,
        {
            "in_memory": not large,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.worksheet_class = RowSheet
    moment = datetime(created.year, created.month, created.day)  # noqa: DTZ001 - a plain date
    book.set_properties({"title": clean(title), "created": moment})
    return book


def add_styles(book: Workbook) -> dict[str, Format]:
    """Add all formats to a workbook, by name."""
    return {name: book.add_format(dict(style)) for name, style in STYLES.items()}


def set_page(
    sheet: Worksheet,
    *,
    title: str,
    mark: str = "",
    pages: int = 1,
    tall: int = 0,
    upright: bool = False,
) -> None:
    """A4 across, ``pages`` sheets of paper wide; title and mark on top, page numbers below.

    ``tall`` is how many sheets of paper it goes down; 0 for as many as it takes.
    """
    if upright:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.6)
    sheet.fit_to_pages(pages, tall)
    sheet.center_horizontally()
    # A blank after the size keeps a digit that follows from being read as part of it.
    head = f"&L&9 {_header(title)}" + (f'&R&"黑体"&10 {_header(mark)}' if mark else "")
    sheet.set_header(head)
    sheet.set_footer("&C&9 " + _("第 &P 页 共 &N 页"))


def internal_page(sheet: Worksheet, title: str) -> str:
    """Set the page of a sheet that stays in the house; return what the sheet is called."""
    set_page(sheet, title=title, mark=_("内部资料"))
    name: str = sheet.get_name()
    return name


def _header(text: str) -> str:
    return clean(text).replace("\n", " ")[:_HEADER].replace("&", "&&")


# ------------------------------------------------------------------ cells


def put(sheet: Worksheet, place: tuple[int, int], value: Plain, style: Format) -> None:
    """Write one value as what it is; row and column count from 0.

    Text never becomes a formula, a link or a number. Raises ``OutputError`` when the
    writer refuses the cell.
    """
    if value is None:
        safe.put_blank(sheet, place, style)
    elif isinstance(value, str):
        safe.put_text(sheet, place, value, style)
    elif isinstance(value, date):
        _put_date(sheet, place, value, style)
    else:
        safe.put_number(sheet, place, float(value), style)


def _put_date(sheet: Worksheet, place: tuple[int, int], value: date, style: Format) -> None:
    moment = safe.moment_of(value)
    if moment is None:
        safe.put_text(sheet, place, value.isoformat(), style)
    else:
        safe.put_day(sheet, place, moment, style)


def put_formula(
    sheet: Worksheet, place: tuple[int, int], formula: str, style: Format, cached: str | Decimal
) -> None:
    """Write a formula of ours with the value it will show."""
    value = cached if isinstance(cached, str) else safe.plain_number(cached)
    safe.put_formula(sheet, place, "=" + formula, style, value)


def put_wide(
    sheet: Worksheet, row: int, columns: tuple[int, int], value: str, style: Format
) -> None:
    """Write text across the first to the last of ``columns``, counted from 0, of one row."""
    first, last = columns
    if last > first:
        safe.merge(sheet, (row, first, row, last), style)
    put(sheet, (row, first), value, style)


# ------------------------------------------------------------------ heights


def row_height(texts: Iterable[tuple[str, float]], *, size: int = BODY_SIZE) -> float:
    """Points a row needs for wrapped texts, each with its column's width in digits."""
    tallest = max(_SHORTEST, _needed("", 0, size))
    for text, width in texts:
        # Wide letters one beside the other, as ``heights`` has them, with room to spare.
        if len(text) * size * 4 > (7 * width - 6) * 3 or "\n" in text:
            tallest = max(tallest, _needed(text, width, size))
    return min(_TALLEST, tallest)


@lru_cache(maxsize=8192)  # most texts of a large table stand in it many times
def _needed(text: str, width: float, size: int) -> float:
    return heights.height(_full_lines(text), pixels(width), size)


def _full_lines(text: str) -> str:
    # An empty line is as high as any other, but has nothing to measure.
    return "\n".join(line or "\u3000" for line in clean(text).split("\n"))


def pixels(width: float) -> int:
    """Pixels of a column ``width`` digits of the workbook's standard font wide."""
    return int(width * 7 + 5)


# ------------------------------------------------------------------ one table


def paint_table(
    sheet: Worksheet,
    table: Table,
    styles: Mapping[str, Format],
    *,
    rows: Iterable[Values] = (),
    spare: int = 0,
) -> tuple[int, int]:
    """Paint advice, headings, rows and ``spare`` empty rows; return first and last row.

    ``rows`` come behind those of the table, one by one, where all would be too many to hold.
    """
    widths = [column.width for column in table.columns]
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    top = _paint_advice(sheet, table, styles)
    for index, column in enumerate(table.columns):
        put(sheet, (top, index), column.heading, styles["head"])
    heads = [(c.heading, c.width - 2.5) for c in table.columns]  # the filter's button
    sheet.set_row(top, row_height(heads) + 4)
    count, shape_of, lowest = 0, _shapes(sheet, table, styles), row_height(())
    for count, row in enumerate(chain(table.rows, rows), start=1):
        shape, texts = shape_of(tuple(map(type, row)))
        height = max([needed(row[index]) for index, needed in texts], default=lowest)
        sheet.put_shaped(top + count, shape, row, height)
    last = top + count + spare
    _paint_spare(sheet, table, styles, (last - spare + 1, last))
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    sheet.autofilter(top, 0, max(last, top + 1), len(widths) - 1)
    return top + 1, max(last, top + 1)


def paint_long(
    book: Workbook,
    sheet: Worksheet,
    table: Table,
    styles: Mapping[str, Format],
    *,
    blocks: Iterable[Sequence[Values]] = (),
    limit: int = LAST_ROW,
) -> Iterator[tuple[Worksheet, tuple[int, int]]]:
    """Paint a table, which goes on on further sheets where one has too few rows for it.

    ``blocks`` come behind the table's own rows; the rows of one stand on one sheet. ``limit`` is
    how many rows a sheet has. Yields each sheet, with its first and last row, once it is painted;
    further ones stand right behind and are numbered from 2 on.
    """
    first, empty = sheet.get_name(), replace(table, rows=())
    heads = 2 if table.advice else 1
    own = ((row,) for row in table.rows)
    for number, rows in sheetfuls(chain(own, blocks), limit - heads):
        if number > 1:
            sheet = _add_behind(book, sheet, f"{first} {number}")
        yield sheet, paint_table(sheet, empty, styles, rows=rows)


def sheetfuls(
    blocks: Iterable[Sequence[Values]], most: int
) -> Iterator[tuple[int, Iterator[Values]]]:
    """Rows of one sheet after the other, at most ``most`` on each, numbered from 1.

    There is always a first one. Take the rows of a sheet before asking for the next.
    """

    def numbered() -> Iterator[tuple[int, Sequence[Values]]]:
        number, held = 1, 0
        for block in blocks:
            if held and held + len(block) > most:
                number, held = number + 1, 0
            held += len(block)
            yield number, block

    first: tuple[int, Sequence[Values]] = (1, ())
    for number, mine in groupby(chain([first], numbered()), key=itemgetter(0)):
        yield number, (row for _number, block in mine for row in block)


def _add_behind(book: Workbook, sheet: Worksheet, title: str) -> Worksheet:
    """Add a sheet right behind another."""
    added, order = book.add_worksheet(title), book.worksheets()
    order.insert(order.index(sheet) + 1, order.pop())
    # Print titles and filters are named by the place of their sheet.
    for place, each in enumerate(order):
        each.index = place
    return added


def _paint_spare(
    sheet: Worksheet, table: Table, styles: Mapping[str, Format], rows: tuple[int, int]
) -> None:
    first, last = rows
    if last < first:
        return
    right = len(table.columns) - 1
    for row in range(first, last + 1):
        for index in range(right + 1):
            put(sheet, (row, index), None, styles[f"new_{column_style(table, index)}"])
        sheet.set_row(row, _SHORTEST)
    filled = f"COUNTA($A{first + 1}:{xl_rowcol_to_cell(first, right, col_abs=True)})>0"
    rule = {"type": "formula", "criteria": "=" + filled, "format": styles["frame"]}
    safe.colour(sheet, (first, 0, last, right), rule)


def _paint_advice(sheet: Worksheet, table: Table, styles: Mapping[str, Format]) -> int:
    if not table.advice:
        return 0
    put_wide(sheet, 0, (0, len(table.columns) - 1), table.advice, styles["advice"])
    width = sum(column.width for column in table.columns)
    sheet.set_row(0, row_height([(table.advice, width)]) + 4)
    return 1


def _shapes(
    sheet: RowSheet, table: Table, styles: Mapping[str, Format]
) -> Callable[[tuple[type, ...]], Looks]:
    """What rows share whose cells hold values of the same types, and heights of their texts."""
    forms = [_forms(styles, column) for column in table.columns]
    heights = [_height(column.width) for column in table.columns]

    @lru_cache(maxsize=SHAPES)
    def shape_of(kinds: tuple[type, ...]) -> Looks:
        pairs = tuple((kind, _of_kind(by, kind)) for kind, by in zip(kinds, forms, strict=True))
        texts = tuple((i, heights[i]) for i, kind in enumerate(kinds) if issubclass(kind, str))
        return sheet.shape(pairs), texts

    return shape_of


def _of_kind(forms: Mapping[type, Format], kind: type) -> Format:
    """Format for a value of a kind: of its own type, or of one it is a kind of."""
    return next(forms[each] for each in kind.__mro__ if each in forms)


def _height(width: float) -> Height:
    """Give the points that a text needs in a column so wide."""
    return lru_cache(maxsize=_TEXTS)(lambda text: row_height([(str(text), width)]))


def _forms(styles: Mapping[str, Format], column: TableColumn) -> dict[type, Format]:
    """Formats of a column's cells by what they hold."""
    kinds: tuple[Plain, ...] = (None, "", 0, Decimal(0), date(1900, 1, 1))
    return {type(kind): styles[_style(kind, column)] for kind in kinds}


def _style(value: Plain, column: TableColumn) -> str:
    if column.percent:
        return "percent"
    if value is None or isinstance(value, str):
        return "text"
    return "date" if isinstance(value, date) else "number"


def column_style(table: Table, index: int) -> str:
    """Style of new cells in a column: what its filled cells agree on, else text."""
    found = {
        _style(row[index], table.columns[index]) for row in table.rows if row[index] is not None
    }
    return found.pop() if len(found) == 1 else "text"
