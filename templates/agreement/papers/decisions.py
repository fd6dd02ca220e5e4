"""Papers about the whole outcome: commendation, publicity, report, request."""

import pieces
from pieces import (
    APPROVED,
    DRAFT,
    HONOURED,
    PUBLIC,
    Text,
    lines,
    write,
    write_head,
    write_imprint,
    write_names,
)

from sheetflow.word import blocks
from sheetflow.word.official import CELL, CELL_HEAD, CELL_NAME, CELL_POINTS, Column

#: A lone attachment has no number.
FIRST = "{% if 名单 or 上报人员 %}1{% endif %}"
FIRST_DOT = "{% if 名单 or 上报人员 %}1.{% endif %}"
#: The sheet on reported members moves up when there is no list of names.
LAST = "{{ '3' if 名单 else '2' }}"
#: Counts that are left out when they are none.
OTHERS = "".join(
    f"{{% if {tag} != '0' %}}，{words}{{{{ {tag} }}}}名{{% endif %}}"
    for tag, words in (
        ("免评", "免予考核"),
        ("缓评", "暂缓考核"),
        ("未交", "未交考核表"),
        ("未定", "结果未定"),
    )
)

COMMENDATION: tuple[Text, ...] = (
    ("公文标题", "{{ 单位 }}\n关于表彰{{ 年度 }}年度优秀共产党员的决定"),
    ("公文主送机关", "各党小组、全体党员："),
    (
        "公文正文",
        (
            "{{ 年度 }}年，支部对党员履行目标管理责任书和党风廉政建设责任书的情况进行了考核。"
            f"根据{{{{ 依据 }}}}，经个人自评{APPROVED}，{{{{ 会议 }}}}审议{PUBLIC}，"
            f"决定授予{HONOURED}“{{{{ 年度 }}}}年度优秀共产党员”称号，予以表彰。"
        ),
    ),
    *lines("希望", "公文正文"),
    *lines("号召", "公文结语"),
    ("公文附件说明", "附件：{{ 年度 }}年度优秀共产党员名单"),
    ("公文署名", "{{ 单位 }}"),
    ("公文成文日期", "{{ 成文日期 }}"),
    ("公文附件序号", "附件"),
    ("公文附件标题", "{{ 年度 }}年度优秀共产党员名单"),
)
PUBLICITY_BEGINS: tuple[Text, ...] = (
    ("公文标题", "关于{{ 年度 }}年度党员责任书考核\n拟评定{{ 表彰等次 }}等次人选的公示"),
    (
        "公文首段",
        (
            "根据{{ 依据 }}，支部对{{ 年度 }}年度党员履行目标管理责任书和党风廉政建设责任书的情况"
            f"进行了考核。经个人自评{APPROVED}，拟评定下列{{{{ 表彰人数 }}}}名同志为"
            "{{ 年度 }}年度考核{{ 表彰等次 }}等次（{{ 名单顺序 }}），现予公示："
        ),
    ),
    ("公文表格间隔", ""),
)
PUBLICITY_ENDS: tuple[Text, ...] = (
    ("公文表格间隔", ""),
    (
        "公文正文",
        (
            "公示期为{{ 公示期 }}，共{{ 公示天数 }}天。公示期间，对公示人选有异议的，请以书面或"
            "当面形式向支部反映。反映情况应当实事求是，署真实姓名，以便核实和答复。"
        ),
    ),
    ("公文结语", "受理地点：{{ 受理地点 }}。联系人：{{ 联系人 }}，电话：{{ 电话 }}。"),
    ("公文署名", "{{ 单位 }}"),
    ("公文成文日期", "{{ 成文日期 }}"),
)
REPORT_BEGINS: tuple[Text, ...] = (
    ("公文标题", "{{ 单位 }}\n关于{{ 年度 }}年度党员责任书考核情况的报告"),
    ("公文主送机关", "{{ 上级 }}："),
    (
        "公文正文",
        (
            "根据{{ 依据 }}，支部对{{ 年度 }}年度党员履行目标管理责任书和党风廉政建设责任书的情况"
            "进行了考核，共评定等次{{ 评定 }}名。现将有关情况报告如下。"
        ),
    ),
    ("公文一级标题", "一、考核组织情况"),
    (
        "公文正文",
        (
            f"应参加考核党员{{{{ 应评 }}}}名，实际参加考核{{{{ 参评 }}}}名{OTHERS}。"
            "参加考核的党员中，评定等次{{ 评定 }}名"
            "{% if 不定等次 != '0' %}，不定等次{{ 不定等次 }}名{% endif %}。"
        ),
    ),
    (
        "公文正文",
        (
            f"考核按照个人自评{APPROVED}、会议审议"
            "{% if 公示期 %}、公示{% endif %}的程序进行。"
            f"考核结果经{{{{ 会议 }}}}审议{PUBLIC}。"
        ),
    ),
    ("公文正文", "{%p for 会 in 会议们 %}"),
    (
        "公文正文",
        (
            "{{ 会.日期 }}召开{{ 会.会议 }}，应到{{ 会.应到 }}名，实到{{ 会.实到 }}名"
            "{% if 会.赞成 %}，赞成{{ 会.赞成 }}名，反对{{ 会.反对 }}名，弃权{{ 会.弃权 }}名"
            "{% endif %}。"
        ),
    ),
    ("公文正文", "{%p endfor %}"),
    ("公文一级标题", "二、考核结果"),
    ("公文正文", "考核等次按总分评定：{{ 等次界限 }}。各等次人数及占比如下。"),
)
TIERS = (
    ("等次", "人数", "占比"),
    ("{%tr for 行 in 等次表 %}", "", ""),
    ("{{ 行.等次 }}", "{{ 行.人数 }}", "{{ 行.占比 }}"),
    ("{%tr endfor %}", "", ""),
    ("合计", "{{ 评定 }}", "{% if 评定 != '0' %}100.0%{% else %}—{% endif %}"),
)
TIERS_COLUMNS = (Column(width=2949), Column(width=2948), Column(width=2948))
REPORT_ENDS: tuple[Text, ...] = (
    ("公文表格间隔", ""),
    ("公文一级标题", "三、优秀党员"),
    (
        "公文正文",
        (
            f"{{% if 名单 %}}评定{HONOURED}为优秀党员，名单见附件2。"
            "{% else %}本年度没有党员评定为优秀。{% endif %}"
        ),
    ),
    ("公文一级标题", "四、基本合格与不合格党员"),
    ("公文正文", "{%p for 行 in 低等次 %}"),
    (
        "公文正文",
        (
            "{{ 行.等次 }}{% if 行.人数 == '0' %}：无"
            "{% else %}{{ 行.人数 }}名：{{ 行.姓名们 }}{% endif %}。"
        ),
    ),
    ("公文正文", "{%p endfor %}"),
    ("公文正文", "{%p for 人 in 上报人员 %}"),
    ("公文正文", "{{ 人.称呼 }}同志{{ 人.得分 }}。主要问题：{{ 人.主要问题|trim('。；') }}。"),
    ("公文正文", "{%p endfor %}"),
    ("公文正文", "{%p if 上报人员 %}"),
    ("公文正文", f"不合格党员的有关情况见附件{LAST}。"),
    ("公文正文", "{%p endif %}"),
    ("公文一级标题", "五、存在问题与下一步打算"),
    *lines("问题与打算", "公文正文"),
    ("公文结语", "特此报告。"),
    ("公文附件说明", f"附件：{FIRST_DOT}{{{{ 年度 }}}}年度党员考核结果汇总表"),
    ("公文正文", "{%p if 名单 %}"),
    ("公文附件说明续", "2.{{ 年度 }}年度优秀党员名单"),
    ("公文正文", "{%p endif %}"),
    ("公文正文", "{%p if 上报人员 %}"),
    ("公文附件说明续", f"{LAST}.{{{{ 年度 }}}}年度考核不合格党员情况表"),
    ("公文正文", "{%p endif %}"),
    ("公文署名", "{{ 单位 }}"),
    ("公文成文日期", "{{ 成文日期 }}"),
    ("公文附注", "（联系人：{{ 联系人 }}，电话：{{ 电话 }}）"),
    ("公文附件序号", f"附件{FIRST}"),
    ("公文附件标题", "{{ 年度 }}年度党员考核结果汇总表"),
    ("公文表注", "（{{ 名单顺序 }}）"),
)
SCORES = (
    (
        *("序号", "姓名"),
        *("{%tc for 名 in 部分名 %}", "{{ 名 }}", "{%tc endfor %}"),
        *("总分", "等次", "备注"),
    ),
    ("{%tr for 行 in 成绩表 %}", *[""] * 7),
    (
        *("{{ 行.序号 }}", "{{ 行.姓名 }}"),
        *("{%tc for 分 in 行.各部分 %}", "{{ 分 }}", "{%tc endfor %}"),
        *("{{ 行.总分 }}", "{{ 行.等次 }}", "{{ 行.备注 }}"),
    ),
    ("{%tr endfor %}", *[""] * 7),
)
SCORES_COLUMNS = (
    Column(width=750),
    Column(width=1350, style=CELL_NAME),
    Column(width=600),
    Column(width=1500, style=CELL_POINTS),
    Column(width=600),
    Column(width=1050),
    Column(width=1300),
    Column(width=1395),
)
REPORT_NAMES: tuple[Text, ...] = (
    ("公文正文", "{%p if 名单 %}"),
    ("公文附件序号", "附件2"),
    ("公文附件标题", "{{ 年度 }}年度优秀党员名单"),
)
REPORT_PERSONS: tuple[Text, ...] = (
    ("公文正文", "{%p endif %}"),
    ("公文正文", "{%p if 上报人员 %}"),
    ("公文附件序号", f"附件{LAST}"),
    ("公文附件标题", "{{ 年度 }}年度考核不合格党员情况表"),
    ("公文正文", "{%p for 人 in 上报人员 %}"),
)
PERSON = (
    ("姓名", "{{ 人.姓名 }}", "性别", "{{ 人.性别 }}", "出生年月", "{{ 人.出生年月 }}"),
    ("入党时间", "{{ 人.入党时间 }}", "职务", "{{ 人.职务 }}", None, None),
    ("得分", "{{ 人.得分 }}", None, None, None, None),
    ("主要失分", "{{ 人.失分 }}", None, None, None, None),
    ("否决情形", "{{ 人.否决 }}", None, None, None, None),
    ("主要问题", "{{ 人.主要问题 }}", None, None, None, None),
    ("事实依据", "{{ 人.事实 }}", None, None, None, None),
    ("教育经过", "{{ 人.教育经过 }}", None, None, None, None),
    ("本人态度", "{{ 人.本人态度 }}", None, None, None, None),
    ("支部意见", "{{ 人.支部意见 }}", None, None, None, None),
)
PERSON_COLUMNS = (
    Column(width=1300, style=CELL_HEAD),
    Column(width=1700),
    Column(width=1300, style=CELL_HEAD),
    Column(width=1345, wide=CELL),
    Column(width=1300, style=CELL_HEAD),
    Column(width=1900),
)
REPORT_LAST: tuple[Text, ...] = (
    ("公文表格间隔", ""),
    ("公文正文", "{%p endfor %}"),
    ("公文正文", "{%p endif %}"),
)
REQUEST: tuple[Text, ...] = (
    ("公文标题", "{{ 单位 }}\n关于给予{{ 人.称呼 }}同志{{ 人.处置建议|trim('。') }}的请示"),
    ("公文主送机关", "{{ 上级 }}："),
    (
        "公文正文",
        (
            "{{ 人.称呼 }}，{{ 人.性别 }}，{{ 人.出生年月 }}出生，{{ 人.入党时间 }}入党，"
            "现任{{ 人.职务 }}。"
            "{{ 年度 }}年度党员责任书考核中，该同志{{ 人.得分 }}，评定为{{ 人.等次 }}。"
        ),
    ),
    ("公文一级标题", "一、主要问题和事实"),
    ("公文正文", "{{ 人.主要问题|trim('。；') }}。{{ 人.事实|trim('。；') }}。"),
    ("公文正文", "{%p if 人.否决 != '无' %}"),
    ("公文正文", "否决情形：{{ 人.否决 }}。"),
    ("公文正文", "{%p endif %}"),
    ("公文一级标题", "二、教育帮助经过和本人态度"),
    ("公文正文", "{{ 人.教育经过|trim('。；') }}。本人态度：{{ 人.本人态度|trim('。；') }}。"),
    ("公文一级标题", "三、支部大会意见"),
    (
        "公文正文",
        (
            "支部党员大会应到{{ 人.大会应到 }}名，实到{{ 人.大会实到 }}名，"
            "赞成{{ 人.大会赞成 }}名，建议给予{{ 人.称呼 }}同志{{ 人.处置建议|trim('。') }}。"
        ),
    ),
    ("公文结语", "妥否，请批示。"),
    ("公文署名", "{{ 单位 }}"),
    ("公文成文日期", "{{ 成文日期 }}"),
    ("公文附注", "（联系人：{{ 联系人 }}，电话：{{ 电话 }}）"),
)


