"""Whose form it is and which version counts: found without doubt, or a person is asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading_rows import (
    GOOD,
    POINTS,
    TOTAL,
    VERDICTS,
    A,
    B,
    Change,
    Edit,
    Grid,
    by_hand,
    filled,
    marked,
    number,
    opened,
    places,
    replaced,
    said,
    saved,
    sentence,
    shows,
    text,
)
from rounds import (
    SAVED,
    UNREVIEWED,
    Json,
    blank,
    by_file,
    by_id,
    collected,
    drop,
    fill,
    forms,
    make,
    person,
    write_roster,
    write_scheme,
)

from sheetflow import round as rounds
from sheetflow import schemes
from sheetflow.flows.collect import collect
from sheetflow.flows.init import make_round
from sheetflow.model import Item, Part, Scheme

DORMITORY = Path(__file__).parent / "systems" / "dormitory" / "scheme.toml"
LATER = SAVED + timedelta(days=2)
EARLIER = SAVED - timedelta(days=2)


# ------------------------------------------------------------------ schemes that changed


def with_items(scheme: Scheme, change: Callable[[Item], Item]) -> Scheme:
    def part(each: Part) -> Part:
        sections = tuple(replace(s, items=tuple(map(change, s.items))) for s in each.sections)
        return replace(each, sections=sections)

    return replace(scheme, parts=tuple(map(part, scheme.parts)))


def recoded(item: Item) -> Item:
    return replace(item, code="A5-3") if item.code == "A5-2" else item


def shifted(item: Item) -> Item:
    """A point of A2-6 goes to A2-1."""
    more = {"A2-1": 1, "A2-6": -1}.get(item.code, 0)
    levels = tuple(level for level in item.levels if level.points <= item.most + more)
    return replace(item, most=item.most + more, levels=levels)


FIRST = UNREVIEWED
SECOND = with_items(FIRST, recoded)
NOW = with_items(SECOND, shifted)
LAST_YEAR = replace(FIRST, year=2014, period_start=date(2014, 1, 1), period_end=date(2014, 12, 31))


# ------------------------------------------------------------------ the round and its neighbours


class House(NamedTuple):
    """Where blank forms lie: of this round now and under older schemes, of other rounds."""

    folder: Path
    blanks: dict[str, Path]

    def form(self, member: str, *, where: str = "", **more: object) -> bytes:
        """A good form of a member; ``more`` are scores, as in ``A1_1=3``."""
        source = self.blanks.get(where) or blank(self.folder, member)
        typed = {POINTS[c.replace("_", "-")]: number(v) for c, v in more.items()}
        return filled(source, {**GOOD, **typed})


Make = Callable[[House, str], bytes]


@dataclass(frozen=True, kw_only=True)
class Handed:
    """One file handed in and what must be said about it."""

    name: str
    make: Make
    status: str = "accepted"
    #: Whose it was found to be: ``own``, nobody's, or this member's.
    owner: str | None = "own"
    total: str | None = TOTAL
    told: tuple[str, ...] = ()
    #: Whether it is made of the member's own form though it is found to be nobody's.
    mine: bool = False
    #: What the program still does wrong.
    wrong: str = ""


def nobodys(name: str, make_: Make, *told: str, mine: bool = False) -> Handed:
    """Make a case that is refused: nobody knows whose it is, or it is not of this round."""
    return Handed(
        name=name, make=make_, status="refused", owner=None, total=None, told=told, mine=mine
    )


def own(*changes: Edit) -> Make:
    """A member's own form, changed at a desk."""
    return lambda house, member: by_hand(*changes)(house.form(member))


def sheet(book: list[Grid], title: str) -> Grid:
    return next(grid for grid in book if grid.title == title)


def visible_only(book: list[Grid]) -> None:
    book[:] = [grid for grid in book if grid.title in {A, B}]


def code_of(book: list[Grid]) -> str:
    content = sheet(book, A).cells[2, 2].content
    return content[content.index(">", 4) + 1 : content.index("</t>")]


def code_as(change: Callable[[str], str], *titles: str) -> Edit:
    """Type the form code another way, in both sheets or in one."""

    def edit(book: list[Grid]) -> None:
        typed = text(change(code_of(book)))
        for title in titles or (A, B):
            sheet(book, title).cells[2, 2] = typed

    return edit


def slip(code: str) -> str:
    """A form code with its last letter wrong."""
    return code[:-1] + ("2" if code[-1] != "2" else "3")


