"""A round in which every text a person can fill is hostile, and the same round with harmless ones.

Texts are planted below the workbook libraries, which would clean or refuse them: a marker is
typed, and in the finished file it is replaced as the format spells such a text.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
from packing import rewritten
from rounds import (
    SAVED,
    UNREVIEWED,
    Answers,
    Ran,
    blank,
    decide,
    desk_places,
    drop,
    full,
    make,
    person,
    run,
    type_in,
)
from rounds import packed as saved_book

from sheetflow import round as rounds
from sheetflow.model import Place, Scheme, Tab
from sheetflow.text import clean

ESC = "\x1b"
#: By name, so that a failing test tells which one.
TEXTS: Mapping[str, str] = {
    "link formula": '=HYPERLINK("http://x.example","y")',
    "command": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(1)",
    "array": "{=1}",
    "tag": "{{ 7*7 }}",
    "tag beside": "{_{7*7}_}",
    "statement": "{% for x in y %}",
    "comment": "{# x #}",
    "word": "<w:p/>",
    "word run": "</w:t></w:r><w:r><w:br/><w:t>",
    "rich": "<r><t>x</t></r>",
    "rich and escaped": "<r>_x0041_</r>",
    "entity": '&lt;&#65;&D&P&"x"&99',
    "red": f"{ESC}[31m红{ESC}]8;;http://x.example{ESC}\\",
    "one byte": "\x9b31m红",
    "escaped": "_x0041_",
    "escaped quote": "_x0022_&HYPERLINK(1)&_x0022_",
    "surrogate": "半\ud83d个",
    "override": "王\u202e静\u2066子\u2069",
    "zero width": "\u200b李\u200d明\ufeff",
    "tags": "赵\U000e0041\u3164云",
    "nothing": "孙\x00\x07权\ufffe\uffff",
    "lines": "周\r\n瑜\u2028一\t二",
    # Longer, and a form full of it is refused as too much to keep.
    "long": "长" * 2_000,
    "apart": "e\u0301tienne",
    "rare": "𠮷㛃",
    "web": "http://x.example/" + "y" * 3000,
    "file": "file:///etc/passwd",
    "mail": "mailto:x@x.example",
    "inside": "internal:'目标管理'!A1",
    "outside": "external:C:\\x.xlsx",
    "console": "[red]红[/red]",
    "path": "../../x",
    "drive": "C:\\x",
    "device": "CON",
    "stop": "名. ",
    "marks": 'a<b>c:d"e/f\\g|h?i*j',
    "form": "张\n李，您的表有9处需改",
    "gap": "【待填：x】",
    "format": "{name}{0}%s",
}
_MARKER = re.compile("QZ([0-9]{2})ZQ")
#: Typed forms: all points and notes, faults in every column, two rivals, a veto.
GOOD, FAULTY, RIVALS, VETOED = "001", ("005", "006"), "008", "009"
TYPED = (GOOD, *FAULTY, RIVALS, VETOED)


def markers() -> dict[str, str]:
    """A marker for each text, by the text's name."""
    return {name: f"QZ{at:02d}ZQ" for at, name in enumerate(TEXTS)}


def member(name: str) -> str:
    """Number of the member that has this text for a name."""
    return f"{list(TEXTS).index(name) + 1:03d}"


@dataclass(frozen=True, slots=True)
class World:
    """A finished round: its folder, what was typed there, what every run said."""

    folder: Path
    texts: Mapping[str, str]
    ran: Mapping[str, Ran]


def harmless() -> dict[str, str]:
    """Texts in the place of the hostile ones."""
    return {name: f"词{at:02d}" for at, name in enumerate(TEXTS)}


# ------------------------------------------------------------------ planting


def spelled(text: str) -> str:
    """A text as a workbook's XML spells it."""
    kept = re.sub("(_x[0-9A-Fa-f]{4}_)", r"_x005F\1", text)
    kept = re.sub(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]",
        lambda found: f"_x{ord(found[0]):04X}_",
        kept,
    )
    return escape(kept)


def planted(data: bytes, texts: Mapping[str, str]) -> bytes:
    """A workbook with texts in the place of their markers."""
    values = [spelled(text) for text in texts.values()]

    def change(_name: str, part: bytes) -> bytes:
        return _MARKER.sub(lambda found: values[int(found[1])], part.decode()).encode()

    return rewritten(data, change)


def _plant(path: Path, texts: Mapping[str, str]) -> None:
    path.write_bytes(planted(path.read_bytes(), texts))


# ------------------------------------------------------------------ the round


def _rows(mark: Mapping[str, str]) -> list[dict[str, str]]:
    marks = list(mark.values())
    return [
        person(
            f"{at + 1:03d}" if at + 1 < len(marks) else "",
            each,
            职务=marks[(at + 1) % len(marks)],
            党小组=marks[(at + 2) % len(marks)],
            依据=marks[(at + 3) % len(marks)],
            备注=marks[(at + 4) % len(marks)],
        )
        for at, each in enumerate(marks)
    ]


