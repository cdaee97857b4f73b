# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a kernel runs, read off a CPU of the guest."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING

from engine.core.variables import Variable

if TYPE_CHECKING:
    from engine.core.binding import Core

HANDLERS = ("asm_exc_page_fault", "async_page_fault", "page_fault")
"""What gate 14 of the IDT leads to: since Linux 5.8, on paravirtual hosts before, and before."""
ALIGNMENT = 1 << 21
"""KASLR moves a kernel by multiples of this."""
_LONG_MODE_ACTIVE = 1 << 10
_PAGE_FAULT = 14
_GATE = Struct("<HHHHII")
"""offset 15..0, selector, attributes, offset 31..16, offset 63..32, reserved (Intel SDM volume 3, figure 6-8)"""
_PRESENT = 1 << 15


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a kernel's image is: the physical address of an address of the image is so far above it."""

    distance: int

    @classmethod
    def of(cls, core: Core, address: int, cpu: int = 0) -> Placement | None:
        """As the page tables have an address of the image; None when it is not mapped."""
        physical = core.translate(address, cpu)
        return None if physical is None else cls(physical - address)

    def physical(self, address: int) -> int:
        """The physical address of an address of the image."""
        return address + self.distance


def page_fault_handler(core: Core, cpu: int = 0) -> int | None:
    """Where a page fault would lead in 64-bit mode; None when that is not the CPU's mode, or there is no gate.

    A kernel has this gate mapped in every address space.
    """
    if not core.variable(Variable.EFER, cpu) & _LONG_MODE_ACTIVE:
        return None
    gate = core.read_linear(core.variable(Variable.IDTRBASE, cpu) + _PAGE_FAULT * _GATE.size, _GATE.size, cpu)
    if len(gate) < _GATE.size:
        return None
    low, _, attributes, middle, high, _ = _GATE.unpack(gate)
    return high << 32 | middle << 16 | low if attributes & _PRESENT else None