def spaced(code: str) -> str:
    return f" {code[:5]} {code[5:]} "


def wide(code: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in code)


def cleared(*cells: tuple[int, int]) -> Edit:
    def edit(book: list[Grid]) -> None:
        for title in (A, B):
            for cell in cells:
                del sheet(book, title).cells[cell]

    return edit


def named(name: str) -> Edit:
    def edit(book: list[Grid]) -> None:
        for title in (A, B):
            sheet(book, title).cells[5, 2] = text(name)

    return edit


def numbered(member: str) -> Edit:
    def edit(book: list[Grid]) -> None:
        for title in (A, B):
            sheet(book, title).cells[5, 5] = text(member)

    return edit


def forged(book: list[Grid]) -> None:
    """The hidden token names somebody else, its signature is the old one."""
    hidden = sheet(book, "_sf")
    token = hidden.cells[1, 1]
    pieces = token.content.split("|")
    pieces[3] = FRIEND
    hidden.cells[1, 1] = token._replace(content="|".join(pieces))


def with_code_of_friend(house: House, member: str, *titles: str) -> bytes:
    theirs = code_of(opened(house.form(FRIEND)))
    return by_hand(code_as(lambda _own: theirs, *titles))(house.form(member))


def friends_form(house: House, member: str) -> bytes:
    """A colleague's filled form, copied; the own name typed in."""
    return by_hand(named(f"甲{member}"))(house.form(FRIEND))


def both_forms(house: House, member: str) -> bytes:
    mine, theirs = opened(house.form(member)), opened(house.form(FRIEND))
    for grid in theirs:
        grid.title += "2"
    return saved(house.form(member), [*mine, *theirs])


def half_and_half(house: House, member: str) -> bytes:
    mine, theirs = opened(house.form(member)), opened(house.form(FRIEND))
    return saved(house.form(member), [sheet(mine, A), sheet(theirs, B)])


def second_sheet_of_a_friend(house: House, member: str) -> bytes:
    mine, theirs = opened(house.form(member)), opened(house.form(FRIEND))
    copied = sheet(theirs, B)
    del copied.cells[2, 2]
    return saved(house.form(member), [sheet(mine, A), copied, *mine[2:]])


def from_(where: str, change: Change | None = None, **more: object) -> Make:
    """A form handed out elsewhere or under an older scheme."""

    def make_(house: House, _member: str) -> bytes:
        data = house.form("", where=where, **more)
        return change(data) if change else data

    return make_


def dormitory(house: House, _member: str) -> bytes:
    return house.blanks["dormitory"].read_bytes()


