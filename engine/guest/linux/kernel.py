# SPDX-License-Identifier: GPL-2.0-or-later
"""What a Linux kernel says of itself: its version, symbols, types and unwind tables, from its image or from memory."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable
from functools import cached_property
from io import BytesIO
from itertools import accumulate, pairwise
from struct import Struct

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from engine.errors import VptopError
from engine.guest.linux import btf, kallsyms
from engine.guest.linux.btf import Btf, BtfError
from engine.guest.linux.kallsyms import Buffer
from engine.guest.linux.orc import OrcForm, OrcTable

Read = Callable[[int, int], bytes]
"""Bytes at an address of the kernel, as many as there are up to a number."""
Symbol = tuple[int, str, str]
"""Address, kind as nm prints it, name."""

BANNER = re.compile(rb"Linux version (\d+\.\d+\S*) \(")
_BANNER_BYTES = 512
KERNEL_MAP = 0xFFFFFFFF80000000
"""Nothing of a kernel is linked below (Documentation/arch/x86/x86_64/mm.rst); lower symbols are per-CPU offsets."""


class KernelError(VptopError):
    """Bytes that are no Linux kernel, or one that says nothing of itself. Give another image, or boot without."""


class Kernel:
    """One kernel, at the address where it runs or is linked to run. What is not asked for is not decoded."""

    def __init__(
        self, release: str, places: array[int], names: bytes, types: bytes, unwind: OrcTable | None, moved: int = 0
    ) -> None:
        """Know a kernel.

        Args:
            release: as `uname -r` prints it.
            places: addresses of its symbols as it is linked, in rising order.
            names: the kind and the name of each symbol, each between newlines.
            types: its type information; empty when it was built without.
            unwind: its ORC tables as it is linked; None when it was built without, and keeps frame pointers.
            moved: how far above its linked address it runs (KASLR).
        """
        self.release = release
        self._places = places
        self._names = names
        self._types = types
        self._unwind = unwind
        self._moved = moved

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """In order of address. Per-CPU offsets are what they are wherever the kernel runs."""
        names = self._names.decode("utf-8", "backslashreplace").split("\n")[1:-1]
        return tuple((self._run_at(place), name[:1], name[1:]) for place, name in zip(self._places, names, strict=True))

    def address(self, name: str) -> int | None:
        """The address of a symbol, of several the first; None when there is none."""
        found = re.search(rb"\n.%s\n" % re.escape(name.encode()), self._names)
        return None if found is None else self._run_at(self._places[self._names.count(b"\n", 0, found.start())])

    def _run_at(self, place: int) -> int:
        return place + self._moved if place >= KERNEL_MAP else place

    @cached_property
    def types(self) -> Btf | None:
        """Its type information; None when it was built without."""
        try:
            return Btf(self._types) if self._types else None
        except BtfError:
            return None

    @property
    def unwind(self) -> OrcTable | None:
        """Its ORC tables; None when it was built without, and keeps frame pointers."""
        return self._unwind and self._unwind.moved(self._moved)

    def moved(self, distance: int) -> Kernel:
        """The same kernel running so many bytes further up."""
        if not distance:
            return self
        moved = Kernel(self.release, self._places, self._names, self._types, self._unwind, self._moved + distance)
        if "types" in self.__dict__:
            moved.__dict__["types"] = self.types
        return moved

    def pack(self) -> bytes:
        """All of it as bytes, for `unpack`: opening those is quicker than looking for it in an image."""
        unwind = self._unwind or OrcTable(0, b"", b"", OrcForm.OLD)
        parts = (self.release.encode(), self._places.tobytes(), self._names, self._types, unwind.words, unwind.entries)
        sizes = _PACKED.pack(_PACKED_MAGIC, self._moved, unwind.address, unwind.form, *map(len, parts))
        return sizes + b"".join(parts)


_PACKED = Struct("<8sQQQ6Q")
"""magic, how far moved, address and form of the unwind table, sizes of what follows"""
_PACKED_MAGIC = b"vpkern1" + sys.byteorder[:1].encode()


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
    release, places, names, types, words, entries = (data[low:high] for low, high in pairwise(ends))
    unwind = OrcTable(address, words, entries, OrcForm(form)) if words else None
    return Kernel(release.decode(), array("Q", places), names, types, unwind, moved)


def of_image(vmlinux: bytes) -> Kernel:
    """The kernel in a decompressed image, at the address it is linked for.

    Raises:
        KernelError: it is no kernel image, or one without symbols.
    """
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

    return of_bytes(vmlinux, read)


def of_bytes(data: Buffer, read: Read) -> Kernel:
    """The kernel within some bytes.

    Args:
        data: what its tables are looked for in: an image, or the memory around a running kernel.
        read: reads at the kernel's own addresses.

    Raises:
        KernelError: there is none, or one without symbols.
    """
    try:
        symbols = kallsyms.read(data)
    except kallsyms.KallsymsError as error:
        raise KernelError(str(error)) from error
    addresses = {name: address for address, _, name in symbols}
    banner = BANNER.match(read(addresses.get("linux_banner", 0), _BANNER_BYTES))
    if banner is None:
        raise KernelError("symbols of a Linux kernel found, but no `Linux version` where they say it is")
    release = banner[1].decode("ascii", "backslashreplace")
    names = "\n".join(["", *(kind + name for _, kind, name in symbols), ""]).encode("utf-8", "replace")
    places = array("Q", [address for address, _, _ in symbols])
    return Kernel(release, places, names, _types(data, addresses, read), _unwind(addresses, read))


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
