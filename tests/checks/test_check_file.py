"""F2 and R3: whose form it is, and does the roster know them?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.builders import (
    ERROR,
    Edits,
    codes,
    form,
    form_case,
    roster_case,
    said,
)
from sheetflow.checks.file import unreadable
from sheetflow.checks.registry import run_checks
from sheetflow.errors import UnreadableError
from sheetflow.model import Fault, Severity, Source, Stamp

AT = Source("甲一.xlsx", "目标管理", "B2")
FAULTS = {
    "not-a-form": "F202",
    "round-other": "F203",
    "part-missing": "F204",
    "heading-missing": "F204",
    "code-missing": "F205",
    "code-twice": "F206",
    "code-slip": "F207",
    "code-foreign": "F208",
    "identity-differs": "F209",
    "two-forms": "F210",
    "code-blank": "F211",
    "beyond": "F212",
    "sheet-added": "F221",
    "comment": "F222",
    "picture": "F222",
    "struck": "F223",
}


@pytest.mark.parametrize(("kind", "code"), FAULTS.items())
def test_each_fault_of_reading_has_its_code(kind: str, code: str) -> None:
    faulty = form(faults=(Fault(kind, AT, "A1-1", "A1-2"),))
    (finding,) = run_checks(form_case(faulty), "F")
    assert (finding.code, finding.source, finding.member) == (code, AT, "007")


def test_a_sound_form_has_no_finding() -> None:
    assert run_checks(form_case(form(name="甲一")), "FR") == ()


def test_what_is_missing_in_a_strange_file_is_not_told() -> None:
    faults = tuple(Fault(kind, AT) for kind in ("not-a-form", "part-missing", "beyond"))
    assert codes(form_case(form(member=None, faults=faults)), "F") == ["F202"]


def test_a_form_of_an_older_scheme_is_told_with_both_versions() -> None:
    stamp = Stamp(round="2015", scheme="0-old", member="007")
    case = form_case(replace(form(), stamp=stamp))
    (finding,) = run_checks(case, "F")
    assert (finding.code, finding.found, finding.expected) == ("F213", "0-old", case.version)


def test_an_unverified_form_is_a_warning_once_it_is_accepted() -> None:
    unverified = replace(form(), verified=False)
    assert codes(form_case(unverified), "F") == ["F214"]
    refused = replace(unverified, faults=(Fault("code-foreign", AT, "007-XXXX-YY"),))
    assert codes(form_case(refused), "F") == ["F208"]
    assert codes(form_case(replace(unverified, stamp=None)), "F") == []


def test_an_unreadable_file_is_said_in_its_own_words() -> None:
    finding = unreadable("收回/照片.xlsx", UnreadableError("picture", "这是图片。", "请重新交回。"))
    assert finding.code == "F201"
    assert finding.severity is Severity.ERROR
    assert finding.message == "收回/照片.xlsx 读不了：这是图片。请重新交回。"
    assert (finding.found, finding.fix) == ("picture", "请重新交回。")


# ------------------------------------------------------------------ roster

SPOILED: list[tuple[Edits, list[str]]] = [
    ({}, []),
    ({("名册", "A3"): "００７"}, ["R301 名册!A3"]),
    ({("名册", "A3"): None}, ["R302 名册!A3"]),
    ({("名册", "A3"): None, ("名册", "A4"): None}, ["R302 名册!A3", "R302 名册!A4"]),
    ({("名册", "A3"): "七号"}, ["R303 名册!A3"]),
    ({("名册", "A3"): 12}, ["R304 名册!A3"]),
    ({("名册", "B3"): None}, ["R305 名册!B3"]),
    ({("名册", "F3"): "群众"}, ["R306 名册!F3"]),
    ({("名册", "F3"): None}, ["R306 名册!F3"]),
    ({("名册", "F3"): ERROR}, ["R312 名册!F3"]),
    ({("名册", "J3"): "在岗"}, ["R307 名册!J3"]),
    ({("名册", "J3"): "缓评"}, []),
    ({("名册", "B3"): "甲 一"}, ["R308 名册!A3"]),
    ({("名册", "F1"): None}, ["R312 名册!A1"]),
    ({("名册", "Q1"): "类别"}, ["R312 名册!Q1"]),
    ({("名册", f"{c}{r}"): None for c in "ABF" for r in (2, 3, 4)}, ["R311 名册"]),
]


@pytest.mark.parametrize(("edits", "expected"), SPOILED)
def test_a_spoiled_roster_is_told_with_its_place(edits: Edits, expected: list[str]) -> None:
    assert sorted(said(roster_case(edits), "SR")) == sorted(expected)


def test_a_missing_roster_sheet_is_told_once() -> None:
    assert said(roster_case({}, leave="名册"), "SR") == ["R312 名册"]


@pytest.mark.parametrize(
    ("member", "name", "expected"),
    [
        ("007", "甲一", []),
        ("007", " 甲　一 ", []),
        ("007", "", []),
        ("007", "乙二", ["F215"]),
        ("099", "甲一", ["F216"]),
    ],
)
def test_a_form_must_fit_the_roster(member: str, name: str, expected: list[str]) -> None:
    assert codes(form_case(form(member=member, name=name)), "F") == expected


def test_names_in_forms_are_told_with_both_sides() -> None:
    (finding,) = run_checks(form_case(form(name="乙二")), "F")
    assert (finding.found, finding.expected, finding.member) == ("乙二", "甲一", "007")
    assert finding.message == (
        "甲一.xlsx 表上的姓名是“乙二”，名册里 007 是甲一，请问清是谁的表，用本人的表重新交回。"
    )
