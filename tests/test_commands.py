"""Every command: help with an example, one JSON document, a next step, no foreign word."""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from rounds import UNREVIEWED, blank, drop, fill, forms, full, make, person, run, run_apart

import sheetflow
from sheetflow import round as rounds
from sheetflow.commands_papers import program
from sheetflow.model import Finding, Severity, Source
from sheetflow.printing import finding_lines, how_far, owners

PACKAGE = Path(sheetflow.__file__).parent
README = PACKAGE.parent / "README.md"
CHINESE = re.compile("[\u4e00-\u9fff]")
#: Libraries of documents and data; a person who asks for help must not wait for them.
HEAVY = ("openpyxl", "xlsxwriter", "docx", "docxtpl", "jinja2", "lxml", "pydantic", "rich", "xlrd")
#: Words of the first system's field; they belong in its scheme.
FIELD_WORDS = re.compile("党|支部|责任书|优秀|合格")
#: Words of click that nobody has translated.
ENGLISH = re.compile(
    r"Usage|Options|Commands|Error|No such|Show this|Try |default|Did you mean|TEXT|INTEGER"
)

#: Each command with what it needs to run in a round where one form is back; the order counts.
#: ``demo`` runs from the wheel, see test_wheel.py.
RUNS = (
    ("systems",),
    ("init", "新的一轮"),
    ("check",),
    ("forms",),
    ("status",),
    ("collect",),
    ("status",),
    ("log",),
    ("trace", "001"),
    ("templates", "check"),
    ("papers",),
    ("explain",),
    ("explain", "V402"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [person("001"), person("002")]
    folder = make(tmp_path_factory.mktemp("命令") / "考核", UNREVIEWED, rows)
    forms(folder, "001")
    drop(folder, "交来.xlsx", fill(blank(folder, "001"), full()))
    return folder


# ------------------------------------------------------------------ help


@pytest.mark.parametrize("name", sorted(program.commands))
def test_every_command_has_help_in_chinese_with_an_example(name: str) -> None:
    ran = run(name, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert CHINESE.search(ran.out)
    lines = [line.strip() for line in ran.out.splitlines()]
    assert any(line.startswith(f"sheetflow {name}") for line in lines[lines.index("例：") :])
    assert not ENGLISH.search(ran.out)


@pytest.mark.parametrize("name", sorted(program.commands.keys() - {"templates"}))
def test_every_command_takes_the_same_two_options(name: str) -> None:
    said = run(name, "--help").out
    assert "--json" in said
    assert "-q, --quiet" in said


@pytest.mark.parametrize("name", sorted(program.commands))
def test_every_command_is_named_in_the_readme(name: str) -> None:
    assert f"sheetflow {name}" in README.read_text(encoding="utf-8")


def test_every_command_is_run_by_these_tests() -> None:
    assert {words[0] for words in RUNS} | {"demo", "verify"} == set(program.commands)


@pytest.mark.parametrize("words", [("--help",), ("collect", "--help"), ("--version",)], ids=str)
def test_help_does_not_wait_for_libraries(words: tuple[str, ...]) -> None:
    code = (
        "import sys\n"
        "from sheetflow.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        f"finally:\n    print(*sorted(set(sys.modules) & {set(HEAVY)!r}), file=sys.stderr)"
    )
    ran = run_apart(*words, python=("-c", code))
    assert (ran.status, ran.err.split()) == (0, [])


@pytest.mark.parametrize("words", [("colect",), ("collect", "--nope"), ("init",), ("--lang", "x")])
def test_wrong_use_is_told_in_chinese(words: tuple[str, ...]) -> None:
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "")
    assert CHINESE.search(ran.err)
    assert not ENGLISH.search(ran.err)


@pytest.mark.parametrize("language", ["fr", "zh_CN.UTF-8", ""])
def test_a_language_nobody_has_translated_to_is_chinese(language: str) -> None:
    ran = run_apart("collect", "--nope", SHEETFLOW_LANG=language, LANG="fr_FR.UTF-8")
    assert CHINESE.search(ran.err)
    assert not ENGLISH.search(ran.err)


# ------------------------------------------------------------------ output


def test_json_is_one_document_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    for words in RUNS:
        at = tmp_path if words[0] == "init" else folder
        ran = run(*words, "--json", at=at)
        assert ran.status == 0, ran
        _document, end = json.JSONDecoder().raw_decode(ran.out)
        assert ran.out[end:] == "\n", words
        assert ran.err == "", words


def test_every_command_ends_with_the_next_step(folder: Path, tmp_path: Path) -> None:
    for words in RUNS:
        at = tmp_path if words[0] == "init" else folder
        ran = run(*words, at=at)
        assert ran.status == 0, ran
        assert ran.out.splitlines()[-1].startswith("下一步："), words
        assert "\x1b" not in ran.out, words


@pytest.mark.parametrize(
    "words", [("collect",), ("check",), ("explain", "Z999"), ("colect",), ("init",)]
)
def test_an_error_too_ends_with_what_to_do(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = run(*words, at=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith("下一步：")


@pytest.mark.parametrize("words", [(), ("templates",)], ids=str)
def test_who_asks_for_nothing_is_shown_the_commands_line_by_line(words: tuple[str, ...]) -> None:
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "")
    assert run(*words, "--help").out.splitlines() == ran.err.splitlines()[:-2]
    assert "选一个命令" in ran.err.splitlines()[-1]


def test_a_new_round_says_which_year_and_whose_it_is(tmp_path: Path) -> None:
    said = run("init", "2016考核", at=tmp_path).out
    assert "2015 年度，考核期 2015-01-01 至 2015-12-31" in said
    assert "sheetflow init 2016考核 --year 年份" in said
    assert "单位“中共同民镇中学支部委员会”" in said
    told = run("init", "明年", "--year", "2016", at=tmp_path).out
    assert "2016 年度，考核期 2016-01-01 至 2016-12-31" in told
    assert "--year" not in told


def test_a_path_with_a_blank_is_quoted_as_it_must_be_typed(tmp_path: Path) -> None:
    assert '-C "新的 一轮" forms' in run("init", "新的 一轮", at=tmp_path).out
    assert "-C 新的一轮 forms" in run("init", "新的一轮", at=tmp_path).out


def test_forms_gives_its_findings_in_the_document_too(tmp_path: Path) -> None:
    rows = [person("001", "同名"), person("002", "同名")]
    folder = make(tmp_path / "考核", UNREVIEWED, rows)
    (finding,) = run("-C", folder, "forms", "--json").document["findings"]
    assert (finding["code"], finding["file"]) == ("R308", rounds.ROSTER)


def test_an_interrupted_run_says_what_is_kept_and_how_to_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_round: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sheetflow.flows.check.check_round", interrupt)
    ran = run("check", at=folder)
    assert (ran.status, ran.out) == (130, "")
    assert ran.err.splitlines()[-1].startswith("下一步：")


def test_a_computer_without_the_date_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheetflow.commands.now", lambda: datetime(1970, 1, 1))  # noqa: DTZ001
    ran = run("papers", "--json", at=folder)
    assert (ran.status, "1970-01-01" in ran.error["message"]) == (2, True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_whoever_cannot_be_told_still_learns_the_status() -> None:
    words = [sys.executable, "-m", "sheetflow", "colect"]
    with Path("/dev/full").open("w") as full_disk:
        assert subprocess.run(words, stderr=full_disk, check=False).returncode == 2
        done = subprocess.run(
            [*words, "--json"], stdout=full_disk, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, b"Traceback" in done.stderr) == (4, False)


def test_without_pages_the_program_runs_and_says_so(folder: Path) -> None:
    python = ("-OO", "-m", "sheetflow")
    assert run_apart("check", at=folder, python=python).status == 0
    assert "-OO" in run_apart("explain", "V402", python=python).out


def test_a_process_of_its_own_says_what_the_entry_point_says(folder: Path) -> None:
    for words in (("check",), ("status",)):
        assert run_apart(*words, at=folder) == run(*words, at=folder)


def test_quiet_still_says_the_next_step(folder: Path) -> None:
    ran = run("collect", "-q", at=folder)
    assert "下一步：" in ran.out
    assert "文件" not in ran.out.splitlines()[0]


@pytest.mark.parametrize("words", [("systems",), ("init", "一轮"), ("--help",), ("collect",)])
def test_a_terminal_that_knows_only_ascii_is_no_obstacle(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = run_apart(*words, at=tmp_path, LC_ALL="C", LANG="C", PYTHONIOENCODING="ascii")
    assert ran.status == (2 if words == ("collect",) else 0)
    assert CHINESE.search(ran.out + ran.err)


@pytest.mark.parametrize(
    ("read", "total", "seconds", "told"),
    [
        (350, 2000, 7.0, "350 / 2000，每秒 50 份，还要约 33 秒"),
        (50, 50, 2.0, "50 / 50，每秒 25 份，还要约 0 秒"),
        (1, 10, 4.0, "1 / 10，每秒 0.2 份，还要约 36 秒"),
    ],
)
def test_a_terminal_is_told_how_far_reading_has_come(
    read: int, total: int, seconds: float, told: str
) -> None:
    assert how_far(read, total, seconds) == f"正在读表：{told}"


# ------------------------------------------------------------------ the engine knows no field


def _said(path: Path) -> Iterator[tuple[int, str]]:
    """Every string and comment of a module, with its line."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


MODULES = sorted(p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_no_word_of_the_first_field_stands_in_the_program(module: str) -> None:
    said = _said(PACKAGE / module)
    assert not [(line, text) for line, text in said if FIELD_WORDS.search(text)]


def test_several_findings_of_a_file_stand_under_its_name() -> None:
    one, other = (
        Finding(code=code, severity=Severity.ERROR, source=Source("甲.xlsx"), message=message)
        for code, message in (("F204", "甲.xlsx 找不到“乙”"), ("F205", "找不到这一行"))
    )
    assert list(finding_lines([one])) == ["  ✗ F204 甲.xlsx 找不到“乙”"]
    assert next(iter(finding_lines([one, other]))) == "甲.xlsx"
    assert list(finding_lines([one, other]))[1:] == ["  ✗ F204 找不到“乙”", "  ✗ F205 找不到这一行"]


def test_what_concerns_no_file_stands_under_none() -> None:
    of_a_file, of_none = (
        Finding(code="F205", severity=Severity.ERROR, source=Source(file), message="一句话")
        for file in ("甲.xlsx", "")
    )
    assert list(finding_lines([of_none, of_a_file])) == [
        "甲.xlsx", "  ✗ F205 一句话", "总的情况", "  ✗ F205 一句话",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "severity", "told"),
    [(10, Severity.WARNING, 10), (11, Severity.WARNING, 1), (11, Severity.ERROR, 11)],
)
def test_a_remark_that_many_files_have_is_told_once_an_error_always(
    files: int, severity: Severity, told: int
) -> None:
    found = [
        Finding(code=code, severity=level, source=Source(f"{n}.xlsx"), message=f"{n}")
        for n in range(files)
        for code, level in (("X612", severity), ("V402", Severity.ERROR))
    ]
    lines = list(finding_lines(found))
    assert sum("V402" in line for line in lines) == files
    assert sum("X612" in line for line in lines) == told


@pytest.mark.parametrize(
    ("file", "head"),
    [
        ("收回/微信图片.xlsx", "收回/微信图片.xlsx（甲某 的表）"),
        ("收回/甲某的表.xlsx", "收回/甲某的表.xlsx"),
        ("收回/没人的.xlsx", "收回/没人的.xlsx"),
    ],
)
def test_a_file_called_otherwise_is_told_with_its_member(file: str, head: str) -> None:
    files = [
        {"file": "收回/微信图片.xlsx", "member": "001"},
        {"file": "收回/甲某的表.xlsx", "member": "001"},
        {"file": "收回/没人的.xlsx", "member": None},
    ]
    whose = owners({"members": [{"id": "001", "name": "甲某"}], "files": files})
    fault = Finding(code="V402", severity=Severity.ERROR, source=Source(file), message="应填 5")
    assert next(iter(finding_lines([fault], whose))) == head
