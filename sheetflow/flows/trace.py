"""``trace``: why a member has these points and stands in this tier."""

from __future__ import annotations

from datetime import date

from sheetflow import round as rounds
from sheetflow.errors import SheetflowError
from sheetflow.flows.collected import last_collected
from sheetflow.flows.loading import load
from sheetflow.ledger import open_ledger
from sheetflow.messages import _
from sheetflow.model import Member, Outcome
from sheetflow.round import Round
from sheetflow.trace import Trace, called, trace


def trace_member(round_: Round, text: str, *, today: date | None = None) -> Trace:
    """Explain the member with this id, or this name where one alone has it.

    Raises ``SheetflowError`` for a member nobody knows, and when anything has changed since the
    last collect, so that no page ever differs from the summary.
    """
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        worked = last_collected(round_, ledger, load(round_), today)
        if worked is None:
            raise SheetflowError(
                _("还没有汇总，或汇总之后名册、方案、核定、收回的表又有改动"),
                _("请先运行 sheetflow collect，再查每一分的由来"),
            )
    outcome = worked.examined.outcome
    member = _find(outcome, text).id
    versions = worked.examined.versions.get(member)
    return trace(outcome, member, versions.counts if versions else None)


def _find(outcome: Outcome, text: str) -> Member:
    found = called(outcome, text)
    if not found:
        raise SheetflowError(
            _("名册里没有编号或姓名是“{text}”的人").format(text=text),
            _("请核对 {roster} 里的编号").format(roster=rounds.ROSTER),
        )
    if len(found) > 1:
        ids = _("、").join(member.id for member in found)
        raise SheetflowError(
            _("叫“{text}”的有 {n} 人：{ids}").format(text=text, n=len(found), ids=ids),
            _("请改用编号"),
        )
    return found[0]
