"""A table of a paper against the same table after people have edited it.

Rows may be sorted, columns moved, added or left out, cells formatted; what the rows say of whom
may not change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sheetflow.passages import Grid
from sheetflow.verifying_texts import (
    Kind,
    Marked,
    Span,
    gaps,
    is_number,
    marked,
    plain,
    same,
    scan,
)

#: All of these say that there is nothing.
_NOTHING = frozenset({"", "-", "—", "–", "/"})
#: A name tells more of which row this is than a number.
_NAME_WEIGHT = 3.0

#: So many pairs of rows are compared one by one; beyond, rows are taken in their order.
_MOST_PAIRS = 250_000

Row = tuple[Marked, ...]
Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellGap:
    """A difference in a table: row and column in words, what should stand there, what does.

    A row that is lost or too many has no column.
    """

    row: str
    column: str
    expected: str = ""
    found: str = ""


def table_gaps(
    expected: Grid, found: Sequence[Texts], words: AbstractSet[str]
) -> tuple[CellGap, ...]:
    """Differences between a table with marks and the rows it has become."""
    rows = [_with_figures(tuple(map(marked, row))) for row in expected.rows]
    now = [tuple(map(plain, row)) for row in found]
    whose, running = _columns(rows, now), _running(rows)
    pairs = _pairs(rows, now, whose, words)
    if running >= 0 and _in_order(rows, now, pairs, whose):
        rows = [_without(row, running) for row in rows]
    titles = _titles(rows)
    result = list[CellGap]()
    for at, row in enumerate(rows):
        if at in pairs:
            seen = _seen(row, now[pairs[at]], whose)
            result += _row_gaps(row, seen, titles, words)
        elif _tells(row):
            result.append(CellGap(_label(row, words), "", _said(row)))
    if _only_names(rows, words):
        result = _without_moved(result)
    return (*result, *_too_many(rows, now, set(pairs.values()), words))


def _with_figures(row: Row) -> Row:
    """Take a bare number beside derived cells for derived: a template may write a 100%."""
    if not _tells(row):
        return row
    return tuple(
        Marked(cell.text, (Span(0, len(cell.text), Kind.DERIVED),))
        if not cell.spans and is_number(cell.text)
        else cell
        for cell in row
    )


def _row_gaps(row: Row, seen: Texts, titles: Texts, words: AbstractSet[str]) -> Iterator[CellGap]:
    for column, (cell, text) in enumerate(zip(row, seen, strict=True)):
        title = titles[column] if column < len(titles) else ""
        if len(row) != len(titles):
            title = row[column - 1].text if column else ""
        for wanted, there in _cell_gaps(cell, text, words):
            yield CellGap(_label(row, words), title, wanted, there)


# ------------------------------------------------------------------ one cell


def _cell_gaps(cell: Marked, text: str, words: AbstractSet[str]) -> Iterator[tuple[str, str]]:
    """Differences of one cell: a derived one as a whole, a mixed one by what it counts."""
    whole = sum(span.end - span.start for span in cell.derived) == len(cell.text)
    if whole:
        if not _alike(cell.text, text):
            yield cell.text, text
    elif cell.spans:
        for gap in gaps(cell, text, words, peoples=True):
            yield gap.expected, gap.found


def _alike(one: str, other: str) -> bool:
    one, other = one.rstrip("。;"), other.rstrip("。;")
    return not one or same(one, other) or {one, other} <= _NOTHING


# ------------------------------------------------------------------ columns


def _columns(rows: Sequence[Row], now: Sequence[Texts]) -> dict[int, int]:
    """Which column now holds what: by what stands in them, the same place where all is equal."""
    if not rows or not now:
        return {at: at for at in range(max(map(len, rows), default=0))}
    usual, width = (Counter(map(len, each)).most_common(1)[0][0] for each in (rows, now))
    whole = [row for row in rows if len(row) == usual]
    mine = [Counter(row[at].text for row in whole) for at in range(usual)]
    theirs = [Counter(row[at] for row in now if len(row) == width) for at in range(width)]
    prices = sorted(
        (-(one & other).total() - 3 * (whole[0][a].text in other) - 0.5 * (a == b), a, b)
        for a, one in enumerate(mine)
        for b, other in enumerate(theirs)
    )
    return _each_once((a, b) for price, a, b in prices if price < 0)


def _each_once(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Take the pairs as they come, unless either side has found its partner already."""
    found, used = dict[int, int](), set[int]()
    for a, b in pairs:
        if a not in found and b not in used:
            found[a] = b
            used.add(b)
    return found


def _seen(row: Row, now: Texts, whose: dict[int, int]) -> Texts:
    """What now stands in the place of each cell of a row; in a row of merged cells, wherever."""
    usual = [whose.get(at, -1) for at in range(len(row))]
    if len(row) > max(whose, default=0) and len(now) > max(usual, default=0):
        return tuple(now[at] if at >= 0 else "" for at in usual)
    if len(row) == len(now):
        return now
    left, seen = list(now), []
    for cell in row:
        seen.append(cell.text if cell.text in left else "")
        if cell.text in left:
            left.remove(cell.text)
    return tuple(seen)


