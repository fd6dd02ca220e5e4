"""The examples on the pages of the scores are true: the wrong one is found, the right one not."""

from __future__ import annotations

import re
from datetime import date

import pytest

from checks.builders import ERROR, UNCACHED, Typed, codes, form, form_case, formula
from sheetflow.checks.registry import CHECKS

_EXAMPLE = re.compile(r"(错误|正确)：([AB]\d-\d) ?(填|显示|空着) ?(.*)")
EXAMPLES = [
    (code, *match.groups())
    for code, check in sorted(CHECKS.items())
    if code[:2] in {"V4", "T5"}
    for match in map(_EXAMPLE.match, check.page.splitlines())
    if match
]


def typed(how: str, text: str) -> Typed:
    """What the cell holds after doing what the example says."""
    if how == "空着":
        return None
    if how == "显示":
        return ERROR
    if text.startswith("="):
        return UNCACHED if "手机" in text else formula(3)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) else text


def test_there_are_examples_to_run() -> None:
    assert len({code for code, *_rest in EXAMPLES}) >= 10


@pytest.mark.parametrize(("code", "sign", "item", "how", "text"), EXAMPLES)
def test_an_example_is_what_its_page_says(
    code: str, sign: str, item: str, how: str, text: str
) -> None:
    answers = {item.replace("-", "_"): typed(how, text)}
    found = codes(form_case(form(**answers)), "V")  # type: ignore[arg-type] # items as keywords
    assert (code in found) == (sign == "错误")
