"""Who a returned form is from: code and token against what was issued (design §7).

Never the file's name. What does not fit together is a fault; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sheetflow import stamp as stamps
from sheetflow.model import Book, Fault, Sheet, Source, Stamp, Terms
from sheetflow.rosters import plain_name
from sheetflow.tables import address, squeeze

#: A form code, or what typing can make of one.
_LIKE_A_CODE = re.compile(r"[A-Z0-9-]{4,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What this round knows of the forms it handed out."""

    key: str
    round: str
    #: Stamps by (member, tag of the visible code).
    stamps: Mapping[tuple[str, str], Stamp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose form it is, the name it shows, and what did not fit."""

    stamp: Stamp | None
    verified: bool
    name: str
    faults: tuple[Fault, ...]


class _Person(NamedTuple):
    """Whom one sheet shows."""

    name: str
    member: str
    name_at: Source
    member_at: Source


def issued(key: str, round_id: str, forms: Iterable[Stamp]) -> Issued:
    """Index the issued forms by what their visible code shows."""
    table = {(stamp.member, stamps.tag(stamp, key)): stamp for stamp in forms}
    return Issued(key=key, round=round_id, stamps=table)


def identify(book: Book, file: str, terms: Terms, known: Issued) -> Identity:
    """Find out whose form this is.

    Faults: ``not-a-form``, ``two-forms``, ``code-slip`` (check pair wrong), ``round-other``,
    ``code-foreign`` (well made but never issued here), ``identity-differs`` (visible code and
    hidden token name different forms), ``code-blank`` (only the token is left), ``name-other``
    and ``id-other`` (a sheet shows another name than the first, the id of another member).
    """
    codes = _codes(book, file, terms)
    tokens = _tokens(book, file, known)
    people = _people(book, file, terms)
    name = next((person.name for person in people if person.name), "")
    faults = (*_several(codes, tokens), *_slips(codes))
    shown = _stamp_of_codes(codes, known)
    hidden = next((stamp for stamp, sound, _source in tokens if sound), None)
    if faults:
        return Identity(stamp=None, verified=False, name=name, faults=faults)
    if shown and hidden and shown != hidden:
        source = next(iter(codes.values()))
        fault = Fault("identity-differs", source, shown.member, hidden.member)
        return Identity(stamp=None, verified=False, name=name, faults=(fault,))
    mine = shown or (None if codes else hidden)
    if mine:
        lost = () if shown else (Fault("code-blank", Source(file)),)
        faults = (*lost, *_others(people, mine.member, known))
        return Identity(stamp=mine, verified=True, name=name, faults=faults)
    return _unknown(file, codes, tokens, name, known)


def _unknown(
    file: str,
    codes: Mapping[str, Source],
    tokens: list[tuple[Stamp, bool, Source]],
    name: str,
    known: Issued,
) -> Identity:
    """Word why nothing verified; keep what the form claims, unverified."""
    claimed = next((stamp for stamp, _sound, _source in tokens), None)
    source = next(iter(codes.values()), Source(file))
    text = next(iter(codes), "")
    if claimed and claimed.round != known.round:
        fault = Fault("round-other", source, claimed.round, known.round)
        claimed = None
    elif codes or claimed:
        fault = Fault("code-foreign", source, text)
    else:
        fault = Fault("not-a-form", Source(file), expected=known.round)
    if claimed is None and text and fault.kind == "code-foreign":
        code = stamps.read_code(text)
        claimed = Stamp(round=known.round, scheme="", member=code.member) if code else None
    return Identity(stamp=claimed, verified=False, name=name, faults=(fault,))


def _several(
    codes: Mapping[str, Source], tokens: list[tuple[Stamp, bool, Source]]
) -> Iterable[Fault]:
    if len(codes) > 1:
        first, second, *_rest = codes.items()
        yield Fault("two-forms", second[1], second[0], first[0])
    elif len({stamp for stamp, _sound, _source in tokens}) > 1:
        yield Fault("two-forms", tokens[1][2], tokens[1][0].member, tokens[0][0].member)


def _slips(codes: Mapping[str, Source]) -> Iterable[Fault]:
    for text, source in codes.items():
        code = stamps.read_code(text)
        if code is None or not code.sound:
            yield Fault("code-slip", source, text)


def _stamp_of_codes(codes: Mapping[str, Source], known: Issued) -> Stamp | None:
    for text in codes:
        code = stamps.read_code(text)
        if code and code.sound and (code.member, code.tag) in known.stamps:
            return known.stamps[code.member, code.tag]
    return None


def _codes(book: Book, file: str, terms: Terms) -> dict[str, Source]:
    """Texts right of the label 表单码 on any sheet, folded, first place each."""
    codes: dict[str, Source] = {}
    for sheet in book.sheets:
        for place, text in beside(sheet, terms.form_code):
            # Of a cleared code the next text to the right is something else altogether.
            if _LIKE_A_CODE.fullmatch(stamps.fold(text)):
                source = Source(file, sheet.title, address(*place))
                codes.setdefault(stamps.fold(text), source)
    return codes


def _tokens(book: Book, file: str, known: Issued) -> list[tuple[Stamp, bool, Source]]:
    tokens = []
    for sheet in book.sheets:
        for place, value in sheet.values.items():
            # A token has bars in it, hardly anything else has.
            token = stamps.read_token(value.raw, known.key) if "|" in value.raw else None
            if token:
                tokens.append((*token, Source(file, sheet.title, address(*place))))
    return tokens


def _people(book: Book, file: str, terms: Terms) -> list[_Person]:
    """Whom each sheet shows: right of its first label of a name, and of an id in the same row."""
    found = []
    # Of a cleared name the next text to the right is the label of the member's id.
    label = squeeze(terms.id)
    # A sheet of the member's own may list other people.
    ours = [sheet for sheet in book.sheets if _labelled(sheet, terms.form_code)]
    for sheet in ours or book.sheets:
        named = list(beside(sheet, terms.name))[:1]
        ids = {at[0]: (at, text) for at, text in beside(sheet, terms.id)} if named else {}
        for at, text in named:
            name = "" if squeeze(text).rstrip("：:") == label else text
            id_at, member = ids.get(at[0], (at, ""))
            places = (Source(file, sheet.title, address(*place)) for place in (at, id_at))
            found.append(_Person(name, stamps.fold(member), *places))
    return found


def _others(people: list[_Person], mine: str, known: Issued) -> Iterable[Fault]:
    """Sheets on which somebody else stands: a colleague's, copied into one's own form."""
    members = {member for member, _tag in known.stamps}
    names = [person for person in people if person.name]
    for person in names[1:]:
        if plain_name(person.name) != plain_name(names[0].name):
            yield Fault("name-other", person.name_at, person.name, names[0].name)
    for person in people:
        if person.member != mine and person.member in members:
            yield Fault("id-other", person.member_at, person.member, mine)


def beside(sheet: Sheet, label: str) -> Iterable[tuple[tuple[int, int], str]]:
    """Next filled cell to the right of each cell that holds just this label."""
    for row, column in _labelled(sheet, label):
        columns = sheet.rows[row]
        for following in columns[columns.index(column) + 1 :][:1]:
            yield (row, following), sheet.values[row, following].raw


def _labelled(sheet: Sheet, label: str) -> list[tuple[int, int]]:
    """Cells that hold just this label, in order."""
    wanted = squeeze(label)
    raw = {place: sheet.values[place].raw for place in like(sheet, wanted)}
    return sorted(at for at, text in raw.items() if squeeze(text).rstrip("：:") == wanted)


def like(sheet: Sheet, *labels: str) -> list[tuple[int, int]]:
    """Cells whose text may, squeezed, begin with a label: most have another first sign."""
    firsts = dict.fromkeys(label[:1] for label in labels)
    return [place for first in firsts for place in sheet.by_sign.get(first, ())]
