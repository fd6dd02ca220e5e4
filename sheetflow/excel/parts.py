"""XML parts of an Office package: walked by expat within limits, found by relationship."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote
from xml.parsers import expat

from sheetflow.excel.plain import Plain, feed, is_utf8
from sheetflow.excel.preflight import Archive, fold, inflate
from sheetflow.excel.refusals import refuse

#: Both spellings of a workbook's main namespace: transitional and ISO strict.
MAIN = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
)
MAX_DEPTH = 64
#: Characters of one text or bytes of one tag with its attributes.
MAX_TEXT = 1024 * 1024
#: Different names of elements and attributes in one part; a real one has below a hundred.
MAX_NAMES = 5_000
#: Signs ``<`` in all parts of a workbook that are walked: what holds the time to a few seconds.
#: A full book has four a cell, two more for a formula, one for an empty cell.
MAX_MARKS = 2_000_000
#: Wanted elements of one small part; styles of real workbooks stay below 65,536.
_MAX_ELEMENTS = 100_000
#: Characters of their attributes and texts together.
_MAX_ELEMENT_TEXT = 2_000_000
#: Bytes of a part that is remembered, and how many such parts: 15 MB if all is elements.
_REMEMBERED_SIZE, _REMEMBERED = 32 * 1024, 16
#: Bytes of a part that is parsed in one go.
_WHOLE = 256 * 1024
#: Attributes of wanted elements that anybody asks for.
_ATTRIBUTES = frozenset(
    {
        *("Id", "Type", "Target", "TargetMode"),
        *("id", "name", "state", "date1904"),
        *("formatCode", "numFmtId", "fontId", "val"),
        "ref",
    }
)

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


class Element(NamedTuple):
    """An XML element without namespaces: its name, its parent's, attributes, own text."""

    name: str
    parent: str
    attributes: Mapping[str, str]
    text: str


class Relation(NamedTuple):
    """Where one part points: last word of the relationship's type, folded target."""

    kind: str
    target: str


def walk(
    archive: Archive,
    name: str,
    start: Start,
    end: End,
    texts: list[str],
    plain: Plain | None = None,
) -> None:
    """Parse a part once; names reach the handlers as written, prefixes and all.

    Text is appended to ``texts``, which ``start`` must clear. Counting depth is left to the
    handlers, and namespaces to them by ``prefix_of``, for speed. What is ``plain`` is taken
    without the parser. Raises ``UnreadableError``: dtd, too-big, damaged and what ``inflate``
    raises.
    """
    chunks: Iterable[bytes] = _chunks(archive, name)
    whole = _small(archive, name, _WHOLE)
    if whole:
        chunks = (b"".join(chunks),)
    parse(chunks, start, end, texts, plain, whole=whole)


def _chunks(archive: Archive, name: str) -> Iterator[bytes]:
    """Inflate a part to be parsed, and count its marks."""
    for chunk in inflate(archive, name):
        # Before the parser, for which these are the work.
        archive.marks += chunk.count(b"<")
        if archive.marks > MAX_MARKS * archive.times:
            raise refuse("too-big")
        yield chunk


def _small(archive: Archive, name: str, limit: int) -> bool:
    """Whether a part is there and has no more bytes than this."""
    entry = archive.entries.get(fold(name))
    return entry is not None and entry.size <= limit


def parse(
    chunks: Iterable[bytes],
    start: Start,
    end: End,
    texts: list[str],
    plain: Plain | None = None,
    *,
    whole: bool = False,
) -> None:
    """Parse the chunks of a part as ``walk`` does; ``whole`` says that there is only one."""
    names: dict[str, str] = {}
    parser = expat.ParserCreate(intern=names)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = texts.append
    shapes = [plain] if plain else []
    # In a CDATA section what looks like an element is text.
    parser.StartCdataSectionHandler = shapes.clear
    fed = 0
    try:
        for chunk in chunks:
            if not fed and not is_utf8(chunk):
                shapes.clear()
            parsed = feed(parser, chunk, fed, shapes, whole=whole)
            if parsed is None:
                return
            fed = parsed
            # A tag still open keeps the parser where the tag began.
            waiting = fed - max(0, parser.CurrentByteIndex)
            large = waiting > MAX_TEXT or sum(map(len, texts)) > MAX_TEXT
            # The parser keeps each name for as long as it lives.
            if large or len(names) > MAX_NAMES:
                raise refuse("too-big")
        parser.Parse(b"", True)  # noqa: FBT003 - the end; it has no keyword
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise refuse("damaged") from error


