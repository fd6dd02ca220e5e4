"""Live sums: which number counts while somebody types, and what it leads to.

Plain functions only, all older than 2010, no array entry. A row is found by its key, never by
its place, so that every sheet may be sorted. What a hidden row of ``LIVE`` computes:

1. Each item: the branch's points, else those of the section's grade, else what stands without
   the branch. A cell nobody can use makes the item 无效, never a number.
2. Each part: items, groups by their best and their cap, the part's own cap; bonuses within
   theirs.
3. Total, tier by the total, highest tier by veto and gates, the lower of the two, and the
   distance to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheetflow import kinds, number, scoring
from sheetflow.desk import words
from sheetflow.desk.places import own, sheet_of, text, whole
from sheetflow.desk.score_layouts import grades, live_items, scored
from sheetflow.desk.sheets import KEY, LIVE, Origin
from sheetflow.model import (
    Bonus,
    Combination,
    Group,
    Item,
    Part,
    Place,
    Scheme,
    Section,
    Tab,
    Unmeant,
)

_UNUSABLE, _UNDECIDED, _NOTHING = map(text, (words.UNUSABLE, words.UNDECIDED, words.NOTHING))
#: Smaller than any difference between two points that can be typed.
_HAIR = "0.000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What the formulas of one member's row are made from."""

    scheme: Scheme
    #: Decimals that can occur.
    digits: int
    post: str | None = None
    #: Parts whose bonus nobody can know, whatever is typed.
    unknown_bonus: frozenset[str] = frozenset()

    def meant(self, item: Item) -> bool:
        """Whether an item is meant for the member."""
        return kinds.meant(item, self.post)

    def counts(self, part: Part, item: Item) -> bool:
        """Whether an item brings the member points at all, in full or by what is typed."""
        return self.meant(item) or part.unmeant is Unmeant.FULL


def digits(scheme: Scheme, origins: Iterable[Mapping[str, Origin]]) -> int:
    """Decimals that can occur in a sum: those of any points, limits and caps."""
    found = {o.points for each in origins for o in each.values() if o.points is not None}
    for part in scheme.parts:
        found |= {part.base, part.bonus_most}
        found |= {group.most for group in part.groups}
        found |= {points for b in part.bonuses for points in (b.most, b.step)}
        found |= {
            points for i in part.items for points in (kinds.step(i), *(v.points for v in i.levels))
        }
    return max(2, max(map(number.places, found), default=0))


def live_row(sums: Sums) -> Iterator[tuple[str, str]]:
    """Formulas of one member's row of the hidden sheet but those of items, by column key."""
    scheme = sums.scheme
    yield "row", f"MATCH({own('id')},{whole(Tab.APPROVALS, 'id')},0)"
    for part in scheme.parts:
        keys = whole(words.scores_tab(part), KEY)
        label = text(f"/{scheme.terms.approved}")
        yield f"row.{part.code}", f"MATCH({own('id')}&{label},{keys},0)"
        yield f"base.{part.code}", _base(sums, part)
        yield f"bonus.{part.code}", _bonus(sums, part)
    yield from _decision(sums)


# ------------------------------------------------------------------ items


def item_value(sums: Sums, part: Part, section: Section, item: Item, origin: Origin) -> str:
    """Formula of an item's points; ``origin`` is what counts without the branch."""
    if sums.meant(item):
        return _item(part, section, item, origin)
    return number.text(item.most) if part.unmeant is Unmeant.FULL else _NOTHING


def _item(part: Part, section: Section, item: Item, origin: Origin) -> str:
    row = own(f"row.{part.code}")
    tab = words.scores_tab(part)
    typed = f"INDEX({whole(tab, item.code)},{row})"
    usable = f"IF({allowed(item, typed)},{typed},{_UNUSABLE})"
    instead = _graded(part, section, item, _source(origin))
    return (
        f"IF(ISNUMBER({row}),IF(LEN(TRIM({typed}))=0,{instead},"
        f"IF(ISNUMBER({typed}),{usable},{_UNUSABLE})),{_UNUSABLE})"
    )


