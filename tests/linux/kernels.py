# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernels and the busybox that these tests run, as packages of Debian unpack into the cache."""

from __future__ import annotations

import lzma
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from engine.errors import VptopError
from engine.machine.linux import initrd
from engine.vm.linux import packages
from tests.linux import grub

ENABLED = "VPTOP_TEST_LINUX"
"""Set in the environment by `make test-linux`."""
CACHE = grub.CACHE
LEAST = 2
METAPACKAGES = ("linux-image-cloud-amd64", "linux-image-amd64")
"""Two flavours of Debian's kernel."""
HOW = f"run `python -m tests.linux.kernels`, which downloads Debian packages to {CACHE}"


def kernels() -> list[Path]:
    """Every kernel in the cache."""
    return sorted(CACHE.glob("*/boot/vmlinuz-*"))


def busybox() -> Path | None:
    """A static busybox in the cache."""
    return next(iter(sorted(CACHE.glob("busybox*/**/bin/busybox"))), None)


def missing() -> str:
    """What these tests lack; empty when they can run."""
    if os.environ.get(ENABLED) is None:
        return ""
    if len(kernels()) < LEAST or busybox() is None:
        return f"{len(kernels())} kernels and {'a' if busybox() else 'no'} busybox, expected {LEAST} and one, {HOW}"
    lacking = [name for name in grub.PACKAGES if not (grub.CACHE / name).is_dir()]
    return f"no {', '.join(lacking)}: {HOW}" if lacking else ""


def module(kernel: Path, name: str) -> bytes:
    """A module of a kernel's package, decompressed."""
    (found,) = (kernel.parents[1] / "lib" / "modules").glob(f"**/{name}.ko*")
    data = found.read_bytes()
    return lzma.decompress(data) if found.suffix == ".xz" else data


def userland(script: str, files: Mapping[str, bytes] | None = None) -> bytes:
    """An initial RAM disk whose first process is a shell script, with `$B` for busybox, and further files."""
    program = busybox()
    assert program is not None
    head = (
        "#!/bin/busybox sh\nB=/bin/busybox\n$B mkdir -p /proc /sys /dev\n$B mount -t proc proc /proc\n"
        "$B mount -t devtmpfs dev /dev\n"
    )
    return initrd.archive(
        [
            initrd.directory("bin"),
            initrd.directory("dev"),
            initrd.character_device("dev/console", 5, 1),
            initrd.file("bin/busybox", program.read_bytes(), executable=True),
            *(initrd.file(name, data) for name, data in (files or {}).items()),
            initrd.file("init", (head + script).encode(), executable=True),
        ]
    )


def fetch() -> None:
    """Download what is missing, and say so.

    Raises:
        VptopError: something cannot be downloaded.
    """

    def tell(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    if len(kernels()) < LEAST:
        for metapackage in METAPACKAGES:
            packages.kernel_package(metapackage, tell)
    if busybox() is None:
        packages.download(packages.BUSYBOX, tell)
    for package in grub.PACKAGES:
        packages.download(package, tell)


if __name__ == "__main__":
    try:
        fetch()
    except VptopError as error:
        sys.exit(f"{error}; {len(kernels())} kernels and {'a' if busybox() else 'no'} busybox are in {CACHE}")
