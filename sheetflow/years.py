"""An outcome beside the one of the round before it: member by member, part by part."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sheetflow import number
from sheetflow.messages import _
from sheetflow.model import Outcome, PartScore, Scheme, Standing
from sheetflow.rosters import plain_name

Points = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a round keeps of one member of the round before it; what was unknown is left out."""

    id: str
    name: str
    #: Base and bonus together, by part code.
    parts: Points = field(default_factory=dict)
    total: Decimal | None = None
    #: Tier that was decided; empty where none was.
    tier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """What a round keeps of the round before it."""

    year: int
    interim: bool
    #: Points were not approved when they were last collected.
    provisional: bool
    #: Titles and base points of its parts, by code.
    titles: Mapping[str, str]
    bases: Points
    members: tuple[Kept, ...]


def from_document(document: Mapping[str, Any], scheme: Scheme) -> Previous:
    """Keep of a collected round what the next one is compared with; who left is left out.

    ``document`` is that of ``collect``, ``scheme`` the one the round had.
    """
    return Previous(
        year=document["round"]["year"],
        interim=scheme.settings.interim,
        provisional=document["round"]["provisional"],
        titles={part.code: part.title for part in scheme.parts},
        bases={part.code: part.base for part in scheme.parts},
        members=tuple(_kept(m) for m in document["members"] if m["status"] != "left"),
    )


def _kept(member: Mapping[str, Any]) -> Kept:
    totals = {code: part["total"] for code, part in member["parts"].items()}
    return Kept(
        id=member["id"],
        name=member["name"],
        parts={code: Decimal(total) for code, total in totals.items() if total is not None},
        total=None if member["total"] is None else Decimal(member["total"]),
        tier=member["final_tier"] or "",
    )


# ------------------------------------------------------------------ as the ledger keeps it


def dump(previous: Previous) -> str:
    """Previous as JSON text."""
    members = [
        [m.id, m.name, _texts(m.parts), None if m.total is None else number.text(m.total), m.tier]
        for m in previous.members
    ]
    plain = {
        "year": previous.year,
        "interim": previous.interim,
        "provisional": previous.provisional,
        "titles": dict(previous.titles),
        "bases": _texts(previous.bases),
        "members": members,
    }
    return json.dumps(plain, ensure_ascii=False)


def load(text: str) -> Previous:
    """Read back what ``dump`` wrote."""
    plain: dict[str, Any] = json.loads(text)
    members = tuple(
        Kept(id=i, name=n, parts=_points(p), total=None if t is None else Decimal(t), tier=tier)
        for i, n, p, t, tier in plain["members"]
    )
    return Previous(
        year=plain["year"],
        interim=plain["interim"],
        provisional=plain["provisional"],
        titles=plain["titles"],
        bases=_points(plain["bases"]),
        members=members,
    )


def _texts(points: Points) -> dict[str, str]:
    return {code: number.text(each) for code, each in points.items()}


def _points(texts: Mapping[str, str]) -> dict[str, Decimal]:
    return {code: Decimal(text) for code, text in texts.items()}


# ------------------------------------------------------------------ side by side


