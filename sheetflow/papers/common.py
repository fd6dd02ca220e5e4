"""What every paper may say: texts of people, the year, counts, the letterhead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sheetflow import number
from sheetflow.messages import _, in_source
from sheetflow.model import Letterhead, Outcome, PaperKind, Review, Scheme
from sheetflow.names import rule
from sheetflow.outcomes import counts, in_tier
from sheetflow.papers.people import commended
from sheetflow.papers.words import as_paper_says, blank, day_typed, filled, span, tiers_in_prose

#: Slot that holds the day a paper is dated; its year is the document number's.
DATED = "成文日期"
Texts = dict[str, object]
#: A tenth of a percent of a whole.
_TENTHS = 1000


def texts(scheme: Scheme, kind: PaperKind) -> Texts:
    """Slots and names, with places to fill in where there is nothing."""
    slots = {slot.name: as_paper_says(filled(slot.text, slot.name)) for slot in scheme.slots}
    slots |= {name: blank(name) for name in kind.needs if name not in slots}
    settings = scheme.settings
    return {
        **slots,
        "单位": filled(settings.organisation, _("单位")),
        "上级": filled(settings.superior, _("上级")),
    }


def unfilled(scheme: Scheme, kind: PaperKind) -> tuple[str, ...]:
    """Texts that this kind cannot do without and nobody has written."""
    settings = scheme.settings
    names = {_("单位"): settings.organisation}
    if kind.upward:
        names[_("上级")] = settings.superior
    names |= {name: scheme.slot(name) for name in kind.needs}
    return tuple(name for name, text in names.items() if not text.strip())


def figures(outcome: Outcome) -> Texts:
    """Counts, tiers and dates that any paper may use."""
    scheme, found = outcome.scheme, counts(outcome)
    return {
        "年度": str(scheme.year),
        "期限": span(scheme.period_start, scheme.period_end),
        "方案版本": outcome.scheme_version,
        "应评": str(found["due"]),
        "参评": str(found["assessed"]),
        "评定": str(found["graded"]),
        "不定等次": str(found["not_graded"]),
        "免评": str(found["exempt"]),
        "缓评": str(found["deferred"]),
        "未交": str(found["missing"]),
        "未定": str(found["undecided"]),
        "等次界限": tiers_in_prose(scheme),
        "等次表": tier_rows(outcome, found["graded"]),
        "表彰等次": "、".join(tier.title for tier in scheme.tiers if tier.commended),
        "上报等次": "、".join(tier.title for tier in scheme.tiers if tier.reported),
        "部分名": [part.title for part in scheme.parts],
        "名单顺序": rule(scheme.settings.name_order),
        "经核定": "" if scheme.settings.review is Review.NONE else _("是"),
        **publicity(outcome),
    }


def tier_rows(outcome: Outcome, graded: int) -> list[Texts]:
    """Members by tier; the percentages add up to 100.0 as the members to all of them."""
    found = [len(in_tier(outcome.standings, tier.title)) for tier in outcome.scheme.tiers]
    return [
        {"等次": tier.title, "人数": str(count), "占比": share}
        for tier, count, share in zip(
            outcome.scheme.tiers, found, shares(found, graded), strict=True
        )
    ]


def shares(parts: list[int], whole: int) -> list[str]:
    """Percentages to one decimal that add up to 100.0; dashes of nothing.

    What rounding down leaves over goes to those who lost most by it, the first of equals first.
    """
    if not whole:
        return ["—" for _part in parts]
    tenths = [divmod(part * _TENTHS, whole) for part in parts]
    left = sum(parts) * _TENTHS // whole - sum(each for each, _rest in tenths)
    order = sorted(range(len(parts)), key=lambda n: -tenths[n][1])
    more = set(order[:left])
    return [
        f"{number.half_up(Decimal(each + (n in more)) / 10, 1)}%"
        for n, (each, _rest) in enumerate(tenths)
    ]


def publicity(outcome: Outcome) -> Texts:
    """Days on which the result is public, and what came of it; blank where nothing is public.

    Where nobody is commended nothing is made public, whatever days the settings have.
    """
    settings, objections = outcome.scheme.settings, outcome.decided.objections
    first, last = settings.publicity_from, settings.publicity_to
    known, named = "", bool(commended(outcome))
    if named and first and last:
        known = span(first, last)
    elif named and (settings.review is Review.REQUIRED or first or last):
        known = blank(_("公示起止日期"))
    came = _("无异议")
    if objections:
        came = _("收到异议{n}件，均已核实答复").format(n=len(objections))
    return {"公示期": known, "公示结果": came if known else ""}


# ------------------------------------------------------------------ letterhead


def letterhead(scheme: Scheme, kind: PaperKind, dated: str, place: int = 0) -> Texts:
    """What stands above the title; all blank where there is no letterhead.

    ``dated`` is the paper's day as it is written, ``place`` which of its kind it is.
    """
    settings = scheme.settings
    shown = settings.letterhead is not Letterhead.NONE and bool(kind.prefix)
    if not shown:
        return dict.fromkeys(("红头", "黑头", "发文机关标志", "发文字号", "签发人"), "")
    red = settings.letterhead is Letterhead.RED
    return {
        "红头": _("是") if red else "",
        "黑头": "" if red else _("是"),
        "发文机关标志": filled(settings.masthead or settings.organisation, _("发文机关标志")),
        "发文字号": document_number(scheme, kind, day_typed(dated), place),
        "签发人": filled(settings.issuer, _("签发人")) if kind.upward else "",
    }


def imprint(scheme: Scheme, kind: PaperKind, dated: str) -> Texts:
    """What ends a numbered paper (GB/T 9704-2012, 7.4); all blank where there is no imprint.

    A paper is printed on the day it is dated.
    """
    settings = scheme.settings
    shown = settings.imprint and bool(kind.prefix)
    if not shown:
        return dict.fromkeys(("版记", "抄送", "印发机关", "印发日期"), "")
    return {
        "版记": _("是"),
        "抄送": kind.copied_to.strip().rstrip("。"),
        "印发机关": filled(settings.printed_by or settings.organisation, _("印发机关")),
        "印发日期": dated or blank(DATED),
    }


@in_source()
def document_number(scheme: Scheme, kind: PaperKind, dated: date | None, place: int) -> str:
    """Number of a paper (GB/T 9704-2012, 7.2.5): whole year, no leading zeros."""
    if kind.number is None:
        return blank(_("发文序号"))
    year = dated.year if dated else scheme.year
    text = _("{prefix}〔{year}〕{number}号")
    return text.format(prefix=kind.prefix, year=year, number=kind.number + place)
