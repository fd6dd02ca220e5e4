"""D8 goes on: do the decisions fit the rules, the meetings, and each other?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

from sheetflow import kinds, number
from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.returns import line_source
from sheetflow.checks.wording import tell
from sheetflow.messages import _
from sheetflow.model import (
    Approval,
    Line,
    Meeting,
    MeetingKind,
    Ruling,
    Scorer,
    Severity,
    Standing,
    StandingStatus,
)
from sheetflow.ranking import allowed_tier

#: How a meeting notes that a member withdrew; people type it, whatever language is spoken here.
_WITHDREW = "回避"
#: So many rows with the same slip are told one by one.
_FEW = 5


def _ruled(case: Case) -> Iterator[tuple[Ruling, Standing]]:
    standings = {standing.member.id: standing for standing in case.standings}
    for ruling in case.rulings:
        if ruling.member in standings:
            yield ruling, standings[ruling.member]


@check("D811", Severity.ERROR)
def meeting_short(case: Case) -> Iterator[Problem]:
    """到会人数或赞成票不够

    这次会议到会的人数不到规定，或要表决的事赞成票没有超过应到人数的一半，开会定的事站不住。
    照实记录，不要改人数；不够的重新开会，重新开的在下一行另记一次，定的事写新的会次。
    同一类的会重新开过、够数，又没有哪一条写着这一次的会次，就不再提，公文照出。

    错误：会议 1 类别 选 下拉框第一项，应到 填 5，实到 填 2
    正确：会议 1 类别 选 下拉框第一项，应到 填 5，实到 填 3
    """
    known = {kind.title: kind for kind in case.scheme.meetings}
    held = [(each, known[each.kind]) for each in case.desk.meetings if each.kind in known]
    sound = [meeting for meeting, kind in held if not _short(meeting, kind)]
    named = _named(case)
    for meeting, kind in held:
        what = _short(meeting, kind)
        again = any(_held_again(meeting, each) for each in sound)
        if what and (meeting.number in named or not again):
            fix = _("请照实记录，不够的重新开会，另记一次，定的事写新的会次")
            yield tell(meeting.source, what, fix, found=str(meeting.present or 0))


def _named(case: Case) -> frozenset[str]:
    """Numbers of the meetings at which something was decided, as far as people say it."""
    of_members = (n for r in case.rulings for n in (r.meeting, r.tier_meeting))
    return frozenset({*of_members, *(at for _why, at in case.desk.reasons.values())})


def _held_again(first: Meeting, later: Meeting) -> bool:
    """Whether a meeting of the same kind came later, by day, else by its number."""
    days = (first.day, later.day)
    before = days[0] < days[1] if all(days) else _place(first) < _place(later)
    return first.kind == later.kind and before


def _place(meeting: Meeting) -> tuple[int, str]:
    return (len(meeting.number), meeting.number)


def _short(meeting: Meeting, kind: MeetingKind) -> str:
    due, present = meeting.due or 0, meeting.present or 0
    counts = {"due": due, "present": present, "ayes": meeting.ayes or 0, "kind": kind.title}
    if meeting.present is None and kind.present and due:
        return _("{kind}应到 {due} 人，不知道实到几人").format(**counts)
    if kind.present == "half" and due and present * 2 < due:
        return _("{kind}应到 {due} 人，实到 {present} 人，不到一半").format(**counts)
    if kind.present == "more_than_half" and due and present * 2 <= due:
        return _("{kind}应到 {due} 人，实到 {present} 人，没有超过一半").format(**counts)
    voted = meeting.ayes is not None
    if kind.ayes == "more_than_half_of_due" and voted and due and (meeting.ayes or 0) * 2 <= due:
        return _("{kind}应到 {due} 人，赞成 {ayes} 票，没有超过应到的一半").format(**counts)
    return ""


@check("D812", Severity.ERROR)
def tier_too_high(case: Case) -> Iterator[Problem]:
    """评定的等次高于最高等次

    有门槛没过，或有否决，最高只能评到规定的一等，评定的等次比它高，没有生效。
    改评定的等次；否决或门槛有误的，先改那里。

    错误：甲.xlsx：得 100 分；核定 007 否决 填 V1，评定等次 选 下拉框第一项
    正确：甲.xlsx：得 100 分；核定 007 否决 填 V1，评定等次 空着
    """
    for ruling, standing in _ruled(case):
        known = ruling.tier and standing.score_tier
        if known and not allowed_tier(case.scheme, standing, ruling.tier):
            what = _("{name}评定为{tier}，最高只能是{most}，没有生效").format(
                name=standing.member.name, tier=ruling.tier, most=standing.max_tier
            )
            more = {"found": ruling.tier, "expected": standing.max_tier or ""}
            fix = _("请改评定的等次，或先改否决")
            yield tell(ruling.source("tier"), what, fix, member=ruling.member, **more)


@check("D813", Severity.ERROR)
def tier_unexplained(case: Case) -> Iterator[Problem]:
    """评定的等次与建议不同，没有写理由

    评定的等次和按分数得出的建议等次不一样，要写明理由，公文和本人的告知单上才说得清。
    在同一行的理由一栏写上。

    错误：甲.xlsx：得 90 分；核定 007 评定等次 选 下拉框第一项
    正确：甲.xlsx：得 90 分；核定 007 评定等次 选 下拉框第一项，理由 填 会议另有考虑
    """
    for ruling, standing in _ruled(case):
        proposed = standing.proposed_tier
        if ruling.tier and proposed and ruling.tier != proposed and not ruling.reason.strip():
            what = _("{name}建议{proposed}，评定为{tier}，没有写理由").format(
                name=standing.member.name, proposed=proposed, tier=ruling.tier
            )
            more = {"found": ruling.tier, "expected": proposed, "member": ruling.member}
            yield tell(ruling.source("tier"), what, _("请在理由一栏写上"), **more)


@check("D814", Severity.ERROR)
def seats_exceeded(case: Case) -> Iterator[Problem]:
    """评定的人数超过名额

    评定为这一等的人比名额多。名额由设置和名册算出；减少评定的人，或核对名额。

    错误：设置 限额方式 填 给定，给定名额 填 1；收回 甲.xlsx、乙.xlsx；两个人都评为第一等
    正确：设置 限额方式 填 给定，给定名额 填 2；收回 甲.xlsx、乙.xlsx；两个人都评为第一等
    """
    quota = case.quota
    if quota is None or quota.limit is None:
        return
    chosen = [ruling for ruling, s in _ruled(case) if s.final_tier == quota.tier]
    if len(chosen) > quota.limit:
        what = _("评定为{tier}的有 {n} 人，名额只有 {limit} 个").format(
            tier=quota.tier, n=len(chosen), limit=quota.limit
        )
        more = {"found": str(len(chosen)), "expected": f"≤{quota.limit}"}
        yield tell(chosen[-1].source("tier"), what, _("请减少评定的人"), **more)


@check("D815", Severity.WARNING)
def approved_unscored(case: Case) -> Iterator[Problem]:
    """核定同意了，还有该评的没有评

    由会议评分的项目还没有评，暂按自评计，所以这个人的成绩还不能算核定。在评分表里评上。

    错误：甲.xlsx：得 100 分；核定 007 核定 填 同意
    正确：甲.xlsx：得 100 分；核定 007 核定 空着
    """
    for ruling, standing in _ruled(case):
        lines = standing.score.lines if standing.score else ()
        open_ = [line.code for line in lines if line.provisional]
        if ruling.approval is Approval.APPROVED and open_:
            items = _("、").join(open_)
            what = _("{name}已同意，{items} 还没有评分，暂按自评").format(
                name=standing.member.name, items=items
            )
            more = {"found": items, "member": ruling.member}
            yield tell(ruling.source("approval"), what, _("请在评分表里评上"), **more)


@check("D816", Severity.WARNING)
def tier_waits(case: Case) -> Iterator[Problem]:
    """填了评定等次，没有生效

    成绩没有核定同意，或者还没有成绩，评定的等次先不生效。先核定成绩；确实不交表的、不定等次的，不填等次。

    错误：甲.xlsx：得 100 分；核定 007 评定等次 选 下拉框第一项
    正确：甲.xlsx：得 100 分；核定 007 评定等次 空着
    """
    for ruling, standing in _ruled(case):
        waits = ruling.tier and not ruling.unusable
        what, fix = _no_tier_yet(standing) if waits else ("", "")
        if what:
            more = {"found": ruling.tier, "member": ruling.member}
            what = what.format(name=standing.member.name)
            yield tell(ruling.source("tier"), what, fix, **more)


def _no_tier_yet(standing: Standing) -> tuple[str, str]:
    """Why no tier can be decided for a member, and what to do; empty where one can."""
    if standing.status is StandingStatus.GRADED and not standing.provisional:
        return "", ""
    return {
        StandingStatus.GRADED: (
            _("{name}的成绩还没有核定，评定的等次没有生效"),
            _("请先核定成绩"),
        ),
        StandingStatus.UNDECIDED: (
            _("{name}的成绩还定不下来，评定的等次没有生效"),
            _("请先核定成绩"),
        ),
        StandingStatus.MISSING: (
            _("{name}没有交表，评定的等次没有生效"),
            _("请等表交来、核定了成绩再填；不交的请清空"),
        ),
        StandingStatus.NOT_GRADED: (
            _("{name}不定等次，评定的等次没有生效"),
            _("请清空这一格；类别有误的，请改名册"),
        ),
    }.get(standing.status, ("", ""))


@check("D817", Severity.WARNING)
def change_unexplained(case: Case) -> Iterator[Problem]:
    """改了分，没有写理由

    会议定的分和原来的不同，又不是台账算出来的，要写明理由，本人问起才有交代。
    由会议评分的项目不用写。
    在“调整”一页的理由一栏写上；认定的加分和按规则计的不同，写在“加分认定”的原因一栏也行。

    错误：甲.xlsx：得 100 分；评分A 007 A2-1 填 1
    正确：甲.xlsx：得 100 分；评分A 007 A2-1 空着
    """
    for ruling, standing in _ruled(case):
        for line, before, text in _judged(case, ruling, standing):
            why, _meeting = case.desk.reasons.get((ruling.member, line.code), ("", ""))
            said = why.strip() or ruling.whys.get(line.code, "").strip()
            if said or before is None or before == line.taken:
                continue
            words = {"own": number.text(before), "taken": number.text(line.taken)}
            what = text.format(name=standing.member.name, item=line.code, **words)
            more = {"item": line.code, "member": ruling.member, "found": words["taken"]}
            fix = _("请在“调整”一页写上理由")
            yield tell(line_source(case, ruling.member, line), what, fix, **more)


def _judged(
    case: Case, ruling: Ruling, standing: Standing
) -> Iterator[tuple[Line, Decimal | None, str]]:
    """Lines with points of the branch's where others stood, those points, and what to say."""
    lines = {line.code: line for line in standing.score.lines} if standing.score else {}
    for code in (c for c in ruling.scores if c in lines):
        item = case.scheme.items.get(code)
        if lines[code].why and not (item and item.scored_by is Scorer.BRANCH):
            what = _("{name} {item} 由 {own} 分改为 {taken} 分，没有写理由")
            yield lines[code], lines[code].raw, what
    by_rule = {claim.code: claim.counted for claim in case.claims.get(ruling.member, ())}
    for code in (c for c in ruling.recognised if c in lines):
        what = _("{name} {item} 按规则计 {own} 分，认定 {taken} 分，没有写理由")
        yield lines[code], by_rule.get(code), what


