"""Tags of a template: which there are, where they stand, what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from sheetflow.messages import _

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
#: Braces and signs a Chinese keyboard gives instead of those of a tag.
_WIDE = re.compile(r"[｛{]\s*[｛{][^{}｛｝]*[｝}]?\s*[｝}]?|[｛{]\s*[％%][^{}｛｝]*[％%]?\s*[｝}]?")
_STATEMENT = re.compile(r"\{%-?(?P<where>p|tr|tc|r)?\s*(?P<word>[a-z]+)")
_BLOCKS = {"for": "endfor", "if": "endif"}
_INNER = {"else": ("if", "for"), "elif": ("if",)}
#: Tags that only say how a cell looks.
_LOOKS = re.compile(r"\{%\s*(?:vm|hm|colspan|cellbg)\b")
_CURLY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One paragraph of a template, of a cell or of a header: place in words, and text."""

    place: str
    text: str
    #: The row of a table it stands in, as a number of its own; −1 outside of tables.
    row: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFault:
    """One thing wrong in a template: where, in words, and what, with what to do."""

    place: str
    message: str
    #: Only worth knowing: the template can be used.
    note: bool = False


# ------------------------------------------------------------------ how tags are written


def typing_faults(lines: Sequence[Line]) -> Iterator[TemplateFault]:
    """Full-width braces and per cents, and tags without an end."""
    for line in lines:
        for match in _WIDE.finditer(line.text):
            if any(sign in match[0] for sign in "｛｝％"):
                text = _("“{tag}”用了全角的花括号或百分号，请改成半角的 {{{{ }}}} 或 {{% %}}")
                yield TemplateFault(place=line.place, message=text.format(tag=match[0].strip()))
        rest = _TAG.sub("", line.text)
        if any(sign in rest for sign in ("{{", "}}", "{%", "%}")):
            text = _("有标签只写了一半，请补齐花括号：“{text}”")
            yield TemplateFault(place=line.place, message=text.format(text=rest.strip()[:30]))


def block_faults(lines: Sequence[Line]) -> Iterator[TemplateFault]:
    """Loops and conditions that do not end, end twice, or share a paragraph or a row."""
    open_ = list[tuple[str, str, str]]()
    rows = dict[int, int]()
    for line in lines:
        for tag in _TAG.findall(line.text):
            found = _STATEMENT.match(tag)
            if not found:
                continue
            where, word = found["where"] or "", found["word"]
            if where == "tr":
                rows[line.row] = rows.get(line.row, 0) + 1
            yield from _alone(line, tag, where, rows)
            yield from _paired(open_, line, (where, word))
    for where, word, place in open_:
        text = _("“{{%{where} {word} …%}}”没有对应的“{{%{where} {end} %}}”，请补上")
        yield TemplateFault(
            place=place, message=text.format(where=where, word=word, end=_BLOCKS[word])
        )


def _alone(line: Line, tag: str, where: str, rows: Mapping[int, int]) -> Iterator[TemplateFault]:
    if where == "p" and line.text.strip() != tag.strip():
        text = _("“{tag}”要独占一段，请把同段的其他内容移开")
        yield TemplateFault(place=line.place, message=text.format(tag=tag))
    if where == "tr" and (line.row < 0 or rows[line.row] > 1):
        text = _("“{tag}”要在表格里独占一行，请把它移到单独的一行")
        yield TemplateFault(place=line.place, message=text.format(tag=tag))


def _paired(
    open_: list[tuple[str, str, str]], line: Line, found: tuple[str, str]
) -> Iterator[TemplateFault]:
    where, word = found
    if word in _BLOCKS:
        open_.append((where, word, line.place))
        return
    top = open_[-1][1] if open_ else ""
    if word in _INNER and top not in _INNER[word]:
        text = _("“{word}”不在任何条件或循环里，请删去或补上开头")
        yield TemplateFault(place=line.place, message=text.format(word=word))
    if word not in _BLOCKS.values():
        return
    if not open_ or _BLOCKS[top] != word:
        text = _("多了“{word}”，或它和前面的开头不成对，请核对")
        yield TemplateFault(place=line.place, message=text.format(word=word))
        return
    begun, _word, place = open_.pop()
    if begun != where:
        text = _("“{word}”和它的开头（{place}）要用同一种写法：都写 {{%p、都写 {{%tr，或都不写")
        yield TemplateFault(place=line.place, message=text.format(word=word, place=place))


