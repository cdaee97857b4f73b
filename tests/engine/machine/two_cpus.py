# SPDX-License-Identifier: GPL-2.0-or-later
"""Small guests that start a second CPU."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from engine.core.registers import Register
from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from tests.engine.machine.small_guest import LOAD, assemble

START = """
    .macro start_second
    lapic 0xf0, 0x1ff
    lapic 0x310, 0x01000000     /* to APIC 1 */
    lapic 0x300, 0x4500         /* INIT */
    lapic 0x300, 0x4608         /* start at page 8 */
    .endm
    .macro halt
9:  hlt
    jmp 9b
    .endm
"""
SECOND = """
    .org 0x400                  /* page 8 */
    .code16
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movl $0x1000, %eax
    movl %eax, %cr3
    movl $0x620, %eax
    movl %eax, %cr4
    movl $0xc0000080, %ecx
    rdmsr
    orl $0x100, %eax
    wrmsr
    lgdtl gdt_pointer
    lidtl idt_pointer
    movl %cr0, %eax
    orl $0x80000001, %eax
    movl %eax, %cr0
    ljmp $0x08, $second
    .code64
second:
    movl $0x10, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl $0x5800, %esp
    lapic 0xf0, 0x1ff
"""
"""The second CPU comes to long mode as the first has."""


@contextmanager
def two_cpus(source: str) -> Iterator[Machine]:
    with Machine(config=MachineConfig(cpus=2)) as machine:
        machine.memory.write(LOAD, assemble(START + source))
        yield machine


COUNT_TOGETHER = """
    movq $0, 0x300000
    movq $0, 0x300008
    movq $0, 0x300010
    start_second
    movl $0x300008, %esi
    call add
    halt
add:                            /* 1000 times: under a lock without LOCK, with LOCK, and alone */
    movl $1000, %ecx
1:  movl $1, %eax
    xchgl %eax, 0x300010
    testl %eax, %eax
    jz 2f
    pause
    jmp 1b
2:  movq 0x300000, %rax
    incq %rax
    movq %rax, 0x300000
    movl $0, 0x300010
    lock incq 0x300008
    loop 1b
    ret
"""


def seen(machine: Machine) -> tuple[object, ...]:
    """What two equal runs have in common."""
    ram = hashlib.sha256(machine.core.ram).hexdigest()
    registers = [cpu[register] for cpu in machine.cpus for register in Register]
    return ram, registers, machine.counters(), machine.device_counts()
