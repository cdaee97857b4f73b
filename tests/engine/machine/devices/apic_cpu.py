# SPDX-License-Identifier: GPL-2.0-or-later
"""A CPU's core as its local APIC sees it, for tests of the local APIC."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.machine.devices import apic_msrs
from engine.machine.devices.apic_bus import ApicBus, Message
from engine.machine.devices.local_apic import BASE, LocalApic
from tests.engine.machine.bench import Bench

SVR, EOI = 0xF0, 0xB0


@dataclass
class Core:
    """The pins of a CPU's core."""

    bench: Bench
    interrupt: bool = False
    nmis: int = 0
    smis: int = 0
    started: list[int] = field(default_factory=list)
    """vectors of start-up messages; -1 for an INIT"""
    cr8: int = 0
    base: int = 0
    time_stamp_offset: int = 0
    external: list[int] = field(default_factory=list)
    """vectors the 8259s would give"""

    def set_interrupt(self, level: bool) -> None:
        self.interrupt = level

    def nmi(self) -> None:
        self.nmis += 1

    def smi(self) -> None:
        self.smis += 1

    def set_task_priority(self, value: int) -> None:
        self.cr8 = value >> 4

    def init(self) -> None:
        self.started.append(-1)

    def start_up(self, vector: int) -> None:
        self.started.append(vector)

    def set_apic_base(self, value: int) -> None:
        self.base = value

    def time_stamp(self) -> int:
        return self.bench.now + self.time_stamp_offset


class Cpu:
    """A core with its local APIC, enabled as an operating system does."""

    def __init__(self, bench: Bench, bus: ApicBus, number: int = 0) -> None:
        self.core = Core(bench)
        self.model = LocalApic(bench.clock, bus, number, self.core, lambda: self.core.external.pop(0))
        self[SVR] = 0x1FF

    def __getitem__(self, register: int) -> int:
        return self.model.memory_read(BASE + register, 4)

    def __setitem__(self, register: int, value: int) -> None:
        self.model.memory_write(BASE + register, 4, value)

    def rdmsr(self, number: int) -> int | None:
        return apic_msrs.read(self.model, number)

    def wrmsr(self, number: int, value: int) -> bool:
        return apic_msrs.write(self.model, number, value)

    def take(self, *vectors: int, level_triggered: bool = False) -> None:
        for vector in vectors:
            self.model.accept(Message(vector, 0, level_triggered=level_triggered))

    def serve(self) -> list[int]:
        """Take interrupts until none is left, each to its end."""
        served = []
        while self.core.interrupt:
            served.append(self.model.acknowledge())
            self.model.put(EOI, 0)
        return served
