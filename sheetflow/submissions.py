"""Book → Submission: items by visible code, columns by visible heading (design §8).

Rows and columns may have been inserted, moved, sorted or hidden and sheets renamed; only
the codes and the headings must still be there. The reader records, it never repairs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import lru_cache

from sheetflow import entries, number
from sheetflow.identity import Identity, like
from sheetflow.layout import FRONT_SHEET, HIDDEN_SHEET, bonus_headings, item_headings
from sheetflow.messages import in_source
from sheetflow.model import (
    Book,
    Entry,
    Fault,
    Field,
    Item,
    Part,
    Scheme,
    Sheet,
    Source,
    Submission,
    Terms,
    Value,
    ValueKind,
)
from sheetflow.stamp import fold
from sheetflow.tables import address, squeeze
from sheetflow.wording import rule

#: Cells, and shapes of forms, that forms to come share.
_CELLS, _SHAPES = 4096, 64

#: Columns without which a claim cannot be judged.
_CLAIM_FIELDS = (Field.LEVEL, Field.DOCUMENT, Field.DATE, Field.CLAIM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for in the forms of a scheme; get one from ``seek``."""

    scheme: Scheme
    #: Every code a row may carry, with the field its points stand in.
    codes: Mapping[str, Field]
    items: Mapping[str, Item]
    #: The same codes by part.
    parts: tuple[tuple[Part, tuple[str, ...]], ...]
    #: Codes with their digits left open.
    shapes: frozenset[str]
    #: Rules as printed, and squeezed: equal neighbours share one cell, which sorting puts
    #: beside another.
    rules: frozenset[str]
    #: Headings of the item block and of the bonus block, squeezed, each with its points.
    blocks: tuple[tuple[Mapping[str, Field], Field], ...]
    #: Headings of printed columns, squeezed → name in ``Terms``.
    printed: Mapping[str, str]


@in_source()
def seek(scheme: Scheme) -> Sought:
    """Work out once what every form of a scheme is looked through for."""
    codes = _row_codes(scheme)
    terms = scheme.terms
    rules = {rule(part, item) for part in scheme.parts for item in part.items}
    kinds = ((item_headings(terms), Field.SCORE), (bonus_headings(terms), Field.CLAIM))
    return Sought(
        scheme=scheme,
        codes=codes,
        items=scheme.items,
        parts=tuple((part, tuple(_codes_of(part))) for part in scheme.parts),
        shapes=frozenset(map(_shape, codes)),
        rules=frozenset(rules | {*map(squeeze, rules)}),
        blocks=tuple(
            ({squeeze(heading): each for heading, each in headings.items()}, points)
            for headings, points in kinds
        ),
        printed={squeeze(getattr(terms, name)): name for name in ("content", "rule", "most")},
    )


