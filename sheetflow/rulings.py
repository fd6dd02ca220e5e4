"""What people typed into the staff's workbook → what the branch has decided.

A cell that cannot be used decides nothing and is told with its place; it stays as typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from sheetflow import entries, kinds, number
from sheetflow.messages import _
from sheetflow.model import (
    EVERYONE,
    Approval,
    Choice,
    Fault,
    Item,
    Kind,
    Meeting,
    Objection,
    Part,
    Place,
    Ruling,
    Rulings,
    Scheme,
    Source,
    State,
    Tab,
    Value,
    ValueKind,
)
from sheetflow.stamp import fold

#: What may stand under 核定, and under 采用.
APPROVE, REJECT = "同意", "退回"
YES, NO = "是", "否"
#: In place of a tier: the one proposed, once the member is approved.
AS_PROPOSED = "按建议"
_APPROVALS = {APPROVE: Approval.APPROVED, REJECT: Approval.REJECTED}
_ADOPTS = {YES: True, NO: False}
_MEETING_TEXTS = ("kind", "day", "absent", "chair", "recorder", "topic", "resolution")
_VOTES = ("ayes", "nays", "abstentions")
_MEETING_NUMBERS = ("due", "present", *_VOTES)
_OBJECTION = ("day", "raiser", "member", "content", "inquiry", "result", "change", "answered")


@dataclass(frozen=True, slots=True)
class _Cell:
    """One decided cell: what stands in it, and where."""

    text: str
    source: Source


_Row = Mapping[str, _Cell]
Word = TypeVar("Word")


def read_rulings(
    state: State, scheme: Scheme, sources: Mapping[Place, Source] | None = None
) -> Rulings:
    """Read the branch's cells.

    Faults: ``ruling-word`` (none of the words that may stand there), ``ruling-number``,
    ``ruling-range`` (a number the rule does not allow), ``ruling-day``, ``meeting-unknown`` (the
    reason of a change names one that nobody has entered).
    """
    faults: list[Fault] = []
    rows = _rows(state, sources or {})
    kinds_held = {kind.title: kind.title for kind in scheme.meetings}
    return Rulings(
        members=_members(scheme, rows, faults),
        meetings=tuple(
            _meeting(number, row, kinds_held, faults)
            for number, row in _numbered(rows, Tab.MEETINGS)
        ),
        objections=tuple(
            _objection(number, row, faults) for number, row in _numbered(rows, Tab.OBJECTIONS)
        ),
        choices=tuple(_choices(_of(rows, Tab.FILES), faults)),
        focus={
            member: {heading: cell.text for heading, cell in row.items()}
            for member, row in _of(rows, Tab.FOCUS).items()
        },
        reasons={
            (member, code): (_text(row, "why"), fold(_text(row, "meeting")))
            for member, found in _by_member(rows, Tab.ADJUSTMENTS).items()
            for code, row in found.items()
        },
        conclusions={
            (member, matter): _text(row, "conclusion")
            for member, found in _by_member(rows, Tab.AGENDA).items()
            for matter, row in found.items()
        },
        faults=(*faults, *_unknown_meetings(rows)),
    )


# ------------------------------------------------------------------ rows


def _rows(state: State, sources: Mapping[Place, Source]) -> dict[tuple[str, str], dict[str, _Cell]]:
    rows: dict[tuple[str, str], dict[str, _Cell]] = {}
    for place, text in sorted(state.items()):
        cell = _Cell(text, sources.get(place, Source()))
        rows.setdefault((place.tab, place.row), {})[place.column] = cell
    return rows


def _about_member(tab: str) -> bool:
    return tab in {Tab.APPROVALS, Tab.COUNTS} or tab.startswith(f"{Tab.SCORES}.")


def _of(rows: Mapping[tuple[str, str], _Row], tab: str) -> dict[str, _Row]:
    return {row: cells for (found, row), cells in rows.items() if found == tab}


def _numbered(rows: Mapping[tuple[str, str], _Row], tab: str) -> Sequence[tuple[str, _Row]]:
    """Rows named by numbers, in their order: 2 before 10."""
    return sorted(_of(rows, tab).items(), key=lambda each: (len(each[0]), each[0]))


def _by_member(rows: Mapping[tuple[str, str], _Row], tab: str) -> dict[str, dict[str, _Row]]:
    """Rows named by a member and something else, by both."""
    found: dict[str, dict[str, _Row]] = {}
    for row, cells in _of(rows, tab).items():
        member, _slash, rest = row.partition("/")
        found.setdefault(member, {})[rest] = cells
    return found


def _text(row: _Row, column: str) -> str:
    return row[column].text if column in row else ""


# ------------------------------------------------------------------ one member


def _members(
    scheme: Scheme, rows: Mapping[tuple[str, str], _Row], faults: list[Fault]
) -> dict[str, Ruling]:
    """One ruling a member about whom anything is decided."""
    members: dict[str, Ruling] = {}
    for member in sorted({row for tab, row in rows if _about_member(tab)} - {EVERYONE}):
        before = len(faults)
        ruling = _ruling(scheme, member, rows, faults)
        members[member] = replace(ruling, unusable=len(faults) > before)
    for member, claims in _by_member(rows, Tab.CLAIMS).items():
        before = len(faults)
        known = members.get(member, Ruling(member=member))
        ruling = _recognised(scheme, known, claims, faults)
        members[member] = replace(ruling, unusable=known.unusable or len(faults) > before)
    return members


def _ruling(
    scheme: Scheme, member: str, rows: Mapping[tuple[str, str], _Row], faults: list[Fault]
) -> Ruling:
    row = rows.get((Tab.APPROVALS, member), {})
    tiers = {tier.title: tier.title for tier in scheme.tiers} | {AS_PROPOSED: ""}
    vetoes = {veto.code: veto.code for veto in scheme.vetoes}
    scores: dict[str, Decimal] = {}
    sources = {column: cell.source for column, cell in row.items()}
    for part in scheme.parts:
        cells = rows.get((f"{Tab.SCORES}.{part.code}", member), {})
        sources |= {column: cell.source for column, cell in cells.items()}
        scores |= _scores(part, cells, faults)
    counts = rows.get((Tab.COUNTS, member), {})
    sources |= {column: cell.source for column, cell in counts.items()}
    return Ruling(
        member=member,
        approval=_word(row, "approval", _APPROVALS, faults),
        version=_text(row, "version"),
        veto=_word(_folded(row, "veto"), "veto", vetoes, faults) or "",
        basis=_text(row, "basis"),
        tier=_word(row, "tier", tiers, faults) or "",
        reason=_text(row, "reason"),
        meeting=fold(_text(row, "meeting")),
        tier_meeting=fold(_text(row, "tier_meeting")),
        scores=scores,
        counts=dict(_counts(scheme, counts, faults)),
        sources=sources,
    )


def _word(row: _Row, column: str, words: Mapping[str, Word], faults: list[Fault]) -> Word | None:
    """What a word means; one that is not known decides nothing."""
    cell = row.get(column)
    if cell is None:
        return None
    if cell.text not in words:
        faults.append(Fault("ruling-word", cell.source, cell.text, _("、").join(words)))
        return None
    return words[cell.text]


def _folded(row: _Row, column: str) -> _Row:
    """The row with a code folded: neither case nor width makes another of it."""
    cell = row.get(column)
    return row if cell is None else {**row, column: _Cell(fold(cell.text), cell.source)}


def _scores(part: Part, row: _Row, faults: list[Fault]) -> dict[str, Decimal]:
    """Points typed, and those that one grade of a whole section gives to items left blank."""
    found: dict[str, Decimal] = {}
    for section in part.sections:
        titles = {level.title: level.title for item in section.items for level in item.levels}
        grade = _word(row, section.code, titles, faults) if one_grade(section.items) else None
        for item in section.items:
            worth = {level.title: level.points for level in item.levels}
            if grade and grade in worth:
                found[item.code] = worth[grade]
    for item in part.items:
        cell = row.get(item.code)
        points = _points(cell, faults)
        if cell is None or points is None:
            continue
        if kinds.wrong(item, points):
            faults.append(Fault("ruling-range", cell.source, cell.text, kinds.allowed(item)))
        else:
            found[item.code] = points
    return found


def one_grade(items: Iterable[Item]) -> bool:
    """Whether one word may grade all these items: the branch scores each by the same levels."""
    listed = tuple(items)
    titles = {tuple(level.title for level in item.levels) for item in listed}
    choices = all(item.kind is Kind.CHOICE and item.scored_by == "branch" for item in listed)
    return len(listed) > 1 and choices and len(titles) == 1


def _points(cell: _Cell | None, faults: list[Fault]) -> Decimal | None:
    points = number.parse(cell.text) if cell else None
    if cell and points is None:
        faults.append(Fault("ruling-number", cell.source, cell.text))
    return points


def _counts(
    scheme: Scheme, row: _Row, faults: list[Fault]
) -> Iterator[tuple[tuple[str, str], Decimal]]:
    items = {item.code: item for part in scheme.parts for item in part.items}
    for column, cell in row.items():
        code, _slash, what = column.partition("/")
        if code not in items:
            continue
        times = _points(cell, faults)
        if times is None:
            continue
        if times < 0 or times % 1:
            faults.append(Fault("ruling-range", cell.source, cell.text, "0、1、2…"))
        else:
            yield (code, what), times


def _recognised(
    scheme: Scheme, ruling: Ruling, rows: Mapping[str, _Row], faults: list[Fault]
) -> Ruling:
    """Add what was recognised of the member's bonus claims."""
    most = {
        code: (part.code, bonus.most)
        for part in scheme.parts
        for bonus in part.bonuses
        for code in bonus.row_codes
    }
    recognised, whys, sources = {}, {}, dict(ruling.sources)
    for code, row in rows.items():
        cell = row.get("points")
        points = _points(cell, faults)
        whys[code] = _text(row, "why")
        if code not in most or cell is None or points is None:
            continue
        part, limit = most[code]
        if points < 0 or points > limit:
            allowed = f"0–{number.text(limit)}"
            faults.append(Fault("ruling-range", cell.source, cell.text, allowed))
            continue
        recognised[code] = points
        sources[f"{part}/{code}"] = cell.source
    return replace(ruling, recognised=recognised, whys=whys, sources=sources)


