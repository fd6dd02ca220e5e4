"""Whatever stands where points belong: that number without doubt, or a question."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import pytest
from reading_rows import (
    BLANK,
    GOOD,
    POINTS,
    Typed,
    filled,
    formula,
    number,
    of_kind,
    sentence,
    shows,
    text,
)
from rounds import UNREVIEWED, Json, blank, by_file, by_id, drop, forms, make, person

from sheetflow import round as rounds
from sheetflow.flows.collect import collect
from sheetflow.model import Kind

Cells = Mapping[str, Typed]


def texts(*shown: str) -> Cells:
    return {each: text(each) for each in shown}


@dataclass(frozen=True)
class Way:
    """A way to fill a cell: its name and examples; the points it is, or the finding's code."""

    name: str
    cells: Cells
    points: str | None
    code: str = ""


def asked(name: str, code: str, cells: Cells) -> Way:
    """Make a way that a person must look at."""
    return Way(name, cells, None, code)


# ------------------------------------------------------------------ ways to fill a cell

NUMBERS = (
    Way("数字", {"1.5": number("1.5"), "1.50": number("1.50"), "1.5E0": number("1.5E0"),
                 "15e-1": number("15e-1")}, "1.5"),
    Way("零", {"0": number("0"), "-0": number("-0")}, "0"),
    Way("显示成货币、分数、科学记数、两位小数或文字的数字", {
        "$1.50": number("1.5", 7), "1 1/2": number("1.5", 12), "1.50E+00": number("1.5", 11),
        "1.50": number("1.5", 2), "1.5（文字格式）": number("1.5", 49)}, "1.5"),
    Way("格式少显示了小数", {"1.5 显示成 2": number("1.5", 1),
                       "1.5 显示成 2（千分位）": number("1.5", 3)}, "1.5", "V423"),
    Way("公式，存有结果", {"=3/2": formula("3/2", "1.5")}, "1.5", "V412"),
    Way("公式算出文字写的数字", {'="1.5"': formula('"1.5"', "1.5", "str")}, "1.5", "V412"),
    Way("文字写的数字", texts("1.5", "+1.5", "1.50", "01.5"), "1.5", "V408"),
    Way("全角数字", texts("１．５", "１.5", "＋１．５０"), "1.5", "V408"),
    Way("带“分”字", texts("1.5分", "1.5 分", "１．５分"), "1.5", "V408"),
    Way("前后有空格、换行", texts(" 1.5 ", "\u30001.5\u00a0", "1.5\n", "\t1.5"), "1.5", "V408"),
    Way("文件里转义的写法", {"_x0031_.5": text("_x0031_.5")}, "1.5", "V408"),
)  # fmt: skip
#: More digits than Python turns into a number.
ENDLESS = "1" * 5000
QUESTIONS = (
    asked("没有填", "V405", {"（空）": BLANK, **texts("", "  ", "\u3000\n")}),
    asked("变成了日期、时间", "V411", {
        "8-1 → 8月1日": number("42217", 14), "8:1 → 08:01": number("0.33402777777777776", 20),
        "3 → 1900-01-03": number("3", 14), "1.5 → 36:00:00": number("1.5", 46),
        "2015-08-01": of_kind("d", "2015-08-01")}),
    asked("百分数", "V411", {
        "80%": number("0.8", 9), "100.00%": number("1", 10), **texts("150%", "80％", "3 %")}),
    asked("真假值", "V411", {"TRUE": of_kind("b", "1"), "FALSE": of_kind("b", "0"),
                             "=1>2": formula("1&gt;2", "0", "b")}),
    asked("中文数字", "V401", texts(
        "三", "叁", "两", "十", "〇", "零", "一点五", "三分", "１点５")),
    asked("罗马数字", "V401", texts("Ⅲ", "III", "ⅱ")),
    asked("圈码、上下标、分数和别的文字的数字", "V401", texts(
        "③", "㈢", "⒊", "²", "2₃", "½", "1½", "٣", "३", "𝟑", "1²")),
    asked("评语", "V401", texts(
        "满分", "优", "达标", "有", "无", "见附件", "同上", "√", "×", "—", "/")),
    asked("约数", "V401", texts("约2", "2左右", "2？", "2±0.5", "≥2", "2以上", "2+", "不到2分")),
    asked("别的单位", "V401", texts(
        "2次", "2小时", "2个", "2元", "2 points", "2分钟", "¥2", "分2")),
    asked("范围、两个数", "V401", texts(
        "8-1", "1-2", "1~2", "1至2", "1/2", "1:2", "1、2", "1 5", "1;2")),
    asked("逗号", "V401", texts("7,5", "1,5", "1，5", "1,000", "2,", "1'500")),
    asked("点写成别的标点", "V401", texts(
        "1。5", "1．。5", "1·5", "1.", ".5", "1..5", "1.2.3", "1，。5")),
    asked("算式、正负号", "V401", texts(
        "=1.5", "1+1", "'2", "--2", "+-2", "−2", "2-", "(2)", "（2）", "2×1")),
    asked("程序的写法", "V401", texts(
        "1_0", "0x2", "2e0", "1E0", "1e308", "2f", "NaN", "nan", "inf",
        "Infinity", "∞", "None", "True")),
    asked("夹着看不见的字符", "V401", texts(
        "2\u200b", "\u202e2", "\ufeff2", "2\u00ad", "\u20602", "1\n5", "1\u200b5", "2\u0301")),
    asked("几千位、几万字", "V401", {
        "5000 个 1": text(ENDLESS), "0. 后面 5000 个 1": text(f"0.{ENDLESS}"),
        "三万字": text("2" * 32_000)}),
    asked("错误值", "V409", {
        sign: of_kind("e", sign)
        for sign in ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!",
                     "#SPILL!", "#GETTING_DATA")}),
    asked("公式算出错误值", "V409", {"=1/0": formula("1/0", "#DIV/0!", "e")}),
    asked("公式没有存下结果", "V410", {"=3/2": formula("3/2")}),
    asked("公式算出空白、文字", "V401", {'=""': formula('""', "", "str"),
                                         '="满分"': formula('"满分"', "满分", "str")}),
    asked("格子存的不是数", "V409", {
        each: number(each)
        for each in ("NaN", "INF", "-INF", "1e308", "-1e308", "1_0", "٣", "7,5", "0x2")}),
    asked("格子存的数有几千位", "V409", {"5000 个 1": number(ENDLESS)}),
    asked("超过满分", "V402", {
        "50": number("50"), "1e9": number("1e9"), **texts("50", "５０分", "999999999")}),
    asked("小于 0", "V403", {
        "-1": number("-1"), "-0.5": number("-0.5"), **texts("-1", "－１", "-1分")}),
    asked("不在档上", "V407", {
        "1.3": number("1.3"), "0.1": number("0.1"), **texts("1.3", "０．２５")}),
    asked("小数太多", "V406", {
        "1.4999999999999998": number("1.4999999999999998"), "1e-300": number("1e-300"),
        "2/3": formula("2/3", "0.66666666666666663"), **texts("1.333", "1.50001")}),
)  # fmt: skip
#: The same in the column of claims, whose questions have codes of their own.
CLAIMS = (
    asked("申报分不是数字", "V420", texts("六", "6，0", "6-8", "省级", "６。０")),
    asked("申报分超过级别的分", "V415", {"8": number("8"), **texts("8分")}),
    asked("申报分不在档上、小于 0", "V421", {"-6": number("-6")}),
    asked("申报分变成了日期、百分数", "V411", {"6-1": number("42156", 14), "600%": number("6", 9)}),
)


