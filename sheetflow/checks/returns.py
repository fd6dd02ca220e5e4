"""X6: who has returned what?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sheetflow import round as rounds
from sheetflow.checks.registry import Case, Problem, check, run_checks
from sheetflow.checks.typed import once
from sheetflow.checks.wording import say, tell
from sheetflow.messages import _
from sheetflow.model import (
    Absence,
    Choice,
    Finding,
    Line,
    Severity,
    Source,
    StandingStatus,
    Submission,
)
from sheetflow.returns import (
    Versions,
    by_member,
    choices_about,
    choose,
    standing_version,
    version,
)


@once
def _versions(case: Case) -> tuple[tuple[str, Versions], ...]:
    rulings = {ruling.member: ruling for ruling in case.rulings}
    return tuple(
        (member, standing_version(submissions, case.choices, rulings.get(member)))
        for member, submissions in by_member(case.submissions).items()
    )


@once
def _counting(case: Case) -> dict[str, Submission | None]:
    return {member: versions.counts for member, versions in _versions(case)}


def line_source(case: Case, member: str, line: Line) -> Source:
    """Where the number that stands was typed, in the form that counts or elsewhere."""
    form = _counting(case).get(member)
    return form.at(line.source) if form and line.source.sheet else line.source


@check("X601", Severity.NOTE)
def not_returned(case: Case) -> Iterator[Problem]:
    """还没有交表

    名册里的这个人还没有交回表，总分未定，不会按 0 分算。
    催交；确定不交的，由会议确认按未交上报，或在名册的状态一栏注明缓评。

    错误：收回 甲.xlsx、乙.xlsx
    正确：收回 甲.xlsx、乙.xlsx、丙.xlsx
    """
    for standing in case.standings:
        if standing.status is StandingStatus.MISSING:
            member = standing.member
            what = _("{name}还没有交表").format(name=member.name)
            yield say(member.source, what, _("请催交"), member=member.id)


@check("X602", Severity.ERROR)
def newest_unknown(case: Case) -> Iterator[Problem]:
    """几个版本分不清先后

    同一个人交了几份内容不同的表，文件里看不出哪一份更新，或者保存时间比收到还晚（电脑的日期不对），
    所以一份也不算。
    请本人打开要算数的一份，重新保存后再交一次：保存时间最晚的算数；
    或者在核定表的“文件”一页，把要算数的一份填“是”。哪里不同见汇总表的“版本差异”。

    错误：甲1.xlsx：A2-1 填 3，9 时保存；甲2.xlsx：A2-1 填 2，9 时保存
    正确：甲1.xlsx：A2-1 填 3，9 时保存；甲2.xlsx：A2-1 填 2，10 时保存
    """
    for member, versions in _versions(case):
        if versions.rivals:
            files = _("、").join(submission.file for submission in versions.rivals)
            what = _("{member} 交了 {count} 份内容不同的表，分不清哪份更新：{files}").format(
                member=member, count=len(versions.rivals), files=files
            )
            fix = _("请本人把要算数的一份打开，重新保存后再交一次，或在核定表的“文件”一页选定")
            found = case.roster.find(member)
            yield say(found.source if found else Source(), what, fix, found=files, member=member)


@check("X603", Severity.NOTE)
def older_kept(case: Case) -> Iterator[Problem]:
    """旧版本已留存

    同一个人后来又交了更新的一份，以新的为准，即使新的有误；旧的留着，不参与计分。
    核定表里选定了别的一份、或填了不采用的，也这样留着。

    错误：甲1.xlsx：A2-1 填 3，9 时保存；甲2.xlsx：A2-1 填 2，10 时保存
    正确：甲1.xlsx：A2-1 填 3，9 时保存
    """
    for member, versions in _versions(case):
        for older in (each for each in versions.older if each not in versions.held):
            counts = versions.counts
            what, found = _("是旧版本，已有更新的表"), ""
            if counts:
                found = counts.file
                same = version(older) == version(counts)
                what = _("内容与 {file} 相同") if same else _("是旧版本，以 {file} 为准")
                if versions.chosen and not same:
                    what = _("没有选定，按核定表以 {file} 为准")
            if older in versions.turned_down:
                what = _("按核定表不采用")
            what, fix = what.format(file=found), _("不用处理")
            yield tell(Source(older.file), what, fix, expected=found, member=member)


@check("X604", Severity.WARNING)
def absent_returned(case: Case) -> Iterator[Problem]:
    """不参加考核的人交了表

    名册里这个人的状态是不参加考核，却交回了表；表已留存，不计分。
    核对名册的状态：应参加的清空状态。

    错误：名册 007 状态 填 缓评；收回 甲.xlsx
    正确：名册 007 状态 空着；收回 甲.xlsx
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

    错误：甲1.xlsx：A2-1 填 5，9 时保存；甲2.xlsx：A2-1 填 3，10 时保存
    正确：甲1.xlsx：A2-1 填 3，9 时保存
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


