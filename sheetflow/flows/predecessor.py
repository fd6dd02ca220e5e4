"""``init --from``: a new round takes over from the one before it, whose folder is only read."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sheetflow import entries, ledger, number, years
from sheetflow import round as rounds
from sheetflow.errors import BusyError, FaultsError, NoRoundError, OutputError, SheetflowError
from sheetflow.excel.read import read_staff_book
from sheetflow.flows.collected import PREDECESSOR
from sheetflow.flows.init import begin, for_year
from sheetflow.flows.loading import Loaded, look, read_bytes
from sheetflow.flows.recall import LAST
from sheetflow.messages import _
from sheetflow.model import (
    Absence,
    Book,
    ColumnRole,
    Plain,
    QuotaRule,
    Scheme,
    Slot,
    Table,
    TableColumn,
    Value,
    ValueKind,
)
from sheetflow.rosters import SHEET, heading, to_table
from sheetflow.round import Round
from sheetflow.scheme_columns import SETTINGS
from sheetflow.scheme_sheets import to_tables
from sheetflow.tables import Record, address, find_sheet, read_table, squeeze
from sheetflow.text import clean

#: Columns of the roster that say more about the status of one year (contract: 名册.xlsx).
_OF_STATUS = ("变动日期", "依据")
#: Faults of the roster's sheet that leave open what stands in which column, and who in which row.
_UNREADABLE = {"sheet-missing", "sheet-twice", "heading-missing", "heading-twice"}
#: A day of a year, in a text or in the example that goes with it.
_DAY = re.compile(r"\d{1,2}月\d{1,2}[日号]")
_MOST_NAMED = 20
#: How often a ledger is copied while somebody is writing into it.
_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A round made from the one before it: what came along or not, and what wants a look."""

    round: Round
    system: str
    carried: tuple[str, ...]
    look_at: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    """The roster of the new round, and who or what did not come along as it was."""

    table: Table
    left: tuple[str, ...]
    cleared: tuple[str, ...]
    #: Addresses of cells that show no value.
    broken: tuple[str, ...]
    #: Columns that still hold days of the year before.
    dated: tuple[str, ...]


def make_next(folder: Path, predecessor: Path, year: int | None = None) -> Begun:
    """Make the round after another one: its roster, scheme and settings, with a key of its own.

    Without ``year`` it is the next one; after a half-way round the same. Raises
    ``NoRoundError`` where there is no round to take over from or one where none may be, and
    ``SheetflowError`` for what cannot be read of it.
    """
    _found(predecessor)
    try:
        old, book, last = _read(predecessor)
    except SheetflowError as error:
        where = _("要沿用的“{folder}”：").format(folder=predecessor.absolute().name)
        error.message = where + error.message
        raise
    scheme, slots = _renewed(old.scheme, year)
    people = _people(book, old)
    document = last["document"] if last else None
    previous = years.from_document(document, old.scheme) if document else None
    facts = {PREDECESSOR: years.dump(previous)} if previous else {}
    return Begun(
        round=begin(folder, scheme, people.table, facts),
        system=scheme.system,
        carried=tuple(_carried(old.scheme, scheme, people, slots, previous)),
        look_at=tuple(_look_at(old.scheme, scheme, people)),
    )


def _found(predecessor: Path) -> None:
    if not (predecessor / rounds.LEDGER).is_file():
        raise NoRoundError(
            _("“{folder}”不是考核文件夹（里面没有 {ledger}），没有新建").format(
                folder=predecessor.absolute().name, ledger=rounds.LEDGER
            ),
            _("--from 后面请写上一次的考核文件夹"),
        )


# ------------------------------------------------------------------ reading the old round


def _read(predecessor: Path) -> tuple[Loaded, Book, dict[str, Any] | None]:
    """Read scheme, roster and the last collect of a round; raises ``SheetflowError``."""
    round_ = Round(predecessor)
    old = look(round_)
    if any(f.kind in _UNREADABLE and squeeze(f.source.sheet) == SHEET for f in old.faults):
        told = tuple(f for f in old.findings if f.source.file == rounds.ROSTER)
        raise FaultsError(
            _("{file} 的工作表或表头有错误，没有新建").format(file=rounds.ROSTER),
            _("请按上面逐条改正，再运行一次"),
            told,
        )
    book = read_staff_book(read_bytes(round_.path(rounds.ROSTER)))
    return old, book, _last_collect(round_.path(rounds.LEDGER))


