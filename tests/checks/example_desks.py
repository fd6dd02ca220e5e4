"""The desk of a round in example sentences: cells by the row's key and the heading, and deeds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.chart import BarChart
from openpyxl.styles import Font
from rounds import AGREEMENT, computed, decide, person, type_at, write_roster, write_scheme

from checks.example_words import Edit, UnknownWordsError, typed
from sheetflow import kinds
from sheetflow import round as rounds
from sheetflow.desk.finding import Found, find
from sheetflow.desk.score_layouts import tabs
from sheetflow.desk.sheets import FRONT, Column, Layout
from sheetflow.excel.read import read_book
from sheetflow.flows.collect import collect
from sheetflow.flows.loading import look
from sheetflow.model import EVERYONE, Item, Place, Source, Tab, Unmeant
from sheetflow.tables import address, squeeze

_KINDS = tuple(kind.title for kind in AGREEMENT.meetings)
LAYOUTS = {
    layout.title: layout
    for layout in tabs(AGREEMENT, AGREEMENT.focus, _KINDS)
    if not layout.hidden and layout.tab != FRONT
}
FIRST_CHOICE = "下拉框第一项"
_BEST = AGREEMENT.tiers[0].title


def _names(column: Column) -> set[str]:
    """What a heading may be called: as it stands, by its code, without its first signs."""
    plain = squeeze(column.heading)
    return {plain, column.code, *(plain[at:] for at in range(1, len(plain) - 1))} - {""}


#: Names of all headings by sheet.
HEADINGS = {title: set().union(*map(_names, layout.columns)) for title, layout in LAYOUTS.items()}


# ------------------------------------------------------------------ one cell


def type_in(folder: Path, title: str, edit: Edit) -> None:
    """Type into one cell as a sentence says."""
    if edit.how == "不动":
        return
    layout = LAYOUTS[title]
    found = _found(folder, layout)
    column = _column(layout, edit.column)
    at = address(_row(found, edit.row), found.columns[column.key])
    text = column.choices[0] if edit.how == "选" and edit.text == FIRST_CHOICE else edit.text
    if edit.how not in {"填", "空着"} and text == edit.text:
        raise UnknownWordsError(f"{title} {edit.how} {edit.text}")
    if text.startswith("="):
        result = str(sum(map(int, text[1:].split("+"))))
        computed(folder, Source(rounds.DESK, title, at), text, result)
        return
    type_at(folder / rounds.DESK, {(title, at): typed(text)})


def _found(folder: Path, layout: Layout) -> Found:
    return find(read_book((folder / rounds.DESK).read_bytes()), rounds.DESK, layout)


def _column(layout: Layout, name: str) -> Column:
    whole = [c for c in layout.columns if name in {squeeze(c.heading), c.code}]
    (column,) = whole or [c for c in layout.columns if name in _names(c)]
    return column


def _row(found: Found, name: str) -> int:
    """Row of a key, of a file by its name, or the one people fill of the two about a member."""
    ways = (name, f"{name}/{found.layout.line}", f"{rounds.RETURNED}/{name}")
    for key, rows in found.rows.items():
        if key in ways or key.rpartition("/")[0] == ways[2]:
            return rows[0]
    message = f"{found.layout.title} {name}"
    raise UnknownWordsError(message)


# ------------------------------------------------------------------ what only words can say


def _nothing(_folder: Path, _other: Path) -> None:
    pass


def _both_best(folder: Path, _other: Path) -> None:
    """Both are scored, approved and put into the highest tier."""
    members = ("007", "012")
    cells = {Place(f"{Tab.SCORES}.A", member, "A4"): "优" for member in members}
    cells |= {Place(Tab.APPROVALS, member, "approval"): "同意" for member in members}
    cells |= {Place(Tab.APPROVALS, member, "tier"): _BEST for member in members}
    decide(folder, {**cells, Place(Tab.AGENDA, EVERYONE, "conclusion"): "议过"})


def _met(folder: Path, _other: Path) -> None:
    cells = {"kind": _KINDS[0], "day": "2015-12-22", "due": "5", "present": "5"}
    meeting = {Place(Tab.MEETINGS, "1", column): text for column, text in cells.items()}
    approved = {
        Place(Tab.APPROVALS, "007", "approval"): "同意",
        Place(Tab.APPROVALS, "007", "meeting"): "1",
    }
    decide(folder, meeting | approved)


_VETO = Place(Tab.APPROVALS, "007", "veto")


def _vetoed(folder: Path) -> None:
    decide(folder, {_VETO: "V1", Place(Tab.APPROVALS, "007", "basis"): "某文"})
    collect(rounds.Round(folder))


def _older(folder: Path, _other: Path) -> None:
    old = (folder / rounds.DESK).read_bytes()
    _vetoed(folder)
    (folder / rounds.DESK).write_bytes(old)


def _foreign(folder: Path, other: Path) -> None:
    (folder / rounds.DESK).write_bytes((other / rounds.DESK).read_bytes())


def _row_gone(folder: Path, _other: Path) -> None:
    found = _found(folder, LAYOUTS["核定"])
    book = openpyxl.load_workbook(folder / rounds.DESK)
    book["核定"].delete_rows(_row(found, "007"))
    book.save(folder / rounds.DESK)


def _row_twice(folder: Path, _other: Path) -> None:
    found = _found(folder, LAYOUTS["核定"])
    book = openpyxl.load_workbook(folder / rounds.DESK)
    sheet = book["核定"]
    last = sheet.max_row + 1
    for column, cell in enumerate(sheet[_row(found, "007")], 1):
        sheet.cell(last, column).value = cell.value
    book.save(folder / rounds.DESK)


def _headings_gone(folder: Path, _other: Path) -> None:
    found = _found(folder, LAYOUTS["核定"])
    book = openpyxl.load_workbook(folder / rounds.DESK)
    for cell in book["核定"][found.top]:
        cell.value = None
    book.save(folder / rounds.DESK)


def _unmarked(folder: Path, _other: Path) -> None:
    book = openpyxl.load_workbook(folder / rounds.DESK)
    del book["_sf"]
    book.save(folder / rounds.DESK)


def _copied(typed: str) -> Callable[[Path, Path], None]:
    """The sheet of approvals stands there twice; ``typed`` is what the copy says besides."""

    def copy(folder: Path, _other: Path) -> None:
        book = openpyxl.load_workbook(folder / rounds.DESK)
        sheet: Any = book.copy_worksheet(book["核定"])
        sheet.title = "核定 (2)"
        if typed:
            heads = next(row for row in sheet.iter_rows() if "编号" in [c.value for c in row])
            column = [c.value for c in heads].index("理由") + 1
            sheet.cell(heads[0].row + 2, column).value = typed
        book.save(folder / rounds.DESK)

    return copy


def _merged(folder: Path, _other: Path) -> None:
    """Two members' meeting is one cell."""
    book = openpyxl.load_workbook(folder / rounds.DESK)
    found = _found(folder, LAYOUTS["核定"])
    column = found.columns["meeting"]
    top = min(_row(found, member) for member in ("007", "012"))
    book["核定"].merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)
    book.save(folder / rounds.DESK)


