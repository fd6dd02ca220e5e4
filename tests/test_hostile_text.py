"""Text of others stays text: no formula, link, field, markup or command in any output."""

from __future__ import annotations

import ast
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import hostile_texts as hostile
import pytest
from hostile_texts import TEXTS, World, cleaned
from hypothesis import example, given, settings
from hypothesis import strategies as st

import sheetflow
from sheetflow import printing
from sheetflow import round as rounds
from sheetflow.excel.read import read_book
from sheetflow.excel.write import safe
from sheetflow.layout import FRONT_SHEET
from sheetflow.ledger import open_ledger
from sheetflow.model import Book
from sheetflow.platform import safe_name
from sheetflow.text import CELL_LIMIT, clean

pytestmark = pytest.mark.xdist_group("hostile")

WRITERS = Path(sheetflow.__file__).parent / "excel" / "write"
OUTPUTS = (rounds.FORMS, rounds.COPIES, rounds.PAPERS, rounds.OLD)
#: What is run besides in the hostile round.
MORE = (
    "collect --json", "check", "check --json", "status", "status --json", "papers --draft --json",
    "explain F201 --json",
)  # fmt: skip
#: Figures of a condition that tells whether a cell was changed.
_FIGURES = re.compile(r"(?<==)[0-9.]+|(?<=\$1:\$)[0-9]+")
_ANY_FIGURES = re.compile("[0-9]+")
_TEXT = st.text(st.characters() | st.sampled_from("\ud800\u202e\u200b\x00\x1b\r\n\t=<{&e\u0301"))


class Worlds(NamedTuple):
    """The hostile round, its harmless twin, and what else lay beside them before and after."""

    bad: World
    good: World
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]


def beside(folder: Path) -> dict[str, bytes]:
    """Everything that lies near a round, but not in it."""
    near = [path for path in folder.rglob("*") if path.is_file()]
    return {str(p): p.read_bytes() for p in near if not p.is_relative_to(folder / "轮" / "考核")}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    house = tmp_path_factory.mktemp("敌意")
    for name in ("x", "x.xlsx", "轮/x", "轮/x.xlsx"):
        (house / name).parent.mkdir(exist_ok=True)
        (house / name).write_bytes(b"outside")
    before = beside(house)
    bad = hostile.world(house / "轮" / "考核", TEXTS, *MORE)
    after = beside(house)
    good = hostile.world(
        tmp_path_factory.mktemp("善意") / "考核", hostile.harmless(), members=hostile.TYPED
    )
    return Worlds(bad, good, before, after)


