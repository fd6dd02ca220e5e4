"""Options and arguments that commands share."""

from __future__ import annotations

import os
from pathlib import Path

import click

from sheetflow.messages import _

json_option = click.option("--json", "as_json", is_flag=True, help=_("只输出一份 JSON"))
quiet_option = click.option("-q", "--quiet", is_flag=True, help=_("只说问题和下一步"))
#: For commands that are asked for nothing but what they say.
quiet_anyway = click.option(
    "-q", "--quiet", is_flag=True, expose_value=False, help=_("这个命令没有可省的话，照样说")
)


class _Path(click.Path):
    """A path that was written; an empty one would be the current folder."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:  # fmt: skip
        if not str(value).strip():
            self.fail(_("没有写名称"), param, ctx)
        return super().convert(value, param, ctx)


PATH = _Path(path_type=Path)
