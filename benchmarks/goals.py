"""What is to be reached: groups of turns and, for each group, the ratios that count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from measure import Measured
from work import READERS, Label

#: A turn to run: its name and size.
Turn = tuple[str, int]
_PACK, _CORES_FROM, _MANY = 500, 500, 20_000


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure of one label, over the same figure of its peer where it has one."""

    of: Label
    to: Label | None
    #: ``cpu``, ``wall`` or ``most``.
    figure: str
    #: ``None`` where nothing is promised: what the machine itself gives.
    at_most: float | None
    #: Fewest forms for which it is promised.
    from_size: int = 0

    def value(self, found: Mapping[Label, Measured]) -> float | None:
        """Return the ratio, or MB; ``None`` where something was not run."""
        if self.of not in found or (self.to and self.to not in found):
            return None
        mine: float = getattr(found[self.of], self.figure)
        if self.to is None:
            return mine
        peer: float = getattr(found[self.to], self.figure)
        return mine / peer


def _grown(name: str, forms: int, figure: str, at_most: float) -> Goal:
    return Goal((name, forms), (name, forms // 10), figure, at_most)


def _collect(forms: int) -> tuple[list[Turn], list[Goal]]:
    whole = ("collect", forms)
    return [whole, *((f"read: {name}", forms) for name in READERS)], [
        Goal(whole, ("read: calamine", forms), "cpu", 6),
        Goal(whole, ("read: pandas+openpyxl", forms), "cpu", 1 / 7),
        Goal(("collect nothing new", forms), whole, "cpu", 0.05),
        Goal(("collect one new", forms), whole, "cpu", 0.15),
    ]


def _forms(forms: int) -> tuple[list[Turn], list[Goal]]:
    mine, peer = ("forms", forms), ("forms: XlsxWriter each", forms)
    return [mine, peer], [Goal(mine, peer, "cpu", 0.3)]


def _notices(forms: int) -> tuple[list[Turn], list[Goal]]:
    pack = min(forms, _PACK)
    mine, peer = ("papers notices", pack), ("notices: docxtpl each", pack)
    return [mine, peer], [Goal(mine, peer, "cpu", 0.3)]


def _summary(forms: int) -> tuple[list[Turn], list[Goal]]:
    members = forms * 5
    mine, peer = ("summary", members), ("summary: XlsxWriter constant_memory", members)
    return [mine, peer], [Goal(mine, peer, "cpu", 1.3)]


def _memory(forms: int) -> tuple[list[Turn], list[Goal]]:
    sizes = (("collect", forms), ("forms", forms), ("summary", forms * 5))
    turns = [(name, size // by) for name, size in sizes for by in (10, 1)]
    goals = [_grown(name, size, "most", 1.2) for name, size in sizes]
    # A small round is one process: what grows shows beside another that is one.
    goals.append(Goal(("collect on one core", forms), ("collect", forms // 10), "most", 1.2))
    goals.append(Goal(("collect", forms), None, "most", 250, from_size=_MANY))
    return [*turns, ("cores", forms)], goals


def _growth(forms: int) -> tuple[list[Turn], list[Goal]]:
    names = ("collect", "forms", "papers notices")
    turns = [(name, size) for name in names for size in (forms // 10, forms)]
    return turns, [_grown(name, forms, "cpu", 11) for name in names]


def _start(_forms: int) -> tuple[list[Turn], list[Goal]]:
    return [("start", 1)], [Goal(("--help", 1), ("import click", 1), "cpu", 2)]


def _cores(forms: int) -> tuple[list[Turn], list[Goal]]:
    names, sizes = ("collect on two cores", "collect on one core"), {_CORES_FROM, forms}
    goals = [
        Goal((names[0], size), (names[1], size), "wall", 0.65, from_size=_CORES_FROM)
        for size in sorted(sizes)
        if size <= max(forms, _CORES_FROM)
    ]
    turns = [("cores", goal.of[1]) for goal in goals]
    best = Goal(("two loops on two cores", 1), ("two loops on one core", 1), "wall", None)
    return [*turns, ("loops", 1)], [*goals, best]


GROUPS: Mapping[str, Callable[[int], tuple[list[Turn], list[Goal]]]] = {
    "collect": _collect,
    "forms": _forms,
    "notices": _notices,
    "summary": _summary,
    "memory": _memory,
    "growth": _growth,
    "start": _start,
    "cores": _cores,
}


def chosen(names: Sequence[str], forms: int) -> tuple[list[Turn], list[tuple[str, Goal]]]:
    """Turns of these groups, each once and in order; goals with the name of their group."""
    picked = [(name, *GROUPS[name](forms)) for name in names]
    turns = dict.fromkeys(turn for _name, turns, _goals in picked for turn in turns)
    return list(turns), [(name, goal) for name, _turns, goals in picked for goal in goals]
