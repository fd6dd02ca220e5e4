"""Return copies: a faulty form goes back to its member, filled, marked, with a text to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetflow import platform, schemes, stamp
from sheetflow import round as rounds
from sheetflow.copies import Copy, make_copy, outside
from sheetflow.excel.legacy import read_any
from sheetflow.excel.write.form import write_form
from sheetflow.flows.loading import Loaded
from sheetflow.flows.outputs import Left, leave, withdraw
from sheetflow.layout import Form, plan_form
from sheetflow.ledger import Ledger
from sheetflow.letters import letter
from sheetflow.model import Finding, Member, Scheme, Stamp, Submission
from sheetflow.round import Round

#: Texts to send privately, one a member.
LETTERS = f"{rounds.COPIES}/私信.txt"

#: Forms to send back, each with what was found about it.
Returned = Sequence[tuple[Submission, tuple[Finding, ...]]]


@dataclass(frozen=True, slots=True)
class _Back:
    """One form to send back: whose it is, under which name, as it came."""

    member: Member
    name: str
    submission: Submission
    findings: tuple[Finding, ...]


def copy_names(loaded: Loaded, returned: Returned) -> tuple[str, ...]:
    """Files that ``write_copies`` leaves for these forms, by path in the round."""
    names = tuple(each.name for each in _backs(loaded, returned))
    return (*names, LETTERS) if names else ()


def write_copies(
    round_: Round, ledger: Ledger, loaded: Loaded, returned: Returned
) -> tuple[Left, ...]:
    """Leave a copy for each form to send back and take away those no longer wanted.

    Forms whose owner is not on the roster are passed over. Raises ``OutputError`` when a file
    cannot be written or taken away.
    """
    backs = tuple(_backs(loaded, returned))
    left: list[Left] = []
    letters: list[str] = []
    for back in backs:
        copy, data = _one(ledger, loaded, back)
        left.append(leave(round_, ledger, back.name, data))
        letters.append(f"{back.name.rsplit('/', 1)[-1]}\n{letter(copy)}\n")
    if letters:
        # Notepad on older systems needs the mark to see UTF-8, and both signs to end a line.
        text = "\n".join(letters).replace("\n", "\r\n")
        left.append(leave(round_, ledger, LETTERS, text.encode("utf-8-sig")))
    return (*left, *_clear(round_, ledger, {each.name for each in left}))


def _backs(loaded: Loaded, returned: Returned) -> Iterator[_Back]:
    """Forms to send back in the roster's order; of one member's several the later are numbered."""
    theirs: dict[str, list[tuple[Submission, tuple[Finding, ...]]]] = {}
    for each in sorted(returned, key=lambda each: (each[0].file, each[0].sha256)):
        if each[0].stamp:
            theirs.setdefault(each[0].stamp.member, []).append(each)
    for member in loaded.roster:
        for number, (submission, findings) in enumerate(theirs.pop(member.id, ()), start=1):
            yield _Back(member, copy_name(member, number), submission, findings)


def copy_name(member: Member, number: int = 1) -> str:
    """Path of a member's return copy in the round."""
    more = "" if number == 1 else f"({number})"
    stem = platform.safe_name(f"{member.id}-{member.name}", f"-{rounds.COPIES}{more}")
    return f"{rounds.COPIES}/{stem}.xlsx"


def _one(ledger: Ledger, loaded: Loaded, back: _Back) -> tuple[Copy, bytes]:
    scheme, submission = loaded.scheme, back.submission
    mark = _next(ledger, loaded, submission)
    form = _plan(ledger, scheme, back.member, mark)
    book = read_any(ledger.content(submission.sha256))
    old = _plan(ledger, _issued_under(ledger, loaded, submission), back.member, submission.stamp)
    copy = make_copy(
        form,
        scheme,
        back.member,
        returned=(submission, back.findings),
        outside=outside(book, submission, old),
    )
    data = write_form(form, scheme, created=scheme.period_end, copy=copy)
    # Known as issued before it can leave the house.
    with ledger.transaction():
        ledger.issue(loaded.version, schemes.dump(scheme))
        tag = stamp.tag(mark, ledger.key)
        ledger.issue_form(mark.member, mark.scheme, generation=mark.generation, tag=tag)
    return copy, data


def _next(ledger: Ledger, loaded: Loaded, submission: Submission) -> Stamp:
    """Stamp of the copy: the next generation, under the scheme in force."""
    member, generation = "", 0
    if submission.stamp:
        member, generation = submission.stamp.member, submission.stamp.generation
    return Stamp(
        round=ledger.round_id, scheme=loaded.version, member=member, generation=generation + 1
    )


def _plan(ledger: Ledger, scheme: Scheme, member: Member, mark: Stamp | None) -> Form:
    key = ledger.key
    code, token = (stamp.code(mark, key), stamp.token(mark, key)) if mark else ("", "")
    return plan_form(scheme, member, code=code, token=token)


def _issued_under(ledger: Ledger, loaded: Loaded, submission: Submission) -> Scheme:
    version = submission.stamp.scheme if submission.stamp else loaded.version
    issued: Mapping[str, str] = {} if version == loaded.version else ledger.issued()
    return schemes.load_json(issued[version]) if version in issued else loaded.scheme


def _clear(round_: Round, ledger: Ledger, wanted: set[str]) -> Iterator[Left]:
    """Take away the copies of forms that no longer go back."""
    folder = round_.path(rounds.COPIES)
    there = list(platform.list_files(folder)) if folder.is_dir() else []
    for shown, _path, _state in there:
        name = f"{rounds.COPIES}/{shown}"
        kept = "" if name in wanted else withdraw(round_, ledger, name)
        if kept:
            yield Left(name, written=False, kept=kept)
