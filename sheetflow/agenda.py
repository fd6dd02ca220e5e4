"""What the branch has to talk about: one row a matter, nothing that speaks for itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheetflow import number, returns
from sheetflow.claims import ClaimRead
from sheetflow.messages import _
from sheetflow.model import (
    Field,
    Item,
    Kind,
    Line,
    Place,
    Ruling,
    Scheme,
    Scorer,
    Standing,
    Submission,
    Tab,
)

#: A total this near to the bound of a tier is worth a word, in points.
NEAR = Decimal(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One matter about one member, and the cell in which it is decided."""

    member: str
    #: Names the matter for good, so that its conclusion stays with it.
    key: str
    text: str
    place: Place


def matters(
    scheme: Scheme,
    standing: Standing,
    *,
    versions: returns.Versions | None = None,
    claims: Iterable[ClaimRead] = (),
    ruling: Ruling | None = None,
    late: bool = False,
) -> tuple[Matter, ...]:
    """Return what must be talked about for one member, the gravest first."""
    branch = ruling or Ruling(member=standing.member.id)
    counts = versions.counts if versions else None
    lines = standing.score.lines if standing.score else ()
    return (
        *_vetoes(scheme, standing, branch, lines),
        *_changed(standing, versions),
        *_counted(scheme, standing, branch, lines),
        *_lines(scheme, standing),
        *_claims(standing, claims),
        *_unproved(scheme, standing, counts, lines, {code for code, _what in branch.counts}),
        *(_late(standing) if late else ()),
    )


def _matter(standing: Standing, key: str, text: str, tab: str, column: str) -> Matter:
    member = standing.member.id
    return Matter(member=member, key=key, text=text, place=Place(tab, member, column))


def _vetoes(
    scheme: Scheme, standing: Standing, branch: Ruling, lines: Iterable[Line]
) -> Iterator[Matter]:
    asking = {i.code: i for part in scheme.parts for i in part.items if i.zero_asks_veto}
    for line in lines:
        if line.code in asking and line.taken == 0 and not branch.veto:
            text = _("{item} {title} 0 分：是否否决").format(
                item=line.code, title=asking[line.code].title
            )
            yield _matter(standing, f"veto {line.code}", text, Tab.APPROVALS, "veto")


def _changed(standing: Standing, versions: returns.Versions | None) -> Iterator[Matter]:
    for held in versions.held if versions else ():
        short = returns.version(held)
        text = _("核定后又收到新表 {file}（表单版本 {version}）：以哪份为准").format(
            file=held.file, version=short
        )
        yield _matter(standing, f"held {short}", text, Tab.APPROVALS, "approval")
    if versions and versions.counts and versions.older and not versions.held:
        current = returns.version(versions.counts)
        if any(returns.version(older) != current for older in versions.older):
            text = _("交过内容不同的表，现以 {file} 为准").format(file=versions.counts.file)
            yield _matter(standing, f"changed {current}", text, Tab.APPROVALS, "approval")


def _counted(
    scheme: Scheme, standing: Standing, branch: Ruling, lines: Iterable[Line]
) -> Iterator[Matter]:
    parts = {item.code: part for part in scheme.parts for item in part.items}
    counted = {code for code, _what in branch.counts}
    for line in lines:
        differs = line.raw is not None and line.raw != line.taken
        if line.code in counted and line.code not in branch.scores and differs:
            text = _("{item} 自评 {own} 分，台账算得 {taken} 分（{why}）").format(
                item=line.code,
                own=number.text(line.raw),
                taken=number.text(line.taken),
                why=line.why,
            )
            tab = f"{Tab.SCORES}.{parts[line.code].code}"
            yield _matter(standing, f"counts {line.code}", text, tab, line.code)


def _lines(scheme: Scheme, standing: Standing) -> Iterator[Matter]:
    """Totals in the highest tier, or close to a bound from either side."""
    total = standing.total
    if total is None:
        return
    bounds = [tier.at_least for tier in scheme.tiers if tier.at_least is not None]
    near = [bound for bound in bounds if abs(total - bound) <= NEAR]
    commended = {tier.title for tier in scheme.tiers if tier.commended}
    if near:
        text = _("总分 {total}，距 {bound} 分线 {gap} 分").format(
            total=number.text(total),
            bound=number.text(near[0]),
            gap=number.text(abs(total - near[0])),
        )
        yield _matter(standing, "total", text, Tab.APPROVALS, "tier")
    elif standing.score_tier in commended:
        text = _("总分 {total}，得分等次 {tier}").format(
            total=number.text(total), tier=standing.score_tier
        )
        yield _matter(standing, "total", text, Tab.APPROVALS, "tier")


def _claims(standing: Standing, claims: Iterable[ClaimRead]) -> Iterator[Matter]:
    for claim in claims:
        text = _("{row} {title}：申报 {points} 分，按规则计 {counted} 分").format(
            row=claim.code,
            title=claim.bonus.title,
            points=number.text(claim.points),
            counted=number.text(claim.counted),
        )
        member = standing.member.id
        place = Place(Tab.CLAIMS, f"{member}/{claim.code}", "points")
        yield Matter(member=member, key=f"claim {claim.code}", text=text, place=place)


def _unproved(
    scheme: Scheme,
    standing: Standing,
    counts: Submission | None,
    lines: Iterable[Line],
    counted: Collection[str],
) -> Iterator[Matter]:
    """Full marks that nothing is said to prove, all of a member in one row."""
    if counts is None:
        return
    items = {i.code: i for part in scheme.parts for i in part.items if _earned(i)}
    full = [
        line.code
        for line in lines
        if line.code in items
        and line.raw == items[line.code].most
        and line.taken == line.raw
        and line.code not in counted
        and counts.entry(line.code, Field.EVIDENCE) is None
    ]
    if full:
        text = _("{n} 项填满分、没有写佐证：{items}").format(n=len(full), items=_("、").join(full))
        part = next(p.code for p in scheme.parts if full[0] in {i.code for i in p.items})
        yield _matter(standing, "evidence", text, f"{Tab.SCORES}.{part}", full[0])


def _earned(item: Item) -> bool:
    """Whether points must be earned, so that full marks want a proof."""
    if item.scored_by is Scorer.BRANCH or not item.evidence:
        return False
    earns = any(event.each > 0 for event in item.events)
    return item.kind in {Kind.POINTS, Kind.CHOICE} or (item.kind is Kind.COUNT and earns)


def _late(standing: Standing) -> Iterator[Matter]:
    yield _matter(standing, "late", _("逾期交表"), Tab.APPROVALS, "approval")


# ------------------------------------------------------------------ what is settled


def unsettled(
    found: Iterable[Matter],
    ruling: Ruling | None,
    conclusions: Mapping[tuple[str, str], str],
) -> tuple[Matter, ...]:
    """Matters nobody has concluded yet; points recognised for a claim conclude it too."""
    recognised = ruling.recognised if ruling else {}
    return tuple(
        matter
        for matter in found
        if not conclusions.get((matter.member, matter.key))
        and matter.key.removeprefix("claim ") not in recognised
    )
