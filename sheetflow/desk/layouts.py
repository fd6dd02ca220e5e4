"""Columns of every sheet as the scheme alone decides them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from sheetflow import rulings
from sheetflow.desk import words
from sheetflow.desk.places import own
from sheetflow.desk.sheets import FRONT, KEY, SYSTEM, Column, Layout, Limits, Role, Shape
from sheetflow.messages import _
from sheetflow.model import QuotaRule, Scheme, Tab

#: Rows kept for meetings and objections.
SPARE_ROWS = 20
_NUMBERS = tuple(str(n) for n in range(1, SPARE_ROWS + 1))
_WHOLE = Limits()


def front(scheme: Scheme) -> Layout:
    """First sheet: where the round stands and where to begin."""
    return Layout(
        tab=FRONT,
        title=words.TITLES[FRONT],
        columns=(
            Column(key="topic", heading="事项", width=22),
            Column(key="text", heading="说明", shape=Shape.TEXT, width=110),
            key_column(),
        ),
        keys=(KEY,),
        advice=(_("{organisation}内部资料").format(organisation=scheme.settings.organisation),),
        frozen=1,
    )


def meetings(kinds: tuple[str, ...] = ()) -> Layout:
    """Sheet of meetings: when, how many, how they voted."""

    def typed(key: str, heading: str, width: float = 10, shape: Shape = Shape.WORD) -> Column:
        limits = _WHOLE if shape is Shape.WHOLE else None
        return Column(
            key=key, heading=heading, role=Role.TYPED, width=width, shape=shape, limits=limits
        )

    kind = Column(key="kind", heading="类别", role=Role.TYPED, width=16, choices=kinds)
    return Layout(
        tab=Tab.MEETINGS,
        title=words.TITLES[Tab.MEETINGS],
        columns=(
            Column(key="number", heading=words.MEETING, width=8),
            kind,
            typed("day", "日期", 15, Shape.DAY),
            typed("due", "应到", 8, Shape.WHOLE),
            typed("present", "实到", 8, Shape.WHOLE),
            typed("absent", "缺席及原因", 26, Shape.TEXT),
            typed("chair", "主持"),
            typed("recorder", "记录"),
            typed("topic", "议题", 32, Shape.TEXT),
            typed("ayes", "赞成", 8, Shape.WHOLE),
            typed("nays", "反对", 8, Shape.WHOLE),
            typed("abstentions", "弃权", 8, Shape.WHOLE),
            typed("resolution", "决议", 40, Shape.TEXT),
        ),
        keys=("number",),
        advice=(_("先在这里记下会议；别的表里只填会次，时间、人数从这里取。"),),
        frozen=3,
    )


def agenda(scheme: Scheme) -> Layout:
    """Sheet of what needs talk."""
    return Layout(
        tab=Tab.AGENDA,
        title=words.TITLES[Tab.AGENDA],
        columns=keyed(
            *who(scheme),
            Column(key="text", heading="事项", shape=Shape.TEXT, width=76),
            Column(key="link", heading="去看", role=Role.LIVE, width=16),
            Column(key="status", heading="状态", width=10),
            Column(key="conclusion", heading="结论", role=Role.TYPED, shape=Shape.TEXT, width=44),
        ),
        keys=(KEY,),
        advice=(
            _(
                "只列要议的。点「去看」到那一格，改好再回来；议过的写上结论，第一行管其余各条。有一条没有结论，「其余一律同意」就不管这个人。"
            ),
        ),
    )


def claims(scheme: Scheme) -> Layout:
    """Sheet of bonus claims, one row a claim."""
    terms = scheme.terms
    blank = f"LEN(TRIM({own('points')}))=0"
    return Layout(
        tab=Tab.CLAIMS,
        title=words.TITLES[Tab.CLAIMS],
        columns=keyed(
            *who(scheme),
            Column(key="row", heading="行", width=9),
            Column(key="bonus", heading="项目", shape=Shape.TEXT, width=20),
            Column(key="reason", heading=terms.reason, shape=Shape.TEXT, width=30),
            Column(key="level", heading=terms.level, width=10),
            Column(key="issuer", heading=terms.issuer, shape=Shape.TEXT, width=20),
            Column(key="document", heading=terms.document, shape=Shape.TEXT, width=20),
            Column(key="day", heading=terms.date, shape=Shape.DAY, width=15),
            Column(key="claimed", heading=terms.claim, shape=Shape.POINTS, width=10),
            Column(key="counted", heading="计分", shape=Shape.POINTS, width=9),
            Column(key="note", heading="说明", shape=Shape.TEXT, width=22),
            Column(
                key="points",
                heading="认定分",
                role=Role.TYPED,
                shape=Shape.POINTS,
                width=10,
                limits=Limits(most=_widest_claim(scheme)),
                hint=_("空着就按「计分」；要改才填，0 分也要填 0。"),
                marked=f"IF({blank},FALSE,{own('points')}<>{own('counted')})",
            ),
            Column(key="why", heading="原因", role=Role.TYPED, shape=Shape.TEXT, width=26),
            Column(key="taken", heading="计入", role=Role.LIVE, hidden=True),
            Column(key="bonus_key", heading="加分键", hidden=True),
            Column(key="part_key", heading="表键", hidden=True),
        ),
        keys=("id", "row"),
        advice=(_("「计分」是程序按材料算的；「认定分」空着就照「计分」，不同意才填并写原因。"),),
    )


def _widest_claim(scheme: Scheme) -> Decimal:
    return max((b.most for part in scheme.parts for b in part.bonuses), default=Decimal(0))


def adjustments(scheme: Scheme) -> Layout:
    """Sheet of the points in which the branch differs from what stood there."""
    return Layout(
        tab=Tab.ADJUSTMENTS,
        title=words.TITLES[Tab.ADJUSTMENTS],
        columns=keyed(
            *who(scheme),
            Column(key="item", heading="项目", width=10),
            Column(key="title", heading="内容", shape=Shape.TEXT, width=40),
            Column(key="source", heading=words.SOURCE, shape=Shape.POINTS, width=10),
            Column(key="points", heading=scheme.terms.approved, shape=Shape.POINTS, width=10),
            Column(key="ground", heading="依据", shape=Shape.TEXT, width=30),
            Column(key="why", heading="理由", role=Role.TYPED, shape=Shape.TEXT, width=40),
            meeting(),
        ),
        keys=("id", "item"),
        advice=(_("改了分的都列在这里，只差理由；「依据」里有的，理由可以不写。"),),
    )


def approvals(scheme: Scheme) -> Layout:
    """Sheet of the decisions about each member, with sums that follow what is typed."""
    return Layout(
        tab=Tab.APPROVALS,
        title=words.TITLES[Tab.APPROVALS],
        columns=keyed(
            *who(scheme),
            Column(key="version", heading="表单版本", width=15),
            *_sums(scheme),
            *_tiers(scheme),
            *_decisions(scheme),
            meeting(),
            replace(
                meeting(),
                key="tier_meeting",
                heading=words.TIER_MEETING,
                width=10,
                hint=_("定等次的会和前面的「{meeting}」不是一次才填；空着就照它。").format(
                    meeting=words.MEETING
                ),
            ),
        ),
        keys=("id",),
        advice=(
            _("第一行「其余一律」管所有没有单独填、又没有待议事项的人；汇总时逐人记下，再清空。"),
        ),
    )


def _decisions(scheme: Scheme) -> Iterator[Column]:
    """What the branch types about one member."""
    tiers = tuple(tier.title for tier in scheme.tiers)
    yield Column(
        key="approval",
        heading="核定",
        role=Role.TYPED,
        width=9,
        choices=(rulings.APPROVE, rulings.REJECT),
    )
    yield Column(
        key="veto",
        heading="否决",
        role=Role.TYPED,
        width=9,
        choices=tuple(veto.code for veto in scheme.vetoes),
        hint="\n".join(f"{v.code}（{v.max_tier}）{'、'.join(v.cases)}" for v in scheme.vetoes),
    )
    yield Column(key="basis", heading="否决依据", role=Role.TYPED, shape=Shape.TEXT, width=24)
    yield Column(
        key="tier",
        heading=scheme.terms.final_tier,
        role=Role.TYPED,
        width=13,
        choices=(*tiers, rulings.AS_PROPOSED),
    )
    yield Column(key="reason", heading="理由", role=Role.TYPED, shape=Shape.TEXT, width=28)


def _sums(scheme: Scheme) -> Iterator[Column]:
    for part in scheme.parts:
        yield Column(
            key=f"base.{part.code}",
            heading=f"{part.code}\n基本分",
            role=Role.LIVE,
            shape=Shape.POINTS,
            width=9,
        )
        if part.bonuses:
            yield Column(
                key=f"bonus.{part.code}",
                heading=f"{part.code}\n加分",
                role=Role.LIVE,
                shape=Shape.POINTS,
                width=9,
            )
    yield Column(key="total", heading="总分", role=Role.LIVE, shape=Shape.POINTS, width=10)


def _tiers(scheme: Scheme) -> Iterator[Column]:
    # One sheet's formulas cannot tell seats and ties; where they matter, the heading says so.
    limited = scheme.quota is not None and scheme.quota.rule is not QuotaRule.UNLIMITED
    aside = f"\n{words.SEATS_ASIDE}" if limited else ""
    yield Column(key="rank", heading=f"等次{aside}", role=Role.LIVE, width=12, code="等次")
    yield Column(key="highest", heading="最高等次", role=Role.LIVE, width=12)
    yield Column(key="gap", heading="距下一等次", role=Role.LIVE, shape=Shape.POINTS, width=10)


def objections(scheme: Scheme) -> Layout:
    """Sheet of objections raised while the result is public."""

    def typed(key: str, heading: str, width: float, shape: Shape = Shape.TEXT) -> Column:
        return Column(key=key, heading=heading, role=Role.TYPED, width=width, shape=shape)

    return Layout(
        tab=Tab.OBJECTIONS,
        title=words.TITLES[Tab.OBJECTIONS],
        columns=(
            Column(key="number", heading="序号", width=8),
            typed("day", "日期", 15, Shape.DAY),
            typed("raiser", "提出人", 12, Shape.WORD),
            Column(
                key="member",
                heading="对象",
                role=Role.TYPED,
                shape=Shape.CODE,
                width=10,
                hint=_("填{id}").format(id=scheme.terms.id),
            ),
            typed("content", "内容", 36),
            typed("inquiry", "调查", 36),
            typed("result", "结论", 26),
            typed("change", "改分", 20),
            typed("answered", "答复日期", 15, Shape.DAY),
        ),
        keys=("number",),
        advice=(_("公示期间的异议；填了「答复日期」才算办结。提出人只留在这张表里。"),),
    )


def focus(scheme: Scheme, headings: tuple[str, ...] = ()) -> Layout:
    """Sheet of what people know about each member in a reported tier."""
    asked = focus_headings(scheme, headings)
    return Layout(
        tab=Tab.FOCUS,
        title=words.TITLES[Tab.FOCUS],
        columns=keyed(
            *who(scheme),
            Column(key="total", heading="总分", shape=Shape.POINTS, width=9),
            Column(key="rank", heading="等次", width=12),
            Column(key="lost", heading="失分项目", shape=Shape.TEXT, width=36),
            *(Column(key=h, heading=h, role=Role.TYPED, shape=Shape.TEXT, width=24) for h in asked),
        ),
        keys=("id",),
        advice=(_("要报告的人在这里补上只有人知道的事；公文要写的空着，出不了定稿。"),),
    )


def focus_headings(scheme: Scheme, headings: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Headings to fill in: those given, else what the scheme's papers need of a member."""
    roster = {column.heading for column in scheme.columns}
    needs = (need for paper in scheme.papers for need in paper.member_needs)
    asked = (need for need in needs if need not in roster)
    return tuple(dict.fromkeys(headings or scheme.focus or asked)) or ("事实", "经过", "意见")


