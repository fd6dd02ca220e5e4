"""Bonus claims: what counts, what a row still has to prove, one document once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from forms_for_tests import Cells, Typed, filled, row, sound_cells
from hypothesis import given, settings
from schemes_for_tests import RICH

from sheetflow.claims import ClaimRead, read_claims
from sheetflow.kinds import Wrong
from sheetflow.model import Field, Value, ValueKind

DAY = date(2015, 5, 4)


def claims(cells: Cells) -> Mapping[str, ClaimRead]:
    return {claim.code: claim for claim in read_claims(RICH, filled(cells))}


def one(code: str, **typed: Typed) -> ClaimRead:
    return claims(row(code, **typed))[code]


COUNTED: tuple[tuple[str, dict[str, Typed], str], ...] = (
    # levels: any claim up to the points of the level
    ("A+1-1", {"level": "市级", "document": "发1号", "date": DAY, "claim": 4}, "4"),
    ("A+1-1", {"level": "市级", "document": "发1号", "date": DAY, "claim": 3}, "3"),
    ("A+1-1", {"level": "市级", "document": "发1号", "date": DAY, "claim": "４分"}, "4"),
    ("A+1-1", {"level": " 市级 ", "document": "发1号", "date": "2015年5月4日", "claim": 4}, "4"),
    ("A+1-1", {"level": "市级", "document": "发1号", "date": DAY, "claim": "4.5"}, "0"),
    ("A+1-1", {"level": "全国级", "document": "发1号", "date": DAY, "claim": 4}, "0"),
    # every proof must be there
    ("A+1-1", {"level": "市级", "date": DAY, "claim": 4}, "0"),
    ("A+1-1", {"level": "市级", "document": "发1号", "claim": 4}, "0"),
    ("A+1-1", {"level": "市级", "document": "发1号", "date": "五月", "claim": 4}, "0"),
    ("A+1-1", {"document": "发1号", "date": DAY, "claim": 4}, "0"),
    ("A+2-1", {"level": "省级", "date": DAY, "claim": 3}, "3"),
    # inside the period, both ends included
    ("A+2-1", {"level": "省级", "date": date(2015, 1, 1), "claim": 3}, "3"),
    ("A+2-1", {"level": "省级", "date": date(2015, 12, 31), "claim": 3}, "3"),
    ("A+2-1", {"level": "省级", "date": date(2014, 12, 31), "claim": 3}, "0"),
    ("A+2-1", {"level": "省级", "date": date(2016, 1, 1), "claim": 3}, "0"),
    # a range with a meeting
    ("A+3-1", {"document": "5月4日会议", "claim": 1}, "1"),
    ("A+3-1", {"document": "5月4日会议", "claim": "2.5"}, "2.5"),
    ("A+3-1", {"document": "5月4日会议", "claim": "0.5"}, "0"),
    ("A+3-1", {"document": "5月4日会议", "claim": "3.5"}, "0"),
    ("A+3-1", {"claim": 2}, "0"),
    # hours above a number, whole steps only
    ("A+4-1", {"document": "45", "claim": 1}, "1"),
    ("A+4-1", {"document": 45, "claim": 1}, "1"),
    ("A+4-1", {"document": "４５小时", "claim": 1}, "1"),
    ("A+4-1", {"document": "45学时", "claim": "0.5"}, "0.5"),
    ("A+4-1", {"document": "45", "claim": "1.5"}, "0"),
    ("A+4-1", {"document": "20", "claim": "0.5"}, "0"),
    ("A+4-1", {"document": "1000", "claim": 2}, "2"),
    ("A+4-1", {"document": "很多", "claim": 1}, "0"),
    ("A+4-1", {"document": "40-50", "claim": 1}, "0"),
    # so much a time
    ("A+5-1", {"date": DAY, "claim": 1}, "1"),
    ("A+5-1", {"date": DAY, "claim": 2}, "0"),
    ("A+5-1", {"claim": 1}, "0"),
    # what cannot be read never counts
    ("A+5-1", {"date": DAY, "claim": "1-2"}, "0"),
    ("A+5-1", {"date": DAY, "claim": Value(ValueKind.ERROR, "#REF!")}, "0"),
    ("A+5-1", {"date": DAY}, "0"),
)


@pytest.mark.parametrize(("code", "typed", "points"), COUNTED)
def test_what_a_row_counts(code: str, typed: dict[str, Typed], points: str) -> None:
    assert one(code, **typed).counted == Decimal(points)


MISSING: tuple[tuple[str, dict[str, Typed], tuple[Field, ...]], ...] = (
    ("A+1-1", {"claim": 4}, (Field.LEVEL, Field.DOCUMENT, Field.DATE)),
    ("A+1-1", {"level": "市级", "date": DAY, "claim": 4}, (Field.DOCUMENT,)),
    ("A+2-1", {"level": "省级", "claim": 3}, (Field.DATE,)),
    ("A+3-1", {"claim": 3}, (Field.DOCUMENT,)),
    ("A+4-1", {"document": "很多", "claim": 1}, (Field.DOCUMENT,)),
    ("A+5-1", {"claim": 1}, (Field.DATE,)),
    ("A+5-1", {"date": DAY, "claim": 1}, ()),
)


@pytest.mark.parametrize(("code", "typed", "fields"), MISSING)
def test_which_proof_is_missing(
    code: str, typed: dict[str, Typed], fields: tuple[Field, ...]
) -> None:
    assert one(code, **typed).missing == fields


@pytest.mark.parametrize("document", ["无", "暂无", "/", "—", "…", "待补", "见附件", "0", "\u200b"])
def test_a_word_for_nothing_proves_nothing(document: str) -> None:
    claim = one("A+1-1", level="市级", document=document, date=DAY, claim=4)
    assert claim.missing == (Field.DOCUMENT,)
    assert not claim.counted


def test_a_blank_row_is_no_claim_and_a_started_one_is() -> None:
    assert claims({}) == {}
    assert one("A+5-2", reason="登记").points is None


def test_a_level_nobody_knows_is_wrong_not_worthless() -> None:
    claim = one("A+1-1", level="全国级", document="发1号", date=DAY, claim=4)
    assert claim.wrong is Wrong.CHOICE


def honour(code: str, level: str, claim: Typed, document: str = "局发〔2015〕3号") -> Cells:
    return row(code, level=level, document=document, date=DAY, claim=claim)


SAME = (
    "局发[2015]3号", "局发（2015）3号", " 局发 〔2015〕 3号", "局发【2015】3号", "局发《2015》3号",
    "局发<2015>3号", "局发「2015」第3号", "局发2015第03号", "局发〔2015〕3号文",
    "《局发〔2015〕3号》", "局发〔2015〕3号。", "局发〔2015〕3号\u200b", "局发-2015-3",
)  # fmt: skip


@pytest.mark.parametrize("document", SAME)
def test_one_document_counts_once_the_higher(document: str) -> None:
    found = claims({**honour("A+1-1", "县级", "2.5"), **honour("A+1-3", "省级", 6, document)})
    assert [found[code].counted for code in ("A+1-1", "A+1-3")] == [0, 6]
    assert [found[code].repeats for code in ("A+1-1", "A+1-3")] == ["A+1-3", ""]


def test_a_document_typed_in_full_width_is_the_same_document() -> None:
    found = claims(
        {**honour("A+1-1", "县级", "2.5"), **honour("A+1-2", "省级", 6, "局发〔２０１５〕３号")}
    )
    assert sum(claim.counted for claim in found.values()) == 6


def test_of_equal_claims_the_first_row_counts() -> None:
    found = claims({**honour("A+1-2", "市级", 4), **honour("A+1-1", "市级", 4)})
    assert [found[code].counted for code in ("A+1-1", "A+1-2")] == [4, 0]


@pytest.mark.parametrize(
    "other", ["局发〔2014〕3号", "局函〔2015〕3号", "局发〔2015〕13号", "局发〔201〕53号"]
)
def test_another_number_or_word_is_another_document(other: str) -> None:
    found = claims({**honour("A+1-1", "市级", 4), **honour("A+1-2", "市级", 4, other)})
    assert [claim.counted for claim in found.values()] == [4, 4]


def test_other_documents_both_count() -> None:
    found = claims({**honour("A+1-1", "市级", 4), **honour("A+1-2", "市级", 4, "局发〔2015〕4号")})
    assert [claim.counted for claim in found.values()] == [4, 4]


def test_a_claim_that_does_not_count_takes_nothing_from_another() -> None:
    late = row("A+1-1", level="省级", document="局发〔2015〕3号", date=date(2014, 5, 4), claim=6)
    found = claims({**late, **honour("A+1-2", "县级", "2.5")})
    assert [claim.counted for claim in found.values()] == [0, Decimal("2.5")]


def test_the_same_meeting_may_recognise_two_things() -> None:
    rows = (row(f"A+3-{n}", document="5月4日会议", claim=1) for n in (1, 2))
    found = claims({key: typed for each in rows for key, typed in each.items()})
    assert [claim.counted for claim in found.values()] == [1, 1]


def test_one_document_counts_once_also_where_nobody_asks_for_one() -> None:
    talk = row("A+2-1", level="省级", document="局发2015第3号", date=DAY, claim=3)
    found = claims({**honour("A+1-1", "市级", 4), **talk})
    assert [claim.counted for claim in found.values()] == [4, 0]
    loose = (row(f"A+2-{n}", level="省级", document="见材料", date=DAY, claim=3) for n in (1, 2))
    found = claims({key: typed for each in loose for key, typed in each.items()})
    assert [claim.counted for claim in found.values()] == [3, 3]


@settings(max_examples=60, deadline=None)
@given(sound_cells())
def test_claims_come_in_printed_order_and_documents_count_once(cells: Cells) -> None:
    found = read_claims(RICH, filled(cells))
    printed = [code for part in RICH.parts for bonus in part.bonuses for code in bonus.row_codes]
    codes = [claim.code for claim in found]
    assert codes == sorted(codes, key=printed.index)
    documents = [claim.document for claim in found if claim.counted and claim.document]
    assert len(documents) == len(set(documents))
    for claim in found:
        if claim.repeats:
            winner = next(each for each in found if each.code == claim.repeats)
            assert winner.points is not None
            assert claim.points is not None
            assert winner.points >= claim.points
