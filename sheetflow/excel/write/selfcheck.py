"""The self-check of a form in plain formulas: states by row, totals, the panel.

Every reference is made to survive what members do: ``INDEX($G:$G,ROW())`` is not dragged along
by cut and paste, ``SUMIF`` and ``COUNTIF`` step over text and errors. All functions are older
than Excel 2007. Each formula comes with the value it has in the blank form, since phone viewers
show what is stored. The rules are those of ``kinds``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sheetflow import kinds, number
from sheetflow.copies import Copy
from sheetflow.excel.write.sums import (
    Formula,
    closed,
    fixed,
    given,
    here,
    letter,
    runs,
    span,
    totals,
)
from sheetflow.layout import FRONT_SHEET, STATE_COLUMN, FormSheet, Role
from sheetflow.messages import _
from sheetflow.model import (
    Bonus,
    Claim,
    Field,
    Item,
    Kind,
    Part,
    Proof,
    Review,
    Scheme,
    Scorer,
    Terms,
)
from sheetflow.text import clean

_EPOCH = date(1899, 12, 30)
_FAULT = "×"
#: How far a quotient may lie from a whole number: doubles are not exact.
_NEAR = "0.000001"


def formulas(sheet: FormSheet, scheme: Scheme) -> dict[tuple[int, int], Formula]:
    """Return the formulas of a part's sheet by (row, column)."""
    part = sheet.part
    if part is None:
        return {}
    states = _states(sheet, part, scheme)
    found = {**states, **totals(sheet, part)}
    blanks = [row for (row, _at), state in states.items() if state.blank == _("未填")]
    found |= _tallies(sheet, blanks)
    (panel,) = sheet.having(Role.PANEL)
    found[panel.row, panel.column] = _panel(sheet, scheme.terms, blanks)
    return found


def refilled(
    found: dict[tuple[int, int], Formula], sheet: FormSheet, copy: Copy
) -> dict[tuple[int, int], Formula]:
    """Give the formulas the values they have in a return copy: no total is told, marks are."""
    states = _marks(copy)
    panel = _("本表退回修改：还有 {n} 处要改，见第一张工作表“{sheet}”").format(
        n=len(copy.lines), sheet=FRONT_SHEET
    )
    told: dict[tuple[int, int], str | float] = {}
    for cell in sheet.cells:
        if cell.role in {Role.BASE_TOTAL, Role.BONUS_TOTAL, Role.TOTAL}:
            told[cell.row, cell.column] = ""
        elif cell.role is Role.PANEL:
            told[cell.row, cell.column] = panel
        elif cell.role is Role.TALLY and cell.code == "fault":
            told[cell.row, cell.column] = sum(
                bool(states.get(code)) for code in sheet.rows(Role.STATE)
            )
        elif cell.role is Role.STATE and cell.code in states:
            told[cell.row, cell.column] = states[cell.code]
    return {at: replace(each, blank=told.get(at, each.blank)) for at, each in found.items()}


def _marks(copy: Copy) -> dict[str, str]:
    """What the column of checks shows in the rows of a copy that hold anything, by code."""
    points = {Field.SCORE, Field.CLAIM}
    states = {code: "" for code, field in copy.filled.values if field in points}
    # A cross would colour the points of the row, which are not what is wrong.
    states |= {code: _("要改") for code, _field in copy.filled.notes}
    wrong = (code for code, field in copy.filled.notes if field in points)
    return states | dict.fromkeys(wrong, _FAULT + _("要改"))


# ------------------------------------------------------------------ references and texts


def _quote(text: str) -> str:
    return '"' + clean(text).replace('"', '""') + '"'


def _fault(text: str) -> str:
    return _quote(_FAULT + text)


def _joined(template: str, **values: str) -> str:
    """Formula that puts formulas into a text: ``还有 {n} 项`` → ``"还有 "&K1&" 项"``."""
    pieces = re.split(r"\{(\w+)\}", template)
    shown = [values[text] if place % 2 else _quote(text) for place, text in enumerate(pieces)]
    return "&".join(text for text in shown if text != '""')


# ------------------------------------------------------------------ states


def _states(sheet: FormSheet, part: Part, scheme: Scheme) -> dict[tuple[int, int], Formula]:
    rows, shut = sheet.rows(Role.STATE), closed(sheet)
    asked = {item.code: item for item in part.scored if item.code not in shut}
    found = {
        (rows[code], STATE_COLUMN): _item_state(
            item, _blank_item(item, tuple(asked.values()), rows, scheme)
        )
        for code, item in asked.items()
    }
    found |= {(rows[code], STATE_COLUMN): _shut_state(scheme.terms) for code in shut}
    for bonus in part.bonuses:
        state = Formula(_bonus_state(bonus, scheme), "")
        found |= {(rows[code], STATE_COLUMN): state for code in bonus.row_codes}
    return found


