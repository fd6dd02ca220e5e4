"""How a program spells an element says nothing about what it means.

Stretches of the usual spelling are read without the parser. A blank more in the tag is another
spelling of the same, which goes through the parser, and so does all of a part in UTF-16: each
must come to the same end, wherever the stretch stands.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packing import MAIN, made

from sheetflow.errors import UnreadableError
from sheetflow.excel.read import read_book

#: Tags that have a usual spelling.
USUAL = re.compile("<(c|si|t|dataValidation|mergeCell)(?=[ >/])")
#: Cells and what may come between them: sound, odd and broken.
PIECES = [
    '<c r="A1"/>',
    '<c r="B1" s="1"/>',
    '<c r="C1" s="1"><v>42369</v></c>',
    '<c r="D1" t="s"><v>0</v></c>',
    '<c r="E1" t="s"><v>1</v></c>',
    '<c r="F1" t="s"><v>7</v></c>',
    '<c r="G1"><v>2.50</v></c>',
    '<c r="H1" s="9"><v>3</v></c>',
    '<c r="I1" t="str"><f>IF(A1&gt;0,"甲","")</f><v>甲乙</v></c>',
    '<c r="J1" t="str"><f>A1</f><v></v></c>',
    '<c r="K1"><f>A1</f></c>',
    '<c r="L1"><f aca="false">A1</f><v>5</v></c>',
    '<c r="M1"><f t="shared" ref="M1:M2" si="0">A1</f><v>5</v></c>',
    '<c r="N1"><f t="array" ref="A1:B2">1</f><v>1</v></c>',
    '<c r="O1" t="e"><v>#REF!</v></c>',
    '<c r="P1" t="b"><v>1</v></c>',
    '<c r="Q1" t="inlineStr"><is><t>甲</t></is></c>',
    '<c r="A1"><v>1</v></c>',
    '<c r="A2"><v>1</v></c>',
    '<c r="A01"><v>1</v></c>',
    '<c r="XFE1"><v>1</v></c>',
    '<c r="AA1"/>',
    "<c><v>4</v></c>",
    "<c/>",
    '</row><row r="2"><c r="A2"><v>2</v></c>',
    '</row><row><c r="A3"><v>2</v></c>',
    '<c r="S1"/></row><row r="3" spans="1:2" ht="12.5"><c r="A3"/><c r="B3"><v>7</v></c>',
    '</row><row r="4" ht="9"/> <row r="5"><c r="A5"/>\n<c r="C5" t="s"><v>1</v></c>',
    '</row><row r="6" ht="9" ht="9"><c r="A6"><v>1</v></c>',
    '</row><row r="7" r="7"><c r="A7"><v>1</v></c>',
    '</row><row r="1048577"><c r="A8"><v>1</v></c>',
    '</row><row r="1048577"/><row r="8"><c r="A8"><v>1</v></c>',
    '</row><row r="8"><c r="A9"/><c r="B8"><v>1</v></c>',
    '<c r="T2"/><c r="U1"><v>1</v></c>',
    '<c r="XFE1"/><c r="V1"><v>1</v></c>',
    '<row r="9"><c r="A9"><v>1</v></c></row>',
    '<x><c r="W1"><v>1</v></c></x>',
    "</row></sheetData><sheetData><row>",
    '<mergeCell ref="A1:B1"/>',
    (
        '<dataValidation type="decimal" allowBlank="1" prompt="甲&#xA;乙" sqref="G7">'
        "<formula1>0</formula1><formula2>5</formula2></dataValidation>"
    ),
    '<dataValidation error="&没;"/>',
    "<!-- ",
    " -->",
    "<![CDATA[",
    "]]>",
    "<?pi ",
    "?>",
    '<x a="',
    '"/>',
    "<x>",
    "</x>",
    "<c>",
    "</c>",
    "<v>",
    "</v>",
    "<is>",
    "</is>",
    "<" + "x><" * 60 + "x>",
    "</x>" * 61,
    '<c r="R1" t="str"><v>&amp;</v></c>',
    '<c r="R1" t="str"><v>]]></v></c>',
    '<c r="R1" t="str"><v>\ufffe</v></c>',
    '<c r="R1" t="str"><f>"\uffff"</f><v>1</v></c>',
    '<c r="R1" t="str"><v>\x01</v></c>',
    '<c r="R1" t="str"><v>甲\r\n乙</v></c>',
    '<mergeCell ref="A1:B1" ref="A1:B1"/>',
]
ROWS_END = "</row></sheetData>"
#: How a sheet may end after its last cell with a value.
ENDS = [
    '<c r="X1"/><c r="Y1" s="1"/></row></sheetData>',
    '<c r="X1"/></row><row r="9"><c r="A9"/></row></sheetData>',
    '<c r="X2"/></row></sheetData>',
    "</row> </sheetData>",
    '</row><row r="9"/></sheetData>',
    '<sheetData><row r="9"><c r="A9"><v>3</v></c></row></sheetData>',
    '<sheetData><row r="9"><c r="B7"/></row></sheetData>',
    '<c r="A9"><v>3</v></c>',
    '<row r="9"><c r="A9"/></row>',
    "<v>1</v>",
    '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
    '<dataValidation error="&没;"/>',
    "<extLst><x:ext><x:c/></x:ext></extLst>",
    "<!-- </row></sheetData> -->",
    "<![CDATA[]]>",
    "<x>" * 61 + "</x>" * 61,
    "<x>" * 62 + "</x>" * 62,
    "</worksheet>",
    "<x>",
    "",
]
STRINGS = [
    "<si><t>甲</t></si>",
    '<si><t xml:space="preserve"> 乙\n</t></si>',
    "<si><t></t></si>",
    "<si><t/></si>",
    "<si><r><t>东</t></r><rPh><t>ひ</t></rPh><r><t>京</t></r></si>",
    "<si>",
    "</si>",
    "<rPh>",
    "</rPh>",
    "<!-- ",
    " -->",
    "<![CDATA[",
    "]]>",
    "<t>",
    "</t>",
    "<si><t>&lt;_x0041_</t></si>",
    "<si><t>\ufffe</t></si>",
    "<si><r><rPr><b/></rPr><t>粗</t></r><r><t> 细</t></r></si>",
    "<si><r><t><![CDATA[甲</si>]]></t></r></si>",
    "<si><r><t>&amp;&没;</t></r></si>",
    "<si><r><t>甲<t>乙</t></t></r></si>",
    "<x><si><r><t>丙</t></r></si></x>",
]
HEADS = [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n',
    "",
    "\ufeff",
    '<?xml version="1.0" encoding="ISO-8859-1"?>',
]


def outcome(**parts: str | bytes) -> str:
    """What reading comes to: the book, or why it was refused; blanks are left out.

    Where a tag stands for text, the blank more is text too.
    """
    try:
        return "".join(repr(read_book(made("", **parts))).split())
    except UnreadableError as error:
        return f"{error.kind}：{error.message}"


def spaced(text: str) -> str:
    """The same with a blank more in each tag that has a usual spelling."""
    return USUAL.sub(r"<\1 ", text)


def sheet(rows: str, *, head: str = "", before: int = 0, prefix: str = "") -> str:
    """A sheet; so many blanks stand before its cells."""
    space = f"xmlns:{prefix}" if prefix else "xmlns"
    colon = f"{prefix}:" if prefix else ""
    return (
        f'{head}<{colon}worksheet {space}="{MAIN}">{" " * before}<sheetData><row r="1">{rows}'
        f"</row></sheetData></{colon}worksheet>"
    )


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.sampled_from(HEADS),
    st.one_of(st.just(0), st.integers(65_100, 65_500)),
    st.sampled_from(["", "", "", "x"]),
)
@example('<![CDATA[<c r="A1"><v>1</v></c>]]>', HEADS[0], 0, "")
@example('<!-- <c r="A1"><v>1</v></c> -->', HEADS[0], 0, "")
@example('<x a="<c r="A1"/>"/>', HEADS[0], 0, "")
@example('<c r="N1"><f t="array" ref="A1:B2">1</f><v>1</v></c><c r="B1" s="1"/>', "", 0, "")
@example('<is><t><c r="A1"/></t></is>', HEADS[0], 0, "")
@example('<c><c r="B1"><v>1</v></c></c>', HEADS[0], 0, "")
@example('<c r="A1"><v>1</v></c>', HEADS[0], 0, "x")
def test_a_sheet_reads_the_same_however_it_is_spelled(
    rows: str, head: str, before: int, prefix: str
) -> None:
    written = sheet(rows, head=head, before=before, prefix=prefix)
    assert outcome(sheet=written.encode()) == outcome(sheet=spaced(written).encode())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(STRINGS), max_size=6).map("".join),
    st.sampled_from(HEADS),
    st.one_of(st.just(0), st.integers(65_300, 65_500)),
)
@example("<si><t>甲</t></si><rPh><si><t>乙</t></si></rPh>", HEADS[0], 0)
def test_shared_strings_read_the_same_however_they_are_spelled(
    items: str, head: str, before: int
) -> None:
    written = f'{head}<sst xmlns="{MAIN}">{" " * before}{items}</sst>'
    cells = "".join(f'<c t="s"><v>{n}</v></c>' for n in range(items.count("</si>")))
    texts = [spaced(written).encode(), written.encode()]
    first, second = (outcome(sheet=sheet(cells), strings=text) for text in texts)
    assert first == second


def in_both(rows: str, end: str) -> tuple[str, str]:
    """What a sheet comes to in UTF-8, and in UTF-16, of which nothing is plain."""
    # The first cell goes through the parser, with what stands before the rows.
    first = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="AZ1"><v>0</v></c>'
    written = f"{first}{rows}{end}</worksheet>"
    return outcome(sheet=written.encode()), outcome(sheet=written.encode("utf-16"))


@pytest.mark.parametrize("piece", PIECES)
def test_every_piece_reads_the_same_in_utf_16(piece: str) -> None:
    plain, parsed = in_both(piece, ENDS[0])
    assert plain == parsed


@pytest.mark.parametrize("end", [*ENDS, *(ROWS_END + end for end in ENDS)])
def test_every_end_reads_the_same_in_utf_16(end: str) -> None:
    plain, parsed = in_both("", end)
    assert plain == parsed


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    st.lists(st.sampled_from([ROWS_END, *ENDS]), max_size=3).map("".join),
)
def test_all_of_them_read_the_same_in_utf_16(rows: str, end: str) -> None:
    plain, parsed = in_both(rows, end)
    assert plain == parsed


@pytest.mark.parametrize("one", STRINGS)
@pytest.mark.parametrize("other", STRINGS)
def test_shared_strings_read_the_same_in_utf_16(one: str, other: str) -> None:
    # The first string goes through the parser, with what stands before it.
    written = f'<sst xmlns="{MAIN}"><si><t>子</t></si>{one}{other}</sst>'
    cells = "".join(f'<c t="s"><v>{n}</v></c>' for n in range(written.count("</si>")))
    texts = [written.encode(), written.encode("utf-16")]
    first, second = (outcome(sheet=sheet(cells), strings=text) for text in texts)
    assert first == second


@pytest.mark.parametrize(
    "bad", [b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xef\xbf\xbe", b"\xe7\x94"]
)
@pytest.mark.parametrize("cell", ['<f>"{}"</f><v>1</v>', "<v>{}</v>"])
def test_bytes_that_are_no_text_are_told_as_damage(bad: bytes, cell: str) -> None:
    text = sheet(f'<c r="A1" t="str">{cell}</c>').encode().replace(b"{}", bad)
    assert outcome(sheet=text).startswith("damaged：")
