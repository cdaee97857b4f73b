# SPDX-License-Identifier: GPL-2.0-or-later
"""The odd ports of a PC's system board."""

from __future__ import annotations

from collections.abc import Callable

from engine.machine.bus import PortBus
from engine.machine.devices.device import LOW, Device
from engine.machine.devices.i8254 import I8254

_PORT_B, _POST_CODE, _PORT_A, _RESET_CONTROL = 0x61, 0x80, 0x92, 0xCF9
B_GATE2, B_WRITABLE, B_REFRESH, B_OUTPUT2 = 0x01, 0x0F, 0x10, 0x20
A_FAST_RESET, A_A20 = 0x01, 0x02
RESET_CPU = 0x04


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
        for port in (_PORT_B, _POST_CODE, _PORT_A, _RESET_CONTROL):
            ports.claim(self, port, 1)

    def reset(self) -> None:
        """Speaker off."""
        self._port_b = 0
        self._timer.set_gate2(LOW)

    def port_read(self, port: int, size: int) -> int:
        """What the ports show."""
        del size
        if port == _PORT_B:
            self._refresh ^= B_REFRESH  # the refresh request toggles
            return self._port_b | self._refresh | (B_OUTPUT2 if self._timer.output2 else 0)
        return {_POST_CODE: self.post_code, _PORT_A: A_A20}.get(port, 0)

    def port_write(self, port: int, size: int, value: int) -> None:
        """Speaker, POST code, resets."""
        del size
        if port == _PORT_B:
            self._port_b = value & B_WRITABLE
            self._timer.set_gate2(bool(value & B_GATE2))
        elif port == _POST_CODE:
            self.post_code = value
        elif (port == _PORT_A and value & A_FAST_RESET) or (port == _RESET_CONTROL and value & RESET_CPU):
            self._reset_line()
