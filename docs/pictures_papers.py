"""Make the pictures of docs/papers.md: pages of the papers of the sample round.

Run ``python docs/pictures_papers.py``. It needs LibreOffice (soffice), poppler (pdftoppm) and
Pillow, which comes with pdfplumber. It plays the sample round, prints its papers and keeps the
pages named below. What the sample branch had no cause for, a request and a letterhead, is written
from the same outcome with that little more. Nothing else imports it.
"""  # noqa: INP001 - a script beside its document

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from PIL import Image, ImageOps

from sheetflow import round as rounds
from sheetflow.flows.demo import run_demo
from sheetflow.flows.loading import load
from sheetflow.flows.papers import gathered
from sheetflow.ledger import open_ledger
from sheetflow.model import Letterhead
from sheetflow.papers import Facts, plan_papers
from sheetflow.systems import paper_template
from sheetflow.word.finish import finish
from sheetflow.word.render import render

PICTURES = Path(__file__).parent / "pictures"
FONTS = Path(__file__).parent.parent / "tests" / "fonts.conf"
#: Pixels an inch of a page 8.3 inches wide; colours of a picture, of one in red and black.
DPI, COLOURS, COLOURS_WITH_RED = 84, 8, 16
#: Picture → kind and page.
SHOWN: Mapping[str, tuple[str, int]] = {
    "agreements-1": ("agreements", 1),
    "agreements-4": ("agreements", 4),
    "publicity": ("publicity", 1),
    "commendation-1": ("commendation", 1),
    "commendation-red": ("commendation-red", 1),
    "commendation-list": ("commendation", 2),
    "report-1": ("report", 1),
    "report-2": ("report", 2),
    "report-scores": ("report", 4),
    "report-person": ("report", 7),
    "request-red": ("request-red", 1),
    "notices-1": ("notices", 3),
    "notices-2": ("notices", 4),
    "registration-1": ("registration", 1),
    "registration-3": ("registration", 3),
    "minutes": ("minutes", 1),
}
#: What the sample branch might have proposed about the member it reports.
PROPOSED = {"处置建议": "限期改正处置", "大会应到": "37", "大会实到": "35", "大会赞成": "35"}
TODAY = (1, 1, 9)


def main() -> None:
    """Play the round and replace all pictures."""
    with tempfile.TemporaryDirectory() as scratch:
        round_ = rounds.Round(Path(scratch) / "round")
        run_demo(round_.folder)
        facts = _facts(round_)
        papers = Path(scratch) / "papers"
        papers.mkdir()
        for name, content in (*_papers(facts, ""), *_papers(_headed(facts), "-red")):
            (papers / f"{name}.docx").write_bytes(content)
        _print(papers)
        for picture, (kind, page) in SHOWN.items():
            _picture(papers / f"{kind}.pdf", page).save(
                PICTURES / f"paper-{picture}.png", optimize=True
            )


def _facts(round_: rounds.Round) -> Facts:
    loaded = load(round_)
    years, month, day = TODAY
    today = date(loaded.scheme.year + years, month, day)
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        return gathered(round_, ledger, loaded, loaded.scheme.papers, today)


def _headed(facts: Facts) -> Facts:
    """The same outcome with a red letterhead, numbers, and a proposal about who is reported."""
    outcome = facts.outcome
    scheme = replace(
        outcome.scheme,
        settings=replace(outcome.scheme.settings, letterhead=Letterhead.RED, issuer="林致远"),
        papers=tuple(
            replace(kind, number=n) for n, kind in enumerate(outcome.scheme.papers, start=1)
        ),
    )
    focus = {member: {**known, **PROPOSED} for member, known in outcome.decided.focus.items()}
    decided = replace(outcome.decided, focus=focus)
    return replace(facts, outcome=replace(outcome, scheme=scheme, decided=decided))


def _papers(facts: Facts, suffix: str) -> Iterator[tuple[str, bytes]]:
    wanted = {kind for kind, _page in SHOWN.values()}
    scheme = facts.outcome.scheme
    for kind in scheme.papers:
        if kind.kind + suffix in wanted:
            paper = next(plan_papers(facts, kind))
            content = finish(
                render(paper_template(scheme.system, kind.template), paper.context),
                title=kind.title,
                organisation=scheme.settings.organisation,
                created=scheme.period_end,
                version="",
            )
            yield kind.kind + suffix, content


def _print(folder: Path) -> None:
    """Make a PDF beside each paper, with faces that stand in for those of Windows."""
    profile = f"-env:UserInstallation={folder.as_uri()}/profile"
    words = [profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    _run("soffice", *words, *map(str, sorted(folder.glob("*.docx"))))


def _picture(pdf: Path, page: int) -> Image.Image:
    """One page with a thin frame, in few colours."""
    target = pdf.with_suffix("")
    one: Sequence[str] = ["-f", str(page), "-l", str(page), "-singlefile", "-r", str(DPI), "-png"]
    _run("pdftoppm", *one, str(pdf), str(target))
    with Image.open(target.with_suffix(".png")) as opened:
        framed = ImageOps.expand(opened.convert("RGB"), border=1, fill="#999999")
    colours = COLOURS_WITH_RED if pdf.stem.endswith("-red") else COLOURS
    return framed.quantize(colours, dither=Image.Dither.NONE)


def _run(*words: str) -> None:
    environment = os.environ | {"FONTCONFIG_FILE": str(FONTS)}
    subprocess.run(words, check=True, capture_output=True, env=environment)  # noqa: S603 - our own words


if __name__ == "__main__":
    main()
