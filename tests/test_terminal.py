"""What somebody at a real terminal sees while work goes on, and whoever reads a pipe does not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rounds import UNREVIEWED, blank, drop, fill, forms, full, make, person, run_apart

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a terminal of POSIX systems")

#: Colours, and what moves the cursor.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


@pytest.fixture
def returned(tmp_path: Path) -> Path:
    """A round in which one form came back."""
    folder = make(tmp_path / "一轮", UNREVIEWED, [person("001", "张三")])
    forms(folder)
    drop(folder, "张三.xlsx", fill(blank(folder, "001"), full()))
    return folder


def at_a_terminal(folder: Path, *words: str) -> str:
    """Run the program with a terminal for its errors; return what stood there."""
    here, there = os.openpty()
    command = [sys.executable, "-m", "sheetflow", "-C", str(folder), *words]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=there, env=environment
    ) as process:
        os.close(there)
        shown = b"".join(iter(lambda: _read(here), b""))
    os.close(here)
    assert process.returncode == 0, shown.decode()
    return _CONTROL.sub("", shown.decode())


def _read(terminal: int) -> bytes:
    """Read on; nothing when the other end was closed, which Linux tells as an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_a_terminal_shows_how_far_reading_has_come(returned: Path) -> None:
    shown = at_a_terminal(returned, "collect")
    assert "正在收表、汇总……" in shown
    assert re.search(r"正在读表：1 / 1，每秒 [0-9.]+ 份，还要约 0 秒", shown)


def test_with_nothing_new_no_reading_is_shown(returned: Path) -> None:
    at_a_terminal(returned, "collect")
    assert "正在读表" not in at_a_terminal(returned, "collect")


def test_where_no_terminal_is_nothing_is_shown_on_the_way(returned: Path) -> None:
    ran = run_apart("-C", returned, "collect", "--json")
    assert ran.err == ""
    assert ran.document["counts"]["accepted"] == 1
