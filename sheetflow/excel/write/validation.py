"""What a cell of a form accepts while it is typed, and the words beside it.

The limits are those of ``kinds``. A validation guides only: a paste destroys it, so the
self-check and the collector judge again.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sheetflow import kinds, number
from sheetflow.excel.write.sums import letter
from sheetflow.layout import Cell, FormSheet, Role, long_levels
from sheetflow.messages import _
from sheetflow.model import Bonus, Claim, Item, Proof, Review, Scheme, Scorer, Terms
from sheetflow.text import clean

#: What Excel takes for the title and the text of a message.
_TITLE, _TEXT = 32, 255

#: Options of XlsxWriter's ``data_validation``.
Rule = dict[str, str | bool | date | list[str]]


def rule(cell: Cell, sheet: FormSheet, scheme: Scheme) -> Rule | None:
    """Return what a cell to fill accepts; ``None`` where any text is welcome."""
    if sheet.part is None:
        return None
    item = next((each for each in sheet.part.items if each.code == cell.code), None)
    if item is not None:
        return _item(cell, item, scheme)
    bonus = next((each for each in sheet.part.bonuses if cell.code in each.row_codes), None)
    return None if bonus is None else _bonus(cell, bonus, sheet, scheme)


def top_claim(bonus: Bonus) -> Decimal:
    """Most that any row of this bonus may claim, whatever its level or hours."""
    if bonus.claim is Claim.LEVEL and bonus.levels:
        return max(level.points for level in bonus.levels)
    return kinds.claim_limit(bonus, "", None) or bonus.most


def _worded(limits: Rule, title: str, advice: str, fault: str = "") -> Rule:
    worded: Rule = {"ignore_blank": True, **limits, "input_title": _clip(title, _TITLE)}
    worded["input_message"] = _clip(advice, _TEXT)
    if fault:
        worded |= {"error_title": _clip(title, _TITLE), "error_message": _clip(fault, _TEXT)}
    return worded


def _clip(text: str, most: int) -> str:
    plain = clean(text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _between(least: Decimal, most: Decimal) -> Rule:
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": number.text(least),
        "maximum": number.text(most),
    }


# ------------------------------------------------------------------ items


def _item(cell: Cell, item: Item, scheme: Scheme) -> Rule | None:
    terms = scheme.terms
    evidence = ""
    if item.evidence:
        evidence = _("{title}：{evidence}").format(title=terms.evidence, evidence=item.evidence)
    if cell.role is Role.EVIDENCE and evidence:
        return _worded({"validate": "any"}, f"{item.code} {terms.evidence}", item.evidence)
    if cell.role is not Role.SCORE:
        return None
    listed = kinds.values(item)
    limits = _between(Decimal(0), item.most)
    if listed is not None:
        limits = {"validate": "list", "source": [number.text(points) for points in listed]}
    lines = [_("可填：{allowed}").format(allowed=kinds.allowed(item))]
    lines += _blank_advice(item, scheme)
    lines += [evidence] if evidence else []
    fault = _("{code} 可填：{allowed}。请只填数字。").format(
        code=item.code, allowed=kinds.allowed(item)
    )
    return _worded(limits, f"{item.code} {terms.score}", "\n".join(lines), fault)


def _blank_advice(item: Item, scheme: Scheme) -> list[str]:
    if item.scored_by is Scorer.BRANCH and scheme.settings.review is Review.REQUIRED:
        advice = _("本项以{approved}为准，{score}供参考，可不填。")
        return [advice.format(approved=scheme.terms.approved, score=scheme.terms.score)]
    if item.group:
        return [_("未申报的不填。")]
    return [_("没有得分请填 0，不要留空。")]


# ------------------------------------------------------------------ bonuses


def _bonus(cell: Cell, bonus: Bonus, sheet: FormSheet, scheme: Scheme) -> Rule | None:
    terms = scheme.terms
    if cell.role is Role.LEVEL and bonus.claim is Claim.LEVEL and bonus.levels:
        return _level(cell, bonus, sheet, terms)
    if cell.role is Role.DOCUMENT:
        return _document(cell, bonus, terms)
    if cell.role is Role.DATE:
        return _date(cell, scheme)
    if cell.role is not Role.CLAIM:
        return None
    most = top_claim(bonus)
    allowed = kinds.allowed_claim(bonus, most)
    advice = [_("可填：{allowed}").format(allowed=allowed), kinds.bonus_rule(bonus)]
    fault = _("{code} 可填：{allowed}。请只填数字。").format(code=cell.code, allowed=allowed)
    title = f"{cell.code} {terms.claim}"
    return _worded(_between(Decimal(0), most), title, "\n".join(advice), fault)


def _level(cell: Cell, bonus: Bonus, sheet: FormSheet, terms: Terms) -> Rule:
    limits: Rule = {"validate": "list", "source": [level.title for level in bonus.levels]}
    if long_levels(bonus):
        options = [each for each in sheet.having(Role.OPTION) if each.code == bonus.code]
        name = letter(options[0].column)
        limits["source"] = f"=${name}${options[0].row}:${name}${options[-1].row}"
    title = f"{cell.code} {terms.level}"
    return _worded(
        limits,
        title,
        _("请从列表中选择。"),
        _("{title}：请从列表中选择。").format(title=title),
    )


def _document(cell: Cell, bonus: Bonus, terms: Terms) -> Rule | None:
    hint = kinds.document_hint(bonus)
    if not hint:
        return None
    title = f"{cell.code} {terms.document}"
    if Proof.HOURS not in bonus.proof:
        return _worded({"validate": "any"}, title, hint)
    limits: Rule = {"validate": "decimal", "criteria": ">=", "value": "0"}
    return _worded(limits, title, hint, _("{hint}：请只填数字。").format(hint=hint))


def _date(cell: Cell, scheme: Scheme) -> Rule:
    first, last = scheme.period_start, scheme.period_end
    limits: Rule = {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
    advice = _("请填 {first} 至 {last} 之间的日期，如 {first}。").format(first=first, last=last)
    return _worded(limits, f"{cell.code} {scheme.terms.date}", advice, advice)
