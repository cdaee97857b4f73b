# SPDX-License-Identifier: GPL-2.0-or-later
"""LZO1X decompression, and the container that lzop writes, which the kernel's build uses.

Facts from the kernel's description of the stream (Documentation/staging/lzo.rst) and the lzop file format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from engine.machine.linux.errors import LinuxError

MAGIC = b"\x89LZO\x00\r\n\x1a\n"
_FIRST_LITERALS = 17
_NEAR, _FAR = 1 << 11, 1 << 14
_ADLER32_DATA, _ADLER32_PACKED, _EXTRA, _CRC32_DATA, _CRC32_PACKED, _FILTER = 0x1, 0x2, 0x40, 0x100, 0x200, 0x800
_NEW_HEADER = 0x0940
"""Versions of lzop from here on write three more fields."""


def lzop(data: bytes) -> bytes:
    """Decompress an lzop file.

    Raises:
        LinuxError: it is damaged or cut off.
    """
    try:
        return b"".join(_blocks(data))
    except (struct.error, IndexError) as error:
        raise LinuxError("the stream is cut off") from error


def _blocks(data: bytes) -> Iterator[bytes]:
    at, flags = _header(data)
    checks = 4 * sum(bool(flags & bit) for bit in (_ADLER32_DATA, _CRC32_DATA))
    packed_checks = 4 * sum(bool(flags & bit) for bit in (_ADLER32_PACKED, _CRC32_PACKED))
    while (size := struct.unpack_from(">I", data, at)[0]) != 0:
        (packed,) = struct.unpack_from(">I", data, at + 4)
        at += 8 + checks + (packed_checks if packed < size else 0)
        block = data[at : at + packed]
        if len(block) != packed:
            raise LinuxError("the stream is cut off")
        yield block if packed == size else decompress(block, size)
        at += packed


def _header(data: bytes) -> tuple[int, int]:
    """Offset of the first block, and the flags that say which checksums each block has."""
    at = len(MAGIC)
    (version,) = struct.unpack_from(">H", data, at)
    at += 4 + (2 if version >= _NEW_HEADER else 0)  # versions: of lzop, of the library, needed to extract
    at += 1 + (1 if version >= _NEW_HEADER else 0)  # method, level
    (flags,) = struct.unpack_from(">I", data, at)
    at += 4 + (4 if flags & _FILTER else 0)
    at += 4 + 4 + (4 if version >= _NEW_HEADER else 0)  # mode, modification time
    at += 1 + data[at] + 4  # name, checksum of the header
    if flags & _EXTRA:
        at += 4 + struct.unpack_from(">I", data, at)[0] + 4
    return at, flags


def decompress(packed: bytes, size: int) -> bytes:
    """Decompress a block.

    Args:
        packed: the block.
        size: bytes that come out.

    Raises:
        LinuxError: the block is damaged, cut off, or of another size.
    """
    try:
        out = _Block(packed).unpacked()
    except IndexError as error:
        raise LinuxError("a block is cut off") from error
    if len(out) != size:
        raise LinuxError(f"a block has {len(out)} bytes, expected {size}")
    return bytes(out)


class _Block:
    """One block: instructions that copy literals from the stream or matches from what came out before."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._at = 0
        self._out = bytearray()

    def _byte(self) -> int:
        value = self._packed[self._at]
        self._at += 1
        return value

    def _long(self, base: int) -> int:
        """A length beyond its bits in the instruction: 255 for each zero byte, then the first other byte."""
        while (value := self._byte()) == 0:
            base += 255
        return base + value

    def _word(self) -> int:
        return self._byte() | self._byte() << 8

    def _literals(self, count: int) -> None:
        taken = self._packed[self._at : self._at + count]
        if len(taken) != count:
            raise LinuxError("a block is cut off")
        self._out += taken
        self._at += count

    def _match(self, distance: int, length: int) -> None:
        start = len(self._out) - distance
        if start < 0:
            raise LinuxError("a match begins before the data")
        if distance >= length:
            self._out += self._out[start : start + length]
        else:
            repeated = self._out[start:] * (length // distance + 1)
            self._out += repeated[:length]

    def unpacked(self) -> bytearray:
        """Run the instructions up to the end marker."""
        state = 0  # literals copied by the last instruction: 0 to 3, or 4 for a run of literals
        if self._packed[0] > _FIRST_LITERALS:
            count = self._byte() - _FIRST_LITERALS
            self._literals(count)
            state = min(count, 4)
        while True:
            code = self._byte()
            if code < 16 and state == 0:
                self._literals(code + 3 if code else self._long(15 + 3))
                state = 4
                continue
            match = self._match_of(code, state)
            if match is None:
                return self._out
            distance, length, state = match
            self._match(distance, length)
            self._literals(state)

    def _match_of(self, code: int, state: int) -> tuple[int, int, int] | None:
        """Distance and length of a match, and the literals that follow it; None for the end marker."""
        if code >= 64:
            length = 5 + (code >> 5 & 3) if code >= 128 else 3 + (code >> 5 & 1)
            return (self._byte() << 3) + (code >> 2 & 7) + 1, length, code & 3
        if code >= 32:
            length = 2 + (code & 31 or self._long(31))
            word = self._word()
            return (word >> 2) + 1, length, word & 3
        if code >= 16:
            length = 2 + (code & 7 or self._long(7))
            word = self._word()
            distance = _FAR + ((code & 8) << 11) + (word >> 2)
            return None if distance == _FAR else (distance, length, word & 3)
        high = self._byte() << 2
        if state == 4:
            return high + (code >> 2) + _NEAR + 1, 3, code & 3
        return high + (code >> 2) + 1, 2, code & 3
