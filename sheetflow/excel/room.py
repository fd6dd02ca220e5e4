"""How much of a workbook is kept, and texts put together within it."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from sheetflow.excel.refusals import refuse
from sheetflow.excel.values import text_value, unescape
from sheetflow.model import Value

#: Filled cells of a book.
MAX_CELLS = 200_000
MAX_STRINGS = 200_000
MAX_CELL_TEXT = 32_767
#: Characters a text of the longest kind takes when each is written as ``_xHHHH_``.
MAX_WRITTEN = 7 * MAX_CELL_TEXT


@dataclass(slots=True)
class Room:
    """How much more of a book is kept: what holds memory below some 150 MB."""

    cells: int = MAX_CELLS
    #: Cells looked at, blank ones included: what holds the time to a few seconds.
    looks: int = 1_000_000
    #: Characters of all texts, each shared string counted once; one may take four bytes.
    chars: int = 5_000_000
    #: Cells that array formulas fill.
    covered: int = MAX_CELLS
    strings: int = MAX_STRINGS

    @classmethod
    def of(cls, times: int) -> Room:
        """So many times the room of a form."""
        return cls(*(each * times for each in astuple(cls())))

    def take(self, chars: int) -> None:
        """Keep a text of so many characters; raises ``UnreadableError`` too-big."""
        self.chars -= chars
        if self.chars < 0:
            raise refuse("too-big")


def add_run(runs: list[str], texts: list[str], written: int) -> int:
    """Add a run to a text that has so many characters; return how many more it has now."""
    run = "".join(texts)
    runs.append(run)
    # An empty run is work too.
    if written + len(run) + 1 > MAX_WRITTEN:
        raise refuse("long-text")
    return len(run) + 1


def joined(runs: list[str], room: Room, *, formula: bool = False) -> Value | None:
    """Text of some runs, within the room that is left; ``None`` when it is empty.

    An empty result of a formula is still a result.
    """
    text = unescape("".join(runs))
    if len(text) > MAX_CELL_TEXT:
        raise refuse("long-text")
    room.take(len(text))
    return text_value(text, formula=formula) if text or formula else None
