"""Whatever befalls a run, one clean run afterwards leaves what there would have been without it.

Each fault strikes a real process on a round that was collected once and has news since. Then
nothing is half there, what people wrote is as it was, and a clean run gives the same document,
the same outputs and the same ledger as in a folder that never had a fault.

``SHEETFLOW_FAULTS=200`` strikes at so many moments of a run instead of a few.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest
from fault_child import NOW
from rounds import (
    SAVED,
    UNREVIEWED,
    Json,
    Ran,
    blank,
    decide,
    drop,
    fill,
    forms,
    full,
    make,
    person,
)

from sheetflow import round as rounds
from sheetflow.excel.read import read_book
from sheetflow.flows.collect import collect
from sheetflow.flows.copies import LETTERS
from sheetflow.model import Place, Tab

pytestmark = pytest.mark.skipif(os.name != "posix", reason="faults of POSIX systems")

_CHILD = Path(__file__).with_name("fault_child.py")
_PROGRAM = (sys.executable, "-P", str(_CHILD), "words")
_TEMPORARY = "~$sheetflow-"
_TIME = re.compile(r"(?<=')\d{4}-\d\d-\d\dT[\d:.]+(?=')")
#: Lines of a dump that end with a hash which covers a time.
_CHAINED = (
    'INSERT INTO "decision"',
    *(
        f"INSERT INTO \"meta\" VALUES('{each}'"
        for each in ("decisions", "collect_inputs", "checksum")
    ),
)
_HASH = re.compile(r"[0-9a-f]{64}(?='\);$)")
#: What is kept under the desk's revision, which counts the writings begun.
_COUNTED = tuple(
    f"INSERT INTO \"meta\" VALUES('desk_{each}'" for each in ("revision", "begun", "shown")
)
_REVISION = re.compile(r"(?<=,')\d+(?='\);$)|\"\d+\": (?=\{)")
_ANY_HASH = re.compile(r"[0-9a-f]{64}")
#: A finding at error level stands in the round, so a good run ends with 1.
_DONE = 1
_BUSY, _WRITE, _INTERRUPTED = 3, 4, 130
_MOMENTS = int(os.environ.get("SHEETFLOW_FAULTS", "3"))


@dataclass(frozen=True, slots=True)
class State:
    """What a clean run leaves: its document, every file, the lines of the ledger's dump."""

    document: Json
    files: Mapping[str, bytes]
    ledger: Sequence[str]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A round with news, what a run without a fault makes of it, and that run's steps."""

    ready: Path
    before: Mapping[str, bytes]
    expected: State
    steps: Sequence[str]


# ------------------------------------------------------------------ the round

DECISIONS = {
    Place(Tab.APPROVALS, "001", "veto"): "V1",
    Place(Tab.APPROVALS, "001", "basis"): "某文",
    Place(f"{Tab.SCORES}.A", "001", "A2-1"): "2",
    Place(Tab.MEETINGS, "1", "topic"): "审核",
}


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """A round that was collected once and has news since, and its outcome without a fault.

    The news make a return copy and take one away; decisions were typed into the desk.
    """
    home = tmp_path_factory.mktemp("原样")
    ready = make(home / "考核", UNREVIEWED, [person(f"{n:03}") for n in range(1, 6)])
    forms(ready)
    good, later = full(), SAVED + timedelta(hours=1)
    faulty = {**good, "A1-1": "4-5"}
    first, second, third, fourth = (blank(ready, f"{n:03}") for n in range(1, 5))
    drop(ready, "甲.xlsx", fill(first, good))
    drop(ready, "乙.xlsx", fill(second, faulty))
    collect(rounds.Round(ready), now=NOW)
    decide(ready, DECISIONS)
    drop(ready, "乙改.xlsx", fill(second, good, saved=later))
    drop(ready, "组内/丁.xlsx", fill(third, good))
    drop(ready, "戊.xlsx", fill(fourth, faulty))
    never = shutil.copytree(ready, home / "没有意外")
    ran = struck(never, "none")
    assert ran.status == _DONE, ran
    state = clean(never)
    assert state.document == said(ran.document)
    return Campaign(ready, files(ready), state, ran.err.splitlines())


