"""The sheet 模拟: how many would stand in each tier if lines, seats or rounding were others.

All of it is live over 成绩: whoever types another line or another number of seats sees the tiers
as the engine would propose them, equals across the last seat left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetflow import ranking
from sheetflow.excel.table_styles import STYLES
from sheetflow.excel.write import safe
from sheetflow.excel.write.summary_formulas import quote
from sheetflow.excel.write.summary_plan import Page, id_heading, name_heading, page_title
from sheetflow.excel.write.summary_trial_rows import (
    INPUT,
    INPUTS_TOP,
    INSIDE,
    LINE,
    NEAR,
    TIERS_TOP,
    Col,
    Input,
    Trial,
    Tried,
    area,
    cell,
    make_trial,
    member_cells,
    reaches,
    shown_proposed,
    tier_cell,
    yes,
)
from sheetflow.excel.write.table_paint import put, put_formula, put_wide, row_height, set_page
from sheetflow.messages import _
from sheetflow.model import QuotaRule, Rounding
from sheetflow.text import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.excel.write.summary_plan import Plan
    from sheetflow.model import Outcome, Plain

Styles = Mapping[str, "Format"]

_WIDTHS: Final = (10, 12, 11, 11, 12, 10, 13, 13, 17, 22)
_INPUT_STYLE: Final = {**STYLES["number"], "bg_color": "#FFF2CC", "locked": False}
#: Other lines and other shares that are reckoned without being typed.
_STEPS: Final = (-3, -2, -1, 0, 1, 2, 3)
_SHARES: Final = ((1, 5), (1, 4), (1, 3), (1, 2))
_ROW: Final = 19.0


def rule_words() -> dict[QuotaRule, str]:
    """Words to choose from for how seats are found."""
    return {
        QuotaRule.UNLIMITED: _("不限"),
        QuotaRule.RATIO: _("按比例"),
        QuotaRule.GIVEN: _("给定"),
    }


def rounding_words() -> dict[Rounding, str]:
    """Words to choose from for a part of a seat."""
    return {
        Rounding.FLOOR: _("舍去"),
        Rounding.HALF_UP: _("四舍五入"),
        Rounding.CEIL: _("进一"),
    }


def paint_trial(
    book: Workbook, sheet: Worksheet, styles: Styles, outcome: Outcome, plan: Plan
) -> None:
    """Paint inputs, answers, other lines and shares, and every member's place."""
    trial = make_trial(outcome)
    mine = {**styles, "input": book.add_format(_INPUT_STYLE)}
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    last = Col.TIES + len(trial.quota.ties)
    sheet.set_column(Col.ROW, last, 9, None, {"hidden": True})
    put_wide(sheet, 0, (0, Col.NEARBY), page_title(Page.TRIAL), styles["title"])
    advice = _(
        "黄格可以改：换一条线、换一种名额，下面各人的等次马上跟着变，只作比较，不改成绩。"
        "门槛和否决照旧算在内；在名额线上同分的列为并列待定；离线几分以内算“刚过线”“差一点”，也可以改。"
    )
    put_wide(sheet, 1, (0, Col.NEARBY), advice, styles["advice"])
    sheet.set_row(0, 30)
    sheet.set_row(1, row_height([(advice, sum(_WIDTHS))]) + 4)
    for row in range(2, trial.top - 1):
        sheet.set_row(row, _ROW)
    _paint_tiers(sheet, mine, trial)
    _paint_inputs(sheet, mine, trial)
    _paint_answers(sheet, mine, trial)
    if trial.tier == 1 and len(trial.scheme.tiers) > 1:
        _paint_others(sheet, mine, trial)
    _paint_members(book, sheet, mine, plan, trial)
    set_page(sheet, title=outcome.scheme.title, mark=_("内部资料"))
    sheet.print_area(0, 0, trial.bottom, Col.NEARBY)
    sheet.repeat_rows(trial.top - 1)


# ------------------------------------------------------------------ tiers


