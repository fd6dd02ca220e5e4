"""What to do next, in the clerk's order."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow import round as rounds
from sheetflow.messages import _
from sheetflow.model import FileStatus, Outcome, Stage
from sheetflow.outcomes import counts
from sheetflow.stages import stage_title

#: Findings about files that wait for somebody's choice.
_ASKED = frozenset({"X602", "X607", "X610", "F207", "F208", "F209", "F210"})


def after_collect(outcome: Outcome) -> tuple[str, ...]:
    """Next steps after a collect, the most urgent first."""
    steps = tuple(_steps(outcome))
    if any(_returns_open(outcome)):
        return (*steps, _("补齐后再运行 sheetflow collect"))
    return steps


def _steps(outcome: Outcome) -> Iterator[str]:
    figures = counts(outcome)
    refused = [r for r in outcome.receipts if r.status is FileStatus.REFUSED]
    if refused:
        yield _("有 {n} 份文件没能收下，看“问题清单”里的原因，请交表人重交").format(n=len(refused))
    if _asked(outcome):
        yield _("有几份表要人定以哪份为准：填 {desk} 的“文件”一页").format(desk=rounds.DESK)
    if figures["returned"]:
        yield _(
            "有 {n} 份表要改：把“{copies}”里的表连同私信.txt 里的话发给本人，改好后放进“{folder}”"
        ).format(n=figures["returned"], copies=rounds.COPIES, folder=rounds.RETURNED)
    if figures["missing"]:
        yield _("还有 {n} 人没交表，名单见“未交”").format(n=figures["missing"])
    yield from _by_stage(outcome)


def _returns_open(outcome: Outcome) -> Iterator[bool]:
    figures = counts(outcome)
    yield any(r.status is FileStatus.REFUSED for r in outcome.receipts)
    yield bool(figures["returned"] or figures["missing"])


def _asked(outcome: Outcome) -> bool:
    findings = (*outcome.findings, *(f for r in outcome.receipts for f in r.findings))
    return any(finding.code in _ASKED for finding in findings)


def _by_stage(outcome: Outcome) -> Iterator[str]:
    """What the stage the round is in asks for."""
    progress = outcome.progress
    stage = progress.stage if progress else Stage.COLLECTING
    texts = {
        Stage.REVIEWING: _(
            "会上定分：在 {desk} 里填台账、评分、加分认定，议完“上会清单”，在“核定”一页填同意，"
            "再运行 sheetflow collect"
        ),
        Stage.PROPOSING: _("在 {scheme} 的“设置”里填公示的起止日期，再运行 sheetflow collect"),
        Stage.PUBLISHING: _("公示期满、异议都有答复以后，再运行 sheetflow collect"),
        Stage.DECIDING: _("在 {desk} 的“核定”一页填评定的等次，再运行 sheetflow collect"),
        Stage.FILING: _("打开 {summary} 核对，再运行 sheetflow papers 生成公文"),
    }
    if outcome.scheme.settings.interim:
        texts[Stage.FILING] = _(
            "打开 {summary} 核对；年底把 {scheme} 里的“半年初评”改为否，接着收表"
        )
    if progress and stage in texts:
        words = {"desk": rounds.DESK, "scheme": rounds.SCHEME, "summary": rounds.SUMMARY}
        waits = _("；").join(progress.waits)
        text = texts[stage].format(**words)
        head = _("现在是“{stage}”").format(stage=stage_title(stage))
        yield _("，").join(filter(None, (head, waits, text)))
