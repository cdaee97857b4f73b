# SPDX-License-Identifier: GPL-2.0-or-later
"""The device pc-testdev of kvm-unit-tests."""

from __future__ import annotations

import pytest

from engine.machine.devices.pc_testdev import PcTestdev
from tests.engine.machine.bench import Bench, Wire


@pytest.fixture
def wires() -> list[Wire]:
    return [Wire() for _ in range(24)]


@pytest.fixture
def device(bench: Bench, wires: list[Wire]) -> PcTestdev:
    return PcTestdev(bench.ports, bench.windows, wires)


@pytest.mark.usefixtures("device")
@pytest.mark.parametrize("base", [0xE0, 0xE8])
def test_the_register_takes_every_width(bench: Bench, base: int) -> None:
    bench.outl(base, 0x44332211)
    bench.outb(base + 1, 0xAA)
    bench.outw(base + 2, 0xCCBB)
    assert bench.inl(base) == 0xCCBBAA11
    assert [bench.inb(base + n) for n in range(4)] == [0x11, 0xAA, 0xBB, 0xCC]
    assert bench.inw(base + 2) == 0xCCBB


@pytest.mark.usefixtures("device")
def test_a_flush_changes_nothing(bench: Bench) -> None:
    bench.outl(0xE0, 1)
    bench.outl(0xE4, 0x5000)
    assert (bench.inl(0xE0), bench.inl(0xE4)) == (1, 0xFFFFFFFF)
    assert bench.changed == []


def test_each_port_from_0x2000_drives_a_line(bench: Bench, device: PcTestdev, wires: list[Wire]) -> None:
    for number in (0, 14, 23):
        bench.outb(0x2000 + number, 1)
        assert [n for n, wire in enumerate(wires) if wire.level] == [number]
        bench.outb(0x2000 + number, 0)
    bench.outb(0x2005, 1)
    device.reset()
    assert not any(wire.level for wire in wires)
    assert device.counts["line changes"] == 7


@pytest.mark.usefixtures("device")
def test_its_memory_keeps_what_is_stored(bench: Bench) -> None:
    bench.windows.write(0xFF000000, 8, 0x0807060504030201)
    assert bench.windows.read(0xFF000003, 2) == 0x0504
    assert bench.windows.peek(0xFF000004, 4) == 0x08070605
    bench.windows.write(0xFF00FFFF, 4, 0x04030201)
    assert bench.windows.read(0xFF00FFFF, 1) == 1
    assert bench.windows.read(0xFF010000, 1) == 0xFF
