# SPDX-License-Identifier: GPL-2.0-or-later
"""Ctrl+C for commands that run for long: it ends the run at a moment that the command chooses."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def deferred() -> Iterator[Callable[[], bool]]:
    """Defer SIGINT, so that no output is lost or repeated because an exception came in the middle of writing it.

    Yields:
        Whether SIGINT has come. The second one raises KeyboardInterrupt at once, as it does outside: what is being
        written may block.
    """
    seen = False

    def note(_signal: int, _frame: FrameType | None) -> None:
        nonlocal seen
        if seen:
            raise KeyboardInterrupt
        seen = True

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: seen
    finally:
        signal.signal(signal.SIGINT, before)
