"""S1: a scheme's workbook spoiled in one cell is told with that cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from checks.builders import ERROR, SCHEME, Edits, book, codes, said, scheme_case
from sheetflow import scheme_sheets, schemes
from sheetflow.checks.registry import Case, run_checks
from sheetflow.model import Category, Scheme


def setting(group: str, name: str, text: str) -> Edits:
    """One more row of 设置."""
    return {("设置", "A90"): group, ("设置", "B90"): name, ("设置", "C90"): text}


SPOILED: list[tuple[Edits, list[str]]] = [
    ({}, []),
    # shape
    ({("指标", "G1"): None}, ["S101 指标!A1"]),
    ({("类别", "D1"): "类别"}, ["S101 类别!D1"]),
    ({("指标", "G2"): "三分"}, ["S102 指标!G2"]),
    ({("指标", "G2"): ERROR}, ["S102 指标!G2"]),
    ({("指标", "G2"): None}, ["S102 指标!G2"]),
    ({("指标", "A2"): "C"}, ["S102 指标!A2"]),
    # Of no section an item is under no section's cap; hours that are not said are not one.
    ({("指标", "B3"): None}, ["S102 指标!B3"]),
    ({("加分", "L6"): None}, ["S102 加分!L6"]),
    ({("设置", "B2"): "体系"}, ["S102 设置", "S102 设置!B2"]),
    ({("设置", "C4"): None}, ["S102 设置!C4"]),
    ({("指标", "C3"): "三会"}, ["S102 指标!C3"]),
    (setting("表头文字", "自评分", "打分"), ["S102 设置!B90"]),
    (setting("检查级别", "V402", "loud"), ["S102 设置!C90"]),
    (setting("检查级别", "V402", "off"), []),
    ({("设置", "C15"): 0}, ["S102 设置!C15"]),
    ({("指标", "D2"): "a1-1"}, ["S102 指标!D2"]),
    # columns of the roster that rules depend on
    ({("名册栏目", "B7"): None}, ["S113 名册栏目"]),
    ({("名册栏目", "B11"): None}, ["S113 名册栏目"]),
    ({("名册栏目", "B12"): None}, []),
    ({("名册栏目", "B12"): None, ("设置", "C23"): 6}, ["S113 名册栏目"]),
    # codes and titles
    ({("部分", "A3"): "A"}, ["S102 指标!A27", "S102 部分!A3"]),
    ({("指标", "D3"): "A1-1"}, ["S103 指标!D3"]),
    ({("指标", "D2"): "B+1-2"}, ["S103 加分!B7"]),
    ({("加分", "B3"): "A+1"}, ["S103 加分!B3"]),
    ({("否决", "A3"): "V1"}, ["S103 否决!A3"]),
    ({("类别", "A3"): "正式党员"}, ["S103 类别!A3"]),
    ({("名册栏目", "A3"): "性别"}, ["S103 名册栏目!A4"]),
    ({("设置", "C62"): "核定分"}, ["S103 设置!C63"]),
    (setting("公文用语", "依据", "另一条"), ["S103 设置!B90"]),
    ({("公文", "A3"): "commendation"}, ["S103 公文!A3"]),
    ({("公文", "B3"): "表彰决定"}, ["S103 公文!B3"]),
    # tiers
    ({("等次", "B3"): 100}, ["S104 等次!B3"]),
    ({("等次", "B3"): 110}, ["S104 等次!B3"]),
    ({("等次", "B3"): None}, ["S104 等次!B3"]),
    ({("等次", "B5"): 50}, ["S104 等次!B5"]),
    # names that are not there
    ({("等次", "F2"): "C≥36"}, ["S105 等次!F2"]),
    ({("否决", "C2"): "良好"}, ["S105 否决!C2"]),
    ({("设置", "C12"): "良好"}, ["S105 设置!C12"]),
    ({("设置", "C18"): "B；A9"}, ["S105 设置!C18"]),
    ({("指标", "P2"): "A9"}, ["S105 指标!P2", "S107 A 部分!D2"]),
    ({("公文", "E2"): "没有这一条"}, ["S105 公文!E2"]),
    (setting("检查级别", "V999", "off"), ["S105 设置!B90"]),
    # rules
    ({("指标", "I13"): None}, ["S106 A3-1 指标!I13"]),
    ({("指标", "I13"): "达标 5／未达标 0"}, ["S106 A3-1 指标!I13", "S106 A3-1 指标!I13"]),
    ({("指标", "I7"): "达成 3／半 1.125"}, ["S106 A2-1 指标!I7"]),
    ({("指标", "I28"): "有 1／半 0.5／无 0"}, ["S106 B1-2 指标!I28"]),
    ({("指标", "J2"): None}, ["S106 A1-1 指标!J2"]),
    ({("指标", "H2"): 0}, ["S106 A1-1 指标!H2"]),
    ({("指标", "H2"): 3}, ["S106 A1-1 指标!H2"]),
    ({("加分", "G2"): None}, ["S106 A+1 加分!G2"]),
    ({("加分", "G2"): "省级 9"}, ["S106 A+1 加分!G2"]),
    ({("加分", "F2"): 21}, ["S106 A+1 加分!F2"]),
    ({("加分", "E5"): 0}, ["S106 A+4 加分!E5", "S106 A+4 加分!H5"]),
    ({("加分", "H5"): None}, ["S106 A+4 加分!H5"]),
    ({("加分", "I3"): 2}, ["S106 A+2 加分!I3"]),
    ({("加分", "L6"): 0}, ["S106 A+5 加分!L6"]),
    ({("加分", "M6"): "日期"}, ["S106 A+5 加分!M6"]),
    ({("部分", "E3"): 0}, ["S106 B 部分!E3"]),
    ({("部分", "E3"): 5.125}, ["S106 B 部分!E3"]),
    ({("部分", "H2"): "A3 示范岗，取3项，最多12.125分"}, ["S106 A 部分!H2"]),
    ({("指标", "J2"): "缺席 −0.333/次"}, ["S106 A1-1 指标!J2"]),
    ({("指标", "J2"): "缺席 1次−0.5，2次−1.125"}, ["S106 A1-1 指标!J2"]),
    ({("指标", "J2"): "缺席 −0.25/次"}, []),
    ({("加分", "G2"): "省A级 6／省a级 4"}, ["S106 A+1 加分!G2"]),
    ({("加分", "G2"): "省级* 6／市级 4"}, ["S106 A+1 加分!G2"]),
    ({("部分", "H2"): "A3 示范岗，取0项，最多12分"}, ["S106 A 部分!H2", "S107 A 部分!D2"]),
    # sums
    ({("指标", "G3"): 4}, ["S107 A 部分!D2"]),
    ({("部分", "D3"): 41}, ["S107 B 部分!D3"]),
    ({("等次", "B2"): 121}, ["S108 等次!B2"]),
    ({("等次", "B2"): 120}, []),
    ({("等次", "B2"): 120, ("等次", "C2"): "否"}, ["S108 等次!B2"]),
    ({("等次", "F2"): "B≥41"}, ["S108 等次!F2"]),
    # wording
    ({("指标", "E2"): "按2018年办法"}, ["S109 指标!E2"]),
    ({("指标", "E2"): "按2014年办法，电话120180"}, []),
    ({("设置", "C46"): "按2018年办法"}, ["S109 设置!C46"]),
    ({("指标", "L2"): "缺席一次扣一分"}, ["S110 A1-1 指标!L2"]),
    ({("加分", "O2"): "按级别加分"}, ["S110 A+1 加分!O2"]),
    # titles of sheets
    ({("部分", "C3"): "目标管理"}, ["S111 部分!C3"]),
    ({("部分", "C3"): "填表说明"}, ["S111 部分!C3"]),
    ({("部分", "C3"): "德育/教学"}, ["S111 部分!C3"]),
    ({("部分", "C3"): "长" * 32}, ["S111 部分!C3"]),
    ({("部分", "C3"): "长" * 31}, []),
    ({("部分", "C3"): "请先看这里"}, ["S111 部分!C3"]),
    ({("设置", "C76"): "说明/要求"}, ["S111 设置!C76"]),
    ({("设置", "C76"): "长" * 32}, ["S111 设置!C76"]),
    # days
    ({("设置", "C5"): 2016}, ["S112 设置!C5"]),
    ({("设置", "C7"): date(2014, 12, 31)}, ["S112 设置!C7"]),
    ({("设置", "C10"): date(2014, 12, 31)}, ["S112 设置!C10"]),
    # columns of the roster
    ({("名册栏目", "B3"): "其他"}, ["S113 名册栏目"]),
    ({("名册栏目", "B4"): "类别"}, ["S113 名册栏目!B7"]),
    ({("名册栏目", "B4"): "其他"}, []),
]


@pytest.mark.parametrize(("edits", "expected"), SPOILED)
def test_a_spoiled_cell_is_told_with_its_place(edits: Edits, expected: list[str]) -> None:
    assert sorted(said(scheme_case(edits), "S")) == sorted(expected)


def test_a_missing_sheet_is_told_once() -> None:
    assert said(scheme_case({}, leave="等次"), "S") == ["S101 等次"]


def test_a_sheet_that_is_there_twice_is_told() -> None:
    tables = scheme_sheets.to_tables(SCHEME)
    twice = (*tables, *(replace(t, title="指 标") for t in tables if t.title == "指标"))
    tree, places, faults = scheme_sheets.from_book(book(twice, {}), "考核方案.xlsx")
    scheme, _none = schemes.build(tree, places)
    assert said(Case(scheme=scheme or SCHEME, places=places, faults=faults), "S") == ["S101 指 标"]


def test_messages_name_place_finding_and_remedy() -> None:
    (choice,) = run_checks(scheme_case({("会议类别", "B2"): "全体"}), "S")
    assert choice.message == (
        "会议类别表 B2 “到会要求”读到“全体”，应为不要求、半数以上、超过半数，请照样改写。"
    )
    (finding,) = run_checks(scheme_case({("指标", "G2"): "三分"}), "S")
    assert finding.message == "指标表 G2 “满分”读到“三分”，应为数字，请照样改写。"
    assert (finding.found, finding.expected, finding.fix) == ("三分", "数字", "请照样改写")


def of(**changes: Any) -> Scheme:  # noqa: ANN401 - any field of a scheme
    return replace(SCHEME, **changes)


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        (of(tiers=()), "S104"),
        (of(categories=(Category(title="甲"), Category(title="甲 "))), "S103"),
    ],
)
def test_what_has_no_cell_of_its_own_is_told_too(scheme: Scheme, expected: str) -> None:
    assert expected in codes(Case(scheme=scheme), "S")


@pytest.mark.parametrize("level", ["off", "note", "warning"])
def test_what_nothing_can_be_scored_with_cannot_be_made_lighter(level: str) -> None:
    for code in ("S102", "S103"):
        edits = {("指标", "D3"): "A1-1", **setting("检查级别", code, level)}
        assert said(scheme_case(edits), "S") == ["S103 指标!D3", "S102 设置!C90"]
    edits = {("指标", "E2"): "按2018年办法", **setting("检查级别", "S109", "off")}
    assert said(scheme_case(edits), "S") == []


def test_a_row_that_contradicts_its_section_is_told_so() -> None:
    (finding,) = run_checks(scheme_case({("指标", "C3"): "三会"}), "S")
    assert finding.message == (
        "指标表 C3 读到“三会”，同一个一级编号前面写的是“三会一课”，请写成一样的。"
    )


@pytest.mark.parametrize("nothing", [of(parts=()), of(tiers=(), columns=(), parts=())])
def test_no_scheme_is_too_poor_to_be_checked(nothing: Scheme) -> None:
    assert codes(Case(scheme=nothing), "S")
