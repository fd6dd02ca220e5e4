"""The program's entry: language first, then the command, then its exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from sheetflow import messages, platform
from sheetflow.errors import SheetflowError

_INTERRUPTED = 130
#: The source's own first.
_LANGUAGES = ("zh", "en")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status (contract: Exit status)."""
    platform.utf8_output()
    words = list(sys.argv[1:] if arguments is None else arguments)
    messages.use_language(_language(words))
    sys.exit(_run(words))


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
    import click  # noqa: PLC0415 - after the language is set, its own words included

    from sheetflow.commands import program  # noqa: PLC0415 - the same

    as_json = "--json" in words
    try:
        status = program.main(words, prog_name="sheetflow", standalone_mode=False)
    except SheetflowError as error:
        return _tell(error, as_json=as_json)
    except click.ClickException as error:
        wrong = SheetflowError(error.format_message())
        if as_json:
            return _tell(wrong, as_json=True)
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say to anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0


def _tell(error: SheetflowError, *, as_json: bool) -> int:
    from sheetflow import printing  # noqa: PLC0415 - only when there is something to tell

    if as_json:
        print(printing.as_json(printing.error_json(error)))  # noqa: T201 - the contract's stdout
    else:
        for line in printing.error_lines(error):
            print(line, file=sys.stderr)  # noqa: T201 - a message for the person
    return error.status
