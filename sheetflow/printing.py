"""What a command shows: findings, counts, results, and one JSON document when asked."""

from __future__ import annotations

import json
import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ParamSpec

from sheetflow import round as rounds
from sheetflow.checks.registry import page
from sheetflow.document import called, finding_from, findings_json
from sheetflow.errors import SheetflowError
from sheetflow.messages import _, in_brackets
from sheetflow.model import FileStatus, Finding, Severity
from sheetflow.outcomes import share

if TYPE_CHECKING:
    # Each flow brings its own libraries; printing one command must not load the others'.
    from sheetflow.acts import Act
    from sheetflow.flows.collect import Collected
    from sheetflow.flows.forms import Forms
    from sheetflow.flows.log import Log
    from sheetflow.flows.recall import Gist
    from sheetflow.flows.status import Status

_P = ParamSpec("_P")
#: Categories of Unicode: characters that command or are not seen, and those that end a line.
_UNSEEN, _BREAKS = {"Cc", "Cf", "Cs"}, {"Zl", "Zp"}
_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "！", Severity.NOTE: "·"}
#: So many findings of one kind on one sheet become one line.
_MANY = 3
#: Files that have a remark in common before it is told once.
_COMMON = 10
#: Findings shown one by one before the rest is only counted.
_MOST_SHOWN = 60
#: Verdicts whose findings still concern somebody.
_STANDING = {FileStatus.ACCEPTED, FileStatus.RETURNED, FileStatus.REFUSED}


def clean(text: str) -> str:
    """Text of others fit for a terminal: one line, no control or direction characters."""
    if text.isprintable():
        return text
    return "".join(
        " " if c in "\r\n\t" or unicodedata.category(c) in _BREAKS else c
        for c in text
        if unicodedata.category(c) not in _UNSEEN or c in "\r\n\t"
    )


def for_terminals(make: Callable[_P, Iterable[str]]) -> Callable[_P, Iterable[str]]:
    """Let every line be fit for a terminal, whoever's text is in it."""

    @wraps(make)
    def lines(*args: _P.args, **more: _P.kwargs) -> Iterable[str]:
        return map(clean, make(*args, **more))

    return lines


def as_json(document: Mapping[str, Any]) -> str:
    """One JSON document, in the order given; what a terminal would obey or hide is escaped."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    hidden = {c for c in set(text) if unicodedata.category(c) in _UNSEEN | _BREAKS and c != "\n"}
    return text.translate({ord(c): json.dumps(c)[1:-1] for c in hidden})


# ------------------------------------------------------------------ errors and findings


def error_json(error: SheetflowError) -> dict[str, Any]:
    """An error as the contract has it; the findings behind it are told in its message."""
    told = [f"{each.code} {each.message}" for each in error.findings]
    message = "\n".join((error.message, *told))
    return {"error": {"code": error.code, "message": message, "fix": error.fix}}


@for_terminals
def error_lines(error: SheetflowError) -> Iterable[str]:
    """An error as lines: the findings behind it, what happened, what to do."""
    yield from finding_lines(error.findings)
    yield error.message
    if error.fix:
        yield _("下一步：{text}").format(text=error.fix)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is at error level."""
    return any(each.severity is Severity.ERROR for each in findings)


