"""Returned files for the tests of reading: filled cell by cell in their XML, changed, judged.

Every case is a real form, handed out by the program, to which one thing was done. A module makes
one round in which every case is a member of its own, collects once and compares; what it saw
becomes a table of docs/reading.md.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, Protocol
from xml.sax.saxutils import escape, unescape

import pytest
from openpyxl.utils.cell import coordinate_to_tuple
from packing import MAIN, OFFICE, links
from packing import packed as zipped
from pages import DOCS, table
from rounds import (
    SAVED,
    UNREVIEWED,
    Json,
    blank,
    by_file,
    by_id,
    collected,
    drop,
    forms,
    make,
    person,
)

from sheetflow.layout import plan_form
from sheetflow.model import Field, Member
from sheetflow.tables import address

Change = Callable[[bytes], bytes]
A, B = (part.sheet for part in UNREVIEWED.parts)

# ------------------------------------------------------------------ cells


class Typed(NamedTuple):
    """What a program stores for a cell: attributes, content; style by number format."""

    attributes: str
    content: str
    #: Id of a built-in number format; ``None`` keeps the cell's own.
    shown_as: int | None = None


BLANK = Typed("", "")


def number(stored: object, shown_as: int | None = None) -> Typed:
    return Typed("", f"<v>{stored}</v>", shown_as)


def text(shown: str) -> Typed:
    inside = f'<is><t xml:space="preserve">{escape(shown)}</t></is>'
    return Typed(' t="inlineStr"', inside)


def formula(words: str, result: str | None = None, kind: str = "") -> Typed:
    kind = f' t="{kind}"' if kind else ""
    return Typed(kind, f"<f>{words}</f>" + (f"<v>{result}</v>" if result is not None else ""))


def of_kind(kind: str, stored: str) -> Typed:
    """A truth value (b), an error (e), an ISO date (d)."""
    return Typed(f' t="{kind}"', f"<v>{stored}</v>")


def parts(data: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def replaced(data: bytes, change: Callable[[str, str], str]) -> bytes:
    """Change the XML parts of a workbook: name and text in, text out."""
    return zipped(
        {
            name: change(name, bytes(content).decode())
            if name.endswith((".xml", ".rels"))
            else content
            for name, content in parts(data).items()
            if isinstance(content, bytes)
        }
    )


#: Where what is typed stands in every blank form: (code, column) → number of the sheet, address.
PLACES: Mapping[tuple[str, Field], tuple[int, str]] = {
    (cell.code, cell.field): (at, address(cell.row, cell.column))
    for at, sheet in enumerate(
        plan_form(UNREVIEWED, Member(id="1", name="甲"), code="", token="").sheets, 1
    )
    for cell in sheet.cells
    if cell.field
}
POINTS = {
    code: PLACES[code, field]
    for field in (Field.SCORE, Field.CLAIM)
    for code, each in PLACES
    if each is field
}
"""Cell of the points of an item or a bonus row."""

FILLED = re.compile(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)((?: t="\w+")?)>(.*?)</c>', re.DOTALL)
CELLS = re.compile(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
STYLES = re.compile(r'<cellXfs count="(\d+)">(.*?)</cellXfs>', re.DOTALL)


def type_in(data: bytes, cells: Mapping[tuple[int, str], Typed]) -> bytes:
    """Type into cells of a form as it came from the program: (number of the sheet, address)."""
    formats = sorted({each.shown_as for each in cells.values() if each.shown_as is not None})
    whole = {
        name: bytes(content).decode()
        for name, content in parts(data).items()
        if isinstance(content, bytes)
    }
    styles = STYLES.search(whole["xl/styles.xml"])
    assert styles
    first = int(styles[1])
    xfs = "".join(f'<xf numFmtId="{each}" applyNumberFormat="1"/>' for each in formats)
    grown = f'<cellXfs count="{first + len(formats)}">{styles[2]}{xfs}</cellXfs>'
    whole["xl/styles.xml"] = whole["xl/styles.xml"].replace(styles[0], grown)
    for at in {sheet for sheet, _cell in cells}:
        left = {cell: each for (sheet, cell), each in cells.items() if sheet == at}

        def typed(found: re.Match[str], left: dict[str, Typed] = left) -> str:
            each = left.pop(found[1], None)
            if each is None:
                return found[0]
            style = found[2]
            if each.shown_as is not None:
                style = f' s="{first + formats.index(each.shown_as)}"'
            return f'<c r="{found[1]}"{style}{each.attributes}>{each.content}</c>'

        name = f"xl/worksheets/sheet{at}.xml"
        whole[name] = CELLS.sub(typed, whole[name])
        assert not left, left
    return zipped(whole)


def filled(
    source: Path, cells: Mapping[tuple[int, str], Typed], *, saved: datetime = SAVED
) -> bytes:
    """Fill a blank form as a phone does, which keeps no result of the form's own formulas."""

    def without_results(name: str, xml: str) -> str:
        xml = re.sub(r"</f><v>[^<]*</v>", "</f>", xml)
        if name == "docProps/core.xml":
            xml = re.sub(
                r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{saved:%Y-%m-%dT%H:%M:%SZ}", xml
            )
        return xml

    return type_in(replaced(source.read_bytes(), without_results), cells)


