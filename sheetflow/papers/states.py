"""When a kind of paper applies, and what keeps it a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sheetflow.messages import _
from sheetflow.model import (
    Occasion,
    Outcome,
    PaperKind,
    Review,
    Severity,
    Stage,
    Standing,
    StandingStatus,
)
from sheetflow.papers.people import commended, reported, scored
from sheetflow.stages import stage_title

#: Stages whose open points are told as they are; those of earlier ones have words of their own.
_LATER = frozenset({Stage.PROPOSING, Stage.PUBLISHING, Stage.DECIDING})
#: Half-way through the period nobody has a tier.
_AT_THE_END = frozenset(
    {
        Occasion.COMMENDED,
        Occasion.OUTCOME,
        Occasion.MEMBERS,
        Occasion.PUBLICITY,
        Occasion.PROPOSAL,
    }
)
#: What these say does not depend on the outcome.
_BY_THEMSELVES = frozenset({Occasion.ALWAYS, Occasion.MEETINGS})


def not_now(outcome: Outcome, kind: PaperKind, *, asked: bool = False) -> str:
    """Why a kind of paper does not apply now; empty when it does.

    ``asked`` says that people asked for this very kind.
    """
    returned = any(standing.score for standing in outcome.standings)
    if kind.occasion is Occasion.ALWAYS:
        return _not_at_the_start(outcome, kind, returned=returned and not asked)
    if not returned:
        return _("还没有收回任何一份表")
    if outcome.scheme.settings.interim and kind.occasion in _AT_THE_END:
        return _("半年初评只记分，不定等次")
    return _REASONS[kind.occasion](outcome, kind) if kind.occasion in _REASONS else ""


def _not_at_the_start(outcome: Outcome, kind: PaperKind, *, returned: bool) -> str:
    if returned:
        return _("已经收表；要印请运行 sheetflow papers {kind}").format(kind=kind.kind)
    if not outcome.standings:
        return _("名册里一个人也没有")
    if not all(standing.member.id for standing in outcome.standings):
        return _("名册里有人没有编号，请先运行 sheetflow forms 编好")
    return ""


def _nobody_commended(outcome: Outcome, _kind: PaperKind) -> str:
    if commended(outcome):
        return ""
    titles = "、".join(tier.title for tier in outcome.scheme.tiers if tier.commended)
    return _("没有人评为{tiers}").format(tiers=titles)


def _not_public(outcome: Outcome, kind: PaperKind) -> str:
    settings = outcome.scheme.settings
    if settings.review is Review.NONE and settings.publicity_to is None:
        return _("设置里没有公示的起止日期")
    return _nobody_commended(outcome, kind)


def _nobody_scored(outcome: Outcome, _kind: PaperKind) -> str:
    return "" if scored(outcome) else _("还没有人计出总分")


def _no_meeting(outcome: Outcome, _kind: PaperKind) -> str:
    return "" if outcome.decided.meetings else _("核定表里还没有登记会议")


def proposals(outcome: Outcome, kind: PaperKind) -> tuple[Standing, ...]:
    """Reported members about whom everything is known that the kind is written only with."""
    focus = outcome.decided.focus
    return tuple(
        standing
        for standing in reported(outcome)
        if all(focus.get(standing.member.id, {}).get(name, "").strip() for name in kind.only_with)
    )


def _no_proposal(outcome: Outcome, kind: PaperKind) -> str:
    if proposals(outcome, kind):
        return ""
    if not reported(outcome):
        titles = "、".join(tier.title for tier in outcome.scheme.tiers if tier.reported)
        return _("没有人评为{tiers}").format(tiers=titles)
    names = "、".join(kind.only_with)
    return _("核定表的“重点对象”里没有一个人填全了{names}").format(names=names)


_REASONS: Mapping[Occasion, Callable[[Outcome, PaperKind], str]] = {
    Occasion.COMMENDED: _nobody_commended,
    Occasion.PUBLICITY: _not_public,
    Occasion.MEMBERS: _nobody_scored,
    Occasion.MEETINGS: _no_meeting,
    Occasion.PROPOSAL: _no_proposal,
}


# ------------------------------------------------------------------ drafts


def open_points(outcome: Outcome, kind: PaperKind) -> tuple[str, ...]:
    """Why a paper of this kind cannot be final yet, apart from places to fill in."""
    if kind.occasion in _BY_THEMSELVES:
        return ()
    if kind.occasion is Occasion.PUBLICITY:
        return tuple(_unsettled(outcome)) + _waits(outcome, frozenset({Stage.PROPOSING}))
    if kind.occasion is Occasion.MEMBERS:
        # What waits may name others, which is nobody's business in a member's paper.
        waits = _waits(outcome, _LATER) and outcome.progress
        stage = (_("还在“{stage}”").format(stage=stage_title(waits.stage)),) if waits else ()
        return (*_unsettled(outcome), *stage)
    return draft_reasons(outcome)


def draft_reasons(outcome: Outcome) -> tuple[str, ...]:
    """Why the outcome itself is not final."""
    return (*_unsettled(outcome), *_waits(outcome, _LATER))


def _unsettled(outcome: Outcome) -> Iterator[str]:
    statuses = [s.status for s in outcome.standings]
    wrong = [f for f in outcome.findings if f.code[0] == "D" and f.severity is Severity.ERROR]
    if wrong:
        yield _("核定表里有{n}处错误").format(n=len(wrong))
    if outcome.provisional:
        yield _("自评分尚未核定")
    if StandingStatus.UNDECIDED in statuses:
        yield _("{n}人结果未定").format(n=statuses.count(StandingStatus.UNDECIDED))
    missing = [
        s for s in outcome.standings if s.status is StandingStatus.MISSING and not s.approved
    ]
    if missing:
        yield _("{n}人未交表").format(n=len(missing))


def _waits(outcome: Outcome, stages: frozenset[Stage]) -> tuple[str, ...]:
    progress = outcome.progress
    return progress.waits if progress and progress.stage in stages else ()
