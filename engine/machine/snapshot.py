# SPDX-License-Identifier: GPL-2.0-or-later
"""Saves a whole machine to a file and restores it: it continues bit for bit as the saved one would have.

Layout: MAGIC, the length of the header (4 bytes), its CRC-32 (4 bytes), the header (MessagePack); then, each beginning
at a multiple of eight bytes, the device models, the state of the core, the bitmap of pages, the pages that are not all
zero. The header holds lengths and a checksum of all that follows.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

import msgspec

from engine.core.binding import CoreError, Failure, ffi, lib
from engine.errors import InputError
from engine.files import Data, write_whole
from engine.machine import device_state
from engine.machine.config import MachineConfig
from engine.machine.devices.disk_contents import Source
from engine.machine.kernel import Kernel
from engine.machine.machine import Machine

MAGIC = b"VPTOPSN\x01"
_PREFIX = struct.Struct("<8sII")
_PAGE = 4096
_ALIGNMENT = 8


class SnapshotError(InputError):
    """Not a snapshot, a damaged one, or one of another version, machine, disk or kernel. Save it again."""


class Header(msgspec.Struct, frozen=True):
    """What the rest of the file is."""

    version: str
    """of the device models and the core: only the same version can restore their state"""
    config: MachineConfig
    media: str
    """digest of the disk image and the kernel the machine was made with"""
    devices: int
    state: int
    pages: int
    checksum: int


def save(machine: Machine, path: Path) -> None:
    """Write a stopped machine; an existing file is replaced whole, or left as it was.

    The machine's address translations are looked up afresh from now on, as they will be after a restore.

    Raises:
        OSError: the file cannot be written.
    """
    handle, ram = machine.core.handle, machine.core.ram
    devices = _padded(device_state.dump(machine))
    state = bytearray(lib.vpc_state_bytes())
    lib.vpc_save_state(handle, ffi.from_buffer(state))
    bitmap = bytearray(_bitmap_bytes(len(ram)))
    pages = lib.vpc_used_pages(handle, ffi.from_buffer(bitmap))
    parts: list[Data] = [devices, state, bitmap, *(ram[start:end] for start, end in _runs(bitmap, len(ram)))]
    header = Header(
        version=device_state.version(),
        config=machine.config,
        media=machine.media_digest,
        devices=len(devices),
        state=len(state),
        pages=pages,
        checksum=_checksum(parts),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, [_head(header), *parts], durable=False)


def restore(path: Path, disk: Source | None, kernel: Kernel | None = None) -> Machine:
    """A machine in the state of the saved one.

    Args:
        path: what `save` wrote.
        disk: the image the saved machine was made with; what its guest wrote over it is in the file.
        kernel: the kernel it was made with.

    Raises:
        SnapshotError: the file is not whole, or not of this version, this disk and this kernel.
        OSError: a file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_PREFIX.size)
        header = _read_header(path, head, file.read(_header_bytes(path, head)))
        machine = Machine(disk, header.config, kernel, boot=False)
        try:
            _put_back(path, machine, header, file)
        except BaseException:
            machine.close()
            raise
    return machine


def _put_back(path: Path, machine: Machine, header: Header, file: BufferedReader) -> None:
    if machine.media_digest != header.media:
        raise SnapshotError(f"{path}: the snapshot was made with another disk image or kernel; make it again")
    ram = machine.core.ram
    parts: list[Data] = [file.read(size) for size in (header.devices, header.state, _bitmap_bytes(len(ram)))]
    devices, state, bitmap = parts
    lib.vpc_clear_ram(machine.core.handle)
    for start, end in _runs(bitmap, len(ram)):
        if file.readinto(ram[start:end]) != end - start:
            raise SnapshotError(f"{path}: the snapshot is cut off; make it again")
        parts.append(ram[start:end])
    if file.read(1) or _checksum(parts) != header.checksum:
        raise SnapshotError(f"{path}: the snapshot is damaged; make it again")
    failure = Failure()
    try:
        failure.check(lib.vpc_load_state(machine.core.handle, ffi.from_buffer(state), header.state, failure.pointer))
    except CoreError as error:
        raise SnapshotError(f"{path}: {error}") from error
    device_state.load(machine, bytes(devices))


# --- the file --------------------------------------------------------------------------------------------------------


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)


def _runs(bitmap: Data, ram: int) -> Iterator[tuple[int, int]]:
    """Where in RAM the pages of the file lie, as runs: from and up to which byte."""
    marks, pages = ffi.from_buffer(bitmap), len(bitmap) * 8
    length = ffi.new("uint64_t *")
    page = lib.vpc_page_run(marks, pages, 0, length)
    while length[0]:
        yield page * _PAGE, min(ram, (page + length[0]) * _PAGE)
        page = lib.vpc_page_run(marks, pages, page + length[0], length)


def _checksum(parts: list[Data]) -> int:
    total = 0
    for part in parts:
        total = lib.vpc_checksum(total, ffi.from_buffer(part), len(part))
    return total


def _bitmap_bytes(ram: int) -> int:
    return -(-ram // _PAGE // 8 // _ALIGNMENT) * _ALIGNMENT


def _head(header: Header) -> bytes:
    packed = _padded_to_prefix(msgspec.msgpack.encode(header))
    return _PREFIX.pack(MAGIC, len(packed), zlib.crc32(packed)) + packed


def _padded_to_prefix(packed: bytes) -> bytes:
    """Trailing blanks bring the body to its alignment; MessagePack readers are told where the header ends."""
    return packed + b" " * (-(len(packed) + _PREFIX.size) % _ALIGNMENT)


def _header_bytes(path: Path, head: bytes) -> int:
    if len(head) < _PREFIX.size or head[: len(MAGIC)] != MAGIC:
        raise SnapshotError(f"{path}: not a snapshot of this version of vptop")
    return int(_PREFIX.unpack(head)[1])


def _read_header(path: Path, head: bytes, packed: bytes) -> Header:
    _, length, checksum = _PREFIX.unpack(head)
    if len(packed) != length or zlib.crc32(packed) != checksum:
        raise SnapshotError(f"{path}: the snapshot is damaged; make it again")
    try:
        header = msgspec.msgpack.decode(packed.rstrip(b" "), type=Header)
    except msgspec.DecodeError as error:
        raise SnapshotError(f"{path}: not a snapshot of this version of vptop ({error})") from error
    if header.version != device_state.version():
        raise SnapshotError(f"{path}: the snapshot was made by another version of vptop; make it again")
    return header
