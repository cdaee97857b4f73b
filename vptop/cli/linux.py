# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands about Linux guests: `vptop linux` and `vptop guest linux`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from engine.vm.options import BootError
from vptop.cli import console
from vptop.cli.configuration import MachineOptions


def ready(machine: MachineOptions) -> MachineOptions:
    """The machine with a kernel and a busybox, found or downloaded; says on standard error what it does.

    Raises:
        VptopError: they cannot be got.
    """
    from engine.vm.linux import busybox, packages

    try:
        kernel = machine.kernel or packages.find_kernel(console.complain)
        if machine.initrd is not None or machine.busybox is not None:
            return replace(machine, kernel=kernel)
        return replace(machine, kernel=kernel, busybox=busybox.get_busybox(console.complain))
    except OSError as error:
        raise BootError(f"{error.filename}: {error.strerror or error}") from error


def guide(kernel: Path | None, initrd: Path | None, busybox: Path | None) -> int:
    """How to get a kernel and a busybox; of a kernel that is given, what it is and what it lacks."""
    from engine.vm.linux.guide import HOW_TO_GET, checked

    if kernel is None:
        sys.stdout.write(HOW_TO_GET)
        return 0
    for line in checked(kernel, initrd, str(busybox or "")):
        sys.stdout.write(console.harmless(line) + "\n")
    return 0
