"""Paint the staff's living workbook new, as its plan has it.

Sheets are not protected. Protection would forbid what the evening needs: sorting and inserting
rows of locked cells, notes on them, columns of one's own. Cells of the program refuse typing by
their validation instead, and are written again at the next refresh.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from io import BytesIO
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from sheetflow.desk.places import Placer, placer
from sheetflow.desk.sheets import Cell, Column, DeskPlan, DeskSheet, Layout, Look, Role, Row, Shape
from sheetflow.desk.standing import top_of
from sheetflow.excel import desk_styles
from sheetflow.excel.write import desk_rules, safe
from sheetflow.excel.write.rows import SHAPES, Formula, close_book
from sheetflow.excel.write.rows import Shape as RowShape
from sheetflow.excel.write.table_paint import LARGE, open_book, put, put_formula, row_height
from sheetflow.messages import _
from sheetflow.model import EVERYONE, Plain, Tab
from sheetflow.text import clean

#: XlsxWriter comes without types.
Book = Any
Worksheet = Any
Format = Any
#: Whose a cell is, what it holds, what its row looks like, what is special about it.
Kind = tuple[Role, Shape, Look, str]
_A3 = 8
#: Characters of the head of a page.
_HEADER = 80
_LEAST_HEIGHT = 26.0
#: Sheets whose rows stay blank until people write texts there, and room for two lines of them.
_WRITTEN, _TWO_LINES = frozenset({Tab.MEETINGS, Tab.OBJECTIONS}), 44.0
#: Shapes whose texts make a row higher.
_WRAPPED = frozenset({Shape.TEXT, Shape.WORD})
#: Rows below the last one that already have their rules, for rows appended later.
SPARE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Painting:
    """The workbook being painted: where everything will stand, and its formats."""

    plan: DeskPlan
    #: (tab, row key) → row, counted from 0, of what is painted so far: a result that is the row
    #: of another cell asks for one above it or on a sheet before.
    rows: dict[tuple[str, str], int]
    #: Rows in which people decide, painted so far: (tab, row of the place).
    decides: set[tuple[str, str]]
    placed: Placer
    form: Callable[[str | Kind], Format]


#: Look of a row, whether people decide in it, and of each cell it has: column key, whose it is,
#: whether it was counted, where it leads, type of what goes into it.
_RowKind = tuple[Look, bool, tuple[tuple[str, Role, bool, str, type], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alike:
    """What rows of one kind share."""

    #: Where the cells they have stand, counted from 0.
    places: tuple[int, ...]
    #: Formats from the first column on.
    forms: tuple[Format, ...]
    #: Keys and widths of columns whose texts make a row higher.
    wrapped: tuple[tuple[str, float], ...]
    #: Column, counted from 0 → title of the sheet to which it leads.
    links: Mapping[int, str]
    #: ``None`` where there are links: they belong to the sheet and not to the row's text.
    shape: RowShape | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inside:
    """The sheet being painted."""

    layout: Layout
    painting: Painting
    alike: Callable[[_RowKind], _Alike]


@dataclass(frozen=True, slots=True)
class Painted:
    """A workbook painted new."""

    data: bytes
    #: Rows in which people decide, as (tab, row of the place).
    rows: frozenset[tuple[str, str]]


def write_desk(plan: DeskPlan, *, created: date) -> bytes:
    """Write the whole workbook as ``paint_desk`` does."""
    return paint_desk(plan, created=created).data


def paint_desk(plan: DeskPlan, *, created: date) -> Painted:
    """Paint the whole workbook; the same plan gives the same bytes.

    Raises ``OutputError`` when it is larger than a sheet can be.
    """
    buffer = BytesIO()
    large = len(plan.versions) > LARGE
    book = open_book(buffer, title=plan.title, created=created, large=large)
    columns = {
        (sheet.layout.tab, column.key): (sheet.layout.title, xl_col_to_name(n))
        for sheet in plan.sheets
        for n, column in enumerate(sheet.layout.columns)
    }
    painting = Painting(
        plan=plan,
        rows={},
        decides=set(),
        placed=placer(lambda tab, column: columns.get((tab, column))),
        form=_formats(book),
    )
    for sheet in plan.sheets:
        _paint(book.add_worksheet(clean(sheet.layout.title)), sheet, painting)
    book.get_worksheet_by_name(clean(plan.sheets[0].layout.title)).activate()
    close_book(book)
    return Painted(buffer.getvalue(), frozenset(painting.decides))


def _formats(book: Book) -> Callable[[str | Kind], Format]:
    """Return what makes each format once: by its name, else by what a cell is."""
    made: dict[str | Kind, Format] = {}

    def form(what: str | Kind) -> Format:
        if what not in made:
            found = desk_styles.NAMED[what] if isinstance(what, str) else desk_styles.style(*what)
            made[what] = book.add_format(dict(found))
        return made[what]

    return form


# ------------------------------------------------------------------ one sheet


def _paint(sheet: Worksheet, plan: DeskSheet, painting: Painting) -> None:
    layout, top = plan.layout, top_of(plan.layout)
    for index, column in enumerate(layout.columns):
        options = {"hidden": True} if column.hidden else {}
        sheet.set_column(index, index, column.width, None, options)
    _paint_head(sheet, plan, painting)
    inside = _Inside(
        layout=layout,
        painting=painting,
        alike=lru_cache(maxsize=SHAPES)(partial(_alike, sheet, layout, painting)),
    )
    last = top + 1
    for last, row in enumerate(plan.walk(), start=top + 1):
        painting.rows[layout.tab, row.key] = last
        if row.decides:
            painting.decides.add((layout.tab, row.decides))
        _paint_row(sheet, last, row, inside)
    desk_rules.lay(sheet, plan, (top, last, last + SPARE), painting)
    sheet.freeze_panes(top + 1, layout.frozen)
    sheet.autofilter(top, 0, last, len(layout.columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    if layout.hidden:
        sheet.hide()
    else:
        _page(sheet, plan, painting, last)


def _paint_head(sheet: Worksheet, plan: DeskSheet, painting: Painting) -> None:
    layout, top = plan.layout, top_of(plan.layout)
    put(sheet, (0, 0), f"{layout.title}　{painting.plan.title}", painting.form("title"))
    sheet.set_row(0, 30)
    for n, line in enumerate(layout.advice, start=1):
        put(sheet, (n, 0), line, painting.form("advice"))
        sheet.set_row(n, 24)
    for index, column in enumerate(layout.columns):
        form = painting.form("unseen" if column.hidden else "head")
        put(sheet, (top, index), column.heading, form)
    # The filter's button covers a part of the last line.
    heads = [(c.heading, c.width) for c in layout.columns if not c.hidden]
    sheet.set_row(top, row_height(heads, size=desk_styles.SIZE) + 16)


def _paint_row(sheet: Worksheet, at: int, row: Row, inside: _Inside) -> None:
    layout, painting = inside.layout, inside.painting
    given = [_content(cell, (layout.tab, at), painting) for cell in row.cells.values()]
    cells = [
        (key, cell.role, cell.counted, cell.link, type(value))
        for (key, cell), value in zip(row.cells.items(), given, strict=True)
    ]
    alike = inside.alike((row.look, bool(row.decides), tuple(cells)))
    values: list[Plain | Formula] = [None] * len(alike.forms)
    for n, value in zip(alike.places, given, strict=True):
        values[n] = value
    height = _height(layout, alike, row.cells)
    if alike.shape:
        sheet.put_shaped(at, alike.shape, values, height)
        return
    for n, (value, form) in enumerate(zip(values, alike.forms, strict=True)):
        if n in alike.links:
            safe.put_link(sheet, (at, n), (alike.links[n], "A1"), form, str(value or ""))
        elif isinstance(value, Formula):
            put_formula(sheet, (at, n), value.text, form, value.stored)
        else:
            put(sheet, (at, n), value, form)
    sheet.set_row(at, height)


def _alike(sheet: Worksheet, layout: Layout, painting: Painting, kind: _RowKind) -> _Alike:
    look, decides, cells = kind
    columns = {column.key: (n, column) for n, column in enumerate(layout.columns)}
    bare = Row(key="", cells={}, look=look, decides=EVERYONE if decides else "")
    forms = [_form(c, look, bare.cell(c), painting) for c in layout.columns]
    types, links, wrapped = [type(None)] * len(forms), {}, []
    for key, role, counted, link, held in cells:
        n, column = columns[key]
        types[n] = held
        forms[n] = _form(column, look, Cell(role, counted=counted, link=link), painting)
        if link and role is not Role.LIVE:
            links[n] = painting.plan.sheet(link).layout.title
        if column.shape in _WRAPPED and not column.hidden:
            wrapped.append((key, column.width))
    return _Alike(
        places=tuple(columns[cell[0]][0] for cell in cells),
        forms=tuple(forms),
        wrapped=tuple(wrapped),
        links=links,
        shape=None if links else sheet.shape(tuple(zip(types, forms, strict=True))),
    )


def _form(column: Column, look: Look, cell: Cell, painting: Painting) -> Format:
    special = "link" if cell.link else "counted" if cell.counted else ""
    special = "unseen" if column.hidden else special
    return painting.form((cell.role, column.shape, look, special))


def _content(cell: Cell, at: tuple[str, int], painting: Painting) -> Plain | Formula:
    """What goes into a cell of a tab's row, counted from 0."""
    if cell.role is Role.LIVE:
        formula = painting.placed(cell.formula, at[0], at[1] + 1) or "0"
        return Formula(formula, _result(cell, painting))
    return None if cell.role is Role.GESTURE else cell.value


