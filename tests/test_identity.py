"""Whose form it is: code and token against what was handed out, never a guess."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from forms_for_tests import (
    KEY,
    ROUND,
    blank_book,
    edited,
    everywhere,
    find,
    known,
    moved,
    stamped,
    typed_over,
    without,
)
from schemes_for_tests import DORMITORY, MEMBER, RICH

from sheetflow import stamp as stamps
from sheetflow.identity import Identity, identify
from sheetflow.model import Book, Member, Scheme, Stamp, Value, ValueKind

BOOK = blank_book()
CODE = stamps.code(stamped(), KEY)
#: Places of the code in the two parts and of the token in the hidden sheet.
AT_CODE = find(BOOK.sheets[0], CODE)
TOKEN = (1, 1)
OTHER = stamped("012")


def who(book: Book, *issued: Stamp, scheme: Scheme = RICH) -> Identity:
    return identify(book, "a.xlsx", scheme.terms, known(*(issued or (stamped(), OTHER))))


def kinds(identity: Identity) -> list[str]:
    return [fault.kind for fault in identity.faults]


def codes(book: Book, *typed: str) -> Book:
    """These codes in the parts, blank ones cleared."""
    for at, text in enumerate(typed):
        change = typed_over(AT_CODE, text) if text else without(AT_CODE)
        book = edited(book, at, change)
    return book


def token(book: Book, text: str) -> Book:
    return edited(book, len(book.sheets) - 1, typed_over(TOKEN, text))


def no_hidden(book: Book) -> Book:
    return replace(book, sheets=tuple(s for s in book.sheets if not s.hidden))


def unlabelled(book: Book) -> Book:
    """The whole row of the code cleared in every sheet."""
    return everywhere(book, lambda values: {at: v for at, v in values.items() if at[0] != 2})


SOUND: dict[str, Callable[[Book], Book]] = {
    "untouched": lambda b: b,
    "sheets in another order": lambda b: replace(b, sheets=b.sheets[::-1]),
    "sheets renamed": lambda b: replace(
        b, sheets=tuple(replace(s, title=f"表{n}") for n, s in enumerate(b.sheets))
    ),
    "rows and columns inserted": lambda b: everywhere(b, moved(lambda r: r + 3, lambda c: 2 * c)),
    "token lost": no_hidden,
    "hidden sheet emptied": lambda b: edited(b, len(b.sheets) - 1, lambda _v: {}),
    "token mangled": lambda b: token(b, "sf1|x"),
    "code in lower case, full width": lambda b: codes(
        b, CODE.lower(), CODE.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    ),
    "code with blanks and a colon at its label": lambda b: edited(
        codes(b, f" {CODE[:5]} {CODE[5:]}\n"), 0, typed_over((2, 1), "表单码：")
    ),
    "a part gone": lambda b: replace(b, sheets=b.sheets[1:]),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_form_is_known_whatever_was_moved(name: str) -> None:
    found = who(SOUND[name](BOOK))
    assert found == Identity(stamp=stamped(), verified=True, name="张三", faults=())


SPOILT: dict[str, tuple[Callable[[Book], Book], str]] = {
    "only the token is left": (unlabelled, "code-blank"),
    "slip in the tag": (lambda b: codes(b, slip(4), slip(4)), "code-slip"),
    "slip in the check": (lambda b: codes(b, slip(-1), slip(-1)), "code-slip"),
    "another's number before the code": (
        lambda b: codes(b, *[CODE.replace("007", "012")] * 2),
        "code-slip",
    ),
    "no code but words": (lambda b: codes(b, "忘了", "忘了"), "code-blank"),
    "codes of two forms": (lambda b: codes(b, CODE, stamps.code(OTHER, KEY)), "two-forms"),
    "a colleague's codes, own token": (
        lambda b: codes(b, *[stamps.code(OTHER, KEY)] * 2),
        "identity-differs",
    ),
    "own codes, a colleague's token": (
        lambda b: token(b, stamps.token(OTHER, KEY)),
        "identity-differs",
    ),
    "nothing left": (lambda b: no_hidden(unlabelled(b)), "not-a-form"),
    "made with another key": (
        lambda _b: blank_book(RICH, MEMBER, "another"),
        "code-foreign",
    ),
    "a code never handed out": (
        lambda b: codes(no_hidden(b), *[stamps.code(stamped("099"), KEY)] * 2),
        "code-foreign",
    ),
    "two tokens": (
        lambda b: edited(
            unlabelled(b), len(b.sheets) - 1, typed_over((9, 1), stamps.token(OTHER, KEY))
        ),
        "two-forms",
    ),
}


def slip(at: int) -> str:
    letters = list(CODE)
    letters[at] = "2" if letters[at] != "2" else "3"
    return "".join(letters)


@pytest.mark.parametrize("name", SPOILT)
def test_what_does_not_fit_is_told_and_not_guessed(name: str) -> None:
    change, kind = SPOILT[name]
    found = who(change(BOOK))
    assert set(kinds(found)) == {kind}
    assert found.verified is (kind == "code-blank")
    if kind == "code-blank":
        assert found.stamp == stamped()
    if kind in {"code-slip", "two-forms", "identity-differs", "not-a-form"}:
        assert found.stamp is None


def test_what_an_unverified_form_claims_is_kept() -> None:
    found = who(blank_book(RICH, MEMBER, "another"))
    assert found.stamp == stamped()
    assert not found.verified


def test_a_form_of_another_round_is_told_by_its_round() -> None:
    old = Stamp(round="round-0", scheme="1-x", member="007")
    book = token(codes(BOOK, *[stamps.code(old, KEY)] * 2), stamps.token(old, KEY))
    found = who(book)
    assert [(f.kind, f.found, f.expected) for f in found.faults] == [
        ("round-other", "round-0", ROUND)
    ]
    assert (found.stamp, found.verified) == (None, False)


def test_a_return_copy_is_known_by_its_generation() -> None:
    copy = stamped(generation=1)
    book = token(codes(BOOK, *[stamps.code(copy, KEY)] * 2), stamps.token(copy, KEY))
    assert who(book, stamped(), copy).stamp == copy
    assert kinds(who(codes(BOOK, *[stamps.code(copy, KEY)] * 2), stamped(), copy)) == [
        "identity-differs"
    ]


def test_the_place_of_a_slip_is_told() -> None:
    found = who(codes(BOOK, CODE, slip(4)))
    source = next(f.source for f in found.faults if f.kind == "two-forms")
    assert (source.sheet, source.cell) == ("纪律", "B2")


def test_a_forged_token_proves_nothing() -> None:
    forged = stamps.token(stamped(), KEY).replace("007", "012")
    book = token(unlabelled(BOOK), forged)
    found = who(book)
    assert (kinds(found), found.verified) == (["code-foreign"], False)


@pytest.mark.parametrize("scheme", [RICH, DORMITORY], ids=["two parts", "one part"])
def test_a_code_cleared_in_one_part_is_not_another_form(scheme: Scheme) -> None:
    mark = stamped(scheme=scheme)
    book = edited(blank_book(scheme), 0, without(AT_CODE))
    found = who(book, mark, scheme=scheme)
    assert (found.stamp, found.verified) == (mark, True)
    assert set(kinds(found)) <= {"code-blank"}


def test_the_name_shown_is_read_and_decides_nothing() -> None:
    at = find(BOOK.sheets[0], "张三")
    found = who(everywhere(BOOK, lambda v: typed_over(at, "李四")(v) if at in v else v))
    assert found == replace(who(BOOK), name="李四")


def test_two_members_forms_are_told_apart() -> None:
    book = blank_book(RICH, Member(id="012", name="李四"))
    found = who(book)
    assert (found.stamp, found.name) == (OTHER, "李四")
    both = replace(book, sheets=(BOOK.sheets[0], *book.sheets[1:]))
    assert kinds(who(both)) == ["two-forms"]


def test_a_number_or_error_in_place_of_the_code_leaves_the_token_to_tell() -> None:
    for bad in (Value(ValueKind.NUMBER, "7"), Value(ValueKind.ERROR, "#REF!")):
        book = edited(edited(BOOK, 0, typed_over(AT_CODE, bad)), 1, typed_over(AT_CODE, bad))
        assert kinds(who(book)) == ["code-blank"]
