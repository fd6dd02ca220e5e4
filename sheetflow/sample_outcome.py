"""An outcome nobody had: a few made-up members in every tier, so that templates can be tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from sheetflow.messages import _
from sheetflow.model import (
    Line,
    Meeting,
    Member,
    Outcome,
    Part,
    PartScore,
    Ruling,
    Rulings,
    Scheme,
    Score,
    Standing,
    StandingStatus,
)

#: Members in each tier: a list of one and a list of several must both fit.
_EACH = 2


def sample_outcome(scheme: Scheme, version: str = "") -> Outcome:
    """Two made-up members in every tier of a scheme, a meeting, and all that is told of them.

    Every text people have to write says which one it is.
    """
    tiers = [tier.title for tier in scheme.tiers for _each in range(_EACH)]
    members = [_member(scheme, at) for at in range(1, len(tiers) + 1)]
    names = {*scheme.focus, *(n for k in scheme.papers for n in (*k.member_needs, *k.only_with))}
    names -= {column.heading for column in scheme.columns}
    told = {name: _("示例{name}").format(name=name) for name in sorted(names)}
    slots = (replace(s, text=s.text or _("示例{name}").format(name=s.name)) for s in scheme.slots)
    return Outcome(
        scheme=replace(scheme, slots=tuple(slots)),
        scheme_version=version,
        standings=tuple(
            Standing(
                member=member,
                status=StandingStatus.GRADED,
                score=_score(scheme, member.id),
                score_tier=tier,
                proposed_tier=tier,
                final_tier=tier,
                approved=True,
            )
            for member, tier in zip(members, tiers, strict=True)
        ),
        decided=Rulings(
            members={member.id: Ruling(member=member.id) for member in members},
            meetings=(_meeting(),),
            focus={member.id: told for member in members},
            reasons={(members[0].id, _codes(scheme)[0]): (_("示例原因"), "1")},
        ),
    )


def _member(scheme: Scheme, at: int) -> Member:
    name = _("示例{n}").format(n=at)
    category = scheme.categories[0].title if scheme.categories else ""
    headings = [column.heading for column in scheme.columns]
    return Member(
        id=f"{at:03}",
        name=name,
        category=category,
        group=_("示例小组"),
        details=tuple((heading, name) for heading in headings),
    )


def _meeting() -> Meeting:
    text = _("示例")
    return Meeting(
        number="1",
        kind=text,
        due=9,
        present=8,
        absent=text,
        chair=text,
        recorder=text,
        topic=text,
        ayes=7,
        nays=1,
        abstentions=0,
        resolution=text,
    )


def _codes(scheme: Scheme) -> list[str]:
    return [item.code for part in scheme.parts for item in part.items]


def _score(scheme: Scheme, member: str) -> Score:
    parts = tuple(
        PartScore(code=part.code, base=part.base, bonus=Decimal(1)) for part in scheme.parts
    )
    lines = (line for part in scheme.parts for line in _lines(part))
    return Score(member=member, parts=parts, lines=tuple(lines))


def _lines(part: Part) -> Iterator[Line]:
    one = Decimal(1)
    for item in part.items:
        half = item.most / 2
        yield Line(part=part.code, code=item.code, raw=half, taken=half, counted=half)
    for bonus in part.bonuses:
        for at, code in enumerate(bonus.row_codes):
            yield Line(
                part=part.code,
                code=code,
                raw=one,
                taken=one,
                counted=one if at == 0 else Decimal(0),
                why=_("示例原因"),
            )
