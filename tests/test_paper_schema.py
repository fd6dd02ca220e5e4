"""Every part of every paper and workbook is what the file format allows (ECMA-376)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from ooxml import SCHEMAS, order_faults, package_faults, parts, schema_faults
from papers_for_tests import outcome, papers, printed, proposing, with_head, with_imprint
from rounds import AGREEMENT, UNREVIEWED, blank, collected, drop, fill, forms, full, make, person

from sheetflow import round as rounds
from sheetflow import systems
from sheetflow.model import Letterhead, Outcome
from sheetflow.papers import Facts, plan_papers
from sheetflow.sample_outcome import sample_outcome
from sheetflow.word.finish import finish
from sheetflow.word.render import render

KINDS = [each.kind for each in AGREEMENT.papers]
TEMPLATES = [each.template for each in AGREEMENT.papers]
#: Everything that changes what is in a paper: drafts, letterheads, nobody, a claim with reasons.
OUTCOMES: dict[str, Outcome] = {
    "final": proposing(outcome(3, 2)),
    "draft": replace(proposing(outcome(2, 1)), provisional=True),
    "red": proposing(outcome(1, 1, scheme=with_imprint(with_head(), "某委员会"))),
    "black": proposing(outcome(0, 1, scheme=with_head(letterhead=Letterhead.TEXT))),
    "sample": sample_outcome(AGREEMENT),
}


def faults(data: bytes) -> list[str]:
    """What the format does not allow; by the schemas too where they are at hand."""
    found = package_faults(data) + order_faults(data)
    return found + schema_faults(data) if SCHEMAS.is_dir() else found


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("case", OUTCOMES)
def test_every_part_of_a_paper_is_allowed(case: str, name: str) -> None:
    for paper in papers(OUTCOMES[case], name)[:2]:
        assert faults(printed(paper, seal=case == "red")) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_part_of_a_delivered_template_is_allowed(name: str) -> None:
    assert faults(systems.paper_template("agreement", name)) == []


#: What people may do to a cell in a template: join downward, join sideways, give it a colour.
LOOKS = ("{% vm %}", "{% hm %}", "{% colspan 2 %}", "{% cellbg 'FFFF00' %}")


@pytest.mark.parametrize("look", LOOKS)
def test_cells_joined_by_a_tag_are_allowed(look: str) -> None:
    document = docx.Document(io.BytesIO(systems.paper_template("agreement", "report.docx")))
    cell = next(c for c in document.element.body.iter(qn("w:tc")) if "行.人数" in _text(c))
    next(cell.iter(qn("w:t"))).text = look + "{{ 行.人数 }}"
    assert faults(_finished(_saved(document), "report")) == []


def _text(cell: object) -> str:
    assert hasattr(cell, "iter")
    return "".join(each.text or "" for each in cell.iter(qn("w:t")))


def _saved(document: object) -> bytes:
    assert hasattr(document, "save")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _finished(template: bytes, kind: str) -> bytes:
    basis = Facts(outcome=sample_outcome(AGREEMENT))
    scheme = basis.outcome.scheme
    (paper,) = (next(plan_papers(basis, k)) for k in scheme.papers if k.kind == kind)
    return finish(
        render(template, paper.context),
        title=paper.kind.title,
        organisation="甲",
        created=scheme.period_end,
        version="1-x",
    )


# ------------------------------------------------------------------ workbooks


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round with one good return, and one to be sent back."""
    rows = [person("001", "沈若楠"), person("002", "潘志刚")]
    folder = make(tmp_path_factory.mktemp("格式") / "考核", UNREVIEWED, rows)
    forms(folder)
    drop(folder, "001.xlsx", fill(blank(folder, "001"), full()))
    drop(folder, "002.xlsx", fill(blank(folder, "002"), {**full(), "A1-1": "满分"}))
    collected(folder)
    return folder


def _workbooks(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in (rounds.SCHEME, rounds.ROSTER, rounds.DESK))
    yield folder / rounds.SUMMARY
    for kept in (rounds.FORMS, rounds.COPIES):
        found = sorted((folder / kept).glob("*.xlsx"))
        assert found, kept
        yield found[0]


def test_every_workbook_is_a_whole_package(folder: Path) -> None:
    for path in _workbooks(folder):
        assert package_faults(path.read_bytes()) == [], path.name


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas of ECMA-376 are not at hand")
def test_every_part_of_a_workbook_is_allowed(folder: Path) -> None:
    for path in _workbooks(folder):
        assert schema_faults(path.read_bytes()) == [], path.name


# ------------------------------------------------------------------ the readers themselves


def _with(old: str, new: str, part: str = "word/document.xml") -> bytes:
    """A delivered template with one wrong thing in it."""
    out = io.BytesIO()
    source = io.BytesIO(systems.paper_template("agreement", "publicity.docx"))
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(out, "w") as wrong:
        for name in whole.namelist():
            content = whole.read(name).decode()
            if name == part:
                assert old in content
                content = content.replace(old, new, 1)
            wrong.writestr(name, content)
    return out.getvalue()


WRONG = {
    "cells": _with("<w:tcPr>", '<w:tcPr><w:vAlign w:val="center"/>'),
    "letters": _with('<w:rFonts w:hint="eastAsia"/>', '<w:b/><w:rFonts w:hint="eastAsia"/>'),
    "foreign": _with("<w:body>", "<w:body><w:tr/>"),
    "settings": _with("<w:evenAndOddHeaders/>", "", "word/settings.xml"),
}


def test_a_wrong_order_is_seen() -> None:
    assert any("in tcPr stands behind vAlign" in each for each in order_faults(WRONG["cells"]))
    assert any("rFonts in rPr stands behind b" in each for each in order_faults(WRONG["letters"]))
    assert any("tr in body" in each for each in order_faults(WRONG["foreign"]))
    assert order_faults(WRONG["settings"]) == []


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas of ECMA-376 are not at hand")
def test_the_schemas_see_what_the_order_sees() -> None:
    assert all(schema_faults(WRONG[name]) for name in ("cells", "foreign"))
    assert schema_faults(WRONG["settings"]) == []


def test_only_what_a_reader_may_ignore_is_passed_over() -> None:
    told = 'mc:Ignorable="w14 wp14"'
    ignored, asked = (_with(told, f'{each} w14:docId="1"') for each in (told, ""))
    for data, seen in ((ignored, 0), (asked, 1)):
        roots = [root for name, root in parts(data) if name == "word/document.xml"]
        assert [len(root.attrib) for root in roots] == [seen]
    assert faults(ignored) == []
