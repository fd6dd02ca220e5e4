"""What a user might read returned forms with: the visible sheets of every form, nothing else.

    python benchmarks/methods_read.py METHOD FOLDER FILES SHEET…

Reads at most FILES files of FOLDER and says how many there are. ``unzip`` only unpacks those
parts of a form that hold cells: the floor under everything.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from measure import used

Reader = Callable[[Path], int]


def calamine(sheets: Sequence[str]) -> Reader:
    """python-calamine by itself."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - each method its own imports

    def read(path: Path) -> int:
        book = CalamineWorkbook.from_path(path)
        return sum(len(book.get_sheet_by_name(name).to_python()) for name in sheets)

    return read


def pandas(engine: str) -> Callable[[Sequence[str]], Reader]:
    """A pandas loop over the files."""

    def reader(sheets: Sequence[str]) -> Reader:
        from pandas import read_excel  # noqa: PLC0415 - each method its own imports

        def read(path: Path) -> int:
            found = read_excel(path, sheet_name=list(sheets), header=None, engine=engine)
            return sum(map(len, found.values()))

        return read

    return reader


def polars(sheets: Sequence[str]) -> Reader:
    """Read by polars' own reader of workbooks."""
    from polars import read_excel  # noqa: PLC0415 - each method its own imports

    def read(path: Path) -> int:
        found = read_excel(path, sheet_name=list(sheets), has_header=False)
        return sum(map(len, found.values()))

    return read


def fastexcel(sheets: Sequence[str]) -> Reader:
    """Read by fastexcel, every column as text."""
    from fastexcel import read_excel  # noqa: PLC0415 - each method its own imports

    def read(path: Path) -> int:
        book = read_excel(path)
        found = (book.load_sheet(name, header_row=None, dtypes="string") for name in sheets)
        return sum(sheet.height for sheet in found)

    return read


def openpyxl(sheets: Sequence[str]) -> Reader:
    """Load with openpyxl in its faster way and walk over the values."""
    from openpyxl import load_workbook  # noqa: PLC0415 - each method its own imports

    def read(path: Path) -> int:
        book = load_workbook(path, read_only=True, data_only=True)
        return sum(len(list(book[name].iter_rows(values_only=True))) for name in sheets)

    return read


def unzip(sheets: Sequence[str]) -> Reader:
    """Unpack the sheets and the shared strings."""
    parts = [f"xl/worksheets/sheet{n}.xml" for n, _sheet in enumerate(sheets, 1)]
    parts.append("xl/sharedStrings.xml")

    def read(path: Path) -> int:
        with zipfile.ZipFile(path) as archive:
            return sum(len(archive.read(part)) for part in parts)

    return read


METHODS: dict[str, Callable[[Sequence[str]], Reader]] = {
    "unzip": unzip,
    "calamine": calamine,
    "fastexcel": fastexcel,
    "polars": polars,
    "pandas+calamine": pandas("calamine"),
    "openpyxl": openpyxl,
    "pandas+openpyxl": pandas("openpyxl"),
}


def main(name: str, folder: str, limit: str, *sheets: str) -> None:
    """Read, and say what was read."""
    read = METHODS[name](sheets)
    files = sorted(Path(folder).glob("*.xlsx"))
    some = files[: int(limit)]
    # The first file loads what is loaded only once it is needed.
    rows = read(some[0])
    start, began = used()
    rows += sum(map(read, some[1:]))
    told = {"files": len(some), "of": len(files), "start": start, "began": began, "rows": rows}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
