"""The ledger's tables: made, brought up to date, and told from what is no ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from sheetflow.errors import SheetflowError
from sheetflow.ledger import checksum
from sheetflow.ledger.chain import SEAL, genesis, seal_text
from sheetflow.ledger.words import damaged
from sheetflow.messages import _

#: "shfl": tells a ledger from any other SQLite database.
_APPLICATION = 0x7368666C
#: Number of the schema below; a program refuses a ledger with a higher one.
SCHEMA = 4
#: Without these names no form can be told from another round's.
_FACTS = {"key", "round_id"}
#: How long to wait for another run, in seconds.
WAIT = 5.0

_DECISION = """
CREATE TABLE IF NOT EXISTS decision (
    number INTEGER PRIMARY KEY, tab TEXT NOT NULL, "row" TEXT NOT NULL, col TEXT NOT NULL,
    before TEXT NOT NULL, after TEXT NOT NULL, taken TEXT NOT NULL, revision INTEGER NOT NULL,
    chain TEXT NOT NULL)
"""
_TABLES = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE content (
    sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE arrival (
    number INTEGER PRIMARY KEY, file TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES content (sha256), received TEXT NOT NULL DEFAULT '',
    UNIQUE (file, sha256));
CREATE TABLE submission (
    sha256 TEXT NOT NULL REFERENCES content (sha256), reader TEXT NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (sha256, reader));
CREATE TABLE scheme (
    number INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE, text TEXT NOT NULL);
CREATE TABLE form (
    number INTEGER PRIMARY KEY, member TEXT NOT NULL,
    scheme TEXT NOT NULL REFERENCES scheme (version), generation INTEGER NOT NULL,
    tag TEXT NOT NULL, UNIQUE (member, scheme, generation, tag));
CREATE TABLE output (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
{_DECISION}
"""
# SQLite fires no trigger for a row that INSERT OR REPLACE deletes, hence the third.
_TRIGGERS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS decision_{name} BEFORE {event} ON decision"
    f" {when}BEGIN SELECT RAISE(ABORT, 'decisions are only added'); END"
    for name, event, when in (
        ("stays", "UPDATE", ""),
        ("remains", "DELETE", ""),
        (
            "replaces",
            "INSERT",
            "WHEN EXISTS (SELECT 1 FROM decision WHERE number = NEW.number) ",
        ),
    )
)
#: What brings a ledger of an earlier schema to the next one.
_UPGRADES = {
    1: ("ALTER TABLE arrival ADD COLUMN received TEXT NOT NULL DEFAULT ''",),
    2: (_DECISION,),
    # Also lest an earlier program keep something and leave the ledger's checksum there.
    3: ("ALTER TABLE output DROP COLUMN fingerprint",),
}


def connect(path: Path) -> sqlite3.Connection:
    """Connect to a ledger; raises ``sqlite3.Error``."""
    # A plain path, not a URI: SQLite refuses a URI that names a network share's server.
    db = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    try:
        # WAL does not work on network shares; FULL survives a power cut.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        # What is no ledger stays open otherwise, and on Windows nobody could move it.
        db.close()
        raise
    return db


def is_empty(db: sqlite3.Connection) -> bool:
    """Whether the file holds nothing at all yet."""
    tables = int(db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    return tables == _number(db, "application_id") == _number(db, "user_version") == 0


def is_old(db: sqlite3.Connection) -> bool:
    """Whether an earlier program made the ledger."""
    return _number(db, "user_version") < SCHEMA


def fill(db: sqlite3.Connection, facts: Mapping[str, str]) -> None:
    """Make the tables of a new ledger within the open transaction; ``facts`` go into meta."""
    for statement in (*_TABLES.split(";"), *_TRIGGERS):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {_APPLICATION}")
    db.execute(f"PRAGMA user_version = {SCHEMA}")
    db.executemany("INSERT INTO meta VALUES (?, ?)", facts.items())
    _seal(db)
    checksum.put(db)


def upgrade(db: sqlite3.Connection) -> None:
    """Bring a ledger of an earlier program to this schema, within the open transaction.

    Triggers that somebody took away are there again afterwards.
    """
    found = _number(db, "user_version")
    for schema in range(found, SCHEMA):
        for statement in _UPGRADES[schema]:
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {schema + 1}")
    if found < SCHEMA:
        checksum.remove(db)
        _seal(db)
    for statement in _TRIGGERS:
        db.execute(statement)


def _seal(db: sqlite3.Connection) -> None:
    """Note that the chain of decisions has no line yet."""
    row = db.execute("SELECT value FROM meta WHERE name = 'round_id'").fetchone()
    text = seal_text(0, genesis(str(row[0]) if row else ""))
    db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (SEAL, text))


def verify(db: sqlite3.Connection, path: Path) -> None:
    """Refuse what is no ledger, is unfinished, newer or damaged, each in its own words."""
    if is_empty(db):
        raise SheetflowError(
            _("{name} 是空的：新建时中断了，或磁盘出过错。").format(name=path.name),
            _(
                "定过分的，请先把整个考核文件夹另存一份，用备份里的同名文件替换它；"
                "刚新建的，请照原来的选项再运行一次 sheetflow init。"
            ),
        )
    if _number(db, "application_id") != _APPLICATION:
        raise SheetflowError(
            _("{name} 不是本程序的工作记录。").format(name=path.name),
            _("请移走这个文件，把备份里的同名文件放回来。"),
        )
    if _number(db, "user_version") > SCHEMA:
        raise SheetflowError(
            _("{name} 由更新版本的 sheetflow 写成，本版本不能用，没有改动。").format(
                name=path.name
            ),
            _("请升级 sheetflow 后再运行。"),
        )
    # Not the quick check, which sees no row that an index has lost.
    sound = db.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
    if not sound or not checksum.fits(db) or _FACTS - _names(db):
        raise damaged(path.name)


def _names(db: sqlite3.Connection) -> set[str]:
    return {name for (name,) in db.execute("SELECT name FROM meta")}


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])
