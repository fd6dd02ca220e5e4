"""What a command shows that fills a page: why a member has these points, what a check says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sheetflow import number
from sheetflow.messages import _
from sheetflow.model import Severity, Source
from sheetflow.printing import clean
from sheetflow.trace import Trace
from sheetflow.trace_rows import By, Row, RowKind, by_words
from sheetflow.verdicts import Verdict

#: Columns of a terminal; a Chinese character takes two.
_WIDTH = 80
#: Where the text of an item begins.
_INDENT = 10
#: Signs that may not begin a line.
_CLOSING = frozenset("，。；：、）》”’！？…")


# ------------------------------------------------------------------ JSON


def trace_json(page: Trace) -> dict[str, Any]:
    """A member's page as plain data: points as strings, ``null`` where none is known."""
    return {
        "member": {"id": page.member.id, "name": page.member.name},
        "status": page.status.value,
        "file": page.file or None,
        "version": page.version or None,
        "rows": [_plain(row._asdict()) for row in page.rows],
        "total": _plain(page.total),
        "verdicts": [_plain(asdict(verdict)) for verdict in page.verdicts],
        "open": list(page.open),
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of a row
    if isinstance(value, Decimal):
        return number.text(value)
    if isinstance(value, Source):
        return value._asdict()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value


# ------------------------------------------------------------------ lines


def trace_lines(page: Trace) -> Iterable[str]:
    """A member's page, no wider than a terminal and fit for one."""
    member, part = page.member, ""
    said = (member.id, member.name, member.category, member.group)
    yield clean("　".join(filter(None, said)))
    if page.file:
        version = _("（表单版本 {version}）").format(version=page.version) if page.version else ""
        yield from wrapped(_("表：{file}").format(file=page.file) + version)
    for row in page.rows:
        if row.part != part:
            yield ""
        part = row.part
        yield from _row_lines(row, page.own)
    yield ""
    for verdict in page.verdicts:
        yield from _verdict_lines(verdict)
    if page.open:
        yield _("还没有定的：")
        for text in page.open:
            yield from wrapped(f"· {text}", indent=2, more=4)


def _row_lines(row: Row, own: str) -> Iterator[str]:
    counted = "—" if row.counted is None else number.text(row.counted)
    if row.kind not in {RowKind.ITEM, RowKind.CLAIM}:
        title = f"{row.code} {row.title}" if row.kind is RowKind.CAP else row.title
        yield _aligned("  " + title, counted)
        yield from wrapped(row.why, indent=_INDENT)
        return
    most = _("（满分 {most}）").format(most=number.text(row.most)) if row.most is not None else ""
    yield _aligned(f"  {row.code:<7} {row.title}{most}", counted)
    yield from wrapped(row.rule, indent=_INDENT)
    yield from wrapped(_story(row, own), indent=_INDENT)
    if row.proof:
        yield from wrapped(_("佐证：{proof}").format(proof=row.proof), indent=_INDENT)


def _story(row: Row, own: str) -> str:
    """From what the member typed to what counts, in one sentence."""
    typed = _("{own} {typed}{place}").format(
        own=own, typed=row.typed or _("空"), place=_place(row.source)
    )
    said = [typed if row.by is not By.RULE else ""]
    if row.by in {By.COUNTS, By.BRANCH}:
        stands = _("{who} {points}{place}").format(
            who=by_words(row.by, own), points=number.text(row.stands), place=_place(row.decided)
        )
        said.append(_("，").join(filter(None, (stands, row.ground, _held(row.meeting)))))
    said.append(row.why)
    return _("；").join(filter(None, said))


def _held(meeting: str) -> str:
    return _("会次 {meeting}").format(meeting=meeting) if meeting else ""


def _place(source: Source) -> str:
    place = "!".join(filter(None, (source.sheet, source.cell)))
    return _("（{place}）").format(place=place) if place else ""


def _verdict_lines(verdict: Verdict) -> Iterator[str]:
    about = _("；").join(filter(None, (verdict.why, _held(verdict.meeting))))
    place = _place(verdict.decided)
    said = _("{title}：{result}{place}").format(
        title=verdict.title, result=verdict.result, place=place
    )
    yield from wrapped(f"{said}　{about}" if about else said, more=4)


# ------------------------------------------------------------------ width


def width(text: str) -> int:
    """Columns a text takes on a terminal; of two where a font decides, the wider."""
    return len(text) + sum(unicodedata.east_asian_width(c) in "WFA" for c in text)


def _aligned(text: str, points: str) -> str:
    """Text with points at the right edge; a text too long for both is cut."""
    text, room = clean(text), _WIDTH - 2 - width(points)
    if width(text) > room:
        while width(text) > room - 2:
            text = text[:-1]
        text += "…"
    return text + " " * (_WIDTH - width(text) - width(points)) + points


def wrapped(text: str, *, indent: int = 0, more: int | None = None) -> Iterator[str]:
    """Break a text into lines of a terminal, not inside a number or word that fits on one.

    Nothing for an empty text.
    """
    start, line = " " * (indent if more is None else more), " " * indent
    longest = (_WIDTH - max(indent, len(start))) // 2
    for piece in re.findall(f"[!-~]{{1,{longest}}}|.", clean(text)):
        room = _WIDTH - (0 if piece in _CLOSING else 2)
        if width(line + piece) > room:
            yield line.rstrip()
            line = start + piece.lstrip()
        else:
            line += piece
    if line.strip():
        yield line


# ------------------------------------------------------------------ pages of checks


def page_lines(pages: Iterable[tuple[tuple[str, str], ...]], *, whole: bool) -> Iterable[str]:
    """Pages of checks, or one line each."""
    words = {
        Severity.ERROR: _("错误"),
        Severity.WARNING: _("提醒"),
        Severity.NOTE: _("说明"),
    }
    for plain in map(dict, pages):
        title, *more = plain["page"].splitlines()
        yield _("{code}（{severity}）{title}").format(
            code=plain["code"], severity=words[Severity(plain["severity"])], title=title
        )
        if whole:
            yield from more
