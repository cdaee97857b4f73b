# SPDX-License-Identifier: GPL-2.0-or-later
"""A bench for devices without a CPU: buses, memory and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.core.points import Point
from engine.machine.bus import MemoryBus, PortBus
from engine.machine.clock import Clock
from engine.machine.memory import Memory

HZ = 1_000_000_000
"""A tick of the bench is a nanosecond."""


@dataclass
class Wire:
    """Remembers its level, and how often it rose."""

    level: bool = False
    rises: int = 0

    def __call__(self, level: bool) -> None:
        self.rises += level and not self.level
        self.level = level


@dataclass
class Answers:
    """Remembers the ports that devices handed over: size, constant or mask, frequency."""

    ports: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    def serve_port(self, port: int, size: int, value: int, hz: int = 0) -> None:
        self.ports[port] = (size, value, hz)

    def release_port(self, port: int) -> None:
        self.ports.pop(port, None)


@dataclass
class Bench:
    """What devices are plugged into."""

    now: int = 0
    fired: list[tuple[Point, tuple[int, ...]]] = field(default_factory=list)
    opened: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ports = PortBus()
        self.ram = bytearray(1 << 20)
        self.changed: list[tuple[int, int]] = []
        self.memory = Memory(memoryview(self.ram), lambda *where: self.changed.append(where))
        self.windows = MemoryBus(lambda *where: self.opened.append(where))
        self.clock = Clock(HZ, lambda: self.now, lambda _: None)

    def fire(self, point: Point, args: Sequence[int]) -> None:
        """Where devices fire."""
        self.fired.append((point, tuple(args)))

    def advance(self, nanoseconds: int) -> None:
        """Let time pass, event by event."""
        end = self.now + nanoseconds
        while self.clock.next_tick <= end:
            self.now = max(self.now, self.clock.next_tick)
            self.clock.run_due()
        self.now = end

    def inb(self, port: int) -> int:
        return self.ports.read(port, 1)

    def inw(self, port: int) -> int:
        return self.ports.read(port, 2)

    def inl(self, port: int) -> int:
        return self.ports.read(port, 4)

    def outb(self, port: int, *values: int) -> None:
        for value in values:
            self.ports.write(port, 1, value)

    def outw(self, port: int, value: int) -> None:
        self.ports.write(port, 2, value)

    def outl(self, port: int, value: int) -> None:
        self.ports.write(port, 4, value)
