"""Making a ledger, and opening one for reading or, alone, for writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sheetflow.errors import NoRoundError, SheetflowError
from sheetflow.ledger import checksum, schema
from sheetflow.ledger.book import Ledger
from sheetflow.ledger.words import spoken
from sheetflow.messages import _


def create(
    path: Path, *, key: str, round_id: str, program: str, facts: Mapping[str, str] | None = None
) -> None:
    """Make a new ledger; one that a crash left empty is completed.

    ``facts`` are named texts that are there from the beginning.

    Raises NoRoundError where the file already holds anything, BusyError while another run
    makes it, OutputError where it cannot be written.
    """
    if not path.parent.is_dir():
        raise NoRoundError(
            _("找不到文件夹 {folder}。").format(folder=path.parent), _("请先建好文件夹再运行。")
        )
    with spoken(path), closing(schema.connect(path)) as db:
        db.execute("BEGIN EXCLUSIVE")
        if not schema.is_empty(db):
            raise NoRoundError(
                _("{name} 已经存在，没有改动。").format(name=path.name),
                _("请换一个空文件夹新建，或直接在本文件夹继续。"),
            )
        fixed = {"key": key, "round_id": round_id, "program": program}
        schema.fill(db, {**(facts or {}), **fixed})
        db.execute("COMMIT")


@contextmanager
def open_ledger(path: Path, *, lock: bool) -> Iterator[Ledger]:
    """Open the ledger; with ``lock`` for writing, and alone until the end of the block.

    The lock is SQLite's exclusive lock on the file itself, so that the system frees it
    however a run ends. Without ``lock`` the block reads one unchanging state.

    Raises NoRoundError where there is no ledger, BusyError when another run holds the lock
    after five seconds, OutputError when a write fails, and SheetflowError for a file that is
    damaged, newer than this program, or no ledger.
    """
    if not path.is_file():
        raise NoRoundError(
            _("这里没有 {name}，不是一个考核文件夹。").format(name=path.name),
            _("请用 -C 指定考核文件夹，或用 sheetflow init 新建。"),
        )
    with spoken(path), closing(schema.connect(path)) as db:
        if lock:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE" if lock else "BEGIN")
        schema.verify(db, path)
        if lock:
            schema.upgrade(db)
        elif schema.is_old(db):
            raise SheetflowError(
                _("{name} 由旧版本的 sheetflow 写成。").format(name=path.name),
                _("请先运行一次 sheetflow collect，它会接着用。"),
            )
        if lock:
            # In this mode SQLite keeps the lock after a commit, until the connection closes.
            db.execute("COMMIT")
            db.execute("PRAGMA journal_mode = DELETE")
        yield Ledger(db, path.name, writable=lock)
        if lock:
            checksum.put(db)
