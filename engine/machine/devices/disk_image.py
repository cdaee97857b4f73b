# SPDX-License-Identifier: GPL-2.0-or-later
"""The sectors of a disk: an image that is never changed, and the blocks written over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.machine.devices.disk_contents import ImageError, Source, contents_of

SECTOR = 512
BLOCK = 4096
"""Bytes that are copied on the first write to any of them."""
OVERLAY_BYTES = 2 << 30
"""Most bytes that a guest can write over an image; blocks of zeros cost nothing."""
_ZEROS = bytes(BLOCK)


class DiskImage:
    """Sectors of a disk. What the guest writes stays in memory (copy on write) and is lost with the machine."""

    def __init__(self, source: Source, sectors: int = 0, most: int = OVERLAY_BYTES) -> None:
        """An image, given or in a file, on a disk of at least `sectors`; the rest of the disk reads as 0.

        Args:
            source: bytes, a raw image of any size, read only where the guest reads, or an empty disk.
            sectors: of 512 bytes.
            most: bytes that can be written over it.

        Raises:
            OSError: the file cannot be opened.
        """
        self.base = contents_of(source)
        self.sectors = max(sectors, -(-self.base.size // SECTOR))
        self.overlay: dict[int, bytes] = {}
        """blocks that were written, by their number"""
        self._room = most // BLOCK
        """further blocks that can be written"""
        self._errors: dict[str, str] = {}

    @property
    def digest(self) -> str:
        """SHA-256 that tells the image from others; see `Contents.digest`."""
        return self.base.digest()

    def troubles(self) -> Sequence[str]:
        """What has gone wrong with the image since power-on, in words: the first error of each kind, and changes."""
        return [*self._errors.values(), *self.base.changes()]

    def read(self, first: int, count: int) -> bytes:
        """Consecutive sectors.

        Raises:
            ImageError: the image cannot be read there.
        """
        start, end = first * SECTOR, (first + count) * SECTOR
        if self.overlay.keys().isdisjoint(range(start // BLOCK, -(-end // BLOCK))):
            return self._read_base(start, end - start)
        parts: list[bytes] = []
        for number, begin, stop in _pieces(start, end):
            written = self.overlay.get(number)
            if written is None:
                parts.append(self._read_base(begin, stop - begin))
            else:
                parts.append(written[begin - number * BLOCK : stop - number * BLOCK])
        return b"".join(parts)

    def _read_base(self, offset: int, size: int) -> bytes:
        try:
            return self.base.read(offset, size)
        except ImageError as error:
            self._errors.setdefault("read", f"{error}; the guest got an I/O error")
            raise

    def write(self, first: int, data: bytes) -> None:
        """Overwrite consecutive whole sectors.

        Raises:
            ImageError: there is no more memory for what is written, or the rest of a block cannot be read.
        """
        start = first * SECTOR
        for number, begin, stop in _pieces(start, start + len(data)):
            piece = data[begin - start : stop - start]
            if len(piece) < BLOCK:
                whole = bytearray(self.read(number * BLOCK // SECTOR, BLOCK // SECTOR))
                whole[begin - number * BLOCK : stop - number * BLOCK] = piece
                piece = bytes(whole)
            self._store(number, piece)

    def _store(self, number: int, block: bytes) -> None:
        zero = block == _ZEROS
        costs = (not zero) - (self.overlay.get(number, _ZEROS) != _ZEROS)
        if costs > self._room:
            message = "no more memory for what the guest writes to its disk; further writes end with an I/O error"
            self._errors["write"] = message
            raise ImageError(message)
        self._room -= costs
        self.overlay[number] = _ZEROS if zero else block

    def close(self) -> None:
        """Close the file."""
        self.base.close()


def _pieces(start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The parts of a span of bytes that lie in one block each: the block's number, from and up to which byte."""
    while start < end:
        number = start // BLOCK
        stop = min(end, (number + 1) * BLOCK)
        yield number, start, stop
        start = stop
