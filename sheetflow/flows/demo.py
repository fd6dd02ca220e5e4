"""``demo``: a whole round with invented members, from blank forms to papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sheetflow import entries, number, platform, samples, systems
from sheetflow import round as rounds
from sheetflow.desk.read import read_desk
from sheetflow.errors import SheetflowError
from sheetflow.excel.desk import Change, change_cells
from sheetflow.excel.read import read_book
from sheetflow.flows.collect import collect
from sheetflow.flows.copies import copy_name
from sheetflow.flows.forms import form_name, make_forms
from sheetflow.flows.init import make_round
from sheetflow.flows.papers import write_papers
from sheetflow.layout import Role, plan_form
from sheetflow.messages import _
from sheetflow.model import Field, Member, Outcome, Place, Scheme, Terms, Value, ValueKind
from sheetflow.round import Round
from sheetflow.samples import Row, Sample
from sheetflow.scheme_columns import SETTINGS
from sheetflow.tables import address, read_table

SYSTEM = "agreement"
#: Days of December on which the sample's forms say they were saved.
_FIRST_DAY, _SECOND_DAY = 10, 18
#: When the branch decides: the sample's step; years after the round's, month, day.
_EVENINGS = (("2", (0, 12, 22)), ("3", (1, 1, 8)))
#: Cell typed into: (item or bonus row, field) → text.
Typed = Mapping[tuple[str, Field], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the sample round came to."""

    folder: Path
    #: Blank forms written.
    made: int
    #: Outcome of the first collect, and of the second with corrections and late forms.
    first: Outcome
    second: Outcome
    #: Outcome once the branch has decided, and how many cells it typed for that.
    decided: Outcome
    acts: int
    #: Whether a paper is not final.
    drafts: bool
    open_files: tuple[str, ...]
    #: Where the outcome is not what the sample says it must be.
    differences: tuple[str, ...]


def run_demo(folder: Path) -> Demo:
    """Make a round, hand out, fill in, collect twice, write the papers.

    Raises ``NoRoundError`` where the folder holds a round already.
    """
    sample = samples.load(systems.sample_folder(SYSTEM))
    round_ = make_round(folder, system=SYSTEM, sample=True).round
    made = make_forms(round_)
    scheme = made.scheme
    members = {row[scheme.terms.id]: row[scheme.terms.name] for row in sample.roster}
    for member_id in sample.answers:
        _return(round_, scheme, sample, Member(id=member_id, name=members[member_id]))
    first = collect(round_)
    _decide(round_, scheme, sample.decisions["1"])
    back = [
        _return(round_, scheme, sample, Member(id=member_id, name=members[member_id]), again=True)
        for member_id in (*sample.late, *sample.corrections)
    ]
    second = collect(round_)
    decided = [_evening(round_, scheme, sample, *each) for each in _EVENINGS]
    papers = write_papers(round_, today=date(scheme.year + 1, 1, 9))
    written = tuple(paper.left.name for paper in papers if paper.left)
    return Demo(
        folder=folder,
        made=len(made.made),
        first=first.outcome,
        second=second.outcome,
        decided=decided[-1],
        acts=sum(map(len, sample.decisions.values())),
        drafts=any(paper.draft for paper in papers),
        open_files=(rounds.SUMMARY, rounds.DESK, *written, made.made[0], *back[-1:]),
        differences=(
            *_differences(first.outcome, sample.expected),
            *_differences(second.outcome, sample.expected_final),
            *_undecided(decided[-1], sample.expected_decided),
        ),
    )


def _evening(
    round_: Round, scheme: Scheme, sample: Sample, step: str, day: tuple[int, int, int]
) -> Outcome:
    """Let the branch sit: settings filled in, cells typed, collected the same evening."""
    years, month, dom = day
    _set(round_, sample.settings[step])
    _decide(round_, scheme, sample.decisions[step])
    evening = datetime(scheme.year + years, month, dom, 20)  # noqa: DTZ001 - local time
    return collect(round_, now=evening).outcome


def _set(round_: Round, settings: Mapping[tuple[str, str], str]) -> None:
    """Fill in settings of the year as the clerk would: (group, setting) → text."""
    path = round_.path(rounds.SCHEME)
    data = path.read_bytes()
    columns = ("分类", "项目", "内容")
    table = read_table(read_book(data), rounds.SCHEME, SETTINGS, columns)
    changes = []
    for record in table.records:
        text = settings.get((record.text(columns[0]), record.text(columns[1])))
        if text is not None:
            day = entries.day(Value(ValueKind.TEXT, text))
            source = record.source(columns[2])
            moment = datetime(day.year, day.month, day.day) if day else text  # noqa: DTZ001
            changes.append(Change(source.sheet, source.cell, moment))
    changed = change_cells(data, changes)
    if changed is None:
        raise SheetflowError(_("示例方案填不进去"), _("请重新安装 sheetflow"))
    platform.write_whole(path, changed)


