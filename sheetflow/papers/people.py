"""Members in papers: whom a paper names, in which order, and what it says of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from sheetflow import number
from sheetflow.messages import _
from sheetflow.model import (
    ColumnRole,
    Member,
    Outcome,
    PaperKind,
    Scheme,
    Source,
    Standing,
    StandingStatus,
)
from sheetflow.names import in_order, read_hands
from sheetflow.papers.words import as_paper_says, filled
from sheetflow.rosters import heading
from sheetflow.verdicts import status_words

#: Lost items named for a reported member, the heaviest first.
_MOST_LOSSES = 5
#: What is known about one member: texts by tag.
Person = dict[str, object]


def ordered(outcome: Outcome, standings: Iterable[Standing]) -> tuple[Standing, ...]:
    """Members in the order that the settings ask for."""
    settings, found = outcome.scheme.settings, tuple(standings)
    hands, _faults = read_hands(settings.rare_characters, Source())
    order = in_order(
        [standing.member.name for standing in found],
        settings.name_order,
        hands=hands,
        totals=[standing.total for standing in found],
    )
    return tuple(found[place] for place in order.places)


def commended(outcome: Outcome) -> tuple[Standing, ...]:
    """Members in commended tiers, in the order of names."""
    titles = {tier.title for tier in outcome.scheme.tiers if tier.commended}
    return ordered(outcome, _in_tiers(outcome, titles))


def reported(outcome: Outcome) -> tuple[Standing, ...]:
    """Members in reported tiers, in the order of names."""
    titles = {tier.title for tier in outcome.scheme.tiers if tier.reported}
    return ordered(outcome, _in_tiers(outcome, titles))


def scored(outcome: Outcome) -> tuple[Standing, ...]:
    """Members whose points are known, in the order of names."""
    known = {StandingStatus.GRADED, StandingStatus.NOT_GRADED}
    return ordered(outcome, (s for s in outcome.standings if s.status in known and s.score))


def _in_tiers(outcome: Outcome, titles: set[str]) -> Iterator[Standing]:
    graded = (s for s in outcome.standings if s.status is StandingStatus.GRADED)
    return (s for s in graded if s.tier in titles)


def person(scheme: Scheme, member: Member, place: int = 0) -> Person:
    """What the roster says of a member, by heading and under tags of their own."""
    return {
        **dict(member.details),
        "序号": str(place),
        "编号": member.id,
        "姓名": member.name,
        "类别": member.category,
        "职务": member.detail(heading(scheme, ColumnRole.DUTY)),
        "小组": member.group,
    }


def needed(told: Mapping[str, object], names: Iterable[str]) -> Person:
    """What a paper needs of what is told about a member, with places to fill in."""
    return {name: as_paper_says(filled(str(told.get(name, "")), name)) for name in names}


def people(outcome: Outcome, standings: Iterable[Standing]) -> list[Person]:
    """Members as a list with running numbers."""
    names = called(outcome)
    return [
        {**person(outcome.scheme, standing.member, n), "称呼": names[standing.member.id]}
        for n, standing in enumerate(standings, 1)
    ]


# ------------------------------------------------------------------ namesakes


def called(outcome: Outcome) -> dict[str, str]:
    """Member → name as a text prints it that says nothing else of the member.

    Of namesakes it also says what tells them apart.
    """
    text = _("{name}（{detail}）")
    names = {standing.member.id: standing.member.name for standing in outcome.standings}
    details = namesakes(outcome)
    return {
        member: text.format(name=name, detail=details[member]) if member in details else name
        for member, name in names.items()
    }


def namesakes(outcome: Outcome) -> dict[str, str]:
    """Members who share their name with another → their group, else duty, else number."""
    scheme = outcome.scheme
    same: dict[str, list[Member]] = {}
    for standing in outcome.standings:
        if standing.status is not StandingStatus.LEFT:
            same.setdefault(standing.member.name, []).append(standing.member)
    return {
        member.id: detail
        for those in same.values()
        if len(those) > 1
        for member, detail in zip(those, _apart(scheme, those), strict=True)
    }


def _apart(scheme: Scheme, those: Sequence[Member]) -> list[str]:
    """The first of what tells members apart that differs for all of them."""
    duty = heading(scheme, ColumnRole.DUTY)
    for details in ([m.group for m in those], [m.detail(duty) for m in those]):
        if all(details) and len(set(details)) == len(details):
            return details
    return [member.id for member in those]


# ------------------------------------------------------------------ points


def score_rows(outcome: Outcome) -> list[Person]:
    """Everybody but who has left, with points, tier and what else became of them."""
    listed = (s for s in outcome.standings if s.status is not StandingStatus.LEFT)
    words = status_words(outcome.scheme) | {StandingStatus.GRADED: ""}
    apart = namesakes(outcome)
    rows = []
    for n, standing in enumerate(ordered(outcome, listed), 1):
        remarks = (words[standing.status], apart.get(standing.member.id, ""))
        rows.append(_score_row(outcome.scheme, n, standing, "；".join(filter(None, remarks))))
    return rows


def _score_row(scheme: Scheme, place: int, standing: Standing, remark: str) -> Person:
    decided = standing.status in {StandingStatus.GRADED, StandingStatus.NOT_GRADED}
    return {
        "序号": str(place),
        "姓名": standing.member.name,
        "各部分": part_totals(scheme, standing if decided else None),
        "总分": number.text(standing.total) if decided else "—",
        "等次": standing.tier or "—",
        "备注": remark,
    }


def part_totals(scheme: Scheme, standing: Standing | None) -> list[str]:
    """Points of each part; dashes where they are not known."""
    if standing is None or standing.score is None:
        return ["—" for _part in scheme.parts]
    return [number.text(part.total) for part in standing.score.parts]


def points_in_prose(scheme: Scheme, standing: Standing) -> str:
    """Points of each part and the total in words."""
    text = _("{title}{points}分")
    totals = part_totals(scheme, standing)
    pieces = [
        text.format(title=part.title, points=points)
        for part, points in zip(scheme.parts, totals, strict=True)
    ]
    return "，".join((*pieces, text.format(title=_("总分"), points=number.text(standing.total))))


def reported_person(outcome: Outcome, kind: PaperKind, standing: Standing) -> Person:
    """What is reported of a member: points, losses, and what only people know."""
    known = outcome.decided.focus.get(standing.member.id, {})
    asked = dict.fromkeys((*kind.member_needs, *kind.only_with))
    told = {**person(outcome.scheme, standing.member), **known}
    return {
        **told,
        "称呼": called(outcome)[standing.member.id],
        **needed(told, asked),
        "得分": points_in_prose(outcome.scheme, standing),
        "总分": number.text(standing.total),
        "等次": standing.tier or "—",
        "失分": _losses(outcome.scheme, standing) or _("无"),
        "否决": _veto(outcome, standing),
    }


def _veto(outcome: Outcome, standing: Standing) -> str:
    ruling = outcome.decided.members.get(standing.member.id)
    if ruling is None or not ruling.veto:
        return _("无")
    return _("，").join(filter(None, (ruling.veto, ruling.basis)))


def _losses(scheme: Scheme, standing: Standing) -> str:
    """Items that lost most, with points got of points possible."""
    taken = {line.code: line.taken for line in standing.score.lines} if standing.score else {}
    lost: list[tuple[Decimal, str]] = []
    text = _("{title}（{most}分得{got}分）")
    for part in scheme.parts:
        for item in part.items:
            got = taken.get(item.code)
            if got is not None and not item.group and got < item.most:
                most, points = number.text(item.most), number.text(got)
                shown = text.format(title=item.title, most=most, got=points)
                lost.append((item.most - got, shown))
    lost.sort(key=lambda each: -each[0])
    return "、".join(shown for _gap, shown in lost[:_MOST_LOSSES])
