"""A paper printed in one go is the paper that filling and then finishing give, part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from papers_for_tests import SCHEME, outcome, papers, proposing

from sheetflow import systems
from sheetflow.errors import FaultsError
from sheetflow.model import Letterhead, Scheme
from sheetflow.papers import Paper
from sheetflow.word.finish import finish, press
from sheetflow.word.render import fill, mould, opened, render

KINDS = [each.kind for each in SCHEME.papers]
HOW: dict[str, Any] = {
    "title": "题",
    "organisation": "甲&乙",
    "created": date(2015, 12, 31),
    "version": "1-x",
}
#: Names that are more than text to a careless program, and one with a place to fill in.
NAMES = ("王芳", "李\t四", "赵\n六<&>{{ 年度 }}", "{_{ 钱 }_}", "孙【待填：名】乙")


def parts(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def template(paper: Paper) -> bytes:
    return systems.paper_template("agreement", paper.kind.template)


def headed(scheme: Scheme) -> Scheme:
    settings = replace(scheme.settings, letterhead=Letterhead.RED, issuer="林某", seal=True)
    slots = tuple(replace(slot, text="") for slot in scheme.slots)
    return replace(scheme, settings=settings, slots=slots)


@pytest.mark.parametrize("scheme", [SCHEME, headed(SCHEME)], ids=["final", "draft"])
@pytest.mark.parametrize("name", KINDS)
def test_every_part_is_the_same_in_one_go(name: str, scheme: Scheme) -> None:
    found = proposing(outcome(4, 2, scheme=scheme, names=NAMES))
    kind, *_others = papers(found, name)
    printed = press(template(kind), **HOW, seal=scheme.settings.seal)
    for paper in papers(found, name)[:3]:
        slowly = finish(render(template(paper), paper.context), **HOW, seal=scheme.settings.seal)
        assert parts(printed(paper.context)) == parts(slowly)


# ------------------------------------------------------------------ templates people have edited


def joined(paper: Document) -> None:
    """Cells joined by a tag: fewer cells than the table has columns."""
    text = next(t for t in paper.element.body.iter(qn("w:t")) if "类.名称" in (t.text or ""))
    text.text = "{% hm %}" + text.text


def crossed(paper: Document) -> None:
    """A condition that begins in a table and ends below it: no well-nested elements."""
    text = next(paper.tables[0]._tbl.iter(qn("w:t")))
    text.text = "{% if not 年度 %}" + text.text
    below = next(each for each in paper.tables[0]._tbl.itersiblings(qn("w:p")) if each.text)
    below.add_r().text = "{% endif %}"


def across(paper: Document) -> None:
    """A condition over three paragraphs, tabs and braces that are no tags."""
    below = paper.paragraphs[3]
    for text in ("甲{% if 年度 %}乙", "丙\t丁{_{。", "{% endif %}戊 {% if 年度 %} {% endif %}"):
        below.insert_paragraph_before(text)


def ending(paper: Document) -> None:
    """A member's part that ends with text, as editors leave it, instead of an empty paragraph."""
    section = paper.element.body.find(f"{qn('w:p')}/{qn('w:pPr')}/{qn('w:sectPr')}")
    empty = section.getparent().getparent()
    empty.add_r().text = "完"


@pytest.mark.parametrize("change", [joined, crossed, across, ending])
def test_an_edited_template_prints_the_same_in_one_go(change: Callable[[Document], None]) -> None:
    paper = papers(outcome(3, 1, names=NAMES), "notices")[0]
    document = docx.Document(io.BytesIO(template(paper)))
    change(document)
    out = io.BytesIO()
    document.save(out)
    edited = out.getvalue()
    slowly = parts(finish(render(edited, paper.context), **HOW))
    assert parts(press(edited, **HOW)(paper.context)) == slowly


@pytest.mark.parametrize("more", [1, -1])
def test_a_table_gets_as_many_columns_as_it_has_cells(more: int) -> None:
    paper = papers(outcome(3), "notices")[0]
    document = docx.Document(io.BytesIO(template(paper)))
    grid = document.tables[0]._tbl.tblGrid
    if more > 0:
        grid.add_gridCol().set(qn("w:w"), "500")
    else:
        grid.remove(grid.gridCol_lst[0])
    out = io.BytesIO()
    document.save(out)
    printed = press(out.getvalue(), **HOW)(paper.context)
    table = docx.Document(io.BytesIO(printed)).tables[0]
    assert len(table._tbl.tblGrid.gridCol_lst) == len(table.rows[0].cells)


# ------------------------------------------------------------------ piece by piece


def sizes(kind: str, members: int) -> list[int]:
    """Paragraphs in each piece of a body that is finished by itself."""
    (paper,) = papers(outcome(members - 2), kind)
    found: list[int] = []

    def count(story: Any) -> None:  # noqa: ANN401 - a library without types
        if story.tag == qn("w:body"):
            found.append(len(list(story.iter(qn("w:p")))))

    fill(mould(opened(template(paper))), paper.context, touch=count)
    return found


@pytest.mark.parametrize("kind", ["notices", "registration"])
def test_a_print_pack_is_finished_one_member_at_a_time(kind: str) -> None:
    few, many = sizes(kind, 5), sizes(kind, 20)
    assert (len(few), len(many)) == (5, 20)
    assert max(many) == max(few)


def test_a_paper_does_not_depend_on_those_printed_before() -> None:
    def shown(order: Iterator[Paper]) -> dict[str, bytes]:
        return {paper.name: printed(paper.context) for paper in order}

    found = papers(outcome(3), "agreements")
    printed = press(template(found[0]), **HOW)
    assert shown(iter(found)) == shown(reversed(found))


def test_what_is_no_template_is_refused_before_anything_is_printed() -> None:
    with pytest.raises(FaultsError, match="打不开"):
        press(b"PK", **HOW)
