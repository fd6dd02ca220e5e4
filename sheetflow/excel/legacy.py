"""Old workbooks: the bytes of an .xls or .et become a Book, read by xlrd in a process apart.

What the file does to xlrd it does to a process that is thrown away.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from threading import Thread
from time import monotonic
from typing import IO, Any

from sheetflow.errors import UnreadableError
from sheetflow.excel.preflight import MAX_FILE, kind_of
from sheetflow.excel.read import MAX_SHEETS, read_book, read_staff_book
from sheetflow.excel.refusals import refuse
from sheetflow.excel.room import MAX_CELL_TEXT, MAX_CELLS, Room
from sheetflow.excel.values import Shown, ShownAs, shown_by, shown_value, usual_formats
from sheetflow.messages import _
from sheetflow.model import Book, Sheet, Value, ValueKind
from sheetflow.tables import address

#: Bytes the child may answer; the fullest book within the limits needs some 30 MB.
MAX_ANSWER = 40 * 1024 * 1024

_CHUNK = 64 * 1024
#: Windows would show an empty console for each child.
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_TRUTH = ("FALSE", "TRUE")


def read_legacy(
    data: bytes, *, max_rows: int = 5000, max_columns: int = 256, seconds: float = 10.0
) -> Book:
    """Read an old workbook held in memory; the limits are those of ``read_book``.

    Values are as ``read_book`` would give them for the same workbook saved as .xlsx, but for
    formulas: the format always stores a result, and programs that have none store a number 0
    or an empty text. A formula with a stored 0 is therefore UNCACHED, which a person settles.
    A boolean may be a formula: LibreOffice saves it so. Cells that differ and claim one
    address make the file damaged.

    The child has ``seconds`` of time and, where the system can bound them, as much processor
    time and 152 MiB of address space. ``Book.modified`` is the last-saved time of the
    summary stream, in UTC.

    Raises ``UnreadableError``, and nothing else: size, too-big, long-text, no-sheets as
    ``read_book``; xls-password, xls-damaged (also a child that crashed), xls-timeout,
    xls-memory; xls-process when no child could be started, which says nothing of the file;
    xls in a frozen program, which holds no interpreter to start.
    """
    if len(data) > MAX_FILE:
        raise refuse("size")
    if getattr(sys, "frozen", False):
        raise refuse("xls")
    limits = _limits(max_rows, max_columns, seconds)
    try:
        # Nothing holds the bytes of the answer while it becomes a book.
        return _book(json.loads(_ask([*_command(), json.dumps(limits)], data, seconds)))
    except MemoryError as error:
        raise _refuse("xls-memory") from error
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise _refuse("xls-damaged") from error


def _limits(max_rows: int, max_columns: int, seconds: float) -> dict[str, int]:
    """What ``legacy_child.Limits`` is made of."""
    return {
        "rows": max_rows,
        "columns": max_columns,
        "sheets": MAX_SHEETS,
        "sheet_cells": MAX_CELLS,
        "cells": Room().cells,
        "text": MAX_CELL_TEXT,
        "chars": Room().chars,
        "seconds": math.ceil(seconds),
    }


# ------------------------------------------------------------------ the process apart


def _command() -> list[str]:
    """How the child is started: never with modules from the folder the command runs in."""
    return [sys.executable, "-P", "-m", "sheetflow.excel.legacy_child"]


def _ask(command: Sequence[str], data: bytes, seconds: float) -> bytearray:
    """Give a new process the bytes; return what it wrote once it ended well."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
            creationflags=_NO_WINDOW,
        )
    except OSError as error:
        raise _refuse("xls-process") from error
    answer = bytearray()
    try:
        in_time = _talk(child, data, answer, seconds)
    except RuntimeError as error:  # no thread could be started
        raise _refuse("xls-process") from error
    finally:
        _end(child)
    if not in_time or child.returncode == -getattr(signal, "SIGXCPU", 0):
        raise _refuse("xls-timeout")
    if child.returncode or len(answer) > MAX_ANSWER:
        raise _refuse("xls-damaged")
    return answer


def _talk(child: subprocess.Popen[bytes], data: bytes, answer: bytearray, seconds: float) -> bool:
    """Exchange the bytes; return whether the child was done in time, or said too much."""
    if child.stdin is None or child.stdout is None:
        return False
    end = monotonic() + seconds
    # Threads, because Windows can't wait for a pipe with a limit; a killed child ends both.
    reader = Thread(target=_drain, args=(child.stdout, answer), daemon=True)
    reader.start()
    Thread(target=_feed, args=(child.stdin, data), daemon=True).start()
    reader.join(seconds)
    if reader.is_alive():
        return False
    if len(answer) <= MAX_ANSWER:
        try:
            child.wait(max(0.0, end - monotonic()))
        except subprocess.TimeoutExpired:
            return False
    return True


