# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtio console device (VIRTIO 1.2, 5.3)."""

from __future__ import annotations

import struct

from engine.machine.bus import MemoryBus
from engine.machine.devices.device import Line
from engine.machine.devices.virtio.device import VirtioDevice
from engine.machine.memory import Memory
from engine.machine.terminal import COLUMNS, ROWS, Terminal

_RECEIVE, _TRANSMIT = 0, 1
SIZE = 1
"""Feature: the configuration holds columns and rows (5.3.3)."""
_PORTS = 1


class VirtioConsole(VirtioDevice):
    """One port. What the guest sends leaves at once; what people type waits until the guest offers a buffer."""

    name = "virtio console"
    kind = 3
    class_code = 0x078000
    queues_of = 2
    own_features = SIZE

    def __init__(self, windows: MemoryBus, memory: Memory, irq: Line) -> None:
        super().__init__(windows, memory, irq)
        self.terminal: Terminal | None = None
        """what shows the output, if anything does"""
        self._sent = bytearray()
        self._typed = bytearray()
        self.in_use = False
        """whether the guest has written anything since the last reset"""

    def stop(self) -> None:
        """Reset. Text typed ahead is not lost."""
        self.in_use = False

    def device_configuration(self) -> bytes:
        """Size of the terminal, number of ports (5.3.4)."""
        return struct.pack("<HHI", COLUMNS, ROWS, _PORTS).ljust(16, b"\0")

    def serve(self, number: int) -> None:
        """Take output, or pass on what was typed."""
        if number == _RECEIVE:
            self._pass_on()
            return
        while (chain := self.pop(_TRANSMIT)) is not None:
            data = chain.read(self._memory)
            self.counts["bytes out"] += len(data)
            self._sent += data
            self.in_use = True
            self.push(_TRANSMIT, chain, 0)
            if self.terminal is not None:
                self.terminal.show(data)

    def _pass_on(self) -> None:
        while self._typed and (chain := self.pop(_RECEIVE)) is not None:
            taken = chain.write(self._memory, bytes(self._typed))
            self.counts["bytes in"] += taken
            del self._typed[:taken]
            self.push(_RECEIVE, chain, taken)

    def take_output(self) -> bytes:
        """What the guest has sent since this was asked last."""
        data = bytes(self._sent)
        self._sent.clear()
        return data

    def type(self, data: bytes) -> None:
        """Bytes for the guest."""
        self._typed += data
        self._pass_on()
