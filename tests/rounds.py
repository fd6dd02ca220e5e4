"""Whole rounds for tests: make one, fill its forms as members do, run the program outside.

Answers go by the visible code of a row: a bare value stands under the heading for points, a
mapping names the headings. ``None`` leaves the cell as it is, ``"=…"`` types a formula, an error
sign such as ``"#REF!"`` becomes an error cell.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook
from openpyxl.writer.excel import ExcelWriter
from packing import rewritten
from stamped import stamp

from sheetflow import kinds, number, schemes, systems
from sheetflow import round as rounds
from sheetflow.cli import main
from sheetflow.desk.read import read_desk
from sheetflow.excel.read import read_book
from sheetflow.excel.write.tables import write_tables
from sheetflow.flows.init import make_round
from sheetflow.model import Book, Part, Place, Review, Scheme, Sheet, Source, Terms
from sheetflow.rosters import to_table
from sheetflow.scheme_columns import SETTINGS
from sheetflow.scheme_sheets import to_tables
from sheetflow.tables import read_table

Typed = str | float | Decimal | date | None
Row = Mapping[str, Typed]
Answers = Mapping[str, Typed | Row]
Json = dict[str, Any]

AGREEMENT = schemes.load_toml(systems.scheme_bytes("agreement"))
#: Self scores count at once.
UNREVIEWED = replace(AGREEMENT, settings=replace(AGREEMENT.settings, review=Review.NONE))
#: When a filled form says it was saved, unless a test says otherwise.
SAVED = datetime(2015, 12, 10, 9, 30)  # noqa: DTZ001 - a workbook stores no zone


# ------------------------------------------------------------------ the program, from outside


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of the program said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Json:
        """The one JSON document on stdout."""
        document: Json = json.loads(self.out)
        return document

    @property
    def error(self) -> Json:
        """The error of a run that ended with 2 to 4."""
        error: Json = self.document["error"]
        return error


def run(*words: object, at: Path | None = None) -> Ran:
    """Run the program as its entry point does, in folder ``at``."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with chdir(at or Path.cwd()), redirect_stdout(out), redirect_stderr(err):
        try:
            main([*map(str, words)])
        except SystemExit as end:
            status = end.code
    said, told = (stream.buffer.getvalue().decode() for stream in (out, err))
    return Ran(int(status or 0), said, told)


