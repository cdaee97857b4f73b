# SPDX-License-Identifier: GPL-2.0-or-later
"""How much memory the copies of a machine take (proc_pid_smaps_rollup(5), proc_pid_status(5))."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_SIZES = re.compile(r"^(Rss|Pss|VmPTE):\s+(\d+) kB$", re.MULTILINE)


class MemoryUse(NamedTuple):
    """Bytes that a process takes."""

    resident: int
    share: int
    """proportional set size: each resident page divided by the processes that have it"""
    tables: int
    """page tables, which are its own"""


def memory_of(pid: int | str) -> MemoryUse:
    """The memory of a process; zeros where that is unknown."""
    try:
        text = "".join(Path(f"/proc/{pid}/{name}").read_text() for name in ("smaps_rollup", "status"))
    except OSError:
        return MemoryUse(0, 0, 0)
    sizes = {name: 1024 * int(kib) for name, kib in _SIZES.findall(text)}
    return MemoryUse(*(sizes.get(name, 0) for name in ("Rss", "Pss", "VmPTE")))


def memory_of_copies(parent: int, copies: Sequence[int]) -> int:
    """Bytes that there would not be without the copies: all shares together, less what the parent has anyway, and their
    page tables.

    This takes some milliseconds for each, so it is done aside, by a copy of the latest copy, which counts both; its own
    page tables do not stay.
    """
    machine = memory_of(parent)
    used = [memory_of(copy) for copy in (*copies, os.getppid())]
    shared = machine.share - machine.resident + sum(one.share for one in used) + memory_of(os.getpid()).share
    return max(0, shared) + sum(one.tables for one in used)
