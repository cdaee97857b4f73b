# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts between CPU and devices: event queue, busses, memory; and the odd ports and the text screen of a PC."""

from __future__ import annotations

from functools import partial

import pytest

from engine.machine.bus import MemoryBus, PortBus
from engine.machine.clock import NEVER, Clock
from engine.machine.devices.vga_text import VgaText
from engine.machine.memory import Memory
from tests.engine.machine.bench import Bench

# --- the event queue ---


class Time:
    """A clock, and the deadline it asked for last."""

    def __init__(self, hz: int = 1_000_000_000) -> None:
        self.now = 0
        self.deadline = NEVER
        self.clock = Clock(hz, lambda: self.now, self._told)

    def _told(self, tick: int) -> None:
        self.deadline = tick


def test_events_come_in_order_of_time_then_of_asking() -> None:
    time = Time()
    seen: list[str] = []
    for name, tick in (("c", 30), ("a", 10), ("b", 20), ("a2", 10)):
        time.clock.at(tick, partial(seen.append, name))
    assert time.deadline == 10
    time.now = 20
    time.clock.run_due()
    assert seen == ["a", "a2", "b"]
    assert time.deadline == 30


def test_a_cancelled_event_does_not_come() -> None:
    time, seen = Time(), []
    first = time.clock.at(10, lambda: seen.append(1))
    second = time.clock.at(20, lambda: seen.append(2))
    time.clock.cancel(first)
    assert time.deadline == 20
    time.clock.cancel(second)
    time.clock.cancel(None)
    assert time.deadline == NEVER
    time.now = 100
    time.clock.run_due()
    assert seen == []


def test_an_event_may_ask_for_another_that_is_due() -> None:
    time, seen = Time(), []

    def first() -> None:
        time.clock.at(15, lambda: seen.append("next"))

    time.clock.at(10, first)
    time.now = 20
    time.clock.run_due()
    assert seen == ["next"]


@pytest.mark.parametrize(
    ("hz", "nanoseconds", "ticks"), [(10**9, 7, 7), (10**6, 1, 1), (10**6, 1001, 2), (3, 10**9, 3)]
)
def test_spans_of_time_are_rounded_up(hz: int, nanoseconds: int, ticks: int) -> None:
    assert Time(hz).clock.ticks(nanoseconds) == ticks


# --- busses ---


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


def test_memory_ends_like_a_bus() -> None:
    changed: list[tuple[int, int]] = []
    memory = Memory(memoryview(bytearray(0x1000)), lambda *where: changed.append(where))
    memory.write(0xFFE, b"abcd")
    assert memory.read(0xFFE, 4) == b"ab\xff\xff"
    memory.write(0x1000, b"x")
    memory.write_int(0x10, 4, 0x11223344)
    assert memory.read_int(0x10, 4) == 0x11223344
    assert changed == [(0xFFE, 2), (0x10, 4)]


# --- the text screen (IBM PS/2 Hardware Interface Technical Reference, Video Subsystem) ---


@pytest.fixture
def screen(bench: Bench) -> VgaText:
    return VgaText(bench.ports, bench.memory)


def show(bench: Bench, line: int, column: int, text: str) -> None:
    cells = b"".join(bytes([code, 0x07]) for code in text.encode("cp437"))
    bench.memory.write(0xB8000 + 2 * (80 * line + column), cells)


def test_the_screen_shows_characters(screen: VgaText, bench: Bench) -> None:
    show(bench, 0, 0, "top")
    show(bench, 24, 75, "right")
    show(bench, 3, 2, "\u2588\u00e9")
    lines = screen.lines()
    assert len(lines) == 25
    assert (lines[0], lines[24], lines[3]) == ("top", " " * 75 + "right", "  \u2588\u00e9")


def test_control_codes_are_blanks(screen: VgaText, bench: Bench) -> None:
    bench.memory.write(0xB8000, bytes([code for n in range(32) for code in (n, 7)]) + b"!\x07\x7f\x07x\x07")
    assert screen.lines()[0] == " " * 32 + "! x"


def test_the_start_address_scrolls(screen: VgaText, bench: Bench) -> None:
    show(bench, 10, 0, "tenth")
    for register, value in ((0x0C, (10 * 80) >> 8), (0x0D, (10 * 80) & 0xFF)):
        bench.outb(0x3D4, register)
        bench.outb(0x3D5, value)
    assert screen.lines()[0] == "tenth"


def test_the_cursor(screen: VgaText, bench: Bench) -> None:
    place = 7 * 80 + 13
    bench.outb(0x3D4, 0x0E)
    bench.outb(0x3D5, place >> 8)
    bench.outb(0x3D4, 0x0F)
    bench.outb(0x3D5, place & 0xFF)
    assert screen.cursor == (7, 13)
    assert bench.inb(0x3D5) == place & 0xFF


def test_retrace_comes_and_goes(screen: VgaText, bench: Bench) -> None:
    del screen
    assert {bench.inb(0x3DA) & 8 for _ in range(4)} == {0, 8}
