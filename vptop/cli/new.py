# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop new DIR`: a directory with a virtual machine that is ready to run."""

from __future__ import annotations

from pathlib import Path

from engine.errors import InputError

TEMPLATE = """\
.encoding = "UTF-8"
displayName = "{name}"
memsize = "64"

# The guest: the bundled one, unless a line names another.
# ide0:0.fileName = "disk.img"
# guest.kernel = "/boot/vmlinuz"
# guest.initrd = "initrd.img"
# guest.append = "quiet"

# VProbes (VProbes Programming Reference, p. 7 and 29)
vprobe.allow = "TRUE"
vprobe.enable = "TRUE"
# vprobe.vpFile = "start.vp"
# vprobe.outFile = "vprobe.out"
# vprobe.maxCodeBytes = "65536"
# vprobe.bagBytes = "65536"
"""


class ExistsError(InputError):
    """There is a virtual machine already. Name another directory."""


def create(directory: Path) -> Path:
    """Make a VM in a directory, which is made when it is missing. Returns the path of its .vmx file.

    Raises:
        ExistsError: a .vmx file is there already.
        InputError: it cannot be written.
    """
    name = directory.absolute().name
    path = directory / f"{name}.vmx"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        there = sorted(directory.glob("*.vmx"))
        if there:
            raise ExistsError(f"{there[0]}: exists already")
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.format(name=name.replace('"', "'")))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    return path
