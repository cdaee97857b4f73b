# SPDX-License-Identifier: GPL-2.0-or-later
"""The uncompressed kernel, vmlinux: an ELF file, and behind it the relocations that KASLR needs.

Facts from the kernel's documentation of its build (arch/x86/tools/relocs, arch/x86/boot/compressed).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from io import BytesIO

from engine.machine.linux.errors import LinuxError
from engine.machine.load_segment import LoadSegment

KERNEL_MAP = 0xFFFFFFFF80000000
"""Where the kernel's image is mapped: virtual address of physical address 0 without KASLR."""
IMAGE_SPACE = 1 << 30
"""Bytes of address space for the image with KASLR (KERNEL_IMAGE_SIZE)."""
_WORD = 4
_CLASS, _CLASS_32 = 4, b"\1"
"""Where an ELF file says how wide it is, and what it says there (elf(5))."""
_PLAIN, _INVERSE, _WIDE = "plain", "inverse", "wide"
_FIELDS = {_PLAIN: (4, 1), _INVERSE: (4, -1), _WIDE: (8, 1)}
"""Size of what a relocation changes, and how often the offset is added."""


@dataclass(frozen=True, slots=True)
class Vmlinux:
    """An uncompressed kernel."""

    data: bytes = field(repr=False)
    """the ELF file, and behind it the relocations when there are any"""
    segments: tuple[LoadSegment, ...]
    entry: int
    """physical address of startup_64"""
    elf_bytes: int
    """size of the ELF file: relocations begin there"""

    @property
    def start(self) -> int:
        """Lowest physical address."""
        return min(segment.address for segment in self.segments)

    @property
    def end(self) -> int:
        """The physical address behind it."""
        return max(segment.end for segment in self.segments)


def read(data: bytes) -> Vmlinux:
    """Read a vmlinux.

    Raises:
        LinuxError: it is no x86-64 kernel, or damaged.
    """
    from elftools.common.exceptions import ELFError  # a machine from a snapshot reads no kernel
    from elftools.elf.elffile import ELFFile

    if data[_CLASS : _CLASS + 1] == _CLASS_32:
        raise LinuxError("a 32-bit ELF file; expected a kernel for x86-64")
    try:
        elf = ELFFile(BytesIO(data))
        if elf["e_machine"] != "EM_X86_64":
            raise LinuxError(f"an ELF file for {elf.get_machine_arch()}; expected a kernel for x86-64")
        if elf["e_type"] != "ET_EXEC":
            raise LinuxError("an ELF file that is no executable; expected a vmlinux")
        loaded = [part for part in elf.iter_segments("PT_LOAD") if part["p_memsz"]]
        segments = tuple(LoadSegment(part["p_paddr"], part.data(), part["p_memsz"]) for part in loaded)
        ends = [part["p_offset"] + part["p_filesz"] for part in elf.iter_segments()]
        ends += [elf["e_shoff"] + elf["e_shnum"] * elf["e_shentsize"]]
        entry = int(elf["e_entry"])
    except (ELFError, struct.error, OverflowError) as error:
        raise LinuxError(f"a damaged ELF file, or one that was cut off: {len(data)} bytes ({error})") from error
    if not segments:
        raise LinuxError("an ELF file without anything to load")
    if max(ends) > len(data) or any(len(part.data) > part.size for part in segments):
        raise LinuxError(f"an ELF file that is cut off: {len(data)} bytes, expected {max(ends)}")
    if entry >= KERNEL_MAP:
        entry -= KERNEL_MAP
    if not any(part.address <= entry < part.end for part in segments):
        raise LinuxError(f"an ELF file whose entry {entry:#x} is in no segment")
    return Vmlinux(data, segments, entry, max(ends))


def relocations(kernel: Vmlinux) -> dict[str, tuple[int, ...]]:
    """Places to change when the kernel runs at another virtual address, by kind.

    The table follows the ELF file: for each kind a 0 and then addresses in 32 bits, those of 64-bit values first, of
    32-bit values last, and between them, in kernels before 6.15, of 32-bit values that are subtracted.

    Raises:
        LinuxError: there is none, or it is damaged.
    """
    table = kernel.data[kernel.elf_bytes :]
    table = table[: len(table) // _WORD * _WORD]
    words = struct.unpack(f"<{len(table) // _WORD}i", table)
    kinds = {2: (_WIDE, _PLAIN), 3: (_WIDE, _INVERSE, _PLAIN)}.get(words.count(0))
    if kinds is None or words[0] != 0:
        raise LinuxError("no relocations behind the ELF file: built without CONFIG_RANDOMIZE_BASE")
    starts = [place for place, word in enumerate(words) if not word] + [len(words)]
    return {
        kind: tuple(word & 0xFFFFFFFFFFFFFFFF for word in words[start + 1 : end])
        for kind, start, end in zip(kinds, starts[:-1], starts[1:], strict=True)
    }


def relocated(kernel: Vmlinux, offset: int) -> tuple[LoadSegment, ...]:
    """The segments of a kernel that runs `offset` bytes above its linked virtual address.

    Raises:
        LinuxError: the image has no relocations, or one that is not in a segment.
    """
    image = bytearray(kernel.end - kernel.start)
    for segment in kernel.segments:
        at = segment.address - kernel.start
        image[at : at + len(segment.data)] = segment.data
    for kind, places in relocations(kernel).items():
        size, change = _FIELDS[kind]
        for place in places:
            at = place - KERNEL_MAP - kernel.start
            if not 0 <= at <= len(image) - size:
                raise LinuxError(f"a relocation outside the kernel: {place:#x}")
            value = int.from_bytes(image[at : at + size], "little") + change * offset
            image[at : at + size] = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
    return tuple(
        LoadSegment(part.address, bytes(image[part.address - kernel.start :][: len(part.data)]), part.size)
        for part in kernel.segments
    )
