"""Leaving files for people: whole, and never over something a person has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sheetflow import platform
from sheetflow import round as rounds
from sheetflow.errors import OutputError
from sheetflow.ledger import Ledger
from sheetflow.messages import _
from sheetflow.round import Round

#: Name in the ledger: what is about to be written under a name.
_WRITING = "writing {name}"


@dataclass(frozen=True, slots=True)
class Left:
    """A file left: its path in the round, whether it is new, where a changed one went."""

    name: str
    written: bool
    kept: str = ""


def leave(round_: Round, ledger: Ledger, name: str, data: bytes) -> Left:
    """Write a file of the round; one that people changed since is first put into 旧版.

    Raises ``OutputError`` when either cannot be written.
    """
    (left,) = leave_all(round_, ledger, {name: data})
    return left


def leave_all(round_: Round, ledger: Ledger, files: Mapping[str, bytes]) -> list[Left]:
    """Write some files as ``leave`` writes one; they are noted together, for a note is slow."""
    made = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    kept = {name: _put_aside(round_, ledger, name, new) for name, new in made.items()}
    changed = {name: new for name, new in made.items() if ledger.output(name) != new}
    with ledger.transaction():
        # A run that ends between the writing and its note leaves files of ours, no person's.
        for name, new in changed.items():
            ledger.put(_WRITING.format(name=name), new)
    left = [
        Left(name, platform.write_whole(round_.path(name), data), kept[name])
        for name, data in files.items()
    ]
    with ledger.transaction():
        for name, new in changed.items():
            ledger.keep_output(name, new)
    return left


def _put_aside(round_: Round, ledger: Ledger, name: str, new: str) -> str:
    """Keep what people made of a file that is about to be written; say where."""
    path = round_.path(name)
    inside(round_, path)
    ours = {new, *our_own(ledger, name)}
    return _keep_old(round_, name, path) if path.is_file() and _sha256(path) not in ours else ""


def inside(round_: Round, path: Path) -> None:
    """Raise ``OutputError`` when a link would lead what is written there out of the round."""
    folder = round_.folder.resolve()
    if folder not in (path.parent / path.name).resolve().parents:
        raise OutputError(
            _("{file} 会写到考核文件夹外面去，没有写").format(file=path.name),
            _("它所在的文件夹是指向别处的链接，请换成普通文件夹，再运行一次"),
        )


def withdraw(round_: Round, ledger: Ledger, name: str, *, keep: bool = False) -> str:
    """Take away a file left earlier; say where it was kept when people had changed it.

    With ``keep`` it is kept in any case. A file that this program did not leave stays. Raises
    ``OutputError`` when it cannot be taken.
    """
    path, ours = round_.path(name), our_own(ledger, name)
    if not ours or not path.is_file():
        return ""
    kept = _keep_old(round_, name, path) if keep or _sha256(path) not in ours else ""
    try:
        path.unlink()
    except OSError as error:
        raise OutputError(
            _("删不掉过时的 {file}").format(file=path.name),
            _("请在 Excel 或 WPS 里关闭它，再运行一次"),
        ) from error
    return kept


def our_own(ledger: Ledger, name: str) -> set[str]:
    """What this program wrote under a name last, or was about to write when it ended."""
    begun = ledger.get(_WRITING.format(name=name))
    return {each for each in (ledger.output(name), begun) if each}


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise OutputError(
            _("读不了 {file}").format(file=path.name),
            _("请在 Excel 或 WPS 里关闭它，再运行一次"),
        ) from error


def _keep_old(round_: Round, name: str, path: Path) -> str:
    """Put a copy of a changed file into 旧版 under the next free number."""
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    number = 1
    while True:
        kept = f"{rounds.OLD}/{stem}-{number}{suffix}"
        target = round_.path(kept)
        data = path.read_bytes()
        if not target.exists():
            platform.write_whole(target, data)
            return kept
        if target.read_bytes() == data:
            return kept
        number += 1
