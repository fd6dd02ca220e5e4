"""Random schemes that use every word of the rules, answers to them, and an own reckoning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from forms_for_tests import Cells, Typed
from schemes_for_tests import levels

from sheetflow.model import (
    Bonus,
    Category,
    Claim,
    Column,
    ColumnRole,
    Combination,
    Event,
    Field,
    Group,
    Item,
    Kind,
    Part,
    Scheme,
    Section,
    Settings,
    Step,
    Tier,
    Unmeant,
)

POSTS = ("教学", "管理", "后勤")
ZERO = Decimal(0)
CENT = Decimal("0.01")
TABLE = Event(
    what="缺席",
    steps=(Step(times=1, points=Decimal(-1)), Step(times=2, points=Decimal("-2.5"))),
    zero_from=4,
)
TIERS = (
    Tier(title="甲", at_least=Decimal(18)),
    Tier(title="乙", at_least=Decimal(10)),
    Tier(title="丙"),
)


def make_item(rng: Random, code: str, group: str) -> Item:
    kind = rng.choice(list(Kind))
    if kind is Kind.NOTE and not group:
        return Item(code=code, title="只作说明", kind=kind, most=ZERO, note="见办法")
    kind = Kind.POINTS if kind is Kind.NOTE else kind
    listed = {Kind.CHOICE: levels(好="4", 中="1.5", 差="0"), Kind.TICK: levels(有="4", 无="0")}
    return Item(
        code=code,
        title=f"第 {code} 项",
        kind=kind,
        most=Decimal(4),
        levels=listed.get(kind, ()),
        events=(TABLE,) if kind is Kind.COUNT else (),
        group=group,
        posts=tuple(rng.sample(POSTS, rng.choice([0, 0, 0, 1, 2]))),
    )


def make_part(rng: Random, code: str) -> Part:
    sections, groups = [], []
    for s in range(1, rng.randint(2, 4)):
        group = f"{code}{s}" if rng.random() < 0.4 else ""
        if group:
            best, most = rng.randint(1, 3), Decimal(rng.choice(["3", "6.5", "12"]))
            groups.append(Group(code=group, title="组", best=best, most=most))
        names = [*rng.sample(["", "", group], rng.randint(1, 3)), group]
        rng.shuffle(names)
        items = [make_item(rng, f"{code}{s}-{n}", name) for n, name in enumerate(names, 1)]
        # Somebody must be able to score in every part, whatever the post.
        items.append(Item(code=f"{code}{s}-9", title="人人", kind=Kind.POINTS, most=Decimal(3)))
        cap = Decimal(rng.choice(["2.5", "5", "9"])) if rng.random() < 0.4 else None
        section = Section(code=f"{code}{s}s", title=f"第{s}类", items=tuple(items), most=cap)
        sections.append(section)
    bonus = Bonus(code=f"{code}+", title="加分", claim=Claim.RANGE, most=Decimal(3), rows=2)
    unmeant = rng.choice(list(Unmeant))
    part = Part(
        code=code,
        title=f"部分{code}",
        sheet=f"部分{code}",
        base=ZERO,
        form_title=code,
        bonus_most=Decimal(4),
        sections=tuple(sections),
        groups=tuple(groups),
        bonuses=(bonus,) if rng.random() < 0.5 else (),
        unmeant=unmeant,
    )
    everybody = {i.code: i.most for i in part.scored}
    reached = capped(part, everybody)
    if unmeant is Unmeant.REPLACE:
        reached = max(capped(part, meant(part, everybody, post)) for post in POSTS)
    return replace(part, base=reached)


def make_scheme(rng: Random) -> Scheme:
    parts = [make_part(rng, code) for code in "AB"[: rng.randint(1, 2)]]
    weights = (Decimal("62.5"), Decimal("37.5")) if len(parts) > 1 else (Decimal(100),)
    return Scheme(
        system="rules",
        title="考核",
        number="1",
        year=2015,
        period_start=date(2015, 1, 1),
        period_end=date(2015, 12, 31),
        settings=Settings(organisation="某单位"),
        columns=(
            Column(heading="学号", role=ColumnRole.ID),
            Column(heading="姓名", role=ColumnRole.NAME),
            Column(heading="岗位", role=ColumnRole.POST, choices=POSTS),
        ),
        categories=(Category(title="正式"),),
        parts=tuple(replace(p, weight=w) for p, w in zip(parts, weights, strict=True)),
        tiers=TIERS,
        combination=rng.choice(list(Combination)),
        bonus_inside=rng.random() < 0.5,
    )


def values(item: Item) -> list[Decimal]:
    """Points that may be typed for an item."""
    if item.levels:
        return [level.points for level in item.levels]
    step = CENT if item.kind is Kind.RATIO else item.step
    return [n * step for n in range(int(item.most / step) + 1)]


def answers(rng: Random, scheme: Scheme, post: str) -> dict[str, Decimal]:
    """Points a member of this post types: everything asked for, of groups some."""
    typed: dict[str, Decimal] = {}
    for part in scheme.parts:
        for item in part.scored:
            if not item.posts or post in item.posts:
                started = any(i.group == item.group and i.code in typed for i in part.scored)
                if not item.group or not started or rng.random() < 0.6:
                    typed[item.code] = rng.choice(values(item))
        for bonus in part.bonuses:
            for code in bonus.row_codes:
                if rng.random() < 0.5:
                    typed[code] = Decimal(rng.randint(0, 6)) / 2
    return typed


def cells(typed: Mapping[str, Decimal], scheme: Scheme) -> Cells:
    """What stands in the form of somebody who typed this."""
    rows = {code for part in scheme.parts for b in part.bonuses for code in b.row_codes}
    found: dict[tuple[str, Field], Typed] = {}
    for code, points in typed.items():
        found[code, Field.CLAIM if code in rows else Field.SCORE] = points
    return found


# ------------------------------------------------------------------ an own reckoning


def meant(part: Part, points: Mapping[str, Decimal], post: str) -> dict[str, Decimal]:
    """Those points that belong to items of this post."""
    mine = {item.code for item in part.scored if not item.posts or post in item.posts}
    return {code: value for code, value in points.items() if code in mine}


def capped(part: Part, points: Mapping[str, Decimal]) -> Decimal:
    """Groups by their best, sections within their caps."""
    total = ZERO
    for section in part.sections:
        got = sum((points.get(i.code, ZERO) for i in section.items if not i.group), ZERO)
        for group in part.groups:
            inside = [points.get(i.code, ZERO) for i in section.items if i.group == group.code]
            got += min(group.most, sum(sorted(inside)[::-1][: group.best], ZERO))
        total += got if section.most is None else min(section.most, got)
    return total


def base(part: Part, typed: Mapping[str, Decimal], post: str) -> Decimal:
    points = meant(part, typed, post)
    if part.unmeant is Unmeant.FULL:
        everything = {item.code: item.most for item in part.scored}
        kept = meant(part, everything, post)
        points |= {code: most for code, most in everything.items() if code not in kept}
        return capped(part, points)
    got = capped(part, points)
    if part.unmeant is Unmeant.REPLACE:
        return got
    whole = capped(part, meant(part, {item.code: item.most for item in part.scored}, post))
    return got if whole == part.base else (got * part.base / whole).quantize(CENT, ROUND_HALF_UP)


def bonus(part: Part, typed: Mapping[str, Decimal]) -> Decimal:
    rows = [code for each in part.bonuses for code in each.row_codes]
    claimed = sum((typed.get(code, ZERO) for code in rows), ZERO)
    return min(part.bonus_most, Decimal(3), claimed)


def total(scheme: Scheme, typed: Mapping[str, Decimal], post: str) -> Decimal:
    """What the parts come to together."""
    found = [(base(p, typed, post), bonus(p, typed), p.weight or ZERO) for p in scheme.parts]
    if scheme.combination is Combination.SUM:
        return sum((b + extra for b, extra, _weight in found), ZERO)
    exact, outside = ZERO, ZERO
    for b, extra, weight in found:
        share = weight / 100 if scheme.combination is Combination.WEIGHTED else Decimal(1)
        exact += (b + extra if scheme.bonus_inside else b) * share
        outside += ZERO if scheme.bonus_inside else extra
    if scheme.combination is Combination.MEAN:
        exact /= len(found)
    return (exact + outside).quantize(CENT, ROUND_HALF_UP)
