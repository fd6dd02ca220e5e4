"""The round's ledger: what was received, issued and written, in one SQLite file.

Nothing is ever lost from it: receipts, issued schemes and issued forms are only added. A
crash at any moment leaves each of them whole or absent, and the next run goes on from there.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetflow.errors import BusyError, NoRoundError, OutputError, SheetflowError
from sheetflow.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

#: "shfl": tells a ledger from any other SQLite database.
_APPLICATION = 0x7368666C
#: Number of the schema below; a program refuses a ledger with a higher one.
_SCHEMA = 2
#: How long to wait for another run, in seconds.
_WAIT = 5.0
#: Names in ``meta`` that are set once, by ``create``.
_FIXED = frozenset({"key", "round_id", "program"})

_TABLES = """
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
CREATE TABLE output (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, fingerprint TEXT NOT NULL)
"""
#: What brings a ledger of an earlier schema to the next one.
_UPGRADES = {1: ("ALTER TABLE arrival ADD COLUMN received TEXT NOT NULL DEFAULT ''",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One content received under one path; ``number`` grows in order of arrival."""

    number: int
    file: str
    sha256: str
    #: Bytes.
    size: int
    #: Local time of taking it in, ISO 8601; empty when nobody noted it.
    received: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedForm:
    """One blank form or return copy that was handed out."""

    member: str
    scheme_version: str
    generation: int
    tag: str


def create(path: Path, *, key: str, round_id: str, program: str) -> None:
    """Make a new ledger; one that a crash left empty is completed.

    Raises NoRoundError where the file already holds anything, BusyError while another run
    makes it, OutputError where it cannot be written.
    """
    if not path.parent.is_dir():
        raise NoRoundError(
            _("找不到文件夹 {folder}。").format(folder=path.parent), _("请先建好文件夹再运行。")
        )
    with _spoken(path), closing(_connect(path)) as db:
        db.execute("BEGIN EXCLUSIVE")
        if not _is_empty(db):
            raise NoRoundError(
                _("{name} 已经存在，没有改动。").format(name=path.name),
                _("请换一个空文件夹新建，或直接在本文件夹继续。"),
            )
        for statement in _TABLES.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_APPLICATION}")
        db.execute(f"PRAGMA user_version = {_SCHEMA}")
        facts = {"key": key, "round_id": round_id, "program": program}
        db.executemany("INSERT INTO meta VALUES (?, ?)", facts.items())
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
    with _spoken(path), closing(_connect(path)) as db:
        if lock:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE" if lock else "BEGIN")
        _verify(db, path)
        if lock:
            _upgrade(db)
        elif _number(db, "user_version") < _SCHEMA:
            raise SheetflowError(
                _("{name} 由旧版本的 sheetflow 写成。").format(name=path.name),
                _("请先运行一次 sheetflow collect，它会接着用。"),
            )
        if lock:
            # In this mode SQLite keeps the lock after a commit, until the connection closes.
            db.execute("COMMIT")
            db.execute("PRAGMA journal_mode = DELETE")
        yield Ledger(db, path.name, writable=lock)


