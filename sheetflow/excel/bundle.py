"""A zip of forms, such as a chat group's export: its files one by one, each within limits.

Nothing is written to disk. A file that cannot be unpacked doesn't keep the others from it.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from sheetflow.errors import UnreadableError
from sheetflow.excel.preflight import (
    CENTRAL,
    DEFLATED,
    LOCKED,
    MAX_FILE,
    STORED,
    UTF8,
    Archive,
    Entry,
    central_directory,
    data_start,
    fold,
    kind_of,
    read_part,
    real_sizes,
)
from sheetflow.excel.refusals import refuse
from sheetflow.messages import _

#: Files of a bundle and of the bundles in it together.
MAX_MEMBERS = 2000
#: Folders and files that one zip's directory lists.
MAX_LISTED = 20_000
#: Bytes of all of them, counted as they come out of the inflater.
MAX_TOTAL = 512 * 1024 * 1024

#: Names that only a document's own zip has at its top: Office, OpenDocument, Numbers, OFD.
_DOCUMENT = frozenset(
    ("[content_types].xml", "_rels/.rels", "mimetype", "index.zip", "index/document.iwa", "ofd.xml")
)
#: First character that a Chinese name has and European letters in UTF-8 have not.
_HIGH = "\u0800"
_NAME_LENGTH = 200
_NAMELESS = "未命名"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a bundle: harmless name, and its bytes or why there are none.

    A file of a bundle inside the bundle is called ``里面.zip!/文件.xlsx``.
    """

    name: str
    data: bytes | None = None
    refused: UnreadableError | None = None


@dataclass(slots=True)
class _Left:
    """What may still be taken from a bundle and the bundles in it."""

    members: int
    size: int
    #: Names given so far, folded.
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Listed:
    """One file as a zip's directory lists it."""

    name: str
    refusal: str
    entry: Entry | None = None


def is_bundle(data: bytes) -> bool:
    """Whether this is a zip of files, not a document that is a zip inside, hurt or not."""
    if not data.startswith((b"PK\3\4", b"PK\5\6")):
        return False
    try:
        listed = _listed(data, MAX_MEMBERS + 1)
    except UnreadableError:
        return kind_of(data) == "zip"
    return not _DOCUMENT & {fold(each.name) for each in listed}


def members(data: bytes, *, depth: int = 2) -> Iterator[Member]:
    """Yield the files of a zip in the order of its directory, folders left out.

    A zip inside is unpacked in its place, ``depth`` counting the outermost; one deeper is
    refused. No two members share a name: the second is called ``名字(2).xlsx``.

    A member is refused with kind size (20 MB), bomb, damaged, zip-password, compression, with
    what makes a zip inside unreadable, with bundle-deep, or with bundle-big once 512 MB were
    unpacked. Raises ``UnreadableError`` for the zip as a whole: truncated, damaged,
    bundle-many (2,000 files, or 20,000 with folders).
    """
    yield from _members(data, depth, "", _Left(MAX_MEMBERS, MAX_TOTAL))


def _members(data: bytes, depth: int, prefix: str, left: _Left) -> Iterator[Member]:
    listed = _listed(data, left.members)
    left.members -= len(listed)
    for each in listed:
        name = _distinct(prefix + each.name, left.names)
        try:
            content = _content(data, each, left)
            inner = is_bundle(content)
            if inner and depth <= 1:
                raise _refuse("bundle-deep")
        except UnreadableError as error:
            yield Member(name, refused=error)
            continue
        if not inner:
            yield Member(name, content)
            continue
        try:
            yield from _members(content, depth - 1, f"{name}!/", left)
        except UnreadableError as error:
            yield Member(name, refused=error)


def _content(data: bytes, listed: _Listed, left: _Left) -> bytes:
    """Unpack one file; raises ``UnreadableError`` with the kinds of a member."""
    entry = listed.entry
    if entry is None:
        raise refuse(listed.refusal)
    if entry.size > MAX_FILE:
        raise refuse("size")
    if entry.size > left.size:
        raise _refuse("bundle-big")
    archive = Archive(data, {fold(entry.name): entry})
    try:
        return read_part(archive, entry.name)
    finally:
        left.size -= archive.inflated


# ------------------------------------------------------------------ the directory