# ------------------------------------------------------------------ a round of all of them

#: Rows that may hold 0, 1.5 and 2, whose step is half a point.
SLOTS = [
    item.code
    for part in UNREVIEWED.parts
    for item in part.items
    if item.kind in {Kind.POINTS, Kind.COUNT} and item.step == Decimal("0.5")
]
#: A claim whose level and proof are there.
CLAIM = ["A+1-1"]


class Placed(NamedTuple):
    """One example: whose form, which row, the way and its label."""

    member: str
    code: str
    way: Way
    label: str


def laid_out() -> tuple[Placed, ...]:
    """Every example in a cell of its own: numbers and questions in forms apart, claims beside."""
    found: list[Placed] = []
    for first, slots, ways in (
        (100, SLOTS, NUMBERS),
        (200, SLOTS, QUESTIONS),
        (200, CLAIM, CLAIMS),
    ):
        examples = [(way, label) for way in ways for label in way.cells]
        for n, (way, label) in enumerate(examples):
            form, slot = divmod(n, len(slots))
            found.append(Placed(str(first + form), slots[slot], way, label))
    return tuple(found)


EXAMPLES = laid_out()
MEMBERS = sorted({each.member for each in EXAMPLES})


class Judged(NamedTuple):
    """A round of all examples: its document, and what counted by (member, code)."""

    document: Json
    counted: Mapping[tuple[str, str], Decimal | None]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = make(tmp_path_factory.mktemp("写法") / "考核", UNREVIEWED, map(person, MEMBERS))
    forms(folder)
    for member in MEMBERS:
        typed = {POINTS[p.code]: p.way.cells[p.label] for p in EXAMPLES if p.member == member}
        drop(folder, f"{member}.xlsx", filled(blank(folder, member), {**GOOD, **typed}))
    found = collect(rounds.Round(folder))
    counted = {
        (each.member.id, line.code): line.raw
        for each in found.outcome.standings
        if each.score
        for line in each.score.lines
    }
    return Judged(found.document, counted)