# ------------------------------------------------------------------ a good form

#: Points that no two rows of one limit share more than they must, so that rows mixed up show.
SCORES = {
    "A1-1": "4.5", "A1-2": "2.5", "A1-3": "1.5", "A1-4": "1", "A1-5": "2",
    "A2-1": "3", "A2-2": "2.5", "A2-3": "2", "A2-4": "1.5", "A2-5": "1", "A2-6": "0.5",
    "A3-1": "4", "A3-2": "2", "A3-4": "4",
    "A4-1": "2", "A4-2": "1.5", "A4-3": "1", "A4-4": "0", "A4-5": "2", "A4-6": "1.5",
    "A5-1": "2", "A5-2": "1.5",
    "B1-1": "2.5", "B1-2": "1", "B1-3": "1.5", "B2-1": "5", "B2-2": "2.5", "B2-3": "3",
    "B2-4": "2", "B3-1": "4", "B3-2": "4", "B3-3": "4", "B4-1": "1.5", "B4-2": "2",
    "B5-1": "2", "B5-2": "0.5",
    "A+1-1": "6", "A+2-2": "1", "B+2-1": "0.5",
}  # fmt: skip
WORDS = {
    ("A1-1", Field.EVIDENCE): "签到册第3页",
    ("B2-4", Field.EVIDENCE): "测评 96%",
    ("A+1-1", Field.REASON): "优秀教师",
    ("A+1-1", Field.LEVEL): "省级",
    ("A+1-1", Field.DOCUMENT): "甲〔2015〕4号",
    ("A+1-1", Field.DATE): "2015年9月10日",
    ("A+2-2", Field.LEVEL): "县级",
    ("A+2-2", Field.DATE): "2015-11-03",
    ("B+2-1", Field.REASON): "锦旗",
    ("B+2-1", Field.DATE): "2015.5.4",
}
GOOD = {POINTS[code]: number(points) for code, points in SCORES.items()} | {
    PLACES[place]: text(words) for place, words in WORDS.items()
}
TOTAL = "86.5"


# ------------------------------------------------------------------ at a desk


@dataclass(slots=True)
class Grid:
    """One sheet as a program has it open: its cells by (row, column)."""

    title: str
    cells: dict[tuple[int, int], Typed]
    state: str = "visible"
    #: What stands behind the cells, such as merged ranges.
    behind: str = ""

    def row(self, code: str, column: int = 1) -> int:
        """Row of the first cell of a column that shows just this."""
        wanted = text(code).content
        return min(
            r for (r, c), each in self.cells.items() if c == column and each.content == wanted
        )

    def move(self, rows: Callable[[int], int] = int, columns: Callable[[int], int] = int) -> None:
        """Move every cell; what lands below one is gone."""
        moved = {(rows(r), columns(c)): each for (r, c), each in self.cells.items()}
        self.cells = {(r, c): each for (r, c), each in moved.items() if r > 0 and c > 0}

    def type(self, cell: str, typed: Typed) -> None:
        """Type into a cell by its address."""
        line, column = coordinate_to_tuple(cell)
        self.cells[line, column] = typed


Edit = Callable[[list[Grid]], None]


