"""The last pass over a rendered paper: what templates cannot say or editors lose.

Everything here goes by style *name*; ids change when an editor saves a template.
"""

from __future__ import annotations

import copy
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Twips

from sheetflow.text import clean
from sheetflow.word import official
from sheetflow.word.faces import FACES
from sheetflow.word.tables import fit_tables, order_cells

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

#: A place only people can fill in; papers.py writes it into a draft.
_TO_FILL_IN = re.compile(r"(【待填[^】]*】)")
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
    for story in _stories(paper):
        _highlight(story)
        _speak_chinese(story)
    _place_mark(paper)
    _place_signature(paper, seal=seal)
    fit_tables(paper)
    order_cells(paper)
    _spread_names(paper)
    _end_sections(paper)
    _restore_indents(paper)
    _name_faces(paper)
    _set_properties(paper, title=title, organisation=organisation, created=created)
    paper.core_properties.keywords = version
    out = io.BytesIO()
    paper.save(out)
    return _packed(out.getvalue())


# ------------------------------------------------------------------ text


def _stories(paper: Document) -> Iterator[BaseOxmlElement]:
    """Yield the body and every header and footer."""
    yield paper.element.body
    for relation in paper.part.rels.values():
        if relation.reltype in {RELATION.HEADER, RELATION.FOOTER}:
            yield relation.target_part.element


def _highlight(story: BaseOxmlElement) -> None:
    """Mark places to fill in yellow, without their surroundings."""
    for run in list(story.iter(qn("w:r"))):
        if _TO_FILL_IN.search("".join(part.text or "" for part in run.iter(qn("w:t")))):
            for piece in _pieces(run):
                run.addprevious(piece)
            run.getparent().remove(run)


def _pieces(run: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """Yield copies of a run, each all to fill in or not at all."""
    for child in run:
        if child.tag == qn("w:rPr"):
            continue
        texts = _TO_FILL_IN.split(child.text or "") if child.tag == qn("w:t") else [""]
        for text in texts:
            if child.tag != qn("w:t"):
                yield _with(run, copy.deepcopy(child))
            elif text:
                piece = _with(run, _text(text))
                if _TO_FILL_IN.fullmatch(text):
                    piece.get_or_add_rPr().highlight_val = 7
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
    for run in story.iter(qn("w:r")):
        fonts = run.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:hint"), "eastAsia")


def _spread_names(paper: Document) -> None:
    """Set names of two characters as wide as those of three; the text stays as it is."""
    named = {
        style_id: style
        for style in (official.CELL_NAME, official.NAMES_ALONE)
        for style_id in ids(paper, style)
    }
    for paragraph in paper.element.body.iter(qn("w:p")):
        runs = paragraph.findall(qn("w:r"))
        text = "".join(part.text or "" for part in paragraph.iter(qn("w:t")))
        if paragraph.style in named and len(runs) == 1 and _TWO_CHARACTERS.fullmatch(text):
            first = _with(runs[0], _text(text[0]))
            spacing = OxmlElement("w:spacing")
            spacing.set(qn("w:val"), str(named[paragraph.style].size * 10))
            first.get_or_add_rPr().insert_element_before(spacing, *_BEHIND_SPACING)
            runs[0].addprevious(first)
            runs[0].addprevious(_with(runs[0], _text(text[1])))
            paragraph.remove(runs[0])


# ------------------------------------------------------------------ layout


def ids(paper: Document, *wanted: official.Style) -> set[str]:
    """Return the ids that styles of these names have in this paper."""
    names = {style.name for style in wanted}
    return {style.style_id for style in paper.styles if style.name in names}


def _place_mark(paper: Document) -> None:
    """Set the name above the letterhead as large as fits on one line, its top in place (7.2.4)."""
    marks = ids(paper, *official.MARKS)
    for mark in paper.paragraphs:
        if mark._p.style not in marks:  # noqa: SLF001 - the id; its name is a search each
            continue
        room = official.TEXT_WIDTH / 10 / max(_width(mark.text), 1)
        size = min(official.MARK_SIZE, int(room / 2) * 2)
        line = size * official.MARK_LEADING
        air = size * 10 * official.MARK_AIR // 1000
        mark.paragraph_format.space_before = Twips(official.MARK_TOP - air)
        mark.paragraph_format.line_spacing = Twips(line)
        for run in mark.runs:
            run.font.size = Twips(size * 10)


def _place_signature(paper: Document, *, seal: bool) -> None:
    """Place name and date, with room for a seal over both or without (7.3.5.1, 7.3.5.2)."""
    names, days = ids(paper, official.SIGNATURE), ids(paper, official.DATE)
    for name, day in pairwise(paper.paragraphs):
        if name._p.style in names and day._p.style in days:  # noqa: SLF001 - ids, as above
            rights = (_sealed if seal else _unsealed)(_width(name.text), _width(day.text))
            for paragraph, right in zip((name, day), rights, strict=True):
                paragraph.paragraph_format.right_indent = Twips(round(right * official.CHARACTER))


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


def _end_sections(paper: Document) -> None:
    """Let the last part that is printed by itself end with the paper, not before an empty page."""
    body = paper.element.body
    last = [child for child in body if child.tag != qn("w:sectPr")][-1:]
    section = last[0].find(f"{qn('w:pPr')}/{qn('w:sectPr')}") if last else None
    if section is not None:
        section.getparent().remove(section)
        body.replace(body.sectPr, section)


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
            said = _APPLICATION.format(company=escape(clean(organisation)[:_PROPERTY]))
            relation.target_part._blob = said.encode()  # noqa: SLF001 - no public way
        if relation.reltype in {RELATION.CUSTOM_PROPERTIES, RELATION.THUMBNAIL}:
            del relations[key]


def _packed(document: bytes) -> bytes:
    """Pack the parts again in a fixed order, all of them dated 1980, the format's zero."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as parts,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        # Readers want the list of contents first.
        for name in sorted(parts.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            packed.writestr(entry, parts.read(name))
    return out.getvalue()
