"""D8: can the staff's workbook be taken at its word?"""
# ruff: noqa: D400, D415 - the first line of a page is a title in the users' language

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.checks.registry import Case, Problem, check
from sheetflow.checks.wording import brief, tell
from sheetflow.messages import _
from sheetflow.model import Fault, Severity


def _about(case: Case, kind: str, what: str, fix: str) -> Iterator[Problem]:
    """Word every fault of a kind in the same sentence."""
    for fault in case.faults:
        if fault.kind == kind:
            yield _worded(fault, what, fix)


def _worded(fault: Fault, what: str, fix: str) -> Problem:
    found, expected = brief(fault.found), fault.expected
    text = what.format(found=found, expected=expected)
    return tell(fault.source, text, fix, found=found, expected=expected)


@check("D801", Severity.ERROR)
def desk_old(case: Case) -> Iterator[Problem]:
    """核定表是旧的一份

    放回来的是以前的核定表，后来定下的事这里面没有，所以里面的内容都没有采用，已经定下的照旧，这一份也没有动。
    最近的一份写在旁边的“核定-更新.xlsx”里：把它改名为“核定.xlsx”接着用。旧的一份里新填的、确有要用的，抄过去。

    错误：核定表换成以前的一份
    正确：核定表不动
    """
    what = _("这是旧的一份（第 {found} 版，现在是第 {expected} 版），没有采用")
    fix = _("请把 核定-更新.xlsx 改名为 核定.xlsx 接着用；这一份里新填的，抄过去")
    yield from _about(case, "desk-old", what, fix)


@check("D821", Severity.WARNING)
def desk_unmarked(case: Case) -> Iterator[Problem]:
    """核定表认不出是第几版

    核定表里隐藏的标记页不见了，认不出是不是最近的一份：新填的照样采用，清空的格子不算收回。
    汇总会把标记补回来；要收回的，补回以后再清空一次。

    错误：核定表删去隐藏的标记页
    正确：核定表不动
    """
    what = _("隐藏的标记页不见了，清空的格子这一次不算收回")
    yield from _about(case, "desk-unmarked", what, _("标记已补回；要收回的请再清空一次"))


@check("D802", Severity.ERROR)
def desk_foreign(case: Case) -> Iterator[Problem]:
    """核定表是另一次考核的

    这份核定表属于另一次考核，里面的内容没有采用，也没有动它。放回这次考核自己的核定表；
    找不到了，用旁边的“核定-更新.xlsx”，把它改名为“核定.xlsx”。

    错误：核定表换成另一次考核的
    正确：核定表不动
    """
    what = _("这是另一次考核（{found}）的核定表，没有采用")
    yield from _about(
        case,
        "desk-foreign",
        what,
        _("请放回这次考核的核定表；找不到了，把 核定-更新.xlsx 改名为 核定.xlsx"),
    )


@check("D803", Severity.ERROR)
def desk_row_gone(case: Case) -> Iterator[Problem]:
    """核定表少了一行

    这一行不见了：多半是被删去，或编号被改动。以前在这一行定下的照旧有效，不算收回。
    要收回的，在那一行把格子清空；行由汇总补回。

    错误：核定表删去 007 的行
    正确：核定表不动
    """
    what = _("找不到 {found} 这一行，以前定下的照旧")
    yield from _about(case, "desk-row-gone", what, _("请不要删行；汇总会把它补回来"))


@check("D804", Severity.ERROR)
def desk_row_twice(case: Case) -> Iterator[Problem]:
    """核定表里一个人有两行

    同一个编号有两行，分不清哪一行算数，这一行的内容没有采用，以前定下的照旧。删去多出的一行。

    错误：核定表 007 的行复制一遍
    正确：核定表不动
    """
    what = _("{found} 又出现一行，分不清以哪行为准，没有采用")
    yield from _about(case, "desk-row-twice", what, _("请删去多出的一行"))


