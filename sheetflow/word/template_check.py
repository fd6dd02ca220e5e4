"""A template people have edited → everything wrong in it, each with its place in words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from sheetflow.errors import FaultsError, UnreadableError
from sheetflow.messages import _
from sheetflow.passages import Grid, Manuscript
from sheetflow.word import official
from sheetflow.word.reading import check_package, read_document, text_of
from sheetflow.word.render import render
from sheetflow.word.template_tags import (
    Line,
    TemplateFault,
    block_faults,
    typing_faults,
    used,
    value_faults,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

_TRACKED = ("w:ins", "w:del", "w:moveFrom", "w:moveTo")
#: Characters of a paragraph by which people find it.
_SHOWN = 14


def template_faults(
    template: bytes,
    samples: Sequence[Mapping[str, object]],
    *,
    needs: Sequence[str] = (),
    shipped: bytes | None = None,
) -> tuple[TemplateFault, ...]:
    """Check a template by all the papers it makes; ``samples`` are such papers' values.

    ``needs`` are texts people have to write for these papers; one that no tag shows is noted.
    ``shipped`` is the template as it came, whose named styles are wanted again.
    """
    try:
        check_package(template)
        document = docx.Document(io.BytesIO(template))
    except UnreadableError as error:
        return (TemplateFault(place=_("整个文件"), message=f"{error.message}。{error.fix}"),)
    except Exception:  # noqa: BLE001 - a template is people's work and can fail in any way
        text = _("打不开，或不是完好的 Word（.docx）文件。请用 Word 或 WPS 打开，另存为 .docx")
        return (TemplateFault(place=_("整个文件"), message=text),)
    lines = list(_lines(document))
    found = [
        *_package_faults(template),
        *_tracked(document),
        *_styles(document, shipped),
        *typing_faults(lines),
        *block_faults(lines),
    ]
    for sample in samples[:1]:
        found += value_faults(lines, sample)
    found += _unused(lines, needs)
    if not any(not fault.note for fault in found):
        found += (fault for sample in samples for fault in _rendered(template, sample))
    return tuple(dict.fromkeys(found))


# ------------------------------------------------------------------ the file


def _package_faults(template: bytes) -> Iterator[TemplateFault]:
    place = _("整个文件")
    with zipfile.ZipFile(io.BytesIO(template)) as package:
        names = package.namelist()
        if any("vbaproject" in name.casefold() for name in names):
            text = _("里面有宏，模板不能带宏。请另存为不带宏的 .docx")
            yield TemplateFault(place=place, message=text)
        for name in names:
            if name.endswith(".rels"):
                yield from _links(package.read(name), place)


def _links(content: bytes, place: str) -> Iterator[TemplateFault]:
    for relation in parse_xml(content):
        if relation.get("TargetMode") == "External":
            text = _("链接到文件以外的“{target}”，请取消链接（图片改为嵌入，超链接改为普通文字）")
            target = (relation.get("Target") or "")[:60]
            yield TemplateFault(place=place, message=text.format(target=target))


def _tracked(document: Document) -> Iterator[TemplateFault]:
    for story, place in _stories(document):
        for paragraph in story.iter(qn("w:p")):
            marks = next(paragraph.iter(*map(qn, _TRACKED)), None)
            if marks is not None:
                said = text_of(paragraph).strip()
                text = _("有没接受的修订，请在“审阅”里全部接受或拒绝")
                yield TemplateFault(place=_named(said, place), message=text)


def _styles(document: Document, shipped: bytes | None) -> Iterator[TemplateFault]:
    """Styles the last pass over a paper goes by, and styles of paragraphs, that are not there."""
    there = {style.name for style in document.styles}
    ids = {style.style_id for style in document.styles}
    wanted = _official(docx.Document(io.BytesIO(shipped))) if shipped else set()
    for name in sorted(wanted - there):
        text = _("少了样式“{name}”，用它排版的段落会走样。请从原来的模板复制一段过来")
        yield TemplateFault(place=_("整个文件"), message=text.format(name=name))
    for story, place in _stories(document):
        for paragraph in story.iter(qn("w:p")):
            if paragraph.style and paragraph.style not in ids:
                text = _("用了不存在的样式，请给这一段另选样式")
                yield TemplateFault(place=_named(text_of(paragraph), place), message=text)


def _official(document: Document) -> set[str]:
    """Names of the official styles that a document uses."""
    ours = {style.name for style in official.STYLES}
    named = {style.style_id: style.name for style in document.styles if style.name in ours}
    stories = [story for story, _place in _stories(document)]
    used_ids = {p.style for story in stories for p in story.iter(qn("w:p"))}
    return {named[each] for each in used_ids if each in named}


# ------------------------------------------------------------------ lines with places


def _stories(document: Document) -> Iterator[tuple[BaseOxmlElement, str]]:
    """The body, headers and footers, each with its place in words; blank for the body."""
    yield document.element.body, ""
    names = {RELATION.HEADER: _("页眉"), RELATION.FOOTER: _("页脚")}
    for relation in document.part.rels.values():
        if relation.reltype in names:
            yield relation.target_part.element, names[relation.reltype]


def _lines(document: Document) -> Iterator[Line]:
    rows = 0
    for story, place in _stories(document):
        tables = list(story.iter(qn("w:tbl")))
        for paragraph in story.iter(qn("w:p")):
            text = text_of(paragraph)
            cell = next(paragraph.iterancestors(qn("w:tc")), None)
            if cell is None:
                yield Line(place=_named(text, place), text=text)
                continue
            row = next(cell.iterancestors(qn("w:tr")))
            table = next(row.iterancestors(qn("w:tbl")))
            rows = 1 + tables.index(table) * 100_000 + _place_of(table, row, "w:tr")
            words = _("第{table}个表第{row}行第{cell}格").format(
                table=tables.index(table) + 1,
                row=_place_of(table, row, "w:tr") + 1,
                cell=_place_of(row, cell, "w:tc") + 1,
            )
            yield Line(place=words, text=text, row=rows)


def _place_of(parent: BaseOxmlElement, child: BaseOxmlElement, tag: str) -> int:
    return list(parent.iter(qn(tag))).index(child)


def _named(text: str, story: str) -> str:
    start = " ".join(text.split())
    shown = start[:_SHOWN] + ("……" if len(start) > _SHOWN else "")
    if story:
        return story
    return _("“{start}”一段").format(start=shown) if shown else _("一个空段")


# ------------------------------------------------------------------ values


def _unused(lines: Sequence[Line], needs: Sequence[str]) -> Iterator[TemplateFault]:
    shown = used(lines)
    for name in needs:
        if name not in shown:
            text = _("“{name}”要人填写，模板里却没有用到它；不要它就不必理会")
            yield TemplateFault(place=_("整个文件"), message=text.format(name=name), note=True)


def _rendered(template: bytes, sample: Mapping[str, object]) -> Iterator[TemplateFault]:
    """What filling in sample values brings to light."""
    try:
        filled = read_document(render(template, sample))
    except FaultsError as error:
        yield TemplateFault(place=_("用示例填写时"), message=f"{error.message}{error.fix}")
        return
    except UnreadableError as error:
        yield TemplateFault(place=_("用示例填写时"), message=error.message)
        return
    for text in _texts(filled):
        if any(sign in text for sign in ("{{", "{%", "}}", "%}")):
            words = _("填写以后还留着标签：“{text}”").format(text=text.strip()[:40])
            yield TemplateFault(place=_("用示例填写时"), message=words)


def _texts(filled: Manuscript) -> Iterator[str]:
    for block in filled.blocks:
        if isinstance(block, Grid):
            yield from (cell for row in block.rows for cell in row)
        else:
            yield block.text
