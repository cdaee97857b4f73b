# SPDX-License-Identifier: GPL-2.0-or-later
"""The requests that wait for a disk behind a controller which takes several at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import partial

from engine.core.points import Point
from engine.machine.clock import Clock, Event
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.device import Fire
from engine.machine.devices.disk_image import SECTOR, DiskImage
from engine.machine.devices.disk_model import DiskModel


class Adapter(IntEnum):
    """ARG0 of Disk_IOStart and Disk_IOFinish (manual, p. 28)."""

    IDE = 0
    NVME = 1
    VIRTIO = 2


@dataclass(frozen=True, slots=True)
class DiskRequest:
    """Sectors to move."""

    write: bool
    first: int
    count: int
    entries: int
    """scatter/gather entries"""
    identity: int
    """unique number, the I/O identifier of the probe points"""


class DiskQueue:
    """Serves requests in the order they come in, as many at once as the disk model has ways.

    The data move at the end of a request, when its completion is reported.
    """

    def __init__(
        self,
        clock: Clock,
        disk: DiskImage,
        model: DiskModel,
        fire: Fire,
        adapter: Adapter,
        identities: Identities,
        counts: Counter[str],
    ) -> None:
        """`counts` is where the controller counts what it did."""
        self.disk = disk
        self._clock = clock
        self._model = model
        self._fire = fire
        self._adapter = adapter
        self._identities = identities
        self._counts = counts
        self._free_at = [0] * model.ways
        self._events: dict[int, Event] = {}

    def clear(self) -> None:
        """Forget what is under way: the controller was reset."""
        for event in self._events.values():
            self._clock.cancel(event)
        self._events.clear()
        self._free_at = [0] * self._model.ways

    def submit(self, *, write: bool, first: int, count: int, entries: int, finished: Callable[[], None]) -> None:
        """Begin a request; `finished` is called when the disk has done it, and moves the data."""
        request = DiskRequest(write, first, count, entries, self._identities.take())
        self._counts["writes" if write else "reads"] += 1
        self._counts["sectors written" if write else "sectors read"] += count
        self._fire(Point.DISK_IO_START, self._arguments(request))
        way = min(range(len(self._free_at)), key=self._free_at.__getitem__)
        start = max(self._clock.now, self._free_at[way])
        start_ns = start * 1_000_000_000 // self._clock.hz
        end = start + self._clock.ticks(self._model.service_ns(start_ns, first, count, write))
        self._free_at[way] = end
        self._events[request.identity] = self._clock.at(end, partial(self._complete, request, finished))

    def _complete(self, request: DiskRequest, finished: Callable[[], None]) -> None:
        del self._events[request.identity]
        self._fire(Point.DISK_IO_FINISH, self._arguments(request))
        finished()

    def _arguments(self, request: DiskRequest) -> tuple[int, ...]:
        """ARG0 to ARG7 (manual, p. 28): the only disk of the only controller of its kind."""
        read = 0 if request.write else 1
        return (self._adapter, 0, 0, read, request.identity, request.first, request.count, request.entries)

    def holds(self, first: int, count: int) -> bool:
        """Whether the disk has these sectors."""
        return first + count <= self.disk.sectors

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return self.disk.sectors * SECTOR
