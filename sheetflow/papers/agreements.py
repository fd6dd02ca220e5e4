"""What is signed at the year's start: items, rules and limits of the scheme, for each member."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sheetflow import kinds, number, wording
from sheetflow.messages import _
from sheetflow.model import Absence, Kind, Member, PaperKind, Part, Scheme, Section
from sheetflow.papers.common import Texts
from sheetflow.papers.people import called, ordered, person
from sheetflow.papers.words import Facts, Piece, stem


def agreements(facts: Facts, kind: PaperKind) -> Iterator[Piece]:
    """One print pack of all who take part, and a file for each where the kind asks for it."""
    outcome, scheme = facts.outcome, facts.outcome.scheme
    taking = [s for s in ordered(outcome, outcome.standings) if not _absent(s.member)]
    members = [standing.member for standing in taking]
    parts = {post: _parts(scheme, post or None) for post in {m.post for m in members}}
    shared = limits(scheme)
    names = called(outcome)
    everybody = [
        {**person(scheme, m), "称呼": names[m.id], "各部分": parts[m.post]} for m in members
    ]
    yield Piece(name=stem(scheme, kind), context=shared | {"人员": everybody})
    if kind.single:
        for member, signing in zip(members, everybody, strict=True):
            name = f"{member.id}-{member.name}-{stem(scheme, kind)}"
            yield Piece(name=name, folder=kind.title, context=shared | {"人员": [signing]})


def _absent(member: Member) -> bool:
    return member.absence in {Absence.LEFT, Absence.EXEMPT}


def limits(scheme: Scheme) -> Texts:
    """What holds for all parts: how they are added up, what opens and closes tiers."""
    rest = wording.limits_sentence(replace(scheme, vetoes=())).removesuffix("。")
    most = sum((part.bonus_most for part in scheme.parts), scheme.base)
    return {
        "基本分合计": number.text(scheme.base),
        "最高分": number.text(most),
        "合计办法": wording.combination_sentence(scheme) or _("总分为各部分得分相加"),
        "限制": rest.split("；") if rest else [],
        "否决": [
            {"代码": v.code, "最高等次": v.max_tier, "情形": "；".join(v.cases)}
            for v in scheme.vetoes
        ],
    }


def _parts(scheme: Scheme, post: str | None) -> list[Texts]:
    return [_part(scheme, part, post) for part in scheme.parts]


def _part(scheme: Scheme, part: Part, post: str | None) -> Texts:
    return {
        "编号": part.code,
        "名称": part.title,
        "表格标题": part.form_title.format(year=scheme.year),
        "基本分": number.text(part.base),
        "加分封顶": number.text(part.bonus_most),
        "指标": [row for section in part.sections for row in _items(part, section, post)],
        "加分": [
            {
                "编号": bonus.code,
                "项目": bonus.title,
                "规则": kinds.bonus_rule(bonus),
                "封顶": number.text(bonus.most),
            }
            for bonus in part.bonuses
        ],
        "不适用": wording.unmeant_sentence(scheme, part),
    }


def _items(part: Part, section: Section, post: str | None) -> Iterator[Texts]:
    for item in section.items:
        if kinds.meant(item, post):
            yield {
                "编号": item.code,
                "类别": section.title,
                "内容": item.title,
                "规则": wording.rule(part, item),
                "满分": "—" if item.kind is Kind.NOTE else number.text(item.most),
            }
