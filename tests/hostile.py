"""Hostile files at every limit of the reader, built from a real form of the round.

Each is as large as it may be without being refused at the door, so that what bounds memory
and time has to do its work.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping

from packing import MAIN, NAMES, OFFICE, PACKAGE, links, made, parts_of, sheet_xml

Build = Callable[[bytes], bytes]

FACE = "\U0001f393"
MIB = 1024 * 1024
_BLOCK = 24_000


def noise(seed: int) -> random.Random:
    """Noise that is the same each time."""
    return random.Random(seed)  # noqa: S311 - no secret


def noisy(text: str, *, every: int = _BLOCK) -> str:
    """The text with comments of noise between its tags, so that it packs less than 1 : 200."""
    bits = noise(1)
    blocks = []
    at = 0
    while at < len(text):
        end = text.find("<", at + every)
        end = len(text) if end < 0 else end
        blocks.append(f"{text[at:end]}<!--{bits.randbytes(170).hex()}-->")
        at = end
    return "".join(blocks)


def many(unit: str, size: int = 60 * MIB) -> str:
    return noisy(unit * (size // len(unit.encode())))


def long(size: int, letter: str = "9") -> str:
    """So many letters, with enough noise among them to pack less than 1 : 200."""
    bits = noise(8)
    digits = "".join(bits.choices("123456789", k=600))
    # Longer than what a packer looks back over.
    return ((digits + letter * 39_400) * (size // 40_000 + 1))[:size]


def counted(unit: str, number: int) -> str:
    """The unit again and again with its number for ``{}``."""
    return "".join(unit.replace("{}", str(n)) for n in range(number))


def sheets(
    bodies: Iterable[str | bytes], strings: str = "", **others: str | bytes
) -> dict[str, str | bytes]:
    """Parts of a workbook with these worksheet parts."""
    bodies = list(bodies)
    numbers = range(1, len(bodies) + 1)
    listed = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    parts = parts_of(
        "",
        workbook=f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
        "</workbook>",
        links=links(*targets, ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")),
        **({"strings": strings} if strings else {}),
        **others,
    )
    paths = (f"xl/worksheets/sheet{n}.xml" for n in numbers)
    return parts | dict(zip(paths, bodies, strict=True))


def zipped(parts: Mapping[str, str | bytes], level: int = 1) -> bytes:
    stream = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED
    with zipfile.ZipFile(stream, "w", kind, compresslevel=level) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def sst(entries: str) -> str:
    return f'<sst xmlns="{MAIN}">{entries}</sst>'


def book(bodies: Iterable[str | bytes], strings: str = "", **others: str | bytes) -> Build:
    return lambda _form: zipped(sheets(bodies, strings, **others))


def changed(form: bytes, part: str, old: str, new: str) -> bytes:
    """The form with a piece of one part replaced."""
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    text = parts[part].decode()
    assert old in text
    return zipped({**parts, part: text.replace(old, new, 1)})


SHEET1 = "xl/worksheets/sheet1.xml"


def grid(cell: str, rows: int, columns: int, first: int = 1) -> str:
    return "".join(
        f'<row r="{r}">{"".join(cell.replace("{}", str(r * columns + c)) for c in range(columns))}'
        "</row>"
        for r in range(first, first + rows)
    )


def more_rows(cell: str, rows: int, columns: int, form: bytes) -> bytes:
    """The form with rows of the same cell below its own."""
    rows_ = grid(cell, rows, columns, 200)
    return changed(form, SHEET1, "</sheetData>", rows_ + "</sheetData>")


def inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


# ------------------------------------------------------------------ workbooks


def near_all(_form: bytes) -> bytes:
    """Texts, cells and sheets each near their limits, and every text as wide as can be."""
    strings = counted(f"<si><t>{FACE}{{}}文字文字文字文字</t></si>", 199_000)
    body = sheet_xml(grid('<c t="n"><v>{}.123456789012</v></c>', 1000, 190))
    refs = sheet_xml(grid('<c t="s"><v>{}</v></c>', 990, 190))
    return zipped(sheets([refs, body], sst(strings)))


def double_full(_form: bytes) -> bytes:
    body = sheet_xml(grid('<c t="n"><v>{}.123456789012</v></c>', 1000, 199))
    other = sheet_xml(grid('<c t="s"><v>{}</v></c>', 1000, 199))
    strings = sst(counted(f"<si><t>{FACE}{{}}</t></si>", 399_000))
    return zipped(sheets([body, other], strings))


def all_sheets(_form: bytes) -> bytes:
    return zipped(sheets([sheet_xml(grid('<c t="n"><v>1.{}</v></c>', 1000, 198))] * 16))


def names(_form: bytes) -> bytes:
    return zipped(sheets([sheet_xml(counted("<x{}/>", 4_000_000))]))


def attribute_names(_form: bytes) -> bytes:
    return zipped(sheets([sheet_xml(counted('<x a{}=""/>', 3_500_000))]))


def attributes_at_once(_form: bytes) -> bytes:
    one = "<row " + counted('a{}="" ', 90_000) + "/>"
    return zipped(sheets([sheet_xml(one * 10)] * 2))


def styles(attribute: str, _form: bytes) -> bytes:
    xfs = counted(f'<xf numFmtId="{{}}" a="{attribute}"/>', 99_000)
    text = f'<styleSheet xmlns="{MAIN}"><cellXfs>{noisy(xfs)}</cellXfs></styleSheet>'
    return made("", styles=text)


def formats(_form: bytes) -> bytes:
    each = counted(f'<numFmt numFmtId="{{}}" formatCode="{FACE}{"[" * 500}"/>', 99_000)
    text = f'<styleSheet xmlns="{MAIN}"><numFmts>{noisy(each)}</numFmts></styleSheet>'
    return made("", styles=text)


def relations(_form: bytes) -> bytes:
    each = counted(f'<Relationship Id="r{{}}" Type="x" Target="{FACE}{"y" * 500}"/>', 99_000)
    text = f'<Relationships xmlns="{PACKAGE}">{noisy(each)}</Relationships>'
    return made("", links=text, package=text)


def workbook(_form: bytes) -> bytes:
    each = counted(f'<workbookPr n="{{}}" a="{FACE}{"y" * 550}"/>', 99_000)
    return made("", workbook=f'<workbook xmlns="{MAIN}">{noisy(each)}</workbook>')


def core(_form: bytes) -> bytes:
    each = f"<modified>{FACE}{'9' * 900}</modified>" * 60_000
    return made("", core=f"<p>{noisy(each)}</p>")


def typed(name: str, _form: bytes) -> bytes:
    """A part that tells what the file is, far too long and as wide as can be."""
    text = FACE + noisy("<Default Extension='x'/>" * (63 * MIB // 24), every=20_000)
    return zipped(
        {name: text, **parts_of("")} if name not in NAMES.values() else {**parts_of(""), name: text}
    )


def sheet_names(_form: bytes) -> bytes:
    name = FACE + "名" * 300_000
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, 60))
    body = sheet_xml("<row><c><v>1</v></c></row>")
    text = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'
    return zipped(sheets([body] * 60) | {"xl/workbook.xml": noisy(text)})


def entries(number: int, _form: bytes) -> bytes:
    return zipped(parts_of("") | {f"xl/media/{n}.bin": b"x" * 900 for n in range(number)})


# ------------------------------------------------------------------ forms that are overdone


def wide_cells(form: bytes) -> bytes:
    return more_rows(inline(FACE + "字" * 32_000), 150, 1, form)


def rich_runs(form: bytes) -> bytes:
    runs = "<r><t>字文</t></r>" * 1_200_000
    return more_rows(f'<c t="inlineStr"><is>{noisy(runs)}</is></c>', 1, 1, form)


def blocks(form: bytes) -> bytes:
    """A heading row and the same code again and again, on the form's own sheet."""
    heads = "".join(map(inline, ("编号", "自评分")))
    rows = "".join(f'<row r="{n}">{inline("A1-1")}</row>' for n in range(301, 4999))
    body = f'<row r="300">{heads}</row>{rows}</sheetData>'
    return changed(form, SHEET1, "</sheetData>", body)


