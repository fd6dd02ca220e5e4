"""Whole rows at once, kept as the text of their part and not as cells.

Where a sheet has a row or more for each member, the library's object a cell is most of the time
and of the memory that a workbook takes. Texts, formats and results are written as it writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from html import escape
from tempfile import TemporaryFile
from typing import IO, Any, Final

from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.utility import xl_col_to_name

from sheetflow.errors import OutputError
from sheetflow.excel.write import safe
from sheetflow.messages import _
from sheetflow.model import Plain
from sheetflow.text import clean

#: XlsxWriter comes without types.
Book = Any
Format = Any

#: Characters of rows that are held before they go to a file that nobody sees.
_HELD: Final = 500_000
#: Shapes of rows that are remembered: where blanks fall at random each row may have its own.
SHAPES: Final = 512
#: Numbers of strings that are remembered: most texts of a large sheet stand in it many times.
_STRINGS: Final = 8192
#: How a cell goes on behind its format: with a string's number, with a number.
_STRING: Final = ' t="s"><v>%d</v></c>'
_POINTS: Final = "><v>%.16G</v></c>"
#: Stands for a row's number where none is known.
_NUMBER: Final = "#"
#: What a formula may come to besides a text or a number.
_ERRORS: Final = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"},
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours, and the value it will show."""

    text: str
    stored: str | Decimal


#: What goes into a cell, and its format.
Cell = tuple[Plain | Formula, Format]
#: What a cell holds, and its format: rows that agree in these differ in little text.
Kinds = tuple[tuple[type, Format], ...]


#: How a cell's text goes on behind its format, and what fills the gap in it.
_Text = tuple[str, Callable[[Any], object]]


@dataclass(frozen=True, slots=True)
class Shape:
    """What rows of the same kinds share."""

    columns: int
    #: The text before, between and behind the row's number, with a gap for what is the cell's.
    around: tuple[str, ...]
    #: What fills each gap, and from which cell of the row.
    filled: tuple[tuple[int, Callable[[Any], object]], ...]
    #: How many of its cells hold the number of a string.
    strings: int


@dataclass(slots=True)
class _Stretch:
    """Neighbouring rows, from the first to the last, counted from 0."""

    first: int
    last: int
    #: What stands before ``held``.
    file: IO[str] | None
    held: list[str]
    size: int = 0


