# SPDX-License-Identifier: GPL-2.0-or-later
"""The ring in guest memory where the RTL8139 leaves received frames (RTL8139C(L) data sheet, receive operation)."""

from __future__ import annotations

import struct
import zlib

from engine.machine.memory import Memory

_HEADER = struct.Struct("<HH")
_CAPR_BEHIND = 16
"""The driver writes into CAPR where it has read to, less 16."""


class ReceiveRing:
    """Where the card writes (CBR) and where the driver has read to (CAPR), as offsets from the start of the ring."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.start = 0
        self.size = 8192
        self.wrap = False
        """frames run over the end instead of being continued at the start"""
        self.clear()

    def clear(self) -> None:
        """Nothing received, nothing read."""
        self.written = 0
        self.read = -_CAPR_BEHIND & 0xFFFF

    @property
    def _used(self) -> int:
        return (self.written - self.read - _CAPR_BEHIND) % self.size

    @property
    def empty(self) -> bool:
        """Everything received has been read."""
        return not self._used

    def put(self, status: int, frame: bytes) -> bool:
        """Append a frame with its status, length and frame check sequence; False when the ring is full."""
        data = _HEADER.pack(status, len(frame) + 4) + frame + zlib.crc32(frame).to_bytes(4, "little")
        taken = (len(data) + 3) & ~3
        if taken >= self.size - self._used:
            return False
        room = len(data) if self.wrap else self.size - self.written
        self._memory.write(self.start + self.written, data[:room])
        if data[room:]:
            self._memory.write(self.start, data[room:])
        self.written = (self.written + taken) % self.size
        return True
