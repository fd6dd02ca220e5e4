"""Word papers: filled truly, finished the same way every time, laid out by GB/T 9704-2012."""

from __future__ import annotations

import importlib.util
import io
import re
import zipfile
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import docx
import pdfplumber
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from office import Office
from pdfplumber.page import Page

from sheetflow.errors import FaultsError
from sheetflow.text import clean
from sheetflow.word import blocks, official
from sheetflow.word.finish import finish
from sheetflow.word.render import render

PAPERS = Path(__file__).parent.parent / "templates" / "agreement" / "papers"
MM = 72 / 25.4
#: A full page (GB/T 9704-2012, 5.2.3).
LINES, CHARACTERS = 22, 28
SURNAMES = "丁马王毛叶申田刘李杨吴何沈张陈赵"
GIVEN = ("一鸣", "芳", "小明", "大利", "静", "建华")


def person(number: int) -> dict[str, str]:
    return {
        "序号": str(number + 1),
        "姓名": SURNAMES[number % 16] + GIVEN[number % 6],
        "称呼": SURNAMES[number % 16] + GIVEN[number % 6],
        "性别": "男女"[number % 2],
        "职务": ("教师", "教研组组长", "总务处副主任、二年级语文教师")[number % 3],
        "小组": ("第一党小组", "第二党小组", "离退休党小组")[number % 3],
        "出生年月": "1970.05",
        "入党时间": "1995.07.01",
    }


def result(number: int) -> dict[str, Any]:
    score = {"各部分": ["63.5", "41"], "总分": "104.5", "等次": "优秀", "备注": ""}
    return person(number) | score


def reported(number: int) -> dict[str, Any]:
    return person(number) | {
        "得分": "目标管理35.5分，党风廉政20分，总分55.5分",
        "否决": "无",
        "事实": "全年无故缺席支部党员大会3次，见签到册。",
        "失分": "组织生活（5分得1分）、党费交纳（3分得0分）、服从工作安排（4分得1分）、"
        "教学常规（5分得2分）、廉洁从教（6分得3分）",
        "主要问题": "全年无故缺席支部党员大会3次，未按时交纳党费；经提醒仍未改正。",
        "教育经过": "4月、9月支部书记两次谈心谈话，11月党小组组织专题帮助。",
        "本人态度": "【待填：本人态度】",
        "支部意见": "责令限期改正，期限六个月。",
    }


def context(honoured: int = 3, poor: int = 0, draft: str = "") -> dict[str, Any]:
    """What papers.py hands to both templates of the system."""
    passed = [{"等次": "基本合格", "人数": "1", "姓名们": "何静"}]
    failed = {"等次": "不合格", "人数": str(poor)}
    failed["姓名们"] = "、".join(reported(n)["姓名"] for n in range(poor))
    return {
        "草稿": draft,
        "年度": "2015",
        "单位": "中共同民镇中学支部委员会",
        "上级": "中共同民镇委员会",
        "依据": "《同民镇中学党员责任书考核办法》",
        "会议": "2016年1月8日支部党员大会（应到45名，实到43名）",
        "公示期": "2016年1月11日至1月15日",
        "公示结果": "无异议",
        **dict.fromkeys(("红头", "黑头", "发文机关标志", "发文字号", "签发人"), ""),
        "经核定": "是",
        **dict.fromkeys(("版记", "抄送", "印发机关", "印发日期"), ""),
        "会议们": [],
        "成文日期": "2016年1月18日",
        "联系人": "李建华",
        "电话": "【待填：联系电话】",
        "应评": "50",
        "参评": "47",
        "免评": "2",
        "缓评": "0",
        "未交": "1",
        "未定": "0",
        "评定": "45",
        "不定等次": "2",
        "等次表": [
            {"等次": "优秀", "人数": str(honoured), "占比": "30.0%"},
            {"等次": "合格", "人数": "29", "占比": "64.4%"},
            {"等次": "基本合格", "人数": "1", "占比": "2.2%"},
            {"等次": "不合格", "人数": str(poor), "占比": "4.4%"},
        ],
        "等次界限": "100分（含）以上为优秀，80分（含）至100分（不含）为合格，"
        "60分（含）至80分（不含）为基本合格，60分（不含）以下为不合格",
        "表彰人数": str(honoured),
        "名单": [person(n) for n in range(honoured)],
        "名单顺序": "按姓氏笔画为序",
        "须核定": "是",
        "低等次": [*passed, failed],
        "上报人员": [reported(n) for n in range(poor)],
        "成绩表": [result(n) for n in range(47)],
        "部分名": ["目标管理", "党风廉政"],
        "希望": "希望受到表彰的同志珍惜荣誉、再接再厉，在教育教学工作中继续发挥先锋模范作用。",
        "号召": "支部号召全体党员以受表彰的同志为榜样，认真履行责任书，"
        "立足岗位，扎实工作，为学校发展作出新的贡献。",
        "问题与打算": "个别党员学习不够经常，参加组织生活不够自觉。\n"
        "下一步，支部将落实“三会一课”，加强经常性教育。",
    }


