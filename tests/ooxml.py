"""Whether the parts of an Office file are what the format allows.

Two readers of the same rules. ``order_faults`` needs nothing but this file: names and order of
the children of every element that word-processing papers are made of, as Part 4 (transitional) of
ECMA-376 has them. ``schema_faults`` asks the schemas of ECMA-376 themselves, where somebody has
put them: in the folder that OOXML_SCHEMAS names or in tests/data/ooxml. They come with the
standard (Part 4, transitional, and Part 2 for packages) as wml.xsd, sml.xsd, dml-*.xsd and so on.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

#: It comes with python-docx, and without types.
etree: Any = import_module("lxml.etree")
_DATA = Path(__file__).parent / "data"
SCHEMAS = Path(os.environ.get("OOXML_SCHEMAS") or _DATA / "ooxml")
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Namespace of a part's root, or its end → the file of its schema.
_FILES: Mapping[str, str] = {
    "/wordprocessingml/2006/main": "wml.xsd",
    "/spreadsheetml/2006/main": "sml.xsd",
    "/drawingml/2006/spreadsheetDrawing": "dml-spreadsheetDrawing.xsd",
    "/drawingml/2006/chart": "dml-chart.xsd",
    "/drawingml/2006/main": "dml-main.xsd",
    "/officeDocument/2006/extended-properties": "shared-documentPropertiesExtended.xsd",
    "/officeDocument/2006/custom-properties": "shared-documentPropertiesCustom.xsd",
    "/package/2006/content-types": "opc-contentTypes.xsd",
    "/package/2006/relationships": "opc-relationships.xsd",
}
_BORDERS = "top left start bottom right end insideH insideV"
_RUN = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
    "snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd "
    "fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
)
_BLOCKS = "p tbl sdt bookmarkStart bookmarkEnd proofErr"
#: Element → its children in their order. A bar before the names: any order.
_CHILDREN: Mapping[str, str] = {
    "document": "background body",
    "body": f"| {_BLOCKS} sectPr",
    "hdr": f"| {_BLOCKS}",
    "ftr": f"| {_BLOCKS}",
    "p": "| pPr r fldSimple hyperlink ins del sdt bookmarkStart bookmarkEnd proofErr",
    "fldSimple": "| r",
    "r": "| rPr t tab br cr noBreakHyphen fldChar instrText drawing lastRenderedPageBreak",
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers "
        "pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
        "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
        "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle "
        "rPr sectPr"
    ),
    "pBdr": "top left bottom right between bar",
    "tabs": "| tab",
    "rPr": _RUN,
    "sectPr": (
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders "
        "lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter "
        "docGrid"
    ),
    "tbl": "tblPr tblGrid tr",
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
        "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook"
    ),
    "tblBorders": _BORDERS,
    "tcBorders": "top start left bottom end right insideH insideV tl2br tr2bl",
    "tblCellMar": "top left start bottom right end",
    "tblGrid": "gridCol",
    "tr": "tblPrEx trPr tc",
    "trPr": "| cantSplit trHeight tblHeader jc hidden gridBefore gridAfter",
    "tc": f"| tcPr {_BLOCKS}",
    "tcPr": (
        "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText "
        "vAlign hideMark"
    ),
    "styles": "docDefaults latentStyles style",
    "docDefaults": "rPrDefault pPrDefault",
    "rPrDefault": "rPr",
    "pPrDefault": "pPr",
    "style": (
        "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed "
        "qFormat locked rsid pPr rPr tblPr trPr tcPr tblStylePr"
    ),
    "settings": (
        "view zoom removePersonalInformation removeDateAndTime displayBackgroundShape "
        "mirrorMargins proofState stylePaneFormatFilter trackRevisions defaultTabStop "
        "evenAndOddHeaders drawingGridHorizontalSpacing characterSpacingControl footnotePr "
        "endnotePr compat docVars rsids themeFontLang clrSchemeMapping decimalSymbol listSeparator"
    ),
    "fonts": "font",
    "font": "altName panose1 charset family notTrueType pitch sig",
}


def parts(data: bytes) -> Iterator[tuple[str, Any]]:
    """Yield every part that is XML, as a consumer sees it: without what it may ignore."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                yield name, _seen(etree.fromstring(package.read(name), parser))


