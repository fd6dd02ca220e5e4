"""Taking in what was dropped: every file is kept as it came before anyone looks inside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sheetflow import platform
from sheetflow import round as rounds
from sheetflow.errors import OutputError, SheetflowError, UnreadableError
from sheetflow.excel.bundle import is_bundle, members
from sheetflow.excel.preflight import MAX_FILE
from sheetflow.excel.refusals import refuse
from sheetflow.flows.outputs import inside
from sheetflow.ledger import Ledger
from sheetflow.messages import _
from sheetflow.model import Fault, Source
from sheetflow.round import Round

#: Largest zip that is opened, in bytes: a chat group's export of a whole branch.
_MAX_BUNDLE = 100 * 1024 * 1024
#: Names in the ledger: a zip that was taken in, the reason why a file in one was not.
_OPENED, _REFUSED = "bundle {file} {sha256}", "refused {sha256}"
#: Files kept in one transaction.
_CHUNK = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """How many arrivals are new, and the files that nobody could open this time."""

    new: int
    #: ``file-closed``: held by another program, or not allowed to be read.
    faults: tuple[Fault, ...] = ()


def take_in(round_: Round, ledger: Ledger, paths: Iterable[Path], *, now: datetime | None) -> Taken:
    """Keep everything new under 收回; ``paths`` from elsewhere are copied there first.

    ``now`` is the local time that stands as their receipt. Raises ``SheetflowError`` for a path
    that is not there or holds the round itself; then none is copied.
    """
    returned, listed = round_.path(rounds.RETURNED), tuple(paths)
    for path in listed:
        _allow(round_, path)
    for path in listed:
        _bring(round_, path, returned)
    known = {(each.file, each.sha256) for each in ledger.arrivals()}
    desk = _Desk(ledger, known, now.isoformat(timespec="seconds") if now else "")
    new = 0
    closed: list[Fault] = []
    waiting = list(platform.list_files(returned)) if returned.is_dir() else []
    for start in range(0, len(waiting), _CHUNK):
        with ledger.transaction():
            for shown, path, _state in waiting[start : start + _CHUNK]:
                file = f"{rounds.RETURNED}/{shown}"
                try:
                    new += _take(desk, file, path)
                except OSError:
                    closed.append(_closed(file))
    for shown in platform.list_others(returned) if returned.is_dir() else ():
        new += _refuse(desk, f"{rounds.RETURNED}/{shown}", refuse("link"))
    return Taken(new, tuple(closed))


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where arrivals go: the ledger, what it holds already, the time they get."""

    ledger: Ledger
    known: set[tuple[str, str]]
    now: str


@dataclass(frozen=True, slots=True)
class Around:
    """Whether anything lies under 收回 that has not been taken in, and what nobody can open."""

    new: bool
    #: ``file-closed``, as in ``Taken``.
    closed: tuple[Fault, ...] = ()


def look_around(round_: Round, ledger: Ledger) -> Around:
    """Look under 收回 and take nothing in."""
    returned = round_.path(rounds.RETURNED)
    known = {(each.file, each.sha256) for each in ledger.arrivals()}
    new, closed = False, []
    for shown, path, _state in platform.list_files(returned) if returned.is_dir() else ():
        file = f"{rounds.RETURNED}/{shown}"
        try:
            new = new or not _known(ledger, known, file, _hash(path))
        except OSError:
            closed.append(_closed(file))
    return Around(new, tuple(closed))


def _closed(file: str) -> Fault:
    return Fault("file-closed", Source(file))


def _known(ledger: Ledger, known: set[tuple[str, str]], file: str, sha256: str) -> bool:
    opened = _OPENED.format(file=file, sha256=sha256)
    return (file, sha256) in known or ledger.get(opened) is not None


