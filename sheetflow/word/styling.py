"""Styles of papers as the file format wants them. For build scripts only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from sheetflow.word import official

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement


def element(tag: str, **attributes: str | int) -> BaseOxmlElement:
    """Return an element; attributes are in the word-processing namespace."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def styles() -> list[BaseOxmlElement]:
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
    made = element("w:docDefaults")
    runs = element("w:rPrDefault")
    usual = letters(official.BODY)
    language = {"val": "en-US", "eastAsia": "zh-CN", "bidi": "ar-SA"}
    usual.append(element("w:lang", **language))
    runs.append(usual)
    made.append(runs)
    made.append(element("w:pPrDefault"))
    return made


def _normal() -> BaseOxmlElement:
    """Return the basis of all paragraphs.

    No letter hangs over the edge, none is stretched; exact lines do not snap to the grid,
    which LibreOffice would round up to whole grid lines; a page may hold a lone line,
    or it would have 21 lines.
    """
    made = _plain("paragraph", "Normal", "Normal")
    properties = element("w:pPr")
    off = ("widowControl", "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN")
    properties.extend([element(f"w:{name}", val=0) for name in (*off, "snapToGrid")])
    properties.append(element("w:spacing", before=0, after=0, line=official.LINE, lineRule="exact"))
    properties.append(element("w:jc", val="both"))
    made.append(properties)
    made.append(letters(official.Style(id="", name="")))
    return made


def _paragraph_style(style: official.Style) -> BaseOxmlElement:
    """Return one of our styles; the order of the children is the format's."""
    made = element("w:style", type="paragraph", customStyle=1, styleId=style.id)
    made.append(element("w:name", val=style.name))
    made.append(element("w:basedOn", val="Normal"))
    made.append(element("w:qFormat"))
    properties = element("w:pPr")
    if style.keep:
        properties.append(element("w:keepNext"))
    if style.new_page:
        properties.append(element("w:pageBreakBefore"))
    if style.rule:
        rules = element("w:pBdr")
        drawn = element("w:bottom", val="single", sz=style.rule, space=0, color=style.colour)
        rules.append(drawn)
        properties.append(rules)
    if style.tab:
        tabs = element("w:tabs")
        tabs.append(element("w:tab", val="right", pos=style.tab))
        properties.append(tabs)
    spacing = {"before": style.before, "after": style.after, "line": style.line}
    properties.append(element("w:spacing", **spacing, lineRule="exact"))
    if indents := official.indents(style):
        properties.append(element("w:ind", **indents))
    properties.append(element("w:jc", val=style.align))
    if style.outline is not None:
        properties.append(element("w:outlineLvl", val=style.outline))
    made.append(properties)
    made.append(letters(style))
    return made


def letters(style: official.Style) -> BaseOxmlElement:
    """Return faces, spacing and size of a style's letters."""
    made = element("w:rPr")
    latin = style.latin.name
    faces = {"ascii": latin, "hAnsi": latin, "eastAsia": style.face.name, "cs": latin}
    made.append(element("w:rFonts", hint="eastAsia", **faces))
    if style.colour:
        made.append(element("w:color", val=style.colour))
    made.append(element("w:spacing", val=style.tighten))
    made.append(element("w:kern", val=0))
    made.append(element("w:sz", val=style.size))
    made.append(element("w:szCs", val=style.size))
    return made


def _table_style() -> BaseOxmlElement:
    """Return the style of tables: thin rules on all sides."""
    made = element("w:style", type="table", customStyle=1, styleId=official.TABLE_ID)
    made.append(element("w:name", val=official.TABLE))
    made.append(element("w:basedOn", val="TableNormal"))
    made.append(element("w:qFormat"))
    properties = element("w:tblPr")
    rules = element("w:tblBorders")
    size = official.TABLE_RULE
    for side in official.TABLE_SIDES:
        rules.append(element(f"w:{side}", val="single", sz=size, space=0, color="000000"))
    properties.append(rules)
    air = element("w:tblCellMar")
    air.extend([element(f"w:{s}", w=official.TABLE_AIR, type="dxa") for s in ("left", "right")])
    properties.append(air)
    made.append(properties)
    return made


def _plain(kind: str, style_id: str, name: str) -> BaseOxmlElement:
    """Return a default style that says nothing of its own."""
    made = element("w:style", type=kind, default=1, styleId=style_id)
    made.append(element("w:name", val=name))
    return made
