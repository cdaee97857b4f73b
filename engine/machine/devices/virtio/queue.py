# SPDX-License-Identifier: GPL-2.0-or-later
"""Split virtqueues (VIRTIO 1.2, 2.7)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from engine.machine.memory import Memory

_NEXT, _WRITE, _INDIRECT = 1, 2, 4
_NO_INTERRUPT = 1
_DESCRIPTOR = struct.Struct("<QIHH")
_RING = 4
"""Offset of the ring behind flags and index."""

Region: TypeAlias = tuple[int, int]
"""Address and bytes."""


class BrokenQueueError(Exception):
    """The driver has put something into a queue that is no request; the device needs a reset (2.1.2)."""


class Chain(NamedTuple):
    """A request of the driver."""

    head: int
    """index of its first descriptor"""
    readable: tuple[Region, ...]
    writable: tuple[Region, ...]

    def read(self, memory: Memory) -> bytes:
        """Everything the driver sends."""
        return b"".join(memory.read(address, size) for address, size in self.readable)

    def write(self, memory: Memory, data: bytes) -> int:
        """Fill the driver's buffers from their start; returns the bytes that fitted."""
        at = 0
        for address, size in self.writable:
            if at >= len(data):
                break
            memory.write(address, data[at : at + size])
            at += size
        return min(at, len(data))

    @property
    def room(self) -> int:
        """Bytes the driver takes."""
        return sum(size for _, size in self.writable)


@dataclass(slots=True)
class VirtQueue:
    """One queue: where the driver put its three parts, and how far the device is."""

    most: int
    """entries the device can take"""
    size: int = 0
    enabled: bool = False
    descriptors: int = 0
    available: int = 0
    used: int = 0
    seen: int = 0
    """requests taken, modulo 65,536"""
    done: int = 0
    """requests returned"""

    def clear(self) -> None:
        """Device reset."""
        self.size, self.enabled = self.most, False
        self.descriptors = self.available = self.used = self.seen = self.done = 0

    def pop(self, memory: Memory) -> Chain | None:
        """The next request; None while there is none.

        Raises:
            BrokenQueueError: it is not well-formed.
        """
        if not self.enabled or self.seen == memory.read_int(self.available + 2, 2):
            return None
        head = memory.read_int(self.available + _RING + 2 * (self.seen % self.size), 2)
        self.seen = (self.seen + 1) & 0xFFFF
        return self._chain(memory, head)

    def _chain(self, memory: Memory, head: int) -> Chain:
        readable: list[Region] = []
        writable: list[Region] = []
        table, entries, index = self.descriptors, self.size, head
        for _ in range(self.size + 1):
            if index >= entries:
                raise BrokenQueueError(f"descriptor {index} of {entries}")
            address, size, flags, following = _DESCRIPTOR.unpack(memory.read(table + 16 * index, 16))
            if flags & _INDIRECT:
                if table != self.descriptors or flags & _NEXT or size % 16:
                    raise BrokenQueueError("an indirect table in the wrong place")
                table, entries, index = address, size // 16, 0
                continue
            if writable and not flags & _WRITE:
                raise BrokenQueueError("a readable descriptor behind a writable one")
            (writable if flags & _WRITE else readable).append((address, size))
            if not flags & _NEXT:
                return Chain(head, tuple(readable), tuple(writable))
            index = following
        raise BrokenQueueError("a chain without end")

    def push(self, memory: Memory, chain: Chain, written: int) -> bool:
        """Return a request; True when the driver wants to be interrupted."""
        place = self.used + _RING + 8 * (self.done % self.size)
        memory.write(place, struct.pack("<II", chain.head, written))
        self.done = (self.done + 1) & 0xFFFF
        memory.write_int(self.used + 2, 2, self.done)
        return not memory.read_int(self.available, 2) & _NO_INTERRUPT