@pytest.fixture
def folder(campaign: Campaign, tmp_path: Path) -> Path:
    """A copy of the round for one fault."""
    return shutil.copytree(campaign.ready, tmp_path / "考核")


def struck(folder: Path, fault: str, number: int = 0, *paths: Path) -> Ran:
    """Run ``collect --json`` with a fault of ``fault_child``."""
    return told(sys.executable, "-P", _CHILD, fault, number, folder, *paths)


def told(*words: object, environment: Mapping[str, str] | None = None) -> Ran:
    """Run a command; whatever happens, nobody sees a traceback or the words of Python."""
    done = subprocess.run(
        [*map(str, words)],
        capture_output=True,
        check=False,
        env=os.environ if environment is None else environment,
        stdin=subprocess.DEVNULL,
    )
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    for word in ("Traceback", "Exception ignored", "Errno", "Error:", "Warning:"):
        assert word not in ran.err + ran.out, ran
    return ran


def said(document: Json) -> Json:
    """What a document says about the round, not about this run."""
    return {key: value for key, value in document.items() if key != "changed"}


def files(folder: Path) -> dict[str, bytes]:
    """Every file by its path, except the ledger, whose pages may lie otherwise.

    Of the desk all that its cells hold: rewritten in place it says when that was.
    """
    paths = (path for path in folder.rglob("*") if path.is_file())
    shown = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    if rounds.DESK in shown:
        # Its revision counts the writings begun, also those that failed.
        sheets = [each for each in read_book(shown[rounds.DESK]).sheets if each.title != "_sf"]
        shown[rounds.DESK] = repr(sheets).encode()
    return {name: data for name, data in shown.items() if name != rounds.LEDGER}


def dump(folder: Path) -> list[str]:
    """Lines of the ledger in no order: a replaced row moves to the end.

    Without the times of taking in, and without the hashes of decisions, which cover them.
    """
    with closing(sqlite3.connect(folder / rounds.LEDGER)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        return sorted(map(_timeless, db.iterdump()))


def _timeless(line: str) -> str:
    line = _TIME.sub("", line)
    if rounds.DESK in line:
        return _ANY_HASH.sub("", line)
    if line.startswith(_COUNTED):
        return _REVISION.sub("", line)
    if line.startswith(_CHAINED[0]):
        line = re.sub(r",\d+,(?='[0-9a-f]{64}'\);$)", ",", line)
    return _HASH.sub("", line) if line.startswith(_CHAINED) else line


def clean(folder: Path) -> State:
    """One clean run, and what there is after it."""
    document = collect(rounds.Round(folder), now=NOW).document
    return State(said(document), files(folder), dump(folder))


def assert_whole(folder: Path, campaign: Campaign, *, died: bool = False) -> None:
    """Each file is the old one or the new one; nothing received or written by people is gone.

    Only a process that ``died`` may leave its own temporary files and SQLite's journal.
    """
    now = files(folder)
    left = {name for name in now if _TEMPORARY in name or name == f"{rounds.LEDGER}-journal"}
    assert died or not left, left
    for name in now.keys() - left:
        allowed = {campaign.before.get(name), campaign.expected.files.get(name)}
        assert now[name] in allowed, name
    assert now.keys() >= campaign.before.keys() & campaign.expected.files.keys()


def assert_recovers(folder: Path, campaign: Campaign) -> None:
    """After one clean run all is as if nothing had happened."""
    state = clean(folder)
    assert state.document == campaign.expected.document
    assert state.files.keys() == campaign.expected.files.keys()
    assert state.files == campaign.expected.files
    assert state.ledger == campaign.expected.ledger


def assert_says_what_to_do(ran: Ran, why: str = "") -> None:
    """A run that could not write says which file, why, and what to do."""
    assert ran.status == _WRITE, ran
    assert ran.error["code"] == "write"
    assert why in ran.error["message"]
    assert "请" in ran.error["fix"]
    assert any(mark in ran.error["message"] for mark in (".xlsx", ".db", ".txt")), ran


def test_the_round_has_news_of_every_kind(campaign: Campaign) -> None:
    after = campaign.expected.files
    changed = {name for name, data in campaign.before.items() if after.get(name) != data}
    assert changed == {
        f"{rounds.COPIES}/002-甲002-{rounds.COPIES}.xlsx",
        LETTERS,
        rounds.SUMMARY,
        rounds.DESK,
    }
    assert after.keys() - campaign.before.keys() == {
        f"{rounds.COPIES}/004-甲004-{rounds.COPIES}.xlsx",
        f"{rounds.OLD}/核定-1.xlsx",
    }
    assert campaign.expected.document["members"][0]["max_tier"] == "合格"
    statuses = [each["status"] for each in campaign.expected.document["members"]]
    assert statuses == ["graded", "graded", "graded", "undecided", "missing"]


# ------------------------------------------------------------------ signals


def moment(campaign: Campaign, name: str, number: int) -> int:
    """Number of the step that is the n-th of a name."""
    found = [at for at, step in enumerate(campaign.steps) if step.startswith(name)]
    return found[number]


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("SIGINT", ("start", 0)),
        ("SIGINT", ("COMMIT", 1)),
        ("SIGINT", ("os.rename .", 0)),
        ("SIGKILL", (f"os.rename {rounds.COPIES}", 0)),
        ("SIGKILL", ("COMMIT", -1)),
    ],
    ids=lambda each: each if isinstance(each, str) else each[0],
)
def test_a_run_ended_where_it_writes(
    campaign: Campaign, folder: Path, name: str, step: tuple[str, int]
) -> None:
    assert ended(campaign, folder, name, moment(campaign, *step))


