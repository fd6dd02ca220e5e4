"""Sheets of ours copied between workbooks, and links within one."""

from __future__ import annotations

from copy import copy
from typing import Any

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.worksheet.hyperlink import Hyperlink

from sheetflow.desk.places import quoted

#: The library's types leave out much of what is needed here.
Worksheet = Any
Cell = Any


def link_to(sheet: Worksheet, cell: Cell, target: tuple[str, str]) -> None:
    """Let a cell lead to a sheet and cell of its workbook; words and looks stay."""
    title, at = target
    place = cell.coordinate
    link = Hyperlink(ref=place, location=f"{quoted(title)}!{at}", display=str(cell.value or ""))
    # The property of the library would put the address in place of the words.
    cell._hyperlink = link  # noqa: SLF001 - see above
    others = [each for each in sheet._hyperlinks if each.ref != place]  # noqa: SLF001 - see above
    sheet._hyperlinks = [*others, link]  # noqa: SLF001 - see above


def unlink(sheet: Worksheet, cell: Cell) -> None:
    """Let a cell lead nowhere by itself: its formula does."""
    cell._hyperlink = None  # noqa: SLF001 - the property would empty the cell too
    place = cell.coordinate
    sheet._hyperlinks = [each for each in sheet._hyperlinks if each.ref != place]  # noqa: SLF001 - see link_to


def look_like(cell: Cell, model: Cell) -> None:
    """Give a cell the whole look of another on the same sheet."""
    cell._style = copy(model._style)  # noqa: SLF001 - the library has no other way


def copy_look(cell: Cell, model: Cell) -> None:
    """Give a cell the whole look of one in another workbook."""
    if model.has_style:
        cell.font, cell.fill, cell.border = copy(model.font), copy(model.fill), copy(model.border)
        cell.alignment, cell.protection = copy(model.alignment), copy(model.protection)
        cell.number_format = model.number_format


def copy_sheet(source: Worksheet, target: Worksheet) -> None:
    """Copy everything a painted sheet has into an empty one of another workbook."""
    for row in source.iter_rows():
        for cell in row:
            _copy_cell(cell, target)
    for letter, column in source.column_dimensions.items():
        target.column_dimensions[letter] = copy(column)
        target.column_dimensions[letter].worksheet = target
    for place, row in source.row_dimensions.items():
        target.row_dimensions[place].height = row.height
    target.data_validations = copy(source.data_validations)
    target.conditional_formatting = ConditionalFormattingList()
    for area in source.conditional_formatting:
        for rule in area.rules:
            target.conditional_formatting.add(str(area.sqref), copy(rule))
    _copy_page(source, target)


def _copy_cell(cell: Cell, target: Worksheet) -> None:
    made = target.cell(cell.row, cell.column)
    made.value = cell.value
    if cell.data_type == "s":
        # A text that begins like a formula stays a text.
        made.data_type = "s"
    copy_look(made, cell)
    if cell.hyperlink:
        made._hyperlink = copy(cell.hyperlink)  # noqa: SLF001 - keeps words and looks
        target._hyperlinks.append(made._hyperlink)  # noqa: SLF001 - the same


def _copy_page(source: Worksheet, target: Worksheet) -> None:
    target.freeze_panes = source.freeze_panes
    target.auto_filter.ref = source.auto_filter.ref
    target.sheet_state = source.sheet_state
    target.page_setup, target.page_margins = copy(source.page_setup), copy(source.page_margins)
    target.sheet_properties.pageSetUpPr = copy(source.sheet_properties.pageSetUpPr)
    target.print_options.horizontalCentered = True
    target.HeaderFooter = copy(source.HeaderFooter)
    target.print_title_rows = source.print_title_rows
    if source.print_area:
        target.print_area = str(source.print_area).split("!")[-1]
