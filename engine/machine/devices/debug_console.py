# SPDX-License-Identifier: GPL-2.0-or-later
"""The debug console of Bochs: what is written to port 0xE9 is text."""

from __future__ import annotations

from engine.machine.bus import PortBus
from engine.machine.devices.device import Device

PORT = 0xE9
"""Reading gives the port's number, by which guests detect it (Bochs User Manual, "port_e9_hack")."""


class DebugConsole(Device):
    """Keeps what the guest writes until it is taken."""

    name = "debug console"

    def __init__(self, ports: PortBus) -> None:
        super().__init__()
        self._sent = bytearray()
        ports.claim(self, PORT, 1)

    def take_output(self) -> bytes:
        """What the guest has written since this was asked last."""
        data = bytes(self._sent)
        self._sent.clear()
        return data

    def port_read(self, port: int, size: int) -> int:
        """0xE9."""
        del size
        return port

    def port_write(self, port: int, size: int, value: int) -> None:
        """A byte of text."""
        del port, size
        self.counts["bytes out"] += 1
        self._sent.append(value)
