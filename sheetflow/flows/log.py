"""``log``: what the branch has decided, act by act, and whether the record is as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sheetflow import round as rounds
from sheetflow import schemes
from sheetflow.acts import Act, Known, act_of, member_of, owners, titles_of, told
from sheetflow.errors import SheetflowError
from sheetflow.flows.recall import LAST
from sheetflow.ledger import Break, Ledger, open_ledger
from sheetflow.messages import _
from sheetflow.model import EVERYONE, Decision, Tab
from sheetflow.round import Round
from sheetflow.stamp import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Acts of the branch, of all or of one member, and the verdict on the whole record."""

    acts: tuple[Act, ...]
    #: The same to be shown: what one word decided for many at once is one of them.
    lines: tuple[Act, ...]
    #: Number of all acts, also of those not listed.
    total: int
    #: Hash of the last act.
    head: str
    breaks: tuple[Break, ...]
    member: str = ""


def read_log(round_: Round, member: str = "") -> Log:
    """List the decisions, only those about ``member`` (an id) when one is given; verify all.

    Raises ``SheetflowError`` for a member the ledger knows nothing of.
    """
    with open_ledger(round_.path(rounds.LEDGER), lock=False) as ledger:
        decisions = ledger.decisions()
        known = _known(ledger, decisions)
        wanted = _find(member, known, decisions) if member else ""
        concerned = tuple(
            each
            for each in decisions
            if not wanted or member_of(each.place, known) in {wanted, EVERYONE}
        )
        return Log(
            acts=tuple(act_of(each, known) for each in concerned),
            lines=told(concerned, known),
            total=len(decisions),
            head=ledger.head(),
            breaks=ledger.verify(),
            member=wanted,
        )


def _known(ledger: Ledger, decisions: Iterable[Decision]) -> Known:
    last = json.loads(ledger.get(LAST) or "{}").get("document", {})
    issued = tuple(ledger.issued().values())
    return Known(
        state=ledger.state(),
        names={each["id"]: each["name"] for each in last.get("members", ())},
        members=owners(_files(last), decisions),
        titles=titles_of(schemes.load_json(issued[-1])) if issued else {},
    )


def _files(document: Mapping[str, Any]) -> Mapping[tuple[str, str], str]:
    """Members of received files as last collected, by row of the sheet of files."""
    return {
        (Tab.FILES.value, f"{each['file']}/{each['version']}"): each["member"]
        for each in document.get("files", ())
        if each["member"] and each["version"]
    }


def _find(member: str, known: Known, decisions: Iterable[Decision]) -> str:
    """Return the member's id as the ledger has it."""
    ids = {*known.names, *(member_of(each.place, known) for each in decisions)} - {EVERYONE, ""}
    found = {fold(each): each for each in ids}.get(fold(member))
    if found is None:
        raise SheetflowError(
            _("工作记录里没有编号 {member}").format(member=member),
            _("请核对名册里的编号；新来的人，先运行一次 sheetflow collect"),
        )
    return found
