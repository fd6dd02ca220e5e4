"""V4: does each cell hold points that may stand there?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator

from sheetflow import kinds
from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.typed import Typed, asked, having, submissions
from sheetflow.checks.wording import brief, resend, shown, tell
from sheetflow.messages import _
from sheetflow.model import (
    Field,
    Group,
    Item,
    Part,
    Review,
    Scheme,
    Scorer,
    Severity,
    Source,
    Submission,
    ValueKind,
)
from sheetflow.tables import squeeze


def told(typed: Typed, what: str = "", fix: str = "") -> Problem:
    """Word a cell's fault; by default what is allowed, what was read, type it anew."""
    what = what or _("应填 {allowed}，读到“{found}”")
    found, allowed = shown(typed.value), typed.allowed
    return tell(
        typed.source,
        what.format(allowed=allowed, found=found),
        fix or resend(),
        found=found,
        expected=allowed,
        item=typed.code,
        member=typed.member,
    )


@check("V401", Severity.ERROR)
def not_a_number(case: Case) -> Iterator[Problem]:
    """填的不是分数

    这一格只能填一个数字。“4-5”“满分”“1,5”这样的写法说不准是几分，不会替人猜。
    填上应得的分数；没有得分填 0。

    错误：A2-1 填 满分
    正确：A2-1 填 3
    """
    for typed in having(case, "V401"):
        yield told(typed, "" if typed.value.raw.strip() else _("应填 {allowed}，公式的结果是空白"))


@check("V402", Severity.ERROR)
def above_most(case: Case) -> Iterator[Problem]:
    """分数超过满分

    填的分数高于这一项的满分。填应得的分数，不要填次数；另有表现的填到加分栏。

    错误：A2-1 填 5
    正确：A2-1 填 3
    """
    yield from map(told, having(case, "V402"))


@check("V403", Severity.ERROR)
def below_zero(case: Case) -> Iterator[Problem]:
    """分数小于 0

    填的是负数，多半把扣掉的分填了进来。填扣完以后应得的分数，最低 0 分。

    错误：A1-1 填 -1
    正确：A1-1 填 4
    """
    yield from map(told, having(case, "V403"))


@check("V404", Severity.ERROR)
def not_a_choice(case: Case) -> Iterator[Problem]:
    """不是可选的分数

    这一项只有几档分数可选，不能填中间的数。从下拉框里选一档。

    错误：A3-1 填 3
    正确：A3-1 填 2
    """
    yield from map(told, having(case, "V404"))


@check("V405", Severity.ERROR)
def left_blank(case: Case) -> Iterator[Problem]:
    """没有填

    这一格该填分数却空着；空着不会按 0 分算，要问本人。没有得分的填 0。
    取优的一组只填做了的几项，但不能一项都不填。

    错误：A2-1 空着
    正确：A2-1 填 0
    """
    for submission in submissions(case):
        filled = {e.code for e in submission.entries if e.field is Field.SCORE}
        for part in case.scheme.parts:
            for code, places in _wanted(case, part, submission, filled):
                yield _blank(submission, code, places)


def _wanted(
    case: Case, part: Part, submission: Submission, filled: set[str]
) -> Iterator[tuple[Item | Group, Source]]:
    """Items and groups left blank that must not be, with their cell.

    A row that is missing altogether is said elsewhere.
    """
    items = list(filter(asked(case, submission), part.items))
    for item in items:
        due = item.code not in filled and not item.group and _due(case.scheme, item)
        if due and item.code in submission.spots:
            yield item, submission.at(submission.spots[item.code])
    for group in part.groups:
        inside = [item for item in items if item.group == group.code]
        here = [item.code for item in inside if item.code in submission.spots]
        due = any(_due(case.scheme, item) for item in inside)
        if due and here and not filled & {item.code for item in inside}:
            yield group, submission.at(submission.spots[here[0]])


def _due(scheme: Scheme, item: Item) -> bool:
    return item.scored_by is Scorer.SELF or scheme.settings.review is Review.NONE


def _blank(submission: Submission, noun: Item | Group, source: Source) -> Problem:
    what, expected = _("应填 {allowed}，还空着"), ""
    if isinstance(noun, Group):
        what = _("{title}一项都没有填，至少填一项").format(title=noun.title)
    else:
        expected = kinds.allowed(noun)
        what = what.format(allowed=expected)
    member = submission.stamp.member if submission.stamp else ""
    fix = _("请填上，没有得分填 0")
    return tell(source, what, fix, expected=expected, item=noun.code, member=member)


@check("V406", Severity.ERROR)
def too_many_places(case: Case) -> Iterator[Problem]:
    """小数超过两位

    分数最多两位小数；更多的多半是除法算出来的，说不准该取几分。填应得的那一档。

    错误：A2-1 填 2.3333
    正确：A2-1 填 2.5
    """
    for typed in having(case, "V406"):
        yield told(typed, _("应填 {allowed}，读到“{found}”，小数超过两位"))


@check("V407", Severity.ERROR)
def off_step(case: Case) -> Iterator[Problem]:
    """分数不在档上

    这一项按档给分，如每 0.5 分一档，只能填 0、0.5、1 …。填最接近的应得的一档。

    错误：A2-1 填 2.3
    正确：A2-1 填 2.5
    """
    yield from map(told, having(case, "V407"))


