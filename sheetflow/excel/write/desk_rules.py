"""What the cells of the staff's workbook take, and which of them are coloured by a condition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sheetflow import number
from sheetflow.desk import words
from sheetflow.desk.places import text
from sheetflow.desk.sheets import Column, DeskSheet, Limits, Role, Shape
from sheetflow.excel.write import safe
from sheetflow.messages import _
from sheetflow.text import clean

if TYPE_CHECKING:
    from sheetflow.excel.write.desk import Painting

#: XlsxWriter comes without types.
Worksheet = Any
#: What a validation may hold, in UTF-16 units: messages and lists; titles.
_LIMIT, _TITLE_LIMIT = 255, 32
Rule = dict[str, Any]


def lay(sheet: Worksheet, plan: DeskSheet, rows: tuple[int, int, int], painting: Painting) -> None:
    """Lay rules over a sheet whose headings stand in ``rows[0]`` and whose rows end in ``rows[1]``.

    What people fill has its rules down to ``rows[2]``, for rows appended later.
    """
    top, last, spare = rows
    for index, column in enumerate(plan.layout.columns):
        if column.role in {Role.TYPED, Role.GESTURE}:
            rule = _rule(column)
            if rule:
                safe.limit(sheet, (top + 1, index, spare, index), rule)
        if column.marked:
            area = (top + 1, index, spare, index)
            _colour(sheet, area, _marked(plan, column, top + 2, painting), painting)
        if column.role is Role.LIVE and not column.hidden:
            area = (top + 1, index, last, index)
            unknown = {"type": "cell", "criteria": "==", "value": text(words.UNDECIDED)}
            form = painting.form("open")
            safe.colour(sheet, area, {**unknown, "format": form})
    _lock(sheet, plan, top, last)


def _marked(plan: DeskSheet, column: Column, row: int, painting: Painting) -> str | None:
    return painting.placed(column.marked, plan.layout.tab, row)


def _colour(
    sheet: Worksheet, area: tuple[int, int, int, int], condition: str | None, painting: Painting
) -> None:
    if condition:
        form = painting.form("changed")
        safe.colour(sheet, area, {"type": "formula", "criteria": f"={condition}", "format": form})


# ------------------------------------------------------------------ what people fill


def _rule(column: Column) -> Rule:
    rule: Rule = {"ignore_blank": True, "validate": "any"}
    title = _fit(column.heading.replace("\n", " "), _TITLE_LIMIT)
    if column.hint and column.limits is None:
        # A hint at each number would cover half the wall.
        rule |= {"input_title": title, "input_message": _fit(column.hint, _LIMIT)}
    allowed = _limits(column.limits, column.shape) if column.limits else _list(column.choices)
    if column.shape is Shape.DAY:
        allowed = {"validate": "any", "input_title": title}
        allowed["input_message"] = _("写成 2015-12-25")
    if allowed and column.shape is not Shape.DAY:
        words_ = column.hint or _("请从下拉列表中选：{choices}").format(
            choices=_("、").join(column.choices)
        )
        allowed |= {"error_title": title, "error_message": _fit(words_, _LIMIT)}
    return rule | allowed if "input_message" in rule or allowed else {}


def _list(choices: tuple[str, ...]) -> Rule:
    plain = all(not set(choice) & set(',"\n') for choice in choices)
    short = len(",".join(choices).encode("utf-16-le")) // 2 <= _LIMIT
    if not choices or not plain or not short:
        return {}
    return {"validate": "list", "source": [clean(each) for each in choices]}


def _limits(limits: Limits, shape: Shape) -> Rule:
    if limits.listed:
        return _list(tuple(number.text(points) for points in limits.listed))
    kind = "integer" if shape is Shape.WHOLE else "decimal"
    least = number.text(limits.least)
    if limits.most is None:
        return {"validate": kind, "criteria": ">=", "value": least}
    most = number.text(limits.most)
    return {"validate": kind, "criteria": "between", "minimum": least, "maximum": most}


def _fit(words_: str, limit: int) -> str:
    """Cut to a number of UTF-16 units, which is how spreadsheets count."""
    plain = clean(words_).encode("utf-16-le")
    if len(plain) <= limit * 2:
        return plain.decode("utf-16-le")
    return plain[: (limit - 1) * 2].decode("utf-16-le", "ignore") + "…"


# ------------------------------------------------------------------ what is the program's


def _lock(sheet: Worksheet, plan: DeskSheet, top: int, last: int) -> None:
    """Let the program's cells refuse typing; pasting and sorting stay possible."""
    areas = [[top, first, last, end] for first, end in _runs(plan)]
    heads = [[top, 0, top, len(plan.layout.columns) - 1]]
    first, *others = [*areas, *heads]
    rule = {
        "validate": "custom",
        "value": "=FALSE",
        "ignore_blank": False,
        "error_title": _("这一格由程序填写"),
        "error_message": _("请填黄色的格子；别的格子改了，下次汇总会写回来。"),
        "other_cells": others,
    }
    safe.limit(sheet, (first[0], first[1], first[2], first[3]), rule)


def _runs(plan: DeskSheet) -> Iterator[tuple[int, int]]:
    """Neighbouring columns that are the program's, as first and last."""
    start = None
    for index, column in enumerate((*plan.layout.columns, None)):
        ours = column is not None and column.role in {Role.LOCKED, Role.LIVE}
        if ours and start is None:
            start = index
        elif not ours and start is not None:
            yield start, index - 1
            start = None
