# SPDX-License-Identifier: GPL-2.0-or-later
"""The exit port: a guest that writes to it has finished, with the number it writes."""

from __future__ import annotations

from collections.abc import Callable

from engine.machine.bus import PortBus
from engine.machine.devices.device import Device

PORT, SIZE = 0xF4, 4
"""Where test suites expect QEMU's device isa-debug-exit. QEMU ends with twice the value plus one as its status."""


class DebugExit(Device):
    """Keeps the first value that is written and stops the machine."""

    name = "debug exit"

    def __init__(self, ports: PortBus, stop: Callable[[], None]) -> None:
        """`stop` ends the run before the next block."""
        super().__init__()
        self._stop = stop
        self.value: int | None = None
        """what the guest has written; None: it has not finished"""
        ports.claim(self, PORT, SIZE, width=SIZE)

    def port_read(self, port: int, size: int) -> int:
        """Reads as 0."""
        del port, size
        return 0

    def port_write(self, port: int, size: int, value: int) -> None:
        """The guest has finished."""
        del port, size
        if self.value is None:
            self.value = value
            self.counts["exits"] += 1
        self._stop()
