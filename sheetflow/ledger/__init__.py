"""The round's ledger: what was received, issued, written and decided, in one SQLite file.

Nothing is ever lost from it: receipts, issued schemes, issued forms and decisions are only
added. A crash at any moment leaves each of them whole or absent, and the next run goes on from
there.
"""

from sheetflow.ledger.book import Arrival, IssuedForm, Ledger
from sheetflow.ledger.chain import Break, Damage, chain_faults
from sheetflow.ledger.opening import create, open_ledger

__all__ = [
    "Arrival",
    "Break",
    "Damage",
    "IssuedForm",
    "Ledger",
    "chain_faults",
    "create",
    "open_ledger",
]
