# SPDX-License-Identifier: GPL-2.0-or-later
"""Small guests for tests of the machine: some lines of assembly that run in long mode on a machine without a disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.machine.machine import Machine
from tests.engine.machine.assembly import assembled

PROLOGUE = Path(__file__).with_name("long_mode.S")
LINK = Path(__file__).with_name("small_guest.ld")
LOAD = 0x7C00
RESULTS = 0x300000
"""Where guests leave 64-bit numbers."""


def assemble(source: str) -> bytes:
    """The bytes from LOAD on of the prologue and a source in AT&T syntax."""
    return assembled(PROLOGUE.read_text() + source, LINK.read_text(), "x86_64")


@contextmanager
def running(source: str, seconds: float) -> Iterator[Machine]:
    """A machine on which a guest has run for some guest seconds."""
    with Machine() as machine:
        machine.memory.write(LOAD, assemble(source))
        machine.run_seconds(seconds)
        yield machine


def results(machine: Machine, count: int) -> tuple[int, ...]:
    """The first numbers the guest left."""
    return tuple(machine.memory.read_int(RESULTS + 8 * n, 8) for n in range(count))
