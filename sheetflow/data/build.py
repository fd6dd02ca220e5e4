# ruff: noqa: INP001 - a script beside its data is no module of the package
"""Make characters.txt from the packages README.md names. Not imported by the program.

    python build.py FOLDER

FOLDER holds the packages as their registries hand them out, unpacked, each below its own name:
cn-sort, pypinyin, cnchar-order and unicode-data.
"""

from __future__ import annotations

import bz2
import json
import re
import sys
import unicodedata
from bisect import bisect_left, bisect_right
from itertools import accumulate
from pathlib import Path

TARGET = Path(__file__).with_name("characters.txt")
HEAD = """\
# Characters in the order of GF 3003-1999; source, licences and corrections: README.md
# character, strokes, order of strokes (1 heng, 2 shu, 3 pie, 4 dian, 5 zhe) where known, pinyin
"""
FIRST, LAST = "\u4e00", "\u9fff"
#: Strokes of one letter of cnchar-order; all other letters are 5.
LETTERS = {"j": "1", "i": "1", "f": "2", "g": "2", "s": "3", "k": "4", "l": "4", "d": "4"}
#: Stand in the wrong place in cn-sort, which leaves strokes of them out.
MOVED = {"达": "134454", "虽": "251251214", "钚": "311151324"}
#: Their order of strokes in cnchar-order is not the one the order of characters follows.
DOUBTED = frozenset("芈炽弢媾皙辔锺德撅膝鲺黏")
TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}


def ordered(folder: Path) -> list[str]:
    """Characters in the order of strokes, as cn-sort ranks them."""
    path = next(folder.glob("**/res/all_word.json"))
    entries = json.loads(path.read_text(encoding="utf-8"))["all_word"]
    ranks = {e["chinese"]: e["stroke_increment_level"] for e in entries}
    return sorted((c for c in ranks if FIRST <= c <= LAST), key=lambda c: int(ranks[c]))


def codes(folder: Path) -> dict[str, str]:
    """Orders of strokes in digits, as far as cnchar-order knows them."""
    script = next(folder.glob("**/cnchar.order.min.js")).read_text(encoding="utf-8")
    data = json.loads(re.findall(r"JSON\.parse\('(\{\"一\".*?\})'\)", script)[0])
    found = {c: "".join(LETTERS.get(letter, "5") for letter in word) for c, word in data.items()}
    return {c: code for c, code in found.items() if c not in DOUBTED} | MOVED


def counts(folder: Path) -> dict[str, int]:
    """Counts of strokes, the first of each character's kTotalStrokes."""
    path = next(folder.glob("**/Unihan_IRGSources.txt.bz2"))
    found = {}
    with bz2.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            code, _tab, rest = line.partition("\tkTotalStrokes\t")
            if rest:
                found[chr(int(code.removeprefix("U+"), 16))] = int(rest.split()[0])
    return found


def readings(folder: Path) -> dict[str, str]:
    """The most usual reading of each character, its tone behind it, the neutral one as 5."""
    path = next(folder.glob("**/pinyin_dict.json"))
    words = json.loads(path.read_text(encoding="utf-8"))
    return {chr(int(code)): toned(text.split(",")[0]) for code, text in words.items()}


def toned(reading: str) -> str:
    """``zhāng`` → ``zhang1``."""
    marks = unicodedata.normalize("NFD", reading)
    tone = next((TONES[mark] for mark in marks if mark in TONES), "5")
    return unicodedata.normalize("NFC", "".join(m for m in marks if m not in TONES)) + tone


def levels(order: list[str], counted: dict[str, int]) -> list[int]:
    """Strokes of each character so that they never fall: each step stands where it fits best."""
    steps = []
    for most in range(1, max(counted[c] for c in order)):
        early = accumulate((counted[c] > most for c in order), initial=0)
        late = list(accumulate((counted[c] <= most for c in reversed(order)), initial=0))
        misfits = [a + b for a, b in zip(early, reversed(late), strict=True)]
        steps.append(misfits.index(min(misfits)))
    return [bisect_right(sorted(steps), at) + 1 for at in range(len(order))]


def moved(order: list[str], known: dict[str, str]) -> list[str]:
    """The order with the characters of ``MOVED`` put where their strokes belong."""
    for character, code in MOVED.items():
        order = [c for c in order if c != character]
        marks = [(at, len(known[c]), known[c]) for at, c in enumerate(order) if c in known]
        keys = [(length, strokes) for _at, length, strokes in marks]
        before = bisect_left(keys, (len(code), code)) - 1
        order.insert(marks[before][0] + 1, character)
    return order


def lines(folder: Path) -> list[str]:
    """One line a character."""
    known, counted, read = codes(folder), counts(folder), readings(folder)
    order = moved(ordered(folder), known)
    return [
        f"{c}\t{strokes}\t{known.get(c, '')}\t{read.get(c, '')}\n"
        for c, strokes in zip(order, levels(order, counted), strict=True)
    ]


if __name__ == "__main__":
    TARGET.write_text(HEAD + "".join(lines(Path(sys.argv[1]))), encoding="utf-8", newline="\n")
