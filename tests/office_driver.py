"""Speak to one LibreOffice over UNO: JSON lines in, JSON lines out.

Run by a Python that has ``uno`` (the system's); ``office.py`` starts it and writes the jobs.
Each job names what to ``do``; the answer is ``{"ok": …}`` or ``{"error": "…"}``.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
    ".csv": "Text - txt - csv (StarCalc)",
    ".pdf": "calc_pdf_Export",
}
TEXT_FILTERS = {".docx": "MS Word 2007 XML", ".odt": "writer8", ".pdf": "writer_pdf_Export"}
#: Cells as they are shown, in UTF-8 with commas.
AS_SHOWN = "44,34,76,1,,0,false,true"
TEXT_FORMAT = 256
#: Never trust stored results: recalculate whatever is opened.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""

Job = dict[str, Any]


def options(**values: object) -> tuple[Any, ...]:
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


# ------------------------------------------------------------------ one office


def start(home: Path) -> tuple[subprocess.Popen[bytes], Any]:
    user = home / "user"
    user.mkdir()
    (user / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    pipe = "p" + home.name
    command = ["soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", "--norestore"]
    command += ["--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp;"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    services = uno.getComponentContext().ServiceManager
    resolver = services.createInstance("com.sun.star.bridge.UnoUrlResolver")
    address = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
    for _attempt in range(600):
        with contextlib.suppress(NoConnectException):
            context = resolver.resolve(address)
            name = "com.sun.star.frame.Desktop"
            return process, context.ServiceManager.createInstanceWithContext(name, context)
        time.sleep(0.1)
    process.kill()
    raise SystemExit("soffice did not answer")


@contextlib.contextmanager
def opened(desktop: Any, path: str) -> Any:  # noqa: ANN401 - UNO has no types
    settings = options(Hidden=True, MacroExecutionMode=0, UpdateDocMode=0)
    document = desktop.loadComponentFromURL(Path(path).resolve().as_uri(), "_blank", 0, settings)
    if document is None:
        raise OSError(f"cannot open {path}")
    try:
        yield document
    finally:
        document.close(True)  # noqa: FBT003 - UNO knows no names


def is_text(document: Any) -> bool:  # noqa: ANN401 - UNO has no types
    return bool(document.supportsService("com.sun.star.text.TextDocument"))


def save(document: Any, path: str) -> None:  # noqa: ANN401 - UNO has no types
    target = Path(path).resolve()
    name = TEXT_FILTERS[target.suffix] if is_text(document) else FILTERS[target.suffix]
    how = {"FilterOptions": AS_SHOWN} if target.suffix == ".csv" else {}
    settings = options(FilterName=name, Overwrite=True, **how)
    document.storeToURL(target.as_uri(), settings)


# ------------------------------------------------------------------ cells


def squeeze(value: object) -> str:
    return "".join(str(value).split())


def used(sheet: Any) -> Any:  # noqa: ANN401 - UNO has no types
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)  # noqa: FBT003 - UNO knows no names
    end = cursor.RangeAddress
    return sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)


def fields(document: Any, words: Job) -> dict[tuple[str, str], Any]:  # noqa: ANN401
    """Cells by visible code × heading of the nearest heading row above."""
    found: dict[tuple[str, str], Any] = {}
    for sheet in document.Sheets:
        headings: dict[str, int] = {}
        for row, cells in enumerate(used(sheet).DataArray if sheet.IsVisible else ()):
            names = [squeeze(value) for value in cells]
            if words["id"] in names and set(words["defaults"]) & set(names):
                headings = {name: column for column, name in enumerate(names) if name}
                continue
            code = names[headings[words["id"]]] if headings else ""
            for heading, column in headings.items() if code else ():
                found[code, heading] = (sheet, column, row)
    return found


def put(document: Any, cell: Any, value: Any) -> None:  # noqa: ANN401 - UNO has no types
    """Type a value: into a text cell and in ``["text", …]`` it stays text."""
    if isinstance(value, str):
        kind = document.NumberFormats.getByKey(cell.NumberFormat).Type
        value = ["text", value] if kind & TEXT_FORMAT else value
    if value is None:
        cell.setString("")
    elif isinstance(value, list):
        cell.setString(value[1])
    elif isinstance(value, int | float):
        cell.setValue(value)
    else:
        cell.setFormula(value)


def type_in(document: Any, job: Job, where: Any = None) -> list[Any]:  # noqa: ANN401
    where = fields(document, job["words"]) if where is None else where
    touched = []
    for code, values in job["values"].items():
        row = values
        if not isinstance(values, dict):
            names = [name for name in job["words"]["defaults"] if (code, name) in where]
            row = {names[0] if names else job["words"]["defaults"][0]: values}
        for heading, value in row.items():
            if (code, heading) not in where:
                raise LookupError(f"no cell for {code} × {heading}")
            sheet, column, line = where[code, heading]
            cell = sheet.getCellByPosition(column, line)
            if sheet.isProtected() and cell.CellProtection.IsLocked and not job.get("force"):
                raise PermissionError(f"{code} × {heading} is locked")
            put(document, cell, value)
            touched.append(cell)
    return touched


def shown(document: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - UNO has no types
    """Value of every filled cell; an error shows its sign."""
    sheets: dict[str, dict[str, Any]] = {}
    for sheet in document.Sheets:
        cells = sheets[sheet.Name] = {}
        for row, values in enumerate(used(sheet).DataArray):
            for column, value in enumerate(values):
                if value is None:
                    value = sheet.getCellByPosition(column, row).String  # noqa: PLW2901
                if value != "":
                    cells[f"{chr(65 + column)}{row + 1}"] = value
    return sheets


# ------------------------------------------------------------------ jobs


def fill(desktop: Any, job: Job) -> None:  # noqa: ANN401 - UNO has no types
    with opened(desktop, job["src"]) as document:
        if not is_text(document):
            type_in(document, job)
            document.calculateAll()
        for target in job["dst"]:
            save(document, target)


def read(desktop: Any, job: Job) -> Any:  # noqa: ANN401 - UNO has no types
    with opened(desktop, job["src"]) as document:
        document.calculateAll()
        return shown(document)


def attempt(desktop: Any, job: Job) -> Any:  # noqa: ANN401 - UNO has no types
    """Type each case into the same open file, read everything, empty the cells again."""
    answers = []
    with opened(desktop, job["src"]) as document:
        where = fields(document, job["words"])
        for values in job["cases"]:
            touched = type_in(document, {**job, "values": values}, where)
            document.calculateAll()
            answers.append(shown(document))
            for cell in touched:
                cell.setFormula("")
    return answers


def heights(desktop: Any, job: Job) -> Any:  # noqa: ANN401 - UNO has no types
    """Return every wrapped text: sheet, cell, text, height it has and height it needs (points)."""
    with opened(desktop, job["src"]) as document:
        found: list[Any] = []
        for sheet in [each for each in document.Sheets if each.IsVisible]:
            found += wrapped(document, sheet)
        return found


#: What decides the height of a text, in the order in which UNO wants names.
LOOKS = ("CharFontName", "CharFontNameAsian", "CharHeight", "CharHeightAsian", "IsTextWrapped")


def wrapped(document: Any, sheet: Any) -> list[Any]:  # noqa: ANN401 - UNO has no types
    """Measure each text of a sheet once for each look and width it has."""
    name = sheet.Name + "_scratch"
    document.Sheets.insertNewByName(name, document.Sheets.Count)
    scratch = document.Sheets.getByName(name)
    columns: dict[int, int] = {}
    rows: dict[tuple[Any, ...], int] = {}
    found: list[Any] = []
    for row, values in enumerate(used(sheet).DataArray):
        for column, text in enumerate(values):
            if not isinstance(text, str) or not text:
                continue
            cell = sheet.getCellByPosition(column, row)
            looks = cell.getPropertyValues(LOOKS)
            if not looks[-1]:
                continue
            cursor = sheet.createCursorByRange(cell)
            cursor.collapseToMergedArea()
            size = cursor.Size
            kind = (text, size.Width, looks)
            if kind not in rows:
                rows[kind] = len(rows)
                place = columns.setdefault(size.Width, len(columns))
                scratch.Columns.getByIndex(place).Width = size.Width
                copy = scratch.getCellByPosition(place, rows[kind])
                copy.String = text
                copy.setPropertyValues(LOOKS, looks)
            address = f"{chr(65 + column)}{row + 1}"
            found.append([sheet.Name, address, text, size.Height, rows[kind]])
    scratch.getCellRangeByPosition(0, 0, 0, len(rows)).Rows.OptimalHeight = True
    points = 72 / 2540
    needs = [scratch.Rows.getByIndex(at).Height * points for at in range(len(rows))]
    return [[*entry[:3], entry[3] * points, needs[entry[4]]] for entry in found]


JOBS = {"fill": fill, "read": read, "attempt": attempt, "heights": heights}


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="office-"))
    process, desktop = start(home)
    try:
        for line in sys.stdin:
            job = json.loads(line)
            try:
                answer = {"ok": JOBS[job["do"]](desktop, job)}
            except Exception as error:  # noqa: BLE001 - told to the test that asked
                answer = {"error": f"{type(error).__name__}: {error}"}
            sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
            sys.stdout.flush()
    finally:
        with contextlib.suppress(Exception):  # the bridge dies with the office
            desktop.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
