"""Faults the readers found in a form, and how the checks tell them."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.checks.registry import Case, Problem
from sheetflow.checks.wording import brief, tell
from sheetflow.messages import _
from sheetflow.model import Fault, Submission


def faults(case: Case, *kinds: str) -> Iterator[tuple[Submission, Fault]]:
    """Faults of these kinds, each with its form."""
    for submission in case.submissions:
        for fault in submission.faults:
            if fault.kind in kinds:
                yield submission, fault


def told(submission: Submission, fault: Fault, what: str, fix: str, item: str = "") -> Problem:
    """Word a fault; ``what`` may name ``found`` and ``expected``."""
    return tell(
        fault.source,
        what.format(found=brief(fault.found), expected=fault.expected),
        fix,
        found=brief(fault.found),
        expected=fault.expected,
        item=item,
        member=submission.stamp.member if submission.stamp else "",
    )


def ask_again() -> str:
    """What a sender does who filled in the wrong thing."""
    return _("请用本人领到的原表填写后重新交回")