def world(folder: Path, texts: Mapping[str, str], *more: str, members: Iterable[str] = ()) -> World:
    """Make a round, fill in its forms, collect, write the papers; ``more`` is run then.

    Blank forms are made for ``members``, or for all.
    """
    mark = markers()
    # A cell holds so many characters and no more.
    short = [each for name, each in mark.items() if name != "long"]
    settings = replace(UNREVIEWED.settings, organisation=mark["web"], superior=mark["long"])
    scheme = replace(
        UNREVIEWED,
        settings=settings,
        slots=tuple(replace(s, text="".join(short[n::9])) for n, s in enumerate(UNREVIEWED.slots)),
        notes=(*UNREVIEWED.notes, mark["red"], mark["rich"]),
    )
    make(folder, scheme, _rows(mark))
    for name in (rounds.SCHEME, rounds.ROSTER):
        _plant(folder / name, texts)
    chosen = [word for each in members for word in ("--member", each)]
    ran = {"forms": run("-C", folder, "forms", *chosen)}
    assert ran["forms"].status == 0, ran
    for name, data in _returned(folder, texts).items():
        drop(folder, name, data)
    _drop_odd_names(folder, texts)
    first = run("-C", folder, "collect")
    assert first.status in {0, 1}, first
    _decide(folder, scheme, texts)
    for words in ("collect", "papers --draft", *more):
        ran[words] = run("-C", folder, *words.split())
    return World(folder, texts, ran)


def _returned(folder: Path, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Forms as they come back, by name in 收回."""
    marks = list(markers().values())
    items = [item.code for part in UNREVIEWED.parts for item in part.items]
    rows = [c for part in UNREVIEWED.parts for bonus in part.bonuses for c in bonus.row_codes]
    good: Answers = {code: {"自评分": points} for code, points in full(UNREVIEWED).items()}  # type: ignore[dict-item]
    told: Answers = {
        code: {**good.get(code, {}), "佐证说明": marks[n % len(marks)]}  # type: ignore[dict-item]
        for n, code in enumerate(items)
    }
    columns = ("事由", "级别", "发文单位", "文号", "日期", "申报分")
    claims: Answers = {
        code: {column: marks[(n * 5 + at) % len(marks)] for at, column in enumerate(columns)}
        for n, code in enumerate(rows)
    }
    wrong: Answers = {
        code: {"自评分": marks[(n + 20) % len(marks)], "佐证说明": marks[n % len(marks)]}
        for n, code in enumerate(items)
    }
    found = {f"{each}.xlsx": _filled(folder, each, told, texts) for each in (GOOD, VETOED)}
    for each in FAULTY:
        found[f"{each}.xlsx"] = _filled(folder, each, {**told, **claims, **wrong}, texts)
    for n, each in enumerate("甲乙"):
        rival: Answers = {**told, "A1-1": {"自评分": n + 1, "佐证说明": marks[n]}}
        found[f"{RIVALS}{each}.xlsx"] = _filled(folder, RIVALS, rival, texts)
    return found


def _filled(folder: Path, owner: str, answers: Answers, texts: Mapping[str, str]) -> bytes:
    """A form with answers, notes beside them, a sheet of the member's own."""
    book = openpyxl.load_workbook(blank(folder, owner))
    type_in(book, answers, UNREVIEWED.terms)
    marks = markers()
    for row, mark in enumerate(marks.values(), 1):
        book.worksheets[0].cell(row, 15).value = mark
    own = book.create_sheet("页" + marks["red"])
    own["B2"].value = marks["link formula"]
    book.create_sheet(marks["word"])["A1"].value = marks["rich"]
    book.properties.creator = marks["red"]
    return planted(saved_book(book, SAVED + timedelta(minutes=int(owner))), texts)


def _decide(folder: Path, scheme: Scheme, texts: Mapping[str, str]) -> None:
    """A veto with its basis, a meeting, an objection, reasons for files: hostile words in all."""
    marks = list(markers().values())
    cells: dict[Place, str | None] = {Place(Tab.APPROVALS, VETOED, "veto"): "V1"}
    words = [
        *(Place(Tab.APPROVALS, VETOED, column) for column in ("basis", "reason")),
        *(Place(Tab.MEETINGS, "1", each) for each in ("absent", "chair", "topic", "resolution")),
        *(Place(Tab.OBJECTIONS, "1", column) for column in ("raiser", "content", "result")),
        *(p for p in desk_places(folder, scheme) if p.tab == Tab.FILES and p.column == "reason"),
    ]
    cells |= {place: marks[n % len(marks)] for n, place in enumerate(words)}
    decide(folder, cells, scheme)
    _plant(folder / rounds.DESK, texts)


def _drop_odd_names(folder: Path, texts: Mapping[str, str]) -> None:
    """Files whose names are hostile, as far as this system can hold them, and such a zip."""
    returned = folder / rounds.RETURNED
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for at, (name, text) in enumerate(texts.items()):
            short = re.sub("[\ud800-\udfff]", "", text)[:60]
            plain = short.replace("/", "／").replace("\0", "")
            (returned / f"{at}").mkdir()
            (returned / f"{at}" / f"{plain}.xlsx").write_bytes(f"junk {name}".encode())
            archive.writestr(f"内/{short}.xlsx", f"inner {name}")
        for inner in ("../../../x.xlsx", "/etc/x.xlsx", "C:\\x.xlsx", "..\\..\\x.xlsx", "NUL"):
            archive.writestr(inner, f"escaping {inner}")
    (returned / "群.zip").write_bytes(stream.getvalue())
    for raw in (b"\xff\xfe\x1b[31m.xlsx", b"\xed\xa0\x80.xlsx"):
        with open(os.fsencode(returned) + b"/" + raw, "wb") as file:  # noqa: PTH123 - not a text
            file.write(raw)


def cleaned(world_: World, name: str) -> str:
    """A text as it stands in any output as a name."""
    return clean(arriving(world_.texts[name]), name=True).strip()


def arriving(text: str) -> str:
    """A text as the reader hands it on: half a character is none."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)
