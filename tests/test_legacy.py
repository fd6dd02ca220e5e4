from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
import xlsxwriter
from forms_for_tests import KEY, stamped
from hypothesis import given, settings
from hypothesis import strategies as st
from office import Office
from packing import FORM, written
from schemes_for_tests import CREATED, MEMBER, RICH

from sheetflow import stamp
from sheetflow.errors import UnreadableError
from sheetflow.excel import legacy
from sheetflow.excel.legacy import read_legacy
from sheetflow.excel.read import read_book
from sheetflow.excel.write.form import write_form
from sheetflow.layout import plan_form
from sheetflow.model import Book, Value, ValueKind

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")


class Saved(NamedTuple):
    """One workbook as LibreOffice saves it in the old format and in the new one."""

    old: bytes
    new: bytes


def refusal(data: bytes, *, seconds: float = 20.0) -> UnreadableError:
    with pytest.raises(UnreadableError) as refused:
        read_legacy(data, seconds=seconds)
    assert refused.value.message
    assert refused.value.fix
    return refused.value


# ------------------------------------------------------------------ what LibreOffice saved


def values_of_all_kinds(book: xlsxwriter.Workbook) -> None:
    shown = {code: book.add_format({"num_format": code}) for code in ("0%", "@", "h:mm", "[h]:mm")}
    sheet = book.add_worksheet("各种值")
    for row, text in enumerate(["007", " 前后有空 ", "两\n行", "🎓", "_x0041_", "长" * 32767]):
        sheet.write_string(row, 0, text)
    numbers = [0.0, -0.5, 2.5, 0.1 + 0.2, 1e-7, 123456789012.0, 42352.0]
    for row, number in enumerate(numbers):
        sheet.write_number(row, 1, number)
    for row, code in enumerate(shown):
        sheet.write_number(row, 2, 0.75, shown[code])
    for row, code in enumerate(["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "m/d", "yyyy-mm-dd h:mm:ss"]):
        moment = datetime(2015, 12, 31, 8 * (row == 3), tzinfo=UTC).replace(tzinfo=None)
        sheet.write_datetime(row, 3, moment, book.add_format({"num_format": code}))
    for row, formula in enumerate(["=1/0", "=NA()", "=A1&B3", "=B3*2", "=1>2", "=B1", '=""']):
        sheet.write_formula(row, 4, formula)
    sheet.write_string(5999, 0, "远处")
    sheet.write_string(0, 255, "右边")
    book.add_worksheet("藏").hide()


def real_form() -> bytes:
    mark = stamped()
    code, token = stamp.code(mark, KEY), stamp.token(mark, KEY)
    return write_form(plan_form(RICH, MEMBER, code=code, token=token), RICH, created=CREATED)


@pytest.fixture(scope="module")
def save(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Saved]:
    folder = tmp_path_factory.mktemp("saved")

    def saved(data: bytes, **values: object) -> Saved:
        source = folder / "source.xlsx"
        source.write_bytes(data)
        targets = [folder / "saved.xls", folder / "saved.xlsx"]
        office.fill(source, targets, {code.replace("_", "-"): v for code, v in values.items()})
        return Saved(*(target.read_bytes() for target in targets))

    return saved


@pytest.fixture(scope="module")
def form(save: Callable[..., Saved]) -> Saved:
    return save(real_form(), A1_1=4.5, A2_1="=1+1", A3_1=["text", "４分"], A3_3="=1/0")


def as_kept(value: Value) -> Value:
    """What the old format keeps of a value: a formula's 0 may stand for no result at all."""
    if value.formula and value.kind is ValueKind.NUMBER and Decimal(value.raw) == 0:
        return Value(ValueKind.UNCACHED, "", formula=True)
    return value._replace(formula=True) if value.kind is ValueKind.BOOL else value


Kept = dict[str, tuple[bool, dict[tuple[int, int], Value], tuple[str, ...]]]


def outcome(data: bytes) -> Kept | str:
    """What was read, or the kind of refusal."""
    try:
        return kept(read_legacy(data))
    except UnreadableError as refused:
        return refused.kind


def kept(book: Book, change: Callable[[Value], Value] = lambda value: value) -> Kept:
    return {
        sheet.title: (
            sheet.hidden,
            {place: change(value) for place, value in sheet.values.items()},
            tuple(sorted(sheet.beyond)),
        )
        for sheet in book.sheets
    }


@pytest.mark.office
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(real_form(), id="blank form"),
        pytest.param(FORM, id="small book"),
        pytest.param(written(values_of_all_kinds), id="all kinds"),
        pytest.param(written(values_of_all_kinds, date_1904=True), id="days from 1904"),
    ],
)
def test_old_format_reads_as_the_new_one_does(save: Callable[..., Saved], data: bytes) -> None:
    both = save(data)
    assert kept(read_legacy(both.old)) == kept(read_book(both.new), as_kept)


