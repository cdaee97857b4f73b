# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to a machine that people should be told: it was switched off or reset, its kernel panicked, its disk
image cannot be read or has changed.
"""

from __future__ import annotations

import re

from engine.machine.machine import Machine

_PANIC = re.compile(r"(?<!end )Kernel panic - not syncing: ([^\r\n]*)")
_MORE_MEMORY = "it has {mib} MiB, give it more with --memory"
_ADVICE = {
    "System is deadlocked on memory": _MORE_MEMORY,
    "Out of memory": _MORE_MEMORY,
    "VFS: Unable to mount root fs": (
        "the disk is nvme0n1, vda or sda, as --disk-bus says; drivers that are modules need an initial RAM disk"
    ),
}
"""What to do, by what a kernel of Linux says first when it panics (mm/oom_kill.c, init/do_mounts.c)."""
_LONGEST_LINE = 1024


class Happenings:
    """Looks at a machine now and then, and has in words what has changed, until it is taken."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._notices: list[str] = []
        self._guest_notice = ""
        self._image_troubles: set[str] = set()
        self._off = machine.powered_off
        self._resets = machine.reboots
        self._line = ""
        """the unfinished last line of the console"""
        self.panics = 0
        """How often the guest's kernel has panicked."""

    def add(self, notice: str) -> None:
        """Note what somebody else has found; nothing when it is empty."""
        self._notices += [notice] if notice else []

    def guest_says(self, notice: str) -> None:
        """Note what the guest's own recognition has to say, when that has changed."""
        if notice and notice != self._guest_notice:
            self._guest_notice = notice
            self.add(notice)

    def take(self) -> list[str]:
        """What has happened since it was last taken."""
        self.add(self._machine.triple_faults.take_notice())
        notices, self._notices = self._notices, []
        return notices

    def look(self, console: str) -> None:
        """Find what has happened since the last look, in which time the guest wrote this to its console."""
        found: list[str] = []
        machine = self._machine
        text = self._line + console
        found += [self._panic(match[1]) for match in _PANIC.finditer(text) if match.end() < len(text)]
        self.panics += len(found)
        self._line = text[text.rfind("\n") + 1 :][-_LONGEST_LINE:]
        if machine.reboots != self._resets:
            times = machine.reboots - self._resets
            found.append("the machine was reset" + (f" {times} times" if times > 1 else ""))
            self._resets = machine.reboots
        if machine.powered_off and not self._off:
            found.append(f"the guest switched the machine off at {machine.seconds:.1f} s; a reset starts it again")
        self._off = machine.powered_off
        troubles = machine.image.troubles() if machine.image is not None else ()
        found += [trouble for trouble in troubles if trouble not in self._image_troubles]
        self._image_troubles.update(troubles)
        self._notices += found

    def _panic(self, reason: str) -> str:
        mib = len(self._machine.memory) >> 20
        advice = (f"; {text.format(mib=mib)}" for start, text in _ADVICE.items() if reason.startswith(start))
        return f"the guest's kernel panicked: {reason}{next(advice, '')}"
