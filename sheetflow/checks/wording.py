"""How the checks speak: the place first, then what is there, what may be, what to do."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow import rosters, text
from sheetflow.checks.registry import Case, Problem
from sheetflow.messages import _
from sheetflow.model import Fault, Finding, Source, Value, ValueKind
from sheetflow.tables import squeeze

#: Longest piece of somebody's typing that a message repeats.
_LONGEST = 40


def where(source: Source) -> str:
    """Place as a clerk names it: 「示例表 F12」; the file's name when no sheet is known."""
    if not source.sheet:
        return source.file
    sheet = (
        source.sheet if source.sheet.endswith("表") else _("{sheet}表").format(sheet=source.sheet)
    )
    return f"{sheet} {source.cell}" if source.cell else sheet


def say(source: Source, what: str, fix: str, **more: str) -> Problem:
    """Make a problem whose message is one sentence: what is wrong, what to do.

    ``more`` are the remaining fields of ``Problem``.
    """
    message = _("{what}，{fix}。").format(what=what, fix=fix)
    return Problem(source=source, message=message, fix=fix, **more)


def tell(source: Source, what: str, fix: str, **more: str) -> Problem:
    """Say it with its place before it: 「示例表 F12（A2-1）应填 …」."""
    place, item = where(source), more.get("item", "")
    if place and item:
        what = _("{place}（{item}）{what}").format(place=place, item=item, what=what)
    elif place:
        what = _("{place} {what}").format(place=place, what=what)
    return say(source, what, fix, **more)


def bare(finding: Finding) -> str:
    """Give what is wrong alone, without the place before it and the advice behind it."""
    place = where(finding.source)
    heads = (
        _("{place}（{item}）{what}").format(place=place, item=finding.item, what=""),
        _("{place} {what}").format(place=place, what=""),
    )
    what = finding.message.removesuffix(_("{what}，{fix}。").format(what="", fix=finding.fix))
    for head in heads:
        what = what.removeprefix(head)
    return what


def resend() -> str:
    """What a member does about most faults."""
    return _("请改正后重新交回")


def brief(typed: str) -> str:
    """Typed text on one line, cut where it is long; what is not seen in it is said."""
    plain = " ".join(text.clean(typed, name=True).split())
    plain = plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "…"
    return _("{plain}（有看不见的字符）").format(plain=plain) if text.hides(typed) else plain


def shown(value: Value) -> str:
    """What stands in a cell, as one would say it."""
    if value.kind is ValueKind.UNCACHED:
        return _("没有结果的公式")
    if value.kind is ValueKind.DATE:
        return _("日期 {day}").format(day=brief(value.raw))
    return brief(value.raw)


def table_faults(case: Case, *kinds: str, roster: bool) -> Iterator[Fault]:
    """Faults of these kinds in the roster's sheet, or in the sheets of the scheme."""
    for fault in case.faults:
        if fault.kind in kinds and (squeeze(fault.source.sheet) == rosters.SHEET) is roster:
            yield fault


def table_problem(fault: Fault) -> Problem:
    """Say that a sheet or heading is missing or doubled, or what is wrong with its cells."""
    source, found, expected = fault.source, fault.found, fault.expected
    words = {
        "sheet-missing": (_("这张工作表找不到"), _("请补上这张工作表，名称不要改")),
        "sheet-twice": (
            _("有两张都叫“{sheet}”的工作表，只读第一张").format(sheet=found),
            _("请删去一张或改个名称"),
        ),
        "heading-missing": (
            _("表头缺少“{heading}”一栏").format(heading=expected),
            _("请在表头行补上这一栏"),
        ),
        "heading-twice": (
            _("表头“{heading}”出现了两次").format(heading=found),
            _("请删去其中一栏或改个名称"),
        ),
        "cells-merged": (
            _("合并成了一格，只算填在左上角，盖住的 {n} 格算空着").format(n=found),
            _("请取消合并，一行一行填；一次填多行，选中后打字，再按 Ctrl+回车"),
        ),
        "cell-error": (
            _("“{heading}”一栏读到“{found}”").format(
                heading=expected, found=found or _("没有结果的公式")
            ),
            _("请改填实际内容"),
        ),
    }
    what, fix = words[fault.kind]
    return tell(source, what, fix, found=found, expected=expected)
