"""What ends a command: a message for the person at the keyboard, never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetflow.model import Finding


class SheetflowError(Exception):
    """A command cannot go on; says why and what to do."""

    #: Exit status and machine word of contract.md.
    status = 2
    code = "usage"

    def __init__(self, message: str, fix: str = "", findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        #: Everything that was found wrong, where that is more than one thing.
        self.findings = findings


class NoRoundError(SheetflowError):
    """The folder holds no round, or holds one where none may be."""

    code = "round"


class FaultsError(SheetflowError):
    """A scheme, roster or template cannot be used; carries every fault found."""

    code = "faults"


class UnreadableError(SheetflowError):
    """A workbook cannot be read; ``kind`` names the reason for the checks to word."""

    code = "unreadable"

    def __init__(self, kind: str, message: str, fix: str = "") -> None:
        super().__init__(message, fix)
        self.kind = kind

    def __reduce__(self) -> tuple[type[UnreadableError], tuple[str, str, str]]:
        return UnreadableError, (self.kind, self.message, self.fix)


class BusyError(SheetflowError):
    """Another run is at work in this round."""

    status = 3
    code = "busy"


class OutputError(SheetflowError):
    """A file could not be written: disk full, read-only, open in Excel."""

    status = 4
    code = "write"
