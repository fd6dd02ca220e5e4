"""What a clerk sends privately with a copy that goes back."""

from __future__ import annotations

from sheetflow import text
from sheetflow.copies import Copy, FaultLine
from sheetflow.messages import _

#: Faults that the private message tells one by one.
_TOLD = 3


def letter(copy: Copy) -> str:
    """Text to send privately with the copy; it tells of this member alone."""
    blanks = [_short(line) for line in copy.lines if line.place and line.blank]
    others = [line for line in copy.lines if not (line.place and line.blank)]
    told = [_sentence(line) for line in others[:_TOLD]]
    if len(others) > _TOLD:
        told.append(_("其余 {n} 处见附件").format(n=len(others) - _TOLD))
    if blanks:
        words = _("{items} 还空着") if len(blanks) <= _TOLD else _("{items} 等 {n} 处还空着")
        told.append(words.format(items=_("、").join(blanks[:_TOLD]), n=len(blanks)))
    words = _("{name}，您的表有{n}处需改：{faults}；表在附件，改好后私发给我，谢谢！").format(
        name=copy.name, n=len(copy.lines), faults=_("；").join(told)
    )
    return text.clean(words, name=True)


def _short(line: FaultLine) -> str:
    """Code of the cell's row, with its column when that is not the one for points."""
    return f"{line.place[0]}{line.column}" if line.place else ""


def _sentence(line: FaultLine) -> str:
    if not line.allowed:
        return f"{_short(line)} {line.found}".strip()
    return _("{item} 读到{found}，应填 {allowed}").format(
        item=_short(line), found=line.found, allowed=line.allowed.removeprefix(_("填"))
    )
