"""R3: is the roster sound, and do the returned forms fit it?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from sheetflow import rosters
from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.wording import brief, table_faults, table_problem, tell
from sheetflow.messages import _
from sheetflow.model import Member, Severity, Source


def _tell(case: Case, kind: str, what: str, fix: str) -> Iterator[Problem]:
    broken = {fault.source for fault in table_faults(case, "cell-error", roster=True)}
    for fault in table_faults(case, kind, roster=True):
        if fault.source in broken:
            continue
        found = brief(fault.found)
        words = what.format(found=found, expected=fault.expected)
        yield tell(fault.source, words, fix, found=found, expected=fault.expected)


def _same(name: str) -> str:
    """Fold a name as two people would call it the same: width and spaces aside."""
    return "".join(unicodedata.normalize("NFKC", name).split())


@check("R301", Severity.ERROR)
def id_twice(case: Case) -> Iterator[Problem]:
    """两个人编号相同

    编号是认人的唯一依据，大小写、全半角不同也算相同。
    给其中一人改一个没有用过的编号。

    错误：两个人都编 007
    正确：一人编 007，另一人编 008
    """
    first: dict[str, Member] = {}
    for member in case.roster:
        before = first.setdefault(member.id, member)
        if member.id and before is not member:
            what = _("编号 {id} 已给了{name}").format(id=member.id, name=before.name)
            fix = _("请给其中一人换一个编号")
            yield tell(member.source, what, fix, found=member.id, member=member.id)


@check("R302", Severity.NOTE)
def id_blank(case: Case) -> Iterator[Problem]:
    """编号没有填

    生成表格时自动编号，编好后写回名册。不用管；想自己编的，现在填上。

    错误：表格发出以后再改编号
    正确：编号留空，由程序编好；或发表前自己填好
    """
    yield from _tell(case, "id-missing", _("编号没有填，生成表格时自动编号"), _("不用处理"))


@check("R303", Severity.ERROR)
def id_wrong(case: Case) -> Iterator[Problem]:
    """编号不合用

    编号只能用字母和数字，最多 12 位，因为要印进表单码。
    改成合用的编号，或留空由程序编号。

    错误：编号填“七号”
    正确：编号填 007
    """
    what = _("编号读到“{found}”，只能用字母和数字，最多 12 位")
    yield from _tell(case, "id-wrong", what, _("请改正，或留空自动编号"))


@check("R304", Severity.WARNING)
def id_number(case: Case) -> Iterator[Problem]:
    """编号存成了数字

    编号一格是数字格式，前面的 0 可能丢了：007 变成 7。
    把这一格设成文本格式，重新填写编号。

    错误：数字 7
    正确：文本 007
    """
    what = _("编号存成了数字 {found}，前面的 0 可能丢了")
    yield from _tell(case, "id-number", what, _("请把这一格设为文本，重新填写"))


@check("R305", Severity.ERROR)
def name_missing(case: Case) -> Iterator[Problem]:
    """姓名没有填

    名册里每一行都要有姓名。补上；多余的行整行删去。

    错误：编号 007，姓名空着
    正确：编号 007，姓名甲某
    """
    yield from _tell(case, "name-missing", _("姓名没有填"), _("请补上，多余的行请整行删去"))


@check("R306", Severity.ERROR)
def category_unknown(case: Case) -> Iterator[Problem]:
    """类别不认识

    类别决定要不要定等次、计不计名额，只能填方案里列出的几种。
    从下拉框里选一个。

    错误：类别填了方案里没有的一种，或空着
    正确：类别从下拉框里选
    """
    what = _("类别读到“{found}”，应为 {expected} 之一")
    yield from _tell(case, "category-unknown", what, _("请从下拉框里选"))


@check("R307", Severity.ERROR)
def status_unknown(case: Case) -> Iterator[Problem]:
    """状态不认识

    状态决定一个人参不参加考核：参加的留空，不参加的只能填方案里列出的几种。
    从下拉框里选，或清空。

    错误：状态填“在岗”
    正确：参加考核的，状态留空
    """
    what = _("状态读到“{found}”，应留空或为 {expected} 之一")
    yield from _tell(case, "status-unknown", what, _("请从下拉框里选，或清空"))


@check("R308", Severity.NOTE)
def name_twice(case: Case) -> Iterator[Problem]:
    """两个人同名

    同名的人靠编号分辨，表和公文里要留意不要认错。确是两个人的，不用管。

    错误：同一个人在名册里写了两行
    正确：确是同名的两个人，各有编号
    """
    first: dict[str, Member] = {}
    for member in case.roster:
        before = first.setdefault(_same(member.name), member)
        if member.name and before is not member:
            what = _("{name}与编号 {id} 的人同名").format(
                name=member.name, id=before.id or _("未编")
            )
            fix = _("请核对是不是同一个人")
            yield tell(member.source, what, fix, found=member.name, member=member.id)


@check("R309", Severity.ERROR)
def name_differs(case: Case) -> Iterator[Problem]:
    """表上的姓名与名册不同

    表单码是这个人的，姓名却是另一个，可能是拿别人的表填的。空格和全半角不计。
    问清是谁填的：是本人改了名的，改名册；拿错表的，用自己的表重填。

    错误：在 007 甲某的表上，姓名改成乙某
    正确：007 的表上姓名仍是甲某
    """
    for submission in case.submissions:
        member = case.roster.find(submission.stamp.member) if submission.stamp else None
        if member and submission.name and _same(submission.name) != _same(member.name):
            found = brief(submission.name)
            what = _("表上姓名是“{found}”，名册里编号 {id} 是{name}").format(
                found=found, id=member.id, name=member.name
            )
            more = {"found": found, "expected": member.name, "member": member.id}
            fix = _("请问清是谁的表，用本人的表重新交回")
            yield tell(Source(submission.file), what, fix, **more)


@check("R310", Severity.ERROR)
def member_unknown(case: Case) -> Iterator[Problem]:
    """交表的人不在名册里

    表单码里的编号在名册里找不到，可能名册删了这个人或改了编号。
    把人加回名册，或恢复原来的编号；不参加的在状态一栏注明，不要删行。

    错误：发表以后从名册删去 007
    正确：007 留在名册里，状态注明缘由
    """
    for submission in case.submissions:
        if submission.stamp and case.roster.find(submission.stamp.member) is None:
            member = submission.stamp.member
            what = _("编号 {member} 不在名册里").format(member=member)
            fix = _("请核对名册，把人加回或恢复原编号")
            yield tell(Source(submission.file), what, fix, found=member, member=member)


@check("R311", Severity.ERROR)
def roster_empty(case: Case) -> Iterator[Problem]:
    """名册是空的

    名册里一个人也没有，没有办法发表。每人填一行，再运行一次。

    错误：名册只有表头
    正确：表头下面每人一行
    """
    broken = any(table_faults(case, "sheet-missing", "heading-missing", roster=True))
    if not case.roster.members and not broken:
        source = Source(sheet=rosters.SHEET)
        yield tell(source, _("里一个人也没有"), _("请每人填一行"))


@check("R312", Severity.ERROR)
def table_broken(case: Case) -> Iterator[Problem]:
    """名册缺少工作表、表头，或有错误值

    名册要有名为“名册”的工作表，方案列出的每个表头都要在；格子里不能是错误值。
    照提示补上或改正，再运行一次。

    错误：名册没有“类别”一栏
    正确：名册有且只有一个“类别”
    """
    kinds = ("sheet-missing", "heading-missing", "heading-twice", "cell-error")
    yield from map(table_problem, table_faults(case, *kinds, roster=True))
