"""Which papers there are, what each says, and whether it is final."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sheetflow.messages import _, in_source
from sheetflow.model import Occasion, Outcome, PaperKind, Scheme
from sheetflow.papers.agreements import agreements
from sheetflow.papers.common import DATED, Texts, figures, imprint, letterhead, texts, unfilled
from sheetflow.papers.doubts import doubts
from sheetflow.papers.lists import commendation, publicity, report
from sheetflow.papers.members import members
from sheetflow.papers.singly import minutes, requests
from sheetflow.papers.states import not_now, open_points
from sheetflow.papers.words import Blank, Facts, Paper, Piece, blanks

__all__ = ["not_now", "plan_paper", "plan_papers"]

_PIECES: Mapping[Occasion, Callable[[Facts, PaperKind], Iterator[Piece]]] = {
    Occasion.ALWAYS: agreements,
    Occasion.COMMENDED: commendation,
    Occasion.MEETINGS: minutes,
    Occasion.MEMBERS: members,
    Occasion.OUTCOME: report,
    Occasion.PROPOSAL: requests,
    Occasion.PUBLICITY: publicity,
}


def plan_papers(
    facts: Facts, kind: PaperKind, *, draft: bool = False, template_faults: int = 0
) -> Iterator[Paper]:
    """Say what the papers of a kind say. One is final only when nothing is open (design §9).

    Whatever language is spoken, only why a paper is a draft is told in it; the paper says so as
    its template has it. ``template_faults`` are so many in the template, through which a text may
    have been lost.
    """
    told = facts.outcome if facts.told is None else replace(facts.outcome, progress=facts.told)
    with in_source():
        shared = {**figures(facts.outcome), **texts(facts.outcome.scheme, kind)}
        pieces = tuple(_PIECES[kind.occasion](facts, kind))
    for piece in pieces:
        with in_source():
            paper = _paper(facts.outcome.scheme, kind, piece, shared)
            printed = _reasons(facts.outcome, paper, piece, template_faults, draft=draft)
        yield replace(
            paper,
            context={**paper.context, "草稿": "；".join(printed)},
            draft=_reasons(told, paper, piece, template_faults, draft=draft),
        )


def plan_paper(outcome: Outcome, kind: PaperKind, *, draft: bool) -> Paper:
    """Say what the only paper of a kind says, or the one for all members."""
    return next(plan_papers(Facts(outcome=outcome), kind, draft=draft))


def _paper(scheme: Scheme, kind: PaperKind, piece: Piece, shared: Texts) -> Paper:
    """What a paper says, and what nobody has written yet."""
    context = {**shared, **piece.context}
    dated = str(context.get(DATED, ""))
    head = {**letterhead(scheme, kind, dated, piece.place), **imprint(scheme, kind, dated)}
    asked = [*map(Blank, unfilled(scheme, kind)), *blanks(head), *blanks(piece.context)]
    if kind.occasion in {Occasion.COMMENDED, Occasion.OUTCOME}:
        asked += blanks(shared["公示期"])
    return Paper(
        kind=kind,
        context={**context, **head},
        name=piece.name,
        folder=piece.folder,
        blanks=tuple(dict.fromkeys(asked)),
    )


def _reasons(
    outcome: Outcome, paper: Paper, piece: Piece, template_faults: int, *, draft: bool
) -> tuple[str, ...]:
    """Why a paper is a draft; none for a final one."""
    reasons = [*open_points(outcome, paper.kind)]
    if template_faults:
        reasons.append(_("模板有{n}处错误").format(n=template_faults))
    reasons += doubts(outcome, paper.kind, piece)
    if paper.blanks:
        reasons.append(_("有待填内容"))
    if draft and not reasons:
        reasons.append(_("按要求出草稿"))
    return tuple(reasons)
