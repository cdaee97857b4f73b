# SPDX-License-Identifier: GPL-2.0-or-later
"""The BIOS's disk services (Ralf Brown's interrupt list, int 0x13; EDD specification 3.0)."""

from __future__ import annotations

import struct

from engine.core.points import Point
from engine.machine.machine import Machine
from tests.engine.machine.real_mode_guest import HALT, RESULTS, SECTOR, boot_sector, booted, results, words

DISK_SECTORS = 64 * 16 * 63 + 1
NUMBERED = b"".join(struct.pack("<I", n) * (SECTOR // 4) for n in range(1, 1200))


def test_reading_by_cylinder_head_and_sector() -> None:
    source = f"""
    movw $0x0203, %ax           /* three sectors: cylinder 1, head 2, sector 5 */
    movw $0x0105, %cx
    movw $0x0280, %dx
    movw $0x1000, %bx
    movw %bx, %es
    xorw %bx, %bx
    int $0x13
    movw %ax, {RESULTS}
    sbbw %ax, %ax
    movw %ax, {RESULTS + 2}
{HALT}"""
    with booted(source, 0.2, NUMBERED) as machine:
        assert words(machine, 2) == (0x0003, 0)
        first = (1 * 16 + 2) * 63 + 4
        data = machine.memory.read(0x10000, 3 * SECTOR + 4)
        assert struct.unpack("<385I", data) == (*(n for n in range(first, first + 3) for _ in range(128)), 0)


PACKET = """
    movw $0x{code:02x}00, %ax
    movb $0x80, %dl
    movw $packet, %si
    int $0x13
    movw %ax, {results}
    sbbw %ax, %ax
    movw %ax, {results} + 2
9:  hlt
    jmp 9b
    .balign 4
packet: .byte 16, 0
    .word {count}, 0x0010, 0x2000
    .long {first}, 0
"""


def test_reading_by_packet() -> None:
    source = PACKET.format(code=0x42, results=RESULTS, count=7, first=1000)
    with booted(source, 0.2, NUMBERED) as machine:
        assert words(machine, 2)[1] == 0
        assert struct.unpack("<896I", machine.memory.read(0x20010, 7 * SECTOR)) == tuple(
            n for n in range(1000, 1007) for _ in range(128)
        )


MASTER_OFF = """
    movl $0x80000904, %eax
    movw $0xcf8, %dx
    outl %eax, %dx
    movl $1, %eax
    movw $0xcfc, %dx
    outl %eax, %dx
"""
"""The command register of the IDE function: ports only, no bus mastering."""


def test_reading_is_done_by_the_bus_master_where_the_guest_lets_it() -> None:
    for source, transfers in (("", 1), (MASTER_OFF, 0)):
        packet = PACKET.format(code=0x42, results=RESULTS, count=7, first=1000)
        with booted(source + packet, 0.2, NUMBERED) as machine:
            assert words(machine, 2)[1] == 0
            assert machine.memory.read(0x20010, 7 * SECTOR) == NUMBERED[999 * SECTOR : 1006 * SECTOR]
            assert machine.motherboard.ide is not None
            assert machine.motherboard.ide.counts["transfers"] == transfers


def test_a_buffer_across_64_kib_and_one_at_an_odd_address() -> None:
    across = PACKET.replace("0x0010, 0x2000", "0xfe10, 0x2000").format(code=0x42, results=RESULTS, count=3, first=100)
    with booted(across, 0.2, NUMBERED) as machine:
        assert words(machine, 2)[1] == 0
        assert machine.memory.read(0x2FE10, 3 * SECTOR) == NUMBERED[99 * SECTOR : 102 * SECTOR]
    odd = PACKET.replace("0x0010, 0x2000", "0x0011, 0x2000").format(code=0x42, results=RESULTS, count=3, first=100)
    with booted(odd, 0.2, NUMBERED) as machine:
        assert machine.memory.read(0x20011, 3 * SECTOR) == NUMBERED[99 * SECTOR : 102 * SECTOR]


def test_writing_by_packet() -> None:
    fill = """
    pushw $0x2000
    popw %es
    movw $0x10, %di
    movb $0x77, %al
    movw $1024, %cx
    rep stosb
"""
    source = fill + PACKET.format(code=0x43, results=RESULTS, count=2, first=500)
    with booted(source, 0.2, NUMBERED) as machine:
        assert words(machine, 2)[1] == 0
        disk = machine.motherboard.disk
        assert disk is not None
        assert (
            disk.disk.read(499, 4)
            == NUMBERED[498 * SECTOR :][:SECTOR] + b"\x77" * 1024 + NUMBERED[501 * SECTOR :][:SECTOR]
        )


def test_reading_beyond_the_end_fails() -> None:
    source = PACKET.format(code=0x42, results=RESULTS, count=1, first=5000)
    with booted(source, 0.2, NUMBERED) as machine:
        status, carry = words(machine, 2)
        assert status >> 8
        assert carry == 0xFFFF


def test_the_disk_s_probe_points_fire_for_the_bios() -> None:
    fired: list[tuple[Point, tuple[int, ...]]] = []

    class Watched(Machine):
        def fire(self, point: Point, args: object) -> None:
            assert isinstance(args, tuple)
            fired.append((point, args))

    source = PACKET.format(code=0x42, results=RESULTS, count=4, first=20)
    with Watched(boot_sector(source) + NUMBERED) as machine:
        machine.run_seconds(0.2)
    assert [(point, args[5:7]) for point, args in fired] == [
        (Point.DISK_IO_START, (20, 4)),
        (Point.DISK_IO_FINISH, (20, 4)),
    ]


def test_geometry_and_extensions() -> None:
    source = """
    movw $0x0800, %ax
    movb $0x80, %dl
    pushw %di
    int $0x13
    popw %di
    movw %cx, %ax
    stosw
    movw %dx, %ax
    stosw
    movw $0x4100, %ax
    movw $0x55aa, %bx
    movb $0x80, %dl
    int $0x13
    movw %bx, %ax
    stosw
    movw %cx, %ax
    stosw
    movw $0x1500, %ax
    movb $0x80, %dl
    int $0x13
    stosw
    movw $0x0201, %ax           /* a floppy disk, which is not there */
    movw $0x0001, %cx
    movw $0x0000, %dx
    movw $0x8000, %bx
    int $0x13
    sbbw %ax, %ax
    stosw
"""
    last = DISK_SECTORS // (16 * 63) - 1
    cylinder, heads, signature, support, kind, carry = results(source, 6)
    assert cylinder == (last & 0xFF) << 8 | 63 | last >> 2 & 0xC0
    assert heads == 15 << 8 | 1
    assert (signature, support & 1, kind >> 8, carry) == (0xAA55, 1, 3, 0xFFFF)
