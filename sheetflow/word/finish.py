"""The last pass over a rendered paper: what templates cannot say or editors lose.

Everything here goes by style *name*; ids change when an editor saves a template.
"""

from __future__ import annotations

import copy
import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import escape
from typing import TYPE_CHECKING

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Twips
from docx.text.parfmt import ParagraphFormat

from sheetflow.text import clean
from sheetflow.word import official
from sheetflow.word.faces import FACES
from sheetflow.word.packing import pack, unpacked
from sheetflow.word.render import fill, mould, opened
from sheetflow.word.tables import fit_tables, order_cells

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import _Header

#: A place only people can fill in; papers.py writes it into a draft.
_BEGINS = "【待填"
#: What every page of a draft begins with.
_DRAFT = "草稿"
_DRAFT_MARK = "{% if 草稿 is defined and 草稿 %}草稿（{{ 草稿 }}）{% endif %}"
_TO_FILL_IN = re.compile(rf"({_BEGINS}[^】]*】)")
_TWO_CHARACTERS = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]{2}")
#: Most characters of a property.
_PROPERTY = 255
#: The format wants the children of run properties in its order.
_BEHIND_SPACING = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:lang")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_APPLICATION = (
    _XML + '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'extended-properties"><Application>sheetflow</Application>'
    "<Company>{company}</Company></Properties>"
)


@dataclass(frozen=True, slots=True)
class _Looks:
    """What the last pass goes by in one paper: ids of its styles, room for a seal."""

    marks: frozenset[str]
    signatures: frozenset[str]
    dates: frozenset[str]
    points: frozenset[str]
    imprints: frozenset[str]
    #: Styles of lists of names, with the size of their letters in half-points.
    names: Mapping[str, int]
    seal: bool


def finish(
    document: bytes,
    *,
    title: str,
    organisation: str,
    created: date,
    version: str,
    seal: bool = False,
) -> bytes:
    """Finish a rendered paper; the same arguments give the same bytes.

    ``version`` says what the paper was made from and becomes the keywords. The properties name
    the organisation only: no person, no machine, no clock. With ``seal`` there is room for one.
    """
    paper = docx.Document(io.BytesIO(document))
    found = _looks(paper, seal=seal)
    for story in _stories(paper):
        _touch(story, found)
    _dress(paper, title=title, organisation=organisation, created=created, version=version)
    out = io.BytesIO()
    paper.save(out)
    return pack({name: [content] for name, content in unpacked(out.getvalue()).items()})


def press(
    template: bytes,
    *,
    title: str,
    organisation: str,
    created: date,
    version: str,
    seal: bool = False,
) -> Callable[[Mapping[str, object]], bytes]:
    """Return what prints papers from a template: ``render`` and ``finish`` in one go.

    What does not depend on a paper's values is done once. Raises what ``render`` raises.
    """
    engine = opened(template)
    paper = engine.get_docx()
    _keep_draft_mark(paper)
    for story in _stories(paper):
        _speak_chinese(story)
    found = _looks(paper, seal=seal)
    _dress(paper, title=title, organisation=organisation, created=created, version=version)
    ready = mould(engine)
    return lambda context: fill(ready, context, touch=lambda story: _touch(story, found))


def _keep_draft_mark(paper: Document) -> None:
    """Let every page of a draft say so, whatever people did to the headers of a template."""
    for section in paper.sections:
        headers: list[_Header] = [section.header]
        if paper.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        for header in headers:
            first = header.paragraphs[0] if header.paragraphs else header.add_paragraph()
            if not any(_DRAFT in paragraph.text for paragraph in header.paragraphs):
                first.insert_paragraph_before(_DRAFT_MARK)


def _looks(paper: Document, *, seal: bool = False) -> _Looks:
    """Find the styles by their names."""
    sizes = {style.name: style.size for style in (official.CELL_NAME, official.NAMES_ALONE)}
    return _Looks(
        marks=_ids(paper, *official.MARKS),
        signatures=_ids(paper, official.SIGNATURE),
        dates=_ids(paper, official.DATE),
        points=_ids(paper, official.CELL_POINTS),
        imprints=_ids(paper, official.IMPRINT),
        names={each.style_id: sizes[each.name] for each in paper.styles if each.name in sizes},
        seal=seal,
    )


def _touch(story: BaseOxmlElement, found: _Looks) -> None:
    """Finish a header or footer, a body, or a piece of one that ends with a section."""
    _highlight(story)
    _speak_chinese(story)
    if story.tag != qn("w:body"):
        return
    styled = _styled(story, found)
    alone = [each for each in styled if each.getparent().tag == story.tag]
    _place_mark(each for each in alone if each.style in found.marks)
    _place_signature(alone, found)
    fit_tables((each for each in styled if each.style in found.points), found.points)
    order_cells(story)
    _size_imprint(story, found.imprints)
    _spread_names((each for each in styled if each.style in found.names), found.names)
    _end_sections(story)


