"""What commands about papers show: papers, PDFs, comparisons, templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sheetflow import round as rounds
from sheetflow.decisions import sheet_title
from sheetflow.messages import _, in_brackets
from sheetflow.model import Tab
from sheetflow.printing import clean

if TYPE_CHECKING:
    # Each flow brings its own libraries; printing one command must not load the others'.
    from sheetflow.flows.papers import Written
    from sheetflow.flows.pdf import Pdfs
    from sheetflow.flows.templates import Checked, Exported
    from sheetflow.flows.verify import Verified

#: Differences of one paper shown one by one before the rest is only counted.
_MOST_SHOWN = 40


def paper_json(written: Written) -> dict[str, Any]:
    """One paper as plain data."""
    return {
        "kind": written.kind.kind,
        "file": written.left.name if written.left else None,
        "why_not": written.why_not or None,
        "draft": list(written.draft),
        "blanks": list(dict.fromkeys(each.name for each in written.blanks)),
        "template_faults": [f"{f.place} {f.message}" for f in written.template_faults],
        "kept": (written.left.kept or None) if written.left else None,
        "singles": [each.name for each in written.singles],
        "retired": [{"file": name, "kept": kept} for name, kept in written.retired],
    }


def paper_lines(written: Written) -> Iterator[str]:
    """Say in words what became of one paper."""
    if written.left is None:
        yield clean(
            _("{title}：没有写，{why}").format(title=written.kind.title, why=written.why_not)
        )
        yield from _retired_lines(written)
        return
    state = in_brackets(_("草稿"), _("；").join(written.draft)) if written.draft else _("定稿")
    yield clean(_("{file}：{message}").format(file=written.left.name, message=state))
    yield from _blank_lines(written)
    for fault in written.template_faults:
        text = _("模板 {file}：{place} {message}")
        words = {"place": fault.place, "message": fault.message}
        yield clean("    " + text.format(file=written.kind.template, **words))
    if written.singles:
        text = _("另有每人一份，共 {n} 份，如 {name}")
        name = written.singles[0].name
        yield clean("    " + text.format(n=len(written.singles), name=name))
    for left in (written.left, *written.singles):
        if left.kept:
            yield clean("    " + _("改过的那份另存为 {kept}").format(kept=left.kept))
    yield from _retired_lines(written)


def _blank_lines(written: Written) -> Iterator[str]:
    """What is to be filled in, by the sheet where people write it."""
    homes: dict[tuple[str, str], list[str]] = {}
    for each in written.blanks:
        text = _("{whose}的{name}") if each.whose else "{name}"
        if each.sheet == sheet_title(Tab.MEETINGS):
            text = _("第 {whose} 次会议的{name}")
        said = text.format(whose=each.whose, name=each.name)
        homes.setdefault((each.file, each.sheet), []).append(said)
    for (file, sheet), names in homes.items():
        text = _("待填：{names}（在 {file} 的“{sheet}”里）")
        yield clean("    " + text.format(names=_("、").join(names), file=file, sheet=sheet))


def _retired_lines(written: Written) -> Iterator[str]:
    for name, kept in written.retired:
        text = _("以前写的 {name} 已经不适用，移到 {kept}")
        yield clean("    " + text.format(name=name, kept=kept))


def files(written: Iterable[Written]) -> tuple[str, ...]:
    """Names of all papers written, those of single members included."""
    left = (each for w in written for each in (w.left, *w.singles) if each is not None)
    return tuple(each.name for each in left)


def pdf_json(pdfs: Pdfs | None) -> dict[str, Any]:
    """PDFs as plain data; nothing where nobody asked for them."""
    if pdfs is None:
        return {}
    return {"pdf": {"files": list(pdfs.made), "why_not": pdfs.why_not or None}}


def pdf_lines(pdfs: Pdfs | None) -> Iterator[str]:
    """PDFs in words."""
    if pdfs and pdfs.made:
        yield _("另存 PDF {n} 份，和公文放在一起").format(n=len(pdfs.made))
    if pdfs and pdfs.why_not:
        yield clean(pdfs.why_not)


# ------------------------------------------------------------------ verify


def verified_json(verified: Iterable[Verified]) -> dict[str, Any]:
    """Comparisons as plain data."""
    return {"files": [_one_json(each) for each in verified]}


def _one_json(verified: Verified) -> dict[str, Any]:
    return {
        "file": verified.file,
        "kind": verified.kind.kind,
        "compared": verified.compared,
        "same": not verified.deviations,
        "tracked_changes": verified.tracked,
        "older_scheme_version": verified.older or None,
        "differences": [
            {
                "place": each.place,
                "expected": each.expected or None,
                "found": each.found or None,
                "message": each.message,
            }
            for each in verified.deviations
        ],
    }


def verified_lines(verified: Verified) -> Iterator[str]:
    """One comparison in words."""
    count = len(verified.deviations)
    words = {"file": verified.file, "n": verified.compared, "count": count}
    if count:
        yield clean(_("✗ {file}：核对 {n} 处，{count} 处和汇总不一致：").format(**words))
    else:
        yield clean(_("{file}：核对 {n} 处，和汇总一致").format(**words))
    for each in verified.deviations[:_MOST_SHOWN]:
        yield "    " + clean(each.message)
    if count > _MOST_SHOWN:
        yield "    " + _("……还有 {n} 处").format(n=count - _MOST_SHOWN)
    if verified.tracked:
        yield "    " + _("里面有没接受的修订，是按全部接受以后的样子核对的")
    if verified.older:
        text = _("它是按旧的方案（{version}）写的，方案后来改过")
        yield "    " + clean(text.format(version=verified.older))


# ------------------------------------------------------------------ templates


def exported_json(exported: Exported) -> dict[str, Any]:
    """Templates put into the round as plain data."""
    return {
        "made": list(exported.made),
        "unchanged": list(exported.same),
        "edited": list(exported.edited),
    }


def exported_lines(exported: Exported) -> Iterator[str]:
    """Templates put into the round in words."""
    there = len(exported.same)
    yield _("放进“{folder}” {n} 份模板，{there} 份已经在里面").format(
        folder=rounds.TEMPLATES, n=len(exported.made), there=there
    )
    for file in exported.edited:
        yield clean(_("{file} 有人改过，没有动").format(file=file))


def checked_json(checked: Sequence[Checked]) -> dict[str, Any]:
    """Templates checked as plain data."""
    return {
        "templates": [
            {
                "file": each.file,
                "papers": list(each.titles),
                "own": each.own,
                "faults": [
                    {"place": f.place, "message": f.message, "note": f.note} for f in each.faults
                ],
            }
            for each in checked
        ]
    }


def checked_lines(checked: Iterable[Checked]) -> Iterator[str]:
    """Templates checked in words."""
    for each in checked:
        whose = rounds.TEMPLATES if each.own else _("程序自带")
        titles = _("、").join(each.titles)
        name = _("{file}（{titles}，{whose}）").format(file=each.file, titles=titles, whose=whose)
        if not each.faults:
            yield clean(_("{name}：可以用").format(name=name))
            continue
        yield clean(name + _("：").rstrip())
        for fault in each.faults:
            sign = "·" if fault.note else "✗"
            text = _("{place}：{message}").format(place=fault.place, message=fault.message)
            yield clean(f"  {sign} {text}")


def has_faults(checked: Iterable[Checked]) -> bool:
    """Whether any template cannot be used as it is."""
    return any(not fault.note for each in checked for fault in each.faults)
