"""Decisions as a chain: each line bears the hash of itself and of the line before it.

The last line's number and hash are kept apart from the lines, as the seal, so that lines taken
off the end are missed too. Nothing here is secret: who knows the chain and rewrites all of it,
the seal included, is found only by the hash printed on paper.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sheetflow.messages import _
from sheetflow.model import Fault, Source
from sheetflow.model.desk import Decision, Place, State

#: Name of the seal among the ledger's named texts.
SEAL = "decisions"
_SEAL = re.compile(r"(0|[1-9][0-9]{0,14}) ([0-9a-f]{64})")


class Damage(StrEnum):
    """What is wrong with a line of the chain."""

    #: Its content, its place or the end of the line before it is not what was chained.
    CHANGED = "changed"
    REMOVED = "removed"
    #: It stands outside of what was sealed.
    ADDED = "added"
    #: All lines fit together, but the last is not the one that was sealed.
    RESEALED = "resealed"
    #: The seal itself is gone.
    UNSEALED = "unsealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Lines, by their numbers, that share a damage."""

    damage: Damage
    first: int
    last: int

    @property
    def text(self) -> str:
        """Which lines, and what is wrong with them, in words."""
        words = {
            Damage.CHANGED: _("与校验不符：内容或次序被改过，也可能是前一条被改过"),
            Damage.REMOVED: _("不见了"),
            Damage.ADDED: _("不是本程序记下的"),
            Damage.RESEALED: _("与登记的末条指纹不符：整段记录被重写过"),
            Damage.UNSEALED: _("无从核对：登记的条数和末条指纹不见了"),
        }
        if not self.last:
            return _("登记的条数和末条指纹不见了，或被改过")
        which = _("第 {first} 条") if self.first == self.last else _("第 {first}–{last} 条")
        return which.format(first=self.first, last=self.last) + words[self.damage]


def genesis(round_id: str) -> str:
    """Return what stands for the line before the first."""
    return hashlib.sha256(f"sheetflow decisions {round_id}".encode()).hexdigest()


def link(previous: str, decision: Decision) -> str:
    """Hash of a line behind the line that bears ``previous``."""
    place = decision.place
    fields = {
        "number": decision.number,
        "tab": place.tab,
        "row": place.row,
        "col": place.column,
        "before": decision.before,
        "after": decision.after,
        "taken": decision.taken,
        "revision": decision.revision,
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()


def seal_text(last: int, head: str) -> str:
    """Return the seal as it is kept: number of the last line, its hash."""
    return f"{last} {head}"


def read_seal(text: str | None) -> tuple[int, str] | None:
    """Number and hash of the last line; ``None`` for what is no seal."""
    found = _SEAL.fullmatch(text or "")
    return (int(found[1]), found[2]) if found else None


def fold(decisions: Iterable[Decision]) -> State:
    """What holds after all decisions; a blank one takes back what stood in its place."""
    state: dict[Place, str] = {}
    for decision in decisions:
        if decision.after:
            state[decision.place] = decision.after
        else:
            state.pop(decision.place, None)
    return state


def chain_faults(breaks: Iterable[Break], file: str) -> tuple[Fault, ...]:
    """Faults ``chain-broken`` of the ledger ``file``; found: which lines, and what is wrong."""
    return tuple(Fault("chain-broken", Source(file), each.text, each.damage) for each in breaks)


# ------------------------------------------------------------------ verifying


def find_breaks(
    decisions: Sequence[Decision], start: str, seal: tuple[int, str] | None
) -> tuple[Break, ...]:
    """Return every line that does not fit, in order; ``decisions`` by number.

    ``start`` is the genesis. A line whose content alone was edited is named alone, since the
    line after it is compared with the hash as kept. A line behind a gap cannot be verified.
    """
    end, head = seal or (decisions[-1].number if decisions else 0, "")
    inside = [each for each in decisions if 1 <= each.number <= end]
    outside = [each.number for each in decisions if not 1 <= each.number <= end]
    changed = _changed(inside, start)
    found = [
        *_runs(Damage.CHANGED, changed),
        *_gaps(inside, end),
        *_runs(Damage.ADDED, outside),
    ]
    number, kept = (inside[-1].number, inside[-1].chain) if inside else (0, start)
    if seal is None:
        found.append(Break(damage=Damage.UNSEALED, first=min(end, 1), last=end))
    elif number == end and kept != head and end not in changed:
        found.append(Break(damage=Damage.RESEALED, first=end, last=end))
    return tuple(sorted(found, key=lambda each: (each.first, each.last)))


def _changed(decisions: Iterable[Decision], start: str) -> list[int]:
    """Numbers of lines that do not follow the line before them; behind a gap any line is good.

    A line after a changed one may follow what is kept there, what should be kept there, or the
    last good line.
    """
    changed: list[int] = []
    number, good, before = 0, start, {start}
    for each in decisions:
        follows = any(link(chain, each) == each.chain for chain in before)
        if follows or each.number != number + 1:
            good, before = each.chain, {each.chain}
        else:
            changed.append(each.number)
            before = {good, each.chain, link(good, each)}
        number = each.number
    return changed


def _gaps(decisions: Iterable[Decision], end: int) -> list[Break]:
    """Missing lines from the first to number ``end``."""
    numbers = [0, *(each.number for each in decisions), end + 1]
    return [
        Break(damage=Damage.REMOVED, first=one + 1, last=other - 1)
        for one, other in pairwise(numbers)
        if other - one > 1
    ]


def _runs(damage: Damage, numbers: Sequence[int]) -> list[Break]:
    """Ascending numbers, those without a gap between them as one."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [Break(damage=damage, first=first, last=last) for first, last in runs]
