# SPDX-License-Identifier: GPL-2.0-or-later
"""What a Linux kernel says of itself: its version, symbols, types and unwind tables, from its image or from memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BytesIO

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from engine.errors import VptopError
from engine.guest.linux import btf, kallsyms
from engine.guest.linux.btf import Btf, BtfError
from engine.guest.linux.kallsyms import Buffer
from engine.guest.linux.orc import OrcTable

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


@dataclass(frozen=True)
class Kernel:
    """One kernel, at the address where it runs or is linked to run.

    Attributes:
        release: as `uname -r` prints it.
        symbols: in order of address.
        types: its type information; None when it was built without.
        unwind: its ORC tables; None when it was built without, and keeps frame pointers.
    """

    release: str
    symbols: tuple[Symbol, ...] = field(repr=False)
    types: Btf | None = field(repr=False)
    unwind: OrcTable | None = field(repr=False)

    @cached_property
    def addresses(self) -> dict[str, int]:
        """Addresses by name; of a name that repeats the first one counts."""
        return {name: address for address, _, name in reversed(self.symbols)}

    def moved(self, distance: int) -> Kernel:
        """The same kernel running so many bytes further up (KASLR). Per-CPU offsets stay."""
        if not distance:
            return self
        return replace(
            self,
            symbols=tuple((a + distance if a >= KERNEL_MAP else a, kind, name) for a, kind, name in self.symbols),
            unwind=self.unwind and self.unwind.moved(distance),
        )


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
        symbols = tuple(kallsyms.read(data))
    except kallsyms.KallsymsError as error:
        raise KernelError(str(error)) from error
    addresses = {name: address for address, _, name in symbols}
    banner = BANNER.match(read(addresses.get("linux_banner", 0), _BANNER_BYTES))
    if banner is None:
        raise KernelError("symbols of a Linux kernel found, but no `Linux version` where they say it is")
    return Kernel(
        banner[1].decode("ascii", "backslashreplace"), symbols, _types(data, addresses, read), _unwind(addresses, read)
    )


def _types(data: Buffer, addresses: dict[str, int], read: Read) -> Btf | None:
    start, stop = addresses.get("__start_BTF", 0), addresses.get("__stop_BTF", 0)
    try:
        return Btf(read(start, stop - start)) if start < stop else btf.find(data)
    except BtfError:
        return None


def _unwind(addresses: dict[str, int], read: Read) -> OrcTable | None:
    names = ("__start_orc_unwind_ip", "__stop_orc_unwind_ip", "__start_orc_unwind", "__stop_orc_unwind")
    ip, ip_end, entries, end = (addresses.get(name, 0) for name in names)
    return OrcTable.of(ip, read(ip, ip_end - ip), read(entries, end - entries)) if ip < ip_end else None
