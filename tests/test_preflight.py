"""What a received file is, and the bounded way into a zip."""

from __future__ import annotations

import io
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Mapping

import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sheetflow.errors import UnreadableError
from sheetflow.excel.preflight import Archive, check_zip, fold, inflate, kind_of, read_part

PART = "application/vnd.openxmlformats-officedocument."
TYPES = '<?xml version="1.0"?><Types><Override PartName="/x" ContentType="{}"/></Types>'
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def packed(
    parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.comment = comment
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def workbook() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.add_worksheet("目标管理").write_string(0, 0, "编号")
    book.close()
    return stream.getvalue()


def typed(content_type: str) -> bytes:
    return packed({"[Content_Types].xml": TYPES.format(content_type), "x": ""})


def stream_named(name: str) -> bytes:
    return OLE + name.encode("utf-16-le") + bytes(64)


KINDS: list[tuple[str, bytes]] = [
    ("xlsx", workbook()),
    ("xlsx", typed(PART + "spreadsheetml.sheet.main+xml")),
    ("xlsx", typed(PART + "spreadsheetml.template.main+xml")),
    ("xlsx", typed("application/vnd.ms-excel.sheet.macroEnabled.main+xml")),
    ("xlsx", typed("application/vnd.ms-excel.template.macroEnabled.main+xml")),
    ("xlsx", packed({"XL\\Workbook.xml": "<workbook/>"})),
    ("xlsx", workbook()[:2000]),
    ("xlsb", typed("application/vnd.ms-excel.sheet.binary.macroEnabled.main")),
    ("docx", typed(PART + "wordprocessingml.document.main+xml")),
    ("docx", typed(PART + "presentationml.presentation.main+xml")),
    ("docx", packed({"word/document.xml": ""})),
    ("ods", packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})),
    ("docx", packed({"mimetype": "application/vnd.oasis.opendocument.text"})),
    ("numbers", packed({"Index/Document.iwa": "", "preview.jpg": ""})),
    ("zip", packed({"007-张三.xlsx": workbook()}, zipfile.ZIP_STORED)),
    ("zip", packed({})),
    ("xls", stream_named("Workbook")),
    ("xls", stream_named("Book")),
    ("docx", stream_named("WordDocument")),
    ("encrypted", stream_named("EncryptedPackage")),
    ("unknown", OLE),
    ("pdf", b"%PDF-1.7\n%\xe2\xe3"),
    ("pdf", packed({"OFD.xml": "", "Doc_0/Document.xml": ""})),
    ("mail", b"Received: by a\r\nContent-Type: multipart/mixed;\r\n boundary=x\r\n\r\n--x"),
    ("mail", stream_named("WordDocument") + stream_named("__substg1.0_37010102")),
    ("html", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\nmultipart/mixed"),
    ("link", b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0"),
    ("link", b"[InternetShortcut]\r\nURL=https://docs.example.org/sheet"),
    ("picture", b"\x89PNG\r\n\x1a\n"),
    ("picture", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    ("picture", b"\x00\x00\x00\x18ftypheic\x00"),
    ("picture", b"RIFF\x10\x00\x00\x00WEBPVP8 "),
    ("archive", b"Rar!\x1a\x07\x01\x00"),
    ("archive", b"7z\xbc\xaf\x27\x1c\x00\x04"),
    ("html", b"\xef\xbb\xbf\r\n<HTML><table><tr><td>1</table>"),
    ("html", "<meta charset=gbk><table>编号".encode("gb18030")),
    (
        "xml",
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    ),
    ("csv", "编号,姓名\r\n007,张三\r\n".encode()),
    ("csv", "编号,姓名\r\n007,张三\r\n".encode("gb18030")),
    ("csv", "编号\t姓名\r\n007\t张三\r\n".encode("utf-16")),
    ("text", "张三的自评表在群里".encode()),
    ("empty", b""),
    ("zeros", bytes(4096)),
    ("unknown", b"\x01\x02\x03\xff\xfe\xfd"),
]


@pytest.mark.parametrize(("kind", "data"), KINDS)
def test_a_file_is_known_by_its_content(kind: str, data: bytes) -> None:
    assert kind_of(data) == kind


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([data for _kind, data in KINDS]))
def test_every_content_has_a_kind(noise: bytes, data: bytes) -> None:
    assert kind_of(noise)
    assert kind_of(data[:40] + noise)


names = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(
    parts=st.dictionaries(names, st.binary(max_size=3000), max_size=6),
    method=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    comment=st.binary(max_size=30),
)
@example(parts={"a": b"b"}, method=zipfile.ZIP_STORED, comment=b"PK\5\6" + bytes(30))
def test_a_sound_zip_gives_what_zipfile_gives(
    parts: dict[str, bytes], method: int, comment: bytes
) -> None:
    parts = {fold(name): content for name, content in parts.items() if fold(name)}
    archive = check_zip(packed(parts, method, comment))
    assert {name: read_part(archive, name) for name in archive.entries} == parts


def test_sizes_in_the_wide_fields_are_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("a.xml", "w", force_zip64=True) as entry:
            entry.write(b"wide")
        archive.writestr("b.xml", b"plain")
    data = bytearray(stream.getvalue())
    at = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    size, packed_size = struct.unpack_from("<II", data, at + 20)[::-1]
    extra = struct.pack("<HHQQ", 1, 16, size, packed_size)
    data[at + 20 : at + 28] = b"\xff" * 8
    data[at + 30 : at + 32] = struct.pack("<H", len(extra))
    data[at + 46 + 5 : at + 46 + 5] = extra
    end += len(extra)
    directory = end - at
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, directory, at)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    data[end + 12 : end + 20] = b"\xff" * 8
    data[end:end] = record + locator
    read = check_zip(bytes(data))
    assert read_part(read, "a.xml") == b"wide"
    assert read_part(read, "b.xml") == b"plain"


