# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels that begin in 32-bit protected mode, loaded without a boot loader (Multiboot Specification 0.6.96)."""

from __future__ import annotations

import gzip
import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from engine.core.registers import Register
from engine.errors import InputError
from engine.machine.config import MIB
from engine.machine.cpu import Cpu
from engine.machine.load_segment import LoadSegment
from engine.machine.memory import Memory
from engine.machine.memory_map import CONVENTIONAL_END, EXTENDED, memory_map

BOOTED = 0x2BADB002
"""What EAX holds at the entry (3.2)."""
_MAGIC, _MAGIC_2 = 0x1BADB002, 0xE85250D6
_SEARCHED, _SEARCHED_2 = 8192, 32768
_PAGE_ALIGNED, _MEMORY_MAP, _VIDEO, _ADDRESSES = 1, 2, 4, 1 << 16
_KNOWN = _PAGE_ALIGNED | _MEMORY_MAP | _VIDEO
_MUST = 0xFFFF
"""Bits of the header's flags that a loader must know."""
_INFO, _INFO_END = 0x10000, 0x80000
"""Where the boot information is put: in conventional memory, out of the way of the BIOS and of kernels."""
_ROOM = (0x500, _INFO), (_INFO_END, CONVENTIONAL_END), (EXTENDED, 0xFEB00000)
"""Where kernels may lie."""
_LOADER = b"vptop\0"
_HAS_MEMORY, _HAS_COMMAND, _HAS_MODULES, _HAS_MAP, _HAS_LOADER = 1, 4, 8, 0x40, 0x200
_PAGE = 4096
_GZIP = b"\x1f\x8b"


class MultibootError(InputError):
    """A kernel that cannot be loaded. Boot another file, or give the machine more memory, as the message says."""


@dataclass(frozen=True, slots=True)
class Module:
    """A file for the kernel: its bytes, and the words that come with it."""

    data: bytes = field(repr=False)
    words: str = ""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel with its command line and modules, ready to be put into memory."""

    segments: tuple[LoadSegment, ...]
    entry: int
    words: str = ""
    modules: tuple[Module, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of everything that is loaded."""
        digest = hashlib.sha256(repr((self.entry, self.words)).encode())
        for segment in self.segments:
            digest.update(repr((segment.address, segment.size)).encode() + hashlib.sha256(segment.data).digest())
        for module in self.modules:
            digest.update(repr(module.words).encode() + hashlib.sha256(module.data).digest())
        return digest.hexdigest()

    def start(self, memory: Memory, cpu: Cpu) -> None:
        """Load it; the CPU stands before its first instruction in protected mode (3.2).

        Raises:
            MultibootError: it does not fit into memory.
        """
        cpu.enter_protected_mode(self.entry, {Register.RAX: BOOTED, Register.RBX: load(self, memory)})


def kernel(data: bytes, words: str = "", modules: tuple[Module, ...] = ()) -> Kernel | None:
    """Read a kernel file, which gzip may have packed; None when there is no Multiboot header in it.

    Args:
        data: the file.
        words: the command line, by convention the kernel's name first.
        modules: further files for it.

    Raises:
        MultibootError: a header is there, but the kernel asks for what this loader has not, or is damaged.
    """
    data = _unpacked(data)
    header = next(_headers(data), None)
    if header is None:
        if _is_second_version(data):
            raise MultibootError("a Multiboot 2 kernel; only GRUB on a disk image can load it")
        return None
    offset, flags = header
    unknown = flags & _MUST & ~_KNOWN
    if unknown:
        raise MultibootError(f"the Multiboot header asks for features {unknown:#x}, unknown to version 1")
    if flags & _ADDRESSES:
        segments, entry = _by_addresses(data, offset)
    else:
        segments, entry = _by_elf(data)
    for segment in segments:
        if not any(first <= segment.address and segment.end <= end for first, end in _ROOM):
            raise MultibootError(f"the kernel wants {segment.address:#x} to {segment.end:#x}, where it has no room")
    return Kernel(segments, entry, words, modules)


def _unpacked(data: bytes) -> bytes:
    if data[:2] != _GZIP:
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise MultibootError(f"packed by gzip, and damaged ({error})") from error


def _headers(data: bytes) -> Iterator[tuple[int, int]]:
    """Offset and flags of what has magic and checksum of a header (3.1.1)."""
    for offset in range(0, min(len(data), _SEARCHED) - 11, 4):
        magic, flags, checksum = struct.unpack_from("<III", data, offset)
        if magic == _MAGIC and (magic + flags + checksum) & 0xFFFFFFFF == 0:
            yield offset, flags


