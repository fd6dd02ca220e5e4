"""``init``: make a round's folder."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sheetflow import __version__, ledger, platform, systems
from sheetflow import round as rounds
from sheetflow.errors import OutputError
from sheetflow.excel.write.tables import write_tables
from sheetflow.messages import _
from sheetflow.model import Scheme, Table
from sheetflow.rosters import to_table
from sheetflow.round import Round
from sheetflow.scheme_sheets import to_tables
from sheetflow.schemes import load_toml

_ROUND_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A round that was made, and the scheme it began with."""

    round: Round
    scheme: Scheme


def make_round(folder: Path, *, system: str, year: int | None = None, sample: bool = False) -> Made:
    """Make a round with its scheme, roster, folders and ledger.

    Raises ``NoRoundError`` where a round is already, ``OutputError`` when it cannot write.
    """
    scheme = for_year(load_toml(systems.scheme_bytes(system)), year)
    rows = sample_roster(scheme.system) if sample else ()
    return Made(round=begin(folder, scheme, to_table(scheme, rows)), scheme=scheme)


def begin(
    folder: Path, scheme: Scheme, people: Table, facts: Mapping[str, str] | None = None
) -> Round:
    """Make a round of a scheme and the table of its roster.

    ``facts`` are named texts that its ledger holds from the beginning. Raises ``NoRoundError``
    where a round is already, ``OutputError`` when it cannot write.
    """
    created = scheme.period_start
    files = {
        rounds.SCHEME: write_tables(to_tables(scheme), title=scheme.title, created=created),
        rounds.ROSTER: write_tables([people], title=scheme.title, created=created),
    }
    round_ = rounds.free(folder, files)
    try:
        for name in (rounds.FORMS, f"{rounds.RETURNED}/{rounds.TYPED}"):
            round_.path(name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            _("不能建立文件夹 {folder}").format(folder=folder),
            _("请检查磁盘是否已满、有没有权限，或换个地方"),
        ) from error
    for name, data in files.items():
        platform.write_whole(round_.path(name), data)
    # The ledger comes last: with it the folder is a round, before it only files.
    tail = "".join(secrets.choice(_ROUND_LETTERS) for _place in range(6))
    ledger.create(
        round_.path(rounds.LEDGER),
        key=secrets.token_hex(16),
        round_id=f"{scheme.system}-{scheme.year}-{tail}",
        program=__version__,
        facts=facts,
    )
    return round_


def for_year(scheme: Scheme, year: int | None) -> Scheme:
    """Move a scheme to another year: the period and the deadline move along."""
    if year is None or year == scheme.year:
        return scheme
    by = year - scheme.year
    deadline = scheme.settings.deadline
    return replace(
        scheme,
        year=year,
        period_start=_moved(scheme.period_start, by),
        period_end=_moved(scheme.period_end, by),
        settings=replace(scheme.settings, deadline=_moved(deadline, by) if deadline else None),
    )


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def sample_roster(system: str) -> tuple[dict[str, str], ...]:
    """Rows of the sample roster by heading."""
    path = systems.sample_folder(system) / "roster.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
