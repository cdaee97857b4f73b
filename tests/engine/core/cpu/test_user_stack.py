# SPDX-License-Identifier: GPL-2.0-or-later
"""Far calls and returns of ring 3 access the stack as ring 3 does, with SMAP and without (SDM volume 3, 4.6.1)."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.engine.machine.small_guest import results, running

SMAP = 1 << 21
USER, SUPERVISOR, ABSENT = 0x3F8000, 0x1F0000, 0x700000
PAGE_FAULT, SYSTEM_CALL = 14, 0x80
P, W, U = 1, 2, 4
GUEST = """
    lgdt pointer_of_tables
    movl $0x18, %eax
    ltr %ax
    movl $0x6f00, 0x8804
    gate 14, fault
    gate 0x80, call
    movw $0xee00, 0x6004 + 16 * 0x80
    movl $user, %esi
    movl $0x3f0000, %edi        /* pages of ring 3: 2 to 4 MiB */
    movl $user_end - user, %ecx
    rep movsb
    orl $4, 0x1000
    orl $4, 0x2000
    orl $4, 0x3008
    movq %cr3, %rax
    movq %rax, %cr3
    movl ${cr4:#x}, %eax
    movq %rax, %cr4
    pushq $0x33
    pushq ${stack:#x}
    pushq $2
    pushq $0x2b
    pushq $0x3f0000
    iretq
fault:
    movl $14, %ebx
    popq %rcx
    jmp note
call:
    movl $0x80, %ebx
    xorl %ecx, %ecx
note:
    movl $0x620, %eax           /* the results are in a page of ring 3 */
    movq %rax, %cr4
    movq %rbx, 0x300000
    movq %rcx, 0x300008
1:  hlt
    jmp 1b
user:
    {code}
user_end:
    .balign 8
tables:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x0000890088000067, 0, 0x00affb000000ffff, 0x00cff3000000ffff
pointer_of_tables:
    .word pointer_of_tables - tables - 1
    .quad tables
"""


class Case(NamedTuple):
    """What ring 3 does, and where its stack is then."""

    code: str
    pushes: bool = False


CASES = {
    "far return": Case("lretq"),
    "iret": Case("iretq"),
    "far call": Case("lcall *far(%rip)", pushes=True),
}
GOOD = {
    "far return": "leaq done(%rip), %rax\n pushq $0x2b\n pushq %rax\n lretq\n",
    "iret": (
        "leaq done(%rip), %rax\n movq %rsp, %rcx\n"
        "pushq $0x33\n pushq %rcx\n pushfq\n pushq $0x2b\n pushq %rax\n iretq\n"
    ),
    "far call": "lcall *far(%rip)\n",
}
VM_AND_IOPL = 0x23002
END = "\nud2\ndone: int $0x80\nfar: .long 0x3f0000 + done - user\n .word 0x2b\n"


def run(code: str, stack: int, cr4: int) -> tuple[int, ...]:
    """Vector and error code of the exception that ends the code in ring 3."""
    with running(GUEST.format(code=code + END, stack=stack, cr4=cr4 | 0x620), 0.001) as machine:
        return results(machine, 2)


@pytest.mark.parametrize("smap", [0, SMAP])
@pytest.mark.parametrize("name", CASES)
def test_the_stack_of_a_program_serves(name: str, smap: int) -> None:
    assert run(GOOD[name], USER, smap) == (SYSTEM_CALL, 0)


@pytest.mark.parametrize("smap", [0, SMAP])
@pytest.mark.parametrize(("stack", "present"), [(SUPERVISOR, P), (ABSENT, 0)])
@pytest.mark.parametrize("name", CASES)
def test_another_stack_is_a_page_fault_of_ring_3(name: str, stack: int, present: int, smap: int) -> None:
    case = CASES[name]
    assert run(case.code, stack, smap) == (PAGE_FAULT, present | U | (W if case.pushes else 0))


def test_ring_3_enters_no_virtual_8086_mode_and_gets_no_iopl() -> None:
    """IRET of 32 bits with VM and IOPL in its image: both stay as they are (SDM volume 2, IRET)."""
    code = f"""
    leaq done(%rip), %rax
    movq %rsp, %rcx
    subq $20, %rsp
    movl %eax, (%rsp)
    movl $0x2b, 4(%rsp)
    movl ${VM_AND_IOPL:#x}, 8(%rsp)
    movl %ecx, 12(%rsp)
    movl $0x33, 16(%rsp)
    movq %rsp, %r15
    iret
    ud2
done:
    pushfq
    popq %r14
    movl 8(%r15), %r13d
    int $0x80
"""
    source = GUEST.format(code=code, stack=USER, cr4=SMAP | 0x620).replace(
        "1:  hlt", " movq %r14, 0x300010\n movq %r13, 0x300018\n1:  hlt"
    )
    with running(source, 0.001) as machine:
        vector, _, flags, image = results(machine, 4)
        assert (vector, flags & 0x23000, image) == (SYSTEM_CALL, 0, VM_AND_IOPL)
