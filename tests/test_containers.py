"""What came in a zip, or from an old program, counts like any other return."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from office import Office
from rounds import UNREVIEWED, blank, by_file, by_id, drop, fill, forms, full, make, person

from sheetflow import round as rounds
from sheetflow.flows.collect import collect

GOOD = full()


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("原样") / "考核", UNREVIEWED, map(person, ("001", "002")))
    forms(folder)
    return folder


@pytest.fixture
def folder(handed_out: Path, tmp_path: Path) -> Path:
    return shutil.copytree(handed_out, tmp_path / "考核")


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_forms_in_a_zip_and_in_a_zip_inside_count_under_their_path(folder: Path) -> None:
    first, second = (fill(blank(folder, member), GOOD) for member in ("001", "002"))
    inner = zipped({"表/乙.xlsx": second, "~$乙.xlsx": b"x"})
    drop(
        folder,
        "聊天记录.zip",
        zipped({"甲.xlsx": first, "里面.zip": inner, "照片.png": b"\x89PNG\r\n"}),
    )
    document = collect(rounds.find(folder)).document
    status = {name: file["status"] for name, file in by_file(document).items()}
    assert status == {
        "收回/聊天记录.zip!/甲.xlsx": "accepted",
        "收回/聊天记录.zip!/里面.zip!/表/乙.xlsx": "accepted",
        "收回/聊天记录.zip!/里面.zip!/~$乙.xlsx": "ignored",
        "收回/聊天记录.zip!/照片.png": "refused",
    }
    assert {m["status"] for m in by_id(document).values()} == {"graded"}
    again = collect(rounds.find(folder))
    assert (again.changed, again.new) == (False, 0)


def test_a_form_in_a_zip_and_beside_it_is_a_duplicate(folder: Path) -> None:
    form = fill(blank(folder, "001"), GOOD)
    drop(folder, "甲.xlsx", form)
    drop(folder, "打包.zip", zipped({"甲.xlsx": form}))
    files = by_file(collect(rounds.find(folder)).document)
    assert sorted(file["status"] for file in files.values()) == ["accepted", "duplicate"]


def test_what_cannot_be_unpacked_is_told_and_the_rest_counts(folder: Path) -> None:
    form = fill(blank(folder, "001"), GOOD)
    packed = bytearray(zipped({"甲.xlsx": form, "坏.xlsx": b"0123456789" * 50}))
    at = packed.rfind("坏.xlsx".encode()) - 46 + 16
    packed[at] ^= 0xFF  # the checksum the directory promises
    drop(folder, "打包.zip", bytes(packed))
    document = collect(rounds.find(folder)).document
    files = by_file(document)
    assert files["收回/打包.zip!/甲.xlsx"]["status"] == "accepted"
    (bad,) = (f for name, f in files.items() if "坏" in name)
    assert bad["status"] == "refused"
    assert bad["findings"][0]["fix"]
    assert by_file(collect(rounds.find(folder)).document).keys() == files.keys()


@pytest.mark.office
def test_a_form_saved_as_an_old_xls_counts_the_same(
    office: Office, folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "甲.xlsx"
    source.write_bytes(fill(blank(folder, "001"), GOOD))
    old = office.convert(source, ".xls")
    drop(folder, "甲.xls", old.read_bytes())
    drop(folder, "换了名字.xlsx", old.read_bytes())
    drop(folder, "乙.xlsx", fill(blank(folder, "002"), GOOD))
    document = collect(rounds.find(folder)).document
    files = by_file(document)
    assert files["收回/甲.xls"]["status"] in {"accepted", "duplicate"}
    members = by_id(document)
    assert members["001"]["total"] == members["002"]["total"] is not None


def test_links_and_pipes_are_told_and_never_opened(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "外面.xlsx"
    outside.write_bytes(fill(blank(folder, "001"), GOOD))
    (folder / "收回" / "链接.xlsx").symlink_to(outside)
    os.mkfifo(folder / "收回" / "管道.xlsx")
    drop(folder, "乙.xlsx", fill(blank(folder, "002"), GOOD))
    document = collect(rounds.find(folder)).document
    status = {name: file["status"] for name, file in by_file(document).items()}
    assert status == {
        "收回/乙.xlsx": "accepted",
        "收回/管道.xlsx": "refused",
        "收回/链接.xlsx": "refused",
    }
    assert by_id(document)["001"]["status"] == "missing"
    assert not collect(rounds.find(folder)).changed
