"""Two schemes for tests: one with every kind, claim and proof, one as small as can be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sheetflow.layout import Form, plan_form
from sheetflow.model import (
    Bonus,
    Category,
    Claim,
    Column,
    ColumnRole,
    Event,
    Gate,
    Group,
    Item,
    Kind,
    Level,
    Member,
    Part,
    Proof,
    Quota,
    QuotaRule,
    Scheme,
    Scorer,
    Section,
    Settings,
    Signature,
    Terms,
    Tier,
    Veto,
)

CREATED = date(2015, 12, 1)
MEMBER = Member(
    id="007",
    name="张三",
    category="在册",
    group="一组",
    details=(("小组", "一组"), ("职务", "组长")),
)
CODE, TOKEN = "007-K7M2-Q9", "sf1|2015|1|007|0|ABCDEFGH"

_COLUMNS = (
    Column(heading="编号", role=ColumnRole.ID),
    Column(heading="姓名", role=ColumnRole.NAME),
    Column(heading="小组", role=ColumnRole.GROUP),
    Column(heading="职务", role=ColumnRole.DUTY),
)


def levels(**points: str) -> tuple[Level, ...]:
    return tuple(Level(title=title, points=Decimal(value)) for title, value in points.items())


def _points(code: str, most: str, step: str = "0.5") -> Item:
    return Item(
        code=code,
        title=f"{code} 的考核内容，写得长一些，好让它折行",
        kind=Kind.POINTS,
        most=Decimal(most),
        step=Decimal(step),
        levels=levels(达成="3", 基本达成="2"),
        evidence="检查记录",
    )


def _choice(code: str, scorer: Scorer = Scorer.SELF, group: str = "") -> Item:
    return Item(
        code=code,
        title=f"选一档 {code}",
        kind=Kind.CHOICE,
        most=Decimal(4),
        levels=levels(达标="4", 基本达标="1.5", 未达标="0"),
        scored_by=scorer,
        group=group,
    )


def _count(code: str, most: str, step: str) -> Item:
    events = (Event(what="无故缺席", each=Decimal(-1), zero_from=3),)
    return Item(
        code=code,
        title=f"按次计 {code}",
        kind=Kind.COUNT,
        most=Decimal(most),
        step=Decimal(step),
        events=events,
    )


_TICK = Item(
    code="A1-3",
    title="签订承诺",
    kind=Kind.TICK,
    most=Decimal(1),
    levels=levels(有="1", 无="0"),
    evidence="承诺书",
)

BONUSES = (
    Bonus(
        code="A+1",
        title="荣誉",
        claim=Claim.LEVEL,
        most=Decimal(6),
        proof=(Proof.DOCUMENT, Proof.DATE),
        levels=levels(省级="6", 市级="4", 县级="2.5"),
    ),
    Bonus(
        code="A+2",
        title="公开课",
        claim=Claim.LEVEL,
        most=Decimal(3),
        proof=(Proof.DATE,),
        rows=2,
        levels=levels(省级="3", 校级="0.5"),
    ),
    Bonus(
        code="A+3",
        title="急难险重",
        claim=Claim.RANGE,
        most=Decimal(3),
        points=Decimal(1),
        proof=(Proof.MEETING,),
    ),
    Bonus(
        code="A+4",
        title="志愿服务",
        claim=Claim.HOURS,
        most=Decimal(2),
        points=Decimal("0.5"),
        above=Decimal(20),
        per=Decimal(10),
        proof=(Proof.HOURS,),
        rows=1,
    ),
    Bonus(
        code="A+5",
        title="登记上交",
        claim=Claim.EACH,
        most=Decimal(2),
        points=Decimal(1),
        proof=(Proof.DATE,),
        rows=4,
    ),
)

_PART_A = Part(
    code="A",
    title="工作",
    sheet="工作",
    base=Decimal(31),
    form_title="{year}年度工作考核评分表",
    bonus_most=Decimal(8),
    sections=(
        Section(
            code="A1",
            title="日常工作",
            items=(_points("A1-1", "5"), _count("A1-2", "3", "1"), _TICK),
        ),
        Section(
            code="A2",
            title="示范",
            items=tuple(_choice(f"A2-{n}", group="G") for n in range(1, 6)),
        ),
        Section(
            code="A3",
            title="评议",
            items=(
                _choice("A3-1", Scorer.BRANCH),
                _choice("A3-2"),
                _points("A3-3", "4", "0.1"),
            ),
        ),
    ),
    groups=(Group(code="G", title="示范", best=3, most=Decimal(10)),),
    bonuses=BONUSES,
)
_PART_B = Part(
    code="B",
    title="纪律",
    sheet="纪律",
    base=Decimal(4),
    form_title="{year}年度纪律考核评分表",
    sections=(Section(code="B1", title="纪律", items=(_count("B1-1", "4", "0.5"),)),),
)

RICH = Scheme(
    system="rich",
    title="年度考核",
    number="1",
    year=2015,
    period_start=date(2015, 1, 1),
    period_end=date(2015, 12, 31),
    settings=Settings(organisation="某某学校"),
    terms=Terms(section="一级指标"),
    notes=("只填浅黄色格子。", "=打印：A4 纵向，签字后连同材料上交。"),
    signatures=(
        Signature(text="本人承诺属实。", signer="本人签字："),
        Signature(text="小组意见：", signer="组长签字"),
        Signature(text="审核意见：", signer="负责人签字"),
    ),
    columns=_COLUMNS,
    categories=(Category(title="在册"),),
    parts=(_PART_A, _PART_B),
    vetoes=(Veto(code="V1", cases=("弄虚作假", "受处分"), max_tier="中"),),
    tiers=(
        Tier(title="优", at_least=Decimal(35)),
        Tier(title="良", at_least=Decimal(28), inclusive=False),
        Tier(title="中"),
    ),
    gates=(Gate(tier="优", part="B", at_least=Decimal(3), active=True),),
    quota=Quota(tier="优", rule=QuotaRule.RATIO),
)

DORMITORY = Scheme(
    system="dormitory",
    title="寝室检查",
    number="1",
    year=2015,
    period_start=date(2015, 9, 1),
    period_end=date(2016, 1, 31),
    settings=Settings(organisation="某某学校"),
    terms=Terms(
        member="寝室",
        name="寝室",
        id="房号",
        content="检查内容",
        score="得分",
        total="总分",
        form_name="检查表",
    ),
    columns=(
        Column(heading="房号", role=ColumnRole.ID),
        Column(heading="寝室", role=ColumnRole.NAME),
    ),
    categories=(Category(title="寝室"),),
    parts=(
        Part(
            code="S",
            title="检查",
            sheet="检查",
            base=Decimal(10),
            form_title="寝室卫生检查表",
            sections=(
                Section(
                    code="S1",
                    title="卫生",
                    items=(_points("S1-1", "5", "1"), _points("S1-2", "3", "1")),
                ),
                Section(code="S2", title="纪律", items=(_points("S2-1", "2", "1"),)),
            ),
        ),
    ),
    tiers=(
        Tier(title="文明", at_least=Decimal(9)),
        Tier(title="达标", at_least=Decimal(6)),
        Tier(title="待改"),
    ),
)


def plan(scheme: Scheme, member: Member = MEMBER) -> Form:
    return plan_form(scheme, member, code=CODE, token=TOKEN)
