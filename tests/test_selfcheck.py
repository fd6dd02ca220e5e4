"""The live formulas of a form, recalculated by LibreOffice, against the rules of ``kinds``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from office import Office, assert_recalculates
from schemes_for_tests import BONUSES, CREATED, DORMITORY, RICH, plan

from sheetflow import kinds, number, schemes
from sheetflow.excel.write.form import write_form
from sheetflow.kinds import Wrong
from sheetflow.layout import Role
from sheetflow.model import Bonus, Claim, Item, Proof, Scheme, Scorer

pytestmark = pytest.mark.office

PART = RICH.parts[0]
SHEET = plan(RICH).sheets[0]
ROWS = SHEET.rows(Role.STATE)
GROUP = [item.code for item in PART.items if item.group]
AGREEMENT = Path(__file__).parent.parent / "templates" / "agreement" / "scheme.toml"

#: What one cell is typed: nothing, points, or something that is no number.
Typed = Decimal | str | None


@dataclass(frozen=True)
class Row:
    """What a member types into one bonus row."""

    claim: Typed = None
    level: str | None = None
    document: str | Decimal | None = None
    date: date | None = None

    @property
    def empty(self) -> bool:
        return self.level is None and self.document is None and self.date is None


def office_value(typed: object) -> object:
    if isinstance(typed, Decimal):
        return float(typed)
    return typed.isoformat() if isinstance(typed, date) else typed


# ------------------------------------------------------------------ what the rules say


def wrong_word(wrong: Wrong, step: Decimal, most: str, values: tuple[Decimal, ...] | None) -> str:
    listed = "、".join(number.text(points) for points in values or ())
    return {
        Wrong.BELOW: "×是负数",
        Wrong.ABOVE: f"×超过{most}",
        Wrong.STEP: f"×不是{number.text(step)}档",
        Wrong.CHOICE: f"×只能填{listed}",
    }[wrong]


def item_state(item: Item, scores: Mapping[str, Typed]) -> str:
    typed = scores[item.code]
    if isinstance(typed, str):
        return "×不是数字"
    if typed is not None:
        wrong = kinds.wrong(item, typed)
        return wrong_word(wrong, item.step, "满分", kinds.values(item)) if wrong else ""
    if item.scored_by is Scorer.BRANCH:
        return "可不填"
    if not item.group:
        return "未填"
    if any(scores[code] is not None for code in GROUP):
        return "未申报"
    return "未填" if item.code == GROUP[0] else ""


def bonus_state(bonus: Bonus, row: Row) -> str:
    if row.claim is None:
        return "" if row.empty else "×未填申报分"
    if isinstance(row.claim, str):
        return "×不是数字"
    hours = row.document if isinstance(row.document, Decimal) else None
    limit = kinds.claim_limit(bonus, row.level or "", hours)
    wrong = kinds.wrong_claim(bonus, row.claim, limit)
    if wrong is Wrong.BELOW and row.claim > 0:
        return f"×不到{number.text(bonus.points)}分"
    if wrong:
        return wrong_word(wrong, bonus.step, "封顶", None)
    return proof_state(bonus, row) if row.claim else ""


def proof_state(bonus: Bonus, row: Row) -> str:
    missing = bonus.claim is Claim.LEVEL and row.level is None
    missing |= bool({Proof.DOCUMENT, Proof.MEETING} & set(bonus.proof)) and row.document is None
    missing |= Proof.HOURS in bonus.proof and not isinstance(row.document, Decimal)
    if missing or (Proof.DATE in bonus.proof and row.date is None):
        return "×材料不全"
    if Proof.DATE in bonus.proof and row.date:
        inside = RICH.period_start <= row.date <= RICH.period_end
        return "" if inside else "×日期不在期内"
    return ""


def points(typed: Typed) -> Decimal:
    return max(typed, Decimal(0)) if isinstance(typed, Decimal) else Decimal(0)


def total(scores: Mapping[str, Typed], rows: Mapping[str, Row]) -> Decimal:
    (group,) = PART.groups
    best = sorted((points(scores[code]) for code in GROUP), reverse=True)[: group.best]
    base = sum((points(v) for code, v in scores.items() if code not in GROUP), Decimal(0))
    base += min(group.most, sum(best, Decimal(0)))
    bonuses = [
        min(bonus.most, sum((points(rows[code].claim) for code in bonus.row_codes), Decimal(0)))
        for bonus in BONUSES
    ]
    return base + min(PART.bonus_most, sum(bonuses, Decimal(0)))


def panel(states: Mapping[str, str], whole: Decimal) -> str:
    faults = {code: state for code, state in states.items() if state.startswith("×")}
    blanks = {code: state for code, state in states.items() if state == "未填"}
    if not faults and not blanks:
        return f"填表自检：全部填好；自评合计 {number.text(whole)} 分。"
    above = sum(state.startswith("×超过") for state in faults.values())
    proof = sum(state[1:3] in {"材料", "未填", "日期"} for state in faults.values())
    counts = [
        (len(blanks), "还有 {} 项未填；"),
        (above, "{} 项超过满分或封顶；"),
        (len(faults) - above - proof, "{} 项不是有效分数；"),
        (proof, "{} 项加分材料不全；"),
    ]
    code, state = next(iter((faults or blanks).items()))
    said = "".join(text.format(count) for count, text in counts if count)
    where = f"请先看 {code}（{state.removeprefix('×')}）"
    return f"填表自检：{said}自评合计 {number.text(whole)} 分。{where}"


# ------------------------------------------------------------------ what members type

NOT_NUMBERS = ["三分", " ", "=1/0", "2 分", "４－５"]
DAYS = [date(2015, 1, 1), date(2015, 12, 31), date(2014, 12, 31), date(2016, 1, 1), None]
CASES = 40


def typed_points(dice: Random) -> Typed:
    kind = dice.randrange(6)
    if kind == 0:
        return None
    if kind == 1:
        return dice.choice(NOT_NUMBERS)
    if kind == 2:
        return Decimal(dice.randrange(-100, 700)) / 100
    return Decimal(dice.randrange(0, 13)) / 2


def bonus_row(dice: Random, bonus: Bonus) -> Row:
    if dice.random() < 0.4:
        return Row()
    paper: str | Decimal = "某发〔2015〕3号"
    if Proof.HOURS in bonus.proof:
        paper = "很多" if dice.random() < 0.3 else Decimal(dice.randrange(70))
    return Row(
        claim=typed_points(dice),
        level=dice.choice([None, *(level.title for level in bonus.levels)]),
        document=dice.choice([None, paper]),
        date=dice.choice(DAYS),
    )


def one_return(dice: Random) -> tuple[dict[str, Typed], dict[str, Row]]:
    """Type into every cell, or fill the items soundly so that the bonuses come first."""
    sound = dice.random() < 0.4
    scores = {item.code: item.most if sound else typed_points(dice) for item in PART.items}
    none = sound and dice.random() < 0.3
    codes = [(bonus, code) for bonus in BONUSES for code in bonus.row_codes]
    return scores, {code: Row() if none else bonus_row(dice, bonus) for bonus, code in codes}


def filled(scores: Mapping[str, Typed], rows: Mapping[str, Row]) -> dict[str, object]:
    values: dict[str, object] = {
        code: office_value(typed) for code, typed in scores.items() if typed is not None
    }
    for code, row in rows.items():
        cells = {"申报分": row.claim, "级别": row.level, "文号": row.document, "日期": row.date}
        values[code] = {k: office_value(v) for k, v in cells.items() if v is not None}
    return values


def state(shown: dict[str, Any], code: str) -> str:
    return str(shown.get(f"J{ROWS[code]}", ""))


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(RICH, tmp_path_factory.mktemp("form") / "blank.xlsx")


def written(scheme: Scheme, path: Path) -> Path:
    path.write_bytes(write_form(plan(scheme), scheme, created=CREATED))
    return path


# ------------------------------------------------------------------ tests


def test_the_form_judges_as_the_collector_does(office: Office, blank: Path) -> None:
    dice = Random(2015)  # noqa: S311 - the same cases in every run
    cases = [one_return(dice) for _case in range(CASES)]
    answers = office.attempt(blank, [filled(*case) for case in cases])
    for (scores, rows), answer in zip(cases, answers, strict=True):
        states = {item.code: item_state(item, scores) for item in PART.items}
        for bonus in BONUSES:
            states |= {code: bonus_state(bonus, rows[code]) for code in bonus.row_codes}
        shown = answer[PART.sheet]
        assert {code: state(shown, code) for code in states} == states
        whole = total(scores, rows)
        place = SHEET.having(Role.TOTAL)[0]
        assert number.stored(repr(shown.get(f"I{place.row}"))) == whole
        assert shown["A1"] == panel(states, whole)


def test_what_phones_see_is_what_a_recalculation_gives(office: Office, tmp_path: Path) -> None:
    for name, scheme in (("rich", RICH), ("dormitory", DORMITORY)):
        path = written(scheme, tmp_path / f"{name}.xlsx")
        assert_recalculates(office, path, (part.sheet for part in scheme.parts))


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_the_self_check_lives_on_in_other_formats(
    office: Office, blank: Path, tmp_path: Path, suffix: str
) -> None:
    values: dict[str, object] = {"A1-1": 9, "A2-1": "三分", "A+1-1": {"申报分": 4, "级别": "市级"}}
    first, again = tmp_path / f"form{suffix}", tmp_path / "again.xlsx"
    office.fill(blank, first, values)
    (here,) = office.attempt(blank, [values])
    office.fill(first, again, {"A1-2": 3})
    (expected,) = office.attempt(blank, [{**values, "A1-2": 3}])
    assert office.read(first)[PART.sheet]["A1"] == here[PART.sheet]["A1"]
    assert office.read(again)[PART.sheet]["A1"] == expected[PART.sheet]["A1"]


def test_locked_cells_refuse_and_can_be_forced(office: Office, blank: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="locked"):
        office.fill(blank, tmp_path / "no.xlsx", {"A1-1": {"核定分": 5}})
    office.fill(blank, tmp_path / "yes.xlsx", {"A1-1": {"核定分": 5}}, force=True)
    assert office.read(tmp_path / "yes.xlsx")[PART.sheet]["H7"] == 5


def test_a_form_in_other_words_checks_itself_too(office: Office, tmp_path: Path) -> None:
    path = written(DORMITORY, tmp_path / "dormitory.xlsx")
    cases: list[dict[str, object]] = [{}, {"S1-1": 5, "S1-2": 3, "S2-1": 2}, {"S1-1": 4.5}]
    answers = office.attempt(path, cases, terms=DORMITORY.terms)
    assert [answer["检查"]["A1"] for answer in answers] == [
        "填表自检：还有 3 项未填；总分 0 分。请先看 S1-1（未填）",
        "填表自检：全部填好；总分 10 分。",
        "填表自检：还有 2 项未填；1 项不是有效分数；总分 4.5 分。请先看 S1-1（不是1档）",
    ]


@pytest.mark.parametrize(
    "scheme",
    [RICH, DORMITORY, schemes.load_toml(AGREEMENT.read_bytes())],
    ids=lambda scheme: scheme.system,
)
def test_no_text_of_a_form_is_cut(office: Office, tmp_path: Path, scheme: Scheme) -> None:
    texts = office.heights(written(scheme, tmp_path / "form.xlsx"))
    assert texts
    assert [text for text in texts if text.has + 0.6 < text.needs] == []
