"""What the peers of the writing commands are given, taken from the program's own work.

    python benchmarks/recording.py forms ROUND OUT
    python benchmarks/recording.py notices ROUND OUT
    python benchmarks/recording.py outcome MEMBERS OUT
    python benchmarks/recording.py cells WORKBOOK OUT

forms    the calls of XlsxWriter that paint one form, and each member's own texts
notices  the template of the notice to members and what each one says
outcome  an outcome of invented members, about 60 columns wide, as the summary is made from
cells    every cell of a summary, sheet by sheet and row by row
"""

from __future__ import annotations

import marshal
import pickle
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import unescape

import xlsxwriter

#: Object that was called, by its number; method; arguments. Each call makes the next object.
Call = tuple[int, str, tuple[Any, ...], dict[str, Any]]
#: Column from 0, number of its style, what it holds, its formula.
Held = tuple[int, int, str | float | None, str]

_ROW = re.compile(r'<row r="([0-9]+)"[^>]*?(?:/>|>(.*?)</row>)', re.DOTALL)
_CELL = re.compile(
    r'<c r="([A-Z]+)[0-9]+"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?:/>|>(.*?)</c>)', re.DOTALL
)
_FORMULA, _VALUE = re.compile("<f[^>]*>(.*?)</f>", re.DOTALL), re.compile("<v>(.*?)</v>", re.DOTALL)
_TEXT = re.compile("<t[^>]*>(.*?)</t>", re.DOTALL)
_ENTITIES = {"&quot;": '"', "&apos;": "'"}


# ------------------------------------------------------------------ forms


class Made(NamedTuple):
    """What a call gave: stands for it in later calls."""

    number: int


class _Recorder:
    """Takes every call of a workbook or a sheet, to be made again."""

    def __init__(self, calls: list[Call], number: int = 0) -> None:
        self._calls, self._number = calls, number

    def __reduce__(self) -> tuple[type[Made], tuple[int]]:
        return Made, (self._number,)

    def __getattr__(self, method: str) -> Any:  # noqa: ANN401 - stands for a library without types
        def call(*words: object, **options: object) -> _Recorder | None:
            self._calls.append((self._number, method, words, options))
            return _Recorder(self._calls, len(self._calls)) if method.startswith("add_") else None

        return call


def forms(folder: str, out: str) -> None:
    """Record how one form is painted."""
    calls = list[Call]()
    # Before the program takes the name from the library.
    setattr(xlsxwriter, "Workbook", lambda *_words: _Recorder(calls))  # noqa: B010 - not ours
    from sheetflow.excel.write.form import write_form  # noqa: PLC0415 - after the line above
    from sheetflow.flows.loading import load  # noqa: PLC0415 - the same
    from sheetflow.layout import plan_form  # noqa: PLC0415 - the same
    from sheetflow.round import Round  # noqa: PLC0415 - the same

    loaded = load(Round(Path(folder)))
    members = loaded.roster.members
    texts = [(m.id, m.name, f"{m.id}-K7M2-Q9", f"sf1|round|1|{m.id}|0|ABCDEFGH") for m in members]
    form = plan_form(loaded.scheme, members[0], code=texts[0][2], token=texts[0][3])
    write_form(form, loaded.scheme, created=loaded.scheme.period_end)
    own = [dict(zip(texts[0], each, strict=True)) for each in texts]
    Path(out).write_bytes(pickle.dumps((calls, own)))


# ------------------------------------------------------------------ notices


def notices(folder: str, out: str) -> None:
    """Take the template and what each notice says from a collected round."""
    from sheetflow import round as rounds  # noqa: PLC0415 - not for the peers
    from sheetflow.flows.loading import load  # noqa: PLC0415 - the same
    from sheetflow.flows.paper_templates import paper_template  # noqa: PLC0415 - the same
    from sheetflow.flows.papers import gathered  # noqa: PLC0415 - the same
    from sheetflow.ledger import open_ledger  # noqa: PLC0415 - the same
    from sheetflow.papers import plan_papers  # noqa: PLC0415 - the same

    round_ = rounds.Round(Path(folder))
    loaded = load(round_)
    kind = next(each for each in loaded.scheme.papers if each.kind == "notices")
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        facts = gathered(round_, ledger, loaded, [kind], None)
    pack = next(iter(plan_papers(facts, kind)))
    everybody = pack.context["人员"]
    if not isinstance(everybody, list):
        raise SystemExit("notices: no list of members")
    said = [{**pack.context, "人员": [each]} for each in everybody]
    template = paper_template(round_, loaded.scheme, kind.template)
    Path(out).write_bytes(pickle.dumps((template, said)))


