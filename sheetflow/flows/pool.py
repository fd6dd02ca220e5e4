"""Reading many files, and one long work beside another: by more processes where that pays.

A process that dies (a fault in a parser, memory that is gone) costs the one file it died of.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from itertools import chain, islice
from multiprocessing.connection import Connection
from typing import ParamSpec

from sheetflow.errors import SheetflowError
from sheetflow.excel.refusals import refuse
from sheetflow.flows.reader import Reader, Result, Unread, read_chunk
from sheetflow.messages import use_language

#: Files from which processes are started: below, starting them costs what they save.
POOL_FROM = 500
#: Files and bytes handed over at once.
_CHUNK, _CHUNK_BYTES = 50, 32 * 1024 * 1024
#: Most processes: Windows waits for no more than 61 at once, and a disk feeds fewer.
_MOST = 32
#: Chunks under way for each process: one it works on, one that waits.
_AHEAD = 2
#: Processes are started anew everywhere as Windows does, so that what works here works there.
_ANEW = multiprocessing.get_context("spawn")

_Given = ParamSpec("_Given")

#: Files with what became of each.
Done = Sequence[tuple[Unread, Result]]


def read_many(
    reader: Reader, waiting: Iterable[Unread], count: int, *, processes: int
) -> Iterator[Done]:
    """Read files in chunks, in no order; ``count`` says how many there are.

    A file that ends the process reading it is refused: crash.
    """
    chunks = _chunks(waiting)
    if processes < 2 or count < POOL_FROM:  # noqa: PLR2004 - one process is this one
        return (_done(each, read_chunk(reader, each)) for each in chunks)
    return read_through(reader, chunks, lambda: _processes(processes), ahead=_AHEAD * processes)


def read_through(
    reader: Reader,
    chunks: Iterable[Sequence[Unread]],
    start: Callable[[], Executor],
    *,
    ahead: int,
) -> Iterator[Done]:
    """Read chunks through executors that ``start`` makes, ``ahead`` of them under way.

    Where a process dies, what it and its neighbours had under way is read again, one by one.
    """
    # It knows every form handed out: packed for each chunk, all chunks would cost its square.
    packed, chunks = pickle.dumps(reader), iter(chunks)
    while first := list(islice(chunks, 1)):
        lost: deque[Sequence[Unread]] = deque()
        yield from _until_broken(packed, chain(first, chunks), start, ahead, lost)
        for unread in chain.from_iterable(lost):
            yield [(unread, _alone(packed, unread, start))]


def _until_broken(
    packed: bytes,
    chunks: Iterator[Sequence[Unread]],
    start: Callable[[], Executor],
    ahead: int,
    lost: deque[Sequence[Unread]],
) -> Iterator[Done]:
    """Read chunks until all are done or the executor breaks; then ``lost`` holds the rest."""
    executor = start()
    under_way: dict[Future[list[Result]], Sequence[Unread]] = {}
    try:
        while not lost:
            for chunk in islice(chunks, ahead - len(under_way)):
                under_way[_submitted(executor, packed, chunk)] = chunk
            if not under_way:
                return
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                if isinstance(future.exception(), BrokenProcessPool):
                    lost.extend(under_way.values())
                    break
                yield _done(under_way.pop(future), future.result())
    finally:
        executor.shutdown(wait=not lost, cancel_futures=True)


def _submitted(executor: Executor, packed: bytes, chunk: Sequence[Unread]) -> Future[list[Result]]:
    try:
        return executor.submit(_read, packed, chunk)
    except BrokenProcessPool as error:
        # A process died of an earlier chunk since we last looked.
        late = Future[list[Result]]()
        late.set_exception(error)
        return late


def _alone(packed: bytes, unread: Unread, start: Callable[[], Executor]) -> Result:
    with start() as executor:
        try:
            return executor.submit(_read, packed, [unread]).result()[0]
        except BrokenProcessPool:
            return refuse("crash")


def _read(packed: bytes, chunk: Sequence[Unread]) -> list[Result]:
    return read_chunk(_unpacked(packed), chunk)


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Reader:
    reader: Reader = pickle.loads(packed)  # noqa: S301 - packed by the process that asks
    return reader


def _done(chunk: Sequence[Unread], results: Iterable[Result]) -> Done:
    return list(zip(chunk, results, strict=True))


def _chunks(waiting: Iterable[Unread]) -> Iterator[list[Unread]]:
    chunk: list[Unread] = []
    size = 0
    for unread in waiting:
        chunk.append(unread)
        size += len(unread.data)
        if len(chunk) == _CHUNK or size > _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


@contextmanager
def beside(
    work: Callable[_Given, bytes], *, members: int, processes: int
) -> Iterator[Callable[_Given, Callable[[], bytes]]]:
    """Let another process be ready for a work; yield what begins it there.

    That gives what waits for the result. The process starts while this one goes on, so that it
    is ready when its work is. In a small round, and where the other process dies, the work is
    done here when its result is asked for. What it raises is raised there. Whoever leaves without
    asking ends the process.
    """
    if processes < 2 or members < POOL_FROM:  # noqa: PLR2004 - one process is this one
        yield lambda *words, **named: partial(work, *words, **named)
        return
    here, there = _ANEW.Pipe()
    process = _ANEW.Process(target=_answer, args=(_language(), work, there), daemon=True)
    process.start()
    there.close()
    try:
        yield lambda *words, **named: _begun(here, partial(work, *words, **named))
    finally:
        process.terminate()
        process.join()
        here.close()


def _begun(there: Connection, task: partial[bytes]) -> Callable[[], bytes]:
    # Whether the process has died is found out when its result is asked for.
    with suppress(OSError):
        there.send((task.args, task.keywords))
    return lambda: _answered(there, task)


def _answer(language: str, work: Callable[..., bytes], asker: Connection) -> None:
    _begin(language)
    words, named = asker.recv()
    try:
        asker.send(work(*words, **named))
    except SheetflowError as error:
        asker.send(error)


def _answered(there: Connection, task: Callable[[], bytes]) -> bytes:
    try:
        found: bytes | SheetflowError = there.recv()
    except (EOFError, OSError):
        return task()
    if isinstance(found, SheetflowError):
        raise found
    return found


def _processes(count: int) -> Executor:
    return ProcessPoolExecutor(
        min(count, _MOST), _ANEW, initializer=_begin, initargs=(_language(),)
    )


def _language() -> str:
    return os.environ.get("LANGUAGE", "")


def _begin(language: str) -> None:
    # An interrupt is for the process that hands out the work; it ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_language(language)
