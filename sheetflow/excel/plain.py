"""Elements that every program writes in one plain way, read without the parser.

Most of a workbook are cells and texts of a few fixed shapes. Where the parser stands between two
elements and such a shape follows, it is taken as it is and the parser never sees it; it is
sound XML by itself, so that all the rest is judged as if it were there. Whatever looks any
other way, or stands where the handlers do not expect it, goes through the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from xml.parsers import expat

#: Text without entities, ends of CDATA sections, carriage returns and what XML forbids.
_TEXT = r"[^<&\]\x00-\x08\x0b-\x1f]*"
_FORMULA = rf"{_TEXT}(?:&(?:amp|lt|gt|quot|apos);{_TEXT})*"
#: Formulas that fill no other cells, as Excel and WPS write them, and LibreOffice.
_KINDS = r'(?: t="shared"(?: ref="[A-Z0-9:]+")? si="[0-9]+"| aca="(?:false|true)")?'
_PIECE = r'[^<&"\x00-\x08\x0b-\x1f]*'
_QUOTED = rf"{_PIECE}(?:&(?:amp|lt|gt|quot|apos|#xA|#10);{_PIECE})*"
#: Attributes of a validation in the order of the format: no name twice, which XML forbids.
_VALIDATION = "".join(
    rf'(?: {name}="{_QUOTED}")?'
    for name in (
        *("type", "errorStyle", "imeMode", "operator", "allowBlank", "showDropDown"),
        *("showInputMessage", "showErrorMessage", "errorTitle", "error", "promptTitle"),
        *("prompt", "sqref"),
    )
)
#: Cell: address, style, type, formula, value. Or what says nothing of cells: a validation, a
#: merge.
CELL = re.compile(
    r'<(?:c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="([0-9]{1,6})")?(?: t="([A-Za-z]{1,10})")?'
    rf"(?:/>|>(?:<f{_KINDS}>({_FORMULA})</f>)?(?:<v>({_TEXT})</v>)?</c>)"
    rf"|dataValidation{_VALIDATION}(?:/>|>(?:<formula1>{_FORMULA}</formula1>)?"
    rf"(?:<formula2>{_FORMULA}</formula2>)?</dataValidation>)"
    r'|mergeCell ref="[A-Z0-9:]+"/>)'
)
#: Text of a shared string in one run.
STRING = re.compile(rf'<si><t(?: xml:space="preserve")?>({_TEXT})</t></si>')
#: Begin of a part whose bytes are UTF-8.
_UTF8 = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=([\"'])1\.[0-9]\1"
    rb"(?: encoding=([\"'])(?i:utf-8)\2)?(?: standalone=([\"'])(?:yes|no)\3)?\s*\?>\s*)?<[A-Za-z]"
)
#: First bytes of U+FFFE and U+FFFF, which XML forbids, and of a few others.
_DOUBTFUL = "\xef\xbf"


class Plain(NamedTuple):
    """A plain shape, and who takes what has it.

    The pattern sees bytes as Latin-1, so that places agree. ``ready`` tells whether an element
    of this shape may stand where the parser stands, ``take`` whether it is sound, and has been
    taken then.
    """

    pattern: re.Pattern[str]
    ready: Callable[[], bool]
    take: Callable[[re.Match[str]], bool]


def is_utf8(chunk: bytes) -> bool:
    """Whether a part that begins like this is written in UTF-8, and says nothing else."""
    return _UTF8.match(chunk) is not None


def feed(parser: expat.XMLParserType, chunk: bytes, fed: int, shapes: list[Plain]) -> int:
    """Parse the next chunk of a part without what is plain; return the bytes parsed in all.

    ``fed`` is how many have been parsed before; handlers may empty ``shapes`` on the way.
    """

    def between() -> bool:
        # A tag or comment still open keeps the parser where it began.
        return parser.CurrentByteIndex == fed and bool(shapes) and shapes[0].ready()

    at = 0
    ready = between()
    for found in shapes[0].pattern.finditer(chunk.decode("latin-1")) if shapes else ():
        start = found.start()
        if start > at:
            parser.Parse(chunk[at:start])
            fed += start - at
            at = start
            ready = between()
        if not ready:
            # Fed in small pieces the parser would look at what is open again and again.
            break
        if shapes[0].take(found):
            at = found.end()
    parser.Parse(chunk[at:])
    return fed + len(chunk) - at


def text_of(found: str) -> str | None:
    """Text of a plain shape; ``None`` where its bytes are not sound, which the parser tells."""
    if found.isascii():
        return found
    try:
        return None if _DOUBTFUL in found else found.encode("latin-1").decode()
    except UnicodeDecodeError:
        return None
