"""Commands about papers: write them, compare edited ones, look after their templates."""

from __future__ import annotations

from pathlib import Path

import click

from sheetflow import round as rounds
from sheetflow.commands import (
    command,
    next_step,
    now,
    program,
    say,
    shown_help,
    working,
)
from sheetflow.messages import _
from sheetflow.options import PATH, json_option, quiet_anyway, quiet_option

__all__ = ["program"]


@command(_("生成公文。不写种类就生成现在用得上的全部。"), example="sheetflow papers report --draft")
@click.argument("kinds", nargs=-1, metavar=_("[种类]…"))
@click.option("--draft", is_flag=True, help=_("一律标为草稿"))
@click.option("--pdf", is_flag=True, help=_("另存一份 PDF（要装有 LibreOffice）"))
@json_option
@quiet_option
@click.pass_obj
def papers(
    folder: Path, kinds: tuple[str, ...], *, draft: bool, pdf: bool, as_json: bool, quiet: bool
) -> None:
    """Write Word papers."""
    from sheetflow import printing, printing_papers  # noqa: PLC0415
    from sheetflow.flows.papers import write_papers  # noqa: PLC0415
    from sheetflow.flows.pdf import make_pdfs  # noqa: PLC0415

    with working(_("正在写公文……")):
        written = write_papers(rounds.find(folder), kinds, draft=draft, today=now().date())
        pdfs = make_pdfs(rounds.find(folder), printing_papers.files(written)) if pdf else None
    if as_json:
        found = {"papers": [printing_papers.paper_json(each) for each in written]}
        click.echo(printing.as_json(found | printing_papers.pdf_json(pdfs)))
        return
    say((line for each in written for line in printing_papers.paper_lines(each)), quiet=quiet)
    say(printing_papers.pdf_lines(pdfs))
    if draft:
        next_step(_("草稿看过、改好以后，去掉 --draft 再运行 sheetflow papers"))
    elif any(each.draft for each in written):
        next_step(
            _(
                "补齐待填内容和未定事项（用语在 {scheme} 的“设置”里），再运行 sheetflow papers"
            ).format(scheme=rounds.SCHEME)
        )
    else:
        next_step(_("打开“{papers}”核对后打印盖章").format(papers=rounds.PAPERS))


@command(
    _("改过、排过版的公文，和最后一次汇总核对名单、表格、人数和百分比。"),
    example="sheetflow verify 公文/2015年度考核情况报告.docx",
)
@click.argument("files", nargs=-1, required=True, type=PATH, metavar=_("文件…"))
@json_option
@quiet_anyway
@click.pass_obj
def verify(folder: Path, files: tuple[Path, ...], *, as_json: bool) -> int:
    """Compare papers to the outcome."""
    from sheetflow import printing, printing_papers  # noqa: PLC0415
    from sheetflow.flows.verify import verify_papers  # noqa: PLC0415

    with working(_("正在核对……")):
        verified = verify_papers(rounds.find(folder), files, today=now().date())
    differ = any(each.deviations for each in verified)
    if as_json:
        click.echo(printing.as_json(printing_papers.verified_json(verified)))
        return int(differ)
    say(line for each in verified for line in printing_papers.verified_lines(each))
    next_step(
        _("按汇总改正后再运行 sheetflow verify；汇总不对的，先改核定再运行 sheetflow collect")
        if differ
        else _("可以打印盖章")
    )
    return int(differ)


@program.group(
    help=shown_help(_("公文模板：拿出来改，改完检查。"), "sheetflow templates export"),
    subcommand_metavar=_("命令 [参数]…"),
    options_metavar=_("[选项]"),
)
def templates() -> None:
    """Group the commands about templates."""


@command(
    _("把公文模板拷到考核文件夹，改过的优先使用。"),
    example="sheetflow templates export",
    group=templates,
)
@json_option
@quiet_option
@click.pass_obj
def export(folder: Path, *, as_json: bool, quiet: bool) -> None:
    """Copy the templates into the round."""
    from sheetflow import printing, printing_papers  # noqa: PLC0415
    from sheetflow.flows.templates import export_templates  # noqa: PLC0415

    exported = export_templates(rounds.find(folder))
    if as_json:
        click.echo(printing.as_json(printing_papers.exported_json(exported)))
        return
    say(printing_papers.exported_lines(exported), quiet=quiet)
    next_step(
        _("用 Word 或 WPS 改“{folder}”里的模板，再运行 sheetflow templates check").format(
            folder=rounds.TEMPLATES
        )
    )


@command(
    _("检查公文模板：标签、循环、样式、修订、宏和链接，并用示例填一遍。"),
    example="sheetflow templates check",
    group=templates,
)
@json_option
@quiet_option
@click.pass_obj
def check(folder: Path, *, as_json: bool, quiet: bool) -> int:
    """Check the templates in use."""
    from sheetflow import printing, printing_papers  # noqa: PLC0415
    from sheetflow.flows.templates import check_templates  # noqa: PLC0415

    with working(_("正在检查模板……")):
        checked = check_templates(rounds.find(folder))
    faulty = printing_papers.has_faults(checked)
    if as_json:
        click.echo(printing.as_json(printing_papers.checked_json(checked)))
        return int(faulty)
    say(printing_papers.checked_lines(checked), quiet=quiet and not faulty)
    next_step(
        _("改正后再运行 sheetflow templates check") if faulty else _("sheetflow papers 生成公文")
    )
    return int(faulty)
