# SPDX-License-Identifier: GPL-2.0-or-later
"""Layouts and stack effects of the operations, against the interpreter and the verifier of the core."""

from __future__ import annotations

from struct import calcsize, pack

import pytest

from engine.core.binding import Core, CoreError
from engine.core.image import AggregateShape, Body, ProgramImage
from engine.core.opcodes import EFFECTS, OPERAND_KINDS, OPERANDS, Op

SLOTS = 64
COUNTED = {"FUNCTION", "AGGREGATE_KEYS", "ARGUMENTS"}
"""Kinds of operands that take values, too."""


def image(op: Op, slots: int) -> ProgramImage:
    """A probe that executes one operation on as many constants as it takes, and nothing else."""
    layout = "<" + OPERANDS.get(op, "")
    operand = pack(layout, *[0] * len(layout[1:]))
    constants = bytes([Op.INT8, 1]) * 4
    return ProgramImage(
        constants + bytes([op]) + operand + bytes([Op.END]),
        (b"name", b""),
        integers=(0,),
        strings=(1,),
        probes=(Body(0, slots + 32, 32),),
        aggregates=(AggregateShape(0, 1, 0),),
        bags=(1,),
    )


PLAIN = [op for op, kind in OPERAND_KINDS.items() if kind not in COUNTED and op is not Op.RETURN]


@pytest.mark.parametrize("op", PLAIN, ids=lambda op: op.name)
def test_the_verifier_asks_for_the_slots_that_the_effect_says(op: Op) -> None:
    deepest = max(4, 4 + EFFECTS[op])
    core = Core.detached()
    try:
        core.program(image(op, deepest)).free()
        with pytest.raises(CoreError, match="operand stack exceeds its slots"):
            core.program(image(op, deepest - 1))
    finally:
        core.close()


def test_an_operand_has_the_bytes_that_its_layout_says() -> None:
    assert {op.name: calcsize("<" + layout) for op, layout in OPERANDS.items()} == {
        "INT8": 1, "INT32": 4, "INT64": 8, "LITERAL": 2, "GET_INTEGER": 2, "SET_INTEGER": 2, "GET_STRING": 2,
        "GET_LOCAL": 1, "SET_LOCAL": 1, "VARIABLE": 2, "TEMPORARY": 1, "TRY": 2, "JUMP": 2, "JUMP_ZERO": 2,
        "JUMP_NONZERO": 2, "CALL": 2, "AGGREGATE": 2, "LOG_AGGREGATE": 2, "CLEAR_AGGREGATE": 2, "BAG_INSERT": 2,
        "BAG_REMOVE": 2, "PRINTF": 5, "SPRINTF": 5,
    }  # fmt: skip
