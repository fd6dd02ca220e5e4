"""What people do wrong to a paper in Word; ``harmless_edits`` has what must not matter.

Every edit works on the document itself and knows of it only the names and the words around the
counts. It returns ``False`` where it finds nothing to do.
"""

from __future__ import annotations

import copy
import io
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

Edit = Callable[[Document, random.Random, Sequence[str]], bool]
STRANGERS = ("赵小满", "钱多来", "孙立春", "周末", "冯谷雨")
_COUNT = re.compile(r"[0-9]+(?=名)")
_POINTS = re.compile(r"[0-9]+(?:\.[0-9]+)?(?=分)")
_PERCENT = re.compile(r"[0-9]+\.[0-9]%")
_SCORE = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def edited(document: bytes, edit: Edit, seed: int, names: Sequence[str]) -> bytes | None:
    """Apply one edit; ``None`` where it does not apply."""
    opened = docx.Document(io.BytesIO(document))
    try:
        dice = random.Random(seed)  # noqa: S311 - an edit is to be made again, not to be secret
        if not edit(opened, dice, names):
            return None
    except LookupError:
        return None
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def retype(paragraph: Paragraph, text: str) -> None:
    """Give a paragraph another text, as someone who types over it does."""
    for run in paragraph.runs[1:]:
        run._r.getparent().remove(run._r)
    paragraph.runs[0].text = text


def body(paper: Document) -> list[Paragraph]:
    return [p for p in paper.paragraphs if p.text.strip() and p.runs]


def cells(paper: Document, column: str | None = None) -> list[tuple[Table, Paragraph]]:
    """Paragraphs of cells below the head row; of one column where a heading is given."""
    found = []
    for table in paper.tables:
        titles = ["".join(t.text or "" for t in c.iter(qn("w:t"))) for c in table._tbl.tr_lst[0]]
        for row in table._tbl.tr_lst[1:]:
            for at, cell in enumerate(row.tc_lst):
                paragraph = Paragraph(cell.p_lst[0], table)
                if paragraph.text and (column is None or titles[at : at + 1] == [column]):
                    found.append((table, paragraph))
    return found


def numbered(table: Table) -> bool:
    """Whether the rows of a table have numbers: it lists people, not their names alone."""
    return "序号" in str(table._tbl.xpath("string(./w:tr[1])"))


def some(dice: random.Random, found: Sequence[Any]) -> Any:  # noqa: ANN401 - of what it is given
    """Choose one; raises ``LookupError`` where there is none."""
    return dice.choice(found)


# ------------------------------------------------------------------ to be found


def drop_name_in_text(paper: Document, dice: random.Random, names: Sequence[str]) -> bool:
    places = [(p, n) for p in body(paper) for n in names if n in p.text and "联系人" not in p.text]
    place = some(dice, places)
    paragraph, name = place
    text = paragraph.text
    for piece in (f"、{name}", f"{name}、", name):
        if piece in text:
            retype(paragraph, text.replace(piece, "", 1))
            return True
    return False


def mistype_name(paper: Document, dice: random.Random, names: Sequence[str]) -> bool:
    places = [(p, n) for p in body(paper) for n in names if n in p.text and "联系人" not in p.text]
    places += [(p, p.text) for _t, p in cells(paper) if p.text in names]
    paragraph, name = some(dice, places)
    at = dice.randrange(1, len(name))
    wrong = name[:at] + "燚" + name[at + 1 :]
    retype(paragraph, paragraph.text.replace(name, wrong, 1))
    return True


def add_name_to_text(paper: Document, dice: random.Random, names: Sequence[str]) -> bool:
    places = [(p, n) for p in body(paper) for n in names if n in p.text and "名" in p.text]
    place = some(dice, places)
    paragraph, name = place
    more = dice.choice([f"{name}、{dice.choice(STRANGERS)}", f"{dice.choice(STRANGERS)}、{name}"])
    retype(paragraph, paragraph.text.replace(name, more, 1))
    return True


