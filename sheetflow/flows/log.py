"""``log``: what the branch has decided, act by act, and whether the record is as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sheetflow import round as rounds
from sheetflow import schemes
from sheetflow.errors import SheetflowError
from sheetflow.flows.collect import LAST
from sheetflow.ledger import Break, Ledger, open_ledger
from sheetflow.messages import _
from sheetflow.model import Scheme
from sheetflow.model.desk import EVERYONE, Decision, Place, State, Tab
from sheetflow.round import Round
from sheetflow.stamp import fold

#: Tabs whose row is a member, or a member, ``/`` and something of theirs.
_OF_MEMBERS = {Tab.COUNTS, Tab.AGENDA, Tab.SCORES, Tab.CLAIMS, Tab.ADJUSTMENTS, Tab.APPROVALS,
               Tab.FOCUS}  # fmt: skip
#: Who raised an objection is printed nowhere but in the workbook where it was typed.
_RAISER = (Tab.OBJECTIONS.value, "raiser")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One decision in the clerk's words."""

    number: int
    #: Local time of taking it in, ISO 8601; empty when nobody noted it.
    taken: str
    #: Id and name of the member it is about; empty where it is about none.
    member: str
    name: str
    #: Visible name of the sheet, and what in it: item, file, number, heading.
    sheet: str
    what: str
    before: str
    after: str
    #: The meeting that decided, where one is noted now.
    meeting: str
    revision: int
    chain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Acts of the branch, of all or of one member, and the verdict on the whole record."""

    acts: tuple[Act, ...]
    #: Number of all acts, also of those not listed.
    total: int
    #: Hash of the last act.
    head: str
    breaks: tuple[Break, ...]
    member: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the ledger tells about the places of decisions."""

    state: State
    names: Mapping[str, str]
    #: Member by row of the sheets of objections and of files.
    members: Mapping[tuple[str, str], str]
    #: What an item or bonus is about, by code.
    titles: Mapping[str, str]


def read_log(round_: Round, member: str = "") -> Log:
    """List the decisions, only those about ``member`` (an id) when one is given; verify all.

    Raises ``SheetflowError`` for a member the ledger knows nothing of.
    """
    with open_ledger(round_.path(rounds.LEDGER), lock=False) as ledger:
        decisions = ledger.decisions()
        known = _known(ledger, decisions)
        wanted = _find(member, known, decisions) if member else ""
        concerned = (
            each
            for each in decisions
            if not wanted or _member(each.place, known) in {wanted, EVERYONE}
        )
        return Log(
            acts=tuple(_act(each, known) for each in concerned),
            total=len(decisions),
            head=ledger.head(),
            breaks=ledger.verify(),
            member=wanted,
        )


def _known(ledger: Ledger, decisions: Iterable[Decision]) -> _Known:
    last = json.loads(ledger.get(LAST) or "{}").get("document", {})
    # Who is meant is kept where a later act has taken it back.
    meant = {
        (each.place.tab, each.place.row): each.after
        for each in decisions
        if each.place.column == "member" and each.after
    }
    issued = tuple(ledger.issued().values())
    return _Known(
        state=ledger.state(),
        names={each["id"]: each["name"] for each in last.get("members", ())},
        members={**_owners(last), **{key: fold(text) for key, text in meant.items()}},
        titles=_titles(schemes.load_json(issued[-1])) if issued else {},
    )


def _owners(document: Mapping[str, Any]) -> Mapping[tuple[str, str], str]:
    """Members of received files as last collected, by row of the sheet of files."""
    return {
        (Tab.FILES.value, f"{each['file']}/{each['version']}"): each["member"]
        for each in document.get("files", ())
        if each["member"] and each["version"]
    }


def _titles(scheme: Scheme) -> Mapping[str, str]:
    titled = (
        each
        for part in scheme.parts
        for group in (part.sections, part.items, part.bonuses)
        for each in group
    )
    return {each.code: each.title for each in titled}


def _find(member: str, known: _Known, decisions: Iterable[Decision]) -> str:
    """Return the member's id as the ledger has it."""
    ids = {*known.names, *(_member(each.place, known) for each in decisions)} - {EVERYONE, ""}
    found = {fold(each): each for each in ids}.get(fold(member))
    if found is None:
        raise SheetflowError(
            _("工作记录里没有编号 {member}").format(member=member),
            _("请核对名册里的编号；新来的人，先运行一次 sheetflow collect"),
        )
    return found


# ------------------------------------------------------------------ words


def _tab(place: Place) -> str:
    return place.tab.partition(".")[0]


