"""The scheme changes while forms are out: what cannot be carried is named, who changes is said."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rounds import (
    SAVED,
    UNREVIEWED,
    Json,
    blank,
    by_id,
    drop,
    fill,
    forms,
    full,
    make,
    person,
    run,
    write_scheme,
)

from sheetflow import round as rounds
from sheetflow.changes import Altered, rule_changes
from sheetflow.flows.collect import Collected, collect
from sheetflow.model import Bonus, Item, Part, Scheme, Scorer

GOOD = full()
Edit = Callable[[Item], Iterable[Item]]


def with_items(scheme: Scheme, edit: Edit) -> Scheme:
    """The scheme with every item put through ``edit``."""

    def part(each: Part) -> Part:
        sections = tuple(
            replace(s, items=tuple(new for item in s.items for new in edit(item)))
            for s in each.sections
        )
        return replace(each, sections=sections)

    return replace(scheme, parts=tuple(map(part, scheme.parts)))


def exchanged(item: Item) -> Iterable[Item]:
    """A2-6 goes, A2-7 comes; a point moves from A2-1 to A2-2."""
    if item.code == "A2-6":
        return [replace(item, code="A2-7", title="新加的一项")]
    if item.code in {"A2-1", "A2-2"}:
        return [worth(item, -1 if item.code == "A2-1" else 1)]
    return [item]


def worth(item: Item, more: int) -> Item:
    """An item worth so many points more, as its highest level."""
    highest, *others = item.levels
    most = item.most + more
    levels = (replace(highest, points=most), *(o for o in others if o.points < most))
    return replace(item, most=most, levels=levels)


def raised(scheme: Scheme, line: int) -> Scheme:
    """The highest tier begins at another total."""
    first, *others = scheme.tiers
    return replace(scheme, tiers=(replace(first, at_least=Decimal(line)), *others))


EXCHANGED = with_items(UNREVIEWED, exchanged)
HIGHER = raised(UNREVIEWED, 101)


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round with a full return, a smaller one, and one that is still missing; collected."""
    rows = [person("001"), person("002"), person("003")]
    folder = make(tmp_path_factory.mktemp("原样") / "考核", UNREVIEWED, rows)
    forms(folder)
    drop(folder, "甲.xlsx", fill(blank(folder, "001"), GOOD))
    drop(folder, "乙.xlsx", fill(blank(folder, "002"), {**GOOD, "A2-1": 1}))
    assert go(folder).news == ()
    return folder


@pytest.fixture
def folder(handed_out: Path, tmp_path: Path) -> Path:
    return shutil.copytree(handed_out, tmp_path / "考核")


def go(folder: Path) -> Collected:
    return collect(rounds.Round(folder))


def told(document: Json, name: str) -> str:
    """What is said of the older scheme of one file."""
    (file,) = (f for f in document["files"] if f["file"] == f"收回/{name}")
    (finding,) = (f for f in file["findings"] if f["code"] == "F213")
    return str(finding["message"])


def first_page(folder: Path) -> list[str]:
    sheet = openpyxl.load_workbook(folder / rounds.SUMMARY)["首页"]
    return [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]


# ------------------------------------------------------------------ forms of the older scheme


def test_what_a_form_cannot_carry_is_named(folder: Path) -> None:
    write_scheme(folder, EXCHANGED)
    text = told(go(folder).document, "甲.xlsx")
    titles = {item.code: item.title for part in UNREVIEWED.parts for item in part.items}
    assert f"A2-6 {titles['A2-6']}取消了，填的“3”不计" in text
    assert "A2-7 新加的一项是新加的，这张表上没有" in text
    assert f"A2-1 {titles['A2-1']} 满分由 3 改为 2" in text
    assert f"A2-2 {titles['A2-2']} 满分由 3 改为 4" in text
    assert "请发新表，让本人补填新加的项目" in text
    assert "A1-1" not in text


def test_a_form_of_the_scheme_in_force_is_told_nothing(folder: Path) -> None:
    write_scheme(folder, EXCHANGED)
    forms(folder, "003")
    drop(folder, "丙.xlsx", fill(blank(folder, "003"), full(EXCHANGED)))
    document = go(folder).document
    (file,) = (f for f in document["files"] if f["file"] == "收回/丙.xlsx")
    assert file["findings"] == []
    assert by_id(document)["003"]["total"] == "100"


def test_what_was_not_asked_then_is_never_zero(folder: Path) -> None:
    write_scheme(folder, EXCHANGED)
    member = by_id(go(folder).document)["002"]
    assert (member["status"], member["total"]) == ("undecided", None)
    assert any("A2-7" in reason for reason in member["reasons"])


def test_all_received_is_checked_by_the_rules_in_force(folder: Path) -> None:
    more = {"A2-1": -2, "A2-2": 2}
    write_scheme(
        folder,
        with_items(UNREVIEWED, lambda i: [worth(i, more[i.code]) if i.code in more else i]),
    )
    files = {f["file"]: f for f in go(folder).document["files"]}
    assert files["收回/甲.xlsx"]["status"] == "returned"
    assert files["收回/乙.xlsx"]["status"] == "accepted"


def test_a_change_that_touches_no_item_names_none(folder: Path) -> None:
    write_scheme(folder, HIGHER)
    text = told(go(folder).document, "甲.xlsx")
    assert text.endswith("，请核对改动是否影响这张表。")
    assert "：" not in text


# ------------------------------------------------------------------ whose result changed


def test_who_stands_elsewhere_by_the_new_rules_is_said(folder: Path) -> None:
    write_scheme(folder, HIGHER)
    done = go(folder)
    assert done.news[0].startswith("方案由 1-")
    assert done.news[1:] == ("结果有变化的人（1 人）：", "001 甲001：100（优秀） → 100（合格）")
    page = first_page(folder)
    assert any("001 甲001：100（优秀） → 100（合格）" in text for text in page)


