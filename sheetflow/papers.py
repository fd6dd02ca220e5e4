"""Outcome → what a Word paper says: every count derived, every text only people know a slot.

Keys of a context are the tags of the templates. Values are finished strings, or lists of
rows of strings; nothing is computed in a template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheetflow import number
from sheetflow.messages import _
from sheetflow.model import (
    ColumnRole,
    Occasion,
    Outcome,
    PaperKind,
    Scheme,
    Stage,
    Standing,
    StandingStatus,
    Tier,
)
from sheetflow.outcomes import counts, in_tier, share
from sheetflow.rosters import heading

Row = Mapping[str, str | list[str]]
Context = Mapping[str, str | list[Row] | list[str]]
#: Stages whose open points are told as they are; those of earlier ones have words of their own.
_LATER = frozenset({Stage.PROPOSING, Stage.PUBLISHING, Stage.DECIDING})
#: Lost items named for a reported member, the heaviest first.
_MOST_LOSSES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One Word paper to be written: its kind, what it says, and why it is a draft."""

    kind: PaperKind
    context: Context
    #: Slots nobody has filled.
    blanks: tuple[str, ...]
    #: Why it is not final; empty for a final paper.
    draft: tuple[str, ...]


def not_now(outcome: Outcome, kind: PaperKind) -> str:
    """Why a kind of paper does not apply now; empty when it does."""
    if not any(s.score for s in outcome.standings):
        return _("还没有收回任何一份表")
    if kind.occasion is Occasion.COMMENDED and not commended(outcome):
        titles = "、".join(tier.title for tier in outcome.scheme.tiers if tier.commended)
        return _("没有人评为{tiers}，不写这份公文").format(tiers=titles)
    return ""


def plan_paper(outcome: Outcome, kind: PaperKind, *, draft: bool) -> Paper:
    """Say what a paper says. It is final only when nothing is open (design §9)."""
    slots, blanks = _slots(outcome.scheme, kind)
    people: list[Row] = [_reported_row(outcome, kind, s) for s in reported(outcome)]
    blanks = (*blanks, *_unknown(outcome, kind))
    reasons = [*draft_reasons(outcome)]
    if blanks:
        reasons.append(_("有待填内容"))
    if draft and not reasons:
        reasons.append(_("按要求出草稿"))
    names: list[Row] = [_person(outcome.scheme, n, s) for n, s in enumerate(commended(outcome), 1)]
    context: Context = {
        **slots,
        **_figures(outcome),
        "草稿": "；".join(reasons),
        "名单": names,
        "名单顺序": _("按名册顺序排列"),
        "上报人员": people,
        "成绩表": _score_rows(outcome),
    }
    return Paper(kind=kind, context=context, blanks=blanks, draft=tuple(reasons))


def draft_reasons(outcome: Outcome) -> Iterable[str]:
    """Why the outcome itself is not final."""
    figures = counts(outcome)
    if outcome.provisional:
        yield _("自评分尚未核定")
    if figures["undecided"]:
        yield _("{n}人结果未定").format(n=figures["undecided"])
    missing = [
        s for s in outcome.standings if s.status is StandingStatus.MISSING and not s.approved
    ]
    if missing:
        yield _("{n}人未交表").format(n=len(missing))
    progress = outcome.progress
    if progress and progress.stage in _LATER:
        yield from progress.waits


def commended(outcome: Outcome) -> tuple[Standing, ...]:
    """Members in commended tiers, in roster order."""
    return _in_tiers(outcome, {tier.title for tier in outcome.scheme.tiers if tier.commended})


def reported(outcome: Outcome) -> tuple[Standing, ...]:
    """Members in reported tiers, in roster order."""
    return _in_tiers(outcome, {tier.title for tier in outcome.scheme.tiers if tier.reported})


def _in_tiers(outcome: Outcome, titles: set[str]) -> tuple[Standing, ...]:
    graded = (s for s in outcome.standings if s.status is StandingStatus.GRADED)
    return tuple(s for s in graded if s.tier in titles)


# ------------------------------------------------------------------ pieces of a context


def blank(name: str) -> str:
    """What stands where people still have to write something."""
    return _("【待填：{name}】").format(name=name)


def _slots(scheme: Scheme, kind: PaperKind) -> tuple[dict[str, str], tuple[str, ...]]:
    texts = {slot.name: slot.text.strip() or blank(slot.name) for slot in scheme.slots}
    texts |= {name: blank(name) for name in kind.needs if name not in texts}
    settings = {"单位": scheme.settings.organisation, "上级": scheme.settings.superior}
    texts |= {name: text.strip() or blank(name) for name, text in settings.items()}
    unset = [name for name, text in settings.items() if not text.strip()]
    missing = [name for name in kind.needs if not scheme.slot(name).strip()]
    return texts, (*unset, *missing)


def _figures(outcome: Outcome) -> dict[str, str | list[Row] | list[str]]:
    scheme, figures = outcome.scheme, counts(outcome)
    return {
        "年度": str(scheme.year),
        "应评": str(figures["due"]),
        "参评": str(figures["assessed"]),
        "评定": str(figures["graded"]),
        "不定等次": str(figures["not_graded"]),
        "免评": str(figures["exempt"]),
        "缓评": str(figures["deferred"]),
        "未交": str(figures["missing"]),
        "未定": str(figures["undecided"]),
        "等次界限": tiers_in_prose(scheme),
        "等次表": _tier_rows(outcome, figures["graded"]),
        "低等次": _low_rows(outcome),
        "部分名": [part.title for part in scheme.parts],
        "表彰人数": str(len(commended(outcome))),
    }


