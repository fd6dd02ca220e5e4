"""Every code has its page, and a scheme may change how much it weighs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.builders import SCHEME, codes, form, form_case
from sheetflow.checks.registry import CHECKS, page, run_checks
from sheetflow.model import Severity

PROMISED = {
    "D": range(801, 834),
    "S": range(101, 117),
    "F": range(201, 224),
    "R": [n for n in range(301, 320) if n not in {309, 310}],
    "V": range(401, 425),
    "T": range(501, 504),
    "X": [n for n in range(601, 616) if n != 609],
    "Z": range(701, 709),
}
WARNINGS = [
    "D808",
    "D815",
    "D816",
    "D817",
    "D821",
    "D822",
    "D823",
    "D826",
    "D830",
    "D831",
    "D832",
    "D833",
    "S109",
    "F211",
    "F212",
    "F213",
    "F214",
    "F218",
    "F219",
    "F221",
    "F222",
    "F223",
    "R304",
    "R315",
    "R316",
    "R317",
    "R318",
    "R319",
    "V412",
    "V413",
    "V416",
    "V417",
    "V418",
    "V422",
    "V423",
    "V424",
    "T501",
    "X604",
    "X610",
    "X611",
    "X612",
    "X615",
    "Z701",
    "Z702",
    "Z705",
    "Z706",
]
NOTES = [
    "D807",
    "D810",
    "D820",
    "S110",
    "R302",
    "R308",
    "V408",
    "V419",
    "T502",
    "T503",
    "X601",
    "X603",
    "X605",
    "X613",
    "Z703",
    "Z704",
    "Z708",
]


def test_every_promised_code_is_there_and_no_other() -> None:
    promised = {f"{family}{n}" for family, numbers in PROMISED.items() for n in numbers}
    assert set(CHECKS) == promised


def test_severities_are_as_promised() -> None:
    levels = {Severity.WARNING: WARNINGS, Severity.NOTE: NOTES}
    for level, listed in levels.items():
        assert sorted(c for c, each in CHECKS.items() if each.severity is level) == sorted(listed)


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_every_page_has_a_title_advice_and_examples(code: str) -> None:
    title, blank, *lines = page(code).splitlines()
    wrong, right = lines[-2:]
    assert title
    assert len(title) <= 30
    assert not title.endswith("。")
    assert not blank
    assert lines[0].endswith(("。", "，", "；", "：")) or lines[1].endswith("。")
    assert wrong.startswith("错误：")
    assert right.startswith("正确：")
    assert wrong.removeprefix("错误：") != right.removeprefix("正确：")


def test_titles_tell_the_codes_apart() -> None:
    titles = [page(code).splitlines()[0] for code in CHECKS]
    assert len(set(titles)) == len(titles)


def test_a_scheme_may_change_or_silence_a_check() -> None:
    scheme = replace(SCHEME, severities={"V402": "note", "V403": "off"})
    case = form_case(form(A2_1=5, A2_2=-1), scheme=scheme)
    assert [(f.code, f.severity) for f in run_checks(case, "V")] == [("V402", Severity.NOTE)]


def test_only_the_families_asked_for_are_run() -> None:
    case = form_case(form(A2_1=5, name="乙二"))
    assert codes(case, "V") == ["V402"]
    assert codes(case, "F") == ["F215"]
    assert codes(case, "FV") == ["F215", "V402"]


def test_findings_follow_the_forms_own_order() -> None:
    found = run_checks(form_case(form(B1_1=9, A2_1=9, A1_1=9)), "V")
    assert [finding.item for finding in found] == ["A1-1", "A2-1", "B1-1"]
