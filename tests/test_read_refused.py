"""What the bounded reader refuses, and that nothing else ever comes out of it."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import FORM, MAIN, OFFICE, links, made, packed, parts_of, refusal, row, sheet_xml

from sheetflow.errors import UnreadableError
from sheetflow.excel.read import read_book

# ------------------------------------------------------------------ refusals

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
DEEP = "<d>" * 64 + "</d>" * 64
LONG = "字" * 32_768
SHEETS = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId1"/>' for n in range(65))
BOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{{}}</sheets></workbook>'
REFUSED: list[tuple[str, bytes]] = [
    ("dtd", made("", sheet=LAUGHS + sheet_xml(row('<c t="str"><v>&b;</v></c>')))),
    ("dtd", made("", strings=LAUGHS + f'<sst xmlns="{MAIN}"/>')),
    ("dtd", made("", workbook=LAUGHS + BOOK.format(""))),
    ("dtd", made("", styles='<!DOCTYPE styleSheet SYSTEM "file:///etc/passwd"><styleSheet/>')),
    ("dtd", made("", core=LAUGHS + "<p/>")),
    ("dtd", made("", sheet=(LAUGHS + sheet_xml("")).encode("utf-16"))),
    ("deep", made(row(DEEP))),
    ("deep", made("", strings=f'<sst xmlns="{MAIN}">{DEEP}</sst>')),
    ("deep", made("", styles=f"<styleSheet>{DEEP}</styleSheet>")),
    ("long-text", made(row(f'<c t="str"><v>{LONG}</v></c>'))),
    ("long-text", made(row(f'<c t="inlineStr"><is><t>{LONG}</t></is></c>'))),
    ("long-text", made("", strings=f'<sst xmlns="{MAIN}"><si><t>{LONG}</t></si></sst>')),
    ("long-text", made(row(f'<c t="e"><v>{LONG}</v></c>'))),
    ("too-big", made(f"<!--{''.join(map(str, range(250_000)))}-->")),
    ("too-big", made(f'<row r="1" note="{"".join(map(str, range(250_000)))}"/>')),
    ("too-big", made(row(f"<c><v>{''.join(map(str, range(250_000)))}</v></c>"))),
    ("too-big", made(row("<c><v>1</v></c>" * 200), workbook=BOOK.format(SHEETS))),
    ("too-big", made(row('<c><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c>'))),
    ("no-sheets", made("", workbook=BOOK.format(""))),
    ("no-sheets", made("", links=links(("chartsheet", "worksheets/sheet1.xml")))),
    ("damaged", made("", sheet=sheet_xml("").replace(MAIN, "urn:other"))),
    ("damaged", made("", sheet=f'<worksheet xmlns="{MAIN}"/>')),
    ("damaged", made("", sheet=sheet_xml("")[:-9])),
    ("damaged", made("", sheet='<?xml version="1.0" encoding="gb2312"?>' + sheet_xml(""))),
    ("damaged", made("", sheet='<?xml version="1.0" encoding="nothing"?>' + sheet_xml(""))),
    ("damaged", made("", strings="<sst/>")),
    ("damaged", made("", strings=f'<sst xmlns="{MAIN}"><si><t>甲<x/>乙</t></si></sst>')),
    ("damaged", made("", links=links(("other", "worksheets/sheet1.xml")))),
    ("damaged", made(row('<c r="XFE1"><v>1</v></c>'))),
    ("damaged", made(row('<c r="ZZZZZZZ1"><v>1</v></c>'))),
    ("damaged", made(row('<c r="A2"><v>1</v></c>'))),
    ("damaged", made(row('<c r="$A$1"><v>1</v></c>'))),
    ("damaged", made(row('<c r=""><v>1</v></c>'))),
    ("damaged", made(row("<c/>" * 16_385))),
    ("damaged", made('<row r="99999999999"/>')),
    ("damaged", made('<row r="1048577"/>')),
    ("damaged", made('<row r="0"/>')),
    ("damaged", made("<c><v>1</v></c>")),
    ("damaged", made(row('<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>'))),
    ("damaged", made(row("<c><v>1</v><v>2</v></c>"))),
    ("damaged", made(row("<c><v>1<v/>2</v></c>"))),
    ("damaged", made(row("<c><c><v>1</v></c></c>"))),
    ("damaged", made(row('<c t="s"><v>2</v></c>'))),
    ("damaged", made(row('<c t="s"><v>-1</v></c>'))),
    ("damaged", made(row('<c s="9"><v>1</v></c>'))),
    ("truncated", FORM[:-40]),
    ("size", FORM + bytes(20 * 1024 * 1024)),
    ("empty", b""),
    ("zeros", bytes(5000)),
    ("pdf", b"%PDF-1.4"),
    ("picture", b"\x89PNG\r\n"),
    ("html", b"<html><table>"),
    ("xml", b"<?xml version='1.0'?><Workbook/>"),
    ("csv", "编号,姓名\n007,张三\n".encode()),
    ("text", "在群里".encode()),
    ("unknown", b"\x00\x01\x02"),
    ("archive", b"Rar!\x1a\x07"),
    ("xls", bytes.fromhex("d0cf11e0a1b11ae1") + "Workbook".encode("utf-16-le")),
    ("encrypted", bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le")),
    ("zip", packed({"张三.txt": "x"})),
    ("docx", packed({"word/document.xml": ""})),
    ("ods", packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})),
    ("numbers", packed({"Index/Document.iwa": ""})),
    ("xlsb", packed({"xl/workbook.bin": ""})),
    ("doubled-entry", packed({**parts_of(""), "XL\\Workbook.xml": ""})),
    ("bomb", made("", sheet=sheet_xml(" " * 3_000_000))),
]


@pytest.mark.parametrize(("kind", "data"), REFUSED)
def test_what_cannot_be_read_whole_is_refused(kind: str, data: bytes) -> None:
    assert refusal(data).kind == kind


def test_each_refusal_has_its_own_sentence() -> None:
    told = {kind: refusal(data).message.rpartition("：")[2] for kind, data in REFUSED}
    assert len(set(told.values())) == len(told)


def test_a_refusal_names_the_sheet() -> None:
    assert "「甲」" in refusal(made(row('<c t="s"><v>9</v></c>'))).message


def test_cells_are_counted_by_what_is_filled() -> None:
    rows = (
        f'<row r="{n}">{"".join(f"<c><v>{n * m}</v></c>" for m in range(200))}</row>'
        for n in range(1, 1002)
    )
    assert refusal(made("".join(rows))).kind == "too-big"
    empty = "".join(f'<row r="{n}">{"<c/>" * 200}</row>' for n in range(1, 1003))
    assert read_book(made(empty)).sheets[0].values == {}


def test_memory_is_bounded_whatever_the_file_holds() -> None:
    noise = "".join(f"{n * 2654435761 % 2**32:08x}" for n in range(3000))
    bombs = [
        made("", sheet=bytes(200 * 1024 * 1024)),
        made("", strings=f'<sst xmlns="{MAIN}">' + f"<si><t>{noise}</t></si>" * 2500 + "</sst>"),
    ]
    tracemalloc.start()
    for bomb in bombs:
        assert refusal(bomb).kind in {"bomb", "too-big"}
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * 1024 * 1024


# ------------------------------------------------------------------ damage


def survives(data: bytes) -> bool:
    """Whether it is a Book with sheets, or refused with a reason and advice."""
    try:
        return bool(read_book(data).sheets)
    except UnreadableError as error:
        return bool(error.kind and error.message and error.fix)


@settings(max_examples=400, deadline=None)
@given(
    flips=st.lists(
        st.tuples(st.integers(0, len(FORM) - 1), st.integers(0, 255)), min_size=1, max_size=8
    ),
    cut=st.integers(0, len(FORM) * 3),
)
def test_flipped_bytes_and_cuts_never_escape(flips: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(FORM)
    for at, byte in flips:
        damaged[at] = byte
    assert survives(bytes(damaged[:cut]))


SOUND = {name: str(text) for name, text in parts_of(row('<c r="A1" s="1"><v>3</v></c>')).items()}


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_flipped_letters_inside_the_parts_never_escape(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SOUND)))
    text = SOUND[name]
    at = data.draw(st.integers(0, len(text)))
    stop = at + data.draw(st.integers(0, 3))
    new = data.draw(st.text(max_size=3) | st.sampled_from(["<", '"', "&#0;", "9" * 30, "-1", "é"]))
    assert survives(
        packed({**SOUND, name: (text[:at] + new + text[stop:]).encode("utf-8", "replace")})
    )


def test_a_wrong_checksum_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts_of(row("<c><v>4321</v></c>")).items():
            archive.writestr(name, content)
    assert refusal(stream.getvalue().replace(b"4321", b"4322")).kind == "damaged"