def _last_collect(path: Path) -> dict[str, Any] | None:
    """What the last collect of a round said, from a copy of its ledger.

    The ledger itself may be in use, or of an earlier program: a copy can be opened all the same.
    """
    with tempfile.TemporaryDirectory(prefix="sheetflow-") as folder:
        copy = Path(folder) / path.name
        for file, data in _still(path).items():
            try:
                copy.with_name(file).write_bytes(data)
            except OSError as error:
                raise OutputError(
                    _("临时文件夹写不进去，读不了 {file}").format(file=path.name),
                    _("请检查磁盘是否已满，再运行一次"),
                ) from error
        with ledger.open_ledger(copy, lock=True) as opened:
            kept: dict[str, Any] | None = json.loads(opened.get(LAST) or "null")
            return kept


def _still(path: Path) -> Mapping[str, bytes]:
    """Bytes of a ledger and of what its writer notes beside it, of one moment."""
    journal = path.with_name(f"{path.name}-journal")
    for _try in range(_TRIES):
        before = _marks(path, journal)
        found = {f.name: read_bytes(f) for f in (journal, path) if f.is_file()}
        if before == _marks(path, journal):
            return found
    raise BusyError(
        _("另一个 sheetflow 正在往 {file} 里写").format(file=path.name),
        _("请等它结束后再运行"),
    )


def _marks(*paths: Path) -> tuple[tuple[int, int] | None, ...]:
    states = (path.stat() if path.is_file() else None for path in paths)
    return tuple((s.st_size, s.st_mtime_ns) if s else None for s in states)


# ------------------------------------------------------------------ the scheme


def _renewed(old: Scheme, year: int | None) -> tuple[Scheme, tuple[str, ...]]:
    """The scheme for the next round, and the names of the texts that were emptied."""
    default = old.year if old.settings.interim else old.year + 1
    scheme = for_year(old, default if year is None else year)
    settings = replace(scheme.settings, publicity_from=None, publicity_to=None, interim=False)
    slots = tuple(replace(s, text="") if _yearly(s, old) else s for s in scheme.slots)
    emptied = tuple(s.name for s in old.slots if s.text.strip() and _yearly(s, old))
    papers = tuple(replace(paper, number=None) for paper in scheme.papers)
    return replace(scheme, settings=settings, slots=slots, papers=papers), emptied


def _yearly(slot: Slot, old: Scheme) -> bool:
    """Whether a text is about one year: it names it or a day, or its example names a day."""
    return bool(_DAY.search(slot.text) or _DAY.search(slot.hint) or _names(slot.text, old))


def _names(text: str, scheme: Scheme) -> bool:
    return str(scheme.year) in text


# ------------------------------------------------------------------ the roster


def _people(book: Book, old: Loaded) -> _People:
    """Rows as people keep them, columns of their own included; who left stays behind."""
    scheme = old.scheme
    headings = [column.heading for column in scheme.columns]
    extra = _more_headings(book, headings)
    records = read_table(book, rounds.ROSTER, SHEET, [*headings, *extra]).records
    status = heading(scheme, ColumnRole.STATUS)
    left = {s.title for s in scheme.statuses if s.absence is Absence.LEFT} - {""}
    staying = [record for record in records if record.text(status) not in left]
    table = to_table(scheme)
    own = tuple(TableColumn(heading=each) for each in extra)
    cleared = {status, *_OF_STATUS}
    rows = tuple(tuple(_cells(r, [*headings, *extra], cleared, scheme)) for r in staying)
    return _People(
        table=replace(table, columns=(*table.columns, *own), rows=rows),
        left=tuple(_who(r, scheme) for r in records if r.text(status) in left),
        cleared=tuple(_who(r, scheme) for r in staying if any(r.text(each) for each in cleared)),
        broken=tuple(r.source(h).cell for r in staying for h, v in r.cells.items() if _lost(v)),
        dated=tuple(_dated(staying, scheme)),
    )


def _more_headings(book: Book, headings: Iterable[str]) -> list[str]:
    """Headings that people added beside those of the scheme."""
    sheet = find_sheet(book, SHEET)
    found = read_table(book, rounds.ROSTER, SHEET, headings).headings
    places = {source.cell for source in found.values()}
    if sheet is None:
        return []
    tops = {row for row, column in sheet.values if address(row, column) in places}
    known = {squeeze(each) for each in headings}
    texts = [v.raw for (row, _column), v in sorted(sheet.values.items()) if row in tops]
    more = {squeeze(text): clean(text).strip() for text in texts}
    return [text for key, text in more.items() if text and key not in known]


