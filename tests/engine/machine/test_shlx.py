# SPDX-License-Identifier: GPL-2.0-or-later
"""BMI2 needs no CR4.OSFXSR (Intel SDM volume 2, exceptions of class 13); what works on XMM registers does."""

from __future__ import annotations

from tests.engine.machine.small_guest import results, running

GUEST = """
    gate 6, undefined
    jmp begin
undefined:                      /* count, go on behind the instruction, whose length is in R15 */
    incq 0x300000
    addq %r15, (%rsp)
    iretq
begin:
    movl $0x20, %eax            /* PAE only */
    movq %rax, %cr4
    movl $3, %r15d
    xorps %xmm0, %xmm0
    movl $5, %ecx
    movl $1, %eax
    shlxl %ecx, %eax, %edx
    movq %rdx, 0x300008
    shlxq %rcx, %rdx, %rdx
    movq %rdx, 0x300010
    movl $0x20, %eax
    movq %rax, %cr4
    xorps %xmm0, %xmm0
    movl $5, %r15d
    .byte 0xc4, 0xe2, 0x75, 0xf7, 0xd0   /* VEX.L is not 0: no instruction */
1:  hlt
    jmp 1b
"""


def test_shlx_works_without_sse_which_then_does_not() -> None:
    with running(GUEST, 0.001) as machine:
        assert results(machine, 3) == (3, 1 << 5, 1 << 10)
