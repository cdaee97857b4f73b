# SPDX-License-Identifier: GPL-2.0-or-later
"""IN, OUT, INS and OUTS obey IOPL and the I/O permission bit map of the TSS (Intel SDM volume 1, 19.5)."""

from __future__ import annotations

import pytest

from tests.engine.machine.protected_guest import HALT, Caught, caught, started

UD, GP = 6, 13
TSS, MAP = 0x8000, 0x68
MAP_BYTES = 0x100
"""of the map in the TSS of protected_mode.S, whose limit is 167H"""
PORT = 0x3F9
IOPL_3 = 0x3002

GUEST = (
    """
guest:
    {setup}
    movw $TASK, %ax
    ltr %ax
    enter_user {flags}
user:
    movl ${port}, %edx
    movl $0x9100, %edi
    movl $0x9100, %esi
    movl $1, %eax
    addl $0x7fffffff, %eax      /* other flags, by another operation, in the same block */
    movl $1, %eax
    cmpl $2, %eax
    {instruction}
    ud2
"""
    + HALT
)

VIRTUAL_8086 = (
    """
guest:
    movw $TASK, %ax
    ltr %ax
    pushl $0
    pushl $0
    pushl $0
    pushl $0
    pushl $0
    pushl $0x6800
    pushl $0x23002              /* VM, and IOPL 3, which does not matter for ports (SDM volume 3, 21.2.8) */
    pushl $0
    pushl $user
    iret
    .code16
user:
    movw $0x3f9, %dx
    inb %dx, %al
    ud2
    .code32
"""
    + HALT
)


def denying(*ports: int) -> bytes:
    """A map that permits all ports but some."""
    bits = bytearray(MAP_BYTES)
    for port in ports:
        bits[port // 8] |= 1 << port % 8
    return bytes(bits)


def run(source: str, bitmap: bytes) -> tuple[Caught, int]:
    """The exception in ring 3, and how many port accesses came to devices: #UD is that of the UD2 behind them."""
    with started(source) as machine:
        machine.memory.write(TSS + MAP, bitmap)
        machine.run_seconds(0.001)
        counters = machine.counters()
        return caught(machine), counters.port_reads + counters.port_writes


def attempt(
    instruction: str = "inb %dx, %al", *, bitmap: bytes, port: int = PORT, flags: int = 0x2, setup: str = ""
) -> tuple[Caught, int]:
    """Execute an instruction in ring 3."""
    words = {"{instruction}": instruction, "{port}": hex(port), "{flags}": hex(flags), "{setup}": setup}
    source = GUEST
    for word, text in words.items():
        source = source.replace(word, text)
    return run(source, bitmap)


INSTRUCTIONS = ("inb %dx, %al", "outb %al, %dx", "insb", "outsb", "rep outsb", "inb $0x70, %al", "outb %al, $0x80")


@pytest.mark.parametrize("instruction", INSTRUCTIONS)
def test_a_clear_bit_permits_and_a_set_bit_refuses(instruction: str) -> None:
    found, accesses = attempt(instruction, bitmap=denying())
    assert (found.vector, found.times) == (UD, 1)
    assert accesses > 0
    found, accesses = attempt(instruction, bitmap=denying(PORT, 0x70, 0x80))
    assert (found.vector, found.error, found.times, accesses) == (GP, 0, 1, 0)


def test_iopl_permits_whatever_the_map_says() -> None:
    found, accesses = attempt(bitmap=denying(PORT), flags=IOPL_3)
    assert (found.vector, accesses) == (UD, 1)


@pytest.mark.parametrize(("instruction", "width"), [("inw %dx, %ax", 2), ("inl %dx, %eax", 4)])
def test_every_byte_of_an_access_needs_its_bit(instruction: str, width: int) -> None:
    for denied in range(PORT - 1, PORT + width + 1):
        found, _ = attempt(instruction, bitmap=denying(denied))
        assert found.vector == (GP if PORT <= denied < PORT + width else UD), hex(denied)


def test_ports_beyond_the_limit_of_the_segment_are_refused() -> None:
    """Two bytes are read, so the map ends a byte before the segment does."""
    last = (MAP_BYTES - 1) * 8 - 1
    assert attempt(bitmap=denying(), port=last)[0].vector == UD
    assert attempt(bitmap=denying(), port=last + 1)[0].vector == GP


def test_without_a_map_every_port_is_refused() -> None:
    found, _ = attempt(bitmap=denying(), setup="movw $0x168, TSS + 0x66")
    assert found.vector == GP


def test_a_16_bit_tss_has_no_map() -> None:
    """Its stack for ring 0 is at 2 (SDM volume 3, figure 8-10)."""
    setup = "movb $0x81, gdt + TASK + 5\n movl $KERNEL_DATA << 16 | STACK, TSS + 2"
    found, _ = attempt(bitmap=denying(), setup=setup)
    assert found.vector == GP


def test_virtual_8086_code_needs_the_bit_with_any_iopl() -> None:
    assert run(VIRTUAL_8086, denying())[0].vector == UD
    assert run(VIRTUAL_8086, denying(PORT))[0].vector == GP


OPERATIONS = (
    "cmpl $2, %eax", "incl %eax", "shll $1, %eax", "negl %eax", "imull $3, %eax", "btl $0, %eax", "sarl $2, %eax",
    "subl $5, %ebx\n jz 1f\n nop\n1:",
)  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_fault_is_the_instruction_s_and_has_the_flags_of_before(operation: str) -> None:
    """The translator computes flags late, so each way of computing them is tried."""
    permitted, _ = attempt(f"{operation}\n inb %dx, %al", bitmap=denying())
    refused, _ = attempt(f"{operation}\n inb %dx, %al", bitmap=denying(PORT))
    assert refused.eip == permitted.eip - 1
    assert refused.eflags == permitted.eflags


def test_a_refused_ins_stores_nothing() -> None:
    words = {"{instruction}": "insb", "{port}": hex(PORT), "{flags}": "0x2", "{setup}": "movb $0x5a, 0x9100"}
    source = GUEST
    for word, text in words.items():
        source = source.replace(word, text)
    with started(source) as machine:
        machine.memory.write(TSS + MAP, denying(PORT))
        machine.run_seconds(0.001)
        assert caught(machine).vector == GP
        assert machine.memory.read_int(0x9100, 1) == 0x5A
