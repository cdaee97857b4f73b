# SPDX-License-Identifier: GPL-2.0-or-later
"""The consoles of a machine as one: its serial port, and a virtio or a debug console when it has one."""

from __future__ import annotations

from engine.machine.devices.debug_console import DebugConsole
from engine.machine.devices.uart16550 import Uart16550
from engine.machine.devices.virtio.console import VirtioConsole
from engine.machine.terminal import Terminal


class Consoles:
    """What the guest writes to any of them is one text; what people type goes where the guest writes.

    A terminal is connected to each of those that take input.
    """

    def __init__(self, serial: Uart16550, virtio: VirtioConsole | None, debug: DebugConsole | None = None) -> None:
        self._serial = serial
        self._debug = debug
        self._virtio = virtio
        serial.terminal = Terminal(serial.type)
        if virtio is not None:
            virtio.terminal = Terminal(virtio.type)

    def take_output(self) -> bytes:
        """What the guest wrote since this was asked last."""
        more = self._virtio.take_output() if self._virtio is not None else b""
        more += self._debug.take_output() if self._debug is not None else b""
        return self._serial.take_output() + more

    def put_back(self, data: bytes) -> None:
        """Undo `take_output`: these bytes come first when it is asked again."""
        self._serial.put_back(data)

    @property
    def is_open(self) -> bool:
        """Whether a program of the guest reads what is typed."""
        return self._serial.listening or (self._virtio is not None and self._virtio.in_use)

    def type(self, data: bytes) -> None:
        """Type at the serial console, or at the virtio console once the guest writes there."""
        if self._virtio is not None and self._virtio.in_use:
            self._virtio.type(data)
        else:
            self._serial.type(data)
