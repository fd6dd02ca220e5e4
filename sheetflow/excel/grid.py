"""The grid of a worksheet: its limits, and addresses such as ``B12`` read from a file."""

from __future__ import annotations

from functools import lru_cache

from sheetflow.excel.refusals import refuse

#: The format's own limits (Excel specifications and limits).
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@lru_cache(maxsize=4096)
def position(written: str) -> tuple[int, int]:
    """Row and column of an address such as ``B12``; refuses one outside the grid."""
    letters = written.rstrip("0123456789")
    row, column = row_number(written[len(letters) :]), column_number(letters)
    if not on_grid(row, column):
        raise refuse("damaged", written)
    return row, column


def on_grid(row: int, column: int) -> bool:
    """Whether a sheet has such a row and column, counted from 1."""
    return 1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN


@lru_cache(maxsize=LAST_COLUMN)
def column_number(letters: str) -> int:
    """Column counted from 1; 0 for what is no column."""
    if not (1 <= len(letters) <= len("XFD") and letters.isascii() and letters.isalpha()):
        return 0
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def row_number(digits: str) -> int:
    """Row counted from 1 as it is written; refuses what is no number."""
    sound = digits.isascii() and digits.isdigit() and len(digits) <= len(str(LAST_ROW))
    if not sound:
        raise refuse("damaged")
    return int(digits)
