# SPDX-License-Identifier: GPL-2.0-or-later
"""Serial port, virtio console and debug console as one."""

from __future__ import annotations

from engine.machine.consoles import Consoles
from engine.machine.devices.debug_console import DebugConsole
from engine.machine.devices.uart16550 import Uart16550
from engine.machine.devices.virtio.console import VirtioConsole
from tests.engine.machine.bench import Bench, Wire
from tests.engine.machine.devices.virtio.driver import Driver

DATA, IER = 0x3F8, 0x3F9
OUT, IN = 0x8000, 0x9000


def test_a_serial_port_alone(bench: Bench) -> None:
    consoles = Consoles(Uart16550(bench.ports, Wire()), None)
    bench.outb(DATA, *b"text")
    taken = consoles.take_output()
    consoles.put_back(taken)
    assert (taken, consoles.take_output(), consoles.take_output()) == (b"text", b"text", b"")
    assert not consoles.is_open
    bench.outb(IER, 1)
    assert consoles.is_open
    consoles.type(b"k")
    assert bench.inb(DATA) == ord("k")


def test_a_terminal_answers_at_the_port_that_asks(bench: Bench) -> None:
    virtio = VirtioConsole(bench.windows, bench.memory, Wire())
    consoles = Consoles(Uart16550(bench.ports, Wire()), virtio)
    driver = Driver(bench, virtio)
    driver.start()
    bench.outb(DATA, *b"serial# \x1b[6n")
    assert bytes(bench.inb(DATA) for _ in range(6)) == b"\x1b[1;9R"
    driver.offer(0, (IN, 16, True))
    bench.memory.write(OUT, b"# \x1b[6n")
    driver.offer(1, (OUT, 6, False))
    assert driver.take(0) == (0, 6)
    assert bench.memory.read(IN, 6) == b"\x1b[1;3R"
    assert consoles.take_output() == b"serial# \x1b[6n# \x1b[6n"


def test_a_debug_console_beside_it(bench: Bench) -> None:
    consoles = Consoles(Uart16550(bench.ports, Wire()), None, DebugConsole(bench.ports))
    bench.outb(DATA, *b"serial\n")
    bench.outb(0xE9, *b"debug\n")
    assert consoles.take_output() == b"serial\ndebug\n"


def test_a_virtio_console_that_the_guest_writes_to(bench: Bench) -> None:
    virtio = VirtioConsole(bench.windows, bench.memory, Wire())
    consoles = Consoles(Uart16550(bench.ports, Wire()), virtio)
    driver = Driver(bench, virtio)
    driver.start()
    assert not consoles.is_open
    bench.memory.write(OUT, b"login: ")
    driver.offer(1, (OUT, 7, False))
    bench.outb(DATA, *b"boot\n")
    assert consoles.is_open
    assert consoles.take_output() == b"boot\nlogin: "
    driver.offer(0, (IN, 4, True))
    consoles.type(b"me")
    assert driver.take(0) == (0, 2)