class Match(StrEnum):
    """In which of the two rounds somebody is found, by id and name together."""

    BOTH = "both"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Pair:
    """Points before and now; ``None`` is not known."""

    before: Decimal | None
    now: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Points more than before; ``None`` while either is not known."""
        if self.before is None or self.now is None:
            return None
        return self.now - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One member in both rounds, or in one of them."""

    id: str
    name: str
    match: Match
    #: In the order of ``Comparison.parts``.
    parts: tuple[Pair, ...]
    total: Pair
    tier_before: str
    tier_now: str
    #: Name of whoever has this id in the other round.
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two rounds side by side: what each is called, their parts, one row a member."""

    before: str
    now: str
    #: Code and title of each part of either round, those of now first.
    parts: tuple[tuple[str, str], ...]
    rows: tuple[Compared, ...]
    #: What to keep in mind about these numbers.
    remarks: tuple[str, ...]


def round_name(year: int, *, interim: bool) -> str:
    """What a round is called among others."""
    name = _("{year}年半年初评") if interim else _("{year}年度")
    return name.format(year=year)


def compare(previous: Previous, outcome: Outcome) -> Comparison:
    """Set an outcome beside the round before: who is in both, who is new, who is no longer there.

    A member is the same where id and name are; one of both alone makes two rows.
    """
    scheme = outcome.scheme
    titles = {part.code: part.title for part in scheme.parts}
    titles |= {code: title for code, title in previous.titles.items() if code not in titles}
    before = {(kept.id, plain_name(kept.name)): kept for kept in previous.members}
    names = {kept.id: kept.name for kept in previous.members}
    rows, met = [], set[tuple[str, str]]()
    for standing in outcome.standings:
        key = (standing.member.id, plain_name(standing.member.name))
        rows.append(_row(standing, before.get(key), names.get(key[0], ""), titles))
        met.add(key)
    here = {standing.member.id: standing.member.name for standing in outcome.standings}
    gone = [kept for key, kept in before.items() if key not in met]
    older, newer = _names(previous, scheme)
    return Comparison(
        before=older,
        now=newer,
        parts=tuple(titles.items()),
        rows=(
            *sorted(rows, key=lambda row: row.match is not Match.BOTH),
            *(_gone(kept, here.get(kept.id, ""), titles) for kept in gone),
        ),
        remarks=tuple(_remarks(previous, outcome)),
    )


def _names(previous: Previous, scheme: Scheme) -> tuple[str, str]:
    """What the two rounds are called, never alike."""
    before = round_name(previous.year, interim=previous.interim)
    now = round_name(scheme.year, interim=scheme.settings.interim)
    return before if before != now else _("上一次（{round}）").format(round=before), now


def _row(standing: Standing, kept: Kept | None, holder: str, titles: Iterable[str]) -> Compared:
    score = standing.score
    now: Mapping[str, PartScore] = {part.code: part for part in score.parts} if score else {}
    before = kept.parts if kept else {}
    unknown = PartScore(code="", base=None, bonus=None)
    return Compared(
        id=standing.member.id,
        name=standing.member.name,
        match=Match.BOTH if kept else Match.NEW,
        parts=tuple(Pair(before.get(code), now.get(code, unknown).total) for code in titles),
        total=Pair(kept.total if kept else None, standing.total),
        tier_before=kept.tier if kept else "",
        tier_now=standing.tier or "",
        other="" if kept else holder,
    )


def _gone(kept: Kept, holder: str, titles: Iterable[str]) -> Compared:
    return Compared(
        id=kept.id,
        name=kept.name,
        match=Match.GONE,
        parts=tuple(Pair(kept.parts.get(code), None) for code in titles),
        total=Pair(kept.total, None),
        tier_before=kept.tier,
        tier_now="",
        other=holder,
    )


def _remarks(previous: Previous, outcome: Outcome) -> Iterator[str]:
    scheme = outcome.scheme
    before, now = _names(previous, scheme)
    if previous.provisional:
        yield _("{round}的成绩没有核定").format(round=before)
    if outcome.provisional:
        yield _("{round}的成绩还没有核定").format(round=now)
    bases = {part.code: part for part in scheme.parts}
    for code, title in previous.titles.items():
        part, base = bases.get(code), previous.bases[code]
        if part is None:
            yield _("“{part}”现在没有了").format(part=title)
        elif part.base != base:
            yield _("“{part}”基本分由 {before} 分改为 {now} 分，分差不能直接比").format(
                part=part.title, before=number.text(base), now=number.text(part.base)
            )
    for code, part in bases.items():
        if code not in previous.titles:
            yield _("“{part}”是新加的").format(part=part.title)
