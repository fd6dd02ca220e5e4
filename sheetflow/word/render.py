"""A template and a context become a paper; the template is trusted with nothing."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from docx.opc.constants import CONTENT_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from sheetflow.errors import FaultsError
from sheetflow.messages import _
from sheetflow.text import clean
from sheetflow.word.packing import pack, unpacked

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

#: The last name quoted by the template engine is the tag that failed.
_TAG = re.compile(r"'([^']+)'[^']*$")
#: Words of the file format between those of a template.
_MARKUP = re.compile(r"<[^>]*>")
#: Stands in the text of a body behind a part that is printed by itself. What is before it can be
#: finished and packed before what follows is made, so that a print pack never is whole in memory.
_CUT = "<?cut?>"
_BODY_ENDS = "</w:body>"
#: Signs in values that become elements; where there are none nobody need look for them.
_LISTED = "\t\n\a\f"
_PARAGRAPH = re.compile(r"<w:p(?: [^>]*)?>.*?</w:p>", re.DOTALL)
#: How docxtpl has braces written that are no tag's.
_BRACES = (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}"))
#: Tables with a row of more cells than columns, or with more columns than any row fills.
_UNEVEN = (
    ".//w:tbl[.//w:tbl or"
    " w:tr[count(w:tc) > count(../w:tblGrid/w:gridCol)] or"
    " not(w:tr[count(w:tc) - count(w:tc/w:tcPr/w:gridSpan) + sum(w:tc/w:tcPr/w:gridSpan/@w:val)"
    " >= count(../w:tblGrid/w:gridCol)])]"
)
#: Ids of pictures begin behind this one.
_PICTURES = 1000

#: Finishes the body of a paper, or a header or footer; of a body it may be given one piece only.
Touch = Callable[["BaseOxmlElement"], None]


def escaped(value: object) -> Markup:
    """Write a value so that neither XML nor the template engine sees more than text in it.

    docxtpl rewrites some pairs with braces after rendering; as references they are safe.
    """
    text = str(escape("" if value is None else str(value)))
    return Markup(text.replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704 - escaped above


@dataclass(frozen=True, slots=True)
class Mould:
    """A template made ready: what has no tags as it is printed, the rest compiled."""

    engine: DocxTemplate
    #: Parts without tags, by name.
    parts: Mapping[str, bytes]
    #: The body's part: its name, what stands before and behind what the body holds.
    name: str
    around: tuple[bytes, bytes]
    #: First tag of the body with all that names in it stand for.
    begins: str
    body: Template
    #: Headers and footers, and notes, by name.
    margins: Mapping[str, Template]
    notes: Mapping[str, Template]


def render(
    template: bytes,
    context: Mapping[str, object],
    *,
    write: Callable[[object], Markup] = escaped,
) -> bytes:
    """Fill a Word template; values are strings, or mappings and lists of strings.

    The text of a value comes out as it is, whatever it looks like, but for what
    ``text.clean`` removes. ``write`` puts a value into the document. Raises FaultsError for
    a tag without a value and for a template that is no Word file, has a wrong tag or reaches for
    more than its values.
    """
    return fill(mould(opened(template), write=write), context)


def opened(template: bytes) -> DocxTemplate:
    """Open a template; raises as ``render`` does for what is no Word file."""
    with _in_words():
        engine = DocxTemplate(io.BytesIO(template))
        engine.init_docx()
        return engine


def mould(engine: DocxTemplate, *, write: Callable[[object], Markup] = escaped) -> Mould:
    """Make a template just opened ready to be filled as often as wanted.

    ``write`` as for ``render``, and raises as that does.
    """
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=write)
    with _in_words():
        document = engine.get_docx()
        _mark_cuts(document.element.body)
        begins, _bracket, rest = engine.get_xml().partition(">")
        body = _compiled(engine, environment, rest.removesuffix(_BODY_ENDS))
        margins = {
            part.partname.membername: _compiled(engine, environment, engine.get_part_xml(part))
            for uri in (engine.HEADER_URI, engine.FOOTER_URI)
            for _key, part in engine.get_headers_footers(uri)
        }
        notes = {
            part.partname.membername: _compiled(engine, environment, part.blob.decode())
            for part in document.part.package.iter_parts()
            if part.content_type == CONTENT_TYPE.WML_FOOTNOTES
        }
        del document.element.body[:]
        parts, name = _saved(document), document.part.partname.membername
        around = _around(parts.pop(name))
    return Mould(engine, parts, name, around, f"{begins}>", body, margins, notes)


def _mark_cuts(body: BaseOxmlElement) -> None:
    """Mark where a part ends that is printed by itself: an empty paragraph ends its section."""
    for section in body.findall("{*}p/{*}pPr/{*}sectPr"):
        paragraph = section.getparent().getparent()
        if next(paragraph.iter("{*}t"), None) is None:
            paragraph.addnext(parse_xml(f"<cut>{_CUT}</cut>")[0])


def _compiled(engine: DocxTemplate, environment: SandboxedEnvironment, source: str) -> Template:
    """Compile a part's text."""
    text = engine.patch_xml(source)
    with suppress(TemplateSyntaxError):
        return environment.from_string(text)
    # With each paragraph on a line of its own a wrong tag can be found.
    lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", text)
    try:
        return environment.from_string(lines)
    except TemplateSyntaxError as error:
        first = max(error.lineno - 4, 0)
        raise _wrong_tag(lines.splitlines()[first : first + 7]) from error


