"""Sound schemes made up by hypothesis: every kind, claim and setting a scheme can have."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st
from schemes_for_tests import RICH

from sheetflow.model import (
    Absence,
    Ayes,
    Bonus,
    Category,
    Claim,
    Column,
    ColumnRole,
    Combination,
    Denominator,
    Event,
    Gate,
    Group,
    Item,
    Kind,
    Level,
    MeetingKind,
    Occasion,
    PaperKind,
    Part,
    Present,
    Proof,
    Quota,
    QuotaRule,
    Review,
    Rounding,
    Scheme,
    Scorer,
    Section,
    Settings,
    Signature,
    Slot,
    Status,
    Step,
    Terms,
    Tier,
    Unmeant,
    Veto,
)

names = st.text("甲乙丙丁戊己庚辛示范岗考核（）、—A", min_size=1, max_size=8)
#: Sentences as people type them, line breaks and quotes included.
sentences = st.text("党员“会”，；：。=1 2\n/／≥→ab", max_size=20).map(str.strip)
points = st.decimals("0.01", 100, places=2, allow_nan=False)
wholes = st.integers(1, 9)
levels = st.lists(st.builds(Level, title=names, points=points), min_size=1, max_size=3).map(tuple)
events = st.lists(
    st.one_of(
        st.builds(
            Event,
            what=names,
            each=points.map(lambda p: -p),
            unit=st.sampled_from(["次", "节"]),
            zero_from=st.none() | wholes,
        ),
        st.builds(Event, what=names, each=points, most_times=st.none() | wholes),
        st.builds(Event, what=names, zero_from=wholes),
        st.builds(
            Event,
            what=names,
            zero_from=st.none() | wholes,
            steps=st.lists(st.builds(Step, times=wholes, points=points), min_size=1).map(tuple),
        ),
    ),
    min_size=1,
    max_size=3,
).map(tuple)


@st.composite
def items(draw: st.DrawFn, code: str, groups: tuple[str, ...]) -> Item:
    kind = draw(st.sampled_from(Kind))
    return Item(
        code=code,
        title=draw(names),
        kind=kind,
        most=draw(points),
        step=draw(st.sampled_from([Decimal("0.5"), Decimal(1), Decimal("0.1")])),
        levels=draw(levels) if kind not in {Kind.COUNT, Kind.RATIO, Kind.NOTE} else (),
        events=draw(events) if kind is Kind.COUNT else (),
        note=draw(sentences),
        wording=draw(sentences),
        scored_by=draw(st.sampled_from(Scorer)),
        scorer=draw(sentences),
        evidence=draw(sentences),
        group=draw(st.sampled_from(["", *groups])),
        zero_asks_veto=draw(st.booleans()),
        posts=tuple(draw(st.lists(names, unique=True, max_size=2))),
    )


@st.composite
def bonuses(draw: st.DrawFn, code: str) -> Bonus:
    claim = draw(st.sampled_from(Claim))
    return Bonus(
        code=code,
        title=draw(names),
        claim=claim,
        most=draw(points),
        rows=draw(wholes),
        proof=tuple(draw(st.lists(st.sampled_from(Proof), unique=True, max_size=4))),
        levels=draw(levels) if claim is Claim.LEVEL else (),
        points=draw(points) if claim is not Claim.LEVEL else Decimal(0),
        step=draw(points),
        unit=draw(st.sampled_from(["次", "件"])),
        above=draw(points) if claim is Claim.HOURS else Decimal(0),
        per=draw(points) if claim is Claim.HOURS else Decimal(1),
        note=draw(sentences),
        wording=draw(sentences),
    )


@st.composite
def parts(draw: st.DrawFn, code: str) -> Part:
    groups = tuple(
        Group(code=f"{code}g{n}", title=draw(names), best=draw(wholes), most=draw(points))
        for n in range(draw(st.integers(0, 2)))
    )
    codes = tuple(group.code for group in groups)
    sections = tuple(
        Section(
            code=f"{code}{s}",
            title=draw(names),
            items=tuple(draw(items(f"{code}{s}-{n}", codes)) for n in range(1, count + 1)),
            most=draw(st.none() | points),
        )
        for s, count in enumerate(draw(st.lists(st.integers(1, 2), min_size=1, max_size=2)), 1)
    )
    return Part(
        code=code,
        title=draw(names),
        sheet=f"表{code}",
        base=draw(points),
        form_title=draw(names) + "{year}",
        form_subtitle=draw(sentences),
        bonus_most=draw(points),
        sections=sections,
        groups=groups,
        bonuses=tuple(draw(bonuses(f"{code}+{n}")) for n in range(draw(st.integers(0, 2)))),
        unmeant=draw(st.sampled_from(Unmeant)),
        weight=draw(st.none() | points),
    )


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    bounds = sorted(draw(st.lists(points, min_size=1, max_size=3, unique=True)), reverse=True)
    upper = [
        Tier(
            title=f"等{n}",
            at_least=bound,
            inclusive=draw(st.booleans()),
            commended=draw(st.booleans()),
        )
        for n, bound in enumerate(bounds)
    ]
    return (*upper, Tier(title="末等", reported=draw(st.booleans())))


@st.composite
def sound_schemes(draw: st.DrawFn) -> Scheme:
    codes = ("A", "B")[: draw(wholes) % 2 + 1]
    grades = draw(tiers())
    quota = st.builds(
        Quota,
        tier=st.just(grades[0].title),
        rule=st.sampled_from(QuotaRule),
        share=wholes,
        of=wholes,
        rounding=st.sampled_from(Rounding),
        given=st.integers(0, 9),
        ties=st.lists(st.sampled_from(codes), unique=True).map(tuple),
        denominator=st.sampled_from(Denominator),
        at_least_one=st.booleans(),
    )
    gate = st.builds(
        Gate,
        tier=st.just(grades[0].title),
        part=st.sampled_from(codes),
        at_least=points,
        active=st.booleans(),
    )
    return Scheme(
        system="made-up",
        title=draw(names),
        number=draw(st.sampled_from(["1", "2", "2015-1"])),
        year=draw(st.integers(2000, 2100)),
        period_start=date(2015, 1, 1),
        period_end=draw(st.dates(date(2015, 1, 2), date(2016, 12, 31))),
        settings=Settings(
            organisation=draw(names),
            superior=draw(st.just("") | names),
            deadline=draw(st.none() | st.dates(date(2015, 1, 1), date(2016, 12, 31))),
            review=draw(st.sampled_from(Review)),
            part_year_months=draw(st.integers(0, 12)),
            publicity_from=draw(st.none() | st.dates(date(2015, 12, 1), date(2016, 1, 31))),
            publicity_to=draw(st.none() | st.dates(date(2015, 12, 1), date(2016, 1, 31))),
        ),
        terms=Terms(
            member=draw(names),
            score=draw(names),
            bonus=draw(names),
            final_tier=draw(names),
            unmeant=draw(names),
        ),
        notes=tuple(draw(st.lists(sentences.filter(bool), max_size=3))),
        signatures=tuple(
            Signature(text=draw(names), signer=draw(names)) for _n in range(draw(wholes) % 3)
        ),
        columns=(
            *RICH.columns,
            Column(
                heading=draw(names),
                role=draw(st.sampled_from([ColumnRole.OTHER, ColumnRole.POST, ColumnRole.JOINED])),
                width=draw(wholes),
                choices=tuple(draw(st.lists(names, max_size=2))),
            ),
        ),
        categories=(Category(title=draw(names), graded=draw(st.booleans())),),
        statuses=tuple(Status(title=each.value, absence=each) for each in Absence)[: draw(wholes)],
        parts=tuple(draw(parts(code)) for code in codes),
        vetoes=tuple(
            Veto(
                code=f"V{n}",
                cases=tuple(draw(st.lists(names, min_size=1, max_size=3))),
                max_tier=grades[-1].title,
            )
            for n in range(draw(st.integers(0, 2)))
        ),
        tiers=grades,
        gates=tuple(draw(st.lists(gate, max_size=2))),
        quota=draw(st.none() | quota),
        combination=draw(st.sampled_from(Combination)),
        bonus_inside=draw(st.booleans()),
        papers=tuple(
            PaperKind(
                kind=f"p{n}",
                title=draw(names),
                template="a.docx",
                occasion=draw(st.sampled_from(Occasion)),
                needs=tuple(draw(st.lists(names, max_size=2))),
                member_needs=tuple(draw(st.lists(names, max_size=2))),
                only_with=tuple(draw(st.lists(names, max_size=2))),
                single=draw(st.booleans()),
                prefix=draw(st.just("") | names),
                number=draw(st.none() | wholes),
                upward=draw(st.booleans()),
            )
            for n in range(draw(st.integers(0, 2)))
        ),
        slots=tuple(
            Slot(name=f"句{n}", text=draw(sentences), hint=draw(sentences))
            for n in range(draw(st.integers(0, 2)))
        ),
        meetings=tuple(
            MeetingKind(
                title=f"会{n}",
                present=draw(st.sampled_from(Present)),
                ayes=draw(st.sampled_from(Ayes)),
            )
            for n in range(draw(st.integers(0, 2)))
        ),
        focus=tuple(draw(st.lists(names, unique=True, max_size=3))),
        severities=draw(st.dictionaries(st.sampled_from(["V408", "V417"]), st.just("off"))),
    )
