"""The order of people's names in papers, and how a short name is shown.

By strokes: fewer first; of as many, stroke by stroke in the order heng, shu, pie, dian, zhe (ti is
heng, na is dian, shu with a hook is shu); of the same strokes, as GF 3003-1999 lists them. A
surname of two characters goes by its first like any other. Marks within a name are passed over;
what stands in brackets behind it is compared last. Letters and digits stand behind Han characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sheetflow.messages import _
from sheetflow.model import Fault, NameOrder, Source

_CHARACTERS = Path(__file__).parent / "data" / "characters.txt"
_VARIANT = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]?"
_HAN = f"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{_VARIANT}"
_STROKES = str.maketrans("横提竖撇点捺折", "1123445", " ")
_PLACE = re.compile(
    rf"(?P<character>\S){_VARIANT} ?[=:] ?(?:(?P<count>\d{{1,2}}) ?画 ?)?"
    r"(?P<strokes>[1-5横提竖撇点捺折 ]*)(?P<reading>[a-zü]{1,6}[1-5]?)?",
    re.ASCII,
)
#: How usual readings differ where a character is a surname, with the tone behind them.
_SURNAMES = {
    "卜": "bu3", "仇": "qiu2", "区": "ou1", "单": "shan4", "曾": "zeng1", "解": "xie4",
    "查": "zha1", "朴": "piao2", "任": "ren2", "华": "hua4", "宁": "ning4", "盖": "ge3",
    "覃": "qin2", "纪": "ji3", "召": "shao4", "缪": "miao4", "翟": "zhai2", "员": "yun4",
    "乐": "yue4", "折": "she2", "那": "na1", "过": "guo1", "牟": "mu4", "秘": "bi4",
    "种": "chong2", "祭": "zhai4", "都": "du1", "葛": "ge3", "乜": "nie4", "阚": "kan4",
    "么": "yao1", "洗": "xian3", "燕": "yan1", "哈": "ha3", "隗": "wei3", "繁": "po2",
}  # fmt: skip
#: The same where a surname has two characters.
_COMPOUNDS = {
    "尉迟": ("yu4", "chi2"), "万俟": ("mo4", "qi2"), "长孙": ("zhang3", "sun1"),
    "澹台": ("tan2", "tai2"), "令狐": ("ling2", "hu2"),
}  # fmt: skip

#: One character of a name: what it is, its reading, its place, its strokes if put by hand.
Key = tuple[int, str, int, str]
_BLANK: Key = (0, "", 0, "")
_IS_HAN, _IS_LETTER, _IS_OUTSIDE = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What people typed of one character; either may be empty."""

    #: Order of strokes, a digit each: 1 heng, 2 shu, 3 pie, 4 dian, 5 zhe.
    strokes: str = ""
    #: Pinyin without tone marks, the tone behind it or left out.
    reading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Names put in order."""

    #: Where each name stands in what was given.
    places: tuple[int, ...]
    #: Characters that nothing is known of, in the order they come; they go last.
    outside: tuple[str, ...] = ()
    #: Names that nothing tells apart, as places; they stay in the order given.
    tied: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Sign:
    """A Han character: place in the order of strokes, reading, strokes if put by hand."""

    place: int
    reading: str
    strokes: str = ""


def in_order(
    names: Sequence[str],
    order: NameOrder,
    *,
    hands: Mapping[str, Hand] | None = None,
    totals: Sequence[Decimal | None] = (),
) -> Ordered:
    """Put names in order; given in the roster's order, ties stay in it.

    ``hands`` is what people typed of characters, and wins over the data. ``totals`` are needed for
    ``NameOrder.SCORE``, one a name; who has none goes last.
    """
    if order is NameOrder.ROSTER:
        return Ordered(places=tuple(range(len(names))))
    parts = [_parts(name) for name in names]
    signs = _signs({c for pair in parts for part in pair for c in part}, hands or {})
    scores = totals if order is NameOrder.SCORE else [None] * len(names)
    compared = [
        (_keys(a, order, signs, hands or {}), _keys(b, order, signs, hands or {})) for a, b in parts
    ]
    keys = list(zip(map(_score_key, scores), compared, strict=True))
    together: dict[object, list[int]] = {}
    for place, key in enumerate(keys):
        together.setdefault(key, []).append(place)
    return Ordered(
        places=tuple(sorted(range(len(keys)), key=keys.__getitem__)),
        outside=_outside(compared),
        tied=tuple(tuple(group) for group in together.values() if len(group) > 1),
    )


def rule(order: NameOrder) -> str:
    """What is printed beside a list about its order."""
    return {
        NameOrder.SURNAME_STROKES: _("按姓氏笔画为序"),
        NameOrder.NAME_STROKES: _("按姓名笔画为序"),
        NameOrder.PINYIN: _("按姓名汉语拼音为序"),
        NameOrder.SCORE: _("按得分高低为序，得分相同的按姓氏笔画为序"),
        NameOrder.ROSTER: _("按名册顺序排列"),
    }[order]


def read_hands(text: str, source: Source) -> tuple[Mapping[str, Hand], tuple[Fault, ...]]:
    """Read what people typed of characters: ``㛃=9画111253531 jie2；𠮷=横竖横竖折横``.

    The count of strokes is a check, the reading serves pinyin; both may be left out, and so may
    the strokes where a reading is given. Faults: ``hand-notation`` (cannot be understood),
    ``hand-count`` (the count is not that of the strokes; ``expected`` says how many there are),
    ``hand-twice`` (the character was given before); ``found`` is the piece. A piece at fault
    counts for nothing.
    """
    hands: dict[str, Hand] = {}
    faults: list[Fault] = []
    plain = unicodedata.normalize("NFKC", text)
    for piece in filter(None, (" ".join(each.split()) for each in re.split("[;,、。\n]", plain))):
        match = _PLACE.fullmatch(piece)
        strokes = match["strokes"].translate(_STROKES) if match else ""
        if not match or not (strokes or match["reading"]) or (match["count"] and not strokes):
            faults.append(Fault("hand-notation", source, piece))
        elif match["count"] and int(match["count"]) != len(strokes):
            faults.append(Fault("hand-count", source, piece, str(len(strokes))))
        elif match["character"] in hands:
            faults.append(Fault("hand-twice", source, piece))
        else:
            hands[match["character"]] = Hand(strokes=strokes, reading=match["reading"] or "")
    return hands, tuple(faults)


# ------------------------------------------------------------------ what a character is


def _parts(name: str) -> tuple[str, str]:
    """The name itself and what stands in brackets behind it, without marks."""
    main, _bracket, rest = unicodedata.normalize("NFKC", name).partition("(")
    return _without_marks(main), _without_marks(rest)


def _without_marks(text: str) -> str:
    # Punctuation, separators, marks that only shape a character, and what nobody sees.
    return "".join(c for c in text if unicodedata.category(c)[0] not in "PZMC")


def _signs(wanted: set[str], hands: Mapping[str, Hand]) -> Mapping[str, _Sign]:
    """What is known of the characters wanted, by the data and by hand."""
    signs = {
        line[0]: _Sign(place, line.rstrip("\n").rpartition("\t")[2])
        for place, line in enumerate(_lines(), 1)
        if line[0] in wanted
    }
    return signs | {c: _by_hand(h, signs.get(c)) for c, h in hands.items() if c in wanted}


def _lines() -> Iterator[str]:
    """Characters in the order of strokes: character, count, strokes if known, reading."""
    with _CHARACTERS.open(encoding="utf-8") as lines:
        yield from (line for line in lines if line[0] != "#")


def _before(strokes: str) -> int:
    """Place of the last character known to go before one of these strokes, or to equal it."""
    before = 0
    for place, line in enumerate(_lines(), 1):
        _character, count, known, _reading = line.split("\t")
        if int(count) > len(strokes):
            break
        if int(count) < len(strokes) or "" < known <= strokes:
            before = place
    return before


def _by_hand(hand: Hand, known: _Sign | None) -> _Sign:
    reading = hand.reading or (known.reading if known else "")
    if hand.strokes:
        return _Sign(_before(hand.strokes), reading, f"{len(hand.strokes):02d}{hand.strokes}")
    return _Sign(known.place if known else 0, reading)


# ------------------------------------------------------------------ what names are compared by


def _score_key(total: Decimal | None) -> tuple[bool, Decimal]:
    return (total is None, -(total or Decimal(0)))


def _keys(
    part: str, order: NameOrder, signs: Mapping[str, _Sign], hands: Mapping[str, Hand]
) -> tuple[Key, ...]:
    if order is NameOrder.PINYIN:
        readings = _readings(part, signs, hands)
        return tuple(_key(c, signs, reading) for c, reading in zip(part, readings, strict=True))
    keys = tuple(_key(c, signs, None) for c in part)
    if order is not NameOrder.NAME_STROKES and len(keys) == len("张三"):
        return (keys[0], _BLANK, keys[1])
    return keys


def _key(character: str, signs: Mapping[str, _Sign], reading: str | None) -> Key:
    """Compare by strokes, or before that by the reading; an empty reading is an unknown one."""
    sign = signs.get(character)
    known = sign and (reading if reading is not None else sign.place)
    if sign and known:
        return (_IS_HAN, _spelt(reading or ""), sign.place, sign.strokes)
    if character.isascii():
        return (_IS_LETTER, character.casefold(), 0, "")
    return (_IS_OUTSIDE, "", ord(character), "")


def _readings(part: str, signs: Mapping[str, _Sign], hands: Mapping[str, Hand]) -> Iterable[str]:
    """Readings of a name's characters; by hand, else as a surname, else the usual ones."""
    surname = _COMPOUNDS.get(part[:2]) or tuple(filter(None, (_SURNAMES.get(part[:1]),)))
    for at, character in enumerate(part):
        typed = hands[character].reading if character in hands else ""
        usual = signs[character].reading if character in signs else ""
        yield typed or (surname[at] if at < len(surname) else usual)


def _spelt(reading: str) -> str:
    """What makes readings compare as in a dictionary: lu, lü, luan, lüe; then by tone."""
    letters = reading.rstrip("12345")
    plain = letters.replace("ü", "u")
    return f"{plain} {int(plain != letters)}{reading[len(letters) :]}" if reading else ""


def _outside(compared: Iterable[Iterable[Iterable[Key]]]) -> tuple[str, ...]:
    keys = (key for pair in compared for part in pair for key in part)
    return tuple(dict.fromkeys(chr(key[2]) for key in keys if key[0] == _IS_OUTSIDE))
