"""Paint the plan of a form into a workbook; what a cell means is decided in ``layout``."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from sheetflow.copies import Copy, Place
from sheetflow.errors import SheetflowError
from sheetflow.excel.styles import FORM, MARKED, NOTES_WIDTHS, OVER
from sheetflow.excel.write import copy as copying
from sheetflow.excel.write import pages, safe, selfcheck, validation
from sheetflow.excel.write.sums import Formula, letter
from sheetflow.layout import (
    CODE_ROW,
    FILLED,
    FRONT_SHEET,
    HEADING_ROW,
    LAST_COLUMN,
    OPTION_COLUMN,
    TALLY_COLUMN,
    Cell,
    Form,
    FormSheet,
    Role,
)
from sheetflow.messages import _, in_source
from sheetflow.model import Bonus, Field, Proof, Scheme
from sheetflow.text import clean

#: XlsxWriter comes without types.
Book = Any
Sheet = Any
Format = Any
Formats = Mapping[str, Format]

_PORTRAIT_A4 = 9
_INCH = 25.4
_ZOOM = 115
_FOOTER_MARGIN = 0.3
#: Behind the name of a format: the same on an input that is to be changed.
_MARKED = " marked"
_ALLOWED = {"select_locked_cells": True, "format_columns": True, "format_rows": True}


def write_form(form: Form, scheme: Scheme, *, created: date, copy: Copy | None = None) -> bytes:
    """Return the workbook of a form; the same input gives the same bytes.

    ``created`` is the date the file says it was made on. With ``copy`` the form is filled with
    its values, its faulty cells are marked, and a first sheet lists the faults. Raises
    ``SheetflowError`` when a text of the scheme does not fit into a workbook.
    """
    target = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            _write(form, scheme, target, created, copy)
        except (UserWarning, xlsxwriter.exceptions.XlsxWriterException) as error:
            raise _unwritable(str(error)) from error
    return target.getvalue()


def _unwritable(found: str) -> SheetflowError:
    return SheetflowError(
        _("表格写不出来：{found}").format(found=found),
        _("请检查考核方案里的表名和文字：是否重复、过长，或含有 Excel 不接受的符号。"),
    )


@in_source()
def _write(
    form: Form, scheme: Scheme, target: io.BytesIO, created: date, copy: Copy | None
) -> None:
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(target, options)
    book.worksheet_class = safe.PlainFormulas
    book.set_properties(
        {
            "title": clean(form.title),
            "author": clean(scheme.settings.organisation),
            "keywords": form.code,
            "created": datetime.combine(created, time()),
        }
    )
    book.set_size(16000, 11000)
    formats = {name: book.add_format(dict(style)) for name, style in {**FORM, **OVER}.items()}
    if copy:
        for name in (*sorted(FILLED), "hours"):
            formats[name + _MARKED] = book.add_format({**FORM[name], **MARKED})
        _finish_front(copying.paint_front(book, copy, scheme.terms), form.title)
    for plan in form.sheets:
        sheet = book.add_worksheet(clean(plan.title))
        _paint(sheet, plan, scheme, formats, copy)
        if plan.part is not None:
            _finish_part(sheet, plan, formats, copy)
            _print_part(sheet, copying.with_texts(plan, copy) if copy else plan, form.title)
        elif plan.hidden:
            sheet.hide()
        else:
            _finish_notes(sheet, plan, form.title)
        sheet.protect("", _ALLOWED)
    book.close()


# ------------------------------------------------------------------ cells


def _paint(
    sheet: Sheet, plan: FormSheet, scheme: Scheme, formats: Formats, copy: Copy | None
) -> None:
    formulas = selfcheck.formulas(plan, scheme)
    if copy and formulas:
        formulas = selfcheck.refilled(formulas, plan, copy)
    hours, marks = _hours_rows(plan), copy.filled.notes if copy else {}
    for cell in plan.cells:
        hourly = cell.role is Role.DOCUMENT and cell.code in hours
        name = "hours" if hourly else cell.role.value
        form = formats[name + _MARKED if _place(cell) in marks else name]
        form = formats[Role.EMPTY.value] if cell.closed else form
        if cell.merged:
            safe.merge(sheet, _corners(cell), form)
        formula = formulas.get((cell.row, cell.column))
        _put(sheet, cell, form, formula)
        if cell.role not in FILLED or cell.closed:
            continue
        rule = validation.rule(cell, plan, scheme)
        if rule:
            safe.limit(sheet, _corners(cell), rule)
        if copy:
            _carry(sheet, cell, copy, form)


def _place(cell: Cell) -> Place | None:
    return (cell.code, Field(cell.role.value)) if cell.role in FILLED else None


def _carry(sheet: Sheet, cell: Cell, copy: Copy, form: Format) -> None:
    """Write what the member had typed in this input, and why it is marked."""
    place, at = (cell.code, Field(cell.role.value)), (cell.row - 1, cell.column - 1)
    value, words = copy.filled.values.get(place), copy.filled.notes.get(place)
    if value:
        copying.put(sheet, at, copying.typed(value, place[1]), form)
    if words:
        copying.note(sheet, at, words)


def _put(sheet: Sheet, cell: Cell, form: Format, formula: Formula | None) -> None:
    at = cell.row - 1, cell.column - 1
    if formula is not None:
        safe.put_formula(sheet, at, formula.text, form, formula.blank)
    elif cell.number is not None:
        safe.put_number(sheet, at, float(cell.number), form)
    elif cell.text:
        safe.put_text(sheet, at, cell.text, form)
    else:
        safe.put_blank(sheet, at, form)


def _corners(cell: Cell) -> tuple[int, int, int, int]:
    return cell.row - 1, cell.column - 1, cell.last_row - 1, cell.last_column - 1


def _bonuses(plan: FormSheet) -> tuple[Bonus, ...]:
    return plan.part.bonuses if plan.part else ()


def _hours_rows(plan: FormSheet) -> set[str]:
    hourly = [bonus for bonus in _bonuses(plan) if Proof.HOURS in bonus.proof]
    return {code for bonus in hourly for code in bonus.row_codes}


# ------------------------------------------------------------------ a part on the screen


def _finish_part(sheet: Sheet, plan: FormSheet, formats: Formats, copy: Copy | None) -> None:
    sheet.hide_gridlines(2)
    sheet.set_zoom(_ZOOM)
    sheet.freeze_panes(HEADING_ROW, 0)
    last = max(cell.last_row for cell in plan.cells)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{letter(LAST_COLUMN)}{last}"})
    scores = plan.having(Role.SCORE)
    if scores:
        sheet.set_selection(*_corners(scores[0]))
    if copy:
        _keep_red(sheet, plan, formats, copy)
    _colour(sheet, plan, formats)


def _keep_red(sheet: Sheet, plan: FormSheet, formats: Formats, copy: Copy) -> None:
    """Let a marked input stay red until something else is typed there."""
    marks = {mark for bonus in _bonuses(plan) for level in bonus.levels for mark in level.title}
    for cell in plan.cells:
        place = _place(cell)
        value = copy.filled.values.get(place) if place else None
        if place and value and place in copy.filled.notes:
            here = f"${letter(cell.column)}${cell.row}"
            same = copying.unchanged(here, copying.typed(value, place[1]), marks)
            options = {"type": "formula", "criteria": same, "format": formats["fault"]}
            over = {**options, "stop_if_true": True}
            safe.colour(sheet, _corners(cell), over)


def _colour(sheet: Sheet, plan: FormSheet, formats: Formats) -> None:
    """Let inputs turn white once filled and faults red; the panel and 检查 tell the same."""
    over = _painter(sheet, formats)
    panel = plan.having(Role.PANEL)
    blank, fault = (
        f"${letter(cell.column)}${cell.row}"
        for cell in plan.having(Role.TALLY)
        if cell.code in {"blank", "fault"}
    )
    over(panel, f"={blank}+{fault}>0", "open_panel")
    states = plan.having(Role.STATE)
    mark = f"${letter(states[0].column)}{{row}}"
    blank_word = _("未填")
    over(states, f'=OR(LEFT({mark},1)="×",{mark}="{blank_word}")', "open_state")
    over(plan.having(Role.SCORE), f'=LEFT({mark},1)="×"', "fault")
    _colour_bonuses(plan, over, mark)
    for role in sorted(FILLED):
        over(plan.having(role), "=NOT(ISBLANK({here}))", "done")


def _colour_bonuses(
    plan: FormSheet, over: Callable[[tuple[Cell, ...], str, str], None], mark: str
) -> None:
    missing, outside = "×" + _("材料不全"), "×" + _("日期不在期内")
    proof = f'OR({mark}="{missing}",{mark}="{outside}")'
    over(plan.having(Role.CLAIM), f'=AND(LEFT({mark},1)="×",NOT({proof}))', "fault")
    for bonus in _bonuses(plan):
        for role in selfcheck.needed(bonus):
            cells = tuple(cell for cell in plan.having(role) if cell.code in bonus.row_codes)
            wrong = "ISBLANK({here})"
            if role is Role.DOCUMENT and Proof.HOURS in bonus.proof:
                wrong = "NOT(ISNUMBER({here}))"
            over(cells, f'=AND({mark}="{missing}",{wrong})', "fault")
            if role is Role.DATE:
                over(cells, f'={mark}="{outside}"', "fault")


def _painter(sheet: Sheet, formats: Formats) -> Callable[[tuple[Cell, ...], str, str], None]:
    """Return what lays a format over a column of cells; ``{row}`` and ``{here}`` are filled in."""

    def over(cells: tuple[Cell, ...], condition: str, name: str) -> None:
        if not cells:
            return
        first, last = cells[0], cells[-1]
        criteria = condition.replace("{row}", str(first.row)).replace(
            "{here}", f"${letter(first.column)}{first.row}"
        )
        options = {"type": "formula", "criteria": criteria, "format": formats[name]}
        area = (first.row - 1, first.column - 1, last.last_row - 1, last.last_column - 1)
        safe.colour(sheet, area, {**options, "stop_if_true": True})

    return over


# ------------------------------------------------------------------ paper


def _print_part(sheet: Sheet, plan: FormSheet, title: str) -> None:
    layout = pages.arrange(plan)
    for place, pixels in enumerate(layout.widths):
        hidden = {"hidden": place + 1 in {TALLY_COLUMN, OPTION_COLUMN}}
        sheet.set_column_pixels(place, place, pixels, None, hidden)
    for row, points in sorted(layout.heights.items()):
        sheet.set_row(row - 1, points)
    _paper(sheet, plan.title, title)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(CODE_ROW - 1, 0, max(layout.heights) - 1, LAST_COLUMN - 1)
    sheet.repeat_rows(layout.repeated[0] - 1, layout.repeated[1] - 1)
    sheet.set_h_pagebreaks([row - 1 for row in layout.breaks])


def _paper(sheet: Sheet, left: str, right: str) -> None:
    sheet.set_portrait()
    # Inputs left blank are yellow: on paper they should be white.
    sheet.print_black_and_white()
    sheet.set_paper(_PORTRAIT_A4)
    sheet.center_horizontally()
    side, top, bottom = (mm / _INCH for mm in (pages.SIDE, pages.TOP, pages.BOTTOM))
    sheet.set_margins(left=side, right=side, top=top, bottom=bottom)
    left, right = (clean(text).replace("&", "&&") for text in (left, right))
    # The space keeps a year from being read as part of the font size.
    footer = f"&L&9 {left}&C&9 {_('第 &P 页 共 &N 页')}&R&9 {right}"
    sheet.set_footer(footer, {"margin": _FOOTER_MARGIN})


def _finish_front(sheet: Sheet, title: str) -> None:
    sheet.set_zoom(_ZOOM)
    _paper(sheet, FRONT_SHEET, title)
    sheet.fit_to_pages(1, 0)
    sheet.protect("", _ALLOWED)


def _finish_notes(sheet: Sheet, plan: FormSheet, title: str) -> None:
    for place, pixels in enumerate(NOTES_WIDTHS):
        sheet.set_column_pixels(place, place, pixels)
    for row, points in sorted(pages.row_heights(plan.cells, NOTES_WIDTHS).items()):
        sheet.set_row(row - 1, max(points + 5, 40.0 if row == 1 else 0.0))
    sheet.hide_gridlines(2)
    sheet.set_zoom(_ZOOM)
    _paper(sheet, plan.title, title)
    sheet.fit_to_pages(1, 0)
