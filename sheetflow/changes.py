"""What is not as it was: rules since a form went out, results since the last collect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sheetflow import kinds, number
from sheetflow.messages import _
from sheetflow.model import Bonus, Field, Group, Item, Scheme, Scorer, Submission
from sheetflow.text import clean

#: Changes named in one message before the rest is only counted.
_MOST = 8

# ------------------------------------------------------------------ rules


class Altered(StrEnum):
    """What has become of something to score."""

    GONE = "gone"
    NEW = "new"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One item, group, bonus, or cap of a section or part, that two schemes do not have alike."""

    code: str
    title: str
    altered: Altered
    #: What about it has changed, in words; empty for what is gone or new.
    what: str = ""
    #: Codes of its rows in a form.
    rows: tuple[str, ...] = ()
    #: The member must score it.
    asked: bool = False


Scored = Item | Group | Bonus


def rule_changes(older: Scheme, newer: Scheme) -> tuple[RuleChange, ...]:
    """Find what a form of the older scheme cannot carry over as it is, by code.

    Gone and changed ones come in the order of the older scheme, then caps of sections and parts,
    then the new ones.
    """
    before, now = dict(_scored(older)), dict(_scored(newer))
    found = [_told(code, noun, now.get(code)) for code, noun in before.items()]
    added = (_rule(code, each, Altered.NEW) for code, each in now.items() if code not in before)
    return (*(each for each in found if each), *_caps(older, newer), *added)


def _caps(older: Scheme, newer: Scheme) -> Iterator[RuleChange]:
    """Limits that many items have together: of a section's points, of a part's bonuses."""
    before, now = _limits(older), _limits(newer)
    for code, (title, most) in before.items():
        if code in now and now[code][1] != most:
            words = (_limit(most), _limit(now[code][1]))
            what = _("合计最多由 {before} 改为 {now}").format(before=words[0], now=words[1])
            yield RuleChange(code=code, title=title, altered=Altered.CHANGED, what=what)


def _limits(scheme: Scheme) -> dict[str, tuple[str, Decimal | None]]:
    sections = (section for part in scheme.parts for section in part.sections)
    found = {section.code: (section.title, section.most) for section in sections}
    return found | {p.code: (_("加分"), p.bonus_most) for p in scheme.parts}


def _limit(most: Decimal | None) -> str:
    return _("不限") if most is None else _("{points} 分").format(points=number.text(most))


def _scored(scheme: Scheme) -> Iterator[tuple[str, Scored]]:
    for part in scheme.parts:
        for group in (part.scored, part.groups, part.bonuses):
            for each in group:
                yield each.code, each


def _told(code: str, before: Scored, now: Scored | None) -> RuleChange | None:
    if now is None:
        return _rule(code, before, Altered.GONE)
    what = _("，").join(_differences(before, now))
    return _rule(code, now, Altered.CHANGED, what) if what else None


def _rule(code: str, noun: Scored, altered: Altered, what: str = "") -> RuleChange:
    return RuleChange(
        code=code,
        title=noun.title,
        altered=altered,
        what=what,
        rows=noun.row_codes if isinstance(noun, Bonus) else (code,),
        asked=isinstance(noun, Item) and noun.scored_by is Scorer.SELF and not noun.group,
    )


def _differences(before: Scored, now: Scored) -> Iterator[str]:
    if before.title != now.title:
        yield _("内容由“{before}”改为“{now}”").format(before=before.title, now=now.title)
    if before.most != now.most:
        yield _("满分由 {before} 改为 {now}").format(
            before=number.text(before.most), now=number.text(now.most)
        )
    pairs = tuple(zip(_facets(before), _facets(now), strict=False))
    # What may be typed and how it is worked out follow from the maximum too.
    if before.most == now.most and any(one != other for one, other in pairs):
        text = next(other for one, other in reversed(pairs) if one != other)
        yield _("规则改为“{rule}”").format(rule=text)
    if isinstance(before, Item) and isinstance(now, Item):
        yield from _whose(before, now)


