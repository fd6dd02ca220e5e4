"""The program in English: every message has one, and the numbers do not depend on the language."""

from __future__ import annotations

import ast
import importlib
import io
import pkgutil
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from rounds import UNREVIEWED, Json, blank, decide, drop, fill, full, make, person, run, run_apart

from sheetflow import checks, systems
from sheetflow import round as rounds
from sheetflow.checks.registry import CHECKS
from sheetflow.messages import use_language
from sheetflow.model import Place, Tab

PACKAGE = Path(checks.__file__).parents[1]
CATALOGUES = sorted(PACKAGE.glob("locale/*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
HAN = re.compile("[\u4e00-\u9fff]+")
FULL_WIDTH = re.compile("[\u3000-\u303f\uff01-\uff65]")
#: Lines of a check's page that show what somebody typed.
EXAMPLE = re.compile(r"^(Bad|Good): ")


def catalogue(path: Path) -> Catalog:
    return read_po(io.BytesIO(path.read_bytes()))


def words(known: Catalog) -> dict[str, str]:
    return {_plain(m.id): _plain(m.string) for m in known if m.id and not m.fuzzy}


def _plain(text: str | Sequence[str] | None) -> str:
    return text if isinstance(text, str) else "\n".join(text or ())


def said_in_the_source() -> set[str]:
    """Messages of the program, and the pages of its checks."""
    for module in pkgutil.iter_modules(checks.__path__, f"{checks.__name__}."):
        importlib.import_module(module.name)
    # Not by babel: what stands in braces of an f-string passes by it.
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py"))
    calls = (call for tree in trees for call in ast.walk(tree) if _translates(call))
    texts = (text for call in calls for text in ast.walk(call) if isinstance(text, ast.Constant))
    found = {text.value for text in texts if isinstance(text.value, str)}
    return found | {check.page for check in CHECKS.values()}


def _translates(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"


ENGLISH = words(catalogue(PACKAGE / "locale/en/LC_MESSAGES/sheetflow.po"))


def test_every_message_has_an_english_one_and_none_is_left_over() -> None:
    source = said_in_the_source()
    assert sorted(source - ENGLISH.keys()) == []
    assert sorted(ENGLISH.keys() - source) == []
    assert [message for message, english in ENGLISH.items() if not english.strip()] == []


def test_a_message_and_its_english_say_the_same_things() -> None:
    other = {
        message: english
        for message, english in ENGLISH.items()
        if set(PLACEHOLDER.findall(message)) != set(PLACEHOLDER.findall(english))
    }
    assert other == {}


def _names(tree: ast.AST) -> Iterator[str]:
    """Texts of a module that pass by no catalogue."""
    translated = {
        id(text) for call in ast.walk(tree) if _translates(call) for text in ast.walk(call)
    }
    texts = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in translated)
    return (text.value for text in texts if isinstance(text.value, str))


def test_chinese_is_left_only_in_names_that_have_no_other() -> None:
    """Files, sheets, headings and the words people type are called what they are called."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py"))
    names = "\n".join(chain.from_iterable(map(_names, trees)))
    names += systems.scheme_bytes("agreement").decode()
    lines = ((message, line) for message, text in ENGLISH.items() for line in text.split("\n"))
    plain = [(message, line) for message, line in lines if not EXAMPLE.match(line)]
    assert [pair for pair in plain if any(run not in names for run in HAN.findall(pair[1]))] == []
    assert [pair for pair in plain if FULL_WIDTH.search(pair[1])] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_compiled_catalogues_say_what_their_sources_say(path: Path) -> None:
    compiled = read_mo(io.BytesIO(path.with_suffix(".mo").read_bytes()))
    assert words(compiled) == words(catalogue(path))


# ------------------------------------------------------------------ a round


def numbers(document: Json) -> Json:
    """What a document says besides words."""
    return {
        "members": [{k: v for k, v in m.items() if k != "reasons"} for m in document["members"]],
        "counts": document["counts"],
        "files": [
            (file["file"], file["status"], file["version"], [f["code"] for f in file["findings"]])
            for file in document["files"]
        ],
        "findings": [each["code"] for each in document["findings"]],
    }


@pytest.fixture(autouse=True)
def _spoken() -> Iterator[None]:
    yield
    use_language("zh")


def in_language(language: str, folder: Path, *words: str) -> Json:
    ran = run("--lang", language, "-C", folder, *words, "--json")
    assert ran.status in {0, 1}, ran
    return ran.document


def a_round(folder: Path, made: str, read: str) -> Json:
    """Numbers of a round begun in one language and ended in another."""
    make(folder, UNREVIEWED, [person("001"), person("002"), person("003")])
    in_language(made, folder, "forms")
    drop(folder, "甲.xlsx", fill(blank(folder, "001"), full()))
    drop(folder, "乙.xlsx", fill(blank(folder, "002"), {**full(), "A1-1": "4-5"}))
    in_language(made, folder, "collect")
    decide(folder, {Place(f"{Tab.SCORES}.A", "001", "A1-1"): "4"})
    (copy,) = (folder / rounds.COPIES).glob("*.xlsx")
    drop(folder, "乙改.xlsx", fill(copy, {"A1-1": 5}))
    return numbers(in_language(read, folder, "collect"))


def test_what_was_made_in_one_language_is_read_in_the_other(tmp_path: Path) -> None:
    found = a_round(tmp_path / "甲", "zh", "zh")
    assert a_round(tmp_path / "乙", "en", "zh") == found
    assert a_round(tmp_path / "丙", "zh", "en") == found
    assert [member["status"] for member in found["members"]] == ["graded", "graded", "missing"]


def test_papers_are_written_as_their_templates_are_in_any_language(tmp_path: Path) -> None:
    folder = tmp_path / "考核"
    a_round(folder, "en", "en")
    in_language("zh", folder, "papers", "--draft")
    written = {path: path.read_bytes() for path in (folder / rounds.PAPERS).rglob("*.docx")}
    assert written
    told = in_language("en", folder, "papers", "--draft")["papers"]
    assert {path: path.read_bytes() for path in written} == written
    reasons = {reason for paper in told for reason in paper["draft"]}
    assert {"1 not returned", "something is still to be filled in"} <= reasons
    assert not [reason for reason in reasons if HAN.search(reason)]


@pytest.mark.parametrize("words", [("--help",), ("collect", "--help"), ("collect", "--nope")])
def test_help_and_wrong_use_are_told_in_english(words: tuple[str, ...]) -> None:
    ran = run_apart(*words, SHEETFLOW_LANG="en")
    told = re.sub(r"“[^”]*”|\w+\.(xlsx|db)", "", ran.out + ran.err)
    assert not HAN.search(told), told
