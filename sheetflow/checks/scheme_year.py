"""S1: does the scheme hold together? Its sheets, days and roster."""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator

from sheetflow import scheme_columns
from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.wording import tell
from sheetflow.layout import FRONT_SHEET, HIDDEN_SHEET
from sheetflow.messages import _
from sheetflow.model import ColumnRole, Scheme, Severity
from sheetflow.schemes import Path, place
from sheetflow.stamp import fold

#: Longest title and what a title may not hold, by the rules of the workbook format.
_TITLE_LIMIT, _TITLE_MARKS = 31, "[]:*?/\\"
_RESERVED = (HIDDEN_SHEET, FRONT_SHEET, "History")


@check("S111", Severity.ERROR)
def sheet_title_unusable(case: Case) -> Iterator[Problem]:
    """工作表名称不能用

    各部分和填表说明的工作表名称最多 31 个字，不能有方括号、冒号、星号、问号和斜线，
    前后不能是单引号，
    不能与别的工作表同名。改一个名称。

    错误：部分 B 工作表 填 德育/教学
    正确：部分 B 工作表 填 德育教学
    """
    used = set(map(fold, _RESERVED))
    titles: list[tuple[Path, str]] = [(("terms", "notes_sheet"), case.scheme.terms.notes_sheet)]
    titles += [(("parts", p, "sheet"), part.sheet) for p, part in enumerate(case.scheme.parts)]
    for path, title in titles:
        wrong = ""
        if not title.strip() or len(title.encode("utf-16-le")) // 2 > _TITLE_LIMIT:
            wrong = _("工作表名称“{title}”是空的或超过 31 个字")
        elif set(title) & set(_TITLE_MARKS) or title.strip("'") != title:
            wrong = _("工作表名称“{title}”里有不能用的符号")
        elif fold(title) in used:
            wrong = _("工作表名称“{title}”已经用过")
        used.add(fold(title))
        if wrong:
            source = place(case.places, path)
            yield tell(source, wrong.format(title=title), _("请换一个名称"), found=title)


@check("S112", Severity.ERROR)
def days_unfit(case: Case) -> Iterator[Problem]:
    """年度、起止日期或截止日期对不上

    考核开始不能晚于考核结束，年度要落在起止日期里，收表截止不能早于考核开始，
    公示开始不能晚于公示结束。改正日期或年度。

    错误：设置 年度 填 2015，考核开始 填 2016-01-01
    正确：设置 年度 填 2015，考核开始 填 2015-01-01
    """
    scheme, fix = case.scheme, _("请改正日期或年度")
    start, end, deadline = scheme.period_start, scheme.period_end, scheme.settings.deadline
    span = _("{start} 至 {end}").format(start=start, end=end)
    if start > end:
        what = _("考核开始 {start} 晚于考核结束 {end}").format(start=start, end=end)
        yield tell(place(case.places, ("period_end",)), what, fix, found=str(end))
    elif not start.year <= scheme.year <= end.year:
        what = _("年度 {year} 不在 {span} 里").format(year=scheme.year, span=span)
        source = place(case.places, ("year",))
        yield tell(source, what, fix, found=str(scheme.year), expected=span)
    if deadline and deadline < start:
        what = _("收表截止 {day} 早于考核开始 {start}").format(day=deadline, start=start)
        source = place(case.places, ("settings", "deadline"))
        yield tell(source, what, fix, found=str(deadline), expected=f"≥{start}")
    first, last = scheme.settings.publicity_from, scheme.settings.publicity_to
    if first and last and last < first:
        what = _("公示结束 {last} 早于公示开始 {first}").format(last=last, first=first)
        source = place(case.places, ("settings", "publicity_to"))
        yield tell(source, what, fix, found=str(last), expected=f"≥{first}")


@check("S113", Severity.ERROR)
def column_role_wrong(case: Case) -> Iterator[Problem]:
    """名册栏目的用途缺了或重复

    名册一定要有一栏用途为编号、一栏用途为姓名；方案列了状态的，有不定等次或不计入名额基数的类别的，
    按到岗日期算月数的，也要有一栏是这个用途，不然谁免评、谁不定等次就读不到。除“其他”外，一种用途只能有一栏。
    在名册栏目表里改正用途。

    错误：名册栏目 姓名 用途 填 姓名，性别 用途 填 姓名
    正确：名册栏目 姓名 用途 填 姓名，性别 用途 填 其他
    """
    words = scheme_columns.WORDS[ColumnRole]
    roles = [column.role for column in case.scheme.columns]
    for role in _needed(case.scheme):
        if role not in roles:
            what = _("没有一栏的用途是“{role}”").format(role=words[role])
            source = place(case.places, ("columns",))
            yield tell(source, what, _("请在名册栏目表里补上"), expected=words[role])
    for n, role in enumerate(roles):
        if role is not ColumnRole.OTHER and role in roles[:n]:
            what = _("用途“{role}”已有一栏").format(role=words[role])
            source = place(case.places, ("columns", n, "role"))
            yield tell(source, what, _("请改成别的用途"), found=words[role])


def _needed(scheme: Scheme) -> Iterator[ColumnRole]:
    """What the roster must say for the scheme's rules to reach anybody; posts are S114's."""
    yield from (ColumnRole.ID, ColumnRole.NAME)
    if not all(category.graded and category.in_quota for category in scheme.categories):
        yield ColumnRole.CATEGORY
    if scheme.statuses:
        yield ColumnRole.STATUS
    if scheme.settings.part_year_months:
        yield ColumnRole.JOINED
