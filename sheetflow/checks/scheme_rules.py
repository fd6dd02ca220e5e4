"""S1: does the scheme hold together? Its rules, sums and wording."""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sheetflow import kinds, notation, scheme_columns
from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.scheme import bonuses, items
from sheetflow.checks.wording import table_faults, tell
from sheetflow.messages import _
from sheetflow.model import (
    Bonus,
    Claim,
    ColumnRole,
    Combination,
    Event,
    Item,
    Kind,
    Level,
    Part,
    PartScore,
    Proof,
    Score,
    Section,
    Severity,
    Unmeant,
)
from sheetflow.number import on_step, places, text
from sheetflow.schemes import Path, place
from sheetflow.scoring import combined, part_most
from sheetflow.stamp import fold

_MOST_PLACES, _MOST_ROWS = 2, 20
#: Percent that the weights of all parts make together.
_WHOLE = Decimal(100)
#: What the formula that finds a level in a form takes for a pattern.
_PATTERN = set("*?~")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
#: Texts of the papers and settings speak of the weeks after the year, too.
_NOT_RULES = ("settings", "slots", "papers", "severities", "number")

#: Key of the cell at fault, what is wrong, what to do.
_Wrong = tuple[str, str, str]


@check("S106", Severity.ERROR)
def rule_unfit(case: Case) -> Iterator[Problem]:
    """计分规则与评分方式不符

    选档要有分档，分档不能高于满分；有无只能是 0 和满分；计次要有计次规则；
    按比例不写分档和计次规则；说明不计分，满分填 0。
    满分、档差、封顶要大于 0；分数最多两位小数；加分行数 1–20；按时数的要写每满小时。
    照提示补全或改正。

    错误：指标 A2-1 满分 填 3，分档 填 达成 4／未开展 0
    正确：指标 A2-1 满分 填 3，分档 填 达成 3／未开展 0
    """
    for path, _part, item in items(case.scheme):
        for key, what, fix in _item_wrong(item):
            source = place(case.places, (*path, key))
            yield tell(source, what, fix, item=item.code)
    for path, _part, bonus in bonuses(case.scheme):
        for key, what, fix in _bonus_wrong(bonus):
            source = place(case.places, (*path, key))
            yield tell(source, what, fix, item=bonus.code)
    for p, part in enumerate(case.scheme.parts):
        for key, what, fix in _part_wrong(part):
            yield tell(place(case.places, ("parts", p, key)), what, fix, item=part.code)
        for s, section in enumerate(part.sections):
            source = place(case.places, ("parts", p, "sections", s, "most"))
            for what, fix in _cap_wrong(part, section):
                yield tell(source, what, fix, item=section.code)


def _part_wrong(part: Part) -> Iterator[_Wrong]:
    for group in part.groups:
        if group.best < 1 or group.most <= 0 or not any(i.group == group.code for i in part.items):
            what = _("取优组 {group} 没有指标，或取的项数、最多的分数不大于 0")
            yield "groups", what.format(group=group.code), _("请补全或删去这个取优组")
        if places(group.most) > _MOST_PLACES:
            what = _("取优组 {group} 最多的分数超过两位小数").format(group=group.code)
            yield "groups", what, _("请改正")
    if part.bonuses and (part.bonus_most <= 0 or places(part.bonus_most) > _MOST_PLACES):
        what = _("有加分项目，加分封顶应大于 0，最多两位小数")
        yield "bonus_most", what, _("请填上加分封顶")
    if not part.scored:
        yield "code", _("这个部分没有一项计分"), _("请至少写一项计分的指标")


def _cap_wrong(part: Part, section: Section) -> Iterator[tuple[str, str]]:
    """What is wrong with the cap of a section, and what to do."""
    most = section.most
    if most is None:
        return
    if most <= 0 or places(most) > _MOST_PLACES:
        what = _("“{section}”的一级封顶应大于 0，最多两位小数")
        yield what.format(section=section.title), _("请改正")
    groups = {item.group for item in section.items if item.group}
    if any(i.group in groups and i not in section.items for i in part.items):
        what = _("“{section}”有一级封顶，里面的取优组却跨到了别的一级指标")
        yield what.format(section=section.title), _("请去掉一级封顶，或把取优组放在同一类里")


