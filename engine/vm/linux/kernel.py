# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux kernel as the guest: its files, read and checked before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.machine.devices.disk_contents import Blank, Source
from engine.machine.linux import image, initrd
from engine.machine.linux.errors import LinuxError
from engine.vm import images
from engine.vm.files import head, read
from engine.vm.linux import userland
from engine.vm.linux.busybox import find_busybox
from engine.vm.linux.drivers import drivers
from engine.vm.linux.modules import ModuleTree
from engine.vm.machine_config import config_of
from engine.vm.options import BootError, PowerOn
from engine.vm.partitions import SECTOR

if TYPE_CHECKING:
    from engine.machine.linux.boot import LinuxKernel

CONSOLE = "ttyS0"
"""The console unless the command line names one."""
_SCRATCH_BYTES = 64 << 20
"""Size of the empty disk that the demonstration gets where no image is named."""


def check(power: PowerOn) -> None:
    """Accept the files of a kernel by their first bytes, without decompressing any.

    Raises:
        BootError: a file cannot be read, or is not what it should be.
    """
    try:
        place = power.kernel
        image.check(read(Path(power.kernel)))
        if power.initrd:
            place = power.initrd
            initrd.check(read(Path(power.initrd)))
        elif not has_root(power.words):
            find_busybox(power.busybox)
        _disk_image(power)
    except LinuxError as error:
        raise BootError(f"{place}: {error}") from error


def _disk_image(power: PowerOn) -> Path | None:
    """The disk image that is named, if it is one."""
    if not power.disk:
        return None
    path = Path(power.disk)
    start, size = head(path)
    if size < SECTOR:
        raise BootError(f"{path}: {size} bytes, less than a sector ({SECTOR}); expected a raw disk image")
    images.check(path, start, size)
    return path


def kernel_and_disk(power: PowerOn) -> tuple[LinuxKernel, Source | None]:
    """Read kernel and initial RAM disk, check the disk image; without these two, make what the demonstration needs.

    Raises:
        BootError: a file cannot be read, or is not what it should be.
    """
    from engine.machine.linux import boot  # files are checked without a machine

    path = Path(power.kernel)
    file = read(path)
    demonstration = not power.initrd and not has_root(power.words)
    disk: Source | None = _disk_image(power)
    if demonstration and disk is None:
        disk = Blank(_SCRATCH_BYTES)
    place = path
    try:
        release = image.check(file)
        archive = demonstration_of(power, release) if demonstration else b""
        if power.initrd:
            place = Path(power.initrd)
            archive = read(place)
            initrd.check(archive)
        return boot.kernel(file, command_line(power.words), archive, kaslr=power.kaslr, seed=power.seed), disk
    except LinuxError as error:
        raise BootError(f"{place}: {error}") from error


def read_image(path: Path) -> image.KernelImage:
    """A kernel file.

    Raises:
        BootError: it cannot be read, or is no kernel for this machine.
    """
    try:
        return image.read(read(path))
    except LinuxError as error:
        raise BootError(f"{path}: {error}") from error


def demonstration_of(power: PowerOn, release: str) -> bytes:
    """The initial RAM disk of the demonstration, with the kernel's own modules where they are found.

    Raises:
        BootError: there is no static busybox, or a module cannot be read.
    """
    name, busybox = find_busybox(power.busybox)
    userland.check_busybox(name, busybox)
    tree = ModuleTree.beside(Path(power.kernel), release)
    config = config_of(power)
    wanted = [name for driver in drivers(config.disk_bus, config.net) for name in driver.modules]
    modules = tree.with_dependencies(wanted) if tree is not None else []
    return userland.initrd(busybox, modules, console_of(power.words))


def has_root(words: str) -> bool:
    """Whether a command line names a root file system, so that no initial RAM disk is needed."""
    return any(word.startswith("root=") for word in words.split())


def console_of(words: str) -> str:
    """The terminal that becomes /dev/console: the last that the command line names."""
    named = [word.removeprefix("console=").partition(",")[0] for word in words.split() if word.startswith("console=")]
    return named[-1] if named else CONSOLE


def command_line(words: str) -> str:
    """The kernel's parameters: a serial console, where the user names none."""
    named = any(word.startswith("console=") for word in words.split())
    return words if named else f"console={CONSOLE} {words}".rstrip()
