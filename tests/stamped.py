"""Workbooks typed into without a spreadsheet library: what openpyxl takes 200 ms for takes ten."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import to_excel

from sheetflow.tables import address

#: Sheet's title, row and column counted from 1 → what is typed there.
Typing = Mapping[tuple[str, int, int], object]

_SHEET = re.compile(r"xl/worksheets/sheet([0-9]+)\.xml")
_CELL = re.compile(
    r'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)(?: t="[a-zA-Z]+")?(?: ?/>|>(.*?)</c>)', re.DOTALL
)
_FORMULA = re.compile(r"<f[^>]*/>|<f[^>]*>.*?</f>", re.DOTALL)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STYLES = f"{_MAIN}cellXfs/{_MAIN}xf"
_SAVED = re.compile(r"(<dcterms:modified[^>]*>)[^<]*")


def stamp(
    data: bytes, titles: Sequence[str], typing: Typing, saved: datetime | None = None
) -> bytes | None:
    """Type numbers, texts, days, formulas and error signs into cells; results of formulas go.

    ``titles`` are those of the workbook's sheets in their order; ``None`` typed clears a cell. The
    time of saving stays as it is unless ``saved`` is told. Returns ``None`` for what only a library
    can do: other values, a cell that nobody has written, a day in a cell that is not for days.
    """
    if not all(_plain(value) for value in typing.values()):
        return None
    waiting = dict(typing)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        days = _for_days(source.read("xl/styles.xml"))
        for name in source.namelist():
            part, sheet = source.read(name), _SHEET.fullmatch(name)
            if sheet:
                title = titles[int(sheet[1]) - 1]
                here = {address(r, c): (t, r, c) for t, r, c in typing if t == title}
                part = _typed(part.decode(), here, waiting, days).encode()
            elif name == "docProps/core.xml" and saved:
                part = _SAVED.sub(rf"\g<1>{saved:%Y-%m-%dT%H:%M:%SZ}", part.decode()).encode()
            target.writestr(name, part, compresslevel=1)
    return None if waiting else out.getvalue()


def _plain(value: object) -> bool:
    if isinstance(value, str):
        return bool(value)
    return value is None or (
        isinstance(value, int | float | Decimal | date) and not isinstance(value, bool)
    )


def _for_days(styles: bytes) -> frozenset[int]:
    """Numbers of the styles that show days."""
    tree = ET.fromstring(styles)  # noqa: S314 - made by us
    formats = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    for own in tree.iter(f"{_MAIN}numFmt"):
        formats[own.get("numFmtId", "")] = own.get("formatCode", "")
    used = (formats.get(each.get("numFmtId", "0")) for each in tree.findall(_STYLES))
    return frozenset(n for n, code in enumerate(used) if code and is_date_format(code))


def _typed(
    part: str,
    here: Mapping[str, tuple[str, int, int]],
    waiting: dict[tuple[str, int, int], object],
    days: frozenset[int],
) -> str:
    def cell(match: re.Match[str]) -> str:
        place, style, inside = match.groups()
        head = f'<c r="{place}"{style}'
        if place in here:
            value = waiting[here[place]]
            if isinstance(value, date) and int(style[4:-1] or 0) not in days:
                return match[0]
            del waiting[here[place]]
            return f"{head}{_inside(value)}"
        formula = _FORMULA.search(inside or "")
        return f"{head}>{formula[0]}</c>" if formula else match[0]

    return _CELL.sub(cell, part)


def _inside(value: object) -> str:
    """End of a cell's first tag and what follows."""
    if value is None:
        return "/>"
    if isinstance(value, date):
        return f"><v>{to_excel(value)}</v></c>"  # type: ignore[no-untyped-call] # openpyxl's
    if not isinstance(value, str):
        return f"><v>{value}</v></c>"
    if value in ERROR_CODES:
        return f' t="e"><v>{value}</v></c>'
    if value.startswith("="):
        return f"><f>{escape(value[1:])}</f></c>"
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