def _shut_state(terms: Terms) -> Formula:
    """State of an item that is not meant for the member, whatever is typed there."""
    value = here(Role.SCORE)
    typed = _("{unmeant}，不计").format(unmeant=terms.unmeant)
    text = f"=IF(ISNUMBER({value}),{_quote(typed)},{_quote(terms.unmeant)})"
    return Formula(text, terms.unmeant)


def _blank_item(
    item: Item, asked: tuple[Item, ...], rows: dict[str, int], scheme: Scheme
) -> Formula:
    """State while nothing is typed."""
    if item.scored_by is Scorer.BRANCH and scheme.settings.review is Review.REQUIRED:
        return Formula(_quote(_("可不填")), _("可不填"))
    if not item.group:
        return Formula(_quote(_("未填")), _("未填"))
    members = [other.code for other in asked if other.group == item.group]
    spans = ",".join(span(Role.SCORE, run) for run in runs(rows[code] for code in members))
    first = _("未填") if item.code == members[0] else ""
    return Formula(f"IF(COUNTA({spans})=0,{_quote(first)},{_quote(_('未申报'))})", first)


def _item_state(item: Item, blank: Formula) -> Formula:
    value = here(Role.SCORE)
    listed = kinds.values(item)
    if item.kind is Kind.RATIO:
        last = _off_step(value, kinds.step(item), word=_("小数超过两位"))
    elif listed is None:
        last = _off_step(value, item.step)
    else:
        allowed = ",".join(f"{value}={number.text(points)}" for points in listed)
        words = _("只能填{values}").format(values=_("、").join(map(number.text, listed)))
        last = f'IF(OR({allowed}),"",{_fault(words)})'
    body = (
        f"IF({value}<0,{_fault(_('是负数'))},"
        f"IF({value}>{number.text(item.most)},{_fault(_('超过满分'))},{last}))"
    )
    return Formula(_typed(value, blank.text, body), blank.blank)


def _typed(value: str, blank: str, body: str) -> str:
    word = _fault(_("不是数字"))
    return f"=IF(ISBLANK({value}),{blank},IF(ISNUMBER({value}),{body},{word}))"


def _off_step(value: str, step: Decimal, otherwise: str = '""', *, word: str = "") -> str:
    if step <= 0:
        return otherwise
    quotient = f"{value}/{number.text(step)}"
    told = _fault(word or _("不是{step}档").format(step=number.text(step)))
    return f"IF(ABS({quotient}-ROUND({quotient},0))>{_NEAR},{told},{otherwise})"


def _bonus_state(bonus: Bonus, scheme: Scheme) -> str:
    value = here(Role.CLAIM)
    others = f"COUNTA({here(Role.REASON)}:{here(Role.DATE)})"
    blank = f'IF({others}>0,{_fault(_("未填申报分"))},"")'
    proof = f'IF({value}=0,"",{_proof_state(bonus, scheme)})'
    body = (
        f"IF({value}>{_limit(bonus)},{_fault(_('超过封顶'))},{_off_step(value, bonus.step, proof)})"
    )
    if bonus.claim is Claim.RANGE:
        least = number.text(bonus.points)
        word = _fault(_("不到{points}分").format(points=least))
        body = f"IF(AND({value}<>0,{value}<{least}),{word},{body})"
    body = f"IF({value}<0,{_fault(_('是负数'))},{body})"
    return _typed(value, blank, body)


def _limit(bonus: Bonus) -> str:
    """Most one row may claim, as ``kinds.claim_limit`` has it."""
    most, points = number.text(bonus.most), number.text(bonus.points)
    if bonus.claim is Claim.EACH:
        return points
    if bonus.claim is Claim.LEVEL:
        counts = [
            (f"COUNTIF({here(Role.LEVEL)},{_quote(level.title)})", level.points)
            for level in bonus.levels
        ]
        known = "+".join(count for count, _points in counts)
        worth = "+".join(f"{count}*{number.text(points)}" for count, points in counts)
        return f"IF({known}=0,{most},{worth})" if counts else most
    if bonus.claim is Claim.HOURS:
        hours = here(Role.DOCUMENT)
        full = f"INT(({hours}-{number.text(bonus.above)})/{number.text(bonus.per)}+{_NEAR})"
        return f"IF(ISNUMBER({hours}),MIN({most},MAX(0,{full})*{points}),{most})"
    return most