def _result(cell: Cell, painting: Painting) -> str | Decimal:
    if cell.stands:
        row = painting.rows.get(cell.stands)
        return "#N/A" if row is None else Decimal(row + 1)
    if isinstance(cell.value, int | Decimal):
        return Decimal(cell.value)
    return str(cell.value or "")


def _height(layout: Layout, alike: _Alike, cells: Mapping[str, Cell]) -> float:
    words = [(t, width) for key, width in alike.wrapped if isinstance(t := cells[key].value, str)]
    least = _TWO_LINES if layout.tab in _WRITTEN else _LEAST_HEIGHT
    return max(least, row_height(words, size=desk_styles.SIZE))


# ------------------------------------------------------------------ paper


def _page(sheet: Worksheet, plan: DeskSheet, painting: Painting, last: int) -> None:
    seen = [n for n, column in enumerate(plan.layout.columns) if not column.hidden]
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.print_area(0, 0, last, max(seen, default=0))
    sheet.repeat_rows(top_of(plan.layout))
    title = clean(painting.plan.title).replace("\n", " ")[:_HEADER].replace("&", "&&")
    # A blank after the size keeps a digit that follows from being read as part of it.
    sheet.set_header(f"&L&11 {title}&R&11 " + _("内部资料"))
    sheet.set_footer("&C&11 " + _("第 &P 页 共 &N 页"))
