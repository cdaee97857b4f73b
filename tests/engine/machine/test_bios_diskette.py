# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of diskettes: drive 0 of the BIOS (Ralf Brown's interrupt list, int 0x13; IBM PC/AT technical reference)."""

from __future__ import annotations

import struct

import pytest

from engine.machine.machine import Machine
from tests.engine.machine.real_mode_guest import HALT, RESULTS, SECTOR, boot_sector, words

SIZES = {160: (40, 1, 8, 1), 360: (40, 2, 9, 1), 720: (80, 2, 9, 3), 1200: (80, 2, 15, 2), 1440: (80, 2, 18, 4),
         2880: (80, 2, 36, 5)}  # fmt: skip
"""KiB: cylinders, heads, sectors of a track, kind of drive"""


def diskette(source: str, kib: int) -> Machine:
    """A machine with a diskette on which each sector but the first says its number."""
    numbers = b"".join(struct.pack("<I", n) * (SECTOR // 4) for n in range(1, 2 * kib))
    machine = Machine.with_disk(boot_sector(source) + numbers, disk="ssd")
    machine.run_seconds(0.2)
    return machine


@pytest.mark.parametrize("kib", SIZES)
def test_shape_of_a_diskette(kib: int) -> None:
    cylinders, heads, track, kind = SIZES[kib]
    source = f"""
    movb %dl, {RESULTS}
    movb $8, %ah
    movb $0, %dl
    int $0x13
    movw %cx, {RESULTS + 2}
    movw %dx, {RESULTS + 4}
    movb %bl, {RESULTS + 6}
    movb %es:4(%di), %al
    movb %al, {RESULTS + 8}
    xorw %ax, %ax
    movw %ax, %es
    les %es:0x78, %bx           /* the vector of int 0x1e */
    movb %es:4(%bx), %al
    movb %al, {RESULTS + 9}
    int $0x11
    movw %ax, {RESULTS + 10}
{HALT}"""
    with diskette(source, kib) as machine:
        booted_from, last, sides, drive, tracks, equipment = words(machine, 6)
        assert booted_from & 0xFF == 0
        assert last == (cylinders - 1) << 8 | track
        assert sides == (heads - 1) << 8 | 1
        assert drive & 0xFF == kind == machine.motherboard.rtc.memory[0x10] >> 4
        assert tracks == track << 8 | track
        assert equipment & 1


def test_reading_and_writing_across_heads() -> None:
    """Sectors 17 and 18 of head 0, then 1 of head 1; written back to cylinder 79."""
    source = f"""
    movw $0x0203, %ax
    movw $0x0111, %cx
    movw $0x0000, %dx
    movw $0x8000, %bx
    int $0x13
    movw %ax, {RESULTS}
    movw $0x0301, %ax
    movw $0x4f12, %cx
    movw $0x0100, %dx
    movw $0x8000, %bx
    int $0x13
    movw %ax, {RESULTS + 2}
{HALT}"""
    with diskette(source, 1440) as machine:
        assert words(machine, 2) == (3, 1)
        first = 36 + 16
        read = struct.unpack("<384I", machine.memory.read(0x8000, 3 * SECTOR))
        assert read == tuple(n for n in range(first, first + 3) for _ in range(128))
        assert machine.motherboard.disk is not None
        assert machine.motherboard.disk.disk.read(2879, 1) == struct.pack("<I", first) * 128


def test_what_a_diskette_has_not() -> None:
    """A sector beyond the track, a third head, packets, a disk."""
    calls = ((0x0201, 0x0013, 0x0000), (0x0201, 0x0001, 0x0200), (0x4100, 0, 0), (0x0201, 0x0001, 0x0080))
    source = f"movw ${RESULTS}, %di\n" + "".join(
        f"""
    movw ${ax}, %ax
    movw ${cx}, %cx
    movw ${dx}, %dx
    movw $0x55aa, %bx
    int $0x13
    stosw
"""
        for ax, cx, dx in calls
    )
    with diskette(source + HALT, 1440) as machine:
        assert [status >> 8 for status in words(machine, 4)] == [4, 4, 1, 1]


def test_other_sizes_are_disks() -> None:
    with diskette(f"    movb %dl, {RESULTS}\n{HALT}", 1441) as machine:
        assert words(machine, 1)[0] & 0xFF == 0x80
        assert machine.motherboard.rtc.memory[0x10] == 0