@check("D818", Severity.ERROR)
def meeting_unknown(case: Case) -> Iterator[Problem]:
    """会次对不上

    核定表里写的会次，“会议”一页里没有这次会议。先在“会议”一页登记，再写会次。

    错误：核定 007 核定 填 同意，会次 填 9
    正确：核定 007 核定 填 同意，会次 空着
    """
    known = [meeting.number for meeting in case.desk.meetings]
    listed = _("、").join(known)
    fix = _("请先在“会议”一页登记；登记了的有：{known}").format(known=listed or _("无"))
    for fault in case.faults:
        if fault.kind == "meeting-unknown":
            what = _("写的会次“{found}”没有登记").format(found=fault.found)
            yield tell(fault.source, what, fix, found=fault.found, expected=listed)
    for (found, column), those in _unknown(case, known).items():
        many = len(those) > _FEW
        what = _("{name}写的会次“{found}”没有登记")
        if many:
            what = _("起有 {n} 人写的会次“{found}”没有登记")
        for ruling, standing in those[:1] if many else those:
            words = what.format(name=standing.member.name, n=len(those), found=found)
            more = {"found": found, "expected": listed, "member": "" if many else ruling.member}
            yield tell(ruling.source(column), words, fix, **more)


def _unknown(
    case: Case, known: Collection[str]
) -> Mapping[tuple[str, str], Sequence[tuple[Ruling, Standing]]]:
    """Members beside whom a meeting stands that nobody entered, by meeting and column."""
    found: dict[tuple[str, str], list[tuple[Ruling, Standing]]] = {}
    for ruling, standing in _ruled(case):
        for column, at in (("meeting", ruling.meeting), ("tier_meeting", ruling.tier_meeting)):
            if at not in {"", *known}:
                found.setdefault((at, column), []).append((ruling, standing))
    return found


