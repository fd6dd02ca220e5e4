"""The sheets and columns of the scheme's workbook, each named once.

A column knows the key it fills and how a cell is shown and read; blank means the default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from sheetflow import entries, model, notation, number
from sheetflow.model import Plain, Value, ValueKind
from sheetflow.schemes import Path

_YES, _NO = "是", "否"
_LIST = "；"

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    model.Kind: {"points": "按分", "choice": "选档", "count": "计次", "tick": "有无",
                 "ratio": "按比例", "note": "说明"},
    model.Scorer: {"self": "本人", "branch": "组织"},
    model.Claim: {"level": "按级别", "range": "按范围", "each": "按次", "hours": "按时数"},
    model.Proof: {"document": "文号", "date": "日期", "meeting": "会议认定", "hours": "时数"},
    model.QuotaRule: {"unlimited": "不限", "ratio": "比例", "given": "给定"},
    model.Rounding: {"floor": "舍去", "ceil": "进一", "half_up": "四舍五入"},
    model.Review: {"required": "必须", "none": "不需要"},
    model.Absence: {"exempt": "免评", "deferred": "缓评", "left": "离开"},
    model.ColumnRole: {
        "id": "编号", "name": "姓名", "category": "类别", "status": "状态", "group": "分组",
        "post": "岗位", "duty": "职务", "joined": "到岗", "other": "其他",
    },
    model.Occasion: {
        "commended": "有人受表彰时", "outcome": "有结果时", "always": "年初",
        "members": "有人计分时", "publicity": "公示时", "proposal": "有处理建议时",
        "meetings": "开过会时",
    },
    model.NameOrder: {
        "surname_strokes": "按姓氏笔画", "name_strokes": "按姓名笔画", "pinyin": "按拼音",
        "score": "按得分", "roster": "按名册",
    },
    model.Letterhead: {"none": "无", "text": "黑字", "red": "红头"},
    model.Unmeant: {"full": "按满分", "rescale": "折算", "replace": "另有指标"},
    model.Combination: {"sum": "相加", "weighted": "加权", "mean": "平均"},
    model.Denominator: {"roster": "名册", "assessed": "参评"},
    model.Present: {"none": "不要求", "half": "半数以上", "more_than_half": "超过半数"},
    model.Ayes: {"none": "不要求", "more_than_half_of_due": "超过应到半数"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value is shown in a cell and read back; ``read`` gives ``None`` when it cannot."""

    show: Callable[[Any], Plain]
    read: Callable[[str], Any]
    choices: tuple[str, ...] = ()


TEXT = Codec(str, str)
POINTS = Codec(lambda v: v, number.parse)
WHOLE = Codec(lambda v: v, lambda text: _whole(text))  # noqa: PLW0108 - defined below
DAY = Codec(lambda v: v, lambda text: _day(text))  # noqa: PLW0108 - defined below
YES = Codec(lambda v: _YES if v else _NO, {_YES: True, _NO: False}.get, (_YES, _NO))
TEXTS = Codec(_LIST.join, lambda t: [x.strip() for x in t.split(_LIST) if x.strip()])
LEVELS = Codec(notation.show_levels, notation.read_levels)
EVENTS = Codec(notation.show_events, notation.read_events)


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else None


def _day(text: str) -> date | None:
    return entries.day(Value(ValueKind.TEXT, text.removesuffix("T00:00:00")))


def word(kind: type[StrEnum]) -> Codec:
    """One word of a closed vocabulary."""
    words = WORDS[kind]
    back = {shown: value for value, shown in words.items()}
    return Codec(lambda v: words[v], back.get, tuple(back))


def words(kind: type[StrEnum]) -> Codec:
    """Several words of a closed vocabulary."""
    one = word(kind)

    def read(text: str) -> list[str] | None:
        found = [one.read(piece.strip()) for piece in text.split("、")]
        return None if None in found else found

    return Codec(lambda v: "、".join(str(one.show(each)) for each in v), read)


def _show_gates(gates: Iterable[Mapping[str, Any]]) -> str:
    return _LIST.join(
        f"{g['part']}≥{number.text(g['at_least'])}{'' if g['active'] else '（未启用）'}"
        for g in gates
    )


