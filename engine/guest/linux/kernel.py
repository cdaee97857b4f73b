# SPDX-License-Identifier: GPL-2.0-or-later
"""What a Linux kernel says of itself: its version, symbols, types and unwind tables, from its image or from memory.

With it comes the vDSO, the shared library that the kernel maps into each process (vdso(7)).
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from io import BytesIO
from itertools import accumulate, pairwise
from struct import Struct

from engine.errors import VptopError
from engine.guest.linux import btf, kallsyms
from engine.guest.linux.btf import Btf, BtfError
from engine.guest.linux.kallsyms import Buffer
from engine.guest.linux.orc import OrcForm, OrcTable
from engine.guest.linux.symbol_table import SymbolTable
from engine.guest.symbols import Symbol

Read = Callable[[int, int], bytes]
"""Bytes at an address of the kernel, as many as there are up to a number."""

BANNER = re.compile(rb"Linux version (\d+\.\d+\S*) \(")
_BANNER_BYTES = 512
_VDSO_IMAGE = "vdso_image_64"
_VDSO = Struct("<2Q")
"""its first members: address and size of the ELF file"""
_VDSO_BYTES = 1 << 16
"""A larger one is damaged; it takes two pages."""


class KernelError(VptopError):
    """Bytes that are no Linux kernel, or one that says nothing of itself. Give another image, or boot without."""


class Kernel:
    """One kernel, at the address where it runs or is linked to run. What is not asked for is not decoded."""

    def __init__(
        self,
        release: str,
        table: SymbolTable,
        types: bytes,
        unwind: OrcTable | None,
        type_index: bytes = b"",
        vdso: bytes = b"",
    ) -> None:
        """Know a kernel.

        Args:
            release: as `uname -r` prints it.
            table: its symbols, at the addresses where it runs.
            types: its type information; empty when it was built without.
            unwind: its ORC tables as it is linked; None when it was built without, and keeps frame pointers.
            type_index: the index of its types, where that was made before.
            vdso: the ELF file of the vDSO of 64-bit processes; empty where it is not found.
        """
        self.release = release
        self.table = table
        self._types = types
        self._unwind = unwind
        self._type_index = type_index
        self.vdso = vdso

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """In order of address. Per-CPU offsets are what they are wherever the kernel runs."""
        return self.table.symbols

    def address(self, name: str) -> int | None:
        """The address of a symbol, of several the lowest; None when there is none."""
        return self.table.address(name)

    @cached_property
    def types(self) -> Btf | None:
        """Its type information; None when it was built without."""
        try:
            return Btf(self._types, self._type_index) if self._types else None
        except BtfError:
            return None

    @property
    def unwind(self) -> OrcTable | None:
        """Its ORC tables; None when it was built without, and keeps frame pointers."""
        return self._unwind and self._unwind.moved(self.table.moved_by)

    def moved(self, distance: int) -> Kernel:
        """The same kernel running so many bytes further up."""
        if not distance:
            return self
        moved = Kernel(self.release, self.table.moved(distance), self._types, self._unwind, self._type_index, self.vdso)
        if "types" in self.__dict__:
            moved.__dict__["types"] = self.types
        return moved

    def pack(self) -> bytes:
        """All of it as bytes, for `unpack`: opening those is quicker than looking for it in an image."""
        unwind = self._unwind or OrcTable(0, b"", b"", OrcForm.OLD)
        table, index = self.table, self.types.index if self.types else b""
        symbols = table.places.tobytes(), table.names
        parts = (self.release.encode(), *symbols, self._types, index, unwind.words, unwind.entries, self.vdso)
        sizes = _PACKED.pack(_PACKED_MAGIC, table.moved_by, unwind.address, unwind.form, *map(len, parts))
        return sizes + b"".join(parts)


_PACKED = Struct("<8sQQQ8Q")
"""magic, how far moved, address and form of the unwind table, sizes of what follows"""
_PACKED_MAGIC = b"vpkern3" + sys.byteorder[:1].encode()


def unpack(data: bytes) -> Kernel:
    """The kernel that `pack` wrote.

    Raises:
        KernelError: it is of another version, or damaged.
    """
    if len(data) < _PACKED.size:
        raise KernelError("cut off")
    magic, moved, address, form, *sizes = _PACKED.unpack_from(data)
    if magic != _PACKED_MAGIC or len(data) != _PACKED.size + sum(sizes):
        raise KernelError("of another version, or cut off")
    ends = list(accumulate(sizes, initial=_PACKED.size))
    release, places, names, types, index, words, entries, vdso = (data[low:high] for low, high in pairwise(ends))
    unwind = OrcTable(address, words, entries, OrcForm(form)) if words else None
    return Kernel(release.decode(), SymbolTable(array("Q", places), names, moved), types, unwind, index, vdso)


def of_image(vmlinux: bytes, symbols: Iterable[Symbol] = ()) -> Kernel:
    """The kernel in a decompressed image, at the address it is linked for.

    Args:
        vmlinux: an ELF file.
        symbols: from System.map, or from /proc/kallsyms wherever the kernel ran; none: those in the image.

    Raises:
        KernelError: it is no kernel image, or one without symbols.
    """
    from elftools.common.exceptions import ELFError  # what is in the cache was read before
    from elftools.elf.elffile import ELFFile

    try:
        elf = ELFFile(BytesIO(vmlinux))
        parts = [(p["p_vaddr"], p["p_offset"], p["p_filesz"]) for p in elf.iter_segments("PT_LOAD")]
    except ELFError as error:
        raise KernelError(f"not a vmlinux: {error}") from error

    def read(address: int, size: int) -> bytes:
        for start, offset, length in parts:
            if start <= address < start + length:
                at = offset + address - start
                return vmlinux[at : min(at + size, offset + length)]
        return b""

    given = list(symbols)
    text = next((address for address, _, name in given if name == "_text"), 0)
    linked = min((start for start, *_ in parts if start >> 63), default=0)
    return of_bytes(vmlinux, read, moved(given, linked - text if text else 0))


def moved(symbols: Iterable[Symbol], distance: int) -> list[Symbol]:
    """Symbols of a kernel that runs so far further up. Per-CPU offsets are the same everywhere."""
    return [(at + distance if at >> 63 else at, kind, name) for at, kind, name in symbols]


def of_bytes(data: Buffer, read: Read, symbols: Sequence[Symbol] = ()) -> Kernel:
    """The kernel within some bytes.

    Args:
        data: what its tables are looked for in: an image, or the memory around a running kernel.
        read: reads at the kernel's own addresses.
        symbols: its symbols; none: those of its kallsyms tables.

    Raises:
        KernelError: there is none, or one without symbols.
    """
    try:
        symbols = symbols or kallsyms.read(data)
    except kallsyms.KallsymsError as error:
        raise KernelError(str(error)) from error
    addresses = {name: address for address, _, name in symbols}
    banner = BANNER.match(read(addresses.get("linux_banner", 0), _BANNER_BYTES))
    if banner is None:
        raise KernelError("symbols of a Linux kernel found, but no `Linux version` where they say it is")
    release = banner[1].decode("ascii", "backslashreplace")
    types, unwind = _types(data, addresses, read), _unwind(addresses, read)
    return Kernel(release, SymbolTable.of(symbols), types, unwind, vdso=_vdso(addresses, read))


def _types(data: Buffer, addresses: dict[str, int], read: Read) -> bytes:
    start, stop = addresses.get("__start_BTF", 0), addresses.get("__stop_BTF", 0)
    if start < stop:
        return read(start, stop - start)
    try:
        return btf.locate(data)
    except BtfError:
        return b""


def _unwind(addresses: dict[str, int], read: Read) -> OrcTable | None:
    names = ("__start_orc_unwind_ip", "__stop_orc_unwind_ip", "__start_orc_unwind", "__stop_orc_unwind")
    ip, ip_end, entries, end = (addresses.get(name, 0) for name in names)
    return OrcTable.of(ip, read(ip, ip_end - ip), read(entries, end - entries)) if ip < ip_end else None


def _vdso(addresses: dict[str, int], read: Read) -> bytes:
    """The vDSO, by the `struct vdso_image` that describes it (arch/x86/include/asm/vdso.h)."""
    described = read(addresses.get(_VDSO_IMAGE, 0), _VDSO.size)
    if len(described) < _VDSO.size:
        return b""
    at, size = _VDSO.unpack(described)
    found = read(at, size) if size <= _VDSO_BYTES else b""
    return found if found.startswith(b"\x7fELF") else b""
