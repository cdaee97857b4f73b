# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dashboard says when it ends because of an error of its own."""

from __future__ import annotations

import traceback
from contextlib import suppress
from pathlib import Path

from textual.worker import WorkerFailed

from engine.files import write_whole
from vptop.model.failures import in_words
from vptop.model.plain import clean

FILE = "crash.txt"


def report(error: BaseException, folder: Path | None) -> str:
    """What happened and where, in a few lines; the traceback is in a file, or follows where none can be written.

    Args:
        error: that nobody expected.
        folder: where the file is written, in the place of the one before.
    """
    while isinstance(error, WorkerFailed):
        error = error.error
    trace = "".join(traceback.format_exception(error))
    lines = [
        f"vptop: {clean(in_words(error))}",
        "  Texts of the editor that were not written are kept for the next start.",
    ]
    if folder is not None:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / FILE, [trace.encode(errors="backslashreplace")])
            return "\n".join([*lines, f"  The traceback is in {folder / FILE}: please report it."])
    return "\n".join([*lines, "  Please report the traceback:", *map(clean, trace.splitlines())])
