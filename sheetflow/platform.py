"""What differs by operating system, and writing files so that none is ever half there."""

from __future__ import annotations

import errno
import io
import os
import re
import secrets
import stat
import sys
import unicodedata
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sheetflow.errors import OutputError, SheetflowError
from sheetflow.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Begins like the owner files of Excel, which nobody takes for a returned form.
_TEMPORARY = "~$sheetflow-"
_OUR_TEMPORARY = re.compile(r"~\$sheetflow-[0-9a-f]{8}\.tmp")
_NAME_CHARACTERS = 80
#: File systems end a name at 255 bytes; this leaves room for a suffix.
_NAME_BYTES = 240
_NAMELESS = "未命名"
#: Names of devices on Windows, with any suffix ("Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]) *(?:\.|$)", re.IGNORECASE
)
_PLAIN_PATH = re.compile(r"[\w./\\:~-]+")
_RESERVED = re.compile(r'[<>:"/\\|?*]')
#: IO_REPARSE_TAG_MOUNT_POINT: a junction, which Windows does not report as a link.
_JUNCTION = 0xA0000003


def write_whole(path: Path, data: bytes) -> bool:
    """Write a file so that at any moment it is the old one or the new one, whole.

    Folders on the way are made. Returns whether anything was written: a file that already
    holds these bytes is not touched. Raises OutputError, and the old file still stands.
    """
    with _spoken(path):
        if _holds(path, data):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{_TEMPORARY}{secrets.token_hex(4)}.tmp")
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            with suppress(OSError):
                temporary.unlink()
        _settle(path.parent)
    return True


def remove_stale(folder: Path) -> None:
    """Delete what a killed ``write_whole`` left in a folder, and nothing else.

    Call it only while no other run writes there. What cannot be deleted stays.
    """
    with suppress(SheetflowError):
        for _shown_name, path, _state in list_files(folder):
            if _OUR_TEMPORARY.fullmatch(path.name):
                with suppress(OSError):
                    path.unlink()


def refused(error: OSError) -> SheetflowError:
    """What the system says of a file or folder, where nobody nearer has put it into words."""
    why, fix = _reason(error)
    path = Path(os.fsdecode(error.filename))
    # Of names that are too long the longest is at fault.
    name = _shown_path(path.name if error.errno != errno.ENAMETOOLONG else max(path.parts, key=len))
    if len(name) > _NAME_CHARACTERS:
        name = name[:_NAME_CHARACTERS] + "…"
    return SheetflowError(_("打不开 {name}：{why}。").format(name=name, why=why), fix)


def typed(path: Path) -> str:
    """Show a path as it is typed in a command: in quotes where it holds a blank or a mark."""
    return str(path) if _PLAIN_PATH.fullmatch(str(path)) else f'"{path}"'


def processors() -> int:
    """How many processes can work at the same time."""
    # Not everywhere is a process told how many of the machine's it may use.
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def safe_name(text: str, end: str = "") -> str:
    """Make a file name, without its suffix, that Windows takes as it stands.

    At most 80 characters and 240 bytes of UTF-8; composed (NFC); never empty, hidden, or a
    device; without reserved, control, direction and zero-width characters. Of a longer text the
    end is cut, but for what is given as ``end``, which is short.
    """
    last = _plain_name(end)
    name = _plain_name(text).lstrip(" .~")[: _NAME_CHARACTERS - len(last)]
    room = _NAME_BYTES - len(last.encode())
    name = (name.encode()[:room].decode(errors="ignore") + last).rstrip(" .")
    if _DEVICE.match(name):
        name = safe_name(f"_{name}")
    return name or _NAMELESS


def _plain_name(text: str) -> str:
    shown = "".join(map(_shown, unicodedata.normalize("NFC", text)))
    return " ".join(_RESERVED.sub("_", unicodedata.normalize("NFC", shown)).split())


