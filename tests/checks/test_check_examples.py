"""The examples on every page are true: the wrong one gives the code, the right one does not."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from checks.builders import ERROR, UNCACHED, Typed, codes, form, form_case, formula
from checks.example_rounds import STOPPED, Stage, set_stage, story_of
from checks.example_rounds import codes as codes_of_round
from checks.example_words import UnknownWordsError
from sheetflow.checks.registry import CHECKS

SIGNS = ("错误：", "正确：")
#: What only a cell as it is stored can show: an error sign, a formula with and without result.
_CELL = re.compile(r"([AB]\d-\d) (填|显示|空着) ?((?!.*格式).*)")
SENTENCES = [
    (code, sign, line.removeprefix(sign))
    for code, check in sorted(CHECKS.items())
    for line in check.page.splitlines()
    for sign in SIGNS
    if line.startswith(sign)
]
IN_A_CELL = [each for each in SENTENCES if each[0].startswith("V") and _CELL.fullmatch(each[2])]
IN_A_ROUND = [each for each in SENTENCES if each not in IN_A_CELL]
NAMES = dict(zip(SIGNS, ("wrong", "right"), strict=True))


def ids(sentences: list[tuple[str, str, str]]) -> list[str]:
    return [f"{code}-{NAMES[sign]}" for code, sign, _sentence in sentences]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return set_stage(tmp_path_factory.mktemp("例"))


def cell(how: str, text: str) -> Typed:
    """What a cell holds after doing what the example says."""
    if how == "空着":
        return None
    if how == "显示":
        return ERROR
    if text.startswith("="):
        return UNCACHED if "手机" in text else formula(3)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) else text


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_every_page_has_an_example_of_either_sign(code: str) -> None:
    signs = [sign for each, sign, _sentence in SENTENCES if each == code]
    assert sorted(signs) == sorted(SIGNS)


@pytest.mark.parametrize(("code", "sign", "sentence"), IN_A_CELL, ids=ids(IN_A_CELL))
def test_an_example_of_a_cell_is_what_its_page_says(code: str, sign: str, sentence: str) -> None:
    match = _CELL.fullmatch(sentence)
    assert match
    item, how, text = match.groups()
    answers = {item.replace("-", "_"): cell(how, text)}
    found = codes(form_case(form(**answers)), "V")  # type: ignore[arg-type] # items as keywords
    assert (code in found) == (sign == SIGNS[0])


@pytest.mark.parametrize(("code", "sign", "sentence"), IN_A_ROUND, ids=ids(IN_A_ROUND))
def test_an_example_of_a_round_is_what_its_page_says(
    code: str, sign: str, sentence: str, stage: Stage, tmp_path: Path
) -> None:
    found = codes_of_round(stage, tmp_path / "考核", story_of(code[0], sentence))
    wrong = sign == SIGNS[0]
    assert (code in found) == wrong, found
    assert wrong or STOPPED not in found, found


@pytest.mark.parametrize(
    "sentence",
    ["指标表没有“满分”一栏", "收回 无名.xlsx", "收回 甲.xlsx，再看", "张三.xlsx：A2-1 填 5"],
)
def test_a_sentence_nobody_can_act_out_is_told(sentence: str) -> None:
    with pytest.raises(UnknownWordsError):
        story_of("F", sentence)
