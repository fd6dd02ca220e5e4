"""An open ledger: what is kept in it, and what can be asked of it."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count

from sheetflow.ledger import chain, checksum
from sheetflow.ledger.words import damaged
from sheetflow.model.desk import Decision, Place, State

#: Names in ``meta`` that only ``create``, ``decide`` and the end of a run set.
_FIXED = frozenset({"key", "round_id", "program", chain.SEAL, checksum.NAME})
_COUNT = re.compile(r"0|[1-9][0-9]{0,17}")


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
        inner = self._db.in_transaction
        begin, commit, rollback = (
            ("SAVEPOINT inner_part", "RELEASE inner_part", "ROLLBACK TO inner_part")
            if inner
            else ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
        )
        self._db.execute(begin)
        before = self._db.total_changes
        try:
            yield
            if not inner and self._db.total_changes != before:
                checksum.remove(self._db)
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

        Raises ValueError for what is the ledger's own.
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
            raise damaged(self._name)
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

    def output(self, name: str) -> str | None:
        """Return the SHA-256 of an output as it was written."""
        return self._text("SELECT sha256 FROM output WHERE name = ?", name)

    def outputs(self) -> tuple[str, ...]:
        """Return the names of all outputs ever written, in order of names."""
        return tuple(
            str(name) for (name,) in self._db.execute("SELECT name FROM output ORDER BY name")
        )

    def keep_output(self, name: str, sha256: str) -> None:
        """Keep how an output was written, in place of its earlier writing."""
        self._keep("REPLACE INTO output VALUES (?, ?)", name, sha256)

    # ---------------------------------------------------------------- decisions

    def decide(
        self, decisions: Iterable[tuple[Place, str, str]], *, taken: str, revision: int
    ) -> tuple[Decision, ...]:
        """Add acts of the branch, each (where, before, after), all or none; return them.

        ``taken`` is the local time of taking them in, ISO 8601; ``revision`` is that of the
        workbook they were typed in. They follow the sealed end of the chain, so that a chain
        that was broken before stays broken for ``verify``.
        """
        made: list[Decision] = []
        with self.transaction():
            number, head = self._seal() or (0, "")
            numbers = {each.number for each in self.decisions()}
            for place, before, after in decisions:
                number = next(each for each in count(number + 1) if each not in numbers)
                act = Decision(
                    number=number, place=place, before=before, after=after,
                    taken=taken, revision=revision,
                )  # fmt: skip
                head = chain.link(head, act)
                made.append(replace(act, chain=head))
                self._add(made[-1])
            if made:
                self._keep(
                    "REPLACE INTO meta VALUES (?, ?)", chain.SEAL, chain.seal_text(number, head)
                )
        return tuple(made)

    def _add(self, act: Decision) -> None:
        self._keep(
            "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(act.number, act.place.tab, act.place.row, act.place.column),
            *(act.before, act.after, act.taken, act.revision, act.chain),
        )

    def decisions(self) -> tuple[Decision, ...]:
        """Return every act of the branch, in order."""
        # As bytes: whatever another program has put into a column can be read, and is seen.
        columns = ("tab", '"row"', "col", "before", "after", "taken", "revision", "chain")
        shown = ", ".join(f"CAST({column} AS BLOB)" for column in columns)
        rows = self._db.execute(f"SELECT number, {shown} FROM decision ORDER BY number")  # noqa: S608 - our own column names
        return tuple(_decision(number, tuple(map(_as_text, more))) for number, *more in rows)

    def state(self) -> State:
        """Return what the branch's decisions come to: place → text."""
        return chain.fold(self.decisions())

    def head(self) -> str:
        """Hash of the last decision; of the round alone while there is none."""
        decisions = self.decisions()
        return decisions[-1].chain if decisions else chain.genesis(self.round_id)

    def verify(self) -> tuple[chain.Break, ...]:
        """Return the lines of the chain that were edited, removed, added or reordered, in order.

        None where all is as it was written.
        """
        return chain.find_breaks(self.decisions(), chain.genesis(self.round_id), self._seal())

    def _seal(self) -> tuple[int, str] | None:
        return chain.read_seal(self.get(chain.SEAL))

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


def _as_text(stored: bytes | None) -> str:
    return (stored or b"").decode(errors="replace")


def _decision(number: int, texts: tuple[str, ...]) -> Decision:
    tab, row, column, before, after, taken, revision, hash_ = texts
    return Decision(
        number=number,
        place=Place(tab, row, column),
        before=before,
        after=after,
        taken=taken,
        # No revision that was ever chained, where it is no number any more.
        revision=int(revision) if _COUNT.fullmatch(revision) else -1,
        chain=hash_,
    )