def _whose(before: Item, now: Item) -> Iterator[str]:
    """Whom an item is meant for, who scores it, who keeps the record."""
    if before.posts != now.posts:
        yield _("适用的岗位由{before}改为{now}").format(before=_posts(before), now=_posts(now))
    if before.scored_by != now.scored_by:
        yield _("改由会议评分") if now.scored_by is Scorer.BRANCH else _("改由本人自评")
    if before.scorer != now.scorer:
        yield _("记分人由“{before}”改为“{now}”").format(before=before.scorer, now=now.scorer)
    if before.group != now.group:
        yield _("归入的组由“{before}”改为“{now}”").format(before=before.group, now=now.group)


def _posts(item: Item) -> str:
    return _("、").join(item.posts) or _("所有人")


def _facets(noun: Scored) -> tuple[str, ...]:
    """What may be typed, and how it is worked out, in words."""
    if isinstance(noun, Item):
        return kinds.allowed(noun), kinds.rule(noun)
    if isinstance(noun, Bonus):
        return kinds.allowed_claim(noun, None), kinds.bonus_rule(noun)
    return (
        _("取最好 {best} 项，最多 {most} 分").format(best=noun.best, most=number.text(noun.most)),
    )


def not_carried(found: tuple[RuleChange, ...], submission: Submission) -> str:
    """What a form of the older scheme cannot carry over, by name, behind a colon."""
    text = _("；").join(_named(each, submission) for each in found[:_MOST])
    if len(found) > _MOST:
        text = _("{changes}等 {n} 处").format(changes=text, n=len(found))
    return _("：{changes}").format(changes=text) if text else ""


def _named(change: RuleChange, submission: Submission) -> str:
    name = f"{change.code} {change.title}"
    if change.altered is Altered.NEW:
        return _("{name}是新加的，这张表上没有").format(name=name)
    if change.altered is Altered.CHANGED:
        return f"{name} {change.what}"
    points = (Field.SCORE, Field.CLAIM)
    filled = [e.value for e in submission.entries if e.code in change.rows and e.field in points]
    if not filled:
        return _("{name}取消了").format(name=name)
    typed = _("、").join(" ".join(clean(value.raw).split()) for value in filled)
    return _("{name}取消了，填的“{typed}”不计").format(name=name, typed=typed)


# ------------------------------------------------------------------ results


@dataclass(frozen=True, slots=True)
class Result:
    """Where a member stood: total as printed and tier; empty while not known."""

    total: str
    tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultChange:
    """A member whose result is another than at the last collect."""

    id: str
    name: str
    before: Result
    now: Result


def result_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[ResultChange, ...]:
    """Compare two documents of ``collect``: members who had a result and have another one.

    Who had none and has one now is what collecting is for, and no change.
    """
    old = {member["id"]: _result(member) for member in before["members"]}
    found = (
        ResultChange(
            id=member["id"], name=member["name"], before=old[member["id"]], now=_result(member)
        )
        for member in now["members"]
        if member["id"] in old
    )
    return tuple(each for each in found if each.before.total and each.before != each.now)


def _result(member: Mapping[str, Any]) -> Result:
    return Result(member["total"] or "", member["final_tier"] or member["proposed_tier"] or "")


def change_text(change: ResultChange) -> str:
    """One changed result in words: who, total and tier before, total and tier now."""
    before, now = (_shown(each) for each in (change.before, change.now))
    return _("{id} {name}：{before} → {now}").format(
        id=change.id, name=change.name, before=before, now=now
    )


def _shown(result: Result) -> str:
    total = result.total or _("未定")
    return _("{total}（{tier}）").format(total=total, tier=result.tier) if result.tier else total


def news(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """What has changed between two documents of ``collect``, line by line; empty for nothing.

    Another scheme is told though nobody's result has changed by it.
    """
    versions = [document["round"]["scheme_version"] for document in (before, now)]
    lines = [change_text(each) for each in result_changes(before, now)]
    if lines:
        lines.insert(0, _("结果有变化的人（{n} 人）：").format(n=len(lines)))
    if versions[0] != versions[1]:
        text = _("方案由 {before} 改为 {now}，收到的表都按新方案重新检查、计分")
        rest = "" if lines else _("，没有人的结果因此变化")
        lines.insert(0, text.format(before=versions[0], now=versions[1]) + rest)
    return tuple(lines)
