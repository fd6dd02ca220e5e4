"""Receipts → forms read, each with its verdict: what one file is, judged by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sheetflow import __version__, records, returns, schemes
from sheetflow import round as rounds
from sheetflow.checks.file import unreadable
from sheetflow.checks.registry import Case, run_checks
from sheetflow.errors import UnreadableError
from sheetflow.excel.legacy import read_any
from sheetflow.excel.preflight import MAX_FILE
from sheetflow.excel.refusals import refuse
from sheetflow.flows import choices as choosing
from sheetflow.flows.intake import refusal
from sheetflow.flows.loading import Loaded
from sheetflow.identity import Issued, identify, issued
from sheetflow.ledger import Arrival, Ledger
from sheetflow.model import (
    Book,
    Choice,
    FileStatus,
    Finding,
    Scheme,
    Settings,
    Severity,
    Stamp,
    Submission,
    Terms,
)
from sheetflow.submissions import read_submission
from sheetflow.tables import squeeze

#: Families that judge one form by itself.
_ONE_FORM = "FVT"
#: Labels that finding out whose form it is looks beside; a form has a few on each sheet.
_MAX_LABELS = 100
#: Faults of one form, and characters a member typed into it; each is told and kept.
_MAX_FAULTS, _MAX_TYPED = 1_000, 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One arrival: what it is, and what was found about it."""

    arrival: Arrival
    status: FileStatus
    submission: Submission | None = None
    findings: tuple[Finding, ...] = ()
    #: The form as it was read, whosever it is.
    form: Submission | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """All that reading one file depends on, besides its bytes."""

    loaded: Loaded
    known: Issued
    #: Schemes under which forms were handed out, by version.
    schemes: Mapping[str, Scheme]
    #: Names this state of affairs, so that a result is read again when it changes.
    name: str
    accept_unverified: bool
    #: What the clerk decided about each content, by its hash.
    choices: Mapping[str, tuple[Choice, ...]]
    #: When each content was first taken in, by its hash.
    received: Mapping[str, datetime]


def rules(scheme: Scheme) -> str:
    """All of a scheme an outcome depends on: filling in the papers' texts asks for no collect."""
    usual = Settings(organisation="")
    settings = replace(
        scheme.settings,
        letterhead=usual.letterhead,
        masthead=usual.masthead,
        issuer=usual.issuer,
        seal=usual.seal,
    )
    papers = tuple(replace(paper, number=None) for paper in scheme.papers)
    return schemes.dump(replace(scheme, slots=(), papers=papers, settings=settings))


def reader_of(ledger: Ledger, loaded: Loaded, *, accept_unverified: bool) -> Reader:
    """Gather all that reading a file of this round depends on."""
    forms = [
        Stamp(
            round=ledger.round_id,
            scheme=form.scheme_version,
            member=form.member,
            generation=form.generation,
        )
        for form in ledger.issued_forms()
    ]
    # Not the forms: only verified readings are kept, and no form handed out later changes one.
    facts = repr((__version__, rules(loaded.scheme)))
    return Reader(
        loaded=loaded,
        known=issued(ledger.key, ledger.round_id, forms),
        schemes={v: schemes.load_json(text) for v, text in ledger.issued().items()},
        name=hashlib.sha256(facts.encode()).hexdigest()[:16],
        accept_unverified=accept_unverified,
        choices=choosing.by_content(ledger.arrivals(), loaded.decided.choices),
        received=_received(ledger),
    )


def _received(ledger: Ledger) -> Mapping[str, datetime]:
    noted = [
        (a.sha256, datetime.fromisoformat(a.received)) for a in ledger.arrivals() if a.received
    ]
    return dict(sorted(noted, key=lambda each: each[1], reverse=True))


# ------------------------------------------------------------------ one file


def read_all(ledger: Ledger, reader: Reader) -> list[Read]:
    """Read everything received, by path."""
    arrivals = sorted(ledger.arrivals(), key=lambda a: (a.file, a.number))
    with ledger.transaction():
        return [_read_one(ledger, reader, arrival) for arrival in arrivals]


def _read_one(ledger: Ledger, reader: Reader, arrival: Arrival) -> Read:
    if rounds.ignored(arrival.file):
        return Read(arrival=arrival, status=FileStatus.IGNORED)
    try:
        submission = replace(
            _submission(ledger, reader, arrival), received=reader.received.get(arrival.sha256)
        )
    except UnreadableError as error:
        finding = unreadable(arrival.file, error)
        return Read(arrival=arrival, status=FileStatus.REFUSED, findings=(finding,))
    return _verdict(reader, arrival, submission)