# ------------------------------------------------------------------ what tags ask for


def value_faults(lines: Sequence[Line], known: Mapping[str, object]) -> Iterator[TemplateFault]:
    """Tags nobody has a value for; ``known`` is what a paper says, with sample rows."""
    scopes: list[dict[str, object]] = [dict(known)]
    for line in lines:
        for tag in _TAG.findall(line.text):
            if not _LOOKS.match(tag):
                yield from _tag_faults(line, tag, scopes)


def used(lines: Sequence[Line]) -> set[str]:
    """All names that stand in tags, those behind a point included."""
    words = (re.findall(r"[^\W\d]\w*", tag) for line in lines for tag in _TAG.findall(line.text))
    return {word for each in words for word in each}


def _tag_faults(line: Line, tag: str, scopes: list[dict[str, object]]) -> Iterator[TemplateFault]:
    source = re.sub(r"^\{([{%])-?(?:p|tr|tc|r)\s", r"{\1 ", tag).translate(_CURLY)
    word = found["word"] if (found := _STATEMENT.match(tag)) else ""
    if word == "endfor":
        scopes[:] = scopes[:1] if len(scopes) < 2 else scopes[:-1]  # noqa: PLR2004 - the first stays
        return
    try:
        tree = SandboxedEnvironment().parse(source + _closing(word))
    except TemplateSyntaxError:
        if word not in {"endif", "else", "elif"}:
            text = _("标签写错了：“{tag}”，请核对名称、引号和括号")
            yield TemplateFault(place=line.place, message=text.format(tag=tag))
        if word != "elif":
            return
        tree = SandboxedEnvironment().parse(source.replace("elif", "if", 1) + "{% endif %}")
    yield from _unknown(line, tree, scopes)
    if word == "for":
        scopes.append(_loop(tree, scopes))


def _closing(word: str) -> str:
    return f"{{% {_BLOCKS[word]} %}}" if word in _BLOCKS else ""


def _unknown(
    line: Line, tree: nodes.Template, scopes: Sequence[Mapping[str, object]]
) -> Iterator[TemplateFault]:
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    asked = [n.name for n in tree.find_all(nodes.Name) if n.ctx == "load" and n.name not in own]
    for name in dict.fromkeys(asked):
        if name != "loop" and not any(name in scope for scope in scopes):
            text = _("没有叫“{tag}”的数据，请改正或删去这个标签")
            yield TemplateFault(place=line.place, message=text.format(tag=name))
    for node in tree.find_all(nodes.Getattr):
        owner = _value(node.node, scopes)
        if isinstance(owner, Mapping) and owner and node.attr not in owner:
            text = _("“{tag}”里没有“{part}”，请改正或删去这个标签")
            shown = getattr(node.node, "name", "")
            yield TemplateFault(place=line.place, message=text.format(tag=shown, part=node.attr))


def _value(node: nodes.Node, scopes: Sequence[Mapping[str, object]]) -> object:
    """What an expression stands for in the sample; ``None`` where that is not plain to see."""
    if isinstance(node, nodes.Name):
        return next((scope[node.name] for scope in reversed(scopes) if node.name in scope), None)
    if isinstance(node, nodes.Getattr):
        owner = _value(node.node, scopes)
        return owner.get(node.attr) if isinstance(owner, Mapping) else None
    if isinstance(node, nodes.Getitem):
        owner = _value(node.node, scopes)
        return _first(owner)
    return None


def _first(value: object) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return value[0]
    return None


def _loop(tree: nodes.Template, scopes: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """What a loop adds to what is known in it."""
    loop = tree.find(nodes.For)
    if loop is None:
        return {}
    names = [node.name for node in loop.target.find_all(nodes.Name)]
    if isinstance(loop.target, nodes.Name):
        return {loop.target.name: _first(_value(loop.iter, scopes))}
    return dict.fromkeys(names)
