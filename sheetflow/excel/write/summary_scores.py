"""The sheets 成绩 and 分项: what members reached, and from which points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Final

from sheetflow.excel.write import summary_formulas as formulas
from sheetflow.excel.write.rows import Cell, Formula
from sheetflow.excel.write.summary_formulas import in_row
from sheetflow.excel.write.summary_plan import (
    DETAILS_TOP,
    SCORES_TOP,
    DetailColumn,
    Page,
    Role,
    page_title,
)
from sheetflow.excel.write.table_paint import (
    put,
    put_wide,
    row_height,
    set_page,
)
from sheetflow.messages import _
from sheetflow.model import StandingStatus
from sheetflow.text import clean
from sheetflow.verdicts import SCORED, status_words, undecided

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.excel.write.summary_plan import Plan
    from sheetflow.model import Line, Outcome, PartScore, Scheme, Standing

Styles = Mapping[str, "Format"]

#: Width of a column of points, in digits, and digits that fit across one printed page.
_POINTS_WIDTH: Final = 7.0
_PAGE_WIDTH: Final = 200.0
#: Members whose rows can still be read when all share a sheet of paper.
_ONE_SHEET: Final = 50
_ABSENT: Final = "—"

# ------------------------------------------------------------------ scores


def paint_scores(sheet: Worksheet, styles: Styles, outcome: Outcome, plan: Plan) -> None:
    """Paint one row a member: parts, total, tiers, reasons."""
    columns = plan.scores
    last = plan.column("row")
    head = SCORES_TOP - 1
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        put(sheet, (head, index), column.heading, styles["head"])
    sheet.set_column(last, last, columns[last].width, None, {"hidden": True})
    put_wide(sheet, 0, (0, last - 1), page_title(Page.SCORES), styles["title"])
    advice = _("本表的分数是公式，由「分项」算出；可以排序、筛选。要改分请改核定表，再汇总一次。")
    put_wide(sheet, 1, (0, last - 1), advice, styles["subtitle"])
    sheet.set_row(0, 30)
    sheet.set_row(1, 20)
    sheet.set_row(head, 40)
    known: dict[str, Mapping[str, str]] = {}
    for row, standing in enumerate(outcome.standings, start=SCORES_TOP):
        post = standing.member.post
        if post not in known:
            known[post] = dict(_formulas(outcome.scheme, plan, post))
        cells, height = _member(styles, (outcome, plan), row, standing, known[post])
        sheet.put_row(row, cells, height)
    top, bottom = plan.rows(Page.SCORES)
    sheet.freeze_panes(top, plan.column("name") + 1)
    sheet.autofilter(head, 0, bottom, last)
    sheet.repeat_rows(head)
    sheet.print_area(0, 0, bottom, last - 1)
    set_page(sheet, title=outcome.scheme.title, mark=_("内部资料"))


def _member(
    styles: Styles,
    summary: tuple[Outcome, Plan],
    row: int,
    standing: Standing,
    known: Mapping[str, str],
) -> tuple[list[Cell], float]:
    """Cells of a member's row, and how high it is; ``known`` are the formulas by column."""
    outcome, plan = summary
    texts = {
        "id": clean(standing.member.id, name=True),
        "name": clean(standing.member.name, name=True),
        "category": standing.member.category,
        "group": standing.member.group,
        "status": status_words(outcome.scheme)[standing.status],
        "final_tier": standing.final_tier,
        "why": explain(standing),
        **_tiers(standing),
    }
    place = Decimal(row - SCORES_TOP + 1)
    results = dict(_results(outcome.scheme, standing, place))
    cells: list[Cell] = []
    for key in (column.key for column in plan.scores):
        if key in results:
            formula = Formula(in_row(known[key], row), results[key])
            cells.append((formula, styles[_number_style(key, results[key])]))
        elif key in texts:
            cells.append((texts[key] or None, styles[_text_style(key, standing.status)]))
        elif key in {"number", "row"}:
            cells.append((place, styles["number"]) if key == "number" else (None, styles["unseen"]))
        else:
            cells.append((_ABSENT, styles["absent"]))
    wrapped = [(texts[c.key] or "", c.width) for c in plan.scores if c.key in texts]
    return cells, row_height(wrapped)


def explain(standing: Standing) -> str:
    """Why a member stands there, each reason once."""
    open_points = standing.score.open if standing.score else ()
    provisional = (_("暂按自评"),) if standing.provisional else ()
    return _("；").join(dict.fromkeys((*provisional, *standing.reasons, *open_points)))


def _tiers(standing: Standing) -> dict[str, str | None]:
    """Tiers that only the engine can know, and words where there is none."""
    if standing.status not in SCORED:
        return dict.fromkeys(("score_tier", "max_tier", "proposed_tier"), _ABSENT)
    words: dict[str, str | None] = {
        "max_tier": standing.max_tier,
        "proposed_tier": standing.proposed_tier,
    }
    if standing.status is StandingStatus.GRADED:
        words["max_tier"] = standing.max_tier or _("不限")
        words["proposed_tier"] = standing.proposed_tier or _("待定")
    if standing.total is not None and standing.score_tier is None:
        graded = standing.status is not StandingStatus.NOT_GRADED
        words["score_tier"] = undecided() if graded else _("不定等次")
    return words


def _text_style(key: str, status: StandingStatus) -> str:
    if key == "status" and status in {StandingStatus.UNDECIDED, StandingStatus.MISSING}:
        return "open"
    if key in {"why", "group"}:
        return "text"
    return "strong" if key == "final_tier" else "text_middle"


def _number_style(key: str, cached: str | Decimal) -> str:
    if key == "row":
        return "unseen"
    if cached == undecided():
        return "open"
    return "strong" if key == "total" else "number"


