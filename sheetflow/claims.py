"""Bonus claims of one form: what each row claims, may claim, and still has to prove."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sheetflow import entries, kinds
from sheetflow.kinds import Wrong
from sheetflow.messages import _
from sheetflow.model import (
    Bonus,
    Claim,
    Entry,
    Field,
    Part,
    Proof,
    Scheme,
    Source,
    Submission,
    Value,
)
from sheetflow.text import clean

_BONUS_FIELDS = (
    Field.REASON, Field.LEVEL, Field.ISSUER, Field.DOCUMENT, Field.DATE, Field.CLAIM,
)  # fmt: skip
_HOURS = ("小时", "学时", "时")
#: What people write where there is nothing to write.
_NOTHING = frozenset(
    ("无", "暂无", "没有", "无文号", "待补", "待定", "不详", "未知", "见附件", "同上", "略", "0")
)
#: Pieces of a document number; brackets, dashes and the words around a number only part them.
_WORDS = re.compile(r"\d+|[^\W\d_]+")
_AROUND_A_NUMBER = re.compile("第|号文?")


class Again(StrEnum):
    """What shows that two rows claim the same thing."""

    DOCUMENT = "document"
    #: Hours are claimed once, those of the whole year.
    HOURS = "hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRead:
    """One claimed bonus row as read."""

    part: Part
    bonus: Bonus
    code: str
    #: Last filled cell of the row, without the file.
    source: Source
    #: The claim cell, ``None`` when only other cells of the row are filled.
    value: Value | None
    points: Decimal | None
    limit: Decimal | None
    wrong: Wrong | None
    reason: str = ""
    level: str
    issuer: str = ""
    document: str
    #: The date as read, ``None`` where it is blank or nobody can read it.
    day: date | None = None
    #: Fields whose proof is blank or unusable.
    missing: tuple[Field, ...]
    #: The date read lies outside the scheme's period.
    outside: bool
    #: Row that claims the same thing for more, or first for as much, and what shows it.
    repeats: str = ""
    again: Again | None = None

    @property
    def counted(self) -> Decimal:
        """Points recognised before any cap."""
        if self.points is None or self.wrong or self.missing or self.outside or self.repeats:
            return Decimal(0)
        return self.points


def read_claims(scheme: Scheme, submission: Submission) -> tuple[ClaimRead, ...]:
    """Claims of a form in printed order; a row with nothing typed is no claim.

    The same document number counts once within one member, the higher claim first
    (design §5); so do the hours of one bonus.
    """
    cells = {(e.code, e.field): e for e in submission.entries if e.field in _BONUS_FIELDS}
    rows = {code for code, _field in cells}
    claims = [
        _read(scheme, part, bonus, code, cells)
        for part in scheme.parts
        for bonus in part.bonuses
        for code in bonus.row_codes
        if code in rows
    ]
    return tuple(_once(claims))


def why_once(claim: ClaimRead) -> str:
    """Why a row that repeats another counts nothing; empty for one that does not."""
    words = {
        Again.DOCUMENT: _("与 {row} 同一文号，就高计一次"),
        Again.HOURS: _("时数已报在 {row}，就高计一次"),
    }
    return words[claim.again].format(row=claim.repeats) if claim.again else ""


def _read(
    scheme: Scheme,
    part: Part,
    bonus: Bonus,
    code: str,
    cells: dict[tuple[str, Field], Entry],
) -> ClaimRead:
    def value(field: Field) -> Value | None:
        entry = cells.get((code, field))
        return entry.value if entry else None

    level, document = entries.text(value(Field.LEVEL)), entries.text(value(Field.DOCUMENT))
    hours = entries.points(value(Field.DOCUMENT), *_HOURS) if Proof.HOURS in bonus.proof else None
    limit = kinds.claim_limit(bonus, level, hours)
    points = entries.points(value(Field.CLAIM))
    wrong = None if points is None else kinds.wrong_claim(bonus, points, limit)
    if bonus.claim is Claim.LEVEL and level and limit is None:
        wrong = Wrong.CHOICE
    day = entries.day(value(Field.DATE))
    first = next(cells[code, field] for field in reversed(_BONUS_FIELDS) if (code, field) in cells)
    return ClaimRead(
        part=part,
        bonus=bonus,
        code=code,
        source=first.spot,
        value=value(Field.CLAIM),
        points=points,
        limit=limit,
        wrong=wrong,
        reason=entries.text(value(Field.REASON)),
        level=level,
        issuer=entries.text(value(Field.ISSUER)),
        document=document,
        day=day,
        missing=_missing(bonus, level=bool(level), document=document, hours=hours, day=bool(day)),
        outside=day is not None and not scheme.period_start <= day <= scheme.period_end,
    )


def _says_nothing(document: str) -> bool:
    """Whether what stands in place of a proof names none: a word for nothing, or marks alone."""
    plain = clean(document, name=True).strip()
    return plain in _NOTHING or not any(sign.isalnum() for sign in plain)


def _missing(
    bonus: Bonus, *, level: bool, document: str, hours: Decimal | None, day: bool
) -> tuple[Field, ...]:
    missing = []
    if bonus.claim is Claim.LEVEL and not level:
        missing.append(Field.LEVEL)
    named = not _says_nothing(document)
    written = {Proof.DOCUMENT: named, Proof.MEETING: named, Proof.HOURS: hours is not None}
    if any(proof in bonus.proof and not shown for proof, shown in written.items()):
        missing.append(Field.DOCUMENT)
    if Proof.DATE in bonus.proof and not day:
        missing.append(Field.DATE)
    return tuple(missing)


def _once(claims: Iterable[ClaimRead]) -> Iterable[ClaimRead]:
    claims = list(claims)
    first: dict[tuple[Again, str], ClaimRead] = {}
    repeated: dict[str, ClaimRead] = {}
    for claim in sorted(claims, key=lambda c: -c.counted):
        known = tuple(_about(claim)) if claim.counted else ()
        taken = next((each for each in known if each in first), None)
        if taken:
            repeated[claim.code] = replace(claim, repeats=first[taken].code, again=taken[0])
        else:
            first |= dict.fromkeys(known, claim)
    return (repeated.get(claim.code, claim) for claim in claims)


def _about(claim: ClaimRead) -> Iterator[tuple[Again, str]]:
    """What a row claims points for, each way in which another may claim them too."""
    bonus, document = claim.bonus, _same(claim.document)
    if Proof.HOURS in bonus.proof:
        yield Again.HOURS, bonus.code
    elif Proof.DOCUMENT in bonus.proof or (
        # Where nobody asks for a document a text without a number may stand for anything.
        Proof.MEETING not in bonus.proof and any(sign.isdecimal() for sign in document)
    ):
        yield Again.DOCUMENT, document


def _same(document: str) -> str:
    """What names a document, however it is typed: its words and numbers in their order."""
    folded = unicodedata.normalize("NFKC", clean(document, name=True)).upper()
    words = _WORDS.findall(_AROUND_A_NUMBER.sub(" ", "".join(folded.split())))
    return " ".join(word.lstrip("0") if word.isdecimal() else word for word in words)
