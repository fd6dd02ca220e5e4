"""Who or what is scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sheetflow.model.books import Source
from sheetflow.model.scheme import Absence


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Who or what is scored."""

    id: str
    name: str
    category: str = ""
    group: str = ""
    duty: str = ""
    #: Decides which items are meant for the member.
    post: str = ""
    #: Since when the member is here; ``None`` where the roster says nothing.
    joined: date | None = None
    absence: Absence | None = None
    #: All roster columns as (heading, text), for the papers.
    details: tuple[tuple[str, str], ...] = ()
    source: Source = field(default_factory=Source, compare=False)

    def detail(self, heading: str) -> str:
        """Text of a roster column; empty when the column is not there."""
        return dict(self.details).get(heading, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody the round is about, in the roster's order."""

    members: tuple[Member, ...]
    _by_id: Mapping[str, Member] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Of two with one id the first is meant.
        by_id = {member.id: member for member in reversed(self.members)}
        object.__setattr__(self, "_by_id", by_id)

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def find(self, member_id: str) -> Member | None:
        """Return the member with this id."""
        return self._by_id.get(member_id)