def _take(desk: _Desk, file: str, path: Path) -> int:
    """Keep one file, or the files of a zip; return how many arrivals are new.

    Raises ``OSError`` for a file that cannot be opened now.
    """
    size = path.stat().st_size
    large = size > (_MAX_BUNDLE if _is_zip(path) else MAX_FILE)
    data = b"" if large else path.read_bytes()
    sha256 = _hash(path) if large else hashlib.sha256(data).hexdigest()
    if _known(desk.ledger, desk.known, file, sha256):
        return 0
    if not large and is_bundle(data):
        return _open(desk, file, data)
    if large or len(data) > MAX_FILE:
        desk.ledger.keep_unread(file=file, sha256=sha256, size=size, received=desk.now)
    else:
        desk.ledger.keep(data, file=file, received=desk.now)
    return 1


def _open(desk: _Desk, file: str, data: bytes) -> int:
    """Keep the files of a zip one by one; one that cannot be unpacked keeps its reason."""
    new = 0
    try:
        for member in members(data):
            name = f"{file}!/{member.name}"
            if member.data is not None:
                new += (name, hashlib.sha256(member.data).hexdigest()) not in desk.known
                desk.ledger.keep(member.data, file=name, received=desk.now)
            elif member.refused:
                new += _refuse(desk, name, member.refused)
    except UnreadableError as error:
        new += _refuse(desk, file, error)
    desk.ledger.put(_OPENED.format(file=file, sha256=hashlib.sha256(data).hexdigest()), "1")
    return new


def _refuse(desk: _Desk, file: str, error: UnreadableError) -> bool:
    """Keep why something received has no bytes to read; return whether that is new."""
    sha256 = hashlib.sha256(f"{file}|{error.kind}".encode()).hexdigest()
    if refusal(desk.ledger, sha256):
        return False
    kept = json.dumps([error.kind, error.message, error.fix])
    with desk.ledger.transaction():
        desk.ledger.put(_REFUSED.format(sha256=sha256), kept)
        desk.ledger.keep_unread(file=file, sha256=sha256, size=0, received=desk.now)
    return True


def refusal(ledger: Ledger, sha256: str) -> UnreadableError | None:
    """Return the kept reason why an arrival has no bytes; ``None`` when it has some."""
    kept = ledger.get(_REFUSED.format(sha256=sha256))
    return UnreadableError(*json.loads(kept)) if kept else None


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\3\4"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _allow(round_: Round, path: Path) -> None:
    """Raise ``SheetflowError`` for a path nobody's forms can lie under."""
    if not path.exists():
        raise SheetflowError(
            _("找不到 {path}").format(path=path), _("请核对路径；带空格的路径要用引号括起来")
        )
    if not path.is_file() and not path.is_dir():
        raise SheetflowError(
            _("{path} 不是文件，也不是文件夹，没有收").format(path=path),
            _("请写出收到的文件或文件夹"),
        )
    here, round_folder = path.resolve(), round_.folder.resolve()
    own = {round_folder / name for name in rounds.OWN}
    if here in {round_folder, *round_folder.parents} or not own.isdisjoint({here, *here.parents}):
        raise SheetflowError(
            _("{path} 里是考核文件夹自己的文件，不是收回来的表，没有收").format(path=path),
            _("收到的表请放进“{returned}”，再运行 sheetflow collect，不用写路径").format(
                returned=rounds.RETURNED
            ),
        )


def _bring(round_: Round, path: Path, returned: Path) -> None:
    """Copy a file, or a folder's files, into 收回 unless they lie there already."""
    if returned.resolve() in (path.resolve(), *path.resolve().parents):
        return
    if path.is_dir():
        for shown, inner, _state in platform.list_files(path):
            _copy(round_, inner, returned / path.resolve().name / shown)
    else:
        _copy(round_, path, returned / path.name)


def _copy(round_: Round, source: Path, target: Path) -> None:
    inside(round_, target)
    try:
        data = source.read_bytes()
    except OSError as error:
        raise OutputError(
            _("打不开 {path}").format(path=source.name),
            _("请关闭正在使用它的程序，或检查权限，再运行一次"),
        ) from error
    stem, number = target.stem, 1
    while target.exists() and not (target.is_file() and target.read_bytes() == data):
        number += 1
        target = target.with_name(f"{stem}({number}){target.suffix}")
    platform.write_whole(target, data)
