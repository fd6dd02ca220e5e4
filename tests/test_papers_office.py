"""Every kind on paper: measured in what LibreOffice prints (GB/T 9704-2012)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from office import Office
from papers_for_tests import (
    PROPOSED,
    SCHEME,
    outcome,
    papers,
    printed,
    proposing,
    with_head,
    with_imprint,
)

from sheetflow.model import Letterhead
from sheetflow.papers import Paper
from sheetflow.word import official

MM = 72 / 25.4
#: A full page (GB/T 9704-2012, 5.2.3).
LINES, CHARACTERS = 22, 28
#: One letter of the body in millimetres, and one of the page number's.
LETTER, SMALL = 16 / MM, 14 / MM
SIGNED = ("commendation", "report", "request", "publicity", "notices")
NUMBERED = ("commendation", "report", "request")
KINDS = tuple(each.kind for each in SCHEME.papers)
#: Whom the papers with black letterheads go to in copy.
COPIED = "同民镇委员会、同民镇中学"
#: Marks that LibreOffice sets beyond the edge of the text.
HANGING = "，。；：、！？）”》"
Letters = list[dict[str, Any]]


@pytest.fixture(scope="module")
def pages(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Pages of every kind: plain with 44 names and two failures; with seal; with letterhead."""
    folder = tmp_path_factory.mktemp("print")
    found = proposing(outcome(44, 2))
    headed = replace(found, scheme=with_head())
    black = replace(found, scheme=with_imprint(with_head(letterhead=Letterhead.TEXT), COPIED))
    few = replace(found, standings=(found.standings[0], *found.standings[-2:]))
    made = {name: papers(few if name in _PACKS else found, name)[0] for name in KINDS}
    made |= {f"{name}-red": papers(headed, name)[0] for name in NUMBERED}
    made |= {f"{name}-black": papers(black, name)[0] for name in NUMBERED}
    made["notices-claims"] = _claiming(made["notices"])
    files = {name: printed(paper, seal=name.endswith("-red")) for name, paper in made.items()}
    for name, content in files.items():
        (folder / f"{name}.docx").write_bytes(content)
    return {name: list(_pages(office.convert(folder / f"{name}.docx", ".pdf"))) for name in files}


def _claiming(paper: Paper) -> Paper:
    """The notices of one member after the other, each with a claim more than the last."""
    people: Any = paper.context["人员"]
    claim = {"编号": "A+1-1", "事由": "县级表彰，县发〔2015〕4号，2015-09-06", "申报": "3"}
    verdict = {"认定": "0", "结果": "不计分", "说明": "没有写文号，补交材料以前不能计分"}
    packed = [{**people[0], "加分认定": [claim | verdict] * n} for n in range(20)]
    return replace(paper, context={**paper.context, "人员": packed})


_PACKS = ("agreements", "notices", "registration")


def _pages(path: Path) -> Iterator[dict[str, Any]]:
    with pdfplumber.open(path) as opened:
        for page in opened.pages:
            letters = [c for c in page.chars if c["text"].strip()]
            yield {
                "text": [c for c in letters if c["bottom"] < 264 * MM],
                "foot": [c for c in letters if c["top"] > 264 * MM],
                "red": [r for r in (*page.rects, *page.lines) if _red(r)],
                "rules": [*page.rects, *page.lines],
            }


def _red(rule: dict[str, Any]) -> bool:
    colours = (rule.get("stroking_color"), rule.get("non_stroking_color"))
    return any(tuple(colour or ()) == (1, 0, 0) for colour in colours)


def rows(letters: Iterable[dict[str, Any]]) -> list[Letters]:
    """Letters row by row, from the top."""
    ordered = sorted(letters, key=lambda c: (round(c["bottom"]), c["x0"]))
    return [list(row) for _bottom, row in groupby(ordered, key=lambda c: round(c["bottom"]))]


def text(row: Letters) -> str:
    return "".join(c["text"] for c in row)


def body(page: dict[str, Any]) -> list[Letters]:
    """Rows of nothing but letters of the body's size."""
    return [row for row in rows(page["text"]) if {round(c["size"], 1) for c in row} == {16}]


VARIANTS = (*KINDS, *(f"{name}-{ink}" for name in NUMBERED for ink in ("red", "black")))


@pytest.mark.office
@pytest.mark.parametrize("name", VARIANTS)
def test_text_stays_within_the_margins(pages: dict[str, list[Any]], name: str) -> None:
    for page in pages[name]:
        letters = page["text"]
        if not letters:
            continue
        inside = [c for c in letters if c["text"] not in HANGING]
        assert min(c["x0"] for c in inside) / MM >= 28 - 1
        assert max(c["x1"] for c in inside) / MM <= 184 + 1
        assert max(c["x1"] for c in letters) / MM <= 184 + LETTER + 0.5
        leading = (official.LINE / 20 - official.BODY_SIZE / 2) / 2
        assert min(c["top"] for c in letters) / MM >= 37 - 1
        assert max(c["bottom"] for c in letters) / MM - leading / MM <= 262 + 1


