"""What blank forms cost: the whole command against XlsxWriter writing each by itself.

    python benchmarks/bench_forms.py [FORMS [ROUNDS]]

Every run is a fresh process, start-up included; the ways take turns, figures are medians. CPU is
user and system time; MB are millions of bytes. Needs Linux. The ways are

command   `sheetflow forms`: roster and scheme read and checked, ledger and files written safely
painted   each form planned and painted anew by sheetflow, written plainly
library   XlsxWriter alone: the calls that paint one form, made again for each member
"""

from __future__ import annotations

import io
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import xlsxwriter

_POSTS, _CALLS = ("教学", "管理", "后勤"), "calls"
_MEMORY = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_WAYS = ("command", "painted", "library")
#: Object that was called, by its number; method; arguments. Each call makes the next object.
Call = tuple[int, str, tuple[Any, ...], dict[str, Any]]


class _Made(NamedTuple):
    """What a call gave: stands for it in later calls."""

    number: int


class _Recorder:
    """Takes every call of a workbook or a sheet, to be made again."""

    def __init__(self, calls: list[Call], number: int = 0) -> None:
        self._calls, self._number = calls, number

    def __reduce__(self) -> tuple[type[_Made], tuple[int]]:
        return _Made, (self._number,)

    def __getattr__(self, method: str) -> Any:  # noqa: ANN401 - stands for a library without types
        def call(*words: object, **options: object) -> _Recorder | None:
            self._calls.append((self._number, method, words, options))
            return _Recorder(self._calls, len(self._calls)) if method.startswith("add_") else None

        return call


def _again(value: Any, made: list[Any], own: dict[str, str]) -> Any:  # noqa: ANN401 - as above
    """Arguments with what was made put back, and the member's texts for the first one's."""
    if isinstance(value, str):
        return own.get(value, value)
    if isinstance(value, _Made):
        return made[value.number]
    if isinstance(value, dict):
        return {key: _again(each, made, own) for key, each in value.items()}
    return [_again(each, made, own) for each in value] if isinstance(value, tuple) else value


def by_library(folder: Path) -> None:
    """Write every form by the recorded calls."""
    calls, texts = pickle.loads((folder / _CALLS).read_bytes())  # noqa: S301 - written by us
    for number, own in enumerate(texts):
        stream = io.BytesIO()
        made: list[Any] = [xlsxwriter.Workbook(stream, _MEMORY)]
        for at, method, words, options in calls:
            call = getattr(made[at], method)
            made.append(call(*_again(words, made, own), **_again(options, made, own)))
        (folder / f"{number}.xlsx").write_bytes(stream.getvalue())


def painted(folder: Path, *, record: bool = False) -> None:
    """Plan and paint every form anew; with ``record`` only keep the calls of the first."""
    from sheetflow import round as rounds  # noqa: PLC0415 - the library's run goes without
    from sheetflow.excel.write import form as writer  # noqa: PLC0415 - the same
    from sheetflow.flows.loading import load  # noqa: PLC0415 - the same
    from sheetflow.layout import plan_form  # noqa: PLC0415 - the same

    loaded, calls = load(rounds.Round(folder)), list[Call]()
    scheme, members = loaded.scheme, loaded.roster.members
    if record:
        setattr(writer.xlsxwriter, "Workbook", lambda *_words: _Recorder(calls))  # noqa: B010 - not ours
    texts = [(m.id, m.name, f"{m.id}-K7M2-Q9", f"sf1|round|1|{m.id}|0|ABCDEFGH") for m in members]
    for member, (_id, _name, code, token) in zip(members, texts, strict=True):
        form = plan_form(scheme, member, code=code, token=token)
        data = writer.write_form(form, scheme, created=scheme.period_end)
        if record:
            own = [dict(zip(texts[0], each, strict=True)) for each in texts]
            (folder / _CALLS).write_bytes(pickle.dumps((calls, own)))
            return
        (folder / f"{member.id}.xlsx").write_bytes(data)


def measured(way: str, folder: Path) -> tuple[float, float, float]:
    """Run one way in a fresh process; return CPU and wall in seconds, most memory in MB."""
    words = [sys.executable, __file__, "--", way, str(folder)]
    if way == "command":
        words = [sys.executable, "-m", "sheetflow", "-C", str(folder), "forms", "-q"]
    start = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(child.pid, 0)
    wall, child.returncode = time.perf_counter() - start, status
    if status:
        raise SystemExit(f"{way}: {status}")
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss * 1024 / 1e6


def runs(forms: int, turns: int) -> dict[str, list[tuple[float, float, float]]]:
    """Measure every way, turn by turn."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from rounds import AGREEMENT, make, person  # noqa: PLC0415 - not for the children

    people = [person(f"{n:04d}", 岗位类别=_POSTS[n % 3]) for n in range(1, forms + 1)]
    found: dict[str, list[tuple[float, float, float]]] = {way: [] for way in _WAYS}
    with tempfile.TemporaryDirectory() as name:
        ready, work = make(Path(name) / "ready", AGREEMENT, people), Path(name) / "work"
        painted(ready, record=True)
        for way in _WAYS * turns:
            shutil.copytree(ready, work)
            found[way].append(measured(way, work))
            shutil.rmtree(work)
    return found


def main(forms: int = 500, turns: int = 5) -> None:
    """Print a row a way."""
    found = runs(forms, turns).items()
    table = {way: [median(column) for column in zip(*each, strict=True)] for way, each in found}
    print(f"{forms} forms, XlsxWriter {xlsxwriter.__version__}; CPU and wall in ms a form")
    for way, (cpu, wall, most) in table.items():
        ratio = cpu / table["library"][0]
        times = f"CPU {cpu / forms * 1000:6.1f}  wall {wall / forms * 1000:6.1f}"
        print(f"{way:8} {times}  {most:4.0f} MB  CPU / library {ratio:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        {"painted": painted, "library": by_library}[sys.argv[2]](Path(sys.argv[3]))
    else:
        main(*map(int, sys.argv[1:]))
