"""Example sentences of the pages, acted out on the real files of a round.

The round has three members, 007 甲某, 012 乙某 and 020 丙某; their forms are out. What is done at
the desk is typed into the workbook that a first collect has made; rounds that agree until then
share it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.workbook import Workbook
from rounds import AGREEMENT, drop, make, packed, person

from checks import example_desks as desks
from checks import example_forms as forms
from checks.example_words import OWN, Edit, Story, UnknownWordsError, read, typed
from sheetflow import rosters, scheme_sheets, stamp
from sheetflow import round as rounds
from sheetflow.errors import FaultsError
from sheetflow.excel.read import read_staff_book
from sheetflow.excel.write.tables import write_tables
from sheetflow.flows import collect as collecting
from sheetflow.flows import loading
from sheetflow.flows.collect import collect
from sheetflow.flows.forms import make_forms
from sheetflow.model import Finding, Outcome, Stamp, Table

PEOPLE = {"007": "甲某", "012": "乙某", "020": "丙某"}
ROWS = [person(*pair) for pair in PEOPLE.items()]
ROSTER = rosters.to_table(AGREEMENT, ROWS)
BOOKS = {
    rounds.SCHEME: scheme_sheets.to_tables(AGREEMENT),
    rounds.ROSTER: (ROSTER,),
}
FIRST_CHOICE = "下拉框第一项"
STOPPED = "没有处理"
HEADINGS = {t.title: [c.heading for c in t.columns] for tables in BOOKS.values() for t in tables}


@dataclass(frozen=True, slots=True)
class Stage:
    """A round whose forms are out, and another one of the same people, left as they are."""

    folder: Path
    other: Path
    #: Form codes that a sentence calls by a name.
    named: tuple[tuple[str, str], ...]


def set_stage(folder: Path) -> Stage:
    here, other = folder / "考核", folder / "上一年度"
    for each in (here, other):
        make(each, AGREEMENT, ROWS)
        make_forms(rounds.Round(each))
    collect(rounds.Round(other))
    strange = stamp.code(Stamp(round="", scheme="", member="007"), "another key")
    second = forms.code_of(blank(here, "012"))
    return Stage(here, other, (("乙某的表单码", second), ("别处的表单码", strange)))


def blank(folder: Path, member: str) -> Path:
    """Path of a member's blank form."""
    (path,) = (folder / rounds.FORMS).glob(f"{member}-*.xlsx")
    return path


def story_of(family: str, sentence: str) -> Story:
    """What a sentence on a page of this family says; raises ``UnknownWordsError``."""
    story = read(
        sentence,
        tables=HEADINGS,
        form=forms.HEADINGS,
        deeds=DEEDS,
        desk=desks.HEADINGS,
        desk_deeds=desks.DEEDS,
    )
    if family in {"F", "V", "T"} and not story.files:
        story.files[OWN] = []
    for name in {*story.files, *story.later} - FILES.keys():
        _owner(name)
    return story


def codes(stage: Stage, folder: Path, story: Story) -> set[str]:
    """Codes of all that is found in a round, made at ``folder``, in which this happened.

    ``STOPPED`` is among them when nothing was worked on because of a faulty scheme or roster.
    """
    shutil.copytree(_ready(stage, story), folder)
    for clause in story.desk:
        if isinstance(clause, str):
            desks.DEEDS[clause](folder, stage.other)
        else:
            desks.type_in(folder, *clause)
    _drop(stage, folder, story.later)
    try:
        with pytest.MonkeyPatch.context() as patch:
            if IN_USE in story.deeds:
                patch.setattr(Path, "read_bytes", _in_use(Path.read_bytes))
            if desks.CHART not in story.desk:
                _write_nothing(patch)
            unverified = UNVERIFIED in story.deeds
            outcome = collect(rounds.Round(folder), accept_unverified=unverified).outcome
    except FaultsError as error:
        return {STOPPED, *(finding.code for finding in error.findings)}
    return {finding.code for finding in _findings(outcome)}


_read_once = cache(read_staff_book)