FRIEND, TWIN, OTHER_TWIN, GONE, DEFERRED = "901", "902", "903", "904", "905"
OLD, OLDER, OLDEST = "911", "912", "913"
B2 = f"{A}!B2"
HANDED = (
    Handed(name="姓名换成同事的（两人互换）", make=own(named("甲901")), status="returned",
           total=None, told=("F215",)),
    Handed(name="拿同事填好的表改了姓名交来", make=friends_form, status="returned",
           owner=FRIEND, total=None, told=("F215",)),
    Handed(name="同名同姓的两个人，各交各的", make=lambda h, _m: h.form(TWIN), owner=TWIN),
    Handed(name="同名同姓的另一个人", make=lambda h, _m: h.form(OTHER_TWIN), owner=OTHER_TWIN),
    Handed(name="发表以后从名册里删去的人", make=lambda h, _m: h.form(GONE), status="refused",
           owner=GONE, total=None, told=("F216",)),
    Handed(name="名册里注明缓评的人也交了表", make=lambda h, _m: h.form(DEFERRED),
           owner=DEFERRED, total=None, told=("X604",)),
    Handed(name="姓名被清空", make=own(cleared((5, 2)))),
    Handed(name="表上的编号改成别人的，表单码没动", make=own(numbered(FRIEND)),
           status="returned", total=None, told=(f"F215 {A}!E5", f"F215 {B}!E5")),
    Handed(name="第二张工作表是同事的，表单码清空了", make=second_sheet_of_a_friend,
           status="returned", total=None, told=(f"F215 {B}!B5", f"F215 {B}!E5")),
    nobodys("去年的表", from_("last year"), f"F203 {B2}"),
    nobodys("去年的表，只把数值粘贴到新工作簿", from_("last year", by_hand(visible_only)),
            f"F205 {A}", f"F208 {B2}", f"F220 {A}!G31"),
    nobodys("别的支部的表，方案相同", from_("other branch"), f"F203 {B2}"),
    nobodys("别的支部的表，只剩数值", from_("other branch", by_hand(visible_only)),
            f"F205 {A}", f"F208 {B2}", f"F220 {A}!G31"),
    nobodys("别的方案的表", dormitory, "F203"),
    Handed(name="旧方案的表，改动与填的无关", make=from_(OLD), owner=OLD, told=("F213",)),
    Handed(name="旧方案的表，分数超过现在的满分", make=from_(OLDER, A2_6=2.5), status="returned",
           owner=OLDER, total=None, told=("F213", f"V402 {A}!G17")),
    Handed(name="旧方案的表，现在的项目那时没有", make=from_(OLDEST), owner=OLDEST,
           total=None, told=("F213",)),
    nobodys("一个文件里有两个人的表", both_forms, f"F210 {A}2!B2", mine=True),
    nobodys("一张表是自己的，一张是同事的", half_and_half,
            f"F210 {B}!B2", mine=True),
    Handed(name="表单码手打成小写", make=own(visible_only, code_as(str.lower))),
    Handed(name="表单码里有空格", make=own(visible_only, code_as(spaced))),
    Handed(name="表单码打成全角", make=own(visible_only, code_as(wide))),
    nobodys("表单码里的 0 打成 O", own(visible_only, code_as(lambda c: c.replace("0", "O", 1))),
            f"F207 {B2}", mine=True),
    nobodys("表单码错一个字", own(visible_only, code_as(slip)),
            f"F207 {B2}", mine=True),
    nobodys("表单码错一个字，隐藏的标记还在", own(code_as(slip)),
            f"F207 {B2}", mine=True),
    Handed(name="表单码被清空，隐藏的标记还在", make=own(cleared((2, 2))), told=("F211",)),
    nobodys("表单码和隐藏的标记都没有了", own(cleared((2, 2)), visible_only),
            "F202", mine=True),
    nobodys("表单码改成同事的", with_code_of_friend,
            f"F209 {B2}", mine=True),
    nobodys("只在一张表上把表单码改成同事的", lambda h, m: with_code_of_friend(h, m, B),
            f"F210 {B}!B2", mine=True),
    Handed(name="隐藏的标记被改写，表单码是对的", make=own(forged)),
)  # fmt: skip


def neighbours(folder: Path) -> Iterator[tuple[str, Path]]:
    """Blank forms of other rounds."""
    same = make(folder / "别的支部", FIRST, [person("001")])
    before = folder / "去年"
    make_round(before, system="agreement", year=2014)
    write_scheme(before, LAST_YEAR)
    write_roster(before, LAST_YEAR, [person("001")])
    rooms = folder / "寝室"
    make_round(rooms, system=f"{DORMITORY.parent}/")
    write_roster(
        rooms, schemes.load_toml(DORMITORY.read_bytes()), [{"寝室号": "001", "寝室": "东一"}]
    )
    for name, each in (("other branch", same), ("last year", before), ("dormitory", rooms)):
        forms(each)
        yield name, blank(each, "001")


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("身份")
    ids = [f"{n:03d}" for n, handed in enumerate(HANDED, 1) if handed.owner == "own" or handed.mine]
    ids += [FRIEND, GONE, DEFERRED, OLD, OLDER, OLDEST, *VERSIONS]
    rows = [*map(person, ids), person(TWIN, "张伟"), person(OTHER_TWIN, "张伟")]
    here = make(folder / "考核", FIRST, rows)
    forms(here, OLDEST)
    old = {OLDEST: blank(here, OLDEST).rename(folder / "1.xlsx")}
    write_scheme(here, SECOND)
    forms(here, OLD, OLDER)
    old |= {each: blank(here, each).rename(folder / f"{each}.xlsx") for each in (OLD, OLDER)}
    write_scheme(here, NOW)
    forms(here)
    left = [row for row in rows if row["编号"] != GONE]
    left = [{**row, "状态": "缓评"} if row["编号"] == DEFERRED else row for row in left]
    write_roster(here, NOW, left)
    return House(here, dict(neighbours(folder)) | old)


# ------------------------------------------------------------------ versions

VERSIONS = ("906", "907", "921", "922", "923", "924", "925", "926", "927", "928")


