"""What a paper derives from the outcome × what the paper says after people have edited it.

The paper is planned anew from the outcome, with marks around every derived value, so that
nothing has to be remembered and renaming, saving elsewhere or accepting changes do not matter.
Paragraphs and tables are found again by what they say, wherever they stand now. Wording and
looks are never compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from sheetflow.messages import _
from sheetflow.passages import Grid, Manuscript, Passage
from sheetflow.verifying_tables import CellGap, table_gaps
from sheetflow.verifying_texts import Marked, gaps, marked, plain

#: A paragraph is found again when so much of it is there.
_ENOUGH = 0.4
#: A table is a part of one when so many of its cells are in that one.
_PART = 0.3
#: Characters of a paragraph by which a clerk finds it.
_SHOWN = 14
#: What stands around a value in a header or footer without being a word.
_AROUND = "():—"
_SENTENCE = re.compile("[,;。]")
_HEADING = re.compile(r"[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)")
_LONGEST_HEADING = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One thing a paper does not say as the outcome has it."""

    #: Where, in words: heading and paragraph, or table, row and column.
    place: str
    #: What should stand there; empty for what is too many.
    expected: str = ""
    #: What stands there; empty for what is missing.
    found: str = ""

    @property
    def message(self) -> str:
        """The deviation as a sentence."""
        words = {"place": self.place, "expected": self.expected, "found": self.found}
        if not self.found:
            return _("{place}：少了“{expected}”").format(**words)
        if not self.expected:
            return _("{place}：多了“{found}”").format(**words)
        return _("{place}：应为“{expected}”，现在是“{found}”").format(**words)


def deviations(
    paper: Manuscript, found: Manuscript, names: Collection[str], terms: Collection[str] = ()
) -> tuple[Deviation, ...]:
    """Compare a paper with marks around its values to the document it has become.

    ``names`` are those of people, ``terms`` those of tiers: known wherever they stand.
    """
    people = {plain(name) for name in names if name.strip()}
    known = people | {plain(term) for term in terms if term.strip()}
    said, paragraphs = _in_paragraphs(paper, found, known)
    shown, tables = _in_tables(paper, found, known)
    told = [*said, *shown, *_misplaced(paper, found, people, (paragraphs, tables))]
    told += _in_margins(_("页眉"), paper.headers, found.headers, known)
    told += _in_margins(_("页脚"), paper.footers, found.footers, known)
    return tuple(told)


@dataclass(frozen=True, slots=True)
class _Followed:
    """Where blocks of a paper stand now: those that are as they were, and what others became."""

    same: dict[int, int]
    became: dict[int, int]


def facts(paper: Manuscript) -> int:
    """How many derived values a paper with marks holds."""
    texts = [block.text for block in paper.passages]
    texts += [cell for grid in paper.grids for row in grid.rows for cell in row]
    texts += dict.fromkeys(block.text for block in (*paper.headers, *paper.footers))
    return sum(len(marked(text).derived) for text in texts)


def likeness(paper: Manuscript, found: Manuscript) -> float:
    """How much of a paper is in a document, 0 to 1, by its paragraphs and cells."""
    mine, theirs = _pieces(paper), _pieces(found)
    return (mine & theirs).total() / max(1, mine.total())


def _pieces(text: Manuscript) -> Counter[str]:
    cells = [cell for grid in text.grids for row in grid.rows for cell in row]
    found = Counter(plain(each) for each in (*(block.text for block in text.passages), *cells))
    del found[""]
    return found


# ------------------------------------------------------------------ paragraphs


def _in_paragraphs(
    paper: Manuscript, found: Manuscript, words: AbstractSet[str]
) -> tuple[list[Deviation], _Followed]:
    """Differences of paragraphs, and where each stands now."""
    mine = {at: marked(b.text) for at, b in enumerate(paper.blocks) if isinstance(b, Passage)}
    theirs = {at: plain(b.text) for at, b in enumerate(found.blocks) if isinstance(b, Passage)}
    pairs = _pairs(_tuples({at: text.text for at, text in mine.items()}), _tuples(theirs))
    told = list[Deviation]()
    followed = _Followed({at: pairs[at] for at in pairs if mine[at].text}, {})
    open_ = [(at, text) for at, text in mine.items() if at not in pairs and text.derived]
    taken = set(pairs.values())
    free = [(at, text) for at, text in theirs.items() if text and at not in taken]
    for group, there in _groups(open_, free):
        if not there:
            told += (d for at, text in group for d in _lost(_place(paper, at), text, words))
            continue
        followed.became.update((at, there[0][0]) for at, _text in group)
        whole = _joined([text for _at, text in group])
        place = _place(found, there[0][0])
        for gap in gaps(whole, "".join(text for _at, text in there), words):
            told.append(Deviation(place=place, expected=gap.expected, found=gap.found))
    return told, followed


Texts = dict[int, tuple[str, ...]]


def _tuples(texts: dict[int, str]) -> Texts:
    return {at: (text,) for at, text in texts.items()}


