"""Papers in a round: what is there before anything is returned, names of files, properties."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document
from rounds import (
    UNREVIEWED,
    blank,
    decide,
    drop,
    fill,
    forms,
    full,
    make,
    person,
    types_setting,
)

from sheetflow import round as rounds
from sheetflow import systems
from sheetflow.errors import FaultsError, SheetflowError
from sheetflow.flows.collect import collect
from sheetflow.flows.papers import write_papers
from sheetflow.model import Place, Tab
from sheetflow.printing_papers import paper_lines


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round at the start of its year: a roster, blank forms, nothing returned."""
    rows = [person("001"), person("002")]
    folder = make(tmp_path_factory.mktemp("年初") / "考核", UNREVIEWED, rows)
    forms(folder)
    return folder


@pytest.fixture
def start(handed_out: Path, tmp_path: Path) -> Path:
    return shutil.copytree(handed_out, tmp_path / "考核")


def keywords(path: Path) -> list[str]:
    return str(docx.Document(io.BytesIO(path.read_bytes())).core_properties.keywords).split()


def test_agreements_are_written_before_anything_is_returned(start: Path) -> None:
    written = {each.kind.kind: each for each in write_papers(rounds.Round(start))}
    told = {each.why_not for name, each in written.items() if name != "agreements"}
    assert told == {"还没有收回任何一份表"}
    agreements = written["agreements"]
    assert agreements.left is not None
    assert agreements.left.name == "公文/2015年度责任书.docx"
    assert [each.name for each in agreements.singles] == [
        "公文/责任书/001-甲001-2015年度责任书.docx",
        "公文/责任书/002-甲002-2015年度责任书.docx",
    ]
    assert all((start / each.name).is_file() for each in agreements.singles)
    assert len(keywords(start / agreements.left.name)) == 1


def test_the_same_agreements_are_not_written_twice(start: Path) -> None:
    write_papers(rounds.Round(start))
    (again,) = write_papers(rounds.Round(start), ["agreements"])
    assert again.left is not None
    assert not any(each.written for each in (again.left, *again.singles))


def test_what_needs_an_outcome_waits_for_a_collect(start: Path) -> None:
    with pytest.raises(SheetflowError, match="汇总"):
        write_papers(rounds.Round(start), ["report"])


def test_papers_of_an_outcome_name_it_in_their_properties(start: Path) -> None:
    write_papers(rounds.Round(start))
    drop(start, "交来.xlsx", fill(blank(start, "001"), full()))
    with pytest.raises(SheetflowError, match="汇总"):
        write_papers(rounds.Round(start))
    collect(rounds.Round(start))
    written = {each.kind.kind: each for each in write_papers(rounds.Round(start))}
    assert "已经收表" in written["agreements"].why_not
    report = written["report"].left
    assert report is not None
    version, outcome = keywords(start / report.name)
    assert version.startswith("1-")
    assert len(outcome) == 16
    properties = docx.Document(io.BytesIO((start / report.name).read_bytes())).core_properties
    assert (properties.author, properties.last_modified_by) == ("", "")

    (again,) = write_papers(rounds.Round(start), ["agreements"])
    assert again.left is not None
    assert not any(each.written for each in (again.left, *again.singles))


def test_papers_are_the_same_from_a_desk_that_people_have_saved_again(start: Path) -> None:
    drop(start, "交来.xlsx", fill(blank(start, "001"), full()))
    collect(rounds.Round(start))
    typed = {"kind": "支委会", "topic": "审核成绩", "resolution": "同意"}
    decide(start, {Place(Tab.MEETINGS, "1", column): text for column, text in typed.items()})
    collect(rounds.Round(start))
    as_left, papers = (start / rounds.DESK).read_bytes(), start / rounds.PAPERS

    def printed() -> dict[str, bytes]:
        write_papers(rounds.Round(start))
        return {path.name: path.read_bytes() for path in papers.glob("*.docx")}

    first = printed()
    shutil.rmtree(papers)
    openpyxl.load_workbook(start / rounds.DESK).save(start / rounds.DESK)
    assert (start / rounds.DESK).read_bytes() != as_left
    assert printed() == first
    assert any("会议记录" in name for name in first)


