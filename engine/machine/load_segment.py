# SPDX-License-Identifier: GPL-2.0-or-later
"""A part of a kernel file that goes to a physical address, as program headers of ELF name it."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.machine.memory import Memory


@dataclass(frozen=True, slots=True)
class LoadSegment:
    """Bytes at a physical address, followed by zeros up to a size."""

    address: int
    data: bytes = field(repr=False)
    size: int

    @property
    def end(self) -> int:
        """The address behind it."""
        return self.address + self.size

    def load(self, memory: Memory) -> None:
        """Put it into memory. Data beyond the size is left out."""
        memory.write(self.address, self.data[: self.size].ljust(self.size, b"\0"))
