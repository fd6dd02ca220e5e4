"""The commands: parse, one flow, print, exit. Flows are imported only when they run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from sheetflow import __version__
from sheetflow import round as rounds
from sheetflow.errors import SheetflowError
from sheetflow.messages import _
from sheetflow.options import PATH, json_option, quiet_anyway, quiet_option
from sheetflow.platform import typed
from sheetflow.text import clean

if TYPE_CHECKING:
    from sheetflow.flows.collect import Collected
    from sheetflow.flows.reading import Tell
    from sheetflow.flows.recall import Gist
    from sheetflow.round import Round

#: What packs workbooks and papers knows no day before it.
_FIRST_YEAR = 1980


@click.group(
    options_metavar=_("[选项]"),
    subcommand_metavar=_("命令 [参数]…"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_("发出表格、收回表格、汇总打分、写好公文。在考核文件夹里运行，一般不用加任何选项。"),
)
@click.option(
    "-C", "folder", type=PATH, default=Path(), metavar=_("文件夹"),
    help=_("考核文件夹，默认为当前文件夹"),
)  # fmt: skip
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="zh", expose_value=False,
    help=_("界面语言"),
)  # fmt: skip
@click.version_option(__version__, message="sheetflow %(version)s", help=_("显示版本"))
@click.pass_context
def program(context: click.Context, folder: Path) -> None:
    """Keep the folder for the command; without the date nothing can be dated."""
    context.obj = folder
    if now().year < _FIRST_YEAR:
        raise SheetflowError(
            _("这台电脑的日期是 {day}，不对").format(day=now().date()), _("请调对日期再运行")
        )


def command(
    text: str, *, example: str, group: click.Group = program
) -> Callable[[Callable[..., int | None]], click.Command]:
    """Register a command of the program, or of one of its groups, with its help and an example."""
    return group.command(help=shown_help(text, example), options_metavar=_("[选项]"))


def shown_help(text: str, example: str) -> str:
    """Help of a command: what it does, and an example as it is typed."""
    return "\n\n\b\n".join((text, _("例：") + "\n  " + example))


def say(lines: Iterable[str], *, quiet: bool = False) -> None:
    """Show lines, fit for a terminal."""
    if not quiet:
        for line in lines:
            click.echo(clean(line))


def now() -> datetime:
    """Local time; below the commands nobody asks the clock."""
    return datetime.now(UTC).astimezone().replace(tzinfo=None)


def next_step(text: str) -> None:
    """Say what to do next."""
    click.echo(clean(_("下一步：{text}").format(text=text)))


@contextmanager
def working(text: str) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal that work goes on, and how far it has come; say nothing elsewhere.

    What it gives is told how many of how many files were read.
    """
    if not sys.stderr.isatty():
        yield lambda _read, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 - a terminal only

    from sheetflow.printing import how_far  # noqa: PLC0415

    begun = monotonic()
    with Console(stderr=True).status(text) as shown:
        yield lambda read, total: shown.update(how_far(read, total, monotonic() - begun))


@command(_("列出可用的考核系统。"), example="sheetflow systems")
@json_option
@quiet_anyway
def systems(*, as_json: bool) -> None:
    """List the systems."""
    from sheetflow import printing  # noqa: PLC0415
    from sheetflow.systems import listed  # noqa: PLC0415

    found = listed()
    if as_json:
        click.echo(printing.as_json({"systems": [{"name": n, "title": t} for n, t in found]}))
        return
    say(f"{name}  {title}" for name, title in found)
    next_step(_("sheetflow init 文件夹名 --system 系统名"))


