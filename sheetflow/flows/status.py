"""``status``: who has returned, who has not, what waits for whom."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sheetflow import round as rounds
from sheetflow.document import called
from sheetflow.flows.recall import LAST
from sheetflow.ledger import open_ledger
from sheetflow.messages import _
from sheetflow.round import Round

#: Somebody who waits: id, name, group.
Waiting = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Members and counts of the last collect; empty before the first."""

    members: tuple[dict[str, Any], ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    #: Members by what they wait for: missing, returned (a faulty form), undecided.
    waiting: Mapping[str, tuple[Waiting, ...]] = field(default_factory=dict)
    #: How members are named, by id: namesakes with their ids.
    called: Mapping[str, str] = field(default_factory=dict)
    #: Text for the chat group; names only who has not returned, never a fault.
    group_text: str = ""
    collected: bool = False


def status(round_: Round) -> Status:
    """Tell the state of the last collect; changes nothing."""
    with open_ledger(round_.path(rounds.LEDGER), lock=False) as ledger:
        kept = json.loads(ledger.get(LAST) or "null")
    if kept is None:
        return Status()
    document, groups = kept["document"], kept["groups"]
    members = tuple(document["members"])
    faulty = {each["member"] for each in document["files"] if each["status"] == "returned"}
    waiting: dict[str, tuple[Waiting, ...]] = {}
    for kind in ("missing", "returned", "undecided"):
        waiting[kind] = tuple(
            {"id": m["id"], "name": m["name"], "group": groups.get(m["id"], "")}
            for m in members
            if _waits_for(m, faulty) == kind
        )
    names = called(members)
    return Status(
        members=members,
        counts=document["counts"],
        waiting=waiting,
        called=names,
        group_text=_group_text(kept, [names[each["id"]] for each in waiting["missing"]]),
        collected=True,
    )


def _waits_for(member: Mapping[str, Any], faulty: set[str]) -> str:
    if member["status"] == "undecided" and member["id"] in faulty:
        return "returned"
    return str(member["status"])


def _group_text(kept: Mapping[str, Any], missing: list[str]) -> str:
    if not missing:
        return ""
    names = _("、").join(missing)
    text = _("{year}年度{form}还没有交的：{names}。")
    texts = [text.format(year=kept["document"]["round"]["year"], form=kept["form"], names=names)]
    if kept["deadline"]:
        texts.append(_("收表截止 {day}。").format(day=kept["deadline"]))
    return "".join((*texts, _("请填好交来，谢谢！")))
