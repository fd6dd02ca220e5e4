"""A paper filled with marks around what it derives, so that its facts can be told from words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from sheetflow.passages import DERIVED, PEOPLES
from sheetflow.word.render import escaped, render

_NO_MARKS = dict.fromkeys(map(ord, (*DERIVED, *PEOPLES)))


def render_marked(
    template: bytes, context: Mapping[str, object], peoples: Callable[[str, str], bool]
) -> bytes:
    """Fill a template as ``render`` does, each value between marks.

    Values of which ``peoples`` says so, by their name at any depth and their text, are marked as
    words of people, all others as derived; a constant of the template counts as words of people.
    Raises what ``render`` raises.
    """
    return render(template, {n: _sorted(v, peoples, n) for n, v in context.items()}, write=_marked)


def _sorted(value: object, peoples: Callable[[str, str], bool], name: str) -> object:
    """Make every derived text Markup: filters and tests of a template keep that kind."""
    if isinstance(value, str):
        text = value.translate(_NO_MARKS)
        return text if peoples(name, text) else Markup(text)  # noqa: S704 - escaped when written
    if isinstance(value, Mapping):
        return {key: _sorted(one, peoples, str(key)) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [_sorted(one, peoples, name) for one in value]
    return value


def _marked(value: object) -> Markup:
    derived = isinstance(value, Markup | int)
    begin, end = DERIVED if derived else PEOPLES
    text = escaped(value)
    return Markup(begin + text + end) if text else text  # noqa: S704 - escaped above
