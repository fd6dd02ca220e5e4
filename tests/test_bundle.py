from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import FORM

from sheetflow.errors import UnreadableError
from sheetflow.excel import bundle
from sheetflow.excel.bundle import Member, is_bundle, members

Files = Iterable[tuple[str, bytes]]
#: Encodings that packers use, and the flag that says so or does not.
SPELLINGS = {"gbk": 0, "utf-8": 0, "utf-8, said": 0x800}
MB = 1024 * 1024


class Named(zipfile.ZipInfo):
    """A file whose name is written byte for byte."""

    raw: tuple[bytes, int]

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's name
        return self.raw


def zipped(files: Files, *, spelling: str = "utf-8", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip whose names are written as some packer would."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, (name, content) in enumerate(files):
            info = Named(str(number))
            info.raw = (name.encode(spelling.removesuffix(", said")), SPELLINGS[spelling])
            archive.writestr(info, content, method)
    return stream.getvalue()


def flagged(data: bytes, flag: int, *, only: int | None = None, method: int | None = None) -> bytes:
    """The zip with a flag, or another method, in its directory and local headers."""
    changed = bytearray(data)
    for sign, flags_at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        at, count = data.find(sign), 0
        while at >= 0:
            if only in (None, count):
                flags, old = struct.unpack_from("<HH", data, at + flags_at)
                new = old if method is None else method
                struct.pack_into("<HH", changed, at + flags_at, flags | flag, new)
            at, count = data.find(sign, at + 4), count + 1
    return bytes(changed)


def read(data: bytes, *, depth: int = 2) -> dict[str, bytes | str]:
    """Names with the bytes, or the kind of refusal, of all members."""
    found: dict[str, bytes | str] = {}
    for member in members(data, depth=depth):
        assert member.name not in found
        found[member.name] = told(member)
    return found


def told(member: Member) -> bytes | str:
    if member.refused is None:
        assert member.data is not None
        return member.data
    assert member.data is None
    assert member.refused.message
    assert member.refused.fix
    return member.refused.kind


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableError) as refused:
        list(members(data))
    assert refused.value.message
    assert refused.value.fix
    return refused.value.kind


# ------------------------------------------------------------------ names


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_chinese_names_are_read_however_they_were_written(spelling: str) -> None:
    files = {
        "收回/007-张三-考核表.xlsx": b"1",
        "收回/阿依古丽·买买提.xlsx": b"2",
        "plain.xlsx": b"3",
    }
    assert read(zipped(files.items(), spelling=spelling)) == files


#: The 3,755 everyday characters: the first level of GB 2312.
COMMON = [
    bytes((row, cell)).decode("gb2312")
    for row in range(0xB0, 0xD8)
    for cell in range(0xA1, 0xFF)
    if (row, cell) < (0xD7, 0xFA)
]


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from(COMMON), min_size=1, max_size=4))
def test_names_of_common_characters_are_never_taken_for_another_spelling(name: str) -> None:
    for spelling in ("gbk", "utf-8"):
        assert list(read(zipped([(f"{name}.xlsx", b"")], spelling=spelling))) == [f"{name}.xlsx"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("../../逃走.xlsx", "逃走.xlsx"),
        ("/etc/绝对.xlsx", "etc/绝对.xlsx"),
        (r"C:\表格\反斜.xlsx", "C_/表格/反斜.xlsx"),
        ("甲//.//乙/表格.xlsx", "甲/乙/表格.xlsx"),
        ("表\x1b[31m格\u202excod.xlsx", "表_[31m格xcod.xlsx"),
        ("表格" * 300 + ".xlsx", ("表格" * 300 + ".xlsx")[-200:]),
        ("~$张三考核表.xlsx", "~$张三考核表.xlsx"),
        ("__MACOSX/._张三.xlsx", "__MACOSX/._张三.xlsx"),
        ("../..", "未命名"),
    ],
)
def test_names_are_harmless(written: str, shown: str) -> None:
    assert list(read(zipped([(written, b"1")]))) == [shown]


def test_doubled_names_keep_both_files() -> None:
    files = [("a/表格1.xlsx", b"1"), ("a/表格1.xlsx", b"2"), ("A/表格1.xlsx", b"3"), ("x/a", b"4")]
    assert read(zipped(files)) == {
        "a/表格1.xlsx": b"1",
        "a/表格1(2).xlsx": b"2",
        "A/表格1(3).xlsx": b"3",
        "x/a": b"4",
    }


# ------------------------------------------------------------------ a zip in the zip


def test_zip_inside_is_unpacked_once_and_named() -> None:
    inner = zipped([("乙组/李四的表.xlsx", FORM)], spelling="gbk")
    deep = zipped([("deep.zip", inner)])
    data = zipped([("a.xlsx", FORM), ("inner.zip", inner), ("mid.zip", deep), ("b.xlsx", FORM)])
    assert read(data) == {
        "a.xlsx": FORM,
        "inner.zip!/乙组/李四的表.xlsx": FORM,
        "mid.zip!/deep.zip": "bundle-deep",
        "b.xlsx": FORM,
    }
    assert set(read(data, depth=1).values()) == {FORM, "bundle-deep"}


