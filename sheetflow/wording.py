"""What a form prints in words beside its rules: bounds of the tiers, limits, labels.

All terms come from the scheme; the agreements may print the same sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from sheetflow import kinds, number
from sheetflow.messages import _
from sheetflow.model import (
    Bonus,
    Combination,
    Item,
    Kind,
    Part,
    Proof,
    QuotaRule,
    Scheme,
    Section,
    Terms,
    Tier,
    Unmeant,
)


def tiers_sentence(scheme: Scheme) -> str:
    """Put the bounds of the tiers in words: 「甲 ≥90（含）；乙 ≥60（含）且 <90（不含）」."""
    pieces = [_tier_bounds(None, scheme.tiers[0])] if scheme.tiers else []
    pieces += [_tier_bounds(above, tier) for above, tier in pairwise(scheme.tiers)]
    return "；".join(pieces)


def _tier_bounds(above: Tier | None, tier: Tier) -> str:
    bounds = []
    if tier.at_least is not None:
        lower = _("≥{points}（含）") if tier.inclusive else _(">{points}（不含）")
        bounds.append(lower.format(points=number.text(tier.at_least)))
    if above is not None and above.at_least is not None:
        upper = _("<{points}（不含）") if above.inclusive else _("≤{points}（含）")
        bounds.append(upper.format(points=number.text(above.at_least)))
    return " ".join(text for text in (tier.title, _("且 ").join(bounds)) if text)


def limits_sentence(scheme: Scheme) -> str:
    """Active gates, the quota, the part-year rule and the vetoes in words; empty without any."""
    titles = {part.code: part.title for part in scheme.parts}
    texts = [
        _("评为{tier}，{part}基本分须 ≥{points} 分").format(
            tier=gate.tier,
            part=titles.get(gate.part, gate.part),
            points=number.text(gate.at_least),
        )
        for gate in scheme.gates
        if gate.active
    ]
    quota = scheme.quota
    if quota and quota.rule is QuotaRule.RATIO:
        ratio = _("{tier}名额不超过计算基数的 {share}/{of}")
        if quota.at_least_one:
            ratio = _("{tier}名额不超过计算基数的 {share}/{of}（不足一名的给一名）")
        texts.append(ratio.format(tier=quota.tier, share=quota.share, of=quota.of))
    if quota and quota.rule is QuotaRule.GIVEN:
        texts.append(_("{tier}名额 {given} 个").format(tier=quota.tier, given=quota.given))
    months = scheme.settings.part_year_months
    if months:
        texts.append(_("考核期内到岗不满 {months} 个月的，只记分，不定等次").format(months=months))
    texts += [
        _("有下列情形之一的，最高评为{tier}：{cases}").format(
            tier=veto.max_tier, cases="、".join(veto.cases)
        )
        for veto in scheme.vetoes
    ]
    return "；".join(texts) + "。" if texts else ""


def combination_sentence(scheme: Scheme) -> str:
    """How the parts make the total, in words; empty where they are simply added."""
    if scheme.combination is Combination.SUM:
        return ""
    titles = [part.title for part in scheme.parts]
    if scheme.combination is Combination.WEIGHTED:
        weights = [number.text(part.weight) for part in scheme.parts]
        terms = [f"{title}×{weight}%" for title, weight in zip(titles, weights, strict=True)]
        total = _("总分＝{sum}").format(sum="＋".join(terms))
    else:
        total = _("总分＝（{sum}）÷{n}").format(sum="＋".join(titles), n=len(titles))
    if not any(part.bonuses for part in scheme.parts):
        return total + _("，保留两位小数")
    bonus = _("，各部分连同加分一起算") if scheme.bonus_inside else _("，加分不参加折算、另外相加")
    return total + bonus + _("，保留两位小数")


def unmeant_sentence(scheme: Scheme, part: Part) -> str:
    """What becomes of items that are not meant for a post; empty where all are for everybody."""
    words = {
        Unmeant.FULL: _("标“{unmeant}”的指标按满分计"),
        Unmeant.RESCALE: _("标“{unmeant}”的指标不计，其余折算成基本分 {base} 分，保留两位小数"),
        Unmeant.REPLACE: _("标“{unmeant}”的指标不计，本岗位另有指标，基本分同为 {base} 分"),
    }
    if not kinds.by_post(part):
        return ""
    text = words[part.unmeant]
    return text.format(unmeant=scheme.terms.unmeant, base=number.text(part.base))


def sentences(scheme: Scheme, part: Part) -> Iterator[str]:
    """Sentences printed at the foot of a part."""
    for text in (unmeant_sentence(scheme, part), combination_sentence(scheme)):
        if text:
            yield _("{text}。").format(text=text)
    lead = _("等次（各表合计）：{tiers}。") if len(scheme.parts) > 1 else _("等次：{tiers}。")
    if scheme.tiers:
        yield lead.format(tiers=tiers_sentence(scheme))
    limits = limits_sentence(scheme)
    if limits:
        yield limits


def subtitle(part: Part) -> str:
    """Points of a part, printed where the scheme gives no subtitle."""
    text = _("基本分 {base} 分").format(base=number.text(part.base))
    if part.bonuses:
        text += _("，加分最多 {most} 分").format(most=number.text(part.bonus_most))
    return _("（{text}）").format(text=text)


def section_label(part: Part, section: Section, post: str | None = None) -> str:
    """Title of a section and the points it can bring to a member of this post."""
    items = [i for i in section.items if part.unmeant is Unmeant.FULL or kinds.meant(i, post)]
    groups = {item.group for item in items if item.group}
    points = sum((item.most for item in items if not item.group), Decimal(0))
    points += sum((group.most for group in part.groups if group.code in groups), Decimal(0))
    if section.most is not None and section.most < points:
        label = _("{title}\n最多{points}分")
        return label.format(title=section.title, points=number.text(section.most))
    if not points and not any(item.kind is not Kind.NOTE for item in items):
        return section.title
    return _("{title}\n{points}分").format(title=section.title, points=number.text(points))


def rule(part: Part, item: Item) -> str:
    """Rule of an item as printed in its part, with what its group counts."""
    group = next((group for group in part.groups if group.code == item.group), None)
    if group is None:
        return kinds.rule(item)
    best = _("{title}取最好 {best} 项，最多 {most} 分").format(
        title=group.title, best=group.best, most=number.text(group.most)
    )
    return f"{kinds.rule(item)}\n{best}"


def bonus_text(terms: Terms, bonus: Bonus) -> str:
    """Title of a bonus, its rule, and what its document column must hold."""
    lines = [bonus.title, kinds.bonus_rule(bonus)]
    hint = kinds.document_hint(bonus)
    if {Proof.MEETING, Proof.HOURS} & set(bonus.proof) and terms.document not in lines[1]:
        lines.append(_("“{column}”栏{hint}").format(column=terms.document, hint=hint))
    return "\n".join(lines)
