from __future__ import annotations

import multiprocessing
import resource
import sqlite3
from contextlib import closing, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

import pytest

from sheetflow import ledger
from sheetflow.errors import BusyError, NoRoundError, OutputError, SheetflowError
from sheetflow.ledger import IssuedForm, Ledger, open_ledger, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

NAME = "工作记录-勿删.db"
RECEIPTS = 200
#: Real processes that share nothing with this one.
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / NAME
    make(made)
    return made


def make(path: Path) -> None:
    ledger.create(path, key="k" * 32, round_id="2015-a", program="0.1.0")


def data_of(number: int) -> bytes:
    # Every tenth file repeats the bytes of an earlier one; some span many pages.
    return f"表 {number - number % 10 if number % 10 == 1 else number}".encode() * (
        1 + number % 7 * 900
    )


def receive_all(opened: Ledger, chunk: int = 8) -> None:
    for first in range(0, RECEIPTS, chunk):
        # A chunk of one is left to the transaction each receipt has of its own.
        with opened.transaction() if chunk > 1 else nullcontext():
            for number in range(first, first + chunk):
                opened.keep(data_of(number), file=f"收回/{number:03}.xlsx")


def keep_and_fail(opened: Ledger, file: str) -> None:
    with opened.transaction():
        opened.keep(b"lost", file=file)
        raise ZeroDivisionError


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


