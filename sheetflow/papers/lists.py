"""Papers about everybody: who is commended, who is named publicly, the whole outcome."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.messages import _
from sheetflow.model import Meeting, Outcome, PaperKind, Stage, Standing
from sheetflow.outcomes import in_tier
from sheetflow.papers.common import DATED, Texts
from sheetflow.papers.people import (
    called,
    commended,
    ordered,
    people,
    reported,
    reported_person,
    score_rows,
)
from sheetflow.papers.words import Facts, Piece, blank, day, day_typed, span, stem

#: Names in one row of a list of nothing but names.
_A_ROW = 4
#: Who was named stays named, whatever is decided later.
_NAMED = frozenset({Stage.PUBLISHING, Stage.DECIDING, Stage.FILING})


def commendation(facts: Facts, kind: PaperKind) -> Iterator[Piece]:
    """The decision to commend, and the list of names."""
    yield Piece(name=stem(facts.outcome.scheme, kind), context=_honoured(facts.outcome))


def report(facts: Facts, kind: PaperKind) -> Iterator[Piece]:
    """The whole outcome with its lists."""
    outcome = facts.outcome
    context = {
        **_honoured(outcome),
        "低等次": _low_rows(outcome),
        "上报人员": [reported_person(outcome, kind, each) for each in reported(outcome)],
        "成绩表": score_rows(outcome),
        "会议们": [held(meeting) for meeting in outcome.decided.meetings],
    }
    yield Piece(name=stem(outcome.scheme, kind), context=context)


def publicity(facts: Facts, kind: PaperKind) -> Iterator[Piece]:
    """Names to be made public, and nothing else about anybody."""
    outcome = facts.outcome
    settings = outcome.scheme.settings
    first, last = settings.publicity_from, settings.publicity_to
    known = called(outcome)
    names = [known[standing.member.id] for standing in _to_be_named(facts)]
    rows = [names[at : at + _A_ROW] for at in range(0, len(names), _A_ROW)]
    context: Texts = {
        "表彰人数": str(len(names)),
        "名单行": [row + [""] * (_A_ROW - len(row)) for row in rows],
        "公示期": span(first, last) if first and last else blank(_("公示起止日期")),
        "公示天数": str((last - first).days + 1) if first and last else blank(_("公示天数")),
        DATED: day(first) if first else blank(_("公示开始")),
    }
    yield Piece(name=stem(outcome.scheme, kind), context=context)


def _to_be_named(facts: Facts) -> tuple[Standing, ...]:
    outcome, stage = facts.outcome, facts.outcome.progress and facts.outcome.progress.stage
    if facts.published is None or stage not in _NAMED:
        return commended(outcome)
    return ordered(outcome, (s for s in outcome.standings if s.member.id in facts.published))


def _honoured(outcome: Outcome) -> Texts:
    names = commended(outcome)
    return {"名单": people(outcome, names), "表彰人数": str(len(names))}


def _low_rows(outcome: Outcome) -> list[Texts]:
    """The lowest two tiers with their members' names."""
    rows: list[Texts] = []
    known = called(outcome)
    for tier in outcome.scheme.tiers[-2:]:
        there = ordered(outcome, in_tier(outcome.standings, tier.title))
        names = [known[each.member.id] for each in there]
        rows.append({"等次": tier.title, "人数": str(len(names)), "姓名们": "、".join(names)})
    return rows


# ------------------------------------------------------------------ meetings


def held(meeting: Meeting) -> Texts:
    """What is known of a meeting, with places to fill in."""

    def text(value: str, name: str) -> str:
        return value.strip() or blank(name)

    def count(value: int | None, name: str) -> str:
        return blank(name) if value is None else str(value)

    known = day_typed(meeting.day)
    return {
        "编号": meeting.number,
        "会议": text(meeting.kind, _("会议")),
        "日期": day(known) if known else text(meeting.day, _("会议日期")),
        "应到": count(meeting.due, _("应到")),
        "实到": count(meeting.present, _("实到")),
        "缺席": meeting.absent.strip() or _("无"),
        "主持人": text(meeting.chair, _("主持人")),
        "记录人": text(meeting.recorder, _("记录人")),
        "议题": text(meeting.topic, _("议题")),
        "赞成": "" if meeting.ayes is None else str(meeting.ayes),
        "反对": str(meeting.nays or 0),
        "弃权": str(meeting.abstentions or 0),
        "决议": text(meeting.resolution, _("决议")).removesuffix("。"),
    }
