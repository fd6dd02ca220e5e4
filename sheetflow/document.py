"""The JSON documents of the contract: outcome and findings as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sheetflow import number
from sheetflow.messages import _
from sheetflow.model import (
    Finding,
    Outcome,
    PartScore,
    QuotaResult,
    Receipt,
    Scheme,
    Score,
    Severity,
    Source,
    Standing,
)
from sheetflow.outcomes import counts


def finding_json(finding: Finding) -> dict[str, str]:
    """One finding; its file is known from where it is listed."""
    plain = asdict(finding)
    source = plain.pop("source")
    plain.pop("member")
    head = {"code": plain.pop("code"), "severity": plain.pop("severity").value}
    place = {"sheet": source.sheet, "cell": source.cell, "item": plain.pop("item")}
    order = ("found", "expected", "message", "fix")
    return {**head, **place, **{name: plain[name] for name in order}}


def finding_from(plain: Mapping[str, str], file: str) -> Finding:
    """Read back what ``finding_json`` made; whom it is about is not in it."""
    texts = {name: plain[name] for name in ("code", "item", "found", "expected", "message", "fix")}
    source = Source(file, plain["sheet"], plain["cell"])
    return Finding(severity=Severity(plain["severity"]), source=source, **texts)


def called(members: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """How members of the document are named, by id: namesakes with their ids."""
    everybody = tuple(members)
    times = Counter(each["name"] for each in everybody)
    apart = _("{name}（{id}）")
    return {
        each["id"]: apart.format(**each) if times[each["name"]] > 1 else each["name"]
        for each in everybody
    }


def outcome_json(outcome: Outcome, *, changed: bool) -> dict[str, Any]:
    """The document of ``collect --json``."""
    scheme = outcome.scheme
    return {
        "round": {
            "system": scheme.system,
            "title": scheme.title,
            "year": scheme.year,
            "scheme_version": outcome.scheme_version,
            "provisional": outcome.provisional,
        },
        "files": [_receipt_json(each) for each in outcome.receipts],
        "members": [_standing_json(scheme, each) for each in outcome.standings],
        "quota": _quota_json(outcome.quota),
        "counts": counts(outcome),
        "findings": [{**finding_json(each), "file": each.source.file} for each in outcome.findings],
        "changed": changed,
    }


def _receipt_json(receipt: Receipt) -> dict[str, Any]:
    return {
        "file": receipt.file,
        "sha256": receipt.sha256,
        "status": receipt.status.value,
        "member": receipt.member,
        "version": receipt.version,
        "findings": [finding_json(each) for each in receipt.findings],
    }


def _standing_json(scheme: Scheme, standing: Standing) -> dict[str, Any]:
    return {
        "id": standing.member.id,
        "name": standing.member.name,
        "category": standing.member.category,
        "status": standing.status.value,
        "provisional": standing.provisional,
        "parts": _parts_json(scheme, standing.score),
        "total": _points(standing.total),
        "score_tier": standing.score_tier,
        "max_tier": standing.max_tier,
        "proposed_tier": standing.proposed_tier,
        "final_tier": standing.final_tier,
        "reasons": list(standing.reasons),
    }


def _parts_json(scheme: Scheme, score: Score | None) -> dict[str, dict[str, str | None]]:
    """Points of every part of the scheme; ``None`` for what is not known."""
    known = {part.code: part for part in score.parts} if score else {}
    unknown = PartScore(code="", base=None, bonus=None)
    parts = ((part.code, known.get(part.code, unknown)) for part in scheme.parts)
    return {
        code: {
            "base": _points(part.base),
            "bonus": _points(part.bonus),
            "total": _points(part.total),
        }
        for code, part in parts
    }


def _points(points: Any) -> str | None:  # noqa: ANN401 - Decimal or None
    return None if points is None else number.text(points)


def _quota_json(quota: QuotaResult | None) -> dict[str, Any] | None:
    if quota is None:
        return None
    return {
        "tier": quota.tier,
        "limit": quota.limit,
        "base": quota.base,
        "candidates": list(quota.candidates),
        "ties": [list(tie) for tie in quota.ties],
    }


def findings_json(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings that belong to no received file, with the file they are about."""
    return [{**finding_json(each), "file": each.source.file} for each in findings]
