"""Stamped forms: part for part what painting each by itself gives, for every text and post."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import rule_schemes
from hypothesis import given, settings
from hypothesis import strategies as st
from office import Office
from rounds import AGREEMENT, UNREVIEWED, make, person
from schemes_for_tests import CODE, CREATED, DORMITORY, MEMBER, RICH, TOKEN

from sheetflow import round as rounds
from sheetflow.excel.preflight import check_zip
from sheetflow.excel.read import read_book
from sheetflow.excel.styles import FORM
from sheetflow.excel.write import stamping
from sheetflow.excel.write.form import write_form
from sheetflow.flows.forms import make_forms
from sheetflow.layout import Form, Role, plan_form
from sheetflow.model import Member, Scheme

POSTED = rule_schemes.make_scheme(random.Random(1))  # noqa: S311 - the same scheme in every run
#: One page with names, for tests of many texts.
SMALL = replace(RICH, parts=RICH.parts[1:])
SCHEMES = [RICH, DORMITORY, AGREEMENT, POSTED]
#: Texts that a patch could spoil: markup, escapes, blanks, place-holders, what stands elsewhere.
ODD = [
    "甲&乙<丙>丁\"戊'己", "_x0041_", "a_x005F_b", " 前有空格", "后有空格 ", "张　三", "买买提·艾力",
    "欧阳\n娜", "\ue0000\ue001", "\ue000", "\U00020bb7野家", "e\u0301", "<r>红</r>", "<r><b/></r>",
    "&amp;", "]]>", "一", "编号", "教学", "张三", "007", "第 &P 页", "=1+1", "{=1}", "é" * 300,
]  # fmt: skip


def member(number: int, name: str, *details: str, post: str = "") -> Member:
    headings = ("小组", "职务", "党小组", "岗位类别")
    filled = details * 2
    return Member(
        id=f"{number:03d}",
        name=name,
        post=post,
        details=tuple(zip(headings, filled, strict=False)),
    )


def plans(scheme: Scheme, members: Iterable[Member]) -> list[Form]:
    return [
        plan_form(
            scheme, m, code=CODE.replace("007", m.id), token=TOKEN.replace("|007|", f"|{m.id}|")
        )
        for m in members
    ]


def stamped(scheme: Scheme, forms: Iterable[Form]) -> list[bytes]:
    return list(stamping.write_forms(forms, scheme, created=CREATED))


def painted(scheme: Scheme, forms: Iterable[Form]) -> list[bytes]:
    return [write_form(form, scheme, created=CREATED) for form in forms]


def parts(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name) for name in archive.namelist()}


def ordinary(count: int) -> list[Member]:
    posts = rule_schemes.POSTS
    return [
        member(n, f"张{n}", f"第{n % 4}小组", "组员", post=posts[n % 3])
        for n in range(100, 100 + count)
    ]


def paintings(monkeypatch: pytest.MonkeyPatch) -> list[Form]:
    """Forms painted whole from here on."""
    seen: list[Form] = []

    def counted(form: Form, scheme: Scheme, *, created: date) -> bytes:
        seen.append(form)
        return write_form(form, scheme, created=created)

    monkeypatch.setattr(stamping, "write_form", counted)
    return seen


# ------------------------------------------------------------------ the same form


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.system)
def test_a_stamped_form_is_part_for_part_the_painted_one(scheme: Scheme) -> None:
    forms = plans(scheme, [*ordinary(6), member(7, "张三", "", ""), MEMBER])
    for one, other in zip(stamped(scheme, forms), painted(scheme, forms), strict=True):
        assert parts(one) == parts(other)


@pytest.mark.parametrize("text", ODD)
def test_no_text_of_a_member_spoils_a_form(text: str) -> None:
    odd = [
        member(1, text, "一组", "组长"),
        member(2, "李四", text, "组长"),
        member(3, "王五", text, text),
    ]
    forms = plans(SMALL, [*ordinary(2), *odd])
    for one, other in zip(stamped(SMALL, forms), painted(SMALL, forms), strict=True):
        assert parts(one) == parts(other)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), min_size=1, max_size=3))
def test_whatever_the_texts_are_the_form_is_the_painted_one(texts: list[tuple[str, str]]) -> None:
    forms = plans(SMALL, [member(n, *pair) for n, pair in enumerate(texts)])
    for one, other in zip(stamped(SMALL, forms), painted(SMALL, forms), strict=True):
        assert parts(one) == parts(other)


def test_a_scheme_that_holds_a_place_holder_keeps_its_words() -> None:
    for words in ("\ue0000\ue001", "\ue000"):
        organisation = replace(SMALL.settings, organisation=words)
        for scheme in (replace(SMALL, notes=(words,)), replace(SMALL, settings=organisation)):
            forms = plans(scheme, ordinary(2))
            for one, other in zip(stamped(scheme, forms), painted(scheme, forms), strict=True):
                assert parts(one) == parts(other)


def test_a_form_is_the_same_bytes_whatever_came_before_it() -> None:
    forms = plans(POSTED, ordinary(5))
    together = stamped(POSTED, forms)
    assert together == stamped(POSTED, forms)
    assert [stamped(POSTED, [form])[0] for form in forms] == together
    assert stamped(POSTED, reversed(forms)) == together[::-1]


def test_one_members_form_is_the_same_as_among_all(tmp_path: Path) -> None:
    folder = make(tmp_path / "考核", UNREVIEWED, [person(f"00{n}") for n in range(1, 4)])
    alone = make_forms(rounds.Round(folder), ["002"]).made
    before = (folder / alone[0]).read_bytes()
    everybody = make_forms(rounds.Round(folder))
    assert (everybody.same, (folder / alone[0]).read_bytes()) == (alone, before)


# ------------------------------------------------------------------ painted once


def test_members_who_differ_in_texts_alone_share_one_painting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = paintings(monkeypatch)
    stamped(RICH, plans(RICH, ordinary(20)))
    assert len(seen) == 1


def test_each_post_with_closed_rows_of_its_own_is_painted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = paintings(monkeypatch)
    stamped(POSTED, plans(POSTED, ordinary(20)))
    closed = {
        frozenset(cell.code for sheet in form.sheets for cell in sheet.cells if cell.closed)
        for form in seen
    }
    assert 1 < len(closed) <= len(seen) <= len(rule_schemes.POSTS)


def test_texts_that_are_patched_stand_on_one_line_and_shrink_to_fit() -> None:
    """So that no row is higher, and nothing else different, for a longer one."""
    for role in stamping.OWN - {Role.TOKEN}:
        assert not FORM[role.value]["text_wrap"]
        assert FORM[role.value]["shrink"]
    assert not FORM[Role.TOKEN.value].get("text_wrap")


# ------------------------------------------------------------------ programs that open it


def test_the_archive_is_plain_and_begins_with_its_types() -> None:
    (data,) = stamped(RICH, plans(RICH, ordinary(1)))
    assert {each.name for each in check_zip(data).entries.values()} == set(parts(data))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
    assert infos[0].filename == "[Content_Types].xml"
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {(info.compress_type, info.flag_bits, info.extra) for info in infos} == {(8, 0, b"")}


def test_readers_find_each_member_in_the_own_form() -> None:
    members = ordinary(4)
    for one, data in zip(members, stamped(RICH, plans(RICH, members)), strict=True):
        texts = {value.raw for sheet in read_book(data).sheets for value in sheet.values.values()}
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        cells = {cell.value for row in sheet.iter_rows() for cell in row}
        for known in (texts, cells):
            assert {one.id, one.name} <= known
            assert not {other.name for other in members if other is not one} & known


@pytest.mark.office
def test_the_office_opens_stamped_forms_and_finds_the_member(
    office: Office, tmp_path: Path
) -> None:
    members = [*ordinary(3), member(1, "甲&乙<丙>")]
    forms = plans(AGREEMENT, members)
    for one, form, data in zip(members, forms, stamped(AGREEMENT, forms), strict=True):
        path = tmp_path / f"{one.id}.xlsx"
        path.write_bytes(data)
        for plan in form.sheets[:2]:
            shown = office.read(path)[plan.title]
            assert {one.id, one.name, form.code} <= set(shown.values())
            assert str(shown["A1"]).startswith("填表自检：还有")