def _seen(root: Any) -> Any:  # noqa: ANN401 - lxml has no types
    ignored = set[str]()
    for choice in list(root.iter(f"{_COMPATIBILITY}Choice")):
        # A consumer that knows what it requires takes the first choice.
        content = choice.getparent()
        content.getparent().replace(content, choice[0])
    elements = [each for each in root.iter() if isinstance(each.tag, str)]
    for element in elements:
        prefixes = element.attrib.pop(f"{_COMPATIBILITY}Ignorable", "").split()
        ignored |= {element.nsmap[prefix] for prefix in prefixes}
    for element in elements:
        if etree.QName(element).namespace in ignored and element.getparent() is not None:
            element.getparent().remove(element)
        for name in list(element.attrib):
            if etree.QName(name).namespace in ignored:
                del element.attrib[name]
    return root


# ------------------------------------------------------------------ by the order of children


def order_faults(data: bytes) -> list[str]:
    """Say what stands where the format does not allow it, in all parts of a paper."""
    return [
        f"{name}: {fault}"
        for name, root in parts(data)
        if root.tag.startswith(_WORD)
        for element in root.iter()
        if isinstance(element.tag, str) and element.tag.startswith(_WORD)
        for fault in _misplaced(element)
    ]


def _misplaced(element: Any) -> Iterator[str]:  # noqa: ANN401 - lxml has no types
    name = _local(element)
    if name == "tc" and (not len(element) or _local(element[-1]) != "p"):
        yield "tc does not end with a paragraph"
    if name not in _CHILDREN:
        return
    order = _CHILDREN[name].split()
    free, last = order[0] == "|", -1
    for at, child in enumerate(element):
        inner = _local(child)
        if inner not in order:
            yield f"{inner} in {name}"
        elif inner.endswith("Pr") and free and at and inner != "sectPr":
            yield f"{inner} is not the first in {name}"
        elif not free and order.index(inner) < last:
            yield f"{inner} in {name} stands behind {order[last]}"
        else:
            last = order.index(inner)


def _local(element: Any) -> str:  # noqa: ANN401 - the same
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


# ------------------------------------------------------------------ by the standard's schemas


def schema_faults(data: bytes) -> list[str]:
    """Say what the schemas of ECMA-376 do not allow; parts without a schema are passed over."""
    found = []
    for name, root in parts(data):
        namespace = etree.QName(root).namespace or ""
        file = next((file for end, file in _FILES.items() if namespace.endswith(end)), "")
        if file and not _schema(file).validate(root):
            found += [f"{name}: {error.message}" for error in _schema(file).error_log]
    return found


@cache
def _schema(file: str) -> Any:  # noqa: ANN401 - lxml has no types
    (path,) = SCHEMAS.rglob(file)
    tree = etree.parse(path, etree.XMLParser(no_network=True))
    for imported in tree.getroot().iter("{http://www.w3.org/2001/XMLSchema}import"):
        if imported.get("namespace", "").endswith("/XML/1998/namespace"):
            imported.set("schemaLocation", (_DATA / "xml-namespace.xsd").as_uri())
    return etree.XMLSchema(tree)


# ------------------------------------------------------------------ the package


def package_faults(data: bytes) -> list[str]:
    """Say which parts have no type, and which relations lead nowhere (ECMA-376 Part 2)."""
    read = dict(parts(data))
    types = read["[Content_Types].xml"]
    ends = {each.get("Extension", "").lower() for each in types if _local(each) == "Default"}
    named = {each.get("PartName") for each in types if _local(each) == "Override"}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
    found = [
        f"{name} has no type"
        for name in names
        if name != "[Content_Types].xml"
        and f"/{name}" not in named
        and name.rpartition(".")[2].lower() not in ends
    ]
    found += [f"{name} has a type and is not there" for name in named if name[1:] not in names]
    for name, root in read.items():
        if name.endswith(".rels"):
            base = PurePosixPath("/", name).parent.parent
            for relation in root:
                target = os.path.normpath(base / relation.get("Target", ""))
                if relation.get("TargetMode") != "External" and target[1:] not in names:
                    found.append(f"{name} leads to {target}")
    return found
