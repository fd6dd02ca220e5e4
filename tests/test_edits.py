"""Whatever people do to a form: the same numbers, or a finding with its cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from openpyxl.utils.cell import coordinate_to_tuple
from reading_rows import (
    BLANK,
    PLACES,
    POINTS,
    A,
    B,
    Case,
    Edit,
    Grid,
    Typed,
    World,
    by_hand,
    harmless,
    marked,
    number,
    question,
    replaced,
    round_of,
    row,
    seen,
    shows,
    text,
    type_in,
    wanted,
)
from rounds import UNREVIEWED

from sheetflow.model import Field

TERMS = UNREVIEWED.terms
Rows = Callable[[list[int]], list[int]]
#: Rows of the headings and of the first item; columns of the codes, the points, the claims.
TOP, FIRST = 6, 7
CODES, POINTS_AT, CLAIMS_AT = 1, 7, 9


def sheet(book: list[Grid], title: str) -> Grid:
    return next(grid for grid in book if grid.title == title)


def tables(book: list[Grid]) -> list[Grid]:
    return [sheet(book, title) for title in (A, B)]


# ------------------------------------------------------------------ rows and columns


def rows_inserted(book: list[Grid]) -> None:
    """Two rows above the headings, one among the items."""
    for grid in tables(book):
        grid.move(rows=lambda r: r + 2 * (r > 2) + (r > FIRST + 3))


def margins_deleted(book: list[Grid]) -> None:
    """What is printed below the total goes, and the titles too."""
    for grid in tables(book):
        last = grid.row(TERMS.total)
        grid.cells = {(r, c): each for (r, c), each in grid.cells.items() if r <= last}
        grid.move(rows=lambda r: r if r < 3 else r - 2 if r > 4 else 0)


def reordered(title: str, first: str, last: str, order: Rows) -> Edit:
    """Put the rows between two codes into another order, whole rows."""

    def edit(book: list[Grid]) -> None:
        grid = sheet(book, title)
        rows = list(range(grid.row(first), grid.row(last) + 1))
        places = dict(zip(order(rows), rows, strict=True))
        grid.move(rows=lambda r: places.get(r, r))

    return edit


def points_of(typed: Typed) -> float:
    return float(typed.content.removeprefix("<v>").removesuffix("</v>"))


def points_sorted(book: list[Grid]) -> None:
    """Only the column of points was chosen before sorting."""
    grid = sheet(book, A)
    rows = range(grid.row("A1-1"), grid.row("A2-6") + 1)
    points = sorted((grid.cells[r, POINTS_AT] for r in rows), key=points_of, reverse=True)
    grid.cells |= {(r, POINTS_AT): typed for r, typed in zip(rows, points, strict=True)}


def moved_below_bonus(book: list[Grid]) -> None:
    grid = sheet(book, A)
    item, claim = grid.row("A5-2"), grid.row("A+1-2")
    grid.move(rows=lambda r: claim - 1 if r == item else r - (item < r < claim))


def hidden(book: list[Grid]) -> None:
    for grid in tables(book):
        grid.behind = f'<autoFilter ref="A6:I50"><filterColumn colId="{POINTS_AT - 1}"><filters>'
        grid.behind += '<filter val="5"/></filters></filterColumn></autoFilter>'


def rows_and_columns_hidden(name: str, xml: str) -> str:
    """As programs write it: an attribute of the row, of the column."""
    if "worksheets/" not in name:
        return xml
    xml = re.sub(r'<row r="(1\d)"', r'<row r="\1" hidden="1"', xml)
    return xml.replace('<col min="1" max="1"', '<col min="1" max="1" hidden="1"')


def columns_inserted(book: list[Grid]) -> None:
    for grid in tables(book):
        grid.move(columns=lambda c: c + 1 + 2 * (c >= POINTS_AT))


def points_moved_last(book: list[Grid]) -> None:
    """The column from the headings on; what was beside it stays."""
    for grid in tables(book):
        grid.cells = {
            (r, 16 if c == POINTS_AT and r >= TOP else c): each
            for (r, c), each in grid.cells.items()
        }


def columns_mirrored(book: list[Grid]) -> None:
    """The table from its headings on stands the other way round."""
    for grid in tables(book):
        grid.cells = {
            (r, 12 - c if r >= TOP and c < 12 else c): each for (r, c), each in grid.cells.items()
        }


def column_deleted(letter: str, *titles: str) -> Edit:
    gone = "ABCDEFGHIJ".index(letter) + 1

    def edit(book: list[Grid]) -> None:
        for title in titles or (A, B):
            sheet(book, title).move(columns=lambda c: 0 if c == gone else c - (c > gone))

    return edit


def row_deleted(book: list[Grid]) -> None:
    gone = sheet(book, A).row("A1-2")
    sheet(book, A).move(rows=lambda r: 0 if r == gone else r - (r > gone))


def nothing(_book: list[Grid]) -> None:
    """Saving alone takes merged cells apart and loses every format."""


def points_merged(book: list[Grid]) -> None:
    del sheet(book, A).cells[FIRST + 1, POINTS_AT]
    sheet(book, A).behind = '<mergeCells count="1"><mergeCell ref="G7:G8"/></mergeCells>'


# ------------------------------------------------------------------ sheets


def renamed(book: list[Grid]) -> None:
    for grid, title in zip(tables(book), ("Sheet1", "我的表"), strict=True):
        grid.title = title
    book.reverse()


def titles_swapped(book: list[Grid]) -> None:
    for grid, title in zip(tables(book), (B, A), strict=True):
        grid.title = title


def sheet_added(book: list[Grid]) -> None:
    lines = (("编号", "得分", "想法"), ("A1-1", "5", "写满"), ("A1-2", "3", "再问问"))
    cells = {
        (r, c): text(word) for r, line in enumerate(lines, 1) for c, word in enumerate(line, 1)
    }
    book.insert(0, Grid("草稿", cells))


def people_listed(book: list[Grid]) -> None:
    """A list of the pupils a member helped, before the form's own sheets."""
    lines = (("编号", "姓名", "性别"), ("1", "某生", "女"))
    cells = {
        (r, c): text(word) for r, line in enumerate(lines, 1) for c, word in enumerate(line, 1)
    }
    book.insert(0, Grid("帮扶名单", cells))


