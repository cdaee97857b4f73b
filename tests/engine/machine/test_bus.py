# SPDX-License-Identifier: GPL-2.0-or-later
"""Ports and device memory."""

from __future__ import annotations

from engine.machine.bus import MemoryBus, PortBus


class Registers:
    """Remembers accesses; reads the low byte of the port, in every byte."""

    def __init__(self) -> None:
        self.accesses: list[tuple[int, int, int]] = []

    def port_read(self, port: int, size: int) -> int:
        return int.from_bytes(bytes([port & 0xFF] * size), "little")

    def port_write(self, port: int, size: int, value: int) -> None:
        self.accesses.append((port, size, value))


def test_wide_accesses_are_cut_for_narrow_devices() -> None:
    bus, device = PortBus(), Registers()
    bus.claim(device, 0x100, 4)
    assert bus.read(0x100, 4) == 0x03020100
    bus.write(0x100, 4, 0x44332211)
    assert device.accesses == [(0x100, 1, 0x11), (0x101, 1, 0x22), (0x102, 1, 0x33), (0x103, 1, 0x44)]


def test_accesses_that_a_device_takes_arrive_whole() -> None:
    bus, device = PortBus(), Registers()
    bus.claim(device, 0x100, 1, width=2)
    bus.write(0x100, 2, 0x2211)
    bus.write(0x100, 4, 0x44332211)
    assert device.accesses == [(0x100, 2, 0x2211), (0x100, 2, 0x2211)]  # nobody is at 0x102


def test_accesses_across_double_words_are_cut() -> None:
    bus, device = PortBus(), Registers()
    bus.claim(device, 0x100, 8, width=4)
    bus.write(0x103, 2, 0x2211)
    bus.write(0x102, 4, 0x44332211)
    assert device.accesses == [(0x103, 1, 0x11), (0x104, 1, 0x22), (0x102, 2, 0x2211), (0x104, 2, 0x4433)]


def test_where_nobody_answers_reads_give_all_ones() -> None:
    bus = PortBus()
    assert [bus.read(0x300, size) for size in (1, 2, 4)] == [0xFF, 0xFFFF, 0xFFFFFFFF]
    bus.write(0x300, 1, 0)
    device = Registers()
    bus.claim(device, 0x300, 1)
    assert bus.read(0x2FF, 2) == 0x00FF  # beside nobody
    bus.release(0x300, 1)
    assert bus.read(0x300, 1) == 0xFF


class Window:
    """Device memory that reads its own address."""

    def memory_read(self, address: int, size: int) -> int:
        del size
        return address & 0xFF

    def memory_write(self, address: int, size: int, value: int) -> None:
        raise AssertionError(f"{address:#x} {size} {value}")

    def memory_peek(self, address: int, size: int) -> int:
        return self.memory_read(address, size)


def test_device_memory_is_opened_once_and_may_move() -> None:
    opened: list[tuple[int, int]] = []
    bus = MemoryBus(lambda *where: opened.append(where))
    bus.claim(Window(), 0xFEB00000, 256)
    bus.claim(Window(), 0xFED00000, 256)
    assert len(opened) == 1
    assert opened[0][0] <= 0xFEB00000 < 0xFED00100 <= sum(opened[0])
    assert bus.read(0xFEB00042, 1) == 0x42
    assert bus.peek(0xFEB00042, 1) == 0x42
    bus.release(0xFEB00000, 256)
    assert bus.read(0xFEB00042, 4) == 0xFFFFFFFF
    assert bus.peek(0xFEB00042, 1) is None
    assert bus.read(0xFED00042, 1) == 0x42
    bus.write(0xFEB00042, 4, 1)