def block_sheets(_form: bytes) -> bytes:
    heads = f'<row r="1">{"".join(map(inline, ("编号", "自评分")))}</row>'
    body = sheet_xml(heads + grid(inline("A1-1") + "<c><v>1</v></c>", 4990, 1, 2))
    return zipped(sheets([body] * 20))


def changed_most(_form: bytes) -> bytes:
    heads = f'<row r="1">{"".join(map(inline, ("编号", "自评分", "满分")))}</row>'
    body = sheet_xml(heads + grid(inline("A1-1") + "<c/><c><v>1</v></c>", 4990, 1, 2))
    return zipped(sheets([body] * 20))


def heads(form: bytes) -> bytes:
    """Heading rows alone, each of which lacks columns."""
    return more_rows("".join(map(inline, ("编号", "申报分"))), 4700, 1, form)


# ------------------------------------------------------------------ zips


def zip_of(form: bytes, size: int) -> bytes:
    bits = noise(2)
    files = {f"{n}.bin": bits.randbytes(size) for n in range(99 * MIB // size)}
    return zipped({"好.xlsx": form, **files}, 0)


def zip_in_zip(form: bytes) -> bytes:
    bits = noise(3)
    inner = zipped({"大.bin": bits.randbytes(19 * MIB)}, 0)
    return zipped({"好.xlsx": form} | {f"{n}.zip": inner for n in range(5)}, 0)


def folders(number: int) -> bytes:
    """A zip that lists folders only, all at one place."""
    name = b"d/"
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 10, 0, 0, 0, 0, 0, 0, 0, 2, 0) + name
    record = (
        struct.pack(
            "<4s4B4HI2I5H2I", b"PK\1\2", 20, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0
        )
        + name
    )
    size = len(record) * number
    end = struct.pack(
        "<4s4H2IH", b"PK\5\6", 0, 0, number & 0xFFFF, number & 0xFFFF, size, len(local), 0
    )
    return local + record * number + end


def zip_of_folders(form: bytes) -> bytes:
    inner = folders(400_000)
    return zipped({"好.xlsx": form} | {f"{n}.zip": inner for n in range(25)}, 6)


def same_names(form: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("好.xlsx", form)
        for n in range(1990):
            info = zipfile.ZipInfo("甲.xlsx")
            info.filename = "甲.xlsx"
            archive.NameToInfo.clear()
            archive.writestr(info, f"{n}")
    return stream.getvalue()


def bombs_in_zip(form: bytes) -> bytes:
    bombs = {f"{n}.xlsx": made("", sheet=sheet_xml(f"<a{n}/>" * 9_000_000)) for n in range(3)}
    return zipped({"好.xlsx": form, **bombs})


# ------------------------------------------------------------------ old workbooks


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def old_book(cells: bytes, strings: bytes = b"", titles: int = 1) -> bytes:
    """A plain BIFF8 stream, which is an .xls without its OLE house."""
    opened = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x07CC, 0, 6))
    inner = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6))
    code = record(0x42, struct.pack("<H", 1200))
    one = inner + cells + record(0x0A)
    listed = 4 + 8 + len(b"1")
    at = len(opened + code + strings) + listed * titles + 4
    bounds = b"".join(
        record(0x85, struct.pack("<IBBBB", at + len(one) * n, 0, 0, 1, 0) + b"1")
        for n in range(titles)
    )
    return opened + code + bounds + strings + record(0x0A) + one * titles


