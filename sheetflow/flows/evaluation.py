"""Receipts and decisions → Outcome: read, check, score, rank."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sheetflow import __version__, ranking, returns, scoring, stages
from sheetflow.agenda import Matter, matters
from sheetflow.checks.registry import Case, run_checks, sort
from sheetflow.claims import ClaimRead, read_claims
from sheetflow.flows import choices as choosing
from sheetflow.flows.deciding import PASSING, approved, current_version
from sheetflow.flows.loading import Loaded
from sheetflow.flows.reading import (
    Read,
    Tell,
    counts,
    first_of_each,
    judge_of,
    read_all,
    silent,
    superseded,
)
from sheetflow.ledger import Ledger
from sheetflow.messages import _
from sheetflow.model import (
    Approval,
    Choice,
    Fault,
    FileStatus,
    Finding,
    Outcome,
    Progress,
    QuotaResult,
    Receipt,
    Ruling,
    Scheme,
    Score,
    Severity,
    Standing,
    Submission,
)

#: Says that a file is an older version; that a member's return came late.
_OLDER, _LATE = frozenset({"X603", "X615"}), "X612"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """The outcome, and what else the pages for people are made from."""

    outcome: Outcome
    #: Forms to send back with what was found about each.
    returned: tuple[tuple[Submission, tuple[Finding, ...]], ...]
    #: Files that a person must decide about and that the staff's workbook does not list yet.
    asked: tuple[Choice, ...] = ()
    versions: Mapping[str, returns.Versions] = field(default_factory=dict)
    claims: Mapping[str, tuple[ClaimRead, ...]] = field(default_factory=dict)
    matters: Mapping[str, tuple[Matter, ...]] = field(default_factory=dict)


def examine(
    ledger: Ledger,
    loaded: Loaded,
    *,
    accept_unverified: bool = False,
    today: date | None = None,
    tell: Tell = silent,
) -> Examined:
    """Work out the outcome of everything received and decided so far."""
    judge = judge_of(ledger, loaded, accept_unverified=accept_unverified)
    read = first_of_each(read_all(ledger, judge, tell=tell))
    choices, faults = choosing.placed(loaded.decided.choices, [r.form for r in read if r.form])
    accepted = [r.submission for r in read if r.submission and counts(r)]
    versions = _versions(loaded, accepted, choices)
    refused = [r.form for r in read if r.form and r.status is FileStatus.REFUSED]
    read = _with_older(read, versions)
    claims = _claims(loaded, versions)
    ranked = _ranked(loaded, versions, claims, read)
    case = replace(_case(loaded, faults, tuple(accepted), choices, ranked), claims=claims)
    receipts, rest = _receipts(loaded.scheme, read, run_checks(case, "XZD"))
    outcome = replace(
        _outcome(loaded, case, receipts, rest, today),
        head=ledger.head(),
        differences=returns.all_differences(versions.values()),
    )
    return Examined(
        outcome=outcome,
        returned=tuple(_returned(read, receipts)),
        asked=choosing.asked(refused, versions, choices),
        versions=versions,
        claims=claims,
        matters=dict(_matters(loaded, outcome, versions, claims)),
    )


def _case(
    loaded: Loaded,
    faults: Iterable[Fault],
    accepted: tuple[Submission, ...],
    choices: tuple[Choice, ...],
    ranked: tuple[tuple[Standing, ...], QuotaResult | None],
) -> Case:
    """All that the checks of the whole round may see."""
    standings, quota = ranked
    return Case(
        scheme=loaded.scheme,
        version=loaded.version,
        roster=loaded.roster,
        faults=(*loaded.faults, *faults),
        submissions=accepted,
        standings=standings,
        quota=quota,
        rulings=tuple(loaded.decided.members.values()),
        choices=choices,
        desk=loaded.decided,
    )


def _with_older(read: Iterable[Read], versions: Mapping[str, returns.Versions]) -> list[Read]:
    """Mark the older versions of members' returns."""
    older = {id(s) for v in versions.values() for s in v.older}
    return [superseded(r) if id(r.submission) in older else r for r in read]


def _ranked(
    loaded: Loaded,
    versions: Mapping[str, returns.Versions],
    claims: Mapping[str, tuple[ClaimRead, ...]],
    read: Iterable[Read],
) -> tuple[tuple[Standing, ...], QuotaResult | None]:
    """Score the forms that count and place every member."""
    scores, still_open = _scores(loaded, versions, claims, read)
    rulings = loaded.decided.members
    standings, quota = ranking.rank(
        loaded.scheme,
        loaded.roster,
        scores,
        still_open,
        rulings.values(),
        approved=approved(rulings, versions),
    )
    return tuple(choosing.reasoned(s, versions.get(s.member.id)) for s in standings), quota


def _outcome(
    loaded: Loaded,
    case: Case,
    receipts: tuple[Receipt, ...],
    rest: Iterable[Finding],
    today: date | None,
) -> Outcome:
    """Put together what the checks saw and what they found."""
    return Outcome(
        scheme=loaded.scheme,
        scheme_version=loaded.version,
        standings=case.standings,
        receipts=receipts,
        findings=sort((*loaded.findings, *rest), loaded.scheme),
        quota=case.quota,
        provisional=any(standing.provisional for standing in case.standings),
        decided=loaded.decided,
        progress=progress_of(loaded, case.standings, today),
    )


def progress_of(loaded: Loaded, standings: tuple[Standing, ...], today: date | None) -> Progress:
    """Find how far the round has come, in the language in use."""
    return stages.progress(
        loaded.scheme,
        standings,
        objections=loaded.decided.objections,
        published=_named(loaded, standings),
        today=today,
    )


