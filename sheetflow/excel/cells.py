"""One pass over a worksheet part: filled cells, nothing else, within limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sheetflow.errors import UnreadableError
from sheetflow.excel.grid import LAST_COLUMN, LAST_ROW, column_number, position, row_number
from sheetflow.excel.parts import entered, parse, prefix_of, walk
from sheetflow.excel.plain import Plain, Rows, blanks_of, stretch_of
from sheetflow.excel.preflight import Archive
from sheetflow.excel.refusals import refuse
from sheetflow.excel.room import MAX_CELL_TEXT, MAX_WRITTEN, Room, add_run, joined
from sheetflow.excel.values import (
    Shown,
    ShownAs,
    iso_value,
    number_value,
    shown_value,
    text_value,
)
from sheetflow.model import Value, ValueKind
from sheetflow.tables import address

_BEYOND = 10
#: Ends of sheets that are remembered: a round has few, and many forms.
_ENDS = 16

_NAMES = ("row", "c", "v", "f", "is", "t", "rPh", "si", "sheetData")
#: Where plain cells stand.
_IN_ROW = ["worksheet", "sheetData", "row"]
_TRUTH = {"1": "TRUE", "0": "FALSE", "true": "TRUE", "false": "FALSE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the cells of a book refer to, and the area to keep."""

    #: Shared strings by index as cells write it; ``None`` is an empty one.
    strings: Mapping[str, Value | None]
    #: Style number as cells write it → as what a number is shown.
    shown: Mapping[str, ShownAs]
    #: Style numbers of cells whose text is struck out.
    struck: frozenset[str] = frozenset()
    base_1904: bool
    room: Room
    #: Others are like this book, as forms are: what it says is remembered.
    alike: bool = True
    max_rows: int
    max_columns: int