@check("D819", Severity.ERROR)
def own_score(case: Case) -> Iterator[Problem]:
    """审议自己的成绩没有回避

    委员会审议到委员本人的成绩，会议记录里没有写他回避。照实补记；没有回避的，重新审议这一项。

    错误：名册 甲某 职务 填 书记；第 1 次会议核定 007
    正确：名册 甲某 职务 填 书记；第 1 次会议核定 007；会议 1 决议 填 甲某回避
    """
    meetings = {meeting.number: meeting for meeting in case.desk.meetings}
    duties = {kind.title: kind.duties for kind in case.scheme.meetings}
    for ruling, standing in _ruled(case):
        meeting = meetings.get(ruling.meeting)
        if meeting is None or ruling.approval is None:
            continue
        member = standing.member
        sits = any(duty in member.duty for duty in duties.get(meeting.kind, ()))
        noted = f"{meeting.absent}{meeting.resolution}{meeting.topic}"
        if sits and not (_WITHDREW in noted and member.name in noted):
            what = _("{name}是委员，第 {number} 次会议审议他的成绩，没有记他回避").format(
                name=member.name, number=meeting.number
            )
            fix = _("请在“会议”一页照实补记")
            yield tell(meeting.source, what, fix, member=member.id, found=member.name)


@check("D820", Severity.NOTE)
def objection_open(case: Case) -> Iterator[Problem]:
    """异议还没有答复

    公示期间的异议还没有写答复日期，正式的公文要等它了结。查清以后，在“异议”一页写上结论和答复日期。

    错误：异议 1 对象 填 甲某，内容 填 分数有误
    正确：异议 1 对象 填 甲某，内容 填 分数有误，答复日期 填 2015-12-30
    """
    for objection in case.desk.objections:
        if objection.open:
            what = _("第 {number} 件异议还没有答复").format(number=objection.number)
            fix = _("请查清后在“异议”一页写上结论和答复日期")
            yield tell(objection.source, what, fix, found=objection.number)


