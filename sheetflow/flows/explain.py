"""``explain``: the page of a finding's code."""

from __future__ import annotations

from sheetflow.checks.registry import CHECKS, page
from sheetflow.errors import SheetflowError
from sheetflow.messages import _


def pages(code: str | None) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Code, severity and page of one check or of all, as pairs.

    Raises ``SheetflowError`` for an unknown code.
    """
    wanted = sorted(CHECKS) if code is None else [code.strip().upper()]
    unknown = [each for each in wanted if each not in CHECKS]
    if unknown:
        raise SheetflowError(
            _("没有问题代码“{code}”").format(code=code), _("sheetflow explain 列出全部代码")
        )
    return tuple(
        (("code", each), ("severity", CHECKS[each].severity.value), ("page", page(each)))
        for each in wanted
    )
