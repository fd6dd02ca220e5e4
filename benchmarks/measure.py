"""One command in a fresh process: processor time, wall time, the most memory it held.

Keep this module and whoever imports it small: a child begins as a copy of its parent, whose memory
would count as the child's.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
#: Seconds between two looks at a process and its children.
_LOOK = 0.05


@dataclass(frozen=True, slots=True)
class Measured:
    """One run, or the medians of several."""

    #: Seconds of user and system time, children too.
    cpu: float
    wall: float
    #: MB held at once.
    most: float
    #: Whether more than one process held them: then looked at now and then, no exact peak.
    together: bool = False
    #: MB held before the clock started, where the run says so.
    before: float = 0.0


def middle(runs: Sequence[Measured]) -> Measured:
    """Median of each figure."""
    return Measured(
        cpu=median(run.cpu for run in runs),
        wall=median(run.wall for run in runs),
        most=median(run.most for run in runs),
        together=any(run.together for run in runs),
        before=median(run.before for run in runs),
    )


def program(folder: Path, *words: str, cores: int = 0) -> Measured:
    """Run the program on a round."""
    command = [sys.executable, "-m", "sheetflow", "-C", str(folder), *words]
    return run(command, cores=cores)[0]


def method(script: str, *words: object) -> Measured:
    """Run a method of a script beside this one.

    Its last line may be a JSON object. ``cpu``, ``wall`` and ``before`` (MB) are the figures of
    the work alone, without what had to be loaded for it. ``start`` and ``began`` are CPU and wall
    used before the first of ``files`` files, ``of`` says how many there would have been: what
    came after is scaled up to that many.
    """
    found, said = run([sys.executable, str(HERE / script), *map(str, words)])
    lines = said.splitlines()
    told = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return _told(found, told)


def _told(found: Measured, told: Mapping[str, float]) -> Measured:
    """The figures of the work alone, for all files."""
    if "before" in told:
        return Measured(told["cpu"], told["wall"], found.most, before=told["before"])
    if told.get("files", 0) < told.get("of", 0):
        by = told["of"] / told["files"]
        cpu = told["start"] + (found.cpu - told["start"]) * by
        return Measured(cpu, told["began"] + (found.wall - told["began"]) * by, found.most)
    return found


def run(command: Sequence[str], *, cores: int = 0) -> tuple[Measured, str]:
    """Run a command on so many cores (0: all); return its figures and what it printed.

    Raises ``SystemExit`` with what it printed where it does not end well.
    """
    allowed = os.sched_getaffinity(0)
    with tempfile.TemporaryFile() as out:
        os.sched_setaffinity(0, sorted(allowed)[:cores] if cores else allowed)
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd="/")
        os.sched_setaffinity(0, allowed)
        done, seen = threading.Event(), list[float]()
        looker = threading.Thread(target=_look, args=(child.pid, done, seen))
        looker.start()
        _pid, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        done.set()
        looker.join()
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode(errors="replace")
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: {child.returncode}\n{said[-3000:]}")
    alone, both = used.ru_maxrss * 1024 / 1e6, max(seen, default=0.0)
    most = max(alone, both)
    return Measured(used.ru_utime + used.ru_stime, wall, most, together=both > alone), said


# ------------------------------------------------------------------ several processes


def _look(root: int, done: threading.Event, seen: list[float]) -> None:
    """Note what a process and its children hold together, as long as there are children."""
    while not done.wait(_LOOK):
        family = list(_family(root))
        if len(family) > 1:
            seen.append(sum(map(_held, family)))


def _family(root: int) -> Iterator[int]:
    todo = [root]
    while todo:
        pid = todo.pop()
        yield pid
        try:
            lists = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
            todo += [int(word) for each in lists for word in each.read_text().split()]
        except OSError:
            continue


def _held(pid: int) -> float:
    """MB of a process, what it shares with others counted in parts."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


# ------------------------------------------------------------------ told by a method


def used() -> tuple[float, float]:
    """CPU and wall seconds this process has used so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    with Path("/proc/self/stat").open() as stat:
        began = int(stat.read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    return usage.ru_utime + usage.ru_stime, time.clock_gettime(time.CLOCK_BOOTTIME) - began
