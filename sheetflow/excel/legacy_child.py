"""The disposable process that lets xlrd at an .xls or .et: bytes in, plain JSON out.

Started by ``legacy`` and by nothing else, with the limits as its one argument. It needs
xlrd and the standard library only, so that it starts fast.

xlrd alone would lose which cells hold a formula and which number format they have, so its
records are tapped as they pass. Cells are kept sparse; one in the last row costs nothing.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import xlrd
from xlrd import biffh, compdoc

Cell = list[object]
Place = tuple[int, int]
#: What xlrd hands over: a text, a number, or the code of a boolean or an error.
Raw = str | int | float

#: Address space in bytes: beside the program, which holds the file and the answer, it keeps
#: both together below 300 MB. The fullest book within the limits needs some 140 MB,
#: a form with pictures up to the largest file below 120 MB.
MEMORY = 152 * 1024 * 1024

#: Record numbers of formulas in all versions of the format ([MS-XLS] 2.4.127).
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_EMPTY = (biffh.XL_CELL_EMPTY, biffh.XL_CELL_BLANK)
_BEYOND = 10
#: Property set of an OLE document: where its first section starts, the id and the type of
#: "last saved", and the day its clock starts ([MS-OLEPS] 2.21, [MS-OSHARED] 2.3.3.2.1).
_SECTION_AT, _LAST_SAVED, _FILETIME = 44, 0x0D, 0x40
_PROPERTIES = 100
#: The clock's ticks in a second; parts of one are dropped, as .xlsx has none.
_TICKS = 10_000_000
_CLOCK_START = datetime(1601, 1, 1, tzinfo=UTC)


class RefusedError(Exception):
    """The workbook is not to be read: the kind of refusal, the sheet, row and column from 1."""

    def __init__(self, kind: str, title: str = "", place: Place | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.title = title
        self.place = place


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is kept of a workbook and what ends its reading."""

    rows: int
    columns: int
    sheets: int
    sheet_cells: int
    cells: int
    #: Characters of one text, and of all texts, equal ones counted once.
    text: int
    chars: int
    #: Processor time in seconds.
    seconds: int


@dataclass(slots=True)
class Found:
    """What was read so far; a text is kept once and named by its index."""

    limits: Limits
    texts: dict[str, int] = field(default_factory=dict)
    chars: int = 0
    cells: int = 0
    sheets: dict[int, dict[Place, Cell]] = field(default_factory=dict)
    beyond: dict[int, list[Place]] = field(default_factory=dict)
    #: Place of the formula record that passed last.
    formula: Place | None = None


def restrict(seconds: int) -> None:
    """Bound this process's memory and processor time, where the system can."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not there on Windows

        wanted = (
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_CORE, 0),
        )
        for which, most in wanted:
            hard = resource.getrlimit(which)[1]
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with suppress(ValueError, OSError):
                resource.setrlimit(which, (allowed, hard))


def read(data: bytes, limits: Limits) -> dict[str, object]:
    """Read a workbook into what JSON can say.

    ``sheets`` holds title, hidden, beyond and cells: row, column, kind, raw, formula; rows and
    columns count from 1. The kind is ``s`` (raw is an index into ``texts``), ``b``, ``e``, ``u``
    (a formula with a doubtful result) or, for a number, an index into ``formats``, which holds
    key and code of a number format. Raises ``RefusedError`` and whatever xlrd raises.
    """
    found = Found(limits)
    _tap(found)
    with open(os.devnull, "w", encoding="utf-8") as silence:  # noqa: PTH123 - not a path
        book = xlrd.open_workbook(file_contents=data, logfile=silence)
    if len(book.sheet_names()) > limits.sheets:
        raise RefusedError("too-big")
    formats = [book.format_map.get(style.format_key) for style in book.xf_list]
    sheets = [_sheet(found, book.sheet_by_index(n)) for n in range(book.nsheets)]
    return {
        "sheets": sheets,
        "texts": list(found.texts),
        "formats": [[f.format_key, f.format_str] if f else [0, None] for f in formats],
        "base_1904": book.datemode == 1,
        "modified": _modified(data),
    }


def _sheet(found: Found, sheet: xlrd.sheet.Sheet) -> dict[str, object]:
    cells = found.sheets[sheet.number]
    if not cells and any(sheet.row_len(row) for row in range(sheet.nrows)):
        # An xlrd whose cells do not pass by here: never an empty sheet for a full one.
        raise RefusedError("xls-damaged", sheet.name)
    return {
        "title": sheet.name,
        "hidden": sheet.visibility != 0,
        "beyond": found.beyond[sheet.number],
        "cells": [[*place, *cell] for place, cell in cells.items()],
    }


def _tap(found: Found) -> None:
    """Have xlrd hand every cell and formula record to ``found`` and store none itself."""
    make = xlrd.sheet.Sheet

    def tapped(book: xlrd.Book, position: int, name: str, number: int) -> xlrd.sheet.Sheet:
        if "get_record_parts" not in vars(book):
            book.get_record_parts = _noting(book, found)
        sheet = make(book, position, name, number)
        sheet.put_cell = _keeper(found, name, number)
        return sheet

    xlrd.sheet.Sheet = tapped


def _noting(book: xlrd.Book, found: Found) -> Callable[[], tuple[int, int, bytes]]:
    """Wrap the source of records so that the last formula's place is known."""
    parts = book.get_record_parts

    def noted() -> tuple[int, int, bytes]:
        record: tuple[int, int, bytes] = parts()
        if record[0] in _FORMULAS:
            row, column = struct.unpack_from("<HH", record[2])
            found.formula = (row + 1, column + 1)
        return record

    return noted


