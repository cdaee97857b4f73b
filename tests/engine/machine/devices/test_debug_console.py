# SPDX-License-Identifier: GPL-2.0-or-later
"""The debug console of Bochs."""

from __future__ import annotations

from engine.machine.devices.debug_console import PORT, DebugConsole
from tests.engine.machine.bench import Bench


def test_what_is_written_is_taken_once(bench: Bench) -> None:
    console = DebugConsole(bench.ports)
    bench.outb(PORT, *b"hello")
    assert console.take_output() == b"hello"
    assert console.take_output() == b""
    assert console.counts == {"bytes out": 5}


def test_guests_detect_it_by_what_they_read(bench: Bench) -> None:
    DebugConsole(bench.ports)
    assert bench.inb(0xE9) == 0xE9


def test_a_reset_loses_nothing(bench: Bench) -> None:
    console = DebugConsole(bench.ports)
    bench.outb(PORT, *b"last words")
    console.reset()
    assert console.take_output() == b"last words"
