# SPDX-License-Identifier: GPL-2.0-or-later
"""Noticing that a guest has booted: it waits for input at its console."""

from __future__ import annotations

import re

_KERNEL_MESSAGE = re.compile(rb"\[ *\d+\.\d{6}\] [^\n]*\n")
"""A line of Linux's log (printk with timestamps), which may come at any time."""

ANY = re.compile(rb"[^\n]\Z")
"""A line without an end."""
LOGIN = re.compile(rb"(?:\blogin:|[$#]) *(?:\x1b\[[\d;?]*[a-zA-Z])*\Z")
"""The prompt of login(1) or of a shell. Boot loaders and services leave lines without an end, too."""


class Prompt:
    """A prompt is a line that ends as expected and to which nothing is added. Told once a second what the console
    got.
    """

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self._pattern = pattern
        self._open = False
        self.transcript = bytearray()
        """everything so far"""

    def look(self, output: bytes) -> bool:
        """What the console got since the last look; whether the guest waits: nothing is new."""
        self.transcript += output
        if output:
            answers = _KERNEL_MESSAGE.sub(b"", output)
            self._open = bool(self._pattern.search(answers)) if answers.strip() else self._open
            return False
        return self._open
