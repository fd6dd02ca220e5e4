"""The imprint that ends a paper, at the foot of its last page (7.4). For build scripts only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from sheetflow.word import official

if TYPE_CHECKING:
    from docx.document import Document

_DRAWING = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
#: English metric units of a twip.
_EMU = 635
_HEIGHT = 2 * official.IMPRINT.line + official.IMPRINT_AIR


def imprint(document: Document, copied_to: str, printed_by: str, printed: str) -> None:
    """Add the imprint: rows of texts between rules, the first only where it says anything.

    ``copied_to`` is the tag of whom a copy goes to. It is a text box, since LibreOffice sets
    floating tables and framed paragraphs where they stand in the text.
    """
    edge = official.TEXT_WIDTH - 2 * official.SMALL_CHARACTER
    hanging = 3 * official.SMALL_CHARACTER
    copied = (
        _row(f"{{%tr if {copied_to} %}}")
        + _row(
            f"抄送：{{{{ {copied_to} }}}}。", f'<w:ind w:left="{hanging}" w:hanging="{hanging}"/>'
        )
        + _row("{%tr endif %}")
    )
    by = _row(
        f"{printed_by}</w:t><w:tab/><w:t>{printed}印发",
        f'<w:tabs><w:tab w:val="right" w:pos="{edge}"/></w:tabs>',
    )
    anchor = document.add_paragraph(style=official.GAP.name)
    anchor._p.append(parse_xml(_box(_table(copied + by))))  # noqa: SLF001 - it knows no text boxes


def _row(text: str, layout: str = "") -> str:
    return (
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{official.TEXT_WIDTH}" '
        f'w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="{official.IMPRINT.id}"/>{layout}'
        f"</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr>"
    )


def _table(rows: str) -> str:
    """Rows one character from both edges, between a thick rule above and one below."""
    rules = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>'
        for side, size in (
            ("top", official.IMPRINT_RULE),
            ("bottom", official.IMPRINT_RULE),
            ("insideH", official.IMPRINT_INNER),
        )
    )
    air = "".join(
        f'<w:{side} w:w="{official.SMALL_CHARACTER}" w:type="dxa"/>' for side in ("left", "right")
    )
    width = official.TEXT_WIDTH
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f'<w:tblBorders>{rules}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{air}</w:tblCellMar></w:tblPr>"
        f'<w:tblGrid><w:gridCol w:w="{width}"/></w:tblGrid>{rows}</w:tbl>'
    )


def _box(table: str) -> str:
    """A text box at the foot of the text area, beside which no text runs."""
    width, height = official.TEXT_WIDTH * _EMU, _HEIGHT * _EMU
    last = (
        f'<w:p><w:pPr><w:pStyle w:val="{official.IMPRINT.id}"/>'
        '<w:spacing w:line="20" w:lineRule="exact"/></w:pPr></w:p>'
    )
    return (
        f"<w:r {nsdecls('w')} {_DRAWING}><mc:AlternateContent>"
        '<mc:Choice Requires="wps"><w:drawing>'
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" '
        'behindDoc="0" locked="0" layoutInCell="1" allowOverlap="0"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="margin"><wp:align>left</wp:align></wp:positionH>'
        '<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        '<wp:wrapTopAndBottom/><wp:docPr id="1" name="版记"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/'
        'wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm>'
        f'<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>'
        "<a:ln><a:noFill/></a:ln></wps:spPr>"
        f"<wps:txbx><w:txbxContent>{table}{last}</w:txbxContent></wps:txbx>"
        '<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:spAutoFit/></wps:bodyPr>'
        "</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
        "</mc:AlternateContent></w:r>"
    )