def _item_wrong(item: Item) -> Iterator[_Wrong]:
    if item.kind is Kind.NOTE:
        yield from _note_wrong(item)
        return
    yield from _points("most", item.most)
    yield from _points("step", item.step)
    yield from _levels(item.levels, item.most)
    points = {level.points for level in item.levels}
    most = text(item.most)
    if item.kind is Kind.CHOICE and max(points, default=None) != item.most:
        what = _("选档要写分档，最好的一档要等于满分 {most}").format(most=most)
        yield "levels", what, _("请补上或改正分档")
    elif item.kind is Kind.TICK and points != {Decimal(0), item.most}:
        what = _("有无的分档只能是 0 分和满分 {most} 分两档").format(most=most)
        yield "levels", what, _("请改成这两档")
    elif item.kind is Kind.COUNT and not item.events:
        yield "events", _("计次要写计次规则"), _("请补上，如：迟到 −0.5/次")
    elif item.kind in {Kind.COUNT, Kind.POINTS} and not on_step(item.most, item.step):
        what = _("满分 {most} 不是档差 {step} 的倍数，满分填不出来")
        yield "step", what.format(most=most, step=text(item.step)), _("请改正档差或满分")
    elif item.kind is Kind.RATIO and (item.levels or item.events):
        yield "kind", _("按比例计分用不到分档和计次规则"), _("请清空分档和计次规则，或改评分方式")
    yield from _unprintable(item.levels, item.events)
    changes = (p for e in item.events for p in (e.each, *(step.points for step in e.steps)))
    if any(places(points) > _MOST_PLACES for points in changes):
        yield "events", _("计次规则里的分数超过两位小数"), _("请改正")
    if any(map(_idle, item.events)):
        yield "events", _("计次规则里有不起作用的一条"), _("请写明每次几分，或几次起归零")
    if any(map(_table_wrong, item.events)):
        what = _("计次规则里按次数列分的一条，次数要从少到多，分数要越扣越多或越加越多")
        yield "events", what, _("请改正，如：无故缺席 1次−3，2次−5，≥3次→0")


def _note_wrong(item: Item) -> Iterator[_Wrong]:
    if item.most or item.levels or item.events:
        yield "most", _("说明不计分，满分要填 0，不写分档和计次规则"), _("请改正，或改评分方式")
    if item.group or item.zero_asks_veto:
        yield "kind", _("说明不计分，不能放进取优组，也不能问否决"), _("请清空这两栏")


def _table_wrong(event: Event) -> bool:
    times = [step.times for step in event.steps]
    points = [abs(step.points) for step in event.steps]
    rising = all(0 < a < b for a, b in pairwise([*times, event.zero_from or 10**9]))
    earning = {step.points > 0 for step in event.steps}
    sound = rising and points == sorted(points) and len(earning) == 1 and all(points)
    return bool(event.steps) and (not sound or event.each != 0)


def _idle(event: Event) -> bool:
    moves = event.each or event.zero_from or event.steps
    return not moves or (event.zero_from or 1) < 1 or (event.most_times or 1) < 1


def _unprintable(levels: tuple[Level, ...], events: tuple[Event, ...] = ()) -> Iterator[_Wrong]:
    """Rules whose words would read back from the printed text as another rule."""
    fix = _("请换个说法，名称里不用数字和标点")
    if levels and notation.read_levels(notation.show_levels(levels)) != levels:
        yield "levels", _("分档的名称里有数字或标点，会看错"), fix
    if events and notation.read_events(notation.show_events(events)) != events:
        yield "events", _("计次规则的说法里有数字或标点，会看错"), fix


def _points(key: str, number: Decimal) -> Iterator[_Wrong]:
    names = {"most": _("满分或封顶"), "step": _("档差")}
    if number <= 0 or places(number) > _MOST_PLACES:
        what = _("{name}读到“{found}”，应大于 0，最多两位小数")
        yield key, what.format(name=names[key], found=text(number)), _("请改正")


def _levels(levels: tuple[Level, ...], most: Decimal) -> Iterator[_Wrong]:
    for level in levels:
        if not 0 <= level.points <= most or places(level.points) > _MOST_PLACES:
            what = _("“{level}”一档读到“{found}”，应为 0–{most} 分，最多两位小数")
            found = {"level": level.title, "found": text(level.points), "most": text(most)}
            yield "levels", what.format(**found), _("请改正这一档的分数")
    # The forms' formulas take titles for equal that differ by case alone.
    titles = [fold(level.title) for level in levels]
    for n, level in enumerate(levels):
        if titles[n] in titles[:n]:
            what = _("“{level}”一档写了两次").format(level=level.title)
            yield "levels", what, _("请删去一个")