def _saved(document: Document) -> dict[str, bytes]:
    out = io.BytesIO()
    document.save(out)
    return unpacked(out.getvalue())


def _around(part: bytes) -> tuple[bytes, bytes]:
    """What stands before and behind the content of a body, of a part whose body is empty."""
    before, tag, behind = re.split(rb"<(w:body[^>]*)/>", part, maxsplit=1)
    return before + b"<" + tag + b">", b"</w:body>" + behind


# ------------------------------------------------------------------ filling


def fill(mould: Mould, context: Mapping[str, object], *, touch: Touch | None = None) -> bytes:
    """Fill a template made ready; raises as ``render`` does. ``touch`` finishes each story."""
    values = {key: _plain(value) for key, value in context.items()}
    change = touch or _nothing
    with _in_words():
        try:
            return _packed(mould, values, change, _pieces(mould, values))
        except SyntaxError:
            # Tags that do not stand where they should: only the whole can be put right.
            whole = _mended(mould, "".join(_pieces(mould, values)))
            return _packed(mould, values, change, [whole])


def _nothing(_story: BaseOxmlElement) -> None:
    """Leave a story as it is."""


def _packed(
    mould: Mould, values: Mapping[str, object], touch: Touch, pieces: Iterable[str]
) -> bytes:
    margins = {
        name: [_margin(_text(mould.engine, text.render(values)), touch)]
        for name, text in mould.margins.items()
    }
    notes = {
        name: [_text(mould.engine, text.render(values)).encode()]
        for name, text in mould.notes.items()
    }
    parts = {name: [content] for name, content in mould.parts.items()}
    return pack({**parts, **margins, **notes, mould.name: _body(mould, pieces, touch)})


def _pieces(mould: Mould, values: Mapping[str, object]) -> Iterator[str]:
    """Yield the text of a body in pieces; the last holds at least one part printed by itself."""
    piece: list[str] = []
    held: list[str] = []
    for said in mould.body.generate(values):
        first, *more = str.split(said, _CUT)  # of Markup it would make Markup again
        piece.append(first)
        for rest in more:
            held.append("".join(piece))
            piece = [rest]
            if len(held) > 1:
                yield _text(mould.engine, held.pop(0))
    yield _text(mould.engine, "".join((*held, *piece)))


def _text(engine: DocxTemplate, said: str) -> str:
    """Text of a part as the template engine leaves it: line breaks and tabs as elements."""
    text = said
    if "{_" in text or "_}" in text:
        for written, meant in _BRACES:
            text = text.replace(written, meant)
    if not _listed(text):
        return text
    # Paragraph by paragraph, as the engine does it: it looks long at those without such a sign.
    return _PARAGRAPH.sub(
        lambda found: engine.resolve_listing(found[0]) if _listed(found[0]) else found[0], text
    )


