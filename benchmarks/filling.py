"""Blank forms filled in the way a spreadsheet program leaves them, many a second.

A sheet is cut once at the cells to fill; each form is then the pieces with its own values between.
Formulas keep the results a spreadsheet program would store. Texts go to the shared strings.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from xml.sax.saxutils import escape

from sheetflow import kinds, number
from sheetflow.layout import plan_form
from sheetflow.model import Bonus, Claim, Field, Item, Kind, Member, Part, Proof, Scheme
from sheetflow.model.plan import FILLED, TALLIES, Cell, FormSheet, Role
from sheetflow.tables import address

#: What stands in one cell: a text or a number.
Held = str | Decimal
#: What a member types: (item or bonus row, field) → value.
Answers = Mapping[tuple[str, Field], Held]

_STRINGS = "xl/sharedStrings.xml"
_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*?)(?:/>|>(.*?)</c>)')
_MODIFIED = re.compile(r"(<dcterms:modified[^>]*>)[^<]*")
_RESULTS = frozenset(
    {Role.PANEL, Role.STATE, Role.TALLY, Role.BASE_TOTAL, Role.BONUS_TOTAL, Role.TOTAL}
)
_EPOCH = date(1899, 12, 30)
_BONUSES_A_FORM = 2
_NOTES = (
    "见支部台账第{n}页，签到册在组织委员处",
    "全年记录齐全，听课表{n}份",
    "材料在第{n}号档案盒，照片附后",
    "{n}月已向党小组汇报，有记录",
)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A sheet in pieces: between two stands the value of one cell."""

    pieces: tuple[str, ...]
    #: Address of the cell, its attributes without a type, its formula.
    slots: tuple[tuple[str, str, str], ...]


# ------------------------------------------------------------------ what members type


def answers(scheme: Scheme, member: Member, seed: int) -> Answers:
    """What one member types: points on every item, some notes, two proved bonuses; all allowed."""
    chance = random.Random(seed)  # noqa: S311 - the same forms every time
    typed: dict[tuple[str, Field], Held] = {}
    for part in scheme.parts:
        for item in _wanted(part, member.post):
            typed[item.code, Field.SCORE] = _points(item, chance)
            if chance.random() < 1 / 3:
                note = chance.choice(_NOTES).format(n=chance.randint(1, 12))
                typed[item.code, Field.EVIDENCE] = note
    proved = [b for part in scheme.parts for b in part.bonuses if Proof.DOCUMENT in b.proof]
    for bonus in [b for b in proved if b.claim is Claim.LEVEL][:_BONUSES_A_FORM]:
        typed |= _bonus(bonus, scheme.year, seed, chance)
    return typed


def _wanted(part: Part, post: str | None) -> Iterator[Item]:
    """Items to fill: of a group only as many as count."""
    left = {group.code: group.best for group in part.groups}
    for item in part.items:
        if item.kind is Kind.NOTE or not kinds.meant(item, post):
            continue
        left[item.group] = left.get(item.group, 1) - 1 if item.group else 1
        if left[item.group] >= 0:
            yield item


def _points(item: Item, chance: random.Random) -> Decimal:
    """Full points mostly, else one step fewer."""
    listed = kinds.values(item) or (item.most - kinds.step(item), item.most)
    return listed[-1] if chance.random() < 3 / 4 or listed[-2] <= 0 else listed[-2]


def _bonus(
    bonus: Bonus, year: int, seed: int, chance: random.Random
) -> Iterator[tuple[tuple[str, Field], Held]]:
    """One row of a bonus with its proof."""
    level = bonus.levels[-1 - chance.randint(0, 1)]
    day = date(year, 1, 10) + timedelta(days=chance.randint(0, 330))
    row: dict[Field, Held] = {
        Field.REASON: f"{level.title}表彰",
        Field.LEVEL: level.title,
        Field.ISSUER: f"{level.title}主管部门",
        Field.DOCUMENT: f"{bonus.code[0]}发〔{year}〕{seed + 1}-{bonus.code[-1]}号",
        Field.DATE: Decimal((day - _EPOCH).days),
        Field.CLAIM: level.points,
    }
    return (((f"{bonus.code}-1", field), value) for field, value in row.items())


# ------------------------------------------------------------------ what stands in the cells


