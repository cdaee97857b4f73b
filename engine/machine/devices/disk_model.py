# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a disk takes. All models are deterministic: the same seed and requests give the same times."""

from __future__ import annotations

import math
from random import Random
from typing import Protocol

from engine.machine.choices import Latency


class DiskModel(Protocol):
    """Says how long requests take."""

    ways: int
    """requests that are served at once"""

    def service_ns(self, now_ns: int, first: int, count: int, write: bool) -> int:
        """Nanoseconds from now until a request for `count` sectors from `first` on is done."""
        ...


class HardDisk:
    """One spindle at 7200 rpm, at a random angle at power-on. A request waits for the arm to travel, for its first
    sector to come round, and for its sectors to pass under the head. Seek times follow the usual fit: a settling time,
    then the square root of the distance (Ruemmler and Wilkes, "An introduction to disk drive modeling", IEEE Computer
    27(3), 1994).
    """

    ways = 1
    REVOLUTION_NS = 8_333_333
    SECTORS_PER_TRACK = 512
    SETTLE_NS = 600_000
    FULL_STROKE_NS = 9_000_000
    OVERHEAD_NS = 50_000
    """controller time of any request"""

    def __init__(self, sectors: int, seed: int) -> None:
        self._tracks = max(1, sectors // self.SECTORS_PER_TRACK)
        self._random = Random(seed)  # noqa: S311 - a simulation
        self._phase = self._random.randrange(self.REVOLUTION_NS)
        self._track = 0

    def service_ns(self, now_ns: int, first: int, count: int, write: bool) -> int:
        """Overhead, seek, rotation, transfer."""
        del write
        track, sector = divmod(first, self.SECTORS_PER_TRACK)
        distance = abs(track - self._track) / self._tracks
        seek = 0
        if track != self._track:
            seek = self.SETTLE_NS + int((self.FULL_STROKE_NS - self.SETTLE_NS) * math.sqrt(distance))
            seek += self._random.randrange(self.SETTLE_NS // 4)
        arrival = now_ns + self.OVERHEAD_NS + seek + self._phase
        under_head = sector * self.REVOLUTION_NS // self.SECTORS_PER_TRACK
        rotation = (under_head - arrival) % self.REVOLUTION_NS
        transfer = count * self.REVOLUTION_NS // self.SECTORS_PER_TRACK
        self._track = (first + count - 1) // self.SECTORS_PER_TRACK
        return self.OVERHEAD_NS + seek + rotation + transfer


class FlashDisk:
    """A SATA solid-state disk: a flat cost by direction, a transfer by size, a little variation."""

    ways = 1
    READ_NS = 90_000
    WRITE_NS = 30_000
    PER_SECTOR_NS = 1_000
    """512 bytes at about 500 MB/s"""

    def __init__(self, sectors: int, seed: int) -> None:
        del sectors
        self._random = Random(seed)  # noqa: S311 - a simulation

    def service_ns(self, now_ns: int, first: int, count: int, write: bool) -> int:
        """Base cost by direction, give or take a tenth, and the transfer."""
        del now_ns, first
        base = self.WRITE_NS if write else self.READ_NS
        return base * self._random.randrange(90, 111) // 100 + count * self.PER_SECTOR_NS


class NvmeDisk(FlashDisk):
    """A solid-state disk on PCI Express: several channels of flash, and less between them and the host."""

    ways = 8
    READ_NS = 70_000
    WRITE_NS = 15_000
    PER_SECTOR_NS = 170
    """512 bytes at about 3 GB/s"""


PRESETS: dict[Latency, type[HardDisk] | type[FlashDisk]] = {"hdd": HardDisk, "ssd": FlashDisk, "nvme": NvmeDisk}
"""Disk models by the names a configuration uses."""
