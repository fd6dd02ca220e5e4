"""``verify``: what people change in a paper is found, how they make it look is not."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from edits_of_papers import FAULTS, Edit, edited, retype
from harmless_edits import HARMLESS
from office import Office
from rounds import (
    AGREEMENT,
    UNREVIEWED,
    blank,
    collected,
    drop,
    fill,
    forms,
    full,
    make,
    person,
    run,
)

from sheetflow import round as rounds
from sheetflow import systems
from sheetflow.errors import UnreadableError
from sheetflow.flows.verify import marked_paper
from sheetflow.model import Outcome, PartScore, Standing
from sheetflow.papers import Facts, plan_papers
from sheetflow.passages import DERIVED, PEOPLES, Grid, Manuscript, Passage
from sheetflow.round import Round
from sheetflow.sample_outcome import sample_outcome
from sheetflow.verifying import deviations, facts
from sheetflow.verifying_texts import gaps, marked, plain
from sheetflow.word import reading
from sheetflow.word.finish import finish
from sheetflow.word.reading import read_document
from sheetflow.word.render import render

NAMES = (
    "沈若楠", "王芳", "郑堃", "徐景行", "欧阳书瑶", "许谦", "李建新", "黄秋实",
    "吴念慈", "蒋晓雯", "张静", "何立诚", "董雨晴", "张静怡", "贾有福", "孟庆禾",
    "潘志刚", "罗小军",
)  # fmt: skip
#: How many of them stand in each tier.
TIERS = (7, 6, 3, 2)
TERMS = tuple(tier.title for tier in AGREEMENT.tiers)
#: Kinds that hold one member after the other: of the members of these numbers.
PACKS = ("agreements", "registration", "notices")
PACKED = (0, 17)
#: Seeds of each edit: 15 faults and 17 harmless ones on the papers they apply to.
SEEDS, SEEDS_OF_PACKS = range(3), range(1)
KINDS = ("commendation", "report", "publicity", "minutes", "request", *PACKS)


@dataclass(frozen=True, slots=True)
class Sample:
    """A paper of the sample outcome: as planned, and as a file."""

    planned: Manuscript
    document: bytes


def outcome() -> Outcome:
    """An outcome with these names, each with points of its own."""
    found = sample_outcome(AGREEMENT, "1-3f9a")
    titles = [t.title for t, n in zip(AGREEMENT.tiers, TIERS, strict=True) for _n in range(n)]
    like = {standing.tier: standing for standing in found.standings}
    standings = [
        _standing(like[title], at, name)
        for at, (name, title) in enumerate(zip(NAMES, titles, strict=True))
    ]
    told = next(iter(found.decided.focus.values()))
    focus = {standing.member.id: told for standing in standings}
    decided = replace(found.decided, focus=focus)
    return replace(found, standings=tuple(standings), decided=decided)


def _standing(like: Standing, at: int, name: str) -> Standing:
    assert like.score is not None
    details = tuple(
        (heading, f"{heading}{'甲乙丙丁戊己庚辛壬'[at % 9]}")
        for heading, _text in like.member.details
    )
    member = replace(like.member, id=f"{at + 1:03}", name=name, details=details)
    first = PartScore(code="A", base=Decimal("67.5") - at, bonus=Decimal(0))
    parts = (first, *like.score.parts[1:])
    return replace(like, member=member, score=replace(like.score, member=member.id, parts=parts))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sample]:
    round_, basis = Round(tmp_path_factory.mktemp("空")), Facts(outcome=outcome())
    scheme, found = basis.outcome.scheme, {}
    some = tuple(basis.outcome.standings[at] for at in PACKED)
    packed = Facts(outcome=replace(basis.outcome, standings=some))
    for kind in scheme.papers:
        if kind.kind in KINDS:
            paper = next(plan_papers(packed if kind.kind in PACKS else basis, kind))
            filled = render(systems.paper_template("agreement", kind.template), paper.context)
            document = finish(
                filled,
                title=f"{scheme.year}年度{kind.title}",
                organisation="甲",
                created=scheme.period_end,
                version="1-x",
            )
            found[kind.kind] = Sample(marked_paper(round_, scheme, paper), document)
    return found


def told(sample: Sample, document: bytes) -> list[str]:
    found = deviations(sample.planned, read_document(document), NAMES, TERMS)
    return [each.message for each in found]


def attempts(samples: dict[str, Sample], edit: Edit) -> Iterator[tuple[str, int, list[str]]]:
    for kind, sample in samples.items():
        for seed in SEEDS_OF_PACKS if kind in PACKS else SEEDS:
            document = edited(sample.document, edit, seed, NAMES)
            if document is not None:
                yield kind, seed, told(sample, document)


# ------------------------------------------------------------------ edits of whole papers


def test_a_paper_nobody_edited_is_the_same(samples: dict[str, Sample]) -> None:
    for kind in KINDS:
        assert told(samples[kind], samples[kind].document) == []
    assert facts(samples["report"].planned) > 100


@pytest.mark.parametrize("edit", FAULTS, ids=lambda edit: str(edit.__name__))
def test_every_fault_is_found(samples: dict[str, Sample], edit: Edit) -> None:
    tried = list(attempts(samples, edit))
    assert tried
    assert [(kind, seed) for kind, seed, said in tried if not said] == []


@pytest.mark.parametrize("edit", HARMLESS, ids=lambda edit: str(edit.__name__))
def test_every_harmless_edit_is_passed_over(samples: dict[str, Sample], edit: Edit) -> None:
    tried = list(attempts(samples, edit))
    assert tried
    assert [each for each in tried if each[2]] == []


@pytest.mark.office
def test_saving_elsewhere_changes_nothing(
    samples: dict[str, Sample], office: Office, tmp_path: Path
) -> None:
    for kind, sample in samples.items():
        source = tmp_path / f"{kind}.docx"
        source.write_bytes(sample.document)
        again = office.convert(office.convert(source, ".odt"), ".docx")
        assert told(sample, again.read_bytes()) == [], kind
        faults = (edited(again.read_bytes(), edit, 1, NAMES) for edit in FAULTS)
        faulty = next(each for each in faults if each is not None)
        assert told(sample, faulty), kind


# ------------------------------------------------------------------ places and words


def paper(*blocks: str | tuple[tuple[str, ...], ...]) -> Manuscript:
    """A paper; what stands between ⟦ ⟧ is derived, between ⟪ ⟫ of people."""
    marks = str.maketrans(dict(zip("⟦⟧⟪⟫", (*DERIVED, *PEOPLES), strict=True)))
    return Manuscript(
        blocks=tuple(
            Passage(text=each.translate(marks))
            if isinstance(each, str)
            else Grid(rows=tuple(tuple(c.translate(marks) for c in row) for row in each))
            for each in blocks
        )
    )


PLANNED = paper(
    "二、结果",
    "应评⟦43⟧名，参评⟦41⟧名，占⟦95.3%⟧。",
    "三、名单",
    "评定⟦张静、王芳⟧为先进。",
    "附表一",
    (("姓名", "总分"), ("⟦张静⟧", "⟦98⟧"), ("⟦王芳⟧", "⟦104⟧")),
)
SAID = (
    "二、结果", "应评43名，参评41名，占95.3%。", "三、名单", "评定张静、王芳为先进。", "附表一",
    (("姓名", "总分"), ("张静", "98"), ("王芳", "104")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("at", "instead", "messages"),
    [
        (
            1,
            "应评34名，参评41名，占95.3%。",
            ["“二、结果”下面“应评34名,参评41名,占9……”一段：应为“43”，现在是“34”"],
        ),
        (3, "评定张静为先进。", ["“三、名单”下面“评定张静为先进。”一段：少了“王芳”"]),
        (
            3,
            "评定张静、王芳、李四为先进。",
            ["“三、名单”下面“评定张静、王芳、李四为先进。”一段：多了“李四”"],
        ),
        (
            5,
            (("姓名", "总分"), ("张静", "89"), ("王芳", "104")),
            ["“附表一”的表，“张静”一行“总分”栏：应为“98”，现在是“89”"],
        ),
        (5, (("姓名", "总分"), ("王芳", "104")), ["“附表一”的表，“张静”一行：少了“张静 98”"]),
        (1, "", [
            "“二、结果”下面“应评43名,参评41名,占9……”一段：少了“43”",
            "“二、结果”下面“应评43名,参评41名,占9……”一段：少了“41”",
            "“二、结果”下面“应评43名,参评41名,占9……”一段：少了“95.3%”",
        ]),
    ],
)  # fmt: skip
def test_a_difference_is_told_with_its_place(
    at: int, instead: str | tuple[tuple[str, ...], ...], messages: Sequence[str]
) -> None:
    found = paper(*SAID[:at], instead, *SAID[at + 1 :])
    said = [each.message for each in deviations(PLANNED, found, ("张静", "王芳"))]
    assert said == list(messages)


@pytest.mark.parametrize(
    ("planned", "found", "differences"),
    [
        ("共⟦8⟧名", "共有８名", []),
        ("共⟦100.0%⟧", "共100%", []),
        ("共⟦8⟧名", "共18名", [("8", "18")]),
        ("⟦8⟧人于⟪2016年1月8日⟫到会", "8人于2016年2月3日到会", []),
        ("⟦王芳⟧等⟦8⟧名", "王芬等8名", [("王芳", "王芬")]),
        ("⟦王芳⟧同志", "王芳芳同志", [("王芳", "王芳芳")]),
        ("⟦张静、王芳⟧。", "王芳和张静。", []),
        ("⟦张静、王芳⟧。", "赵六、张静、王芳。", [("", "赵六")]),
        ("公示⟦无异议⟧，决定", "公示无异议，经研究，决定", []),
        ("应⟦43⟧名实⟦41⟧名", "应41名实43名", [("43", "41"), ("41", "43")]),
        ("以⟦100分（含）以上为甲⟧计", "以100分（不含）以上为甲计", [("(含)", "(不含)")]),
    ],
)
def test_numbers_and_names_are_compared_and_wording_is_not(
    planned: str, found: str, differences: list[tuple[str, str]]
) -> None:
    (block,) = paper(planned).passages
    there = gaps(marked(block.text), plain(found), {"张静", "王芳"})
    assert [(gap.expected, gap.found) for gap in there] == differences


def test_points_of_two_people_may_not_change_places() -> None:
    planned = paper("甲先生：", "总分⟦97⟧分", "乙先生：", "总分⟦88⟧分")
    swapped = paper("甲先生：", "总分88分", "乙先生：", "总分97分")
    assert deviations(planned, swapped, ("甲先生", "乙先生"))


# ------------------------------------------------------------------ files that are no papers


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            package.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "damaged"),
        (b"no zip", "damaged"),
        (b"PK\x03\x04broken", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
        (packed(), "damaged"),
        (packed(word__document=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "damaged"),
        (packed(word__document=b"<p/>" * (reading.MOST_TAGS + 1)), "big"),
        (packed(word__document=bytes(reading.MOST_TEXT + 1)), "big"),
        (packed(**{f"x{n}": b"" for n in range(reading.MOST_PARTS)}), "big"),
        (packed(word__document=b"<a>" * 5000), "damaged"),
    ],
)
def test_what_is_no_paper_is_refused_with_a_sentence(data: bytes, kind: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_document(data)
    assert caught.value.kind == kind
    assert caught.value.message
    assert caught.value.fix


# ------------------------------------------------------------------ the command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [person("001", "沈若楠"), person("002", "潘志刚")]
    folder = make(tmp_path_factory.mktemp("核对") / "考核", UNREVIEWED, rows)
    forms(folder)
    for member in ("001", "002"):
        drop(folder, f"{member}.xlsx", fill(blank(folder, member), full()))
    collected(folder)
    assert run("-C", folder, "papers").status == 0
    return folder


def report(folder: Path) -> Path:
    (path,) = (folder / rounds.PAPERS).glob("*报告.docx")
    return path


def test_the_command_tells_same_from_changed_from_foreign(folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "改了名字.docx"
    shutil.copyfile(report(folder), moved)
    assert run("-C", folder, "verify", moved).status == 0

    document = docx.Document(str(moved))
    document.core_properties.title = "未命名"
    place = next(p for p in document.paragraphs if "沈若楠" in p.text)
    retype(place, place.text.replace("沈若楠", "沈若男"))
    document.save(str(moved))
    ran = run("-C", folder, "verify", moved, "--json")
    assert ran.status == 1
    (told_of,) = ran.document["files"]
    assert (told_of["kind"], told_of["same"]) == ("report", False)
    assert "沈若楠" in {each["expected"] for each in told_of["differences"]}

    foreign = docx.Document()
    foreign.add_paragraph("今天开会。")
    foreign.save(str(moved))
    ran = run("-C", folder, "verify", moved, "--json")
    assert (ran.status, ran.error["code"]) == (2, "usage")
    assert "不是本次考核的公文" in ran.error["message"]


def test_a_paper_of_another_year_belongs_to_another_round(folder: Path, tmp_path: Path) -> None:
    document = docx.Document(str(report(folder)))
    document.core_properties.title = "2014年度考核情况报告"
    document.save(str(tmp_path / "去年.docx"))
    ran = run("-C", folder, "verify", tmp_path / "去年.docx", "--json")
    assert ran.status == 2
    assert "2014" in ran.error["message"]


def test_a_file_that_is_not_there_is_asked_for(folder: Path) -> None:
    ran = run("-C", folder, "verify", "没有.docx")
    assert (ran.status, ran.out) == (2, "")
    assert run("-C", folder, "verify", report(folder).name).status == 0


# ------------------------------------------------------------------ headers and footers


def margins(headers: Sequence[str] = (), footers: Sequence[str] = ()) -> Manuscript:
    """A paper with nothing but these in its margins, marked as ``paper`` marks."""
    blocks = [paper(*texts).passages for texts in (headers, footers)]
    return Manuscript(blocks=(), headers=blocks[0], footers=blocks[1])


VERSION = ("方案版本：⟦1-3f9a⟧\t— 1 —", "— 1 —\t方案版本：⟦1-3f9a⟧")
FLAG = ("草稿（⟦自评分尚未核定；2人未交表⟧）",) * 2
SAID_VERSION = ("方案版本：1-3f9a — 1 —", "— 2 — 方案版本：1-3f9a")
SAID_FLAG = ("草稿（自评分尚未核定；2人未交表）",) * 2


@pytest.mark.parametrize(
    ("headers", "footers", "messages"),
    [
        (SAID_FLAG, SAID_VERSION, []),
        (("内部讨论稿，草稿（2人未交表）", ""), ("— 3 —　方案版本 1-3f9a",), []),
        (SAID_FLAG, ("版本1-3f9a",), []),
        (
            SAID_FLAG,
            (SAID_VERSION[0], "— 1 — 方案版本：1-3f9b"),
            ["页脚：应为“1-3f9a”，现在是“1-3f9b”"],
        ),
        (SAID_FLAG, ("— 1 —", "— 1 —"), ["页脚：少了“方案版本:1-3f9a”"]),
        (("", ""), SAID_VERSION, ["页眉：少了“草稿(自评分尚未核定;2人未交表”"]),
        (
            ("草稿（自评分尚未核定；3人未交表）",),
            SAID_VERSION,
            ["页眉：应为“2”，现在是“3”"],
        ),
    ],
)  # fmt: skip
def test_margins_keep_what_they_derive(
    headers: Sequence[str], footers: Sequence[str], messages: Sequence[str]
) -> None:
    found = margins(headers, footers)
    assert [each.message for each in deviations(margins(FLAG, VERSION), found, ())] == list(
        messages
    )


def test_headers_and_footers_of_a_document_are_read(samples: dict[str, Sample]) -> None:
    document = docx.Document(io.BytesIO(samples["agreements"].document))
    (run,) = (r for r in document.sections[0].footer.paragraphs[0].runs if "方案版本" in r.text)
    run.text = run.text.replace("1-3f9a", "1-3f9b")
    out = io.BytesIO()
    document.save(out)
    assert told(samples["agreements"], out.getvalue()) == ["页脚：应为“1-3f9a”，现在是“1-3f9b”"]
