"""The staff's workbook → what people typed, by place, wherever it stands now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from sheetflow import number
from sheetflow.desk.finding import Found, find, find_in
from sheetflow.desk.score_layouts import headings_mark, tabs
from sheetflow.desk.sheets import (
    HEADINGS,
    KEY,
    REVISION,
    ROUND,
    SYSTEM,
    DeskRead,
    Layout,
    TypedCell,
)
from sheetflow.model import EVERYONE, Area, Book, Fault, Place, Scheme, Source, Value, ValueKind
from sheetflow.tables import address, span, squeeze
from sheetflow.text import clean

_MISSING = "heading-missing"
#: What stands there is no word or number of anybody.
BROKEN = frozenset({ValueKind.ERROR, ValueKind.UNCACHED})


def read_desk(
    book: Book,
    file: str,
    scheme: Scheme,
    *,
    focus: tuple[str, ...] = (),
    ids: Collection[str] = (),
) -> DeskRead:
    """Read every cell in which people decide; ``ids`` are those of all members.

    Faults: those of ``finding.find``, ``cell-error`` (an error sign), ``cell-uncached`` (a formula
    without a result), ``row-nameless`` (something typed in a row that names nobody),
    ``desk-merged`` (so many cells are hidden under another one), ``desk-struck`` (struck out, but
    still there), ``desk-copied`` (a sheet like one of these that is not read, with something else
    typed). A workbook of an older scheme lacks what that did not have, which is no fault. Of a row
    that stands there twice nothing is read, nor of a column that does.
    """
    found = [find(book, file, layout, ids) for layout in tabs(scheme, focus)]
    system = _system(next(each for each in found if each.layout.tab == SYSTEM))
    older = system.get(HEADINGS, "") not in {"", headings_mark(each.layout for each in found)}
    decided = [each for each in found if _decides(each.layout)]
    cells = [cell for each in decided for cell in _cells(each, file)]
    revision = number.parse(system.get(REVISION, ""))
    return DeskRead(
        typed=dict(_typed(cells)),
        places={place: source for place, source, value in cells if not _broken(value)},
        revision=None if revision is None else int(revision),
        round_id=system.get(ROUND, ""),
        unread=frozenset(each.layout.tab for each in decided if not each.usable),
        rows_twice=tuple(row for each in decided for row in _twice(each, file)),
        broken=frozenset(place for place, _source, value in cells if _broken(value)),
        covered=frozenset(place for each in decided for place in _covered(each)),
        names={row: name for each in decided for row, name in _names(each, file)},
        keys={row: key for each in decided for row, key in _keys(each, file)},
        faults=(
            *(fault for each in decided for fault in _faults(each, file, older=older)),
            *_copied(book, file, found, ids),
        ),
    )


def _typed(
    cells: Iterable[tuple[Place, Source, Value | None]],
) -> Iterator[tuple[Place, TypedCell]]:
    for place, source, value in cells:
        if value is not None and (text := text_of(value)):
            cell = TypedCell(text=text, source=source, formula=value.formula, seen=value.seen)
            yield place, cell


def _covered(found: Found) -> Iterator[Place]:
    """Cells in which people decide that are hidden under merged ones."""
    spots = _spots(found) if found.merged else ()
    return (place for place, row, column in spots if found.hides(row, column))


def _broken(value: Value | None) -> bool:
    return value is not None and value.kind in BROKEN


def _faults(found: Found, file: str, *, older: bool) -> Iterator[Fault]:
    """What is wrong with one sheet: its headings, then its rows, then its cells."""
    yield from (f for f in found.faults if not (older and found.usable and f.kind == _MISSING))
    yield from _nameless(found, file)
    yield from _struck(found, file)
    for area, hidden in _merged(found):
        yield Fault("desk-merged", Source(file, found.title, span(area)), str(hidden))
    for place, source, value in _cells(found, file):
        if value is not None and _broken(value):
            kind = "cell-error" if value.kind is ValueKind.ERROR else "cell-uncached"
            yield Fault(kind, source, value.raw, place.column)


def missing_rows(
    read: DeskRead, expected: Collection[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """Rows that should be there, as ``plan.expected_rows`` names them, and are not.

    Of a sheet that cannot be read at all no row is missed.
    """
    twice = {(tab, row) for tab, row, _source in read.rows_twice}
    seen = {(place.tab, place.row) for place in read.places} | twice
    missed = set(expected) - seen
    return tuple(sorted((tab, row) for tab, row in missed if tab not in read.unread))


def text_of(value: Value | None) -> str:
    """What a cell says: numbers as exact decimals, days in ISO 8601, texts cleaned."""
    if value is None or value.kind in BROKEN:
        return ""
    if value.kind is ValueKind.NUMBER:
        return number.text(number.stored(value.raw)) or value.raw
    if value.kind is ValueKind.DATE:
        return value.raw.removesuffix("T00:00:00").removesuffix(" 00:00:00")
    return clean(value.raw).strip()


def place_row(layout: Layout, key: str) -> str | None:
    """Row of the places in a row of a sheet; ``None`` for a row that only shows."""
    if not layout.line:
        return key
    member, _bar, line = key.rpartition("/")
    return member if line == squeeze(layout.line) else None


def _decides(layout: Layout) -> bool:
    return any(column.decides for column in layout.columns)


def _cells(found: Found, file: str) -> Iterator[tuple[Place, Source, Value | None]]:
    for place, row, column in _spots(found):
        source = Source(file, found.title, address(row, column))
        yield place, source, found.value(row, place.column)


def _spots(found: Found) -> Iterator[tuple[Place, int, int]]:
    """Cells in which people decide, each with its row and column."""
    doubled = {fault.found for fault in found.faults if fault.kind == "heading-twice"}
    for key, rows in found.rows.items():
        row = place_row(found.layout, key)
        if row is None or len(rows) > 1:
            continue
        for column in found.layout.columns:
            known = column.key in found.columns and column.heading not in doubled
            if column.decides and known:
                place = Place(found.layout.tab, row, column.key)
                yield place, rows[0], found.columns[column.key]


def _struck(found: Found, file: str) -> Iterator[Fault]:
    """What people typed and struck out: it still stands in its cell."""
    struck = found.sheet.struck if found.sheet else ()
    for place, row, column in _spots(found) if struck else ():
        text = text_of(found.value(row, place.column))
        if text and (row, column) in struck:
            source = Source(file, found.title, address(row, column))
            yield Fault("desk-struck", source, text)


def _merged(found: Found) -> Iterator[tuple[Area, int]]:
    """Merged cells that hide some of ours, and how many."""
    rows = {row for rows in found.rows.values() for row in rows}
    for area in found.merged:
        hidden = sum(area.covers(row, c) for row in rows for c in found.columns.values())
        if hidden:
            yield area, hidden


def _twice(found: Found, file: str) -> Iterator[tuple[str, str, Source]]:
    for key, rows in found.rows.items():
        row = place_row(found.layout, key)
        if row is not None and len(rows) > 1:
            at = address(rows[1], found.columns[found.layout.keys[0]])
            yield found.layout.tab, row, Source(file, found.title, at)


def _names(found: Found, file: str) -> Iterator[tuple[tuple[str, str], tuple[str, Source]]]:
    at = found.columns.get("name")
    for key, rows in found.rows.items() if at else ():
        row = place_row(found.layout, key)
        if row is not None and row != EVERYONE and len(rows) == 1:
            source = Source(file, found.title, address(rows[0], at or 0))
            yield (found.layout.tab, row), (text_of(found.value(rows[0], "name")), source)


def _keys(found: Found, file: str) -> Iterator[tuple[tuple[str, str], tuple[str, Source]]]:
    """Hidden keys that are not themselves what a row is found by.

    One that stands behind what people type is easily left out when whole rows are sorted.
    """
    typed = (found.columns.get(c.key, 0) for c in found.layout.columns if c.decides)
    at, first = found.columns.get(KEY, 0), min(filter(None, typed), default=0)
    if not 0 < at < first or KEY in found.layout.keys:
        return
    for key, rows in found.rows.items():
        row = place_row(found.layout, key)
        if row is not None and len(rows) == 1:
            source = Source(file, found.title, address(rows[0], found.columns["id"]))
            yield (found.layout.tab, row), (text_of(found.value(rows[0], KEY)), source)


def _nameless(found: Found, file: str) -> Iterator[Fault]:
    """Something typed beside an empty name of a row belongs to nobody."""
    if found.sheet is None or not found.usable:
        return
    named = {row for rows in found.rows.values() for row in rows}
    typed = {
        found.columns[c.key]: c
        for c in found.layout.columns
        if c.decides and c.key in found.columns
    }
    for (row, column), value in sorted(found.sheet.values.items()):
        if row > found.top and row not in named and column in typed and text_of(value):
            source = Source(file, found.title, address(row, column))
            yield Fault("row-nameless", source, text_of(value), typed[column].heading)


def _copied(
    book: Book, file: str, found: Collection[Found], ids: Collection[str]
) -> Iterator[Fault]:
    """Sheets that are read as nobody's, though people may have decided in them: copies of ours."""
    read = {each.title for each in found}
    for sheet in (each for each in book.sheets if each.title not in read):
        for own in (each for each in found if _decides(each.layout)):
            copy = find_in(sheet, file, own.layout, ids)
            if _whole(copy):
                yield from _otherwise(own, copy, file)
                break


def _whole(found: Found) -> bool:
    """Whether every heading is there under which people decide."""
    decides = (column.key for column in found.layout.columns if column.decides)
    return found.usable and all(key in found.columns for key in decides)


def _otherwise(own: Found, copy: Found, file: str) -> Iterator[Fault]:
    """Tell where a copy has something typed that the sheet itself has not."""
    known = {place: text_of(value) for place, _source, value in _cells(own, file)}
    other = [
        (source, text)
        for place, source, value in _cells(copy, file)
        if (text := text_of(value)) and text != known.get(place)
    ]
    if other:
        source, text = other[0]
        yield Fault("desk-copied", source, text, own.title)


def _system(found: Found) -> Mapping[str, str]:
    return {key: text_of(found.value(rows[0], "value")) for key, rows in found.rows.items()}
