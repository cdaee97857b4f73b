# SPDX-License-Identifier: GPL-2.0-or-later
"""What a machine is powered on with: the bundled guest, a Linux kernel, or the user's own disk image or Multiboot
kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.guest import bundled
from engine.guest.symbols import SymbolError, Symbols
from engine.machine import multiboot
from engine.machine.devices.disk_image import SECTOR
from engine.machine.kernel import Kernel
from engine.vm import linux
from engine.vm.files import read
from engine.vm.options import BootError, PowerOn

_SIGNATURE, _ELF = b"\x55\xaa", b"\x7fELF"
_RAW = "; make a raw one of it: qemu-img convert -O raw"
_OTHERS = {
    (0, b"QFI\xfb"): f"a qcow2 image{_RAW}",
    (0, b"KDMV"): f"a VMDK image{_RAW}",
    (0, b"# Disk DescriptorFile"): f"a description of a VMDK image{_RAW}",
    (0x40, b"\x7f\x10\xda\xbe"): f"a VDI image{_RAW}",
    (0, b"vhdxfile"): f"a VHDX image{_RAW}",
    (0, b"\xfd7zXZ\0"): "packed by xz; unpack it first",
    (0, b"BZh"): "packed by bzip2; unpack it first",
    (0, b"PK\x03\x04"): "a zip archive; unpack it first",
    (0, b"\x1f\x8b"): "packed by gzip, and no Multiboot kernel; unpack it first",
    (0, _ELF): "an ELF file without a Multiboot header",
    (0x202, b"HdrS"): "a Linux kernel; boot it with --kernel",
}
"""Files that are no disk images, by offset and bytes, and what to do about them."""


@dataclass(frozen=True, slots=True)
class Guest:
    """What runs in the machine, and what is known of it."""

    name: str
    """in words"""
    disk: bytes | Path | None = None
    kernel: Kernel | None = None
    symbol_file: Path | None = None


def guest_of(power: PowerOn) -> Guest:
    """Read what is to be booted.

    Raises:
        BootError: a file cannot be read, or nothing can boot from it.
    """
    if power.kernel:
        return _linux(power)
    if power.initrd or power.disk or power.kaslr:
        raise BootError("an initial RAM disk, a disk image and KASLR are for a Linux kernel; name one with --kernel")
    if not power.boot:
        if power.words or power.modules:
            raise BootError("a command line and modules are for a Multiboot kernel; name one to boot")
        return Guest(bundled.NAME, bundled.DISK_IMAGE, symbol_file=bundled.SYMBOL_FILE)
    path = Path(power.boot)
    data = read(path)
    is_disk = data[SECTOR - len(_SIGNATURE) : SECTOR] == _SIGNATURE and not data.startswith(_ELF)
    kernel = None if is_disk else _kernel(path, data, power)
    if kernel is not None:
        return Guest(path.name, kernel=kernel, symbol_file=_symbols(path))
    for (offset, magic), what in _OTHERS.items():
        if data[offset : offset + len(magic)] == magic:
            raise BootError(f"{path}: {what}")
    if not is_disk:
        raise BootError(f"{path}: neither a Multiboot kernel nor a disk image: byte 510 is no boot signature 55 AA")
    if power.words or power.modules:
        raise BootError(f"{path}: a disk image; a command line and modules are for a Multiboot kernel")
    return Guest(path.name, data)


def _linux(power: PowerOn) -> Guest:
    if power.boot or power.modules:
        raise BootError("both a Linux kernel and something else to boot; name one of them")
    kernel = linux.kernel_of(power)
    disk = read(Path(power.disk)) if power.disk else None
    return Guest(f"Linux {kernel.image.version}", disk, kernel)


def _kernel(path: Path, data: bytes, power: PowerOn) -> multiboot.Kernel | None:
    modules = []
    for words in power.modules:
        file, _, rest = words.partition(" ")
        modules.append(multiboot.Module(read(Path(file)), f"{file} {rest}".rstrip()))
    try:
        kernel = multiboot.kernel(data, f"{path.name} {power.words}".rstrip(), tuple(modules))
        if kernel is not None:
            multiboot.check_room(kernel, power.memory_mib << 20)
    except multiboot.MultibootError as error:
        raise BootError(f"{path}: {error}") from error
    return kernel


def _symbols(path: Path) -> Path | None:
    """A kernel names its own symbols, unless they were stripped."""
    try:
        Symbols.read(path)
    except SymbolError:
        return None
    return path
