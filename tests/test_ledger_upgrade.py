"""A ledger that an earlier program made goes on with everything that is in it."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sheetflow import ledger
from sheetflow.errors import SheetflowError
from sheetflow.ledger import Arrival, IssuedForm, open_ledger
from sheetflow.model.desk import Place

#: What the first programs made, as they made it.
FIRST = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE content (
    sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE arrival (
    number INTEGER PRIMARY KEY, file TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES content (sha256), UNIQUE (file, sha256));
CREATE TABLE submission (
    sha256 TEXT NOT NULL REFERENCES content (sha256), reader TEXT NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (sha256, reader));
CREATE TABLE scheme (
    number INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE, text TEXT NOT NULL);
CREATE TABLE form (
    number INTEGER PRIMARY KEY, member TEXT NOT NULL,
    scheme TEXT NOT NULL REFERENCES scheme (version), generation INTEGER NOT NULL,
    tag TEXT NOT NULL, UNIQUE (member, scheme, generation, tag));
CREATE TABLE output (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, fingerprint TEXT NOT NULL);
PRAGMA application_id = 0x7368666C;
"""
TO_SECOND = "ALTER TABLE arrival ADD COLUMN received TEXT NOT NULL DEFAULT '';"
MADE_SECOND = FIRST.replace(
    "REFERENCES content (sha256), UNIQUE (file",
    "REFERENCES content (sha256), received TEXT NOT NULL DEFAULT '',\n    UNIQUE (file",
)
OLD = {
    "1": (FIRST, 1),
    "2": (MADE_SECOND, 2),
    "1 brought to 2": (FIRST + TO_SECOND, 2),
}
SHA256 = hashlib.sha256(b"data").hexdigest()
ROWS = (
    ("INSERT INTO meta VALUES (?, ?)", ("key", "k" * 32)),
    ("INSERT INTO meta VALUES (?, ?)", ("round_id", "2015-a")),
    ("INSERT INTO content VALUES (?, 4, ?)", (SHA256, b"data")),
    ("INSERT INTO arrival (file, sha256) VALUES (?, ?)", ("收回/甲.xlsx", SHA256)),
    ("INSERT INTO submission VALUES (?, ?, ?)", (SHA256, "reader", "{}")),
    ("INSERT INTO scheme (version, text) VALUES (?, ?)", ("1-a", "{}")),
    ("INSERT INTO form VALUES (1, ?, ?, 0, ?)", ("007", "1-a", "Q7")),
    ("INSERT INTO output VALUES (?, ?, ?)", ("汇总.xlsx", "aa", "bb")),
)


@pytest.fixture(params=OLD)
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    made = tmp_path / "工作记录.db"
    script, schema = OLD[request.param]
    with closing(sqlite3.connect(made)) as db, db:
        db.executescript(script)
        db.execute(f"PRAGMA user_version = {schema}")
        for statement, values in ROWS:
            db.execute(statement, values)
    return made


def shape(path: Path) -> set[tuple[str | int | None, ...]]:
    """Every column, table and trigger of a ledger, and the number of its schema."""
    sql = (
        "SELECT m.type, m.name, c.name, c.type, c.pk, c.dflt_value FROM sqlite_master m"
        " LEFT JOIN pragma_table_info(m.name) c WHERE m.name NOT LIKE 'sqlite_%'"
    )
    with closing(sqlite3.connect(path)) as db:
        return {*db.execute(sql), *db.execute("PRAGMA user_version")}


def test_nothing_in_it_is_lost(path: Path) -> None:
    for _time in range(2):
        with open_ledger(path, lock=True) as opened:
            assert (opened.key, opened.round_id) == ("k" * 32, "2015-a")
            assert opened.arrivals() == (
                Arrival(number=1, file="收回/甲.xlsx", sha256=SHA256, size=4),
            )
            assert opened.content(SHA256) == b"data"
            assert opened.submission(SHA256, "reader") == "{}"
            assert opened.issued() == {"1-a": "{}"}
            assert opened.issued_forms() == (
                IssuedForm(member="007", scheme_version="1-a", generation=0, tag="Q7"),
            )
            assert opened.output("汇总.xlsx") == "aa"


def test_it_has_the_shape_of_a_new_one_and_a_sound_record(path: Path, tmp_path: Path) -> None:
    ledger.create(tmp_path / "新.db", key="k" * 32, round_id="2015-a", program="0.1.0")
    with open_ledger(path, lock=True) as old, open_ledger(tmp_path / "新.db", lock=True) as new:
        acts = [(Place("counts", "001", "A1-1/迟到"), "", "2")]
        for opened in (old, new):
            assert (opened.decisions(), opened.verify()) == ((), ())
            opened.decide(acts, taken="", revision=1)
            assert opened.verify() == ()
        assert old.decisions() == new.decisions()
    assert shape(path) == shape(tmp_path / "新.db")


def test_reading_alone_leaves_it_as_it_is(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(SheetflowError, match="旧版本"), open_ledger(path, lock=False):
        pass
    assert path.read_bytes() == before
