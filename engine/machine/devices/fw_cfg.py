# SPDX-License-Identifier: GPL-2.0-or-later
"""The firmware configuration device of QEMU, by which a guest asks for its machine ("QEMU Firmware Configuration
Device", docs/specs/fw_cfg).
"""

from __future__ import annotations

import struct
from enum import IntEnum, IntFlag

from engine.machine.bus import PortBus
from engine.machine.devices.device import Device
from engine.machine.memory import Memory

SELECTOR, DATA, DMA = 0x510, 0x511, 0x514
"""Ports: the item's key, its bytes one after the other, and the address of a DMA request (64 bits, big-endian)."""
SIGNATURE = b"QEMU"
DMA_SIGNATURE = b"QEMU CFG"
"""What the DMA address register reads as."""
TRADITIONAL, HAS_DMA = 1, 2
"""Bits of the item `ID`."""
_REQUEST = struct.Struct(">IIQ")
_MOST_BYTES = 1 << 20
"""of one DMA request; no item is longer"""


class Key(IntEnum):
    """Items."""

    SIGNATURE = 0x00
    ID = 0x01
    UUID = 0x02
    RAM_SIZE = 0x03
    NOGRAPHIC = 0x04
    NB_CPUS = 0x05
    MACHINE_ID = 0x06
    MAX_CPUS = 0x0F
    FILE_DIR = 0x19


class Control(IntFlag):
    """Low half of a DMA request's control word; the high half is the key to select."""

    ERROR = 1
    READ = 2
    SKIP = 4
    SELECT = 8
    WRITE = 16


class FwCfg(Device):
    """Items that can be read, by port or by DMA; none can be written. Behind an item's end are zeros."""

    name = "fw_cfg"

    def __init__(self, ports: PortBus, memory: Memory, cpus: int) -> None:
        super().__init__()
        self._memory = memory
        self._items: dict[int, bytes] = {
            Key.SIGNATURE: SIGNATURE,
            Key.ID: struct.pack("<I", TRADITIONAL | HAS_DMA),
            Key.UUID: bytes(16),
            Key.RAM_SIZE: struct.pack("<Q", len(memory)),
            Key.NOGRAPHIC: struct.pack("<H", 1),
            Key.NB_CPUS: struct.pack("<H", cpus),
            Key.MACHINE_ID: struct.pack("<H", 0),
            Key.MAX_CPUS: struct.pack("<H", cpus),
            Key.FILE_DIR: struct.pack(">I", 0),
        }
        self._clear()
        ports.claim(self, SELECTOR, 1, width=2)
        ports.claim(self, DATA, 1)
        ports.claim(self, DMA, 8, width=4)

    def _clear(self) -> None:
        self._key = 0
        self._offset = 0
        self._high = 0

    def reset(self) -> None:
        """The first item is selected."""
        self._clear()

    def _select(self, key: int) -> None:
        self._key, self._offset = key, 0

    def _take(self, count: int) -> bytes:
        item = self._items.get(self._key, b"")
        data = item[self._offset : self._offset + count].ljust(count, b"\0")
        self._offset += count
        return data

    def port_read(self, port: int, size: int) -> int:
        """The next byte of the item, or the DMA signature."""
        if port == DATA:
            self.counts["bytes read"] += 1
            return self._take(1)[0]
        if port < DMA:
            return 0
        offset = port - DMA
        return int.from_bytes(DMA_SIGNATURE[offset : offset + size], "little")

    def port_write(self, port: int, size: int, value: int) -> None:
        """Select an item, or make a DMA request: the write of the low half of its address starts it."""
        if port == SELECTOR:
            self._select(value)
        elif port in (DMA, DMA + 4) and size == 4:
            half = int.from_bytes(value.to_bytes(4, "little"), "big")
            if port == DMA:
                self._high = half
            else:
                self._request(self._high << 32 | half)
                self._high = 0

    def _request(self, address: int) -> None:
        """Do what the structure at an address asks for; its control word becomes 0, or ERROR."""
        control, count, target = _REQUEST.unpack(self._memory.read(address, _REQUEST.size))
        if control & Control.SELECT:
            self._select(control >> 16)
        failed = bool(control & Control.WRITE) or count > _MOST_BYTES
        if not failed and control & Control.READ:
            self.counts["bytes read"] += count
            self._memory.write(target, self._take(count))
        elif not failed and control & Control.SKIP:
            self._offset += count
        self._memory.write(address, struct.pack(">I", Control.ERROR if failed else 0))
