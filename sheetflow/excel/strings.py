"""One pass over the shared strings of a workbook, within limits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sheetflow.excel.cells import Room, add_run, joined, main_names
from sheetflow.excel.parts import MAX_DEPTH, entered, prefix_of, walk
from sheetflow.excel.plain import STRING, Plain, text_of
from sheetflow.excel.preflight import Archive
from sheetflow.excel.refusals import refuse
from sheetflow.model import Value


class _Strings:
    """Handlers for the shared strings part."""

    __slots__ = ("depth", "found", "leaf", "names", "phonetic", "room", "runs", "texts", "written")

    def __init__(self, room: Room) -> None:
        self.room = room
        self.found: list[Value | None] = []
        self.names: Mapping[str, str] = {}
        self.texts: list[str] = []
        self.runs: list[str] = []
        self.depth = self.phonetic = self.written = 0
        self.leaf = False

    def start(self, full: str, attributes: dict[str, str]) -> None:
        self.texts.clear()
        self.depth = entered(self.depth, leaf=self.leaf)
        name = self.names.get(full)
        if name == "t":
            self.leaf = True
        elif name == "si":
            self.runs.clear()
            self.written = 0
        elif name == "rPh":
            self.phonetic += 1
        elif self.depth == 1:
            self.names = main_names(prefix_of(full, attributes, "sst"))

    def end(self, full: str) -> None:
        self.depth -= 1
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
        stands = 0 < self.depth < MAX_DEPTH - 1 and "si" in self.names
        return stands and not self.leaf and not self.phonetic

    def take(self, found: re.Match[str]) -> bool:
        """Read a plain string that no parser has seen."""
        text = text_of(found[1])
        if text is None:
            return False
        self.runs = [text]
        self.written = len(text) + 1
        self.keep()
        return True

    def keep(self) -> None:
        """Add the finished string to those found."""
        self.found.append(joined(self.runs, self.room))
        if len(self.found) > self.room.strings:
            raise refuse("too-big")


def read_strings(archive: Archive, part: str, room: Room) -> dict[str, Value | None]:
    """Read the shared strings by index as cells write it; ``None`` is an empty one.

    Raises ``UnreadableError``: damaged, deep, long-text, too-big and what ``walk`` raises.
    """
    handlers = _Strings(room)
    plain = Plain(STRING, handlers.ready, handlers.take)
    walk(archive, part, handlers.start, handlers.end, handlers.texts, plain)
    return {str(index): text for index, text in enumerate(handlers.found)}
