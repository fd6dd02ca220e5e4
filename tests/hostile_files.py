"""The hostile files by name: one to a round, and a round that is full of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import hostile as h
from packing import made, parts_of, sheet_xml

LABELS = ("表单码", "姓名", "编号", "自评合计")
ROW = '<row r="1">{}</row>'


def workbooks() -> Iterator[tuple[str, h.Build]]:
    sheet = h.book
    yield "file of 20 MB, noise", lambda _f: h.noise(4).randbytes(20 * h.MIB)
    yield "file of 20 MB, in an xlsx", lambda f: f + bytes(20 * h.MIB - len(f))
    noise = h.noise(5).randbytes(19 * h.MIB)
    yield (
        "xlsx with 19 MB of pictures",
        lambda _f: h.zipped(
            {**parts_of("<row r='1'><c><v>1</v></c></row>"), "xl/media/1.png": noise}, 0
        ),
    )
    yield "near all limits at once", h.near_all
    yield "two sheets and strings full", h.double_full
    yield "16 sheets of 198,000 cells", h.all_sheets
    yield "one sheet of 198,000 cells", sheet([sheet_xml(h.grid("<c><v>{}.5</v></c>", 1000, 198))])
    yield (
        "far cells beyond the area",
        sheet([sheet_xml(h.grid("<c><v>1</v></c>", 55, 16384, 6000))]),
    )
    yield "16M short strings", sheet([sheet_xml("")], h.sst(h.many("<si/>")))
    yield "1M strings", sheet([sheet_xml("")], h.sst(h.counted("<si><t>{}</t></si>", 1_000_000)))
    yield (
        "390,000 strings",
        sheet([sheet_xml("")], h.sst(h.counted(f"<si><t>{h.FACE}{{}}</t></si>", 390_000))),
    )
    runs = "<si><r><t>{}</t></r><r><t>字</t></r></si>"
    yield "190,000 strings of two runs", sheet([sheet_xml("")], h.sst(h.counted(runs, 190_000)))
    yield (
        "one string of 32 MB",
        sheet([sheet_xml("")], h.sst(f"<si><t>{h.long(32 * h.MIB)}</t></si>")),
    )
    yield (
        "10M wide characters",
        sheet([sheet_xml("")], h.sst(h.noisy(f"<si><t>{h.FACE}{'字' * 9_900}</t></si>" * 1000))),
    )
    yield (
        "one string of many runs",
        sheet([sheet_xml("")], h.sst(f"<si>{h.many('<r><t>字文</t></r>')}</si>")),
    )
    yield (
        "one string of long runs",
        sheet(
            [sheet_xml("")], h.sst(f"<si>{f'<r><t>{h.FACE}{h.long(900_000)}</t></r>' * 66}</si>")
        ),
    )
    yield (
        "phonetic runs",
        sheet([sheet_xml("")], h.sst(f"<si>{h.many('<rPh><t>字</t></rPh>')}</si>")),
    )
    yield (
        "1M strings, 1M references",
        sheet(
            [sheet_xml(h.grid('<c t="s"><v>{}</v></c>', 4900, 200))],
            h.sst(h.counted("<si><t>{}</t></si>", 390_000)),
        ),
    )
    rows = h.counted('<row r="{}"><c><v>1</v></c></row>', 900_001)
    yield "900,000 rows of one cell", sheet([sheet_xml(rows.replace('"0"', '"1"', 1))])
    yield "rows without end", sheet([sheet_xml(h.many('<row r="1"/>'))] * 2)
    yield "empty elements without end", sheet([sheet_xml(h.many("<x/>"))] * 2)
    yield (
        "empty elements after the cells",
        sheet([sheet_xml("<row/>").replace("</worksheet>", h.many("<x/>") + "</worksheet>")] * 2),
    )
    blanks = "".join(
        f'<row r="{n}">{"<c s=" + chr(34) + "1" + chr(34) + "/>"}</row>'.replace(
            '<c s="1"/>', '<c s="1"/>' * 600
        )
        for n in range(1, 5001)
    )
    yield "3M empty styled cells", sheet([sheet_xml(h.noisy(blanks))])
    yield (
        "990,000 empty styled cells",
        sheet([sheet_xml(h.noisy(blanks[: len(blanks) * 33 // 100].rpartition("<row")[0]))]),
    )
    yield "5,000 sheets", lambda _f: h.zipped(h.sheets([sheet_xml("")] * 900))
    yield (
        "array formulas over everything",
        sheet(
            [sheet_xml(ROW.format('<c r="A1"><f t="array" ref="A1:GR999">1</f><v>1</v></c>'))] * 64
        ),
    )
    merges = h.counted('<mergeCell ref="A{}:B{}"/>', 1_000_000)
    yield "1M merges", sheet([sheet_xml("").replace("</worksheet>", merges + "</worksheet>")])
    yield "deep XML", lambda _f: made(ROW.format(h.noisy("<d>" * 5_000_000)))
    yield "one attribute of 60 MB", lambda _f: made(f'<row a="{h.long(60 * h.MIB)}"/>')
    yield (
        "attributes of 1 MB each",
        sheet([sheet_xml(f'<row r="1" a="{h.FACE}{h.long(990_000)}"/>' * 60)] * 2),
    )
    error = f'<c t="e"><v>{h.FACE}{h.long(32_000)}</v></c>'
    yield "cells of long errors", sheet([sheet_xml(ROW.format(h.noisy(error * 1_900)))] * 2)
    yield (
        "numbers of a million digits",
        sheet([sheet_xml(ROW.format(f"<c><v>{h.long(1_000_000)}</v></c>" * 60))]),
    )
    yield (
        "line ends without end",
        sheet([sheet_xml(h.noisy(f"<x>{chr(10) * 20_000}</x>" * 3_000))] * 2),
    )
    yield "a million attributes", h.attributes_at_once
    yield "4M names of elements", h.names
    yield "4M names of attributes", h.attribute_names
    yield "comments without end", sheet([sheet_xml(h.many("<!---->"))])
    yield "character references", sheet([sheet_xml(ROW.format(h.inline("&#22635;" * 32_000)))] * 60)
    yield "rich runs in a cell", h.rich_runs
    yield "cells of 32,000 wide characters", h.wide_cells


def parts() -> Iterator[tuple[str, h.Build]]:
    yield "styles: 99,000 short", partial(h.styles, "")
    yield "styles: 99,000 wide", partial(h.styles, h.FACE + "y" * 550)
    yield "styles: wide formats", h.formats
    yield "relations: 99,000 wide", h.relations
    yield "workbook: 99,000 wide", h.workbook
    yield "names of sheets", h.sheet_names
    yield "docProps: wide", h.core
    yield "content types of 63 MB", partial(h.typed, "[Content_Types].xml")
    yield "mimetype of 63 MB", partial(h.typed, "mimetype")
    yield "entries: 999", partial(h.entries, 990)
    yield "entries: 30,000", partial(h.entries, 30_000)


def overdone() -> Iterator[tuple[str, h.Build]]:
    for label in LABELS:
        yield f"form with 190,000 cells {label}", partial(h.more_rows, h.inline(label), 4750, 40)
    yield (
        "form with 190,000 form codes",
        partial(h.more_rows, "".join(map(h.inline, ("表单码", "007-{}-Q9"))), 4750, 20),
    )
    yield "form with 190,000 tokens", partial(h.more_rows, h.inline("sf1|a|b|007|{}|x"), 4750, 40)
    yield "form with 190,000 numbers", partial(h.more_rows, "<c><v>{}.5</v></c>", 4750, 40)
    yield "form with 4,700 equal codes", h.blocks
    yield "form of 20 sheets of equal codes", h.block_sheets
    yield "form of 20 sheets of changed maxima", h.changed_most
    yield "form with 4,700 headings", h.heads


def zips() -> Iterator[tuple[str, h.Build]]:
    yield "zip of 99 MB in 1 MB files", lambda f: h.zip_of(f, h.MIB)
    yield "zip of 99 MB in 19 MB files", lambda f: h.zip_of(f, 19 * h.MIB)
    yield "zip of 99 MB in zips of 19 MB", h.zip_in_zip
    yield "zip of 2M folders", lambda _f: h.folders(2_000_000)
    yield "zip of zips of folders", h.zip_of_folders
    yield "zip of 1,990 equal names", h.same_names
    yield "zip with 3 bad workbooks", h.bombs_in_zip


def old() -> Iterator[tuple[str, h.Build]]:
    yield "xls: 199,000 numbers", partial(h.old_numbers, 199_000)
    yield "xls: 1M numbers", partial(h.old_numbers, 1_000_000)
    yield "xls: 190,000 texts", partial(h.old_texts, 190_000, 12)
    yield "xls: 2M texts", partial(h.old_texts, 1_650_000, 7)
    yield "xls: 300 texts of 30,000", partial(h.old_texts, 300, 7_900)
    yield "xls: 1.9M blanks", h.old_blanks
    yield "xls: 3M small numbers", h.old_mul
    yield "xls: lies about sizes", h.old_lies
    yield "xls: OLE that ends", lambda _f: h.ole(h.old_numbers(50_000, b""))
    yield "xls: OLE in a loop", lambda _f: h.ole(h.old_numbers(50_000, b""), loop=True)
    yield "xls: 19 MB in OLE", lambda _f: h.ole(h.old_mul(b"")[: 19 * h.MIB])


def mutations(old_form: bytes) -> Iterator[tuple[str, dict[str, bytes]]]:
    yield "xls: a real form", {"甲.xls": old_form}
    with_picture = old_form[:-1] + h.noise(6).randbytes(20 * h.MIB - len(old_form))
    yield "xls: a real form, 20 MB", {"甲.xls": with_picture}
    cuts = h.noise(7)
    for start in range(0, 200, 50):
        files = {}
        for n in range(start, start + 50):
            data = bytearray(old_form[: None if n % 4 else cuts.randrange(len(old_form))])
            for _ in range(cuts.randrange(1, 20)):
                data[cuts.randrange(len(data))] ^= 1 << cuts.randrange(8)
            files[f"{n}.xls"] = bytes(data)
        yield f"xls: 50 mutations of a real form, {start}…", files


def singles() -> Iterator[tuple[str, h.Build]]:
    yield from workbooks()
    yield from parts()
    yield from overdone()
    yield from zips()
    yield from old()


def crowd(form: bytes, wordy: bytes) -> dict[str, bytes]:
    """A round of a thousand arrivals: hostile ones, and versions of one form full of text."""
    bad = [made(ROW.format("<d>" * n)) for n in range(60, 360)]
    bad += [form[: 400 * n + 400] for n in range(50)]
    bad += [h.zipped({f"{n}.xlsx": form[:-n]}) for n in range(1, 50)]
    bad += [h.old_lies(b"") + bytes(n) for n in range(50)]
    bad += [
        h.changed(
            form,
            h.SHEET1,
            "</sheetData>",
            h.grid("<c><v>{}</v></c>", 90 + n, 250, 300) + "</sheetData>",
        )
        for n in range(50)
    ]
    bad += [h.changed(wordy, h.SHEET1, "MARK", f"{n}") for n in range(501)]
    return {f"{n}.xls": data for n, data in enumerate(bad)}