@pytest.mark.office
@pytest.mark.parametrize("name", VARIANTS)
def test_a_line_holds_28_letters_and_a_page_22_lines(
    pages: dict[str, list[Any]], name: str
) -> None:
    full = 0
    for page in pages[name]:
        found = body(page)
        assert len(found) <= LINES
        for row in found:
            wide = [c for c in row if c["text"] not in HANGING]
            assert len(wide) <= CHARACTERS or not all(c["width"] > 14 for c in wide)
            full += 26 <= len(row) <= CHARACTERS + 1
            for one, other in pairwise(row):
                han = "\u4e00" <= one["text"] <= "\u9fff" and "\u4e00" <= other["text"] <= "\u9fff"
                gap = other["x0"] - one["x0"]
                if han and gap < 17:
                    assert gap == pytest.approx(15.75, abs=0.9)
        for upper, lower in pairwise(found):
            distance = lower[0]["bottom"] - upper[0]["bottom"]
            if distance < 35:
                assert distance == pytest.approx(official.LINE / 20, abs=0.5)
    assert full or name in {"minutes", "registration"}


@pytest.mark.office
@pytest.mark.parametrize("name", VARIANTS)
def test_page_numbers_stand_outside_7_mm_below_the_text(
    pages: dict[str, list[Any]], name: str
) -> None:
    before = 0
    for page in pages[name]:
        letters = [c for c in page["foot"] if round(c["size"], 1) == 14]
        if not page["text"] and not letters:
            before = 0  # the back of somebody's last page stays empty
            continue
        number = int(text(letters).strip("—"))
        assert number == before + 1 or (number == 1 and name in _PACKS)
        before = number
        assert (letters[0]["top"] + letters[0]["bottom"]) / 2 / MM == pytest.approx(269, abs=1)
        if number % 2:
            assert letters[-1]["x1"] / MM == pytest.approx(184 - SMALL, abs=1)
        else:
            assert letters[0]["x0"] / MM == pytest.approx(28 + SMALL, abs=1)


@pytest.mark.office
@pytest.mark.parametrize("name", ["agreements"])
def test_the_version_stands_opposite_the_page_number(
    pages: dict[str, list[Any]], name: str
) -> None:
    for page in pages[name]:
        small = [c for c in page["foot"] if round(c["size"], 1) == 9]
        number = [c for c in page["foot"] if round(c["size"], 1) == 14]
        if number:
            assert text(small).startswith("方案版本：1-3f9a")
            right = int(text(number).strip("—")) % 2
            assert (small[0]["x0"] < number[0]["x0"]) is bool(right)


# ------------------------------------------------------------------ name and date

ORGANISATION = SCHEME.settings.organisation


def signature(pages: list[Any]) -> tuple[Letters, Letters]:
    """Rows of name and date where they follow each other."""
    for page in pages:
        for name, day in pairwise(rows(page["text"])):
            if text(name) == ORGANISATION and text(day).startswith("201"):
                return name, day
    pytest.fail("no signature")


def start(row: Letters) -> float:
    """Where a row set to the right begins without the air LibreOffice puts around its digits.

    The paper forbids that air, and Word heeds it.
    """
    air = row[-1]["x1"] - row[0]["x0"] - sum(c["width"] for c in row)
    return float(row[0]["x0"] + air)


@pytest.mark.office
@pytest.mark.parametrize("name", SIGNED)
def test_name_and_date_without_a_seal(pages: dict[str, list[Any]], name: str) -> None:
    """7.3.5.2: two characters from the right; the date two characters right of the name."""
    signed, day = signature(pages[name])
    assert signed[-1]["x1"] / MM == pytest.approx(184 - 2 * LETTER, abs=1)
    assert (start(day) - signed[0]["x0"]) / MM == pytest.approx(2 * LETTER, abs=1)
    assert day[0]["bottom"] - signed[0]["bottom"] == pytest.approx(official.LINE / 20, abs=0.5)


@pytest.mark.office
@pytest.mark.parametrize("name", [f"{each}-red" for each in NUMBERED])
def test_name_and_date_under_a_seal(pages: dict[str, list[Any]], name: str) -> None:
    """7.3.5.1: the date four characters from the right, the name centred over it."""
    signed, day = signature(pages[name])
    assert day[-1]["x1"] / MM == pytest.approx(184 - 4 * LETTER, abs=1)
    middles = [(start(row) + row[-1]["x1"]) / 2 / MM for row in (signed, day)]
    assert middles[0] == pytest.approx(middles[1], abs=1)


