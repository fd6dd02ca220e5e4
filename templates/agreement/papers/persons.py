"""Papers for one member after the other: agreements, notices, registration; and minutes."""

import pieces
from pieces import DRAFT, Text, lines, write, write_receipt, write_signing

from sheetflow.word import blocks
from sheetflow.word.official import CELL, CELL_HEAD, CELL_LEFT, Column

#: Rule that is printed only where something limits the tiers; later ones move up without it.
LAST_RULE = "{{ '四' if 限制 else '三' }}"

AGREEMENT_BEGINS: tuple[Text, ...] = (
    ("公文正文", "{%p for 人 in 人员 %}"),
    ("公文正文", "{%p for 部 in 人.各部分 %}"),
    ("公文标题", "{{ 部.表格标题|replace('考核评分表', '') }}"),
    (
        "公文首段",
        (
            "{% if 部.编号 == 'A' %}为加强党员教育管理，明确年度目标任务，发挥党员先锋模范作用"
            "{% elif 部.编号 == 'B' %}为落实党风廉政建设责任制，加强师德师风建设，营造廉洁从教环境"
            "{% else %}为做好年度考核工作{% endif %}，"
            "{{ 单位 }}（以下简称支部）与{{ 人.称呼 }}同志（以下简称责任人）签订本责任书。"
            "责任期限：{{ 期限 }}。"
        ),
    ),
    ("公文一级标题", "一、目标任务"),
    ("公文正文", "责任人应当完成下列目标任务，基本分共{{ 部.基本分 }}分。"),
)
AGREEMENT_ITEMS = (
    ("编号", "一级指标", "考核内容", "计分规则", "满分"),
    ("{%tr for 项 in 部.指标 %}", "", "", "", ""),
    ("{{ 项.编号 }}", "{{ 项.类别 }}", "{{ 项.内容 }}", "{{ 项.规则 }}", "{{ 项.满分 }}"),
    ("{%tr endfor %}", "", "", "", ""),
    ("合计", None, None, None, "{{ 部.基本分 }}"),
)
AGREEMENT_COLUMNS = (
    Column(width=800, wide=CELL),
    Column(width=1250),
    Column(width=2350, style=CELL_LEFT),
    Column(width=3695, style=CELL_LEFT),
    Column(width=750),
)
AGREEMENT_MORE: tuple[Text, ...] = (
    ("公文表格间隔", ""),
    ("公文正文", "{%p if 部.不适用 %}"),
    ("公文正文", "{{ 部.不适用 }}。"),
    ("公文正文", "{%p endif %}"),
    ("公文正文", "{%p if 部.加分 %}"),
    ("公文结语", "有下列情形并能提供证明的，可以加分，加分最多{{ 部.加分封顶 }}分。"),
)
AGREEMENT_BONUSES = (
    ("编号", "加分项目", "计分规则", "封顶"),
    ("{%tr for 项 in 部.加分 %}", "", "", ""),
    ("{{ 项.编号 }}", "{{ 项.项目 }}", "{{ 项.规则 }}", "{{ 项.封顶 }}"),
    ("{%tr endfor %}", "", "", ""),
)
BONUSES_COLUMNS = (
    Column(width=850),
    Column(width=2600, style=CELL_LEFT),
    Column(width=4595, style=CELL_LEFT),
    Column(width=800),
)
AGREEMENT_RULES: tuple[Text, ...] = (
    ("公文表格间隔", ""),
    ("公文正文", "{%p endif %}"),
    ("公文一级标题", "二、考核办法"),
    (
        "公文正文",
        (
            "（一）计分。年终由责任人自评，支部核定，以支部核定分为准。{{ 合计办法 }}。"
            "各责任书基本分合计{{ 基本分合计 }}分，连同加分最高{{ 最高分 }}分。"
        ),
    ),
    ("公文正文", "（二）等次。考核等次按总分评定：{{ 等次界限 }}。"),
    ("公文正文", "{%p if 限制 %}"),
    ("公文正文", "（三）限制。{{ 限制|join('；') }}。"),
    ("公文正文", "{%p endif %}"),
    ("公文正文", "{%p if 否决 %}"),
    ("公文正文", f"（{LAST_RULE}）否决。有下列情形之一的，不论得分多少，按下列规定限制等次："),
    ("公文正文", "{%p for 否 in 否决 %}"),
    ("公文正文", "{{ loop.index }}.最高评为{{ 否.最高等次 }}的：{{ 否.情形 }}。"),
    ("公文正文", "{%p endfor %}"),
    ("公文正文", "{%p endif %}"),
    ("公文一级标题", "三、奖惩"),
    (
        "公文正文",
        (
            "评为{{ 表彰等次 }}的，由支部予以表彰；评为{{ 上报等次 }}的，列为重点教育对象，"
            "并书面报告上级党组织。考核结果作为评先评优的依据。"
        ),
    ),
    ("公文一级标题", "四、附则"),
    (
        "公文结语",
        (
            "本责任书一式两份，支部和责任人各执一份，自双方签字之日起生效。"
            "考核等次以本责任书所列界限为准。"
        ),
    ),
)
MEMBER_ENDS: tuple[Text, ...] = (("公文正文", "{%p endfor %}"),)

