"""How far a round has come: computed from what is there, never set by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from sheetflow.messages import _
from sheetflow.model import (
    Objection,
    Progress,
    Review,
    Scheme,
    Stage,
    Standing,
    StandingStatus,
)


def stage_title(stage: Stage) -> str:
    """What people call a stage."""
    titles = {
        Stage.COLLECTING: _("收表"),
        Stage.REVIEWING: _("审核"),
        Stage.PROPOSING: _("拟定等次"),
        Stage.PUBLISHING: _("公示"),
        Stage.DECIDING: _("评定"),
        Stage.FILING: _("归档"),
    }
    return titles[stage]


def progress(
    scheme: Scheme,
    standings: Iterable[Standing],
    *,
    objections: Iterable[Objection] = (),
    published: Collection[str] | None = None,
    today: date | None = None,
) -> Progress:
    """Find the first stage that something keeps open.

    ``published`` are the members named when the result was made public under the dates of the
    settings, ``None`` while it was not. Without ``today`` nothing that needs a day has passed.
    """
    everyone = tuple(standings)
    gates = (
        (Stage.COLLECTING, _collecting(everyone)),
        (Stage.REVIEWING, _reviewing(everyone)),
        (Stage.PROPOSING, _proposing(scheme, everyone, published)),
        (Stage.PUBLISHING, _publishing(scheme, everyone, objections, today)),
        (Stage.DECIDING, _deciding(everyone)),
    )
    for stage, found in gates:
        waits = tuple(found)
        if waits:
            return Progress(stage=stage, waits=waits)
    return Progress(stage=Stage.FILING)


def commended(scheme: Scheme, standings: Iterable[Standing]) -> tuple[str, ...]:
    """Ids of those who stand in a commended tier now."""
    titles = {tier.title for tier in scheme.tiers if tier.commended}
    graded = (s for s in standings if s.status is StandingStatus.GRADED)
    return tuple(s.member.id for s in graded if s.tier in titles)


def _collecting(standings: Iterable[Standing]) -> Iterator[str]:
    tied = [s for s in standings if s.status is StandingStatus.UNDECIDED and s.score_tier is None]
    missing = [s for s in standings if s.status is StandingStatus.MISSING and not s.approved]
    if tied:
        yield _("{n} 人结果未定").format(n=len(tied))
    if missing:
        yield _("{n} 人没有交表，也没有核定为未交上报").format(n=len(missing))


def _reviewing(standings: Iterable[Standing]) -> Iterator[str]:
    waiting = [s for s in standings if s.provisional and s.status is not StandingStatus.UNDECIDED]
    if waiting:
        yield _("{n} 人还没有核定").format(n=len(waiting))


def _proposing(
    scheme: Scheme, standings: tuple[Standing, ...], published: Collection[str] | None
) -> Iterator[str]:
    tied = [s for s in standings if s.status is StandingStatus.UNDECIDED]
    if tied:
        names = _("、").join(s.member.name for s in tied)
        yield _("{names} 在名额线上并列，要由会议决定").format(names=names)
    named = commended(scheme, standings)
    if not named or not _made_public(scheme):
        return
    if published is None:
        yield _("设置里还没有公示的起止日期")
        return
    new = [
        s.member.name for s in standings if s.member.id in named and s.member.id not in published
    ]
    if new:
        yield _("{names} 是公示以后新增的，要重新公示，并改设置里的公示日期").format(
            names=_("、").join(new)
        )


def _made_public(scheme: Scheme) -> bool:
    """Whether the result is to be made public: always after a review, else where days are set."""
    return scheme.settings.review is not Review.NONE or scheme.settings.publicity_to is not None


def _publishing(
    scheme: Scheme,
    standings: tuple[Standing, ...],
    objections: Iterable[Objection],
    today: date | None,
) -> Iterator[str]:
    if not commended(scheme, standings) or not _made_public(scheme):
        return
    last = scheme.settings.publicity_to
    if last is None or today is None or today <= last:
        day = last.isoformat() if last else _("未填")
        yield _("公示到 {day} 为止").format(day=day)
    waiting = [each.number for each in objections if each.open]
    if waiting:
        yield _("{n} 件异议还没有答复").format(n=len(waiting))


def _deciding(standings: Iterable[Standing]) -> Iterator[str]:
    waiting = [s for s in standings if s.status is StandingStatus.GRADED and s.final_tier is None]
    if waiting:
        yield _("{n} 人还没有评定等次").format(n=len(waiting))