@pytest.mark.parametrize("part", range(_MOMENTS))
def test_a_run_ended_at_any_moment(campaign: Campaign, folder: Path, part: int) -> None:
    name = ("SIGINT", "SIGTERM", "SIGKILL")[part % 3]
    later = len(campaign.steps) - 1
    assert ended(campaign, folder, name, 1 + later * (2 * part + 1) // (2 * _MOMENTS))


def ended(campaign: Campaign, folder: Path, name: str, step: int) -> bool:
    """Whether a signal before a step ended the run at once and silently, and the next mends all.

    SIGTERM may end the run as the system does it (143 in a shell) or as an interruption.
    """
    ran = struck(folder, name, step)
    number = signal.Signals[name]
    ends = {
        signal.SIGINT: {_INTERRUPTED},
        signal.SIGTERM: {-number, 128 + number, _INTERRUPTED},
        signal.SIGKILL: {-number},
    }
    assert_whole(folder, campaign, died=ran.status < 0)
    assert_recovers(folder, campaign)
    return ran.status in ends[number] and not ran.out


def test_kills_in_a_row(campaign: Campaign, folder: Path) -> None:
    for step in (("INSERT INTO content", 1), ("REPLACE INTO submission", 1)):
        ran = struck(folder, "SIGKILL", moment(campaign, *step))
        assert ran.status == -signal.SIGKILL
    assert_whole(folder, campaign, died=True)
    assert_recovers(folder, campaign)


def test_what_a_killed_run_wrote_is_not_taken_for_a_persons(
    campaign: Campaign, folder: Path, tmp_path: Path
) -> None:
    """Even when more news come before the next run: nothing of it is kept as if edited."""
    never = shutil.copytree(folder, tmp_path / "没有意外")
    collect(rounds.Round(never), now=NOW)
    mended = fill(blank(never, "004"), full(), saved=SAVED + timedelta(hours=2))
    drop(never, "戊改.xlsx", mended)
    expected = clean(never)
    # The desk, then the summary: written, but not yet noted as written.
    for number in (0, 1):
        again = shutil.copytree(folder, tmp_path / str(number))
        ran = struck(again, "SIGKILL", moment(campaign, "REPLACE INTO output", number))
        assert ran.status == -signal.SIGKILL
        drop(again, "戊改.xlsx", mended)
        state = clean(again)
        assert state.document == expected.document
        assert state.files.keys() == expected.files.keys()
        # These two tell since when something is news, and how often they were written.
        own = {rounds.SUMMARY, rounds.DESK}
        assert {n: d for n, d in state.files.items() if n not in own} == {
            n: d for n, d in expected.files.items() if n not in own
        }


def test_a_file_half_brought_to_the_round_is_not_received(folder: Path, tmp_path: Path) -> None:
    form = tmp_path / "己.xlsx"
    form.write_bytes(fill(blank(folder, "005"), full()))
    never = shutil.copytree(folder, tmp_path / "没有意外")
    good = struck(never, "none", 0, form)
    step = good.err.splitlines().index(f"os.rename {rounds.RETURNED}")
    ran = struck(folder, "SIGKILL", step, form)
    assert ran.status == -signal.SIGKILL
    again = collect(rounds.Round(folder), [form], now=NOW).document
    assert said(again) == said(good.document)
    assert files(folder) == files(never)


# ------------------------------------------------------------------ what cannot be written


@pytest.mark.parametrize("size", ["ledger", "summary"])
def test_a_full_disk(campaign: Campaign, folder: Path, size: str) -> None:
    ledger = (folder / rounds.LEDGER).stat().st_size
    summary = len(campaign.expected.files[rounds.SUMMARY])
    sizes = {"ledger": ledger, "summary": summary - 1}
    ran = struck(folder, "FSIZE", sizes[size])
    assert_says_what_to_do(ran, "满")
    # What SQLite has no room to take back now, it takes back next time, by its journal.
    assert_whole(folder, campaign, died=True)
    assert_recovers(folder, campaign)


@pytest.mark.parametrize(
    ("reason", "step", "why"),
    [
        ("ENOSPC", ("make .", 0), "磁盘满了"),
        ("EACCES", ("os.rename .", 0), "打开"),
        ("EACCES", ("os.remove 退回修改", -1), "删不掉"),
    ],
    ids=lambda each: each if isinstance(each, str) else each[0],
)
def test_a_write_that_the_system_refuses(
    campaign: Campaign, folder: Path, reason: str, step: tuple[str, int], why: str
) -> None:
    ran = struck(folder, reason, moment(campaign, *step))
    assert_says_what_to_do(ran, why)
    assert_whole(folder, campaign)
    assert_recovers(folder, campaign)


def test_a_name_taken_by_a_folder(campaign: Campaign, folder: Path) -> None:
    """As on Windows, where a workbook open in Excel cannot be replaced."""
    name = rounds.SUMMARY
    (folder / name).unlink()
    (folder / name).mkdir()
    ran = told(*_PROGRAM, "-C", folder, "collect", "--json")
    assert_says_what_to_do(ran)
    assert name in ran.error["message"]
    assert (folder / name).is_dir()
    (folder / name).rmdir()
    assert_recovers(folder, campaign)


# ------------------------------------------------------------------ several at once


def test_runs_at_once(campaign: Campaign, folder: Path) -> None:
    words = [*_PROGRAM, "-C", str(folder), "collect", "--json"]
    runs = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _each in range(3)
    ]
    statuses = []
    for each in runs:
        out, err = each.communicate()
        assert err == b""
        statuses.append(each.returncode)
        if each.returncode == _BUSY:
            assert json.loads(out)["error"]["code"] == "busy"
        else:
            assert said(json.loads(out)) == campaign.expected.document
    assert _DONE in statuses
    assert set(statuses) <= {_DONE, _BUSY}
    assert_whole(folder, campaign)
    assert_recovers(folder, campaign)