def _paint_tiers(sheet: Worksheet, styles: Styles, trial: Trial) -> None:
    put_wide(sheet, 2, (0, Col.TRIAL), _("一、等次线"), styles["section"])
    heads = (
        _("等次"),
        _("下限"),
        _("含下限"),
        _("模拟人数"),
        _("现在人数"),
        _("刚过线"),
        _("差一点"),
    )
    for column, word in enumerate(heads):
        put(sheet, (TIERS_TOP - 1, column), word, styles["head"])
    for index, _tier in enumerate(trial.scheme.tiers):
        _paint_tier(sheet, styles, trial, index)
    last = TIERS_TOP + len(trial.scheme.tiers) - 2
    if last >= TIERS_TOP:
        _let_choose(sheet, (TIERS_TOP, INSIDE, last, INSIDE), (yes(), _("否")))
        _let_type(sheet, (TIERS_TOP, LINE, last, LINE), least=-10_000, whole=False)


def _paint_tier(sheet: Worksheet, styles: Styles, trial: Trial, index: int) -> None:
    tier, row, name = trial.scheme.tiers[index], TIERS_TOP + index, tier_cell(index, 0)
    put(sheet, (row, 0), tier.title, styles["strong"])
    found = sum(t.result == index + 1 for t in trial.members)
    formula = f"SUMPRODUCT(({area(trial, Col.RESULT)}={index + 1})*1)"
    put_formula(sheet, (row, 3), formula, styles["strong"], Decimal(found))
    now = sum(shown_proposed(t.standing) == clean(tier.title) for t in trial.members)
    formula = f"SUMPRODUCT(({area(trial, Col.NOW)}={name})*1)"
    put_formula(sheet, (row, 4), formula, styles["number"], Decimal(now))
    if tier.at_least is None:
        for column in (LINE, INSIDE, 5, 6):
            put(sheet, (row, column), None, styles["absent"])
        return
    put(sheet, (row, LINE), tier.at_least, styles["input"])
    put(sheet, (row, INSIDE), yes() if tier.inclusive else _("否"), styles["input"])
    _paint_near(sheet, styles, trial, (row, tier_cell(index, LINE)), tier.at_least)


def _paint_near(
    sheet: Worksheet, styles: Styles, trial: Trial, place: tuple[int, str], bound: Decimal
) -> None:
    """How many stand just above and just below the bound of a tier."""
    row, line = place
    totals = [t.standing.total for t in trial.members if t.standing.total is not None]
    point, near = area(trial, Col.TOTAL), cell(Input.NEAR)
    known = f"ISNUMBER({point})"
    above = sum(bound <= t <= bound + NEAR for t in totals)
    formula = f"SUMPRODUCT({known}*({point}>={line})*({point}<=ROUND({line}+{near},6)))"
    put_formula(sheet, (row, 5), formula, styles["number"], Decimal(above))
    under = sum(bound - NEAR <= t < bound for t in totals)
    formula = f"SUMPRODUCT({known}*({point}<{line})*({point}>=ROUND({line}-{near},6)))"
    put_formula(sheet, (row, 6), formula, styles["number"], Decimal(under))


def _let_choose(sheet: Worksheet, where: safe.Area, words: tuple[str, ...]) -> None:
    safe.limit(sheet, where, {"validate": "list", "source": list(words)})


def _let_type(sheet: Worksheet, where: safe.Area, *, least: int, whole: bool) -> None:
    kind = "integer" if whole else "decimal"
    safe.limit(sheet, where, {"validate": kind, "criteria": ">=", "value": least})


# ------------------------------------------------------------------ inputs and answers


def _paint_inputs(sheet: Worksheet, styles: Styles, trial: Trial) -> None:
    quota = trial.quota
    title = _("二、{tier}名额").format(tier=quota.tier)
    put_wide(sheet, 2, (INPUT - 1, INPUT), title, styles["section"])
    typed: dict[Input, tuple[str, Plain]] = {
        Input.RULE: (_("限额"), rule_words()[quota.rule]),
        Input.SHARE: (_("比例：分子"), quota.share),
        Input.OF: (_("比例：分母"), quota.of),
        Input.ROUNDING: (_("不足一名的"), rounding_words()[quota.rounding]),
        Input.LEAST: (_("至少一名"), yes() if quota.at_least_one else _("否")),
        Input.GIVEN: (_("给定名额"), quota.given),
        Input.BASE: (_("基数（人）"), trial.base),
        Input.NEAR: (_("离线几分算近"), NEAR),
    }
    for at, (word, value) in typed.items():
        _paint_label(sheet, styles, at, word)
        put(sheet, (INPUTS_TOP + at, INPUT), value, styles["input"])
    for at, words in (
        (Input.RULE, tuple(rule_words().values())),
        (Input.ROUNDING, tuple(rounding_words().values())),
        (Input.LEAST, (yes(), _("否"))),
    ):
        _let_choose(sheet, _one(at), words)
    for at in (Input.SHARE, Input.GIVEN, Input.BASE):
        _let_type(sheet, _one(at), least=0, whole=True)
    _let_type(sheet, _one(Input.OF), least=1, whole=True)
    _let_type(sheet, _one(Input.NEAR), least=0, whole=False)


