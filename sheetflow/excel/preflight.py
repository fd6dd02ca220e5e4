"""Look at a received file before any parser does: what it is, and a bounded way into a zip.

The limits are those of a form or a staff workbook with much room to spare. Bytes are
counted as they really come out of the inflater; nothing is ever written to disk.
"""

from __future__ import annotations

import codecs
import io
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sheetflow.errors import UnreadableError
from sheetflow.excel.refusals import refuse

#: Bytes of a file that is looked at; larger ones are refused unread.
MAX_FILE = 20 * 1024 * 1024
MAX_ENTRIES = 1000
MAX_PART = 64 * 1024 * 1024
MAX_INFLATED = 128 * 1024 * 1024
#: Largest credible size-to-packed ratio of a part beyond ``_RATIO_FROM`` bytes.
MAX_RATIO = 200
_RATIO_FROM = 1024 * 1024

_CHUNK = 64 * 1024
#: Bytes of a part that tells what the file is; the types of 1,000 entries need 150 KB.
_TOLD_WITHIN = 512 * 1024
STORED, DEFLATED = 0, 8
LOCKED = 0x1 | 0x40
UTF8 = 0x800
_END_SIGN = b"PK\5\6"
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
CENTRAL = struct.Struct("<4s4B4HI2I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_WIDE = 0xFFFFFFFF

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "docx"),
    ("PowerPoint Document", "docx"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
_MAIL = "__substg1.0_".encode("utf-16-le")
_MAGIC = (
    ((b"PK\5\6",), "zip"),
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"), "picture"),
    ((b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08"), "archive"),
    ((b"{\\rtf",), "docx"),
    (tuple(b"\x09" + sign for sign in (b"\x08\x10\0", b"\x08\x08\0", b"\x04\x06\0",
                                       b"\x02\x06\0", b"\x00\x04\0")), "xls"),
    ((b"L\0\0\0\x01\x14\x02\0", b"[InternetShortcut]"), "link"),
)  # fmt: skip
_BRANDS = (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif")
#: Words of the main part's content type (ECMA-376 part 1, 12.3 and MS-OFFMACRO2).
_MAIN_TYPES = (
    ("ms-excel.sheet.binary.macroenabled.main", "xlsb"),
    ("spreadsheetml.sheet.main", "xlsx"),
    ("spreadsheetml.template.main", "xlsx"),
    ("ms-excel.sheet.macroenabled.main", "xlsx"),
    ("ms-excel.template.macroenabled.main", "xlsx"),
    ("wordprocessingml.document.main", "docx"),
    ("wordprocessingml.template.main", "docx"),
    ("ms-word.", "docx"),
    ("presentationml.", "docx"),
    ("ms-powerpoint.", "docx"),
)
_MAIN_NAMES = (
    ("workbook.xml", "xlsx"),
    ("workbook.bin", "xlsb"),
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "docx"),
    ("ofd.xml", "pdf"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file inside a zip: sizes in bytes, offsets of its header and its packed bytes."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    header: int
    start: int


@dataclass(slots=True)
class Archive:
    """A zip that passed ``check_zip``; entries by folded name, bytes inflated so far."""

    data: bytes
    entries: Mapping[str, Entry]
    inflated: int = 0
    #: Signs ``<`` met by the parser so far, the work done; how often the limits of a form hold.
    marks: int = 0
    times: int = 1


def fold(name: str) -> str:
    r"""Name under which an entry is known: ``\`` is ``/``, case and a leading ``/`` ignored."""
    return name.replace("\\", "/").lstrip("/").casefold()


# ------------------------------------------------------------------ what it is


def kind_of(data: bytes) -> str:
    """Tell what a file is by its content, never by its name.

    One of: xlsx (also xlsm, xltx, xltm), xlsb, ods, numbers, docx (any word processor or
    slide file), zip, archive (other packers), xls, encrypted, pdf (also ofd), picture, html,
    xml, mail, link (a shortcut), csv, text, empty, zeros, unknown.
    """
    if data.count(0) == len(data):
        return "zeros" if data else "empty"
    if data.startswith(b"PK\3\4"):
        return _packed_kind(data)
    if data.startswith(_OLE):
        return _ole_kind(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    magic = (kind for signs, kind in _MAGIC if data.startswith(signs))
    return _picture_kind(data) or next(magic, "") or _text_kind(data[:_CHUNK])


def archive_kind(archive: Archive) -> str:
    """Tell what a checked zip is: xlsx, xlsb, ods, numbers, pdf, plain zip, or docx for others."""
    names = archive.entries
    mimetype = _quietly(archive, "mimetype")
    if "opendocument" in mimetype:
        return "ods" if "spreadsheet" in mimetype else "docx"
    if "index.zip" in names or any(n.startswith("index/") and n.endswith(".iwa") for n in names):
        return "numbers"
    types = _quietly(archive, "[content_types].xml").casefold()
    kind = next((kind for word, kind in _MAIN_TYPES if word in types), "")
    if kind:
        return kind
    tail = (kind for end, kind in _MAIN_NAMES if any(n.endswith(end) for n in names))
    return next(tail, "zip")


def _packed_kind(data: bytes) -> str:
    try:
        return archive_kind(check_zip(data))
    except UnreadableError:
        head = data[:4096]
        office = (b"[Content_Types].xml", b"_rels/.rels", b"xl/")
        return "xlsx" if any(name in head for name in office) else "zip"


def _quietly(archive: Archive, name: str) -> str:
    content = b""
    try:
        for chunk in inflate(archive, name):
            content += chunk
            if len(content) > _TOLD_WITHIN:
                break
    except UnreadableError:
        return ""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8", "replace")


def _ole_kind(data: bytes) -> str:
    if _MAIL in data:
        return "mail"
    found = ((data.find(name.encode("utf-16-le")), kind) for name, kind in _OLE_STREAMS)
    first = min(((at, kind) for at, kind in found if at >= 0), default=(0, "unknown"))
    return first[1]


def _picture_kind(data: bytes) -> str:
    """Pictures whose sign is not at the very start, or too short to go by alone."""
    phone = data[4:8] == b"ftyp" and data[8:12] in _BRANDS
    web = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    bitmap = data.startswith(b"BM") and data[6:10] == b"\0\0\0\0"
    return "picture" if phone or web or bitmap else ""


def _text_kind(sample: bytes) -> str:
    text = _as_text(sample)
    if text is None:
        return "unknown"
    head = text.lstrip().casefold()
    if head.startswith("<?xml") and "<html" not in head:
        return "xml"
    if "multipart/mixed" in head.replace("\r", "").partition("\n\n")[0]:
        return "mail"
    if head.startswith(("<", "mime-version:")):
        return "html"
    lines = [line for line in text.splitlines() if line.strip()][:5]
    listed = any(all(mark in line for line in lines) for mark in ",\t;")
    return "csv" if lines and listed else "text"


def _as_text(sample: bytes) -> str | None:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(sample)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            return text
    return None


# ------------------------------------------------------------------ the way into a zip


def check_zip(data: bytes, *, times: int = 1) -> Archive:
    """Open a zip held in memory after checking its directory; nothing is inflated yet.

    ``times`` widens the limits. Raises ``UnreadableError``: size, truncated, damaged
    (overlapping or false directory), too-many (entries), doubled-entry, zip-password, compression.
    """
    if len(data) > MAX_FILE * times:
        raise refuse("size")
    try:
        at, end = central_directory(data)
        entries = _entries(data, at, end)
    except struct.error as error:
        raise refuse("damaged") from error
    spans = sorted((e.header, e.start + e.packed) for e in entries.values())
    ends = [0, *(stop for data_start, stop in spans)]
    starts = [*(start for start, _stop in spans), at]
    if any(stop > start for stop, start in zip(ends, starts, strict=True)):
        raise refuse("damaged")
    return Archive(data, entries, times=times)


def inflate(archive: Archive, name: str) -> Iterator[bytes]:
    """Yield an entry's bytes in chunks of at most 64 KB, counted and checked as they come.

    Raises ``UnreadableError``: damaged (not there, false size, wrong CRC), too-big
    (64 MB a part, 128 MB a file), bomb (packed more than 1 : 200).
    """
    entry = archive.entries.get(fold(name))
    if entry is None:
        raise refuse("damaged")
    if entry.size > max(_RATIO_FROM, MAX_RATIO * entry.packed):
        raise refuse("bomb")
    if entry.size > MAX_PART * archive.times:
        raise refuse("too-big")
    count = crc = 0
    for chunk in _unpacked(archive.data, entry):
        count += len(chunk)
        archive.inflated += len(chunk)
        if count > entry.size:
            raise refuse("damaged")
        if archive.inflated > MAX_INFLATED * archive.times:
            raise refuse("too-big")
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if count != entry.size or crc != entry.crc:
        raise refuse("damaged")


def read_part(archive: Archive, name: str) -> bytes:
    """Return an entry's bytes whole; raises as ``inflate`` does."""
    whole = io.BytesIO()  # a list of chunks joined would hold all of them twice
    whole.writelines(inflate(archive, name))
    return whole.getvalue()


def _unpacked(data: bytes, entry: Entry) -> Iterator[bytes]:
    packed = memoryview(data)[entry.start : entry.start + entry.packed]
    pieces = (packed[at : at + _CHUNK] for at in range(0, len(packed), _CHUNK))
    if entry.method == STORED:
        yield from map(bytes, pieces)
        return
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in pieces:
            rest: bytes | memoryview = piece
            while rest and not stream.eof:
                yield stream.decompress(rest, _CHUNK)
                rest = stream.unconsumed_tail
        while not stream.eof and (tail := stream.decompress(b"", _CHUNK)):
            yield tail
    except zlib.error as error:
        raise refuse("damaged") from error
    if not stream.eof:
        raise refuse("damaged")


def central_directory(data: bytes) -> tuple[int, int]:
    """Find the central directory: its start and its end."""
    end = _end_record(data)
    size, offset = _END.unpack_from(data, end)[5:7]
    if _WIDE in (size, offset):
        mark, _disk, at, _disks = _LOCATOR.unpack_from(data, max(0, end - _LOCATOR.size))
        if mark != b"PK\6\7" or at + _END64.size > end:
            raise refuse("damaged")
        record = _END64.unpack_from(data, at)
        if record[0] != b"PK\6\6":
            raise refuse("damaged")
        end, size, offset = at, record[8], record[9]
    if end - size != offset:
        # The directory of another zip: one packed inside this one, whose end is lost.
        raise refuse("damaged")
    return offset, end


def _end_record(data: bytes) -> int:
    """Offset of the last record whose comment ends the file, else of the last one whole."""
    lowest = max(0, len(data) - _END.size - 0xFFFF)
    whole = []
    at = data.rfind(_END_SIGN, lowest)
    while at >= 0:
        if at + _END.size <= len(data):
            whole.append(at)
            if at + _END.size + _END.unpack_from(data, at)[7] == len(data):
                return at
        at = data.rfind(_END_SIGN, lowest, at + len(_END_SIGN) - 1)
    if not whole:
        raise refuse("truncated")
    return whole[0]


def _entries(data: bytes, at: int, end: int) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    while at < end:
        head = CENTRAL.unpack_from(data, at)
        flags, method = head[5], head[6]
        name_size, extra_size, note_size = head[12:15]
        name_at = at + CENTRAL.size
        extra_at = name_at + name_size
        at = extra_at + extra_size + note_size
        if head[0] != b"PK\1\2" or at > end:
            raise refuse("damaged")
        if flags & LOCKED:
            raise refuse("zip-password")
        if method not in {STORED, DEFLATED}:
            raise refuse("compression")
        raw_name = data[name_at:extra_at]
        name = _name(raw_name, wide=bool(flags & UTF8))
        extra = data[extra_at : extra_at + extra_size]
        size, packed, header = real_sizes(extra, [head[11], head[10], head[18]])
        start = data_start(data, header, raw_name)
        key = fold(name)
        if key in entries:
            raise refuse("doubled-entry", name)
        entries[key] = Entry(name, method, head[9], packed, size, header, start)
        if len(entries) > MAX_ENTRIES:
            raise refuse("too-many")
    return entries


def real_sizes(extra: bytes, numbers: list[int]) -> tuple[int, int, int]:
    """Size, packed size, header offset; those that did not fit come from the zip64 field."""
    at = 0
    while _WIDE in numbers and at + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, at)
        if tag == 1:
            places = [n for n, number in enumerate(numbers) if number == _WIDE]
            values = struct.unpack_from(f"<{len(places)}Q", extra, at + 4)
            for place, value in zip(places, values, strict=True):
                numbers[place] = value
            break
        at += 4 + length
    return numbers[0], numbers[1], numbers[2]


def data_start(data: bytes, header: int, raw_name: bytes) -> int:
    """Offset of the packed bytes; the local header must name the same entry."""
    if header + _LOCAL.size > len(data):
        raise refuse("damaged")
    head = _LOCAL.unpack_from(data, header)
    name_at = header + _LOCAL.size
    if head[0] != b"PK\3\4" or data[name_at : name_at + head[9]] != raw_name:
        raise refuse("damaged")
    return int(name_at + head[9] + head[10])


def _name(raw: bytes, *, wide: bool) -> str:
    """Entry name; packers on Chinese Windows write GBK without saying so."""
    for encoding in ("utf-8",) if wide else ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")
