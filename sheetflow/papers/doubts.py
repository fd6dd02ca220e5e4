"""What a paper says and what cannot be: heads, days and numbers that do not fit each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from sheetflow import number
from sheetflow.messages import _
from sheetflow.model import Letterhead, Occasion, Outcome, PaperKind
from sheetflow.papers.common import DATED, document_number
from sheetflow.papers.people import commended
from sheetflow.papers.states import not_now, proposals
from sheetflow.papers.words import Piece, blanks, day, day_typed

#: What is counted at a meeting: none of these is more than the one before it.
_DUE, _PRESENT, _AYES = "应到", "实到", "赞成"
_VOTES = (_AYES, "反对", "弃权")


def doubts(outcome: Outcome, kind: PaperKind, piece: Piece) -> tuple[str, ...]:
    """What people must put right before a paper can be final, in words."""
    return (*_heads(kind, piece), *_dated(outcome, kind), *_numbered(outcome, kind, piece.place))


def _heads(kind: PaperKind, piece: Piece) -> Iterator[str]:
    """More who came than were due, more votes than who came, or words in place of a number."""
    person = piece.context.get("人")
    if isinstance(person, Mapping):
        asked = [n for end in (_DUE, _PRESENT, _AYES) for n in kind.only_with if n.endswith(end)]
        yield from _too_many("", [(name, str(person[name])) for name in asked])
    meetings = piece.context.get("会议们") or [piece.context.get("会")]
    for meeting in meetings if isinstance(meetings, list) else ():
        if isinstance(meeting, Mapping):
            label = _("第{number}次会议").format(number=meeting["编号"])
            counted = [(name, str(meeting[name])) for name in (_DUE, _PRESENT)]
            votes = [number.parse(str(meeting[name])) for name in _VOTES]
            cast = sum((vote for vote in votes if vote), Decimal(0))
            yield from _too_many(label, [*counted, (_("票数"), number.text(cast))])


def _too_many(label: str, counts: Iterable[tuple[str, str]]) -> Iterator[str]:
    before = ("", Decimal("Infinity"))
    for name, text in counts:
        if any(True for _blank in blanks(text)):
            continue
        found = number.parse(text)
        if found is None or found < 0 or found % 1:
            yield _("{label}{name}“{text}”不是人数").format(label=label, name=name, text=text)
        elif found > before[1]:
            said = _("{label}{name}{n}，比{before}{most}还多")
            most = number.text(before[1])
            yield said.format(label=label, name=name, n=text, before=before[0], most=most)
        else:
            before = (name, found)


def _dated(outcome: Outcome, kind: PaperKind) -> Iterator[str]:
    """A day of the paper that is none, or that lies before what the paper tells."""
    scheme = outcome.scheme
    said = scheme.slot(DATED).strip() if DATED in kind.needs else ""
    if not said:
        return
    dated = day_typed(said)
    if dated is None:
        yield _("成文日期“{text}”认不出是哪一天").format(text=said)
        return
    last = scheme.settings.publicity_to if commended(outcome) else None
    if kind.occasion in {Occasion.COMMENDED, Occasion.OUTCOME} and last and dated <= last:
        text = _("成文日期{day}，公示到{last}才结束")
        yield text.format(day=day(dated), last=day(last))
    for meeting in outcome.decided.meetings if kind.occasion is Occasion.OUTCOME else ():
        held = day_typed(meeting.day)
        if held and held > dated:
            text = _("成文日期{day}，第{number}次会议{held}才开")
            yield text.format(day=day(dated), number=meeting.number, held=day(held))


def _numbered(outcome: Outcome, kind: PaperKind, place: int) -> Iterator[str]:
    """Another paper of the round that has the same document number."""
    scheme = outcome.scheme
    if scheme.settings.letterhead is Letterhead.NONE or not kind.prefix or kind.number is None:
        return
    mine = (kind.prefix, kind.number + place)
    for other in scheme.papers:
        if other.number is None or other == kind or not_now(outcome, other):
            continue
        many = len(proposals(outcome, other)) if other.occasion is Occasion.PROPOSAL else 1
        if mine in {(other.prefix, other.number + n) for n in range(many)}:
            shown = document_number(scheme, kind, day_typed(scheme.slot(DATED)), place)
            yield _("发文字号{number}和{title}的一样").format(number=shown, title=other.title)