def outputs(world: World) -> dict[str, Path]:
    """Files the program left, each under what is the same in both rounds."""
    found = {rounds.SUMMARY: world.folder / rounds.SUMMARY, rounds.DESK: world.folder / rounds.DESK}
    for folder in OUTPUTS:
        for path in sorted((world.folder / folder).rglob("*")):
            number, dash, _rest = path.stem.partition("-")
            found[f"{folder}/{number if dash else path.stem}{path.suffix}"] = path
    return found


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def texts(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every part of an Office file that is XML."""
    for name, part in parts(path.read_bytes()).items():
        if name.endswith((".xml", ".rels", ".vml")):
            yield name, part


def tree(part: bytes) -> ET.Element:
    """What a part holds; one that is not well-formed fails."""
    return ET.fromstring(part)  # noqa: S314 - made by us


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


# ------------------------------------------------------------------ what commands something


def powers(path: Path) -> frozenset[tuple[str, str, str]]:
    """All of a file that is more than text: part, what it is, what it says."""
    return frozenset(each for name, part in texts(path) for each in _powers(name, part))


@cache  # most parts of a form are those of every other
def _powers(name: str, part: bytes) -> frozenset[tuple[str, str, str]]:
    elements = [(local(element.tag), element) for element in tree(part).iter()]
    said = {(name, tag, text) for tag, each in elements for text in _says(name, tag, each)}
    return frozenset(
        {(name, "part", ""), *((name, "tag", tag) for tag in {tag for tag, _each in elements})}
        | said
    )


def _says(name: str, tag: str, element: ET.Element) -> Iterator[str]:
    if tag == "definedName":
        # A tall row leaves less to be repeated on every page.
        yield re.sub("[0-9]+", "#", element.text or "")
    if tag in {"f", "formula", "formula1", "formula2", "instrText"}:
        # Charts name the rows of their tables, which grow with what is received.
        figures = _ANY_FIGURES if "/charts/" in name else _FIGURES
        yield figures.sub("#", element.text or "")
    if tag in {"hyperlink", "fldSimple", "sheet", "dataValidation", "Relationship"}:
        yield repr(sorted(element.attrib.items()))
    if tag in {"oddHeader", "oddFooter"}:
        yield element.text or ""


@pytest.mark.parametrize("kind", ["表格", "退回修改", "公文", "汇总.xlsx", "核定.xlsx"])
def test_an_output_can_do_no_more_than_that_of_a_harmless_round(worlds: Worlds, kind: str) -> None:
    bad, good = outputs(worlds.bad), outputs(worlds.good)
    assert {name for name in bad.keys() ^ good.keys() if not name.startswith(rounds.FORMS)} == set()
    found = [name for name in bad if name.startswith(kind) and bad[name].suffix != ".txt"]
    assert found
    for name in found:
        # All blank forms are alike.
        twin = good.get(name, good[f"{rounds.FORMS}/{hostile.GOOD}.xlsx"])
        more = powers(bad[name]) - powers(twin)
        # Tabs, new lines, wide short names and places to fill in are looks in a paper, no more.
        looks = {("word/document.xml", "tag", tag) for tag in ("tab", "br", "spacing", "highlight")}
        assert not more - looks, (name, sorted(more - looks)[:5])


def test_links_lead_to_cells_of_the_same_workbook_only(worlds: Worlds) -> None:
    for path in outputs(worlds.bad).values():
        if path.suffix == ".txt":
            continue
        for name, part in texts(path):
            for element in tree(part).iter():
                keys = {local(key) for key in element.attrib}
                assert element.get("TargetMode") != "External", (path, name)
                if local(element.tag) == "hyperlink":
                    assert "id" not in keys, (path, name)


# ------------------------------------------------------------------ the text itself


def texts_of(world: World, name: str) -> Mapping[tuple[str, int, int], str]:
    return _texts(outputs(world)[name])


@cache  # the summary holds the names of all
def _texts(path: Path) -> Mapping[tuple[str, int, int], str]:
    book: Book = read_book(path.read_bytes())
    return {
        (sheet.title, row, column): value.raw
        for sheet in book.sheets
        for (row, column), value in sheet.values.items()
    }


@pytest.mark.parametrize("name", TEXTS)
def test_a_name_stands_in_form_and_summary_as_it_was_typed_but_cleaned(
    worlds: Worlds, name: str
) -> None:
    whole = safe.as_text(cleaned(worlds.bad, name))
    number = hostile.member(name)
    assert texts_of(worlds.bad, f"{rounds.FORMS}/{number}.xlsx")["目标管理", 5, 2] == whole
    scores = texts_of(worlds.bad, rounds.SUMMARY)
    rows = [at for at, text in scores.items() if at[0] == "成绩" and at[2] == 2 and text == number]
    assert [scores["成绩", row, 3] for _sheet, row, _column in rows] == [whole]


def test_what_a_member_typed_stands_in_the_copy_cleaned_and_nowhere_unclean(
    worlds: Worlds,
) -> None:
    for member in hostile.FAULTY:
        copy = texts_of(worlds.bad, f"{rounds.COPIES}/{member}.xlsx")
        told = {text for (sheet, _row, _column), text in copy.items() if sheet != FRONT_SHEET}
        expected = {safe.as_text(hostile.arriving(text)) for text in TEXTS.values()}
        assert expected <= told
    for name, path in outputs(worlds.bad).items():
        # The staff's own workbooks keep what they typed.
        if path.suffix == ".xlsx" and not name.startswith((rounds.DESK, rounds.OLD)):
            texts = texts_of(worlds.bad, name).values()
            assert [text for text in texts if clean(text) != text] == []


def test_the_private_texts_are_one_line_each_and_clean(worlds: Worlds) -> None:
    text = (worlds.bad.folder / rounds.COPIES / "私信.txt").read_bytes().decode("utf-8-sig")
    blocks = text.split("\r\n\r\n")
    assert len(blocks) == len(hostile.FAULTY)
    assert all(len(block.strip("\r\n").split("\r\n")) == 2 for block in blocks)
    assert clean(text.replace("\r\n", "\n"), name=False) == text.replace("\r\n", "\n")


def test_papers_say_names_and_settings_as_text(worlds: Worlds) -> None:
    said = ""
    for name, path in outputs(worlds.bad).items():
        if name.startswith(rounds.PAPERS):
            root = ET.fromstring(parts(path.read_bytes())["word/document.xml"])  # noqa: S314 - ours
            said += "".join(e.text or "\n" for e in root.iter() if local(e.tag) in {"t", "br"})
    for name in TEXTS:
        assert cleaned(worlds.bad, name) in said, name


def test_the_ledger_keeps_what_came_as_it_came(worlds: Worlds) -> None:
    folder = worlds.bad.folder
    with open_ledger(folder / rounds.LEDGER, lock=False) as ledger:
        kept = {each.sha256: ledger.content(each.sha256) for each in ledger.arrivals()}
    for path in (folder / rounds.RETURNED).rglob("*.xlsx"):
        assert path.read_bytes() in kept.values()


# ------------------------------------------------------------------ the terminal


def test_nothing_on_a_terminal_commands_it_or_turns_its_text_round(worlds: Worlds) -> None:
    for name, ran in worlds.bad.ran.items():
        said = ran.out + ran.err
        bad = {c for c in said if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
        assert bad <= {"\n"}, name


def test_json_says_the_text_itself(worlds: Worlds) -> None:
    members = {
        each["id"]: each["name"] for each in worlds.bad.ran["status --json"].document["members"]
    }
    for name in TEXTS:
        assert members[hostile.member(name)] == cleaned(worlds.bad, name)
    hidden = printing.as_json({"a": "\x9b\u202e\u2028\U000e0041\ud800é\\"})
    assert "\\u009b\\u202e\\u2028\\udb40\\udc41\\ud800é\\\\" in hidden


def test_the_second_collect_changes_nothing(worlds: Worlds) -> None:
    assert worlds.bad.ran["collect --json"].document["changed"] is False
    for name in worlds.good.ran:
        assert worlds.bad.ran[name].status == worlds.good.ran[name].status, name


# ------------------------------------------------------------------ names and places of files

_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"
}


def assert_fits_windows(name: str) -> None:
    assert not set(name) & set('<>:"/\\|?*'), name
    assert not {c for c in name if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}, name
    assert name == name.strip(" "), name
    assert not name.endswith("."), name
    assert name.partition(".")[0].rstrip().casefold() not in _DEVICES, name
    assert 0 < len(name.encode("utf-16-le")) // 2 <= 255, name
    assert len(name.encode()) <= 255, name
    assert unicodedata.is_normalized("NFC", name), name


def test_nothing_outside_the_round_is_touched(worlds: Worlds) -> None:
    assert worlds.after == worlds.before


def test_every_name_the_program_gave_fits_windows(worlds: Worlds) -> None:
    folder = worlds.bad.folder
    given_ = [p for p in folder.rglob("*") if not p.is_relative_to(folder / rounds.RETURNED)]
    for path in given_:
        assert_fits_windows(path.name)
    places = [str(path.relative_to(folder)).casefold() for path in given_]
    assert len(places) == len(set(places))
    assert {path.parts[len(folder.parts)] for path in given_} <= {
        *OUTPUTS, rounds.SCHEME, rounds.ROSTER, rounds.DESK, rounds.SUMMARY, rounds.LEDGER,
    }  # fmt: skip


_HARD = st.sampled_from([*TEXTS.values(), "NUL", "com1.x", " ", ".", "~$x", "甲" * 300, "\ud800"])


@settings(max_examples=150, deadline=None)
@given(_TEXT | _HARD, st.sampled_from(["", "-退回修改", "-退回修改(2)", "-年度考核表"]))
@example("长" * 300, "-退回修改(2)")
@example("NUL", "")
@example("e\u0301" * 79 + "e", "\u0301")
def test_a_file_name_fits_windows_and_keeps_its_end(text: str, end: str) -> None:
    name = safe_name(text, end)
    assert_fits_windows(name + ".xlsx")
    assert_fits_windows(name)
    assert len(name) <= 80 + 1
    assert not name.startswith((".", "~", " "))
    assert end.isspace() or "\u0301" in end or name.endswith(end)
    assert safe_name(name) == name
    assert (Path("轮") / name).parent == Path("轮")


@settings(max_examples=60, deadline=None)
@given(_TEXT | _HARD, _TEXT | _HARD)
def test_two_members_never_share_a_file(first: str, second: str) -> None:
    ends = ("", "-退回修改", "-退回修改(2)")
    stems = [f"00{n}-{text}" for n, text in enumerate((first, second))]
    names = {safe_name(stem, end).casefold() for stem in stems for end in ends}
    assert len(names) == len(stems) * len(ends)


# ------------------------------------------------------------------ cleaning


@settings(max_examples=200, deadline=None)
@given(_TEXT | _HARD, st.booleans())
def test_clean_text_is_whole_composed_short_and_stays_so(text: str, name: bool) -> None:
    kept = clean(text, name=name)
    assert clean(kept, name=name) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert len(kept.encode("utf-16-le")) // 2 <= CELL_LIMIT
    controls = {c for c in kept if unicodedata.category(c) in {"Cc", "Cs"}}
    assert controls <= (set() if name else {"\n", "\t"})
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")
    if name:
        assert not {c for c in kept if c in "\u200b\u200d\u2060\ufeff\u3164\n\t\u2028"}
    plain = text.isprintable() and unicodedata.is_normalized("NFC", text)
    if plain and not name and len(text) < CELL_LIMIT // 2:
        assert kept == text


def test_equal_looking_names_are_equal() -> None:
    for other in ("王\u200b静", "王静\ufeff", "\u202e王静", "王\U000e0041静", "王\u3164静"):
        assert clean(other, name=True) == "王静"
    assert clean("e\u0301", name=True) == "é"
    assert clean("葛\U000e0100", name=True) != "葛"


# ------------------------------------------------------------------ the one way to write


def test_cells_are_written_in_one_module_and_each_answer_is_looked_at() -> None:
    doors = ("write", "merge_range", "data_validation", "conditional_format", "insert_")
    allowed = {
        "write_string", "write_number", "write_boolean", "write_datetime", "write_blank",
        "write_formula", "write_url", "write_comment", "merge_range", "data_validation",
        "conditional_format",
    }  # fmt: skip
    for path in WRITERS.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        named = {
            node: node.func.attr
            for node in calls
            if isinstance(node.func, ast.Attribute) and node.func.attr.startswith(doors)
        }
        if path.name != "safe.py":
            # A part of an archive, or the text of one, is no cell.
            assert set(named.values()) <= {"insert_chart", "writestr", "writelines"}, path.name
            continue
        looked = {
            node.args[0]
            for node in calls
            if isinstance(node.func, ast.Name) and node.func.id == "sure"
        }
        assert set(named.values()) <= allowed
        assert set(named) == looked
