"""S1, R3, V4: rules that do not hold together, posts and days that nobody can use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from checks.builders import SCHEME, Edits, form, form_case, said, scheme_case
from sheetflow.checks.registry import Case
from sheetflow.model import (
    Absence,
    ColumnRole,
    Item,
    Kind,
    Member,
    Roster,
    Scheme,
    Source,
    Unmeant,
)
from sheetflow.scheme_columns import BASIC, WORDS

MANUAL = Path(__file__).parents[2] / "docs" / "rules.md"
ROW = {name: row for row, (_group, name, *_more) in enumerate(BASIC, 2)}
HOW, FROM, TO = (f"C{ROW[name]}" for name in ("合计方式", "公示开始", "公示结束"))

UNFIT: list[tuple[Edits, list[str]]] = [
    # a note, a ratio
    ({("指标", "F7"): "说明"}, ["S106 A2-1 指标!G7", "S107 A 部分!D2"]),
    ({("指标", "F7"): "说明", ("指标", "G7"): 0, ("指标", "I7"): None,
      ("部分", "D2"): 57}, []),
    ({("指标", "F7"): "说明", ("指标", "G7"): 0, ("指标", "I7"): None, ("指标", "Q7"): "是",
      ("部分", "D2"): 57}, ["S106 A2-1 指标!F7"]),
    ({("指标", "F7"): "按比例"}, ["S106 A2-1 指标!F7"]),
    ({("指标", "F7"): "按比例", ("指标", "I7"): None}, []),
    # points by number of times
    ({("指标", "J2"): "缺席 1次−3，2次−5，≥3次→0"}, []),
    ({("指标", "J2"): "缺席 2次−3，1次−5"}, ["S106 A1-1 指标!J2"]),
    ({("指标", "J2"): "缺席 1次−5，2次−3"}, ["S106 A1-1 指标!J2"]),
    ({("指标", "J2"): "缺席 1次−3，2次+5"}, ["S106 A1-1 指标!J2"]),
    ({("指标", "J2"): "缺席 1次−3，3次−5，≥2次→0"}, ["S106 A1-1 指标!J2"]),
    ({("指标", "J2"): "缺席 1次−3，2节−5"}, ["S102 指标!J2", "S106 A1-1 指标!J2"]),
    # caps of sections
    ({("指标", "S2"): 14}, []),
    ({("指标", "S2"): 10}, ["S107 A 部分!D2"]),
    ({("指标", "S2"): 10, ("部分", "D2"): 56}, []),
    ({("指标", "S2"): 14, ("指标", "S3"): 13}, ["S102 指标!S3"]),
    ({("指标", "S13"): 0}, ["S106 A3 指标!S13", "S107 A 部分!D2"]),
    ({("指标", "S13"): 12, ("指标", "P2"): "A3"}, ["S106 A3 指标!S13", "S107 A 部分!D2"]),
    # posts
    ({("指标", "R7"): "教学"}, ["S114 A 部分!I2", "S114 A 部分!I2"]),
    ({("指标", "R7"): "教学", ("部分", "I2"): "按满分"}, []),
    ({("指标", "R7"): "教学", ("部分", "I2"): "折算"}, []),
    ({("指标", "R7"): "教师", ("部分", "I2"): "折算"}, ["S105 指标!R7"]),
    ({("指标", "R7"): "教学", ("部分", "I2"): "折算", ("名册栏目", "B8"): "其他"},
     ["S114 名册栏目"]),
    # combinations
    ({("设置", HOW): "平均"}, ["S108 等次!B2", "S108 等次!B3"]),
    ({("设置", HOW): "加权"}, ["S108 等次!B2", "S108 等次!B3", "S108 等次!B4", "S115 部分!J2"]),
    ({("设置", HOW): "加权", ("部分", "J2"): 60, ("部分", "J3"): 40,
      ("等次", "B2"): 70, ("等次", "B3"): 60, ("等次", "B4"): 50}, []),
    # days, kinds of meeting, what is asked about members
    ({("设置", FROM): date(2016, 1, 2), ("设置", TO): date(2016, 1, 1)}, [f"S112 设置!{TO}"]),
    ({("会议类别", "A3"): "支委会"}, ["S103 会议类别!A3"]),
    ({("会议类别", "B2"): "半数"}, ["S102 会议类别!B2"]),
    ({("设置", f"C{ROW['重点对象栏目']}"): "事实；教育经过；本人态度；支部意见"},
     ["S105 公文!F3", "S105 公文!F6"]),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "expected"), UNFIT)
def test_rules_that_do_not_hold_together_are_told(edits: Edits, expected: list[str]) -> None:
    assert sorted(said(scheme_case(edits), "S")) == sorted(expected)


# ------------------------------------------------------------------ the roster


def changed(code: str, item: Item | None = None, unmeant: Unmeant = Unmeant.FULL) -> Scheme:
    """The agreement with one item of part A for 教学 only, or with another one in its place."""
    part = SCHEME.parts[0]
    sections = tuple(
        replace(
            section,
            items=tuple(
                (item or replace(each, posts=("教学",))) if each.code == code else each
                for each in section.items
            ),
        )
        for section in part.sections
    )
    return replace(
        SCHEME, parts=(replace(part, sections=sections, unmeant=unmeant), *SCHEME.parts[1:])
    )


POSTED = changed("A2-1")
HERE = Source("名册.xlsx", "名册", "A2")


@pytest.mark.parametrize(
    ("post", "absence", "told"),
    [("教学", None, False), ("后勤", None, False), ("", None, True), ("门卫", None, True),
     ("", Absence.EXEMPT, False)],
)  # fmt: skip
def test_a_post_is_needed_where_items_depend_on_it(
    post: str, absence: Absence | None, told: bool
) -> None:
    member = Member(id="007", name="甲", post=post, absence=absence, source=HERE)
    case = Case(scheme=POSTED, roster=Roster(members=(member,)))
    assert said(case, "R") == (["R313 名册!A2"] if told else [])
    assert said(replace(case, scheme=SCHEME), "R") == []


@pytest.mark.parametrize(
    ("typed", "least", "told"), [("九月", 6, True), ("九月", 0, False), ("", 6, False)]
)
def test_the_day_of_joining_must_be_a_day_where_it_counts(
    typed: str, least: int, told: bool
) -> None:
    scheme = replace(SCHEME, settings=replace(SCHEME.settings, part_year_months=least))
    title = next(c.heading for c in SCHEME.columns if c.role is ColumnRole.JOINED)
    member = Member(id="007", name="甲", details=((title, typed),), source=HERE)
    case = Case(scheme=scheme, roster=Roster(members=(member,)))
    assert said(case, "R") == (["R314 名册!A2"] if told else [])


# ------------------------------------------------------------------ what nobody asked for

NOTE = changed("A2-1", Item(code="A2-1", title="只作说明", kind=Kind.NOTE, most=Decimal(0)))
UNASKED: tuple[tuple[Scheme, str, str, float | str | None, list[str]], ...] = (
    (POSTED, "后勤", "A2_1", 3, ["V422 A2-1"]),
    (POSTED, "后勤", "A2_1", "三分", ["V422 A2-1"]),
    (POSTED, "后勤", "A2_1", "不适用", []),
    (POSTED, "后勤", "A2_1", None, []),
    (POSTED, "教学", "A2_1", 3, []),
    (POSTED, "教学", "A2_1", "不适用", ["V401 A2-1"]),
    (POSTED, "教学", "A2_1", None, ["V405 A2-1"]),
    (NOTE, "教学", "A2_1", 3, ["V422 A2-1"]),
    (NOTE, "教学", "A2_1", None, []),
)


@pytest.mark.parametrize(("scheme", "post", "code", "typed", "told"), UNASKED)
def test_what_nobody_asked_for_is_a_warning_and_ignored(
    scheme: Scheme, post: str, code: str, typed: float | str | None, told: list[str]
) -> None:
    case = form_case(form(**{code: typed}), scheme=scheme)  # type: ignore[arg-type] # items as keywords
    members = tuple(replace(member, post=post) for member in case.roster)
    found = said(replace(case, roster=Roster(members=members)), "VT")
    assert [text.rsplit(" ", 1)[0] for text in found] == told


# ------------------------------------------------------------------ the manual


def test_every_word_of_the_rules_has_its_row_in_the_manual() -> None:
    rows = {line.split("|")[1].strip() for line in MANUAL.read_text("utf-8").splitlines()
            if line.startswith("|")}  # fmt: skip
    vocabularies = ("Kind", "Unmeant", "Combination", "QuotaRule", "Denominator")
    words = {
        word
        for kind, each in WORDS.items()
        if kind.__name__ in vocabularies
        for word in each.values()
    }
    assert words <= rows
