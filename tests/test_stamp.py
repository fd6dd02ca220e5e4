"""Who a form belongs to survives how people type, and never survives a change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sheetflow import stamp as stamps
from sheetflow.model import Stamp

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
KEY = "a-key"
ids = st.text("0123456789ABCXYZ", min_size=1, max_size=6)
words = st.text("abc0123-", min_size=1, max_size=8)
marks = st.builds(
    Stamp, round=words, scheme=words, member=ids, generation=st.integers(0, 20)
)  # fmt: skip
WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


@settings(max_examples=100, deadline=None)
@given(marks)
def test_a_code_names_its_member_and_holds_no_mistakable_letter(mark: Stamp) -> None:
    code = stamps.code(mark, KEY)
    found = stamps.read_code(code)
    assert found is not None
    assert found.sound
    assert (found.member, found.tag) == (mark.member, stamps.tag(mark, KEY))
    assert stamps.matches(found.tag, mark, KEY)
    assert set(code.removeprefix(mark.member)) <= {*LETTERS, "-"}


@settings(max_examples=100, deadline=None)
@given(
    marks, st.sampled_from("-‐‑‒–—―−－ー_﹣"), st.sampled_from(["", " ", "\u3000", "\u00a0", "\n"])
)
def test_a_code_survives_how_it_is_typed(mark: Stamp, dash: str, space: str) -> None:
    code = stamps.code(mark, KEY)
    spread = space + space.join(code.replace("-", dash)) + space
    for typed in (spread, spread.lower(), code.translate(WIDE), code.lower().translate(WIDE)):
        assert stamps.read_code(typed) == stamps.read_code(code)


@settings(max_examples=150, deadline=None)
@given(marks, st.data())
def test_a_slip_of_one_letter_is_never_taken_for_the_form(mark: Stamp, data: st.DataObject) -> None:
    code = stamps.code(mark, KEY)
    start = len(mark.member) + 1
    at = data.draw(st.sampled_from([n for n in range(start, len(code)) if code[n] != "-"]))
    letter = data.draw(st.sampled_from(LETTERS).filter(lambda c: c != code[at]))
    found = stamps.read_code(code[:at] + letter + code[at + 1 :])
    assert found is not None
    assert not (found.sound and stamps.matches(found.tag, mark, KEY))


def test_slips_are_nearly_always_told_from_foreign_codes() -> None:
    code = stamps.code(Stamp(round="r", scheme="1", member="007"), KEY)
    slips = [code[:4] + letter + code[5:] for letter in LETTERS if letter != code[4]]
    assert sum(bool((c := stamps.read_code(slip)) and c.sound) for slip in slips) <= 1


@pytest.mark.parametrize(
    "text",
    ["", "007", "007-K7M2", "-K7M2-Q9", "007-K7M-Q9", "007-K7M2-Q", "007-K7M22-Q9", "某某学校",
     "007 K7M2 Q9", "--"],
)  # fmt: skip
def test_what_is_no_code_at_all(text: str) -> None:
    assert stamps.read_code(text) is None


def test_a_swapped_member_number_is_a_slip() -> None:
    code = stamps.code(Stamp(round="r", scheme="1", member="007"), KEY)
    found = stamps.read_code(code.replace("007", "008"))
    assert found is not None
    assert not found.sound


CHANGES = ("round", "scheme", "member")


@settings(max_examples=100, deadline=None)
@given(marks, marks)
def test_codes_and_tokens_tell_forms_apart(one: Stamp, other: Stamp) -> None:
    assert stamps.read_token(stamps.token(one, KEY), KEY) == (one, True)
    assume(one != other)
    assert stamps.token(one, KEY) != stamps.token(other, KEY)


@settings(max_examples=60, deadline=None)
@given(marks, st.sampled_from(CHANGES), words)
def test_a_token_with_a_changed_field_does_not_verify(mark: Stamp, name: str, text: str) -> None:
    assume(getattr(mark, name) != text)
    pieces = stamps.token(mark, KEY).split("|")
    pieces[1 + CHANGES.index(name)] = text
    found = stamps.read_token("|".join(pieces), KEY)
    assert found is not None
    assert found[1] is False


@pytest.mark.parametrize("text", ["1", "00", "0000000", "٠"])
def test_a_token_of_another_generation_does_not_verify(text: str) -> None:
    pieces = stamps.token(Stamp(round="r", scheme="1", member="007"), KEY).split("|")
    found = stamps.read_token("|".join([*pieces[:4], text, pieces[5]]), KEY)
    assert found is not None
    assert found[1] is False


def test_a_token_is_bound_to_the_key() -> None:
    mark = Stamp(round="r", scheme="1", member="007")
    found = stamps.read_token(stamps.token(mark, "another"), KEY)
    assert found == (mark, False)
    assert stamps.code(mark, "another") != stamps.code(mark, KEY)
    assert stamps.code(replace(mark, generation=1), KEY) != stamps.code(mark, KEY)


@pytest.mark.parametrize(
    "text",
    ["", "sf1|a|b|c|0", "sf2|a|b|c|0|X", "sf1|a|b|c|x|X", "sf1|a|b|c|-1|X", "sf1|a|b|c|0|X|Y"],
)
def test_what_is_no_token(text: str) -> None:
    assert stamps.read_token(text, KEY) is None


def test_a_token_with_endless_digits_is_read_and_not_believed() -> None:
    found = stamps.read_token(f"sf1|a|b|c|{'9' * 5000}|X", KEY)
    assert found is not None
    assert found[1] is False
