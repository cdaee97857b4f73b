# SPDX-License-Identifier: GPL-2.0-or-later
"""Every compression that the kernel's build can give a kernel image (KERNEL_GZIP to KERNEL_ZSTD in init/Kconfig)."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import lz4.block
import zstandard

from engine.machine.linux import lzo
from engine.machine.linux.errors import LinuxError

_LZ4_BLOCK = 8 << 20
"""Most bytes that come out of a block of the legacy LZ4 frame."""
MOST_BYTES = 1 << 30
"""Largest kernel: it is linked into the last GiB of the address space."""


@dataclass(frozen=True, slots=True)
class Compression:
    """A format: its name, what it begins with, and how it is decompressed."""

    name: str
    magic: bytes
    decompress: Callable[[bytes], bytes]


class _Stream(Protocol):
    """A decompressor that knows whether it has seen the end of its stream."""

    @property
    def eof(self) -> bool: ...


def _whole(stream: _Stream, out: bytes) -> bytes:
    if not stream.eof:
        raise EOFError("the stream is cut off")
    return out


def _gzip(data: bytes) -> bytes:
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    return _whole(stream, stream.decompress(data, MOST_BYTES))


def _bzip2(data: bytes) -> bytes:
    stream = bz2.BZ2Decompressor()
    return _whole(stream, stream.decompress(data, MOST_BYTES))


def _xz(data: bytes) -> bytes:
    stream = lzma.LZMADecompressor(lzma.FORMAT_XZ)
    return _whole(stream, stream.decompress(data, MOST_BYTES))


def _lzma(data: bytes) -> bytes:
    stream = lzma.LZMADecompressor(lzma.FORMAT_ALONE)
    return _whole(stream, stream.decompress(data, MOST_BYTES))


def _lz4(data: bytes) -> bytes:
    """The legacy frame: magic, then blocks, each behind its size; a size that is none ends it."""
    out, at = [], 4
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        at += 4
        if size > len(data) - at:
            break
        out.append(lz4.block.decompress(data[at : at + size], uncompressed_size=_LZ4_BLOCK))
        at += size
    return b"".join(out)


def _zstd(data: bytes) -> bytes:
    stream = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
    return _whole(stream, stream.decompress(data))


COMPRESSIONS = (
    Compression("gzip", b"\x1f\x8b", _gzip),
    Compression("bzip2", b"BZh", _bzip2),
    Compression("xz", b"\xfd7zXZ\0", _xz),
    Compression("lzma", b"\x5d\0\0", _lzma),
    Compression("lzo", lzo.MAGIC, lzo.lzop),
    Compression("lz4", b"\x02\x21\x4c\x18", _lz4),
    Compression("zstd", b"\x28\xb5\x2f\xfd", _zstd),
)
_FAILURES = (
    zlib.error,
    OSError,
    EOFError,
    lzma.LZMAError,
    lz4.block.LZ4BlockError,
    zstandard.ZstdError,
    ValueError,
    LinuxError,
)


def recognized(data: bytes) -> Compression | None:
    """The format of compressed data; None when it is none of these."""
    return next((kind for kind in COMPRESSIONS if data.startswith(kind.magic)), None)


def unpacked(data: bytes) -> bytes:
    """Decompress a file; one that is not compressed stays as it is.

    Raises:
        LinuxError: it is damaged or cut off.
    """
    kind = recognized(data)
    if kind is None:
        return data
    try:
        return kind.decompress(data)
    except (*_FAILURES, LinuxError) as error:
        raise LinuxError(f"damaged {kind.name} data: {error}") from error


def decompressed(data: bytes, size: int) -> bytes:
    """Decompress the payload of a kernel image.

    Args:
        data: one compressed stream; what follows it is ignored.
        size: bytes that must come out.

    Raises:
        LinuxError: it is damaged, cut off, or of no known format.
    """
    kind = recognized(data)
    if kind is None:
        raise LinuxError(f"unknown compression: begins with {data[:4].hex(' ')}")
    out = unpacked(data)
    if len(out) != size:
        raise LinuxError(f"damaged {kind.name} data: {len(out)} bytes came out, expected {size}")
    return out