def template(*texts: str, style: str = "公文正文") -> bytes:
    paper = blocks.base()
    for text in texts:
        blocks.paragraph(paper, text, style)
    return saved(paper)


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def finished(document: bytes) -> bytes:
    return finish(
        document,
        title="考核情况报告",
        organisation="中共同民镇中学支部委员会",
        created=date(2016, 1, 18),
        version="1-3f9a",
    )


def paper(kind: str, honoured: int = 3, poor: int = 0, draft: str = "") -> bytes:
    content = (PAPERS / f"{kind}.docx").read_bytes()
    return finished(render(content, context(honoured, poor, draft)))


def texts(document: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(document)).paragraphs]


def parts(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


# ------------------------------------------------------------------ templates


def build_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build", PAPERS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(path.name for path in PAPERS.glob("*.docx")))
def test_the_delivered_template_is_what_the_script_builds(name: str) -> None:
    built = parts(build_script().TEMPLATES[name]())
    delivered = parts((PAPERS / name).read_bytes())
    assert list(delivered) == list(built)
    for part, content in built.items():
        assert delivered[part] == content, part


# ------------------------------------------------------------------ rendering

NASTY = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.characters(),
        st.sampled_from(
            [
                *("{{ 姓名 }}", "{_{", "}_}", "{_%", "{%p endif %}", "{{r x}}", "<w:p>", "&lt;"),
                *("A & B <c>", "“引”", "\t", "\n", "\r\n", "\a", "\f", " ", "　", "㛃", "𬭎"),
            ]
        ),
    ),
    max_size=6,
).map("".join)


@given(NASTY)
@settings(max_examples=60, deadline=None)
def test_any_text_comes_out_as_itself(text: str) -> None:
    filled = finished(render(template("前{{ 文 }}后", "{{ 文 }}"), {"文": text}))
    assert texts(filled) == [f"前{clean(text)}后", clean(text)]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("{{x}}", "{{x}}"),
        ("{_{x}_}", "{_{x}_}"),
        ("<w:p>", "<w:p>"),
        ("A & B <c>", "A & B <c>"),
        ("a\x00b\x07\ud800\ufffe", "ab"),
        ("甲\r\n乙", "甲\n乙"),
    ],
)
def test_text_that_looks_like_code_is_text(typed: str, printed: str) -> None:
    rows = [["甲"], ["{%tr for 行 in 行们 %}"], ["{{ 行.文 }}"], ["{%tr endfor %}"]]
    made = blocks.base("{{ 文 }}")
    blocks.table(made, rows, [official.Column(width=4000)])
    filled = docx.Document(io.BytesIO(render(saved(made), {"文": typed, "行们": [{"文": typed}]})))
    assert filled.tables[0].rows[1].cells[0].text == printed
    assert filled.sections[0].header.paragraphs[0].text == printed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ 电话号码 }}", "“电话号码”"),
        ("{{ 人.籍贯 }}", "“籍贯”"),
        ("{{ 人们[3] }}", "3"),
        ("{% if 文 %}{{ 文 }}", "在这几行附近：{% if 文 %}{{ 文 }}"),
        ("{%p if 文 %}文{%p endif %}", "写错的标签"),
        ("{{ 文.__class__.mro() }}", "不允许"),
        ("{{ 文 + 1 }}", "打不开"),
    ],
)
def test_a_template_at_fault_is_named(text: str, words: str) -> None:
    with pytest.raises(FaultsError) as caught:
        render(template(text), {"文": "甲", "人": {"姓名": "甲"}, "人们": []})
    assert words in caught.value.message
    assert caught.value.fix


