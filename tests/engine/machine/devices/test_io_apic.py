# SPDX-License-Identifier: GPL-2.0-or-later
"""The IO-APIC, by Intel's data sheet of the 82093AA (290566)."""

from __future__ import annotations

import pytest

from engine.machine.devices.apic_bus import ApicBus, Message
from engine.machine.devices.i8259 import I8259Pair
from engine.machine.devices.interrupt_lines import InterruptLines
from engine.machine.devices.io_apic import BASE, IoApic
from tests.engine.machine.bench import Bench, Wire

SELECT, WINDOW = 0x00, 0x10
MASKED, LEVEL, REMOTE_IRR, LOGICAL = 1 << 16, 1 << 15, 1 << 14, 1 << 11


class Listener:
    """A local APIC that remembers."""

    priority = 0

    def __init__(self) -> None:
        self.heard: list[Message] = []

    def is_addressed(self, message: Message) -> bool:
        return True

    def accept(self, message: Message) -> None:
        self.heard.append(message)


class Board:
    """An IO-APIC with its bus."""

    def __init__(self) -> None:
        self.bus = ApicBus()
        self.listener = Listener()
        self.bus.agents.append(self.listener)
        self.model = IoApic(Bench().windows, self.bus)

    def __getitem__(self, register: int) -> int:
        self.model.memory_write(BASE + SELECT, 4, register)
        return self.model.memory_read(BASE + WINDOW, 4)

    def __setitem__(self, register: int, value: int) -> None:
        self.model.memory_write(BASE + SELECT, 4, register)
        self.model.memory_write(BASE + WINDOW, 4, value)

    def program(self, number: int, low: int, destination: int = 0) -> None:
        self[0x11 + 2 * number] = destination << 24
        self[0x10 + 2 * number] = low

    def take(self) -> list[int]:
        """Vectors heard since this was asked last."""
        vectors = [message.vector for message in self.listener.heard]
        self.listener.heard.clear()
        return vectors


@pytest.fixture
def board() -> Board:
    return Board()


def test_identity_and_state_after_reset(board: Board) -> None:
    assert board[1] == 0x00170011  # 24 entries, version 11h
    assert [board[0x10 + n] for n in range(48)] == [MASKED, 0] * 24
    board[0] = 0xFF000000
    assert board[0] == 0x0F000000


def test_an_edge_is_told_once(board: Board) -> None:
    board.program(5, 0x35)
    board.model.set_input(5, True)
    board.model.set_input(5, True)
    assert board.take() == [0x35]
    board.model.set_input(5, False)
    board.model.set_input(5, True)
    assert board.take() == [0x35]


def test_an_edge_on_a_masked_input_is_lost(board: Board) -> None:
    board.program(5, MASKED | 0x35)
    board.model.set_input(5, True)
    board.program(5, 0x35)
    assert board.take() == []


def test_a_level_is_told_again_after_its_end_while_it_lasts(board: Board) -> None:
    board.program(11, LEVEL | 0x41)
    board.model.set_input(11, True)
    assert board[0x10 + 22] & REMOTE_IRR
    assert board.take() == [0x41]
    board.bus.end_of_interrupt(0x41)
    assert board.take() == [0x41]
    board.model.set_input(11, False)
    board.bus.end_of_interrupt(0x41)
    assert board.take() == []
    assert not board[0x10 + 22] & REMOTE_IRR


def test_a_level_waits_for_its_mask_to_go(board: Board) -> None:
    board.program(11, MASKED | LEVEL | 0x41)
    board.model.set_input(11, True)
    assert board.take() == []
    board.program(11, LEVEL | 0x41)
    assert board.take() == [0x41]


def test_where_a_message_goes(board: Board) -> None:
    board.program(4, 1 << 8 | LOGICAL | LEVEL | 0x55, destination=0x0F)
    board.model.set_input(4, True)
    assert board.listener.heard == [Message(0x55, 1, 0x0F, logical=True, level_triggered=True)]


def test_read_only_bits_stay(board: Board) -> None:
    board.program(4, MASKED | REMOTE_IRR | 1 << 12 | 0x55)
    assert board[0x18] == MASKED | 0x55


def test_every_wire_goes_to_both_controllers(board: Board, bench: Bench) -> None:
    """The MultiProcessor Specification 1.4, 3.6.2.1: only the timer has another number."""
    output = Wire()
    lines = InterruptLines(I8259Pair(bench.ports, output), board.model)
    bench.outb(0x20, 0x11)
    bench.outb(0x21, 0x20, 4, 1, 0)
    for pin in range(24):
        board.program(pin, 0x80 + pin)
    lines.line(0)(True)
    lines.line(4)(True)
    lines.set_irq(11, True)
    assert board.take() == [0x82, 0x84, 0x8B]
    assert output.level
