"""How far a round has come is computed from what is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from rounds import AGREEMENT, UNREVIEWED

from sheetflow.model import (
    Member,
    Objection,
    PartScore,
    Scheme,
    Score,
    Stage,
    Standing,
    StandingStatus,
)
from sheetflow.stages import progress, stage_title

LAST = date(2015, 12, 31)
DATED = replace(AGREEMENT, settings=replace(AGREEMENT.settings, publicity_to=LAST))
AFTER = date(2016, 1, 1)
BEST, LOWEST = AGREEMENT.tiers[0].title, AGREEMENT.tiers[-1].title


def standing(
    member: str = "1", status: StandingStatus = StandingStatus.GRADED, **more: object
) -> Standing:
    scored = status in {StandingStatus.GRADED, StandingStatus.UNDECIDED}
    score = Score(member=member, parts=(PartScore(code="A", base=None, bonus=None),), lines=())
    facts: dict[str, object] = {"score": score if scored else None} | more
    if status is StandingStatus.GRADED:
        facts = {"score_tier": BEST, "proposed_tier": BEST} | facts
    return Standing(member=Member(id=member, name=f"甲{member}"), status=status, **facts)  # type: ignore[arg-type] # facts by name


FINAL = standing(final_tier=BEST)
#: Nobody reviews the points, but the result is made public.
UNREVIEWED_DATED = replace(
    DATED, settings=replace(DATED.settings, review=UNREVIEWED.settings.review)
)


@pytest.mark.parametrize(
    ("scheme", "standings", "published", "today", "stage"),
    [
        (DATED, [standing(status=StandingStatus.MISSING)], (), AFTER, Stage.COLLECTING),
        (DATED, [standing(status=StandingStatus.UNDECIDED)], (), AFTER, Stage.COLLECTING),
        (DATED, [standing(provisional=True)], ("1",), AFTER, Stage.REVIEWING),
        (
            DATED,
            [standing(status=StandingStatus.UNDECIDED, score_tier=BEST)],
            ("1",),
            AFTER,
            Stage.PROPOSING,
        ),
        (AGREEMENT, [FINAL], None, AFTER, Stage.PROPOSING),
        (DATED, [FINAL], ("2",), AFTER, Stage.PROPOSING),
        (DATED, [FINAL], ("1",), LAST, Stage.PUBLISHING),
        (DATED, [FINAL], ("1",), None, Stage.PUBLISHING),
        (DATED, [standing()], ("1",), AFTER, Stage.DECIDING),
        (DATED, [FINAL], ("1", "2"), AFTER, Stage.FILING),
        (AGREEMENT, [standing(proposed_tier=LOWEST, final_tier=LOWEST)], None, None, Stage.FILING),
        (UNREVIEWED, [FINAL], None, None, Stage.FILING),
        (UNREVIEWED_DATED, [FINAL], ("1",), LAST, Stage.PUBLISHING),
        (UNREVIEWED_DATED, [FINAL], ("2",), AFTER, Stage.PROPOSING),
        (UNREVIEWED_DATED, [FINAL], ("1",), AFTER, Stage.FILING),
        (
            AGREEMENT,
            [standing(status=StandingStatus.MISSING, approved=True)],
            None,
            None,
            Stage.FILING,
        ),
    ],
)
def test_the_first_thing_still_open_is_the_stage(
    scheme: Scheme,
    standings: list[Standing],
    published: tuple[str, ...] | None,
    today: date | None,
    stage: Stage,
) -> None:
    found = progress(scheme, standings, published=published, today=today)
    assert found.stage is stage
    assert bool(found.waits) is (stage is not Stage.FILING)


@pytest.mark.parametrize(("answered", "stage"), [("", "publishing"), ("2015-12-30", "filing")])
def test_an_open_objection_keeps_the_result_public(answered: str, stage: str) -> None:
    raised = [Objection(number="1", answered=answered)]
    found = progress(DATED, [FINAL], objections=raised, published=("1",), today=AFTER)
    assert found.stage == stage


def test_every_stage_has_a_name() -> None:
    assert len({stage_title(stage) for stage in Stage}) == len(Stage)
