# SPDX-License-Identifier: GPL-2.0-or-later
"""The way to the firmware: a write to the APM control port raises an SMI."""

from __future__ import annotations

from collections.abc import Callable

from engine.machine.bus import PortBus
from engine.machine.devices.device import Device

_CONTROL, _STATUS = 0xB2, 0xB3


class ApmControl(Device):
    """APM control and status ports of the PIIX4 (Intel 290562, section 2.5.4). The firmware has it enabled."""

    name = "APM control"

    def __init__(self, ports: PortBus, smi: Callable[[], None]) -> None:
        super().__init__()
        self._smi = smi
        self._values = {_CONTROL: 0, _STATUS: 0}
        ports.claim(self, _CONTROL, 2)

    def reset(self) -> None:
        """Both ports read 0."""
        self._values = {_CONTROL: 0, _STATUS: 0}

    def port_read(self, port: int, size: int) -> int:
        """What was written last."""
        del size
        return self._values[port]

    def port_write(self, port: int, size: int, value: int) -> None:
        """Keep it; a command asserts SMI#."""
        del size
        self._values[port] = value
        if port == _CONTROL:
            self.counts["SMI"] += 1
            self._smi()
