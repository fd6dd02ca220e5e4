"""Receipts → forms read, each with its verdict: what one file is, judged by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sheetflow import __version__, platform, records, returns, schemes
from sheetflow import round as rounds
from sheetflow.checks.file import unreadable
from sheetflow.checks.registry import Case, run_checks
from sheetflow.errors import UnreadableError
from sheetflow.excel.preflight import MAX_FILE
from sheetflow.excel.refusals import refuse
from sheetflow.flows import choices as choosing
from sheetflow.flows.intake import refusal
from sheetflow.flows.loading import Loaded
from sheetflow.flows.pool import Done, read_many
from sheetflow.flows.reader import Reader, Result, Unread
from sheetflow.identity import issued
from sheetflow.ledger import Arrival, Ledger
from sheetflow.model import (
    Choice,
    FileStatus,
    Finding,
    Scheme,
    Severity,
    Stamp,
    Submission,
)
from sheetflow.submissions import seek

#: Families that judge one form by itself.
_ONE_FORM = "FVT"
#: Told how many files were read, of how many.
Tell = Callable[[int, int], None]


def silent(_read: int, _total: int) -> None:
    """Tell nobody."""


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
class Judge:
    """All that the verdict on one file depends on, besides its bytes."""

    loaded: Loaded
    reader: Reader
    #: Schemes under which forms were handed out, by version.
    schemes: Mapping[str, Scheme]
    #: Names this state of affairs, so that a file is read again when it changes.
    name: str
    accept_unverified: bool
    #: What the clerk decided about each content, by its hash.
    choices: Mapping[str, tuple[Choice, ...]]
    #: When each content was first taken in, by its hash.
    received: Mapping[str, datetime]


def judge_of(ledger: Ledger, loaded: Loaded, *, accept_unverified: bool) -> Judge:
    """Gather all that judging a file of this round depends on."""
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
    facts = repr((__version__, loaded.rules))
    older = {v: schemes.load_json(text) for v, text in ledger.issued().items()}
    sought = {**older, loaded.version: loaded.scheme}
    return Judge(
        loaded=loaded,
        reader=Reader(
            version=loaded.version,
            sought={version: seek(scheme) for version, scheme in sought.items()},
            known=issued(ledger.key, ledger.round_id, forms),
        ),
        schemes=older,
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


def read_all(ledger: Ledger, judge: Judge, *, tell: Tell) -> list[Read]:
    """Read everything received, by path."""
    arrivals = sorted(ledger.arrivals(), key=lambda a: (a.file, a.number))
    alike: dict[str, list[Arrival]] = {}
    for each in arrivals:
        if not rounds.ignored(each.file):
            alike.setdefault(each.sha256, []).append(each)
    firsts = {sha256: same[0] for sha256, same in alike.items()}
    read: dict[int, Read] = {}
    # Each is judged when it is there: other processes read on meanwhile.
    for sha256, result in _results(ledger, judge, firsts, tell):
        read |= {each.number: _read_one(judge, each, result) for each in alike[sha256]}
    return [read.get(a.number) or Read(arrival=a, status=FileStatus.IGNORED) for a in arrivals]


def _read_one(judge: Judge, arrival: Arrival, result: Result) -> Read:
    if isinstance(result, UnreadableError):
        finding = unreadable(arrival.file, result)
        return Read(arrival=arrival, status=FileStatus.REFUSED, findings=(finding,))
    if result.file != arrival.file:
        # The same bytes at another path: every place in it is named anew.
        result = records.load(records.dump(result), arrival.file)
    received = judge.received.get(arrival.sha256)
    return _verdict(judge, arrival, replace(result, sha256=arrival.sha256, received=received))


def _results(
    ledger: Ledger, judge: Judge, arrivals: Mapping[str, Arrival], tell: Tell
) -> Iterator[tuple[str, Result]]:
    """What each content holds, by its hash, in no order: as kept, else read now and kept."""
    waiting: list[Arrival] = []
    for sha256, arrival in arrivals.items():
        kept = ledger.submission(sha256, judge.name)
        refused = refusal(ledger, sha256) if kept is None else None
        if kept is not None:
            yield sha256, records.load(kept, arrival.file)
        elif refused or arrival.size > MAX_FILE:
            yield sha256, refused or refuse("size")
        else:
            waiting.append(arrival)
    unread = (Unread(a.file, a.sha256, ledger.content(a.sha256)) for a in waiting)
    read = 0
    for done in read_many(judge.reader, unread, len(waiting), processes=platform.processors()):
        _keep(ledger, judge, done)
        read += len(done)
        tell(read, len(waiting))
        yield from ((each.sha256, result) for each, result in done)


def _keep(ledger: Ledger, judge: Judge, done: Done) -> None:
    """Keep what was read, a chunk at once: an interrupted run goes on from there."""
    with ledger.transaction():
        for unread, result in done:
            if isinstance(result, Submission) and result.verified:
                ledger.keep_submission(unread.sha256, judge.name, records.dump(result))


def _verdict(judge: Judge, arrival: Arrival, submission: Submission) -> Read:
    loaded, form = judge.loaded, submission
    choices = judge.choices.get(arrival.sha256, ())
    owner = returns.owner(form, choices, loaded.roster)
    if owner:
        submission = returns.assign(form, owner, judge.reader.known.round)
    stamp = submission.stamp
    known = stamp and (submission.verified or owner or judge.accept_unverified)
    if known:
        # Accepted on the clerk's word: a warning says so instead of the error.
        faults = tuple(f for f in submission.faults if f.kind != "code-foreign")
        if faults != submission.faults:
            submission = replace(submission, faults=faults)
    case = Case(
        scheme=loaded.scheme,
        version=loaded.version,
        roster=loaded.roster,
        submissions=(submission,),
        issued=judge.schemes,
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
