# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernels and the busybox that these tests run, as packages of Debian unpack into the cache."""

from __future__ import annotations

import lzma
import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_cache_path

from engine.machine.linux import initrd

ENABLED = "VPTOP_TEST_LINUX"
"""Set in the environment by `make test-linux`."""
CACHE = user_cache_path("vptop") / "linux"
LEAST = 2
HOW = f"""in {CACHE}:
  apt-get download linux-image-cloud-amd64's and another kernel package (apt-cache depends), and busybox-static
  for file in *.deb; do dpkg-deb -x "$file" "${{file%%_*}}"; done"""


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
    return ""


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