# ------------------------------------------------------------------ letterhead


@pytest.mark.office
@pytest.mark.parametrize("ink", ["red", "black"])
@pytest.mark.parametrize("name", NUMBERED)
def test_the_letterhead_lies_where_the_standard_puts_it(
    pages: dict[str, list[Any]], name: str, ink: str
) -> None:
    first = pages[f"{name}-{ink}"][0]
    mark, number, *_rest = rows(first["text"])
    assert text(mark) == ORGANISATION
    assert mark[0]["x0"] / MM >= 28 - 1
    assert mark[-1]["x1"] / MM <= 184 + 1
    # The letters' box begins a little above their ink.
    assert mark[0]["top"] / MM == pytest.approx(37 + 35, abs=3)
    assert {tuple(c["non_stroking_color"]) == (1, 0, 0) for c in mark} == {ink == "red"}
    wide = [r for r in first["rules"] if r["width"] / MM > 150 and r["height"] / MM < 1]
    (rule,) = wide[:1]
    assert rule["x0"] / MM == pytest.approx(28, abs=1)
    assert rule["x1"] / MM == pytest.approx(184, abs=1)
    assert (rule["top"] - number[0]["bottom"]) / MM == pytest.approx(4, abs=2)
    assert bool(first["red"]) is (ink == "red")
    if name == "commendation":
        middle = (number[0]["x0"] + number[-1]["x1"]) / 2 / MM
        assert middle == pytest.approx(106, abs=1)
    else:
        assert number[0]["x0"] / MM == pytest.approx(28 + LETTER, abs=1)
        assert number[-1]["x1"] / MM == pytest.approx(184 - LETTER, abs=1)


@pytest.mark.office
def test_a_receipt_is_whole_and_never_alone_on_its_page(pages: dict[str, list[Any]]) -> None:
    slips = 0
    for page in pages["notices-claims"]:
        said = [text(row) for row in rows(page["text"])]
        if "回执" in said:
            slips += 1
            assert any("异议的提出" in each for each in said[: said.index("回执")])
            assert said[-1].startswith("姓名：")
            assert said[-1].endswith("年月日")
        else:
            assert not any("沿此线剪下" in each or "本人签字" in each for each in said)
    assert slips == 20


@pytest.mark.office
@pytest.mark.parametrize(
    ("name", "members", "lines"),
    [
        ("commendation", (21, 1), 1),
        ("report", (18, 1), 1),
        ("report", (2, 0), 2),
        ("request", (0, 1), 15),
    ],
)
def test_no_page_is_empty_or_holds_a_remark_alone(
    office: Office, tmp_path: Path, name: str, members: tuple[int, int], lines: int
) -> None:
    plans = "\n".join(["打算一"] * lines)
    slots = (replace(s, text=plans) if s.name == "问题与打算" else s for s in SCHEME.slots)
    facts = PROPOSED | {"事实": "见签到册记录。" * 6 * lines}
    found = proposing(outcome(*members, scheme=replace(SCHEME, slots=tuple(slots))), facts)
    path = tmp_path / "文.docx"
    path.write_bytes(printed(papers(found, name)[0]))
    for page in _pages(office.convert(path, ".pdf")):
        said = [text(row) for row in rows(page["text"])]
        assert said
        assert not said[0].startswith("（联系人")


@pytest.mark.office
def test_every_long_table_repeats_its_heading(pages: dict[str, list[Any]]) -> None:
    for name, heading in (
        ("commendation", "序号姓名性别职务党小组"),
        ("report", "序号姓名目标管理党风廉政总分等次备注"),
        ("registration", "编号考核内容满分自评核定说明"),
    ):
        there = [any(heading in text(row) for row in rows(page["text"])) for page in pages[name]]
        assert sum(there) >= 2, name


@pytest.mark.office
@pytest.mark.parametrize("name", NUMBERED)
def test_the_imprint_lies_at_the_foot_of_the_last_page(
    pages: dict[str, list[Any]], name: str
) -> None:
    last = pages[f"{name}-black"][-1]
    *_above, copied, by = rows(last["text"])
    assert text(copied) == f"抄送：{COPIED}。"
    assert text(by).endswith("印发")
    wide = [r for r in last["rules"] if r["width"] / MM > 150 and r["height"] / MM < 1]
    top, middle, bottom = sorted({round(r["top"] / MM) for r in wide})[-3:]
    # LibreOffice keeps 2.5 mm free in a box that may grow.
    assert bottom == pytest.approx(297 - 35, abs=3)
    assert top < copied[0]["top"] / MM < middle < by[0]["top"] / MM < bottom
    assert by[0]["x0"] / MM == pytest.approx(28 + SMALL, abs=1)
    assert by[-1]["x1"] / MM == pytest.approx(184 - SMALL, abs=1)
