"""What people do to a paper in Word that changes nothing of what it derives from the outcome."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Sequence

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph
from edits_of_papers import Edit, body, cells, numbered, retype, some


def bold(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    for paragraph in dice.sample(body(paper), 3):
        for run in paragraph.runs:
            run.bold, run.font.size = True, Pt(dice.choice([14, 18]))
            run.font.color.rgb = RGBColor(0, 0, 255)
    return True


def split_runs(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    """Cut texts between any two characters, as an editor that checks spelling does."""
    for paragraph in [*body(paper), *(p for _t, p in cells(paper))]:
        for run in paragraph.runs:
            texts = run._r.findall(qn("w:t"))
            if len(texts) == 1 and len(texts[0].text or "") > 1 and dice.random() < 0.5:
                at = dice.randrange(1, len(texts[0].text))
                other = copy.deepcopy(run._r)
                other.find(qn("w:t")).text = texts[0].text[at:]
                texts[0].text = texts[0].text[:at]
                run._r.addnext(other)
    return True


def add_paragraph(paper: Document, dice: random.Random, names: Sequence[str]) -> bool:
    place = dice.choice(body(paper)[2:])
    text = dice.choice(
        [
            "全体人员要认真学习领会，12月底前讨论2次。",
            f"{names[0]}列席并作了说明。",
            "（以下无正文）",
        ]
    )
    place.insert_paragraph_before(text)
    return True


def add_number(paper: Document, _dice: random.Random, _names: Sequence[str]) -> bool:
    body(paper)[0].insert_paragraph_before("同中党支〔2016〕3号")
    return True


def reword(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    """Say fixed sentences in other words."""
    words = (
        ("的情况进行了考核", "的有关情况组织开展了考核工作"),
        ("现将有关情况报告如下", "现将具体情况汇报如下"),
        ("应参加考核党员", "应当参加考核的党员有"),
        ("实际参加考核", "实际参加"),
        ("各等次人数及占比如下", "各等次的人数和所占比例见下表"),
        ("名单见附件2", "具体名单附后"),
        ("特此报告。", "以上报告，请审阅。"),
        ("予以表彰", "并予以通报表彰"),
        ("决定授予", "经研究，决定授予"),
        ("考核按照个人自评", "本次考核严格按照个人自评"),
        ("共评定等次", "一共评定了等次的有"),
        ("主要问题：", "存在的主要问题是："),
        ("参加考核的党员中，", "其中，"),
        ("评定等次", "确定等次"),
        ("等次按总分评定", "等次是按总分评定的"),
        ("免予考核", "免考"),
    )
    places = [(p, a, b) for p in body(paper) for a, b in words if a in p.text]
    paragraph, old, new = dice.choice(places)
    retype(paragraph, paragraph.text.replace(old, new))
    return True


def spaces(paper: Document, dice: random.Random, names: Sequence[str]) -> bool:
    """Set names wider with spaces, digits in full width."""
    wide = str.maketrans("0123456789%", "０１２３４５６７８９％")
    for _t, paragraph in cells(paper):
        if paragraph.text in names and len(paragraph.text) == 2:
            retype(paragraph, paragraph.text[0] + "　" + paragraph.text[1])
    for paragraph in dice.sample(body(paper), 4):
        retype(paragraph, paragraph.text.translate(wide))
    return True


def number_headings(paper: Document, _dice: random.Random, _names: Sequence[str]) -> bool:
    done = False
    for paragraph in body(paper):
        match = re.match("[一二三四五]、", paragraph.text)
        if match:
            retype(paragraph, paragraph.text[match.end() :])
            done = True
    return done


def change_date(paper: Document, _dice: random.Random, _names: Sequence[str]) -> bool:
    for paragraph in body(paper):
        if paragraph.style is not None and paragraph.style.name == "公文成文日期":
            retype(paragraph, "2016年2月3日")
            return True
    return False


def polish(paper: Document, _dice: random.Random, _names: Sequence[str]) -> bool:
    for paragraph in body(paper):
        if paragraph.text.startswith(("希望受", "个别党员")):
            retype(paragraph, "希望大家再接再厉，2016年争取更好成绩。")
            return True
    return False


def sort_rows(paper: Document, dice: random.Random, names: Sequence[str]) -> bool:
    """Order a table's rows in another way and number them anew."""
    for table in paper.tables:
        rows = table._tbl.tr_lst[1:]
        if len(rows) > 2 and any(
            Paragraph(c.p_lst[0], table).text in names for c in rows[0].tc_lst
        ):
            shuffled = list(rows)
            dice.shuffle(shuffled)
            for number, row in enumerate(shuffled, 1):
                retype(Paragraph(row.tc_lst[0].p_lst[0], table), str(number))
                table._tbl.append(row)
            return True
    return False


