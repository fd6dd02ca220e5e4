"""A document as its readers see it: paragraphs and tables, nothing of how they look."""

from __future__ import annotations

from dataclasses import dataclass

#: Code points that are no characters (Unicode 23.7): they enclose what a paper derives from
#: the outcome, and what people wrote elsewhere in the round.
DERIVED = ("\ufdd0", "\ufdd1")
PEOPLES = ("\ufdd2", "\ufdd3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One paragraph; a line break in it is a newline."""

    text: str
    #: Name of its style, as the document has it.
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One table: the texts of the cells of each row, cells joined downward repeat theirs."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """What a document says, in its order, and what its properties say of it."""

    blocks: tuple[Passage | Grid, ...]
    #: What stands above and below the text of pages: of odd, of even, of first ones.
    headers: tuple[Passage, ...] = ()
    footers: tuple[Passage, ...] = ()
    title: str = ""
    keywords: str = ""
    #: It holds changes that nobody has accepted; they are read as accepted.
    tracked: bool = False

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Paragraphs outside of tables."""
        return tuple(block for block in self.blocks if isinstance(block, Passage))

    @property
    def grids(self) -> tuple[Grid, ...]:
        """Tables."""
        return tuple(block for block in self.blocks if isinstance(block, Grid))
