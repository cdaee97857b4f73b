# SPDX-License-Identifier: GPL-2.0-or-later
"""Types: sizes, alignments, names."""

from __future__ import annotations

from engine.emmett.types.models import DEFAULT
from engine.emmett.types.types import (
    STRING,
    ArrayType,
    IntegerType,
    PointerType,
    StructType,
    alignment_of,
    decayed,
    is_number,
    is_text_in_memory,
    size_of,
)

CHAR, INT = IntegerType("char", 1, DEFAULT), IntegerType("int", 4, DEFAULT)


def test_sizes_and_alignments() -> None:
    array = ArrayType(INT, 3, DEFAULT)
    assert (size_of(array), alignment_of(array)) == (12, 4)
    assert (size_of(PointerType(array, DEFAULT)), size_of(STRING), alignment_of(STRING)) == (8, 0, 1)


def test_structures_are_laid_out_once_when_they_are_needed() -> None:
    asked: list[StructType] = []

    def lay_out(structure: StructType) -> bool:
        asked.append(structure)
        structure.byte_size = 24
        return True

    structure = StructType("struct", "s", DEFAULT, lay_out)
    assert not asked
    assert (size_of(structure), size_of(structure)) == (24, 24)
    assert asked == [structure]
    assert not StructType("struct", "t", DEFAULT).complete()


def test_arrays_decay_and_text_is_known() -> None:
    assert decayed(ArrayType(CHAR, 3, DEFAULT)) == PointerType(CHAR, DEFAULT)
    assert is_text_in_memory(PointerType(CHAR, DEFAULT))
    assert is_text_in_memory(ArrayType(CHAR, 3, DEFAULT))
    assert not is_text_in_memory(PointerType(INT, DEFAULT))
    assert not is_number(STRING)


def test_names_are_those_of_c() -> None:
    assert str(PointerType(PointerType(INT, DEFAULT), DEFAULT)) == "int **"
    assert str(ArrayType(CHAR, 0, DEFAULT)) == "char[]"
    assert str(StructType("union", "u", DEFAULT)) == "union u"