def _claims(
    loaded: Loaded, versions: Mapping[str, returns.Versions]
) -> dict[str, tuple[ClaimRead, ...]]:
    """Bonus claims of the forms that count, by member."""
    counting = {member: each.counts for member, each in versions.items()}
    return {m: read_claims(loaded.scheme, form) for m, form in counting.items() if form}


def _named(loaded: Loaded, standings: Iterable[Standing]) -> tuple[str, ...] | None:
    """Who is named publicly: under new dates everybody who is commended now."""
    if loaded.published is not None or loaded.scheme.settings.publicity_to is None:
        return loaded.published
    return stages.commended(loaded.scheme, standings)


def _versions(
    loaded: Loaded, accepted: Iterable[Submission], choices: tuple[Choice, ...]
) -> dict[str, returns.Versions]:
    """Which return of each member counts: what the branch approved goes before what came later."""
    rulings = loaded.decided.members
    return {
        member: returns.standing_version(submissions, choices, rulings.get(member))
        for member, submissions in returns.by_member(accepted).items()
    }


def _matters(
    loaded: Loaded,
    outcome: Outcome,
    versions: Mapping[str, returns.Versions],
    claims: Mapping[str, tuple[ClaimRead, ...]],
) -> Iterator[tuple[str, tuple[Matter, ...]]]:
    findings = (finding for receipt in outcome.receipts for finding in receipt.findings)
    late = {finding.member for finding in findings if finding.code == _LATE}
    for standing in outcome.standings:
        member = standing.member.id
        if not standing.member.absence:
            yield (
                member,
                matters(
                    loaded.scheme,
                    standing,
                    versions=versions.get(member),
                    claims=claims.get(member, ()),
                    ruling=loaded.decided.members.get(member),
                    late=member in late,
                ),
            )


def _returned(
    read: Iterable[Read], receipts: Iterable[Receipt]
) -> Iterator[tuple[Submission, tuple[Finding, ...]]]:
    for each, receipt in zip(read, receipts, strict=True):
        if receipt.status is FileStatus.RETURNED and each.submission:
            yield each.submission, receipt.findings


def fingerprint(
    ledger: Ledger, loaded: Loaded, outcome: Outcome, *, accept_unverified: bool = False
) -> str:
    """Name everything an outcome depends on: receipts, scheme, roster, decisions, program.

    The day is not among them: it matters only where it brings the round further.
    """
    facts = (
        __version__,
        loaded.rules,
        loaded.roster,
        sorted((str(p.tab), p.row, p.column, text) for p, text in loaded.state.items()),
        choosing.meaning(loaded.decided.choices),
        [(f.kind, f.source, f.found) for f in loaded.faults if f.kind not in PASSING],
        [(a.file, a.sha256) for a in ledger.arrivals()],
        ledger.issued_forms(),
        outcome.progress and (outcome.progress.stage, len(outcome.progress.waits)),
        accept_unverified,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()


# ------------------------------------------------------------------ members


def _scores(
    loaded: Loaded,
    versions: Mapping[str, returns.Versions],
    claims: Mapping[str, tuple[ClaimRead, ...]],
    read: Iterable[Read],
) -> tuple[dict[str, Score], dict[str, list[str]]]:
    faulty = {
        id(r.submission): sum(f.severity is Severity.ERROR for f in r.findings)
        for r in read
        if r.status is FileStatus.RETURNED
    }
    scores: dict[str, Score] = {}
    still_open: dict[str, list[str]] = {}
    rulings = loaded.decided.members
    for member, chosen in versions.items():
        if chosen.counts is None and not chosen.rivals:
            still_open[member] = [_("交来的表在核定表里都填了不采用")]
            continue
        if chosen.counts is None:
            files = _("、").join(s.file for s in chosen.rivals)
            still_open[member] = [
                _("交了几份内容不同的表，分不出先后：{files}").format(files=files)
            ]
            continue
        ruling = rulings.get(member)
        scores[member] = scoring.score(
            loaded.scheme,
            chosen.counts,
            ruling,
            post=_post(loaded, member),
            claims=claims[member],
        )
        errors = faulty.get(id(chosen.counts), 0)
        if errors:
            still_open[member] = [_("退回修改：{n} 处错误").format(n=errors)]
        elif _rejected(ruling, current_version(chosen)):
            still_open[member] = [_("核定退回，请本人改好后重交")]
    return scores, still_open


def _post(loaded: Loaded, member: str) -> str | None:
    """Kind of post of a member; ``None`` for somebody who is not on the roster."""
    found = loaded.roster.find(member)
    return found.post if found else None


def _rejected(ruling: Ruling | None, version: str) -> bool:
    """Whether the branch sent back the version that counts."""
    return bool(ruling and ruling.approval is Approval.REJECTED and ruling.version in {"", version})


def _receipts(
    scheme: Scheme, read: Iterable[Read], findings: Iterable[Finding]
) -> tuple[tuple[Receipt, ...], tuple[Finding, ...]]:
    """Verdicts with their findings; findings about a received file move to its verdict."""
    about: dict[tuple[str, bool], list[Finding]] = {}
    for finding in findings:
        # Of two contents that came under one name the older one is superseded.
        about.setdefault((finding.source.file, finding.code in _OLDER), []).append(finding)
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


def _version_shown(read: Read) -> str | None:
    """Version of a form that counts or may be made to count."""
    shown = read.submission or (read.form if read.form and returns.unsure(read.form) else None)
    return returns.version(shown) if shown else None