@pytest.mark.parametrize("system", ["没有的", "../../etc"])
def test_papers_of_a_system_nobody_knows_are_refused_in_words(start: Path, system: str) -> None:
    types_setting(start, "基本", "系统", system)
    with pytest.raises(SheetflowError, match="没有叫"):
        write_papers(rounds.Round(start), ["agreements"])


def test_a_paper_that_applies_no_more_is_moved_away_and_told(start: Path) -> None:
    drop(start, "交来.xlsx", fill(blank(start, "001"), full()))
    collect(rounds.Round(start))
    typed = {"kind": "支委会", "topic": "审核"}
    meeting = {Place(Tab.MEETINGS, "1", column): text for column, text in typed.items()}
    decide(start, meeting)
    collect(rounds.Round(start))
    first = {each.kind.kind: each for each in write_papers(rounds.Round(start))}
    minutes = first["minutes"].left
    assert minutes is not None
    said = "\n".join(line for each in first.values() for line in paper_lines(each))
    assert "第 1 次会议的应到、第 1 次会议的实到" in said
    assert "（在 核定.xlsx 的“会议”里）" in said
    assert "甲001的性别、甲001的出生年月、甲001的入党时间（在 名册.xlsx 的“名册”里）" in said
    assert "依据、异议期限" in said
    assert "（在 考核方案.xlsx 的“设置”里）" in said
    kept_all = (start / minutes.name).read_bytes()
    decide(start, dict.fromkeys(meeting))
    collect(rounds.Round(start))
    again = {each.kind.kind: each for each in write_papers(rounds.Round(start))}
    ((name, kept),) = again["minutes"].retired
    assert name == minutes.name
    assert not (start / name).exists()
    assert (start / kept).read_bytes() == kept_all
    assert not any(each.retired for kind, each in again.items() if kind != "minutes")
    assert any(kept in line for line in paper_lines(again["minutes"]))


def edited(start: Path, name: str, change: Callable[[Document], object]) -> Path:
    """A template of the round's own, changed."""
    folder = start / rounds.TEMPLATES
    folder.mkdir(exist_ok=True)
    document = docx.Document(io.BytesIO(systems.paper_template("agreement", name)))
    change(document)
    document.save(str(folder / name))
    return folder / name


def emptied_headers(document: Document) -> None:
    for section in document.sections:
        for header in (section.header, section.even_page_header):
            for paragraph in header.paragraphs:
                paragraph.clear()


def test_a_template_with_a_slip_prints_only_drafts_and_says_where(start: Path) -> None:
    edited(start, "agreements.docx", lambda d: d.add_paragraph("共｛｛应评｝｝名"))
    (written,) = write_papers(rounds.Round(start), ["agreements"])
    assert written.draft == ("模板有1处错误",)
    (line,) = [line for line in paper_lines(written) if "全角" in line]
    assert "agreements.docx：“共｛｛应评｝｝名”一段" in line


def test_a_template_that_prints_nothing_ends_the_run_before_anything_is_written(
    start: Path,
) -> None:
    edited(start, "notices.docx", lambda d: d.add_paragraph("{{ 没有这个 }}"))
    drop(start, "交来.xlsx", fill(blank(start, "001"), full()))
    collect(rounds.Round(start))
    with pytest.raises(FaultsError, match=r"公文模板/notices\.docx：.*没有这个"):
        write_papers(rounds.Round(start))
    assert not (start / rounds.PAPERS).exists()


def test_a_template_in_another_format_is_not_passed_by(start: Path) -> None:
    path = edited(start, "agreements.docx", lambda _document: None)
    path.rename(path.with_suffix(".doc"))
    (written,) = write_papers(rounds.Round(start), ["agreements"])
    assert written.draft
    assert any("agreements.doc 没有用上" in line for line in paper_lines(written))


def test_a_draft_says_so_on_every_page_whatever_was_done_to_the_headers(start: Path) -> None:
    edited(start, "agreements.docx", emptied_headers)
    (written,) = write_papers(rounds.Round(start), ["agreements"], draft=True)
    assert written.left is not None
    (section, *_more) = docx.Document(str(start / written.left.name)).sections
    for header in (section.header, section.even_page_header):
        assert header.paragraphs[0].text == "草稿（按要求出草稿）"
