"""``--pdf``: beside the papers where an office is at hand, a sentence where none is."""

from __future__ import annotations

import os
from pathlib import Path

import docx
import pdfplumber
import pytest

from sheetflow import round as rounds
from sheetflow.flows import pdf
from sheetflow.flows.pdf import find_office, make_pdfs
from sheetflow.ledger import opening
from sheetflow.round import Round


@pytest.fixture
def round_(tmp_path: Path) -> Round:
    """Give a round with two papers of one name in two folders."""
    opening.create(tmp_path / rounds.LEDGER, key="a", round_id="b", program="c")
    for name in ("甲.docx", "各人/甲.docx"):
        path = tmp_path / rounds.PAPERS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        document = docx.Document()
        document.add_paragraph(f"paper {len(name)}")
        document.save(str(path))
    return Round(tmp_path)


NAMES = (f"{rounds.PAPERS}/甲.docx", f"{rounds.PAPERS}/各人/甲.docx")


def script(folder: Path, text: str) -> str:
    """Write a program that stands in for an office."""
    path = folder / "office"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.office
def test_each_paper_gets_its_pdf_beside_it(round_: Round) -> None:
    if not find_office():
        pytest.skip("LibreOffice (soffice) is not installed")
    made = make_pdfs(round_, NAMES)
    assert made.why_not == ""
    assert made.made == tuple(name.replace(".docx", ".pdf") for name in NAMES)
    for name, words in zip(made.made, ("paper 6", "paper 9"), strict=True):
        with pdfplumber.open(round_.path(name)) as opened:
            assert words in (opened.pages[0].extract_text() or "")


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exit 3", "转换出错"),
        ("exit 0", "没有转成其中 2 份"),
        ("sleep 60", "太久没有转完"),
    ],
)
def test_an_office_that_fails_is_a_sentence(
    round_: Round, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    monkeypatch.setattr(pdf, "START", 0.2)
    monkeypatch.setattr(pdf, "EACH", 0.0)
    if "sleep" not in text:
        monkeypatch.setattr(pdf, "START", 30)
    made = make_pdfs(round_, NAMES, office=script(round_.folder, text))
    assert made.made == ()
    assert words in made.why_not
    assert "Word 或 WPS" in made.why_not


def test_without_an_office_people_are_told_how(
    round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(pdf, "_USUAL", ())
    made = make_pdfs(round_, NAMES)
    assert made.made == ()
    assert "没有找到 LibreOffice" in made.why_not
    assert "另存为" in made.why_not


def test_an_office_that_cannot_start_is_a_sentence(round_: Round) -> None:
    made = make_pdfs(round_, NAMES, office=str(round_.folder / "none"))
    assert "启动不了" in made.why_not


def test_no_papers_want_no_office(round_: Round) -> None:
    assert make_pdfs(round_, (), office="none").why_not == ""
