# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop replay FILE`: a capture in the dashboard, or what it holds as text and files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from vptop.cli import console
from vptop.cli.batch import FAILED, OK, second_line
from vptop.cli.exports import write_exports
from vptop.export.formats import format_of
from vptop.model.playback import session_of


def text(path: Path, exports: Sequence[Path]) -> int:
    """Write the newest moment of a capture to files; without any, print what its scripts printed.

    Raises:
        CaptureError: the file cannot be read, or is no capture.
        ExportError: a file name has the suffix of no format.
    """
    for export in exports:
        format_of(export)
    session = session_of(path, console.warn)
    if exports:
        return OK if write_exports(session, exports) else FAILED
    moment = session.moment()
    for frame in moment.history() if moment is not None else ():
        sys.stdout.write(console.harmless(frame.log) if sys.stdout.isatty() else frame.log)
        sys.stdout.write(second_line(frame))
    return OK