def test_a_result_that_is_not_known_any_more_has_changed(folder: Path) -> None:
    write_scheme(folder, EXCHANGED)
    assert "002 甲002：98（合格） → 未定" in go(folder).news


def test_a_scheme_that_changes_nobody_is_told_all_the_same(folder: Path) -> None:
    write_scheme(folder, raised(UNREVIEWED, 99))
    (line,) = go(folder).news
    assert line.endswith("没有人的结果因此变化")


def test_a_later_return_changes_a_result_and_a_first_one_does_not(folder: Path) -> None:
    saved = SAVED + timedelta(hours=1)
    drop(folder, "甲改.xlsx", fill(blank(folder, "001"), {**GOOD, "A1-1": 3}, saved=saved))
    drop(folder, "丙.xlsx", fill(blank(folder, "003"), GOOD))
    assert go(folder).news == (
        "结果有变化的人（1 人）：",
        "001 甲001：100（优秀） → 98（合格）",
    )


def test_with_nothing_new_nothing_has_changed(folder: Path) -> None:
    write_scheme(folder, HIGHER)
    go(folder)
    again = go(folder)
    assert (again.changed, again.news) == (False, ())


def test_a_summary_made_again_says_the_same(folder: Path) -> None:
    write_scheme(folder, HIGHER)
    go(folder)
    path = folder / rounds.SUMMARY
    data = path.read_bytes()
    path.unlink()
    go(folder)
    assert path.read_bytes() == data


def test_the_screen_says_it(folder: Path) -> None:
    write_scheme(folder, HIGHER)
    said = run("-C", folder, "collect").out
    assert "结果有变化的人（1 人）：\n001 甲001：100（优秀） → 100（合格）\n" in said


# ------------------------------------------------------------------ rules side by side


def bonus_less(scheme: Scheme) -> Scheme:
    part = scheme.parts[0]
    first, *others = part.bonuses
    return replace(
        scheme, parts=(replace(part, bonuses=(_cheaper(first), *others[1:])), *scheme.parts[1:])
    )


def _cheaper(bonus: Bonus) -> Bonus:
    return replace(bonus, levels=bonus.levels[:-1])


def reworded(scheme: Scheme) -> Scheme:
    return with_items(scheme, lambda i: [replace(i, title="别的")] if i.code == "A1-1" else [i])


def regrouped(scheme: Scheme) -> Scheme:
    part = scheme.parts[0]
    groups = tuple(replace(group, best=group.best - 1) for group in part.groups)
    return replace(scheme, parts=(replace(part, groups=groups), *scheme.parts[1:]))


def first_item(
    **changes: Any,  # noqa: ANN401 - as replace
) -> Callable[[Scheme], Scheme]:
    def change(scheme: Scheme) -> Scheme:
        return with_items(scheme, lambda i: [replace(i, **changes)] if i.code == "A1-1" else [i])

    return change


def capped(scheme: Scheme) -> Scheme:
    part = scheme.parts[0]
    first, *others = part.sections
    sections = (replace(first, most=Decimal(8)), *others)
    return replace(scheme, parts=(replace(part, sections=sections), *scheme.parts[1:]))


def bonus_capped(scheme: Scheme) -> Scheme:
    part = replace(scheme.parts[0], bonus_most=Decimal(4))
    return replace(scheme, parts=(part, *scheme.parts[1:]))


CHANGES: tuple[tuple[Callable[[Scheme], Scheme], list[tuple[str, Altered]]], ...] = (
    (lambda s: s, []),
    (lambda s: raised(s, 90), []),
    (lambda s: replace(s, number="9"), []),
    (reworded, [("A1-1", Altered.CHANGED)]),
    (regrouped, [("A3", Altered.CHANGED)]),
    (bonus_less, [("A+1", Altered.CHANGED), ("A+2", Altered.GONE)]),
    (first_item(posts=("教学",)), [("A1-1", Altered.CHANGED)]),
    (first_item(scored_by=Scorer.BRANCH), [("A1-1", Altered.CHANGED)]),
    (first_item(scorer="别人"), [("A1-1", Altered.CHANGED)]),
    (capped, [("A1", Altered.CHANGED)]),
    (bonus_capped, [("A", Altered.CHANGED)]),
)


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_rules_that_differ_are_found_by_code(
    change: Callable[[Scheme], Scheme], expected: list[tuple[str, Altered]]
) -> None:
    found = rule_changes(UNREVIEWED, change(UNREVIEWED))
    assert [(each.code, each.altered) for each in found] == expected
    back = rule_changes(change(UNREVIEWED), UNREVIEWED)
    mirrored = {Altered.GONE: Altered.NEW, Altered.CHANGED: Altered.CHANGED}
    assert [(e.code, e.altered) for e in back] == [(c, mirrored[a]) for c, a in expected]


def test_only_what_changed_is_told_of_a_rule() -> None:
    (change,) = rule_changes(UNREVIEWED, reworded(UNREVIEWED))
    title = UNREVIEWED.parts[0].items[0].title
    assert change.what == f"内容由“{title}”改为“别的”"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (first_item(posts=("教学",)), "适用的岗位由所有人改为教学"),
        (first_item(scored_by=Scorer.BRANCH), "改由会议评分"),
        (capped, "合计最多由 不限 改为 8 分"),
        (bonus_capped, "合计最多由 15 分 改为 4 分"),
    ],
)
def test_whose_an_item_is_and_what_is_capped_is_told_in_words(
    change: Callable[[Scheme], Scheme], sentence: str
) -> None:
    (found,) = rule_changes(UNREVIEWED, change(UNREVIEWED))
    assert found.what == sentence
