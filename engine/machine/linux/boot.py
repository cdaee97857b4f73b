# SPDX-License-Identifier: GPL-2.0-or-later
"""The 64-bit boot protocol: what a boot loader leaves in memory and registers for a Linux kernel.

Facts from The Linux/x86 Boot Protocol and Zero Page (Documentation/arch/x86/boot.rst, zero-page.rst). The kernel is
entered at the uncompressed image's startup_64, which the bzImage's own code would also jump to after decompression.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from engine.machine.cpu import Cpu
from engine.machine.firmware import ACPI_TABLES
from engine.machine.linux import elf, initrd, long_mode
from engine.machine.linux.errors import LinuxError
from engine.machine.linux.image import SETUP, KernelImage, check, read
from engine.machine.load_segment import LoadSegment
from engine.machine.memory import Memory
from engine.machine.memory_map import memory_map

ZERO_PAGE, _COMMAND_LINE = 0x10000, 0x11000
_PAGE = 4096
_TO_START = 8 << 20
"""Bytes of RAM that Debian's kernels of Linux 6.1 need besides these files and what is in them; 6.12 needs less."""
_HIGHEST_INITRD = 0x7FFFFFFF
"""initrd_addr_max of every x86-64 kernel."""
_UNKNOWN_LOADER = 0xFF
_LOADED_HIGH, _KASLR = 0x01, 0x02
_ALIGNMENT = 1 << 21
"""CONFIG_PHYSICAL_ALIGN of every x86-64 kernel."""
_SCREEN_INFO, _ACPI_RSDP, _E820_ENTRIES, _E820_TABLE = 0x000, 0x070, 0x1E8, 0x2D0
_TYPE_OF_LOADER, _LOADFLAGS, _RAMDISK, _CMD_LINE = 0x210, 0x211, 0x218, 0x228
_VGA_TEXT = struct.pack("<BBHHBBBxHxxBBH", 0, 0, 0, 0, 3, 80, 0, 0, 25, 1, 16)
"""screen_info: cursor at the origin, text mode 3, 80 columns, 25 lines, a VGA, characters 16 lines high."""


@dataclass(frozen=True)
class LinuxKernel:
    """A kernel with its command line and initial RAM disk."""

    file: bytes = field(repr=False)
    """a bzImage or vmlinux, decompressed only when it is needed"""
    command_line: str
    initrd: bytes = field(default=b"", repr=False)
    kaslr: bool = False
    """run at a virtual address that the seed chooses"""
    seed: int = 0

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that is loaded."""
        digest = hashlib.sha256(repr((self.command_line, self.kaslr, self.kaslr and self.seed)).encode())
        digest.update(self.file_digest)
        digest.update(hashlib.sha256(self.initrd).digest())
        return digest.hexdigest()

    @cached_property
    def file_digest(self) -> bytes:
        """SHA-256 of the kernel's file."""
        return hashlib.sha256(self.file).digest()

    @cached_property
    def image(self) -> KernelImage:
        """What is in the file.

        Raises:
            LinuxError: it is no kernel for x86-64, or damaged.
        """
        return read(self.file)

    @cached_property
    def offset(self) -> int:
        """How far above its linked address the kernel runs; 0 without KASLR."""
        vmlinux = self.image.vmlinux
        last = elf.IMAGE_SPACE - (vmlinux.end - vmlinux.start)
        slots = (last - vmlinux.start) // _ALIGNMENT
        return Random(self.seed).randint(1, slots) * _ALIGNMENT if self.kaslr else 0  # noqa: S311 - repeatable

    @cached_property
    def _segments(self) -> tuple[LoadSegment, ...]:
        vmlinux = self.image.vmlinux
        return elf.relocated(vmlinux, self.offset) if self.kaslr else vmlinux.segments

    def check_room(self, ram_bytes: int) -> int:
        """Where in RAM the initial RAM disk goes: as high as may be.

        Raises:
            LinuxError: kernel, command line or initial RAM disk do not fit, or the kernel cannot be read or moved.
        """
        if len(self.command_line.encode()) > self.image.command_line_bytes:
            raise LinuxError(
                f"the command line has {len(self.command_line.encode())} bytes; "
                f"the kernel takes at most {self.image.command_line_bytes}"
            )
        end = max(segment.end for segment in self._segments)
        place = (min(ram_bytes, _HIGHEST_INITRD) - len(self.initrd)) // _PAGE * _PAGE
        if end > place:
            taken = end + len(self.initrd) + _PAGE
            least = _mib(taken + initrd.unpacked_bytes(self.initrd) + _TO_START)
            more = least - _mib(taken)
            raise LinuxError(
                f"kernel and initial RAM disk take {_mib(taken)} MiB, and Linux needs about {more} more to start; "
                f"there are {ram_bytes >> 20}; use --memory {least} or more"
            )
        return place

    def start(self, memory: Memory, cpu: Cpu) -> None:
        """Load everything; the CPU stands before the code that switches to long mode and enters the kernel.

        Raises:
            LinuxError: it does not fit.
        """
        place = self.check_room(len(memory))
        for segment in self._segments:
            segment.load(memory)
        memory.write(place, self.initrd)
        memory.write(_COMMAND_LINE, self.command_line.encode() + b"\0")
        memory.write(ZERO_PAGE, self._zero_page(len(memory), place))
        long_mode.enter(memory, cpu, self.image.vmlinux.entry, ZERO_PAGE)

    def _zero_page(self, ram_bytes: int, initrd: int) -> bytes:
        """The boot parameters (struct boot_params)."""
        page = bytearray(_PAGE)
        page[SETUP : SETUP + len(self.image.setup)] = self.image.setup
        page[_SCREEN_INFO : _SCREEN_INFO + len(_VGA_TEXT)] = _VGA_TEXT
        struct.pack_into("<Q", page, _ACPI_RSDP, ACPI_TABLES)
        page[_TYPE_OF_LOADER] = _UNKNOWN_LOADER
        page[_LOADFLAGS] = _LOADED_HIGH | (_KASLR if self.kaslr else 0)
        struct.pack_into("<II", page, _RAMDISK, initrd if self.initrd else 0, len(self.initrd))
        struct.pack_into("<I", page, _CMD_LINE, _COMMAND_LINE)
        regions = memory_map(ram_bytes)
        page[_E820_ENTRIES] = len(regions)
        for number, region in enumerate(regions):
            struct.pack_into("<QQI", page, _E820_TABLE + 20 * number, *region)
        return bytes(page)


def _mib(size: int) -> int:
    return -(-size >> 20)


def kernel(file: bytes, command_line: str, disk: bytes = b"", *, kaslr: bool = False, seed: int = 0) -> LinuxKernel:
    """A kernel to boot. Its file is read as a whole only when it is loaded.

    Args:
        file: a bzImage or vmlinux.
        command_line: the kernel's parameters; `nokaslr` there wins over `kaslr`.
        disk: the initial RAM disk; empty: there is none.
        kaslr: run the kernel at a virtual address that the seed chooses.
        seed: chooses it.

    Raises:
        LinuxError: one of them is not what it should be.
    """
    check(file)
    if disk:
        initrd.check(disk)
    return LinuxKernel(file, command_line, disk, kaslr and "nokaslr" not in command_line.split(), seed)