def _read_gates(text: str) -> list[dict[str, Any]] | None:
    gates = []
    for piece in filter(None, map(str.strip, text.split(_LIST))):
        part, sign, bound = piece.removesuffix("（未启用）").partition("≥")
        points = number.parse(bound)
        if not sign or points is None:
            return None
        active = not piece.endswith("（未启用）")
        gates.append({"part": part.strip(), "at_least": points, "active": active})
    return gates


def _show_groups(groups: Iterable[model.Group]) -> str:
    return _LIST.join(
        f"{g.code} {g.title}，取{g.best}项，最多{number.text(g.most)}分" for g in groups
    )


def _read_groups(text: str) -> list[dict[str, Any]] | None:
    groups = []
    for piece in filter(None, map(str.strip, text.split(_LIST))):
        head, *limits = piece.split("，")
        code, _blank, title = head.partition(" ")
        if len(limits) != 2:  # noqa: PLR2004 - how many count, how many points
            return None
        best = limits[0].removeprefix("取").removesuffix("项")
        most = number.parse(limits[1].removeprefix("最多"))
        count = _whole(best)
        if most is None or count is None:
            return None
        groups.append({"code": code, "title": title, "best": count, "most": most})
    return groups


GATES, GROUPS = Codec(_show_gates, _read_gates), Codec(_show_groups, _read_groups)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a scheme sheet: heading, key in the data, codec, width, hint."""

    heading: str
    key: str
    codec: Codec = TEXT
    width: int = 12
    hint: str = ""
    #: Workbooks made before this column was known do not have it; see ``MARK``.
    later: bool = False


SETTINGS = "设置"
PAPERS = "公文"
SETTING_COLUMNS = ("分类", "项目", "内容", "说明")
ITEMS, BONUSES, PARTS = "指标", "加分", "部分"

SHEETS: Mapping[str, tuple[Heading, ...]] = {
    PARTS: (
        Heading("编号", "code", width=8),
        Heading("名称", "title", width=14),
        Heading("工作表", "sheet", width=14),
        Heading("基本分", "base", POINTS, 9),
        Heading("加分封顶", "bonus_most", POINTS, 10),
        Heading("表格标题", "form_title", width=46, hint="可用 {year} 代表年度"),
        Heading("副标题", "form_subtitle", width=40),
        Heading("取优组", "groups", GROUPS, 40, "如：A3 示范岗，取3项，最多12分"),
        Heading(
            "不适用指标",
            "unmeant",
            word(model.Unmeant),
            12,
            later=True,
            hint="按满分、折算（其余折算成基本分）、另有指标（各岗位合计都等于基本分）",
        ),
        Heading("权重", "weight", POINTS, 8, "加权时填百分数，如 60；各部分合计 100", later=True),
    ),
    ITEMS: (
        Heading("部分", "part", width=6),
        Heading("一级编号", "section", width=9),
        Heading("一级指标", "section_title", width=18),
        Heading("编号", "code", width=8),
        Heading("考核内容", "title", width=36),
        Heading("评分方式", "kind", word(model.Kind), 10),
        Heading("满分", "most", POINTS, 7),
        Heading("档差", "step", POINTS, 7, "可填分数的最小间隔，不填为0.5"),
        Heading("分档", "levels", LEVELS, 34, "如：达成 3／基本达成 2／未开展 0"),
        Heading(
            "计次规则",
            "events",
            EVENTS,
            40,
            "如：无故缺席 −1/次，≥3次→0；迟到 −0.5/次；或按次数列分：缺席 1次−3，2次−5，≥3次→0",
        ),
        Heading("补充说明", "note", width=24),
        Heading("自拟规则文字", "wording", width=24, hint="填了就代替自动生成的计分规则"),
        Heading("谁评分", "scored_by", word(model.Scorer), 8),
        Heading("记分人", "scorer", width=14),
        Heading("佐证材料", "evidence", width=22),
        Heading("取优组", "group", width=8),
        Heading("零分问否决", "zero_asks_veto", YES, 10),
        Heading("适用岗位", "posts", TEXTS, 16, "空着：都适用；几种岗位用分号“；”隔开", later=True),
        Heading("一级封顶", "section_most", POINTS, 10, "这一类合计最多几分，不填不限", later=True),
    ),
    BONUSES: (
        Heading("部分", "part", width=6),
        Heading("编号", "code", width=8),
        Heading("加分项目", "title", width=28),
        Heading("计分方式", "claim", word(model.Claim), 10),
        Heading("封顶", "most", POINTS, 7),
        Heading("行数", "rows", WHOLE, 7),
        Heading("级别分值", "levels", LEVELS, 40, "如：省级 6／市级 4／县级 3"),
        Heading("分值", "points", POINTS, 7, "按范围：最低分；按次：每次分；按时数：每满一档的分"),
        Heading("档差", "step", POINTS, 7),
        Heading("单位", "unit", width=6),
        Heading("超过小时", "above", POINTS, 9),
        Heading("每满小时", "per", POINTS, 9),
        Heading("证明材料", "proof", words(model.Proof), 16, "文号、日期、会议认定、时数"),
        Heading("补充说明", "note", width=24),
        Heading("自拟规则文字", "wording", width=24),
    ),
    "否决": (
        Heading("代码", "code", width=8),
        Heading("情形", "cases", TEXTS, 80, "几种情形用分号“；”隔开"),
        Heading("最高等次", "max_tier", width=12),
    ),
    "等次": (
        Heading("等次", "title", width=14),
        Heading("分数线", "at_least", POINTS, 9, "最低一等不填"),
        Heading("含本数", "inclusive", YES, 9),
        Heading("表彰", "commended", YES, 8),
        Heading("上报", "reported", YES, 8),
        Heading("门槛", "gates", GATES, 30, "如：B≥36；不启用的写 B≥36（未启用）"),
    ),
    "类别": (
        Heading("类别", "title", width=14),
        Heading("定等次", "graded", YES, 9),
        Heading("计入名额基数", "in_quota", YES, 13),
    ),
    "状态": (
        Heading("状态", "title", width=14),
        Heading("含义", "absence", word(model.Absence), 12),
    ),
    "名册栏目": (
        Heading("表头", "heading", width=18),
        Heading("用途", "role", word(model.ColumnRole), 10),
        Heading("宽度", "width", WHOLE, 8),
        Heading("可选内容", "choices", TEXTS, 30),
    ),
    "签字栏": (
        Heading("文字", "text", width=40),
        Heading("签字人", "signer", width=24),
    ),
    PAPERS: (
        Heading("代码", "kind", width=16),
        Heading("名称", "title", width=20),
        Heading("模板", "template", width=24),
        Heading("何时用", "occasion", word(model.Occasion), 16),
        Heading("必填用语", "needs", TEXTS, 40),
        Heading("每人必填", "member_needs", TEXTS, 40, "“重点对象”或名册里的栏名"),
        Heading("有了才写", "only_with", TEXTS, 30, "每人这几栏都填了，才写这个人的", later=True),
        Heading("每人一份", "single", YES, 9, "是：除了合订的打印稿，另给每人一个文件", later=True),
        Heading("发文代字", "prefix", TEXT, 14, "如：某某发；空着的不编号，也不印版头", later=True),
        Heading("发文序号", "number", WHOLE, 9, "本年度第几号，只填数字", later=True),
        Heading("上行文", "upward", YES, 8, "是：印版头时写明签发人", later=True),
        Heading("抄送", "copied_to", TEXT, 24, "印在版记里，如：某某、某某", later=True),
    ),
    "会议类别": (
        Heading("会议", "title", width=16, later=True),
        Heading("到会要求", "present", word(model.Present), 14, later=True),
        Heading("赞成要求", "ayes", word(model.Ayes), 16, later=True),
        Heading("委员职务", "duties", TEXTS, 24, later=True),
    ),
}

#: Sheets that are plain lists of one noun: sheet → key of the scheme.
LISTS = {
    "否决": "vetoes", "等次": "tiers", "类别": "categories", "状态": "statuses",
    "名册栏目": "columns", "签字栏": "signatures", "公文": "papers", "会议类别": "meetings",
}  # fmt: skip

#: Rows of 设置: (group, name, path in the data, codec, hint).
BASIC: tuple[tuple[str, str, Path, Codec, str], ...] = (
    ("基本", "系统", ("system",), TEXT, "不要改"),
    ("基本", "方案名称", ("title",), TEXT, ""),
    ("基本", "方案编号", ("number",), TEXT, "规则有改动时加一"),
    ("基本", "年度", ("year",), WHOLE, ""),
    ("基本", "考核开始", ("period_start",), DAY, ""),
    ("基本", "考核结束", ("period_end",), DAY, ""),
    ("基本", "单位全称", ("settings", "organisation"), TEXT, "印在表格和公文上"),
    ("基本", "上级单位", ("settings", "superior"), TEXT, "报告的主送机关"),
    ("基本", "收表截止", ("settings", "deadline"), DAY, ""),
    ("基本", "核定", ("settings", "review"), word(model.Review),
     "必须：自评分要经核定才作数；不需要：自评分直接作数"),
    ("名额", "限额等次", ("quota", "tier"), TEXT, ""),
    ("名额", "限额方式", ("quota", "rule"), word(model.QuotaRule), "不限、比例、给定"),
    ("名额", "比例分子", ("quota", "share"), WHOLE, "如三分之一填 1"),
    ("名额", "比例分母", ("quota", "of"), WHOLE, "如三分之一填 3"),
    ("名额", "尾数", ("quota", "rounding"), word(model.Rounding), "舍去、进一、四舍五入"),
    ("名额", "给定名额", ("quota", "given"), WHOLE, ""),
    ("名额", "并列次序", ("quota", "ties"), TEXTS, "总分相同时依次比较的部分或一级编号"),
    ("名额", "名额基数", ("quota", "denominator"), word(model.Denominator),
     "名册：不含调出；参评：只算这次计分的"),
    ("名额", "至少一名", ("quota", "at_least_one"), YES, "按比例不到一名的，给一名"),
    ("合计", "合计方式", ("combination",), word(model.Combination),
     "相加；加权（部分表要填权重）；平均"),
    ("合计", "加分计入加权", ("bonus_inside",), YES, "是：加分随部分一起加权或平均；否：另外相加"),
    ("合计", "不满几个月不定等次", ("settings", "part_year_months"), WHOLE,
     "0：不管；按名册里用途为到岗的日期算"),
    ("基本", "半年初评", ("settings", "interim"), YES, "是：只记分，不定等次，不写表彰和报告"),
    ("公示", "公示开始", ("settings", "publicity_from"), DAY, ""),
    ("公示", "公示结束", ("settings", "publicity_to"), DAY, "公示满这一天才能定稿"),
    ("上报", "重点对象栏目", ("focus",), TEXTS, "上报的每个人要写明的事，用分号“；”隔开"),
    ("公文", "名单顺序", ("settings", "name_order"), word(model.NameOrder),
     "按姓氏笔画（单名在前）、按姓名笔画、按拼音、按得分、按名册"),
    ("公文", "生僻字笔画", ("settings", "rare_characters"), TEXT,
     "字库里没有的字，如：㛃=9画111253531；𠮷=横竖横竖折横"),
    ("公文", "版头", ("settings", "letterhead"), word(model.Letterhead),
     "无；黑字；红头。只印在有发文代字的公文上"),
    ("公文", "发文机关标志", ("settings", "masthead"), TEXT, "版头上的大字，空着就用单位全称"),
    ("公文", "签发人", ("settings", "issuer"), TEXT, "印在上行文的版头上"),
    ("公文", "加盖印章", ("settings", "seal"), YES, "是：署名和日期的位置留给印章"),
    ("公文", "版记", ("settings", "imprint"), YES,
     "是：有发文代字的公文，最后一页底下印抄送、印发机关和印发日期"),
    ("公文", "印发机关", ("settings", "printed_by"), TEXT, "印在版记里，空着就用单位全称"),
)  # fmt: skip
#: A workbook without this setting was made before the columns marked as later were known.
MARK = ("公文", "版记")
TERM, SLOT, NOTE, SEVERITY = "表头文字", "公文用语", "填表说明", "检查级别"
#: The usual word of each term names its row.
TERMS = {str(each.default): each.name for each in fields(model.Terms)}
