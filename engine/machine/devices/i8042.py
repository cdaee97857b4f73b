# SPDX-License-Identifier: GPL-2.0-or-later
"""The keyboard controller and the keyboard behind it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import IntEnum

from engine.machine.bus import PortBus
from engine.machine.devices.device import LOW, Device, Line

_DATA, _COMMAND_STATUS = 0x60, 0x64
STATUS_OUTPUT_FULL, STATUS_SYSTEM, STATUS_COMMAND, STATUS_UNLOCKED = 0x01, 0x04, 0x08, 0x10
MODE_IRQ1, MODE_SYSTEM, MODE_DISABLED, MODE_TRANSLATE = 0x01, 0x04, 0x10, 0x40
PORT_NOT_RESET = 0x01
_OUTPUT_PORT_AT_RESET, _INPUT_PORT = 0xDF, 0x80
_ACK, _RESEND, _SELF_TEST_PASSED = 0xFA, 0xFE, 0xAA
_IDENTITY, _IDENTITY_TRANSLATED = (0xAB, 0x83), (0xAB, 0x41)


class Command(IntEnum):
    """Commands of the controller."""

    READ_MODE = 0x20
    WRITE_MODE = 0x60
    TEST_MOUSE_LINE = 0xA9
    SELF_TEST = 0xAA
    TEST_KEYBOARD_LINE = 0xAB
    DISABLE_KEYBOARD = 0xAD
    ENABLE_KEYBOARD = 0xAE
    READ_INPUT_PORT = 0xC0
    READ_OUTPUT_PORT = 0xD0
    WRITE_OUTPUT_PORT = 0xD1
    WRITE_OUTPUT_BUFFER = 0xD2
    WRITE_MOUSE_BUFFER = 0xD3
    WRITE_MOUSE = 0xD4
    PULSE = 0xF0
    """pulses the bits of the output port whose low bits here are 0"""


_WITH_ARGUMENT = {
    Command.WRITE_MODE, Command.WRITE_OUTPUT_PORT, Command.WRITE_OUTPUT_BUFFER, Command.WRITE_MOUSE_BUFFER,
    Command.WRITE_MOUSE,
}  # fmt: skip


class KeyboardCommand(IntEnum):
    """Commands of the keyboard."""

    SET_LEDS = 0xED
    ECHO = 0xEE
    SCAN_CODE_SET = 0xF0
    IDENTIFY = 0xF2
    SET_RATE = 0xF3
    ENABLE = 0xF4
    DISABLE = 0xF5
    SET_DEFAULTS = 0xF6
    RESET = 0xFF


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
        ports.claim(self, _DATA, 1)
        ports.claim(self, _COMMAND_STATUS, 1)

    def _clear(self) -> None:
        self._mode = MODE_TRANSLATE | MODE_SYSTEM | MODE_IRQ1
        self._output_port = _OUTPUT_PORT_AT_RESET
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
        full = bool(self._queue) and not self._mode & MODE_DISABLED
        self._irq(full and bool(self._mode & MODE_IRQ1))

    def port_read(self, port: int, size: int) -> int:
        """The status, or the byte that waits."""
        del size
        if port == _COMMAND_STATUS:
            status = STATUS_SYSTEM | STATUS_UNLOCKED | (STATUS_COMMAND if self._after_command else 0)
            return status | (STATUS_OUTPUT_FULL if self._queue else 0)
        value = self._queue.popleft() if self._queue else 0
        self._irq(LOW)
        self._update()
        return value

    def port_write(self, port: int, size: int, value: int) -> None:
        """A command to the controller, or data for it or for the keyboard."""
        del size
        self._after_command = port == _COMMAND_STATUS
        if self._after_command:
            self._command(value)
        elif self._expects:
            command, self._expects = self._expects, 0
            self._argument(command, value)
        else:
            self._keyboard(value)

    def _command(self, value: int) -> None:
        answers: dict[int, int] = {
            Command.SELF_TEST: 0x55,
            Command.TEST_KEYBOARD_LINE: 0x00,
            Command.TEST_MOUSE_LINE: 0x01,
            Command.READ_MODE: self._mode,
            Command.READ_INPUT_PORT: _INPUT_PORT,
            Command.READ_OUTPUT_PORT: self._output_port,
        }
        if value in answers:
            self._put(answers[value])
        elif value in _WITH_ARGUMENT:
            self._expects = value
        elif value == Command.DISABLE_KEYBOARD:
            self._mode |= MODE_DISABLED
            self._update()
        elif value == Command.ENABLE_KEYBOARD:
            self._mode &= ~MODE_DISABLED
            self._update()
        elif value & 0xF0 == Command.PULSE and not value & PORT_NOT_RESET:
            self._reset_line()

    def _argument(self, command: int, value: int) -> None:
        if command == Command.WRITE_MODE:
            self._mode = value
            self._update()
        elif command == Command.WRITE_OUTPUT_PORT:
            self._output_port = value
            if not value & PORT_NOT_RESET:
                self._reset_line()
        elif command in (Command.WRITE_OUTPUT_BUFFER, Command.WRITE_MOUSE_BUFFER):
            # There is no mouse port: the byte comes back as if from the keyboard, so that nobody waits for it.
            self._put(value)

    def _keyboard(self, value: int) -> None:
        if self._keyboard_expects:
            self._keyboard_expects = 0
            self._put(_ACK)
        elif value == KeyboardCommand.RESET:
            self._scanning = True
            self._put(_ACK, _SELF_TEST_PASSED)
        elif value == KeyboardCommand.IDENTIFY:
            self._put(_ACK, *(_IDENTITY_TRANSLATED if self._mode & MODE_TRANSLATE else _IDENTITY))
        elif value == KeyboardCommand.ECHO:
            self._put(KeyboardCommand.ECHO)
        elif value in (KeyboardCommand.SET_LEDS, KeyboardCommand.SCAN_CODE_SET, KeyboardCommand.SET_RATE):
            self._keyboard_expects = value
            self._put(_ACK)
        elif value in (KeyboardCommand.ENABLE, KeyboardCommand.DISABLE, KeyboardCommand.SET_DEFAULTS):
            self._scanning = value != KeyboardCommand.DISABLE
            self._put(_ACK)
        else:
            self._put(_RESEND)
