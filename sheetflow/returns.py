"""Which of a member's returned forms counts (design §8): never the order of arrival."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sheetflow.model import Field, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """All returns of one member: the one that counts, or those a person must choose from."""

    counts: Submission | None
    older: tuple[Submission, ...] = ()
    rivals: tuple[Submission, ...] = ()


def version(submission: Submission) -> str:
    """Short hash of what the member typed; equal for a form saved again unchanged."""
    shown = sorted(
        (e.code, e.field.value, e.value.kind.value, e.value.raw)
        for e in submission.entries
        if e.field is not Field.APPROVED
    )
    text = json.dumps(shown, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def by_member(submissions: Iterable[Submission]) -> Mapping[str, tuple[Submission, ...]]:
    """Group the identified forms by member id."""
    found: dict[str, tuple[Submission, ...]] = {}
    for submission in submissions:
        if submission.stamp:
            member = submission.stamp.member
            found[member] = (*found.get(member, ()), submission)
    return found


def choose(submissions: Iterable[Submission]) -> Versions:
    """Find the version that counts: the newest copy, then the one saved later.

    Where both leave it open and the contents differ, nothing counts: a person chooses.
    The later one counts even when it has faults.
    """
    ranked = sorted(submissions, key=lambda s: s.file)
    newest = max(s.stamp.generation if s.stamp else 0 for s in ranked)
    rivals = [s for s in ranked if s.stamp and s.stamp.generation == newest]
    dated = [s.modified for s in rivals if s.modified]
    if dated and len(dated) == len(rivals):
        rivals = [s for s in rivals if s.modified == max(dated)]
    if len({version(s) for s in rivals}) > 1:
        return Versions(
            counts=None, older=tuple(s for s in ranked if s not in rivals), rivals=tuple(rivals)
        )
    counts = rivals[0]
    return Versions(counts=counts, older=tuple(s for s in ranked if s is not counts))
