"""Z7: what must people know or decide about the standings?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.returns import line_source
from sheetflow.checks.wording import say, tell
from sheetflow.messages import _
from sheetflow.model import (
    Line,
    QuotaRule,
    Ruling,
    Severity,
    Source,
    Standing,
    StandingStatus,
    Veto,
)
from sheetflow.number import text


def _known(case: Case) -> Iterator[tuple[Ruling, Veto, str]]:
    """Vetoes entered with a code and a member that exist, and the member's name."""
    vetoes = {veto.code: veto for veto in case.scheme.vetoes}
    for ruling in case.rulings:
        member = case.roster.find(ruling.member)
        if ruling.veto in vetoes and member:
            yield ruling, vetoes[ruling.veto], member.name


def _commended(case: Case) -> list[Standing]:
    titles = {tier.title for tier in case.scheme.tiers if tier.commended}
    return [standing for standing in case.standings if standing.tier in titles]


def _graded(case: Case) -> int:
    return sum(standing.status is StandingStatus.GRADED for standing in case.standings)


@check("Z701", Severity.WARNING)
def tied_at_quota(case: Case) -> Iterator[Problem]:
    """在名额线上并列

    几个人总分和依次比较的各项都相同，名额不够都给，不会替会议挑人，先列为未定。
    开会决定给谁，把结果填到核定表。

    错误：设置 限额方式 填 给定，给定名额 填 1；甲.xlsx：得 100 分；乙.xlsx：得 100 分
    正确：设置 限额方式 填 给定，给定名额 填 1；甲.xlsx：得 100 分；乙.xlsx：得 99 分
    """
    standings = {standing.member.id: standing for standing in case.standings}
    quota = case.quota
    for tie in quota.ties if quota else ():
        tied = [standings[member] for member in tie if member in standings]
        if quota and tied:
            names = _("、").join(f"{each.member.name} {text(each.total)}" for each in tied)
            what = _("{tier}名额 {limit} 个，{names} 在名额线上并列").format(
                tier=quota.tier, limit=quota.limit, names=names
            )
            found = {"found": names, "expected": str(quota.limit)}
            yield say(tied[0].member.source, what, _("请由会议决定"), **found)


@check("Z702", Severity.WARNING)
def many_commended(case: Case) -> Iterator[Problem]:
    """表彰的人超过三分之一

    方案没有限名额，够分数线的都进了表彰的等次，人数超过了通常的三分之一。
    核对是否符合上级的规定；要限名额的，在设置里把限额方式改为比例或给定。

    错误：甲.xlsx：得 100 分；乙.xlsx：得 100 分；丙.xlsx：得 90 分
    正确：甲.xlsx：得 100 分；乙.xlsx：得 90 分；丙.xlsx：得 90 分
    """
    quota = case.scheme.quota
    if quota and quota.rule is not QuotaRule.UNLIMITED:
        return
    share, of = (quota.share, quota.of) if quota else (1, 3)
    base = case.quota.base if case.quota else _graded(case)
    many = len(_commended(case))
    if many * of > base * share:
        what = _("受表彰的有 {many} 人，超过 {base} 人的 {share}/{of}，方案没有限名额").format(
            many=many, base=base, share=share, of=of
        )
        fix = _("请核对上级规定，需要时在设置里启用名额")
        expected = f"≤{base * share // of if of else 0}"
        yield say(Source(), what, fix, found=str(many), expected=expected)


@check("Z703", Severity.NOTE)
def veto_applied(case: Case) -> Iterator[Problem]:
    """否决已生效

    核定表里填了否决，这个人的等次最高只能到规定的一等，分数照旧。请复核一遍。

    错误：核定 007 否决 填 V1，否决依据 填 处分决定的文号
    正确：核定 007 否决 空着
    """
    for ruling, veto, name in _known(case):
        what = _("{name}适用否决 {veto}，最高 {tier}").format(
            name=name, veto=veto.code, tier=veto.max_tier
        )
        found = {"found": veto.code, "expected": veto.max_tier, "member": ruling.member}
        yield tell(ruling.source("veto"), what, _("请复核"), **found)