def _feed(pipe: IO[bytes], data: bytes) -> None:
    # A child that died reads no further: what it wrote tells the rest.
    with suppress(OSError), pipe:
        pipe.write(data)


def _drain(pipe: IO[bytes], answer: bytearray) -> None:
    with suppress(OSError), pipe:
        while len(answer) <= MAX_ANSWER and (chunk := os.read(pipe.fileno(), _CHUNK)):
            answer += chunk


def _end(child: subprocess.Popen[bytes]) -> None:
    """Leave nothing of the child behind."""
    if child.returncode is not None:
        return
    if sys.platform == "win32":
        child.kill()
    else:
        # Not waited for yet, so that its number still is its own group's.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()


# ------------------------------------------------------------------ what it answered


def _book(answer: Mapping[str, Any]) -> Book:
    if "refused" in answer:
        title, place = answer.get("title", ""), answer.get("place")
        raise _refuse(answer["refused"], " ".join([title, address(*place)] if place else [title]))
    texts = [Value(ValueKind.TEXT, text) for text in answer["texts"]]
    formats = _formats(answer["formats"])

    def value(kind: str | int, raw: Any, formula: bool) -> Value:  # noqa: ANN401 - by its kind
        if kind == "s":
            return Value(ValueKind.TEXT, texts[raw].raw, formula=True) if formula else texts[raw]
        if kind == "b":
            return Value(ValueKind.BOOL, _TRUTH[raw], formula)
        if kind == "e":
            return Value(ValueKind.ERROR, raw, formula)
        if kind == "u":
            return Value(ValueKind.UNCACHED, "", formula)
        shown = formats[int(kind)]
        return shown_value(raw, shown, formula=formula, base_1904=answer["base_1904"])

    sheets = tuple(
        Sheet(
            sheet["title"],
            sheet["hidden"],
            {(row, column): value(*cell) for row, column, *cell in sheet["cells"]},
            tuple(address(*place) for place in sheet["beyond"]),
        )
        for sheet in answer["sheets"]
    )
    if not sheets:
        raise refuse("no-sheets")
    modified = answer["modified"]
    return Book(sheets, datetime.fromisoformat(modified) if modified else None)


def _formats(listed: Iterable[tuple[int, str]]) -> list[ShownAs]:
    """As what each format of the workbook shows a number; one without a code is built in."""
    usual = usual_formats()
    shown = [shown_by(code) if code else usual.get(str(key), Shown.NUMBER) for key, code in listed]
    return shown or [Shown.NUMBER]


# ------------------------------------------------------------------ what the sender is told


def _refuse(kind: str, place: str = "") -> UnreadableError:
    """Make the error for a kind of refusal, ours or the common ones."""
    words = _words()
    if kind not in words:
        return refuse(kind, place)
    message, fix = words[kind]
    if place:
        message = _("{place}：{message}").format(place=place, message=message)
    return UnreadableError(kind, message, fix)


def _words() -> dict[str, tuple[str, str]]:
    again = _("请在 WPS 或 Excel 中打开自己电脑上的原文件，核对后另存为 .xlsx，重新交回。")
    return {
        "xls-damaged": (_("这是旧版表格（.xls 或 .et），文件损坏，内容读不出来。"), again),
        "xls-password": (
            _("这是旧版表格（.xls 或 .et），设了密码（打开密码或保护密码），读不了。"),
            _("请在 WPS 或 Excel 中打开它，取消密码，另存为 .xlsx 后重新交回。"),
        ),
        "xls-timeout": (_("这是旧版表格（.xls 或 .et），在规定时间内没有读完，所以不读。"), again),
        "xls-memory": (_("这是旧版表格（.xls 或 .et），读它要占用过多内存，所以不读。"), again),
        "xls-process": (
            _("旧版表格（.xls 或 .et）要另开一个程序来读，这台电脑眼下开不了。"),
            _("请关闭一些程序后再运行一次；仍不行时，请在 WPS 或 Excel 中把它另存为 .xlsx。"),
        ),
    }


def read_any(data: bytes, *, staff: bool = False) -> Book:
    """Read a workbook of the old or the new format; one of the staff's own may be large.

    Raises ``UnreadableError`` for what is none.
    """
    # A zip is never an old workbook, and what it is its reader finds out.
    if not data.startswith(b"PK\3\4") and kind_of(data) == "xls":
        return read_legacy(data)
    return read_staff_book(data) if staff else read_book(data)
