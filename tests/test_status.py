"""Who has returned and who has not, as the clerk reads it and sends it to the group."""

from __future__ import annotations

from pathlib import Path

import pytest
from rounds import UNREVIEWED, blank, drop, fill, make, person, run


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (("张一", "张一", "李二"), "张一（001）、张一（002）、李二"),
        (("张一", "王三", "李二"), "张一、王三、李二"),
    ],
    ids=["namesakes", "all different"],
)
def test_namesakes_are_told_apart_and_nobody_else_bears_an_id(
    tmp_path: Path, names: tuple[str, ...], shown: str
) -> None:
    people = [person(f"{n:03d}", name) for n, name in enumerate(names, start=1)]
    folder = make(tmp_path / "考核", UNREVIEWED, people)
    run("-C", folder, "forms")
    run("-C", folder, "collect")
    told = run("-C", folder, "status").out
    assert f"未交（3）：{shown}\n" in told
    assert f"还没有交的：{shown}。" in told


def test_the_head_of_a_faulty_file_tells_namesakes_apart(tmp_path: Path) -> None:
    people = [person("001", "张一"), person("002", "张一")]
    folder = make(tmp_path / "考核", UNREVIEWED, people)
    run("-C", folder, "forms")
    drop(folder, "微信文件.xlsx", fill(blank(folder, "002"), {"A1-1": 99}))
    assert "收回/微信文件.xlsx（张一（002） 的表）\n" in run("-C", folder, "collect").out