def sheet_copied(book: list[Grid]) -> None:
    copy = Grid(f"{B} (2)", dict(sheet(book, B).cells))
    copy.type("G7", number(1))
    book.append(copy)


def copy_kept(book: list[Grid]) -> None:
    book.append(Grid(f"{B} (2)", dict(sheet(book, B).cells)))
    book.remove(sheet(book, B))


def sheets_deleted(*titles: str) -> Edit:
    def edit(book: list[Grid]) -> None:
        book[:] = [grid for grid in book if grid.title not in titles]

    return edit


def sheet_hidden(book: list[Grid]) -> None:
    sheet(book, B).state = "veryHidden"


# ------------------------------------------------------------------ pasted elsewhere


def pasted(*titles: str) -> Edit:
    """Copy, paste values into a new workbook: nothing else of the form is left."""

    def edit(book: list[Grid]) -> None:
        book[:] = [
            Grid(
                f"Sheet{n}",
                # A formula leaves its value; these have none stored.
                {
                    at: each
                    for at, each in sheet(book, title).cells.items()
                    if "<f>" not in each.content
                },
            )
            for n, title in enumerate(titles, 1)
        ]

    return edit


def joined(book: list[Grid]) -> None:
    first, second = book
    second.move(rows=lambda r: r + 60)
    book[:] = [replace(first, cells={**first.cells, **second.cells})]


def turned(book: list[Grid]) -> None:
    for grid in book:
        grid.cells = {(c, r): each for (r, c), each in grid.cells.items()}


# ------------------------------------------------------------------ printed texts


def wrote(cell: str, typed: Typed, *titles: str) -> Edit:
    def edit(book: list[Grid]) -> None:
        for title in titles or (A,):
            sheet(book, title).type(cell, typed)

    return edit


def cleared(cell: str) -> Edit:
    def edit(book: list[Grid]) -> None:
        del sheet(book, A).cells[coordinate_to_tuple(cell)]

    return edit