def files() -> Layout:
    """Sheet of the files about which a person decides."""
    return Layout(
        tab=Tab.FILES,
        title=words.TITLES[Tab.FILES],
        columns=(
            Column(key="file", heading="文件", shape=Shape.TEXT, width=60),
            Column(key="version", heading="表单版本", width=15),
            Column(
                key="member",
                heading="归属编号",
                role=Role.TYPED,
                shape=Shape.CODE,
                width=11,
                hint=_("这份表是谁的，填名册里的编号"),
            ),
            Column(
                key="adopt",
                heading="采用",
                role=Role.TYPED,
                width=8,
                choices=(rulings.YES, rulings.NO),
            ),
            Column(key="reason", heading="理由", role=Role.TYPED, shape=Shape.TEXT, width=44),
        ),
        keys=("file", "version"),
        advice=(_("程序分不清用哪一份的，在「采用」里选「是」或「否」。"),),
        frozen=1,
    )


def system() -> Layout:
    """Hidden sheet with what the program must find again."""
    return Layout(
        tab=SYSTEM,
        title=words.TITLES[SYSTEM],
        columns=(
            Column(key=KEY, heading="键", width=14),
            Column(key="value", heading="值", shape=Shape.CODE, width=40),
        ),
        keys=(KEY,),
        hidden=True,
        frozen=1,
    )


# ------------------------------------------------------------------ columns many sheets have


def who(scheme: Scheme) -> tuple[Column, Column]:
    """Columns that say whom a row is about."""
    return (
        Column(key="id", heading=scheme.terms.id, shape=Shape.CODE, width=9),
        Column(key="name", heading=scheme.terms.name, width=12),
    )


def keyed(*columns: Column) -> tuple[Column, ...]:
    """Columns with the hidden key before the first in which people type.

    Who sorts whole rows takes it along; who sorts only what stands before it leaves it beside
    what was typed.
    """
    at = next((n for n, column in enumerate(columns) if column.decides), len(columns))
    return (*columns[:at], key_column(), *columns[at:])


def key_column() -> Column:
    """Hidden column by which rows are found, and which says whom a row was painted for."""
    return Column(key=KEY, heading="键", shape=Shape.CODE, width=12, hidden=True)


def meeting() -> Column:
    """Column that says which meeting decided."""
    return Column(key="meeting", heading=words.MEETING, role=Role.TYPED, width=8, choices=_NUMBERS)
