"""Build the Word templates of this system: ``python build.py`` writes them beside this file.

The templates are made to be edited in Word or WPS afterwards; this script is how the
delivered ones came about. A tag ``{{ 名 }}`` is a value; ``{%p … %}`` alone in a paragraph
and ``{%tr … %}`` alone in a row repeat or leave out what stands between them.
"""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from docx.document import Document

from sheetflow.word import blocks
from sheetflow.word.finish import finish
from sheetflow.word.official import CELL, CELL_HEAD, CELL_NAME, Column

HERE = Path(__file__).parent
DRAFT = "{% if 草稿 %}草稿（{{ 草稿 }}）{% endif %}"
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
#: Up to three are named in the text; of more, the first.
HONOURED = (
    "{% if 名单|length == 1 %}{{ 名单[0].姓名 }}"
    "{% elif 名单|length <= 3 %}{{ 名单|map(attribute='姓名')|join('、') }}{{ 表彰人数 }}名"
    "{% else %}{{ 名单[0].姓名 }}等{{ 表彰人数 }}名{% endif %}同志"
)

NAMES = (
    ("序号", "姓名", "性别", "职务", "党小组"),
    ("{%tr for 行 in 名单 %}", "", "", "", ""),
    ("{{ 行.序号 }}", "{{ 行.姓名 }}", "{{ 行.性别 }}", "{{ 行.职务 }}", "{{ 行.小组 }}"),
    ("{%tr endfor %}", "", "", "", ""),
)
NAMES_COLUMNS = (
    Column(width=750),
    Column(width=1545, style=CELL_NAME),
    Column(width=750),
    Column(width=3900),
    Column(width=1900),
)
TIERS = (
    ("等次", "人数", "占比"),
    ("{%tr for 行 in 等次表 %}", "", ""),
    ("{{ 行.等次 }}", "{{ 行.人数 }}", "{{ 行.占比 }}"),
    ("{%tr endfor %}", "", ""),
    ("合计", "{{ 评定 }}", "{% if 评定 != '0' %}100.0%{% else %}—{% endif %}"),
)
TIERS_COLUMNS = (Column(width=2949), Column(width=2948), Column(width=2948))
SCORES = (
    ("序号", "姓名", "{{ 部分名[0] }}", "{{ 部分名[1] }}", "总分", "等次", "备注"),
    ("{%tr for 行 in 成绩表 %}", "", "", "", "", "", ""),
    (
        "{{ 行.序号 }}",
        "{{ 行.姓名 }}",
        "{{ 行.各部分[0] }}",
        "{{ 行.各部分[1] }}",
        "{{ 行.总分 }}",
        "{{ 行.等次 }}",
        "{{ 行.备注 }}",
    ),
    ("{%tr endfor %}", "", "", "", "", "", ""),
)
SCORES_COLUMNS = (
    Column(width=750),
    Column(width=1350, style=CELL_NAME),
    Column(width=1350),
    Column(width=1350),
    Column(width=1050),
    Column(width=1250),
    Column(width=1745),
)
PERSON = (
    ("姓名", "{{ 人.姓名 }}", "性别", "{{ 人.性别 }}", "出生年月", "{{ 人.出生年月 }}"),
    ("入党时间", "{{ 人.入党时间 }}", "职务", "{{ 人.职务 }}", None, None),
    (
        "{{ 部分名[0] }}",
        "{{ 人.各部分[0] }}",
        "{{ 部分名[1] }}",
        "{{ 人.各部分[1] }}",
        "总分",
        "{{ 人.总分 }}",
    ),
    ("主要失分", "{{ 人.失分 }}", None, None, None, None),
    ("主要问题", "{{ 人.主要问题 }}", None, None, None, None),
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

#: Paragraphs as (style, text).
Text = tuple[str, str]


def lines(tag: str, style: str) -> Iterator[Text]:
    """Yield a text that people wrote: every line of it a paragraph."""
    yield style, f"{{%p for 段 in {tag}.splitlines() if 段.strip() %}}"
    yield style, "{{ 段.strip() }}"
    yield style, "{%p endfor %}"


COMMENDATION: tuple[Text, ...] = (
    ("公文标题", "{{ 单位 }}\n关于表彰{{ 年度 }}年度优秀共产党员的决定"),
    ("公文主送机关", "各党小组、全体党员："),
    (
        "公文正文",
        (
            "{{ 年度 }}年，支部对党员履行目标管理责任书和党风廉政建设责任书的情况进行了考核。"
            "根据{{ 依据 }}，经个人自评、支部核定，{{ 会议 }}审议，并经公示（{{ 公示 }}）无异议，"
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
            "考核按照个人自评、支部核定、会议审议、公示的程序进行。"
            "考核结果经{{ 会议 }}审议，并经公示（{{ 公示 }}）无异议。"
        ),
    ),
    ("公文一级标题", "二、考核结果"),
    ("公文正文", "考核等次按总分评定：{{ 等次界限 }}。各等次人数及占比如下。"),
)
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
    (
        "公文正文",
        (
            "{{ 人.姓名 }}同志{{ 部分名[0] }}{{ 人.各部分[0] }}分，"
            "{{ 部分名[1] }}{{ 人.各部分[1] }}分，总分{{ 人.总分 }}分。"
            "主要问题：{{ 人.主要问题|trim('。；') }}。"
        ),
    ),
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
)
REPORT_NAMES: tuple[Text, ...] = (
    ("公文表格间隔", ""),
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
REPORT_LAST: tuple[Text, ...] = (
    ("公文表格间隔", ""),
    ("公文正文", "{%p endfor %}"),
    ("公文正文", "{%p endif %}"),
)


def commendation() -> bytes:
    """Build the decision to commend, the list of names attached."""
    paper = blocks.base(DRAFT)
    write(paper, COMMENDATION)
    write_names(paper)
    return as_bytes(paper, "表彰决定")


def report() -> bytes:
    """Build the report to the superior committee with its attachments."""
    paper = blocks.base(DRAFT)
    write(paper, REPORT_BEGINS)
    blocks.table(paper, TIERS, TIERS_COLUMNS, together=True)
    write(paper, REPORT_ENDS)
    blocks.table(paper, SCORES, SCORES_COLUMNS)
    write(paper, REPORT_NAMES)
    write_names(paper)
    write(paper, REPORT_PERSONS)
    blocks.table(paper, PERSON, PERSON_COLUMNS, heading=False, together=True)
    write(paper, REPORT_LAST)
    return as_bytes(paper, "考核情况报告")


def write(paper: Document, texts: tuple[Text, ...]) -> None:
    """Add paragraphs."""
    for style, text in texts:
        blocks.paragraph(paper, text, style)


def write_names(paper: Document) -> None:
    """Add the list of names under the note that says their order."""
    blocks.paragraph(paper, "（{{ 名单顺序 }}）", "公文表注")
    blocks.table(paper, NAMES, NAMES_COLUMNS)
    blocks.paragraph(paper, "", "公文表格间隔")


def as_bytes(paper: Document, title: str) -> bytes:
    """Return the template as a file; the same script gives the same bytes."""
    out = io.BytesIO()
    paper.save(out)
    return finish(
        out.getvalue(), title=title, organisation="", created=date(2015, 1, 1), version=""
    )


TEMPLATES = {"commendation.docx": commendation, "report.docx": report}

if __name__ == "__main__":
    for name, build in TEMPLATES.items():
        (HERE / name).write_bytes(build())
        print(HERE / name)
