"""How many lines text takes: wide and narrow signs, whole words, marks that stick."""

from __future__ import annotations

import pytest

from sheetflow.excel.write.heights import height, lines

#: At nine points a wide sign has 12 pixels; ten of them and the edges.
SIZE, PIXELS = 9.0, 130


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("字" * 10, 1),
        ("字" * 11, 2),
        ("字" * 21, 3),
        ("a" * 17, 1),
        ("a" * 18, 2),
        ("A" * 13, 1),
        ("A" * 14, 2),
        # A word that no longer fits goes to the next line whole.
        ("字" * 9 + "abc", 2),
        ("字" * 9 + "a", 1),
        # A closing mark never begins a line.
        ("字" * 10 + "。", 2),
        ("字" * 9 + "。", 1),
        ("字\n字", 2),
        ("字" * 11 + "\n" + "字" * 11, 4),
    ],
)
def test_lines(text: str, count: int) -> None:
    assert lines(text, PIXELS, SIZE) == count


def test_more_lines_are_higher() -> None:
    one, two, three = (height("字" * 10 * n, PIXELS, SIZE) for n in (1, 2, 3))
    assert SIZE < one < two < three
