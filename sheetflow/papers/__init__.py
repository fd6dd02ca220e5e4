"""Outcome → what Word papers say: every count derived, every text only people know a slot.

One module an occasion; ``plan`` brings them together. Keys of a context are the tags of the
templates. Values are finished strings, or lists of such mappings; nothing is computed in a
template.
"""

from sheetflow.papers.people import commended, reported
from sheetflow.papers.plan import not_now, plan_paper, plan_papers
from sheetflow.papers.states import draft_reasons
from sheetflow.papers.words import Blank, Context, Facts, Paper, Row, blank, stem, tiers_in_prose

__all__ = [
    "Blank",
    "Context",
    "Facts",
    "Paper",
    "Row",
    "blank",
    "commended",
    "draft_reasons",
    "not_now",
    "plan_paper",
    "plan_papers",
    "reported",
    "stem",
    "tiers_in_prose",
]
