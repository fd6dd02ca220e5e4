"""LibreOffice as a real client of the forms: fill, convert, read back, measure.

One process serves a whole test session (fixture ``office`` in conftest)::

    office.fill(src, dst, {"A1-1": 5, "A+1-1": {"级别": "市级", "申报分": 4}})
    office.fill(src, [as_xls, as_ods], values)     # the suffix chooses the format
    office.convert(src, ".pdf")                    # → path beside the source
    office.read(path)["目标管理"]["A1"]             # recalculated values by sheet and cell
    office.attempt(src, [values, values])          # what each case would show; saves nothing
    office.heights(src)                            # height that texts have and need

A bare value goes under 自评分 (or 申报分 in a bonus row), a dict names the headings. Numbers are
numbers, ``None`` empties the cell, strings are typed ("2.5" becomes a number, "=1/0" a formula),
``["text", "2.5"]`` stays text. A locked cell is refused unless ``force``; validation is not
enforced, which makes faulty forms easy.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

from sheetflow.model import Terms

_DRIVER = Path(__file__).with_name("office_driver.py")
#: Stand-ins for the faces of Windows.
_FONTS = Path(__file__).with_name("fonts.conf")
_PYTHONS = ("/usr/bin/python3", "python3", sys.executable)

Values = Mapping[str, object]
Shown = dict[str, dict[str, Any]]


class Height(NamedTuple):
    """One wrapped text: points its cell has and points it needs."""

    sheet: str
    cell: str
    text: str
    has: float
    needs: float


@cache
def python() -> str:
    """Find a Python that can speak UNO; empty when there is none."""
    for candidate in _PYTHONS:
        found = shutil.which(candidate)
        probe = [found or "", "-c", "import uno"]
        if found and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return found
    return ""


def missing() -> str:
    """Why LibreOffice cannot be used here; empty when it can."""
    if not shutil.which("soffice"):
        return "LibreOffice (soffice) is not installed"
    return "" if python() else "no Python with UNO (Debian: python3-uno) was found"


class Office:
    """One LibreOffice behind one driver process."""

    def __init__(self) -> None:
        self._driver = subprocess.Popen(
            [python(), str(_DRIVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=os.environ | {"FONTCONFIG_FILE": str(_FONTS)},
        )

    def fill(
        self,
        src: Path,
        dst: Path | Sequence[Path],
        values: Values,
        *,
        force: bool = False,
        terms: Terms | None = None,
    ) -> None:
        """Fill a form as a member would and save it under each name in ``dst``."""
        targets = [dst] if isinstance(dst, Path) else dst
        self._ask(
            do="fill",
            src=str(src),
            dst=[str(target) for target in targets],
            values=values,
            force=force,
            words=_words(terms),
        )

    def convert(self, src: Path, suffix: str) -> Path:
        """Save a workbook or a text in another format beside itself; return the new path."""
        target = src.with_suffix(suffix)
        self.fill(src, target, {})
        return target

    def read(self, path: Path) -> Shown:
        """Recalculate a workbook and return its values by sheet and cell address."""
        shown: Shown = self._ask(do="read", src=str(path))
        return shown

    def attempt(
        self,
        src: Path,
        cases: Sequence[Values],
        *,
        force: bool = False,
        terms: Terms | None = None,
    ) -> list[Shown]:
        """Return what the form would show after each case, each typed into the form as it is."""
        shown: list[Shown] = self._ask(
            do="attempt", src=str(src), cases=cases, force=force, words=_words(terms)
        )
        return shown

    def heights(self, path: Path) -> list[Height]:
        """Measure all wrapped texts of the visible sheets."""
        return [Height(*entry) for entry in self._ask(do="heights", src=str(path))]

    def close(self) -> None:
        """End the driver, and with it the office."""
        self._driver.communicate()

    def _ask(self, **job: object) -> Any:  # noqa: ANN401 - each job has its own answer
        pipes = self._driver
        if pipes.stdin is None or pipes.stdout is None:
            raise RuntimeError("the driver has no pipes")
        pipes.stdin.write(json.dumps(job) + "\n")
        pipes.stdin.flush()
        line = pipes.stdout.readline()
        answer = json.loads(line) if line else {"error": "the driver ended"}
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["ok"]


def _words(terms: Terms | None) -> dict[str, object]:
    words = terms or Terms()
    return {"id": words.id, "defaults": [words.score, words.claim]}


def assert_recalculates(office: Office, path: Path, sheets: Iterable[str]) -> None:
    """What a workbook stores, and phones show, is what a recalculation gives."""
    stored = openpyxl.load_workbook(path, data_only=True)
    shown = office.read(path)
    for title in sheets:
        cells = {
            cell.coordinate: cell.value
            for row in stored[title].iter_rows()
            for cell in row
            if cell.value not in {None, ""}
        }
        assert cells == shown[title]
