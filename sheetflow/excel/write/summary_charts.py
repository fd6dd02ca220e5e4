"""Charts of the first page, each beside the table it is drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetflow import number
from sheetflow.excel.table_styles import BODY_FACE, CHART_FILL, CHART_LINE, HEADING_FACE
from sheetflow.excel.write.summary_formulas import column_range, quote
from sheetflow.excel.write.summary_front import COLUMNS, ROW, WIDTH, paint_section
from sheetflow.excel.write.summary_items import by_section
from sheetflow.excel.write.summary_plan import Page, heading, page_title
from sheetflow.excel.write.table_paint import pixels, put, put_formula, put_wide, row_height
from sheetflow.messages import _
from sheetflow.model import ColumnRole
from sheetflow.text import clean
from sheetflow.verdicts import own_words

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.excel.write.summary_plan import Plan
    from sheetflow.model import Outcome, Part, Standing

Styles = Mapping[str, "Format"]
#: Sheet, first row and column, last row and column.
Area = tuple[str, int, int, int, int]

_PIXELS: Final = 4 / 3
#: Fills of the series of a chart, told apart in grey print too.
_FILLS: Final = (CHART_FILL, "#D9A441", "#A9B8C0", "#6B4E3D")
_LEAST_ROWS, _MOST_ROWS = 11, 30
#: More parts than these get no columns of their own beside a chart.
_MOST_PARTS: Final = 3
_DIGITS: Final = 2
#: Widths of the steps of a distribution, in points, and how many steps there may be.
_WIDTHS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_STEPS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series: the cell of its name, the cells of its labels and of its values."""

    name: tuple[str, int, int]
    labels: Area
    values: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A column chart."""

    title: str
    series: tuple[Series, ...]
    #: Whether each column bears its number.
    numbers: bool = False
    percent: bool = False
    #: Points at which the scale begins, where that is not zero.
    least: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A table with the chart of some of its columns."""

    title: str
    #: Headings: the label's, then those of the values.
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    #: Values that are drawn, counted from 0.
    drawn: tuple[int, ...]
    chart: str
    #: Columns the label takes.
    wide: int = 1
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and the formula that finds it where it has one; ``{label}`` is its row's label."""

    value: Decimal | str
    formula: str = ""
    style: str = "number"


def paint_charts(
    book: Workbook, sheet: Worksheet, styles: Styles, summary: tuple[Outcome, Plan], row: int
) -> int:
    """Paint all blocks from this row down; return the row behind them."""
    for block in _blocks(*summary):
        if block.rows:
            row = _paint_block(book, sheet, styles, block, row)
    return row


def _blocks(outcome: Outcome, plan: Plan) -> Iterator[Block]:
    yield _distribution(outcome, plan)
    if heading(outcome.scheme, ColumnRole.GROUP):
        yield _groups(outcome, plan)
    yield _self_and_counted(outcome)


# ------------------------------------------------------------------ what is shown


def _distribution(outcome: Outcome, plan: Plan) -> Block:
    totals = [s.total for s in outcome.standings if s.total is not None]
    area = column_range(plan, Page.SCORES, plan.column("total"))
    known = f"ISNUMBER({area})"
    rows = []
    for least, most in _steps(totals):
        low = f"*({area}>={number.text(least)})" if least is not None else ""
        high = f"*({area}<{number.text(most)})" if most is not None else ""
        inside = sum((least is None or t >= least) and (most is None or t < most) for t in totals)
        cell = Cell(Decimal(inside), f"SUMPRODUCT({known}{low}{high})")
        rows.append((_step_words(least, most), (cell,)))
    return Block(
        title=_("六、总分分布"),
        headings=(_("总分"), _("人数")),
        rows=tuple(rows),
        drawn=(0,),
        chart=_("总分分布（人数）"),
        wide=2,
    )


Bound = Decimal | None


