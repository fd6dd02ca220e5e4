"""Workbooks for the tests of the reader: real ones, and smallest ones part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
import xlsxwriter

from sheetflow.errors import UnreadableError
from sheetflow.excel.read import read_book

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def links(*targets: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{each}</Relationships>'


def sheet_xml(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def parts_of(rows: str, **others: str | bytes) -> dict[str, str | bytes]:
    """A smallest workbook with one sheet; ``others`` replace parts by key."""
    parts: dict[str, str | bytes] = {
        "types": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "package": links(("officeDocument", "xl/workbook.xml")),
        "links": links(
            ("worksheet", "worksheets/sheet1.xml"),
            ("sharedStrings", "sharedStrings.xml"),
            ("styles", "styles.xml"),
        ),
        "workbook": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="甲" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "strings": f'<sst xmlns="{MAIN}"><si><t>甲</t></si><si><t/></si></sst>',
        "styles": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
        "sheet": sheet_xml(rows),
    }
    return {NAMES[key]: content for key, content in (parts | others).items()}


NAMES = {
    "types": "[Content_Types].xml",
    "package": "_rels/.rels",
    "links": "xl/_rels/workbook.xml.rels",
    "workbook": "xl/workbook.xml",
    "strings": "xl/sharedStrings.xml",
    "styles": "xl/styles.xml",
    "sheet": "xl/worksheets/sheet1.xml",
    "core": "docProps/core.xml",
}


def made(rows: str, **others: str | bytes) -> bytes:
    return packed(parts_of(rows, **others))


def row(cells: str) -> str:
    return f'<row r="1">{cells}</row>'


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return packed({name: change(name, archive.read(name)) for name in archive.namelist()})


def written(fill: Callable[[xlsxwriter.Workbook], None], **options: object) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, **options})
    fill(book)
    book.close()
    return stream.getvalue()


def refusal(data: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as refused:
        read_book(data)
    assert refused.value.message
    assert refused.value.fix
    return refused.value


def form(book: xlsxwriter.Workbook) -> None:
    """A workbook with one of everything."""
    shown = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
    sheet = book.add_worksheet("目标管理")
    sheet.write_string(0, 0, "编号")
    sheet.write_string(1, 0, "  0020250101 ")
    sheet.write_rich_string(2, 0, "考核", book.add_format({"bold": True}), "内容\n", "🎓 x")
    sheet.write_number(3, 0, 7.5)
    sheet.write_boolean(4, 0, True)  # noqa: FBT003 - its second value has no name
    sheet.write_datetime(5, 0, datetime(2015, 12, 31, tzinfo=UTC).replace(tzinfo=None), shown)
    sheet.write_formula(6, 0, "=A4+1", None, 8.5)
    sheet.write_formula(7, 0, '="合格"', None, "合格")
    sheet.write_formula(8, 0, "=NA()", None, "#N/A")
    sheet.write_blank(9, 0, None, shown)
    book.add_worksheet("数据").hide()
    book.add_worksheet("底").very_hidden()
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=目标管理!$A$4"})
    book.add_chartsheet("图").set_chart(chart)
    book.set_properties({"created": datetime(2015, 12, 1, 8, tzinfo=UTC)})


FORM = written(form)