@dataclass(slots=True)
class _Found:
    """What is gathered while walking the sheets of one form."""

    entries: list[Entry] = field(default_factory=list)
    #: Score cells by code, without the file.
    spots: dict[str, Source] = field(default_factory=dict)
    totals: dict[str, Entry] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    #: Sheets with anything of the form's own.
    ours: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading row: where it stands, where its codes are, which column is which field."""

    row: int
    codes: int
    fields: Mapping[int, Field]
    #: Column of the points, and of each field the first one.
    points: int
    firsts: Mapping[Field, int]
    #: Columns of what is printed, by its name in ``Terms``, as far as they are there.
    printed: Mapping[str, int]


def read_submission(
    book: Book, *, file: str, sha256: str, sought: Sought, identity: Identity
) -> Submission:
    """Read one form's entries by the scheme it was made under.

    Faults besides those of the identity: ``code-twice``, ``code-missing``, ``part-missing``,
    ``heading-missing`` and ``heading-twice`` for the columns a score depends on, ``row-added``
    (points in a row that is not the form's), ``most-changed`` and ``print-changed`` (a printed
    maximum, or text, was changed), ``beyond`` (something is filled outside the area that is
    read), ``sheet-added`` (a sheet that is not the form's), ``comment``, ``picture`` and
    ``struck`` (what a member typed is struck out).
    """
    found = _Found(faults=list(identity.faults))
    # A return copy has comments of our own, and not every program keeps whose they are.
    sent_back = bool(identity.stamp and identity.stamp.generation)
    for sheet in book.sheets:
        if sheet.title != HIDDEN_SHEET:
            _read_sheet(sheet, file, sought, found)
        found.faults += [Fault("beyond", Source(file, sheet.title, a)) for a in sheet.beyond]
        if not sent_back:
            found.faults += [Fault("comment", Source(file, sheet.title, a)) for a in sheet.comments]
    if book.pictures:
        found.faults.append(Fault("picture", Source(file)))
    missing = tuple(_missing(sought, book, file, found))
    # Where nothing is missing, a sheet without anything of the form's own is the member's.
    found.faults += missing or _sheets_added(sought, book, file, found)
    return Submission(
        file=file,
        sha256=sha256,
        stamp=identity.stamp,
        verified=identity.verified,
        name=identity.name,
        modified=_saved(book.modified),
        entries=tuple(found.entries),
        spots=spots_of(tuple(found.spots.items())),
        totals=found.totals,
        faults=tuple(found.faults),
    )


def _saved(modified: datetime | None) -> datetime | None:
    """Time of saving; a form that no program has dated anew bears the midnight it was made with."""
    return None if modified and modified.time() == time() else modified


def _read_sheet(sheet: Sheet, file: str, sought: Sought, found: _Found) -> None:
    terms, known = sought.scheme.terms, sought.codes
    blocks = _blocks(sheet, sought)
    here: set[str] = set()
    sums = tuple(map(squeeze, (terms.base_total, terms.bonus_total, terms.total)))
    for at, block in enumerate(blocks):
        found.faults += _heading_faults(sheet, file, terms, block)
        last = blocks[at + 1].row if at + 1 < len(blocks) else max(sheet.rows) + 1
        inside = True
        for row in range(block.row + 1, last):
            value = sheet.values.get((row, block.codes))
            code = _code(value.raw, known) if value else ""
            if code in known and known[code] in block.firsts:
                here.add(code)
                if code in sought.items and code not in found.spots:
                    found.faults += _tampered(sheet, file, block, (row, code), sought)
                _read_row(sheet, file, (row, code), block, found)
            elif code not in known:
                inside = inside and not (value and squeeze(value.raw).startswith(sums))
                # Below the sums stand signatures too: there only a code like ours is a row of it.
                told = inside or (bool(code) and _shape(code) in sought.shapes)
                found.faults += _added(sheet, file, block, (row, code), any_text=told)
    if here:
        found.ours.add(sheet.title)
    parts = [part for part, codes in sought.parts if not here.isdisjoint(codes)]
    if len(parts) == 1:
        _read_total(sheet, file, (terms, parts[0]), blocks[-1].points, found)


def _code(text: str, known: Mapping[str, Field]) -> str:
    """Code that stands in a cell; most need no folding."""
    return sys.intern(text if text in known else fold(text))


def _codes_of(part: Part) -> Iterable[str]:
    yield from (item.code for item in part.items)
    yield from (code for bonus in part.bonuses for code in bonus.row_codes)


def _row_codes(scheme: Scheme) -> Mapping[str, Field]:
    """Every code a row may carry, with the field its points stand in."""
    items = {item.code: Field.SCORE for part in scheme.parts for item in part.items}
    rows = {
        code: Field.CLAIM for p in scheme.parts for bonus in p.bonuses for code in bonus.row_codes
    }
    return items | rows


def _blocks(sheet: Sheet, sought: Sought) -> list[_Block]:
    """Heading rows of item and bonus blocks, top down."""
    blocks, label = [], squeeze(sought.scheme.terms.id)
    labelled = {row for row, _column in like(sheet, label)}
    for row in sorted(labelled):
        texts = {c: squeeze(sheet.values[row, c].raw) for c in sheet.rows[row]}
        codes = [c for c, text in texts.items() if text == label]
        for headings, points in sought.blocks if codes else ():
            fields = {c: headings[text] for c, text in texts.items() if text in headings}
            firsts: dict[Field, int] = {}
            for column, name in fields.items():
                firsts.setdefault(name, column)
            if points in firsts:
                printed = _printed(texts, sought.printed)
                blocks.append(_Block(row, codes[0], fields, firsts[points], firsts, printed))
                break
    return blocks


def _printed(texts: Mapping[int, str], names: Mapping[str, str]) -> Mapping[str, int]:
    return {names[text]: column for column, text in texts.items() if text in names}


def _heading_faults(sheet: Sheet, file: str, terms: Terms, block: _Block) -> Iterable[Fault]:
    """Headings of a block that are missing or doubled, of those a score depends on."""
    fields = list(block.fields.values())
    needed = _CLAIM_FIELDS if Field.CLAIM in fields else (Field.SCORE,)
    for name in needed:
        heading = getattr(terms, name.value)
        columns = [c for c, field in block.fields.items() if field is name]
        if len(columns) > 1:
            source = Source(file, sheet.title, address(block.row, columns[1]))
            yield Fault("heading-twice", source, heading)
        elif not columns:
            source = Source(file, sheet.title, address(block.row, block.codes))
            yield Fault("heading-missing", source, expected=heading)


def _shape(code: str) -> str:
    """What codes of one kind share: their digits left open."""
    return re.sub(r"\d+", "0", code)


def _added(
    sheet: Sheet, file: str, block: _Block, at: tuple[int, str], *, any_text: bool
) -> Iterable[Fault]:
    """Tell points typed in a row that is not the form's: a number without a code, or any text."""
    row, code = at
    column = block.points
    value = sheet.values.get((row, column))
    if value is None or (value.kind is ValueKind.TEXT and not value.raw.strip()):
        return
    if any_text or (not code and entries.points(value) is not None):
        yield Fault("row-added", Source(file, sheet.title, address(row, column)), value.raw, code)


def _tampered(
    sheet: Sheet, file: str, block: _Block, at: tuple[int, str], sought: Sought
) -> Iterable[Fault]:
    """Tell what is printed in a row and not the scheme's; the scheme's is what counts."""
    row, code = at
    item = sought.items[code]
    for name, column in block.printed.items():
        value = sheet.values.get((row, column))
        if value is None or not value.raw.strip() or _as_printed(name, value, item, sought):
            continue
        source = Source(file, sheet.title, address(row, column))
        if name == "most":
            yield Fault("most-changed", source, value.raw, number.text(item.most))
        else:
            expected = item.title if name == "content" else ""
            yield Fault("print-changed", source, value.raw, expected)


def _as_printed(name: str, value: Value, item: Item, sought: Sought) -> bool:
    """Whether a cell of a printed column holds what the scheme says."""
    text = value.raw
    if name == "most":
        return entries.points(value) == item.most
    if name == "content":
        return text == item.title or squeeze(text) == squeeze(item.title)
    return text in sought.rules or squeeze(text) in sought.rules


def _read_row(sheet: Sheet, file: str, at: tuple[int, str], block: _Block, found: _Found) -> None:
    row, code = at
    spot = spot_of(sheet.title, address(row, block.points))
    if code in found.spots:
        source = Source(file, *spot[1:])
        found.faults.append(Fault("code-twice", source, code, _apart(found.spots[code], source)))
        return
    found.spots[code] = spot
    # A second column of a heading is told and keeps the form from counting.
    for name, column in block.firsts.items():
        value = sheet.values.get((row, column))
        if value and (value.raw.strip() or value.formula):
            spot = spot_of(sheet.title, address(row, column))
            found.entries.append(Entry(code, name, value, spot, file))
            if (row, column) in sheet.struck:
                found.faults.append(Fault("struck", Source(file, *spot[1:]), value.raw))


def _sheets_added(sought: Sought, book: Book, file: str, found: _Found) -> Iterable[Fault]:
    """Sheets that people see and that hold nothing of the form's."""
    ours = found.ours | {HIDDEN_SHEET, FRONT_SHEET, sought.scheme.terms.notes_sheet}
    notes = frozenset(sought.scheme.notes)
    for sheet in book.sheets:
        if sheet.hidden or sheet.title in ours or not sheet.values:
            continue
        if notes.isdisjoint(value.raw for value in sheet.values.values()):
            yield Fault("sheet-added", Source(file, sheet.title))


@lru_cache(maxsize=_CELLS)
def spot_of(sheet: str, cell: str) -> Source:
    """Cell of a form, without the file; the forms of a round have much the same."""
    return Source("", sheet, cell)


@lru_cache(maxsize=_SHAPES)
def spots_of(spots: tuple[tuple[str, Source], ...]) -> Mapping[str, Source]:
    """Cells by code; forms in which nothing was moved share them."""
    return dict(spots)


def _apart(first: Source, second: Source) -> str:
    """Name the first place for somebody who stands at the second."""
    same = first.sheet == second.sheet
    return first.cell if same else f"{first.sheet} {first.cell}"


def _read_total(
    sheet: Sheet, file: str, about: tuple[Terms, Part], points: int, found: _Found
) -> None:
    """Stored total of a part: right of the label 自评合计, in the column of points."""
    terms, part = about
    label = squeeze(terms.total)
    for row, column in like(sheet, label):
        value = sheet.values.get((row, points))
        if value and column != points and squeeze(sheet.values[row, column].raw).startswith(label):
            spot = spot_of(sheet.title, address(row, points))
            found.totals.setdefault(part.code, Entry(part.code, Field.SCORE, value, spot, file))


def _missing(sought: Sought, book: Book, file: str, found: _Found) -> Iterable[Fault]:
    """Parts, headings and rows that are not there; of what follows from one only that one."""
    scheme, strays = sought.scheme, _strays(sought, book, file, found)
    for part, codes in sought.parts:
        absent = [code for code in codes if code not in found.spots]
        stray = [code for code in absent if code in strays]
        if stray:
            heading = getattr(scheme.terms, sought.codes[stray[0]].value)
            expected = f"{scheme.terms.id}”“{heading}"
            yield Fault("heading-missing", strays[stray[0]], expected=expected)
        elif len(absent) == len(codes):
            yield Fault("part-missing", Source(file), expected=part.sheet)
            continue
        places = {**strays, **found.spots}
        sheet = next((places[code].sheet for code in codes if code in places), "")
        for code in absent:
            if code not in strays:
                yield Fault("code-missing", Source(file, sheet), expected=code)


def _strays(sought: Sought, book: Book, file: str, found: _Found) -> Mapping[str, Source]:
    """Codes not read that stand in a cell all the same: under no heading row that is one."""
    absent = sought.codes.keys() - found.spots.keys()
    strays: dict[str, Source] = {}
    for sheet in book.sheets if absent else ():
        for place, value in sheet.values.items():
            code = fold(value.raw)
            if code in absent and sheet.title != HIDDEN_SHEET:
                strays.setdefault(code, Source(file, sheet.title, address(*place)))
    return strays