@check("D824", Severity.ERROR)
def counts_without_points(case: Case) -> Iterator[Problem]:
    """台账里的次数算不出分

    按比例计分的一项，应到和实到都填了，但应到是 0，或者实到比应到多，算不出比例，
    这一项的台账没有用上，仍按自评。核对台账，改正次数。

    错误：指标 A2-1 评分方式 填 按比例，分档 空着；台账 007 A2-1 应到 4 实到 5
    正确：指标 A2-1 评分方式 填 按比例，分档 空着；台账 007 A2-1 应到 5 实到 4
    """
    items = [item for part in case.scheme.parts for item in part.items]
    for ruling, standing in _ruled(case):
        for item in items:
            times = {what: n for (code, what), n in ruling.counts.items() if code == item.code}
            why = kinds.wrong_counts(item, times)
            if why and kinds.meant(item, standing.member.post):
                what = _("{name} {item}：{why}，台账没有用上").format(
                    name=standing.member.name, item=item.code, why=why
                )
                more = {"item": item.code, "member": ruling.member, "found": why}
                source = ruling.source(f"{item.code}/{kinds.ATTENDED}")
                yield tell(source, what, _("请核对台账，改正次数"), **more)


@check("D825", Severity.ERROR)
def number_not_meant(case: Case) -> Iterator[Problem]:
    """给不适用的项目填了分或次数

    这一项只适用于别的岗位，这个人不评，填的分或次数没有用上。清空这一格；岗位有误的，改名册里的岗位。

    错误：007 是后勤岗位，A2-1 改为只适用于教学岗位；评分A 007 A2-1 填 1
    正确：007 是后勤岗位，A2-1 改为只适用于后勤岗位；评分A 007 A2-1 填 1
    """
    items = {item.code: item for part in case.scheme.parts for item in part.items}
    for ruling, standing in _ruled(case):
        member = standing.member
        # Nothing at all may have been said of everybody.
        counted = {f"{code}/{what}": n for (code, what), n in ruling.counts.items() if n}
        for column, points in {**ruling.scores, **counted}.items():
            item = items.get(column.partition("/")[0])
            known = item is not None and column in ruling.sources
            if item is None or not known or kinds.meant(item, member.post):
                continue
            what = _("{name}的岗位是{post}，{item} 不适用，填的“{found}”没有用上").format(
                name=member.name, post=member.post, item=item.code, found=number.text(points)
            )
            more = {"item": item.code, "member": member.id, "found": number.text(points)}
            fix = _("请清空这一格；岗位有误的，请改名册")
            yield tell(ruling.source(column), what, fix, **more)
