"""What the branch has decided, in the clerk's words: where, about whom, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetflow.decisions import sheet_title, shown_file
from sheetflow.messages import _
from sheetflow.model import EVERYONE, Decision, Outcome, Place, Scheme, State, Tab
from sheetflow.stamp import fold

#: Who raised an objection is printed nowhere but in the workbook where it was typed.
_RAISER = (Tab.OBJECTIONS.value, "raiser")
#: Column of the form version an approval holds for: it goes along with the approval.
_VERSION = "version"
#: Columns that one word may fill for all members, besides those of the sheet of counts, and how
#: many members make it worth one line.
_FOR_ALL: Mapping[str, set[str]] = {
    Tab.AGENDA: {"conclusion"},
    Tab.APPROVALS: {"approval", "meeting", "tier", "tier_meeting", _VERSION},
}
_MANY = 3
#: What the meeting that decides on tiers decides.
_OF_TIER = {(Tab.APPROVALS, column) for column in ("tier", "reason", "tier_meeting")}


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
class Known:
    """What is known about the places of decisions."""

    state: State
    names: Mapping[str, str]
    #: Member by row of the sheets of objections and of files.
    members: Mapping[tuple[str, str], str]
    #: What an item or bonus is about, by code.
    titles: Mapping[str, str]


def known_of(outcome: Outcome, decisions: Sequence[Decision]) -> Known:
    """Gather from an outcome what telling its decisions needs."""
    state = {each.place: each.after for each in decisions}
    files = {
        (Tab.FILES.value, f"{shown_file(r.file)}/{r.version}"): r.member
        for r in outcome.receipts
        if r.member and r.version
    }
    return Known(
        state={place: text for place, text in state.items() if text},
        names={s.member.id: s.member.name for s in outcome.standings},
        members=owners(files, decisions),
        titles=titles_of(outcome.scheme),
    )


def owners(
    files: Mapping[tuple[str, str], str], decisions: Iterable[Decision]
) -> Mapping[tuple[str, str], str]:
    """Members by sheet and row: of received files, and whom people have named.

    Who is meant is kept where a later act has taken it back.
    """
    named = (each for each in decisions if each.place.column == "member" and each.after)
    return {**files, **{(e.place.tab, e.place.row): fold(e.after) for e in named}}


def titles_of(scheme: Scheme) -> Mapping[str, str]:
    """Titles of sections, items and bonuses by their code."""
    titled = (
        each
        for part in scheme.parts
        for group in (part.sections, part.items, part.bonuses)
        for each in group
    )
    return {each.code: each.title for each in titled}


# ------------------------------------------------------------------ words


def _tab(place: Place) -> str:
    return place.tab.partition(".")[0]


def member_of(place: Place, known: Known) -> str:
    """Member a decision is about, ``*`` for everyone; empty where it is about none."""
    return place.member or known.members.get((place.tab, place.row), "")


def act_of(decision: Decision, known: Known) -> Act:
    """Tell one decision; who raised an objection is left out."""
    place = decision.place
    member = member_of(place, known)
    hidden = (place.tab, place.column) == _RAISER
    before, after = (
        _("（不显示）") if text and hidden else text for text in (decision.before, decision.after)
    )
    return Act(
        number=decision.number,
        taken=decision.taken,
        member=member,
        name=_("其余各人") if member == EVERYONE else known.names.get(member, ""),
        sheet=sheet_title(place.tab),
        what=_what(place, known),
        before=before,
        after=after,
        meeting=_meeting(place, member, known.state),
        revision=decision.revision,
        chain=decision.chain,
    )


# ------------------------------------------------------------------ many at once


def told(decisions: Iterable[Decision], known: Known) -> tuple[Act, ...]:
    """Tell decisions in their order; what one word decided for many at once is one line.

    Such a line bears the number of its first act, how many members it is about, whom, and the
    hash of its last act. The record itself keeps them one by one.
    """
    lines: dict[tuple[str, ...], list[tuple[Decision, Act]]] = {}
    for each in decisions:
        act = act_of(each, known)
        lines.setdefault(_line(each, act), []).append((each, act))
    found = (act for line in lines.values() for act in _joined(line))
    return tuple(sorted(found, key=lambda act: act.number))


def _line(decision: Decision, act: Act) -> tuple[str, ...]:
    """What acts have in common that one word for all may have decided."""
    place, tab = decision.place, _tab(decision.place)
    for_all = tab == Tab.COUNTS or place.column in _FOR_ALL.get(tab, ())
    if decision.before or not for_all:
        return (str(decision.number),)
    column = "" if tab == Tab.COUNTS else place.column
    after = "" if column == _VERSION else decision.after
    return (tab, column, after, act.meeting, decision.taken, str(decision.revision))


def _joined(line: Sequence[tuple[Decision, Act]]) -> Iterator[Act]:
    """One act for a line about many members, else each of its acts."""
    members = tuple(dict.fromkeys(act.member for _each, act in line))
    if len(members) < _MANY:
        yield from (act for _each, act in line)
        return
    (first, act), (_last, last) = line[0], line[-1]
    column = _headings(_tab(first.place)).get(first.place.column, "")
    columns = tuple(dict.fromkeys(each.place.column for each, _act in line))
    if _tab(first.place) == Tab.COUNTS:
        column = act.what if len(columns) == 1 else _("{n} 栏").format(n=len(columns))
    what = _("{what}，共 {n} 格（{members}）").format(
        what=column, n=len(line), members=_("、").join(members)
    )
    each_own = _("各人的") if first.place.column == _VERSION else act.after
    many = _("{n} 人").format(n=len(members))
    yield replace(act, member=many, name="", what=what, after=each_own, chain=last.chain)


# ------------------------------------------------------------------ headings


def _what(place: Place, known: Known) -> str:
    """Row, item and heading, as far as the sheet and the member do not say them."""
    tab = _tab(place)
    _id, _slash, row = place.row.partition("/")
    if tab == Tab.SCORES:
        return _item(place.column, known)
    if tab == Tab.COUNTS:
        code, _slash, what = place.column.partition("/")
        return f"{_item(code, known)} {what}".strip()
    if not place.member:
        row = place.row.rpartition("/")[0] if tab == Tab.FILES else place.row
    heading = _headings(tab).get(place.column, place.column)
    about = _matter(row, known) if tab == Tab.AGENDA else _item(row, known)
    return f"{about} {heading}".strip()


def _matter(key: str, known: Known) -> str:
    """A matter to talk about, by the word its key begins with; any other key as it is."""
    word, _blank, rest = key.partition(" ")
    words = {
        "veto": _("是否否决"),
        "held": _("核定后又收到新表"),
        "changed": _("交过内容不同的表"),
        "counts": _("自评与台账不同"),
        "total": _("总分"),
        "claim": _("加分申报"),
        "evidence": _("满分没有佐证"),
        "late": _("逾期交表"),
    }
    return f"{words[word]} {_item(rest, known)}".strip() if word in words else key


def _item(code: str, known: Known) -> str:
    """An item or bonus row by its code and title; any other text as it is."""
    title = known.titles.get(code) or known.titles.get(code.rpartition("-")[0], "")
    return f"{code} {title}".rstrip()


def _headings(tab: str) -> Mapping[str, str]:
    """Heading of each column of a sheet as the workbook bears it, by the column of a ``Place``."""
    headings: dict[str, dict[str, str]] = {
        Tab.MEETINGS: {
            "kind": "类别", "day": "日期", "due": "应到", "present": "实到",
            "absent": "缺席及原因", "chair": "主持", "recorder": "记录",
            "topic": "议题", "ayes": "赞成", "nays": "反对",
            "abstentions": "弃权", "resolution": "决议",
        },
        Tab.AGENDA: {"conclusion": "结论"},
        Tab.CLAIMS: {"points": "认定分", "why": "原因"},
        Tab.ADJUSTMENTS: {"why": "理由", "meeting": "会次"},
        Tab.APPROVALS: {
            "approval": "核定", "veto": "否决", "basis": "否决依据",
            "tier": "评定等次", "reason": "理由", "meeting": "会次",
            "tier_meeting": "评定会次", "version": "表单版本",
        },
        Tab.OBJECTIONS: {
            "day": "日期", "raiser": "提出人", "member": "对象", "content": "内容",
            "inquiry": "调查", "result": "结论", "change": "改分",
            "answered": "答复日期",
        },
        Tab.FILES: {"member": "归属编号", "adopt": "采用", "reason": "理由"},
    }  # fmt: skip
    return headings.get(tab, {})


def _meeting(place: Place, member: str, state: State) -> str:
    """The meeting noted for the item or the tier that was decided, else for the member."""
    if not place.member or member == EVERYONE:
        return ""
    row = f"{member}/{place.column}" if _tab(place) == Tab.SCORES else place.row
    own = Place(Tab.ADJUSTMENTS, row, "meeting")
    if (_tab(place), place.column) in _OF_TIER:
        own = Place(Tab.APPROVALS, member, "tier_meeting")
    number = fold(state.get(own) or state.get(Place(Tab.APPROVALS, member, "meeting"), ""))
    more = (state.get(Place(Tab.MEETINGS, number, column), "") for column in ("kind", "day"))
    said = " ".join(filter(None, more))
    return _("{number}（{said}）").format(number=number, said=said) if said else number
