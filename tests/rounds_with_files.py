"""Rounds with files in them, for modules that say what ``handed_out`` and ``files`` are."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from rounds import drop

from sheetflow.flows.collect import collect
from sheetflow.round import Round


def _waiting(handed_out: Path, files: Mapping[str, bytes], home: Path) -> Path:
    folder = shutil.copytree(handed_out, home / "考核")
    for name, data in files.items():
        drop(folder, name, data)
    return folder


@pytest.fixture
def folder(handed_out: Path, files: Mapping[str, bytes], tmp_path: Path) -> Path:
    """A round in which the files wait to be collected."""
    return _waiting(handed_out, files, tmp_path)


@pytest.fixture(scope="module")
def collected_once(
    handed_out: Path, files: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The round with these files after one collect; tests take ``after_one``."""
    folder = _waiting(handed_out, files, tmp_path_factory.mktemp("汇总过"))
    collect(Round(folder))
    return folder


@pytest.fixture
def after_one(collected_once: Path, tmp_path: Path) -> Path:
    """A round whose files have been collected once."""
    return shutil.copytree(collected_once, tmp_path / "考核")