NOTICE_BEGINS: tuple[Text, ...] = (
    ("公文正文", "{%p for 人 in 人员 %}"),
    ("公文附表标题", "{{ 年度 }}年度党员责任书考核结果告知单"),
    ("公文主送机关", "{{ 人.称呼 }}同志："),
    (
        "公文正文",
        ("根据{{ 依据 }}，支部对您{{ 年度 }}年度履行责任书的情况进行了考核，结果如下。"),
    ),
    ("公文一级标题", "一、得分和等次"),
    (
        "公文正文",
        (
            "{{ 人.得分 }}，考核等次为{{ 人.等次 }}。"
            "{% if 人.等次说明 %}{{ 人.等次说明|trim('。；') }}。{% endif %}"
        ),
    ),
    ("公文表格间隔", ""),
)
NOTICE_POINTS = (
    ("责任书", "考核类别", "满分", "得分"),
    ("{%tr for 部 in 人.各部分 %}", "", "", ""),
    ("{%tr for 类 in 部.类别 %}", "", "", ""),
    ("{% vm %}{{ 部.名称 }}", "{{ 类.名称 }}", "{{ 类.满分 }}", "{{ 类.得分 }}"),
    ("{%tr endfor %}", "", "", ""),
    ("{%tr endfor %}", "", "", ""),
    ("总分", None, None, "{{ 人.总分 }}"),
)
NOTICE_COLUMNS = (
    Column(width=2000, wide=CELL),
    Column(width=3645),
    Column(width=1600),
    Column(width=1600),
)
NOTICE_CLAIMS: tuple[Text, ...] = (
    ("公文表格间隔", ""),
    ("公文一级标题", "二、加分认定"),
    ("公文正文", "{%p if 人.加分认定 %}"),
    ("公文结语", "您申报的加分逐项认定如下。"),
)
CLAIMS = (
    ("编号", "事由", "申报", "认定", "结果和原因"),
    ("{%tr for 认 in 人.加分认定 %}", "", "", "", ""),
    (
        "{{ 认.编号 }}",
        "{{ 认.事由 }}",
        "{{ 认.申报 }}",
        "{{ 认.认定 }}",
        "{{ 认.结果 }}{% if 认.说明 %}：{{ 认.说明 }}{% endif %}",
    ),
    ("{%tr endfor %}", "", "", "", ""),
)
CLAIMS_COLUMNS = (
    Column(width=1000),
    Column(width=3745, style=CELL_LEFT),
    Column(width=800),
    Column(width=800),
    Column(width=2500, style=CELL_LEFT),
)
OVER: tuple[Text, ...] = (
    ("公文正文", "{%p for 超 in 人.加分超出 %}"),
    ("公文正文", "{{ 超.项目 }}：{{ 超.说明 }}，超出的{{ 超.分值 }}分不计。"),
    ("公文正文", "{%p endfor %}"),
)
NOTICE_ENDS: tuple[Text, ...] = (
    ("公文表格间隔", ""),
    *OVER,
    ("公文正文", "{%p else %}"),
    ("公文正文", "您没有申报加分。"),
    ("公文正文", "{%p endif %}"),
    ("公文一级标题", "三、异议的提出"),
    (
        "公文结语",
        (
            "对以上结果有异议的，请在{{ 异议期限 }}前，以书面形式向支部提出，支部核实后答复本人。"
            "受理地点：{{ 受理地点 }}。联系人：{{ 联系人 }}，电话：{{ 电话 }}。"
        ),
    ),
    ("公文署名", "{{ 单位 }}"),
    ("公文成文日期", "{{ 成文日期 }}"),
    ("公文回执线", "－－－－－－－－－（沿此线剪下交回支部）－－－－－－－－－"),
    ("公文回执标题", "回　　执"),
    (
        "公文结语",
        (
            "本人已收到{{ 年度 }}年度党员责任书考核结果告知单。对考核结果："
            "□没有异议　　□有异议，另附书面意见。"
        ),
    ),
)

