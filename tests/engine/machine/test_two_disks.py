# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests of two disks at once, as scripts see them."""

from __future__ import annotations

from engine.core.points import Point
from engine.machine.config import MachineConfig
from engine.machine.devices.disk_image import SECTOR
from engine.machine.machine import Machine
from tests.engine.machine.small_guest import LOAD, assemble

READ_DMA, WRITE_DMA = 0xC8, 0xCA
IMAGE = b"".join(bytes([n]) * SECTOR for n in range(200))
BOTH = f"""
    gate 0x2e, primary
    gate 0x2f, secondary
    movb $0x11, %al             /* 8259s: vectors from 0x20 and 0x28 on */
    outb %al, $0x20
    outb %al, $0xa0
    movb $0x20, %al
    outb %al, $0x21
    movb $0x28, %al
    outb %al, $0xa1
    movb $0x04, %al
    outb %al, $0x21
    movb $0x02, %al
    outb %al, $0xa1
    movb $0x01, %al
    outb %al, $0x21
    outb %al, $0xa1
    movb $0xfb, %al
    outb %al, $0x21
    movb $0x3f, %al
    outb %al, $0xa1

.macro out port, value
    movw $\\port, %dx
    movl $\\value, %eax
    .if ((\\port) & 0xc007) == 0xc004
    outl %eax, %dx
    .else
    outb %al, %dx
    .endif
.endm
.macro request base, master, first, command, direction
    out \\master + 4, table\\@
    out \\master, \\direction
    out \\base + 2, 2
    out \\base + 3, \\first
    out \\base + 4, 0
    out \\base + 5, 0
    out \\base + 6, 0xe0
    out \\base + 7, \\command
    out \\master, \\direction | 1
    jmp after\\@
    .balign 8
table\\@:
    .long 0x310000
    .word 1024, 0x8000
after\\@:
.endm
    request 0x1f0, 0xc000, 50, {READ_DMA}, 8
    request 0x170, 0xc008, 70, {WRITE_DMA}, 0
    sti
1:  hlt
    jmp 1b
primary:
    incq 0x300000
    movw $0x1f7, %dx
    jmp end
secondary:
    incq 0x300008
    movw $0x177, %dx
end:
    inb %dx, %al
    movb $0x20, %al
    outb %al, $0xa0
    outb %al, $0x20
    iretq
"""


def test_two_requests_are_told_apart_by_their_identifiers() -> None:
    fired: list[tuple[int, Point, tuple[int, ...]]] = []

    class Watched(Machine):
        def fire(self, point: Point, args: object) -> None:
            assert isinstance(args, tuple)
            fired.append((self.ticks, point, args))

    with Watched(IMAGE, MachineConfig(disk_model="ssd", scratch_sectors=1000)) as machine:
        machine.memory.write(LOAD, assemble(BOTH))
        machine.run_seconds(0.1)
        assert machine.memory.read_int(0x300000, 8) == machine.memory.read_int(0x300008, 8) == 1
        assert machine.memory.read(0x310000, 1024) == IMAGE[50 * SECTOR : 52 * SECTOR]
        counts = machine.device_counts()
        assert (counts["ATA"]["sectors read"], counts["ATA 1"]["sectors written"]) == (2, 2)
        scratch = machine.motherboard.scratch
        assert scratch is not None
        assert len(scratch.disk.read(70, 2)) == 1024
    assert [point for _, point, _ in fired] == [Point.DISK_IO_START] * 2 + [Point.DISK_IO_FINISH] * 2
    started = {args[4]: (tick, args) for tick, _, args in fired[:2]}
    finished = {args[4]: (tick, args) for tick, _, args in fired[2:]}
    assert set(started) == set(finished) == {1, 2}
    for identity, (tick, args) in started.items():
        assert finished[identity][1] == args
        assert finished[identity][0] > tick
    assert started[1][1] == (0, 0, 0, 1, 1, 50, 2, 1)
    assert started[2][1] == (0, 1, 0, 0, 2, 70, 2, 1)