def _one(at: Input) -> safe.Area:
    return (INPUTS_TOP + at, INPUT, INPUTS_TOP + at, INPUT)


def _paint_label(sheet: Worksheet, styles: Styles, at: Input, word: str) -> None:
    put(sheet, (INPUTS_TOP + at, INPUT - 1), word, styles["text"])


def _paint_answers(sheet: Worksheet, styles: Styles, trial: Trial) -> None:
    candidate, result = area(trial, Col.CANDIDATE), area(trial, Col.RESULT)
    found = [t for t in trial.members if t.before == trial.tier]
    seated = sum(t.result == trial.tier for t in found)
    tied = sum(t.result == 0 for t in found)
    answers: dict[Input, tuple[str, str, str | Decimal]] = {
        Input.SEATS: (
            _("名额"),
            _seats(cell(Input.ROUNDING), (cell(Input.SHARE), cell(Input.OF)), always=False),
            _("不限") if trial.seats is None else Decimal(trial.seats),
        ),
        Input.CANDIDATES: (_("达到线的"), f"SUM({candidate})", Decimal(len(found))),
        Input.SEATED: (
            _("评上"),
            f"SUMPRODUCT(({candidate}=1)*({result}={trial.tier}))",
            Decimal(seated),
        ),
        Input.TIED: (
            _("并列待定"),
            f"SUMPRODUCT(({candidate}=1)*({result}=0))",
            Decimal(tied),
        ),
        Input.OVER: (
            _("排在名额之外"),
            f"{cell(Input.CANDIDATES)}-{cell(Input.SEATED)}-{cell(Input.TIED)}",
            Decimal(len(found) - seated - tied),
        ),
    }
    for at, (word, formula, value) in answers.items():
        _paint_label(sheet, styles, at, word)
        put_formula(sheet, (INPUTS_TOP + at, INPUT), formula, styles["strong"], value)


def _seats(rounding: str, share: tuple[str, str], *, always: bool) -> str:
    """Seats by a share of the base; ``always`` also where the rule typed is another."""
    part, of = share
    exact = f"{cell(Input.BASE)}*{part}"
    words = rounding_words()
    up = (
        f"IF({rounding}={quote(words[Rounding.CEIL])},(MOD({exact},{of})>0)*1,"
        f"IF({rounding}={quote(words[Rounding.HALF_UP])},(2*MOD({exact},{of})>={of})*1,0))"
    )
    least = f"IF({cell(Input.LEAST)}={quote(yes())},1,0)"
    ratio = f"IF({cell(Input.BASE)}=0,0,MAX(INT({exact}/{of})+{up},{least}))"
    if always:
        return ratio
    rule, names = cell(Input.RULE), rule_words()
    no_limit = quote(names[QuotaRule.UNLIMITED])
    given = f"IF({rule}={quote(names[QuotaRule.GIVEN])},{cell(Input.GIVEN)},{ratio})"
    return f"IF({rule}={no_limit},{no_limit},{given})"


# ------------------------------------------------------------------ other lines and shares


def _paint_others(sheet: Worksheet, styles: Styles, trial: Trial) -> None:
    top = TIERS_TOP + len(trial.scheme.tiers) + 1
    title = _("三、{tier}换一换").format(tier=trial.quota.tier)
    put_wide(sheet, top, (0, Col.TRIAL), title, styles["section"])
    heads = (_("线若为"), _("达到线的"), _("至多评上"), "", _("名额若"), _("名额"), _("至多评上"))
    for column, word in enumerate(heads):
        if word:
            put(sheet, (top + 1, column), word, styles["head"])
    for offset, step in enumerate(_STEPS, start=top + 2):
        _paint_line(sheet, styles, trial, offset, step)
    words = rounding_words().values()
    typed = (cell(Input.SHARE), cell(Input.OF))
    ways = [(word, quote(word), typed) for word in words]
    kept = cell(Input.ROUNDING)
    ways += [(f"{part}/{of}", kept, (str(part), str(of))) for part, of in _SHARES]
    for offset, (word, rounding, share) in enumerate(ways, start=top + 2):
        put(sheet, (offset, 4), word, styles["text_middle"])
        formula = _seats(rounding, share, always=True)
        seats = _stored_seats(trial, word, share)
        put_formula(sheet, (offset, 5), formula, styles["number"], Decimal(seats))
        reached = sum(t.before == trial.tier for t in trial.members)
        formula = f"MIN({cell(Input.CANDIDATES)},{xl_rowcol_to_cell(offset, 5)})"
        put_formula(sheet, (offset, 6), formula, styles["strong"], Decimal(min(reached, seats)))


