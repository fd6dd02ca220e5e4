"""``papers``: the Word papers that apply now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from sheetflow import platform, systems
from sheetflow import round as rounds
from sheetflow.errors import SheetflowError
from sheetflow.flows.collect import STATE
from sheetflow.flows.deciding import take
from sheetflow.flows.evaluation import examine, fingerprint
from sheetflow.flows.intake import waiting
from sheetflow.flows.loading import Loaded, desk_book, load, with_decisions
from sheetflow.flows.outputs import Left, leave
from sheetflow.flows.publicity import named
from sheetflow.ledger import Ledger, open_ledger
from sheetflow.messages import _
from sheetflow.model import Outcome, PaperKind
from sheetflow.papers import Paper, not_now, plan_paper
from sheetflow.round import Round
from sheetflow.word.finish import finish
from sheetflow.word.render import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One kind of paper: where it was written, or why it was not."""

    kind: PaperKind
    left: Left | None = None
    why_not: str = ""
    draft: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()


def write_papers(
    round_: Round,
    kinds: Collection[str] = (),
    *,
    draft: bool = False,
    today: date | None = None,
) -> tuple[Written, ...]:
    """Write the kinds asked for, or all that apply now.

    Raises ``SheetflowError`` for an unknown kind, and when anything has changed since the
    last collect, so that no paper ever differs from the summary.
    """
    with open_ledger(round_.path(rounds.LEDGER), lock=True) as ledger:
        loaded = load(round_)
        known = {paper.kind: paper for paper in loaded.scheme.papers}
        unknown = [kind for kind in kinds if kind not in known]
        if unknown:
            raise SheetflowError(
                _("没有叫“{kinds}”的公文").format(kinds="、".join(unknown)),
                _("可用的有：{names}").format(names="、".join(known)),
            )
        outcome = _collected(ledger, loaded, today)
        if outcome is None or waiting(round_, ledger):
            raise SheetflowError(
                _("还没有汇总，或汇总之后名册、方案、核定、收回的表又有改动"),
                _("请先运行 sheetflow collect，再生成公文"),
            )
        wanted = [known[kind] for kind in kinds] or list(known.values())
        return tuple(_one(round_, ledger, outcome, kind, draft=draft) for kind in wanted)


def _collected(ledger: Ledger, loaded: Loaded, today: date | None) -> Outcome | None:
    """Work out the state last collected; ``None`` when anything has changed since."""
    loaded = replace(loaded, published=named(ledger, loaded.scheme))
    deciding = take(ledger, desk_book(loaded), loaded.scheme)
    if deciding.acts or deciding.gestures:
        return None
    loaded = with_decisions(loaded, deciding)
    for unverified in (False, True):
        outcome = examine(ledger, loaded, accept_unverified=unverified, today=today).outcome
        state = fingerprint(ledger, loaded, outcome, accept_unverified=unverified)
        if ledger.get(STATE) == state:
            return outcome
    return None


def _one(
    round_: Round, ledger: Ledger, outcome: Outcome, kind: PaperKind, *, draft: bool
) -> Written:
    why_not = not_now(outcome, kind)
    if why_not:
        return Written(kind=kind, why_not=why_not)
    paper = plan_paper(outcome, kind, draft=draft)
    name = platform.safe_name(f"{outcome.scheme.year}年度{kind.title}")
    left = leave(round_, ledger, f"{rounds.PAPERS}/{name}.docx", _document(outcome, paper))
    return Written(kind=kind, left=left, draft=paper.draft, blanks=paper.blanks)


def _document(outcome: Outcome, paper: Paper) -> bytes:
    scheme = outcome.scheme
    template = systems.paper_template(scheme.system, paper.kind.template)
    return finish(
        render(template, paper.context),
        title=f"{scheme.year}年度{paper.kind.title}",
        organisation=scheme.settings.organisation,
        created=scheme.period_end,
        version=outcome.scheme_version,
    )
