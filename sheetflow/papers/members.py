"""Papers about one member each: own points, own bonuses with the reasons, own tier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from sheetflow import number, wording
from sheetflow.messages import _
from sheetflow.model import PaperKind, Part, Scheme, Standing, StandingStatus
from sheetflow.papers.common import Texts
from sheetflow.papers.people import called, needed, person, points_in_prose, scored
from sheetflow.papers.words import Facts, Piece, stem
from sheetflow.trace import Trace, traces
from sheetflow.trace_rows import By, RowKind
from sheetflow.trace_rows import Row as TraceRow
from sheetflow.verdicts import VerdictKind

_ZERO = Decimal(0)


def members(facts: Facts, kind: PaperKind) -> Iterator[Piece]:
    """One print pack of all who are scored, and a file for each where the kind asks for it."""
    outcome, scheme = facts.outcome, facts.outcome.scheme
    standings = scored(outcome)
    explained = _explained(facts, standings)
    names = called(outcome)
    texts = {
        each.member.id: {
            **_told(scheme, standing, each),
            **needed(person(scheme, each.member), kind.member_needs),
            "称呼": names[each.member.id],
        }
        for standing, each in explained
    }
    everybody = [texts[standing.member.id] for standing in standings]
    boxes = [{"文字": box.text, "签字人": box.signer} for box in scheme.signatures]
    yield Piece(name=stem(scheme, kind), context={"人员": everybody, "签字栏": boxes})
    if kind.single:
        for standing, told in zip(standings, everybody, strict=True):
            name = f"{standing.member.id}-{standing.member.name}-{stem(scheme, kind)}"
            context = {"人员": [told], "签字栏": boxes}
            yield Piece(name=name, folder=kind.title, context=context)


def _explained(facts: Facts, standings: Iterable[Standing]) -> Iterator[tuple[Standing, Trace]]:
    """Standings with their traces, one at a time: all at once would fill the memory."""
    wanted = {standing.member.id: standing for standing in standings}
    for each in traces(facts.outcome, facts.forms):
        if each.member.id in wanted:
            yield wanted[each.member.id], each


def _told(scheme: Scheme, standing: Standing, explained: Trace) -> Texts:
    rows = explained.rows
    not_graded = standing.status is StandingStatus.NOT_GRADED
    claims = [row for row in rows if row.kind is RowKind.CLAIM]
    return {
        **person(scheme, standing.member),
        "各部分": [_part(part, standing, rows) for part in scheme.parts],
        "得分": points_in_prose(scheme, standing),
        "总分": number.text(standing.total),
        "等次": _("不定等次") if not_graded else standing.tier or "—",
        "等次说明": "；".join(_reasons(standing, explained)),
        "加分认定": [_claim(row) for row in claims],
        "加分超出": [_cap(row) for row in rows if row.kind is RowKind.CAP],
        "计入": [_claim(row) for row in claims if row.counted],
        "未计入": [_claim(row) for row in claims if not row.counted],
    }


def _reasons(standing: Standing, explained: Trace) -> Iterator[str]:
    """Steps at which something limited or changed the tier; nothing about other members."""
    told = {VerdictKind.FINAL}
    if standing.max_tier:
        told |= {VerdictKind.GATE, VerdictKind.VETO}
    for verdict in explained.verdicts:
        if verdict.kind in told and verdict.why:
            text = _("{title}：{result}，{why}")
            yield text.format(title=verdict.title, result=verdict.result, why=verdict.why)


def _part(part: Part, standing: Standing, rows: Iterable[TraceRow]) -> Texts:
    mine = [row for row in rows if row.part == part.code]
    sums = {row.kind: number.text(row.counted) for row in mine}
    items = {row.code: row for row in mine if row.kind is RowKind.ITEM}
    sections: list[Texts] = []
    listed: list[Texts] = []
    for section in part.sections:
        there = [items[item.code] for item in section.items if item.code in items]
        got = sum((row.counted or _ZERO for row in there), _ZERO)
        label = wording.section_label(part, section, standing.member.post or None)
        most = label.partition("\n")[2]
        sections.append({"名称": section.title, "满分": most, "得分": number.text(got)})
        listed += [_item(section.title, row) for row in there]
    scaled = [row for row in mine if row.kind is RowKind.SCALED]
    sections += [_sum(row.title, "—", row.counted) for row in scaled]
    if part.bonuses:
        most = _("最多{points}分").format(points=number.text(part.bonus_most))
        sections.append(_sum(_("加分"), most, _counted(mine, RowKind.BONUS)))
    sections.append(_sum(_("小计"), "", _counted(mine, RowKind.PART)))
    return {
        "编号": part.code,
        "名称": part.title,
        "满分": number.text(part.base),
        "加分封顶": number.text(part.bonus_most),
        "类别": sections,
        "指标": listed,
        "基本分": sums.get(RowKind.BASE, "—"),
        "加分": sums.get(RowKind.BONUS, "0"),
        "小计": sums.get(RowKind.PART, "—"),
    }


def _sum(title: str, most: str, counted: Decimal | None) -> Texts:
    return {"名称": title, "满分": most, "得分": number.text(counted)}


def _counted(rows: Iterable[TraceRow], kind: RowKind) -> Decimal | None:
    return next((row.counted for row in rows if row.kind is kind), None)


def _item(section: str, row: TraceRow) -> Texts:
    return {
        "编号": row.code,
        "类别": section,
        "内容": row.title,
        "满分": number.text(row.most),
        "自评": row.typed or "—",
        "核定": "—" if row.counted is None else number.text(row.counted),
        "说明": _why(row),
    }


def _claim(row: TraceRow) -> Texts:
    counted = row.counted or _ZERO
    claimed = row.typed or "—"
    full = number.parse(claimed) == counted
    result = _("计分") if full and counted else _("部分计分") if counted else _("不计分")
    return {
        "编号": row.code,
        "项目": row.title,
        "事由": row.proof or row.title,
        "申报": claimed,
        "认定": number.text(counted),
        "结果": result,
        "说明": _why(row),
    }


def _cap(row: TraceRow) -> Texts:
    points = number.text(-(row.counted or _ZERO))
    return {"项目": row.title, "分值": points, "说明": row.why}


def _why(row: TraceRow) -> str:
    """Why another number than the member's counts; empty where nothing is to be said."""
    said = (row.ground, row.why) if row.by is not By.MEMBER else (row.why,)
    return "；".join(dict.fromkeys(filter(None, said)))
