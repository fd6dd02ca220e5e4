"""The checks: one family a module, all registered in registry.

Importing a family switches it on.
"""

from sheetflow.checks import (
    bonus,
    file,
    returns,
    roster,
    scheme,
    scheme_rules,
    standings,
    total,
    value,
)

__all__ = [
    "bonus",
    "file",
    "returns",
    "roster",
    "scheme",
    "scheme_rules",
    "standings",
    "total",
    "value",
]
