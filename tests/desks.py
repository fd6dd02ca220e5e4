"""Desks for tests: members with forms, what the branch decided, and what the engine makes of it.

The engine's own numbers come from ``scoring`` and ``ranking``; decisions are turned into rulings
here, straight from the words of a place, without any help from the rooms under test.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from rounds import AGREEMENT

from sheetflow import kinds, number, ranking, scoring
from sheetflow.claims import read_claims
from sheetflow.desk.plan import plan_desk
from sheetflow.desk.sheets import AgendaRow, DeskPlan, Facts, Origin, Role
from sheetflow.excel.write.desk import write_desk
from sheetflow.model import (
    Absence,
    Approval,
    Choice,
    Entry,
    Field,
    Item,
    Kind,
    Member,
    Outcome,
    Part,
    Place,
    Proof,
    Roster,
    Ruling,
    Scheme,
    Scorer,
    Source,
    Stamp,
    State,
    Submission,
    Tab,
    Value,
    ValueKind,
)

CREATED = date(2015, 12, 31)
SCHEME = replace(AGREEMENT, gates=tuple(replace(g, active=True) for g in AGREEMENT.gates))
Claims = Mapping[str, Mapping[Field, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """A branch before its meeting."""

    scheme: Scheme
    roster: Roster
    forms: Mapping[str, Submission]
    facts: Facts

    def outcome(self, state: State) -> Outcome:
        """What the engine makes of these decisions."""
        rulings = [ruling(self.scheme, member.id, state) for member in self.roster]
        scores = {
            r.member: scoring.score(self.scheme, self.forms[r.member], r, post=self.post(r.member))
            for r in rulings
            if r.member in self.forms
        }
        standings, quota = ranking.rank(self.scheme, self.roster, scores, {}, rulings)
        return Outcome(scheme=self.scheme, scheme_version="1-abc", standings=standings, quota=quota)

    def post(self, member: str) -> str | None:
        """What a member's post is."""
        found = self.roster.find(member)
        return found.post if found else None

    def plan(self, state: State | None = None, **facts: object) -> DeskPlan:
        """Lay out the desk for these decisions."""
        said = state or {}
        asked = replace(self.facts, **facts)  # type: ignore[arg-type]
        return plan_desk(self.scheme, self.outcome(said), said, asked)


def places(plan: DeskPlan) -> Iterator[Place]:
    """All cells in which people decide."""
    for sheet in plan.sheets:
        for row in sheet.rows:
            for column in sheet.layout.columns if row.decides else ():
                if row.cell(column).role in {Role.TYPED, Role.GESTURE}:
                    yield Place(sheet.layout.tab, row.decides, column.key)


def painted(plan: DeskPlan) -> bytes:
    return write_desk(plan, created=CREATED)


# ------------------------------------------------------------------ rulings


def ruling(scheme: Scheme, member: str, state: State) -> Ruling:
    """Turn what was decided about one member into a ruling."""
    mine = {p: text for p, text in state.items() if p.row.split("/")[0] == member}
    said = {p.column: text for p, text in mine.items() if p.tab == Tab.APPROVALS}
    scores: dict[str, Decimal] = {}
    for part in scheme.parts:
        typed = {p.column: t for p, t in mine.items() if p.tab == f"{Tab.SCORES}.{part.code}"}
        for section in part.sections:
            for item in section.items:
                grade = {level.title: level.points for level in item.levels}
                if section.code in typed and item.scored_by is Scorer.BRANCH:
                    scores[item.code] = grade[typed[section.code]]
                points = number.parse(typed.get(item.code, ""))
                if points is not None and not kinds.wrong(item, points):
                    scores[item.code] = points
    return Ruling(
        member=member,
        approval=Approval.APPROVED if said.get("approval") == "同意" else None,
        veto=said.get("veto", ""),
        basis=said.get("basis", ""),
        scores=scores,
        recognised={
            p.row.split("/")[1]: Decimal(t)
            for p, t in mine.items()
            if (p.tab, p.column) == (Tab.CLAIMS, "points")
        },
    )


# ------------------------------------------------------------------ members and their forms


