"""R3 goes on: can the names of the roster be put in order?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.wording import brief, tell
from sheetflow.messages import _
from sheetflow.model import Severity
from sheetflow.names import in_order, read_hands
from sheetflow.schemes import place


@check("R315", Severity.WARNING)
def character_outside(case: Case) -> Iterator[Problem]:
    """姓名里有排不了次序的字

    公文里的名单按笔画或拼音排次序，字库里没有这个字，这个人就只能排在最后。
    在设置的“生僻字笔画”里写上这个字的笔画（横、竖、撇、点、折），按拼音排的写上读音。

    错误：名册 甲某 姓名 填 㛃某
    正确：名册 甲某 姓名 填 㛃某；设置 生僻字笔画 填 㛃=9画111253531
    """
    settings = case.scheme.settings
    members = case.roster.members
    hands, _faults = (
        read_hands(settings.rare_characters, members[0].source) if members else ({}, ())
    )
    names = [member.name for member in members]
    for character in in_order(names, settings.name_order, hands=hands).outside:
        for member in (each for each in members if character in each.name):
            what = _("“{name}”里的“{character}”不在字库里，名单排次序时只能排在最后").format(
                name=brief(member.name), character=character
            )
            fix = _("请在设置的“生僻字笔画”里写上，如：{character}=横竖撇点折").format(
                character=character
            )
            yield tell(member.source, what, fix, found=character, member=member.id)


@check("R316", Severity.WARNING)
def hand_unreadable(case: Case) -> Iterator[Problem]:
    """生僻字笔画看不懂

    设置的“生僻字笔画”里，一个字写一条，字后面等号，再写笔画和读音，几个字用分号隔开。
    写了画数的，要和笔画数相同；同一个字只写一次。看不懂的一条不起作用，请改正。

    错误：设置 生僻字笔画 填 㛃=8画111253531
    正确：设置 生僻字笔画 填 㛃=9画111253531
    """
    source = place(case.places, ("settings", "rare_characters"))
    _hands, faults = read_hands(case.scheme.settings.rare_characters, source)
    for fault in faults:
        what = {
            "hand-notation": _("“{found}”看不懂"),
            "hand-count": _("“{found}”写的画数与笔画对不上，笔画有 {expected} 笔"),
            "hand-twice": _("“{found}”这个字前面已经写过"),
        }[fault.kind].format(found=brief(fault.found), expected=fault.expected)
        fix = _("请照“㛃=9画111253531”这样改正")
        yield tell(source, what, fix, found=fault.found, expected=fault.expected)
