"""What the ledger says to the person at the keyboard when SQLite cannot go on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sheetflow.errors import BusyError, OutputError, SheetflowError
from sheetflow.messages import _


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """Turn what SQLite reports into words for the person at the keyboard."""
    try:
        yield
    except json.JSONDecodeError as error:
        # Nothing else is read so while a ledger is open.
        raise damaged(path.name) from error
    except sqlite3.Error as error:
        said = _in_words(error, path.name)
        if said is None:
            raise
        raise said from error


def damaged(name: str) -> SheetflowError:
    """The error for a ledger that cannot be relied on."""
    return SheetflowError(
        _("{name} 已损坏，或不是本程序的工作记录，没有改动。").format(name=name),
        _("请用备份里的同名文件替换它再运行；没有备份时请保留原文件，找人协助恢复。"),
    )


def _in_words(error: sqlite3.Error, name: str) -> SheetflowError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return BusyError(
            _("另一个 sheetflow 正在处理这个文件夹。"), _("请等它结束后再运行；本次没有改动。")
        )
    # A table or column that somebody took away with another program.
    missing = code == sqlite3.SQLITE_ERROR and str(error).startswith("no such ")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or missing:
        return damaged(name)
    if code == sqlite3.SQLITE_FULL:
        return OutputError(
            _("写不进 {name}：磁盘满了。").format(name=name), _("请清理磁盘空间后再运行。")
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}:
        return OutputError(
            _("写不进 {name}：文件或文件夹只读，或没有权限。").format(name=name),
            _("请取消只读，或把整个文件夹移到可以写的地方再运行。"),
        )
    if code == sqlite3.SQLITE_IOERR:
        return OutputError(
            _("读写 {name} 时磁盘出错：磁盘可能满了，或已断开。").format(name=name),
            _("请检查磁盘空间和连接后再运行；已收到的内容不会丢失。"),
        )
    return None
