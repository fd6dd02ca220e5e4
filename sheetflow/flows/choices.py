"""What the clerk decides about files: finding the rows, and asking for those that lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain

from sheetflow import returns
from sheetflow.decisions import shown_file
from sheetflow.ledger import Arrival
from sheetflow.messages import _
from sheetflow.model import Choice, Fault, Standing, Submission

# ------------------------------------------------------------------ reading


def by_content(
    arrivals: Iterable[Arrival], choices: Iterable[Choice]
) -> Mapping[str, tuple[Choice, ...]]:
    """Choices about each content, by its hash, under whichever of its names they stand."""
    named: dict[str, tuple[Choice, ...]] = {}
    for choice in choices:
        named[choice.file] = (*named.get(choice.file, ()), choice)
    found: dict[str, tuple[Choice, ...]] = {}
    for arrival in arrivals:
        more = named.get(shown_file(arrival.file), ())
        found[arrival.sha256] = (*found.get(arrival.sha256, ()), *more)
    return found


def meaning(choices: Iterable[Choice]) -> list[tuple[object, ...]]:
    """What was typed, wherever and in whatever order it stands."""
    said = ((c.file, c.version, c.member, c.adopt, c.reason) for c in choices if _says(c))
    return sorted(said, key=repr)


def _says(choice: Choice) -> bool:
    return choice.adopt is not None or bool(choice.member or choice.reason)


def placed(
    choices: Iterable[Choice], forms: Iterable[Submission]
) -> tuple[tuple[Choice, ...], tuple[Fault, ...]]:
    """Name each choice's file as its content is first named.

    ``forms`` are all forms read, in the order of their names. Fault: ``choice-unknown``, a row
    about no file or version received; a row that says nothing is none.
    """
    first: dict[str, str] = {}
    known: dict[tuple[str, str], str] = {}
    for form in forms:
        file = first.setdefault(form.sha256, form.file)
        known[shown_file(form.file), returns.version(form)] = file
    found: list[Choice] = []
    faults: list[Fault] = []
    for choice in choices:
        file = known.get((choice.file, choice.version), "")
        if file:
            found.append(replace(choice, file=file))
        elif _says(choice):
            faults.append(Fault("choice-unknown", choice.source, choice.file, choice.version))
    return tuple(found), tuple(faults)


def reasoned(standing: Standing, versions: returns.Versions | None) -> Standing:
    """Say in the standing that a person chose the form that counts."""
    chosen = versions.chosen if versions else None
    if chosen is None or standing.member.absence:
        return standing
    reason = _("几份表中按核定表采用 {file}").format(file=chosen.file)
    if chosen.reason:
        reason = _("{reason}（{why}）").format(reason=reason, why=chosen.reason)
    return replace(standing, reasons=(*standing.reasons, reason))


# ------------------------------------------------------------------ asking


def asked(
    refused: Iterable[Submission],
    versions: Mapping[str, returns.Versions],
    choices: Iterable[Choice],
) -> tuple[Choice, ...]:
    """Files that wait for a person and have no row yet, by name.

    They are refused forms of an unsure owner, rivals, and forms newer than a chosen one.
    """
    listed = {(choice.file, choice.version) for choice in choices}
    unsure = ((form, "") for form in refused if returns.unsure(form))
    open_ = ((form, member) for member, each in versions.items() for form in _open(each))
    wanted = {(form.file, returns.version(form)): member for form, member in chain(unsure, open_)}
    return tuple(
        Choice(file=file, version=version, member=wanted[file, version])
        for file, version in sorted(wanted)
        if (file, version) not in listed
    )


def _open(versions: returns.Versions) -> tuple[Submission, ...]:
    newer = (versions.counts,) if versions.counts and versions.overtaken else ()
    return (*versions.rivals, *newer, *versions.held)
