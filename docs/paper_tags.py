"""The tables of tags in docs/papers.md: from what papers really say, so that none is forgotten.

A tag without a meaning here, or a meaning without a tag, is an error when the page is made.
"""  # noqa: INP001 - a script beside its document

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sheetflow import schemes, systems
from sheetflow.model import Scheme
from sheetflow.papers import Facts, plan_papers
from sheetflow.sample_outcome import sample_outcome

#: What the delivered templates call one of several: list → name in its loop.
LOOPS: Mapping[str, str] = {
    "名单": "行", "等次表": "行", "低等次": "行", "成绩表": "行", "名单行": "行", "部分名": "名",
    "上报人员": "人", "人员": "人", "会议们": "会", "否决": "否", "调整": "调", "签字栏": "栏",
    "各部分": "部", "指标": "项", "加分": "项", "类别": "类", "加分认定": "认", "计入": "认",
    "未计入": "认",
    "行.各部分": "分", "加分超出": "超", "限制": "条",
}  # fmt: skip
#: Tag → meaning, and an example where the sample has none worth showing.
MEANINGS: Mapping[str, tuple[str, str]] = {
    # every paper
    "年度": ("考核年度", ""),
    "期限": ("考核期限，也是责任书的责任期限", ""),
    "方案版本": ("考核方案的编号和内容摘要，责任书印在页脚", "1-3f9a"),
    "应评": ("应参加考核的人数：名册上没有调出的", "43"),
    "参评": ("实际参加考核的人数", "41"),
    "评定": ("评定了等次的人数", "38"),
    "不定等次": ("参加考核、不定等次的人数（如预备党员）", "3"),
    "免评": ("免予考核的人数", "1"),
    "缓评": ("暂缓考核的人数", "1"),
    "未交": ("按未交上报的人数", "0"),
    "未定": ("结果未定的人数，定稿里总是 0", "0"),
    "等次界限": ("各等次的分数线，写明含、不含", ""),
    "等次表": ("每个等次一行", ""),
    "行.占比": ("占评定人数的百分比；各行相加正好 100.0%", "21.1%"),
    "行.人数": ("这一等次的人数", "8"),
    "表彰等次": ("予以表彰的等次", ""),
    "上报等次": ("书面报告上级的等次", ""),
    "部分名": ("各份责任书的名称", "目标管理"),
    "名": ("一份责任书的名称", "目标管理"),
    "名单顺序": ("名单按什么排，随“设置”里的姓名顺序变", ""),
    "经核定": ("自评分要经核定才作数时是“是”，直接作数时是空的，只用来判断", "是"),
    "公示期": ("公示的起止日期；不公示的是空的", "2015年12月25日至2016年1月5日"),
    "公示结果": ("无异议，或收到异议几件", ""),
    "单位": ("“设置”里的单位名称", ""),
    "上级": ("“设置”里的上级单位", ""),
    "红头": ("有红色版头时是“是”，没有时是空的，只用来判断", "是"),
    "黑头": ("有黑色版头时是“是”，没有时是空的，只用来判断", "是"),
    "发文机关标志": ("版头上的大字", "中共同民镇中学支部委员会"),
    "发文字号": ("版头下的文号", "同中党〔2016〕3号"),
    "签发人": ("上行文的签发人", "林致远"),
    "版记": ("末页有版记时是“是”，没有时是空的，只用来判断", "是"),
    "抄送": (
        "版记里的抄送机关，“公文”一页那一种的“抄送”；没有时是空的",
        "中共同民镇委员会组织办公室",
    ),
    "印发机关": ("版记里的印发机关，空着就是单位全称", "中共同民镇中学支部委员会"),
    "印发日期": ("版记里的印发日期，就是成文日期", "2016年1月18日"),
    "草稿": ("是草稿的原因；定稿里是空的", "自评分尚未核定"),
    # members
    "人": ("这份公文说的那个人", ""),
    "人员": ("每人一份，一人接一人", ""),
    "上报人员": ("书面报告上级的人，没有时是空的", ""),
    "名单": ("受表彰的人，没有时是空的", ""),
    "序号": ("从 1 数起", "1"),
    "编号": ("名册里的编号", "007"),
    "姓名": ("姓名", "沈若楠"),
    "称呼": ("姓名；同名的人带上党小组、职务或编号", "张静（第二党小组）"),
    "小组": ("所在党小组", "第一党小组"),
    "人.得分": ("各部分得分和总分，一句话", ""),
    "人.失分": ("扣分最多的几项", "廉政党课、警示教育（3分得0分）"),
    "人.否决": ("否决的代码和依据，没有时是“无”", "无"),
    "人.总分": ("总分", ""),
    "人.等次": ("支部评定的等次", ""),
    "人.等次说明": ("等次和按分数算的不一样时，为什么", ""),
    "行.总分": ("总分", ""),
    "行.等次": ("等次", ""),
    "行.备注": ("免评、缓评等；同名的人写党小组", "缓评"),
    "行.各部分": ("各份责任书的得分，和“部分名”一一对应", "63.5"),
    "行.姓名们": ("姓名，用顿号隔开", "张静（第三党小组）、孟庆禾"),
    "表彰人数": ("受表彰或公示的人数", "8"),
    "低等次": ("最低的两个等次，每个一行", ""),
    "成绩表": ("名册上没有调出的，每人一行", ""),
    "会议们": ("核定.xlsx 里登记的各次会议", ""),
    "名单行": ("公示的姓名，四个一行：行[0] 到 行[3]", "王芳"),
    "公示天数": ("公示几天", "12"),
    # parts of the agreement
    "人.各部分": ("这个人的各份责任书", ""),
    "部.编号": ("责任书的代码", ""),
    "部.名称": ("责任书的名称", ""),
    "部.表格标题": ("考核表上的标题", ""),
    "部.基本分": ("责任书里是基本分满分；告知单、登记表里是得到的基本分", ""),
    "部.加分封顶": ("加分最多几分", ""),
    "部.不适用": ("按岗位不考核的项目，没有时是空的", ""),
    "部.满分": ("基本分满分", ""),
    "部.加分": ("责任书里是各加分项目；告知单、登记表里是计入的加分", ""),
    "部.小计": ("这份责任书的得分", ""),
    "部.类别": ("每个一级指标一行，最后是加分和小计", ""),
    "类.名称": ("一级指标", ""),
    "类.满分": ("满分", ""),
    "类.得分": ("得分", ""),
    "部.指标": ("每个考核项目一行", ""),
    "项.编号": ("项目的代码", ""),
    "项.类别": ("一级指标", ""),
    "项.内容": ("考核内容", ""),
    "项.规则": ("计分规则，和考核表上印的一样", ""),
    "项.满分": ("满分", ""),
    "项.自评": ("自评分，没有填的是一横", ""),
    "项.核定": ("核定分", ""),
    "项.说明": ("核定和自评不同的原因", "台账：迟交一个月1次"),
    "项.项目": ("加分项目", ""),
    "项.封顶": ("这一项最多加几分", ""),
    "人.加分认定": ("申报的加分，每行一项", ""),
    "人.计入": ("其中计了分的", ""),
    "人.未计入": ("其中没有计分的", ""),
    "认.编号": ("加分行的代码", ""),
    "认.项目": ("加分项目", ""),
    "认.事由": ("事由、级别、文号和日期", "县优秀教师，县级，县教〔2015〕41号，2015-09-06"),
    "认.申报": ("申报的分", ""),
    "认.认定": ("认定的分", ""),
    "认.结果": ("计分、部分计分或不计分", ""),
    "认.说明": ("为什么", "没有写文号"),
    "超.项目": ("哪一项或哪一部分的加分", ""),
    "超.分值": ("没有计的分", ""),
    "超.说明": ("为什么", ""),
    "人.加分超出": ("超过封顶、没有计的加分", ""),
    "签字栏": ("方案里的各个签字栏", ""),
    "栏.文字": ("栏里印的话", ""),
    "栏.签字人": ("谁签字", ""),
    "基本分合计": ("各份责任书基本分之和", ""),
    "最高分": ("连同加分最高几分", ""),
    "合计办法": ("各份责任书怎样合成总分", ""),
    "限制": ("等次的其他条件，没有时是空的", "评为优秀的，党风廉政基本分不低于36分"),
    "否决": ("各条否决", ""),
    "否.代码": ("否决的代码", ""),
    "否.最高等次": ("最高评到哪一等", ""),
    "否.情形": ("哪些情形", ""),
    # meetings
    "会": ("这份记录说的那次会", ""),
    "会.编号": ("第几次会", ""),
    "会.会议": ("什么会", "支委会"),
    "会.日期": ("哪一天", "2015年12月22日"),
    "会.应到": ("应到人数", ""),
    "会.实到": ("实到人数", ""),
    "会.缺席": ("缺席的人和原因", "两人请假"),
    "会.主持人": ("主持人", "林致远"),
    "会.记录人": ("记录人", "谢明慧"),
    "会.议题": ("议题，可以几行", "审核考核成绩"),
    "会.赞成": ("赞成票；没有表决的是空的", ""),
    "会.反对": ("反对票", ""),
    "会.弃权": ("弃权票", ""),
    "会.决议": ("决议，可以几行", "同意"),
    "调整": ("会上改了的分、另定的等次，每行一条", ""),
    "调.姓名": ("谁的", "沈若楠"),
    "调.项目": ("哪一项，或等次", ""),
    "调.原因": ("为什么改", "七月党课缺席一次"),
}


