"""The figures as Markdown, and into the page that shows them."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from goals import Goal
from measure import Measured
from work import SAMPLED, Label

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
_BEGIN, _END = "<!-- bench: begin -->", "<!-- bench: end -->"
_LIBRARIES = (
    "openpyxl",
    "pandas",
    "polars",
    "fastexcel",
    "python-calamine",
    "XlsxWriter",
    "docxtpl",
    "click",
)
_UNITS = {"cpu": "CPU", "wall": "wall", "most": "memory"}


def page(
    found: Mapping[Label, Measured],
    goals: Sequence[tuple[str, Goal]],
    *,
    date: str,
    rounds: int,
    load: float,
) -> str:
    """Write everything down: how it was measured, goals, figures."""
    lines = [
        *_told(date=date, rounds=rounds, load=load),
        "",
        "| group | work | peer | of | ratio | goal | met |",
        "|---|---|---|---|--:|--:|---|",
        *(_goal(name, goal, found) for name, goal in goals),
        "",
        "| what was run | forms | CPU s | CPU ms a form | wall s | MB |",
        "|---|--:|--:|--:|--:|--:|",
        *(_row(label, each) for label, each in found.items()),
    ]
    return "\n".join(lines) + "\n"


def _told(*, date: str, rounds: int, load: float) -> Iterator[str]:
    """Where and when it was measured."""
    cores = len(os.sched_getaffinity(0))
    yield f"Measured on {date or 'an unnamed day'} by `python benchmarks/run.py`,"
    runs = f"medians of {rounds} runs" if rounds > 1 else "one run of each"
    yield f"{runs}, {cores} cores of {_processor()}, load {load:.1f} at the start,"
    yield f"{platform.system()}, {platform.python_implementation()} {platform.python_version()},"
    yield ", ".join(_versions()) + "."


def _processor() -> str:
    names = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return names[0] if names else platform.machine()


def _versions() -> Iterator[str]:
    for name in _LIBRARIES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} not installed"


def _goal(name: str, goal: Goal, found: Mapping[Label, Measured]) -> str:
    value = goal.value(found)
    unit = "" if goal.to else " MB"
    shown = "–" if value is None else _number(value) + unit
    limit = "–" if goal.at_most is None else f"≤ {_number(goal.at_most)}{unit}"
    met = "not measured" if value is None else _met(goal, value)
    if goal.of[1] < goal.from_size:
        met = f"promised from {goal.from_size:,} on"
    peer = _label(goal.to) if goal.to else "–"
    cells = (name, _label(goal.of), peer, _UNITS[goal.figure], shown, limit, met)
    return f"| {' | '.join(cells)} |"


def _met(goal: Goal, value: float) -> str:
    if goal.at_most is None:
        return "–"
    return "yes" if value <= goal.at_most else "**no**"


def _label(label: Label) -> str:
    name, size = label
    return f"{name}, {size:,}" if size > 1 else name


def _row(label: Label, each: Measured) -> str:
    name, size = label
    sampled = SAMPLED.get(name.removeprefix("read: "), size)
    by = f" ({sampled} read, scaled)" if sampled < size else ""
    memory = f"{'≈ ' if each.together else ''}{each.most:.0f}"
    if each.before:
        memory += f" ({each.before:.0f} before)"
    cpu, wall = _number(each.cpu), _number(each.wall)
    return f"| {name}{by} | {size:,} | {cpu} | {each.cpu / size * 1000:.2f} | {wall} | {memory} |"


def _number(value: float) -> str:
    """Three digits that count."""
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"  # noqa: PLR2004 - three digits


def write(text: str) -> None:
    """Put the text between the marks of the page. Raises ``SystemExit`` where they are missing."""
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _old, end, after = rest.partition(_END)
    if not begin or not end:
        raise SystemExit(f"{PAGE}: no {_BEGIN} … {_END}")
    PAGE.write_text(f"{before}{_BEGIN}\n{text}{_END}{after}", encoding="utf-8")