REGISTRATION_BEGINS: tuple[Text, ...] = (
    ("公文正文", "{%p for 人 in 人员 %}"),
    ("公文附表标题", "{{ 年度 }}年度党员责任书考核登记表"),
)
REGISTERED = (
    ("姓名", "{{ 人.姓名 }}", "性别", "{{ 人.性别 }}", "出生年月", "{{ 人.出生年月 }}"),
    ("入党时间", "{{ 人.入党时间 }}", "类别", "{{ 人.类别 }}", "党小组", "{{ 人.小组 }}"),
    ("职务", "{{ 人.职务 }}", None, None, "编号", "{{ 人.编号 }}"),
)
REGISTERED_COLUMNS = (
    Column(width=1200, style=CELL_HEAD),
    Column(width=1700, wide=CELL),
    Column(width=1200, style=CELL_HEAD),
    Column(width=1545),
    Column(width=1300, style=CELL_HEAD),
    Column(width=1900),
)
PART_BEGINS: tuple[Text, ...] = (
    ("公文正文", "{%p for 部 in 人.各部分 %}"),
    ("公文表格间隔", ""),
    ("公文表格标题", "{{ 部.名称 }}"),
)
PART_POINTS = (
    ("编号", "考核内容", "满分", "自评", "核定", "说明"),
    ("{%tr for 项 in 部.指标 %}", "", "", "", "", ""),
    (
        *("{{ 项.编号 }}", "{{ 项.内容 }}", "{{ 项.满分 }}", "{{ 项.自评 }}"),
        *("{{ 项.核定 }}", "{{ 项.说明 }}"),
    ),
    ("{%tr endfor %}", "", "", "", "", ""),
    ("基本分", None, "{{ 部.满分 }}", "", "{{ 部.基本分 }}", ""),
    ("加分", None, "{{ 部.加分封顶 }}", "", "{{ 部.加分 }}", ""),
    ("小计", None, "", "", "{{ 部.小计 }}", ""),
)
PART_COLUMNS = (
    Column(width=850, wide=CELL),
    Column(width=3795, style=CELL_LEFT),
    Column(width=750),
    Column(width=750),
    Column(width=750),
    Column(width=1950, style=CELL_LEFT),
)
REGISTERED_CLAIMS: tuple[Text, ...] = (
    ("公文正文", "{%p endfor %}"),
    ("公文表格间隔", ""),
    ("公文正文", "{%p if 人.加分认定 %}"),
    ("公文表格标题", "加分认定"),
)
REGISTERED_ENDS: tuple[Text, ...] = (
    ("公文表格间隔", ""),
    ("公文正文", "{%p endif %}"),
)
RESULT = (
    ("得分", "{{ 人.得分 }}"),
    ("等次", "{{ 人.等次 }}"),
    ("等次说明", "{% if 人.等次说明 %}{{ 人.等次说明 }}{% else %}无{% endif %}"),
    ("{%tr for 栏 in 签字栏 %}", ""),
    (
        "{{ 栏.签字人 }}",
        "{{ 栏.文字 }}\n\n\n\n　　　　　　　　签字：　　　　　　　　年　　月　　日",
    ),
    ("{%tr endfor %}", ""),
)
RESULT_COLUMNS = (Column(width=2200, style=CELL_HEAD), Column(width=6645, style=CELL_LEFT))