def _steps(totals: list[Decimal]) -> list[tuple[Bound, Bound]]:
    """Equal steps over all totals, the outer ones open; none without a total."""
    if not totals:
        return []
    spread = max(totals) - min(totals)
    width = next((Decimal(w) for w in _WIDTHS if spread / w < _STEPS - 1), spread + 1)
    first = min(totals) // width * width
    count = int((max(totals) - first) // width)
    inner = [first + width * n for n in range(1, count + 1)]
    return list(pairwise((None, *inner, None)))


def _step_words(least: Bound, most: Bound) -> str:
    if least is None:
        return _("{most} 以下").format(most=number.text(most)) if most is not None else _("全部")
    if most is None:
        return _("{least} 以上").format(least=number.text(least))
    return _("{least} 至不满 {most}").format(least=number.text(least), most=number.text(most))


def _groups(outcome: Outcome, plan: Plan) -> Block:
    """Mean points of each group, by part and in total."""
    parts = outcome.scheme.parts
    shown = parts if len(parts) <= _MOST_PARTS else ()
    by_group: dict[str, list[Standing]] = {}
    for standing in outcome.standings:
        by_group.setdefault(clean(standing.member.group), []).append(standing)
    rows = []
    for group, inside in by_group.items():
        mask = f"({column_range(plan, Page.SCORES, plan.column('group'))}="
        mask += "{label})" if group else '"")'
        cells = [_counted(plan, mask, inside)]
        cells += [_mean(plan, mask, f"{p.code}.total", _part_totals(inside, p)) for p in shown]
        cells.append(_mean(plan, mask, "total", [s.total for s in inside]))
        rows.append((group or _("（未分组）"), tuple(cells)))
    titles = (*(part.sheet for part in shown), _("总分"))
    return Block(
        title=_("七、各组平均分"),
        headings=(heading(outcome.scheme, ColumnRole.GROUP), _("人数"), *titles),
        rows=tuple(rows),
        drawn=tuple(range(1, len(shown) + 1)) or (1,),
        chart=_("各组平均分"),
    )


def _part_totals(standings: list[Standing], part: Part) -> list[Bound]:
    scores = (s.score.parts for s in standings if s.score)
    return [known.total for parts in scores for known in parts if known.code == part.code]


def _counted(plan: Plan, mask: str, standings: list[Standing]) -> Cell:
    area = column_range(plan, Page.SCORES, plan.column("total"))
    known = sum(s.total is not None for s in standings)
    return Cell(Decimal(known), f"SUMPRODUCT({mask}*ISNUMBER({area}))")


def _mean(plan: Plan, mask: str, key: str, points: list[Bound]) -> Cell:
    area = column_range(plan, Page.SCORES, plan.column(key))
    known = [each for each in points if each is not None]
    count = f"SUMPRODUCT({mask}*ISNUMBER({area}))"
    # As an array of its own a text counts for nothing.
    mean = f"ROUND(SUMPRODUCT({mask}*1,{area})/{count},{_DIGITS})"
    value: Decimal | str = "—"
    if known:
        value = number.half_up(sum(known, Decimal(0)) / len(known), _DIGITS)
    return Cell(value, f"IF({count}=0,{quote('—')},{mean})")


def _self_and_counted(outcome: Outcome) -> Block:
    """What members gave themselves of full points, and what stands for it, by section."""
    own = own_words(outcome.scheme)
    rows = tuple(
        (
            share.title,
            (
                Cell(Decimal(share.count)),
                Cell(share.own, style="percent"),
                Cell(share.taken, style="percent"),
            ),
        )
        for share in by_section(outcome)
    )
    return Block(
        title=_("八、{own}与采用（占满分的比例，只算本人填了的项）").format(own=own),
        headings=(_("类别"), _("项次"), own, _("采用")),
        rows=rows,
        drawn=(1, 2),
        chart=_("{own}与采用（占满分的比例）").format(own=own),
        wide=2,
        percent=True,
    )


# ------------------------------------------------------------------ painting


def _paint_block(book: Workbook, sheet: Worksheet, styles: Styles, block: Block, row: int) -> int:
    paint_section(sheet, styles, block.title, row)
    top = row + 1
    _put_label(sheet, top, block, block.headings[0], styles["head"])
    for at, word in enumerate(block.headings[1:], start=block.wide):
        put(sheet, (top, at), word, styles["head"])
    sheet.set_row(top, ROW)
    for offset, (label, values) in enumerate(block.rows, start=1):
        _put_label(sheet, top + offset, block, label, styles["text_middle"])
        for at, cell in enumerate(values, start=block.wide):
            _put_cell(sheet, styles, (top + offset, at), cell)
        sheet.set_row(top + offset, max(ROW, row_height([(label, WIDTH * block.wide)])))
    first, last = top + 1, top + len(block.rows)
    column = block.wide + len(block.headings) - 1
    rows = min(_MOST_ROWS, max(_LEAST_ROWS, len(block.rows) + 1))
    size = ((COLUMNS - column) * pixels(WIDTH), rows * ROW)
    draw(book, sheet, _drawn(block, first, last), (top, column), size)
    for empty in range(last + 1, top + rows):
        sheet.set_row(empty, ROW)
    return max(last + 1, top + rows) + 1


def _put_label(sheet: Worksheet, row: int, block: Block, text: str, style: Format) -> None:
    put_wide(sheet, row, (0, block.wide - 1), text, style)


def _put_cell(sheet: Worksheet, styles: Styles, place: tuple[int, int], cell: Cell) -> None:
    if cell.formula:
        label = xl_rowcol_to_cell(place[0], 0, col_abs=True)
        formula = cell.formula.replace("{label}", label)
        put_formula(sheet, place, formula, styles[cell.style], cell.value)
    else:
        put(sheet, place, cell.value, styles[cell.style])


def _drawn(block: Block, first: int, last: int) -> Drawn:
    name = page_title(Page.START)
    return Drawn(
        title=block.chart,
        series=tuple(
            Series(
                name=(name, first - 1, block.wide + at),
                labels=(name, first, 0, last, 0),
                values=(name, first, block.wide + at, last, block.wide + at),
            )
            for at in block.drawn
        ),
        numbers=len(block.drawn) == 1,
        percent=block.percent,
    )


def draw(
    book: Workbook,
    sheet: Worksheet,
    drawn: Drawn,
    place: tuple[int, int],
    size: tuple[float, float],
) -> None:
    """Draw a chart at a cell: ``size`` is the room there, in pixels across and points down."""
    chart = book.add_chart({"type": "column"})
    face = {"name": BODY_FACE, "size": 9}
    for series, fill in zip(drawn.series, _FILLS, strict=False):
        chart.add_series(
            {
                "name": list(series.name),
                "categories": list(series.labels),
                "values": list(series.values),
                "fill": {"color": fill},
                "border": {"color": CHART_LINE},
                "gap": 80,
                "data_labels": {"value": True, "font": face} if drawn.numbers else {},
            }
        )
    font = {"name": HEADING_FACE, "size": 11}
    chart.set_title({"name": drawn.title, "name_font": font, "overlay": False})
    chart.set_legend(
        {"none": True} if len(drawn.series) == 1 else {"position": "bottom"} | {"font": face}
    )
    chart.set_x_axis({"num_font": face})
    scale = {"visible": False, "major_gridlines": {"visible": False}, "min": drawn.least}
    if not drawn.numbers:
        lines = {"visible": True, "line": {"color": CHART_LINE}}
        scale = {"num_font": face, "major_gridlines": lines, "min": drawn.least}
    if drawn.percent:
        scale |= {"num_format": "0%", "max": 1}
    chart.set_y_axis(scale)
    across, down = size
    chart.set_size({"width": across - 12, "height": down * _PIXELS - 8})
    chart.set_chartarea({"border": {"color": CHART_LINE}})
    where = {"x_offset": 10, "y_offset": 2, "object_position": 1}
    sheet.insert_chart(*place, chart, where)