@check("D827", Severity.ERROR)
def desk_stranger(case: Case) -> Iterator[Problem]:
    """编号和姓名不是一个人，或者不是这一行原来的人

    这一行的编号是一个人的，姓名却是另一个人的，或者编号和姓名换成了别人，填的还是原来那一行的：
    多半是没有整行一起排序，只排了一两栏，或者贴错、改动了编号和姓名。
    这一行填的是给谁的，程序不猜：没有采用，也没有动它，以前定下的照旧，改正以前这个人的核定不生效。
    这一行原来是谁的，写在隐藏的“键”一栏（取消隐藏就看得到）：照它把编号和姓名改回来，再汇总。以后要排，整张表一起排。

    错误：核定 007 姓名 填 乙二
    正确：核定 007 姓名 不动
    """
    what = _("“{found}”不是 {expected}，这一行没有采用")
    fix = _("请把编号和姓名改回一致，看清这一行是给谁填的")
    yield from _about(case, "desk-stranger", what, fix)
    what = _("这一行原来是 {found} 的，编号和姓名换成了 {expected}，没有采用")
    fix = _("请改回来；是填给现在这个人的，请移到他原来那一行")
    yield from _about(case, "desk-moved", what, fix)
    what = _("起有 {found} 行的编号、姓名和原来的对不上，这些行没有采用")
    fix = _("多半没有整行一起排序：请照隐藏的“键”一栏，把编号和姓名改回来")
    yield from _about(case, "desk-strangers", what, fix)


@check("D828", Severity.ERROR)
def desk_renamed(case: Case) -> Iterator[Problem]:
    """同一个编号换了姓名

    以前定下的是用这个编号的另一个姓名定的，名册里现在换了姓名。是改了名字，还是把编号给了别人，程序不猜：
    以前定下的一律不用在现在这个人身上，这一行也没有动。
    是同一个人，把这一格改成名册里的姓名，再汇总；换了人的，在名册里给他另编一个没有用过的编号。

    错误：核定 007 否决 填过，名册里 007 改了姓名
    正确：核定 007 否决 填过，名册和核定里 007 都改了姓名
    """
    what = _("以前定的是 {found}，名册里这个编号现在是{expected}，以前定下的没有用")
    fix = _("是同一个人，请把这一格改成名册里的姓名；换了人，请在名册里给他另编一个编号")
    yield from _about(case, "desk-renamed", what, fix)


@check("D829", Severity.ERROR)
def desk_nobody(case: Case) -> Iterator[Problem]:
    """填在名册里没有的编号那一行

    这一行的编号名册里没有，多半是编号被改动，填的没有采用。改回原来的编号，或填到本人那一行。

    错误：核定 007 核定 填 同意，编号 填 099
    正确：核定 007 核定 填 同意
    """
    what = _("填了“{found}”，编号 {expected} 不在名册里，没有采用")
    yield from _about(case, "desk-nobody", what, _("请改回原来的编号，或填到本人那一行"))


@check("D830", Severity.WARNING)
def desk_over(case: Case) -> Iterator[Problem]:
    """程序填的格子被改过

    白格、灰格、蓝格是程序填的，有人在上面打了别的，或用数值盖掉了公式。改的不算，汇总按原来的算，并把它写回去；
    改过的那份存在“旧版”里。照改过的打印、念过的，请换掉；是想改分的，填在黄格里。

    错误：核定 007 总分 填 999
    正确：核定 007 总分 不动
    """
    fix = _("不要照它打印；想改的，请填在黄格里")
    what = _("程序填的“{expected}”被改成“{found}”，不采用，已写回")
    yield from _about(case, "desk-over", what, fix)
    for fault in case.faults:
        if fault.kind == "desk-over-many":
            what = _("起有 {found} 格程序填的被改过，不采用，已写回")
            if not fault.found:
                what = _("程序用的这张表不见了，已补回")
            yield _worded(fault, what, fix)


@check("D805", Severity.ERROR)
def desk_sheet_damaged(case: Case) -> Iterator[Problem]:
    """核定表的工作表或表头不见了

    核定表里这张工作表被删去，或表头被清空、改名，里面填的内容读不到；以前定下的照旧有效，填过的也还在原处。
    工作表被删去的，汇总会补上一张；要找回自己写的，从“旧版”里抄。
    表头整行没了的，从“旧版”里把那一行抄回来；“旧版”里没有，就把这张表改个名，再汇总一次，
    会补上一张有表头的，再抄过去。少了一个表头的，改回原样。

    错误：核定表删去“核定”一页的表头
    正确：核定表不动
    """
    words = {
        "desk-sheet-missing": (
            _("这张工作表找不到，以前定下的照旧"),
            _("汇总会补上一张；自己写的内容，请从“旧版”里抄"),
        ),
        "desk-none": (
            _("这不是核定表，里面没有一张核定用的工作表，没有采用，也没有动它"),
            _("请放回核定表；找不到了，把 核定-更新.xlsx 改名为 核定.xlsx"),
        ),
        "desk-headings-missing": (
            _("整行表头不见了，这张表没有读，填的还在里面，以前定下的照旧"),
            _("请从“旧版”里抄回表头那一行；没有旧版，把这张表改名再汇总，补上新的再抄过去"),
        ),
        "desk-heading-missing": (
            _("表头缺少“{expected}”，这一栏没有读，以前定下的照旧"),
            _("请把表头改回原样"),
        ),
        "desk-heading-twice": (
            _("表头“{expected}”出现了两次，这一栏没有读"),
            _("请删去多出的一栏"),
        ),
    }
    for kind, (what, fix) in words.items():
        yield from _about(case, kind, what, fix)


