"""The program with a fault: ``python -P fault_child.py FAULT NUMBER FOLDER [PATH]…``.

``python -P fault_child.py words WORD…`` is the program as it is with these words. Either way its
clock stands at ``NOW``: the time at which decisions are taken in is part of their hashes.

A step is one access to the round's folder, one statement to its ledger, or the import of click,
which stands for the start; steps are numbered from 0 as a run takes them. FAULT is one of

- a signal or an errno by name, which comes just before step NUMBER is taken;
- a limit of the system by name (``FSIZE``, ``NOFILE``, ``AS``), set to NUMBER;
- ``none``: the run is let be and lists its steps on stderr at its end, one a line.
"""

from __future__ import annotations

import atexit
import errno
import gc
import importlib.machinery
import os
import resource
import runpy
import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

NOW = datetime(2015, 12, 22, 20)  # noqa: DTZ001 - local time

#: Audit events that are steps; the first detail of each is the path.
_EVENTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.scandir"})


def main() -> None:
    """Lay the fault, then run ``collect`` as from the command line."""
    gc.set_threshold(100_000, 50, 100)  # as in the tests themselves
    # Whoever runs the tests in the background has interrupts ignored from the start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.meta_path.insert(0, _StoppedClock)
    if sys.argv[1] == "words":
        sys.argv = ["sheetflow", *sys.argv[2:]]
        runpy.run_module("sheetflow", run_name="__main__", alter_sys=True)
        return
    fault, number, folder, *paths = sys.argv[1:]
    limit = getattr(resource, f"RLIMIT_{fault}", None)
    if limit is not None:
        resource.setrlimit(limit, (int(number), int(number)))
    else:
        take = _steps(fault, int(number))
        connect = partial(sqlite3.connect, factory=_counting(take))
        sqlite3.connect = connect  # type: ignore[assignment]  # it has overloads
        sys.addaudithook(partial(_watch, folder, take))
    sys.argv = ["sheetflow", "-C", folder, "collect", "--json", *paths]
    runpy.run_module("sheetflow", run_name="__main__", alter_sys=True)


class _StoppedClock:
    """Imports the commands as they are, then stops their clock."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != "sheetflow.commands":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        assert spec
        assert spec.loader
        really = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            really(module)
            assert "now" in vars(module), "the commands' clock has another name"
            vars(module)["now"] = lambda: NOW

        vars(spec.loader)["exec_module"] = exec_module
        return spec


def _steps(fault: str, number: int) -> Callable[[str], None]:
    taken: list[str] = []

    def take(step: str) -> None:
        taken.append(step)
        if len(taken) == number + 1 and fault != "none":
            _strike(fault)

    if fault == "none":
        atexit.register(lambda: sys.stderr.write("\n".join(taken)))
    return take


def _strike(fault: str) -> None:
    if fault.startswith("SIG"):
        os.kill(os.getpid(), signal.Signals[fault])
        # A handler runs between two of the next instructions, so before the step.
        for _each in range(100):
            pass
        return
    number = getattr(errno, fault)
    raise OSError(number, os.strerror(number))


def _watch(folder: str, take: Callable[[str], None], event: str, details: tuple[Any, ...]) -> None:
    if event == "import" and details[0] == "click":
        take("start")
    if event not in _EVENTS or not isinstance(details[0], str | os.PathLike):
        return
    path = Path(details[0])
    if path.is_relative_to(folder):
        made = event == "open" and "x" in str(details[1])
        take(f"{'make' if made else event} {path.relative_to(folder).parent}")


def _counting(take: Callable[[str], None]) -> type[sqlite3.Connection]:
    class Counting(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as sqlite3
            take(sql)
            return super().execute(sql, *values)

    return Counting


if __name__ == "__main__":
    main()
