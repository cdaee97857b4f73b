# SPDX-License-Identifier: GPL-2.0-or-later
"""Conversions of literal formats."""

from __future__ import annotations

import pytest

from engine.vp.analysis.formats import valid_conversions
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.ast import String
from engine.vp.syntax.literals import string_value
from engine.vp.tables.builtins import Type


def read(literal: str) -> tuple[list[tuple[str, Type]] | None, list[tuple[str, int]]]:
    """The conversions of a literal; messages and columns of what is invalid."""
    source, findings = SourceText("a.vp", literal), Findings()
    found = valid_conversions(String(string_value(literal), source.span(0, len(literal))), source, findings)
    conversions = None if found is None else [(one.text, one.type) for one in found]
    return conversions, [(one.message, one.span.column) for one in findings.items]


@pytest.mark.parametrize(
    ("literal", "letters"),
    [
        ('""', ""), ('"100%%"', ""), ('"%d %s"', "ds"), ('"%-08.3llx|%#o"', "xo"), ('"%%%u%%"', "u"), ('"%+ #0i"', "i"),
    ],
)  # fmt: skip
def test_valid_conversions_have_the_type_of_their_letter(literal: str, letters: str) -> None:
    found, messages = read(literal)
    assert messages == []
    assert found is not None
    assert "".join(text[-1] for text, _ in found) == letters
    assert [kind for _, kind in found] == [Type.STRING if letter == "s" else Type.INTEGER for letter in letters]


def test_a_star_takes_an_integer_of_its_own() -> None:
    found, messages = read('"%-*.*s %.*d"')
    assert messages == []
    assert found == [
        ("%-*.*s", Type.INTEGER), ("%-*.*s", Type.INTEGER), ("%-*.*s", Type.STRING),
        ("%.*d", Type.INTEGER), ("%.*d", Type.INTEGER),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("literal", "message", "column"),
    [
        ('"a %y"', "invalid conversion `%y`", 4),
        ('"ü %y"', "invalid conversion `%y`", 4),
        ('"100%"', "incomplete conversion `%`", 5),
        ('"\\n%f"', "invalid conversion `%f`", 4),
        ('"%\\t"', "invalid conversion `%\\t`", 1),
    ],
)
def test_an_invalid_conversion_is_marked_in_the_literal(literal: str, message: str, column: int) -> None:
    assert read(literal) == (None, [(message, column)])


@pytest.mark.parametrize("literal", ['"%99999999999d"', '"%.10000s"', '"%010000x"'])
def test_a_width_beyond_reason_is_called_too_wide(literal: str) -> None:
    found, ((message, _),) = read(literal)
    assert found is None
    assert message.startswith("field too wide in `%")
