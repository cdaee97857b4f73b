# SPDX-License-Identifier: GPL-2.0-or-later
"""Far calls and returns of ring 3 access the stack as ring 3 does, with SMAP and without (SDM volume 3, 4.6.1)."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from engine.machine.machine import Machine
from tests.engine.machine.protected_guest import HALT, Caught, caught, started
from tests.engine.machine.small_guest import LOAD, assemble, results

SMAP = 1 << 21
SETTINGS = 0x5000
USER, SUPERVISOR, ABSENT = 0x3F8000, 0x1F0000, 0x700000
INVALID_OPCODE, GENERAL_PROTECTION, PAGE_FAULT, SYSTEM_CALL, GATE_CALL = 6, 13, 14, 0x80, 0x81
P, W, U = 1, 2, 4
GUEST = """
    .set SETTINGS, 0x5000
    lgdt pointer_of_tables
    movl $0x18, %eax
    ltr %ax
    movl $0x6f00, 0x8804
    gate 14, fault
    gate 0x80, call
    movw $0xee00, 0x6004 + 16 * 0x80
    movl $entered, %eax         /* a call gate for ring 3 */
    movw %ax, call_gate
    movw $0x08, call_gate + 2
    movw $0xec00, call_gate + 4
    shrl $16, %eax
    movw %ax, call_gate + 6
    movl $user, %esi
    movl $0x3f0000, %edi        /* pages of ring 3: 2 to 4 MiB */
    movl $user_end - user, %ecx
    rep movsb
    orl $4, 0x1000
    orl $4, 0x2000
    orl $4, 0x3008
    movq %cr3, %rax
    movq %rax, %cr3
    movl SETTINGS, %eax
    movq %rax, %cr4
    pushq $0x33
    pushq SETTINGS + 8
    pushq $2
    pushq $0x2b
    pushq $0x3f0000
    iretq
fault:
    movl $14, %ebx
    popq %rcx
    jmp note
entered:
    movl $0x81, %ebx
    jmp 1f
call:
    movl $0x80, %ebx
1:  xorl %ecx, %ecx
note:
    movl $0x620, %eax           /* the results are in a page of ring 3 */
    movq %rax, %cr4
    movq %rbx, 0x300000
    movq %rcx, 0x300008
    movq %r14, 0x300010
    movq %r13, 0x300018
1:  hlt
    jmp 1b
user:
    {code}
user_end:
    .balign 8
tables:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x0000890088000067, 0, 0x00affb000000ffff, 0x00cff3000000ffff
call_gate:
    .quad 0, 0
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
END = "\nud2\ndone: int $0x80\nfar: .long 0x3f0000 + done - user\n .word 0x2b\nto_gate: .long 0\n .word 0x38\n"


def set_up(machine: Machine, cr4: int, stack: int) -> None:
    """What the guest takes CR4 and the stack of ring 3 from."""
    machine.memory.write_int(SETTINGS, 8, cr4)
    machine.memory.write_int(SETTINGS + 8, 8, stack)


def run(code: str, stack: int, cr4: int) -> tuple[int, ...]:
    """Vector and error code of the exception that ends the code in ring 3, R14 and R13."""
    with Machine() as machine:
        machine.memory.write(LOAD, assemble(GUEST.format(code=code + END)))
        set_up(machine, cr4 | 0x620, stack)
        machine.run_seconds(0.001)
        return results(machine, 4)


@pytest.mark.parametrize("smap", [0, SMAP])
@pytest.mark.parametrize("name", CASES)
def test_the_stack_of_a_program_serves(name: str, smap: int) -> None:
    assert run(GOOD[name], USER, smap)[:2] == (SYSTEM_CALL, 0)


@pytest.mark.parametrize("smap", [0, SMAP])
@pytest.mark.parametrize(("stack", "present"), [(SUPERVISOR, P), (ABSENT, 0)])
@pytest.mark.parametrize("name", CASES)
def test_another_stack_is_a_page_fault_of_ring_3(name: str, stack: int, present: int, smap: int) -> None:
    case = CASES[name]
    assert run(case.code, stack, smap)[:2] == (PAGE_FAULT, present | U | (W if case.pushes else 0))


@pytest.mark.parametrize("smap", [0, SMAP])
@pytest.mark.parametrize("stack", [USER, SUPERVISOR, ABSENT])
def test_a_call_gate_to_ring_0_needs_no_stack_of_ring_3(stack: int, smap: int) -> None:
    """The return address goes to the stack of ring 0, and there are no parameters (SDM volume 2, CALL)."""
    assert run("lcall *to_gate(%rip)", stack, smap)[:2] == (GATE_CALL, 0)


