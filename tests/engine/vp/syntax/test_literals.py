# SPDX-License-Identifier: GPL-2.0-or-later
"""Literals and their values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vp.syntax.literals import fits, integer_value, string_literal, string_value

MAX = (1 << 64) - 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("-1", MAX), ("+7", 7), ("0xB8000", 0xB8000), ("-0x1", MAX), ("18446744073709551616", 0),
        ("0x10000000000000005", 5), ("007", 7), ("-9223372036854775808", 1 << 63),
    ],
)  # fmt: skip
def test_integers_are_reduced_modulo_two_to_the_64(text: str, value: int) -> None:
    assert integer_value(text) == value


@given(st.integers(-(1 << 70), 1 << 70))
def test_every_integer(value: int) -> None:
    assert integer_value(str(value)) == value & MAX
    assert fits(str(value)) is (-(1 << 63) <= value <= MAX)


@pytest.mark.parametrize(
    ("literal", "value"),
    [('""', b""), (r'"a\tb\n"', b"a\tb\n"), (r'"\"\\"', b'"\\'), (r'"\q"', b"q"), ('"ü"', "ü".encode())],
)
def test_a_backslash_before_other_characters_is_dropped(literal: str, value: bytes) -> None:
    assert string_value(literal) == value


@given(st.text().map(lambda text: text.replace("\0", "")))
def test_a_literal_has_the_value_it_was_made_for(text: str) -> None:
    value = text.encode("utf-8", "surrogatepass")
    assert string_value(string_literal(value)) == value