def _results(part: Part, typed: Answers) -> Mapping[Role, Decimal]:
    """Sums as the formulas of the form work them out."""

    def sums(field: Field, codes: Sequence[str]) -> list[Decimal]:
        return [v for code in codes if isinstance(v := typed.get((code, field)), Decimal)]

    base = sum(sums(Field.SCORE, [i.code for i in part.items if not i.group]), Decimal(0))
    for group in part.groups:
        codes = [item.code for item in part.items if item.group == group.code]
        best = sorted(sums(Field.SCORE, codes), reverse=True)[: group.best]
        base += min(group.most, sum(best, Decimal(0)))
    rows = [f"{b.code}-{n}" for b in part.bonuses for n in range(1, b.rows + 1)]
    bonus = min(part.bonus_most, sum(sums(Field.CLAIM, rows), Decimal(0)))
    return {Role.BASE_TOTAL: base, Role.BONUS_TOTAL: bonus, Role.TOTAL: base + bonus}


def _held(cell: Cell, typed: Answers, results: Mapping[Role, Decimal]) -> Held | None:
    """What stands in a cell of a filled form; ``None`` when it stays blank."""
    if cell.role in results:
        return results[cell.role]
    if cell.role is Role.PANEL:
        return f"填表自检：全部填好；自评合计 {number.text(results[Role.TOTAL])} 分。"
    if cell.role is Role.TALLY:
        nothing = cell.code in TALLIES
        return Decimal(0) if nothing else typed.get((cell.code, Field.SCORE), Decimal(0))
    if cell.role is Role.STATE:
        return ""
    return typed.get((cell.code, Field(cell.role.value)))


def plan(scheme: Scheme, post: str) -> tuple[FormSheet, ...]:
    """Sheets of the parts of a form for this post, in the order of the workbook."""
    form = plan_form(scheme, Member(id="0", name="0", post=post), code="", token="")
    return tuple(sheet for sheet in form.sheets if sheet.part)


def cells(sheet: FormSheet, typed: Answers) -> Mapping[str, Held]:
    """Address → what stands there in the filled form."""
    results = _results(sheet.part, typed) if sheet.part else {}
    found = (
        (address(cell.row, cell.column), _held(cell, typed, results))
        for cell in sheet.cells
        if cell.role in FILLED | _RESULTS
    )
    return {place: value for place, value in found if value is not None}


# ------------------------------------------------------------------ into the file


@lru_cache(maxsize=64)
def _cut(xml: str, wanted: frozenset[str]) -> _Cut:
    pieces, slots, last = list[str](), list[tuple[str, str, str]](), 0
    for match in _CELL.finditer(xml):
        place, attributes, inside = match.groups()
        if place in wanted:
            formula = re.search("<f>.*</f>", inside or "")
            kept = re.sub(r' t="[a-zA-Z]+"', "", attributes)
            pieces.append(xml[last : match.start()])
            slots.append((place, kept, formula[0] if formula else ""))
            last = match.end()
    if len(slots) != len(wanted):
        raise SystemExit(f"cells not found: {sorted(wanted - {place for place, *_ in slots})}")
    return _Cut((*pieces, xml[last:]), tuple(slots))


def _sheet(xml: str, held: Mapping[str, Held], strings: list[str], first: int) -> str:
    """Sheet with these values in it; texts typed are appended to ``strings``."""
    cut = _cut(xml, frozenset(held))
    out = [cut.pieces[0]]
    for (place, attributes, formula), piece in zip(cut.slots, cut.pieces[1:], strict=True):
        value, kind = held[place], ""
        text = number.text(value) if isinstance(value, Decimal) else escape(value)
        if isinstance(value, str) and formula:
            kind = ' t="str"'
        elif isinstance(value, str):
            strings.append(text)
            kind, text = ' t="s"', str(first + len(strings) - 1)
        out += (f'<c r="{place}"{attributes}{kind}>{formula}<v>{text}</v></c>', piece)
    return "".join(out)


def fill(blank: bytes, sheets: Sequence[Mapping[str, Held]], saved: str) -> bytes:
    """Filled form; ``sheets`` go by the order in the workbook, ``saved`` is a W3C date and time."""
    with zipfile.ZipFile(io.BytesIO(blank)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    strings: list[str] = []
    first = parts[_STRINGS].count("<si>")
    for at, held in enumerate(sheets, 1):
        name = f"xl/worksheets/sheet{at}.xml"
        parts[name] = _sheet(parts[name], held, strings, first)
    added = "".join(f"<si><t>{text}</t></si>" for text in strings)
    counted = re.sub(r' (?:count|uniqueCount)="[0-9]+"', "", parts[_STRINGS], count=2)
    parts[_STRINGS] = counted.replace("</sst>", f"{added}</sst>")
    core = "docProps/core.xml"
    parts[core] = _MODIFIED.sub(rf"\g<1>{saved}", parts[core])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()
