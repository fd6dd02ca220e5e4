"""Files are read the same here and by other processes; one that dies costs the file it died of."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from rounds import blank, drop, fill, full, of_three

from sheetflow.errors import UnreadableError
from sheetflow.flows import pool
from sheetflow.flows.collect import collect
from sheetflow.flows.loading import load
from sheetflow.flows.pool import read_many, read_through
from sheetflow.flows.reader import Reader, Result, Unread, read_chunk
from sheetflow.flows.reading import judge_of
from sheetflow.ledger import open_ledger
from sheetflow.round import LEDGER, Round

#: Ends the process that reads it, as a fault in a parser would.
_DEADLY = b"deadly"


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
        assert function is read_chunk
        return super().submit(_read_or_die, *args, **more)


def _read_or_die(reader: Reader, chunk: Sequence[Unread]) -> list[Result]:
    if any(each.data == _DEADLY for each in chunk):
        os.kill(os.getpid(), signal.SIGKILL)
    return read_chunk(reader, chunk)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system knows no SIGKILL")
def test_a_process_that_dies_costs_the_file_it_died_of(
    reader: tuple[Reader, list[Unread]],
) -> None:
    known, unread = reader
    deadly = [Unread("死.xlsx", "d" * 64, _DEADLY), Unread("亡.xlsx", "e" * 64, _DEADLY)]
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
