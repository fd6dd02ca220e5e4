"""Stretches of a part that every program writes in one plain way, read without the parser.

A part is cut after each cell (each shared string), and what its last row is followed by is one
stretch more. The forms of a round are much alike, so that most stretches have been read before,
byte for byte, and what they say is remembered. Where the parser stands between two elements and
a plain stretch follows, it is taken as it is and the parser never sees it; it is sound XML by
itself, so that all the rest is judged as if it were there. Whatever looks any other way, or
stands where the handlers do not expect it, goes through the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from sheetflow.excel.grid import LAST_ROW, column_number, on_grid, position

#: Text without entities, ends of CDATA sections, carriage returns and what XML forbids.
_TEXT = r"[^<&\]\x00-\x08\x0b-\x1f\ufffe\uffff]*"
_FORMULA = rf"{_TEXT}(?:&(?:amp|lt|gt|quot|apos);{_TEXT})*"
#: Formulas that fill no other cells, as Excel and WPS write them, and LibreOffice.
_KINDS = r'(?: t="shared"(?: ref="[A-Z0-9:]+")? si="[0-9]+"| aca="(?:false|true)")?'
_ADDRESS = r'r="[A-Z]{1,3}[1-9][0-9]{0,6}"'
_BLANKS = rf'(?:\s*<c {_ADDRESS}(?: s="[0-9]{{1,6}}")?(?: t="[A-Za-z]{{1,10}}")?/>)*\s*'
_ROW = r'\s*<row r="[1-9][0-9]{0,6}"(?: [A-Za-z0-9:]+="[A-Za-z0-9:. -]*")*'
#: What stands before the last cell of a stretch: blank cells, ends and begins of rows.
_BEFORE = re.compile(rf"(?:{_BLANKS}</row>(?:{_ROW}/>)*{_ROW}>)*{_BLANKS}")
#: A cell without its end tag: style, type, formula, value.
_CELL = re.compile(
    rf'<c {_ADDRESS}(?: s="([0-9]{{1,6}})")?(?: t="([A-Za-z]{{1,10}})")?>'
    rf"(?:<f{_KINDS}>({_FORMULA})</f>)?(?:<v>({_TEXT})</v>)?"
)
#: Begin of a row or cell: which, letters and digits of its address, a row's other attributes.
_BEGIN = re.compile(r'<(row|c) r="([A-Z]*)([0-9]+)"([^>]*)')
_NAME = re.compile(r" ([^ =]+)=")
#: A shared string in one run, without its end tag.
_STRING = re.compile(rf'\s*<si><t(?: xml:space="preserve")?>({_TEXT})</t>')
#: Begin of a part whose bytes are UTF-8.
_UTF8 = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=([\"'])1\.[0-9]\1"
    rb"(?: encoding=([\"'])(?i:utf-8)\2)?(?: standalone=([\"'])(?:yes|no)\3)?\s*\?>\s*)?<[A-Za-z]"
)
#: Stretches that are remembered, and the bytes of the longest: 16 MB if all are.
REMEMBERED, LONGEST = 8192, 2048


class Rows(NamedTuple):
    """Rows and cells, one of them going on before and one after."""

    #: Row the first cells stand in; 0 when a row begins before any cell.
    goes_on: int
    #: Row that begins last, as written; empty when the row before goes on.
    row: str
    #: Cells, blank ones too, and the address of the last; empty when there is none.
    cells: int
    last: str


class Stretch(NamedTuple):
    """A cell with its end tag cut off, and the rows and blank cells before it."""

    rows: Rows
    place: tuple[int, int]
    style: str
    kind: str
    formula: bool
    #: What stands in the cell; ``None`` when it has no value.
    raw: str | None
    #: The same when it names a shared string and nothing else stands there.
    shared: str


class Plain(NamedTuple):
    """How a kind of part is cut, and who takes what is plain.

    ``ready`` tells whether a stretch may begin where the parser stands. ``take`` takes stretches
    without their ``mark`` as long as they are plain and returns the first that is not, if any;
    ``finish`` tells whether what follows the last mark of a part was plain and has been taken.
    """

    mark: bytes
    ready: Callable[[], bool]
    take: Callable[[Iterator[bytes]], bytes | None]
    finish: Callable[[bytes], bool]


def is_utf8(chunk: bytes) -> bool:
    """Whether a part that begins like this is written in UTF-8, and says nothing else."""
    return _UTF8.match(chunk) is not None


def feed(
    parser: expat.XMLParserType, chunk: bytes, fed: int, shapes: list[Plain], *, whole: bool
) -> int | None:
    """Parse the next chunk of a part without what is plain; return the bytes parsed in all.

    ``fed`` is how many have been parsed before; handlers may empty ``shapes`` on the way.
    ``None`` when the chunk is the ``whole`` part and its end needs no parser.
    """

    def between() -> bool:
        # A tag or comment still open keeps the parser where it began.
        return parser.CurrentByteIndex == fed and bool(shapes) and shapes[0].ready()

    mark = shapes[0].mark if shapes else b""
    *pieces, rest = chunk.split(mark) if mark else (chunk,)
    todo = iter(pieces)
    ready = between()
    while (odd := shapes[0].take(todo) if ready else next(todo, None)) is not None:
        parser.Parse(odd + mark)
        fed += len(odd) + len(mark)
        ready = between()
        if not ready:
            # Fed in small pieces the parser would look at what is open again and again.
            rest = mark.join([*todo, rest])
    if whole and ready and shapes[0].finish(rest):
        return None
    parser.Parse(rest)
    return fed + len(rest)


# ------------------------------------------------------------------ what a stretch says


def stretch_of(piece: bytes, *, alike: bool) -> Stretch | None:
    """What a stretch of a sheet says; ``None`` where the parser is to tell.

    It is remembered where other workbooks are ``alike``, as forms are.
    """
    known = alike and len(piece) <= LONGEST
    return _remembered_stretch(piece) if known else _stretch(piece)


def string_of(piece: bytes) -> str | None:
    """Text of a shared string as written; ``None`` where the parser is to tell."""
    return _remembered_string(piece) if len(piece) <= LONGEST else _string(piece)


def blanks_of(piece: bytes) -> Rows | None:
    """What blank cells and rows say that an open row ends with; ``None`` as above."""
    text = _text(piece)
    return _rows(text) if _BEFORE.fullmatch(text) else None


def _stretch(piece: bytes) -> Stretch | None:
    text = _text(piece)
    at = text.rfind("<c ")
    cell = _CELL.fullmatch(text, at) if at >= 0 else None
    rows = _rows(text) if cell and _BEFORE.fullmatch(text, 0, at) else None
    if cell is None or rows is None:
        return None
    style, kind, formula, raw = cell.groups()
    return Stretch(
        rows=rows,
        place=position(rows.last),
        style=style or "0",
        kind=kind or "n",
        formula=formula is not None,
        raw=raw,
        shared=raw if kind == "s" and formula is None and raw and raw.isdigit() else "",
    )


def _rows(text: str) -> Rows | None:
    """Where the cells of a text stand; ``None`` when one cannot stand there."""
    row, goes_on, cells, last = "", "", 0, ""
    for name, letters, digits, others in _BEGIN.findall(text):
        if name == "row":
            row = digits
            if int(row) > LAST_ROW or _doubled(others):
                return None
            continue
        cells += 1
        last = letters + digits
        if not row:
            goes_on = goes_on or digits
        if digits != (row or goes_on) or not on_grid(int(digits), column_number(letters)):
            return None
    return Rows(int(goes_on or 0), row, cells, last)


def _string(piece: bytes) -> str | None:
    found = _STRING.fullmatch(_text(piece))
    return found[1] if found else None


def _doubled(attributes: str) -> bool:
    """Whether a row has an attribute twice, which XML forbids."""
    names = ["r", *_NAME.findall(attributes)]
    return len(names) > len(set(names))


def _text(piece: bytes) -> str:
    """Text of these bytes; none where they are not sound, which the parser tells."""
    try:
        return piece.decode()
    except UnicodeDecodeError:
        return ""


_remembered_stretch = lru_cache(maxsize=REMEMBERED)(_stretch)
_remembered_string = lru_cache(maxsize=REMEMBERED)(_string)
