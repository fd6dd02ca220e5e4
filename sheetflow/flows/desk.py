"""Leaving the staff's workbook: new, brought up to date in place, or beside when it must be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sheetflow import round as rounds
from sheetflow import scoring
from sheetflow.desk.edits import Edit, Edits, edits, plain
from sheetflow.desk.plan import at_revision, expected_rows, plan_desk
from sheetflow.desk.sheets import FRONT, LIVE, AgendaRow, DeskPlan, Facts, Origin
from sheetflow.errors import OutputError
from sheetflow.excel.rewritable import why_fixed
from sheetflow.excel.write.desk import paint_desk, write_desk
from sheetflow.flows.advice import after_collect
from sheetflow.flows.collected import as_collected
from sheetflow.flows.deciding import (
    BEGUN,
    LOST,
    PAINTED,
    REVISION,
    SHOWN,
    Deciding,
    current_version,
)
from sheetflow.flows.evaluation import Examined
from sheetflow.flows.gestures import unusable
from sheetflow.flows.loading import Loaded, desk_book, read_bytes
from sheetflow.flows.outputs import Left, leave, our_own, withdraw
from sheetflow.ledger import Ledger
from sheetflow.messages import _, language
from sheetflow.model import Fault, Ruling, Score, Source
from sheetflow.round import Round
from sheetflow.tables import address

#: Name in the ledger: language the workbook was written in.
_SPOKEN = "desk_spoken"
#: So many cells of a sheet that were typed over are told one by one.
_FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A workbook to be left: its path in the round, its bytes, what it shows."""

    name: str
    data: bytes
    plan: DeskPlan
    #: Rows in which people decide, as ``expected_rows`` names them.
    rows: frozenset[tuple[str, str]]
    #: Painted new, and not brought up to date in place.
    painted: bool = False


def prepare(
    ledger: Ledger, loaded: Loaded, deciding: Deciding, examined: Examined, steps: tuple[str, ...]
) -> Planned | None:
    """Return the workbook that should be there instead; ``None`` when it shows all already."""
    there, day = loaded.desk, loaded.scheme.period_end
    shown = _plan(ledger, loaded, deciding, examined, steps)
    newer = at_revision(shown, max(deciding.revision, deciding.begun) + 1)
    if not there:
        return _painted(rounds.DESK, newer, day)
    if deciding.current and ledger.get(PAINTED) == _hash(there):
        # What nobody has saved since it was painted holds nothing that could be lost.
        same = _alike(ledger, shown) and write_desk(shown, created=day) == there
        return None if same else _painted(rounds.DESK, newer, day)
    if deciding.current:
        data = _refreshed(loaded, newer)
        if data == there:
            return None
        if data is not None:
            return Planned(name=rounds.DESK, data=data, plan=newer, rows=expected_rows(newer))
    return _painted(rounds.BESIDE, shown, day)


def with_overtyped(
    round_: Round, ledger: Ledger, loaded: Loaded, deciding: Deciding, *, today: date | None
) -> Deciding:
    """Add that people typed over what the program wrote: ``desk-over``, ``desk-over-many``.

    It is known only of a workbook that showed all when it was left, in the words of this
    language.
    """
    beside = round_.path(rounds.BESIDE).exists() or why_fixed(loaded.desk)
    other = beside or ledger.get(_SPOKEN) != language()
    if not deciding.current or other or _hash(loaded.desk) in our_own(ledger, rounds.DESK):
        return deciding
    worked = as_collected(ledger, loaded, today)
    book = desk_book(loaded) if worked else None
    if worked is None or book is None:
        return deciding
    steps = after_collect(worked.examined.outcome)
    plan = _plan(ledger, worked.loaded, worked.deciding, worked.examined, steps)
    return replace(deciding, faults=(*deciding.faults, *_overtyped(edits(book, plan), plan)))


def _overtyped(found: Edits, plan: DeskPlan) -> Iterator[Fault]:
    # People's own sheets that are gone are told by those who read them.
    for tab in {FRONT, LIVE} & set(found.sheets):
        yield Fault("desk-over-many", Source(rounds.DESK, plan.sheet(tab).layout.title))
    gone = {plan.sheet(tab).layout.title for tab in found.sheets}
    sheets: dict[str, list[Edit]] = {}
    for edit in found.cells:
        if edit.over is not None and edit.sheet not in gone:
            sheets.setdefault(edit.sheet, []).append(edit)
    for title, cells in sheets.items():
        places = [Source(rounds.DESK, title, address(e.row, e.column)) for e in cells]
        if len(cells) > _FEW:
            yield Fault("desk-over-many", places[0], str(len(cells)))
            continue
        for place, edit in zip(places, cells, strict=True):
            yield Fault("desk-over", place, edit.over or "", plain(edit.value))


def _refreshed(loaded: Loaded, plan: DeskPlan) -> bytes | None:
    # It brings openpyxl, which takes as long as ten forms; nobody else needs it in a round.
    from sheetflow.excel.refresh import refresh  # noqa: PLC0415 - as said above

    read = None if why_fixed(loaded.desk) else desk_book(loaded)
    return refresh(loaded.desk, plan, read)