def patched(data: bytes, sign: bytes, offset: int, new: bytes) -> bytes:
    at = data.index(sign) + offset
    return data[:at] + new + data[at + len(new) :]


def doubled(*entries: str) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as archive:
        warnings.simplefilter("ignore")
        for name in entries:
            archive.writestr(name, "x")
    return stream.getvalue()


ONE = packed({"a.xml": b"abc" * 100})
STORED = packed({"a.xml": b"abc" * 100}, zipfile.ZIP_STORED)
CENTRAL, END = b"PK\1\2", b"PK\5\6"
NOT_OPENED: list[tuple[str, bytes]] = [
    ("truncated", ONE[:-30]),
    ("truncated", ONE[:60]),
    ("too-many", packed({f"{n}.xml": "" for n in range(1001)})),
    ("doubled-entry", doubled("a.xml", "a.xml")),
    ("doubled-entry", doubled("xl/a.xml", "XL/A.xml")),
    (
        "doubled-entry",
        doubled("xl/a.xml", "xl-a.xml").replace(b"xl-a", b"xl\\a"),
    ),
    ("zip-password", patched(ONE, CENTRAL, 8, b"\1")),
    ("compression", packed({"a.xml": b"abc"}, zipfile.ZIP_BZIP2)),
    ("damaged", patched(ONE, END, 16, b"\xff\0\0\0")),
    ("damaged", patched(ONE, END, 12, b"\1\0\0\0")),
    ("damaged", patched(ONE, CENTRAL, 42, b"\x09\0\0\0")),
    ("damaged", patched(ONE, CENTRAL, 20, b"\xff\xff\0\0")),
    ("damaged", patched(ONE, CENTRAL, 46, b"b")),
    ("size", bytes(20 * 1024 * 1024 + 1)),
]


# Bytes hold the time of packing, which two workers would call by two names.
@pytest.mark.parametrize(("kind", "data"), NOT_OPENED, ids=range(len(NOT_OPENED)))
def test_a_false_zip_is_not_opened(kind: str, data: bytes) -> None:
    with pytest.raises(UnreadableError) as refused:
        check_zip(data)
    assert refused.value.kind == kind
    assert refused.value.message
    assert refused.value.fix


def test_a_cut_zip_of_forms_is_not_taken_for_the_form_inside() -> None:
    data = packed({"007.xlsx": workbook(), "012.xlsx": workbook()}, zipfile.ZIP_STORED)
    cut = data[: data.index(CENTRAL, data.index(b"012.xlsx")) - 100]
    assert END in cut
    with pytest.raises(UnreadableError):
        check_zip(cut)


def test_two_entries_cannot_share_bytes() -> None:
    data = packed({"a.xml": b"abc" * 100, "b.xml": b"xyz" * 100}, zipfile.ZIP_STORED)
    second = data.index(b"PK\3\4", 4)
    inner = data.index(b"abcabc")
    forged = bytearray(data)
    forged[inner : inner + 35] = data[second : second + 35]
    at = data.index(CENTRAL, data.index(CENTRAL) + 4) + 42
    forged[at : at + 4] = struct.pack("<I", inner)
    with pytest.raises(UnreadableError) as refused:
        check_zip(bytes(forged))
    assert refused.value.kind == "damaged"


BROAD = packed({"a.xml": bytes(1024 * 1024)}, zipfile.ZIP_STORED)
NOT_INFLATED: list[tuple[str, bytes]] = [
    ("damaged", patched(STORED, b"abcabc", 3, b"x")),
    ("damaged", patched(ONE, CENTRAL, 16, b"\0\0\0\0")),
    ("damaged", patched(ONE, CENTRAL, 24, b"\x10\0\0\0")),
    ("damaged", patched(ONE, CENTRAL, 24, b"\x10\xff\0\0")),
    ("damaged", patched(ONE, b"PK\3\4", 35, b"\xff\xff\xff")),
    ("bomb", packed({"a.xml": bytes(2 * 1024 * 1024)})),
    ("too-big", patched(BROAD, CENTRAL, 24, struct.pack("<I", 65 * 1024 * 1024))),
]


@pytest.mark.parametrize(("kind", "data"), NOT_INFLATED)
def test_a_false_part_is_not_read(kind: str, data: bytes) -> None:
    archive = check_zip(data)
    with pytest.raises(UnreadableError) as refused:
        read_part(archive, "a.xml")
    assert refused.value.kind == kind


def read_often(archive: Archive, turns: int) -> None:
    for _turn in range(turns):
        for _chunk in inflate(archive, "a.xml"):
            pass


def test_bytes_are_counted_over_all_reads() -> None:
    archive = check_zip(packed({"a.xml": bytes(16 * 1024 * 1024)}, zipfile.ZIP_STORED))
    read_often(archive, 8)
    with pytest.raises(UnreadableError) as refused:
        read_often(archive, 1)
    assert refused.value.kind == "too-big"


def test_a_bomb_costs_no_memory() -> None:
    data = packed({"xl/workbook.xml": bytes(200 * 1024 * 1024)})
    honest = patched(data, CENTRAL, 24, struct.pack("<I", 30_000))
    tracemalloc.start()
    for bomb in (data, honest):
        with pytest.raises(UnreadableError):
            read_part(check_zip(bomb), "xl/workbook.xml")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * 1024 * 1024
