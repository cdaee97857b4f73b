# SPDX-License-Identifier: GPL-2.0-or-later
"""The odd ports of a PC's system board."""

from __future__ import annotations

from collections.abc import Callable

from engine.machine.bus import PortBus
from engine.machine.devices.device import LOW, Device
from engine.machine.devices.i8254 import I8254

_RESET_CONTROL, _CPU_RESET = 0xCF9, 0x04


class SystemPorts(Device):
    """Port B at 0x61 (IBM PC/AT technical reference: speaker, refresh), the POST code port 0x80, system control port A
    at 0x92 (PS/2: A20, fast reset), the reset control register 0xcf9 (Intel 290550, 2.5.2).
    """

    name = "system board"

    def __init__(self, ports: PortBus, timer: I8254, reset: Callable[[], None]) -> None:
        super().__init__()
        self._timer = timer
        self._reset_line = reset
        self._port_b = 0
        self._refresh = 0
        self.post_code = 0
        for port in (0x61, 0x80, 0x92, _RESET_CONTROL):
            ports.claim(self, port, 1)

    def reset(self) -> None:
        """Speaker off."""
        self._port_b = 0
        self._timer.set_gate2(LOW)

    def port_read(self, port: int, size: int) -> int:
        """What the ports show."""
        del size
        if port == 0x61:
            self._refresh ^= 0x10  # the refresh request toggles
            return self._port_b | self._refresh | (0x20 if self._timer.output2 else 0)
        return {0x80: self.post_code, 0x92: 0x02}.get(port, 0)

    def port_write(self, port: int, size: int, value: int) -> None:
        """Speaker, POST code, resets."""
        del size
        if port == 0x61:
            self._port_b = value & 0x0F
            self._timer.set_gate2(bool(value & 1))
        elif port == 0x80:
            self.post_code = value
        elif (port == 0x92 and value & 1) or (port == _RESET_CONTROL and value & _CPU_RESET):
            self._reset_line()
