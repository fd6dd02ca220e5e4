"""Which of a member's returned forms counts (design §8): never the order of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sheetflow.model import (
    Approval,
    Choice,
    Difference,
    Field,
    Roster,
    Ruling,
    Stamp,
    Submission,
    Value,
)

#: Faults that leave open whose a form is, so that a person may say it.
UNSURE = frozenset({"code-foreign", "code-slip", "identity-differs", "two-forms"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """All returns of one member: the one that counts, or those a person must choose from."""

    counts: Submission | None
    #: All that do not count and wait for nobody, those turned down among them.
    older: tuple[Submission, ...] = ()
    rivals: tuple[Submission, ...] = ()
    #: The choice that settled which of several counts.
    chosen: Choice | None = None
    #: Those that a person said do not count.
    turned_down: tuple[Submission, ...] = ()
    #: Those that a person chose and that a later form has replaced all the same.
    overtaken: tuple[Submission, ...] = ()
    #: Those that came after the branch approved another version and wait for its word.
    held: tuple[Submission, ...] = ()


def version(submission: Submission) -> str:
    """Short hash of what the member typed; equal for a form saved again unchanged."""
    return submission.version


def by_member(submissions: Iterable[Submission]) -> Mapping[str, tuple[Submission, ...]]:
    """Group the identified forms by member id."""
    found: dict[str, tuple[Submission, ...]] = {}
    for submission in submissions:
        if submission.stamp:
            member = submission.stamp.member
            found[member] = (*found.get(member, ()), submission)
    return found


def choose(submissions: Iterable[Submission], choices: Iterable[Choice] = ()) -> Versions:
    """Find the version that counts: the newest copy, then the one saved later.

    Where both leave it open and the contents differ, a person's choice settles it, else
    nothing counts. What a person turned down counts never. The later one counts even when it
    has faults. Choices hold for content: a form saved again unchanged shares them.
    """
    ranked = sorted(submissions, key=lambda s: (s.file, s.sha256))
    choices = tuple(choices)
    if len(ranked) == 1 and ranked[0].stamp and not choices:
        return Versions(counts=ranked[0])
    said = choices_about(ranked, choices)
    yes, no = _adopted(said, adopt=True), _adopted(said, adopt=False)
    yes, no = yes - no, no - yes
    down = tuple(s for s in ranked if version(s) in no)
    latest = _latest([s for s in ranked if version(s) not in no])
    chosen = None
    if _differ(latest):
        picked = [s for s in latest if version(s) in yes]
        if not picked or _differ(picked):
            older = tuple(s for s in ranked if s not in latest)
            return _told(Versions(counts=None, older=older, rivals=tuple(latest)), down, yes)
        chosen = next(c for c in said if c.adopt and c.version == version(picked[0]))
        latest = picked
    counts = next(iter(latest), None)
    older = tuple(s for s in ranked if s is not counts)
    return _told(Versions(counts=counts, older=older, chosen=chosen), down, yes)


def _differ(submissions: Iterable[Submission]) -> bool:
    """Whether more than one content is among these forms."""
    return len({version(s) for s in submissions}) > 1


def _latest(submissions: list[Submission]) -> list[Submission]:
    """Forms that nothing in the files puts before or behind each other."""
    newest = max((s.stamp.generation if s.stamp else 0 for s in submissions), default=0)
    latest = [s for s in submissions if s.stamp and s.stamp.generation == newest]
    dated = [s.modified for s in latest if s.modified and not _ahead(s)]
    if dated and len(dated) == len(latest):
        latest = [s for s in latest if s.modified == max(dated)]
    return latest


def _ahead(submission: Submission) -> bool:
    """Whether a form says it was saved after it came: the clock it was saved under was wrong."""
    saved, came = submission.modified, submission.received
    # One is UTC, the other local time: never a day apart.
    return bool(saved and came and saved.replace(tzinfo=None) > came + timedelta(days=1))


def _adopted(choices: Iterable[Choice], *, adopt: bool) -> frozenset[str]:
    return frozenset(c.version for c in choices if c.adopt is adopt)


def _told(versions: Versions, down: tuple[Submission, ...], yes: frozenset[str]) -> Versions:
    current = version(versions.counts) if versions.counts else ""
    overtaken = (s for s in versions.older if version(s) in yes and version(s) != current)
    return replace(versions, turned_down=down, overtaken=tuple(overtaken))


# ------------------------------------------------------------------ a person's choices


def standing_version(
    submissions: Iterable[Submission], choices: Iterable[Choice], ruling: Ruling | None
) -> Versions:
    """Find the version that counts, what the branch has approved of it included."""
    said = tuple(choices)
    approved = ruling.version if ruling and ruling.approval is Approval.APPROVED else ""
    return hold(choose(submissions, said), approved, said)


def hold(versions: Versions, approved: str, choices: Iterable[Choice] = ()) -> Versions:
    """Let the version that the branch approved count, whatever came later (design §8).

    A later form waits until somebody takes it up by a choice or the approval is taken back.
    """
    every = (*((versions.counts,) if versions.counts else ()), *versions.older, *versions.rivals)
    if not approved:
        return versions
    mine = [s for s in every if version(s) == approved]
    current = version(versions.counts) if versions.counts else ""
    down = {version(s) for s in versions.turned_down}
    said = choices_about(every, choices)
    if not mine or approved in {current, *down}:
        return versions
    if current and current in _adopted(said, adopt=True):
        return versions
    counts = _latest(mine)[0]
    open_ = versions.rivals or ((versions.counts,) if versions.counts else ())
    held = tuple(s for s in open_ if version(s) != approved)
    older = tuple(s for s in every if s is not counts and s not in held)
    return replace(versions, counts=counts, older=(*older, *held), rivals=(), held=held)


def choices_about(
    submissions: Iterable[Submission], choices: Iterable[Choice]
) -> tuple[Choice, ...]:
    """Return the choices that are about one of these forms."""
    known = {(s.file, version(s)) for s in submissions}
    return tuple(c for c in choices if (c.file, c.version) in known)


def unsure(submission: Submission) -> bool:
    """Whether it is open whose form this is, so that a person may say it."""
    return any(fault.kind in UNSURE for fault in submission.faults)


def owner(submission: Submission, choices: Iterable[Choice], roster: Roster) -> str:
    """Id of the member whose form a person said this is; empty when nobody or not one."""
    said = {c.member for c in choices if c.version == version(submission) and c.member}
    known = {member for member in said if roster.find(member)}
    return known.pop() if unsure(submission) and len(known) == 1 else ""


def assign(submission: Submission, member: str, round_id: str) -> Submission:
    """Take a form of an unsure owner as this member's; it stays unverified.

    It stands among the first forms handed out: no generation it claims was verified.
    """
    scheme = submission.stamp.scheme if submission.stamp else ""
    faults = tuple(fault for fault in submission.faults if fault.kind not in UNSURE)
    mark = Stamp(round=round_id, scheme=scheme, member=member)
    return replace(submission, stamp=mark, verified=False, faults=faults)


# ------------------------------------------------------------------ differences


def differences(older: Submission, newer: Submission) -> tuple[Difference, ...]:
    """Cells in which two forms of one member are not alike, in the order of the newer form."""
    before, after = _typed(older), _typed(newer)
    typed = (code for code, _name in (*after, *before))
    codes = list(dict.fromkeys((*newer.spots, *older.spots, *typed)))
    fields = list(Field)
    places = sorted({*before, *after}, key=lambda p: (codes.index(p[0]), fields.index(p[1])))
    return tuple(
        Difference(
            member=newer.stamp.member if newer.stamp else "",
            file=older.file,
            code=code,
            field=name,
            older=before.get((code, name)),
            newer=after.get((code, name)),
        )
        for code, name in places
        if _seen(before.get((code, name))) != _seen(after.get((code, name)))
    )


def all_differences(versions: Iterable[Versions]) -> tuple[Difference, ...]:
    """Differences of each member's older or rival forms from the one that counts.

    While nothing is decided the first of the rivals stands for it.
    """
    return tuple(
        difference
        for each in versions
        for newer in (each.counts or next(iter(each.rivals), None),)
        if newer
        for older in (*each.rivals, *each.older)
        if older is not newer
        for difference in differences(older, newer)
    )


def _typed(submission: Submission) -> Mapping[tuple[str, Field], Value]:
    return {(e.code, e.field): e.value for e in submission.entries if e.field is not Field.APPROVED}


def _seen(value: Value | None) -> tuple[str, str] | None:
    return (value.kind.value, value.raw) if value else None
