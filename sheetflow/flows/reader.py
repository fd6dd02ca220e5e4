"""The bytes of one file → Submission: pure, and fit to run in any process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sheetflow.errors import UnreadableError
from sheetflow.excel.legacy import read_any
from sheetflow.excel.refusals import refuse
from sheetflow.identity import Issued, identify, like
from sheetflow.model import Book, Submission, Terms
from sheetflow.submissions import Sought, read_submission
from sheetflow.tables import squeeze

#: Labels that finding out whose form it is looks beside; a form has a few on each sheet.
_MAX_LABELS = 100
#: Faults of one form, and characters a member typed into it; each is told and kept.
_MAX_FAULTS, _MAX_TYPED = 1_000, 50_000

#: What became of a file: its form, or why there is none.
Result = Submission | UnreadableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """All that reading a file depends on, besides its bytes."""

    #: Version of the scheme in force.
    version: str
    #: What is looked for in a form, by the version of its scheme.
    sought: Mapping[str, Sought]
    known: Issued


@dataclass(frozen=True, slots=True)
class Unread:
    """A received file that nobody has looked into."""

    file: str
    sha256: str
    data: bytes


def read_chunk(reader: Reader, chunk: Iterable[Unread]) -> list[Result]:
    """Read some files, each for itself."""
    return [_result(reader, each) for each in chunk]


def _result(reader: Reader, unread: Unread) -> Result:
    try:
        return read_file(reader, unread)
    except UnreadableError as error:
        return error


def read_file(reader: Reader, unread: Unread) -> Submission:
    """Read one returned form; a form of an older scheme is read by that scheme's codes.

    Raises ``UnreadableError`` for what is no workbook, and for one in which so much is
    repeated or typed that nobody could have filled it in: repeated, wordy.
    """
    book = read_any(unread.data)
    now = reader.sought[reader.version]
    if _labels(book, now.scheme.terms) > _MAX_LABELS:
        raise refuse("repeated")
    identity = identify(book, unread.file, now.scheme.terms, reader.known)
    version = identity.stamp.scheme if identity.stamp else reader.version
    submission = read_submission(
        book,
        file=unread.file,
        sha256=unread.sha256,
        sought=reader.sought.get(version, now),
        identity=identity,
    )
    if len(submission.faults) > _MAX_FAULTS:
        raise refuse("repeated")
    if sum(len(entry.value.raw) for entry in submission.entries) > _MAX_TYPED:
        raise refuse("wordy")
    return submission


def _labels(book: Book, terms: Terms) -> int:
    """Count the cells that hold a label beside which something is looked for."""
    labels = tuple(filter(None, map(squeeze, (terms.form_code, terms.name, terms.total))))
    texts = (sheet.values[place].raw for sheet in book.sheets for place in like(sheet, *labels))
    return sum(squeeze(text).startswith(labels) for text in texts)
