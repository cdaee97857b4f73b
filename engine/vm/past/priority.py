# SPDX-License-Identifier: GPL-2.0-or-later
"""Which share of the CPU the copies of a machine get beside it (nice(2)).

A question over many seconds must not slow the machine down, so it has a lower priority from its beginning. A visit, a
step and the way to the firing of a row are short, and a person waits for them: at a lower priority they would get a
quarter of the CPU while the machine catches up. So each of their processes runs at the machine's own priority, and at
the lower one once it has taken long.
"""

from __future__ import annotations

import os
import time

NICENESS = 5
"""Added to that of the virtual machine."""
BRIEF = 2.0
"""Seconds of CPU time that a process may take at the machine's own priority."""
_lowered = False


def lower() -> None:
    """Lower the priority of this process and of copies of it; a second time has no effect."""
    global _lowered
    if not _lowered:
        os.nice(NICENESS)
        _lowered = True


def lower_when_long() -> None:
    """Lower it when this process has taken more than BRIEF. The time of a copy begins when it is made (fork(2))."""
    if not _lowered and time.process_time() > BRIEF:
        lower()
