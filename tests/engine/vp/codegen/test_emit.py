# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytecode under construction."""

from __future__ import annotations

import pytest

from engine.core.opcodes import Op
from engine.vp.codegen.emit import Code, Label
from engine.vp.diagnostics.diagnostic import Span


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0, bytes([Op.INT8, 0])),
        ((1 << 64) - 1, bytes([Op.INT8, 0xFF])),
        (128, bytes([Op.INT32, 128, 0, 0, 0])),
        (1 << 31, bytes([Op.INT64]) + (1 << 31).to_bytes(8, "little")),
        ((1 << 64) - (1 << 31), bytes([Op.INT32, 0, 0, 0, 0x80])),
    ],
)
def test_integers_take_their_shortest_form(value: int, code: bytes) -> None:
    emitted = Code()
    emitted.integer(value)
    assert bytes(emitted.bytes) == code


def test_a_jump_reaches_its_label() -> None:
    code, label = Code(), Label()
    code.integer(1)
    code.jump(Op.JUMP_ZERO, label)
    code.integer(2)
    code.bind(label, 0)
    assert bytes(code.bytes) == bytes([Op.INT8, 1, Op.JUMP_ZERO, 2, 0, Op.INT8, 2])


def test_the_deepest_stack_is_that_of_the_body() -> None:
    code = Code()
    for value in range(3):
        code.integer(value)
    code.emit(Op.ADD)
    code.emit(Op.ADD)
    assert (code.depth, code.deepest) == (1, 3)
    code.begin()
    assert (code.depth, code.deepest) == (0, 0)


def test_equal_literals_share_a_number() -> None:
    code = Code()
    assert [code.literal(text) for text in (b"a", b"b", b"a")] == [0, 1, 0]
    assert code.literals == (b"a", b"b")


def test_a_place_without_code_is_replaced_and_an_equal_one_is_not_repeated() -> None:
    code, one, two = Code(), Span(1, 1, 1, 2), Span(2, 1, 2, 2)
    code.place("a.vp", one)
    code.place("a.vp", two)
    code.emit(Op.DROP)
    code.place("a.vp", two)
    code.emit(Op.DROP)
    assert [(place.pc, place.span) for place in code.places] == [(0, two)]