# ------------------------------------------------------------------ the clerk's choices


def _said(choice: Choice, what: str, fix: str, **more: str) -> Problem:
    """Say something about a row of the sheet of files."""
    return tell(choice.source, what, fix, member=choice.member, **more)


@check("X606", Severity.ERROR)
def chosen_twice(case: Case) -> Iterator[Problem]:
    """选定的自相矛盾

    同一个人内容不同的两份表都填了采用，或同一份表既填了采用又填了不采用，分不清以哪份为准，
    所以一份也没有选定。只在要算数的一份填“是”。

    错误：收回 甲1.xlsx、甲2.xlsx，内容不同；文件 甲1.xlsx 采用 填 是，甲2.xlsx 采用 填 是
    正确：收回 甲1.xlsx、甲2.xlsx，内容不同；文件 甲1.xlsx 采用 填 是，甲2.xlsx 采用 填 否
    """
    for submissions in by_member(case.submissions).values():
        said = choices_about(submissions, case.choices)
        adopted = [choice for choice in said if choice.adopt]
        refused = {choice.version for choice in said if choice.adopt is False}
        versions = choose(submissions, case.choices)
        open_ = {version(rival) for rival in versions.rivals}
        several = len({choice.version for choice in adopted} & open_) > 1
        for choice in adopted:
            if choice.version in refused or (several and choice.version in open_):
                files = _("、").join(other.file for other in said if other.adopt is not None)
                what = _("“采用”填得自相矛盾：{files}").format(files=files)
                fix = _("请只在要算数的一份填“是”")
                yield _said(choice, what, fix, found=files)


@check("X607", Severity.ERROR)
def owner_useless(case: Case) -> Iterator[Problem]:
    """归属编号用不上

    填的编号名册里没有，或这份表认出了是别人的，或同一份表填了两个编号；
    认不出是谁的表填了采用、却没有填归属编号，也用不上。这一行没有生效，请改正编号。

    错误：收回 甲1.xlsx、甲2.xlsx，内容不同；文件 甲1.xlsx 归属编号 填 099
    正确：收回 甲1.xlsx、甲2.xlsx，内容不同；文件 甲1.xlsx 归属编号 填 007
    """
    owners = {
        (each.file, version(each)): each.stamp.member for each in case.submissions if each.stamp
    }
    for choice in case.choices:
        taken = owners.get((choice.file, choice.version), "")
        what, fix = _useless(case, choice, taken)
        if what:
            what = what.format(found=choice.member, taken=taken)
            yield _said(choice, what, fix, found=choice.member, expected=taken)


