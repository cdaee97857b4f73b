# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a local APIC is connected to the core of its CPU."""

from __future__ import annotations

from typing import Protocol


class Pins(Protocol):
    """The pins of the CPU's core that the local APIC drives."""

    def set_interrupt(self, level: bool) -> None:
        """INTR."""
        ...

    def nmi(self) -> None:
        """NMI."""
        ...

    def smi(self) -> None:
        """SMI."""
        ...

    def set_task_priority(self, value: int) -> None:
        """The task priority, 8 bits; CR8 reads its upper half."""
        ...

    def init(self) -> None:
        """INIT."""
        ...

    def start_up(self, vector: int) -> None:
        """A start-up message (SIPI); the vector is the number of the page where the CPU begins."""
        ...

    def set_apic_base(self, value: int) -> None:
        """What IA32_APIC_BASE reads."""
        ...

    def time_stamp(self) -> int:
        """The time stamp counter, as the CPU reads it."""
        ...