def _write_nothing(patch: pytest.MonkeyPatch) -> None:
    """Let the last run leave no workbooks, what it found is known before; read each book once."""
    patch.setattr(loading, "read_staff_book", _read_once)
    patch.setattr(collecting, "write_summary", lambda *_all, **_named: b"")
    patch.setattr(collecting, "write_copies", lambda *_all: ())
    patch.setattr(collecting, "prepare", lambda *_all: None)


def _ready(stage: Stage, story: Story) -> Path:
    """A round in which all happened that the story tells before the desk was used."""
    files = tuple((name, tuple(edits)) for name, edits in story.files.items())
    return _made(stage, files, tuple(story.tables), tuple(story.deeds), collected=bool(story.desk))


@cache
def _made(
    stage: Stage,
    files: tuple[tuple[str, tuple[Edit, ...]], ...],
    tables: tuple[tuple[str, Edit], ...],
    deeds: tuple[str, ...],
    *,
    collected: bool,
) -> Path:
    ready = stage.folder.parent / "各种情形"
    ready.mkdir(exist_ok=True)
    folder = shutil.copytree(stage.folder, ready / str(len(list(ready.iterdir()))))
    _drop(stage, folder, dict(files))
    for deed in deeds:
        DEEDS[deed](folder)
    _type_in(folder, tables)
    if collected:
        with pytest.MonkeyPatch.context() as patch:
            # The desk is what goes on from here.
            patch.setattr(loading, "read_staff_book", _read_once)
            patch.setattr(collecting, "write_summary", lambda *_all, **_named: b"")
            collect(rounds.Round(folder))
    return folder


def _drop(stage: Stage, folder: Path, files: Mapping[str, Iterable[Edit]]) -> None:
    for name, edits in files.items():
        strange = FILES.get(name)
        data = strange(stage) if strange else _form(stage, _owner(name), tuple(edits))
        drop(folder, name, data)


def _findings(outcome: Outcome) -> Iterator[Finding]:
    yield from outcome.findings
    for receipt in outcome.receipts:
        yield from receipt.findings


def _owner(name: str) -> str:
    """Id of the member whose form this is: the file is called like the member."""
    base = name.removeprefix(f"{rounds.TYPED}/")
    for member, title in PEOPLE.items():
        if re.fullmatch(title[0] + r"\d?\.xlsx", base):
            return member
    raise UnknownWordsError(name)


@cache
def _form(stage: Stage, member: str, edits: tuple[Edit, ...]) -> bytes:
    return forms.returned(blank(stage.folder, member), edits, dict(stage.named))


# ------------------------------------------------------------------ workbooks people edit


def _type_in(folder: Path, edits: Iterable[tuple[str, Edit]]) -> None:
    wanted = tuple(edits)
    touched = {sheet for sheet, _edit in wanted}
    for name, tables in BOOKS.items():
        if touched & {table.title for table in tables}:
            _leave(folder / name, [_edited(table, wanted) for table in tables])


def _leave(path: Path, tables: Iterable[Table]) -> None:
    path.write_bytes(write_tables(tuple(tables), title="", created=AGREEMENT.period_start))


def _edited(table: Table, edits: Iterable[tuple[str, Edit]]) -> Table:
    before = table
    for sheet, edit in edits:
        if sheet == table.title and edit.how != "不动":
            table = _changed(table, before, edit)
    return table


def _changed(table: Table, before: Table, edit: Edit) -> Table:
    """The table after an edit; rows go by what they held before all edits."""
    headings = [column.heading for column in before.columns]
    if edit.row == "各行":
        return replace(table, rows=())
    at = headings.index(edit.column or "内容") if edit.how != "删去" else 0
    if edit.row == "表头":
        columns = list(table.columns)
        columns[at] = replace(columns[at], heading=edit.text)
        return replace(table, columns=tuple(columns))
    rows, row = list(table.rows), _row(before, edit.row)
    if edit.how == "删去":
        return replace(table, rows=(*rows[:row], *rows[row + 1 :]))
    if edit.how == "选" and edit.text != FIRST_CHOICE:
        raise UnknownWordsError(edit.text)
    text = table.columns[at].choices[0] if edit.how == "选" else edit.text
    rows[row] = (*rows[row][:at], typed(text), *rows[row][at + 1 :])
    return replace(table, rows=tuple(rows))