def _styled(body: BaseOxmlElement, found: _Looks) -> list[BaseOxmlElement]:
    """Paragraphs of the styles that anything is done about."""
    wanted = {*found.marks, *found.signatures, *found.points, *found.names}
    value, paragraph = qn("w:val"), qn("w:p")
    styles = (each for each in body.iter(qn("w:pStyle")) if each.get(value) in wanted)
    styled = (style.getparent().getparent() for style in styles)
    return [each for each in styled if each.tag == paragraph]


def _dress(paper: Document, *, title: str, organisation: str, created: date, version: str) -> None:
    """Finish what does not depend on what a paper says: styles, faces, properties."""
    _restore_indents(paper)
    _name_faces(paper)
    _set_properties(paper, title=title, organisation=organisation, created=created)
    paper.core_properties.keywords = version


# ------------------------------------------------------------------ text


def _stories(paper: Document) -> Iterator[BaseOxmlElement]:
    """Yield the body and every header and footer."""
    yield paper.element.body
    for relation in paper.part.rels.values():
        if relation.reltype in {RELATION.HEADER, RELATION.FOOTER}:
            yield relation.target_part.element


def _highlight(story: BaseOxmlElement) -> None:
    """Mark places to fill in yellow, without their surroundings."""
    for run in story.xpath(f'.//w:r[contains(., "{_BEGINS}")]'):
        if _TO_FILL_IN.search("".join(part.text or "" for part in run.iter(qn("w:t")))):
            for piece in _pieces(run):
                run.addprevious(piece)
            run.getparent().remove(run)


