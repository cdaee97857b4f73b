# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading the files that a machine is made of."""

from __future__ import annotations

from pathlib import Path

from engine.vm.options import BootError

FILE_BYTES = 4 << 30
"""Largest file that is read as a whole: a kernel, a module or an initial RAM disk."""
HEAD_BYTES = 64 << 10
"""Enough of a file to know what it is."""


def read(path: Path) -> bytes:
    """A whole file.

    Raises:
        BootError: it cannot be read, or is larger than FILE_BYTES.
    """
    try:
        size = path.stat().st_size
        if size > FILE_BYTES:
            raise BootError(f"{path}: {size} bytes; kernels, modules and RAM disks have at most {FILE_BYTES}")
        return path.read_bytes()
    except OSError as error:
        raise BootError(f"{path}: {error.strerror or error}") from error


def head(path: Path) -> tuple[bytes, int]:
    """The first bytes of a file or block device, at most HEAD_BYTES, and its size.

    Raises:
        BootError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(HEAD_BYTES)
            return start, file.seek(0, 2)
    except OSError as error:
        raise BootError(f"{path}: {error.strerror or error}") from error
