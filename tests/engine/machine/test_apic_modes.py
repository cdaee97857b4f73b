# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest moves, disables and extends its local APIC (Intel SDM volume 3, 10.4.3, 10.4.4, 10.5.4.1, 10.12)."""

from __future__ import annotations

from tests.engine.machine.small_guest import results, running

HALT = """
1:  hlt
    jmp 1b
"""
STORE = """
    .macro store place, register
    movl %\\register, 0x300000 + 8 * \\place
    movl $0, 0x300004 + 8 * \\place
    .endm
    .macro features place, register
    movl $1, %eax
    xorl %ecx, %ecx
    cpuid
    store \\place, \\register
    .endm
    .macro base value
    movl $0x1b, %ecx
    movl $\\value, %eax
    xorl %edx, %edx
    wrmsr
    .endm
    .macro load place, address
    movl $\\address, %ebx
    movl (%rbx), %eax
    store \\place, eax
    .endm
"""
APIC_FEATURE, X2APIC_FEATURE, DEADLINE_FEATURE = 1 << 9, 1 << 21, 1 << 24
NOTHING = 0xFFFFFFFF
"""what memory reads where there is none"""
VERSION = 0x40011


def test_the_registers_are_where_the_base_says() -> None:
    source = f"""{STORE}
    base 0xfee40900
    load 0, 0xfee40030
    load 1, 0xfee00030
    rdmsr
    store 2, eax
    base 0xfee00900
    load 3, 0xfee40030
    load 4, 0xfee00030
    {HALT}"""
    with running(source, 0.001) as machine:
        assert results(machine, 5) == (VERSION, NOTHING, 0xFEE40900, NOTHING, VERSION)


def test_while_it_is_disabled_there_is_none() -> None:
    """The 8259 interrupts the CPU without it; enabled again, it is as after a reset, and the 8259 is cut off."""
    source = f"""{STORE}
    gate 0x20, count
    movq $0, count_of
    features 0, edx
    lapic 0x80, 0x20            /* task priority */
    lapic 0x350, 0x10700        /* LINT0 masked */
    base 0xfee00100
    features 1, edx
    load 2, 0xfee00030
    movb $0x11, %al             /* 8259: vectors from 0x20 on, the timer let through */
    outb %al, $0x20
    movb $0x20, %al
    outb %al, $0x21
    movb $0x04, %al
    outb %al, $0x21
    movb $0x01, %al
    outb %al, $0x21
    movb $0xfe, %al
    outb %al, $0x21
    sti
2:  cmpq $2, count_of
    jb 2b
    cli
    base 0xfee00900
    features 3, edx
    load 4, 0xfee00080
    load 5, 0xfee00350
    load 6, 0xfee000f0
    sti
    movq $0, count_of
    {HALT}
count_of: .quad 0
count:
    incq count_of
    pushq %rax
    movb $0x20, %al
    outb %al, $0x20
    popq %rax
    iretq
    """
    with running(source, 1) as machine:
        before, disabled, version, enabled, *registers = results(machine, 7)
        assert [bool(value & APIC_FEATURE) for value in (before, disabled, enabled)] == [True, False, True]
        assert version == NOTHING
        assert registers == [0, 0x10000, 0xFF]
        assert machine.counters().interrupts == 2


def test_x2apic_mode_by_a_guest() -> None:
    source = f"""{STORE}
    gate 0x60, count
    movq $0, 0x300000 + 8 * 6
    features 0, ecx
    base 0xfee00d00
    movl $0x802, %ecx
    rdmsr
    store 1, eax
    movl $0x803, %ecx
    rdmsr
    store 2, eax
    movl $0x80d, %ecx
    rdmsr
    store 3, eax
    load 4, 0xfee00030
    sti
    movl $0x83f, %ecx           /* to self */
    movl $0x60, %eax
    xorl %edx, %edx
    wrmsr
    movl $0xb, %eax
    xorl %ecx, %ecx
    cpuid
    store 5, edx                /* x2APIC ID */
    {HALT}
count:
    incq 0x300000 + 8 * 6
    movl $0x80b, %ecx           /* EOI */
    xorl %eax, %eax
    xorl %edx, %edx
    wrmsr
    iretq
    """
    with running(source, 0.001) as machine:
        features, *registers = results(machine, 7)
        assert features & X2APIC_FEATURE
        assert registers == [0, VERSION, 1, NOTHING, 0, 1]


def test_the_deadline_in_ticks_of_the_guest_s_own_counter() -> None:
    """The guest puts its counter back to 0 first, and again while a deadline is armed."""
    source = f"""{STORE}
    gate 0x40, expired
    features 0, ecx
    lapic 0x320, 0x40040        /* TSC deadline, vector 0x40 */
    movl $0x10, %ecx
    xorl %eax, %eax
    xorl %edx, %edx
    wrmsr
    movl $0x6e0, %ecx
    movl $2000000, %eax
    wrmsr
    rdmsr
    store 1, eax
    sti
    hlt
    cli
    movl $0x6e0, %ecx
    movl $9000000, %eax
    xorl %edx, %edx
    wrmsr
    movl $0x10, %ecx
    movl $8000000, %eax
    wrmsr
    sti
    hlt
    cli
    movl $0x6e0, %ecx
    rdmsr
    store 4, eax
    {HALT}
expired:
    rdtsc
    movl place, %ebx
    movl %eax, (%rbx)
    movl $0, 4(%rbx)
    addl $8, place
    eoi
    iretq
place: .long 0x300010
    """
    with running(source, 0.01) as machine:
        features, armed, first, second, after = results(machine, 5)
        assert features & DEADLINE_FEATURE
        assert armed == 2_000_000
        assert 0 <= first - 2_000_000 < 1_000
        assert 0 <= second - 9_000_000 < 1_000
        assert after == 0
        assert machine.counters().interrupts == 2
