"""``--pdf``: the papers as PDF where an office program is at hand; the .docx is the product."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sheetflow import round as rounds
from sheetflow.flows.outputs import leave
from sheetflow.ledger import open_ledger
from sheetflow.messages import _
from sheetflow.round import Round

#: Seconds for starting the office, and for each paper.
START, EACH = 90, 10
_NAMES = ("soffice", "libreoffice")
#: Where LibreOffice is installed when it is not on the path.
_USUAL = (
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdfs:
    """PDF files left in the round, and a sentence for what could not be made."""

    made: tuple[str, ...] = ()
    why_not: str = ""


def make_pdfs(round_: Round, names: Iterable[str], *, office: str | None = None) -> Pdfs:
    """Make a PDF beside each .docx of the round, all in one call of the office.

    ``office`` is the program; found where it is not given. That none is there, or that it fails
    or takes too long, is a sentence and no error. Raises ``OutputError`` where a PDF cannot be
    written, ``BusyError`` while another run is at work in the round.
    """
    papers = tuple(names)
    program = find_office() if office is None else office
    if not papers or not program:
        return Pdfs(why_not="" if not papers else _by_hand(_("这台电脑上没有找到 LibreOffice")))
    with tempfile.TemporaryDirectory(prefix="sheetflow-") as folder:
        # Numbers for names: no name is too long, and two folders may hold one name.
        sources = [Path(folder, f"{at:05}.docx") for at in range(len(papers))]
        for name, source in zip(papers, sources, strict=True):
            shutil.copyfile(round_.path(name), source)
        failed = _convert(program, sources, Path(folder))
        found = [
            (str(PurePosixPath(name).with_suffix(".pdf")), source.with_suffix(".pdf").read_bytes())
            for name, source in zip(papers, sources, strict=True)
            if source.with_suffix(".pdf").is_file()
        ]
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        made = tuple(leave(round_, ledger, name, data).name for name, data in found)
    if len(made) < len(papers) and not failed:
        failed = _("LibreOffice 没有转成其中 {n} 份").format(n=len(papers) - len(made))
    return Pdfs(made=made, why_not=_by_hand(failed) if failed else "")


def find_office() -> str:
    """Path of LibreOffice; empty where there is none."""
    found = (shutil.which(name) for name in _NAMES)
    usual = (path for path in _USUAL if Path(path).is_file())
    return next((path for path in (*found, *usual) if path), "")


def _by_hand(why: str) -> str:
    return _(
        "{why}，没有生成 PDF：请用 Word 或 WPS 打开公文，选“文件—另存为（输出为）PDF”；"
        "公文本身已经写好"
    ).format(why=why)


def _convert(program: str, sources: Sequence[Path], folder: Path) -> str:
    """Run the office once for all files in a profile of its own; return what failed."""
    profile = folder / "profile"
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--convert-to", "pdf"),
        *("--outdir", str(folder)),
        *map(str, sources),
    ]
    try:
        office = subprocess.Popen(  # noqa: S603 - the program is found, the names are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return _("LibreOffice 启动不了")
    try:
        status = office.wait(timeout=START + EACH * len(sources))
    except subprocess.TimeoutExpired:
        return _("LibreOffice 太久没有转完")
    finally:
        _end(office)
    return "" if status == 0 else _("LibreOffice 转换出错")


def _end(office: subprocess.Popen[bytes]) -> None:
    """End the office with all it started, unless it has ended."""
    if office.poll() is not None:
        return
    if sys.platform == "win32":
        office.kill()
    else:
        os.killpg(office.pid, signal.SIGKILL)
    office.wait()