def _pieces(run: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """Yield copies of a run, each all to fill in or not at all."""
    plain = _with(run, _text(""))
    yellow = copy.deepcopy(plain)
    yellow.get_or_add_rPr().highlight_val = 7
    for child in run:
        if child.tag == qn("w:rPr"):
            continue
        if child.tag != qn("w:t"):
            yield _with(run, copy.deepcopy(child))
            continue
        for text in filter(None, _TO_FILL_IN.split(child.text or "")):
            piece = copy.deepcopy(yellow if _TO_FILL_IN.fullmatch(text) else plain)
            piece[-1].text = text
            yield piece


def _with(run: BaseOxmlElement, child: BaseOxmlElement) -> BaseOxmlElement:
    """Return a run that looks the same and holds ``child``."""
    made = OxmlElement("w:r")
    if run.rPr is not None:
        made.append(copy.deepcopy(run.rPr))
    made.append(child)
    return made


def _text(text: str) -> BaseOxmlElement:
    """Return text that keeps its outer spaces."""
    made = OxmlElement("w:t")
    made.text = text
    made.set(qn("xml:space"), "preserve")
    return made


def _speak_chinese(story: BaseOxmlElement) -> None:
    """Say of every run that it is Chinese: else “ ” — … come out in the Latin face."""
    for run in story.xpath('.//w:r[not(w:rPr/w:rFonts/@w:hint = "eastAsia")]'):
        fonts = run.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:hint"), "eastAsia")


def _spread_names(paragraphs: Iterable[BaseOxmlElement], sizes: Mapping[str, int]) -> None:
    """Set names of two characters as wide as those of three; the text stays as it is."""
    for paragraph in paragraphs:
        runs = paragraph.findall(qn("w:r"))
        text = "".join(part.text or "" for part in paragraph.iter(qn("w:t")))
        if len(runs) == 1 and _TWO_CHARACTERS.fullmatch(text):
            first = _with(runs[0], _text(text[0]))
            spacing = OxmlElement("w:spacing")
            spacing.set(qn("w:val"), str(sizes[paragraph.style] * 10))
            first.get_or_add_rPr().insert_element_before(spacing, *_BEHIND_SPACING)
            runs[0].addprevious(first)
            runs[0].addprevious(_with(runs[0], _text(text[1])))
            paragraph.remove(runs[0])


# ------------------------------------------------------------------ layout


def _ids(paper: Document, *wanted: official.Style) -> frozenset[str]:
    """Return the ids that styles of these names have in this paper."""
    names = {style.name for style in wanted}
    return frozenset(style.style_id for style in paper.styles if style.name in names)


def _place_mark(marks: Iterable[BaseOxmlElement]) -> None:
    """Set the name above the letterhead as large as fits on one line, its top in place (7.2.4)."""
    for mark in marks:
        room = official.TEXT_WIDTH / 10 / max(_width(mark.text), 1)
        size = min(official.MARK_SIZE, int(room / 2) * 2)
        line = size * official.MARK_LEADING
        air = size * 10 * official.MARK_AIR // 1000
        layout = ParagraphFormat(mark)
        layout.space_before = Twips(official.MARK_TOP - air)
        layout.line_spacing = Twips(line)
        for run in mark.r_lst:
            run.get_or_add_rPr().sz_val = Twips(size * 10)


def _place_signature(paragraphs: Iterable[BaseOxmlElement], found: _Looks) -> None:
    """Place name and date, with room for a seal over both or without (7.3.5.1, 7.3.5.2)."""
    for name in paragraphs:
        day = next(name.itersiblings(qn("w:p")), None)
        if name.style in found.signatures and day is not None and day.style in found.dates:
            place = _sealed if found.seal else _unsealed
            rights = place(_width(name.text), _width(day.text))
            for paragraph, right in zip((name, day), rights, strict=True):
                ParagraphFormat(paragraph).right_indent = Twips(round(right * official.CHARACTER))


def _unsealed(name: float, day: float) -> tuple[float, float]:
    """Characters right of name and date (7.3.5.2).

    The name stands two characters from the right, the date's first character two right of
    the name's; a date that would reach further right stands two from the right instead and
    moves the name.
    """
    right = max(2.0, 4 + day - name)
    return right, right + name - 2 - day


def _sealed(name: float, day: float) -> tuple[float, float]:
    """Characters right of name and date (7.3.5.1).

    The date stands four characters from the right, the name centred over it; a name that
    would reach beyond the edge moves both.
    """
    right = 4 + (day - name) / 2
    return max(right, 0.0), 4 + max(-right, 0.0)


def _size_imprint(body: BaseOxmlElement, styles: frozenset[str]) -> None:
    """Make the box of an imprint as high as its text: not every program lets it grow."""
    room = official.TEXT_WIDTH / official.SMALL_CHARACTER - official.IMPRINT_TAKEN
    for box in body.iter(qn("wp:anchor")):
        texts = [p.text for p in box.iter(qn("w:p")) if p.style in styles and p.text]
        lines = sum(math.ceil(_width(text) / room) for text in texts)
        height = Twips(lines * official.IMPRINT.line + official.IMPRINT_AIR)
        for size in box.iter(qn("wp:extent"), qn("a:ext")) if texts else ():
            size.set("cy", str(height))


def _end_sections(body: BaseOxmlElement) -> None:
    """Let the last part that is printed by itself end with the paper, not before an empty page."""
    whole = body.find(qn("w:sectPr"))
    last = [child for child in body if child is not whole][-1:] if whole is not None else []
    section = last[0].find(f"{qn('w:pPr')}/{qn('w:sectPr')}") if last else None
    if section is not None:
        section.getparent().remove(section)
        body.replace(whole, section)


def _width(text: str) -> float:
    """Return the width of a text in characters; Latin letters and digits are half."""
    return sum(1 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def _restore_indents(paper: Document) -> None:
    """Give first lines their whole characters again, which LibreOffice drops on saving.

    A style whose indent a person changed is left alone.
    """
    known = {style.name: style for style in official.STYLES if style.first}
    for style in paper.styles:
        if style.type != WD_STYLE_TYPE.PARAGRAPH or style.name not in known:
            continue
        ours = official.indents(known[style.name])
        there = style.element.find(f"{qn('w:pPr')}/{qn('w:ind')}")
        if there is not None and there.get(qn("w:firstLine")) == str(ours["firstLine"]):
            there.set(qn("w:firstLineChars"), str(ours["firstLineChars"]))


def _name_faces(paper: Document) -> None:
    """Say what to take for a face that is not installed (ISO 29500 17.8.3.1)."""
    fonts = "".join(
        f'<w:font w:name="{face.name}"><w:altName w:val="{",".join(face.instead)}"/>'
        f'<w:panose1 w:val="{face.panose}"/><w:charset w:val="{face.charset}"/>'
        f'<w:family w:val="{face.family}"/><w:pitch w:val="{face.pitch}"/></w:font>'
        for face in FACES
    )
    for relation in paper.part.rels.values():
        if relation.reltype == RELATION.FONT_TABLE:
            table = f"{_XML}<w:fonts {nsdecls('w')}>{fonts}</w:fonts>"
            relation.target_part._blob = table.encode()  # noqa: SLF001 - no public way


# ------------------------------------------------------------------ file


def _set_properties(paper: Document, *, title: str, organisation: str, created: date) -> None:
    """Replace all properties the template brought along."""
    core = paper.core_properties
    for child in list(core._element):  # noqa: SLF001 - no public way to clear all
        core._element.remove(child)  # noqa: SLF001 - the same
    core.title = clean(title)[:_PROPERTY]
    core.created = core.modified = datetime.combine(created, time(), UTC)
    core.revision = 1
    relations = paper.part.package.rels
    for key, relation in list(relations.items()):
        if relation.reltype == RELATION.EXTENDED_PROPERTIES:
            said = _APPLICATION.format(company=escape(clean(organisation)[:_PROPERTY], quote=False))
            relation.target_part._blob = said.encode()  # noqa: SLF001 - no public way
        if relation.reltype in {RELATION.CUSTOM_PROPERTIES, RELATION.THUMBNAIL}:
            del relations[key]