def test_a_tag_only_the_header_has_is_named_too() -> None:
    with pytest.raises(FaultsError, match="“草稿”"):
        render(saved(blocks.base("{{ 草稿 }}")), {})


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04broken"])
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    with pytest.raises(FaultsError, match="打不开"):
        render(content, {})


def test_a_workbook_is_no_template() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(FaultsError, match="打不开"):
        render(out.getvalue(), {})


# ------------------------------------------------------------------ the two papers


@pytest.mark.parametrize(
    ("honoured", "words"),
    [
        (1, "决定授予丁一鸣同志“2015年度优秀共产党员”称号"),
        (3, "决定授予丁一鸣、马芳、王小明3名同志"),
        (44, "决定授予丁一鸣等44名同志"),
    ],
)
def test_the_decision_names_up_to_three(honoured: int, words: str) -> None:
    document = paper("commendation", honoured=honoured)
    assert words in "".join(texts(document))
    listed = docx.Document(io.BytesIO(document)).tables[0]
    assert len(listed.rows) == honoured + 1


@pytest.mark.parametrize(
    ("honoured", "poor", "announced", "numbered"),
    [
        (0, 0, ["附件：2015年度党员考核结果汇总表"], ["附件"]),
        (0, 2, ["附件：1.2015年度党员考核结果汇总表", "2.2015年度考核不合格"], ["1", "2"]),
        (3, 0, ["附件：1.2015年度党员考核结果汇总表", "2.2015年度优秀"], ["1", "2"]),
        (3, 2, ["附件：1.", "2.2015年度优秀", "3.2015年度考核不合格"], ["1", "2", "3"]),
    ],
)
def test_attachments_are_numbered_without_a_gap(
    honoured: int, poor: int, announced: list[str], numbered: list[str]
) -> None:
    found = docx.Document(io.BytesIO(paper("report", honoured=honoured, poor=poor))).paragraphs
    notes = [p.text for p in found if p.style and p.style.name.startswith("公文附件说明")]
    assert [note[: len(start)] for note, start in zip(notes, announced, strict=True)] == announced
    heads = [p.text for p in found if p.style and p.style.name == "公文附件序号"]
    assert [head.removeprefix("附件") or "附件" for head in heads] == numbered
    titles = [p.text for p in found if p.style and p.style.name == "公文附件标题"]
    assert [note.removeprefix("附件：").lstrip("123.") for note in notes] == [
        title.lstrip("123.") for title in titles
    ]


def test_only_a_draft_says_so_on_every_page() -> None:
    for reason, shown in (("", ""), ("有待填内容2处", "草稿（有待填内容2处）")):
        section = docx.Document(io.BytesIO(paper("report", draft=reason))).sections[0]
        for header in (section.header, section.even_page_header):
            assert [p.text for p in header.paragraphs] == [shown]


# ------------------------------------------------------------------ finishing


def test_the_same_input_gives_the_same_bytes() -> None:
    first = paper("report", honoured=3, poor=2)
    assert paper("report", honoured=3, poor=2) == first
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.namelist()[1:] == sorted(packed.namelist()[1:])


