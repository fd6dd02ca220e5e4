"""One scheme, two spellings: what people edit is what the repository holds, or it is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from forms_for_tests import edited, table_book, typed_over, value, without
from hypothesis import given, settings
from hypothesis import strategies as st
from schemes_for_tests import CREATED, DORMITORY, RICH, levels
from schemes_of_all_kinds import sound_schemes

from sheetflow import schemes, systems
from sheetflow.errors import SheetflowError
from sheetflow.excel.read import read_book
from sheetflow.excel.write.tables import write_tables
from sheetflow.model import (
    Book,
    Event,
    Fault,
    Gate,
    Letterhead,
    NameOrder,
    Review,
    Scheme,
    Slot,
    Source,
    Tier,
    Value,
    ValueKind,
)
from sheetflow.scheme_columns import BASIC, SETTINGS, SHEETS, TEXT, TEXTS
from sheetflow.scheme_sheets import from_book, to_tables
from sheetflow.tables import address

TOML = systems.scheme_bytes("agreement")
AGREEMENT = schemes.load_toml(TOML)
FILE = "考核方案.xlsx"
BOOK = table_book(*to_tables(AGREEMENT))
#: What an older program did not know.
LATER_KEYS = {
    *("meetings", "focus", "final_tier", "publicity_from", "publicity_to", "duties"),
    *("posts", "steps", "unmeant", "weight", "denominator", "at_least_one"),
    *("combination", "bonus_inside", "part_year_months"),
    *("name_order", "rare_characters", "letterhead", "masthead", "issuer", "seal"),
    *("imprint", "printed_by", "copied_to"),
    *("only_with", "single", "prefix", "upward"),
}
LATER = {heading.heading for columns in SHEETS.values() for heading in columns if heading.later}
LATER_SETTINGS = {(group, name) for group, name, path, *_more in BASIC if path[-1] in LATER_KEYS}


def read(book: Book) -> tuple[Scheme | None, tuple[Fault, ...]]:
    tree, places, faults = from_book(book, FILE)
    scheme, wrong = schemes.build(tree, places)
    return scheme, (*faults, *wrong)


def meaning(scheme: Scheme) -> tuple[Scheme, tuple[Fault, ...], str]:
    """What reading a workbook of this scheme must give: it, no fault, its version."""
    return scheme, (), schemes.version(scheme)


def found(book: Book) -> tuple[Scheme | None, tuple[Fault, ...], str]:
    scheme, faults = read(book)
    return scheme, faults, schemes.version(scheme) if scheme else ""


# ------------------------------------------------------------------ there and back


@settings(max_examples=60, deadline=None)
@given(sound_schemes())
def test_both_spellings_are_one_scheme(scheme: Scheme) -> None:
    assert found(table_book(*to_tables(scheme))) == meaning(scheme)


@pytest.mark.parametrize("scheme", [AGREEMENT, RICH, DORMITORY], ids=lambda s: str(s.system))
def test_a_real_workbook_is_the_same_scheme(scheme: Scheme) -> None:
    data = write_tables(to_tables(scheme), title="考核方案", created=CREATED)
    assert found(read_book(data)) == meaning(scheme)


@settings(max_examples=30, deadline=None)
@given(sound_schemes())
def test_the_ledgers_copy_is_the_same_scheme(scheme: Scheme) -> None:
    again = schemes.load_json(schemes.dump(scheme))
    assert again == scheme
    assert schemes.version(again) == schemes.version(scheme)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(len(BOOK.sheets))), st.integers(0, 5), st.integers(0, 3))
def test_sheets_rows_and_columns_may_be_moved(order: list[int], down: int, right: int) -> None:
    sheets = [
        replace(BOOK.sheets[at], values={(r + down, c + right): v
                                         for (r, c), v in BOOK.sheets[at].values.items()})
        for at in order
    ]  # fmt: skip
    assert found(Book(tuple(sheets))) == meaning(AGREEMENT)


def test_the_order_of_gates_does_not_make_another_version() -> None:
    gates = (
        Gate(tier="良", part="A", at_least=Decimal(10)),
        Gate(tier="优", part="B", at_least=Decimal(3)),
    )
    scheme, other = replace(RICH, gates=gates), replace(RICH, gates=gates[::-1])
    assert schemes.version(scheme) == schemes.version(other)
    assert found(table_book(*to_tables(scheme))) == meaning(other)


# ------------------------------------------------------------------ the version

SETTINGS_ONLY: Mapping[str, Any] = {
    "settings": replace(
        AGREEMENT.settings,
        organisation="别的",
        deadline=date(2016, 1, 1),
        review=Review.NONE,
        publicity_to=date(2016, 1, 8),
        name_order=NameOrder.PINYIN,
        letterhead=Letterhead.RED,
        seal=True,
        imprint=True,
    ),
    "terms": replace(AGREEMENT.terms, final_tier="别的"),
    "meetings": (),
    "focus": ("事实",),
    "slots": (Slot(name="依据", text="某文"),),
    "papers": (),
    "severities": {"V408": "off"},
    "columns": AGREEMENT.columns[:3],
}
PART = AGREEMENT.parts[0]
RULES: Mapping[str, Any] = {
    "number": "2",
    "year": 2016,
    "title": "别的",
    "period_end": date(2016, 1, 31),
    "terms": replace(AGREEMENT.terms, score="得分"),
    "notes": AGREEMENT.notes[1:],
    "signatures": (),
    "categories": AGREEMENT.categories[:1],
    "vetoes": AGREEMENT.vetoes[:2],
    "tiers": (replace(AGREEMENT.tiers[0], at_least=Decimal(99)), *AGREEMENT.tiers[1:]),
    "gates": tuple(replace(gate, active=True) for gate in AGREEMENT.gates),
    "quota": None,
    "parts": (replace(PART, bonus_most=Decimal(14)), AGREEMENT.parts[1]),
}


@pytest.mark.parametrize("name", SETTINGS_ONLY)
def test_the_years_settings_make_no_other_form(name: str) -> None:
    changed = replace(AGREEMENT, **{name: SETTINGS_ONLY[name]})
    assert changed != AGREEMENT
    assert schemes.version(changed) == schemes.version(AGREEMENT)


@pytest.mark.parametrize("name", RULES)
def test_another_rule_is_another_version(name: str) -> None:
    changed = replace(AGREEMENT, **{name: RULES[name]})
    assert schemes.version(changed) != schemes.version(AGREEMENT)


def test_every_rule_of_an_item_is_in_the_version() -> None:
    item = RICH.parts[0].sections[0].items[0]
    changes: tuple[dict[str, Any], ...] = (
        {"most": Decimal(6)},
        {"step": Decimal(1)},
        {"title": "x"},
        {"note": "x"},
        {"wording": "x"},
        {"levels": levels(达成="3", 基本达成="1")},
        {"events": (Event(what="x", zero_from=1),)},
        {"zero_asks_veto": True},
    )
    versions = {schemes.version(RICH)}
    for change in changes:
        section = RICH.parts[0].sections[0]
        items = (replace(item, **change), *section.items[1:])
        sections = (replace(section, items=items), *RICH.parts[0].sections[1:])
        part = replace(RICH.parts[0], sections=sections)
        versions.add(schemes.version(replace(RICH, parts=(part, RICH.parts[1]))))
    assert len(versions) == len(changes) + 1


def test_how_points_are_written_does_not_matter() -> None:
    tiers = (Tier(title="优", at_least=Decimal("35.00")), *RICH.tiers[1:])
    assert schemes.version(replace(RICH, tiers=tiers)) == schemes.version(RICH)


#: Versions of forms already handed out; a program that knows more words must not change them.
HANDED_OUT = ((AGREEMENT, "1-50e154d2"), (RICH, "1-f1be51e6"), (DORMITORY, "1-20a382f3"))


@pytest.mark.parametrize(("scheme", "version"), HANDED_OUT, ids=["agreement", "rich", "dormitory"])
def test_a_form_in_somebodys_hands_stays_of_its_version(scheme: Scheme, version: str) -> None:
    assert schemes.version(scheme) == version


def older(plain: Any) -> Any:  # noqa: ANN401 - nested plain data
    """What a program kept that did not know the later words."""
    if isinstance(plain, dict):
        return {key: older(value) for key, value in plain.items() if key not in LATER_KEYS}
    return [older(each) for each in plain] if isinstance(plain, list) else plain


def test_a_scheme_kept_by_an_older_program_is_read() -> None:
    kept = json.dumps(older(json.loads(schemes.dump(AGREEMENT))))
    again = schemes.load_json(kept)
    assert (again.meetings, again.focus) == ((), ())
    assert schemes.version(again) == schemes.version(AGREEMENT)


#: What only the last program but one did not know.
LAST_KEYS = {"imprint", "printed_by", "copied_to"}
LAST = {h.heading for columns in SHEETS.values() for h in columns if h.key in LAST_KEYS}
LAST_SETTINGS = {(group, name) for group, name, path, *_more in BASIC if path[-1] in LAST_KEYS}


@pytest.mark.parametrize(
    ("headings", "settings_"), [(LATER, LATER_SETTINGS), (LAST, LAST_SETTINGS)]
)
def test_a_workbook_made_before_the_later_columns_is_read(
    headings: set[str], settings_: set[tuple[str, str]]
) -> None:
    tables = []
    for table in to_tables(AGREEMENT):
        kept = [n for n, column in enumerate(table.columns)
                if column.heading not in headings]  # fmt: skip
        rows = [row for row in table.rows if row[:2] not in settings_]
        if kept:
            columns = tuple(table.columns[n] for n in kept)
            cells = tuple(tuple(row[n] for n in kept) for row in rows)
            tables.append(replace(table, columns=columns, rows=cells))
    scheme, faults, version = found(table_book(*tables))
    assert faults == ()
    assert scheme is not None
    assert version == schemes.version(AGREEMENT)


def test_the_version_starts_with_the_number_people_gave() -> None:
    assert schemes.version(replace(RICH, number="2015-3")).startswith("2015-3-")


# ------------------------------------------------------------------ cells that are wrong

#: Sheet, column and row of every content cell: what stands under a heading.
CELLS = [
    (at, row, column)
    for at, sheet in enumerate(BOOK.sheets)
    for row, column in sheet.values
    if row > (2 if sheet.title == SETTINGS else 1) and (sheet.title != SETTINGS or column == 3)
]
NONSENSE = ("胡说", "-1", "1,5", "1e3", "是否", "=1+1", "3／", "→", "必须否", "２０１５年", "　x")


def place(at: int, row: int, column: int) -> Source:
    return Source(FILE, BOOK.sheets[at].title, address(row, column))


def strict(at: int, column: int) -> bool:
    """Whether this column takes numbers, dates or closed words, not free text."""
    title = BOOK.sheets[at].title
    return title in SHEETS and SHEETS[title][column - 1].codec not in {TEXT, TEXTS}


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(CELLS), st.sampled_from(NONSENSE))
def test_a_wrong_cell_is_told_where_it_stands(cell: tuple[int, int, int], typed: str) -> None:
    at, row, column = cell
    scheme, faults = read(edited(BOOK, at, typed_over((row, column), typed)))
    places = {fault.source for fault in faults}
    assert (scheme is not None) or places
    if strict(at, column):
        assert place(*cell) in places or (scheme is not None and not faults)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(CELLS))
def test_an_error_sign_is_told_where_it_stands(cell: tuple[int, int, int]) -> None:
    at, row, column = cell
    broken = Value(ValueKind.ERROR, "#REF!", formula=True)
    _scheme, faults = read(edited(BOOK, at, typed_over((row, column), broken)))
    assert Fault("cell-error", place(*cell), "#REF!", _heading(at, column)) in faults


def _heading(at: int, column: int) -> str:
    title = BOOK.sheets[at].title
    return "内容" if title == SETTINGS else SHEETS[title][column - 1].heading


@pytest.mark.parametrize("column", ["档差", "谁评分", "自拟规则文字"])
def test_a_formula_without_a_result_is_told_where_it_stands(column: str) -> None:
    at = next(n for n, sheet in enumerate(BOOK.sheets) if sheet.title == "指标")
    heading = [each.heading for each in SHEETS["指标"]].index(column) + 1
    lost = Value(ValueKind.UNCACHED, "", formula=True)
    faults = read(edited(BOOK, at, typed_over((2, heading), lost)))[1]
    assert place(at, 2, heading) in {fault.source for fault in faults}


WRONG = (
    ("指标", "满分", "五分", "value-wrong"),
    ("指标", "评分方式", "按分数", "value-wrong"),
    ("指标", "分档", "达成", "value-wrong"),
    ("指标", "计次规则", "缺席 −1", "value-wrong"),
    ("指标", "部分", "X", "part-unknown"),
    ("指标", "零分问否决", "有", "value-wrong"),
    ("加分", "行数", "三", "value-wrong"),
    ("加分", "证明材料", "文号、", "value-wrong"),
    ("等次", "门槛", "B>=36", "value-wrong"),
    ("部分", "取优组", "A3 示范岗，3项", "value-wrong"),
    ("类别", "定等次", "对", "value-wrong"),
)


@pytest.mark.parametrize(("sheet", "column", "typed", "kind"), WRONG)
def test_what_is_said_of_a_wrong_cell(sheet: str, column: str, typed: str, kind: str) -> None:
    at = next(n for n, each in enumerate(BOOK.sheets) if each.title == sheet)
    heading = [each.heading for each in SHEETS[sheet]].index(column) + 1
    faults = read(edited(BOOK, at, typed_over((2, heading), typed)))[1]
    told = {(fault.kind, fault.source.cell, fault.found) for fault in faults}
    assert (kind, address(2, heading), typed) in told


def test_a_section_has_one_title() -> None:
    at = next(n for n, each in enumerate(BOOK.sheets) if each.title == "指标")
    faults = read(edited(BOOK, at, typed_over((3, 3), "别的")))[1]
    assert [(f.kind, f.source, f.found, f.expected) for f in faults] == [
        ("section-differs", place(at, 3, 3), "别的", "三会一课")
    ]


@pytest.mark.parametrize("typed", ["2015-12-201", "2015-12-20或21", "2015-12-20至25"])
def test_a_day_is_that_day_without_doubt(typed: str) -> None:
    at, row = setting("收表截止")
    faults = read(edited(BOOK, at, typed_over((row, 3), typed)))[1]
    assert place(at, row, 3) in {fault.source for fault in faults}


def test_digits_without_end_are_told() -> None:
    at, row = setting("年度")
    faults = read(edited(BOOK, at, typed_over((row, 3), "1" * 5000)))[1]
    assert place(at, row, 3) in {fault.source for fault in faults}


def setting(name: str) -> tuple[int, int]:
    """Sheet and row of one of the settings."""
    values = BOOK.sheets[0].values
    return 0, next(row for (row, column), each in values.items()
                   if column == 2 and each.raw == name)  # fmt: skip


def test_a_setting_written_twice_is_told() -> None:
    at, row = setting("年度")
    last = max(r for r, _c in BOOK.sheets[0].values) + 1
    values = {(last, 1): value("基本"), (last, 2): value("年度"), (last, 3): value(2014)}
    assert read(edited(BOOK, at, lambda old: {**old, **values}))[1]
    assert row < last


@pytest.mark.parametrize("name", ["系统", "方案名称", "方案编号", "年度", "考核开始", "单位全称"])
def test_a_setting_that_must_be_there_is_missed_in_its_cell(name: str) -> None:
    at, row = setting(name)
    scheme, faults = read(edited(BOOK, at, without((row, 3))))
    assert scheme is None
    assert [fault.kind for fault in faults] == ["key-missing"]


@pytest.mark.parametrize("column", ["编号", "考核内容", "评分方式", "满分"])
def test_a_cell_that_must_be_filled_is_missed_where_it_stands(column: str) -> None:
    at = next(n for n, each in enumerate(BOOK.sheets) if each.title == "指标")
    heading = [each.heading for each in SHEETS["指标"]].index(column) + 1
    scheme, faults = read(edited(BOOK, at, without((2, heading))))
    assert scheme is None
    assert [(f.kind, f.source) for f in faults] == [("key-missing", place(at, 2, heading))]


@pytest.mark.parametrize("title", [SETTINGS, *SHEETS])
def test_a_lost_sheet_is_told(title: str) -> None:
    sheets = tuple(sheet for sheet in BOOK.sheets if sheet.title != title)
    faults = read(Book(sheets))[1]
    assert ("sheet-missing", title) in {(fault.kind, fault.expected) for fault in faults}


def test_all_faults_are_told_at_once() -> None:
    book = BOOK
    cells = [cell for cell in CELLS if BOOK.sheets[cell[0]].title == "指标" and cell[2] == 7]
    for at, row, column in cells:
        book = edited(book, at, typed_over((row, column), "满"))
    told = {fault.source for fault in read(book)[1] if fault.kind == "value-wrong"}
    assert told == {place(*cell) for cell in cells}


# ------------------------------------------------------------------ toml

BAD_TOML = (
    (b"\xff", "TOML"),
    (b"a =", "TOML"),
    (TOML + b"\nextra = 1\n", "extra"),
    (TOML.replace(b'kind = "count"', b'kind = "counting"', 1), "counting"),
    (TOML.replace(b"year = 2015", b'year = "soon"', 1), "year"),
    (TOML.replace(b"title =", b"titel =", 1), "titel"),
    (TOML.replace(b"most = 5", b"most = nan", 1), "most"),
)


@pytest.mark.parametrize(("data", "word"), BAD_TOML)
def test_a_wrong_toml_is_refused_with_its_fault(data: bytes, word: str) -> None:
    with pytest.raises(SheetflowError, match=word):
        schemes.load_toml(data)


def test_points_of_toml_are_exact() -> None:
    scheme = schemes.load_toml(TOML.replace(b"each = -0.5", b"each = -0.1", 1))
    events = scheme.parts[0].sections[0].items[0].events
    assert Decimal("-0.1") in {event.each for event in events}
