"""What is installed is whole: it works in an empty folder, away from the repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from rounds import run_apart

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    (path,) = target.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_holds_systems_samples_and_the_program_only(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for kind in ("templates", "samples"):
        for path in (ROOT / kind).glob("*/**/*"):
            if path.is_file() and path.suffix in {".toml", ".docx", ".csv"}:
                assert f"sheetflow/{path.relative_to(ROOT).as_posix()}" in names
    assert {"sheetflow/py.typed", "sheetflow/templates/agreement/scheme.toml"} <= names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"sheetflow"}
    assert not [name for name in names if "__pycache__" in name]


def test_systems_are_found_inside_the_installed_package(installed: Path, tmp_path: Path) -> None:
    code = "import sheetflow.systems as s; print(s.__file__, s.folder('templates'))"
    found = run_apart(python=("-c", code), at=tmp_path, PYTHONPATH=str(installed))
    assert all(word.startswith(str(installed)) for word in found.out.split())
    ran = run_apart("systems", at=tmp_path, PYTHONPATH=str(installed))
    assert ran.status == 0
    assert "agreement" in ran.out


def test_the_demo_runs_from_the_wheel_and_names_files_that_are_there(
    installed: Path, tmp_path: Path
) -> None:
    ran = run_apart("demo", at=tmp_path, PYTHONPATH=str(installed))
    assert ran.status == 0, ran
    lines = ran.out.splitlines()
    assert lines[-1].startswith("下一步：")
    named = [line.strip() for line in lines[lines.index("请打开看看：") + 1 : -1]]
    assert {Path(name).suffix for name in named} == {".xlsx", ".docx"}
    assert all((tmp_path / name).is_file() for name in named)
    assert {path.name for path in tmp_path.iterdir()} == {"sheetflow-demo"}
