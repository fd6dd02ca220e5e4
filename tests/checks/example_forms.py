"""A member's form filled as an example sentence says: the real file, typed over cell by cell."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.cell import coordinate_to_tuple
from rounds import AGREEMENT, fill, full, packed, solve

from checks.example_words import Edit, UnknownWordsError, typed
from sheetflow.excel.read import read_book
from sheetflow.model import Book, Sheet

TERMS = AGREEMENT.terms
#: The number format of the cell in which a member types points.
FORMAT = "格式"
#: What hangs on that cell.
COMMENT = "批注"
#: What is drawn through it.
STRUCK = "删除线"
_ABOUT = (FORMAT, COMMENT, STRUCK)
HEADINGS = frozenset({*(str(getattr(TERMS, each.name)) for each in fields(TERMS)), *_ABOUT})
_CODES = {item.code for part in AGREEMENT.parts for item in part.items}
_ROWS = {c for part in AGREEMENT.parts for bonus in part.bonuses for c in bonus.row_codes}
#: When a form was saved, unless a sentence says otherwise: day, hour.
_DAY, _HOUR = "2015-12-10", "9"
_PRINTED = {TERMS.id, TERMS.content, TERMS.rule, TERMS.most}
#: Texts that a sentence names and that only the round knows.
Named = Mapping[str, str]
Typed = str | Decimal | date | None


class Spot(NamedTuple):
    """One cell of a sheet that members fill, and what stands there."""

    title: str
    row: int
    column: int
    value: object


def returned(blank: Path, edits: Iterable[Edit], named: Named) -> bytes:
    """Bytes of a full form with these edits; ``named`` are texts called by a name."""
    edits = tuple(edit for edit in edits if edit.how != "不动")
    times = ((edit.row or _DAY, edit.column or _HOUR) for edit in edits if edit.how == "保存")
    day, hour = next(times, (_DAY, _HOUR))
    saved = datetime.fromisoformat(f"{day}T{hour:0>2}:00")
    filled = fill(blank, _answers(edits), saved=saved)
    book = read_book(filled)
    rows, over = _rows(book), Over()
    for edit in edits:
        if edit.column in _ABOUT:
            told = {FORMAT: over.formats, COMMENT: over.comments, STRUCK: over.struck}[edit.column]
            told.update(dict.fromkeys(_under(rows, edit.row, TERMS.score), edit.text))
        elif _answers_to(edit) is not None or edit.how in {"得", "保存"}:
            continue
        elif edit.row == "工作表":
            (over.new if edit.how == "填" else over.gone).append(edit.column)
        else:
            over.typing.update(_changed(rows, edit, named))
    return _printed_over(filled, over, saved) if over != Over() else filled


@dataclass(slots=True)
class Over:
    """What is done to a form besides filling it in."""

    #: Something else in cells that are not for members; number formats; sheets deleted.
    typing: dict[tuple[str, int, int], object] = field(default_factory=dict)
    formats: dict[Spot, str] = field(default_factory=dict)
    comments: dict[Spot, str] = field(default_factory=dict)
    struck: dict[Spot, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    #: Sheets added.
    new: list[str] = field(default_factory=list)


def _printed_over(data: bytes, over: Over, saved: datetime) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (title, row, column), value in over.typing.items():
        book[title].cell(row, column).value = value  # type: ignore[assignment] # as read
    for spot, code in over.formats.items():
        book[spot.title].cell(spot.row, spot.column).number_format = code
    for spot, words in over.comments.items():
        book[spot.title].cell(spot.row, spot.column).comment = Comment(words, "甲某")
    for spot in over.struck:
        book[spot.title].cell(spot.row, spot.column).font = Font(strike=True)
    for title in over.new:
        book.create_sheet(title)["A1"] = title
    for title in over.gone:
        del book[title]
    return packed(book, saved)


def code_of(blank: Path) -> str:
    """Form code printed on a form."""
    return str(_beside(_rows(read_book(blank.read_bytes())), TERMS.form_code)[0].value)


# ------------------------------------------------------------------ what a member fills


def _answers_to(edit: Edit) -> tuple[str, str] | None:
    """Code and heading of a cell that a member fills; ``None`` for any other place."""
    points = {**dict.fromkeys(_CODES, TERMS.score), **dict.fromkeys(_ROWS, TERMS.claim)}
    if edit.row not in points or edit.column in {*_PRINTED, *_ABOUT} or edit.how == "删去":
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


def _changed(
    rows: list[list[Spot]], edit: Edit, named: Named
) -> dict[tuple[str, int, int], object]:
    spots = [] if edit.how == "删去" else _places(rows, edit)
    if not spots:
        raise UnknownWordsError(f"{edit.row} {edit.column}")
    value = named.get(edit.text) or typed(edit.text)
    return {(spot.title, spot.row, spot.column): value for spot in spots}


def _places(rows: list[list[Spot]], edit: Edit) -> list[Spot]:
    """Cells that a sentence means by this place: all alike, as whoever changes one does."""
    if edit.row in {TERMS.form_code, TERMS.name}:
        return _beside(rows, edit.row)
    if edit.row == TERMS.total:
        return _beside(rows, edit.row)[:1]
    if edit.row == "表头":
        return [spot for row in rows for spot in row if spot.value == edit.column][:1]
    if edit.row in _CODES | _ROWS:
        return _under(rows, edit.row, edit.column)
    if re.fullmatch(r"[A-Z]+\d+", edit.row):
        return [Spot(rows[0][0].title, *coordinate_to_tuple(edit.row), None)]
    return []


def _rows(book: Book) -> list[list[Spot]]:
    """Rows of the sheets that members fill, one sheet after the other."""
    return [
        [Spot(sheet.title, row, column, _shown(sheet, row, column)) for column in columns]
        for sheet in book.sheets[: len(AGREEMENT.parts)]
        for columns in [range(1, 1 + max(column for _row, column in sheet.values))]
        for row in range(1, 1 + max(row for row, _column in sheet.values))
    ]


def _shown(sheet: Sheet, row: int, column: int) -> str | None:
    value = sheet.values.get((row, column))
    return value.raw if value else None


def _beside(rows: Iterable[Iterable[Spot]], label: str) -> list[Spot]:
    """Next filled cell to the right of each cell that holds this label."""
    found = []
    for row in rows:
        filled = [cell for cell in row if cell.value is not None]
        texts = [str(cell.value).rstrip("：:") for cell in filled]
        if label in texts[:-1]:
            found.append(filled[texts.index(label) + 1])
    return found


def _under(rows: Iterable[list[Spot]], code: str, heading: str) -> list[Spot]:
    """The cell of a coded row under a heading, at its first place."""
    column = 0
    for row in rows:
        texts = {str(cell.value): cell.column for cell in row}
        column = texts.get(heading, column)
        if code in texts and column:
            return [cell for cell in row if cell.column == column]
    return []
