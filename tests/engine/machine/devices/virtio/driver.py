# SPDX-License-Identifier: GPL-2.0-or-later
"""A driver of virtio devices over PCI (VIRTIO 1.2): what tests do through registers and split virtqueues."""

from __future__ import annotations

import struct
from typing import Protocol

from engine.machine.bus import MemoryBus
from engine.machine.devices.virtio.device import VirtioDevice
from engine.machine.memory import Memory

WINDOW = 0xFEB80000
NEXT, WRITE, INDIRECT = 1, 2, 4
ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK, NEEDS_RESET = 1, 2, 4, 8, 0x40
VERSION_1, INDIRECT_DESC = 1 << 32, 1 << 28
QUEUES = 0x20000
"""Where the parts of queues are: 64 KiB for each queue."""
ENTRIES = 8
Buffer = tuple[int, int, bool]
"""Address, bytes, and whether the device writes there."""


class Board(Protocol):
    """Where the device is plugged in."""

    memory: Memory
    windows: MemoryBus


class Driver:
    """The capabilities are read, as 4.1.4 wants it, to find the registers."""

    def __init__(self, board: Board, device: VirtioDevice) -> None:
        self.memory, self.windows, self.device = board.memory, board.windows, device
        self.configuration = device.configuration
        self.configuration.write(0x10, 4, WINDOW)
        self.configuration.write(0x04, 2, 6)
        self.places: dict[int, int] = {}
        self.multiplier = 0
        assert self.configuration.read(0x06, 2) & 0x10
        at = self.configuration.read(0x34, 1)
        while at:
            kind, bar = self.configuration.read(at + 3, 1), self.configuration.read(at + 4, 1)
            assert (self.configuration.read(at, 1), bar) == (0x09, 0)
            self.places.setdefault(kind, WINDOW + self.configuration.read(at + 8, 4))
            if kind == 2:
                self.multiplier = self.configuration.read(at + 16, 4)
            self.access = at
            at = self.configuration.read(at + 1, 1)
        self._given: dict[int, int] = {}
        self._taken: dict[int, int] = {}
        self._free: dict[int, int] = {}

    # --- registers ---

    def get(self, offset: int, size: int) -> int:
        """A field of the common configuration."""
        return self.windows.read(self.places[1] + offset, size)

    def set(self, offset: int, size: int, value: int) -> None:
        self.windows.write(self.places[1] + offset, size, value)

    @property
    def status(self) -> int:
        return self.get(0x14, 1)

    def isr(self) -> int:
        return self.windows.read(self.places[3], 1)

    def config(self, offset: int, size: int) -> int:
        """The device's own configuration."""
        return self.windows.read(self.places[4] + offset, size)

    def offered(self) -> int:
        features = 0
        for word in (0, 1):
            self.set(0x00, 4, word)
            features |= self.get(0x04, 4) << 32 * word
        return features

    def negotiate(self, features: int) -> bool:
        """Steps 1 to 6 of 3.1.1; whether the device accepts the features."""
        self.set(0x14, 1, 0)
        self.set(0x14, 1, ACKNOWLEDGE)
        self.set(0x14, 1, ACKNOWLEDGE | DRIVER)
        for word in (0, 1):
            self.set(0x08, 4, word)
            self.set(0x0C, 4, features >> 32 * word & 0xFFFFFFFF)
        self.set(0x14, 1, ACKNOWLEDGE | DRIVER | FEATURES_OK)
        return bool(self.status & FEATURES_OK)

    def start(self, features: int = VERSION_1) -> None:
        assert self.negotiate(features)
        for queue in range(self.get(0x12, 2)):
            self.make_queue(queue)
        self.set(0x14, 1, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK)

    # --- queues ---

    def place(self, queue: int, part: int) -> int:
        return QUEUES + 0x10000 * queue + 0x1000 * part

    def make_queue(self, queue: int) -> None:
        self.set(0x16, 2, queue)
        self.set(0x18, 2, ENTRIES)
        self.set(0x20, 8, self.place(queue, 0))
        self.set(0x28, 4, self.place(queue, 1))
        self.set(0x2C, 4, 0)
        self.set(0x30, 8, self.place(queue, 2))
        self.set(0x1C, 2, 1)
        self.memory.write(self.place(queue, 0), bytes(0x3000))
        self._given[queue] = self._taken[queue] = self._free[queue] = 0

    def describe(self, table: int, number: int, address: int, size: int, flags: int, following: int = 0) -> None:
        self.memory.write(table + 16 * number, struct.pack("<QIHH", address, size, flags, following))

    def offer(self, queue: int, *buffers: Buffer, notify: bool = True) -> int:
        """Put a request into a queue; the number of its first descriptor."""
        first = self._free[queue]
        for number, (address, size, writable) in enumerate(buffers):
            last = number == len(buffers) - 1
            flags = (WRITE if writable else 0) | (0 if last else NEXT)
            at = (first + number) % ENTRIES
            self.describe(self.place(queue, 0), at, address, size, flags, 0 if last else (at + 1) % ENTRIES)
        self._free[queue] = (first + len(buffers)) % ENTRIES
        self.make_available(queue, first, notify=notify)
        return first

    def make_available(self, queue: int, head: int, *, notify: bool = True) -> None:
        ring = self.place(queue, 1)
        self.memory.write_int(ring + 4 + 2 * (self._given[queue] % ENTRIES), 2, head)
        self._given[queue] += 1
        self.memory.write_int(ring + 2, 2, self._given[queue] & 0xFFFF)
        if notify:
            self.notify(queue)

    def notify(self, queue: int) -> None:
        self.set(0x16, 2, queue)
        self.windows.write(self.places[2] + self.get(0x1E, 2) * self.multiplier, 2, queue)

    def suppress_interrupts(self, queue: int) -> None:
        self.memory.write_int(self.place(queue, 1), 2, 1)

    def take(self, queue: int) -> tuple[int, int] | None:
        """The next returned request: its first descriptor and the bytes written; None when there is none."""
        ring = self.place(queue, 2)
        if self.memory.read_int(ring + 2, 2) == self._taken[queue] & 0xFFFF:
            return None
        entry = self.memory.read(ring + 4 + 8 * (self._taken[queue] % ENTRIES), 8)
        self._taken[queue] += 1
        head, written = struct.unpack("<II", entry)
        return head, written
