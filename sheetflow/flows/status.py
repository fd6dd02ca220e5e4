"""``status``: who has returned, who has not, what waits for whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sheetflow import round as rounds
from sheetflow.flows.collect import LAST
from sheetflow.ledger import open_ledger
from sheetflow.messages import _
from sheetflow.round import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Members and counts of the last collect; ``None`` before the first."""

    members: tuple[dict[str, Any], ...]
    counts: dict[str, int]
    #: What waits for whom: kind of waiting → names.
    waiting: dict[str, list[str]]
    #: Text for the chat group; names only who has not returned.
    group_text: str
    collected: bool


def status(round_: Round) -> Status:
    """Tell the state of the last collect; changes nothing."""
    with open_ledger(round_.path(rounds.LEDGER), lock=False) as ledger:
        last = ledger.get(LAST)
    if last is None:
        return Status(members=(), counts={}, waiting={}, group_text="", collected=False)
    document = json.loads(last)
    members = tuple(document["members"])

    def names(word: str) -> list[str]:
        return [m["name"] for m in members if m["status"] == word]

    missing = names("missing")
    return Status(
        members=members,
        counts=document["counts"],
        waiting={"missing": missing, "undecided": names("undecided")},
        group_text=_group_text(document["round"], missing),
        collected=True,
    )


def _group_text(round_: dict[str, Any], missing: list[str]) -> str:
    if not missing:
        return ""
    return _("{year}年度考核表还没有交的同志：{names}。请尽快填好交来，谢谢！").format(
        year=round_["year"], names="、".join(missing)
    )
