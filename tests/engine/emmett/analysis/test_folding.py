# SPDX-License-Identifier: GPL-2.0-or-later
"""Constants are computed as VP computes, and chains become one form."""

from __future__ import annotations

import pytest

from engine.emmett import Options, translate
from engine.vp.diagnostics.source import SourceText


def vp(code: str) -> str:
    """What an expression becomes."""
    text = SourceText("a", f"int a; int b; int c; VMM1Hz a = {code};")
    result = translate([text], Options(height=99))
    assert result.vp is not None, result.diagnostics
    return result.vp.text.splitlines()[-1].removeprefix("(vprobe VMM1Hz (setint a ").removesuffix("))")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1 + 2 * 3", "7"), ("-1 / 2", "9223372036854775807"), ("0xffffffff80000000", "-2147483648"),
        ("0x8000000000000000 >> 63", "1"), ("!0", "1"), ("!5", "0"), ("~0", "-1"), ("1 << 64", "0"),
        ("a + 0", "a"), ("a * 1", "a"), ("1 * a", "a"), ("a << 0", "a"), ("a | 0", "a"), ("a & ~0", "a"),
        ("a + b + c", "(+ a b c)"), ("a + (b + c)", "(+ a b c)"), ("a - b - c", "(- a b c)"),
        ("a - (b - c)", "(- a (- b c))"), ("a / b / c", "(/ a b c)"), ("a % b % c", "(% (% a b) c)"),
        ("a << b << c", "(<< (<< a b) c)"), ("a && b && c", "(&& (&& a b) c)"), ("a < b < c", "(< a b c)"),
        ("a < (b < c)", "(< a (< b c))"), ("-(a - b)", "(- (- a b))"), ("-(-a)", "(- (- a))"),
        ("-a - b", "(- (- a) b)"),
        ("a + 1 + 2", "(+ a 3)"), ("+a", "a"), ("a ? b : c", "(cond (a b) (1 c))"),
    ],
)  # fmt: skip
def test_expressions(code: str, expected: str) -> None:
    assert vp(code) == expected


def test_long_chains_are_divided_as_vp_takes_32_operands() -> None:
    assert vp(" + ".join("a" * 33)) == f"(+ (+ {' '.join('a' * 32)}) a)"
