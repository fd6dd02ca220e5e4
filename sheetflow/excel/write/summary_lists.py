"""The sheets 问题清单, 未交, 来源 and 版本差异: what is open, missing, received, different."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from sheetflow import round as rounds
from sheetflow.checks.wording import shown
from sheetflow.excel.write import safe
from sheetflow.excel.write.summary_plan import (
    Page,
    file_words,
    heading,
    id_heading,
    name_heading,
    page_title,
)
from sheetflow.excel.write.table_paint import internal_page, paint_long, paint_table
from sheetflow.messages import _
from sheetflow.model import (
    ColumnRole,
    FileStatus,
    Severity,
    StandingStatus,
    Table,
    TableColumn,
    ValueKind,
)
from sheetflow.text import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from sheetflow.model import (
        Difference,
        Finding,
        Outcome,
        Plain,
        Receipt,
        Scheme,
        Standing,
        Value,
    )

Styles = Mapping[str, "Format"]

_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
#: Digits of a file's hash that people compare by eye.
_HASH = 12


def paint_list(
    book: Workbook, sheet: Worksheet, styles: Styles, outcome: Outcome, page: Page, *, limit: int
) -> list[str]:
    """Paint one of the lists; return the titles of its sheets.

    ``limit`` is how many rows a sheet has.
    """
    make = {
        Page.FINDINGS: findings_table,
        Page.MISSING: missing_table,
        Page.FILES: files_table,
        Page.DIFFERENCES: differences_table,
    }[page]
    titles, table = [], make(outcome)
    painted: Iterable[tuple[Worksheet, tuple[int, int]]]
    if page is Page.FILES:
        # The first page counts the files of one sheet.
        painted = [(sheet, paint_table(sheet, table, styles))]
    else:
        painted = paint_long(book, sheet, table, styles, limit=limit)
    for each, (first, last) in painted:
        if page is Page.FINDINGS:
            rule = {"type": "cell", "criteria": "==", "value": f'"{_("错误")}"'}
            safe.colour(each, (first, 0, last, 0), rule | {"format": styles["alarm"]})
        titles.append(internal_page(each, outcome.scheme.title))
    return titles


# ------------------------------------------------------------------ findings


def gather(outcome: Outcome) -> tuple[Finding, ...]:
    """All findings that still matter, each once, errors first and then file by file.

    What was wrong with a version that a later one replaced matters no more.
    """
    receipts = (r for r in outcome.receipts if r.status is not FileStatus.SUPERSEDED)
    found = dict.fromkeys(chain(outcome.findings, *(r.findings for r in receipts)))
    return tuple(sorted(found, key=lambda f: (_WEIGHT[f.severity], f.source.file, f.source.sheet)))


def findings_table(outcome: Outcome) -> Table:
    """Table of findings with place, found, allowed and what to do."""
    words = {
        Severity.ERROR: _("错误"),
        Severity.WARNING: _("警告"),
        Severity.NOTE: _("提示"),
    }
    names = {standing.member.id: standing.member.name for standing in outcome.standings}
    found = gather(outcome)
    rows = tuple(
        (
            words[f.severity],
            f.code,
            f.source.file,
            f.source.sheet,
            f.source.cell,
            clean(f.member, name=True),
            clean(names.get(f.member, ""), name=True),
            f.item,
            f.found,
            f.expected,
            f.message,
            f.fix,
        )
        for f in found
    )
    errors = sum(f.severity is Severity.ERROR for f in found)
    advice = _("共 {count} 条，其中错误 {errors} 条。错误须先改正；警告和提示请过目。")
    return Table(
        title=page_title(Page.FINDINGS),
        advice=advice.format(count=len(found), errors=errors),
        columns=tuple(_finding_columns(outcome.scheme)),
        rows=rows,
    )


def _finding_columns(scheme: Scheme) -> Iterator[TableColumn]:
    yield TableColumn(heading=_("级别"), width=8)
    yield TableColumn(heading=_("代码"), width=8)
    yield TableColumn(heading=_("文件"), width=26)
    yield TableColumn(heading=_("工作表"), width=11)
    yield TableColumn(heading=_("单元格"), width=9)
    yield TableColumn(heading=id_heading(scheme), width=9)
    yield TableColumn(heading=name_heading(scheme), width=10)
    yield TableColumn(heading=_("项目"), width=9)
    yield TableColumn(heading=_("读到"), width=16)
    yield TableColumn(heading=_("应填"), width=20)
    yield TableColumn(heading=_("说明"), width=36)
    yield TableColumn(heading=_("怎么办"), width=36)


# ------------------------------------------------------------------ missing


def missing_table(outcome: Outcome) -> Table:
    """Members whose form has not come, group by group."""
    missing = [s for s in outcome.standings if s.status is StandingStatus.MISSING]
    # Groups in the roster's order, not the alphabet's.
    order = list(dict.fromkeys(s.member.group for s in outcome.standings))
    missing.sort(key=lambda s: order.index(s.member.group))
    columns = list(_missing_columns(outcome.scheme))
    return Table(
        title=page_title(Page.MISSING),
        advice=_("共 {count} 人未交。").format(count=len(missing)),
        columns=tuple(column for _role, column in columns),
        rows=tuple(tuple(_missing_row(s, columns)) for s in missing),
    )


def _missing_columns(scheme: Scheme) -> Iterator[tuple[ColumnRole, TableColumn]]:
    words = {
        ColumnRole.GROUP: "",
        ColumnRole.ID: _("编号"),
        ColumnRole.NAME: _("姓名"),
        ColumnRole.CATEGORY: _("类别"),
    }
    for role, word in words.items():
        title = heading(scheme, role) or word
        if title:
            yield role, TableColumn(heading=title, width=22)


def _missing_row(
    standing: Standing, columns: list[tuple[ColumnRole, TableColumn]]
) -> Iterator[str]:
    member = standing.member
    texts = {
        ColumnRole.GROUP: member.group,
        ColumnRole.ID: clean(member.id, name=True),
        ColumnRole.NAME: clean(member.name, name=True),
        ColumnRole.CATEGORY: member.category,
    }
    for role, _column in columns:
        yield texts[role]


# ------------------------------------------------------------------ files


def files_table(outcome: Outcome) -> Table:
    """Every file received with its standing verdict."""
    names = {standing.member.id: standing.member.name for standing in outcome.standings}
    columns = (
        TableColumn(heading=_("文件"), width=52),
        TableColumn(heading=_("指纹"), width=16),
        TableColumn(heading=_("状态"), width=12),
        TableColumn(heading=_("收回方式"), width=12),
        TableColumn(heading=id_heading(outcome.scheme), width=10),
        TableColumn(heading=name_heading(outcome.scheme), width=12),
        TableColumn(heading=_("表单版本"), width=14),
        TableColumn(heading=_("问题数"), width=10),
    )
    return Table(
        title=page_title(Page.FILES),
        advice=_("共收到 {count} 个文件，每个都按原样存着。").format(count=len(outcome.receipts)),
        columns=columns,
        rows=tuple(_file_row(receipt, names) for receipt in outcome.receipts),
    )


def _file_row(receipt: Receipt, names: Mapping[str, str]) -> tuple[Plain, ...]:
    member = receipt.member or ""
    return (
        receipt.file,
        receipt.sha256[:_HASH],
        file_words()[receipt.status],
        rounds.TYPED if rounds.typed_from_paper(receipt.file) else _("电子表"),
        clean(member, name=True),
        clean(names.get(member, ""), name=True),
        receipt.version or "",
        len(receipt.findings),
    )


# ------------------------------------------------------------------ differences


def differences_table(outcome: Outcome) -> Table:
    """Cells in which an older or rival form differs from the one that counts."""
    scheme = outcome.scheme
    columns = (
        TableColumn(heading=id_heading(scheme), width=10),
        TableColumn(heading=name_heading(scheme), width=12),
        TableColumn(heading=_("文件"), width=44),
        TableColumn(heading=_("项目"), width=10),
        TableColumn(heading=_("栏目"), width=12),
        TableColumn(heading=_("旧"), width=30),
        TableColumn(heading=_("新"), width=30),
    )
    advice = _("“旧”是所列文件里的，“新”是采用的一份里的；还没有定的，与文件名在前的一份比。")
    names = {standing.member.id: standing.member.name for standing in outcome.standings}
    rows = tuple(_difference_row(each, names, scheme) for each in outcome.differences)
    title = page_title(Page.DIFFERENCES)
    return Table(title=title, advice=advice, columns=columns, rows=rows)


def _difference_row(
    difference: Difference, names: Mapping[str, str], scheme: Scheme
) -> tuple[Plain, ...]:
    older, newer = difference.older, difference.newer
    alike = older and newer and older.raw == newer.raw
    return (
        clean(difference.member, name=True),
        clean(names.get(difference.member, ""), name=True),
        difference.file,
        difference.code,
        str(getattr(scheme.terms, difference.field.value)),
        _value_words(older, kind=bool(alike)),
        _value_words(newer, kind=bool(alike)),
    )


def _value_words(value: Value | None, *, kind: bool) -> str:
    """What stands in a cell; a text that looks like the other form's number is called one."""
    if value is None:
        return ""
    words = shown(value)
    text = kind and value.kind is ValueKind.TEXT
    return _("{words}（文本）").format(words=words) if text else words
