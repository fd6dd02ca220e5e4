"""R3: is the roster sound, and do the returned forms fit it?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator

from sheetflow import kinds, rosters
from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.wording import brief, table_faults, table_problem, tell
from sheetflow.messages import _
from sheetflow.model import ColumnRole, Member, Severity, Source


def _tell(case: Case, kind: str, what: str, fix: str) -> Iterator[Problem]:
    roles = (ColumnRole.ID, ColumnRole.NAME, ColumnRole.CATEGORY, ColumnRole.STATUS)
    headings = {role.value: rosters.heading(case.scheme, role) for role in roles}
    broken = {fault.source for fault in table_faults(case, "cell-error", roster=True)}
    for fault in table_faults(case, kind, roster=True):
        if fault.source in broken:
            continue
        found = brief(fault.found)
        words = what.format(found=found, expected=fault.expected, **headings)
        yield tell(fault.source, words, fix, found=found, expected=fault.expected)


@check("R301", Severity.ERROR)
def id_twice(case: Case) -> Iterator[Problem]:
    """两个人编号相同

    编号是认人的唯一依据，大小写、全半角不同也算相同。
    给其中一人改一个没有用过的编号。

    错误：名册 甲某 编号 填 007，乙某 编号 填 007
    正确：名册 甲某 编号 填 007，乙某 编号 填 008
    """
    first: dict[str, Member] = {}
    for member in case.roster:
        before = first.setdefault(member.id, member)
        if member.id and before is not member:
            word = case.scheme.terms.id
            what = _("{word} {id} 已给了{name}").format(word=word, id=member.id, name=before.name)
            fix = _("请把其中一个换掉")
            yield tell(member.source, what, fix, found=member.id, member=member.id)


@check("R302", Severity.NOTE)
def id_blank(case: Case) -> Iterator[Problem]:
    """编号没有填

    生成表格时自动编号，编好后写回名册。不用管；想自己编的，现在填上。

    错误：名册 乙某 编号 空着
    正确：名册 乙某 编号 填 012
    """
    yield from _tell(case, "id-missing", _("{id}没有填，生成表格时自动编好"), _("不用处理"))


@check("R303", Severity.ERROR)
def id_wrong(case: Case) -> Iterator[Problem]:
    """编号不合用

    编号只能用字母和数字，最多 12 位，因为要印进表单码。
    改成合用的编号，或留空由程序编号。

    错误：名册 甲某 编号 填 七号
    正确：名册 甲某 编号 填 007
    """
    what = _("{id}读到“{found}”，只能用字母和数字，最多 12 位")
    yield from _tell(case, "id-wrong", what, _("请改正，或留空由程序来编"))


@check("R304", Severity.WARNING)
def id_number(case: Case) -> Iterator[Problem]:
    """编号存成了数字

    编号一格是数字格式，前面的 0 可能丢了：007 变成 7。
    把这一格设成文本格式，重新填写编号。

    错误：名册 甲某 编号 填 数字 7
    正确：名册 甲某 编号 填 文本 007
    """
    what = _("{id}存成了数字 {found}，前面的 0 可能丢了")
    yield from _tell(case, "id-number", what, _("请把这一格设为文本，重新填写"))


@check("R305", Severity.ERROR)
def name_missing(case: Case) -> Iterator[Problem]:
    """姓名没有填

    名册里每一行都要有姓名。补上；多余的行整行删去。

    错误：名册 007 姓名 空着
    正确：名册 007 姓名 填 甲某
    """
    yield from _tell(case, "name-missing", _("{name}没有填"), _("请补上，多余的行请整行删去"))


@check("R306", Severity.ERROR)
def category_unknown(case: Case) -> Iterator[Problem]:
    """类别不认识

    类别决定要不要定等次、计不计名额，只能填方案里列出的几种。
    从下拉框里选一个。

    错误：名册 007 类别 填 其他人员
    正确：名册 007 类别 选 下拉框第一项
    """
    what = _("{category}读到“{found}”，应为 {expected} 之一")
    yield from _tell(case, "category-unknown", what, _("请从下拉框里选"))


@check("R307", Severity.ERROR)
def status_unknown(case: Case) -> Iterator[Problem]:
    """状态不认识

    状态决定一个人参不参加考核：参加的留空，不参加的只能填方案里列出的几种。
    从下拉框里选，或清空。

    错误：名册 007 状态 填 在岗
    正确：名册 007 状态 空着
    """
    what = _("{status}读到“{found}”，应留空或为 {expected} 之一")
    yield from _tell(case, "status-unknown", what, _("请从下拉框里选，或清空"))


@check("R308", Severity.NOTE)
def name_twice(case: Case) -> Iterator[Problem]:
    """两个人同名

    同名的人靠编号分辨，表和公文里要留意不要认错。确是两个人的，不用管。

    错误：名册 007 姓名 填 甲某，012 姓名 填 甲某
    正确：名册 007 姓名 填 甲某，012 姓名 填 乙某
    """
    first: dict[str, Member] = {}
    for member in case.roster:
        before = first.setdefault(rosters.plain_name(member.name), member)
        if member.name and before is not member:
            what = _("{name}与 {id} 同名").format(name=member.name, id=before.id or _("未编"))
            fix = _("请核对是不是重复")
            yield tell(member.source, what, fix, found=member.name, member=member.id)


@check("R311", Severity.ERROR)
def roster_empty(case: Case) -> Iterator[Problem]:
    """名册是空的

    名册里一个人也没有，没有办法发表。每人填一行，再运行一次。

    错误：名册 各行 删去
    正确：名册 各行 不动
    """
    broken = any(table_faults(case, "sheet-missing", "heading-missing", roster=True))
    if not case.roster.members and not broken:
        source = Source(sheet=rosters.SHEET)
        yield tell(source, _("里一个人也没有"), _("请每人填一行"))


@check("R312", Severity.ERROR)
def table_broken(case: Case) -> Iterator[Problem]:
    """名册缺少工作表、表头，或有错误值

    名册要有一张名为“名册”的工作表，方案列出的每个表头都要在；格子里不能是错误值。
    照提示补上或改正，再运行一次。

    错误：名册 表头 类别 空着
    正确：名册 表头 类别 填 类别
    """
    kinds = ("sheet-missing", "sheet-twice", "heading-missing", "heading-twice", "cell-error")
    yield from map(table_problem, table_faults(case, *kinds, roster=True))


@check("R313", Severity.ERROR)
def post_unknown(case: Case) -> Iterator[Problem]:
    """岗位没有填或不认识

    方案里有的指标只适用于某些岗位，不知道岗位就定不了该填哪些项、怎么算分。
    从下拉框里选；方案里没有按岗位设的指标时，这一栏可以不填。

    错误：指标 A2-1 适用岗位 填 教学；部分 A 不适用指标 填 按满分
    正确：指标 A2-1 适用岗位 空着；部分 A 不适用指标 填 按满分
    """
    scheme = case.scheme
    title = rosters.heading(scheme, ColumnRole.POST)
    for member in case.roster if title else ():
        if member.absence is None and not kinds.post_known(scheme, member.post):
            expected = _("、").join(kinds.posts(scheme))
            what = _("{name}的{title}读到“{found}”，应为 {expected} 之一").format(
                name=member.name, title=title, found=brief(member.post), expected=expected
            )
            more = {"found": member.post, "expected": expected, "member": member.id}
            yield tell(member.source, what, _("请从下拉框里选"), **more)


@check("R317", Severity.WARNING)
def cells_merged(case: Case) -> Iterator[Problem]:
    """名册里合并了单元格

    几格合并成一格，看上去几个人是一样的，文件里只有左上角那一格有内容：别的人这一栏都算空着，公文和汇总里也是空的。
    取消合并，每个人一行一行填。一次填好多行：选中这些格子，打字以后按 Ctrl+回车。

    错误：名册里甲某、乙某的职务合并成一格
    正确：名册 甲某 职务 填 教师
    """
    yield from map(table_problem, table_faults(case, "cells-merged", roster=True))


@check("R318", Severity.WARNING)
def sheet_copied(case: Case) -> Iterator[Problem]:
    """名册多出一份，里面不同的没有读

    这张工作表的表头和名册一样，多半是复制出来的，里面的人或内容却不一样。程序只读名叫“名册”的一张，这一张里的都没有采用。
    要用的，抄到“名册”里，再删去这一张；只是留底的，另存成一个文件。两张一样，就不提。

    错误：名册复制一页，在复制的里面加一个人
    正确：名册复制一页
    """
    what = _("这张表像是名册的另一份，没有读，有 {expected} 行和名册不同，如“{found}”")
    fix = _("要用的，请抄到“{name}”里，再删去这一张；留底的，请另存成一个文件")
    for fault in case.faults:
        if fault.kind == "sheet-copied":
            found = {"found": brief(fault.found), "expected": fault.expected}
            yield tell(fault.source, what.format(**found), fix.format(name=rosters.SHEET), **found)


@check("R319", Severity.WARNING)
def name_struck(case: Case) -> Iterator[Problem]:
    """名册里的姓名划了删除线

    划了删除线的人，格子里还在，程序仍当作在册：照样要交表，没有交就算未交。
    离开了、免评、缓评的，在状态一栏选；录错的，整行删去；还在的，去掉删除线。

    错误：名册里乙某的姓名划了删除线
    正确：名册 乙某 状态 填 调出
    """
    what = _("{found}划了删除线，仍当作在册")
    fix = _("离开、免评、缓评的，请在“{status}”一栏选；录错的请整行删去；还在的请去掉删除线")
    status = rosters.heading(case.scheme, ColumnRole.STATUS)
    yield from _tell(case, "name-struck", what, fix.format(status=status))


@check("R314", Severity.ERROR)
def joining_unreadable(case: Case) -> Iterator[Problem]:
    """到岗日期读不懂

    方案设了“不满几个月不定等次”，要按到岗日期算满几个月，这一格填的不是一个日期。
    改成一个日期；全年都在的留空。

    错误：设置 不满几个月不定等次 填 6；名册 甲某 变动日期 填 九月
    正确：设置 不满几个月不定等次 填 6；名册 甲某 变动日期 填 2015-03-01
    """
    title = rosters.heading(case.scheme, ColumnRole.JOINED)
    for member in case.roster if case.scheme.settings.part_year_months else ():
        found = member.detail(title)
        if member.absence is None and found and member.joined is None:
            what = _("{name}的{title}读到“{found}”，不是一个日期").format(
                name=member.name, title=title, found=brief(found)
            )
            fix = _("请改成日期，如 2015-09-01")
            yield tell(member.source, what, fix, found=found, member=member.id)