def _cells(
    record: Record, headings: Iterable[str], cleared: Iterable[str], scheme: Scheme
) -> Iterator[Plain]:
    words = {heading(scheme, ColumnRole.ID), heading(scheme, ColumnRole.NAME)}
    for each in headings:
        value = record.cells.get(each)
        if each in cleared or value is None or _lost(value):
            yield None
        else:
            yield record.text(each) if each in words else _plain(value)


def _lost(value: Value) -> bool:
    return value.kind in {ValueKind.ERROR, ValueKind.UNCACHED}


def _plain(value: Value) -> Plain:
    """What was typed, as what it was typed as."""
    text = clean(value.raw).strip()
    if value.kind is ValueKind.NUMBER:
        points = number.stored(value.raw)
        return text if points is None else points
    if value.kind is ValueKind.DATE:
        _date, _t, time = value.raw.partition("T")
        return (entries.day(value) or text) if time in {"", "00:00:00"} else text
    return text


def _who(record: Record, scheme: Scheme) -> str:
    name = record.text(heading(scheme, ColumnRole.NAME))
    return name or record.text(heading(scheme, ColumnRole.ID))


def _dated(records: Iterable[Record], scheme: Scheme) -> Iterator[str]:
    """Columns for nothing but the papers in which a day of the year before stands."""
    listed = tuple(records)
    for column in scheme.columns:
        if column.role is ColumnRole.OTHER and column.heading not in _OF_STATUS:
            texts = (record.text(column.heading) for record in listed)
            if any(text.startswith(str(scheme.year)) for text in texts):
                yield column.heading


# ------------------------------------------------------------------ what is said


def _carried(
    old: Scheme,
    scheme: Scheme,
    people: _People,
    emptied: tuple[str, ...],
    previous: years.Previous | None,
) -> Iterator[str]:
    yield _("名册：带来 {n} 人").format(n=len(people.table.rows))
    if people.left:
        yield _("已经离开的没有带来：{names}").format(names=_listed(people.left))
    if people.cleared:
        columns = (heading(scheme, ColumnRole.STATUS), *_OF_STATUS)
        known = {column.heading for column in people.table.columns}
        yield _("{columns}是上一次的，清空了：{names}").format(
            columns=_("、").join(c for c in columns if c in known), names=_listed(people.cleared)
        )
    if people.broken:
        yield _("名册里这几格没有值，空着：{cells}").format(cells=_listed(people.broken))
    yield _("方案：指标、加分、否决、等次和设置都照旧，年度改为 {year}").format(year=scheme.year)
    yield _("公示日期空着")
    if any(paper.number is not None for paper in old.papers):
        yield _("发文序号是上一次的，清空了")
    if emptied:
        yield _("公文用语里当年的话清空了：{names}").format(names=_("、").join(emptied))
    if previous is None:
        yield _("上一次没有汇总过，没有成绩可以比较")
    else:
        yield _("上一次的成绩留作比较：{n} 人").format(n=len(previous.members))


def _look_at(old: Scheme, scheme: Scheme, people: _People) -> Iterator[str]:
    span = _("考核期 {start} 至 {end}").format(start=scheme.period_start, end=scheme.period_end)
    deadline = scheme.settings.deadline
    yield span + (_("，收表截止 {day}").format(day=deadline) if deadline else "")
    if old.settings.interim:
        yield _("上一次是半年初评，这一次“半年初评”填了否")
    kept = [slot.name for slot in scheme.slots if slot.text.strip()]
    if kept:
        yield _("公文用语里沿用的话：{names}").format(names=_("、").join(kept))
    if scheme.quota and scheme.quota.rule is QuotaRule.GIVEN:
        yield _("给定的名额 {n} 个").format(n=scheme.quota.given)
    if people.dated:
        yield _("名册里还写着 {year} 年日期的栏目：{names}").format(
            year=old.year, names=_("、").join(people.dated)
        )
    if scheme.year != old.year:
        places = tuple(_still_named(old, scheme))
        if places:
            yield _("方案里还写着 {year} 的地方：{places}").format(
                year=old.year, places=_listed(places)
            )


def _still_named(old: Scheme, scheme: Scheme) -> Iterator[str]:
    """Sheet and text of what names the year before in the scheme's workbook."""
    for table in to_tables(scheme):
        for row in table.rows:
            # The last column of the settings holds examples.
            cells = row[:-1] if table.title == SETTINGS else row
            yield from (
                f"{table.title}“{cell}”"
                for cell in cells
                if isinstance(cell, str) and _names(cell, old)
            )


def _listed(names: tuple[str, ...]) -> str:
    text = _("、").join(names[:_MOST_NAMED])
    if len(names) <= _MOST_NAMED:
        return text
    return _("{names}等 {n} 处").format(names=text, n=len(names))
