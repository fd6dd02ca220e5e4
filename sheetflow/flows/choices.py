"""What the clerk decides about files: finding the rows, and asking for those that lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from sheetflow import returns
from sheetflow import round as rounds
from sheetflow.decisions import blank_desk, files_table, read_choices, shown_file
from sheetflow.errors import OutputError
from sheetflow.excel.desk import add_rows
from sheetflow.excel.read import read_book
from sheetflow.excel.write.tables import write_tables
from sheetflow.flows.loading import Loaded, read_bytes
from sheetflow.flows.outputs import Left, leave, withdraw
from sheetflow.ledger import Arrival, Ledger
from sheetflow.messages import _
from sheetflow.model import Choice, Fault, Source, Standing, Submission
from sheetflow.round import Round

#: Stands beside the staff's workbook when that cannot be rewritten without loss.
BESIDE = "核定-更新.xlsx"


@dataclass(frozen=True, slots=True)
class Plan:
    """A workbook to be left for the clerk: its path in the round, its bytes."""

    name: str
    data: bytes


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
    return (*versions.rivals, *newer)


def desk_faults(loaded: Loaded, wanted: tuple[Choice, ...]) -> tuple[Fault, ...]:
    """Tell that rows are wanted in a workbook that cannot be rewritten without loss."""
    if not wanted or not loaded.desk or add_rows(loaded.desk, files_table(wanted)):
        return ()
    return (Fault("desk-parts", Source(rounds.DESK), expected=BESIDE),)


def plan_desk(round_: Round, loaded: Loaded, wanted: tuple[Choice, ...]) -> Plan | None:
    """Workbook with the rows that are wanted; ``None`` when nothing is to be written."""
    if not wanted:
        return None
    scheme, table = loaded.scheme, files_table(wanted)
    if loaded.desk:
        data = add_rows(loaded.desk, table)
        if data:
            return Plan(rounds.DESK, data)
    tables = (table,) if loaded.desk else (blank_desk(scheme, loaded.roster), table)
    name = BESIDE if loaded.desk else rounds.DESK
    data = write_tables(tables, title=scheme.title, created=scheme.period_end)
    path = round_.path(name)
    there = path.is_file() and read_bytes(path) == data
    return None if there else Plan(name, data)


def write_desk(
    round_: Round, ledger: Ledger, loaded: Loaded, plan: Plan | None, *, beside: bool
) -> tuple[Left | None, Loaded]:
    """Leave the planned workbook; return what it says from now on.

    The one beside is taken away unless it is wanted (``beside``). Raises ``OutputError`` when
    somebody has saved the staff's workbook since it was read.
    """
    if not beside:
        withdraw(round_, ledger, BESIDE)
    if plan is None:
        return None, loaded
    path = round_.path(rounds.DESK)
    if plan.name == rounds.DESK and (read_bytes(path) if path.is_file() else b"") != loaded.desk:
        raise OutputError(
            _("{file} 刚刚有人改过，没有动它").format(file=rounds.DESK),
            _("请保存并关闭它，再运行一次"),
        )
    left = leave(round_, ledger, plan.name, plan.data)
    if plan.name == BESIDE:
        return left, loaded
    choices, _faults = read_choices(read_book(plan.data), rounds.DESK)
    return left, replace(loaded, choices=choices, desk=plan.data)
