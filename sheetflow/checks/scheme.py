"""S1: is the scheme readable, and does it hold together? Its shape and its names."""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sheetflow import kinds, scheme_columns
from sheetflow.checks.registry import CHECKS, Case, Problem, check
from sheetflow.checks.wording import table_faults, table_problem, tell
from sheetflow.messages import _
from sheetflow.model import (
    Bonus,
    Fault,
    Field,
    Item,
    Part,
    Scheme,
    Severity,
    Source,
    Tier,
)
from sheetflow.number import text
from sheetflow.scheme_columns import DAY, POINTS, WHOLE
from sheetflow.schemes import Path, place
from sheetflow.stamp import fold
from sheetflow.tables import squeeze

_LEVELS = (*(level.value for level in Severity), "off")
#: Headings that tell the columns of a block apart.
_ITEM_TERMS = ("id", Field.SCORE, Field.APPROVED, Field.EVIDENCE)
_BONUS_TERMS = (
    "id", Field.REASON, Field.LEVEL, Field.ISSUER, Field.DOCUMENT, Field.DATE, Field.CLAIM,
)  # fmt: skip


def items(scheme: Scheme) -> Iterator[tuple[Path, Part, Item]]:
    """Every item with its part and its path through the scheme."""
    for p, part in enumerate(scheme.parts):
        for s, section in enumerate(part.sections):
            for i, item in enumerate(section.items):
                yield ("parts", p, "sections", s, "items", i), part, item


def bonuses(scheme: Scheme) -> Iterator[tuple[Path, Part, Bonus]]:
    """Every bonus with its part and its path through the scheme."""
    for p, part in enumerate(scheme.parts):
        for b, bonus in enumerate(part.bonuses):
            yield ("parts", p, "bonuses", b), part, bonus


# ------------------------------------------------------------------ shape


@check("S101", Severity.ERROR)
def table_broken(case: Case) -> Iterator[Problem]:
    """方案或核定表缺少工作表、表头

    方案文件和核定表的每张工作表和每个表头都要在，各出现一次；栏目次序可以变。
    照提示补上缺的，或删去重复的，再运行一次。

    错误：指标 表头 满分 填 分数
    正确：指标 表头 满分 填 满分
    """
    kinds = ("sheet-missing", "sheet-twice", "heading-missing", "heading-twice")
    yield from map(table_problem, table_faults(case, *kinds, roster=False))


@check("S116", Severity.ERROR)
def cells_merged(case: Case) -> Iterator[Problem]:
    """方案里合并了单元格

    几格合并成一格，看上去几行是一样的，文件里只有左上角那一格有内容，别的都是空的：分档、档差、封顶就少了。
    取消合并，一行一行填全，再运行一次。一次填好多行：选中这些格子，打字以后按 Ctrl+回车。

    错误：方案里 A1-1、A1-2 的一级编号合并成一格
    正确：指标 A1-2 一级编号 填 A1
    """
    yield from map(table_problem, table_faults(case, "cells-merged", roster=False))


@check("S102", Severity.ERROR)
def not_understood(case: Case) -> Iterator[Problem]:
    """方案里有看不懂的内容

    某一格的内容不是这一栏能用的写法，或必填的没有填，或多出了不认识的项目。
    照提示改写；每栏的写法见该栏的说明。

    错误：指标 A2-1 满分 填 三分
    正确：指标 A2-1 满分 填 3
    """
    told: set[Source | str] = set()
    lost = any(table_faults(case, "sheet-missing", "heading-missing", roster=False))
    kinds = (
        "cell-error", "value-wrong", "part-unknown", "section-differs",
        "key-unknown", "key-missing", "key-twice",
    )  # fmt: skip
    for fault in table_faults(case, *kinds, roster=False):
        follows = lost and not fault.source.cell
        # Rows of one unknown part are told once, as is whatever else one cell leads to.
        same = fault.found if fault.kind == "part-unknown" else fault.source
        if follows or (fault.source.cell and same in told):
            continue
        told |= {same, fault.source}
        yield table_problem(fault) if fault.kind == "cell-error" else _misread(fault)
    yield from _unusable(case)


