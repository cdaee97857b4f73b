# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs random guests and digests what became of them."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass

from engine.core.registers import Register
from engine.core.variables import Variable
from tests.engine.machine.fuzz.guests import random_machine

SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a random guest has left. Two runs of the same guest leave the same."""

    digest: str
    """of RAM, registers, device counts, console and screen"""
    blocks: int
    interrupts: int
    exceptions: int
    ticks: int
    reboots: int


def outcome(kind: str, seed: int, seconds: float = SECONDS) -> Outcome:
    """Run a random guest for some guest seconds.

    Raises:
        Exception: whatever the machine raised, which it must not.
    """
    with random_machine(kind, seed) as machine:
        machine.run_seconds(seconds)
        digest = hashlib.sha256(machine.memory.read(0, len(machine.memory)))
        cpu = machine.cpus[0]
        left = [cpu[register] for register in Register], [cpu.variable(variable) for variable in STATE]
        seen = machine.device_counts(), machine.take_console(), machine.screen()
        digest.update(repr((left, seen)).encode())
        counters = machine.counters()
        digest.update(repr(astuple(counters)).encode())
        return Outcome(
            digest.hexdigest(),
            counters.blocks,
            counters.interrupts,
            sum(counters.exceptions),
            machine.ticks,
            machine.reboots,
        )


STATE = [Variable[name] for name in ("RFLAGS", "CS", "SS", "CR0", "CR2", "CR3", "CR4", "EFER")]
