"""Outcomes and papers of the delivered system for tests, without a round's folder."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import docx
from docx.document import Document

from sheetflow import schemes, systems
from sheetflow.model import (
    FileStatus,
    Letterhead,
    Line,
    Meeting,
    Member,
    NameOrder,
    Outcome,
    PaperKind,
    PartScore,
    Progress,
    Receipt,
    Ruling,
    Rulings,
    Scheme,
    Score,
    Slot,
    Stage,
    Standing,
    StandingStatus,
)
from sheetflow.papers import Facts, Paper, plan_papers
from sheetflow.word.finish import press

_TOML = schemes.load_toml(systems.scheme_bytes("agreement"))
#: The delivered scheme with everything written that people write.
SCHEME = replace(
    _TOML,
    slots=tuple(
        replace(
            slot, text="2016年1月9日" if slot.name == "成文日期" else slot.text or f"某{slot.name}"
        )
        for slot in _TOML.slots
    ),
    settings=replace(
        _TOML.settings, publicity_from=date(2015, 12, 25), publicity_to=date(2016, 1, 5)
    ),
)
TITLES = ("优秀", "合格", "基本合格", "不合格")
#: Points of the two parts that give each tier.
_POINTS = {
    "优秀": ("61", "40"),
    "合格": ("50", "38.5"),
    "基本合格": ("40", "25"),
    "不合格": ("30", "20"),
}
SURNAMES = "丁马王毛叶申田刘李杨吴何沈张陈赵"
GIVEN = ("一鸣", "芳", "小明", "大利", "静", "建华")
KNOWN = {
    "主要问题": "全年无故缺席支部党员大会3次。",
    "事实": "见签到册。",
    "教育经过": "两次谈话。",
    "谈话人": "某某",
    "本人态度": "表示改正。",
    "支部意见": "责令限期改正。",
}
PROPOSED = KNOWN | {
    "处置建议": "限期改正处置",
    "大会应到": "37",
    "大会实到": "35",
    "大会赞成": "33",
}
MEETING = Meeting(
    number="1",
    kind="支委会",
    day="2015-12-22",
    due=5,
    present=5,
    chair="林某",
    recorder="谢某",
    topic="审核成绩",
    ayes=5,
    nays=0,
    abstentions=0,
    resolution="同意",
)


def member(number: int, name: str = "") -> Member:
    """One of many members, with the details the roster has."""
    called = name or SURNAMES[number % 16] + GIVEN[number % 6]
    details = {
        "编号": f"{number:03d}",
        "姓名": called,
        "性别": "男女"[number % 2],
        "出生年月": "1970年5月",
        "入党时间": "1995年7月",
        "类别": "正式党员",
        "职务": "教研组组长",
        "党小组": "第一党小组",
    }
    return Member(
        id=f"{number:03d}",
        name=called,
        category="正式党员",
        group="第一党小组",
        post="教学",
        details=tuple(details.items()),
    )


def standing(who: Member, tier: str, status: StandingStatus = StandingStatus.GRADED) -> Standing:
    """A member in this tier; every item in full but those of the last section."""
    scored = status in {StandingStatus.GRADED, StandingStatus.NOT_GRADED}
    return Standing(
        member=who,
        status=status,
        score=_score(who, tier) if scored else None,
        proposed_tier=tier if status is StandingStatus.GRADED else None,
        final_tier=tier if status is StandingStatus.GRADED else None,
        approved=True,
    )


def _score(who: Member, tier: str) -> Score:
    lines = tuple(
        Line(part=part.code, code=item.code, raw=item.most, taken=item.most, counted=item.most)
        for part in SCHEME.parts
        for item in part.items
    )
    parts = tuple(
        PartScore(code=part.code, base=Decimal(points), bonus=Decimal(0))
        for part, points in zip(SCHEME.parts, _POINTS[tier], strict=True)
    )
    return Score(member=who.id, parts=parts, lines=lines)


def outcome(
    good: int = 3,
    poor: int = 0,
    *,
    scheme: Scheme = SCHEME,
    names: Iterable[str] = (),
    **more: object,
) -> Outcome:
    """An outcome at its end: so many commended, two passed, so many reported."""
    tiers = ["优秀"] * good + ["合格", "基本合格"] + ["不合格"] * poor
    called = [*names, *[""] * len(tiers)]
    standings = [standing(member(n, called[n]), tier) for n, tier in enumerate(tiers)]
    reported = [s.member.id for s in standings if s.tier == "不合格"]
    decided = Rulings(
        members={s.member.id: Ruling(member=s.member.id) for s in standings},
        meetings=(MEETING,),
        focus=dict.fromkeys(reported, KNOWN),
    )
    facts: dict[str, Any] = {
        "standings": tuple(standings),
        "decided": decided,
        "progress": Progress(stage=Stage.FILING),
        "receipts": (Receipt(file="收回/a.xlsx", sha256="0", status=FileStatus.ACCEPTED),),
    }
    return Outcome(scheme=scheme, scheme_version="1-3f9a", **(facts | more))


def proposing(found: Outcome, focus: Mapping[str, str] = PROPOSED) -> Outcome:
    """The same outcome, with this known of everybody who is reported."""
    known = dict.fromkeys(found.decided.focus, focus)
    return replace(found, decided=replace(found.decided, focus=known))


def kind(name: str, scheme: Scheme = SCHEME) -> PaperKind:
    return next(each for each in scheme.papers if each.kind == name)


def papers(found: Outcome, name: str, published: tuple[str, ...] | None = None) -> list[Paper]:
    facts = Facts(outcome=found, published=published)
    return list(plan_papers(facts, kind(name, found.scheme)))


def printed(paper: Paper, *, seal: bool = False) -> bytes:
    """The paper as it is written to the round."""
    return _pressed(paper.kind.template, paper.kind.title, seal=seal)(paper.context)


@cache
def _pressed(template: str, title: str, *, seal: bool) -> Callable[[Mapping[str, object]], bytes]:
    return pressed(template, title, seal=seal)


def pressed(
    template: str, title: str, *, seal: bool = False
) -> Callable[[Mapping[str, object]], bytes]:
    """What prints all papers of a template."""
    return press(
        systems.paper_template("agreement", template),
        title=title,
        organisation=SCHEME.settings.organisation,
        created=date(2015, 12, 31),
        version="1-3f9a 0123456789abcdef",
        seal=seal,
    )


def opened(paper: Paper) -> Document:
    return docx.Document(io.BytesIO(printed(paper)))


def words(document: Document) -> str:
    """All texts of the body on lines, paragraphs and cells in their order."""
    return "\n".join("".join(t.text or "" for t in p.iter(f"{_W}t")) for p in _paragraphs(document))


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _paragraphs(document: Document) -> Iterable[Any]:
    found: Iterable[Any] = document.element.body.iter(f"{_W}p")
    return found


def cells(document: Document, table: int) -> list[list[str]]:
    """Texts of a table, row by row."""
    rows = document.tables[table]._tbl.tr_lst
    return [
        ["".join(t.text or "" for t in cell.iter(f"{_W}t")) for cell in row.tc_lst] for row in rows
    ]


def with_head(scheme: Scheme = SCHEME, letterhead: Letterhead = Letterhead.RED) -> Scheme:
    """The scheme with a letterhead and numbered papers."""
    numbers = {"commendation": 1, "report": 2, "request": 3}
    return replace(
        scheme,
        settings=replace(scheme.settings, letterhead=letterhead, issuer="林某某"),
        papers=tuple(replace(each, number=numbers.get(each.kind)) for each in scheme.papers),
    )


def with_imprint(scheme: Scheme, copied_to: str) -> Scheme:
    """The scheme with an imprint on numbered papers, a copy going to these."""
    return replace(
        scheme,
        settings=replace(scheme.settings, imprint=True),
        papers=tuple(replace(each, copied_to=copied_to) for each in scheme.papers),
    )


def in_order_of(scheme: Scheme, order: NameOrder) -> Scheme:
    return replace(scheme, settings=replace(scheme.settings, name_order=order))


def without_slot(scheme: Scheme, name: str) -> Scheme:
    slots = tuple(Slot(name=s.name) if s.name == name else s for s in scheme.slots)
    return replace(scheme, slots=slots)
