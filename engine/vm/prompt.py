# SPDX-License-Identifier: GPL-2.0-or-later
"""Noticing that a guest has booted: it waits for input at its console."""

from __future__ import annotations

import re

_KERNEL_MESSAGE = re.compile(rb"\[ *\d+\.\d{6}\] [^\n]*\n")
"""A line of Linux's log (printk with timestamps), which may come at any time."""


class Prompt:
    """A prompt is a line without an end to which nothing is added. Told once a second what the console got."""

    def __init__(self) -> None:
        self._open = False
        self.transcript = bytearray()
        """everything so far"""

    def look(self, output: bytes) -> bool:
        """What the console got since the last look; whether the guest waits: nothing is new."""
        self.transcript += output
        if output:
            answers = _KERNEL_MESSAGE.sub(b"", output)
            self._open = not answers.endswith(b"\n") if answers.strip() else self._open
            return False
        return self._open