def _useless(case: Case, choice: Choice, taken: str) -> tuple[str, str]:
    """Why a choice decides nothing about a form taken as ``taken``'s, and what to do."""
    # Without standings only the rows themselves are judged, nothing that was received.
    ownerless = bool(case.standings) and not taken
    if choice.member and case.roster.find(choice.member) is None:
        return _("归属编号“{found}”不在名册里"), _("请改正归属编号")
    if choice.member and taken and choice.member != taken:
        return _("这份表已认出是 {taken} 的，归属编号“{found}”没有生效"), _("请改正归属编号")
    if choice.member and choice.adopt is not False and ownerless:
        fix = _("请核对这份表的问题，一份表只填一个归属编号")
        return _("这份表没有收下，归属编号“{found}”没有生效"), fix
    if choice.adopt and ownerless:
        return _("认不出这份表是谁的，填了采用也不算"), _("请填归属编号")
    return "", ""


@check("X608", Severity.ERROR)
def choice_unknown(case: Case) -> Iterator[Problem]:
    """这一行对不上收到的表

    核定表“文件”一页里，这一行的文件或表单版本与收到的对不上，填的内容没有生效。
    文件和表单版本照汇总表“来源”一页填，或删去这一行。

    错误：收回 甲1.xlsx、甲2.xlsx，内容不同；文件 甲1.xlsx 采用 填 是，表单版本 填 甲某的表
    正确：收回 甲1.xlsx、甲2.xlsx，内容不同；文件 甲1.xlsx 采用 填 是，表单版本 不动
    """
    for fault in case.faults:
        if fault.kind == "choice-unknown":
            what = _("没有收到过“{found}”（表单版本 {version}）").format(
                found=fault.found, version=fault.expected or _("空着")
            )
            fix = _("请照汇总表“来源”一页改正，或删去这一行")
            yield tell(fault.source, what, fix, found=fault.found)


@check("X610", Severity.WARNING)
def overtaken(case: Case) -> Iterator[Problem]:
    """选定以后又有更新的表

    核定表里选定的一份，后来被同一个人更新的表代替了，现在以更新的为准。
    仍要用选定的那份，在核定表“文件”一页把更新的一份填“否”。

    错误：收回 甲1.xlsx、甲2.xlsx，内容不同；文件 甲1.xlsx 采用 填 是；甲3.xlsx：得 90 分，10 时保存
    正确：收回 甲1.xlsx、甲2.xlsx，内容不同；文件 甲1.xlsx 采用 填 是；甲3.xlsx：得 90 分，8 时保存
    """
    for member, versions in _versions(case):
        counts = versions.counts.file if versions.counts else ""
        for older in versions.overtaken:
            if counts:
                what = _("选定 {older} 以后又收到这一份，以这一份为准").format(older=older.file)
                fix = _("请核对；不要这一份，在核定表的“文件”一页填“否”")
                found = {"found": older.file, "member": member}
                yield tell(Source(counts), what, fix, **found)


@check("X612", Severity.WARNING)
def late(case: Case) -> Iterator[Problem]:
    """逾期交表

    这个人第一次交的表，表里记的保存时间晚于收表截止；表里没有记时间的，看收下的时间。
    只是标出来，分数照算，怎么处理由会议定。退回修改后再交的不算逾期。

    错误：设置 收表截止 填 2015-12-20；甲.xlsx：2015-12-22 保存
    正确：设置 收表截止 填 2015-12-20；甲.xlsx：2015-12-20 保存
    """
    deadline = case.scheme.settings.deadline
    for member, submissions in by_member(case.submissions).items():
        days = {s.file: (s.modified or s.received) for s in submissions}
        known = sorted((day.date(), file) for file, day in days.items() if day)
        if deadline and known and known[0][0] > deadline:
            day, file = known[0]
            what = _("收表截止 {deadline}，这份表 {day} 才交").format(deadline=deadline, day=day)
            more = {"found": str(day), "expected": f"≤{deadline}", "member": member}
            yield tell(Source(file), what, _("分数照算；怎么处理由会议定"), **more)