def faulty_first(house: House) -> None:
    """What came in before anything was sent back."""
    for member in ("927", "928"):
        drop(house.folder, f"{member}旧.xlsx", house.form(member, A1_1=50))


def undated(data: bytes) -> bytes:
    def without(name: str, xml: str) -> str:
        return (
            xml.replace("dcterms:modified", "dcterms:other") if name.startswith("docProps") else xml
        )

    return replaced(data, without)


def at(house: House, member: str, moment: datetime, points: float) -> bytes:
    return filled(
        blank(house.folder, member), {**GOOD, POINTS["A1-1"]: number(points)}, saved=moment
    )


def versions(house: House) -> Iterator[tuple[str, bytes]]:
    """Several files of each member."""
    for member, points in (("906", 4.5), ("907", 3)):
        yield f"{member}.xlsx", house.form(member)
        copied = by_hand(named("甲908"))(at(house, member, LATER, points))
        yield f"{member}同事.xlsx", copied
    once = house.form("921")
    yield "921.xlsx", once
    yield "群文件/921(1).xlsx", once
    yield "922.xlsx", at(house, "922", SAVED, 4.5)
    yield "922又存.xlsx", at(house, "922", LATER, 4.5)
    yield "923旧.xlsx", at(house, "923", SAVED, 3)
    yield "923新.xlsx", at(house, "923", LATER, 4.5)
    yield "924甲.xlsx", at(house, "924", SAVED, 3)
    yield "924乙.xlsx", at(house, "924", SAVED, 4.5)
    yield "925甲.xlsx", undated(at(house, "925", SAVED, 3))
    yield "925乙.xlsx", undated(at(house, "925", LATER, 4.5))
    yield "926对.xlsx", at(house, "926", SAVED, 4.5)
    yield "926错.xlsx", at(house, "926", LATER, 50)
    for member in ("927", "928"):
        (copy,) = (house.folder / rounds.COPIES).glob(f"{member}-*.xlsx")
        yield f"{member}改好.xlsx", fill(copy, {"A1-1": 4.5}, saved=EARLIER)
    yield "928又交旧表.xlsx", at(house, "928", LATER, 3)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One of several files of a member and what became of it."""

    name: str
    file: str
    status: str
    total: str | None = TOTAL
    told: tuple[str, ...] = ()


KEPT = (
    Kept(name="被同事改了姓名又交：本人的", file="906.xlsx", status="superseded",
         total=None, told=("X603",)),
    Kept(name="被同事改了姓名又交：同事的", file="906同事.xlsx", status="returned",
         total=None, told=("F215",)),
    Kept(name="被同事改了姓名和分数又交：本人的", file="907.xlsx", status="superseded",
         total=None, told=("X603",)),
    Kept(name="被同事改了姓名和分数又交：同事的", file="907同事.xlsx", status="returned",
         total=None, told=("F215",)),
    Kept(name="同一个文件发了两次：其一", file="921.xlsx", status="accepted"),
    Kept(name="同一个文件发了两次：其二", file="群文件/921(1).xlsx", status="duplicate"),
    Kept(name="没有改动，又保存了一次：先存的",
         file="922.xlsx", status="superseded", told=("X603",)),
    Kept(name="没有改动，又保存了一次：后存的", file="922又存.xlsx", status="accepted"),
    Kept(name="改过再交：旧的", file="923旧.xlsx", status="superseded", told=("X603",)),
    Kept(name="改过再交：新的", file="923新.xlsx", status="accepted"),
    Kept(name="保存时间相同、内容不同：其一", file="924甲.xlsx", status="accepted", total=None),
    Kept(name="保存时间相同、内容不同：其二", file="924乙.xlsx", status="accepted", total=None),
    Kept(name="没有保存时间、内容不同：其一", file="925甲.xlsx", status="accepted", total=None),
    Kept(name="没有保存时间、内容不同：其二", file="925乙.xlsx", status="accepted", total=None,
         told=("X612",)),
    Kept(name="更新的一份有错：旧的没有错", file="926对.xlsx", status="superseded", total=None,
         told=("X603",)),
    Kept(name="更新的一份有错：新的", file="926错.xlsx", status="returned", total=None,
         told=(f"V402 {A}!G7",)),
    Kept(name="退回后改好（电脑的钟慢了）：改好的", file="927改好.xlsx", status="accepted",
         told=("X605",)),
    Kept(name="退回后改好（电脑的钟慢了）：原来的", file="927旧.xlsx", status="superseded",
         told=(f"V402 {A}!G7", "X603")),
    Kept(name="改好以后又交旧表，保存得更晚：改好的", file="928改好.xlsx", status="accepted"),
    Kept(name="改好以后又交旧表，保存得更晚：旧表", file="928又交旧表.xlsx",
         status="superseded", told=("X603",)),
)  # fmt: skip


@pytest.fixture(scope="module")
def document(handed_out: House) -> Json:
    faulty_first(handed_out)
    collected(handed_out.folder)
    for name, data in versions(handed_out):
        drop(handed_out.folder, name, data)
    for n, handed in enumerate(HANDED, 1):
        data = handed.make(handed_out, f"{n:03d}")
        drop(handed_out.folder, f"{n:03d}.xlsx", data)
    return collected(handed_out.folder)


@pytest.mark.parametrize("handed", [*map(marked, HANDED)])
def test_a_form_is_found_to_be_somebodys_or_a_person_is_asked(
    document: Json, handed: Handed
) -> None:
    member = f"{HANDED.index(handed) + 1:03d}"
    file, people = by_file(document)[f"收回/{member}.xlsx"], by_id(document)
    owner = member if handed.owner == "own" else handed.owner
    assert (file["status"], file["member"]) == (handed.status, owner), file["findings"]
    assert sorted(places(file)) == sorted(handed.told), file["findings"]
    assert all(f["message"] and f["fix"] for f in file["findings"])
    if owner in people:
        assert people[owner]["total"] == handed.total
    if owner != member and handed.mine:
        assert (people[member]["status"], people[member]["total"]) == ("missing", None)


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
def test_the_version_that_counts_is_the_latest_or_nobody_knows(document: Json, kept: Kept) -> None:
    file = by_file(document)[f"收回/{kept.file}"]
    assert (file["status"], sorted(places(file))) == (kept.status, sorted(kept.told))
    assert by_id(document)[file["member"]]["total"] == kept.total


def test_the_manual_shows_whose_and_which(document: Json) -> None:
    files = by_file(document)
    handed = [(h.name, f"{n:03d}.xlsx") for n, h in enumerate(HANDED, 1) if not h.wrong]
    kept = [(k.name, k.file) for k in KEPT]
    for section, those in (("身份", handed), ("版本", kept)):
        rows = []
        for name, file in those:
            found = files[f"收回/{file}"]
            undecided = [
                sentence(f)
                for f in document["findings"]
                if f["code"] == "X602" and found["file"] in f["found"]
            ]
            words = "；".join(filter(None, (*undecided, said(found))))
            rows.append((name, VERDICTS[found["status"]], words))
        assert shows(section, rows)


# ------------------------------------------------------------------ the order of arrival


class Pile(NamedTuple):
    """A round handed out, the files of two members, and what becomes of all of them."""

    folder: Path
    files: tuple[tuple[str, bytes], ...]
    outcome: Json


def told(folder: Path, runs: Sequence[Sequence[tuple[str, bytes]]]) -> Json:
    """What is known after these files came in, in these runs."""
    found: Json = {}
    for files in runs:
        for name, data in files:
            drop(folder, name, data)
        found = collect(rounds.Round(folder)).document
    return {key: value for key, value in found.items() if key != "changed"}


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Pile:
    folder = tmp_path_factory.mktemp("先后")
    here = make(folder / "考核", UNREVIEWED, map(person, ("001", "002")))
    forms(here)
    house = House(here, {})
    files = (
        ("甲旧.xlsx", at(house, "001", EARLIER, 50)),
        ("甲.xlsx", at(house, "001", SAVED, 3)),
        ("甲又存.xlsx", at(house, "001", LATER, 3)),
        ("群/甲.xlsx", at(house, "001", SAVED, 3)),
        ("乙一.xlsx", at(house, "002", SAVED, 2)),
        ("乙二.xlsx", at(house, "002", SAVED, 4)),
    )
    whole = shutil.copytree(here, folder / "一次")
    return Pile(here, files, told(whole, [files]))


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_order_of_arrival_never_matters(
    pile: Pile, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    files = data.draw(st.permutations(pile.files))
    cut = data.draw(st.integers(1, len(files) - 1))
    folder = shutil.copytree(pile.folder, tmp_path_factory.mktemp("又一次") / "考核")
    assert told(folder, [files[:cut], files[cut:]]) == pile.outcome