def change_count(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    return _other_number(paper, dice, _COUNT)


def change_points(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    return _other_number(paper, dice, _POINTS)


def _other_number(paper: Document, dice: random.Random, pattern: re.Pattern[str]) -> bool:
    found = [(p, m) for p in body(paper) for m in pattern.finditer(p.text)]
    place = some(dice, found)
    paragraph, match = place
    text = paragraph.text
    retype(paragraph, text[: match.start()] + _changed(match[0], dice) + text[match.end() :])
    return True


def _changed(number: str, dice: random.Random) -> str:
    """One digit another, one more, or one less."""
    places = [at for at, c in enumerate(number) if c.isdecimal()]
    at = dice.choice(places)
    other = dice.choice([d for d in "0123456789" if d != number[at]])
    made = number[:at] + other + number[at + 1 :]
    return dice.choice([made, "1" + number])


def swap_digits(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    scores = [p for _t, p in cells(paper) if _SCORE.fullmatch(p.text)]
    pair = r"(?<![0-9])([0-9])(?!\1)([0-9])"
    found = [(p, m) for p in scores for m in re.finditer(pair, p.text)]
    found += [(p, m) for p in body(paper) for m in re.finditer(pair + "(?=名)", p.text)]
    paragraph, match = some(dice, found)
    text = paragraph.text
    retype(paragraph, text[: match.start()] + match[2] + match[1] + text[match.end() :])
    return True


def change_percentage(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    place = some(dice, [p for _t, p in cells(paper) if _PERCENT.fullmatch(p.text)])
    retype(place, _changed(place.text[:-1], dice) + "%")
    return True


def change_cell(paper: Document, dice: random.Random, names: Sequence[str]) -> bool:
    """Retype a score, a tier, a duty: anything below a heading that is no head itself."""
    fixed = {"合计", "性别", "出生年月", "入党时间", "职务", "总分", "主要失分", "主要问题"}
    fixed |= {"教育经过", "本人态度", "支部意见", "目标管理", "党风廉政", "姓名"}
    fixed |= {"得分", "等次", "类别", "党小组", "编号"}
    found = [
        p
        for _t, p in cells(paper)
        if p.text not in fixed and len(p.text) < 14 and not re.search("年|示例原因", p.text)
    ]
    place = some(dice, found)
    text = place.text
    if _SCORE.fullmatch(text.rstrip("%")):
        retype(place, _changed(text, dice))
    else:
        retype(place, dice.choice([text + "某", text[:-1] + "燚", "另一句话"]))
    del names
    return True


def clear_cell(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    found = [p for _t, p in cells(paper) if _SCORE.fullmatch(p.text) and "." in p.text]
    place = some(dice, found)
    retype(place, "")
    return True


def drop_row(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    rows = [row for t in paper.tables if len(t._tbl.tr_lst) > 2 for row in t._tbl.tr_lst[1:]]
    rows = [row for row in rows if row.tc_lst and Paragraph(row.tc_lst[0].p_lst[0], paper).text[:1].isdecimal()]  # fmt: skip  # noqa: E501
    row = some(dice, rows)
    row.getparent().remove(row)
    return True


def add_row(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    tables = [t for t in paper.tables if len(t._tbl.tr_lst[0].tc_lst) >= 5]
    table = some(dice, tables)
    rows = table._tbl.tr_lst
    row = copy.deepcopy(dice.choice(rows[1:]))
    for cell, text in zip(row.tc_lst, ("99", dice.choice(STRANGERS)), strict=False):
        paragraph = Paragraph(cell.p_lst[0], table)
        if paragraph.runs:
            retype(paragraph, text)
    rows[-1].addnext(row)
    return True


def double_row(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    tables = [t for t in paper.tables if numbered(t)]
    table = some(dice, tables)
    row = dice.choice(table._tbl.tr_lst[1:])
    row.addnext(copy.deepcopy(row))
    return True


def swap_names(paper: Document, dice: random.Random, names: Sequence[str]) -> bool:
    """Exchange two names of a table that also holds what belongs to them."""
    by_table: dict[int, list[Paragraph]] = {}
    for table, paragraph in cells(paper):
        if paragraph.text in names and numbered(table):
            by_table.setdefault(id(table._tbl), []).append(paragraph)
    lists = [found for found in by_table.values() if len({p.text for p in found}) > 1]
    found = some(dice, lists)
    one, other = dice.sample(found, 2)
    if one.text == other.text:
        return False
    text = one.text
    retype(one, other.text)
    retype(other, text)
    return True


def swap_counts(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    found = [(p, list(_COUNT.finditer(p.text))) for p in body(paper)]
    both = [(p, a, b) for p, counts in found for a in counts for b in counts]
    pairs = [(p, a, b) for p, a, b in both if a.start() < b.start() and a[0] != b[0]]
    place = some(dice, pairs)
    p, a, b = place
    t = p.text
    retype(p, t[: a.start()] + b[0] + t[a.end() : b.start()] + a[0] + t[b.end() :])
    return True


def drop_paragraph(paper: Document, dice: random.Random, _names: Sequence[str]) -> bool:
    found = [p for p in body(paper) if _COUNT.search(p.text)]
    place = some(dice, found)
    place._p.getparent().remove(place._p)
    return True


FAULTS: tuple[Edit, ...] = (
    drop_name_in_text, mistype_name, add_name_to_text, change_count, change_points, swap_digits,
    change_percentage, change_cell, clear_cell, drop_row, add_row, double_row, swap_names,
    swap_counts, drop_paragraph,
)  # fmt: skip
