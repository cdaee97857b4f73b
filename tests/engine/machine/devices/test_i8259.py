# SPDX-License-Identifier: GPL-2.0-or-later
"""The interrupt controllers, by Intel's data sheet of the 8259A (231468) and, for ELCR, of the PIIX3 (290550)."""

from __future__ import annotations

import pytest

from engine.machine.devices.i8259 import I8259Pair
from tests.engine.machine.bench import Bench, Wire

MASTER, SLAVE = 0x20, 0xA0
EOI, SPECIFIC_EOI, ROTATE_EOI, SPECIFIC_ROTATE, SET_PRIORITY = 0x20, 0x60, 0xA0, 0xE0, 0xC0
READ_IRR, READ_ISR, POLL, SPECIAL_MASK, NO_SPECIAL_MASK = 0x0A, 0x0B, 0x0C, 0x68, 0x48


class Pair:
    """Both chips on a bench, as the BIOS of a PC sets them up, but for vectors 20h and 28h."""

    def __init__(self, bench: Bench, icw4: int = 1) -> None:
        self.bench = bench
        self.intr = Wire()
        self.model = I8259Pair(bench.ports, self.intr)
        bench.outb(MASTER, 0x11)
        bench.outb(MASTER + 1, 0x20, 0x04, icw4)
        bench.outb(SLAVE, 0x11)
        bench.outb(SLAVE + 1, 0x28, 0x02, icw4)

    def pulse(self, *numbers: int) -> None:
        for number in numbers:
            self.model.set_irq(number, True)
            self.model.set_irq(number, False)

    def read(self, port: int, command: int) -> int:
        self.bench.outb(port, command)
        return self.bench.inb(port)

    def serve(self) -> list[int]:
        """Take interrupts until none is left, each to its end."""
        vectors = []
        while self.intr.level:
            vectors.append(self.model.acknowledge())
            if vectors[-1] >= 0x28:
                self.bench.outb(SLAVE, EOI)
            self.bench.outb(MASTER, EOI)
        return vectors


@pytest.fixture
def pair(bench: Bench) -> Pair:
    return Pair(bench)


def test_initialization_clears_masks_and_forgets_edges(pair: Pair, bench: Bench) -> None:
    bench.outb(MASTER + 1, 0xFF)
    pair.model.set_irq(3, True)
    bench.outb(MASTER, 0x11)
    bench.outb(MASTER + 1, 0x40, 0x04, 0x01)
    assert bench.inb(MASTER + 1) == 0
    assert not pair.intr.level  # a new low-to-high transition is needed
    pair.model.set_irq(3, False)
    pair.model.set_irq(3, True)
    assert pair.model.acknowledge() == 0x43


@pytest.mark.parametrize("number", [n for n in range(16) if n != 2])
def test_every_input_has_its_vector(pair: Pair, number: int) -> None:
    pair.model.set_irq(number, True)
    assert pair.serve() == [0x20 + number]


def test_input_0_has_the_highest_priority_and_the_slave_stands_at_2(pair: Pair) -> None:
    for number in (15, 8, 7, 3, 1, 0):
        pair.model.set_irq(number, True)
    assert pair.serve() == [0x20, 0x21, 0x28, 0x2F, 0x23, 0x27]


def test_what_is_in_service_blocks_itself_and_what_is_below(pair: Pair, bench: Bench) -> None:
    pair.model.set_irq(3, True)
    pair.model.acknowledge()
    pair.pulse(3)
    pair.model.set_irq(4, True)
    assert not pair.intr.level
    pair.model.set_irq(1, True)
    assert pair.intr.level
    assert pair.read(MASTER, READ_ISR) == 1 << 3
    assert pair.model.acknowledge() == 0x21
    assert pair.read(MASTER, READ_ISR) == 1 << 3 | 1 << 1
    bench.outb(MASTER, EOI)
    assert pair.read(MASTER, READ_ISR) == 1 << 3


def test_masks(pair: Pair, bench: Bench) -> None:
    bench.outb(MASTER + 1, 1 << 4)
    pair.model.set_irq(4, True)
    assert not pair.intr.level
    assert pair.read(MASTER, READ_IRR) == 1 << 4
    bench.outb(MASTER + 1, 0)
    assert pair.intr.level


