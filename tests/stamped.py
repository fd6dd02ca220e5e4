"""Forms of ours filled without a spreadsheet library: what openpyxl takes 200 ms for takes ten."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from sheetflow.tables import address

#: Sheet's title, row and column counted from 1 → what is typed there.
Typing = Mapping[tuple[str, int, int], object]

_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)(?: t="[a-zA-Z]+")?(?:/>|>(.*?)</c>)')
_FORMULA = re.compile(r"<f[^>]*>.*?</f>")
_SAVED = re.compile(r"(<dcterms:modified[^>]*>)[^<]*")


def stamp(data: bytes, titles: list[str], typing: Typing, saved: datetime) -> bytes | None:
    """Put numbers and texts into a workbook as XlsxWriter wrote it; results of formulas go.

    ``titles`` are those of its sheets in their order. ``None`` for what only a library can do:
    other values, other programs' workbooks.
    """
    if not all(_plain(value) for value in typing.values()):
        return None
    waiting = dict(typing)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                title = titles[int(name.removeprefix("xl/worksheets/sheet")[:-4]) - 1]
                here = {address(r, c): (t, r, c) for t, r, c in typing if t == title}
                part = _typed(part.decode(), here, waiting).encode()
            elif name == "docProps/core.xml":
                part = _SAVED.sub(rf"\g<1>{saved:%Y-%m-%dT%H:%M:%SZ}", part.decode()).encode()
            target.writestr(name, part)
    return None if waiting else out.getvalue()


def _plain(value: object) -> bool:
    if isinstance(value, str):
        return bool(value) and not value.startswith("=")
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _typed(
    part: str, here: Mapping[str, tuple[str, int, int]], waiting: dict[tuple[str, int, int], object]
) -> str:
    def cell(match: re.Match[str]) -> str:
        place, style, inside = match.groups()
        head = f'<c r="{place}"{style}'
        if place in here:
            value = waiting.pop(here[place])
            if isinstance(value, str):
                text = f'<t xml:space="preserve">{escape(value)}</t>'
                return f'{head} t="inlineStr"><is>{text}</is></c>'
            return f"{head}><v>{value}</v></c>"
        formula = _FORMULA.search(inside or "")
        return f"{head}>{formula[0]}</c>" if formula else match[0]

    return _CELL.sub(cell, part)
