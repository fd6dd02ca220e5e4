"""Make the pictures of docs/deciding.md: the staff's workbook as it stands during the evening.

Run ``python docs/pictures.py``. It needs LibreOffice (soffice), poppler (pdftotext, pdftoppm) and
Pillow, which comes with pdfplumber. It plays the sample round, prints the workbook as it was at
each moment, and keeps the top of the first page of each sheet. Nothing else imports it.
"""  # noqa: INP001 - a script beside its document

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from PIL import Image, ImageChops

from sheetflow import round as rounds
from sheetflow import samples, schemes, systems
from sheetflow.desk.read import read_desk
from sheetflow.desk.score_layouts import tabs
from sheetflow.excel.desk import Change, change_cells
from sheetflow.excel.read import read_book
from sheetflow.flows.collect import collect
from sheetflow.flows.demo import SYSTEM, run_demo
from sheetflow.model import Place, Scheme, Tab

PICTURES = Path(__file__).parent / "pictures"
#: Pixels an inch, of a page 16.5 inches wide; the most that is kept of its height; colours.
DPI, HEIGHT, COLOURS = 80, 560, 24
#: Below this grey a line of pixels is a border of the table. Pixels left around it.
BORDER, PADDING = 170, 3
#: Inches at the top and bottom of a page in which its head and foot stand.
MARGIN = 0.5
#: Workbooks as the sample round leaves them, and the sheets shown of each: name → tab.
EVENING, LAST_EVENING, NOW = "旧版/核定-2.xlsx", "旧版/核定-3.xlsx", rounds.DESK
SHOWN: Mapping[str, Mapping[str, str]] = {
    EVENING: {
        "front": "front",
        "meetings": Tab.MEETINGS,
        "counts": Tab.COUNTS,
        "agenda": Tab.AGENDA,
        "scores-A": "scores.A",
        "scores-B": "scores.B",
        "claims": Tab.CLAIMS,
        "approvals": Tab.APPROVALS,
    },
    LAST_EVENING: {"focus": Tab.FOCUS},
    NOW: {"approvals-after": Tab.APPROVALS},
}
#: What the sample branch had no cause for, typed afterwards to show what it looks like.
OTHERWISE: Mapping[Place, str | Decimal] = {
    Place("scores.A", "014", "A1-1"): Decimal(3),
    Place(Tab.CLAIMS, "011/A+1-1", "points"): Decimal(2),
    Place(Tab.OBJECTIONS, "1", "day"): "2015-12-28",
    Place(Tab.OBJECTIONS, "1", "raiser"): "郭守田",
    Place(Tab.OBJECTIONS, "1", "member"): "014",
    Place(Tab.OBJECTIONS, "1", "content"): "何立诚七月的党课没有到，自评没有扣",
    Place(Tab.OBJECTIONS, "1", "inquiry"): "查签到册，确实缺一次，没有请假",
    Place(Tab.OBJECTIONS, "1", "result"): "属实",
    Place(Tab.OBJECTIONS, "1", "answered"): "2015-12-30",
}
OTHERWISE_SHOWN = {"adjustments": Tab.ADJUSTMENTS, "objections": Tab.OBJECTIONS, "files": Tab.FILES}
#: A member who sends two different forms saved in the same minute, and the cell that differs.
TWICE, CELL = "012", Change("目标管理", "G9", Decimal(2))


def main() -> None:
    """Play the round and replace all pictures."""
    scheme = schemes.load_toml(systems.scheme_bytes(SYSTEM))
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "round"
        run_demo(folder)
        for file, shown in SHOWN.items():
            _picture(folder / file, shown, scheme)
        _play_on(folder, scheme)
        _picture(folder / NOW, OTHERWISE_SHOWN, scheme)


def _play_on(folder: Path, scheme: Scheme) -> None:
    """Type what the sample had no cause for, and let a form come in twice."""
    desk = folder / rounds.DESK
    book = read_book(desk.read_bytes())
    places = read_desk(book, rounds.DESK, scheme, focus=scheme.focus).places
    cells = [Change(places[p].sheet, places[p].cell, text) for p, text in OTHERWISE.items()]
    desk.write_bytes(_changed(desk.read_bytes(), cells))
    first = folder / rounds.RETURNED / samples.load(systems.sample_folder(SYSTEM)).files[TWICE]
    saved = datetime(scheme.year, 12, 10, 9, 30)  # noqa: DTZ001 - a workbook stores no zone
    again = _changed(first.read_bytes(), [CELL], saved)
    first.with_stem(first.stem + "-又一份").write_bytes(again)
    collect(rounds.find(folder), now=datetime(scheme.year, 12, 30, 20))  # noqa: DTZ001 - the same


def _changed(data: bytes, cells: list[Change], saved: datetime | None = None) -> bytes:
    changed = change_cells(data, cells, saved=saved)
    if changed is None:
        raise ValueError(cells)
    return changed


# ------------------------------------------------------------------ workbook → pictures


def _picture(workbook: Path, shown: Mapping[str, str], scheme: Scheme) -> None:
    """Print a workbook and keep the first page of each sheet named."""
    titles = {each.tab: each.title for each in tabs(scheme)}
    with tempfile.TemporaryDirectory() as scratch:
        profile = f"-env:UserInstallation={Path(scratch).as_uri()}/profile"
        words = [profile, "--headless", "--convert-to", "pdf", "--outdir", scratch]
        _run("soffice", *words, str(workbook))
        pdf = Path(scratch) / workbook.with_suffix(".pdf").name
        pages = [
            "".join(page.split())
            for page in _run("pdftotext", "-layout", str(pdf), "-").split("\f")
        ]
        for name, tab in shown.items():
            # The title stands on a sheet's first page only.
            head = titles[tab] + "".join(scheme.title.split())
            page = next(n for n, text in enumerate(pages, start=1) if head in text)
            image = Path(scratch) / name
            one = ["-f", str(page), "-l", str(page), "-singlefile", "-r", str(DPI), "-png"]
            _run("pdftoppm", *one, str(pdf), str(image))
            _cropped(image.with_suffix(".png")).save(PICTURES / f"desk-{name}.png", optimize=True)


def _run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own words


def _cropped(path: Path) -> Image.Image:
    """Take away the page's head, foot and white border; keep the top."""
    with Image.open(path) as opened:
        page = opened.convert("RGB")
    edge = round(MARGIN * DPI)
    page = page.crop((0, edge, page.width, page.height - edge))
    box = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    left, top, right, bottom = box or (0, 0, *page.size)
    table = page.crop((left - PADDING, top - PADDING, right + PADDING, bottom + 1))
    # One grey for each line of pixels: a border is the darkest there is.
    greys = table.convert("L").resize((1, table.height), Image.Resampling.BOX).tobytes()
    borders = [y for y, grey in enumerate(greys[:HEIGHT]) if grey < BORDER]
    kept = table.crop((0, 0, table.width, max(borders, default=table.height) + 1))
    return kept.quantize(COLOURS, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main()
