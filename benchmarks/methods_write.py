"""What a user might write forms, notices and a summary with; the summary's own writer, too.

    python benchmarks/methods_write.py METHOD RECORDED OUT

forms          XlsxWriter paints each form by itself, by the calls that paint one
notices        docxtpl fills the template for each member by itself, opened anew each time
summary        XlsxWriter with constant memory writes the cells of a summary
our-summary    the program's own writer writes the summary of an outcome
"""

from __future__ import annotations

import gc
import io
import json
import marshal
import pickle
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measure import used
from recording import Held, Made

_MEMORY = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_STREAM = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@contextmanager
def _clock() -> Iterator[None]:
    """Tell the figures of what happens inside alone."""
    with Path("/proc/self/status").open() as status:
        resident = next(line for line in status if line.startswith("VmRSS:"))
    start, began = used()[0], time.perf_counter()
    yield
    told = {
        "cpu": used()[0] - start,
        "wall": time.perf_counter() - began,
        "before": int(resident.split()[1]) * 1024 / 1e6,
    }
    print(json.dumps(told))


def _load(recorded: str) -> Any:  # noqa: ANN401 - what was recorded differs
    return pickle.loads(Path(recorded).read_bytes())  # noqa: S301 - written by us


def _again(value: Any, made: list[Any], own: dict[str, str]) -> Any:  # noqa: ANN401 - as above
    """Arguments with what was made put back, and the member's texts for the first one's."""
    if isinstance(value, str):
        return own.get(value, value)
    if isinstance(value, Made):
        return made[value.number]
    if isinstance(value, dict):
        return {key: _again(each, made, own) for key, each in value.items()}
    return [_again(each, made, own) for each in value] if isinstance(value, tuple) else value


def forms(recorded: str, out: str) -> None:
    """Write every form by the recorded calls."""
    import xlsxwriter  # noqa: PLC0415 - each method its own imports

    calls, texts = _load(recorded)
    for number, own in enumerate(texts):
        stream = io.BytesIO()
        made: list[Any] = [xlsxwriter.Workbook(stream, _MEMORY)]
        for at, method, words, options in calls:
            call = getattr(made[at], method)
            made.append(call(*_again(words, made, own), **_again(options, made, own)))
        (Path(out) / f"{number}.xlsx").write_bytes(stream.getvalue())


def notices(recorded: str, out: str) -> None:
    """Fill the template once a member."""
    from docxtpl import DocxTemplate  # noqa: PLC0415 - each method its own imports

    template, said = _load(recorded)
    for number, context in enumerate(said):
        paper = DocxTemplate(io.BytesIO(template))
        paper.render(context, autoescape=True)
        paper.save(str(Path(out) / f"{number}.docx"))


def summary(recorded: str, out: str) -> None:
    """Write the same cells in the same places, with borders and stored results of formulas."""
    import xlsxwriter  # noqa: PLC0415 - each method its own imports

    sheets = marshal.loads(Path(recorded).read_bytes())  # noqa: S302 - written by us
    numbers = {cell[1] for _name, rows in sheets for _row, cells in rows for cell in cells}
    gc.freeze()
    with _clock():
        book = xlsxwriter.Workbook(str(Path(out) / "summary.xlsx"), _STREAM)
        styles = {n: book.add_format({"border": 1, "font_size": 9 + n / 100}) for n in numbers}
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for row, cells in rows:
                for cell in cells:
                    _put(sheet, row, cell, styles)
        book.close()


def _put(sheet: Any, row: int, cell: Held, styles: dict[int, Any]) -> None:  # noqa: ANN401 - a library without types
    column, style, held, formula = cell
    if formula:
        sheet.write_formula(row, column, f"={formula}", styles[style], "" if held is None else held)
    elif held is None:
        sheet.write_blank(row, column, None, styles[style])
    elif isinstance(held, str):
        sheet.write_string(row, column, held, styles[style])
    else:
        sheet.write_number(row, column, held, styles[style])


def our_summary(recorded: str, out: str) -> None:
    """Write the summary by the program's own writer."""
    from sheetflow.excel.write.summary import write_summary  # noqa: PLC0415 - each its own imports

    found = _load(recorded)
    with _clock():
        data = write_summary(found, created=found.scheme.period_end)
        (Path(out) / "summary.xlsx").write_bytes(data)


METHODS = {"forms": forms, "notices": notices, "summary": summary, "our-summary": our_summary}

if __name__ == "__main__":
    METHODS[sys.argv[1]](*sys.argv[2:])
