"""What one bad file costs a whole `collect`: memory of the program and its children, time.

    python benchmarks/bounds.py [WORD]…

Puts each hostile file whose name holds a WORD (all without one) into a copy of a small round,
collects in a fresh process, and prints a row a file. Needs Linux; some rows need LibreOffice.
MB are millions of bytes; "at once" is the most that the program and its child held together.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import hostile
import hostile_files
from rounds import UNREVIEWED, Answers, blank, drop, fill, forms, full, make, person

Files = Mapping[str, bytes | hostile.Build]
#: Seconds after which a run is ended.
_LIMIT = 600.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: what it printed, its status, seconds, and bytes held."""

    said: bytes
    status: int
    wall: float
    cpu: float
    own: int
    child: int
    both: int


def converted(form: bytes, home: Path) -> bytes:
    """Return the form as LibreOffice saves it in the old format."""
    (home / "form.xlsx").write_bytes(form)
    profile = f"-env:UserInstallation={(home / 'office').as_uri()}"
    office = shutil.which("soffice") or "soffice"
    words = [office, profile, "--headless", "--convert-to", "xls", "--outdir", str(home)]
    subprocess.run([*words, str(home / "form.xlsx")], check=True, capture_output=True)
    return (home / "form.xls").read_bytes()


def files_of(ready: Path, home: Path, words: list[str]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """All rounds' hostile files by name, those whose name holds a word."""
    form = fill(blank(ready, "004"), full())
    note = f"MARK{hostile.FACE}" + "字" * 700
    notes: Answers = {
        code: {"自评分": typed, "佐证说明": note}
        for code, typed in full().items()
        if not isinstance(typed, Mapping)
    }
    rows: list[tuple[str, Files]] = [
        (name, {"坏.zip": build}) for name, build in hostile_files.singles()
    ]
    if shutil.which("soffice"):
        rows += hostile_files.mutations(converted(form, home))
    rows.append(
        ("a round of 1,000 arrivals", hostile_files.crowd(form, fill(blank(ready, "004"), notes)))
    )
    for name, files in rows:
        if not words or any(word in name for word in words):
            yield name, {n: d if isinstance(d, bytes) else d(form) for n, d in files.items()}


def tree(root: int) -> dict[int, tuple[int, int]]:
    """Resident and highest resident bytes of a process and its children."""
    found: dict[int, tuple[int, int]] = {}
    todo = [root]
    while todo:
        pid = todo.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            todo += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        except OSError:
            continue
        lines = dict(line.split(":", 1) for line in status.splitlines())
        # A child that has not yet become another program shows its parent's memory.
        if "VmRSS" in lines and (pid == root or b"legacy_child" in words):
            resident, highest = (int(lines[name].split()[0]) for name in ("VmRSS", "VmHWM"))
            found[pid] = (resident * 1024, highest * 1024)
    return found


def measured(folder: Path) -> Measured:
    """Collect in a fresh process, looking at it every few milliseconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    own = inner = both = 0
    with tempfile.TemporaryFile() as out:
        words = [sys.executable, "-m", "sheetflow", "-C", str(folder), "collect", "--json"]
        child = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT, cwd="/")
        while child.poll() is None:
            now = tree(child.pid)
            own = max(own, now.get(child.pid, (0, 0))[1])
            inner = max([inner, *(high for pid, (_now, high) in now.items() if pid != child.pid)])
            both = max(both, own, sum(resident for resident, _high in now.values()))
            if time.monotonic() - began > _LIMIT:
                child.kill()
            time.sleep(0.003)
        out.seek(0)
        said = out.read()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(said, child.returncode, time.monotonic() - began, cpu, own, inner, both)


def verdict(run: Measured, names: Mapping[str, object]) -> str:
    """What became of the hostile files, in few words."""
    try:
        files = json.loads(run.said)["files"]
    except (ValueError, KeyError):
        return f"**status {run.status}**: {run.said[-160:].decode(errors='replace')!r}"
    told: Counter[str] = Counter()
    for each in files:
        if any(each["file"].startswith(f"收回/{name}") for name in names):
            first = next(iter(each["findings"]), {"code": "", "message": ""})
            reason = first["message"].partition("读不了：")[2].partition("。")[0] or first["code"]
            told[f"{each['status']} {reason}".strip()] += 1
    return "; ".join(f"{n} × {what}" if n > 1 else what for what, n in told.most_common(3))


def main(words: list[str]) -> None:
    """Print the table."""
    home = Path(tempfile.mkdtemp(prefix="bounds-"))
    try:
        ready = make(home / "round", UNREVIEWED, [person(f"{n:03}") for n in range(1, 6)])
        forms(ready)
        for n in range(1, 4):
            drop(ready, f"好{n}.xlsx", fill(blank(ready, f"{n:03}"), full()))
        print("| file | verdict | wall s | CPU s | program MB | child MB | at once MB |")
        print("|---|---|--:|--:|--:|--:|--:|")
        for name, files in files_of(ready, home, words):
            one = shutil.copytree(ready, home / "one")
            for file, data in files.items():
                drop(one, file, data)
            run = measured(one)
            shutil.rmtree(one)
            sizes = " | ".join(f"{size / 1e6:.0f}" for size in (run.own, run.child, run.both))
            cells = f"{verdict(run, files)} | {run.wall:.1f} | {run.cpu:.1f} | {sizes}"
            print(f"| {name} | {cells} |", flush=True)
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    main(sys.argv[1:])
