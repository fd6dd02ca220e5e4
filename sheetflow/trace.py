"""Why a member has these points and stands in this tier: from file and cell to the last word.

One ``Trace`` a member, for the screen, the summary and the papers alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheetflow import kinds
from sheetflow.messages import _
from sheetflow.model import (
    FileStatus,
    Finding,
    Meeting,
    Member,
    Outcome,
    Receipt,
    Scheme,
    Standing,
    StandingStatus,
    Submission,
)
from sheetflow.stamp import fold
from sheetflow.trace_rows import Row, RowKind, Shared, trace_rows
from sheetflow.verdicts import Verdict, own_words, still_open, verdicts

#: Verdicts on the files whose form may count.
_COUNTING = {FileStatus.ACCEPTED, FileStatus.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One member's page."""

    member: Member
    status: StandingStatus
    #: What the scheme calls a member's own points.
    own: str
    #: The form that counts: path in the round, version.
    file: str = ""
    version: str = ""
    rows: tuple[Row, ...] = ()
    total: Decimal | None = None
    verdicts: tuple[Verdict, ...] = ()
    #: What is still open, in words.
    open: tuple[str, ...] = ()


# ------------------------------------------------------------------ members


def called(outcome: Outcome, text: str) -> tuple[Member, ...]:
    """Members a person may mean: the one with this id, else all of this name."""
    members = [standing.member for standing in outcome.standings]
    wanted = text.strip()
    same = tuple(m for m in members if fold(m.id) == fold(wanted))
    return same or tuple(m for m in members if m.name == wanted)


def trace(outcome: Outcome, member: str, form: Submission | None = None) -> Trace:
    """Explain the member with this id; ``form`` is the version that counts, where it is at hand.

    Without it the cells of numbers that the branch replaced are not known, nor any proof.
    Raises ``KeyError`` for an id that is in no standing.
    """
    mine = {s.member.id: s for s in outcome.standings}[member]
    return _trace(_known(outcome), mine, form)


def traces(outcome: Outcome, forms: Mapping[str, Submission] | None = None) -> Iterator[Trace]:
    """Explain all members in the order of the roster; ``forms`` as for ``trace``, by id."""
    known = _known(outcome)
    for standing in outcome.standings:
        yield _trace(known, standing, (forms or {}).get(standing.member.id))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is looked up for every member."""

    outcome: Outcome
    receipts: Mapping[str, Receipt]
    #: Meetings and rules in words.
    shared: Shared
    #: Place of each candidate for a tier with seats.
    places: Mapping[str, int]
    findings: Mapping[str, list[Finding]]


def _known(outcome: Outcome) -> _Known:
    counting = [r for r in outcome.receipts if r.status in _COUNTING]
    found = [(each.member, each) for each in outcome.findings]
    found += [(r.member or "", each) for r in counting for each in r.findings]
    findings: dict[str, list[Finding]] = {}
    for member, each in found:
        findings.setdefault(member, []).append(each)
    candidates = outcome.quota.candidates if outcome.quota else ()
    return _Known(
        outcome=outcome,
        receipts={r.member: r for r in reversed(counting) if r.member},
        shared=Shared(
            meetings={m.number: meeting_words(m) for m in outcome.decided.meetings},
            rules=_rules(outcome.scheme),
            sums=_sums(outcome.scheme),
        ),
        places={member: place for place, member in enumerate(candidates, 1)},
        findings=findings,
    )


def _rules(scheme: Scheme) -> dict[str, str]:
    """Rules of items and bonuses as printed."""
    bonuses = (bonus for part in scheme.parts for bonus in part.bonuses)
    items = (item for part in scheme.parts for item in part.items)
    rules = {item.code: kinds.rule(item) for item in items}
    return rules | {bonus.code: kinds.bonus_rule(bonus) for bonus in bonuses}


def _sums(scheme: Scheme) -> dict[tuple[RowKind, str], str]:
    """Titles of the sums of each part."""
    words = {RowKind.BASE: _("基本分"), RowKind.BONUS: _("加分"), RowKind.PART: _("小计")}
    return {
        (kind, part.code): _("{part}{sum}").format(part=part.title, sum=word)
        for part in scheme.parts
        for kind, word in words.items()
    }


def meeting_words(meeting: Meeting) -> str:
    """A meeting by its number, with its kind and day where they are known."""
    said = " ".join(filter(None, (meeting.kind, meeting.day)))
    return (
        _("{number}（{said}）").format(number=meeting.number, said=said)
        if said
        else (meeting.number)
    )


def _trace(known: _Known, standing: Standing, form: Submission | None) -> Trace:
    member, outcome = standing.member.id, known.outcome
    receipt, ruling = known.receipts.get(member), outcome.decided.members.get(member)
    noted = ruling.meeting if ruling else ""
    of_tier = ruling.tier_decided_at if ruling else ""
    file = receipt.file if receipt else ""
    return Trace(
        member=standing.member,
        status=standing.status,
        own=own_words(outcome.scheme),
        file=form.file if form else file,
        version=(receipt.version or "") if receipt else "",
        rows=trace_rows(outcome, standing, form, known.shared),
        total=standing.total,
        verdicts=verdicts(
            outcome,
            standing,
            meeting=known.shared.meetings.get(noted, noted),
            tier_meeting=known.shared.meetings.get(of_tier, of_tier),
            place=known.places.get(member),
        ),
        open=still_open(outcome, standing, known.findings.get(member, ())),
    )