@contextmanager
def child(work: Callable[..., None], *values: object) -> Iterator[tuple[BaseProcess, Connection]]:
    """Run ``work(pipe, *values)`` in a process of its own, which never outlives the block."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=work, args=(there, *values))
    process.start()
    there.close()
    try:
        yield process, here
    finally:
        process.kill()
        process.join()
        here.close()


def stop_before(db: sqlite3.Connection, pipe: Connection, sql: str, times: int) -> None:
    """Tell the parent, then stand still, before a statement is run for the nth time."""
    left = [times]

    def trace(statement: str) -> None:
        left[0] -= statement.lstrip().startswith(sql)
        if left[0] == 0:
            pipe.send("here")
            pipe.recv()

    # So small a cache makes SQLite write pages before the transaction is over.
    db.execute("PRAGMA cache_size = 1")
    db.set_trace_callback(trace)


def receive_until(pipe: Connection, path: Path, chunk: int, sql: str, times: int) -> None:
    with open_ledger(path, lock=True) as opened:
        stop_before(opened._db, pipe, sql, times)
        receive_all(opened, chunk)


def receive_aloud(pipe: Connection, path: Path) -> None:
    with open_ledger(path, lock=True) as opened:
        for number in range(RECEIPTS):
            opened.keep(data_of(number), file=f"收回/{number:03}.xlsx")
            pipe.send(number)


def create_until(pipe: Connection, path: Path, sql: str) -> None:
    connect = schema.connect

    def traced(path: Path) -> sqlite3.Connection:
        db = connect(path)
        stop_before(db, pipe, sql, 1)
        return db

    schema.connect = traced
    make(path)


def hold(pipe: Connection, path: Path) -> None:
    with open_ledger(path, lock=True):
        pipe.send("held")
        pipe.recv()


def keep_on_full_disk(pipe: Connection, path: Path) -> None:
    limit = path.stat().st_size + 4096
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        with open_ledger(path, lock=True) as opened:
            opened.keep(b"x" * 1_000_000, file="收回/大.xlsx")
    except SheetflowError as error:
        pipe.send((error.status, error.message, error.fix))


# -------------------------------------------------------------------- receipts


def test_bytes_are_kept_once_and_each_path_with_each_content_is_listed_once(path: Path) -> None:
    with open_ledger(path, lock=True) as opened:
        first = opened.keep(b"one", file="收回/甲.xlsx")
        opened.keep(b"one", file="收回/甲.xlsx")
        opened.keep(b"one", file="收回/聊天.zip!/甲.xlsx")
        second = opened.keep(b"two", file="收回/甲.xlsx")
        opened.keep(b"one", file="收回/甲.xlsx")
    with open_ledger(path, lock=False) as opened:
        assert [(a.number, a.file, a.sha256, a.size) for a in opened.arrivals()] == [
            (1, "收回/甲.xlsx", first, 3),
            (2, "收回/聊天.zip!/甲.xlsx", first, 3),
            (3, "收回/甲.xlsx", second, 3),
        ]
        assert opened.content(first) == b"one"
        with pytest.raises(KeyError):
            opened.content("0" * 64)
    assert sum('INTO "content"' in line for line in dump(path)) == 2


def test_a_failed_chunk_leaves_nothing_and_a_failed_part_takes_back_only_itself(path: Path) -> None:
    with open_ledger(path, lock=True) as opened:
        with pytest.raises(ZeroDivisionError):
            keep_and_fail(opened, "a")
        with opened.transaction():
            opened.keep(b"kept", file="b")
            with pytest.raises(ZeroDivisionError):
                keep_and_fail(opened, "c")
        assert [a.file for a in opened.arrivals()] == ["b"]
    assert not any("lost" in line or b"lost".hex() in line.lower() for line in dump(path))


def test_what_was_opened_for_reading_cannot_be_changed(path: Path) -> None:
    with open_ledger(path, lock=False) as opened, pytest.raises(RuntimeError):
        opened.keep(b"x", file="a")
    with open_ledger(path, lock=False) as opened:
        assert opened.arrivals() == ()


# -------------------------------------------------------------------- killed


@pytest.mark.parametrize(
    ("chunk", "sql", "times"),
    [
        (8, "INSERT INTO content", 1),
        (8, "INSERT INTO arrival", 100),
        (8, "RELEASE", 101),
        (8, "COMMIT", 13),
        (8, "BEGIN", 14),
        (1, "INSERT INTO content", 1),
        (1, "INSERT INTO arrival", 100),
        (1, "COMMIT", 100),
    ],
)
def test_killed_at_any_statement_every_receipt_is_whole_or_absent(
    path: Path, tmp_path: Path, chunk: int, sql: str, times: int
) -> None:
    with child(receive_until, path, chunk, sql, times) as (process, pipe):
        assert pipe.recv() == "here"
        process.kill()
        process.join()
    assert_goes_on_as_if_never_killed(path, tmp_path / "uninterrupted.db", chunk)


def test_killed_in_full_run_no_receipt_that_was_reported_is_lost(path: Path) -> None:
    with child(receive_aloud, path) as (process, pipe):
        while pipe.recv() < 77:
            pass
        process.kill()
        process.join()
    with open_ledger(path, lock=False) as opened:
        arrivals = opened.arrivals()
        assert len(arrivals) >= 78
        for number, arrival in enumerate(arrivals):
            assert (arrival.number, arrival.file) == (number + 1, f"收回/{number:03}.xlsx")
            assert opened.content(arrival.sha256) == data_of(number)


def assert_goes_on_as_if_never_killed(path: Path, reference: Path, chunk: int) -> None:
    with open_ledger(path, lock=True) as opened:
        arrivals = opened.arrivals()
        assert len(arrivals) % chunk == 0
        for number, arrival in enumerate(arrivals):
            assert opened.content(arrival.sha256) == data_of(number)
        orphans = "SELECT count(*) FROM content WHERE sha256 NOT IN (SELECT sha256 FROM arrival)"
        assert opened._db.execute(orphans).fetchone() == (0,)
        receive_all(opened)
    make(reference)
    with open_ledger(reference, lock=True) as opened:
        receive_all(opened)
    assert dump(path) == dump(reference)
    assert {p.name for p in path.parent.iterdir()} == {path.name, reference.name}


@pytest.mark.parametrize("sql", ["CREATE TABLE meta", "CREATE TABLE output", "COMMIT"])
def test_a_ledger_whose_making_was_killed_is_said_to_be_empty_and_can_be_made(
    tmp_path: Path, sql: str
) -> None:
    path = tmp_path / NAME
    with child(create_until, path, sql) as (process, pipe):
        assert pipe.recv() == "here"
        process.kill()
        process.join()
    with pytest.raises(SheetflowError, match="空的"), open_ledger(path, lock=True):
        pass
    make(path)
    with open_ledger(path, lock=True) as opened:
        assert (opened.key, opened.round_id) == ("k" * 32, "2015-a")


# -------------------------------------------------------------------- two at once


@pytest.mark.parametrize("lock", [True, False])
def test_a_second_run_is_told_busy_and_the_lock_dies_with_its_holder(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, lock: bool
) -> None:
    monkeypatch.setattr(schema, "WAIT", 0.0)
    with child(hold, path) as (process, pipe):
        assert pipe.recv() == "held"
        with pytest.raises(BusyError) as caught, open_ledger(path, lock=lock):
            pass
        assert (caught.value.status, bool(caught.value.fix)) == (3, True)
        process.kill()
        process.join()
    with open_ledger(path, lock=lock) as opened:
        assert opened.arrivals() == ()


def test_the_lock_outlasts_every_commit_of_the_run(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "WAIT", 0.0)
    with open_ledger(path, lock=True) as first:
        first.keep(b"x", file="a")
        with pytest.raises(BusyError), open_ledger(path, lock=True):
            pass
        first.keep(b"y", file="b")
    with open_ledger(path, lock=False), open_ledger(path, lock=False) as second_reader:
        assert len(second_reader.arrivals()) == 2
    assert [p.name for p in path.parent.iterdir()] == [NAME]


# -------------------------------------------------------------------- files that are no ledger


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE meta (name, value)")


def newer(path: Path) -> None:
    make(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def cut_short(path: Path) -> None:
    make(path)
    path.write_bytes(path.read_bytes()[:9000])


def overwritten(path: Path) -> None:
    make(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xa5" * 8192 + whole[16384:])


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda path: path.write_text("不是数据库" * 900, "utf-8"), "损坏"),
    "foreign": (foreign, "不是本程序的工作记录"),
    "newer": (newer, "更新版本"),
    "cut short": (cut_short, "损坏"),
    "overwritten": (overwritten, "损坏"),
    "empty": (lambda path: path.touch(), "空的"),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("lock", [True, False])
def test_what_is_no_sound_ledger_is_refused_in_its_own_words_and_left_alone(
    tmp_path: Path, case: str, *, lock: bool
) -> None:
    path = tmp_path / NAME
    spoil, words = BROKEN[case]
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(SheetflowError, match=words) as caught, open_ledger(path, lock=lock):
        pass
    assert (caught.value.status, NAME in caught.value.message) == (2, True)
    assert caught.value.fix
    assert path.read_bytes() == before


def test_what_is_no_sound_ledger_is_let_go_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows nobody could move it away while it is held."""
    held: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    class Watched(sqlite3.Connection):
        def close(self) -> None:
            super().close()
            held.remove(self)

    def watched(path: Path, *, timeout: float, isolation_level: None) -> sqlite3.Connection:
        held.append(
            connect(path, timeout=timeout, isolation_level=isolation_level, factory=Watched)
        )
        return held[-1]

    for number, (spoil, _words) in enumerate(BROKEN.values()):
        path = tmp_path / f"{number}.db"
        with monkeypatch.context() as patched:
            spoil(path)
            patched.setattr(sqlite3, "connect", watched)
            with suppress(SheetflowError), open_ledger(path, lock=True):
                pass
        assert held == []


