"""What a command shows that begins a round: a new one, one from the year before, the sample's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sheetflow import round as rounds
from sheetflow.flows.recall import gist_of
from sheetflow.messages import _
from sheetflow.model import Severity
from sheetflow.outcomes import counts
from sheetflow.platform import typed
from sheetflow.printing import finding_lines, for_terminals, gist_lines, standing_findings

if TYPE_CHECKING:
    # Each flow brings its own libraries; printing one command must not load the others'.
    from sheetflow.flows.demo import Demo
    from sheetflow.flows.init import Made
    from sheetflow.flows.predecessor import Begun


def made_json(made: Made, system: str) -> dict[str, Any]:
    """Result of ``init`` as plain data."""
    return {"folder": str(made.round.folder), "system": system, "year": made.scheme.year}


@for_terminals
def made_lines(made: Made, *, year_given: bool) -> Iterable[str]:
    """Result of ``init`` in words: what came with the system and may be meant otherwise."""
    yield _("已建好考核文件夹：{folder}").format(folder=made.round.folder)
    yield from _indented(_from_the_example(made, year_given=year_given))


def _from_the_example(made: Made, *, year_given: bool) -> Iterable[str]:
    scheme = made.scheme
    yield _("{year} 年度，考核期 {start} 至 {end}").format(
        year=scheme.year, start=scheme.period_start, end=scheme.period_end
    )
    if not year_given:
        text = _("要别的年度，请删掉这个文件夹，再运行 sheetflow init {folder} --year 年份")
        yield text.format(folder=typed(made.round.folder))
    yield _("单位“{organisation}”，不是的请在 {scheme} 的“设置”里改").format(
        organisation=scheme.settings.organisation, scheme=rounds.SCHEME
    )


def begun_json(made: Begun) -> dict[str, Any]:
    """Result of ``init --from`` as plain data."""
    return {
        "folder": str(made.round.folder),
        "system": made.system,
        "carried": list(made.carried),
        "look_at": list(made.look_at),
    }


@for_terminals
def begun_lines(made: Begun) -> Iterable[str]:
    """Result of ``init --from`` in words: what came along, what wants a look."""
    yield _("已建好考核文件夹：{folder}").format(folder=made.round.folder)
    yield from _indented(made.carried)
    yield _("请看一遍：")
    yield from _indented(made.look_at)


def demo_json(demo: Demo) -> dict[str, Any]:
    """Result of ``demo`` as plain data."""
    return {
        "folder": str(demo.folder),
        "first": counts(demo.first),
        "second": counts(demo.second),
        "open": list(demo.open_files),
        "differences": list(demo.differences),
    }


@for_terminals
def demo_lines(demo: Demo) -> Iterable[str]:
    """Result of ``demo`` in words: what happened and which files to open."""
    yield _("一、生成 {n} 份空白表，发给各人（示例人员均为虚构）").format(n=demo.made)
    yield _("二、收回来，第一次汇总：")
    first = gist_of(demo.first, changed=True)
    yield from _indented(gist_lines(first))
    errors = [f for f in standing_findings(first.document) if f.severity is Severity.ERROR]
    yield from _indented(finding_lines(errors))
    yield _("三、有错的改好重交，没交的补交，第二次汇总：")
    yield from _indented(gist_lines(gist_of(demo.second, changed=True)))
    yield _("四、开会定分、公示、评定：在 {desk} 里共填 {n} 格，汇总两次：").format(
        desk=rounds.DESK, n=demo.acts
    )
    yield from _indented(gist_lines(gist_of(demo.decided, changed=True)))
    yield _("五、写好公文，是草稿") if demo.drafts else _("五、写好公文，是定稿")
    for difference in demo.differences:
        yield _("与预期不符：{difference}").format(difference=difference)
    yield _("请打开看看：")
    for name in demo.open_files:
        yield f"  {demo.folder / name}"


def _indented(lines: Iterable[str]) -> Iterable[str]:
    return (f"  {line}" for line in lines)
