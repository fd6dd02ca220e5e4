"""How the name of a received file stands in the staff's workbook."""

from __future__ import annotations

from sheetflow.text import clean


def shown_file(file: str) -> str:
    """Name of a file as it stands in a cell and is read back from there."""
    return clean(file).strip()
