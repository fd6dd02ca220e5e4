"""What may be scored: one rule, told to the printer, the validation and the checks alike.

Every surface asks here: the printed rule, the validation and its message, the self-check of
the form, the collector's check and the page of ``sheetflow explain``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from sheetflow import notation, number
from sheetflow.messages import _
from sheetflow.model import Bonus, Claim, ColumnRole, Event, Item, Kind, Part, Proof, Scheme


class Wrong(StrEnum):
    """Why a number is not allowed."""

    BELOW = "below"
    ABOVE = "above"
    STEP = "step"
    CHOICE = "choice"


# ------------------------------------------------------------------ items


#: What the branch counts for an item by ratio; also the names of these counts wherever kept.
ATTENDED, HELD = "实到", "应到"
#: Decimal places of points that come of a division.
PLACES = 2


def step(item: Item) -> Decimal:
    """Smallest distance of two allowed points; what comes of a division has two decimals."""
    return Decimal(1).scaleb(-PLACES) if item.kind is Kind.RATIO else item.step


def values(item: Item) -> tuple[Decimal, ...] | None:
    """All allowed points when they are a short list, else ``None`` (a range by steps)."""
    if item.kind is Kind.CHOICE:
        return tuple(sorted({level.points for level in item.levels}))
    if item.kind is Kind.TICK:
        return (Decimal(0), item.most)
    return None


def wrong(item: Item, points: Decimal) -> Wrong | None:
    """Say why these points are not allowed for this item; ``None`` when they are."""
    if points < 0:
        return Wrong.BELOW
    if points > item.most:
        return Wrong.ABOVE
    listed = values(item)
    if listed is not None:
        return None if points in listed else Wrong.CHOICE
    return None if number.on_step(points, step(item)) else Wrong.STEP


def allowed(item: Item) -> str:
    """Words for the allowed points: 「0–3 分，每 0.5 分一档」 or 「0、2、4 分」."""
    if item.kind is Kind.NOTE:
        return _("不计分，不用填")
    if item.kind is Kind.RATIO:
        return _("0–{most} 分，最多两位小数").format(most=number.text(item.most))
    listed = values(item)
    if listed is not None:
        return _("{values} 分").format(values=_("、").join(map(number.text, listed)))
    return _("0–{most} 分，每 {step} 分一档").format(
        most=number.text(item.most), step=number.text(item.step)
    )


def rule(item: Item) -> str:
    """Rule as printed: the scheme's own wording, else made from the rule itself."""
    if item.wording:
        return item.wording
    body = notation.show_levels(item.levels) or notation.show_events(item.events)
    if item.kind is Kind.RATIO:
        body = _("{attended}÷{held}×{most}分，保留两位小数").format(
            attended=ATTENDED, held=HELD, most=number.text(item.most)
        )
    if item.kind is Kind.POINTS and item.levels:
        body += _("（可用{step}档）").format(step=number.text(item.step))
    return _("；").join(text for text in (body, item.note) if text)


# ------------------------------------------------------------------ who an item is meant for


def meant(item: Item, post: str | None) -> bool:
    """Whether an item is meant for a post; ``None`` stands for no post in particular."""
    return post is None or not item.posts or post in item.posts


def posts(scheme: Scheme) -> tuple[str, ...]:
    """Posts that a roster may name: the choices of its column, else those that items name."""
    for column in scheme.columns:
        if column.role is ColumnRole.POST and column.choices:
            return column.choices
    named = (post for part in scheme.parts for item in part.items for post in item.posts)
    return tuple(dict.fromkeys(named))


def by_post(part: Part) -> bool:
    """Whether anything in this part depends on the member's post."""
    return any(item.posts for item in part.items)


def post_known(scheme: Scheme, post: str | None) -> bool:
    """Whether it is clear which items are meant for a member of this post."""
    return post in posts(scheme) or not any(map(by_post, scheme.parts))


# ------------------------------------------------------------------ bonuses


def claim_limit(bonus: Bonus, level: str, hours: Decimal | None) -> Decimal | None:
    """Return the most one row may claim; ``None`` while level or hours are not known."""
    if bonus.claim is Claim.LEVEL:
        return next((each.points for each in bonus.levels if each.title == level), None)
    if bonus.claim is Claim.EACH:
        return bonus.points
    if bonus.claim is Claim.HOURS:
        if hours is None:
            return None
        full = max(Decimal(0), hours - bonus.above) // bonus.per
        return min(bonus.most, full * bonus.points)
    return bonus.most


def wrong_claim(bonus: Bonus, points: Decimal, limit: Decimal | None) -> Wrong | None:
    """Say why a claim is not allowed, given the row's limit if that is known."""
    least = bonus.points if bonus.claim is Claim.RANGE and points else Decimal(0)
    if points < least:
        return Wrong.BELOW
    if points > (bonus.most if limit is None else limit):
        return Wrong.ABOVE
    return None if number.on_step(points, bonus.step) else Wrong.STEP


