"""Whatever comes, a run stays below 300 MB, and one bad file costs a few seconds of work.

Each file goes through a whole ``collect`` in a process of its own, beside a sound form that must
still count. ``benchmarks/bounds.py`` does the same with many more files, and tells the time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import hostile
import pytest
from hostile import FACE, Build, book, grid, inline, long, many, more_rows, noisy, sst
from packing import made, refusal, row, sheet_xml
from rounds import UNREVIEWED, Ran, blank, by_file, drop, fill, forms, full, make, person

from sheetflow.errors import UnreadableError
from sheetflow.excel.bundle import MAX_LISTED, members

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures as Linux tells it")

#: Bytes of the program and of a child it may have, together.
MEMORY = 300_000_000
#: Runs the program, then tells its own peak and that of its largest child, in kB. Its own is not
#: asked of getrusage, which counts what the process was before it became this program.
_MEASURED = """
import re, resource, sys
from pathlib import Path
from sheetflow.cli import main
try:
    main()
finally:
    own = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]
    print(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("原样") / "考核", UNREVIEWED, map(person, ("001", "002")))
    forms(folder)
    drop(folder, "甲.xlsx", fill(blank(folder, "001"), full()))
    return folder


@pytest.fixture(scope="module")
def second(handed_out: Path) -> bytes:
    return fill(blank(handed_out, "002"), full())


@pytest.fixture
def folder(handed_out: Path, tmp_path: Path) -> Path:
    return shutil.copytree(handed_out, tmp_path / "考核")


def measured(folder: Path) -> tuple[Ran, int]:
    """Collect in a fresh process; its peak and its children's together, in bytes."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, "-C", folder, "collect", "--json"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )
    *said, peaks = done.stderr.splitlines()
    assert not said, said
    return Ran(done.returncode, done.stdout, ""), sum(map(int, peaks.split())) * 1024


def _names(_form: bytes) -> bytes:
    return hostile.zipped(hostile.sheets([sheet_xml(hostile.counted("<x{}/>", 100_000))]))


WORST: dict[str, tuple[str, Build]] = {
    "every limit at once": (
        "F202",
        lambda _form: hostile.zipped(
            hostile.sheets(
                [sheet_xml(grid("<c><v>{}.123456789012</v></c>", 500, 150))],
                sst(hostile.counted(f"<si><t>{FACE}{{}}文字文字</t></si>", 100_000)),
            )
        ),
    ),
    "names without end": ("F201", _names),
    "a string of many runs": (
        "F201",
        book([sheet_xml("")], sst(f"<si>{many('<r><t>字文</t></r>', 8 << 20)}</si>")),
    ),
    "wide styles": ("F202", lambda form: hostile.styles(FACE + "y" * 550, form)),
    "a full old workbook": ("F202", lambda form: hostile.old_numbers(100_000, form)),
    "an old workbook of texts": ("F201", lambda form: hostile.old_texts(1_000_000, 7, form)),
    "a label again and again": (
        "F201",
        lambda form: more_rows(inline("表单码"), 1000, 20, form),
    ),
}


@pytest.mark.parametrize("name", WORST)
def test_a_hostile_file_costs_little_memory_and_hurts_nobody_else(
    name: str, folder: Path, second: bytes
) -> None:
    code, build = WORST[name]
    drop(folder, "坏.xlsx", build(second))
    ran, peak = measured(folder)
    files = by_file(ran.document)
    assert files["收回/甲.xlsx"]["status"] == "accepted"
    bad = files["收回/坏.xlsx"]
    assert (bad["status"], bad["findings"][0]["code"]) == ("refused", code)
    assert bad["findings"][0]["fix"]
    assert peak < MEMORY


def test_more_typed_text_than_a_form_has_room_for_is_refused(folder: Path) -> None:
    notes = {code: {"佐证说明": "字" * 3000} for code in full()}
    drop(folder, "坏.xlsx", fill(blank(folder, "002"), notes))
    ran, _peak = measured(folder)
    (finding,) = by_file(ran.document)["收回/坏.xlsx"]["findings"]
    assert "5 万字" in finding["message"]


# ------------------------------------------------------------------ work is counted, not timed


MUCH = 12 << 20
ATTRIBUTES = hostile.counted("<c a{}=''/>", 9_000)
ARRAY = '<c r="A1"><f t="array" ref="A1:GR999">1</f><v>1</v></c>'
FORMATS = f'<numFmt formatCode="{long(500_000)}"/>' * 5
ERRORS = "".join(f'<c t="e"><v>{n}{long(32_000)}</v></c>' for n in range(158))
REFUSED: list[tuple[str, Build]] = [
    ("too-big", book([sheet_xml(many('<row r="1"/>', 28 << 20))])),
    ("too-big", book([sheet_xml("").replace("</w", many("<x/>", MUCH) + "</w")])),
    ("too-big", lambda _form: made("", core=f"<p>{many('<x/>', MUCH)}</p>")),
    ("too-big", _names),
    ("too-big", book([sheet_xml(row(ATTRIBUTES))])),
    ("too-big", lambda _form: made("", styles=f"<styleSheet>{FORMATS}</styleSheet>")),
    ("too-big", book([sheet_xml(row(ARRAY))] * 2)),
    ("too-big", book([sheet_xml(row(noisy(ERRORS)))])),
    ("long-text", book([sheet_xml(row(f"<c><v>{long(900_000)}</v></c>"))])),
    ("long-text", book([sheet_xml("")], sst(f"<si>{many('<r><t/></r>', 6 << 20)}</si>"))),
    ("long-text", book([sheet_xml(row(f"<c><is>{many('<t>字</t>', 4 << 20)}</is></c>"))])),
]


@pytest.mark.parametrize(("kind", "build"), REFUSED)
def test_more_work_or_text_than_any_workbook_needs_is_refused(kind: str, build: Build) -> None:
    assert refusal(build(b"")).kind == kind


def test_folders_of_a_zip_are_counted_too() -> None:
    assert list(members(hostile.folders(MAX_LISTED))) == []
    with pytest.raises(UnreadableError) as refused:
        list(members(hostile.folders(MAX_LISTED + 1)))
    assert refused.value.kind == "bundle-many"
