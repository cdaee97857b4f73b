# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that get output of a VM: vprobe.out (manual p. 8), and what the guest writes to its serial port."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO


class OutputFile:
    """Appends to a file, which is created again when it was deleted and `reopen` is called.

    A full disk never stops the guest: output is discarded until then, and `failure` says why.

    Args:
        path: of the file.
        lost: what is lost when the file cannot be written, and until when, for the message.
    """

    def __init__(self, path: Path, lost: str = "script output is not written until the next script is loaded") -> None:
        self.path = path
        self._lost = lost
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
        self.failure = f"{self.path}: {error.strerror}: {self._lost}"
        self.close()
