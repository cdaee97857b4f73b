# SPDX-License-Identifier: GPL-2.0-or-later
"""Power management, by Intel's data sheet of the PIIX4 (290562, chapter 7) and ACPI specification 1.0b, chapter 4.7."""

from __future__ import annotations

import pytest

from engine.machine.devices.pci import PciBus
from engine.machine.devices.piix4_pm import Piix4Pm
from tests.engine.machine.bench import Answers, Bench, Wire

BASE = 0x600
STATUS, ENABLE, CONTROL, TIMER = BASE, BASE + 2, BASE + 4, BASE + 8
OVERFLOW, BUTTON, SCI_EN, SLP_EN = 1, 1 << 8, 1, 1 << 13
SECOND = 1_000_000_000
HALF_TURN_NS = (1 << 23) * SECOND / 3_579_545


class Board:
    """The function on a bench, its registers at BASE."""

    def __init__(self, bench: Bench) -> None:
        self.sci = Wire()
        self.offs = 0
        self.pci = PciBus(bench.ports, lambda *_: None)
        self.model = Piix4Pm(bench.ports, self.pci, bench.clock, self.sci, self._off)
        self.model.configuration.write(0x40, 2, BASE)
        self.model.configuration.write(0x80, 1, 1)

    def _off(self) -> None:
        self.offs += 1


@pytest.fixture
def board(bench: Bench) -> Board:
    return Board(bench)


def test_identity(board: Board, bench: Bench) -> None:
    bench.outl(0xCF8, 0x80000B00)  # device 1, function 3
    assert bench.inl(0xCFC) == 0x71138086
    bench.outl(0xCF8, 0x80000B08)
    assert bench.inl(0xCFC) >> 8 == 0x068000


def test_registers_answer_where_pmbase_says(board: Board, bench: Bench) -> None:
    assert bench.inw(CONTROL) == 0
    board.model.configuration.write(0x40, 2, 0x1000)
    assert (bench.inw(CONTROL), bench.inw(0x1004)) == (0xFFFF, 0)
    board.model.configuration.write(0x80, 1, 0)
    assert bench.inw(0x1004) == 0xFFFF


@pytest.mark.parametrize("seconds", [0, 1, 3, 10])
def test_the_timer_runs_at_3_579545_megahertz_and_has_24_bits(board: Board, bench: Bench, seconds: int) -> None:
    del board
    bench.advance(seconds * SECOND)
    assert bench.inl(TIMER) == seconds * 3_579_545 % (1 << 24)


def test_the_timer_s_highest_bit_interrupts(board: Board, bench: Bench) -> None:
    bench.outw(CONTROL, SCI_EN)
    bench.outw(ENABLE, OVERFLOW)
    for turn in range(1, 4):
        bench.advance(int(turn * HALF_TURN_NS) - bench.now)
        assert not board.sci.level
        bench.advance(2)
        assert board.sci.level
        assert bench.inw(STATUS) & OVERFLOW
        bench.outw(STATUS, OVERFLOW)
        assert not board.sci.level
        assert not bench.inw(STATUS) & OVERFLOW


def test_status_is_kept_while_nobody_is_to_be_told(board: Board, bench: Bench) -> None:
    bench.advance(3 * SECOND)
    assert bench.inw(STATUS) & OVERFLOW
    assert not board.sci.level


def test_the_power_button(board: Board, bench: Bench) -> None:
    bench.outw(CONTROL, SCI_EN)
    board.model.press_button()
    assert bench.inw(STATUS) & BUTTON
    assert not board.sci.level
    assert not board.model.button_is_enabled
    bench.outw(ENABLE, BUTTON)
    assert board.model.button_is_enabled
    assert board.sci.level
    bench.outw(STATUS, OVERFLOW)
    assert board.sci.level
    bench.outw(STATUS, BUTTON)
    assert not board.sci.level


def test_no_sci_in_legacy_mode(board: Board, bench: Bench) -> None:
    bench.outw(ENABLE, BUTTON)
    board.model.press_button()
    assert not board.sci.level


@pytest.mark.parametrize(("value", "offs"), [(SLP_EN, 1), (0, 0), (SLP_EN | 1 << 10, 0), (SLP_EN | SCI_EN, 1)])
def test_switching_off(board: Board, bench: Bench, value: int, offs: int) -> None:
    bench.outw(CONTROL, value)
    assert board.offs == offs
    assert not bench.inw(CONTROL) & SLP_EN  # reads as 0


def test_status_and_enable_by_one_double_word(board: Board, bench: Bench) -> None:
    board.model.press_button()
    bench.outl(STATUS, BUTTON << 16)
    assert bench.inl(STATUS) == BUTTON << 16 | BUTTON
    bench.outl(STATUS, BUTTON << 16 | BUTTON)
    assert bench.inl(STATUS) == BUTTON << 16


def test_reset_disables_everything(board: Board, bench: Bench) -> None:
    bench.outw(CONTROL, SCI_EN)
    bench.outw(ENABLE, BUTTON)
    board.model.press_button()
    board.model.reset()
    assert (bench.inw(STATUS), bench.inw(ENABLE), bench.inw(CONTROL), board.sci.level) == (0, 0, 0, False)


def test_the_first_read_of_the_timer_hands_its_port_over_until_the_registers_move(board: Board, bench: Bench) -> None:
    core = bench.ports.core = Answers()
    bench.inw(CONTROL)
    assert not core.ports
    bench.inl(TIMER)
    assert core.ports == {TIMER: (4, 0xFFFFFF, 3_579_545)}
    board.model.configuration.write(0x40, 2, 0x1000)
    assert not core.ports