# ------------------------------------------------------------------ other sheets


def _unknown_meetings(rows: Mapping[tuple[str, str], _Row]) -> Iterator[Fault]:
    known = _of(rows, Tab.MEETINGS)
    for row in _of(rows, Tab.ADJUSTMENTS).values():
        cell = row.get("meeting")
        if cell and fold(cell.text) not in known:
            yield Fault("meeting-unknown", cell.source, cell.text)


def _meeting(name: str, row: _Row, held: Mapping[str, str], faults: list[Fault]) -> Meeting:
    numbers: dict[str, int | None] = {}
    for column in _MEETING_NUMBERS:
        cell = row.get(column)
        points = _points(cell, faults)
        if cell and points is not None and (points < 0 or points % 1):
            faults.append(Fault("ruling-range", cell.source, cell.text, "0、1、2…"))
            points = None
        numbers[column] = None if points is None else int(points)
    _heads(row, numbers, faults)
    day = _day(row, "day", faults)
    if held:
        _word(row, "kind", held, faults)
    source = next((cell.source for cell in row.values()), Source())
    texts = {column: _text(row, column) for column in _MEETING_TEXTS}
    texts["day"] = day or texts["day"]
    return Meeting(number=name, source=source, **texts, **numbers)  # type: ignore[arg-type] # texts and numbers by name