def _misread(fault: Fault) -> Problem:
    name, expected = _name(fault), _form(fault)
    found = {"name": name, "found": fault.found, "expected": expected}
    words = {
        "value-wrong": (_("“{name}”读到“{found}”，应为{expected}"), _("请照样改写")),
        "part-unknown": (_("没有“{found}”这个部分，只有{expected}"), _("请改成其中之一")),
        "section-differs": (
            _("读到“{found}”，同一个一级编号前面写的是“{expected}”"),
            _("请写成一样的"),
        ),
        "key-unknown": (_("不认识“{found}”这个项目"), _("请核对名称，多余的请删去")),
        "key-missing": (_("“{name}”没有填"), _("请填上")),
        "key-twice": (_("“{found}”写了两次"), _("请删去一行")),
    }
    what, fix = words[fault.kind]
    if fault.kind == "part-unknown" and not expected:
        what, fix = _("没有“{found}”这个部分"), _("请在部分表里补上")
    if fault.kind == "key-unknown" and fault.expected:
        found["found"] = fault.expected
    return tell(fault.source, what.format(**found), fix, found=fault.found, expected=expected)


def _heading(fault: Fault) -> scheme_columns.Heading | None:
    """Column or setting that a fault speaks of, by its heading or by its key."""
    sheets = scheme_columns.SHEETS
    columns = sheets.get(squeeze(fault.source.sheet)) or (
        scheme_columns.Heading(name, str(path[-1]), codec)
        for _group, name, path, codec, _hint in scheme_columns.BASIC
    )
    known = (h for h in columns if fault.expected in {h.heading, h.key})
    return next(known, None)


def _name(fault: Fault) -> str:
    known = _heading(fault)
    lists = {key: sheet for sheet, key in scheme_columns.LISTS.items()}
    more = {"sections": scheme_columns.ITEMS, "parts": scheme_columns.PARTS, **lists}
    return known.heading if known else more.get(fault.expected, fault.expected)


def _form(fault: Fault) -> str:
    """What may stand in the cell, in words."""
    known = _heading(fault)
    if known is None or fault.kind in {"part-unknown", "section-differs"}:
        return fault.expected
    plain = {POINTS: _("数字"), WHOLE: _("整数"), DAY: _("日期，如 2015-12-20")}
    words = next((words for codec, words in plain.items() if codec is known.codec), "")
    return words or _("、").join(known.codec.choices) or known.hint or known.heading


def _unusable(case: Case) -> Iterator[Problem]:
    """Values of the right type that can mean nothing."""
    scheme, places = case.scheme, case.places
    for code, level in scheme.severities.items():
        source = place(places, ("severities", code))
        if level not in _LEVELS:
            what = _("{code} 的检查级别读到“{found}”").format(code=code, found=level)
            fix = _("请改成 {levels} 之一").format(levels=_("、").join(_LEVELS))
            yield tell(source, what, fix, found=level)
        elif level != Severity.ERROR and code in CHECKS and CHECKS[code].fixed:
            what = _("{code} 的检查级别读到“{found}”，有这类错误就没法算分，只能是 error")
            fix = _("请删去这一行")
            yield tell(source, what.format(code=code, found=level), fix, found=level)
    quota = scheme.quota
    if quota and not 0 <= quota.share <= quota.of != 0:
        what = _("名额比例读到“{share}/{of}”").format(share=quota.share, of=quota.of)
        fix = _("请改成不大于 1 的分数，如 1/3")
        yield tell(place(places, ("quota", "of")), what, fix, found=f"{quota.share}/{quota.of}")
    coded: tuple[tuple[Path, Part, Item | Bonus], ...] = (*items(scheme), *bonuses(scheme))
    for path, _part, noun in coded:
        if not noun.code or fold(noun.code) != noun.code:
            what = _("编号读到“{found}”，表里认不出").format(found=noun.code)
            fix = _("请改用半角大写字母、数字和短横，不留空格")
            yield tell(place(places, (*path, "code")), what, fix, found=noun.code)


