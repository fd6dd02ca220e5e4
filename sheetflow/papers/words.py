"""What all papers are made of: facts, pieces, days, bounds, places to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from sheetflow import entries, number
from sheetflow.messages import _, in_source
from sheetflow.model import (
    Outcome,
    PaperKind,
    Progress,
    Scheme,
    Submission,
    Tier,
    Value,
    ValueKind,
)

#: A day as a cell of a spreadsheet holds it, not as people write one.
_CELL_DAY, _MIDNIGHT = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:T|$)"), "T00:00:00"
#: Finished strings, or lists of such mappings.
Row = Mapping[str, object]
Context = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that papers are written from."""

    outcome: Outcome
    #: The form that counts, by member, where it is at hand.
    forms: Mapping[str, Submission] = field(default_factory=dict)
    #: Who was named when the result was made public; ``None`` while it was not.
    published: tuple[str, ...] | None = None
    #: How far the round has come, in the language in use; ``None`` where papers are in it, too.
    told: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file of a kind: what it says besides what all papers say."""

    context: Context
    #: Name of the file without its ending; below ``folder`` where there is one.
    name: str
    folder: str = ""
    #: Which of the numbered papers of its kind it is, from 0.
    place: int = 0


class Blank(NamedTuple):
    """A place nobody has filled in: what belongs there, of which member or meeting, if any."""

    name: str
    whose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One Word paper to be written: its kind, what it says, and why it is a draft."""

    kind: PaperKind
    context: Context
    name: str = ""
    folder: str = ""
    blanks: tuple[Blank, ...]
    #: Why it is not final; empty for a final paper.
    draft: tuple[str, ...] = ()


def stem(scheme: Scheme, kind: PaperKind) -> str:
    """Name of the only file of a kind, or of the one for all members."""
    return _("{year}年度{title}").format(year=scheme.year, title=kind.title)


# ------------------------------------------------------------------ places to fill in


@in_source()
def blank(name: str) -> str:
    """What stands where people still have to write something."""
    return _("【待填：{name}】").format(name=name)


def filled(text: str, name: str) -> str:
    """A text, or the place to fill it in."""
    return text.strip() or blank(name)


def texts(value: object) -> Iterator[str]:
    """Every text within a context, in its order."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict | Mapping):
            waiting += reversed(list(each.values()))
        elif isinstance(each, list | Sequence):
            waiting += reversed(each)


def blanks(value: object, whose: str = "") -> Iterator[Blank]:
    """Places to fill in within a context; those within a person or meeting are about it."""
    if isinstance(value, str):
        before, within = _place()
        if before in value:
            yield from (Blank(name, whose) for name in within.findall(value))
    elif isinstance(value, dict | Mapping):
        about = value.get("称呼") or value.get("姓名") or whose
        about = value["编号"] if "主持人" in value else about
        for each in value.values():
            yield from blanks(each, str(about))
    elif isinstance(value, list | Sequence):
        for each in value:
            yield from blanks(each, whose)


@cache  # a large round's papers hold hundreds of thousands of texts
def _place() -> tuple[str, re.Pattern[str]]:
    """How a place to fill in begins, and how its name is found."""
    before, after = blank("|").split("|")
    return before, re.compile(f"{re.escape(before)}([^】]*){re.escape(after)}")


# ------------------------------------------------------------------ days and bounds


def day(of: date) -> str:
    """A day as papers write it (GB/T 9704-2012, 7.3.5.4): no leading zeros."""
    return _("{year}年{month}月{day}日").format(year=of.year, month=of.month, day=of.day)


def day_typed(text: str) -> date | None:
    """The day that people wrote; ``None`` where it is none without doubt."""
    return entries.day(Value(ValueKind.TEXT, text.removesuffix(_MIDNIGHT)))


def as_paper_says(text: str) -> str:
    """A text as people typed it; one that is a day of a spreadsheet's cell as a paper has it."""
    known = day_typed(text) if _CELL_DAY.match(text) else None
    return day(known) if known else text


def span(first: date, last: date) -> str:
    """Days from … to …; the year is said once."""
    if first.year == last.year:
        text = _("{first}至{month}月{day}日")
        return text.format(first=day(first), month=last.month, day=last.day)
    return _("{first}至{last}").format(first=day(first), last=day(last))


def tiers_in_prose(scheme: Scheme) -> str:
    """Bounds of the tiers as a paper says them: 「100分（含）以上为甲，…」."""
    pieces = [
        _tier_in_prose(scheme.tiers[at - 1] if at else None, tier)
        for at, tier in enumerate(scheme.tiers)
    ]
    return "，".join(pieces)


def _tier_in_prose(above: Tier | None, tier: Tier) -> str:
    from_ = to = ""
    if tier.at_least is not None:
        from_ = _bound(tier.at_least, included=tier.inclusive)
    if above is not None and above.at_least is not None:
        to = _bound(above.at_least, included=not above.inclusive)
    if from_ and to:
        return _("{from_}至{to}为{tier}").format(from_=from_, to=to, tier=tier.title)
    if from_:
        return _("{from_}以上为{tier}").format(from_=from_, tier=tier.title)
    return _("{to}以下为{tier}").format(to=to, tier=tier.title)


def _bound(points: Decimal, *, included: bool) -> str:
    text = _("{points}分（含）") if included else _("{points}分（不含）")
    return text.format(points=number.text(points))