def _pairs(mine: Texts, theirs: Texts) -> dict[int, int]:
    """Blocks that are as they were, wherever they stand; equal ones in their order."""
    waiting = dict[tuple[str, ...], list[int]]()
    for place in reversed(theirs):
        waiting.setdefault(theirs[place], []).append(place)
    return {at: waiting[text].pop() for at, text in mine.items() if waiting.get(text)}


def _lost(place: str, text: Marked, words: AbstractSet[str]) -> Iterator[Deviation]:
    for gap in gaps(text, "", words):
        yield Deviation(place=place, expected=gap.expected)


Numbered = tuple[int, Marked]
Plain = tuple[int, str]


def _groups(
    mine: Sequence[Numbered], theirs: Sequence[Plain]
) -> Iterator[tuple[list[Numbered], list[Plain]]]:
    """Paragraphs with what became of them: all pieces of a split one, joined ones together."""
    best = {at: _best(text.text, theirs) for at, text in mine}
    taken = {place for place in best.values() if place >= 0}
    for place in sorted(taken):
        group = [each for each in mine if best[each[0]] == place]
        first = last = place
        while last + 1 < len(theirs) and _goes_on(theirs, last, taken):
            last += 1
        while first > 0 and first - 1 not in taken and theirs[first - 1][0] == theirs[first][0] - 1:
            first -= 1
        yield group, list(theirs[first : last + 1])
    for each in mine:
        if best[each[0]] < 0:
            yield [each], []


def _goes_on(theirs: Sequence[Plain], last: int, taken: set[int]) -> bool:
    return last + 1 not in taken and theirs[last + 1][0] == theirs[last][0] + 1


def _best(text: str, theirs: Sequence[Plain]) -> int:
    """Place of the paragraph that holds most of a text; −1 where none holds enough."""
    prices = [(_held(text, other), -at) for at, (_place, other) in enumerate(theirs)]
    most, at = max(prices, default=(0.0, 0))
    return -at if most >= _ENOUGH else -1


def _held(text: str, other: str) -> float:
    if (Counter(text) & Counter(other)).total() < _ENOUGH * len(text):
        return 0.0
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks())
    # Of two that hold it all the one with less around it is meant.
    return kept / len(text) - 0.01 * (len(other) - kept) / max(1, len(other))


def _joined(texts: Sequence[Marked]) -> Marked:
    whole = Marked("")
    for text in texts:
        by = len(whole.text)
        moved = (replace(s, start=s.start + by, end=s.end + by) for s in text.spans)
        whole = Marked(whole.text + text.text, (*whole.spans, *moved))
    return whole


# ------------------------------------------------------------------ tables


def _in_tables(
    paper: Manuscript, found: Manuscript, words: AbstractSet[str]
) -> tuple[list[Deviation], _Followed]:
    """Differences of tables, and where each stands now."""
    mine, theirs = _grids(paper), _grids(found)
    texts = _texts(mine)
    pairs = _pairs(texts, _texts(theirs))
    told = list[Deviation]()
    parts = _tables(
        {at: text for at, text in texts.items() if at not in pairs},
        {at: text for at, text in _texts(theirs).items() if at not in pairs.values()},
    )
    for at, grid in mine.items():
        if at in pairs or not any(marked(cell).derived for row in grid.rows for cell in row):
            continue
        there = parts.get(at, [])
        where = _place(found, there[0]) if there else _place(paper, at)
        rows = [row for place in there for row in theirs[place].rows]
        told += (_deviation(where, gap) for gap in table_gaps(grid, rows, words))
    return told, _Followed(pairs, {at: there[0] for at, there in parts.items()})


def _grids(text: Manuscript) -> dict[int, Grid]:
    return {at: block for at, block in enumerate(text.blocks) if isinstance(block, Grid)}


def _texts(grids: dict[int, Grid]) -> Texts:
    """Plain cells of each table, each row behind a line break."""
    return {
        at: tuple(text for row in grid.rows for text in ("\n", *map(plain, row)))
        for at, grid in grids.items()
    }


def _tables(mine: Texts, theirs: Texts) -> dict[int, list[int]]:
    """Table of the paper → what it became: the most alike, and parts that were split off."""
    bags = {at: Counter(text for text in texts if text != "\n") for at, texts in theirs.items()}
    prices = []
    for at, texts in mine.items():
        bag = Counter(text for text in texts if text != "\n")
        both = ((-(bag & bags[place]).total(), abs(at - place), at, place) for place in theirs)
        prices += [price for price in both if price[0]]
    prices.sort()
    became, used = dict[int, list[int]](), set[int]()
    for _price, _far, at, place in prices:
        if at not in became and place not in used:
            became[at] = [place]
            used.add(place)
    for price, _far, at, place in prices:
        if place not in used and -price >= _PART * bags[place].total():
            used.add(place)
            became[at] = sorted((*became.get(at, ()), place))
    return became