def row_added(code: str, below: str, column: int, points: float | str) -> Edit:
    """A member wants one row more and writes it below the last."""
    typed = text(points) if isinstance(points, str) else number(points)

    def edit(book: list[Grid]) -> None:
        grid = sheet(book, A)
        new = grid.row(below) + 1
        grid.move(rows=lambda r: r + (r >= new))
        grid.cells |= {(new, CODES): text(code), (new, column): typed}

    return edit


def block_twice(book: list[Grid]) -> None:
    """The bonus block was copied below, to have room for more."""
    grid = sheet(book, B)
    top, bottom = grid.row("B+1-1") - 1, grid.row("B+3-3")
    grid.cells |= {(r + 20, c): t for (r, c), t in grid.cells.items() if top <= r <= bottom}


# ------------------------------------------------------------------ what must come of it


def backwards(rows: list[int]) -> list[int]:
    return rows[::-1]


def tail_first(rows: list[int]) -> list[int]:
    return rows[9:] + rows[:9]


def name_spaced(book: list[Grid]) -> None:
    for grid in tables(book):
        cell = grid.cells[5, 2]
        grid.cells[5, 2] = cell._replace(content=cell.content.replace("甲", " 甲　"))


def head_deleted(book: list[Grid]) -> None:
    for grid in tables(book):
        grid.move(rows=lambda r: r - 5)


