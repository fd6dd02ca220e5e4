"""Whether a workbook that people made can be rewritten, and keep all that is in it."""

from __future__ import annotations

import io
import zipfile

from sheetflow.excel.preflight import kind_of

#: Parts openpyxl would silently drop on saving.
_LOST = (
    "xl/drawings/",
    "xl/media/",
    "xl/charts/",
    "xl/embeddings/",
    "xl/vbaproject.bin",
    "xl/activex/",
    "xl/ctrlprops/",
    "xl/pivottables/",
    "xl/slicers/",
    "customxml/",
    "xl/threadedcomments/",
    "xl/cellimages",
)
#: Drawings that only carry cell comments, which openpyxl keeps.
_KEPT = ("xl/drawings/vmldrawing", "xl/drawings/commentsdrawing")
#: Where the parts of a workbook are listed, and what it calls itself there in ISO strict.
_WORKBOOK, _STRICT = "xl/workbook.xml", b"http://purl.oclc.org/ooxml/spreadsheetml/main"


def why_fixed(data: bytes) -> str:
    """Why a workbook that can be read cannot be rewritten; empty when it can.

    ``desk-parts`` (it holds what would be lost), ``desk-format`` (an older format than .xlsx),
    ``desk-strict`` (ISO strict, which openpyxl sees nothing in).
    """
    if not data:
        return ""
    if kind_of(data) != "xlsx":
        return "desk-format"
    if would_lose(data):
        return "desk-parts"
    return "desk-strict" if _strict(data) else ""


def would_lose(data: bytes) -> tuple[str, ...]:
    """Parts of a workbook that saving it here would lose.

    Raises ``zipfile.BadZipFile`` for a damaged one.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = [name for name in package.namelist() if _lost(name.casefold())]
        return tuple(n.casefold() for n in names if not _hollow(n, package.read(n)))


def _lost(name: str) -> bool:
    return name.startswith(_LOST) and not name.startswith(_KEPT)


def _hollow(name: str, part: bytes) -> bool:
    """Whether a drawing holds nothing: LibreOffice writes such a one for every sheet."""
    drawing = name.casefold().startswith("xl/drawings/drawing")
    return drawing and b"Anchor" not in part


def _strict(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = [n for n in package.namelist() if n.casefold() == _WORKBOOK]
        return any(_STRICT in package.read(name) for name in names)