def _listed(data: bytes, most: int) -> list[_Listed]:
    """Files that the directory lists, folders left out; raises as ``members`` does."""
    found = []
    records = 0
    try:
        at, end = central_directory(data)
        first = at
        while at < end:
            listed, at = _record(data, at, end)
            records += 1
            if listed is not None:
                found.append(listed)
            if len(found) > most or records > MAX_LISTED:
                raise _refuse("bundle-many")
    except struct.error as error:
        raise refuse("damaged") from error
    spans = sorted((e.entry.header, e.entry.start + e.entry.packed) for e in found if e.entry)
    ends = [0, *(stop for data_start, stop in spans)]
    starts = [*(start for start, _stop in spans), first]
    if any(stop > start for stop, start in zip(ends, starts, strict=True)):
        raise refuse("damaged")
    return found


def _record(data: bytes, at: int, end: int) -> tuple[_Listed | None, int]:
    """What one record of the directory lists, ``None`` for a folder; where the next begins."""
    head = CENTRAL.unpack_from(data, at)
    flags, method = head[5:7]
    name_at = at + CENTRAL.size
    extra_at = name_at + head[12]
    note_at = extra_at + head[13]
    after = note_at + head[14]
    if head[0] != b"PK\1\2" or after > end:
        raise refuse("damaged")
    raw_name = data[name_at:extra_at]
    if raw_name.endswith((b"/", b"\\")) and not head[11]:
        return None, after
    name = _shown(_decoded(raw_name, wide=bool(flags & UTF8)))
    if flags & LOCKED:
        return _Listed(name, "zip-password"), after
    if method not in {STORED, DEFLATED}:
        return _Listed(name, "compression"), after
    try:
        size, packed, header = real_sizes(data[extra_at:note_at], [head[11], head[10], head[18]])
        start = data_start(data, header, raw_name)
    except (UnreadableError, struct.error):
        return _Listed(name, "damaged"), after
    return _Listed(name, "", Entry(name, method, head[9], packed, size, header, start)), after


# ------------------------------------------------------------------ names


def _decoded(raw: bytes, *, wide: bool) -> str:
    """A name as it was typed; only half of the packers say how they wrote it.

    Windows in China writes GBK, others write UTF-8. A few GBK names are sound UTF-8 too, but
    of European letters: two bytes each, where a Chinese character takes three.
    """
    utf8 = _text(raw, "utf-8")
    if utf8 is not None and (wide or utf8.isascii() or max(utf8) >= _HIGH):
        return utf8
    gbk = _text(raw, "gb18030")
    return gbk or utf8 or raw.decode("cp437")


def _text(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=64)  # the workbooks of a round have the same parts
def _shown(name: str) -> str:
    """A path that stays inside, in characters that stay put; its end when it is long."""
    whole = unicodedata.normalize("NFC", name).replace("\\", "/")
    parts = ("".join(map(_character, part)).strip() for part in whole.split("/"))
    inside = "/".join(part for part in parts if part.strip("."))
    return inside[-_NAME_LENGTH:].strip(" /") or _NAMELESS


def _character(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Zs", "Zl", "Zp"}:
        return " "
    if category in {"Cc", "Cs"} or character == ":":
        return "_"
    return "" if category == "Cf" else character


def _distinct(name: str, taken: set[str]) -> str:
    """The name, with a number where another file has it."""
    folder, slash, last = name.rpartition("/")
    stem, point, suffix = last.rpartition(".")
    number, new = 1, name
    while new.casefold() in taken:
        number += 1
        numbered = f"{stem}({number}){point}{suffix}" if stem else f"{last}({number})"
        new = f"{folder}{slash}{numbered}"
    taken.add(new.casefold())
    return new


# ------------------------------------------------------------------ what the sender is told


def _refuse(kind: str) -> UnreadableError:
    words = {
        "bundle-many": (
            _("压缩包里的文件超过 2000 个，不是一次收表，所以不读。"),
            _("请只挑出收回的表格，重新压缩后放进来，或者直接放表格文件。"),
        ),
        "bundle-big": (
            _("压缩包里的内容太多，读到 512 MB 为止，这个文件没有读。"),
            _("请先解压，把这个文件直接放进来。"),
        ),
        "bundle-deep": (
            _("压缩包里套着压缩包，套得太深，这一层没有打开。"),
            _("请先解压，把里面的 .xlsx 表格直接放进来。"),
        ),
    }
    return UnreadableError(kind, *words[kind])
