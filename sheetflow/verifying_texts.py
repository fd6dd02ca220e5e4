"""One text of a paper against the same text after people have edited it.

Compared are *tokens*, numbers and known words (names of people, of tiers), never wording: the
tokens of both texts are aligned, and a derived one without its like is a difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sheetflow.passages import DERIVED, PEOPLES

_MARKS = re.compile(f"([{DERIVED[0]}{DERIVED[1]}{PEOPLES[0]}{PEOPLES[1]}])")
_NUMBER = r"(?:(?<![0-9A-Za-z])-)?[0-9]+(?:\.[0-9]+)?%?"
_NUMBERS = re.compile(_NUMBER)
#: What stands between the names of a list.
_BETWEEN = "、,;和及"
#: A further name behind a list; behind a comma a sentence goes on.
_ITEM = re.compile(f"[、和及]([^{_BETWEEN}。:()0-9]{{1,8}})")
#: In derived texts: what stands in brackets says whether a bound is meant or not.
_BRACKETS = r"\([^()0-9]{1,4}\)"
#: A number at the head of a paragraph is its number in a list, which people may change.
_HEAD = re.compile(r"[(]?[0-9]+[.、)]")
#: A derived word longer than this is a sentence: only what it counts and names is compared.
_LONGEST = 12
_ALIKE = str.maketrans({"„": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "−": "-", "‐": "-"})
_CONTEXT = 2


class Kind(StrEnum):
    """Whose words a piece of a text are."""

    FIXED = "fixed"
    DERIVED = "derived"
    PEOPLES = "peoples"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text that is not the template's: from, up to, whose."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Marked:
    """A plain text with the places of what the template did not say."""

    text: str
    spans: tuple[Span, ...] = ()

    @property
    def derived(self) -> tuple[Span, ...]:
        """What comes from the outcome."""
        return tuple(span for span in self.spans if span.kind is Kind.DERIVED)


@dataclass(frozen=True, slots=True)
class Token:
    """A number or a known word; ``span`` is the place of its value among those of the text."""

    start: int
    end: int
    text: str
    kind: Kind = Kind.FIXED
    span: int = -1

    @property
    def number(self) -> bool:
        """Whether it is a number."""
        return self.text[-1] in "0123456789%"


@dataclass(frozen=True, slots=True)
class Gap:
    """One difference of a text: what it should say, what it says; empty for nothing."""

    expected: str = ""
    found: str = ""


def plain(text: str) -> str:
    """A text without what only looks: spaces, widths, forms of a sign, marks."""
    folded = unicodedata.normalize("NFKC", _MARKS.sub("", text)).translate(_ALIKE)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")


def marked(text: str) -> Marked:
    """A text with marks → its plain text and what was marked."""
    done, spans, begun, kind = "", list[Span](), 0, Kind.FIXED
    for piece in _MARKS.split(text):
        if piece in {DERIVED[0], PEOPLES[0]}:
            kind = Kind.DERIVED if piece == DERIVED[0] else Kind.PEOPLES
            begun = len(done)
        elif piece in {DERIVED[1], PEOPLES[1]}:
            spans.append(Span(begun, len(done), kind))
        else:
            done += plain(piece)
    return Marked(done, tuple(span for span in spans if span.end > span.start))


def is_number(text: str) -> bool:
    """Whether a plain text is one number and nothing else."""
    return _NUMBERS.fullmatch(text) is not None


def same(one: str, other: str) -> bool:
    """Whether two plain texts are one value: 100% is 100.0%."""
    if one == other:
        return True
    if not (is_number(one) and is_number(other)):
        return False
    if one.endswith("%") != other.endswith("%"):
        return False
    return Decimal(one.rstrip("%")) == Decimal(other.rstrip("%"))


# ------------------------------------------------------------------ tokens


def tokens_of(text: Marked, words: AbstractSet[str]) -> tuple[Token, ...]:
    """Numbers and words to compare: in derived pieces also what is a word only there."""
    own = {word for span in text.derived for word in _own_words(text.text[span.start : span.end])}
    found = []
    for token in _scan(text.text, {*words, *own}):
        at = _span_at(text.spans, token)
        kind = text.spans[at].kind if at >= 0 else Kind.FIXED
        found.append(Token(token.start, token.end, token.text, kind, at))
    return tuple(found)


def scan(text: str, words: AbstractSet[str]) -> tuple[Token, ...]:
    """Numbers and words of a plain text."""
    return tuple(_scan(text, words))


def _scan(text: str, words: AbstractSet[str]) -> Iterator[Token]:
    listed = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    pattern = "|".join((*map(re.escape, listed), _NUMBER, _BRACKETS))
    for match in re.finditer(pattern, text):
        yield Token(match.start(), match.end(), match[0])


def _own_words(value: str) -> Iterator[str]:
    """Words of a derived value; none where it is a sentence."""
    if _NUMBERS.search(value):
        return
    for word in re.split(f"[{_BETWEEN}]", value):
        if 1 < len(word) <= _LONGEST or (len(word) == 1 and len(value) == 1):
            yield word


def _span_at(spans: Sequence[Span], token: Token) -> int:
    for at, span in enumerate(spans):
        if span.start <= token.start and token.end <= span.end:
            return at
    return -1


# ------------------------------------------------------------------ alignment


def gaps(
    expected: Marked, found: str, words: AbstractSet[str], *, peoples: bool = False
) -> tuple[Gap, ...]:
    """Differences of derived tokens between a text and what became of it.

    ``found`` is plain. With ``peoples`` the numbers and names in words of people count too.
    """
    if expected.text == found:
        return ()
    there = tokens_of(expected, words)
    now = scan(found, {*words, *(token.text for token in there if not token.number)})
    pairs = _align(expected.text, there, found, now)
    counted = {Kind.DERIVED, Kind.PEOPLES} if peoples else {Kind.DERIVED}
    wanted = [at for at, token in enumerate(there) if _counts(expected.text, token, counted)]
    partner = {one: other for one, other in pairs if one is not None and other is not None}
    good = {at: partner[at] for at in partner if same(there[at].text, now[partner[at]].text)}
    lists = _lists(there, now, good, found)
    taken = set(good.values())
    result = []
    for at in wanted:
        if at in good or _elsewhere(there, at, now, lists, taken):
            continue
        other = partner.get(at)
        seen = now[other].text if other is not None and other not in taken else ""
        result.append(Gap(there[at].text, seen or _like(there[at].text, found)))
    result += _too_many(expected, there, now, lists, taken, found)
    return tuple(result)


def _counts(text: str, token: Token, kinds: Collection[Kind]) -> bool:
    head = _HEAD.match(text)
    return token.kind in kinds and not (token.number and head and token.end < head.end())


Pair = tuple[int | None, int | None]


def _align(text: str, there: Sequence[Token], found: str, now: Sequence[Token]) -> list[Pair]:
    """The cheapest way to make one row of tokens the other (Needleman and Wunsch)."""
    rows, columns = len(there), len(now)
    lose = [1.0 if token.kind is Kind.DERIVED else 0.4 for token in there]
    win = 0.4
    cost = [[0.0] * (columns + 1) for _row in range(rows + 1)]
    for i in range(1, rows + 1):
        cost[i][0] = cost[i - 1][0] + lose[i - 1]
    cost[0] = [win * j for j in range(columns + 1)]
    pair = [[_price(text, a, found, b) for b in now] for a in there]
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            cost[i][j] = min(
                cost[i - 1][j - 1] + pair[i - 1][j - 1],
                cost[i - 1][j] + lose[i - 1],
                cost[i][j - 1] + win,
            )
    return _back(cost, pair, lose)


def _back(cost: list[list[float]], pair: list[list[float]], lose: list[float]) -> list[Pair]:
    i, j, way = len(lose), len(cost[0]) - 1, list[Pair]()
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + pair[i - 1][j - 1]:
            i, j = i - 1, j - 1
            way.append((i, j))
        elif i and cost[i][j] == cost[i - 1][j] + lose[i - 1]:
            i -= 1
            way.append((i, None))
        else:
            j -= 1
            way.append((None, j))
    return way[::-1]


def _price(text: str, one: Token, found: str, other: Token) -> float:
    strange = 1 - _surroundings(text, one, found, other)
    if same(one.text, other.text):
        return 0.3 * strange
    if one.number != other.number:
        return 9.0
    return 0.5 + 0.5 * strange


def _surroundings(text: str, one: Token, found: str, other: Token) -> float:
    """How much the characters beside two tokens are alike, 0 to 1."""
    left = zip(reversed(text[: one.start]), reversed(found[: other.start]), strict=False)
    right = zip(text[one.end :][:_CONTEXT], found[other.end :][:_CONTEXT], strict=False)
    near = [a == b for a, b in (*list(_first(left)), *right)]
    return sum(near) / (2 * _CONTEXT)


def _first(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for _number in range(_CONTEXT):
        each = next(pairs, None)
        if each is not None:
            yield each


# ------------------------------------------------------------------ lists of names


def _lists(
    there: Sequence[Token], now: Sequence[Token], good: dict[int, int], found: str
) -> dict[int, int]:
    """Tokens of the found text that stand in a derived list → the place of that list.

    A word that only separators part from one in a list is in it.
    """
    inside = {
        good[at]: token.span
        for at, token in enumerate(there)
        if at in good and token.kind is Kind.DERIVED and not token.number
    }
    for ahead in (range(1, len(now)), range(len(now) - 2, -1, -1)):
        step = -1 if ahead.step > 0 else 1
        for at in ahead:
            near = at + step
            if at in inside or now[at].number or near not in inside:
                continue
            left, right = min(at, near), max(at, near)
            between = found[now[left].end : now[right].start]
            if between and not between.strip(_BETWEEN):
                inside[at] = inside[near]
    return inside


def _elsewhere(
    there: Sequence[Token], at: int, now: Sequence[Token], lists: dict[int, int], taken: set[int]
) -> bool:
    """Whether a word stands at another place of its own list; that place is then taken."""
    for place, span in lists.items():
        if place not in taken and span == there[at].span and now[place].text == there[at].text:
            taken.add(place)
            return True
    return False


def _too_many(
    expected: Marked,
    there: Sequence[Token],
    now: Sequence[Token],
    lists: dict[int, int],
    taken: set[int],
    found: str,
) -> Iterator[Gap]:
    """Names that stand in a list beyond those it should have, and names with a tail."""
    for place in sorted(set(lists) - taken):
        yield Gap(found=now[place].text)
    starts = {token.start for token in now}
    for place, span in sorted(lists.items()):
        token = now[place]
        item = _ITEM.match(found, token.end)
        if item and item.start(1) not in starts and not _known(expected, there, token, item[0]):
            after = _after(expected, there, token)
            yield Gap(found=item[1].partition(after)[0] if after else item[1])
        elif _tail(expected, there, token, found):
            yield Gap(token.text, found[token.start : token.end + 1])
        if place == min(at for at in lists if lists[at] == span):
            yield from _ahead(expected, expected.spans[span], found[: token.start])


def _ahead(expected: Marked, span: Span, before: str) -> Iterator[Gap]:
    """A name put before the first of a list."""
    lead = expected.text[max(span.start - _CONTEXT, 0) : span.start]
    if not before.endswith("、") or lead.endswith("、"):
        return
    near = before[-_LONGEST:-1]
    item = near.rpartition(lead)[2] if lead else near
    yield Gap(found=re.split(r"[:。,;()0-9、]", item)[-1])


def _known(expected: Marked, there: Sequence[Token], token: Token, text: str) -> bool:
    return any(
        each.text == token.text and expected.text.startswith(text, each.end) for each in there
    )


def _after(expected: Marked, there: Sequence[Token], token: Token) -> str:
    """Two characters of the template that stand behind the list of this token."""
    for each in there:
        if each.text == token.text and each.span >= 0:
            end = expected.spans[each.span].end
            return expected.text[end : end + 2]
    return ""


def _tail(expected: Marked, there: Sequence[Token], token: Token, found: str) -> bool:
    """Whether a name has grown by one character, all else around it being as it was."""
    rest = found[token.end :]
    for each in there:
        if each.text == token.text:
            after = expected.text[each.end : each.end + 2]
            if rest.startswith(after):
                return False
    kept = {expected.text[t.end : t.end + 2] for t in there if t.text == token.text}
    return any(after and rest[1:].startswith(after) for after in kept)


def _like(word: str, found: str) -> str:
    """The piece of a text that is most like a lost word; empty where none is."""
    if is_number(word) or len(word) == 1:
        return ""
    size = len(word)
    pieces = [found[at : at + size] for at in range(len(found) - size + 1)]
    best = max(pieces, key=lambda piece: _equals(piece, word), default="")
    return best if 2 * _equals(best, word) >= size else ""


def _equals(one: str, other: str) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False))
