"""Many blank forms for little more than the price of one: painted once, then only patched.

Most of a form is the same for every member. It is painted once, with place-holders where a
member's own texts stand; a member's file is that one with the two parts written anew that hold
these texts, while all other parts stay compressed as they are.

A text is patched only where nothing else depends on it and it stands in the file as it is.
Every other difference, be it a row that is closed to some posts or a name with a ``&``, makes
a pattern of its own, so that no file is other than what ``write_form`` makes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sheetflow.excel.write.form import write_form
from sheetflow.layout import Cell, Form, Role
from sheetflow.model import Scheme
from sheetflow.text import clean

#: Where a member's own texts stand: on one line each, so that no height depends on them.
OWN = frozenset({Role.FORM_CODE, Role.INFO, Role.TOKEN})
_STRINGS, _PROPERTIES = "xl/sharedStrings.xml", "docProps/core.xml"
#: A place-holder is a number between these two, which are of private use.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
#: What does not stand in XML as it is: markup, the library's escapes, blanks at an end.
_ESCAPED = re.compile(r"^\s|\s$|[&<>]|_x[0-9A-Fa-f]{4}_")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A painted form taken apart."""

    #: The archive without the parts that hold place-holders.
    rest: bytes
    #: These parts by name: text, number of a place-holder, text, … text.
    pieces: tuple[tuple[str, tuple[str, ...]], ...]


def write_forms(forms: Iterable[Form], scheme: Scheme, *, created: date) -> Iterator[bytes]:
    """Yield the workbook of each form in turn, every part of it as ``write_form`` writes it.

    The same form gives the same bytes, whatever forms come before it. Raises ``SheetflowError``
    when a text of the scheme does not fit into a workbook.
    """
    patterns: dict[Form, _Pattern | None] = {}
    for form in forms:
        blank, texts = _apart(form)
        if blank not in patterns:
            patterns[blank] = _pattern(blank, write_form(blank, scheme, created=created), texts)
        pattern = patterns[blank]
        yield _patched(pattern, texts) if pattern else write_form(form, scheme, created=created)


def _apart(form: Form) -> tuple[Form, tuple[str, ...]]:
    """Part a form into what members share, with place-holders, and the texts to fill in."""
    cells = [cell for sheet in form.sheets for cell in sheet.cells]
    # A text that stands elsewhere too would share its entry in the table of strings.
    shared = {cell.text for cell in cells if cell.role not in OWN}
    own = {cell.text: "" for cell in cells if cell.role in OWN and cell.text not in shared}
    clear = not any(_OPEN in text for text in (*shared, *own))
    texts = tuple(filter(_as_it_stands, own)) if clear else ()
    places = {text: f"{_OPEN}{number}{_CLOSE}" for number, text in enumerate(texts)}
    sheets = tuple(
        replace(sheet, cells=tuple(_blanked(cell, places) for cell in sheet.cells))
        for sheet in form.sheets
    )
    return replace(form, code=places.get(form.code, form.code), sheets=sheets), texts


def _as_it_stands(text: str) -> bool:
    return bool(text) and text == clean(text) and not _ESCAPED.search(text)


def _blanked(cell: Cell, places: Mapping[str, str]) -> Cell:
    here = cell.role in OWN and cell.text in places
    return replace(cell, text=places[cell.text]) if here else cell


def _pattern(blank: Form, painted: bytes, texts: tuple[str, ...]) -> _Pattern | None:
    """Take a painted form apart; ``None`` when a place-holder stands where none should."""
    with zipfile.ZipFile(io.BytesIO(painted)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    due = {_STRINGS: len(texts), _PROPERTIES: blank.code.count(_OPEN)}
    if any(text.count(_OPEN) != due.get(name, 0) for name, text in parts.items()):
        return None
    rest = io.BytesIO()
    with zipfile.ZipFile(rest, "w") as archive:
        for name, text in parts.items():
            if name not in due:
                _add(archive, name, text)
    return _Pattern(
        rest.getvalue(), tuple((name, tuple(_PLACE.split(parts[name]))) for name in due)
    )


def _patched(pattern: _Pattern, texts: tuple[str, ...]) -> bytes:
    # Appending to an archive leaves what it holds as it is, compressed.
    whole = io.BytesIO(pattern.rest)
    with zipfile.ZipFile(whole, "a") as archive:
        for name, pieces in pattern.pieces:
            filled = [texts[int(piece)] if at % 2 else piece for at, piece in enumerate(pieces)]
            _add(archive, name, "".join(filled))
    return whole.getvalue()


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    """Add a part; it carries no time, so that the same parts give the same bytes."""
    archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
