"""Typefaces of official papers, and what to take where one is not installed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A typeface and what to take where it is not installed, best first."""

    name: str
    instead: tuple[str, ...]
    panose: str
    family: str
    pitch: str = "fixed"
    charset: str = "86"


SONG = Face(
    name="宋体",
    instead=("SimSun", "NSimSun"),
    panose="02010600030101010101",
    family="auto",
    pitch="variable",
)
FANG = Face(
    name="仿宋",
    instead=("FangSong", "仿宋_GB2312", "FangSong_GB2312"),
    panose="02010609060101010101",
    family="modern",
)
KAI = Face(
    name="楷体",
    instead=("KaiTi", "楷体_GB2312", "KaiTi_GB2312"),
    panose="02010609060101010101",
    family="modern",
)
HEI = Face(name="黑体", instead=("SimHei",), panose="02010609060101010101", family="modern")
TITLE = Face(
    name="方正小标宋简体",
    instead=("FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "华文中宋", "STZhongsong", "宋体", "SimSun"),
    panose="03000509000000000000",
    family="script",
)
LATIN = Face(
    name="Times New Roman",
    instead=("Liberation Serif",),
    panose="02020603050405020304",
    family="roman",
    pitch="variable",
    charset="00",
)
FACES = (SONG, FANG, KAI, HEI, TITLE, LATIN)