# ------------------------------------------------------------------ surroundings


def test_bare_surroundings_change_nothing(campaign: Campaign, folder: Path) -> None:
    """C locale, ASCII streams, no home, no place for temporary files."""
    bare = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "TMPDIR": "/nowhere", "TMP": "/dev/null"}
    ran = told(*_PROGRAM, "-C", folder, "collect", "--json", environment=bare)
    assert (ran.status, ran.err) == (_DONE, "")
    assert said(ran.document) == campaign.expected.document
    assert files(folder) == campaign.expected.files
    assert_recovers(folder, campaign)


def test_an_ascii_screen_shows_a_message_whole(tmp_path: Path) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    ran = told(*_PROGRAM, "-C", tmp_path, "collect", environment=ascii_only)
    assert ran.status == 2
    assert rounds.LEDGER in ran.err
    assert "下一步：" in ran.err


def test_a_system_without_chinese_file_names_is_told_in_words(
    campaign: Campaign, folder: Path
) -> None:
    """Python can be forbidden UTF-8; then the round's files cannot even be named."""
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = told(*_PROGRAM, "-C", folder, "collect", "--json", environment=ascii_only)
    assert (ran.status, ran.err) == (2, "")
    assert ran.error["fix"]
    assert files(folder) == campaign.before
    assert_recovers(folder, campaign)


