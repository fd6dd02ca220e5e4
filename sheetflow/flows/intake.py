"""Taking in what was dropped: every file is kept as it came before anyone looks inside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sheetflow import platform
from sheetflow import round as rounds
from sheetflow.errors import OutputError, SheetflowError
from sheetflow.excel.preflight import MAX_FILE
from sheetflow.ledger import Ledger
from sheetflow.messages import _
from sheetflow.round import Round

#: Files kept in one transaction.
_CHUNK = 50
_BLOCK = 1 << 20


def take_in(round_: Round, ledger: Ledger, paths: Iterable[Path] = ()) -> int:
    """Keep everything new under 收回; ``paths`` from elsewhere are copied there first.

    Returns how many arrivals are new. Raises ``SheetflowError`` for a path that is not there.
    """
    returned = round_.path(rounds.RETURNED)
    for path in paths:
        _bring(path, returned)
    known = {(each.file, each.sha256) for each in ledger.arrivals()}
    new = 0
    waiting = list(platform.list_files(returned)) if returned.is_dir() else []
    for start in range(0, len(waiting), _CHUNK):
        with ledger.transaction():
            for shown, path, _state in waiting[start : start + _CHUNK]:
                new += _take(ledger, known, f"{rounds.RETURNED}/{shown}", path)
    return new


def waiting(round_: Round, ledger: Ledger) -> bool:
    """Whether anything lies under 收回 that has not been taken in."""
    returned = round_.path(rounds.RETURNED)
    known = {(each.file, each.sha256) for each in ledger.arrivals()}
    listed = platform.list_files(returned) if returned.is_dir() else ()
    return any(
        (f"{rounds.RETURNED}/{shown}", _hash(path)) not in known for shown, path, _state in listed
    )


def _take(ledger: Ledger, known: set[tuple[str, str]], file: str, path: Path) -> bool:
    try:
        large = path.stat().st_size > MAX_FILE
        data = b"" if large else path.read_bytes()
        sha256 = _hash(path) if large else hashlib.sha256(data).hexdigest()
    except OSError as error:
        raise SheetflowError(
            _("打不开 {file}").format(file=file),
            _("请关闭正在使用它的程序，或检查权限，再运行一次；已收下的不受影响"),
        ) from error
    if (file, sha256) in known:
        return False
    if large:
        ledger.keep_unread(file=file, sha256=sha256, size=path.stat().st_size)
    else:
        ledger.keep(data, file=file)
    return True


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bring(path: Path, returned: Path) -> None:
    """Copy a file, or a folder's files, into 收回 unless they lie there already."""
    if not path.exists():
        raise SheetflowError(
            _("找不到 {path}").format(path=path), _("请核对路径；带空格的路径要用引号括起来")
        )
    if returned.resolve() in (path.resolve(), *path.resolve().parents):
        return
    if path.is_dir():
        for shown, inner, _state in platform.list_files(path):
            _copy(inner, returned / path.resolve().name / shown)
    else:
        _copy(path, returned / path.name)


def _copy(source: Path, target: Path) -> None:
    try:
        data = source.read_bytes()
    except OSError as error:
        raise OutputError(
            _("打不开 {path}").format(path=source.name),
            _("请关闭正在使用它的程序，或检查权限，再运行一次"),
        ) from error
    stem, number = target.stem, 1
    while target.exists() and target.read_bytes() != data:
        number += 1
        target = target.with_name(f"{stem}({number}){target.suffix}")
    platform.write_whole(target, data)