def by_hand(*changes: Edit) -> Change:
    """Change a workbook as a person at a desk does; the program saves values and nothing else."""

    def changed(data: bytes) -> bytes:
        grids = opened(data)
        for change in changes:
            change(grids)
        return saved(data, grids)

    return changed


def opened(data: bytes) -> list[Grid]:
    whole = {
        name: bytes(part).decode() for name, part in parts(data).items() if isinstance(part, bytes)
    }
    strings = re.findall(r"<si>.*?<t[^>]*>(.*?)</t></si>", whole["xl/sharedStrings.xml"], re.DOTALL)
    titles = re.findall(
        r'<sheet name="(.*?)" sheetId="\d+"(?: state="(\w+)")?', whole["xl/workbook.xml"]
    )
    grids = []
    for at, (title, state) in enumerate(titles, 1):
        cells = {}
        for found in FILLED.finditer(whole[f"xl/worksheets/sheet{at}.xml"]):
            cell, style, kind, content = found.groups()
            typed = Typed(f"{style}{kind}", content)
            if kind == ' t="s"':
                plain = text(
                    unescape(strings[int(content.removeprefix("<v>").removesuffix("</v>"))])
                )
                typed = plain._replace(attributes=style + plain.attributes)
            cells[coordinate_to_tuple(cell)] = typed
        grids.append(Grid(title, cells, state or "visible"))
    return grids


def saved(data: bytes, grids: Sequence[Grid]) -> bytes:
    """Save sheets as a workbook, with the styles and the moment of saving of another."""
    before = parts(data)
    sheets = "".join(
        f'<sheet name="{escape(grid.title)}" sheetId="{n}" state="{grid.state}" r:id="rId{n}"/>'
        for n, grid in enumerate(grids, 1)
    )
    kinds = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(grids) + 1)]
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": links(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": links(*kinds, ("styles", "styles.xml")),
        "xl/styles.xml": before["xl/styles.xml"],
        "docProps/core.xml": before["docProps/core.xml"],
    }
    return zipped(
        made | {f"xl/worksheets/sheet{n}.xml": _sheet(grid) for n, grid in enumerate(grids, 1)}
    )


def _sheet(grid: Grid) -> str:
    lines: dict[int, str] = {}
    for (line, column), each in sorted(grid.cells.items()):
        cell = f'<c r="{address(line, column)}"{each.attributes}>{each.content}</c>'
        lines[line] = lines.get(line, "") + cell
    rows = "".join(f'<row r="{line}">{cells}</row>' for line, cells in lines.items())
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{grid.behind}</worksheet>'