def _painted(name: str, plan: DeskPlan, day: date) -> Planned:
    made = paint_desk(plan, created=day)
    return Planned(name=name, data=made.data, plan=plan, rows=made.rows, painted=True)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def leave_desk(
    round_: Round, ledger: Ledger, loaded: Loaded, planned: Planned | None, deciding: Deciding
) -> Left | None:
    """Leave the workbook; the one beside is taken away once the staff's own is up to date.

    Raises ``OutputError`` when somebody has saved it since it was read, or it is open elsewhere.
    """
    if deciding.current or (planned and planned.name == rounds.DESK):
        withdraw(round_, ledger, rounds.BESIDE)
    if planned is None:
        return None
    if planned.name == rounds.BESIDE:
        return leave(round_, ledger, rounds.BESIDE, planned.data)
    path = round_.path(rounds.DESK)
    if (read_bytes(path) if path.is_file() else b"") != loaded.desk:
        raise OutputError(
            _("{file} 刚刚有人改过，没有动它").format(file=rounds.DESK),
            _("请保存并关闭它，再运行一次"),
        )
    with ledger.transaction():
        ledger.put(BEGUN, str(planned.plan.revision))
        if not loaded.desk:
            ledger.put(LOST, ledger.get(REVISION) or "0")
        names = {member.id: member.name for member in loaded.roster}
        ledger.put(SHOWN, _shown(ledger, planned, {**names, **deciding.renamed}))
    left = leave(round_, ledger, rounds.DESK, planned.data)
    with ledger.transaction():
        ledger.put(PAINTED, _hash(planned.data) if planned.painted else "")
        ledger.put(REVISION, str(planned.plan.revision))
        ledger.put(_SPOKEN, language())
    return left


def _shown(ledger: Ledger, planned: Planned, names: Mapping[str, str]) -> str:
    """What the next reading must know of this revision, and of the one still there."""
    plan, known = planned.plan, json.loads(ledger.get(SHOWN) or "{}")
    there = ledger.get(REVISION) or ""
    files = {row.key: row.cells.get("member") for row in plan.sheet("files").walk()}
    # A suggestion stays in its cell, also when the row says something else by now.
    before = {key: owner for each in known.values() for key, owner in each["owners"].items()}
    owners = {key: owner for key, owner in before.items() if key in files}
    owners |= {key: str(c.value) for key, c in files.items() if c and c.value is not None}
    shown = {
        "versions": plan.versions,
        "rows": sorted(planned.rows),
        "owners": owners,
        "names": names,
    }
    kept = {there: known[there]} if there in known else {}
    return json.dumps({**kept, str(plan.revision): shown})


def _alike(ledger: Ledger, plan: DeskPlan) -> bool:
    """Whether the revision last written shows the same forms as its plan would now."""
    known = json.loads(ledger.get(SHOWN) or "{}").get(str(plan.revision), {})
    return bool(known.get("versions") == plan.versions)


# ------------------------------------------------------------------ the plan


def _plan(
    ledger: Ledger, loaded: Loaded, deciding: Deciding, examined: Examined, steps: tuple[str, ...]
) -> DeskPlan:
    scheme = loaded.scheme
    scores = {standing.member.id: standing.score for standing in examined.outcome.standings}

    # Each sheet asks for them again; in a large round there are too many to keep.
    @lru_cache(maxsize=256)
    def origins(member: str) -> dict[str, Origin] | None:
        return _origins(loaded, examined, member, scores.get(member))

    facts = Facts(
        revision=deciding.revision,
        round_id=ledger.round_id,
        origins=origins,
        versions={m: current_version(v) for m, v in examined.versions.items()},
        claims=examined.claims,
        agenda=tuple(
            AgendaRow(member=m.member, matter=m.key, text=m.text, link=m.place)
            for found in examined.matters.values()
            for m in found
        ),
        steps=steps,
        focus=scheme.focus,
        meetings=tuple(kind.title for kind in scheme.meetings),
        files=(*loaded.decided.choices, *examined.asked),
        restored=deciding.restored,
        kept=frozenset(place for place, _fault in unusable(deciding)),
        aside=deciding.aside,
    )
    return plan_desk(scheme, examined.outcome, deciding.state, facts)


def _origins(
    loaded: Loaded, examined: Examined, member: str, score: Score | None
) -> dict[str, Origin] | None:
    """What counts for each item without the branch's own numbers; ``score`` is with them.

    ``None`` for somebody who returned nothing.
    """
    chosen = examined.versions.get(member)
    if chosen is None:
        return None
    counts = chosen.counts
    if counts is None:
        return {}
    ruling = loaded.decided.members.get(member, Ruling(member=member))
    counted = {code for code, _what in ruling.counts}
    if score is None or ruling.scores or ruling.recognised:
        bare = replace(ruling, scores={}, recognised={})
        found = loaded.roster.find(member)
        post = found.post if found else None
        score = scoring.score(loaded.scheme, counts, bare, post=post)
    return {
        line.code: Origin(line.taken, line.code in counted and bool(line.why), line.why)
        for line in score.lines
    }