def _is_second_version(data: bytes) -> bool:
    """Multiboot 2, 3.1.1: magic, architecture, length, checksum."""
    for offset in range(0, min(len(data), _SEARCHED_2) - 15, 8):
        words = struct.unpack_from("<IIII", data, offset)
        if words[0] == _MAGIC_2 and sum(words) & 0xFFFFFFFF == 0:
            return True
    return False


def _by_addresses(data: bytes, offset: int) -> tuple[tuple[LoadSegment, ...], int]:
    """The header itself says where the file goes (3.1.3)."""
    if offset + 32 > len(data):
        raise MultibootError("the Multiboot header is cut off")
    header, start, end, zeros, entry = struct.unpack_from("<IIIII", data, offset + 12)
    first = offset - (header - start)
    last = len(data) if not end else first + end - start
    if first < 0 or not first <= last <= len(data):
        raise MultibootError("the addresses of the Multiboot header do not fit the file")
    loaded = data[first:last]
    return (LoadSegment(start, loaded, max(len(loaded), zeros - start)),), entry


def _by_elf(data: bytes) -> tuple[tuple[LoadSegment, ...], int]:
    try:
        elf = ELFFile(BytesIO(data))
        segments = tuple(
            LoadSegment(part["p_paddr"], part.data(), part["p_memsz"])
            for part in elf.iter_segments("PT_LOAD")
            if part["p_memsz"]
        )
        entry = _physical(elf)
    except (ELFError, OSError, ValueError, KeyError) as error:
        raise MultibootError(f"its header names no addresses, and it is not a complete ELF file ({error})") from error
    if not segments:
        raise MultibootError("an ELF file without anything to load")
    return segments, entry


def _physical(elf: ELFFile) -> int:
    """The entry, which some kernels give as a virtual address."""
    entry = int(elf["e_entry"])
    for part in elf.iter_segments("PT_LOAD"):
        if part["p_vaddr"] <= entry < part["p_vaddr"] + part["p_memsz"]:
            return entry - int(part["p_vaddr"]) + int(part["p_paddr"])
    return entry


def load(what: Kernel, memory: Memory) -> int:
    """Put a kernel, its modules and the boot information into memory; returns where the information is (for EBX).

    Raises:
        MultibootError: they do not fit into memory.
    """
    places = check_room(what, len(memory))
    for segment in what.segments:
        segment.load(memory)
    for module, (start, _) in zip(what.modules, places, strict=True):
        memory.write(start, module.data)
    memory.write(_INFO, _information(what, places, len(memory)))
    return _INFO


def check_room(what: Kernel, ram: int) -> list[tuple[int, int]]:
    """From and up to which address each module goes: on pages of its own, behind the kernel.

    Raises:
        MultibootError: kernel or modules do not fit into so many bytes of memory.
    """
    top = end = max(EXTENDED, *(segment.end for segment in what.segments))
    places = []
    for module in what.modules:
        start = -(-top // _PAGE) * _PAGE
        top = start + len(module.data)
        places.append((start, top))
    if top > ram:
        whole = "the kernel needs" if top == end else "the kernel and its modules need"
        raise MultibootError(f"{whole} {-(-top // MIB)} MiB of memory, there are {ram // MIB}; use --memory")
    return places


def _information(what: Kernel, places: list[tuple[int, int]], ram: int) -> bytes:
    """The structure of 3.3, and behind it what it points to."""
    out = bytearray(120)

    def put(data: bytes) -> int:
        place = _INFO + len(out)
        out.extend(data + bytes(-len(data) % 4))
        return place

    regions = b"".join(struct.pack("<IQQI", 20, *region) for region in memory_map(ram))
    words = put(what.words.encode() + b"\0")
    modules = b"".join(
        struct.pack("<IIII", start, end, put(module.words.encode() + b"\0"), 0)
        for module, (start, end) in zip(what.modules, places, strict=True)
    )
    list_ = put(modules) if modules else 0
    map_ = put(regions)
    loader = put(_LOADER)
    flags = _HAS_MEMORY | _HAS_COMMAND | _HAS_MAP | _HAS_LOADER | (_HAS_MODULES if places else 0)
    struct.pack_into("<IIIIIII", out, 0, flags, 639, (ram - EXTENDED) >> 10, 0, words, len(places), list_)
    struct.pack_into("<II", out, 44, len(regions), map_)
    struct.pack_into("<I", out, 64, loader)
    if len(out) > _INFO_END - _INFO:
        raise MultibootError("command lines are too long")
    return bytes(out)