def test_an_edge_asks_once(pair: Pair) -> None:
    pair.model.set_irq(5, True)
    assert pair.serve() == [0x25]
    pair.model.set_irq(5, True)
    assert pair.serve() == []


def test_a_level_asks_until_it_is_gone(pair: Pair, bench: Bench) -> None:
    bench.outb(0x4D1, 1 << 3)  # input 11
    pair.model.set_irq(11, True)
    for _ in range(2):
        assert pair.model.acknowledge() == 0x2B
        bench.outb(SLAVE, EOI)
        bench.outb(MASTER, EOI)
        assert pair.intr.level
    pair.model.set_irq(11, False)
    assert not pair.intr.level


def test_some_inputs_are_edge_triggered_for_ever(pair: Pair, bench: Bench) -> None:
    del pair
    bench.outb(0x4D0, 0xFF)
    bench.outb(0x4D1, 0xFF)
    assert (bench.inb(0x4D0), bench.inb(0x4D1)) == (0xF8, 0xDE)  # not 0, 1, 2; not 8, 13


def test_a_request_that_went_away_is_spurious(pair: Pair, bench: Bench) -> None:
    bench.outb(0x4D0, 1 << 5)
    bench.outb(0x4D1, 1 << 3)
    pair.model.set_irq(5, True)
    pair.model.set_irq(5, False)
    assert pair.model.acknowledge() == 0x27
    assert pair.read(MASTER, READ_ISR) == 0


def test_specific_end_of_interrupt(pair: Pair, bench: Bench) -> None:
    pair.model.set_irq(3, True)
    pair.model.acknowledge()
    pair.model.set_irq(1, True)
    pair.model.acknowledge()
    bench.outb(MASTER, SPECIFIC_EOI | 3)
    assert pair.read(MASTER, READ_ISR) == 1 << 1


def test_automatic_end_of_interrupt(bench: Bench) -> None:
    pair = Pair(bench, icw4=3)
    pair.model.set_irq(3, True)
    assert pair.model.acknowledge() == 0x23
    assert pair.read(MASTER, READ_ISR) == 0


def test_rotation_makes_the_served_one_the_lowest(pair: Pair, bench: Bench) -> None:
    pair.pulse(4)
    pair.model.acknowledge()
    bench.outb(MASTER, ROTATE_EOI)
    for number in (3, 4, 5):
        pair.pulse(number)
    assert pair.serve() == [0x25, 0x23, 0x24]


@pytest.mark.parametrize("word", [SET_PRIORITY | 5, SPECIFIC_ROTATE | 5])
def test_priorities_may_be_set(pair: Pair, bench: Bench, word: int) -> None:
    bench.outb(MASTER, word)
    pair.pulse(5, 6, 0)
    assert pair.serve() == [0x26, 0x20, 0x25]


def test_special_mask_mode_lets_lower_ones_through(pair: Pair, bench: Bench) -> None:
    pair.model.set_irq(3, True)
    pair.model.acknowledge()
    bench.outb(MASTER + 1, 1 << 3)
    pair.model.set_irq(4, True)
    assert not pair.intr.level
    bench.outb(MASTER, SPECIAL_MASK)
    assert pair.intr.level
    bench.outb(MASTER, NO_SPECIAL_MASK)
    assert not pair.intr.level


def test_polling_acknowledges(pair: Pair) -> None:
    assert pair.read(MASTER, POLL) & 0x80 == 0
    pair.model.set_irq(6, True)
    assert pair.read(MASTER, POLL) == 0x86
    assert pair.read(MASTER, READ_ISR) == 1 << 6
    assert not pair.intr.level


def test_initialization_keeps_what_a_level_triggered_input_still_asks(pair: Pair, bench: Bench) -> None:
    """In level mode the request follows the input; bit 3 of ELCR2 is IRQ 11."""
    bench.outb(0x4D1, 0x08)
    pair.model.set_irq(11, True)
    assert pair.intr.level
    for chip, base, cascade in ((MASTER, 0x20, 0x04), (SLAVE, 0x28, 0x02)):
        bench.outb(chip, 0x11)
        bench.outb(chip + 1, base, cascade, 1)
    assert pair.intr.level
    assert pair.read(SLAVE, READ_IRR) == 0x08
    pair.model.set_irq(11, False)
    assert not pair.intr.level