def utf8_output() -> None:
    """Let standard output and error take any text, whatever the system's locale."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def list_others(folder: Path) -> Iterator[str]:
    """Yield the shown paths of what lies below a folder and is neither file nor folder.

    Links, junctions, pipes, sockets and devices: none of them is followed or opened. Raises as
    ``list_files`` does.
    """
    waiting = [str(folder)]
    found: list[str] = []
    while waiting:
        for entry in _entries(waiting.pop()):
            state = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(state.st_mode) and not _is_junction(state):
                waiting.append(entry.path)
            elif not stat.S_ISREG(state.st_mode):
                found.append(_shown_path(os.path.relpath(entry.path, folder)))
    yield from sorted(found)


def list_files(folder: Path) -> Iterator[tuple[str, Path, os.stat_result]]:
    """Yield the regular files below a folder: shown path, real path, state on disk.

    The shown path is relative, with ``/``, composed (NFC), and escapes what is no text; the
    files come in its order. Links, junctions, pipes and devices are left out, so that
    nothing outside the folder is reached. Raises SheetflowError for a folder that cannot be read.
    """
    found: list[tuple[str, str, os.stat_result]] = []
    waiting = [str(folder)]
    while waiting:
        for entry in _entries(waiting.pop()):
            try:
                state = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # deleted since it was listed
            if stat.S_ISREG(state.st_mode):
                found.append((_shown_path(os.path.relpath(entry.path, folder)), entry.path, state))
            elif stat.S_ISDIR(state.st_mode) and not _is_junction(state):
                waiting.append(entry.path)
    for shown, real, state in sorted(found, key=lambda one: one[:2]):
        yield shown, Path(real), state


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _settle(folder: Path) -> None:
    """Make the new name survive a power cut, where a folder can be synchronised."""
    if os.name == "nt":
        return
    # A folder without read permission, or a network file system, may not offer it.
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
                raise
        finally:
            os.close(handle)


@contextmanager
def _spoken(path: Path) -> Iterator[None]:
    """Turn what the system reports into words for the person at the keyboard."""
    try:
        yield
    except OSError as error:
        why, fix = _reason(error)
        shown = _shown_path(path.name)
        raise OutputError(_("写不进 {name}：{why}。").format(name=shown, why=why), fix) from error


def _reason(error: OSError) -> tuple[str, str]:
    """What keeps a file from being written, and what to do."""
    if error.errno in {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}:
        return _("磁盘满了"), _("请清理磁盘空间后再运行；原来的文件没有改动。")
    if error.errno == errno.EROFS:
        return _("磁盘只读"), _("请把整个文件夹移到可以写的磁盘再运行。")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY}:
        return (
            _("文件正在 Excel 或 WPS 里打开，或者只读"),
            _("请关闭它后再运行；没有打开时，请取消文件和文件夹的只读。"),
        )
    if error.errno in {errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY}:
        return _("同名的文件夹或文件占了位置"), _("请移走或改名后再运行。")
    if error.errno == errno.ENAMETOOLONG:
        fix = _("请换一个短一些的名称，或把整个文件夹移到更短的路径下再运行。")
        return _("名称或路径太长"), fix
    return _("系统不让读写"), _("请检查磁盘和权限后再运行；原来的文件没有改动。")


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError as error:
        raise SheetflowError(
            _("找不到文件夹 {folder}。").format(folder=_shown_path(folder)),
            _("请把它放回来，或建一个同名的空文件夹，再运行。"),
        ) from error
    except NotADirectoryError as error:
        raise SheetflowError(
            _("{folder} 是一个文件，不是文件夹。").format(folder=_shown_path(folder)),
            _("请把它移走，再建一个同名的文件夹，再运行。"),
        ) from error
    except OSError as error:
        raise SheetflowError(
            _("打不开文件夹 {folder}。").format(folder=_shown_path(folder)),
            _("请检查它是否存在、是否有权限后再运行。"),
        ) from error


def _is_junction(state: os.stat_result) -> bool:
    return getattr(state, "st_reparse_tag", 0) == _JUNCTION


def _shown(character: str) -> str:
    """One character of a name: as it is, a blank, a placeholder, or nothing."""
    category = unicodedata.category(character)
    if category in {"Zs", "Zl", "Zp"} or character in "\t\r\n":
        return " "
    if category in {"Cc", "Cs"}:
        return "_"
    return "" if category == "Cf" else character


def _shown_path(path: str) -> str:
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", text.replace(os.sep, "/"))