class RowSheet(safe.PlainFormulas):
    """A sheet of the library that takes whole rows too."""

    # First and last row the library knows of.
    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self._stretches: list[_Stretch] = []
        self._shape = lru_cache(maxsize=SHAPES)(self.shape)
        self._number_of = lru_cache(maxsize=_STRINGS)(self._find_number)

    def put_row(self, row: int, cells: Sequence[Cell], height: float | None = None) -> None:
        """Write the cells of a row from the first column on, ``height`` points high.

        Without a height the row has the sheet's usual one. Raises ``OutputError`` when the row is
        outside a sheet, ``ValueError`` when it is not below those put before.
        """
        kinds = tuple([(type(value), form) for value, form in cells])
        self.put_shaped(row, self._shape(kinds), [value for value, _form in cells], height)

    def put_shaped(
        self,
        row: int,
        shape: Shape,
        values: Sequence[Plain | Formula],
        height: float | None = None,
    ) -> None:
        """Write a row as ``put_row`` does, where its shape is known."""
        if self._stretches and row <= self._stretches[-1].last:
            raise ValueError(row)
        safe.sure(self._check_dimensions(row, shape.columns - 1))
        own = tuple([fill(values[index]) for index, fill in shape.filled])
        self.str_table.count += shape.strings
        number = str(row + 1)
        self._keep(row, f'<row r="{number}"{_high(height)}>{number.join(shape.around) % own}</row>')

    def shape(self, kinds: Kinds) -> Shape:
        """What all rows share whose cells are of these kinds and formats, in this order."""
        texts = [self._text_of(kind) for kind, _form in kinds]
        # Formats get their numbers when they are first asked for, in the order of the cells.
        styles = [form._get_xf_index() for _kind, form in kinds]  # noqa: SLF001 - the library has no other word for it
        cells = [
            f'<c r="{letters}{_NUMBER}" s="{style}"{text[0] if text else "/>"}'
            for letters, style, text in zip(_letters(len(kinds)), styles, texts, strict=True)
        ]
        return Shape(
            columns=len(kinds),
            around=tuple("".join(cells).split(_NUMBER)),
            filled=tuple((index, text[1]) for index, text in enumerate(texts) if text),
            strings=sum(text is not None and text[1] is self._number_of for text in texts),
        )

    def _text_of(self, kind: type) -> _Text | None:
        """How the text of a cell goes on behind its format; ``None`` for a blank one."""
        if kind is type(None):
            return None
        if issubclass(kind, str):
            return _STRING, self._number_of
        if issubclass(kind, Formula):
            return "%s", _formula
        return ("%s", self._day) if issubclass(kind, date) else (_POINTS, float)

    def _day(self, value: date) -> str:
        moment = safe.moment_of(value)
        if moment is not None:
            return _POINTS % float(self._convert_date_time(moment))
        self.str_table.count += 1
        return _STRING % self._number_of(value.isoformat())

    def _find_number(self, words: str) -> int:
        """Number of a text among the strings of the workbook, not yet counted."""
        strings = self.str_table
        # What stands there already is clean.
        found: int | None = strings.string_table.get(words)
        if found is None:
            found = strings._get_shared_string_index(safe.as_text(words))  # noqa: SLF001 - as above
            strings.count -= 1
        return found

    def _keep(self, row: int, text: str) -> None:
        if not self._stretches or self._stretches[-1].last != row - 1:
            self._stretches.append(_Stretch(row, row, None, []))
        stretch = self._stretches[-1]
        stretch.last = row
        stretch.held.append(text)
        stretch.size += len(text)
        if stretch.size > _HELD:
            with _on_disk():
                stretch.file = stretch.file or TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 - closed when it is written
                stretch.file.writelines(stretch.held)
            stretch.held, stretch.size = [], 0

    def _write_rows(self) -> None:
        first, last = self.dim_rowmin, self.dim_rowmax
        start = first
        for stretch in self._stretches:
            self._write_between(start, stretch.first - 1)
            self._write_stretch(stretch)
            start = stretch.last + 1
        self._write_between(start, last)
        self.dim_rowmin, self.dim_rowmax = first, last
        self._stretches.clear()

    @property
    def waiting(self) -> bool:
        """Whether rows were put that are not written."""
        return bool(self._stretches)

    def _write_between(self, first: int, last: int) -> None:
        # The library goes through the rows between the bounds it knows.
        self.dim_rowmin, self.dim_rowmax = first, last
        super()._write_rows()

    def _write_stretch(self, stretch: _Stretch) -> None:
        if any(stretch.first <= row <= stretch.last for row in self.table):
            raise RuntimeError("A cell was put into a row that is written as a whole.")
        if stretch.file:
            stretch.file.seek(0)
            self.fh.writelines(iter(partial(stretch.file.read, _HELD), ""))
            stretch.file.close()
        self.fh.writelines(stretch.held)


@contextmanager
def _on_disk() -> Iterator[None]:
    """Say when the system has no room for files nobody sees."""
    try:
        yield
    except (OSError, FileCreateError) as error:
        raise OutputError(
            _("表格没有写成：系统的临时文件夹写不进去"),
            _("请清理系统盘，留出几百 MB，再运行一次"),
        ) from error


def close_book(book: Book) -> None:
    """Write a workbook out.

    Raises ``OutputError`` when its parts cannot be kept on disk, ``RuntimeError`` when rows were
    left out: a later version of the library might not ask for them.
    """
    with _on_disk():
        book.close()
    if any(sheet.waiting for sheet in book.worksheets()):
        raise RuntimeError("Rows of a sheet were not written.")


@lru_cache(maxsize=512)  # a row is at most 409 points high
def _high(height: float | None) -> str:
    if height is None:
        return ""
    # The library rounds to whole pixels.
    return f' ht="{int(height * 4 / 3 + 0.5) * 0.75:.16g}" customHeight="1"'


def _formula(value: Formula) -> str:
    stored = value.stored
    if isinstance(stored, Decimal):
        kind, shown = "", str(safe.plain_number(stored))
    else:
        kind = ' t="e"' if stored in _ERRORS else ' t="str"' if stored else ""
        shown = escape(clean(stored), quote=False)
    return f"{kind}><f>{escape(value.text, quote=False)}</f><v>{shown}</v></c>"


@lru_cache
def _letters(columns: int) -> tuple[str, ...]:
    return tuple(map(xl_col_to_name, range(columns)))
