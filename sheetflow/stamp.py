"""Who a form belongs to: the visible form code and the full signed token (design §7).

The code is ``007-K7M2-Q9``: the member's id, a tag keyed on everything in the stamp, and
a check pair that tells a typing slip from a foreign code. Its alphabet has no 0 O 1 I.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

from sheetflow.model import Stamp

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_TAG, _CHECK, _SIGNATURE = 4, 2, 16
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ー_", "-"))
_TOKEN = "sf1"  # noqa: S105 - the format's name, not a secret


@dataclass(frozen=True, slots=True)
class Code:
    """A form code taken apart; ``sound`` tells whether its check pair fits."""

    member: str
    tag: str
    sound: bool


def _digest(key: bytes, text: str, length: int) -> str:
    raw = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in raw[:length])


def _body(stamp: Stamp) -> str:
    return "|".join((_TOKEN, stamp.round, stamp.scheme, stamp.member, str(stamp.generation)))


def _check(member: str, tag: str) -> str:
    return _digest(b"check", f"{member}-{tag}", _CHECK)


def fold(text: str) -> str:
    """Undo what typing does to a code: width, case, spaces and dashes of any kind."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_DASHES)
    return "".join(plain.split())


def tag(stamp: Stamp, key: str) -> str:
    """Keyed short tag of a stamp."""
    return _digest(key.encode(), _body(stamp), _TAG)


def code(stamp: Stamp, key: str) -> str:
    """Form code for people to see."""
    short = tag(stamp, key)
    return f"{stamp.member}-{short}-{_check(stamp.member, short)}"


def token(stamp: Stamp, key: str) -> str:
    """Full signed token for the hidden sheet."""
    return f"{_body(stamp)}|{_digest(key.encode(), 'token' + _body(stamp), _SIGNATURE)}"


def read_code(text: str) -> Code | None:
    """Take a typed or printed code apart; ``None`` when it is no code at all."""
    pieces = fold(text).rsplit("-", 2)
    if len(pieces) != 3 or not pieces[0]:  # noqa: PLR2004 - member, tag, check
        return None
    member, short, check = pieces
    if (len(short), len(check)) != (_TAG, _CHECK):
        return None
    return Code(member, short, check == _check(member, short))


def read_token(text: str, key: str) -> tuple[Stamp, bool] | None:
    """Read a token and whether its signature fits this key; ``None`` when it is none."""
    pieces = text.strip().split("|")
    if len(pieces) != 6 or pieces[0] != _TOKEN or not pieces[4].isdecimal():  # noqa: PLR2004
        return None
    stamp = Stamp(
        round=pieces[1], scheme=pieces[2], member=pieces[3], generation=int(pieces[4][:6])
    )
    return stamp, hmac.compare_digest(token(stamp, key).encode(), text.strip().encode())


def matches(short: str, stamp: Stamp, key: str) -> bool:
    """Whether a visible tag belongs to this stamp."""
    return hmac.compare_digest(tag(stamp, key).encode(), short.encode())