@pytest.mark.office
def test_filled_form_reads_as_its_new_twin(form: Saved) -> None:
    old, new = read_legacy(form.old), read_book(form.new)
    assert kept(old) == kept(new, as_kept)
    found = set(old.sheets[0].values.values())
    assert Value(ValueKind.NUMBER, "4.5") in found
    assert Value(ValueKind.NUMBER, "2", formula=True) in found
    assert Value(ValueKind.TEXT, "４分") in found
    assert Value(ValueKind.ERROR, "#DIV/0!", formula=True) in found


@pytest.mark.office
def test_last_saved_is_told_in_utc(form: Saved) -> None:
    old, new = read_legacy(form.old).modified, read_book(form.new).modified
    assert old is not None
    assert new is not None
    # Saved one after the other, in whole seconds; another clock or zone is off by hours.
    assert abs(old - new) < timedelta(minutes=30)
    assert old.microsecond == 0


@pytest.mark.office
def test_cells_outside_the_area_are_told_not_kept(form: Saved) -> None:
    small = {"max_rows": 3, "max_columns": 2}
    old, new = read_legacy(form.old, **small), read_book(form.new, **small)
    assert kept(old) == kept(new, as_kept)
    assert old.sheets[0].beyond


@pytest.mark.office
@pytest.mark.parametrize(
    ("limit", "most", "kind"),
    [
        ("MAX_CELLS", 5, "too-big"),
        ("MAX_SHEETS", 1, "too-big"),
        ("MAX_CELL_TEXT", 3, "long-text"),
        ("MAX_ANSWER", 100, "xls-damaged"),
    ],
)
def test_limits_hold(
    form: Saved, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, kind: str
) -> None:
    monkeypatch.setattr(legacy, limit, most)
    refused = refusal(form.old)
    assert refused.kind == kind
    if kind == "long-text":
        assert f"{read_book(form.new).sheets[0].title} A1" in refused.message


# ------------------------------------------------------------------ spoiled files


@pytest.mark.office
def test_password_is_told(form: Saved) -> None:
    # FILEPASS in place of the record after the first BOF, as an encrypted workbook has it.
    begin = form.old.index(struct.pack("<4H", 0x0809, 16, 0x0600, 0x0005)) + 20
    locked = form.old[:begin] + struct.pack("<H", 0x002F) + form.old[begin + 2 :]
    assert refusal(locked).kind == "xls-password"


@pytest.mark.office
@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_cut_file_is_refused_or_whole(form: Saved, part: float) -> None:
    whole = kept(read_legacy(form.old))
    assert outcome(form.old[: int(len(form.old) * part)]) in ("xls-damaged", whole)


@pytest.mark.office
@settings(max_examples=8, deadline=None)
@given(at=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255))
def test_spoiled_byte_never_ends_the_run(form: Saved, at: float, bits: int) -> None:
    spoiled = bytearray(form.old)
    spoiled[int(len(spoiled) * at)] ^= bits
    assert outcome(bytes(spoiled))


