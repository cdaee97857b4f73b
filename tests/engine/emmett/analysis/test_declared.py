# SPDX-License-Identifier: GPL-2.0-or-later
"""Specifiers and declarators to types."""

from __future__ import annotations

import pytest

from engine.emmett.analysis.declared import integer_words
from tests.engine.emmett.compiling import body_of, codes_of


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("unsigned", "int"), ("signed char", "char"), ("short int", "short"), ("long unsigned int", "long"),
        ("long long", "long long"), ("int long unsigned long", "long long"), ("long char", None),
        ("signed unsigned", None), ("long long long", None), ("", None), ("void", None),
    ],
)  # fmt: skip
def test_integer_types_are_those_of_c(words: str, kind: str | None) -> None:
    assert integer_words(tuple(words.split())) == kind


@pytest.mark.parametrize(
    ("type_", "size"),
    [("char *", 8), ("char *[3]", 24), ("char (*)[3]", 8), ("short[2][5]", 20), ("enum { A, B }", 4), ("int64", 8)],
)
def test_declarators_are_read_from_the_inside(type_: str, size: int) -> None:
    assert body_of(f"VMM1Hz x = sizeof({type_});") == f"(setint x {size})"


def test_what_is_no_type_is_refused() -> None:
    assert codes_of("int f(string s[3]) { return 1; } VMM1Hz x = 1;") == ["E611"]
    assert codes_of("unknown x; VMM1Hz x = 1;") == ["E608"]
