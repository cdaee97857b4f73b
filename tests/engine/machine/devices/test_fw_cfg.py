# SPDX-License-Identifier: GPL-2.0-or-later
"""The firmware configuration device (numbers and layouts from its specification in QEMU's documentation)."""

from __future__ import annotations

import struct

import pytest

from engine.machine.devices.fw_cfg import FwCfg
from tests.engine.machine.bench import Bench

READ, SKIP, SELECT, WRITE, ERROR = 2, 4, 8, 16, 1
REQUEST, BUFFER = 0x1000, 0x2000


@pytest.fixture
def device(bench: Bench) -> FwCfg:
    return FwCfg(bench.ports, bench.memory, cpus=3)


def item(bench: Bench, key: int, size: int) -> bytes:
    bench.outw(0x510, key)
    return bytes(bench.inb(0x511) for _ in range(size))


def request(bench: Bench, control: int, length: int, address: int = BUFFER) -> int:
    """Make a DMA request; returns what its control word became."""
    bench.memory.write(REQUEST, struct.pack(">IIQ", control, length, address))
    bench.outl(0x514, 0)
    bench.outl(0x518, int.from_bytes(struct.pack(">I", REQUEST), "little"))
    return int.from_bytes(bench.memory.read(REQUEST, 4), "big")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (0x00, b"QEMU"),
        (0x01, b"\3\0\0\0"),
        (0x03, struct.pack("<Q", 1 << 20)),
        (0x05, b"\3\0"),
        (0x0F, b"\3\0"),
        (0x19, b"\0\0\0\0"),
        (0x4000, b"\0\0\0\0"),
    ],
)
def test_items_are_read_byte_by_byte_and_end_in_zeros(bench: Bench, device: FwCfg, key: int, value: bytes) -> None:
    assert item(bench, key, len(value) + 2) == value + b"\0\0"
    assert device.counts["bytes read"] == len(value) + 2


@pytest.mark.usefixtures("device")
def test_selecting_begins_at_the_start_again(bench: Bench) -> None:
    assert item(bench, 0, 2) == b"QE"
    assert bench.inb(0x511) == ord("M")
    assert item(bench, 0, 4) == b"QEMU"


@pytest.mark.usefixtures("device")
def test_the_dma_register_reads_as_its_signature(bench: Bench) -> None:
    assert struct.pack("<II", bench.inl(0x514), bench.inl(0x518)) == b"QEMU CFG"
    assert bench.inb(0x519) == ord("C")


@pytest.mark.usefixtures("device")
def test_dma_reads_an_item_into_memory(bench: Bench) -> None:
    assert request(bench, READ | SELECT | 0 << 16, 4) == 0
    assert bench.memory.read(BUFFER, 5) == b"QEMU\0"
    assert (BUFFER, 4) in bench.changed


@pytest.mark.usefixtures("device")
def test_dma_continues_where_the_last_request_ended(bench: Bench) -> None:
    assert request(bench, SELECT | SKIP | 0 << 16, 1) == 0
    assert request(bench, READ, 3) == 0
    assert bench.memory.read(BUFFER, 3) == b"EMU"


@pytest.mark.usefixtures("device")
@pytest.mark.parametrize(("control", "length"), [(WRITE, 4), (READ, 1 << 30)])
def test_what_is_not_offered_is_an_error(bench: Bench, control: int, length: int) -> None:
    assert request(bench, control, length) == ERROR
    assert bench.memory.read(BUFFER, 4) == bytes(4)


def test_reset_selects_the_first_item(bench: Bench, device: FwCfg) -> None:
    item(bench, 5, 1)
    device.reset()
    assert bench.inb(0x511) == ord("Q")