def run_apart(
    *words: object,
    at: Path | None = None,
    python: Iterable[str] = ("-m", "sheetflow"),
    **environment: str,
) -> Ran:
    """Run the program in a process of its own, in folder ``at``."""
    done = subprocess.run(
        [sys.executable, *python, *map(str, words)],
        capture_output=True,
        check=False,
        cwd=at,
        encoding="utf-8",
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
    )
    ran = Ran(done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in ran.err, ran.err
    return ran


def collected(folder: Path) -> Json:
    """Collect and return the document; errors found in forms are expected."""
    ran = run("-C", folder, "collect", "--json")
    assert ran.status in {0, 1}, ran
    return ran.document


def by_id(document: Json) -> dict[str, Json]:
    return {member["id"]: member for member in document["members"]}


def by_file(document: Json) -> dict[str, Json]:
    return {each["file"]: each for each in document["files"]}


# ------------------------------------------------------------------ a round


def make(folder: Path, scheme: Scheme, rows: Iterable[Mapping[str, str]]) -> Path:
    """Make a round with this scheme and roster; rows go by heading."""
    make_round(folder, system="agreement")
    write_scheme(folder, scheme)
    write_roster(folder, scheme, rows)
    return folder


def write_scheme(folder: Path, scheme: Scheme) -> None:
    data = write_tables(to_tables(scheme), title=scheme.title, created=scheme.period_start)
    (folder / rounds.SCHEME).write_bytes(data)


def write_roster(folder: Path, scheme: Scheme, rows: Iterable[Mapping[str, str]]) -> None:
    data = write_tables([to_table(scheme, rows)], title=scheme.title, created=scheme.period_start)
    (folder / rounds.ROSTER).write_bytes(data)


def person(member: str, name: str = "", category: str = "正式党员", **more: str) -> dict[str, str]:
    """A row of the agreement's roster."""
    return {"编号": member, "姓名": name or f"甲{member}", "类别": category, **more}


def of_three(home: Path) -> Path:
    """A round of three members whose self scores count at once; their forms are out."""
    folder = make(home / "考核", UNREVIEWED, [person(f"{n:03d}") for n in range(1, 4)])
    forms(folder)
    return folder


def forms(folder: Path, *members: str) -> None:
    """Write blank forms, for these members or all."""
    chosen = [word for member in members for word in ("--member", member)]
    ran = run("-C", folder, "forms", "--json", *chosen)
    assert ran.status == 0, ran


def blank(folder: Path, member: str) -> Path:
    """Path of a member's blank form."""
    (path,) = (folder / rounds.FORMS).glob(f"{member}-*.xlsx")
    return path


def drop(folder: Path, name: str, data: bytes) -> Path:
    """Put a file among what came back."""
    path = folder / rounds.RETURNED / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


# ------------------------------------------------------------------ what the clerk types


def desk_places(
    folder: Path, scheme: Scheme = AGREEMENT, name: str = rounds.DESK
) -> Mapping[Place, Source]:
    """Where every cell of the round's desk stands in which people decide."""
    return _places(read_book((folder / name).read_bytes()), scheme)


def _places(desk: Book, scheme: Scheme) -> Mapping[Place, Source]:
    return read_desk(desk, rounds.DESK, scheme, focus=scheme.focus).places


def decide(
    folder: Path, cells: Mapping[Place, str | None], scheme: Scheme = AGREEMENT
) -> Mapping[Place, Source]:
    """Type into the round's desk; ``None`` clears, ``"=…"`` types a formula. Say where."""
    book = read_book((folder / rounds.DESK).read_bytes())
    places = _places(book, scheme)
    typing: dict[tuple[str, str], Typed] = {}
    for place, text in cells.items():
        points = number.parse(text) if text and place.column not in _TEXTS else None
        where = (places[place].sheet, places[place].cell)
        typing[where] = text if points is None else points
    type_at(folder / rounds.DESK, typing, [sheet.title for sheet in book.sheets])
    return {place: places[place] for place in cells}


def type_at(path: Path, cells: Mapping[tuple[str, str], Typed], titles: Sequence[str] = ()) -> None:
    """Type into cells of a workbook by sheet and address and save it.

    ``titles`` are those of its sheets if they are known.
    """
    data = path.read_bytes()
    titles = titles or [sheet.title for sheet in read_book(data).sheets]
    typing = {(title, *coordinate_to_tuple(at)): value for (title, at), value in cells.items()}
    quickly = stamp(data, titles, typing)
    if quickly is not None:
        path.write_bytes(quickly)
        return
    book = openpyxl.load_workbook(path)
    for (title, at), value in cells.items():
        book[title][at].value = value
    book.save(path)


def cell_of(path: Path, source: Source) -> object:
    """What stands in a cell of a workbook, as another program reads it."""
    book = openpyxl.load_workbook(path, read_only=True)
    value = book[source.sheet][source.cell].value
    book.close()
    return value


#: Columns of the desk in which an id stands, which is text though it looks like a number.
_TEXTS = frozenset({"member"})


def computed(folder: Path, source: Source, formula: str, result: str) -> None:
    """Type a formula into the desk with the number a spreadsheet program leaves with it."""
    path = folder / rounds.DESK
    type_at(path, {(source.sheet, source.cell): formula})
    cell, text = re.escape(source.cell), re.escape(formula[1:])
    left = re.compile(rf'(<c r="{cell}"[^>]*>)<f>{text}</f>(?:<v ?/?>(?:</v>)?)?'.encode())
    filled = rf"\1<f>{formula[1:]}</f><v>{result}</v>".encode()
    path.write_bytes(rewritten(path.read_bytes(), lambda _name, part: left.sub(filled, part)))


def types_setting(folder: Path, group: str, setting: str, value: str | date | None) -> None:
    """Type one of the year's settings into the round's scheme."""
    path = folder / rounds.SCHEME
    columns = ("分类", "项目", "内容")
    table = read_table(read_book(path.read_bytes()), rounds.SCHEME, SETTINGS, columns)
    (record,) = (r for r in table.records if [r.text(c) for c in columns[:2]] == [group, setting])
    type_at(path, {(SETTINGS, record.source(columns[2]).cell): value})


# ------------------------------------------------------------------ filling in


def fill(
    source: Path, answers: Answers, *, saved: datetime = SAVED, terms: Terms = AGREEMENT.terms
) -> bytes:
    """Fill a form as a program that works nothing out: it keeps no result of any formula."""
    data = source.read_bytes()
    quickly = _stamped(data, answers, saved, terms)
    if quickly is not None:
        return quickly
    book = openpyxl.load_workbook(source)
    type_in(book, answers, terms)
    return packed(book, saved)


def _stamped(data: bytes, answers: Answers, saved: datetime, terms: Terms) -> bytes | None:
    """Fill a form of ours that holds nothing a library would be needed for."""
    sheets = read_book(data).sheets
    grids = ((sheet.title, _grid(sheet)) for sheet in sheets)
    typing = dict(_typing(dict(_cells(grids, terms)), answers, terms))
    return stamp(data, [sheet.title for sheet in sheets], typing, saved)


def _grid(sheet: Sheet) -> Iterator[list[object]]:
    """Rows of a sheet from the top, ``None`` where nothing stands."""
    last = max((column for _row, column in sheet.values), default=0)
    for row in range(1, max((row for row, _column in sheet.values), default=0) + 1):
        found = (sheet.values.get((row, column)) for column in range(1, last + 1))
        yield [value.raw if value else None for value in found]


def packed(book: Workbook, saved: datetime = SAVED) -> bytes:
    """Bytes of a workbook that says when it was saved."""
    book.properties.modified = saved
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()
    return out.getvalue()


def type_in(book: Workbook, answers: Answers, terms: Terms) -> None:
    """Type answers into an open form: cells are found by visible code and heading."""
    grids = ((sheet.title, sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    for (sheet, line, column), value in _typing(dict(_cells(grids, terms)), answers, terms):
        book[sheet].cell(line, column).value = value


def _typing(
    cells: Mapping[tuple[str, str], tuple[str, int, int]], answers: Answers, terms: Terms
) -> Iterator[tuple[tuple[str, int, int], Typed]]:
    """Where each answer is typed, and what; ``None`` is typed nowhere."""
    for code, typed in answers.items():
        points = terms.score if (code, terms.score) in cells else terms.claim
        row = typed if isinstance(typed, Mapping) else {points: typed}
        for heading, value in row.items():
            if value is not None:
                yield cells[code, heading], value


def _cells(
    grids: Iterable[tuple[str, Iterable[Sequence[object]]]], terms: Terms
) -> Iterator[tuple[tuple[str, str], tuple[str, int, int]]]:
    points = {terms.score, terms.claim}
    for title, rows in grids:
        headings: dict[str, int] = {}
        for line, cells in enumerate(rows, 1):
            texts = {str(text): at for at, text in enumerate(cells, 1) if text is not None}
            if terms.id in texts and points & texts.keys():
                headings = texts
            elif headings and cells[headings[terms.id] - 1]:
                code = str(cells[headings[terms.id] - 1])
                for heading, column in headings.items():
                    yield (code, heading), (title, line, column)


# ------------------------------------------------------------------ answers


def full(scheme: Scheme = AGREEMENT) -> dict[str, Typed | Row]:
    """Answers that give every part its whole base: of a group as many items as count."""
    return {code: v for part in scheme.parts for code, v in solve(part, part.base).items()}


def solve(
    part: Part, base: Decimal, fixed: Mapping[str, int] | None = None
) -> dict[str, Typed | Row]:
    """Choose an allowed value for each item so that the part's base points are ``base``.

    ``fixed`` values stand; of a group only as many items as count are filled. Items whose zero
    asks for a veto keep full points as long as possible.
    """
    given = {code: Decimal(value) for code, value in (fixed or {}).items()}
    left = {group.code: group.best for group in part.groups}
    ways: dict[Decimal, dict[str, Decimal]] = {Decimal(0): {}}
    for item in sorted(part.items, key=lambda each: each.zero_asks_veto):
        if item.group:
            left[item.group] -= 1
            if left[item.group] < 0:
                continue
        steps = int(item.most / item.step)
        values = kinds.values(item) or [item.step * n for n in range(steps + 1)]
        allowed = [given[item.code]] if item.code in given else sorted(values, reverse=True)
        found: dict[Decimal, dict[str, Decimal]] = {}
        for value in allowed:
            for total, way in ways.items():
                found.setdefault(total + value, {**way, item.code: value})
        ways = found
    return dict(ways[base])
