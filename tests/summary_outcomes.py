"""Random outcomes for the tests of the summary, with an own reckoning of every score."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from sheetflow.model import (
    Absence,
    Bonus,
    Category,
    Claim,
    Column,
    ColumnRole,
    FileStatus,
    Group,
    Item,
    Kind,
    Line,
    Member,
    Outcome,
    Part,
    PartScore,
    Receipt,
    Scheme,
    Score,
    Section,
    Settings,
    Standing,
    StandingStatus,
    Status,
    Tier,
)

TIERS = (
    Tier(title="甲等", at_least=Decimal(30), commended=True),
    Tier(title="乙等", at_least=Decimal("20.5")),
    Tier(title="丙等", at_least=Decimal(10), inclusive=False),
    Tier(title="丁等", reported=True),
)
SCORED = (StandingStatus.GRADED, StandingStatus.NOT_GRADED, StandingStatus.UNDECIDED)


def make_part(rng: random.Random, code: str) -> Part:
    groups = tuple(
        Group(
            code=f"{code}G{n}", title="组", best=rng.randint(1, 3), most=Decimal(rng.randint(2, 9))
        )
        for n in range(rng.randint(0, 2))
    )
    names = ["", "", *(g.code for g in groups for _n in range(rng.randint(1, 4)))]
    rng.shuffle(names)
    items = tuple(
        Item(
            code=f"{code}{n}",
            title=f"第{n}项，要写得长一些才看得出折行",
            kind=Kind.POINTS,
            most=Decimal(rng.randint(2, 9)),
            group=name,
        )
        for n, name in enumerate(names, start=1)
    )
    bonuses = tuple(
        Bonus(
            code=f"{code}+{n}",
            title="加分",
            claim=Claim.RANGE,
            most=Decimal(rng.choice(["1.5", "4", "0.75"])),
            rows=rng.randint(1, 4),
        )
        for n in range(1, rng.randint(1, 4))
    )
    base = sum((i.most for i in items if not i.group), Decimal(0))
    base += sum((g.most for g in groups), Decimal(0))
    return Part(
        code=code,
        title=f"部分{code}",
        sheet=f"部分{code}",
        base=base,
        form_title=code,
        bonus_most=Decimal(rng.randint(1, 6)) if bonuses else Decimal(0),
        sections=(Section(code=code, title="节", items=items),),
        groups=groups,
        bonuses=bonuses,
    )


def make_scheme(rng: random.Random) -> Scheme:
    return Scheme(
        system="test",
        title="年度考核",
        number="1",
        year=2015,
        period_start=date(2015, 1, 1),
        period_end=date(2015, 12, 31),
        settings=Settings(organisation="某单位"),
        columns=(
            Column(heading="学号", role=ColumnRole.ID),
            Column(heading="姓名", role=ColumnRole.NAME),
            Column(heading="小组", role=ColumnRole.GROUP),
        ),
        categories=(Category(title="正式"),),
        statuses=(Status(title="离开", absence=Absence.LEFT),),
        parts=tuple(make_part(rng, code) for code in "ABC"[: rng.randint(1, 3)]),
        tiers=TIERS,
    )


def points(rng: random.Random, most: Decimal) -> Decimal:
    return Decimal(rng.randint(0, int(most * 20))) / 20


def oracle(part: Part, lines: dict[str, Line]) -> PartScore:
    """Score a part straight from the rules, without any help from the product."""
    read = {code: line.counted for code, line in lines.items() if line.raw is not None}
    free = [item for item in part.items if not item.group]
    known = all(item.code in read for item in free)
    base = sum((read.get(item.code, Decimal(0)) for item in free), Decimal(0))
    for group in part.groups:
        inside = [read[i.code] for i in part.items if i.group == group.code and i.code in read]
        known = known and (bool(inside))
        best = sorted(inside, reverse=True)[: group.best]
        base += min(group.most, sum(best, Decimal(0)))
    bonus = Decimal(0)
    for each in part.bonuses:
        rows = [read[code] for code in each.row_codes if code in read]
        bonus += min(each.most, sum(rows, Decimal(0)))
    base = min(part.base, base)
    return PartScore(
        code=part.code, base=base if known else None, bonus=min(part.bonus_most, bonus)
    )


def tier_of(total: Decimal) -> str:
    for tier in TIERS[:-1]:
        assert tier.at_least is not None
        if total > tier.at_least or (tier.inclusive and total == tier.at_least):
            return tier.title
    return TIERS[-1].title


def make_lines(rng: random.Random, part: Part, holes: float) -> Iterator[Line]:
    for item in part.items:
        # An item of a group may stay blank, any other only by mistake.
        blank = rng.random() < (0.4 if item.group else holes)
        raw = None if blank else points(rng, item.most)
        yield Line(
            part=part.code,
            code=item.code,
            raw=raw,
            taken=raw or Decimal(0),
            counted=raw or Decimal(0),
        )
    for bonus in part.bonuses:
        for code in bonus.row_codes:
            if rng.random() < 0.5:
                raw = points(rng, bonus.most)
                counted = raw if rng.random() < 0.7 else Decimal(0)
                yield Line(
                    part=part.code,
                    code=code,
                    raw=raw,
                    taken=counted,
                    counted=counted,
                    provisional=True,
                )


def make_score(rng: random.Random, scheme: Scheme, member: str) -> Score:
    lines = [line for part in scheme.parts for line in make_lines(rng, part, 0.02)]
    by_code = {line.code: line for line in lines}
    parts = [oracle(part, by_code) for part in scheme.parts]
    if rng.random() < 0.1:  # the engine may know of something that no cell shows
        hidden = rng.randrange(len(parts))
        unknown = parts[hidden]
        base, bonus = rng.choice([(None, unknown.bonus), (unknown.base, None)])
        parts[hidden] = replace(unknown, base=base, bonus=bonus)
    doubts = ("两份表哪份算数，还没有定",) if rng.random() < 0.1 else ()
    return Score(member=member, parts=tuple(parts), lines=tuple(lines), open=doubts)


def make_standing(rng: random.Random, scheme: Scheme, number: int) -> Standing:
    member = Member(
        id=f"{number:03}",
        name=f"成员{number}",
        category="正式",
        group=rng.choice(["二组", "一组", ""]),
    )
    status = rng.choice((*SCORED, *SCORED, *StandingStatus))
    if status not in SCORED:
        return Standing(member=member, status=status, reasons=("依据：会议",))
    score = make_score(rng, scheme, member.id)
    total = score.total
    if total is None:
        return Standing(
            member=member, status=StandingStatus.UNDECIDED, score=score, reasons=score.open
        )
    if status is StandingStatus.NOT_GRADED:
        return Standing(member=member, status=status, score=score)
    tier = tier_of(total)
    decided = rng.choice([None, None, "丙等"])
    return Standing(
        member=member,
        status=StandingStatus.GRADED,
        score=score,
        score_tier=tier,
        proposed_tier=rng.choice([tier, tier, None]),
        final_tier=decided,
        reasons=("理由一", "理由二"),
    )


@cache
def make_outcome(seed: int, members: int = 25) -> Outcome:
    rng = random.Random(seed)  # noqa: S311 - test data, the same in every run
    scheme = make_scheme(rng)
    standings = tuple(make_standing(rng, scheme, n) for n in range(1, members + 1))
    receipts = tuple(
        Receipt(
            file=f"收回/{n}.xlsx",
            sha256=f"{n:064x}",
            status=rng.choice(list(FileStatus)),
            member=f"{n:03}",
        )
        for n in range(1, rng.randint(1, 12))
    )
    return Outcome(scheme=scheme, scheme_version="1-abc", standings=standings, receipts=receipts)


AT_BOUNDS = (("30", "甲等"), ("29.95", "乙等"), ("20.5", "乙等"), ("20.45", "丙等"))
ABOVE_BOUNDS = (("10.05", "丙等"), ("10", "丁等"))


def bounded_outcome() -> Outcome:
    """Members on both sides of every bound: one free item and a group of two."""
    free = Item(code="P1", title="独项", kind=Kind.POINTS, most=Decimal(40))
    pair = [
        Item(code=code, title="组项", kind=Kind.POINTS, most=Decimal(2), group="G")
        for code in ("P2", "P3")
    ]
    part = Part(
        code="P",
        title="部分P",
        sheet="部分P",
        base=Decimal(41),
        form_title="",
        sections=(Section(code="S", title="节", items=(pair[0], free, pair[1])),),
        groups=(Group(code="G", title="组", best=1, most=Decimal(1)),),
    )
    standings = []
    for number, (total, tier) in enumerate((*AT_BOUNDS, *ABOVE_BOUNDS), start=1):
        member = Member(id=f"{number:03}", name="某")
        read = {"P1": Decimal(total) - 1, "P2": Decimal(2), "P3": Decimal("0.5")}
        lines = tuple(Line(part="P", code=c, raw=p, taken=p, counted=p) for c, p in read.items())
        parts = (PartScore(code="P", base=Decimal(total), bonus=Decimal(0)),)
        score = Score(member=member.id, parts=parts, lines=lines)
        graded = StandingStatus.GRADED
        standings.append(Standing(member=member, status=graded, score=score, score_tier=tier))
    scheme = replace(make_outcome(1).scheme, parts=(part,))
    return Outcome(scheme=scheme, scheme_version="1", standings=tuple(standings))