@pytest.mark.parametrize(("limit", "number"), [("NOFILE", 32), ("AS", 512 << 20)])
def test_a_small_machine_is_enough(
    campaign: Campaign, folder: Path, limit: str, number: int
) -> None:
    ran = struck(folder, limit, number)
    assert (ran.status, ran.err) == (_DONE, "")
    assert said(ran.document) == campaign.expected.document
    assert files(folder) == campaign.expected.files
    assert_recovers(folder, campaign)


def test_files_are_as_private_as_the_system_asks(campaign: Campaign, folder: Path) -> None:
    ran = told("sh", "-c", 'umask 077; exec "$@"', "sh", *_PROGRAM, "-C", folder, "collect", "-q")
    assert ran.status == _DONE
    for name in campaign.expected.files.keys() - campaign.before.keys() | {rounds.SUMMARY}:
        assert (folder / name).stat().st_mode & 0o077 == 0, name
    assert_recovers(folder, campaign)


def test_no_clock_decides_anything(campaign: Campaign, folder: Path) -> None:
    """The program asks no clock: neither the zone nor the files' own times change a byte."""
    years = cycle((2037, 1980, 2015))
    for path, year in zip(sorted(folder.rglob("*")), years, strict=False):
        then = datetime(year, 1, 2).timestamp()  # noqa: DTZ001 - any moment of that year
        os.utime(path, (then, then))
    environment = {**os.environ, "TZ": "UTC-14"}
    ran = told(*_PROGRAM, "-C", folder, "collect", "--json", environment=environment)
    assert said(ran.document) == campaign.expected.document
    assert files(folder) == campaign.expected.files
    assert_recovers(folder, campaign)


# ------------------------------------------------------------------ nobody listens


@pytest.mark.parametrize(
    ("words", "shell", "status"),
    [
        (["collect"], '"$@" >&- 2>&- <&-', _DONE),
        pytest.param(["collect"], '"$@" >/dev/full', _WRITE),
        pytest.param(["collect", "--json"], '"$@" >/dev/full', _WRITE),
    ],
    ids=["closed", "full", "full, JSON"],
)
def test_output_that_goes_nowhere(
    campaign: Campaign, folder: Path, words: Sequence[str], shell: str, status: int
) -> None:
    ran = told("sh", "-c", shell, "sh", *_PROGRAM, "-C", folder, *words)
    assert ran.status == status, ran
    assert not ran.out
    assert ("请" in ran.err) == (status == _WRITE), "a failure is told where it still can be"
    assert_whole(folder, campaign)
    assert_recovers(folder, campaign)


@pytest.mark.parametrize("words", [["collect"], pytest.param(["explain"])])
def test_a_reader_that_has_gone_is_no_error(
    campaign: Campaign, folder: Path, words: Sequence[str]
) -> None:
    """As with ``| head -1``: what a run says may be cut short, never what it does."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [*_PROGRAM, "-C", str(folder), *words],
            stdout=gone,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.stderr == b""
    # A run whose words nobody read may keep its own status.
    assert done.returncode in ({0, _DONE} if words == ["collect"] else {0})
    assert_recovers(folder, campaign)
