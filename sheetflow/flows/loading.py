"""Loading what people edit: the scheme, the roster, the branch's decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path, PurePosixPath

from sheetflow import round as rounds
from sheetflow import schemes
from sheetflow.checks.registry import Case, run_checks
from sheetflow.errors import FaultsError, SheetflowError, UnreadableError
from sheetflow.excel.legacy import read_any
from sheetflow.excel.read import read_staff_book
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
#: Formats that somebody may save the staff's workbook in, and what Excel, WPS and LibreOffice
#: leave beside it while it is open there.
_TABLES = frozenset({"xls", "xlsm", "xlsb", "xlt", "xltx", "et", "ett", "ods", "csv", "uos"})
_MARKS = frozenset({f"~${rounds.DESK}", f".~{rounds.DESK}", f".~lock.{rounds.DESK}#"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Scheme, roster and decisions of a round, with everything found wrong about them."""

    scheme: Scheme
    version: str
    #: All of the scheme that an outcome depends on, as text.
    rules: str
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


def load(round_: Round, *, about: str = "SR") -> Loaded:
    """Load everything; raises ``FaultsError`` with every fault when it cannot be used.

    Errors count in the families of checks ``about``: those of the roster do not where nothing
    is done about members.
    """
    loaded = look(round_)
    errors = [f for f in loaded.findings if f.severity is Severity.ERROR and f.code[0] in about]
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
        faults=(*roster_faults, *_beside(round_)),
    )
    return Loaded(
        scheme=scheme,
        version=case.version,
        rules=schemes.rules(scheme),
        places=places,
        roster=roster,
        desk=desk,
        faults=case.faults,
        findings=run_checks(case, "SR"),
    )


def _beside(round_: Round) -> Iterator[Fault]:
    """What lies beside the staff's workbook and bears on it.

    ``desk-other`` is one of its name in another format, ``desk-open`` what a program leaves
    there while it has the workbook open.
    """
    for name in sorted(each.name for each in round_.folder.iterdir()):
        stem, _dot, suffix = name.rpartition(".")
        if stem == PurePosixPath(rounds.DESK).stem and suffix.casefold() in _TABLES:
            yield Fault("desk-other", Source(rounds.DESK), name)
        elif name in _MARKS:
            yield Fault("desk-open", Source(rounds.DESK), name)


def _refuse_other(others: Iterable[Fault]) -> None:
    """Without the staff's workbook, one of its name in another format is what was meant."""
    for other in others:
        if other.kind == "desk-other":
            raise SheetflowError(
                _("找不到 {file}，旁边有一份 {other}，多半是另存时选了别的格式").format(
                    file=rounds.DESK, other=other.found
                ),
                _(
                    "请在 Excel 或 WPS 里打开它，另存为 {file}；不用它的，把它移走，再运行一次"
                ).format(file=rounds.DESK),
            )


def with_decisions(loaded: Loaded, deciding: Deciding) -> Loaded:
    """Put what has been decided beside scheme and roster."""
    decided = deciding.rulings(loaded.scheme)
    gestures = (fault for _place, fault in unusable(deciding))
    faults = (*loaded.faults, *deciding.faults, *decided.faults, *gestures)
    return replace(loaded, state=deciding.state, decided=decided, faults=faults)


def desk_book(loaded: Loaded) -> Book | None:
    """Read the staff's workbook; ``None`` when there is none, nor one in another format."""
    if not loaded.desk:
        _refuse_other(loaded.faults)
        return None
    try:
        return _read_desk(loaded.desk)
    except UnreadableError as error:
        # Nobody hands this file in: what a sender should do is nothing to the clerk.
        raise SheetflowError(
            _("{file}：{message}没有动它，以前定下的都在工作记录里").format(
                file=rounds.DESK, message=error.message
            ),
            _("能打开的，请另存为 .xlsx；打不开的，请把它移走，汇总照工作记录重新生成；再运行一次"),
        ) from error


# It is asked what was typed, what was typed over, and what is to be brought up to date.
@lru_cache(maxsize=1)
def _read_desk(data: bytes) -> Book:
    return read_any(data, staff=True)


def _scheme(round_: Round) -> tuple[Scheme, Mapping[schemes.Path, Source]]:
    data, places, faults = from_book(_book(round_, rounds.SCHEME), rounds.SCHEME)
    scheme, wrong = schemes.build(data, places)
    if scheme is not None and not faults:
        return scheme, places
    case = Case(scheme=scheme or _nothing(), places=places, faults=(*faults, *wrong))
    findings = run_checks(case, "S")
    # Of a scheme that could not be built only the faults of its cells are worth telling; what
    # has no cell while a column is missing only follows from that.
    lost = any(f.code == "S101" for f in findings)
    listed = tuple(
        f for f in findings if f.code in _CELL_FAULTS or (scheme and (f.source.cell or not lost))
    )
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
        return read_staff_book(data)
    except UnreadableError as error:
        # What a sender should do is nothing to the clerk.
        raise SheetflowError(
            _("{file}：{message}").format(file=name, message=error.message),
            _(
                "能打开的，请用 Excel 或 WPS 另存为不加密的 .xlsx；打不开的，"
                "请用备份里的同名文件替换它；再运行一次"
            ),
        ) from error


def read_bytes(path: Path) -> bytes:
    """Content of a file of the round; raises ``SheetflowError`` in the clerk's words."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise SheetflowError(
            _("{file} 不是普通的文件").format(file=path.name), _("请把它移走，放回原来的文件")
        )
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SheetflowError(
            _("找不到 {file}").format(file=path.name),
            _("请把它放回考核文件夹；改过名的请改回原名"),
        ) from error
    except OSError as error:
        if path.is_dir():
            raise SheetflowError(
                _("{file} 是一个文件夹，不是文件").format(file=path.name),
                _("请把它移走或改名，再运行一次；里面有原来的文件，请放到考核文件夹里"),
            ) from error
        raise SheetflowError(
            _("打不开 {file}").format(file=path.name),
            _("请检查它是不是正被别的程序占用、有没有权限，再运行一次"),
        ) from error