def tables(system: str) -> str:
    """Return the tables of all tags: of every paper, then of each kind."""
    scheme = schemes.load_toml(systems.scheme_bytes(system))
    facts = Facts(outcome=sample_outcome(scheme, "1-3f9a"))
    contexts = {kind: dict(next(plan_papers(facts, kind)).context) for kind in scheme.papers}
    shared = set.intersection(*(set(context) for context in contexts.values()))
    used = set[str]()
    first = next(iter(contexts.values()))
    lines = ["### 每份公文都能用的", ""]
    lines += _table(scheme, {n: v for n, v in first.items() if n in shared}, used)
    told = dict[tuple[str, ...], str]()
    for kind, context in contexts.items():
        own = {name: value for name, value in context.items() if name not in shared}
        rows = tuple(_table(scheme, own, used))
        lines += ["", f"### {kind.title}（{kind.template}）", ""]
        lines += (f"和{told[rows]}的一样。",) if rows in told else rows
        told.setdefault(rows, kind.title)
    forgotten = set(MEANINGS) - used
    if forgotten:
        raise ValueError(forgotten)
    return "\n".join(lines)


def _table(scheme: Scheme, context: Mapping[str, object], used: set[str]) -> Iterator[str]:
    yield "| 标签 | 意思 | 例子 |"
    yield "|---|---|---|"
    seen = set[str]()
    for row in _rows(scheme, context, "", used):
        if row.startswith("| `{% for"):
            seen.clear()
        if row not in seen:
            seen.add(row)
            yield row