class Ledger:
    """An open ledger; get one from ``open_ledger``.

    Every method that keeps something is a transaction of its own, or part of the surrounding
    ``transaction()``.
    """

    def __init__(self, db: sqlite3.Connection, name: str, *, writable: bool) -> None:
        self._db = db
        self._name = name
        self._writable = writable

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is kept in this block is there afterwards, or nothing of it.

        Blocks may be nested; an inner one that fails takes back only its own part.
        """
        if not self._writable:
            raise RuntimeError("the ledger was opened for reading")
        begin, commit, rollback = (
            ("SAVEPOINT inner_part", "RELEASE inner_part", "ROLLBACK TO inner_part")
            if self._db.in_transaction
            else ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
        )
        self._db.execute(begin)
        try:
            yield
            self._db.execute(commit)
        except BaseException:
            # After a full disk SQLite has already rolled back by itself.
            if self._db.in_transaction:
                self._db.execute(rollback)
            raise

    # ---------------------------------------------------------------- meta

    @property
    def key(self) -> str:
        """The round's secret key, with which form codes are made and verified."""
        return self.get("key") or ""

    @property
    def round_id(self) -> str:
        """Identifies the round in stamps."""
        return self.get("round_id") or ""

    def get(self, name: str) -> str | None:
        """Return a named text, ``None`` where nothing was put; ``program`` is the maker."""
        return self._text("SELECT value FROM meta WHERE name = ?", name)

    def put(self, name: str, value: str) -> None:
        """Keep a named text in place of an earlier one.

        Raises ValueError for what ``create`` sets once and for all.
        """
        if name in _FIXED:
            raise ValueError(name)
        self._keep("REPLACE INTO meta VALUES (?, ?)", name, value)

    # ---------------------------------------------------------------- receipts

    def keep(self, data: bytes, *, file: str, received: str = "") -> str:
        """Keep what was received under a path, whole; return its SHA-256.

        The bytes are stored once, each path and content is listed once, with the time of its
        first taking in.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        with self.transaction():
            self._keep(
                "INSERT INTO content VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                *(sha256, len(data), data),
            )
            self._arrive(file, sha256, received)
        return sha256

    def keep_unread(self, *, file: str, sha256: str, size: int, received: str = "") -> None:
        """Keep that something too large for a form was received; the bytes stay outside."""
        with self.transaction():
            self._keep(
                "INSERT INTO content VALUES (?, ?, ?) ON CONFLICT DO NOTHING", sha256, size, b""
            )
            self._arrive(file, sha256, received)

    def _arrive(self, file: str, sha256: str, received: str) -> None:
        self._keep(
            "INSERT INTO arrival (file, sha256, received) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            *(file, sha256, received),
        )

    def arrivals(self) -> tuple[Arrival, ...]:
        """Return everything ever received, in order of arrival."""
        rows = self._db.execute(
            "SELECT number, file, sha256, size, received FROM arrival"
            " JOIN content USING (sha256) ORDER BY number"
        )
        return tuple(
            Arrival(number=n, file=f, sha256=s, size=z, received=r) for n, f, s, z, r in rows
        )

    def content(self, sha256: str) -> bytes:
        """Return kept bytes.

        Raises KeyError for bytes never kept, SheetflowError when the ledger is damaged.
        """
        row = self._row("SELECT data FROM content WHERE sha256 = ?", sha256)
        if row is None:
            raise KeyError(sha256)
        data = row[0]
        if not isinstance(data, bytes) or hashlib.sha256(data).hexdigest() != sha256:
            raise _damaged(self._name)
        return data

    # ---------------------------------------------------------------- submissions

    def submission(self, sha256: str, reader: str) -> str | None:
        """Return what this version of the reader made of a content."""
        return self._text(
            "SELECT text FROM submission WHERE sha256 = ? AND reader = ?", sha256, reader
        )

    def keep_submission(self, sha256: str, reader: str, text: str) -> None:
        """Keep what a reader made of a kept content, in place of an earlier result."""
        self._keep("REPLACE INTO submission VALUES (?, ?, ?)", sha256, reader, text)

    # ---------------------------------------------------------------- issued

    def issue(self, version: str, text: str) -> None:
        """Keep a scheme under which forms are handed out; the first text of a version stays."""
        self._keep(
            "INSERT INTO scheme (version, text) VALUES (?, ?) ON CONFLICT DO NOTHING",
            *(version, text),
        )

    def issued(self) -> Mapping[str, str]:
        """Return every scheme issued, by version, the oldest first."""
        return dict(self._db.execute("SELECT version, text FROM scheme ORDER BY number"))

    def issue_form(self, member: str, scheme_version: str, *, generation: int, tag: str) -> None:
        """Keep that a form was handed out, once; its scheme has been issued before."""
        self._keep(
            "INSERT INTO form (member, scheme, generation, tag) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            *(member, scheme_version, generation, tag),
        )

    def issued_forms(self) -> tuple[IssuedForm, ...]:
        """Return every form handed out, in order."""
        rows = self._db.execute("SELECT member, scheme, generation, tag FROM form ORDER BY number")
        return tuple(
            IssuedForm(member=m, scheme_version=s, generation=g, tag=t) for m, s, g, t in rows
        )

    # ---------------------------------------------------------------- outputs

    def output(self, name: str) -> tuple[str, str] | None:
        """Return (SHA-256 as written, fingerprint of what it was made from) of an output."""
        row = self._row("SELECT sha256, fingerprint FROM output WHERE name = ?", name)
        return (str(row[0]), str(row[1])) if row else None

    def keep_output(self, name: str, sha256: str, *, fingerprint: str = "") -> None:
        """Keep how an output was written, in place of its earlier writing."""
        self._keep("REPLACE INTO output VALUES (?, ?, ?)", name, sha256, fingerprint)

    # ---------------------------------------------------------------- SQL

    def _keep(self, sql: str, *values: str | int | bytes) -> None:
        with self.transaction():
            self._db.execute(sql, values)

    def _row(self, sql: str, *values: str) -> tuple[str | int | bytes, ...] | None:
        row: tuple[str | int | bytes, ...] | None = self._db.execute(sql, values).fetchone()
        return row

    def _text(self, sql: str, *values: str) -> str | None:
        row = self._row(sql, *values)
        return str(row[0]) if row else None


def _connect(path: Path) -> sqlite3.Connection:
    # A plain path, not a URI: SQLite refuses a URI that names a network share's server.
    db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    # WAL does not work on network shares; FULL survives a power cut.
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def _is_empty(db: sqlite3.Connection) -> bool:
    tables = int(db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    return tables == _number(db, "application_id") == _number(db, "user_version") == 0


def _upgrade(db: sqlite3.Connection) -> None:
    """Bring a ledger of an earlier program to this schema, within the open transaction."""
    for schema in range(_number(db, "user_version"), _SCHEMA):
        for statement in _UPGRADES[schema]:
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {schema + 1}")


def _verify(db: sqlite3.Connection, path: Path) -> None:
    """Refuse what is no ledger, is unfinished, newer or damaged, each in its own words."""
    if _is_empty(db):
        raise SheetflowError(
            _("{name} 是空的：新建时中断了。").format(name=path.name),
            _("请删除这个空文件，再用 sheetflow init 新建。"),
        )
    if _number(db, "application_id") != _APPLICATION:
        raise SheetflowError(
            _("{name} 不是本程序的工作记录。").format(name=path.name),
            _("请移走这个文件，把备份里的同名文件放回来。"),
        )
    if _number(db, "user_version") > _SCHEMA:
        raise SheetflowError(
            _("{name} 由更新版本的 sheetflow 写成，本版本不能用，没有改动。").format(
                name=path.name
            ),
            _("请升级 sheetflow 后再运行。"),
        )
    if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise _damaged(path.name)


def _damaged(name: str) -> SheetflowError:
    return SheetflowError(
        _("{name} 已损坏，或不是本程序的工作记录，没有改动。").format(name=name),
        _("请用备份里的同名文件替换它再运行；没有备份时请保留原文件，找人协助恢复。"),
    )


@contextmanager
def _spoken(path: Path) -> Iterator[None]:
    """Turn what SQLite reports into words for the person at the keyboard."""
    try:
        yield
    except sqlite3.Error as error:
        spoken = _in_words(getattr(error, "sqlite_errorcode", 0) & 0xFF, path.name)
        if spoken is None:
            raise
        raise spoken from error


def _in_words(code: int, name: str) -> SheetflowError | None:
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return BusyError(
            _("另一个 sheetflow 正在处理这个文件夹。"), _("请等它结束后再运行；本次没有改动。")
        )
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return _damaged(name)
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