def evening(seed: int = 1, *, members: int = 6, scheme: Scheme = SCHEME) -> Evening:
    """A branch of so many members with forms filled at random."""
    rng = random.Random(seed)  # noqa: S311 - the same numbers every time
    people = tuple(
        Member(
            id=f"{n:03}",
            name=f"甲{n}",
            category=scheme.categories[0].title,
            post=rng.choice(kinds.posts(scheme) or ("",)),
        )
        for n in range(1, members + 1)
    )
    absent = Member(id="900", name="乙", category="", absence=Absence.DEFERRED)
    missing = Member(id="901", name="丙", category=scheme.categories[0].title)
    preparing = replace(people[-1], category=scheme.categories[-1].title)
    roster = Roster(members=(*people[:-1], preparing, absent, missing))
    forms = {member.id: form(scheme, member.id, rng) for member in people}
    facts = Facts(
        revision=3,
        round_id="2015-7F3K",
        origins={m: origins(scheme, f, rng) for m, f in forms.items()}.get,
        versions=dict.fromkeys(forms, "a1b2c3"),
        claims={m: read_claims(scheme, f) for m, f in forms.items()},
        agenda=agenda(scheme, people),
        steps=("已汇总，接着开会：先填「会议」，再看「上会清单」。",),
        meetings=("支委会", "党员大会"),
        files=(Choice(file="收回/甲.xlsx", version="0a0b0c", member="001"),),
    )
    return Evening(scheme=scheme, roster=roster, forms=forms, facts=facts)


def agenda(scheme: Scheme, people: tuple[Member, ...]) -> tuple[AgendaRow, ...]:
    part = scheme.parts[0]
    item = part.items[0]
    text = f"{item.code} {item.title}：自评与台账不一致"
    first = Place(f"{Tab.SCORES}.{part.code}", people[0].id, item.code)
    second = Place(Tab.APPROVALS, people[1].id, "veto")
    return (
        AgendaRow(member=people[0].id, matter=item.code, text=text, link=first),
        AgendaRow(member=people[1].id, matter="total", text="总分在线边 2 分以内", link=second),
    )


def form(scheme: Scheme, member: str, rng: random.Random) -> Submission:
    """A form in which everything the member must score is filled and some claims are made."""
    entries = []
    for part in scheme.parts:
        own = [item for item in part.scored if item.scored_by is Scorer.SELF]
        filled = [item for item in own if not (item.group and rng.random() < 0.3)]
        entries += [entry(item.code, Field.SCORE, str(_points(item, rng))) for item in filled]
        entries += _claims(part, rng)
    stamp = Stamp(round="r", scheme="1", member=member)
    return Submission(
        file=f"收回/{member}.xlsx",
        sha256=member,
        stamp=stamp,
        verified=True,
        entries=tuple(entries),
    )


def entry(code: str, field: Field, text: str) -> Entry:
    return Entry(code, field, Value(ValueKind.TEXT, text), Source("f", "s", "A1"))


def _points(item: Item, rng: random.Random) -> Decimal:
    listed = kinds.values(item)
    if listed:
        return rng.choice((*listed, listed[-1], listed[-1]))
    steps = int(item.most / item.step)
    return item.step * rng.choice((steps, steps, rng.randint(0, steps)))


def _claims(part: Part, rng: random.Random) -> list[Entry]:
    """Claims of every kind, often more of one bonus than its cap."""
    made = []
    for bonus in part.bonuses:
        for code in bonus.row_codes:
            if rng.random() < 0.4:
                continue
            hours = Decimal(60) if Proof.HOURS in bonus.proof else None
            level = rng.choice(bonus.levels).title if bonus.levels else ""
            points = kinds.claim_limit(bonus, level, hours)
            texts = {
                Field.REASON: "受到表彰",
                Field.LEVEL: level,
                Field.ISSUER: "某某教育局",
                Field.DOCUMENT: "60小时" if hours else f"〔2015〕{rng.randint(1, 999)}号",
                Field.DATE: "2015-06-01",
                Field.CLAIM: number.text(points),
            }
            made += [entry(code, field, text) for field, text in texts.items() if text]
    return made


def origins(scheme: Scheme, submission: Submission, rng: random.Random) -> dict[str, Origin]:
    """What stands without the branch: here always the member's own points."""
    found = {}
    for part in scheme.parts:
        for item in part.items:
            read = submission.entry(item.code, Field.SCORE)
            if read:
                kept = item.kind is Kind.COUNT and rng.random() < 0.3
                why = "无故缺席1次，扣1分" if kept else ""
                found[item.code] = Origin(points=Decimal(read.value.raw), counted=kept, why=why)
    return found
