"""The bounded reader: the bytes of an .xlsx, .xlsm, .xltx or .xltm become a Book.

It records what stands in the file and repairs nothing. Formulas are never computed.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.excel.cells import Context, read_cells
from sheetflow.excel.grid import LAST_COLUMN, LAST_ROW, position
from sheetflow.excel.parts import Element, Relation, elements, relations
from sheetflow.excel.preflight import (
    MAX_FILE,
    Archive,
    archive_kind,
    check_zip,
    fold,
    kind_of,
    read_part,
)
from sheetflow.excel.refusals import refuse
from sheetflow.excel.room import Room
from sheetflow.excel.strings import read_strings
from sheetflow.excel.values import Shown, ShownAs, shown_by, usual_formats, utc_moment
from sheetflow.messages import _
from sheetflow.model import Area, Book, Sheet, Value

MAX_SHEETS = 64
#: A desk of 2,000 members has 360,000 filled cells, each of a round beyond that as many more.
_STAFF_TIMES = 20
#: Characters of a sheet's name; programs allow 31.
_MAX_TITLE = 255

_NO_CELLS = frozenset({"chartsheet", "dialogsheet", "xlmacrosheet", "xlintlmacrosheet"})
_WORKBOOK = frozenset({"sheet", "workbookPr"})
_STYLES = frozenset({"numFmt", "xf", "font", "strike"})
_ON = frozenset({"1", "true"})
_PICTURES = "xl/media/"
#: Comments of a sheet that are told, and what names their cell.
_TOLD, _CELL = 10, re.compile("[A-Z]{1,3}[0-9]{1,7}")
#: Merged cells that are kept, and how a sheet lists them.
_AREAS = 500
_AREA = re.compile(rb'mergeCell [^>]*?ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"')
#: Reasons in a part without entries, which may be broken without loss.
_HARMLESS = frozenset({"damaged", "deep"})


def read_staff_book(data: bytes) -> Book:
    """Read a workbook of the staff's own, which grows with the roster: all of its cells.

    Raises as ``read_book`` does.
    """
    return read_book(data, max_rows=LAST_ROW, max_columns=LAST_COLUMN, times=_STAFF_TIMES)


def read_book(data: bytes, *, max_rows: int = 5000, max_columns: int = 256, times: int = 1) -> Book:
    """Read a workbook held in memory.

    Filled cells beyond ``max_rows`` or ``max_columns`` are not kept; the first ten
    addresses are told in ``Sheet.beyond``. Chart sheets are left out. ``times`` widens the
    limits of size.

    Raises ``UnreadableError``, and nothing else, for a file that cannot be read whole: its
    kind is a word of ``preflight.kind_of`` or size, truncated, damaged, doubled-entry,
    zip-password, compression, too-many, too-big, bomb, dtd, deep, long-text, no-sheets.
    """
    if len(data) > MAX_FILE * times:
        raise refuse("size")
    if not data.startswith(b"PK\3\4"):
        raise refuse(kind_of(data))
    try:
        archive = check_zip(data, times=times)
        kind = archive_kind(archive)
        if kind != "xlsx":
            raise refuse(kind)
        return _book(archive, max_rows, max_columns)
    except (ValueError, LookupError, ArithmeticError) as error:
        raise refuse("damaged") from error
    except (struct.error, zlib.error, expat.ExpatError) as error:
        raise refuse("damaged") from error


def _book(archive: Archive, max_rows: int, max_columns: int) -> Book:
    package = relations(archive, "")
    workbook = _target(package.values(), "officedocument") or "xl/workbook.xml"
    links = relations(archive, workbook)
    found = elements(archive, workbook, _WORKBOOK)
    listed = [e for e in found if (e.parent, e.name) == ("sheets", "sheet")]
    if len(listed) > MAX_SHEETS:
        raise refuse("too-big")
    room = Room.of(archive.times)
    part = _part(archive, workbook, links, "styles")
    styles = elements(archive, part, _STYLES) if part else ()
    context = Context(
        strings=_strings(archive, workbook, links, room),
        shown=_shown(styles),
        struck=_struck(styles),
        base_1904=any(
            e.name == "workbookPr" and e.attributes.get("date1904", "").casefold() in _ON
            for e in found
        ),
        room=room,
        alike=archive.times == 1,
        max_rows=max_rows,
        max_columns=max_columns,
    )
    sheets = _sheets(archive, listed, links, context)
    if not sheets:
        raise refuse("no-sheets")
    pictures = any(name.startswith(_PICTURES) for name in archive.entries)
    return Book(sheets, _modified(archive, package), pictures)


def _sheets(
    archive: Archive, listed: Iterable[Element], links: Mapping[str, Relation], context: Context
) -> tuple[Sheet, ...]:
    sheets: list[Sheet] = []
    for element in listed:
        title = element.attributes.get("name", "")
        if len(title) > _MAX_TITLE:
            raise refuse("damaged")
        link = links.get(element.attributes.get("id", ""))
        if link is not None and link.kind in _NO_CELLS:
            continue
        if link is None or link.kind != "worksheet":
            raise _at(title, refuse("damaged"))
        try:
            read = read_cells(archive, link.target, context)
        except UnreadableError as error:
            raise _at(title, error) from error
        hidden = element.attributes.get("state", "visible").casefold() != "visible"
        comments = _comments(archive, link.target)
        # A form is found by its codes, whatever is merged there; a table of people's is not.
        merged = () if hidden or archive.times == 1 else _merged(archive, link.target)
        sheets.append(Sheet(title, hidden, read.values, read.beyond, comments, read.struck, merged))
    return tuple(sheets)


def _comments(archive: Archive, sheet: str) -> tuple[str, ...]:
    """Cells of a sheet with a comment, the first few."""
    part = _target(relations(archive, sheet).values(), "comments")
    if part not in archive.entries:
        return ()
    try:
        found = elements(archive, part, frozenset({"comment"}))
    except UnreadableError as error:
        if error.kind in _HARMLESS:
            return ()
        raise
    cells = (element.attributes.get("ref", "") for element in found)
    return tuple(islice(filter(_CELL.fullmatch, cells), _TOLD))


def _merged(archive: Archive, sheet: str) -> tuple[Area, ...]:
    """Merged cells of a sheet, the first few hundred: they are listed behind all its cells."""
    part = read_part(archive, sheet)
    listed = _AREA.finditer(part, part.rfind(b"sheetData>"))
    areas = []
    for match in islice(listed, _AREAS):
        first, last = map(bytes.decode, match.groups())
        with suppress(UnreadableError):
            areas.append(Area(*position(first), *position(last)))
    return tuple(areas)


def _at(title: str, error: UnreadableError) -> UnreadableError:
    message = _("工作表「{title}」：{message}").format(title=title, message=error.message)
    return UnreadableError(error.kind, message, error.fix)


def _target(links: Iterable[Relation], kind: str) -> str:
    return next((link.target for link in links if link.kind == kind), "")


def _part(archive: Archive, workbook: str, links: Mapping[str, Relation], kind: str) -> str:
    """Part of this kind beside the workbook, by relationship or by its usual name."""
    usual = posixpath.join(posixpath.dirname(workbook), f"{kind}.xml")
    named = (_target(links.values(), kind), fold(usual))
    return next((name for name in named if name in archive.entries), "")


def _strings(
    archive: Archive, workbook: str, links: Mapping[str, Relation], room: Room
) -> dict[str, Value | None]:
    part = _part(archive, workbook, links, "sharedstrings")
    return read_strings(archive, part, room) if part else {}


def _shown(found: Sequence[Element]) -> dict[str, ShownAs]:
    """Style numbers as cells write them → as what numbers are shown."""
    custom = {
        e.attributes.get("numFmtId", ""): shown_by(e.attributes.get("formatCode", ""))
        for e in found
        if (e.parent, e.name) == ("numFmts", "numFmt")
    }
    shown = {**usual_formats(), **custom}
    cells = enumerate(_cell_styles(found))
    return {str(n): shown.get(style.get("numFmtId", ""), Shown.NUMBER) for n, style in cells}


def _cell_styles(found: Iterable[Element]) -> Iterator[Mapping[str, str]]:
    """Attributes of the styles that cells name by their number, in order."""
    return (e.attributes for e in found if (e.parent, e.name) == ("cellXfs", "xf"))


def _struck(found: Sequence[Element]) -> frozenset[str]:
    """Style numbers as cells write them whose font is struck out."""
    fonts: list[bool] = []
    strikes = False
    for element in found:
        if element.name == "strike":
            strikes = element.attributes.get("val", "1") in _ON
        elif element.name == "font":
            # What a font holds ends before it; those of conditional formats are no cell's.
            fonts += [strikes] if element.parent == "fonts" else []
            strikes = False
    out = {str(n) for n, struck in enumerate(fonts) if struck}
    cells = enumerate(_cell_styles(found))
    return frozenset(str(n) for n, style in cells if style.get("fontId") in out)


def _modified(archive: Archive, package: Mapping[str, Relation]) -> datetime | None:
    """When the workbook says it was last saved, in UTC; ``None`` when it does not say."""
    named = (_target(package.values(), "core-properties"), "docprops/core.xml")
    part = next((name for name in named if name in archive.entries), "")
    if not part:
        return None
    try:
        found = elements(archive, part, frozenset({"modified"}))
    except UnreadableError as error:
        if error.kind in _HARMLESS:
            return None
        raise
    return next((utc_moment(element.text) for element in found), None)
