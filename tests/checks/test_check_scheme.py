"""S1: a scheme spoiled in one place is told with that place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from checks.builders import SCHEME, Edits, codes, said, scheme_case

from sheetflow.checks.registry import Case, run_checks
from sheetflow.model import Fault, Group, Level, Scheme, Source

SPOILED: list[tuple[Edits, list[str]]] = [
    ({}, []),
    # shape
    ({("指标", "G1"): None}, ["S101 指标!A1"]),
    ({("类别", "D1"): "类别"}, ["S101 类别!D1"]),
    ({("指标", "G2"): "三分"}, ["S102 指标!G2"]),
    ({("指标", "G2"): "#N/A"}, ["S102 指标!G2"]),
    ({("指标", "G2"): None}, ["S102 指标!G2"]),
    ({("指标", "A2"): "C"}, ["S102 指标!A2"]),
    ({("设置", "B2"): "体系"}, ["S102 设置!B2", "S102 考核方案.xlsx"]),
    ({("指标", "D2"): "a1-1"}, ["S102 指标!D2"]),
    # names
    ({("指标", "D3"): "A1-1"}, ["S103 指标!D3"]),
    ({("加分", "B3"): "A+1"}, ["S103 加分!B3"]),
    ({("指标", "D2"): "B+1-2"}, ["S103 加分!B7"]),
    ({("部分", "A3"): "A"}, None),
    ({("否决", "A3"): "V1"}, ["S103 否决!A3"]),
    ({("类别", "A3"): "正式党员"}, ["S103 类别!A3"]),
]
