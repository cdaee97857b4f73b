# SPDX-License-Identifier: GPL-2.0-or-later
"""The text screen."""

from __future__ import annotations

from engine.machine.bus import PortBus
from engine.machine.devices.device import Device
from engine.machine.memory import Memory

TEXT = 0xB8000
COLUMNS, LINES = 80, 25
_CRTC_INDEX, _CRTC_DATA, _INPUT_STATUS_1 = 0x3D4, 0x3D5, 0x3DA
STATUS_NOT_DISPLAYING, STATUS_RETRACE = 0x01, 0x08
_START_HIGH, _CURSOR_HIGH, _CURSOR_LOW = 0x0C, 0x0E, 0x0F


class VgaText(Device):
    """Text mode 3 of a VGA (IBM PS/2 Hardware Interface Technical Reference, Video Subsystem): 80 by 25 cells of a
    character and an attribute at 0xb8000, and the CRT controller's cursor and start address.
    """

    name = "VGA"

    def __init__(self, ports: PortBus, memory: Memory) -> None:
        super().__init__()
        self._memory = memory
        self._index = 0
        self._registers = bytearray(256)
        self._retrace = 0
        ports.claim(self, _CRTC_INDEX, 2)
        ports.claim(self, _INPUT_STATUS_1, 1)

    def reset(self) -> None:
        """The CRT controller forgets cursor and start address."""
        self._registers = bytearray(256)

    def port_read(self, port: int, size: int) -> int:
        """A CRT controller register, or input status 1."""
        del size
        if port == _INPUT_STATUS_1:
            self._retrace ^= (
                STATUS_NOT_DISPLAYING | STATUS_RETRACE
            )  # software that waits for retrace sees it come and go
            return self._retrace
        return self._index if port == _CRTC_INDEX else self._registers[self._index]

    def port_write(self, port: int, size: int, value: int) -> None:
        """Choose or write a CRT controller register."""
        del size
        if port == _CRTC_INDEX:
            self._index = value
        elif port == _CRTC_DATA:
            self._registers[self._index] = value

    @property
    def cursor(self) -> tuple[int, int]:
        """Line and column of the cursor."""
        return divmod(self._registers[_CURSOR_HIGH] << 8 | self._registers[_CURSOR_LOW], COLUMNS)

    def lines(self) -> tuple[str, ...]:
        """What the screen shows; characters of code page 437, control codes as blanks."""
        start = self._registers[_START_HIGH] << 8 | self._registers[_START_HIGH + 1]
        cells = self._memory.read(TEXT + 2 * (start & 0x3FFF), 2 * COLUMNS * LINES)[::2]
        text = bytes(cell if cell >= 0x20 and cell != 0x7F else 0x20 for cell in cells).decode("cp437")
        return tuple(text[at : at + COLUMNS].rstrip() for at in range(0, COLUMNS * LINES, COLUMNS))
