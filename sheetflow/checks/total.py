"""T5: do the sums in a form agree with the points that count?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sheetflow import entries
from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.typed import claimed, scores
from sheetflow.checks.wording import shown, tell
from sheetflow.messages import _
from sheetflow.model import Bonus, Entry, Line, Part, Severity, Source, Submission, ValueKind
from sheetflow.number import half_up, text


@check("T501", Severity.WARNING)
def total_differs(case: Case) -> Iterator[Problem]:
    """表上的合计与算出的不同

    合计一格的数与各项分数加起来不同，多半是手填了合计或改动过公式。
    以各项分数算出的为准；请核对各项分数是不是都填对了。

    错误：自评合计 填 95
    正确：自评合计 不动
    """
    doubtful = {
        (submission.file, claim.part.code)
        for submission, claim in claimed(case)
        if claim.counted != claim.points
    }
    for submission, score in scores(case):
        for part in score.parts:
            entry = submission.totals.get(part.code)
            if part.total is None or entry is None or (submission.file, part.code) in doubtful:
                continue
            if _differs(entry, part.total):
                yield _other_total(submission, entry, part.total)


def _differs(entry: Entry, total: Decimal) -> bool:
    stored = entries.points(entry.value)
    if stored is None:
        # A phone keeps no result of the form's own formula; that says nothing about the sum.
        return entry.value.kind is not ValueKind.UNCACHED
    # A sum in binary may be off in the fifteenth digit.
    return half_up(stored, 2) != half_up(total, 2)


def _other_total(submission: Submission, entry: Entry, total: Decimal) -> Problem:
    found, expected = shown(entry.value), text(total)
    what = _("合计读到“{found}”，按各项算出是 {expected}，以算出的为准")
    return tell(
        entry.source,
        what.format(found=found, expected=expected),
        _("请核对各项分数"),
        found=found,
        expected=expected,
        item=entry.code,
        member=submission.stamp.member if submission.stamp else "",
    )


@check("T502", Severity.NOTE)
def group_overfull(case: Case) -> Iterator[Problem]:
    """取优的一组填多了

    这一组只取最好的几项计分，填了分的项数更多，多出的不计。不用管。

    错误：A3-1 填 4，A3-2 填 4，A3-3 填 4，A3-4 填 4
    正确：A3-1 填 4，A3-2 填 4，A3-3 填 4，A3-4 空着
    """
    for submission, score in scores(case):
        lines = {line.code: line for line in score.lines}
        for part in case.scheme.parts:
            for group in part.groups:
                codes = [item.code for item in part.items if item.group == group.code]
                inside = [lines[code] for code in codes if code in lines and lines[code].raw]
                if len(inside) > group.best:
                    what = _("{title}填了 {count} 项，只计最好的 {best} 项").format(
                        title=group.title, count=len(inside), best=group.best
                    )
                    counts = {"found": str(len(inside)), "expected": str(group.best)}
                    member = submission.stamp.member if submission.stamp else ""
                    more = {**counts, "item": group.code, "member": member}
                    yield tell(submission.at(_left_out(inside)), what, _("不用处理"), **more)


def _left_out(lines: list[Line]) -> Source:
    """Cell of the first line that does not count in full."""
    return next((ln.source for ln in lines if ln.counted != ln.raw), lines[-1].source)


@check("T503", Severity.NOTE)
def bonus_capped(case: Case) -> Iterator[Problem]:
    """加分超过封顶

    一项加分或整个部分的加分有封顶，超过的部分不计。不用管。

    错误：A+1-1 申报分 填 3，A+1-2 申报分 填 3，A+1-3 申报分 填 3
    正确：A+1-1 申报分 填 3，A+1-2 申报分 填 3
    """
    for submission, score in scores(case):
        lines = {line.code: line for line in score.lines}
        for part in case.scheme.parts:
            yield from _capped(part, lines, submission)


def _capped(part: Part, lines: dict[str, Line], submission: Submission) -> Iterator[Problem]:
    total, last = Decimal(0), Source()
    member = submission.stamp.member if submission.stamp else ""
    for bonus in part.bonuses:
        claims = [lines[code] for code in bonus.row_codes if code in lines]
        summed = sum((line.counted for line in claims), Decimal(0))
        total += min(summed, bonus.most)
        last = claims[-1].source if claims else last
        if summed > bonus.most:
            yield _cut(submission.at(claims[-1].source), bonus, (summed, bonus.most), member)
    if total > part.bonus_most:
        yield _cut(submission.at(last), part, (total, part.bonus_most), member)


def _cut(
    source: Source, noun: Bonus | Part, points: tuple[Decimal, Decimal], member: str
) -> Problem:
    found, expected = map(text, points)
    what = _("{title}加分合计 {found} 分，封顶 {expected} 分，超过的不计").format(
        title=noun.title, found=found, expected=expected
    )
    more = {"found": found, "expected": expected, "item": noun.code, "member": member}
    return tell(source, what, _("不用处理"), **more)