def _rows(
    scheme: Scheme, values: Mapping[str, object], owner: str, used: set[str]
) -> Iterator[str]:
    of_roster = {column.heading for column in scheme.columns}
    told = {slot.name: slot.hint for slot in scheme.slots} if not owner else {}
    for name, value in values.items():
        tag = f"{owner}.{name}" if owner else name
        if name in told:
            yield _row(f"{{{{ {tag} }}}}", f"“设置”里的同名一栏。{told[name]}".rstrip("。"), "")
        elif owner == "人" and name in scheme.focus:
            yield _row("{{ 人.重点对象的栏名 }}", _FOCUS.format("、".join(scheme.focus)), "")
        elif of_roster <= set(values) and name in of_roster - _OF_PERSON:
            yield _row(f"{{{{ {owner}.名册的栏名 }}}}", _ROSTER, "")
        else:
            yield from _explained(scheme, tag, value, used)


#: One row of a list that the sample has none of.
_INSTEAD: Mapping[str, Mapping[str, str]] = {
    "加分超出": {"项目": "公开课、论文、课题", "分值": "1", "说明": "这项加分最多 5 分"}
}
_OF_PERSON = frozenset({"编号", "姓名"})
_FOCUS = "核定.xlsx“重点对象”一页的同名一栏：{}"
_ROSTER = "名册里的同名一栏，如性别、出生年月、入党时间、职务；名册加一栏就多一个标签"


def _explained(scheme: Scheme, tag: str, value: object, used: set[str]) -> Iterator[str]:
    name = tag.rpartition(".")[2]
    key = tag if tag in MEANINGS else name
    if key not in MEANINGS:
        raise KeyError(tag)
    used.add(key)
    meaning, example = MEANINGS[key]
    if isinstance(value, Mapping):
        yield from _rows(scheme, value, name, used)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        loop = LOOPS.get(tag) or LOOPS[name]
        yield _row(f"{{% for {loop} in {tag} %}}", meaning, "")
        first = next(iter(value), _INSTEAD.get(name))
        if isinstance(first, Mapping):
            yield from _rows(scheme, first, loop, used)
        elif isinstance(first, str):
            yield _row(f"{{{{ {loop} }}}}", MEANINGS.get(loop, (meaning, ""))[0], example or first)
            used.update({loop} & set(MEANINGS))
    else:
        yield _row(f"{{{{ {tag} }}}}", meaning, example or _shown(str(value)))


def _shown(value: str) -> str:
    """A value of the sample as an example; none that says nothing."""
    return "" if "示例" in value or "【" in value else value


def _row(tag: str, meaning: str, example: str) -> str:
    return f"| `{tag}` | {meaning} | {example} |"
