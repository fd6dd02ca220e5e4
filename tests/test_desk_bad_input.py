"""A 核定.xlsx that something happened to: its sentence, nothing typed lost, and how it goes on.

Each case: the branch has decided, the clerk types more, and then the workbook is damaged or
swapped. The one evening of ``test_deciding`` is the round; the command is run as it is typed.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from office import Office
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet
from packing import MAIN, OFFICE, PACKAGE, STRICT, STRICT_OFFICE, packed, rewritten
from rounds import (
    AGREEMENT,
    Ran,
    collected,
    decide,
    desk_places,
    drop,
    make,
    person,
    types_setting,
    write_roster,
)
from test_deciding import (
    ABSENT,
    APPROVED,
    PEOPLE,
    REJECTED,
    A,
    approval,
    approved,
    asked,
    veto,
)

from sheetflow import round as rounds
from sheetflow.cli import main
from sheetflow.flows.collect import collect
from sheetflow.ledger import open_ledger
from sheetflow.model import EVERYONE, Place, State, Tab
from sheetflow.tables import address

__all__ = ["approved", "asked"]

Run = Callable[[], Ran]
Damage = Callable[[Path], None]
#: What the clerk has typed when it happens: a veto of 002, and points of 003 on another sheet.
VETO, BASIS, POINTS = veto("002"), Place(Tab.APPROVALS, "002", "basis"), Place(A, "003", "A2-1")
TYPED = {VETO: "V1", BASIS: "某文", POINTS: "1"}


@pytest.fixture(scope="module")
def waiting(approved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The round in whose desk the clerk has typed what no run has seen."""
    folder = shutil.copytree(approved, tmp_path_factory.mktemp("填过") / "考核")
    decide(folder, TYPED)
    return folder


@pytest.fixture
def typed(waiting: Path, tmp_path: Path) -> Path:
    return shutil.copytree(waiting, tmp_path / "考核")


