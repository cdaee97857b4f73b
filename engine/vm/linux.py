# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux kernel as the guest: its files, read and checked before anything starts."""

from __future__ import annotations

from pathlib import Path

from engine.machine.linux import boot, image
from engine.machine.linux.errors import LinuxError
from engine.vm.files import read
from engine.vm.options import BootError, PowerOn

CONSOLE = "console=ttyS0"
"""What the kernel is told unless the command line names a console."""


def kernel_of(power: PowerOn) -> boot.LinuxKernel:
    """Read kernel and initial RAM disk.

    Raises:
        BootError: a file cannot be read, is not what it should be, or they do not fit into memory.
    """
    path = Path(power.kernel)
    try:
        kernel = image.read(read(path))
    except LinuxError as error:
        raise BootError(f"{path}: {error}") from error
    initrd = read(Path(power.initrd)) if power.initrd else b""
    try:
        found = boot.kernel(kernel, command_line(power.words), initrd, kaslr=power.kaslr, seed=power.seed)
        found.check_room(power.memory_mib << 20)
    except LinuxError as error:
        raise BootError(f"{power.initrd or path}: {error}") from error
    return found


def command_line(words: str) -> str:
    """The kernel's parameters: a serial console, where the user names none."""
    named = any(word.startswith("console=") for word in words.split())
    return words if named else f"{CONSOLE} {words}".rstrip()