def _bonus_wrong(bonus: Bonus) -> Iterator[_Wrong]:
    yield from _points("most", bonus.most)
    yield from _points("step", bonus.step)
    if not 1 <= bonus.rows <= _MOST_ROWS:
        what = _("行数读到“{found}”，应为 1–{most}").format(found=bonus.rows, most=_MOST_ROWS)
        yield "rows", what, _("请改正行数")
    yield from _unprintable(bonus.levels)
    if bonus.claim is Claim.LEVEL:
        yield from _levels(bonus.levels, bonus.most)
        if any(set(level.title) & _PATTERN for level in bonus.levels):
            what = _("级别的名称里有 *、? 或 ~，填表自检会认错")
            yield "levels", what, _("请换个说法")
        if not bonus.levels:
            yield "levels", _("按级别加分要写级别分值"), _("请补上，如：省级 6／市级 4")
        values = [level.points for level in bonus.levels]
    else:
        values = [bonus.points]
        if not 0 < bonus.points <= bonus.most:
            what = _("分值读到“{found}”，应大于 0，不高于封顶 {most}")
            found = {"found": text(bonus.points), "most": text(bonus.most)}
            yield "points", what.format(**found), _("请改正分值")
    if not all(on_step(value, bonus.step) for value in values):
        what = _("有的分值不是档差 {step} 的倍数，填不出来").format(step=text(bonus.step))
        yield "step", what, _("请改正档差或分值")
    if bonus.claim is Claim.HOURS and (bonus.per <= 0 or places(bonus.per) > _MOST_PLACES):
        yield "per", _("按时数加分要写每满几小时"), _("请填大于 0 的小时数，最多两位小数")
    if bonus.claim is Claim.HOURS and Proof.HOURS not in bonus.proof:
        yield "proof", _("按时数加分，证明材料里要有时数"), _("请补上“时数”")


# ------------------------------------------------------------------ sums


@check("S107", Severity.ERROR)
def base_sum_wrong(case: Case) -> Iterator[Problem]:
    """指标满分加起来不等于基本分

    一个部分里各项满分之和（取优组按最多可计的分）要正好等于这个部分的基本分。
    改正满分、取优组或基本分。

    错误：部分 A 基本分 填 58
    正确：部分 A 基本分 填 60
    """
    if _unread(case):
        return
    for p, part in enumerate(case.scheme.parts):
        most = part_most(part)
        if most != part.base and not (kinds.by_post(part) and part.unmeant is Unmeant.REPLACE):
            what = _("各项满分合计 {most} 分，基本分却是 {base} 分").format(
                most=text(most), base=text(part.base)
            )
            source = place(case.places, ("parts", p, "base"))
            fix = _("请改正满分、取优组或基本分")
            found = {"found": text(part.base), "expected": text(most), "item": part.code}
            yield tell(source, what, fix, **found)


@check("S108", Severity.ERROR)
def bound_unreachable(case: Case) -> Iterator[Problem]:
    """分数线够不着

    等次的分数线不能高于基本分加上加分封顶，也不能低于 0；
    门槛不能高于那个部分的基本分。改正分数线、门槛或基本分。

    错误：等次 第2行 分数线 填 125
    正确：等次 第2行 分数线 填 120
    """
    scheme = case.scheme
    tops = [PartScore(code=p.code, base=p.base, bonus=p.bonus_most) for p in scheme.parts]
    top = Score(member="", parts=tuple(tops), lines=(), combined=combined(scheme, tops)).total
    top = top or Decimal(0)
    for n, tier in enumerate(scheme.tiers):
        bound = tier.at_least
        if bound is not None and (not 0 <= bound <= top or (bound == top and not tier.inclusive)):
            what = _("“{tier}”的分数线读到“{found}”，最高只能得 {top} 分")
            found = {"tier": tier.title, "found": text(bound), "top": text(top)}
            source = place(case.places, ("tiers", n, "at_least"))
            fix = _("请改正分数线或基本分")
            yield tell(
                source, what.format(**found), fix, found=text(bound), expected=f"≤{text(top)}"
            )
    bases = {part.code: part.base for part in scheme.parts}
    titles = [tier.title for tier in scheme.tiers]
    for gate in scheme.gates:
        base = bases.get(gate.part, gate.at_least)
        if gate.at_least > base and gate.tier in titles:
            what = _("门槛读到“{found}”，{part} 的基本分只有 {base}")
            found = {"part": gate.part, "found": text(gate.at_least), "base": text(base)}
            source = place(case.places, ("tiers", titles.index(gate.tier), "gates"))
            yield tell(source, what.format(**found), _("请改正门槛"), found=text(gate.at_least))


def _unread(case: Case) -> bool:
    """Whether items may be missing because they could not be read."""
    lost = ("sheet-missing", "heading-missing", "part-unknown", "value-wrong", "cell-error")
    return any(table_faults(case, *lost, roster=False))


