"""What templates are built of: an empty paper, paragraphs, tables. For build scripts only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from sheetflow.word import official

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import _Footer, _Header
    from docx.text.paragraph import Paragraph

#: Parts of the library's own empty document that a paper has no use for.
_SPARE = ("stylesWithEffects", "customXml", "numbering", "thumbnail", "theme", "webSettings")
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
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


def base(draft: str = "") -> Document:
    """Make an empty paper: page, grid, styles, page numbers; ``draft`` heads each page."""
    document = docx.Document()
    for relations in (document.part.rels, document.part.package.rels):
        for key in [k for k, r in relations.items() if r.reltype.rsplit("/", 1)[1] in _SPARE]:
            del relations[key]
    _replace(document.settings.element, _settings())
    _replace(document.styles.element, _styles())
    section = document.sections[0]
    _replace(section._sectPr, _page())  # noqa: SLF001 - the only way to the whole section
    for header in (section.header, section.even_page_header):
        _only(header, official.DRAFT).add_run(draft)
    _number(section.footer, "right")
    _number(section.even_page_footer, "left")
    return document


def paragraph(document: Document, text: str, style: str) -> Paragraph:
    """Add a paragraph in a named style; a line feed in ``text`` breaks the line."""
    return document.add_paragraph(text, style=style)


def table(
    document: Document,
    rows: Sequence[Sequence[str | None]],
    columns: Sequence[official.Column],
    *,
    heading: bool = True,
    together: bool = False,
) -> None:
    """Add a table whose rows never split over pages.

    ``None`` widens the cell left of it by one column. With ``heading`` the first row is set
    as one and repeated on every page. ``together`` keeps a small table on one page.
    """
    made = _element("w:tbl")
    made.append(_table_properties(sum(column.width for column in columns)))
    grid = _element("w:tblGrid")
    grid.extend([_element("w:gridCol", w=column.width) for column in columns])
    made.append(grid)
    for number, texts in enumerate(rows):
        made.append(_row(texts, columns, heading=heading and number == 0))
    if together:
        last = made.findall(qn("w:tr"))[-1]
        for words in made.iter(qn("w:pPr")):
            if last not in words.iterancestors():
                words.append(_element("w:keepNext"))
    document.element.body.sectPr.addprevious(made)


# ------------------------------------------------------------------ tables


def _table_properties(width: int) -> BaseOxmlElement:
    """Return what a table says of itself; the order of the children is the format's."""
    made = _element("w:tblPr")
    made.append(_element("w:tblStyle", val=official.TABLE_ID))
    made.append(_element("w:tblW", w=width, type="dxa"))
    made.append(_element("w:jc", val="center"))
    made.append(_element("w:tblLayout", type="fixed"))
    return made


def _row(
    texts: Sequence[str | None], columns: Sequence[official.Column], *, heading: bool
) -> BaseOxmlElement:
    """Return one row; at least 8.5 mm high, so that nothing is cut off."""
    made = _element("w:tr")
    properties = _element("w:trPr")
    properties.append(_element("w:cantSplit"))
    properties.append(_element("w:trHeight", val=official.ROW, hRule="atLeast"))
    if heading:
        properties.append(_element("w:tblHeader"))
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
    made = _element("w:tc")
    properties = _element("w:tcPr")
    properties.append(_element("w:tcW", w=width, type="dxa"))
    if span > 1:
        properties.append(_element("w:gridSpan", val=span))
    properties.append(_element("w:vAlign", val="center"))
    made.append(properties)
    words = _element("w:p")
    named = _element("w:pPr")
    named.append(_element("w:pStyle", val=style.id))
    words.append(named)
    if text:
        words.append(_run(text))
    made.append(words)
    return made


def _run(text: str) -> BaseOxmlElement:
    """Return a run of text."""
    made = _element("w:r")
    words = _element("w:t")
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
        _element("w:pgSz", w=width, h=height),
        _element(
            "w:pgMar",
            top=official.TOP,
            right=official.RIGHT,
            bottom=official.BOTTOM,
            left=official.LEFT,
            header=official.HEADER,
            footer=official.FOOTER,
            gutter=0,
        ),
        _element("w:cols", space=720),
        _element("w:docGrid", type="lines", linePitch=official.LINE),
    ]


def _settings() -> list[BaseOxmlElement]:
    """Return the document's settings; the order of the children is the format's."""
    compatible = _element("w:compat")
    compatible.extend([_element(f"w:{name}") for name in _COMPATIBLE])
    compatible.append(
        _element(
            "w:compatSetting",
            name="compatibilityMode",
            uri="http://schemas.microsoft.com/office/word",
            val=15,
        )
    )
    return [
        _element("w:zoom", percent=100),
        _element("w:defaultTabStop", val=420),
        _element("w:evenAndOddHeaders"),
        _element("w:characterSpacingControl", val="doNotCompress"),
        compatible,
    ]


def _number(footer: _Footer, side: str) -> None:
    """Set the page number one character from the ``side`` it stands on (7.5)."""
    line = _only(footer, official.PAGE_NUMBER)
    properties = line._p.get_or_add_pPr()  # noqa: SLF001 - for both indents in one element
    properties.append(_element("w:ind", **{side: official.SMALL_CHARACTER}))
    properties.append(_element("w:jc", val=side))
    line.add_run("— ")
    field = _element("w:fldSimple", instr=" PAGE ")
    field.append(_run("1"))
    line._p.append(field)  # noqa: SLF001 - the library knows no fields
    line.add_run(" —")


