"""Which papers there are, what each says, and whether it is final."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from sheetflow.messages import _
from sheetflow.model import Occasion, Outcome, PaperKind
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

    ``template_faults`` are so many in the template, through which a text may have been lost.
    """
    shared = {**figures(facts.outcome), **texts(facts.outcome.scheme, kind)}
    reasons = [*open_points(facts.outcome, kind)]
    if template_faults:
        reasons.append(_("模板有{n}处错误").format(n=template_faults))
    for piece in _PIECES[kind.occasion](facts, kind):
        yield _paper(facts.outcome, kind, piece, shared, reasons, draft=draft)


def plan_paper(outcome: Outcome, kind: PaperKind, *, draft: bool) -> Paper:
    """Say what the only paper of a kind says, or the one for all members."""
    return next(plan_papers(Facts(outcome=outcome), kind, draft=draft))


def _paper(
    outcome: Outcome,
    kind: PaperKind,
    piece: Piece,
    shared: Texts,
    open_: Sequence[str],
    *,
    draft: bool,
) -> Paper:
    scheme = outcome.scheme
    context = {**shared, **piece.context}
    dated = str(context.get(DATED, ""))
    head = {**letterhead(scheme, kind, dated, piece.place), **imprint(scheme, kind, dated)}
    asked = (*map(Blank, unfilled(scheme, kind)), *blanks(head), *blanks(piece.context))
    if kind.occasion in {Occasion.COMMENDED, Occasion.OUTCOME}:
        asked = (*asked, *blanks(shared["公示期"]))
    unwritten = tuple(dict.fromkeys(asked))
    reasons = [*open_, *doubts(outcome, kind, piece)]
    if unwritten:
        reasons.append(_("有待填内容"))
    if draft and not reasons:
        reasons.append(_("按要求出草稿"))
    return Paper(
        kind=kind,
        context={**context, **head, "草稿": "；".join(reasons)},
        name=piece.name,
        folder=piece.folder,
        blanks=unwritten,
        draft=tuple(reasons),
    )
