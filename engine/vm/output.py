# SPDX-License-Identifier: GPL-2.0-or-later
"""vprobe.out: everything the scripts of a VM print, appended as they print it (manual p. 8)."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO


class OutputFile:
    """Appends to a file, which is created again when it was deleted and the next script is loaded.

    A full disk never stops the guest: output is discarded until the next script is loaded, and `failure` says why.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.failure = ""
        self._file: BinaryIO | None = None
        self.reopen()

    def reopen(self) -> None:
        """Open the file, again if it no longer exists."""
        if self._file is not None and self.path.exists():
            return
        self.close()
        self.failure = ""
        try:
            self._file = self.path.open("ab", buffering=0)
        except OSError as error:
            self._fail(error)

    def write(self, text: bytes) -> None:
        """Append."""
        if self._file is None or not text:
            return
        try:
            self._file.write(text)
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _fail(self, error: OSError) -> None:
        self.failure = f"{self.path}: {error.strerror}: script output is not written until the next script is loaded"
        self.close()
