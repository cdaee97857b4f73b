# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures: the Frames of a session in a file, to be looked at later. A crash costs at most the Frame being written.

A file is MAGIC and records, each: length and CRC-32 of the data as big-endian u32, then the data, a msgpack message of
one of the types below, compressed with Zstandard.
"""

from __future__ import annotations

import os
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
FORMAT = 2
MAGIC = NAME + b"%d\n" % FORMAT
RECORD_BYTES = 1 << 30
"""Longest record that is read."""
_HEAD = Struct(">II")
_DATA_BEGINS = b"\x28\xb5\x2f\xfd"
"""The magic number of Zstandard (RFC 8878, 3.1.1)."""
_CHUNK = 1 << 20
"""Bytes that are searched at a time for the next record."""


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
    """Something in the file cannot be read. No record; stands where that is."""

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
    """The records of a capture, and a LeftOut in the place of what cannot be read.

    Raises:
        CaptureError: the file cannot be read, or is no capture.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise CaptureError(f"{path}: not a capture of vptop")
            yield from _records(path, file)
    except OSError as error:
        raise CaptureError(f"{path}: {error.strerror or error}") from error


def _records(path: Path, file: BinaryIO) -> Iterator[Record | LeftOut]:
    end = os.fstat(file.fileno()).st_size
    at = file.tell()
    while at < end:
        size, data = _record_at(file, at, end)
        if data is not None:
            yield _decoded(path, at, data)
            at += _HEAD.size + size
            continue
        found = _next_record(file, at + 1, end)
        if found is None:
            is_cut = at + _HEAD.size + size > end and size <= RECORD_BYTES
            yield LeftOut(f"{path}: {'cut off' if is_cut else 'damaged'} from byte {at} on; the rest is left out")
            return
        yield LeftOut(f"{path}: bytes {at} to {found - 1} are damaged, and left out")
        at = found


def _record_at(file: BinaryIO, at: int, end: int) -> tuple[int, bytes | None]:
    """The size and the data of the record that begins at a byte; None: there is none, or it is damaged."""
    file.seek(at)
    if len(head := file.read(_HEAD.size)) < _HEAD.size:
        return 0, None
    size, check = _HEAD.unpack(head)
    data = file.read(size) if size <= min(RECORD_BYTES, end - file.tell()) else b""
    return size, data if size and len(data) == size and zlib.crc32(data) == check else None


def _next_record(file: BinaryIO, at: int, end: int) -> int | None:
    """Where the next whole record begins, from a byte on: how its data begin is looked for."""
    begin = at + _HEAD.size
    while begin < end:
        file.seek(begin)
        chunk = file.read(_CHUNK)
        place = chunk.find(_DATA_BEGINS)
        if place < 0:
            begin += max(1, len(chunk) - len(_DATA_BEGINS) + 1)
        elif _record_at(file, begin + place - _HEAD.size, end)[1] is not None:
            return begin + place - _HEAD.size
        else:
            begin += place + 1
    return None


def _decoded(path: Path, at: int, data: bytes) -> Record | LeftOut:
    try:
        if zstandard.frame_content_size(data) > RECORD_BYTES:
            return LeftOut(f"{path}: the record at byte {at} is too long, and left out")
        return _decoder.decode(zstandard.ZstdDecompressor().decompress(data))
    except (msgspec.DecodeError, msgspec.ValidationError, zstandard.ZstdError) as error:
        return LeftOut(f"{path}: the record at byte {at} is none of this version of vptop, and left out ({error})")
