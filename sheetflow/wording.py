"""What a form prints in words beside its rules: bounds of the tiers, limits, labels.

All terms come from the scheme; the agreements may print the same sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from sheetflow import kinds, number
from sheetflow.messages import _
from sheetflow.model import Bonus, Item, Part, Proof, QuotaRule, Scheme, Section, Terms, Tier


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
    """Active gates, the quota and the vetoes in words; empty when there are none."""
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
        texts.append(
            _("{tier}名额不超过计算基数的 {share}/{of}").format(
                tier=quota.tier, share=quota.share, of=quota.of
            )
        )
    if quota and quota.rule is QuotaRule.GIVEN:
        texts.append(_("{tier}名额 {given} 个").format(tier=quota.tier, given=quota.given))
    texts += [
        _("有下列情形之一的，最高评为{tier}：{cases}").format(
            tier=veto.max_tier, cases="、".join(veto.cases)
        )
        for veto in scheme.vetoes
    ]
    return "；".join(texts) + "。" if texts else ""


def sentences(scheme: Scheme) -> Iterator[str]:
    """Sentences printed at the foot of each part."""
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


def section_label(part: Part, section: Section) -> str:
    """Title of a section and the points it can bring."""
    groups = {item.group for item in section.items if item.group}
    points = sum((item.most for item in section.items if not item.group), Decimal(0))
    points += sum((group.most for group in part.groups if group.code in groups), Decimal(0))
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
