"""The program's entry: language first, then the command, then its exit status."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from sheetflow import messages, platform
from sheetflow.errors import OutputError, SheetflowError
from sheetflow.messages import _

_INTERRUPTED = 130
#: The source's own first.
_LANGUAGES = ("zh", "en")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status (contract: Exit status)."""
    try:
        status = _main(arguments)
    except KeyboardInterrupt:
        status = _interrupted()
    sys.exit(status)


def _main(arguments: Sequence[str] | None) -> int:
    platform.utf8_output()
    words = list(sys.argv[1:] if arguments is None else arguments)
    messages.use_language(_language(words))
    return _run(words)


def _language(words: Sequence[str]) -> str:
    """Language asked for; help texts are made while the commands are imported."""
    asked = os.environ.get("SHEETFLOW_LANG", "")
    for at, word in enumerate(words):
        if word.startswith("--lang="):
            asked = word.partition("=")[2]
        elif word == "--lang" and at + 1 < len(words):
            asked = words[at + 1]
    return asked if asked in _LANGUAGES else _LANGUAGES[0]


def _run(words: list[str]) -> int:
    try:
        return _answer(words, as_json="--json" in words)
    except OSError as error:
        if error.filename is not None:
            return _tell(platform.refused(error), as_json="--json" in words)
        return _unheard(error)


def _answer(words: list[str], *, as_json: bool) -> int:
    import click  # noqa: PLC0415 - after the language is set, its own words included

    from sheetflow.commands_papers import program  # noqa: PLC0415 - the same

    try:
        # Not program.main(), which ends with 1 when whoever read our output has gone.
        with program.make_context("sheetflow", list(words)) as context:
            status = program.invoke(context)
    except click.exceptions.Exit as end:
        status = end.exit_code
    except click.ClickException as error:
        fix = _("请照用法改正后再运行；sheetflow --help 列出全部命令。")
        text = error.format_message()
        if not as_json and isinstance(error, click.UsageError) and error.ctx:
            asked = isinstance(error, click.exceptions.NoArgsIsHelpError)
            with suppress(OSError):
                click.echo(text if asked else error.ctx.get_usage(), err=True)
            if asked:
                text = _("没有写要做什么")
                fix = _(
                    "请从上面选一个命令，写在后面再运行；第一次用，先运行 sheetflow demo 看看。"
                )
        status = _tell(SheetflowError(text, fix), as_json=as_json)
    except SheetflowError as error:
        status = _tell(error, as_json=as_json)
    return status if isinstance(status, int) else 0


def _unheard(error: OSError) -> int:
    """End a run whose output cannot be shown: its reader has gone, or its disk is full."""
    if not isinstance(error, BrokenPipeError) and error.errno != errno.ENOSPC:
        raise error
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return 0
    full = OutputError(_("结果没能全部显示：输出到的磁盘满了。"), _("请清理磁盘空间后再运行一次。"))
    return _tell(full, as_json=False)


def _tell(error: SheetflowError, *, as_json: bool) -> int:
    from sheetflow import printing  # noqa: PLC0415 - only when there is something to tell

    if as_json:
        text = printing.as_json(printing.error_json(error))
        print(text, flush=True)  # noqa: T201 - the contract's stdout
    else:
        # Whoever cannot be told still learns the status.
        with suppress(OSError):
            for line in printing.error_lines(error):
                print(line, file=sys.stderr)  # noqa: T201 - a message for the person
    return error.status


def _interrupted() -> int:
    text = _("已经中断。收到的文件、定下的内容和写好的文件都在。")
    _tell(SheetflowError(text, _("请再运行一次同一个命令，它会接着做完。")), as_json=False)
    return _INTERRUPTED