def _stored_seats(trial: Trial, word: str, share: tuple[str, str]) -> int:
    quota = replace(trial.quota, rule=QuotaRule.RATIO)
    rounding = {text: each for each, text in rounding_words().items()}.get(word)
    if rounding:
        return ranking.seats(replace(quota, rounding=rounding), trial.base)
    part, of = map(int, share)
    return ranking.seats(replace(quota, share=part, of=of), trial.base)


def _paint_line(sheet: Worksheet, styles: Styles, trial: Trial, row: int, step: int) -> None:
    first = trial.scheme.tiers[0]
    line = (first.at_least or Decimal(0)) + step
    put_formula(sheet, (row, 0), f"{tier_cell(0, LINE)}+({step})", styles["number"], line)
    here, points = xl_rowcol_to_cell(row, 0), area(trial, Col.TOTAL)
    over = reaches(points, 0, here)
    formula = f"SUMPRODUCT(ISNUMBER({points})*{over}*({area(trial, Col.LIMIT)}<=1))"
    found = sum(_over(t, line, inside=first.inclusive) for t in trial.members)
    put_formula(sheet, (row, 1), formula, styles["number"], Decimal(found))
    reached = xl_rowcol_to_cell(row, 1)
    formula = f"IF(ISNUMBER({cell(Input.SEATS)}),MIN({reached},{cell(Input.SEATS)}),{reached})"
    most = found if trial.seats is None else min(found, trial.seats)
    put_formula(sheet, (row, 2), formula, styles["strong"], Decimal(most))


def _over(tried: Tried, line: Decimal, *, inside: bool) -> bool:
    total = tried.standing.total
    if total is None or tried.limit > 1:
        return False
    return total > line or (inside and total == line)


# ------------------------------------------------------------------ members


def _paint_members(
    book: Workbook, sheet: Worksheet, styles: Styles, plan: Plan, trial: Trial
) -> None:
    scheme, head = trial.scheme, trial.top - 1
    heads = (
        id_heading(scheme),
        name_heading(scheme),
        _("总分"),
        _("最高等次"),
        _("按线得"),
        _("名次"),
        _("模拟等次"),
        _("现在建议"),
        _("变化"),
        _("在哪条线边上"),
    )
    for column, word in enumerate(heads):
        put(sheet, (head, column), word, styles["head"])
    sheet.set_row(head, 24)
    bold = {Col.TOTAL, Col.TRIAL}
    for row, tried in enumerate(trial.members, start=trial.top):
        member = tried.standing.member
        put(sheet, (row, Col.ID), clean(member.id, name=True), styles["text_middle"])
        put(sheet, (row, Col.NAME), clean(member.name, name=True), styles["text_middle"])
        for column, formula, value in member_cells(trial, plan, row, tried):
            style = styles["strong" if column in bold else "number"]
            put_formula(sheet, (row, column), formula, style, value)
        for offset, points in enumerate(tried.ties):
            put(sheet, (row, Col.TIES + offset), points, styles["number"])
        sheet.set_row(row, _ROW)
    _mark(book, sheet, trial)
    sheet.autofilter(head, 0, trial.bottom, Col.NEARBY)


def _mark(book: Workbook, sheet: Worksheet, trial: Trial) -> None:
    """Let those near a line and those whose tier would change catch the eye."""
    for column, fill in ((Col.NEARBY, "#FFF9DB"), (Col.CHANGE, "#FCE4D6")):
        where = (trial.top, column, trial.bottom, column)
        first = xl_rowcol_to_cell(trial.top, column)
        shade = book.add_format({"bg_color": fill})
        rule = {"type": "formula", "criteria": f'={first}<>""', "format": shade}
        safe.colour(sheet, where, rule)