@check("Z704", Severity.NOTE)
def gate_applied(case: Case) -> Iterator[Problem]:
    """门槛已生效

    总分够了，但一个部分的基本分低于门槛，等次因此降下来。请复核一遍。

    错误：等次 第2行 分数线 填 90，门槛 填 B≥36；甲.xlsx：B 得 34 分
    正确：等次 第2行 分数线 填 90，门槛 填 B≥36；甲.xlsx：B 得 36 分
    """
    titles = [tier.title for tier in case.scheme.tiers]
    for standing in case.standings:
        bases = {part.code: part.base for part in standing.score.parts} if standing.score else {}
        for gate in case.scheme.gates:
            base = bases.get(gate.part)
            if not gate.active or base is None or base >= gate.at_least:
                continue
            reached = standing.score_tier
            if reached and titles.index(reached) <= titles.index(gate.tier):
                what = _("{name} {part} 的基本分 {base}，低于门槛 {gate}，不能评{tier}").format(
                    name=standing.member.name,
                    part=gate.part,
                    base=text(base),
                    gate=text(gate.at_least),
                    tier=gate.tier,
                )
                found = {"found": text(base), "expected": f"≥{text(gate.at_least)}"}
                more = {**found, "member": standing.member.id}
                yield say(standing.member.source, what, _("请复核"), **more)


@check("Z705", Severity.WARNING)
def veto_asked(case: Case) -> Iterator[Problem]:
    """得了 0 分，要不要否决

    这一项得 0 分往往意味着有应当否决的情形，核定表里却没有填否决。
    核实情况：该否决的在核定表填上，不该的不用管。

    错误：甲.xlsx：B3-1 填 0
    正确：甲.xlsx：B3-1 填 4
    """
    asking = {i.code for part in case.scheme.parts for i in part.items if i.zero_asks_veto}
    vetoed = {ruling.member for ruling, _veto, _name in _known(case)}
    for standing in case.standings:
        for line in standing.score.lines if standing.score else ():
            if line.code in asking and line.counted == 0 and standing.member.id not in vetoed:
                yield _asked(case, standing, line)


def _asked(case: Case, standing: Standing, line: Line) -> Problem:
    what = _("{name}这一项是 0 分，待确认是否否决").format(name=standing.member.name)
    fix = _("请核实，该否决的在核定表填上")
    member = standing.member.id
    source = line_source(case, member, line)
    return tell(source, what, fix, found="0", item=line.code, member=member)


@check("Z706", Severity.WARNING)
def veto_without_basis(case: Case) -> Iterator[Problem]:
    """否决没有写依据

    填了否决，却没有写依据；公文里要写明处分决定或查处文书。补上依据。

    错误：核定 007 否决 填 V1，否决依据 空着
    正确：核定 007 否决 填 V1，否决依据 填 处分决定的文号
    """
    for ruling, veto, name in _known(case):
        if not ruling.basis.strip():
            what = _("{name}的否决 {veto} 没有写依据").format(name=name, veto=veto.code)
            fix, member = _("请补上依据"), ruling.member
            yield tell(ruling.source("veto"), what, fix, found=veto.code, member=member)


@check("Z707", Severity.ERROR)
def veto_unknown(case: Case) -> Iterator[Problem]:
    """否决的代码或编号不认识

    核定表里填的否决代码方案里没有，或编号名册里没有，这一条没有生效。改正后再运行。

    错误：核定 007 否决 填过，名册里删去 007
    正确：核定 007 否决 填 V1
    """
    vetoes = [veto.code for veto in case.scheme.vetoes]
    ids = {member.id for member in case.roster}
    for ruling in case.rulings:
        if not ruling.veto:
            continue
        expected = _("、").join(vetoes)
        if ruling.veto not in vetoes:
            found = ruling.veto
            what = _("否决读到“{found}”，应为 {expected} 之一")
        elif ruling.member not in ids:
            found, expected = ruling.member, ""
            what = _("{found} 不在名册里，否决没有生效")
        else:
            continue
        what = what.format(found=found, expected=expected)
        more = {"found": found, "expected": expected, "member": ruling.member}
        yield tell(ruling.source("veto"), what, _("请改正"), **more)


@check("Z708", Severity.NOTE)
def nobody_commended(case: Case) -> Iterator[Problem]:
    """没有人受表彰

    目前没有人评到表彰的等次，表彰的公文不用出。

    错误：甲.xlsx：得 90 分
    正确：甲.xlsx：得 100 分
    """
    titles = [tier.title for tier in case.scheme.tiers if tier.commended]
    if titles and _graded(case) and not _commended(case):
        what = _("目前没有人评为{tiers}").format(tiers=_("、").join(titles))
        yield say(Source(), what, _("不用处理"), expected=_("、").join(titles))