def _formulas(scheme: Scheme, plan: Plan, post: str) -> Iterator[tuple[str, str]]:
    """Formulas by column of the row of a member with this post."""
    yield "row", formulas.detail_row(plan)
    for part in scheme.parts:
        yield f"{part.code}.base", formulas.part_base(plan, part, post)
        yield f"{part.code}.bonus", formulas.part_bonus(plan, part)
        yield f"{part.code}.total", formulas.part_total(plan, part)
    yield "total", formulas.total(plan, scheme)
    yield "score_tier", formulas.tier(plan, scheme.tiers)


def _results(
    scheme: Scheme, standing: Standing, place: Decimal
) -> Iterator[tuple[str, str | Decimal]]:
    """What the engine has for the formulas of a member's row, by column."""
    if standing.status not in SCORED:
        return
    yield "row", place
    for part in scheme.parts:
        score = _part_score(standing, part.code)
        yield f"{part.code}.base", _known(score.base if score else None)
        yield f"{part.code}.bonus", _known(score.bonus if score else None)
        yield f"{part.code}.total", _known(score.total if score else None)
    yield "total", _known(standing.total)
    if standing.total is None or standing.score_tier is not None:
        known = standing.score_tier if standing.total is not None else None
        yield "score_tier", known or undecided()


def _known(points: Decimal | None) -> str | Decimal:
    return undecided() if points is None else points


def _part_score(standing: Standing, code: str) -> PartScore | None:
    parts = standing.score.parts if standing.score else ()
    return next((part for part in parts if part.code == code), None)


# ------------------------------------------------------------------ details


def paint_details(sheet: Worksheet, styles: Styles, outcome: Outcome, plan: Plan) -> None:
    """Paint the points of every item and bonus row as they go into the sums."""
    last = plan.first_detail + len(plan.details) - 1
    _paint_detail_heads(sheet, styles, outcome, plan)
    for row, standing in enumerate(outcome.standings, start=DETAILS_TOP):
        cells: list[Cell] = [
            (Decimal(row - DETAILS_TOP + 1), styles["number"]),
            (clean(standing.member.id, name=True), styles["text_middle"]),
            (clean(standing.member.name, name=True), styles["text_middle"]),
        ]
        lines = {line.code: line for line in (standing.score.lines if standing.score else ())}
        for column in plan.details:
            value = _detail(standing, column, lines)
            cells.append((value, styles[_detail_style(column, value, lines)]))
        sheet.put_row(row, cells)
    top, bottom = plan.rows(Page.DETAILS)
    sheet.freeze_panes(top, plan.first_detail)
    sheet.autofilter(top - 1, 0, bottom, last)
    sheet.repeat_rows(1, top - 1)
    sheet.repeat_columns(0, plan.first_detail - 1)
    width = len(plan.details) * _POINTS_WIDTH
    set_page(
        sheet,
        title=outcome.scheme.title,
        mark=_("内部资料"),
        pages=max(1, ceil(width / _PAGE_WIDTH)),
        tall=1 if len(outcome.standings) <= _ONE_SHEET else 0,
    )


def _paint_detail_heads(sheet: Worksheet, styles: Styles, outcome: Outcome, plan: Plan) -> None:
    top, first = DETAILS_TOP - 1, plan.first_detail
    for index in range(first):
        sheet.set_column(index, index, plan.scores[index].width)
        put(sheet, (top, index), plan.scores[index].heading, styles["head"])
        put(sheet, (top - 1, index), _("满分") if index == first - 1 else None, styles["head"])
        put(sheet, (top - 2, index), None, styles["head"])
    for index, column in enumerate(plan.details, start=first):
        put(sheet, (top, index), column.heading, styles["head"])
        put(sheet, (top - 1, index), column.most, styles["number"])
        put(sheet, (top - 2, index), None, styles["banner"])
    sheet.set_column(first, first + len(plan.details) - 1, _POINTS_WIDTH)
    for part in outcome.scheme.parts:
        inside = [i for i, c in enumerate(plan.details, start=first) if c.part == part.code]
        # Not merged: a merged cell is torn where a printed page ends.
        put(sheet, (top - 2, inside[0]), part.sheet, styles["banner"])
    advice = _("空格：没有读到或没有申报，不是 0 分。")
    if any(part.bonuses for part in outcome.scheme.parts):
        advice += _("加分各行未计封顶。")
    if outcome.provisional:
        advice += _("黄底斜体：暂按{score}。").format(score=outcome.scheme.terms.score)
    put(sheet, (0, 0), page_title(Page.DETAILS), styles["section"])
    put(sheet, (0, first), advice, styles["line"])
    heads = [(column.heading, _POINTS_WIDTH) for column in plan.details]
    sheet.set_row(0, 24)
    sheet.set_row(top, row_height(heads) + 14)


def _detail(
    standing: Standing, column: DetailColumn, lines: Mapping[str, Line]
) -> Decimal | str | None:
    if standing.status not in SCORED:
        return None
    if column.role in {Role.ITEM, Role.BONUS}:
        line = lines.get(column.code)
        known = line is not None and (line.raw is not None or line.counted != 0)
        return line.counted if line is not None and known else None
    return _("待定") if _is_open(standing, column) else None


def _is_open(standing: Standing, column: DetailColumn) -> bool:
    if column.role is Role.TOTAL_OPEN:
        return standing.total is None
    score = _part_score(standing, column.part)
    if score is None:
        return True
    return (score.base if column.role is Role.BASE_OPEN else score.bonus) is None


def _detail_style(
    column: DetailColumn, value: Decimal | str | None, lines: Mapping[str, Line]
) -> str:
    if isinstance(value, str):
        return "open"
    line = lines.get(column.code)
    return "provisional" if value is not None and line and line.provisional else "number"