# ------------------------------------------------------------------ summary


def outcome(members: str, out: str) -> None:
    """Score and rank invented members; three of the bonuses are left, for some 60 columns."""
    from build_round import scheme  # noqa: PLC0415 - not for the peers

    from sheetflow.model import Member, Outcome, Roster  # noqa: PLC0415 - the same
    from sheetflow.ranking import rank  # noqa: PLC0415 - the same
    from sheetflow.scoring import score  # noqa: PLC0415 - the same

    whole = scheme()
    first, second = whole.parts
    parts = (replace(first, bonuses=first.bonuses[:2]), replace(second, bonuses=second.bonuses[:1]))
    short = replace(whole, parts=parts)
    people = tuple(
        Member(id=f"{n:06d}", name=f"甲{n}", category="正式党员", post="教学", group="第一党小组")
        for n in range(1, int(members) + 1)
    )
    forms_ = (_form(short, member, seed) for seed, member in enumerate(people))
    scores = {m.id: score(short, f, post=m.post) for m, f in zip(people, forms_, strict=True)}
    standings, quota = rank(short, Roster(members=people), scores, {})
    found = Outcome(scheme=short, scheme_version="1-abc", standings=standings, quota=quota)
    Path(out).write_bytes(pickle.dumps(found))


def _form(scheme: Any, member: Any, seed: int) -> Any:  # noqa: ANN401 - imported late
    """What the reader would make of a form filled by this member."""
    from filling import answers  # noqa: PLC0415 - not for the peers

    from sheetflow.model import (  # noqa: PLC0415 - the same
        Entry,
        Source,
        Stamp,
        Submission,
        Value,
        ValueKind,
    )
    from sheetflow.number import text  # noqa: PLC0415 - the same

    file = f"收回/{member.name}.xlsx"
    typed = answers(scheme, member, seed)
    entries = tuple(
        Entry(
            code,
            field,
            Value(ValueKind.TEXT, value)
            if isinstance(value, str)
            else Value(ValueKind.NUMBER, text(value)),
            Source(file),
        )
        for (code, field), value in typed.items()
    )
    stamp = Stamp(round="round", scheme="1", member=member.id)
    return Submission(file=file, sha256="", stamp=stamp, verified=True, entries=entries)


def cells(workbook: str, out: str) -> None:
    """Take a workbook of the program's own apart: name of each sheet → its rows of cells."""
    with zipfile.ZipFile(workbook) as archive:
        names = re.findall(r'<sheet name="([^"]*)"', archive.read("xl/workbook.xml").decode())
        strings = list[str]()
        if "xl/sharedStrings.xml" in archive.namelist():
            part = archive.read("xl/sharedStrings.xml").decode()
            strings = [_text(each) for each in re.findall(r"<si>(.*?)</si>", part, re.DOTALL)]
        found = [
            (name, list(_rows(archive.read(f"xl/worksheets/sheet{n}.xml").decode(), strings)))
            for n, name in enumerate(names, 1)
        ]
    # Millions of small things: a pickle would remember each.
    Path(out).write_bytes(marshal.dumps(found))


def _rows(xml: str, strings: list[str]) -> Iterator[tuple[int, list[Held]]]:
    for row, inside in _ROW.findall(xml):
        yield int(row) - 1, [_held(cell, strings) for cell in _CELL.finditer(inside)]


def _held(cell: re.Match[str], strings: list[str]) -> Held:
    letters, style, kind, inside = cell.groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    formula, value = _FORMULA.search(inside or ""), _VALUE.search(inside or "")
    held: str | float | None = _plain(value[1]) if value else None
    if kind == "s" and value:
        held = strings[int(value[1])]
    elif kind == "inlineStr":
        held = _text(inside or "")
    elif held and kind != "str":
        held = float(held)
    return column - 1, int(style or 0), held, _plain(formula[1]) if formula else ""


def _text(xml: str) -> str:
    return "".join(map(_plain, _TEXT.findall(xml)))


def _plain(xml: str) -> str:
    return unescape(xml, _ENTITIES)


if __name__ == "__main__":
    {"forms": forms, "notices": notices, "outcome": outcome, "cells": cells}[sys.argv[1]](
        *sys.argv[2:]
    )