# ------------------------------------------------------------------ cases


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing done to a good form and what must come of it."""

    #: As the manual names it.
    name: str
    change: Change
    status: str = "accepted"
    #: Points that count; ``None``: a person must look.
    total: str | None = TOTAL
    #: Every finding as code and place, such as ``V402 目标管理!G7``; place without a cell too.
    told: tuple[str, ...] = ()
    #: Words that the sentences must hold.
    words: str = ""
    #: Whether every cell must read as in the form before.
    same: bool = False
    #: Whether more findings than those told are expected.
    more: bool = False
    #: What the program still does wrong with it.
    wrong: str = ""


class Marked(Protocol):
    """What every kind of case has."""

    @property
    def name(self) -> str: ...
    @property
    def wrong(self) -> str: ...


def marked(case: Marked) -> object:
    """The case as a parameter of a test; one still gone wrong must fail."""
    marks = [pytest.mark.xfail(strict=True, reason=case.wrong)] if case.wrong else []
    return pytest.param(case, marks=marks, id=case.name)


def question(name: str, change: Change, *told: str, words: str = "", more: bool = False) -> Case:
    """Make a case that goes back to the member."""
    return Case(
        name=name, change=change, status="returned", total=None, told=told, words=words, more=more
    )


def harmless(name: str, change: Change, *told: str, wrong: str = "") -> Case:
    """Make a case in which every cell must read as before."""
    return Case(name=name, change=change, told=told, same=True, wrong=wrong)


class World(NamedTuple):
    """A round collected: where it lies, what was said, who handed in which case."""

    folder: Path
    document: Json
    members: Mapping[str, str]


def round_of(folder: Path, cases: Sequence[Case]) -> World:
    """Hand out forms, do to each what its case says, collect once."""
    ids = [f"{n:03d}" for n in range(len(cases) + 1)]
    make(folder, UNREVIEWED, map(person, ids))
    forms(folder)
    drop(folder, "000.xlsx", filled(blank(folder, "000"), GOOD))
    for member, case in zip(ids[1:], cases, strict=True):
        drop(folder, f"{member}.xlsx", case.change(filled(blank(folder, member), GOOD)))
    names = {case.name: member for member, case in zip(ids[1:], cases, strict=True)}
    assert len(names) == len(cases)
    return World(folder, collected(folder), names)


def places(file: Json) -> tuple[str, ...]:
    """All findings about a file as code and place."""
    return tuple(
        f"{f['code']} {f['sheet']}!{f['cell']}".removesuffix("!").rstrip() for f in file["findings"]
    )


def seen(world: World, case: Case) -> dict[str, object]:
    """What came of a case: its verdict, what was told and where, what counts."""
    member = world.members[case.name]
    files, people = by_file(world.document), by_id(world.document)
    file, found = files[f"收回/{member}.xlsx"], people[member]
    told = sorted(places(file))
    return {
        "status": file["status"],
        "standing": found["status"],
        "total": found["total"],
        "told": sorted({*case.told} & {*told}) if case.more else told,
        "worded": all(f["message"] and f["fix"] for f in file["findings"]),
        "words": not case.words or any(case.words in f["message"] for f in file["findings"]),
        "same": file["version"] == files["收回/000.xlsx"]["version"] if case.same else None,
    }


def wanted(case: Case) -> dict[str, object]:
    """What must come of a case."""
    standing = {"accepted": "graded", "returned": "undecided", "refused": "missing"}[case.status]
    return {
        "status": case.status,
        "standing": standing,
        "total": case.total,
        "told": sorted(case.told),
        "worded": True,
        "words": True,
        "same": True if case.same else None,
    }


# ------------------------------------------------------------------ the manual

VERDICTS = {
    "accepted": "收下", "returned": "退回修改", "refused": "没能收下",
    "duplicate": "重复", "superseded": "旧版", "ignored": "略过",
}  # fmt: skip
#: What differs from run to run: ids of rounds, form codes.
_VARYING = (
    (re.compile(r"(agreement|dormitory)-(\d{4})-\w{6}"), r"\1-\2-……"),
    (re.compile(r"(?<=[\w－])-\w{4}-\w{2}(?=”)"), "-……"),
    (re.compile(r"(\b\d-)[0-9a-f]{8}\b"), r"\1……"),
    (re.compile(r"\d{4}-\d\d-\d\d(?= 才交)"), "……"),
)


def sentence(finding: Json) -> str:
    """What a finding says, without what differs from run to run."""
    words = f"{finding['code']} {finding['message']}".replace("\n", " ")
    for pattern, plain in _VARYING:
        words = pattern.sub(plain, words)
    return words


def said(file: Json, most: int = 2) -> str:
    """The first sentences about a file."""
    more = len(file["findings"]) - most
    words = "；".join(map(sentence, file["findings"][:most]))
    return words + (f"（另有 {more} 处）" if more > 0 else "")


def row(world: World, case: Case) -> tuple[str, str, str]:
    """A case as the manual shows it."""
    file = by_file(world.document)[f"收回/{world.members[case.name]}.xlsx"]
    points = {"accepted": "分数不变。" if case.total == TOTAL else f"计 {case.total} 分。"}
    return case.name, VERDICTS[file["status"]], points.get(file["status"], "") + said(file)


def shows(section: str, rows: Iterable[Sequence[str]]) -> bool:
    """Whether docs/reading.md holds these rows in a section; with UPDATE_DOCS, write them."""
    path = DOCS / "reading.md"
    begin, end = f"<!-- 由测试生成：{section} -->\n", f"<!-- 到此为止：{section} -->\n"
    whole = path.read_text("utf-8")
    head, _mark, rest = whole.partition(begin)
    _old, _mark, tail = rest.partition(end)
    made = table(("收到的", "结论", "怎么说"), rows)
    fresh = f"{head}{begin}\n{made}\n{end}{tail}"
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(fresh, "utf-8")
    return path.read_text("utf-8") == fresh
