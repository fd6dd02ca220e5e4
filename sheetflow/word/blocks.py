"""What templates are built of: an empty paper, paragraphs, tables. For build scripts only."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

import docx
from docx.oxml.ns import qn

from sheetflow.word import official
from sheetflow.word.styling import element, letters, styles

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import _Footer, _Header
    from docx.text.paragraph import Paragraph

#: Parts of the library's own empty document that a paper has no use for.
_SPARE = ("stylesWithEffects", "customXml", "numbering", "thumbnail", "theme", "webSettings")
#: Layout as the office programs for Chinese do it: no letter shrinks, none is stretched.
_COMPATIBLE = (
    "spaceForUL",
    "balanceSingleByteDoubleByteWidth",
    "doNotLeaveBackslashAlone",
    "ulTrailSpace",
    "doNotExpandShiftReturn",
    "adjustLineHeightInTable",
    "useFELayout",
)


def base(draft: str = "", foot: str = "") -> Document:
    """Make an empty paper: page, grid, styles, page numbers.

    ``draft`` heads each page; ``foot`` stands beside its number, at the inner edge.
    """
    document = docx.Document()
    for relations in (document.part.rels, document.part.package.rels):
        for key in [k for k, r in relations.items() if r.reltype.rsplit("/", 1)[1] in _SPARE]:
            del relations[key]
    _replace(document.settings.element, _settings())
    _replace(document.styles.element, styles())
    section = document.sections[0]
    _replace(section._sectPr, _page())  # noqa: SLF001 - the only way to the whole section
    for header in (section.header, section.even_page_header):
        _only(header, official.DRAFT).add_run(draft)
    _number(section.footer, "right", foot)
    _number(section.even_page_footer, "left", foot)
    return document


def paragraph(document: Document, text: str, style: str) -> Paragraph:
    """Add a paragraph in a named style; a line feed in ``text`` breaks the line."""
    return document.add_paragraph(text, style=style)


def signed_number(document: Document, number: str, label: str, name: str) -> None:
    """Add the row of number and signing name above a paper to the superior (7.2.6)."""
    line = paragraph(document, f"{number}\t{label}", official.SIGNED.name)
    issuer = _run(name)
    issuer.insert(0, letters(official.ISSUER))
    line._p.append(issuer)  # noqa: SLF001 - the library cannot name the Chinese face


def section_end(document: Document) -> None:
    """End a part that is printed by itself: the next begins with page 1.

    Page 1 is a right-hand page as odd and even pages differ: the back of a last page stays empty.
    (Asked for an odd page besides, LibreOffice sets its first line 5 mm too high.) What stands
    between two ends may be repeated; ``finish`` drops the page after the last.
    """
    whole = document.element.body.sectPr
    ended = element("w:p")
    properties = element("w:pPr")
    properties.append(element("w:spacing", before=0, after=0, line=2, lineRule="exact"))
    section = copy.deepcopy(whole)
    section.find(qn("w:cols")).addprevious(element("w:pgNumType", start=1))
    properties.append(section)
    ended.append(properties)
    whole.addprevious(ended)


def table(
    document: Document,
    rows: Sequence[Sequence[str | None]],
    columns: Sequence[official.Column],
    *,
    heading: bool = True,
    together: bool = False,
    ruled: bool = True,
) -> None:
    """Add a table whose rows never split over pages.

    ``None`` widens the cell left of it by one column. With ``heading`` the first row is set
    as one and repeated on every page. ``together`` keeps a small table on one page. One that is
    not ``ruled`` only puts texts side by side.
    """
    made = element("w:tbl")
    made.append(_table_properties(sum(column.width for column in columns), ruled=ruled))
    grid = element("w:tblGrid")
    grid.extend([element("w:gridCol", w=column.width) for column in columns])
    made.append(grid)
    for number, texts in enumerate(rows):
        made.append(_row(texts, columns, heading=heading and number == 0))
    if together:
        last = made.findall(qn("w:tr"))[-1]
        for words in made.iter(qn("w:pPr")):
            if last not in words.iterancestors():
                words.append(element("w:keepNext"))
    document.element.body.sectPr.addprevious(made)


# ------------------------------------------------------------------ tables


def _table_properties(width: int, *, ruled: bool) -> BaseOxmlElement:
    """Return what a table says of itself; the order of the children is the format's."""
    made = element("w:tblPr")
    made.append(element("w:tblStyle", val=official.TABLE_ID))
    made.append(element("w:tblW", w=width, type="dxa"))
    made.append(element("w:jc", val="center"))
    if not ruled:
        rules = element("w:tblBorders")
        rules.extend([element(f"w:{side}", val="nil") for side in official.TABLE_SIDES])
        made.append(rules)
    made.append(element("w:tblLayout", type="fixed"))
    return made