def _member(place: Place, known: _Known) -> str:
    """Member a decision is about, ``*`` for everyone; empty where it is about none."""
    if _tab(place) in _OF_MEMBERS:
        return place.row.partition("/")[0]
    return known.members.get((place.tab, place.row), "")


def _act(decision: Decision, known: _Known) -> Act:
    place = decision.place
    member = _member(place, known)
    hidden = (place.tab, place.column) == _RAISER
    before, after = (
        _("（不显示）") if text and hidden else text for text in (decision.before, decision.after)
    )
    return Act(
        number=decision.number,
        taken=decision.taken,
        member=member,
        name=_("其余各人") if member == EVERYONE else known.names.get(member, ""),
        sheet=_sheet(place),
        what=_what(place, known),
        before=before,
        after=after,
        meeting=_meeting(place, member, known.state),
        revision=decision.revision,
        chain=decision.chain,
    )


def _sheet(place: Place) -> str:
    """Visible name of a sheet, as the workbook shows it."""
    tab, _dot, part = place.tab.partition(".")
    names: dict[str, str] = {
        Tab.MEETINGS: _("会议"),
        Tab.COUNTS: _("台账"),
        Tab.AGENDA: _("上会清单"),
        Tab.SCORES: _("评分"),
        Tab.CLAIMS: _("加分认定"),
        Tab.ADJUSTMENTS: _("调整"),
        Tab.APPROVALS: _("核定"),
        Tab.OBJECTIONS: _("异议"),
        Tab.FOCUS: _("重点对象"),
        Tab.FILES: _("文件"),
    }
    return names.get(tab, tab) + part


def _what(place: Place, known: _Known) -> str:
    """Row, item and heading, as far as the sheet and the member do not say them."""
    tab = _tab(place)
    _id, _slash, row = place.row.partition("/")
    if tab == Tab.SCORES:
        return _item(place.column, known)
    if tab == Tab.COUNTS:
        code, _slash, what = place.column.partition("/")
        return f"{_item(code, known)} {what}".strip()
    if tab not in _OF_MEMBERS:
        row = place.row.rpartition("/")[0] if tab == Tab.FILES else place.row
    heading = _headings(tab).get(place.column, place.column)
    return f"{_item(row, known)} {heading}".strip()


def _item(code: str, known: _Known) -> str:
    """An item or bonus row by its code and title; any other text as it is."""
    title = known.titles.get(code) or known.titles.get(code.rpartition("-")[0], "")
    return f"{code} {title}".rstrip()


def _headings(tab: str) -> Mapping[str, str]:
    """Heading of each column of a sheet, by the column of a ``Place``."""
    headings: dict[str, dict[str, str]] = {
        Tab.MEETINGS: {
            "kind": _("类别"), "day": _("日期"), "due": _("应到"), "present": _("实到"),
            "absent": _("缺席及原因"), "chair": _("主持"), "recorder": _("记录"),
            "topic": _("议题"), "ayes": _("赞成"), "nays": _("反对"),
            "abstentions": _("弃权"), "resolution": _("决议"),
        },
        Tab.AGENDA: {"conclusion": _("结论")},
        Tab.CLAIMS: {"points": _("认定分"), "why": _("原因")},
        Tab.ADJUSTMENTS: {"why": _("理由"), "meeting": _("会次")},
        Tab.APPROVALS: {
            "approval": _("核定"), "veto": _("否决"), "basis": _("否决依据"),
            "tier": _("评定等次"), "reason": _("理由"), "meeting": _("会次"),
        },
        Tab.OBJECTIONS: {
            "day": _("日期"), "raiser": _("提出人"), "member": _("对象"), "content": _("内容"),
            "inquiry": _("调查"), "result": _("结论"), "change": _("改分"),
            "answered": _("答复日期"),
        },
        Tab.FILES: {"member": _("归属编号"), "adopt": _("采用"), "reason": _("理由")},
    }  # fmt: skip
    return headings.get(tab, {})


def _meeting(place: Place, member: str, state: State) -> str:
    """The meeting noted for the item that was decided, else for the member."""
    if _tab(place) not in _OF_MEMBERS or member == EVERYONE:
        return ""
    row = f"{member}/{place.column}" if _tab(place) == Tab.SCORES else place.row
    number = state.get(Place(Tab.ADJUSTMENTS, row, "meeting")) or state.get(
        Place(Tab.APPROVALS, member, "meeting"), ""
    )
    more = (state.get(Place(Tab.MEETINGS, number, column), "") for column in ("kind", "day"))
    said = " ".join(filter(None, more))
    return _("{number}（{said}）").format(number=number, said=said) if said else number
