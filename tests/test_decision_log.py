"""Decisions are only ever added; whoever changes the record with another program is found out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow import ledger
from sheetflow.errors import SheetflowError
from sheetflow.ledger import chain_faults, open_ledger
from sheetflow.ledger.chain import find_breaks, fold, genesis, link, seal_text
from sheetflow.model import Source
from sheetflow.model.desk import Decision, Place, State

#: Six acts; the second and the fifth are about the same cell.
ACTS = (
    (Place("scores.A", "001", "A1-1"), "", "3"),
    (Place("scores.A", "002", "A1-1"), "", "4"),
    (Place("approvals", "001", "approval"), "", "同意"),
    (Place("meetings", "1", "kind"), "", "支委会"),
    (Place("scores.A", "002", "A1-1"), "4", "3.5"),
    (Place("scores.A", "001", "A1-1"), "3", ""),
)
LAST_NUMBER = len(ACTS)
TAKEN = "2015-12-20T19:30:00"
TRIGGERS = ("decision_stays", "decision_remains", "decision_replaces")


def made(path: Path) -> Path:
    ledger.create(path, key="k" * 32, round_id="2015-a", program="0.1.0")
    return path


def decided(path: Path) -> Path:
    with open_ledger(made(path), lock=True) as opened:
        opened.decide(ACTS[:4], taken=TAKEN, revision=1)
        opened.decide(ACTS[4:], taken="", revision=2)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return decided(tmp_path / "工作记录.db")


def edit(path: Path, *statements: str) -> None:
    """What another SQLite program can do to the file."""
    with closing(sqlite3.connect(path)) as db, db:
        for statement in statements:
            db.execute(statement)


def tamper(path: Path, *statements: str) -> None:
    edit(path, *(f"DROP TRIGGER {name}" for name in TRIGGERS), *statements)


def told(path: Path) -> list[tuple[str, int, int]]:
    """The breaks of a ledger: damage, first line, last line."""
    with open_ledger(path, lock=False) as opened:
        return [(each.damage.value, each.first, each.last) for each in opened.verify()]


# ------------------------------------------------------------------ acts


def test_acts_are_numbered_chained_and_come_to_what_holds(path: Path) -> None:
    with open_ledger(path, lock=False) as opened:
        acts = opened.decisions()
        assert [(d.place, d.before, d.after) for d in acts] == list(ACTS)
        assert [d.number for d in acts] == list(range(1, LAST_NUMBER + 1))
        assert [(d.taken, d.revision) for d in acts] == [(TAKEN, 1)] * 4 + [("", 2)] * 2
        assert opened.state() == {ACTS[1][0]: "3.5", ACTS[2][0]: "同意", ACTS[3][0]: "支委会"}
        assert len({d.chain for d in acts}) == LAST_NUMBER
        assert opened.head() == acts[-1].chain
        assert opened.verify() == ()


def test_what_was_decided_is_returned_as_it_is_kept(path: Path) -> None:
    with open_ledger(path, lock=True) as opened:
        added = opened.decide(ACTS[:2], taken=TAKEN, revision=3)
        assert opened.decisions()[LAST_NUMBER:] == added
        assert opened.decide((), taken=TAKEN, revision=4) == ()
        assert opened.head() == added[-1].chain


def test_acts_taken_together_are_there_together_or_not_at_all(path: Path) -> None:
    broken = (Place("scores.A", "003", "A1-1"), "", None)
    with open_ledger(path, lock=True) as opened:
        with pytest.raises(sqlite3.IntegrityError):
            opened.decide((*ACTS[:2], broken), taken="", revision=3)  # type: ignore[arg-type]
        assert len(opened.decisions()) == LAST_NUMBER
        assert opened.verify() == ()


def test_the_chain_of_one_round_is_not_that_of_another(tmp_path: Path, path: Path) -> None:
    other = tmp_path / "另一轮.db"
    ledger.create(other, key="k" * 32, round_id="2016-a", program="0.1.0")
    with open_ledger(other, lock=True) as opened, open_ledger(path, lock=False) as first:
        assert opened.head() != genesis("2015-a")
        (act,) = opened.decide(ACTS[:1], taken=TAKEN, revision=1)
        assert act.chain != first.decisions()[0].chain


_PLACES = st.builds(Place, st.sampled_from(("scores.A", "claims")), st.text("01/", max_size=2),
                    st.sampled_from("ab"))  # fmt: skip
_CHUNKS = st.lists(st.lists(st.tuples(_PLACES, st.text(max_size=3), st.text(max_size=3))))


@settings(max_examples=40, deadline=None)
@given(chunks=_CHUNKS)
def test_what_holds_is_what_was_written_last(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[list[tuple[Place, str, str]]]
) -> None:
    written: dict[Place, str] = {}
    path = made(tmp_path_factory.mktemp("链") / "a.db")
    with open_ledger(path, lock=True) as opened:
        for chunk in chunks:
            opened.decide(chunk, taken="", revision=1)
            written.update({place: after for place, _before, after in chunk})
    with open_ledger(path, lock=False) as opened:
        assert opened.state() == {place: text for place, text in written.items() if text}
        assert opened.verify() == ()


def chained(number: int, previous: str, place: Place, after: str) -> Decision:
    act = Decision(number=number, place=place, before="", after=after)
    return Decision(number=number, place=place, before="", after=after, chain=link(previous, act))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.integers(1, 8))
def test_any_single_change_is_found_and_named_where_it_is(data: st.DataObject, size: int) -> None:
    acts: list[Decision] = []
    start = head = genesis("x")
    for number in range(1, size + 1):
        acts.append(chained(number, head, Place("counts", "001", str(number)), "1"))
        head = acts[-1].chain
    assert find_breaks(acts, start, (size, head)) == ()
    at = data.draw(st.integers(0, size - 1))
    other = Decision(
        number=at + 1, place=acts[at].place, before="", after="2", chain=acts[at].chain
    )
    for changed in ([*acts[:at], other, *acts[at + 1 :]], [*acts[:at], *acts[at + 1 :]]):
        (found,) = find_breaks(changed, start, (size, head))
        assert (found.first, found.last) == (at + 1, at + 1)


def test_a_blank_takes_back_and_what_never_stood_is_no_harm() -> None:
    place = Place("counts", "001", "A1-1/迟到")
    state: State = fold([chained(1, "", place, ""), chained(2, "", place, "1")])
    assert state == {place: "1"}
    assert fold([chained(1, "", place, "1"), chained(2, "", place, "")]) == {}


# ------------------------------------------------------------------ only added


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision SET after = '5' WHERE number = 2",
        "UPDATE OR REPLACE decision SET number = 3 WHERE number = 2",
        "DELETE FROM decision WHERE number = 6",
        "REPLACE INTO decision SELECT * FROM decision WHERE number = 2",
    ],
)
def test_the_file_itself_refuses_anything_but_adding(path: Path, statement: str) -> None:
    before = path.read_bytes()
    with pytest.raises(sqlite3.IntegrityError, match="only added"):
        edit(path, statement)
    assert path.read_bytes() == before


def test_guards_that_somebody_took_away_are_back_after_the_next_run(path: Path) -> None:
    tamper(path)
    with open_ledger(path, lock=True):
        pass
    with pytest.raises(sqlite3.IntegrityError, match="only added"):
        edit(path, "DELETE FROM decision")


def test_the_seal_is_nobody_else_s_to_put(path: Path) -> None:
    with open_ledger(path, lock=True) as opened, pytest.raises(ValueError, match="decisions"):
        opened.put("decisions", seal_text(0, genesis("2015-a")))


# ------------------------------------------------------------------ tampering

Lines = list[tuple[str, int, int]]


def setting(column: str, value: str, which: str = "= 2") -> str:
    return f"UPDATE decision SET {column} = {value} WHERE number {which}"  # noqa: S608 - a test's own words


def adding(number: int) -> str:
    values = f"({number}, 'scores.A', '001', 'A1-1', '', '5', '', 2, hex(zeroblob(32)))"
    return f"INSERT INTO decision VALUES {values}"  # noqa: S608 - a test's own words


def sealing(value: str) -> str:
    return f"UPDATE meta SET value = {value} WHERE name = 'decisions'"  # noqa: S608 - a test's own words


UNSEALING = "DELETE FROM meta WHERE name = 'decisions'"
EDITS = (
    ("tab", "'scores.B'"), ("row", "'003'"), ("col", "'A1-2'"), ("before", "'1'"),
    ("after", "'5'"), ("after", "x'ff00'"), ("after", "after || char(10)"), ("taken", "''"),
    ("revision", "7"), ("revision", "1.5"), ("revision", "'1 '||char(10)||'x'"),
    ("revision", "'٣'"), ("chain", "''"), ("chain", "hex(zeroblob(32))"),
)  # fmt: skip
#: Statements of somebody with another SQLite program → what is said about which lines.
TAMPERED: dict[str, tuple[tuple[str, ...], Lines]] = {
    **{f"edited: {c} = {v}": ((setting(c, v),), [("changed", 2, 2)]) for c, v in EDITS},
    "edited twice": (
        (setting("after", "'5'", "IN (2, 5)"),), [("changed", 2, 2), ("changed", 5, 5)],
    ),
    "edited last": ((setting("after", "'3'", "= 6"),), [("changed", 6, 6)]),
    "removed first": (("DELETE FROM decision WHERE number = 1",), [("removed", 1, 1)]),
    "removed inside": (("DELETE FROM decision WHERE number IN (2, 3)",), [("removed", 2, 3)]),
    "removed last": (("DELETE FROM decision WHERE number > 4",), [("removed", 5, 6)]),
    "removed all": (("DELETE FROM decision",), [("removed", 1, 6)]),
    "removed and closed up": (
        (
            "DELETE FROM decision WHERE number = 2", setting("number", "-number", "> 2"),
            setting("number", "-number - 1", "< 0"),
        ),
        [("changed", 2, 5), ("removed", 6, 6)],
    ),
    "inserted at the end": ((adding(7),), [("added", 7, 7)]),
    "inserted far away": ((adding(2**63 - 1),), [("added", 2**63 - 1, 2**63 - 1)]),
    "inserted before": ((adding(-3),), [("added", -3, -3)]),
    "inserted inside": (
        (
            setting("number", "-number", "> 2"), setting("number", "-number + 1", "< 0"),
            adding(3),
        ),
        [("changed", 3, 6), ("added", 7, 7)],
    ),
    "reordered": (
        (setting("number", "100"), setting("number", "2", "= 4"), setting("number", "4", "= 100")),
        [("changed", 2, 5)],
    ),
}  # fmt: skip
#: The same, done to the seal.
UNSEALED: dict[str, tuple[tuple[str, ...], Lines]] = {
    "edited": ((sealing("'6 ' || lower(hex(zeroblob(32)))"),), [("resealed", 6, 6)]),
    "removed": ((UNSEALING,), [("unsealed", 1, 6)]),
    "garbled": ((sealing("x'ff'"),), [("unsealed", 1, 6)]),
    "and a line": (
        (UNSEALING, setting("after", "'5'")), [("unsealed", 1, 6), ("changed", 2, 2)],
    ),
    "and all lines": (("DELETE FROM decision", UNSEALING), [("unsealed", 0, 0)]),
}  # fmt: skip
CASES = {**TAMPERED, **{f"seal: {name}": case for name, case in UNSEALED.items()}}


@pytest.mark.parametrize("case", CASES)
def test_what_another_program_did_is_named_by_its_line(path: Path, case: str) -> None:
    statements, expected = CASES[case]
    tamper(path, *statements)
    assert told(path) == expected
    with open_ledger(path, lock=False) as opened:
        faults = chain_faults(opened.verify(), path.name)
        opened.state()
    for fault, (damage, first, last) in zip(faults, expected, strict=True):
        assert (fault.kind, fault.source, fault.expected) == (
            "chain-broken", Source(path.name), damage,
        )  # fmt: skip
        assert all(str(number) in fault.found for number in {first, last} - {0}), fault


def named(found: Lines) -> set[int]:
    """Numbers of the lines that something is said about."""
    return {number for _damage, first, last in found for number in range(first, last + 1)}


def decide_later(path: Path) -> Lines:
    for revision in (3, 4):
        with open_ledger(path, lock=True) as opened:
            assert len(opened.decide(ACTS[:2], taken=TAKEN, revision=revision)) == 2
    return told(path)


@pytest.mark.parametrize("case", TAMPERED)
def test_acts_added_later_hide_nothing_and_are_not_blamed(path: Path, case: str) -> None:
    statements, expected = TAMPERED[case]
    tamper(path, *statements)
    # What stood behind the end now stands among the lines, where it does not fit.
    assert named(decide_later(path)) == named(expected)


@pytest.mark.parametrize("case", UNSEALED)
def test_acts_added_without_a_seal_show_that_it_was_gone(path: Path, case: str) -> None:
    tamper(path, *UNSEALED[case][0])
    assert decide_later(path)


def test_a_line_edited_with_its_own_hash_is_found_by_the_next(path: Path) -> None:
    with open_ledger(path, lock=False) as opened:
        first, act, *_more = opened.decisions()
    forged = link(first.chain, replace(act, after="5"))
    tamper(path, setting("after", f"'5', chain = '{forged}'"))
    assert told(path) == [("changed", 3, 3)]
    with open_ledger(path, lock=False) as opened:
        (found,) = opened.verify()
        assert "前一条" in found.text


def test_who_rewrites_the_whole_chain_is_found_by_the_seal(path: Path) -> None:
    with open_ledger(path, lock=False) as opened:
        acts = opened.decisions()
    forged, previous = [], genesis("2015-a")
    for act in acts:
        after = "5" if act.number == 2 else act.after
        previous = link(previous, replace(act, after=after))
        forged.append(setting("after", f"'{after}', chain = '{previous}'", f"= {act.number}"))
    tamper(path, *forged)
    assert told(path) == [("resealed", 6, 6)]


@pytest.mark.parametrize(
    "statement", ["DROP TABLE decision", "ALTER TABLE decision RENAME COLUMN after TO later"]
)
def test_a_record_whose_table_is_gone_is_said_to_be_damaged(path: Path, statement: str) -> None:
    tamper(path, statement)
    with pytest.raises(SheetflowError, match="损坏"), open_ledger(path, lock=False) as opened:
        opened.verify()
