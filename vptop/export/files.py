# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a Frame to a file: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from engine.probes.frame import Frame
from engine.probes.frame_json import encode
from vptop.export.table import frame_csv
from vptop.export.text import frame_text

FORMATS: dict[str, Callable[[Frame], bytes]] = {
    ".json": lambda frame: encode(frame) + b"\n",
    ".csv": lambda frame: frame_csv(frame).encode(),
    ".out": lambda frame: frame_text(frame).encode(),
}
"""What each file suffix holds."""


def suggested_name(frame: Frame, suffix: str) -> str:
    """A file name that tells the moment."""
    return f"vptop-{frame.frame:06d}{suffix}"


def write(path: Path, frame: Frame) -> int:
    """Write the Frame in the format of the path's suffix, replacing a file of that name. Returns the bytes written.

    The data is complete on disk under another name before it takes the path's place.

    Raises:
        OSError: it could not be written; the path is as it was.
        ValueError: no such format.
    """
    render = FORMATS.get(path.suffix)
    if render is None:
        raise ValueError(f"the file name must end in {', '.join(FORMATS)}")
    data = render(frame)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    return len(data)


def _umask() -> int:
    """The process's umask; there is no way to read it but to set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
