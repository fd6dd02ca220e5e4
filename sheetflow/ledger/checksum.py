"""A checksum of all that is kept, by which whatever changed on the disk is found.

It is taken away with the first thing that a run keeps and put back when the run ends, so that
a run that was killed leaves none. Decisions are left out, of which the chain tells more than
that something changed, and so are the bytes that were received, which bear a hash each.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

from sheetflow.ledger.chain import SEAL

#: Its name among the ledger's named texts.
NAME = "checksum"
#: The table that the chain covers, a column whose values bear a hash each, texts set beside it.
_CHAINED, _HASHED = "decision", ("content", "data")
_ITS_OWN = frozenset({NAME.encode(), SEAL.encode()})


def remove(db: sqlite3.Connection) -> None:
    """Take it away within the open transaction: something is about to be kept."""
    db.execute("DELETE FROM meta WHERE name = ?", (NAME,))


def put(db: sqlite3.Connection) -> None:
    """Put it in place where there is none."""
    if not _kept(db):
        db.execute("INSERT INTO meta VALUES (?, ?)", (NAME, _taken(db)))


def fits(db: sqlite3.Connection) -> bool:
    """Whether all is as it was when it was put; true without one."""
    kept = _kept(db)
    return not kept or kept == [(_taken(db),)]


def _kept(db: sqlite3.Connection) -> list[tuple[object]]:
    return db.execute("SELECT value FROM meta WHERE name = ?", (NAME,)).fetchall()


def _taken(db: sqlite3.Connection) -> str:
    # In no order: a row that replaces another moves to the end of its table.
    return hashlib.sha256(b"".join(sorted(_hashes(db)))).hexdigest()


def _hashes(db: sqlite3.Connection) -> Iterator[bytes]:
    """Hash of each table's definition and of each row."""
    tables = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
    for table, sql in db.execute(tables).fetchall():
        yield hashlib.sha256(repr((table, sql)).encode()).digest()
        if table != _CHAINED:
            yield from _rows(db, table)


def _rows(db: sqlite3.Connection, table: str) -> Iterator[bytes]:
    columns = db.execute("SELECT name FROM pragma_table_info(?)", (table,))
    # As bytes: what is no text any more can be read, and differs; NULL is told by its type.
    shown = ", ".join(
        f'typeof("{name}"), ifnull(CAST("{name}" AS BLOB), x\'\')'
        for (name,) in columns
        if (table, name) != _HASHED
    )
    for row in db.execute(f'SELECT {shown} FROM "{table}"'):  # noqa: S608 - the file's own
        if table == "meta" and row[1] in _ITS_OWN:
            continue
        lengths = [each if isinstance(each, str) else len(each) for each in row]
        whole = [repr((table, lengths)).encode(), *row[1::2]]
        yield hashlib.sha256(b"".join(whole)).digest()
