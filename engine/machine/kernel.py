# SPDX-License-Identifier: GPL-2.0-or-later
"""What a machine can boot instead of its disk: a kernel that is put into memory at each reset."""

from __future__ import annotations

from typing import Protocol

from engine.machine.cpu import Cpu
from engine.machine.memory import Memory


class Kernel(Protocol):
    """A kernel with everything a boot loader gives it."""

    @property
    def digest(self) -> str:
        """Of everything that is loaded."""
        ...

    def start(self, memory: Memory, cpu: Cpu) -> None:
        """Load the kernel, and let a CPU that has been reset stand before its first instruction.

        Raises:
            InputError: the kernel does not fit into memory.
        """
        ...