def _struck(folder: Path, _other: Path) -> None:
    """A veto of 007 was typed, and struck out later."""
    _vetoed(folder)
    book = openpyxl.load_workbook(folder / rounds.DESK)
    found = _found(folder, LAYOUTS["核定"])
    cell = book["核定"].cell(_row(found, "007"), found.columns["veto"])
    cell.font = Font(strike=True)
    book.save(folder / rounds.DESK)


def _gone(folder: Path, _other: Path) -> None:
    (folder / rounds.DESK).unlink()


def _attended(held: str, attended: str) -> Callable[[Path, Path], None]:
    """How often 007 was to come and came is counted, by the scheme the round has now."""

    def count(folder: Path, _other: Path) -> None:
        scheme = look(rounds.Round(folder)).scheme
        times = {kinds.HELD: held, kinds.ATTENDED: attended}
        cells = {Place(Tab.COUNTS, "007", f"A2-1/{what}"): n for what, n in times.items()}
        decide(folder, cells, scheme)

    return count


def _only_for(post: str) -> Callable[[Path, Path], None]:
    """A2-1 is meant for one post; 007 is of another, as are the others."""

    def change(folder: Path, _other: Path) -> None:
        first, *others = AGREEMENT.parts
        sections = tuple(
            replace(s, items=tuple(_meant_for(item, post) for item in s.items))
            for s in first.sections
        )
        part = replace(first, sections=sections, unmeant=Unmeant.FULL)
        write_scheme(folder, replace(AGREEMENT, parts=(part, *others)))
        members = look(rounds.Round(folder)).roster
        rows = [person(m.id, m.name, 岗位类别="后勤") for m in members]
        write_roster(folder, AGREEMENT, rows)

    return change


