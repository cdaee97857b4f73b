# SPDX-License-Identifier: GPL-2.0-or-later
"""A driver of the NVMe controller (NVM Express Base Specification 1.4): what tests do through registers and queues."""

from __future__ import annotations

import struct
from typing import Protocol

from engine.machine.bus import MemoryBus
from engine.machine.devices.pci import PciFunction
from engine.machine.memory import Memory

WINDOW = 0xFEB40000
CAP, VS, INTMS, INTMC, CC, CSTS, AQA, ASQ, ACQ, DOORBELLS = 0, 8, 0xC, 0x10, 0x14, 0x1C, 0x24, 0x28, 0x30, 0x1000
ADMIN_SQ, ADMIN_CQ, IO_SQ, IO_CQ, LIST, BUFFER = 0x1000, 0x2000, 0x3000, 0x5000, 0x7000, 0x10000
ENABLE = 0x00460001
"""Entries of 64 and 16 bytes, pages of 4 KiB."""
FLUSH, WRITE, READ, WRITE_ZEROES = 0, 1, 2, 8
DELETE_SQ, CREATE_SQ, GET_LOG, DELETE_CQ, CREATE_CQ, IDENTIFY, ABORT, SET_FEATURES, GET_FEATURES, EVENT = (
    0, 1, 2, 4, 5, 6, 8, 9, 10, 12,
)  # fmt: skip


class Board(Protocol):
    """Where the controller is plugged in."""

    memory: Memory
    windows: MemoryBus


class Driver:
    """Queues of `entries` in low memory; completions are taken one by one."""

    def __init__(self, board: Board, configuration: PciFunction, entries: int = 8) -> None:
        self.memory, self.windows, self.entries = board.memory, board.windows, entries
        self._tails = {0: 0, 1: 0}
        self._heads = {0: 0, 1: 0}
        self._phases = {0: 1, 1: 1}
        self._identifier = 0
        configuration.write(0x10, 4, WINDOW)
        configuration.write(0x04, 2, 6)

    def get(self, register: int, size: int = 4) -> int:
        return self.windows.read(WINDOW + register, size)

    def set(self, register: int, value: int, size: int = 4) -> None:
        self.windows.write(WINDOW + register, size, value)

    def enable(self) -> None:
        self.set(AQA, (self.entries - 1) << 16 | self.entries - 1)
        self.set(ASQ, ADMIN_SQ, 8)
        self.set(ACQ, ADMIN_CQ, 8)
        self.set(CC, ENABLE)

    def make_queues(self, interrupts: int = 1) -> None:
        """One pair of I/O queues."""
        size = (self.entries - 1) << 16
        self.submit(0, CREATE_CQ, prp1=IO_CQ, words=(size | 1, interrupts << 1 | 1))
        self.submit(0, CREATE_SQ, prp1=IO_SQ, words=(size | 1, 1 << 16 | 1))
        assert [self.take(0)[1] for _ in range(2)] == [0, 0]

    def submit(
        self, queue: int, opcode: int, *, namespace: int = 1, prp1: int = 0, prp2: int = 0, words: tuple[int, ...] = ()
    ) -> int:
        """Put a command into a queue and ring; its identifier."""
        self._identifier += 1
        raw = struct.pack("<BBHI16xQQ", opcode, 0, self._identifier, namespace, prp1, prp2)
        raw += struct.pack("<6I", *(*words, 0, 0, 0, 0, 0, 0)[:6])
        tail = self._tails[queue]
        self.memory.write((ADMIN_SQ, IO_SQ)[queue] + 64 * tail, raw)
        self._tails[queue] = (tail + 1) % self.entries
        self.set(DOORBELLS + 8 * queue, self._tails[queue])
        return self._identifier

    def transfer(self, opcode: int, first: int, count: int, prp1: int = BUFFER, prp2: int = 0) -> int:
        words = (first & 0xFFFFFFFF, first >> 32, count - 1)
        return self.submit(1, opcode, prp1=prp1, prp2=prp2, words=words)

    def completed(self, queue: int = 1) -> bool:
        """Whether there is a completion to take."""
        entry = self.memory.read((ADMIN_CQ, IO_CQ)[queue] + 16 * self._heads[queue], 16)
        return entry[14] & 1 == self._phases[queue]

    def take(self, queue: int = 1, *, ring: bool = True) -> tuple[int, int, int]:
        """The next completion: identifier, status without phase and DNR, value."""
        assert self.completed(queue)
        entry = self.memory.read((ADMIN_CQ, IO_CQ)[queue] + 16 * self._heads[queue], 16)
        value, _, number, identifier, status = struct.unpack("<QHHHH", entry)
        assert number == queue
        self._heads[queue] = (self._heads[queue] + 1) % self.entries
        if self._heads[queue] == 0:
            self._phases[queue] ^= 1
        if ring:
            self.ring(queue)
        return identifier, status >> 1 & 0x7FF, value

    def ring(self, queue: int = 1) -> None:
        """The doorbell of a completion queue."""
        self.set(DOORBELLS + 8 * queue + 4, self._heads[queue])
