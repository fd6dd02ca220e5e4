"""A round of invented members whose filled forms lie ready to be collected.

    python benchmarks/build_round.py FORMS FOLDER [blank]

With ``blank`` no form is written yet. The builder is no part of what is measured.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import filling

from sheetflow import round as rounds
from sheetflow import samples, schemes, systems
from sheetflow.flows.forms import form_name
from sheetflow.flows.init import begin
from sheetflow.model import Member, Scheme
from sheetflow.rosters import to_table

SYSTEM = "agreement"
_CATEGORY = "正式党员"


def scheme() -> Scheme:
    """Scheme of the round: the program's own, as it comes."""
    return schemes.load_toml(systems.scheme_bytes(SYSTEM))


def _names(known: list[str]) -> Iterator[str]:
    """Endless names from the characters of the sample's, each another one."""
    given = sorted({sign for name in known for sign in name[1:]})
    firsts = sorted({name[0] for name in known})
    taken = set(known)
    for two, one, first in itertools.product(given, given, firsts):
        name = first + one + two
        if one != two and name not in taken:
            yield name


def people(forms: int) -> list[dict[str, str]]:
    """Rows of the roster by heading."""
    rows = samples.load(systems.sample_folder(SYSTEM)).roster
    terms = scheme().terms
    usual = [r for r in rows if not r["状态"] and r["类别"] == _CATEGORY]
    names = itertools.islice(_names([row[terms.name] for row in rows]), forms)
    return [
        {**usual[n % len(usual)], terms.id: f"{n + 1:06d}", terms.name: name, "备注": ""}
        for n, name in enumerate(names)
    ]


def program(folder: Path, *words: str) -> None:
    """Run the program on a round; it must end well."""
    command = [sys.executable, "-m", "sheetflow", "-C", str(folder), *words, "-q"]
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.returncode}")


def unfilled(folder: Path, forms: int) -> Path:
    """Make the round alone, no form written yet."""
    made = scheme()
    begin(folder, made, to_table(made, people(forms)))
    return folder


def returned(folder: Path, forms: int) -> Path:
    """Make the round, write its forms, fill them all and put them among the returns."""
    unfilled(folder, forms)
    program(folder, "forms")
    made = scheme()
    saved = f"{made.year}-12-10T09:30:00Z"
    post = next(column.heading for column in made.columns if column.role.value == "post")
    posts = {row[post] for row in people(forms)}
    plans = {each: filling.plan(made, each) for each in posts}
    for seed, row in enumerate(people(forms)):
        member = Member(id=row[made.terms.id], name=row[made.terms.name], post=row[post])
        typed = filling.answers(made, member, seed)
        sheets = [filling.cells(sheet, typed) for sheet in plans[row[post]]]
        blank = (folder / rounds.FORMS / form_name(made, member)).read_bytes()
        data = filling.fill(blank, sheets, saved)
        (folder / rounds.RETURNED / f"{member.name}-{member.id}.xlsx").write_bytes(data)
    return folder


if __name__ == "__main__":
    make = unfilled if sys.argv[3:] == ["blank"] else returned
    make(Path(sys.argv[2]), int(sys.argv[1]))
