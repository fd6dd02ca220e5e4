"""The turns of the benchmark: what is run, on which files, under which label.

A turn is a name and a size. Files are built once in a scratch folder, each kind when it is first
wanted; commands that change a round run on a copy of their own.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from measure import HERE, Measured, method, program, run

#: What was run, and on how many forms or members.
Label = tuple[str, int]
Found = Iterator[tuple[Label, Measured]]

_RETURNED = "收回"
#: Sheets of a form that people see.
_SHEETS = ("目标管理", "党风廉政", "填表说明")
#: Files a slow reader reads; the rest is worked out.
SAMPLED = {"openpyxl": 200, "pandas+openpyxl": 200}
_STARTS = 11


@dataclass(frozen=True, slots=True)
class Bench:
    """Where files lie and how often each turn comes."""

    scratch: Path
    rounds: int


def _built(folder: Path, script: str, *words: object) -> Path:
    """Make ``folder`` by a script beside this one, unless it is there."""
    if not folder.exists():
        command = [sys.executable, str(HERE / script), *map(str, words)]
        subprocess.run(command, check=True, cwd="/")
    return folder


def _ready(bench: Bench, forms: int) -> Path:
    """Make a round with this many returns and one more member, whose form lies beside it."""
    folder, spare = bench.scratch / f"ready-{forms}", bench.scratch / f"spare-{forms}"
    _built(folder, "build_round.py", forms + 1, folder)
    if not spare.exists():
        last = max((folder / _RETURNED).glob("*.xlsx"), key=lambda path: path.stem[-6:])
        spare.mkdir()
        last.rename(spare / last.name)
    return folder


def _blank(bench: Bench, forms: int) -> Path:
    folder = bench.scratch / f"blank-{forms}"
    return _built(folder, "build_round.py", forms, folder, "blank")


def _collected(bench: Bench, forms: int) -> Path:
    folder = bench.scratch / f"collected-{forms}"
    if not folder.exists():
        shutil.copytree(_ready(bench, forms), folder)
        program(folder, "collect", "-q")
    return folder


def _recorded(bench: Bench, what: str, source: object, size: int) -> Path:
    out = bench.scratch / f"{what}-{size}.recorded"
    return _built(out, "recording.py", what, source, out)


def _copy(bench: Bench, source: Path) -> Path:
    work = bench.scratch / "work"
    shutil.rmtree(work, ignore_errors=True)
    return shutil.copytree(source, work)


def _out(bench: Bench) -> Path:
    work = bench.scratch / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    return work


# ------------------------------------------------------------------ the turns


def _collect(bench: Bench, forms: int) -> Found:
    """All forms at once, one that comes later, nothing new."""
    work = _copy(bench, _ready(bench, forms))
    yield ("collect", forms), program(work, "collect", "-q")
    (late,) = (bench.scratch / f"spare-{forms}").iterdir()
    shutil.copy(late, work / _RETURNED)
    yield ("collect one new", forms), program(work, "collect", "-q")
    yield ("collect nothing new", forms), program(work, "collect", "-q")


def _cores(bench: Bench, forms: int) -> Found:
    for cores, name in ((1, "collect on one core"), (2, "collect on two cores")):
        work = _copy(bench, _ready(bench, forms))
        yield (name, forms), program(work, "collect", "-q", cores=cores)


def _loops(_bench: Bench, _size: int) -> Found:
    for cores, name in ((1, "two loops on one core"), (2, "two loops on two cores")):
        yield (name, 1), run([sys.executable, str(HERE / "two_loops.py")], cores=cores)[0]


def _reader(name: str) -> Callable[[Bench, int], Found]:
    def read(bench: Bench, forms: int) -> Found:
        folder, limit = _ready(bench, forms) / _RETURNED, SAMPLED.get(name, forms)
        yield (f"read: {name}", forms), method("methods_read.py", name, folder, limit, *_SHEETS)

    return read


def _forms(bench: Bench, forms: int) -> Found:
    work = _copy(bench, _blank(bench, forms))
    yield ("forms", forms), program(work, "forms", "-q")


def _forms_by_xlsxwriter(bench: Bench, forms: int) -> Found:
    recorded = _recorded(bench, "forms", _blank(bench, forms), forms)
    found = method("methods_write.py", "forms", recorded, _out(bench))
    yield ("forms: XlsxWriter each", forms), found


def _notices(bench: Bench, forms: int) -> Found:
    work = _copy(bench, _collected(bench, forms))
    yield ("papers notices", forms), program(work, "papers", "notices", "-q")


def _notices_by_docxtpl(bench: Bench, forms: int) -> Found:
    recorded = _recorded(bench, "notices", _collected(bench, forms), forms)
    found = method("methods_write.py", "notices", recorded, _out(bench))
    yield ("notices: docxtpl each", forms), found


def _summary(bench: Bench, members: int) -> Found:
    outcome = _recorded(bench, "outcome", members, members)
    work = _out(bench)
    yield ("summary", members), method("methods_write.py", "our-summary", outcome, work)
    kept = bench.scratch / f"summary-{members}.xlsx"
    if not kept.exists():
        (work / "summary.xlsx").rename(kept)


def _summary_by_xlsxwriter(bench: Bench, members: int) -> Found:
    """Comes after the summary whose cells it writes."""
    cells = _recorded(bench, "cells", bench.scratch / f"summary-{members}.xlsx", members)
    found = method("methods_write.py", "summary", cells, _out(bench))
    yield ("summary: XlsxWriter constant_memory", members), found


def _start(bench: Bench, _size: int) -> Found:
    for _time in range(math.ceil(_STARTS / bench.rounds)):
        yield ("--help", 1), run([sys.executable, "-m", "sheetflow", "--help"])[0]
        yield ("import click", 1), run([sys.executable, "-c", "import click"])[0]


READERS = ("unzip", "calamine", "fastexcel", "polars", "pandas+calamine", *SAMPLED)
TURNS: Mapping[str, Callable[[Bench, int], Found]] = {
    "collect": _collect,
    **{f"read: {name}": _reader(name) for name in READERS},
    "forms": _forms,
    "forms: XlsxWriter each": _forms_by_xlsxwriter,
    "papers notices": _notices,
    "notices: docxtpl each": _notices_by_docxtpl,
    "summary": _summary,
    "summary: XlsxWriter constant_memory": _summary_by_xlsxwriter,
    "start": _start,
    "cores": _cores,
    "loops": _loops,
}
