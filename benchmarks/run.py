"""The program against what a user would pick instead.

    python benchmarks/run.py [--forms 2000] [--rounds 5] [--only GROUP]… [--date DAY] [--write]

Every run is a fresh process, start-up included; the turns of all groups take turns, round after
round, over files that were just written or read. Needs Linux and ``pip install '.[bench]'``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from goals import GROUPS, Turn, chosen
from measure import Measured, middle
from table import page, write
from work import TURNS, Bench, Label


def measured(bench: Bench, turns: Sequence[Turn]) -> dict[Label, Measured]:
    """Run all turns as often as there are rounds; medians by label, in the order of the turns."""
    found: dict[Label, list[Measured]] = {}
    for time in range(1, bench.rounds + 1):
        for name, size in turns:
            print(f"{time}/{bench.rounds} {name} {size}", file=sys.stderr, flush=True)
            for label, each in TURNS[name](bench, size):
                found.setdefault(label, []).append(each)
    return {label: middle(runs) for label, runs in found.items()}


def main() -> None:
    """Measure the groups asked for and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", choices=list(GROUPS))
    parser.add_argument("--date", default="", help="printed with the figures")
    parser.add_argument("--scratch", type=Path, help="keep what is built here")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    words = parser.parse_args()
    load = os.getloadavg()[0]
    turns, goals = chosen(words.only or list(GROUPS), words.forms)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        scratch = (words.scratch or Path(name)).absolute()
        scratch.mkdir(parents=True, exist_ok=True)
        found = measured(Bench(scratch, words.rounds), turns)
    text = page(found, goals, date=words.date, rounds=words.rounds, load=load)
    if words.write:
        write(text)
    print(text)


if __name__ == "__main__":
    main()
