"""``papers``: the Word papers that apply now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath

from sheetflow import platform
from sheetflow import round as rounds
from sheetflow.decisions import sheet_title
from sheetflow.desk.layouts import focus_headings
from sheetflow.document import outcome_json
from sheetflow.errors import FaultsError, SheetflowError
from sheetflow.flows.collected import STATE, last_collected
from sheetflow.flows.evaluation import progress_of
from sheetflow.flows.intake import look_around
from sheetflow.flows.loading import Loaded, load
from sheetflow.flows.outputs import Left, leave, withdraw
from sheetflow.flows.paper_templates import is_own, paper_template
from sheetflow.flows.templates import check_template
from sheetflow.ledger import Ledger, open_ledger
from sheetflow.messages import _, in_brackets, in_source
from sheetflow.model import Occasion, Outcome, PaperKind, Scheme, Standing, StandingStatus, Tab
from sheetflow.papers import Blank, Context, Facts, Paper, not_now, plan_papers, stem
from sheetflow.rosters import SHEET as ROSTER_SHEET
from sheetflow.round import Round
from sheetflow.scheme_columns import PAPERS, SETTINGS
from sheetflow.word.finish import press
from sheetflow.word.template_tags import TemplateFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What nobody has written yet: of which member or meeting, and where people write it."""

    name: str
    whose: str
    file: str
    sheet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One paper: where it was written, or why its kind was not."""

    kind: PaperKind
    left: Left | None = None
    why_not: str = ""
    draft: tuple[str, ...] = ()
    blanks: tuple[Lacking, ...] = ()
    #: What is wrong with the round's own template, which keeps the paper a draft.
    template_faults: tuple[TemplateFault, ...] = ()
    #: Files of single members, besides the one for all of them.
    singles: tuple[Left, ...] = ()
    #: Papers of this kind that were left before and apply no more: where each was, and is now.
    retired: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Office:
    """Where papers are written, and from what."""

    round_: Round
    ledger: Ledger
    loaded: Loaded
    facts: Facts
    #: What is wrong with the templates, by their names.
    faults: Mapping[str, tuple[TemplateFault, ...]]


def write_papers(
    round_: Round,
    kinds: Collection[str] = (),
    *,
    draft: bool = False,
    today: date | None = None,
) -> tuple[Written, ...]:
    """Write the kinds asked for, or all that apply now.

    Raises ``SheetflowError`` for an unknown kind, and when anything has changed since the
    last collect, so that no paper ever differs from the summary. Papers that need no outcome are
    written before the first collect, too.
    """
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        platform.remove_stale(round_.folder)
        loaded = load(round_)
        wanted = _wanted(loaded.scheme, kinds)
        facts = gathered(round_, ledger, loaded, wanted, today)
        faults = {kind.template: template_faults(round_, facts.outcome, kind) for kind in wanted}
        office = _Office(round_, ledger, loaded, facts, faults)
        for kind in wanted:
            if faults[kind.template] and not not_now(facts.outcome, kind, asked=bool(kinds)):
                _tried(office, kind)
        written: list[Written] = []
        for kind in wanted:
            found = _of_kind(office, kind, asked=bool(kinds), draft=draft)
            gone = _retired(office, kind, found)
            written += [replace(found[0], retired=gone), *found[1:]] if found else []
    return tuple(written)


def _of_kind(office: _Office, kind: PaperKind, *, asked: bool, draft: bool) -> list[Written]:
    """Write the papers of a kind, or say why there are none."""
    why_not = not_now(office.facts.outcome, kind, asked=asked)
    if why_not:
        return [Written(kind=kind, why_not=why_not)]
    printed = _press(office, kind)
    with _naming(office, kind):
        papers = plan_papers(
            office.facts, kind, draft=draft, template_faults=len(office.faults[kind.template])
        )
        return list(_together(_one(office, paper, printed) for paper in papers))


def template_faults(round_: Round, outcome: Outcome, kind: PaperKind) -> tuple[TemplateFault, ...]:
    """What is wrong with the round's own template of a kind; the system's have no faults."""
    if not round_.path(rounds.TEMPLATES).is_dir():
        return ()
    checked = check_template(round_, outcome.scheme, outcome.scheme_version, kind.template)
    return tuple(fault for fault in checked.faults if not fault.note)


def _tried(office: _Office, kind: PaperKind) -> None:
    """Print from a template with faults before anything is written: it may print nothing."""
    with _naming(office, kind):
        _press(office, kind)(next(plan_papers(office.facts, kind)).context)


@contextmanager
def _naming(office: _Office, kind: PaperKind) -> Iterator[None]:
    """Say of which file of the round an error about a template speaks."""
    try:
        yield
    except FaultsError as error:
        if not is_own(office.round_, kind.template):
            raise
        file = f"{rounds.TEMPLATES}/{kind.template}"
        text = _("{file}：{message}").format(file=file, message=error.message)
        raise FaultsError(text, error.fix, error.findings) from error


def _wanted(scheme: Scheme, kinds: Collection[str]) -> list[PaperKind]:
    known = {paper.kind: paper for paper in scheme.papers}
    unknown = [kind for kind in kinds if kind not in known]
    if unknown:
        raise SheetflowError(
            _("没有叫“{kinds}”的公文").format(kinds=_("、").join(unknown)),
            _("可用的有：{names}").format(
                names=_("、").join(in_brackets(p.kind, p.title) for p in scheme.papers)
            ),
        )
    return [known[kind] for kind in kinds] or list(known.values())


def gathered(
    round_: Round,
    ledger: Ledger,
    loaded: Loaded,
    wanted: Collection[PaperKind],
    today: date | None,
) -> Facts:
    """What papers are written from: the state last collected, or only roster and scheme.

    Raises ``SheetflowError`` when anything has changed since the last collect.
    """
    if all(kind.occasion is Occasion.ALWAYS for kind in wanted):
        return Facts(outcome=_nothing_yet(loaded))
    with in_source():
        worked = last_collected(round_, ledger, loaded, today, places=False)
    if worked is not None:
        examined = worked.examined
        forms = {m: v.counts for m, v in examined.versions.items() if v.counts is not None}
        published = worked.loaded.published
        told = progress_of(worked.loaded, examined.outcome.standings, today)
        return Facts(outcome=examined.outcome, forms=forms, published=published, told=told)
    early = any(kind.occasion is Occasion.ALWAYS for kind in wanted)
    if early and not ledger.get(STATE) and not look_around(round_, ledger).new:
        return Facts(outcome=_nothing_yet(loaded))
    raise SheetflowError(
        _("还没有汇总，或汇总之后名册、方案、核定、收回的表又有改动"),
        _("请先运行 sheetflow collect，再运行一次这条命令"),
    )


def _nothing_yet(loaded: Loaded) -> Outcome:
    """The outcome before anything was returned."""
    standings = tuple(
        Standing(member=member, status=StandingStatus.MISSING) for member in loaded.roster
    )
    return Outcome(scheme=loaded.scheme, scheme_version=loaded.version, standings=standings)


def _hash(outcome: Outcome) -> str:
    """A short name of what came out: members with points and tiers, seats, counts."""
    found = outcome_json(outcome, changed=False)
    told = [found[name] for name in ("members", "quota", "counts")]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _press(office: _Office, kind: PaperKind) -> Callable[[Context], bytes]:
    """What makes papers of a kind."""
    scheme, version = office.loaded.scheme, office.loaded.version
    if kind.occasion is not Occasion.ALWAYS:
        version += f" {_hash(office.facts.outcome)}"
    return press(
        paper_template(office.round_, scheme, kind.template),
        title=f"{scheme.year}年度{kind.title}",
        organisation=scheme.settings.organisation,
        created=scheme.period_end,
        version=version,
        seal=scheme.settings.seal,
    )


def _one(office: _Office, paper: Paper, printed: Callable[[Context], bytes]) -> Written:
    parts = (rounds.PAPERS, paper.folder, paper.name)
    name = "/".join([parts[0], *(platform.safe_name(part) for part in parts[1:] if part)])
    left = leave(office.round_, office.ledger, f"{name}.docx", printed(paper.context))
    return Written(
        kind=paper.kind,
        left=left,
        draft=paper.draft,
        blanks=tuple(_lacking(office.loaded.scheme, each) for each in paper.blanks),
        template_faults=office.faults[paper.kind.template],
    )


@in_source()
def _lacking(scheme: Scheme, blank: Blank) -> Lacking:
    """Where a place to fill in has its home."""
    home = (rounds.SCHEME, SETTINGS)
    if blank.whose and blank.name in focus_headings(scheme):
        home = (rounds.DESK, sheet_title(Tab.FOCUS))
    elif blank.whose and blank.name in {column.heading for column in scheme.columns}:
        home = (rounds.ROSTER, ROSTER_SHEET)
    elif blank.whose:
        home = (rounds.DESK, sheet_title(Tab.MEETINGS))
    elif blank.name == _("发文序号"):
        home = (rounds.SCHEME, PAPERS)
    return Lacking(name=blank.name, whose=blank.whose, file=home[0], sheet=home[1])


def _retired(
    office: _Office, kind: PaperKind, written: Collection[Written]
) -> tuple[tuple[str, str], ...]:
    """Move papers of a kind that apply no more into 旧版: nobody shall print one by mistake.

    What is signed at the year's start stays: it does not depend on the outcome.
    """
    if kind.occasion is Occasion.ALWAYS:
        return ()
    lefts = (left for each in written for left in (each.left, *each.singles) if left)
    now = {PurePosixPath(left.name).with_suffix("") for left in lefts}
    ours = [PurePosixPath(name) for name in office.ledger.outputs()]
    old = [each for each in ours if each.with_suffix("") not in now]
    gone = [str(each) for each in old if _is_of(office.loaded.scheme, kind, each)]
    moved = ((name, withdraw(office.round_, office.ledger, name, keep=True)) for name in gone)
    return tuple((name, kept) for name, kept in moved if kept)


def _is_of(scheme: Scheme, kind: PaperKind, output: PurePosixPath) -> bool:
    """Whether an output is a paper of a kind, by its name."""
    with in_source():
        beginning = platform.safe_name(stem(scheme, kind))
    alone = output.parent == PurePosixPath(rounds.PAPERS)
    named = output.stem == beginning or output.stem.startswith(f"{beginning}-")
    return output.parent == PurePosixPath(rounds.PAPERS, kind.title) or (alone and named)


def _together(written: Iterator[Written]) -> Iterator[Written]:
    """Put files of single members to the one for all of them, which comes first."""
    main = next(written, None)
    if main is None:
        return
    rest = list(written)
    if not main.kind.single:
        yield from (main, *rest)
        return
    yield replace(main, singles=tuple(each.left for each in rest if each.left))
