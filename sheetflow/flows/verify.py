"""``verify``: a paper that people have edited against the outcome last collected."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sheetflow import round as rounds
from sheetflow.errors import SheetflowError, UnreadableError
from sheetflow.flows.loading import Loaded, load
from sheetflow.flows.paper_templates import paper_template
from sheetflow.flows.papers import gathered, template_faults
from sheetflow.ledger import Ledger, open_ledger
from sheetflow.messages import _, in_source
from sheetflow.model import PaperKind, Scheme
from sheetflow.papers import Facts, Paper, not_now, plan_papers
from sheetflow.papers.people import called
from sheetflow.papers.words import Context, blanks, texts
from sheetflow.passages import Grid, Manuscript
from sheetflow.round import Round
from sheetflow.verifying import Deviation, deviations, facts, likeness
from sheetflow.verifying_texts import plain
from sheetflow.word.marking import render_marked
from sheetflow.word.reading import MOST_BYTES, read_document

#: A document is a paper of this round when so much of one is in it.
_ENOUGH = 0.3
_YEAR = re.compile(r"[0-9]{4}(?=年度)")
#: Values that the office gives a paper; it may change them.
_OFFICE = frozenset(
    ("单位", "上级", "发文机关标志", "发文字号", "签发人", "红头", "黑头", "名单顺序")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One document compared: which paper it is, what it says otherwise."""

    file: str
    kind: PaperKind
    #: How many derived values were compared.
    compared: int
    deviations: tuple[Deviation, ...]
    #: It holds changes that nobody has accepted; they were read as accepted.
    tracked: bool = False
    #: Version of the scheme it was written by, where that is no longer the round's.
    older: str = ""


def verify_papers(
    round_: Round, files: Sequence[Path], *, today: date | None = None
) -> tuple[Verified, ...]:
    """Compare documents to the state last collected.

    Raises ``SheetflowError`` for a file that is not there, is no Word document or no paper of
    this round, and when anything has changed since the last collect; then nothing is compared.
    """
    found = [(path, _read(path)) for path in (_there(round_, file) for file in files)]
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        loaded = load(round_)
        known: dict[tuple[str, ...], Facts] = {}
        return tuple(
            _verified(round_, ledger, loaded, (path, text, today), known) for path, text in found
        )


def _there(round_: Round, file: Path) -> Path:
    """Path of a file named from here, from the round or from its papers."""
    for path in (file, round_.path(str(file)), round_.path(rounds.PAPERS) / file):
        if path.is_file():
            return path
    raise SheetflowError(
        _("找不到文件“{file}”").format(file=file), _("请核对文件名；公文在“{papers}”里").format(
            papers=rounds.PAPERS
        )
    )  # fmt: skip


def _read(path: Path) -> Manuscript:
    try:
        with path.open("rb") as file:
            return read_document(file.read(MOST_BYTES + 1))
    except UnreadableError as error:
        text = _("{file}：{message}").format(file=path.name, message=error.message)
        raise SheetflowError(text, error.fix) from error
    except OSError as error:
        raise SheetflowError(
            _("读不了 {file}").format(file=path.name), _("请在 Word 或 WPS 里关闭它，再运行一次")
        ) from error


def _verified(
    round_: Round,
    ledger: Ledger,
    loaded: Loaded,
    document: tuple[Path, Manuscript, date | None],
    known: dict[tuple[str, ...], Facts],
) -> Verified:
    path, found, today = document
    kinds = _kinds(loaded.scheme, found, path)
    key = tuple(kind.kind for kind in kinds)
    if key not in known:
        known[key] = gathered(round_, ledger, loaded, kinds, today)
    basis = known[key]
    kind, paper = _which(round_, basis, kinds, found, path)
    version = found.keywords.partition(" ")[0]
    return Verified(
        file=path.name,
        kind=kind,
        compared=facts(paper),
        deviations=deviations(paper, found, names_of(basis), terms_of(basis)),
        tracked=found.tracked,
        older=version if version and version != loaded.version else "",
    )


