# SPDX-License-Identifier: GPL-2.0-or-later
"""The export formats; a module each, with its row."""

from __future__ import annotations

from pathlib import Path

from engine.probes.frame import Frame
from vptop.export import json_frame, table, text
from vptop.export.format import Format
from vptop.model.files import write_whole

FORMATS: tuple[Format, ...] = (json_frame.FORMAT, table.FORMAT, text.FORMAT)
"""In the order of the export dialog."""


def suggested_name(frame: Frame, suffix: str) -> str:
    """A file name with the Frame's number."""
    return f"vptop-{frame.frame:06d}{suffix}"


def write(path: Path, frame: Frame) -> int:
    """Write the Frame in the format of the path's suffix, replacing a file of that name. Returns the bytes written.

    Raises:
        OSError: it could not be written; the path is as it was.
        ValueError: no format has that suffix.
    """
    chosen = next((one for one in FORMATS if one.suffix == path.suffix), None)
    if chosen is None:
        raise ValueError(f"the file name must end in {', '.join(one.suffix for one in FORMATS)}")
    return write_whole(path, chosen.render(frame))
