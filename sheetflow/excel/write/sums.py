"""The sums of a form in plain formulas, and how formulas refer to its cells.

Every reference survives what members do, as ``selfcheck`` says. The sums are those of
``scoring`` for a form that nobody but the member has filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sheetflow import number, scoring
from sheetflow.layout import TALLY_COLUMN, Cell, FormSheet, Role, column
from sheetflow.model import Item, Kind, Part, Unmeant


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and its value in the blank form."""

    text: str
    blank: str | float


# ------------------------------------------------------------------ references


def letter(at: int) -> str:
    """Return the letter of a column counted from 1 (A to Z)."""
    return chr(ord("A") + at - 1)


def here(role: Role) -> str:
    """Refer to the cell of a role in the formula's own row, wherever that row stands by then."""
    name = letter(column(role))
    return f"INDEX(${name}:${name},ROW())"


def span(role: Role, rows: tuple[int, int]) -> str:
    """Refer to the cells of a role from one row to another."""
    name = letter(column(role))
    first, last = (f"INDEX(${name}:${name},ROW($A${row}))" for row in rows)
    return f"{first}:{last}"


def runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Neighbouring rows as (first, last)."""
    found: list[tuple[int, int]] = []
    for row in sorted(rows):
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def fixed(cell: Cell) -> str:
    """Refer to one cell that nobody moves."""
    return f"${letter(cell.column)}${cell.row}"


# ------------------------------------------------------------------ totals


def closed(sheet: FormSheet) -> frozenset[str]:
    """Codes of items that are not meant for the member of this form."""
    return frozenset(cell.code for cell in sheet.having(Role.SCORE) if cell.closed)


def given(sheet: FormSheet) -> Decimal:
    """Base points that stand in the blank form: items not meant for the member, in full."""
    part, codes = sheet.part, closed(sheet)
    if part is None or part.unmeant is not Unmeant.FULL:
        return Decimal(0)
    return scoring.reach(part, [item for item in part.scored if item.code in codes])


def totals(sheet: FormSheet, part: Part) -> dict[tuple[int, int], Formula]:
    """Sums of a part's sheet and the hidden numbers behind them, by (row, column)."""
    rows = sheet.rows(Role.STATE)
    full = {item.code: item.most for item in part.scored if part.unmeant is Unmeant.FULL}
    found: dict[tuple[int, int], Formula] = {}
    for cell in sheet.having(Role.TALLY):
        if cell.code in closed(sheet):
            points = full.get(cell.code, Decimal(0))
            found[cell.row, cell.column] = Formula(f"={number.text(points)}", _stored(points))
        elif cell.code in rows:
            found[cell.row, cell.column] = Formula(_counted(Role.SCORE), 0)
    start = _stored(given(sheet))
    for role, text, blank in (
        (Role.BASE_TOTAL, _base_total(sheet, part), start),
        (Role.BONUS_TOTAL, _bonus_total(part, rows), 0),
        (Role.TOTAL, _whole_total(sheet, part), start),
    ):
        for cell in sheet.having(role):
            found[cell.row, cell.column] = Formula(f"=ROUND({text},2)", blank)
    return found


def _stored(points: Decimal) -> int | float:
    return int(points) if points == points.to_integral_value() else float(points)


def _counted(role: Role) -> str:
    value = here(role)
    return f"=IF(ISNUMBER({value}),MAX(0,{value}),0)"


def _base_total(sheet: FormSheet, part: Part) -> str:
    """Items and groups, each section within its cap, scaled where the scheme scales."""
    capped = [section for section in part.sections if section.most is not None]
    codes = {item.code for section in capped for item in section.items}
    terms = _terms(sheet, part, [item for item in part.scored if item.code not in codes])
    for section in capped:
        inside = "+".join(_terms(sheet, part, section.items)) or "0"
        terms.append(f"MIN({number.text(section.most)},{inside})")
    total = "+".join(terms) or "0"
    meant = [item for item in part.scored if item.code not in closed(sheet)]
    reachable = scoring.reach(part, meant)
    if part.unmeant is not Unmeant.RESCALE or reachable in {0, part.base}:
        return total
    return f"ROUND(({total})*{number.text(part.base)}/{number.text(reachable)},2)"


def _terms(sheet: FormSheet, part: Part, items: Sequence[Item]) -> list[str]:
    """What these items and the groups that begin among them bring."""
    rows, shut = sheet.rows(Role.STATE), closed(sheet)
    single = [item for item in items if not item.group and item.kind is not Kind.NOTE]
    asked = runs(rows[item.code] for item in single if item.code not in shut)
    terms = [f'SUMIF({span(Role.SCORE, run)},">0")' for run in asked]
    if part.unmeant is Unmeant.FULL:
        terms += [number.text(item.most) for item in single if item.code in shut]
    name, codes = letter(TALLY_COLUMN), {item.code for item in items}
    for group in part.groups:
        members = [item.code for item in part.scored if item.group == group.code]
        if not members or members[0] not in codes:
            continue
        cells = ",".join(
            f"${name}${a}:${name}${b}" for a, b in runs(rows[code] for code in members)
        )
        best = [f"LARGE(({cells}),{n + 1})" for n in range(min(group.best, len(members)))]
        if best:
            terms.append(f"MIN({number.text(group.most)},{'+'.join(best)})")
    return terms


def _bonus_total(part: Part, rows: dict[str, int]) -> str:
    terms = [
        f"MIN({number.text(bonus.most)},"
        f'SUMIF({span(Role.CLAIM, (rows[bonus.row_codes[0]], rows[bonus.row_codes[-1]]))},">0"))'
        for bonus in part.bonuses
        if bonus.rows
    ]
    return f"MIN({number.text(part.bonus_most)},{'+'.join(terms) or '0'})"


def _whole_total(sheet: FormSheet, part: Part) -> str:
    if not part.bonuses:
        return _base_total(sheet, part)
    (base,), (bonus,) = sheet.having(Role.BASE_TOTAL), sheet.having(Role.BONUS_TOTAL)
    return f"{fixed(base)}+{fixed(bonus)}"
