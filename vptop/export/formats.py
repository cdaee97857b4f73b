# SPDX-License-Identifier: GPL-2.0-or-later
"""The export formats; a module each, with its row."""

from __future__ import annotations

from pathlib import Path

from engine.files import write_whole
from vptop.export import (
    capture,
    chrome_trace,
    folded,
    html,
    json_frame,
    json_lines,
    markdown,
    openmetrics,
    speedscope,
    table,
    text,
)
from vptop.export.format import ExportError, Format
from vptop.model.moment import Moment

FORMATS: tuple[Format, ...] = (
    json_frame.FORMAT,
    json_lines.FORMAT,
    table.FORMAT,
    markdown.FORMAT,
    text.FORMAT,
    folded.FORMAT,
    speedscope.FORMAT,
    chrome_trace.FORMAT,
    openmetrics.FORMAT,
    html.FORMAT,
    capture.FORMAT,
)
"""In the order of the export dialog."""


def suggested_name(moment: Moment, suffix: str) -> str:
    """A file name with the Frame's number."""
    return f"vptop-{moment.frame.frame:06d}{suffix}"


def format_of(path: Path) -> Format:
    """The format that a file name ends in.

    Raises:
        ExportError: none has that suffix.
    """
    fitting = [one for one in FORMATS if path.name.endswith(one.suffix)]
    if not fitting:
        raise ExportError(f"{path}: expected a file name that ends in {', '.join(one.suffix for one in FORMATS)}")
    return max(fitting, key=lambda one: len(one.suffix))


def write(path: Path, moment: Moment) -> int:
    """Write a moment in the format of the path's suffix, replacing a file of that name. Returns the bytes written.

    Raises:
        ExportError: no format has that suffix, or the moment has nothing that the format shows.
        OSError: it could not be written; the path is as it was.
    """
    return write_whole(path, format_of(path).render(moment))
