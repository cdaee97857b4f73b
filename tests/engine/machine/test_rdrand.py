# SPDX-License-Identifier: GPL-2.0-or-later
"""The host's chance stays outside: RDRAND and RDSEED do not exist (Intel SDM volume 2, CPUID leaf 1, ECX bit 30)."""

from __future__ import annotations

import pytest

from tests.engine.machine.small_guest import results, running


@pytest.mark.parametrize("instruction", ["rdrand", "rdseed"])
def test_random_numbers_of_the_host_are_no_instructions(instruction: str) -> None:
    source = f"""
    gate 6, undefined
    movl $1, %eax
    cpuid
    movq %rcx, 0x300000
    {instruction} %rax
    jmp 1f
undefined:
    movq $6, 0x300008
1:  hlt
    jmp 1b
    """
    with running(source, 0.001) as machine:
        features, vector = results(machine, 2)
        assert not features >> 30 & 1
        assert vector == 6
