# SPDX-License-Identifier: GPL-2.0-or-later
"""The PCI configuration of a virtio device: capabilities that say where its registers are (VIRTIO 1.2, 4.1.4)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from engine.machine.devices.pci import PciFunction

VENDOR, MODERN = 0x1AF4, 0x1040
"""PCI vendor, and what a device's type is added to (4.1.2)."""
WINDOW, PART = 0x4000, 0x1000
"""Bytes behind the base address register, and of each part of them."""
NOTIFY_MULTIPLIER = 4
_CAPABILITIES_POINTER, _STATUS, _CAPABILITY_LIST, _SUBSYSTEM = 0x34, 0x06, 0x10, 0x2C
_FIRST_CAPABILITY, _VENDOR_SPECIFIC = 0x40, 0x09
_BAR = 0
_PCI_CFG = 5


class Part(IntEnum):
    """Parts of the window, in order; one more than each is its type of capability."""

    COMMON = 0
    NOTIFY = 1
    ISR = 2
    DEVICE = 3


_BYTES = {Part.COMMON: 0x38, Part.NOTIFY: PART, Part.ISR: 1, Part.DEVICE: 0x100}


@dataclass(slots=True)
class VirtioFunction(PciFunction):
    """A function whose last capability reaches the registers without mapping them (4.1.4.9)."""

    read_window: Callable[[int, int], int] | None = None
    """reads registers by offset in the window, and size"""
    write_window: Callable[[int, int, int], None] | None = None
    access: int = 0
    """offset of the last capability"""

    def __post_init__(self) -> None:
        PciFunction.__post_init__(self)
        self.space[_STATUS] = _CAPABILITY_LIST
        self.space[_CAPABILITIES_POINTER] = _FIRST_CAPABILITY
        struct.pack_into("<HH", self.space, _SUBSYSTEM, VENDOR, self.device - MODERN)
        at = _FIRST_CAPABILITY
        for part in Part:
            at = self._add(at, part + 1, PART * part, _BYTES[part], NOTIFY_MULTIPLIER if part == Part.NOTIFY else None)
        self.access = at
        self._add(at, _PCI_CFG, 0, 0, 0)
        self.space[at + 1] = 0
        self.mask[at + 4] = 0xFF
        self.mask[at + 8 : at + 16] = b"\xff" * 8

    def _add(self, at: int, kind: int, offset: int, size: int, more: int | None) -> int:
        """A capability (struct virtio_pci_cap) and perhaps a word; returns the place of the next."""
        length = 16 if more is None else 20
        struct.pack_into("<4B4xII", self.space, at, _VENDOR_SPECIFIC, at + length, length, kind, offset, size)
        if more is not None:
            struct.pack_into("<I", self.space, at + 16, more)
        return at + length

    def read(self, offset: int, size: int) -> int:
        """Bytes of the configuration, or registers through it."""
        place = self._place(offset)
        if place is None or self.read_window is None:
            return PciFunction.read(self, offset, size)
        return self.read_window(place, size)

    def write(self, offset: int, size: int, value: int) -> None:
        """Change what may be changed, or registers through it."""
        place = self._place(offset)
        if place is None or self.write_window is None:
            PciFunction.write(self, offset, size, value)
        else:
            self.write_window(place, size, value)

    def _place(self, offset: int) -> int | None:
        """Where in the window an access to the data of the last capability leads."""
        data = self.access + 16
        if not data <= offset < data + 4 or self.space[self.access + 4] != _BAR:
            return None
        start: int = struct.unpack_from("<I", self.space, self.access + 8)[0]
        place = start + offset - data
        return place if place < WINDOW else None