@pytest.mark.parametrize("case", [case for case in BROKEN if case != "empty"])
def test_a_ledger_is_never_made_over_anything(tmp_path: Path, case: str) -> None:
    path = tmp_path / NAME
    BROKEN[case][0](path)
    before = path.read_bytes()
    with pytest.raises(SheetflowError):
        make(path)
    assert path.read_bytes() == before


def test_a_ledger_in_use_is_never_made_again(path: Path) -> None:
    with pytest.raises(NoRoundError, match="已经存在"):
        make(path)
    with open_ledger(path, lock=False) as opened:
        assert opened.key == "k" * 32


def test_a_folder_without_a_ledger_is_no_round(tmp_path: Path) -> None:
    with pytest.raises(NoRoundError), open_ledger(tmp_path / NAME, lock=True):
        pass
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_rotted_on_the_disk_are_never_handed_out(path: Path) -> None:
    with open_ledger(path, lock=True) as opened:
        sha256 = opened.keep(b"self score 100", file="a")
    path.write_bytes(path.read_bytes().replace(b"self score 100", b"self score 900"))
    with open_ledger(path, lock=False) as opened, pytest.raises(SheetflowError, match="损坏"):
        opened.content(sha256)


def test_a_full_disk_is_said_and_what_was_kept_before_stays(path: Path) -> None:
    with open_ledger(path, lock=True) as opened:
        opened.keep(b"before", file="收回/小.xlsx")
    before = dump(path)
    with child(keep_on_full_disk, path) as (_process, pipe):
        status, message, fix = pipe.recv()
    assert (status, NAME in message, "磁盘" in fix) == (OutputError.status, True, True)
    assert dump(path) == before
    with open_ledger(path, lock=True) as opened:
        opened.keep(b"x" * 1_000_000, file="收回/大.xlsx")
        assert len(opened.arrivals()) == 2


