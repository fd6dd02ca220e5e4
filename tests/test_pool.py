"""Files are read the same here and by other processes; one that dies costs the file it died of."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import pytest
from deadly import DEADLY, read_or_die
from rounds import blank, drop, fill, full, of_three

from sheetflow import platform
from sheetflow.errors import OutputError, UnreadableError
from sheetflow.flows import pool
from sheetflow.flows.collect import collect
from sheetflow.flows.loading import load
from sheetflow.flows.pool import beside, read_many, read_through
from sheetflow.flows.reader import Reader, Result, Unread
from sheetflow.flows.reading import judge_of
from sheetflow.ledger import open_ledger
from sheetflow.round import LEDGER, SUMMARY, Round


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reader, list[Unread]]:
    """What reading depends on in a round of three, and its forms, one of them no form."""
    folder = of_three(tmp_path_factory.mktemp("读表"))
    forms = [fill(blank(folder, member), full()) for member in ("001", "002", "003")]
    files = [*forms, b"%PDF-1.4", b""]
    unread = [Unread(f"{n}.xlsx", f"{n:064}", data) for n, data in enumerate(files)]
    round_ = Round(folder)
    with open_ledger(round_.path(LEDGER), lock=True) as ledger:
        return judge_of(ledger, load(round_), accept_unverified=False).reader, unread


def _plain(result: Result) -> object:
    return result.kind if isinstance(result, UnreadableError) else result


def _results(done: Iterator[pool.Done]) -> dict[str, object]:
    found: dict[str, object] = {}
    for chunk in done:
        for unread, result in chunk:
            assert unread.file not in found
            found[unread.file] = _plain(result)
    return found


def _fresh() -> Executor:
    return ProcessPoolExecutor(1, get_context("spawn"))


def test_other_processes_read_what_this_one_reads(
    reader: tuple[Reader, list[Unread]], monkeypatch: pytest.MonkeyPatch
) -> None:
    known, unread = reader
    here = _results(read_many(known, unread, len(unread), processes=1))
    monkeypatch.setattr(pool, "POOL_FROM", 2)
    monkeypatch.setattr(pool, "_CHUNK", 2)
    assert _results(read_many(known, unread, len(unread), processes=2)) == here
    assert here["3.xlsx"] == "pdf"
    assert here["4.xlsx"] == "empty"
    with_threads = read_through(known, iter([unread]), partial(ThreadPoolExecutor, 2), ahead=2)
    assert _results(with_threads) == here


class _Mortal(ProcessPoolExecutor):
    """Processes that die of a deadly file."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:  # noqa: ANN401 - as the library has it
        return super().submit(read_or_die, function, *args, **more)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system knows no SIGKILL")
def test_a_process_that_dies_costs_the_file_it_died_of(
    reader: tuple[Reader, list[Unread]],
) -> None:
    known, unread = reader
    deadly = [Unread("死.xlsx", "d" * 64, DEADLY), Unread("亡.xlsx", "e" * 64, DEADLY)]
    chunks = [unread[:1], [deadly[0], *unread[1:2]], unread[2:], deadly[1:]]
    started = partial(_Mortal, 1, get_context("spawn"))
    found = _results(read_through(known, iter(chunks), started, ahead=2))
    alone = _results(read_many(known, unread, len(unread), processes=1))
    assert found == {**alone, "死.xlsx": "crash", "亡.xlsx": "crash"}


def test_what_was_read_before_an_interrupt_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = of_three(tmp_path)
    for number, member in enumerate(("001", "002", "003")):
        drop(folder, f"{number}.xlsx", fill(blank(folder, member), full()))
    monkeypatch.setattr(pool, "_CHUNK", 2)
    read: list[tuple[int, int]] = []

    def interrupt(done: int, total: int) -> None:
        read.append((done, total))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(Round(folder), tell=interrupt)
    later = collect(Round(folder), tell=lambda done, total: read.append((done, total)))
    assert read == [(2, 3), (1, 1)]
    assert later.document["counts"]["accepted"] == len(("001", "002", "003"))


# ------------------------------------------------------------------ one work beside another


def _worker() -> bytes:
    return str(os.getpid()).encode()


def _dies_elsewhere(here: int) -> bytes:
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return _worker()


def _fails() -> bytes:
    raise OutputError("表格太大", "请分成几份")


def _interrupted(_waiting: object) -> None:
    raise KeyboardInterrupt


def _endless() -> bytes:
    signal.pause()
    return b""


@pytest.mark.parametrize(
    ("members", "processes", "elsewhere"), [(500, 2, True), (499, 2, False), (500, 1, False)]
)
def test_a_work_goes_on_beside_another_where_that_pays(
    members: int, processes: int, *, elsewhere: bool
) -> None:
    with beside(_worker, members=members, processes=processes) as begin:
        assert (begin()() != _worker()) is elsewhere


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system knows no SIGKILL")
def test_a_process_that_dies_beside_leaves_the_work_to_this_one() -> None:
    with beside(_dies_elsewhere, members=500, processes=2) as begin:
        assert begin(os.getpid())() == _worker()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system knows no SIGKILL")
def test_a_process_that_died_before_its_work_came_leaves_it_to_this_one() -> None:
    with beside(_dies_elsewhere, members=500, processes=2) as begin:
        for child in active_children():
            child.kill()
            child.join()
        assert begin(os.getpid())() == _worker()


def test_what_a_work_beside_cannot_do_is_told_here() -> None:
    with (
        beside(_fails, members=500, processes=2) as begin,
        pytest.raises(OutputError, match="表格太大") as told,
    ):
        begin()()
    assert told.value.fix == "请分成几份"


@pytest.mark.skipif(not hasattr(signal, "pause"), reason="the system cannot wait for a signal")
def test_a_work_nobody_asks_for_ends_with_the_other() -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        beside(_endless, members=500, processes=2) as begin,
    ):
        _interrupted(begin())
    assert not active_children()


def test_a_summary_written_beside_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = of_three(tmp_path)
    for number, member in enumerate(("001", "002")):
        drop(folder, f"{number}.xlsx", fill(blank(folder, member), full()))
    other = shutil.copytree(folder, tmp_path / "另一个")
    collect(Round(folder))
    monkeypatch.setattr(pool, "POOL_FROM", 1)
    monkeypatch.setattr(platform, "processors", lambda: 2)
    collect(Round(other))
    assert (other / SUMMARY).read_bytes() == (folder / SUMMARY).read_bytes()