def _source(origin: Origin) -> str:
    if origin.unusable:
        return _UNUSABLE
    return _NOTHING if origin.points is None else number.text(origin.points)


def _graded(part: Part, section: Section, item: Item, source: str) -> str:
    """Points of the section's grade where there is one, else what stands without the branch."""
    if not grades(section):
        return source
    everyone = whole(words.scores_tab(part), section.code)
    grade = f"TRIM(INDEX({everyone},{own(f'row.{part.code}')}))"
    found = _UNUSABLE
    for level in reversed(item.levels):
        found = f"IF({grade}={text(level.title)},{number.text(level.points)},{found})"
    return f"IF(LEN({grade})=0,{source},{found})"


def allowed(item: Item, cell: str) -> str:
    """Whether a number in a cell is allowed for an item, as ``kinds.wrong`` has it."""
    listed = kinds.values(item)
    if listed is not None:
        return f"OR({','.join(f'{cell}={number.text(points)}' for points in listed)})"
    within = f"{cell}>=0,{cell}<={number.text(item.most)}"
    step = kinds.step(item)
    if step <= 0:
        return f"AND({within})"
    steps = f"{cell}/{number.text(step)}"
    return f"AND({within},ABS({steps}-ROUND({steps},0))<{_HAIR})"


# ------------------------------------------------------------------ parts


def _base(sums: Sums, part: Part) -> str:
    if kinds.by_post(part) and not kinds.post_known(sums.scheme, sums.post):
        return _UNDECIDED
    items = live_items(part)
    conditions = [f"COUNTIF({_area(items)},{_UNUSABLE})>0"] if items else []
    free = [item for item in items if not item.group and sums.counts(part, item)]
    if free:
        known = [item for item in items if not item.group]
        conditions.append(f"COUNT({_area(known)})<{len(free)}")
    for group in part.groups:
        conditions += _none_of(sums, part, group)
    found = "+".join(_section(part, section) for section in part.sections if scored(section))
    reach = scoring.part_most(part, sums.post)
    if part.unmeant is Unmeant.RESCALE and reach not in {Decimal(0), part.base}:
        scale = f"{number.text(part.base)}/{number.text(reach)}"
        found = f"ROUND(({found})*{scale},{kinds.PLACES})"
    return _unless(sums, conditions, found or "0")


def _none_of(sums: Sums, part: Part, group: Group) -> list[str]:
    """Whether nothing is known of a group although something of it is meant for the member."""
    inside = [item for item in live_items(part) if item.group == group.code]
    meant = [item for item in inside if sums.meant(item)]
    in_full = len(inside) - len(meant) if part.unmeant is Unmeant.FULL else 0
    return [f"COUNT({_area(inside)})<{in_full + 1}"] if meant else []


def _section(part: Part, section: Section) -> str:
    """Points of a section within its cap; a group counts where its first item stands."""
    items = scored(section)
    free = [item for item in items if not item.group]
    terms = [f"SUM({_area(free)})"] if free else []
    for group in part.groups:
        inside = [item for item in live_items(part) if item.group == group.code]
        if inside and inside[0] in items:
            terms.append(_best(group, _area(inside)))
    found = "+".join(terms) or "0"
    return found if section.most is None else f"MIN({number.text(section.most)},{found})"


def _area(items: tuple[Item, ...] | list[Item]) -> str:
    return f"{own(f'item.{items[0].code}')}:{own(f'item.{items[-1].code}')}"


def _best(group: Group, area: str) -> str:
    # COUNT first: LARGE fails when there are fewer numbers than places.
    best = "+".join(
        f"IF(COUNT({area})>={place},LARGE({area},{place}),0)" for place in range(1, group.best + 1)
    )
    return f"MIN({number.text(group.most)},{best or '0'})"