@check("S114", Severity.ERROR)
def post_unfit(case: Case) -> Iterator[Problem]:
    """按岗位设的指标对不上

    指标写了适用岗位的，名册要有用途为岗位的一栏；不适用指标按“另有指标”的，
    每种岗位适用的指标加起来都要等于基本分；折算的，每种岗位至少要有一项适用。

    错误：指标 A2-1 适用岗位 填 教学
    正确：指标 A2-1 适用岗位 空着
    """
    scheme = case.scheme
    by_post = [(p, part) for p, part in enumerate(scheme.parts) if kinds.by_post(part)]
    if by_post and all(column.role is not ColumnRole.POST for column in scheme.columns):
        what = _("指标写了适用岗位，名册却没有一栏的用途是“{role}”")
        source = place(case.places, ("columns",))
        role = scheme_columns.WORDS[ColumnRole][ColumnRole.POST]
        yield tell(source, what.format(role=role), _("请在名册栏目表里补上"))
    if _unread(case):
        return
    for p, part in by_post:
        for post in kinds.posts(scheme):
            most = part_most(part, post)
            short = part.unmeant is Unmeant.REPLACE and most != part.base
            if short or (part.unmeant is Unmeant.RESCALE and not most):
                what = _("适用于{post}的各项满分合计 {most} 分，基本分是 {base} 分").format(
                    post=post, most=text(most), base=text(part.base)
                )
                fix = _("请改正满分或适用岗位，或改不适用指标的算法")
                source = place(case.places, ("parts", p, "unmeant"))
                found = {"found": text(most), "expected": text(part.base), "item": part.code}
                yield tell(source, what, fix, **found)


@check("S115", Severity.ERROR)
def weights_unfit(case: Case) -> Iterator[Problem]:
    """权重没有填全或合计不是 100

    合计方式是加权的，每个部分都要填权重（百分数），加起来正好 100。

    错误：设置 合计方式 填 加权；部分 A 权重 填 60，B 权重 填 30
    正确：设置 合计方式 填 相加；部分 A 权重 填 60，B 权重 填 40
    """
    scheme = case.scheme
    if scheme.combination is not Combination.WEIGHTED:
        return
    weights = [part.weight or Decimal(0) for part in scheme.parts]
    if sum(weights) != _WHOLE or min(weights) <= 0:
        found = "＋".join(map(text, weights))
        what = _("各部分的权重是 {found}，应都大于 0，合计 100").format(found=found)
        source = place(case.places, ("parts", 0, "weight"))
        yield tell(source, what, _("请在部分表里改正权重"), found=found, expected=text(_WHOLE))


# ------------------------------------------------------------------ wording


@check("S109", Severity.WARNING)
def later_year_cited(case: Case) -> Iterator[Problem]:
    """文字里提到了比考核年度更晚的年份

    方案的文字引用了考核年度以后的年份，多半是抄了别的年度的方案。
    核对这段文字；确实要这样写就不用管。

    错误：设置 年度 填 2015；指标 A1-1 考核内容 填 按 2018 年办法计分
    正确：设置 年度 填 2015；指标 A1-1 考核内容 填 按 2014 年办法计分
    """
    for path, words in _texts(case.scheme, ()):
        later = [year for year in _YEAR.findall(words) if int(year) > case.scheme.year]
        if later:
            what = _("文字里有“{found}”，晚于考核年度 {year}")
            found = what.format(found=later[0], year=case.scheme.year)
            fix = _("请核对这段文字")
            yield tell(place(case.places, path), found, fix, found=later[0])


def _texts(noun: Any, path: Path) -> Iterator[tuple[Path, str]]:  # noqa: ANN401 - any noun
    """Every text of the rules with its path."""
    if isinstance(noun, str):
        yield path, noun
    elif isinstance(noun, tuple):
        for n, each in enumerate(noun):
            yield from _texts(each, (*path, n))
    elif is_dataclass(noun):
        for each in fields(noun):
            if path or each.name not in _NOT_RULES:
                yield from _texts(getattr(noun, each.name), (*path, each.name))


@check("S110", Severity.NOTE)
def own_wording(case: Case) -> Iterator[Problem]:
    """计分规则用了自拟文字

    这一项印出来的计分规则是自拟的，不是按分档、计次规则生成的；检查仍按规则本身。
    核对两者说的是一回事，或清空自拟文字。

    错误：指标 A2-1 自拟规则文字 填 达成得 3 分、未开展不得分
    正确：指标 A2-1 自拟规则文字 空着
    """
    coded: tuple[tuple[Path, Part, Item | Bonus], ...] = (
        *items(case.scheme),
        *bonuses(case.scheme),
    )
    for path, _part, noun in coded:
        if noun.wording:
            source = place(case.places, (*path, "wording"))
            what, fix = _("计分规则印的是自拟文字"), _("请核对它与分档、分值一致")
            yield tell(source, what, fix, found=noun.wording, item=noun.code)
