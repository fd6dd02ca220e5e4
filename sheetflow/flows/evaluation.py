"""Receipts → Outcome: read, check, score, rank. Everything follows from the ledger alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sheetflow import __version__, ranking, records, returns, schemes, scoring
from sheetflow import round as rounds
from sheetflow.checks.file import unreadable
from sheetflow.checks.registry import Case, run_checks, sort
from sheetflow.errors import UnreadableError
from sheetflow.excel.legacy import read_legacy
from sheetflow.excel.preflight import MAX_FILE, kind_of
from sheetflow.excel.read import read_book
from sheetflow.excel.refusals import refuse
from sheetflow.flows import choices as choosing
from sheetflow.flows.intake import refusal
from sheetflow.flows.loading import Loaded
from sheetflow.identity import Issued, identify, issued
from sheetflow.ledger import Arrival, Ledger
from sheetflow.messages import _
from sheetflow.model import (
    Book,
    Choice,
    FileStatus,
    Finding,
    Outcome,
    Receipt,
    Review,
    Scheme,
    Score,
    Severity,
    Stamp,
    Submission,
    Terms,
)
from sheetflow.submissions import read_submission
from sheetflow.tables import squeeze

#: Says that a file is an older version.
_OLDER = "X603"
#: Families that judge one form by itself.
_ONE_FORM = "FVT"
#: Labels that finding out whose form it is looks beside; a form has a few on each sheet.
_MAX_LABELS = 100
#: Faults of one form, and characters a member typed into it; each is told and kept.
_MAX_FAULTS, _MAX_TYPED = 1_000, 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """One arrival: what it is, and what was found about it."""

    arrival: Arrival
    status: FileStatus
    submission: Submission | None = None
    findings: tuple[Finding, ...] = ()
    #: The form as it was read, whosever it is.
    form: Submission | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """The outcome, and the forms to send back with what was found about each."""

    outcome: Outcome
    returned: tuple[tuple[Submission, tuple[Finding, ...]], ...]
    #: Files that a person must decide about and that the staff's workbook does not list yet.
    asked: tuple[Choice, ...] = ()


def evaluate(ledger: Ledger, loaded: Loaded, *, accept_unverified: bool = False) -> Outcome:
    """Work out the round's outcome from everything received so far."""
    return examine(ledger, loaded, accept_unverified=accept_unverified).outcome


def examine(ledger: Ledger, loaded: Loaded, *, accept_unverified: bool = False) -> Examined:
    """Work out the outcome, and which of the forms that count must go back."""
    reader = _reader(ledger, loaded, accept_unverified=accept_unverified)
    read = _first_of_each(_read_all(ledger, reader))
    accepted = [r.submission for r in read if r.submission and _counts(r)]
    choices, faults = choosing.placed(loaded.choices, (r.form for r in read if r.form))
    versions = {m: returns.choose(s, choices) for m, s in returns.by_member(accepted).items()}
    refused = (r.form for r in read if r.form and r.status is FileStatus.REFUSED)
    asked = choosing.asked(refused, versions, choices)
    older = {id(s) for v in versions.values() for s in v.older}
    read = [_superseded(r) if id(r.submission) in older else r for r in read]
    scores, still_open = _scores(loaded, versions, read)
    standings, quota = ranking.rank(
        loaded.scheme, loaded.roster, scores, still_open, loaded.rulings
    )
    standings = tuple(choosing.reasoned(s, versions.get(s.member.id)) for s in standings)
    case = Case(
        scheme=loaded.scheme,
        version=loaded.version,
        roster=loaded.roster,
        faults=(*loaded.faults, *faults, *choosing.desk_faults(loaded, asked)),
        submissions=tuple(accepted),
        standings=standings,
        quota=quota,
        rulings=loaded.rulings,
        choices=choices,
    )
    receipts, rest = _receipts(loaded.scheme, read, run_checks(case, "XZ"))
    outcome = Outcome(
        scheme=loaded.scheme,
        scheme_version=loaded.version,
        standings=standings,
        receipts=receipts,
        findings=sort((*loaded.findings, *rest), loaded.scheme),
        quota=quota,
        provisional=loaded.scheme.settings.review is Review.REQUIRED,
        differences=returns.all_differences(versions.values()),
    )
    return Examined(outcome=outcome, returned=tuple(_returned(read, receipts)), asked=asked)


def _returned(
    read: Iterable[_Read], receipts: Iterable[Receipt]
) -> Iterator[tuple[Submission, tuple[Finding, ...]]]:
    for each, receipt in zip(read, receipts, strict=True):
        if receipt.status is FileStatus.RETURNED and each.submission:
            yield each.submission, receipt.findings


