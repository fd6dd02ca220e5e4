"""What to do next, in the clerk's order."""

from __future__ import annotations

from sheetflow import round as rounds
from sheetflow.messages import _
from sheetflow.model import FileStatus, Outcome
from sheetflow.outcomes import counts


def after_collect(outcome: Outcome) -> tuple[str, ...]:
    """Next steps after a collect, the most urgent first."""
    figures = counts(outcome)
    steps = []
    refused = [r for r in outcome.receipts if r.status is FileStatus.REFUSED]
    if refused:
        steps.append(
            _("有 {n} 份文件没能收下，看“问题清单”里的原因，请交表人重交").format(n=len(refused))
        )
    if figures["returned"]:
        steps.append(
            _(
                "有 {n} 份表要改：把“{copies}”里的表连同私信.txt 里的话发给本人，"
                "改好后放进“{folder}”"
            ).format(n=figures["returned"], copies=rounds.COPIES, folder=rounds.RETURNED)
        )
    if figures["missing"]:
        steps.append(_("还有 {n} 人没交表，名单见“未交”").format(n=figures["missing"]))
    if steps:
        steps.append(_("补齐后再运行 sheetflow collect"))
    else:
        steps.append(
            _("打开 {summary} 核对，再运行 sheetflow papers 生成公文").format(
                summary=rounds.SUMMARY
            )
        )
    return tuple(steps)
