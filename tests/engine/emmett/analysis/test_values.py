# SPDX-License-Identifier: GPL-2.0-or-later
"""Values in guest memory, and types of inferred variables."""

from __future__ import annotations

from engine.emmett.analysis.context import Context
from engine.emmett.analysis.nodes import Number, Word
from engine.emmett.analysis.values import Value, in_memory, number, text, variable_type
from engine.emmett.syntax.location import Location
from engine.emmett.types.models import DEFAULT, MODELS
from engine.emmett.types.types import INT64, STRING, VOID, ArrayType, IntegerType, PointerType
from engine.vp.diagnostics.source import Findings, SourceText

AT = Location(SourceText("a", "x"), 0, 1)
BYTE = IntegerType("char", 1, DEFAULT)


def test_the_model_decides_how_memory_is_read() -> None:
    address = Word("p", AT)
    assert in_memory(IntegerType("long", 8, MODELS["guestphys"]), address, AT).node.head == "getguestphys"  # type: ignore[union-attr]
    narrow = in_memory(BYTE, address, AT).node
    assert narrow.parts[0] == Number(255, AT)  # type: ignore[union-attr]
    signed = in_memory(IntegerType("signed char", 1, DEFAULT, is_signed=True), address, AT).node
    assert signed.head == "-"  # type: ignore[union-attr]
    assert in_memory(ArrayType(BYTE, 3, DEFAULT), address, AT).node == address


def test_values_of_other_types_are_reported() -> None:
    context = Context(Findings(), {}, None)
    assert number(context, Value(STRING, Word("s", AT), AT), "this") == Number(0, AT)
    assert text(context, Value(INT64, Word("n", AT), AT), "this") == Word('""', AT)
    number(context, Value(VOID, Word("f", AT), AT), "this")
    assert [one.code for one in context.findings.items] == ["E621", "E621", "E625"]


def test_variables_get_the_type_of_their_value() -> None:
    assert variable_type(STRING) == STRING
    assert variable_type(BYTE) == INT64
    assert variable_type(ArrayType(BYTE, 3, DEFAULT)) == PointerType(BYTE, DEFAULT)
    assert variable_type(VOID) is None
