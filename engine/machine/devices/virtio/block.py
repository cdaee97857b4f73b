# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtio block device (VIRTIO 1.2, 5.2)."""

from __future__ import annotations

import struct
from functools import partial

from engine.machine.bus import MemoryBus
from engine.machine.clock import Clock
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.device import Fire, Line
from engine.machine.devices.disk_contents import ImageError
from engine.machine.devices.disk_image import SECTOR, DiskImage
from engine.machine.devices.disk_model import DiskModel
from engine.machine.devices.disk_queue import Adapter, DiskQueue
from engine.machine.devices.virtio.device import QUEUE_ENTRIES, VirtioDevice
from engine.machine.devices.virtio.queue import Chain
from engine.machine.memory import Memory

SEG_MAX, BLK_SIZE, FLUSH = 1 << 2, 1 << 6, 1 << 9
"""Features (5.2.3)."""
_IN, _OUT, _FLUSH, _GET_ID = 0, 1, 4, 8
_OK, _IOERR, _UNSUPP = 0, 1, 2
_HEADER = struct.Struct("<I4xQ")
_ID = b"VP0001".ljust(20, b"\0")


class VirtioBlock(VirtioDevice):
    """A disk with one request queue."""

    name = "virtio block"
    kind = 2
    class_code = 0x010000
    own_features = SEG_MAX | BLK_SIZE | FLUSH

    def __init__(
        self,
        windows: MemoryBus,
        clock: Clock,
        memory: Memory,
        irq: Line,
        disk: DiskImage,
        model: DiskModel,
        fire: Fire,
        identities: Identities,
    ) -> None:
        super().__init__(windows, memory, irq)
        self.disk = disk
        self.queue = DiskQueue(clock, disk, model, fire, Adapter.VIRTIO, identities, self.counts)

    def stop(self) -> None:
        """Reset: requests under way are forgotten."""
        self.queue.clear()

    def device_configuration(self) -> bytes:
        """Capacity, the most data segments of a request, the sector's size (5.2.4)."""
        return struct.pack("<QIIHBBI", self.disk.sectors, 0, QUEUE_ENTRIES - 2, 0, 0, 0, SECTOR).ljust(64, b"\0")

    def serve(self, number: int) -> None:
        """Begin all requests that wait."""
        while (chain := self.pop(number)) is not None:
            self._begin(chain)

    def _begin(self, chain: Chain) -> None:
        if chain.room == 0:
            self.push(0, chain, 0)  # nowhere to report to
            return
        header = chain.read(self._memory)[: _HEADER.size]
        kind, sector = _HEADER.unpack(header.ljust(_HEADER.size, b"\0"))
        if kind in (_IN, _OUT):
            self._transfer(chain, sector, write=kind == _OUT)
        elif kind == _GET_ID:
            self._finish(chain, _OK, _ID[: chain.room - 1])
        else:
            self._finish(chain, _OK if kind == _FLUSH else _UNSUPP)

    def _transfer(self, chain: Chain, first: int, *, write: bool) -> None:
        size = sum(part for _, part in chain.readable) - _HEADER.size if write else chain.room - 1
        count, rest = divmod(size, SECTOR)
        if rest or count < 1 or not self.queue.holds(first, count):
            self._finish(chain, _IOERR)
            return
        # The header and the status are, in practice, segments of their own.
        entries = max(1, len(chain.readable if write else chain.writable) - 1)
        done = partial(self._written if write else self._was_read, chain, first, count)
        self.queue.submit(write=write, first=first, count=count, entries=entries, finished=done)

    def _was_read(self, chain: Chain, first: int, count: int) -> None:
        try:
            data = self.disk.read(first, count)
        except ImageError:
            self._finish(chain, _IOERR)
            return
        self._finish(chain, _OK, data)

    def _written(self, chain: Chain, first: int, count: int) -> None:
        del count
        try:
            self.disk.write(first, chain.read(self._memory)[_HEADER.size :])
        except ImageError:
            self._finish(chain, _IOERR)
            return
        self._finish(chain, _OK)

    def _finish(self, chain: Chain, status: int, data: bytes = b"") -> None:
        """Data from the start of the driver's buffers, the status in their last byte."""
        chain.write(self._memory, data)
        address, size = chain.writable[-1]
        self._memory.write(address + size - 1, bytes([status]))
        self.push(0, chain, len(data) + 1)
