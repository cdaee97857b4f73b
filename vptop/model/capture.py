# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures: the Frames of a session in a file, to be looked at later. A crash costs at most the Frame being written.

A file is MAGIC and records, each: length and CRC-32 of the data as big-endian u32, then the data, a msgpack message of
one of the types below, compressed with Zstandard.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from struct import Struct
from typing import BinaryIO

import msgspec
import zstandard

from engine.errors import InputError
from engine.probes.frame import Frame

NAME = b"vptop-capture "
MAGIC = NAME + b"1\n"
RECORD_BYTES = 1 << 30
"""Longest record that is read."""
_HEAD = Struct(">II")


class CaptureError(InputError):
    """A file that is no capture, or cannot be read or written. Name another one."""


class Guest(msgspec.Struct, frozen=True, tag="guest"):
    """What runs; comes first, and again when more is known of it."""

    name: str
    vcpus: int
    symbols: bytes = b""
    """the symbol file; empty when there is none"""
    vectors: Mapping[int, str] = {}
    """what interrupt vectors are for"""


class Script(msgspec.Struct, frozen=True, tag="script"):
    """A script was loaded."""

    name: str
    source: str


class Shown(msgspec.Struct, frozen=True, tag="frame"):
    """A Frame."""

    frame: Frame


class LeftOut(msgspec.Struct, frozen=True):
    """What follows in the file cannot be read. No record; comes last."""

    why: str


Record = Guest | Script | Shown
_pack = zstandard.ZstdCompressor(level=3).compress
_decoder: msgspec.msgpack.Decoder[Record] = msgspec.msgpack.Decoder(Record)


def packed(record: Record) -> bytes:
    """A record as it stands in a file."""
    data = _pack(msgspec.msgpack.encode(record))
    return _HEAD.pack(len(data), zlib.crc32(data)) + data


class CaptureWriter:
    """Writes a new file, each record at once.

    Raises:
        CaptureError: it cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.frames = 0
        try:
            self._file: BinaryIO = path.open("wb", buffering=0)
        except OSError as error:
            raise CaptureError(f"cannot write {path}: {error.strerror or error}") from error
        try:
            self._put(MAGIC)
        except CaptureError:
            self._file.close()
            raise

    def add(self, record: Record) -> None:
        """Write a record.

        Raises:
            CaptureError: it could not be written; what was written before can be read.
        """
        self._put(packed(record))
        self.frames += isinstance(record, Shown)

    def _put(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise CaptureError(f"cannot write {self.path}: {error.strerror or error}") from error

    def close(self) -> None:
        """End the file."""
        self._file.close()


def read(path: Path) -> Iterator[Record | LeftOut]:
    """The records of a capture; in the place of one that was cut off or damaged, and what follows it, a LeftOut.

    Raises:
        CaptureError: the file cannot be read, or is no capture.
    """
    unpack = zstandard.ZstdDecompressor()
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise CaptureError(f"{path}: not a capture of vptop")
            while head := file.read(_HEAD.size):
                at = file.tell() - len(head)
                size, check = _HEAD.unpack(head) if len(head) == _HEAD.size else (1, 0)
                data = file.read(size) if size <= RECORD_BYTES else b""
                if len(data) < size or zlib.crc32(data) != check:
                    what = "cut off" if len(data) < size <= RECORD_BYTES else "damaged"
                    yield LeftOut(f"{path}: {what} from byte {at} on; the rest is left out")
                    return
                yield _decoder.decode(unpack.decompress(data))
    except (OSError, msgspec.DecodeError, zstandard.ZstdError) as error:
        raise CaptureError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
