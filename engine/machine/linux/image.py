# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel files: a bzImage as distributions ship it, or a plain vmlinux.

Facts from The Linux/x86 Boot Protocol (Documentation/arch/x86/boot.rst), whose field names are used.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from engine.machine.linux import elf
from engine.machine.linux.compression import decompressed, recognized
from engine.machine.linux.errors import LinuxError

SETUP = 0x1F1
"""Offset of the setup header, in the file and in boot_params."""
_BOOT_FLAG, _MAGIC, _VERSION, _KERNEL_VERSION, _JUMP = 0x1FE, 0x202, 0x206, 0x20E, 0x201
_SETUP_SECTS, _SYSSIZE, _XLOADFLAGS, _CMDLINE_SIZE, _PAYLOAD = 0x1F1, 0x1F4, 0x236, 0x238, 0x248
_HEADER_END = 0x268
_FIRST_WITH_XLOADFLAGS = 0x020C
_XLF_KERNEL_64 = 1
_SECTOR, _PARAGRAPH = 512, 16
_LEAST_COMMAND_LINE = 255
_CPIO = b"07070"
"""What a cpio archive in ASCII begins with, whatever its format."""
_BANNER = re.compile(rb"Linux version (\S+) ")
_COMMAND_LINE = 2047
"""What a vmlinux takes (COMMAND_LINE_SIZE less the NUL); only a bzImage says it."""


@dataclass(frozen=True, slots=True)
class KernelImage:
    """A kernel ready to be loaded."""

    version: str
    """release, as `uname -r` prints it"""
    setup: bytes = field(repr=False)
    """the setup header, from offset SETUP of the file on"""
    vmlinux: elf.Vmlinux = field(repr=False)
    command_line_bytes: int = _COMMAND_LINE
    compression: str = ""
    """of the bzImage's payload; empty for a vmlinux"""


def is_bzimage(data: bytes) -> bool:
    """Whether a file has the setup header of a bzImage."""
    return data[_MAGIC : _MAGIC + 4] == b"HdrS"


def read(data: bytes) -> KernelImage:
    """Read a kernel file.

    Raises:
        LinuxError: it is no kernel for x86-64, damaged or cut off.
    """
    if data.startswith(b"\x7fELF"):
        return _vmlinux(data)
    if is_bzimage(data):
        return _bzimage(data)
    if data.startswith(_CPIO):
        raise LinuxError("a cpio archive, as initial RAM disks are, and no Linux kernel; name it with --initrd")
    kind = recognized(data)
    if kind is not None:
        raise LinuxError(
            f"compressed by {kind.name}: an initial RAM disk, which --initrd takes, or a kernel to decompress first"
        )
    found = "" if data else " (the file is empty)"
    raise LinuxError(f"not a Linux kernel: neither a bzImage (`HdrS` at offset 0x202) nor an ELF file{found}")


def check(data: bytes) -> str:
    """Accept a kernel file by its headers, without decompressing it; its release.

    Raises:
        LinuxError: it is no kernel for x86-64, or cut off.
    """
    if is_bzimage(data) and not data.startswith(b"\x7fELF"):
        _payload(memoryview(data))
        return _release(data)
    return read(data).version


def _vmlinux(data: bytes) -> KernelImage:
    """A vmlinux has no setup header; a loader makes up the fields the kernel reads."""
    vmlinux = elf.read(data)
    header = bytearray(_HEADER_END)
    struct.pack_into("<H", header, _BOOT_FLAG, 0xAA55)
    header[_MAGIC : _MAGIC + 4] = b"HdrS"
    struct.pack_into("<H", header, _VERSION, 0x020F)
    banner = next((found for part in vmlinux.segments if (found := _BANNER.search(part.data))), None)
    if banner is None:
        raise LinuxError("an ELF file, but not a Linux kernel: no `Linux version` in it")
    return KernelImage(banner[1].decode("ascii", "replace"), bytes(header[SETUP:]), vmlinux)


def _payload(data: bytes | memoryview) -> bytes | memoryview:
    """The compressed kernel in a bzImage; a view of it where the file is one."""
    if len(data) < _HEADER_END or data[_BOOT_FLAG : _BOOT_FLAG + 2] != b"\x55\xaa":
        raise LinuxError("a damaged bzImage: no boot signature 55 AA at offset 0x1fe")
    (version,) = struct.unpack_from("<H", data, _VERSION)
    if version < _FIRST_WITH_XLOADFLAGS:
        raise LinuxError(
            f"boot protocol {version >> 8}.{version & 0xFF:02}, older than Linux 3.8; expected 2.12 or later"
        )
    if not data[_XLOADFLAGS] & _XLF_KERNEL_64:
        raise LinuxError("a 32-bit kernel; expected one for x86-64")
    start = ((data[_SETUP_SECTS] or 4) + 1) * _SECTOR
    (paragraphs,) = struct.unpack_from("<I", data, _SYSSIZE)
    if start + paragraphs * _PARAGRAPH > len(data):
        whole = start + paragraphs * _PARAGRAPH
        raise LinuxError(f"the kernel was cut off: the file has {len(data)} of {whole} bytes; get it again")
    payload, size = struct.unpack_from("<II", data, _PAYLOAD)
    packed = data[start + payload : start + payload + size]
    if len(packed) != size or size < 8:
        raise LinuxError("a damaged bzImage: its payload is not in the file")
    return packed


def _bzimage(data: bytes) -> KernelImage:
    packed = bytes(_payload(data))
    # The payload ends with the size of what comes out of it.
    vmlinux = elf.read(decompressed(packed, int.from_bytes(packed[-4:], "little")))
    kind = recognized(packed)
    header = data[SETUP : min(_MAGIC + data[_JUMP], _HEADER_END)]
    command_line = max(_LEAST_COMMAND_LINE, int.from_bytes(data[_CMDLINE_SIZE : _CMDLINE_SIZE + 4], "little"))
    return KernelImage(_release(data), header, vmlinux, command_line, kind.name if kind else "")


def _release(data: bytes) -> str:
    """The first word of the string that kernel_version points to, less 0x200."""
    (place,) = struct.unpack_from("<H", data, _KERNEL_VERSION)
    text = data[place + 0x200 : place + 0x300].split(b"\0")[0]
    words = text.decode("ascii", "replace").split()
    return words[0] if place and words else "of unknown version"
