"""F2: can a returned file be read, and whose form is it?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator

from sheetflow import rosters
from sheetflow.changes import Altered, not_carried, rule_changes
from sheetflow.checks.form_faults import ask_again, faults, told
from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.wording import brief, tell
from sheetflow.errors import UnreadableError
from sheetflow.messages import _
from sheetflow.model import Finding, Severity, Source

_UNREADABLE = "F201"
_FOREIGN = "code-foreign"


def unreadable(file: str, error: UnreadableError) -> Finding:
    """Make the finding about a file that no reader could open."""
    message = _("{file} 读不了：{message}{fix}").format(
        file=file, message=error.message, fix=error.fix
    )
    return Finding(
        code=_UNREADABLE,
        severity=Severity.ERROR,
        source=Source(file),
        message=message,
        found=error.kind,
        expected=".xlsx",
        fix=error.fix,
    )


@check("F201", Severity.ERROR)
def file_unreadable(_case: Case) -> Iterator[Problem]:
    """文件读不了

    文件不是 .xlsx 表格，或设了密码、没有传完、已经损坏。
    照提示另存为 .xlsx 或重新发送；原文件已留存，不会丢。

    错误：收回 照片.jpg
    正确：收回 甲.xlsx
    """
    # Such a file never becomes a case; whoever opens it calls ``unreadable``.
    yield from ()


@check("F202", Severity.ERROR)
def not_a_form(case: Case) -> Iterator[Problem]:
    """不是发出的表

    文件里找不到表单码，也没有隐藏的身份标记，认不出是谁的表。
    用发出的原表填写；把内容抄到另建的表格里不行。

    错误：收回 自己新建的表.xlsx
    正确：收回 甲.xlsx
    """
    for submission, fault in faults(case, "not-a-form"):
        yield told(submission, fault, _("找不到表单码，不是这次考核发出的表"), ask_again())


@check("F203", Severity.ERROR)
def other_round(case: Case) -> Iterator[Problem]:
    """是另一次考核的表

    表单属于另一个年度或另一次考核，分数不能算进这一次。
    用这次发出的表重新填写。

    错误：收回 上一年度的表.xlsx
    正确：收回 甲.xlsx
    """
    for submission, fault in faults(case, "round-other"):
        what = _("这是另一次考核（{found}）的表，这次是 {expected}")
        yield told(submission, fault, what, ask_again())


@check("F207", Severity.ERROR)
def code_slip(case: Case) -> Iterator[Problem]:
    """表单码有误

    表单码的校验位不对，多半是手抄时写错，或改动过。
    照发出的原表改回表单码，或用原表重新填写。

    错误：表单码 填 007-K7N2-Q9
    正确：表单码 不动
    """
    for submission, fault in faults(case, "code-slip"):
        yield told(submission, fault, _("表单码“{found}”有误"), ask_again())


@check("F208", Severity.ERROR)
def code_foreign(case: Case) -> Iterator[Problem]:
    """表单码不是这里发出的

    表单码写法没有错，但这次考核没有发出过这个码。
    请核对是不是别处的表；确认要收的，按未验证收表，并人工核对是谁的。

    错误：表单码 填 别处的表单码
    正确：表单码 不动
    """
    for submission, fault in faults(case, _FOREIGN):
        yield told(submission, fault, _("表单码“{found}”不是这次考核发出的"), ask_again())


@check("F209", Severity.ERROR)
def identity_differs(case: Case) -> Iterator[Problem]:
    """看得见的表单码与隐藏的标记不是同一人

    一张表上有两个人的身份，多半是拿别人的表改了姓名和表单码。
    请本人用自己的表重新填写，不要借用别人的表。

    错误：甲.xlsx：表单码 填 乙某的表单码
    正确：甲.xlsx：表单码 不动
    """
    for submission, fault in faults(case, "identity-differs"):
        what = _("表单码是 {found} 的，隐藏的标记却是 {expected} 的")
        yield told(submission, fault, what, ask_again())


@check("F210", Severity.ERROR)
def two_forms(case: Case) -> Iterator[Problem]:
    """一个文件里有两个人的表

    一个文件里出现了两个不同的表单码，分不清是谁的。
    一人一个文件，分开交回。

    错误：收回 两人合在一起的表.xlsx
    正确：收回 甲.xlsx、乙.xlsx
    """
    for submission, fault in faults(case, "two-forms"):
        what = _("读到“{found}”，另一处是“{expected}”，一个文件里有两份表")
        yield told(submission, fault, what, _("请一人一个文件重新交回"))


@check("F211", Severity.WARNING)
def code_blank(case: Case) -> Iterator[Problem]:
    """表单码被清空

    看得见的表单码不在了，按隐藏的标记认出了是谁的表，分数照算。
    核对一下姓名；以后不要清空表单码。

    错误：表单码 空着
    正确：表单码 不动
    """
    for submission, fault in faults(case, "code-blank"):
        member = submission.stamp.member if submission.stamp else ""
        what = _("表单码被清空，按隐藏的标记认作 {member}").format(member=member)
        yield told(submission, fault, what, _("请核对姓名"))


@check("F213", Severity.WARNING)
def scheme_older(case: Case) -> Iterator[Problem]:
    """用的是旧方案的表

    这张表按旧的方案发出，发出以后方案改过：按编号读，按现在的方案检查、计分，对不上的项目逐项列出。
    核对改动是否影响这个人；有新加的项目要本人填的，发新表补填。

    错误：设置 方案编号 填 2；收回 甲.xlsx
    正确：设置 方案编号 不动；收回 甲.xlsx
    """
    for submission in case.submissions:
        stamp = submission.stamp
        if stamp and stamp.scheme and case.version and stamp.scheme != case.version:
            older = case.issued.get(stamp.scheme)
            found = rule_changes(older, case.scheme) if older else ()
            what = _("这张表按方案 {found} 发出，现在的方案是 {expected}")
            versions = {"found": stamp.scheme, "expected": case.version}
            what = what.format(**versions) + not_carried(found, submission)
            fix = _("请核对改动是否影响这张表")
            if any(each.asked and each.altered is Altered.NEW for each in found):
                fix = _("请发新表，让本人补填新加的项目")
            yield tell(Source(submission.file), what, fix, member=stamp.member, **versions)


@check("F214", Severity.WARNING)
def unverified(case: Case) -> Iterator[Problem]:
    """未经验证收下的表

    没有发表时的密钥，表单码真假无从验证，只按上面写的编号认人。
    人工核对这张表确是本人交的。

    错误：表单码 填 别处的表单码；按未验证收下
    正确：表单码 不动；按未验证收下
    """
    for submission in case.submissions:
        refused = any(fault.kind == _FOREIGN for fault in submission.faults)
        if submission.stamp and not submission.verified and not refused:
            member = submission.stamp.member
            what = _("身份未经验证，按 {member} 收下").format(member=member)
            fix = _("请核对确是本人的表")
            yield tell(Source(submission.file), what, fix, found=member, member=member)


@check("F215", Severity.ERROR)
def name_differs(case: Case) -> Iterator[Problem]:
    """表上的姓名与名册不同

    表单码是这个人的，姓名或编号却是另一个，可能是拿别人的表填的，或把别人的一张工作表拼了进来。
    空格和全半角不计。问清是谁填的：是本人改了名的，改名册；拿错表的，用自己的表重填。

    错误：甲.xlsx：姓名 填 乙某
    正确：甲.xlsx：姓名 填 甲某
    """
    for submission in case.submissions:
        member = case.roster.find(submission.stamp.member) if submission.stamp else None
        if (
            member
            and submission.name
            and rosters.plain_name(submission.name) != rosters.plain_name(member.name)
        ):
            found = brief(submission.name)
            what = _("表上的{word}是“{found}”，名册里 {id} 是{name}").format(
                word=case.scheme.terms.name, found=found, id=member.id, name=member.name
            )
            more = {"found": found, "expected": member.name, "member": member.id}
            yield tell(Source(submission.file), what, _own_form(), **more)
    for submission, fault in faults(case, "name-other"):
        what = _("这里的姓名是“{found}”，前一张工作表上是“{expected}”")
        yield told(submission, fault, what, _own_form())
    for submission, fault in faults(case, "id-other"):
        what = _("这里的编号是“{found}”，表单码是 {expected} 的")
        yield told(submission, fault, what, _own_form())


def _own_form() -> str:
    return _("请问清是谁的表，用本人的表重新交回")


@check("F216", Severity.ERROR)
def member_unknown(case: Case) -> Iterator[Problem]:
    """交表的人不在名册里

    表单码里的编号在名册里找不到，可能名册删了这个人或改了编号。
    把人加回名册，或恢复原来的编号；不参加的在状态一栏注明，不要删行。

    错误：名册 007 删去；收回 甲.xlsx
    正确：名册 007 状态 填 缓评；收回 甲.xlsx
    """
    for submission in case.submissions:
        if submission.stamp and case.roster.find(submission.stamp.member) is None:
            member = submission.stamp.member
            what = _("{member} 不在名册里").format(member=member)
            fix = _("请核对名册，把这一行加回来")
            yield tell(Source(submission.file), what, fix, found=member, member=member)
