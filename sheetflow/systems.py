"""Where systems live: templates/ and samples/, in the package or at the repository's root."""

from __future__ import annotations

import tomllib
from pathlib import Path

from sheetflow.errors import SheetflowError
from sheetflow.messages import _

_PACKAGE = Path(__file__).parent


def folder(kind: str) -> Path:
    """Folder ``templates`` or ``samples``: the installed one first, else the repository's."""
    inside = _PACKAGE / kind
    return inside if inside.is_dir() else _PACKAGE.parent / kind


def names() -> tuple[str, ...]:
    """Names of the systems that can be used, in order."""
    found = folder("templates").glob("*/scheme.toml")
    return tuple(sorted(path.parent.name for path in found))


def scheme_bytes(system: str) -> bytes:
    """Content of a system's scheme.toml; ``system`` is a name, or a path with a slash.

    Raises ``SheetflowError`` for an unknown system.
    """
    path = system_folder(system) / "scheme.toml"
    if not path.is_file():
        raise _unknown(system)
    return path.read_bytes()


def _unknown(system: str) -> SheetflowError:
    return SheetflowError(
        _("没有叫“{system}”的考核系统").format(system=system),
        _("可用的有：{names}。用 sheetflow systems 查看说明").format(names=_("、").join(names())),
    )


def system_folder(system: str) -> Path:
    """Folder of a system by name, or by path when there is a slash in it."""
    return Path(system) if "/" in system or "\\" in system else folder("templates") / system


def paper_template(system: str, name: str) -> bytes:
    """Content of a paper's template; raises ``SheetflowError`` for an unknown system."""
    path = folder("templates") / system / "papers" / Path(name).name
    if system not in names() or not path.is_file():
        # The name stands in a workbook that people edit.
        raise _unknown(system)
    return path.read_bytes()


def sample_folder(system: str) -> Path:
    """Folder with the sample round of a system; raises ``SheetflowError`` without one."""
    path = folder("samples") / system
    if not path.is_dir():
        raise SheetflowError(
            _("考核系统“{system}”没有带示例").format(system=system),
            _("请去掉 --sample 后重新运行"),
        )
    return path


def listed() -> tuple[tuple[str, str], ...]:
    """Name and title of every system."""
    titles = (tomllib.loads(scheme_bytes(name).decode()).get("title", "") for name in names())
    return tuple(zip(names(), titles, strict=True))
