# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions that refuse a value change nothing: #GP(0) is raised at them (Intel SDM volume 2, each instruction)."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.engine.machine.small_guest import results, running

NON_CANONICAL, CANONICAL = 0x0000_8000_0000_0000, 0xFFFF_8000_0000_0000
GUEST = """
    gate 13, protected
    movl $0x10620, %eax         /* PAE, SSE, FSGSBASE */
    movq %rax, %cr4
    movups gdt + 8, %xmm1       /* for a copy of the GDT that can be told from it */
    movups %xmm1, 0x9008
    {before}
    movl $7, %ebp
    movl $1, %eax
    subl $1, %eax
    stc                         /* the block has other flags before the instruction */
    movabsq ${value:#x}, %rbx
    movq %rbx, operand
refused:
    {instruction}
    movl $1, %ebp
    jmp done
protected:
    popq %rax
    movq %rax, 0x300008         /* error code */
    popq %rax
    subq $refused, %rax
    movq %rax, 0x300010         /* RIP, as it is in the code */
    popq %rax
    popq 0x300018               /* RFLAGS */
    movl $13, %ebp
done:
    movq %rbp, 0x300000
    {after}
    movq %rax, 0x300020
1:  hlt
    jmp 1b
    .balign 16
image: .skip 24
operand: .skip 512 - 24     /* of a descriptor table, its limit precedes it */
loaded: .quad 0, 0
default: .long 0x1f80
    .balign 8
    .skip 6
copy: .word 23
    .quad 0x9000
    .balign 8
tables: .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x0000890088000067, 0, 0x0000890089000067, 0
pointer_of_tables: .word pointer_of_tables - tables - 1
    .quad tables
"""


class Instruction(NamedTuple):
    """One that loads RBX or `operand`, code for before it, and code that reads to RAX what is loaded after it."""

    code: str
    before: str
    after: str


BASES = {
    name: Instruction(f"wr{name} %rbx", f"movl $0x1234, %ecx\n wr{name} %rcx", f"rd{name} %rax")
    for name in ("fsbase", "gsbase")
}
KEPT = 0x1234
TASK, OTHER_TASK = 0x18, 0x28
LTR = Instruction("ltr %bx", f"lgdt pointer_of_tables\n movl ${TASK}, %ecx\n ltr %cx", "xorl %eax, %eax\n str %eax")
BOTH = "movq loaded + 2, %rax\n movzwl loaded, %ecx\n shlq $16, %rax\n orq %rcx, %rax"
TABLES = {
    "lgdt": (Instruction("lgdt operand - 2", "lgdt copy", f"sgdt loaded\n {BOTH}"), 0x9000 << 16 | 23),
    "lidt": (Instruction("lidt operand - 2", "", f"sidt loaded\n {BOTH}"), 0x6000 << 16 | 0xFFF),
}
STACKS = {
    name: Instruction(code, "", "xorl %eax, %eax\n movw %ss, %ax")
    for name, code in {"mov": "movl %ebx, %ss", "lss": "lssl operand - 4, %ecx"}.items()
}
STACK_SEGMENT = 0x10
DEFAULT, ALL_BITS, ONES = 0x1F80, 0xFFFF, 0xFFFF_FFFF << 32
READ_BOTH = "stmxcsr loaded\n movss %xmm0, loaded + 4\n movq loaded, %rax"
LDMXCSR = Instruction("ldmxcsr operand", "ldmxcsr default\n pxor %xmm0, %xmm0", READ_BOTH)
FXRSTOR = Instruction(
    "fxrstor image", "ldmxcsr default\n pxor %xmm0, %xmm0\n fxsave image\n pcmpeqd %xmm0, %xmm0", READ_BOTH
)


def run(instruction: Instruction, value: int) -> tuple[int, ...]:
    """13 or 1 (done), error code, offset of RIP, RFLAGS, and what is loaded."""
    source = GUEST.format(value=value, before=instruction.before, instruction=instruction.code, after=instruction.after)
    with running(source, 0.001) as machine:
        return results(machine, 5)


def refused(instruction: Instruction, value: int, kept: int) -> bool:
    """Whether the instruction raises #GP(0) and changes nothing."""
    vector, error, rip, flags, loaded = run(instruction, value)
    return (vector, error, rip, flags & 0xFF, loaded) == (13, 0, 0, 0x47, kept)


@pytest.mark.parametrize("name", BASES)
def test_a_base_of_fs_or_gs_is_canonical(name: str) -> None:
    assert refused(BASES[name], NON_CANONICAL, KEPT)
    assert run(BASES[name], CANONICAL)[::4] == (1, CANONICAL)


@pytest.mark.parametrize("name", BASES)
def test_a_base_of_32_bits_is_always_canonical(name: str) -> None:
    narrow = BASES[name]._replace(code=f"wr{name} %ebx")
    assert run(narrow, NON_CANONICAL | 0x8000_0000)[::4] == (1, 0x8000_0000)


@pytest.mark.parametrize("reserved", [1 << 16, 1 << 31])
def test_ldmxcsr_refuses_reserved_bits(reserved: int) -> None:
    assert refused(LDMXCSR, DEFAULT | reserved, DEFAULT)
    assert run(LDMXCSR, ALL_BITS)[::4] == (1, ALL_BITS)


@pytest.mark.parametrize("reserved", [1 << 16, 1 << 31])
def test_fxrstor_refuses_reserved_bits_of_mxcsr(reserved: int) -> None:
    assert refused(FXRSTOR, DEFAULT | reserved, DEFAULT | ONES)
    assert run(FXRSTOR, ALL_BITS)[::4] == (1, ALL_BITS)


def test_fxrstor_without_osfxsr_restores_no_mxcsr() -> None:
    """So that it refuses none (SDM volume 2, FXRSTOR: it is then implementation dependent whether it is restored)."""
    before = f"{FXRSTOR.before}\n movl $0x20, %eax\n movq %rax, %cr4"
    after = f"movl $0x620, %eax\n movq %rax, %cr4\n {READ_BOTH}"
    assert run(Instruction("fxrstor image", before, after), 1 << 16)[::4] == (1, DEFAULT | ONES)


@pytest.mark.parametrize("null", range(4))
def test_ltr_refuses_null_selectors(null: int) -> None:
    assert refused(LTR, null, TASK)


def test_ltr_loads_an_available_tss() -> None:
    assert run(LTR, OTHER_TASK)[::4] == (1, OTHER_TASK)


@pytest.mark.parametrize("name", TABLES)
def test_a_base_of_a_descriptor_table_is_canonical(name: str) -> None:
    instruction, kept = TABLES[name]
    assert refused(instruction, NON_CANONICAL, kept)
    assert run(instruction, CANONICAL)[::4] == (1, CANONICAL << 16 & (1 << 64) - 1)


@pytest.mark.parametrize("name", STACKS)
def test_ss_of_ring_0_refuses_null_selectors_of_other_rings(name: str) -> None:
    assert all(refused(STACKS[name], null, STACK_SEGMENT) for null in (1, 2, 3))
    assert run(STACKS[name], 0)[::4] == (1, 0)
