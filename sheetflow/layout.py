"""Where everything stands in a form: the one plan that the writer paints and the reader trusts.

``plan_form`` decides alone which cell means what. It knows no workbook library, no font and no
colour. Rows and columns are counted from 1, as in ``model.Sheet``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby

from sheetflow import kinds, number, wording
from sheetflow.messages import _, in_source
from sheetflow.model import (
    Bonus,
    Claim,
    ColumnRole,
    Field,
    Item,
    Kind,
    Member,
    Part,
    Scheme,
    Section,
    Signature,
    Terms,
)
from sheetflow.model.plan import FILLED, TALLIES, Cell, Form, FormSheet, Role
from sheetflow.wording import tiers_sentence

__all__ = [
    "FILLED",
    "TALLIES",
    "Cell",
    "Form",
    "FormSheet",
    "Role",
    "column",
    "plan_form",
    "tiers_sentence",
]

#: Last printed column; what stands right of it is for the screen only.
LAST_COLUMN = 9
STATE_COLUMN = LAST_COLUMN + 1
#: Hidden: numbers behind the self-check, and choices too long for a list.
TALLY_COLUMN = LAST_COLUMN + 2
OPTION_COLUMN = LAST_COLUMN + 3
PANEL_ROW, CODE_ROW, TITLE_ROW, SUBTITLE_ROW, INFO_ROW, HEADING_ROW = range(1, 7)
#: Longest list a validation can hold in itself; a longer one needs cells.
LIST_LIMIT = 255
HIDDEN_SHEET = "_sf"
#: Title of the sheet of a return copy that lists what is to be changed.
FRONT_SHEET = "请先看这里"
_BOXES_A_ROW = 3


#: Heading (its name in ``Terms``) → first and last column of the block.
_ITEM_GRID = {
    "id": (1, 1),
    "section": (2, 2),
    "content": (3, 3),
    "rule": (4, 5),
    "most": (6, 6),
    "score": (7, 7),
    "approved": (8, 8),
    "evidence": (9, 9),
}
_BONUS_GRID = {
    "id": (1, 1),
    "bonus": (2, 3),
    "reason": (4, 4),
    "level": (5, 5),
    "issuer": (6, 6),
    "document": (7, 7),
    "date": (8, 8),
    "claim": (9, 9),
}
_INFO_GRID = ((1, 1), (2, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8), (9, 9))
_BOX_GRID = {1: ((1, 9),), 2: ((1, 4), (5, 9)), 3: ((1, 3), (4, 6), (7, 9))}
_WHOLE = (1, LAST_COLUMN)


def column(role: Role) -> int:
    """Return the column in which members fill a role."""
    return {**_ITEM_GRID, **_BONUS_GRID}[role.value][0]


def item_headings(terms: Terms) -> Mapping[str, Field]:
    """Visible headings of the item block that hold entries."""
    return _headings(terms, _ITEM_GRID)


def bonus_headings(terms: Terms) -> Mapping[str, Field]:
    """Visible headings of the bonus block that hold entries."""
    return _headings(terms, _BONUS_GRID)


def _headings(terms: Terms, grid: Mapping[str, tuple[int, int]]) -> Mapping[str, Field]:
    fields = {field.value for field in Field}
    return {getattr(terms, name): Field(name) for name in grid if name in fields}


# ------------------------------------------------------------------ the plan


@in_source()
def plan_form(scheme: Scheme, member: Member, *, code: str, token: str) -> Form:
    """Plan one member's form: a sheet a part, the notes, the hidden sheet.

    Which cell means what depends on the scheme alone: two members' plans differ only in texts.
    """
    parts = tuple(_part_sheet(scheme, part, member, code) for part in scheme.parts)
    title = _("{year}年度{name}").format(year=scheme.year, name=scheme.terms.form_name)
    hidden = FormSheet(
        title=HIDDEN_SHEET,
        hidden=True,
        cells=(_cell(1, (1, 1), Role.TOKEN, token), _cell(2, (1, 1), Role.TOKEN, code)),
    )
    return Form(title=title, code=code, sheets=(*parts, _notes_sheet(scheme), hidden))


def _cell(
    rows: int | range,
    columns: tuple[int, int],
    role: Role,
    value: str | Decimal = "",
    code: str = "",
) -> Cell:
    first, last = (rows, rows) if isinstance(rows, int) else (rows[0], rows[-1])
    return Cell(
        row=first,
        column=columns[0],
        last_row=last,
        last_column=columns[1],
        role=role,
        text=value if isinstance(value, str) else "",
        number=value if isinstance(value, Decimal) else None,
        code=code,
    )


def _part_sheet(scheme: Scheme, part: Part, member: Member, code: str) -> FormSheet:
    cells = [*_head(scheme, part, member, code), *_tallies()]
    cells += _item_rows(scheme.terms, part, member.post)
    row = HEADING_ROW + len(part.items) + 1
    cells += _base_row(scheme.terms, part, row)
    if part.bonuses:
        cells += _headings_row(scheme.terms, _BONUS_GRID, row + 1)
        cells += _bonus_rows(scheme.terms, part, row + 2)
        row += 2 + sum(bonus.rows for bonus in part.bonuses)
        cells += _bonus_totals(scheme.terms, part, row)
        row += 1
    for boxes in _box_rows(scheme.signatures):
        cells += _boxes(boxes, row + 1)
        row += 3
    for text in wording.sentences(scheme, part):
        row += 1
        cells.append(_cell(row, _WHOLE, Role.SENTENCE, text))
    return FormSheet(title=part.sheet, part=part, cells=tuple(cells))


def _head(scheme: Scheme, part: Part, member: Member, code: str) -> Iterator[Cell]:
    terms = scheme.terms
    yield _cell(PANEL_ROW, (1, STATE_COLUMN), Role.PANEL)
    yield _cell(CODE_ROW, (1, 1), Role.LABEL, terms.form_code)
    yield _cell(CODE_ROW, (2, 3), Role.FORM_CODE, code)
    yield _cell(CODE_ROW, (4, LAST_COLUMN), Role.ISSUED_BY, scheme.settings.organisation)
    yield _cell(TITLE_ROW, _WHOLE, Role.TITLE, _dated(part.form_title, scheme))
    subtitle = part.form_subtitle or wording.subtitle(part)
    yield _cell(SUBTITLE_ROW, _WHOLE, Role.SUBTITLE, _dated(subtitle, scheme))
    texts = [terms.name, member.name, terms.id, member.id, *_details(scheme, member)]
    for place, (columns, text) in enumerate(zip(_INFO_GRID, texts, strict=False)):
        yield _cell(INFO_ROW, columns, Role.INFO if place % 2 else Role.INFO_LABEL, text)
    if len(texts) < len(_INFO_GRID):
        yield _cell(INFO_ROW, (_INFO_GRID[len(texts)][0], LAST_COLUMN), Role.EMPTY)
    yield from _headings_row(terms, _ITEM_GRID, HEADING_ROW)
    yield _cell(HEADING_ROW, (STATE_COLUMN, STATE_COLUMN), Role.STATE_HEADING, terms.state)


def _dated(text: str, scheme: Scheme) -> str:
    return text.replace("{year}", str(scheme.year))


def _details(scheme: Scheme, member: Member) -> list[str]:
    """Two further headings of the roster with their texts, as label, text, label, text."""
    roles = (ColumnRole.GROUP, ColumnRole.DUTY, ColumnRole.POST, ColumnRole.CATEGORY)
    headings = [c.heading for role in roles for c in scheme.columns if c.role is role][:2]
    return [text for heading in headings for text in (heading, member.detail(heading))]


def _headings_row(terms: Terms, grid: Mapping[str, tuple[int, int]], row: int) -> list[Cell]:
    return [_cell(row, at, Role.HEADING, getattr(terms, name)) for name, at in grid.items()]


def _tallies() -> list[Cell]:
    columns = (TALLY_COLUMN, TALLY_COLUMN)
    return [_cell(row, columns, Role.TALLY, code=code) for row, code in enumerate(TALLIES, 1)]


def _item_rows(terms: Terms, part: Part, post: str) -> Iterator[Cell]:
    row = HEADING_ROW + 1
    for section in part.sections:
        rows = range(row, row + len(section.items))
        if rows:
            label = wording.section_label(part, section, post)
            yield _cell(rows, _ITEM_GRID["section"], Role.SECTION, label)
            yield from _rules(part, section, row)
        for row, item in enumerate(section.items, row):  # noqa: B020 - rows go on
            yield _cell(row, _ITEM_GRID["id"], Role.CODE, item.code, item.code)
            yield _cell(row, _ITEM_GRID["content"], Role.CONTENT, item.title, item.code)
            if item.kind is Kind.NOTE:
                yield from _note_row(row)
            else:
                yield from _item_row(item, row, "" if kinds.meant(item, post) else terms.unmeant)
        row = rows.stop


def _note_row(row: int) -> Iterator[Cell]:
    """Cells of an item that only is printed: they ask for nothing."""
    for name in ("most", "score", "approved", "evidence"):
        yield _cell(row, _ITEM_GRID[name], Role.EMPTY)


def _item_row(item: Item, row: int, unmeant: str) -> Iterator[Cell]:
    """Cells of an item; ``unmeant`` stands in those that the member has nothing to fill in."""
    code = item.code
    yield _cell(row, _ITEM_GRID["most"], Role.MOST, item.most, code)
    closed = {Role.SCORE: unmeant, Role.EVIDENCE: "—" if unmeant else ""}
    for role in (Role.SCORE, Role.APPROVED, Role.EVIDENCE):
        yield _cell(row, _ITEM_GRID[role.value], role, closed.get(role, ""), code)
    yield _cell(row, (STATE_COLUMN, STATE_COLUMN), Role.STATE, code=code)
    if item.group:
        yield _cell(row, (TALLY_COLUMN, TALLY_COLUMN), Role.TALLY, code=code)


def _rules(part: Part, section: Section, row: int) -> Iterator[Cell]:
    """Rules of a section; equal neighbours share one merged cell, as a clerk would do it."""
    for text, run in groupby(wording.rule(part, item) for item in section.items):
        rows = range(row, row + len(list(run)))
        yield _cell(rows, _ITEM_GRID["rule"], Role.RULE, text)
        row = rows.stop


def _base_row(terms: Terms, part: Part, row: int) -> Iterator[Cell]:
    label, role = (terms.base_total, Role.BASE_TOTAL) if part.bonuses else (terms.total, Role.TOTAL)
    yield _cell(row, (1, 5), Role.TOTAL_LABEL, label)
    yield _cell(row, _ITEM_GRID["most"], Role.TOTAL_MOST, part.base, part.code)
    yield _cell(row, _ITEM_GRID["score"], role, code=part.code)
    yield _cell(row, _ITEM_GRID["approved"], Role.EMPTY)
    yield _cell(row, _ITEM_GRID["evidence"], Role.EMPTY)


def _bonus_rows(terms: Terms, part: Part, row: int) -> Iterator[Cell]:
    for bonus in part.bonuses:
        rows = range(row, row + bonus.rows)
        yield _cell(
            rows, _BONUS_GRID["bonus"], Role.BONUS, wording.bonus_text(terms, bonus), bonus.code
        )
        for place, code in zip(rows, bonus.row_codes, strict=True):
            yield _cell(place, _BONUS_GRID["id"], Role.CODE, code, code)
            for name in ("reason", "level", "issuer", "document", "date", "claim"):
                yield _cell(place, _BONUS_GRID[name], Role(name), code=code)
            yield _cell(place, (STATE_COLUMN, STATE_COLUMN), Role.STATE, code=code)
        row = rows.stop
    yield from _options(part)


def long_levels(bonus: Bonus) -> bool:
    """Whether the levels of a bonus need cells of their own to be chosen from."""
    titles = [level.title for level in bonus.levels]
    return len(",".join(titles)) > LIST_LIMIT or any("," in title for title in titles)


def _options(part: Part) -> Iterator[Cell]:
    row = HEADING_ROW + 1
    for bonus in part.bonuses:
        if bonus.claim is Claim.LEVEL and long_levels(bonus):
            for row, level in enumerate(bonus.levels, row):  # noqa: B020 - as above
                columns = (OPTION_COLUMN, OPTION_COLUMN)
                yield _cell(row, columns, Role.OPTION, level.title, bonus.code)
            row += 1


def _bonus_totals(terms: Terms, part: Part, row: int) -> Iterator[Cell]:
    most = number.text(part.bonus_most)
    label = _("{title}（各项封顶后合计，最多 {most} 分）").format(
        title=terms.bonus_total, most=most
    )
    yield _cell(row, (1, 8), Role.TOTAL_LABEL, label)
    yield _cell(row, _BONUS_GRID["claim"], Role.BONUS_TOTAL, code=part.code)
    yield _cell(row + 1, (1, 8), Role.TOTAL_LABEL, terms.total)
    yield _cell(row + 1, _BONUS_GRID["claim"], Role.TOTAL, code=part.code)


def _box_rows(signatures: tuple[Signature, ...]) -> Iterator[tuple[Signature, ...]]:
    for start in range(0, len(signatures), _BOXES_A_ROW):
        yield signatures[start : start + _BOXES_A_ROW]


def _boxes(signatures: tuple[Signature, ...], row: int) -> Iterator[Cell]:
    for columns, signature in zip(_BOX_GRID[len(signatures)], signatures, strict=True):
        signer = signature.signer.rstrip("：:")
        yield _cell(row, columns, Role.SIGN_TEXT, signature.text)
        yield _cell(row + 1, columns, Role.SIGNER, _("{signer}：").format(signer=signer))
        yield _cell(row + 2, columns, Role.SIGN_DATE, _("年　　月　　日"))


def _notes_sheet(scheme: Scheme) -> FormSheet:
    title = scheme.terms.notes_sheet
    cells = [_cell(1, (1, 2), Role.NOTES_TITLE, title)]
    for row, text in enumerate(scheme.notes, 2):
        cells.append(_cell(row, (1, 1), Role.NOTE_NUMBER, f"{row - 1}."))
        cells.append(_cell(row, (2, 2), Role.NOTE, text))
    return FormSheet(title=title, cells=tuple(cells))
