# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts all the way from a device to a handler (Intel SDM volume 3, chapters 6 and 10; 82093AA data sheet)."""

from __future__ import annotations

import pytest

from tests.engine.machine.small_guest import results, running

HALT = """
    sti
1:  hlt
    jmp 1b
"""
COUNTING = """
count:
    incq 0x300000
    eoi
    iretq
"""


def test_the_timer_of_the_local_apic_counts_time() -> None:
    source = f"""
    gate 0x40, count
    lapic 0x3e0, 0x0b           /* divide by 1 */
    lapic 0x320, 0x20040        /* periodic, vector 0x40 */
    lapic 0x380, 100000         /* at 100 MHz: each millisecond */
    {HALT}{COUNTING}"""
    with running(source, 1) as machine:
        (count,) = results(machine, 1)
        assert count in (999, 1000)
        assert machine.counters().interrupts == count
        assert machine.device_counts()["local APIC"]["timer"] == count


@pytest.mark.parametrize(("trigger", "seconds"), [(0, 0.5), (0x8000, 0.02)])
def test_the_8254_through_the_io_apic(trigger: int, seconds: float) -> None:
    """IRQ 0 is input 2. OUT is high from the start, so the first edge comes after a period; a level-triggered interrupt
    comes again and again, since OUT is high most of the time.
    """
    source = f"""
    gate 0x50, count
    ioapic 0x15, 0
    ioapic 0x14, {0x50 | trigger}
    movb $0x34, %al             /* counter 0, mode 2 */
    outb %al, $0x43
    movb $11932 & 0xff, %al     /* 100 Hz */
    outb %al, $0x40
    movb $11932 >> 8, %al
    outb %al, $0x40
    {HALT}{COUNTING}"""
    with running(source, seconds) as machine:
        (count,) = results(machine, 1)
        if trigger:
            assert count > 100
        else:
            assert count == 49
            assert machine.device_counts()["8254"]["interrupts"] == 49
        assert machine.device_counts()["IO-APIC"]["messages"] >= count
        assert "8259" not in machine.device_counts()


def test_a_message_to_oneself_arrives_at_once_and_by_priority() -> None:
    source = """
    gate 0x60, low
    gate 0x70, high
    cli
    lapic 0x300, 0x40060        /* to self */
    lapic 0x300, 0x40070
    sti
    nop
    movq order, %rax
    movq %rax, 0x300000
1:  hlt
    jmp 1b
low:
    shlq $8, order
    orq $0x60, order
    eoi
    iretq
high:
    shlq $8, order
    orq $0x70, order
    eoi
    iretq
    .balign 8
order: .quad 0
"""
    with running(source, 0.01) as machine:
        assert results(machine, 1) == (0x7060,)


def test_cr8_holds_interrupts_back_and_is_the_task_priority() -> None:
    source = """
    gate 0x60, count
    movl $6, %eax
    movq %rax, %cr8
    movq %cr8, %rax
    movq %rax, 0x300008
    movl $LAPIC + 0x80, %ebx
    movl (%rbx), %eax
    movq %rax, 0x300010
    sti
    lapic 0x300, 0x40060
    nop
    nop
    movq 0x300000, %rax
    movq %rax, 0x300018         /* none yet */
    movl $5, %eax
    movq %rax, %cr8
    nop
    nop
    movq 0x300000, %rax
    movq %rax, 0x300020         /* one */
    lapic 0x80, 0x90
    movq %cr8, %rax
    movq %rax, 0x300028
1:  hlt
    jmp 1b
count:
    incq 0x300000
    eoi
    iretq
"""
    with running(source, 0.01) as machine:
        assert results(machine, 6) == (1, 6, 0x60, 0, 1, 9)


def test_an_nmi_by_message_needs_no_permission() -> None:
    source = """
    gate 2, count
    cli
    lapic 0x310, 0
    lapic 0x300, 0x4400
    nop
1:  hlt
    jmp 1b
count:
    incq 0x300000
    iretq
"""
    with running(source, 0.01) as machine:
        assert results(machine, 1) == (1,)
        assert machine.counters().exceptions[2] == 0  # an NMI is no exception


def test_interrupts_of_the_network_card_stay_until_it_is_served() -> None:
    """Level-triggered: two causes, each acknowledged by itself at the card, give two interrupts."""
    source = """
    gate 0x50, serve
    ioapic 0x27, 0
    ioapic 0x26, 0x8050         /* input 11, level */
    movl $0x80001804, %eax      /* where the card is */
    movw $0xcf8, %dx
    movl $0x80001810, %eax
    outl %eax, %dx
    movw $0xcfc, %dx
    inl %dx, %eax
    andl $0xfffc, %eax
    movl %eax, %ebp
    leal 0x37(%rbp), %edx
    movb $0x04, %al             /* transmitter on */
    outb %al, %dx
    leal 0x3c(%rbp), %edx
    movw $0x4004, %ax           /* sent, timer */
    outw %ax, %dx
    leal 0x54(%rbp), %edx
    movl $1000, %eax            /* the timer: 30 microseconds */
    outl %eax, %dx
    leal 0x48(%rbp), %edx
    outl %eax, %dx
    leal 0x20(%rbp), %edx
    movl $0x10000, %eax         /* what to send */
    outl %eax, %dx
    leal 0x10(%rbp), %edx
    movl $1500, %eax
    outl %eax, %dx
    movl $40000, %ecx           /* both have happened */
2:  decl %ecx
    jnz 2b
    sti
1:  hlt
    jmp 1b
serve:
    incq 0x300000
    leal 0x3e(%rbp), %edx
    inw %dx, %ax
    movzwl %ax, %eax
    shlq $16, seen
    orq %rax, seen
    movl %eax, %ecx             /* acknowledge the lowest cause only */
    negl %ecx
    andl %ecx, %eax
    outw %ax, %dx
    movq seen, %rax
    movq %rax, 0x300008
    eoi
    iretq
    .balign 8
seen: .quad 0
"""
    with running(source, 0.05) as machine:
        assert results(machine, 2) == (2, 0x4004 << 16 | 0x4000)
