# SPDX-License-Identifier: GPL-2.0-or-later
"""The keyboard controller and the keyboard behind it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from engine.machine.bus import PortBus
from engine.machine.devices.device import LOW, Device, Line

_OUTPUT_FULL, _SYSTEM, _COMMAND, _UNLOCKED = 0x01, 0x04, 0x08, 0x10
_IRQ1, _DISABLED, _TRANSLATE = 0x01, 0x10, 0x40
_ACK, _RESEND, _SELF_TEST_PASSED = 0xFA, 0xFE, 0xAA

_PLAIN = "\0\x1b1234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 "
_SHIFTED = '\0\0!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0ASDFGHJKL:"~\0|ZXCVBNM<>?\0\0\0\0'
_LEFT_SHIFT = 0x2A
_SAME_KEYS = str.maketrans("\r\x7f", "\n\b")
"""Characters terminals send for Enter and Backspace."""
_TYPEABLE = set(_PLAIN + _SHIFTED) - {"\0", "\x1b"}


def has_keys(text: str) -> bool:
    """Whether every character of a text can be typed at this keyboard. Escape sequences are for terminals."""
    return _TYPEABLE.issuperset(text.translate(_SAME_KEYS))


def scan_codes(text: str) -> bytes:
    """Make and break codes (set 1, IBM PC/AT technical reference) of the keys that type a text; others are left out."""
    codes = bytearray()
    for character in text.translate(_SAME_KEYS):
        shifted = character not in _PLAIN and character in _SHIFTED
        table = _SHIFTED if shifted else _PLAIN
        code = table.find(character)
        if code < 1:
            continue
        stroke = [code, code | 0x80]
        codes += bytes([_LEFT_SHIFT, *stroke, _LEFT_SHIFT | 0x80] if shifted else stroke)
    return bytes(codes)


class I8042(Device):
    """Intel 8042 keyboard controller as in the IBM PC/AT (technical reference 1502494, section 1): ports 0x60 and
    0x64, the reset and A20 lines, and an AT keyboard on IRQ 1. A20 is always on.
    """

    name = "8042"

    def __init__(self, ports: PortBus, irq: Line, reset: Callable[[], None]) -> None:
        super().__init__()
        self._irq = irq
        self._reset_line = reset
        self._clear()
        ports.claim(self, 0x60, 1)
        ports.claim(self, 0x64, 1)

    def _clear(self) -> None:
        self._mode = _TRANSLATE | _SYSTEM | _IRQ1
        self._output_port = 0xDF
        self._queue: deque[int] = deque()
        self._expects = 0
        self._keyboard_expects = 0
        self._scanning = True
        self._after_command = False

    def reset(self) -> None:
        """As after the self-test of the firmware: keyboard enabled, set 1, IRQ 1 on."""
        self._clear()
        self._update()

    def press(self, codes: bytes) -> None:
        """Scan codes coming from the keyboard."""
        if self._scanning:
            self._queue += codes
            self.counts["scan codes"] += len(codes)
            self._update()

    def _put(self, *values: int) -> None:
        self._queue.extend(values)
        self._update()

    def _update(self) -> None:
        full = bool(self._queue) and not self._mode & _DISABLED
        self._irq(full and bool(self._mode & _IRQ1))

    def port_read(self, port: int, size: int) -> int:
        """The status, or the byte that waits."""
        del size
        if port == 0x64:
            status = _SYSTEM | _UNLOCKED | (_COMMAND if self._after_command else 0)
            return status | (_OUTPUT_FULL if self._queue else 0)
        value = self._queue.popleft() if self._queue else 0
        self._irq(LOW)
        self._update()
        return value

    def port_write(self, port: int, size: int, value: int) -> None:
        """A command to the controller, or data for it or for the keyboard."""
        del size
        self._after_command = port == 0x64
        if port == 0x64:
            self._command(value)
        elif self._expects:
            command, self._expects = self._expects, 0
            self._argument(command, value)
        else:
            self._keyboard(value)

    def _command(self, value: int) -> None:
        answers = {0xAA: 0x55, 0xAB: 0x00, 0xA9: 0x01, 0x20: self._mode, 0xC0: 0x80, 0xD0: self._output_port}
        if value in answers:
            self._put(answers[value])
        elif value in (0x60, 0xD1, 0xD2, 0xD3, 0xD4):
            self._expects = value
        elif value in (0xAD, 0xAE):
            self._mode = self._mode | _DISABLED if value == 0xAD else self._mode & ~_DISABLED
            self._update()
        elif value & 0xF0 == 0xF0 and not value & 1:  # pulse bit 0 of the output port: reset
            self._reset_line()

    def _argument(self, command: int, value: int) -> None:
        if command == 0x60:
            self._mode = value
            self._update()
        elif command == 0xD1:
            self._output_port = value
            if not value & 1:
                self._reset_line()
        elif command == 0xD2:
            self._put(value)

    def _keyboard(self, value: int) -> None:
        if self._keyboard_expects:
            self._keyboard_expects = 0
            self._put(_ACK)
        elif value == 0xFF:
            self._scanning = True
            self._put(_ACK, _SELF_TEST_PASSED)
        elif value == 0xF2:
            self._put(_ACK, 0xAB, 0x41 if self._mode & _TRANSLATE else 0x83)
        elif value == 0xEE:
            self._put(0xEE)
        elif value in (0xED, 0xF0, 0xF3):
            self._keyboard_expects = value
            self._put(_ACK)
        elif value in (0xF4, 0xF5, 0xF6):
            self._scanning = value != 0xF5
            self._put(_ACK)
        else:
            self._put(_RESEND)