def _row(
    texts: Sequence[str | None], columns: Sequence[official.Column], *, heading: bool
) -> BaseOxmlElement:
    """Return one row; at least 8.5 mm high, so that nothing is cut off."""
    made = element("w:tr")
    properties = element("w:trPr")
    properties.append(element("w:cantSplit"))
    properties.append(element("w:trHeight", val=official.ROW, hRule="atLeast"))
    if heading:
        properties.append(element("w:tblHeader"))
    made.append(properties)
    starts = [n for n, text in enumerate(texts) if text is not None]
    for start, end in zip(starts, [*starts[1:], len(texts)], strict=True):
        style = columns[start].style if end == start + 1 else columns[start].wide
        width = sum(column.width for column in columns[start:end])
        style = official.CELL_HEAD if heading else style
        made.append(_cell(texts[start] or "", width, end - start, style))
    return made


def _cell(text: str, width: int, span: int, style: official.Style) -> BaseOxmlElement:
    """Return one cell with one paragraph in it."""
    made = element("w:tc")
    properties = element("w:tcPr")
    properties.append(element("w:tcW", w=width, type="dxa"))
    if span > 1:
        properties.append(element("w:gridSpan", val=span))
    properties.append(element("w:vAlign", val="center"))
    made.append(properties)
    words = element("w:p")
    named = element("w:pPr")
    named.append(element("w:pStyle", val=style.id))
    words.append(named)
    if text:
        words.append(_run(text))
    made.append(words)
    return made


def _run(text: str) -> BaseOxmlElement:
    """Return a run of text."""
    made = element("w:r")
    words = element("w:t")
    words.text = text
    words.set(qn("xml:space"), "preserve")
    made.append(words)
    return made


# ------------------------------------------------------------------ page and settings


def _page() -> list[BaseOxmlElement]:
    """Return paper, margins and the grid of lines.

    The grid counts lines only: with characters too, LibreOffice sets 14 a line.
    """
    width, height = official.PAPER
    return [
        element("w:pgSz", w=width, h=height),
        element(
            "w:pgMar",
            top=official.TOP,
            right=official.RIGHT,
            bottom=official.BOTTOM,
            left=official.LEFT,
            header=official.HEADER,
            footer=official.FOOTER,
            gutter=0,
        ),
        element("w:cols", space=720),
        element("w:docGrid", type="lines", linePitch=official.LINE),
    ]


def _settings() -> list[BaseOxmlElement]:
    """Return the document's settings; the order of the children is the format's."""
    compatible = element("w:compat")
    compatible.extend([element(f"w:{name}") for name in _COMPATIBLE])
    compatible.append(
        element(
            "w:compatSetting",
            name="compatibilityMode",
            uri="http://schemas.microsoft.com/office/word",
            val=15,
        )
    )
    return [
        element("w:zoom", percent=100),
        element("w:defaultTabStop", val=420),
        element("w:evenAndOddHeaders"),
        element("w:characterSpacingControl", val="doNotCompress"),
        compatible,
    ]


def _number(footer: _Footer, side: str, foot: str) -> None:
    """Set the page number one character from the ``side`` it stands on (7.5)."""
    line = _only(footer, official.PAGE_NUMBER)
    properties = line._p.get_or_add_pPr()  # noqa: SLF001 - for both indents in one element
    edge = official.TEXT_WIDTH - official.SMALL_CHARACTER
    if foot:
        tabs = element("w:tabs")
        tabs.append(element("w:tab", val="right", pos=edge))
        properties.append(tabs)
    indents = {"left": official.SMALL_CHARACTER} if foot else {side: official.SMALL_CHARACTER}
    properties.append(element("w:ind", **indents))
    properties.append(element("w:jc", val="left" if foot else side))
    if foot and side == "right":
        line._p.append(_small(foot))  # noqa: SLF001 - for letters of another size
        line.add_run("\t")
    line.add_run("— ")
    field = element("w:fldSimple", instr=" PAGE ")
    field.append(_run("1"))
    line._p.append(field)  # noqa: SLF001 - the library knows no fields
    line.add_run(" —")
    if foot and side == "left":
        line.add_run("\t")
        line._p.append(_small(foot))  # noqa: SLF001 - the same


def _small(text: str) -> BaseOxmlElement:
    """Return a run in letters smaller than those around it."""
    made = _run(text)
    size = element("w:rPr")
    size.append(element("w:sz", val=official.SMALLER_SIZE))
    size.append(element("w:szCs", val=official.SMALLER_SIZE))
    made.insert(0, size)
    return made


def _only(story: _Header | _Footer, style: official.Style) -> Paragraph:
    """Return the first and only paragraph of a header or footer."""
    story.is_linked_to_previous = False
    first: Paragraph = story.paragraphs[0]
    first.style = style.name
    return first


def _replace(parent: BaseOxmlElement, children: Sequence[BaseOxmlElement]) -> None:
    """Give an element new children."""
    for child in list(parent):
        parent.remove(child)
    parent.extend(children)
