"""Whatever kind of file comes back: read whole, or refused with a sentence; never half read."""

from __future__ import annotations

import io
import os
import random
import re
import struct
import subprocess
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
import pytest
from office import Office
from packing import MAIN, OFFICE, STRICT, STRICT_OFFICE
from packing import packed as zipped
from reading_rows import (
    GOOD,
    TOTAL,
    VERDICTS,
    A,
    Change,
    filled,
    marked,
    parts,
    places,
    replaced,
    said,
    shows,
)
from rounds import UNREVIEWED, Json, blank, by_file, by_id, collected, drop, forms, make, person

from sheetflow import round as rounds

#: Names that only some systems can give a file.
LEGACY_NAME = os.fsdecode("张三.xlsx".encode("gb18030"))


# ------------------------------------------------------------------ other spellings of a form


def retyped(kind: str, *, macros: bool = False) -> Change:
    """The content type of another kind of workbook, with a project of macros where it has one."""

    def change(data: bytes) -> bytes:
        whole = parts(data)
        types = bytes(whole["[Content_Types].xml"]).decode()  # type: ignore[arg-type]
        old = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        assert old in types
        whole["[Content_Types].xml"] = types.replace(old, kind)
        if macros:
            whole["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0" + bytes(2000)
        return zipped(whole)

    return change


def strict(data: bytes) -> bytes:
    def change(name: str, xml: str) -> str:
        if name == "[Content_Types].xml":
            return xml
        return xml.replace(MAIN, STRICT).replace(OFFICE, STRICT_OFFICE)

    return replaced(data, change)


def in_sheet(change: Callable[[str], str]) -> Change:
    """Change the XML of the first sheet."""
    return lambda data: replaced(
        data, lambda name, xml: change(xml) if name == "xl/worksheets/sheet1.xml" else xml
    )


def far(cell: str) -> Change:
    last = f'<row r="1048576">{cell}</row></sheetData>'
    return in_sheet(lambda xml: xml.replace("</sheetData>", last))


def declared_wide(xml: str) -> str:
    whole = '<mergeCell ref="A9:XFD1048576"/></mergeCells>'
    xml = re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', xml)
    return xml.replace("</mergeCells>", whole)


def same(data: bytes) -> bytes:
    return data


# ------------------------------------------------------------------ zips of forms


class Spelled(zipfile.ZipInfo):
    """A file in a zip whose name is written byte for byte."""

    spelled: tuple[bytes, int]

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's name
        return self.spelled


def bundle(name: str, encoding: str, beside: Mapping[str, bytes]) -> Change:
    """Pack a form, and more beside it, as a packer of that encoding does."""

    def change(data: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for n, (each, content) in enumerate({name: data, **beside}.items()):
                info = Spelled(str(n))
                info.spelled = (each.encode(encoding), 0)
                archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        return stream.getvalue()

    return change


def nested(times: int) -> Change:
    def change(data: bytes) -> bytes:
        for n in range(times):
            data = zipped({f"里面{n}.zip" if n else "甲.xlsx": data})
        return data

    return change


# ------------------------------------------------------------------ hurt and hostile


def doubled(data: bytes) -> bytes:
    """Two sheets under one name: programs differ in which they show."""
    stream = io.BytesIO(data)
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("xl/worksheets/sheet1.xml", archive.read("xl/worksheets/sheet1.xml"))
    return stream.getvalue()


def false_checksum(data: bytes) -> bytes:
    at = data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\1\2")) - 46 + 16
    return data[:at] + bytes(byte ^ 0xFF for byte in data[at : at + 4]) + data[at + 4 :]


def bomb(data: bytes) -> bytes:
    whole = parts(data)
    return zipped({**whole, "xl/worksheets/sheet1.xml": bytes(30 << 20)})


def locked(data: bytes) -> bytes:
    """The flags of an encrypted zip."""
    changed = bytearray(data)
    for sign, flags_at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        at = data.find(sign)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", data, at + flags_at)
            struct.pack_into("<H", changed, at + flags_at, flags | 1)
            at = data.find(sign, at + 4)
    return bytes(changed)


def with_doctype(xml: str) -> str:
    return xml.replace("<worksheet", '<!DOCTYPE worksheet [<!ENTITY a "5">]><worksheet', 1)


def ole(*streams: str) -> bytes:
    """The start of an OLE file: its sign, and a directory that names these streams."""
    entries = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in streams)
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + entries + bytes(4096)


def document(_data: bytes) -> bytes:
    stream = io.BytesIO()
    paper = docx.Document()
    paper.add_paragraph("自评分：5 分")
    paper.save(stream)
    return stream.getvalue()


def binary(data: bytes) -> bytes:
    kind = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    whole = parts(retyped(kind)(data))
    return zipped(
        {name.replace("workbook.xml", "workbook.bin"): each for name, each in whole.items()}
    )


def bytes_of(content: bytes | str, encoding: str = "utf-8") -> Change:
    data = content.encode(encoding) if isinstance(content, str) else content
    return lambda _data: data


LIST = "编号,姓名,自评分\r\n001,甲001,5\r\n"
WEB = "<html><table><tr><td>编号<td>自评分<tr><td>A1-1<td>5</table></html>"
XML = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
NUMBERS = zipped({"Index.zip": zipped({"Document.iwa": b"\0"}), "preview.jpg": b"\xff\xd8\xff"})
NEW_NUMBERS = zipped({"Index/Document.iwa": b"\0" * 50, "preview.jpg": b"\xff\xd8\xff\xe0"})
ODS = zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})
NOISE = random.Random(7).randbytes(3000)  # noqa: S311 - the same bytes in every run


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A file as it was sent and what must be said about it."""

    name: str
    #: Name under 收回; ``shown``: as it is listed, for what is in a zip or no text.
    file: str
    make: Change
    shown: str = ""
    status: str = "refused"
    words: str = ""
    told: tuple[str, ...] = ("F201",)
    #: What the program still does wrong with it.
    wrong: str = ""


def read(name: str, file: str, make_: Change, *told: str, shown: str = "") -> Sent:
    """Make a case whose points count as they stand."""
    return Sent(name=name, file=file, make=make_, shown=shown, status="accepted", told=told)


def refused(name: str, file: str, make_: Change, words: str, shown: str = "") -> Sent:
    return Sent(name=name, file=file, make=make_, words=words, shown=shown)


SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml."
MACROS = "application/vnd.ms-excel."
SENT = (
    read(".xlsx", "一.xlsx", same),
    read(".xlsm（带宏）", "二.xlsm", retyped(f"{MACROS}sheet.macroEnabled.main+xml", macros=True)),
    read(".xltx（模板）", "三.xltx", retyped(f"{SHEETS}template.main+xml")),
    read(".xltm（带宏的模板）", "四.xltm",
         retyped(f"{MACROS}template.macroEnabled.main+xml", macros=True)),
    read("ISO 严格格式的 .xlsx", "五.xlsx", strict),
    read("后缀写成 .jpg 的表格", "六.jpg", same),
    read("没有后缀的表格", "七", same),
    read("压缩包里的表格，名字是 GBK", "八.zip", bundle("收回/张三的表.xlsx", "gb18030", {}),
         shown="八.zip!/收回/张三的表.xlsx"),
    read("压缩包里的表格，名字是 UTF-8", "九.zip", bundle("李四的表.xlsx", "utf-8", {}),
         shown="九.zip!/李四的表.xlsx"),
    read("压缩包里又有压缩包", "十.zip", nested(2), shown="十.zip!/里面1.zip!/甲.xlsx"),
    read("压缩包里还有别的文件", "十一.zip",
         bundle("甲.xlsx", "utf-8", {"照片.png": b"\x89PNG\r\n", "__MACOSX/._甲.xlsx": b"\0"}),
         shown="十一.zip!/甲.xlsx"),
    read("很远的格子里有内容", "十二.xlsx",
         far('<c r="XFD1048576" t="inlineStr"><is><t>备注</t></is></c>'), f"F212 {A}!XFD1048576"),
    read("很远的格子只有格式", "十三.xlsx", far('<c r="XFD1048576" s="1"/>')),
    read("声明占满整张表、合并了整张表", "十四.xlsx", in_sheet(declared_wide)),
    read("文件名不是 UTF-8（旧系统压缩、复制来的）", LEGACY_NAME, same, shown="?"),
    refused(".xlsb（二进制）", "b.xlsb", binary, ".xlsb"),
    refused(".ods", "c.ods", bytes_of(ODS), ".ods"),
    refused(".csv", "d.csv", bytes_of(LIST), "CSV"),
    refused("GBK 的 .csv 改名为 .xls", "e.xls", bytes_of(LIST, "gb18030"), "CSV"),
    refused("PDF", "f.pdf", bytes_of(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"), "PDF"),
    refused("截图（png）", "g.png", bytes_of(b"\x89PNG\r\n\x1a\n" + bytes(60)), "图片"),
    refused("照片（jpg），改名为 .xlsx", "h.xlsx", bytes_of(b"\xff\xd8\xff\xe0\0\x10JFIF"), "图片"),
    refused("手机照片（heic）", "i.heic", bytes_of(b"\0\0\0\x18ftypheic" + bytes(40)), "图片"),
    refused("Numbers 表格", "j.numbers", bytes_of(NUMBERS), "Numbers"),
    refused("Numbers 表格（新版）", "ja.numbers", bytes_of(NEW_NUMBERS), "Numbers"),
    refused("Word 文档", "k.docx", document, "Word"),
    refused("旧版 Word 文档", "l.doc", bytes_of(ole("WordDocument")), "Word"),
    refused("设了打开密码", "m.xlsx", bytes_of(ole("EncryptionInfo", "EncryptedPackage")), "密码"),
    refused("网页改名为 .xls", "n.xls", bytes_of(WEB), "网页"),
    refused("文字改名为 .xls", "o.xls", bytes_of("我的自评分都是满分"), "纯文字"),
    refused("XML 表格（2003）", "p.xls", bytes_of(XML), "XML"),
    refused("损坏的 .xls", "q.xls", bytes_of(ole("Workbook")), "损坏"),
    refused("损坏的 .et", "r.et", bytes_of(ole("Workbook") + NOISE), "损坏"),
    refused("认不出的内容", "s.xlsx", bytes_of(b"\1\2\3\xff\xfe" + NOISE), "认不出"),
    refused("0 字节", "t.xlsx", bytes_of(b""), "0 字节"),
    refused("全是零", "u.xlsx", bytes_of(bytes(9000)), "全是零"),
    refused("只有前一半", "v.xlsx", lambda data: data[: len(data) // 2], "不完整"),
    refused("缺最后几个字节", "w.xlsx", lambda data: data[:-10], "不完整"),
    refused("压缩炸弹", "x.xlsx", bomb, "大得不正常"),
    refused("压缩包里的炸弹", "y.zip", lambda _data: zipped({"甲.xlsx": bytes(19 << 20)}),
            "大得不正常", shown="y.zip!/甲.xlsx"),
    refused("内部有两份同名的内容", "z.xlsx", doubled, "同名"),
    refused("内部有 DOCTYPE", "aa.xlsx", in_sheet(with_doctype), "DOCTYPE"),
    refused("校验和不对", "ab.xlsx", false_checksum, "损坏"),
    refused("标记为加密的压缩内容", "ac.xlsx", locked, "密码"),
    refused("加密的压缩包", "ad.zip", lambda data: locked(zipped({"甲.xlsx": data})), "密码",
            shown="ad.zip!/甲.xlsx"),
    refused("RAR 压缩包", "ae.rar", bytes_of(b"Rar!\x1a\7\1\0" + NOISE), "RAR"),
    refused("7z 压缩包", "af.7z", bytes_of(b"7z\xbc\xaf\x27\x1c\0\4" + NOISE), "7z"),
    refused("压缩包套了三层", "ag.zip", nested(3), "太深", shown="ag.zip!/里面2.zip!/里面1.zip"),
    refused("行号大得没有道理", "ah.xlsx",
            in_sheet(lambda xml: xml.replace('<row r="9"', '<row r="99999999999"')), "损坏"),
    refused("少了工作表的部件", "ai.xlsx", lambda data: zipped(
        {k: v for k, v in parts(data).items() if "sheet1.xml" not in k}), "损坏"),
    refused("一格有四万字", "aj.xlsx", far(
        f'<c r="A1048576" t="inlineStr"><is><t>{"字" * 40_000}</t></is></c>'), "32767"),
)  # fmt: skip
IGNORED = {
    "Excel 打开时的临时文件": "~$一.xlsx",
    "LibreOffice 打开时的临时文件": ".~lock.一.xlsx#",
    "苹果系统文件": ".DS_Store",
    "Windows 缩略图": "Thumbs.db",
}
SPECIAL = {"快捷方式（链接）": "链接.xlsx", "管道": "管道.xlsx", "超过 20 MB": "录像.xlsx"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Json]:
    """Each case with its file, and with the points of the member whose form it was."""
    good = [sent for sent in SENT if sent.status == "accepted"]
    ids = {sent.name: f"{n:03d}" for n, sent in enumerate(good, 1)}
    folder = tmp_path_factory.mktemp("格式") / "考核"
    make(folder, UNREVIEWED, map(person, ("000", *ids.values())))
    forms(folder)
    for sent in SENT:
        form = filled(blank(folder, ids.get(sent.name, "000")), GOOD)
        drop(folder, sent.file, sent.make(form))
    for file in IGNORED.values():
        drop(folder, file, b"\0junk")
    with drop(folder, SPECIAL["超过 20 MB"], b"junk").open("r+b") as junk:
        junk.truncate(21 << 20)
    outside = folder.parent / "外面.xlsx"
    outside.write_bytes(filled(blank(folder, "000"), GOOD))
    (folder / rounds.RETURNED / SPECIAL["快捷方式（链接）"]).symlink_to(outside)
    os.mkfifo(folder / rounds.RETURNED / SPECIAL["管道"])
    return collected(folder)


@pytest.mark.parametrize("sent", [*map(marked, SENT)])
def test_a_file_is_read_whole_or_refused_with_a_sentence(world: Json, sent: Sent) -> None:
    file = of(world, sent)
    assert (file["status"], places(file)) == (sent.status, sent.told), file["findings"]
    assert all(sent.words in f["message"] and f["fix"] for f in file["findings"])
    if sent.status == "accepted":
        assert by_id(world)[file["member"]]["total"] == TOTAL
    else:
        assert file["member"] is None


def of(document: Json, sent: Sent) -> Json:
    """The file of a case; a name that is no text is the one that begins like no other."""
    files = by_file(document)
    if sent.shown == "?":
        known = {f"收回/{each.shown or each.file}" for each in SENT}
        return next(f for n, f in files.items() if n not in known and f["status"] == "accepted")
    return files[f"收回/{sent.shown or sent.file}"]


def test_nothing_refused_ever_counted(world: Json) -> None:
    member = by_id(world)["000"]
    assert (member["status"], member["total"]) == ("missing", None)


@pytest.mark.parametrize("name", SPECIAL)
def test_what_is_no_ordinary_file_is_told_and_not_opened(world: Json, name: str) -> None:
    file = by_file(world)[f"收回/{SPECIAL[name]}"]
    assert (file["status"], places(file)) == ("refused", ("F201",))


@pytest.mark.parametrize("name", IGNORED)
def test_what_other_programs_left_is_passed_over(world: Json, name: str) -> None:
    assert by_file(world)[f"收回/{IGNORED[name]}"]["status"] == "ignored"


def rows(names: Sequence[tuple[str, Json]]) -> list[tuple[str, str, str]]:
    return [
        (
            name,
            VERDICTS[file["status"]],
            ("分数不变。" if file["status"] == "accepted" else "") + said(file),
        )
        for name, file in names
    ]


def test_the_manual_shows_the_kinds_of_files(world: Json) -> None:
    files = by_file(world)
    names = [(sent.name, of(world, sent)) for sent in SENT if not sent.wrong]
    names += [(name, files[f"收回/{file}"]) for name, file in {**SPECIAL, **IGNORED}.items()]
    assert shows("格式", rows(names))


# ------------------------------------------------------------------ a real office between


#: What LibreOffice made of a filled form: suffix asked for, name under 收回, what is said.
SAVED_AGAIN = (
    ("LibreOffice 另存的 .xlsx", ".xlsx", "一.xlsx", "accepted", ""),
    ("LibreOffice 另存的 .xls", ".xls", "二.xls", "accepted", ""),
    ("旧格式的内容，后缀是 .et（WPS）", ".xls", "三.et", "accepted", ""),
    ("旧格式的内容，后缀是 .xlsx", ".xls", "四.xlsx", "accepted", ""),
    ("LibreOffice 另存的 .ods", ".ods", "五.ods", "refused", ".ods"),
    ("LibreOffice 导出的 PDF", ".pdf", "六.pdf", "refused", "PDF"),
    ("LibreOffice 另存的 .csv", ".csv", "七.csv", "refused", "CSV"),
)


#: Commas, quotes, UTF-8.
_CSV = "csv:Text - txt - csv (StarCalc):44,34,76"


def as_csv(source: Path) -> Path:
    """Let the office write a text of the first sheet, with a profile of its own."""
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    words = ["soffice", profile, "--headless", "--convert-to", _CSV]
    words += ["--outdir", str(source.parent), str(source)]
    subprocess.run(words, check=True, capture_output=True)
    return source.with_suffix(".csv")


@pytest.mark.office
def test_what_an_office_saved_again_counts_or_is_refused(office: Office, tmp_path: Path) -> None:
    ids = [f"{n:03d}" for n in range(1, len(SAVED_AGAIN) + 1)]
    folder = make(tmp_path / "考核", UNREVIEWED, map(person, ids))
    forms(folder)
    for member, (_name, suffix, file, _status, _words) in zip(ids, SAVED_AGAIN, strict=True):
        source = tmp_path / "out" / f"{member}-{suffix[1:]}.xlsx"
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(filled(blank(folder, member), GOOD))
        target = source.with_name(f"saved{member}{suffix}")
        if suffix == ".csv":
            target = as_csv(source)
        else:
            office.fill(source, target, {})
        drop(folder, file, target.read_bytes())
    found = collected(folder)
    files, people = by_file(found), by_id(found)
    for member, (_name, _suffix, file, status, words) in zip(ids, SAVED_AGAIN, strict=True):
        each = files[f"收回/{file}"]
        assert (each["status"], people[member]["total"]) == (
            status, TOTAL if status == "accepted" else None
        ), each  # fmt: skip
        assert all(words in f["message"] for f in each["findings"]), each
        assert bool(each["findings"]) == (status == "refused"), each
    shown = [(name, files[f"收回/{file}"]) for name, _suffix, file, _status, _words in SAVED_AGAIN]
    assert shows("另存", rows(shown))