def _bonus(sums: Sums, part: Part) -> str:
    terms = [
        f"MIN({number.text(bonus.most)},SUMIF({whole(Tab.CLAIMS, 'bonus_key')},"
        f"{text('k')}&{own('id')}&{text('/' + bonus.code)},{whole(Tab.CLAIMS, 'taken')}))"
        for bonus in part.bonuses
    ]
    key = f"{text('p')}&{own('id')}&{text('/' + part.code)}"
    unusable = (
        f"COUNTIFS({whole(Tab.CLAIMS, 'part_key')},{key},"
        f"{whole(Tab.CLAIMS, 'taken')},{_UNUSABLE})>0"
    )
    if part.code in sums.unknown_bonus:
        return _UNDECIDED
    return _unless(sums, [unusable] if terms else [], _capped(part.bonus_most, terms))


def claim_keys(member: str, bonus: Bonus, part: Part) -> tuple[str, str]:
    """Words by which the sums find the rows of a bonus and of a part.

    A letter in front keeps spreadsheets from taking a key for a number or a date.
    """
    return f"k{member}/{bonus.code}", f"p{member}/{part.code}"


def taken(most: Decimal) -> str:
    """Points one claim adds: those recognised, else those the rules give."""
    typed, counted = own("points"), own("counted")
    usable = f"IF(AND({typed}>=0,{typed}<={number.text(most)}),{typed},{_UNUSABLE})"
    return f"IF(LEN(TRIM({typed}))=0,{counted},IF(ISNUMBER({typed}),{usable},{_UNUSABLE}))"


def source_row(part: Part) -> str:
    """Row in which the same member's points stand without the branch."""
    keys = whole(words.scores_tab(part), KEY)
    return f"IFERROR(MATCH({own('id')}&{text('/' + words.SOURCE)},{keys},0),0)"


def _capped(most: Decimal, terms: list[str]) -> str:
    return f"MIN({number.text(most)},{'+'.join(terms) or '0'})"


def _unless(sums: Sums, conditions: list[str], value: str) -> str:
    if not conditions:
        return f"ROUND({value},{sums.digits})"
    test = conditions[0] if len(conditions) == 1 else f"OR({','.join(conditions)})"
    return f"IF({test},{_UNDECIDED},ROUND({value},{sums.digits}))"


# ------------------------------------------------------------------ total and tiers


def _decision(sums: Sums) -> Iterator[tuple[str, str]]:
    scheme = sums.scheme
    cells = [own(f"{what}.{part.code}") for part in scheme.parts for what in ("base", "bonus")]
    unknown = f"COUNT({','.join(cells)})<{len(cells)}"
    yield "total", _unless(sums, [f"LEN({own('open')})>0", unknown], _combined(scheme))
    yield "veto", _veto(scheme)
    total = own("total")
    place = "0"
    for index, tier in reversed(list(enumerate(scheme.tiers, start=1))):
        if tier.at_least is None:
            place = str(index)
            continue
        sign = ">=" if tier.inclusive else ">"
        place = f"IF({total}{sign}{number.text(tier.at_least)},{index},{place})"
    yield "place", f"IF(ISNUMBER({total}),{place},{_UNDECIDED})"
    yield "most", f"IF(ISNUMBER({own('veto')}),MAX({','.join(_limits(scheme))}),{_UNDECIDED})"
    titles = ",".join(text(tier.title) for tier in scheme.tiers)
    at, most = own("place"), own("most")
    known = f"AND(ISNUMBER({at}),ISNUMBER({most}))"
    not_graded = text(words.NOT_GRADED)
    rank = f"IF({own('graded')}=1,CHOOSE(MAX({at},{most}),{titles}),{not_graded})"
    yield "rank", f"IF({known},{rank},{_UNDECIDED})"
    highest = f"IF({most}=1,{text(words.NO_LIMIT)},CHOOSE({most},{titles}))"
    yield "highest", f"IF(ISNUMBER({most}),{highest},{_UNDECIDED})"
    yield "gap", f"IF({known},{_gap(sums)},{_UNDECIDED})"


