# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading the files that a machine is made of."""

from __future__ import annotations

from pathlib import Path

from engine.vm.options import BootError

IMAGE_BYTES = 4 << 30
"""Largest image; it is read into memory as a whole."""


def read(path: Path) -> bytes:
    """A whole file.

    Raises:
        BootError: it cannot be read, or is larger than IMAGE_BYTES.
    """
    try:
        size = path.stat().st_size
        if size > IMAGE_BYTES:
            raise BootError(f"{path}: {size} bytes; images have at most {IMAGE_BYTES}")
        return path.read_bytes()
    except OSError as error:
        raise BootError(f"{path}: {error.strerror or error}") from error
