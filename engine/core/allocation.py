# SPDX-License-Identifier: GPL-2.0-or-later
"""What is asked of the C library's allocator."""

from __future__ import annotations

import ctypes

_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of mallopt(3)."""
LARGE = 1 << 20
"""Bytes of a block that is given back to the system when it is freed."""


def give_back_large_blocks() -> None:
    """Let large blocks of memory be given back when they are freed.

    glibc raises the size from which it does that to that of the largest block freed, up to 32 MiB: columns of a million
    rows would stay behind in heaps that are never used again.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # not every C library has it
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, LARGE)