def _combined(scheme: Scheme) -> str:
    """Total of the parts as the scheme combines them; see ``scoring.combined``."""
    bases = {part.code: own(f"base.{part.code}") for part in scheme.parts}
    bonuses = {part.code: own(f"bonus.{part.code}") for part in scheme.parts}
    if scheme.combination is Combination.SUM:
        return "+".join((*bases.values(), *bonuses.values()))
    inside = []
    for part in scheme.parts:
        points = bases[part.code]
        if scheme.bonus_inside:
            points = f"({points}+{bonuses[part.code]})"
        weight = number.text(part.weight or Decimal(0))
        weighted = scheme.combination is Combination.WEIGHTED
        inside.append(f"{points}*{weight}" if weighted else points)
    whole_ = "100" if scheme.combination is Combination.WEIGHTED else str(len(scheme.parts))
    outside = "" if scheme.bonus_inside else "+" + "+".join(bonuses.values())
    return f"ROUND(({'+'.join(inside)})/{whole_}{outside},{kinds.PLACES})"


def _veto(scheme: Scheme) -> str:
    code = f"TRIM(INDEX({whole(Tab.APPROVALS, 'veto')},{own('row')}))"
    found = _UNUSABLE
    places = {tier.title: index for index, tier in enumerate(scheme.tiers, start=1)}
    for veto in reversed(scheme.vetoes):
        found = f"IF({code}={text(veto.code)},{places[veto.max_tier]},{found})"
    return f"IF(ISNUMBER({own('row')}),IF(LEN({code})=0,1,{found}),{_UNUSABLE})"


def _limits(scheme: Scheme) -> Iterator[str]:
    """Places of the highest tiers that veto and gates leave open."""
    yield own("veto")
    titles = [tier.title for tier in scheme.tiers]
    for gate in scheme.gates:
        if gate.active:
            base = own(f"base.{gate.part}")
            under = min(titles.index(gate.tier) + 2, len(titles))
            missed = f"{base}<{number.text(gate.at_least)}"
            yield f"IF(ISNUMBER({base}),IF({missed},{under},1),1)"


def _gap(sums: Sums) -> str:
    """Points missing to the next tier that is open; a dash where none is."""
    at, most = own("place"), own("most")
    bounds = [number.text(tier.at_least) for tier in sums.scheme.tiers if tier.at_least is not None]
    if not bounds:
        return _NOTHING
    next_bound = f"CHOOSE({at}-1,{','.join(bounds)})"
    distance = f"ROUND({next_bound}-{own('total')},{sums.digits})"
    return f"IF(OR({at}=1,{most}>={at},{own('graded')}<>1),{_NOTHING},{distance})"


#: Column in which the rows are found to which a link leads; a sheet of points has a key for each.
_FOUND_BY = {Tab.COUNTS: "id", Tab.APPROVALS: "id", Tab.CLAIMS: KEY}


def leads_to(link: Place, label: str, words_: str) -> str:
    """Link to where a place stands now, wherever its sheet was sorted to; empty for no such tab.

    ``label`` names the row of a member's two in which the branch types.
    """
    scores = link.tab.startswith(f"{Tab.SCORES}.")
    by = KEY if scores else _FOUND_BY.get(Tab(link.tab), "")
    if not by:
        return ""
    row = f"{link.row}/{label}" if scores else link.row
    # A row that is gone leads to the top of its sheet.
    at = f"IFERROR(MATCH({text(row)},{whole(link.tab, by)},0),1)"
    cell = f"ADDRESS({at},COLUMN({whole(link.tab, link.column)}))"
    return f"HYPERLINK({sheet_of(link.tab, by)}&{cell},{text(words_)})"


def shown(column: str) -> str:
    """What the hidden sheet says about the member of a row, under one of its columns."""
    row = f"MATCH({own('id')},{whole(LIVE, 'id')},0)"
    return f"IFERROR(INDEX({whole(LIVE, column)},{row}),{_UNDECIDED})"