def _only(story: _Header | _Footer, style: official.Style) -> Paragraph:
    """Return the first and only paragraph of a header or footer."""
    story.is_linked_to_previous = False
    first: Paragraph = story.paragraphs[0]
    first.style = style.name
    return first


# ------------------------------------------------------------------ styles


def _styles() -> list[BaseOxmlElement]:
    """Return all styles: defaults, the basis every program needs, ours."""
    return [
        _defaults(),
        _normal(),
        _plain("character", "DefaultParagraphFont", "Default Paragraph Font"),
        _plain("table", "TableNormal", "Normal Table"),
        _plain("numbering", "NoList", "No List"),
        *(_paragraph_style(style) for style in official.STYLES),
        _table_style(),
    ]


def _defaults() -> BaseOxmlElement:
    """Return what holds where no style says otherwise."""
    made = _element("w:docDefaults")
    runs = _element("w:rPrDefault")
    letters = _letters(official.BODY)
    language = {"val": "en-US", "eastAsia": "zh-CN", "bidi": "ar-SA"}
    letters.append(_element("w:lang", **language))
    runs.append(letters)
    made.append(runs)
    made.append(_element("w:pPrDefault"))
    return made


def _normal() -> BaseOxmlElement:
    """Return the basis of all paragraphs.

    No letter hangs over the edge, none is stretched; exact lines do not snap to the grid,
    which LibreOffice would round up to whole grid lines; a page may hold a lone line,
    or it would have 21 lines.
    """
    made = _plain("paragraph", "Normal", "Normal")
    properties = _element("w:pPr")
    off = ("widowControl", "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN")
    properties.extend([_element(f"w:{name}", val=0) for name in (*off, "snapToGrid")])
    properties.append(
        _element("w:spacing", before=0, after=0, line=official.LINE, lineRule="exact")
    )
    properties.append(_element("w:jc", val="both"))
    made.append(properties)
    made.append(_letters(official.Style(id="", name="")))
    return made


def _paragraph_style(style: official.Style) -> BaseOxmlElement:
    """Return one of our styles; the order of the children is the format's."""
    made = _element("w:style", type="paragraph", customStyle=1, styleId=style.id)
    made.append(_element("w:name", val=style.name))
    made.append(_element("w:basedOn", val="Normal"))
    made.append(_element("w:qFormat"))
    properties = _element("w:pPr")
    if style.keep:
        properties.append(_element("w:keepNext"))
    if style.new_page:
        properties.append(_element("w:pageBreakBefore"))
    spacing = {"before": style.before, "after": style.after, "line": style.line}
    properties.append(_element("w:spacing", **spacing, lineRule="exact"))
    if indents := official.indents(style):
        properties.append(_element("w:ind", **indents))
    properties.append(_element("w:jc", val=style.align))
    if style.outline is not None:
        properties.append(_element("w:outlineLvl", val=style.outline))
    made.append(properties)
    made.append(_letters(style))
    return made


def _letters(style: official.Style) -> BaseOxmlElement:
    """Return faces, spacing and size of a style's letters."""
    made = _element("w:rPr")
    latin = style.latin.name
    faces = {"ascii": latin, "hAnsi": latin, "eastAsia": style.face.name, "cs": latin}
    made.append(_element("w:rFonts", hint="eastAsia", **faces))
    made.append(_element("w:spacing", val=style.tighten))
    made.append(_element("w:kern", val=0))
    made.append(_element("w:sz", val=style.size))
    made.append(_element("w:szCs", val=style.size))
    return made


def _table_style() -> BaseOxmlElement:
    """Return the style of tables: thin rules on all sides."""
    made = _element("w:style", type="table", customStyle=1, styleId=official.TABLE_ID)
    made.append(_element("w:name", val=official.TABLE))
    made.append(_element("w:basedOn", val="TableNormal"))
    made.append(_element("w:qFormat"))
    properties = _element("w:tblPr")
    rules = _element("w:tblBorders")
    size = official.TABLE_RULE
    for side in _SIDES:
        rules.append(_element(f"w:{side}", val="single", sz=size, space=0, color="000000"))
    properties.append(rules)
    air = _element("w:tblCellMar")
    air.extend([_element(f"w:{s}", w=official.TABLE_AIR, type="dxa") for s in ("left", "right")])
    properties.append(air)
    made.append(properties)
    return made


def _plain(kind: str, style_id: str, name: str) -> BaseOxmlElement:
    """Return a default style that says nothing of its own."""
    made = _element("w:style", type=kind, default=1, styleId=style_id)
    made.append(_element("w:name", val=name))
    return made


# ------------------------------------------------------------------ elements


def _element(tag: str, **attributes: str | int) -> BaseOxmlElement:
    """Return an element; attributes are in the word-processing namespace."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def _replace(parent: BaseOxmlElement, children: Sequence[BaseOxmlElement]) -> None:
    """Give an element new children."""
    for child in list(parent):
        parent.remove(child)
    parent.extend(children)
