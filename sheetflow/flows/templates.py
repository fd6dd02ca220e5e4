"""``templates``: the papers' templates into the round, and a look at those in use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sheetflow import round as rounds
from sheetflow import systems
from sheetflow.flows.loading import load
from sheetflow.flows.outputs import leave
from sheetflow.flows.paper_templates import is_own, paper_template
from sheetflow.ledger import open_ledger
from sheetflow.messages import _
from sheetflow.model import Scheme
from sheetflow.papers import Facts, plan_papers
from sheetflow.round import Round
from sheetflow.sample_outcome import sample_outcome
from sheetflow.word.template_check import template_faults
from sheetflow.word.template_tags import TemplateFault

#: So many papers of a kind are tried: one for everybody, and one of a single member.
_TRIED = 2
#: Templates say nothing about anybody: the roster may still be empty.
_SCHEME = "S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Templates that are in the round now: new ones, ones as they were, ones people edited."""

    made: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One template: its file, the papers it makes, whether it is the round's own, its faults."""

    file: str
    titles: tuple[str, ...]
    own: bool
    faults: tuple[TemplateFault, ...]


def export_templates(round_: Round) -> Exported:
    """Copy the system's templates into the round; one that people edited stays as it is.

    Raises ``OutputError`` when a file cannot be written, ``BusyError`` while another run is at
    work in the round.
    """
    found: dict[str, list[str]] = {"made": [], "same": [], "edited": []}
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        scheme = load(round_, about=_SCHEME).scheme
        for name in _names(scheme):
            file = f"{rounds.TEMPLATES}/{name}"
            path, shipped = round_.path(file), systems.paper_template(scheme.system, name)
            known = ledger.output(file)
            if path.is_file() and _sha256(path) not in {known, _hash(shipped)}:
                found["edited"].append(file)
                continue
            left = leave(round_, ledger, file, shipped)
            found["made" if left.written else "same"].append(file)
    return Exported(**{key: tuple(names) for key, names in found.items()})


def check_templates(round_: Round) -> tuple[Checked, ...]:
    """Check each template that papers of this round are made from, the round's own ones first."""
    loaded = load(round_, about=_SCHEME)
    found = [
        check_template(round_, loaded.scheme, loaded.version, name)
        for name in _names(loaded.scheme)
    ]
    return tuple(sorted(found, key=lambda each: not each.own))


def check_template(round_: Round, scheme: Scheme, version: str, name: str) -> Checked:
    """Check one template by papers of made-up members."""
    facts = Facts(outcome=sample_outcome(scheme, version))
    kinds = [kind for kind in facts.outcome.scheme.papers if kind.template == name]
    samples = [
        paper.context
        for kind in kinds
        for paper, _at in zip(plan_papers(facts, kind), range(_TRIED), strict=False)
    ]
    needs = [need for kind in kinds for need in (*kind.needs, *kind.member_needs)]
    faults = template_faults(
        paper_template(round_, scheme, name),
        samples,
        needs=tuple(dict.fromkeys(needs)),
        shipped=systems.paper_template(scheme.system, name),
    )
    titles = tuple(kind.title for kind in kinds)
    faults = (*_in_other_formats(round_, name), *faults)
    return Checked(file=name, titles=titles, own=is_own(round_, name), faults=faults)


def _in_other_formats(round_: Round, name: str) -> Iterator[TemplateFault]:
    """Files beside a template that were meant to be it."""
    folder, stem = round_.path(rounds.TEMPLATES), PurePosixPath(name).stem
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.stem == stem and file.name != name and not rounds.ignored(file.name):
            text = _("旁边的 {other} 没有用上，请用 Word 或 WPS 打开，另存为 {name}；不要的移走")
            words = text.format(other=file.name, name=name)
            yield TemplateFault(place=rounds.TEMPLATES, message=words)


def _names(scheme: Scheme) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind.template for kind in scheme.papers))


def _sha256(path: Path) -> str:
    return _hash(path.read_bytes())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