APPROVED = PLACES["A1-1", Field.APPROVED]
EDITS = (
    harmless("表头上方、表格中间插入空行", by_hand(rows_inserted)),
    harmless("删去标题、签字栏等项目以外的行", by_hand(margins_deleted)),
    harmless("各项按编号倒着排序", by_hand(reordered(A, "A1-1", "A5-2", backwards))),
    harmless("加分各行倒着排序", by_hand(reordered(A, "A+1-1", "A+5-3", backwards))),
    harmless("把几行剪切到别的项目下面", by_hand(reordered(A, "A1-1", "A5-2", tail_first))),
    harmless("筛选掉一些行", by_hand(hidden)),
    harmless("隐藏行和列", lambda data: replaced(data, rows_and_columns_hidden)),
    harmless("插入列", by_hand(columns_inserted)),
    harmless("自评分一列移到最右", by_hand(points_moved_last)),
    harmless("各列左右颠倒", by_hand(columns_mirrored)),
    harmless("拆开合并的格子，格式也都丢了", by_hand(nothing)),
    harmless("删去“检查”一列", by_hand(column_deleted("J"))),
    harmless("删去“满分”一列", by_hand(column_deleted("F"))),
    harmless("删去“一级指标”一列，表单码、姓名也在其中", by_hand(column_deleted("B")), "F211"),
    harmless("连表单码、姓名一起删去表头以上的行", by_hand(head_deleted), "F211"),
    harmless("插行、插列、筛选、改表名一起做",
             by_hand(rows_inserted, columns_inserted, hidden, renamed)),
    question("删去一项（A1-2）的整行", by_hand(row_deleted), f"F205 {A}"),
    question("一项（A5-2）移到了加分栏里", by_hand(moved_below_bonus), f"F204 {A}!A34"),
    question("只选中自评分一列排序，行与分数错开", by_hand(points_sorted),
             f"V402 {A}!G9", f"V402 {A}!G10"),
    question("两项的自评分合并成一格", by_hand(points_merged), f"V405 {A}!G8"),
    question("删去“自评分”一列（加分的“文号”也在这一列）", by_hand(column_deleted("G", A)),
             f"F204 {A}!A7", f"F204 {A}!A33", more=True),
    question("删去“编号”一列", by_hand(column_deleted("A", B)), "F204", words=B),
    question("删去“申报分”一列", by_hand(column_deleted("I", A)), f"F204 {A}!A34"),
    harmless("工作表改名、换顺序", by_hand(renamed)),
    harmless("两张工作表的名字互换", by_hand(titles_swapped)),
    harmless("添一张自己的草稿工作表", by_hand(sheet_added), "F221 草稿"),
    harmless("前面添一张帮扶学生的名单", by_hand(people_listed), "F221 帮扶名单"),
    harmless("工作表复制后删去原来的", by_hand(copy_kept)),
    harmless("工作表被隐藏", by_hand(sheet_hidden)),
    harmless("删去填表说明和隐藏的工作表", by_hand(sheets_deleted("填表说明", "_sf"))),
    question("工作表复制了一张，两张都在", by_hand(sheet_copied), f"F206 {B} (2)!G7", more=True),
    question("删去一张工作表", by_hand(sheets_deleted(B)), "F204", words=B),
    harmless("只把数值粘贴到新工作簿，各成一张", by_hand(pasted(A, B))),
    harmless("只把数值粘贴到新工作簿的一张表，上下相接", by_hand(pasted(A, B), joined)),
    question("只粘贴了一张表到新工作簿", by_hand(pasted(A)), "F204", words=B),
    Case(name="行列互换（转置）粘贴到新工作簿", change=by_hand(pasted(A, B), turned),
         status="refused", total=None, told=("F202",)),
    question("两行写成同一个编号", by_hand(wrote("A8", text("A1-1"))),
             f"F205 {A}", f"F206 {A}!G8"),
    question("编号被清空", by_hand(cleared("A8")), f"F205 {A}", f"F220 {A}!G8"),
    question("编号被改错", by_hand(wrote("A8", text("A12"))), f"F205 {A}", f"F220 {A}!G8"),
    question("加分栏整块又抄了一遍", by_hand(block_twice), f"F206 {B}!I43", more=True),
    harmless("编号改成小写、全角，带空格", by_hand(wrote("A8", text(" ａ１－２ ")))),
    harmless("表头里有空格、换行", by_hand(wrote("G6", text("自评\n分 ")))),
    question("表头“自评分”改成别的字", by_hand(wrote("G6", text("自己打的分"))), f"F204 {A}!A7"),
    question("两栏都写成“自评分”", by_hand(wrote("K6", text("自评分"))), f"F217 {A}!K6"),
    harmless("考核内容、计分规则的文字被改",
             by_hand(wrote("C7", text("别的内容")), wrote("D7", text("缺席不扣分，满分 50"))),
             f"F219 {A}!C7", f"F219 {A}!D7"),
    harmless("印好的满分被改", by_hand(wrote("F7", number(50))), f"F218 {A}!F7"),
    question("满分改大，分数也照着填大", by_hand(wrote("F7", number(50)), wrote("G7", number(50))),
             f"F218 {A}!F7", f"V402 {A}!G7"),
    harmless("姓名里加了空格", by_hand(name_spaced)),
    harmless("合计手填成别的数", by_hand(wrote("I50", number(95))), f"T501 {A}!I50"),
    harmless("合计手填成文字", by_hand(wrote("I50", text("满分"))), f"T501 {A}!I50"),
    harmless("小计、自检一行被写上别的字",
             by_hand(wrote("G32", number(60)), wrote("A1", text("已检查")))),
    harmless("填了“核定分”一栏", by_hand(wrote("H7", number(5))), f"V413 {A}!H7"),
    question("分数填在“核定分”一栏",
             lambda data: type_in(data, {POINTS["A1-1"]: BLANK, APPROVED: number("4.5")}),
             f"V405 {A}!G7", f"V413 {A}!H7"),
    question("自己加了一行项目（A1-6）",
             by_hand(row_added("A1-6", "A5-2", POINTS_AT, 5)), f"F220 {A}!G32", words="A1-6"),
    question("加了一行，编号像原有的，分数写成文字",
             by_hand(row_added("A1-6", "A5-2", POINTS_AT, "五分")), f"F220 {A}!G32", words="五分"),
    question("自己加了一行加分（A+1-4）",
             by_hand(row_added("A+1-4", "A+1-3", CLAIMS_AT, 6)), f"F220 {A}!I37",
             words="A+1-4"),
    question("加了一行没有编号的加分，分数写成文字",
             by_hand(row_added("", "A+1-3", CLAIMS_AT, "加两分")), f"F220 {A}!I37",
             words="加两分"),
    harmless("合计旁边写了一句话", by_hand(wrote("K50", text("请核")))),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return round_of(tmp_path_factory.mktemp("改过") / "考核", EDITS)


@pytest.mark.parametrize("case", [*map(marked, EDITS)])
def test_an_edit_changes_no_number_or_is_told_with_its_cell(world: World, case: Case) -> None:
    assert seen(world, case) == wanted(case)


def test_the_manual_shows_the_edits(world: World) -> None:
    assert shows("改动", [row(world, case) for case in EDITS if not case.wrong])
