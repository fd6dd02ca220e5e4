"""Tables after filling: what each column gets, and cells put right for the format."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from sheetflow.word import official

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

#: What the format wants of a cell, in this order (ISO 29500-4, CT_TcPr); the rest follows.
_OF_A_CELL = tuple(
    qn(f"w:{name}")
    for name in (
        *("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap"),
        *("tcMar", "textDirection", "tcFitText", "vAlign", "hideMark"),
    )
)
#: What the template engine adds to a cell, wherever it falls.
_ADDED = tuple(qn(f"w:{name}") for name in ("vMerge", "gridSpan", "shd"))


def order_cells(body: BaseOxmlElement) -> None:
    """Put what a cell says of itself in the format's order: joined cells come out without it.

    Only cells that the template engine may have touched are looked at.
    """
    rank = {tag: at for at, tag in enumerate(_OF_A_CELL)}
    for properties in {added.getparent(): None for added in body.iter(*_ADDED)}:
        ranks = [rank.get(each.tag, len(rank)) for each in properties]
        if properties.tag == qn("w:tcPr") and ranks != sorted(ranks):
            properties[:] = sorted(properties, key=lambda each: rank.get(each.tag, len(rank)))


def fit_tables(paragraphs: Iterable[BaseOxmlElement], wanted: Collection[str]) -> None:
    """Let columns of points share what the others leave; of too many all letters are smaller.

    ``paragraphs`` are those of the ``wanted`` styles, by id. Tables without a column of points
    stay as they are. The work grows with the cells.
    """
    above = (next(paragraph.iterancestors(qn("w:tbl")), None) for paragraph in paragraphs)
    for table in dict.fromkeys(each for each in above if each is not None):
        rows = [row.findall(qn("w:tc")) for row in table.findall(qn("w:tr"))]
        sample = next((row for row in rows if any(_styled(cell, wanted) for cell in row)), None)
        if sample is None:
            continue
        shares = [_styled(cell, wanted) for cell in sample]
        there = [int(cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}").get(qn("w:w"))) for cell in sample]
        widths, small = _widths(there, shares)
        table.find(f"{qn('w:tblPr')}/{qn('w:tblW')}").set(qn("w:w"), str(sum(widths)))
        _set_grid(table, widths)
        for row in rows:
            for cell, width in zip(row, widths, strict=False):
                cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}").set(qn("w:w"), str(width))
        if small:
            _make_small(table)


def _styled(cell: BaseOxmlElement, wanted: Collection[str]) -> bool:
    return cell.find(qn("w:p")).style in wanted


def _widths(there: Sequence[int], shares: Sequence[bool]) -> tuple[list[int], bool]:
    """Width of each column, and whether letters must be smaller."""
    count = sum(shares)
    fixed = sum(width for width, flexible in zip(there, shares, strict=True) if not flexible)
    each = (official.TEXT_WIDTH - fixed) // count
    small = each < official.POINTS_LEAST
    if small:
        each = min(official.POINTS_SMALLEST, official.TEXT_WIDTH // (count + 1))
    rest = official.TEXT_WIDTH - each * count if small else fixed
    scaled = [
        each if flexible else width * rest // fixed
        for width, flexible in zip(there, shares, strict=True)
    ]
    return scaled, small


def _set_grid(table: BaseOxmlElement, widths: Sequence[int]) -> None:
    grid = table.find(qn("w:tblGrid"))
    for old in list(grid):
        grid.remove(old)
    for width in widths:
        column = OxmlElement("w:gridCol")
        column.set(qn("w:w"), str(width))
        grid.append(column)


def _make_small(table: BaseOxmlElement) -> None:
    for paragraph in table.iter(qn("w:p")):
        spacing = paragraph.get_or_add_pPr().get_or_add_spacing()
        spacing.set(qn("w:line"), str(official.SMALLER_LINE))
        spacing.set(qn("w:lineRule"), "exact")
        for run in paragraph.findall(qn("w:r")):
            run.get_or_add_rPr().sz_val = official.SMALLER_SIZE * 6350