def standing_findings(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Findings that still concern somebody: not those of replaced or doubled files."""
    standing = (each for each in document["files"] if each["status"] in _STANDING)
    of_files = (
        finding_from(plain, each["file"]) for each in standing for plain in each["findings"]
    )
    found = (*of_files, *(finding_from(plain, plain["file"]) for plain in document["findings"]))
    return tuple(sorted(found, key=lambda each: list(Severity).index(each.severity)))


def owners(document: Mapping[str, Any]) -> dict[str, str]:
    """Who each file is the form of, where it is known; namesakes with their ids."""
    names = called(document["members"])
    return {
        each["file"]: names[each["member"]] for each in document["files"] if each["member"] in names
    }


@for_terminals
def finding_lines(
    findings: Iterable[Finding], whose: Mapping[str, str] = MappingProxyType({})
) -> Iterable[str]:
    """Findings as lines under their file: sign, code, message; what many cells share is one line.

    A file that is not called like its member, as ``whose`` has it by file, is told with the name.
    Remarks that many files have in common are told once, behind all others; errors never are.
    More than a screenful is cut, with the number of what is left.
    """
    common, own = _common(tuple(findings))
    groups = _grouped(own)
    several = Counter(group[0].source.file for group in groups)
    file: str | None = None
    for group in groups[:_MOST_SHOWN]:
        place = group[0].source.file
        named = bool(place) and place in group[0].message and several[place] == 1
        if place != file and not named:
            yield _headed(place, whose)
        file = place
        yield _line(group, under="" if named else place)
    if common and file:
        yield _headed("", whose)
    for first, count in common:
        text = _("{title}，{n} 份表都有，列在 汇总.xlsx 的“问题清单”里")
        yield _head(first) + text.format(title=_title(first.code), n=count)
    rest = sum(map(len, groups[_MOST_SHOWN:]))
    if rest:
        yield _("……还有 {n} 条，全部列在 汇总.xlsx 的“问题清单”里").format(n=rest)


def _common(findings: Sequence[Finding]) -> tuple[list[tuple[Finding, int]], list[Finding]]:
    """Remarks that many files have, the first of each with the number of files; all others."""
    files: dict[str, set[str]] = {}
    for finding in findings:
        files.setdefault(finding.code, set()).add(finding.source.file)
    errors = {each.code for each in findings if each.severity is Severity.ERROR}
    many = {code for code, those in files.items() if len(those) > _COMMON} - errors
    firsts = {each.code: each for each in reversed(findings) if each.code in many}
    common = [(firsts[code], len(files[code])) for code in files if code in many]
    return common, [each for each in findings if each.code not in many]


def _headed(file: str, whose: Mapping[str, str]) -> str:
    name = whose.get(file, "")
    if not file:
        return _("总的情况")
    return file if name in file else _("{file}（{name} 的表）").format(file=file, name=name)


def _grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one file, sheet and code together, as they first come; those of no file last."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        key = (finding.source.file, finding.source.sheet, finding.code)
        groups.setdefault(key, []).append(finding)
    split = [
        part
        for group in groups.values()
        for part in ([group] if _shares_a_line(group) else [[each] for each in group])
    ]
    files = list(dict.fromkeys(group[0].source.file for group in split))
    files.sort(key=lambda file: not file)
    return sorted(split, key=lambda group: files.index(group[0].source.file))


def _shares_a_line(group: list[Finding]) -> bool:
    """Whether a group is many cells, or many notes; anything else is told one by one."""
    first = group[0]
    return len(group) >= _MANY and bool(first.item or first.severity is Severity.NOTE)


def _head(finding: Finding) -> str:
    return f"  {_SIGNS[finding.severity]} {finding.code} "


def _title(code: str) -> str:
    return page(code).splitlines()[0]


def _line(group: list[Finding], *, under: str) -> str:
    """What a group says below the name of its file, where that is told."""
    first, head = group[0], _head(group[0])
    if len(group) == 1:
        return head + (first.message.removeprefix(f"{under} ") if under else first.message)
    title = _title(first.code)
    if not first.item:
        return head + _("{title}，共 {n} 条").format(title=title, n=len(group))
    items = _("、").join(in_brackets(each.source.cell, each.item) for each in group)
    text = _("{sheet}：{title}，共 {n} 处：{items}。{fix}。")
    words = {"sheet": first.source.sheet, "title": title, "items": items, "fix": first.fix}
    return head + text.format(n=len(group), **words)


# ------------------------------------------------------------------ results of commands


@for_terminals
def gist_lines(gist: Gist) -> Iterable[str]:
    """Counts of files and members, and the tiers."""
    figures = gist.document["counts"]
    waits = _("（暂按自评，尚未核定）") if gist.document["round"]["provisional"] else ""
    yield _(
        "文件 {received} 份：收下 {accepted}，退回修改 {returned}，没能收下 {refused}，"
        "重复 {duplicate}，旧版 {superseded}，略过 {ignored}"
    ).format(**figures)
    yield _(
        "应评 {due} 人 = 参评 {assessed} + 免评 {exempt} + 缓评 {deferred} + 未交 {missing}"
        " + 未定 {undecided}"
    ).format(**figures)
    if not gist.tiers:
        yield _("半年初评，只记分，不定等次") + waits
        return
    shares = ((f"{title} {n}", share(n, figures["graded"])) for title, n in gist.tiers)
    yield _("，").join(in_brackets(*each) for each in shares) + waits


@for_terminals
def collected_lines(done: Collected) -> Iterable[str]:
    """Files that ``collect`` left besides the summary, and what people had changed."""
    yield from done.news
    if done.kept:
        yield _("改过的 汇总.xlsx 已另存为 {kept}").format(kept=done.kept)
    copies = sum(each.written for each in done.copies)
    if copies:
        yield _("要发回本人修改的表和私信在“{folder}”里").format(folder=rounds.COPIES)
    for each in done.copies:
        if each.kept:
            yield _("有人改过的旧文件另存为 {kept}").format(kept=each.kept)
    if done.desk and done.desk_made:
        yield _("{desk} 已建好，开会定分时在里面填").format(desk=rounds.DESK)
    if done.acts:
        yield _("记下核定表里的 {n} 项决定，sheetflow log 逐条列出").format(n=len(done.acts))
    if done.desk and done.desk.name != rounds.DESK:
        yield _("没有动 {desk}，原因和办法见上；更新的一份写在旁边的 {beside}").format(
            desk=rounds.DESK, beside=done.desk.name
        )


@for_terminals
def status_lines(now: Status) -> Iterable[str]:
    """Who has returned, who has not, and the text for the group."""
    if now.counts:
        yield _("应评 {due} 人，参评 {assessed}，未交 {missing}，未定 {undecided}").format(
            **now.counts
        )
    titles = {"missing": _("未交"), "returned": _("退回修改"), "undecided": _("未定")}
    for kind, members in now.waiting.items():
        groups: dict[str, list[str]] = {}
        for member in members:
            groups.setdefault(member["group"], []).append(now.called[member["id"]])
        for group, names in groups.items():
            place = f" {group}" if group else ""
            head = in_brackets(titles[kind] + place, len(names))
            yield head + _("：") + _("、").join(names)
    if now.group_text:
        yield _("可发到群里：") + now.group_text


def forms_json(made: Forms) -> dict[str, Any]:
    """Result of ``forms`` as plain data."""
    return {
        "made": list(made.made),
        "unchanged": list(made.same),
        "assigned": [{"id": member_id, "name": name} for member_id, name in made.assigned],
        "kept": list(made.kept),
        "findings": findings_json(made.findings),
    }


@for_terminals
def forms_lines(made: Forms) -> Iterable[str]:
    """Result of ``forms`` in words."""
    for member_id, name in made.assigned:
        yield _("给 {name} 编了 {id}，写进名册").format(name=name, id=member_id)
    yield _("生成 {made} 份表，{same} 份没有变化").format(made=len(made.made), same=len(made.same))
    for kept in made.kept:
        yield _("有人改过的旧文件另存为 {kept}").format(kept=kept)


def log_json(log: Log) -> dict[str, Any]:
    """The branch's acts and the verdict on the record as plain data."""
    breaks = [{**asdict(each), "message": each.text} for each in log.breaks]
    return {
        "acts": [asdict(each) for each in log.acts],
        "total": log.total,
        "head": log.head,
        "verified": not log.breaks,
        "breaks": breaks,
    }


@for_terminals
def log_lines(log: Log) -> Iterable[str]:
    """The branch's acts, and the verdict on the whole record."""
    yield from map(_act_line, log.lines)
    if log.member:
        yield _("{member} 有 {n} 条").format(member=log.member, n=len(log.acts))
    if not log.breaks:
        text = _("共 {n} 条，校验一致，末条指纹 {head}")
        yield text.format(n=log.total, head=log.head[:8])
        return
    yield _("共 {n} 条，校验不一致：").format(n=log.total)
    yield from (f"  {_SIGNS[Severity.ERROR]} {each.text}" for each in log.breaks)


def _act_line(act: Act) -> str:
    about = (str(act.number), act.taken.replace("T", " "), f"{act.member} {act.name}".strip())
    what = f"{act.sheet} {act.what}".strip()
    change = f"{act.before or _('（空）')} → {act.after or _('（空）')}"
    said = _("{what}：{change}").format(what=what, change=change)
    meeting = _("会次 {meeting}").format(meeting=act.meeting) if act.meeting else ""
    return "  ".join(filter(None, (*about, said, meeting)))


def how_far(read: int, total: int, seconds: float) -> str:
    """How far reading has come, how fast, and how long it will still take."""
    speed = max(read / max(seconds, 0.1), 0.01)
    return _("正在读表：{read} / {total}，每秒 {speed} 份，还要约 {left} 秒").format(
        read=read,
        total=total,
        speed=round(speed) if speed >= 10 else round(speed, 1),  # noqa: PLR2004 - two digits
        left=math.ceil((total - read) / speed),
    )