def commendation() -> bytes:
    """Build the decision to commend, the list of names attached."""
    paper = blocks.base(DRAFT)
    write_head(paper)
    write(paper, COMMENDATION)
    write_names(paper)
    write_imprint(paper)
    return pieces.as_bytes(paper, "表彰决定")


def publicity() -> bytes:
    """Build the notice that makes names public, and nothing but names."""
    paper = blocks.base(DRAFT)
    write(paper, PUBLICITY_BEGINS)
    blocks.table(paper, pieces.NAMES_ONLY, pieces.NAMES_ONLY_COLUMNS, heading=False, ruled=False)
    write(paper, PUBLICITY_ENDS)
    return pieces.as_bytes(paper, "公示")


def report() -> bytes:
    """Build the report to the superior committee with its attachments."""
    paper = blocks.base(DRAFT)
    write_head(paper, upward=True)
    write(paper, REPORT_BEGINS)
    blocks.table(paper, TIERS, TIERS_COLUMNS, together=True)
    write(paper, REPORT_ENDS)
    blocks.table(paper, SCORES, SCORES_COLUMNS)
    pieces.write_end(paper)
    write(paper, REPORT_NAMES)
    write_names(paper)
    write(paper, REPORT_PERSONS)
    blocks.table(paper, PERSON, PERSON_COLUMNS, heading=False, together=True)
    write(paper, REPORT_LAST)
    pieces.keep_date(paper, "{{ 成文日期 }}")
    write_imprint(paper)
    return pieces.as_bytes(paper, "考核情况报告")


def request() -> bytes:
    """Build the request about one member: one matter, one addressee."""
    paper = blocks.base(DRAFT)
    write_head(paper, upward=True)
    write(paper, REQUEST)
    pieces.keep_date(paper, "{{ 成文日期 }}")
    write_imprint(paper)
    return pieces.as_bytes(paper, "请示")