def _row(table: Table, name: str) -> int:
    """Index of a row by its number on the sheet, or by what one of its cells holds."""
    number = re.fullmatch(r"第(\d+)行", name)
    if number:
        return int(number[1]) - 2 - bool(table.advice)
    for n, row in enumerate(table.rows):
        if name in {str(cell).removeprefix(f"{rounds.RETURNED}/") for cell in row}:
            return n
    message = f"{table.title} {name}"
    raise UnknownWordsError(message)


# ------------------------------------------------------------------ what only words can say


def _packed_blank(folder: Path, second: str = "") -> bytes:
    """The form of 007 from this round, its second sheet with another form code if wanted."""
    book = openpyxl.load_workbook(blank(folder, "007"))
    if second:
        for row in book.worksheets[1].iter_rows():
            for cell in row:
                if str(cell.value).startswith("007-"):
                    cell.value = second
    return packed(book)


#: Files that are no form of this round filled in: name → their bytes.
FILES: Mapping[str, Callable[[Stage], bytes]] = {
    "照片.jpg": lambda _stage: b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100),
    "自己新建的表.xlsx": lambda _stage: packed(Workbook()),
    "上一年度的表.xlsx": lambda stage: _packed_blank(stage.other),
    "两人合在一起的表.xlsx": lambda stage: _packed_blank(stage.folder, stage.named[0][1]),
}


def _nothing(_folder: Path) -> None:
    pass


def _in_use(read_bytes: Callable[[Path], bytes]) -> Callable[[Path], bytes]:
    def refuse(path: Path) -> bytes:
        if path.name == OWN:
            raise PermissionError(path)
        return read_bytes(path)

    return refuse


UNVERIFIED, IN_USE = "按未验证收下", f"{OWN} 还开在 Excel 里"


def _merged(file: str, title: str, heading: str) -> Callable[[Path], None]:
    """The first two cells under a heading are one."""

    def merge(folder: Path) -> None:
        book = openpyxl.load_workbook(folder / file)
        sheet: Any = book[title]
        heads = next(row for row in sheet.iter_rows() if heading in [c.value for c in row])
        (at,) = (cell for cell in heads if cell.value == heading)
        sheet.cell(at.row + 1, at.column).value = sheet.cell(at.row + 1, at.column).value or "一"
        sheet.merge_cells(None, at.row + 1, at.column, at.row + 2, at.column)
        book.save(folder / file)

    return merge


def _copied(*, more: bool) -> Callable[[Path], None]:
    """The roster stands there twice, in one of them with ``more`` people."""

    def copy(folder: Path) -> None:
        book = openpyxl.load_workbook(folder / rounds.ROSTER)
        sheet: Any = book.copy_worksheet(book[rosters.SHEET])
        if more:
            heads = next(row for row in sheet.iter_rows() if "姓名" in [c.value for c in row])
            (at,) = (cell for cell in heads if cell.value == "姓名")
            sheet.cell(at.row + 1 + len(PEOPLE), at.column).value = "丁某"
        book.save(folder / rounds.ROSTER)

    return copy


def _struck(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / rounds.ROSTER)
    sheet: Any = book[rosters.SHEET]
    (cell,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == "乙某")
    cell.font = Font(strike=True)
    book.save(folder / rounds.ROSTER)


DEEDS: Mapping[str, Callable[[Path], None]] = {
    "名册复制一页，在复制的里面加一个人": _copied(more=True),
    "名册复制一页": _copied(more=False),
    "名册里乙某的姓名划了删除线": _struck,
    UNVERIFIED: _nothing,
    "名册里甲某、乙某的职务合并成一格": _merged(rounds.ROSTER, rosters.SHEET, "职务"),
    "方案里 A1-1、A1-2 的一级编号合并成一格": _merged(rounds.SCHEME, "指标", "一级编号"),
    IN_USE: _nothing,
    f"{OWN} 已经关闭": _nothing,
}