# ------------------------------------------------------------------ names


@check("S103", Severity.ERROR)
def code_twice(case: Case) -> Iterator[Problem]:
    """同一个编号或名称用了两次

    指标和加分行靠编号辨认，等次、类别、栏目靠名称辨认，不能重复；
    加分项目 A+1 会占用 A+1-1、A+1-2 等行号。改掉其中一个。

    错误：指标 A1-2 编号 填 A1-1
    正确：指标 A1-2 编号 填 A1-2
    """
    first: dict[tuple[str, str], Source] = {}
    told: set[Path] = set()
    for kind, code, path in _names(case.scheme):
        source, key = place(case.places, path), (kind, fold(code))
        if key not in first:
            first[key] = source
        elif path not in told:
            told.add(path)
            what = _("{kind}“{code}”用了两次").format(kind=kind, code=code)
            if first[key].cell:
                what += _("，前一处在 {cell}").format(cell=first[key].cell)
            yield tell(source, what, _("请改掉其中一个"), found=code)


@check("S104", Severity.ERROR)
def tiers_unordered(case: Case) -> Iterator[Problem]:
    """等次的分数线没有从高到低排好

    等次从高到低写；除最低一等不填分数线外，每一等都要填，一等比一等低。
    这样每个分数恰好落在一个等次里，不重也不漏。

    错误：等次 第3行 分数线 填 100，第2行 分数线 填 90
    正确：等次 第3行 分数线 填 80，第2行 分数线 填 90
    """
    tiers = case.scheme.tiers
    if not tiers:
        source = place(case.places, ("tiers",))
        yield tell(source, _("一个等次也没有"), _("请至少写一个等次"))
    for n, tier in enumerate(tiers):
        wrong = _bound_missing(tier, last=n == len(tiers) - 1)
        if wrong:
            yield tell(place(case.places, ("tiers", n, "at_least")), *wrong)
    for n, (upper, tier) in enumerate(pairwise(tiers), 1):
        if upper.at_least is None or tier.at_least is None or upper.at_least > tier.at_least:
            continue
        found, bound = text(tier.at_least), text(upper.at_least)
        what = _("{tier}的分数线读到“{found}”，应低于上一等的 {bound}").format(
            tier=tier.title, found=found, bound=bound
        )
        source = place(case.places, ("tiers", n, "at_least"))
        fix = _("请改正分数线或等次的次序")
        yield tell(source, what, fix, found=found, expected=f"<{bound}")


def _bound_missing(tier: Tier, *, last: bool) -> tuple[str, str] | None:
    if last and tier.at_least is not None:
        what = _("最低一等“{tier}”填了分数线，更低的分数就没有等次了")
        return what.format(tier=tier.title), _("请清空这一格，或在下面再加一等")
    if not last and tier.at_least is None:
        what = _("“{tier}”不是最低一等，却没有填分数线")
        return what.format(tier=tier.title), _("请填上分数线，或把它移到最后")
    return None


@check("S105", Severity.ERROR)
def name_unknown(case: Case) -> Iterator[Problem]:
    """引用了方案里没有的名称

    门槛、否决、名额、取优组、适用岗位、公文和检查级别里写的名称、编号，方案里都要有。
    照方案里的写法改正，或把缺的补上。

    错误：否决 V1 最高等次 填 良好
    正确：否决 V1 最高等次 不动
    """
    for code in case.scheme.severities:
        if code not in CHECKS:
            source = place(case.places, ("severities", code, "name"))
            what = _("没有问题代码“{code}”").format(code=code)
            yield tell(source, what, _("请照 sheetflow explain 列出的改正"), found=code)
    for path, found, known in _references(case.scheme):
        if found not in known:
            expected = _("、").join(known)
            what = _("写的是“{found}”，方案里没有").format(found=found)
            fix = _("请改成 {known} 之一").format(known=expected) if known else _("请删去")
            source = place(case.places, path)
            yield tell(source, what, fix, found=found, expected=expected)


