"""The return copy: everything typed is there, faults are marked and listed, the loop closes."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from forms_for_tests import (
    KEY,
    Typed,
    blank_book,
    edited,
    known,
    moved,
    stamped,
    value,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from office import Office
from openpyxl.workbook import Workbook
from rounds import (
    AGREEMENT,
    SAVED,
    UNREVIEWED,
    Answers,
    Json,
    blank,
    by_id,
    drop,
    fill,
    full,
    make,
    packed,
    person,
    type_in,
)
from schemes_for_tests import CREATED, MEMBER, RICH

from sheetflow import round as rounds
from sheetflow import stamp, text
from sheetflow.checks.registry import Case, run_checks
from sheetflow.copies import Copy, Place, inputs, make_copy, outside
from sheetflow.excel.read import read_book
from sheetflow.excel.write.copy import unchanged
from sheetflow.excel.write.form import write_form
from sheetflow.flows.collect import Collected, collect
from sheetflow.flows.copies import LETTERS, copy_name
from sheetflow.flows.forms import make_forms
from sheetflow.identity import identify
from sheetflow.layout import FRONT_SHEET, Form, plan_form
from sheetflow.letters import _short, letter
from sheetflow.model import (
    Book,
    Field,
    Finding,
    Member,
    Roster,
    Severity,
    Sheet,
    Submission,
    Value,
    ValueKind,
)
from sheetflow.submissions import read_submission, seek

pytestmark = pytest.mark.xdist_group("copies")

LATER = SAVED + timedelta(hours=1)
ERROR = Value(ValueKind.ERROR, "#REF!", formula=True)
UNCACHED = Value(ValueKind.UNCACHED, "", formula=True)

# ------------------------------------------------------------------ one form, without a round


@cache
def plan(generation: int = 0) -> Form:
    mark = stamped(generation=generation)
    return plan_form(RICH, MEMBER, code=stamp.code(mark, KEY), token=stamp.token(mark, KEY))


@cache
def blank_one() -> Book:
    return blank_book()


def read(book: Book, *generations: int) -> Submission:
    forms = known(*(stamped(generation=each) for each in generations or (0,)))
    identity = identify(book, "a.xlsx", RICH.terms, forms)
    return read_submission(book, file="a.xlsx", sha256="", sought=seek(RICH), identity=identity)


def found(submission: Submission) -> tuple[Finding, ...]:
    roster = Roster(members=(MEMBER,))
    version = stamped().scheme
    case = Case(scheme=RICH, version=version, roster=roster, submissions=(submission,))
    return run_checks(case, "FVT")


def typed_in(cells: Mapping[Place, Typed]) -> Book:
    """A blank form with these inputs typed."""
    book = blank_one()
    places = {
        (cell.code, cell.field): (at, cell.row, cell.column)
        for at, sheet in enumerate(plan().sheets)
        for cell in sheet.cells
        if cell.field
    }
    for place, typed in cells.items():
        at, row, column = places[place]
        book = edited(book, at, lambda v, r=row, c=column, t=typed: {**v, (r, c): value(t)})  # type: ignore[misc]
    return book


def copied(book: Book) -> tuple[Copy, bytes]:
    submission = read(book)
    copy = make_copy(
        plan(1),
        RICH,
        MEMBER,
        returned=(submission, found(submission)),
        outside=outside(book, submission, plan()),
    )
    return copy, write_form(plan(1), RICH, created=CREATED, copy=copy)


def contents(submission: Submission) -> dict[Place, tuple[ValueKind, str]]:
    return {(e.code, e.field): (e.value.kind, e.value.raw) for e in submission.entries}


_NASTY = [
    "4-5", "=1+1", "@SUM(A1)", "_x0041_", " 3 ", "{here}{row}", 'say "4"', "https://a.example",
    "满分", "3分", "１．５", "上\n下", "-", "1,5", "\u200b4", "🙂",
]  # fmt: skip
_TEXTS = st.sampled_from(_NASTY) | st.text(min_size=1, max_size=30).map(text.clean).filter(
    lambda t: bool(t.strip()) and stamp.read_token(t, KEY) is None
)
_NUMBERS = st.decimals(-999, 99999, places=2).map(lambda n: n.normalize() + Decimal(0))
_DAYS = st.dates(date(1950, 1, 1), date(2060, 1, 1))
_VALUES = _TEXTS | _NUMBERS | st.sampled_from([ERROR, UNCACHED, Value(ValueKind.BOOL, "TRUE")])


def _cells() -> st.SearchStrategy[dict[Place, Typed]]:
    places = sorted(inputs(plan()))
    one = st.sampled_from(places).flatmap(
        lambda p: st.tuples(st.just(p), _VALUES | _DAYS if p[1] is Field.DATE else _VALUES)
    )
    return st.lists(one, max_size=12).map(dict)


@settings(max_examples=20, deadline=None)
@given(_cells())
def test_what_was_typed_comes_back_as_it_was_but_for_the_unreadable(
    cells: dict[Place, Typed],
) -> None:
    before = read(typed_in(cells))
    _copy, data = copied(typed_in(cells))
    after = read(read_book(data), 0, 1)
    unreadable = {ValueKind.ERROR, ValueKind.UNCACHED}
    expected = {p: v for p, v in contents(before).items() if v[0] not in unreadable}
    for place, (kind, raw) in expected.items():
        if place[1] is Field.DATE and kind is ValueKind.NUMBER:
            # As a number the column's format would make some day of it.
            expected[place] = (ValueKind.TEXT, raw)
    assert contents(after) == expected
    assert (after.stamp, after.verified, after.faults) == (stamped(generation=1), True, ())


@settings(max_examples=6, deadline=None)
@given(_cells())
def test_the_same_form_gives_the_same_copy(cells: dict[Place, Typed]) -> None:
    assert copied(typed_in(cells)) == copied(typed_in(cells))


def test_what_the_branch_has_to_decide_is_not_told_to_the_member() -> None:
    submission = read(typed_in({("A1-1", Field.SCORE): "4-5"}))
    source = submission.at(submission.spots["A1-2"])
    asked = [
        Finding(code=code, severity=level, source=source, message="否决？", item="A1-2")
        for code in ("Z705", "D817")
        for level in (Severity.WARNING, Severity.ERROR)
    ]
    bare, more = (
        make_copy(plan(1), RICH, MEMBER, returned=(submission, (*found(submission), *each)))
        for each in ((), asked)
    )
    assert bare.lines
    assert (more, letter(more)) == (bare, letter(bare))


@settings(max_examples=12, deadline=None)
@given(_cells())
def test_every_error_is_listed_and_marked_where_it_stands_in_the_copy(
    cells: dict[Place, Typed],
) -> None:
    submission = read(typed_in(cells))
    errors = [f for f in found(submission) if f.severity == "error"]
    copy, _data = copied(typed_in(cells))
    assert len(copy.lines) >= len(errors)
    assert {f.source.cell for f in errors} <= {line.source.cell for line in copy.lines}
    assert set(copy.filled.notes) == {line.place for line in copy.lines}
    assert all(line.fix for line in copy.lines)


def test_a_letter_says_what_was_read_in_sentences_a_member_understands() -> None:
    cells: dict[Place, Typed] = {("A1-1", Field.SCORE): "4-5", ("A1-2", Field.APPROVED): 2}
    copy, _data = copied(typed_in(cells))
    told = letter(copy)
    assert "应填 “" not in told
    assert "应填 填" not in told
    assert all(line.allowed or line.found for line in copy.lines)
    assert not any(line.allowed.startswith("“") for line in copy.lines)


def test_points_under_a_heading_that_was_changed_are_all_listed() -> None:
    codes = ("A1-1", "A1-2")
    full = {(code, Field.SCORE): int(RICH.items[code].most) for code in codes}
    book = typed_in(dict(full))
    heading = next(p for p, v in book.sheets[0].values.items() if v.raw == RICH.terms.score)
    book = edited(book, 0, lambda cells: {**cells, heading: value("自评得分")})
    copy, _data = copied(book)
    listed = [each.text for each in copy.outside]
    # Points in full look like what is printed beside them.
    assert sorted(listed) == sorted(["自评得分", *map(str, full.values())])


def test_rows_and_columns_that_moved_are_marked_where_they_belong() -> None:
    cells: dict[Place, Typed] = {("A1-1", Field.SCORE): "4-5", ("A1-2", Field.SCORE): 2}
    where = []
    for book in (
        typed_in(cells),
        edited(typed_in(cells), 0, moved(lambda row: row + (3 if row > 2 else 0), lambda c: c * 2)),
    ):
        copy, _data = copied(book)
        where.append([(line.place, line.source, line.found) for line in copy.lines])
        assert copy.filled.values["A1-1", Field.SCORE].raw == "4-5"
        assert copy.outside == ()
    straight, crooked = where
    assert crooked == straight
    assert ("A1-1", Field.SCORE) in {place for place, _source, _found in straight}


def test_an_error_sign_comes_back_blank_and_red_and_its_note_tells_of_it() -> None:
    _copy, data = copied(typed_in({("A1-1", Field.SCORE): ERROR, ("A1-2", Field.SCORE): 2}))
    page = openpyxl.load_workbook(io.BytesIO(data))["工作"]
    assert page["G7"].value is None
    assert page["G7"].comment
    assert "#REF!" in page["G7"].comment.text
    assert "0–5 分" in page["G7"].comment.text
    assert page["G7"].fill.fgColor.rgb != page["G8"].fill.fgColor.rgb
    assert page["G8"].comment is None


def test_validation_colours_and_self_check_stay_and_the_panel_says_what_it_is() -> None:
    copy, data = copied(typed_in({("A1-1", Field.SCORE): "4-5"}))
    plain = openpyxl.load_workbook(io.BytesIO(write_form(plan(1), RICH, created=CREATED)))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == [FRONT_SHEET, *plain.sheetnames]
    for sheet in plain.worksheets:
        page = book[sheet.title]
        rules = [each.data_validations.dataValidation for each in (sheet, page)]
        assert len(rules[0]) == len(rules[1])
        unlocked = [
            {c.coordinate for row in each.iter_rows() for c in row if not c.protection.locked}
            for each in (sheet, page)
        ]
        assert unlocked[0] == unlocked[1]
        assert len(page.conditional_formatting) >= len(sheet.conditional_formatting)
    assert book["工作"]["A1"].value == plain["工作"]["A1"].value
    stored = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["工作"]
    n = len(copy.lines)
    assert stored["A1"].value == f"本表退回修改：还有 {n} 处要改，见第一张工作表“{FRONT_SHEET}”"
    assert stored["J7"].value == "×要改"


def test_the_first_sheet_links_every_fault_to_its_cell() -> None:
    copy, data = copied(typed_in({("A1-1", Field.SCORE): "4-5"}))
    page = openpyxl.load_workbook(io.BytesIO(data))[FRONT_SHEET]
    rows = [row for row in page.iter_rows(min_row=4) if isinstance(row[0].value, int)]
    assert len(rows) == len(copy.lines)
    first = [cell.value for cell in rows[0]]
    assert first[1:5] == ["工作 G7", copy.lines[0].item, "“4-5”", "0–5 分，每 0.5 分一档"]
    links = [row[1].hyperlink.location for row in rows if row[1].hyperlink]
    assert links[0] == "'工作'!G7"
    assert len(links) == len(rows)


def test_what_stands_outside_the_form_is_listed_and_harms_no_reading() -> None:
    # A label typed as points would pass for the form's own, were it not quoted when listed.
    book = typed_in({("A1-1", Field.SCORE): "姓名"})
    book = edited(book, 0, lambda v: {**v, (9, 14): value("因病请假"), (7, 8): value(5)})
    book = edited(book, 0, lambda v: {**v, (8, 6): value(30)})  # 满分 tampered with
    extra = Sheet("材料", hidden=False, values={(2, 2): value("表单码："), (3, 1): value("明细")})
    book = replace(book, sheets=(*book.sheets, extra))
    copy, data = copied(book)
    listed = {(each.source.sheet, each.source.cell, each.text) for each in copy.outside}
    assert listed == {
        ("工作", "N9", "因病请假"),
        ("工作", "H7", "5"),
        ("工作", "F8", "30"),
        ("材料", "B2", "表单码："),
        ("材料", "A3", "明细"),
    }
    again = read_book(data)
    assert (read(again, 0, 1).faults, read(again, 0, 1).name) == ((), MEMBER.name)
    assert outside(again, read(again, 0, 1), plan(1)) == ()


@pytest.mark.parametrize(
    ("typed", "later"),
    [
        ("4-5", "4-6"),
        ("4-5", "45"),
        ("省级", "市级"),
        ("京〔2014〕1号", "京〔2015〕1号"),
        ("Ab", "aB"),
    ],
)
def test_a_condition_holds_until_something_else_is_typed(typed: str, later: str) -> None:
    assert unchanged("$G$7", typed, "省市") != unchanged("$G$7", later, "省市")
    assert unchanged("$G$7", 5.5) == "=$G$7=5.5"


@pytest.mark.parametrize("typed", ["张三", '&A1&"', "_x0022_", "=1", "长" * 300, "𠮷\n"])
def test_no_word_of_a_member_stands_in_a_condition(typed: str) -> None:
    assert re.sub(r"(?<=[=$])\d+", "#", unchanged("$G$7", typed)) == (
        "=AND(ISTEXT($G$#),LEN($G$#)=#,SUMPRODUCT(FIND(MID($G$#,ROW($#:$#),1),"
        '"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-."'
        "&MID($G$#,ROW($#:$#),1))*ROW($#:$#))=#)"
    )


def test_the_private_text_is_short_and_names_the_first_faults() -> None:
    scores = {item.code: item.most for part in RICH.parts for item in part.items}
    cells: dict[Place, Typed] = {(code, Field.SCORE): most for code, most in scores.items()}
    copy, _data = copied(typed_in({**cells, ("A1-1", Field.SCORE): "4-5"}))
    assert letter(copy) == (
        "张三，您的表有1处需改：A1-1 读到“4-5”，应填 0–5 分，每 0.5 分一档；"
        "表在附件，改好后私发给我，谢谢！"
    )


# ------------------------------------------------------------------ the loop, in a round

FAULTY: Answers = {**full(), "A1-1": "4-5", "A1-2": 9, "A2-1": {"自评分": 3, "佐证说明": "见档案"}}


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [person("001", "张静"), person("002", "李明")]
    folder = make(tmp_path_factory.mktemp("原样") / "考核", UNREVIEWED, rows)
    make_forms(rounds.Round(folder))
    return folder


@pytest.fixture
def folder(handed_out: Path, tmp_path: Path) -> Path:
    """A round in which one form with two faults and a good one wait."""
    copy = shutil.copytree(handed_out, tmp_path / "考核")
    drop(copy, "张.xlsx", fill(blank(copy, "001"), FAULTY))
    drop(copy, "李.xlsx", fill(blank(copy, "002"), full()))
    return copy


def go(folder: Path) -> Collected:
    return collect(rounds.Round(folder))


def copy_of(folder: Path, member: str = "001") -> Path:
    (path,) = (folder / rounds.COPIES).glob(f"{member}-*.xlsx")
    return path


def marks(path: Path) -> set[str]:
    book = openpyxl.load_workbook(path)
    return {
        str(row[0].value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def file_of(document: Json, name: str) -> Json:
    (file,) = (each for each in document["files"] if each["file"] == f"收回/{name}")
    return dict(file)


def send_back(folder: Path, name: str, answers: Answers) -> None:
    """The member types into the copy and sends it; an older clock does not matter."""
    saved = SAVED - timedelta(days=3)
    drop(folder, name, fill(copy_of(folder), answers, saved=saved))


def test_a_corrected_copy_counts_and_its_faults_are_said_to_be_settled(folder: Path) -> None:
    first = go(folder)
    assert marks(copy_of(folder)) == {"A1-1", "A1-2"}
    assert sorted(path.name for path in (folder / rounds.COPIES).iterdir()) == sorted(
        [Path(copy_name(Member(id="001", name="张静"))).name, Path(LETTERS).name]
    )
    assert by_id(first.document)["001"]["status"] == "undecided"
    send_back(folder, "改好.xlsx", {"A1-1": 5, "A1-2": 3})
    second = go(folder).document
    assert file_of(second, "改好.xlsx")["status"] == "accepted"
    assert file_of(second, "张.xlsx")["status"] == "superseded"
    assert by_id(second)["001"]["total"] == "100"
    (note,) = file_of(second, "改好.xlsx")["findings"]
    assert (note["code"], note["severity"]) == ("X605", "note")
    assert "2 处问题都已改好" in note["message"]
    assert list((folder / rounds.COPIES).iterdir()) == []


def test_what_is_still_wrong_comes_back_alone_with_the_rest_kept(folder: Path) -> None:
    go(folder)
    send_back(folder, "一半.xlsx", {"A1-1": 5})
    document = go(folder).document
    assert marks(copy_of(folder)) == {"A1-2"}
    assert "改好了 1 处" in file_of(document, "一半.xlsx")["findings"][-1]["message"]
    assert openpyxl.load_workbook(copy_of(folder)).sheetnames.count(FRONT_SHEET) == 1
    send_back(folder, "全好.xlsx", {"A1-2": 3})
    document = go(folder).document
    assert file_of(document, "全好.xlsx")["status"] == "accepted"
    assert by_id(document)["001"]["total"] == "100"


def test_an_untouched_copy_changes_nothing_but_its_generation(folder: Path) -> None:
    go(folder)
    before = copy_of(folder).read_bytes()
    drop(folder, "没改.xlsx", before)
    document = go(folder).document
    assert file_of(document, "没改.xlsx")["status"] == "returned"
    assert file_of(document, "张.xlsx")["status"] == "superseded"
    assert copy_of(folder).read_bytes() != before
    assert marks(copy_of(folder)) == {"A1-1", "A1-2"}


def test_again_with_nothing_new_no_copy_is_touched_and_a_lost_one_is_made_again(
    folder: Path,
) -> None:
    go(folder)
    path = copy_of(folder)
    stat, data = path.stat().st_mtime_ns, path.read_bytes()
    assert go(folder).changed is False
    assert path.stat().st_mtime_ns == stat
    path.unlink()
    assert go(folder).changed is True
    assert path.read_bytes() == data
    assert go(folder).changed is False


def test_a_copy_filled_in_where_it_lay_is_kept_before_it_goes(folder: Path) -> None:
    go(folder)
    path = copy_of(folder)
    changed = fill(path, {"A1-1": 5})
    path.write_bytes(changed)
    drop(folder, "又一份.xlsx", fill(blank(folder, "001"), full(), saved=LATER))
    done = go(folder)
    assert not path.exists()
    assert changed in {each.read_bytes() for each in (folder / rounds.OLD).iterdir()}
    assert [each.kept for each in done.copies if each.kept]


def test_files_of_people_in_the_folder_of_copies_stay(folder: Path) -> None:
    go(folder)
    own = folder / rounds.COPIES / "已发微信.txt"
    own.write_text("张静 12月11日")
    send_back(folder, "改好.xlsx", {"A1-1": 5, "A1-2": 3})
    go(folder)
    assert own.read_text() == "张静 12月11日"


def test_letters_stand_in_the_roster_s_order_however_files_are_called(folder: Path) -> None:
    drop(folder, "一.xlsx", fill(blank(folder, "002"), FAULTY))
    go(folder)
    letters = (folder / LETTERS).read_text("utf-8-sig")
    assert letters.index("001-") < letters.index("002-")


def test_each_private_text_tells_of_one_member(folder: Path) -> None:
    drop(folder, "李.xlsx", fill(blank(folder, "002"), {**full(), "B1-1": "满分"}))
    go(folder)
    letters = (folder / LETTERS).read_bytes().decode("utf-8-sig")
    paragraphs = [each for each in letters.split("\r\n\r\n") if each.strip()]
    assert len(paragraphs) == 2
    for paragraph, name, other in zip(paragraphs, ("张静", "李明"), ("李明", "张静"), strict=True):
        attached, words = paragraph.strip().split("\r\n")
        assert (folder / rounds.COPIES / attached).is_file()
        assert words.startswith(f"{name}，您的表有")
        assert other not in paragraph


def rename(book: Workbook, name: str) -> None:
    for part in AGREEMENT.parts:
        for row in book[part.sheet].iter_rows(max_row=8):
            for cell in row:
                if cell.value == "李明":
                    cell.value = name


def test_nothing_typed_under_another_name_reaches_the_owner_of_the_form(folder: Path) -> None:
    book = openpyxl.load_workbook(blank(folder, "002"))
    type_in(book, {**full(), "A1-1": {"自评分": 4, "佐证说明": "乙某的私事"}}, AGREEMENT.terms)
    rename(book, "乙某某")
    drop(folder, "李.xlsx", packed(book))
    document = go(folder).document
    assert "F215" in [f["code"] for f in file_of(document, "李.xlsx")["findings"]]
    texts = " ".join(
        str(cell.value)
        for sheet in openpyxl.load_workbook(copy_of(folder, "002")).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )
    assert not re.search("乙某", texts + (folder / LETTERS).read_text("utf-8-sig"))


@pytest.mark.office
def test_a_copy_corrected_in_libreoffice_is_accepted(folder: Path, office: Office) -> None:
    go(folder)
    source = copy_of(folder)
    shown = office.read(source)["目标管理"]
    assert str(shown["A1"]).startswith("填表自检：")
    office.fill(source, drop(folder, "改好.xlsx", b""), {"A1-1": 5, "A1-2": 3})
    document = go(folder).document
    assert file_of(document, "改好.xlsx")["status"] == "accepted"
    assert [f["code"] for f in file_of(document, "改好.xlsx")["findings"]] == ["X605"]
    assert by_id(document)["001"]["total"] == "100"


def test_a_bonus_without_its_proof_is_told_with_the_column_that_is_missing() -> None:
    cells: dict[Place, Typed] = {("A+1-1", Field.CLAIM): 1, ("A+1-1", Field.REASON): "获奖"}
    copy, _data = copied(typed_in(cells))
    missing = {line.place for line in copy.lines if line.place and line.place[0] == "A+1-1"}
    assert missing == {("A+1-1", f) for f in (Field.LEVEL, Field.DOCUMENT, Field.DATE)}
    terms = RICH.terms
    told = {_short(line) for line in copy.lines if line.place in missing}
    assert told == {f"A+1-1{name}" for name in (terms.level, terms.document, terms.date)}