def _keeper(found: Found, title: str, number: int) -> Callable[..., None]:
    """Make the function that takes the cells of one sheet in xlrd's place."""
    cells = found.sheets.setdefault(number, {})
    beyond = found.beyond.setdefault(number, [])
    found.formula = None
    limits = found.limits

    def keep(row: int, column: int, kind: int | None, value: Raw, style: int) -> None:
        place = (row + 1, column + 1)
        formula = place == found.formula
        if kind in _EMPTY or (value == "" and not formula):
            return
        if place[0] > limits.rows or place[1] > limits.columns:
            if len(beyond) < _BEYOND and place not in beyond:
                beyond.append(place)
            return
        if isinstance(value, str) and len(value) > limits.text:
            raise RefusedError("long-text", title, place)
        cell = _cell(found, kind, value, style=style, formula=formula)
        if cells.setdefault(place, cell) != cell:
            raise RefusedError("xls-damaged", title, place)
        if len(cells) > limits.sheet_cells:
            raise RefusedError("too-big", title)

    return keep


def _cell(found: Found, kind: int | None, value: Raw, *, style: int, formula: bool) -> Cell:
    """Kind, raw and formula of a cell that is not blank."""
    found.cells += 1
    if isinstance(value, str):
        at = found.texts.setdefault(value, len(found.texts))
        found.chars += len(value) if at == len(found.texts) - 1 else 0
        cell: Cell = ["s", at, formula]
    elif kind == biffh.XL_CELL_BOOLEAN:
        cell = ["b", value, formula]
    elif kind == biffh.XL_CELL_ERROR:
        cell = ["e", biffh.error_text_from_code.get(value, f"#{value}"), formula]
    elif formula and not value:
        # Nobody can tell a 0 that was computed from the one written in place of a result:
        # Apache POI does so where it computed nothing, LibreOffice for texts it did not renew.
        cell = ["u", "", formula]
    else:
        cell = [style, repr(float(value)), formula]
    if found.cells > found.limits.cells or found.chars > found.limits.chars:
        raise RefusedError("too-big")
    return cell


def _modified(data: bytes) -> str | None:
    """When the workbook says it was last saved (UTC, ISO 8601); ``None`` when it does not."""
    try:
        with open(os.devnull, "w", encoding="utf-8") as silence:  # noqa: PTH123 - no path
            document = compdoc.CompDoc(data, logfile=silence)
            stream = document.get_named_stream("\x05SummaryInformation")
        (start,) = struct.unpack_from("<I", stream, _SECTION_AT)
        (count,) = struct.unpack_from("<I", stream, start + 4)
        places = (start + 8 * n for n in range(1, min(count, _PROPERTIES) + 1))
        listed = dict(struct.unpack_from("<II", stream, at) for at in places)
        kind, ticks = struct.unpack_from("<IQ", stream, start + listed[_LAST_SAVED])
        if kind != _FILETIME or not ticks:
            return None
        return (_CLOCK_START + timedelta(seconds=ticks // _TICKS)).isoformat()
    except Exception:  # noqa: BLE001 - a date only: whatever ails it, the cells are there
        return None


def _answer(data: bytes, limits: Limits) -> dict[str, object]:
    try:
        return read(data, limits)
    except RefusedError as refused:
        return {"refused": refused.kind, "title": refused.title, "place": refused.place}
    except MemoryError:
        return {"refused": "xls-memory"}
    except Exception as error:  # noqa: BLE001 - xlrd raises of many classes, assertions too
        return {"refused": "xls-password" if "encrypted" in str(error) else "xls-damaged"}


def main() -> None:
    """Read standard input, write standard output; a crash is told by writing nothing whole."""
    limits = Limits(**json.loads(sys.argv[1]))
    restrict(limits.seconds)
    try:
        answer = _answer(sys.stdin.buffer.read(), limits)
        written = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    except MemoryError:
        written = b'{"refused":"xls-memory"}'
    sys.stdout.buffer.write(written)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