def entered(path: list[str], name: str, *, leaf: bool) -> None:
    """Add a new element to the open ones; ``leaf`` says that it stands inside a text.

    Raises ``UnreadableError``: deep, damaged.
    """
    if leaf or len(path) >= MAX_DEPTH:
        raise refuse("damaged" if leaf else "deep")
    path.append(name)


def prefix_of(root: str, attributes: dict[str, str], local: str) -> str | None:
    """Prefix, with its colon, of a root element in the main namespace; else ``None``."""
    prefix, colon, name = root.rpartition(":")
    space = attributes.get(f"xmlns:{prefix}" if colon else "xmlns")
    return prefix + colon if name == local and space in MAIN else None


def elements(archive: Archive, name: str, wanted: frozenset[str]) -> Sequence[Element]:
    """Return the elements called ``wanted`` of a small part, in order of their ends.

    Of their attributes those named in ``_ATTRIBUTES`` are kept.

    Raises ``UnreadableError``: deep, too-big and what ``walk`` raises.
    """
    chunks = _chunks(archive, name)
    if not _small(archive, name, _REMEMBERED_SIZE):
        return _elements(chunks, wanted)
    return _remembered(b"".join(chunks), wanted)


@lru_cache(maxsize=_REMEMBERED)
def _remembered(content: bytes, wanted: frozenset[str]) -> Sequence[Element]:
    """Elements of a part that many files of a round have in common, byte for byte."""
    return _elements([content], wanted)


def _elements(chunks: Iterable[bytes], wanted: frozenset[str]) -> Sequence[Element]:
    found: list[Element] = []
    texts: list[str] = []
    path: list[str] = [""]
    opened: list[dict[str, str]] = []
    left = _MAX_ELEMENT_TEXT

    def start(full: str, attributes: dict[str, str]) -> None:
        texts.clear()
        local = _local(full)
        path.append(local)
        if len(path) > MAX_DEPTH + 1:
            raise refuse("deep")
        if local in wanted:
            named = ((_local(key), value) for key, value in attributes.items())
            opened.append({key: value for key, value in named if key in _ATTRIBUTES})

    def end(_full: str) -> None:
        nonlocal left
        local = path.pop()
        if local not in wanted:
            return
        element = Element(local, path[-1], opened.pop(), "".join(texts))
        found.append(element)
        left -= len(element.text) + sum(map(len, element.attributes.values()))
        if left < 0 or len(found) > _MAX_ELEMENTS:
            raise refuse("too-big")

    parse(chunks, start, end, texts)
    return tuple(found)


def relations(archive: Archive, source: str) -> dict[str, Relation]:
    """Return the relationships of a part by id; those of the package for an empty source.

    Empty when the part has no relationships. Raises as ``elements`` does.
    """
    folder, base = posixpath.split(source)
    name = fold(posixpath.join(folder, "_rels", f"{base}.rels"))
    if name not in archive.entries:
        return {}
    found = {}
    for element in elements(archive, name, frozenset({"Relationship"})):
        attributes = element.attributes
        if attributes.get("TargetMode", "").casefold() == "external":
            continue
        kind = attributes.get("Type", "").rpartition("/")[2].casefold()
        target = _resolve(archive, folder, attributes.get("Target", ""))
        found[attributes.get("Id", "")] = Relation(kind, target)
    return found


def _resolve(archive: Archive, folder: str, target: str) -> str:
    path = target.replace("\\", "/")
    whole = posixpath.normpath(posixpath.join("/", folder, path))
    plain = fold(whole)
    return plain if plain in archive.entries else fold(unquote(whole))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _no_doctype(*_declared: object) -> None:
    raise refuse("dtd")
