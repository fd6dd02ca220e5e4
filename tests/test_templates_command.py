"""``templates``: people's own win and stay theirs; faults are told with their place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from edits_of_papers import retype
from office import Office
from ooxml import SCHEMAS, package_faults, schema_faults
from rounds import AGREEMENT, UNREVIEWED, make, person, run

from sheetflow import round as rounds
from sheetflow import systems
from sheetflow.errors import FaultsError
from sheetflow.flows.forms import make_forms
from sheetflow.flows.templates import check_templates, export_templates
from sheetflow.papers import Facts, plan_papers
from sheetflow.round import Round
from sheetflow.sample_outcome import sample_outcome
from sheetflow.word.finish import finish
from sheetflow.word.reading import read_document
from sheetflow.word.render import render
from sheetflow.word.template_check import template_faults

FACTS = Facts(outcome=sample_outcome(AGREEMENT))
REPORT = systems.paper_template("agreement", "report.docx")


@pytest.fixture(scope="module")
def samples() -> dict[str, list[dict[str, object]]]:
    """What papers of each template say of the sample outcome."""
    return {
        kind.template: [dict(paper.context) for paper in plan_papers(FACTS, kind)][:1]
        for kind in FACTS.outcome.scheme.papers
    }


def changed(change: Callable[[Document], object], template: bytes = REPORT) -> bytes:
    document = docx.Document(io.BytesIO(template))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def typed(old: str, new: str) -> Callable[[Document], None]:
    """Type over a text, wherever it stands first."""

    def change(document: Document) -> None:
        cells = (p for t in document.tables for r in t.rows for c in r.cells for p in c.paragraphs)
        place = next(p for p in (*cells, *document.paragraphs) if old in p.text)
        retype(place, place.text.replace(old, new, 1))

    return change


def added(text: str) -> Callable[[Document], object]:
    return lambda document: document.add_paragraph(text)


def with_part(template: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.namelist():
            new.writestr(each, old.read(each))
        new.writestr(name, content)
    return out.getvalue()


def track(document: Document) -> None:
    paragraph = next(p for p in document.paragraphs if p.runs)
    inserted = OxmlElement("w:ins")
    paragraph.runs[0]._r.addprevious(inserted)
    inserted.append(paragraph.runs[0]._r)


def link(document: Document) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    document.part.relate_to("http://example.org/a.png", kind, is_external=True)


def drop_style(document: Document) -> None:
    for style in list(document.styles):
        if style.name == "公文署名":
            style.element.getparent().remove(style.element)


def faults(template: bytes, samples: dict[str, list[dict[str, object]]]) -> list[tuple[str, str]]:
    found = template_faults(template, samples["report.docx"], shipped=REPORT)
    return [(each.place, each.message) for each in found if not each.note]


@pytest.mark.parametrize("name", sorted({kind.template for kind in AGREEMENT.papers}))
def test_the_delivered_templates_have_no_faults(
    name: str, samples: dict[str, list[dict[str, object]]]
) -> None:
    template = systems.paper_template("agreement", name)
    assert template_faults(template, samples[name], shipped=template) == ()


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (added("共｛｛应评｝｝名"), "“共｛｛应评｝｝名”一段", "全角"),
        (added("{％ if 应评 ％}"), "一段", "全角"),
        (added("共{{ 应评 名"), "“共{{ 应评 名”一段", "只写了一半"),
        (added("共{{ 应平 }}名"), "“共{{ 应平 }}名”一段", "没有叫“应平”的数据"),
        (added("{{ 人 名 }}"), "一段", "标签写错了"),
        (added("{%p if 名单 %}"), "“{%p if 名单 %}”一段", "没有对应的“{%p endif %}”"),
        (added("{%p endif %}"), "“{%p endif %}”一段", "多了“endif”"),
        (added("前{%p if 名单 %}后"), "“前{%p if 名单 %}后”一段", "独占一段"),
        (added("{% else %}"), "“{% else %}”一段", "不在任何条件或循环里"),
        (added("{%tr for 行 in 名单 %}"), "一段", "独占一行"),
        (added("{{ ''.__class__ }}"), "用示例填写时", "不允许"),
        (typed("{{ 行.人数 }}", "{{ 行.人头 }}"), "第1个表第3行第2格", "“行”里没有“人头”"),
        (typed("{%tr endfor %}", ""), "第1个表第2行第1格", "没有对应的“{%tr endfor %}”"),
        (track, "一段", "没接受的修订"),
        (link, "整个文件", "链接到文件以外的“http://example.org/a.png”"),
        (drop_style, "整个文件", "少了样式“公文署名”"),
    ],
)
def test_a_fault_is_told_with_its_place(
    change: Callable[[Document], object],
    place: str,
    words: str,
    samples: dict[str, list[dict[str, object]]],
) -> None:
    found = faults(changed(change), samples)
    assert any(place in where and words in what for where, what in found), found


def test_macros_and_broken_files_are_told(samples: dict[str, list[dict[str, object]]]) -> None:
    ((place, words),) = faults(with_part(REPORT, "word/vbaProject.bin", b"x"), samples)
    assert (place, "宏" in words) == ("整个文件", True)
    ((place, words),) = faults(b"PK\x03\x04", samples)
    assert (place, "打不开" in words) == ("整个文件", True)


def test_a_text_no_tag_shows_is_a_note(samples: dict[str, list[dict[str, object]]]) -> None:
    found = template_faults(REPORT, samples["report.docx"], needs=("依据", "没人用"))
    assert [(each.note, "没人用" in each.message) for each in found] == [(True, True)]


def test_a_missing_style_of_a_paragraph_is_told(
    samples: dict[str, list[dict[str, object]]],
) -> None:
    def change(document: Document) -> None:
        properties = document.paragraphs[4]._p.get_or_add_pPr()
        properties.get_or_add_pStyle().set(qn("w:val"), "None")

    assert any("不存在的样式" in what for _where, what in faults(changed(change), samples))


# ------------------------------------------------------------------ in a round


@pytest.fixture
def round_(tmp_path: Path) -> Round:
    return Round(make(tmp_path / "考核", UNREVIEWED, [person("001")]))


def test_templates_are_exported_once_and_edited_ones_stay(round_: Round) -> None:
    first = export_templates(round_)
    assert len(first.made) == len({kind.template for kind in AGREEMENT.papers})
    own = round_.path(rounds.TEMPLATES) / "report.docx"
    own.write_bytes(changed(added("{{ 应平 }}")))
    again = export_templates(round_)
    assert (again.made, again.edited) == ((), (f"{rounds.TEMPLATES}/report.docx",))
    assert "应平" in read_document(own.read_bytes()).passages[-1].text
    found = {each.file: each for each in check_templates(round_)}
    assert [each.own for each in found.values()] == [True] * len(found)
    assert [name for name, each in found.items() if each.faults] == ["report.docx"]


def test_templates_are_there_to_edit_before_anybody_is_on_the_roster(tmp_path: Path) -> None:
    empty = Round(make(tmp_path / "考核", UNREVIEWED, []))
    assert export_templates(empty).made
    assert not any(each.faults for each in check_templates(empty))
    with pytest.raises(FaultsError):
        make_forms(empty)


def test_a_template_of_the_round_makes_its_papers(round_: Round) -> None:
    export_templates(round_)
    kind = next(kind for kind in AGREEMENT.papers if kind.occasion == "always")
    own = round_.path(rounds.TEMPLATES) / kind.template
    own.write_bytes(changed(added("本支部自拟的一段。"), own.read_bytes()))
    assert run("-C", round_.folder, "papers", kind.kind).status == 0
    written = sorted((round_.folder / rounds.PAPERS).glob("*.docx"))
    assert written
    for path in written:
        texts = [each.text for each in read_document(path.read_bytes()).passages]
        assert "本支部自拟的一段。" in texts


def test_the_commands_end_with_1_where_there_are_faults(round_: Round) -> None:
    at = round_.folder
    assert run("-C", at, "templates", "export", "--json").document["edited"] == []
    ran = run("-C", at, "templates", "check")
    assert (ran.status, "可以用" in ran.out) == (0, True)
    own = round_.path(rounds.TEMPLATES) / "report.docx"
    own.write_bytes(changed(added("{{ 应平 }}")))
    ran = run("-C", at, "templates", "check", "--json")
    assert ran.status == 1
    report = next(t for t in ran.document["templates"] if t["file"] == "report.docx")
    assert report["faults"][0]["place"] == "“{{ 应平 }}”一段"


# ------------------------------------------------------------------ saved elsewhere


@pytest.fixture(scope="module")
def elsewhere(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, bytes]]:
    """Each template as another office saves it, as it is and by way of its own format."""
    folder = tmp_path_factory.mktemp("别处存过")
    found: dict[str, dict[str, bytes]] = {"docx": {}, "odt": {}}
    for name in sorted({kind.template for kind in AGREEMENT.papers}):
        path = folder / f"旧-{name}"
        path.write_bytes(systems.paper_template("agreement", name))
        as_docx, as_odt = folder / f"新-{name}", path.with_suffix(".odt")
        office.fill(path, [as_docx, as_odt], {})
        found["docx"][name] = as_docx.read_bytes()
        found["odt"][name] = office.convert(as_odt, ".docx").read_bytes()
    return found


@pytest.mark.office
@pytest.mark.parametrize("way", ["odt", "docx"])
def test_a_template_saved_in_another_office_still_fills(
    way: str,
    elsewhere: dict[str, dict[str, bytes]],
    samples: dict[str, list[dict[str, object]]],
) -> None:
    for name, contexts in samples.items():
        template, saved = systems.paper_template("agreement", name), elsewhere[way][name]
        for context in contexts:
            assert template_faults(saved, [context]) == (), name
            assert said(render(saved, context)) == said(render(template, context)), name


@pytest.mark.office
@pytest.mark.parametrize("kind", [each.kind for each in AGREEMENT.papers])
def test_papers_from_a_template_saved_elsewhere_are_allowed(
    kind: str, elsewhere: dict[str, dict[str, bytes]]
) -> None:
    scheme = FACTS.outcome.scheme
    (paper,) = (next(plan_papers(FACTS, each)) for each in scheme.papers if each.kind == kind)
    data = finish(
        render(elsewhere["odt"][paper.kind.template], paper.context),
        title=paper.kind.title,
        organisation="甲",
        created=scheme.period_end,
        version="1-x",
    )
    assert package_faults(data) == []
    if SCHEMAS.is_dir():
        assert schema_faults(data) == []


def said(document: bytes) -> list[str]:
    found = read_document(document)
    cells = ["".join(cell.split()) for g in found.grids for row in g.rows for cell in row]
    return ["".join(p.text.split()) for p in found.passages if p.text.strip()] + cells
