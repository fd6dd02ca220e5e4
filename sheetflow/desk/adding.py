"""Rows of the sheets that add up: counts, points, claims, approvals, the hidden sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from sheetflow import kinds, number, ranking
from sheetflow.claims import ClaimRead, why_once
from sheetflow.desk import formulas, words
from sheetflow.desk.cells import (
    SCORED,
    Desk,
    base_of,
    bonus_of,
    gestures,
    live,
    locked,
    points_of,
    typed,
)
from sheetflow.desk.formulas import Sums
from sheetflow.desk.score_layouts import scored
from sheetflow.desk.sheets import Cell, Layout, Look, Origin, Role, Row
from sheetflow.messages import _
from sheetflow.model import (
    EVERYONE,
    Field,
    Item,
    Member,
    Part,
    PartScore,
    Place,
    Plain,
    Roster,
    Ruling,
    Score,
    Standing,
    StandingStatus,
    Tab,
    Unmeant,
)
from sheetflow.notation import show_levels

#: Columns that say nothing half-way through the year, when nobody gets a tier.
_OF_TIERS = frozenset({"rank", "highest", "gap"})
#: What counts for an item of which nothing is known.
_UNKNOWN: Final = Origin()
#: Post, item code, points without the branch and whether those are unusable.
_ItemKind = tuple[str | None, str, Decimal | None, bool]


def counts(desk: Desk, layout: Layout) -> Iterator[Row]:
    """One row for all and one a member."""
    yield _everyone(desk, layout, words.OTHERS_NONE)
    for standing in desk.due:
        member, cells = standing.member.id, _about(desk, layout, standing)
        kept = Place(layout.tab, member, EVERYONE) in desk.facts.kept
        cells[EVERYONE] = locked()._replace(kept=kept)
        yield Row(key=member, cells=cells, decides=member)


def _everyone(desk: Desk, layout: Layout, name: str) -> Row:
    cells = {"id": locked(EVERYONE), "name": locked(name), **gestures(desk, layout, EVERYONE)}
    return Row(key=EVERYONE, cells=cells, look=Look.EVERYONE, decides=EVERYONE)


def _about(desk: Desk, layout: Layout, standing: Standing) -> dict[str, Cell]:
    member = standing.member
    who = {"id": locked(member.id), "name": locked(member.name)}
    return {**who, **typed(desk, layout, member.id)}


# ------------------------------------------------------------------ points


def scores(desk: Desk, layout: Layout, part: Part) -> Iterator[Row]:
    """Two rows a member: what stands by itself, and what the branch types."""
    base, source_row = formulas.shown(f"base.{part.code}"), formulas.source_row(part)
    for standing in desk.due:
        member = standing.member
        who = {"id": locked(member.id), "name": locked(member.name)}
        origins = desk.origins(standing)
        source, label = f"{member.id}/{words.SOURCE}", f"{member.id}/{desk.scheme.terms.approved}"
        yield Row(
            key=source,
            look=Look.SOURCE,
            cells={
                **who,
                "line": locked(words.SOURCE),
                "origin": locked(_origin(part, origins)),
                **{item.code: _source(desk, origins, item, standing) for item in part.scored},
            },
        )
        yield Row(
            key=label,
            look=Look.CLOSING,
            decides=member.id,
            cells={
                **who,
                "line": locked(desk.scheme.terms.approved),
                **typed(desk, layout, member.id),
                "base": live(base, base_of(standing, part.code)),
                "source_row": Cell(Role.LIVE, formula=source_row, stands=(layout.tab, source)),
            },
        )


def _origin(part: Part, origins: Mapping[str, Origin]) -> str:
    found = [origins[i.code] for i in part.items if i.code in origins]
    ways = {words.COUNTED if o.counted else words.OWN for o in found if o.points is not None}
    return "＋".join(sorted(ways, reverse=True))


def _source(desk: Desk, origins: Mapping[str, Origin], item: Item, standing: Standing) -> Cell:
    if not kinds.meant(item, standing.member.post):
        return locked(desk.scheme.terms.unmeant)
    origin = origins.get(item.code, _UNKNOWN)
    return Cell(Role.LOCKED, _stands(origin), counted=origin.counted)


def _stands(origin: Origin) -> Plain:
    return words.UNUSABLE if origin.unusable else origin.points


# ------------------------------------------------------------------ claims


def claims(desk: Desk, layout: Layout) -> Iterator[Row]:
    """One row a claim."""
    for standing in desk.due:
        for claim in desk.facts.claims.get(standing.member.id, ()):
            yield _claim(desk, layout, standing, claim)


def _claim(desk: Desk, layout: Layout, standing: Standing, claim: ClaimRead) -> Row:
    member = standing.member
    row = f"{member.id}/{claim.code}"
    bonus_key, part_key = formulas.claim_keys(member.id, claim.bonus, claim.part)
    counted: Plain = claim.counted if _readable(claim) else words.UNUSABLE
    said = number.parse(desk.said(Tab.CLAIMS, row, "points"))
    cells = {
        "id": locked(member.id),
        "name": locked(member.name),
        "row": locked(claim.code),
        "bonus": locked(claim.bonus.title),
        "reason": locked(claim.reason),
        "level": locked(claim.level),
        "issuer": locked(claim.issuer),
        "document": locked(claim.document),
        "day": locked(claim.day),
        "claimed": locked(claim.points if claim.value is None else _claimed(claim)),
        "counted": locked(counted),
        "note": locked(_note(desk, claim)),
        "taken": live(formulas.taken(claim.bonus.most), counted if said is None else said),
        "bonus_key": locked(bonus_key),
        "part_key": locked(part_key),
        **typed(desk, layout, row),
    }
    return Row(key=row, cells=cells, decides=row)


def _readable(claim: ClaimRead) -> bool:
    return claim.value is None or (claim.points is not None and not claim.wrong)


def _claimed(claim: ClaimRead) -> Plain:
    return claim.points if claim.points is not None else claim.value.raw if claim.value else None


def _note(desk: Desk, claim: ClaimRead) -> str:
    if claim.value is None:
        return _("没有填申报分，不计")
    if not _readable(claim):
        most = claim.bonus.levels and show_levels(claim.bonus.levels)
        return _("申报分不能用：{rule}").format(rule=most or kinds.bonus_rule(claim.bonus))
    if claim.missing:
        headings = {
            field: getattr(desk.scheme.terms, field.value)
            for field in Field
            if hasattr(desk.scheme.terms, field.value)
        }
        lacking = _("、").join(str(headings.get(field, field.value)) for field in claim.missing)
        return _("缺{fields}，不计").format(fields=lacking)
    if claim.outside:
        return _("日期不在考核年度内，不计")
    return why_once(claim)


# ------------------------------------------------------------------ approvals


def approvals(desk: Desk, layout: Layout) -> Iterator[Row]:
    """One row for all and one a member, with sums that follow what is typed."""
    yield _everyone(desk, layout, words.OTHERS_APPROVE)
    sums = {c.key: formulas.shown(c.key) for c in layout.columns if c.role is Role.LIVE}
    for standing in desk.due:
        cells = _about(desk, layout, standing)
        cells["version"] = locked(desk.facts.versions.get(standing.member.id, ""))
        found = _sums(desk, standing, graded=_graded(desk, standing.member))
        for key, formula in sums.items():
            if desk.scheme.settings.interim and key in _OF_TIERS:
                cells[key] = locked()
            elif standing.status is StandingStatus.MISSING:
                cells[key] = locked(words.MISSING)
            else:
                cells[key] = live(formula, found[key])
        yield Row(key=standing.member.id, cells=cells, decides=standing.member.id)


# ------------------------------------------------------------------ the hidden sums


def live_rows(desk: Desk, _layout: Layout) -> Iterator[Row]:
    """One hidden row for each member who is scored."""
    places = formulas.digits(desk.scheme, (desk.origins(standing) for standing in desk.due))
    # Members of one post whose points are equal have equal formulas.
    shared: dict[tuple[str | None, frozenset[str]], Mapping[str, str]] = {}
    items: dict[_ItemKind, Cell] = {}
    for standing in desk.due:
        if standing.status not in SCORED:
            continue
        member, graded = standing.member, _graded(desk, standing.member)
        cells = {
            "id": locked(member.id),
            "open": locked(_open(desk, standing)),
            "graded": locked(Decimal(graded)),
        }
        unknown = _unknown_bonus(desk, standing)
        live_sums = Sums(scheme=desk.scheme, digits=places, post=member.post, unknown_bonus=unknown)
        if (member.post, unknown) not in shared:
            shared[member.post, unknown] = dict(formulas.live_row(live_sums))
        found = _sums(desk, standing, graded=graded)
        for key, formula in shared[member.post, unknown].items():
            stands = _stands_in(desk, key, member.id)
            value = None if stands else found[key]
            cells[key] = Cell(Role.LIVE, value, formula, stands=stands)
        cells.update(_items(desk, standing, live_sums, items))
        yield Row(key=member.id, cells=cells)


def _items(
    desk: Desk, standing: Standing, sums: Sums, known: dict[_ItemKind, Cell]
) -> Iterator[tuple[str, Cell]]:
    """Cells of a member's items by column.

    ``known`` are those of items of which the branch says nothing; they are not made again.
    """
    member, origins = standing.member, desk.origins(standing)
    for part in desk.scheme.parts:
        spoken = (words.scores_tab(part), member.id) in desk.spoken
        for section in part.sections:
            for item in scored(section):
                origin = origins.get(item.code, _UNKNOWN)
                kind = member.post, item.code, origin.points, origin.unusable
                if kind not in known:
                    formula = formulas.item_value(sums, part, section, item, origin)
                    known[kind] = live(formula, _by_itself(part, item, member, origin))
                said = _said(desk, part, item, member) if spoken else None
                cell = known[kind]
                yield f"item.{item.code}", cell if said is None else cell._replace(value=said)


def _stands_in(desk: Desk, key: str, member: str) -> tuple[str, str] | None:
    if key == "row":
        return Tab.APPROVALS, member
    if key.startswith("row."):
        return f"{Tab.SCORES}.{key[4:]}", f"{member}/{desk.scheme.terms.approved}"
    return None


def _open(desk: Desk, standing: Standing) -> str:
    """Why a total stays unknown whatever is typed here; items open by themselves."""
    if standing.total is not None:
        return ""
    known = tuple(f"{code} " for part in desk.scheme.parts for code in _codes(part))
    known += tuple(part.title + _("：") for part in desk.scheme.parts)
    return _("；").join(reason for reason in standing.reasons if not reason.startswith(known))


def _unknown_bonus(desk: Desk, standing: Standing) -> frozenset[str]:
    """Parts whose bonus is unknown although every claim can be read."""
    claims = desk.facts.claims.get(standing.member.id, ())
    unreadable = {claim.part.code for claim in claims if not _readable(claim)}
    parts = standing.score.parts if standing.score else ()
    return frozenset(p.code for p in parts if p.bonus is None and p.code not in unreadable)


def _graded(desk: Desk, member: Member) -> bool:
    """Whether points lead to a tier for this member, as the engine has it."""
    parts = tuple(
        PartScore(code=part.code, base=Decimal(0), bonus=Decimal(0)) for part in desk.scheme.parts
    )
    score = Score(member=member.id, parts=parts, lines=(), combined=Decimal(0))
    alone = Roster(members=(member,))
    (standing,), _quota = ranking.rank(desk.scheme, alone, {member.id: score}, {})
    return standing.status is StandingStatus.GRADED


def _codes(part: Part) -> Iterator[str]:
    yield from (item.code for item in part.items)
    yield from (group.code for group in part.groups)
    yield from (code for bonus in part.bonuses for code in bonus.row_codes)


def _sums(desk: Desk, standing: Standing, *, graded: bool) -> dict[str, Plain]:
    """Say what the engine has for the sums and tiers of a member, by live column."""
    found: dict[str, Plain] = {}
    for part in desk.scheme.parts:
        found[f"base.{part.code}"] = base_of(standing, part.code)
        found[f"bonus.{part.code}"] = bonus_of(standing, part.code)
    total = standing.total
    found["total"] = words.UNDECIDED if total is None else total
    return found | _tiers(desk, standing, total, graded=graded)


def _by_itself(part: Part, item: Item, member: Member, origin: Origin) -> Plain:
    """Say what the engine has for an item of which the branch says nothing."""
    if not kinds.meant(item, member.post):
        return item.most if part.unmeant is Unmeant.FULL else words.NOTHING
    stands = _stands(origin)
    return words.NOTHING if stands is None else stands


def _said(desk: Desk, part: Part, item: Item, member: Member) -> Plain:
    """Points the branch typed for an item that is meant for a member; ``None`` where nothing."""
    if not kinds.meant(item, member.post):
        return None
    points = points_of(desk, part, item, member.id)
    unusable = points is None and desk.said(words.scores_tab(part), member.id, item.code)
    return words.UNUSABLE if unusable else points


def _tiers(
    desk: Desk, standing: Standing, total: Decimal | None, *, graded: bool
) -> dict[str, Plain]:
    scheme = desk.scheme
    titles = [tier.title for tier in scheme.tiers]
    veto = desk.said(Tab.APPROVALS, standing.member.id, "veto")
    score = standing.score or Score(member=standing.member.id, parts=(), lines=())
    highest, _why = ranking.limits(scheme, score, [Ruling(member=score.member, veto=veto)])
    known = not veto or veto in {each.code for each in scheme.vetoes}
    most = titles.index(highest) + 1 if highest else 1
    unknown = words.UNDECIDED
    found: dict[str, Plain] = {
        "veto": words.UNUSABLE if not known else _place_of(desk, veto),
        "most": Decimal(most) if known else unknown,
        "highest": (highest or words.NO_LIMIT) if known else unknown,
        "place": unknown,
        "rank": unknown,
        "gap": unknown,
    }
    if total is None:
        return found
    place = titles.index(ranking.tier_of(scheme, total)) + 1
    found["place"] = Decimal(place)
    if not known:
        return found
    bound = scheme.tiers[place - 2].at_least if place > 1 else None
    closed = bound is None or most >= place or not graded
    return found | {
        "rank": titles[max(place, most) - 1] if graded else words.NOT_GRADED,
        "gap": words.NOTHING if closed or bound is None else bound - total,
    }


def _place_of(desk: Desk, code: str) -> Decimal:
    titles = [tier.title for tier in desk.scheme.tiers]
    found = next((v.max_tier for v in desk.scheme.vetoes if v.code == code), titles[0])
    return Decimal(titles.index(found) + 1)
