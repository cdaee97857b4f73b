# SPDX-License-Identifier: GPL-2.0-or-later
"""The CPU names the speculative weaknesses it has not (Intel SDM volume 4, table 2-2, IA32_ARCH_CAPABILITIES)."""

from __future__ import annotations

from tests.engine.machine.small_guest import results, running

RDCL_NO, SSB_NO, MDS_NO, TAA_NO = 0, 4, 5, 8
GENERAL_PROTECTION = 13

GUEST = """
    gate 13, protected
    movl $7, %eax
    xorl %ecx, %ecx
    cpuid
    shrl $29, %edx
    andl $1, %edx
    movq %rdx, 0x300000
    movl $0x10a, %ecx
    rdmsr
    shlq $32, %rdx
    orq %rdx, %rax
    movq %rax, 0x300008
    movl $0x10a, %ecx
    wrmsr
    jmp 1f
protected:
    movq $13, 0x300010
1:  hlt
    jmp 1b
"""


def test_it_has_no_weakness_of_speculation_and_says_so() -> None:
    with running(GUEST, 0.001) as machine:
        exists, capabilities, vector = results(machine, 3)
        assert exists
        assert all(capabilities >> bit & 1 for bit in (RDCL_NO, SSB_NO, MDS_NO, TAA_NO))
        assert vector == GENERAL_PROTECTION  # the register is read-only