@check("X613", Severity.NOTE)
def from_paper(case: Case) -> Iterator[Problem]:
    """照纸质表代录

    这份表放在“收回/纸质代录”里，是工作人员照本人交的纸质表录入的。照常检查、计分；
    请另一个人对照纸质原件核一遍，原件存档。

    错误：收回 纸质代录/甲.xlsx
    正确：收回 甲.xlsx
    """
    for submission in case.submissions:
        if submission.stamp and rounds.typed_from_paper(submission.file):
            what, fix = _("照纸质表代录"), _("请对照纸质原件核一遍")
            yield tell(Source(submission.file), what, fix, member=submission.stamp.member)


@check("X614", Severity.ERROR)
def file_closed(case: Case) -> Iterator[Problem]:
    """文件打不开

    文件正被别的程序占用，或没有读取的权限，这一次没有收下，别的文件照常处理。
    关闭正在使用它的程序，或检查权限，再运行一次。

    错误：收回 甲.xlsx；甲.xlsx 还开在 Excel 里
    正确：收回 甲.xlsx；甲.xlsx 已经关闭
    """
    for fault in case.faults:
        if fault.kind == "file-closed":
            fix = _("请关闭正在使用它的程序，或检查权限，再运行一次")
            yield tell(fault.source, _("打不开，这一次没有收下"), fix)


@check("X611", Severity.WARNING)
def desk_kept(case: Case) -> Iterator[Problem]:
    """核定表由程序改写会丢东西

    核定表里有图片、文本框、图表等，或者另存成了 .xls、“严格”的格式，由程序改写会丢东西，
    所以没有动它。里面填的照样采用；要更新的内容写在旁边的“核定-更新.xlsx”里。
    拿掉图片、文本框，另存为普通的 .xlsx，再汇总；或者改用新的一份，把它改名为“核定.xlsx”。

    错误：收回 甲1.xlsx、甲2.xlsx，内容不同；核定表里插入图表
    正确：收回 甲1.xlsx、甲2.xlsx，内容不同；核定表里只填内容
    """
    words = {
        "desk-parts": (
            _("里面有图片、文本框这样改写时保留不住的内容，填的照样采用，没有改写它"),
            _("请拿掉它们再汇总；或改用旁边的 {file}，把它改名为 核定.xlsx"),
        ),
        "desk-format": (
            _("存成了旧的 .xls 格式，填的照样采用，没有改写它"),
            _("请另存为“Excel 工作簿（.xlsx）”再汇总；或改用旁边的 {file}，把它改名为 核定.xlsx"),
        ),
        "desk-strict": (
            _("存成了“严格”格式的 .xlsx，填的照样采用，没有改写它"),
            _("请另存为普通的“Excel 工作簿（.xlsx）”再汇总；或把旁边的 {file} 改名为 核定.xlsx"),
        ),
    }
    for fault in case.faults:
        if fault.kind in words:
            what, fix = words[fault.kind]
            fix = fix.format(file=fault.expected)
            yield tell(fault.source, what, fix, expected=fault.expected)


@check("X615", Severity.WARNING)
def held(case: Case) -> Iterator[Problem]:
    """核定后又收到新表

    会议核定同意以后，这个人又交来内容不同的表。仍以核定的那份为准，新的留着，不同之处见“版本差异”。
    要改用新的，在核定表“文件”一页把新的一份填“是”，再重新核定；不用的填“否”。

    错误：甲1.xlsx：得 100 分；核定 007 核定 填 同意；甲2.xlsx：得 90 分，10 时保存
    正确：甲1.xlsx：得 100 分；甲2.xlsx：得 90 分，10 时保存；核定 007 核定 填 同意
    """
    for member, versions in _versions(case):
        for newer in versions.held:
            counts = versions.counts.file if versions.counts else ""
            what = _("核定以后才收到，仍以 {file} 为准").format(file=counts)
            fix = _("请会议定以哪份为准：要用这份，在核定表的“文件”一页填“是”，再重新核定")
            yield tell(Source(newer.file), what, fix, expected=counts, member=member)