@pytest.fixture
def run(typed: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Collect, as the clerk does."""

    def collect_() -> Ran:
        with pytest.raises(SystemExit) as ended:
            main(["-C", str(typed), "collect"])
        said = capsys.readouterr()
        return Ran(int(str(ended.value.code or 0)), said.out, said.err)

    return collect_


def desk(folder: Path) -> Path:
    return folder / rounds.DESK


def held(folder: Path) -> State:
    """What has been decided, as the ledger has it."""
    with open_ledger(folder / rounds.LEDGER, lock=False) as ledger:
        return ledger.state()


def taken(folder: Path, cells: Mapping[Place, str]) -> bool:
    state = held(folder)
    return all(state.get(place) == text for place, text in cells.items())


def told(ran: Ran, code: str) -> str:
    """The one sentence of a code."""
    (line,) = (line for line in ran.out.splitlines() if f" {code} " in line)
    return line


def edit(folder: Path, title: str, change: Callable[[Worksheet], object]) -> None:
    book = openpyxl.load_workbook(desk(folder))
    change(book[title])
    book.save(desk(folder))


def line(folder: Path, place: Place) -> int:
    return coordinate_to_tuple(desk_places(folder)[place].cell)[0]


# ------------------------------------------------------------------ (a) the headings of a sheet


def heading_row(sheet: Worksheet, heading: str) -> int:
    """Row of a heading: below the title, which may be the same word."""
    return next(r for r in range(2, 10) if any(c.value == heading for c in sheet[r]))


class Headed(NamedTuple):
    """A sheet, one of its headings, what is typed there, whether the row is deleted or blanked."""

    title: str
    heading: str
    place: Place
    text: str
    deleted: bool

    def lose(self, sheet: Worksheet) -> list[object]:
        """Take the row of headings away; return its number and its cells."""
        at = heading_row(sheet, self.heading)
        row: list[object] = [at, *(cell.value for cell in sheet[at])]
        if self.deleted:
            sheet.delete_rows(at)
            return row
        for cell in sheet[at]:
            cell.value = None
        return row

    def put_back(self, sheet: Worksheet, row: Sequence[object]) -> None:
        at, *values = row
        if self.deleted:
            sheet.insert_rows(int(str(at)))
        for column, value in enumerate(values, 1):
            sheet.cell(int(str(at)), column).value = value  # type: ignore[assignment]


#: Sheets that lose their headings together, and what else was typed that is on none of them.
HEADED: list[tuple[tuple[Headed, ...], Place]] = [
    (
        (
            Headed("会议", "会次", Place(Tab.MEETINGS, "1", "topic"), "审核", deleted=True),
            Headed(
                "加分认定", "认定分", Place(Tab.CLAIMS, "003/A+2-1", "points"), "2", deleted=True
            ),
            Headed(
                "异议", "提出人", Place(Tab.OBJECTIONS, "1", "content"), "分数有误", deleted=True
            ),
        ),
        VETO,
    ),
    (
        (
            Headed("台账", "均无", Place(Tab.COUNTS, "002", ABSENT), "1", deleted=False),
            Headed("评分A", "来源", POINTS, "1", deleted=False),
        ),
        VETO,
    ),
    ((Headed("核定", "否决", VETO, "V1", deleted=False),), POINTS),
]


@pytest.mark.parametrize(("cases", "elsewhere"), HEADED, ids=["deleted", "blanked", "approvals"])
def test_a_sheet_without_its_headings_is_told_in_one_sentence_and_loses_nothing(
    typed: Path, run: Run, cases: tuple[Headed, ...], elsewhere: Place
) -> None:
    decide(typed, {case.place: case.text for case in cases})
    tabs = {case.place.tab for case in cases}
    before = {p: t for p, t in held(typed).items() if p.tab in tabs}
    book = openpyxl.load_workbook(desk(typed))
    lost = {case: case.lose(book[case.title]) for case in cases}
    book.save(desk(typed))
    ran = run()
    assert ran.status == 1
    said = [line for line in ran.out.splitlines() if " D805 " in line]
    assert len(said) == len(cases)
    for case in cases:
        (sentence,) = (each for each in said if f"{case.title}表 整行表头不见了" in each)
        assert "旧版" in sentence
    assert "D803" not in ran.out
    # What else was typed is taken, what stood there holds, what was typed there still stands.
    assert held(typed)[elsewhere] == TYPED[elsewhere]
    assert {p: t for p, t in held(typed).items() if p.tab in tabs} == before
    book = openpyxl.load_workbook(desk(typed))
    for case, row in lost.items():
        sheet = book[case.title]
        assert case.text in {str(cell.value) for cells in sheet.iter_rows() for cell in cells}
        case.put_back(sheet, row)
    book.save(desk(typed))
    again = run()
    assert "D805" not in again.out
    assert taken(typed, {case.place: case.text for case in cases})


def test_a_sheet_without_its_headings_may_be_renamed_and_comes_back_whole(
    typed: Path, run: Run
) -> None:
    edit(typed, "核定", lambda sheet: sheet.delete_rows(heading_row(sheet, "否决")))
    run()
    edit(typed, "核定", lambda sheet: setattr(sheet, "title", "核定-旧"))
    assert "核定表 这张工作表找不到" in told(run(), "D805")
    book = openpyxl.load_workbook(desk(typed))
    assert "V1" in {cell.value for row in book["核定-旧"].iter_rows() for cell in row}
    assert run().status == 0
    decide(typed, {VETO: "V1"})
    run()
    assert taken(typed, {VETO: "V1", approval("001"): APPROVED})


def test_one_heading_that_is_gone_takes_only_its_column(typed: Path, run: Run) -> None:
    def lose(sheet: Worksheet) -> None:
        row = sheet[heading_row(sheet, "否决")]
        next(cell for cell in row if cell.value == "否决").value = None

    edit(typed, "核定", lose)
    ran = run()
    assert ran.status == 1
    assert "表头缺少“否决”" in told(ran, "D805")
    assert VETO not in held(typed)
    assert taken(typed, {BASIS: "某文", POINTS: "1"})


# ------------------------------------------------------------------ (b) (c) rows


def delete_row(folder: Path) -> None:
    at = line(folder, approval("001"))
    edit(folder, "核定", lambda sheet: sheet.delete_rows(at))


def test_a_member_s_row_that_was_deleted_is_named_and_put_back(typed: Path, run: Run) -> None:
    delete_row(typed)
    ran = run()
    assert ran.status == 1
    assert "核定表 找不到 001 这一行" in told(ran, "D803")
    assert taken(typed, {**TYPED, approval("001"): APPROVED})
    row = line(typed, approval("001"))
    sheet = openpyxl.load_workbook(desk(typed))["核定"]
    assert APPROVED in {cell.value for cell in sheet[row]}
    assert "D803" not in run().out


#: Rows of one sheet each, and how people are told which is gone.
ROWS = {
    Place(Tab.AGENDA, "002/evidence", "conclusion"): "上会清单表 找不到 002 这一行",
    Place(Tab.CLAIMS, "003/A+2-1", "points"): "加分认定表 找不到 003 A+2-1 这一行",
    Place(Tab.COUNTS, EVERYONE, EVERYONE): "台账表 找不到 其余均无 这一行",
}


def test_rows_that_were_deleted_are_named_as_people_see_them(typed: Path, run: Run) -> None:
    places, book = desk_places(typed), openpyxl.load_workbook(desk(typed))
    for place in ROWS:
        source = places[place]
        book[source.sheet].delete_rows(coordinate_to_tuple(source.cell)[0])
    book.save(desk(typed))
    told_of = [line for line in run().out.splitlines() if " D803 " in line]
    assert len(told_of) == len(ROWS)
    assert all(any(sentence in line for line in told_of) for sentence in ROWS.values())
    assert taken(typed, TYPED)
    assert ROWS.keys() <= desk_places(typed).keys()


def double_row(folder: Path, member: str = "002") -> int:
    """Copy a member's row below all others and say something else there; return its row."""
    at = line(folder, approval(member))
    last: list[int] = []

    def double(sheet: Worksheet) -> None:
        last.append(sheet.max_row + 1)
        for column, cell in enumerate(sheet[at], 1):
            sheet.cell(last[0], column).value = cell.value
        next(c for c in sheet[last[0]] if c.value == APPROVED).value = REJECTED

    edit(folder, "核定", double)
    return last[0]


def test_of_a_member_s_two_rows_neither_is_read_until_one_is_gone(typed: Path, run: Run) -> None:
    last = double_row(typed)
    ran = run()
    assert ran.status == 1
    said = told(ran, "D804")
    assert f"核定表 A{last} 002 又出现一行" in said
    assert "请删去多出的一行" in said
    assert VETO not in held(typed)
    assert taken(typed, {POINTS: "1", approval("002"): APPROVED})
    sheet = openpyxl.load_workbook(desk(typed))["核定"]
    assert "V1" in {cell.value for cell in sheet[line_of(sheet, "002")]}
    edit(typed, "核定", lambda sheet: sheet.delete_rows(last))
    assert "D804" not in run().out
    assert taken(typed, {**TYPED, approval("002"): APPROVED})


def named(folder: Path, member: str, name: str) -> None:
    """Type a name into a member's row of the approvals."""
    at = line(folder, approval(member))
    edit(folder, "核定", lambda sheet: sheet.cell(at, 2, name))


def test_a_row_with_the_id_of_one_and_the_name_of_another_is_nobody_s(
    typed: Path, run: Run
) -> None:
    """Somebody sorted one column alone: what stands in the rows may be anybody's."""
    named(typed, "002", "甲003")
    at = line(typed, approval("002"))
    for _again in range(2):
        ran = run()
        assert ran.status == 1
        assert f"核定表 B{at} “甲003”不是 002 甲002" in told(ran, "D827")
        assert VETO not in held(typed)
        assert taken(typed, {POINTS: "1", approval("002"): APPROVED})
        sheet = openpyxl.load_workbook(desk(typed))["核定"]
        assert {"002", "甲003", "V1"} <= {cell.value for cell in sheet[at]}
    waits = {m["id"]: m["provisional"] for m in collected(typed)["members"]}
    assert waits == {"001": False, "002": True, "003": False}
    named(typed, "002", " 甲 002")
    assert "D827" not in run().out
    assert taken(typed, TYPED)


def test_a_whole_column_sorted_alone_is_told_in_one_sentence(typed: Path, run: Run) -> None:
    rows = [*map(person, PEOPLE), *(person(f"{n:03d}") for n in range(4, 8))]
    run()
    write_roster(typed, AGREEMENT, rows)
    run()
    at = [line(typed, approval(row["编号"])) for row in rows]

    def turn(sheet: Worksheet) -> None:
        names = [sheet.cell(row, 2).value for row in at]
        for row, name in zip(at, reversed(names), strict=True):
            sheet.cell(row, 2).value = name

    edit(typed, "核定", turn)
    before = held(typed)
    assert f"核定表 B{at[0]} 起有 6 行的编号、姓名和原来的对不上" in told(run(), "D827")
    assert held(typed) == before


@pytest.mark.parametrize("whole", [False, True], ids=["names alone", "whole rows"])
@pytest.mark.parametrize("title", ["核定", "台账", "评分A"])
def test_names_sorted_without_what_was_typed_are_told_and_whole_rows_are_not(
    typed: Path, run: Run, title: str, whole: bool
) -> None:
    """Ids and names sorted together agree; the hidden key beside what was typed does not."""
    run()
    more = {
        "核定": {approval("003"): REJECTED},
        "台账": {Place(Tab.COUNTS, "003", "A1-5/迟交一个月"): "3"},
        "评分A": {POINTS: "2"},
    }[title]
    decide(typed, more)
    before = held(typed)

    def turn(sheet: Worksheet) -> None:
        """Sort down; formulas find their row again wherever it is."""
        top, last = heading_row(sheet, "姓名") + 1, sheet.max_column if whole else 2
        at = range(top, sheet.max_row + 1)
        rows = [[sheet.cell(row, n).value for n in range(1, last + 1)] for row in at]
        rows.sort(key=lambda row: str(row[0]), reverse=True)
        for row, values in zip(at, rows, strict=True):
            for n, value in enumerate(values, 1):
                if not str(value).startswith("="):
                    sheet.cell(row, n).value = value

    edit(typed, title, turn)
    told = [each for each in run().out.splitlines() if " D827 " in each]
    waits = {m["id"] for m in collected(typed)["members"] if m["provisional"]}
    if whole:
        assert not told
        assert taken(typed, more)
    else:
        assert len(told) == 4 if title != "评分A" else 2
        assert any("这一行原来是 003 甲003 的，编号和姓名换成了" in each for each in told)
        assert held(typed) == before
        assert waits >= {"001", "003"}


def test_an_id_that_became_a_number_is_the_member_s_where_it_is_nobody_else_s(
    typed: Path, run: Run
) -> None:
    rows = [line(typed, place) for place in (VETO, POINTS)]
    edit(typed, "核定", lambda sheet: sheet.cell(rows[0], 1, 2))
    edit(typed, "评分A", lambda sheet: sheet.cell(rows[1], 1, 3))
    said = run().out
    assert not any(f" {code} " in said for code in ("D803", "D829"))
    assert taken(typed, TYPED)
    book = openpyxl.load_workbook(desk(typed))
    assert [book[t].cell(r, 1).value for t, r in zip(("核定", "评分A"), rows, strict=True)] == [
        "002",
        "003",
    ]


def test_what_is_typed_beside_an_unknown_id_is_nobody_s(typed: Path, run: Run) -> None:
    at = line(typed, VETO)
    edit(typed, "核定", lambda sheet: sheet.cell(at, 1, "099"))
    sentences = [each for each in run().out.splitlines() if " D829 " in each]
    assert [each for each in sentences if "填了“同意”，编号 099 不在名册里" in each]
    assert not any(place.row == "099" for place in held(typed))
    assert taken(typed, {approval("002"): APPROVED})


def test_nothing_decided_about_somebody_passes_to_another_who_gets_the_id(
    typed: Path, run: Run
) -> None:
    run()
    before = held(typed)
    rows = [person("001"), person("002", "丁二"), person("003")]
    write_roster(typed, AGREEMENT, rows)
    at = line(typed, VETO)
    for _again in range(2):
        ran = run()
        assert f"核定表 B{at} 以前定的是 002 甲002，名册里这个编号现在是丁二" in told(ran, "D828")
        assert "适用否决 V1" not in ran.out
        assert held(typed) == before
    named(typed, "002", "丁二")
    ran = run()
    assert ("丁二适用否决 V1" in ran.out, "D82" in ran.out) == (True, False)


def test_a_name_corrected_before_anything_was_decided_is_corrected_in_the_desk(
    asked: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(asked, tmp_path / "考核")
    write_roster(folder, AGREEMENT, [person("001"), person("002", "丁二"), person("003")])
    decide(folder, {VETO: "V1"})
    assert not [f for f in collected(folder)["findings"] if f["code"].startswith("D82")]
    assert taken(folder, {VETO: "V1"})
    assert openpyxl.load_workbook(desk(folder))["核定"].cell(line(folder, VETO), 2).value == "丁二"


def total_of(folder: Path, member: str) -> tuple[int, int]:
    sheet = openpyxl.load_workbook(desk(folder))["核定"]
    (at,) = (c.column for c in sheet[heading_row(sheet, "总分")] if c.value == "总分")
    return line(folder, approval(member)), at


@pytest.mark.parametrize("more", [True, False], ids=["with news", "and nothing else"])
def test_what_is_typed_over_the_program_s_own_numbers_is_told_and_put_back(
    typed: Path, run: Run, more: bool
) -> None:
    if not more:
        run()
    row, column = total_of(typed, "001")
    source = line(typed, POINTS) - 1

    def number(title: str, row: int, column: int) -> object:
        return openpyxl.load_workbook(desk(typed))[title].cell(row, column).value

    at = coordinate_to_tuple(desk_places(typed)[POINTS].cell)[1]
    edit(typed, "核定", lambda sheet: sheet.cell(row, column, 999))
    edit(typed, "评分A", lambda sheet: sheet.cell(source, at, 3))
    over = desk(typed).read_bytes()
    said = [each for each in run().out.splitlines() if " D830 " in each]
    assert len(said) == 2
    assert any("程序填的“100”被改成“999”" in each for each in said)
    assert any("程序填的“0”被改成“3”" in each for each in said)
    assert str(number("核定", row, column)).startswith("=")
    assert number("评分A", source, at) == 0
    assert over in [each.read_bytes() for each in (typed / rounds.OLD).iterdir()]
    assert taken(typed, TYPED)
    assert "D830" not in run().out


def test_a_setting_of_the_papers_changed_is_no_typing_over(typed: Path, run: Run) -> None:
    run()
    edit(typed, "核定", lambda sheet: sheet.cell(99, 1, "记一笔"))
    types_setting(typed, "公文", "版头", "红头")
    assert "D830" not in run().out


def test_hidden_sums_that_were_deleted_are_told_and_there_again(typed: Path, run: Run) -> None:
    run()
    book = openpyxl.load_workbook(desk(typed))
    del book["_计算"]
    book.save(desk(typed))
    assert "_计算表 程序用的这张表不见了" in told(run(), "D830")
    assert "_计算" in openpyxl.load_workbook(desk(typed)).sheetnames


def test_a_row_of_the_program_s_that_was_deleted_is_told_and_there_again(
    typed: Path, run: Run
) -> None:
    run()
    edit(typed, "评分A", lambda sheet: sheet.delete_rows(line(typed, POINTS) - 1))
    assert "评分A表" in told(run(), "D830")
    sheet = openpyxl.load_workbook(desk(typed))["评分A"]
    assert [r[2].value for r in sheet.iter_rows() if r[0].value == "003"].count("来源分") == 1


def test_numbers_pasted_over_many_formulas_are_told_in_one_sentence(typed: Path, run: Run) -> None:
    def paste(sheet: Worksheet) -> None:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = 1

    edit(typed, "核定", paste)
    assert " 起有 " in told(run(), "D830")
    assert taken(typed, TYPED)
    assert "D830" not in run().out


def line_of(sheet: Worksheet, member: str) -> int:
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == member)


# ------------------------------------------------------------------ (d) text boxes and pictures

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_ART = "http://schemas.openxmlformats.org/drawingml/2006/main"
_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
_FROM = "<xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>2</xdr:row>"
_TO = "<xdr:to><xdr:col>4</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>6</xdr:row>"
_BOX = (
    f'<a:xfrm xmlns:a="{_ART}"><a:off x="0" y="0"/><a:ext cx="900000" cy="300000"/></a:xfrm>'
    f'<a:prstGeom xmlns:a="{_ART}" prst="rect"><a:avLst/></a:prstGeom>'
)
TEXT_BOX = (
    '<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="2" name="文本框 1"/>'
    f'<xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr>{_BOX}</xdr:spPr>'
    f'<xdr:txBody><a:bodyPr xmlns:a="{_ART}"/><a:p xmlns:a="{_ART}"><a:r><a:t>散会前再看一遍</a:t>'
    "</a:r></a:p></xdr:txBody></xdr:sp>"
)
PICTURE = (
    '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="3" name="图片 1"/><xdr:cNvPicPr/></xdr:nvPicPr>'
    f'<xdr:blipFill><a:blip xmlns:a="{_ART}" xmlns:r="{OFFICE}" r:embed="rId1"/>'
    f'<a:stretch xmlns:a="{_ART}"><a:fillRect/></a:stretch></xdr:blipFill>'
    f"<xdr:spPr>{_BOX}</xdr:spPr></xdr:pic>"
)


def drawn(data: bytes, *shapes: str) -> bytes:
    """The workbook with these shapes on its first sheet, in all the parts they need."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    anchors = "".join(
        f"<xdr:twoCellAnchor>{_FROM}<xdr:rowOff>0</xdr:rowOff></xdr:from>"
        f"{_TO}<xdr:rowOff>0</xdr:rowOff></xdr:to>{shape}<xdr:clientData/></xdr:twoCellAnchor>"
        for shape in shapes
    )
    link = f'<Relationship Id="rId9" Type="{OFFICE}/drawing" Target="/xl/drawings/drawing9.xml"/>'
    image = f'<Relationship Id="rId1" Type="{OFFICE}/image" Target="/xl/media/image1.png"/>'
    first, links = "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"
    sheet = bytes(parts[first]).decode()  # type: ignore[arg-type]
    known = parts.get(links, f'<Relationships xmlns="{PACKAGE}"></Relationships>'.encode())
    types = bytes(parts["[Content_Types].xml"]).decode()  # type: ignore[arg-type]
    drawing = f'<drawing xmlns:r="{OFFICE}" r:id="rId9"/>'
    end = "<legacyDrawing" if "<legacyDrawing" in sheet else "</worksheet>"
    return packed(
        {
            **parts,
            first: sheet.replace(end, drawing + end, 1),
            links: bytes(known).decode().replace("</Rel", link + "</Rel", 1),  # type: ignore[arg-type]
            "[Content_Types].xml": types.replace(
                "</Types>",
                '<Default Extension="png" ContentType="image/png"/><Override PartName="/xl/drawings'
                '/drawing9.xml" ContentType="application/vnd.openxmlformats-officedocument.drawing'
                '+xml"/></Types>',
            ),
            "xl/drawings/drawing9.xml": f'<xdr:wsDr xmlns:xdr="{_DRAWING}">{anchors}</xdr:wsDr>',
            "xl/drawings/_rels/drawing9.xml.rels": (
                f'<Relationships xmlns="{PACKAGE}">{image}</Relationships>'
            ),
            "xl/media/image1.png": _DOT,
        }
    )


@pytest.mark.parametrize("shapes", [(TEXT_BOX,), (PICTURE,)], ids=["text box", "picture"])
def test_text_boxes_and_pictures_stay_and_what_was_typed_is_taken(
    typed: Path, run: Run, shapes: tuple[str, ...]
) -> None:
    bare = desk(typed).read_bytes()
    left = drawn(bare, *shapes)
    desk(typed).write_bytes(left)
    ran = run()
    assert ran.status == 0
    said = told(ran, "X611")
    assert "图片、文本框" in said
    assert rounds.BESIDE in said
    assert taken(typed, TYPED)
    assert desk(typed).read_bytes() == left
    assert (typed / rounds.BESIDE).exists()
    # The shapes are taken out again: it is brought up to date in place.
    desk(typed).write_bytes(bare)
    assert "X611" not in run().out
    assert not (typed / rounds.BESIDE).exists()
    assert taken(typed, TYPED)


@pytest.mark.office
def test_another_program_shows_the_shapes_of_the_tests(
    office: Office, typed: Path, tmp_path: Path
) -> None:
    path = tmp_path / "有图.xlsx"
    path.write_bytes(drawn(desk(typed).read_bytes(), TEXT_BOX, PICTURE))
    saved = tmp_path / "存过.xlsx"
    office.fill(path, saved, {})
    with zipfile.ZipFile(saved) as archive:
        drawings = b"".join(archive.read(n) for n in archive.namelist() if "drawings/draw" in n)
        assert "散会前再看一遍".encode() in drawings
        assert any(n.startswith("xl/media/") for n in archive.namelist())


# ------------------------------------------------------------------ (e) open in another program

MARKS = [f"~${rounds.DESK}", f".~{rounds.DESK}", f".~lock.{rounds.DESK}#"]


def test_a_desk_that_seems_open_is_read_as_saved_and_told(typed: Path, run: Run) -> None:
    stamps: dict[Path, int] = {}
    for mark in MARKS:
        (typed / mark).write_bytes(b"\x02LH")
        ran = run()
        assert ran.status == 0
        said = told(ran, "D823")
        assert mark in said
        assert "请保存、关闭它" in said
        assert taken(typed, TYPED)
        # The mark alone is nothing new to collect.
        stamps = stamps or {p: p.stat().st_mtime_ns for p in typed.rglob("*") if p.is_file()}
        assert "D823" in run().out
        (typed / mark).unlink()
        stamps.pop(typed / mark, None)
        assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
        assert "D823" not in run().out


def test_a_desk_that_cannot_be_written_is_named_and_what_was_typed_is_taken(
    typed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = desk(typed).read_bytes()
    replace_ = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        # What Windows does while Excel has the file open; it cannot be had elsewhere.
        if target.name == rounds.DESK:
            raise PermissionError(13, "sharing violation")
        return replace_(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        ran = run()
    assert ran.status == 4
    assert "写不进 核定.xlsx：文件正在 Excel 或 WPS 里打开" in ran.err
    assert "请关闭它" in ran.err
    assert desk(typed).read_bytes() == there
    assert taken(typed, TYPED)
    # People went on typing meanwhile; closed, it is taken and brought up to date.
    decide(typed, {veto("003"): "V1"})
    assert run().status == 0
    assert taken(typed, {**TYPED, veto("003"): "V1"})
    assert run().status == 0


def test_a_desk_that_cannot_even_be_read_ends_it_before_anything_is_done(
    typed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, read = held(typed), Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == rounds.DESK:
            raise PermissionError(13, "sharing violation")
        return read(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        ran = run()
    assert ran.status == 2
    assert "打不开 核定.xlsx" in ran.err
    assert held(typed) == before
    assert run().status == 0
    assert taken(typed, TYPED)


# ------------------------------------------------------------------ (f) an old copy, others' books


def old_copy(folder: Path) -> None:
    shutil.copy(min((folder / rounds.OLD).glob("核定*")), desk(folder))


def cooking(folder: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["食堂菜谱"])
    book.save(desk(folder))


def other_round(folder: Path) -> None:
    other = make(folder.parent / "别的" / "考核", AGREEMENT, map(person, PEOPLE))
    collect(rounds.Round(other))
    shutil.copy(desk(other), desk(folder))


SWAPPED: list[tuple[Damage, str, str]] = [
    (old_copy, "D801", "这是旧的一份（第 1 版，现在是第 2 版），没有采用"),
    (other_round, "D802", "这是另一次考核"),
    (cooking, "D805", "这不是核定表"),
]


@pytest.mark.parametrize(("swap", "code", "sentence"), SWAPPED)
def test_a_workbook_put_in_its_place_decides_nothing_and_stays(
    typed: Path, run: Run, swap: Damage, code: str, sentence: str
) -> None:
    aside, before = desk(typed).read_bytes(), held(typed)
    swap(typed)
    left = desk(typed).read_bytes()
    ran = run()
    assert ran.status == 1
    said = told(ran, code)
    assert sentence in said
    assert f"把 {rounds.BESIDE} 改名为 {rounds.DESK}" in said
    assert "图片" not in ran.out
    assert held(typed) == before
    assert desk(typed).read_bytes() == left
    # Put right in either way: the last one is still at hand, or the one beside becomes it.
    if swap is other_round:
        desk(typed).write_bytes(aside)
    else:
        (typed / rounds.BESIDE).replace(desk(typed))
        decide(typed, TYPED)
    assert code not in run().out
    assert taken(typed, TYPED)
    assert not (typed / rounds.BESIDE).exists()


# ------------------------------------------------------------------ (g) (h) (i) other formats


def strict(data: bytes) -> bytes:
    """The workbook as Excel saves it when asked for the strict format."""

    def change(_name: str, part: bytes) -> bytes:
        for loose, tight in ((MAIN, STRICT), (OFFICE, STRICT_OFFICE)):
            part = part.replace(loose.encode(), tight.encode())
        return part.replace(b"<workbook ", b'<workbook conformance="strict" ')

    return rewritten(data, change)


def beside_instead(folder: Path) -> None:
    (folder / rounds.BESIDE).replace(desk(folder))


def test_a_strict_workbook_is_read_and_told_and_the_plain_one_goes_on(
    typed: Path, run: Run
) -> None:
    plain = desk(typed).read_bytes()
    left = strict(plain)
    desk(typed).write_bytes(left)
    ran = run()
    assert ran.status == 0
    assert "“严格”格式" in told(ran, "X611")
    assert "另存为普通的“Excel 工作簿（.xlsx）”" in told(ran, "X611")
    assert taken(typed, TYPED)
    assert desk(typed).read_bytes() == left
    assert "X611" in run().out
    desk(typed).write_bytes(plain)
    assert "X611" not in run().out
    assert not (typed / rounds.BESIDE).exists()
    assert taken(typed, TYPED)


@pytest.mark.office
def test_an_old_format_under_the_name_is_read_told_and_left(
    office: Office, typed: Path, run: Run
) -> None:
    office.convert(desk(typed), ".xls").replace(desk(typed))
    left = desk(typed).read_bytes()
    ran = run()
    assert ran.status == 0
    assert ".xls 格式" in told(ran, "X611")
    assert rounds.BESIDE in told(ran, "X611")
    assert taken(typed, TYPED)
    assert desk(typed).read_bytes() == left
    beside_instead(typed)
    decide(typed, {veto("003"): "V1"})
    assert "X611" not in run().out
    assert taken(typed, {**TYPED, veto("003"): "V1"})


@pytest.mark.office
@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_a_desk_saved_under_another_name_is_named_instead_of_made_anew(
    office: Office, typed: Path, run: Run, suffix: str
) -> None:
    other, before = office.convert(desk(typed), suffix), held(typed)
    desk(typed).unlink()
    ran = run()
    assert ran.status == 2
    assert f"找不到 核定.xlsx，旁边有一份 核定{suffix}" in ran.err
    assert "另存为 核定.xlsx" in ran.err
    assert (held(typed), desk(typed).exists()) == (before, False)
    office.convert(other, ".xlsx")
    other.unlink()
    assert run().status == 0
    assert taken(typed, TYPED)


def test_a_desk_of_another_format_beside_the_desk_is_named(typed: Path, run: Run) -> None:
    (typed / "核定.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    ran = run()
    assert ran.status == 0
    assert "核定.xls，没有读它" in told(ran, "D822")
    assert taken(typed, TYPED)
    (typed / "核定.xls").unlink()
    assert "D822" not in run().out


@pytest.mark.office
def test_an_open_document_under_the_name_ends_it_and_saved_again_it_goes_on(
    office: Office, typed: Path, run: Run
) -> None:
    other, before = office.convert(desk(typed), ".ods"), held(typed)
    shutil.copy(other, desk(typed))
    left = desk(typed).read_bytes()
    other.unlink()
    ran = run()
    assert ran.status == 2
    assert "核定.xlsx：这是 .ods 表格" in ran.err
    assert "另存为 .xlsx" in ran.err
    assert "交回" not in ran.err
    assert (held(typed), desk(typed).read_bytes()) == (before, left)
    again = typed.parent / "再存.ods"
    desk(typed).replace(again)
    office.convert(again, ".xlsx").replace(desk(typed))
    assert run().status == 0
    assert taken(typed, TYPED)


#: A desk that cannot be read: what is made of its bytes, and its sentence.
UNREADABLE: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("cut off", lambda data: data[:5000], "文件不完整"),
    ("no workbook", lambda _data: b"hello", "不是表格"),
    ("only zeros", lambda data: bytes(len(data)), "全是零"),
    ("a picture", lambda _data: _DOT, "这是图片"),
]


def test_a_desk_that_is_no_workbook_ends_it_with_nothing_changed(typed: Path, run: Run) -> None:
    whole, before = desk(typed).read_bytes(), held(typed)
    drop(typed, "又一份.xlsx", b"%PDF-1.4")
    ledger = (typed / rounds.LEDGER).read_bytes()
    for name, damage, sentence in UNREADABLE:
        desk(typed).write_bytes(damage(whole))
        ran = run()
        assert (typed / rounds.LEDGER).read_bytes() == ledger
        assert ran.status == 2, name
        assert rounds.DESK in ran.err
        assert sentence in ran.err, name
        assert "交回" not in ran.err
        assert (held(typed), desk(typed).read_bytes()) == (before, damage(whole))
        assert not (typed / rounds.BESIDE).exists()
    (typed / rounds.RETURNED / "又一份.xlsx").unlink()
    desk(typed).write_bytes(whole)
    assert run().status == 0
    assert taken(typed, TYPED)


def test_a_folder_of_the_name_is_told_and_ends_it(typed: Path, run: Run) -> None:
    aside = desk(typed).replace(typed.parent / "别处.xlsx")
    desk(typed).mkdir()
    ran = run()
    assert ran.status == 2
    assert "核定.xlsx 是一个文件夹" in ran.err
    desk(typed).rmdir()
    aside.replace(desk(typed))
    assert run().status == 0
    assert taken(typed, TYPED)


def emptied(folder: Path) -> None:
    desk(folder).write_bytes(b"")


def removed(folder: Path) -> None:
    desk(folder).unlink()


@pytest.mark.parametrize("lose", [emptied, removed])
def test_a_desk_that_is_gone_is_made_anew_and_the_lost_one_may_come_back(
    typed: Path, run: Run, lose: Damage
) -> None:
    aside, before = desk(typed).read_bytes(), held(typed)
    lose(typed)
    ran = run()
    assert ran.status == 0
    assert "核定表不见了，或者是空文件" in told(ran, "D808")
    assert held(typed) == before
    book = openpyxl.load_workbook(desk(typed))["核定"]
    assert APPROVED in {cell.value for row in book.iter_rows() for cell in row}
    # As the sentence says: the one that was lost is put back, with all that was typed in it.
    desk(typed).write_bytes(aside)
    assert "D801" not in run().out
    assert taken(typed, TYPED)


def test_a_lost_desk_that_comes_back_after_more_was_decided_is_an_old_copy(
    typed: Path, run: Run
) -> None:
    aside = desk(typed).read_bytes()
    removed(typed)
    run()
    decide(typed, {veto("003"): "V1"})
    run()
    desk(typed).write_bytes(aside)
    assert "没有采用" in told(run(), "D801")
    assert taken(typed, {veto("003"): "V1"})


# ------------------------------------------------------------------ the mark of the workbook


def test_without_its_hidden_sheet_nothing_is_taken_back(typed: Path, run: Run) -> None:
    cell = desk_places(typed)[approval("001")]
    book = openpyxl.load_workbook(desk(typed))
    del book["_sf"]
    book[cell.sheet][cell.cell].value = None
    book.save(desk(typed))
    ran = run()
    assert ran.status == 0
    assert "清空的格子这一次不算收回" in told(ran, "D821")
    assert taken(typed, {**TYPED, approval("001"): APPROVED})
    assert "D821" not in run().out


def test_a_sheet_that_was_deleted_is_told_and_painted_again(typed: Path, run: Run) -> None:
    book = openpyxl.load_workbook(desk(typed))
    book.remove(book["核定"])
    book.save(desk(typed))
    ran = run()
    assert ran.status == 1
    assert "核定表 这张工作表找不到" in told(ran, "D805")
    assert "D803" not in ran.out
    assert taken(typed, {POINTS: "1", approval("001"): APPROVED})
    assert run().status == 0
    decide(typed, TYPED)
    run()
    assert taken(typed, TYPED)


def copied(folder: Path, title: str) -> Worksheet:
    """Copy a sheet of the workbook as people do it, under the name that programs give the copy."""
    book = openpyxl.load_workbook(desk(folder))
    book.copy_worksheet(book[title]).title = f"{title} (2)"
    book.save(desk(folder))
    return book[f"{title} (2)"]


def test_what_is_typed_into_a_copied_sheet_is_told_until_it_stands_where_it_counts(
    typed: Path, run: Run
) -> None:
    run()
    place = Place(Tab.APPROVALS, "003", "reason")
    cell = desk_places(typed)[place]
    copied(typed, "核定")
    assert "D831" not in run().out
    edit(typed, "核定 (2)", lambda sheet: setattr(sheet[cell.cell], "value", "会上另有考虑"))
    for _time in range(2):
        said = told(run(), "D831")
        assert f"核定 (2)表 {cell.cell} 这张表像是“核定”的另一份" in said
        assert "如“会上另有考虑”" in said
    assert place not in held(typed)
    decide(typed, {place: "会上另有考虑"})
    ran = run()
    assert "D831" not in ran.out
    assert taken(typed, {**TYPED, place: "会上另有考虑"})


def test_a_sheet_of_somebody_s_own_is_nobody_s_business(typed: Path, run: Run) -> None:
    book = openpyxl.load_workbook(desk(typed))
    own = book.create_sheet("发言提纲")
    own.append(["编号", "姓名", "理由"])
    own.append(["003", "丙三", "会上另有考虑"])
    days = book.create_sheet("会议安排")
    days.append(["会次", "日期"])
    days.append(["1", "2015-12-01"])
    book.save(desk(typed))
    assert "D831" not in run().out


def test_what_was_decided_under_a_merged_cell_stands_and_is_told(typed: Path, run: Run) -> None:
    """Programs keep the first of the cells they merge; the clerk meant it for all of them."""
    run()
    places = desk_places(typed)
    members = sorted(("001", "002", "003"), key=lambda m: line(typed, approval(m)))
    hidden = [approval(member) for member in members[1:]]
    assert all(held(typed)[place] == APPROVED for place in hidden)
    first, last = (places[approval(member)].cell for member in (members[0], members[-1]))
    edit(typed, "核定", lambda sheet: sheet.merge_cells(f"{first}:{last}"))
    ran = run()
    assert f"核定表 {first}:{last} 合并成了一格" in told(ran, "D832")
    assert "盖住的 2 格没有读" in told(ran, "D832")
    assert "D810" not in ran.out
    assert "D803" not in ran.out
    assert taken(typed, dict.fromkeys(hidden, APPROVED))
    before = desk(typed).read_bytes()
    again = run()
    assert "D832" in again.out
    assert "没有新内容" in again.out
    assert desk(typed).read_bytes() == before
    edit(typed, "核定", lambda sheet: sheet.unmerge_cells(f"{first}:{last}"))
    decide(typed, dict.fromkeys(hidden, APPROVED))
    assert "D832" not in run().out
    assert taken(typed, dict.fromkeys(hidden, APPROVED))


def test_a_merged_cell_of_the_program_s_own_is_told_and_not_said_to_be_put_back(
    typed: Path, run: Run
) -> None:
    run()
    row, column = total_of(typed, "001")
    span = f"{address(row, column)}:{address(row + 1, column)}"
    edit(typed, "核定", lambda sheet: sheet.merge_cells(span))
    for _time in range(2):
        ran = run()
        assert f"核定表 {span} 合并成了一格" in told(ran, "D832")
        assert "D830" not in ran.out
    assert "没有新内容" in ran.out
