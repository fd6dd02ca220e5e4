"""What several templates share: texts, lists of names, the letterhead, signatures.

A tag ``{{ 名 }}`` is a value; ``{%p … %}`` alone in a paragraph, ``{%tr … %}`` alone in a row
and ``{%tc … %}`` alone in a cell repeat or leave out what stands between them.
"""

import io
from collections.abc import Iterable, Iterator
from datetime import date

from docx.document import Document
from docx.shared import Pt

from sheetflow.word import blocks
from sheetflow.word.finish import finish
from sheetflow.word.imprint import imprint
from sheetflow.word.official import (
    CELL_NAME,
    NAME_COLUMNS,
    NAMES_ALONE,
    SIGNING,
    TEXT_WIDTH,
    Column,
)

DRAFT = "{% if 草稿 %}草稿（{{ 草稿 }}）{% endif %}"
#: Up to three are named in the text; of more, the first.
HONOURED = (
    "{% if 名单|length == 1 %}{{ 名单[0].称呼 }}"
    "{% elif 名单|length <= 3 %}{{ 名单|map(attribute='称呼')|join('、') }}{{ 表彰人数 }}名"
    "{% else %}{{ 名单[0].称呼 }}等{{ 表彰人数 }}名{% endif %}同志"
)
#: Where the members' own points stand, nobody approved them.
APPROVED = "{% if 经核定 %}、支部核定{% endif %}"
#: How long the result was public, where it was.
PUBLIC = "{% if 公示期 %}，并经公示（{{ 公示期 }}）{{ 公示结果 }}{% endif %}"

#: Paragraphs as (style, text).
Text = tuple[str, str]

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
NAMES_ONLY = (
    ("{%tr for 行 in 名单行 %}", *[""] * (NAME_COLUMNS - 1)),
    tuple(f"{{{{ 行[{n}] }}}}" for n in range(NAME_COLUMNS)),
    ("{%tr endfor %}", *[""] * (NAME_COLUMNS - 1)),
)
NAMES_ONLY_COLUMNS = (Column(width=TEXT_WIDTH // NAME_COLUMNS, style=NAMES_ALONE),) * NAME_COLUMNS
#: Name, signature, day.
RECEIPT_COLUMNS = tuple(Column(width=each, style=SIGNING) for each in (2700, 3000, 3145))


def lines(tag: str, style: str, ends: str = "") -> Iterator[Text]:
    """Yield a text that people wrote: every line of it a paragraph, one that ``ends`` alike."""
    strip = f"trim('{ends}； ')" if ends else "trim"
    yield style, f"{{%p for 段 in {tag}.splitlines() if 段.strip() %}}"
    yield style, f"{{{{ 段|{strip} }}}}{ends}"
    yield style, "{%p endfor %}"


def write(paper: Document, texts: Iterable[Text]) -> None:
    """Add paragraphs."""
    for style, text in texts:
        blocks.paragraph(paper, text, style)


def write_head(paper: Document, *, upward: bool = False) -> None:
    """Add the letterhead, in red or in black, where the settings ask for one."""
    for flag, ink in (("红头", ""), ("黑头", "（黑）")):
        blocks.paragraph(paper, f"{{%p if {flag} %}}", "公文正文")
        blocks.paragraph(paper, "{{ 发文机关标志 }}", f"公文发文机关标志{ink}")
        if upward:
            blocks.signed_number(paper, "{{ 发文字号 }}", "签发人：", "{{ 签发人 }}")
        else:
            blocks.paragraph(paper, "{{ 发文字号 }}", "公文发文字号")
        blocks.paragraph(paper, "", f"公文版头分隔线{ink}")
        blocks.paragraph(paper, "{%p endif %}", "公文正文")


def write_imprint(paper: Document) -> None:
    """Add the imprint, where the settings ask for one."""
    blocks.paragraph(paper, "{%p if 版记 %}", "公文正文")
    imprint(paper, "抄送", "{{ 印发机关 }}", "{{ 印发日期 }}")
    blocks.paragraph(paper, "{%p endif %}", "公文正文")


def write_names(paper: Document) -> None:
    """Add the list of names under the note that says their order."""
    blocks.paragraph(paper, "（{{ 名单顺序 }}）", "公文表注")
    blocks.table(paper, NAMES, NAMES_COLUMNS)
    write_end(paper)


def write_end(paper: Document) -> None:
    """Add what must follow a table that ends a page, too low to need a page of its own."""
    blocks.paragraph(paper, "", "公文表格间隔").paragraph_format.line_spacing = Pt(1)


def write_signing(paper: Document, *signers: str, room: bool = False) -> None:
    """Add places to sign by hand, side by side, on one page; with ``room`` for a seal."""
    blocks.paragraph(paper, "", "公文签字间隔")
    column = Column(width=TEXT_WIDTH // len(signers), style=SIGNING)
    dated = ("　　年　　月　　日",) * len(signers)
    rows = (signers, *[("",) * len(signers)] * room, dated)
    columns = (column,) * len(signers)
    blocks.table(paper, rows, columns, heading=False, together=True, ruled=False)


def write_receipt(paper: Document, dated: str, name: str) -> None:
    """Add the row to sign a receipt on, and keep the receipt with the paper it is cut off from.

    Where there is no room for both, the end of the paper moves with it: the date that says
    ``dated`` is kept with what follows, and what stands above the date with the date.
    """
    keep_date(paper, dated)
    blocks.paragraph(paper, "", "公文签字间隔")
    row = (name, "本人签字：", "　　年　　月　　日")
    blocks.table(paper, (row,), RECEIPT_COLUMNS, heading=False, ruled=False)


def keep_date(paper: Document, dated: str) -> None:
    """Keep the date that says ``dated`` with what follows: it never stands alone on its page."""
    date_line = next(line for line in paper.paragraphs if line.text == dated)
    date_line.paragraph_format.keep_with_next = True


def as_bytes(paper: Document, title: str) -> bytes:
    """Return the template as a file; the same script gives the same bytes."""
    out = io.BytesIO()
    paper.save(out)
    return finish(
        out.getvalue(), title=title, organisation="", created=date(2015, 1, 1), version=""
    )