@command(
    _("新建一个考核文件夹。"),
    example="sheetflow init 2015年度考核 --sample\n  sheetflow init 2016考核 --from 2015考核",
)
@click.argument("folder", type=PATH, metavar=_("文件夹"))
@click.option("--system", metavar=_("系统名"), help=_("考核系统，默认 agreement"))
@click.option(
    "--year", type=click.IntRange(1950, 2200), metavar=_("年份"), help=_("年度，默认用方案里的")
)
@click.option("--sample", is_flag=True, help=_("放一份虚构的示例名册"))
@click.option(
    "--from", "predecessor", type=PATH, metavar=_("文件夹"),
    help=_("沿用上一次考核的名册、方案和设置，年度加一；那个文件夹只读不写"),
)  # fmt: skip
@json_option
@quiet_anyway
@click.pass_context
def init(  # noqa: PLR0913 - one for each option
    context: click.Context, folder: Path, *, system: str | None, year: int | None, sample: bool,
    predecessor: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Make a round."""
    from sheetflow import printing, printing_rounds  # noqa: PLC0415
    from sheetflow.flows.init import make_round  # noqa: PLC0415

    if predecessor:
        if system or sample:
            raise SheetflowError(
                _("--from 已经带来方案和名册"), _("请去掉 --system 和 --sample 再运行")
            )
        _take_over(context.obj / folder, context.obj / predecessor, year, as_json=as_json)
        return
    system = system or "agreement"
    made = make_round(context.obj / folder, system=system, year=year, sample=sample)
    if as_json:
        click.echo(printing.as_json(printing_rounds.made_json(made, system)))
        return
    say(printing_rounds.made_lines(made, year_given=year is not None))
    roster = _("核对") if sample else _("填写")
    next_step(
        _("{roster} {file}，看一遍 {scheme}，再运行 sheetflow -C {folder} forms").format(
            roster=roster, file=rounds.ROSTER, scheme=rounds.SCHEME, folder=typed(made.round.folder)
        )
    )


def _take_over(folder: Path, predecessor: Path, year: int | None, *, as_json: bool) -> None:
    """Make a round from the one before it, and tell what came along."""
    from sheetflow import printing, printing_rounds  # noqa: PLC0415
    from sheetflow.flows.predecessor import make_next  # noqa: PLC0415

    made = make_next(folder, predecessor, year)
    if as_json:
        click.echo(printing.as_json(printing_rounds.begun_json(made)))
        return
    say(printing_rounds.begun_lines(made))
    next_step(
        _("改好 {roster} 和 {scheme}，再运行 sheetflow -C {folder} check").format(
            roster=rounds.ROSTER, scheme=rounds.SCHEME, folder=typed(made.round.folder)
        )
    )


@command(_("检查方案、名册和核定表。"), example="sheetflow check")
@json_option
@quiet_option
@click.pass_obj
def check(folder: Path, *, as_json: bool, quiet: bool) -> int:
    """Check what people edit."""
    from sheetflow import printing  # noqa: PLC0415
    from sheetflow.document import findings_json  # noqa: PLC0415
    from sheetflow.flows.check import check_round  # noqa: PLC0415

    findings = check_round(rounds.find(folder))
    faulty = printing.has_errors(findings)
    if as_json:
        click.echo(printing.as_json({"findings": findings_json(findings)}))
        return int(faulty)
    say(printing.finding_lines(findings))
    say([_("方案、名册都可以用")] if not faulty else [], quiet=quiet)
    next_step(_("改正后再运行 sheetflow check") if faulty else _("sheetflow forms 生成表格"))
    return int(faulty)


@command(_("按名册生成空白表格。"), example="sheetflow forms --member 007")
@click.option("--member", "members", multiple=True, metavar=_("编号"), help=_("只为这些人生成"))
@json_option
@quiet_option
@click.pass_obj
def forms(folder: Path, members: tuple[str, ...], *, as_json: bool, quiet: bool) -> None:
    """Write blank forms."""
    from sheetflow import printing  # noqa: PLC0415
    from sheetflow.flows.forms import make_forms  # noqa: PLC0415

    with working(_("正在生成表格……")):
        made = make_forms(rounds.find(folder), members)
    if as_json:
        click.echo(printing.as_json(printing.forms_json(made)))
        return
    say(printing.finding_lines(made.findings))
    say(printing.forms_lines(made), quiet=quiet)
    next_step(
        _("把“{forms}”里的表发给各人；收回的表放进“{returned}”，再运行 sheetflow collect").format(
            forms=rounds.FORMS, returned=rounds.RETURNED
        )
    )


@command(_("收表、检查、汇总、评等次。"), example="sheetflow collect")
@click.argument("paths", nargs=-1, type=PATH, metavar=_("[文件或文件夹]…"))
@click.option("--accept-unverified", is_flag=True, help=_("表单码无法验证的表也收下，逐份提醒"))
@json_option
@quiet_option
@click.pass_obj
def collect(
    folder: Path, paths: tuple[Path, ...], *, accept_unverified: bool, as_json: bool, quiet: bool
) -> int:
    """Take in what came back."""
    from sheetflow import printing  # noqa: PLC0415

    with working(_("正在收表、汇总……")) as tell:
        gist, done = _recall_or_collect(rounds.find(folder), paths, accept_unverified, tell)
    findings = printing.standing_findings(gist.document)
    if as_json:
        click.echo(printing.as_json(gist.document))
        return int(printing.has_errors(findings))
    say(printing.finding_lines(findings, printing.owners(gist.document)))
    say(printing.gist_lines(gist), quiet=quiet)
    say(printing.collected_lines(done) if done else ())
    say([] if gist.document["changed"] else [_("没有新内容，文件都没有动")], quiet=quiet)
    next_step(_("；").join(gist.steps))
    return int(printing.has_errors(findings))


def _recall_or_collect(
    round_: Round, paths: tuple[Path, ...], accept_unverified: bool, tell: Tell
) -> tuple[Gist, Collected | None]:
    """Collect; with nothing new, only tell what the last collect came to."""
    from sheetflow.flows.recall import recall  # noqa: PLC0415

    moment = now()
    known = recall(round_, accept_unverified=accept_unverified, today=moment.date())
    if known and not paths:
        return known, None
    from sheetflow.flows.collect import collect as run  # noqa: PLC0415

    done = run(round_, paths, now=moment, accept_unverified=accept_unverified, tell=tell)
    return done.gist, done


@command(_("谁交了、谁没交、谁在等什么。"), example="sheetflow status")
@json_option
@quiet_anyway
@click.pass_obj
def status(folder: Path, *, as_json: bool) -> None:
    """Tell where the round stands."""
    from sheetflow import printing  # noqa: PLC0415
    from sheetflow.flows.status import status as look  # noqa: PLC0415

    now = look(rounds.find(folder))
    if as_json:
        plain = {"members": now.members, "counts": now.counts, "waiting": now.waiting}
        click.echo(printing.as_json(plain))
        return
    say(printing.status_lines(now))
    if not now.collected:
        next_step(_("还没有汇总过：把收回的表放进“{folder}”，运行 sheetflow collect").format(
            folder=rounds.RETURNED))  # fmt: skip
    else:
        waits = any(now.waiting.values())
        next_step(
            _("催交、补齐后运行 sheetflow collect") if waits else _("sheetflow papers 生成公文")
        )


@command(_("定过什么：谁、何时、改前改后；并核对记录有没有被改动。"), example="sheetflow log 007")
@click.argument("member", required=False, default="", metavar=_("[编号]"))
@json_option
@quiet_anyway
@click.pass_obj
def log(folder: Path, member: str, *, as_json: bool) -> int:
    """List what was decided, and verify the record."""
    from sheetflow import printing  # noqa: PLC0415
    from sheetflow.flows.log import read_log  # noqa: PLC0415

    kept = read_log(rounds.find(folder), member)
    if as_json:
        click.echo(printing.as_json(printing.log_json(kept)))
        return int(bool(kept.breaks))
    say(printing.log_lines(kept))
    next_step(
        _("保留现在的 {ledger} 备查，用备份里的同名文件替换它，再运行 sheetflow log").format(
            ledger=rounds.LEDGER
        )
        if kept.breaks
        else _("把末条指纹和 {summary} 上的对一对").format(summary=rounds.SUMMARY)
    )
    return int(bool(kept.breaks))


@command(_("一个人的每一分是怎么来的，等次是怎么定的。"), example="sheetflow trace 007")
@click.argument("member", metavar=_("编号或姓名"))
@json_option
@quiet_anyway
@click.pass_obj
def trace(folder: Path, member: str, *, as_json: bool) -> None:
    """Explain a member's points and tier."""
    from sheetflow import printing, printing_pages  # noqa: PLC0415
    from sheetflow.flows.trace import trace_member  # noqa: PLC0415

    with working(_("正在查……")):
        page = trace_member(rounds.find(folder), member, today=now().date())
    if as_json:
        click.echo(printing.as_json(printing_pages.trace_json(page)))
        return
    say(printing_pages.trace_lines(page))
    next_step(
        _("还没有定的办好后再运行 sheetflow collect")
        if page.open
        else _("各人的都在 {summary} 的“得分依据”里").format(summary=rounds.SUMMARY)
    )


@command(_("解释一个问题代码；不写代码就列出全部。"), example="sheetflow explain V402")
@click.argument("code", required=False, metavar=_("[代码]"))
@json_option
@quiet_anyway
def explain(code: str | None, *, as_json: bool) -> None:
    """Explain a finding's code."""
    from sheetflow import printing, printing_pages  # noqa: PLC0415
    from sheetflow.flows.explain import pages  # noqa: PLC0415

    found = pages(code)
    if as_json:
        click.echo(printing.as_json({"checks": [dict(page) for page in found]}))
        return
    say(printing_pages.page_lines(found, whole=code is not None))
    next_step(
        _("改正后再运行 sheetflow collect") if code else _("sheetflow explain 代码 看详细说明")
    )


@command(_("用虚构的示例走完一整轮。"), example="sheetflow demo")
@click.argument("folder", type=PATH, default=Path("sheetflow-demo"),
                metavar=_("[文件夹]"))  # fmt: skip
@json_option
@quiet_anyway
@click.pass_context
def demo(context: click.Context, folder: Path, *, as_json: bool) -> int:
    """Run a whole sample round."""
    from sheetflow import printing, printing_rounds  # noqa: PLC0415
    from sheetflow.flows.demo import run_demo  # noqa: PLC0415

    with working(_("正在走完一整轮示例……")):
        shown = run_demo(context.obj / folder)
    if as_json:
        click.echo(printing.as_json(printing_rounds.demo_json(shown)))
        return int(bool(shown.differences))
    say(printing_rounds.demo_lines(shown))
    next_step(_("打开上面列出的文件看看；自己的一轮：sheetflow init 文件夹 --year 年份"))
    return int(bool(shown.differences))
