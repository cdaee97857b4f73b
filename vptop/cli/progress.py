# SPDX-License-Identifier: GPL-2.0-or-later
"""How far a command that takes long has come: a line on the terminal that is written over."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

EVERY = 0.1
"""Seconds from one state to the next that is shown."""
ERASE = "\r\x1b[K"
"""Carriage return and EL, erase to the end of the line (ECMA-48, 8.3.41)."""


class ProgressLine:
    """Shows the latest of many states; nothing where the stream is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shows = stream.isatty()
        self._next = 0.0

    def __call__(self, text: str) -> None:
        """Show a state, unless one was shown a moment ago. Longer ones are cut at the width of the terminal."""
        if not self._shows or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        self._stream.write(ERASE + text[: shutil.get_terminal_size().columns - 1])
        self._stream.flush()

    def erase(self) -> None:
        """Leave nothing of it."""
        if self._next:
            self._stream.write(ERASE)
            self._stream.flush()


@contextmanager
def progress_line() -> Iterator[ProgressLine]:
    """One on standard error, which is erased at the end."""
    line = ProgressLine(sys.stderr)
    try:
        yield line
    finally:
        line.erase()
