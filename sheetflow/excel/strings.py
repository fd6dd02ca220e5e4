"""One pass over the shared strings of a workbook, within limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from sheetflow.errors import UnreadableError
from sheetflow.excel.cells import main_names
from sheetflow.excel.parts import MAIN, entered, parse, prefix_of, walk
from sheetflow.excel.plain import LONGEST, REMEMBERED, Plain, string_of
from sheetflow.excel.preflight import Archive
from sheetflow.excel.refusals import refuse
from sheetflow.excel.room import Room, add_run, joined
from sheetflow.model import Value


class _Strings:
    """Handlers for the shared strings part."""

    __slots__ = ("found", "leaf", "names", "path", "phonetic", "room", "runs", "texts", "written")

    def __init__(self, room: Room) -> None:
        self.room = room
        self.found: list[Value | None] = []
        self.names: Mapping[str, str] = {}
        self.texts: list[str] = []
        self.runs: list[str] = []
        #: Names of the open elements as written.
        self.path: list[str] = []
        self.phonetic = self.written = 0
        self.leaf = False

    def start(self, full: str, attributes: dict[str, str]) -> None:
        self.texts.clear()
        entered(self.path, full, leaf=self.leaf)
        name = self.names.get(full)
        if name == "t":
            self.leaf = True
        elif name == "si":
            self.runs.clear()
            self.written = 0
        elif name == "rPh":
            self.phonetic += 1
        elif len(self.path) == 1:
            self.names = main_names(prefix_of(full, attributes, "sst"))

    def end(self, full: str) -> None:
        self.path.pop()
        self.leaf = False
        name = self.names.get(full)
        if name == "t":
            if not self.phonetic:
                self.written += add_run(self.runs, self.texts, self.written)
        elif name == "si":
            self.keep()
        elif name == "rPh":
            self.phonetic -= 1

    def ready(self) -> bool:
        """Whether a plain string may stand here."""
        return self.path == ["sst"]

    def take(self, pieces: Iterator[bytes]) -> bytes | None:
        """Read strings without the parser: plain ones, and those known from before."""
        for piece in pieces:
            text = string_of(piece)
            if text is not None:
                self.runs = [text]
                self.keep()
                continue
            # Parsing each by itself costs more, and of so many few would be remembered.
            known = len(piece) <= LONGEST and len(self.found) < REMEMBERED
            alone = _alone(piece) if known else ()
            if not alone:
                return piece
            for value in alone:
                self.room.take(len(value.raw) if value else 0)
                self.add(value)
        return None

    def keep(self) -> None:
        """Add the finished string to those found."""
        self.add(joined(self.runs, self.room))

    def add(self, value: Value | None) -> None:
        """Add the next string; raises ``UnreadableError`` too-big."""
        self.found.append(value)
        if len(self.found) > self.room.strings:
            raise refuse("too-big")


@lru_cache(maxsize=REMEMBERED)
def _alone(piece: bytes) -> tuple[Value | None, ...]:
    """String of some runs, parsed by itself; nothing where it is not sound by itself."""
    handlers = _Strings(Room())
    part = (f'<sst xmlns="{min(MAIN)}">'.encode(), piece, b"</si></sst>")
    try:
        parse(part, handlers.start, handlers.end, handlers.texts)
    except UnreadableError:
        return ()
    return tuple(handlers.found) if len(handlers.found) == 1 else ()


def read_strings(archive: Archive, part: str, room: Room) -> dict[str, Value | None]:
    """Read the shared strings by index as cells write it; ``None`` is an empty one.

    Raises ``UnreadableError``: damaged, deep, long-text, too-big and what ``walk`` raises.
    """
    handlers = _Strings(room)
    plain = Plain(b"</si>", handlers.ready, handlers.take, lambda rest: rest == b"</sst>")
    walk(archive, part, handlers.start, handlers.end, handlers.texts, plain)
    return {str(index): text for index, text in enumerate(handlers.found)}