def _names(scheme: Scheme) -> Iterator[tuple[str, str, Path]]:
    """Kind, code or title, and path of everything that must be unique in its kind."""
    yield from _printed(scheme)
    for p, part in enumerate(scheme.parts):
        here: Path = ("parts", p)
        yield _("部分或一级编号"), part.code, (*here, "code")
        for s, section in enumerate(part.sections):
            yield _("部分或一级编号"), section.code, (*here, "sections", s)
        for g, group in enumerate(part.groups):
            yield _("取优组"), group.code, (*here, "groups", g)
    for n, veto in enumerate(scheme.vetoes):
        yield _("否决代码"), veto.code, ("vetoes", n, "code")
    titled = {
        "tiers": _("等次"),
        "categories": _("类别"),
        "statuses": _("状态"),
        "meetings": _("会议"),
    }
    for key, kind in titled.items():
        for n, noun in enumerate(getattr(scheme, key)):
            yield kind, noun.title, (key, n, "title")
    for n, paper in enumerate(scheme.papers):
        yield _("公文代码"), paper.kind, ("papers", n, "kind")
        yield _("公文名称"), paper.title, ("papers", n, "title")
    yield from _headed(scheme)


def _headed(scheme: Scheme) -> Iterator[tuple[str, str, Path]]:
    for n, column in enumerate(scheme.columns):
        yield _("名册栏目"), column.heading, ("columns", n, "heading")
    for n, slot in enumerate(scheme.slots):
        yield _("公文用语"), slot.name, ("slots", n)
    for title in scheme.focus:
        yield _("重点对象栏目"), title, ("focus",)
    for kind, terms in {_("指标表头"): _ITEM_TERMS, _("加分表头"): _BONUS_TERMS}.items():
        for name in terms:
            yield kind, getattr(scheme.terms, name), ("terms", name)


def _printed(scheme: Scheme) -> Iterator[tuple[str, str, Path]]:
    for path, _part, item in items(scheme):
        yield _("编号"), item.code, (*path, "code")
    for path, _part, bonus in bonuses(scheme):
        for code in bonus.row_codes:
            yield _("编号"), code, (*path, "code")


def _references(scheme: Scheme) -> Iterator[tuple[Path, str, Sequence[str]]]:
    """Path, name used, names there are."""
    tiers = [tier.title for tier in scheme.tiers]
    parts = [part.code for part in scheme.parts]
    for gate in scheme.gates:
        # Gates are written in the row of their tier.
        at = tiers.index(gate.tier) if gate.tier in tiers else 0
        yield ("tiers", at, "gates"), gate.part, parts
        yield ("tiers", at, "gates"), gate.tier, tiers
    for n, veto in enumerate(scheme.vetoes):
        yield ("vetoes", n, "max_tier"), veto.max_tier, tiers
    if scheme.quota:
        yield ("quota", "tier"), scheme.quota.tier, tiers
        sections = [section.code for part in scheme.parts for section in part.sections]
        for tie in scheme.quota.ties:
            yield ("quota", "ties"), tie, [*parts, *sections]
    for path, part, item in items(scheme):
        if item.group:
            yield (*path, "group"), item.group, [group.code for group in part.groups]
        for post in item.posts:
            yield (*path, "posts"), post, kinds.posts(scheme)
    yield from _needs(scheme)


def _needs(scheme: Scheme) -> Iterator[tuple[Path, str, Sequence[str]]]:
    """What papers ask for; a scheme without headings about members asks nobody about them."""
    known = (*scheme.focus, *(column.heading for column in scheme.columns))
    for n, paper in enumerate(scheme.papers):
        for need in paper.needs:
            yield ("papers", n, "needs"), need, [slot.name for slot in scheme.slots]
        for need in paper.member_needs if scheme.focus else ():
            yield ("papers", n, "member_needs"), need, known
