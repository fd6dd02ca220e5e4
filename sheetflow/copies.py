"""A faulty form → its return copy: what was typed, what is marked, what the first sheet lists.

Pure. The copy is a fresh form; the member's values are carried over by item and column, not by
cell, since rows of the returned file may have moved. What cannot stand in an input is listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sheetflow import number, text
from sheetflow.checks.typed import claim_source
from sheetflow.checks.wording import bare, brief, shown
from sheetflow.layout import FILLED, FRONT_SHEET, HIDDEN_SHEET, Cell, Form, Role
from sheetflow.messages import _
from sheetflow.model import (
    Book,
    Field,
    Finding,
    Member,
    Scheme,
    Severity,
    Sheet,
    Source,
    Submission,
    Value,
    ValueKind,
)
from sheetflow.stamp import fold
from sheetflow.tables import address, squeeze

#: How many columns of the sheet that lists what is to be changed are ours.
FRONT_COLUMNS = 6
#: The name on the form is not its owner's: what is typed there may be somebody else's.
_OTHER_NAME = "F215"
_UNREADABLE = frozenset({ValueKind.ERROR, ValueKind.UNCACHED})
#: Cells whose text changes by itself, by the roster or by a formula.
_CHANGING = frozenset(
    {
        Role.FORM_CODE, Role.INFO, Role.ISSUED_BY, Role.PANEL, Role.STATE, Role.TALLY,
        Role.BASE_TOTAL, Role.BONUS_TOTAL, Role.TOTAL,
    }
)  # fmt: skip
#: Places outside the inputs that are listed one by one, and characters of each.
_LISTED, _LONGEST = 200, 500

#: A cell to fill: item or bonus row, and column.
Place = tuple[str, Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What stands in the inputs of a copy, and the notes of the faulty ones."""

    values: Mapping[Place, Value]
    notes: Mapping[Place, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultLine:
    """One thing to change: where it stands in the copy, what was read, what may be there."""

    #: ``None`` for a fault of the form as a whole.
    place: Place | None = None
    #: Cell of the copy; its file is left open.
    source: Source = field(default_factory=Source)
    #: Code and title of the item, with its column when that is not the one for points.
    item: str = ""
    #: Heading of that column; empty for the one for points.
    column: str = ""
    found: str = ""
    allowed: str = ""
    fix: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was there."""
        return not self.found


@dataclass(frozen=True, slots=True)
class Outside:
    """Something written where the form does not ask for anything."""

    source: Source
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A form to send back."""

    name: str
    filled: Filled
    lines: tuple[FaultLine, ...]
    outside: tuple[Outside, ...] = ()


#: Families of findings about what a member filled in. What the branch has to decide, a veto
#: above all, is not told to members.
_MEMBERS = frozenset("FVT")


def make_copy(
    form: Form,
    scheme: Scheme,
    member: Member,
    *,
    returned: tuple[Submission, tuple[Finding, ...]],
    outside: tuple[Outside, ...] = (),
) -> Copy:
    """Fill the plan of a fresh form with what came back, and mark what was found in it.

    Warnings about a cell to fill are told too: a bonus without its proof counts nothing, and
    whoever has the form in hand anyway can still write it in.
    Of a form that shows another person's name nothing is carried over: it may be that person's.
    """
    submission, found = returned
    findings = [finding for finding in found if finding.code[0] in _MEMBERS]
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    foreign = [finding for finding in errors if finding.code == _OTHER_NAME]
    if foreign:
        errors, outside = foreign, ()
        submission = replace(submission, entries=())
    cells = inputs(form)
    lines = [_line(finding, submission, cells, scheme) for finding in errors]
    if not foreign:
        warned = [f for f in findings if f.severity is Severity.WARNING and f.item]
        more = [_line(finding, submission, cells, scheme) for finding in warned]
        lines += [line for line in more if line.place]
    lines += _unreadable(submission, cells, {line.place for line in lines}, scheme)
    order = {place: at for at, place in enumerate(cells)}
    lines.sort(key=lambda line: order[line.place] if line.place else -1)
    values, left_over = _carried(submission, cells)
    return Copy(
        name=text.clean(member.name, name=True),
        filled=Filled(values=values, notes=_notes(lines)),
        lines=tuple(lines),
        outside=(*left_over, *outside),
    )


def inputs(form: Form) -> dict[Place, Source]:
    """Cells a member fills, in the form's order."""
    return {
        (cell.code, Field(cell.role.value)): Source("", sheet.title, address(cell.row, cell.column))
        for sheet in form.sheets
        for cell in sheet.cells
        if cell.role in FILLED
    }


# ------------------------------------------------------------------ what is carried over


def _carried(
    submission: Submission, cells: Mapping[Place, Source]
) -> tuple[dict[Place, Value], list[Outside]]:
    """Values by input, and what has no input (any more)."""
    values: dict[Place, Value] = {}
    left_over: list[Outside] = []
    for entry in submission.entries:
        place = (entry.code, entry.field)
        if place not in cells or place in values:
            left_over.append(Outside(entry.source, _whole(entry.value)))
        elif entry.value.kind not in _UNREADABLE and entry.value.raw.strip():
            values[place] = entry.value
    return values, left_over


# ------------------------------------------------------------------ what is wrong


def _line(
    finding: Finding, submission: Submission, cells: Mapping[Place, Source], scheme: Scheme
) -> FaultLine:
    place = _place(finding, submission, cells)
    fix = _mended().get(finding.code, finding.fix)
    where = cells[place] if place else Source()
    item, column = (_item(place, scheme), _column(place, scheme)) if place else ("", "")
    if finding.code.startswith("V"):
        found = _("“{found}”").format(found=brief(finding.found)) if finding.found else ""
        allowed = finding.expected or bare(finding)
        if finding.found and not finding.expected:
            # No rule says what may stand there: the whole of it is said as what was read.
            found, allowed = bare(finding), ""
        return FaultLine(
            place=place,
            source=where,
            item=item,
            column=column,
            found=found,
            allowed=allowed,
            fix=fix,
        )
    # Whose name it is, is nobody else's business.
    found = _("表上的姓名与名册不同") if finding.code == _OTHER_NAME else bare(finding)
    return FaultLine(place=place, source=where, item=item, column=column, found=found, fix=fix)


def _mended() -> Mapping[str, str]:
    """What is left to do where the fresh form has already done a part of it."""
    return {
        "F204": _("本表已补回这一部分，请填上"),
        "F205": _("本表已补回这一行，请核对填写"),
        "F206": _("本表只留了前一行填的内容，请核对"),
        "F215": _("这是您本人的空白表，请填您自己的内容后交回；确是您本人改了姓名的，请说明"),
        "F217": _("本表只有一栏，请照下面列出的原内容填上"),
        "V409": _("请直接填数字"),
        "V410": _("请直接填数字"),
        "V411": _("请改填分数"),
    }


def _place(finding: Finding, submission: Submission, cells: Mapping[Place, Source]) -> Place | None:
    """The input a finding is about, wherever its cell stood in the returned file."""
    source = finding.source
    for entry in submission.entries:
        if entry.source == source and (entry.code, entry.field) in cells:
            return entry.code, entry.field
    row = [place for place in cells if place[0] == finding.item]
    row.sort(key=_is_points, reverse=True)
    for place in row:
        if source.cell and claim_source(submission, *place) == source:
            return place
    if row:
        return row[0]
    code = next((code for code in submission.spots if submission.place(code) == source), "")
    return next((p for p in sorted(cells, key=_is_points, reverse=True) if p[0] == code), None)


def _is_points(place: Place) -> bool:
    return place[1] in {Field.SCORE, Field.CLAIM}


def _item(place: Place, scheme: Scheme) -> str:
    code, _filled = place
    titles = {item.code: item.title for part in scheme.parts for item in part.items}
    titles |= {c: b.title for part in scheme.parts for b in part.bonuses for c in b.row_codes}
    title = f"{code} {titles.get(code, '')}"
    column = _column(place, scheme)
    return _("{item}（{column}）").format(item=title, column=column) if column else title


def _column(place: Place, scheme: Scheme) -> str:
    return "" if _is_points(place) else str(getattr(scheme.terms, place[1].value))


def _unreadable(
    submission: Submission,
    cells: Mapping[Place, Source],
    told: set[Place | None],
    scheme: Scheme,
) -> Iterator[FaultLine]:
    """Error signs and formulas without a result that no check speaks of: they come back blank."""
    for entry in submission.entries:
        place = (entry.code, entry.field)
        if entry.value.kind in _UNREADABLE and place in cells and place not in told:
            yield FaultLine(
                place=place,
                source=cells[place],
                item=_item(place, scheme),
                column=_column(place, scheme),
                found=_("“{found}”").format(found=shown(entry.value)),
                fix=_("请重新填写这一格"),
            )


def _notes(lines: Iterable[FaultLine]) -> dict[Place, str]:
    notes: dict[Place, str] = {}
    for line in lines:
        if line.place:
            told = [_("读到：{found}").format(found=line.found or _("空着"))]
            told += [_("可填：{allowed}").format(allowed=line.allowed)] if line.allowed else []
            note = "\n".join([*told, line.fix])
            notes[line.place] = "\n\n".join(filter(None, (notes.get(line.place), note)))
    return notes


# ------------------------------------------------------------------ what stands outside


def outside(book: Book, submission: Submission, form: Form) -> tuple[Outside, ...]:
    """List what the member wrote beside the form's inputs, in the order of the sheets.

    ``form`` is the plan of the form as it was handed out: its texts are no news wherever they
    stand. Results of formulas on the form's own sheets, and an earlier copy's first sheet, are
    left out.
    """
    printed = _printed(form)
    sheets = (sheet for sheet in book.sheets if sheet.title != HIDDEN_SHEET)
    found = [each for sheet in sheets for each in _beside(sheet, submission, printed)]
    more = len(found) - _LISTED
    if more > 0:
        rest = Outside(Source(submission.file), _("另有 {n} 处，请看交来的原文件").format(n=more))
        return (*found[:_LISTED], rest)
    return tuple(found)


def _beside(sheet: Sheet, submission: Submission, printed: _Printed) -> Iterator[Outside]:
    """What one sheet holds that is neither printed, nor worked out, nor read."""
    file, title = submission.file, sheet.title
    read = {entry.source for entry in submission.entries}
    own = title in {spot.sheet for spot in submission.spots.values()}
    rows, unmoved = _row_numbers(sheet, printed), _unmoved(sheet, printed)
    for (row, column), value in sorted(sheet.values.items()):
        source = Source(file, title, address(row, column))
        cell = printed.cells.get((title, row, column))
        ours = title == FRONT_SHEET and column <= FRONT_COLUMNS
        if ours or source in read or (own and value.formula):
            continue
        filled = row in unmoved and cell is not None and cell.role in FILLED
        if filled or not _is_printed(value, cell, rows.get(row, frozenset()), printed):
            yield Outside(source, _whole(value))
    far = _("离表格太远，没有读出内容")
    yield from (Outside(Source(file, title, cell), far) for cell in sheet.beyond)


@dataclass(frozen=True, slots=True)
class _Printed:
    """What a form says before anybody fills it in."""

    texts: frozenset[str]
    cells: Mapping[tuple[str, int, int], Cell]
    #: Text → numbers printed in its row.
    numbers: Mapping[str, frozenset[str]]
    #: Characters of the longest text, blanks included.
    longest: int

    def short(self, value: Value) -> bool:
        """Whether a text can be one of these at all; spares folding pages of prose."""
        return len(value.raw) <= 2 * self.longest


def _printed(form: Form) -> _Printed:
    cells = [(sheet.title, cell) for sheet in form.sheets for cell in sheet.cells]
    rows: dict[tuple[str, int], set[str]] = {}
    for title, cell in cells:
        if cell.number is not None:
            rows.setdefault((title, cell.row), set()).add(number.text(cell.number))
    return _Printed(
        texts=frozenset(squeeze(cell.text) for _title, cell in cells) | {squeeze(form.code)},
        cells={(title, cell.row, cell.column): cell for title, cell in cells},
        longest=max(len(cell.text) for _title, cell in cells),
        numbers={
            squeeze(cell.text): frozenset(rows[title, cell.row])
            for title, cell in cells
            if cell.text and (title, cell.row) in rows
        },
    )


def _row_numbers(sheet: Sheet, printed: _Printed) -> dict[int, frozenset[str]]:
    """Numbers that a form prints in the rows whose texts stand here, wherever that is now."""
    rows: dict[int, frozenset[str]] = {}
    for (row, _column), value in sheet.values.items():
        numbers = printed.numbers.get(squeeze(value.raw)) if printed.short(value) else None
        if numbers:
            rows[row] = rows.get(row, frozenset()) | numbers
    return rows


def _unmoved(sheet: Sheet, printed: _Printed) -> frozenset[int]:
    """Rows that stand where they were printed: what members fill there, they filled themselves."""
    same = Counter(
        row
        for (title, row, column), cell in printed.cells.items()
        if title == sheet.title and cell.text and (row, column) in sheet.values
        if squeeze(sheet.values[row, column].raw) == squeeze(cell.text)
    )
    return frozenset(row for row, texts in same.items() if texts > 1)


def _is_printed(
    value: Value, cell: Cell | None, numbers: frozenset[str], printed: _Printed
) -> bool:
    if cell and cell.role in _CHANGING:
        return True
    if value.kind is ValueKind.NUMBER:
        here = cell.number if cell else None
        return value.raw in numbers if here is None else value.raw == number.text(here)
    raw = value.raw
    return printed.short(value) and (squeeze(raw) in printed.texts or fold(raw) in printed.texts)


def _whole(value: Value) -> str:
    """What stands in a cell, on one line; a very long text is cut."""
    if value.kind is not ValueKind.TEXT:
        return shown(value)
    plain = " ".join(text.clean(value.raw).split())
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "…"
