"""Templates of papers: those people keep in the round win over those of the system."""

from __future__ import annotations

from sheetflow import round as rounds
from sheetflow import systems
from sheetflow.errors import OutputError
from sheetflow.messages import _
from sheetflow.model import Scheme
from sheetflow.round import Round


def is_own(round_: Round, name: str) -> bool:
    """Whether the round has a template of its own under this name."""
    return (round_.path(rounds.TEMPLATES) / name).is_file()


def paper_template(round_: Round, scheme: Scheme, name: str) -> bytes:
    """Content of a paper's template. Raises ``OutputError`` when the round's cannot be read."""
    path = round_.path(rounds.TEMPLATES) / name
    if not is_own(round_, name):
        return systems.paper_template(scheme.system, name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise OutputError(
            _("读不了模板 {file}").format(file=f"{rounds.TEMPLATES}/{name}"),
            _("请在 Word 或 WPS 里关闭它，再运行一次"),
        ) from error