def _listed(text: str) -> bool:
    return any(sign in text for sign in _LISTED)


def _margin(text: str, touch: Touch) -> bytes:
    story = parse_xml(text)
    touch(story)
    return bytes(serialize_part_xml(story))


def _body(mould: Mould, pieces: Iterable[str], touch: Touch) -> Iterator[bytes]:
    """Yield the part with the body, each piece finished."""
    before, behind = mould.around
    pictures = itertools.count(_PICTURES + 1)
    yield before
    for piece in pieces:
        story = _story(mould, piece)
        for picture in story.xpath("//wp:docPr") if "docPr" in piece else ():
            picture.set("id", str(next(pictures)))
        touch(story)
        content = bytes(serialize_part_xml(story))
        begin = content.index(b">", content.index(b"<w:body")) + 1
        yield content[begin : content.rindex(b"<")]
    yield behind


def _story(mould: Mould, text: str) -> BaseOxmlElement:
    """Read a piece of a body; columns of tables are brought in line with the cells there are."""
    body = f"{mould.begins}{text}{_BODY_ENDS}"
    story = parse_xml(body.encode())
    if story.xpath(_UNEVEN):
        story = parse_xml(serialize_part_xml(mould.engine.fix_tables(body)))
    return story


def _mended(mould: Mould, text: str) -> str:
    """Text of a body whose elements are not well nested, as far as it can be put right."""
    body = f"{mould.begins}{text}{_BODY_ENDS}"
    tree = mould.engine.xml_to_string(mould.engine.fix_tables(body))
    return str(tree.partition(">")[2].removesuffix(_BODY_ENDS))


def _plain(value: object) -> object:
    """Clean every text in a value; what is Markup stays so."""
    if isinstance(value, Markup):
        return Markup(clean(value))  # noqa: S704 - its writer escapes it
    if isinstance(value, str):
        return _clean(value)
    # The plain kinds first: to ask for the abstract ones takes several times as long.
    if isinstance(value, dict | Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | Sequence):
        return [_plain(one) for one in value]
    return value


@lru_cache(maxsize=4096)  # most texts of a print pack stand in it once a member
def _clean(text: str) -> str:
    return clean(text)


# ------------------------------------------------------------------ what a template does wrong


@contextmanager
def _in_words() -> Iterator[None]:
    """Say what is wrong with a template."""
    try:
        yield
    except FaultsError:
        raise
    except UndefinedError as error:
        raise _missing(error) from error
    except SecurityError as error:
        raise FaultsError(
            _("模板里有不允许的内容：标签只能引用数据，不能运行程序。"),
            _("请删去模板里可疑的标签，或换回程序自带的模板。"),
        ) from error
    except Exception as error:  # a template is people's work and can fail in any way
        raise FaultsError(
            _("模板打不开，或不是完好的 Word（.docx）文件。"),
            _("请用 Word 或 WPS 打开模板，另存为 .docx 后再试，或换回程序自带的模板。"),
        ) from error


def _missing(error: UndefinedError) -> FaultsError:
    """Word a tag that has no value."""
    found = _TAG.search(str(error))
    tag = found[1] if found else str(error)
    return FaultsError(
        _("模板里的标签“{tag}”没有对应的数据。").format(tag=tag),
        _("请在模板里改正或删去这个标签，可用的标签见手册；也可换回程序自带的模板。"),
    )


def _wrong_tag(near: Sequence[str]) -> FaultsError:
    """Word a tag that is not written right, with the lines around it."""
    lines = [_MARKUP.sub("", line).strip() for line in near]
    return FaultsError(
        _("模板里有写错的标签，在这几行附近：{lines}").format(lines=" ".join(filter(None, lines))),
        _(
            "请核对标签是否成对、花括号是否半角；循环、条件的开始和结束要各占一段，"
            "在表格里各占一行。"
        ),
    )