def _meant_for(item: Item, post: str) -> Item:
    return replace(item, posts=(post,)) if item.code == "A2-1" else item


def _beside(folder: Path, _other: Path) -> None:
    (folder / "核定.xls").write_bytes((folder / rounds.DESK).read_bytes())


def _marked(folder: Path, _other: Path) -> None:
    (folder / f"~${rounds.DESK}").write_bytes(b"\x02LH")


def _tampered(folder: Path, _other: Path) -> None:
    """Somebody changes a decision with another program that knows the ledger's format."""
    _vetoed(folder)
    with closing(sqlite3.connect(folder / rounds.LEDGER)) as db, db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE decision SET after = 'V2' WHERE after = 'V1'")


def _cleared(folder: Path, _other: Path) -> None:
    _vetoed(folder)
    decide(folder, {_VETO: None})


def _renamed(also: bool) -> Callable[[Path, Path], None]:
    """007 is called otherwise since a veto was typed; so at the desk, where it is also typed."""

    def rename(folder: Path, _other: Path) -> None:
        _vetoed(folder)
        members = look(rounds.Round(folder)).roster
        rows = [person(m.id, "丁某" if m.id == "007" else m.name) for m in members]
        write_roster(folder, AGREEMENT, rows)
        if also:
            type_in(folder, "核定", Edit("007", "姓名", "填", "丁某"))

    return rename


def _left_out(folder: Path, _other: Path) -> None:
    """007, about whom a veto was decided, is on the roster no longer."""
    _vetoed(folder)
    members = look(rounds.Round(folder)).roster
    rows = [person(m.id, m.name) for m in members if m.id != "007"]
    write_roster(folder, AGREEMENT, rows)


def _charted(folder: Path, _other: Path) -> None:
    book = openpyxl.load_workbook(folder / rounds.DESK)
    sheet: Any = book["首页"]
    sheet.add_chart(BarChart(), "Z5")
    book.save(folder / rounds.DESK)


def _rounded(folder: Path, _other: Path) -> None:
    decide(folder, {Place(f"{Tab.SCORES}.A", "007", "A2-1"): "2.5"})
    path = folder / rounds.DESK
    book = openpyxl.load_workbook(path)
    for row in book["评分A"].iter_rows():
        for cell in row:
            if cell.value == 2.5:
                cell.number_format = "0"
    book.save(path)


CHART = "核定表里插入图表"
DEEDS: Mapping[str, Callable[[Path, Path], None]] = {
    "两个人都评为第一等": _both_best,
    "第 1 次会议核定 007": _met,
    "核定表换成以前的一份": _older,
    "核定表换成另一次考核的": _foreign,
    "核定表删去 007 的行": _row_gone,
    "核定表 007 的行复制一遍": _row_twice,
    "核定表删去“核定”一页的表头": _headings_gone,
    "核定表删去": _gone,
    "核定表删去隐藏的标记页": _unmarked,
    "核定表复制“核定”一页，在复制的里面填": _copied("会上另有考虑"),
    "核定表复制“核定”一页": _copied(""),
    "核定表“核定”一页的会次，上下两格合并": _merged,
    "台账 007 A2-1 应到 4 实到 5": _attended("4", "5"),
    "台账 007 A2-1 应到 5 实到 4": _attended("5", "4"),
    "007 是后勤岗位，A2-1 改为只适用于教学岗位": _only_for("教学"),
    "007 是后勤岗位，A2-1 改为只适用于后勤岗位": _only_for("后勤"),
    "核定表旁边另存一份 核定.xls": _beside,
    "核定表旁边有 Excel 的占用标记": _marked,
    "工作记录里的决定被人改动": _tampered,
    "核定 007 否决 填过又清空": _cleared,
    "核定 007 否决 填过又划去": _struck,
    "评分A 007 A2-1 的 2.5 显示成 3": _rounded,
    "核定 007 否决 填过，名册里 007 改了姓名": _renamed(also=False),
    "核定 007 否决 填过，名册和核定里 007 都改了姓名": _renamed(also=True),
    "核定 007 否决 填过，名册里删去 007": _left_out,
    CHART: _charted,
    "核定表里只填内容": _nothing,
    "核定表不动": _nothing,
}