@check("D831", Severity.WARNING)
def desk_copied(case: Case) -> Iterator[Problem]:
    """核定表里有一张表多出一份，里面填的没有读

    这张工作表的表头和另一张一样，多半是复制出来的，里面填的却不一样。程序只按原来的名字读一张，这一张里填的都没有采用。
    要用的，抄到原来那张表里，再删去这一张；只是留底的，另存成一个文件。两张填的一样，就不提。

    错误：核定表复制“核定”一页，在复制的里面填
    正确：核定表复制“核定”一页
    """
    what = _("这张表像是“{expected}”的另一份，里面另填的没有读，如“{found}”")
    fix = _("要用的，请抄到“{expected}”里，再删去这一张；留底的，请另存成一个文件")
    for fault in case.faults:
        if fault.kind == "desk-copied":
            yield _worded(fault, what, fix.format(expected=fault.expected))


@check("D832", Severity.WARNING)
def desk_merged(case: Case) -> Iterator[Problem]:
    """核定表里合并了单元格

    几格合并成一格，看上去是一起填的，文件里只有左上角那一格有内容：别的格子按没有填处理，以前定下的照旧，不算收回。
    取消合并，每一行各填各的。一次填好多行：选中这些格子，打字以后按 Ctrl+回车；
    全体都一样的，填在“其余一律”那一行。

    错误：核定表“核定”一页的会次，上下两格合并
    正确：核定表不动
    """
    what = _("合并成了一格，只算填在左上角，盖住的 {found} 格没有读，以前定下的照旧")
    fix = _("请取消合并，各填各的；一次填多行，选中后打字，再按 Ctrl+回车")
    yield from _about(case, "desk-merged", what, fix)


@check("D833", Severity.WARNING)
def desk_struck(case: Case) -> Iterator[Problem]:
    """核定表里定的内容划了删除线

    划了删除线的，格子里还在，程序仍照它采用。要收回的，把格子清空；不收回的，去掉删除线，免得看的人弄错。

    错误：核定 007 否决 填过又划去
    正确：核定 007 否决 填 V1
    """
    what = _("“{found}”划了删除线，格子里还在，仍照它采用")
    yield from _about(case, "desk-struck", what, _("要收回请清空，不收回请去掉删除线"))


@check("D806", Severity.ERROR)
def ruling_unusable(case: Case) -> Iterator[Problem]:
    """核定表里填的内容用不上

    填的不是规定的词，不是一个数，超出这一项允许的范围，或日期写法不对。
    这一格没有生效，也没有改动它；照提示改正后再汇总。改正以前，这个人的核定不生效，公文不出定稿。

    错误：核定 007 否决 填 V9
    正确：核定 007 否决 填 V1
    """
    words = {
        "ruling-word": (_("读到“{found}”，应为 {expected} 之一"), _("请改正")),
        "ruling-number": (_("读到“{found}”，不是一个数"), _("请改填数字")),
        "ruling-range": (_("读到“{found}”，应填 {expected}"), _("请改正")),
        "ruling-day": (_("读到“{found}”，不是日期"), _("请照 2015-12-25 这样写")),
        "ruling-error": (_("读到“{found}”，是出错的公式"), _("请改填实际内容")),
        "ruling-uncached": (
            _("是公式，文件里没有存下它的结果"),
            _("请用电脑版 WPS 或 Excel 打开保存一次，或改填实际内容"),
        ),
    }
    for kind, (what, fix) in words.items():
        yield from _about(case, kind, what, fix)


