"""A round's folder: which file is which. Names are the same in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sheetflow.errors import NoRoundError
from sheetflow.messages import _

SCHEME = "考核方案.xlsx"
ROSTER = "名册.xlsx"
DESK = "核定.xlsx"
#: Stands beside it when that cannot be rewritten without loss.
BESIDE = "核定-更新.xlsx"
SUMMARY = "汇总.xlsx"
LEDGER = "工作记录-勿删.db"
FORMS = "表格"
RETURNED = "收回"
COPIES = "退回修改"
PAPERS = "公文"
#: Templates of papers that people keep for this round; they win over the system's.
TEMPLATES = "公文模板"
OLD = "旧版"
#: All that the program itself or the branch keeps in the folder, besides what was returned.
OWN = (SCHEME, ROSTER, DESK, BESIDE, SUMMARY, LEDGER, FORMS, COPIES, PAPERS, TEMPLATES, OLD)
#: Below 收回: forms that the clerk typed from paper.
TYPED = "纸质代录"

#: What other programs leave lying about; never a member's form.
_IGNORED_NAMES = {".ds_store", "thumbs.db", "desktop.ini", ".picasa.ini"}
_IGNORED_FOLDERS = {"__macosx", "$recycle.bin", "system volume information", ".sync", ".git"}


@dataclass(frozen=True, slots=True)
class Round:
    """The folder of one round."""

    folder: Path

    def path(self, name: str) -> Path:
        """Path of a file or folder of the round."""
        return self.folder / name


def find(folder: Path) -> Round:
    """Return the round in a folder; raises ``NoRoundError`` when there is none."""
    if not (folder / LEDGER).is_file():
        text = _("“{folder}”不是考核文件夹（里面没有 {ledger}）").format(
            folder=folder.absolute().name, ledger=LEDGER
        )
        if (folder / SCHEME).exists():
            fix = _(
                "它被移走或删除了的，请从回收站或备份里放回来；新建时中断了的，"
                "请照原来的选项再运行一次 sheetflow init"
            )
            raise NoRoundError(text, fix)
        around = _around(folder)
        if around:
            fix = _("它在考核文件夹“{around}”里面，请退到那一层再运行").format(around=around.name)
            raise NoRoundError(text, fix)
        raise NoRoundError(
            text,
            _(
                "请进入考核文件夹再运行，或用 sheetflow -C 文件夹 指定；"
                "新建用 sheetflow init 文件夹"
            ),
        )
    return Round(folder)


def free(folder: Path, files: Mapping[str, bytes]) -> Round:
    """Return the round to be made of these files in a folder.

    What is left of a making that was cut short may be there. Raises ``NoRoundError`` where
    anything else of a round is there, or the folder lies within a round.
    """
    around = _around(folder)
    if around:
        raise NoRoundError(
            _("“{folder}”在考核文件夹“{around}”里面，没有新建").format(
                folder=folder.absolute().name, around=around.name
            ),
            _("请换一个地方，如 {around} 的旁边").format(around=around.name),
        )
    made = {LEDGER: b"", **files}
    names = (LEDGER, SCHEME, ROSTER, DESK, SUMMARY, FORMS, RETURNED)
    taken = [name for name in names if _taken(folder / name, made.get(name))]
    if taken:
        raise NoRoundError(
            _("“{folder}”里已经有 {taken}，没有动它").format(
                folder=folder.absolute().name, taken=_("、").join(taken)
            ),
            _("请换一个新的文件夹名；上一次新建中断了的，照那一次的选项再运行，会接着建"),
        )
    if folder.exists() and not folder.is_dir():
        raise NoRoundError(
            _("“{folder}”是一个文件，不是文件夹").format(folder=folder.name),
            _("请换一个新的文件夹名"),
        )
    return Round(folder)


def _around(folder: Path) -> Path | None:
    """The round that a folder lies in, below its own folder."""
    return next((p for p in folder.resolve().parents if (p / LEDGER).is_file()), None)


def _taken(path: Path, made: bytes | None) -> bool:
    """Whether more is there than what making a round leaves when it is cut short."""
    if made is None and path.is_dir():
        return not all(each.is_dir() for each in path.rglob("*"))
    return path.exists() and not (path.is_file() and path.read_bytes() == made)


def typed_from_paper(file: str) -> bool:
    """Whether a path of the round holds a form the clerk typed from paper."""
    return file.startswith(f"{RETURNED}/{TYPED}/")


def ignored(file: str) -> bool:
    """Whether a path below 收回 is left behind by a program, not handed in by a person."""
    *folders, name = file.casefold().split("/")
    return (
        name.startswith(("~$", "._", ".~"))
        or name in _IGNORED_NAMES
        or any(each in _IGNORED_FOLDERS for each in folders)
    )