def allowed_claim(bonus: Bonus, limit: Decimal | None) -> str:
    """Words for the allowed claim of one row."""
    least = bonus.points if bonus.claim is Claim.RANGE else Decimal(0)
    return _("{least}–{most} 分，每 {step} 分一档").format(
        least=number.text(least),
        most=number.text(bonus.most if limit is None else limit),
        step=number.text(bonus.step),
    )


def bonus_rule(bonus: Bonus) -> str:
    """Rule of a bonus as printed, with its cap."""
    if bonus.wording:
        return bonus.wording
    points, most = number.text(bonus.points), number.text(bonus.most)
    if bonus.claim is Claim.LEVEL:
        body = notation.show_levels(bonus.levels)
    elif bonus.claim is Claim.RANGE:
        step = number.text(bonus.step)
        body = _("{least}–{most} 分，{step} 档").format(least=points, most=most, step=step)
    elif bonus.claim is Claim.EACH:
        body = _("每{unit} +{points}").format(unit=bonus.unit, points=points)
    else:
        above, per = number.text(bonus.above), number.text(bonus.per)
        body = _("超过 {above} 小时的部分，每满 {per} 小时 +{points}").format(
            above=above, per=per, points=points
        )
    return _("；").join(
        text for text in (body, _("封顶{most}").format(most=most), bonus.note) if text
    )


def document_hint(bonus: Bonus) -> str:
    """What the document column of this bonus must hold, in a few words; empty when nothing."""
    hints = {
        Proof.DOCUMENT: _("填文号"),
        Proof.MEETING: _("填认定的会议"),
        Proof.HOURS: _("填总时数（小时）"),
    }
    return next((hints[proof] for proof in bonus.proof if proof in hints), "")


# ------------------------------------------------------------------ what the branch counted


def counted(item: Item) -> tuple[Event, ...]:
    """Return what the branch may count for this item instead of judging its points."""
    if item.kind is Kind.RATIO:
        return Event(what=ATTENDED), Event(what=HELD)
    return item.events if item.kind is Kind.COUNT else ()


def wrong_counts(item: Item, times: Mapping[str, Decimal]) -> str:
    """Say why counts give no points although all are there; empty when they do."""
    if item.kind is not Kind.RATIO or not {ATTENDED, HELD} <= times.keys():
        return ""
    if times[HELD] <= 0:
        return _("{held}是 0，算不出比例").format(held=HELD)
    if times[ATTENDED] > times[HELD]:
        return _("{attended}比{held}多").format(attended=ATTENDED, held=HELD)
    return ""


def from_counts(item: Item, times: Mapping[str, Decimal]) -> tuple[Decimal, str] | None:
    """Points that counts give, with the reason in words; ``None`` while one is blank.

    An item that something earns starts at zero, any other at its full points; it never leaves
    0 … 满分 (domain: 扣完为止).
    """
    events = counted(item)
    if not events or any(event.what not in times for event in events) or wrong_counts(item, times):
        return None
    if item.kind is Kind.RATIO:
        return _share(item, times[ATTENDED], times[HELD])
    earns = any(_earns(event) for event in events)
    points, reasons = Decimal(0) if earns else item.most, []
    for event in events:
        found = times[event.what]
        if event.zero_from is not None and found >= event.zero_from:
            zero = _("{what}{times}{unit}，记0分")
            return Decimal(0), zero.format(
                what=event.what, times=number.text(found), unit=event.unit
            )
        moved = _moved(event, found)
        if moved:
            points += moved
            reasons.append(_one_reason(event, found, moved))
    return min(max(points, Decimal(0)), item.most), _("，").join(reasons) or _("台账均无")


def _share(item: Item, attended: Decimal, held: Decimal) -> tuple[Decimal, str]:
    """Attended ÷ held × full points, rounded once, half up."""
    points = number.half_up(attended * item.most / held, PLACES)
    reason = _("{attended}{a}次，{held}{h}次，按比例得{points}分")
    counts = {"a": number.text(attended), "h": number.text(held), "points": number.text(points)}
    return points, reason.format(attended=ATTENDED, held=HELD, **counts)


def _earns(event: Event) -> bool:
    return event.each > 0 or any(step.points > 0 for step in event.steps)


def _moved(event: Event, found: Decimal) -> Decimal:
    """Points that so many times bring: by the table where there is one, else so much a time."""
    if event.steps:
        reached = [step.points for step in event.steps if step.times <= found]
        return reached[-1] if reached else Decimal(0)
    counts = found if event.most_times is None else min(found, Decimal(event.most_times))
    return event.each * counts


def _one_reason(event: Event, found: Decimal, moved: Decimal) -> str:
    text = (
        _("{what}{times}{unit}，加{points}分")
        if moved > 0
        else _("{what}{times}{unit}，扣{points}分")
    )
    return text.format(
        what=event.what,
        times=number.text(found),
        unit=event.unit,
        points=number.text(abs(moved)),
    )
