# SPDX-License-Identifier: GPL-2.0-or-later
"""Files are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

Data: TypeAlias = bytes | bytearray | memoryview


def write_whole(path: Path, parts: Iterable[Data], *, durable: bool = True) -> int:
    """Write a file, replacing one of that name. Returns the bytes written.

    The data is in a file of another name in the same directory before it takes the path's place. A symbolic link
    stays, its target is replaced; an existing file keeps its permissions.

    Args:
        path: of the file. Its directory exists.
        parts: of the data, in order.
        durable: wait until the data is on disk, so that a crash of the host leaves the old file or the new one. A cache
            whose readers notice damage need not wait.

    Raises:
        OSError: it could not be written (permission denied, no space left); the path is as it was.
    """
    path = path.resolve()
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            size = sum(file.write(part) for part in parts)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        Path(temporary).chmod(_mode(path))
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    return size


def _mode(path: Path) -> int:
    """Permissions of the file there, else those of a new file."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0o077)  # the only way to read it
    os.umask(mask)
    return 0o666 & ~mask