@settings(max_examples=6, deadline=None)
@given(rest=st.binary(max_size=4096))
def test_random_bytes_with_the_sign_are_refused(rest: bytes) -> None:
    assert refusal(OLE + rest).kind == "xls-damaged"


def test_large_file_is_refused_unread() -> None:
    assert refusal(OLE + bytes(20 * 1024 * 1024)).kind == "size"


# ------------------------------------------------------------------ every way of dying


DEATHS = {
    "never ends": ("while True: pass", "xls-timeout"),
    "hears and says nothing": ("import signal; signal.pause()", "xls-timeout"),
    "leaves its output open": (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'while True: pass'])",
        "xls-timeout",
    ),
    "closes its output and goes on": ("import os\nos.close(1)\nwhile True: pass", "xls-timeout"),
    "aborts": ("import os; os.abort()", "xls-damaged"),
    "ends badly": ("print('{}'); raise SystemExit(3)", "xls-damaged"),
    "says nothing": ("pass", "xls-damaged"),
    "breaks off": ("print('{')", "xls-damaged"),
    "no text": ("import sys; sys.stdout.buffer.write(b'\\xff')", "xls-damaged"),
    "a list": ("print('[]')", "xls-damaged"),
    "other keys": ("print('{\"texts\": 1}')", "xls-damaged"),
    "too deep": ("print('[' * 200000)", "xls-damaged"),
    "talks for ever": ("while True: print('x' * 65536)", "xls-damaged"),
}


@pytest.mark.parametrize(("program", "kind"), DEATHS.values(), ids=DEATHS)
def test_every_death_of_the_child_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, program: str, kind: str
) -> None:
    monkeypatch.setattr(legacy, "_command", lambda: [sys.executable, "-c", program])
    seconds = 0.5 if kind == "xls-timeout" else 20.0
    assert refusal(OLE + bytes(1 << 20), seconds=seconds).kind == kind


@posix
def test_whole_group_of_the_child_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    program = f"""
import os, subprocess, sys
held = open({str(pipe)!r}, "w")
os.set_inheritable(held.fileno(), True)
held.write("alive")
held.flush()
subprocess.Popen([sys.executable, "-c", "while True: pass"], close_fds=False)
"""
    monkeypatch.setattr(legacy, "_command", lambda: [sys.executable, "-c", program])
    ours = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert refusal(OLE, seconds=1.0).kind == "xls-timeout"
        assert os.read(ours, 100) == b"alive"
        # The pipe ends once nobody holds it.
        assert select.select([ours], [], [], 20.0)[0]
        assert os.read(ours, 100) == b""
    finally:
        os.close(ours)


@posix
def test_memory_of_the_child_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    eat = "from sheetflow.excel import legacy_child as c; c.read = lambda *_: 'x' * (2 << 30)"
    monkeypatch.setattr(legacy, "_command", lambda: [sys.executable, "-c", f"{eat}; c.main()"])
    assert refusal(OLE).kind == "xls-memory"


@posix
def test_processor_time_of_the_child_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    burn = "from sheetflow.excel.legacy_child import restrict\nrestrict(1)\nwhile True: pass"
    monkeypatch.setattr(legacy, "_command", lambda: [sys.executable, "-c", burn])
    assert refusal(OLE, seconds=60.0).kind == "xls-timeout"


def test_child_that_cannot_start_says_nothing_of_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(legacy, "_command", lambda: [str(tmp_path / "nothing")])
    assert refusal(OLE).kind == "xls-process"


def test_frozen_program_refuses_old_workbooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert refusal(OLE).kind == "xls"


def test_modules_lying_in_the_folder_are_not_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("xlrd.py", "json.py", "sheetflow.py"):
        (tmp_path / name).write_text("open('ran', 'w').close()")
    monkeypatch.chdir(tmp_path)
    assert refusal(OLE).kind == "xls-damaged"
    assert not (tmp_path / "ran").exists()


def test_parser_is_loaded_in_the_child_only() -> None:
    program = "import sys, sheetflow.excel.legacy; sys.exit('xlrd' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