VIRTUAL_8086 = (
    """
    .set SETTINGS, 0x5000
guest:
    movw $TASK, %ax
    ltr %ax
    movl $user, %esi
    movl $0x30000, %edi
    movl $user_end - user, %ecx
    rep movsb
    xorl %ecx, %ecx             /* the first MiB as it is, for ring 0 */
1:  movl %ecx, %eax
    shll $12, %eax
    orl $3, %eax
    movl %eax, 0x20000(, %ecx, 4)
    incl %ecx
    cmpl $256, %ecx
    jb 1b
    orl $4, 0x20000 + 4 * 0x30  /* but for code and stack */
    orl $4, 0x20000 + 4 * 0x31
    movl $0x20007, 0x21000
    movl $0x21000, %eax
    movl %eax, %cr3
    movl SETTINGS, %eax
    movl %eax, %cr4
    movl %cr0, %eax
    orl $0x80000000, %eax
    movl %eax, %cr0
    pushl $0
    pushl $0
    pushl $0
    pushl $0
    pushl SETTINGS + 8
    pushl $0x1f00
    pushl $0x23002              /* VM and IOPL 3 */
    pushl $0x3000
    pushl $0
    iret
    .code16
user:
    {code}
    ud2
    .code32
user_end:
"""
    + HALT
)
SHORT = {"iret": "iret", "far call": "lcall $0x3000, $0x100"}
USER_SEGMENT, SUPERVISOR_SEGMENT = 0x3000, 0x4000


def in_virtual_8086_mode(code: str, segment: int, smap: int) -> Caught:
    """The exception that ends the code; SS is a segment."""
    with started(VIRTUAL_8086.format(code=code)) as machine:
        set_up(machine, smap, segment)
        machine.run_seconds(0.001)
        return caught(machine)


@pytest.mark.parametrize("smap", [0, SMAP])
@pytest.mark.parametrize("name", SHORT)
def test_the_stack_of_virtual_8086_code_serves(name: str, smap: int) -> None:
    pushed = "pushw $2\n pushw $0x3000\n pushw $0x100\n" if name == "iret" else ""
    code = f"{pushed} {SHORT[name]}\n .skip 0x100 - (. - user)\n movw %sp, %bx\n hlt"  # HLT is not permitted
    found = in_virtual_8086_mode(code, USER_SEGMENT, smap)
    assert (found.vector, found.eip, found.times) == (GENERAL_PROTECTION, 0x102, 1)


@pytest.mark.parametrize("smap", [0, SMAP])
@pytest.mark.parametrize("name", SHORT)
def test_another_stack_of_virtual_8086_code_is_a_page_fault_of_ring_3(name: str, smap: int) -> None:
    found = in_virtual_8086_mode(SHORT[name], SUPERVISOR_SEGMENT, smap)
    assert (found.vector, found.error, found.eip) == (PAGE_FAULT, P | U | (W if name == "far call" else 0), 0)


def test_ring_3_enters_no_virtual_8086_mode_and_gets_no_iopl() -> None:
    """IRET of 32 bits with VM and IOPL in its image: both stay as they are (SDM volume 2, IRET)."""
    code = f"""
    leaq after(%rip), %rax
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
after:
    pushfq
    popq %r14
    movl 8(%r15), %r13d
    int $0x80
"""
    vector, _, flags, image = run(code, USER, SMAP)
    assert (vector, flags & 0x23000, image) == (SYSTEM_CALL, 0, VM_AND_IOPL)


def test_ring_1_enters_no_virtual_8086_mode() -> None:
    source = (
        """
guest:
    movw $TASK, %ax
    ltr %ax
    movb $0xbb, gdt + 0x18 + 5  /* the segments of ring 3 become those of ring 1 */
    movb $0xb3, gdt + 0x20 + 5
    pushl $0x21
    pushl $0x6800
    pushl $2
    pushl $0x19
    pushl $inner
    iret
inner:
    pushl $0x20002              /* VM */
    pushl $0x19
    pushl $after
    iret
after:
    ud2
"""
        + HALT
    )
    with started(source) as machine:
        machine.run_seconds(0.001)
        found = caught(machine)
        assert (found.vector, found.cs, found.eflags & 0x20000, found.times) == (INVALID_OPCODE, 0x19, 0, 1)