def _submission(ledger: Ledger, reader: Reader, arrival: Arrival) -> Submission:
    kept = ledger.submission(arrival.sha256, reader.name)
    if kept is not None:
        return records.load(kept, arrival.file)
    refused = refusal(ledger, arrival.sha256)
    if refused or arrival.size > MAX_FILE:
        raise refused or refuse("size")
    submission = read_file(
        ledger.content(arrival.sha256),
        file=arrival.file,
        sha256=arrival.sha256,
        loaded=reader.loaded,
        known=reader.known,
        schemes_issued=reader.schemes,
    )
    if submission.verified:
        ledger.keep_submission(arrival.sha256, reader.name, records.dump(submission))
    return submission


def read_file(
    data: bytes,
    *,
    file: str,
    sha256: str,
    loaded: Loaded,
    known: Issued,
    schemes_issued: Mapping[str, Scheme],
) -> Submission:
    """Read one returned form; a form of an older scheme is read by that scheme's codes.

    Raises ``UnreadableError`` for what is no workbook, and for one in which so much is
    repeated or typed that nobody could have filled it in: repeated, wordy.
    """
    book = read_any(data)
    if _labels(book, loaded.scheme.terms) > _MAX_LABELS:
        raise refuse("repeated")
    identity = identify(book, file, loaded.scheme.terms, known)
    version = identity.stamp.scheme if identity.stamp else loaded.version
    scheme = loaded.scheme
    if version != loaded.version:
        scheme = schemes_issued.get(version, loaded.scheme)
    submission = read_submission(book, file=file, sha256=sha256, scheme=scheme, identity=identity)
    if len(submission.faults) > _MAX_FAULTS:
        raise refuse("repeated")
    if sum(len(entry.value.raw) for entry in submission.entries) > _MAX_TYPED:
        raise refuse("wordy")
    return submission


def _labels(book: Book, terms: Terms) -> int:
    """Count the cells that hold a label beside which something is looked for."""
    labels = tuple(filter(None, map(squeeze, (terms.form_code, terms.name, terms.total))))
    cells = (value.raw for sheet in book.sheets for value in sheet.values.values())
    return sum(squeeze(text).startswith(labels) for text in cells)


def _verdict(reader: Reader, arrival: Arrival, submission: Submission) -> Read:
    loaded, form = reader.loaded, submission
    choices = reader.choices.get(arrival.sha256, ())
    owner = returns.owner(form, choices, loaded.roster)
    if owner:
        submission = returns.assign(form, owner, reader.known.round)
    stamp = submission.stamp
    known = stamp and (submission.verified or owner or reader.accept_unverified)
    if known:
        # Accepted on the clerk's word: a warning says so instead of the error.
        faults = tuple(f for f in submission.faults if f.kind != "code-foreign")
        submission = replace(submission, faults=faults)
    case = Case(
        scheme=loaded.scheme,
        version=loaded.version,
        roster=loaded.roster,
        submissions=(submission,),
        issued=reader.schemes,
    )
    if not known:
        findings = tuple(f for f in run_checks(case, "F") if f.severity is Severity.ERROR)
        return Read(arrival=arrival, status=FileStatus.REFUSED, findings=findings, form=form)
    findings = run_checks(case, _ONE_FORM)
    faulty = any(f.severity is Severity.ERROR for f in findings)
    status = FileStatus.RETURNED if faulty else FileStatus.ACCEPTED
    if stamp and loaded.roster.find(stamp.member) is None:
        status = FileStatus.REFUSED
    return Read(arrival=arrival, status=status, submission=submission, findings=findings, form=form)


def first_of_each(read: Iterable[Read]) -> list[Read]:
    """Mark the same bytes at another path as duplicates, whatever order they came in."""
    seen: set[str] = set()
    marked = []
    for each in read:
        twice = each.arrival.sha256 in seen and each.status is not FileStatus.IGNORED
        marked.append(replace(each, status=FileStatus.DUPLICATE, findings=()) if twice else each)
        if each.status is not FileStatus.IGNORED:
            seen.add(each.arrival.sha256)
    return marked


def superseded(read: Read) -> Read:
    """Return the same file as an older version of a member's return."""
    return replace(read, status=FileStatus.SUPERSEDED)


def counts(read: Read) -> bool:
    """Whether this is a form of a member, faulty or not."""
    return read.status in {FileStatus.ACCEPTED, FileStatus.RETURNED}
