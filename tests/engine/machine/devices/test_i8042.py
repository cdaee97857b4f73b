# SPDX-License-Identifier: GPL-2.0-or-later
"""The keyboard and its controller, by the IBM PC/AT technical reference (1502494), section 1."""

from __future__ import annotations

import pytest

from engine.machine.devices.i8042 import I8042
from tests.engine.machine.bench import Bench, Wire

DATA, STATUS = 0x60, 0x64
FULL = 1
A_KEY = b"\x1e\x9e"


class Keyboard:
    """The controller on a bench."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.irq = Wire()
        self.resets = 0
        self.model = I8042(bench.ports, self.irq, self._reset)

    def _reset(self) -> None:
        self.resets += 1

    def read(self) -> list[int]:
        """Everything that waits."""
        values = []
        while self.bench.inb(STATUS) & FULL:
            values.append(self.bench.inb(DATA))
        return values

    def command(self, value: int, *arguments: int) -> list[int]:
        self.bench.outb(STATUS, value)
        self.bench.outb(DATA, *arguments)
        return self.read()

    def tell(self, *values: int) -> list[int]:
        """Bytes for the keyboard; its answer."""
        self.bench.outb(DATA, *values)
        return self.read()


@pytest.fixture
def keyboard(bench: Bench) -> Keyboard:
    return Keyboard(bench)


def test_keys_make_and_break_with_an_interrupt_each(keyboard: Keyboard, bench: Bench) -> None:
    keyboard.model.press(A_KEY)
    codes = []
    for _ in range(2):
        assert keyboard.irq.level
        assert bench.inb(STATUS) & FULL
        codes.append(bench.inb(DATA))
    assert codes == [0x1E, 0x9E]
    assert keyboard.irq.rises == 2
    assert not keyboard.irq.level


def test_controller_tests(keyboard: Keyboard) -> None:
    assert keyboard.command(0xAA) == [0x55]
    assert keyboard.command(0xAB) == [0x00]


def test_a_byte_for_the_missing_mouse_comes_back_from_the_keyboard(keyboard: Keyboard, bench: Bench) -> None:
    """Linux looks for a mouse port by this loop, and would wait half a second for an answer that does not come."""
    assert keyboard.command(0xD3, 0x5A) == [0x5A]
    bench.outb(STATUS, 0xD3)
    bench.outb(DATA, 0x5A)
    assert bench.inb(STATUS) & (FULL | 0x20) == FULL  # not of the auxiliary device


def test_the_command_byte(keyboard: Keyboard) -> None:
    keyboard.command(0x60, 0x44)
    assert keyboard.command(0x20) == [0x44]
    keyboard.model.press(A_KEY)
    assert not keyboard.irq.level  # bit 0 is off
    assert keyboard.read() == [0x1E, 0x9E]


def test_a_disabled_keyboard_holds_its_keys(keyboard: Keyboard) -> None:
    keyboard.command(0xAD)
    keyboard.model.press(A_KEY)
    assert not keyboard.irq.level
    keyboard.command(0xAE)
    assert keyboard.irq.rises >= 1


def test_keyboard_reset_and_identity(keyboard: Keyboard) -> None:
    assert keyboard.tell(0xFF) == [0xFA, 0xAA]
    assert keyboard.tell(0xEE) == [0xEE]
    assert keyboard.tell(0xF2) == [0xFA, 0xAB, 0x41]
    assert keyboard.tell(0xED, 0x02) == [0xFA, 0xFA]
    assert keyboard.tell(0x12) == [0xFE]


def test_scanning_can_be_switched_off(keyboard: Keyboard) -> None:
    assert keyboard.tell(0xF5) == [0xFA]
    keyboard.model.press(A_KEY)
    assert keyboard.read() == []
    assert keyboard.tell(0xF4) == [0xFA]
    keyboard.model.press(A_KEY)
    assert keyboard.read() == [0x1E, 0x9E]


@pytest.mark.parametrize(("command", "arguments"), [(0xFE, ()), (0xD1, (0xDE,))])
def test_the_reset_line(keyboard: Keyboard, command: int, arguments: tuple[int, ...]) -> None:
    keyboard.command(command, *arguments)
    assert keyboard.resets == 1


def test_the_output_port(keyboard: Keyboard) -> None:
    keyboard.command(0xD1, 0xDD)
    assert keyboard.command(0xD0) == [0xDD]
    assert keyboard.resets == 0


def test_status_tells_commands_from_data(keyboard: Keyboard, bench: Bench) -> None:
    del keyboard
    bench.outb(STATUS, 0x20)
    assert bench.inb(STATUS) & 0x08
    bench.outb(DATA, 0xEE)
    assert not bench.inb(STATUS) & 0x08
