from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import sheetflow
from sheetflow.errors import OutputError, SheetflowError
from sheetflow.platform import list_files, remove_stale, safe_name, write_whole

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

#: Real processes that share nothing with this one.
SPAWN = multiprocessing.get_context("spawn")
OLD = b"old" * 100
NEW = b"new" * 10_000


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(OLD)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# -------------------------------------------------------------------- writing


def test_a_file_is_written_with_its_folders_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "退回修改" / "第1次" / "007.xlsx"
    assert write_whole(path, NEW) is True
    assert path.read_bytes() == NEW
    assert names(path.parent) == ["007.xlsx"]
    assert write_whole(path, OLD) is True
    assert path.read_bytes() == OLD


def test_a_file_that_holds_the_same_already_is_not_touched(target: Path) -> None:
    before = target.stat()
    assert write_whole(target, OLD) is False
    after = target.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_written_file_is_as_open_to_others_as_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_whole(tmp_path / "written", b"x")
    assert (tmp_path / "written").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "磁盘满了"),
        (errno.EFBIG, "磁盘满了"),
        (errno.EROFS, "磁盘只读"),
        (errno.EACCES, "Excel 或 WPS"),
        (errno.EPERM, "Excel 或 WPS"),
        (errno.ENAMETOOLONG, "路径太长"),
        (errno.EIO, "系统不让读写"),
    ],
)
def test_a_failed_write_names_the_file_and_leaves_the_old_one(
    target: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match=words) as caught:
        write_whole(target, NEW)
    assert (caught.value.status, target.name in caught.value.message) == (4, True)
    assert caught.value.fix
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]


def test_an_interrupted_write_leaves_the_old_file_alone(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(target, NEW)
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]


def test_a_name_that_cannot_be_replaced_is_said(tmp_path: Path) -> None:
    taken = tmp_path / "汇总.xlsx"
    (taken / "inside").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"汇总\.xlsx"):
        write_whole(taken, NEW)
    assert names(tmp_path) == ["汇总.xlsx"]


def test_a_file_where_a_folder_should_be_is_said(target: Path) -> None:
    with pytest.raises(OutputError, match="占了位置"):
        write_whole(target / "007.xlsx", NEW)
    assert target.read_bytes() == OLD


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_is_said(target: Path) -> None:
    target.parent.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="只读"):
            write_whole(target, NEW)
    finally:
        target.parent.chmod(0o700)
    assert target.read_bytes() == OLD


def write_on_full_disk(pipe: Connection, path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        write_whole(path, NEW)
    except OutputError as error:
        pipe.send((error.status, error.message, error.fix))


def write_until_synchronised(pipe: Connection, path: Path) -> None:
    def stop(_handle: int) -> None:
        pipe.send("here")
        pipe.recv()

    pytest.MonkeyPatch().setattr(os, "fsync", stop)
    write_whole(path, NEW)


def test_a_full_disk_leaves_the_old_file_and_no_half_one(target: Path) -> None:
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=write_on_full_disk, args=(there, target))
    process.start()
    there.close()
    status, message, fix = here.recv()
    process.join()
    assert (status, message) == (4, "写不进 汇总.xlsx：磁盘满了。")
    assert fix
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]


def test_killed_while_writing_the_old_file_stands_and_the_rest_can_be_swept(target: Path) -> None:
    others = ["~$sheetflow-notes.tmp", "~$sheetflow-0123abcd.xlsx", "~$汇总.xlsx"]
    for name in others:
        (target.parent / name).touch()
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=write_until_synchronised, args=(there, target))
    process.start()
    there.close()
    assert here.recv() == "here"
    process.kill()
    process.join()
    assert target.read_bytes() == OLD
    (left,) = set(names(target.parent)) - {target.name, *others}
    assert left.startswith("~$")
    remove_stale(target.parent)
    assert names(target.parent) == sorted([target.name, *others])


def test_sweeping_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    remove_stale(tmp_path / "公文")
    assert list(tmp_path.iterdir()) == []


# -------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("007-张三-2015年度考核表", "007-张三-2015年度考核表"),
        ('a<b>c:d"e/f\\g|h?i*j', "a_b_c_d_e_f_g_h_i_j"),
        ("张　三\n", "张 三"),
        ("张\u200b三\u202exslx\ufeff", "张三xslx"),
        ("e\u0301", "\u00e9"),
        ("e\u200d\u0301", "\u00e9"),
        ("name. . .", "name"),
        ("~$.hidden", "$.hidden"),
        ("../../etc", "_.._etc"),
        ("con", "_con"),
        ("CON .x", "_CON .x"),
        ("com¹.tar", "_com¹.tar"),
        ("C\u200bON", "_CON"),
        ("COM10", "COM10"),
        ("a\x00\x1bb", "a__b"),
        ("\udcff", "_"),
        ("\U000e0100𠮷", "\U000e0100𠮷"),
        ("长" * 90, "长" * 80),
        ("𠮷" * 90, "𠮷" * 60),
        ("", "未命名"),
        (" . \u200b", "未命名"),
    ],
)
def test_a_name_is_made_safe(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text(st.characters(exclude_categories=()), max_size=120))
@example("CON." + "x" * 90)
@example("x" * 79 + " .")
@example("~" * 100 + "a")
@settings(max_examples=300, deadline=None)
def test_a_safe_name_is_safe_whatever_the_text(text: str) -> None:
    name = safe_name(text)
    assert 1 <= len(name) <= 80
    assert len(f"{name}.xlsx".encode()) <= 255
    assert not set(name) & set('<>:"/\\|?*')
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in name)
    assert name == name.strip() == name.rstrip(".")
    assert not name.startswith((".", "~"))
    assert name.split(".")[0].rstrip().upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}
    assert unicodedata.is_normalized("NFC", name)
    assert safe_name(name) == name


# -------------------------------------------------------------------- output and folders


def test_any_text_can_be_printed_in_any_locale() -> None:
    code = (
        "import sys; from sheetflow.platform import utf8_output; utf8_output();"
        "print('张三\\udcff'); print('李四\\udcff', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=Path(sheetflow.__file__).parents[1],
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    )
    assert done.stdout.decode().split() == ["张三\\udcff"]
    assert done.stderr.decode().split() == ["李四\\udcff"]


def test_a_folder_is_listed_in_order_with_sub_folders_and_real_files_only(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.xlsx").touch()
    folder = tmp_path / "收回"
    (folder / "b" / "深").mkdir(parents=True)
    for name in ["c.xlsx", "b/深/2.xlsx", "b/1.xlsx", "a.xlsx", "e\u0301.xlsx", "~$a.xlsx"]:
        (folder / name).write_text("12345")
    with open(os.fsencode(folder) + b"/z\xff.xlsx", "wb"):  # noqa: PTH123 - the name is no text
        pass
    (folder / "link.xlsx").symlink_to(outside / "secret.xlsx")
    (folder / "link").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.xlsx")
    listed = list(list_files(folder))
    assert [file for file, _, _ in listed] == [
        "a.xlsx",
        "b/1.xlsx",
        "b/深/2.xlsx",
        "c.xlsx",
        "z\\xff.xlsx",
        "~$a.xlsx",
        "\u00e9.xlsx",
    ]
    assert all(path.stat().st_ino == state.st_ino for _, path, state in listed)
    assert listed[0][2].st_size == 5


def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(SheetflowError, match=r"找不到文件夹.*收回"):
        list(list_files(tmp_path / "收回"))
    (tmp_path / "收回").touch()
    with pytest.raises(SheetflowError, match="收回 是一个文件"):
        list(list_files(tmp_path / "收回"))