def test_a_ledger_that_cannot_be_made_is_said_with_its_name(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(OutputError, match=NAME):
        make(tmp_path / NAME)


# -------------------------------------------------------------------- the rest of the record


def test_named_texts_are_replaced_but_the_round_itself_never(path: Path) -> None:
    with open_ledger(path, lock=True) as opened:
        assert opened.get("last") is None
        opened.put("last", "{}")
        opened.put("last", '{"a": "张三"}')
        for name in ("key", "round_id", "program"):
            with pytest.raises(ValueError, match=name):
                opened.put(name, "other")
        assert opened.get("last") == '{"a": "张三"}'
        assert (opened.key, opened.round_id, opened.get("program")) == (
            "k" * 32,
            "2015-a",
            "0.1.0",
        )


def test_a_reading_belongs_to_the_bytes_and_the_reader_that_made_it(path: Path) -> None:
    with open_ledger(path, lock=True) as opened:
        sha256 = opened.keep(b"x", file="a")
        opened.keep_submission(sha256, "reader 1", "old")
        opened.keep_submission(sha256, "reader 1", "new")
        assert opened.submission(sha256, "reader 1") == "new"
        assert opened.submission(sha256, "reader 2") is None
        with pytest.raises(sqlite3.IntegrityError):
            opened.keep_submission("0" * 64, "reader 1", "of bytes never received")


def test_issued_schemes_and_forms_stay_as_first_issued_and_in_order(path: Path) -> None:
    with open_ledger(path, lock=True) as opened:
        opened.issue("2-b", "second")
        opened.issue("1-a", "first")
        opened.issue("2-b", "rewritten")
        opened.issue_form("007", "1-a", generation=1, tag="Q7")
        opened.issue_form("003", "1-a", generation=0, tag="M4")
        opened.issue_form("007", "1-a", generation=1, tag="Q7")
        with pytest.raises(sqlite3.IntegrityError):
            opened.issue_form("003", "never issued", generation=0, tag="M4")
        assert list(opened.issued().items()) == [("2-b", "second"), ("1-a", "first")]
        assert opened.issued_forms() == (
            IssuedForm(member="007", scheme_version="1-a", generation=1, tag="Q7"),
            IssuedForm(member="003", scheme_version="1-a", generation=0, tag="M4"),
        )


def test_an_output_is_known_by_its_last_writing(path: Path) -> None:
    with open_ledger(path, lock=True) as opened:
        assert opened.output("汇总.xlsx") is None
        opened.keep_output("汇总.xlsx", "aa")
        opened.keep_output("汇总.xlsx", "bb")
        assert opened.output("汇总.xlsx") == "bb"
