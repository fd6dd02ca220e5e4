"""A member's form filled as an example sentence says: the real file, typed over cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from rounds import AGREEMENT, full, packed, solve, type_in

from checks.example_words import Edit, UnknownWordsError, typed

TERMS = AGREEMENT.terms
HEADINGS = frozenset(str(getattr(TERMS, each.name)) for each in fields(TERMS))
_CODES = {item.code for part in AGREEMENT.parts for item in part.items}
_ROWS = {c for part in AGREEMENT.parts for bonus in part.bonuses for c in bonus.row_codes}
#: When a form was saved, unless a sentence says otherwise: day, hour.
_DAY, _HOUR = "2015-12-10", "9"
_PRINTED = {TERMS.id, TERMS.content, TERMS.rule, TERMS.most}
#: Texts that a sentence names and that only the round knows.
Named = Mapping[str, str]
Typed = str | Decimal | date | None


def returned(blank: Path, edits: Iterable[Edit], named: Named) -> bytes:
    """Bytes of a full form with these edits; ``named`` are texts called by a name."""
    edits = tuple(edit for edit in edits if edit.how != "不动")
    book = openpyxl.load_workbook(blank)
    type_in(book, _answers(edits), TERMS)
    for edit in edits:
        if _answers_to(edit) is None and edit.how not in {"得", "保存"}:
            _change(book, edit, named)
    times = ((edit.row or _DAY, edit.column or _HOUR) for edit in edits if edit.how == "保存")
    day, hour = next(times, (_DAY, _HOUR))
    return packed(book, datetime.fromisoformat(f"{day}T{hour:0>2}:00"))


def code_of(blank: Path) -> str:
    """Form code printed on a form."""
    return str(_beside(_rows(openpyxl.load_workbook(blank)), TERMS.form_code)[0].value)


# ------------------------------------------------------------------ what a member fills


def _answers_to(edit: Edit) -> tuple[str, str] | None:
    """Code and heading of a cell that a member fills; ``None`` for any other place."""
    points = {**dict.fromkeys(_CODES, TERMS.score), **dict.fromkeys(_ROWS, TERMS.claim)}
    if edit.row not in points or edit.column in _PRINTED or edit.how == "删去":
        return None
    return edit.row, edit.column or points[edit.row]


def _answers(edits: tuple[Edit, ...]) -> dict[str, dict[str, Typed]]:
    points = {part.code: part.base for part in AGREEMENT.parts}
    for edit in (edit for edit in edits if edit.how == "得"):
        part = edit.row or "A"
        rest = sum(points.values()) - points[part] if not edit.row else Decimal(0)
        points[part] = Decimal(edit.text) - rest
    way = full() if not any(e.how == "得" for e in edits) else _solved(points)
    rows = {code: {TERMS.score: Decimal(str(value))} for code, value in way.items()}
    answers: dict[str, dict[str, Typed]] = {code: dict(row) for code, row in rows.items()}
    for edit in edits:
        place = _answers_to(edit)
        if place:
            code, heading = place
            row = answers.setdefault(code, _claim(code) if code in _ROWS else {})
            row[heading] = typed(edit.text)
    return answers


def _solved(points: Mapping[str, Decimal]) -> dict[str, object]:
    return {c: v for part in AGREEMENT.parts for c, v in solve(part, points[part.code]).items()}


def _claim(code: str) -> dict[str, Typed]:
    """A bonus row with all its proof, worth three points."""
    return {
        TERMS.reason: "先进个人",
        TERMS.level: "县级",
        TERMS.issuer: "某局",
        TERMS.document: f"校发〔2015〕{ord(code[2])}{code[-1]}号",
        TERMS.date: date(2015, 5, 4),
        TERMS.claim: Decimal(3),
    }


# ------------------------------------------------------------------ what is printed


def _change(book: Workbook, edit: Edit, named: Named) -> None:
    if edit.row == "工作表":
        del book[edit.column]
        return
    cells = [] if edit.how == "删去" else _places(book, edit)
    if not cells:
        raise UnknownWordsError(f"{edit.row} {edit.column}")
    for cell in cells:
        cell.value = named.get(edit.text) or typed(edit.text)


def _places(book: Workbook, edit: Edit) -> list[Cell]:
    """Cells that a sentence means by this place: all alike, as whoever changes one does."""
    rows = _rows(book)
    if edit.row in {TERMS.form_code, TERMS.name}:
        return _beside(rows, edit.row)
    if edit.row == TERMS.total:
        return _beside(rows, edit.row)[:1]
    if edit.row == "表头":
        return [cell for row in rows for cell in row if cell.value == edit.column][:1]
    if edit.row in _CODES | _ROWS:
        return _under(rows, edit.row, edit.column)
    return [book.worksheets[0][edit.row]] if re.fullmatch(r"[A-Z]+\d+", edit.row) else []


def _rows(book: Workbook) -> list[list[Cell]]:
    """Rows of the sheets that members fill, one sheet after the other."""
    sheets = book.worksheets[: len(AGREEMENT.parts)]
    return [[c for c in row if isinstance(c, Cell)] for sheet in sheets for row in sheet.rows]


def _beside(rows: Iterable[Iterable[Cell]], label: str) -> list[Cell]:
    """Next filled cell to the right of each cell that holds this label."""
    found = []
    for row in rows:
        filled = [cell for cell in row if cell.value is not None]
        texts = [str(cell.value).rstrip("：:") for cell in filled]
        if label in texts[:-1]:
            found.append(filled[texts.index(label) + 1])
    return found


def _under(rows: Iterable[list[Cell]], code: str, heading: str) -> list[Cell]:
    """The cell of a coded row under a heading, at its first place."""
    column = 0
    for row in rows:
        texts = {str(cell.value): cell.column for cell in row}
        column = texts.get(heading, column)
        if code in texts and column:
            return [cell for cell in row if cell.column == column]
    return []
