"""X6: who has returned what?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sheetflow.checks.registry import Case, Problem, check, run_checks
from sheetflow.checks.wording import say, tell
from sheetflow.messages import _
from sheetflow.model import Absence, Finding, Severity, Source, StandingStatus, Submission
from sheetflow.returns import Versions, by_member, choose, version


def _versions(case: Case) -> Iterator[tuple[str, Versions]]:
    for member, submissions in by_member(case.submissions).items():
        yield member, choose(submissions)


@check("X601", Severity.NOTE)
def not_returned(case: Case) -> Iterator[Problem]:
    """还没有交表

    名册里的这个人还没有交回表，总分未定，不会按 0 分算。
    催交；确定不交的，由会议确认按未交上报，或在名册的状态一栏注明缓评。

    错误：没有交表的按 0 分算
    正确：没有交表的列出来催交
    """
    for standing in case.standings:
        if standing.status is StandingStatus.MISSING:
            member = standing.member
            what = _("{name}还没有交表").format(name=member.name)
            yield say(member.source, what, _("请催交"), member=member.id)


@check("X602", Severity.ERROR)
def newest_unknown(case: Case) -> Iterator[Problem]:
    """几个版本分不清先后

    同一个人交了几份内容不同的表，文件里看不出哪一份更新，所以一份也不算。
    请本人打开要算数的一份，重新保存后再交一次：保存时间最晚的算数。

    错误：交来两份内容不同、保存时间相同的表
    正确：把要算数的一份重新保存，再交一次
    """
    for member, versions in _versions(case):
        if versions.rivals:
            files = "、".join(submission.file for submission in versions.rivals)
            what = _("{member} 交了 {count} 份内容不同的表，分不清哪份更新：{files}").format(
                member=member, count=len(versions.rivals), files=files
            )
            fix = _("请本人把要算数的一份打开，重新保存后再交一次")
            found = case.roster.find(member)
            yield say(found.source if found else Source(), what, fix, found=files, member=member)


@check("X603", Severity.NOTE)
def older_kept(case: Case) -> Iterator[Problem]:
    """旧版本已留存

    同一个人后来又交了更新的一份，以新的为准，即使新的有误；旧的留着，不参与计分。

    错误：挑分数高的一份算
    正确：以最新的一份为准
    """
    for member, versions in _versions(case):
        for older in versions.older:
            counts = versions.counts
            what, found = _("是旧版本，已有更新的表"), ""
            if counts:
                found = counts.file
                same = version(older) == version(counts)
                what = _("内容与 {file} 相同") if same else _("是旧版本，以 {file} 为准")
            what, fix = what.format(file=found), _("不用处理")
            yield tell(Source(older.file), what, fix, expected=found, member=member)


@check("X604", Severity.WARNING)
def absent_returned(case: Case) -> Iterator[Problem]:
    """不参加考核的人交了表

    名册里这个人的状态是不参加考核，却交回了表；表已留存，不计分。
    核对名册的状态：应参加的清空状态。

    错误：状态注明调离，又交回了表
    正确：参加考核的状态留空；不参加的不用交表
    """
    words = {
        Absence.EXEMPT: _("免评"),
        Absence.DEFERRED: _("缓评"),
        Absence.LEFT: _("离开"),
    }
    for member_id, submissions in by_member(case.submissions).items():
        member = case.roster.find(member_id)
        if member and member.absence:
            titles = (s.title for s in case.scheme.statuses if s.absence is member.absence)
            found = next(titles, words[member.absence])
            what = _("{name}的状态是{status}，却交回了表").format(name=member.name, status=found)
            source, fix = Source(submissions[-1].file), _("请核对名册的状态")
            yield tell(source, what, fix, found=found, member=member_id)


@check("X605", Severity.NOTE)
def settled(case: Case) -> Iterator[Problem]:
    """上次退回的问题改好了多少

    新交的表代替了有错误的旧表：旧表的每处错误，在新表的同一项上不再有错误，就算改好。
    没改好的和新出现的，照常列为错误。不用管。

    错误：改了一处就以为全好了
    正确：退回的 3 处都改好再交
    """
    for member, versions in _versions(case):
        before = choose(versions.older).counts if versions.older else None
        if versions.counts is None or before is None:
            continue
        wrong = _errors(case, before)
        still = {_about(finding) for finding in _errors(case, versions.counts)}
        count = sum(_about(finding) not in still for finding in wrong)
        if wrong:
            what = _("上次退回的 {n} 处问题都已改好")
            if count < len(wrong):
                what = _("上次退回的 {n} 处问题改好了 {count} 处")
            what = what.format(n=len(wrong), count=count)
            source, counts = Source(versions.counts.file), (str(count), str(len(wrong)))
            more = {"found": counts[0], "expected": counts[1], "member": member}
            yield tell(source, what, _("不用处理"), **more)


def _errors(case: Case, submission: Submission) -> tuple[Finding, ...]:
    """Errors of one form judged by itself."""
    found = run_checks(replace(case, submissions=(submission,)), "FVT")
    return tuple(finding for finding in found if finding.severity is Severity.ERROR)


def _about(finding: Finding) -> str:
    """What an error is about, wherever it stands: its item, else its kind."""
    return finding.item or finding.code
