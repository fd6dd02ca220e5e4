"""The order of names: hand lists, rules, placing by hand, and the characters shipped."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheetflow
from sheetflow.model import NameOrder, Source
from sheetflow.names import Hand, in_order, read_hands, rule

DATA = Path(sheetflow.__file__).parent / "data"
CHARACTERS = [
    line.split("\t")
    for line in (DATA / "characters.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
NAMES = st.text(st.sampled_from("丁马王毛叶申田刘李欧阳一三小·㛃A "), min_size=1, max_size=4)
LISTS = st.lists(NAMES, max_size=12)
ORDERS = st.sampled_from(list(NameOrder))


def ordered(names: str, order: NameOrder, **hands: str) -> str:
    """Names in order, parted by spaces; hands as character=strokes."""
    given_ = names.split()
    put = {character: Hand(strokes=strokes) for character, strokes in hands.items()}
    return " ".join(given_[at] for at in in_order(given_, order, hands=put).places)


def turned(names: str) -> str:
    """The same names the other way round."""
    return " ".join(reversed(names.split()))


# ------------------------------------------------------------------ hand lists


@pytest.mark.parametrize(
    "names",
    [
        pytest.param("丁 马 王 毛 叶 申 田 刘 李 杨 吴 何 沈 张 陈 赵", id="surnames"),
        pytest.param("何 沈 陈 周 郑 赵 钱 徐 高 黄 蒋", id="more-surnames"),
        pytest.param("二 丁 十 七 卜 人 入 八 九 几 刁 力", id="two-strokes-one-by-one"),
        pytest.param("江 汤 许", id="left-parts-of-other-orders"),
        pytest.param("叶 申", id="same-strokes-by-shape"),
        pytest.param("丁一 马晓红 王一 王芳 王小明 毛文静", id="short-names-first"),
        pytest.param("田富 田大利", id="田富-before-田大利"),
        pytest.param("李梅 李建华", id="李梅-before-李建华"),
        pytest.param("司马光 吴军 张三 张三丰 欧阳修文 欧阳锋 赵敏", id="compounds-by-their-first"),
    ],
)
def test_names_go_by_the_strokes_of_the_surname(names: str) -> None:
    assert ordered(turned(names), NameOrder.SURNAME_STROKES) == names


@pytest.mark.parametrize(
    "names",
    [
        pytest.param("田大利 田富", id="田大利-before-田富"),
        pytest.param("王一 王小明 王芳", id="second-characters"),
        pytest.param("李建华 李梅", id="建-before-梅"),
        pytest.param("张三 张三丰", id="nothing-before-something"),
    ],
)
def test_names_go_by_the_strokes_of_the_whole_name(names: str) -> None:
    assert ordered(turned(names), NameOrder.NAME_STROKES) == names


@pytest.mark.parametrize(
    "names",
    [
        pytest.param("阿依古丽 陈静 丁一 何平 李建华 李梅 欧阳锋 司马光 张三 赵敏", id="letters"),
        pytest.param("方 房 仿 放", id="tones"),
        pytest.param("卢 鲁 陆 吕 栾 罗", id="lü-behind-lu"),
        pytest.param("曾一 张一", id="曾-zeng"),
        pytest.param("区一 裴一 朴一 仇一", id="区-ou-朴-piao-仇-qiu"),
        pytest.param("单一 沈一 解一 尉迟一 查一 翟一", id="单-shan-尉迟-yu"),
        pytest.param("李 张伟 张伟伟", id="prefix"),
    ],
)
def test_names_go_by_pinyin(names: str) -> None:
    assert ordered(turned(names), NameOrder.PINYIN) == names


def test_names_go_by_total_then_by_strokes_and_who_has_none_goes_last() -> None:
    names = ["张三", "王芳", "李梅", "丁一", "毛文静"]
    totals = [Decimal(90), None, Decimal("104.5"), Decimal(90), Decimal(0)]
    places = in_order(names, NameOrder.SCORE, totals=totals).places
    assert [names[at] for at in places] == ["李梅", "丁一", "张三", "毛文静", "王芳"]


def test_the_order_of_the_roster_stays() -> None:
    assert in_order(["张三", "㛃一", "丁一"], NameOrder.ROSTER).places == (0, 1, 2)


# ------------------------------------------------------------------ what is odd in a name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("阿依·古丽", "阿依古丽", id="dot"),
        pytest.param("张　三", "张三", id="padding"),
        pytest.param("葛\ufe00一", "葛一", id="variant-of-a-glyph"),
    ],
)
def test_marks_in_a_name_do_not_count(one: str, other: str) -> None:
    assert in_order([one, other], NameOrder.SURNAME_STROKES).tied == ((0, 1),)


def test_what_stands_in_brackets_is_compared_last() -> None:
    names = "张伟 张伟（大） 张伟（小） 张三丰"
    assert ordered(turned(names), NameOrder.SURNAME_STROKES) == "张伟 张伟（大） 张伟（小） 张三丰"


def test_letters_stand_behind_han_characters_in_their_order() -> None:
    assert ordered("Tom 㛃一 赵敏 anna 赵A", NameOrder.SURNAME_STROKES) == (
        "赵敏 赵A anna Tom 㛃一"
    )


def test_same_names_keep_the_order_of_the_roster_and_are_told() -> None:
    found = in_order(["李四", "张伟", "丁一", "张伟", "李四"], NameOrder.SURNAME_STROKES)
    assert found.places == (2, 0, 4, 1, 3)
    assert found.tied == ((0, 4), (1, 3))


@pytest.mark.parametrize("order", [NameOrder.SURNAME_STROKES, NameOrder.PINYIN])
def test_a_character_outside_the_data_goes_last_and_is_told(order: NameOrder) -> None:
    found = in_order(["㛃一", "龘三", "丁𠮷", "丁一", "㛃二"], order)
    assert set(found.outside) == {"㛃", "𠮷"}
    assert {found.places[-2], found.places[-1]} == {0, 4}


# ------------------------------------------------------------------ placed by hand


def test_a_character_goes_where_its_strokes_put_it() -> None:
    names = ["丁一", "龘一", "春一", "㛃一", "赵一", "珍一", "南一"]
    hands = {"㛃": Hand(strokes="111253531")}
    found = in_order(names, NameOrder.SURNAME_STROKES, hands=hands)
    assert "".join(names[at][0] for at in found.places) == "丁㛃春珍赵南龘"
    assert not found.outside


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([row for row in CHARACTERS if row[2]]))
def test_a_character_taken_out_of_the_data_returns_to_its_place(row: list[str]) -> None:
    known = [other for other in CHARACTERS if other[2] and other[2] != row[2]]
    here = int(row[1]), row[2]
    before = [other for other in known if (int(other[1]), other[2]) < here][-3:]
    after = [other for other in known if (int(other[1]), other[2]) > here][:3]
    names = [other[0] for other in (*after, *before)]
    found = in_order(["㛃", *names], NameOrder.SURNAME_STROKES, hands={"㛃": Hand(strokes=row[2])})
    assert found.places.index(0) == len(before)


def test_what_is_typed_wins_over_the_data() -> None:
    assert ordered("丁一 王一", NameOrder.SURNAME_STROKES, 王="1") == "王一 丁一"


def test_a_typed_reading_places_a_name_by_pinyin() -> None:
    names = ["张三", "覃一", "㛃一", "宋四"]
    hands = {"㛃": Hand(reading="jie2"), "覃": Hand(reading="tan2")}
    found = in_order(names, NameOrder.PINYIN, hands=hands)
    assert [names[at] for at in found.places] == ["㛃一", "宋四", "覃一", "张三"]
    assert not found.outside


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("㛃=111253531", {"㛃": Hand(strokes="111253531")}, id="strokes"),
        pytest.param("㛃=9画 111 253 531", {"㛃": Hand(strokes="111253531")}, id="spaces"),
        pytest.param("㛃 ＝ ９画１１１２５３５３１", {"㛃": Hand(strokes="111253531")}, id="wide"),
        pytest.param("𠮷：横竖横竖折横", {"𠮷": Hand(strokes="121251")}, id="words"),
        pytest.param("冰=点提折撇捺", {"冰": Hand(strokes="41534")}, id="ti-and-na"),
        pytest.param("覃=tan2", {"覃": Hand(reading="tan2")}, id="reading"),
        pytest.param(
            "㛃=9画111253531 jie2；𠮷=121251；\n",
            {"㛃": Hand(strokes="111253531", reading="jie2"), "𠮷": Hand(strokes="121251")},
            id="both",
        ),
        pytest.param("  ", {}, id="nothing"),
    ],
)
def test_a_clerk_types_strokes_and_readings(text: str, expected: dict[str, Hand]) -> None:
    assert read_hands(text, Source()) == (expected, ())


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        pytest.param("㛃", "hand-notation", "", id="nothing-said"),
        pytest.param("㛃=", "hand-notation", "", id="nothing-behind"),
        pytest.param("㛃=9画", "hand-notation", "", id="count-alone"),
        pytest.param("㛃=第九", "hand-notation", "", id="words"),
        pytest.param("㛃=126", "hand-notation", "", id="no-such-stroke"),
        pytest.param("张三=121", "hand-notation", "", id="two-characters"),
        pytest.param("㛃=8画111253531", "hand-count", "9", id="count"),
        pytest.param("㛃=jie2；㛃=111", "hand-twice", "", id="twice"),
    ],
)
def test_what_cannot_be_understood_is_told(text: str, kind: str, expected: str) -> None:
    source = Source(file="考核方案.xlsx", sheet="设置", cell="C9")
    _hands, (fault,) = read_hands(text, source)
    assert (fault.kind, fault.source, fault.expected) == (kind, source, expected)
    assert fault.found == text.rsplit("；", maxsplit=1)[-1]


# ------------------------------------------------------------------ shown


def test_every_order_has_words_of_its_own() -> None:
    assert len({rule(order) for order in NameOrder}) == len(NameOrder)


# ------------------------------------------------------------------ properties


@settings(max_examples=30, deadline=None)
@given(LISTS, ORDERS)
def test_names_are_neither_lost_nor_doubled(names: list[str], order: NameOrder) -> None:
    found = in_order(names, order, totals=[None] * len(names))
    assert sorted(found.places) == list(range(len(names)))


@settings(max_examples=30, deadline=None)
@given(LISTS.flatmap(lambda names: st.tuples(st.just(names), st.permutations(names))))
def test_only_ties_depend_on_the_order_given(lists: tuple[list[str], list[str]]) -> None:
    shown = []
    for names in lists:
        found = in_order(names, NameOrder.SURNAME_STROKES)
        heads = {at: min(names[each] for each in group) for group in found.tied for at in group}
        shown.append([heads.get(at, names[at]) for at in found.places])
        assert all(list(group) == sorted(group) for group in found.tied)
    assert shown[0] == shown[1]


@settings(max_examples=30, deadline=None)
@given(LISTS)
def test_ordering_again_changes_nothing(names: list[str]) -> None:
    first = [names[at] for at in in_order(names, NameOrder.SURNAME_STROKES).places]
    again = in_order(first, NameOrder.SURNAME_STROKES).places
    assert list(again) == list(range(len(names)))


# ------------------------------------------------------------------ the characters shipped


def test_twenty_thousand_characters_come_once_each() -> None:
    assert len({row[0] for row in CHARACTERS}) == len(CHARACTERS) == 20_897
    assert all("\u4e00" <= row[0] <= "\u9fa5" for row in CHARACTERS)


def test_every_character_of_gb2312_is_there_with_a_reading() -> None:
    readings = {row[0]: row[3] for row in CHARACTERS}
    codes = [bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)]
    wanted = [text for code in codes if (text := code.decode("gb2312", "ignore"))]
    assert len(wanted) == 6763
    assert [c for c in wanted if not readings.get(c)] == []


def test_strokes_and_their_order_never_fall() -> None:
    counts = [int(row[1]) for row in CHARACTERS]
    orders = [(int(row[1]), row[2]) for row in CHARACTERS if row[2]]
    assert counts == sorted(counts)
    assert orders == sorted(orders)
    assert all(len(strokes) == count for count, strokes in orders)


def test_every_line_has_its_form() -> None:
    form = re.compile(r".\t[1-9]\d?\t[1-5]*\t(?:[a-zü]+[1-5])?")
    assert [row for row in CHARACTERS if not form.fullmatch("\t".join(row))] == []


@pytest.mark.parametrize(
    ("character", "strokes"),
    [("达", 6), ("虽", 9), ("王", 4), ("沈", 7), ("赵", 9), ("萨", 11), ("懿", 22), ("龘", 48)],
)
def test_strokes_counted_by_hand(character: str, strokes: int) -> None:
    assert [int(row[1]) for row in CHARACTERS if row[0] == character] == [strokes]


def test_source_and_licences_stand_beside_the_characters() -> None:
    notice = (DATA / "LICENSE").read_text(encoding="utf-8")
    told = (DATA / "README.md").read_text(encoding="utf-8")
    for source in ("cn-sort", "cnchar-order", "pypinyin", "Unihan"):
        assert source in notice
        assert source in told