def _deviation(where: str, gap: CellGap) -> Deviation:
    words = {"where": where, "row": gap.row, "column": gap.column}
    if gap.column:
        place = _("{where}，“{row}”一行“{column}”栏").format(**words)
    elif gap.row:
        place = _("{where}，“{row}”一行").format(**words)
    else:
        place = where
    return Deviation(place=place, expected=gap.expected, found=gap.found)


# ------------------------------------------------------------------ whose block it is


def _misplaced(
    paper: Manuscript,
    found: Manuscript,
    names: AbstractSet[str],
    followed: Sequence[_Followed],
) -> Iterator[Deviation]:
    """Blocks that say of one person what they should say of another, without naming either.

    Whose a block is, the nearest one above with names says.
    """
    cells = [[c for row in _cells(block) for c in row] for block in paper.blocks]
    named = {at: who for at, texts in enumerate(cells) if (who := _named(texts, names))}
    owner = _owners(named, len(paper.blocks))
    same = {at: place for each in followed for at, place in each.same.items()}
    where = {at: place for each in followed for at, place in each.became.items()} | same
    owner_now = _owners(
        {where[at]: who for at, who in named.items() if at in where}, len(found.blocks)
    )
    said = [tuple(map(plain, texts)) for texts in cells]
    shapes = [tuple(_skeleton(marked(text)) for text in texts) for texts in cells]
    known = dict[tuple[object, object], set[tuple[str, ...]]]()
    for at, who in enumerate(owner):
        known.setdefault((who, shapes[at]), set()).add(said[at])
    for at, place in same.items():
        there = known.get((owner_now[place], shapes[at]))
        if at not in named and shapes[at] != said[at] and there and said[at] not in there:
            yield Deviation(
                place=_place(found, place),
                found=_("本该在{before}的内容").format(before=_place(paper, at)),
            )


def _cells(block: Passage | Grid) -> Sequence[Sequence[str]]:
    return block.rows if isinstance(block, Grid) else ((block.text,),)


def _named(texts: Sequence[str], names: AbstractSet[str]) -> tuple[str, ...]:
    whole = "\n".join(map(plain, texts))
    return tuple(sorted(name for name in names if name in whole))


def _owners(named: dict[int, tuple[str, ...]], length: int) -> list[tuple[str, ...]]:
    """For each block the names of the nearest block above that has any."""
    owners = list[tuple[str, ...]]()
    last: tuple[str, ...] = ()
    for at in range(length):
        last = named.get(at, last)
        owners.append(last)
    return owners


def _skeleton(text: Marked) -> str:
    """What a text says without what was filled in."""
    said, end = "", 0
    for span in text.spans:
        said += text.text[end : span.start] + "\n"
        end = span.end
    return said + text.text[end:]


# ------------------------------------------------------------------ headers and footers


def _in_margins(
    place: str, mine: Sequence[Passage], theirs: Sequence[Passage], words: AbstractSet[str]
) -> Iterator[Deviation]:
    """What headers or footers derive, in each of those that odd and even pages have."""
    there = [plain(each.text) for each in theirs]
    told = dict[Deviation, None]()
    for text in map(marked, dict.fromkeys(each.text for each in mine)):
        if text.derived:
            told |= {
                Deviation(place=place, expected=e, found=f): None
                for e, f in _margin_gaps(text, there, words)
            }
    yield from told


def _margin_gaps(
    text: Marked, there: Sequence[str], words: AbstractSet[str]
) -> Iterator[tuple[str, str]]:
    """Differences of one header or footer; one whose words and values are gone is lost."""
    before = text.text[: text.derived[0].start]
    lead = before.rpartition("—")[2].strip(_AROUND)
    values = {text.text[span.start : span.end] for span in text.derived}
    become = [each for each in there if (lead and lead in each) or any(v in each for v in values)]
    if not become:
        yield text.text[before.rfind(lead) : text.derived[-1].end], ""
    words = words | {value for value in values if not _SENTENCE.search(value)}
    for each in become:
        for gap in gaps(text, each, words):
            yield gap.expected, gap.found


# ------------------------------------------------------------------ places


def _place(text: Manuscript, at: int) -> str:
    """Where a block stands, in words a clerk finds it by."""
    block = text.blocks[at]
    heading = _heading(text.blocks[:at], table=isinstance(block, Grid))
    if isinstance(block, Grid):
        return _("“{heading}”的表").format(heading=heading) if heading else _("表格")
    start = plain(block.text)
    shown = start[:_SHOWN] + ("……" if len(start) > _SHOWN else "")
    if not heading:
        return _("“{start}”一段").format(start=shown)
    return _("“{heading}”下面“{start}”一段").format(heading=heading, start=shown)


def _heading(above: Sequence[Passage | Grid], *, table: bool) -> str:
    """The nearest heading above; of a table the nearest short line that is no note."""
    for block in reversed(above):
        line = plain(block.text) if isinstance(block, Passage) else ""
        if not line or len(line) > _LONGEST_HEADING or line[-1] in "。;:":
            continue
        if _HEADING.match(line) or (table and not line.startswith("(")):
            return line
    return ""