@check("D807", Severity.NOTE)
def ruling_formula(case: Case) -> Iterator[Problem]:
    """核定表里填了公式

    要定的格子里填的是公式，已按它现在的结果采用，并改成这个数，以后不再跟着变。不用处理。

    错误：核定 007 理由 填 =1+1
    正确：核定 007 理由 填 会议另有考虑
    """
    what = _("填的是公式，按结果“{found}”采用，已改成这个值")
    yield from _about(case, "ruling-formula", what, _("不用处理"))


@check("D808", Severity.WARNING)
def desk_gone(case: Case) -> Iterator[Problem]:
    """核定表不见了，或者是空文件

    考核文件夹里没有核定表，或者它是一个 0 字节的空文件。以前定下的都在工作记录里，照旧有效；
    汇总会重新生成一份，但别人写的批注、涂的颜色找不回来。有原来的一份，就把它放回来。

    错误：核定表删去
    正确：核定表不动
    """
    what = _("核定表不见了，或者是空文件，已按工作记录重新生成，以前定下的照旧")
    yield from _about(case, "desk-gone", what, _("有原来的一份，请放回来"))


@check("D809", Severity.ERROR)
def chain_broken(case: Case) -> Iterator[Problem]:
    """工作记录里的决定被改过

    每一条决定都记着前一条的指纹，这一条对不上：有人改动过工作记录。
    用备份里的工作记录核对；核定表里的内容是否属实，由会议确认。

    错误：工作记录里的决定被人改动
    正确：核定表不动
    """
    what = _("工作记录里{found}")
    yield from _about(case, "chain-broken", what, _("请用备份核对，查明是谁改的"))


@check("D810", Severity.NOTE)
def withdrawn(case: Case) -> Iterator[Problem]:
    """收回了一项决定

    以前定下的内容，这一次在核定表里被清空，决定就此收回，记在工作记录里。
    不是有意清空的，重新填上。

    错误：核定 007 否决 填过又清空
    正确：核定表不动
    """
    what = _("原来填的“{found}”被清空，已收回")
    yield from _about(case, "ruling-withdrawn", what, _("不是有意的，请重新填上"))


@check("D822", Severity.WARNING)
def desk_other(case: Case) -> Iterator[Problem]:
    """旁边还有一份别的格式的核定表

    考核文件夹里除了“核定.xlsx”，还有一份同名、别的格式的文件，多半是另存时选错了格式。程序只读“核定.xlsx”。
    新填的如果在那一份里，在 Excel 或 WPS 里打开它，另存为“核定.xlsx”；不是，就把它移走。

    错误：核定表旁边另存一份 核定.xls
    正确：核定表不动
    """
    what = _("旁边还有一份 {found}，没有读它")
    fix = _("新填的在那一份里，请打开它另存为 核定.xlsx；不是，请把它移走")
    yield from _about(case, "desk-other", what, fix)


@check("D823", Severity.WARNING)
def desk_open(case: Case) -> Iterator[Problem]:
    """核定表好像还开着

    Excel、WPS、LibreOffice 打开一份文件时，会在旁边放一个占用标记，现在标记还在。
    还没有保存的内容读不到；汇总把核定表更新以后，开着的那一份就旧了，再保存它，里面新填的不会采用。
    先保存、关闭，再汇总。确实没有开着，是上次没有正常退出留下的标记，删去它就行。

    错误：核定表旁边有 Excel 的占用标记
    正确：核定表不动
    """
    what = _("好像还在别的程序里开着（有 {found}），没有保存的读不到")
    fix = _("请保存、关闭它，再汇总一次；没有开着的，删去那个标记文件")
    yield from _about(case, "desk-open", what, fix)


@check("D826", Severity.WARNING)
def ruling_seen(case: Case) -> Iterator[Problem]:
    """核定表里显示的数不是存着的数

    格子的数字格式少显示了小数，或者显示成别的，会上看到的和存着的就不是同一个数。
    已按存着的数采用，请核对定的是几分。

    错误：评分A 007 A2-1 的 2.5 显示成 3
    正确：核定表里只填内容
    """
    fix = _("请核对定的是几分；把格子设为常规格式就能看到存着的数")
    what = _("存着“{found}”，显示成“{expected}”，已按“{found}”采用")
    yield from _about(case, "ruling-seen", what, fix)
    what = _("存着“{found}”，格式使看到的不是它，已按“{found}”采用")
    yield from _about(case, "ruling-unseen", what, fix)