def tiers_in_prose(scheme: Scheme) -> str:
    """Bounds of the tiers as a paper says them: 「100分（含）以上为甲，…」."""
    pieces = [
        _tier_in_prose(scheme.tiers[at - 1] if at else None, tier)
        for at, tier in enumerate(scheme.tiers)
    ]
    return "，".join(pieces)


def _tier_in_prose(above: Tier | None, tier: Tier) -> str:
    from_ = to = ""
    if tier.at_least is not None:
        from_ = _bound(tier.at_least, included=tier.inclusive)
    if above is not None and above.at_least is not None:
        to = _bound(above.at_least, included=not above.inclusive)
    if from_ and to:
        return _("{from_}至{to}为{tier}").format(from_=from_, to=to, tier=tier.title)
    if from_:
        return _("{from_}以上为{tier}").format(from_=from_, tier=tier.title)
    return _("{to}以下为{tier}").format(to=to, tier=tier.title)


def _bound(points: Decimal, *, included: bool) -> str:
    text = _("{points}分（含）") if included else _("{points}分（不含）")
    return text.format(points=number.text(points))


def _tier_rows(outcome: Outcome, graded: int) -> list[Row]:
    rows: list[Row] = []
    for tier in outcome.scheme.tiers:
        count = len(in_tier(outcome.standings, tier.title))
        rows.append({"等次": tier.title, "人数": str(count), "占比": share(count, graded)})
    return rows


def _low_rows(outcome: Outcome) -> list[Row]:
    """The lowest two tiers with their members' names."""
    rows: list[Row] = []
    for tier in outcome.scheme.tiers[-2:]:
        names = [s.member.name for s in in_tier(outcome.standings, tier.title)]
        rows.append({"等次": tier.title, "人数": str(len(names)), "姓名们": "、".join(names)})
    return rows


def _person(scheme: Scheme, place: int, standing: Standing) -> dict[str, str | list[str]]:
    member = standing.member
    return {
        **dict(member.details),
        "序号": str(place),
        "姓名": member.name,
        "职务": member.detail(heading(scheme, ColumnRole.DUTY)),
        "小组": member.group,
    }


def _score_rows(outcome: Outcome) -> list[Row]:
    listed = [s for s in outcome.standings if s.status is not StandingStatus.LEFT]
    return [_score_row(outcome.scheme, n, s) for n, s in enumerate(listed, 1)]


def _score_row(scheme: Scheme, place: int, standing: Standing) -> Row:
    decided = standing.status in {StandingStatus.GRADED, StandingStatus.NOT_GRADED}
    return {
        "序号": str(place),
        "姓名": standing.member.name,
        "各部分": _part_totals(scheme, standing if decided else None),
        "总分": number.text(standing.total) if decided else "—",
        "等次": standing.tier or "—",
        "备注": _remark(standing),
    }


def _remark(standing: Standing) -> str:
    words = {
        StandingStatus.GRADED: "",
        StandingStatus.UNDECIDED: _("未定"),
        StandingStatus.NOT_GRADED: _("不定等次"),
        StandingStatus.EXEMPT: _("免评"),
        StandingStatus.DEFERRED: _("缓评"),
        StandingStatus.LEFT: _("离开"),
        StandingStatus.MISSING: _("未交"),
    }
    return words[standing.status]


def _part_totals(scheme: Scheme, standing: Standing | None) -> list[str]:
    if standing is None or standing.score is None:
        return ["—" for _part in scheme.parts]
    return [number.text(part.total) for part in standing.score.parts]


def _reported_row(outcome: Outcome, kind: PaperKind, standing: Standing) -> Row:
    row = _person(outcome.scheme, 0, standing)
    known = outcome.decided.focus.get(standing.member.id, {})
    row |= {name: known.get(name, "").strip() or blank(name) for name in kind.member_needs}
    row |= {
        "各部分": _part_totals(outcome.scheme, standing),
        "总分": number.text(standing.total),
        "失分": _losses(outcome.scheme, standing),
    }
    return row


def _unknown(outcome: Outcome, kind: PaperKind) -> Iterable[str]:
    """What nobody has written yet about one of the reported members."""
    focus = [outcome.decided.focus.get(s.member.id, {}) for s in reported(outcome)]
    return (n for n in kind.member_needs if any(not each.get(n, "").strip() for each in focus))


def _losses(scheme: Scheme, standing: Standing) -> str:
    """Items that lost most, with points got of points possible."""
    taken = {line.code: line.taken for line in standing.score.lines} if standing.score else {}
    lost = []
    for part in scheme.parts:
        for item in part.items:
            got = taken.get(item.code)
            if got is not None and not item.group and got < item.most:
                lost.append((item.most - got, item, got))
    lost.sort(key=lambda each: -each[0])
    text = _("{title}（{most}分得{got}分）")
    return "、".join(
        text.format(title=item.title, most=number.text(item.most), got=number.text(got))
        for _gap, item, got in lost[:_MOST_LOSSES]
    )
