"""V4: does each bonus row claim what it may and show what it must?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.typed import claim_source, claimed, having
from sheetflow.checks.value import told
from sheetflow.checks.wording import resend, shown, tell
from sheetflow.claims import Again, ClaimRead
from sheetflow.kinds import document_hint
from sheetflow.messages import _
from sheetflow.model import Claim, Field, Severity, Submission
from sheetflow.tables import squeeze


def _found(submission: Submission, code: str, field: Field) -> str:
    entry = submission.entry(code, field)
    return shown(entry.value) if entry else ""


def _tell(
    row: tuple[Submission, ClaimRead], field: Field, words: tuple[str, str], expected: str = ""
) -> Problem:
    """Word a fault of one cell of a bonus row; ``words`` are what is wrong and what to do."""
    submission, claim = row
    what, fix = words
    return tell(
        claim_source(submission, claim.code, field),
        what,
        fix,
        found=_found(submission, claim.code, field),
        expected=expected,
        item=claim.code,
        member=submission.stamp.member if submission.stamp else "",
    )


def _level_unknown(claim: ClaimRead) -> bool:
    titles = [level.title for level in claim.bonus.levels]
    return claim.bonus.claim is Claim.LEVEL and bool(claim.level) and claim.level not in titles


@check("V414", Severity.ERROR)
def level_unknown(case: Case) -> Iterator[Problem]:
    """级别不在可选之列

    加分的级别只能从列出的几种里选，别的写法不知道该加几分。从下拉框里选一个。

    错误：A+1-1 级别 填 全国级，申报分 填 8
    正确：A+1-1 级别 填 国家级，申报分 填 8
    """
    for submission, claim in claimed(case):
        if _level_unknown(claim):
            expected = _("、").join(level.title for level in claim.bonus.levels)
            found = _found(submission, claim.code, Field.LEVEL)
            what = _("级别读到“{found}”，应为 {expected} 之一")
            words = what.format(found=found, expected=expected), resend()
            yield _tell((submission, claim), Field.LEVEL, words, expected)


@check("V415", Severity.ERROR)
def claim_above_limit(case: Case) -> Iterator[Problem]:
    """申报分超过可加的分

    申报分高于所选级别的分值，或高于这一行的上限。按级别或规则改填。

    错误：A+1-1 级别 填 县级，申报分 填 6
    正确：A+1-1 级别 填 县级，申报分 填 3
    """
    yield from map(told, having(case, "V415"))


@check("V416", Severity.WARNING)
def claim_blank(case: Case) -> Iterator[Problem]:
    """加分行没有填申报分

    这一行填了别的内容，申报分却空着，按没有申报处理，计 0 分。
    要加分的补上申报分；不要的清空这一行。

    错误：A+1-1 级别 填 县级，申报分 空着
    正确：A+1-1 级别 填 县级，申报分 填 3
    """
    for submission, claim in claimed(case):
        if claim.value is None:
            fix = _("要加分的请补上后重新交回，不要的清空这一行")
            words = _("这一行填了内容，申报分却空着，计 0 分"), fix
            yield _tell((submission, claim), Field.CLAIM, words)


@check("V417", Severity.WARNING)
def proof_missing(case: Case) -> Iterator[Problem]:
    """加分缺少证明材料

    级别、文号、日期、会议或时数没有填，或写得认不出，这一行计 0 分。
    补上缺的一格；日期写成 2015-05-04 的样子，时数只写数字。

    错误：A+1-1 申报分 填 3，日期 填 五月
    正确：A+1-1 申报分 填 3，日期 填 2015-05-04
    """
    for submission, claim in claimed(case):
        if claim.value is None or claim.points == 0:
            continue
        for field in claim.missing:
            expected = document_hint(claim.bonus) if field is Field.DOCUMENT else ""
            if field is Field.DATE:
                expected = _("日期，如 {day}").format(day=case.scheme.period_start)
            found = _found(submission, claim.code, field)
            what = _("“{column}”一栏空着，这一行计 0 分")
            if found:
                what = _("“{column}”一栏读到“{found}”，认不出，这一行计 0 分")
            what = what.format(column=getattr(case.scheme.terms, field.value), found=found)
            words = what, _("请补上后重新交回")
            yield _tell((submission, claim), field, words, expected)


@check("V418", Severity.WARNING)
def date_outside(case: Case) -> Iterator[Problem]:
    """加分日期不在考核年度内

    只有考核年度内的才能加分，这一行计 0 分。日期写错的改正；确是别的年度的，不能加。

    错误：设置 年度 填 2015；A+1-1 日期 填 2014-12-30
    正确：设置 年度 填 2015；A+1-1 日期 填 2015-05-04
    """
    start, end = case.scheme.period_start, case.scheme.period_end
    for submission, claim in claimed(case):
        if claim.value is not None and claim.points != 0 and claim.outside:
            expected = _("{start} 至 {end}").format(start=start, end=end)
            found = _found(submission, claim.code, Field.DATE)
            what = _("读到“{found}”，日期应在 {expected}，这一行计 0 分")
            what = what.format(found=found, expected=expected)
            words = what, _("日期写错的请改正后重新交回")
            yield _tell((submission, claim), Field.DATE, words, expected)


@check("V419", Severity.NOTE)
def document_again(case: Case) -> Iterator[Problem]:
    """同一文号报了两次

    同一份文件只计一次，就高计分，这一行计 0 分。文号写错的改正，没有写错的不用管。

    错误：A+1-1 文号 填 校发〔2015〕3号，A+1-2 文号 填 校发〔2015〕3号
    正确：A+1-1 文号 填 校发〔2015〕3号，A+1-2 文号 填 校发〔2015〕4号
    """
    for submission, claim in claimed(case):
        if claim.again is Again.DOCUMENT:
            found = _found(submission, claim.code, Field.DOCUMENT)
            what = _("文号“{found}”与 {row} 相同，就高计一次，这一行计 0 分")
            what = what.format(found=found, row=claim.repeats)
            words = what, _("文号写错的请改正后重新交回")
            yield _tell((submission, claim), Field.DOCUMENT, words)


@check("V424", Severity.WARNING)
def claimed_again(case: Case) -> Iterator[Problem]:
    """同一件事可能报了两行

    一项加分的时数只报一行，填全年的总数，报了几行的就高计一次。别的加分，两行的事由一样，
    可能是同一件事，都先计着，请核对。同一件事的清空一行；确是两件事的，在事由里写清楚。

    错误：A+2-1 事由 填 公开课，申报分 填 1，A+2-2 事由 填 公开课，申报分 填 1
    正确：A+2-1 事由 填 公开课，申报分 填 1，A+2-2 事由 填 论文，申报分 填 1
    """
    reasons: dict[tuple[str, str, str], str] = {}
    for submission, claim in claimed(case):
        reason = squeeze(claim.reason)
        first = reasons.setdefault((submission.file, claim.bonus.code, reason), claim.code)
        if claim.again is Again.HOURS:
            what = _("时数在 {row} 也报了，只报一行，就高计一次，这一行计 0 分")
            fix = _("请把全年的总时数填在一行里，清空另一行，重新交回")
            words = what.format(row=claim.repeats), fix
            yield _tell((submission, claim), Field.CLAIM, words)
        elif reason and first != claim.code and claim.counted:
            what = _("与 {row} 的事由相同，可能是同一件事，两行都先计着").format(row=first)
            fix = _("请核对；同一件事的清空一行，两件事的在事由里写清楚")
            yield _tell((submission, claim), Field.REASON, (what, fix))


@check("V420", Severity.ERROR)
def claim_not_a_number(case: Case) -> Iterator[Problem]:
    """申报分不是数字

    申报分只能填一个数字，别的写法说不准是几分，不会替人猜。改填数字。

    错误：A+1-1 申报分 填 加3
    正确：A+1-1 申报分 填 3
    """
    yield from map(told, having(case, "V420"))


@check("V421", Severity.ERROR)
def claim_off_step(case: Case) -> Iterator[Problem]:
    """申报分不在档上或太低

    申报分要按这项加分的档来填，不能低于最低分，也不能是负数。改填可用的一档。

    错误：A+4-1 申报分 填 0.5
    正确：A+4-1 申报分 填 1.5
    """
    yield from map(told, having(case, "V421"))
