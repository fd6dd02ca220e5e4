"""What users see: written in Chinese in the source, translated by gettext."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCALES = Path(__file__).parent / "locale"
_catalogues: list[gettext.NullTranslations] = [gettext.NullTranslations()]


def use_language(language: str) -> None:
    """Speak ``zh`` (the source) or another language that has a catalogue.

    The command-line library speaks through gettext's default domain, whose language comes
    from the environment; it is given our catalogue of its words.
    """
    _catalogues[0] = gettext.translation("sheetflow", _LOCALES, [language], fallback=True)
    gettext.bindtextdomain("messages", str(_LOCALES))
    os.environ["LANGUAGE"] = language


def language() -> str:
    """Name of the language in use; empty while nobody has chosen one."""
    return os.environ.get("LANGUAGE", "")


@contextmanager
def in_source() -> Iterator[None]:
    """Speak the source's own language for a while, whatever is spoken otherwise.

    So do forms and papers, which others read: a form's printed rules are looked for when it
    comes back, a paper is filed as its template has it.
    """
    spoken, _catalogues[0] = _catalogues[0], gettext.NullTranslations()
    try:
        yield
    finally:
        _catalogues[0] = spoken


def _(text: str) -> str:
    """Return ``text`` in the language in use."""
    return _catalogues[0].gettext(text) if text else ""


def in_brackets(text: str, more: object) -> str:
    """Put something in brackets behind a text."""
    return _("{text}（{more}）").format(text=text, more=more)