MINUTES: tuple[Text, ...] = (
    ("公文标题", "{{ 会.会议 }}会议记录"),
    ("公文首段", "时间：{{ 会.日期 }}"),
    ("公文正文", "主持人：{{ 会.主持人 }}"),
    ("公文正文", "记录人：{{ 会.记录人 }}"),
    ("公文正文", "到会：应到{{ 会.应到 }}名，实到{{ 会.实到 }}名"),
    ("公文正文", "缺席：{{ 会.缺席 }}"),
    ("公文一级标题", "一、议题"),
    *lines("会.议题", "公文正文"),
    ("公文一级标题", "二、议定情况"),
    ("公文正文", "{%p for 调 in 调整 %}"),
    ("公文正文", "{{ loop.index }}.{{ 调.称呼 }}，{{ 调.项目 }}：{{ 调.原因|trim('。；') }}。"),
    ("公文正文", "{%p else %}"),
    ("公文正文", "会议按议题逐项审议。"),
    ("公文正文", "{%p endfor %}"),
    ("公文正文", "{%p if 会.赞成 %}"),
    (
        "公文正文",
        "表决：赞成{{ 会.赞成 }}名，反对{{ 会.反对 }}名，弃权{{ 会.弃权 }}名。",
    ),
    ("公文正文", "{%p endif %}"),
    ("公文一级标题", "三、决议"),
    *lines("会.决议", "公文结语", ends="。"),
)


def agreements() -> bytes:
    """Build the agreements of the year's start, one after the other for each member."""
    paper = blocks.base(DRAFT, foot="方案版本：{{ 方案版本 }}")
    write(paper, AGREEMENT_BEGINS)
    blocks.table(paper, AGREEMENT_ITEMS, AGREEMENT_COLUMNS)
    write(paper, AGREEMENT_MORE)
    blocks.table(paper, AGREEMENT_BONUSES, BONUSES_COLUMNS)
    write(paper, AGREEMENT_RULES)
    write_signing(paper, "支部书记（签字、盖章）：", "责任人（签字）：", room=True)
    blocks.section_end(paper)
    write(paper, MEMBER_ENDS * 2)
    return pieces.as_bytes(paper, "责任书")


def notices() -> bytes:
    """Build the notices of the result, each with a receipt to cut off."""
    paper = blocks.base(DRAFT)
    write(paper, NOTICE_BEGINS)
    blocks.table(paper, NOTICE_POINTS, NOTICE_COLUMNS)
    write(paper, NOTICE_CLAIMS)
    blocks.table(paper, CLAIMS, CLAIMS_COLUMNS)
    write(paper, NOTICE_ENDS)
    write_receipt(paper, "{{ 成文日期 }}", "姓名：{{ 人.称呼 }}")
    blocks.section_end(paper)
    write(paper, MEMBER_ENDS)
    return pieces.as_bytes(paper, "考核结果告知单")


def registration() -> bytes:
    """Build the sheets that go into each member's file."""
    paper = blocks.base(DRAFT)
    write(paper, REGISTRATION_BEGINS)
    blocks.table(paper, REGISTERED, REGISTERED_COLUMNS, heading=False)
    write(paper, PART_BEGINS)
    blocks.table(paper, PART_POINTS, PART_COLUMNS)
    write(paper, REGISTERED_CLAIMS)
    blocks.table(paper, CLAIMS, CLAIMS_COLUMNS)
    write(paper, REGISTERED_ENDS)
    blocks.table(paper, RESULT, RESULT_COLUMNS, heading=False, together=True)
    blocks.section_end(paper)
    write(paper, MEMBER_ENDS)
    return pieces.as_bytes(paper, "考核登记表")


def minutes() -> bytes:
    """Build the record of one meeting."""
    paper = blocks.base(DRAFT)
    write(paper, MINUTES)
    write_signing(paper, "主持人（签字）：", "记录人（签字）：")
    return pieces.as_bytes(paper, "会议记录")