def names_of(basis: Facts) -> Collection[str]:
    """Names of all members, of namesakes with what tells them apart."""
    outcome = basis.outcome
    return {s.member.name for s in outcome.standings} | set(called(outcome).values())


def terms_of(basis: Facts) -> Collection[str]:
    """Names of all tiers."""
    return {tier.title for tier in basis.outcome.scheme.tiers}


# ------------------------------------------------------------------ which paper it is


def _kinds(scheme: Scheme, found: Manuscript, path: Path) -> tuple[PaperKind, ...]:
    """The kind the properties name, else all; raises for a paper of another year."""
    year = _YEAR.match(found.title)
    named = [kind for kind in scheme.papers if found.title.endswith(f"年度{kind.title}")]
    if named and year and year[0] != str(scheme.year):
        raise SheetflowError(
            _("{file} 是{year}年度的“{title}”，不是本次考核的公文").format(
                file=path.name, year=year[0], title=named[0].title
            ),
            _("请到{year}年度的考核文件夹里核对它").format(year=year[0]),
        )
    return tuple(named) or scheme.papers


def _which(
    round_: Round,
    basis: Facts,
    kinds: Collection[PaperKind],
    found: Manuscript,
    path: Path,
) -> tuple[PaperKind, Manuscript]:
    """The paper of the round that a document is; with marks around its values."""
    said = "".join(_said(found))
    best = list[tuple[float, PaperKind, Manuscript]]()
    for kind in kinds:
        if not_now(basis.outcome, kind, asked=True):
            continue
        with in_source():
            wrong = len(template_faults(round_, basis.outcome, kind))
            papers = plan_papers(basis, kind, template_faults=wrong)
            paper = max(papers, key=lambda each: _weight(each, said), default=None)
        if paper is not None:
            planned = marked_paper(round_, basis.outcome.scheme, paper)
            best.append((likeness(planned, found), kind, planned))
    if len(kinds) == 1 and not best:
        (kind,) = kinds
        why = not_now(basis.outcome, kind, asked=True)
        raise SheetflowError(
            _("{file}：{why}").format(file=path.name, why=why),
            _("这份公文现在不该有，请核对是不是旧的一份"),
        )
    best.sort(key=lambda each: -each[0])
    if not best or (best[0][0] < _ENOUGH and len(kinds) > 1):
        raise SheetflowError(
            _("{file} 不是本次考核的公文，没有核对").format(file=path.name),
            _("请核对是不是拿错了文件，或用 sheetflow papers 重新生成"),
        )
    return best[0][1], best[0][2]


def marked_paper(round_: Round, scheme: Scheme, paper: Paper) -> Manuscript:
    """What a paper says, with marks around its values."""
    kind = paper.kind
    slots = (slot.name for slot in scheme.slots)
    roster = {column.heading for column in scheme.columns}
    of_members = {*kind.member_needs, *scheme.focus} - roster
    peoples = {*slots, *kind.needs, *of_members} | _OFFICE
    template = paper_template(round_, scheme, kind.template)

    def of_people(name: str, text: str) -> bool:
        return name in peoples or any(True for _name in blanks(text))

    return read_document(render_marked(template, _as_settled(paper), of_people))


def _as_settled(paper: Paper) -> Context:
    """What a paper says once people have filled in what was blank: no draft for that alone."""
    reasons = paper.draft[:-1] if paper.blanks else paper.draft
    return {**paper.context, "草稿": _("；").join(reasons)}


def _said(found: Manuscript) -> Iterator[str]:
    for block in found.blocks:
        if isinstance(block, Grid):
            yield from (plain(cell) for row in block.rows for cell in row)
        else:
            yield plain(block.text)


def _weight(paper: Paper, said: str) -> int:
    """How much of what a paper says is in a document, less what is not."""
    values = {plain(each) for each in texts(paper.context)}
    return sum(len(each) * (1 if each in said else -2) for each in values)
