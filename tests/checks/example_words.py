"""Example sentences of the pages, taken apart.

A sentence is clauses joined by “；”, a clause edits joined by “，”:

    指标 A2-1 满分 填 三分             a cell of the scheme, the roster or the staff's workbook:
                                    sheet, row (its key, 第3行, 表头), heading, what is done
    A2-1 填 5，佐证说明 填 记录          cells of 甲.xlsx, 甲某's form, which is full otherwise
    A2-1 填 2.5，格式 填 0             a cell and the number format it is shown in
    甲2.xlsx：A2-1 填 5，10 时保存      the same in another file of his
    甲.xlsx：得 97 分，B 得 34 分        so many points in all, or of a part
    收回 甲.xlsx、照片.jpg             files as they are
    按未验证收下                      what only its own words can say

Done to a cell: 填 (type), 空着 (clear), 不动 (leave), 选 (from the drop-down); to a row or a sheet:
删去. All of it happens after the forms were handed out. What is done to the desk happens after a
collect has made it; files named later in the sentence come after that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

#: The form a sentence speaks of that names no file.
OWN = "甲.xlsx"
#: After the names of several files: what was filled in is not the same.
DIFFERENT = "内容不同"
_EDIT = re.compile(r"((?:[^ ，]+ ){1,2})(填|选|空着|不动|删去)(?: (.+))?")
_POINTS = re.compile(r"(?:([AB]) )?(得) (\d+) 分")
_SAVED = re.compile(r"(?:(\d{4}-\d\d-\d\d) )?(?:(\d+) 时)?(保存)")


class UnknownWordsError(Exception):
    """A sentence that nothing can act out."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done at one place: row and heading, deed, what is typed."""

    row: str
    column: str
    how: str
    text: str = ""


@dataclass(slots=True)
class Story:
    """What a sentence says: cells of tables, files that come back, anything else."""

    tables: list[tuple[str, Edit]] = field(default_factory=list)
    files: dict[str, list[Edit]] = field(default_factory=dict)
    deeds: list[str] = field(default_factory=list)
    #: Cells of the desk and deeds at the desk, in order; then files that came afterwards.
    desk: list[tuple[str, Edit] | str] = field(default_factory=list)
    later: dict[str, list[Edit]] = field(default_factory=dict)


def read(
    sentence: str,
    *,
    tables: Mapping[str, Collection[str]],
    form: Collection[str],
    deeds: Collection[str],
    desk: Mapping[str, Collection[str]],
    desk_deeds: Collection[str],
) -> Story:
    """Take a sentence apart; raises ``UnknownWordsError``.

    ``tables`` are the headings of each sheet that people edit, ``form`` those of a form,
    ``deeds`` the clauses that only their own words can say; ``desk`` and ``desk_deeds`` are the
    same of the desk.
    """
    story = Story()
    for clause in sentence.split("；"):
        first, _blank, rest = clause.partition(" ")
        file, colon, filled = clause.rpartition("：")
        files = story.later if story.desk else story.files
        if clause in deeds:
            story.deeds.append(clause)
        elif clause in desk_deeds:
            story.desk.append(clause)
        elif first in desk:
            story.desk += [(first, edit) for edit in _edits(rest, desk[first])]
        elif first in tables:
            story.tables += [(first, edit) for edit in _edits(rest, tables[first])]
        elif first == "收回":
            files |= _received(rest)
        else:
            edits = _edits(filled if colon else clause, form)
            files.setdefault(file or OWN, []).extend(edits)
    return story


def _received(text: str) -> dict[str, list[Edit]]:
    names, comma, how = text.partition("，")
    if comma and how != DIFFERENT:
        raise UnknownWordsError(text)
    return {
        name: [Edit("A2-1", "", "填", str(3 - n))] if comma else []
        for n, name in enumerate(names.split("、"))
    }


def _edits(text: str, headings: Collection[str]) -> Iterator[Edit]:
    """Edits of one clause; a row once named goes on until the next."""
    row = ""
    for piece in text.split("，"):
        points, saved = _POINTS.fullmatch(piece), _SAVED.fullmatch(piece)
        match = _EDIT.fullmatch(piece)
        if points:
            yield Edit(points[1] or "", "", points[2], points[3])
        elif saved:
            yield Edit(saved[1] or "", saved[2] or "", saved[3])
        elif match:
            *rows, last = match[1].split()
            column = last if rows or (row and last in headings) else ""
            row = rows[0] if rows else row if column else last
            yield Edit(row, column, match[2], match[3] or "")
        else:
            raise UnknownWordsError(text)


def typed(text: str) -> str | Decimal | date | None:
    """What a cell holds after this was typed; a number that begins with 0 is text."""
    kind, _blank, rest = text.partition(" ")
    if kind == "文本":
        return rest
    if kind == "数字":
        return Decimal(rest)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    number = re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text, re.ASCII)
    return Decimal(text) if number else text or None
