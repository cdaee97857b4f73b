# SPDX-License-Identifier: GPL-2.0-or-later
"""Why work in another process failed, in words."""

from __future__ import annotations

import signal
import traceback
from pathlib import Path

from engine.errors import InputError


def in_words(error: BaseException) -> str:
    """Why a file could not be made or written; of an error that nobody thought of, where it arose."""
    if isinstance(error, InputError | OSError):
        return getattr(error, "strerror", None) or str(error)
    if isinstance(error, MemoryError):
        return "not enough memory"
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"an error in vptop, {Path(place.filename).name}:{place.lineno}: {error!r}"


def end_in_words(code: int) -> str:
    """The end of a process by its exit code, or by the negated number of the signal that ended it."""
    return f"{signal.strsignal(-code)} (signal {-code})" if code < 0 else f"status {code}"