def _heads(row: _Row, numbers: Mapping[str, int | None], faults: list[Fault]) -> None:
    """No more come than are due, and all votes together are no more than those who came."""
    left = numbers["due"]
    for column in ("present", *_VOTES):
        found, cell = numbers[column], row.get(column)
        if found is None or cell is None:
            continue
        if left is not None and found > left:
            faults.append(Fault("ruling-range", cell.source, cell.text, f"0–{left}"))
        if column == "present":
            left = found
        elif left is not None:
            left = max(left - found, 0)


def _day(row: _Row, column: str, faults: list[Fault]) -> str:
    """A day in ISO 8601, in whichever usual way it was typed; empty when blank or no day."""
    cell = row.get(column)
    day = entries.day(Value(ValueKind.TEXT, cell.text)) if cell else None
    if cell and day is None:
        faults.append(Fault("ruling-day", cell.source, cell.text))
    return day.isoformat() if day else ""


def _objection(name: str, row: _Row, faults: list[Fault]) -> Objection:
    """Read an objection; one that was not answered on a day is open."""
    source = next((cell.source for cell in row.values()), Source())
    texts = {each: _text(row, each) for each in _OBJECTION}
    texts |= {column: _day(row, column, faults) for column in ("day", "answered")}
    return Objection(number=name, source=source, **texts)


def _choices(rows: Mapping[str, _Row], faults: list[Fault]) -> Iterator[Choice]:
    for name, row in rows.items():
        file, _slash, version = name.rpartition("/")
        cell = next(iter(row.values()))
        yield Choice(
            file=file,
            version=version,
            member=fold(_text(row, "member")),
            adopt=_word(row, "adopt", _ADOPTS, faults),
            reason=_text(row, "reason"),
            source=row["adopt"].source if "adopt" in row else cell.source,
        )
