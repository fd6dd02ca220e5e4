"""The sample round of a system as text: who is in it, what they type, what must come out."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sheetflow.model import Place

#: Text by heading, without blank cells.
Row = Mapping[str, str]
#: Points as typed by item code, without blank ones.
Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A whole round as text; every mapping goes by member id unless it says otherwise."""

    #: Rows of the roster in its order, by heading, blank cells included.
    roster: tuple[Row, ...]
    #: What each member who returns a form in time types as scores; a blank item is absent.
    answers: Mapping[str, Answers]
    #: Code of the bonus row → heading → text typed.
    claims: Mapping[str, Mapping[str, Row]]
    #: Item code → text typed as evidence.
    evidence: Mapping[str, Mapping[str, str]]
    #: What the branch types into its workbook, evening by evening: step → cell → text.
    decisions: Mapping[str, Mapping[Place, str]]
    #: Settings the clerk fills in meanwhile: step → (group, setting) → text.
    settings: Mapping[str, Mapping[tuple[str, str], str]]
    #: Path below the folder of returns, with ``/``; also of the late ones.
    files: Mapping[str, str]
    #: (item or bonus row, heading) → text typed when the form is sent again.
    corrections: Mapping[str, Mapping[tuple[str, str], str]]
    #: Like ``answers``, of those who return their form only after being reminded.
    late: Mapping[str, Answers]
    #: Outcome of the first collect: heading → text, blank cells included.
    expected: Mapping[str, Row]
    #: Outcome once corrections and late forms are in.
    expected_final: Mapping[str, Row]
    #: Outcome once the branch has decided.
    expected_decided: Mapping[str, Row]


def load(folder: Path) -> Sample:
    """Read the sample round in a folder.

    The first column of every file is the member's id, the second of a long table the item
    or row; other columns go by their heading. Raises ``OSError`` where a file is missing.
    """
    return Sample(
        roster=tuple(_rows(folder, "roster")),
        answers=_by_member(folder, "answers"),
        claims=_claims(folder),
        evidence=_evidence(folder),
        decisions=_decisions(folder),
        settings=_settings(folder),
        files={member: name for member, name in _cells(folder, "files")},  # noqa: C416 - rows are lists
        corrections=_corrections(folder),
        late=_by_member(folder, "late"),
        expected=_outcome(folder, "expected"),
        expected_final=_outcome(folder, "expected-final"),
        expected_decided=_outcome(folder, "expected-decided"),
    )


def _rows(folder: Path, name: str) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def _cells(folder: Path, name: str) -> list[Sequence[str]]:
    return [tuple(row.values()) for row in _rows(folder, name)]


def _filled(row: Row, skip: int) -> Row:
    return {heading: text for heading, text in list(row.items())[skip:] if text}


def _by_member(folder: Path, name: str) -> Mapping[str, Row]:
    return {next(iter(row.values())): _filled(row, 1) for row in _rows(folder, name)}


def _outcome(folder: Path, name: str) -> Mapping[str, Row]:
    return {next(iter(row.values())): row for row in _rows(folder, name)}


def _claims(folder: Path) -> Mapping[str, Mapping[str, Row]]:
    claims: dict[str, dict[str, Row]] = {}
    for row in _rows(folder, "claims"):
        member, code, *_others = row.values()
        claims.setdefault(member, {})[code] = _filled(row, 2)
    return claims


def _evidence(folder: Path) -> Mapping[str, Mapping[str, str]]:
    evidence: dict[str, dict[str, str]] = {}
    for member, code, text in _cells(folder, "evidence"):
        evidence.setdefault(member, {})[code] = text
    return evidence


def _decisions(folder: Path) -> Mapping[str, Mapping[Place, str]]:
    steps: dict[str, dict[Place, str]] = {}
    for step, tab, row, column, text in _cells(folder, "decisions"):
        steps.setdefault(step, {})[Place(tab, row, column)] = text
    return steps


def _settings(folder: Path) -> Mapping[str, Mapping[tuple[str, str], str]]:
    steps: dict[str, dict[tuple[str, str], str]] = {}
    for step, group, setting, text in _cells(folder, "settings"):
        steps.setdefault(step, {})[group, setting] = text
    return steps


def _corrections(folder: Path) -> Mapping[str, Mapping[tuple[str, str], str]]:
    corrections: dict[str, dict[tuple[str, str], str]] = {}
    for member, code, heading, text in _cells(folder, "corrections"):
        corrections.setdefault(member, {})[code, heading] = text
    return corrections