def fingerprint(ledger: Ledger, loaded: Loaded, *, accept_unverified: bool = False) -> str:
    """Name everything an outcome depends on: receipts, scheme, roster, decisions, program."""
    facts = (
        __version__,
        _rules(loaded.scheme),
        loaded.roster,
        [(d.member, d.veto, d.basis) for d in loaded.rulings],
        choosing.meaning(loaded.choices),
        [(f.kind, f.source, f.found) for f in loaded.faults],
        [(a.file, a.sha256) for a in ledger.arrivals()],
        ledger.issued_forms(),
        accept_unverified,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _rules(scheme: Scheme) -> str:
    """All of a scheme an outcome depends on: filling in the papers' texts asks for no collect."""
    return schemes.dump(replace(scheme, slots=()))


def _reader(ledger: Ledger, loaded: Loaded, *, accept_unverified: bool) -> _Reader:
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
    facts = repr((__version__, _rules(loaded.scheme)))
    return _Reader(
        loaded=loaded,
        known=issued(ledger.key, ledger.round_id, forms),
        schemes={v: schemes.load_json(text) for v, text in ledger.issued().items()},
        name=hashlib.sha256(facts.encode()).hexdigest()[:16],
        accept_unverified=accept_unverified,
        choices=choosing.by_content(ledger.arrivals(), loaded.choices),
        received=_received(ledger),
    )


def _received(ledger: Ledger) -> Mapping[str, datetime]:
    noted = [
        (a.sha256, datetime.fromisoformat(a.received)) for a in ledger.arrivals() if a.received
    ]
    return dict(sorted(noted, key=lambda each: each[1], reverse=True))


# ------------------------------------------------------------------ one file


def _read_all(ledger: Ledger, reader: _Reader) -> list[_Read]:
    arrivals = sorted(ledger.arrivals(), key=lambda a: (a.file, a.number))
    with ledger.transaction():
        return [_read_one(ledger, reader, arrival) for arrival in arrivals]


def _read_one(ledger: Ledger, reader: _Reader, arrival: Arrival) -> _Read:
    if rounds.ignored(arrival.file):
        return _Read(arrival=arrival, status=FileStatus.IGNORED)
    try:
        submission = replace(
            _submission(ledger, reader, arrival), received=reader.received.get(arrival.sha256)
        )
    except UnreadableError as error:
        finding = unreadable(arrival.file, error)
        return _Read(arrival=arrival, status=FileStatus.REFUSED, findings=(finding,))
    return _verdict(reader, arrival, submission)


def _submission(ledger: Ledger, reader: _Reader, arrival: Arrival) -> Submission:
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
    book = read_legacy(data) if kind_of(data) == "xls" else read_book(data)
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


def _verdict(reader: _Reader, arrival: Arrival, submission: Submission) -> _Read:
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
    )
    if not known:
        findings = tuple(f for f in run_checks(case, "F") if f.severity is Severity.ERROR)
        return _Read(arrival=arrival, status=FileStatus.REFUSED, findings=findings, form=form)
    findings = run_checks(case, _ONE_FORM)
    faulty = any(f.severity is Severity.ERROR for f in findings)
    status = FileStatus.RETURNED if faulty else FileStatus.ACCEPTED
    if stamp and loaded.roster.find(stamp.member) is None:
        status = FileStatus.REFUSED
    return _Read(
        arrival=arrival, status=status, submission=submission, findings=findings, form=form
    )


def _first_of_each(read: Iterable[_Read]) -> list[_Read]:
    """Mark the same bytes at another path as duplicates, whatever order they came in."""
    seen: set[str] = set()
    marked = []
    for each in read:
        twice = each.arrival.sha256 in seen and each.status is not FileStatus.IGNORED
        marked.append(replace(each, status=FileStatus.DUPLICATE, findings=()) if twice else each)
        if each.status is not FileStatus.IGNORED:
            seen.add(each.arrival.sha256)
    return marked


def _superseded(read: _Read) -> _Read:
    return replace(read, status=FileStatus.SUPERSEDED)


def _counts(read: _Read) -> bool:
    return read.status in {FileStatus.ACCEPTED, FileStatus.RETURNED}


# ------------------------------------------------------------------ members


def _scores(
    loaded: Loaded, versions: Mapping[str, returns.Versions], read: Iterable[_Read]
) -> tuple[dict[str, Score], dict[str, list[str]]]:
    faulty = {
        id(r.submission): sum(f.severity is Severity.ERROR for f in r.findings)
        for r in read
        if r.status is FileStatus.RETURNED
    }
    scores: dict[str, Score] = {}
    still_open: dict[str, list[str]] = {}
    for member, chosen in versions.items():
        if chosen.counts is None and not chosen.rivals:
            still_open[member] = [_("交来的表在核定表里都填了不采用")]
            continue
        if chosen.counts is None:
            files = "、".join(s.file for s in chosen.rivals)
            still_open[member] = [
                _("交了几份内容不同的表，分不出先后：{files}").format(files=files)
            ]
            continue
        scores[member] = scoring.score(loaded.scheme, chosen.counts)
        errors = faulty.get(id(chosen.counts), 0)
        if errors:
            still_open[member] = [_("退回修改：{n} 处错误").format(n=errors)]
    return scores, still_open


def _receipts(
    scheme: Scheme, read: Iterable[_Read], findings: Iterable[Finding]
) -> tuple[tuple[Receipt, ...], tuple[Finding, ...]]:
    """Verdicts with their findings; findings about a received file move to its verdict."""
    about: dict[tuple[str, bool], list[Finding]] = {}
    for finding in findings:
        # Of two contents that came under one name the older one is superseded.
        about.setdefault((finding.source.file, finding.code == _OLDER), []).append(finding)
    receipts = []
    for each in read:
        submission = each.submission
        older = each.status is FileStatus.SUPERSEDED
        more = about.pop((each.arrival.file, older), []) if submission else []
        receipts.append(
            Receipt(
                file=each.arrival.file,
                sha256=each.arrival.sha256,
                status=each.status,
                member=submission.stamp.member if submission and submission.stamp else None,
                version=_version_shown(each),
                findings=sort((*each.findings, *more), scheme),
            )
        )
    return tuple(receipts), tuple(f for rest in about.values() for f in rest)


def _version_shown(read: _Read) -> str | None:
    """Version of a form that counts or may be made to count."""
    shown = read.submission or (read.form if read.form and returns.unsure(read.form) else None)
    return returns.version(shown) if shown else None
