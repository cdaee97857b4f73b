# SPDX-License-Identifier: GPL-2.0-or-later
"""What a machine boots: the bundled guest, a Linux kernel, or the user's own disk image or Multiboot kernel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from re import Pattern
from typing import TYPE_CHECKING

from engine.guest import bundled, symbol_files
from engine.guest.bundled import BundledGuest
from engine.guest.guest import PRELUDE_FILE, Guest
from engine.guest.symbols import SymbolError, Symbols
from engine.guest.unknown import unknown_guest
from engine.vm import images
from engine.vm.files import head, read
from engine.vm.guest_types import BtfTypes
from engine.vm.machine_config import memory_mib
from engine.vm.options import BootError, PowerOn
from engine.vm.prompt import ANY, LOGIN
from engine.vp import Prelude

if TYPE_CHECKING:
    from engine.machine import multiboot
    from engine.machine.devices.disk_contents import Source
    from engine.machine.kernel import Kernel

BUNDLED_BOOT_SECONDS = 1.0
_SECTOR = 512
_SIGNATURE, _ELF = b"\x55\xaa", b"\x7fELF"
_OTHERS = {
    (0, b"\x1f\x8b"): "packed by gzip, and no Multiboot kernel; unpack it first",
    (0, _ELF): "an ELF file without a Multiboot header",
    (0x202, b"HdrS"): "a Linux kernel; boot it with --kernel",
}
"""Files that are not disk images, by offset and magic bytes, and what to do about them."""


@dataclass(frozen=True, slots=True)
class BootMedia:
    """What a machine boots, and the guest that is on it."""

    guest: Guest
    disk: Source | None = None
    kernel: Kernel | None = None
    boot_seconds: float = 0.0
    """guest time after which everything has been started, so that a snapshot may replace the boot"""
    prompt: Pattern[bytes] | None = None
    """the end of what the console shows when the guest waits for input; a snapshot may replace the boot up to there"""


def boot_media(power: PowerOn) -> BootMedia:
    """Read what is to be booted.

    Raises:
        BootError: a file cannot be read, or nothing can boot from it.
    """
    if power.kernel:
        return _linux(power)
    if power.initrd or power.busybox or power.disk or power.kaslr:
        raise BootError("--initrd, --busybox, --disk and --kaslr are for a Linux kernel; name one with --kernel")
    symbols = symbol_files.read(Path(power.symbols)) if power.symbols else None
    if not power.boot:
        return _bundled(power)
    path = Path(power.boot)
    data, size = head(path)
    images.check(path, data, size)
    is_disk = data[_SECTOR - len(_SIGNATURE) : _SECTOR] == _SIGNATURE and not data.startswith(_ELF)
    kernel = None if is_disk else _kernel(path, read(path), power)
    if kernel is not None:
        return BootMedia(_kernel_guest(path, symbols), kernel=kernel)
    for (offset, magic), what in _OTHERS.items():
        if data[offset : offset + len(magic)] == magic:
            raise BootError(f"{path}: {what}")
    if not is_disk:
        raise BootError(f"{path}: neither a Multiboot kernel nor a disk image: no boot signature 55 AA at byte 510")
    if power.words or power.modules:
        raise BootError(f"{path}: a disk image; a command line and modules are for a Multiboot kernel")
    login = LOGIN if images.holds_linux(path) else None
    return BootMedia(_disk_guest(path, symbols, power), path, prompt=login)


def _bundled(power: PowerOn) -> BootMedia:
    if power.symbols:
        raise BootError("the bundled guest has its own symbols; --symbols is for what --kernel or --boot names")
    if power.user_symbols:
        raise BootError("--user-symbols is for the programs of a Linux guest; name one with --kernel or --boot")
    if power.words or power.modules:
        raise BootError("a command line and modules are for a Multiboot kernel; name one to boot")
    memory = memory_mib(power)
    if memory < bundled.LEAST_MEMORY_MIB:
        raise BootError(f"the bundled guest needs {bundled.LEAST_MEMORY_MIB} MiB, there are {memory}; use --memory")
    return BootMedia(BundledGuest(), bundled.DISK_IMAGE, boot_seconds=BUNDLED_BOOT_SECONDS)


def check(power: PowerOn) -> None:
    """Accept what is to be booted, as far as that can be told quickly.

    Raises:
        BootError: a file cannot be read, or nothing can boot from it.
        SymbolError: the symbol file cannot be read.
    """
    if not power.kernel:
        boot_media(power)
        return
    from engine.vm.linux import kernel as linux
    from engine.vm.linux import programs

    linux.check(power)
    programs.check(power.user_symbols)
    if power.symbols:
        symbol_files.read(Path(power.symbols))


def _linux(power: PowerOn) -> BootMedia:
    from engine.guest.linux.given import GivenSymbols
    from engine.guest.linux.kernel import KernelError
    from engine.machine.linux.errors import LinuxError
    from engine.vm.linux import kernel as linux
    from engine.vm.linux import knowledge
    from engine.vm.linux.programs import programs_of

    if power.boot:
        raise BootError("both a Linux kernel and something else to boot; name one of them")
    if power.modules:
        raise BootError("--module is for a Multiboot kernel; a Linux kernel has one initial RAM disk, --initrd")
    kernel, disk = linux.kernel_and_disk(power)
    path = Path(power.symbols)
    given = GivenSymbols(path.name, symbol_files.read(path)) if power.symbols else None
    try:
        programs = programs_of(power.user_symbols, kernel.initrd)
        return BootMedia(knowledge.guest_of(kernel, given, programs), disk, kernel, prompt=ANY)
    except KernelError as error:
        raise BootError(f"{power.symbols}: not of this kernel: {error}") from error
    except LinuxError as error:
        raise BootError(f"{power.kernel}: {error}") from error


def _kernel(path: Path, data: bytes, power: PowerOn) -> multiboot.Kernel | None:
    from engine.machine import multiboot  # checking a script needs no machine

    modules = []
    for words in power.modules:
        file, _, rest = words.partition(" ")
        modules.append(multiboot.Module(read(Path(file)), f"{file} {rest}".rstrip()))
    try:
        kernel = multiboot.kernel(data, f"{path.name} {power.words}".rstrip(), tuple(modules))
        if kernel is not None:
            multiboot.check_room(kernel, memory_mib(power) << 20)
    except multiboot.MultibootError as error:
        raise BootError(f"{path}: {error}") from error
    return kernel


def _disk_guest(path: Path, symbols: Symbols | None, power: PowerOn) -> Guest:
    """What is on a disk; symbols of a Linux kernel wait until that runs, those of others are taken as they are."""
    from engine.guest.linux.given import BANNER, GivenSymbols
    from engine.guest.recognition import RecognisedGuest, all_recognisers
    from engine.vm.linux.programs import programs_of

    programs = programs_of(power.user_symbols)
    if symbols is None or BANNER not in symbols:
        return RecognisedGuest(unknown_guest(path.name, symbols), all_recognisers(programs=programs))
    given = GivenSymbols(Path(power.symbols).name, symbols)
    return RecognisedGuest(unknown_guest(path.name), all_recognisers(given, programs))


def _kernel_guest(path: Path, symbols: Symbols | None) -> Guest:
    """A kernel names its own symbols, unless they were stripped."""
    if symbols is not None:
        return unknown_guest(path.name, symbols)
    try:
        return unknown_guest(path.name, symbol_files.read(path), path)
    except SymbolError:
        return unknown_guest(path.name)


def prelude_of(guest: Guest) -> Prelude:
    """The guest's VP functions as the compiler takes them."""
    types = None if guest.types is None else BtfTypes(guest.types)
    return Prelude(PRELUDE_FILE, guest.prelude, guest.symbols.addresses, types)
