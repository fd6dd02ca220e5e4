"""A Word file people have edited → what it says; whatever the file does, the work is bounded."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.oxml.ns import qn

from sheetflow.errors import UnreadableError
from sheetflow.messages import _
from sheetflow.passages import Grid, Manuscript, Passage

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

#: Most bytes of a file, of all its parts unpacked, and most parts.
MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 40_000_000, 200_000_000, 2_000
#: Most signs that begin a tag in all parts of text: what a parser's memory grows with.
MOST_TAGS = 3_000_000
#: Most bytes of the parts of text, unpacked.
MOST_TEXT = 64_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXTS = (".xml", ".rels", ".vml")
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))

_INTO = frozenset(
    qn(tag) for tag in ("w:sdt", "w:sdtContent", "w:customXml", "w:smartTag", "w:ins", "w:moveTo")
)
#: Not seen in the document as it will be once all changes are accepted, or doubled elsewhere.
_UNSEEN = frozenset(
    qn(tag)
    for tag in (
        *("w:del", "w:moveFrom", "w:instrText", "w:delText", "w:rPr", "w:pPr", "w:rt"),
        *("w:txbxContent", "w:pict", "w:object"),
    )
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_SIGNS = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
_TRACKED = ("w:ins", "w:del", "w:moveFrom", "w:moveTo")


def read_document(data: bytes) -> Manuscript:
    """Read what a .docx says, as it is once all tracked changes are accepted.

    Raises ``UnreadableError``, with what to do, for a file that is no .docx, is damaged, wants
    a password, or asks for more work than any paper does.
    """
    check_package(data)
    try:
        document = docx.Document(io.BytesIO(data))
        return _manuscript(document)
    except Exception as error:  # the file is anybody's and can break a library in any way
        raise _damaged() from error


def check_package(data: bytes) -> None:
    """Look at the package before any parser does; raises ``UnreadableError``."""
    if data.startswith(_OLE):
        raise UnreadableError(
            "password",
            _("这个文件加了密码，或是旧的 .doc 格式，没有读"),
            _("请用 Word 或 WPS 打开，去掉密码，另存为 .docx 后再试"),
        )
    if len(data) > MOST_BYTES:
        raise _too_big()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_parts(package)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise _damaged() from error
    except RuntimeError as error:  # what zipfile says of a part with a password
        raise _damaged() from error


def _check_parts(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    names = [part.filename for part in parts]
    # zipfile never gives out more bytes of a part than its entry declares.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_big()
    if len(set(names)) != len(names) or "[Content_Types].xml" not in names:
        raise _damaged()
    texts = [part for part in parts if part.filename.casefold().endswith(_TEXTS)]
    if sum(part.file_size for part in texts) > MOST_TEXT:
        raise _too_big()
    tags = 0
    for part in texts:
        content = package.read(part)
        tags += content.count(b"<")
        if tags > MOST_TAGS:
            raise _too_big()
        if any(doctype in content for doctype in _DOCTYPES):
            raise _damaged()


def _damaged() -> UnreadableError:
    return UnreadableError(
        "damaged",
        _("这个文件打不开，或不是完好的 Word（.docx）文件"),
        _("请用 Word 或 WPS 打开它，另存为 .docx 后再试"),
    )


def _too_big() -> UnreadableError:
    return UnreadableError(
        "big",
        _("这个文件太大，不像一份公文，没有读"),
        _("请核对是不是拿错了文件；里面有大图片的，先删去图片再试"),
    )


# ------------------------------------------------------------------ what it says


def _manuscript(document: Document) -> Manuscript:
    core, body = document.core_properties, document.element.body
    styles = {style.style_id: style.name or "" for style in document.styles}
    return Manuscript(
        blocks=tuple(_blocks(body, styles)),
        headers=tuple(_margins(document, RELATION.HEADER)),
        footers=tuple(_margins(document, RELATION.FOOTER)),
        title=core.title or "",
        keywords=core.keywords or "",
        tracked=next(body.iter(*map(qn, _TRACKED)), None) is not None,
    )


def _margins(document: Document, kind: str) -> Iterator[Passage]:
    """Yield what stands in all headers or in all footers, paragraphs of tables in them too."""
    for relation in document.part.rels.values():
        if relation.reltype == kind and not relation.is_external:
            for paragraph in relation.target_part.element.iter(qn("w:p")):
                yield Passage(text=text_of(paragraph))


def _blocks(parent: BaseOxmlElement, styles: dict[str, str]) -> Iterator[Passage | Grid]:
    for child in parent:
        if child.tag == qn("w:p"):
            yield Passage(text=text_of(child), style=styles.get(child.style or "", ""))
            for box in _boxes(child):
                yield from _blocks(box, styles)
        elif child.tag == qn("w:tbl"):
            yield Grid(rows=tuple(_rows(child)))
        elif child.tag in _INTO:
            yield from _blocks(child, styles)


def _boxes(paragraph: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """Yield the text boxes of a paragraph; of each the newer of two spellings."""
    fallback = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
    for box in paragraph.iter(qn("w:txbxContent")):
        above = {each.tag for each in box.iterancestors()}
        if fallback not in above:
            yield box


def text_of(element: BaseOxmlElement) -> str:
    """Text below an element that a reader sees."""
    if element.tag == qn("w:t"):
        return element.text or ""
    if element.tag in _SIGNS:
        return _SIGNS[element.tag]
    if element.tag == qn("w:r") and _hidden(element):
        return ""
    return "".join(text_of(child) for child in element if child.tag not in _UNSEEN)


def _hidden(run: BaseOxmlElement) -> bool:
    mark = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return mark is not None and mark.get(qn("w:val")) not in {"0", "false", "off"}


def _rows(table: BaseOxmlElement) -> Iterator[tuple[str, ...]]:
    above: dict[int, str] = {}
    for row in _those(table, "w:tr"):
        if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
            continue
        texts, column = [], 0
        for cell in _those(row, "w:tc"):
            text = _cell(cell)
            if not text.strip() and _continues(cell):
                text = above.get(column, "")
            above[column] = text
            texts.append(text)
            column += _span(cell)
        yield tuple(texts)


def _those(parent: BaseOxmlElement, tag: str) -> Iterator[BaseOxmlElement]:
    """Yield the rows of a table, or the cells of a row, through what may enclose them."""
    for child in parent:
        if child.tag == qn(tag):
            yield child
        elif child.tag in _INTO:
            yield from _those(child, tag)


def _cell(cell: BaseOxmlElement) -> str:
    """Text of a cell, that of tables inside it included; a paragraph is a line."""
    return "\n".join(text_of(paragraph) for paragraph in cell.iter(qn("w:p")))


def _continues(cell: BaseOxmlElement) -> bool:
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merge is not None and merge.get(qn("w:val")) != "restart"


def _span(cell: BaseOxmlElement) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    width = span.get(qn("w:val"), "1") if span is not None else "1"
    return min(int(width), 1000) if width.isdecimal() else 1