def _running(rows: Sequence[Row]) -> int:
    """Column that only numbers the rows; −1 without one."""
    for at in range(max(map(len, rows), default=0)):
        said = [row[at].text for row in rows if len(row) > at and row[at].derived]
        if said and said == [str(n) for n in range(1, len(said) + 1)]:
            return at
    return -1


def _in_order(
    rows: Sequence[Row], now: Sequence[Texts], pairs: dict[int, int], whose: dict[int, int]
) -> bool:
    """Whether people have numbered the rows anew from 1, or leave the numbers to their editor."""
    before = _running(rows)
    column = whose.get(before, -1)
    if column < 0:
        return True
    heading = rows[0][before].text
    heads = {pairs[a] for a, row in enumerate(rows) if a in pairs and not row[before].derived}
    cells = [row[column] for b, row in enumerate(now) if b not in heads and column < len(row)]
    numbers = [text for text in cells if text != heading]
    return not any(numbers) or numbers == [str(n) for n in range(1, len(numbers) + 1)]


def _without(row: Row, column: int) -> Row:
    """The row, with the number it bears taken for words of the template."""
    return tuple(Marked(cell.text) if at == column else cell for at, cell in enumerate(row))


# ------------------------------------------------------------------ rows


def _pairs(
    rows: Sequence[Row], now: Sequence[Texts], whose: dict[int, int], words: AbstractSet[str]
) -> dict[int, int]:
    """Row of the paper → row now: equal ones first, then what is most alike."""
    running = _running(rows)
    mine = [tuple(cell.text for at, cell in enumerate(row) if at != running) for row in rows]
    waiting = dict[Texts, list[int]]()
    for b in reversed(range(len(now))):
        waiting.setdefault(_mapped(now[b], whose, running), []).append(b)
    found = {a: waiting[key].pop() for a, key in enumerate(mine) if waiting.get(key)}
    free = sorted(b for group in waiting.values() for b in group)
    open_ = [a for a in range(len(rows)) if a not in found]
    if len(open_) * len(free) > _MOST_PAIRS:
        return found | dict(zip(open_, free, strict=False))
    prices = sorted(
        (-price, abs(a - b), a, b)
        for a in open_
        for b in free
        if (price := _likeness(rows[a], _seen(rows[a], now[b], whose), running, words)) > 0
    )
    return found | _each_once((a, b) for _price, _far, a, b in prices)


def _mapped(row: Texts, whose: dict[int, int], running: int) -> Texts:
    columns = [at for at in whose.values() if at < len(row)]
    if len(columns) != len(whose):
        return tuple(text for at, text in enumerate(row) if at != running)
    return tuple(row[whose[at]] for at in sorted(whose) if at != running)


def _likeness(row: Row, seen: Texts, running: int, words: AbstractSet[str]) -> float:
    return sum(
        _NAME_WEIGHT if text in words else 1.0
        for at, (cell, text) in enumerate(zip(row, seen, strict=True))
        if at != running and text not in _NOTHING and same(cell.text, text)
    )


def _too_many(
    rows: Sequence[Row], now: Sequence[Texts], used: set[int], words: AbstractSet[str]
) -> Iterator[CellGap]:
    """Rows nobody asked for.

    Empty ones, heads repeated, and rows of another shape that count and name nothing are none.
    """
    widths = {len(row) for row in rows if _tells(row)}
    heads = [row for row in rows if not _tells(row)] + list(rows[:1])
    fixed = {texts for row in heads if not words & set(texts := tuple(c.text for c in row))}
    for at, row in enumerate(now):
        said = len(row) in widths or any(scan(text, words) for text in row)
        if at not in used and any(row) and row not in fixed and said:
            names = [text for text in row if text in words]
            yield CellGap(next(iter(names), ""), "", found=" ".join(filter(None, row)))


def _tells(row: Row) -> bool:
    return any(cell.derived for cell in row)


def _only_names(rows: Sequence[Row], words: AbstractSet[str]) -> bool:
    """Whether a table holds names and nothing else, several in a row."""
    cells = [cell.text for row in rows for cell in row if cell.derived and cell.text]
    return len(cells) > len(rows) and all(text in words for text in cells)


def _without_moved(result: Sequence[CellGap]) -> list[CellGap]:
    """Leave out names that stand in another cell of a table of names."""
    wanted = Counter(gap.expected for gap in result)
    there = Counter(gap.found for gap in result)
    kept = list[CellGap]()
    for gap in result:
        moved_here, moved_there = wanted[gap.found] > 0, there[gap.expected] > 0
        if not (moved_here and moved_there):
            kept.append(
                CellGap(
                    gap.row,
                    gap.column,
                    "" if moved_there else gap.expected,
                    "" if moved_here else gap.found,
                )
            )
    return [gap for gap in kept if gap.expected or gap.found]


# ------------------------------------------------------------------ words


def _titles(rows: Sequence[Row]) -> Texts:
    first = rows[0] if rows else ()
    return tuple(cell.text for cell in first)


def _label(row: Row, words: AbstractSet[str]) -> str:
    """What a clerk finds a row by: the name in it, else its first words."""
    names = [cell.text for cell in row if cell.text in words]
    return next(iter((*names, *(cell.text for cell in row if cell.text))), "")


def _said(row: Row) -> str:
    return " ".join(cell.text for cell in row if cell.text)
