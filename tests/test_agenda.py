"""What the branch has to talk about: nothing that speaks for itself, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from forms_for_tests import filled
from schemes_for_tests import MEMBER, RICH

from sheetflow.agenda import matters, unsettled
from sheetflow.model import (
    Field,
    Line,
    PartScore,
    Ruling,
    Score,
    Scorer,
    Standing,
    StandingStatus,
    Tier,
)
from sheetflow.returns import Versions

SCHEME = replace(
    RICH,
    tiers=(
        Tier(title="优秀", at_least=Decimal(100), commended=True),
        Tier(title="合格", at_least=Decimal(60)),
        Tier(title="不合格", at_least=None),
    ),
)


def standing(total: str, *lines: Line, tier: str = "合格") -> Standing:
    part = PartScore(code="A", base=Decimal(total), bonus=Decimal(0))
    score = Score(member=MEMBER.id, parts=(part,), lines=lines)
    return Standing(
        member=MEMBER, status=StandingStatus.GRADED, score=score, score_tier=tier, max_tier=None
    )


@pytest.mark.parametrize(
    ("total", "tier", "said"),
    [
        ("58", "不合格", "总分 58，距 60 分线 2 分"),
        ("62", "合格", "总分 62，距 60 分线 2 分"),
        ("98", "合格", "总分 98，距 100 分线 2 分"),
        ("57.5", "不合格", None),
        ("62.5", "合格", None),
        ("80", "合格", None),
        ("110", "优秀", "总分 110，得分等次 优秀"),
    ],
)
def test_a_total_is_talked_about_within_two_points_of_a_bound_or_where_it_is_commended(
    total: str, tier: str, said: str | None
) -> None:
    found = [matter.text for matter in matters(SCHEME, standing(total, tier=tier))]
    assert found == ([said] if said else [])


def test_zero_points_ask_for_a_veto_until_one_is_entered() -> None:
    section, *sections = SCHEME.parts[0].sections
    item, *items = section.items
    section = replace(section, items=(replace(item, zero_asks_veto=True), *items))
    part = replace(SCHEME.parts[0], sections=(section, *sections))
    scheme = replace(SCHEME, parts=(part, *SCHEME.parts[1:]))
    zero, one = Decimal(0), Decimal(1)
    for taken, veto, asked in ((zero, "", True), (one, "", False), (zero, "V1", False)):
        line = Line(part=part.code, code=item.code, raw=taken, taken=taken, counted=taken)
        ruling = Ruling(member=MEMBER.id, veto=veto)
        keys = [each.key for each in matters(scheme, standing("80", line), ruling=ruling)]
        assert keys == ([f"veto {item.code}"] if asked else [])


@pytest.mark.parametrize(
    ("changes", "evidence", "said"),
    [
        ({}, None, True),
        ({}, "签到册", False),
        ({"evidence": ""}, None, False),
        ({"scored_by": Scorer.BRANCH}, None, False),
    ],
)
def test_full_marks_are_talked_about_where_a_proof_is_asked_for_and_none_is_written(
    changes: dict[str, Any], evidence: str | None, said: bool
) -> None:
    item = replace(RICH.parts[0].scored[0], **{"evidence": "材料", **changes})
    section = replace(SCHEME.parts[0].sections[0], items=(item,))
    scheme = replace(SCHEME, parts=(replace(SCHEME.parts[0], sections=(section,)),))
    line = Line(part="A", code=item.code, raw=item.most, taken=item.most, counted=item.most)
    typed = {(item.code, Field.EVIDENCE): evidence} if evidence else {}
    found = matters(scheme, standing("80", line), versions=Versions(counts=filled(typed)))
    assert [matter.key for matter in found] == (["evidence"] if said else [])


def test_a_matter_is_settled_by_a_conclusion_on_itself_alone() -> None:
    found = matters(SCHEME, standing("62"), late=True)
    assert [matter.key for matter in found] == ["total", "late"]
    left = unsettled(found, None, {(MEMBER.id, "total"): "已议，同意"})
    assert [matter.key for matter in left] == ["late"]
    assert unsettled(found, None, {("other", "total"): "已议"}) == found
    assert unsettled(found, None, {(MEMBER.id, "total"): ""}) == found
