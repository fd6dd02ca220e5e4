"""The short notation of scoring rules: what a scheme prints is what a scheme reads.

Levels: ``达成 3／基本达成 2``. Events: ``无故缺席 −1/次，≥3次→0；每篇 +1/篇，最多2篇``; by a table
of points in all instead of points a time: ``无故缺席 1次−3，2次−5，≥3次→0``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from sheetflow import number
from sheetflow.model import Event, Level, Step

_MINUS = "−"
_USUAL_UNIT = Event(what="").unit
#: Marks that a text in a rule cannot hold, or it would read back as something else.
_MARKS = r"；;，,／/→≥>≤<=＝:：+＋−\-.。"
#: A text of an event, without digits; and one of a level, which may hold some.
_FREE = rf"[^{_MARKS}\d\s](?:[^{_MARKS}\d]*[^{_MARKS}\d\s])?"
_TITLE = rf"[^{_MARKS}\d\s](?:[^{_MARKS}]*[^{_MARKS}\s])?"
_UNIT = r"[^；;，,／/→≥>\d\s.]+"
_POINTS = r"\d{1,6}(?:\.\d{1,6})?"
_LEVEL = re.compile(
    rf"(?:(?P<plain>{_FREE})\s*|(?P<title>{_TITLE})\s+|(?P<named>{_TITLE})\s*[=＝:：]\s*)"
    rf"(?P<points>{_POINTS})",
    re.ASCII,
)
_EVENT = re.compile(
    rf"(?P<what>{_FREE})"
    rf"(?:\s+(?P<sign>[+−-])(?P<each>{_POINTS})/(?P<unit>{_UNIT})"
    rf"(?:，最多(?P<times>\d{{1,4}})(?P<times_unit>{_UNIT}))?)?"
    rf"(?:，?≥(?P<zero>\d{{1,4}})(?P<zero_unit>{_UNIT})→0|(?P<at_once>→0))?",
    re.ASCII,
)
#: A unit in a table, where a sign follows it.
_SIGNED_UNIT = r"[^；;，,／/→≥>\d\s.+−\-]+"
_TABLE = re.compile(rf"(?P<what>{_FREE})\s+(?P<rows>≥?\d.*)", re.ASCII)
_ROW = re.compile(
    rf"(?P<open>≥?)(?P<times>\d{{1,4}})(?P<unit>{_SIGNED_UNIT})"
    rf"(?:(?P<sign>[+−-])(?P<points>{_POINTS})|(?P<zero>→0))",
    re.ASCII,
)


def show_levels(levels: tuple[Level, ...]) -> str:
    """Print levels from best to worst."""
    return "／".join(f"{level.title} {number.text(level.points)}" for level in levels)


def read_levels(text: str) -> tuple[Level, ...] | None:
    """Read what ``show_levels`` prints; ``None`` when a piece cannot be understood."""
    levels = []
    for piece in re.split("[／/]", text.strip()):
        match = _LEVEL.fullmatch(piece.strip())
        title = match and (match["plain"] or match["title"] or match["named"])
        # 「省级 0 5」 is a slip of the point, not a level called 「省级 0」.
        if not match or not title or title.split()[-1].isdecimal():
            return None
        levels.append(Level(title=title, points=Decimal(match["points"])))
    return tuple(levels)


def show_event(event: Event) -> str:
    """Print one event."""
    text = event.what
    if event.steps:
        return f"{text} {'，'.join(_table(event))}"
    if event.each:
        sign = _MINUS if event.each < 0 else "+"
        text += f" {sign}{number.text(abs(event.each))}/{event.unit}"
    if event.most_times is not None:
        text += f"，最多{event.most_times}{event.unit}"
    if event.zero_from == 1:
        text += "→0"
    elif event.zero_from is not None:
        text += f"，≥{event.zero_from}{event.unit}→0"
    return text


def _table(event: Event) -> Iterator[str]:
    """Rows of a table; the last holds for all that is above it, too."""
    for step in event.steps:
        more = "≥" if step is event.steps[-1] and event.zero_from is None else ""
        sign = _MINUS if step.points < 0 else "+"
        yield f"{more}{step.times}{event.unit}{sign}{number.text(abs(step.points))}"
    if event.zero_from is not None:
        yield f"≥{event.zero_from}{event.unit}→0"


def show_events(events: tuple[Event, ...]) -> str:
    """Print events in their order."""
    return "；".join(map(show_event, events))


def read_events(text: str) -> tuple[Event, ...] | None:
    """Read what ``show_events`` prints; ``None`` when a piece cannot be understood."""
    events = []
    for piece in re.split("[；;]", text.strip().rstrip("；;")):
        event = _read_table(piece.strip()) or _read_event(piece.strip())
        if event is None:
            return None
        events.append(event)
    return tuple(events)


def _read_table(piece: str) -> Event | None:
    match = _TABLE.fullmatch(piece)
    rows = [_ROW.fullmatch(row.strip()) for row in match["rows"].split("，")] if match else []
    read = [row for row in rows if row]
    # Only the last row may speak of all that is above it.
    if not match or len(read) != len(rows) or any(row["open"] for row in read[:-1]):
        return None
    zero = read[-1] if read[-1]["zero"] else None
    steps = read[:-1] if zero else read
    if not steps or any(row["zero"] for row in steps) or len({row["unit"] for row in read}) > 1:
        return None
    if zero and not zero["open"]:
        return None
    return Event(
        what=match["what"],
        unit=read[0]["unit"],
        steps=tuple(map(_step, steps)),
        zero_from=int(zero["times"]) if zero else None,
    )


def _step(row: re.Match[str]) -> Step:
    points = Decimal(row["points"])
    return Step(times=int(row["times"]), points=points if row["sign"] == "+" else -points)


def _read_event(piece: str) -> Event | None:
    match = _EVENT.fullmatch(piece)
    if not match or not (match["each"] or match["zero"] or match["at_once"]):
        return None
    units = {match["unit"], match["times_unit"], match["zero_unit"]} - {None}
    if len(units) > 1:
        return None
    each = Decimal(match["each"] or 0)
    zero = int(match["zero"]) if match["zero"] else 1 if match["at_once"] else None
    return Event(
        what=match["what"],
        each=-each if match["sign"] in {_MINUS, "-"} else each,
        unit=next(iter(units), _USUAL_UNIT),
        most_times=int(match["times"]) if match["times"] else None,
        zero_from=zero,
    )
