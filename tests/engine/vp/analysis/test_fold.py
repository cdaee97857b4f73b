# SPDX-License-Identifier: GPL-2.0-or-later
"""Constant folding: unsigned and modulo 2^64."""

from __future__ import annotations

import pytest

from engine.vp import parse
from engine.vp.analysis.fold import constant
from engine.vp.syntax.ast import Vprobe

MAX = (1 << 64) - 1


def folded(expression: str, *own: str) -> int | None:
    script, diagnostics = parse(f"(vprobe VMM1Hz {expression})")
    assert not diagnostics
    (form,) = script.forms
    assert isinstance(form, Vprobe)
    return constant(form.body[0], own)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7", 7), ("(- 1)", MAX), ("(+ -1 2)", 1), ("(- 10 3 2)", 5), ("(/ -1 2)", MAX // 2), ("(% 7 4)", 3),
        ("(<< 1 64)", 0), ("(>> -1 63)", 1), ("(< 1 -1)", 1), ("(~ 0)", MAX), ("(! 5)", 0), ("(&& 1 2)", 1),
        ("(|| 0 0)", 0), ("(add 1 2)", 3), ("(* (+ 1 2) 3)", 9), ("(^ 6 3)", 5), ("(| 1 6)", 7), ("(& 6 3)", 2),
    ],
)  # fmt: skip
def test_expressions_of_literals(expression: str, value: int) -> None:
    assert folded(expression) == value


@pytest.mark.parametrize(
    "expression", ["RIP", '"x"', "(+ RIP 1)", "(/ 1 0)", "(% 1 0)", "(&& RIP 0)", "(getsystemtime)"]
)
def test_other_expressions_have_no_constant_value(expression: str) -> None:
    assert folded(expression) is None


def test_logical_operators_stop_at_the_deciding_literal() -> None:
    assert folded("(&& 0 RIP)") == 0
    assert folded("(|| 3 RIP)") == 1


def test_a_function_of_the_script_hides_a_synonym() -> None:
    assert folded("(add 1 2)", "add") is None