@check("V408", Severity.NOTE)
def number_as_text(case: Case) -> Iterator[Problem]:
    """数字是按文字填的

    全角数字、带“分”字或前后有空格，数值没有疑问，已按这个数计分。不用管。

    错误：A2-1 填 ３分
    正确：A2-1 填 3
    """
    for typed in having(case, "V408"):
        what = _("读到“{found}”，是文字写法，已按数字计分")
        yield told(typed, what, _("不用处理，以后只填数字"))


@check("V409", Severity.ERROR)
def error_sign(case: Case) -> Iterator[Problem]:
    """格子里是错误值

    公式算不出来，留下 #REF!、#VALUE! 一类的记号，读不出分数。删去它，直接填数字。

    错误：A2-1 显示 #REF!
    正确：A2-1 填 3
    """
    for typed in having(case, "V409"):
        yield told(typed, "", _("请删去错误值，直接填数字，重新交回"))


@check("V410", Severity.ERROR)
def formula_without_result(case: Case) -> Iterator[Problem]:
    """公式没有结果

    格子里是公式，文件里却没有存下结果，手机软件常会这样，读不出是几分。
    用电脑版 WPS 或 Excel 打开保存一次，或直接填数字。

    错误：A2-1 填 =1+2，用手机保存
    正确：A2-1 填 3
    """
    for typed in having(case, "V410"):
        fix = _("请用电脑版 WPS 或 Excel 打开保存一次，或直接填数字，再重新交回")
        yield told(typed, "", fix)


@check("V411", Severity.ERROR)
def not_points(case: Case) -> Iterator[Problem]:
    """填成了日期、百分数或真假值

    填“4-5”“3/4”常被表格软件变成日期；百分数、TRUE、FALSE 也不是分数。
    把格子改回数字格式，填应得的分数。

    错误：A2-1 填 2015-04-05
    正确：A2-1 填 3
    """
    for typed in having(case, "V411"):
        fix = resend()
        if typed.value.kind is ValueKind.DATE:
            fix = _("请先把格子设为常规格式，改填分数后重新交回")
        yield told(typed, "", fix)


@check("V412", Severity.WARNING)
def formula_for_value(case: Case) -> Iterator[Problem]:
    """该填数字的地方是公式

    已按公式存下的结果计分；别处一改，这个数可能跟着变。核对结果，最好改成数字。

    错误：A2-1 填 =1+2
    正确：A2-1 填 3
    """
    for typed in having(case, "V412"):
        what = _("是公式，已按它的结果“{found}”计分")
        yield told(typed, what, _("请核对这个数，最好直接填数字"))


@check("V413", Severity.WARNING)
def approved_typed(case: Case) -> Iterator[Problem]:
    """填了核定一栏

    核定一栏由组织填写，交回的表上填的不算数，已忽略。自己的分数填在自评一栏；
    自评一栏空着的，多半是填错了栏，请问本人。

    错误：A2-1 核定分 填 3
    正确：A2-1 核定分 空着
    """
    for submission in submissions(case):
        member = submission.stamp.member if submission.stamp else ""
        for entry in submission.entries:
            if entry.field is Field.APPROVED:
                found = shown(entry.value)
                terms = case.scheme.terms
                what = _("“{column}”一栏读到“{found}”，这一栏不由本人填写，已忽略").format(
                    column=terms.approved, found=brief(found)
                )
                fix = _("不用处理，以后请空着")
                if submission.entry(entry.code, Field.SCORE) is None:
                    fix = _("“{column}”一栏空着，可能填错了栏，请核对").format(column=terms.score)
                yield tell(entry.source, what, fix, found=found, item=entry.code, member=member)


@check("V422", Severity.WARNING)
def not_asked(case: Case) -> Iterator[Problem]:
    """不计分的格子里填了分

    这一项只作说明，或者不适用于本人的岗位，填的分不算数，已忽略。不用管，以后请空着。

    错误：指标 A2-1 评分方式 填 说明，满分 填 0，分档 空着；部分 A 基本分 填 57；A2-1 填 3
    正确：A2-1 填 3
    """
    items = case.scheme.items
    for submission in submissions(case):
        member = submission.stamp.member if submission.stamp else ""
        wanted = asked(case, submission)
        for entry in submission.entries:
            item = items.get(entry.code) if entry.field is Field.SCORE else None
            if not item or wanted(item):
                continue
            found = shown(entry.value)
            if squeeze(entry.value.raw) != squeeze(case.scheme.terms.unmeant):
                what = _("读到“{found}”，这一项不用填分，已忽略").format(found=brief(found))
                fix = _("不用处理，以后请空着")
                yield tell(entry.source, what, fix, found=found, item=entry.code, member=member)


@check("V423", Severity.WARNING)
def shown_otherwise(case: Case) -> Iterator[Problem]:
    """显示的数不是存着的数

    格子的数字格式少显示了小数，或者显示成别的，屏幕上和打印出来的就不是存着的那个数，
    多半是从别的表格粘贴带来的格式。已按存着的数计分，请向本人核对。

    错误：A2-1 填 2.5，格式 填 0
    正确：A2-1 填 2.5
    """
    for typed in having(case, "V423"):
        what = _("存着“{found}”，显示成“{seen}”，已按“{found}”计分")
        if not typed.value.seen:
            what = _("存着“{found}”，格式使看到的不是它，已按“{found}”计分")
        found, seen = shown(typed.value), typed.value.seen
        fix = _("请核对是几分；把格子设为常规格式就能看到存着的数")
        # What may stand there is no matter: the number is a sound one.
        more = {"found": found, "item": typed.code, "member": typed.member}
        yield tell(typed.source, what.format(found=found, seen=seen), fix, **more)
