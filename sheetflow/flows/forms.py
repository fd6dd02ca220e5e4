"""``forms``: blank forms for the members of the roster."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sheetflow import platform, schemes, stamp
from sheetflow import round as rounds
from sheetflow.errors import SheetflowError
from sheetflow.excel.write.stamping import write_forms
from sheetflow.flows.loading import Loaded, load, read_bytes
from sheetflow.flows.outputs import Left, leave, leave_all
from sheetflow.layout import plan_form
from sheetflow.ledger import Ledger, open_ledger
from sheetflow.messages import _
from sheetflow.model import Finding, Member, Roster, Scheme, Stamp
from sheetflow.rosters import SHEET, free_ids
from sheetflow.round import Round

#: Forms kept in one transaction, each of which waits for the disk.
_CHUNK = 50
#: Says that ids will be given; here they just were.
_ID_BLANK = "R302"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """What ``forms`` did: files made, files left as they were, ids given, old files kept."""

    scheme: Scheme
    made: tuple[str, ...]
    same: tuple[str, ...]
    assigned: tuple[tuple[str, str], ...]
    kept: tuple[str, ...]
    findings: tuple[Finding, ...]


def make_forms(round_: Round, members: Collection[str] = ()) -> Forms:
    """Write a blank form for each member who is to return one, or only for ``members``.

    Raises ``SheetflowError`` for an id that is not on the roster.
    """
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        platform.remove_stale(round_.folder)
        loaded = load(round_)
        loaded, assigned = _assign_ids(round_, ledger, loaded)
        wanted = _wanted(loaded.roster, members)
        ledger.issue(loaded.version, schemes.dump(loaded.scheme))
        left = list(_leave_forms(round_, ledger, loaded, wanted))
    return Forms(
        scheme=loaded.scheme,
        made=tuple(each.name for each in left if each.written),
        same=tuple(each.name for each in left if not each.written),
        assigned=assigned,
        kept=tuple(each.kept for each in left if each.kept),
        findings=tuple(f for f in loaded.findings if f.code != _ID_BLANK),
    )


def _leave_forms(
    round_: Round, ledger: Ledger, loaded: Loaded, members: Sequence[Member]
) -> Iterator[Left]:
    """Write the blank forms of these members, some at a time."""
    scheme, key = loaded.scheme, ledger.key
    marks = [Stamp(round=ledger.round_id, scheme=loaded.version, member=m.id) for m in members]
    plans = (
        plan_form(scheme, member, code=stamp.code(mark, key), token=stamp.token(mark, key))
        for member, mark in zip(members, marks, strict=True)
    )
    written = write_forms(plans, scheme, created=scheme.period_end)
    waiting = zip(members, marks, written, strict=True)
    while some := list(islice(waiting, _CHUNK)):
        with ledger.transaction():
            # Known as issued before they can leave the house.
            for member, mark, _data in some:
                tag = stamp.tag(mark, key)
                ledger.issue_form(member.id, loaded.version, generation=0, tag=tag)
        files = {f"{rounds.FORMS}/{form_name(scheme, m)}": data for m, _mark, data in some}
        yield from leave_all(round_, ledger, files)


def form_name(scheme: Scheme, member: Member) -> str:
    """File name of a member's blank form, safe on Windows."""
    title = f"{scheme.year}年度{scheme.terms.form_name}"
    return platform.safe_name(f"{member.id}-{member.name}-{title}") + ".xlsx"


def _wanted(roster: Roster, members: Collection[str]) -> Sequence[Member]:
    if not members:
        return [member for member in roster if member.absence is None]
    ids = [stamp.fold(each) for each in members]
    unknown = [each for each in ids if roster.find(each) is None]
    if unknown:
        raise SheetflowError(
            _("名册里没有编号 {ids}").format(ids=_("、").join(unknown)),
            _("请核对；新来的先在 {file} 里加一行").format(file=rounds.ROSTER),
        )
    return [member for member in roster if member.id in ids]


def _assign_ids(
    round_: Round, ledger: Ledger, loaded: Loaded
) -> tuple[Loaded, tuple[tuple[str, str], ...]]:
    """Give every member without an id the next free one and write it into the roster."""
    if all(member.id for member in loaded.roster):
        return loaded, ()
    free = iter(free_ids(loaded.roster))
    members = tuple(m if m.id else replace(m, id=next(free)) for m in loaded.roster)
    # It brings openpyxl, which is a third of the start; few rosters lack ids.
    from sheetflow.excel.desk import Change, change_cells  # noqa: PLC0415 - as said above

    pairs = zip(loaded.roster, members, strict=True)
    new = [after for before, after in pairs if not before.id]
    changes = [Change(SHEET, member.source.cell, member.id) for member in new]
    data = change_cells(read_bytes(round_.path(rounds.ROSTER)), changes)
    if data is None:
        raise SheetflowError(
            _("{file} 里有图片、文本框等内容，不能替您编号填进去").format(file=rounds.ROSTER),
            _("请在名册里把空着的手工填上，再运行一次"),
        )
    leave(round_, ledger, rounds.ROSTER, data)
    return replace(loaded, roster=Roster(members=members)), tuple((m.id, m.name) for m in new)
