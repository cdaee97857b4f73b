# SPDX-License-Identifier: GPL-2.0-or-later
"""The serial port, by National Semiconductor's data sheet of the PC16550D (TL/C/8652), section 8."""

from __future__ import annotations

import pytest

from engine.machine.devices.uart16550 import Uart16550
from tests.engine.machine.bench import Bench, Wire

BASE = 0x3F8
DATA, IER, IIR, FCR, LCR, MCR, LSR, MSR, SCRATCH = (BASE + n for n in (0, 1, 2, 2, 3, 4, 5, 6, 7))
RECEIVED, EMPTY, LINE = 1, 2, 4
DR, OE, THRE, TEMT = 0x01, 0x02, 0x20, 0x40
OUT2, LOOP, DLAB = 0x08, 0x10, 0x80
NONE, IS_EMPTY, IS_RECEIVED, IS_LINE, IS_TIMEOUT = 0x01, 0x02, 0x04, 0x06, 0x0C


class Port:
    """COM1 on a bench, its interrupt let through."""

    def __init__(self, bench: Bench) -> None:
        self.irq = Wire()
        self.model = Uart16550(bench.ports, self.irq)
        bench.outb(MCR, OUT2)


@pytest.fixture
def port(bench: Bench) -> Port:
    return Port(bench)


def test_master_reset(port: Port, bench: Bench) -> None:
    port.model.reset()
    assert [bench.inb(register) for register in (IER, IIR, LCR, MCR, LSR)] == [0, NONE, 0, 0, THRE | TEMT]


def test_the_divisor_hides_behind_dlab(port: Port, bench: Bench) -> None:
    bench.outb(LCR, DLAB | 3)
    bench.outb(DATA, 0x34)
    bench.outb(IER, 0x12)
    assert (bench.inb(DATA), bench.inb(IER)) == (0x34, 0x12)
    bench.outb(LCR, 3)
    assert bench.inb(IER) == 0
    assert port.model.take_output() == b""


def test_what_is_sent_leaves_in_order(port: Port, bench: Bench) -> None:
    bench.outb(DATA, *b"hello")
    assert port.model.take_output() == b"hello"
    assert port.model.take_output() == b""


def test_what_is_typed_waits_for_the_guest(port: Port, bench: Bench) -> None:
    port.model.type(b"abc")
    text = b""
    while bench.inb(LSR) & DR:
        text += bytes([bench.inb(DATA)])
    assert text == b"abc"


def test_the_interrupt_for_received_data(port: Port, bench: Bench) -> None:
    bench.outb(IER, RECEIVED)
    assert not port.irq.level
    port.model.type(b"a")
    assert port.irq.level
    assert bench.inb(IIR) == IS_RECEIVED
    bench.inb(DATA)
    assert not port.irq.level
    assert bench.inb(IIR) == NONE


def test_the_interrupt_for_an_empty_transmitter(port: Port, bench: Bench) -> None:
    bench.outb(IER, EMPTY)
    assert port.irq.level  # it is empty now
    assert bench.inb(IIR) == IS_EMPTY
    assert not port.irq.level  # reading IIR ends it
    bench.outb(DATA, 0x41)
    assert port.irq.level


def test_received_data_comes_before_an_empty_transmitter(port: Port, bench: Bench) -> None:
    bench.outb(IER, RECEIVED | EMPTY)
    port.model.type(b"a")
    assert bench.inb(IIR) == IS_RECEIVED
    bench.inb(DATA)
    assert bench.inb(IIR) == IS_EMPTY


def test_out2_gates_the_interrupt(port: Port, bench: Bench) -> None:
    bench.outb(IER, RECEIVED)
    bench.outb(MCR, 0)
    port.model.type(b"a")
    assert not port.irq.level
    bench.outb(MCR, OUT2)
    assert port.irq.level


@pytest.mark.parametrize(("control", "level"), [(0x01, 1), (0x41, 4), (0x81, 8), (0xC1, 14)])
def test_fifo_trigger_levels(port: Port, bench: Bench, control: int, level: int) -> None:
    bench.outb(FCR, control)
    bench.outb(IER, RECEIVED)
    assert bench.inb(IIR) == 0xC0 | NONE
    port.model.type(b"x" * (level - 1))
    assert bench.inb(IIR) == 0xC0 | (NONE if level == 1 else IS_TIMEOUT)
    port.model.type(b"x")
    assert bench.inb(IIR) == 0xC0 | IS_RECEIVED


def test_the_fifo_holds_sixteen_and_more_waits_outside(port: Port, bench: Bench) -> None:
    bench.outb(FCR, 1)
    text = bytes(range(40))
    port.model.type(text)
    assert bytes(bench.inb(DATA) for _ in text) == text
    assert not bench.inb(LSR) & (DR | OE)


def test_loopback(port: Port, bench: Bench) -> None:
    bench.outb(MCR, LOOP)
    bench.outb(DATA, 0x5A)
    assert port.model.take_output() == b""
    assert bench.inb(DATA) == 0x5A
    for control, status in ((1, 0x20), (2, 0x10), (4, 0x40), (8, 0x80)):  # DTR, RTS, OUT1, OUT2 to DSR, CTS, RI, DCD
        bench.outb(MCR, LOOP | control)
        assert bench.inb(MSR) & 0xF0 == status


def test_overrun_in_loopback(port: Port, bench: Bench) -> None:
    bench.outb(MCR, LOOP | OUT2)
    bench.outb(IER, LINE)
    bench.outb(DATA, 1, 2)
    assert bench.inb(IIR) == IS_LINE
    assert bench.inb(LSR) & OE
    assert not bench.inb(LSR) & OE  # reading clears it
    assert not port.irq.level


def test_the_scratch_register(port: Port, bench: Bench) -> None:
    del port
    bench.outb(SCRATCH, 0xA5)
    assert bench.inb(SCRATCH) == 0xA5


def test_it_listens_while_the_guest_wants_interrupts_for_what_is_typed(port: Port, bench: Bench) -> None:
    assert not port.model.listening
    bench.outb(IER, EMPTY)
    assert not port.model.listening
    bench.outb(IER, RECEIVED | EMPTY)
    assert port.model.listening


def test_output_that_was_taken_can_be_put_back(port: Port, bench: Bench) -> None:
    bench.outb(DATA, *b"first")
    taken = port.model.take_output()
    bench.outb(DATA, *b" second")
    port.model.put_back(taken)
    assert port.model.take_output() == b"first second"
