# SPDX-License-Identifier: GPL-2.0-or-later
"""Blocks of many instructions, of each of which the translator keeps something until the block ends."""

from __future__ import annotations

import pytest

from tests.engine.machine.small_guest import results, running

INSTRUCTIONS = {
    "x87": "fld %st(0)",
    "sse": "pshufd $0x1b, %xmm0, %xmm0",
    "sse-3": "palignr $3, %xmm1, %xmm0",
    "environment": "fnstenv 0x310000",
}
MANY = 700


@pytest.mark.parametrize("instruction", INSTRUCTIONS.values(), ids=INSTRUCTIONS)
def test_a_long_block_is_translated(instruction: str) -> None:
    source = (
        f"    jmp 1f\n1:\n    .rept {MANY}\n    {instruction}\n    .endr\n    movl $1, 0x300000\n2:  hlt\n    jmp 2b\n"
    )
    with running(source, 0.001) as machine:
        assert results(machine, 1) == (1,)