def add_column(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    table = some(dice, [t for t in paper.tables if len(t._tbl.tr_lst[0].tc_lst) >= 5])
    for at, row in enumerate(table._tbl.tr_lst):
        cell = copy.deepcopy(row.tc_lst[2])
        paragraph = Paragraph(cell.p_lst[0], table)
        if paragraph.runs:
            retype(paragraph, "" if at else "签字")
        row.tc_lst[2].addprevious(cell)
    return True


def split_paragraph(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    found = [p for p in body(paper) if "，" in p.text[5:-5] and len(p.text) > 40]
    paragraph = dice.choice(found)
    text = paragraph.text
    at = dice.choice([m.end() for m in re.finditer("，", text) if 5 < m.end() < len(text) - 5])
    paragraph.insert_paragraph_before(text[:at], paragraph.style)
    retype(paragraph, text[at:])
    return True


def join_paragraphs(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    found = [
        (a, b)
        for a, b in zip(paper.paragraphs, paper.paragraphs[1:], strict=False)
        if a._p.getnext() is b._p and a.text.endswith("。") and b.text.endswith("。") and b.runs
    ]
    one, other = dice.choice(found)
    retype(other, one.text + other.text)
    one._p.getparent().remove(one._p)
    return True


def move_paragraph(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    found = body(paper)
    one, other = dice.sample(found[2:], 2)
    other._p.addnext(one._p)
    return True


def track(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    """Leave changes for others to accept: a harmless word in, a fixed word out."""
    paragraph = dice.choice([p for p in body(paper) if len(p.text) > 20])
    inserted, word = OxmlElement("w:ins"), copy.deepcopy(paragraph.runs[0]._r)
    for text in word.findall(qn("w:t"))[1:] + word.findall(qn("w:br")):
        word.remove(text)
    word.find(qn("w:t")).text = "经研究，"
    inserted.append(word)
    paragraph.runs[0]._r.addprevious(inserted)
    deleted, gone = OxmlElement("w:del"), copy.deepcopy(word)
    gone.find(qn("w:t")).tag = qn("w:delText")
    deleted.append(gone)
    inserted.addprevious(deleted)
    return True


def box(paper: Document, _dice: random.Random, _names: Sequence[str]) -> bool:
    """Put every block into a content control."""
    for child in list(paper.element.body)[1:4]:
        control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
        child.addprevious(control)
        content.append(child)
        control.append(content)
    return True


def split_table(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    """Break a table in two, the head repeated by hand."""
    tables = [t for t in paper.tables if len(t._tbl.tr_lst) > 4 and numbered(t)]
    table = some(dice, tables)
    rows = table._tbl.tr_lst
    other = copy.deepcopy(table._tbl)
    cut = dice.randrange(2, len(rows) - 1)
    for row in rows[cut:]:
        table._tbl.remove(row)
    for row in other.tr_lst[1:cut]:
        other.remove(row)
    table._tbl.addnext(other)
    other.addprevious(OxmlElement("w:p"))
    return True


HARMLESS: tuple[Edit, ...] = (
    bold, split_runs, add_paragraph, add_number, reword, spaces, number_headings, change_date,
    polish, sort_rows, add_column, split_paragraph, join_paragraphs, move_paragraph, track, box,
    split_table,
)  # fmt: skip