def test_broken_zip_inside_does_not_keep_the_others() -> None:
    inner = zipped([("a.xlsx", b"1" * 1000)])
    data = zipped([("cut.zip", inner[:-30]), ("b.xlsx", FORM)])
    assert read(data) == {"cut.zip": "truncated", "b.xlsx": FORM}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (FORM, False),
        (FORM[:-30], False),
        (flagged(FORM, 0x1), False),
        (zipped([("a.xlsx", FORM)]), True),
        (zipped([("a.xlsx", FORM), ("b.xlsx", FORM)], method=zipfile.ZIP_STORED), True),
        (flagged(zipped([("a.xlsx", FORM)]), 0x1, only=0), True),
        (zipped([]), True),
        (b"PK\3\4 nothing", True),
        (zipped([("OFD.xml", b"<a/>"), ("Doc_0/Document.xml", b"<a/>")]), False),
        (b"%PDF-", False),
    ],
)
def test_bundle_is_told_from_a_document(data: bytes, expected: bool) -> None:
    assert is_bundle(data) is expected


def test_folders_and_empty_zips_hold_nothing() -> None:
    assert read(zipped([])) == {}
    assert read(zipped([("folder/", b""), ("folder/a", b"")])) == {"folder/a": b""}


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"flag": 0x1}, "zip-password"),
        ({"flag": 0x0, "method": 12}, "compression"),
        ({"flag": 0x0, "method": 99}, "compression"),
    ],
)
def test_one_locked_or_strange_member_leaves_the_rest(change: dict[str, int], kind: str) -> None:
    data = zipped([("a.xlsx", b"1" * 50), ("b.xlsx", b"2" * 50)])
    spoiled = flagged(data, change["flag"], only=0, method=change.get("method"))
    assert read(spoiled) == {"a.xlsx": kind, "b.xlsx": b"2" * 50}


def test_one_damaged_member_leaves_the_rest() -> None:
    data = zipped([("a", b"first"), ("b", b"other")], method=zipfile.ZIP_STORED)
    assert read(data.replace(b"first", b"f1rst")) == {"a": "damaged", "b": b"other"}


def test_bombs_are_refused_by_what_comes_out() -> None:
    mixed = bytes(range(256)) * (4 * MB // 256)
    data = zipped([("bomb", bytes(19 * MB)), ("large", bytes(20 * MB + 1)), ("b", mixed[:5000])])
    assert read(data) == {"bomb": "bomb", "large": "size", "b": mixed[:5000]}


def test_all_members_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_TOTAL", 1000)
    inner = zipped([("c", b"3" * 400)], method=zipfile.ZIP_STORED)
    data = zipped([("a", b"1" * 300), ("in.zip", inner), ("b", b"2" * 300), ("d", b"4")])
    assert read(data) == {"a": b"1" * 300, "in.zip!/c": "bundle-big", "b": "bundle-big", "d": b"4"}


def test_too_many_members_are_refused_at_once() -> None:
    data = zipped((f"{n}.xlsx", b"") for n in range(3000))
    assert refusal(data) == "bundle-many"
    outer = zipped([("a.xlsx", b"1"), ("many.zip", data), ("b.xlsx", b"2")])
    assert read(outer) == {"a.xlsx": b"1", "many.zip": "bundle-many", "b.xlsx": b"2"}


def test_members_of_all_zips_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_MEMBERS", 4)
    inner = zipped([("c", b"3"), ("d", b"4")])
    assert read(zipped([("a", b"1"), ("in.zip", inner)])) == {
        "a": b"1",
        "in.zip!/c": b"3",
        "in.zip!/d": b"4",
    }
    assert read(zipped([("a", b"1"), ("b", b"2"), ("in.zip", inner)]))["in.zip"] == "bundle-many"


def test_members_that_share_bytes_are_refused() -> None:
    data = bytearray(zipped([("a", b"1" * 50), ("b", b"2" * 50)], method=zipfile.ZIP_STORED))
    struct.pack_into("<I", data, data.find(b"PK\1\2") + 20, 120)
    assert refusal(bytes(data)) == "damaged"


@pytest.mark.parametrize("length", [1, 30, 60, 100])
def test_cut_zip_is_refused_whole(length: int) -> None:
    data = zipped([("a.xlsx", b"1" * 50), ("b.xlsx", b"2" * 50)])
    assert refusal(data[:-length]) in {"truncated", "damaged"}


@settings(max_examples=100, deadline=None)
@given(at=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255))
def test_spoiled_byte_is_a_refusal_of_one_or_of_all(at: float, bits: int) -> None:
    data = bytearray(zipped([("甲.xlsx", b"1" * 50), ("in.zip", zipped([("b", FORM[:900])]))]))
    data[int(len(data) * at)] ^= bits
    found = []
    with suppress(UnreadableError):
        found = list(members(bytes(data)))
    # No byte ever comes out changed: a file is whole, or refused with its reason.
    assert all(each.data in {b"1" * 50, FORM[:900]} for each in found if each.data is not None)
    assert all(each.refused for each in found if each.data is None)