def test_properties_name_the_organisation_and_the_scheme_only() -> None:
    found = parts(paper("commendation"))
    core = re.sub(r"<[^>]*>", "|", found["docProps/core.xml"].decode())
    assert sorted(filter(None, core.split("|"))) == sorted(
        ["\n", "1", "1-3f9a", "考核情况报告"] + ["2016-01-18T00:00:00Z"] * 2
    )
    said = found["docProps/app.xml"].decode()
    assert "<Application>sheetflow</Application>" in said
    assert "<Company>中共同民镇中学支部委员会</Company>" in said


def test_only_what_people_must_fill_in_is_yellow() -> None:
    document = finished(render(template("电话：{{ 文 }}，完"), {"文": "甲【待填：电话】乙\n丙"}))
    runs = docx.Document(io.BytesIO(document)).paragraphs[0].runs
    assert [run.text for run in runs if run.font.highlight_color] == ["【待填：电话】"]
    assert "".join(run.text for run in runs) == "电话：甲【待填：电话】乙\n丙，完"


@pytest.mark.parametrize(
    ("name", "day", "name_right", "day_right"),
    [
        ("中共同民镇中学支部委员会", "2016年1月18日", 2, 5.5),
        ("同民镇中学党支部", "2016年1月8日", 2, 2),
        ("党支部", "2015年12月31日", 8, 2),
    ],
)
def test_signature_without_seal(name: str, day: str, name_right: float, day_right: float) -> None:
    """7.3.5.2: the date begins two characters right of the name and ends two from the edge."""
    made = blocks.base()
    blocks.paragraph(made, name, "公文署名")
    blocks.paragraph(made, day, "公文成文日期")
    found = docx.Document(io.BytesIO(finished(saved(made)))).paragraphs
    indents = [p.paragraph_format.right_indent for p in found]
    assert indents == [round(right * 16 * 12700) for right in (name_right, day_right)]


def test_every_run_is_marked_chinese() -> None:
    """Else Word sets “ ” — … in the Latin face, half as wide."""
    made = blocks.base("草稿")
    blocks.paragraph(made, "“三会一课”", "公文正文")
    blocks.table(made, [["“甲”"]], [official.Column(width=4000)])
    for name, content in parts(finished(saved(made))).items():
        if re.fullmatch(r"word/(document|header\d|footer\d)\.xml", name):
            assert content.count(b"<w:r>") == content.count(b'w:hint="eastAsia"') > 0, name


def test_what_an_editor_dropped_is_restored_by_style_name() -> None:
    made = blocks.base()
    blocks.paragraph(made, "正文", "公文正文")
    style = made.styles["公文正文"].element
    style.set(qn("w:styleId"), "Style22")
    indent = style.find(f"{qn('w:pPr')}/{qn('w:ind')}")
    del indent.attrib[qn("w:firstLineChars")]
    found = parts(finished(saved(made)))
    body = re.search(r'styleId="Style22".*?</w:style>', found["word/styles.xml"].decode())
    assert body is not None
    assert 'w:firstLineChars="200"' in body[0]
    assert 'w:name="方正小标宋简体"><w:altName w:val="FZXiaoBiaoSong-B05S,' in (
        found["word/fontTable.xml"].decode()
    )


def test_a_name_of_two_is_as_wide_as_one_of_three_and_still_the_name() -> None:
    document = docx.Document(io.BytesIO(paper("commendation", honoured=2)))
    cells = [row.cells[1].paragraphs[0] for row in document.tables[0].rows]
    assert [cell.text for cell in cells] == ["姓名", "丁一鸣", "马芳"]
    spaced = cells[2].runs[0]._r.find(f"{qn('w:rPr')}/{qn('w:spacing')}")
    assert (cells[2].runs[0].text, spaced.get(qn("w:val"))) == ("马", "240")


# ------------------------------------------------------------------ on paper