def shared(texts: Iterable[bytes]) -> bytes:
    texts = list(texts)
    bodies = [struct.pack("<II", len(texts), len(texts))]
    for text in texts:
        entry = struct.pack("<HB", len(text), 0) + text
        if len(bodies[-1]) + len(entry) > 8000:
            bodies.append(b"")
        bodies[-1] += entry
    return record(0xFC, bodies[0]) + b"".join(record(0x3C, body) for body in bodies[1:])


def old_numbers(number: int, _form: bytes) -> bytes:
    place = ((n // 250, n % 250) for n in range(number))
    cells = (struct.pack("<HHHd", row, column, 0, row + column / 7) for row, column in place)
    return old_book(b"".join(record(0x203, cell) for cell in cells))


def old_texts(number: int, length: int, _form: bytes) -> bytes:
    texts = (f"{n:0{length}}".encode() for n in range(number))
    cells = (
        record(0xFD, struct.pack("<HHHI", n // 250, n % 250, 0, n))
        for n in range(min(number, 190_000))
    )
    return old_book(b"".join(cells), shared(texts))


def old_blanks(_form: bytes) -> bytes:
    body = struct.pack("<HHH", 1, 1, 0)
    return old_book(record(0x201, body) * 1_900_000)


def old_mul(_form: bytes) -> bytes:
    rows = (
        record(
            0xBD,
            struct.pack("<HH", n, 0) + struct.pack("<HI", 0, 0x40) * 256 + struct.pack("<H", 255),
        )
        for n in range(12_000)
    )
    return old_book(b"".join(rows))


def old_lies(_form: bytes) -> bytes:
    return old_book(
        record(0xFD, struct.pack("<HHHI", 0, 0, 0, 0xFFFFFF)),
        record(0xFC, struct.pack("<II", 0xFFFFFFF, 0x7FFFFFFF) + b"\x01\x00\x00a"),
    )


def ole(stream: bytes, *, loop: bool = False) -> bytes:
    """A stream in an OLE house of 512-byte sectors; a loop never ends its chains."""
    data = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    used = len(data) // 512
    tables = -(-(used + 2) // 127) + 1
    chain = [*range(1, used), -2, -2, *[-3] * tables]
    if loop:
        chain[used - 1] = 0
        chain[used] = used
    chain += [-1] * (tables * 128 - len(chain))
    fat = struct.pack(f"<{len(chain)}i", *chain)
    entry = "Workbook".encode("utf-16-le")
    root = "Root Entry".encode("utf-16-le")

    def named(name: bytes, kind: int, child: int, start: int, size: int) -> bytes:
        return name.ljust(64, b"\0") + struct.pack(
            "<HBBiii16xI8x8xiII", len(name) + 2, kind, 1, -1, -1, child, 0, start, size, 0
        )

    folder = named(root, 5, 1, -2, 0) + named(entry, 2, -1, 0, len(data))
    head = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack(
            "<HHHHH6xiiiiiiiii", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, used, 0, 4096, -2, 0, -2, 0
        )
    )
    sat = [used + 1 + n for n in range(tables)]
    head += struct.pack("<109i", *sat[:109], *[-1] * (109 - len(sat[:109])))
    return head + data + folder.ljust(512, b"\0") + fat
