# SPDX-License-Identifier: GPL-2.0-or-later
"""The board's interrupt wires: to the IO-APIC, and the first 16 to an 8259, too."""

from __future__ import annotations

from functools import partial

from engine.machine.devices.device import Line
from engine.machine.devices.i8259 import I8259Pair
from engine.machine.devices.io_apic import IoApic

PIC_INPUTS = 16
TIMER, TIMER_INPUT = 0, 2
"""The 8254 is IRQ 0 for the 8259 and input 2 of the IO-APIC (MultiProcessor Specification 1.4, 3.6.2.1); every other
one has the same number on both."""


class InterruptLines:
    """Wires 0 to 23."""

    def __init__(self, pic: I8259Pair, io_apic: IoApic) -> None:
        self._pic = pic
        self._io_apic = io_apic

    def set_irq(self, number: int, level: bool) -> None:
        """Drive a wire."""
        if number < PIC_INPUTS:
            self._pic.set_irq(number, level)
        self._io_apic.set_input(TIMER_INPUT if number == TIMER else number, level)

    def line(self, number: int) -> Line:
        """The end of a wire, for a device to drive."""
        return partial(self.set_irq, number)
