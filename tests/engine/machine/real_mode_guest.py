# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot sectors for tests of the BIOS: some lines of 16-bit assembly on the first sector of a disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.machine.machine import Machine
from tests.engine.machine.assembly import assembled

LINK = Path(__file__).with_name("small_guest.ld")
SECTOR = 512
HALT = """
9:  hlt
    jmp 9b
"""
ECHO = """
    movw $0x3fd, %dx
1:  inb %dx, %al
    testb $1, %al
    jz 1b
    movw $0x3f8, %dx
    inb %dx, %al
    outb %al, %dx
    movw $0x3fd, %dx
    jmp 1b
"""
"""Sends what comes in over the serial line back."""
EMPTY = bytes(64 * 16 * 63 * SECTOR)
RESULTS = 0x9000
"""Where boot sectors leave words."""


def boot_sector(source: str) -> bytes:
    """A sector with AT&T assembly for real mode at 0:0x7c00."""
    code = assembled(".code16\n.globl _start\n.text\n_start:\n" + source, LINK.read_text(), "x86")
    return code.ljust(SECTOR - 2, b"\0") + b"\x55\xaa"


@contextmanager
def booted(source: str, seconds: float, rest: bytes = EMPTY) -> Iterator[Machine]:
    """A machine whose boot sector has run for some guest seconds; `rest` is what lies behind it on the disk."""
    with Machine.with_disk(boot_sector(source) + rest, disk="ssd") as machine:
        machine.run_seconds(seconds)
        yield machine


def words(machine: Machine, count: int) -> tuple[int, ...]:
    """The first words the boot sector left."""
    return tuple(machine.memory.read_int(RESULTS + 2 * n, 2) for n in range(count))


def results(source: str, count: int) -> tuple[int, ...]:
    """Words that a boot sector left at RESULTS (DI points there)."""
    with booted(f"    movw ${RESULTS}, %di\n{source}{HALT}", 0.2) as machine:
        return words(machine, count)
