"""F2 goes on: is a form whole, and as it was printed?

Said only of a form whose owner is known: in any other it follows from that.
"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.checks.form_faults import ask_again, faults, told
from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.wording import brief
from sheetflow.messages import _
from sheetflow.model import Fault, Severity, Submission


def _known(case: Case, *kinds: str) -> Iterator[tuple[Submission, Fault]]:
    return (each for each in faults(case, *kinds) if each[0].stamp)


@check("F204", Severity.ERROR)
def part_missing(case: Case) -> Iterator[Problem]:
    """少了一张工作表

    表里整个部分都不见了：工作表被删去，或编号一栏、表头被清空。
    从原表复制回来，或用原表重新填写；少的部分不会按 0 分算。

    错误：工作表 目标管理 删去
    正确：工作表 目标管理 不动
    """
    for submission, fault in _known(case, "part-missing"):
        yield told(submission, fault, _("找不到“{expected}”"), ask_again())
    for submission, fault in _known(case, "heading-missing"):
        yield told(submission, fault, _("表头里找不到“{expected}”"), ask_again())


@check("F205", Severity.ERROR)
def code_missing(case: Case) -> Iterator[Problem]:
    """少了一行

    表里应有的编号找不到：这一行被删去，或编号被改动。
    从原表补回这一行，编号照原样；少的一行不会按 0 分算。

    错误：A1-2 编号 填 A12
    正确：A1-2 编号 填 A1-2
    """
    for submission, fault in _known(case, "code-missing"):
        what = _("找不到这一行")
        fix = _("请照原表补回这一行后重新交回")
        yield told(submission, fault, what, fix, fault.expected)


@check("F206", Severity.ERROR)
def code_twice(case: Case) -> Iterator[Problem]:
    """同一行出现两次

    同一个编号在表里有两行，分不清哪一行算数。
    删去多出的一行，或改回它原来的编号。

    错误：A1-2 编号 填 A1-1
    正确：A1-2 编号 填 A1-2
    """
    for submission, fault in _known(case, "code-twice"):
        what = _("{found} 又出现一次，前一处在 {expected}")
        fix = _("请删去多出的一行后重新交回")
        yield told(submission, fault, what, fix, fault.found)


@check("F212", Severity.WARNING)
def beyond(case: Case) -> Iterator[Problem]:
    """表格外面写了东西

    离表格很远的地方也填了内容，那里不读，不影响分数。
    打开看一眼；要紧的话写到佐证说明里。

    错误：A9000 填 补充说明
    正确：A2-1 佐证说明 填 补充说明
    """
    for submission, fault in _known(case, "beyond"):
        what = _("在读取范围以外，这里的内容没有读")
        yield told(submission, fault, what, _("请打开看一眼，要紧的写到表里"))


@check("F217", Severity.ERROR)
def heading_twice(case: Case) -> Iterator[Problem]:
    """同一个表头出现两次

    表里有两栏用了同一个表头，分不清哪一栏算数，这份表先不算。
    删去多出的一栏，或照原表改回表头。

    错误：表头 佐证说明 填 自评分
    正确：表头 佐证说明 填 佐证说明
    """
    for submission, fault in _known(case, "heading-twice"):
        what = _("表头“{found}”又出现一次，分不清哪一栏算数")
        yield told(submission, fault, what, _("请删去多出的一栏后重新交回"))


@check("F218", Severity.WARNING)
def most_changed(case: Case) -> Iterator[Problem]:
    """印好的满分被改过

    表上印的满分和方案不同，多半是误改；检查和计分都按方案的满分，不受影响。
    看一眼这一项的分数对不对。

    错误：A2-1 满分 填 5
    正确：A2-1 满分 填 3
    """
    for submission, fault in _known(case, "most-changed"):
        what = _("满分被改成“{found}”，已按方案的 {expected} 分检查")
        yield told(submission, fault, what, _("请核对这一项的分数"))


@check("F219", Severity.WARNING)
def print_changed(case: Case) -> Iterator[Problem]:
    """印好的文字被改过

    表上印的考核内容或计分规则和方案不同，多半是误改；检查和计分都按方案，不受影响。
    看一眼这一项是不是照改过的规则填的。

    错误：A2-1 计分规则 填 每次 5 分
    正确：A2-1 计分规则 不动
    """
    for submission, fault in _known(case, "print-changed"):
        what = _("印好的文字被改成“{found}”，已按方案检查")
        yield told(submission, fault, what, _("请核对这一项的分数"))


@check("F220", Severity.ERROR)
def row_added(case: Case) -> Iterator[Problem]:
    """表里多出一行有分的

    原表里没有这一行，上面却填了分：多半是行不够用，自己加了一行。这一行不计分，也不会替人并到别处。
    删去这一行，或把要紧的写到原有的行里；行不够的，问组织考核的人。

    错误：A+1-1 编号 填 A+1-9，申报分 填 6
    正确：A+1-1 申报分 空着
    """
    for submission, fault in _known(case, "row-added"):
        what = _("原表没有 {expected} 这一行，填的“{found}”不计分")
        if not fault.expected:
            what = _("这一行没有编号，填的“{found}”不计分")
        fix = _("请删去这一行，要紧的写到原有的行里，重新交回")
        yield told(submission, fault, what, fix)


@check("F221", Severity.WARNING)
def sheet_added(case: Case) -> Iterator[Problem]:
    """多出一张工作表

    表里添了一张原来没有的工作表，那里写的没有读，不影响分数。
    打开看一眼；要紧的话写到佐证说明里。

    错误：工作表 补充材料 填 说明
    正确：工作表 目标管理 不动
    """
    for submission, fault in _known(case, "sheet-added"):
        what = _("是多出来的工作表，里面的内容没有读")
        yield told(submission, fault, what, _("请打开看一眼，要紧的写到表里"))


@check("F222", Severity.WARNING)
def not_in_cells(case: Case) -> Iterator[Problem]:
    """批注和图片没有读

    表里有批注或图片，程序只读格子里填的，这些没有读，不影响分数，退回的表里也不会有。
    打开交来的原文件看一眼；要紧的话写到佐证说明里。

    错误：A2-1 填 3，批注 填 因病请假两周
    正确：A2-1 佐证说明 填 因病请假两周
    """
    for submission, fault in _known(case, "comment"):
        yield told(submission, fault, _("这里有批注，没有读"), _("请打开原文件看一眼"))
    for submission, fault in _known(case, "picture"):
        yield told(submission, fault, _("表里有图片，没有读"), _("请打开原文件看一眼"))


@check("F223", Severity.WARNING)
def struck_out(case: Case) -> Iterator[Problem]:
    """划掉的照算

    填的分或者文字划了删除线，看着像不要了，可是格子里还在，程序照填的算。
    请向本人核对：不要的清空，要的去掉删除线，改好重新交回。旧版 .xls 里的删除线读不出来。

    错误：A2-1 填 3，删除线 填 划掉
    正确：A2-1 填 3
    """
    for submission, fault in _known(case, "struck"):
        what = _("“{found}”划了删除线，仍照它算").format(found=brief(fault.found))
        yield told(submission, fault, what, _("请向本人核对，不要的清空，重新交回"))