def _proof_state(bonus: Bonus, scheme: Scheme) -> str:
    missing = [f"ISBLANK({here(role)})" for role in needed(bonus)]
    if Proof.HOURS in bonus.proof:
        missing.append(f"NOT(ISNUMBER({here(Role.DOCUMENT)}))")
    state = '""'
    if Proof.DATE in bonus.proof:
        day = here(Role.DATE)
        first, last = ((d - _EPOCH).days for d in (scheme.period_start, scheme.period_end))
        outside = f"IF(ISNUMBER({day}),({day}<{first})+({day}>={last + 1})>0,TRUE)"
        state = f'IF({outside},{_fault(_("日期不在期内"))},"")'
    if not missing:
        return state
    return f"IF(OR({','.join(missing)}),{_fault(_('材料不全'))},{state})"


def needed(bonus: Bonus) -> tuple[Role, ...]:
    """Columns of a bonus row without which its claim does not count."""
    roles = [Role.LEVEL] if bonus.claim is Claim.LEVEL else []
    if {Proof.DOCUMENT, Proof.MEETING, Proof.HOURS} & set(bonus.proof):
        roles.append(Role.DOCUMENT)
    if Proof.DATE in bonus.proof:
        roles.append(Role.DATE)
    return tuple(roles)


# ------------------------------------------------------------------ the panel


def _tallies(sheet: FormSheet, blanks: list[int]) -> dict[tuple[int, int], Formula]:
    """Hidden counts that the panel puts into words."""
    names = {cell.code: cell for cell in sheet.having(Role.TALLY)}
    area, start = _area(sheet, STATE_COLUMN), min(sheet.rows(Role.STATE).values())
    blank, some_fault = _quote(_("未填")), f'"{_FAULT}*"'
    above = (_("超过满分"), _("超过封顶"))
    proof = (_("材料不全"), _("未填申报分"), _("日期不在期内"))
    first = (
        f"IF({fixed(names['fault'])}>0,MATCH({some_fault},{area},0),"
        f"IF({fixed(names['blank'])}>0,MATCH({blank},{area},0),0))"
    )
    texts = {
        "blank": (f"COUNTIF({area},{blank})", len(blanks)),
        "above": ("+".join(f"COUNTIF({area},{_fault(word)})" for word in above), 0),
        "proof": ("+".join(f"COUNTIF({area},{_fault(word)})" for word in proof), 0),
        "fault": (f"COUNTIF({area},{some_fault})", 0),
        "first": (first, min(blanks) - start + 1 if blanks else 0),
    }
    return {
        (names[name].row, names[name].column): Formula(f"={text}", stored)
        for name, (text, stored) in texts.items()
    }


def _area(sheet: FormSheet, at: int) -> str:
    rows = sheet.rows(Role.STATE).values()
    return f"${letter(at)}${min(rows)}:${letter(at)}${max(rows)}"


def _panel(sheet: FormSheet, terms: Terms, blanks: list[int]) -> Formula:
    lead, open_ = _("填表自检："), _("还有 {n} 项未填；")
    done, tail = (
        text.replace("{title}", terms.total)
        for text in (
            _("全部填好；{title} {total} 分。"),
            _("{title} {total} 分。请先看 {code}（{state}）"),
        )
    )
    blank, above, proof, fault, first = (fixed(cell) for cell in sheet.having(Role.TALLY)[:5])
    total = fixed(sheet.having(Role.TOTAL)[0])
    counts = "&".join(
        f'IF({count}=0,"",{_joined(text, n=count)})'
        for count, text in (
            (blank, open_),
            (above, _("{n} 项超过满分或封顶；")),
            (f"({fault}-{above}-{proof})", _("{n} 项不是有效分数；")),
            (proof, _("{n} 项加分材料不全；")),
        )
    )
    where = f"INDEX({_area(sheet, 1)},{first})"
    state = f'SUBSTITUTE(INDEX({_area(sheet, STATE_COLUMN)},{first}),"{_FAULT}","")'
    named = _joined(tail, total=total, code=where, state=state)
    formula = f"={_quote(lead)}&IF({fault}+{blank}=0,{_joined(done, total=total)},{counts}&{named})"
    start = number.text(given(sheet))
    if not blanks:
        return Formula(formula, lead + done.format(total=start))
    codes = {row: code for code, row in sheet.rows(Role.STATE).items()}
    shown = tail.format(total=start, code=codes[min(blanks)], state=_("未填"))
    return Formula(formula, lead + open_.format(n=len(blanks)) + shown)