def _decide(round_: Round, scheme: Scheme, cells: Mapping[Place, str]) -> None:
    """Type into the staff's workbook as the branch would; raises when a cell is not there."""
    path = round_.path(rounds.DESK)
    data = path.read_bytes()
    read = read_desk(read_book(data), rounds.DESK, scheme, focus=scheme.focus)
    changes = [
        Change(read.places[place].sheet, read.places[place].cell, number.parse(text) or text)
        for place, text in cells.items()
    ]
    changed = change_cells(data, changes)
    if changed is None:
        raise SheetflowError(_("示例核定表填不进去"), _("请重新安装 sheetflow"))
    platform.write_whole(path, changed)


def _return(
    round_: Round, scheme: Scheme, sample: Sample, member: Member, *, again: bool = False
) -> str:
    """Fill in the member's form, or correct the copy sent back, and drop it into 收回.

    Return its path in the round.
    """
    form, name = f"{rounds.FORMS}/{form_name(scheme, member)}", sample.files[member.id]
    typed = _typed(scheme.terms, sample, member.id)
    if again and member.id in sample.corrections:
        form, name = copy_name(member), _("改好-") + name.rsplit("/", 1)[-1]
        typed = _corrected(scheme.terms, sample, member.id)
    day = _SECOND_DAY if again else _FIRST_DAY
    saved = datetime(scheme.year, 12, day, 9, 30)  # noqa: DTZ001 - the file stores no zone
    blank = round_.path(form).read_bytes()
    data = change_cells(blank, _changes(scheme, member, typed), saved=saved)
    if data is None:
        raise SheetflowError(_("示例表格填不进去"), _("请重新安装 sheetflow"))
    file = f"{rounds.RETURNED}/{name}"
    platform.write_whole(round_.path(file), data)
    return file


def _corrected(terms: Terms, sample: Sample, member_id: str) -> Typed:
    """What the member types over in the return copy."""
    fields = _fields(terms)
    corrections = sample.corrections[member_id].items()
    return {(code, fields[heading]): text for (code, heading), text in corrections}


def _fields(terms: Terms) -> Mapping[str, Field]:
    return {getattr(terms, field.value): field for field in Field}


def _typed(terms: Terms, sample: Sample, member_id: str) -> Typed:
    fields = _fields(terms)
    answers: Row = {**sample.answers.get(member_id, {}), **sample.late.get(member_id, {})}
    typed = {(code, Field.SCORE): text for code, text in answers.items()}
    for code, text in sample.evidence.get(member_id, {}).items():
        typed[code, Field.EVIDENCE] = text
    for code, row in sample.claims.get(member_id, {}).items():
        typed |= {(code, fields[heading]): text for heading, text in row.items()}
    return typed


def _changes(scheme: Scheme, member: Member, typed: Typed) -> Iterable[Change]:
    """Cells of the member's form for what is typed; the plan says which is which."""
    form = plan_form(scheme, member, code="", token="")
    for sheet in form.sheets:
        for cell in sheet.cells:
            if cell.role is Role.HEADING or cell.field is None:
                continue
            text = typed.get((cell.code, cell.field))
            if text is not None:
                place = address(cell.row, cell.column)
                yield Change(sheet.title, place, _as_typed(cell.field, text))


def _as_typed(field: Field, text: str) -> str | Decimal | datetime:
    """What a spreadsheet makes of a text typed into this column."""
    if field is Field.DATE:
        day = entries.day(Value(ValueKind.TEXT, text))
        return datetime(day.year, day.month, day.day) if day else text  # noqa: DTZ001
    if field in {Field.SCORE, Field.CLAIM} and text.isascii():
        points = number.parse(text)
        return text if points is None else points
    return text


def _undecided(outcome: Outcome, expected: Mapping[str, Row]) -> Iterator[str]:
    for standing in outcome.standings:
        final = list(expected.get(standing.member.id, {"": ""}).values())[-1]
        if (standing.final_tier or "") != final:
            name = f"{standing.member.id} {standing.member.name}"
            yield f"{name}: {standing.final_tier} ≠ {final}"


def _differences(outcome: Outcome, expected: Mapping[str, Row]) -> Iterator[str]:
    for standing in outcome.standings:
        row = list(expected.get(standing.member.id, {}).values())[2:]
        parts = standing.score.parts if standing.score else ()
        points = [p for part in parts for p in (part.base, part.bonus)]
        shown = [number.text(p) for p in (*points, standing.total)] if points else []
        blank = [""] * (len(row) - 2 - len(shown))
        found = [standing.status.value, *shown, *blank, standing.proposed_tier or ""]
        if row and found != row:
            yield f"{standing.member.id} {standing.member.name}: {found} ≠ {row}"
