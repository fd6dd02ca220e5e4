"""The register of checks: one code, one severity, one page, one generator function each."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sheetflow.claims import ClaimRead
from sheetflow.messages import _
from sheetflow.model import (
    Choice,
    Fault,
    Finding,
    QuotaResult,
    Roster,
    Ruling,
    Rulings,
    Scheme,
    Severity,
    Source,
    Standing,
    Submission,
)

_CODE = re.compile(r"[SFRVTXZD]\d{3}")
_LEVELS = frozenset(Severity)
#: Families that judge scheme and roster, before anything is scored.
_SOUNDNESS = "SR"
_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All a check may see; a family looks at what is there and yields nothing else."""

    scheme: Scheme
    #: Version of the scheme in force.
    version: str = ""
    #: Where each piece of the scheme stands: path through the nested data → source.
    places: Mapping[tuple[str | int, ...], Source] = field(default_factory=dict)
    roster: Roster = field(default_factory=lambda: Roster(members=()))
    #: What the readers of scheme, roster and files could not use.
    faults: tuple[Fault, ...] = ()
    #: Forms as read; for the families of the value the ones that count.
    submissions: tuple[Submission, ...] = ()
    standings: tuple[Standing, ...] = ()
    quota: QuotaResult | None = None
    rulings: tuple[Ruling, ...] = ()
    #: Bonus claims of the forms that count, by member.
    claims: Mapping[str, tuple[ClaimRead, ...]] = field(default_factory=dict)
    #: What the clerk decided about files that were received.
    choices: tuple[Choice, ...] = ()
    #: Schemes under which forms were handed out, by version.
    issued: Mapping[str, Scheme] = field(default_factory=dict)
    #: All that was decided in the staff's workbook.
    desk: Rulings = field(default_factory=Rulings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a check yields; code and severity are the register's business."""

    source: Source
    message: str
    found: str = ""
    expected: str = ""
    fix: str = ""
    item: str = ""
    member: str = ""


Run = Callable[[Case], Iterator[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A registered check; ``page`` is its manual page, in the users' language."""

    code: str
    severity: Severity
    page: str
    run: Run

    @property
    def fixed(self) -> bool:
        """Whether it finds what nothing could be scored with, which no scheme makes lighter."""
        return self.code[0] in _SOUNDNESS and self.severity is Severity.ERROR


CHECKS: dict[str, Check] = {}
#: Level that silences a check.
OFF = "off"


def check(code: str, severity: Severity) -> Callable[[Run], Run]:
    """Register a generator function as the check of this code.

    Raises ``ValueError`` at import for a malformed or taken code or a missing page.
    """

    def register(run: Run) -> Run:
        page = inspect.getdoc(run) or ""
        # With -OO Python leaves the pages out.
        lost = not page and sys.flags.optimize < 2  # noqa: PLR2004 - two O
        if not _CODE.fullmatch(code) or code in CHECKS or lost:
            message = f"check {code} needs a free code and a page"
            raise ValueError(message)
        CHECKS[code] = Check(code=code, severity=severity, page=page, run=run)
        return run

    return register


def run_checks(case: Case, families: str) -> tuple[Finding, ...]:
    """Run the checks of these families (first letters of their codes), worst first.

    A scheme may change a check's severity or switch it off, unless it is ``fixed``.
    """
    found = [
        finding
        for check_ in CHECKS.values()
        if check_.code[0] in families
        for finding in _findings(check_, case)
    ]
    return sort(found, case.scheme)


def _findings(check_: Check, case: Case) -> Iterable[Finding]:
    level = case.scheme.severities.get(check_.code, check_.severity.value)
    if level == OFF and not check_.fixed:
        return
    if level not in _LEVELS or check_.fixed:  # told by the checks of the scheme
        level = check_.severity.value
    for problem in check_.run(case):
        yield Finding(
            code=check_.code,
            severity=Severity(level),
            source=problem.source,
            message=problem.message,
            found=problem.found,
            expected=problem.expected,
            fix=problem.fix,
            item=problem.item,
            member=problem.member,
        )


def sort(findings: Iterable[Finding], scheme: Scheme) -> tuple[Finding, ...]:
    """Errors first, then by file, sheet and the cell's place on it; parts in the form's order."""
    # What concerns a file as a whole stands before its sheets.
    sheets = ["", *(part.sheet for part in scheme.parts)]

    def key(finding: Finding) -> tuple[int, str, int, str, int, str, str]:
        digits = "".join(c for c in finding.source.cell if c.isdigit())
        source = finding.source
        row = int(digits) if digits else 0
        return (
            _WEIGHT[finding.severity],
            source.file,
            sheets.index(source.sheet) if source.sheet in sheets else len(sheets),
            source.sheet,
            row,
            source.cell,
            finding.code,
        )

    return tuple(sorted(findings, key=key))


def page(code: str) -> str:
    """Manual page of a code in the language in use; empty for an unknown code."""
    known = CHECKS.get(code.upper())
    if known is None:
        return ""
    return _(known.page) or _("说明没有载入，运行 Python 时不要加 -OO")
