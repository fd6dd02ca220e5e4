"""Loading what people edit: the scheme, the roster, the branch's decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sheetflow import round as rounds
from sheetflow import schemes
from sheetflow.checks.registry import Case, run_checks
from sheetflow.errors import FaultsError, SheetflowError, UnreadableError
from sheetflow.excel.legacy import read_any
from sheetflow.excel.read import read_book
from sheetflow.flows.deciding import Deciding
from sheetflow.flows.gestures import unusable
from sheetflow.messages import _
from sheetflow.model import (
    Book,
    Fault,
    Finding,
    Roster,
    Rulings,
    Scheme,
    Settings,
    Severity,
    Source,
    State,
)
from sheetflow.rosters import read_roster
from sheetflow.round import Round
from sheetflow.scheme_sheets import from_book

#: Codes that word what could not be read in the scheme's cells.
_CELL_FAULTS = {"S101", "S102"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Scheme, roster and decisions of a round, with everything found wrong about them."""

    scheme: Scheme
    version: str
    places: Mapping[schemes.Path, Source] = field(default_factory=dict)
    roster: Roster = field(default_factory=lambda: Roster(members=()))
    #: What has been decided, cell by cell, and what it means.
    state: State = field(default_factory=dict)
    decided: Rulings = field(default_factory=Rulings)
    #: Members named when the result was made public under the dates of the settings.
    published: tuple[str, ...] | None = None
    #: Bytes of the staff's workbook as it was read; none while there is no such file.
    desk: bytes = b""
    faults: tuple[Fault, ...] = ()
    findings: tuple[Finding, ...] = ()


def load(round_: Round) -> Loaded:
    """Load everything; raises ``FaultsError`` with every fault when it cannot be used."""
    loaded = look(round_)
    errors = [f for f in loaded.findings if f.severity is Severity.ERROR]
    if errors:
        raise FaultsError(
            _("考核方案、名册或核定表有 {n} 处错误，没有处理").format(n=len(errors)),
            _("请按上面逐条改正，再运行一次；可先用 sheetflow check 检查"),
            loaded.findings,
        )
    return loaded


def look(round_: Round) -> Loaded:
    """Load scheme, roster and decisions with all findings; a broken scheme ends it."""
    scheme, places = _scheme(round_)
    roster, roster_faults = read_roster(_book(round_, rounds.ROSTER), rounds.ROSTER, scheme)
    path = round_.path(rounds.DESK)
    desk = read_bytes(path) if path.exists() else b""
    case = Case(
        scheme=scheme,
        version=schemes.version(scheme),
        places=places,
        roster=roster,
        faults=roster_faults,
    )
    return Loaded(
        scheme=scheme,
        version=case.version,
        places=places,
        roster=roster,
        desk=desk,
        faults=case.faults,
        findings=run_checks(case, "SR"),
    )


def with_decisions(loaded: Loaded, deciding: Deciding) -> Loaded:
    """Put what has been decided beside scheme and roster."""
    decided = deciding.rulings(loaded.scheme)
    gestures = (fault for _place, fault in unusable(deciding))
    faults = (*loaded.faults, *deciding.faults, *decided.faults, *gestures)
    return replace(loaded, state=deciding.state, decided=decided, faults=faults)


def desk_book(loaded: Loaded) -> Book | None:
    """Read the staff's workbook; ``None`` when there is none."""
    if not loaded.desk:
        return None
    try:
        return read_any(loaded.desk)
    except UnreadableError as error:
        raise SheetflowError(f"{rounds.DESK}：{error.message}", error.fix) from error


def _scheme(round_: Round) -> tuple[Scheme, Mapping[schemes.Path, Source]]:
    data, places, faults = from_book(_book(round_, rounds.SCHEME), rounds.SCHEME)
    scheme, wrong = schemes.build(data, places)
    if scheme is not None and not faults:
        return scheme, places
    case = Case(scheme=scheme or _nothing(), places=places, faults=(*faults, *wrong))
    findings = run_checks(case, "S")
    # Of a scheme that could not be built only the faults of its cells are worth telling.
    listed = tuple(f for f in findings if scheme or f.code in _CELL_FAULTS)
    raise FaultsError(
        _("{file} 有 {n} 处错误，没有处理").format(file=rounds.SCHEME, n=len(listed)),
        _("请按上面逐条改正，再运行一次"),
        listed,
    )


def _nothing() -> Scheme:
    """A scheme that says nothing, for wording the faults of one that cannot be built."""
    day = date(1, 1, 1)
    return Scheme(
        system="", title="", number="", year=1, period_start=day, period_end=day,
        settings=Settings(organisation=""), columns=(), categories=(), parts=(), tiers=(),
    )  # fmt: skip


def _book(round_: Round, name: str) -> Book:
    """Read a workbook of the round; raises ``SheetflowError`` naming the file."""
    return _parsed(read_bytes(round_.path(name)), name)


def _parsed(data: bytes, name: str) -> Book:
    try:
        return read_book(data)
    except UnreadableError as error:
        raise SheetflowError(f"{name}：{error.message}", error.fix) from error


def read_bytes(path: Path) -> bytes:
    """Content of a file of the round; raises ``SheetflowError`` in the clerk's words."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SheetflowError(
            _("找不到 {file}").format(file=path.name),
            _("请把它放回考核文件夹；改过名的请改回原名"),
        ) from error
    except OSError as error:
        raise SheetflowError(
            _("打不开 {file}").format(file=path.name),
            _("请检查它是不是正被别的程序占用、有没有权限，再运行一次"),
        ) from error
