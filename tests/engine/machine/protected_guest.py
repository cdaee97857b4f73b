# SPDX-License-Identifier: GPL-2.0-or-later
"""Small guests in 32-bit protected mode: some lines of assembly behind protected_mode.S, without paging or a disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from engine.machine.machine import Machine
from tests.engine.machine.assembly import assembled

PROLOGUE = Path(__file__).with_name("protected_mode.S")
LINK = Path(__file__).with_name("small_guest.ld")
LOAD = 0x7C00
RESULTS = 0x9000
HALT = "\ncaught:\n 1: hlt\n jmp 1b\n"
"""An end for guests that want nothing but the first exception."""


class Caught(NamedTuple):
    """The latest exception of a guest, how many there were, and the flags at it."""

    vector: int
    error: int
    eip: int
    cs: int
    times: int
    eflags: int


def assemble(source: str) -> bytes:
    """The bytes from LOAD on of the prologue and a source in AT&T syntax that begins at its label `guest`."""
    return assembled(PROLOGUE.read_text() + source, LINK.read_text(), "x86")


@contextmanager
def started(source: str) -> Iterator[Machine]:
    """A machine that is about to run a guest."""
    with Machine() as machine:
        machine.memory.write(LOAD, assemble(source))
        machine.cpus[0].enter_protected_mode(LOAD, {})
        yield machine


def caught(machine: Machine) -> Caught:
    """What the guest's handler has seen."""
    return Caught(*(machine.memory.read_int(RESULTS + 4 * n, 4) for n in range(6)))


def caught_by(source: str, seconds: float = 0.01) -> Caught:
    """What the handler of a guest has seen after some guest seconds."""
    with started(source) as machine:
        machine.run_seconds(seconds)
        return caught(machine)
