"""The short notation of scoring rules: what a scheme prints is what a scheme reads.

Levels: ``达成 3／基本达成 2``. Events: ``无故缺席 −1/次，≥3次→0；每篇 +1/篇，最多2篇``.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sheetflow import number
from sheetflow.model import Event, Level

_MINUS = "−"
_LEVEL = re.compile(r"(?P<title>.*?\D)\s*(?P<points>\d+(?:\.\d+)?)")
_EVENT = re.compile(
    r"(?P<what>[^；]+?)"
    r"(?:\s+(?P<sign>[+−-])(?P<each>\d+(?:\.\d+)?)/(?P<unit>[^，；≥→\d]+))?"
    r"(?:，最多(?P<times>\d+)[^，；≥→\d]*)?"
    r"(?:(?:，?≥(?P<zero>\d+)[^，；≥→\d]*)?(?P<to_zero>→0))?",
)


def show_levels(levels: tuple[Level, ...]) -> str:
    """Print levels from best to worst."""
    return "／".join(f"{level.title} {number.text(level.points)}" for level in levels)


def read_levels(text: str) -> tuple[Level, ...] | None:
    """Read what ``show_levels`` prints; ``None`` when a piece cannot be understood."""
    levels = []
    for piece in re.split("[／/]", text.strip()):
        match = _LEVEL.fullmatch(piece.strip())
        if not match:
            return None
        title = match["title"].strip(" =：:")
        levels.append(Level(title=title, points=Decimal(match["points"])))
    return tuple(levels)


def show_event(event: Event) -> str:
    """Print one event."""
    text = event.what
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


def show_events(events: tuple[Event, ...]) -> str:
    """Print events in their order."""
    return "；".join(map(show_event, events))


def read_events(text: str) -> tuple[Event, ...] | None:
    """Read what ``show_events`` prints; ``None`` when a piece cannot be understood."""
    events = []
    for piece in re.split("[；;]", text.strip().rstrip("；;")):
        event = _read_event(piece.strip())
        if event is None:
            return None
        events.append(event)
    return tuple(events)


def _read_event(piece: str) -> Event | None:
    match = _EVENT.fullmatch(piece)
    if not match or not (match["each"] or match["to_zero"]):
        return None
    each = Decimal(match["each"] or 0)
    return Event(
        what=match["what"].strip(),
        each=-each if match["sign"] in {_MINUS, "-"} else each,
        unit=(match["unit"] or "次").strip(),
        most_times=int(match["times"]) if match["times"] else None,
        zero_from=(int(match["zero"]) if match["zero"] else 1) if match["to_zero"] else None,
    )
