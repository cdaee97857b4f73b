# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest writes to its console after somebody has typed, sooner than with the next Frame."""

from __future__ import annotations

from collections.abc import Callable

from engine.vm.protocol import Written
from engine.vm.virtual_machine import VirtualMachine

SECONDS = 2.0
"""Guest time after a key in which the console is followed."""
MOST = 1 << 14
"""Bytes between two Frames; of a guest that writes more, the rest comes with the Frame."""


class Echo:
    """Tells clients what a console shows between two Frames. The Frames have the whole text all the same."""

    def __init__(self, vm: VirtualMachine, tell: Callable[[Written], object]) -> None:
        self._vm = vm
        self._tell = tell
        self._until = 0.0
        self._since = self._told = 0

    def typed(self) -> None:
        """Keys were pressed."""
        self._until = self._vm.seconds + SECONDS

    def look(self) -> None:
        """Some guest time has passed, since a Frame or up to one."""
        if self._vm.seconds >= self._until:
            return
        if self._since != self._vm.latest.tsc:
            self._since, self._told = self._vm.latest.tsc, 0
        written = self._vm.console_written()[self._told : MOST]
        if written and written.isascii():  # others may be part of a character
            self._tell(Written(self._since, self._told, written.decode()))
            self._told += len(written)