@pytest.fixture(scope="module")
def printed(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Pages by document."""
    folder = tmp_path_factory.mktemp("print")
    sample = blocks.base()
    blocks.paragraph(sample, "关于版面的测试", "公文标题")
    blocks.paragraph(sample, "国" * 28 * 22 * 3, "公文正文")
    documents = {
        "sample": finished(saved(sample)),
        "commendation": paper("commendation", honoured=44),
        "report": paper("report", honoured=3, poor=2),
    }
    for name, content in documents.items():
        (folder / f"{name}.docx").write_bytes(content)
    pages = {}
    for name in documents:
        with pdfplumber.open(office.convert(folder / f"{name}.docx", ".pdf")) as opened:
            pages[name] = [page_of(page) for page in opened.pages]
    return pages


def page_of(page: Page) -> dict[str, Any]:
    """Letters of a page: those of the text area, and those of the page number below it."""
    letters = [letter for letter in page.chars if letter["text"].strip()]
    return {
        "text": [c for c in letters if c["bottom"] < 264 * MM],
        "number": [c for c in letters if c["top"] > 264 * MM],
        "words": page.extract_text().replace(" ", ""),
    }


@pytest.mark.office
def test_a_full_page_has_22_lines_of_28_characters(printed: dict[str, list[Any]]) -> None:
    lines: dict[int, int] = {}
    for letter in printed["sample"][1]["text"]:
        lines[round(letter["bottom"])] = lines.get(round(letter["bottom"]), 0) + 1
    assert list(lines.values()) == [CHARACTERS] * LINES


@pytest.mark.office
def test_the_text_area_lies_where_the_standard_puts_it(printed: dict[str, list[Any]]) -> None:
    letters = printed["sample"][1]["text"]
    leading = (official.LINE / 20 - official.BODY_SIZE / 2) / 2
    edges = {
        "top": (min(c["top"] for c in letters) - leading) / MM,
        "bottom": (max(c["bottom"] for c in letters) + leading) / MM,
        "left": min(c["x0"] for c in letters) / MM,
        "right": max(c["x1"] for c in letters) / MM,
    }
    assert edges == pytest.approx({"top": 37, "bottom": 262, "left": 28, "right": 184}, abs=1)


@pytest.mark.office
def test_letters_have_their_sizes(printed: dict[str, list[Any]]) -> None:
    letters = printed["sample"][0]["text"]
    assert {round(c["size"], 1) for c in letters if c["text"] in "版面"} == {22}
    assert {round(c["size"], 1) for c in letters if c["text"] == "国"} == {16}


@pytest.mark.office
def test_page_numbers_stand_outside_7_mm_below_the_text(printed: dict[str, list[Any]]) -> None:
    for number, page in enumerate(printed["sample"], 1):
        letters = page["number"]
        assert "".join(c["text"] for c in letters) == f"—{number}—"
        assert {round(c["size"], 1) for c in letters} == {14}
        middle = (letters[0]["top"] + letters[0]["bottom"]) / 2 / MM
        assert middle == pytest.approx(269, abs=1)
        one = official.SMALL_CHARACTER / 20 / MM
        if number % 2:
            assert letters[-1]["x1"] / MM == pytest.approx(184 - one, abs=1)
        else:
            assert letters[0]["x0"] / MM == pytest.approx(28 + one, abs=1)


@pytest.mark.office
def test_a_long_list_repeats_its_heading_on_every_page(printed: dict[str, list[Any]]) -> None:
    pages = printed["commendation"]
    assert len(pages) == 3
    assert pages[1]["words"].startswith("附件\n2015年度优秀共产党员名单")
    for page in pages[1:]:
        assert "序号姓名性别职务党小组" in page["words"]


@pytest.mark.office
def test_attachments_begin_on_new_pages_and_go_on_counting(
    printed: dict[str, list[Any]],
) -> None:
    starts = [page["words"].split("\n")[0] for page in printed["report"]]
    assert [start for start in starts if start.startswith("附件")] == ["附件1", "附件2", "附件3"]
    numbers = ["".join(c["text"] for c in page["number"]) for page in printed["report"]]
    assert numbers == [f"—{n}—" for n in range(1, len(numbers) + 1)]
