# SPDX-License-Identifier: GPL-2.0-or-later
"""The ports through which the BIOS reaches a disk on NVMe or virtio, whose registers lie beyond real mode's memory.

No PC has them: its firmware enters protected mode instead. The requests go the same way as those of the controller's
driver, take the same time and fire the same probe points.
"""

from __future__ import annotations

from functools import partial

from engine.machine.bus import PortBus
from engine.machine.devices.device import Device
from engine.machine.devices.disk_contents import ImageError
from engine.machine.devices.disk_image import SECTOR
from engine.machine.devices.disk_queue import DiskQueue
from engine.machine.memory import Memory

PORT, _COUNT = 0x5A0, 12
_ADDRESS, _FIRST, _CONTROL = range(0, _COUNT, 4)
_DONE, _BUSY, _FAILED = range(3)
_WRITE = 1 << 31
_MOST = 0xFFFFFFFE


class FirmwareDisk(Device):
    """Registers of 32 bits: address of the buffer; first sector, or the number of sectors when read; how many sectors,
    with bit 31 for writing, or 0 done, 1 busy, 2 failed when read.
    """

    name = "firmware disk"

    def __init__(self, ports: PortBus, memory: Memory, queue: DiskQueue) -> None:
        super().__init__()
        self._memory = memory
        self._queue = queue
        self._ports = ports
        self.reset()
        ports.claim(self, PORT, _COUNT, width=4)

    def reset(self) -> None:
        """Nothing is under way."""
        self._address = self._first = 0
        self._end(_DONE)

    def _end(self, status: int) -> None:
        """Nothing is under way any more: the BIOS's polls come to this device again."""
        self._status = status
        self._ports.release_answer(PORT + _CONTROL)

    def port_read(self, port: int, size: int) -> int:
        """A register."""
        del size
        return {_ADDRESS: self._address, _FIRST: min(self._queue.disk.sectors, _MOST)}.get(port - PORT, self._status)

    def port_write(self, port: int, size: int, value: int) -> None:
        """Set a register; the last one begins a transfer."""
        if size != 4:
            return
        if port == PORT + _ADDRESS:
            self._address = value
        elif port == PORT + _FIRST:
            self._first = value
        elif self._status != _BUSY:
            self._begin(value & ~_WRITE, write=bool(value & _WRITE))

    def _begin(self, count: int, *, write: bool) -> None:
        if not count or not self._queue.holds(self._first, count):
            self._status = _FAILED
            return
        self._status = _BUSY
        self._ports.answer(PORT + _CONTROL, 4, _BUSY)
        done = partial(self._finish, self._address, self._first, count, write=write)
        self._queue.submit(write=write, first=self._first, count=count, entries=1, finished=done)

    def _finish(self, address: int, first: int, count: int, *, write: bool) -> None:
        try:
            if write:
                self._queue.disk.write(first, bytes(self._memory.read(address, count * SECTOR)))
            else:
                self._memory.write(address, self._queue.disk.read(first, count))
        except ImageError:
            self._end(_FAILED)
            return
        self._end(_DONE)
