"""The scheme as a workbook people edit: Scheme → tables, sheets → the same nested data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from sheetflow import number
from sheetflow.messages import _
from sheetflow.model import Book, Claim, Fault, Plain, Scheme, Source, Table, TableColumn
from sheetflow.scheme_columns import (
    BASIC,
    BONUSES,
    ITEMS,
    LISTS,
    MARK,
    NOTE,
    PARTS,
    POINTS,
    SETTING_COLUMNS,
    SETTINGS,
    SEVERITY,
    SHEETS,
    SLOT,
    TERM,
    TERMS,
    TEXT,
    YES,
    Codec,
    Heading,
)
from sheetflow.schemes import Path
from sheetflow.tables import Record, TableRead, read_table

# ------------------------------------------------------------------ Scheme → tables


def to_tables(scheme: Scheme) -> tuple[Table, ...]:
    """All sheets of 考核方案.xlsx for this scheme."""
    rows: dict[str, list[tuple[Plain, ...]]] = {name: [] for name in SHEETS}
    for part in scheme.parts:
        rows[PARTS].append(_cells(PARTS, part))
        rows[BONUSES] += [_cells(BONUSES, b, part=part.code) for b in part.bonuses]
        for section in part.sections:
            more = {
                "part": part.code,
                "section": section.code,
                "section_title": section.title,
                "section_most": section.most,
            }
            rows[ITEMS] += [_cells(ITEMS, item, **more) for item in section.items]
    for name, key in LISTS.items():
        for noun in getattr(scheme, key):
            gates = [vars_of(g) for g in scheme.gates if key == "tiers" and g.tier == noun.title]
            rows[name].append(_cells(name, noun, gates=gates))
    return (_settings_table(scheme), *(_table(name, rows[name]) for name in SHEETS))


def vars_of(noun: Any) -> dict[str, Any]:  # noqa: ANN401 - any noun of the scheme
    """Fields of a noun by name."""
    return {each.name: getattr(noun, each.name) for each in fields(noun)}


def _cells(name: str, noun: Any, **more: Any) -> tuple[Plain, ...]:  # noqa: ANN401
    defaults = {each.name: each.default for each in fields(noun)}
    data = vars_of(noun) | more

    def shown(heading: Heading) -> Plain:
        value = data.get(heading.key)
        default = defaults.get(heading.key, MISSING)
        if value is None or value in ((), [], "") or (default == value and heading.codec != YES):
            return None
        return heading.codec.show(value)

    return tuple(shown(heading) for heading in SHEETS[name])


def _table(name: str, rows: Iterable[tuple[Plain, ...]]) -> Table:
    columns = tuple(
        TableColumn(heading=h.heading, width=h.width, choices=h.codec.choices, hint=h.hint)
        for h in SHEETS[name]
    )
    return Table(title=name, columns=columns, rows=tuple(rows))


def _settings_table(scheme: Scheme) -> Table:
    rows: list[tuple[Plain, ...]] = []
    for group, name, path, codec, hint in BASIC:
        value: Any = scheme
        for key in path:
            value = getattr(value, str(key)) if value is not None else None
        rows.append((group, name, None if value in (None, "", ()) else codec.show(value), hint))
    rows += [(SLOT, slot.name, slot.text, slot.hint) for slot in scheme.slots]
    rows += [(NOTE, str(n), text, None) for n, text in enumerate(scheme.notes, 1)]
    rows += [(TERM, usual, getattr(scheme.terms, key), None) for usual, key in TERMS.items()]
    rows += [(SEVERITY, code, level, None) for code, level in scheme.severities.items()]
    widths = (12, 18, 60, 46)
    columns = tuple(
        TableColumn(heading=h, width=w) for h, w in zip(SETTING_COLUMNS, widths, strict=True)
    )
    advice = _("只改“内容”一栏。改了指标、加分、否决或等次，请把方案编号加一，再重新发表。")
    return Table(title=SETTINGS, columns=columns, rows=tuple(rows), advice=advice)


# ------------------------------------------------------------------ sheets → nested data


@dataclass(slots=True)
class _Data:
    """Nested data being gathered, with the place of every piece and what was wrong."""

    tree: dict[str, Any]
    places: dict[Path, Source]
    faults: list[Fault]


def from_book(
    book: Book, file: str
) -> tuple[dict[str, Any], Mapping[Path, Source], tuple[Fault, ...]]:
    """Read 考核方案.xlsx into nested data, the places of its pieces, and faults.

    Faults: those of ``tables.read_table``; ``value-wrong`` with the heading or setting;
    ``part-unknown`` for a row that names no part; ``section-differs`` for one that says of its
    section what rows before it do not.
    """
    lists: dict[Path, Source] = {(key,): Source(file, name) for name, key in LISTS.items()}
    data = _Data({"parts": [], "gates": []}, {(): Source(file), **lists}, [])
    older = _is_older(book, file)
    tables = {name: _read(book, file, name, data, older=older) for name in SHEETS}
    _settings(book, file, data)
    for record in tables[PARTS]:
        _add(data, ("parts",), PARTS, record)
    for record in tables[ITEMS]:
        _add_item(data, record)
    for record in tables[BONUSES]:
        index = _part_index(data, record)
        if index is not None:
            _add(data, ("parts", index, "bonuses"), BONUSES, record, leave=("part",))
            bonus = data.tree["parts"][index]["bonuses"][-1]
            if bonus.get("claim") == Claim.HOURS and "per" not in bonus:
                # Taken for one hour, it would give points for each of them.
                source = record.source("每满小时")
                data.faults.append(Fault("key-missing", source, expected="per"))
    lost = {f.source.sheet for f in data.faults if f.kind == "sheet-missing"}
    for name, key in LISTS.items():
        if name not in lost:
            data.tree.setdefault(key, [])
        for record in tables[name]:
            _add(data, (key,), name, record)
    _move_gates(data)
    return data.tree, data.places, tuple(data.faults)


def _is_older(book: Book, file: str) -> bool:
    rows = read_table(book, file, SETTINGS, SETTING_COLUMNS).records
    return MARK not in {(row.text("分类"), row.text("项目")) for row in rows}


def _read(book: Book, file: str, name: str, data: _Data, *, older: bool) -> tuple[Record, ...]:
    table: TableRead = read_table(book, file, name, [h.heading for h in SHEETS[name]])
    later = {h.heading for h in SHEETS[name] if h.later}
    unknown = later | {name} if len(later) == len(SHEETS[name]) else later
    missing = {"sheet-missing", "heading-missing"}
    data.faults += [
        fault
        for fault in table.faults
        if not (older and fault.kind in missing and fault.expected in unknown)
    ]
    return table.records


def _settings(book: Book, file: str, data: _Data) -> None:
    table = read_table(book, file, SETTINGS, SETTING_COLUMNS)
    data.faults += table.faults
    known = {(group, name): (path, codec) for group, name, path, codec, _hint in BASIC}
    known |= {(TERM, usual): (("terms", key), TEXT) for usual, key in TERMS.items()}
    blank = {path: Source(file, SETTINGS) for path, _codec in known.values()}
    slots: list[dict[str, str]] = []
    for record in table.records:
        group, name = record.text("分类"), record.text("项目")
        text, source = record.text("内容"), record.source("内容")
        if group == SLOT:
            data.places["slots", len(slots)] = record.source("项目")
            slots.append({"name": name, "text": text, "hint": record.text("说明")})
        elif group == NOTE and text:
            notes = data.tree.setdefault("notes", [])
            data.places["notes", len(notes)] = source
            notes.append(text)
        elif (group, name) in known or (group == SEVERITY and text):
            path, codec = known.get((group, name), (("severities", name), TEXT))
            if text:
                _setting(data, record, path, codec)
            else:
                blank[path] = source
        elif text:
            data.faults.append(Fault("key-unknown", record.source("项目"), f"{group} {name}"))
    data.places = blank | data.places
    data.tree["slots"] = slots


def _setting(data: _Data, record: Record, path: Path, codec: Codec) -> None:
    """Put one setting that is filled in where it belongs."""
    name, source = record.text("项目"), record.source("内容")
    if path in data.places:
        data.faults.append(Fault("key-twice", record.source("项目"), name))
    _put(data, path, _value(data, codec, record.text("内容"), source, name), source)
    data.places[*path, "name"] = record.source("项目")


def _value(data: _Data, codec: Codec, text: str, source: Source, name: str) -> Any:  # noqa: ANN401
    value = codec.read(text)
    if value is None:
        data.faults.append(Fault("value-wrong", source, text, name))
    return value


def _put(data: _Data, path: Path, value: Any, source: Source) -> None:  # noqa: ANN401
    tree = data.tree
    for key in path[:-1]:
        tree = tree.setdefault(str(key), {})
    if value is not None:
        tree[str(path[-1])] = value
    data.places[path] = source


def _add(data: _Data, path: Path, name: str, record: Record, leave: tuple[str, ...] = ()) -> None:
    target: Any = data.tree
    for key in path[:-1]:
        target = target[key]
    target = target.setdefault(path[-1], [])
    here = (*path, len(target))
    noun: dict[str, Any] = {}
    for heading in SHEETS[name]:
        source, text = record.source(heading.heading), record.text(heading.heading)
        data.places.setdefault(here, source)
        data.places[*here, heading.key] = source
        if text and heading.key not in leave:
            value = _value(data, heading.codec, text, source, heading.heading)
            if value is not None:
                noun[heading.key] = value
    target.append(noun)


def _part_index(data: _Data, record: Record) -> int | None:
    code = record.text("部分")
    codes = [part.get("code") for part in data.tree["parts"]]
    if code in codes:
        return codes.index(code)
    expected = _("、").join(filter(None, codes))
    data.faults.append(Fault("part-unknown", record.source("部分"), code, expected))
    return None


def _add_item(data: _Data, record: Record) -> None:
    index = _part_index(data, record)
    if index is None:
        return
    sections = data.tree["parts"][index].setdefault("sections", [])
    code, title, most = (record.text(name) for name in ("一级编号", "一级指标", "一级封顶"))
    if not code:
        # Of no section it would be under no section's cap, nor under its grade.
        source = record.source("一级编号")
        data.faults.append(Fault("key-missing", source, expected="section"))
    at = next((n for n, s in enumerate(sections) if s["code"] == code), None)
    if at is None:
        at = len(sections)
        sections.append({"code": code, "title": title, "items": []})
        data.places["parts", index, "sections", at] = record.source("一级编号")
    elif title and title != sections[at]["title"]:
        expected = sections[at]["title"]
        data.faults.append(Fault("section-differs", record.source("一级指标"), title, expected))
    if most:
        source = record.source("一级封顶")
        data.places.setdefault(("parts", index, "sections", at, "most"), source)
        _cap(data, sections[at], source, most)
    leave = ("part", "section", "section_title", "section_most")
    _add(data, ("parts", index, "sections", at, "items"), ITEMS, record, leave)


def _cap(data: _Data, section: dict[str, Any], source: Source, text: str) -> None:
    """Cap of a section, written in any of its rows and everywhere the same."""
    points = _value(data, POINTS, text, source, "一级封顶")
    if points is not None and section.setdefault("most", points) != points:
        expected = number.text(section["most"])
        data.faults.append(Fault("section-differs", source, text, expected))


def _move_gates(data: _Data) -> None:
    for tier in data.tree.get("tiers", []):
        for gate in tier.pop("gates", []):
            data.tree["gates"].append({"tier": tier.get("title", ""), **gate})
