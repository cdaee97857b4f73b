# SPDX-License-Identifier: GPL-2.0-or-later
"""The contents of a disk: an image that is never changed, and the sectors written over it."""

from __future__ import annotations

import hashlib
from pathlib import Path

SECTOR = 512


class DiskImage:
    """Sectors of a disk. What the guest writes stays in memory (copy on write) and is lost with the machine."""

    def __init__(self, contents: bytes | Path, sectors: int = 0) -> None:
        """An image, given or read from a file, on a disk of at least `sectors`; the rest of the disk reads as 0.

        Raises:
            OSError: the file cannot be read.
        """
        self.base = contents.read_bytes() if isinstance(contents, Path) else contents
        self.sectors = max(sectors, -(-len(self.base) // SECTOR))
        self.overlay: dict[int, bytes] = {}

    @property
    def digest(self) -> str:
        """SHA-256 of the image."""
        return hashlib.sha256(self.base).hexdigest()

    def read(self, first: int, count: int) -> bytes:
        """Consecutive sectors."""
        if not self.overlay:
            data = self.base[first * SECTOR : (first + count) * SECTOR]
            return data + bytes(count * SECTOR - len(data))
        return b"".join(self._sector(number) for number in range(first, first + count))

    def _sector(self, number: int) -> bytes:
        written = self.overlay.get(number)
        if written is not None:
            return written
        data = self.base[number * SECTOR : (number + 1) * SECTOR]
        return data if len(data) == SECTOR else data + bytes(SECTOR - len(data))

    def write(self, first: int, data: bytes) -> None:
        """Overwrite consecutive whole sectors."""
        for offset in range(0, len(data), SECTOR):
            self.overlay[first + offset // SECTOR] = data[offset : offset + SECTOR]
