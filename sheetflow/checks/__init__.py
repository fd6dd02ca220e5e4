"""The checks: one family a module, all registered in registry.

Importing a family switches it on.
"""

from sheetflow.checks import (
    bonus,
    decided,
    desk,
    file,
    names,
    returns,
    roster,
    scheme,
    scheme_rules,
    scheme_year,
    standings,
    total,
    value,
    whole,
)

__all__ = [
    "bonus",
    "decided",
    "desk",
    "file",
    "names",
    "returns",
    "roster",
    "scheme",
    "scheme_rules",
    "scheme_year",
    "standings",
    "total",
    "value",
    "whole",
]
