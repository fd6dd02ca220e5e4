"""A form is read by its codes and headings; whatever else moved, the entries are the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from forms_for_tests import (
    Values,
    contents,
    edited,
    everywhere,
    filled_book,
    find,
    known,
    moved,
    stamped,
    typed_over,
    value,
    without,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from schemes_for_tests import DORMITORY, RICH

from sheetflow import records
from sheetflow.identity import identify
from sheetflow.layout import HEADING_ROW
from sheetflow.model import Book, Field, Scheme, Source, Submission, Value, ValueKind
from sheetflow.submissions import read_submission, seek

BOOK = filled_book()
WORK = BOOK.sheets[0]
ITEMS = [item.code for part in RICH.parts for item in part.items]
ROWS = [code for part in RICH.parts for bonus in part.bonuses for code in bonus.row_codes]
FIRST = HEADING_ROW + 1


def read(book: Book, scheme: Scheme = RICH) -> Submission:
    identity = identify(book, "a.xlsx", scheme.terms, known(stamped(scheme=scheme)))
    return read_submission(book, file="a.xlsx", sha256="00", sought=seek(scheme), identity=identity)


def kinds(submission: Submission) -> set[str]:
    return {fault.kind for fault in submission.faults}


WHOLE = read(BOOK)


def at(code: str, field: Field) -> tuple[int, int]:
    return find(WORK, f"{code}/{field.value}")


def test_everything_filled_is_an_entry_in_its_field() -> None:
    assert WHOLE.faults == ()
    assert WHOLE.stamp == stamped()
    assert WHOLE.modified == datetime(2015, 12, 10, 9, 30, tzinfo=UTC)
    expected = {(c, f, f"{c}/{f.value}") for c in ITEMS for f in (Field.SCORE, Field.EVIDENCE)}
    bonus = (Field.REASON, Field.LEVEL, Field.ISSUER, Field.DOCUMENT, Field.DATE, Field.CLAIM)
    expected |= {(c, f, f"{c}/{f.value}") for c in ROWS for f in bonus}
    assert contents(WHOLE) == expected
    assert list(WHOLE.spots) == [
        c
        for p in RICH.parts
        for c in (*(i.code for i in p.items), *(r for b in p.bonuses for r in b.row_codes))
    ]


def test_where_an_entry_stands_is_kept() -> None:
    entry = WHOLE.entry("A1-2", Field.SCORE)
    assert entry is not None
    assert entry.source == WHOLE.place("A1-2") == Source("a.xlsx", "工作", "G8")


def test_a_blank_form_has_places_and_no_entries() -> None:
    book = everywhere(BOOK, lambda values: {k: v for k, v in values.items() if "/" not in v.raw})
    found = read(book)
    assert (found.entries, found.faults) == ((), ())
    assert found.spots == WHOLE.spots


def rows(change: Callable[[int], int]) -> Callable[[Book], Book]:
    return lambda book: everywhere(book, moved(rows=change))


def columns(change: Callable[[int], int]) -> Callable[[Book], Book]:
    return lambda book: everywhere(book, moved(columns=change))


def swapped(row: int) -> int:
    """Two rows of items change places."""
    return {FIRST: FIRST + 1, FIRST + 1: FIRST}.get(row, row)


HARMLESS: dict[str, Callable[[Book], Book]] = {
    "sheets reordered": lambda b: replace(b, sheets=b.sheets[::-1]),
    "sheets renamed": lambda b: replace(
        b,
        sheets=tuple(
            s if s.hidden else replace(s, title=f"Sheet{n}") for n, s in enumerate(b.sheets)
        ),
    ),
    "rows inserted above": rows(lambda r: r + 5),
    "rows inserted between": rows(lambda r: 2 * r),
    "rows sorted": rows(swapped),
    "columns inserted": columns(lambda c: 3 * c),
    "columns mirrored": lambda b: edited(b, 0, lambda v: mirrored(v, HEADING_ROW)),
    "the notes deleted": lambda b: replace(b, sheets=(*b.sheets[:2], b.sheets[3])),
    "a code in lower case": lambda b: edited(b, 0, typed_over((FIRST, 1), " a1-1 ")),
    "headings with breaks": lambda b: edited(b, 0, typed_over((HEADING_ROW, 7), "自评\n分 ")),
    "a value far below": lambda b: edited(b, 0, typed_over((300, 1), "备注")),
}


def mirrored(values: Values, top: int) -> Values:
    """All columns right to left below the head of the form."""
    return {(r, 12 - c if r >= top and c < 12 else c): v for (r, c), v in values.items()}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_moves_does_not_matter(name: str) -> None:
    found = read(HARMLESS[name](BOOK))
    assert found.faults == ()
    assert contents(found) == contents(WHOLE)


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(len(WHOLE.spots) - 1)), st.permutations(range(1, 10)))
def test_any_order_of_rows_and_columns_gives_the_same_entries(
    order: list[int], columns_: list[int]
) -> None:
    items = {FIRST + n: FIRST + to for n, to in enumerate([o for o in order if o < 11])}
    places = dict(enumerate(columns_, 1))

    def change(values: Values) -> Values:
        return {
            (items.get(r, r), places.get(c, c) if r >= HEADING_ROW else c): v
            for (r, c), v in values.items()
        }

    found = read(edited(BOOK, 0, change))
    assert found.faults == ()
    assert contents(found) == contents(WHOLE)


SPOILT: dict[str, tuple[Callable[[Book], Book], set[str]]] = {
    "a code doubled": (
        lambda b: edited(b, 0, typed_over((FIRST + 1, 1), "A1-1")),
        {"code-twice", "code-missing"},
    ),
    "a code cleared": (lambda b: edited(b, 0, without((FIRST, 1))), {"code-missing", "row-added"}),
    "a code mistyped": (
        lambda b: edited(b, 0, typed_over((FIRST, 1), "A1-")),
        {"code-missing", "row-added"},
    ),
    "a sheet of one's own": (
        lambda b: replace(
            b, sheets=(*b.sheets, replace(WORK, title="草稿", values={(1, 1): value("A1-1")}))
        ),
        {"sheet-added"},
    ),
    "a row deleted": (
        lambda b: edited(b, 0, lambda v: {(r, c): x for (r, c), x in v.items() if r != FIRST}),
        {"code-missing"},
    ),
    "a part deleted": (lambda b: replace(b, sheets=b.sheets[1:]), {"part-missing"}),
    "a part copied": (
        lambda b: replace(b, sheets=(*b.sheets, replace(WORK, title="工作 (2)"))),
        {"code-twice"},
    ),
    "the heading of the scores lost": (
        lambda b: edited(b, 0, without((HEADING_ROW, 7))),
        {"heading-missing"},
    ),
    "the heading of the codes lost": (
        lambda b: edited(b, 0, without((HEADING_ROW, 1))),
        {"heading-missing"},
    ),
    "the headings of the bonus lost": (
        lambda b: edited(
            b, 0, lambda v: {at: x for at, x in v.items() if at[0] != find(WORK, "加分项目")[0]}
        ),
        {"heading-missing"},
    ),
    "something filled far outside": (
        lambda b: replace(b, sheets=(replace(WORK, beyond=("A9000",)), *b.sheets[1:])),
        {"beyond"},
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_lost_or_doubled_is_told(name: str) -> None:
    change, expected = SPOILT[name]
    found = read(change(BOOK))
    assert kinds(found) == expected
    assert contents(found) <= contents(WHOLE) | {
        ("A1-1", e.field, e.value.raw) for e in found.entries
    }


def test_of_doubled_codes_the_first_is_read_and_both_places_told() -> None:
    found = read(edited(BOOK, 0, typed_over((FIRST + 1, 1), "A1-1")))
    twice = next(fault for fault in found.faults if fault.kind == "code-twice")
    assert (twice.source.cell, twice.found, twice.expected) == ("G8", "A1-1", "G7")
    assert found.entry("A1-1", Field.SCORE) == WHOLE.entry("A1-1", Field.SCORE)


def test_only_values_pasted_into_one_new_sheet() -> None:
    pasted = replace(WORK, title="Sheet1")
    found = read(Book((pasted,)))
    assert contents(found) == {e for e in contents(WHOLE) if e[0].startswith("A")}
    assert [(f.kind, f.expected) for f in found.faults] == [("part-missing", "纪律")]


def test_both_parts_in_one_sheet_are_still_read() -> None:
    down = {(r + 100, c): v for (r, c), v in BOOK.sheets[1].values.items()}
    one = replace(WORK, values={**WORK.values, **down})
    found = read(Book((one, *BOOK.sheets[2:])))
    assert found.faults == ()
    assert contents(found) == contents(WHOLE)


def test_a_heading_twice_in_one_block_is_told() -> None:
    book = edited(BOOK, 0, typed_over((HEADING_ROW, 15), "自评分"))
    found = read(edited(book, 0, typed_over((FIRST, 15), 3)))
    assert kinds(found) == {"heading-twice"}
    assert len([e for e in found.entries if (e.code, e.field) == ("A1-1", Field.SCORE)]) == 1


@pytest.mark.parametrize("text", ["级别", "日期", "文号"])
def test_a_lost_heading_beside_the_points_is_told(text: str) -> None:
    found = read(edited(BOOK, 0, without(find(WORK, text))))
    assert kinds(found) == {"heading-missing"}


def test_what_the_branch_column_holds_is_an_entry_of_its_own() -> None:
    found = read(edited(BOOK, 0, typed_over((FIRST, 8), 5)))
    assert contents(found) - contents(WHOLE) == {("A1-1", Field.APPROVED, "5")}


def test_the_value_kept_is_the_value_typed() -> None:
    place = at("A1-1", Field.SCORE)
    for typed in (
        Value(ValueKind.NUMBER, "4.5"),
        Value(ValueKind.ERROR, "#REF!", formula=True),
        Value(ValueKind.UNCACHED, "", formula=True),
        Value(ValueKind.DATE, "2015-04-05"),
    ):
        entry = read(edited(BOOK, 0, typed_over(place, typed))).entry("A1-1", Field.SCORE)
        assert entry is not None
        assert entry.value == typed
    blank = read(edited(BOOK, 0, typed_over(place, "  ")))
    assert blank.entry("A1-1", Field.SCORE) is None


def test_the_stored_total_is_a_witness_beside() -> None:
    book = BOOK
    for n, sheet in enumerate(BOOK.sheets[:2]):
        row = find(sheet, "自评合计")[0]
        book = edited(book, n, typed_over((row, 9 if n == 0 else 7), 30 + n))
    found = read(book)
    assert {part: e.value.raw for part, e in found.totals.items()} == {"A": "30", "B": "31"}
    assert contents(found) == contents(WHOLE)


def test_a_form_of_another_system_is_read_by_its_own_words() -> None:
    found = read(filled_book(DORMITORY), DORMITORY)
    assert found.faults == ()
    assert {code for code, _f, _r in contents(found)} == {"S1-1", "S1-2", "S2-1"}
    assert kinds(read(filled_book(DORMITORY))) >= {"part-missing"}


# ------------------------------------------------------------------ as the ledger keeps it


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(WHOLE.spots)),
            st.sampled_from(Field),
            st.sampled_from(ValueKind),
            st.text(max_size=8),
            st.booleans(),
        ),
        max_size=5,
    ),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.booleans(),
)
def test_a_submission_kept_is_the_submission_read(
    cells: list[tuple[str, Field, ValueKind, str, bool]], when: datetime | None, known_: bool
) -> None:
    spoilt = read(edited(BOOK, 0, typed_over((FIRST + 1, 1), "A1-1")))
    entries = tuple(
        WHOLE.entries[0]._replace(code=code, field=field, value=Value(kind, raw, formula))
        for code, field, kind, raw, formula in cells
    )
    stamp = stamped(generation=2) if known_ else None
    kept = replace(
        spoilt,
        entries=entries,
        modified=when,
        stamp=stamp,
        totals={"A": entries[0]} if entries else {},
    )
    assert records.load(records.dump(kept), "a.xlsx") == kept


def test_a_file_moved_is_the_same_submission_elsewhere() -> None:
    found = records.load(records.dump(WHOLE), "b/c.xlsx")
    assert found.file == "b/c.xlsx"
    assert {e.source.file for e in found.entries} == {"b/c.xlsx"}
    assert contents(found) == contents(WHOLE)


def test_forms_of_one_shape_share_all_but_their_files() -> None:
    kept = records.dump(WHOLE)
    one, other = records.load(kept, "a.xlsx"), records.load(kept, "b.xlsx")
    assert one.spots is other.spots
    pairs = list(zip(one.entries, other.entries, strict=True))
    assert all(a.spot is b.spot and a.value is b.value for a, b in pairs)
    assert [a.source._replace(file="b.xlsx") for a, _b in pairs] == [b.source for _a, b in pairs]
    assert other.place("A1-1") == other.spots["A1-1"]._replace(file="b.xlsx")


def test_a_changed_maximum_is_told_and_changes_nothing() -> None:
    at = find(WORK, "满分")
    found = read(edited(BOOK, 0, typed_over((FIRST, at[1]), 50)))
    assert kinds(found) == {"most-changed"}
    assert contents(found) == contents(WHOLE)
