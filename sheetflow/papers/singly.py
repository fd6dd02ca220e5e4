"""Papers of which there may be several: one a proposal, one a meeting."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.messages import _
from sheetflow.model import Meeting, Outcome, PaperKind
from sheetflow.papers.common import Texts
from sheetflow.papers.lists import held
from sheetflow.papers.people import called, reported_person
from sheetflow.papers.states import proposals
from sheetflow.papers.words import Facts, Piece, stem


def requests(facts: Facts, kind: PaperKind) -> Iterator[Piece]:
    """One paper a member about whom something is proposed: one matter, one addressee."""
    outcome = facts.outcome
    for place, standing in enumerate(proposals(outcome, kind)):
        name = f"{stem(outcome.scheme, kind)}-{standing.member.id}-{standing.member.name}"
        context = {"人": reported_person(outcome, kind, standing)}
        yield Piece(name=name, context=context, place=place)


def minutes(facts: Facts, kind: PaperKind) -> Iterator[Piece]:
    """One paper a meeting, with what was changed at it."""
    outcome = facts.outcome
    for meeting in outcome.decided.meetings:
        parts = (stem(outcome.scheme, kind), meeting.number, meeting.kind)
        changes = [*_changes(outcome, meeting), *_tiers(outcome, meeting)]
        context = {"会": held(meeting), "调整": changes}
        yield Piece(name="-".join(filter(None, parts)), context=context)


def _changes(outcome: Outcome, meeting: Meeting) -> Iterator[Texts]:
    """Points changed at a meeting, with the reasons."""
    members, names = {s.member.id: s.member.name for s in outcome.standings}, called(outcome)
    titles = {item.code: item.title for part in outcome.scheme.parts for item in part.items}
    titles |= {
        code: bonus.title
        for part in outcome.scheme.parts
        for bonus in part.bonuses
        for code in bonus.row_codes
    }
    for (member, code), (why, at) in outcome.decided.reasons.items():
        if at == meeting.number and member in members:
            yield {
                "姓名": members[member],
                "称呼": names[member],
                "项目": titles.get(code, code),
                "原因": why or _("没有写原因"),
            }


def _tiers(outcome: Outcome, meeting: Meeting) -> Iterator[Texts]:
    """Tiers that a meeting decided on in place of the proposed ones, with the reasons."""
    names = called(outcome)
    for standing in outcome.standings:
        ruling = outcome.decided.members.get(standing.member.id)
        if ruling is None or ruling.tier_decided_at != meeting.number:
            continue
        if ruling.tier and standing.final_tier == ruling.tier != standing.proposed_tier:
            why = ruling.reason.strip() or _("没有写原因")
            yield {
                "姓名": standing.member.name,
                "称呼": names[standing.member.id],
                "项目": outcome.scheme.terms.final_tier,
                "原因": _("{tier}，{why}").format(tier=ruling.tier, why=why),
            }
