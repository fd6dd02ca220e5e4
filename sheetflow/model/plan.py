"""The plan of a form: which cell means what. It knows no workbook library, font or colour."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sheetflow.model.forms import Field
from sheetflow.model.items import Part


class Role(StrEnum):
    """What a cell of a form is for; the roles members fill carry the names of ``Field``."""

    PANEL = "panel"
    LABEL = "label"
    FORM_CODE = "form_code"
    ISSUED_BY = "issued_by"
    TITLE = "title"
    SUBTITLE = "subtitle"
    INFO_LABEL = "info_label"
    INFO = "info"
    HEADING = "heading"
    STATE_HEADING = "state_heading"
    CODE = "code"
    SECTION = "section"
    CONTENT = "content"
    RULE = "rule"
    MOST = "most"
    SCORE = "score"
    APPROVED = "approved"
    EVIDENCE = "evidence"
    STATE = "state"
    BONUS = "bonus"
    REASON = "reason"
    LEVEL = "level"
    ISSUER = "issuer"
    DOCUMENT = "document"
    DATE = "date"
    CLAIM = "claim"
    TOTAL_LABEL = "total_label"
    TOTAL_MOST = "total_most"
    BASE_TOTAL = "base_total"
    BONUS_TOTAL = "bonus_total"
    TOTAL = "total"
    EMPTY = "empty"
    SIGN_TEXT = "sign_text"
    SIGNER = "signer"
    SIGN_DATE = "sign_date"
    SENTENCE = "sentence"
    NOTES_TITLE = "notes_title"
    NOTE_NUMBER = "note_number"
    NOTE = "note"
    #: Hidden number of one item of a group, or one count of the self-check.
    TALLY = "tally"
    OPTION = "option"
    TOKEN = "token"  # noqa: S105 - a role's name, not a secret


#: Roles a member fills; 核定分 is an entry when typed, but not for members.
FILLED = frozenset(Role(field.value) for field in Field) - {Role.APPROVED}
#: Counts of the self-check, in the order of their hidden rows.
TALLIES = ("blank", "above", "proof", "fault", "first")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell, or one merged range, and its meaning.

    ``code`` names the item or bonus row (in a bonus title: the bonus) it belongs to.
    """

    row: int
    column: int
    last_row: int
    last_column: int
    role: Role
    text: str = ""
    number: Decimal | None = None
    code: str = ""

    @property
    def field(self) -> Field | None:
        """What an entry in this cell is; ``None`` for a cell that holds no entry."""
        return Field(self.role.value) if self.role in FILLED or self.role is Role.APPROVED else None

    @property
    def closed(self) -> bool:
        """Whether a cell of its kind is filled by members, but not this one: a text says why."""
        return self.role in FILLED and bool(self.text)

    @property
    def merged(self) -> bool:
        """Whether it is more than one cell of the grid."""
        return (self.row, self.column) != (self.last_row, self.last_column)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSheet:
    """One sheet of a form; ``part`` is ``None`` for the notes and the hidden sheet."""

    title: str
    cells: tuple[Cell, ...]
    part: Part | None = None
    hidden: bool = False

    def having(self, role: Role) -> tuple[Cell, ...]:
        """All cells of a role, from the top down."""
        return tuple(cell for cell in self.cells if cell.role is role)

    def rows(self, role: Role) -> dict[str, int]:
        """Row of each code in the cells of a role."""
        return {cell.code: cell.row for cell in self.having(role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The plan of one blank workbook."""

    title: str
    code: str
    sheets: tuple[FormSheet, ...]
