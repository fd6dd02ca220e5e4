"""Plain data → Scheme: types, unknown keys, versions. Soundness is judged in ``checks``.

The scheme has two spellings, ``scheme.toml`` here and the workbook in ``scheme_sheets``;
both become the same nested data and pass through ``build``.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sheetflow import model, number
from sheetflow.errors import SheetflowError
from sheetflow.messages import _
from sheetflow.model import Fault, Gate, Scheme, Settings, Source

#: Where a piece of the scheme stands: path through the nested data → source.
Path = tuple[str | int, ...]
Places = Mapping[Path, Source]

#: What may change during a round without making a form another form.
_NOT_RULES = {"settings", "slots", "papers", "columns", "severities", "meetings", "focus"}
#: Words of rules that came later. Unsaid they are not in the hash, so that forms in somebody's
#: hands stay of the same version.
_LATER: Mapping[type[object], frozenset[str]] = {
    model.Event: frozenset({"steps"}),
    model.Item: frozenset({"posts"}),
    model.Section: frozenset({"most"}),
    model.Part: frozenset({"unmeant", "weight"}),
    model.Terms: frozenset({"unmeant"}),
    model.Quota: frozenset({"denominator", "at_least_one"}),
    Scheme: frozenset({"combination", "bonus_inside"}),
}
#: Terms that no form shows.
_NOT_PRINTED = {"final_tier"}


@cache
def _adapter() -> TypeAdapter[Scheme]:
    # Pydantic reads its options off the class; the nouns themselves stay free of it.
    for noun in vars(model).values():
        if isinstance(noun, type) and is_dataclass(noun):
            setattr(noun, "__pydantic_config__", {"extra": "forbid"})  # noqa: B010 - not declared
    return TypeAdapter(Scheme)


def build(data: Mapping[str, Any], places: Places) -> tuple[Scheme | None, tuple[Fault, ...]]:
    """Make a Scheme of nested data, or say everything that is wrong with its shape."""
    try:
        return _in_order(_adapter().validate_python(dict(data))), ()
    except ValidationError as error:
        found = error.errors(include_url=False)
    return None, tuple(_fault(each["type"], each["loc"], each["input"], places) for each in found)


def _in_order(scheme: Scheme) -> Scheme:
    """Gates by tier, as the workbook lists them, so that equal rules are one version."""
    titles = [tier.title for tier in scheme.tiers]

    def place(gate: Gate) -> int:
        return titles.index(gate.tier) if gate.tier in titles else len(titles)

    return replace(scheme, gates=tuple(sorted(scheme.gates, key=place)))


def _fault(kind: str, loc: Path, found: object, places: Places) -> Fault:
    kinds = {"missing": "key-missing", "unexpected_keyword_argument": "key-unknown"}
    names = {"extra_forbidden": "key-unknown", **kinds}
    shown = "" if isinstance(found, dict | list) else str(found)
    return Fault(names.get(kind, "value-wrong"), place(places, loc), shown, _key(loc))


def _key(loc: Path) -> str:
    return next((piece for piece in reversed(loc) if isinstance(piece, str)), "")


def place(places: Places, loc: Path) -> Source:
    """Nearest known place of a path through the scheme."""
    for length in range(len(loc), 0, -1):
        if loc[:length] in places:
            return places[loc[:length]]
    return places.get((), Source())


def load_toml(data: bytes, file: str = "scheme.toml") -> Scheme:
    """Read ``scheme.toml``; points stay exact decimals.

    Raises ``SheetflowError`` naming every fault; a shipped scheme has none.
    """
    try:
        plain = tomllib.loads(data.decode(), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SheetflowError(
            _("{file} 不是有效的 TOML 文件：{error}").format(file=file, error=error),
            _("请按提示的行列改正后再运行"),
        ) from error
    scheme, faults = build(plain, {(): Source(file)})
    if scheme is None:
        wrong = "；".join(f"{fault.expected}：{fault.kind} {fault.found}" for fault in faults)
        raise SheetflowError(_("{file} 有误：{wrong}").format(file=file, wrong=wrong))
    return scheme


def dump(scheme: Scheme) -> str:
    """Scheme as JSON text for the ledger."""
    return json.dumps(_plain(scheme), ensure_ascii=False, sort_keys=True)


def rules(scheme: Scheme) -> str:
    """All of a scheme an outcome depends on: filling in the papers' texts asks for no collect."""
    usual = Settings(organisation="")
    settings = replace(
        scheme.settings,
        letterhead=usual.letterhead,
        masthead=usual.masthead,
        issuer=usual.issuer,
        seal=usual.seal,
        imprint=usual.imprint,
        printed_by=usual.printed_by,
    )
    papers = tuple(replace(paper, number=None, copied_to="") for paper in scheme.papers)
    return dump(replace(scheme, slots=(), papers=papers, settings=settings))


def load_json(text: str) -> Scheme:
    """Read back what ``dump`` wrote; raises ``SheetflowError`` where it no longer stands so."""
    try:
        return _adapter().validate_json(text)
    except ValidationError as error:
        raise SheetflowError(
            _("工作记录里存的方案读不出来"), _("请用备份里的工作记录替换它，再运行一次")
        ) from error


def version(scheme: Scheme) -> str:
    """Number people gave and a short hash of the rules."""
    plain: dict[str, Any] = _plain(_in_order(scheme), said=True)
    rules = {name: value for name, value in plain.items() if name not in _NOT_RULES}
    rules["terms"] = {k: v for k, v in rules["terms"].items() if k not in _NOT_PRINTED}
    text = json.dumps(rules, ensure_ascii=False, sort_keys=True)
    return f"{scheme.number}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _plain(noun: Any, *, said: bool = False) -> Any:  # noqa: ANN401 - any noun of the scheme
    """Nested plain data; with ``said`` without later words that nobody has used."""
    if is_dataclass(noun):
        later = _LATER.get(type(noun), frozenset()) if said else frozenset()
        return {
            each.name: _plain(getattr(noun, each.name), said=said)
            for each in fields(noun)
            if each.name not in later or getattr(noun, each.name) != each.default
        }
    if isinstance(noun, tuple):
        return [_plain(each, said=said) for each in noun]
    if isinstance(noun, Mapping):
        return {key: _plain(value) for key, value in noun.items()}
    if isinstance(noun, Decimal):
        return number.text(noun)
    return noun.isoformat() if isinstance(noun, date) else noun