class _Cells:
    """Handlers for a worksheet part; one cell is under way at a time."""

    __slots__ = (
        "beyond",
        "cell",
        "column",
        "context",
        "covered",
        "formula",
        "leaf",
        "names",
        "path",
        "phonetic",
        "raw",
        "room",
        "row",
        "row_text",
        "runs",
        "seen",
        "struck",
        "texts",
        "values",
        "written",
    )

    def __init__(self, context: Context) -> None:
        self.context = context
        self.room = context.room
        self.values: dict[tuple[int, int], Value] = {}
        self.beyond: list[str] = []
        self.struck: set[tuple[int, int]] = set()
        #: Cells that a formula elsewhere fills: array formulas and data tables.
        self.covered: set[tuple[int, int]] = set()
        self.names: Mapping[str, str] = {}
        self.texts: list[str] = []
        self.runs: list[str] | None = None
        self.cell: dict[str, str] | None = None
        self.raw: str | None = None
        self.row_text = ""
        #: Names of the open elements as written.
        self.path: list[str] = []
        self.phonetic = self.row = self.column = self.written = 0
        self.formula = self.leaf = self.seen = False

    def start(self, full: str, attributes: dict[str, str]) -> None:
        self.texts.clear()
        entered(self.path, full, leaf=self.leaf)
        name = self.names.get(full)
        if name == "c":
            if self.cell is not None:
                raise refuse("damaged")
            self.cell = attributes
            self.raw = self.runs = None
            self.formula = False
        elif name == "v":
            self.leaf = True
        elif name is not None:
            self.start_other(name, attributes)
        elif len(self.path) == 1:
            self.names = main_names(prefix_of(full, attributes, "worksheet"))

    def start_other(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.start_row(attributes.get("r"))
        elif name == "f":
            self.formula = True
            if "ref" in attributes and attributes.get("t") in {"array", "dataTable"}:
                self.cover(attributes["ref"])
        elif name == "t":
            self.leaf = True
        elif name == "is":
            self.runs = []
            self.written = 0
        elif name == "rPh":
            self.phonetic += 1
        elif name == "sheetData":
            self.seen = True

    def end(self, full: str) -> None:
        self.path.pop()
        self.leaf = False
        name = self.names.get(full)
        if name == "v":
            if self.raw is not None:
                raise refuse("damaged")
            self.raw = "".join(self.texts)
        elif name == "c":
            cell = self.cell or {}
            self.keep(self.locate(cell.get("r")), cell.get("s", "0"), cell.get("t", "n"))
            self.cell = None
        elif name == "t":
            if self.runs is not None and not self.phonetic:
                self.written += add_run(self.runs, self.texts, self.written)
        elif name == "rPh":
            self.phonetic -= 1

    def start_row(self, written: str | None) -> None:
        """Rows without a number follow the row before, unless their cells know better."""
        self.row = self.row + 1 if written is None else row_number(written)
        if not 1 <= self.row <= LAST_ROW:
            raise refuse("damaged")
        self.row_text = "" if written is None else str(self.row)
        self.column = 0

    def ready(self) -> bool:
        """Whether a plain stretch may begin here: in a row, between cells."""
        return self.path == _IN_ROW and bool(self.row_text) and not self.covered

    def take(self, pieces: Iterator[bytes]) -> bytes | None:
        """Read plain stretches that no parser has seen; return the first that is not plain."""
        strings, alike = self.context.strings, self.context.alike
        for piece in pieces:
            found = stretch_of(piece, alike=alike)
            if found is None or not self.look(found.rows):
                return piece
            _rows, place, style, kind, formula, raw, shared = found
            self.row, self.column = place
            if shared:
                self.put(place, strings[shared], style)
            else:
                self.raw, self.runs, self.formula = raw, None, formula
                self.keep(place, style, kind)
        return None

    def look(self, rows: Rows) -> bool:
        """Count the cells of a plain stretch, if they may stand here."""
        goes_on, row, cells, _last = rows
        if goes_on and goes_on != self.row:
            return False
        if row:
            self.row_text = row
        self.room.looks -= cells
        if self.room.looks < 0:
            raise refuse("too-big")
        return True

    def finish(self, rest: bytes) -> bool:
        """Read the end of the sheet, if it holds no cell with a value and is sound."""
        rows = end_of(rest)
        return rows is not None and self.look(rows)

    def keep(self, place: tuple[int, int], style: str, kind: str) -> None:
        """Put the finished cell where it belongs."""
        if self.raw is not None and len(self.raw) > MAX_WRITTEN:
            raise refuse("long-text", address(*place))
        self.put(place, self.value(style, kind, self.formula or place in self.covered), style)

    def put(self, place: tuple[int, int], value: Value | None, style: str) -> None:
        """Put a value where it belongs; ``None`` leaves it blank."""
        if value is None:
            return
        if place in self.values:
            raise refuse("damaged")
        if place[0] > self.context.max_rows or place[1] > self.context.max_columns:
            if len(self.beyond) < _BEYOND:
                self.beyond.append(address(*place))
            return
        if len(value.raw) > MAX_CELL_TEXT:
            raise refuse("long-text", address(*place))
        if value.kind is ValueKind.ERROR:
            self.room.take(len(value.raw))
        self.values[place] = value
        if style in self.context.struck:
            self.struck.add(place)
        self.room.cells -= 1
        if self.room.cells < 0:
            raise refuse("too-big")

    def locate(self, written: str | None) -> tuple[int, int]:
        """Cells without an address follow the cell before; others must stand in their row."""
        self.room.looks -= 1
        if self.room.looks < 0:
            raise refuse("too-big")
        if written is None:
            self.column += 1
        elif not self.row_text:
            self.row, self.column = position(written)
            self.row_text = str(self.row)
        elif written.endswith(self.row_text):
            self.column = column_number(written[: -len(self.row_text)])
        else:
            self.column = 0
        if not (1 <= self.column <= LAST_COLUMN and self.row):
            raise refuse("damaged", written or "")
        return self.row, self.column

    def value(self, style: str, kind: str, formula: bool) -> Value | None:
        """Meaning of the cell under way; ``None`` when it is blank."""
        raw = self.raw
        if self.runs is not None:
            return joined(self.runs, self.room, formula=formula)
        if raw is not None and kind in {"str", "inlineStr"}:
            return joined([raw], self.room, formula=formula)
        if raw is None or not raw.strip():
            return Value(ValueKind.UNCACHED, "", formula=True) if formula else None
        if kind == "s":
            # A false index means that text is lost: KeyError, told as damage.
            shared = self.context.strings[raw]
            return text_value(shared.raw if shared else "", formula=True) if formula else shared
        if kind == "n":
            return self.number(raw, style, formula)
        return _scalar(kind, raw, formula)

    def number(self, raw: str, style: str, formula: bool) -> Value:
        """Number, percentage or date; without its style nobody can tell which."""
        shown = self.context.shown.get(style)
        if shown is None and style != "0":
            raise refuse("damaged")
        if shown is None or shown is Shown.NUMBER:
            return number_value(raw, formula=formula)
        base_1904 = self.context.base_1904
        return shown_value(raw, shown, formula=formula, base_1904=base_1904)

    def cover(self, ref: str) -> None:
        """Note the cells an array formula fills, as far as they are read."""
        first, _colon, last = ref.partition(":")
        top, left = position(first)
        bottom, right = position(last or first)
        rows = range(top, min(bottom, self.context.max_rows) + 1)
        columns = range(left, min(right, self.context.max_columns) + 1)
        self.room.covered -= len(rows) * len(columns)
        if self.room.covered < 0:
            raise refuse("too-big")
        self.covered.update((row, column) for row in rows for column in columns)


class CellsRead(NamedTuple):
    """What a worksheet part holds."""

    #: By row and column, counted from 1.
    values: dict[tuple[int, int], Value]
    #: Addresses of filled cells beyond the area, the first few.
    beyond: tuple[str, ...]
    #: Filled cells whose text is struck out.
    struck: frozenset[tuple[int, int]]


def read_cells(archive: Archive, part: str, context: Context) -> CellsRead:
    """Read a worksheet part within the area to keep.

    Raises ``UnreadableError``: damaged, deep, long-text, too-big and what ``walk`` raises.
    """
    handlers = _Cells(context)
    plain = Plain(b"</c>", handlers.ready, handlers.take, handlers.finish)
    walk(archive, part, handlers.start, handlers.end, handlers.texts, plain)
    if not handlers.seen:
        raise refuse("damaged")
    return CellsRead(handlers.values, tuple(handlers.beyond), frozenset(handlers.struck))


@lru_cache(maxsize=_ENDS)
def end_of(rest: bytes) -> Rows | None:
    """Blank cells a sheet whose last row is open ends with; ``None`` where the parser is to tell.

    What follows the cells is sound and has neither rows nor cells.
    """
    blank, mark, after = rest.partition(b"</row></sheetData>")
    opened: list[str] = []
    path: list[str] = []
    texts: list[str] = []

    def start(full: str, _attributes: dict[str, str]) -> None:
        texts.clear()
        opened.append(full)
        entered(path, full, leaf=False)

    def end(_full: str) -> None:
        path.pop()

    begin = "".join(f"<{name}>" for name in _IN_ROW).encode()
    try:
        parse([begin, mark, after], start, end, texts)
    except UnreadableError:
        return None
    return None if set(_NAMES) & set(opened[len(_IN_ROW) :]) else blanks_of(blank)


@lru_cache(maxsize=4)
def main_names(prefix: str | None) -> dict[str, str]:
    """Names as written → names known here; no prefix means that all would read as empty."""
    if prefix is None:
        raise refuse("damaged")
    return {f"{prefix}{name}": name for name in _NAMES}


def _scalar(kind: str, raw: str, formula: bool) -> Value:
    if kind == "d":
        return iso_value(raw, formula=formula)
    plain = raw.strip()
    if kind == "b" and plain in _TRUTH:
        return Value(ValueKind.BOOL, _TRUTH[plain], formula)
    return Value(ValueKind.ERROR, plain if kind == "e" else raw, formula)