def told(judged: Judged, placed: Placed) -> list[Json]:
    """Findings about the cell of an example."""
    number_, cell = POINTS[placed.code]
    sheet = UNREVIEWED.parts[number_ - 1].sheet
    findings = by_file(judged.document)[f"收回/{placed.member}.xlsx"]["findings"]
    return [f for f in findings if (f["sheet"], f["cell"]) == (sheet, cell)]


@pytest.mark.parametrize("way", [*NUMBERS, *QUESTIONS, *CLAIMS], ids=lambda way: way.name)
def test_a_cell_is_its_number_or_a_question_and_never_another_number(
    judged: Judged, way: Way
) -> None:
    for placed in (each for each in EXAMPLES if each.way is way):
        findings = told(judged, placed)
        assert [f["code"] for f in findings] == [way.code] * bool(way.code), placed
        assert all(f["message"] and f["fix"] and len(f["message"]) < 160 for f in findings), placed
        if way in CLAIMS:
            continue
        counted = judged.counted.get((placed.member, placed.code))
        assert counted == (None if way.points is None else Decimal(way.points)), placed


def test_forms_of_numbers_count_and_forms_with_a_question_wait(judged: Judged) -> None:
    for member in MEMBERS:
        open_ = any(p.way.points is None for p in EXAMPLES if p.member == member)
        status = by_file(judged.document)[f"收回/{member}.xlsx"]["status"]
        points = by_id(judged.document)[member]["total"]
        assert (status, points is None) == ("returned" if open_ else "accepted", open_)


def test_the_manual_shows_the_ways(judged: Judged) -> None:
    rows = []
    for way in (*NUMBERS, *QUESTIONS, *CLAIMS):
        first = next(each for each in EXAMPLES if each.way is way)
        findings = told(judged, first)
        shown = " ".join(f"`{label}`" for label in map(visible, way.cells))
        verdict = "问本人" if way.points is None else "收下"
        counts = f"计 {way.points} 分。" if way.points else ""
        rows.append((f"{way.name}：{shown}", verdict, counts + "".join(map(sentence, findings))))
    assert shows("写法", rows)


def visible(label: str) -> str:
    """An example with the characters nobody sees named."""
    return "".join(
        each
        if each.isprintable() and each not in "`|" and not unicodedata.combining(each)
        else f"<{ord(each):04X}>"
        for each in label
    )
