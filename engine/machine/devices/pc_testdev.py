# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's device pc-testdev, by which kvm-unit-tests drives interrupt lines and tests accesses of every width."""

from __future__ import annotations

from collections.abc import Sequence

from engine.machine.bus import MemoryBus, PortBus
from engine.machine.devices.device import LOW, Device, Line
from engine.machine.devices.io_apic import INPUTS

REGISTER, FLUSH, BYTES, IRQ_LINES = 0xE0, 0xE4, 0xE8, 0x2000
"""Ports: a register of 32 bits, a page to be mapped anew, the register byte by byte, a port for each line."""
MEMORY, MEMORY_SIZE = 0xFF000000, 0x10000
"""Device memory that keeps what is stored."""
_WIDTH = 4


class PcTestdev(Device):
    """A register of 32 bits at two places, device memory, and the inputs of the IO-APIC as ports."""

    name = "pc-testdev"

    def __init__(self, ports: PortBus, windows: MemoryBus, lines: Sequence[Line]) -> None:
        """`lines`: the inputs of the IO-APIC, by number."""
        super().__init__()
        self._lines = lines
        self._register = bytearray(_WIDTH)
        self._memory = bytearray(MEMORY_SIZE)
        ports.claim(self, REGISTER, _WIDTH, width=_WIDTH)
        ports.claim(self, FLUSH, 1, width=_WIDTH)
        ports.claim(self, BYTES, _WIDTH, width=_WIDTH)
        ports.claim(self, IRQ_LINES, INPUTS)
        windows.claim(self, MEMORY, MEMORY_SIZE)

    def reset(self) -> None:
        """Every line is low."""
        self._register[:] = bytes(_WIDTH)
        for line in self._lines:
            line(LOW)

    def port_read(self, port: int, size: int) -> int:
        """The register; elsewhere all ones."""
        if port in range(REGISTER, REGISTER + _WIDTH) or port in range(BYTES, BYTES + _WIDTH):
            start = port & _WIDTH - 1
            return int.from_bytes(self._register[start : start + size], "little")
        return (1 << 8 * size) - 1

    def port_write(self, port: int, size: int, value: int) -> None:
        """Set the register, or the level of a line: 0 is low. A flush has no effect, since no host mapping changes."""
        if port >= IRQ_LINES:
            self.counts["line changes"] += 1
            self._lines[port - IRQ_LINES](bool(value))
        elif port != FLUSH:
            start = port & _WIDTH - 1
            self._register[start : start + size] = value.to_bytes(size, "little")

    def memory_read(self, address: int, size: int) -> int:
        """What was stored."""
        start = address - MEMORY
        return int.from_bytes(self._memory[start : start + size], "little")

    def memory_peek(self, address: int, size: int) -> int:
        """As a load."""
        return self.memory_read(address, size)

    def memory_write(self, address: int, size: int, value: int) -> None:
        """Store."""
        start = address - MEMORY
        end = min(start + size, MEMORY_SIZE)
        self._memory[start:end] = value.to_bytes(size, "little")[: end - start]
