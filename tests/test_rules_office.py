"""The formulas of forms and of the summary find what the engine finds, whatever the rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
import rule_schemes as rules
from forms_for_tests import filled
from office import Office, assert_recalculates
from rule_schemes import POSTS
from schemes_for_tests import CODE, CREATED, MEMBER, TOKEN
from test_summary import DAY, assert_scores, recalculate, spoil

from sheetflow import number
from sheetflow.excel.write.form import write_form
from sheetflow.excel.write.summary import write_summary
from sheetflow.layout import plan_form
from sheetflow.model import Kind, Member, Outcome, Roster, Scheme, Score
from sheetflow.model.plan import FormSheet, Role
from sheetflow.ranking import rank
from sheetflow.scoring import score
from sheetflow.tables import address

pytestmark = pytest.mark.office
CASES, SEEDS = 4, range(6)


def dice(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same cases in every run


def scored(scheme: Scheme, typed: dict[str, Decimal], member: Member) -> Score:
    form = filled(rules.cells(typed, scheme), member=member.id)
    return score(scheme, form, post=member.post)


def sheets(scheme: Scheme, post: str) -> tuple[FormSheet, ...]:
    form = plan_form(scheme, replace(MEMBER, post=post), code=CODE, token=TOKEN)
    return form.sheets[: len(scheme.parts)]


def written(scheme: Scheme, post: str, path: Path) -> Path:
    form = plan_form(scheme, replace(MEMBER, post=post), code=CODE, token=TOKEN)
    path.write_bytes(write_form(form, scheme, created=CREATED))
    return path


def total_at(sheet: FormSheet) -> str:
    (cell,) = sheet.having(Role.TOTAL)
    return address(cell.row, cell.column)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_form_adds_up_as_the_engine_does(office: Office, tmp_path: Path, seed: int) -> None:
    chance = dice(seed)
    scheme = rules.make_scheme(chance)
    for post in POSTS:
        cases = [rules.answers(chance, scheme, post) for _case in range(CASES)]
        path = written(scheme, post, tmp_path / f"{post}.xlsx")
        typed = [{code: float(points) for code, points in case.items()} for case in cases]
        shown = office.attempt(path, typed)
        for case, answer in zip(cases, shown, strict=True):
            known = scored(scheme, case, replace(MEMBER, post=post)).parts
            for part, sheet in zip(known, sheets(scheme, post), strict=True):
                found = number.stored(repr(answer[sheet.title][total_at(sheet)]))
                assert found == part.total
                words = f"填表自检：全部填好；自评合计 {number.text(part.total)} 分。"
                assert answer[sheet.title]["A1"] == words


@pytest.mark.parametrize("seed", SEEDS)
def test_what_phones_see_is_what_a_recalculation_gives(
    office: Office, tmp_path: Path, seed: int
) -> None:
    scheme = rules.make_scheme(dice(seed))
    for post in POSTS:
        path = written(scheme, post, tmp_path / f"{post}.xlsx")
        assert_recalculates(office, path, (part.sheet for part in scheme.parts))


def test_a_closed_cell_is_locked_and_counts_for_nothing(office: Office, tmp_path: Path) -> None:
    scheme = rules.make_scheme(dice(3))
    post, sheet, code = next(
        (post, sheet, cell.code)
        for post in POSTS
        for sheet in sheets(scheme, post)
        for cell in sheet.having(Role.SCORE)
        if cell.closed
    )
    path = written(scheme, post, tmp_path / "form.xlsx")
    with pytest.raises(RuntimeError, match="locked"):
        office.attempt(path, [{code: 4}])
    before, after = office.attempt(path, [{}, {code: 4}], force=True)
    place = total_at(sheet)
    assert after[sheet.title][place] == before[sheet.title][place]
    row = sheet.rows(Role.STATE)[code]
    assert before[sheet.title][f"J{row}"] == "不适用"
    assert after[sheet.title][f"J{row}"] == "不适用，不计"


def test_a_ratio_takes_two_decimals_and_a_note_takes_nothing(
    office: Office, tmp_path: Path
) -> None:
    scheme, code = next(
        (scheme, item.code)
        for scheme in map(rules.make_scheme, map(dice, range(50)))
        for item in scheme.parts[0].scored
        if item.kind is Kind.RATIO and not item.posts
    )
    path = written(scheme, POSTS[0], tmp_path / "form.xlsx")
    sheet = sheets(scheme, POSTS[0])[0]
    row = sheet.rows(Role.STATE)[code]
    answers = office.attempt(path, [{code: typed} for typed in (3.33, 3.333, 4.01, -1)])
    states = [answer[sheet.title].get(f"J{row}", "") for answer in answers]
    assert states == ["", "×小数超过两位", "×超过满分", "×是负数"]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_summary_adds_up_as_the_engine_does(office: Office, tmp_path: Path, seed: int) -> None:
    chance = dice(seed)
    scheme = rules.make_scheme(chance)
    people = [
        Member(id=f"{n:03}", name=f"甲{n}", category="正式", post=chance.choice(POSTS))
        for n in range(1, 13)
    ]
    scores = {m.id: scored(scheme, rules.answers(chance, scheme, m.post), m) for m in people}
    standings, quota = rank(scheme, Roster(members=tuple(people)), scores, {})
    outcome = Outcome(scheme=scheme, scheme_version="1", standings=standings, quota=quota)
    file = tmp_path / "summary.xlsx"
    file.write_bytes(spoil(write_summary(outcome, created=DAY)))
    (book,) = recalculate(office, [file])
    assert_scores(book, outcome)
